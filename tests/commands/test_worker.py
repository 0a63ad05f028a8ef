"""The worker: delivers once or until stopped, retries what fails, and keeps the rest going."""

import pytest
from sqlalchemy import select

from consultation.commands.worker import Worker
from consultation.convening.operations import enter_phase
from consultation.convening.states import PHASE_ORDER
from consultation.kernel.outbox import BATCH, ConsumerCursor, EventRecord, Subscription
from consultation.kernel.permissions import OPERATOR
from tests.factories import NOW, make_consultation


class Listener:
    """A consumer that notes what it is told, and fails while it is told to."""

    def __init__(self, name, *events):
        self.heard, self.failing = [], False
        self.subscription = Subscription(name, frozenset(events), self)

    def __call__(self, session, event: EventRecord) -> None:
        if self.failing:
            raise RuntimeError("not today")
        self.heard.append(event.name)


@pytest.fixture
def consultation(session):
    made = make_consultation(session, phases=())
    session.commit()
    return made


@pytest.fixture
def listening(app):
    """Replaces the application's subscriptions by listeners."""

    def listen(*listeners):
        app.extensions["subscriptions"] = tuple(one.subscription for one in listeners)
        return listeners

    return listen


def cursors(session) -> dict[str, int]:
    session.rollback()
    rows = session.execute(select(ConsumerCursor.consumer, ConsumerCursor.position))
    return {row.consumer: row.position for row in rows}


def test_once_delivers_what_each_subscription_wants_and_moves_every_cursor(runner, session, consultation, listening):
    created, entered = listening(Listener("a", "ConsultationCreated"), Listener("b", "PhaseEntered"))
    enter_phase(session, consultation, PHASE_ORDER[0], actor=OPERATOR, now=NOW)
    session.commit()
    ended = runner.invoke(args=["worker", "--once"])
    assert (ended.exit_code, ended.stdout, "4 events were read." in ended.stderr) == (0, "", True)
    assert (created.heard, entered.heard) == (["ConsultationCreated"], ["PhaseEntered"])
    last = session.scalar(select(EventRecord.position).order_by(EventRecord.position.desc()).limit(1))
    assert cursors(session) == {"a": last, "b": last}


def test_once_again_delivers_nothing_twice(runner, consultation, listening):
    (listener,) = listening(Listener("a", "ConsultationCreated"))
    for _ in range(2):
        assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert listener.heard == ["ConsultationCreated"]


def test_once_goes_on_until_more_than_a_batch_is_delivered(runner, session, consultation, listening):
    (listener,) = listening(Listener("a", "PhaseEntered"))
    for number in range(BATCH + 5):
        name = PHASE_ORDER[number % len(PHASE_ORDER)]
        enter_phase(session, consultation, name, actor=OPERATOR, now=NOW)
    session.commit()
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert len(listener.heard) == BATCH + 5


def test_once_with_a_failing_subscription_is_a_no_and_delivers_to_the_others(runner, session, consultation, listening):
    failing, working = listening(Listener("a", "ConsultationCreated"), Listener("b", "ConsultationCreated"))
    failing.failing = True
    ended = runner.invoke(args=["worker", "--once"])
    assert (ended.exit_code, "a: RuntimeError: not today" in ended.stderr) == (1, True)
    assert (failing.heard, working.heard) == ([], ["ConsultationCreated"])
    assert "a" not in cursors(session)
    failing.failing = False
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert (failing.heard, working.heard) == (["ConsultationCreated"], ["ConsultationCreated"])


def test_a_failing_subscription_rests_each_time_twice_as_long(app, consultation):
    listener = Listener("a", "ConsultationCreated")
    listener.failing = True
    instant = [100.0]
    tries = []

    def count(session, event):
        tries.append(instant[0])
        listener(session, event)

    subscription = Subscription("a", frozenset({"ConsultationCreated"}), count)
    worker = Worker(app, (subscription,), monotonic=lambda: instant[0])
    for _ in range(20):
        worker.step()
        instant[0] += 1
    assert [later - tries[0] for later in tries] == [0, 2, 6, 14]
    listener.failing = False
    instant[0] += 60
    assert (worker.step(), worker.failures) == (1, {})


def test_a_database_without_tables_is_told_and_does_not_end_the_worker(tmp_path):
    from consultation.app import create_app
    from consultation.config import Config

    url = f"sqlite:///{tmp_path}/empty.sqlite"
    app = create_app(Config.for_tests(database_url=url, data_dir=tmp_path))
    worker = Worker(app, app.extensions["subscriptions"])
    assert (worker.step(), list(worker.failures)) == (0, ["database"])
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 1


def test_an_idle_step_writes_nothing(app, session, consultation, count_queries):
    worker = Worker(app, (Listener("a").subscription,))
    while worker.step():
        pass
    with count_queries() as queries:
        worker.step()
    assert [query.split()[0] for query in queries] == ["SELECT"] * 6
