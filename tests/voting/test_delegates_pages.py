"""Where delegates vote: the booth, the roll, the account, the results and the desk, in three languages; and the whole
way on the command line."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from consultation.accounts.states import ShownAs
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, Role
from consultation.voting.models import BallotDraft, ChainEntry, Contest, RollEntry
from consultation.voting.operations import (
    announce_roll,
    cast,
    close_contest,
    create_contest,
    publish_contest,
    tally_contest,
)
from consultation.voting.states import ContestKind, ContestState, Secrecy, VotingUnit
from tests.voting.factories import commit, make_contest, make_user, sign_in
from tests.voting.test_delegates import add_mandate, on_roll, person, vote

PLACE = "/en/consultations/gathering"
RANKING = f"{PLACE}/ranking"


@pytest.fixture
def ana(session, scene, clock):
    found = person(session, clock, "ana", scene.delegates[0].organization)
    found.user.name, found.user.shown_as = "Ana Ruiz", ShownAs.NAME
    commit(session)
    return found


@pytest.fixture
def contest(session, scene, clock, ana):
    until = clock.now() + timedelta(days=1)
    made = make_contest(session, scene.consultation, clock.now(), unit=VotingUnit.DELEGATES, closes_at=until)
    commit(session)
    return made


def signed_in(app, user):
    client = app.test_client()
    sign_in(client, user)
    return client


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def hidden(html, name):
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1).replace("&#34;", '"')


def cast_blank(client):
    html = client.get(f"{RANKING}/review?blank=1").text
    return client.post(f"{PLACE}/ballots", data={"key": hidden(html, "key"), "ballot": hidden(html, "ballot")})


def test_two_delegates_of_one_organization_each_make_and_cast_their_own(app, session, scene, contest, ana):
    one, other = signed_in(app, scene.delegates[0].user), signed_in(app, ana.user)
    one.post(f"{RANKING}/moves", data={"move": f"add {scene.codes[0]}"})
    assert "1 of at most 5 chosen" in one.get(RANKING).text
    booth = other.get(RANKING).text
    assert "0 of at most 5 chosen" in booth
    assert (
        "You vote yourself, as a delegate of Organization ALPHA . Other delegates have ballots of their own."
        in words(booth)
    )
    assert "As a delegate of Organization ALPHA you can vote yourself" in words(other.get(f"{PLACE}/").text)
    assert [cast_blank(client).location for client in (one, other)] == [f"{RANKING}/receipt"] * 2
    receipt = other.get(f"{RANKING}/receipt").text
    assert "You cast it as a delegate of Organization ALPHA." in receipt
    assert "organization" not in words(receipt).partition("Your receipt")[2].partition("How to notice")[
        0
    ].lower().replace("organization alpha", "")
    assert "Keep it to yourself." in other.get(f"{RANKING}/receipt.txt").text
    assert "Your own ballot, as a delegate of Organization ALPHA, is in the box." in words(other.get(f"{PLACE}/").text)
    assert "your own, as a delegate of Organization ALPHA" in other.get("/en/account").text
    session.expire_all()
    assert session.scalars(select(ChainEntry.revision).order_by(ChainEntry.position)).all() == [1, 1]
    assert session.scalars(select(BallotDraft)).all() == []
    told = f"Your code on this roll is {on_roll(session, contest)[ana.user.id].code}."
    pages = [client.get(f"{PLACE}/roll").text for client in (other, one, app.test_client())]
    assert [told in page for page in pages] == [True, False, False]
    assert ["Your code on this roll" in page for page in pages] == [True, True, False]


def test_who_is_not_on_the_roll_has_no_booth(app, session, scene, contest, clock, ana):
    late = person(session, clock, "late", scene.delegates[0].organization)
    editor = person(session, clock, "editor", scene.delegates[0].organization, MandateKind.EDITOR)
    stranger = make_user(session, clock.now(), "stranger@example.org", Role.DELEGATE)
    add_mandate(session, ana.user, scene.delegates[1].organization, clock.now())
    commit(session)
    asked = {"ballot": "[]", "key": "k" * 32}
    for user in (late.user, editor.user, stranger):
        client = signed_in(app, user)
        assert client.post(f"{PLACE}/ballots", data=asked).status_code == 404
        assert client.get(f"{RANKING}/review?blank=1").status_code == 404
    assert "You are not on the roll of this contest, in which delegates vote themselves" in signed_in(
        app, late.user
    ).get(RANKING).text.replace("\n", " ")
    own = signed_in(app, ana.user)
    assert own.post(f"{PLACE}/ballots", data=asked | {"for": "BETA"}).status_code == 404
    assert app.test_client().post(f"{PLACE}/ballots", data=asked).status_code == 403
    assert session.scalars(select(ChainEntry)).all() == []


@pytest.mark.parametrize(
    ("language", "told", "voted"),
    [
        (
            "en",
            "4 delegates, each with a ballot of their own. They are of 3 members.",
            "2 delegates voted, of 4 on the roll.",
        ),
        (
            "fr",
            "4 personnes déléguées, chacune avec son propre bulletin. Elles viennent de 3 membres.",
            "2 personnes déléguées ont voté, sur 4 inscrites.",
        ),
        (
            "es",
            "4 personas delegadas, cada una con boleta propia. Son de 3 miembros.",
            "Votaron 2 personas delegadas, de 4 en el padrón.",
        ),
    ],
)
def test_everybody_reads_who_may_vote_and_after_the_close_who_did(
    client, session, scene, contest, clock, ana, language, told, voted
):
    place = f"/{language}/consultations/gathering"
    assert told in words(client.get(f"{place}/ranking").text)
    for one in (scene.delegates[0], ana):
        vote(session, contest, one, scene.codes[:1], clock)
    open_roll = words(client.get(f"{place}/roll").text)
    assert "Ana Ruiz" in open_roll
    close_contest(session, contest, actor=OPERATOR, now=contest.closes_at)
    tally_contest(session, contest, beacon="noon", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    yes = {"en": "Yes", "fr": "Oui", "es": "Sí"}[language]
    code = on_roll(session, contest)[ana.user.id].code
    assert f"Ana Ruiz {code} {yes}" in words(client.get(f"{place}/roll").text)
    assert voted in words(client.get(f"{place}/results").text)
    assert client.get(f"{place}/transparency").status_code == 200


def test_in_a_named_contest_the_result_names_delegates_as_they_choose(client, session, scene, clock, ana):
    contest = make_contest(
        session,
        scene.consultation,
        clock.now(),
        unit=VotingUnit.DELEGATES,
        secrecy=Secrecy.NAMED,
        kind=ContestKind.RANKING,
    )
    commit(session)
    for one in (*scene.delegates[:2], ana):
        vote(session, contest, one, scene.codes[:1], clock)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    tally_contest(session, contest, beacon="noon", actor=OPERATOR, now=clock.now())
    publish_contest(session, contest, actor=OPERATOR, now=clock.now())
    commit(session)
    page = words(client.get(f"{PLACE}/results").text)
    alpha = on_roll(session, contest)[scene.delegates[0].user.id].code
    assert "Ana Ruiz (Organization ALPHA)" in page
    assert f"{alpha} (Organization ALPHA)" in page


def test_the_provisional_roll_counts_delegates_and_takes_objections_to_them(app, client, session, scene, clock, ana):
    contest = create_contest(
        session,
        scene.consultation,
        code="LATER",
        kind=ContestKind.TIERS,
        places=1,
        unit=VotingUnit.DELEGATES,
        actor=OPERATOR,
        now=clock.now(),
    )
    until = clock.now() + timedelta(days=7)
    announce_roll(session, contest, objections_until=until, actor=OPERATOR, now=clock.now())
    scene.delegates[2].organization.protected = True
    scene.delegates[2].user.shown_as, scene.delegates[2].user.name = ShownAs.NAME, "Greta Hidden"
    commit(session)
    page = words(client.get(f"{PLACE}/roll").text)
    assert "If the contest opened now, 4 delegates would vote." in page
    assert "Organization ALPHA 2: Ana Ruiz and 1 who is not named ALPHA" in page
    assert "Listed under protection 1 GAMMA" in page
    assert "Greta Hidden" not in page
    said = {"member": "ALPHA", "kind": "not_entitled", "about": "Ana Ruiz", "text": "She has left us."}
    objecting = signed_in(app, scene.delegates[0].user)
    assert "A member or a delegate should not be on it" in objecting.get(f"{PLACE}/roll").text
    assert objecting.post(f"{PLACE}/roll/objections", data=said).status_code == 303


def test_the_desk_makes_such_a_contest_changes_it_and_tells_who_would_vote(app, session, scene, clock, ana):
    people = [make_user(session, clock.now(), f"{name}@example.org", Role.ORGANIZER) for name in ("one", "two")]
    commit(session)
    one, two = (signed_in(app, user) for user in people)
    desk = "/en/organize/gathering/contests"
    made = {"code": "OWN", "kind": "tiers", "places": "1", "unit": "delegates"}
    refused = one.post(desk, data=made | {"secrecy": "no_roll"})
    assert (refused.status_code, "Delegates vote only where there is a roll" in refused.text) == (422, True)
    assert one.post(desk, data=made | {"secrecy": "secret"}).status_code == 303
    contest = session.scalars(select(Contest)).one()
    assert contest.unit is VotingUnit.DELEGATES
    page = words(one.get(desk).text)
    assert "If it opened now, 4 delegates would vote. They are of 3 members." in page
    assert "Each delegate: every person with a mandate to vote for one of the members" in page
    asked = {"unit": "members", "affiliates_count": "each", "reason": "One voice each."}
    assert one.post(f"{desk}/OWN/electorate", data=asked).status_code == 303
    waiting = two.get("/en/organize/confirmations").text
    assert "Each member, cast by any of its delegates" in waiting
    confirm = re.search(r'action="([^"]+/confirmation)"', waiting).group(1)
    assert two.post(confirm, data={"confirmed": "1"}).status_code == 303
    session.rollback()
    session.refresh(contest)
    assert contest.unit is VotingUnit.MEMBERS
    assert "If it opened now, 3 members would vote." in words(one.get(desk).text)


def run(runner, *arguments, code=0):
    result = runner.invoke(args=list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout


def test_the_whole_way_on_the_command_line(runner, app, session, scene, clock, ana, tmp_path):
    refused = runner.invoke(
        args=[
            "contests",
            "create",
            "gathering",
            "--code",
            "X",
            "--kind",
            "tiers",
            "--places",
            "1",
            "--no-roll",
            "--delegates",
        ]
    )
    assert (refused.exit_code, "Delegates vote only where there is a roll." in refused.stderr) == (1, True)
    made = ("contests", "create", "gathering", "--code", "OWN", "--kind", "ranking", "--places", "2", "--delegates")
    assert run(runner, *made).strip() == "OWN"
    assert sorted(run(runner, "contests", "roll", "OWN").splitlines()) == [
        "ALPHA\tOrganization ALPHA\t",
        "ALPHA\tOrganization ALPHA\tAna Ruiz",
        "BETA\tOrganization BETA\t",
        "GAMMA\tOrganization GAMMA\t",
    ]
    assert "\tBeta\n" in run(runner, "contests", "roll", "OWN", "--people")
    run(runner, "contests", "open", "OWN")
    for user in (scene.delegates[0].user, ana.user):
        assert cast_blank(signed_in(app, user)).status_code == 303
    session.expire_all()
    contest = session.scalars(select(Contest).where(Contest.code == "OWN")).one()
    said = {
        "organization_id": scene.delegates[1].organization.id,
        "actor": scene.delegates[1].actor,
        "clock": clock.now,
    }
    cast(session, contest, ballot=[[scene.codes[0]]], key=uuid.uuid4().hex, **said)
    commit(session)
    assert "unit\tdelegates" in run(runner, "contests", "show", "OWN")
    paper = tmp_path / "paper.csv"
    named = ("GAMMA-1", "GAMMA", "Organization GAMMA", "BETA-1")
    paper.write_text("".join(["voter,item,value\n", *(f"{voter},{scene.codes[1]},1\n" for voter in named)]))
    report = json.loads(run(runner, "import", "ballots", str(paper), "--contest", "OWN", "--json"))
    assert (report["read"], report["rejected"], report["ballots"]["taken"]) == (4, 2, 2)
    for step in (("close",), ("tally", "--beacon", "noon"), ("publish",)):
        run(runner, "contests", step[0], "OWN", *step[1:])
    session.expire_all()
    assert contest.state is ContestState.PUBLISHED
    voted = {row.code: row.voted for row in session.scalars(select(RollEntry)).all()}
    assert voted == {"ALPHA-1": True, "ALPHA-2": True, "BETA-1": True, "GAMMA-1": True}
    assert "GAMMA-1\tOrganization GAMMA\t\tvoted" in run(runner, "contests", "roll", "OWN")
    run(runner, "agenda", "draft", "gathering", "--contest", "OWN")
    run(runner, "agenda", "release", "gathering")
    agenda = {name: tmp_path / f"agenda.{name}" for name in ("json", "md")}
    for name, target in agenda.items():
        run(runner, "export", "agenda", "gathering", "--format", name, "--lang", "fr", "-o", str(target))
    held = json.loads(agenda["json"].read_text("utf-8"))["method"]["contest"]
    assert (held["unit"], held["electorate"], held["ballots"]) == ("delegates", 4, 4)
    assert "Personnes déléguées inscrites" in agenda["md"].read_text("utf-8")
    bundle = str(tmp_path / "data.zip")
    run(runner, "export", "data", "gathering", "-o", bundle)
    run(runner, "verify", bundle)
    file = str(tmp_path / "backup.zip")
    run(runner, "backup", file)
    before = sorted(str((row.code, row.user_id, row.voter_id, row.voted)) for row in session.scalars(select(RollEntry)))
    session.close()
    run(runner, "restore", file, "--replace")
    after = sorted(str((row.code, row.user_id, row.voter_id, row.voted)) for row in session.scalars(select(RollEntry)))
    assert after == before


def test_a_cast_of_a_delegate_asks_no_more_of_the_database_than_one_for_an_organization(
    app, session, scene, clock, ana, count_queries
):
    costs = {}
    for unit in VotingUnit:
        contest = make_contest(session, scene.consultation, clock.now(), code=unit.value.upper(), unit=unit)
        commit(session)
        client = signed_in(app, scene.delegates[0].user)
        for _time in range(2):
            with count_queries() as queries:
                cast = client.post(
                    f"{PLACE}/ballots", data={"contest": contest.code, "ballot": "[]", "key": uuid.uuid4().hex}
                )
            assert cast.status_code == 303
            costs[unit] = len(queries)
    assert costs[VotingUnit.DELEGATES] <= costs[VotingUnit.MEMBERS]


def test_an_auditor_reads_the_roll_and_casts_nothing(app, session, contest, clock):
    auditor = make_user(session, clock.now(), "auditor@example.org", Role.AUDITOR)
    commit(session)
    client = signed_in(app, auditor)
    assert client.post(f"{PLACE}/ballots", data={"ballot": "[]", "key": "k"}).status_code == 403
    assert client.get(f"{PLACE}/roll").status_code == 200
