"""What a WSGI server loads: ``gunicorn wsgi:app``."""

from consultation.app import create_app

app = create_app()
