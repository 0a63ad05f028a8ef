"""The whole journey as an operator types it."""

import json
from pathlib import Path
from typing import Any

from tests.journeys import canadian


def run(runner: Any, *arguments: str, code: int = 0) -> str:
    """Run a command, expect its exit status, and give what it printed on stdout."""
    result = runner.invoke(args=list(arguments))
    assert result.exit_code == code, f"consultation {' '.join(arguments)}\n{result.output}\n{result.exception!r}"
    return result.stdout


def journey(runner: Any, data: Path, folder: Path) -> dict[str, Any]:
    """Import → moderate → publish → comment → admit → rank → tally → agenda. Returns the agenda as exported."""
    files = canadian.write_files(folder)
    slug, polis = canadian.SLUG, data / canadian.FOLDER
    titles = [part for language, title in canadian.TITLES.items() for part in (f"--title-{language}", title)]
    run(runner, "db", "upgrade")
    run(runner, "consultations", "create", slug, "--prefix", canadian.PREFIX, *titles)
    run(runner, "consultations", "phase", slug, "propose")
    run(runner, "import", "organizations", str(files["organizations"]))
    report = json.loads(
        run(
            runner,
            *("import", "proposals", str(polis / "comments.csv"), "--consultation", slug),
            *("--map", "comment-id=ref", "--map", "comment-body=remedy", "--map", "moderated=state"),
            *("--state", "1=published", "--state", "-1=declined", "--language", "en", "--json"),
        )
    )
    assert (report["read"], report["rejected"]) == (174, 0)
    run(runner, "import", "proposals", str(files["proposals"]), "--consultation", slug)
    run(runner, "proposals", "publish", canadian.PROPOSED_CODE)
    run(runner, "import", "comments", str(files["comments"]), "--consultation", slug, "--publish")
    run(runner, "items", "admit", "--all", "--consultation", slug)
    _shortlist(runner, polis)
    _priorities(runner, files["priorities"])
    run(runner, "agenda", "draft", slug, "--contest", canadian.SHORTLIST)
    assert run(runner, "agenda", "release", slug).strip() == "0.1"
    exported = folder / "agenda.json"
    run(runner, "export", "agenda", slug, "--format", "json", "--lang", "en", "-o", str(exported))
    agenda: dict[str, Any] = json.loads(exported.read_text(encoding="utf-8"))
    return agenda


def _shortlist(runner: Any, polis: Path) -> None:
    code = canadian.SHORTLIST
    places = str(canadian.PLACES)
    run(
        runner,
        *("contests", "create", canadian.SLUG, "--code", code, "--kind", "shortlist"),
        *("--places", places, "--no-roll"),
    )
    run(runner, "contests", "open", code)
    votes = str(polis / "votes.csv")
    columns = ("voter-id=voter", "comment-id=item", "vote=value", "timestamp=time")
    mapping = [part for column in columns for part in ("--map", column)]
    report = json.loads(
        run(runner, "import", "ballots", votes, "--contest", code, *mapping, "--approve", "1", "--json")
    )
    assert report["read"] == 12018
    run(runner, "contests", "close", code)
    run(runner, "contests", "tally", code, "--beacon", canadian.BEACON)
    run(runner, "contests", "publish", code)


def _priorities(runner: Any, ballots: Path) -> None:
    code = canadian.PRIORITIES
    run(runner, "contests", "create", canadian.SLUG, "--code", code, "--kind", "tiers", "--places", "3")
    run(runner, "contests", "open", code)
    run(runner, "import", "ballots", str(ballots), "--contest", code)
    run(runner, "contests", "close", code)
    run(runner, "contests", "tally", code)
    run(runner, "contests", "publish", code)
