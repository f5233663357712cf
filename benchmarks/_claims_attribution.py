"""A self-made development set of attributions, in news styles of several kinds; written for this purpose, not quoted.

Each item is (text, [(source, cue, content pieces, reporting), …]); the pieces are found in the text from left to right,
``WORDS#2`` names the second place where they stand.
"""

from __future__ import annotations

import re
from typing import Any

R, A = True, False
ITEMS: list[tuple[str, list[tuple[str, str, tuple[str, ...], bool]]]] = [
    ("The ministry said on Tuesday that the road to the border was open.", [
        ("The ministry", "said", ("that the road to the border was open",), R)]),
    ("“We have not finished,” the governor said. “There are fields we have not even looked at.”", [
        ("the governor", "said", ("“We have not finished,”", "“There are fields we have not even looked at.”"), R)]),
    ("The river rose by two metres overnight, officials in the district said.", [
        ("officials in the district", "said", ("The river rose by two metres overnight",), R)]),
    ("According to the World Bank, growth will slow to 2 percent next year.", [
        ("the World Bank", "According to", ("growth will slow to 2 percent next year",), R)]),
    ("Growth will slow next year, according to the World Bank.", [
        ("the World Bank", "according to", ("Growth will slow next year",), R)]),
    ("The budget, according to two people who saw the draft, cuts housing by a third.", [
        ("two people who saw the draft", "according to", ("The budget", "cuts housing by a third"), R)]),
    ("“It is a mistake,” said the mayor, who has held the office since 2009.", [
        ("the mayor, who has held the office since 2009", "said", ("“It is a mistake,”",), R)]),
    ("The minister told reporters that talks would resume in May.", [
        ("The minister", "told", ("that talks would resume in May",), R)]),
    ("The company told the court it had destroyed the files.", [
        ("The company", "told", ("it had destroyed the files",), R)]),
    ("Norway announced plans to close two embassies.", [
        ("Norway", "announced", ("plans to close two embassies",), R)]),
    ("The president promised to veto the bill.", [("The president", "promised", ("to veto the bill",), R)]),
    ("He believes that the vote was fair.", [("He", "believes", ("that the vote was fair",), A)]),
    ("Analysts expect the central bank to raise rates.", [
        ("Analysts", "expect", ("the central bank to raise rates",), A)]),
    ("The spokesman declined to comment on the arrest.", [
        ("The spokesman", "declined", ("to comment on the arrest",), R)]),
    ("The general denied that his men had fired first, and accused the rebels of lying.", [
        ("The general", "denied", ("that his men had fired first",), R),
        ("The general", "accused", ("the rebels of lying",), R)]),
    ("In a statement, the party called the ruling “a disgrace.”", [
        ("the party", "called", ("the ruling “a disgrace.”",), R)]),
    ("The union warned members that strikes might follow, adding that talks had failed.", [
        ("The union", "warned", ("that strikes might follow",), R),
        ("The union", "adding", ("that talks had failed",), R)]),
    ("“If we lose this bridge,” she said, “we lose the valley.”", [
        ("she", "said", ("“If we lose this bridge,”", "“we lose the valley.”"), R)]),
    ("The report says water levels are the lowest since 1976.", [
        ("The report", "says", ("water levels are the lowest since 1976",), R)]),
    ("Critics say the plan ignores the poor, but the government insists it is fair.", [
        ("Critics", "say", ("the plan ignores the poor",), R), ("the government", "insists", ("it is fair",), R)]),
    ("The senator wrote in a letter to colleagues that the inquiry was over.", [
        ("The senator", "wrote", ("that the inquiry was over",), R)]),
    ("The prime minister tweeted: “We will not give in.”", [
        ("The prime minister", "tweeted", ("“We will not give in.”",), R)]),
    ("Police said in a statement Monday the two men were armed.", [
        ("Police", "said", ("the two men were armed",), R)]),
    ("Asked about the delay, the minister said it was not his decision.", [
        ("the minister", "said", ("it was not his decision",), R)]),
    ("The study found that children who slept less gained more weight.", [
        ("The study", "found", ("that children who slept less gained more weight",), R)]),
    ("Her claim that the money was stolen has not been tested.", [
        ("Her", "claim", ("that the money was stolen",), R)]),
    ("The committee’s recommendation that the mine be closed was ignored.", [
        ("The committee", "recommendation", ("that the mine be closed",), R)]),
    ("The king urged voters to reject the treaty.", [("The king", "urged", ("voters to reject the treaty",), R)]),
    ("The mayor hopes to open the school in autumn.", [("The mayor", "hopes", ("to open the school in autumn",), A)]),
    ("Farmers fear that the dam will flood their land.", [
        ("Farmers", "fear", ("that the dam will flood their land",), A)]),
    ("“I was there,” he said. “I saw it.”", [("he", "said", ("“I was there,”", "“I saw it.”"), R)]),
    ("“The law is clear. Nobody stands above it,” the judge said.", [
        ("the judge", "said", ("“The law is clear. Nobody stands above it,”",), R)]),
    ("Sweden’s foreign minister said Wednesday that the embassy would reopen.", [
        ("Sweden’s foreign minister", "said", ("that the embassy would reopen",), R)]),
    ("The chairman, a former general, said the army would stay out of it.", [
        ("The chairman, a former general,", "said", ("the army would stay out of it",), R)]),
    ("The agency has repeatedly warned that stocks are running low.", [
        ("The agency", "has repeatedly warned", ("that stocks are running low",), R)]),
    ("The group said it would appeal, and that it had new evidence.", [
        ("The group", "said", ("it would appeal, and that it had new evidence",), R)]),
    ("“This is the worst year in my life,” an aid worker in the camp, who asked not to be named, said.", [
        ("an aid worker in the camp, who asked not to be named,", "said", ("“This is the worst year in my life,”",),
         R)]),
    ("Lawmakers want the bank to explain the loss.", [("Lawmakers", "want", ("the bank to explain the loss",), A)]),
    ("The pilot reported seeing smoke near the engine.", [
        ("The pilot", "reported", ("seeing smoke near the engine",), R)]),
    ("The museum said the painting, which was stolen in 1990, had been found.", [
        ("The museum", "said", ("the painting, which was stolen in 1990, had been found",), R)]),
    ("The director suggested the film be cut.", [("The director", "suggested", ("the film be cut",), R)]),
    ("Asked if he would resign, he replied: “No.”", [("he", "replied", ("“No.”",), R)]),
    ("They think it will rain.", [("They", "think", ("it will rain",), A)]),
    ("The editor argued that the paper should apologise.", [
        ("The editor", "argued", ("that the paper should apologise",), R)]),
    ("The bank’s president acknowledged the error.", [("The bank’s president", "acknowledged", ("the error",), R)]),
    ("State television reported late Sunday that the coup had failed.", [
        ("State television", "reported", ("that the coup had failed",), R)]),
    ("The United Nations estimates that 40,000 people have fled.", [
        ("The United Nations", "estimates", ("that 40,000 people have fled",), R)]),
    ("Doctors without pay said they would stop work on Friday.", [
        ("Doctors without pay", "said", ("they would stop work on Friday",), R)]),
    ("“We are ready,” the coach told the club’s website.", [("the coach", "told", ("“We are ready,”",), R)]),
    ("The lawyer said his client “never touched the money” and would fight the charge.", [
        ("The lawyer", "said", ("his client “never touched the money” and would fight the charge",), R)]),
    ("The prosecutor, citing a tape, said the officer had lied.", [
        ("The prosecutor", "said", ("the officer had lied",), R)]),
    ("While critics say the law is cruel, supporters note that crime has fallen.", [
        ("critics", "say", ("the law is cruel",), R), ("supporters", "note", ("that crime has fallen",), R)]),
    ("The deal was signed in March, the newspaper reported, citing a government source.", [
        ("the newspaper", "reported", ("The deal was signed in March",), R)]),
    ("The actress said she felt “humiliated,” adding: “I will never go back.”", [
        ("The actress", "said", ("she felt “humiliated,”",), R), ("The actress", "adding", ("“I will never go back.”",),
                                                                 R), ("she", "felt", ("“humiliated,”",), A)]),
    ("The ministry did not say how many people were hurt.", [
        ("The ministry", "did not say", ("how many people were hurt",), R)]),
    ("Residents complained that the noise kept them awake.", [
        ("Residents", "complained", ("that the noise kept them awake",), R)]),
    ("The minister described the talks as useful.", [("The minister", "described", ("the talks as useful",), R)]),
    ("The airline blamed the weather for the delays.", [
        ("The airline", "blamed", ("the weather for the delays",), R)]),
    ("The opposition called for new elections.", [("The opposition", "called", ("for new elections",), R)]),
    ("The governor, speaking at a rally in the capital, vowed to rebuild the port.", [
        ("The governor", "vowed", ("to rebuild the port",), R)]),
    ("“You have to understand,” the teacher said, her voice shaking, “they are only children.”", [
        ("the teacher", "said", ("“You have to understand,”", "“they are only children.”"), R)]),
    ("Nobody knows why the plane turned back.", [("Nobody", "knows", ("why the plane turned back",), A)]),
    ("Investigators concluded the fire was set on purpose.", [
        ("Investigators", "concluded", ("the fire was set on purpose",), R)]),
    ("The agreement, the envoy said, would be signed within days.", [
        ("the envoy", "said", ("The agreement", "would be signed within days"), R)]),
    ("The chancellor said that, if necessary, the border would be closed.", [
        ("The chancellor", "said", ("that, if necessary, the border would be closed",), R)]),
    ("Officials say they plan to test the water every week.", [
        ("Officials", "say", ("they plan to test the water every week",), R),
        ("they", "plan", ("to test the water every week",), A)]),
    ("“The numbers do not lie,” writes the economist in the journal.", [
        ("the economist", "writes", ("“The numbers do not lie,”",), R)]),
    ("The candidate has said he would release his taxes.", [
        ("The candidate", "has said", ("he would release his taxes",), R)]),
    ("The bishop asked the crowd to pray for the dead.", [("The bishop", "asked", ("the crowd to pray for the dead",),
                                                          R)]),
    ("Voters in the north remember the flood and blame the state.", [
        ("Voters in the north", "remember", ("the flood",), A), ("Voters in the north", "blame", ("the state",), R)]),
    ("She admitted taking the money but said she had meant to return it.", [
        ("She", "admitted", ("taking the money",), R), ("she", "said", ("she had meant to return it",), R)]),
    ("The statement said: “Both sides agreed to a truce.”", [
        ("The statement", "said", ("“Both sides agreed to a truce.”",), R)]),
    ("“Trade will suffer,” warned the chamber of commerce. “Jobs will go.”", [
        ("the chamber of commerce", "warned", ("“Trade will suffer,”", "“Jobs will go.”"), R)]),
    ("The interior minister, however, said the figures were wrong.", [
        ("The interior minister", "said", ("the figures were wrong",), R)]),
    ("The expert doubts the device would work.", [("The expert", "doubts", ("the device would work",), A)]),
    ("The court ruled that the search was illegal.", [("The court", "ruled", ("that the search was illegal",), R)]),
    ("Intelligence officials say, without offering proof, that the ship carried arms.", [
        ("Intelligence officials", "say", ("that the ship carried arms",), R)]),
    ("The clinic’s manager recalled that nobody had come to help.", [
        ("The clinic’s manager", "recalled", ("that nobody had come to help",), R)]),
    ("One of the guards said, “Nobody moves.”", [("One of the guards", "said", ("“Nobody moves.”",), R)]),
    ("The new law will, its authors say, protect small shops.", [
        ("its authors", "say", ("The new law will", "protect small shops"), R)]),
    ("Both men have pleaded not guilty, and their lawyers said Thursday they would seek bail.", [
        ("their lawyers", "said", ("they would seek bail",), R)]),
    ("The minister rejected the charge as “nonsense.”", [("The minister", "rejected", ("the charge as “nonsense.”",),
                                                         R)]),
    ("The envoy, when asked, refused to say who had paid.", [("The envoy", "refused", ("to say who had paid",), R)]),
    ("Britain and France said they would send more ships.", [
        ("Britain and France", "said", ("they would send more ships",), R)]),
    ("The priest thanked the volunteers for their work.", [
        ("The priest", "thanked", ("the volunteers for their work",), R)]),
    ("Economists polled by the agency had forecast a rise of 3 percent.", [
        ("Economists polled by the agency", "had forecast", ("a rise of 3 percent",), R)]),
    ("“Is that all?” he asked.", [("he", "asked", ("“Is that all?”",), R)]),
    ("“We made a promise and we kept it,” the president said at a news conference in the capital on Monday.", [
        ("the president", "said", ("“We made a promise and we kept it,”",), R)]),
    ("Speaking to reporters after the match, the captain said the team had been unlucky.", [
        ("the captain", "said", ("the team had been unlucky",), R)]),
    ("The board feels the price is too low.", [("The board", "feels", ("the price is too low",), A)]),
    ("The island’s government is considering a ban on plastic bags.", [
        ("The island’s government", "is considering", ("a ban on plastic bags",), A)]),
    ("A person familiar with the matter said the sale could close this week.", [
        ("A person familiar with the matter", "said", ("the sale could close this week",), R)]),
    ("“I don’t know,” she said when asked who would pay.", [("she", "said", ("“I don’t know,”",), R),
                                                             ("I", "don’t know", (), A)][:1]),
    ("The charity says on its website that it feeds 9,000 people a day.", [
        ("The charity", "says", ("that it feeds 9,000 people a day",), R)]),
    ("The ambassador pointed out that no vote had been held.", [
        ("The ambassador", "pointed", ("that no vote had been held",), R)]),
    ("Campaigners hailed the verdict as a victory.", [("Campaigners", "hailed", ("the verdict as a victory",), R)]),
    ("The ministry confirmed Friday that two soldiers had died.", [
        ("The ministry", "confirmed", ("that two soldiers had died",), R)]),
    ("The harbour master said on Sunday that no ship had left.", [
        ("The harbour master", "said", ("that no ship had left",), R)]),
    ("“Nobody asked us,” said a farmer in the valley.", [
        ("a farmer in the valley", "said", ("“Nobody asked us,”",), R)]),
    ("The well is dry, according to villagers.", [("villagers", "according to", ("The well is dry",), R)]),
    ("The commander claimed that the ridge had been taken.", [
        ("The commander", "claimed", ("that the ridge had been taken",), R)]),
    ("“Sales have doubled,” the firm’s founder says, “and we cannot keep up.”", [
        ("the firm’s founder", "says", ("“Sales have doubled,”", "“and we cannot keep up.”"), R)]),
]


def _place(text: str, piece: str, at: int) -> tuple[int, int]:
    words, _, number = piece.partition("#")
    edge = r"\b" if words[0].isalnum() else ""
    places = [m.start() for m in re.finditer(edge + re.escape(words) + (r"\b" if words[-1].isalnum() else ""), text)]
    later = [p for p in places if p >= at] or places
    if not later:
        raise ValueError(f"{piece!r} does not stand in {text!r}")
    found = places[int(number) - 1] if number else later[0]
    return found, found + len(words)


def development_set() -> list[dict[str, Any]]:
    """Return the set in the form of ``attribution.jsonl``."""
    out = []
    for text, rows in ITEMS:
        found = []
        for source, cue, content, reporting in rows:
            at, pieces = 0, []
            for piece in content:
                pieces.append(_place(text, piece, at))
                at = pieces[-1][1]
            whose = _place(text, source, 0)
            cued = _nearest(text, cue, [whose, *pieces])
            found.append({"source": [list(whose)], "cue": [list(cued)], "content": [list(p) for p in pieces],
                          "reporting": reporting})
        out.append({"text": text, "attributions": found})
    return out


def _nearest(text: str, cue: str, pieces: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the place of a cue outside the content and the source, nearest to the source."""
    places, at = [], text.find(cue)
    while at >= 0:
        places.append((at, at + len(cue)))
        at = text.find(cue, at + 1)
    free = [p for p in places if not any(p[0] < q[1] and q[0] < p[1] for q in pieces)]
    return min(free or places, key=lambda p: min(abs(p[0] - pieces[0][1]), abs(pieces[0][0] - p[1])))
