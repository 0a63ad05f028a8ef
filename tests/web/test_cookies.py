"""The session's cookie is read and signed by one serializer, for as long as the keys stay; and nothing is asynchronous,
of which Flask is told."""

from inspect import iscoroutinefunction

import pytest
from itsdangerous import BadSignature

from consultation.web.cookies import Cookies


def test_a_serializer_is_made_once_and_made_anew_with_other_keys(app):
    cookies = Cookies()
    first = cookies.get_signing_serializer(app)
    signed = first.dumps({"a": 1})
    assert cookies.get_signing_serializer(app) is first
    before, app.secret_key = app.secret_key, "another secret, as long as one has to be"
    with pytest.raises(BadSignature):
        cookies.get_signing_serializer(app).loads(signed)
    app.config["SECRET_KEY_FALLBACKS"] = [before]
    assert cookies.get_signing_serializer(app).loads(signed) == {"a": 1}
    app.secret_key = None
    assert cookies.get_signing_serializer(app) is None


def test_no_function_of_the_application_is_asynchronous(app):
    """``ensure_sync`` looks at none of them."""
    called = list(app.view_functions.values())
    for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs):
        called += [function for ours in hooks.values() for function in ours]
    called += [
        handler for codes in app.error_handler_spec.values() for kinds in codes.values() for handler in kinds.values()
    ]
    assert len(called) > 150
    assert [function for function in called if iscoroutinefunction(function)] == []
