"""Letters on their way: written for their reader, sent once, kept while the server is away."""

from dataclasses import replace
from email import message_from_string, policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select, update

from consultation.accounts.letters import SIGN_IN_LINK, ask_for_link
from consultation.accounts.models import User
from consultation.accounts.operations import set_password
from consultation.commands.worker import Post, Worker
from consultation.config import Config, UnsafeSettings
from consultation.kernel import letters
from consultation.kernel.letters import Letter
from consultation.kernel.permissions import OPERATOR
from consultation.moderation.operations import decline
from consultation.moderation.states import ReasonCode
from consultation.web.mail import NotSent, Refused, Smtp, transport
from tests.factories import NOW, make_consultation, make_mandate, make_organization, make_proposal, make_user

HOSTILE = "Fair <b>hearing</b>\r\nBcc: all@example.org"


def texts(message):
    return [message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html")]


def about(proposal, messages):
    return [message for message in messages if proposal.code in message["Subject"]]


@pytest.fixture
def declined(session):
    organization = make_organization(session, "ACME")
    author = make_user(session, email="autrice@example.org", name="Aline", language="fr")
    make_mandate(session, author, organization)
    proposal = make_proposal(
        session, make_consultation(session), title=HOSTILE, organization_id=organization.id, author_id=author.id
    )
    why = "Nommez qui doit agir.\nMerci <3"
    decline(session, proposal, code=ReasonCode.UNCLEAR, reason=why, actor=OPERATOR, now=NOW)
    session.commit()
    return proposal


def test_a_decision_reaches_its_author_in_their_language_as_text_and_as_html(app, declined, sent):
    Worker(app).step()
    (message,) = about(declined, sent())
    text, html = texts(message)
    assert (message["To"], message["Content-Language"], message["Auto-Submitted"]) == (
        "autrice@example.org",
        "fr",
        "auto-generated",
    )
    assert message["Subject"] == f"Votre proposition n’a pas été retenue. {declined.code}"
    assert message["Bcc"] is None
    assert "Bonjour Aline,\n" in text
    assert "> Nommez qui doit agir.\n> Merci <3\n" in text
    assert f"\nhttp://127.0.0.1:8000/fr/proposals/{declined.code}\n" in text
    assert "> Fair <b>hearing</b> Bcc: all@example.org\n" in text
    assert '<html lang="fr">' in html
    assert "<blockquote>Nommez qui doit agir.\nMerci &lt;3</blockquote>" in html
    assert "&lt;b&gt;hearing" in html
    assert f'<a href="http://127.0.0.1:8000/fr/proposals/{declined.code}">' in html
    Worker(app).step()
    assert len(about(declined, sent())) == 1


def test_a_new_password_is_told_to_its_owner(app, session, sent):
    user = make_user(session, email="ana@example.org", name="Ana", language="es")
    set_password(session, user, "un secreto muy largo", passwords=app.extensions["passwords"], actor=OPERATOR, now=NOW)
    session.commit()
    Worker(app).step()
    (message,) = sent()
    assert message["To"] == user.email
    assert "1 de marzo de 2027" in texts(message)[0]
    assert "un secreto" not in message.as_string()


def test_who_has_left_is_written_to_no_more(app, session, declined, sent):
    Worker(app).step()
    session.rollback()
    session.execute(update(User).values(active=False))
    session.commit()
    assert sent() == []
    session.rollback()
    assert session.scalars(select(Letter)).all() == []


# The way out


def test_a_server_takes_the_message(app, session, mail_server):
    app.extensions["mail"] = transport(f"smtp://127.0.0.1:{mail_server.server_address[1]}?tls=off", None)
    make_user(session, email="amina@example.org")
    ask_for_link(session, "Amina@example.org ", browser="a secret", language="es", now=NOW)
    session.commit()
    assert Post(app).step() == 1
    message = message_from_string(mail_server.taken[0], policy=policy.default)
    assert (message["To"], message["Subject"]) == ("amina@example.org", "Su enlace para iniciar sesión")
    assert message["Message-ID"].endswith("@127.0.0.1>")


class Way:
    """A way out that is closed, or refuses, as told."""

    def __init__(self, trouble):
        self.trouble, self.taken = trouble, []

    def send(self, message):
        if self.trouble:
            raise self.trouble
        self.taken.append(message)


def test_while_the_server_is_away_letters_wait_and_go_out_once(app, session, clock):
    way = app.extensions["mail"] = Way(NotSent("ConnectionRefusedError"))
    make_user(session, email="amina@example.org")
    for _ in range(2):
        ask_for_link(session, "amina@example.org", browser="a secret", language="en", now=NOW)
    session.commit()
    post = Post(app)
    assert (post.step(), post.step()) == (0, 0)
    way.trouble = None
    assert post.step() == 0
    clock.advance(minutes=5)
    assert [post.step() for _ in range(3)] == [1, 1, 0]
    assert len(way.taken) == 2


def test_a_message_that_is_refused_for_good_goes(app, session):
    app.extensions["mail"] = Way(Refused("550"))
    make_user(session, email="amina@example.org")
    ask_for_link(session, "amina@example.org", browser="a secret", language="en", now=NOW)
    session.commit()
    assert Post(app).step() == 1
    assert session.scalars(select(Letter)).all() == []


def test_a_letter_that_cannot_be_written_holds_up_none(app, session, clock, capsys):
    way = app.extensions["mail"] = Way(None)
    make_user(session, email="amina@example.org")
    letters.post(session, replace(SIGN_IN_LINK, name="unheard_of"), address="b@example.org", now=NOW)
    ask_for_link(session, "amina@example.org", browser="a secret", language="en", now=NOW)
    session.commit()
    post = Post(app)
    assert [post.step() for _ in range(2)] == [0, 1]
    assert len(way.taken) == 1
    printed = capsys.readouterr()
    assert "letter_failed" in printed.err
    assert "example.org" not in printed.err


@pytest.mark.parametrize(
    ("answers", "raised"),
    [
        ({"RCPT": "550 no such person"}, Refused),
        ({"RCPT": "450 busy"}, NotSent),
        ({"BODY": "554 no"}, Refused),
        ({"MAIL": "421 closing"}, NotSent),
    ],
)
def test_what_a_server_answers_decides_whether_to_try_again(mail_server, answers, raised):
    mail_server.answers.update(answers)
    message = EmailMessage()
    message["To"], message["From"] = "a@example.org", "b@example.org"
    message.set_content("Words.")
    way = Smtp("127.0.0.1", mail_server.server_address[1], "", "", implicit_tls=False, starttls=False)
    with pytest.raises(raised):
        way.send(message)


def test_without_encryption_nothing_is_sent_unless_the_settings_say_so(mail_server):
    message = EmailMessage()
    message["To"], message["From"] = "a@example.org", "b@example.org"
    with pytest.raises(NotSent):
        transport(f"smtp://127.0.0.1:{mail_server.server_address[1]}", None).send(message)
    assert mail_server.taken == []


@pytest.mark.parametrize("url", ["http://example.org", "smtp:", "gopher://x"])
def test_other_addresses_of_servers_are_refused(url, tmp_path):
    with pytest.raises(ValueError, match="CONSULTATION_MAIL_URL"):
        transport(url, tmp_path)


def test_no_real_site_shows_its_mail(config, tmp_path):
    with pytest.raises(UnsafeSettings, match="mailbox"):
        Config.from_environment(
            {
                "CONSULTATION_ENV": "production",
                "CONSULTATION_SECRET_KEY": "x" * 40,
                "CONSULTATION_BASE_URL": "https://agenda.example.org",
                "CONSULTATION_DATA_DIR": str(tmp_path),
                "CONSULTATION_MAIL_URL": "mailbox:",
            }
        )
