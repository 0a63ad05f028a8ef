"""The blueprint, and how a page's text is shown."""

import re

from flask import abort, url_for
from markupsafe import Markup

from consultation.privacy.states import PageName
from consultation.web.locale import room_blueprint
from consultation.web.markdown import to_html

bp = room_blueprint("privacy", __name__)
_WITHIN = re.compile(r'href="(?![a-z][a-z0-9+.-]*:|[/#?])')


def shown(text: str, top: int = 2) -> Markup:
    """A page's text as HTML. A link without a beginning, such as ``contact``, leads to a page of this site in the
    reader's language, wherever the text is shown."""
    html = to_html(text, top)
    return Markup(_WITHIN.sub(f'href="{url_for("portal.front")}', html))  # noqa: S704 - clean, and an address of ours


def page_name(name: str) -> PageName:
    try:
        return PageName(name)
    except ValueError:
        abort(404)
