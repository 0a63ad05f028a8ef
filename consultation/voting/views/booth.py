"""The voting booth: everything that the ranking pages show of one contest to one visitor."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, request

from consultation.convening.models import Consultation
from consultation.convening.rules import fold
from consultation.convening.shown import consultation_shown
from consultation.kernel.permissions import Permission, Reason, granted
from consultation.membership.models import MemberOrganization
from consultation.voting import queries
from consultation.voting.chain import voter_tag
from consultation.voting.keys import KeyMissing, key_store
from consultation.voting.models import Contest
from consultation.voting.moves import Draft, begin
from consultation.voting.operations.box import voter_of, voter_text
from consultation.voting.policy import is_voting, window_open
from consultation.voting.rules import STRICT_RULES, Limits, from_content, is_split
from consultation.voting.slots import ids, slots
from consultation.voting.states import ContestState, VotingUnit
from consultation.web.authorize import current_actor, present
from consultation.web.transactions import session


@dataclass
class Booth:
    """``organization`` is the one for which the visitor votes, or by whose mandate they cast a ballot of their own;
    without one, ``reason`` says why not. ``current`` is the ballot that is in the box, ``draft`` the one in the making
    (at first the same), ``begun`` whether that is saved."""

    consultation: Consultation
    contests: list[Contest]
    contest: Contest | None = None
    options: Sequence[Any] = ()
    organizations: list[MemberOrganization] = field(default_factory=list)
    organization: MemberOrganization | None = None
    reason: Reason | None = None
    draft: Draft = field(default_factory=list)
    begun: bool = False
    current: Any = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.consultation.zone)

    @property
    def held(self) -> Contest:
        """The contest, on pages that are there only with one."""
        if self.contest is None:
            raise LookupError("There is no contest.")
        return self.contest

    @property
    def voter(self) -> MemberOrganization:
        """The organization, on pages that are there only with one."""
        if self.organization is None:
            raise LookupError("There is no organization to vote for.")
        return self.organization

    @property
    def voter_id(self) -> uuid.UUID:
        """Whose ballot it is: the organization's or, where each delegate votes, the visitor's."""
        return voter_of(self.held, self.voter.id, current_actor().user_id)

    @property
    def own(self) -> bool:
        """Whether delegates vote themselves here, and not for their organizations."""
        return self.contest is not None and self.contest.unit is VotingUnit.DELEGATES

    @property
    def limits(self) -> Limits:
        codes = frozenset(option.code for option in self.options)
        contest = self.held
        strict = contest.rule in STRICT_RULES
        return Limits(contest.kind, contest.max_choices, contest.max_essential, codes, ties=not strict)

    @property
    def titles(self) -> dict[str, Any]:
        """The options by code."""
        return {option.code: option for option in self.options}

    @property
    def split(self) -> bool:
        """Whether the draft draws a line below essential items."""
        return self.contest is not None and is_split([tier for tier in self.draft if tier], self.contest.kind)

    def listed(self, text: str, theme_id: Any) -> list[Any]:
        """The options in this voter's own order, narrowed by words or a code and by theme."""
        words = fold(text)
        found = [
            option
            for option in self.options
            if (not words or words in fold(option.title) or words == option.code.lower())
            and (theme_id is None or option.theme_id == theme_id)
        ]
        if self.organization is None or self.contest is None:
            return found
        seed = f"{self.contest.id}:{self.voter_id}:"
        return sorted(found, key=lambda option: hashlib.sha256(f"{seed}{option.code}".encode()).digest())

    def place(self, **more: Any) -> dict[str, Any]:
        """What the addresses of this booth's pages carry."""
        contest, organization = self.contest, self.organization
        kept = _carried(
            self.consultation.slug,
            contest.code if contest else "",
            organization.code if organization else "",
            contest is not None and len(self.contests) > 1,
            organization is not None and len(self.organizations) > 1,
        )
        return kept | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a ballot goes in: the contest, the organization that it is cast for, who votes for it beside the visitor,
    and what addresses carry then."""

    contest: Contest
    organization_id: uuid.UUID
    beside: list[uuid.UUID]
    place: dict[str, Any]


def enter(slug: str) -> Booth:
    """The booth of the request's contest and organization, from its address or its form; eight queries with those of
    signing in."""
    consultation = consultation_shown(slug)
    booth = Booth(consultation, queries.contests(session(), consultation.id))
    booth.contest = _contest(booth.contests)
    if booth.contest is None or booth.contest.state is ContestState.CONFIGURED:
        return booth
    booth.options = queries.option_rows(session(), booth.contest.id)
    _choose_organization(booth)
    if booth.organization is not None and window_open(booth.contest, present()):
        _find_ballot(booth)
    return booth


def voting_booth(slug: str) -> Booth:
    """The same where a contest and an organization are needed: otherwise the page is not there."""
    return _with_a_voter(enter(slug))


def ballot_slot(slug: str) -> Slot:
    """The same of a ballot that is cast, in one query: neither the options nor what the organization has made so far,
    of which reading would keep others waiting."""
    actor = current_actor()
    if actor.user_id is None:
        abort(404)
    verified = [held.organization_id for held in actor.mandates if held.verified and is_voting(held.kind)]
    found = slots(session(), slug, verified, actor.user_id)
    contest = _contest(list(found))
    if contest is None or contest.state is ContestState.CONFIGURED:
        abort(404)
    wanted = request.values.get("for")
    chosen = next((row for row in found[contest] if wanted in (None, "", row.organization_code)), None)
    if chosen is None:
        abort(404)
    several = len(found) > 1, len(found[contest]) > 1
    place = _carried(slug, contest.code, chosen.organization_code, *several)
    return Slot(contest, chosen.organization_id, ids(chosen.beside), place)


def _carried(slug: str, contest: str, organization: str, contests: bool, organizations: bool) -> dict[str, Any]:
    """What addresses carry, where there are several contests or organizations to tell apart."""
    told = {"contest": contest} if contests else {}
    return {"slug": slug} | told | ({"for": organization} if organizations else {})


def _with_a_voter(booth: Booth) -> Booth:
    if booth.contest is None or booth.organization is None:
        abort(404)
    return booth


def _contest(contests: list[Contest]) -> Contest | None:
    """The one that is asked for, else the first one open, else the newest."""
    if wanted := request.values.get("contest"):
        found = next((contest for contest in contests if contest.code == wanted), None)
        return found or abort(404)
    now = present()
    is_open = next((contest for contest in contests if window_open(contest, now)), None)
    return is_open or (contests[-1] if contests else None)


def _choose_organization(booth: Booth) -> None:
    actor = current_actor()
    decision = granted(actor, Permission.BALLOT_CAST)
    voting = [mandate for mandate in actor.mandates if is_voting(mandate.kind)]
    if not decision or not voting:
        booth.reason = decision.reason or Reason.NO_MANDATE
        return
    verified = [mandate.organization_id for mandate in voting if mandate.verified]
    if not verified:
        booth.reason = Reason.NOT_VERIFIED
        return
    booth.organizations = queries.voters_among(session(), booth.held.id, verified, actor.user_id)
    wanted = request.values.get("for")
    chosen_ones = [one for one in booth.organizations if wanted in (None, "", one.code)]
    if booth.organizations and not chosen_ones:
        abort(404)
    booth.organization = chosen_ones[0] if chosen_ones else None
    booth.reason = None if booth.organization else Reason.NOT_ON_ROLL


def _find_ballot(booth: Booth) -> None:
    contest = booth.held
    try:
        key = key_store(session()).read(contest.id)
    except KeyMissing:
        abort(503)
    tag = voter_tag(key, contest.code, voter_text(contest.unit, booth.voter_id))
    booth.current = queries.current_ballot(session(), contest.id, tag)
    saved = queries.draft_of(session(), contest.id, booth.voter_id)
    booth.begun = saved is not None
    if saved is not None:
        known = {option.code for option in booth.options}
        booth.draft = [[item for item in tier if item in known] for tier in saved.tiers]
    else:
        cast_before = from_content(booth.current.content).tiers if booth.current else ()
        booth.draft = begin(contest.kind, cast_before)
