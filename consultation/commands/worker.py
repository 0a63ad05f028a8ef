"""The worker: hands each subscription the events that wait for it, one transaction a batch."""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from consultation.extensions import db
from consultation.kernel.outbox import Subscription, deliver
from consultation.portal.queue import behind
from consultation.web.console import No, say
from consultation.web.transactions import session, unit_of_work

IDLE_SECONDS = 1.0
LONGEST_REST_SECONDS = 60.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Deliver what waits now, then end.")
@with_appcontext
def command(once: bool) -> None:
    """Deliver events to notifications and other consumers until stopped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    subscriptions: Sequence[Subscription] = app.extensions["subscriptions"]
    if once:
        worker = Worker(app, subscriptions)
        read = 0
        while step := worker.step():
            read += step
        if worker.failures:
            raise No("Not everything could be delivered: " + "; ".join(worker.failures.values()))
        say(f"{read} events were read.")
        return
    say(f"Delivering events to {len(subscriptions)} subscriptions. Stop with Ctrl-C.")
    run(app, subscriptions)


class Worker:
    """Delivers in steps. A subscription that fails rests, each time twice as long, and holds up no other."""

    def __init__(
        self, app: Flask, subscriptions: Sequence[Subscription], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._subscriptions = subscriptions
        self._monotonic = monotonic
        self._rests: dict[str, tuple[float, float]] = {}
        self.failures: dict[str, str] = {}

    def step(self) -> int:
        """Give each subscription that is behind its next batch. Returns how many rows were read in all."""
        try:
            with self._app.app_context():
                waiting = behind(session(), self._subscriptions)
        except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the worker
            self.failures["database"] = f"the database: {error}"
            return 0
        self.failures.pop("database", None)
        return sum(self._deliver(one) for one in waiting if not self._resting(one))

    def _deliver(self, subscription: Subscription) -> int:
        try:
            with self._app.app_context(), unit_of_work() as work:
                read = deliver(work, subscription)
        except Exception as error:  # noqa: BLE001 - one consumer's failure is told, and retried later
            self._rest(subscription, error)
            return 0
        self._rests.pop(subscription.name, None)
        self.failures.pop(subscription.name, None)
        return read

    def _resting(self, subscription: Subscription) -> bool:
        until, _length = self._rests.get(subscription.name, (0.0, 0.0))
        return self._monotonic() < until

    def _rest(self, subscription: Subscription, error: Exception) -> None:
        _until, length = self._rests.get(subscription.name, (0.0, IDLE_SECONDS))
        length = min(2 * length, LONGEST_REST_SECONDS)
        self._rests[subscription.name] = (self._monotonic() + length, length)
        self.failures[subscription.name] = f"{subscription.name}: {type(error).__name__}: {error}"
        say(f"{self.failures[subscription.name]} (tried again in {length:.0f} s)")


def run(app: Flask, subscriptions: Sequence[Subscription], *, parent: int | None = None) -> None:
    """Deliver until SIGTERM or SIGINT, or until the parent process, when one is given, is gone."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker(app, subscriptions)
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        if worker.step() == 0:
            stop.wait(IDLE_SECONDS)


def start_child(app: Flask, subscriptions: Sequence[Subscription]) -> int:
    """Run the worker in a child process, which ends with this one; returns its process id.

    The child is a fork, so that it costs neither a second start nor much memory. No thread or connection may be in
    use here yet.
    """
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        with app.app_context():
            db.engine.dispose(close=False)
        run(app, subscriptions, parent=parent)
        status = 0
    finally:
        # Nothing of the parent's may run at this exit: no handlers, no buffers written twice.
        os._exit(status)
