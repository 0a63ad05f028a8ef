"""Taking a proposal to decide: what the others see, who may, how it ends, and that it is one person's at a time."""

import re
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR, Denied, Reason
from consultation.kernel.roles import Role
from consultation.moderation.models import Claim
from consultation.moderation.operations import (
    LAPSING,
    HeldByAnother,
    claim,
    decline,
    publish,
    release,
    renew,
    request_changes,
    take_over,
)
from consultation.moderation.queries import Filters, Holder, claims_standing, queue
from consultation.moderation.states import ReasonCode
from consultation.proposals.models import Proposal
from consultation.proposals.operations import withdraw
from consultation.proposals.states import ProposalState
from tests.factories import NOW, actor_of, make_mandate, make_proposal, make_user, sign_in

SOON, MINUTES = NOW + timedelta(minutes=5), timedelta(minutes=20)
WHY = {"code": ReasonCode.UNCLEAR, "reason": "Say who should act."}


@pytest.fixture
def desk(session, scene):
    """The scene with a second moderator."""
    second = make_user(session, Role.MODERATOR, name="Ana Lista")
    session.commit()
    return SimpleNamespace(**vars(scene), second=second, other=actor_of(session, second))


def events(session, *names):
    wanted = names or ("CaseClaimed", "CaseClaimRenewed", "CaseTakenOver", "CaseReleased")
    query = select(EventRecord).where(EventRecord.name.in_(wanted)).order_by(EventRecord.position)
    return [(row.name, row.actor_id, row.payload) for row in session.scalars(query)]


def standing(session, now):
    return [(row.code, row.holder_name, row.until) for row in claims_standing(session, now)]


def test_taking_holds_it_for_twenty_minutes_and_once_more_for_longer(session, desk):
    held = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    assert standing(session, NOW) == [("NG27-001", "Mo Derator", NOW + MINUTES)]
    assert claim(session, desk.proposal, actor=desk.actor, now=SOON).id == held.id
    assert standing(session, SOON) == [("NG27-001", "Mo Derator", SOON + MINUTES)]
    about = {"consultation_id": str(desk.consultation.id), "claim_id": str(held.id)}
    assert events(session) == [
        ("CaseClaimed", desk.moderator.id, about),
        ("CaseClaimRenewed", desk.moderator.id, about),
    ]


def test_somebody_else_is_told_and_takes_it_over_only_from_the_claim_they_saw(session, desk):
    first = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    for attempt in (
        lambda: claim(session, desk.proposal, actor=desk.other, now=SOON),
        lambda: take_over(session, desk.proposal, seen=uuid7(), actor=desk.other, now=SOON),
        lambda: release(session, desk.proposal, actor=desk.other, now=SOON),
    ):
        with pytest.raises(HeldByAnother) as refused:
            attempt()
        assert refused.value.held.id == first.id
    second = take_over(session, desk.proposal, seen=first.id, actor=desk.other, now=SOON)
    assert standing(session, SOON) == [("NG27-001", "Ana Lista", SOON + MINUTES)]
    assert events(session)[-1] == (
        "CaseTakenOver",
        desk.second.id,
        {
            "consultation_id": str(desk.consultation.id),
            "claim_id": str(second.id),
            "held_by": str(desk.moderator.id),
        },
    )
    with pytest.raises(HeldByAnother):
        take_over(session, desk.proposal, seen=first.id, actor=desk.actor, now=SOON)


def test_time_ends_it_for_the_others_before_anybody_has_tidied_up(session, desk):
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    over = NOW + MINUTES
    assert standing(session, over - timedelta(seconds=1)) != []
    assert standing(session, over) == []
    claim(session, desk.proposal, actor=desk.other, now=over)
    assert standing(session, over) == [("NG27-001", "Ana Lista", over + MINUTES)]
    assert session.scalar(select(func.count()).select_from(Claim)) == 1


def test_the_worker_lets_go_of_what_is_over_or_withdrawn(session, desk):
    other = make_proposal(session, desk.consultation, author_id=desk.delegate.id)
    kept = make_proposal(session, desk.consultation)
    over = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    gone, stays = (claim(session, one, actor=desk.actor, now=SOON) for one in (other, kept))
    withdraw(session, other, actor=OPERATOR, now=SOON)
    session.flush()
    due = NOW + MINUTES
    assert set(LAPSING.waiting(session, SOON)) == {gone.id}
    assert set(LAPSING.waiting(session, due)) == {over.id, gone.id}
    for claim_id in (over.id, gone.id, over.id, stays.id):
        LAPSING.act(session, claim_id, due)
    assert list(session.scalars(select(Claim.id))) == [stays.id]
    assert [(payload["claim_id"], payload["how"]) for _name, _by, payload in events(session, "CaseReleased")] == [
        (str(over.id), "time"),
        (str(gone.id), "time"),
    ]


def test_giving_back(session, desk):
    assert release(session, desk.proposal, actor=desk.actor, now=NOW) is False
    held = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    assert release(session, desk.proposal, actor=desk.actor, now=SOON) is True
    assert standing(session, SOON) == []
    claim(session, desk.proposal, actor=desk.other, now=SOON)
    assert release(session, desk.proposal, actor=OPERATOR, now=SOON) is True
    told = [(by, payload["held_by"], payload["how"]) for _name, by, payload in events(session, "CaseReleased")]
    assert told == [
        (desk.moderator.id, str(desk.moderator.id), "hand"),
        (None, str(desk.second.id), "hand"),
    ]
    assert held.id != session.scalar(select(Claim.id))


@pytest.mark.parametrize(
    "decide",
    [
        publish,
        lambda session, proposal, **by: decline(session, proposal, **WHY, **by),
        lambda session, proposal, **by: request_changes(session, proposal, **WHY, **by),
    ],
)
def test_deciding_what_somebody_else_holds_takes_having_seen_it(session, desk, decide):
    held = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    session.commit()
    for seen in (None, uuid7()):
        with pytest.raises(HeldByAnother):
            decide(session, desk.proposal, past_claim=seen, actor=desk.other, now=SOON)
        session.rollback()
    assert session.get_one(Proposal, desk.proposal.id).state is ProposalState.SUBMITTED
    decide(session, desk.proposal, past_claim=held.id, actor=desk.other, now=SOON)
    assert session.scalar(select(func.count()).select_from(Claim)) == 0
    assert events(session)[-1] == (
        "CaseReleased",
        desk.second.id,
        {
            "consultation_id": str(desk.consultation.id),
            "claim_id": str(held.id),
            "held_by": str(desk.moderator.id),
            "how": "decision",
        },
    )


def test_deciding_ones_own_and_what_is_free_asks_nothing(session, desk):
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    publish(session, desk.proposal, actor=desk.actor, now=SOON)
    free = make_proposal(session, desk.consultation)
    publish(session, free, actor=desk.other, now=SOON)
    assert session.scalar(select(func.count()).select_from(Claim)) == 0


def test_nobody_takes_their_own_matter_nor_what_does_not_wait(session, desk):
    colleague = make_user(session, Role.MODERATOR)
    make_mandate(session, colleague, desk.organization)
    reasons = {}
    for name, person in (
        ("colleague", actor_of(session, colleague)),
        ("auditor", actor_of(session, make_user(session, Role.AUDITOR))),
        ("delegate", actor_of(session, desk.delegate)),
        ("operator", OPERATOR),
    ):
        with pytest.raises(Denied) as refused:
            claim(session, desk.proposal, actor=person, now=NOW)
        reasons[name] = refused.value.decision.reason
    assert reasons == {
        "colleague": Reason.OWN_MATTER,
        "auditor": Reason.ROLE,
        "delegate": Reason.ROLE,
        "operator": Reason.ROLE,
    }
    held = claim(session, desk.proposal, actor=desk.actor, now=NOW)
    with pytest.raises(Denied):
        take_over(session, desk.proposal, seen=held.id, actor=actor_of(session, colleague), now=NOW)
    publish(session, desk.proposal, actor=desk.actor, now=NOW)
    with pytest.raises(WrongState):
        claim(session, desk.proposal, actor=desk.actor, now=NOW)


def test_the_database_holds_one_a_proposal(session, desk):
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    session.flush()
    second = {"proposal_id": desk.proposal.id, "moderator_id": desk.second.id, "claimed_at": NOW, "until": SOON}
    session.add(Claim(**second))
    with pytest.raises(IntegrityError):
        session.flush()


def test_of_two_who_take_it_at_once_one_does(engine, session, desk):
    session.commit()
    begin, ended = Barrier(2), []

    def attempt(actor):
        with Session(engine) as mine:
            proposal = mine.get_one(Proposal, desk.proposal.id)
            mine.commit()
            begin.wait()
            try:
                claim(mine, proposal, actor=actor, now=NOW)
                mine.commit()
                ended.append("took it")
            except HeldByAnother:
                ended.append("was told")

    if engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time there")
    people = [Thread(target=attempt, args=(actor,)) for actor in (desk.actor, desk.other)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(ended) == ["took it", "was told"]


def test_renewing_is_not_a_write_a_second_and_never_somebody_elses(session, desk):
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    by = {"proposal_id": desk.proposal.id, "actor": desk.actor}
    renew(session, **by, now=NOW + timedelta(seconds=59))
    assert standing(session, NOW) == [("NG27-001", "Mo Derator", NOW + MINUTES)]
    renew(session, desk.proposal.id, actor=desk.other, now=SOON)
    assert standing(session, NOW) == [("NG27-001", "Mo Derator", NOW + MINUTES)]
    renew(session, **by, now=SOON)
    assert standing(session, NOW) == [("NG27-001", "Mo Derator", SOON + MINUTES)]
    renew(session, **by, now=SOON + MINUTES)
    assert standing(session, SOON + MINUTES) == []


def test_what_is_free_and_what_is_mine(session, desk):
    second, third = (make_proposal(session, desk.consultation) for _ in range(2))
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    claim(session, second, actor=desk.other, now=NOW)

    def shown(holder, now=NOW):
        found = queue(session, Filters(holder=holder), reader=desk.moderator.id, now=now)
        return [row.code for row in found.rows]

    codes = [desk.proposal.code, second.code, third.code]
    assert {holder: shown(holder) for holder in (None, *Holder)} == {
        None: codes,
        Holder.FREE: [third.code],
        Holder.MINE: [desk.proposal.code],
    }
    assert shown(Holder.FREE, NOW + MINUTES) == codes


# --- on the page ---


@pytest.fixture
def both(app, session, desk):
    """A client for each of the two moderators."""
    clients = []
    for person in (desk.moderator, desk.second):
        clients.append(app.test_client())
        sign_in(session, clients[-1], person)
    return clients


def text_of(response):
    return response.get_data(as_text=True)


def claim_id_in(text):
    return re.search(r'name="past_claim" value="([0-9a-f-]+)"', text)[1]


@pytest.mark.parametrize(
    ("lang", "mine", "others"),
    [
        ("en", "Yours until", "Mo Derator has it until"),
        ("fr", "À vous jusqu’à", "Mo Derator s’en occupe jusqu’à"),
        ("es", "Suya hasta las", "Mo Derator la tiene hasta las"),
    ],
)
def test_the_others_see_who_and_until_when(both, lang, mine, others):
    first, second = both
    assert others not in text_of(second.get(f"/{lang}/moderation"))
    assert first.post(f"/{lang}/proposals/NG27-001/claim").status_code == 303
    seen = [text_of(client.get(f"/{lang}/moderation")) for client in both]
    assert [(mine in text, others in text) for text in seen] == [(True, False), (False, True)]


def test_reading_takes_nothing(both, session):
    for address in ("/en/moderation", "/en/moderation?at=NG27-001", "/en/moderation?holder=mine"):
        assert both[0].get(address).status_code == 200
    assert both[0].get("/en/proposals/NG27-001/claim").status_code == 405
    assert session.scalar(select(func.count()).select_from(Claim)) == 0


def test_a_decision_on_a_page_that_is_older_than_the_claim_is_held_back_once(both, session, desk):
    first, second = both
    first.post("/en/proposals/NG27-001/claim")
    refused = {
        verb: second.post(f"/en/proposals/NG27-001/{verb}", data={"code": "unclear", "reason": "Typed words stay"})
        for verb in ("publication", "decline", "change-request")
    }
    for verb, response in refused.items():
        assert response.status_code == 422
        assert "Mo Derator has taken NG27-001. Nothing was decided" in text_of(response)
        assert '<details class="disclosure past" open>' in text_of(response)
        assert ("Typed words stay" in text_of(response)) == (verb != "publication")
    session.rollback()
    assert session.get_one(Proposal, desk.proposal.id).state is ProposalState.SUBMITTED
    confirmed = {"past_claim": claim_id_in(text_of(refused["publication"]))}
    assert second.post("/en/proposals/NG27-001/publication", data=confirmed).status_code == 303
    session.expire_all()
    assert session.get_one(Proposal, desk.proposal.id).state is ProposalState.PUBLISHED


@pytest.mark.parametrize("typed", ["", "nonsense", "0192a000-0000-7000-8000-000000000000"])
def test_a_made_up_claim_confirms_nothing(both, typed):
    first, second = both
    first.post("/en/proposals/NG27-001/claim")
    for verb in ("publication", "claim", "claim-release"):
        assert second.post(f"/en/proposals/NG27-001/{verb}", data={"past_claim": typed}).status_code == 422


def test_taking_over_by_what_the_page_says(both, session):
    first, second = both
    first.post("/en/proposals/NG27-001/claim")
    seen = {"past_claim": claim_id_in(text_of(second.get("/en/moderation")))}
    assert second.post("/en/proposals/NG27-001/claim", data=seen).status_code == 303
    assert "Ana Lista has it until" in text_of(first.get("/en/moderation"))
    assert first.post("/en/proposals/NG27-001/claim-release").status_code == 422
    assert second.post("/en/proposals/NG27-001/claim-release").status_code == 303
    assert session.scalar(select(func.count()).select_from(Claim)) == 0


def test_what_was_taken_from_what_is_free_is_shown_among_ones_own(both):
    place = "state=submitted&consultation=sample&holder=free"
    response = both[0].post(f"/en/proposals/NG27-001/claim?{place}&next=NG27-001")
    assert response.location == ("/en/moderation?at=NG27-001&state=submitted&consultation=sample&holder=mine#NG27-001")
    assert "NG27-001 is yours until" in text_of(both[0].get(response.location))
    assert "You have taken nothing." in text_of(both[1].get("/en/moderation?holder=mine"))
    assert "Nothing is free" in text_of(both[1].get("/en/moderation?holder=free"))
    assert both[0].get("/en/moderation?holder=hers").status_code == 404


def test_prepared_words_and_a_form_with_errors_renew_what_is_ones_own(clock, both, session):
    both[0].post("/en/proposals/NG27-001/claim")
    until = session.scalars(select(Claim.until)).one()
    session.rollback()
    clock.advance(minutes=7)
    words = {"code": "unclear", "reason": "", "words": "fr"}
    assert both[1].post("/en/proposals/NG27-001/decline", data=words).status_code == 422
    assert session.scalars(select(Claim.until)).one() == until
    session.rollback()
    assert both[0].post("/en/proposals/NG27-001/decline", data=words).status_code == 422
    assert session.scalars(select(Claim.until)).one() == until + timedelta(minutes=7)


def test_who_erases_their_account_holds_nothing(session, desk):
    from consultation.privacy.operations import erase_at_once

    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    erase_at_once(session, desk.moderator, actor=OPERATOR, now=NOW)
    assert session.scalar(select(func.count()).select_from(Claim)) == 0


# --- from the command line ---


def test_commands_leave_what_is_taken_unless_told(runner, session, desk):
    make_proposal(session, desk.consultation)
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    session.commit()
    listed = runner.invoke(args=["proposals", "taken"])
    assert [line.split("\t")[::2] for line in listed.stdout.splitlines()] == [["NG27-001", "Mo Derator"]]
    refused = runner.invoke(args=["proposals", "publish", "NG27-001"])
    assert (refused.exit_code, "A moderator has taken NG27-001" in refused.stderr) == (1, True)
    assert "Mo Derator" not in refused.stderr
    rest = runner.invoke(args=["proposals", "publish", "--all", "--consultation", "sample"])
    assert (rest.stdout, "left to them" in rest.stderr) == ("NG27-002\n", True)
    done = runner.invoke(args=["proposals", "decline", "NG27-001", "--reason", "No.", "--although-taken"])
    assert (done.exit_code, runner.invoke(args=["proposals", "taken"]).stdout) == (0, "")


def test_the_operator_gives_back_what_somebody_left(runner, session, desk):
    assert runner.invoke(args=["proposals", "release", "NG27-001"]).exit_code == 1
    claim(session, desk.proposal, actor=desk.actor, now=NOW)
    session.commit()
    assert runner.invoke(args=["proposals", "release", "NG27-001"]).stdout == "NG27-001\n"
    assert runner.invoke(args=["proposals", "taken"]).stdout == ""
