"""Words for states, kinds and steps of organizations."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from consultation.kernel.roles import MandateKind, MemberKind
from consultation.membership.states import OrganizationState, Step

STATES: Mapping[OrganizationState, LazyString] = {
    OrganizationState.APPLIED: lazy_gettext("Has applied"),
    OrganizationState.INFORMATION_ASKED: lazy_gettext("Was asked for more"),
    OrganizationState.VERIFIED: lazy_gettext("Verified"),
    OrganizationState.REFUSED: lazy_gettext("Not accepted"),
    OrganizationState.SUSPENDED: lazy_gettext("Suspended"),
    OrganizationState.MERGED: lazy_gettext("Merged into another"),
}

STEPS: Mapping[Step, LazyString] = {
    Step.APPROVAL: lazy_gettext("Approved"),
    Step.VOUCHING: lazy_gettext("Vouched for"),
    Step.QUESTION: lazy_gettext("Asked for more"),
    Step.ANSWER: lazy_gettext("Answered"),
    Step.REFUSAL: lazy_gettext("Not accepted"),
    Step.SUSPENSION: lazy_gettext("Suspended"),
}

KINDS: Mapping[MemberKind, LazyString] = {
    MemberKind.ORGANIZATION: lazy_gettext("Organization"),
    MemberKind.NATION: lazy_gettext("Nation or Indigenous government"),
    MemberKind.INDIVIDUAL: lazy_gettext("Individual"),
    MemberKind.EXPERT: lazy_gettext("Expert"),
    MemberKind.OBSERVER: lazy_gettext("Observer"),
}

MANDATES: Mapping[MandateKind, LazyString] = {
    MandateKind.DELEGATE: lazy_gettext("Delegate: speaks and votes for it"),
    MandateKind.DEPUTY: lazy_gettext("Deputy: votes when the delegate cannot"),
    MandateKind.EDITOR: lazy_gettext("Editor: writes for it"),
}

NO_AFFILIATION: Mapping[str, LazyString] = {
    "itself": lazy_gettext("An organization does not belong to itself."),
    "person": lazy_gettext("People in their own name belong to no umbrella."),
    "not_verified": lazy_gettext("Both organizations must be verified."),
    "circle": lazy_gettext("It stands under yours already, so that the two would stand under each other."),
    "has_umbrella": lazy_gettext("The affiliate belongs to another organization. That has to end first."),
    "stands": lazy_gettext("This is agreed, or asked, already."),
    "over": lazy_gettext("It was taken back, or has ended."),
}

CANNOT_MERGE: Mapping[str, LazyString] = {
    "itself": lazy_gettext("These are the same registration."),
    "merged": lazy_gettext("One of the two was merged into another already."),
    "person": lazy_gettext("A person and an organization are not merged."),
    "not_verified": lazy_gettext(
        "The one that stays must be verified, since the other one is. Merge them the other way."
    ),
    "voting": lazy_gettext(
        "It stands on the roll of an open contest, so that a ballot could be affected. Wait until that is closed."
    ),
}

#: What a merge changes, by the part of its trace.
CHANGES: Mapping[str, LazyString] = {
    "mandates": lazy_gettext("Mandates that follow"),
    "mandates_united": lazy_gettext("Mandates that end, since the person holds one of the other too"),
    "invitations": lazy_gettext("Invitations that follow"),
    "invitations_united": lazy_gettext("Invitations taken back, since the other has one to the same address"),
    "affiliations": lazy_gettext("Affiliations that follow"),
    "affiliations_ended": lazy_gettext("Affiliations that end, since they would double or close a circle"),
    "proposals": lazy_gettext("Proposals that follow"),
    "endorsements": lazy_gettext("Endorsements that follow"),
    "endorsements_united": lazy_gettext("Endorsements that both gave, counted once from then on"),
    "comments": lazy_gettext("Comments that follow"),
    "past_rolls": lazy_gettext("Rolls of contests that are over, which stay as they are"),
}
