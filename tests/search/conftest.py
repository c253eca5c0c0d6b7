"""A small invented collaboration to search in, and an engine that holds it."""

from contextlib import contextmanager
from datetime import date

import pytest
import sqlalchemy

from govern.search import Document, Passage
from govern.search.embedded.engine import WhooshEngine
from govern.search.postgres.engine import PostgresEngine
from govern.search.terms import SWEDISH
from tests import dictionary

INSIDERS = frozenset({"collaboration:north"})
OUTSIDERS = frozenset({"collaboration:south"})


def document(key, heading, text, *, readers=INSIDERS, kind="paragraph", number=None, day=date(2024, 3, 14), **more):
    """Make a document with one heading and one section, unless `passages` says otherwise."""
    more.setdefault("forum", "nordradet")
    more.setdefault("forum_name", "Nordrådet")
    more.setdefault("passages", (Passage("heading", f"{key}-h", heading), Passage("section", f"{key}-s1", text)))
    return Document(key=key, kind=kind, number=number, date=day, year=day.year, readers=readers, **more)


DOCUMENTS = (
    document("avtal", "Samverkansavtal om snöröjning", "Rådet godkänner avtalet med Tallviks kommun.", number=101),
    document("lokal", "Hyra av lokaler", "Hyresavtalet för Kvarnskolan sägs upp.", number=102, paragraph_kind="B"),
    document(
        "drift",
        "IT-drift i fem kommuner",
        "Tallviksmodellen visades. Se även § 101. Uppdrag till direktörsgruppen: redovisa vad driften har kostat.",
        number=103,
        paragraph_kind="I",
        references=("NR 2024/17",),
        people=("Ylva Bergqvist (C)",),
    ),
    document("direkt", "Direktörer", "Grupper och uppdragsgivare presenterade sig.", number=104),
    document(
        "skola",
        "Skolornas lovdagar",
        "Skolan stängs i juli. Ledamöterna enades om den gemensamma nämnden. Ärendet avslutas.",
        number=105,
        references=("SLK-2024-00074",),
        day=date(2023, 11, 2),
    ),
    document(
        "vatten",
        "Vattenskyddsområde vid Ånge älv",
        "Analyserna visar höga halter. Yrkanden: Nils Ödman (S) yrkar avslag. Beslutet togs efter votering.",
        number=106,
        references=("KS 2018/14", "1435/22"),
        people=("Nils Ödman (S)",),
        day=date(2023, 5, 4),
    ),
    document(
        "ange", "Att ange skäl", "Den som söker bidrag ska ange skälen till det.", number=107, day=date(2022, 1, 9)
    ),
    document(
        "budget",
        "Årsbudget för räddningstjänsten",
        "Budgeten fastställs till 812 tkr. Kostnadsfördelningen sker efter invånarantal. Räddningschefen svarar.",
        number=108,
        day=date(2022, 12, 1),
        paragraph_kind="B",
    ),
    document("nummer", "Nästa möte", "Mötet hålls i Tallvik.", number=812, day=date(2021, 6, 1)),
    document("omnamnd", "Rättelse", "I § 812 ska stå Tallvik. Jfr §§ 101-103.", number=813, day=date(2025, 6, 1)),
    document(
        "uppdrag",
        "Utred gemensam upphandling",
        "Kommuncheferna ska utreda upphandlingen av måltider och återrapportera senast i september.",
        kind="assignment",
        kind_name="Uppdrag",
        state="late",
        state_name="Försenat",
    ),
    document(
        "arende",
        "Bredbandsutbyggnad",
        "Utbyggnaden av bredband på landsbygden, barnomsorg och äldreomsorg i glesbygd.",
        kind="case",
        kind_name="Ärende",
        references=("2024/72 -KS", "KS 2023/128-808"),
        state="open",
        state_name="Öppet",
        forum="arbetsgruppen",
        forum_name="Arbetsgruppen för digitalisering",
    ),
    document(
        "hemlig",
        "Hemlig förhandling om avtal",
        "Förhandlingen om samverkansavtalet i Granfors fortsätter.",
        readers=OUTSIDERS,
        number=101,
        forum="sydradet",
        forum_name="Sydrådet",
        day=date(2020, 2, 2),
        state="secret",
    ),
    document("ingens", "Utan läsare", "Det här avtalet ser ingen.", readers=frozenset()),
)


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    """Give a folder for the session's engine, with the dictionary in it."""
    folder = tmp_path_factory.mktemp("search")
    dictionary.lay(folder)
    return folder


@contextmanager
def in_postgres(server, name):
    """Make an engine in an empty database, which is gone in the end."""
    database = sqlalchemy.create_engine(server.create(name).replace("postgresql:", "postgresql+psycopg:", 1))
    try:
        yield PostgresEngine(lambda: database)
    finally:
        database.dispose()
        server.drop(name)


ENGINES = ["embedded", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request, directory):
    """Give each engine, with the documents in it."""
    SWEDISH.keep(directory)
    if request.param == "embedded":
        engine = WhooshEngine(directory)
        engine.rebuild(DOCUMENTS)
        yield engine
        return
    with in_postgres(request.getfixturevalue("postgres"), "answers") as engine:
        engine.rebuild(DOCUMENTS)
        yield engine
