"""What pages, choices and letters are called."""

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import LazyString, lazy_gettext, ngettext

from consultation.accounts.states import ShownAs
from consultation.privacy import keeping
from consultation.privacy.keeping import Keeping
from consultation.privacy.rules import Flaw
from consultation.privacy.states import Consent, Occasion, PageName

TITLES: Mapping[PageName, LazyString] = {
    PageName.PRIVACY: lazy_gettext("Privacy notice"),
    PageName.ACCESSIBILITY: lazy_gettext("Accessibility"),
    PageName.TERMS: lazy_gettext("Terms of taking part"),
    PageName.CONTACT: lazy_gettext("Contact and help"),
}

CONSENTS: Mapping[Consent, LazyString] = {
    Consent.AGREED: lazy_gettext("Agreed"),
    Consent.WITHDRAWN: lazy_gettext("Taken back"),
}

OCCASIONS: Mapping[Occasion, LazyString] = {
    Occasion.APPLICATION: lazy_gettext("with an application"),
    Occasion.INVITATION: lazy_gettext("on accepting an invitation"),
    Occasion.ACT: lazy_gettext("when asked before an act"),
    Occasion.OWN_PAGE: lazy_gettext("on the privacy page"),
}

NAMINGS: Mapping[ShownAs, LazyString] = {
    ShownAs.DELEGATE: lazy_gettext("Not by name: as the organization for which I speak"),
    ShownAs.PSEUDONYM: lazy_gettext("By a pseudonym"),
    ShownAs.NAME: lazy_gettext("By my own name"),
}

FLAWS: Mapping[Flaw, LazyString] = {
    Flaw.LENGTH: lazy_gettext("A pseudonym has 3 to 40 letters."),
    Flaw.LETTERS: lazy_gettext("Use letters, digits, spaces, hyphens, apostrophes and full stops."),
    Flaw.TAKEN: lazy_gettext("This is too like a name that somebody has. Choose another."),
}

#: The kinds of letters that can be turned off.
LETTERS: Mapping[str, LazyString] = {
    "decision": lazy_gettext("What moderators decide about what you or your organization brought"),
    "verification": lazy_gettext("What is asked and decided about your organization"),
}

#: Where words cannot be taken out any more, because others check what stands there.
FROZEN_PLACES: Mapping[str, LazyString] = {
    "event": lazy_gettext("the log of acts"),
    "page_version": lazy_gettext("an earlier version of a page of this site"),
    "agreement": lazy_gettext("the ledger of agreements"),
    "release": lazy_gettext("a released edition of the agenda"),
    "ballot_chain": lazy_gettext("the ballot box"),
    "ballot_content": lazy_gettext("the ballot box"),
    "cast_key": lazy_gettext("the ballot box"),
    "contest": lazy_gettext("what was fixed before a vote"),
    "contest_option": lazy_gettext("what was fixed before a vote"),
    "roll_entry": lazy_gettext("the roll of a vote"),
    "tally": lazy_gettext("a result"),
}

#: What is kept, from when its time runs, and what becomes of it then.
KEEPINGS: Mapping[Keeping, tuple[LazyString, LazyString]] = {
    keeping.ACCOUNTS: (
        lazy_gettext("Accounts of members who do not sign in"),
        lazy_gettext(
            "since they last signed in; then they are told by mail, and erased 60 days later unless they sign in"
        ),
    ),
    keeping.SESSIONS: (lazy_gettext("Where you are signed in"), lazy_gettext("since you signed in")),
    keeping.DEVICES: (lazy_gettext("That a browser is yours"), lazy_gettext("since you last signed in on it")),
    keeping.LINKS: (lazy_gettext("Links to sign in"), lazy_gettext("since they ran out")),
    keeping.ADDRESS_CHANGES: (
        lazy_gettext("An address that you asked to change to"),
        lazy_gettext("since the link ran out"),
    ),
    keeping.LETTERS: (
        lazy_gettext("Letters that could not leave"),
        lazy_gettext("at the longest; those sent are not kept"),
    ),
    keeping.NOTICES: (lazy_gettext("Notices on your account page"), lazy_gettext("since you got them")),
    keeping.INVITATIONS: (
        lazy_gettext("Invitations, with name and address"),
        lazy_gettext("since they were answered, taken back or ran out"),
    ),
    keeping.APPLICATIONS: (
        lazy_gettext("Applications that nobody has decided"),
        lazy_gettext("since the last step; then the whole application goes"),
    ),
    keeping.REFUSED: (
        lazy_gettext("What an application that was not accepted told of itself, and its contact"),
        lazy_gettext("since the decision; the name of an organization and the reason stay"),
    ),
    keeping.UPLOADS: (lazy_gettext("Files that organizers upload to import"), lazy_gettext("at the longest")),
    keeping.BALLOT_FILES: (lazy_gettext("Files of paper ballots"), lazy_gettext("at the longest")),
    keeping.JOBS: (lazy_gettext("Reports of imports"), lazy_gettext("since they ended")),
}


def duration(time: timedelta) -> str:
    """As people say it: in years, days or hours."""
    if time < timedelta(days=1):
        return str(ngettext("%(num)d hour", "%(num)d hours", time // timedelta(hours=1)))
    if time.days % 365 == 0:
        return str(ngettext("%(num)d year", "%(num)d years", time.days // 365))
    return str(ngettext("%(num)d day", "%(num)d days", time.days))
