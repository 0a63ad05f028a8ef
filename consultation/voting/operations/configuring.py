"""Setting a contest up: what can still be changed before its opening."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.rules import members_who_may
from consultation.convening.states import Act
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import WrongState
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.voting import tally
from consultation.voting.electorate import Narrowing
from consultation.voting.events import ContestCreated, RollAnnounced
from consultation.voting.locking import lock
from consultation.voting.models import Contest
from consultation.voting.rolls import unknown_members
from consultation.voting.rules import (
    DEFAULT_CHOICES,
    DEFAULT_ESSENTIAL,
    FEWEST_PUBLISHED,
    PUBLISHED_FROM,
    SHORTLIST_RULES,
    UNLIMITED,
)
from consultation.voting.states import (
    HEADLINE_RULE,
    OPENING,
    AffiliatesCount,
    ContestKind,
    ContestState,
    Secrecy,
    VotingUnit,
)

QUESTION = Trilingual(
    en="Which items should come first on the agenda?",
    fr="Quels points devraient venir en premier dans le programme d’action?",
    es="¿Qué puntos deben ir primero en la agenda?",
)


class ContestNotReady(Exception):
    """The contest cannot be created, changed, opened or tallied as it stands. ``code``: ``unknown_rule``,
    ``rule_needs_order``, ``unknown_member`` (``what`` are their codes), ``too_few_published``,
    ``delegates_need_roll``, ``window_over``, ``no_items``, ``too_many_places``, ``no_voters``,
    ``objections_too_short``, ``objections_running``, ``objections_waiting``, ``changed_since_asked``,
    ``beacon_needed``."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}" if what else code)
        self.code = code
        self.what = what


def create_contest(
    session: Session,
    consultation: Consultation,
    *,
    code: str,
    kind: ContestKind,
    places: int,
    secrecy: Secrecy = Secrecy.SECRET,
    affiliates_count: AffiliatesCount = AffiliatesCount.EACH,
    unit: VotingUnit = VotingUnit.MEMBERS,
    minutes: int | None = None,
    question: Trilingual | None = None,
    max_choices: int | None = None,
    max_essential: int | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    beacon_source: str = "",
    rule: str | None = None,
    electorate: Mapping[str, Any] | None = None,
    ballots_published_from: int = PUBLISHED_FROM,
    actor: Actor,
    now: datetime,
) -> Contest:
    """A contest that can still be changed.

    ``places`` is K, the number of places that the rule fills; ``minutes`` the time of the gathering. Ballots choose
    ten items at most, three of them essential, since a long ballot is a signature; where no roll is claimed they were
    cast elsewhere, under limits that are not ours (participants of an online discussion may have approved 150 items),
    so that by default they may choose as many items as there are. ``beacon_source`` says which public value of a time
    after the close breaks ties. ``electorate`` narrows who votes (``Narrowing``), and ``unit`` says whether each of
    them has a ballot or each of their delegates. Ballots are published from
    ``ballots_published_from`` voters on; those of fewer go to auditors.

    Raises:
        Denied: when the actor may not.
        ContestNotReady: ``unknown_rule``, ``rule_needs_order``, ``unknown_member``, ``too_few_published``,
            ``delegates_need_roll``.
    """
    require(actor, Permission.CONTEST_CONFIGURE, consultation, now=now)
    kind, secrecy = ContestKind(kind), Secrecy(secrecy)
    headline = rule or HEADLINE_RULE[kind]
    if headline not in tally.RULES or tally.RULES[headline].needs:  # a contest has places, and no budget or points
        raise ContestNotReady("unknown_rule")
    if kind is ContestKind.SHORTLIST and headline not in SHORTLIST_RULES:
        raise ContestNotReady("rule_needs_order")
    if ballots_published_from < FEWEST_PUBLISHED:
        raise ContestNotReady("too_few_published")
    outside = secrecy is Secrecy.NO_ROLL
    if outside and unit == VotingUnit.DELEGATES:
        raise ContestNotReady("delegates_need_roll")
    contest = Contest(
        id=uuid7(),
        consultation_id=consultation.id,
        code=code,
        question=question or QUESTION,
        kind=kind,
        secrecy=secrecy,
        affiliates_count=AffiliatesCount(affiliates_count),
        unit=VotingUnit(unit),
        voters=sorted(members_who_may(consultation.member_rule, Act.VOTE)),
        electorate=_known(session, electorate or {}),
        ballots_published_from=ballots_published_from,
        state=ContestState.CONFIGURED,
        rule=headline,
        places=places,
        minutes=minutes,
        max_choices=max_choices or (UNLIMITED if outside else DEFAULT_CHOICES),
        max_essential=(UNLIMITED if outside else DEFAULT_ESSENTIAL) if max_essential is None else max_essential,
        opens_at=opens_at,
        closes_at=closes_at,
        beacon_source=beacon_source,
        created_at=now,
    )
    contest.options = []
    session.add(contest)
    record(session, ContestCreated(contest.id, code, kind.value, places), actor=actor, now=now)
    session.flush()
    return contest


def narrow(session: Session, contest: Contest, electorate: Mapping[str, Any]) -> None:
    """Say anew which of the members vote; before the opening.

    Raises:
        ContestNotReady: ``unknown_member``.
        WrongState: it is open already.
    """
    must_be_configured(contest)
    contest.electorate = _known(session, electorate)


def announce_roll(
    session: Session, contest: Contest, *, objections_until: datetime, actor: Actor, now: datetime
) -> Contest:
    """Show who would vote, and give members time to object. Announced again it can only get more time.

    Raises:
        Denied: when the actor may not.
        WrongState: it is open already.
        ContestNotReady: ``objections_too_short`` (not after now, or earlier than announced), ``no_voters`` where it
            claims no roll.
    """
    require(actor, Permission.CONTEST_CONFIGURE, contest, now=now)
    lock(session, contest)
    must_be_configured(contest)
    if contest.secrecy is Secrecy.NO_ROLL:
        raise ContestNotReady("no_voters")
    if objections_until <= max(now, contest.objections_until or now):
        raise ContestNotReady("objections_too_short")
    contest.announced_at = contest.announced_at or now
    contest.objections_until = objections_until
    record(session, RollAnnounced(contest.id, contest.code, objections_until.isoformat()), actor=actor, now=now)
    session.flush()
    return contest


def must_be_configured(contest: Contest) -> None:
    """Raise ``WrongState`` unless the contest can still be changed."""
    if contest.state is not ContestState.CONFIGURED:
        raise WrongState(OPENING, contest.state)


def _known(session: Session, electorate: Mapping[str, Any]) -> dict[str, list[str]]:
    """The electorate as it is kept; a list of members must be of members."""
    narrowing = Narrowing.from_dict(electorate)
    if unknown := unknown_members(session, narrowing.only | narrowing.without):
        raise ContestNotReady("unknown_member", ", ".join(unknown))
    return narrowing.to_dict()
