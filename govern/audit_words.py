"""The audit log in Swedish: what each action, fact and table is called, and which group an action belongs to.

`audit.write` raises on whatever has no words while tests run, so a new action or fact gets its words when written.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from govern.topics import Topic
from govern.words import Word


class Group(Word):
    """A group of actions by which the log can be filtered."""

    SIGN_IN = "sign_in", "Inloggning"
    REFUSED = "refused", "Nekad åtkomst"
    RIGHTS = "rights", "Konton och behörigheter"
    SECRET = "secret", "Läsning av sekretess"
    SETTINGS = "settings", "Inställningar"
    MEETING = "meeting", "Möte och paragrafer"
    PROTOCOL = "protocol", "Protokoll och underskrifter"
    PUBLIC = "public", "Anslag och publicering"
    CASE = "case", "Ärenden och uppdrag"
    SEARCH = "search", "Sparade sökningar"


ACTIONS: dict[str, tuple[Group, str]] = {
    # --- Sign-in
    "signed_in": (Group.SIGN_IN, "Loggade in"),
    "signed_in_afresh": (Group.SIGN_IN, "Bekräftade sin inloggning"),
    "signed_out": (Group.SIGN_IN, "Loggade ut"),
    "sessions.ended": (Group.SIGN_IN, "Loggade ut andra webbläsare"),
    "recovery_code.used": (Group.SIGN_IN, "Använde en återställningskod"),
    "sign_in.refused": (Group.REFUSED, "Inloggning nekad"),
    "sign_in.limited": (Group.REFUSED, "För många försök, fler stoppas en kvart"),
    "access.refused": (Group.REFUSED, "Åtkomst nekad"),
    "secret.read": (Group.SECRET, "Läste sekretess"),
    # --- Accounts and rights
    "person.added": (Group.RIGHTS, "Lade till person"),
    "person.changed": (Group.RIGHTS, "Ändrade person"),
    "account.added": (Group.RIGHTS, "Lade upp konto"),
    "account.address": (Group.RIGHTS, "Ändrade inloggningsadress"),
    "account.administrator": (Group.RIGHTS, "Ändrade administratörsbehörighet"),
    "account.disabled": (Group.RIGHTS, "Stängde konto"),
    "account.enabled": (Group.RIGHTS, "Öppnade konto igen"),
    "link.made": (Group.RIGHTS, "Gjorde engångslänk"),
    "link.used": (Group.RIGHTS, "Valde lösenord med engångslänk"),
    "link.revoked": (Group.RIGHTS, "Återkallade engångslänk"),
    "reset.confirmed": (Group.RIGHTS, "Bekräftade återställning"),
    "password.changed": (Group.RIGHTS, "Bytte lösenord"),
    "factor.added": (Group.RIGHTS, "Lade till andra steg"),
    "factor.removed": (Group.RIGHTS, "Tog bort andra steg"),
    "factors.reset": (Group.RIGHTS, "Återställde andra steg"),
    "recovery_codes.made": (Group.RIGHTS, "Gjorde återställningskoder"),
    "seat.added": (Group.RIGHTS, "Lade till plats i forum"),
    "seat.changed": (Group.RIGHTS, "Ändrade plats i forum"),
    "seat.ended": (Group.RIGHTS, "Avslutade plats i forum"),
    "seats.ordered": (Group.RIGHTS, "Ordnade platserna"),
    "term.added": (Group.RIGHTS, "Lade till mandatperiod"),
    # --- Settings
    "collaboration.added": (Group.SETTINGS, "Lade upp samverkan"),
    "collaboration.changed": (Group.SETTINGS, "Ändrade samverkan"),
    "party.added": (Group.SETTINGS, "Lade till part"),
    "party.changed": (Group.SETTINGS, "Ändrade part"),
    "agreement.added": (Group.SETTINGS, "Lade upp avtal"),
    "forum.added": (Group.SETTINGS, "Lade upp forum"),
    "forum.changed": (Group.SETTINGS, "Ändrade forum"),
    "forum.closed": (Group.SETTINGS, "Avslutade forum"),
    "forum.reopened": (Group.SETTINGS, "Öppnade forum igen"),
    "series.set": (Group.SETTINGS, "Ställde paragrafserien"),
    "standing_item.added": (Group.SETTINGS, "Lade till stående punkt"),
    "standing_item.removed": (Group.SETTINGS, "Tog bort stående punkt"),
    "phrase.added": (Group.SETTINGS, "Lade till fras"),
    "phrase.changed": (Group.SETTINGS, "Ändrade fras"),
    "phrase.removed": (Group.SETTINGS, "Tog bort fras"),
    "abbreviation.saved": (Group.SETTINGS, "Sparade förkortning"),
    "abbreviation.removed": (Group.SETTINGS, "Tog bort förkortning"),
    "house.chosen": (Group.SETTINGS, "Valde dokumentens utseende"),
    "house.logo_set": (Group.SETTINGS, "Lade in logotyp"),
    "house.logo_dropped": (Group.SETTINGS, "Tog bort logotyp"),
    "house.base_set": (Group.SETTINGS, "Lade in Word-mall"),
    "house.base_dropped": (Group.SETTINGS, "Tog bort Word-mall"),
    "house.restored": (Group.SETTINGS, "Återställde dokumentens utseende"),
    "background.run_again": (Group.SETTINGS, "Körde arbete igen"),
    "background.dismissed": (Group.SETTINGS, "Avfärdade arbete"),
    # --- Meetings and paragraphs
    "meeting.planned": (Group.MEETING, "Planerade möte"),
    "meeting.changed": (Group.MEETING, "Ändrade möte"),
    "meeting.removed": (Group.MEETING, "Tog bort planerat möte"),
    "meeting.moved": (Group.MEETING, "Flyttade möte till annat forum"),
    "meeting.called_off": (Group.MEETING, "Ställde in möte"),
    "meeting.called": (Group.MEETING, "Gjorde kallelse"),
    "meeting.opened": (Group.MEETING, "Öppnade möte"),
    "meeting.opening_undone": (Group.MEETING, "Ångrade öppnandet av möte"),
    "meeting.closed": (Group.MEETING, "Avslutade möte"),
    "meeting.reopened": (Group.MEETING, "Öppnade möte igen"),
    "meeting.appointed": (Group.MEETING, "Utsåg mötets ordförande eller sekreterare"),
    "invitation.sent_again": (Group.MEETING, "Skickade inbjudan igen"),
    "agenda.added": (Group.MEETING, "Lade till punkt"),
    "agenda.changed": (Group.MEETING, "Ändrade punkt"),
    "agenda.ordered": (Group.MEETING, "Ordnade föredragningslistan"),
    "agenda.withdrawn": (Group.MEETING, "Strök punkt"),
    "agenda.reinstated": (Group.MEETING, "Återinförde punkt"),
    "agenda.withheld": (Group.MEETING, "Satte sekretess på punkt"),
    "agenda.disclosed": (Group.MEETING, "Hävde sekretess på punkt"),
    "agenda.paper_removed": (Group.MEETING, "Tog bort handling"),
    "agenda.paper_restored": (Group.MEETING, "Lade tillbaka handling"),
    "agenda.carried": (Group.MEETING, "Förde upp uppdrag på föredragningslistan"),
    "presence.recorded": (Group.MEETING, "Stämde av närvaron"),
    "presence.added": (Group.MEETING, "Lade till närvarande"),
    "presence.changed": (Group.MEETING, "Ändrade närvaro"),
    "presence.change_undone": (Group.MEETING, "Ångrade närvaroändring"),
    "disqualified": (Group.MEETING, "Antecknade jäv"),
    "presiding.chosen": (Group.MEETING, "Valde mötesordförande"),
    "presiding.undone": (Group.MEETING, "Ångrade val av mötesordförande"),
    "adjusters.chosen": (Group.MEETING, "Valde justerare"),
    "paragraph.opened": (Group.MEETING, "Öppnade paragraf"),
    "paragraph.opening_undone": (Group.MEETING, "Ångrade öppnandet av paragraf"),
    "paragraph.struck": (Group.MEETING, "Lät paragraf utgå"),
    "paragraph.saved": (Group.MEETING, "Sparade paragraf"),
    "paragraph.ready": (Group.MEETING, "Klarmarkerade paragraf"),
    "paragraph.taken_back": (Group.MEETING, "Tog tillbaka paragraf"),
    "paragraph.approved": (Group.MEETING, "Godkände paragraf"),
    "paragraph.returned": (Group.MEETING, "Skickade tillbaka paragraf"),
    "paragraph.immediate": (Group.MEETING, "Ändrade omedelbar justering"),
    "paragraph.attached": (Group.MEETING, "Lade bilaga till paragraf"),
    "paragraph.detached": (Group.MEETING, "Tog bort bilaga från paragraf"),
    "paragraph.reattached": (Group.MEETING, "Lade tillbaka bilaga till paragraf"),
    "paragraph.adjuster_read": (Group.MEETING, "Justeraren läste paragraf"),
    "paragraph.relates": (Group.MEETING, "Angav att beslutet ersätter eller ändrar ett tidigare"),
    "paragraph.unrelated": (Group.MEETING, "Tog bort uppgiften om tidigare beslut"),
    "review.resolved": (Group.MEETING, "Åtgärdade synpunkt"),
    "adjustment.answered": (Group.MEETING, "Besvarade justerarens synpunkt"),
    # --- Protocols
    "warning.accepted": (Group.PROTOCOL, "Godtog varning"),
    "warning.acceptance_withdrawn": (Group.PROTOCOL, "Tog tillbaka godtagen varning"),
    "adjusting.late": (Group.PROTOCOL, "Antecknade sen justering"),
    "adjusting.reminded": (Group.PROTOCOL, "Påminde om justering"),
    "protocol.sealed": (Group.PROTOCOL, "Förseglade protokoll"),
    "paragraph.sealed": (Group.PROTOCOL, "Förseglade omedelbart justerad paragraf"),
    "protocol.signed": (Group.PROTOCOL, "Undertecknade"),
    "protocol.archived": (Group.PROTOCOL, "Stämplade om för arkivet"),
    "protocol.corrected": (Group.PROTOCOL, "Gjorde rättelse"),
    "protocol.adjusting_refused": (Group.PROTOCOL, "Vägrade justera"),
    "signer.substituted": (Group.PROTOCOL, "Ersatte undertecknare"),
    "extract.made": (Group.PROTOCOL, "Gjorde protokollsutdrag"),
    "binder.asked": (Group.PROTOCOL, "Beställde pärm"),
    "certificate.root": (Group.PROTOCOL, "Gjorde rotcertifikat"),
    "certificate.issued": (Group.PROTOCOL, "Utfärdade certifikat"),
    "certificate.revoked": (Group.PROTOCOL, "Spärrade certifikat"),
    "decision.dispatched": (Group.PROTOCOL, "Expedierade beslut"),
    "decision.dispatched_again": (Group.PROTOCOL, "Expedierade beslut igen"),
    "decision.sent_by_hand": (Group.PROTOCOL, "Antecknade expediering på annat sätt"),
    # --- Notices and publishing
    "notice.posted": (Group.PUBLIC, "Anslog"),
    "notice.taken_down": (Group.PUBLIC, "Tog ned anslag"),
    "notice.withdrawn": (Group.PUBLIC, "Återkallade anslag"),
    "notice.proved": (Group.PUBLIC, "Gjorde bevis om anslag"),
    "copy.prepared": (Group.PUBLIC, "Förberedde publicering"),
    "copy.masks_chosen": (Group.PUBLIC, "Valde maskeringar"),
    "copy.masks_marked": (Group.PUBLIC, "Markerade maskeringar"),
    "copy.confirmed": (Group.PUBLIC, "Bekräftade maskeringen"),
    "copy.reopened": (Group.PUBLIC, "Öppnade maskeringen igen"),
    "copy.dropped": (Group.PUBLIC, "Tog bort den förberedda publiceringen"),
    "copy.published": (Group.PUBLIC, "Publicerade protokoll"),
    "copy.unpublished": (Group.PUBLIC, "Avpublicerade protokoll"),
    # --- Cases and assignments
    "case.opened": (Group.CASE, "Lade upp ärende"),
    "file.attached": (Group.CASE, "Lade till fil"),
    "file.withheld": (Group.CASE, "Satte sekretess på fil"),
    "proposal.saved": (Group.CASE, "Sparade tjänsteskrivelse"),
    "proposal.ready": (Group.CASE, "Klarmarkerade tjänsteskrivelse"),
    "proposal.taken_back": (Group.CASE, "Tog tillbaka tjänsteskrivelse"),
    "assignment.reported": (Group.CASE, "Återrapporterade uppdrag"),
    "assignment.closed": (Group.CASE, "Avslutade uppdrag"),
    "assignment.reopened": (Group.CASE, "Öppnade uppdrag igen"),
    # --- Saved searches
    "search.saved": (Group.SEARCH, "Sparade sökning"),
    "search.changed": (Group.SEARCH, "Ändrade sparad sökning"),
    "search.removed": (Group.SEARCH, "Tog bort sparad sökning"),
    "search.taken_back": (Group.SEARCH, "Ångrade borttagen sökning"),
    "search.letters_ended": (Group.SEARCH, "Avslutade brev om sökning"),
    "search.feed_opened": (Group.SEARCH, "Öppnade flöde"),
    "search.feed_closed": (Group.SEARCH, "Stängde flöde"),
}

FACTS = {
    "account": "konto",
    "address": "adress ändrad",
    "administrator": "administratör",
    "adjustment": "synpunkt",
    "asked_for": "sida",
    "attachment": "bilaga",
    "board": "anslagstavla",
    "change": "ändring",
    "chosen": "valt",
    "confirmed": "bekräftat",
    "count": "antal",
    "day": "dag",
    "days_left": "dagar kvar",
    "disabled": "avstängt",
    "docx": "Word-filens kontrollsumma",
    "earlier": "tidigare beslut",
    "file": "filens kontrollsumma",
    "finding": "kontroll",
    "first": "lösenord",
    "forum": "forum",
    "from_forum": "från forum",
    "heading": "rubrik",
    "imported": "inläst",
    "item": "punkt",
    "items": "ordning",
    "key": "nyckel",
    "kind": "sort",
    "last_day": "till och med",
    "limit": "gräns",
    "letter": "brevets kontrollsumma",
    "long": "uttytt",
    "mailed": "mejlad",
    "masked": "maskerade",
    "name": "namn",
    "names": "namn",
    "next_number": "nästa nummer",
    "number": "paragrafnummer",
    "paragraph": "paragraf",
    "paragraphs": "paragrafer",
    "password": "nytt lösenord",
    "person": "person",
    "places": "ställen",
    "presence": "närvaro",
    "presences": "närvaro",
    "proposed": "föreslagna",
    "protocol": "protokoll",
    "reason": "skäl",
    "relation": "förhållande",
    "review": "granskning",
    "revision": "revision",
    "right": "krävde",
    "role": "roll",
    "second": "andra steg",
    "serial": "serienummer",
    "sha256": "kontrollsumma",
    "short": "kort",
    "signature": "underskrift",
    "strong": "två steg",
    "immediate": "omedelbar justering",
    "telling": "brev",
    "to_forum": "till forum",
    "topic": "arbete",
    "trigger": "kortord",
    "verdict": "svar",
    "version": "version",
    "why": "varför",
}

CODES: dict[str, dict[str, str]] = {
    "change": {
        "arrives": "kommer",
        "leaves": "går",
        "serves": "går in som tjänstgörande",
        "steps_back": "slutar tjänstgöra",
    },
    "chosen": {
        "accent": "accentfärg",
        "contents": "innehållsförteckning",
        "decision_order": "beslutets plats",
        "header_text": "text i sidhuvudet",
        "legend": "teckenförklaring",
        "name_columns": "namn på närvarande",
        "paragraphs_on_own_page": "varje paragraf på ny sida",
        "strip": "signaturrad",
    },
    "finding": {
        "adjusted_at_once": "omedelbar justering",
        "adjusted_late": "justeras för sent",
        "before_meeting": "mötet har inte varit",
        "broken_content": "innehåll som inte går att läsa",
        "broken_numbers": "lucka i paragrafnumren",
        "chair_away": "ordföranden inte närvarande",
        "decision_without_clause": "beslut utan att-sats",
        "due_before": "uppdrag som skulle vara klart före mötet",
        "empty_paragraph": "paragraf utan text",
        "ends_ahead": "sluttid som inte har varit",
        "far_due": "uppdrag med avlägset datum",
        "impossible_date": "orimligt datum i texten",
        "impossible_day": "orimlig mötesdag",
        "impossible_due": "orimligt datum för uppdrag",
        "information_that_binds": "information som beslutar något",
        "no_adjuster": "justerare saknas",
        "no_chair": "ordförande saknas",
        "no_date": "uppdrag utan datum",
        "no_decision": "beslut saknas",
        "no_doer": "uppdrag utan ansvarig",
        "no_secretary": "sekreterare saknas",
        "not_adjusted_at_once": "inte omedelbart justerad",
        "not_approved": "inte godkänd",
        "not_closed": "mötet inte avslutat",
        "nothing_treated": "ingen paragraf",
        "outcome_and_words": "beslutets ord säger en annan utgång",
        "picture_left_out": "en inklistrad bild följde inte med",
        "protocol_too_long": "för långt protokoll",
        "table_as_list": "tabell som blir lista",
        "too_long": "för lång paragraf",
        "unanswered_comment": "obesvarad synpunkt",
        "unsettled_motion": "yrkande som inte avgjorts",
        "untreated_item": "punkt som inte behandlats",
        "wrong_times": "sluttid före starttid",
    },
    "kind": {"kod": "kod", "länk": "länk", "lösenord": "lösenord", "passkey": "passkey", "totp": "kodapp"},
    "limit": {
        "account": "kontot",
        "address": "nätadressen",
        "all": "alla tillsammans",
        "all links": "alla länkar tillsammans",
        "known": "kontot i en känd webbläsare",
        "links": "länkar från nätadressen",
        "passkey": "kontots passkeys",
    },
    "relation": {"amends": "ändrar", "replaces": "ersätter"},
    "role": {
        "adjuster": "justerare",
        "certifier": "bestyrker utdraget",
        "chair": "ordförande",
        "co_opted": "adjungerad",
        "convener": "sammanhållande",
        "member": "ledamot",
        "project_lead": "projektledare",
        "secretary": "sekreterare",
        "substitute": "ersättare",
        "vice_chair": "vice ordförande",
    },
    "telling": {"at_once": "genast", "daily": "en gång om dagen", "never": "nej"},
    "topic": {topic.value: topic.label for topic in Topic},
    "verdict": {"comment": "synpunkt", "no_remarks": "inga synpunkter"},
    "why": {"done": "utfört", "written_off": "avskrivet"},
}
"""The facts whose values are the program's own codes, and the word for each; all other values are shown as they are.

A finding's code is followed by a colon and a fingerprint, which is left out.
"""

TABLES = {
    "abbreviations": "förkortning",
    "account_events": "kontohändelse",
    "accounts": "konto",
    "adjustments": "synpunkt",
    "agenda_items": "punkt",
    "agreements": "avtal",
    "assignments": "uppdrag",
    "attachments": "bilaga",
    "cases": "ärende",
    "certificates": "certifikat",
    "collaborations": "samverkan",
    "dispatches": "expediering",
    "factors": "andra steg",
    "forums": "forum",
    "house_styles": "dokumentutseende",
    "invitations": "inbjudan",
    "invitation_letters": "inbjudan",
    "meeting_binders": "pärm",
    "meetings": "möte",
    "notices": "anslag",
    "one_time_links": "engångslänk",
    "outbox": "arbete",
    "paragraphs": "paragraf",
    "parties": "part",
    "people": "person",
    "phrases": "fras",
    "postings": "anslag",
    "presences": "närvaro",
    "proposals": "tjänsteskrivelse",
    "protocol_files": "protokollsfil",
    "protocols": "protokoll",
    "public_copies": "publik kopia",
    "reviews": "granskning",
    "saved_searches": "sparad sökning",
    "seats": "plats",
    "series": "paragrafserie",
    "sign_in_sessions": "inloggning",
    "signatures": "underskrift",
    "signing_jobs": "påbörjad underskrift",
    "standing_items": "stående punkt",
    "summons_packages": "kallelsens handlingar",
    "summonses": "kallelse",
    "terms": "mandatperiod",
    "verifications": "prövning av fil",
}


def action_word(action: str) -> str:
    """Return an action in Swedish; one written by an earlier version and unknown to this one is returned as it is."""
    return ACTIONS[action][1] if action in ACTIONS else action


def actions_of(group: Group) -> list[str]:
    """List the actions of a group."""
    return [action for action, (its_group, _) in ACTIONS.items() if its_group is group]


def target_word(target: str) -> str:
    """Return a target (`table:id`) in Swedish: `protokoll 12`; a dash if there is no row."""
    table, _, row = target.partition(":")
    return f"{TABLES.get(table, table)} {row}".strip() or "–"


def facts_words(facts: dict[str, Any]) -> str:
    """Return an entry's facts as one line of Swedish."""
    return ", ".join(f"{FACTS.get(name, name)}: {_value(name, value)}" for name, value in facts.items())


def unworded(target: str, facts: dict[str, Any]) -> list[str]:
    """List what in an entry has no Swedish word: its table, names of facts, and codes among their values."""
    table = target.partition(":")[0]
    missing = [table] if table and table not in TABLES else []
    for name, value in facts.items():
        if name not in FACTS:
            missing.append(name)
        for each in value if isinstance(value, list) else [value]:
            code = isinstance(each, str) if name in CODES else isinstance(each, Enum)
            if code and _code(each) not in CODES.get(name, {}):
                missing.append(f"{name}={each}")
    return missing


def _code(value: Any) -> str:
    return str(value).partition(":")[0]


def _value(name: str, value: Any) -> str:
    match value:
        case True:
            return "ja"
        case False:
            return "nej"
        case None | "":
            return "–"
        case list():
            return (", " if name in CODES else " ").join(_value(name, each) for each in value)
        case _:
            return CODES.get(name, {}).get(_code(value), str(value))
