"""Once a year: does the member still take part? One button says so."""

from flask import Response, flash, url_for
from flask_babel import gettext as _

from consultation.convening.vocabulary import vocabulary
from consultation.directory import queries
from consultation.directory.views.blueprint import bp, managed
from consultation.directory.wording import MANDATES
from consultation.kernel.permissions import Permission
from consultation.membership.operations import confirm_membership
from consultation.web.authorize import authorize, current_actor, present, requires
from consultation.web.render import page, see_other
from consultation.web.transactions import session


@bp.get("/organizations/<code>/confirmation")
@requires(Permission.ACCOUNT_USE)
def confirmation(code: str) -> Response:
    found = managed(code)
    words = vocabulary(session())
    places = queries.places_of(session(), [found.id]).get(found.id, [])
    return page(
        "directory/confirmation.html",
        organization=found,
        sector=words.by_id(found.sector_id),
        places=[term for term in map(words.by_id, places) if term],
        mandates=queries.mandates_in_force(session(), found.id, present()),
        mandate_names=MANDATES,
    )


@bp.post("/organizations/<code>/confirmation")
@requires(Permission.ACCOUNT_USE)
def confirm(code: str) -> Response:
    found = managed(code)
    authorize(Permission.ORGANIZATION_MANAGE, found)
    confirm_membership(session(), found, actor=current_actor(), now=present())
    flash(_("Thank you. We ask again in a year."), "success")
    return see_other(url_for("portal.account"))
