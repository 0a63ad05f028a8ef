"""What happened to pages, agreements, choices and data. No words of anybody's, no names."""

import uuid

from consultation.kernel.events import Event


class PageSaved(Event):
    """The subject is the page, by an id made of its name."""

    subject_id: uuid.UUID
    page: str
    version: int
    asks: bool


class NamingChosen(Event):
    """How the person wants to be named; by which pseudonym stands in the account, and can be erased there."""

    subject_id: uuid.UUID
    shown_as: str


class LettersChosen(Event):
    """The kinds of letters that the person has turned off, all of them."""

    subject_id: uuid.UUID
    off: list[str]


class AgreementGiven(Event):
    """The subject is the person, or the invitation of somebody who has no account yet."""

    subject_id: uuid.UUID
    page: str
    version: int
    occasion: str


class AgreementWithdrawn(Event):
    subject_id: uuid.UUID
    page: str
    version: int


class DataExported(Event):
    subject_id: uuid.UUID


class ErasureAsked(Event):
    """The subject is the person, who can take it back until it is done."""

    subject_id: uuid.UUID
    erasure_id: uuid.UUID
    asked_by: str


class ErasureTakenBack(Event):
    subject_id: uuid.UUID
    erasure_id: uuid.UUID


class PersonErased(Event):
    """The subject is an id that leads to nobody from now on."""

    subject_id: uuid.UUID
    asked_by: str


class KeptLongEnough(Event):
    """Rows that were let go of by a rule; the subject is the rule, by an id made of its name."""

    subject_id: uuid.UUID
    rule: str
    rows: int
