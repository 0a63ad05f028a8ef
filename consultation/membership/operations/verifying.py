"""Verifying organizations: two people look at each, and the log says who did what and why."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.kernel.events import Event
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState, apply
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.states import Transition
from consultation.membership.events import (
    InformationAsked,
    InformationGiven,
    OrganizationApproved,
    OrganizationRefused,
    OrganizationSuspended,
    OrganizationVerified,
    OrganizationVouchedFor,
)
from consultation.membership.models import MemberOrganization, VerificationStep
from consultation.membership.policy import vouching_mandates
from consultation.membership.states import ANSWER, OPEN, QUESTION, REFUSAL, SUSPENSION, VERIFICATION, Step


class AlreadyApproved(Exception):
    """The person, or the organization that vouches, is counted already."""


def verify_organization(session: Session, organization: MemberOrganization, *, actor: Actor, now: datetime) -> None:
    """Say at once that the organization is what it claims to be: for the operator, who answers for the installation.

    Raises:
        Denied: when anybody else tries; two people ``approve``.
        WrongState: when it is verified already, or was refused.
    """
    if not actor.is_operator:
        raise Denied(Permission.ORGANIZATION_VERIFY, Decision(Reason.ROLE))
    _lock(session, organization)
    _verify(session, organization, actor, now)


def approve(session: Session, organization: MemberOrganization, *, actor: Actor, now: datetime) -> bool:
    """Note that the actor has looked at the organization and finds it in order. True when it is verified by this: the
    second person's approval does it, or the first for a person whose consultation asks for one; the operator's alone
    does too.

    Raises:
        Denied: when the actor may not, or speaks for the organization.
        WrongState: when there is nothing to decide.
        AlreadyApproved: when the actor is one of the two already.
    """
    require(actor, Permission.ORGANIZATION_VERIFY, organization, now=now)
    _lock(session, organization)
    if organization.state not in OPEN:
        raise WrongState(VERIFICATION, organization.state)
    if actor.is_operator:
        _verify(session, organization, actor, now)
        return True
    approvals = select(VerificationStep.user_id).where(
        VerificationStep.organization_id == organization.id,
        VerificationStep.scrutiny == organization.scrutiny,
        VerificationStep.step == Step.APPROVAL,
    )
    people = set(session.scalars(approvals))
    if actor.user_id in people:
        raise AlreadyApproved
    step = _log(session, organization, Step.APPROVAL, actor, now)
    if len(people) + 1 >= organization.approvals_needed:
        _verify(session, organization, actor, now)
        return True
    record(session, OrganizationApproved(organization.id, step.id), actor=actor, now=now)
    session.flush()
    return False


def ask(session: Session, organization: MemberOrganization, *, note: str, actor: Actor, now: datetime) -> None:
    """Ask those who applied for more. Approvals given before count no more.

    Raises:
        Denied, WrongState: see ``kernel.moves.apply``.
        ValueError: without a question.
    """
    _move(session, organization, QUESTION, Step.QUESTION, InformationAsked, note, actor, now)


def answer(session: Session, organization: MemberOrganization, *, note: str, actor: Actor, now: datetime) -> None:
    """Answer what was asked, for the organization.

    Raises:
        Denied, WrongState: see ``kernel.moves.apply``.
        ValueError: without an answer.
    """
    _move(session, organization, ANSWER, Step.ANSWER, InformationGiven, note, actor, now)


def refuse(session: Session, organization: MemberOrganization, *, note: str, actor: Actor, now: datetime) -> None:
    """Refuse the application, for a reason that its people are told.

    Raises:
        Denied, WrongState: see ``kernel.moves.apply``.
        ValueError: without a reason.
    """
    _move(session, organization, REFUSAL, Step.REFUSAL, OrganizationRefused, note, actor, now)


def suspend(session: Session, organization: MemberOrganization, *, note: str, actor: Actor, now: datetime) -> None:
    """Take the verification back, for a reason; two people verify the organization anew.

    Raises:
        Denied, WrongState: see ``kernel.moves.apply``.
        ValueError: without a reason.
    """
    _move(session, organization, SUSPENSION, Step.SUSPENSION, OrganizationSuspended, note, actor, now)


def vouch(
    session: Session,
    organization: MemberOrganization,
    *,
    by: uuid.UUID,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Say, for a verified member organization, that this one exists and does what it says. It helps those who decide,
    and decides nothing.

    Raises:
        Denied: when the actor does not speak for ``by``, or ``by`` is not verified.
        WrongState: when there is nothing to decide.
        AlreadyApproved: when ``by`` has vouched already.
    """
    require(actor, Permission.ORGANIZATION_VOUCH, organization, now=now)
    if by not in vouching_mandates(actor, organization.id):
        raise Denied(Permission.ORGANIZATION_VOUCH, Decision(Reason.NO_MANDATE))
    _lock(session, organization)
    if organization.state not in OPEN:
        raise WrongState(VERIFICATION, organization.state)
    before = select(func.count()).where(
        VerificationStep.organization_id == organization.id,
        VerificationStep.vouching_id == by,
        VerificationStep.step == Step.VOUCHING,
    )
    if session.scalar(before):
        raise AlreadyApproved
    step = _log(session, organization, Step.VOUCHING, actor, now, note=note.strip(), vouching_id=by)
    record(session, OrganizationVouchedFor(organization.id, step.id), actor=actor, now=now)
    session.flush()


def _move(
    session: Session,
    organization: MemberOrganization,
    transition: Transition,
    kind: Step,
    event: type[InformationAsked | InformationGiven | OrganizationRefused | OrganizationSuspended],
    note: str,
    actor: Actor,
    now: datetime,
) -> None:
    if not note.strip():
        raise ValueError("Say why, in a sentence.")
    _lock(session, organization)
    step_id = uuid7()
    told: Event = event(organization.id, step_id)
    apply(session, organization, transition, event=told, actor=actor, now=now)
    organization.scrutiny += 1
    organization.verified_at = None
    _log(session, organization, kind, actor, now, note=note.strip(), step_id=step_id)
    session.flush()


def _verify(session: Session, organization: MemberOrganization, actor: Actor, now: datetime) -> None:
    event = OrganizationVerified(subject_id=organization.id)
    apply(session, organization, VERIFICATION, event=event, actor=actor, now=now)
    organization.verified_at = now
    organization.confirmation_asked_at = None
    session.flush()


def _log(
    session: Session,
    organization: MemberOrganization,
    step: Step,
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
    vouching_id: uuid.UUID | None = None,
    step_id: uuid.UUID | None = None,
) -> VerificationStep:
    logged = VerificationStep(
        id=step_id or uuid7(),
        organization_id=organization.id,
        step=step,
        scrutiny=organization.scrutiny,
        user_id=actor.user_id,
        vouching_id=vouching_id,
        note=note,
        created_at=now,
    )
    session.add(logged)
    session.flush()
    return logged


def _lock(session: Session, organization: MemberOrganization) -> None:
    """Two who decide at once do so one after the other, each on what the other left."""
    session.refresh(organization, ["state", "scrutiny", "verified_at"], with_for_update={"of": MemberOrganization})
