"""The stored values of states and kinds, and their labels; no database."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

import govern
from govern.forums.states import Regime, SeatRole
from govern.paragraphs.states import Relation
from govern.topics import Topic
from govern.words import Word

for found in pkgutil.walk_packages(govern.__path__, "govern."):
    if found.name.endswith(".states") or found.name in {"govern.outbox", "govern.letters"}:
        import_module(found.name)

STORED = {
    "AssignmentState": "open late reported closed",
    "BallotMethod": "open secret",
    "Change": "arrives leaves serves steps_back",
    "Choice": "yes no abstain",
    "Closing": "done written_off",
    "DecisionOrder": "first last",
    "DissentKind": "reservation opinion note",
    "Event": "proposed treated assigned sealed signed posted corrected reported closed",
    "FactorKind": "totp passkey",
    "ForumKind": (
        "steering_group programme_management working_group project committee board council subcommittee assembly "
        "reference_group"
    ),
    "Group": "sign_in refused rights secret settings meeting protocol public case search",
    "Happening": (
        "account_made link_made link_ended password_set password_changed factors_reset factor_added factor_removed "
        "codes_made code_used address_changed name_changed administrator_given administrator_taken disabled enabled "
        "sessions_ended reset_confirmed new_administrator"
    ),
    "InvitationMethod": "request cancel",
    "Lane": "index rebuild letters documents verify",
    "LetterState": "waiting sent failed",
    "Level": "visionary strategic strategic_tactical tactical_operational operational",
    "MaskKind": "number email phone address name perhaps marked",
    "MeetingKind": "ordinary extra per_capsulam",
    "MeetingMode": "on_site remote hybrid",
    "MeetingState": "planned called open closed sealed cancelled",
    "NoticeState": "partly up due down withdrawn",
    "Numbering": "continuous yearly meeting",
    "Outcome": "approval rejection remission tabling noting election other",
    "PackageState": "waiting ready failed",
    "ParagraphKind": "B I P R U",
    "ParagraphState": "draft ready returned approved",
    "PhraseTarget": "text decision heading",
    "ProposalState": "draft ready",
    "ProtocolKind": "main immediate correction extract",
    "Reading": "no_remarks comment",
    "Regime": "kl_assembly kl_board joint_board association agreement",
    "Relation": "replaces amends",
    "SeatRole": "chair vice_chair member substitute secretary co_opted convener project_lead",
    "SectionKind": "text matter summary background basis previous proposal procedure other",
    "Severity": "hinder warning",
    "SignerRole": "secretary chair adjuster certifier",
    "StripRole": "secretary chair adjuster certifier",
    "Telling": "never daily at_once",
    "TextState": "waiting read empty unreadable",
    "Verdict": "approve return",
}
"""The values in rows, records and sealed protocols, which could not be read if a value changed."""


def words() -> dict[str, type[Word]]:
    """Return every state and kind of the package."""
    ours = (one for one in Word.__subclasses__() if one.__module__.startswith("govern.") and one is not Topic)
    return {one.__name__: one for one in ours}


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_stays_readable(name: str) -> None:
    members = list(words()[name])
    assert [member.value for member in members] == STORED[name].split()
    assert all(member.label or name == "SectionKind" for member in members)
    assert words()[name].choices() == [(member.value, member.label) for member in members]


def test_every_state_is_in_the_table() -> None:
    """A new state or kind must be added to the table."""
    assert set(words()) == set(STORED)


def test_what_a_regime_and_a_role_say_of_themselves() -> None:
    """KL 8:12 and 13:1 require notices of three kinds of bodies; chair, vice chair and members decide."""
    assert {one for one in Regime if one.demands.posts} == {Regime.KL_ASSEMBLY, Regime.KL_BOARD, Regime.JOINT_BOARD}
    assert {one for one in SeatRole if one.deciding} == {SeatRole.CHAIR, SeatRole.VICE_CHAIR, SeatRole.MEMBER}
    assert [one.undergone for one in Relation] == ["Ersatt av", "Ändrad av"]


def test_what_the_outbox_holds_stays_known() -> None:
    """Entries that wait while Govern is upgraded are found by their topics' stored names."""
    assert [topic.value for topic in Topic] == [
        *("index", "meeting", "forum", "overdue", "reindex", "letter", "one-time link", "account event"),
        *("remind", "watch", "tell", "read", "pack", "bind", "archive-stamp", "verify", "verify.forget"),
    ]
    assert all(topic.label for topic in Topic)
