"""Content notes: who puts them, what they cover, who is told, and what leaves with them."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consultation.curation.operations import admit
from consultation.exchange.bundle.texts import tables_of_texts
from consultation.kernel.ids import uuid7
from consultation.kernel.letters.models import Letter
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import EventRecord, deliver
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.moderation.models import Claim, ModerationAction
from consultation.moderation.operations import annotate, claim, decline, publish
from consultation.moderation.states import ActionKind, ReasonCode
from consultation.notifications.models import Notice
from consultation.notifications.subscribers import DECISIONS
from consultation.proposals.models import Proposal
from consultation.proposals.operations import amend
from consultation.proposals.rules import ProposalText, known_notes
from tests.factories import NOW, actor_of, make_mandate, make_user, sign_in

SECRET = "What nobody reads unasked"
COVER = re.compile(r'<details class="covered">.*?</details>', re.DOTALL)
HEAVY = ["racism", "suicide"]


@pytest.fixture
def public(session, scene):
    """The scene with its proposal published, whose text is ``SECRET``, and a note of two kinds on it."""
    text = ProposalText("A title", SECRET, SECRET, SECRET)
    amend(session, scene.proposal, text=text, actor=OPERATOR, now=NOW)
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    annotate(session, scene.proposal, notes=HEAVY, reason="It quotes insults.", actor=scene.actor, now=NOW)
    session.commit()
    return scene


def uncovered(response):
    """What a page shows before anything is opened."""
    assert response.status_code == 200
    return COVER.sub("", response.get_data(as_text=True))


def test_a_note_is_kept_in_its_order_once_with_an_event_and_an_action(session, scene):
    action = annotate(session, scene.proposal, notes=["suicide", "racism", "suicide"], actor=scene.actor, now=NOW)
    assert (scene.proposal.content_notes, scene.proposal.notes_settled) == (HEAVY, True)
    assert (action.kind, action.content_notes, action.moderator_id) == (ActionKind.ANNOTATE, HEAVY, scene.moderator.id)
    event = session.scalars(select(EventRecord).where(EventRecord.name == "ProposalAnnotated")).one()
    assert event.payload == {
        "consultation_id": str(scene.consultation.id),
        "action_id": str(action.id),
        "notes": HEAVY,
    }
    assert annotate(session, scene.proposal, notes=HEAVY, actor=scene.actor, now=NOW) is None
    assert annotate(session, scene.proposal, notes=(), actor=scene.actor, now=NOW).content_notes == []
    assert (scene.proposal.content_notes, scene.proposal.notes_settled) == ([], True)


def test_only_known_notes():
    assert known_notes(["residential_schools", "violence"]) == ["violence", "residential_schools"]
    with pytest.raises(ValueError, match="weather"):
        known_notes(["weather"])


def test_who_may_not_and_on_what_not(session, scene):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    refused = {}
    for name, person in (("colleague", colleague), ("delegate", scene.delegate)):
        with pytest.raises(Denied) as error:
            annotate(session, scene.proposal, notes=HEAVY, actor=actor_of(session, person), now=NOW)
        refused[name] = error.value.decision.reason
    assert refused == {"colleague": Reason.OWN_MATTER, "delegate": Reason.ROLE}
    decline(session, scene.proposal, code=ReasonCode.SPAM, reason="No.", actor=scene.actor, now=NOW)
    with pytest.raises(WrongState):
        annotate(session, scene.proposal, notes=HEAVY, actor=scene.actor, now=NOW)


def test_the_database_refuses_an_annotation_that_says_nothing(session, scene):
    session.add(ModerationAction(id=uuid7(), kind=ActionKind.ANNOTATE, proposal_id=scene.proposal.id, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_author_sets_one_until_a_moderator_has_decided(session, scene):
    by = {"text": ProposalText("T", "B", "", "R"), "actor": OPERATOR, "now": NOW}
    amend(session, scene.proposal, content_notes=["violence"], **by)
    assert (scene.proposal.content_notes, scene.proposal.notes_settled) == (["violence"], False)
    amend(session, scene.proposal, **by)
    assert scene.proposal.content_notes == ["violence"]
    annotate(session, scene.proposal, notes=HEAVY, actor=scene.actor, now=NOW)
    amend(session, scene.proposal, content_notes=[], **by)
    assert scene.proposal.content_notes == HEAVY


def test_the_author_and_those_who_speak_for_it_are_told(session, public):
    deliver(session, DECISIONS)
    deliver(session, DECISIONS)
    told = session.scalars(select(Notice).where(Notice.name == "ProposalAnnotated")).all()
    assert [(one.user_id, one.subject_code, one.detail) for one in told] == [
        (public.delegate.id, "NG27-001", "It quotes insults.")
    ]
    sent = [one.details for one in session.scalars(select(Letter)) if one.details.get("event") == "ProposalAnnotated"]
    assert len(sent) == 1


def test_it_covers_the_text_wherever_the_public_reads_it(client, session, public):
    item = admit(session, public.proposal, actor=OPERATOR, now=NOW)
    session.commit()
    addresses = [
        "/proposals/NG27-001",
        "/proposals/NG27-001?revision=2",
        "/consultations/sample/proposals",
        "/consultations/sample/proposals?q=unasked",
        f"/items/{item.code}",
    ]
    for address in addresses:
        response = client.get(f"/en{address}")
        assert SECRET in response.get_data(as_text=True), address
        assert SECRET not in uncovered(response), address
        covers = " ".join(COVER.findall(response.get_data(as_text=True)))
        assert "</strong> racist acts or words, suicide or self-harm<" in covers, address
    beside = client.get(f"/en/consultations/sample/ranking/items/{item.code}", headers={"HX-Request": "true"})
    assert SECRET not in uncovered(beside)
    assert SECRET in beside.get_data(as_text=True)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "racist acts or words, suicide or self-harm"),
        ("fr", "gestes ou propos racistes, suicide ou automutilation"),
        ("es", "actos o palabras racistas, suicidio o autolesiones"),
    ],
)
def test_the_note_and_whom_to_call_in_each_language(client, public, lang, words):
    text = client.get(f"/{lang}/proposals/NG27-001").get_data(as_text=True)
    assert words in text
    assert 'class="support"' in text


def test_without_a_note_nothing_is_covered(client, session, public):
    annotate(session, public.proposal, notes=(), actor=public.actor, now=NOW)
    session.commit()
    text = client.get("/en/proposals/NG27-001").get_data(as_text=True)
    assert ('class="covered"' in text, 'class="support"' in text) == (False, False)


def test_in_the_queue_it_is_covered_too_and_the_decision_is_told(client, session, scene):
    amend(session, scene.proposal, text=ProposalText("T", SECRET, "", SECRET), actor=OPERATOR, now=NOW)
    claim(session, scene.proposal, actor=scene.actor, now=NOW)
    session.commit()
    sign_in(session, client, scene.moderator)
    assert SECRET in uncovered(client.get("/en/moderation"))
    sent = {"notes": HEAVY, "reason": "It quotes insults."}
    saved = client.post("/en/proposals/NG27-001/content-note", data=sent)
    assert (saved.status_code, saved.location) == (303, "/en/moderation?at=NG27-001#NG27-001")
    assert SECRET not in uncovered(client.get("/en/moderation"))
    decided = client.get("/en/moderation?state=decided").get_data(as_text=True)
    assert "Content note changed" in decided
    assert "It quotes insults." in decided
    assert session.scalars(select(Claim.moderator_id)).one() == scene.moderator.id


@pytest.mark.parametrize("typed", [{"notes": "weather"}, {"notes": "racism", "reason": "x" * 4001}])
def test_what_cannot_be_is_refused_and_kept(client, session, public, typed):
    sign_in(session, client, public.moderator)
    response = client.post("/en/proposals/NG27-001/content-note", data=typed)
    assert response.status_code == 422
    session.rollback()
    assert session.get_one(Proposal, public.proposal.id).content_notes == HEAVY


def test_the_form_of_the_author(client, session, scene):
    sign_in(session, client, scene.delegate)
    typed = {
        "title": "T",
        "barrier": "B",
        "remedy": "R",
        "theme": "T1",
        "language": "en",
        "organization": "ACME",
        "content_notes": ["residential_schools"],
    }
    made = client.post("/en/consultations/sample/propose", data=typed)
    assert made.status_code == 303
    code = made.location.rpartition("/")[2]
    proposal = session.scalars(select(Proposal).where(Proposal.code == code)).one()
    assert (proposal.content_notes, proposal.notes_settled) == (["residential_schools"], False)
    wrong = client.post("/en/consultations/sample/propose", data=typed | {"content_notes": "weather"})
    assert wrong.status_code == 422
    annotate(session, proposal, notes=["violence"], actor=OPERATOR, now=NOW)
    session.commit()
    edited = client.get(f"/en/proposals/{code}/edit").get_data(as_text=True)
    assert "A moderator put a content note on this proposal: descriptions of violence." in edited
    assert 'name="content_notes"' not in edited
    assert client.post(f"/en/proposals/{code}/edit", data=typed | {"content_notes": []}).status_code == 303
    session.expire_all()
    assert proposal.content_notes == ["violence"]


def test_the_bundle_carries_it(session, public):
    table = next(one for one in tables_of_texts(session, public.consultation) if one.name == "proposals")
    assert [row["content_notes"] for row in table.rows] == [HEAVY]


def test_from_the_command_line(runner, session, scene):
    done = runner.invoke(args=["proposals", "note", "NG27-001", "--about", "suicide", "--about", "racism"])
    assert (done.exit_code, done.stdout) == (0, "NG27-001\n")
    session.rollback()
    assert session.get_one(Proposal, scene.proposal.id).content_notes == HEAVY
    session.rollback()
    assert runner.invoke(args=["proposals", "note", "NG27-001"]).exit_code == 2
    assert runner.invoke(args=["proposals", "note", "NG27-001", "--nothing", "--about", "racism"]).exit_code == 2
    assert runner.invoke(args=["proposals", "note", "NG27-001", "--nothing"]).exit_code == 0
    assert session.get_one(Proposal, scene.proposal.id).content_notes == []
