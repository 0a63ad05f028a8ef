"""The reference data, whole, on SQLite."""

import csv
import io
import json
import re
import time
import zipfile

import pytest
from sqlalchemy import select

from consultation.discussion.models import Comment
from consultation.proposals.models import Proposal
from consultation.web.markdown import to_html
from tests.exchange.conftest import counts

pytestmark = pytest.mark.sqlite
SECONDS = 60
"""Fifteen on a machine that does nothing else; a test must not fail because others run beside it."""


@pytest.fixture
def canadian(shared_data):
    return shared_data / "polis-canadian-electoral-reform" / "comments.csv"


@pytest.fixture
def statements(canadian):
    with canadian.open(newline="") as lines:
        return list(csv.DictReader(lines))


CANADIAN = ("--map", "comment-body=remedy", "--map", "moderated=state", "--state", "1=published", "--state",
            "-1=declined", "--language", "en")  # fmt: skip


def test_canadian_statements_public_and_never_visible(
    consultation, brought, run, canadian, statements, client, session, tmp_path
):
    report = brought("proposals", canadian, "--consultation", consultation, *CANADIAN)
    assert counts(report) == (174, 0, 0, 174, 0)
    assert report["reasons"] == {"title_derived": 174}
    found = list(session.scalars(select(Proposal)))
    assert sum(row.state == "published" for row in found) == 152
    declined = [row for row in found if row.state == "declined"]
    assert len(declined) == 22
    run("export", "data", consultation, "-o", tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        seen = [bundle.read(name).decode() for name in bundle.namelist()]
    seen += _pages(client, f"/en/consultations/{consultation}/proposals")
    for proposal in declined:
        seen.append(client.get(f"/en/proposals/{proposal.code}").text)
        seen.append(client.get(f"/en/consultations/{consultation}/proposals", query_string={"q": proposal.title}).text)
        # The search page repeats what was asked; no result may.
        seen[-1] = seen[-1].replace(proposal.title, "", seen[-1].count('value="'))
    everything = "\n".join(seen)
    public = {row.remedy for row in found if row.state == "published"}
    for proposal in declined:
        if not any(proposal.remedy in other for other in public):
            assert proposal.remedy not in everything
    assert all(proposal.code in everything for proposal in found if proposal.state == "published")
    assert counts(brought("proposals", canadian, "--consultation", consultation, *CANADIAN)) == (174, 0, 174, 0, 0)


def _pages(client, address):
    """The texts of a list's pages, following "next"."""
    texts = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        texts.append(answer.text)
        following = re.search(r'href="([^"]*[?&;]after=[^"]+)"', answer.text)
        address = following.group(1).replace("&amp;", "&") if following and len(texts) < 20 else None
    return texts


def test_madrid_proposals_and_threads(consultation, brought, run, shared_data, session, tmp_path):
    folder = shared_data / "decide-madrid-2019"
    common = ("--consultation", consultation, "--language", "es", "--publish")
    assert counts(brought("proposals", folder / "proposals.csv", *common)) == (80, 80, 0, 0, 0)
    started = time.monotonic()
    report = brought("comments", folder / "comments.csv", *common)
    assert time.monotonic() - started < SECONDS
    assert counts(report) == (5633, 3842, 0, 1729, 62)
    assert report["reasons"]["empty"] == 62
    assert report["reasons"]["parent_absent"] == 268
    rows = {row.id: row for row in session.scalars(select(Comment))}
    assert len(rows) == 5571
    for row in rows.values():
        if row.thread_id is not None:
            top = rows[row.thread_id]
            assert (top.thread_id, top.proposal_id) == (None, row.proposal_id)
            assert rows[row.answers_id].proposal_id == row.proposal_id
    assert sum(row.answers_id is not None and row.answers_id != row.thread_id for row in rows.values()) == 1454
    assert sum(row.reply_count for row in rows.values()) == sum(row.thread_id is not None for row in rows.values())
    assert sum(session.scalars(select(Proposal.comment_count))) == 5571
    _formulas_are_harmless(run, consultation, tmp_path / "bundle.zip", folder / "comments.csv")
    again = brought("comments", folder / "comments.csv", *common)
    assert counts(again) == (5633, 0, 5571, 0, 62)


def _formulas_are_harmless(run, consultation, target, original):
    run("export", "data", consultation, "-o", target)
    with original.open(newline="") as lines:
        texts = [row["text"].strip() for row in csv.DictReader(lines)]
    formulas = sorted(text for text in texts if text.startswith(("=", "+", "-", "@")))
    assert len(formulas) == 10
    with zipfile.ZipFile(target) as bundle:
        bodies = [row["body"] for row in json.loads(bundle.read("json/comments.json"))]
        sheet = io.StringIO(bundle.read("csv/comments.csv").decode("utf-8-sig"), newline="")
        cells = [row["body"] for row in csv.DictReader(sheet)]
    starts = [text for text in bodies if text.startswith(("=", "+", "-", "@"))]
    assert len(starts) == 10
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert sorted(cell for cell in cells if cell.startswith(("'=", "'+", "'-", "'@"))) == sorted(
        f"'{s}" for s in starts
    )
    assert all(not to_html(text).startswith("<p>'") for text in starts)


def test_votes_count_once(consultation, brought, run, shared_data):
    folder = shared_data / "polis-canadian-electoral-reform"
    run("import", "proposals", folder / "comments.csv", "--consultation", consultation, *CANADIAN)
    run("items", "admit", "--all", "--consultation", consultation)
    run("contests", "create", consultation, "--code", "V", "--kind", "shortlist", "--places", "10", "--no-roll")
    run("contests", "open", "V")
    report = brought("ballots", folder / "votes.csv", "--contest", "V", "--approve", "1")
    assert report["read"] == 12018
    assert report["read"] == report["marks"]["events"] + report["rejected"]
    assert report["marks"]["events"] == report["marks"]["pairs"] + report["marks"]["superseded"]
    assert report["reasons"]["item_absent"] == report["rejected"]
    assert report["ballots"]["refused"] == {}
