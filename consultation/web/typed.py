"""What somebody had typed when a request was refused, so that nobody writes anything twice: the page that refuses shows
it, and offers to send it again."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from consultation.web.transactions import SAFE_METHODS

#: Rooms whose forms hold passwords and codes, which no page may show again.
NEVER_SHOWN = ("accounts",)
#: What one person reads on a paper ballot, who signs in next on the same computer must not send as their own reading.
ONE_PERSONS = ("organizing.first_reading", "organizing.second_reading")
TOKEN = "csrf_token"  # noqa: S105 - a field's name; each page gives its own


@dataclass(frozen=True, slots=True)
class Typed:
    """``fields``: all of the form but its token, in its order. ``files``: whether there were files, which cannot be
    kept. ``target``: where it was sent."""

    fields: list[tuple[str, str]]
    files: bool
    target: str

    @property
    def texts(self) -> list[str]:
        """What is worth reading again or copying: whole words of a person, not what a form says by itself."""
        return [value for _name, value in self.fields if " " in value.strip() and value.lstrip()[:1] not in "[{"]


def typed() -> Typed | None:
    """What this request wanted to write; nothing if it came from elsewhere, since the page would then give another
    site's words a form of ours to be sent with."""
    if request.method in SAFE_METHODS or request.blueprint in NEVER_SHOWN or request.endpoint in ONE_PERSONS:
        return None
    if not _from_this_site():
        return None
    try:
        fields = [(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
        files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large, or not readable: that is why it was refused
        return None
    return Typed(fields, files, request.full_path if request.query_string else request.path)


def _from_this_site() -> bool:
    """By what browsers say of themselves; a request that says nothing is not one of a form on a page."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.host
