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
from consultation.convening.models import Consultation
from consultation.convening.operations import create_consultation, set_phase
from consultation.convening.states import PhaseName, TermKind
from consultation.convening.vocabulary import vocabulary
from consultation.curation.operations import admit
from consultation.curation.queries import items
from consultation.demo.sample import (
    ZONE,
    Sample,
    delegate_address,
    find_actor,
    find_consultation,
    find_contest,
    find_organization,
    find_role,
    found,
    read,
    window,
)
from consultation.discussion.models import Comment
from consultation.discussion.operations import post
from consultation.discussion.states import Stance
from consultation.drafting.operations import draft_agenda, release
from consultation.kernel.orm import Trilingual
from consultation.kernel.permissions import OPERATOR, Actor
from consultation.kernel.roles import MandateKind, Role
from consultation.membership.operations import give_mandate, register_organization
from consultation.moderation.operations import publish
from consultation.proposals.models import Proposal
from consultation.proposals.operations import endorse, submit
from consultation.proposals.queries import proposal_by_code
from consultation.proposals.rules import ProposalText
from consultation.voting.operations import (
    cast,
    close_contest,
    create_contest,
    open_contest,
    publish_contest,
    tally_contest,
)
from consultation.voting.states import ContestKind

JOINED = timedelta(days=-200)
PUBLISHED_AFTER = timedelta(hours=5)
ANSWERED_AFTER = timedelta(hours=20)
BETWEEN_ACTS = timedelta(minutes=40)
TO_SCREEN = timedelta(hours=4)


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
    """Proposals, published, endorsed and discussed while their phases are open; some wait for a moderator."""
    consultation = find_consultation(session, entry)
    opens, closes = window(sample, entry, "propose")
    step = (min(closes, sample.now) - opens) / (len(entry["proposals"]) + 1)
    for number, text in enumerate(entry["proposals"], start=1):
        at = opens + number * step
        proposal = _submit(session, consultation, text, at)
        published = at + PUBLISHED_AFTER
        publish(session, proposal, actor=find_role(session, Role.MODERATOR, published), now=published)
        _support(session, proposal, text, at + ANSWERED_AFTER)
    for text in entry.get("waiting", ()):
        _submit(session, consultation, text, sample.now - TO_SCREEN)


def _submit(session: Session, consultation: Consultation, text: dict[str, Any], at: datetime) -> Proposal:
    words = vocabulary(session)
    theme = words.by_code(TermKind.THEME, text["theme"])
    issues = [words.by_code(TermKind.ISSUE, code) for code in text["issues"]]
    return submit(
        session,
        consultation,
        text=ProposalText(
            read()["labels"][text["language"]] + text["title"], text["barrier"], text["evidence"], text["remedy"]
        ),
        language=text["language"],
        organization_id=find_organization(session, text["organization"]).id,
        theme_id=theme.id if theme else None,
        term_ids=[issue.id for issue in issues if issue],
        actor=find_actor(session, delegate_address(text["organization"]), at),
        now=at,
    )


def _support(session: Session, proposal: Proposal, text: dict[str, Any], at: datetime) -> None:
    for code in text["endorsed_by"]:
        at += BETWEEN_ACTS
        organization = find_organization(session, code)
        actor = find_actor(session, delegate_address(code), at)
        endorse(session, proposal, organization_id=organization.id, actor=actor, now=at)
    for comment in text["comments"]:
        at += BETWEEN_ACTS
        first = _comment(session, proposal, comment, None, at)
        for reply in comment.get("replies", ()):
            at += BETWEEN_ACTS
            _comment(session, proposal, reply, first, at)


def _comment(
    session: Session, proposal: Proposal, said: dict[str, Any], answers: Comment | None, at: datetime
) -> Comment:
    return post(
        session,
        proposal,
        body=said["body"],
        language=said["language"],
        stance=Stance(said.get("stance", Stance.NONE)),
        answers=answers,
        organization_id=find_organization(session, said["organization"]).id,
        actor=find_actor(session, delegate_address(said["organization"]), at),
        now=at,
    )


def vote(session: Session, sample: Sample, entry: dict[str, Any]) -> None:
    """Every proposal becomes an item of its own; the contest opens and takes ballots."""
    consultation = find_consultation(session, entry)
    opens, closes = window(sample, entry, "rank")
    organizer = find_role(session, Role.ORGANIZER, opens)
    for number, text in enumerate(entry["proposals"], start=1):
        code = f"{entry['prefix']}-{number:03d}"
        proposal = found(proposal_by_code(session, code, actor=organizer), code)
        admit(session, proposal, minutes=text["minutes"], actor=organizer, now=opens)
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
    open_contest(session, contest, actor=organizer, now=opens)
    codes = [item.code for item in items(session, consultation.id)]
    for number, (code, tiers) in enumerate(described["ballots"].items(), start=1):
        at = opens + number * (BETWEEN_ACTS + TO_SCREEN)
        cast(
            session,
            contest,
            organization_id=find_organization(session, code).id,
            ballot=[[codes[position - 1] for position in tier] for tier in tiers],
            key=f"sample-{code}",
            actor=find_actor(session, delegate_address(code), at),
            clock=lambda at=at: at,  # type: ignore[misc]
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
    made: list[Step] = [members]
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
