"""Erasure: asked, waited for, done by the worker; afterwards no word in the database names the person."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, select

from consultation.accounts.models import User
from consultation.accounts.queries import user_by_id
from consultation.accounts.states import ShownAs
from consultation.commands.worker import Post, Worker
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.kernel import letters
from consultation.kernel.orm import Base
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied
from consultation.kernel.roles import MandateKind, MemberKind, Role
from consultation.membership.models import Mandate, MemberOrganization
from consultation.membership.operations import ask, invite
from consultation.moderation.operations import hide
from consultation.moderation.states import ReasonCode
from consultation.notifications.letters import DECISION
from consultation.privacy.models import Erasure
from consultation.privacy.operations import InTheWay, agree, ask_erasure, choose_naming, erase_at_once, obstacles
from consultation.privacy.operations.scrubbing import left_in_frozen
from consultation.privacy.states import Occasion
from consultation.proposals.models import Proposal, Revision
from tests.factories import NOW, actor_of, make_mandate, make_organization, make_proposal, make_user, sign_in
from tests.world import delegate, public, world  # noqa: F401 - fixtures

ADDRESS, NAME, PSEUDONYM = "zelie.q@example.org", "Zélie Quatrebarbes", "Blue Heron 77"
WORDS = re.compile(r"zelie\.q@example|z(é|\\u00e9|e|é)lie|quatrebarbes|blue heron", re.IGNORECASE)


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


@pytest.fixture
def zelie(world, session):  # noqa: F811
    """Somebody of whom there is a trace in every corner, with a colleague who stays."""
    user = make_user(session, Role.DELEGATE, Role.MODERATOR, email=ADDRESS, name=NAME, password="a long password")
    make_mandate(session, user, world.organization)
    make_mandate(session, user, world.other, kind=MandateKind.EDITOR)
    actor = actor_of(session, user)
    choose_naming(session, user, shown_as=ShownAs.PSEUDONYM, written=PSEUDONYM, actor=actor, now=NOW)
    agree(session, user_id=user.id, language="fr", occasion=Occasion.INVITATION, actor=actor, now=NOW)
    letters.refuse(session, user.id, ["verification"], now=NOW)
    proposal = make_proposal(
        session,
        world.consultation,
        title=f"A matter of {NAME}",
        barrier=f"Write to {ADDRESS.upper()}.",
        published=True,
        organization_id=world.organization.id,
        author_id=user.id,
        author_label=NAME,
        original={"author": NAME, "mail": [ADDRESS], NAME: "key"},
        import_identity="1",
    )
    said = {"language": "en", "organization_id": world.organization.id, "now": NOW}
    post(session, proposal, body="As I said", actor=actor, **said)
    post(session, proposal, body=f"I agree with {PSEUDONYM.lower()}!", actor=world.actor, **said)
    off = post(session, proposal, body="Off topic", actor=world.actor, **said)
    hide(session, off, code=ReasonCode.OTHER, reason=f"{NAME} decided it", actor=OPERATOR, now=NOW)
    applied = make_organization(session, "NEW", verified=False)
    ask(session, applied, note=f"Do you know {NAME}?", actor=OPERATOR, now=NOW)
    details = {"name": NAME, "language": "fr", "kind": MandateKind.EDITOR, "actor": OPERATOR, "now": NOW}
    invite(session, applied, email=ADDRESS, **details)
    told = {"event": "CommentHidden", "code": "X", "title": f"By {NAME}", "reason": ADDRESS}
    letters.post(session, DECISION, user_id=world.user.id, details=told, now=NOW)
    session.commit()
    return user


def holders(session):
    """Table and column of every text in which one of the words stands."""
    session.rollback()
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    return [
        f"{column.table.name}.{column.name}"
        for column in columns
        if any(WORDS.search(text or "") for text in session.scalars(select(cast(column, Text))))
    ]


def files_holding(database_url):
    """The names of SQLite's files in whose bytes one of the words stands."""
    if not database_url.startswith("sqlite"):
        return []
    path = Path(database_url.removeprefix("sqlite:///"))
    return [
        file.name
        for file in path.parent.glob(f"{path.name}*")
        if WORDS.search(file.read_bytes().decode("latin-1"))
        or WORDS.search(file.read_bytes().decode("utf-8", "replace"))
    ]


def erase(app, session, user, **more):
    """As an administrator does, by the page, so that what follows a commit follows."""
    client = app.test_client()
    sign_in(session, client, make_user(session, Role.ADMINISTRATOR))
    return client.post("/en/organize/people/erasures", data={"email": user.email, "asked": "y", **more})


def test_afterwards_nothing_in_the_database_names_the_person(app, session, zelie, database_url):
    before = holders(session)
    assert {"user.email", "user.name", "user.pseudonym", "invitation.email", "comment.body", "revision.title"} <= set(
        before
    )
    assert {"proposal.original", "proposal.author_label", "proposal.search_text", "letter.details"} <= set(before)
    assert {"verification_step.note", "moderation_action.reason", "comment.hidden_reason"} & set(before)
    assert erase(app, session, zelie).status_code == 303
    assert holders(session) == []
    session.close()
    assert files_holding(database_url) == []


def test_what_others_need_stays(app, session, zelie, public, world):  # noqa: F811
    proposal = session.scalars(select(Proposal)).one()
    comments = session.scalars(select(Comment.id).order_by(Comment.id)).all()
    assert erase(app, session, zelie).status_code == 303
    session.rollback()
    page = public.get(f"/en/proposals/{proposal.code}").get_data(as_text=True)
    assert ("A matter of […]" in page, "I agree with […]!" in page, "Alliance A" in page) == (True, True, True)
    assert session.scalars(select(Comment.id).order_by(Comment.id)).all() == comments
    kept = session.scalars(select(Proposal).execution_options(populate_existing=True)).one()
    assert (kept.author_id, kept.author_label, kept.original) == (
        zelie.id,
        None,
        {"author": "[…]", "mail": ["[…]"], "[…]": "key"},
    )
    assert "zelie" not in kept.search_text
    assert session.scalars(select(Revision.title)).all() == ["A matter of […]"]
    ended = session.execute(select(Mandate.revoked_at).where(Mandate.user_id == zelie.id)).scalars().all()
    assert ended == [NOW, NOW]
    names = session.scalars(select(EventRecord.name).where(EventRecord.subject_id == zelie.id)).all()
    assert "PersonErased" in names
    found = public.get("/en/consultations/sample/proposals?q=Quatrebarbes").get_data(as_text=True)
    assert "A matter of" not in found


def test_whoever_is_erased_can_do_nothing_any_more(app, session, zelie):
    client = app.test_client()
    sign_in(session, client, zelie)
    assert client.get("/en/account").status_code == 200
    assert erase(app, session, zelie).status_code == 303
    assert client.get("/en/account").status_code == 303
    session.rollback()
    assert user_by_id(session, zelie.id) is None
    row = session.execute(select(User.email, User.password_hash, User.language).where(User.id == zelie.id)).one()
    assert tuple(row) == (f"{zelie.id.hex}@erased.invalid", None, "en")


def test_asked_confirmed_told_and_done_when_the_time_is_over(app, session, zelie, clock):
    client = app.test_client()
    sign_in(session, client, zelie)
    text = client.get("/fr/account/privacy/erasure").get_data(as_text=True)
    assert "14 jours" in text
    assert client.post("/fr/account/privacy/erasure").status_code == 422
    assert client.post("/fr/account/privacy/erasure", data={"understood": "y"}).status_code == 303
    worker, mail = Worker(app), Post(app)
    while worker.step() + mail.step():
        continue
    (message,) = (
        one for _name, one in app.extensions["mail"].messages() if one["Subject"] == "Your account is to be erased"
    )
    assert (message["To"], "List-Unsubscribe" in message) == (ADDRESS, False)
    clock.advance(days=13, hours=23, minutes=59)
    worker.step()
    assert "user.email" in holders(session)
    clock.advance(minutes=1)
    while worker.step():
        continue
    assert worker.failures == {}
    assert holders(session) == []
    done = session.execute(select(Erasure.asked_by, Erasure.done_at)).one()
    assert tuple(done) == ("person", clock.now())


def test_it_can_be_taken_back_until_then(app, session, zelie, clock):
    client = app.test_client()
    sign_in(session, client, zelie)
    client.post("/en/account/privacy/erasure", data={"understood": "y"})
    assert "I want to stay" in client.get("/en/account/privacy").get_data(as_text=True)
    assert client.post("/en/account/privacy/erasure/withdrawal").status_code == 303
    worker, mail = Worker(app), Post(app)
    while worker.step() + mail.step():
        continue
    assert not [one for _name, one in app.extensions["mail"].messages() if "erased" in one["Subject"]]
    clock.advance(days=15)
    worker.step()
    assert session.get_one(User, zelie.id).erased_at is None
    assert client.post("/en/account/privacy/erasure", data={"understood": "y"}).status_code in (303, 403)


def test_the_last_who_speaks_for_an_organization_names_a_successor_first(world, delegate, session, app):  # noqa: F811
    text = delegate.get("/en/account/privacy/erasure").get_data(as_text=True)
    assert ("Nobody else could manage Alliance A" in text, "/en/organizations/ORG-A/people" in text) == (True, True)
    assert delegate.post("/en/account/privacy/erasure", data={"understood": "y"}).status_code == 422
    assert session.scalars(select(Erasure)).all() == []
    refused = erase(app, session, world.user)
    assert (refused.status_code, "Alliance A" in refused.get_data(as_text=True)) == (422, True)
    assert erase(app, session, world.user, whatever_follows="y").status_code == 303
    session.rollback()
    assert session.get_one(User, world.user.id, populate_existing=True).erased_at == NOW


def test_with_a_successor_the_way_is_free(world, session):  # noqa: F811
    assert [one.code for one in obstacles(session, world.user.id, now=NOW).organizations] == ["ORG-A"]
    make_mandate(session, make_user(session), world.organization, kind=MandateKind.EDITOR)
    assert obstacles(session, world.user.id, now=NOW)
    make_mandate(session, make_user(session), world.organization, kind=MandateKind.DEPUTY)
    assert not obstacles(session, world.user.id, now=NOW)


def test_the_last_administrator_stays(session):
    administrator = make_user(session, Role.ADMINISTRATOR)
    actor = actor_of(session, administrator)
    with pytest.raises(InTheWay):
        erase_at_once(session, administrator, whatever_follows=True, actor=actor, now=NOW)
    make_user(session, Role.ADMINISTRATOR)
    assert ask_erasure(session, administrator, actor=actor, now=NOW).due_at > NOW


def test_nobody_erases_others_but_administrators(world, session):  # noqa: F811
    other = make_user(session)
    with pytest.raises(Denied):
        erase_at_once(session, other, actor=world.actor, now=NOW)
    with pytest.raises(ValueError, match="for themselves"):
        ask_erasure(session, other, actor=world.actor, now=NOW)


def test_a_name_that_two_people_share_is_left_in_others_words(app, session, zelie):
    make_user(session, name=NAME)
    session.commit()
    assert erase(app, session, zelie).status_code == 303
    left = holders(session)
    assert ("user.name" in left, "comment.body" in left, "invitation.email" in left) == (True, False, False)


def test_whoever_took_part_in_their_own_name_leaves_a_code(app, session, world, public):  # noqa: F811
    person = make_user(session, email=ADDRESS, name=NAME)
    member = make_organization(session, "P-7", name=NAME, kind=MemberKind.INDIVIDUAL)
    make_mandate(session, person, member)
    mine = {"organization_id": member.id, "author_id": person.id}
    proposal = make_proposal(session, world.consultation, published=True, **mine)
    session.commit()
    assert erase(app, session, person).status_code == 303
    assert holders(session) == []
    assert "P-7" in public.get(f"/en/proposals/{proposal.code}").get_data(as_text=True)
    kept = session.get_one(MemberOrganization, member.id, populate_existing=True)
    assert (kept.name, kept.state.value, kept.verified_at) == ("P-7", "suspended", None)


def test_what_cannot_be_changed_is_said_before(session, zelie, app):
    from consultation.kernel.orm import Trilingual
    from consultation.privacy.operations import save_page
    from consultation.privacy.states import PageName

    text = Trilingual(*(f"Write to {NAME}.",) * 3)
    save_page(session, PageName.CONTACT, text=text, based_on=0, actor=OPERATOR, now=NOW)
    session.commit()
    assert left_in_frozen(session, [NAME]) == {"page_version": 3}
    session.rollback()
    client = app.test_client()
    sign_in(session, client, zelie)
    assert "an earlier version of a page" in client.get("/en/account/privacy/erasure").get_data(as_text=True)
