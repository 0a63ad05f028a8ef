"""What the program tells whoever runs it: one event a line on stderr, so that a command's data on stdout stay data.

In production the lines are JSON. Nothing that names a person enters a line: what is logged are kinds of errors,
endpoints and opaque ids. ``logging.getLogger(__name__).warning("letter_refused", extra={"letter": …})`` writes one.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask, has_request_context, request

_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
PLACES = 6


def init_app(app: Flask) -> None:
    lines = _Lines(as_json=app.extensions["settings"].production)
    ours = logging.getLogger("consultation")
    ours.handlers[:] = [lines]
    ours.setLevel(logging.INFO)
    ours.propagate = app.testing
    app.logger.handlers[:] = []
    app.logger.addFilter(_without_words)


class _Lines(logging.Handler):
    """An event and its values, a line each, to whatever stderr is when it happens."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        level, event = record.levelname.lower(), record.getMessage()
        values = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        if self._as_json:
            return json.dumps({**values, "event": event, "level": level, "timestamp": moment}, default=str)
        return f"{moment} [{level}] {event} {_pairs(values)}".rstrip()


def _pairs(values: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in values.items())


def _without_words(record: logging.LogRecord) -> bool:
    """Flask's own record of a failure that nothing caught becomes the endpoint and where it broke. Neither the address,
    which may hold a one-time token, nor the error's text, which may quote what somebody typed, is written."""
    kind, _error, trace = record.exc_info or (None, None, None)
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    record.msg, record.args, record.exc_info, record.exc_text = "failure", (), None, None
    vars(record).update(
        endpoint=request.endpoint if has_request_context() else None,
        kind=kind.__name__ if kind else None,
        places=places[-PLACES:],
    )
    return True
