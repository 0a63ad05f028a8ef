"""Who is told when moderators have decided: the author, and those who speak for the organization. And of changes to
their account: the person."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.events import (
    AuthenticatorAdded,
    AuthenticatorRemoved,
    IdentityLinked,
    IdentityUnlinked,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    UserSignedIn,
)
from consultation.accounts.letters import PASSWORD_CHANGED
from consultation.accounts.models import User, UserRole
from consultation.discussion.models import Comment
from consultation.kernel import letters
from consultation.kernel.outbox import EventRecord, subscription
from consultation.kernel.permissions import GRANTS, Permission
from consultation.kernel.two_steps import TwoStepAsked
from consultation.membership.events import (
    AffiliationAgreed,
    AffiliationProposed,
    ConfirmationAsked,
    InformationAsked,
    OrganizationRefused,
    OrganizationsMerged,
    OrganizationSuspended,
    OrganizationVerified,
)
from consultation.membership.models import MemberOrganization, VerificationStep
from consultation.moderation.events import (
    CommentHidden,
    CommentRestored,
    ProposalAnnotated,
    ProposalChangesRequested,
    ProposalDeclined,
    ProposalPublished,
)
from consultation.moderation.models import ModerationAction
from consultation.notifications.letters import ACCOUNT_CHANGED, DECISION, TWO_STEP, VERIFICATION
from consultation.notifications.operations import notify
from consultation.notifications.queries import concerned
from consultation.proposals.models import Proposal

ABOUT_PROPOSALS = (ProposalPublished, ProposalChangesRequested, ProposalDeclined, ProposalAnnotated)
ABOUT_COMMENTS = (CommentHidden, CommentRestored)


def tell_of_decision(session: Session, event: EventRecord) -> None:
    """A notice and a letter with the moderator's words. What has been erased meanwhile is nobody's news."""
    action = session.get(ModerationAction, uuid.UUID(event.payload["action_id"]))
    if action is None:
        return
    comment = session.get(Comment, action.comment_id) if action.comment_id else None
    proposal = session.get(Proposal, comment.proposal_id if comment else action.proposal_id)
    if proposal is None or proposal.code is None:
        return
    about = comment or proposal
    recipients = concerned(
        session, author_id=about.author_id, organization_id=about.organization_id, at=event.occurred_at
    )
    notify(
        session,
        recipients,
        event,
        subject_code=proposal.code,
        subject_title=proposal.title,
        detail=action.reason,
    )
    details = {"event": event.name, "code": proposal.code, "title": proposal.title, "reason": action.reason}
    for user_id in recipients:
        letters.post(session, DECISION, user_id=user_id, details=details, now=event.occurred_at)


DECISIONS = subscription("notices", (*ABOUT_PROPOSALS, *ABOUT_COMMENTS), tell_of_decision)


def tell_of_security(session: Session, event: EventRecord) -> None:
    """To the person whose account it is, so that what somebody else did is noticed. Of sign-ins only those from a
    browser that the person has not used before."""
    if event.name == PasswordChanged.__name__:
        letters.post(session, PASSWORD_CHANGED, user_id=event.subject_id, now=event.occurred_at)
    elif event.name != UserSignedIn.__name__ or event.payload.get("new_device"):
        told = {key: event.payload[key] for key in ("left", "session_id") if key in event.payload}
        details = {"event": event.name} | told
        letters.post(session, ACCOUNT_CHANGED, user_id=event.subject_id, details=details, now=event.occurred_at)


ABOUT_SECURITY = (
    PasswordChanged,
    PasskeyAdded,
    PasskeyRemoved,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    IdentityLinked,
    IdentityUnlinked,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    UserSignedIn,
)
SECURITY = subscription("security-letters", ABOUT_SECURITY, tell_of_security)


def tell_of_verification(session: Session, event: EventRecord) -> None:
    """To those who speak for the organization: what was decided about it, with the words of the log."""
    organization = session.get(MemberOrganization, event.subject_id)
    if organization is None:
        return
    step_id = event.payload.get("step_id")
    step = None if step_id is None else session.get(VerificationStep, uuid.UUID(step_id))
    details = {"event": event.name, "code": organization.code, "note": step.note if step else ""}
    for user_id in concerned(session, author_id=None, organization_id=organization.id, at=event.occurred_at):
        letters.post(session, VERIFICATION, user_id=user_id, details=details, now=event.occurred_at)


ABOUT_ORGANIZATIONS = (
    OrganizationVerified,
    InformationAsked,
    OrganizationRefused,
    OrganizationSuspended,
    AffiliationProposed,
    AffiliationAgreed,
    ConfirmationAsked,
    OrganizationsMerged,
)
VERIFICATIONS = subscription("verification-letters", ABOUT_ORGANIZATIONS, tell_of_verification)


def ask_second_people(session: Session, event: EventRecord) -> None:
    """To everybody whose role lets them confirm it, but for whoever asked."""
    roles = GRANTS[Permission(event.payload["decides"])]
    people = select(User.id).join(UserRole).where(UserRole.role.in_(roles), User.active, User.id != event.actor_id)
    for user_id in session.scalars(people.distinct()):
        details = {"request_id": event.payload["request_id"]}
        letters.post(session, TWO_STEP, user_id=user_id, details=details, now=event.occurred_at)


CONFIRMATIONS = subscription("second-people", (TwoStepAsked,), ask_second_people)
