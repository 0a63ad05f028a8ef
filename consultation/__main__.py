"""The console command."""

import gc
import sys
from collections.abc import Callable
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo

from consultation.config import UnsafeSettings


class _OwnCommands(FlaskGroup):
    """Without the commands that other packages offer to every Flask application: to look for them takes each command a
    tenth of its start, and loads what nothing here uses. Without Flask's own options too: settings come from the
    environment, and there is one application."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.params.clear()

    def _load_plugin_commands(self) -> None:
        pass


def console(create_app: Callable[[], Flask]) -> FlaskGroup:
    """The group of every command, each run in the context of the application that ``create_app`` makes."""
    return _OwnCommands(
        name="consultation",
        create_app=create_app,
        add_default_commands=False,
        add_version_option=False,
        set_debug_flag=False,
        load_dotenv=False,
        help="One agenda from many organizations: propose, discuss, curate, rank, draft, follow.",
    )


def main() -> None:
    """Run ``consultation``; settings that are unsafe end it with a sentence and status 2."""
    gc.disable()  # loading makes hundreds of thousands of objects that stay: looking for garbage among them takes long
    try:
        from consultation.app import create_app  # heavy, and only needed when something runs
    except KeyboardInterrupt:
        click.echo("Stopped before anything was done.", err=True)
        sys.exit(1)

    def loaded() -> Flask:
        app = create_app()
        gc.freeze()
        gc.enable()
        return app

    try:
        console(loaded).main(prog_name="consultation", obj=ScriptInfo(create_app=loaded, set_debug_flag=False))
    except UnsafeSettings as error:
        click.echo(str(error), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
