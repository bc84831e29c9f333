"""The words that made-up articles are written in: real ones for the language, invented ones for names and rare terms.

Every list stands in the order of its popularity: what comes first is drawn most often (see `frequent`).
"""

import unicodedata
from collections.abc import Sequence
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")


def frequent(rng: Random, items: Sequence[T], head: float = 1.0) -> T:
    """One of the items, the k-th about as often as 1/(k + head): Zipf's law, cheaply."""
    return items[int(head * (len(items) / head + 1) ** rng.random() - head)]


def anyone(rng: Random, items: Sequence[T]) -> T:
    """One of the items, each as often as the others; faster than `Random.choice`."""
    return items[int(rng.random() * len(items))]


def slug(text: str) -> str:
    """An id made of a name."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(LIGATURES)).encode("ascii", "ignore").decode()
    return "-".join("".join(char if char.isalnum() else " " for char in plain).split())


def parts(text: str) -> list[str]:
    """What stands in lines of its own or between semicolons."""
    return text.strip().replace("\n", ";").split(";")


LIGATURES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ð": "d", "þ": "th", "ı": "i"})


class Country(NamedTuple):
    """A country as a side at the table."""

    name: str
    adjective: str
    capital: str


class City(NamedTuple):
    """A city where delegations meet."""

    name: str
    country: str
    zone: str


COUNTRIES = [
    Country(*entry.split("|"))
    for entry in parts("""
US|US|Washington;China|Chinese|Beijing;EU|EU|Brussels;Japan|Japanese|Tokyo;India|Indian|New Delhi
Germany|German|Berlin;UK|British|London;France|French|Paris;Canada|Canadian|Ottawa;Mexico|Mexican|Mexico City
Brazil|Brazilian|Brasília;Russia|Russian|Moscow;South Korea|South Korean|Seoul;Australia|Australian|Canberra
Turkey|Turkish|Ankara;Indonesia|Indonesian|Jakarta;Norway|Norwegian|Oslo;Switzerland|Swiss|Bern
Vietnam|Vietnamese|Hanoi;Argentina|Argentine|Buenos Aires;South Africa|South African|Pretoria
Saudi Arabia|Saudi|Riyadh;Iceland|Icelandic|Reykjavík;Thailand|Thai|Bangkok;Egypt|Egyptian|Cairo
Poland|Polish|Warsaw;Italy|Italian|Rome;Spain|Spanish|Madrid;Netherlands|Dutch|The Hague;Sweden|Swedish|Stockholm
Malaysia|Malaysian|Kuala Lumpur;Singapore|Singaporean|Singapore;Ukraine|Ukrainian|Kyiv;Chile|Chilean|Santiago
Nigeria|Nigerian|Abuja;Iran|Iranian|Tehran;Pakistan|Pakistani|Islamabad;New Zealand|New Zealand|Wellington
Colombia|Colombian|Bogotá;Peru|Peruvian|Lima;Israel|Israeli|Jerusalem;Kenya|Kenyan|Nairobi
Morocco|Moroccan|Rabat;Philippines|Philippine|Manila;Bangladesh|Bangladeshi|Dhaka;Kazakhstan|Kazakh|Astana
Austria|Austrian|Vienna;Belgium|Belgian|Brussels;Denmark|Danish|Copenhagen;Finland|Finnish|Helsinki
Greece|Greek|Athens;Portugal|Portuguese|Lisbon;Ireland|Irish|Dublin;Czechia|Czech|Prague;Hungary|Hungarian|Budapest
Romania|Romanian|Bucharest;Bulgaria|Bulgarian|Sofia;Serbia|Serbian|Belgrade;Croatia|Croatian|Zagreb
Slovakia|Slovak|Bratislava;Slovenia|Slovenian|Ljubljana;Estonia|Estonian|Tallinn;Latvia|Latvian|Riga
Lithuania|Lithuanian|Vilnius;Luxembourg|Luxembourgish|Luxembourg;Malta|Maltese|Valletta;Cyprus|Cypriot|Nicosia
Albania|Albanian|Tirana;Bosnia and Herzegovina|Bosnian|Sarajevo;Montenegro|Montenegrin|Podgorica
North Macedonia|Macedonian|Skopje;Kosovo|Kosovar|Pristina;Moldova|Moldovan|Chișinău;Belarus|Belarusian|Minsk
Georgia|Georgian|Tbilisi;Armenia|Armenian|Yerevan;Azerbaijan|Azerbaijani|Baku;Uzbekistan|Uzbek|Tashkent
Turkmenistan|Turkmen|Ashgabat;Kyrgyzstan|Kyrgyz|Bishkek;Tajikistan|Tajik|Dushanbe;Mongolia|Mongolian|Ulaanbaatar
Taiwan|Taiwanese|Taipei;Hong Kong|Hong Kong|Hong Kong;Macau|Macanese|Macau;North Korea|North Korean|Pyongyang
Myanmar|Burmese|Naypyidaw;Laos|Laotian|Vientiane;Cambodia|Cambodian|Phnom Penh;Brunei|Bruneian|Bandar Seri Begawan
Timor-Leste|Timorese|Dili;Sri Lanka|Sri Lankan|Colombo;Nepal|Nepali|Kathmandu;Bhutan|Bhutanese|Thimphu
Maldives|Maldivian|Malé;Afghanistan|Afghan|Kabul;Iraq|Iraqi|Baghdad;Syria|Syrian|Damascus;Lebanon|Lebanese|Beirut
Jordan|Jordanian|Amman;Palestine|Palestinian|Ramallah;Kuwait|Kuwaiti|Kuwait City;Bahrain|Bahraini|Manama
Qatar|Qatari|Doha;United Arab Emirates|Emirati|Abu Dhabi;Oman|Omani|Muscat;Yemen|Yemeni|Sana’a
Algeria|Algerian|Algiers;Tunisia|Tunisian|Tunis;Libya|Libyan|Tripoli;Sudan|Sudanese|Khartoum
Ethiopia|Ethiopian|Addis Ababa;Eritrea|Eritrean|Asmara;Djibouti|Djiboutian|Djibouti;Somalia|Somali|Mogadishu
Uganda|Ugandan|Kampala;Tanzania|Tanzanian|Dodoma;Rwanda|Rwandan|Kigali;Burundi|Burundian|Gitega
Ghana|Ghanaian|Accra;Ivory Coast|Ivorian|Yamoussoukro;Senegal|Senegalese|Dakar;Mali|Malian|Bamako
Burkina Faso|Burkinabè|Ouagadougou;Benin|Beninese|Porto-Novo;Togo|Togolese|Lomé;Sierra Leone|Sierra Leonean|Freetown
Liberia|Liberian|Monrovia;Gambia|Gambian|Banjul;Mauritania|Mauritanian|Nouakchott;Cape Verde|Cape Verdean|Praia
Cameroon|Cameroonian|Yaoundé;Gabon|Gabonese|Libreville;Chad|Chadian|N’Djamena;Congo|Congolese|Brazzaville
Central African Republic|Central African|Bangui;Angola|Angolan|Luanda;Zambia|Zambian|Lusaka
Zimbabwe|Zimbabwean|Harare;Malawi|Malawian|Lilongwe;Mozambique|Mozambican|Maputo;Namibia|Namibian|Windhoek
Botswana|Botswanan|Gaborone;Lesotho|Basotho|Maseru;Eswatini|Swazi|Mbabane;Madagascar|Malagasy|Antananarivo
Mauritius|Mauritian|Port Louis;Seychelles|Seychellois|Victoria;Comoros|Comorian|Moroni
São Tomé and Príncipe|Santomean|São Tomé;Guinea-Bissau|Bissau-Guinean|Bissau
Equatorial Guinea|Equatoguinean|Malabo;Venezuela|Venezuelan|Caracas;Ecuador|Ecuadorian|Quito
Bolivia|Bolivian|La Paz;Paraguay|Paraguayan|Asunción;Uruguay|Uruguayan|Montevideo;Guyana|Guyanese|Georgetown
Suriname|Surinamese|Paramaribo;Panama|Panamanian|Panama City;Costa Rica|Costa Rican|San José
Nicaragua|Nicaraguan|Managua;Honduras|Honduran|Tegucigalpa;El Salvador|Salvadoran|San Salvador
Guatemala|Guatemalan|Guatemala City;Belize|Belizean|Belmopan;Cuba|Cuban|Havana;Jamaica|Jamaican|Kingston
Haiti|Haitian|Port-au-Prince;Dominican Republic|Dominican|Santo Domingo;Bahamas|Bahamian|Nassau
Barbados|Barbadian|Bridgetown;Trinidad and Tobago|Trinidadian|Port of Spain;Saint Lucia|Saint Lucian|Castries
Grenada|Grenadian|Saint George’s;Antigua and Barbuda|Antiguan|Saint John’s;Saint Kitts and Nevis|Kittitian|Basseterre
Saint Vincent|Vincentian|Kingstown;Greenland|Greenlandic|Nuuk;Faroe Islands|Faroese|Tórshavn
Fiji|Fijian|Suva;Papua New Guinea|Papuan|Port Moresby;Solomon Islands|Solomon Islands|Honiara
Vanuatu|Vanuatuan|Port Vila;Samoa|Samoan|Apia;Tonga|Tongan|Nukuʻalofa;Kiribati|I-Kiribati|Tarawa
Tuvalu|Tuvaluan|Funafuti;Nauru|Nauruan|Yaren;Palau|Palauan|Ngerulmud;Micronesia|Micronesian|Palikir
Marshall Islands|Marshallese|Majuro;Cook Islands|Cook Islands|Avarua;Andorra|Andorran|Andorra la Vella
Monaco|Monégasque|Monaco;Liechtenstein|Liechtenstein|Vaduz;San Marino|Sammarinese|San Marino
New Caledonia|New Caledonian|Nouméa;French Polynesia|Polynesian|Papeete;Bermuda|Bermudian|Hamilton
""")
]

WITH_ARTICLE = parts("""
US;EU;UK;Netherlands;Philippines;Maldives;United Arab Emirates;Gambia;Central African Republic;Seychelles;Comoros
Dominican Republic;Bahamas;Faroe Islands;Solomon Islands;Marshall Islands;Cook Islands
""")
"""Countries that are spoken of with “the”."""

CITIES = [
    City(*entry.split("|"))
    for entry in parts("""
Geneva|Switzerland|Europe/Zurich;London|UK|Europe/London;Brussels|Belgium|Europe/Brussels
Washington|US|America/New_York;Beijing|China|Asia/Shanghai;Vienna|Austria|Europe/Vienna;Singapore|Singapore|Asia/Singapore
Doha|Qatar|Asia/Qatar;Istanbul|Turkey|Europe/Istanbul;New York|US|America/New_York;Tokyo|Japan|Asia/Tokyo
Paris|France|Europe/Paris;Berlin|Germany|Europe/Berlin;Stockholm|Sweden|Europe/Stockholm;Oslo|Norway|Europe/Oslo
Bergen|Norway|Europe/Oslo;Reykjavík|Iceland|Atlantic/Reykjavik;Zürich|Switzerland|Europe/Zurich
Copenhagen|Denmark|Europe/Copenhagen;Helsinki|Finland|Europe/Helsinki;Madrid|Spain|Europe/Madrid
Lisbon|Portugal|Europe/Lisbon;Rome|Italy|Europe/Rome;Athens|Greece|Europe/Athens;Warsaw|Poland|Europe/Warsaw
Prague|Czechia|Europe/Prague;Budapest|Hungary|Europe/Budapest;Ankara|Turkey|Europe/Istanbul;Cairo|Egypt|Africa/Cairo
Nairobi|Kenya|Africa/Nairobi;Accra|Ghana|Africa/Accra;Rabat|Morocco|Africa/Casablanca
Cape Town|South Africa|Africa/Johannesburg;Abu Dhabi|United Arab Emirates|Asia/Dubai;Muscat|Oman|Asia/Muscat
Riyadh|Saudi Arabia|Asia/Riyadh;Astana|Kazakhstan|Asia/Almaty;Tashkent|Uzbekistan|Asia/Tashkent
New Delhi|India|Asia/Kolkata;Mumbai|India|Asia/Kolkata;Bangkok|Thailand|Asia/Bangkok;Hanoi|Vietnam|Asia/Bangkok
Jakarta|Indonesia|Asia/Jakarta;Manila|Philippines|Asia/Manila;Seoul|South Korea|Asia/Seoul
Shanghai|China|Asia/Shanghai;Osaka|Japan|Asia/Tokyo;Sydney|Australia|Australia/Sydney
Wellington|New Zealand|Pacific/Auckland;Ottawa|Canada|America/Toronto;Montréal|Canada|America/Toronto
Mexico City|Mexico|America/Mexico_City;Bogotá|Colombia|America/Bogota;Lima|Peru|America/Lima
Santiago|Chile|America/Santiago;Buenos Aires|Argentina|America/Argentina/Buenos_Aires
São Paulo|Brazil|America/Sao_Paulo;Brasília|Brazil|America/Sao_Paulo;Tórshavn|Faroe Islands|Atlantic/Faroe
Málaga|Spain|Europe/Madrid;Kraków|Poland|Europe/Warsaw;Gdańsk|Poland|Europe/Warsaw;Malmö|Sweden|Europe/Stockholm
Tbilisi|Georgia|Asia/Tbilisi;Dublin|Ireland|Europe/Dublin;Riga|Latvia|Europe/Riga;Tallinn|Estonia|Europe/Tallinn
""")
]

VENUES = parts("""
Lancaster House;Palais des Nations;Grand Hotel;Conference Centre;Trade Ministry;Harbour Hall;Old Exchange;City Hall
Villa Rosenau;Royal Academy;Maritime Museum;State Guest House
Hotel Bristol;Convention Palace;Customs House;Corn Exchange
Palais Coburg;Hôtel de Ville;National Library;Congress Hall;Casa América;Stadthalle;Riverside Forum;Chamber of Commerce
Winter Garden;Assembly Rooms;Hotel Continental;Museum of Trade
Old Town Hall;Botanical Institute;Summer Palace;Mint House
""")

OFFICES = parts("""
trade minister;foreign minister;chief negotiator;finance minister;deputy trade minister;commerce secretary;ambassador
agriculture minister;economy minister;fisheries minister;trade commissioner;prime minister;industry minister;president
deputy foreign minister;energy minister;special envoy;central bank governor;customs director;trade representative
government spokesman;government spokeswoman;transport minister;export promotion chief;deputy finance minister
environment minister;vice-president;chief economist;undersecretary for commerce;head of the tariff commission;lawmaker
opposition leader;chief of the investment agency;consul general;minister for overseas trade;chief veterinary officer
director of the statistics office;secretary of state for enterprise;forestry minister;mining minister;health minister
deputy chief negotiator;ports commissioner;state secretary
parliamentary secretary;technology minister;treasury secretary
""")

EXECUTIVES = parts("""
chief executive of;chair of;spokesman for;spokeswoman for;chief economist at;head of exports at;founder of
""")

SETTINGS = parts("""
at a briefing;in a radio interview;in parliament;after the session;on arrival;in a televised address
at a joint news conference;during a visit to the port;on the sidelines of the forum;in a written statement
at an industry dinner;before boarding the train
in a newspaper interview;at the opening ceremony;in a speech at the university
during a break in the talks;at the airport;after a cabinet meeting;on a conference call;at a trade fair
in a committee hearing;in the lobby of the hotel
at a farmers’ market;at a shareholders’ meeting;after the signing ceremony
""")

AUDIENCES = parts("""
reporters;lawmakers;journalists;an industry conference;members of the chamber of commerce;the delegates;exporters
a parliamentary committee;business leaders;a group of farmers
students;state television;the national broadcaster;investors
union officials;a gathering of diplomats;the evening news;ship owners;the editorial board;visiting mayors;port workers
""")

AGENCIES = parts("""
Nordby News;Meridian Press;Courier Wire;Harbour Bulletin
Continental Post;Ledger Daily;Agência Atlântica;Eastern Dispatch
The Trade Gazette;Agence Lémanique;Pacific Monitor;Straits Telegraph;Capital Herald;Baltic Observer;Tribune Económica
Inland Record;Evening Standard-Bearer;Morning Ledger;The Quay;Southern Correspondent;Alpine Review;Delta Chronicle
""")

MATERIALS = parts("""
steel;semiconductor;rare earth;soybean;aluminium;beef;wheat;battery
car;timber;copper;lithium;wine;cheese;mackerel;rice;sugar
cotton;gas;oil;coal;nickel;cement;poultry;pork;coffee;tea
cocoa;palm oil;banana;tomato;potato;salmon;herring;cod;tuna;shrimp
fertiliser;pharmaceutical;vaccine;medical device;software;aircraft;ship;tractor;truck;tyre;glass;paper;leather;textile
garment;shoe;toy;furniture;ceramic;jewellery;diamond;gold
silver;tin;zinc;cobalt;graphite;gallium;uranium;hydrogen;solar panel
wind turbine;cable;satellite;telescope;microscope;camera;robot;pump;valve;bearing;turbine;locomotive;bicycle;helmet
honey;olive oil;nut;date;spice;vanilla;flower;seed;barley;maize;oat;lentil;milk powder;butter;egg;lamb;wool;silk;rubber
plastic;paint;dye;soap;perfume;chip;magnet;ethane;ammonia;methanol
""")

SUBJECTS = ["{} tariffs", "{} exports", "{} quotas", "{} subsidies"]
"""What talks about a material are about."""

HEADS = parts("""
inspections;shipments;permits;quotas;rebates;licences;standards
subsidies;audits;stocks;imports;deliveries;certificates;rules
levies;prices;contracts;terminals;pipelines;laboratories
registers;guarantees;auctions;warehouses;documents;fees;schedules
parts;components;samples;seeds;coatings;alloys;filters;blends
extracts;panels;machines;tools;vessels;engines;crops;yields
""")

PLAIN_GOODS = parts("products;goods;supplies;products;equipment;components")
GOODS_HEADS = parts("""
alloys;coils;extracts;panels;filters;pellets;fibres;resins;engines;valves;sheets;powders;cables;lamps
""")

ADJECTIVES = parts("""
difficult;constructive;modest;lasting;sensible;careful;bold
fair;balanced;temporary;historic;narrow;generous;cautious;costly
necessary;gradual;credible;practical;risky;hasty;useful;partial;binding;frank;friendly;tense;quiet
painful;helpful;reckless;technical;late;final;serious;small;decisive;welcome;regrettable;patient
""")

NOUNS = parts("""
market;harvest;border;port;customs;labour;safety;price;supply
transit;storage;freight;energy;water;soil;investment;budget;tax
data;quality;origin;health;fuel;container;railway;harbour
pension;patent;licence;credit;insurance;currency;reserve;inflation
factory;farm;forest;fishery;mine;refinery;laboratory;warehouse
depot;terminal;bridge;tunnel;airport;river;canal;coast;island
dairy;grain;fruit;vegetable;meat;feed;cattle;sheep;goat;horse;bee;vineyard;orchard;garden;greenhouse;mill;bakery;brewery
machine;engine;motor;tool;spare;component;circuit;sensor;signal;network;radio;satellite;server;computer;printer;screen
chemical;acid;solvent;pigment;polymer;fibre;yarn;fabric
carpet;clothing;footwear;luggage;paper;pulp;board;packaging;label
bottle;barrel;crate;pallet;tank;pipe;valve;hose;boiler
furnace;kiln;crane;lorry;wagon;barge;ferry;tanker;trawler;shipyard
hospital;clinic;medicine;vaccine;blood;plasma;device;implant
lens;dental;veterinary;hygiene;waste;recycling;scrap;emission
carbon;methane;ozone;noise;dust;flood;drought;fire;storm;ice;snow;wind;solar;tidal;nuclear;hydro;thermal;grid;meter
audit;ledger;invoice;receipt;tender;auction;lease;rent;loan
bond;share;dividend;pension;salary;wage;bonus;contract;permit
school;training;language;research;journal;archive;museum;library;film;music;book;press;broadcast;sport;travel;hotel
tourism;visa;passport;residence;asylum;security;police;court;prison;army;navy;missile;radar;drone;helmet;uniform;fence
bakery;pasta;noodle;sauce;spice;salt;vinegar;juice;beer
spirits;cider;tobacco;cigar;candle;soap;perfume;cosmetic;detergent
brick;tile;cement;gravel;sand;marble;granite;slate;plaster
timber;plywood;veneer;furniture;mattress;lamp;toy;game;bicycle
""")

COMPANY_KINDS = parts("""
Group;Industries;Shipping;Foods;Steel;Energy;Motors;Chemicals;Logistics;Mining;Textiles;Holdings
""")

GIVEN_NAMES = parts("""
Anna;Maria;John;David;Li;Wei;Elena;Peter;Kari;Hans;Fatima
Omar;José;Carlos;Ana;Luis;Sofía;Martín;Ivan;Olga;Dmitri;Yuki;Kenji
Priya;Arjun;Rahul;Aisha;Kwame;Ngozi;Chidi;Amara;Zanele;Thabo
Guðrún;Jón;Søren;Jürgen;Zoë;Chloé;François;Hélène;René;Łukasz
Agnieszka;Tomáš;Jiří;Zsófia;Gábor;Ștefan;Ioana;Nikos;Eleni;Mehmet
Ayşe;Özgür;Leyla;Reza;Shirin;Yusuf;Layla;Tariq;Noor;Samir
Minh;Linh;Nguyet;Somchai;Siti;Budi;Dewi;Rizal;Liza;Grace
Henry;Oliver;Emma;Charlotte;George;Alice;Edward;Rose;Liam;Nora;Ciarán
Siobhán;Owen;Gwen;Angus;Fiona;Lars;Ingrid;Sven;Astrid;Mikko
Aino;Jaan;Liis;Andris;Ilze;Jonas;Rūta;Bogdan;Daria;Oleh;Oksana
Aram;Ani;Giorgi;Nino;Bakyt;Aigul;Temur;Dilnoza;Batu;Oyuna;Jin
Soo;Hyun;Mei;Jun;Hiro;Aya;Ravi;Anita;Sunil;Meera;Hassan;Zainab
Musa;Halima;Abebe;Tigist;Wanjiru;Otieno;Juma;Neema;Tendai;Rudo
Pedro;Inês;João;Beatriz;Tiago;Thiago;Luísa;Mateo;Lucía;Diego
Camila;Andrés;Valentina;Raúl;Mónica;Héctor;Pilar;Íñigo;Núria
Jordi;Marco;Giulia;Paolo;Chiara;Luca;Bianca;Stefano;Karl;Greta
Bruno;Heidi;Otto;Klara;Emil;Ida;Anton;Vera;Leo;Mila;Max;Eva
Felix;Ada;Hugo;Irma;Oscar;Lina;Victor;Nadia;Simon;Ruth;Paul;Judith
""")

ONSETS = parts("b;br;d;dr;f;fr;g;gr;h;k;kr;l;m;n;p;pr;r;s;st;t;tr;v;z;sh;ch;kl;sl;bl")
SOFT_ONSETS = parts("b;d;f;g;h;k;l;m;n;p;r;s;t;v;z;j;b;d;l;m;n;r;st;br;kr;tr;sh")
VOWELS = parts("a;e;i;o;u;a;e;i;o;ei;ia;au")
CODAS = ["", "", "", "n", "r", "l", "s", "m", "t", "k", "nd", "rt", "ld", "x"]
SOFT_CODAS = ["", "", "", "", "n", "r", "l", "s", "m"]
SURNAME_ENDINGS = parts("""
sen;son;ov;ova;ski;ez;ez;ini;escu;ić;ov;berg;mann;ström;dal;oğlu;yan
dze;wala;ko;uk;ani;ad;i;o;a;er;en;el;as;os;is;ing;ley;ton
ández;álvez;ões;él;ård;øy;ář;ů;né
""")
TERM_ENDINGS = parts("ite;ene;ol;ate;ium;ide;ine;ane;ose;in;on;ex;ar;al;it;or;um;et")
PLACE_ENDINGS = parts("burg;stad;ville;ton;ford;grad;vik;by;holm;haven;port;mouth;dal;pur;abad;ia")


def _coined(
    rng: Random, count: int, endings: Sequence[str], taken: Sequence[str] = (), is_soft: bool = False
) -> list[str]:
    """Words that nobody uses, all different, and not only in their accents."""
    onsets, codas = (SOFT_ONSETS, SOFT_CODAS) if is_soft else (ONSETS, CODAS)
    found: dict[str, str] = {}
    while len(found) < count:
        syllables = [anyone(rng, onsets) + anyone(rng, VOWELS) + anyone(rng, codas) for _ in range(anyone(rng, (1, 2)))]
        word = "".join(syllables) + anyone(rng, endings)
        if word not in taken:
            found.setdefault(slug(word), word)
    return list(found.values())


class Vocabulary:
    """All words of one seed, in the order of their popularity."""

    def __init__(self, seed: int) -> None:
        rng = Random(f"words/{seed}")
        real = list(dict.fromkeys(NOUNS))
        self.terms = real + _coined(rng, 32_000, TERM_ENDINGS, real)
        """What anything can be about: the few hundred first words are English, the long tail is coined."""
        self.surnames = [word.capitalize() for word in _coined(rng, 45_000, SURNAME_ENDINGS, is_soft=True)]
        places = [word.capitalize() for word in _coined(rng, 5_000, PLACE_ENDINGS)]
        self.places = [*dict.fromkeys(country.capital for country in COUNTRIES), *places]
        firms = [word.capitalize() for word in _coined(rng, 4_000, TERM_ENDINGS)]
        self.companies = [f"{firm} {anyone(rng, COMPANY_KINDS)}" for firm in firms]
        self.goods = [f"{material} {anyone(rng, PLAIN_GOODS)}" for material in MATERIALS]
        self.goods += [f"{term} {anyone(rng, GOODS_HEADS)}" for term in self.terms[len(real) : 2_500]]
        self.topics = [subject.format(material) for subject in SUBJECTS for material in MATERIALS[:100]]
        rng.shuffle(self.topics)
