"""What stands before the items: summary, agenda at a glance, how to read, changes, method."""

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
from consultation.drafting.export.labels import labels
from consultation.drafting.export.snapshot import items_of
from consultation.drafting.export.voice import Snapshot, Voice


def text(words: str) -> Line:
    """Words of the platform as a line."""
    return (Run(words),)


def anchor_of(code: str) -> str:
    """The anchor of an item."""
    return f"item-{code}"


def item_links(voice: Voice, snapshot: Snapshot, codes: list[str]) -> Line:
    """Numbers of items, linked; an item that is not in this agenda is given by its code."""
    numbers = {item["code"]: item["number"] for item in items_of(snapshot)}
    return voice.join(
        [(Run(str(numbers[code]), href=f"#{anchor_of(code)}"),) if code in numbers else (Run(code),) for code in codes],
        ", ",
    )


def status(voice: Voice, snapshot: Snapshot) -> str:
    """DRAFT or FINAL, in words."""
    return labels(voice.translator)["status"][snapshot["meta"]["status"]]


def period(voice: Voice, gathering: Mapping[str, Any]) -> str:
    """First and last day."""
    _ = voice.translator.gettext
    starts, ends = voice.day(gathering["starts"]), voice.day(gathering["ends"])
    return starts if starts == ends else _("%(first)s to %(last)s") % {"first": starts, "last": ends}


def summary(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """The agenda on one page: what it is, how many spoke, what they put first."""
    _, ngettext = voice.translator.gettext, voice.translator.ngettext
    items, counts = list(items_of(snapshot)), snapshot["method"]["counts"]
    contest = snapshot["method"]["contest"]
    points = [
        text(
            ngettext("%(number)s item stands in this agenda.", "%(number)s items stand in this agenda.", len(items))
            % {"number": voice.number(len(items))}
        ),
        text(
            ngettext(
                "It comes from %(number)s published proposal.",
                "It comes from %(number)s published proposals.",
                counts["published"],
            )
            % {"number": voice.number(counts["published"])}
        ),
    ]
    if contest:
        points.append(
            text(
                ngettext("%(number)s ballot was counted.", "%(number)s ballots were counted.", contest["ballots"])
                % {"number": voice.number(contest["ballots"])}
            )
        )
    minutes = sum(item["minutes"] or 0 for item in items)
    if minutes:
        points.append(
            text(
                ngettext(
                    "Together the items ask for %(number)s minute.",
                    "Together the items ask for %(number)s minutes.",
                    minutes,
                )
                % {"number": voice.number(minutes)}
            )
        )
    blocks: list[Block] = [
        Heading(1, text(_("Summary")), "summary"),
        Note(text(_("Whose text this is")), voice.paragraphs(snapshot["statement"])),
        Bullets(tuple(points)),
    ]
    first = sorted((item for item in items if item["rank"]), key=lambda item: (item["rank"], item["number"]))[:10]
    if first:
        blocks += [
            Heading(2, text(_("What organizations put first")), "summary-first", listed=False),
            Bullets(
                tuple(
                    (*item_links(voice, snapshot, [item["code"]]), Run(". "), *voice.line(item["title"]))
                    for item in first
                )
            ),
        ]
    return blocks


def glance(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """One row for each item."""
    _ = voice.translator.gettext
    rows = tuple(
        (
            item_links(voice, snapshot, [item["code"]]),
            voice.line(item["title"]),
            voice.line(section["title"]),
            number(voice, item["rank"]),
            number(voice, item["minutes"]),
        )
        for section in snapshot["sections"]
        for item in section["items"]
    )
    header = (_("Number"), _("Title"), _("Theme"), _("Rank"), _("Minutes"))
    return [
        Heading(1, text(_("Agenda at a glance")), "glance"),
        Table(
            text(_("Items in the order of this document")),
            tuple(map(text, header)),
            rows,
            (3, 4),
            (3, 9, 5, 2, 3),
        ),
    ]


def number(voice: Voice, value: float | None) -> Line:
    """A number, or a dash where there is none."""
    return text("–" if value is None else voice.number(value))


def how_to_read(voice: Voice) -> list[Block]:
    """What the words and marks of this document mean; its glossary."""
    _ = voice.translator.gettext
    terms = (
        (
            _("Number"),
            _("An item keeps its number in every version. A number is never used twice, so there may be gaps."),
        ),
        (_("Barrier"), _("What is wrong, as the organizations describe it.")),
        (_("Evidence"), _("The sources that support it, numbered within each item.")),
        (_("Remedy"), _("What should change, and who is asked to act.")),
        (
            _("Rank"),
            _("The place of the item in the tally. The order of the document may differ; each departure is explained."),
        ),
        (_("Newly served"), _("Voters who support this item and no item before it in the tally.")),
        (
            _("Provenance"),
            _("The proposals an item comes from, who made them, and whether they consented to the merged text."),
        ),
        (_("Minority note"), _("What an organization that did not fully agree wants to be read beside the item.")),
        (
            _("Translation pending"),
            _("The text is shown in the language it was written in, until a translation exists."),
        ),
    )
    return [
        Heading(1, text(_("How to read this document")), "how-to-read"),
        Definitions(tuple((text(term), text(meaning)) for term, meaning in terms)),
    ]


def changes(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """What differs from the release before."""
    _ = voice.translator.gettext
    since, entries = snapshot["changes"]["since"], snapshot["changes"]["entries"]
    words = labels(voice.translator)["change"]
    blocks: list[Block] = [Heading(1, text(_("Changes since the last version")), "changes")]
    if since is None:
        return [*blocks, Paragraph(text(_("This is the first version.")))]
    blocks.append(Paragraph(text(_("Compared with version %(number)s.") % {"number": since})))
    if not entries:
        return [*blocks, Paragraph(text(_("Nothing has changed.")))]
    rows = tuple(
        (
            text(words[entry["kind"]]),
            item_links(voice, snapshot, [entry["item"]]) if entry["item"] else text("–"),
            voice.line(entry["text"]),
        )
        for entry in entries
    )
    header = (_("Change"), _("Item"), _("What changed"))
    return [*blocks, Table(text(_("List of changes")), tuple(map(text, header)), rows, (), (2, 2, 8))]


def method(voice: Voice, snapshot: Snapshot) -> list[Block]:
    """How this agenda was made, with its limits."""
    _ = voice.translator.gettext
    note, words = snapshot["method"], labels(voice.translator)
    counts = (
        (_("Proposals submitted"), note["counts"]["submitted"]),
        (_("Proposals published"), note["counts"]["published"]),
        (_("Proposals declined"), note["counts"]["declined"]),
        (_("Proposals withdrawn"), note["counts"]["withdrawn"]),
        (_("Sharing an item with another proposal"), note["counts"]["merged"]),
        (_("Agenda items made from them"), note["counts"]["items"]),
    )
    blocks: list[Block] = [
        Heading(1, text(_("Method note")), "method"),
        Heading(2, text(_("Who could take part")), "method-eligibility"),
        *voice.paragraphs(note["eligibility"]),
    ]
    if note["phases"]:
        blocks += [
            Heading(2, text(_("Phases and counts")), "method-phases"),
            Table(
                text(_("Phases")),
                tuple(map(text, (_("Phase"), _("Opening"), _("Closing")))),
                tuple(
                    (
                        text(words["phase"][phase["phase"]]),
                        *(text(voice.moment(phase[end]) if phase[end] else "–") for end in ("opens", "closes")),
                    )
                    for phase in note["phases"]
                ),
                (),
                (2, 4, 4),
            ),
        ]
    rows = tuple((text(label), number(voice, value)) for label, value in counts)
    blocks.append(
        Table(text(_("Proposals")), tuple(map(text, (_("What is counted"), _("How many")))), rows, (1,), (4, 1))
    )
    if note["contest"]:
        blocks += [
            Heading(2, text(_("How priorities were set")), "method-contest"),
            contest(voice, note["contest"]),
        ]
    blocks.append(Heading(2, text(_("Departures from the tally")), "method-departures"))
    blocks.append(
        Bullets(
            tuple(
                (*item_links(voice, snapshot, [entry["item"]]), Run(" – "), *voice.line(entry["reason"]))
                for entry in note["departures"]
            )
        )
        if note["departures"]
        else Paragraph(text(_("None: the items stand as the tally placed them.")))
    )
    if note["limits"]:
        blocks += [
            Heading(2, text(_("Limits")), "method-limits"),
            Bullets(tuple(voice.line(limit) for limit in note["limits"])),
        ]
    return blocks


def contest(voice: Voice, held: Mapping[str, Any]) -> Definitions:
    """The rule fixed before the vote, and the numbers after it."""
    _, words = voice.translator.gettext, labels(voice.translator)
    pairs = [
        (_("Contest"), text(held["code"])),
        (_("Question"), voice.line(held["question"])),
        (_("Ballot"), text(words["kind"][held["kind"]])),
        (_("Rule"), text(words["rule"][held["rule"]])),
        (_("Places"), number(voice, held["places"])),
        (_("Minutes to fill"), number(voice, held["minutes"])),
        (_("Tie-break"), voice.line(held["tie_break"])),
        (_("Public value for the tie-break"), text(held["beacon"] or _("none"))),
        (
            _("Delegates on the roll") if held.get("unit") == "delegates" else _("Voters on the roll"),
            number(voice, held["electorate"]) if held["electorate"] is not None else text(_("no roll")),
        ),
        (_("Ballots counted"), number(voice, held["ballots"])),
        (_("Blank ballots among them"), number(voice, held["blank"])),
        (_("Turnout"), text("–" if held["turnout"] is None else voice.percent(held["turnout"]))),
    ]
    return Definitions(tuple((text(term), value) for term, value in pairs))
