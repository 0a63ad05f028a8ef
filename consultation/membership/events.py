"""What happened to organizations and mandates. No names: they stand in the tables and can be erased there."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrganizationRegistered:
    subject_id: uuid.UUID
    code: str


@dataclass(frozen=True, slots=True)
class OrganizationVerified:
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrganizationApproved:
    """One of the people whom a verification needs has approved; ``step_id`` is the entry of its log."""

    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrganizationVouchedFor:
    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class InformationAsked:
    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class InformationGiven:
    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrganizationRefused:
    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class OrganizationSuspended:
    subject_id: uuid.UUID
    step_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MandateGiven:
    """The subject is the organization; ``user_id`` may speak for it."""

    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class MandateDated:
    """``ends_at`` is an ISO text in UTC, none where no day is set any more."""

    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class MandateRevoked:
    subject_id: uuid.UUID
    mandate_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class InvitationSent:
    """The subject is the organization. To whom stands in the invitation, and can be erased there."""

    subject_id: uuid.UUID
    invitation_id: uuid.UUID
    kind: str


@dataclass(frozen=True, slots=True)
class InvitationAccepted:
    subject_id: uuid.UUID
    invitation_id: uuid.UUID
    user_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    subject_id: uuid.UUID
    invitation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AffiliationProposed:
    """The subject is the organization that has to agree."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AffiliationAgreed:
    """The subject is the organization that had proposed it."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class AffiliationEnded:
    """Ended, taken back or not agreed to; the subject is the umbrella."""

    subject_id: uuid.UUID
    affiliation_id: uuid.UUID
    umbrella_id: uuid.UUID
    affiliate_id: uuid.UUID
    was_agreed: bool


@dataclass(frozen=True, slots=True)
class OrganizationsMerged:
    """The subject is the one that is kept; what changed hands stands in the merge."""

    subject_id: uuid.UUID
    merge_id: uuid.UUID
    gone_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ConfirmationAsked:
    """A year has passed since the member was verified, or confirmed that it takes part."""

    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MembershipConfirmed:
    subject_id: uuid.UUID
