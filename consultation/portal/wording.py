"""Words for roles, mandates, and the states of what one brought."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from consultation.kernel.roles import MandateKind, Role
from consultation.proposals.states import ProposalState

ROLES: Mapping[Role, LazyString] = {
    Role.DELEGATE: lazy_gettext("Delegate"),
    Role.MODERATOR: lazy_gettext("Moderator"),
    Role.ORGANIZER: lazy_gettext("Organizer"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.AUDITOR: lazy_gettext("Auditor"),
}

MANDATES: Mapping[MandateKind, LazyString] = {
    MandateKind.DELEGATE: lazy_gettext("Delegate: speaks and votes for it"),
    MandateKind.DEPUTY: lazy_gettext("Deputy: votes when the delegate cannot"),
    MandateKind.EDITOR: lazy_gettext("Editor: writes for it"),
}

BROUGHT_STATES: Mapping[ProposalState, tuple[LazyString, str]] = {
    ProposalState.DRAFT: (lazy_gettext("Draft"), ""),
    ProposalState.SUBMITTED: (lazy_gettext("Waiting for a moderator"), "info"),
    ProposalState.NEEDS_CHANGES: (lazy_gettext("Sent back for changes"), "warning"),
    ProposalState.PUBLISHED: (lazy_gettext("Published"), "good"),
    ProposalState.PLACED: (lazy_gettext("In an agenda item"), "good"),
    ProposalState.DECLINED: (lazy_gettext("Declined"), "danger"),
    ProposalState.WITHDRAWN: (lazy_gettext("Withdrawn"), ""),
}
"""Each with the kind of the sign that goes with it (``status`` of macros/content.html)."""
