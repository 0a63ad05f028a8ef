"""Whoever changes the ballot box behind the program's back is refused by the database; and where they remove its guards
first, the chain, or a checkpoint that somebody kept, shows it."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from consultation.kernel.append_only import install
from consultation.kernel.permissions import OPERATOR
from consultation.voting import chain
from consultation.voting.models import BallotContent, ChainEntry, Checkpoint
from consultation.voting.operations import close_contest, import_ballots
from consultation.voting.queries import chain_entries, checkpoints, final_contents
from consultation.voting.signed import verify_checkpoint
from consultation.voting.states import Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import commit, make_contest

LENGTH = 14
COLUMNS = tuple(column.name for column in ChainEntry.__table__.columns)
TABLES = ("ballot_chain", "checkpoint")


@pytest.fixture
def contest(session, scene, clock):
    """With a chain of fourteen entries, two of them of one voter."""
    made = make_contest(session, scene.consultation, clock.now(), secrecy=Secrecy.NO_ROLL)
    rows = {f"p{number}": BallotRow(((scene.codes[number % 5],),)) for number in range(LENGTH - 1)}
    import_ballots(session, made, rows, actor=OPERATOR, now=clock.now())
    import_ballots(session, made, {"p0": BallotRow(())}, actor=OPERATOR, now=clock.now())
    commit(session)
    return made


@pytest.fixture
def kept(session, contest):
    """What a witness has of it: the newest checkpoint, of position 10."""
    return checkpoints(session, [contest])[contest.id][-1]


@pytest.fixture
def unguarded(session, engine, contest):
    """The database without its guards, as an operator may make it."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                if name.startswith(TABLES):
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        else:
            for table in TABLES:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    session.rollback()
    if engine.dialect.name == "sqlite":
        # A pragma means nothing within a transaction, and is the connection's own.
        session.connection().connection.dbapi_connection.execute("ROLLBACK")
        session.connection().connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
    else:
        session.execute(text("ALTER TABLE ballot_content DISABLE TRIGGER ALL"))
        session.execute(text("ALTER TABLE ballot_chain DISABLE TRIGGER ALL"))
    return session


def fault(session, contest):
    session.expire_all()
    start = chain.genesis(contest.code, contest.frozen_sha256)
    found = chain.verify_chain(contest.code, start, chain_entries(session, contest.id))
    return None if found is None else (found.position, found.code)


def against(session, contest, checkpoint):
    entries = list(chain_entries(session, contest.id))
    return verify_checkpoint(checkpoint, contest.frozen_sha256, contest.frozen["signing_key"], entries)


GUARDED = (
    *(f"UPDATE {table} SET position = position + 100" for table in TABLES),
    *(f"UPDATE {table} SET entry_hash = entry_hash" for table in TABLES),
    *(f"DELETE FROM {table} WHERE position > 5" for table in TABLES),
)


@pytest.mark.parametrize("statement", GUARDED)
def test_the_database_refuses_changes(session, contest, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()
    assert fault(session, contest) is None


@pytest.mark.sqlite
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("how", ["INSERT OR REPLACE", "REPLACE"])
def test_sqlite_replaces_nothing(session, contest, table, how):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(f"{how} INTO {table} SELECT * FROM {table} LIMIT 1"))


@pytest.mark.sqlite
def test_sqlite_replaces_nothing_by_another_unique_key(session, contest):
    """An entry at a new position that takes the commitment of another would push that one out."""
    changed = "contest_id, position + 100, prev_hash || 'x', commitment, voter_tag, revision + 9, entry_hash"
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(f"INSERT OR REPLACE INTO ballot_chain SELECT {changed} FROM ballot_chain LIMIT 1"))


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_postgresql_truncates_nothing_and_replicas_change_nothing(session, contest, table, role):
    session.execute(text(f"SET LOCAL session_replication_role = {role}"))
    for statement in (f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(statement))
    session.rollback()
    assert fault(session, contest) is None


def _flipped(value):
    if isinstance(value, int):
        return value + 50
    return ("0" if value[0] != "0" else "1") + value[1:]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "contest_id"])
@pytest.mark.parametrize("position", [1, 7, LENGTH])
def test_each_column_that_is_flipped_is_found(unguarded, contest, column, position):
    entry = unguarded.get_one(ChainEntry, (contest.id, position))
    table = ChainEntry.__table__
    here = (table.c.contest_id == contest.id) & (table.c.position == position)
    unguarded.connection().execute(table.update().where(here).values({column: _flipped(getattr(entry, column))}))
    found = fault(unguarded, contest)
    assert found is not None
    assert found[0] <= position + 1


@pytest.mark.parametrize("position", range(1, LENGTH))
def test_an_entry_that_is_gone_is_found(unguarded, contest, position):
    unguarded.execute(text(f"DELETE FROM ballot_chain WHERE position = {position}"))
    assert fault(unguarded, contest) == (position, "position")


def test_entries_that_are_moved_are_found(unguarded, contest):
    for step in (
        "position = 99 WHERE position = 4",
        "position = 4 WHERE position = 5",
        "position = 5 WHERE position = 99",
    ):
        unguarded.execute(text(f"UPDATE ballot_chain SET {step}"))
    assert fault(unguarded, contest) == (4, "previous")


def test_an_entry_that_is_slipped_in_is_found(unguarded, contest):
    last = list(chain_entries(unguarded, contest.id))[-1]
    forged = chain.link(contest.code, LENGTH + 1, last.prev_hash, "c" * 64, "a" * 64, 1)
    row = {name: getattr(forged, name) for name in COLUMNS if name != "contest_id"} | {"prev_hash": "f" * 64}
    unguarded.connection().execute(insert(ChainEntry), {"contest_id": contest.id, **row})
    assert fault(unguarded, contest) == (LENGTH + 1, "previous")


def test_a_second_first_ballot_of_a_voter_is_found(unguarded, contest):
    """Linked as it must be, so that only the revision betrays it."""
    entries = list(chain_entries(unguarded, contest.id))
    again = chain.link(contest.code, LENGTH + 1, entries[-1].entry_hash, "c" * 64, entries[0].voter_tag, 9)
    row = {name: getattr(again, name) for name in COLUMNS if name != "contest_id"}
    unguarded.connection().execute(insert(ChainEntry), {"contest_id": contest.id, **row})
    assert fault(unguarded, contest) == (LENGTH + 1, "revision")


@pytest.mark.parametrize("left", [0, 1, 9])
def test_a_chain_cut_short_is_found_by_the_kept_checkpoint(unguarded, contest, kept, left):
    assert against(unguarded, contest, kept) is None
    unguarded.execute(text(f"DELETE FROM ballot_chain WHERE position > {left}"))
    assert fault(unguarded, contest) is None
    assert against(unguarded, contest, kept) == "position"


def test_a_chain_written_anew_is_found_by_the_kept_checkpoint_alone(unguarded, contest, kept):
    """The forger has everything but the witness's file: the chain holds, and its own checkpoints are signed anew."""
    entries = list(chain_entries(unguarded, contest.id))
    unguarded.execute(text("DELETE FROM ballot_chain"))
    previous = chain.genesis(contest.code, contest.frozen_sha256)
    for entry in entries:
        commitment = "d" * 64 if entry.position == 3 else entry.commitment
        forged = chain.link(contest.code, entry.position, previous, commitment, entry.voter_tag, entry.revision)
        row = {name: getattr(forged, name) for name in COLUMNS if name != "contest_id"}
        unguarded.connection().execute(insert(ChainEntry), {"contest_id": contest.id, **row})
        previous = forged.entry_hash
    assert fault(unguarded, contest) is None
    assert against(unguarded, contest, kept) == "hash"


def test_every_field_of_a_checkpoint_is_signed(session, contest, kept):
    from dataclasses import replace

    from consultation.voting.states import CheckpointKind

    changes = {
        "contest": "OTHER",
        "kind": CheckpointKind.OPENING,
        "position": 9,
        "entry_hash": "0" * 64,
        "record_sha256": "0" * 64,
        "signed_at": "2027-03-01T14:00:00Z",
        "signature": _flipped(kept.signature),
    }
    for name, value in changes.items():
        assert against(session, contest, replace(kept, **{name: value})) == "signature", name
    for name in ("frozen_sha256", "signing_key"):
        assert against(session, contest, replace(kept, **{name: "0" * 64})) == "contest"


def test_a_closing_checkpoint_covers_the_whole_chain(unguarded, contest, clock):
    close_contest(unguarded, contest, actor=OPERATOR, now=clock.now())
    closing = checkpoints(unguarded, [contest])[contest.id][-1]
    assert against(unguarded, contest, closing) is None
    entries = list(chain_entries(unguarded, contest.id))
    more = chain.link(contest.code, LENGTH + 1, entries[-1].entry_hash, "c" * 64, "b" * 64, 1)
    row = {name: getattr(more, name) for name in COLUMNS if name != "contest_id"}
    unguarded.connection().execute(insert(ChainEntry), {"contest_id": contest.id, **row})
    assert fault(unguarded, contest) is None
    assert against(unguarded, contest, closing) == "position"


def test_a_ballot_that_is_changed_no_longer_opens_its_commitment(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    opened = [chain.commitment(contest.code, row.content, row.nonce) for row in final_contents(session, contest.id)]
    commitments = [row.commitment for row in final_contents(session, contest.id)]
    assert opened == commitments
    session.execute(BallotContent.__table__.update().values(content=b'{"tiers":[]}'))
    changed = [
        row
        for row in final_contents(session, contest.id)
        if chain.commitment(contest.code, row.content, row.nonce) != row.commitment
    ]
    assert len(changed) == len(commitments) - 1  # one was blank before


def test_the_guards_can_be_put_back(unguarded, engine, contest):
    unguarded.rollback()
    unguarded.close()
    with engine.begin() as connection:
        install(connection)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM checkpoint"))
    assert len(unguarded.scalars(select(Checkpoint)).all()) == 2
