"""The agenda as one HTML file: semantic, readable without its style sheet, no request to anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from consultation.drafting.export.document import as_data
from consultation.drafting.export.outline import build
from consultation.drafting.export.voice import Snapshot, Translator
from consultation.kernel.look import colours, faces, schemes

TEMPLATES = Path(__file__).parents[3] / "templates" / "drafting" / "export"


@cache
def _environment() -> Environment:
    """An environment of its own: autoescape always, and no access to request, session or config."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def qr_svg(url: str) -> str:
    """The address as a QR code (error correction M), an SVG without XML declaration."""
    import segno

    return segno.make(url, error="m", micro=False).svg_inline(
        scale=3, border=4, dark=colours()["ink"], light=colours()["raised"]
    )


def line(runs: Sequence[Mapping[str, str | None]]) -> Markup:
    """One line of the document. Here and not in the template, where a line break would become a space."""
    shown = Markup()
    for run in runs:
        part = Markup("{}").format(run["text"])
        if run["lang"]:
            part = Markup('<span lang="{}" dir="auto">{}</span>').format(run["lang"], part)
        elif run["tone"] == "aside":
            part = Markup('<em class="aside">{}</em>').format(part)
        elif run["tone"] == "strong":
            part = Markup("<strong>{}</strong>").format(part)
        shown += Markup('<a href="{}">{}</a>').format(run["href"], part) if run["href"] else part
    return shown


def render(snapshot: Snapshot, lang: str, translator: Translator) -> bytes:
    """UTF-8. Raise `SnapshotError` for what may not be exported."""
    document = build(snapshot, lang, translator)
    # segno writes digits and path commands only; the address itself is not in the SVG as text.
    page = (
        _environment()
        .get_template("agenda.html")
        .render(
            document=document,
            blocks=as_data(document.blocks),
            cover=as_data(document.cover),
            line=line,
            contents=[as_data(heading) for heading in document.contents()],
            qr=Markup(qr_svg(document.cover.url)),  # noqa: S704
            schemes=list(schemes().items()),
            faces=faces(),
        )
    )
    return page.encode()
