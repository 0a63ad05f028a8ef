"""A copy of the key in two halves: with both a restored database goes on, with one or after the close nothing does."""

import json
import shutil
import stat
import uuid

import pytest
from sqlalchemy import func, select

from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.voting.escrow import BadEscrow, joined_key, split
from consultation.voting.keys import KEY_BYTES, KeyMissing, key_store
from consultation.voting.models import ChainEntry
from consultation.voting.operations import cast, close_contest
from tests.voting.factories import commit, make_contest

CONTEST = uuid.UUID(int=7)


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now())
    commit(session)
    return made


@pytest.fixture
def halves(tmp_path):
    return tmp_path / "one.json", tmp_path / "other.json"


@pytest.fixture
def escrowed(runner, contest, halves):
    ended = runner.invoke(args=["contests", "escrow", "MAIN", "--to", *map(str, halves)])
    assert (ended.exit_code, ended.stdout) == (0, "")
    return halves


def vote(session, contest, delegate, clock, key="k"):
    return cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=[],
        key=key,
        actor=delegate.actor,
        clock=clock.now,
    )


def recover(runner, *files):
    return runner.invoke(args=["contests", "recover", "MAIN", *map(str, files)])


def test_neither_half_holds_the_key_and_only_its_owner_reads_it(session, contest, escrowed):
    key = key_store(session).read(contest.id)
    shares = [json.loads(path.read_text()) for path in escrowed]
    for path, share in zip(escrowed, shares, strict=True):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert key.hex() not in path.read_text()
        assert "Destroy this file" in share["note"]
    assert joined_key(contest.id, shares) == key
    names = session.scalars(select(EventRecord.name).where(EventRecord.subject_id == contest.id)).all()
    assert names[-1] == "ContestKeyEscrowed"


def test_a_restored_database_takes_no_second_vote_until_the_key_is_back(
    session, scene, contest, clock, runner, escrowed
):
    first = vote(session, contest, scene.delegates[0], clock)
    commit(session)
    key_store(session).path(contest.id).unlink()
    for refused in (
        lambda: vote(session, contest, scene.delegates[0], clock, "again"),
        lambda: close_contest(session, contest, actor=OPERATOR, now=clock.now()),
    ):
        with pytest.raises(KeyMissing):
            refused()
        session.rollback()
    assert session.scalar(select(func.count()).select_from(ChainEntry)) == 1
    session.rollback()
    assert recover(runner, *reversed(escrowed)).exit_code == 0
    assert vote(session, contest, scene.delegates[0], clock) == first
    assert vote(session, contest, scene.delegates[0], clock, "again").revision == 2


def test_a_key_that_is_there_stays_and_another_one_is_not_overwritten(session, contest, runner, escrowed):
    path = key_store(session).path(contest.id)
    kept = path.read_bytes()
    assert recover(runner, *escrowed).exit_code == 0
    path.write_bytes(bytes(KEY_BYTES))
    refused = recover(runner, *escrowed)
    assert (refused.exit_code, "Another key" in refused.stderr) == (1, True)
    assert path.read_bytes() == bytes(KEY_BYTES)
    path.write_bytes(kept[:9])
    assert recover(runner, *escrowed).exit_code == 0
    assert path.read_bytes() == kept


def test_after_the_close_the_key_does_not_come_back(session, contest, clock, runner, escrowed, tmp_path):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    refused = recover(runner, *escrowed)
    assert (refused.exit_code, "destroy the two files" in refused.stderr) == (1, True)
    assert not key_store(session).path(contest.id).exists()
    new = [str(tmp_path / name) for name in ("a", "b")]
    assert runner.invoke(args=["contests", "escrow", "MAIN", "--to", *new]).exit_code == 1
    assert list(tmp_path.glob("[ab]")) == []


def test_nothing_is_overwritten_and_half_a_copy_does_not_stay(contest, runner, tmp_path):
    taken = tmp_path / "taken.json"
    taken.write_text("kept")
    ended = runner.invoke(args=["contests", "escrow", "MAIN", "--to", str(tmp_path / "new.json"), str(taken)])
    assert (ended.exit_code, taken.read_text(), (tmp_path / "new.json").exists()) == (1, "kept", False)


def test_only_organizers_copy_a_key(session, scene, contest, runner, halves):
    delegate = scene.delegates[0].user.email
    ended = runner.invoke(args=["contests", "escrow", "MAIN", "--to", *map(str, halves), "--as", delegate])
    assert (ended.exit_code, [path.exists() for path in halves]) == (1, [False, False])


def damaged(share):
    return share | {"half": "00" * KEY_BYTES}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda one, other: [one, one], "same_share"),
        (lambda one, other: [one, split("MAIN", CONTEST, bytes(KEY_BYTES))[1]], "not_a_pair"),
        (lambda one, other: [one, split("MAIN", uuid.UUID(int=8), bytes(KEY_BYTES))[1]], "other_contest"),
        (lambda one, other: [one, damaged(other)], "damaged"),
        (lambda one, other: [one, {"format": "other"}], "not_a_share"),
        (lambda one, other: [one, {"format": one["format"]}], "damaged"),
    ],
)
def test_only_the_two_halves_of_one_copy_give_the_key(change, code):
    key = bytes(range(KEY_BYTES))
    one, other = split("MAIN", CONTEST, key)
    assert joined_key(CONTEST, [other, one]) == key
    with pytest.raises(BadEscrow) as error:
        joined_key(CONTEST, change(one, other))
    assert error.value.code == code


def test_what_is_no_half_is_said(contest, runner, escrowed, tmp_path):
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"\xff\x00")
    assert "no half of a key" in recover(runner, escrowed[0], nonsense).stderr
    copy = shutil.copy(escrowed[0], tmp_path / "copy")
    assert "the same half" in recover(runner, escrowed[0], copy).stderr
