"""Ways of signing in and devices, in words."""

from collections.abc import Mapping

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

#: By the name that a session keeps.
METHODS: Mapping[str, LazyString] = {
    "password": lazy_gettext("Password"),
    "link": lazy_gettext("Link by mail"),
    "code": lazy_gettext("Code by mail"),
    "passkey": lazy_gettext("Passkey"),
    "oidc": lazy_gettext("External account"),
    "invitation": lazy_gettext("Invitation by mail"),
}


def device_name(browser: str, system: str) -> str:
    """As a person would say it: "Firefox on Android"."""
    if browser and system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(_("Unknown device"))
