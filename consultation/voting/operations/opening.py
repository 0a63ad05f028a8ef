"""Opening a contest: two organizers sign off on the same, and from then on all that shapes the result is frozen."""

from datetime import datetime

from sqlalchemy.orm import Session

from consultation.kernel import two_steps
from consultation.kernel.moves import apply
from consultation.kernel.permissions import Actor, Decision, Denied, Permission, Reason, require
from consultation.kernel.two_steps import TwoStepKind, TwoStepRequest
from consultation.voting import chain
from consultation.voting.events import ContestOpened
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.locking import lock
from consultation.voting.models import Contest, RollEntry
from consultation.voting.operations.checkpoints import sign_opening
from consultation.voting.operations.configuring import ContestNotReady, must_be_configured
from consultation.voting.operations.freezing import ready, written
from consultation.voting.signing import Signer, signer_of
from consultation.voting.states import OPENING, Secrecy

TWO_ORGANIZERS, OPERATOR_ALONE = "two_organizers", "operator"


def signed_off_sha256(session: Session, contest: Contest, now: datetime) -> str:
    """The digest of all that two organizers sign off on. A contest without a date opens when the second one does, so
    that the moment is no part of it.

    Raises:
        ContestNotReady: as for opening.
    """
    frozen = ready(session, contest, signer_of(session), now, TWO_ORGANIZERS).frozen | {
        "opens_at": written(contest.opens_at)
    }
    return chain.digest("contest/sign-off/1", chain.canonical(frozen))


def sign_off(session: Session, contest: Contest, *, actor: Actor, now: datetime) -> bool:
    """Sign off on a contest as it stands. It opens when another organizer has signed off on the same; says whether it
    did. Where it has changed since somebody signed off, this is the first sign-off on it as it stands now.

    Raises:
        Denied, WrongState: as for opening; denied also to whoever signed off first.
        ContestNotReady: as for opening.
    """
    require(actor, Permission.CONTEST_OPEN, contest, now=now)
    lock(session, contest)
    must_be_configured(contest)
    digest = signed_off_sha256(session, contest, now)
    first = two_steps.standing(session, SIGN_OFF, contest.id, now)
    if first is not None and first.payload["signed_off_sha256"] == digest:
        two_steps.confirm(session, first, SIGN_OFF, actor=actor, now=now)
        return True
    if first is not None:
        two_steps.turn_down(session, first, SIGN_OFF, actor=actor, now=now)
    payload = {"signed_off_sha256": digest}
    two_steps.ask(session, SIGN_OFF, subject_id=contest.id, payload=payload, reason=contest.code, actor=actor, now=now)
    return False


def open_contest(
    session: Session,
    contest: Contest,
    *,
    actor: Actor,
    now: datetime,
    keys: KeyStore | None = None,
    signer: Signer | None = None,
) -> Contest:
    """Freeze options, roll and parameters, make the key, sign the empty chain, and open. ``contest.options`` is loaded.

    Options are the consultation's locked items in number order, with their titles and revisions of this moment; the
    roll is who meets the contest's electorate, or one of each family where the contest says so, or the delegates of
    these; none where it claims no roll. Without a date the window opens now. The operator does this alone, organizers
    by signing off in turn.

    Raises:
        Denied, WrongState: as for every move.
        ContestNotReady: ``window_over``, ``no_items``, ``too_many_places`` (more than there are items), ``no_voters``,
            ``objections_running``, ``objections_waiting``.
        SigningKeyMissing: an open contest was opened under a signing key that is not there; a new one may not take its
            place.
    """
    require(actor, Permission.CONTEST_OPEN, contest, now=now)
    if not actor.is_operator:
        raise Denied(Permission.CONTEST_OPEN, Decision(Reason.SECOND_PERSON))
    lock(session, contest)
    return _open(session, contest, OPERATOR_ALONE, actor, now, keys or key_store(session), signer or signer_of(session))


def _second_sign_off(session: Session, asked: TwoStepRequest, actor: Actor, now: datetime) -> None:
    contest = session.get_one(Contest, asked.subject_id)
    lock(session, contest)
    must_be_configured(contest)
    if signed_off_sha256(session, contest, now) != asked.payload["signed_off_sha256"]:
        raise ContestNotReady("changed_since_asked")
    session.refresh(contest, ["options"])
    _open(session, contest, TWO_ORGANIZERS, actor, now, key_store(session), signer_of(session))


SIGN_OFF = TwoStepKind("opening", Permission.CONTEST_OPEN, Permission.CONTEST_OPEN, _second_sign_off)


def _open(
    session: Session,
    contest: Contest,
    opened_by: str,
    actor: Actor,
    now: datetime,
    keys: KeyStore,
    signer: Signer,
) -> Contest:
    opening = ready(session, contest, signer, now, opened_by)
    contest.opens_at, contest.opened_at = contest.opens_at or now, now
    contest.max_choices = opening.frozen["max_choices"]
    contest.max_essential = opening.frozen["max_essential"]
    contest.frozen, contest.frozen_sha256 = opening.frozen, opening.sha256
    opened = ContestOpened(
        contest.id,
        contest.code,
        contest.frozen_sha256,
        len(opening.options),
        None if contest.secrecy is Secrecy.NO_ROLL else len(opening.voters),
    )
    apply(session, contest, OPENING, event=opened, actor=actor, now=now)
    contest.options = opening.options
    session.add_all(
        RollEntry(
            contest_id=contest.id,
            organization_id=voter.member.id,
            user_id=voter.user_id,
            voter_id=voter.user_id or voter.member.id,
            code=voter.code,
            name=voter.member.name,
            name_fr=voter.member.name_fr,
            name_es=voter.member.name_es,
            voted=None,
        )
        for voter in opening.voters
    )
    session.flush()
    keys.ensure(contest.id)
    sign_opening(session, contest, signer, now)
    return contest
