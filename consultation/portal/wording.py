"""Words for roles, mandates and notices."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from consultation.kernel.roles import MandateKind, Role

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

#: By the name of the event; a notice about another event is told by its subject alone.
NOTICES: Mapping[str, LazyString] = {
    "ProposalPublished": lazy_gettext("Your proposal is public now."),
    "ProposalChangesRequested": lazy_gettext("A moderator asks you to change your proposal."),
    "ProposalDeclined": lazy_gettext("Your proposal was declined."),
    "ProposalPlaced": lazy_gettext("Your proposal is on the agenda’s list of items."),
    "ProposalEndorsed": lazy_gettext("Another organization endorsed your proposal."),
    "CommentPosted": lazy_gettext("There is a new comment on your proposal."),
    "CommentHidden": lazy_gettext("A comment of yours was hidden."),
    "CommentRestored": lazy_gettext("A comment of yours is shown again."),
    "ContestOpened": lazy_gettext("Voting is open."),
    "ContestPublished": lazy_gettext("The results are public."),
    "AgendaReleased": lazy_gettext("There is a new release of the agenda."),
}
