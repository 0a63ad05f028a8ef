"""The whole journey as people click it: those who run it, and two delegates, one of them without JavaScript."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys import canadian

PASSWORD = "a password of the journey"
SLOW_MS = 60_000


@dataclass(frozen=True)
class People:
    """The addresses with which the six sign in; all have `PASSWORD`."""

    administrator: str
    organizer: str
    second_organizer: str
    moderator: str
    delegate_a: str
    delegate_b: str


def sign_in(page: Any, email: str) -> None:
    """Sign in, after signing out whoever was signed in before."""
    page.goto("/en/")
    if page.get_by_role("button", name="Sign out").count():
        page.get_by_role("button", name="Sign out").first.click()
        told(page, "You are signed out.")
    page.goto("/en/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").first.wait_for()


def convene(page: Any) -> None:
    """Make the consultation, and enter the phase in which organizations propose."""
    page.goto("/en/organize")
    for language, name in (("en", "English"), ("fr", "French"), ("es", "Spanish")):
        page.get_by_label(f"Title in {name}").fill(canadian.TITLES[language])
    page.get_by_label("Short address").fill(canadian.SLUG)
    page.get_by_label("Prefix of codes").fill(canadian.PREFIX)
    page.get_by_role("button", name="Make the consultation").click()
    page.get_by_text("Change the dates Propose").click()
    page.get_by_role("button", name="Enter this phase now").first.click()
    told(page, "The consultation is in the phase “Propose” now.")


def bring_in(
    page: Any,
    kind: str,
    file: Path,
    *,
    columns: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    chosen: Mapping[str, str] | None = None,
    read: int,
) -> None:
    """Upload a file, say what its columns are, look at the preview, and import it."""
    page.goto(f"/en/organize/{canadian.SLUG}/imports")
    page.get_by_label("What the rows are").select_option(kind)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Upload and look").click()
    for column, field in (columns or {}).items():
        page.get_by_label(column, exact=True).select_option(field)
    for label, text in (typed or {}).items():
        page.get_by_label(label).fill(text)
    for label, value in (chosen or {}).items():
        page.get_by_label(label).select_option(value)
    page.get_by_role("button", name="Preview").click(timeout=SLOW_MS)
    told(page, "Nothing is imported yet.")
    page.get_by_text(f"Rows read: {read:,}").wait_for()
    page.get_by_role("button", name="rows").click(timeout=SLOW_MS)
    told(page, f"Of {read:,} rows: imported")


def verify(page: Any, people: People) -> None:
    """Two people approve the organizations that were imported: until then these cannot propose."""
    for email in (people.organizer, people.administrator):
        sign_in(page, email)
        for code in ("ORG-A", "ORG-B"):
            page.goto(f"/en/verification/{code}")
            page.get_by_role("button", name="Approve").click()
            page.get_by_role("status").first.wait_for()
    page.goto("/en/verification")
    page.get_by_text("No application waits.").wait_for()


def propose(page: Any) -> None:
    """Bring the French proposal, in the words of the file that the command line imports."""
    page.goto(f"/en/consultations/{canadian.SLUG}/propose")
    page.get_by_label("Title", exact=True).first.fill(canadian.PROPOSED_TITLE)
    page.get_by_label("What is wrong").fill(canadian.PROPOSED_BARRIER)
    page.get_by_label("What should change").fill(canadian.PROPOSED_REMEDY)
    page.get_by_label("Theme").select_option(canadian.PROPOSED_THEME)
    page.get_by_label("Language of this text").select_option("fr")
    page.get_by_role("button", name="Send the proposal").click()
    page.get_by_role("main").get_by_text(canadian.PROPOSED_CODE).wait_for()


def publish(page: Any) -> None:
    """Publish what waits, from the queue."""
    page.goto("/en/moderation")
    page.get_by_role("button", name=f"Publish {canadian.PROPOSED_CODE}").click()
    page.get_by_text("Nothing waits here.").wait_for()


def comment(page: Any) -> None:
    page.goto(f"/en/proposals/{canadian.PROPOSED_CODE}")
    page.get_by_label("Your comment").fill(canadian.COMMENT)
    page.get_by_label("It is").select_option("question")
    page.get_by_role("button", name="Post", exact=True).click()
    told(page, "Your comment is posted.")


def admit_all(page: Any) -> None:
    page.goto(f"/en/organize/{canadian.SLUG}/admission")
    page.get_by_role("button", name="Admit all 153").click(timeout=SLOW_MS)
    told(page, "153 proposals are agenda items now.")


def create_contest(page: Any, people: People, code: str, kind: str, secrecy: str, places: int) -> None:
    """Make a contest; two organizers sign off on it, and with the second one it opens."""
    page.goto(f"/en/organize/{canadian.SLUG}/contests")
    form = page.get_by_role("region", name="New contest")
    if not form.get_by_label("Code").is_visible():  # folded, once there is a contest
        form.locator("summary").first.click()
    form.get_by_label("Code", exact=True).fill(code)
    form.get_by_label("Ballot", exact=True).select_option(kind)
    form.get_by_label("Secrecy").select_option(secrecy)
    form.get_by_label("Places to fill").fill(str(places))
    form.get_by_role("button", name="Make the contest").click()
    told(page, "The contest is made.")
    confirm(page, code, "Sign off on the contest", "Sign off")
    told(page, "You have signed off.")
    sign_in(page, people.second_organizer)
    page.goto(f"/en/organize/{canadian.SLUG}/contests")
    confirm(page, code, "Sign off and open the contest", "Open it now")
    told(page, "The contest is open.")
    sign_in(page, people.organizer)


def conclude(page: Any, code: str, beacon: str = "") -> None:
    """Close a contest, tally it and publish the result."""
    page.goto(f"/en/organize/{canadian.SLUG}/contests")
    confirm(page, code, "Close the contest", "Close it for good")
    part = page.get_by_role("region", name=code)
    part.get_by_label("Value of the beacon").fill(beacon)
    part.get_by_role("button", name="Tally").click(timeout=SLOW_MS)
    confirm(page, code, "Publish the result", "Publish it")


def confirm(page: Any, code: str, summary: str, button: str) -> None:
    """A move that cannot be undone: open its form, check the box, press."""
    part = page.get_by_role("region", name=code)
    part.get_by_text(summary, exact=True).click()
    part.get_by_label("I have checked this and want to go on.").check()
    part.get_by_role("button", name=button).click(timeout=SLOW_MS)


def rank(page: Any, essential: Iterable[str], marked: Iterable[str] = ()) -> str:
    """Rank, review and cast; gives the commitment that the receipt shows."""
    page.goto(f"/en/consultations/{canadian.SLUG}/ranking")
    for code in essential:
        page.get_by_role("button", name=f"Add as essential {code}").click()
    for code in marked:
        page.get_by_role("button", name=f"Add {code}", exact=True).click()
    page.get_by_role("link", name="Review and cast").click()
    page.get_by_role("button", name="Cast this ballot").click()
    told(page, "Your ballot is in the box.")
    return str(page.locator("dt:text-is('Commitment') + dd").inner_text())


def release_agenda(page: Any) -> dict[str, Any]:
    """Draft the agenda from the shortlist, release it, and download it as anybody can."""
    page.goto(f"/en/organize/{canadian.SLUG}/agenda")
    page.get_by_label("From the result of").select_option(canadian.SHORTLIST)
    page.get_by_role("button", name="Draft the agenda").click(timeout=SLOW_MS)
    page.get_by_role("button", name="Release a draft version").click(timeout=SLOW_MS)
    told(page, "Version 0.1 is released.")
    page.goto(f"/en/consultations/{canadian.SLUG}/agenda", timeout=SLOW_MS)
    page.locator("summary").filter(has_text="Download").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON", exact=True).click()
    agenda: dict[str, Any] = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    return agenda


def told(page: Any, sentence: str) -> None:
    """Wait until the page says it in its status message."""
    page.get_by_role("status").filter(has_text=sentence).first.wait_for(timeout=SLOW_MS)
