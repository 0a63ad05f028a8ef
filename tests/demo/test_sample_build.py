"""The sample as it stands in the database once it is built through the rooms' own operations."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from consultation.app import create_app
from consultation.commands.demonstration import replace_sample
from consultation.convening.models import Consultation
from consultation.demo.sample import delegate_address, find_role, read
from consultation.discussion.models import Comment
from consultation.drafting.models import Release
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import actor_by_email
from consultation.moderation.models import ModerationAction
from consultation.moderation.states import ActionKind
from consultation.proposals.models import Evidence, Proposal, Revision
from consultation.proposals.states import ProposalState
from consultation.voting.models import Contest, StoredTally
from consultation.voting.states import ContestState

pytestmark = pytest.mark.sqlite
"""The demonstration keeps its sample on SQLite. Journeys build it on PostgreSQL too."""

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration has put its sample."""
    made = tmp_path_factory.mktemp("sample") / "demo"
    replace_sample(made, create_app, ADDRESS)
    return made


@pytest.fixture
def built(folder: Path) -> Iterator[Session]:
    with opened(folder) as session:
        yield session


@contextmanager
def opened(folder: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{folder / 'consultation.sqlite'}")
    with Session(engine) as session:
        yield session
    engine.dispose()


def now() -> datetime:
    return datetime.now(UTC)


def summary(session: Session) -> list[tuple[object, ...]]:
    """What of the sample does not hang on the time of its building."""
    columns = (Proposal.code, Proposal.title, Proposal.state, Proposal.endorsement_count, Proposal.comment_count)
    proposals = session.execute(select(*columns).order_by(Proposal.code))
    tallies = session.execute(select(StoredTally.rule, StoredTally.result).order_by(StoredTally.rule))
    return [*map(tuple, proposals), *((rule, result["order"], result["selected"]) for rule, result in tallies)]


def test_a_second_build_makes_the_same_sample_in_the_place_of_the_first(folder: Path):
    with opened(folder) as session:
        first = summary(session)
    replace_sample(folder, create_app, ADDRESS)
    with opened(folder) as session:
        assert summary(session) == first


def test_every_text_of_the_sample_stands_in_its_state_with_its_sources(built: Session):
    states = Counter(built.execute(select(Consultation.slug, Proposal.state).join(Proposal.consultation)))
    assert states == {
        ("sample-agenda-2026", ProposalState.PLACED): 14,
        ("sample-agenda-2026", ProposalState.DECLINED): 1,
        ("sample-ranking", ProposalState.PLACED): 22,
        ("sample-open", ProposalState.PUBLISHED): 24,
        ("sample-open", ProposalState.SUBMITTED): 3,
        ("sample-open", ProposalState.NEEDS_CHANGES): 1,
    }
    titles = {source["title"]: source["publisher"] for source in read()["sources"].values()}
    cited = dict(built.execute(select(Evidence.title, Evidence.publisher).distinct()).all())
    assert cited == titles
    texts = [text for entry in read()["consultations"] for text in [*entry["proposals"], *entry["moderated"]]]
    assert built.query(Evidence).count() == sum(len(text["sources"]) for text in texts)
    revised = [text["remedy_revised"] for text in texts if "remedy_revised" in text]
    assert sorted(built.scalars(select(Revision.remedy).where(Revision.number == 2))) == sorted(revised)


def test_nothing_happens_in_the_future_and_answers_follow_what_they_answer(built: Session):
    published = dict(built.execute(select(Proposal.id, Proposal.published_at)).all())
    comments = {comment.id: comment for comment in built.scalars(select(Comment))}
    assert [comment.id for comment in comments.values() if comment.created_at > now()] == []
    assert [one.id for one in comments.values() if one.created_at <= published[one.proposal_id]] == []
    replies = [one for one in comments.values() if one.answers_id is not None]
    assert len(replies) > 20
    assert [one.id for one in replies if one.created_at <= comments[one.answers_id].created_at] == []
    submitted = select(Proposal.number, Proposal.consultation_id).order_by(Proposal.submitted_at)
    for consultation in built.scalars(select(Consultation.id)):
        numbers = [number for number, where in built.execute(submitted) if where == consultation]
        assert numbers == sorted(numbers)


def test_reasons_of_moderators_are_in_the_authors_language(built: Session):
    refused = select(Proposal.language, ModerationAction.reason, ModerationAction.kind).join(
        Proposal, Proposal.id == ModerationAction.proposal_id
    )
    refused = refused.where(ModerationAction.kind != ActionKind.PUBLISH)
    found = {(language, kind, reason) for language, reason, kind in built.execute(refused)}
    kinds = {"changes": ActionKind.REQUEST_CHANGES, "declined": ActionKind.DECLINE}
    assert found == {
        (text["language"], kinds[text["fate"]], text["reason"]["words"])
        for entry in read()["consultations"]
        for text in entry["moderated"]
        if "reason" in text
    }


def test_one_comment_is_hidden_for_a_reason_and_not_counted(built: Session):
    hidden = [
        (comment["body"], comment["hidden"]["code"], comment["hidden"]["words"])
        for entry in read()["consultations"]
        for text in entry["proposals"]
        for comment in text.get("comments", ())
        if "hidden" in comment
    ]
    query = select(Comment.body, Comment.hidden_reason, ModerationAction.reason, Proposal.comment_count, Proposal.id)
    query = query.join(ModerationAction, ModerationAction.comment_id == Comment.id)
    found = built.execute(query.join(Proposal, Proposal.id == Comment.proposal_id)).all()
    assert [tuple(row[:3]) for row in found] == hidden
    assert len(hidden) == 1
    written = built.query(Comment).filter_by(proposal_id=found[0].id).count()
    assert found[0].comment_count == written - 1


def test_groups_get_a_share_that_plain_approval_would_not_give_them(built: Session):
    contest = built.scalars(select(Contest).where(Contest.code == "SA26-C1")).one()
    tallies = {
        one.rule: set(one.result["selected"])
        for one in built.scalars(select(StoredTally).where(StoredTally.contest_id == contest.id))
    }
    agenda = read()["consultations"][0]
    code = {text["key"]: f"SA26-A{number:03d}" for number, text in enumerate(agenda["proposals"], start=1)}
    gained = {code[key] for key in ("suites-viens", "sante-francais", "interpretes-juicio")}
    assert tallies["expanding_approvals"] - tallies["approval"] == gained


def test_contests_and_releases_stand_where_the_consultations_say(built: Session):
    contests = dict(built.execute(select(Contest.code, Contest.state)).all())
    assert contests == {"SA26-C1": ContestState.PUBLISHED, "SR27-C1": ContestState.OPEN}
    assert sorted(built.scalars(select(Release.number))) == ["0.1", "1.0"]


def test_each_sign_in_has_something_to_do(built: Session):
    for person in read()["people"]:
        actor = actor_by_email(built, person["email"], now())
        assert actor is not None
        assert set(actor.roles) == {Role(person["role"])}
        assert person["opens"].startswith("/")
    assert built.query(Proposal).filter_by(state=ProposalState.SUBMITTED).count() == 3
    delegate = find_role(built, Role.DELEGATE, now())
    spoken_for = built.scalars(
        select(MemberOrganization.code).where(
            MemberOrganization.id.in_([held.organization_id for held in delegate.mandates])
        )
    ).all()
    voted = read()["consultations"][1]["contest"]["ballots"]
    assert spoken_for == ["prairie-newcomers"]
    assert [code for code in spoken_for if code in voted] == []
    assert delegate_address("prairie-newcomers") == "delegate@example.org"


def test_the_organization_that_asked_for_it_is_protected(built: Session):
    protected = built.scalars(select(MemberOrganization.code).where(MemberOrganization.protected)).all()
    assert protected == ["member-23"]
