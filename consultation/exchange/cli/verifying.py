"""``consultation verify``: runs the stand-alone verifier, the very file that people download."""

import click

from consultation.exchange.verifying.ballot_box_verifier import LANGUAGES, main


@click.command()
@click.argument("bundle", type=click.Path())
@click.option("--checkpoint", "checkpoints", multiple=True, metavar="FILE", help="A checkpoint that you kept.")
@click.option("--receipt", "receipts", multiple=True, metavar="FILE", help="A receipt that you kept.")
@click.option(
    "--lang", "language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the report."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def verify(
    ctx: click.Context,
    bundle: str,
    checkpoints: tuple[str, ...],
    receipts: tuple[str, ...],
    language: str,
    as_json: bool,
) -> None:
    """Check chain, checkpoints, roll and every tally in a bundle of open data, without using the database.

    Ends with 0 when everything checks out, 1 when something does not, 2 when the file is not a bundle.
    """
    kept = [part for path in checkpoints for part in ("--checkpoint", path)]
    kept += [part for path in receipts for part in ("--receipt", path)]
    ctx.exit(main([*kept, "--lang", language, *(["--json"] if as_json else []), "--", bundle]))
