"""``consultation import``: files of organizations, proposals, comments and ballots."""

import functools
import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from consultation.convening.models import Consultation
from consultation.convening.queries import consultation_by_slug
from consultation.exchange import operations
from consultation.exchange.reading import ImportReport, Kind, ReadingError
from consultation.exchange.reading import Reason as RowReason
from consultation.exchange.source import Source
from consultation.kernel.permissions import Denied, Reason
from consultation.voting.keys import KeyMissing
from consultation.voting.queries import contest_by_code
from consultation.web.console import No, Work, command_work, fail_use, say

WRONG_USE = frozenset(
    {"bad_map", "bad_state", "bad_language", "unknown_field", "unknown_delimiter", "unknown_encoding"}
)
"""What is wrong with the command rather than with the file."""

HINTS = {
    "wrong_columns": " Use --map COLUMN=FIELD.",
    "field_missing": " Use --map COLUMN=FIELD.",
    "one_column": " If they are, say by which with --delimiter.",
    "undetected_encoding": " If you know its encoding, say it with --encoding.",
    "damaged_text": " If you know its encoding, say it with --encoding.",
}
"""What the command has for it; pages have a field for each column, and no other."""

EVERY_WITHOUT_TERMINAL = 5000
ROWS_SHOWN = 20


@click.group("import")
def import_group() -> None:
    """Bring in organizations, proposals, comments and ballots from CSV, JSON or XLSX."""


def _reads_a_file(function: Callable[..., ImportReport]) -> Callable[..., None]:
    """Options that all imports share. The command gets ``source`` and ``progress``, and returns its report."""

    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Which column is which field; repeatable."
    )
    @click.option("--delimiter", default="auto", show_default=True, help="comma, semicolon, tab or auto.")
    @click.option("--encoding", default="auto", show_default=True, help="Of a text file, as in UTF-8.")
    @click.option("--dry-run", is_flag=True, help="Do everything, report it, and take it back.")
    @click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
    @command_work
    @functools.wraps(function)
    def run(
        work: Work,
        file: Path,
        mapping: tuple[str, ...],
        delimiter: str,
        encoding: str,
        dry_run: bool,
        as_json: bool,
        language: str | None = None,
        states: tuple[str, ...] = (),
        publish: bool = False,
        **options: Any,
    ) -> None:
        source = Source(
            path=file,
            mapping=mapping,
            delimiter=delimiter,
            encoding=encoding,
            language=language,
            states=states,
            publish=publish,
        )
        try:
            with operations.rehearsal(work.session) if dry_run else nullcontext():
                report = function(work, source, **options)
        except ReadingError as error:
            told = f"{error}{HINTS.get(error.code, '')}"
            raise fail_use(told) if error.code in WRONG_USE else No(f"{told} Nothing was imported.") from error
        except OSError as error:
            raise No(f"{file} cannot be read: {error.strerror}. Nothing was imported.") from error
        _print(report, as_json=as_json, dry_run=dry_run)

    return run


_texts = (
    click.option("--consultation", "slug", required=True, metavar="SLUG", help="Where they belong."),
    click.option("--language", metavar="CODE", help="Of rows that name none, as in fr."),
    click.option(
        "--state",
        "states",
        multiple=True,
        metavar="VALUE=STATE",
        help="What a value in the column of states means: submitted, published or declined; repeatable.",
    ),
    click.option("--publish", is_flag=True, help="Publish those that no --state says otherwise of."),
)


def _of_texts(command: Callable[..., Any]) -> Callable[..., Any]:
    return functools.reduce(lambda decorated, option: option(decorated), reversed(_texts), command)


@import_group.command()
@click.option("--unverified", is_flag=True, help="They have only applied; somebody verifies them later.")
@_reads_a_file
def organizations(work: Work, source: Source, *, unverified: bool) -> ImportReport:
    """Register the member organizations in FILE.

    Fields: code name name_fr name_es acronym sector jurisdictions languages website.
    """
    return operations.import_organizations(
        work.session,
        source.read(Kind.ORGANIZATIONS),
        verified=not unverified,
        progress=_progress,
        actor=work.actor,
        now=work.now,
    )


@import_group.command()
@_of_texts
@_reads_a_file
def proposals(work: Work, source: Source, *, slug: str) -> ImportReport:
    """Bring the proposals in FILE into a consultation.

    Fields: ref title barrier evidence remedy theme issues sectors jurisdictions language organization author
    created_at source_url state.
    """
    consultation = _consultation(work, slug)
    contents = source.read(Kind.PROPOSALS, ZoneInfo(consultation.zone))
    return operations.import_proposals(
        work.session, consultation, contents, progress=_progress, actor=work.actor, now=work.now
    )


@import_group.command()
@_of_texts
@_reads_a_file
def comments(work: Work, source: Source, *, slug: str) -> ImportReport:
    """Bring the comments in FILE to the proposals of a consultation.

    Fields: ref item_ref parent_ref text author organization language created_at stance state.
    """
    consultation = _consultation(work, slug)
    contents = source.read(Kind.COMMENTS, ZoneInfo(consultation.zone))
    return operations.import_comments(
        work.session, consultation, contents, progress=_progress, actor=work.actor, now=work.now
    )


@import_group.command()
@click.option("--contest", "code", required=True, metavar="CODE", help="The contest, which is open.")
@click.option("--approve", multiple=True, metavar="VALUE", help="A value that means approval; repeatable.")
@_reads_a_file
def ballots(work: Work, source: Source, *, code: str, approve: tuple[str, ...]) -> ImportReport:
    """Put the paper or outside ballots in FILE into a contest: one row for each mark.

    Fields: voter item value time. Without --approve, values are ranks from 1 up, and a mark without one is a choice.
    """
    contest = contest_by_code(work.session, code)
    if contest is None:
        raise No(f"There is no contest {code}.")
    contents = source.read(Kind.BALLOTS, ZoneInfo(contest.consultation.zone))
    try:
        return operations.import_ballots(
            work.session, contest, contents, approve=approve, progress=_progress, actor=work.actor, now=work.now
        )
    except Denied as error:
        if error.decision.reason is Reason.WINDOW:
            raise No(f"The contest {code} is not open, so its box takes no ballots.") from error
        raise
    except KeyMissing as error:
        raise No(str(error)) from error


def _consultation(work: Work, slug: str) -> Consultation:
    found = consultation_by_slug(work.session, slug)
    if found is None:
        raise No(f"There is no consultation {slug}. See 'consultation consultations list'.")
    return found


def _progress(done: int, of: int | None) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {of} rows", err=True, nl=False)
    elif done and done % EVERY_WITHOUT_TERMINAL == 0:
        say(f"{done} of {of} rows")


def _print(report: ImportReport, *, as_json: bool, dry_run: bool) -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", err=True, nl=False)
    if as_json:
        click.echo(json.dumps(report.to_dict() | {"dry_run": dry_run}, ensure_ascii=False))
    else:
        _print_words(report)
    if dry_run:
        say("This was a dry run: nothing was kept.")


def _print_words(report: ImportReport) -> None:
    for notice in report.notices:
        say(notice.message())
    click.echo("  ".join(f"{name} {number}" for name, number in report.counts.items()))
    for reason, number in report.reasons.most_common():
        click.echo(f"  {number:>6}  {reason.value}: {reason.explanation}")
    if isinstance(report, operations.BallotsReport):
        _print_ballots(report)
    _print_rows(report)
    if report.unmapped:
        click.echo(f"Kept as original data: {', '.join(report.unmapped)}")


def _print_rows(report: ImportReport) -> None:
    """Rows that a person must look at: not imported, or not as they are now. What was only noted is not repeated."""
    shown = [line for line in report.rows if line.status == "rejected" or RowReason.DIFFERS_FROM_STORED in line.reasons]
    for line in shown[:ROWS_SHOWN]:
        named = f" ({line.ref})" if line.ref else ""
        click.echo(f"  row {line.row}{named} {line.status}: {', '.join(reason.value for reason in line.reasons)}")
    if len(shown) > ROWS_SHOWN:
        click.echo(f"  and {len(shown) - ROWS_SHOWN} more; --json lists them all.")


def _print_ballots(report: operations.BallotsReport) -> None:
    marks, made, refused = report.figures, report.ballots, report.refused
    click.echo(
        f"marks read {marks.events}  replaced by a later one of the same voter on the same item {marks.superseded}  "
        f"that count {marks.pairs}"
    )
    if report.on_roll:
        click.echo(f"ballots taken {report.taken}  refused {len(refused)}")
        say("Where a voter has cast a ballot on this site, that one counts. Nobody is told whose before the close.")
    else:
        click.echo(
            f"ballots imported {len(made.imported)}  revised {len(made.revised)}  unchanged {len(made.unchanged)}  "
            f"refused {len(refused)}"
        )
    for voter, code in list(refused.items())[:ROWS_SHOWN]:
        click.echo(f"  {voter}: {code}")
    if len(refused) > ROWS_SHOWN:
        click.echo(f"  and {len(refused) - ROWS_SHOWN} more; --json lists them all.")
