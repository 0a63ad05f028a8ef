"""Full-text search: FTS5 on SQLite, ``tsvector`` on PostgreSQL. Text and query are folded by the same function."""

from sqlalchemy import ColumnElement, String, column, func, literal_column, select, table

from consultation.proposals.models import Proposal
from consultation.proposals.rules import fold

MAXIMUM_WORDS = 12
MAXIMUM_WORD = 60
NOTHING = "0nothing0"
"""A word that no folded text holds as a beginning in practice: what a text without words looks for."""

_INDEX = table("proposal_search", column("rowid"))
_WHOLE_ROW: ColumnElement[str] = literal_column("proposal_search", String)
_SIMPLE: ColumnElement[str] = literal_column("'simple'")


def words(text: str) -> list[str]:
    """The words looked for: folded, so that nothing is left which either database reads as an operator."""
    return [word[:MAXIMUM_WORD] for word in fold(text[:1000]).split()[:MAXIMUM_WORDS]]


def phrase(text: str, *, postgresql: bool) -> str:
    """What ``matching`` is given: every word of the text, as the beginning of a word, in the database's language."""
    looked_for = words(text) or [NOTHING]
    if postgresql:
        return " & ".join(f"'{word}':*" for word in looked_for)
    return " ".join(f'"{word}"*' for word in looked_for)


def matching(given: ColumnElement[str], *, postgresql: bool) -> ColumnElement[bool]:
    """The condition that a proposal has, in any language, the words of a ``phrase``."""
    if postgresql:
        searched = func.to_tsvector(_SIMPLE, Proposal.__table__.c.search_text)
        return searched.op("@@")(func.to_tsquery(_SIMPLE, given))
    return Proposal.__table__.c.shuffle.in_(select(_INDEX.c.rowid).where(_WHOLE_ROW.op("MATCH")(given)))
