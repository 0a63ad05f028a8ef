"""While a contest's key is not where it should be, voting is away for a moment, and nothing is written."""

import pytest
from sqlalchemy import func, select

from consultation.voting.keys import KeyMissing, key_store
from consultation.voting.models import BallotDraft, ChainEntry
from consultation.web.authorize import public
from tests.voting.factories import commit, make_contest, sign_in

RANKING = "/en/consultations/gathering/ranking"


@pytest.fixture
def contest(session, scene, clock):
    made = make_contest(session, scene.consultation, clock.now())
    commit(session)
    return made


def test_voting_is_away_until_the_key_is_back(app, client, session, scene, contest):
    sign_in(client, scene.delegates[0].user)
    key = key_store(session).path(contest.id)
    aside = key.rename(key.with_suffix(".aside"))
    cast = {"key": "k", "ballot": f'[["{scene.codes[0]}"]]'}
    answers = [
        client.get(RANKING),
        client.post(f"{RANKING}/moves", data={"move": f"add {scene.codes[0]}"}),
        client.post("/en/consultations/gathering/ballots", data=cast),
    ]
    assert [(one.status_code, "Not available for a moment" in one.text) for one in answers] == [(503, True)] * 3
    written = [session.scalar(select(func.count()).select_from(table)) for table in (ChainEntry, BallotDraft)]
    assert written == [0, 0]
    aside.rename(key)
    assert client.post("/en/consultations/gathering/ballots", data=cast).status_code == 303


def test_a_view_that_does_not_think_of_it_answers_the_same(app, contest):
    @app.get("/asks-the-key")
    @public
    def asks():
        raise KeyMissing(contest.id)

    answer = app.test_client().get("/asks-the-key")
    assert (answer.status_code, "Not available for a moment" in answer.text) == (503, True)
    assert str(contest.id) not in answer.text
