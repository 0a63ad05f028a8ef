"""The chain is signed at the opening, at every step and at the close, under the key that was frozen."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from consultation.kernel.permissions import OPERATOR
from consultation.voting import chain
from consultation.voting.models import ChainEntry, Checkpoint, Contest
from consultation.voting.operations import cast, close_contest, import_ballots, open_contest, take_ballot
from consultation.voting.queries import chain_entries
from consultation.voting.signed import SignedCheckpoint, is_signed, verify_checkpoint
from consultation.voting.signing import SigningKeyMissing, signer_of
from consultation.voting.states import CheckpointKind, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest


def vote(session, contest, delegate, ballot, clock, by=cast):
    return by(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=ballot,
        key=uuid.uuid4().hex,
        actor=delegate.actor,
        clock=clock.now,
    )


def signed(session, contest):
    rows = session.scalars(select(Checkpoint).where(Checkpoint.contest_id == contest.id).order_by(Checkpoint.number))
    return [
        SignedCheckpoint(
            contest.code,
            contest.frozen_sha256,
            row.kind,
            row.position,
            row.entry_hash,
            row.record_sha256,
            row.signed_at,
            contest.frozen.get("signing_key", ""),
            row.signature,
        )
        for row in rows
    ]


def check(session, contest, checkpoint):
    entries = list(chain_entries(session, contest.id))
    return verify_checkpoint(checkpoint, contest.frozen_sha256, contest.frozen["signing_key"], entries)


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now())
    commit(session)
    return made


def test_the_opening_freezes_the_key_and_signs_the_empty_chain(session, contest):
    assert contest.frozen["format"] == 2
    assert contest.frozen["signing_key"] == signer_of(session).public_key()
    (opening,) = signed(session, contest)
    assert opening == replace(
        opening,
        kind=CheckpointKind.OPENING,
        position=0,
        entry_hash=chain.genesis(contest.code, contest.frozen_sha256),
        record_sha256="",
        signed_at="2027-03-01T15:00:00Z",
    )
    assert check(session, contest, opening) is None


def test_every_tenth_entry_is_signed_with_whole_hours_for_its_time(session, scene, contest, clock):
    for number in range(21):
        clock.advance(minutes=4)
        vote(session, contest, scene.delegates[number % 3], [[scene.codes[number % 5]]], clock)
        commit(session)
    hashes = {entry.position: entry.entry_hash for entry in chain_entries(session, contest.id)}
    steps = signed(session, contest)[1:]
    assert [(one.kind, one.position, one.entry_hash, one.signed_at) for one in steps] == [
        (CheckpointKind.STEP, 10, hashes[10], "2027-03-01T15:00:00Z"),
        (CheckpointKind.STEP, 20, hashes[20], "2027-03-01T16:00:00Z"),
    ]
    assert [check(session, contest, one) for one in steps] == [None, None]


def test_an_import_signs_each_step_that_it_passes_at_exactly_that_position(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now(), code="PAPER", secrecy=Secrecy.NO_ROLL)
    rows = {f"p{number}": BallotRow(((scene.codes[number % 5],),)) for number in range(34)}
    import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now())
    hashes = {entry.position: entry.entry_hash for entry in chain_entries(session, contest.id)}
    found = signed(session, contest)[1:]
    assert [(one.position, one.entry_hash) for one in found] == [(place, hashes[place]) for place in (10, 20, 30)]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    paper = {"entered": "all", "at_least": 34}
    assert contest.record == {"roll": None, "final": 34, "blank": 0, "superseded": 0, "paper": paper}
    last = signed(session, contest)[-1]
    assert (last.kind, last.position, last.entry_hash) == (CheckpointKind.CLOSING, 34, hashes[34])


def test_the_close_signs_the_whole_chain_and_its_record(session, scene, contest, clock):
    alpha, beta = scene.delegates[:2]
    for delegate, ballot in ((beta, [[scene.codes[0]]]), (alpha, [[scene.codes[1]]]), (beta, [])):
        vote(session, contest, delegate, ballot, clock)
    clock.advance(minutes=5, seconds=7)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    assert contest.record == {
        "roll": [["ALPHA", True], ["BETA", True], ["GAMMA", False]],
        "final": 2,
        "blank": 1,
        "superseded": 1,
        "paper": {"entered": "none", "at_least": 0},
        "groups": {
            "k": 10,
            "kinds": {name: {"sizes": {}, "counts": {}} for name in ("sector", "country", "language")},
            "families": None,
        },
    }
    assert contest.record_sha256 == chain.digest("ballot-box/record/1", chain.canonical(contest.record))
    closing = signed(session, contest)[-1]
    assert (closing.kind, closing.position, closing.record_sha256, closing.signed_at) == (
        CheckpointKind.CLOSING,
        3,
        contest.record_sha256,
        "2027-03-01T15:05:07Z",
    )
    assert check(session, contest, closing) is None


def test_a_contest_without_a_ballot_closes_on_its_beginning(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    closing = signed(session, contest)[-1]
    assert (closing.position, closing.entry_hash) == (0, chain.genesis(contest.code, contest.frozen_sha256))
    assert check(session, contest, closing) is None


def test_the_receipt_is_signed_and_the_same_again(session, scene, contest, clock):
    delegate = scene.delegates[0]
    said = {"organization_id": delegate.organization.id, "key": "k", "actor": delegate.actor, "clock": clock.now}
    receipt = cast(session, contest, ballot=[[scene.codes[0]]], **said)
    assert cast(session, contest, ballot=[[scene.codes[0]]], **said) == receipt
    entry = session.get_one(ChainEntry, (contest.id, 1))
    assert receipt.document() == {
        "format": "ballot-box/receipt/1",
        "contest": "MAIN",
        "frozen_sha256": contest.frozen_sha256,
        "position": 1,
        "commitment": entry.commitment,
        "entry_hash": entry.entry_hash,
        "revision": 1,
        "signing_key": contest.frozen["signing_key"],
        "signature": receipt.signature,
    }
    assert is_signed(receipt.signing_key, receipt.message(), receipt.signature)
    for changed in ({"position": 2}, {"contest": "OTHER"}, {"commitment": "0" * 64}, {"entry_hash": "0" * 64}):
        assert not is_signed(receipt.signing_key, replace(receipt, **changed).message(), receipt.signature)


def another_key(session):
    path = signer_of(session).path
    path.unlink()
    signer_of(session).ensure()


def no_key(session):
    signer_of(session).path.unlink()


def half_a_key(session):
    path = signer_of(session).path
    path.write_bytes(path.read_bytes()[:16])


@pytest.mark.parametrize("loss", [another_key, no_key, half_a_key])
def test_without_the_frozen_key_nothing_is_cast_imported_closed_or_opened(session, scene, contest, clock, loss):
    second = make_contest(session, scene.consultation, clock.now(), code="SECOND", opened=False)
    commit(session)
    kept = signer_of(session).path.read_bytes()
    loss(session)
    delegate = scene.delegates[0]
    row = {"ALPHA": BallotRow(((scene.codes[0],),))}
    for attempt in (
        lambda: vote(session, contest, delegate, [[scene.codes[0]]], clock),
        lambda: vote(session, contest, delegate, [[scene.codes[0]]], clock, by=take_ballot),
        lambda: close_contest(session, contest, actor=OPERATOR, now=clock.now()),
        lambda: open_contest(session, second, actor=OPERATOR, now=clock.now()),
    ):
        with pytest.raises(SigningKeyMissing):
            attempt()
        session.rollback()
    rows = session.scalar(select(func.count()).select_from(ChainEntry))
    states = session.scalars(select(Contest.state).order_by(Contest.code)).all()
    assert (rows, states) == (0, ["open", "configured"])
    signer_of(session).path.write_bytes(kept)
    assert import_ballots(session, contest, row, actor=OPERATOR, now=clock.now()).imported == ["ALPHA"]


def test_a_contest_of_before_the_signatures_goes_on_without(session, scene, contest, clock):
    contest.frozen = {name: value for name, value in contest.frozen.items() if name != "signing_key"}
    commit(session)
    for _ in range(10):
        receipt = vote(session, contest, scene.delegates[0], [], clock)
    assert (receipt.position, receipt.signing_key, receipt.signature) == (10, "", "")
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert [one.kind for one in signed(session, contest)] == [CheckpointKind.OPENING]
    assert contest.record["final"] == 1


@pytest.mark.parametrize("statement", ["UPDATE checkpoint SET position = 9", "DELETE FROM checkpoint"])
def test_checkpoints_are_append_only(session, contest, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


def test_there_is_one_closing_and_one_opening(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now() + timedelta(days=1))
    commit(session)
    columns = "contest_id, number + 5, kind, position, entry_hash, record_sha256, signed_at, signature"
    for kind in ("opening", "closing"):
        again = f"INSERT INTO checkpoint SELECT {columns} FROM checkpoint WHERE kind = '{kind}'"
        with pytest.raises((IntegrityError, DBAPIError)):
            session.execute(text(again))
        session.rollback()
