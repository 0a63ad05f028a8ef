"""What the pages are called."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext

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
