"""The directory's filters, and who sees for whom they act."""

import re

import pytest
from sqlalchemy import select

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.curation.operations import admit
from consultation.kernel.permissions import OPERATOR
from consultation.membership.models import MemberOrganization
from consultation.web.pagination import encode
from tests.factories import (
    NOW,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)
from tests.voting.factories import commit, make_contest


@pytest.fixture
def members(session):
    """Three listed organizations in three countries; one of them has brought a proposal on a theme."""
    consultation = make_consultation(session)
    words = vocabulary(session)
    made = {}
    for code, place in (("NORTH", "CA-MB"), ("MIDDLE", "US"), ("SOUTH", "MX")):
        term = words.by_code(TermKind.JURISDICTION, place)
        made[code] = make_organization(
            session, code, name=f"Alliance {code}", listed=True, jurisdiction_ids=[term.id], languages=["es"]
        )
    theme = words.of(TermKind.THEME)[0]
    brought = {"organization_id": made["SOUTH"].id, "theme_id": theme.id}
    make_proposal(session, consultation, published=True, title="Public", **brought)
    make_proposal(session, consultation, title="Waits", organization_id=made["NORTH"].id, theme_id=theme.id)
    session.commit()
    return theme.code


def found(client, **asked):
    page = client.get("/en/organizations", query_string=asked).text
    return [code for code in ("NORTH", "MIDDLE", "SOUTH") if f"Alliance {code}" in page]


def test_by_country_and_by_theme(client, members):
    assert found(client) == ["NORTH", "MIDDLE", "SOUTH"]
    assert [found(client, country=code) for code in ("CA", "US", "MX")] == [["NORTH"], ["MIDDLE"], ["SOUTH"]]
    assert found(client, theme=members) == ["SOUTH"]
    assert found(client, theme=members, country="CA") == []
    assert found(client, country="nowhere", theme="nothing") == ["NORTH", "MIDDLE", "SOUTH"]


def test_the_filters_cost_no_query_more(client, members, count_queries):
    found(client)
    counts = []
    for asked in ({}, {"country": "CA", "theme": members, "language": "es", "q": "Alliance"}):
        with count_queries() as queries:
            client.get("/en/organizations", query_string=asked)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whoever_speaks_for_several_sees_for_whom(app, session, client):
    """On each page that acts for an organization: a choice where there is one, and the name of each."""
    consultation = make_consultation(session)
    user = make_user(session)
    for code in ("ONE", "TWO"):
        make_mandate(session, user, make_organization(session, code, name=f"Alliance {code}"))
    own = make_organization(session, "THIRD", name="Alliance THIRD")
    make_mandate(session, user, own)
    proposal = make_proposal(session, consultation, organization_id=own.id, published=True, author_id=user.id)
    admit(session, make_proposal(session, consultation, published=True), actor=OPERATOR, now=NOW)
    make_contest(session, consultation, NOW, places=1)
    commit(session)
    sign_in(session, client, user)
    named = {}
    for page in (
        "/consultations/sample/propose",
        f"/proposals/{proposal.code}",
        f"/proposals/{proposal.code}/edit",
        "/consultations/sample/ranking",
        "/consultations/sample/ranking/review?for=TWO",
    ):
        text = client.get(f"/en{page}").text
        named[page.partition("?")[0].rsplit("/", 1)[1]] = [
            code for code in ("ONE", "TWO", "THIRD") if f"Alliance {code}" in text
        ]
    assert named == {
        "propose": ["ONE", "TWO", "THIRD"],
        proposal.code: ["ONE", "TWO", "THIRD"],
        "edit": ["THIRD"],
        "ranking": ["ONE", "TWO", "THIRD"],
        "review": ["TWO"],
    }


def test_the_list_stands_in_the_order_of_the_names_that_it_shows(client, session):
    for code, name, french in (("ONE", "Alpha", "Zone"), ("TWO", "Beta", "Abri"), ("THREE", "Gamma", None)):
        make_organization(session, code, name=name, listed=True).name_fr = french
    session.commit()

    def order(language):
        page = client.get(f"/{language}/organizations").text
        return re.findall(r'/organizations/(ONE|TWO|THREE)"', page)

    assert (order("en"), order("fr")) == (["ONE", "TWO", "THREE"], ["TWO", "THREE", "ONE"])
    last = encode(["Abri", str(session.scalars(select(MemberOrganization.id).filter_by(code="TWO")).one())])
    after = client.get("/fr/organizations", query_string={"after": last}).text
    assert re.findall(r'/organizations/(ONE|TWO|THREE)"', after) == ["THREE", "ONE"]
