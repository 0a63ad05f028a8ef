"""What organizers do: consultations with their phases, and the terms of the vocabularies."""

from consultation.convening.operations.consultations import (
    create_consultation,
    enter_phase,
    set_member_rule,
    set_phase,
)
from consultation.convening.operations.terms import (
    FILES,
    add_term,
    load_vocabularies,
    offer_term_again,
    rename_term,
    retire_term,
)

__all__ = [
    "FILES",
    "add_term",
    "create_consultation",
    "enter_phase",
    "load_vocabularies",
    "offer_term_again",
    "rename_term",
    "retire_term",
    "set_member_rule",
    "set_phase",
]
