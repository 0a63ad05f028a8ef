"""Imports: organizations, proposals, comments and ballots, through the verbs of their rooms.

What holds for all four. One import is one transaction, which the caller commits or (a rehearsal) takes back. The whole
file is read before anything is written. Every row of the file has a line in the report. A repeat adds nothing: a row is
known by its ``ref`` and which occurrence of that ``ref`` in the file it is, otherwise by a digest of its content; what
is known is ``unchanged``, and where the file says something else now, that is noted and the stored text stays, since
people may have discussed, endorsed or amended it meanwhile.
"""

from consultation.exchange.operations.ballots import BallotsReport, import_ballots
from consultation.exchange.operations.comments import import_comments
from consultation.exchange.operations.organizations import import_organizations
from consultation.exchange.operations.proposals import import_proposals
from consultation.exchange.operations.rehearsal import rehearsal

__all__ = [
    "BallotsReport",
    "import_ballots",
    "import_comments",
    "import_organizations",
    "import_proposals",
    "rehearsal",
]
