"""A person's own page: how they are named where everybody reads, and which letters they get."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from consultation.accounts.models import User
from consultation.accounts.states import ShownAs
from consultation.commands.worker import Post, Worker
from consultation.convening.queries import consultation_by_slug
from consultation.discussion.operations import post
from consultation.kernel import letters
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MemberKind, Role
from consultation.membership.models import MemberOrganization
from consultation.moderation.operations import hide
from consultation.moderation.states import ReasonCode
from consultation.privacy.operations import choose_letters, choose_naming
from consultation.privacy.rules import BadPseudonym, Flaw, looks_like, pseudonym
from consultation.privacy.wording import LETTERS
from consultation.proposals.operations import amend
from consultation.proposals.rules import ProposalText
from consultation.web.mail.unsubscribing import read, sign
from tests.factories import NOW, make_mandate, make_organization, make_proposal, make_user, sign_in
from tests.world import delegate, public, world  # noqa: F401 - fixtures

COMMENT = {"body": "Hello", "language": "en", "stance": "none"}
OFF = re.compile(r"http://127\.0\.0\.1:8000(/\S+/letters-off/\S+)")


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


@pytest.fixture
def said(world, session):  # noqa: F811
    """A published proposal of the delegate's with a comment of theirs: its address."""
    mine = {"organization_id": world.organization.id, "author_id": world.user.id}
    proposal = make_proposal(session, world.consultation, published=True, **mine)
    post(
        session,
        proposal,
        body="As we see it",
        language="en",
        organization_id=world.organization.id,
        actor=world.actor,
        now=NOW,
    )
    session.commit()
    return f"/en/proposals/{proposal.code}"


def shown(client, address):
    """Who is named on a proposal's page: for the proposal, and for its comment."""
    text = client.get(address).get_data(as_text=True)
    by = re.search(r"Proposed by (.+?)&nbsp;·", text)[1]
    comment = re.search(r'id="c-[^>]+>\s*<p class="meta"><strong>(.+?)</strong>( \(.+?\))?', text)
    return by, "".join(part or "" for part in comment.groups())


def choose(client, **form):
    return client.post("/en/account/privacy/naming", data=form)


def test_nobody_is_named_without_having_chosen_it(public, said):  # noqa: F811
    assert shown(public, said) == ("Alliance A", "Alliance A")


def test_a_choice_shows_everywhere_at_once_on_pages_that_are_kept_too(public, delegate, said):  # noqa: F811
    assert shown(public, said) == ("Alliance A", "Alliance A")
    assert choose(delegate, shown_as="name").status_code == 303
    assert shown(public, said) == ("Alliance A (Amina Roy)", "Alliance A (Amina Roy)")
    assert choose(delegate, shown_as="pseudonym", pseudonym=" Red   Maple ").status_code == 303
    assert shown(public, said) == ("Alliance A (Red Maple)", "Alliance A (Red Maple)")
    assert choose(delegate, shown_as="delegate", pseudonym="Red Maple").status_code == 303
    assert shown(public, said) == ("Alliance A", "Alliance A")


def test_a_pseudonym_chosen_no_more_is_forgotten(world, delegate, session):  # noqa: F811
    choose(delegate, shown_as="pseudonym", pseudonym="Red Maple")
    choose(delegate, shown_as="name", pseudonym="Red Maple")
    session.rollback()
    row = session.execute(select(User.pseudonym, User.pseudonym_key, User.shown_as).where(User.id == world.user.id))
    assert tuple(row.one()) == (None, None, ShownAs.NAME)
    events = session.scalars(select(EventRecord.payload).where(EventRecord.name == "NamingChosen")).all()
    assert events == [{"shown_as": "pseudonym"}, {"shown_as": "name"}]


def test_a_protected_organizations_people_are_never_named(world, delegate, public, said, session):  # noqa: F811
    choose(delegate, shown_as="name")
    session.get_one(MemberOrganization, world.organization.id).protected = True
    session.commit()
    assert shown(public, said) == ("ORG-A", "ORG-A")
    assert "Amina" not in public.get(said).get_data(as_text=True)


def test_the_team_is_named_as_they_choose_too(world, public, said, session, app):  # noqa: F811
    moderator = make_user(session, Role.MODERATOR, name="Mona Vale")
    client = app.test_client()
    sign_in(session, client, moderator)
    assert client.post(f"{said}/comments", data=COMMENT | {"organization": ""}).status_code == 303
    assert "<strong>a member of the team</strong>" in public.get(said).get_data(as_text=True)
    choose(client, shown_as="name")
    assert "<strong>Mona Vale</strong>" in public.get(said).get_data(as_text=True)


def test_the_history_names_whoever_wrote_a_version_if_they_chose_it(world, delegate, public, session):  # noqa: F811
    mine = {"organization_id": world.organization.id, "author_id": world.user.id}
    proposal = make_proposal(session, world.consultation, published=True, **mine)
    text = ProposalText(title="Another title", barrier="b", evidence="", remedy="r")
    amend(session, proposal, text=text, expected_revision=1, actor=world.actor, now=NOW)
    session.commit()
    history = f"/en/proposals/{proposal.code}?revision=2"
    assert "Amina" not in public.get(history).get_data(as_text=True)
    choose(delegate, shown_as="name")
    assert "Amina Roy" in public.get(history).get_data(as_text=True)


def test_whoever_takes_part_in_their_own_name_is_shown_as_they_choose(world, session, app, public):  # noqa: F811
    person = make_user(session, name="Ines Soto")
    member = make_organization(session, "P-1", name="Ines Soto", kind=MemberKind.INDIVIDUAL)
    make_mandate(session, person, member)
    mine = {"organization_id": member.id, "author_id": person.id}
    proposal = make_proposal(session, world.consultation, published=True, **mine)
    client, address = app.test_client(), f"/en/proposals/{proposal.code}"
    sign_in(session, client, person)
    assert client.post(f"{address}/comments", data=COMMENT | {"organization": "P-1"}).status_code == 303
    seen = []
    for choice in ({"shown_as": "name"}, {"shown_as": "pseudonym", "pseudonym": "Sea Star"}, {"shown_as": "delegate"}):
        assert choose(client, **choice).status_code == 303
        seen.append(shown(public, address))
    assert seen == [("Ines Soto", "Ines Soto"), ("Sea Star", "Sea Star"), ("P-1", "P-1")]


def test_what_a_pseudonym_is_like():
    assert pseudonym("  Étoile   du Nord ") == "Étoile du Nord"
    assert looks_like("Étoile  du-Nord") == "etoiledunord"
    for written, flaw in (
        ("ab", Flaw.LENGTH),
        ("a" * 41, Flaw.LENGTH),
        ("- . -", Flaw.LENGTH),
        ("<b>Maple</b>", Flaw.LETTERS),
        ("Maple\u202eelpaM", Flaw.LETTERS),
        ("me@example.org", Flaw.LETTERS),
    ):
        with pytest.raises(BadPseudonym) as refused:
            pseudonym(written)
        assert refused.value.flaw is flaw, written


@pytest.mark.parametrize("written", ["Bruno Day", "BRÚNO  DAY", "Amina Roy", "Sea Star", "Alliance B", "org-b"])
def test_a_pseudonym_is_nobody_elses_name(world, delegate, session, written):  # noqa: F811
    other = make_user(session, name="Bruno Day")
    other.pseudonym, other.pseudonym_key, other.shown_as = "Séa Star", looks_like("Séa Star"), ShownAs.PSEUDONYM
    session.commit()
    answer = choose(delegate, shown_as="pseudonym", pseudonym=written)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, "too like a name" in text, f'value="{written}"' in text) == (422, True, True)


def test_nobody_chooses_for_others(world, session):  # noqa: F811
    other = make_user(session)
    with pytest.raises(ValueError, match="for themselves"):
        choose_naming(session, other, shown_as=ShownAs.NAME, actor=world.actor, now=NOW)


def test_the_ledger_stands_on_the_page_and_can_be_answered(delegate, world, session, app):  # noqa: F811
    from consultation.privacy.operations import agree
    from consultation.privacy.queries import ledger_of
    from consultation.privacy.states import Occasion

    agree(session, user_id=world.user.id, language="fr", occasion=Occasion.INVITATION, actor=world.actor, now=NOW)
    session.commit()
    given = ledger_of(session, world.user.id)[0]
    text = delegate.get("/en/account/privacy").get_data(as_text=True)
    assert ("on accepting an invitation" in text, "Français" in text) == (True, True)
    address = f"/en/account/privacy/agreements/{given.id}/withdrawal"
    stranger = app.test_client()
    sign_in(session, stranger, make_user(session))
    assert stranger.post(address).status_code == 404
    assert delegate.post(address).status_code == 303
    assert delegate.post(address).status_code == 303
    session.rollback()
    steps = [(one.page, one.step) for one in ledger_of(session, world.user.id) if one.page is given.page]
    assert [step for _page, step in steps] == ["withdrawn", "agreed"]
    assert "Before your next act" in delegate.get("/en/account/privacy").get_data(as_text=True)


def decision(session, app, proposal_code=None):
    """Let what waits be told and sent; the messages that left for the delegate, the newest first."""
    worker, mail = Worker(app), Post(app)
    while worker.step() + mail.step():
        continue
    messages = [message for _name, message in app.extensions["mail"].messages()]
    return [one for one in messages if "/letters-off/decision/" in one.get_body(("plain",)).get_content()]


def hidden_comment(world, session, body="Hidden one"):  # noqa: F811
    consultation = consultation_by_slug(session, "sample")
    proposal = make_proposal(session, consultation, published=True, organization_id=world.organization.id)
    made = post(
        session, proposal, body=body, language="en", organization_id=world.organization.id, actor=world.actor, now=NOW
    )
    hide(session, made, code=ReasonCode.OTHER, reason="Off topic", actor=OPERATOR, now=NOW)
    session.commit()


def test_a_letter_that_can_be_turned_off_says_how_to_people_and_programs(world, session, app):  # noqa: F811
    hidden_comment(world, session)
    message = decision(session, app)[0]
    address = OFF.search(message.get_body(("plain",)).get_content())[1]
    assert message["List-Unsubscribe"] == f"<http://127.0.0.1:8000{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    written = [path.read_text() for path in app.extensions["mail"].folder.glob("*.eml")]
    assert any(f"List-Unsubscribe: <http://127.0.0.1:8000{address}>\n" in text for text in written)
    assert address in message.get_body(("html",)).get_content()


def test_one_press_without_signing_in(world, session, app):  # noqa: F811
    app.config["WTF_CSRF_ENABLED"] = True
    hidden_comment(world, session)
    sent = decision(session, app)
    address = OFF.search(sent[0].get_body(("plain",)).get_content())[1]
    program = app.test_client()
    assert "Turn them off" in program.get(address).get_data(as_text=True)
    assert letters.refused(session, world.user.id) == frozenset()
    session.rollback()
    answer = program.post(address, data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert program.post(address).status_code == 200
    assert letters.refused(session, world.user.id) == {"decision"}
    session.rollback()
    hidden_comment(world, session, "Another")
    assert len(decision(session, app)) == len(sent)
    events = session.scalars(select(EventRecord.payload).where(EventRecord.name == "LettersChosen")).all()
    assert events == [{"off": ["decision"]}]


def test_the_signature_is_of_one_person_and_one_kind(world, session, app):  # noqa: F811
    secret, client = app.extensions["settings"].secret_key, app.test_client()
    token = sign(secret, world.user.id, "decision")
    other = make_user(session)
    session.commit()
    assert read(secret, token, "decision") == world.user.id
    forged = f"{sign(secret, other.id, 'decision').partition('.')[0]}.{token.partition('.')[2]}"
    for kind, wrong in (("verification", token), ("decision", forged), ("decision", token[:-1]), ("decision", "é.x")):
        assert client.post(f"/en/letters-off/{kind}/{wrong}").status_code == 404, (kind, wrong)
    security = sign(secret, world.user.id, "password_changed")
    assert client.post(f"/en/letters-off/password_changed/{security}").status_code == 404


def test_letters_are_chosen_on_the_page(world, delegate, session):  # noqa: F811
    assert delegate.post("/en/account/privacy/letters", data={"wanted": ["verification"]}).status_code == 303
    assert letters.refused(session, world.user.id) == {"decision"}
    session.rollback()
    text = delegate.get("/en/account/privacy").get_data(as_text=True)
    assert re.findall(r'<input (checked )?id="wanted-\d"', text) == ["", "checked "]
    assert delegate.post("/en/account/privacy/letters", data={"wanted": list(LETTERS)}).status_code == 303
    assert letters.refused(session, world.user.id) == frozenset()


def test_letters_about_the_safety_of_an_account_cannot_be_turned_off(world, session, app):  # noqa: F811
    with pytest.raises(ValueError, match="always sent"):
        choose_letters(session, world.user.id, off=["password_changed"], offered=LETTERS, now=NOW)
    kinds = app.extensions["letters"].values()
    assert {kind.name for kind in kinds if kind.optional} == set(LETTERS)
