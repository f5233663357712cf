"""Self-written reports of made-up events in made-up countries, each sentence with the origin it goes back to.

Six events, five to seven reports each: agency versions, relays that drift in words and days, a second voice of the same
state that speaks of its own, a rival's intelligence, a village elder.  Labels are (event, who): sentences of one label
go back to one utterance; ``None`` = nothing is claimed that bears on the event.
"""

from __future__ import annotations

from datetime import date

#: Names that stand for a made-up country: as ``country_of`` must answer.
COUNTRIES = {"Ostravia": "O1", "Ostravian": "O1", "Belmark": "B1", "Belmarkian": "B1", "Sundara": "S1", "Sundaran":
"S1",
             "Karsia": "K1", "Karsian": "K1"}
Report = tuple[str, date, list[tuple[str, str | None]]]

REPORTS: list[Report] = [
    # 1  Ostravia's leader welcomes sappers home
    ("Harbour Post", date(2025, 3, 8), [
        ("Ostravia has acknowledged for the first time that its engineers were sent to clear mines in Belmark’s Lower "
         "region, with leader Toma Veld praising them in a speech carried by state media on Saturday.", "e1 leader"),
        ("According to the Ostravian Press Agency (OPA), Veld spoke at a welcome ceremony on Friday for a regiment "
         "that had returned from a 90-day deployment that began in December.", "e1 leader"),
        ("Six soldiers were killed, Veld revealed.", "e1 leader")]),
    ("Daily Lantern", date(2025, 3, 8), [
        ("Six Ostravian soldiers were killed while clearing mines in Belmark, state media reported on Saturday.",
         "e1 leader"),
        ("“They gave their lives,” leader Toma Veld said.", "e1 leader"),
        ("Western intelligence officials have long said that Ostravia has sent thousands of troops to Belmark.",
         "e1 west")]),
    ("Northern Wire", date(2025, 3, 9), [
        ("Leader Toma Veld said the troops cleared mines under constant danger.", "e1 leader"),
        ("The Ostravian Press Agency reported that six engineers were killed.", "e1 leader"),
        ("Governor Arno Hask of Belmark said that 12,000 hectares of land had been cleared.", "e1 governor")]),
    ("Valley Times", date(2025, 3, 9), [
        ("Belmark’s governor Arno Hask said sappers had destroyed 400,000 devices.", "e1 governor"),
        ("Governor Hask added that 12,000 hectares were cleared since autumn.", "e1 governor")]),
    ("Morning Echo", date(2025, 3, 10), [
        ("Veld said six soldiers were killed, Ostravian state television reported.", "e1 leader"),
        ("Leader Toma Veld said the engineers were deployed to clear mines.", "e1 leader")]),
    ("City Mirror", date(2025, 3, 9), [
        ("Western intelligence officials said last week that thousands of Ostravian troops were deployed to Belmark.",
         "e1 west")]),
    # 2  a bus hits a mine in Sundara
    ("Harbour Post", date(2024, 7, 2), [
        ("Eleven people were killed when a bus hit a mine near the river, police said.", "e2 police"),
        ("“The road was not marked,” said the village elder.", None),
        ("Provincial police said that nineteen people were wounded.", "e2 police")]),
    ("Daily Lantern", date(2024, 7, 2), [
        ("Provincial police said eleven people were killed when the bus struck a mine.", "e2 police"),
        ("A hospital doctor said that twelve people had died.", "e2 doctor")]),
    ("Valley Times", date(2024, 7, 3), [
        ("A hospital doctor said twelve people were killed and that many were wounded.", "e2 doctor"),
        ("Rebel spokesman Dano Ulm denied that rebels had planted mines on the road.", "e2 rebels")]),
    ("Morning Echo", date(2024, 7, 3), [
        ("Rebel spokesman Dano Ulm said government troops had laid mines there in May.", "e2 rebels"),
        ("Eleven people were killed, according to provincial police.", "e2 police")]),
    ("Northern Wire", date(2024, 7, 4), [
        ("Interior minister Rahel Oss said that eleven people were killed.", "e2 minister"),
        ("Minister Oss said troops were deployed to clear mines from the road.", "e2 minister")]),
    # 3  Karsia declares a district cleared
    ("Harbour Post", date(2023, 11, 20), [
        ("Karsia’s army said it had cleared 300 hectares of land in the district.", "e3 army"),
        ("The Karsian army said 2,000 mines were destroyed.", "e3 army")]),
    ("Daily Lantern", date(2023, 11, 20), [
        ("The army said 300 hectares were cleared.", "e3 army"),
        ("Karsia Mine Watch, a charity, said that only roads had been cleared.", "e3 charity")]),
    ("Valley Times", date(2023, 11, 21), [
        ("Karsia Mine Watch said only roads were cleared, and that fields are littered with mines.", "e3 charity"),
        ("Farmers said three cows were killed when they stepped on mines.", "e3 farmers")]),
    ("Morning Echo", date(2023, 11, 22), [
        ("President Ilan Moro said that his soldiers had cleared mines from 300 hectares.", "e3 president"),
        ("Moro said that nobody was killed.", "e3 president")]),
    ("City Mirror", date(2023, 11, 22), [
        ("The president, Ilan Moro, said soldiers had cleared mines in the whole district.", "e3 president"),
        ("Karsia Mine Watch said roads had been cleared and no more.", "e3 charity")]),
    # 4  Belmark says its own sappers died; the rival says more
    ("Harbour Post", date(2025, 9, 14), [
        ("Belmark’s defence minister Lene Ott said four sappers were killed by a mine.", "e4 minister"),
        ("Ostravia’s general staff said that twenty sappers had been killed.", "e4 staff")]),
    ("Northern Wire", date(2025, 9, 14), [
        ("Minister Lene Ott said four sappers were killed while they cleared mines.", "e4 minister"),
        ("Ott said the team was deployed in July.", "e4 minister")]),
    ("Daily Lantern", date(2025, 9, 15), [
        ("The general staff of Ostravia said twenty sappers were killed.", "e4 staff"),
        ("Four sappers were killed, Ott said.", "e4 minister")]),
    ("Valley Times", date(2025, 9, 15), [
        ("A relative of one soldier said that seven men had died.", "e4 relative")]),
    ("City Mirror", date(2025, 9, 16), [
        ("Lene Ott said four sappers were killed.", "e4 minister"),
        ("A relative of one soldier said seven men were killed.", "e4 relative")]),
    # 5  the same minister speaks again, half a year later
    ("Harbour Post", date(2026, 3, 2), [
        ("Belmark’s defence minister Lene Ott said two sappers were killed in February.", "e5 minister"),
        ("Ott said sappers had cleared mines from 900 hectares of land.", "e5 minister")]),
    ("Northern Wire", date(2026, 3, 3), [
        ("Minister Lene Ott said that 900 hectares of land were cleared.", "e5 minister"),
        ("The United Nations said that 40 hectares had been cleared to standard.", "e5 un")]),
    ("Daily Lantern", date(2026, 3, 3), [
        ("The United Nations said 40 hectares were cleared to standard.", "e5 un"),
        ("Two sappers were killed, Lene Ott said.", "e5 minister")]),
    ("Morning Echo", date(2026, 3, 4), [
        ("Lene Ott said 900 hectares of land were cleared and two sappers were killed.", "e5 minister")]),
    ("City Mirror", date(2026, 3, 4), [
        ("The United Nations said that 40 hectares of land were cleared.", "e5 un")]),
    # 6  two governors of one country, one day
    ("Harbour Post", date(2025, 5, 10), [
        ("Governor Arno Hask said that 2,000 hectares of land were cleared in his region.", "e6 hask"),
        ("Governor Berit Lohm said 300 hectares of land were cleared in hers.", "e6 lohm")]),
    ("Northern Wire", date(2025, 5, 10), [
        ("Governor Arno Hask said 2,000 hectares were cleared.", "e6 hask"),
        ("State media reported that mines were cleared in two regions.", "e6 media")]),
    ("Daily Lantern", date(2025, 5, 11), [
        ("Governor Berit Lohm said 300 hectares were cleared and nobody was killed.", "e6 lohm")]),
    ("Valley Times", date(2025, 5, 11), [
        ("Arno Hask said 2,000 hectares of land had been cleared.", "e6 hask"),
        ("Berit Lohm said 300 hectares of land had been cleared.", "e6 lohm")]),
    ("City Mirror", date(2025, 5, 12), [
        ("Berit Lohm said that sappers had cleared mines from 300 hectares.", "e6 lohm")]),
]
