"""What happens in convening."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsultationCreated:
    subject_id: uuid.UUID
    slug: str
    prefix: str


@dataclass(frozen=True, slots=True)
class MemberRuleChanged:
    """``rule``: by act, the kinds of people who may do it besides organizations."""

    subject_id: uuid.UUID
    rule: dict[str, list[str]]
    personal_approvals: int


@dataclass(frozen=True, slots=True)
class PhaseScheduled:
    """The instants are ISO texts in UTC; none where the phase is undated or open-ended."""

    subject_id: uuid.UUID
    phase: str
    opens_at: str | None
    closes_at: str | None


@dataclass(frozen=True, slots=True)
class PhaseEntered:
    """``closed`` names the phases that were open and ended with this."""

    subject_id: uuid.UUID
    phase: str
    closed: list[str]


@dataclass(frozen=True, slots=True)
class TermAdded:
    subject_id: uuid.UUID
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class TermRenamed:
    """``before`` is the label that it had, by language."""

    subject_id: uuid.UUID
    kind: str
    code: str
    before: dict[str, str]


@dataclass(frozen=True, slots=True)
class TermOfferedAgain:
    subject_id: uuid.UUID
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class TermRetired:
    subject_id: uuid.UUID
    kind: str
    code: str
