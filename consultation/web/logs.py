"""What the program tells whoever runs it: one event a line on stderr, so that a command's data on stdout stay data.

In production the lines are JSON. Nothing that names a person enters a line: what is logged are kinds of errors,
endpoints and opaque ids.
"""

import logging
import sys
from typing import Any

import structlog
from flask import Flask, has_request_context, request


def init_app(app: Flask) -> None:
    production = app.extensions["settings"].production
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    ending: list[Any] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
        if production
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    structlog.configure(
        processors=[*shared, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    app.logger.handlers[:] = [_FlaskLines()]
    app.logger.propagate = app.testing


def _to_stderr(*_names: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


class _FlaskLines(logging.Handler):
    """Flask's own log, of failures that nothing caught: the endpoint and where it broke. Neither the address, which
    may hold a one-time token, nor the error's text, which may quote what somebody typed, is written."""

    def emit(self, record: logging.LogRecord) -> None:
        endpoint = request.endpoint if has_request_context() else None
        kind, _error, trace = record.exc_info or (None, None, None)
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        structlog.get_logger().log(
            record.levelno, "failure", endpoint=endpoint, kind=kind.__name__ if kind else None, places=places[-6:]
        )
