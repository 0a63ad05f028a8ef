"""The one place that commits.

A write request commits once, after its response has rendered, when the status is below 400; otherwise it rolls back.
The command line and the worker use ``unit_of_work``. What must survive a refusal is handed to ``after_rollback``.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, has_app_context, request
from flask import session as cookie
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from consultation.kernel import afterwards
from consultation.kernel.orm import intending_to_write, writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
log = logging.getLogger(__name__)
_TOKEN = "consultation.writing"  # noqa: S105 - the name of a place


class FlushWhileReading(Exception):
    """A page that only reads tried to write; found by every test that requests it."""


def session() -> Session:
    """The request's or command's database session."""
    return current_app.extensions["sqlalchemy"].session()  # type: ignore[no-any-return]


def after_rollback(write: Callable[[Session], None]) -> None:
    """Do this in a transaction of its own if the request ends in a refusal (a failed sign-in's counter, say)."""
    g.setdefault("writes_after_rollback", []).append(write)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised."""
    current = session()
    with intending_to_write():
        try:
            yield current
            _commit(current)
        except BaseException:
            _rollback(current)
            raise


@contextmanager
def only_reading() -> Iterator[Session]:
    """A transaction that takes no lock, and of which nothing stays: for what takes long before a ``unit_of_work``."""
    current = session()
    try:
        yield current
    finally:
        _rollback(current)


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)
    event.listen(Session, "before_flush", _refuse_flush_while_reading)


def _begin() -> None:
    if request.method not in SAFE_METHODS:
        # Kept with the request, since a request made inside another one shares its ``g``.
        request.environ[_TOKEN] = writing.set(True)


def _end(response: Response) -> Response:
    if request.method in SAFE_METHODS:
        return response
    current = session()
    if response.status_code < HTTPStatus.BAD_REQUEST:
        try:
            _commit(current)
        except SQLAlchemyError as error:
            return _not_saved(current, error)
        return response
    _rollback(current)
    for write in g.pop("writes_after_rollback", ()):
        try:
            write(current)
            _commit(current)
        except SQLAlchemyError as error:
            _rollback(current)
            log.error("not_saved_after_refusal", extra={"kind": type(error).__name__})
    return response


def _not_saved(current: Session, error: SQLAlchemyError) -> Response:
    """The answer instead of the one that was ready: nothing that it said happened, so that neither its message nor
    the sign-in that it put into the cookie may reach the person. What the cookie held is read from the request again,
    which is rarer than to keep it at each request's beginning."""
    _rollback(current)
    site: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    cookie.clear()
    cookie.update(site.session_interface.open_session(site, request) or {})
    g.pop("_login_user", None)
    return current_app.make_response(current_app.handle_user_exception(error))


def _commit(current: Session) -> None:
    """Commit, then do what waited for it. By then it is saved, so that an action which fails is logged, and no
    answer says that nothing was."""
    current.commit()
    for action in afterwards.take(current):
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it is, what was committed stays
            log.error("after_commit_failed", extra={"kind": type(error).__name__})


def _rollback(current: Session) -> None:
    current.rollback()
    afterwards.take(current)


def _forget(_error: BaseException | None) -> None:
    token = request.environ.pop(_TOKEN, None)
    if token is not None:
        writing.reset(token)


def _refuse_flush_while_reading(current: Session, _context: Any, _instances: Any) -> None:
    if has_app_context() and current_app.testing and not writing.get():
        raise FlushWhileReading(f"new: {list(current.new)}, changed: {list(current.dirty)}")
