"""The pages at the foot of every page: shown in three languages, written by organizers, each version kept."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import EventRecord
from consultation.kernel.permissions import Denied
from consultation.kernel.roles import Role
from consultation.privacy.built_in import built_in
from consultation.privacy.models import PageVersion
from consultation.privacy.operations import Outdated, save_page
from consultation.privacy.states import PageName
from tests.factories import NOW, actor_of, make_consultation, make_user, sign_in

NEW = Trilingual("## New\n\nSee [us](contact).", "## Neuf\n\nVoir [ici](contact).", "## Nuevo\n\nVe [aquí](contact).")


def typed(text=NEW, **more):
    return {"text_en": text.en, "text_fr": text.fr, "text_es": text.es, "based_on": "0", **more}


@pytest.fixture
def organizer(session, client):
    user = make_user(session, Role.ORGANIZER, name="Olive Oak")
    sign_in(session, client, user)
    return client


@pytest.mark.parametrize("name", PageName)
@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_every_page_has_a_text_before_anybody_writes_one(client, name, language):
    answer = client.get(f"/{language}/{name}").get_data(as_text=True)
    first = built_in(name)[language].splitlines()[0].removeprefix("## ")
    assert f"<h2>{first}</h2>" in answer
    assert f'href="/{language}/contact"' in answer


def test_they_are_reached_from_the_foot_of_every_page(client):
    foot = client.get("/fr/sign-in").get_data(as_text=True).partition("<footer")[2]
    assert [name for name in PageName if f'href="/fr/{name}"' in foot] == list(PageName)


def test_the_texts_of_the_three_languages_have_the_same_parts():
    for name in PageName:
        shapes = {
            tuple(line.partition(" ")[0] for line in built_in(name)[language].splitlines() if line[:2] in ("##", "- "))
            for language in ("en", "fr", "es")
        }
        assert len(shapes) == 1, name


def test_contact_tells_the_address_of_each_consultation(session, client):
    make_consultation(session, contact="agenda@example.org")
    session.commit()
    assert 'href="mailto:agenda@example.org"' in client.get("/en/contact").get_data(as_text=True)


def test_each_save_is_a_new_version_and_earlier_ones_stay(organizer, session, app):
    assert organizer.post("/en/organize/pages/terms", data=typed()).location == "/en/organize/pages/terms"
    again = typed(Trilingual("Third", "Troisième", "Tercera"), based_on="1", asks="y")
    assert organizer.post("/en/organize/pages/terms", data=again).status_code == 303
    public = app.test_client()
    assert "Troisième" in public.get("/fr/terms").get_data(as_text=True)
    earlier = public.get("/fr/texts/terms/1").get_data(as_text=True)
    assert ("<h2>Neuf</h2>" in earlier, 'href="/fr/contact"' in earlier, "Une version antérieure" in earlier) == (
        True,
        True,
        True,
    )
    assert built_in(PageName.TERMS).en.splitlines()[0][3:] in public.get("/en/texts/terms/0").get_data(as_text=True)
    assert public.get("/en/texts/terms/3").status_code == 404
    assert public.get("/en/texts/nothing/1").status_code == 404
    rows = session.execute(select(PageVersion.version, PageVersion.asks, PageVersion.saved_at).order_by("version"))
    assert [tuple(row) for row in rows] == [(1, False, NOW), (2, True, NOW)]
    assert "Olive Oak" in organizer.get("/en/organize/pages/terms").get_data(as_text=True)
    assert "Olive Oak" not in public.get("/en/terms").get_data(as_text=True)
    names = session.scalars(select(EventRecord.payload).where(EventRecord.name == "PageSaved")).all()
    assert names == [
        {"page": "terms", "version": 1, "asks": False},
        {"page": "terms", "version": 2, "asks": True},
    ]


def test_all_three_languages_are_needed_and_nothing_typed_is_lost(organizer, session):
    answer = organizer.post("/en/organize/pages/privacy", data=typed() | {"text_es": "  "})
    text = answer.get_data(as_text=True)
    assert (answer.status_code, "Write it in all three languages" in text, "## Neuf" in text) == (422, True, True)
    assert session.scalars(select(PageVersion)).all() == []


def test_two_who_write_at_once(organizer, session):
    assert organizer.post("/en/organize/pages/contact", data=typed()).status_code == 303
    late = organizer.post("/en/organize/pages/contact", data=typed(Trilingual("Mine", "À moi", "Mío")))
    text = late.get_data(as_text=True)
    assert (late.status_code, "Somebody saved another version" in text, "À moi" in text) == (422, True, True)
    assert 'name="based_on" type="hidden" value="1"' in text
    assert organizer.post("/en/organize/pages/contact", data=typed(based_on="1")).status_code == 303


def test_a_preview_saves_nothing(organizer, session):
    answer = organizer.post("/en/organize/pages/contact", data=typed(preview="1"))
    assert (answer.status_code, "<h2>Nuevo</h2>" in answer.get_data(as_text=True)) == (200, True)
    assert session.scalars(select(PageVersion)).all() == []


def test_what_is_written_runs_nothing(organizer, app):
    wicked = Trilingual(*('<script>alert(1)</script> [x](javascript:alert(1)) <b hx-get="/x">b</b>',) * 3)
    organizer.post("/en/organize/pages/contact", data=typed(wicked))
    answer = app.test_client().get("/en/contact").get_data(as_text=True)
    assert ("<script>alert" in answer, 'href="javascript' in answer, "<b hx-get" in answer) == (False, False, False)


def test_only_organizers_write(session, app):
    moderator = make_user(session, Role.MODERATOR)
    with pytest.raises(Denied):
        save_page(session, PageName.TERMS, text=NEW, based_on=0, actor=actor_of(session, moderator), now=NOW)
    auditor = app.test_client()
    sign_in(session, auditor, make_user(session, Role.AUDITOR))
    assert auditor.get("/en/organize/pages/terms").status_code == 200
    assert auditor.post("/en/organize/pages/terms", data=typed()).status_code == 403


def test_versions_cannot_be_changed(session):
    organizer = make_user(session, Role.ORGANIZER)
    actor = actor_of(session, organizer)
    saved = save_page(session, PageName.TERMS, text=NEW, based_on=0, actor=actor, now=NOW)
    with pytest.raises(Outdated):
        save_page(session, PageName.TERMS, text=NEW, based_on=0, actor=actor, now=NOW)
    session.commit()
    saved.text = Trilingual("Other", "Autre", "Otro")
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()


def test_a_page_asks_as_much_of_the_database_with_many_versions(session, client, count_queries):
    actor = actor_of(session, make_user(session, Role.ORGANIZER))
    counts = []
    for versions in (1, 30):
        for number in range(1 if versions == 1 else 29):
            save_page(session, PageName.TERMS, text=NEW, based_on=number + (versions > 1), actor=actor, now=NOW)
        session.commit()
        with count_queries() as queries:
            assert client.get("/en/terms").status_code == 200
        counts.append(len(queries))
    assert counts == [2, 2]
