"""What the close alone can tell, beside the result: counts by group, families counted as one, names."""

import json

from consultation.kernel.permissions import OPERATOR
from consultation.membership.operations.affiliating import agree_affiliation, propose_affiliation
from consultation.voting.states import ContestKind, Secrecy
from tests.voting.counted import RESULTS, closed, marked, published
from tests.voting.factories import make_delegate


def crowd(session, clock, count):
    """Organizations of two languages, by code."""
    made = []
    for number in range(count):
        one = make_delegate(session, clock.now(), f"ORG{number:02d}").organization
        one.languages = ["en"] if number % 2 else ["fr"]
        made.append(one)
    return made


def test_groups_are_counted_at_the_close_and_shown_with_the_result(session, client, scene, clock):
    organizations = crowd(session, clock, 60)
    rows = {one.code: marked((scene.codes[number // 2 % 2],)) for number, one in enumerate(organizations)}
    rows["ALPHA"] = marked((scene.codes[2],))
    contest = closed(session, scene, clock, rows)
    found = contest.record["groups"]
    a, b = scene.codes[:2]
    assert found["kinds"]["language"] == {
        "sizes": {"en": 31, "fr": 30},
        "counts": {a: {"en": 15, "fr": 15}, b: {"en": 15, "fr": 15}},
    }
    assert "supporters" not in found
    assert scene.codes[2] not in json.dumps(found["kinds"]["language"]["counts"])
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert "By language" in html
    assert "English (31)" in html


def test_a_family_is_counted_as_one_at_the_close_without_telling_numbers(session, client, scene, clock):
    organizations = crowd(session, clock, 30)
    for one in organizations[1:15]:
        joined = propose_affiliation(
            session,
            umbrella=organizations[0],
            affiliate=one,
            by=organizations[0],
            actor=OPERATOR,
            now=clock.now(),
        )
        agree_affiliation(session, joined, actor=OPERATOR, now=clock.now())
    a, b = scene.codes[:2]
    rows = {one.code: marked((a if number < 15 else b,)) for number, one in enumerate(organizations)}
    rows |= {"ALPHA": marked((a,)), "BETA": marked((a,))}
    contest = closed(session, scene, clock, rows, kind=ContestKind.SHORTLIST)
    families = contest.record["groups"]["families"]
    assert (families["families"], families["organizations"]) == (1, 15)
    assert families["order"][0] == [b]
    assert set(families) == {"withheld", "families", "organizations", "rule", "order"}
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert f"{a}: place 2 instead of 1" in html


def test_small_families_are_withheld(session, scene, clock):
    first, second = (one.organization for one in scene.delegates[:2])
    joined = propose_affiliation(session, umbrella=first, affiliate=second, by=first, actor=OPERATOR, now=clock.now())
    agree_affiliation(session, joined, actor=OPERATOR, now=clock.now())
    rows = {code: marked((scene.codes[0],)) for code in ("ALPHA", "BETA", "GAMMA")}
    contest = closed(session, scene, clock, rows)
    assert contest.record["groups"]["families"] == {"withheld": True}


def test_names_stand_with_the_result_of_a_named_contest_alone(session, client, scene, clock):
    rows = {"ALPHA": marked((scene.codes[0],)), "BETA": marked((scene.codes[0],), (scene.codes[1],))}
    scene.delegates[1].organization.protected = True
    contest = closed(session, scene, clock, rows, secrecy=Secrecy.NAMED)
    assert contest.record["groups"]["supporters"][scene.codes[0]] == ["ALPHA", "BETA"]
    published(session, contest, clock)
    html = client.get(RESULTS).text
    assert "Chosen by: Organization ALPHA, BETA." in " ".join(html.split())
    assert "Organization BETA" not in html
