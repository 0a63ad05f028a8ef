"""What happens in convening."""

import uuid

from consultation.kernel.events import Event


class ConsultationCreated(Event):
    subject_id: uuid.UUID
    slug: str
    prefix: str


class MemberRuleChanged(Event):
    """``rule``: by act, the kinds of people who may do it besides organizations."""

    subject_id: uuid.UUID
    rule: dict[str, list[str]]
    personal_approvals: int


class PhaseScheduled(Event):
    """The instants are ISO texts in UTC; none where the phase is undated or open-ended."""

    subject_id: uuid.UUID
    phase: str
    opens_at: str | None
    closes_at: str | None


class PhaseEntered(Event):
    """``closed`` names the phases that were open and ended with this."""

    subject_id: uuid.UUID
    phase: str
    closed: list[str]


class TermAdded(Event):
    subject_id: uuid.UUID
    kind: str
    code: str


class TermRenamed(Event):
    """``before`` is the label that it had, by language."""

    subject_id: uuid.UUID
    kind: str
    code: str
    before: dict[str, str]


class TermOfferedAgain(Event):
    subject_id: uuid.UUID
    kind: str
    code: str


class TermRetired(Event):
    subject_id: uuid.UUID
    kind: str
    code: str
