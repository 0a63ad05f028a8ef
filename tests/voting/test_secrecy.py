"""After the close of a secret contest nothing that is left joins a voter to a ballot, and no superseded ballot can be
read: looked for in the database's files, the log, the data folder and a backup, byte by byte."""

import json
import sqlite3
import uuid
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, select, text

from consultation.kernel.permissions import OPERATOR
from consultation.voting import chain
from consultation.voting.keys import key_store
from consultation.voting.models import BallotContent, BallotDraft, CastKey, ChainEntry
from consultation.voting.operations import cast, close_contest, save_draft, void_contest
from consultation.voting.operations.box import voter_text
from consultation.voting.states import Secrecy, VotingUnit
from tests.voting.factories import commit, make_contest, make_items, sign_in


def vote(session, contest, delegate, codes, clock, key):
    cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=[[code] for code in codes],
        key=key,
        actor=delegate.actor,
        clock=clock.now,
    )
    commit(session)


@pytest.fixture
def voted(session, scene, clock):
    """Two voted, one of them twice; a third has begun. Long ballots, whose order can be no coincidence."""
    make_items(session, scene.consultation, clock.now(), 12)
    contest = make_contest(session, scene.consultation, clock.now(), kind="ranking")
    commit(session)
    codes = [option.code for option in contest.options]
    first, second, third = scene.delegates
    vote(session, contest, first, codes[:9], clock, "idempotency-key-one")
    vote(session, contest, second, codes[2:11], clock, "idempotency-key-two")
    vote(session, contest, first, codes[9:0:-1], clock, "idempotency-key-three")
    save_draft(
        session,
        contest,
        organization_id=third.organization.id,
        tiers=[[code] for code in codes[12:3:-1]],
        actor=third.actor,
        now=clock.now(),
    )
    commit(session)
    return contest


@pytest.fixture
def links(session, scene, voted):
    """What must not be found afterwards, by name."""
    key = key_store(session).read(voted.id)
    codes = [option.code for option in voted.options]
    tag = chain.voter_tag(key, voted.code, voter_text(VotingUnit.MEMBERS, scene.delegates[0].organization.id))
    entries = session.scalars(select(ChainEntry).where(ChainEntry.voter_tag == tag).order_by(ChainEntry.revision)).all()
    nonce = chain.nonce(key, tag, 1)
    marks = {
        "key": key,
        "key in hex": key.hex().encode(),
        "superseded content": json.dumps([[code] for code in codes[:9]], separators=(",", ":")).encode(),
        "nonce of the superseded": nonce.encode(),
        "draft": json.dumps([[code] for code in codes[12:3:-1]]).encode(),
        "idempotency key": b"idempotency-key-one",
        "digest of the idempotency key": session.scalars(select(CastKey.key_sha256)).first().encode(),
    }
    assert [entry.revision for entry in entries] == [1, 2]
    session.rollback()
    return marks


def found_in(paths, links):
    return {(path.name, name) for path in paths for name, mark in links.items() if mark in path.read_bytes()}


def files_of(folder: Path, engine):
    database = Path(engine.url.database)
    return [*database.parent.glob(f"{database.name}*"), *(path for path in folder.rglob("*") if path.is_file())]


@pytest.fixture
def without_help(engine):
    """Some builds of SQLite overwrite what is deleted, others do not: this one does not."""
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA secure_delete = OFF"))
    engine.dispose()


@pytest.mark.sqlite
def test_no_file_holds_the_link(without_help, session, engine, config, clock, voted, links, tmp_path, capfd):
    folder = config.data_dir
    before = {name for _file, name in found_in(files_of(folder, engine), links)}
    assert before == {"key", "superseded content", "draft", "digest of the idempotency key"}
    close_contest(session, voted, actor=OPERATOR, now=clock.now())
    commit(session)
    session.close()
    files = files_of(folder, engine)
    assert found_in(files, links) == set()
    log = Path(f"{engine.url.database}-wal")
    assert not log.exists() or log.stat().st_size == 0
    backup = tmp_path / "backup.sqlite"
    with sqlite3.connect(engine.url.database) as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    assert found_in([backup], links) == set()
    said = capfd.readouterr()
    assert [name for name, mark in links.items() if mark.decode("latin-1") in said.out + said.err] == []


@pytest.mark.sqlite
def test_a_backup_of_while_it_is_open_holds_no_key(engine, voted, links, tmp_path):
    backup = tmp_path / "backup.sqlite"
    with sqlite3.connect(engine.url.database) as live, sqlite3.connect(backup) as copy:
        live.backup(copy)
    held = {name for _file, name in found_in([backup], links)}
    assert held & {"key", "key in hex", "nonce of the superseded", "idempotency key"} == set()


def everything_in(session, engine):
    """Every value of every table, as bytes."""
    found = b""
    for table in inspect(engine).get_table_names():
        for row in session.execute(text(f'SELECT * FROM "{table}"')):
            for value in row:
                plain = value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
                found += plain + b"\n"
    return found


@pytest.mark.postgres
def test_no_table_holds_the_link(session, engine, clock, voted, links):
    assert {name for name, mark in links.items() if mark in everything_in(session, engine)} >= {"superseded content"}
    session.rollback()
    close_contest(session, voted, actor=OPERATOR, now=clock.now())
    commit(session)
    assert {name for name, mark in links.items() if mark in everything_in(session, engine)} == set()


@pytest.mark.postgres
def test_no_file_of_postgresql_s_tables_holds_it(session, engine, clock, voted, links):
    """After VACUUM FULL the old files are gone; the write-ahead log keeps what it keeps, which the documents say."""
    close_contest(session, voted, actor=OPERATOR, now=clock.now())
    commit(session)
    folder = Path(session.scalar(text("SELECT current_setting('data_directory')")))
    session.execute(text("SELECT 1"))
    session.rollback()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CHECKPOINT")
        tables = ("ballot_content", "cast_key", "ballot_draft", "ballot_chain", "checkpoint", "letter")
        paths = [
            folder / connection.exec_driver_sql(f"SELECT pg_relation_filepath('{name}')").scalar_one()
            for name in tables
        ]
    assert found_in(paths, links) == set()


@pytest.mark.postgres
@pytest.mark.parametrize("end", ["close", "void"])
def test_postgresql_forgets_in_which_transactions_the_chain_was_written(session, clock, voted, end):
    """Beside the event log, which bears the numbers of transactions, they would date each entry."""
    marks = text("SELECT DISTINCT xmin::text FROM ballot_chain")
    assert len(session.scalars(marks).all()) == 3
    session.rollback()
    if end == "close":
        close_contest(session, voted, actor=OPERATOR, now=clock.now())
    else:
        void_contest(session, voted, reason="A trial.", actor=OPERATOR, now=clock.now())
    commit(session)
    logged = session.scalars(text("SELECT DISTINCT transaction_id::text FROM event")).all()
    for table in ("ballot_chain", "ballot_content", "checkpoint"):
        left = session.scalars(text(f"SELECT DISTINCT xmin::text FROM {table}")).all()
        assert len(left) <= 1, table
        assert set(left) & set(logged) == set()
    chain_holds = chain.verify_chain(
        voted.code,
        chain.genesis(voted.code, voted.frozen_sha256),
        [
            chain.Entry(one.position, one.prev_hash, one.commitment, one.voter_tag, one.revision, one.entry_hash)
            for one in session.scalars(select(ChainEntry).order_by(ChainEntry.position))
        ],
    )
    assert chain_holds is None


def test_only_what_counts_is_left(session, clock, voted):
    close_contest(session, voted, actor=OPERATOR, now=clock.now())
    commit(session)
    session.expire_all()
    contents = session.scalars(select(BallotContent)).all()
    assert len(contents) == 2
    for row in contents:
        assert chain.commitment(voted.code, row.content, row.nonce) == row.commitment
    assert [session.scalars(select(table)).all() for table in (CastKey, BallotDraft)] == [[], []]
    assert not key_store(session).path(voted.id).exists()
    assert voted.record["superseded"] == 1


def test_neither_log_nor_events_nor_addresses_hold_a_commitment(app, client, session, scene, clock, capfd):
    contest = make_contest(session, scene.consultation, clock.now())
    commit(session)
    sign_in(client, scene.delegates[0].user)
    sent = {"key": uuid.uuid4().hex, "ballot": json.dumps([[scene.codes[0]]])}
    done = client.post("/en/consultations/gathering/ballots", data=sent)
    client.get(done.location)
    entry = session.scalars(select(ChainEntry).where(ChainEntry.contest_id == contest.id)).one()
    said = capfd.readouterr()
    events = everything_in_events(session)
    for secret in (entry.commitment, entry.entry_hash, entry.voter_tag, sent["key"]):
        assert secret not in done.location
        assert secret not in said.out + said.err
        assert secret not in events


def everything_in_events(session):
    return json.dumps([list(row) for row in session.execute(text("SELECT * FROM event"))], default=str)


def test_a_named_contest_keeps_its_key_and_no_superseded_ballot(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NAMED)
    commit(session)
    for number in range(2):
        vote(session, contest, scene.delegates[0], [scene.codes[number]], clock, f"key-{number}")
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert key_store(session).path(contest.id).exists()
    assert len(session.scalars(select(BallotContent)).all()) == 1
