"""The ballot box on both databases: one counted ballot a voter, an exact window, nothing that joins voter to ballot."""

import stat
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from consultation.kernel.orm import intending_to_write
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import MandateKind
from consultation.voting.chain import genesis, verify_chain
from consultation.voting.keys import KeyMissing, key_store
from consultation.voting.models import BallotContent, BallotDraft, CastKey, ChainEntry, Contest, RollEntry
from consultation.voting.operations import CastConflict, cast, close_contest, save_draft
from consultation.voting.queries import chain_entries, contest_by_code, final_contents
from consultation.voting.rules import InvalidVote
from consultation.voting.states import VotingUnit
from tests.voting.factories import commit, make_contest, make_delegate

MILLISECOND = timedelta(milliseconds=1)


def vote(session, contest, delegate, ballot, clock, key=None):
    return cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=ballot,
        key=key or uuid.uuid4().hex,
        actor=delegate.actor,
        clock=clock.now,
    )


def reason_of(session, contest, delegate, clock):
    with pytest.raises(Denied) as denied:
        vote(session, contest, delegate, [], clock)
    return denied.value.decision.reason


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now(), closes_at=clock.now() + timedelta(days=1))
    commit(session)
    return made


def holds(session, contest):
    start = genesis(contest.code, contest.frozen_sha256)
    return verify_chain(contest.code, start, chain_entries(session, contest.id)) is None


@pytest.mark.parametrize("unit", VotingUnit)
def test_fifty_parallel_casts_of_one_voter_leave_one_final_ballot(session, engine, scene, clock, unit):
    until = clock.now() + timedelta(days=1)
    contest = make_contest(session, scene.consultation, clock.now(), unit=unit, closes_at=until)
    commit(session)
    delegate = scene.delegates[0]
    ready = threading.Barrier(12)

    def once(number):
        with Session(engine) as own, intending_to_write():
            seen = contest_by_code(own, contest.code)
            if number < 12:
                own.rollback()
                ready.wait(20)
            receipt = vote(own, seen, delegate, [[scene.codes[number % 5]]], clock)
            own.commit()
            return receipt

    with ThreadPoolExecutor(12) as pool:
        receipts = list(pool.map(once, range(50)))
    session.rollback()
    assert sorted(receipt.revision for receipt in receipts) == list(range(1, 51))
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 51))
    assert holds(session, contest)
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    commit(session)
    last = max(receipts, key=lambda receipt: receipt.revision)
    assert [row.commitment for row in final_contents(session, contest.id)] == [last.commitment]


@pytest.mark.parametrize(("offset", "reason"), [(-MILLISECOND, Reason.WINDOW), (timedelta(), None)])
def test_the_window_opens_exactly(session, scene, clock, offset, reason):
    opens = clock.now() + timedelta(hours=1)
    contest = make_contest(session, scene.consultation, clock.now(), opens_at=opens)
    clock.set(opens + offset)
    if reason is None:
        assert vote(session, contest, scene.delegates[0], [], clock).position == 1
    else:
        assert reason_of(session, contest, scene.delegates[0], clock) is reason


@pytest.mark.parametrize(("offset", "reason"), [(-MILLISECOND, None), (timedelta(), Reason.WINDOW)])
def test_the_window_closes_exactly_and_the_draft_is_kept(session, scene, contest, clock, offset, reason):
    delegate, closes = scene.delegates[0], contest.closes_at
    save_draft(
        session,
        contest,
        organization_id=delegate.organization.id,
        tiers=[[scene.codes[0]]],
        actor=delegate.actor,
        now=clock.now(),
    )
    commit(session)
    clock.set(closes + offset)
    if reason is None:
        assert vote(session, contest, delegate, [], clock).position == 1
    else:
        assert reason_of(session, contest, delegate, clock) is reason
    assert session.scalar(select(func.count()).select_from(BallotDraft)) == (reason is not None)


def test_the_clock_is_read_after_the_lock(session, engine, scene, contest, clock):
    """A cast that waits for the lock until after the close is refused, though it was sent before."""
    started, found = threading.Event(), []

    def late():
        with Session(engine) as own, intending_to_write():
            started.set()
            seen = contest_by_code(own, contest.code)
            found.append(reason_of(own, seen, scene.delegates[0], clock))

    with Session(engine) as holder, intending_to_write():
        holder.execute(select(Contest.id).where(Contest.id == contest.id).with_for_update())
        thread = threading.Thread(target=late)
        thread.start()
        started.wait(10)
        time.sleep(0.5)  # for it to come as far as the lock
        clock.set(contest.closes_at)
        holder.rollback()
    thread.join(20)
    assert found == [Reason.WINDOW]


def test_the_same_key_gives_the_same_receipt_and_another_body_is_a_conflict(session, scene, contest, clock):
    delegate, other = scene.delegates[:2]
    first = vote(session, contest, delegate, [[scene.codes[0]]], clock, key="k")
    assert vote(session, contest, delegate, [[scene.codes[0]]], clock, key="k") == first
    with pytest.raises(CastConflict):
        vote(session, contest, delegate, [[scene.codes[1]]], clock, key="k")
    assert vote(session, contest, other, [[scene.codes[1]]], clock, key="k").position == 2
    clock.set(contest.closes_at)
    assert vote(session, contest, delegate, [[scene.codes[0]]], clock, key="k") == first
    assert session.scalar(select(func.count()).select_from(ChainEntry)) == 2


def test_a_ballot_replaces_the_one_before_until_the_close(session, scene, contest, clock):
    delegate = scene.delegates[0]
    assert vote(session, contest, delegate, [[scene.codes[0]]], clock).revision == 1
    second = vote(session, contest, delegate, [], clock)
    assert (second.position, second.revision) == (2, 2)
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    commit(session)
    assert [(row.commitment, row.content) for row in final_contents(session, contest.id)] == [
        (second.commitment, b'{"tiers":[]}')
    ]
    assert contest.blank_count == 1
    assert reason_of(session, contest, delegate, clock) is Reason.WINDOW


def test_an_invalid_ballot_leaves_nothing(session, scene, contest, clock):
    with pytest.raises(InvalidVote):
        vote(session, contest, scene.delegates[0], [["NOWHERE"]], clock)
    assert session.scalar(select(func.count()).select_from(ChainEntry)) == 0


def test_who_may_not_vote_is_told_why(session, scene, contest, clock):
    late = make_delegate(session, clock.now(), "LATE")
    editor = make_delegate(session, clock.now(), "EDITOR", kind=MandateKind.EDITOR)
    applied = make_delegate(session, clock.now(), "APPLIED", verified=False)
    assert reason_of(session, contest, late, clock) is Reason.NOT_ON_ROLL
    assert reason_of(session, contest, editor, clock) is Reason.NO_MANDATE
    assert reason_of(session, contest, applied, clock) is Reason.NOT_VERIFIED
    stranger = type(scene.delegates[0])(late.user, scene.delegates[0].organization, late.actor)
    assert reason_of(session, contest, stranger, clock) is Reason.NO_MANDATE


def refuses(session, contest, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()
    assert holds(session, contest)


@pytest.fixture
def voted(session, scene, contest, clock):
    vote(session, contest, scene.delegates[0], [], clock)
    commit(session)
    return contest


@pytest.mark.parametrize("statement", ["UPDATE ballot_chain SET revision = 9", "DELETE FROM ballot_chain"])
def test_the_chain_is_append_only(session, voted, statement):
    refuses(session, voted, statement)


@pytest.mark.sqlite
def test_the_chain_is_not_replaced(session, voted):
    values = "contest_id, 1, prev_hash, 'other', voter_tag, revision, entry_hash"
    refuses(session, voted, f"INSERT OR REPLACE INTO ballot_chain SELECT {values} FROM ballot_chain")


@pytest.mark.postgres
def test_the_chain_is_not_truncated(session, voted):
    refuses(session, voted, "TRUNCATE ballot_chain CASCADE")


def test_the_close_leaves_no_way_from_voter_to_ballot(session, engine, config, scene, contest, clock):
    first, second, third = scene.delegates
    key_file = key_store(session).path(contest.id)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_file.parent == config.data_dir / "contest-keys"
    key = key_file.read_bytes()
    superseded = vote(session, contest, first, [[scene.codes[3]]], clock)
    final = vote(session, contest, first, [[scene.codes[0]]], clock)
    vote(session, contest, second, [], clock)
    save_draft(
        session,
        contest,
        organization_id=third.organization.id,
        tiers=[[scene.codes[2]]],
        actor=third.actor,
        now=clock.now(),
    )
    commit(session)
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    assert key_file.exists()
    commit(session)
    assert not key_file.exists()
    with pytest.raises(KeyMissing):
        key_store(session).read(contest.id)
    for emptied in (CastKey, BallotDraft):
        assert session.scalar(select(func.count()).select_from(emptied)) == 0
    kept = session.execute(select(BallotContent.commitment, BallotContent.nonce)).all()
    assert final.commitment in {row.commitment for row in kept}
    assert superseded.commitment not in {row.commitment for row in kept}
    assert len(kept) == 2
    assert all(row.nonce for row in kept)
    assert dict(session.execute(select(RollEntry.name, RollEntry.voted)).all()) == {
        "Organization ALPHA": True,
        "Organization BETA": True,
        "Organization GAMMA": False,
    }
    session.rollback()
    if engine.dialect.name == "sqlite":
        path = engine.url.database
        files = b"".join(open(f"{path}{end}", "rb").read() for end in ("", "-wal"))  # noqa: SIM115
        assert key not in files
        assert key.hex().encode() not in files
        assert b'{"tiers":[["%s"]]}' % scene.codes[3].encode() not in files
        assert b'{"tiers":[["%s"]]}' % scene.codes[0].encode() in files


def test_no_event_tells_of_a_cast_and_the_close_tells_no_count_by_option(session, scene, contest, clock):
    before = session.scalar(select(func.count()).select_from(EventRecord))
    vote(session, contest, scene.delegates[0], [[scene.codes[0]]], clock)
    commit(session)
    assert session.scalar(select(func.count()).select_from(EventRecord)) == before
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    last = session.scalars(select(EventRecord).order_by(EventRecord.position.desc()).limit(1)).one()
    assert (last.name, sorted(last.payload)) == ("ContestClosed", ["code", "entries", "head"])


def test_nothing_closes_while_the_key_is_missing(session, scene, contest, clock):
    key_store(session).destroy(contest.id)
    with pytest.raises(KeyMissing):
        vote(session, contest, scene.delegates[0], [], clock)
    with pytest.raises(KeyMissing):
        close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)


def test_every_ballot_acknowledged_before_a_close_counts_and_none_after(session, engine, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    commit(session)
    voters = [*scene.delegates]
    close_after, refusals = threading.Semaphore(0), []

    def storm(delegate):
        kept = []
        for _ in range(20):
            with Session(engine) as own, intending_to_write():
                try:
                    kept.append(vote(own, contest_by_code(own, contest.code), delegate, [[scene.codes[0]]], clock))
                    own.commit()
                except Denied as denied:
                    refusals.append(denied.decision.reason)
                    return kept
            close_after.release()
        return kept

    def closing():
        for _ in range(12):
            close_after.acquire(timeout=20)
        with Session(engine) as own, intending_to_write():
            close_contest(own, contest_by_code(own, contest.code), actor=OPERATOR, now=clock.now())
            commit(own)

    with ThreadPoolExecutor(4) as pool:
        closer = pool.submit(closing)
        acknowledged = [receipts[-1] for receipts in pool.map(storm, voters) if receipts]
        closer.result()
    session.rollback()
    assert set(refusals) <= {Reason.WINDOW}
    assert {receipt.commitment for receipt in acknowledged} == {
        row.commitment for row in final_contents(session, contest.id)
    }
    assert holds(session, contest)
