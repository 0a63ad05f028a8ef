"""Applying for membership, and answering an invitation."""

import hashlib

from flask import Response, current_app, flash, url_for
from flask_babel import gettext as _

from consultation.accounts.identity import begin_session
from consultation.convening.queries import consultations
from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.directory import queries
from consultation.directory.forms import AcceptanceForm, ApplicationForm, PersonForm
from consultation.directory.views.blueprint import bp
from consultation.directory.wording import MANDATES
from consultation.extensions import limiter
from consultation.kernel.permissions import Actor
from consultation.kernel.roles import MemberKind
from consultation.membership import operations
from consultation.membership.models import Invitation, MemberOrganization
from consultation.privacy.operations import agree
from consultation.privacy.queries import agreed_in_application, founding_invitation
from consultation.privacy.states import Occasion
from consultation.web.authorize import current_actor, present, public
from consultation.web.locale import language
from consultation.web.render import page, see_other
from consultation.web.transactions import session

APPLICATIONS_BY_VISITOR = "5 per hour"
ANSWERS_BY_VISITOR = "30 per hour"
#: They stand before what crosses borders.
COUNTRIES = ("CA", "US", "MX")


@bp.route("/register", methods=["GET", "POST"])
@public
@limiter.limit(APPLICATIONS_BY_VISITOR, methods=["POST"], deduct_when=lambda response: response.status_code == 303)
def register() -> Response:
    """An organization applies. The answer is the same whoever the contact is."""
    words = vocabulary(session())
    form = ApplicationForm().offer(words, language())
    if not form.validate_on_submit():
        roots = [term for term in words.of(TermKind.JURISDICTION) if term.parent_id is None]
        countries = sorted(roots, key=lambda term: term.code not in COUNTRIES)
        status = 422 if form.is_submitted() else 200
        return page("directory/register.html", status=status, form=form, words=words, countries=countries)
    sector = words.by_code(TermKind.SECTOR, form.sector.data)
    chosen = (words.by_code(TermKind.JURISDICTION, code) for code in form.places.data)
    applied = operations.apply_for_membership(
        session(),
        name=form.name.data,
        name_fr=form.name_fr.data or "",
        name_es=form.name_es.data or "",
        acronym=form.acronym.data or "",
        kind=MemberKind(form.kind.data),
        sector_id=sector.id if sector else None,
        jurisdiction_ids=[place.id for place in chosen if place],
        languages=form.languages.data,
        communities=form.communities.data or "",
        website=form.website.data or "",
        existence=form.existence.data,
        listed=form.listed.data,
        protected=form.protected.data,
        contact_name=form.contact_name.data,
        contact_email=form.contact_email.data,
        contact_language=language(),
        actor=current_actor(),
        now=present(),
    )
    return _agreed(applied)


@bp.route("/register/person", methods=["GET", "POST"])
@public
@limiter.limit(APPLICATIONS_BY_VISITOR, methods=["POST"], deduct_when=lambda response: response.status_code == 303)
def register_person() -> Response:
    """Somebody applies in their own name, to a consultation whose rule says how many people look at it. The answer is
    the same whether the address has an account or not."""
    words, running = vocabulary(session()), consultations(session())
    form = PersonForm().offer(words, language(), list(running))
    if not form.validate_on_submit():
        return page("directory/person.html", status=422 if form.is_submitted() else 200, form=form, running=running)
    chosen = next(one for one in running if one.slug == form.consultation.data)
    places = (words.by_code(TermKind.JURISDICTION, code) for code in form.places.data)
    applied = operations.apply_for_membership(
        session(),
        name=form.name.data,
        kind=MemberKind(form.kind.data),
        jurisdiction_ids=[place.id for place in places if place],
        languages=form.languages.data,
        expertise=form.expertise.data or "",
        works_at=form.works_at.data or "",
        approvals_needed=chosen.personal_approvals,
        existence=form.existence.data,
        protected=form.protected.data,
        contact_name=form.name.data,
        contact_email=form.email.data,
        contact_language=language(),
        actor=current_actor(),
        now=present(),
    )
    return _agreed(applied)


def _agreed(applied: MemberOrganization) -> Response:
    """Keep that whoever applied agreed to the texts."""
    invited = founding_invitation(session(), applied.id)
    agree(
        session(),
        invitation_id=invited.id if invited else None,
        language=language(),
        occasion=Occasion.APPLICATION,
        actor=current_actor(),
        now=present(),
    )
    return see_other(url_for("directory.applied"))


@bp.get("/register/sent")
@public
def applied() -> Response:
    return page("directory/applied.html", mailed=current_app.extensions["mail"] is not None)


@bp.get("/invitations/<token>")
@public
def invitation(token: str) -> Response:
    """A GET only shows what is offered, so that a mail scanner that opens the address does not take it."""
    return _invitation(token, _offered(token), AcceptanceForm(formdata=None), 200)


@bp.post("/invitations/<token>/acceptance")
@public
@limiter.limit(ANSWERS_BY_VISITOR)
def accept(token: str) -> Response:
    """Whoever agreed when they sent the application, to the texts as they still are, is not asked again."""
    found, form = _offered(token), AcceptanceForm()
    if found is None or not (agreed_in_application(session(), found) or form.validate_on_submit()):
        return _invitation(token, found, form, 422)
    user = operations.accept_invitation(session(), token, now=present())
    if user is None:
        return _invitation(token, None, form, 410)
    actor = Actor(user_id=user.id, roles=user.roles)
    agree(session(), user_id=user.id, language=language(), occasion=Occasion.INVITATION, actor=actor, now=present())
    begin_session(user, "invitation")
    flash(_("Thank you. You are signed in, and your answer counts."), "success")
    return see_other(url_for("portal.account"))


def _offered(token: str) -> Invitation | None:
    digest = hashlib.sha256(token.encode()).hexdigest()
    return queries.invitation_by_token(session(), digest, present())


def _invitation(token: str, found: Invitation | None, form: AcceptanceForm, status: int) -> Response:
    if found is None:
        return page("directory/invitation.html", status=410, invitation=None)
    return page(
        "directory/invitation.html",
        status=status,
        invitation=found,
        mandate=MANDATES[found.kind],
        token=token,
        form=form,
        agreed=agreed_in_application(session(), found),
    )
