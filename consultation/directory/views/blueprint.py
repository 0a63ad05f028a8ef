"""The addresses of the directory, and what its views share."""

from flask import abort, redirect, url_for

from consultation.kernel.permissions import Permission
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import merged_into, organization_by_code
from consultation.membership.states import OrganizationState
from consultation.web.authorize import allows
from consultation.web.locale import room_blueprint
from consultation.web.transactions import session

bp = room_blueprint("directory", __name__)


def visible(code: str) -> MemberOrganization:
    """The organization, if the directory shows it, or to those who manage or verify it. To others it is not there.
    The code of one that went up in another leads there for good."""
    found = organization_by_code(session(), code)
    if found is None:
        abort(404)
    kept = merged_into(session(), found)
    if kept is not None:
        visible(kept.code)
        abort(redirect(url_for("directory.organization", code=kept.code), code=301))
    public = found.state == OrganizationState.VERIFIED and found.listed
    if not (public or allows(Permission.ORGANIZATION_MANAGE, found) or allows(Permission.ORGANIZATION_READ)):
        abort(404)
    return found


def managed(code: str) -> MemberOrganization:
    """The organization, for those who manage it, or who may give mandates in any. To others it is not there."""
    found = organization_by_code(session(), code)
    if found is None or not (allows(Permission.ORGANIZATION_MANAGE, found) or allows(Permission.MANDATE_GIVE)):
        abort(404)
    return found


def judged(code: str) -> MemberOrganization:
    """The organization, for the desk that verifies it."""
    found = organization_by_code(session(), code)
    if found is None:
        abort(404)
    return found
