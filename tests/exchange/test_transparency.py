"""The transparency pages: what is told when, the files, and looking for the ballot of a receipt."""

import hashlib
import io
import json
import random
import uuid
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from consultation.exchange.receipts import NotAReceipt, Standing, find_ballot
from consultation.exchange.verifying import ballot_box_verifier
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.voting import chain
from consultation.voting.operations import (
    cast,
    close_contest,
    import_ballots,
    publish_contest,
    signed_receipt,
    tally_contest,
)
from consultation.voting.queries import chain_entries
from consultation.voting.signing import signer_of
from consultation.voting.states import ContestKind, Secrecy
from consultation.voting.tally import BallotRow
from tests.voting.factories import (
    commit,
    make_consultation,
    make_contest,
    make_delegate,
    make_items,
    make_user,
    sign_in,
)

PLACE = "/en/consultations/gathering/transparency"


@pytest.fixture
def consultation(session, clock):
    made = make_consultation(session, clock.now())
    make_items(session, made, clock.now(), 4)
    commit(session)
    return made


@pytest.fixture
def delegates(session, clock):
    found = [make_delegate(session, clock.now(), f"ORG{number:02d}") for number in range(4)]
    commit(session)
    return found


def vote(session, contest, delegate, ballot, clock):
    said = {"organization_id": delegate.organization.id, "actor": delegate.actor, "clock": clock.now}
    receipt = cast(session, contest, ballot=ballot, key=uuid.uuid4().hex, **said)
    commit(session)
    return receipt


def publish(session, contest, clock):
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    tally_contest(session, contest, beacon="4711", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)


@pytest.fixture
def contest(session, consultation, delegates, clock):
    made = make_contest(session, consultation, clock.now())
    commit(session)
    return made


def find(session, contest, receipt):
    text = receipt if isinstance(receipt, str) else receipt.file().decode()
    return find_ballot(session, contest.consultation_id, text)


def standings(session, contest, receipts):
    return [find(session, contest, one).standing for one in receipts]


def test_what_a_receipt_finds_from_the_cast_to_the_publication(session, contest, delegates, clock):
    first = vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    other = vote(session, contest, delegates[1], [["NG27-A002"]], clock)
    again = vote(session, contest, delegates[0], [["NG27-A003"]], clock)
    assert standings(session, contest, [first, other, again]) == [Standing.EARLY] * 3
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert standings(session, contest, [first, other, again]) == [Standing.EARLY] * 3
    commit(session)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    found = [find(session, contest, one) for one in (first, other, again)]
    assert [(one.standing, one.position, one.later) for one in found] == [
        (Standing.REPLACED, 1, 3),
        (Standing.WITH_AUDITORS, 2, 0),
        (Standing.WITH_AUDITORS, 3, 0),
    ]


def test_every_receipt_of_a_large_contest_is_found_in_either_form(session, consultation, clock):
    contest = make_contest(session, consultation, clock.now(), kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL)
    paper = {f"p{number}": BallotRow((("NG27-A001",),)) for number in range(100)}
    import_ballots(session, contest, paper, actor=OPERATOR, now=clock.now())
    publish(session, contest, clock)
    entries = list(chain_entries(session, contest.id))
    for entry in random.Random(1).sample(entries, 10):
        receipt = signed_receipt(contest, entry, signer_of(session))
        words = f"Accusé : {receipt.commitment}\nhash {receipt.entry_hash}\nSignature: {receipt.signature}\n"
        for form in (receipt, words, words.replace(receipt.signature, "")):
            found = find(session, contest, form)
            assert (found.standing, found.position) == (Standing.COUNTS, entry.position)
        assert find(session, contest, words.replace(receipt.signature, "0" * 128)).standing is Standing.CHANGED


def changed(receipt, **values):
    return json.dumps(receipt.document() | values)


def test_what_is_wrong_with_a_receipt_is_told(session, contest, delegates, clock):
    receipt = vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    vote(session, contest, delegates[1], [["NG27-A001"]], clock)
    publish(session, contest, clock)
    wrong = {
        "another position": (changed(receipt, position=2), Standing.CHANGED),
        "another commitment": (changed(receipt, commitment="0" * 64), Standing.CHANGED),
        "another key": (changed(receipt, signing_key="0" * 64), Standing.OTHER),
        "other rules": (changed(receipt, frozen_sha256="0" * 64), Standing.OTHER),
        "a signature that is none": (changed(receipt, signature="x"), Standing.CHANGED),
        "no signature": (changed(receipt, signature=""), Standing.CHANGED),
        "another revision": (changed(receipt, revision=2), Standing.ABSENT),
        "another contest": (changed(receipt, contest="NONE"), Standing.UNKNOWN),
        "a contest that is no name": (changed(receipt, contest="\0"), Standing.UNKNOWN),
        "words about nothing": ("0" * 64, Standing.UNKNOWN),
    }
    assert {name: find(session, contest, text).standing for name, (text, _) in wrong.items()} == {
        name: standing for name, (_, standing) in wrong.items()
    }


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "{}",
        "{",
        '{"format": "ballot-box/checkpoint/1"}',
        "[" * 5_000,
        "{" * 5_000,
        '{"format": "ballot-box/receipt/1", "more": 1}',
    ],
)
def test_what_is_no_receipt(session, contest, text):
    with pytest.raises(NotAReceipt):
        find_ballot(session, contest.consultation_id, text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", 10**30),
        ("position", True),
        ("position", 0),
        ("position", "1"),
        ("revision", 1.5),
        ("commitment", "\0" * 64),
        ("commitment", 7),
        ("entry_hash", None),
        ("contest", ["MAIN"]),
        ("signature", {}),
    ],
)
def test_a_receipt_of_another_shape(session, contest, delegates, clock, name, value):
    receipt = vote(session, contest, delegates[0], [], clock)
    with pytest.raises(NotAReceipt):
        find_ballot(session, contest.consultation_id, changed(receipt, **{name: value}))


def test_the_box_that_lost_a_ballot_is_told_of(session, contest, delegates, clock):
    """A good receipt of an entry that the chain does not have, as after a rewriting."""
    vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    publish(session, contest, clock)
    entry = chain.link(contest.code, 1, "0" * 64, "1" * 64, "2" * 64, 1)
    assert find(session, contest, signed_receipt(contest, entry, signer_of(session))).standing is Standing.ABSENT


WORDS = {
    "en": ("Transparency", "Your ballot is in the box, and it counts"),
    "fr": ("Transparence", "Votre bulletin est dans l’urne, et il compte"),
    "es": ("Transparencia", "Su boleta está en la urna, y cuenta"),
}


def test_a_receipt_is_looked_for_on_the_page_and_kept_nowhere(client, session, contest, delegates, clock, caplog):
    receipt = vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    publish(session, contest, clock)
    before = session.scalars(select(EventRecord.position)).all()
    for language, (title, sentence) in WORDS.items():
        place = f"/{language}/consultations/gathering/transparency"
        for data in (
            {"receipt": receipt.file().decode()},
            {"file": (io.BytesIO(receipt.file()), "receipt.json")},
        ):
            answer = client.post(place, data=data, content_type="multipart/form-data")
            assert answer.status_code == 200
            assert (f"<h1>{title}</h1>" in answer.text, sentence in answer.text) == (True, True)
            assert answer.headers["Cache-Control"] == "no-store"
            assert (receipt.commitment in answer.text, receipt.signature in answer.text) == (False, False)
    session.expire_all()
    assert session.scalars(select(EventRecord.position)).all() == before
    assert receipt.commitment not in caplog.text


def test_what_cannot_be_read_is_answered_at_the_field(client, session, contest):
    for data in ({}, {"receipt": "hello"}, {"file": (io.BytesIO(b"\xff\xfe"), "r.json")}, {"receipt": "x" * 20_001}):
        answer = client.post(PLACE, data=data, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert 'id="errors"' in answer.text
        assert 'id="receipt-error"' in answer.text


def test_the_page_tells_the_number_of_ballots_in_steps_and_nothing_in_between(
    client, session, consultation, delegates, clock
):
    contest = make_contest(session, consultation, clock.now(), kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL)
    commit(session)
    assert "Fewer than ten ballots are in the box." in client.get(PLACE).text
    paper = {f"p{number}": BallotRow((("NG27-A001",),)) for number in range(27)}
    import_ballots(session, contest, paper, actor=OPERATOR, now=clock.now())
    commit(session)
    shown = client.get(PLACE).text
    assert ("At least 20 ballots are in the box." in shown, "27 ballots" in shown) == (True, False)
    assert "Download the bundle of open data</a>" not in shown
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    shown = client.get(PLACE).text
    assert ("The results are not published." in shown, "ballots count" in shown) == (True, False)
    tally_contest(session, contest, beacon="", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    shown = client.get(PLACE).text
    assert "27 ballots count." in shown
    assert f'href="{PLACE}/data.zip"' in shown
    assert "For auditors" not in shown


def test_of_many_checkpoints_the_first_and_the_newest_are_shown(client, session, consultation, clock):
    contest = make_contest(session, consultation, clock.now(), kind=ContestKind.SHORTLIST, secrecy=Secrecy.NO_ROLL)
    paper = {f"p{number}": BallotRow((("NG27-A001",),)) for number in range(95)}
    import_ballots(session, contest, paper, actor=OPERATOR, now=clock.now())
    commit(session)
    signed = client.get("/en/consultations/gathering/checkpoints.json").json
    shown = client.get(PLACE).text
    there = [one["position"] for one in signed if one["entry_hash"] in shown]
    assert there == [0, 60, 70, 80, 90]
    assert "5 more are in the file." in shown


def test_the_files_are_what_the_page_says(client, session, contest, delegates, clock, tmp_path):
    vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    publish(session, contest, clock)
    verifier = client.get("/en/transparency/ballot_box_verifier.py")
    assert verifier.headers["Content-Disposition"] == 'attachment; filename="ballot_box_verifier.py"'
    for place in (PLACE, "/fr/transparency", "/es/transparency"):
        assert hashlib.sha256(verifier.data).hexdigest() in client.get(place).text
    bundle = client.get(f"{PLACE}/data.zip")
    (tmp_path / "verifier.py").write_bytes(verifier.data)
    (tmp_path / "b.zip").write_bytes(bundle.data)
    (tmp_path / "c.json").write_bytes(client.get("/en/consultations/gathering/checkpoints.json?contest=MAIN").data)
    run = [str(tmp_path / "b.zip"), "--checkpoint", str(tmp_path / "c.json")]
    assert (verifier.data, ballot_box_verifier.main(run)) == (
        Path(ballot_box_verifier.__file__).read_bytes(),
        0,
    )


def test_auditors_fetch_the_ballots_of_a_small_contest_and_each_time_is_logged(
    client, session, contest, delegates, clock
):
    vote(session, contest, delegates[0], [["NG27-A001"]], clock)
    auditor = make_user(session, clock.now(), "auditor@example.org", Role.AUDITOR)
    sign_in(client, auditor)
    assert client.post(f"{PLACE}/MAIN/ballots.zip").status_code == 403  # not published
    publish(session, contest, clock)
    assert "Download with the ballots" in client.get(PLACE).text
    for _time in range(2):
        given = client.post(f"{PLACE}/MAIN/ballots.zip")
        assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    with zipfile.ZipFile(io.BytesIO(given.data)) as opened:
        (row,) = json.loads(opened.read("json/ballots.json"))
    assert (set(row), row["ballot"]) == ({"contest", "commitment", "nonce", "ballot"}, {"tiers": [["NG27-A001"]]})
    events = session.scalars(select(EventRecord).where(EventRecord.name == "BallotsAudited")).all()
    assert [(one.subject_id, one.actor_id) for one in events] == [(contest.id, auditor.id)] * 2
    assert client.post("/en/consultations/other/transparency/MAIN/ballots.zip").status_code == 404
    assert client.post(f"{PLACE}/NONE/ballots.zip").status_code == 404


def test_the_page_asks_as_much_for_many_contests(client, session, contest, consultation, clock, count_queries):
    with count_queries() as one:
        client.get(PLACE)
    for number in range(12):
        make_contest(session, consultation, clock.now(), code=f"MORE-{number}")
    commit(session)
    with count_queries() as many:
        client.get(PLACE)
    assert len(many) == len(one) <= 5


def test_the_overview_leads_to_each_consultation_with_a_box(client, session, contest, clock):
    make_consultation(session, clock.now(), slug="quiet", prefix="QU")
    commit(session)
    shown = client.get("/en/transparency").text
    assert (PLACE in shown, "quiet" in shown.partition("<main")[2]) == (True, False)
    assert client.get("/en/consultations/quiet/transparency").status_code == 200
    assert client.get("/en/consultations/none/transparency").status_code == 404
