"""Habits that hold in every room, checked by walking the code and the application rather than by hoping."""

import re
from pathlib import Path

import pytest

from consultation import models
from consultation.accounts.models import User
from consultation.kernel.orm import Base
from consultation.kernel.permissions import Permission
from consultation.web.authorize import public
from consultation.web.transactions import FlushWhileReading, session
from tests.factories import NOW, make_user, sign_in
from tests.test_authorization import FORMS, addresses

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "consultation").rglob("*.py"))}
TEMPLATES = {str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))}


def holding(pattern, texts):
    return [name for name, text in texts.items() if re.search(pattern, text)]


def test_one_place_commits():
    """The driver's own connection, when it is told to, hands on to what it extends."""
    assert holding(r"(?<!super\(\))\.commit\(", SOURCES) == ["consultation/web/transactions.py"]


def test_one_place_reads_the_clock():
    pattern = r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(\)"
    assert holding(pattern, SOURCES) == ["consultation/kernel/clock.py"]


def test_nothing_is_loaded_behind_a_querys_back():
    assert models.accounts.User in {mapper.class_ for mapper in Base.registry.mappers}
    lazy = {
        str(relationship)
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if relationship.lazy != "raise_on_sql"
    }
    assert lazy == set()


def test_every_permission_is_asked_somewhere():
    """By an endpoint, a command, a transition or an operation; that a phase opens it is not asking."""
    named = "".join(
        text
        for name, text in SOURCES.items()
        if name not in ("consultation/kernel/permissions.py", "consultation/convening/states.py")
    )
    unused = [one.name for one in Permission if not re.search(rf"\bPermission\.{one.name}\b", named)]
    assert unused == []


#: Called by mail programs, which have no form: the signature in the address stands for the token.
SIGNED = {"privacy.letters_off"}


def test_a_write_without_a_token_is_refused_everywhere(app, session):
    client = app.test_client()
    sign_in(session, client, make_user(session))
    app.config["WTF_CSRF_ENABLED"] = True
    wrong = {}
    for rule, method, address in addresses(app):
        if method in FORMS and rule.endpoint not in SIGNED:
            response = client.open(address, method=method, headers={"Accept-Language": "en"})
            if response.status_code != 403 or "The form has expired" not in response.get_data(as_text=True):
                wrong[rule.endpoint, method] = response.status
    assert wrong == {}


def test_a_page_that_only_reads_cannot_write(app):
    @app.get("/writes-while-reading")
    @public
    def writes_while_reading():
        user = User(email="a@example.org", name="A", language="en", created_at=NOW)
        session().add(user)
        session().flush()
        return "written"

    with pytest.raises(FlushWhileReading):
        app.test_client().get("/writes-while-reading")


def test_no_template_carries_style_or_script_of_its_own():
    # The exported document is a file by itself, and so is a letter: both bring their style along.
    alone = ("/export/", "/mail/layout.html")
    pages = {name: text for name, text in TEMPLATES.items() if not any(part in name for part in alone)}
    pattern = r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=[\"']|javascript:"
    assert holding(pattern, pages) == []
