"""The consultation that a page is about."""

from collections.abc import Sequence

from flask import abort

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug, consultations
from consultation.web.kept import remembered
from consultation.web.transactions import session


def consultation_shown(slug: str) -> Consultation:
    """The consultation of an address, with its phases; where there is none, the page is not found."""
    return remembered(lambda: consultation_by_slug(session(), slug), "consultation", slug) or abort(404)


def consultations_shown() -> Sequence[Consultation]:
    """All of them, as ``consultations`` finds them."""
    return remembered(lambda: consultations(session()), "consultations")
