"""The application for a WSGI server: `gunicorn wsgi:app`."""

from govern import create_app

app = create_app()
