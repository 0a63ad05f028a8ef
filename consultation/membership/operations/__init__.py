"""Organizations join, are verified, and say who speaks for them."""

from consultation.membership.operations.affiliating import (
    NoAffiliation,
    agree_affiliation,
    end_affiliation,
    propose_affiliation,
)
from consultation.membership.operations.confirming import CONFIRMING, confirm_membership, unconfirmed
from consultation.membership.operations.inviting import (
    INVITATION_LASTS,
    AlreadyInvited,
    accept_invitation,
    invite,
    withdraw_invitation,
)
from consultation.membership.operations.joining import CodeTaken, apply_for_membership, register_organization
from consultation.membership.operations.mandating import MandateExists, give_mandate, revoke_mandate, set_end
from consultation.membership.operations.verifying import (
    AlreadyApproved,
    answer,
    approve,
    ask,
    refuse,
    suspend,
    verify_organization,
    vouch,
)

__all__ = [
    "CONFIRMING",
    "INVITATION_LASTS",
    "AlreadyApproved",
    "AlreadyInvited",
    "CodeTaken",
    "MandateExists",
    "NoAffiliation",
    "accept_invitation",
    "agree_affiliation",
    "answer",
    "apply_for_membership",
    "approve",
    "ask",
    "confirm_membership",
    "end_affiliation",
    "give_mandate",
    "invite",
    "propose_affiliation",
    "refuse",
    "register_organization",
    "revoke_mandate",
    "set_end",
    "suspend",
    "unconfirmed",
    "verify_organization",
    "vouch",
    "withdraw_invitation",
]
