"""Who is told what moderators decided, once each."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.discussion.models import Comment
from consultation.kernel.outbox import ConsumerCursor, deliver
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.operations import revoke_mandate
from consultation.moderation.operations import decline, hide, publish, request_changes
from consultation.moderation.states import ReasonCode
from consultation.notifications.models import Notice
from consultation.notifications.subscribers import DECISIONS
from tests.factories import NOW, make_consultation, make_mandate, make_organization, make_proposal, make_user

WHY = {"code": ReasonCode.UNCLEAR, "reason": "Say who should act.", "actor": OPERATOR, "now": NOW}


@pytest.fixture
def proposal(session):
    """A proposal of an organization for which two people speak, one of them its author."""
    organization = make_organization(session, "ACME")
    author = make_user(session, email="author@example.org")
    make_mandate(session, author, organization)
    make_mandate(session, make_user(session, email="editor@example.org"), organization, kind=MandateKind.EDITOR)
    former = make_mandate(session, make_user(session, email="former@example.org"), organization)
    revoke_mandate(session, former, actor=OPERATOR, now=NOW)
    make_mandate(session, make_user(session, email="other@example.org"), make_organization(session))
    made = make_proposal(session, make_consultation(session), organization_id=organization.id, author_id=author.id)
    session.commit()
    return made


def told(session):
    """Deliver everything; address, event and detail of each notice."""
    session.commit()
    while deliver(session, DECISIONS):
        session.commit()
    from consultation.accounts.models import User

    rows = session.execute(
        select(User.email, Notice.name, Notice.subject_code, Notice.detail)
        .join(User, User.id == Notice.user_id)
        .order_by(Notice.event_position, User.email)
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("decide", "name", "detail"),
    [
        (lambda session, it: publish(session, it, actor=OPERATOR, now=NOW), "ProposalPublished", ""),
        (lambda session, it: request_changes(session, it, **WHY), "ProposalChangesRequested", "Say who should act."),
        (lambda session, it: decline(session, it, **WHY), "ProposalDeclined", "Say who should act."),
    ],
)
def test_the_author_and_the_organizations_people_are_told(session, proposal, decide, name, detail):
    decide(session, proposal)
    assert told(session) == [
        ("author@example.org", name, "NG27-001", detail),
        ("editor@example.org", name, "NG27-001", detail),
    ]


def test_delivering_again_tells_nobody_twice(session, proposal):
    publish(session, proposal, actor=OPERATOR, now=NOW)
    first = told(session)
    session.get(ConsumerCursor, "notices").position = 0
    assert told(session) == first
    assert len(first) == 2


def test_an_author_without_organization(session, proposal):
    author = make_user(session, Role.DELEGATE, email="alone@example.org")
    alone = make_proposal(session, proposal.consultation, author_id=author.id)
    nobodys = make_proposal(session, proposal.consultation, author_label="A participant")
    for one in (alone, nobodys):
        publish(session, one, actor=OPERATOR, now=NOW)
    assert told(session) == [("alone@example.org", "ProposalPublished", "NG27-002", "")]


def test_the_author_of_a_hidden_comment_is_told(session, proposal):
    author = make_user(session, email="writer@example.org")
    publish(session, proposal, actor=OPERATOR, now=NOW)
    comment = Comment(proposal_id=proposal.id, author_id=author.id, language="en", body="No", created_at=NOW)
    session.add(comment)
    proposal.comment_count = proposal.consultation.comment_count = 1
    session.flush()
    hide(session, comment, **(WHY | {"now": NOW + timedelta(hours=1)}))
    assert told(session)[-1] == ("writer@example.org", "CommentHidden", "NG27-001", "Say who should act.")


def test_a_closed_account_is_told_nothing(session, proposal):
    from consultation.accounts.queries import user_by_email

    user_by_email(session, "editor@example.org").active = False
    publish(session, proposal, actor=OPERATOR, now=NOW)
    assert [address for address, *_rest in told(session)] == ["author@example.org"]
