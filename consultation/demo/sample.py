"""The sample's texts, its dates, and finding again what an earlier step made."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
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
Found = TypeVar("Found")


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
    """The sample's texts: people, organizations and consultations. Shared: not to be changed."""
    content: dict[str, Any] = json.loads(files(__package__).joinpath("sample.json").read_text(encoding="utf-8"))
    return content


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
    return find_actor(session, next(one["email"] for one in read()["people"] if one["role"] == role), at)


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
