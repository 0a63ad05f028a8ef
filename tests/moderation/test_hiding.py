"""Hiding a comment and showing it again, on the page."""

import pytest

from consultation.discussion.models import Comment
from consultation.discussion.states import Visibility
from consultation.kernel.roles import Role
from consultation.moderation.operations import publish
from tests.factories import NOW, make_mandate, make_organization, make_user, sign_in


@pytest.fixture
def comment(session, scene):
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    made = Comment(
        proposal_id=scene.proposal.id,
        organization_id=scene.organization.id,
        language="fr",
        body="Un commentaire",
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    scene.proposal.comment_count = scene.consultation.comment_count = 1
    session.commit()
    return made


def visibility(session, comment):
    session.rollback()
    session.expire_all()
    return session.get(Comment, comment.id).visibility


@pytest.mark.parametrize("lang", ["en", "fr", "es"])
def test_a_moderator_hides_a_comment_and_shows_it_again(client, session, scene, comment, lang):
    sign_in(session, client, scene.moderator)
    address = f"/{lang}/comments/{comment.id}/hiding"
    assert "Un commentaire" in client.get(address).get_data(as_text=True)
    refused = client.post(address, data={"reason": "Typed words stay"})
    assert refused.status_code == 422
    assert "Typed words stay" in refused.get_data(as_text=True)
    done = client.post(address, data={"code": "harmful", "reason": "It attacks."})
    assert (done.status_code, done.location) == (303, f"/{lang}/proposals/NG27-001")
    assert visibility(session, comment) is Visibility.HIDDEN
    assert client.post(address, data={"code": "harmful", "reason": "Again."}).status_code == 409
    assert client.post(f"/{lang}/comments/{comment.id}/restoration").status_code == 303
    assert visibility(session, comment) is Visibility.VISIBLE


def test_not_on_ones_own_organizations_comment(client, session, scene, comment):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    sign_in(session, client, colleague)
    address = f"/en/comments/{comment.id}"
    assert client.get(f"{address}/hiding").status_code == 403
    assert client.post(f"{address}/hiding", data={"code": "harmful", "reason": "No"}).status_code == 403
    assert client.post(f"{address}/restoration").status_code == 403
    assert visibility(session, comment) is Visibility.VISIBLE


def test_a_comment_that_is_not_there(client, session, scene):
    sign_in(session, client, scene.moderator)
    assert client.get("/en/comments/00000000-0000-0000-0000-000000000000/hiding").status_code == 404


def test_not_what_is_said_about_ones_own_proposal(client, session, scene, comment):
    critic = make_organization(session)
    comment.organization_id = critic.id
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    sign_in(session, client, colleague)
    address = f"/en/comments/{comment.id}"
    assert client.get(f"{address}/hiding").status_code == 403
    assert client.post(f"{address}/hiding", data={"code": "harmful", "reason": "No"}).status_code == 403
    assert visibility(session, comment) is Visibility.VISIBLE
