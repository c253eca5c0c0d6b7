"""Media types by file extension, for uploads and downloads."""

from __future__ import annotations

from typing import Literal

_OPEN_XML = "application/vnd.openxmlformats-officedocument"

MEDIA = {
    "pdf": "application/pdf",
    "docx": f"{_OPEN_XML}.wordprocessingml.document",
    "xlsx": f"{_OPEN_XML}.spreadsheetml.sheet",
    "pptx": f"{_OPEN_XML}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "txt": "text/plain",
    "csv": "text/csv",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "json": "application/json",
    "zip": "application/zip",
}

Ending = Literal["pdf", "docx"]
"""The two formats in which every paper is written."""
