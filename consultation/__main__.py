"""The console command."""

import sys

import click
from flask.cli import FlaskGroup, ScriptInfo

from consultation.config import UnsafeSettings


def main() -> None:
    """Run ``consultation``; settings that are unsafe end it with a sentence and status 2."""
    from consultation.app import create_app

    group = FlaskGroup(
        name="consultation",
        create_app=create_app,
        add_default_commands=False,
        add_version_option=False,
        set_debug_flag=False,
        load_dotenv=False,
        help="One agenda from many organizations: propose, discuss, curate, rank, draft, follow.",
    )
    try:
        group.main(prog_name="consultation", obj=ScriptInfo(create_app=create_app, set_debug_flag=False))
    except UnsafeSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
