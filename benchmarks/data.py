"""The database that the web pages are measured on, made through the rooms' own operations and kept until they change.

What is written is the same each time; identifiers and the fair order's random column are drawn anew.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks.filler import LANGUAGES, filler
from consultation.accounts.operations import create_user
from consultation.accounts.passwords import Passwords
from consultation.convening.models import Consultation
from consultation.convening.operations import create_consultation, load_vocabularies, set_phase
from consultation.convening.states import PhaseName, TermKind
from consultation.convening.vocabulary import Vocabulary, vocabulary
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.states import Stance
from consultation.kernel import migrations
from consultation.kernel.orm import Trilingual, intending_to_write
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.membership.operations import give_mandate, register_organization
from consultation.moderation.operations import publish
from consultation.proposals.models import Proposal
from consultation.proposals.operations import submit
from consultation.proposals.rules import ProposalText, Source
from consultation.proposals.states import EvidenceKind

ROOT = Path(__file__).resolve().parent.parent
SLUG = "bench"
PREFIX = "BENCH"
DELEGATES = 10
"""How many people may write: the site limits how often one may."""

PASSWORD = "a password of the benchmarks alone"  # noqa: S105 - of a database that holds filler
SEARCHED = "plazos"
"""A word of the filler that some of the proposals have."""

BEGAN = datetime(2027, 1, 4, 14, 0, tzinfo=UTC)
EARLIER = timedelta(days=3650)
_STANCES = tuple(Stance)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made. ``threads`` of the comments stand alone, the others answer them in turn."""

    proposals: int = 1000
    comments: int = 20
    threads: int = 14
    organizations: int = 60


def digest(size: Size) -> str:
    """What the database depends on: its size, the models, operations and migrations, and this generator."""
    sources = [*Path(__file__).parent.glob("data.py"), *Path(__file__).parent.glob("filler.py")]
    sources += sorted((ROOT / "migrations" / "versions").glob("*.py"))
    for name in ("models.py", "operations.py", "rules.py", "states.py", "orm.py"):
        sources += sorted((ROOT / "consultation").glob(f"*/{name}"))
    sha = hashlib.sha256(repr(size).encode())
    for path in sources:
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


def database(folder: Path, size: Size, say: Callable[[str], None]) -> Path:
    """The kept database of this size, made when there is none for the code of today; older ones are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"data-{digest(size)}.sqlite"
    if kept.exists():
        return kept
    for old in folder.glob("data-*"):
        old.unlink()
    began = time.monotonic()
    beside = folder / f"making-{os.getpid()}.sqlite"
    try:
        make(beside, size)
        beside.replace(kept)
    finally:
        for rest in folder.glob(f"{beside.name}*"):
            rest.unlink()
    say(f"Made {size.proposals} proposals with {size.comments} comments each in {time.monotonic() - began:.0f} s.")
    return kept


def copy_of(kept: Path, folder: Path) -> Path:
    """A copy that a run may write to."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(kept, folder / "consultation.sqlite"))


def make(path: Path, size: Size) -> None:
    """Migrate a new SQLite file and fill it, in one transaction."""
    url = f"sqlite:///{path}"
    migrations.upgrade(url)
    engine = migrations.open_engine(url)
    with Session(engine, expire_on_commit=False) as session, intending_to_write():
        load_vocabularies(session)
        _fill(session, size)
        session.commit()
    engine.dispose()  # the last connection to close moves the write-ahead log into the file


def _fill(session: Session, size: Size) -> None:
    consultation = _consultation(session)
    organizations = _organizations(session, size)
    terms = vocabulary(session)
    for number in range(1, size.proposals + 1):
        proposal = _proposal(session, consultation, organizations, terms, number)
        _comments(session, proposal, organizations, number, size)
        # What is flushed is done with; keeping it would make every later flush look through it.
        for done in list(session.identity_map.values()):
            if not isinstance(done, Consultation | MemberOrganization):
                session.expunge(done)


def _consultation(session: Session) -> Consultation:
    title = Trilingual("Sample for benchmarks", "Exemple pour les mesures", "Muestra para mediciones")
    summary = Trilingual(*(filler(0, language).text(2, 2) for language in LANGUAGES))
    made = create_consultation(
        session,
        slug=SLUG,
        prefix=PREFIX,
        title=title,
        summary=summary,
        convener=Trilingual("A sample", "Un exemple", "Una muestra"),
        contact="contact@bench.example",
        actor=OPERATOR,
        now=BEGAN,
    )
    for name in (PhaseName.PROPOSE, PhaseName.DISCUSS):
        set_phase(session, made, name, opens_at=BEGAN - EARLIER, closes_at=None, actor=OPERATOR, now=BEGAN)
    return made


def _organizations(session: Session, size: Size) -> list[MemberOrganization]:
    made = [
        register_organization(
            session,
            code=f"ORG{number:02d}",
            name=f"Sample organization {number}",
            name_fr=f"Organisme d’exemple {number}",
            name_es=f"Organización de muestra {number}",
            verified=True,
            actor=OPERATOR,
            now=BEGAN,
        )
        for number in range(1, size.organizations + 1)
    ]
    for number in range(DELEGATES):
        delegate = create_user(
            session,
            email=email(number),
            name=f"Sample Delegate {number}",
            language="en",
            roles=[Role.DELEGATE],
            password=PASSWORD,
            passwords=Passwords.with_cost(time_cost=1, memory_kib=8),
            actor=OPERATOR,
            now=BEGAN,
        )
        organization = made[number % len(made)]
        give_mandate(session, delegate, organization, starts_at=BEGAN - EARLIER, actor=OPERATOR, now=BEGAN)
    return made


def email(delegate: int) -> str:
    """The address of a delegate, counted from 0."""
    return f"delegate-{delegate}@bench.example"


def _proposal(
    session: Session,
    consultation: Consultation,
    organizations: Sequence[MemberOrganization],
    terms: Vocabulary,
    number: int,
) -> Proposal:
    language = LANGUAGES[number % len(LANGUAGES)]
    words = filler(number, language)
    now = BEGAN + timedelta(minutes=number)
    kinds = (TermKind.ISSUE, TermKind.SECTOR, TermKind.JURISDICTION)
    proposal = submit(
        session,
        consultation,
        text=ProposalText(words.title(number), words.text(4, 10), words.text(3, 8), words.text(4, 8)),
        language=language,
        organization_id=organizations[number % len(organizations)].id,
        theme_id=terms.themes[number % len(terms.themes)].id,
        term_ids=[terms.of(kind)[number % len(terms.of(kind))].id for kind in kinds],
        sources=[Source(words.title(number), EvidenceKind.STUDY, "Sample", 2024, url="https://bench.example/source")],
        import_identity=f"bench-{number}",
        actor=OPERATOR,
        now=now,
    )
    publish(session, proposal, actor=OPERATOR, now=now)
    return proposal


def _comments(
    session: Session, proposal: Proposal, organizations: Sequence[MemberOrganization], number: int, size: Size
) -> None:
    threads: list[Comment] = []
    for place in range(size.comments):
        language = LANGUAGES[(number + place) % len(LANGUAGES)]
        threads.append(
            post(
                session,
                proposal,
                body=filler(number * 1000 + place + 1, language).text(2, 8),
                language=language,
                stance=_STANCES[place % len(_STANCES)],
                answers=None if place < size.threads else threads[place - size.threads],
                organization_id=organizations[(number + place) % len(organizations)].id,
                import_identity=f"bench-{number}-{place}",
                actor=OPERATOR,
                now=BEGAN + timedelta(minutes=number, seconds=place),
            )
        )
