"""What pages, choices and letters are called."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

from consultation.accounts.states import ShownAs
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
