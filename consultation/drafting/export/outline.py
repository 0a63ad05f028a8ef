"""From the snapshot to the document: what stands where, the same for every format."""

from __future__ import annotations

from consultation.drafting.export import annexes, front, items
from consultation.drafting.export.document import Cover, Definitions, Document, Line, Run
from consultation.drafting.export.snapshot import require
from consultation.drafting.export.voice import Snapshot, Translator, Voice
from consultation.drafting.wording import sentence


def build(snapshot: Snapshot, lang: str, translator: Translator) -> Document:
    """The agenda in one language (en, fr or es).

    Raise `SnapshotError` when the snapshot may not be exported, `ValueError` for another language.
    """
    require(snapshot)
    meta = snapshot["meta"]
    voice = Voice(lang, translator, meta["consultation"]["timezone"])
    _ = translator.gettext
    title = voice.read(meta["consultation"]["title"]).text
    running = _("%(title)s, version %(number)s (%(status)s), %(hash)s") % {
        "title": title,
        "number": meta["release"],
        "status": front.status(voice, snapshot),
        "hash": meta["short_hash"],
    }
    return Document(
        lang=lang,
        region=voice.region,
        title=title,
        author=voice.read(meta["consultation"]["convener"]).text,
        running=running,
        page=_("Page %(page)s of %(pages)s"),
        contents_title=_("Contents"),
        colon=_("%(term)s:") % {"term": ""},
        released_at=meta["released_at"],
        cover=cover(voice, snapshot),
        blocks=(
            *front.summary(voice, snapshot),
            *front.glance(voice, snapshot),
            *front.how_to_read(voice),
            *front.changes(voice, snapshot),
            *front.method(voice, snapshot),
            *items.sections(voice, snapshot),
            *annexes.annexes(voice, snapshot),
            *annexes.sign_off(voice, snapshot),
        ),
    )


def cover(voice: Voice, snapshot: Snapshot) -> Cover:
    """The first page: which agenda, which release of it, and where to check it."""
    _ = voice.translator.gettext
    meta = snapshot["meta"]
    consultation, gathering, address = meta["consultation"], meta["gathering"], voice.address(meta)
    facts: list[tuple[Line, Line]] = []
    subtitle: Line = ()
    if gathering:
        subtitle = voice.line(gathering["title"])
        if gathering["place"]:
            facts.append(((Run(_("Place")),), voice.line(gathering["place"])))
        facts.append(((Run(_("Dates of the gathering")),), (Run(front.period(voice, gathering)),)))
    facts += [
        ((Run(_("Convened by")),), voice.line(consultation["convener"])),
        (
            (Run(_("Funded by")),),
            voice.line(consultation["funder"] or sentence("not_stated")),
        ),
        ((Run(_("Decided by")),), voice.line(consultation["decider"])),
        ((Run(_("Version")),), (Run(f"{meta['release']} ({front.status(voice, snapshot)})"),)),
        ((Run(_("Released")),), (Run(voice.moment(meta["released_at"])),)),
        ((Run(_("Fingerprint (SHA-256, first digits)")),), (Run(meta["short_hash"]),)),
        ((Run(_("Read and check online")),), (Run(address, href=address),)),
    ]
    return Cover(
        kicker=(Run(_("Civil society agenda")),),
        title=voice.line(consultation["title"]),
        subtitle=subtitle,
        status=front.status(voice, snapshot),
        facts=Definitions(tuple(facts)),
        statement=voice.line(snapshot["statement"]),
        url=address,
        qr_alt=_("QR code of the address %(url)s") % {"url": address},
    )
