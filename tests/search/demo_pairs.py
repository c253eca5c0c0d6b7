"""What members ask of the demo, and the headings that answer: at least those must be among the first ten.

A heading with - before it must not be found at all. `PAIRS` are asked by one who sits in everything, `OUTSIDE` by a
member of the collaboration who sits in none of its forums.
"""

BUDGETS = ("Budget för det första året", "Gemensam budget för kommande år")
SCHOOL = "Identiteter för elever och vårdnadshavare"
NETWORK = "Gemensam nätverksdrift"
ASSISTANT = "AI-assistent för handläggare"
AFTER = "AI-assistent för handläggare: efter provåret"
AGREEMENT = "Samverkansavtalet är undertecknat"
REVIEW = "Årlig översyn av samverkansavtalet"
AWARD = "Upphandling av ärendehantering: tilldelning"
TENDERS = "Anbuden på ärendehantering"
NEEDS = "Krav i upphandlingen av ärendehantering"
INCIDENT = "Driftstörningen i inloggningstjänsten"
LESSONS = "Lärdomar av driftstörningen"
ARCHIVE = "Förstudie om mellanarkiv"
ARCHIVES = "Mellanarkiv för digitala handlingar"
NIGHT = "Digital tillsyn nattetid"
GRANT = "Statsbidrag för digital tillsyn"
SKILLS = "Gemensam kompetensförsörjning inom IT"
MODEL = "Gemensam modell för att klassa information"
FINAL = "Slutrapport från Gemensam ingång"
GROUP = "Arbetsgrupp för informationssäkerhet"
PLAN = "Gemensam utvecklingsplan"
EXERCISE = "Uppläggning av den första övningen"
MOVE = "Flytten av nätverket i Nordanstig"
PERSONAL = "Personuppgiftsbiträdesavtal för gemensamma tjänster"
FINNISH = "Finska och lättläst svenska"
STUDY = "Utredningen om identiteter i skolan"
RISKS = "Risker inför öppningen"
VICE = "Val av vice sammanhållande för programledningen"
AUDIT = "Revisorns iakttagelser"
TRAVEL = "Fråga om redovisning av restid"
HOME = "Samverkan med regionen om vård i hemmet"
LAW = "Ny lag om cybersäkerhet"
PHONES = "Återkommande störningar i telefonin"

PAIRS: dict[str, tuple[str, ...]] = {
    # Inflection: the other form, number, tense and case.
    "avtalets": (AGREEMENT, REVIEW),
    "samverkansavtal": (AGREEMENT, REVIEW),
    "nätverken": ("Läget i kommunernas nätverk", MOVE),
    "elev": (SCHOOL,),
    "eleverna": (SCHOOL,),
    "vårdnadshavarnas": (SCHOOL, STUDY),
    "rektor": ("Delrapport om identiteter i skolan",),
    "störning": (INCIDENT, LESSONS, PHONES),
    "driftstörningar": (INCIDENT, LESSONS),
    "leverantör": (LESSONS, INCIDENT),
    "risk": (RISKS,),
    "upphandlingarna": (AWARD, NEEDS),
    "krav": (NEEDS,),
    "anbud": (AWARD, TENDERS),
    "anbudsgivarna": (AWARD,),
    "kontrakt": (AWARD,),
    "revisorerna": (AUDIT,),
    "granskningen": (AUDIT,),
    "klassas": (MODEL, "Hur vi klassar information i dag"),
    "klassning": ("Klassning av AI-assistenten",),
    "övningar": (EXERCISE, LESSONS),
    "utvärderades": (AFTER,),
    "utvärdering": ("Utvärdering av AI-assistenten",),
    "pension": (SKILLS,),
    "traineer": (SKILLS,),
    "invånarnas": ("Språk och tilltal",),
    "invånare": ("Språk och tilltal",),
    "hemtjänst": (HOME, NIGHT),
    "nattpatrull": (NIGHT,),
    "ledamöterna": ("Ny ledamot från Ljusdal",),
    "fakturera": (BUDGETS[0],),
    "folkmängder": BUDGETS,
    "säga upp": (AGREEMENT,),
    "skrivit under": (AGREEMENT, REVIEW),
    "tilläggen": (REVIEW,),
    "äganderätten": (REVIEW,),
    "översättning": (FINNISH,),
    "arkivarier": (ARCHIVE, ARCHIVES),
    "systemen": (ARCHIVE,),
    "bygglovet": (FINAL,),
    "Ljusdal öppnades": ("Alla fem kommunerna är öppna",),
    "avbrott": (PHONES,),
    "operatörerna": (PHONES,),
    "resor": (TRAVEL,),
    "restider": (TRAVEL,),
    # Compounds, by their parts and the parts by the compound.
    "drift nätverk": (NETWORK,),
    "nätverksdriften": (NETWORK,),
    "avtal personuppgift": (PERSONAL,),
    "biträdesavtal": (PERSONAL,),
    "personuppgifter": (PERSONAL,),
    "säkerhet information": (GROUP,),
    "informationssäkerhetsgrupp": (GROUP,),
    "arkiv": (ARCHIVE, ARCHIVES),
    "mellanarkivet": (ARCHIVE, ARCHIVES),
    "bidrag": (GRANT,),
    "utvecklingsplaner": (PLAN,),
    "plan utveckling": (PLAN,),
    "kompetens försörjning": (SKILLS,),
    "inloggning tjänst": (INCIDENT,),
    "projektdirektiv": ("Direktiv för projektet Gemensam ingång",),
    "slutrapporten": (FINAL,),
    "delrapporter": ("Delrapport om identiteter i skolan",),
    "identitetstjänst": (SCHOOL, STUDY),
    "kvartalsrapporter": ("Kvartalsrapport",),
    "kontaktcenter": (FINAL,),
    "kontorstid": (MOVE,),
    "cybersäkerhetslag": (LAW,),
    "handläggare bygglov": (FINAL, "Handläggare till provet med AI-assistent"),
    "AI assistent": (ASSISTANT, AFTER),
    "AI-assistenter": (ASSISTANT, AFTER),
    "aiassistent": (ASSISTANT, AFTER),
    "ärende hantering": (AWARD, TENDERS, NEEDS),
    "kostnadsunderlaget": (BUDGETS[0],),
    "barnomsorg": ("Alla fem kommunerna är öppna",),
    "facktermer": ("Språk och tilltal",),
    "omsorgsboende": (MOVE,),
    "räddningstjänst": (MOVE,),
    "jourtid": (MOVE,),
    # What was decided, and what became of it.
    "tilldela kontraktet": (AWARD,),
    "återremiss nätverksdrift": (NETWORK,),
    "utfall:återremiss": (NETWORK,),
    "utfall:val": (VICE,),
    "typ:rekommendation skola": (SCHOOL,),
    "typ:uppdrag mellanarkiv": (ARCHIVE,),
    "typ:reservation": (NETWORK,),
    "typ:omröstning": (VICE, NETWORK, ASSISTANT),
    "status:avslutat utvecklingsplan": ("Plan för det första halvåret",),
    "uppdrag tidplan": (NETWORK, ARCHIVE),
    "uppdrag Magnus Orrling": (NETWORK, MOVE),
    "vem ska följa upp provet": (ASSISTANT,),
    "vad beslutades om mellanarkiv": (ARCHIVE,),
    "budget första året": (BUDGETS[0],),
    "gemensam budget kommande år": (BUDGETS[1],),
    "delad kostnad folkmängd": (BUDGETS[0],),
    "vice sammanhållande": (VICE,),
    "tilläggsavtal": (REVIEW,),
    "jäv": (NETWORK,),
    # Phrases, which stand exactly so.
    '"gemensam identitetstjänst"': (SCHOOL, STUDY),
    '"öppna format"': (AWARD, NEEDS, ARCHIVES),
    '"identitetstjänst gemensam"': (f"-{SCHOOL}",),
    '"tre månaders varsel"': (AGREEMENT,),
    '"utan avbrott"': ("Kvartalsrapport",),
    '"skola för skola"': (SCHOOL, STUDY),
    '"lättläst svenska"': (FINNISH, "Språk och tilltal"),
    '"fyra gånger om året"': ("Arbetsformer för samverkan",),
    # Without, either, beginnings.
    "avtal -samverkansavtal": (PERSONAL, f"-{REVIEW}", f"-{AGREEMENT}"),
    "identiteter -utredningen": (f"-{STUDY}",),
    "tillsyn INTE statsbidrag": (NIGHT, f"-{GRANT}"),
    'upphandling -"öppna format"': ("Rapport inför styrgruppen", f"-{NEEDS}", f"-{AWARD}"),
    "traineeprogram ELLER restid": (SKILLS, TRAVEL),
    "(mellanarkiv ELLER tillsyn) -digitala": (ARCHIVE, f"-{ARCHIVES}"),
    "mellanark*": (ARCHIVE, ARCHIVES),
    "vårdnadsh*": (SCHOOL,),
    "cyber*": (LAW,),
    "AI-ass*": (ASSISTANT, AFTER),
    # References in any spelling, and § numbers.
    "NS 2025/00018": (NETWORK, "Läget i kommunernas nätverk", MOVE),
    "ns-2025-18": (NETWORK, MOVE),
    "2025/18": (NETWORK, MOVE),
    "NS2025/18": (NETWORK,),
    "dnr:2025/00018": (NETWORK,),
    "dnr:NS-2024-4": (AGREEMENT, REVIEW),
    "NS 2024/00007 budget": BUDGETS,
    "§ 40 forum:samverkansstyrgruppen": (NETWORK,),
    "§40": (NETWORK,),
    "40 § nätverksdrift": (NETWORK,),
    "§§ 39-40 forum:samverkansstyrgruppen": (NETWORK, REVIEW),
    "paragraf:32 skola": (SCHOOL,),
    # People, with and without party letters.
    "Jörgen Tallberg": (NETWORK, PLAN),
    "Tallberg (M)": (NETWORK, PLAN),
    "Tallberg (S)": (f"-{PLAN}",),
    'person:"Jörgen Tallberg"': (NETWORK, PLAN),
    "person:tallberg parti:M": (NETWORK, PLAN),
    "person:Orrling": (NETWORK, MOVE),
    "Åkerstedt": (PLAN,),
    "Backenius": (PERSONAL,),
    "Håkan Rosvalls": (SKILLS, GRANT),
    "Lindqvist Moberg": (STUDY, FINAL),
    "Ellinor Vikström": (AUDIT,),
    # Forums, kinds, years and days.
    "forum:informationssäkerhet modell": ("En gemensam modell", "Modellen antas"),
    "forum:programledningen typ:plan": (MOVE, "Handläggare till provet med AI-assistent"),
    "forum:projekt risker": (RISKS,),
    "typ:I lag": (LAW,),
    "typ:information kommunernas nätverk": ("Läget i kommunernas nätverk",),
    # å, ä and ö are letters of their own.
    "Ånge öppna": ("Redo att öppna i Ånge och Nordanstig",),
    # Abbreviations.
    "kvartal rapport": ("Kvartalsrapport",),
    "IT tjänster pension": (SKILLS,),
    # What was typed wrongly is found as what was meant.
    "mellanarkv": (ARCHIVE, ARCHIVES),
    "upphandlig": (AWARD, NEEDS),
    "vardnadshavare": (SCHOOL, STUDY),
    "nätvärksdrift": (NETWORK,),
    "samvrkansavtal": (AGREEMENT, REVIEW),
    "identitetstjanst": (SCHOOL, STUDY),
    "statsbidarg": (GRANT,),
    "Talberg": (NETWORK, PLAN),
    "jorgen tallberg": (NETWORK, PLAN),
    "cybersakerhet": (LAW,),
    "kompetensförsöjning": (SKILLS,),
    "tilldelnig": (AWARD,),
    "utväredring AI-assistent": ("Utvärdering av AI-assistenten",),
    # What is asked in a sentence.
    "vad bestämdes om nätverksdrift i Nordanstig": (MOVE,),
    "när ska identiteterna för elever vara klara": (SCHOOL,),
    "vilka reserverade sig mot nätverksdriften": (NETWORK,),
    "hur mycket kostar den gemensamma ingången": (FINAL,),
    # What only those who sit may read.
    "angriparen glömt konto": (INCIDENT,),
    "händelserapport": (INCIDENT,),
    # In the papers under a paragraph.
    "självkostnadsprincipen": (BUDGETS[0],),
    "självkostnad": (BUDGETS[0],),
}

OUTSIDE: dict[str, tuple[str, ...]] = {
    "angriparen glömt konto": (f"-{INCIDENT}",),
    "inloggningstjänst störning": (f"-{INCIDENT}",),
    "händelserapport": (f"-{INCIDENT}",),
    "driftstörningen": (LESSONS, f"-{INCIDENT}"),
    "efter provåret": (f"-{AFTER}",),
    "nätverksdrift": (NETWORK,),
    "-avtal": (f"-{INCIDENT}", f"-{AFTER}"),
}
