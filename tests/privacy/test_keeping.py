"""What was kept long enough goes, on the day that the privacy notice says; nothing goes before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from consultation.accounts import rules as accounts_rules
from consultation.accounts.address_models import AddressChange
from consultation.accounts.models import KnownDevice, SignInLink, User, UserSession
from consultation.accounts.operations import create_sign_in_link
from consultation.accounts.operations.addressing import ask_address_change
from consultation.commands.worker import Post, Worker
from consultation.exchange import uploads
from consultation.exchange.jobs import IMPORT, ImportOrder
from consultation.kernel import jobs
from consultation.kernel.jobs.models import Job
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import MandateKind, MemberKind, Role
from consultation.membership.models import Invitation, MemberOrganization
from consultation.membership.operations import ask, invite, refuse
from consultation.notifications.models import Notice
from consultation.privacy import keeping
from consultation.privacy.models import Erasure
from consultation.privacy.rules import WAITS
from consultation.privacy.states import AskedBy
from consultation.privacy.wording import KEEPINGS, duration
from consultation.web.locale import speaking
from tests.factories import (
    NOW,
    actor_of,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture
def config(config):
    return replace(config, mail_url="mailbox:", base_url="http://127.0.0.1:8000")


@pytest.fixture
def work(app, clock, session):
    """Let the worker work at an instant; what it could not do is none."""

    def at(instant):
        session.commit()
        clock.set(instant)
        worker = Worker(app)
        while worker.step():
            continue
        assert worker.failures == {}
        session.expire_all()

    return at


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def goes_after(session, work, table, time, since=NOW):
    """Whether the rows of the table are there a minute before, and gone when the time is over."""
    work(since + time - 11 * MINUTE)
    before = count(session, table)
    work(since + time)
    return before, count(session, table)


def test_links_go_a_week_after_they_ran_out(session, work):
    create_sign_in_link(session, make_user(session), now=NOW, lifetime=timedelta(hours=1))
    assert goes_after(session, work, SignInLink, keeping.LINKS.time, NOW + timedelta(hours=1)) == (1, 0)


def test_an_address_that_was_asked_for_goes_a_day_after_its_link_ran_out(session, work):
    user = make_user(session)
    ask_address_change(session, user, "new@example.org", actor=actor_of(session, user), now=NOW)
    assert goes_after(session, work, AddressChange, keeping.ADDRESS_CHANGES.time, NOW + timedelta(hours=1)) == (1, 0)


def test_sessions_go_when_they_are_over_and_browsers_when_they_are_forgotten(session, work, client):
    sign_in(session, client, make_user(session, Role.MODERATOR))
    assert goes_after(session, work, UserSession, keeping.SESSIONS.time) == (1, 0)
    assert goes_after(session, work, KnownDevice, keeping.DEVICES.time) == (1, 0)


def test_notices_go_after_a_year(session, work):
    told = {"event_position": 1, "name": "X", "subject_code": "", "subject_title": "", "created_at": NOW}
    session.add(Notice(user_id=make_user(session).id, **told))
    assert goes_after(session, work, Notice, keeping.NOTICES.time) == (1, 0)


def test_reports_of_jobs_go_and_jobs_that_wait_do_not(session, work):
    order = ImportOrder(kind="proposals", filename="a.csv")
    for file in ("ended", "waits"):
        made = jobs.enqueue(session, IMPORT, parameters=order.to_parameters(), file=file, actor=OPERATOR, now=NOW)
        if file == "ended":
            jobs.cancel(session, IMPORT, made, actor=OPERATOR, now=NOW)
    assert goes_after(session, work, Job, keeping.JOBS.time) == (2, 1)


def test_invitations_go_a_month_after_they_ended(session, work):
    organization = make_organization(session)
    details = {"name": "Nina", "language": "en", "kind": MandateKind.EDITOR, "actor": OPERATOR, "now": NOW}
    invite(session, organization, email="nina@example.org", **details)
    assert goes_after(session, work, Invitation, keeping.INVITATIONS.time, NOW + timedelta(days=7)) == (1, 0)


def test_applications_that_nobody_decided_go_whole(session, work):
    left = make_organization(session, "LEFT", verified=False, kind=MemberKind.INDIVIDUAL)
    make_mandate(session, make_user(session), left)
    asked = make_organization(session, "ASKED", verified=False)
    make_organization(session, "MEMBER")
    brought = make_organization(session, "BROUGHT", verified=False)
    make_proposal(session, make_consultation(session), organization_id=brought.id)
    ask(session, asked, note="Who are you?", actor=OPERATOR, now=NOW + timedelta(days=100))
    assert goes_after(session, work, MemberOrganization, keeping.APPLICATIONS.time) == (4, 3)
    work(NOW + keeping.APPLICATIONS.time + timedelta(days=100))
    assert set(session.scalars(select(MemberOrganization.code))) == {"MEMBER", "BROUGHT"}


def test_what_refused_applications_told_goes_and_the_reason_stays(session, work):
    for code, kind in (("ORG", MemberKind.ORGANIZATION), ("P-1", MemberKind.EXPERT)):
        made = make_organization(session, code, name=f"Name of {code}", verified=False, kind=kind)
        made.existence, made.communities, made.original = "We meet on Mondays.", "All", {"contact": "x@example.org"}
        details = {"name": "Nina", "language": "en", "kind": MandateKind.EDITOR, "actor": OPERATOR, "now": NOW}
        if kind is MemberKind.ORGANIZATION:
            invite(session, made, email="nina@example.org", **details)
        refuse(session, made, note="It is no organization.", actor=OPERATOR, now=NOW)
    session.commit()
    query = select(MemberOrganization.name, MemberOrganization.existence, MemberOrganization.original)
    work(NOW + keeping.REFUSED.time - 11 * MINUTE)
    assert {row.existence for row in session.execute(query)} == {"We meet on Mondays."}
    work(NOW + keeping.REFUSED.time)
    rows = {(*tuple(row)[:2], str(row.original)) for row in session.execute(query)}
    assert rows == {("Name of ORG", "", "{}"), ("P-1", "", "{}")}
    assert count(session, Invitation) == 0


def told(app):
    mail = Post(app)
    while mail.step():
        continue
    return [one["To"] for _name, one in app.extensions["mail"].messages() if "to be erased" in one["Subject"]]


def test_whoever_sleeps_for_two_years_is_told_and_erased_later(app, session, work, clock):
    asleep = make_user(session, email="asleep@example.org", name="Asleep Long")
    staff = make_user(session, Role.ORGANIZER, email="staff@example.org")
    alone = make_user(session, email="alone@example.org")
    make_mandate(session, alone, make_organization(session))
    awake = make_user(session, email="awake@example.org")
    awake.last_signed_in_at = NOW + timedelta(days=300)
    work(NOW + keeping.ACCOUNTS.time - 11 * MINUTE)
    assert told(app) == []
    work(NOW + keeping.ACCOUNTS.time)
    assert told(app) == ["asleep@example.org"]
    work(clock.now() + WAITS[AskedBy.INACTIVITY] - 11 * MINUTE)
    assert session.get_one(User, asleep.id).erased_at is None
    work(clock.now() + 11 * MINUTE)
    erased = {user.id: user.erased_at is not None for user in session.scalars(select(User))}
    assert erased == {asleep.id: True, staff.id: False, alone.id: False, awake.id: False}


def test_whoever_wakes_up_stays(app, session, work, client, clock):
    asleep = make_user(session)
    work(NOW + keeping.ACCOUNTS.time)
    sign_in(session, client, asleep, now=clock.now())
    work(clock.now() + WAITS[AskedBy.INACTIVITY])
    ended = session.execute(select(Erasure.withdrawn_at, Erasure.done_at)).one()
    assert tuple(ended) == (clock.now(), None)
    assert session.get_one(User, asleep.id).active


def test_where_no_mail_leaves_nobody_is_erased_without_having_been_told(app, config):
    from consultation.app import create_app

    silent = create_app(replace(config, mail_url=""))
    assert {act.name for act in app.extensions["due"]} - {act.name for act in silent.extensions["due"]} == {"sleeping"}


def test_what_goes_is_logged_by_number_alone(session, work):
    create_sign_in_link(session, make_user(session), now=NOW)
    work(NOW + timedelta(days=30))
    events = session.scalars(select(EventRecord.payload).where(EventRecord.name == "KeptLongEnough")).all()
    assert events == [{"rule": "links", "rows": 1}]


def test_it_is_looked_at_every_ten_minutes_and_not_at_every_step(app, session, clock, count_queries):
    make_user(session)
    session.commit()
    worker = Worker(app)
    while worker.step():
        continue
    with count_queries() as idle:
        worker.step()
    clock.advance(minutes=10)
    with count_queries() as looking:
        worker.step()
    assert len(looking) - len(idle) == 10


def test_the_notice_shows_what_the_worker_goes_by(app, client):
    assert set(KEEPINGS) == set(keeping.KEEPINGS)
    for language in ("en", "fr", "es"):
        text = client.get(f"/{language}/privacy").get_data(as_text=True)
        with app.test_request_context(), speaking(language):
            for rule in keeping.KEEPINGS:
                what, since = KEEPINGS[rule]
                row = f'{what}</th><td data-label="'
                assert row in text, (language, rule)
                assert f">{duration(rule.time)}</td>" in text.partition(row)[2][:300], (language, rule)
                assert str(since) in text.partition(row)[2][:600], (language, rule)


def test_what_other_machinery_lets_go_of_agrees_with_the_notice(app):
    assert keeping.SESSIONS.time == accounts_rules.SESSION_LIFETIME
    assert keeping.DEVICES.time == accounts_rules.DEVICE_FORGOTTEN_AFTER
    assert (keeping.UPLOADS.time, keeping.BALLOT_FILES.time) == (uploads.LIFETIME, uploads.LIFETIME_OF_BALLOTS)
    assert max(kind.lifetime for kind in app.extensions["letters"].values()) == keeping.LETTERS.time
    assert "60" in str(KEEPINGS[keeping.ACCOUNTS][1])
    assert WAITS[AskedBy.INACTIVITY] == timedelta(days=60)
