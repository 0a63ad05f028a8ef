import pytest
from sqlalchemy import select

from consultation.convening.operations import enter_phase
from consultation.convening.states import PhaseName
from consultation.convening.vocabulary import vocabulary
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.moderation.operations import decline, request_changes
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Endorsement, Proposal
from consultation.proposals.operations import submit, withdraw
from consultation.proposals.rules import ProposalText, Source
from consultation.proposals.states import ProposalState
from tests.factories import NOW, make_mandate, make_user, sign_in
from tests.proposals.pages import ATTACK, FIELDS, LIST, PROPOSE, codes, read_anew, text_of


def test_proposing_needs_sign_in(public, world):
    assert public.get(PROPOSE).status_code == 303
    assert public.post(PROPOSE, data=FIELDS).status_code == 403


def test_propose(delegate, session, world):
    page = text_of(delegate.get(PROPOSE))
    assert "Alliance A" in page
    more = {
        "evidence": "Numbers.", "issues": ["I01", "I02"], "sectors": ["community"],
        "sources-0-title": "A report", "sources-0-kind": "study", "sources-0-year": "2024",
        "sources-0-url": "https://example.org/r",
        "state": "published", "author_id": "x", "endorsement_count": "99",
    }  # fmt: skip
    response = delegate.post(PROPOSE, data={**FIELDS, **more})
    assert (response.status_code, response.location) == (303, f"{PROPOSE}/NG27-001")
    assert "NG27-001" in text_of(delegate.get(response.location))
    read_anew(session)
    proposal = session.scalars(select(Proposal)).one()
    assert (proposal.state, proposal.endorsement_count) == (ProposalState.SUBMITTED, 0)
    page = text_of(delegate.get("/en/proposals/NG27-001"))
    for shown in ("Waiting for a moderator", "A report", "https://example.org/r", "Study", "Income and wealth"):
        assert shown in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": ""}, "Give your proposal a title."),
        ({"title": "t" * 201}, "200"),
        ({"barrier": "b" * 20_001}, "20000"),
        ({"theme": ""}, "Choose a theme."),
        ({"theme": "T99"}, "Not a valid choice"),
        ({"organization": "ORG-B"}, "Not a valid choice"),
        ({"language": "<x>"}, "Not a valid choice"),
        ({"sources-0-url": "https://example.org"}, "Give each source a title"),
        ({"sources-0-title": "s", "sources-0-url": "javascript:alert(1)"}, "Begin the address"),
        ({"sources-0-title": "s", "sources-0-year": "soon"}, "Write the year"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(delegate, session, wrong, message):
    response = delegate.post(PROPOSE, data={**FIELDS, "remedy": "Kept <remedy> text", **wrong})
    page = text_of(response)
    assert response.status_code == 422
    assert message in page
    assert "Kept &lt;remedy&gt; text" in page
    assert 'role="alert"' in page
    read_anew(session)
    assert session.scalars(select(Proposal)).all() == []


def test_why_one_cannot_propose_now(delegate, session, world):
    enter_phase(session, world.consultation, PhaseName.CURATE, actor=OPERATOR, now=NOW)
    session.commit()
    response = delegate.get(PROPOSE)
    assert (response.status_code, "not in a phase" in text_of(response)) == (200, True)
    assert delegate.post(PROPOSE, data=FIELDS).status_code == 403


def test_several_mandates_give_a_choice(delegate, session, world):
    make_mandate(session, world.user, world.other)
    session.commit()
    assert '<option value="ORG-B">Alliance B</option>' in text_of(delegate.get(PROPOSE))
    assert delegate.post(PROPOSE, data={**FIELDS, "organization": "ORG-B"}).status_code == 303


def submitted(session, world, **more):
    made = submit(
        session, world.consultation, text=ProposalText("Waiting", "b", "", "r"), language="en", actor=OPERATOR,
        now=NOW, **more,
    )  # fmt: skip
    session.commit()
    return made


def test_what_waits_is_seen_by_its_organization_and_moderators(app, delegate, public, session, world):
    submitted(session, world, organization_id=world.organization.id)
    submitted(session, world, organization_id=world.other.id)
    moderator = app.test_client()
    sign_in(session, moderator, make_user(session, Role.MODERATOR))

    def seen(client):
        return [client.get(f"/en/proposals/NG27-00{number}").status_code for number in (1, 2)]

    assert (seen(public), seen(delegate), seen(moderator)) == ([404, 404], [200, 404], [200, 200])
    assert delegate.get("/en/proposals/NG27-002/edit").status_code == 404
    assert delegate.post("/en/proposals/NG27-002/edit", data=FIELDS).status_code == 404
    assert delegate.post("/en/proposals/NG27-002/withdrawal").status_code == 404
    assert delegate.post("/en/proposals/NG27-002/endorsement", data={"organization": "ORG-A"}).status_code == 404


def test_a_draft_is_its_organizations_alone(app, delegate, public, session, world):
    for number, organization in ((1, world.organization), (2, world.other)):
        session.add(
            Proposal(
                consultation_id=world.consultation.id, code=f"DRAFT-{number}", state=ProposalState.DRAFT, language="en",
                title="Mine", organization_id=organization.id, created_at=NOW,
            )
        )  # fmt: skip
    moderator = app.test_client()
    sign_in(session, moderator, make_user(session, Role.MODERATOR))
    for client, expected in ((public, [404, 404]), (delegate, [200, 404]), (moderator, [404, 404])):
        assert [client.get(f"/en/proposals/DRAFT-{number}").status_code for number in (1, 2)] == expected


def test_what_was_declined_or_withdrawn_keeps_its_code(public, session, world):
    first = submitted(session, world)
    decline(session, first, code=ReasonCode.OUT_OF_SCOPE, reason="private words", actor=OPERATOR, now=NOW)
    withdraw(session, submitted(session, world), actor=OPERATOR, now=NOW)
    session.commit()
    declined, withdrawn = (text_of(public.get(f"/en/proposals/NG27-00{number}")) for number in (1, 2))
    assert "outside what this consultation is about" in declined
    assert "took it back" in withdrawn
    assert "Waiting" not in declined + withdrawn
    assert "private words" not in declined


def test_edit_keeps_history_and_sends_again(delegate, public, session, world):
    proposal = submitted(session, world, organization_id=world.organization.id, sources=[Source("Old source")])
    request_changes(session, proposal, code=ReasonCode.PERSONAL_DETAILS, reason="No names", actor=OPERATOR, now=NOW)
    session.commit()
    address = "/en/proposals/NG27-001/edit"
    page = text_of(delegate.get(address))
    assert 'value="Old source"' in page
    data = {**FIELDS, "revision": "1", "title": "Waiting better"}
    assert delegate.post(address, data=data).status_code == 303
    stale = delegate.post(address, data={**data, "title": "Lost update"})
    assert (stale.status_code, "Somebody changed this proposal" in text_of(stale)) == (422, True)
    assert "Lost update" in text_of(stale)
    read_anew(session)
    assert (proposal.state, proposal.revision, proposal.title) == (ProposalState.SUBMITTED, 2, "Waiting better")
    diff = text_of(delegate.get("/en/proposals/NG27-001?revision=2"))
    assert "Waiting<ins> better</ins>" in diff
    assert delegate.get("/en/proposals/NG27-001?revision=3").status_code == 404


def test_the_public_reads_history_from_the_publication_on(delegate, public, session, world, clock):
    from consultation.moderation.operations import publish

    proposal = submitted(session, world, organization_id=world.organization.id)
    edit = "/en/proposals/NG27-001/edit"
    delegate.post(edit, data={**FIELDS, "title": "Second"})
    clock.advance(hours=1)
    read_anew(session)
    publish(session, proposal, actor=OPERATOR, now=clock.now())
    session.commit()
    clock.advance(hours=1)
    delegate.post(edit, data={**FIELDS, "title": "Third"})
    shown = [public.get(f"/en/proposals/NG27-001?revision={number}").status_code for number in (0, 1, 2, 3, 4)]
    assert shown == [404, 404, 200, 200, 404]
    assert "Waiting" not in text_of(public.get("/en/proposals/NG27-001?revision=2"))
    assert delegate.get("/en/proposals/NG27-001?revision=1").status_code == 200


def test_endorse_and_take_back(delegate, session, published, world):
    published(1)
    page = text_of(delegate.get("/en/proposals/NG27-001"))
    assert "Endorse for Alliance A" in page
    data = {"organization": "ORG-A"}
    assert delegate.post("/en/proposals/NG27-001/endorsement", data=data).status_code == 303
    page = text_of(delegate.get("/en/proposals/NG27-001"))
    assert ("Take back the endorsement of Alliance A" in page, "1 endorsement<" in page) == (True, True)
    assert delegate.post("/en/proposals/NG27-001/endorsement", data={"organization": "ORG-B"}).status_code == 404
    assert delegate.post("/en/proposals/NG27-001/endorsement/withdrawal", data=data).status_code == 303
    read_anew(session)
    assert session.scalars(select(Endorsement)).all() == []


def test_withdrawal(delegate, session, published):
    published(1)
    assert "Withdraw the proposal" in text_of(delegate.get("/en/proposals/NG27-001"))
    assert delegate.post("/en/proposals/NG27-001/withdrawal").location == LIST
    assert codes(delegate.get(LIST)) == []


def test_nothing_that_people_type_becomes_markup(delegate, public, session, world):
    data = dict.fromkeys(("title", "barrier", "remedy", "evidence"), ATTACK)
    sources = {f"sources-0-{name}": ATTACK for name in ("title", "publisher", "place")}
    response = delegate.post(PROPOSE, data={**FIELDS, **data, **sources})
    assert response.status_code == 303
    wrong = delegate.post(PROPOSE, data={**FIELDS, **data, **sources, "theme": ATTACK, "language": ATTACK})
    assert wrong.status_code == 422
    proposal = session.scalars(select(Proposal)).one()
    from consultation.moderation.operations import publish

    publish(session, proposal, actor=OPERATOR, now=NOW)
    session.commit()
    pages = [wrong, *(public.get(address) for address in (
        LIST, "/en/proposals/NG27-001", "/en/proposals/NG27-001?revision=1", f"{LIST}?q={ATTACK}&theme={ATTACK}",
    ))]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in text_of(page)
        assert "<img" not in text_of(page)


def test_the_vocabulary_of_the_form_is_the_one_of_the_page(session, world):
    assert [term.code for term in vocabulary(session).themes] == [f"T{number}" for number in range(1, 9)]
