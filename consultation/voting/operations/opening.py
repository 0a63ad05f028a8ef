"""Opening a contest: from then on all that shapes the result is frozen."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.curation.queries import items as locked_items
from consultation.kernel.moves import apply
from consultation.kernel.permissions import Actor
from consultation.membership.models import MemberOrganization
from consultation.voting import chain, tally
from consultation.voting.events import ContestOpened
from consultation.voting.keys import KeyStore, key_store
from consultation.voting.models import Contest, ContestOption, RollEntry
from consultation.voting.operations.box import lock
from consultation.voting.operations.checkpoints import sign_opening
from consultation.voting.operations.configuring import ContestNotReady, electorate
from consultation.voting.rules import PUBLISHED_FROM, STEP
from consultation.voting.signing import Signer, SigningKeyMissing, signer_of
from consultation.voting.states import OPENING, ContestState, Secrecy

TIE_BREAK = "Lowest SHA-256 of contest code, beacon and item code first, each preceded by its length in eight bytes."


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
    roll is all verified organizations, or one of each family where the contest says so; none where it claims no roll.
    Without a date the window opens now.

    Raises:
        Denied, WrongState: as for every move.
        ContestNotReady: ``window_over``, ``no_items``, ``too_many_places`` (more than there are items), ``no_voters``.
        SigningKeyMissing: an open contest was opened under a signing key that is not there; a new one may not take its
            place.
    """
    lock(session, contest)
    signer = signer or signer_of(session)
    opens_at = contest.opens_at or now
    if contest.closes_at is not None and contest.closes_at <= max(now, opens_at):
        raise ContestNotReady("window_over")
    options = _options(session, contest)
    voters, families = electorate(session, contest)
    signing_key = _signing_key(session, signer)
    contest.opens_at, contest.opened_at = opens_at, now
    contest.max_choices = min(contest.max_choices, len(options))
    contest.max_essential = min(contest.max_essential, len(options))
    contest.frozen = _frozen(session, contest, options, voters, families, signing_key)
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
    sign_opening(session, contest, signer, now)
    return contest


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
    options: list[ContestOption],
    voters: list[MemberOrganization],
    families: dict[str, list[MemberOrganization]],
    signing_key: str,
) -> dict[str, Any]:
    """All that shapes the result, as plain data. The roll stands here by number and by the digest of its codes alone
    (whoever checks it can then do without names), and so do the families that cast one ballot each."""
    consultation = session.get_one(Consultation, contest.consultation_id)
    roll = sorted(voter.code for voter in voters)
    united = [[code, [one.code for one in families[code]]] for code in sorted(families)]
    return {
        "format": 2,
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
        "signing_key": signing_key,
        "checkpoint_step": STEP,
        "options": [
            {"position": option.position, "code": option.code, "title": option.title, "revision": option.item_revision}
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
        },
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
