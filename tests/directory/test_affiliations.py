"""The page on which two organizations say that they belong together."""

import pytest

from consultation.kernel.permissions import OPERATOR
from consultation.membership.operations import propose_affiliation
from consultation.membership.queries import affiliations_in_force
from tests.factories import NOW, make_mandate, make_organization, make_user, sign_in
from tests.membership.test_affiliating import join


@pytest.fixture
def sides(app, session):
    """Two listed organizations, each with its delegate's client."""
    made = {}
    for code in ("NET", "LOC"):
        organization, user = make_organization(session, code, name=f"Alliance {code}", listed=True), make_user(session)
        make_mandate(session, user, organization)
        client = app.test_client()
        sign_in(session, client, user)
        made[code] = (organization, client)
    return made


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_one_proposes_the_other_agrees_and_both_pages_say_so(app, session, sides, language):
    (net, above), (loc, below) = sides["NET"], sides["LOC"]
    page = f"/{language}/organizations"
    asked = below.post(f"{page}/LOC/affiliations", data={"side": "affiliate", "other": "net"})
    assert (asked.status_code, asked.location) == (303, f"{page}/LOC/affiliations")
    assert "/agreement" not in below.get(asked.location).text
    action = above.get(f"{page}/NET/affiliations").text.split('/agreement"')[0].rsplit('"', 1)[1]
    assert below.post(f"{action}/agreement".replace("/NET/", "/LOC/")).status_code == 403
    assert affiliations_in_force(session) == []
    assert above.post(f"{action}/agreement").status_code == 303
    session.rollback()
    assert affiliations_in_force(session) == [(net.id, loc.id)]
    visitor = app.test_client()
    assert f'<a href="{page}/NET">Alliance NET</a>' in visitor.get(f"{page}/LOC").text
    assert f'<a href="{page}/LOC">Alliance LOC</a>' in visitor.get(f"{page}/NET").text


def test_what_cannot_be_is_said_and_what_was_typed_stays(session, sides):
    _loc, below = sides["LOC"]
    for typed, said in (
        ("NOBODY", "No organization has this code."),
        ("loc", "An organization does not belong to itself."),
        ("", "Enter its code."),
    ):
        answer = below.post("/en/organizations/LOC/affiliations", data={"side": "umbrella", "other": typed})
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed}"' in answer.text


def test_who_did_not_ask_to_be_found_is_not_named_to_the_public(app, session, sides):
    net, above = sides["NET"]
    join(session, net, make_organization(session, "HIDDEN", name="Unlisted house"))
    join(session, net, make_organization(session, "P-7", name="Shelter", protected=True))
    session.commit()
    public = app.test_client().get("/en/organizations/NET").text
    assert "Unlisted house" not in public
    assert "Shelter" not in public
    assert "P-7" in public
    assert "1 organization that is not in the directory" in public
    own = above.get("/en/organizations/NET").text
    assert "Unlisted house" in own


def test_the_other_side_gets_a_letter(session, sides):
    from consultation.kernel import letters
    from consultation.kernel.outbox import deliver
    from consultation.notifications.subscribers import VERIFICATIONS

    (net, _above), (loc, _below) = sides["NET"], sides["LOC"]
    propose_affiliation(session, umbrella=net, affiliate=loc, by=net, actor=OPERATOR, now=NOW)
    session.commit()
    deliver(session, VERIFICATIONS)
    kept = session.query(letters.Letter).filter_by(kind="verification").all()
    told = [letter.details for letter in kept if letter.details["event"] == "AffiliationProposed"]
    assert told == [{"event": "AffiliationProposed", "code": "LOC", "note": ""}]
