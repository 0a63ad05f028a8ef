import re
import uuid

import pytest
from sqlalchemy import select

from consultation.convening.operations import enter_phase
from consultation.convening.states import PhaseName
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.queries import Sort, threads
from consultation.discussion.rules import Fault, InvalidComment
from consultation.discussion.states import Stance, Visibility
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.moderation.operations import hide
from consultation.moderation.states import ReasonCode
from tests.factories import NOW, actor_of, make_proposal, make_user, sign_in

PAGE = "/en/proposals/NG27-001"
COMMENTS = f"{PAGE}/comments"
FIELDS = {"body": "We saw the same.", "stance": "for", "language": "en", "organization": "ORG-A"}


@pytest.fixture
def proposal(session, world):
    made = make_proposal(session, world.consultation, published=True)
    session.commit()
    return made


def say(session, proposal, body="Said", *, actor=OPERATOR, now=NOW, language="en", **more):
    return post(session, proposal, body=body, language=language, actor=actor, now=now, **more)


def text_of(response):
    return response.get_data(as_text=True)


def identifiers(response):
    return re.findall(r'id="c-([0-9a-f-]{36})"', text_of(response))


def read_anew(session):
    session.rollback()
    session.expire_all()


def reason_of(call):
    with pytest.raises(Denied) as caught:
        call()
    return caught.value.decision.reason


def test_two_levels_and_counters(session, world, proposal):
    top = say(session, proposal)
    reply = say(session, proposal, answers=top)
    deeper = say(session, proposal, answers=reply)
    assert [(each.thread_id, each.answers_id) for each in (top, reply, deeper)] == [
        (None, None), (top.id, top.id), (top.id, reply.id),
    ]  # fmt: skip
    session.commit()
    read_anew(session)
    assert (top.reply_count, reply.reply_count, proposal.comment_count) == (2, 0, 3)
    assert world.consultation.comment_count == 3
    names = session.scalars(select(EventRecord.name).where(EventRecord.subject_id == deeper.id)).all()
    assert names == ["CommentPosted"]


def test_a_hidden_import_is_kept_and_not_counted(session, proposal):
    top = say(session, proposal)
    say(session, proposal, answers=top, hidden_reason="imported_decision", import_identity="1", author_label="A")
    session.commit()
    read_anew(session)
    assert (top.reply_count, proposal.comment_count) == (0, 1)


@pytest.mark.parametrize(
    ("body", "language", "fault"),
    [
        (" \n\x00", "en", Fault.BODY_MISSING),
        ("b" * 5001, "en", Fault.BODY_TOO_LONG),
        ("b", "??", Fault.LANGUAGE_UNKNOWN),
    ],
)
def test_limits(session, proposal, body, language, fault):
    with pytest.raises(InvalidComment) as caught:
        say(session, proposal, body, language=language)
    assert caught.value.fault == fault


def test_a_reply_stays_on_its_proposal(session, world, proposal):
    other = make_proposal(session, world.consultation, published=True)
    with pytest.raises(ValueError, match="another proposal"):
        say(session, other, answers=say(session, proposal))


def test_who_may_comment(session, world, proposal):
    def comment(actor, organization, subject=proposal):
        return lambda: say(session, subject, actor=actor, organization_id=organization and organization.id)

    comment(world.actor, world.organization)()
    assert reason_of(comment(world.actor, world.other)) == Reason.NOT_YOURS
    assert reason_of(comment(world.actor, None)) == Reason.NOT_YOURS
    moderator = actor_of(session, make_user(session, Role.MODERATOR))
    comment(moderator, None)()
    assert reason_of(comment(moderator, world.organization)) == Reason.NO_MANDATE
    assert reason_of(comment(actor_of(session, make_user(session, Role.AUDITOR)), None)) == Reason.ROLE
    waiting = make_proposal(session, world.consultation)
    assert reason_of(comment(world.actor, world.organization, waiting)) == Reason.STATE
    imported = lambda: say(session, proposal, actor=world.actor, import_identity="1")  # noqa: E731
    assert reason_of(imported) == Reason.ROLE


@pytest.mark.parametrize("phase", list(PhaseName))
def test_phases_of_discussion(session, world, proposal, phase):
    enter_phase(session, world.consultation, phase, actor=OPERATOR, now=NOW)

    def comment():
        say(session, proposal, actor=world.actor, organization_id=world.organization.id)

    if phase in (PhaseName.PROPOSE, PhaseName.DISCUSS):
        comment()
    else:
        assert reason_of(comment) == Reason.PHASE


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_of_threads_lose_and_repeat_nothing(session, proposal, sort):
    made = [say(session, proposal, f"Comment {number}") for number in range(23)]
    say(session, proposal, "Reply", answers=made[3])
    read, after = [], None
    for _ in range(10):
        page = threads(session, proposal.id, sort=sort, language="en", after=after, size=5)
        read += [row.id for row in page.rows]
        after = page.next_cursor
        if after is None:
            break
    expected = sorted(comment.id for comment in made)
    assert read == (expected[::-1] if sort is Sort.NEWEST else expected)


def test_first_replies_then_the_rest(public, session, proposal):
    top = say(session, proposal)
    replies = [say(session, proposal, f"Reply {number}", answers=top) for number in range(5)]
    session.commit()
    page = public.get(PAGE)
    assert identifiers(page) == [str(each.id) for each in (top, *replies[:2])]
    assert "Show 3 more replies" in text_of(page)
    assert f'href="{PAGE}?thread={top.id}#c-{top.id}"' in text_of(page)
    whole = public.get(f"{PAGE}?thread={top.id}")
    assert identifiers(whole) == [str(each.id) for each in (top, *replies)]


def test_load_more_as_page_and_as_fragment(public, session, proposal):
    made = [say(session, proposal, f"Comment {number}") for number in range(22)]
    session.commit()
    first = public.get(PAGE)
    following = re.search(r'rel="next" href="([^"#]+)', text_of(first))[1].replace("&amp;", "&")
    second, fragment = public.get(following), public.get(following, headers={"HX-Request": "true"})
    assert identifiers(first) + identifiers(second) == [str(comment.id) for comment in made]
    assert identifiers(fragment) == identifiers(second)
    assert "<html" not in text_of(fragment)


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_few_questions(public, delegate, session, proposal, count_queries, number):
    for index in range(number):
        top = say(session, proposal, f"Comment {index}")
        say(session, proposal, "Reply", answers=top)
    session.commit()
    for client, allowed in ((public, 5), (delegate, 7)):
        client.get(PAGE)
        with count_queries() as queries:
            assert client.get(PAGE).status_code == 200
        assert len(queries) == allowed


def test_hidden_comments_are_unseen(public, session, world, proposal):
    alone, top = say(session, proposal, "Secret alone"), say(session, proposal, "Secret top")
    kept, reply = say(session, proposal, "Kept", answers=top), say(session, proposal, "Secret reply", answers=top)
    for comment in (alone, top, reply):
        hide(session, comment, code=ReasonCode.HARMFUL, reason="private words", actor=OPERATOR, now=NOW)
    session.commit()
    for address in (PAGE, f"{PAGE}?thread={top.id}"):
        page = public.get(address)
        assert identifiers(page) == [str(top.id), str(kept.id)]
        assert "Secret" not in text_of(page)
        assert "private words" not in text_of(page)
        assert "Moderators have hidden it" in text_of(page)
    assert public.get(f"{PAGE}?thread={alone.id}").status_code == 404


def test_post_a_comment_and_a_reply(delegate, session, proposal):
    response = delegate.post(COMMENTS, data=FIELDS)
    read_anew(session)
    comment = session.scalars(select(Comment)).one()
    assert response.status_code == 303
    assert response.location == f"{PAGE}?thread={comment.id}#c-{comment.id}"
    assert (comment.stance, comment.body) == (Stance.FOR, "We saw the same.")
    form = text_of(delegate.get(f"{PAGE}?reply={comment.id}"))
    assert f'name="answers" value="{comment.id}"' in form
    assert delegate.post(COMMENTS, data={**FIELDS, "answers": str(comment.id)}).status_code == 303
    read_anew(session)
    assert session.scalars(select(Comment.thread_id).where(Comment.thread_id.is_not(None))).all() == [comment.id]
    page = text_of(delegate.get(PAGE))
    assert "Alliance A" in page
    assert "Amina Roy</strong>" not in page


def test_a_moderator_comments_in_their_own_name(app, session, proposal):
    moderator = app.test_client()
    sign_in(session, moderator, make_user(session, Role.MODERATOR, name="Noor Blackfox"))
    assert moderator.post(COMMENTS, data={**FIELDS, "organization": ""}).status_code == 303
    assert "<strong>a member of the team</strong>" in text_of(app.test_client().get(PAGE))


@pytest.mark.parametrize("wrong", [{"body": ""}, {"body": "b" * 5001}, {"organization": "ORG-B"}, {"stance": "x"}])
def test_what_is_wrong_keeps_what_was_typed(delegate, session, proposal, wrong):
    response = delegate.post(COMMENTS, data={**FIELDS, "body": "Typed <words>", **wrong})
    assert response.status_code == 422
    assert 'role="alert"' in text_of(response)
    assert ("Typed &lt;words&gt;" in text_of(response)) == ("body" not in wrong)
    read_anew(session)
    assert session.scalars(select(Comment)).all() == []


def test_strangers(public, delegate, session, world, proposal):
    assert public.post(COMMENTS, data=FIELDS).status_code == 403
    assert "Sign in to comment" in text_of(public.get(PAGE))
    elsewhere = say(session, make_proposal(session, world.consultation, published=True))
    session.commit()
    for identifier in (str(elsewhere.id), str(uuid.uuid4()), "x"):
        assert delegate.post(COMMENTS, data={**FIELDS, "answers": identifier}).status_code == 404
        assert public.get(f"{PAGE}?thread={identifier}").status_code == 404
        assert public.get(f"{PAGE}?reply={identifier}").status_code == 404
    assert public.get(f"{PAGE}?after=x").status_code == 400
    assert delegate.post("/en/proposals/NG27-999/comments", data=FIELDS).status_code == 404


def test_why_one_cannot_comment_now(delegate, session, world, proposal):
    enter_phase(session, world.consultation, PhaseName.RANK, actor=OPERATOR, now=NOW)
    session.commit()
    page = text_of(delegate.get(PAGE))
    assert "not in a phase" in page
    assert 'id="reply"' not in page
    assert delegate.post(COMMENTS, data=FIELDS).status_code == 403


def test_comments_are_text(delegate, public, proposal):
    attack = (
        "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://example.org/z)"
    )
    assert delegate.post(COMMENTS, data={**FIELDS, "body": attack}).status_code == 303
    page = text_of(public.get(PAGE))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_a_foreign_comment_says_its_language(public, session, proposal):
    say(session, proposal, "Nous aussi", language="fr")
    session.commit()
    page = text_of(public.get(PAGE))
    assert '<div lang="fr"><p>Nous aussi</p>' in page
    assert "French" in page
    assert session.scalars(select(Comment.visibility)).all() == [Visibility.VISIBLE]
