"""Importing paper or outside ballots."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.exchange.queries import Directory, codes_on_roll, item_codes, proposals_named
from consultation.exchange.reading import BallotFigures, BallotMark, ImportReport, Kind, Reason, assemble_ballots
from consultation.exchange.rules import identity_of, is_rank, tiers_of
from consultation.exchange.source import Contents, Progress, in_silence
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting.models import Contest
from consultation.voting.operations import ImportedBallots
from consultation.voting.operations import import_ballots as put_into_the_box
from consultation.voting.operations.importing import ALREADY_CAST
from consultation.voting.queries import option_codes
from consultation.voting.states import Secrecy, VotingUnit
from consultation.voting.tally import BallotRow


@dataclass
class BallotsReport(ImportReport):
    """The report on the rows of a file of marks, with the ballots that they made."""

    figures: BallotFigures = field(default_factory=lambda: BallotFigures(0, 0, 0, 0, 0))
    ballots: ImportedBallots = field(default_factory=ImportedBallots)
    on_roll: bool = False
    """The contest claims a roll: what its box holds of a voter is told to nobody, so ballots are ``taken`` or refused
    for what they say."""

    @property
    def taken(self) -> int:
        """How many ballots were entered, now or before, or stand behind one that their voter has cast."""
        return sum(map(len, (self.ballots.imported, self.ballots.revised, self.ballots.unchanged))) + len(
            self.ballots.rejected.keys() - self.refused.keys()
        )

    @property
    def refused(self) -> dict[str, str]:
        """By voter, the code of what is wrong with the ballot as a whole."""
        return {voter: code for voter, code in sorted(self.ballots.rejected.items()) if code != ALREADY_CAST}

    def to_dict(self) -> dict[str, Any]:
        """The JSON report, with figures of marks (``BallotFigures``) and of ballots."""
        marks, ballots = self.figures, self.ballots
        made = (
            {"taken": self.taken}
            if self.on_roll
            else {
                "imported": len(ballots.imported),
                "revised": len(ballots.revised),
                "unchanged": len(ballots.unchanged),
            }
        )
        return super().to_dict() | {
            "marks": {
                "events": marks.events,
                "pairs": marks.pairs,
                "repeated": marks.repeated,
                "superseded": marks.superseded,
            },
            "ballots": made | {"refused": self.refused},
        }


def import_ballots(
    session: Session,
    contest: Contest,
    contents: Contents,
    *,
    approve: Collection[str] = (),
    progress: Progress = in_silence,
    actor: Actor,
    now: datetime,
) -> BallotsReport:
    """Put the ballots of a file of marks into an open contest; ``contest.consultation`` is loaded.

    Of several marks of a voter on an item the last counts. ``approve``: the values that mean approval. Without it each
    mark is one, unless the file has values: those are ranks, 1 the first tier. ``item`` is an item's code, or the
    ``ref`` or code of its proposal; ``voter`` any label where the contest claims no roll, and otherwise an
    organization's code or exact name. A ballot that its voter has cast on the site stays. That this was so is not in
    the report, nor what the box held before: who has voted is told after the close, for all at once (decision 31).

    Raises:
        Denied: when the actor may not import, or the contest is not open.
    """
    require(actor, Permission.IMPORT_RUN, contest, now=now)
    rows, columns = contents.rows, contents.columns
    report = BallotsReport(
        contents.format, contents.encoding, contents.delimiter, columns.fields, columns.unmapped, contents.notices
    )
    ranked = not approve and "value" in columns.fields
    marks = _voters(session, contest, _items(session, contest, rows))
    marks = [_ranked(mark) for mark in marks] if ranked else marks
    usable = [mark for mark in marks if not (mark.rejected or (ranked and Reason.VALUE_UNKNOWN in mark.reasons))]
    progress(0, len(rows))
    assembled = assemble_ballots(usable, approve=approve or None)
    if ranked:
        ballots = {voter: BallotRow(tiers_of(items)) for voter, items in assembled.latest.items()}
    else:
        ballots = {
            voter: BallotRow((tuple(sorted(items)),) if items else ()) for voter, items in assembled.approved.items()
        }
    report.figures = assembled.figures
    report.ballots = put_into_the_box(session, contest, ballots, actor=actor, now=now)
    report.on_roll = contest.secrecy is not Secrecy.NO_ROLL
    counted = set(map(id, usable))
    refused = report.refused
    unchanged = set() if report.on_roll else set(report.ballots.unchanged)
    for mark in marks:
        kept = id(mark) in counted and mark.voter not in refused
        report.add(mark, stored=kept, unchanged=kept and mark.voter in unchanged)
    progress(len(rows), len(rows))
    return report


def _items(session: Session, contest: Contest, marks: list[BallotMark]) -> list[BallotMark]:
    """The marks with the item's code in place of what the file calls it; those on no option of the contest noted."""
    options = option_codes(session, contest.id)
    names = {mark.item for mark in marks if mark.item and mark.item not in options}
    proposals = proposals_named(
        session, contest.consultation_id, {name: identity_of(Kind.PROPOSALS, name) for name in names}
    )
    codes = item_codes(session, (proposal_id for proposal_id, _ in proposals.values()))
    found = {name: codes[proposal_id] for name, (proposal_id, _) in proposals.items() if proposal_id in codes}
    placed = []
    for mark in marks:
        code = mark.item if mark.item in options else found.get(mark.item)
        if mark.rejected:
            placed.append(mark)
        elif code in options:
            placed.append(replace(mark, item=code))
        else:
            placed.append(mark.noting(Reason.ITEM_ABSENT))
    return placed


def _voters(session: Session, contest: Contest, marks: list[BallotMark]) -> list[BallotMark]:
    """In a contest with a roll, the organization's code in place of its name; who is not on it is noted. Delegates
    go by their codes on the roll alone: what names their organization names none of them."""
    if contest.secrecy is Secrecy.NO_ROLL:
        return marks
    directory = Directory(session) if contest.unit is VotingUnit.MEMBERS else None
    roll = codes_on_roll(session, contest.id)
    named = []
    for mark in marks:
        code = mark.voter if directory is None else directory.code_of(mark.voter)
        if mark.rejected:
            named.append(mark)
        else:
            named.append(replace(mark, voter=code) if code in roll else mark.noting(Reason.VOTER_UNKNOWN))
    return named


def _ranked(mark: BallotMark) -> BallotMark:
    return mark if not mark.value or is_rank(mark.value) else mark.noting(Reason.VALUE_UNKNOWN)
