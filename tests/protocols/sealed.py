"""A sealed protocol waiting for its signatures, for tests of the following steps."""

from functools import cache

from govern.documents.papers.files import protocol_files
from govern.forums.states import SeatRole
from govern.meetings.models import Adjuster
from govern.meetings.states import MeetingState
from govern.paragraphs.models import Paragraph, Presiding
from govern.paragraphs.queries import paragraphs_of
from govern.paragraphs.states import ParagraphState
from govern.protocols.freeze import freeze, signers
from govern.protocols.models import Protocol
from govern.protocols.operations import store
from tests import make
from tests.cast import Cast

_printed = cache(protocol_files)
"""Equal records give equal files: they are made once per process."""


def held(cast: Cast, *, instead: bool = False) -> list[Paragraph]:
    """Hold a meeting of two paragraphs: Anna presides, Bo is vice chair, Cilla writes, David adjusts, Ada attends.

    With `instead`, Bo is chosen to preside at the second.
    """
    meeting = make.meeting(cast.forum, state=MeetingState.CLOSED, chair=cast.anna, secretary=cast.cilla)
    make.presence(meeting, cast.anna, SeatRole.CHAIR)
    bo = make.presence(meeting, cast.bo, SeatRole.VICE_CHAIR)
    make.presence(meeting, cast.cilla, SeatRole.SECRETARY)
    david = make.presence(meeting, cast.david)
    make.presence(meeting, cast.ada)
    make.add(Adjuster(meeting=meeting, presence=david, position=1))
    series = make.series(cast.forum, 12)
    paragraphs = [
        make.paragraph(meeting, series, heading, cast.anna, ParagraphState.READY) for heading in ("Budget", "Avtal")
    ]
    if instead:
        paragraphs[1].presiding = Presiding(presence=bo)
    make.commit()
    return paragraphs


def sealed(cast: Cast, *, instead: bool = False) -> Protocol:
    """Seal the meeting."""
    meeting = held(cast, instead=instead)[0].meeting
    frozen = freeze(meeting, paragraphs_of(meeting))
    people = [person for _, person in signers(meeting, paragraphs_of(meeting))]
    protocol = store(meeting, frozen, _printed(frozen), signers=people, by_id=cast.cilla.id, at=make.AT)
    make.commit()
    return protocol
