import re

import pytest

from consultation.convening.operations import enter_phase
from consultation.convening.states import PhaseName
from consultation.kernel.permissions import OPERATOR
from consultation.proposals.models import Translation
from consultation.proposals.states import TranslationState
from tests.factories import NOW, make_organization, make_proposal
from tests.proposals.pages import LIST, codes, text_of


def test_empty_list_teaches(public, world):
    response = public.get(LIST)
    assert response.status_code == 200
    assert "No proposal is public yet." in text_of(response)


def test_unknown_consultation_is_not_found(public, world):
    assert public.get("/en/consultations/nowhere/proposals").status_code == 404
    assert public.get("/en/proposals/NG27-999").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("query", "allowed"), [("?sort=newest", 2), ("?sort=fair&from=3", 2), ("?q=prop&theme=T1", 3)])
def test_list_asks_the_same_few_questions(public, published, count_queries, query, allowed, number):
    published(number)
    public.get(LIST)
    with count_queries() as queries:
        assert public.get(LIST + query).status_code == 200
    assert len(queries) == allowed


def test_list_of_a_delegate_asks_one_more(delegate, published, count_queries):
    published(30)
    delegate.get(LIST)
    with count_queries() as queries:
        delegate.get(LIST + "?sort=newest")
    assert len(queries) == 3


def test_the_list_is_paged_by_its_links(public, published):
    published(45)
    address, read = LIST, []
    while address:
        response = public.get(address)
        read += codes(response)
        following = re.search(r'rel="next" href="([^"]+)"', text_of(response))
        address = following and following[1].replace("&amp;", "&")
    assert sorted(read) == [f"NG27-{number:03d}" for number in range(1, 46)]
    assert "45 proposals" in text_of(response)


def test_fair_order_is_stable_from_a_start_and_default_while_people_discuss(public, published, session, world):
    published(12)
    first, second = (public.get(LIST + "?sort=fair&from=4711") for _ in range(2))
    assert codes(first) == codes(second)
    orders = {tuple(codes(public.get(LIST))) for _ in range(12)}
    assert len(orders) > 1
    enter_phase(session, world.consultation, PhaseName.RANK, actor=OPERATOR, now=NOW)
    session.commit()
    orders = {tuple(codes(public.get(LIST))) for _ in range(3)}
    assert orders == {tuple(f"NG27-{number:03d}" for number in range(12, 0, -1))}


def test_filters_leave_chips_that_take_them_away(public, published):
    published(9)
    response = public.get(LIST + "?q=proposal&theme=T2&sort=oldest")
    assert codes(response) == ["NG27-002"]
    assert "1 proposal<" in text_of(response)
    assert f'href="{LIST}?q=proposal&amp;sort=oldest"' in text_of(response)
    assert f'href="{LIST}?theme=T2&amp;sort=oldest"' in text_of(response)
    assert '<option value="T2" selected>' in text_of(response)


def test_nothing_found_says_what_to_do(public, published):
    published(1)
    assert "Take a filter away" in text_of(public.get(LIST + "?q=zzz"))


def test_htmx_gets_the_results_alone(public, published):
    published(1)
    response = public.get(LIST, headers={"HX-Request": "true"})
    assert codes(response) == ["NG27-001"]
    assert "<html" not in text_of(response)
    assert "hx-request" in response.vary


@pytest.mark.parametrize("query", ["?after=x", "?sort=newest&after=WzFd", "?q=%00%F0&theme[]=1&from=-1&state=draft"])
def test_odd_addresses_are_no_failure(public, published, query):
    published(1)
    assert public.get(LIST + query).status_code in (200, 400)


@pytest.mark.parametrize(("lang", "by"), [("en", "Alliance A"), ("fr", "L’Alliance A"), ("es", "Alliance A")])
def test_three_languages(public, published, lang, by):
    published(1)
    for address in (f"/{lang}/consultations/sample/proposals", f"/{lang}/proposals/NG27-001"):
        page = text_of(public.get(address))
        assert f'<html lang="{lang}">' in page
        assert by in page
    assert ('lang="en">Proposal 0' in page) == (lang != "en")


def test_a_translated_title_is_shown_with_its_state(public, published, session):
    proposal = published(1)[0]
    session.add(
        Translation(
            proposal_id=proposal.id, language="fr", revision=1, state=TranslationState.STALE, title="Titre français"
        )
    )
    session.commit()
    assert ">Titre français</a>" in text_of(public.get("/fr/consultations/sample/proposals"))
    original = text_of(public.get("/en/proposals/NG27-001"))
    assert "Titre français" not in original
    assert "translation pending" in original
    assert "the original has changed since" in original
    assert '<h1 lang="fr">Titre français</h1>' in text_of(public.get("/en/proposals/NG27-001?text=fr"))


def test_protected_organizations_are_not_named(public, session, world):
    hidden = make_organization(session, "ORG-P", name="Shelter Maple", protected=True)
    make_proposal(session, world.consultation, organization_id=hidden.id, published=True)
    session.commit()
    for address in (LIST, "/en/proposals/NG27-001"):
        assert "Shelter Maple" not in text_of(public.get(address))
        assert "ORG-P" in text_of(public.get(address))
