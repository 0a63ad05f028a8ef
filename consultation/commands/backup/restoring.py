"""Putting an archive in the place of what a database holds."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from consultation.commands.backup.archive import NotABackup, Reader
from consultation.commands.backup.checking import check_boxes, check_keys, kept_in, reading
from consultation.commands.backup.loading import BrokenReferences, filling, load
from consultation.kernel import migrations
from consultation.kernel.orm import Base
from consultation.privacy.models import Erasure
from consultation.privacy.states import AskedBy
from consultation.voting.keys import KeyStore
from consultation.voting.operations.erasing import give_space_back
from consultation.voting.signed import SignedCheckpoint
from consultation.voting.signing import Signer

_STANDING = (Erasure.withdrawn_at.is_(None), Erasure.done_at.is_(None))


class NotEmpty(Exception):
    """The database holds something, which would be lost."""


class OtherRevision(Exception):
    """The archive is of another version, and goes only into an empty database."""


@dataclass(frozen=True, slots=True)
class Restored:
    """How many rows were restored, of which contests the archive is older than what was kept, and how many people are
    erased anew."""

    rows: int
    older: Sequence[str]
    erased_anew: int


def restore(
    engine: Engine,
    url: str,
    archive: Reader,
    *,
    keys: KeyStore,
    signer: Signer,
    kept: Sequence[SignedCheckpoint],
    replace: bool,
    even_if_older: bool,
    now: datetime,
    tell: Callable[[str], None],
) -> Restored:
    """Restore an archive. When anything is raised the database is as before (an empty one has its tables then).

    Raises:
        NotABackup, NotEmpty, OtherRevision: see there.
        Unsound, Older: the ballot boxes do not hold, or are older than what was kept; see ``checking``.
    """
    revision = archive.about.get("revision")
    empty = not _holds_anything(engine)
    if not empty and not replace:
        raise NotEmpty
    if revision != migrations.newest() and not _is_blank(engine):
        raise OtherRevision
    migrations.upgrade(url, revision or "head")
    try:
        with filling(engine) as connection:
            before = kept_in(connection)
            gone = _erased(connection)
            rows = load(connection, archive, tell)
            older, anew = list[str](), 0
            if revision == migrations.newest():
                older, anew = _check(connection, [*kept, *before], gone, keys, signer, even_if_older, now)
    except (BrokenReferences, IntegrityError, DataError) as error:
        raise NotABackup("Its rows do not fit together.") from error
    if revision != migrations.newest():
        older, anew = _upgrade(engine, url, kept, keys, signer, even_if_older, now)
    give_space_back(Session(engine))
    return Restored(rows, older, anew)


def _upgrade(
    engine: Engine,
    url: str,
    kept: Sequence[SignedCheckpoint],
    keys: KeyStore,
    signer: Signer,
    even_if_older: bool,
    now: datetime,
) -> tuple[list[str], int]:
    """What an earlier version has backed up is checked once it is brought to this one; it is taken away again where
    it does not hold."""
    try:
        migrations.upgrade(url)
        with filling(engine) as connection:
            return _check(connection, kept, set(), keys, signer, even_if_older, now)
    except BaseException:
        migrations.downgrade(url, "base")
        raise


def _check(
    connection: Connection,
    kept: Sequence[SignedCheckpoint],
    gone: set[uuid.UUID],
    keys: KeyStore,
    signer: Signer,
    even_if_older: bool,
    now: datetime,
) -> tuple[list[str], int]:
    with reading(connection) as session, session.begin():
        older = check_boxes(session, kept, even_if_older=even_if_older)
        check_keys(session, keys, signer)
        anew = _erase_anew(session, gone, now)
    return older, anew


def _is_blank(engine: Engine) -> bool:
    """No table at all: what a migration of any version begins with."""
    with engine.connect() as connection:
        return not inspect(connection).has_table("event")


def _holds_anything(engine: Engine) -> bool:
    """Something that people made, besides the vocabularies."""
    with engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
        made = [Base.metadata.tables[name] for name in ("event", "user", "consultation") if name in present]
        return any(connection.execute(select(1).select_from(table).limit(1)).first() for table in made)


def _erased(connection: Connection) -> set[uuid.UUID]:
    """Whose accounts were erased in the database that is replaced."""
    if not inspect(connection).has_table("erasure"):
        return set()
    return set(connection.execute(select(Erasure.user_id).where(Erasure.done_at.is_not(None))).scalars())


def _erase_anew(session: Session, gone: set[uuid.UUID], now: datetime) -> int:
    """The worker erases again whom an older backup has brought back."""
    users = Base.metadata.tables["user"]
    back = session.scalars(select(users.c.id).where(users.c.id.in_(gone), users.c.erased_at.is_(None))).all()
    standing = set(session.scalars(select(Erasure.user_id).where(Erasure.user_id.in_(back), *_STANDING)))
    for one in session.scalars(select(Erasure).where(Erasure.user_id.in_(standing), *_STANDING)):
        one.asked_by, one.due_at = AskedBy.ADMINISTRATOR, max(one.asked_at, now)
    session.add_all(
        Erasure(user_id=user_id, asked_by=AskedBy.ADMINISTRATOR, asked_at=now, due_at=now)
        for user_id in back
        if user_id not in standing
    )
    session.flush()
    return len(back)
