"""Words common in Swedish passwords, in addition to the English ones in zxcvbn.

They are the most frequent passwords in Swedish leaks, seasons, months and weekdays, clubs, pets and terms of affection,
the words of a municipal office, and the names of Sweden's municipalities.
"""

from __future__ import annotations

_TEXT = """
lösenord losenord lösen losen hejsan hejhej hejhopp tjena hallå hallo välkommen valkommen inloggning logga hemlig
hemligt sommar sommaren vinter vintern höst hösten host hosten vår våren varen semester midsommar påsk påsken jul
julen jultomten januari februari mars april maj juni juli augusti september oktober november december måndag mandag
tisdag onsdag torsdag fredag lördag lordag söndag sondag älskling alskling älskar alskar kärlek karlek gumman gubben
mamma pappa mormor morfar farmor farfar syster bror katten kissen hunden vovven hästen hasten ponny blomma blomman
solen solsken stjärna stjarna ängel angel prinsessa fotboll ishockey hockey innebandy djurgården djurgarden hammarby
aik bajen ifkgöteborg brynäs färjestad frölunda modo sverige svensk stockholm göteborg goteborg malmö malmo sommarlov
fredagsmys kaffe kaffekopp choklad godis glass pannkaka datorn dator mobil telefon internet facebook instagram spotify
volvo saab ikea kommun kommunen kommunal kommunalförbund samverkan region regionen landsting förvaltning nämnd nämnden
styrelse styrelsen styrgrupp fullmäktige kommunstyrelsen kommunfullmäktige ordförande ordforande sekreterare ledamot
ersättare justerare protokoll kallelse ärende dagordning möte mötet mote sammanträde beslut diarium registrator
nämndsekreterare handläggare chef kommunchef kommundirektör kansli kansliet kommunhus stadshus stadshuset politik
politiker administrator administratör govern admin test prov testa byt bytmig ändra andra nytt standard tillfällig
tillfalligt gäst ale alingsås alvesta aneby arboga arjeplog arvidsjaur arvika askersund avesta bengtsfors berg
bjurholm bjuv boden bollebygd bollnäs borgholm borlänge borås botkyrka boxholm bromölla bräcke burlöv båstad danderyd
degerfors dorotea eda ekerö eksjö emmaboda enköping eskilstuna eslöv essunga fagersta falkenberg falköping falun
filipstad finspång flen forshaga färgelanda gagnef gislaved gnesta gnosjö gotland grums grästorp gullspång gällivare
gävle götene habo hagfors hallsberg hallstahammar halmstad hammarö haninge haparanda heby hedemora helsingborg
herrljunga hjo hofors huddinge hudiksvall hultsfred hylte håbo hällefors härjedalen härnösand härryda hässleholm
höganäs högsby hörby höör jokkmokk järfälla jönköping kalix kalmar karlsborg karlshamn karlskoga karlskrona karlstad
katrineholm kil kinda kiruna klippan knivsta kramfors kristianstad kristinehamn krokom kumla kungsbacka kungsör
kungälv kävlinge köping laholm landskrona laxå lekeberg leksand lerum lessebo lidingö lidköping lillaedet lindesberg
linköping ljungby ljusdal ljusnarsberg lomma ludvika luleå lund lycksele lysekil malung mariestad mark markaryd
mellerud mjölby mora motala mullsjö munkedal munkfors mölndal mönsterås mörbylånga nacka nora norberg nordanstig
nordmaling norrköping norrtälje norsjö nybro nykvarn nyköping nynäshamn nässjö ockelbo olofström orsa orust osby
oskarshamn ovanåker oxelösund pajala partille perstorp piteå ragunda robertsfors ronneby rättvik sala salem sandviken
sigtuna simrishamn sjöbo skara skellefteå skinnskatteberg skurup skövde smedjebacken sollefteå sollentuna solna
sorsele sotenäs staffanstorp stenungsund storfors storuman strängnäs strömstad strömsund sundbyberg sundsvall sunne
surahammar svalöv svedala svenljunga säffle säter sävsjö söderhamn söderköping södertälje sölvesborg tanum tibro
tidaholm tierp timrå tingsryd tjörn tomelilla torsby torsås tranemo tranås trelleborg trollhättan trosa tyresö täby
töreboda uddevalla ulricehamn umeå upplandsbro upplandsväsby uppsala uppvidinge vadstena vaggeryd valdemarsvik
vallentuna vansbro vara varberg vaxholm vellinge vetlanda vilhelmina vimmerby vindeln vingåker vårgårda vänersborg
vännäs värmdö värnamo västervik västerås växjö ydre ystad åmål ånge åre årjäng åsele åstorp åtvidaberg älmhult
älvdalen älvkarleby älvsbyn ängelholm öckerö ödeshög örebro örkelljunga örnsköldsvik östersund österåker östhammar
östragöinge överkalix övertorneå
"""
WORDS = tuple(_TEXT.split())
