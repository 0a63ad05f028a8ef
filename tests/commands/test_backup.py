"""A backup restores: whole, checked, from one kind of database into the other; and what must not stand is refused."""

import json
import shutil
import stat
import threading
import zipfile

import pytest
from sqlalchemy import func, select

from consultation.accounts.models import User
from consultation.commands.backup import archive as archives
from consultation.commands.backup.dumping import LEFT_OUT, columns, tables, write
from consultation.convening.models import Consultation
from consultation.kernel import append_only, migrations
from consultation.kernel.migrations import open_engine
from consultation.kernel.orm import Base
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.privacy.models import Erasure
from consultation.privacy.operations import erase_at_once
from consultation.voting.keys import key_store
from consultation.voting.models import ChainEntry, Contest, ContestOption
from consultation.voting.operations import cast, close_contest, read_paper
from consultation.voting.paper_models import PaperReading
from consultation.voting.queries import checkpoints, contest_by_code
from consultation.voting.signing import signer_of
from tests.authorization.world import build
from tests.factories import actor_of, make_consultation, make_user
from tests.voting.factories import commit, make_contest, make_delegate, make_items
from tests.voting.factories import make_consultation as make_bare


@pytest.fixture
def everything(session, app, voted):
    """Besides, all that the authorization walk knows: rows in nearly every table."""
    build(session, app)
    session.commit()


@pytest.fixture
def voted(session, clock):
    """A secret contest that is over and one that is open, with twelve members who have voted in the open one."""
    consultation = make_bare(session, clock.now(), slug="ballots", prefix="BX27")
    items = make_items(session, consultation, clock.now(), 4)
    people = [make_delegate(session, clock.now(), f"V{number}") for number in range(12)]
    commit(session)
    for code in ("DONE", "LIVE"):
        contest = make_contest(session, consultation, clock.now(), code=code)
        for number, one in enumerate(people if code == "LIVE" else people[:2]):
            vote(session, contest, one, [items[number % 4].code], clock)
        if code == "DONE":
            close_contest(session, contest, actor=OPERATOR, now=clock.now())
        commit(session)
    return people


def vote(session, contest, delegate, choice, clock, key="first"):
    cast(
        session,
        contest,
        organization_id=delegate.organization.id,
        ballot=[[code] for code in choice],
        key=f"{key}-{delegate.organization.code}",
        actor=delegate.actor,
        clock=clock.now,
    )
    commit(session)


def manifest(path):
    with zipfile.ZipFile(path) as opened:
        return json.loads(opened.read("manifest.json"))


def digests(path):
    return {name: (entry["rows"], entry["sha256"]) for name, entry in manifest(path)["tables"].items()}


@pytest.fixture
def run(runner, session):
    """A command, as somebody types it while nobody holds a transaction open."""

    def invoke(*arguments):
        session.rollback()
        return runner.invoke(args=list(map(str, arguments)))

    return invoke


def wiped(session, engine):
    """The database as before its first use."""
    session.close()
    url = engine.url.render_as_string(hide_password=False)
    migrations.downgrade(url, "base")
    return url


def test_what_is_restored_is_what_was_backed_up(run, session, engine, everything, tmp_path, clock):
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    made = run("backup", first)
    assert (made.exit_code, made.stdout) == (0, ""), (made.stderr, made.exception)
    assert "The keys are not" in made.stderr
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    before = digests(first)
    assert sum(rows for rows, _digest in before.values()) > 400
    assert len([name for name, (rows, _digest) in before.items() if rows]) > 35
    wiped(session, engine)
    restored = run("restore", first)
    assert (restored.exit_code, restored.stdout) == (0, ""), restored.stderr
    assert run("backup", second).exit_code == 0
    assert digests(second) == before
    assert run("db", "check").exit_code == 0
    with engine.connect() as connection:
        assert append_only.missing(connection) == []


def test_work_goes_on_after_a_restore(run, session, engine, voted, tmp_path, clock):
    file = tmp_path / "backup.zip"
    run("backup", file)
    wiped(session, engine)
    run("restore", file)
    contest = session.scalars(select(Contest).where(Contest.code == "LIVE")).one()
    vote(session, contest, voted[0], ["BX27-A002", "BX27-A001"], clock, key="after")
    positions = session.scalars(select(EventRecord.position).order_by(EventRecord.position)).all()
    make_consultation(session, "later", prefix="LA27")
    session.commit()
    newest = session.scalar(select(func.max(EventRecord.position)))
    assert newest > positions[-1]
    assert session.scalar(select(func.count()).where(ChainEntry.contest_id == contest.id)) == 13


def test_a_backup_moves_from_one_kind_of_database_to_the_other(run, session, engine, everything, tmp_path, app, clock):
    first, there, back = (tmp_path / name for name in ("first.zip", "there.zip", "back.zip"))
    run("backup", first)
    folder = tmp_path / "elsewhere"
    shutil.copytree(app.extensions["settings"].data_dir, folder)
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    other = open_engine(url)
    from consultation.commands.backup.archive import Reader
    from consultation.commands.backup.restoring import restore
    from consultation.voting.keys import KeyStore
    from consultation.voting.signing import Signer

    restore(
        other,
        url,
        Reader(first),
        keys=KeyStore(folder / "contest-keys"),
        signer=Signer(folder / "signing-keys"),
        kept=[],
        replace=False,
        even_if_older=False,
        now=clock.now(),
        tell=lambda _table: None,
    )
    write(other, there, now=clock.now(), tell=lambda _table: None)
    other.dispose()
    assert digests(there) == digests(first)
    assert run("restore", there, "--replace").exit_code == 0
    run("backup", back)
    assert digests(back) == digests(first)


def test_a_backup_is_of_one_moment_while_others_write(run, session, engine, voted, tmp_path, clock):
    contest_id = session.scalars(select(Contest.id).where(Contest.code == "LIVE")).one()
    stop, failed = threading.Event(), []
    # What the other thread uses is read before: a look at an object of this session would begin its transaction.
    voters = [(one.organization.id, one.actor) for one in voted]
    choice = [[session.scalars(select(ContestOption.code).where(ContestOption.contest_id == contest_id)).first()]]

    def go_on():
        from sqlalchemy.orm import Session

        from consultation.kernel.orm import intending_to_write

        number = 0
        try:
            while not stop.is_set():
                number += 1
                with Session(engine) as own, intending_to_write():
                    member, actor = voters[number % 12]
                    cast(
                        own,
                        own.get_one(Contest, contest_id),
                        organization_id=member,
                        ballot=choice,
                        key=f"storm-{number}",
                        actor=actor,
                        clock=clock.now,
                    )
                    commit(own)
        except Exception as error:  # noqa: BLE001 - told by the test itself
            failed.append(error)

    session.rollback()
    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        files = [tmp_path / f"{number}.zip" for number in range(3)]
        assert [run("backup", file).exit_code for file in files] == [0, 0, 0]
    finally:
        stop.set()
        writer.join()
    assert failed == []
    for file in files:
        told = manifest(file)["tables"]
        assert told["ballot_chain"]["rows"] == told["ballot_content"]["rows"]
    session.rollback()
    wiped(session, engine)
    assert run("restore", files[-1]).exit_code == 0


def test_an_older_backup_is_found_by_a_newer_checkpoint(run, session, engine, voted, tmp_path, clock):
    old, kept = tmp_path / "old.zip", tmp_path / "kept.json"
    run("backup", old)
    contest = session.scalars(select(Contest).where(Contest.code == "LIVE")).one()
    for one in voted[:8]:
        vote(session, contest, one, ["BX27-A004"], clock, key="second")
    newest = next(one for one in run_checkpoints(session) if one["contest"] == "LIVE")
    assert newest["position"] == 20
    kept.write_text(json.dumps(newest))
    refused = run("restore", old, "--replace")
    assert (refused.exit_code, "older than what was signed of LIVE" in refused.stderr) == (1, True)
    session.rollback()
    assert session.scalar(select(func.count()).where(ChainEntry.contest_id == contest.id)) == 20
    wiped(session, engine)
    refused = run("restore", old, "--checkpoint", kept)
    assert (refused.exit_code, "older than what was signed of LIVE" in refused.stderr) == (1, True)
    accepted = run("restore", old, "--checkpoint", kept, "--even-if-older")
    assert (accepted.exit_code, "Ballots of LIVE that were cast after the backup are lost." in accepted.stderr) == (
        0,
        True,
    )


def run_checkpoints(session):
    session.rollback()
    found = checkpoints(session, session.scalars(select(Contest)).all())
    return [one[-1].document() for one in found.values() if one]


def test_without_the_key_of_an_open_contest_nothing_is_restored(run, session, engine, voted, tmp_path, app):
    file = tmp_path / "backup.zip"
    run("backup", file)
    contest = session.scalars(select(Contest).where(Contest.code == "LIVE")).one()
    path = key_store(session).path(contest.id)
    aside = path.rename(tmp_path / "aside")
    wiped(session, engine)
    refused = run("restore", file)
    assert (refused.exit_code, "LIVE is open, and a key is missing." in refused.stderr) == (1, True)
    assert session.scalar(select(func.count()).select_from(Consultation)) == 0
    aside.rename(path)
    signing = signer_of(session).path
    signing.rename(tmp_path / "signing")
    signer_of(session).ensure()
    refused = run("restore", file)
    assert (refused.exit_code, "the signing key is another one" in refused.stderr) == (1, True)


def test_neither_keys_nor_who_votes_how_are_in_it(session, app, run, voted, tmp_path):
    file = tmp_path / "backup.zip"
    run("backup", file)
    folder = app.extensions["settings"].data_dir
    keys = [path.read_bytes() for path in (*folder.glob("contest-keys/*"), *folder.glob("signing-keys/*"))]
    assert keys
    with zipfile.ZipFile(file) as opened:
        names = set(opened.namelist())
        content = b"".join(opened.read(name) for name in names)
    assert names == {"manifest.json"} | {f"tables/{table.name}.jsonl" for table in tables()}
    for key in keys:
        assert [form for form in (key, key.hex().encode()) if form in content] == []
    assert set(manifest(file)["left_out"]) == set(LEFT_OUT)


def test_a_reading_of_a_paper_ballot_is_not_in_it(session, run, voted, clock, tmp_path):
    reader = make_user(session, Role.ORGANIZER)
    live = contest_by_code(session, "LIVE")
    details = {"voter": "V3", "ballot": [], "blank": True, "first": True}
    read_paper(session, live, **details, actor=actor_of(session, reader), now=clock.now())
    digest = session.scalars(select(PaperReading.reading)).one()
    commit(session)
    file = tmp_path / "backup.zip"
    run("backup", file)
    with zipfile.ZipFile(file) as opened:
        assert [name for name in opened.namelist() if digest.encode() in opened.read(name)] == []


@pytest.mark.parametrize("harm", ["flipped", "shortened", "empty", "foreign", "other_version", "table_gone"])
def test_a_damaged_file_changes_nothing(run, session, engine, voted, tmp_path, harm):
    file = tmp_path / "backup.zip"
    run("backup", file)
    before = digests(file)
    broken = tmp_path / "broken.zip"
    content = file.read_bytes()
    if harm == "flipped":
        rewrite(
            file,
            broken,
            lambda name, data: data.replace(b"Organization V1", b"Organization W1") if "member_org" in name else data,
        )
    elif harm == "shortened":
        broken.write_bytes(content[: len(content) // 2])
    elif harm == "empty":
        broken.write_bytes(b"")
    elif harm == "foreign":
        with zipfile.ZipFile(broken, "w") as other:
            other.writestr("readme.txt", "hello")
    elif harm == "other_version":
        rewrite(file, broken, lambda name, data: data.replace(b"backup/1", b"backup/9") if "manif" in name else data)
    else:
        rewrite(file, broken, lambda name, data: None if name == "tables/user.jsonl" else data)
    refused = run("restore", broken, "--replace")
    assert (refused.exit_code, "The database is as before." in refused.stderr) == (1, True), refused.stderr
    assert ("is not what was backed up" in refused.stderr) == (harm == "flipped"), refused.stderr
    assert run("backup", file).exit_code == 0
    assert digests(file) == before


def rewrite(source, target, change):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)


def honest(file, name, change):
    """The archive with one table changed by somebody who also mends its digest."""
    import hashlib

    with zipfile.ZipFile(file) as old:
        members = {each: old.read(each) for each in old.namelist()}
    lines = [json.loads(line) for line in members[f"tables/{name}.jsonl"].splitlines()]
    about = json.loads(members["manifest.json"])
    names = [column for column, _kind in about["tables"][name]["columns"]]
    rows = change([dict(zip(names, line, strict=True)) for line in lines])
    data = b"".join(json.dumps(list(row.values())).encode() + b"\n" for row in rows)
    members[f"tables/{name}.jsonl"] = data
    about["tables"][name] |= {"rows": len(rows), "sha256": hashlib.sha256(data).hexdigest()}
    members["manifest.json"] = json.dumps(about).encode()
    with zipfile.ZipFile(file, "w") as new:
        for each, content in members.items():
            new.writestr(each, content)


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("ballot_chain", lambda rows: rows[:-1], "do not fit together"),
        ("ballot_chain", lambda rows: [rows[0] | {"entry_hash": "0" * 64}, *rows[1:]], "does not hold at entry 1"),
        ("checkpoint", lambda rows: [row | {"signature": "0" * 128} for row in rows], "does not hold (signature)"),
        ("roll_entry", lambda rows: [row | {"organization_id": row["id"]} for row in rows], "do not fit together"),
        (
            "roll_entry",
            lambda rows: [row | dict.fromkeys(("organization_id", "voter_id"), row["id"]) for row in rows],
            "do not fit together",
        ),
        ("user", lambda rows: [row | {"created_at": "yesterday"} for row in rows], "holds a value that is none"),
    ],
)
def test_what_somebody_changed_with_care_is_refused_too(run, session, engine, voted, tmp_path, table, change, told):
    file = tmp_path / "backup.zip"
    run("backup", file)
    honest(file, table, change)
    wiped(session, engine)
    refused = run("restore", file)
    assert (refused.exit_code, told in refused.stderr) == (1, True), refused.stderr
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_a_database_in_use_is_not_overwritten_by_mistake(run, session, engine, voted, tmp_path):
    file = tmp_path / "backup.zip"
    run("backup", file)
    refused = run("restore", file)
    assert (refused.exit_code, "The database is not empty." in refused.stderr) == (1, True)
    assert run("restore", file, "--replace").exit_code == 0


def test_who_was_erased_since_is_erased_again(run, session, engine, voted, tmp_path, clock):
    file = tmp_path / "backup.zip"
    person = make_user(session, email="gone@example.org", name="Somebody Gone")
    session.commit()
    run("backup", file)
    erase_at_once(session, person, actor=OPERATOR, now=clock.now())
    commit(session)
    done = run("restore", file, "--replace")
    assert (done.exit_code, "1 accounts that were erased since" in done.stderr) == (0, True), done.stderr
    session.rollback()
    session.expire_all()
    assert session.get_one(User, person.id).email == "gone@example.org"
    standing = session.scalars(select(Erasure).where(Erasure.user_id == person.id)).one()
    assert (standing.due_at, standing.done_at) == (clock.now(), None)


def test_nothing_is_left_when_it_cannot_be_written(run, session, voted, tmp_path):
    folder = tmp_path / "nowhere"
    assert run("backup", folder / "backup.zip").exit_code == 2
    folder.mkdir()
    target = folder / "backup.zip"
    target.write_text("the one of yesterday")

    class Full(archives.Writer):
        def finish(self, about):
            raise OSError(28, "No space left on device")

    before, archives.Writer = archives.Writer, Full
    from consultation.commands.backup import dumping

    dumping.Writer = Full
    try:
        refused = run("backup", target)
    finally:
        archives.Writer = dumping.Writer = before
    assert (refused.exit_code, "No space left on device" in refused.stderr) == (1, True)
    assert [path.name for path in folder.iterdir()] == ["backup.zip"]
    assert target.read_text() == "the one of yesterday"


def test_every_column_has_a_kind():
    assert {table.name for table in tables()} | set(LEFT_OUT) == set(Base.metadata.tables)
    assert [kind for table in tables() for _name, kind in columns(table) if not kind] == []


def test_a_file_without_a_checkpoint_is_wrong_use(run, tmp_path):
    (tmp_path / "none.json").write_text("[]")
    (tmp_path / "file.zip").write_text("")
    used = run("restore", tmp_path / "file.zip", "--checkpoint", tmp_path / "none.json")
    assert (used.exit_code, "holds no checkpoint" in used.stderr) == (2, True)


@pytest.mark.postgres
def test_while_somebody_else_reads_it_waits_and_then_says_so(run, session, engine, voted, tmp_path, monkeypatch):
    from consultation.commands.backup import loading

    file = tmp_path / "backup.zip"
    run("backup", file)
    monkeypatch.setattr(loading, "PATIENCE_MS", 200)
    with engine.connect() as other:
        other.execute(select(User.id)).all()
        refused = run("restore", file, "--replace")
        other.rollback()
    assert (refused.exit_code, "Is the server stopped?" in refused.stderr) == (1, True)
