"""Published contests: the roll, the chain, its checkpoints, the ballots and the tallies.

A ballot's row is its commitment, what opens it, and what it says: nothing of whoever cast it, whatever the contest.
"""

import json
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.queries import public_name
from consultation.convening.models import Consultation
from consultation.exchange.bundle import columns as described
from consultation.exchange.bundle.tables import Row, Table
from consultation.membership.models import MemberOrganization
from consultation.voting.models import Checkpoint, Contest, RollEntry
from consultation.voting.queries import ballot_count, chain_entries, contests, final_contents, stored_tallies
from consultation.voting.rules import PUBLISHED_FROM
from consultation.voting.states import ContestState

CHAIN_FIELDS = ("position", "prev_hash", "commitment", "voter_tag", "revision", "entry_hash")
CHECKPOINT_FIELDS = ("number", "kind", "position", "entry_hash", "record_sha256", "signed_at", "signature")


def tables_of_votes(
    session: Session, consultation: Consultation, *, audited: Collection[uuid.UUID] = ()
) -> Iterator[Table]:
    """The tables of all published contests. ``audited``: contests whose ballots are in it also where they are too few
    to be published."""
    published = [each for each in contests(session, consultation.id) if each.state is ContestState.PUBLISHED]
    counts = {contest.id: ballot_count(session, contest.id) for contest in published}
    shown = [each for each in published if ballots_are_public(each, counts[each.id]) or each.id in audited]
    yield Table(
        *described.CONTESTS,
        [_contest(contest, counts[contest.id], contest in shown) for contest in published],
    )
    yield Table(*described.ROLL, [row for contest in published for row in _roll(session, contest)])
    yield Table(*described.CHAIN, [row for contest in published for row in _chain(session, contest)])
    yield Table(*described.CHECKPOINTS, [row for contest in published for row in _checkpoints(session, contest)])
    yield Table(*described.BALLOTS, [row for contest in shown for row in _ballots(session, contest)])
    yield Table(*described.TALLIES, [row for contest in published for row in _tallies(session, contest)])


def ballots_are_public(contest: Contest, count: int) -> bool:
    """Whether as many voters have a ballot in the box as were frozen for their publication."""
    return count >= int((contest.frozen or {}).get("ballots_published_from", PUBLISHED_FROM))


def _contest(contest: Contest, count: int, ballots_published: bool) -> Row:
    return {
        **{name: getattr(contest, name) for name in described.CONTEST_FIELDS},
        "question": contest.question.to_dict(),
        "signing_key": (contest.frozen or {}).get("signing_key"),
        "ballot_count": count,
        "ballots_published": ballots_published,
    }


def _roll(session: Session, contest: Contest) -> Iterator[Row]:
    query: Any = (
        select(
            RollEntry.code,
            MemberOrganization.code.label("organization"),
            MemberOrganization.protected,
            RollEntry.name,
            public_name().label("person"),
            RollEntry.voted,
        )
        .join(MemberOrganization, MemberOrganization.id == RollEntry.organization_id)
        .outerjoin(User, User.id == RollEntry.user_id)
        .where(RollEntry.contest_id == contest.id)
    )
    rows = [
        {
            "contest": contest.code,
            "code": row.code,
            "organization": row.organization,
            "name": None if row.protected else row.name,
            "person": None if row.protected else row.person,
            "voted": row.voted,
        }
        for row in session.execute(query)
    ]
    yield from sorted(rows, key=lambda row: (row["name"] or row["organization"], row["code"]))


def _chain(session: Session, contest: Contest) -> Iterator[Row]:
    for entry in chain_entries(session, contest.id):
        yield {"contest": contest.code, **{name: getattr(entry, name) for name in CHAIN_FIELDS}}


def _checkpoints(session: Session, contest: Contest) -> Iterator[Row]:
    query = select(Checkpoint).where(Checkpoint.contest_id == contest.id).order_by(Checkpoint.number)
    for checkpoint in session.scalars(query):
        yield {"contest": contest.code, **{name: getattr(checkpoint, name) for name in CHECKPOINT_FIELDS}}


def _ballots(session: Session, contest: Contest) -> Iterator[Row]:
    for row in final_contents(session, contest.id):
        yield {
            "contest": contest.code,
            "commitment": row.commitment,
            "nonce": row.nonce,
            "ballot": json.loads(row.content),
        }


def _tallies(session: Session, contest: Contest) -> Iterator[Row]:
    for tally in stored_tallies(session, contest.id):
        yield {
            "contest": contest.code,
            "rule": tally.rule,
            "version": tally.version,
            "headline": tally.rule == contest.rule,
            "input_sha256": tally.input_sha256,
            "result": tally.result,
        }
