"""Commands that search and rebuild the index."""

from __future__ import annotations

import json
from typing import Any

import click
from flask import current_app

from govern.archive.searching import asking, finding, indexing
from govern.cli.installation import command, person_of
from govern.db import now
from govern.forums.readers import EVERYTHING, reader
from govern.swedish import counted, local_day

SHOWN = 20


@command("search", help="Sök i allt, eller som någon annan ser det.")
@click.argument("words", metavar="FRÅGA", nargs=-1, required=True)
@click.option("--as", "email", metavar="E-POST", help="Sök i det som den här personen får läsa.")
@click.option("--json", "as_json", is_flag=True, help="Svara med JSON.")
@click.option("--limit", type=click.IntRange(1, 1000), default=SHOWN, show_default=True, help="Så många träffar visas.")
def search(words: tuple[str, ...], email: str | None, as_json: bool, limit: int) -> None:
    """Search with full access, or with a person's access."""
    terms = reader(person_of(email), local_day(now())).terms if email else {EVERYTHING}
    answer = finding.find(asking.query_of(" ".join(words)), terms, size=limit)
    with current_app.test_request_context(base_url=current_app.config["GOVERN"].base_url):
        hits = [_hit(found) for found in answer.found]
    if as_json:
        click.echo(json.dumps({"total": answer.total, "hits": hits}, ensure_ascii=False, indent=2))
        return
    for hit in hits:
        click.echo(f"{hit['label']} {hit['heading']} ({hit['forum']}, {hit['date']}, {hit['state'].lower()})")
        for passage in hit["passages"]:
            click.echo(f"    {passage['text']}".replace("\n", " "))
    click.echo(f"{counted(answer.total, 'träff', 'träffar')}.")


def _hit(found: finding.Found) -> dict[str, Any]:
    paragraph = found.paragraph
    return {
        "paragraph_id": paragraph.id,
        "protocol_id": found.protocol_id,
        "number": paragraph.number,
        "label": paragraph.label,
        "heading": paragraph.heading,
        "kind": paragraph.kind.value if paragraph.kind else None,
        "forum": paragraph.forum.name,
        "date": paragraph.meeting.day.isoformat(),
        "state": found.state_name,
        "url": f"{current_app.config['GOVERN'].base_url}{finding.address_of(found)}",
        "passages": [
            {
                "field": excerpt.field,
                "anchor": excerpt.anchor,
                "text": "".join(text for text, _ in excerpt.pieces),
                "matches": [text for text, marked in excerpt.pieces if marked],
            }
            for excerpt in found.excerpts
        ],
    }


@command("reindex", help="Bygg om sökindexet bredvid det som finns och byt sedan.")
def reindex() -> None:
    """Rebuild the index."""
    count = indexing.reindex()
    click.echo(f"Sökindexet är byggt, med {counted(count, 'sökbar text', 'sökbara texter')}.")
