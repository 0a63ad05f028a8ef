"""Whatever an address or a form holds, the answer is never a failure of ours."""

import base64
import json

import pytest

from consultation.curation.operations import admit
from consultation.kernel.permissions import OPERATOR
from consultation.kernel.roles import Role
from tests.factories import (
    NOW,
    make_consultation,
    make_mandate,
    make_organization,
    make_proposal,
    make_user,
    sign_in,
)
from tests.test_authorization import addresses

NOBODY = "0" * 32


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


HOSTILE = {
    "after": [
        "x",
        "\u00e9",
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
        cursor(2**63),
        cursor(-(2**64)),
        cursor(1.5),
        cursor(True),
        cursor("oldest", 10**25, NOBODY),
        cursor("oldest", -(10**17), NOBODY),
        cursor("oldest", 0, 2**63 - 1, NOBODY),
        cursor("oldest", 0, -(10**18), NOBODY),
        cursor("endorsed", 0, 2**63, NOBODY),
        cursor("0001-01-01T00:00:00+14:00", NOBODY),
        cursor("9999-12-31T23:59:59-14:00", NOBODY),
    ],
    "q": ["\0", b"\xff\xfe", "'\"\\ * OR", "a" * 3000],
    "revision": ["9" * 30, "-1"],
    "from": ["9" * 40, "-1"],
    "theme": ["\0"],
    "contest": ["\0"],
    "thread": ["\0"],
    "next": ["//x", "\0"],
    "page": ["9" * 30],
}
PATHS = [
    "/en/consultations/%00/",
    "/en/consultations/%ff/proposals",
    "/en/proposals/%00",
    "/en/items/%ff%00",
    "/en/sign-in/link/%00",
    "/en/sign-in/link/%ff",
    "/en/consultations/" + "a" * 20000 + "/",
    "/de/",
    "/%ff",
    "/en/consultations/sample/agenda/releases/%00/pdf",
    "/en/organize/sample/imports/%00",
]


@pytest.fixture
def everything(session, app):
    """Somebody with every role and a mandate, where there is something to see."""
    app.config["TESTING"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    consultation = make_consultation(session)
    make_proposal(session, consultation, published=True)
    admit(session, make_proposal(session, consultation, published=True), actor=OPERATOR, now=NOW)
    user = make_user(session, *Role)
    make_mandate(session, user, make_organization(session, "ORG-A"))
    client = app.test_client()
    sign_in(session, client, user)
    return client


def test_no_query_breaks_a_page(app, everything):
    broken = {}
    for rule, method, address in addresses(app, code="NG27-001", slug="sample", name="propose"):
        if rule.endpoint == "static" or method != "GET":
            continue
        for name, values in HOSTILE.items():
            for value in values:
                status = everything.get(address, query_string={name: value}).status_code
                if status >= 500:
                    broken[rule.endpoint, name, str(value)[:40]] = status
    assert broken == {}


def test_no_path_breaks_a_page(everything):
    assert {path: status for path in PATHS if (status := everything.get(path).status_code) >= 500} == {}


@pytest.mark.parametrize("blank", [" ", "\n", "\0", "\u0085"])
def test_a_blank_text_is_told_at_its_field(everything, blank):
    said = {"stance": "none", "organization": "ORG-A", "language": "en", "body": blank}
    answer = everything.post("/en/proposals/NG27-001/comments", data=said)
    assert (answer.status_code, "Write your comment first." in answer.get_data(as_text=True)) == (422, True)
    brought = {"title": blank, "barrier": blank, "remedy": blank, "theme": "T1", "organization": "ORG-A"}
    answer = everything.post("/en/consultations/sample/propose", data=brought | {"language": "en"})
    assert (answer.status_code, "Give your proposal a title." in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_date_at_the_end_of_time_is_refused(everything, typed):
    assert everything.post("/en/organize/sample/phases/draft", data={"draft-opens": typed}).status_code == 422
