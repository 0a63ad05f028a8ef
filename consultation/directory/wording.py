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
