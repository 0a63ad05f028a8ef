"""What is kept between requests: the same page as made anew, and never one that stopped being true."""

import re
from datetime import timedelta

import pytest

from consultation.accounts.operations import end_sessions
from consultation.accounts.queries import user_by_email
from consultation.kernel.roles import Role
from consultation.proposals.states import ProposalState
from consultation.web.kept import Entry, Shelf
from tests.factories import (
    NOW,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)

LIST = "/en/consultations/sample/proposals?sort=newest"


@pytest.fixture
def proposal(session):
    made = make_proposal(session, make_consultation(session), published=True)
    session.commit()
    return made


@pytest.fixture
def rendered(app):
    """How many pages were rendered."""
    from flask import template_rendered

    seen = []

    def note(_app, template, **_rest):
        seen.append(template.name)

    template_rendered.connect(note, app)
    yield seen
    template_rendered.disconnect(note, app)


def test_a_visitor_gets_the_same_page_without_rendering_it_again(client, proposal, rendered):
    first, second = client.get(LIST), client.get(LIST)
    assert (len(rendered), second.data, second.headers["Content-Security-Policy"]) == (
        1,
        first.data,
        first.headers["Content-Security-Policy"],
    )


def test_a_browser_that_has_the_page_is_told_that_it_is_the_same(client, proposal):
    etag = client.get(LIST).headers["ETag"]
    again = client.get(LIST, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def test_languages_queries_fragments_and_compression_are_pages_of_their_own(client, proposal):
    pages = {
        client.get(LIST).data,
        client.get(LIST.replace("/en/", "/fr/")).data,
        client.get(f"{LIST}&q=nothing").data,
        client.get(LIST, headers={"HX-Request": "true"}).data,
        client.get(LIST, headers={"Accept-Encoding": "gzip"}).data,
    }
    assert len(pages) == 5


def test_whatever_is_written_shows_at_once(client, session, proposal):
    before = client.get(LIST).data
    proposal.title = "Another title than before"
    session.commit()
    after = client.get(LIST).data
    assert (b"Another title than before" in before, b"Another title than before" in after) == (False, True)


def test_dates_pass_without_a_write(client, clock, proposal, rendered):
    client.get(LIST)
    clock.set(NOW + timedelta(seconds=11))
    client.get(LIST)
    assert len(rendered) == 2


def test_who_is_signed_in_never_meets_a_kept_page_nor_leaves_one(app, session, proposal, rendered):
    person = make_user(session, Role.DELEGATE, email="delegate@example.org")
    session.commit()
    member, visitor = app.test_client(), app.test_client()
    sign_in(session, member, person)
    rendered.clear()
    theirs = [member.get(LIST).get_data(as_text=True) for _ in range(2)]
    public = visitor.get(LIST).get_data(as_text=True)
    again = member.get(LIST).get_data(as_text=True)
    assert len(rendered) == 4
    assert [person.name in text for text in (*theirs, public, again)] == [True, True, False, True]


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def test_each_person_finds_their_own_token_in_a_form_that_is_kept(app, session, proposal):
    speaking = make_organization(session)
    clients = []
    for name in ("ada", "ben"):
        person = make_user(session, Role.DELEGATE, email=f"{name}@example.org")
        make_mandate(session, person, speaking)
        clients.append(app.test_client())
        sign_in(session, clients[-1], person)
    # Nobody writes in between, so that what the first one's page keeps is there for the second.
    pages = [client.get(f"/en/proposals/{proposal.code}").get_data(as_text=True) for client in clients]
    tokens = [TOKEN.findall(text) for text in pages]
    ada, ben = (set(found) for found in tokens)
    assert (len(ada), len(ben), ada & ben, len(tokens[0]) >= 3) == (1, 1, set(), True)
    app.config["WTF_CSRF_ENABLED"] = True
    sent = clients[1].post(
        f"/en/proposals/{proposal.code}/comments",
        data={
            "csrf_token": ben.pop(),
            "body": "A question about it.",
            "stance": "question",
            "language": "en",
            "organization": speaking.code,
        },
    )
    assert sent.status_code == 303


def test_who_was_signed_in_is_not_once_their_sessions_end(client, session, proposal):
    person = make_user(session, Role.DELEGATE, email="delegate@example.org")
    session.commit()
    sign_in(session, client, person)
    before = client.get(LIST).get_data(as_text=True)
    end_sessions(session, person.id)
    session.commit()
    assert [person.name in text for text in (before, client.get(LIST).get_data(as_text=True))] == [True, False]


def test_a_role_counts_from_the_moment_it_is_given(client, session, proposal):
    person = make_user(session, Role.DELEGATE, email="delegate@example.org")
    session.commit()
    sign_in(session, client, person)
    before = client.get(LIST).get_data(as_text=True)
    user_by_email(session, person.email).grant(Role.MODERATOR)
    session.commit()
    assert ["/en/moderation" in text for text in (before, client.get(LIST).get_data(as_text=True))] == [False, True]


def test_what_one_may_see_alone_is_kept_for_nobody_else(app, session, proposal):
    address, clients = f"/en/proposals/{proposal.code}", {}
    for name in ("author", "other"):
        person, clients[name] = make_user(session, Role.DELEGATE, email=f"{name}@example.org"), app.test_client()
        organization = make_organization(session)
        make_mandate(session, person, organization)
        if name == "author":
            proposal.organization_id, proposal.author_id = organization.id, person.id
        session.commit()
        sign_in(session, clients[name], person)
    public = [clients[name].get(address).status_code for name in ("author", "other")]
    proposal.state, proposal.published_at = ProposalState.SUBMITTED, None
    session.commit()
    alone = [clients[name].get(address).status_code for name in ("author", "other", "author")]
    assert (public, alone, app.test_client().get(address).status_code) == ([200, 200], [200, 404, 200], 404)


def test_a_page_that_begins_a_session_is_not_kept(app, proposal, rendered):
    app.config["WTF_CSRF_ENABLED"] = True
    tokens = {app.test_client().get("/en/sign-in").data for _ in range(2)}
    assert (len(tokens), len(rendered)) == (2, 2)


def test_the_host_that_was_asked_for_is_part_of_the_key(client, proposal, rendered):
    client.get(LIST)
    client.get(LIST, headers={"Host": "elsewhere.example"})
    assert len(rendered) == 2


def test_whether_the_site_is_ready_is_asked_each_time(client, proposal):
    assert ["ETag" in client.get(path).headers for path in ("/healthz", "/readyz", LIST)] == [False, False, True]


def test_a_shelf_drops_what_was_used_longest_ago():
    shelf = Shelf(largest=10)
    for name in "ab":
        shelf.put(name, Entry("1", NOW, name, 5))
    shelf.get("a", "1", NOW)
    shelf.put("c", Entry("1", NOW, "c", 5))
    assert [shelf.get(name, "1", NOW) for name in "abc"] == ["a", None, "c"]


def test_a_shelf_gives_nothing_of_another_version():
    shelf = Shelf()
    shelf.put("a", Entry("1", NOW, "text", 4))
    assert (shelf.get("a", "2", NOW), shelf.get("a", "1", NOW)) == (None, None)
