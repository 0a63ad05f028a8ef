"""The front page, the consultation's page and the account page: in three languages, in each phase, in few queries."""

import re
from datetime import timedelta

import pytest

from consultation.convening.operations import enter_phase, set_phase
from consultation.convening.states import PHASE_ORDER, PhaseName
from consultation.convening.vocabulary import vocabulary
from consultation.kernel.ids import uuid7
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from consultation.notifications.models import Notice
from consultation.portal.queries import latest_published
from consultation.portal.taking_part import _largest
from tests.factories import (
    NOW,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)
from tests.voting.factories import make_contest, make_items

LANGUAGES = ("en", "fr", "es")
TITLES = {"en": "Sample sample", "fr": "Exemple sample", "es": "Ejemplo sample"}


def words(response) -> str:
    assert response.status_code == 200
    return " ".join(response.get_data(as_text=True).split())


def make_notice(session, user, position=1, *, name="ProposalPublished", code="NG27-001"):
    session.add(
        Notice(
            id=uuid7(),
            user_id=user.id,
            event_position=position,
            name=name,
            subject_code=code,
            subject_title="Count alike",
            created_at=NOW,
        )
    )
    session.flush()


def read_states(session, user) -> list[bool]:
    session.rollback()
    rows = session.query(Notice.read_at).filter(Notice.user_id == user.id).order_by(Notice.event_position)
    return [row.read_at is not None for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "consultations/sample/"])
def test_the_page_speaks_its_language(client, session, language, path):
    make_consultation(session, contact="someone@example.org")
    session.commit()
    page = words(client.get(f"/{language}/{path}"))
    assert f'<html lang="{language}">' in page
    assert TITLES[language] in page
    assert 'href="mailto:someone@example.org"' in page
    assert page.count("<h1>") == 1


def test_an_empty_site_says_so_and_an_unknown_consultation_is_not_found(client):
    assert "No consultation has begun" in words(client.get("/en/"))
    assert client.get("/en/consultations/nowhere/").status_code == 404


@pytest.mark.parametrize("name", PHASE_ORDER)
def test_the_seven_phases_are_an_ordered_list_and_the_open_one_is_current(client, session, name):
    make_consultation(session, phases=(name,))
    session.commit()
    page = words(client.get("/en/"))
    phases = re.findall(r'<li class="[^"]*"( aria-current="step")?><span class="name">', page)
    assert len(phases) == 7
    assert [bool(current) for current in phases] == [one is name for one in PHASE_ORDER]


@pytest.mark.parametrize(
    ("name", "action"),
    [
        (PhaseName.PROPOSE, "propose"),
        (PhaseName.DISCUSS, "proposals"),
        (PhaseName.CURATE, "items"),
        (PhaseName.RANK, "ranking"),
        (PhaseName.DRAFT, "agenda"),
        (PhaseName.GATHERING, "agenda"),
        (PhaseName.PROGRESS, "agenda"),
    ],
)
def test_each_phase_offers_its_own_action(client, session, name, action):
    consultation = make_consultation(session, phases=(name,))
    if name is PhaseName.RANK:
        make_organization(session)
        make_items(session, consultation, NOW)
        make_contest(session, consultation, NOW)
    session.commit()
    page = words(client.get("/fr/"))
    assert re.findall(r'class="button" href="([^"]+)"', page) == [f"/fr/consultations/sample/{action}"]


def test_it_says_until_when_by_the_day_for_midnight_and_by_the_minute_otherwise(client, session):
    consultation = make_consultation(session, phases=())
    midnight = NOW.replace(month=4, day=1, hour=4, minute=0)
    for closes, sentence in (
        (midnight, "Until the end of March 31, 2027"),
        (midnight + timedelta(hours=13), "Until April 1, 2027"),
    ):
        set_phase(session, consultation, PhaseName.PROPOSE, opens_at=NOW, closes_at=closes, actor=OPERATOR, now=NOW)
        session.commit()
        assert sentence in words(client.get("/en/"))


def test_between_phases_it_says_what_comes_next(client, session):
    consultation = make_consultation(session, phases=())
    opens = NOW + timedelta(days=9)
    set_phase(session, consultation, PhaseName.RANK, opens_at=opens, closes_at=None, actor=OPERATOR, now=NOW)
    session.commit()
    assert "Next comes: Set priorities, from March 10, 2027." in words(client.get("/en/"))


def test_numbers_are_those_of_the_consultation(client, session):
    consultation = make_consultation(session)
    organization = make_organization(session)
    make_organization(session, verified=False)
    for published in (True, True, False):
        make_proposal(session, consultation, organization_id=organization.id, published=published)
    session.commit()
    page = words(client.get("/en/"))
    assert re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page) == [
        ("Published proposals", "2"),
        ("Comments", "0"),
        ("Agenda items", "0"),
        ("Verified organizations", "1"),
    ]


def test_the_latest_proposals_are_those_published_last(client, session):
    consultation = make_consultation(session)
    for number in range(8):
        make_proposal(
            session, consultation, title=f"Title {number}", published=True, now=NOW + timedelta(minutes=number)
        )
    make_proposal(session, consultation, title="Unread", now=NOW + timedelta(hours=1))
    session.commit()
    page = words(client.get("/en/"))
    assert re.findall(r">(Title \d|Unread)</a>", page) == [f"Title {number}" for number in range(7, 1, -1)]


def test_a_title_in_another_language_says_which_and_the_organization_has_its_name_in_ours(client, session):
    consultation = make_consultation(session)
    organization = make_organization(session, name="Prairie Network", name_fr="Réseau des Prairies")
    theme = vocabulary(session).themes[3]
    make_proposal(
        session,
        consultation,
        title="Contar igual",
        language="es",
        organization_id=organization.id,
        theme_id=theme.id,
        published=True,
    )
    session.commit()
    french, spanish = words(client.get("/fr/")), words(client.get("/es/"))
    assert '<h3 lang="es"><a href="/fr/proposals/NG27-001">Contar igual<' in french
    assert "Réseau des Prairies" in french
    assert '<h3><a href="/es/proposals/NG27-001">Contar igual<' in spanish
    assert (theme.short["fr"] in french, theme.short["es"] in spanish) == (True, True)


def test_a_protected_organization_is_named_by_its_code(client, session):
    consultation = make_consultation(session)
    organization = make_organization(session, "X17", name="A name to keep", protected=True)
    make_proposal(session, consultation, organization_id=organization.id, published=True)
    session.commit()
    page = words(client.get("/en/"))
    assert ("A name to keep" in page, "X17" in page) == (False, True)


def test_what_people_write_is_escaped(client, session):
    consultation = make_consultation(session, contact="<b>Someone</b>")
    make_proposal(session, consultation, title="<script>alert(1)</script>", published=True)
    session.commit()
    page = words(client.get("/en/"))
    assert ("<script>alert" in page, "<b>Someone" in page) == (False, False)


def test_with_several_consultations_the_others_are_listed(client, session):
    make_consultation(session, "ranking", prefix="RK", phases=(PhaseName.RANK,))
    make_consultation(session, "open", prefix="OP", phases=(PhaseName.PROPOSE,))
    make_consultation(session, "silent", prefix="SI", phases=())
    session.commit()
    page = words(client.get("/en/"))
    assert re.findall(r'<h1><a href="/en/consultations/(\w+)/">', page) == ["open"]
    assert re.findall(r'<h3><a href="/en/consultations/(\w+)/">', page) == ["silent", "ranking"]


@pytest.mark.parametrize("path", ["/en/", "/fr/consultations/sample/"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_do_not_grow_with_the_rows(client, session, count_queries, path, signed_in):
    consultation = make_consultation(session)
    organization = make_organization(session)
    if signed_in:
        user = make_user(session)
        make_mandate(session, user, organization)
        sign_in(session, client, user)
    counts = []
    for rows in (1, 29):
        for _ in range(rows):
            made = make_organization(session)
            make_proposal(session, consultation, organization_id=made.id, published=True)
        session.commit()
        client.get(path)
        with count_queries() as queries:
            words(client.get(path))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= (8 if signed_in else 4)


def test_the_front_page_with_thirty_consultations_takes_as_many_queries(client, session, count_queries):
    for number in range(30):
        make_consultation(session, f"sample-{number}", prefix=f"S{number:02d}")
    session.commit()
    client.get("/en/")
    with count_queries() as queries:
        words(client.get("/en/"))
    assert len(queries) <= 4


@pytest.mark.sqlite
def test_the_latest_are_read_from_the_index_without_sorting_all(session, engine):
    from sqlalchemy import event

    consultation = make_consultation(session)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append((sent[2], sent[3])))
    latest_published(session, consultation.id, "en")
    statement, parameters = statements[-1]
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    assert sum("ix_proposal_listing_newest" in row[3] for row in plan) == 2
    assert not any(re.search(r"SCAN (proposal|member_organization)\b", row[3]) for row in plan)


def test_the_account_page_asks_to_sign_in(client):
    answer = client.get("/en/account")
    assert (answer.status_code, "/en/sign-in" in answer.location) == (303, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_account_page_tells_who_one_is_and_for_whom_one_speaks(client, session, language):
    user = make_user(session, Role.DELEGATE, Role.MODERATOR, email="amina@example.org", name="Amina Roy")
    verified = make_organization(session, "PN", name="Prairie Network", name_fr="Réseau des Prairies")
    make_mandate(session, user, verified)
    make_mandate(session, user, make_organization(session, "NV", name="Not yet", verified=False))
    sign_in(session, client, user)
    page = words(client.get(f"/{language}/account"))
    assert [part in page for part in ("amina@example.org", "Amina Roy", "PN", "NV")] == [True] * 4
    assert {"en": "Prairie Network", "fr": "Réseau des Prairies", "es": "Prairie Network"}[language] in page
    assert page.count("<h3>") == 2


def test_a_person_without_mandate_or_notice_is_told_so(client, session):
    sign_in(session, client, make_user(session, Role.AUDITOR))
    page = words(client.get("/en/account"))
    assert ("You hold no mandate." in page, "Nothing yet." in page) == (True, True)


def test_notices_are_marked_as_read_one_by_one_and_all_at_once(client, session):
    user, other = make_user(session), make_user(session)
    for position in (1, 2, 3):
        make_notice(session, user, position)
    make_notice(session, other, 4)
    sign_in(session, client, user)
    page = words(client.get("/en/account"))
    assert (page.count("Your proposal is public now."), "3 are unread." in page) == (3, True)
    one = client.post(re.findall(r'action="(/en/account/notices/[^"]+/reading)"', page)[-1])
    assert (one.status_code, one.location) == (303, "/en/account#notices")
    assert read_states(session, user) == [True, False, False]
    assert client.post("/en/account/notices/readings").status_code == 303
    assert (read_states(session, user), read_states(session, other)) == ([True] * 3, [False])


def test_nobody_marks_anothers_notice(client, session):
    user, other = make_user(session), make_user(session)
    make_notice(session, other)
    notice = session.query(Notice.id).scalar()
    assert client.post(f"/en/account/notices/{notice}/reading").status_code == 403
    sign_in(session, client, user)
    assert client.post(f"/en/account/notices/{notice}/reading").status_code == 404
    assert read_states(session, other) == [False]


def test_the_account_page_takes_as_many_queries_for_thirty_notices_as_for_one(client, session, count_queries):
    user = make_user(session)
    make_mandate(session, user, make_organization(session))
    counts = []
    for positions in (range(1, 2), range(2, 31)):
        for position in positions:
            make_notice(session, user, position)
        sign_in(session, client, user)
        with count_queries() as queries:
            words(client.get("/en/account"))
        counts.append(len(queries))
    assert counts == [5, 5]


def test_the_account_page_says_what_awaits_and_what_one_brought(client, session):
    consultation, organization = make_consultation(session, phases=(PhaseName.RANK,)), make_organization(session)
    user = make_user(session)
    make_mandate(session, user, organization)
    make_items(session, consultation, NOW)
    contest = make_contest(session, consultation, NOW)
    make_proposal(session, consultation, title="Brought by us", organization_id=organization.id, published=True)
    sign_in(session, client, user)
    for path in ("/en/account", "/en/", "/en/consultations/sample/"):
        page = words(client.get(path))
        assert f'href="/en/consultations/sample/ranking?contest={contest.code}">Rank the items' in page, path
        assert "Ballot not cast yet" in page, path
    assert "Brought by us" in words(client.get("/en/account"))
    other = make_user(session)
    sign_in(session, client, other)
    page = words(client.get("/en/account"))
    assert ("Ballot not cast yet" in page, "Brought by us" in page) == (False, False)


def test_ballots_in_the_box_are_told_in_steps_of_ten(client, session):
    consultation = make_consultation(session, phases=(PhaseName.RANK,))
    make_organization(session)
    make_items(session, consultation, NOW)
    make_contest(session, consultation, NOW)
    session.commit()
    assert "fewer than ten ballots" in words(client.get("/en/consultations/sample/"))


def test_who_is_missing_is_named(client, session):
    make_consultation(session)
    make_organization(session)
    session.commit()
    page = words(client.get("/fr/"))
    assert ("Qui manque" in page, "Nunavut" in page) == (True, True)


def test_as_many_stand_by_their_names_whatever_their_accents():
    rows = [("Îles", 1), ("Zone", 1), ("Éducation", 1), ("Arts", 1), ("Sport", 2), ("Nulle part", 0)]
    assert _largest(rows) == [("Sport", 2), ("Arts", 1), ("Éducation", 1), ("Îles", 1), ("Zone", 1)]


def test_a_phase_entered_shows_at_once(client, session):
    consultation = make_consultation(session)
    session.commit()
    assert "Bring a proposal" in words(client.get("/en/"))
    enter_phase(session, consultation, PhaseName.RANK, actor=OPERATOR, now=NOW)
    session.commit()
    page = words(client.get("/en/"))
    assert ("Bring a proposal" in page, "No ballots are taken today." in page) == (False, True)
