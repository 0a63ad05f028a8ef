"""Words of the results, and why a ballot is not taken."""

from flask_babel import lazy_gettext

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.voting.states import ObjectionKind
from consultation.web.locale import language, locale

REFUSALS = {
    "unknown_item": lazy_gettext("The ballot names an item that is not in this contest."),
    "duplicate_item": lazy_gettext("The ballot names an item twice."),
    "empty_tier": lazy_gettext("The ballot has an empty group."),
    "too_many_choices": lazy_gettext("The ballot has more items than this contest allows. Take one out first."),
    "too_many_essential": lazy_gettext("No more items can be essential. Make another one not essential first."),
    "too_many_tiers": lazy_gettext("The ballot has more groups than this contest allows."),
    "ties_not_allowed": lazy_gettext("In this contest no two items can share a place."),
    "not_a_ballot": lazy_gettext("The ballot could not be read. Go back to the ranking and review it again."),
}
"""Why a ballot is not taken, by the codes of ``rules.InvalidVote``."""
RULE_NAMES = {
    "expanding_approvals": lazy_gettext("Expanding approvals"),
    "phragmen": lazy_gettext("Phragmén"),
    "equal_shares": lazy_gettext("Equal shares"),
    "approval": lazy_gettext("Approval"),
    "borda": lazy_gettext("Borda"),
    "positional": lazy_gettext("Points by position"),
    "condorcet": lazy_gettext("Condorcet"),
    "schulze": lazy_gettext("Schulze"),
    "ranked_pairs": lazy_gettext("Ranked pairs"),
    "irv": lazy_gettext("Instant runoff"),
    "stv": lazy_gettext("Single transferable vote"),
}

_BOTTOM = lazy_gettext("What a ballot leaves out stands together at its bottom.")
_MARGINS = lazy_gettext(
    "The more ballots one item of two is ahead by, the stronger the comparison. What a ballot leaves out stands"
    " together at its bottom."
)

TREATMENTS = {
    "expanding_approvals": lazy_gettext("Items may be tied; what a ballot leaves out gets nothing from it."),
    "phragmen": lazy_gettext("The order on a ballot does not count."),
    "approval": lazy_gettext("The order on a ballot does not count."),
    "borda": lazy_gettext("Tied items share their points, and so do all those that a ballot leaves out."),
    "condorcet": _BOTTOM,
    "schulze": _MARGINS,
    "ranked_pairs": _MARGINS,
    "irv": lazy_gettext(
        "A ballot that ties its highest items waits until one of them is left; one that names no item left counts no"
        " more."
    ),
    "stv": lazy_gettext(
        "A ballot that ties its highest items counts for none of them and is set aside, as Scottish councils do; one"
        " that names no item left counts no more."
    ),
}
"""What a rule does with ties, and with what a ballot leaves out."""

CHANGES = {
    "added_alone": lazy_gettext("more ballots that name it alone"),
    "added_against": lazy_gettext("more ballots that name all the others"),
    "left_out": lazy_gettext("fewer supporters"),
}
"""What would move an item across the line, in brackets after a number."""

TIES = {
    "equal support": lazy_gettext("equal support"),
    "equal load": lazy_gettext("equal load"),
    "equal at every rank": lazy_gettext("equal at every rank"),
    "equal remaining weight, and equal at every rank": lazy_gettext("equal remaining votes, and equal at every rank"),
    "no supporters": lazy_gettext("nobody supports them"),
    "not listed": lazy_gettext("nobody names them"),
    "fewest ballots": lazy_gettext("fewest ballots"),
    "no majority or chain of majorities decides": lazy_gettext("no majority, nor a chain of them, decides"),
    "equally strong majorities that contradict one another": lazy_gettext(
        "equally clear comparisons that contradict one another"
    ),
    "equal votes, lowest": lazy_gettext("equal votes, the fewest"),
    "equal votes at the quota": lazy_gettext("equal votes at the quota"),
    "equal surpluses": lazy_gettext("equal surpluses"),
    "equal votes for the last seats": lazy_gettext("equal votes for the last places"),
    "equal votes when all seats were filled": lazy_gettext("equal votes when all places were filled"),
    "no majority separates them": lazy_gettext("no majority separates them"),
}
"""Why a tie-break was used, by what the log says."""

GROUPS = {
    "sector": lazy_gettext("By sector"),
    "country": lazy_gettext("By country"),
    "language": lazy_gettext("By language"),
}

DELEGATES_OBJECTIONS = {
    ObjectionKind.MISSING: lazy_gettext("A member or a delegate is missing"),
    ObjectionKind.NOT_ENTITLED: lazy_gettext("A member or a delegate should not be on it"),
    ObjectionKind.OTHER: lazy_gettext("Something else is wrong"),
}
"""What somebody may say against the roll of a contest in which delegates vote."""


def group_name(words: Vocabulary, kind: str, group: str) -> str:
    """A group as people read it; who has several countries or languages is in a group of just these."""
    if not group:
        return str(lazy_gettext("not stated"))
    return " + ".join(_one_name(words, kind, code) for code in group.split("+"))


def _one_name(words: Vocabulary, kind: str, code: str) -> str:
    if kind == "language":
        return str(locale().languages.get(code, code))
    terms = words.of(TermKind.SECTOR if kind == "sector" else TermKind.JURISDICTION)
    return next((term.short[language()] for term in terms if term.code == code), code)
