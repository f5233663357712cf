"""What a sentence must hold so that it claims something that bears on mine action, by type of claim."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from safeground.records.claims import ClaimType

FORCES = (r"(?:soldiers?|troops?|regiments?|engineers?|sappers?|forces|personnel|battalions?|brigades?|units?|"
          r"deminers?|servicemen|fighters|workers|specialists|staff|experts|technicians|"
          r"teams?)")
MINES = (r"(?:land\s?mines?|mines?|minefields?|explosives?|(?:explosive\s+|unexploded\s+)?ordnance|"
         r"explosive\s+devices?|devices|cluster\s+(?:munitions?|bombs?)|submunitions?|munitions|"
         r"shells|UXO|booby[\s-]traps?)")
_GROUND = (r"(?:hectares?|square\s+(?:kilomet|met)\w+|km2|m2|acres?|land|ground|areas?|zones?|fields?|territor\w+|"
           r"roads?)")
#: Land that is counted, so that ``released`` is said of it and not of prisoners.
_MEASURED = r"(?:hectares?|square\s+(?:kilomet|met)\w+|sq\s?k?m|km2|m2|acres?|minefields?|villages?|hazardous\s+areas?)"
_WORK = (r"(?:clear(?:ed|ing|s)|demin(?:ed|ing|es)|neutrali[sz](?:ed|ing)|defus(?:ed|ing)|remov(?:ed|ing)|"
         r"destroy(?:ed|ing))")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A pattern that marks a claim.

    Attributes
    ----------
    span : ``clause`` = the clause around it, ``wide`` = with its list of objects, ``match`` = the match alone.
    needs : a further pattern that the clause must hold.  never : one that it must not hold.
    """

    type: ClaimType
    pattern: re.Pattern[str]
    span: Literal["clause", "wide", "match"] = "clause"
    needs: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None


def _p(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


TRIGGERS: tuple[Trigger, ...] = (
    Trigger(ClaimType.DEPLOYMENT, _p(
        r"\b(?:an?|the|its|their|this)\s+(?:[\w-]+\s+){0,3}?(?:\d+|\w+)-(?:day|week|month|year)(?:-long)?\s+"
        r"(?:(?:overseas|foreign|combat)\s+)?"
        r"(?:deployment|mission|tour|rotation|operation)\b(?:\s+(?:that|which)\s+(?:began|started|ended)\s+[^,.;]+)?"),
        span="match"),
    Trigger(ClaimType.DEPLOYMENT, _p(r"\b(?:deployed|dispatched|sent|(?:will|would|shall|plans?\s+to)\s+"
                                     r"(?:deploy|send|dispatch))\b"), needs=_p(rf"\b{FORCES}\b"),
            never=_p(r"\bsons\b")),
    Trigger(ClaimType.CLEARANCE, _p(rf"\b{_WORK}\b(?:\s+[\w,-]+){{0,6}}?\s+(?:{MINES}|{_GROUND})\b"),
            never=_p(r"\bto\s+clear\b")),
    Trigger(ClaimType.CLEARANCE, _p(
        rf"\b(?:released|handed\s+over|returned)\b(?:\s+[\w.,-]+){{0,5}}?\s+{_MEASURED}\b")),
    Trigger(ClaimType.CLEARANCE, _p(r"\b(?:transform(?:ed|ing)|turn(?:ed|ing)|ma(?:de|king)|convert(?:ed|ing))\b"
                                    r"[^,.;]{0,60}\bsafe\b")),
    Trigger(ClaimType.CLEARANCE, _p(rf"\b(?:{MINES}|bombs?|grenades?|{_GROUND})\s+(?:may\s+|might\s+|could\s+)?"
                                    r"(?:has|have|had|was|were)\s+(?:been\s+)?"
                                    r"(?:cleared|demined|neutrali[sz]ed|destroyed|removed|defused)\b")),
    Trigger(ClaimType.CLEARANCE, _p(r"\b(?:carried\s+out|conducted|performed|completed|undertook)\b[^.;]{0,60}"
                                    r"\b(?:mine|ordnance|battle\s+area)\s+clearance\b")),
    Trigger(ClaimType.CONTAMINATION, _p(r"\b(?:littered|riddled|strewn|contaminated|seeded|sown)\s+with\b|"
                                        r"\bheavily\s+mined\b|"
                                        rf"\b(?:laid|planted)\s+(?:[\w,-]+\s+){{0,4}}?{MINES}\b"),
            needs=_p(rf"\b(?:{MINES}|mined)\b")),
    Trigger(ClaimType.CONTAMINATION, _p(
        rf"\b(?:found|discovered|located|uncovered|unearthed)\s+(?:[\w,-]+\s+){{0,4}}?{MINES}\b"),
            never=_p(r"\b(?:destroy|defus|remov|neutrali)\w*\b")),
    Trigger(ClaimType.CONTAMINATION, _p(rf"\b{MINES}\s+(?:has|have|had|was|were)\s+(?:been\s+)?"
                                        r"(?:laid|planted|scattered|sown)\b")),
    Trigger(ClaimType.CONTAMINATION, _p(rf"\b{MINES}\s+(?:still\s+)?(?:remain(?:s|ed)?|lie|lay|lurk)\b"),
            never=_p(r"\bno\b")),
    Trigger(ClaimType.ACCIDENT, _p(rf"\b{MINES}\s+(?:exploded|detonated|blew\s+up|went\s+off)\b")),
    Trigger(ClaimType.ACCIDENT, _p(r"\b(?:stepped\s+on|(?:drove|ran|rode|walked)\s+(?:over|into|onto)|hit|struck|"
                                   r"set\s+off|triggered)\b"
                                   rf"[^.;]{{0,25}}\b{MINES}\b|"
                                   r"\bmine\s+(?:blast|explosion)\b")),
    Trigger(ClaimType.CASUALTY, _p(r"(?<!those )(?<!who )\b(?:were|was|been|be|being|are|have|had)\s+(?:also\s+)?"
                                   r"(?:killed|wounded|injured)\b|\b(?:killed|wounded|injured|maimed)\s+"
                                   r"(?:(?:at\s+least|more\s+than|about|some|nearly)\s+)?"
                                   r"(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|"
                                   r"scores)\b"
                                   r"|[a-z]+\s+(?:soldiers|people|men|civilians"
                                   r"|deminers))|(?<!who )\bdied\b|\blost\s+their\s+lives\b|"
                                   r"\blost\s+(?:an?|his|her|both|their|one)\s+(?:legs?|f(?:oo|ee)t|arms?"
                                   r"|hands?|eyes?|limbs?|fingers?)\b|\bappeared\s+injured\b")),
    Trigger(ClaimType.CEREMONY, _p(r"\b(?:ceremony|parade|reception|rally|funeral)\b"),
            needs=_p(r"\b(?:spoke|held|attended|took\s+place|welcom\w+|hosted|addressed|greeted)\b")),
    Trigger(ClaimType.CEREMONY, _p(rf"\bwelcom(?:ed|es)\b(?:\s+(?:home|back))?[^,.;]{{0,60}}\b{FORCES}\b"),
            never=_p(r"\b(?:ceremony|parade|reception|rally|funeral)\b")),
    Trigger(ClaimType.SPEECH, _p(r"\b(?:spoke|speaks|addressed|delivered\s+an?\s+(?:speech|address))\b"),
            never=_p(r"\bceremony\b")),
    Trigger(ClaimType.SPEECH, _p(r"\bnever\s+(?:forgot|forget|forgotten)\b")),
    Trigger(ClaimType.HONOURS, _p(r"\b(?:awarded|decorated|conferred|bestowed|honou?red)\b")),
    Trigger(ClaimType.MEDIA_EVIDENCE, _p(r"\b(?:photographs?|photos|images?|footage|videos?|pictures)\b[^.;]{0,60}?"
                                         r"\b(?:showed|shows|shown|show|depict\w*)\b|\b(?:was|were)\s+shown\b")),
    Trigger(ClaimType.SUPPORT_IN_KIND, _p(
        r"\b(?:compensat\w+|suppl(?:ied|ying)|provid(?:ed|ing)|deliver(?:ed|ing)|shipp(?:ed|ing)|send(?:ing)?|sent)\b"
        r"(?:[^.;]|\.\d){0,80}\b(?:assistance|aid|technology|food|energy|weapons?|"
        r"fuel|ammunition|money|supplies|missiles?)\b"),
        span="wide"),
    Trigger(ClaimType.CONDITIONS, _p(
        r"\bunder\s+(?:constant|extreme|heavy)\s+(?:danger|fire|threat)\b|"
        r"\b(?:physical|mental)\s+(?:and\s+mental\s+)?strain\b|"
        r"\bwrote\s+letters\b|\bharsh\s+conditions\b")),
    Trigger(ClaimType.EVALUATION, _p(r"[“\"][^”\"]{3,40}[”\"]"), needs=_p(
        r"\b(?:called|praised|praising|add|adding|described|hailed|lauded)\b")),
    Trigger(ClaimType.EVALUATION, _p(r"\bone\s+of\s+[^,.;]{3,40}?\bmost\b")),
)

#: What a report must speak of somewhere; else its killed and wounded are of another kind.
TOPIC = _p(rf"\b(?:{MINES}|mined|demin\w+|sappers?|troops?|soldiers?|army|military|war|militants?|rebels?|"
           rf"grenades?|bombs?|blasts?|explosi\w+|hectares?|clearance|hazardous)\b")
#: A purpose that takes mines for granted: ``to clear landmines``.
PURPOSE = _p(rf"\bto\s+(?:clear|remove|defuse|neutrali[sz]e|demine)\s+(?:[\w-]+\s+){{0,2}}?(?:{MINES}|{_GROUND})\b")
ADMITS = frozenset(("acknowledge", "admit", "confirm", "concede"))
DENIES = frozenset(("deny", "rebut", "refute", "reject", "dismiss", "dispute"))
FIRST_TIME = _p(r"\bfor\s+the\s+first\s+time\b|\bfirst[\s-]ever\b")
HEDGES = _p(r"\b(?:believed|appear(?:s|ed)?|reportedly|allegedly|apparently|(?-i:may)|might|suspected|"
            r"thought\s+to|likely|seem(?:s|ed)?|possibly|perhaps)\b")
NEGATED = _p(r"\b(?:not|n't|no|denied|without)\b")
FUTURE = _p(r"\b(?:will|shall|plans?\s+to|is\s+to|are\s+to|intends?\s+to)\b")
HYPOTHETICAL = _p(r"\b(?:if|unless|could|would\s+have)\b")
