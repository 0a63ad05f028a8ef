"""Words for roles and mandates."""

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
