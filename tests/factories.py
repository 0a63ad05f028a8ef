"""What tests of several rooms need to exist, made through the operations of the rooms by the operator.

Each factory flushes; a test that then sends requests commits.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.operations import create_sign_in_link, create_user
from consultation.convening.models import Consultation
from consultation.convening.operations import create_consultation, enter_phase
from consultation.convening.states import PhaseName
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import OPERATOR, Actor
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.operations import give_mandate, register_organization
from consultation.membership.queries import actor_for
from consultation.moderation.operations import publish
from consultation.proposals.models import Proposal
from consultation.proposals.operations import submit
from consultation.proposals.rules import ProposalText

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
_numbers = count(1)


def make_user(
    session: Session,
    *roles: Role,
    email: str | None = None,
    name: str = "Amina Roy",
    language: str = "en",
    password: str | None = None,
    passwords: Any = None,
    now: datetime = NOW,
) -> User:
    """A person with these roles (a delegate's by default) and an address of their own."""
    return create_user(
        session,
        email=email or f"person{next(_numbers)}@example.org",
        name=name,
        language=language,
        roles=roles or (Role.DELEGATE,),
        password=password,
        passwords=passwords,
        actor=OPERATOR,
        now=now,
    )


def make_organization(
    session: Session,
    code: str | None = None,
    *,
    name: str = "",
    verified: bool = True,
    now: datetime = NOW,
    **more: Any,
) -> MemberOrganization:
    code = code or f"ORG{next(_numbers)}"
    return register_organization(
        session, code=code, name=name or f"Organization {code}", verified=verified, actor=OPERATOR, now=now, **more
    )


def make_mandate(
    session: Session,
    user: User,
    organization: MemberOrganization,
    *,
    kind: MandateKind = MandateKind.DELEGATE,
    now: datetime = NOW,
) -> Mandate:
    return give_mandate(session, user, organization, kind=kind, actor=OPERATOR, now=now)


def make_consultation(
    session: Session,
    slug: str = "sample",
    *,
    prefix: str = "NG27",
    phases: Iterable[PhaseName] = (PhaseName.PROPOSE,),
    now: datetime = NOW,
    **more: Any,
) -> Consultation:
    """A consultation with these phases entered, one after the other."""
    consultation = create_consultation(
        session,
        slug=slug,
        prefix=prefix,
        title=Trilingual(f"Sample {slug}", f"Exemple {slug}", f"Ejemplo {slug}"),
        actor=OPERATOR,
        now=now,
        **more,
    )
    for phase in phases:
        enter_phase(session, consultation, phase, actor=OPERATOR, now=now)
    return consultation


def make_proposal(
    session: Session,
    consultation: Consultation,
    *,
    title: str = "Count hate incidents alike everywhere",
    barrier: str = "Each police service counts in its own way.",
    evidence: str = "",
    remedy: str = "Adopt one standard for all services.",
    language: str = "en",
    published: bool = False,
    now: datetime = NOW,
    **more: Any,
) -> Proposal:
    """A submitted proposal, or a published one."""
    text = ProposalText(title=title, barrier=barrier, evidence=evidence, remedy=remedy)
    proposal = submit(session, consultation, text=text, language=language, actor=OPERATOR, now=now, **more)
    if published:
        publish(session, proposal, actor=OPERATOR, now=now)
    return proposal


def actor_of(session: Session, user: User, now: datetime = NOW) -> Actor:
    """What the person may do now."""
    return actor_for(session, user, now)


def sign_in(session: Session, client: Any, user: User, now: datetime = NOW) -> None:
    """Sign the client in with a one-time link, as the person would. Commits what the test made so far."""
    token = create_sign_in_link(session, user, now=now)
    session.commit()
    response = client.post(f"/en/sign-in/link/{token}")
    assert response.status_code == 303, response.get_data(as_text=True)
