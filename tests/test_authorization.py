"""Every route is authorized: each endpoint says who may call it, and the table of roles is what holds.

The walk is over the application's own map of addresses, so a route that somebody adds is in it.
"""

import uuid
from pathlib import Path

import pytest

from consultation.kernel.permissions import GRANTS, Permission
from consultation.kernel.permissions_table import table
from consultation.kernel.roles import Role
from consultation.web.authorize import PUBLIC, access_of
from tests.factories import make_consultation, make_mandate, make_organization, make_proposal, make_user, sign_in

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = {"IntegerConverter": 1, "UUIDConverter": uuid.UUID(int=0), "AnyConverter": "en"}
FORMS = {"POST", "PUT", "PATCH", "DELETE"}


def addresses(app, **known):
    """Each endpoint with a method that it takes and an address of it; what the address names does not exist, but for
    what is ``known`` by the argument's name."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        values = {}
        for name, converter in rule._converters.items():
            values[name] = known.get(name, ARGUMENTS.get(type(converter).__name__, "none"))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule, method, adapter.build(rule.endpoint, values, method=method)


def guarded(app, **known):
    """Those addresses that ask a permission, with the permission."""
    for rule, method, address in addresses(app, **known):
        access = access_of(app.view_functions[rule.endpoint])
        if access != PUBLIC:
            yield rule.endpoint, method, address, access


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
    sign_in(session, client, make_user(session, role))
    wrong = {}
    for endpoint, method, address, permission in guarded(app):
        refused = client.open(address, method=method).status_code == 403
        if refused == (role in GRANTS[permission]):
            wrong[endpoint, method] = permission.value
    assert wrong == {}


def test_what_is_not_public_does_not_exist_for_other_organizations(app, session):
    """A submitted proposal of one organization, asked for by a delegate of another and by nobody: every address
    under it answers that it is not there, or that it is not theirs."""
    consultation = make_consultation(session)
    owner, other = make_organization(session), make_organization(session)
    make_proposal(session, consultation, organization_id=owner.id, title="Nobody else reads this")
    stranger = make_user(session, Role.DELEGATE)
    make_mandate(session, stranger, other)
    delegate = app.test_client()
    sign_in(session, delegate, stranger)
    wrong = {}
    for who, client, expected in (
        ("delegate", delegate, {403, 404}),
        ("anonymous", app.test_client(), {303, 403, 404}),
    ):
        for rule, method, address in addresses(app, code="NG27-001", lang="en"):
            if "/proposals/<code>" not in rule.rule:
                continue
            response = client.open(address, method=method)
            if response.status_code not in expected or "Nobody else reads this" in response.get_data(as_text=True):
                wrong[who, rule.endpoint, method] = response.status
    assert wrong == {}


def test_every_permission_has_roles():
    assert set(GRANTS) == set(Permission)
    assert all(GRANTS.values())


def test_the_documented_table_is_the_codes():
    assert (ROOT / "docs" / "permissions.md").read_text() == table()
