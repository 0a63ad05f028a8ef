"""What happened to pages, agreements, choices and data. No words of anybody's, no names."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageSaved:
    """The subject is the page, by an id made of its name."""

    subject_id: uuid.UUID
    page: str
    version: int
    asks: bool


@dataclass(frozen=True, slots=True)
class NamingChosen:
    """How the person wants to be named; by which pseudonym stands in the account, and can be erased there."""

    subject_id: uuid.UUID
    shown_as: str


@dataclass(frozen=True, slots=True)
class LettersChosen:
    """The kinds of letters that the person has turned off, all of them."""

    subject_id: uuid.UUID
    off: list[str]


@dataclass(frozen=True, slots=True)
class AgreementGiven:
    """The subject is the person, or the invitation of somebody who has no account yet."""

    subject_id: uuid.UUID
    page: str
    version: int
    occasion: str


@dataclass(frozen=True, slots=True)
class AgreementWithdrawn:
    subject_id: uuid.UUID
    page: str
    version: int


@dataclass(frozen=True, slots=True)
class DataExported:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """The subject is the person, who can take it back until it is done."""

    subject_id: uuid.UUID
    erasure_id: uuid.UUID
    asked_by: str


@dataclass(frozen=True, slots=True)
class ErasureTakenBack:
    subject_id: uuid.UUID
    erasure_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PersonErased:
    """The subject is an id that leads to nobody from now on."""

    subject_id: uuid.UUID
    asked_by: str


@dataclass(frozen=True, slots=True)
class KeptLongEnough:
    """Rows that were let go of by a rule; the subject is the rule, by an id made of its name."""

    subject_id: uuid.UUID
    rule: str
    rows: int
