"""What stands after the items: the tallies, what became of each proposal, and what the text rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_uppercase
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
from consultation.drafting.export.front import item_links, number, text
from consultation.drafting.export.labels import labels
from consultation.drafting.export.snapshot import items_of
from consultation.drafting.export.voice import Snapshot, Voice


def annexes(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Every annex, lettered in order, even an empty one: absence is said, not left to be guessed."""
    _ = voice.translator.gettext
    parts: tuple[tuple[str, Callable[[Voice, Snapshot], list[Block]]], ...] = (
        (_("Tallies"), tallies),
        (_("From proposals to items"), concordance),
        (_("From items to proposals"), reverse_concordance),
        (_("Declined and withdrawn proposals"), withheld),
        (_("Participating organizations"), participants),
        (_("Moderation in numbers"), moderation),
        (_("What is asked of whom"), asks),
        (_("Legal instruments"), instruments),
        (_("Who was not heard"), not_heard),
        (_("Funding and conflicts of interest"), interests),
        (_("About this text"), colophon),
    )
    blocks: list[Block] = []
    for letter, (title, part) in zip(ascii_uppercase, parts, strict=False):
        heading = _("Annex %(letter)s. %(title)s") % {"letter": letter, "title": title}
        blocks.append(Heading(1, text(heading), f"annex-{letter.lower()}"))
        blocks += part(voice, snapshot) or [Paragraph(text(_("Nothing to report.")))]
    return blocks


def table(caption: str, header: tuple[str, ...], rows: list[tuple[Line, ...]], widths: tuple[int, ...]) -> list[Block]:
    return [Table(text(caption), tuple(map(text, header)), tuple(rows), (), widths)] if rows else []


def tallies(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """The order under each rule, the headline first as given, and pairwise tables."""
    _, words = voice.translator.gettext, labels(voice.translator)["rule"]
    blocks: list[Block] = []
    for position, tally in enumerate(snapshot["annexes"]["tallies"], start=1):
        rule = words[tally["rule"]]
        title = _("%(rule)s: the order of this agenda") % {"rule": rule} if tally["headline"] else rule
        blocks.append(Heading(2, text(title), f"tally-{position}", listed=False))
        rows = tuple(
            (
                number(voice, place["rank"]),
                item_links(voice, snapshot, place["items"]),
                text(place["score"] or "–"),
            )
            for place in tally["order"]
        )
        header = (_("Rank"), _("Item"), _("Score"))
        caption = _("Order under the rule %(rule)s") % {"rule": rule}
        blocks.append(Table(text(caption), tuple(map(text, header)), rows, (2,), (1, 3, 2)))
        if pairwise := tally.get("pairwise"):
            blocks.append(pairwise_table(voice, snapshot, pairwise))
    return blocks


def pairwise_table(voice: Voice, snapshot: Snapshot, pairwise: Mapping[str, Any]) -> Table:
    """Row against column: how many voters prefer the item of the row."""
    _ = voice.translator.gettext
    names = [item_links(voice, snapshot, [code]) for code in pairwise["items"]]
    rows = tuple(
        (name, *(text("–") if i == j else number(voice, weight) for j, weight in enumerate(weights)))
        for i, (name, weights) in enumerate(zip(names, pairwise["weights"], strict=True))
    )
    caption = _("Voters who prefer the item of the row to the item of the column")
    return Table(text(caption), (text(_("Item")), *names), rows, tuple(range(1, len(names) + 1)))


def concordance(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Each published proposal: where it went."""
    _, words = voice.translator.gettext, labels(voice.translator)["disposition"]
    rows: list[tuple[Line, ...]] = [
        (
            text(row["proposal"]),
            voice.line(row["title"]),
            text(words[row["disposition"]]),
            item_links(voice, snapshot, row["items"]) if row["items"] else text("–"),
        )
        for row in snapshot["annexes"]["concordance"]
    ]
    header = (_("Proposal"), _("Title"), _("What became of it"), _("Items"))
    return table(_("What became of each published proposal"), header, rows, (2, 6, 4, 2))


def reverse_concordance(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Each item: the proposals behind it."""
    _ = voice.translator.gettext
    rows: list[tuple[Line, ...]] = [
        (
            item_links(voice, snapshot, [item["code"]]),
            voice.line(item["title"]),
            text(", ".join(source["proposal"] for source in item["provenance"]) or "–"),
        )
        for item in items_of(snapshot)
    ]
    return table(_("The proposals behind each item"), (_("Item"), _("Title"), _("Proposals")), rows, (1, 6, 4))


def withheld(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Code and reason; the text stays with its author."""
    _, words = voice.translator.gettext, labels(voice.translator)["disposition"]
    rows: list[tuple[Line, ...]] = [
        (
            text(row["proposal"]),
            text(words[row["disposition"]]),
            text(row["reason_code"] or "–"),
            voice.line(row["reason"]) if row["reason"] else text(_("no reason given")),
        )
        for row in snapshot["annexes"]["withheld"]
    ]
    header = (_("Proposal"), _("What became of it"), _("Reason code"), _("Reason"))
    return table(_("Proposals that are not public"), header, rows, (2, 3, 3, 6))


def participants(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Those who agreed to be named, protected ones under their label, and how many are not listed."""
    _, ngettext = voice.translator.gettext, voice.translator.ngettext
    rows: list[tuple[Line, ...]] = [
        (
            voice.name(row["organization"]),
            *(voice.line(row[key]) if row[key] else text("–") for key in ("sector", "place")),
        )
        for row in snapshot["annexes"]["participants"]
    ]
    blocks = table(
        _("Organizations that agreed to be listed"),
        (_("Organization"), _("Sector"), _("Place")),
        rows,
        (5, 3, 3),
    )
    unnamed = snapshot["annexes"]["participants_unnamed"]
    if unnamed:
        said = ngettext(
            "%(number)s other organization took part and is not listed.",
            "%(number)s other organizations took part and are not listed.",
            unnamed,
        )
        blocks.append(Paragraph(text(said % {"number": voice.number(unnamed)})))
    return blocks


def moderation(voice: Voice, snapshot: Snapshot) -> list[Block]:
    _ = voice.translator.gettext
    numbers = snapshot["annexes"]["moderation"]
    pairs = (
        (_("Reports received"), numbers["reports"]),
        (_("Contributions hidden"), numbers["hidden"]),
        (_("Contributions restored"), numbers["restored"]),
        (_("Appeals"), numbers["appeals"]),
        (_("Appeals that changed the decision"), numbers["appeals_upheld"]),
        (_("Median hours from report to decision"), numbers["median_hours"]),
    )
    return [Definitions(tuple((text(term), number(voice, value)) for term, value in pairs))]


def asks(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Addressee by addressee: the items that ask something of it."""
    _ = voice.translator.gettext
    rows = gathered(voice, snapshot, "addressees")
    return table(_("Items by who is asked to act"), (_("Who is asked to act"), _("Items")), rows, (3, 2))


def instruments(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Convention, charter or law: the items that rest on it or ask to change it."""
    _ = voice.translator.gettext
    rows = gathered(voice, snapshot, "instruments")
    return table(_("Items by legal instrument"), (_("Legal instrument"), _("Items")), rows, (3, 2))


def gathered(voice: Voice, snapshot: Snapshot, member: str) -> list[tuple[Line, ...]]:
    """Items under each value of a member that lists localized texts, in order of first mention."""
    found: dict[Line, list[str]] = {}
    for item in items_of(snapshot):
        for value in item[member]:
            found.setdefault(voice.line(value), []).append(item["code"])
    return [(value, item_links(voice, snapshot, codes)) for value, codes in found.items()]


def not_heard(voice: Voice, snapshot: Snapshot) -> list[Block]:
    gaps = snapshot["annexes"]["not_heard"]
    lines = tuple(
        (*voice.line(gap["group"]), *((Run(" – "), *voice.line(gap["detail"])) if gap["detail"] else ()))
        for gap in gaps
    )
    return [Bullets(lines)] if lines else []


def interests(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Who paid, and which conflicts were declared."""
    _ = voice.translator.gettext
    annex = snapshot["annexes"]
    funding = tuple(voice.line(entry) for entry in annex["funding"])
    conflicts = tuple(
        (*voice.name(entry["organization"]), Run(" – "), *voice.line(entry["text"])) for entry in annex["conflicts"]
    )
    blocks: list[Block] = [Heading(2, text(_("Funding")), "funding", listed=False)]
    blocks.append(Bullets(funding) if funding else Paragraph(text(_("No funding is recorded."))))
    blocks.append(Heading(2, text(_("Conflicts of interest")), "conflicts", listed=False))
    blocks.append(Bullets(conflicts) if conflicts else Paragraph(text(_("No conflict of interest was declared."))))
    return blocks


def colophon(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Data, licence, citation, translators, and how to check the file."""
    _ = voice.translator.gettext
    annex, meta = snapshot["annexes"], snapshot["meta"]
    licence: Line = voice.line(annex["licence"]["name"])
    if annex["licence"]["url"]:
        licence = (*licence, Run(", "), Run(annex["licence"]["url"], href=annex["licence"]["url"]))
    translators = ", ".join(annex["translators"]) or _("not named")
    return [
        Heading(2, text(_("Data statement")), "data", listed=False),
        *voice.paragraphs(annex["data_statement"]),
        Definitions(
            (
                (text(_("How to cite")), voice.line(annex["citation"])),
                (text(_("Licence")), licence),
                (text(_("Translators")), text(translators)),
                (text(_("SHA-256 of the data")), text(meta["sha256"])),
            )
        ),
        Note(text(_("Whose text this is")), voice.paragraphs(snapshot["statement"])),
    ]


def sign_off(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """Who signed; for a draft, that nobody has."""
    _ = voice.translator.gettext
    blocks: list[Block] = [Heading(1, text(_("Sign-off")), "sign-off")]
    rows: list[tuple[Line, ...]] = [
        (
            voice.line(entry["role"]),
            text(entry["name"] or _("name withheld")),
            text(voice.moment(entry["signed_at"]) if entry["signed_at"] else _("not yet signed")),
        )
        for entry in snapshot["sign_off"]
    ]
    signed = table(_("Signatures"), (_("Role"), _("Name"), _("Signed on")), rows, (4, 4, 4))
    return [*blocks, *(signed or [Paragraph(text(_("Nobody has signed this version.")))])]
