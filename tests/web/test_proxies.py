"""Whose address a request comes from: what a header says counts only where our own proxies wrote it."""

from dataclasses import replace

import pytest
from flask import request

from consultation.app import create_app
from consultation.extensions import limiter
from consultation.web.authorize import public

CALLER = "198.51.100.1"
FORGED = {"X-Forwarded-For": "192.0.2.7, 203.0.113.9"}


@pytest.fixture
def seen(config, clock):
    """What the application takes for the visitor's address, host and scheme, behind so many proxies."""

    def ask(proxies, headers):
        app = create_app(replace(config, trusted_proxies=proxies), clock=clock)

        @app.get("/whence")
        @public
        def whence():
            return f"{request.remote_addr} {request.host} {request.scheme}"

        answer = app.test_client().get("/whence", headers=headers, environ_base={"REMOTE_ADDR": CALLER})
        return answer.text.split()

    return ask


@pytest.mark.sqlite
@pytest.mark.parametrize(("proxies", "address"), [(0, CALLER), (1, "203.0.113.9"), (2, "192.0.2.7"), (3, CALLER)])
def test_the_address_is_what_the_outermost_of_our_proxies_saw(seen, proxies, address):
    assert seen(proxies, FORGED)[0] == address
    assert seen(proxies, {})[0] == CALLER


@pytest.mark.sqlite
def test_a_proxy_says_nothing_of_host_and_scheme(seen):
    told = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"}
    assert seen(1, FORGED | told)[1:] == ["localhost", "http"]


@pytest.fixture
def tries(config, clock):
    """The statuses of failed sign-ins, one after the other, by what their header says."""
    enabled = limiter.enabled

    def sign_in(proxies, *headers):
        app = create_app(replace(config, trusted_proxies=proxies, testing=False), clock=clock)
        app.config["WTF_CSRF_ENABLED"] = False
        limiter.reset()
        client, data = app.test_client(), {"email": "a@example.org", "password": "not the right one"}
        return [
            client.post("/en/sign-in", data=data, headers={"X-Forwarded-For": header}).status_code for header in headers
        ]

    yield sign_in
    limiter.reset()
    limiter.enabled = enabled


@pytest.mark.sqlite
def test_forged_addresses_do_not_help_to_guess(tries):
    assert tries(0, *(f"192.0.2.{number}" for number in range(21))) == [422] * 20 + [429]
    assert tries(1, *(f"192.0.2.{number}, 203.0.113.9" for number in range(21))) == [422] * 20 + [429]


@pytest.mark.sqlite
def test_behind_a_proxy_one_visitors_failures_are_not_anothers(tries):
    first, other = ["203.0.113.9"] * 21, ["203.0.113.10"]
    assert tries(1, *first, *other) == [422] * 20 + [429, 422]
