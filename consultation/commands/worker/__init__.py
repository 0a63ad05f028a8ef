"""The worker: hands out events, does what has fallen due, runs the jobs that wait, one at a time, and sends mail."""

import os
import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from consultation.commands.worker.delivering import IDLE_SECONDS, Worker
from consultation.commands.worker.jobs import Jobs, run_waiting
from consultation.commands.worker.post import Post
from consultation.extensions import db
from consultation.kernel.durability import NotDurable, refuse_forgetful
from consultation.web.console import No, say

__all__ = ["IDLE_SECONDS", "Jobs", "Post", "Worker", "command", "run", "run_waiting", "start_child"]


@click.command("worker")
@click.option("--once", is_flag=True, help="Run the jobs and deliver what waits now, then end.")
@with_appcontext
def command(once: bool) -> None:
    """Run jobs, do what has fallen due, deliver events to notifications and other consumers, and send mail, until
    stopped."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        refuse_forgetful(db.engine)
    except NotDurable as error:
        raise No(str(error)) from error
    if once:
        _once(app)
        return
    say(f"Delivering events to {len(app.extensions['subscriptions'])} subscriptions. Stop with Ctrl-C.")
    run(app)


def _once(app: Flask) -> None:
    jobs = run_waiting(app)
    worker = Worker(app)
    read = 0
    while step := worker.step():
        read += step
    if jobs:
        say(f"Jobs run: {jobs}.")
    mail, sent = Post(app), 0
    while mail.step():
        sent += 1
    if sent:
        say(f"Letters sent: {sent}.")
    if worker.failures:
        raise No("Not everything could be delivered: " + "; ".join(worker.failures.values()))
    say(f"{read} events were read.")


def run(app: Flask, *, parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until the parent process, when one is given, is gone.

    A job that is under way then is taken back whole, and waits for the next worker.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def stopping() -> bool:
        return stop.is_set() or (parent is not None and os.getppid() != parent)

    worker, jobs, mail = Worker(app), Jobs(app, stopping), Post(app)
    while not stopping():
        if worker.step() + jobs.step() + mail.step() == 0:
            stop.wait(IDLE_SECONDS)


def start_child(app: Flask) -> int:
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
        run(app, parent=parent)
        status = 0
    finally:
        # Nothing of the parent's may run at this exit: no handlers, no buffers written twice.
        os._exit(status)
