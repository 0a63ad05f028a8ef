"""Asking for a link: the same answer for everybody, and a link that a scanner does not use up."""

import re
from dataclasses import replace

import pytest

from consultation.app import create_app
from tests.factories import make_user

PAGE = "/en/sign-in/links"


def ask(client, address):
    answer = client.post(PAGE, data={"link-email": address})
    shown = re.sub(r'value="[^"]+"', "", client.get(answer.location).get_data(as_text=True))  # the form's token
    return answer.status_code, answer.location, shown


def test_a_link_comes_by_mail_and_signs_in_once(app, client, session, sent):
    make_user(session, email="amina@example.org", name="Amina")
    session.commit()
    assert ask(client, " Amina@Example.org")[:2] == (303, "/en/sign-in/code")
    (message,) = sent()
    link = re.search(r"http://127\.0\.0\.1:8000(/en/sign-in/link/\S+)", message.get_body(("plain",)).get_content())[1]
    scanner, person = app.test_client(), app.test_client()
    assert [scanner.get(link).status_code for _ in range(2)] == [200, 200]
    assert person.post(link).status_code == 303
    assert person.get("/en/account").status_code == 200
    assert app.test_client().post(link).status_code == 410


def test_unknown_and_known_addresses_are_answered_alike(app, session, sent):
    make_user(session, email="amina@example.org")
    gone = make_user(session, email="gone@example.org")
    gone.active = False
    session.commit()
    answers = {
        ask(app.test_client(), address) for address in ("amina@example.org", "gone@example.org", "no@example.org")
    }
    assert len(answers) == 1
    assert [message["To"] for message in sent()] == ["amina@example.org"]


def test_what_is_no_address_is_said_at_the_field(client):
    answer = client.post(PAGE, data={"link-email": "amina"})
    assert answer.status_code == 422


def test_without_mail_there_is_nothing_to_ask(config, clock):
    client = create_app(replace(config, mail_url=""), clock=clock).test_client()
    assert client.get("/en/mailbox").status_code == 404
    assert client.post(PAGE, data={"link-email": "amina@example.org"}).status_code in (403, 404)


@pytest.mark.sqlite
def test_the_mailbox_shows_what_was_sent(client, session, sent):
    make_user(session, email="amina@example.org", language="fr")
    session.commit()
    assert "Aucun courriel" in client.get("/fr/mailbox").get_data(as_text=True)
    client.post("/fr/sign-in/links", data={"link-email": "amina@example.org"})
    (message,) = sent()
    listed = client.get("/fr/mailbox").get_data(as_text=True)
    path = re.search(r'href="(/fr/mailbox/[^"]+)"', listed)[1]
    assert "Votre lien de connexion" in listed
    assert "/fr/sign-in/link/" in client.get(path).get_data(as_text=True)
    html = client.get(f"{path}/html")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert client.get("/fr/mailbox/nothing").status_code == 404
    assert message["To"] == "amina@example.org"
