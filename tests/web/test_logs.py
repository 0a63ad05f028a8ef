"""What is logged goes to stderr, as JSON in production, and says nothing of anybody."""

import json
from dataclasses import replace

import pytest

from consultation.app import create_app
from consultation.web.authorize import public


@pytest.fixture
def config(config):
    return replace(config, production=True, testing=False, base_url="https://agenda.example.org")


def test_a_failure_is_one_line_of_json_on_stderr_without_what_was_typed(config, capsys):
    app = create_app(config)

    @app.get("/breaks/<token>")
    @public
    def breaks(token):
        raise ValueError(f"amina@example.org typed {token}")

    answer = app.test_client().get("/breaks/one-time-token")
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.err.splitlines()]
    assert (answer.status_code, printed.out) == (500, "")
    assert [(line["event"], line["level"], line["endpoint"], line["kind"]) for line in lines] == [
        ("failure", "error", "breaks", "ValueError")
    ]
    assert "amina" not in printed.err
    assert "one-time-token" not in printed.err
