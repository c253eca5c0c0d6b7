"""Export the audit log as CSV for a spreadsheet, or as JSON lines for a log system."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from govern.audit_words import action_word, facts_words
from govern.spreadsheets import safe

HEADS = ("Rad", "Tid (UTC)", "Vem", "Person", "Åtgärd", "Kod", "På", "Uppgifter", "Från adress", "Föregående", "Hash")


def as_csv(rows: Iterator[Row[Any]]) -> Iterator[str]:
    """Write CSV that Swedish Excel opens: semicolons, a byte order mark and escaped formulas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    yield "\ufeff"
    writer.writerow(HEADS)
    for entry in rows:
        cells = [
            entry.id,
            entry.at.isoformat(),
            entry.actor,
            entry.actor_id or "",
            action_word(entry.action),
            entry.action,
            entry.target,
            facts_words(entry.facts),
            entry.address,
            entry.previous,
            entry.hash,
        ]
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def as_json_lines(rows: Iterator[Row[Any]]) -> Iterator[str]:
    """Write one JSON object per line."""
    for entry in rows:
        fields = {
            "id": entry.id,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "actor_id": entry.actor_id,
            "action": entry.action,
            "action_sv": action_word(entry.action),
            "target": entry.target,
            "facts": entry.facts,
            "address": entry.address,
            "previous": entry.previous,
            "hash": entry.hash,
        }
        yield json.dumps(fields, ensure_ascii=False) + "\n"
