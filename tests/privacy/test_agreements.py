"""The ledger of agreements: written with an application, an invitation and an act; never changed; asked once."""

import io
import re
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consultation.commands.worker import Post, Worker
from consultation.discussion.models import Comment
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import OPERATOR
from consultation.privacy.models import Agreement
from consultation.privacy.operations import agree, save_page, withdraw
from consultation.privacy.queries import may_owe, newest, to_agree
from consultation.privacy.rules import Said, outstanding
from consultation.privacy.states import AGREED, Consent, Occasion, PageName
from tests.directory.test_journey import APPLICATION
from tests.factories import NOW, make_proposal
from tests.world import delegate, world  # noqa: F401 - fixtures

TERMS, PRIVACY = PageName.TERMS, PageName.PRIVACY
TEXT = Trilingual("## Newer terms", "## Conditions neuves", "## Condiciones nuevas")


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


def ask(session, page=TERMS, *, asks=True):
    based_on = newest(session, page).version
    save_page(session, page, text=TEXT, based_on=based_on, asks=asks, actor=OPERATOR, now=NOW)
    session.commit()


def lines(session):
    session.rollback()
    query = select(Agreement.page, Agreement.version, Agreement.language, Agreement.step, Agreement.occasion)
    return [tuple(row) for row in session.execute(query.order_by(Agreement.id))]


def bodies(session):
    session.rollback()
    return session.scalars(select(Comment.body)).all()


def test_what_is_outstanding():
    yes, no = Consent.AGREED, Consent.WITHDRAWN
    later = NOW.replace(hour=16)
    assert outstanding({}, []) == ()
    assert outstanding({TERMS: 2}, []) == (TERMS,)
    assert outstanding({TERMS: 2}, [Said(TERMS, 1, yes, NOW)]) == (TERMS,)
    assert outstanding({TERMS: 2}, [Said(TERMS, 3, yes, NOW)]) == ()
    assert outstanding({}, [Said(PRIVACY, 0, yes, NOW), Said(PRIVACY, 0, no, later)]) == (PRIVACY,)
    assert outstanding({}, [Said(PRIVACY, 0, no, NOW), Said(PRIVACY, 0, yes, later)]) == ()
    assert outstanding({PageName.CONTACT: 2}, []) == ()


def test_who_may_owe_an_agreement_is_known_with_who_they_are(session, world):  # noqa: F811 - a fixture
    """Whoever owes one may; and hardly anybody else is looked at."""
    user_id, words = world.user.id, {"language": "en", "occasion": Occasion.ACT, "text_sha256": "0" * 64}

    def said(page, version, hour, *, step=Consent.AGREED, user_id=user_id):
        values = {"page": page, "version": version, "step": step, "user_id": user_id, "at": NOW.replace(hour=hour)}
        session.add(Agreement(**values, **words))
        session.commit()

    def asked():
        return session.scalar(select(may_owe(user_id))), to_agree(session, user_id)

    assert asked() == (False, ())
    said(TERMS, 0, 1)
    ask(session, PRIVACY, asks=False)
    assert asked() == (False, ())
    ask(session)
    said(TERMS, 1, 2, user_id=uuid.uuid4())
    assert asked() == (True, (TERMS,))
    said(TERMS, 1, 3)
    assert asked() == (False, ())
    said(TERMS, 0, 4)
    assert asked() == (True, (TERMS,))
    said(TERMS, 1, 5)
    said(PRIVACY, 1, 6, step=Consent.WITHDRAWN)
    assert asked() == (True, (PRIVACY,))
    said(PRIVACY, 1, 7)
    assert asked() == (True, ())


def test_an_application_and_its_invitation_are_lines_of_the_ledger(app, session):
    session.commit()
    visitor = app.test_client()
    refused = visitor.post("/fr/register", data={**APPLICATION, "agreement": ""})
    assert (refused.status_code, "Cochez la case" in refused.get_data(as_text=True)) == (422, True)
    assert lines(session) == []
    assert visitor.post("/fr/register", data=APPLICATION).status_code == 303
    applied = [(page, 0, "fr", Consent.AGREED, Occasion.APPLICATION) for page in AGREED]
    assert lines(session) == applied
    path = _letters_link(app)
    assert "J’accepte les conditions" not in visitor.get(path).get_data(as_text=True)
    assert visitor.post(f"{path}/acceptance").status_code == 303
    assert lines(session) == [*applied, *((page, 0, "fr", Consent.AGREED, Occasion.INVITATION) for page in AGREED)]


def test_whoever_applied_before_the_terms_changed_is_asked_in_the_invitation(app, session):
    session.commit()
    visitor = app.test_client()
    visitor.post("/en/register", data=APPLICATION)
    path = _letters_link(app)
    ask(session)
    assert "I agree to the terms" in visitor.get(path).get_data(as_text=True)
    refused = visitor.post(f"{path}/acceptance")
    assert (refused.status_code, "Tick the box" in refused.get_data(as_text=True)) == (422, True)
    assert visitor.post(f"{path}/acceptance", data={"agreement": "y"}).status_code == 303
    assert (TERMS, 1, "en", Consent.AGREED, Occasion.INVITATION) in lines(session)


def _letters_link(app):
    worker, post = Worker(app), Post(app)
    while worker.step() + post.step():
        continue
    (_name, message), *_ = app.extensions["mail"].messages()
    return re.search(r"http://127\.0\.0\.1:8000(/\S+/invitations/\S+)", message.get_body(("plain",)).get_content())[1]


def test_a_change_that_asks_is_shown_once_and_loses_nothing(world, delegate, session):  # noqa: F811
    proposal = make_proposal(session, world.consultation, published=True)
    ask(session)
    address = f"/en/proposals/{proposal.code}/comments"
    typed = {"body": 'Two lines\nand "marks" & <signs>', "language": "en", "stance": "none", "organization": "ORG-A"}
    asked = delegate.post(address, data=typed)
    text = asked.get_data(as_text=True)
    assert (asked.status_code, bodies(session), "<h3>Newer terms</h3>" in text) == (422, [], True)
    assert asked.headers["HX-Retarget"] == "#main"
    sent = dict(re.findall(r'<input type="hidden" name="(body|language|stance)" value="([^"]*)"', text))
    assert sent["body"] == "Two lines\nand &#34;marks&#34; &amp; &lt;signs&gt;"
    without = delegate.post(address, data={**typed, "asked": "1"})
    assert (without.status_code, "Tick the box of each text" in without.get_data(as_text=True)) == (422, True)
    assert delegate.post(address, data={**typed, "agreed-version": "terms:1"}).status_code == 303
    assert bodies(session) == [typed["body"]]
    assert lines(session) == [(TERMS, 1, "en", Consent.AGREED, Occasion.ACT)]
    assert delegate.post(address, data={**typed, "body": "Again"}).status_code == 303
    assert len(lines(session)) == 1


def test_an_agreement_outlives_the_refusal_of_the_act(world, delegate, session):  # noqa: F811
    proposal = make_proposal(session, world.consultation, published=True)
    ask(session)
    data = {"body": "", "language": "en", "agreed-version": "terms:1"}
    assert delegate.post(f"/en/proposals/{proposal.code}/comments", data=data).status_code == 422
    assert lines(session) == [(TERMS, 1, "en", Consent.AGREED, Occasion.ACT)]


def test_a_change_that_does_not_ask_asks_nobody(world, delegate, session):  # noqa: F811
    ask(session, asks=False)
    assert to_agree(session, world.user.id) == ()


def test_an_old_version_cannot_be_agreed_to(world, delegate, session):  # noqa: F811
    ask(session)
    ask(session)
    answer = delegate.post("/en/account/notices/readings", data={"agreed-version": "terms:1"})
    assert (answer.status_code, lines(session)) == (422, [])


def test_signing_out_asks_nothing_and_reading_neither(world, delegate, session):  # noqa: F811
    ask(session)
    assert delegate.get("/en/account").status_code == 200
    assert delegate.post("/en/sign-out").status_code == 303


def test_a_file_that_cannot_wait_is_told(world, delegate, session):  # noqa: F811
    ask(session)
    data = {"file": (io.BytesIO(b"x"), "x.csv")}
    answer = delegate.post("/en/account/notices/readings", data=data)
    assert (answer.status_code, "choose it again" in answer.get_data(as_text=True)) == (422, True)


def test_an_agreement_taken_back_is_a_line_and_asks_anew(world, session):  # noqa: F811
    said = {"user_id": world.user.id, "language": "es", "actor": world.actor, "now": NOW}
    agree(session, occasion=Occasion.INVITATION, **said)
    given = session.scalars(select(Agreement).where(Agreement.page == PRIVACY)).one()
    with pytest.raises(ValueError, match="whoever gave it"):
        withdraw(session, given, actor=replace(world.actor, user_id=world.organization.id), now=NOW)
    withdraw(session, given, actor=world.actor, now=NOW.replace(hour=16))
    assert to_agree(session, world.user.id) == (PRIVACY,)
    session.commit()
    given.version = 7
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()
