"""The agenda's pages: the newest release, each release, and its files."""

import io
from zoneinfo import ZoneInfo

from flask import Response, abort, send_file, url_for
from flask_babel import get_translations

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug
from consultation.drafting.export import FORMATS, file_name, items_of
from consultation.drafting.export.arranged import arrange
from consultation.drafting.export.document import as_data
from consultation.drafting.export.html import line
from consultation.drafting.export.outline import build
from consultation.drafting.export.voice import Voice
from consultation.drafting.models import Release
from consultation.drafting.queries import latest_release, release_by_number, releases
from consultation.web.authorize import public
from consultation.web.locale import language, room_blueprint
from consultation.web.render import page
from consultation.web.transactions import session

bp = room_blueprint("drafting", __name__)


def _consultation(slug: str) -> Consultation:
    found = consultation_by_slug(session(), slug)
    if found is None:
        abort(404)
    return found


def _release(consultation: Consultation, number: str) -> Release:
    found = release_by_number(session(), consultation.id, number)
    if found is None:
        abort(404)
    return found


def _show(consultation: Consultation, edition: Release | None) -> Response:
    document = build(edition.snapshot, language(), get_translations()) if edition else None
    items = items_of(edition.snapshot) if edition else ()
    return page(
        "drafting/agenda.html",
        consultation=consultation,
        edition=edition,
        editions=releases(session(), consultation.id),
        document=document,
        line=line,
        parts=as_data(arrange(document.blocks)) if document else (),
        cover=as_data(document.cover) if document else None,
        sources={item["code"]: [source["proposal"] for source in item["provenance"]] for item in items},
        citation=_citation(edition) if edition else "",
        formats=FORMATS,
        base=url_for("drafting.agenda", slug=consultation.slug),
        zone=ZoneInfo(consultation.zone),
    )


def _citation(edition: Release) -> str:
    voice = Voice(language(), get_translations())
    return voice.read(edition.snapshot["annexes"]["citation"]).text


@bp.get("/consultations/<slug>/agenda")
@public
def agenda(slug: str) -> Response:
    consultation = _consultation(slug)
    return _show(consultation, latest_release(session(), consultation.id))


@bp.get("/consultations/<slug>/agenda/releases/<number>")
@public
def release(slug: str, number: str) -> Response:
    consultation = _consultation(slug)
    return _show(consultation, _release(consultation, number))


@bp.get("/consultations/<slug>/agenda/releases/<number>/<format_name>")
@public
def download(slug: str, number: str, format_name: str) -> Response:
    edition = _release(_consultation(slug), number)
    if format_name not in FORMATS:
        abort(404)
    chosen = FORMATS[format_name]
    content = chosen.render(edition.snapshot, language(), get_translations())
    return send_file(
        io.BytesIO(content),
        mimetype=chosen.media_type,
        as_attachment=True,
        download_name=file_name(edition.snapshot, language(), format_name),
    )
