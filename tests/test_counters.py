"""Whatever people do, in whatever order, a counter says what counting the rows would."""

import random

import pytest
from sqlalchemy import func, select

from consultation.convening.models import Consultation
from consultation.convening.operations import enter_phase
from consultation.convening.states import PhaseName
from consultation.curation.models import AgendaItem
from consultation.curation.operations import admit
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.states import Visibility
from consultation.kernel.moves import WrongState
from consultation.kernel.permissions import OPERATOR, Denied
from consultation.moderation.operations import decline, hide, publish, request_changes, restore
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Endorsement, Proposal
from consultation.proposals.operations import amend, endorse, submit, withdraw, withdraw_endorsement
from consultation.proposals.rules import ProposalText
from consultation.proposals.states import PUBLIC_STATES, ProposalState
from tests.factories import NOW, make_consultation, make_organization

BY = {"actor": OPERATOR, "now": NOW}
WHY = {"code": ReasonCode.UNCLEAR, "reason": "Say more."}
STEPS = 400
REFUSED = (WrongState, Denied)


class World:
    """A consultation in which one thing after the other happens at random, sometimes one that is refused."""

    def __init__(self, session, seed):
        self.session, self.random = session, random.Random(seed)
        self.consultation = make_consultation(session, phases=[PhaseName.DISCUSS])
        self.organizations = [make_organization(session) for _ in range(3)]
        self.proposals, self.comments = [], []
        self.done = set()

    def step(self):
        verb = self.random.choice(VERBS)
        try:
            with self.session.begin_nested():
                verb(self)
            self.done.add(verb.__name__)
        except REFUSED:
            pass

    @property
    def proposal(self):
        return self.random.choice(self.proposals[-6:])

    def propose(self):
        imported = f"row {len(self.proposals)}" if self.random.random() < 0.3 else None
        text = ProposalText(f"Title {self.random.random()}", "Barrier.", "", "Remedy.")
        owner = self.random.choice(self.organizations).id
        made = submit(
            self.session,
            self.consultation,
            text=text,
            language="en",
            organization_id=owner,
            import_identity=imported,
            **BY,
        )
        self.proposals.append(made)

    def change(self):
        text = ProposalText(f"Title {self.random.random()}", "Barrier.", "", "Remedy.")
        amend(self.session, self.proposal, text=text, **BY)

    def publish(self):
        publish(self.session, self.proposal, **BY)

    def send_back(self):
        request_changes(self.session, self.proposal, **WHY, **BY)

    def decline(self):
        decline(self.session, self.proposal, **WHY, **BY)

    def withdraw(self):
        withdraw(self.session, self.proposal, **BY)

    def place(self):
        admit(self.session, self.proposal, **BY)

    def endorse(self):
        endorse(self.session, self.proposal, organization_id=self.random.choice(self.organizations).id, **BY)

    def take_back(self):
        one = self.random.choice(self.organizations).id
        withdraw_endorsement(self.session, self.proposal, organization_id=one, **BY)

    def comment(self):
        chosen = self.proposal
        said = [one for one in self.comments if one.proposal_id == chosen.id and one.visibility == Visibility.VISIBLE]
        answers = self.random.choice([None, *said])
        imported = hidden = None
        if self.random.random() < 0.3:
            imported = f"row {len(self.comments)}"
            hidden = self.random.choice([None, ReasonCode.IMPORTED_DECISION])
        elif chosen.state not in PUBLIC_STATES:
            return
        made = post(
            self.session,
            chosen,
            body="Words.",
            language="en",
            answers=answers,
            import_identity=imported,
            hidden_reason=hidden,
            organization_id=self.random.choice(self.organizations).id,
            **BY,
        )
        self.comments.append(made)

    def hide(self):
        if self.comments:
            hide(self.session, self.random.choice(self.comments), **WHY, **BY)

    def restore(self):
        if self.comments:
            restore(self.session, self.random.choice(self.comments), **BY)


VERBS = (
    World.propose,
    World.propose,
    World.change,
    World.publish,
    World.publish,
    World.send_back,
    World.decline,
    World.withdraw,
    World.place,
    World.endorse,
    World.endorse,
    World.take_back,
    World.comment,
    World.comment,
    World.hide,
    World.restore,
)


def counted(session, *conditions):
    return session.scalar(select(func.count()).where(*conditions))


def kept_and_counted(session, consultation):
    """Each counter beside what counting gives; the ORM's memory is left out of it."""
    session.flush()
    session.expire_all()
    found = session.execute(
        select(
            Consultation.submitted_count,
            Consultation.published_count,
            Consultation.item_count,
            Consultation.comment_count,
        )
    ).one()
    kept = {"consultation": tuple(found)}
    truth = {
        "consultation": (
            counted(session, Proposal.state != ProposalState.DRAFT),
            counted(session, Proposal.state.in_(PUBLIC_STATES)),
            counted(session, AgendaItem.consultation_id == consultation.id),
            counted(
                session,
                Comment.visibility == Visibility.VISIBLE,
                Comment.proposal_id == Proposal.id,
                Proposal.state.in_(PUBLIC_STATES),
            ),
        )
    }
    for row in session.execute(select(Proposal.id, Proposal.code, Proposal.endorsement_count, Proposal.comment_count)):
        kept[row.code] = (row.endorsement_count, row.comment_count)
        truth[row.code] = (
            counted(session, Endorsement.proposal_id == row.id),
            counted(session, Comment.proposal_id == row.id, Comment.visibility == Visibility.VISIBLE),
        )
    for row in session.execute(select(Comment.id, Comment.reply_count)):
        kept[row.id] = row.reply_count
        truth[row.id] = counted(session, Comment.thread_id == row.id, Comment.visibility == Visibility.VISIBLE)
    return kept, truth


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_counter_drifts(session, seed):
    world = World(session, seed)
    world.propose()
    enter_phase(session, world.consultation, PhaseName.PROPOSE, **BY)
    for _ in range(STEPS):
        world.step()
    assert {verb.__name__ for verb in VERBS} == world.done
    kept, truth = kept_and_counted(session, world.consultation)
    assert kept == truth


def test_comments_are_counted_while_their_proposal_is_public(session):
    world = World(session, 1)
    world.propose()
    (one,) = world.proposals
    post(session, one, body="Words.", language="en", import_identity="row 1", **BY)

    def comments():
        return kept_and_counted(session, world.consultation)[0]["consultation"][3]

    assert (one.state, comments()) == (ProposalState.SUBMITTED, 0)
    publish(session, one, **BY)
    assert comments() == 1
    decline(session, one, **WHY, **BY)
    assert comments() == 0
    (hidden,) = session.scalars(select(Comment))
    hide(session, hidden, **WHY, **BY)
    restore(session, hidden, **BY)
    kept, truth = kept_and_counted(session, world.consultation)
    assert (kept, comments()) == (truth, 0)
