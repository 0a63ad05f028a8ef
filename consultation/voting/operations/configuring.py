"""Setting a contest up: what is asked, how it is counted, and who would vote."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.convening.rules import members_who_may
from consultation.convening.states import Act
from consultation.kernel.ids import uuid7
from consultation.kernel.orm import Trilingual
from consultation.kernel.outbox import record
from consultation.kernel.permissions import Actor, Permission, require
from consultation.membership.models import MemberOrganization
from consultation.membership.queries import affiliations_in_force
from consultation.membership.rules import family_voters
from consultation.membership.states import OrganizationState
from consultation.voting import tally
from consultation.voting.events import ContestCreated
from consultation.voting.models import Contest
from consultation.voting.rules import DEFAULT_CHOICES, DEFAULT_ESSENTIAL, UNLIMITED
from consultation.voting.states import HEADLINE_RULE, AffiliatesCount, ContestKind, ContestState, Secrecy

QUESTION = Trilingual(
    en="Which items should come first on the agenda?",
    fr="Quels points devraient venir en premier dans le programme d’action?",
    es="¿Qué puntos deben ir primero en la agenda?",
)


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
