"""From a stored contest to a result: ``python -m benchmarks.stored BALLOTS ITEMS`` prints one line of JSON.

The box's table of contents is filled in a SQLite file of its own, as casting leaves it, and kept in var/bench. Then the
ballots are read as the tally reads them, counted by the headline rule of a shortlist, and written as the stored result.
"""

import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from benchmarks.tally import FEWEST, MOST, SEATS, ballots_of

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"
CONTEST = uuid.UUID(int=7)


def main(ballots: int, items: int, folder: Path = FOLDER) -> dict[str, Any]:
    """Seconds for each part, and processor seconds of all of it."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from consultation.voting.chain import canonical
    from consultation.voting.queries import counted_contents
    from consultation.voting.tally import profile_of_contents, tally

    path = folder / f"contents-{ballots}-{items}.sqlite"
    codes = [f"NG27-{number:03d}" for number in range(items)]
    if not path.exists():
        _fill(path, ballots, codes)
    engine = create_engine(f"sqlite:///{path}")
    moments, used = [time.perf_counter()], time.process_time()
    with Session(engine) as session:
        contents = list(counted_contents(session, CONTEST))
    moments.append(time.perf_counter())
    profile = profile_of_contents(codes, contents)
    moments.append(time.perf_counter())
    result = tally(profile, "phragmen", seats=SEATS, contest="bench")
    moments.append(time.perf_counter())
    written = len(canonical(result.to_dict()))
    moments.append(time.perf_counter())
    engine.dispose()
    names = ("fetching", "reading", "counting", "writing")
    parts = {name: round(end - begin, 3) for name, begin, end in zip(names, moments[:-1], moments[1:], strict=True)}
    return {
        "ballots": ballots,
        "items": items,
        "bytes_of_result": written,
        **parts,
        "seconds": round(moments[-1] - moments[0], 3),
        "processor_seconds": round(time.process_time() - used, 3),
    }


def _fill(path: Path, ballots: int, codes: list[str]) -> None:
    from sqlalchemy import create_engine, insert

    from consultation import models  # noqa: F401 - so that the tables know one another
    from consultation.voting.models import BallotContent

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.unlink(missing_ok=True)
    starts, listed = ballots_of(ballots, len(codes), FEWEST, MOST)
    ends, flat = starts.tolist(), listed.tolist()
    engine = create_engine(f"sqlite:///{beside}")
    BallotContent.__table__.create(engine)
    for begin in range(0, ballots, 50_000):
        rows = [
            {
                "contest_id": CONTEST,
                "commitment": f"{number * 0x9E3779B97F4A7C15 % 2**64:064x}",  # in no order, as digests are
                "content": json.dumps(
                    {"tiers": [[codes[item] for item in flat[ends[number] : ends[number + 1]]]]}, separators=(",", ":")
                ).encode(),
                "nonce": "0" * 64,
            }
            for number in range(begin, min(ballots, begin + 50_000))
        ]
        with engine.begin() as connection:
            connection.execute(insert(BallotContent), rows)
    engine.dispose()
    beside.replace(path)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))) + "\n")
