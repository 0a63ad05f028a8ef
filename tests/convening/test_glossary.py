"""The glossary explains every name of the architecture in three languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NBSP = "\u00a0"

#: The names of the architecture: each is explained in the glossary.
NAMES = """
Consultation Phase Theme Gathering MemberOrganization Mandate Proposal AgendaItem Amendment Endorsement Comment Report
ModerationAction Appeal Contest ElectoralRoll Participation Ballot Ranking Tally AgendaDraft Section Placement
Provenance Commitment Indicator Measurement Issue Sector Jurisdiction Revision Evidence Reaction
"""


def glossary() -> list[list[str]]:
    """The rows of all tables: English, French, Spanish, meaning."""
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if row[0] not in ("English", "---")]


def test_every_row_of_the_glossary_has_three_languages_and_a_meaning() -> None:
    assert [row for row in glossary() if len(row) != 4 or "" in row] == []
    assert [row for row in glossary() if "'" in "".join(row) or "..." in "".join(row)] == []
    assert [row[1] for row in glossary() if re.search(rf"[^{NBSP}]:|\s[;!?]", row[1])] == []


def test_the_glossary_explains_every_name_once() -> None:
    explained = Counter(name for row in glossary() for name in re.findall(r"`([A-Z]\w+)`", row[0]))
    assert explained == Counter(NAMES.split())
