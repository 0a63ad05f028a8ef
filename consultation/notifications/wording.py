"""What people are told, in a sentence."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

#: By the name of the event; a notice about another event is told by its subject alone.
NOTICES: Mapping[str, LazyString] = {
    "ProposalPublished": lazy_gettext("Your proposal is public now."),
    "ProposalChangesRequested": lazy_gettext("A moderator asks you to change your proposal."),
    "ProposalDeclined": lazy_gettext("Your proposal was declined."),
    "ProposalAnnotated": lazy_gettext("A moderator changed the content note on your proposal."),
    "ProposalPlaced": lazy_gettext("Your proposal is on the agenda’s list of items."),
    "ProposalEndorsed": lazy_gettext("Another organization endorsed your proposal."),
    "CommentPosted": lazy_gettext("There is a new comment on your proposal."),
    "CommentHidden": lazy_gettext("A comment of yours was hidden."),
    "CommentRestored": lazy_gettext("A comment of yours is shown again."),
    "ContestOpened": lazy_gettext("Voting is open."),
    "ContestPublished": lazy_gettext("The results are public."),
    "AgendaReleased": lazy_gettext("There is a new release of the agenda."),
}

#: What the person can do next, where there is something.
NEXT_STEPS: Mapping[str, LazyString] = {
    "ProposalPublished": lazy_gettext("Others can read, endorse and discuss it here:"),
    "ProposalChangesRequested": lazy_gettext("Nothing is lost. Change it and send it again here:"),
    "ProposalDeclined": lazy_gettext("You can read the decision here, and answer this reason with a new proposal:"),
    "ProposalAnnotated": lazy_gettext("See it here, and write to the contact of the site if you disagree:"),
    "CommentHidden": lazy_gettext("The discussion goes on here:"),
    "CommentRestored": lazy_gettext("It stands here again:"),
    "OrganizationVerified": lazy_gettext("It can propose, endorse and vote from now on. Its people are managed here:"),
    "InformationAsked": lazy_gettext("Answer here; two people look at it again then:"),
    "OrganizationRefused": lazy_gettext("What was said stands here:"),
    "OrganizationSuspended": lazy_gettext("What was said stands here:"),
    "AffiliationProposed": lazy_gettext("See which one, and agree or decline, here:"),
    "ConfirmationAsked": lazy_gettext("Say with one button that it still takes part, here:"),
    "OrganizationsMerged": lazy_gettext("What both had stands together now. Its people are managed here:"),
    "AffiliationAgreed": lazy_gettext("It is shown on both pages. You can end it here:"),
}

#: The page that a letter about an organization leads to, where it is not the one of its people.
PAGES: Mapping[str, str] = {
    "AffiliationProposed": "directory.affiliations",
    "AffiliationAgreed": "directory.affiliations",
    "ConfirmationAsked": "directory.confirmation",
}

#: What happened to an organization's membership.
VERIFICATIONS: Mapping[str, LazyString] = {
    "OrganizationVerified": lazy_gettext("Your organization is verified."),
    "InformationAsked": lazy_gettext("We need to know more about your organization."),
    "OrganizationRefused": lazy_gettext("Your organization was not accepted."),
    "OrganizationSuspended": lazy_gettext("The membership of your organization is suspended."),
    "ConfirmationAsked": lazy_gettext("Does your organization still take part?"),
    "OrganizationsMerged": lazy_gettext("Two registrations of your organization are one now."),
    "AffiliationProposed": lazy_gettext("An organization says that yours and it belong together."),
    "AffiliationAgreed": lazy_gettext("It is agreed that your organization and another one belong together."),
}

#: What takes two people, by kind.
TWO_STEPS: Mapping[str, LazyString] = {
    "role": lazy_gettext("A role with power over others"),
    "contacts": lazy_gettext("Export of contacts"),
    "electorate": lazy_gettext("Change of who votes"),
    "opening": lazy_gettext("Opening of a contest"),
    "void": lazy_gettext("Declaring a contest void"),
}

#: What happened to an account.
ACCOUNT_CHANGES: Mapping[str, LazyString] = {
    "PasskeyAdded": lazy_gettext("A passkey was added to your account."),
    "PasskeyRemoved": lazy_gettext("A passkey was removed from your account."),
    "AuthenticatorAdded": lazy_gettext("An authenticator app was added to your account."),
    "AuthenticatorRemoved": lazy_gettext("The authenticator app was removed from your account."),
    "IdentityLinked": lazy_gettext("An external account was linked to your account."),
    "IdentityUnlinked": lazy_gettext("The link of an external account to your account was ended."),
    "RecoveryCodesRenewed": lazy_gettext("New recovery codes were made for your account."),
    "RecoveryCodeUsed": lazy_gettext("A recovery code let somebody into your account."),
    "UserSignedIn": lazy_gettext("Somebody signed in to your account on a new device."),
}
