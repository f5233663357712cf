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
    r"\b(?:leader|president|prime minister|premier|chancellor|king|queen|governor|mayor|minister|general|marshal|"
    r"spokes(?:man|woman|person)|commander|ambassador|secretary)\s+((?:[A-Z][\w’'-]+\s?){1,4})")
_ABBREVIATION = re.compile(r"((?:[A-Z][\w’'-]+\s+){1,6})\(([A-Z][A-Z.]{1,9})\)")
_PERSON_PRONOUNS = frozenset(("he", "she", "his", "her", "him"))
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

    def __post_init__(self) -> None:
        for found in _ABBREVIATION.finditer(self.text):
            full = _LEADING.sub("", found.group(1)).strip()
            self.aliases[full.lower()] = found.group(2)
        for found in _TITLE.finditer(self.text):
            name = found.group(1).strip().rstrip("’'")
            self.persons.setdefault(name, found.start(1))
            code = self._state_near(found.start())
            if code:
                self.affiliation.setdefault(name, code)
            for part in name.split():
                self.aliases.setdefault(part.lower(), name)

    def _state_near(self, at: int) -> str:
        """Return the state named last in the sentence before a title: ``North Korea …, with leader X``."""
        begin = max(self.text.rfind(mark, 0, at) for mark in (". ", "\n", "! ", "? ")) + 1
        before = self.text[begin:at]
        codes = [(m.start(), self.country_of(m.group())) for m in
                 re.finditer(r"\b[A-Z][\w]+(?:\s[A-Z][\w]+)?\b", before)]
        named = [code for _, code in codes if code]
        return named[0] if named else ""

    def name(self, words: str, at: int) -> str:
        """Return the agent that words stand for; a pronoun is the person named last before it."""
        plain = " ".join(words.split()).strip(" ,;:“”\"")
        plain = re.sub(r"\s*\([^)]*\)$", "", plain)
        while _LEADING.match(plain):
            plain = _LEADING.sub("", plain)
        plain = re.sub(r"\s+(?:also|only|posthumously|reportedly|later|then)$", "", plain)
        if plain.lower() in _PERSON_PRONOUNS:
            return self._last_person(at) or plain
        if plain.lower() in self.aliases:
            return self.aliases[plain.lower()]
        titled = _TITLE.search(plain)
        return titled.group(1).strip() if titled else plain

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
        return ""

    def _main_state(self) -> str:
        """Return the state that the document names first."""
        for found in re.finditer(r"\b[A-Z]\w+(?:\s[A-Z]\w+)?\b", self.text):
            code = self.country_of(found.group()) or self.country_of(found.group().split()[0])
            if code:
                return code
        return ""


#: A relay named in the sentence itself: ``in a speech carried by state media``.
RELAY = re.compile(r"\b(?:carried|published|aired|broadcast|released|reported|quoted|cited|distributed|relayed)\s+by\s+"
                   r"((?:the\s+)?(?:[\w-]+\s+){0,3}?(?:media|television|tv|agency|newspaper|[A-Z][A-Z]+))\b")


def relay_in(text: str, sentence: Span) -> tuple[str, Span] | None:
    """Return the relay that a sentence names, and where; None = none."""
    found = RELAY.search(text, sentence.start, sentence.end)
    return None if found is None else (found.group(1), Span(found.start(), found.end()))
