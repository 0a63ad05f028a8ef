"""Contests in which each delegate has a ballot: the roll of people, casting, secrecy, and what the record tells."""

import json
import uuid
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import IntegrityError

from consultation.accounts.states import ShownAs
from consultation.exchange.bundle import write_bundle
from consultation.exchange.verifying import ballot_box_verifier as verifier
from consultation.kernel.letters import Letter
from consultation.kernel.permissions import OPERATOR, Actor, Denied, Reason
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.models import Mandate
from consultation.membership.queries import actor_for
from consultation.membership.states import OrganizationState
from consultation.privacy.operations import erase_at_once, personal_data
from consultation.voting import chain
from consultation.voting.keys import key_store
from consultation.voting.models import BallotDraft, CastKey, ChainEntry, Contest, RollEntry
from consultation.voting.operations import (
    CastConflict,
    ContestNotReady,
    cast,
    close_contest,
    import_ballots,
    open_contest,
    publish_contest,
    read_paper,
    save_draft,
    sign_off,
    tally_contest,
)
from consultation.voting.operations.box import voter_text
from consultation.voting.paper import PaperOutcome
from consultation.voting.queries import final_contents, names_on_roll
from consultation.voting.rolls import delegates, electorate, roll_rows
from consultation.voting.rules import from_content
from consultation.voting.states import ContestKind, ContestState, Secrecy, VotingUnit
from consultation.voting.tally import BallotRow
from tests.voting.factories import Delegate, commit, make_contest, make_delegate, make_user


def add_mandate(session, user, organization, at, kind=MandateKind.DELEGATE, **dates):
    session.add(Mandate(user_id=user.id, organization_id=organization.id, kind=kind, **{"starts_at": at} | dates))
    session.flush()


def person(session, clock, name, organization, kind=MandateKind.DELEGATE, **dates):
    """Somebody else who speaks for an organization."""
    user = make_user(session, clock.now(), f"{name}@example.org", Role.DELEGATE)
    add_mandate(session, user, organization, clock.now(), kind, **dates)
    return Delegate(user, organization, actor_for(session, user, clock.now()))


def of_delegates(session, scene, clock, **changes):
    contest = make_contest(session, scene.consultation, clock.now(), unit=VotingUnit.DELEGATES, **changes)
    commit(session)
    return contest


def vote(session, contest, delegate, ballot, clock, key=None, **changes):
    said = {"organization_id": delegate.organization.id, "actor": delegate.actor, "clock": clock.now} | changes
    receipt = cast(session, contest, ballot=[[one] for one in ballot], key=key or uuid.uuid4().hex, **said)
    commit(session)
    return receipt


def on_roll(session, contest):
    rows = session.scalars(select(RollEntry).where(RollEntry.contest_id == contest.id).order_by(RollEntry.code))
    return {row.user_id: row for row in rows}


def why(call, *args, **options):
    with pytest.raises(Denied) as error:
        call(*args, **options)
    return error.value.decision.reason


@pytest.fixture
def ana(session, scene, clock):
    """A second delegate of ALPHA."""
    found = person(session, clock, "ana", scene.delegates[0].organization, MandateKind.DEPUTY)
    commit(session)
    return found


def test_the_roll_holds_each_person_once_under_a_code_that_says_nothing(session, scene, clock, ana):
    alpha, beta, gamma = scene.delegates
    add_mandate(session, alpha.user, beta.organization, clock.now() + timedelta(seconds=1))
    person(session, clock, "editor", gamma.organization, MandateKind.EDITOR)
    person(session, clock, "late", gamma.organization, starts_at=clock.now() + timedelta(days=1))
    person(session, clock, "over", gamma.organization, revoked_at=clock.now())
    person(session, clock, "ended", gamma.organization, ends_at=clock.now() + timedelta(seconds=1))
    gone = person(session, clock, "gone", gamma.organization)
    gone.user.active = False
    unverified = make_delegate(session, clock.now(), "DELTA", verified=False)
    clock.advance(seconds=2)
    contest = of_delegates(session, scene, clock)
    found = on_roll(session, contest)
    assert {user: row.organization_id for user, row in found.items()} == {
        alpha.user.id: alpha.organization.id,
        ana.user.id: alpha.organization.id,
        beta.user.id: beta.organization.id,
        gamma.user.id: gamma.organization.id,
    }
    assert unverified.user.id not in found
    assert sorted(row.code for row in found.values()) == ["ALPHA-1", "ALPHA-2", "BETA-1", "GAMMA-1"]
    assert {row.voter_id for row in found.values()} == set(found)
    assert {row.name for row in found.values()} == {f"Organization {code}" for code in ("ALPHA", "BETA", "GAMMA")}


def test_what_is_frozen_says_that_delegates_vote_and_of_members_nothing_new(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    people = sorted([one.organization.code, str(one.user.id)] for one in (*scene.delegates, ana))
    codes = ["ALPHA-1", "ALPHA-2", "BETA-1", "GAMMA-1"]
    assert (contest.frozen["unit"], contest.frozen["roll"]) == (
        "delegates",
        {
            "voters": 4,
            "sha256": chain.digest("contest/roll/2", chain.canonical(codes)),
            "families": 0,
            "represented": 0,
            "families_sha256": chain.digest("contest/families/1", chain.canonical([])),
            "members": 3,
            "people_sha256": chain.digest("contest/people/1", chain.canonical(people)),
        },
    )
    other = make_contest(session, scene.consultation, clock.now(), code="OTHER")
    assert "unit" not in other.frozen
    assert set(other.frozen["roll"]) == {"voters", "sha256", "families", "represented", "families_sha256"}


def test_codes_are_drawn_and_not_in_any_order(session, scene, clock):
    others = [person(session, clock, f"person{at}", scene.delegates[0].organization) for at in range(12)]
    orders = set()
    for at in range(3):
        contest = of_delegates(session, scene, clock, code=f"C{at}")
        found = on_roll(session, contest)
        orders.add(tuple(found[one.user.id].code for one in others))
    assert len(orders) == 3


def test_two_delegates_of_one_organization_cast_two_ballots(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    alpha = scene.delegates[0]
    first, second = vote(session, contest, alpha, scene.codes[:1], clock), vote(session, contest, ana, (), clock)
    again = vote(session, contest, alpha, scene.codes[1:2], clock)
    assert [(one.position, one.revision) for one in (first, second, again)] == [(1, 1), (2, 1), (3, 2)]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    marks = {one.code: one.voted for one in on_roll(session, contest).values()}
    assert marks == {"ALPHA-1": True, "ALPHA-2": True, "BETA-1": False, "GAMMA-1": False}
    assert contest.record["roll"] == [[code, voted] for code, voted in sorted(marks.items())]
    assert (contest.record["final"], contest.record["blank"], contest.record["superseded"]) == (2, 1, 1)
    said = sorted(str(from_content(row.content).tiers) for row in final_contents(session, contest.id))
    assert said == sorted(["()", str(((scene.codes[1],),))])


def test_a_person_with_two_mandates_has_one_ballot(session, scene, clock):
    alpha, beta, _gamma = scene.delegates
    add_mandate(session, alpha.user, beta.organization, clock.now() + timedelta(seconds=1))
    clock.advance(seconds=2)
    contest = of_delegates(session, scene, clock)
    actor = actor_for(session, alpha.user, clock.now())
    vote(session, contest, alpha, scene.codes[:1], clock, actor=actor)
    through_beta = {"organization_id": beta.organization.id, "actor": actor}
    assert why(vote, session, contest, alpha, scene.codes[:1], clock, **through_beta) is Reason.NOT_ON_ROLL
    vote(session, contest, beta, scene.codes[:1], clock)
    assert session.scalars(select(ChainEntry.revision).order_by(ChainEntry.position)).all() == [1, 1]


def test_the_database_refuses_a_second_entry_of_one_person_and_of_one_code(session, scene, clock):
    contest = of_delegates(session, scene, clock)
    person, member = scene.delegates[0].user.id, scene.delegates[1].organization.id
    entry = {"contest_id": contest.id, "name": "", "organization_id": member, "user_id": person, "voter_id": person}
    for wrong in (
        {"code": "BETA-2"},
        {"code": "ALPHA-1", "user_id": None, "voter_id": member},
        {"code": "BETA-2", "voter_id": uuid.uuid4()},
    ):
        session.add(RollEntry(**entry | wrong))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_who_is_not_on_the_roll_or_whose_mandate_ended_casts_nothing(session, scene, clock, ana):
    alpha, beta, gamma = scene.delegates
    editor = person(session, clock, "editor", alpha.organization, MandateKind.EDITOR)
    contest = of_delegates(session, scene, clock)
    late = person(session, clock, "late", alpha.organization)
    stranger = make_user(session, clock.now(), "stranger@example.org", Role.DELEGATE)
    ballot = scene.codes[:1]
    assert why(vote, session, contest, editor, ballot, clock) is Reason.NO_MANDATE
    assert why(vote, session, contest, late, ballot, clock) is Reason.NOT_ON_ROLL
    assert why(vote, session, contest, alpha, ballot, clock, actor=beta.actor) is Reason.NO_MANDATE
    nobody = Actor(stranger.id, stranger.roles)
    assert why(vote, session, contest, alpha, ballot, clock, actor=nobody) is Reason.NO_MANDATE
    assert why(vote, session, contest, alpha, ballot, clock, actor=OPERATOR) is Reason.NO_MANDATE
    vote(session, contest, ana, ballot, clock)
    session.execute(delete(Mandate).where(Mandate.user_id == ana.user.id))
    ended = actor_for(session, ana.user, clock.now())
    assert why(vote, session, contest, ana, ballot, clock, actor=ended) is Reason.NO_MANDATE
    gamma.organization.state, gamma.organization.verified_at = OrganizationState.SUSPENDED, None
    session.flush()
    suspended = actor_for(session, gamma.user, clock.now())
    assert why(vote, session, contest, gamma, ballot, clock, actor=suspended) is Reason.NOT_VERIFIED
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert contest.record["final"] == 1
    assert on_roll(session, contest)[ana.user.id].voted is True


def test_a_person_votes_in_both_kinds_of_contests_without_either_touching_the_other(session, scene, clock, ana):
    own = of_delegates(session, scene, clock, code="OWN")
    members = make_contest(session, scene.consultation, clock.now(), code="MEMBERS")
    commit(session)
    alpha = scene.delegates[0]
    for contest in (own, members):
        said = {"organization_id": alpha.organization.id, "actor": alpha.actor, "now": clock.now()}
        save_draft(session, contest, tiers=[[scene.codes[0]]], **said)
    drafts = session.scalars(select(BallotDraft)).all()
    assert {(one.contest_id, one.voter_id, one.organization_id, one.user_id) for one in drafts} == {
        (own.id, alpha.user.id, None, alpha.user.id),
        (members.id, alpha.organization.id, alpha.organization.id, None),
    }
    vote(session, own, ana, scene.codes[:1], clock)
    vote(session, members, ana, scene.codes[:1], clock)
    assert vote(session, members, alpha, scene.codes[1:2], clock).revision == 2
    assert vote(session, own, alpha, scene.codes[1:2], clock).revision == 1
    assert session.scalars(select(BallotDraft)).all() == []


def test_the_same_key_gives_the_same_receipt_and_belongs_to_one_person(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    alpha = scene.delegates[0]
    first = vote(session, contest, alpha, scene.codes[:1], clock, key="one")
    assert vote(session, contest, alpha, scene.codes[:1], clock, key="one") == first
    with pytest.raises(CastConflict):
        vote(session, contest, alpha, scene.codes[1:2], clock, key="one")
    assert vote(session, contest, ana, scene.codes[:1], clock, key="one").position == 2


def test_only_the_delegate_is_told_of_their_ballot(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    vote(session, contest, ana, scene.codes[:1], clock)
    assert session.scalars(select(Letter.user_id).where(Letter.kind == "ballot_recorded")).all() == [ana.user.id]


def test_paper_is_entered_under_the_code_of_the_roll(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    codes = {user: row.code for user, row in on_roll(session, contest).items()}
    beta = scene.delegates[1]
    vote(session, contest, ana, scene.codes[:1], clock)
    rows = {code: BallotRow(((scene.codes[0],),)) for code in (codes[ana.user.id], codes[beta.user.id], "BETA")}
    found = import_ballots(session, contest, rows, actor=OPERATOR, now=clock.now())
    assert (found.imported, found.rejected) == (
        [codes[beta.user.id]],
        {codes[ana.user.id]: "already_cast", "BETA": "not_on_roll"},
    )
    assert vote(session, contest, beta, scene.codes[1:2], clock).revision == 2


def test_two_people_read_the_paper_of_a_delegate_who_alone_is_told(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    code = on_roll(session, contest)[ana.user.id].code
    desk = [make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER) for name in ("one", "two")]
    said = {"voter": code.lower(), "ballot": [[scene.codes[0]]], "now": clock.now()}
    for reader in (ana.actor, scene.delegates[0].actor):
        desked = Actor(reader.user_id, frozenset({Role.ORGANIZER}), reader.mandates)
        assert why(read_paper, session, contest, **said, first=True, actor=desked) is Reason.OWN_MATTER
    itself = Actor(ana.user.id, frozenset({Role.ORGANIZER}))
    assert why(read_paper, session, contest, **said, first=True, actor=itself) is Reason.OWN_MATTER
    done = [
        read_paper(session, contest, **said, first=at == 0, actor=Actor(each.id, each.roles))
        for at, each in enumerate(desk)
    ]
    commit(session)
    assert done == [PaperOutcome.WAITS, PaperOutcome.IN_THE_BOX]
    assert session.scalars(select(Letter.user_id).where(Letter.kind == "ballot_recorded")).all() == [ana.user.id]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert on_roll(session, contest)[ana.user.id].voted is True


def test_after_the_close_nothing_joins_a_person_to_a_ballot(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock)
    alpha = scene.delegates[0]
    vote(session, contest, alpha, scene.codes[:1], clock)
    said = {"organization_id": ana.organization.id, "actor": ana.actor, "now": clock.now()}
    save_draft(session, contest, tiers=[[scene.codes[0]]], **said)
    key = key_store(session).read(contest.id)
    tag = chain.voter_tag(key, contest.code, voter_text(VotingUnit.DELEGATES, alpha.user.id))
    assert session.scalars(select(ChainEntry.voter_tag)).all() == [tag]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    assert not key_store(session).path(contest.id).exists()
    assert [session.scalars(select(table)).all() for table in (CastKey, BallotDraft)] == [[], []]


def test_a_change_of_people_needs_both_sign_offs_anew_though_the_codes_stay(session, scene, clock, ana):
    organizers = [make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER) for name in ("one", "two")]
    one, two = (Actor(each.id, each.roles) for each in organizers)
    contest = of_delegates(session, scene, clock, opened=False)
    assert sign_off(session, contest, actor=one, now=clock.now()) is False
    session.execute(delete(Mandate).where(Mandate.user_id == ana.user.id))
    person(session, clock, "instead", ana.organization)
    assert sign_off(session, contest, actor=two, now=clock.now()) is False
    assert sign_off(session, contest, actor=one, now=clock.now()) is True
    assert contest.frozen["roll"]["voters"] == 4


def test_delegates_need_a_roll_and_somebody_on_it(session, scene, clock):
    with pytest.raises(ContestNotReady) as error:
        of_delegates(session, scene, clock, secrecy=Secrecy.NO_ROLL)
    assert error.value.code == "delegates_need_roll"
    session.execute(text("UPDATE mandate SET kind = 'editor'"))
    contest = of_delegates(session, scene, clock, opened=False)
    with pytest.raises(ContestNotReady) as error:
        open_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert error.value.code == "no_voters"


def test_the_electorate_narrows_whose_delegates_vote(session, scene, clock, ana):
    contest = of_delegates(session, scene, clock, electorate={"only": ["ALPHA", "BETA"], "without": ["BETA"]})
    assert set(on_roll(session, contest)) == {scene.delegates[0].user.id, ana.user.id}
    members, _families = electorate(session, contest)
    assert {one.user_id for one in delegates(session, members, clock.now())} == set(on_roll(session, contest))


def test_people_are_named_as_they_choose_and_not_once_they_are_erased(session, scene, clock, ana):
    alpha, beta, _gamma = scene.delegates
    ana.user.name, ana.user.shown_as = "Ana Ruiz", ShownAs.NAME
    beta.user.name, beta.user.shown_as = "Berta Day", ShownAs.NAME
    beta.organization.protected, beta.organization.listed = True, False
    contest = of_delegates(session, scene, clock)

    rows = roll_rows(session, contest, "en", limit=10)
    assert {(row.code.rpartition("-")[0], row.name, row.person) for row in rows} == {
        ("ALPHA", "Organization ALPHA", None),
        ("ALPHA", "Organization ALPHA", "Ana Ruiz"),
        ("BETA", "", None),
        ("GAMMA", "Organization GAMMA", None),
    }
    code = on_roll(session, contest)[ana.user.id].code
    assert names_on_roll(session, contest.id, "en")[code] == "Ana Ruiz (Organization ALPHA)"
    said = {"organization_id": ana.organization.id, "actor": ana.actor, "now": clock.now()}
    save_draft(session, contest, tiers=[[scene.codes[0]]], **said)
    own = personal_data(session, ana.user, site="x", now=clock.now())["sections"]
    assert [row["code"] for row in own["rolls"]] == [code]
    assert [row["tiers"] for row in own["ballot_drafts"]] == [[[scene.codes[0]]]]
    vote(session, contest, alpha, scene.codes[:1], clock)
    administrator = make_user(session, clock.now(), "admin@example.org", Role.ADMINISTRATOR)
    who = Actor(administrator.id, administrator.roles)
    erase_at_once(session, ana.user, actor=who, now=clock.now())
    commit(session)
    assert names_on_roll(session, contest.id, "en")[code] == f"{code} (Organization ALPHA)"
    assert session.scalars(select(BallotDraft)).all() == []
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    assert len(contest.record["roll"]) == 4


def test_a_bundle_of_delegates_checks_out_and_a_changed_roll_does_not(session, scene, clock, ana, tmp_path):
    ana.user.name, ana.user.shown_as = "Ana Ruiz", ShownAs.NAME
    contest = of_delegates(session, scene, clock, secrecy=Secrecy.NAMED, kind=ContestKind.RANKING)
    receipts = [vote(session, contest, one, scene.codes[:2], clock) for one in (*scene.delegates[:2], ana)]
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    tally_contest(session, contest, beacon="4711", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    (tmp_path / "b.zip").write_bytes(write_bundle(session, scene.consultation))
    bundle = verifier.read_bundle(str(tmp_path / "b.zip"))
    kept = [("mine", json.loads(one.file())) for one in receipts]
    report = verifier.verify(bundle, [], kept)
    assert (report.ok, {"roll_ok", "record_ok"} <= {one.code for one in report.findings}) == (True, True)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        rows = json.loads(archive.read("json/roll.json"))
    rows = rows["rows"] if isinstance(rows, dict) else rows
    assert sorted((row["code"], row["organization"], row["person"], row["voted"]) for row in rows) == sorted(
        (row.code, row.code.rpartition("-")[0], "Ana Ruiz" if user == ana.user.id else None, row.voted)
        for user, row in on_roll(session, contest).items()
    )
    assert contest.record["groups"]["supporters"][scene.codes[0]] == sorted(
        row.code for row in on_roll(session, contest).values() if row.voted
    )


def test_an_organization_and_its_delegates_count_as_one_family(session, scene, clock):
    """What would be if each had one vote, shared by its ballots."""
    alpha = scene.delegates[0].organization
    others = [person(session, clock, f"person{at}", alpha) for at in range(12)]
    contest = of_delegates(session, scene, clock, kind=ContestKind.RANKING)
    for one in others:
        vote(session, contest, one, scene.codes[:1], clock)
    for one in scene.delegates[1:]:
        vote(session, contest, one, scene.codes[1:2], clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    families = contest.record["groups"]["families"]
    assert (families["families"], families["organizations"]) == (1, 12)
    assert families["order"][0] == [scene.codes[1]]


def test_without_a_unit_members_vote(session, scene, clock):
    contest = make_contest(session, scene.consultation, clock.now())
    assert contest.unit is VotingUnit.MEMBERS
    assert contest.state is ContestState.OPEN
    rows = session.scalars(select(RollEntry)).all()
    assert {(row.code, row.voter_id == row.organization_id, row.user_id) for row in rows} == {
        ("ALPHA", True, None),
        ("BETA", True, None),
        ("GAMMA", True, None),
    }
    assert session.scalars(select(Contest.unit)).all() == ["members"]
