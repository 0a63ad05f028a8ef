"""What a decision changes, who may make it, and that it is made once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.discussion.models import Comment
from consultation.discussion.states import Visibility
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.moderation.models import ModerationAction
from consultation.moderation.operations import ReasonMissing, Seen, decline, hide, publish, request_changes, restore
from consultation.moderation.states import ActionKind, ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import Outdated, amend
from consultation.proposals.rules import ProposalText
from consultation.proposals.states import ProposalState
from tests.factories import NOW, actor_of, make_mandate, make_proposal, make_user

LATER = NOW + timedelta(hours=1)
SEEN = Seen(ProposalState.SUBMITTED, 1)
WHY = {"code": ReasonCode.UNCLEAR, "reason": " Say who should act. "}


def events(session):
    return [(row.name, row.payload) for row in session.scalars(select(EventRecord).order_by(EventRecord.position))]


def counts(session, consultation):
    return session.execute(
        select(Consultation.submitted_count, Consultation.published_count, Consultation.comment_count).where(
            Consultation.id == consultation.id
        )
    ).one()


def test_publish(session, scene):
    action = publish(session, scene.proposal, seen=SEEN, actor=scene.actor, now=LATER)
    assert (scene.proposal.state, scene.proposal.published_at) == (ProposalState.PUBLISHED, LATER)
    assert (action.kind, action.moderator_id, action.reason_code) == (ActionKind.PUBLISH, scene.moderator.id, None)
    assert counts(session, scene.consultation) == (1, 1, 0)
    assert events(session)[-1] == (
        "ProposalPublished",
        {"consultation_id": str(scene.consultation.id), "action_id": str(action.id)},
    )


def test_request_changes(session, scene):
    action = request_changes(session, scene.proposal, **WHY, actor=scene.actor, now=LATER)
    assert scene.proposal.state is ProposalState.NEEDS_CHANGES
    assert (action.kind, action.reason_code, action.reason) == (
        ActionKind.REQUEST_CHANGES,
        ReasonCode.UNCLEAR,
        "Say who should act.",
    )
    name, payload = events(session)[-1]
    assert (name, payload["reason_code"]) == ("ProposalChangesRequested", "unclear")
    assert "Say who" not in str(payload)


def test_decline_before_and_after_publication(session, scene):
    other = make_proposal(session, scene.consultation, published=True)
    assert counts(session, scene.consultation) == (2, 1, 0)
    for proposal in (scene.proposal, other):
        decline(session, proposal, **WHY, actor=scene.actor, now=LATER)
        assert (proposal.state, proposal.declined_at) == (ProposalState.DECLINED, LATER)
        assert (proposal.decline_code, proposal.decline_reason) == ("unclear", "Say who should act.")
    assert counts(session, scene.consultation) == (2, 0, 0)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_refusal_needs_words(session, scene, reason):
    for verb in (request_changes, decline):
        with pytest.raises(ReasonMissing):
            verb(session, scene.proposal, code=ReasonCode.SPAM, reason=reason, actor=scene.actor, now=LATER)


def test_nobody_decides_on_their_own_matter(session, scene):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    author = make_user(session, Role.MODERATOR)
    own = make_proposal(session, scene.consultation, author_id=author.id)
    for person, proposal in ((colleague, scene.proposal), (author, own)):
        for attempt in (
            lambda actor, subject: publish(session, subject, actor=actor, now=LATER),
            lambda actor, subject: request_changes(session, subject, **WHY, actor=actor, now=LATER),
            lambda actor, subject: decline(session, subject, **WHY, actor=actor, now=LATER),
        ):
            with pytest.raises(Denied) as refused:
                attempt(actor_of(session, person), proposal)
            assert refused.value.decision.reason is Reason.OWN_MATTER
    assert session.scalar(select(func.count()).select_from(ModerationAction)) == 0


def test_delegates_decide_nothing(session, scene):
    stranger = actor_of(session, make_user(session, Role.DELEGATE))
    with pytest.raises(Denied) as refused:
        publish(session, scene.proposal, actor=stranger, now=LATER)
    assert refused.value.decision.reason is Reason.ROLE


def test_the_second_moderator_learns_that_it_is_decided(engine, session, scene):
    second = actor_of(session, make_user(session, Role.MODERATOR))
    session.commit()
    with Session(engine, expire_on_commit=False) as elsewhere:
        seen = elsewhere.get(Proposal, scene.proposal.id)
        elsewhere.commit()  # keeps in memory what was read, as a request does that waits for the lock
        publish(session, scene.proposal, actor=scene.actor, now=LATER)
        session.commit()
        with pytest.raises(WrongState):
            publish(elsewhere, seen, actor=second, now=LATER)
        with pytest.raises(WrongState):
            decline(elsewhere, seen, **WHY, seen=SEEN, actor=second, now=LATER)


def test_a_text_changed_meanwhile_is_not_decided_on(session, scene):
    amend(
        session,
        scene.proposal,
        text=ProposalText(title="Another title", barrier="Other", evidence="", remedy="Words"),
        actor=OPERATOR,
        now=LATER,
    )
    for attempt in (
        lambda: publish(session, scene.proposal, seen=SEEN, actor=scene.actor, now=LATER),
        lambda: request_changes(session, scene.proposal, **WHY, seen=SEEN, actor=scene.actor, now=LATER),
        lambda: decline(session, scene.proposal, **WHY, seen=SEEN, actor=scene.actor, now=LATER),
    ):
        with pytest.raises(Outdated):
            attempt()


def comment_on(session, proposal, **more):
    comment = Comment(proposal_id=proposal.id, language="en", body="A comment", created_at=NOW, **more)
    session.add(comment)
    session.flush()
    return comment


def test_hiding_a_reply_and_showing_it_again(session, scene):
    publish(session, scene.proposal, actor=scene.actor, now=NOW)
    top = comment_on(session, scene.proposal)
    reply = comment_on(session, scene.proposal, thread_id=top.id, answers_id=top.id)
    top.reply_count, scene.proposal.comment_count, scene.consultation.comment_count = 1, 2, 2
    session.commit()
    hide(session, reply, code=ReasonCode.HARMFUL, reason="It attacks.", actor=scene.actor, now=LATER)
    assert (reply.visibility, reply.hidden_reason, reply.body) == (Visibility.HIDDEN, "harmful", "A comment")
    for _row in (top, scene.proposal):
        session.refresh(_row)
    assert (top.reply_count, scene.proposal.comment_count, counts(session, scene.consultation)[2]) == (0, 1, 1)
    with pytest.raises(WrongState):
        hide(session, reply, code=ReasonCode.HARMFUL, reason="Again.", actor=scene.actor, now=LATER)
    restore(session, reply, actor=scene.actor, now=LATER)
    session.refresh(top)
    assert (reply.visibility, reply.hidden_reason, top.reply_count) == (Visibility.VISIBLE, None, 1)
    assert counts(session, scene.consultation)[2] == 2
    assert [name for name, _payload in events(session)][-2:] == ["CommentHidden", "CommentRestored"]


def test_nobody_hides_or_restores_a_comment_of_their_own_organization(session, scene):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, scene.organization)
    comment = comment_on(session, scene.proposal, organization_id=scene.organization.id)
    with pytest.raises(Denied) as refused:
        hide(session, comment, **WHY, actor=actor_of(session, colleague), now=LATER)
    assert refused.value.decision.reason is Reason.OWN_MATTER
