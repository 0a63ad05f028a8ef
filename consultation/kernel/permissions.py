"""Who may do what: one vocabulary, one table of roles, one question (may X do Y now, and if not, why)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from consultation.kernel.roles import MandateKind, MemberKind, Role


class Permission(StrEnum):
    """A verb on a kind of thing. Every endpoint and every command names one."""

    CONSULTATION_CONFIGURE = "consultation:configure"
    VOCABULARY_EDIT = "vocabulary:edit"
    USER_INVITE = "user:invite"
    USER_ERASE = "user:erase"
    USER_DEACTIVATE = "user:deactivate"
    ORGANIZATION_REGISTER = "organization:register"
    ORGANIZATION_VERIFY = "organization:verify"
    ORGANIZATION_READ = "organization:read"
    ORGANIZATION_VOUCH = "organization:vouch"
    ORGANIZATION_MANAGE = "organization:manage"
    MANDATE_GIVE = "mandate:give"
    ACCOUNT_USE = "account:use"
    PROPOSAL_SUBMIT = "proposal:submit"
    PROPOSAL_AMEND = "proposal:amend"
    PROPOSAL_WITHDRAW = "proposal:withdraw"
    PROPOSAL_ENDORSE = "proposal:endorse"
    PROPOSAL_PUBLISH = "proposal:publish"
    PROPOSAL_REQUEST_CHANGES = "proposal:request_changes"
    PROPOSAL_DECLINE = "proposal:decline"
    PROPOSAL_ANNOTATE = "proposal:annotate"
    PROPOSAL_READ_UNPUBLISHED = "proposal:read_unpublished"
    COMMENT_POST = "comment:post"
    COMMENT_HIDE = "comment:hide"
    QUEUE_READ = "queue:read"
    CASE_CLAIM = "case:claim"
    ITEM_ADMIT = "item:admit"
    CONTEST_CONFIGURE = "contest:configure"
    CONTEST_OPEN = "contest:open"
    CONTEST_CLOSE = "contest:close"
    CONTEST_TALLY = "contest:tally"
    CONTEST_PUBLISH = "contest:publish"
    CONTEST_VOID = "contest:void"
    CONTEST_EXPLORE = "contest:explore"
    ROLL_OBJECT = "roll:object"
    BALLOT_CAST = "ballot:cast"
    BALLOTS_AUDIT = "ballots:audit"
    PAPER_ENTER = "paper:enter"
    AGENDA_DRAFT = "agenda:draft"
    AGENDA_RELEASE = "agenda:release"
    ORGANIZE_READ = "organize:read"
    PAGE_WRITE = "page:write"
    IMPORT_RUN = "import:run"
    DATA_EXPORT = "data:export"
    CONTACTS_EXPORT = "contacts:export"
    TWO_STEP_DECIDE = "two_step:decide"


class Reason(StrEnum):
    """Why something is not allowed. The pages give each a sentence in three languages."""

    SIGN_IN = "sign_in"
    ROLE = "role"
    PHASE = "phase"
    STATE = "state"
    NO_MANDATE = "no_mandate"
    NOT_YOURS = "not_yours"
    OWN_MATTER = "own_matter"
    NOT_VERIFIED = "not_verified"
    MEMBER_KIND = "member_kind"
    NOT_ON_ROLL = "not_on_roll"
    WINDOW = "window"
    NOT_OVER = "not_over"
    ALREADY = "already"
    SECOND_PERSON = "second_person"
    RANKING_OPENED = "ranking_opened"
    SECOND_STEP = "second_step"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may X do Y now": true when allowed, otherwise with the reason."""

    reason: Reason | None = None

    @property
    def allowed(self) -> bool:
        return self.reason is None

    def __bool__(self) -> bool:
        return self.reason is None


ALLOWED = Decision()


class Denied(Exception):
    """Raised by operations when the actor may not; the page or command says why."""

    def __init__(self, permission: Permission, decision: Decision) -> None:
        super().__init__(f"{permission}: {decision.reason}")
        self.permission = permission
        self.decision = decision


@dataclass(frozen=True, slots=True)
class MandateHeld:
    """That the actor speaks for an organization now."""

    organization_id: uuid.UUID
    kind: MandateKind
    verified: bool
    member: MemberKind = MemberKind.ORGANIZATION


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Nobody signed in: no ``user_id``. The operator acts from the command line, and is logged as such.

    Roles that are ``withheld`` are the person's, but grant nothing before they have taken the second step of signing
    in; they see to their own account until then.
    """

    user_id: uuid.UUID | None = None
    roles: frozenset[Role] = frozenset()
    mandates: tuple[MandateHeld, ...] = ()
    is_operator: bool = False
    withheld: frozenset[Role] = frozenset()

    def withholding(self, roles: frozenset[Role]) -> "Actor":
        """The same, with what there is of these roles withheld."""
        return replace(self, roles=self.roles - roles, withheld=self.roles & roles)

    @property
    def kind(self) -> str:
        if self.is_operator:
            return "operator"
        return "anonymous" if self.user_id is None else "user"

    def mandate_for(self, organization_id: uuid.UUID | None) -> MandateHeld | None:
        return next((held for held in self.mandates if held.organization_id == organization_id), None)


ANONYMOUS = Actor()
OPERATOR = Actor(is_operator=True)

_MEMBERS = frozenset({Role.DELEGATE})
_MODERATORS = frozenset({Role.MODERATOR, Role.ORGANIZER})
_ORGANIZERS = frozenset({Role.ORGANIZER})
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_EVERYONE_SIGNED_IN = frozenset(Role)

GRANTS: Mapping[Permission, frozenset[Role]] = {
    Permission.CONSULTATION_CONFIGURE: _ORGANIZERS,
    Permission.VOCABULARY_EDIT: _ORGANIZERS,
    Permission.USER_INVITE: _ADMINISTRATORS,
    Permission.USER_ERASE: _ADMINISTRATORS,
    Permission.USER_DEACTIVATE: _ADMINISTRATORS,
    Permission.ORGANIZATION_REGISTER: _ORGANIZERS,
    Permission.ORGANIZATION_VERIFY: _ORGANIZERS | _ADMINISTRATORS,
    Permission.ORGANIZATION_READ: _ORGANIZERS | _ADMINISTRATORS | {Role.AUDITOR},
    Permission.ORGANIZATION_VOUCH: _MEMBERS,
    Permission.ORGANIZATION_MANAGE: _MEMBERS,
    Permission.MANDATE_GIVE: _ADMINISTRATORS,
    Permission.ACCOUNT_USE: _EVERYONE_SIGNED_IN,
    Permission.PROPOSAL_SUBMIT: _MEMBERS,
    Permission.PROPOSAL_AMEND: _MEMBERS,
    Permission.PROPOSAL_WITHDRAW: _MEMBERS,
    Permission.PROPOSAL_ENDORSE: _MEMBERS,
    Permission.PROPOSAL_PUBLISH: _MODERATORS,
    Permission.PROPOSAL_REQUEST_CHANGES: _MODERATORS,
    Permission.PROPOSAL_DECLINE: _MODERATORS,
    Permission.PROPOSAL_ANNOTATE: _MODERATORS,
    Permission.PROPOSAL_READ_UNPUBLISHED: _MODERATORS | {Role.AUDITOR},
    Permission.COMMENT_POST: _MEMBERS | _MODERATORS,
    Permission.COMMENT_HIDE: _MODERATORS,
    Permission.QUEUE_READ: _MODERATORS | {Role.AUDITOR},
    Permission.CASE_CLAIM: _MODERATORS,
    Permission.ITEM_ADMIT: _ORGANIZERS,
    Permission.CONTEST_CONFIGURE: _ORGANIZERS,
    Permission.CONTEST_OPEN: _ORGANIZERS,
    Permission.CONTEST_CLOSE: _ORGANIZERS,
    Permission.CONTEST_TALLY: _ORGANIZERS,
    Permission.CONTEST_PUBLISH: _ORGANIZERS,
    Permission.CONTEST_VOID: _ORGANIZERS,
    Permission.CONTEST_EXPLORE: _ORGANIZERS,
    Permission.ROLL_OBJECT: _MEMBERS,
    Permission.BALLOT_CAST: _MEMBERS,
    Permission.BALLOTS_AUDIT: frozenset({Role.AUDITOR}),
    Permission.PAPER_ENTER: _ORGANIZERS,
    Permission.AGENDA_DRAFT: _ORGANIZERS,
    Permission.AGENDA_RELEASE: _ORGANIZERS,
    Permission.ORGANIZE_READ: _ORGANIZERS | {Role.AUDITOR},
    Permission.PAGE_WRITE: _ORGANIZERS,
    Permission.IMPORT_RUN: _ORGANIZERS,
    Permission.DATA_EXPORT: _ORGANIZERS | {Role.AUDITOR},
    Permission.CONTACTS_EXPORT: _ORGANIZERS | _ADMINISTRATORS,
    Permission.TWO_STEP_DECIDE: _ORGANIZERS | _ADMINISTRATORS,
}

Predicate = Callable[[Actor, Any, datetime], Decision]
_predicates: dict[Permission, Predicate] = {}


def policy(permission: Permission) -> Callable[[Predicate], Predicate]:
    """Register the predicate that a permission asks besides the role. One for each permission.

    Raises:
        ValueError: when the permission has one already.
    """

    def register(predicate: Predicate) -> Predicate:
        if permission in _predicates:
            raise ValueError(f"{permission} has a predicate already")
        _predicates[permission] = predicate
        return predicate

    return register


def granted(actor: Actor, permission: Permission) -> Decision:
    """Whether the actor's roles grant the permission at all, before any subject is looked at."""
    if actor.is_operator or actor.roles & GRANTS[permission]:
        return ALLOWED
    if actor.withheld & GRANTS[permission]:
        return ALLOWED if permission == Permission.ACCOUNT_USE else Decision(Reason.SECOND_STEP)
    return Decision(Reason.SIGN_IN if actor.user_id is None else Reason.ROLE)


def may(actor: Actor, permission: Permission, subject: Any = None, *, now: datetime) -> Decision:
    """May the actor do this to the subject now, and if not, why."""
    decision = granted(actor, permission)
    if decision and subject is not None and permission in _predicates:
        return _predicates[permission](actor, subject, now)
    return decision


def require(actor: Actor, permission: Permission, subject: Any = None, *, now: datetime) -> None:
    """Ask ``may`` and raise ``Denied`` when the answer is no."""
    decision = may(actor, permission, subject, now=now)
    if not decision:
        raise Denied(permission, decision)
