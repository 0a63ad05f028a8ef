"""The moderators' page: what it shows, in which order, at which cost, and what its forms do."""

import re
from datetime import timedelta

import pytest

from consultation.kernel.orm import LANGUAGES
from consultation.kernel.roles import Role
from consultation.moderation.labels import CHOICES
from consultation.moderation.operations import decline, publish, request_changes
from consultation.moderation.prepared import begun
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.states import ProposalState
from tests.factories import NOW, make_consultation, make_mandate, make_proposal, make_user, sign_in

ENTRY = re.compile(r'<li id="(NG27-\d+|OT27-\d+)">')
WHY = {"code": "unclear", "reason": "Say who should act."}


@pytest.fixture
def moderator(client, session, scene):
    """A client that a moderator has signed in with."""
    sign_in(session, client, scene.moderator)
    return client


def codes(response):
    assert response.status_code == 200
    return ENTRY.findall(response.get_data(as_text=True))


def state_of(session, proposal):
    session.rollback()
    session.expire_all()
    return session.get(Proposal, proposal.id).state


@pytest.mark.parametrize(("lang", "words"), [("en", "Moderation"), ("fr", "Modération"), ("es", "Moderación")])
def test_the_page_in_three_languages(moderator, lang, words):
    text = moderator.get(f"/{lang}/moderation").get_data(as_text=True)
    assert f'<html lang="{lang}">' in text
    assert text.count("<h1>") == 1
    assert "NG27-001" in text
    assert "ACME" in text
    if lang == "en":
        assert f"<h1>{words}</h1>" in text


def test_what_came_first_stands_first_and_pages_lose_nothing(moderator, session, scene):
    for number in range(45):
        make_proposal(session, scene.consultation, now=NOW + timedelta(minutes=number // 2))
    session.commit()
    seen, address = [], "/en/moderation"
    while address:
        response = moderator.get(address)
        seen += codes(response)
        following = re.search(r'rel="next" href="([^"]+)"', response.get_data(as_text=True))
        address = following and following[1].replace("&amp;", "&")
    assert seen == [f"NG27-{number:03d}" for number in range(1, 47)]


def test_filters(moderator, session, scene):
    other = make_consultation(session, "other", prefix="OT27")
    make_proposal(session, other, language="fr")
    make_proposal(session, scene.consultation, language="iu")
    back = make_proposal(session, scene.consultation)
    request_changes(session, back, code=ReasonCode.UNCLEAR, reason="Why", actor=scene.actor, now=NOW)
    session.commit()
    shown = {
        query: codes(moderator.get(f"/en/moderation{query}"))
        for query in (
            "",
            "?consultation=other",
            "?language=fr",
            "?language=other",
            "?state=needs_changes",
            "?state=needs_changes&consultation=other",
            "?consultation=&theme=&language=",
        )
    }
    assert shown == {
        "": ["NG27-001", "OT27-001", "NG27-002"],
        "?consultation=other": ["OT27-001"],
        "?language=fr": ["OT27-001"],
        "?language=other": ["NG27-002"],
        "?state=needs_changes": ["NG27-003"],
        "?state=needs_changes&consultation=other": [],
        "?consultation=&theme=&language=": ["NG27-001", "OT27-001", "NG27-002"],
    }


def test_the_theme_filter_takes_its_code(moderator, session, scene):
    from consultation.convening.vocabulary import vocabulary

    theme = vocabulary(session).themes[2]
    make_proposal(session, scene.consultation, theme_id=theme.id)
    session.commit()
    assert codes(moderator.get(f"/en/moderation?theme={theme.code}")) == ["NG27-002"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?consultation=none", 404),
        ("?state=draft", 404),
        ("?theme=none", 404),
        ("?language=xx", 404),
        ("?after=nonsense", 400),
        ("?after=WyJhIiwiYiJd", 400),
        ("?state=decided&after=WyJhIl0", 400),
    ],
)
def test_addresses_that_name_nothing(moderator, query, status):
    assert moderator.get(f"/en/moderation{query}").status_code == status


def test_what_was_decided_with_its_reason_and_who(moderator, session, scene):
    second = make_proposal(session, scene.consultation)
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    decline(session, second, code=ReasonCode.SPAM, reason="It sells soap.", actor=scene.actor, now=NOW)
    session.commit()
    text = moderator.get("/en/moderation?state=decided").get_data(as_text=True)
    assert re.findall(r'<span class="meta">(NG27-\d+)</span>', text) == ["NG27-002", "NG27-001"]
    assert "It sells soap." in text
    assert "It is advertising or spam." in text
    assert "Mo Derator" in text


def test_publishing_returns_to_the_same_place(moderator, session, scene):
    place = "state=submitted&consultation=sample&language=en&next=NG27-009"
    response = moderator.post(f"/fr/proposals/NG27-001/publication?{place}", data={"seen": "submitted:1"})
    assert response.status_code == 303
    assert response.location == "/fr/moderation?at=NG27-009&state=submitted&consultation=sample&language=en#NG27-009"
    assert state_of(session, scene.proposal) is ProposalState.PUBLISHED
    assert "NG27-001" in moderator.get(response.location).get_data(as_text=True)


def test_the_way_back_leads_nowhere_else(moderator):
    response = moderator.post("/en/proposals/NG27-001/publication?next=//evil.example/%3Cb%3E&host=evil")
    assert response.location == "/en/moderation"


@pytest.mark.parametrize(
    ("verb", "state"), [("change-request", ProposalState.NEEDS_CHANGES), ("decline", ProposalState.DECLINED)]
)
def test_refusing_with_a_reason(moderator, session, scene, verb, state):
    response = moderator.post(f"/en/proposals/NG27-001/{verb}", data=WHY)
    assert (response.status_code, response.location) == (303, "/en/moderation")
    assert state_of(session, scene.proposal) is state
    assert 'role="status"' in moderator.get(response.location).get_data(as_text=True)


@pytest.mark.parametrize("verb", ["change-request", "decline"])
@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"code": "", "reason": "Typed words stay"}, "Choose a reason."),
        ({"code": "unclear", "reason": " "}, "Say in a sentence or two what the author needs to know."),
        ({"code": "imported_decision", "reason": "Typed words stay"}, "Not a valid choice."),
        ({"code": "unclear", "reason": "x" * 4001}, "Use at most 4,000 characters."),
    ],
)
def test_an_incomplete_refusal_keeps_what_was_typed(moderator, session, scene, verb, typed, error):
    response = moderator.post(f"/en/proposals/NG27-001/{verb}?consultation=sample", data=typed)
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert error in text
    assert typed["reason"].strip() in text
    assert '<details class="disclosure" open>' in text
    assert 'href="#reason-NG27-001"' in text or 'href="#code-NG27-001"' in text
    assert ('<option selected value="unclear">' in text) == (typed["code"] == "unclear")
    assert state_of(session, scene.proposal) is ProposalState.SUBMITTED


def test_a_refused_form_stands_in_the_page_although_its_part_of_the_queue_does_not_hold_it(moderator, session, scene):
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    session.commit()
    response = moderator.post("/en/proposals/NG27-001/decline", data={"reason": "Typed words stay"})
    assert response.status_code == 422
    assert "Typed words stay" in response.get_data(as_text=True)


def test_the_second_moderator_gets_a_conflict(moderator, session, scene):
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    session.commit()
    assert moderator.post("/en/proposals/NG27-001/publication").status_code == 409
    assert moderator.post("/en/proposals/NG27-001/change-request", data=WHY).status_code == 409
    seen = {"seen": "submitted:1"}
    assert moderator.post("/en/proposals/NG27-001/decline", data=WHY | seen).status_code == 409
    assert state_of(session, scene.proposal) is ProposalState.PUBLISHED


def test_a_text_changed_meanwhile_is_a_conflict(moderator, session, scene):
    response = moderator.post("/en/proposals/NG27-001/publication", data={"seen": "submitted:7"})
    assert response.status_code == 409
    assert "The text has changed" in response.get_data(as_text=True)
    refused = moderator.post("/en/proposals/NG27-001/decline", data=WHY | {"seen": "submitted:7"})
    assert refused.status_code == 409
    assert WHY["reason"] in refused.get_data(as_text=True)
    assert state_of(session, scene.proposal) is ProposalState.SUBMITTED


def test_ones_own_matter_has_no_buttons_and_is_refused(client, session, scene):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    sign_in(session, client, colleague)
    text = client.get("/en/moderation").get_data(as_text=True)
    assert "This concerns your own organization" in text
    assert "/publication" not in text
    for verb in ("publication", "change-request", "decline"):
        assert client.post(f"/en/proposals/NG27-001/{verb}", data=WHY).status_code == 403
    assert state_of(session, scene.proposal) is ProposalState.SUBMITTED


def test_an_auditor_reads_and_decides_nothing(client, session, scene):
    sign_in(session, client, make_user(session, Role.AUDITOR))
    text = client.get("/en/moderation").get_data(as_text=True)
    assert "NG27-001" in text
    assert "/publication" not in text
    assert client.post("/en/proposals/NG27-001/publication").status_code == 403


def test_a_delegate_does_not_see_the_queue(client, session, scene):
    sign_in(session, client, scene.delegate)
    assert client.get("/en/moderation").status_code == 403


def test_a_proposal_that_is_not_there(moderator):
    assert moderator.post("/en/proposals/NG27-999/publication").status_code == 404


def test_the_queue_costs_the_same_with_thirty_rows(moderator, session, scene, count_queries):
    moderator.get("/en/moderation")
    with count_queries() as one:
        moderator.get("/en/moderation")
    for number in range(29):
        make_proposal(session, scene.consultation, author_id=scene.delegate.id, title=f"Proposal {number}")
    session.commit()
    with count_queries() as thirty:
        moderator.get("/en/moderation")
    assert len(one) == len(thirty) == 6


def test_markup_in_texts_is_harmless(moderator, session, scene):
    make_proposal(session, scene.consultation, title="<script>x</script>", barrier="<img src=x onerror=y>")
    session.commit()
    text = moderator.get("/en/moderation").get_data(as_text=True)
    assert "<script>x" not in text
    assert "<img" not in text


@pytest.mark.parametrize(("tongue", "begins"), [("en", "Thank you"), ("fr", "Merci"), ("es", "Gracias")])
def test_prepared_words_stand_under_what_was_typed_and_decide_nothing(moderator, session, scene, tongue, begins):
    typed = {"code": "unclear", "reason": "About the second page:", "words": tongue}
    for verb in ("decline", "change-request"):
        response = moderator.post(f"/en/proposals/NG27-001/{verb}", data=typed)
        reason = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", response.get_data(as_text=True), re.DOTALL)[1]
        assert response.status_code == 422
        assert reason.split()[:4] == ["About", "the", "second", "page:"]
        assert reason.splitlines()[2].startswith(begins)
        assert state_of(session, scene.proposal) is ProposalState.SUBMITTED


def test_prepared_words_come_once_and_need_a_reason(moderator):
    first = begun("", ReasonCode.DUPLICATE, "fr")
    assert begun(f"{first} Merci.", ReasonCode.DUPLICATE, "fr") == f"{first} Merci."
    response = moderator.post("/en/proposals/NG27-001/decline", data={"code": "", "reason": "x", "words": "fr"})
    assert response.status_code == 422
    assert "Choose a reason first" in response.get_data(as_text=True)


def test_every_reason_to_choose_has_prepared_words_in_each_language():
    said = [begun("", code, language) for code in CHOICES for language in LANGUAGES]
    assert len(set(said)) == len(CHOICES) * 3


def test_beside_the_text_stands_what_helps_to_judge_it(moderator, session, scene):
    known = make_proposal(session, scene.consultation, organization_id=scene.organization.id, title="Said in public")
    publish(session, known, actor=scene.actor, now=NOW)
    secret = make_proposal(session, scene.consultation, organization_id=scene.organization.id, title="Still a draft")
    decline(session, secret, code=ReasonCode.SPAM, reason="No.", actor=scene.actor, now=NOW)
    session.commit()
    beside = moderator.get("/en/moderation").get_data(as_text=True).partition("<aside")[2].partition("</aside>")[0]
    assert ("Said in public" in beside, "Still a draft" in beside) == (True, False)
    assert "this is its first time here" in beside
    request_changes(session, scene.proposal, code=ReasonCode.UNCLEAR, reason="Who acts?", actor=scene.actor, now=NOW)
    session.commit()
    again = moderator.get("/en/moderation?state=needs_changes").get_data(as_text=True).partition("<aside")[2]
    assert "Who acts?" in again.partition("</aside>")[0]


def test_what_one_returns_to_stands_open(moderator, session, scene):
    make_proposal(session, scene.consultation)
    session.commit()
    shown = {
        at: [
            bool(opened)
            for opened in re.findall(
                r'<details class="case-text"( open)?>', moderator.get(f"/en/moderation{at}").get_data(as_text=True)
            )
        ]
        for at in ("", "?at=NG27-002", "?at=gone")
    }
    assert shown == {"": [True, False], "?at=NG27-002": [False, True], "?at=gone": [True, False]}
