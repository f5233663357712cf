"""Who the sources of a text are: one name for each agent, however it is written, and whose voice it is.

``the Korean Central News Agency (KCNA)`` and ``KCNA`` are one agent; ``Kim`` is the ``Kim Jong Un`` named before; and
``he`` is the person who spoke last.  An agent's bloc is the state or party in whose interest it speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from safeground.records.claims import Span

#: News agencies and broadcasters that speak for a state: name as written -> ISO 3166-1 code.
STATE_MEDIA = {"kcna": "KP", "korean central news agency": "KP", "rodong sinmun": "KP", "tass": "RU",
               "ria novosti": "RU",
               "ria": "RU", "rt": "RU", "rossiya segodnya": "RU", "xinhua": "CN", "cctv": "CN", "global times": "CN",
               "irna": "IR", "press tv": "IR", "sana": "SY", "vietnam news agency": "VN", "belta": "BY",
               "anadolu agency": "TR", "anadolu": "TR", "prensa latina": "CU", "ukrinform": "UA", "azertac": "AZ",
               "armenpress": "AM", "al ekhbariya": "SA", "suna": "SD", "petra": "JO"}
_STATE_WORDS = re.compile(r"\bstate(?:-run|-owned)?\s+(?:media|television|tv|news agency|radio|broadcaster)\b",
                          re.IGNORECASE)
_TITLE = re.compile(
    r"\b(?i:leader|president|prime minister|premier|chancellor|king|queen|governor|mayor|minister|general|marshal|"
    r"spokes(?:man|woman|person)|commander|ambassador|secretary|"
    r"director|head|chief|coordinator|manager|officer)\s+((?:[A-Z][\w’'-]+\s?){1,4})")
_APPOSED = re.compile(r"\b(?i:leader|president|minister|governor|mayor|chief|head|director|spokes\w+),\s"
                      r"((?:[A-Z][\w’'-]+\s?){2,3}),")
_SPOKE = re.compile(r"\b((?:[A-Z][a-zà-ÿ’'-]+\s){1,2}[A-Z][a-zà-ÿ’'-]+)\s"
                    r"(?:said|says|told|added|warned|claimed|wrote)\b")
#: A person named beside what he is: ``a local guide, Rashad``.
_ROLE = re.compile(
    r"\b(?:guide|farmer|villager|teacher|doctor|nurse|shepherd|herder|driver|neighbou?r|resident|"
    r"officer|deminer|sapper|"
    r"soldier|brother|sister|father|mother|wife|husband|son|daughter|cousin|colleague|manager|director|head|chief|"
    r"official|lawyer|owner|worker|engineer|survivor|refugee|student|elder|mayor|surveyor|medic|spokes\w+|leader),\s"
    r"([A-Z][a-zà-ÿ’'-]+(?:\s[A-Z][a-zà-ÿ’'-]+){0,2})(?=[,.;:])")
#: Small words, then a name: ``agency director Amra Hodzic``.
_ROLE_NAME = re.compile(r"(?:[a-zà-ÿ][\w’'-]*\s)+((?:[A-Z][a-zà-ÿ’'-]+\s?){2,3})$")
_BODY = re.compile(r"\b(?:Ministry|Agency|Army|Watch|Nations|Press|News|Bank|Group|Party|Council|Office|Corps|Command|"
                   r"Union|Trust|Centre|Center|Committee|Association|University|Institute|State|Department|Police|"
                   r"Times|Post|House|Government|Authority|Service|Cross|Crescent|Organi[sz]ation|"
                   r"Ltd|Inc|Corp|Co|LLC|Company|International|Action|Aid|Fund|Program(?:me)?|Mission)\b")
_STATE_BODY = re.compile(r"\b(?:army|military|navy|air force|general staff|ministry|government|police|"
                         r"(?:press|news) agency|intelligence|authorities|officials?|troops)\b", re.IGNORECASE)
_ABBREVIATION = re.compile(r"((?:[A-Z][\w’'-]+\s+){1,6})\(([A-Z][A-Z.]{1,9})\)")
_PERSON_PRONOUNS = frozenset(("he", "she", "his", "her", "him"))
_SPEAKER_WORD = re.compile(r"MINISTER|REPORTER|PRESIDENT|GOVERNOR|SPOKES|DIRECTOR|QUESTION|ANSWER|CHAIR|GENERAL"
                           r"|OFFICER")
_LEADING = re.compile(r"^(?:the|a|an|its|their|his|her|only|but|and|however|meanwhile)\s+", re.IGNORECASE)


@dataclass(slots=True)
class Agents:
    """The agents of one document, as they are met from its start on.

    Attributes
    ----------
    country_of : name of a country, capital or nationality -> ISO code, "" = none.
    aliases : short form -> full name.  persons : full names of people.  affiliation : name -> ISO code of its state.
    """

    text: str
    country_of: Callable[[str], str]
    aliases: dict[str, str] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    affiliation: dict[str, str] = field(default_factory=dict)
    full_names: dict[str, str] = field(default_factory=dict)
    voices: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for found in _ABBREVIATION.finditer(self.text):
            full = _LEADING.sub("", found.group(1)).strip()
            self.aliases[full.lower()] = found.group(2)
            self.full_names[found.group(2).lower()] = full
        for found in _TITLE.finditer(self.text):
            name = found.group(1).strip().rstrip("’'")
            self.persons.setdefault(name, found.start(1))
            code = self._state_near(found.start())
            if code:
                self.affiliation.setdefault(name, code)
            self._short_forms(name)
        for found in _APPOSED.finditer(self.text):
            name = found.group(1).strip()
            self.persons.setdefault(name, found.start(1))
            self._short_forms(name)
        for found in _ROLE.finditer(self.text):
            name = found.group(1).strip()
            if not self.country_of(name):
                self.persons.setdefault(name, found.start(1))
                self._short_forms(name)
        for found in _SPOKE.finditer(self.text):
            name = found.group(1).strip()
            if not self.country_of(name) and name.lower() not in self.aliases and not _BODY.search(name):
                self.persons.setdefault(name, found.start(1))
                self._short_forms(name)

    def _short_forms(self, name: str) -> None:
        """Let a person's family name, or the first name where it stands first, mean the person."""
        words = name.split()
        for part in {words[0], words[-1]} if len(words) > 1 else set():
            self.aliases.setdefault(part.lower(), name)

    def _state_near(self, at: int) -> str:
        """Return the state named last in the sentence before a title: ``North Korea …, with leader X``."""
        begin = max(self.text.rfind(mark, 0, at) for mark in (". ", "\n", "! ", "? ")) + 1
        before = self.text[begin:at]
        return next(iter(self._states(before)), "")

    def name(self, words: str, at: int) -> str:
        """Return the agent that words stand for; a pronoun is the person named last before it."""
        plain = " ".join(words.split()).strip(" ,;:“”\"")
        plain = re.sub(r"\s*\([^)]*\)$|,\s(?:an?|the|its|who|which)\s.*$", "", plain)
        while _LEADING.match(plain):
            plain = _LEADING.sub("", plain)
        plain = re.sub(r"\s+(?:also|only|posthumously|reportedly|later|then)$", "", plain)
        if plain.lower() in _PERSON_PRONOUNS:
            return self._last_person(at) or plain
        if plain.lower() in self.aliases:
            return self.aliases[plain.lower()]
        titled = _TITLE.search(plain) or _APPOSED.search(f"{plain},")
        if titled:
            return titled.group(1).strip()
        named = _ROLE_NAME.fullmatch(plain)
        if named and not _BODY.search(named.group(1)) and not re.search(r"\b(?:of|for|in|from|and|at)\b", plain):
            return named.group(1).strip()
        if plain.lower() in ("it", "they"):
            return self._last_voice(at, plain)
        if plain.isupper() and len(plain.split()) <= 4 and _SPEAKER_WORD.search(plain):
            return plain.capitalize()
        return plain

    def _last_voice(self, at: int, pronoun: str) -> str:
        """Return the body that spoke last before a character, for ``it`` and ``they``; the pronoun where none did."""
        found = [name for place, name in self.voices if place < at and name not in self.persons]
        return found[-1] if found else pronoun

    def hear(self, words: str, at: int) -> None:
        """Take note of a source where it stands, so that a later pronoun is understood."""
        name = self.name(words, at)
        if name.lower() not in ("it", "they", "who", "which", *_PERSON_PRONOUNS):
            self.voices.append((at, name))

    def _last_person(self, at: int) -> str:
        """Return the person named last before a character, under the full or a short name."""
        best, place = "", -1
        for person in self.persons:
            for form in {person, *person.split()}:
                found = self.text.rfind(form, 0, at)
                if found > place:
                    best, place = person, found
        return best

    def bloc(self, agent: str) -> str:
        """Return the interest bloc of an agent: ``state:XX`` of a state, its leaders and its media; else ""."""
        agent = self.full_names.get(agent.lower(), agent)
        low = agent.lower()
        if low in STATE_MEDIA:
            return f"state:{STATE_MEDIA[low]}"
        if agent in self.affiliation:
            return f"state:{self.affiliation[agent]}"
        code = self.country_of(agent)
        if code:
            return f"state:{code}"
        if _STATE_WORDS.search(agent):
            lead = self.country_of(agent.split()[0]) or self._main_state()
            return f"state:{lead}" if lead else ""
        if _STATE_BODY.search(agent):
            codes = [self.country_of(word.removesuffix("’s").removesuffix("'s")) for word in agent.split()]
            return next((f"state:{code}" for code in codes if code), "")
        return ""

    def is_general(self, agent: str) -> bool:
        """Whether an agent is a state's general voice: the state itself, its media or news agency."""
        agent = self.full_names.get(agent.lower(), agent)
        return agent not in self.persons and bool(self.bloc(agent)) and (
            agent.lower() in STATE_MEDIA or bool(self.country_of(agent)) or bool(_STATE_WORDS.search(agent))
            or re.search(r"\b(?:press|news)\s+agency$", agent, re.IGNORECASE) is not None)

    def _main_state(self) -> str:
        """Return the state that the document names first."""
        return next(iter(self._states(self.text)), "")

    def _states(self, words: str) -> list[str]:
        """Return the states that words name, in order; names of two words before their parts."""
        tokens = re.findall(r"[A-Z][\w-]*|\S+", words)
        found: list[str] = []
        at = 0
        while at < len(tokens):
            pair = self.country_of(" ".join(tokens[at : at + 2])) if tokens[at][:1].isupper() else ""
            code = pair or (self.country_of(tokens[at]) if tokens[at][:1].isupper() else "")
            if code:
                found.append(code)
            at += 2 if pair else 1
        return found


#: A relay named in the sentence itself: ``in a speech carried by state media``.
RELAY = re.compile(r"\b(?:carried|published|aired|broadcast|released|reported|quoted|cited|distributed|relayed)\s+by\s+"
                   r"((?:the\s+)?(?:[\w-]+\s+){0,3}?(?:media|television|tv|agency|newspaper|[A-Z][A-Z]+))\b")


def relay_in(text: str, sentence: Span) -> tuple[str, Span] | None:
    """Return the relay that a sentence names, and where; None = none."""
    found = RELAY.search(text, sentence.start, sentence.end)
    return None if found is None else (found.group(1), Span(found.start(), found.end()))
