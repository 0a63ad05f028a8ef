"""Words for the codes that a snapshot uses."""

from __future__ import annotations

from collections.abc import Mapping

from consultation.drafting.export.voice import Translator


def labels(translator: Translator) -> Mapping[str, Mapping[str, str]]:
    """Family of codes → code → words; the families and codes are the enums of agenda.schema.json."""
    _ = translator.gettext
    return {
        "status": {"DRAFT": _("DRAFT"), "FINAL": _("FINAL")},
        "phase": {
            "propose": _("Propose"),
            "discuss": _("Discuss"),
            "curate": _("Curate"),
            "rank": _("Set priorities"),
            "draft": _("Draft the agenda"),
            "gathering": _("Gathering"),
            "progress": _("Progress"),
        },
        "kind": {
            "tiers": _("Mark items, some of them essential"),
            "ranking": _("Put items in order, ties allowed"),
            "shortlist": _("Choose items, without order"),
        },
        "rule": {
            "expanding_approvals": _("Expanding approvals (proportional)"),
            "phragmen": _("Phragmén, sequential (proportional)"),
            "equal_shares": _("Method of equal shares (proportional)"),
            "borda": _("Borda"),
            "positional": _("Points by position"),
            "approval": _("Approval"),
            "condorcet": _("Condorcet check"),
            "schulze": _("Schulze"),
            "ranked_pairs": _("Ranked pairs"),
            "irv": _("Instant runoff"),
            "stv": _("Single transferable vote"),
        },
        "relation": {
            "alone": _("Alone"),
            "grouped": _("Grouped, sources kept as they are"),
            "fusion": _("Fusion into one text"),
            "sequence": _("Sequence, one after another"),
            "dialogue": _("Dialogue, linked"),
        },
        "consent": {
            "not_needed": _("Not needed"),
            "agreed": _("Agreed"),
            "agreed_with_note": _("Agreed, with a note"),
            "objected": _("Objection"),
            "no_reply": _("No reply"),
        },
        "evidence": {
            "statistics": _("Statistics"),
            "study": _("Study"),
            "testimony": _("Testimony"),
            "law": _("Law or decision"),
            "news": _("News"),
            "finding": _("Finding of the library"),
            "other": _("Other source"),
        },
        "translation": {
            "original": _("original"),
            "translated": _("translated, not yet reviewed"),
            "reviewed": _("translated and reviewed"),
            "stale": _("translation older than the original"),
            "pending": _("translation pending"),
        },
        "change": {
            "added": _("Added"),
            "removed": _("Removed"),
            "edited": _("Edited"),
            "moved": _("Moved"),
            "merged": _("Merged"),
            "split": _("Split"),
            "corrected": _("Corrected"),
        },
        "disposition": {
            "in_agenda": _("In this agenda"),
            "ranked_not_placed": _("Ranked, not placed in this agenda"),
            "not_ranked": _("Not ranked"),
            "declined": _("Declined"),
            "withdrawn": _("Withdrawn"),
        },
    }
