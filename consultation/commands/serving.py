"""The server: gunicorn with threads, inside this process, and the worker beside it."""

import ctypes
import gc
import os
import signal
import socket
from contextlib import suppress
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from consultation.commands.fair_worker import FairWorker
from consultation.commands.worker import start_child
from consultation.extensions import db
from consultation.kernel.durability import NotDurable, refuse_forgetful
from consultation.web.console import No, say

GRACE_SECONDS = 10
MAXIMUM_PORT = 65535

port_option = click.option("--port", type=click.IntRange(1, MAXIMUM_PORT), default=8000, show_default=True)


@click.command("serve")
@port_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Threads of each process.")
@click.option("--no-worker", is_flag=True, help="Do not start the worker that runs jobs and delivers events.")
@with_appcontext
def command(port: int, host: str, workers: int, threads: int, no_worker: bool) -> None:
    """Serve the site until stopped, with the worker beside it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    refuse_occupied(host, port)
    refuse_forgetful_database()
    say(f"Serving on http://{host}:{port}. Stop with Ctrl-C.")
    run(app, host=host, port=port, workers=workers, threads=threads, with_worker=not no_worker)


def refuse_forgetful_database() -> None:
    """Raises ``No`` where an acknowledged ballot could be lost."""
    try:
        refuse_forgetful(db.engine)
    except NotDurable as error:
        raise No(str(error)) from error


def refuse_occupied(host: str, port: int) -> None:
    """Raises ``No`` when something else listens on the port already, instead of trying again for seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise No(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another with --port.") from error


def run(app: Flask, *, host: str, port: int, workers: int, threads: int, with_worker: bool) -> None:
    """Serve until a signal ends it; SIGTERM lets the requests under way finish. Ends by ``SystemExit``."""
    with app.app_context():
        # What was opened here must not be shared by the processes that are forked next.
        db.engine.dispose()
    # What stands now stands until the end: the collector need not look at it, nor touch the memory that forks share.
    gc.collect()
    gc.freeze()
    _give_back()
    child = start_child(app) if with_worker else None
    here = os.getpid()
    try:
        _Server(app, bind=f"{_bracketed(host)}:{port}", workers=workers, threads=threads).run()
    finally:
        # gunicorn's own processes leave through here too, and must not end what is not theirs.
        if child is not None and os.getpid() == here:
            _end(child)


def _give_back() -> None:
    """Return to the system what loading took and let go of, some megabytes that each process would count as its own."""
    with suppress(OSError, AttributeError):  # where the C library is not glibc
        ctypes.CDLL(None).malloc_trim(0)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _end(child: int) -> None:
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn around an application that is loaded already, so that its processes share the memory of it."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self._app = app
        self._options = {
            "worker_class": FairWorker,
            "preload_app": True,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": _after_fork,
            **options,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:  # an older gunicorn has no control socket
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _after_fork(_server: Any, worker: Any) -> None:
    application = worker.app.callable
    with application.app_context():
        db.engine.dispose(close=False)
