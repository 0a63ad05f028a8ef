"""The import of an uploaded file as a job: the file is read and cleaned before the write lock, and what it brings is
written in one transaction, or (a preview) written and taken back."""

from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from consultation.convening.models import Consultation
from consultation.exchange import operations
from consultation.exchange.reading import ImportReport, Kind, ReadingError
from consultation.exchange.reading.errors import MESSAGES, N_
from consultation.exchange.source import Contents, Source
from consultation.exchange.uploads import Uploads
from consultation.kernel.jobs import JobKind, JobRefused, JobState, Task
from consultation.kernel.permissions import Actor, Denied, Permission, Reason
from consultation.voting.keys import KeyMissing
from consultation.voting.queries import contest_by_code

READING = N_("Reading the file")
LOOKING = N_("Waiting for its turn to write")
WRITING = N_("Writing the rows")

GONE = N_("The file is no longer here: files are deleted after the import, or after a day. Upload it again.")
NOT_ALLOWED = N_("Your account may no longer import, so nothing was. Ask an organizer to do it.")
NOT_OPEN = N_("The contest is not open, so its box takes no ballots. Nothing was imported.")
NO_KEY = N_("The key of the contest is missing on the server, so its box takes no ballots. Tell the people who run it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What a person asked for, kept as the job's parameters.

    ``columns``: pairs of column and field (empty: kept as it is); ``states``: texts ``VALUE=STATE``; ``contest``: its
    code, for ballots; ``zone``: of the dates that name none; ``rehearse``: find out what would become of each row,
    and keep nothing. See ``Source`` for the others.
    """

    kind: str
    filename: str
    columns: tuple[tuple[str, str], ...] = ()
    language: str = ""
    states: tuple[str, ...] = ()
    publish: bool = False
    unverified: bool = False
    contest: str = ""
    approve: tuple[str, ...] = ()
    zone: str = "UTC"
    rehearse: bool = False

    def to_parameters(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_parameters(cls, kept: Mapping[str, Any]) -> "ImportOrder":
        lists = {name: tuple(kept[name]) for name in ("states", "approve")}
        return cls(**{**kept, **lists, "columns": tuple((column, field) for column, field in kept["columns"])})

    def source(self, path: Path) -> Source:
        """The file at a path, to be read as ordered."""
        return Source(
            path=path,
            filename=self.filename,
            mapping=tuple(f"{column}={field}" for column, field in self.columns),
            language=self.language or None,
            states=self.states,
            publish=self.publish,
        )


def _prepare(task: Task) -> Contents:
    order = ImportOrder.from_parameters(task.parameters)
    task.report(READING)
    path = Uploads(task.folder).path(task.file or "")
    try:
        contents = order.source(path).read(
            Kind(order.kind), ZoneInfo(order.zone), lambda done, of: task.report(READING, done, of)
        )
    except ReadingError as error:
        raise JobRefused(MESSAGES[error.code], **error.params) from error
    except FileNotFoundError as error:
        raise JobRefused(GONE) from error
    task.report(LOOKING, 0, len(contents.rows))
    return contents


def _perform(session: Session, task: Task, prepared: Contents, *, actor: Actor, now: datetime) -> dict[str, Any]:
    order = ImportOrder.from_parameters(task.parameters)
    task.report(WRITING, 0, len(prepared.rows))
    try:
        with operations.rehearsal(session) if order.rehearse else nullcontext():
            report = _import(session, order, task, prepared, actor, now)
    except Denied as error:
        raise JobRefused(NOT_OPEN if error.decision.reason is Reason.WINDOW else NOT_ALLOWED) from error
    except KeyMissing as error:
        raise JobRefused(NO_KEY) from error
    task.report(WRITING, len(prepared.rows), len(prepared.rows))
    return _kept(report)


def _import(
    session: Session, order: ImportOrder, task: Task, contents: Contents, actor: Actor, now: datetime
) -> ImportReport:
    """The import itself, as on the command line."""
    kind = Kind(order.kind)
    who: dict[str, Any] = {
        "actor": actor,
        "now": now,
        "progress": lambda done, of: task.report(WRITING, done, of),
    }
    if kind is Kind.ORGANIZATIONS:
        return operations.import_organizations(session, contents, verified=not order.unverified, **who)
    if kind is Kind.BALLOTS:
        contest = contest_by_code(session, order.contest)
        if contest is None or contest.consultation_id != task.subject_id:
            raise JobRefused(NOT_OPEN)
        return operations.import_ballots(session, contest, contents, approve=order.approve, **who)
    consultation = session.get_one(Consultation, task.subject_id)
    verb = operations.import_proposals if kind is Kind.PROPOSALS else operations.import_comments
    return verb(session, consultation, contents, **who)


def _kept(report: ImportReport) -> dict[str, Any]:
    """The report that stays with the job. Of refused ballots it says how many, and not whose they were."""
    kept = report.to_dict()
    if "ballots" in kept:
        kept["ballots"]["refused"] = dict(sorted(Counter(kept["ballots"]["refused"].values()).items()))
    return kept


def _ended(task: Task, state: JobState) -> None:
    """The file goes once it is imported. One that could not be imported stays for another try, unless it holds
    ballots; after a preview it waits for the import."""
    order = ImportOrder.from_parameters(task.parameters)
    if not order.rehearse and (state is JobState.DONE or order.kind == Kind.BALLOTS):
        Uploads(task.folder).forget(task.file or "")


def _tidy(folder: Path, in_use: Collection[str], now: datetime) -> None:
    Uploads(folder).forget_old(in_use, now)


IMPORT = JobKind("import", Permission.IMPORT_RUN, prepare=_prepare, perform=_perform, ended=_ended, tidy=_tidy)
