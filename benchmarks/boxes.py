"""An open contest with delegates who can sign in and vote, on either database, made through the rooms' operations."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.data import PASSWORD, email
from benchmarks.processes import HOST, THREADS, WORKERS, Server, free_port, serving
from consultation.accounts.operations import create_user
from consultation.accounts.passwords import Passwords
from consultation.convening.operations import create_consultation
from consultation.curation.operations import admit
from consultation.kernel import migrations
from consultation.kernel.orm import Trilingual, intending_to_write
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.membership.operations import give_mandate, register_organization
from consultation.moderation.operations import publish
from consultation.proposals.operations import submit
from consultation.proposals.rules import ProposalText
from consultation.voting.keys import KeyStore
from consultation.voting.operations import create_contest, open_contest
from consultation.voting.signing import Signer
from consultation.voting.states import ContestKind

SLUG, CODE = "box", "BOX"
ITEMS = 20
BEGAN = datetime(2026, 1, 5, 14, tzinfo=UTC)
SECRET = "a secret of the benchmarks alone, long enough"  # noqa: S105
BOOTH = f"/en/consultations/{SLUG}/ranking/review"
BALLOTS = f"/en/consultations/{SLUG}/ballots"


def make(url: str, folder: Path, voters: int) -> list[str]:
    """Migrate the database, fill it, and open the contest under keys in the folder. Returns the items' codes."""
    migrations.upgrade(url)
    engine = migrations.open_engine(url)
    passwords = Passwords.with_cost(time_cost=1, memory_kib=8)
    title = Trilingual("Ballot box", "Urne", "Urna")
    with Session(engine, expire_on_commit=False) as session, intending_to_write():
        place = create_consultation(session, slug=SLUG, prefix="BOX", title=title, actor=OPERATOR, now=BEGAN)
        codes = []
        for number in range(ITEMS):
            text = ProposalText(title=f"Item {number}", barrier="What is wrong.", remedy="What should change.")
            proposal = submit(session, place, text=text, language="en", actor=OPERATOR, now=BEGAN)
            publish(session, proposal, actor=OPERATOR, now=BEGAN)
            codes.append(admit(session, proposal, actor=OPERATOR, now=BEGAN).code)
        for number in range(voters):
            name = f"Voter {number}"
            organization = register_organization(
                session, code=f"V{number:03d}", name=name, verified=True, actor=OPERATOR, now=BEGAN
            )
            person = create_user(
                session,
                email=email(number),
                name=name,
                language="en",
                roles=[Role.DELEGATE],
                password=PASSWORD,
                passwords=passwords,
                actor=OPERATOR,
                now=BEGAN,
            )
            give_mandate(session, person, organization, starts_at=BEGAN - timedelta(days=1), actor=OPERATOR, now=BEGAN)
        contest = create_contest(
            session, place, code=CODE, kind=ContestKind.RANKING, places=3, actor=OPERATOR, now=BEGAN
        )
        open_contest(
            session,
            contest,
            actor=OPERATOR,
            now=BEGAN,
            keys=KeyStore(folder / "contest-keys"),
            signer=Signer(folder / "signing-keys"),
        )
        session.commit()
    engine.dispose()
    return codes


@contextmanager
def served(url: str, folder: Path, *, workers: int = WORKERS, threads: int = THREADS) -> Iterator[Server]:
    """The server on that database, without the worker."""
    port = free_port()
    environment, log = settings(url, folder, port), folder / f"server-{port}.log"
    line = command(port, workers, threads)
    with serving(line, port=port, first="/healthz", environment=environment, log=log) as server:
        yield server


def settings(url: str, folder: Path, port: int) -> Mapping[str, str]:
    return {
        "CONSULTATION_DATABASE_URL": url,
        "CONSULTATION_DATA_DIR": str(folder),
        "CONSULTATION_SECRET_KEY": SECRET,
        "CONSULTATION_BASE_URL": f"http://{HOST}:{port}",
    }


def command(port: int, workers: int, threads: int) -> list[str]:
    options = ["--port", str(port), "--workers", str(workers), "--threads", str(threads), "--no-worker"]
    return [sys.executable, "-m", "consultation", "serve", *options]
