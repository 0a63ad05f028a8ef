"""The room's blueprint. Registering it says where the contests' keys are: beside the database, never in it."""

from flask import Flask
from flask.blueprints import BlueprintSetupState

from consultation.extensions import db
from consultation.voting.keys import KeyStore, attach
from consultation.web.locale import room_blueprint

bp = room_blueprint("voting", __name__)


@bp.record
def _attach_keys(state: BlueprintSetupState) -> None:
    app = state.app
    if isinstance(app, Flask):
        with app.app_context():
            attach(db.engine, KeyStore(app.extensions["settings"].data_dir / "contest-keys"))
