"""Words around names of places: what kind of place follows or precedes, directions, states, and words that are no "
"places."""

from __future__ import annotations

import re

from safeground.claims.wording import words
from safeground.records.claims import PlaceLevel

_A1, _A2 = PlaceLevel.ADMIN_1, PlaceLevel.ADMIN_2
#: Word for a kind of place -> its level.  ``county`` and ``district`` depend on the country; see :func:`level_of_type`.
TYPES: dict[str, PlaceLevel] = {
    **dict.fromkeys(("region", "oblast", "province", "governorate", "krai", "republic", "state", "canton", "department",
                     "prefecture", "voivodeship", "emirate", "autonomous region", "territory", "wilaya", "muhafazah",
                     "nation", "entity", "voblast", "viloyat"), _A1),
    **dict.fromkeys(("district", "raion", "rayon", "county", "municipality", "commune", "subdistrict", "sub-district",
                     "community", "hromada", "parish", "borough", "township", "locality", "woreda", "payam", "nahiya",
                     "cercle", "kebele", "chiefdom"), _A2),
    **dict.fromkeys(("city", "town", "village", "settlement", "hamlet", "port city", "capital", "suburb",
                     "neighbourhood",
                     "neighborhood", "seaport"), PlaceLevel.SETTLEMENT),
    **dict.fromkeys(("river", "lake", "mountain", "mountains", "hills", "hill", "valley", "peninsula", "island",
                     "islands",
                     "bay", "sea", "gulf", "strait", "canal", "dam", "reservoir", "bridge", "airport", "airfield",
                     "airbase",
                     "air base", "base", "camp", "desert", "delta", "forest", "highway", "road", "port", "crossing",
                     "checkpoint", "pass", "ridge", "national park", "nature reserve", "plant", "power station",
                     "minefield",
                     "harbour", "harbor", "prison", "ocean", "coast", "basin", "plateau", "archipelago", "spit"),
                    PlaceLevel.FEATURE),
}
#: Works that are called by the town they stand at; their name alone is the town's.
OF_TOWN = frozenset(("airport", "airfield", "airbase", "air base", "plant", "power station", "prison", "harbour",
                     "harbor"))
#: Stretches that are called by the unit they lie in.
OF_AREA = frozenset(("coast", "desert", "forest", "hills", "mountains"))
_TYPE = "|".join(sorted(map(re.escape, TYPES), key=len, reverse=True))
#: A kind after a name: ``Kursk region``, ``Kherson and Mykolaiv oblasts``.
TYPE_AFTER = re.compile(rf"\s+(?P<type>{_TYPE})(?P<plural>s)?\b(?!-)", re.IGNORECASE)
#: A kind before a name: ``the village of X``, ``Lake X``, ``Mount X``.
TYPE_BEFORE = re.compile(rf"\b(?:(?P<type>{_TYPE})s?\s+of\s+|(?P<short>Lake|Mount|Mt\.|River|Camp|Fort|Cape)\s+)$",
                         re.IGNORECASE)
#: A feature named after something: ``Sea of Azov``, ``Lake Chad``; the kind belongs to the name.
NAMED_FEATURE = re.compile(r"\b(?:(?:Sea|Gulf|Bay|Strait|Isle|Cape|Straits|Horn)\s+of\s+(?:the\s+)?"
                           r"|(?:Lake|Mount|Mt\.|Cape)\s+)$")
SHORT = {"lake": "lake", "mount": "mountain", "mt.": "mountain", "river": "river", "camp": "camp", "fort": "base",
         "cape": "peninsula"}
#: Before a settlement: ``the town X``, ``the villages X and Y``.
KIND_BEFORE = re.compile(r"\b(?:the|a)\s+(?:[a-z-]+\s+){0,2}(?P<type>city|town|village|settlement|hamlet|suburb)s?\s+$")
DIRECTION = re.compile(
    r"\b(?P<dir>(?:(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west)(?:ern)?|central|upper"
    r"|lower)"
    r"(?:\s+and\s+(?:(?:north|south|east|west)(?:ern)?))?)(?:\s+parts?\s+of)?\s+$", re.IGNORECASE)
NEAR = re.compile(r"\b(?P<near>near|outside|around|close to|not far from|in the vicinity of|on the outskirts of"
                  r"|towards?|off)\s+"
                  r"(?:the\s+)?(?:(?:city|town|village|port|settlement)\s+of\s+)?$", re.IGNORECASE)
AWAY = re.compile(r"\b(?:(?:about|some|around|roughly)\s+)?(?P<km>\d+(?:\.\d+)?)\s*(?P<unit>km|kilomet(?:re|er)s?"
                  r"|miles?|mi)\b[^.;]{0,24}?"
                  r"\b(?:of|from|outside)\s+$", re.IGNORECASE)
PREPOSITION = re.compile(
    r"(?:\b(?:in|at|near|from|to|into|outside|around|towards?|of|between|through|over|via|across|inside|within|off"
    r"|against|on"
    r"|visited|reached|left|entered|hit|struck|captured|seized|liberated|reach|enter|leave|including|like|and|or"
    r"|cities|towns"
    r"|villages|city|town|village)\s+(?:the\s+)?(?:(?:[a-z]+(?:ern)?|downtown|nearby|central)\s+)?|[,(—–:]\s*)$",
    re.IGNORECASE)
TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|President|Prime Minister|Minister|Gen|General|Col|Colonel|Maj|Major|Capt"
                   r"|Captain|Lt"
                   r"|Sgt|Sir|Lord|Lady|Pope|King|Queen|Prince|Princess|Sen|Senator|Rep|Gov|Governor|Mayor|Judge"
                   r"|Chancellor"
                   r"|Chairman|Director|spokesman|spokeswoman|leader|coach|analyst|journalist|named|called)\.?\s+$")
#: After a name: it is a paper, a club, a school, a company, a person's surname.
NOT_A_PLACE_AFTER = re.compile(
    r"\s+(?:Times|Post|News|Tribune|Herald|Journal|Gazette|Observer|Review|Telegraph|Independent|University|College"
    r"|School|Bank"
    r"|Agency|FC|United|Rovers|Inc|Corp|Ltd|LLC|Group|Foundation|Institute|Press|Radio|TV|Television|Airlines|Airways"
    r"|Today"
    r"|Convention|Treaty|Protocol|Accords?|Agreement|Declaration|Summit|Conference|Award|Prize|24\b)")
NOT_A_PLACE_BEFORE = re.compile(r"\b(?:University|Bank|Duke|Earl|Prince|Princess|Bishop|Archbishop|Treaty|Battle|Lady"
                                r"|Institute"
                                r"|School|College|Museum|Convention)\s+of\s+(?:the\s+)?$")
STATES = dict(pair.split(":") for pair in words(
    "Alabama:AL Alaska:AK Arizona:AZ Arkansas:AR California:CA Colorado:CO Connecticut:CT Delaware:DE Florida:FL "
    "Georgia:GA "
    "Hawaii:HI Idaho:ID Illinois:IL Indiana:IN Iowa:IA Kansas:KS Kentucky:KY Louisiana:LA Maine:ME Maryland:MD "
    "Massachusetts:MA Michigan:MI Minnesota:MN Mississippi:MS Missouri:MO Montana:MT Nebraska:NE Nevada:NV "
    "New_Hampshire:NH "
    "New_Jersey:NJ New_Mexico:NM New_York:NY North_Carolina:NC North_Dakota:ND Ohio:OH Oklahoma:OK Oregon:OR "
    "Pennsylvania:PA "
    "Rhode_Island:RI South_Carolina:SC South_Dakota:SD Tennessee:TN Texas:TX Utah:UT Vermont:VT Virginia:VA "
    "Washington:WA "
    "West_Virginia:WV Wisconsin:WI Wyoming:WY Ala.:AL Ariz.:AZ Ark.:AR Calif.:CA Colo.:CO Conn.:CT Del.:DE Fla.:FL "
    "Ga.:GA "
    "Ill.:IL Ind.:IN Kan.:KS Ky.:KY La.:LA Md.:MD Mass.:MA Mich.:MI Minn.:MN Miss.:MS Mo.:MO Mont.:MT Neb.:NE "
    "Nev.:NV N.H.:NH "
    "N.J.:NJ N.M.:NM N.Y.:NY N.C.:NC N.D.:ND Okla.:OK Ore.:OR Pa.:PA R.I.:RI S.C.:SC S.D.:SD Tenn.:TN Tex.:TX Vt.:VT "
    "Va.:VA "
    "Wash.:WA W.Va.:WV Wis.:WI Wyo.:WY D.C.:DC"))
STATE_CODES = {name.replace("_", " "): code for name, code in STATES.items()} | {code: code for code in STATES.values()}
#: Words that never begin a name by themselves.
FUNCTION_WORDS = frozenset(words(
    "the a an in on at of and or but for from to with by as is was he she it they we i you his her its their this that "
    "these those no yes some all both during after before since until while when where who what why how our my your "
    "sea "
    "gulf strait"))
#: Capitalised words that name places somewhere and hardly ever do in news.
NO_NAMES = frozenset(words(
    "the a an in on at of and or but for from to with by as is was he she it they we i you his her its their this "
    "that these "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september "
    "october november december mr mrs ms dr president minister general army navy police government united nations un "
    "eu nato "
    "north south east west northern southern eastern western central new old great no yes one two three mission most "
    "many some "
    "all both during after before since until while when where who what why how god press university college school "
    "church "
    "international national federal state republic union council congress senate house committee party court media "
    "photo "
    "credit author share advertisement story reuters kim lee park smith jones brown university green white black "
    "young long "
    "best van von de la el al sea gulf bay strait river lake mount cape lakes unity plateau bari meta cesar rivers "
    "imo mon chin tete lac agri batman delta "
    "unity "
    "sport media nice reading mobile orange date male bath battle deal ash hope war peace victory liberty union "
    "independence "
    "analysts photographs earlier according western other our my your first second last next officials engineers "
    "soldiers "
    "africa europe asia antarctica mines mine deminers demining team teams survey clearance landmine landmines"))


def level_of_type(word: str, country: str) -> PlaceLevel:
    """Return the level that a kind of place stands for in a country.

    A county is of the second level in the United States, the United Kingdom and Ireland and of the first elsewhere;
    districts are of the first in Azerbaijan, Libya and Kosovo; a US borough is a settlement.
    """
    low = word.lower()
    if low == "county" and country in ("HR", "HU", "RO", "NO", "SE", "EE", "LT", "KE", "LR", "SS", "TW"):
        return PlaceLevel.ADMIN_1
    if low == "district" and country in ("AZ", "LY", "XK", "LS", "SB", "GY"):
        return PlaceLevel.ADMIN_1
    return TYPES[low]
