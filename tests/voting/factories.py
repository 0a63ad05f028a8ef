"""Consultations with items, organizations with delegates, and contests, made through the operations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, object_session

from consultation.accounts.models import User, UserRole
from consultation.accounts.operations import create_sign_in_link
from consultation.convening.models import Consultation, Term
from consultation.convening.operations import create_consultation
from consultation.convening.states import TermKind
from consultation.curation.models import AgendaItem
from consultation.curation.operations import admit
from consultation.kernel import afterwards
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import OPERATOR, Actor, MandateHeld
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.states import OrganizationState
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from consultation.voting.models import Contest
from consultation.voting.operations import create_contest, open_contest
from consultation.voting.states import ContestKind, Secrecy

TITLE = Trilingual("National gathering", "Rassemblement national", "Encuentro nacional")


def commit(session: Session) -> None:
    """What the one transaction boundary does: commit, then what waits for it."""
    session.commit()
    for action in afterwards.take(session):
        action()


def make_consultation(
    session: Session, now: datetime, *, slug: str = "gathering", prefix: str = "NG27"
) -> Consultation:
    return create_consultation(session, slug=slug, prefix=prefix, title=TITLE, actor=OPERATOR, now=now)


def make_theme(session: Session, code: str = "housing") -> Term:
    label = Trilingual("Housing", "Logement", "Vivienda")
    theme = Term(kind=TermKind.THEME, code=code, position=1, label=label, short=label, data={})
    session.add(theme)
    session.flush()
    return theme


def make_proposal(session: Session, consultation: Consultation, now: datetime, **changes: object) -> Proposal:
    number = changes.pop("number", None) or consultation.next_proposal_number
    consultation.next_proposal_number = number + 1
    values: dict[str, object] = {
        "consultation_id": consultation.id,
        "number": number,
        "code": f"{consultation.prefix}-{number:03d}",
        "state": ProposalState.PUBLISHED,
        "language": "en",
        "title": f"Proposal {number}",
        "barrier": "What is wrong.",
        "remedy": "What should change.",
        "created_at": now,
        "submitted_at": now,
        "published_at": now,
    }
    proposal = Proposal(**values | changes)
    session.add(proposal)
    session.flush()
    return proposal


def make_items(session: Session, consultation: Consultation, now: datetime, count: int = 5) -> list[AgendaItem]:
    return [admit(session, make_proposal(session, consultation, now), actor=OPERATOR, now=now) for _ in range(count)]


@dataclass(frozen=True)
class Delegate:
    """Who speaks for an organization, and as whom they act."""

    user: User
    organization: MemberOrganization
    actor: Actor


def make_organization(session: Session, now: datetime, code: str, *, verified: bool = True) -> MemberOrganization:
    organization = MemberOrganization(
        code=code,
        name=f"Organization {code}",
        languages=["en"],
        state=OrganizationState.VERIFIED if verified else OrganizationState.APPLIED,
        verified_at=now if verified else None,
        created_at=now,
    )
    session.add(organization)
    session.flush()
    return organization


def make_user(session: Session, now: datetime, email: str, *roles: Role) -> User:
    user = User(email=email, name=email.partition("@")[0].title(), language="en", created_at=now)
    user.role_rows = [UserRole(role=role) for role in roles]
    session.add(user)
    session.flush()
    return user


def make_delegate(
    session: Session,
    now: datetime,
    code: str,
    *,
    kind: MandateKind = MandateKind.DELEGATE,
    verified: bool = True,
    user: User | None = None,
) -> Delegate:
    organization = make_organization(session, now, code, verified=verified)
    user = user or make_user(session, now, f"{code.lower()}@example.org", Role.DELEGATE)
    session.add(Mandate(user_id=user.id, organization_id=organization.id, kind=kind, starts_at=now))
    session.flush()
    actor = Actor(user.id, user.roles, (MandateHeld(organization.id, kind, verified),))
    return Delegate(user, organization, actor)


def make_contest(
    session: Session,
    consultation: Consultation,
    now: datetime,
    *,
    code: str = "MAIN",
    kind: ContestKind = ContestKind.TIERS,
    places: int = 3,
    secrecy: Secrecy = Secrecy.SECRET,
    opened: bool = True,
    **changes: object,
) -> Contest:
    contest = create_contest(
        session,
        consultation,
        code=code,
        kind=kind,
        places=places,
        secrecy=secrecy,
        actor=OPERATOR,
        now=now,
        **changes,  # type: ignore[arg-type]
    )
    if opened:
        open_contest(session, contest, actor=OPERATOR, now=now)
    return contest


def sign_in(client: Any, user: User) -> None:
    """With a one-time link, at the application's present. Commits what the test made so far."""
    session = object_session(user)
    assert session is not None
    token = create_sign_in_link(session, user, now=client.application.extensions["clock"].now())
    commit(session)
    assert client.post(f"/en/sign-in/link/{token}").status_code == 303
