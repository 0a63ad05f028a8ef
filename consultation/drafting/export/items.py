"""The sections by theme, with one block of text for each item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consultation.drafting.export.document import (
    Block,
    Bullets,
    Definitions,
    Heading,
    Line,
    Note,
    Paragraph,
    Run,
    Table,
)
from consultation.drafting.export.front import anchor_of, item_links, number, text
from consultation.drafting.export.labels import labels
from consultation.drafting.export.voice import Snapshot, Voice

Item = Mapping[str, Any]


def sections(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Each theme, then its items in order."""
    blocks: list[Block] = []
    for section in snapshot["sections"]:
        blocks.append(Heading(1, voice.line(section["title"]), f"theme-{section['id']}"))
        if "introduction" in section:
            blocks += voice.paragraphs(section["introduction"])
        for item in section["items"]:
            blocks += item_blocks(voice, snapshot, item)
    return blocks


def item_blocks(voice: Voice, snapshot: Snapshot, item: Item) -> list[Block]:
    """Number and title, what is asked, why, on what evidence, by whom, and with what consent."""
    _ = voice.translator.gettext
    anchor = anchor_of(item["code"])
    blocks: list[Block] = [
        Heading(2, (Run(f"{item['number']}. "), *voice.line(item["title"])), anchor),
        facts(voice, snapshot, item),
    ]
    for part, title in (("decision", _("Decision sought")), ("barrier", _("Barrier"))):
        if item[part]:
            blocks += [part_heading(title, f"{anchor}-{part}"), *voice.paragraphs(item[part])]
    if item["evidence"]:
        lines = tuple(source(voice, entry) for entry in item["evidence"])
        blocks += [part_heading(_("Evidence"), f"{anchor}-evidence"), Bullets(lines)]
    if item["remedy"] or item["addressees"]:
        blocks.append(part_heading(_("Remedy"), f"{anchor}-remedy"))
        blocks += voice.paragraphs(item["remedy"]) if item["remedy"] else ()
        if item["addressees"]:
            asked = voice.join([voice.line(addressee) for addressee in item["addressees"]])
            blocks.append(Definitions(((text(_("Who is asked to act")), asked),)))
    if item["indicators"]:
        blocks += [part_heading(_("Proposed indicators"), f"{anchor}-indicators"), indicators(voice, item)]
    blocks += [part_heading(_("Provenance"), f"{anchor}-provenance"), *provenance(voice, snapshot, item)]
    for note in item["minority_notes"]:
        heading: Line = (Run(_("Minority note")), Run(" – "), *voice.name(note["organization"]))
        blocks.append(Note(heading, voice.paragraphs(note["text"])))
    blocks.append(translation_state(voice, item))
    return blocks


def part_heading(title: str, anchor: str) -> Heading:
    return Heading(3, text(title), anchor, listed=False)


def facts(voice: Voice, snapshot: Snapshot, item: Item) -> Definitions:
    """What can be said in a word or two: only what is known."""
    _, ngettext = voice.translator.gettext, voice.translator.ngettext
    pairs: list[tuple[str, Line]] = [(_("Code"), text(item["code"]))]
    if item["rank"]:
        pairs.append((_("Rank"), number(voice, item["rank"])))
    if item["support"]:
        count, new = item["support"]["supporters"], item["support"]["newly_served"]
        carried = ngettext("%(number)s voter carries this item", "%(number)s voters carry this item", count)
        served = ngettext("%(number)s of them newly served", "%(number)s of them newly served", new)
        said = f"{carried % {'number': voice.number(count)}}, {served % {'number': voice.number(new)}}"
        pairs.append((_("Support"), text(said)))
    for label, values in (
        (_("Who is represented"), item["represented"]),
        (_("Jurisdictions"), [term["label"] for term in item["jurisdictions"]]),
        (_("Critical issues"), [term["label"] for term in item["issues"]]),
        (_("Sectors"), [term["label"] for term in item["sectors"]]),
        (_("Legal instruments"), item["instruments"]),
    ):
        if values:
            pairs.append((label, voice.join([voice.line(value) for value in values])))
    if item["minutes"]:
        minutes = ngettext("%(number)s minute", "%(number)s minutes", item["minutes"])
        pairs.append((_("Time asked for"), text(minutes % {"number": voice.number(item["minutes"])})))
    if item["lead"]:
        pairs.append((_("Who leads the item"), voice.name(item["lead"])))
    if item["related"]:
        pairs.append((_("Linked items"), item_links(voice, snapshot, item["related"])))
    return Definitions(tuple((text(term), value) for term, value in pairs))


def source(voice: Voice, entry: Mapping[str, Any]) -> Line:
    """[1] What it says. Kind, place, date, address."""
    kind = labels(voice.translator)["evidence"][entry["kind"]]
    details: list[Line] = [text(kind)]
    if entry["place"]:
        details.append(voice.line(entry["place"]))
    if entry["date"]:
        details.append(text(voice.day(entry["date"])))
    if entry["url"]:
        details.append((Run(entry["url"], href=entry["url"]),))
    return (Run(f"[{entry['number']}] "), *voice.line(entry["text"]), Run(" – "), *voice.join(details, ", "))


def indicators(voice: Voice, item: Item) -> Table:
    _ = voice.translator.gettext
    header = (_("Indicator"), _("Unit"), _("Baseline"), _("Target"), _("Due"))
    rows = tuple(
        (
            voice.line(entry["name"]),
            voice.line(entry["unit"]) if entry["unit"] else text("–"),
            text(entry["baseline"] or _("no data yet")),
            text(entry["target"] or "–"),
            text(voice.day(entry["due"]) if entry["due"] else "–"),
        )
        for entry in item["indicators"]
    )
    caption = _("Indicators proposed for item %(number)s") % {"number": item["number"]}
    return Table(text(caption), tuple(map(text, header)), rows, (), (5, 3, 3, 3, 3))


def provenance(voice: Voice, snapshot: Snapshot, item: Item) -> list[Block]:
    """The proposals behind the item, with organization, relation and consent."""
    _, words = voice.translator.gettext, labels(voice.translator)
    blocks: list[Block] = [Definitions(((text(_("How it was made")), text(words["relation"][item["relation"]])),))]
    if not item["provenance"]:
        return [*blocks, Paragraph(text(_("No proposal is recorded as a source.")))]
    header = (_("Proposal"), _("Title"), _("Who proposed it"), _("Relation"), _("Consent"))
    rows = tuple(
        (
            text(entry["proposal"]),
            voice.line(entry["title"]),
            voice.name(entry["organization"]),
            text(words["relation"][entry["relation"]]),
            text(words["consent"][entry["consent"]]),
        )
        for entry in item["provenance"]
    )
    caption = _("Where item %(number)s comes from") % {"number": item["number"]}
    return [*blocks, Table(text(caption), tuple(map(text, header)), rows, (), (3, 6, 5, 4, 3))]


def translation_state(voice: Voice, item: Item) -> Definitions:
    """In which language the item was written, and how far each part exists in this one."""
    _, words = voice.translator.gettext, labels(voice.translator)["translation"]
    parts = [
        (title, item[part])
        for part, title in (
            ("title", _("Title")),
            ("decision", _("Decision sought")),
            ("barrier", _("Barrier")),
            ("remedy", _("Remedy")),
        )
        if item[part]
    ]
    origins = sorted({voice.language(part["language"]) for _title, part in parts})
    states = [(title, words[voice.read(part).state]) for title, part in parts]
    if len({state for _title, state in states}) == 1:
        said = states[0][1]
    else:
        said = ", ".join(f"{title} ({state})" for title, state in states)
    return Definitions(
        (
            (text(_("Original language")), text(", ".join(origins))),
            (text(_("This language")), text(said)),
        )
    )
