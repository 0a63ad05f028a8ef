"""Events to their consumers and acts that have fallen due: one transaction a batch, or an act."""

import time
import uuid
from collections.abc import Callable, Sequence

from flask import Flask

from consultation.kernel.due import DueAct
from consultation.kernel.outbox import Subscription, deliver
from consultation.portal.queue import behind
from consultation.web.authorize import present
from consultation.web.console import say
from consultation.web.transactions import session, unit_of_work

IDLE_SECONDS = 1.0
LONGEST_REST_SECONDS = 60.0


class Worker:
    """Works in steps. What fails rests, each time twice as long, and holds up nothing else."""

    def __init__(
        self,
        app: Flask,
        subscriptions: Sequence[Subscription] | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._subscriptions: Sequence[Subscription] = (
            app.extensions["subscriptions"] if subscriptions is None else subscriptions
        )
        self._due: Sequence[DueAct] = app.extensions["due"]
        self._monotonic = monotonic
        self._rests: dict[str, tuple[float, float]] = {}
        self.failures: dict[str, str] = {}

    def step(self) -> int:
        """Give each subscription that is behind its next batch, and do what is due. Returns how many rows were read
        and acts done in all."""
        try:
            with self._app.app_context():
                waiting = behind(session(), self._subscriptions)
        except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the worker
            self.failures["database"] = f"the database: {error}"
            return 0
        self.failures.pop("database", None)
        read = sum(self._deliver(one) for one in waiting if not self._resting(one))
        return read + sum(self._act(one) for one in self._due if not self._resting(one))

    def _deliver(self, subscription: Subscription) -> int:
        try:
            with self._app.app_context(), unit_of_work() as work:
                read = deliver(work, subscription)
        except Exception as error:  # noqa: BLE001 - one consumer's failure is told, and retried later
            self._rest(subscription, error)
            return 0
        self._worked(subscription)
        return read

    def _act(self, due: DueAct) -> int:
        """Do what has fallen due; what fails is tried again later, and holds up none of the others. Returns how many
        acts were done."""
        done = 0
        failure: Exception | None = None
        waiting: Sequence[uuid.UUID] = ()
        try:
            with self._app.app_context():
                waiting = due.waiting(session(), present())
        except Exception as error:  # noqa: BLE001 - as for subscriptions
            failure = error
        for one in waiting:
            try:
                with self._app.app_context(), unit_of_work() as work:
                    due.act(work, one, present())
                done += 1
            except Exception as error:  # noqa: BLE001 - as for subscriptions
                failure = error
        if failure is None:
            self._worked(due)
        else:
            self._rest(due, failure)
        return done

    def _worked(self, one: Subscription | DueAct) -> None:
        self._rests.pop(one.name, None)
        self.failures.pop(one.name, None)

    def _resting(self, one: Subscription | DueAct) -> bool:
        until, _length = self._rests.get(one.name, (0.0, 0.0))
        return self._monotonic() < until

    def _rest(self, one: Subscription | DueAct, error: Exception) -> None:
        _until, length = self._rests.get(one.name, (0.0, IDLE_SECONDS))
        length = min(2 * length, LONGEST_REST_SECONDS)
        self._rests[one.name] = (self._monotonic() + length, length)
        self.failures[one.name] = f"{one.name}: {type(error).__name__}: {error}"
        say(f"{self.failures[one.name]} (tried again in {length:.0f} s)")
