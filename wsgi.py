"""What a WSGI server loads, as ``gunicorn wsgi:app``. Like ``consultation serve`` it wants a durable database."""

from consultation.app import create_app
from consultation.extensions import db
from consultation.kernel.durability import refuse_forgetful

app = create_app()
with app.app_context():
    refuse_forgetful(db.engine)
    # A server that forks its workers after this must not share a connection among them.
    db.engine.dispose()
