"""The sample: three consultations, each in another phase, made through the rooms' own operations.

Everything is dated from the present backwards and forwards, so that the sample always stands in the middle of its
phases. Each step is a transaction of its own, since closing a contest does things that must follow a commit.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from consultation.accounts.operations import create_user
from consultation.accounts.queries import user_by_email
from consultation.convening.operations import create_consultation, set_phase
from consultation.convening.states import PhaseName, TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.curation.operations import admit
from consultation.demo.bringing import Bringing
from consultation.demo.sample import (
    ZONE,
    Sample,
    delegate_address,
    find_actor,
    find_consultation,
    find_contest,
    find_organization,
    find_role,
    find_roles,
    found,
    read,
    window,
)
from consultation.drafting.operations import draft_agenda, release
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import ANONYMOUS, OPERATOR, Actor
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.operations import apply_for_membership, approve, ask, give_mandate, register_organization
from consultation.proposals.queries import proposal_by_code
from consultation.voting.operations import (
    cast,
    close_contest,
    create_contest,
    publish_contest,
    sign_off,
    tally_contest,
)
from consultation.voting.states import ContestKind

JOINED = timedelta(days=-200)
BETWEEN_BALLOTS = timedelta(hours=4, minutes=40)


Step = Callable[[Session, Sample], None]


def members(session: Session, sample: Sample) -> None:
    """Organizations, one delegate for each, and one person for each role."""
    words, joined = vocabulary(session), sample.now + JOINED
    spoken_for = {person["organization"]: person for person in read()["people"] if person["organization"]}
    for person in read()["people"]:
        create_user(
            session,
            email=person["email"],
            name=person["name"],
            language=person["language"],
            roles=[Role(person["role"])],
            password=sample.password,
            passwords=sample.passwords,
            actor=OPERATOR,
            now=joined,
        )
    for number, entry in enumerate(read()["organizations"], start=1):
        sector = words.by_code(TermKind.SECTOR, entry["sector"])
        places = [words.by_code(TermKind.JURISDICTION, code) for code in entry["jurisdictions"]]
        organization = register_organization(
            session,
            code=entry["code"],
            name=entry["name"],
            name_fr=entry["name_fr"],
            name_es=entry["name_es"],
            sector_id=sector.id if sector else None,
            jurisdiction_ids=[place.id for place in places if place],
            languages=entry["languages"],
            listed=True,
            protected=entry.get("protected", False),
            verified=True,
            actor=OPERATOR,
            now=joined,
        )
        if entry["code"] not in spoken_for:
            create_user(
                session,
                email=delegate_address(entry["code"]),
                name=f"Sample delegate {number}",
                language=entry["languages"][0],
                roles=[Role.DELEGATE],
                actor=OPERATOR,
                now=joined,
            )
        delegate = found(user_by_email(session, delegate_address(entry["code"])), entry["code"])
        give_mandate(session, delegate, organization, kind=MandateKind.DELEGATE, actor=OPERATOR, now=joined)


def applicants(session: Session, sample: Sample) -> None:
    """Two organizations that wait for the desk: one has an approval already, one was asked something."""
    words = vocabulary(session)
    for entry in read()["applicants"]:
        at = sample.now - timedelta(days=entry["days_ago"])
        sector = words.by_code(TermKind.SECTOR, entry["sector"])
        places = [words.by_code(TermKind.JURISDICTION, code) for code in entry["jurisdictions"]]
        organization = apply_for_membership(
            session,
            name=entry["name"],
            name_fr=entry["name_fr"],
            name_es=entry["name_es"],
            sector_id=sector.id if sector else None,
            jurisdiction_ids=[place.id for place in places if place],
            languages=entry["languages"],
            communities=entry["communities"],
            existence=entry["existence"],
            listed=True,
            contact_name=entry["contact"],
            contact_email=entry["email"],
            contact_language=entry["language"],
            actor=ANONYMOUS,
            now=at,
        )
        organizer = find_role(session, Role.ORGANIZER, at)
        if "question" in entry:
            ask(session, organization, note=entry["question"], actor=organizer, now=at + timedelta(days=1))
        else:
            approve(session, organization, actor=organizer, now=at + timedelta(days=1))


def convene(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """The consultation with its dated phases."""
    at, _closes = window(sample, entry, "propose")
    made = create_consultation(
        session,
        slug=entry["slug"],
        prefix=entry["prefix"],
        **{name: Trilingual(**entry[name]) for name in ("title", "summary", "convener", "funder", "decider")},
        contact=entry["contact"],
        zone=ZONE.key,
        actor=OPERATOR,
        now=at,
    )
    for name, (opens, closes) in entry["phases"].items():
        set_phase(
            session,
            made,
            PhaseName(name),
            opens_at=sample.day(opens),
            closes_at=None if closes is None else sample.day(closes),
            actor=OPERATOR,
            now=at,
        )


def bring(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """Proposals, published, endorsed and discussed while their phases are open; some were not published."""
    for at, act in Bringing(session, sample, entry).schedule():
        act(at)


def vote(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """Every proposal becomes an item of its own; the contest opens and takes ballots."""
    consultation = find_consultation(session, entry)
    opens, closes = window(sample, entry, "rank")
    organizer = find_role(session, Role.ORGANIZER, opens)
    items: dict[str, str] = {}
    for number, text in enumerate(entry["proposals"], start=1):
        code = f"{entry['prefix']}-{number:03d}"
        proposal = found(proposal_by_code(session, code, actor=organizer), code)
        items[text["key"]] = admit(session, proposal, minutes=text["minutes"], actor=organizer, now=opens).code
    described = entry["contest"]
    contest = create_contest(
        session,
        consultation,
        code=described["code"],
        kind=ContestKind(described["kind"]),
        places=described["places"],
        minutes=described["minutes"],
        question=Trilingual(**described["question"]),
        opens_at=opens,
        closes_at=closes,
        actor=organizer,
        now=opens,
    )
    for signer in find_roles(session, Role.ORGANIZER, opens):
        sign_off(session, contest, actor=signer, now=opens)
    for number, (code, tiers) in enumerate(described["ballots"].items(), start=1):
        at = opens + number * BETWEEN_BALLOTS
        cast(
            session,
            contest,
            organization_id=find_organization(session, code).id,
            ballot=[[items[key] for key in tier] for tier in tiers],
            key=f"sample-{code}",
            actor=find_actor(session, delegate_address(code), at),
            clock=lambda at=at: at,
        )


def close(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """The ballot box is closed."""
    closes, organizer = _after_ranking(session, sample, entry)
    close_contest(session, find_contest(session, entry), actor=organizer, now=closes)


def conclude(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """The tally is published, and the agenda drafted and released: once as a draft, once as final."""
    closes, organizer = _after_ranking(session, sample, entry)
    contest = find_contest(session, entry)
    tally_contest(session, contest, beacon="sample", actor=organizer, now=closes)
    publish_contest(session, contest, actor=organizer, now=closes)
    consultation = find_consultation(session, entry)
    draft_agenda(session, consultation, contest, actor=organizer, now=closes)
    for final, days in ((False, 10), (True, 29)):
        at = closes + timedelta(days=days)
        release(session, consultation, final=final, base_url=sample.base_url, actor=organizer, now=at)


def _after_ranking(session: Session, sample: Sample, entry: dict[str, Any]) -> tuple[datetime, Actor]:
    _opens, closes = window(sample, entry, "rank")
    return closes, find_role(session, Role.ORGANIZER, closes)


def steps() -> list[Step]:
    """What makes the sample, in order; each is to be committed before the next."""
    made: list[Step] = [members, applicants]
    for entry in read()["consultations"]:
        acts = [convene, bring]
        if entry["admitted"]:
            acts.append(vote)
        if entry["released"]:
            acts += [close, conclude]
        made += [_of(act, entry) for act in acts]
    return made


def _of(act: Callable[[Session, Sample, dict[str, Any]], None], entry: dict[str, Any]) -> Step:
    return lambda session, sample: act(session, sample, entry)
