"""What happened to organizations and mandates. No names: they stand in the tables and can be erased there."""

import uuid

from consultation.kernel.events import Event


class OrganizationRegistered(Event):
    subject_id: uuid.UUID
    code: str


class OrganizationVerified(Event):
    subject_id: uuid.UUID


class OrganizationApproved(Event):
    """One of the people whom a verification needs has approved; ``step_id`` is the entry of its log."""

    subject_id: uuid.UUID
    step_id: uuid.UUID


class OrganizationVouchedFor(Event):
    subject_id: uuid.UUID
    step_id: uuid.UUID


class InformationAsked(Event):
    subject_id: uuid.UUID
    step_id: uuid.UUID


class InformationGiven(Event):
    subject_id: uuid.UUID
    step_id: uuid.UUID


class OrganizationRefused(Event):
    subject_id: uuid.UUID
    step_id: uuid.UUID


class OrganizationSuspended(Event):
    subject_id: uuid.UUID
    step_id: uuid.UUID


class MandateGiven(Event):
    """The subject is the organization; ``user_id`` may speak for it."""

    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


class MandateDated(Event):
    """``ends_at`` is an ISO text in UTC, none where no day is set any more."""

    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
    ends_at: str | None


class MandateRevoked(Event):
    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID


class InvitationSent(Event):
    """The subject is the organization. To whom stands in the invitation, and can be erased there."""

    subject_id: uuid.UUID
    invitation_id: uuid.UUID
    kind: str


class InvitationAccepted(Event):
    subject_id: uuid.UUID
    invitation_id: uuid.UUID
    user_id: uuid.UUID


class InvitationWithdrawn(Event):
    subject_id: uuid.UUID
    invitation_id: uuid.UUID


class AffiliationProposed(Event):
    """The subject is the organization that has to agree."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID


class AffiliationAgreed(Event):
    """The subject is the organization that had proposed it."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID


class AffiliationEnded(Event):
    """Ended, taken back or not agreed to; the subject is the umbrella."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID
    was_agreed: bool


class OrganizationsMerged(Event):
    """The subject is the one that is kept; what changed hands stands in the merge."""

    subject_id: uuid.UUID
    merge_id: uuid.UUID
    gone_id: uuid.UUID


class ConfirmationAsked(Event):
    """A year has passed since the member was verified, or confirmed that it takes part."""

    subject_id: uuid.UUID


class MembershipConfirmed(Event):
    subject_id: uuid.UUID
