"""A process of the server that is busy lets another have a connection that comes, and takes it when no other does."""

import socket
import time

import pytest
from gunicorn.config import Config

from consultation.commands import fair_worker
from consultation.commands.fair_worker import FairWorker

THREADS = 2


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as opened:
        opened.setblocking(False)
        yield opened


@pytest.fixture
def caller(listener):
    with socket.create_connection(listener.getsockname()) as opened:
        yield opened


@pytest.fixture
def worker():
    settings = Config()
    settings.set("threads", THREADS)
    made = FairWorker(0, 0, [], None, 1, settings, None)
    made.taken = []
    made.enqueue_req = made.taken.append
    yield made
    for connection in made.taken:
        connection.close()
    made.tmp.close()


@pytest.fixture
def let(monkeypatch):
    """What others do while the worker lets them go first: ``let(action)``."""
    waited = []

    def instead(action):
        monkeypatch.setattr(fair_worker.time, "sleep", lambda seconds: (waited.append(seconds), action()))
        return waited

    return instead


def busy_with(worker, requests):
    """So many requests under way, and two connections that are kept and one that says nothing yet beside them."""
    worker.keepalived_conns.extend([None, None])
    worker.pending_conns.append(None)
    worker.nr_conns = requests + 3


def test_one_that_has_a_thread_free_takes_it_at_once(worker, listener, caller, let):
    waited = let(lambda: None)
    busy_with(worker, THREADS - 1)
    worker.accept(listener)
    assert ([one.client for one in worker.taken], waited) == ([caller.getsockname()], [])


def test_one_that_is_busy_leaves_it_to_another(worker, listener, caller, let):
    other = []
    waited = let(lambda: other.append(listener.accept()[0]))
    busy_with(worker, THREADS)
    worker.accept(listener)
    assert (worker.taken, len(other), len(waited)) == ([], 1, 1)
    assert worker.nr_conns == THREADS + 3
    other[0].close()


def test_one_that_is_busy_takes_it_when_no_other_does(worker, listener, caller, let):
    waited = let(lambda: None)
    busy_with(worker, THREADS + 5)
    worker.accept(listener)
    assert ([one.client for one in worker.taken], len(waited)) == ([caller.getsockname()], 1)


def test_the_others_are_let_go_first_for_a_moment_only(worker, listener, caller):
    busy_with(worker, THREADS)
    began = time.monotonic()
    worker.accept(listener)
    assert time.monotonic() - began >= fair_worker.COURTESY_SECONDS
    assert fair_worker.COURTESY_SECONDS <= 0.005
