"""Until the results are published nobody sees any part of them.

Two worlds are the same but for what was voted, and while the contest is open also but for how many have voted and who.
Every address must answer everybody alike in both: page and headers. What is left out is what hides the ballots
(digests and signatures), and what each request draws for itself.
"""

import re
import sqlite3

import pytest
from sqlalchemy import select

from consultation.accounts.models import User, UserRole
from consultation.accounts.queries import user_by_id
from consultation.convening.queries import consultation_by_slug
from consultation.exchange.bundle import write_bundle
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.voting.keys import key_store
from consultation.voting.models import ChainEntry, Contest
from consultation.voting.operations import cast, close_contest, read_paper, save_draft, tally_contest, void_contest
from consultation.voting.paper_models import PaperReading
from consultation.voting.views import ranking
from tests.authorization.walk import absent, routes
from tests.authorization.world import PERSONAS, build
from tests.factories import actor_of, make_user
from tests.voting.factories import commit, make_contest, make_delegate, make_items

pytestmark = pytest.mark.sqlite
DRAWN = re.compile(
    rb'csrf_token" value="[^"]+"|"csrf_token": ?"[^"]+"|content="[\w.-]{60,}"|[0-9a-f]{32,}|nonce-[\w+/=-]+'
)
FROM = "from=1"
"""Where the list of proposals begins, which each visit draws otherwise."""
HEADERS_OF_THE_MOMENT = {"Set-Cookie", "Date", "Expires", "Content-Security-Policy", "Content-Length"}


class Worlds:
    """One file that holds the one or the other of two databases."""

    def __init__(self, file):
        self._file, self._kept = file, {}

    def keep(self, name):
        self._kept[name] = sqlite3.connect(":memory:")
        with sqlite3.connect(self._file) as live:
            live.backup(self._kept[name])

    def show(self, name):
        with sqlite3.connect(self._file) as live:
            self._kept[name].backup(live)


@pytest.fixture
def world(app, session):
    """The authorization walk's, with nineteen members more, and a contest in which its delegate votes too."""
    app.config["KEEP_RENDERED"] = False
    made = build(session, app)
    consultation = consultation_by_slug(session, "sample")
    void_contest(session, contest_named(session, "OPEN"), reason="For the test.", actor=OPERATOR, now=now_of(app))
    make_items(session, consultation, now_of(app), 4)
    made.members = [make_delegate(session, now_of(app), f"M{number:02d}") for number in range(19)]
    make_contest(session, consultation, now_of(app), code="SECRET", places=2)
    made.subjects["shared.open"] = {"code": "SECRET"}
    made.desk = [actor_of(session, make_user(session, Role.ORGANIZER)) for _ in range(2)]
    own = actor_of(session, by_role(session, "delegate"))
    made.own = (own.mandates[0].organization_id, own)
    commit(session)
    return made


def now_of(app):
    return app.extensions["clock"].now()


def contest_named(session, code):
    return session.scalars(select(Contest).where(Contest.code == code)).one()


def by_role(session, role):
    """The persona of the walk: the first who got the role."""
    query = select(User.id).join(UserRole).where(UserRole.role == role).order_by(User.created_at, User.id)
    return user_by_id(session, session.scalars(query).first())


def vote(session, app, voter, choice, key):
    member, actor = voter
    cast(
        session,
        contest_named(session, "SECRET"),
        organization_id=member,
        ballot=[[code] for code in choice],
        key=key,
        actor=actor,
        clock=app.extensions["clock"].now,
    )
    commit(session)


def paper(session, app, reader, voter, choice, *, first):
    """One person's reading of a paper ballot: two make one that is in the box, one alone waits."""
    ballot = [[code] for code in choice]
    details = {"voter": voter, "ballot": ballot, "first": first, "actor": reader, "now": now_of(app)}
    read_paper(session, contest_named(session, "SECRET"), **details)
    commit(session)


def two_worlds(session, app, world, database_url, *, settled=False):
    """In the first seventeen have voted, one of them twice; in the second others have, and as many where the contest
    is over, since then their number is no secret any more. The delegate of the walk has voted alike in both. From paper
    one ballot is in the box, of one member or of another, and of one that is the same in both a reading waits."""
    worlds = Worlds(database_url.removeprefix("sqlite:///"))
    contest = contest_named(session, "SECRET")
    contest_id, codes = contest.id, [option["code"] for option in contest.frozen["options"]]
    voters = [(one.organization.id, one.actor) for one in world.members]
    session.rollback()
    worlds.keep("before")
    key = key_store(session).read(contest_id)
    commitments = set()
    for name, members, choices in (
        ("one", voters[: 16 if settled else 15], (codes[0], codes[1])),
        ("other", voters[:16] if settled else voters[1:17], (codes[3], codes[2])),
    ):
        session.rollback()
        session.expunge_all()
        worlds.show("before")
        key_store(session).restore(contest_id, key)
        vote(session, app, world.own, [codes[0]], "own")
        for number, voter in enumerate(members):
            vote(session, app, voter, choices[: 1 + number % 2], f"k{number}")
        vote(session, app, members[0], choices[1:], "again")
        handed_in = 17 if settled or name == "one" else 0
        for reader, first in zip(world.desk, (True, False), strict=True):
            paper(session, app, reader, f"M{handed_in:02d}", choices[:1], first=first)
        paper(session, app, world.desk[0], "M18", choices[:1], first=True)
        if not settled and name == "other":
            draft = {"organization_id": voters[18][0], "actor": voters[18][1], "now": now_of(app)}
            save_draft(session, contest_named(session, "SECRET"), tiers=[[codes[4]]], **draft)
            commit(session)
        others = (ChainEntry.contest_id == contest_named(session, "SECRET").id, ChainEntry.position > 1)
        commitments |= set(session.scalars(select(ChainEntry.commitment).where(*others)))
        commitments |= set(session.scalars(select(PaperReading.reading)))
        if settled:
            close_contest(session, contest_named(session, "SECRET"), actor=OPERATOR, now=now_of(app))
            commit(session)
            if settled == "tallied":
                tally_contest(session, contest_named(session, "SECRET"), beacon=None, actor=OPERATOR, now=now_of(app))
                commit(session)
        session.rollback()
        worlds.keep(name)
    return worlds, commitments


def addresses(app, world, persona):
    """Every address that is read, of each thing that the walk knows; with and without the contest in the query."""
    adapter = app.url_map.bind("localhost")
    for rule, method in routes(app):
        if method != "GET" or rule.endpoint == "static":
            continue
        known = [{}, *(dict(found) for found in world.subjects.values())]
        built = {adapter.build(rule.endpoint, absent(rule, **{"lang": "en", "slug": "sample"} | one)) for one in known}
        yield from sorted(f"{address}?{FROM}" for address in built)
        if "slug" in rule.arguments and "code" not in rule.arguments:
            yield adapter.build(rule.endpoint, absent(rule, lang="en", slug="sample")) + f"?contest=SECRET&{FROM}"


def answers(app, world, persona):
    client = app.test_client()
    if persona in world.cookies:
        client.set_cookie("session", world.cookies[persona])
    told = {}
    for address in addresses(app, world, persona):
        response = client.get(address)
        headers = {name: value for name, value in response.headers if name not in HEADERS_OF_THE_MOMENT}
        body = response.get_data()
        told[address] = (response.status_code, DRAWN.sub(b"", body), headers, body)
    return told


def differences(app, world, worlds, commitments, personas=PERSONAS):
    found = {}
    for persona in personas:
        both = []
        for name in ("one", "other"):
            worlds.show(name)
            both.append(answers(app, world, persona))
        one, other = both
        assert set(one) == set(other)
        for address in one:
            if one[address][:3] != other[address][:3]:
                found[persona, address] = "differs"
            for status, _shown, _headers, body in (one[address], other[address]):
                if status == 200 and any(commitment.encode() in body for commitment in commitments):
                    found[persona, address] = "shows a commitment"
    return found


def test_while_it_is_open_no_address_tells_how_many_voted_or_how(app, session, world, database_url, caplog):
    with caplog.at_level("DEBUG"):
        worlds, commitments = two_worlds(session, app, world, database_url)
        assert differences(app, world, worlds, commitments) == {}
    assert [record for record in caplog.records if any(one in record.getMessage() for one in commitments)] == []


def test_neither_exports_nor_the_log_of_events_tell(app, session, world, database_url):
    worlds, _commitments = two_worlds(session, app, world, database_url)
    seen = []
    for name in ("one", "other"):
        session.rollback()
        session.expunge_all()
        worlds.show(name)
        events = session.execute(select(EventRecord.name, EventRecord.payload).order_by(EventRecord.position)).all()
        seen.append((write_bundle(session, consultation_by_slug(session, "sample")), events))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("state", ["closed", "tallied"])
def test_after_the_close_nobody_sees_results_before_they_are_published(app, session, world, database_url, state):
    worlds, commitments = two_worlds(session, app, world, database_url, settled=state)
    assert differences(app, world, worlds, commitments, ("anonymous", "delegate", "organizer", "auditor")) == {}


def test_the_comparison_sees_an_exact_number(app, session, world, database_url, monkeypatch):
    worlds, commitments = two_worlds(session, app, world, database_url)
    monkeypatch.setattr(ranking, "in_steps", lambda count: count)
    found = differences(app, world, worlds, commitments, ["anonymous"])
    assert ("anonymous", f"/en/consultations/sample/ranking?{FROM}") in found
