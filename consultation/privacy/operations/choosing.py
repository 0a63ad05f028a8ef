"""How a person wants to be named, and which letters they want."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consultation.accounts.models import User
from consultation.accounts.states import ShownAs
from consultation.kernel import letters
from consultation.kernel.outbox import record
from consultation.kernel.permissions import ANONYMOUS, Actor, Permission, require
from consultation.kernel.roles import COLLECTIVE
from consultation.membership.models import MemberOrganization
from consultation.privacy.events import LettersChosen, NamingChosen
from consultation.privacy.queries import own_memberships
from consultation.privacy.rules import BadPseudonym, Flaw, looks_like, pseudonym


def choose_naming(
    session: Session, user: User, *, shown_as: ShownAs, written: str = "", actor: Actor, now: datetime
) -> None:
    """Show the person everywhere as they choose, from now on, what they wrote before included; whoever is a member in
    their own name too: by that name, a pseudonym, or a code. A pseudonym that is
    chosen no more is forgotten, and free for others.

    Raises:
        Denied: when nobody is signed in.
        BadPseudonym: when it cannot be one, or is too like another's, a person's or an organization's name.
        ValueError: when it is somebody else's account.
    """
    require(actor, Permission.ACCOUNT_USE, now=now)
    if user.id != actor.user_id:
        raise ValueError("Everybody chooses for themselves.")
    if shown_as is ShownAs.PSEUDONYM:
        chosen = pseudonym(written)
        key = looks_like(chosen)
        if key in _names_of_others(session, user.id):
            raise BadPseudonym(Flaw.TAKEN)
        user.pseudonym, user.pseudonym_key = chosen, key
    else:
        user.pseudonym = user.pseudonym_key = None
    user.shown_as = shown_as
    for member in own_memberships(session, user.id):
        member.protected = shown_as is ShownAs.DELEGATE
        member.name = user.public_name or user.name
    record(session, NamingChosen(user.id, shown_as.value), actor=actor, now=now)
    session.flush()


def _names_of_others(session: Session, user_id: uuid.UUID) -> set[str]:
    """What a pseudonym must not look like: anybody's name, also one's own, others' pseudonyms, and organizations."""
    names = session.scalars(select(User.name)).all()
    pseudonyms = session.scalars(select(User.pseudonym).where(User.pseudonym.is_not(None), User.id != user_id))
    organizations = session.execute(
        select(
            MemberOrganization.code,
            MemberOrganization.name,
            MemberOrganization.name_fr,
            MemberOrganization.name_es,
            MemberOrganization.acronym,
        ).where(MemberOrganization.kind.in_(COLLECTIVE))
    )
    named = [*names, *pseudonyms, *(name for row in organizations for name in row)]
    return {looks_like(name) for name in named if name}


def choose_letters(
    session: Session,
    user_id: uuid.UUID,
    *,
    off: Collection[str],
    offered: Collection[str],
    actor: Actor = ANONYMOUS,
    now: datetime,
) -> None:
    """Turn these kinds of letters off, and every other that is offered on. Whoever holds the signed address of a letter
    does it without signing in; it is logged as nobody's act then.

    Raises:
        ValueError: when one of them cannot be turned off.
    """
    if not set(off) <= set(offered):
        raise ValueError("Letters about the safety of an account are always sent.")
    letters.refuse(session, user_id, off, now=now)
    record(session, LettersChosen(user_id, sorted(off)), actor=actor, now=now)
    session.flush()
