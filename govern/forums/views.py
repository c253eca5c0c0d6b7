"""Pages for managing forums: their settings, seats, standing items and paragraph numbers."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from govern.db import now
from govern.forums import operations
from govern.forums.access import KEEPS
from govern.forums.forms import EndSeatForm, ForumForm, SeatForm, SeriesForm, StandingItemForm
from govern.forums.models import Forum, Seat, StandingItem
from govern.forums.queries import (
    forum_by_slug,
    forums_of,
    people_near,
    seat_by_id,
    series_in_force,
    series_of,
    standing_item_by_id,
)
from govern.forums.rules import Refusal, refuse_setting_numbers
from govern.forums.states import SeatRole
from govern.parties.models import Collaboration
from govern.parties.queries import collaboration_by_slug
from govern.people.access import ADMINISTRATOR, allow, me
from govern.swedish import local_day
from govern.web.forms import optional_id
from govern.web.incoming import sent_ids

pages = Blueprint("forums", __name__)


@pages.get("/installningar/samverkan/<slug>/forum")
@allow(ADMINISTRATOR, collaboration_by_slug)
def forums(collaboration: Collaboration) -> ResponseReturnValue:
    """List a collaboration's forums by level."""
    return render_template("forums/forums.html", collaboration=collaboration, forums=forums_of(collaboration))


@pages.route("/installningar/samverkan/<slug>/forum/nytt", methods=["GET", "POST"])
@allow(ADMINISTRATOR, collaboration_by_slug)
def new_forum(collaboration: Collaboration) -> ResponseReturnValue:
    """Add a forum to a collaboration."""
    others = [forum for forum in forums_of(collaboration) if forum.closed_on is None]
    form = ForumForm().offer(others)
    forum = form.try_(lambda: operations.add_forum(collaboration, form.facts(), by=me(), at=now()))
    if forum:
        flash(f"{forum.name} är upplagt. Skriv in dem som sitter där.")
        return redirect(url_for(".seats", slug=forum.slug), 303)
    status = 422 if form.is_submitted() else 200
    return render_template("forums/new_forum.html", form=form, collaboration=collaboration), status


@pages.route("/forum/<slug>/andra", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def change_forum(forum: Forum) -> ResponseReturnValue:
    """Show and change a forum's settings."""
    others = [other for other in forums_of(forum.collaboration) if other is not forum and other.closed_on is None]
    form = ForumForm(obj=forum).offer(others)
    form.try_(lambda: operations.change_forum(forum, form.facts(), by=me(), at=now()))
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".change_forum", slug=forum.slug), 303)
    return render_template("forums/change_forum.html", form=form, forum=forum), 422 if form.is_submitted() else 200


@pages.post("/forum/<slug>/lagg-ned")
@allow(KEEPS, forum_by_slug)
def close_forum(forum: Forum) -> ResponseReturnValue:
    """Close a forum."""
    operations.close_forum(forum, by=me(), at=now())
    flash(f"{forum.name} är nedlagt. Det som är beslutat går fortfarande att läsa.")
    return redirect(url_for(".change_forum", slug=forum.slug), 303)


@pages.post("/forum/<slug>/oppna")
@allow(KEEPS, forum_by_slug)
def reopen_forum(forum: Forum) -> ResponseReturnValue:
    """Reopen a closed forum."""
    operations.reopen_forum(forum, by=me(), at=now())
    flash(f"{forum.name} kan ha möten igen.")
    return redirect(url_for(".change_forum", slug=forum.slug), 303)


@pages.route("/forum/<slug>/aterkommande", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def standing_items(forum: Forum) -> ResponseReturnValue:
    """List the forum's standing items, and add one."""
    form = StandingItemForm()
    item = form.try_(
        lambda: operations.add_standing_item(
            forum, form.heading.data, form.kind.data, form.closing.data, by=me(), at=now()
        )
    )
    if item:
        flash(f"”{item.heading}” kommer med på varje ny föredragningslista.")
        return redirect(url_for(".standing_items", slug=forum.slug), 303)
    return render_template("forums/standing_items.html", form=form, forum=forum), 422 if form.is_submitted() else 200


@pages.post("/forum/<slug>/aterkommande/<int:item_id>/ta-bort")
@allow(KEEPS, standing_item_by_id)
def remove_standing_item(item: StandingItem) -> ResponseReturnValue:
    """Remove a standing item."""
    forum, heading = item.forum, item.heading
    operations.remove_standing_item(item, by=me(), at=now())
    flash(f"”{heading}” kommer inte med på nya föredragningslistor.")
    return redirect(url_for(".standing_items", slug=forum.slug), 303)


@pages.route("/forum/<slug>/nummer", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def series(forum: Forum) -> ResponseReturnValue:
    """Show the series of paragraph numbers, and set the next number of the one in force."""
    today = local_day(now())
    current = series_in_force(forum, today)
    form = SeriesForm(next_number=current.next_number if current else 1)
    form.try_(lambda: operations.set_next_number(forum, form.next_number.data, day=today, by=me(), at=now()))
    if form.done:
        flash(f"Nästa paragraf blir § {form.next_number.data}.")
        return redirect(url_for(".series", slug=forum.slug), 303)
    page = render_template(
        "forums/series.html",
        form=form,
        forum=forum,
        current=current,
        series=series_of(forum),
        refusal=refuse_setting_numbers(forum),
    )
    return page, 422 if form.is_submitted() else 200


@pages.get("/forum/<slug>/platser")
@allow(KEEPS, forum_by_slug)
def seats(forum: Forum) -> ResponseReturnValue:
    """Show the forum's seats: current and future ones, and those that have ended."""
    today = local_day(now())
    coming = forum.seats_from(today)
    ended = sorted((s for s in forum.seats if s not in coming), key=lambda s: s.ends_on or today, reverse=True)
    return render_template("forums/seats.html", forum=forum, coming=coming, ended=ended, today=today)


@pages.route("/forum/<slug>/platser/ny", methods=["GET", "POST"])
@allow(KEEPS, forum_by_slug)
def new_seat(forum: Forum) -> ResponseReturnValue:
    """Add a seat; the query string may repeat the previous seat's values, to add several quickly."""
    asked = request.args
    form = SeatForm(
        role=asked.get("roll", SeatRole.MEMBER, SeatRole),
        party_id=asked.get("part", type=optional_id),
        starts_on=asked.get("fran", local_day(now()), date.fromisoformat),
    ).offer(forum.collaboration.parties)
    seat = form.try_(
        lambda: operations.fill_seat(forum, None, form.name.data, form.email.data, form.facts(), by=me(), at=now())
    )
    if seat:
        flash(f"{seat.person.name if seat.person else 'Vakant'}, {seat.role.label.lower()}, är tillagd.")
        if "nasta" not in request.form:
            return redirect(url_for(".seats", slug=forum.slug), 303)
        same = url_for(
            ".new_seat", slug=forum.slug, roll=seat.role.value, part=seat.party_id, fran=seat.starts_on.isoformat()
        )
        return redirect(same, 303)
    return _seat_page(form, forum, None)


@pages.route("/forum/<slug>/platser/<int:seat_id>", methods=["GET", "POST"])
@allow(KEEPS, seat_by_id)
def seat(seat: Seat) -> ResponseReturnValue:
    """Change a seat."""
    forum, person = seat.forum, seat.person
    form = SeatForm(obj=seat, name=person.name if person else "", email=person.email if person else "")
    form.offer(forum.collaboration.parties)
    form.try_(
        lambda: operations.fill_seat(
            forum,
            seat,
            form.name.data,
            form.email.data,
            form.facts(),
            same_person=form.same_person.data,
            by=me(),
            at=now(),
        )
    )
    if form.done:
        flash("Sparat.")
        return redirect(url_for(".seats", slug=forum.slug), 303)
    return _seat_page(form, forum, seat)


def _seat_page(form: SeatForm, forum: Forum, seat: Seat | None) -> ResponseReturnValue:
    ending = EndSeatForm(formdata=None, last_day=local_day(now()))
    page = render_template(
        "forums/seat_form.html", form=form, ending=ending, forum=forum, seat=seat, people=people_near(forum)
    )
    return page, 422 if form.is_submitted() else 200


@pages.post("/forum/<slug>/platser/<int:seat_id>/avsluta")
@allow(KEEPS, seat_by_id)
def end_seat(seat: Seat) -> ResponseReturnValue:
    """End a seat."""
    form = EndSeatForm()
    form.try_(lambda: operations.end_seat(seat, form.last_day.data, by=me(), at=now()))
    if form.done:
        flash(f"Platsen slutar {form.last_day.data.isoformat()}.")
        return redirect(url_for(".seats", slug=seat.forum.slug), 303)
    return render_template("forums/end_seat.html", form=form, forum=seat.forum, seat=seat), 422


@pages.post("/forum/<slug>/platser/<int:seat_id>/upp", defaults={"steps": -1})
@pages.post("/forum/<slug>/platser/<int:seat_id>/ned", defaults={"steps": 1})
@allow(KEEPS, seat_by_id)
def move_seat(seat: Seat, steps: int) -> ResponseReturnValue:
    """Move a seat one step in the order."""
    operations.move_seat(seat, steps, by=me(), at=now())
    return redirect(url_for(".seats", slug=seat.forum.slug), 303)


@pages.post("/forum/<slug>/platser/ordning")
@allow(KEEPS, forum_by_slug)
def order_seats(forum: Forum) -> ResponseReturnValue:
    """Reorder the seats, as sent in the JSON `{"order": [id, …]}`."""
    operations.order_seats(forum, sent_ids("order", Refusal.ORDER), by=me(), at=now())
    return jsonify(saved=True)
