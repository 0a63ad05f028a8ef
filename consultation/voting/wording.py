"""Words of the results."""

from flask_babel import lazy_gettext

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import Vocabulary
from consultation.web.locale import language, locale

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
    "no majority separates them": lazy_gettext("no majority separates them"),
}
"""Why a tie-break was used, by what the log says."""

GROUPS = {
    "sector": lazy_gettext("By sector"),
    "country": lazy_gettext("By country"),
    "language": lazy_gettext("By language"),
}


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
