"""How far a draft of the agenda is, and the standing of its releases."""

from enum import StrEnum


class DraftState(StrEnum):
    WORKING = "working"
    RELEASED = "released"
    FINAL = "final"
    CORRIGENDUM = "corrigendum"


class ReleaseStatus(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
