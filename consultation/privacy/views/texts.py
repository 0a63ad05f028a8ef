"""The pages in the footer: the newest version of each, and the earlier ones."""

from flask import Response, abort

from consultation.privacy import queries
from consultation.privacy.keeping import KEEPINGS as RULES
from consultation.privacy.queries import PageText
from consultation.privacy.states import PageName
from consultation.privacy.views.blueprint import bp, page_name, shown
from consultation.privacy.wording import KEEPINGS, TITLES, duration
from consultation.web.authorize import public
from consultation.web.locale import language
from consultation.web.render import page
from consultation.web.transactions import session


@bp.get("/privacy", defaults={"name": "privacy"})
@bp.get("/accessibility", defaults={"name": "accessibility"})
@bp.get("/terms", defaults={"name": "terms"})
@bp.get("/contact", defaults={"name": "contact"})
@public
def text(name: str) -> Response:
    chosen = page_name(name)
    return _page(queries.newest(session(), chosen), newest=True)


@bp.get("/texts/<name>/<int:version>")
@public
def version(name: str, version: int) -> Response:
    """An earlier version, or the newest by its number: what somebody agreed to."""
    chosen = page_name(name)
    found = queries.of_version(session(), chosen, version) or abort(404)
    return _page(found, newest=False)


def _page(found: PageText, *, newest: bool) -> Response:
    earlier = [row for row in queries.versions(session(), found.name) if row.version != found.version]
    return page(
        "privacy/text.html",
        text=found,
        title=TITLES[found.name],
        html=shown(found.text[language()]),
        is_newest=newest or not any(row.version > found.version for row in earlier),
        versions=earlier,
        keepings=_keepings() if found.name is PageName.PRIVACY and newest else (),
        contacts=queries.contacts(session()) if found.name is PageName.CONTACT and newest else (),
    )


def _keepings() -> list[tuple[str, str, str]]:
    """What is kept, how long, and from when: what the worker goes by."""
    rows = ((rule, *KEEPINGS[rule]) for rule in RULES)
    return [(str(what), duration(rule.time), str(since)) for rule, what, since in rows]
