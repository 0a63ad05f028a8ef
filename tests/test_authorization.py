"""Every route is authorized: each endpoint says who may call it, the table of roles is what holds, and each address
answers each role as tests/authorization/answers.txt says, for one's own things, for somebody else's, and for none.

The walks are over the application's own map of addresses, so a route that somebody adds is in them.
"""

from pathlib import Path

import pytest

from consultation.kernel.permissions import GRANTS, Permission
from consultation.kernel.permissions_table import table as documented
from consultation.kernel.roles import Role
from consultation.web.authorize import OWN_ACCOUNT, PUBLIC, access_of
from tests.authorization.walk import Requests, absent, routes, table
from tests.authorization.world import PERSONAS, build
from tests.factories import make_user, sign_in

ROOT = Path(__file__).resolve().parent.parent
FORMS = {"POST", "PUT", "PATCH", "DELETE"}
ROWS = table()

#: What a delegate may do with somebody else's things: read, endorse and discuss what is public, vouch for others,
#: and answer a letter, which is whose hands it is in.
OPEN_TO_OTHERS = {
    ("directory.accept", "other.letter"),
    ("directory.invitation", "other.letter"),
    ("directory.vouch", "other.applied"),
    ("discussion.post_comment", "other.published"),
    ("discussion.proposal", "other.published"),
    ("proposals.endorsement", "other.published"),
    ("proposals.endorsement_withdrawal", "other.published"),
}
#: What answers otherwise than "not found" for what is not there: letters that were used or taken back.
GONE = {"accounts.use_link": 410, "directory.invitation": 410, "directory.accept": 410}
#: What ends the session that asks for it.
SIGNS_OUT = {"accounts.end_all_sessions"}
#: What one may change of one's own as an auditor, besides signing in and out.
#: What an auditor fetches for the audit leaves an event, and nothing else.
OWN_MATTERS = {"exchange.audited", "portal.read_all", "portal.read_one"}


def addresses(app, **known):
    """Each rule with a method that it takes and an address of it; what the address names does not exist, but for what
    is ``known`` by the argument's name."""
    adapter = app.url_map.bind("localhost")
    for rule, method in routes(app):
        yield rule, method, adapter.build(rule.endpoint, absent(rule, **known), method=method)


def guarded(app, **known):
    """Those addresses that ask a permission, with the permission."""
    for rule, method, address in addresses(app, **known):
        access = access_of(app.view_functions[rule.endpoint])
        if access != PUBLIC:
            yield rule.endpoint, method, address, access


def grants(app, endpoint, persona):
    """Whether what the endpoint declares lets the persona in at all."""
    access = access_of(app.view_functions[endpoint])
    return access == PUBLIC or persona in GRANTS[access]


@pytest.fixture
def world(session, app):
    app.config["KEEP_RENDERED"] = False
    return build(session, app)


@pytest.fixture
def requests(app, world, database_url):
    return Requests(app, world, database_url.removeprefix("sqlite:///"))


def test_every_endpoint_says_who_may_call_it(app):
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access_of(app.view_functions[rule.endpoint]) not in (PUBLIC, *Permission)
    ]
    assert undeclared == []


def test_an_endpoint_that_does_not_say_is_refused(app):
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    with pytest.raises(PermissionError):
        app.test_client().get("/undeclared")


def test_every_address_has_its_answers_in_the_table(app):
    """Add a row to tests/authorization/answers.txt for each method of a new route: for one's own and for somebody
    else's things, where it is about such; otherwise for what is shared."""
    sides = {}
    for row in ROWS:
        sides.setdefault((row.endpoint, row.method), set()).add(row.side)
    expected = {(rule.endpoint, method) for rule, method in routes(app)}
    assert set(sides) == expected
    assert {key for key, found in sides.items() if found not in ({"-"}, {"shared"}, {"own", "other"})} == set()


@pytest.mark.sqlite
@pytest.mark.parametrize("persona", PERSONAS)
def test_each_address_answers_as_the_table_says(app, world, requests, persona):
    wrong = {}
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for row in ROWS:
        arguments = absent(rules[row.endpoint], **world.arguments(row.subject, persona))
        answered = requests.send(persona, row.endpoint, row.method, arguments, dict(row.form)).status_code
        if answered != row.answers[PERSONAS.index(persona)]:
            wrong[row.endpoint, row.method, row.subject] = answered
    assert wrong == {}


def test_the_table_lets_nobody_in_whom_the_declarations_keep_out(app):
    wrong = {
        (row.endpoint, row.method, persona): answer
        for row in ROWS
        for persona, answer in zip(PERSONAS, row.answers, strict=True)
        if not grants(app, row.endpoint, persona)
        and answer != (303 if persona == "anonymous" and row.method == "GET" else 403)
    }
    assert wrong == {}


def test_somebody_elses_things_are_not_a_delegates(app):
    open_to_others = {
        (row.endpoint, row.subject)
        for row in ROWS
        if row.side == "other" and row.answers[PERSONAS.index(Role.DELEGATE)] not in (403, 404)
    }
    assert open_to_others == OPEN_TO_OTHERS


@pytest.mark.sqlite
@pytest.mark.parametrize("persona", PERSONAS)
def test_what_is_not_there_is_not_found(app, world, requests, persona):
    wrong = {}
    for rule, method in routes(app):
        if not set(rule._converters) - {"lang"} or not grants(app, rule.endpoint, persona):
            continue
        answered = requests.send(persona, rule.endpoint, method, absent(rule)).status_code
        refused = persona == Role.AUDITOR and method in FORMS and answered == 403
        if answered != GONE.get(rule.endpoint, 404) and not refused:
            wrong[rule.endpoint, method] = answered
    assert wrong == {}


@pytest.mark.sqlite
def test_an_auditor_changes_nothing(app, world, requests):
    wrong = {}
    before = requests.content()
    rules = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for row in ROWS:
        rule = rules[row.endpoint]
        if row.method not in FORMS or row.endpoint in OWN_MATTERS or row.endpoint.partition(".")[0] in OWN_ACCOUNT:
            continue
        arguments = absent(rule, **world.arguments(row.subject, Role.AUDITOR))
        answered = requests.send(Role.AUDITOR, row.endpoint, row.method, arguments, dict(row.form), keep=True)
        if answered.status_code not in (403, 404):
            wrong[row.endpoint, row.subject] = answered.status
    assert wrong == {}
    assert requests.content() == before


def test_whoever_is_not_signed_in_is_sent_to_sign_in_or_refused(app, client):
    wrong = {}
    for endpoint, method, address, _permission in guarded(app):
        response = client.open(address, method=method)
        if method == "GET":
            right = response.status_code == 303 and "/sign-in?next=" in response.location
        else:
            right = response.status_code == 403
        if not right:
            wrong[endpoint, method] = response.status
    assert wrong == {}


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_what_the_table_grants_and_nothing_else(app, client, session, role):
    user = make_user(session, role)
    sign_in(session, client, user)
    wrong = {}
    for endpoint, method, address, permission in guarded(app):
        refused = client.open(address, method=method).status_code == 403
        if endpoint in SIGNS_OUT:
            sign_in(session, client, user)
        if refused == (role in GRANTS[permission]):
            wrong[endpoint, method] = permission.value
    assert wrong == {}


def test_every_permission_has_roles():
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


def test_the_documented_table_is_the_codes():
    assert (ROOT / "docs" / "permissions.md").read_text() == documented()
