"""Whole runs of the application, from the opening to the bundle, checked with all that people kept of them."""

import json
import random
import uuid
import zipfile

import pytest
from sqlalchemy import select

from consultation.exchange.auditing import audit_ballots
from consultation.exchange.bundle import write_bundle
from consultation.exchange.verifying import ballot_box_verifier as verifier
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Actor, Denied, Reason
from consultation.kernel.roles import Role
from consultation.voting.models import Checkpoint
from consultation.voting.operations import cast, close_contest, import_ballots, publish_contest, tally_contest
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from tests.exchange.verifying.boxes import codes
from tests.voting.factories import commit, make_consultation, make_contest, make_delegate, make_items, make_user

KINDS = (ContestKind.TIERS, ContestKind.RANKING, ContestKind.SHORTLIST)


def choose(source, kind, items):
    chosen = source.sample(items, source.randint(0, 4))
    if kind is ContestKind.RANKING:
        return [[item] for item in chosen[:-2]] + ([chosen[-2:]] if chosen[-2:] else [])
    if kind is ContestKind.SHORTLIST:
        return [chosen] if chosen else []
    return [tier for tier in (chosen[:2], chosen[2:]) if tier]


def voted(session, consultation, clock, kind, secrecy, delegates, code="MAIN"):
    """A contest in which delegates vote, some of them again, or in which paper is entered. Returns the receipts and
    the checkpoints that people kept on the way."""
    source = random.Random(f"{kind} {secrecy}")
    contest = make_contest(session, consultation, clock.now(), code=code, kind=kind, secrecy=secrecy)
    commit(session)
    items = [option["code"] for option in contest.frozen["options"]]
    receipts = []
    if secrecy is Secrecy.NO_ROLL:
        rows = [choose(source, kind, items) for _ in range(120)]
        paper = {f"p{at}": BallotRow(tuple(map(tuple, tiers)), None, 1 + at % 3) for at, tiers in enumerate(rows)}
        import_ballots(session, contest, paper, actor=OPERATOR, now=clock.now())
        commit(session)
    else:
        voting = delegates[1:]
        for delegate in [*voting, *source.sample(voting, len(voting) // 2)]:
            ballot = choose(source, kind, items)
            said = {"organization_id": delegate.organization.id, "actor": delegate.actor, "clock": clock.now}
            receipts.append(json.loads(cast(session, contest, ballot=ballot, key=uuid.uuid4().hex, **said).file()))
            commit(session)
    return contest, receipts


def kept_checkpoints(session, contest):
    names = ("kind", "position", "entry_hash", "record_sha256", "signed_at", "signature")
    about = {"format": "ballot-box/checkpoint/1", "contest": contest.code, "frozen_sha256": contest.frozen_sha256}
    rows = session.scalars(select(Checkpoint).where(Checkpoint.contest_id == contest.id).order_by(Checkpoint.number))
    return [
        about
        | {"signing_key": contest.frozen["signing_key"]}
        | {name: str(getattr(row, name)) for name in names}
        | {"position": row.position}
        for row in rows
    ]


def publish(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    tally_contest(session, contest, beacon="4711", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


def checked(tmp_path, content, saved=(), receipts=()):
    (tmp_path / "b.zip").write_bytes(content)
    bundle = verifier.read_bundle(str(tmp_path / "b.zip"))
    return verifier.verify(bundle, [("kept", one) for one in saved], [("receipt", one) for one in receipts])


def told(report):
    return [finding.code for finding in report.findings]


@pytest.fixture
def consultation(session, clock):
    made = make_consultation(session, clock.now())
    make_items(session, made, clock.now(), 6)
    commit(session)
    return made


@pytest.fixture
def delegates(session, clock):
    found = [make_delegate(session, clock.now(), f"ORG{number:02d}") for number in range(14)]
    commit(session)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("secrecy", [Secrecy.SECRET, Secrecy.NAMED])
def test_every_receipt_and_checkpoint_of_a_run_checks_out(
    session, consultation, delegates, clock, kind, secrecy, tmp_path
):
    contest, receipts = voted(session, consultation, clock, kind, secrecy, delegates)
    on_the_way = kept_checkpoints(session, contest)
    publish(session, contest, clock)
    saved = kept_checkpoints(session, contest)
    assert saved[: len(on_the_way)] == on_the_way
    assert [row["position"] for row in saved] == [0, 10, 19]
    public = checked(tmp_path, write_bundle(session, consultation), saved, receipts)
    assert codes(public) == set()
    assert [told(public).count(code) for code in ("saved_ok", "receipt_unpublished", "receipt_superseded")] == [
        3,
        13,
        6,
    ]
    assert ("ballots_with_auditors" in told(public), "tallies_ok" in told(public)) == (True, False)
    whole = checked(tmp_path, write_bundle(session, consultation, audited={contest.id}), saved, receipts)
    assert codes(whole) == set()
    assert [told(whole).count(code) for code in ("saved_ok", "receipt_ok", "receipt_superseded")] == [3, 13, 6]
    assert "tallies_ok" in told(whole)


def test_all_contests_of_a_consultation_in_one_bundle(session, consultation, delegates, clock, tmp_path, runner):
    receipts, saved = [], []
    for kind in KINDS:
        contest, _none = voted(session, consultation, clock, kind, Secrecy.NO_ROLL, delegates, code=f"P-{kind}")
        publish(session, contest, clock)
        saved += kept_checkpoints(session, contest)
    contest, receipts = voted(session, consultation, clock, ContestKind.TIERS, Secrecy.SECRET, delegates, code="SECRET")
    publish(session, contest, clock)
    for name, value in (("c.json", saved), ("r.json", receipts)):
        (tmp_path / name).write_text(json.dumps(value))
    target = str(tmp_path / "b.zip")
    assert runner.invoke(args=["export", "data", consultation.slug, "-o", target]).exit_code == 0
    kept = ["--checkpoint", str(tmp_path / "c.json"), "--receipt", str(tmp_path / "r.json")]
    run = runner.invoke(args=["verify", target, *kept, "--json"])
    report = json.loads(run.stdout)
    assert (run.exit_code, report["ok"]) == (0, True)
    redone = {one["contest"]: one["facts"]["rules"] for one in report["findings"] if one["code"] == "tallies_ok"}
    assert redone == {
        "P-tiers": "approval, borda, condorcet, expanding_approvals, phragmen, ranked_pairs, schulze",
        "P-ranking": "approval, borda, condorcet, expanding_approvals, irv, phragmen, ranked_pairs, schulze, stv",
        "P-shortlist": "approval, expanding_approvals, phragmen",
    }
    (tmp_path / "r.json").write_text(json.dumps([receipts[0] | {"position": 2}]))
    assert runner.invoke(args=["verify", target, *kept, "--lang", "es"]).exit_code == 1
    assert runner.invoke(args=["verify", str(tmp_path / "c.json")]).exit_code == 2
    assert runner.invoke(args=["verify"]).exit_code == 2


def test_ballots_go_to_auditors_with_an_event_and_without_attributes(
    session, consultation, delegates, clock, tmp_path, runner
):
    contest, _receipts = voted(session, consultation, clock, ContestKind.TIERS, Secrecy.SECRET, delegates)
    auditor = make_user(session, clock.now(), "auditor@example.org", Role.AUDITOR)
    make_user(session, clock.now(), "organizer@example.org", Role.ORGANIZER)
    commit(session)
    target = tmp_path / "audit.zip"

    def export(email):
        return runner.invoke(args=["export", "ballots", "MAIN", "-o", str(target), "--as", email])

    assert export("auditor@example.org").exit_code == 1  # not published
    publish(session, contest, clock)
    assert (export("organizer@example.org").exit_code, target.exists()) == (1, False)
    assert export("auditor@example.org").exit_code == 0
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as opened:
        rows = json.loads(opened.read("json/ballots.json"))
        everything = b"".join(opened.read(name) for name in opened.namelist()).decode()
    assert len(rows) == 13
    assert {frozenset(row) for row in rows} == {frozenset({"contest", "commitment", "nonce", "ballot"})}
    assert {key for row in rows for key in row["ballot"]} <= {"tiers", "support", "weight"}
    assert [row["commitment"] for row in rows] == sorted(row["commitment"] for row in rows)
    assert "@example.org" not in everything
    assert checked(tmp_path, target.read_bytes()).ok
    rows = session.scalars(select(EventRecord).where(EventRecord.name == "BallotsAudited")).all()
    assert [(row.subject_id, row.actor_id, row.payload) for row in rows] == [
        (contest.id, auditor.id, {"contest": "MAIN"})
    ]


def test_nobody_audits_before_the_publication(session, consultation, delegates, clock):
    contest, _receipts = voted(session, consultation, clock, ContestKind.TIERS, Secrecy.SECRET, delegates)
    with pytest.raises(Denied) as refused:
        audit_ballots(session, contest, actor=Actor(roles=frozenset({Role.AUDITOR})), now=clock.now())
    assert refused.value.decision.reason is Reason.STATE


def test_paper_beside_casts_is_told_in_tens(session, consultation, delegates, clock, tmp_path):
    contest, _receipts = voted(session, consultation, clock, ContestKind.TIERS, Secrecy.SECRET, delegates[:3])
    items = [option["code"] for option in contest.frozen["options"]]
    paper = {one.organization.code: BallotRow(((items[0],),)) for one in delegates[3:]}
    assert len(import_ballots(session, contest, paper, actor=OPERATOR, now=clock.now()).imported) == 11
    publish(session, contest, clock)
    report = checked(tmp_path, write_bundle(session, consultation))
    assert codes(report) == set()
    told_of_paper = [one.facts for one in report.findings if one.code == "paper_some_ok"]
    assert told_of_paper == [{"at_least": 10}]
