"""What must happen only once a transaction is safely committed: destroying a key file, giving space back."""

from collections.abc import Callable

from sqlalchemy.orm import Session

_KEY = "after_commit"


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Run the action after the transaction commits; a rollback forgets it."""
    session.info.setdefault(_KEY, []).append(action)


def take(session: Session) -> list[Callable[[], None]]:
    """The actions waiting, which are forgotten here: the transaction boundary runs or drops them."""
    actions: list[Callable[[], None]] = session.info.pop(_KEY, [])
    return actions
