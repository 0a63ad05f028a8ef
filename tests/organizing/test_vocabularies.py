"""Organizers word the vocabularies: what they add, rename and retire shows in forms and lists, in three languages."""

import pytest

from consultation.convening.queries import term_by_code
from consultation.convening.states import TermKind

SECTORS = "/en/organize/vocabularies/sector"
WORDS = {"label_en": "Cooperatives", "label_fr": "Coopératives", "label_es": "Cooperativas"}


@pytest.fixture
def sectors(session, organizer):
    session.commit()


def offered(client, language="en"):
    """The sectors that the list of proposals can be filtered by."""
    page = client.get(f"/{language}/consultations/sample/proposals").get_data(as_text=True)
    return page.partition('name="sector"')[2].partition("</select>")[0]


def test_a_new_term_is_offered_in_each_language(client, sectors):
    answer = client.post(SECTORS, data={"code": "cooperatives", **WORDS, "short_fr": "Coops"})
    assert (answer.status_code, answer.location) == (303, SECTORS)
    assert [
        word in offered(client, language)
        for language, word in (("en", "Cooperatives"), ("fr", "Coops"), ("es", "Cooperativas"))
    ] == [True] * 3
    assert "Coopératives" in client.get(f"{SECTORS.replace('/en/', '/fr/')}/cooperatives").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"label_es": " "}, "This is needed."),
        ({"code": "two words"}, "The code takes letters and digits"),
        ({"code": "Health"}, "Another term of this vocabulary has this code."),
    ],
)
def test_what_cannot_be_a_term_is_said_and_nothing_typed_is_lost(client, session, sectors, changes, said):
    answer = client.post(SECTORS, data={"code": "cooperatives", **WORDS, **changes})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, said in page, "Coopératives</textarea>" in page) == (422, True, True)
    assert term_by_code(session, TermKind.SECTOR, "cooperatives") is None


def test_a_term_is_worded_anew_everywhere_and_keeps_its_code(client, session, sectors):
    answer = client.post(f"{SECTORS}/health", data={"code": "another", **WORDS})
    session.expire_all()
    term = term_by_code(session, TermKind.SECTOR, "health")
    assert (
        answer.status_code,
        term.label["fr"],
        term.short["fr"],
        term_by_code(session, TermKind.SECTOR, "another"),
    ) == (
        303,
        "Coopératives",
        "Coopératives",
        None,
    )
    assert "Cooperatives" in offered(client)


def test_a_retired_term_is_offered_no_more_until_it_is_again(client, sectors):
    before = 'value="health"' in offered(client)
    client.post(f"{SECTORS}/health/retirement")
    retired, page = 'value="health"' in offered(client), client.get(SECTORS).get_data(as_text=True)
    client.post(f"{SECTORS}/health/return")
    assert (before, retired, "Not offered" in page, 'value="health"' in offered(client)) == (True, False, True, True)


def test_a_vocabulary_or_term_that_is_none_is_not_found(client, sectors):
    addresses = ("/en/organize/vocabularies/colours", f"{SECTORS}/nothing")
    assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_a_vocabulary_takes_as_many_queries_with_one_term_as_with_many(client, sectors, count_queries):
    counted = []
    for kind in ("theme", "jurisdiction"):
        with count_queries() as queries:
            client.get(f"/en/organize/vocabularies/{kind}")
        counted.append(len(queries))
    assert counted[0] == counted[1]
