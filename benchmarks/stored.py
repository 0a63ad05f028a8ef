"""From a stored contest to a result that can be published.

``python -m benchmarks.stored BALLOTS ITEMS KIND`` prints one line of JSON.

The box's table of contents is filled in a SQLite file of its own, as casting leaves it, and kept in var/bench. Then the
contest is counted as ``consultation contests tally`` does it: the ballots are read, counted under every rule of the
panel and explained, and results and explanation are written and committed.
"""

import json
import sys
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.tally import FEWEST, LONGEST, MOST, SEATS, SHORTEST, ballots_of

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"
CONTEST = uuid.UUID(int=7)
KINDS = {"shortlist": ("phragmen", FEWEST, MOST), "ranking": ("expanding_approvals", SHORTEST, LONGEST)}


class Parts:
    """Seconds by the clock and of the processor, under the names of what took them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self._at = (time.perf_counter(), time.process_time())

    def end(self, name: str) -> None:
        """What went by since the last one went to this."""
        now = (time.perf_counter(), time.process_time())
        for part, before, after in zip((self.seconds, self.processor), self._at, now, strict=True):
            part[name] = part.get(name, 0) + after - before
        self._at = now


def main(ballots: int, items: int, kind: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Seconds and processor seconds of each part."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from consultation.voting.operations import counting

    rule, shortest, longest = KINDS[kind]
    codes = [f"NG27-{number:03d}" for number in range(items)]
    path = folder / f"contest-{kind}-{ballots}-{items}.sqlite"
    if not path.exists():
        _fill(path, ballots, codes, shortest, longest)
    contest = _contest(kind, rule, codes)
    engine = create_engine(f"sqlite:///{path}")
    parts, doing = Parts(), ["reading"]

    def report(what: str, done: int = 0, _total: int | None = None) -> None:
        parts.end(doing[0])
        doing[0] = (
            "explaining" if what == counting.EXPLAINING else rules[done] if what == counting.COUNTING else "reading"
        )

    rules = counting.rules_of(contest)
    with Session(engine) as session:
        counted = counting.count_contest(session, contest, "noon", report)
    parts.end(doing[0])
    engine.dispose()
    _store(counted)
    parts.end("writing")
    return {
        "ballots": ballots,
        "items": items,
        "kind": kind,
        "parts": {name: round(seconds, 2) for name, seconds in parts.seconds.items()},
        "processor": {name: round(seconds, 2) for name, seconds in parts.processor.items()},
        "seconds": round(sum(parts.seconds.values()), 2),
        "processor_seconds": round(sum(parts.processor.values()), 2),
    }


def _contest(kind: str, rule: str, codes: list[str]) -> Any:
    from consultation import models  # noqa: F401 - so that the tables know one another
    from consultation.voting.models import Contest
    from consultation.voting.rules import panel_of
    from consultation.voting.states import ContestKind

    panel = panel_of(ContestKind(kind), rule, len(codes))
    return Contest(
        id=CONTEST,
        code="BENCH",
        kind=ContestKind(kind),
        rule=rule,
        places=SEATS,
        minutes=None,
        frozen={
            "options": [{"code": code} for code in codes],
            "panel": [{"rule": one, "version": "1"} for one in panel],
        },
    )


def _store(counted: Any) -> None:
    """As the tally keeps it, in a database of its own."""
    from datetime import UTC, datetime

    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from consultation.voting.models import Explanation, StoredTally

    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/results.sqlite")
        for table in (StoredTally.__table__, Explanation.__table__):
            table.create(engine)
        about, now = {"contest_id": CONTEST}, datetime.now(UTC)
        with Session(engine) as session:
            for number, (rule, result) in enumerate(counted.results.items()):
                kept = {"rule": rule, "version": result["version"], "input_sha256": result["input_sha256"]}
                session.add(StoredTally(id=uuid.UUID(int=number), **about, **kept, result=result, computed_at=now))
            why = counted.explanation
            kept = {"version": why["version"], "input_sha256": why["input_sha256"]}
            session.add(Explanation(**about, **kept, content=why, computed_at=now))
            session.commit()
        engine.dispose()


def _fill(path: Path, ballots: int, codes: list[str], shortest: int, longest: int) -> None:
    from sqlalchemy import create_engine, insert

    from consultation import models  # noqa: F401 - so that the tables know one another
    from consultation.voting.models import BallotContent, ContestOption

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    starts, listed = ballots_of(ballots, len(codes), shortest, longest)
    ends, flat = starts.tolist(), listed.tolist()
    together = (shortest, longest) == (FEWEST, MOST)
    engine = create_engine(f"sqlite:///{beside}")
    for table in (BallotContent.__table__, ContestOption.__table__):
        table.create(engine)
    with engine.begin() as connection:
        option = {"contest_id": CONTEST, "title": "Item", "item_revision": 1}
        connection.execute(
            insert(ContestOption),
            [option | {"item_id": uuid.UUID(int=at), "position": at, "code": code} for at, code in enumerate(codes)],
        )
    for begin in range(0, ballots, 50_000):
        rows = []
        for number in range(begin, min(ballots, begin + 50_000)):
            chosen = [codes[item] for item in flat[ends[number] : ends[number + 1]]]
            tiers = [sorted(chosen)] if together else [[item] for item in chosen]
            rows.append(
                {
                    "contest_id": CONTEST,
                    "commitment": f"{number * 0x9E3779B97F4A7C15 % 2**64:064x}",  # in no order, as digests are
                    "content": json.dumps({"tiers": tiers}, separators=(",", ":")).encode(),
                    "nonce": "0" * 64,
                }
            )
        with engine.begin() as connection:
            connection.execute(insert(BallotContent), rows)
    engine.dispose()
    beside.replace(path)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])) + "\n")
