"""Checkpoints for everybody, and signed receipts for those who voted."""

import json

import pytest

from consultation.kernel.permissions import OPERATOR
from consultation.voting.operations import close_contest
from consultation.voting.queries import chain_entries, checkpoints
from consultation.voting.signed import SignedCheckpoint, SignedReceipt, is_signed, verify_checkpoint
from tests.voting.factories import commit, make_contest, sign_in
from tests.voting.test_pages import RANKING, cast_reviewed, push

PLACE = "/en/consultations/gathering"


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now())
    commit(session)
    return made


def test_a_receipt_is_a_signed_file_and_a_text_and_kept_nowhere(client, session, scene, contest):
    sign_in(client, scene.delegates[0].user)
    push(client, f"add {scene.codes[0]}")
    cast_reviewed(client)
    given = client.get(f"{RANKING}/receipt.json")
    assert given.headers["Content-Disposition"] == 'attachment; filename="receipt-MAIN.json"'
    document = json.loads(given.data)
    assert given.data == json.dumps(document, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert document.pop("format") == "ballot-box/receipt/1"
    receipt = SignedReceipt(**document)
    assert is_signed(contest.frozen["signing_key"], receipt.message(), receipt.signature)
    (entry,) = chain_entries(session, contest.id)
    assert (receipt.position, receipt.commitment, receipt.entry_hash) == (1, entry.commitment, entry.entry_hash)
    shown, words = client.get(f"{RANKING}/receipt"), client.get(f"{RANKING}/receipt.txt")
    for answer in (given, shown, words):
        assert answer.headers["Cache-Control"] == "no-store"
    for part in (receipt.commitment, receipt.entry_hash, receipt.signature):
        assert part in shown.text
        assert part in words.text
    assert receipt.signing_key in words.text


def test_checkpoints_are_public_from_the_opening_on(client, session, scene, clock, contest):
    later = make_contest(session, scene.consultation, clock.now(), code="LATER", opened=False)
    other = make_contest(session, scene.consultation, clock.now(), code="OTHER")
    commit(session)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    signed = checkpoints(session, [contest, other])
    answer = client.get(f"{PLACE}/checkpoints.json?contest=MAIN")
    assert answer.mimetype == "application/json"
    assert answer.json == [one.document() for one in signed[contest.id]]
    assert client.get(f"{PLACE}/checkpoints.json").json == answer.json + [one.document() for one in signed[other.id]]
    for document in answer.json:
        read = SignedCheckpoint.read(document)
        assert verify_checkpoint(read, contest.frozen_sha256, contest.frozen["signing_key"], []) is None
    for missing in (later.code, "NOWHERE"):
        assert client.get(f"{PLACE}/checkpoints.json?contest={missing}").status_code == 404


def test_the_page_shows_them_in_each_language(client, session, contest):
    signed = checkpoints(session, [contest])[contest.id]
    for language, word in (("en", "Transparency"), ("fr", "Transparence"), ("es", "Transparencia")):
        page = client.get(f"/{language}/consultations/gathering/transparency")
        assert page.status_code == 200
        assert f"<h1>{word}</h1>" in page.text
        for part in (contest.frozen_sha256, contest.frozen["signing_key"], signed[0].entry_hash):
            assert part in page.text


def test_the_page_asks_as_much_for_many_contests(client, session, scene, clock, contest, count_queries):
    with count_queries() as one:
        client.get(f"{PLACE}/transparency")
    for number in range(12):
        make_contest(session, scene.consultation, clock.now(), code=f"MORE-{number}")
    commit(session)
    with count_queries() as many:
        client.get(f"{PLACE}/transparency")
    assert len(many) == len(one) <= 4


@pytest.mark.parametrize("document", [{}, {"format": "ballot-box/checkpoint/1"}, {"format": "other", "kind": "step"}])
def test_what_is_no_checkpoint_is_not_read(document):
    with pytest.raises(ValueError, match="not a checkpoint"):
        SignedCheckpoint.read(document)
