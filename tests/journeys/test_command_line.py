"""The journey on the command line, on both databases."""

from tests.journeys import canadian
from tests.journeys.command_line import journey, run


def test_from_import_to_agenda(runner, client, shared_data, tmp_path):
    agenda = journey(runner, shared_data, tmp_path / "journey")
    canadian.check_agenda(agenda)
    for language, title in canadian.TITLES.items():
        page = client.get(f"/{language}/consultations/{canadian.SLUG}/agenda")
        assert page.status_code == 200
        assert title in page.text
    for name in ("html", "md", "csv", "docx", "pdf"):
        target = tmp_path / f"agenda.{name}"
        run(runner, "export", "agenda", canadian.SLUG, "--format", name, "--lang", "fr", "-o", str(target))
        assert target.stat().st_size > 1000
    assert client.get(f"/en/proposals/{canadian.PROPOSED_CODE}").text.count(canadian.COMMENT) == 1
