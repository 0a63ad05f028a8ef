"""A proposal in other languages: kept beside its own, found by search, stale once its own text changes."""

import pytest
from sqlalchemy import select

from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Denied
from consultation.proposals.models import Translation
from consultation.proposals.operations import amend, translate
from consultation.proposals.rules import InvalidProposal, ProposalText
from consultation.proposals.states import TranslationState
from tests.factories import NOW

FRENCH = ProposalText("Compter les actes haineux", "Chacun compte à part.", "", "Une seule norme.")
BY = {"actor": OPERATOR, "now": NOW}


@pytest.fixture
def proposal(published):
    (made,) = published(1)
    return made


def kept(session, proposal):
    rows = session.scalars(select(Translation).where(Translation.proposal_id == proposal.id))
    return {row.language: (row.state, row.revision, row.title) for row in rows}


def test_a_translation_stands_beside_the_text_and_is_found(session, proposal):
    translate(session, proposal, language="fr", text=FRENCH, **BY)
    assert kept(session, proposal) == {"fr": (TranslationState.TRANSLATED, 1, FRENCH.title)}
    assert "actes haineux" in proposal.search_text
    assert "proposal 0" in proposal.search_text
    event = session.scalars(select(EventRecord).order_by(EventRecord.position.desc()).limit(1)).one()
    assert (event.name, event.payload["language"], event.payload["revision"]) == ("ProposalTranslated", "fr", 1)


def test_a_second_takes_the_place_of_the_first_in_its_language(session, proposal):
    translate(session, proposal, language="fr", text=FRENCH, **BY)
    better = ProposalText("Dénombrer les actes haineux", "", "", "Une norme.")
    translate(session, proposal, language="fr", text=better, reviewed=True, **BY)
    translate(session, proposal, language="es", text=ProposalText("Contar", "", "", "Una norma."), **BY)
    assert kept(session, proposal) == {
        "fr": (TranslationState.REVIEWED, 1, "Dénombrer les actes haineux"),
        "es": (TranslationState.TRANSLATED, 1, "Contar"),
    }
    assert "compter les actes" not in proposal.search_text


def test_a_change_of_the_text_makes_it_stale_until_it_is_translated_again(session, proposal):
    translate(session, proposal, language="fr", text=FRENCH, **BY)
    amend(session, proposal, text=ProposalText("Counted", "b", "e", "r"), **BY)
    assert kept(session, proposal)["fr"][:2] == (TranslationState.STALE, 1)
    translate(session, proposal, language="fr", text=FRENCH, **BY)
    assert kept(session, proposal)["fr"][:2] == (TranslationState.TRANSLATED, 2)


@pytest.mark.parametrize(("language", "text"), [("en", FRENCH), ("fr", ProposalText("", "", "", "")), ("de", FRENCH)])
def test_what_is_no_translation_is_refused(session, proposal, language, text):
    with pytest.raises(InvalidProposal):
        translate(session, proposal, language=language, text=text, **BY)
    assert kept(session, proposal) == {}


def test_not_everybody_may(session, proposal):
    with pytest.raises(Denied):
        translate(session, proposal, language="fr", text=FRENCH, actor=ANONYMOUS, now=NOW)
