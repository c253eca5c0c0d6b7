"""The application for a WSGI server: `waitress-serve wsgi:app`."""

from govern import create_app
from govern.serve import settle

app = create_app()
settle()
