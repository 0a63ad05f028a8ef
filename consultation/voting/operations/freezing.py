"""What an opening freezes: all that shapes the result, as plain data."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.curation.queries import items as locked_items
from consultation.curation.queries import minutes_of
from consultation.membership.models import MemberOrganization
from consultation.voting import chain, fitting, tally
from consultation.voting.models import Contest, ContestOption
from consultation.voting.operations.configuring import ContestNotReady
from consultation.voting.rolls import Families, Standing, delegates, electorate, waiting_objections
from consultation.voting.rules import STEP
from consultation.voting.signing import Signer, SigningKeyMissing
from consultation.voting.states import ContestState, Secrecy, VotingUnit

TIE_BREAK = "Lowest SHA-256 of contest code, beacon and item code first, each preceded by its length in eight bytes."


@dataclass(frozen=True, slots=True)
class Voter:
    """One who goes on the roll: a member, or one of its delegates."""

    code: str
    member: MemberOrganization
    user_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """What an opening at this moment would freeze."""

    options: list[ContestOption]
    voters: list[Voter]
    frozen: dict[str, Any]

    @property
    def sha256(self) -> str:
        return chain.digest("contest/frozen/1", chain.canonical(self.frozen))


def ready(session: Session, contest: Contest, signer: Signer, now: datetime, opened_by: str) -> Ready:
    """What an opening now would freeze. The signing key is made where there is none yet.

    Raises:
        ContestNotReady: as for opening.
        SigningKeyMissing: an open contest was opened under a signing key that is not there; a new one may not take its
            place.
    """
    if contest.closes_at is not None and contest.closes_at <= max(now, contest.opens_at or now):
        raise ContestNotReady("window_over")
    if contest.objections_until is not None and now < contest.objections_until:
        raise ContestNotReady("objections_running")
    if waiting_objections(session, contest.id):
        raise ContestNotReady("objections_waiting")
    options = _options(session, contest)
    minutes = minutes_of(session, contest.consultation_id)
    members, families = electorate(session, contest)
    voters = _voters(session, contest, members, now)
    if not voters and contest.secrecy is not Secrecy.NO_ROLL:
        raise ContestNotReady("no_voters")
    signing_key = _signing_key(session, signer)
    frozen = _frozen(session, contest, now, options, minutes, voters, families, opened_by, signing_key)
    return Ready(options, voters, frozen)


def _voters(session: Session, contest: Contest, members: list[MemberOrganization], now: datetime) -> list[Voter]:
    """Delegates get the codes of their members with a number, drawn anew each time, so that it says nothing of them."""
    if contest.unit is VotingUnit.MEMBERS:
        return [Voter(member.code, member) for member in members]
    by_member: dict[str, list[Standing]] = {}
    for one in delegates(session, members, now):
        by_member.setdefault(one.member.code, []).append(one)
    draw = SystemRandom()
    return [
        Voter(f"{code}-{number}", one.member, one.user_id)
        for code, standing in sorted(by_member.items())
        for number, one in enumerate(draw.sample(standing, len(standing)), start=1)
    ]


def _signing_key(session: Session, signer: Signer) -> str:
    """The installation's, made at the first opening."""
    in_use = {
        frozen.get("signing_key")
        for frozen in session.scalars(select(Contest.frozen).where(Contest.state == ContestState.OPEN))
        if frozen
    } - {None}
    if not in_use:
        return signer.ensure()
    key = signer.public_key()
    if in_use != {key}:
        raise SigningKeyMissing
    return key


def _options(session: Session, contest: Contest) -> list[ContestOption]:
    found = locked_items(session, contest.consultation_id)
    if not found:
        raise ContestNotReady("no_items")
    if contest.places > len(found):
        raise ContestNotReady("too_many_places")
    return [
        ContestOption(item_id=item.id, position=position, code=item.code, title=item.title, item_revision=item.revision)
        for position, item in enumerate(found, start=1)
    ]


def _frozen(
    session: Session,
    contest: Contest,
    now: datetime,
    options: list[ContestOption],
    minutes: dict[uuid.UUID, int | None],
    voters: list[Voter],
    families: Families,
    opened_by: str,
    signing_key: str,
) -> dict[str, Any]:
    """All that shapes the result, as plain data. The roll stands here by number and by the digest of its codes alone
    (whoever checks it can then do without names), and so do the families that cast one ballot each."""
    consultation = session.get_one(Consultation, contest.consultation_id)
    roll = sorted(voter.code for voter in voters)
    costs = {option.code: minutes[option.item_id] for option in options}
    panel = fitting.panel(contest.kind, contest.rule, contest.minutes, costs)
    united = [[code, [one.code for one in families[code]]] for code in sorted(families)]
    return {
        "format": 2,
        "consultation": consultation.slug,
        "contest": contest.code,
        "question": contest.question.to_dict(),
        "kind": contest.kind.value,
        "secrecy": contest.secrecy.value,
        "voters": contest.voters,
        "electorate": contest.electorate,
        "opened_by": opened_by,
        "affiliates_count": contest.affiliates_count.value,
        "rule": contest.rule,
        "rule_version": tally.RULES[contest.rule].version,
        "panel": [{"rule": rule, "version": tally.RULES[rule].version} for rule in panel],
        "places": contest.places,
        "minutes": contest.minutes,
        "max_choices": min(contest.max_choices, len(options)),
        "max_essential": min(contest.max_essential, len(options)),
        "opens_at": written(contest.opens_at or now),
        "closes_at": written(contest.closes_at),
        "tie_break": TIE_BREAK,
        "beacon_source": contest.beacon_source,
        "ballots_published_from": contest.ballots_published_from,
        "signing_key": signing_key,
        "checkpoint_step": STEP,
        "options": [
            {
                "position": option.position,
                "code": option.code,
                "title": option.title,
                "revision": option.item_revision,
                "minutes": costs[option.code],
            }
            for option in options
        ],
        "roll": None
        if contest.secrecy is Secrecy.NO_ROLL
        else {
            "voters": len(roll),
            "sha256": chain.digest("contest/roll/2", chain.canonical(roll)),
            "families": len(united),
            "represented": sum(len(others) for _code, others in united),
            "families_sha256": chain.digest("contest/families/1", chain.canonical(united)),
        }
        | _people(contest, voters),
    } | ({} if contest.unit is VotingUnit.MEMBERS else {"unit": contest.unit.value})


def _people(contest: Contest, voters: list[Voter]) -> dict[str, Any]:
    """Of a contest of delegates also of how many members they are, and the digest of who they are: the codes alone
    would stay the same if one person took another's place. It is of ids that mean nothing outside the database."""
    if contest.unit is VotingUnit.MEMBERS:
        return {}
    people = sorted([voter.member.code, str(voter.user_id)] for voter in voters)
    return {
        "members": len({voter.member.code for voter in voters}),
        "people_sha256": chain.digest("contest/people/1", chain.canonical(people)),
    }


def written(instant: datetime | None) -> str | None:
    """An instant as it is frozen."""
    return None if instant is None else instant.isoformat()
