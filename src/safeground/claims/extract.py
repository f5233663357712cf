"""A document's claims: spans found by triggers, who says so, how sure, which figures, when and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from safeground.claims.agents import Agents, relay_in
from safeground.claims.attribution import attributions
from safeground.claims.clauses import clause_at, innermost, wide_clause
from safeground.claims.lexicon import ATTITUDE, FORMS
from safeground.claims.tokens import paragraphs, tokens_of
from safeground.claims.triggers import (
    ADMITS,
    DENIES,
    FIRST_TIME,
    FUTURE,
    HEDGES,
    HYPOTHETICAL,
    NEGATED,
    PURPOSE,
    TOPIC,
    TRIGGERS,
    Trigger,
)
from safeground.records.claims import (
    Attribution,
    Certainty,
    ChainLink,
    Claim,
    ClaimDocument,
    ClaimFigure,
    ClaimRelation,
    ClaimType,
    Modality,
    PlaceRef,
    RelationKind,
    Span,
)

#: Pictures show; they say nothing, and are no source of a statement.
_MEDIA = re.compile(r"\b(?:photographs?|photos|images?|footage|videos?|pictures)\b", re.IGNORECASE)
#: A longer sentence is a list, or made to stall a reader; its end claims nothing.
_SENTENCE_MAX = 4000
Figures = Callable[[str, Span], tuple[ClaimFigure, ...]]
Places = Callable[[str, Span, Span], PlaceRef | None]


@dataclass(frozen=True, slots=True)
class Tools:
    """What extraction is handed: how figures and places are read, and which words name a country."""

    figures: Figures
    places: Places
    country_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is no page furniture, with the attributions whose cue stands in it."""

    span: Span
    attributions: tuple[Attribution, ...]


def sentences_of(document: ClaimDocument) -> list[Sentence]:
    """Return the sentences of a document outside its page furniture."""
    text, out = document.text, []
    found = attributions(text)
    for paragraph in paragraphs(text):
        for first, last in paragraph.sentences:
            span = Span(paragraph.tokens[first].start, paragraph.tokens[last - 1].end)
            if any(block.span.overlaps(span) for block in document.boilerplate):
                continue
            held = tuple(a for a in found if any(span.start <= c.start < span.end for c in a.cue)
                         or any(p.start <= span.start and span.end - 2 <= p.end for p in a.content))
            out.append(Sentence(span, held))
    return out


def extract_claims(document: ClaimDocument, tools: Tools) -> list[Claim]:
    """Return a document's claims in the order of their spans; times are filled in by ``timing``."""
    agents = Agents(document.text, tools.country_of)
    out: list[Claim] = []
    sentences = sentences_of(document)
    if not any(TOPIC.search(document.text, s.span.start, s.span.end) for s in sentences):
        return []
    for voice in (a.source[0] for s in sentences for a in s.attributions if a.source):
        agents.hear(document.text[voice.start : voice.end], voice.start)
    for sentence in sentences:
        found = [*_admissions(document, sentence, agents, tools), *_triggered(document, sentence, agents, tools)]
        out += _without_doubles(found)
    numbered = [replace(claim, id=f"{document.id}-{k:02d}") for k, claim in enumerate(out, 1)]
    return _presuppositions(document, numbered)


def _triggered(document: ClaimDocument, sentence: Sentence, agents: Agents, tools: Tools) -> list[Claim]:
    out = []
    for trigger in TRIGGERS:
        end = min(sentence.span.end, sentence.span.start + _SENTENCE_MAX)
        for found in trigger.pattern.finditer(document.text, sentence.span.start, end):
            at = Span(found.start(), found.end())
            span = _span_of(document.text, trigger, at, sentence)
            words = document.text[span.start : span.end]
            if (trigger.needs and not trigger.needs.search(words)) or (trigger.never and trigger.never.search(words)):
                continue
            out.append(_claim(document, trigger.type, span, at, sentence, agents, tools))
    return out


def _span_of(text: str, trigger: Trigger, at: Span, sentence: Sentence) -> Span:
    if trigger.span == "match":
        return at
    if trigger.span == "wide":
        return wide_clause(text, at, list(sentence.attributions), sentence.span)
    return clause_at(text, at, list(sentence.attributions), sentence.span)


def _admissions(document: ClaimDocument, sentence: Sentence, agents: Agents, tools: Tools) -> list[Claim]:
    """Return the act of admitting itself: that somebody acknowledged, confirmed, conceded."""
    out = []
    for found in sentence.attributions:
        verb = _verb_of(document.text, found)
        if verb is None or verb[0] not in ADMITS or not found.source:
            continue
        words = document.text[found.cue[0].end : found.content[0].start]
        first = FIRST_TIME.match(words.strip())
        end = found.cue[0].end
        if first is not None:
            end = document.text.index(first.group(), end) + len(first.group())
        span = Span(verb[1], max(end, verb[1] + 1))
        chain = _chain(document, span, sentence, agents, source=found)
        out.append(Claim(
            id="", span=span, quote=document.text[span.start : span.end], type=ClaimType.ACKNOWLEDGEMENT, chain=chain,
            certainty=Certainty.ASSERTED, actor=chain[-1].agent, first_time=first is not None,
            first_time_scope=document.text[found.content[0].start : found.content[0].end] if first else "",
            figures=(), place=None))
    return out


def _verb_of(text: str, found: Attribution) -> tuple[str, int] | None:
    """Return the base form of an attribution's verb and where the verb itself begins."""
    cue = found.cue[0]
    for token in reversed(tokens_of(text[cue.start : cue.end], cue.start)):
        if token.low in FORMS:
            return FORMS[token.low][0], token.start
    return None


def _claim(document: ClaimDocument, kind: ClaimType, span: Span, at: Span, sentence: Sentence, agents: Agents,
           tools: Tools) -> Claim:
    words = document.text[span.start : span.end]
    chain = _chain(document, span, sentence, agents)
    return Claim(
        id="", span=span, quote=words, type=kind, chain=chain, certainty=_certainty(document, kind, span, sentence),
        actor=_actor(words), modality=_denied(document, span, sentence) or _modality(document.text, span, at),
        figures=tools.figures(document.text, span), place=tools.places(document.text, span, sentence.span),
        first_time=False)


def _actor(words: str) -> str:
    found = re.match(r"(?:[A-Z][\w’'-]*|its|their|the|his|they|he|she|some|it)(?:\s[\w’'-]+){0,4}?"
                     r"(?=\s(?:were|was|had|has|have|also|never|posthumously|cleared|spoke|sent|wrote)\b)", words)
    return found.group() if found else ""


def _covering(span: Span, sentence: Sentence) -> list[Attribution]:
    """Return the attributions whose content holds a span, widest first."""
    held = [a for a in sentence.attributions
            if any(p.start <= span.start + 2 and span.end - 2 <= p.end for p in a.content)]
    return sorted(held, key=lambda a: -sum(p.end - p.start for p in a.content))


def _chain(document: ClaimDocument, span: Span, sentence: Sentence, agents: Agents, source: Attribution | None = None
           ) -> tuple[ChainLink, ...]:
    """Return who says so: the outlet, relays named in the sentence, then the sources from the widest inward."""
    links = [ChainLink(agent=document.outlet)]
    relay = relay_in(document.text, sentence.span)
    covering = [source] if source is not None else _covering(span, sentence)
    if relay is not None and (covering or source is not None):
        cue = document.text[relay[1].start : relay[1].end]
        links.append(ChainLink(agent=agents.name(relay[0], relay[1].start), cue=cue, span=relay[1]))
    for found in covering:
        if found.source and not _MEDIA.search(document.text[found.source[0].start : found.source[0].end]):
            first = found.source[0]
            agent = agents.name(document.text[first.start : first.end], first.start)
            verb = found.cue[0]
            if agent.lower() not in {link.agent.lower() for link in links}:
                links.append(ChainLink(agent=agent, cue=document.text[verb.start : verb.end], span=first,
                                       cue_span=verb))
    _cited(document, covering, sentence, links, agents)
    _speaker(document, span, covering, links, agents)
    return tuple(links)


#: Whom a report names as its own source: ``TASS reported, citing the Defence Ministry, that``.
_CITING = re.compile(r"\bciting\s+((?:the\s+|an?\s+)?[A-Za-z][^,.;:“”\"]{2,60}?)(?=[,.;]|\s+that\b|$)")


def _cited(document: ClaimDocument, covering: Sequence[Attribution], sentence: Sentence, links: list[ChainLink],
           agents: Agents) -> None:
    """Add whom the nearest source cites: it goes back to them."""
    found = _CITING.search(document.text, sentence.span.start, sentence.span.end) if covering else None
    if found is None or any(p.start <= found.start() < p.end for a in covering for p in a.content[:1]
                            if p.end - found.end() > 1 and p.start < found.start() - 1 and _inside_quote(p, document)):
        return
    who = agents.name(found.group(1), found.start(1))
    if who.lower() not in {link.agent.lower() for link in links}:
        links.append(ChainLink(agent=who, cue="citing", span=Span(found.start(1), found.end(1)),
                               cue_span=Span(found.start(), found.start() + len("citing"))))


def _inside_quote(piece: Span, document: ClaimDocument) -> bool:
    return document.text[piece.start] in "“\"«"


def _speaker(document: ClaimDocument, span: Span, covering: Sequence[Attribution], links: list[ChainLink],
             agents: Agents) -> None:
    """Add the person whose speech a relay reports: ``KCNA reported that he also spoke …``, ``…, saying he …``."""
    words = document.text[span.start : span.end]
    spoken = re.match(r"(he|she)\s(?:also\s)?(?:spoke|speaks|addressed|never|said|had)\b", words)
    if spoken is None or not covering or not _reports_relay(covering, agents, document.text):
        return
    who = agents.name(spoken.group(1), span.start)
    if who.lower() not in {link.agent.lower() for link in links}:
        links.append(ChainLink(agent=who, cue=spoken.group().split()[-1], span=Span(span.start, span.start + len(
            spoken.group(1)))))


def _reports_relay(covering: Sequence[Attribution], agents: Agents, text: str) -> bool:
    """Whether the nearest source relays what a person said rather than speaking for itself."""
    first = covering[-1].source[0] if covering[-1].source else None
    return first is not None and agents.name(text[first.start : first.end], first.start) not in agents.persons


def _certainty(document: ClaimDocument, kind: ClaimType, span: Span, sentence: Sentence) -> Certainty:
    words = document.text[span.start : span.end]
    if kind is ClaimType.EVALUATION:
        return Certainty.EVALUATIVE
    covering = _covering(span, sentence)
    inner = _verb_of(document.text, covering[-1]) if covering else None
    if HEDGES.search(words) or (inner is not None and inner[0] in ATTITUDE - {"find", "show", "learn"}):
        return Certainty.HEDGED
    return Certainty.REPORTED if covering else Certainty.ASSERTED


def _denied(document: ClaimDocument, span: Span, sentence: Sentence) -> Modality | None:
    """Return NEGATED where the nearest source denies what the words say: ``denied that its forces had laid mines``."""
    covering = _covering(span, sentence)
    inner = _verb_of(document.text, covering[-1]) if covering else None
    return Modality.NEGATED if inner is not None and inner[0] in DENIES else None


def _modality(text: str, span: Span, at: Span) -> Modality:
    before = text[span.start : at.start]
    group = text[max(span.start, at.start - 25) : at.end]
    if NEGATED.search(group) and "never" not in group:
        return Modality.NEGATED
    if HYPOTHETICAL.search(before):
        return Modality.HYPOTHETICAL
    return Modality.FUTURE if FUTURE.search(group) else Modality.ACTUAL


def _without_doubles(claims: list[Claim]) -> list[Claim]:
    """Leave out a second claim of one type on a span that another holds almost whole."""
    out: list[Claim] = []
    for claim in sorted(claims, key=lambda c: (c.span.start, c.span.end)):
        def shared(other: Claim, mine: Claim = claim) -> float:
            common = min(other.span.end, mine.span.end) - max(other.span.start, mine.span.start)
            return common / min(other.span.end - other.span.start, mine.span.end - mine.span.start)

        minor = claim.type in (ClaimType.CONDITIONS, ClaimType.EVALUATION)
        if not any((other.type is claim.type and shared(other) > 0.6) or (minor and other.span == claim.span)
                   for other in claims if other is not claim and (other in out or minor)):
            out.append(claim)
    return out


def _presuppositions(document: ClaimDocument, claims: list[Claim]) -> list[Claim]:
    """Add what a claim takes for granted: mines are there that soldiers were sent to clear, or cleared, in a place."""
    out: list[Claim] = []
    for claim in claims:
        out.append(claim)
        purpose = PURPOSE.search(claim.quote)
        cleared = claim.type is ClaimType.CLEARANCE and claim.place is not None and claim.place.level.value != "unnamed"
        if claim.place is None or not (cleared or (claim.type is ClaimType.DEPLOYMENT and purpose)):
            continue
        out.append(replace(
            claim, id=f"{claim.id}p", type=ClaimType.CONTAMINATION, certainty=Certainty.PRESUPPOSED, figures=(),
            relations=(ClaimRelation(kind=RelationKind.PART_OF, id=claim.id, rule="what it takes for granted"),)))
        out[-2] = replace(claim, relations=(*claim.relations, ClaimRelation(
            kind=RelationKind.PRESUPPOSES, id=f"{claim.id}p", rule="work against mines takes mines for granted")))
    return out


__all__ = ["Sentence", "Tools", "extract_claims", "innermost", "sentences_of"]
