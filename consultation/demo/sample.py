"""The sample's texts, its dates, and finding again what an earlier step made.

The texts are the files of ``sample/``: people, organizations and sources, and a folder for each consultation with its
frame, its proposals in one file for each language, and those that a moderator has not published.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from consultation.accounts.passwords import Passwords
from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug
from consultation.kernel.permissions import Actor
from consultation.kernel.roles import Role
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import actor_by_email, organization_by_code
from consultation.voting.models import Contest
from consultation.voting.queries import contest_by_code

ZONE = ZoneInfo("America/Toronto")
CONSULTATIONS = ("agenda", "ranking", "open")
"""Folders, the oldest consultation first."""

LANGUAGES = ("en", "fr", "es")
MODERATED = "moderated.json"
Found = TypeVar("Found")
Member = TypeVar("Member")


def found(value: Found | None, name: str) -> Found:
    """The value, which an earlier step has made.

    Raises:
        LookupError: when it has not, or the sample names something that there is not.
    """
    if value is None:
        raise LookupError(f"The sample needs {name}, which is not there.")
    return value


@cache
def read() -> dict[str, Any]:
    """The sample's texts: people, organizations, sources and consultations. Shared: not to be changed."""
    folder = files(__package__).joinpath("sample")
    content: dict[str, Any] = {
        name: _content(folder.joinpath(f"{name}.json")) for name in ("people", "organizations", "applicants", "sources")
    }
    content["consultations"] = [_consultation(folder.joinpath(name)) for name in CONSULTATIONS]
    return content


def _consultation(folder: Traversable) -> dict[str, Any]:
    written = [_content(folder.joinpath(f"{language}.json")) for language in LANGUAGES]
    moderated = folder.joinpath(MODERATED)
    return {
        **_content(folder.joinpath("frame.json")),
        "proposals": interleaved(*written),
        "moderated": _content(moderated) if moderated.is_file() else [],
    }


def _content(file: Traversable) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def interleaved(*lists: Sequence[Member]) -> list[Member]:
    """The members of all lists, spread evenly among one another, each list in its order."""
    placed = [((place + 0.5) / len(one), member) for one in lists for place, member in enumerate(one)]
    return [member for _share, member in sorted(placed, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the steps need: the present, the site's address, and the password of those who have a role."""

    now: datetime
    base_url: str
    password: str
    passwords: Passwords

    def day(self, offset: int) -> datetime:
        """The beginning of the day that many days from now."""
        day = self.now.astimezone(ZONE).date() + timedelta(days=offset)
        return datetime.combine(day, time(), ZONE)


def delegate_address(code: str) -> str:
    named = (person["email"] for person in read()["people"] if person["organization"] == code)
    return next(named, f"delegate-{code}@example.org")


def find_actor(session: Session, email: str, at: datetime) -> Actor:
    return found(actor_by_email(session, email, at), email)


def find_role(session: Session, role: Role, at: datetime) -> Actor:
    return find_roles(session, role, at)[0]


def find_roles(session: Session, role: Role, at: datetime) -> list[Actor]:
    """Everybody who has the role, in the order of the sample."""
    return [find_actor(session, one["email"], at) for one in read()["people"] if one["role"] == role]


def find_organization(session: Session, code: str) -> MemberOrganization:
    return found(organization_by_code(session, code), code)


def find_consultation(session: Session, entry: dict[str, Any]) -> Consultation:
    return found(consultation_by_slug(session, entry["slug"]), entry["slug"])


def find_contest(session: Session, entry: dict[str, Any]) -> Contest:
    return found(contest_by_code(session, entry["contest"]["code"]), entry["contest"]["code"])


def window(sample: Sample, entry: dict[str, Any], phase: str) -> tuple[datetime, datetime]:
    """When a phase that has both dates opens and closes."""
    opens, closes = entry["phases"][phase]
    return sample.day(opens), sample.day(closes)
