"""The house itself: the commands, the locks, the scripts of bin/, and what tests/conftest.py promises."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import absent

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("check", "demo", "lock", "oracles", "test")
PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt", "bin/_uv.txt", "bin/_node.txt", "bin/_oracles.txt")


def run(*command: str | Path, cwd: Path = ROOT, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False, timeout=120, **options
    )


def copy_of_locks(folder: Path) -> Path:
    (folder / "bin").mkdir()
    for name in (*PYTHON_LOCKS, "package-lock.json"):
        shutil.copy(ROOT / name, folder / name)
    return folder


# The commands


@pytest.mark.parametrize("name", COMMANDS)
def test_command_explains_itself_without_setting_up(name):
    told = run(ROOT / "bin" / name, "--help", cwd=ROOT.parent)
    assert (told.returncode, told.stderr, told.stdout.splitlines()[0].startswith(f"Usage: bin/{name}")) == (0, "", True)


@pytest.mark.parametrize("name", [*COMMANDS, "_setup"])
def test_command_is_valid_for_a_plain_posix_shell(name):
    checked = run("sh", "-n", ROOT / "bin" / name)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_commands_may_be_run():
    assert [name for name in COMMANDS if not os.access(ROOT / "bin" / name, os.X_OK)] == []
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# Set-up


@pytest.fixture
def bare_checkout(tmp_path):
    """Only bin/_setup, with a command that takes its lock and lets it go."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "_setup", tmp_path / "bin")
    (tmp_path / "bin" / "locker").write_text('. "$(dirname -- "$0")/_setup"\ntake_lock\necho taken\nrelease_lock\n')
    return tmp_path


def test_setup_lock_of_a_process_that_has_gone_is_taken_over(bare_checkout):
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock = bare_checkout / ".tools" / "lock"
    lock.mkdir(parents=True)
    (lock / "pid").write_text(f"{ended.pid}\n")
    taken = run("sh", "bin/locker", cwd=bare_checkout)
    assert (taken.returncode, taken.stdout) == (0, "taken\n")
    assert list(lock.parent.iterdir()) == []


def test_setup_lock_of_a_living_process_is_waited_for(bare_checkout):
    lock = bare_checkout / ".tools" / "lock"
    lock.mkdir(parents=True)
    (lock / "pid").write_text(f"{os.getpid()}\n")
    with subprocess.Popen(
        ["sh", "bin/locker"], cwd=bare_checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        time.sleep(0.5)
        assert waiting.poll() is None
        shutil.rmtree(lock)
        out, err = waiting.communicate(timeout=30)
    assert (waiting.returncode, out) == (0, "taken\n")
    assert err == "Another set-up is at work in this folder; waiting for it.\n"


def test_setup_without_a_new_enough_python_says_what_to_install(bare_checkout):
    (bare_checkout / "bin" / "seeker").write_text('. "$(dirname -- "$0")/_setup"\nPATH=/nowhere\nfind_python\n')
    refused = run("sh", "bin/seeker", cwd=bare_checkout, env={"PATH": os.environ["PATH"]})
    assert refused.returncode == 1
    assert refused.stderr.startswith("Python 3.11 or newer is needed, and none was found. Install it")


def test_setup_that_has_nothing_to_do_is_quick():
    """A warm start costs little: the locks are compared, and nothing is run."""
    script = '. bin/_setup; wanted=$(wanted); ready "$wanted" runtime || true'
    began = time.monotonic()
    run("sh", "-c", script, ROOT / "bin" / "demo")
    assert time.monotonic() - began < 1


def test_what_a_server_loads_of_other_packages_is_compiled(tmp_path):
    """Otherwise each start compiles it where Python may write no bytecode, which takes longer than all the rest."""
    code = (
        "import os, sys, consultation.app, consultation.commands.serving\n"
        "consultation.app.create_app()\n"
        "files = [getattr(module, '__cached__', None) or '' for module in sys.modules.values()]\n"
        "print(*sorted(file for file in files if 'site-packages' in file and not os.path.exists(file)))"
    )
    settings = {"CONSULTATION_DATA_DIR": str(tmp_path), "CONSULTATION_SECRET_KEY": "x" * 40}
    told = run(sys.executable, "-c", code, env={**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": "1"})
    assert (told.returncode, told.stdout) == (0, "\n"), told.stderr


# Locks


def test_locks_name_no_host_and_pin_every_package():
    checked = run(sys.executable, "bin/_locks.py")
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("file", "added", "fault"),
    [
        ("requirements.txt", "--index-url https://registry.example/simple\n", "names a host"),
        ("requirements-dev.txt", "\nunpinned==1.0\n", "not pinned by digest: unpinned==1.0"),
        ("bin/_uv.txt", "\nloose>=1.0 --hash=sha256:" + "0" * 64 + "\n", "not pinned by digest: loose>=1.0"),
    ],
)
def test_a_bad_line_in_a_lock_is_found(tmp_path, file, added, fault):
    root = copy_of_locks(tmp_path)
    with (root / file).open("a") as lock:
        lock.write(added)
    checked = run(sys.executable, "bin/_locks.py", root)
    assert checked.returncode == 1
    assert fault in checked.stderr


def test_a_resolved_address_in_the_npm_lock_is_found(tmp_path):
    root = copy_of_locks(tmp_path)
    lock = json.loads((root / "package-lock.json").read_text())
    lock["packages"]["node_modules/htmx.org"]["resolved"] = "elsewhere"
    (root / "package-lock.json").write_text(json.dumps(lock))
    checked = run(sys.executable, "bin/_locks.py", root)
    assert checked.stderr == "package-lock.json: node_modules/htmx.org has a `resolved` field\n"


# The front end


def test_vendored_files_come_with_version_and_digest(tmp_path):
    package = tmp_path / "node_modules" / "@scope" / "thing"
    (package / "dist").mkdir(parents=True)
    (package / "package.json").write_text('{"name": "@scope/thing", "version": "1.2.3"}')
    (package / "dist" / "thing.js").write_text("")
    (tmp_path / "package.json").write_text('{"vendor": {"thing.js": "@scope/thing/dist/thing.js"}}')
    assert run(sys.executable, "bin/_frontend.py", tmp_path).returncode == 0
    assert json.loads((tmp_path / "static" / "vendor" / "manifest.json").read_text()) == {
        "thing.js": {
            "package": "@scope/thing",
            "version": "1.2.3",
            "integrity": "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb",
        }
    }


def test_a_vendored_file_that_npm_did_not_bring_is_named(tmp_path):
    (tmp_path / "package.json").write_text('{"vendor": {"thing.js": "thing/thing.js"}}')
    refused = run(sys.executable, "bin/_frontend.py", tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.endswith("thing.js is missing: npm did not bring it.\n")


# Catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'


@pytest.fixture
def translated(tmp_path):
    """A source of one message, and a function that writes its catalogues and checks them."""
    shutil.copy(ROOT / "babel.cfg", tmp_path)
    (tmp_path / "consultation").mkdir()
    (tmp_path / "consultation" / "views.py").write_text('_("Hello %(name)s", name=name)\n')

    def check(entries: str) -> list[str]:
        for language in ("fr", "es"):
            folder = tmp_path / "translations" / language / "LC_MESSAGES"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "messages.po").write_text(f"{HEADER}\n{entries}")
        checked = run(sys.executable, "bin/_catalogues.py", tmp_path)
        lines = checked.stdout.splitlines()
        assert checked.returncode == (len(lines) > 1), checked.stderr
        return [line.removeprefix("fr: ") for line in lines if line.startswith("fr: ")]

    return check


GOOD = '#, python-format\nmsgid "Hello %(name)s"\nmsgstr "Bonjour %(name)s"\n'


@pytest.mark.parametrize(
    ("entries", "faults"),
    [
        (GOOD, []),
        ("", ["missing: 'Hello %(name)s' (consultation/views.py:1)"]),
        (GOOD.replace("Bonjour %(name)s", ""), ["empty: 'Hello %(name)s' (consultation/views.py:1)"]),
        (GOOD.replace("#, ", "#, fuzzy, "), ["fuzzy: 'Hello %(name)s' (consultation/views.py:1)"]),
        (GOOD + '\nmsgid "Bye"\nmsgstr "Au revoir"\n', ["no longer used: 'Bye'"]),
    ],
    ids=["complete", "missing", "empty", "fuzzy", "obsolete"],
)
def test_catalogue_faults_are_named(translated, entries, faults):
    assert translated(entries) == faults


@pytest.mark.parametrize("wrong", [" :", " ;", "\u00a0!", " « ami\u00a0»", " «\u00a0ami »"])
def test_french_that_is_spaced_wrongly_is_a_fault(translated, wrong):
    assert translated(GOOD.replace("Bonjour", f"Bonjour{wrong}")) == ["spaced wrongly: 'Hello %(name)s'"]


@pytest.mark.parametrize("right", ["\u00a0:", "!", " «\u00a0ami\u00a0»"])
def test_french_that_is_spaced_well_is_none(translated, right):
    assert translated(GOOD.replace("Bonjour", f"Bonjour{right}")) == []


@pytest.mark.parametrize("familiar", ["Tu correo", "Es tuyo", "Para ti", "¿Y tú?"])
def test_spanish_that_says_tu_is_a_fault(translated, familiar, tmp_path):
    translated(GOOD.replace("Bonjour", familiar))
    checked = run(sys.executable, "bin/_catalogues.py", tmp_path)
    assert "es: says tú: 'Hello %(name)s'" in checked.stdout.splitlines()


def test_placeholders_that_differ_are_a_fault(translated):
    assert len(translated(GOOD.replace("Bonjour %(name)s", "Bonjour %(nom)s"))) == 1


# Fixtures


def test_each_database_begins_empty_and_is_the_test_s_own(database_url, session, tmp_path_factory):
    assert session.get_bind().dialect.name == database_url.partition(":")[0].partition("+")[0]
    session.execute(text("CREATE TABLE only_here (n integer)"))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM only_here")) == 0


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_the_next_does_not_see(session, turn):
    session.execute(text("CREATE TABLE left_behind (n integer)"))
    session.commit()


def test_databases_are_migrated(engine):
    from consultation.kernel import migrations

    assert migrations.pending(engine) is False


@pytest.mark.postgres
def test_marked_for_postgresql_runs_there_alone(engine):
    assert engine.dialect.name == "postgresql"


@pytest.mark.sqlite
def test_marked_for_sqlite_runs_there_alone(engine):
    assert engine.dialect.name == "sqlite"


def test_queries_are_counted_and_listed(session, count_queries):
    session.execute(text("SELECT 1"))
    with count_queries() as queries:
        session.execute(text("SELECT 2"))
        session.execute(text("SELECT 3"))
        session.rollback()
    session.execute(text("SELECT 4"))
    assert queries == ["SELECT 2", "SELECT 3"]


def test_clock_is_the_application_s(app, clock):
    assert app.extensions["clock"] is clock


def test_shared_data_is_beside_the_checkout(shared_data):
    assert shared_data == ROOT.parent / "shared" / "data"


# Browser


@pytest.fixture
def blank(live_server):
    """Something that the served application has whatever rooms it is made of."""
    if not (ROOT / "static" / "vendor" / "manifest.json").exists():
        absent("the front-end packages did not come from npm")
    return f"{live_server.url}/static/vendor/manifest.json"


def test_browser_shows_what_the_application_serves(page, blank):
    assert page.goto(blank).status == 200
    assert '"htmx.min.js"' in page.content()


def test_axe_names_what_is_wrong(page, axe, blank):
    page.goto(blank)
    page.set_content('<html lang="en"><title>t</title><main><h1>t</h1><img src="data:,"></main>')
    assert axe(page) == ["image-alt: img: Images must have alternative text"]
    page.set_content('<html lang="en"><title>t</title><main><h1>t</h1></main>')
    assert axe(page) == []
