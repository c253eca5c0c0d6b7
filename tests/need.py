"""Programs that some tests need: missing ones skip a test here, and fail it where `CI` is set."""

import os
import shutil
from functools import cache
from pathlib import Path

import pytest

DEBIAN_PACKAGE = {
    "chromium": "chromium",
    "initdb": "postgresql",
    "soffice": "libreoffice-writer-nogui",
    "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "qpdf": "qpdf",
    "certutil": "libnss3-tools",
    "pdfsig": "poppler-utils",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "faketime": "faketime",
