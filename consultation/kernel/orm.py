"""The declarative base, the column types that every room shares, and how a connection is opened."""

import enum
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Engine, Index, MetaData, Text, Uuid, event, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Session, composite, mapped_column, registry
from sqlalchemy.types import TypeDecorator, TypeEngine

from consultation.kernel.liveness import look_before_lending
from consultation.kernel.sending import connect_by_our_driver

LANGUAGES = ("en", "fr", "es")
PATIENCE_MS = 10_000
"""How long a write waits for those before it on SQLite."""
BETWEEN_LOOKS_SECONDS = 0.004

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Aware on both sides; kept in UTC, which SQLite stores without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant without a zone was given to the database.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainData(TypeDecorator[Any]):
    """Lists, mappings, texts and numbers: JSON, binary on PostgreSQL; nothing is NULL. The types of PostgreSQL are
    loaded on it alone, since they cost every process on SQLite some megabytes."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return JSON().coerce_compared_value(op, value)


JSONValue = PlainData()


def unique_while(condition: str, name: str, *columns: str) -> Index:
    """An index that holds each combination once among the rows that meet a condition.

    The migrations make it on both databases. Here the condition is told to SQLite's dialect alone: to name
    PostgreSQL's would load it, with all its drivers, into every process on SQLite.
    """
    return Index(name, *columns, unique=True, sqlite_where=text(condition))


def inserting(session: Session, table: type[DeclarativeBase]) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing``, of the dialect that the session's database speaks."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            str: Text(),
            datetime: UTCDateTime(),
            uuid.UUID: Uuid(),
            dict[str, Any]: JSONValue,
            list[Any]: JSONValue,
            list[str]: JSONValue,
        },
    )


@dataclass(frozen=True, slots=True)
class Trilingual:
    """A text that exists in the three languages on equal footing; none stands in for another."""

    en: str
    fr: str
    es: str

    def __getitem__(self, language: str) -> str:
        if language not in LANGUAGES:
            raise KeyError(language)
        return str(getattr(self, language))

    def to_dict(self) -> dict[str, str]:
        return {"en": self.en, "fr": self.fr, "es": self.es}


def trilingual(name: str) -> Any:
    """Three columns ``<name>_en``, ``<name>_fr`` and ``<name>_es``, none of them null, mapped as one value."""
    return composite(Trilingual, *(_language_column(name, language) for language in LANGUAGES))


def _language_column(name: str, language: str) -> MappedColumn[str]:
    return mapped_column(f"{name}_{language}", Text(), nullable=False)


def one_of(column: str, values: type[enum.StrEnum]) -> CheckConstraint:
    """The database's own guard that a column holds a value of an enum."""
    listed = ", ".join(f"'{member.value}'" for member in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def choice(values: type[enum.StrEnum], **options: Any) -> Any:
    """A column that holds a member of an enum as text (the CHECK is stated beside it with ``one_of``)."""
    return mapped_column(EnumText(values), **options)


class EnumText(TypeDecorator[enum.StrEnum]):
    """A member of a string enum, stored as its value."""

    impl = Text()
    cache_ok = True

    def __init__(self, values: type[enum.StrEnum]) -> None:
        super().__init__()
        self.values = values

    def process_bind_param(self, value: enum.StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.values(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], enum.StrEnum | None]:
        """A look-up in a table made once: to call the enum, through the decorator, takes five times as long."""
        members: dict[str | None, enum.StrEnum | None] = {None: None, **{one.value: one for one in self.values}}
        return members.__getitem__


writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def intending_to_write() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once; one that reads first and then writes would fail
    immediately when somebody else wrote in between, whatever the timeout."""
    token = writing.set(True)
    try:
        yield
    finally:
        writing.reset(token)


def prepare_engine(engine: Engine) -> Engine:
    """Attach what each SQLite connection needs: WAL, foreign keys, full syncs, a busy timeout and our own BEGIN. Of
    PostgreSQL's, that none is lent which the server has ended."""
    if engine.dialect.name != "sqlite":
        look_before_lending(engine)
        connect_by_our_driver(engine)
        return engine

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={PATIENCE_MS}",
            "cache_size=-500",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if writing.get():
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Connection) -> None:
    """Take SQLite's write lock, asking again every four milliseconds. SQLite's own waiting sleeps up to a tenth of a
    second between two looks, so that of several who write at once some wait for many others' turns."""
    driver: Any = connection.connection.dbapi_connection
    limit = time.monotonic() + PATIENCE_MS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < limit:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(BETWEEN_LOOKS_SECONDS)
            else:
                return
        # What stands in the way is told as SQLAlchemy tells it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")


__all__ = [
    "LANGUAGES",
    "Base",
    "EnumText",
    "JSONValue",
    "Mapped",
    "Trilingual",
    "UTCDateTime",
    "choice",
    "inserting",
    "intending_to_write",
    "mapped_column",
    "one_of",
    "prepare_engine",
    "trilingual",
    "unique_while",
    "writing",
]
