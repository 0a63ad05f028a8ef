"""The room's blueprint. Registering it says where the contests' keys are: beside the database, never in it."""

from flask import Flask, Response
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from consultation.extensions import db
from consultation.voting.keys import KeyMissing, KeyStore
from consultation.voting.secrets_on_disk import attach
from consultation.voting.signing import Signer
from consultation.web.errors import refusal
from consultation.web.locale import room_blueprint
from consultation.web.transactions import session

bp = room_blueprint("voting", __name__)


@bp.app_errorhandler(KeyMissing)
def _key_missing(_error: KeyMissing) -> Response:
    """Whatever needs the key (a cast, a close, an import of paper) stops; nothing was written."""
    session().rollback()
    return refusal(
        503,
        _("Not available for a moment"),
        _("Nothing was saved. What you typed is still in your browser: go back and try again in a minute."),
    )


@bp.record
def _attach_keys(state: BlueprintSetupState) -> None:
    app = state.app
    if isinstance(app, Flask):
        with app.app_context():
            folder = app.extensions["settings"].data_dir
            attach(db.engine, KeyStore(folder / "contest-keys"))
            attach(db.engine, Signer(folder / "signing-keys"))
