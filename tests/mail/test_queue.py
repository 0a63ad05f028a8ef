"""The queue of mail: nothing is lost, nothing holds up the rest, nothing stale goes out."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consultation.kernel import letters
from consultation.kernel.letters import Letter, LetterKind
from consultation.kernel.orm import intending_to_write
from tests.factories import NOW, make_user

KIND = LetterKind("news", lambda *_: None, timedelta(hours=2))


@pytest.fixture
def user(session):
    made = make_user(session)
    session.commit()
    return made


def take(engine, at):
    with Session(engine, expire_on_commit=False) as own, intending_to_write():
        letter = letters.take(own, now=at)
        own.commit()
        return letter


def test_the_one_that_waited_longest_comes_first_and_again_later_each_time(session, engine, user):
    letters.post(session, KIND, user_id=user.id, details={"number": 2}, now=NOW + timedelta(seconds=1))
    letters.post(session, KIND, user_id=user.id, details={"number": 1}, now=NOW)
    session.commit()
    at, numbers = NOW + timedelta(seconds=1), []
    for minutes in (0, 0, 1, 0, 2, 0):
        at += timedelta(minutes=minutes)
        numbers.append(take(engine, at).details["number"])
        assert letters.stirring(session, now=at) == (len(numbers) % 2 == 1)
        session.rollback()
    assert numbers == [1, 2, 2, 1, 2, 1]
    assert take(engine, at + timedelta(minutes=3)) is None


def test_what_is_too_old_to_be_news_goes(session, engine, user):
    letters.post(session, KIND, user_id=user.id, now=NOW)
    letters.post(session, KIND, address="a@example.org", now=NOW + timedelta(hours=1))
    session.commit()
    at = NOW + timedelta(hours=2)
    assert take(engine, NOW).user_id == user.id
    letters.post(session, KIND, user_id=user.id, now=NOW)
    session.commit()
    assert take(engine, at).address == "a@example.org"
    with intending_to_write():
        session.rollback()
        assert letters.purge(session, now=at) == 1
        session.commit()
    assert session.scalars(select(Letter.address)).all() == ["a@example.org"]


def test_two_workers_take_different_letters(session, engine, user):
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one worker write at a time")
    for number in (1, 2):
        letters.post(session, KIND, user_id=user.id, details={"number": number}, now=NOW)
    session.commit()
    with Session(engine) as one, Session(engine) as other:
        taken = {letters.take(own, now=NOW).details["number"] for own in (one, other)}
    assert taken == {1, 2}


@pytest.mark.parametrize("both", [True, False])
def test_a_letter_is_to_a_person_or_to_an_address(session, user, both):
    named = {"user_id": user.id, "address": "a@example.org"} if both else {}
    letters.post(session, KIND, **named, now=NOW)
    with pytest.raises(IntegrityError):
        session.flush()


def test_letters_to_somebody_go_with_their_account(session, user):
    letters.post(session, KIND, user_id=user.id, now=NOW)
    session.commit()
    session.delete(user)
    session.commit()
    assert session.scalars(select(Letter)).all() == []
