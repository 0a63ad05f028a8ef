"""Words of the paper desk."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from consultation.voting.paper import PaperOutcome

OUTCOMES: Mapping[PaperOutcome, tuple[LazyString, str]] = {
    PaperOutcome.WAITS: (
        _l("Your reading of %(voter)s is kept, sealed. Another person must read the same paper now."),
        "success",
    ),
    PaperOutcome.DIFFERS: (
        _l(
            "The two readings of %(voter)s differ, and nothing is in the box. Give the paper to a third person, or "
            "take both readings back and begin again. Do not tell each other what you typed: look at the paper."
        ),
        "warning",
    ),
    PaperOutcome.ALL_DIFFER: (
        _l(
            "Three people have read %(voter)s in three ways, so all readings are dropped. Look at the paper together, "
            "agree how it is to be read, and begin again."
        ),
        "warning",
    ),
    PaperOutcome.IN_THE_BOX: (_l("Both readings agree. The ballot of %(voter)s is in the box."), "success"),
    PaperOutcome.REPLACED: (
        _l("Both readings agree. The ballot of %(voter)s is in the box, in place of its earlier paper ballot."),
        "success",
    ),
    PaperOutcome.UNCHANGED: (
        _l("Both readings agree. The same ballot of %(voter)s was in the box already."),
        "info",
    ),
    PaperOutcome.ALREADY_CAST: (
        _l(
            "Both readings agree, but %(voter)s has cast a ballot itself, which counts. Put the paper aside; it is not "
            "in the box."
        ),
        "info",
    ),
}
REFUSED: Mapping[str, LazyString] = {
    "no_voter": _l("Say whose ballot it is, in 80 characters at most."),
    "not_on_roll": _l("Nobody on the roll has this code."),
    "nothing_typed": _l("Nothing is typed. If the paper is blank, check the box that says so."),
    "blank_with_items": _l("The box says that the ballot is blank, and items are typed."),
    "reading_waits": _l("Somebody has read this ballot already. Check it as the second person."),
    "no_reading_waits": _l(
        "No first reading of this ballot waits. Either it was settled a moment ago, or the code is another one."
    ),
    "same_person": _l("You have read this ballot already. It takes another person."),
}
AT_THE_VOTER = frozenset({"no_voter", "not_on_roll", "reading_waits", "no_reading_waits", "same_person"})
"""Refusals that are about whose ballot it is."""
