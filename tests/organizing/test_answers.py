"""Who has answered the call for proposals, and from where: counted once for each organization, and never by name."""

from datetime import timedelta

import pytest

from consultation.convening.states import TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.kernel.permissions import OPERATOR
from consultation.membership.models import OrganizationJurisdiction
from consultation.organizing.queries import answers
from consultation.proposals.states import ProposalState
from consultation.voting.operations import close_contest
from tests.factories import make_organization, make_proposal
from tests.voting import factories as voting


@pytest.fixture
def words(session):
    session.commit()
    return vocabulary(session)


def test_each_organization_counts_once_and_what_was_taken_back_does_not(session, consultation, words):
    sector = words.of(TermKind.SECTOR)[0]
    quebec, mexico_city = (words.by_code(TermKind.JURISDICTION, code) for code in ("CA-QC", "MX-CMX"))
    theme = words.themes[3]
    before = answers(session, consultation)
    loud, silent = (make_organization(session, code) for code in ("LOUD", "SILENT"))
    make_organization(session, "APPLIED", verified=False)
    loud.sector_id = sector.id
    for term in (quebec, mexico_city):
        session.add(OrganizationJurisdiction(organization_id=loud.id, term_id=term.id))
    for organization, published in ((loud, False), (loud, True), (loud, False), (silent, False)):
        more = {"organization_id": organization.id, "language": "fr", "published": published}
        last = make_proposal(session, consultation, **more)
        last.theme_id = theme.id
        if organization is silent:
            last.state = ProposalState.WITHDRAWN
    session.commit()
    found = answers(session, consultation)
    assert found.verified == before.verified + 2
    assert found.who.organizations == before.who.organizations + 1
    assert found.silent == before.silent + 1
    assert found.by_theme[theme.id] == 3
    assert found.who.by_language["fr"] == 3
    assert found.who.by_sector == {sector.id: 1}
    assert found.who.by_place == {quebec.id: 1, mexico_city.id: 1}
    assert found.who.by_country == {"CA": 1, "MX": 1}


def test_who_has_not_voted_is_a_number_in_steps_until_the_close(client, organizer, session, clock, consultation):
    voting.make_items(session, consultation, clock.now(), 3)
    names = [voting.make_organization(session, clock.now(), f"VOTER{number}").name for number in range(12)]
    contest = voting.make_contest(session, consultation, clock.now(), closes_at=clock.now() + timedelta(days=1))
    voting.commit(session)
    text = " ".join(client.get("/en/organize/sample").text.split())
    assert "At least this many; the number is told in steps of ten until the close." in text
    assert not any(name in text for name in names)
    clock.advance(days=2)
    close_contest(session, contest, actor=OPERATOR, now=clock.now())
    voting.commit(session)
    text = " ".join(client.get("/en/organize/sample").text.split())
    assert "13 organizations did not vote." in text
    assert not any(name in text for name in names)
