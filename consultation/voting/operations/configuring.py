"""Setting a contest up, and opening it: from then on all that shapes the result is frozen."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.rules import members_who_may
from consultation.convening.states import Act
from consultation.curation.queries import items as locked_items
from consultation.kernel.ids import uuid7
from consultation.kernel.moves import apply
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import affiliations_in_force
from consultation.membership.rules import family_voters
from consultation.membership.states import OrganizationState
from consultation.voting import chain, tally
from consultation.voting.events import ContestCreated, ContestOpened
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.models import Contest, ContestOption, RollEntry
from consultation.voting.operations.box import lock
from consultation.voting.rules import DEFAULT_CHOICES, DEFAULT_ESSENTIAL, PUBLISHED_FROM, UNLIMITED
from consultation.voting.states import HEADLINE_RULE, OPENING, AffiliatesCount, ContestKind, ContestState, Secrecy

QUESTION = Trilingual(
    en="Which items should come first on the agenda?",
    fr="Quels points devraient venir en premier dans le programme d’action?",
    es="¿Qué puntos deben ir primero en la agenda?",
)
TIE_BREAK = "Lowest SHA-256 of contest code, beacon and item code first, each preceded by its length in eight bytes."


class ContestNotReady(Exception):
    """The contest cannot be created, opened or tallied as it stands. ``code``: ``unknown_rule``, ``window_over``,
    ``no_items``, ``too_many_places``, ``no_voters``, ``beacon_needed``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def create_contest(
    session: Session,
    consultation: Consultation,
    *,
    code: str,
    kind: ContestKind,
    places: int,
    secrecy: Secrecy = Secrecy.SECRET,
    affiliates_count: AffiliatesCount = AffiliatesCount.EACH,
    minutes: int | None = None,
    question: Trilingual | None = None,
    max_choices: int | None = None,
    max_essential: int | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    beacon_source: str = "",
    rule: str | None = None,
    actor: Actor,
    now: datetime,
) -> Contest:
    """A contest that can still be changed.

    ``places`` is K, the number of places that the rule fills; ``minutes`` the time of the gathering. Ballots choose
    ten items at most, three of them essential, since a long ballot is a signature; where no roll is claimed they were
    cast elsewhere, under limits that are not ours (participants of an online discussion may have approved 150 items),
    so that by default they may choose as many items as there are. ``beacon_source`` says which public value of a time
    after the close breaks ties.

    Raises:
        Denied: when the actor may not.
        ContestNotReady: ``unknown_rule``.
    """
    require(actor, Permission.CONTEST_CONFIGURE, consultation, now=now)
    kind, secrecy = ContestKind(kind), Secrecy(secrecy)
    headline = rule or HEADLINE_RULE[kind]
    if headline not in tally.RULES:
        raise ContestNotReady("unknown_rule")
    outside = secrecy is Secrecy.NO_ROLL
    contest = Contest(
        id=uuid7(),
        consultation_id=consultation.id,
        code=code,
        question=question or QUESTION,
        kind=kind,
        secrecy=secrecy,
        affiliates_count=AffiliatesCount(affiliates_count),
        voters=sorted(members_who_may(consultation.member_rule, Act.VOTE)),
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


def open_contest(
    session: Session, contest: Contest, *, actor: Actor, now: datetime, keys: KeyStore | None = None
) -> Contest:
    """Freeze options, roll and parameters, make the key, and open. ``contest.options`` is loaded.

    Options are the consultation's locked items in number order, with their titles and revisions of this moment; the
    roll is all verified organizations, or one of each family where the contest says so; none where it claims no roll.
    Without a date the window opens now.

    Raises:
        Denied, WrongState: as for every move.
        ContestNotReady: ``window_over``, ``no_items``, ``too_many_places`` (more than there are items), ``no_voters``.
    """
    lock(session, contest)
    opens_at = contest.opens_at or now
    if contest.closes_at is not None and contest.closes_at <= max(now, opens_at):
        raise ContestNotReady("window_over")
    options = _options(session, contest)
    voters, families = electorate(session, contest)
    contest.opens_at, contest.opened_at = opens_at, now
    contest.max_choices = min(contest.max_choices, len(options))
    contest.max_essential = min(contest.max_essential, len(options))
    contest.frozen = _frozen(session, contest, options, voters, families)
    contest.frozen_sha256 = chain.digest("contest/frozen/1", chain.canonical(contest.frozen))
    opened = ContestOpened(
        contest.id,
        contest.code,
        contest.frozen_sha256,
        len(options),
        None if contest.secrecy is Secrecy.NO_ROLL else len(voters),
    )
    apply(session, contest, OPENING, event=opened, actor=actor, now=now)
    contest.options = options
    session.add_all(
        RollEntry(contest_id=contest.id, organization_id=voter.id, name=voter.name, voted=None) for voter in voters
    )
    session.flush()
    (keys or key_store(session)).ensure(contest.id)
    return contest


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


def electorate(
    session: Session, contest: Contest
) -> tuple[list[MemberOrganization], dict[str, list[MemberOrganization]]]:
    """Who would vote if the contest opened now, by name; and, by the code of the one that votes for its family, those
    that do not vote themselves.

    Raises:
        ContestNotReady: ``no_voters``.
    """
    if contest.secrecy is Secrecy.NO_ROLL:
        return [], {}
    verified = list(
        session.scalars(
            select(MemberOrganization)
            .where(MemberOrganization.state == OrganizationState.VERIFIED, MemberOrganization.kind.in_(contest.voters))
            .order_by(MemberOrganization.name, MemberOrganization.code)
        )
    )
    if not verified:
        raise ContestNotReady("no_voters")
    if contest.affiliates_count is AffiliatesCount.EACH:
        return verified, {}
    by_id = {one.id: one for one in verified}
    votes_for = family_voters(affiliations_in_force(session), by_id)
    families: dict[str, list[MemberOrganization]] = {}
    for one in verified:
        if votes_for[one.id] != one.id:
            families.setdefault(by_id[votes_for[one.id]].code, []).append(one)
    return [one for one in verified if votes_for[one.id] == one.id], families


def _frozen(
    session: Session,
    contest: Contest,
    options: list[ContestOption],
    voters: list[MemberOrganization],
    families: dict[str, list[MemberOrganization]],
) -> dict[str, Any]:
    """All that shapes the result, as plain data. The roll stands here by number and digest alone, and so do the
    families that cast one ballot each."""
    consultation = session.get_one(Consultation, contest.consultation_id)
    roll = [[voter.code, voter.name] for voter in voters]
    united = [[code, [one.code for one in families[code]]] for code in sorted(families)]
    return {
        "format": 1,
        "consultation": consultation.slug,
        "contest": contest.code,
        "question": contest.question.to_dict(),
        "kind": contest.kind.value,
        "secrecy": contest.secrecy.value,
        "voters": contest.voters,
        "affiliates_count": contest.affiliates_count.value,
        "rule": contest.rule,
        "rule_version": tally.RULES[contest.rule].version,
        "places": contest.places,
        "minutes": contest.minutes,
        "max_choices": contest.max_choices,
        "max_essential": contest.max_essential,
        "opens_at": _text(contest.opens_at),
        "closes_at": _text(contest.closes_at),
        "tie_break": TIE_BREAK,
        "beacon_source": contest.beacon_source,
        "ballots_published_from": PUBLISHED_FROM,
        "options": [
            {"position": option.position, "code": option.code, "title": option.title, "revision": option.item_revision}
            for option in options
        ],
        "roll": None
        if contest.secrecy is Secrecy.NO_ROLL
        else {
            "voters": len(roll),
            "sha256": chain.digest("contest/roll/1", chain.canonical(roll)),
            "families": len(united),
            "represented": sum(len(others) for _code, others in united),
            "families_sha256": chain.digest("contest/families/1", chain.canonical(united)),
        },
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
