"""Closed word lists of reporting: verbs by class with their forms, nouns, auxiliaries, words that bound a clause.

Only words that a rule asks for stand here; everything else is told from its place in the sentence.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


_IRREGULAR = {
    "say": ("says", "said", "said", "saying"), "tell": ("tells", "told", "told", "telling"),
    "write": ("writes", "wrote", "written", "writing"), "think": ("thinks", "thought", "thought", "thinking"),
    "know": ("knows", "knew", "known", "knowing"), "feel": ("feels", "felt", "felt", "feeling"),
    "find": ("finds", "found", "found", "finding"), "see": ("sees", "saw", "seen", "seeing"),
    "hold": ("holds", "held", "held", "holding"), "show": ("shows", "showed", "shown", "showing"),
    "swear": ("swears", "swore", "sworn", "swearing"), "forecast": ("forecasts", "forecast", "forecast",
                                                                    "forecasting"),
    "foresee": ("foresees", "foresaw", "foreseen", "foreseeing"), "hear": ("hears", "heard", "heard", "hearing"),
    "read": ("reads", "read", "read", "reading"), "understand": ("understands", "understood", "understood",
                                                                 "understanding"),
    "forget": ("forgets", "forgot", "forgotten", "forgetting"), "mean": ("means", "meant", "meant", "meaning"),
    "quip": ("quips", "quipped", "quipped", "quipping"), "admit": ("admits", "admitted", "admitted", "admitting"),
    "rebut": ("rebuts", "rebutted", "rebutted", "rebutting"), "plan": ("plans", "planned", "planned", "planning"),
    "refer": ("refers", "referred", "referred", "referring"), "blog": ("blogs", "blogged", "blogged", "blogging"),
    "submit": ("submits", "submitted", "submitted", "submitting"), "rule": ("rules", "ruled", "ruled", "ruling"),
    "choose": ("chooses", "chose", "chosen", "choosing"), "seek": ("seeks", "sought", "sought", "seeking"),
    "bet": ("bets", "bet", "bet", "betting"), "cut": ("cuts", "cut", "cut", "cutting"),
    "snap": ("snaps", "snapped", "snapped", "snapping"), "shrug": ("shrugs", "shrugged", "shrugged", "shrugging"),
    "grin": ("grins", "grinned", "grinned", "grinning"), "nod": ("nods", "nodded", "nodded", "nodding"),
    "sob": ("sobs", "sobbed", "sobbed", "sobbing"), "demur": ("demurs", "demurred", "demurred", "demurring"),
    "begin": ("begins", "began", "begun", "beginning"), "go": ("goes", "went", "gone", "going"),
    "regret": ("regrets", "regretted", "regretted", "regretting"), "fret": ("frets", "fretted", "fretted", "fretting"),
    "teach": ("teaches", "taught", "taught", "teaching"), "let": ("lets", "let", "let", "letting"),
}

#: Speech and writing: the cue reports that something was uttered.
REPORTING = words("""
say tell add report announce confirm claim state declare note explain argue insist warn acknowledge admit deny reveal
disclose assert maintain contend allege suggest comment observe remark reply respond answer repeat reiterate stress
emphasize emphasise underline underscore write tweet post blog quip joke recall recount relate mention cite quote
testify declare proclaim pronounce predict forecast estimate conclude caution advise inform notify remind assure
promise pledge vow swear threaten demand urge ask request order propose recommend call describe label dub praise
criticize criticise condemn denounce blame accuse charge hail welcome thank boast complain concede affirm attest
certify counter rebut refute dispute question apologize apologise retort shout yell scream whisper mutter murmur
exclaim lament read rule find indicate point hint imply signal summarize summarise outline detail specify clarify
defend dismiss reject decline refuse address brief appeal plead beg argue chide scold slam blast lambast decry deplore
extol laud tout elaborate interject muse ponder opine reason theorize theorise hypothesize posit postulate surmise
recommend attribute ascribe certify proffer caution fault fume rail
""")
#: Ways of speaking that report only beside a quotation: ``"…," snaps the owner``.
QUOTING = words("""
snap shrug grumble sigh laugh smile gush gripe growl bark crack grouse sniff huff marvel chuckle groan moan chime concur
venture volunteer intone croak sob cry wail grin nod continue finish offer enthuse demur tease scoff begin go cut start
""")
#: Attitudes, knowledge, intention, perception: an inner state is ascribed to somebody.
ATTITUDE = words("""
believe think know hope fear expect want wish feel doubt assume suspect consider regard understand realize realise
agree disagree intend plan decide worry prefer favor favour support oppose accept anticipate imagine learn discover
determine calculate speculate guess reckon remember forget foresee view see show prove demonstrate hear seek love hate
like need aim mean vote mind trust wonder bet gamble fret dread regret resent envision envisage pray dream
contemplate mull
""")
#: Verbs whose object may be the one spoken to, before the content.
ADDRESSED = words("tell inform notify remind assure warn advise ask urge order promise teach brief beg")
#: Verbs whose object is spoken about: content is everything after the verb.
ABOUT_OBJECT = words("""
call describe label dub praise criticize criticise condemn denounce blame accuse charge hail welcome thank slam blast
lambast decry deplore extol laud tout reject dismiss deny defend oppose support regard view see consider quote cite
""")
#: Speech about somebody or something: what is said is the object itself, and no statement stands behind the verb.
STANCE = words("""
praise criticize criticise condemn denounce blame hail welcome thank slam blast lambast decry deplore extol laud tout
dismiss reject defend scold chide cite quote brief address
""")
#: With these verbs a conditional still reports what somebody holds.
CONDITIONAL = words("say like argue think want expect prefer hope agree love")
#: Forms that are nouns as often as verbs; a verb reading needs a subject right before and content after.
NOUNISH = words("""
report reports claim claims state states note notes comment comments remark remarks reply replies answer answers quote
quotes order orders request requests demand demands promise promises pledge pledges vow vows threat call calls charge
charges question questions rule rules ruling finding findings point points hint hints signal signals outline detail
details appeal appeals address addresses brief blast tweet tweets post posts blog plan plans hope hopes fear fears
doubt doubts wish wishes view views worry worries vote votes support need needs aim aims warning warnings saying
understanding meaning feeling forecast forecasts estimate estimates joke jokes like love mind trust show shows read
thought label cite blame praise welcome dispute disputes lament counter urge read post hearing briefing showing
reading writing
""")
#: Nouns that stand for an utterance or an attitude when "that", "of" or "to" follows.
CUE_NOUNS = words("""
claim claims statement statements report reports allegation allegations assertion assertions announcement warning
warnings promise pledge vow threat threats demand demands accusation accusations suggestion admission acknowledgement
acknowledgment confirmation denial prediction forecast conclusion argument complaint concession insistence declaration
remark comment call calls appeal request recommendation proposal testimony explanation position finding findings
contention suggestions charges rumor rumors rumour rumours disclosure revelation observation complaints arguments
predictions forecasts conclusions pledges promises requests proposals contentions accounts ruling verdict
""")
#: Nouns that report although nobody is named for them: ``there were reports that``.
NAMELESS = words("reports allegations rumors rumours suggestions claims accusations complaints speculation")
ATTITUDE_NOUNS = words("""
belief hope hopes fear fears view opinion concern concerns expectation expectations doubt doubts suspicion suspicions
conviction feeling understanding assumption speculation confidence desire intention plan plans decision worry worries
""")

BE = words("am is are was were be been being 's 're")
AUXILIARIES = BE | words("""
has have had having do does did will would can could may might must shall should 'll 'd 've ought won't wouldn't can't
couldn't don't doesn't didn't hasn't haven't hadn't isn't aren't wasn't weren't shouldn't n't
""")
MODALS = words("""
will would can could may might must shall should do does did to n't 'll 'd won't wouldn't can't couldn't don't doesn't
didn't
""")
ADVERBS = words("""
also still again later earlier now then just even once never often recently already not always too further soon long
only ever yet both all first instead meanwhile formerly
""")
DETERMINERS = words("""
a an the this that these those his her its their our my your some any each every no another such what which whose both
""")
PREPOSITIONS = words("""
in on at during after before from to via by through over with of for about into under between among against within
without near since until amid despite following per upon
""")
#: A noun phrase to the left of a verb ends at one of these.
BOUNDARY_WORDS = words("""
that which who whom because when while if as but although though where whether what how why than so unless until since
whereas
""")
CONJUNCTIONS = words("and or but while although though whereas yet")
PRONOUNS = words("i you he she it we they who")
WEEKDAYS = words("monday tuesday wednesday thursday friday saturday sunday")
MONTHS = words("""
january february march april may june july august september october november december jan feb mar apr jun jul aug sept
sep oct nov dec jan. feb. mar. apr. aug. sept. oct. nov. dec.
""")
DAY_WORDS = WEEKDAYS | words("yesterday today tomorrow tonight")
#: "in a statement", "at a news conference": the occasion, not the content.
OCCASIONS = words("""
statement interview report letter email e-mail speech address conference briefing article post tweet memo court
testimony filing hearing message release announcement remarks parliament study paper book column blog broadcast
television radio tv meeting note lawsuit affidavit document documents session debate phone telephone rally ceremony
visit twitter facebook telegram dispatch commentary editorial editorials forum summit event reporters
""")
#: Those who are spoken to.
HEARERS = words("""
reporters journalists lawmakers parliament congress cnn bbc reuters afp ap mps members parliamentarians investors
analysts delegates jurors court supporters them him her us me you police officials senators people
""")
#: Verbs whose infinitive carries the cue ("declined to comment", "went on to say").
TO_SAY = words("declined declines refused refuses decline refuse went continued continues wanted used")


def _forms(base: str) -> tuple[str, str, str, str]:
    """Return third person, past, past participle and -ing form of a verb."""
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    stem = base[:-1] if base.endswith("e") else base
    past = f"{stem}ed"
    if base.endswith("y") and base[-2] not in "aeiou":
        third, past = f"{base[:-1]}ies", f"{base[:-1]}ied"
        stem = base
    return third, past, past, f"{stem}ing"


def _table() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for base in sorted(ATTITUDE | REPORTING | QUOTING):
        third, past, participle, progressive = _forms(base)
        table.setdefault(base, (base, "base"))
        table[third] = (base, "finite")
        table[participle] = (base, "participle")
        table[past] = (base, "past")
        table[progressive] = (base, "ing")
    for base in ("forecast", "read", "let"):
        table[base] = (base, "same")
    table["thought"] = ("think", "past")
    return table


#: Form, small letters -> (verb, kind of form: base, finite, past, participle, ing).
FORMS: dict[str, tuple[str, str]] = _table()
