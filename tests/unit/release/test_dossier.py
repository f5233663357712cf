"""A dossier as bytes: canonical, signed by three, and no change of a bit or a field goes unnoticed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from safeground.foundation.canonical import canonical_json
from safeground.foundation.errors import RefusedError
from safeground.release import verify_dossier
from safeground.release.dossier import changed_facts, content_in, dossier_bytes, new_dossier
from safeground.release.verify_dossier import faults_of, main
from support.cases import case, content, person, ready, signed
from support.dossier_changes import WAYS, by_library, changed, leaves, missed

DATA = dossier_bytes(signed())


def test_a_signed_dossier_holds_without_any_library() -> None:
    assert faults_of(DATA) == ()
    assert faults_of(DATA, by_library) == ()


def test_no_change_of_two_thousand_goes_unnoticed() -> None:
    assert missed(DATA, 2000, 20_261_126) == []


def test_every_field_of_the_dossier_is_covered_by_a_signature() -> None:
    chance = random.Random(5)
    places = list(leaves(json.loads(DATA)))
    seen = set()
    for _ in range(400):
        how, other = changed(DATA, chance, places)
        seen.add(how.split(" ")[0])
        assert other == DATA or faults_of(other, by_library), how
    assert seen == set(WAYS)


def test_the_checker_without_its_signature_check_would_miss_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_dossier, "check_signatures", lambda *a, **k: None)
    value = json.loads(DATA)
    value["content"]["project"] = "Another district"
    assert faults_of(canonical_json(value), by_library) == ()


def resigned(**changes: object) -> tuple[str, ...]:
    """What the checker says of a dossier that three people really signed over changed content."""
    return faults_of(dossier_bytes(signed(content() | changes)), by_library)


def edited(*path: object, value: object) -> tuple[str, ...]:
    made = json.loads(json.dumps(content()))
    holder = made
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]
    holder[path[-1]] = value  # type: ignore[index]
    return faults_of(dossier_bytes(signed(made)), by_library)


@pytest.mark.parametrize(("path", "value", "says"), [
    (("criteria", 3, "met"), False, "criteria not met: actions"),
    (("decision",), "refuse", "no release"),
    (("residual", "p_any"), 0.06, "above the limit"),
    (("residual", "newer"), ["x"], "older than the facts"),
    (("rules", "residual_p_any_max"), None, "above the limit"),
    (("draws", 0, "seed"), "00", "not the one sealed"),
    (("draws", 0, "recorded"), 60, "older than its draw"),
    (("lots", 0, "state"), "rejected", "no accepted lot"),
    (("parts", 0, "depth_cm"), 12.0, "too shallow"),
    (("parts", 0, "area_cm2"), 1, "not the area that its entry moves"),
    (("parts", 0, "posted_by"), "nobody", "no posted entry"),
    (("area", "opening_cm2"), 5, "opening"),
    (("area", "pending_cm2"), 5, "pending"),
    (("area", "held_cm2"), [["cleared", 5]], "opening"),
    (("entries", 0, "postings", 0, "amount_cm2"), 7, "does not sum to 0"),
    (("turning_points", 0, "closure_m"), 0.5, "closure error"),
    (("turning_points", 0, "points", 1, "bearing_deg"), 12.0, "does not lead"),
    (("prepared_at",), "2026-09-01", "no UTC time"),
    (("prepared_at",), "2026-09-01T23:00:00.000000Z", "older than"),
])
def test_even_three_signatures_do_not_make_wrong_figures_hold(path: tuple[object, ...], value: object, says: str
                                                              ) -> None:
    try:
        found = edited(*path, value=value)
    except RefusedError as refused:  # signing itself refuses what is not in order of time
        found = (str(refused),)
    assert found
    assert says in found[0]


def test_a_criterion_left_out_is_noticed() -> None:
    assert "criteria are missing" in resigned(criteria=content()["criteria"][1:])[0]


@pytest.mark.parametrize(("text", "says"), [
    (b"", "no JSON"), (b"[]", "fields"), (b'{"a":1,"a":1}', "twice"), (b'{"a":NaN}', "no number"),
    (b'{"a":1e400}', "no JSON"), (b"\xff", "no JSON"), (b'{"a":' + b"[" * 100_000, "no JSON"),
    (b'{"a":1.0e1}', "canon"),
])
def test_what_is_no_dossier_is_told_apart(text: bytes, says: str) -> None:
    assert says in faults_of(text)[0]


def test_fewer_than_three_signatures_release_nothing() -> None:
    for count in range(3):
        assert "signatures are of" in faults_of(dossier_bytes(signed(count=count)))[0]


def test_the_file_alone_checks_a_dossier_with_a_bare_python(tmp_path: Path) -> None:
    script, file = tmp_path / "verify_dossier.py", tmp_path / "a.dossier.json"
    script.write_bytes(Path(verify_dossier.__file__).read_bytes())
    file.write_bytes(DATA)
    run = [sys.executable, "-I", "-S", str(script), str(file)]
    good = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.count("key ") == 4
    listed = tmp_path / "keys.txt"
    marks = [verify_dossier.fingerprint(person(role).public_key) for role in verify_dossier.ROLES]
    listed.write_text("# the authority's list\n" + "\n".join(marks[:2]) + "\n")
    stranger = subprocess.run([*run, "--keys", str(listed)], capture_output=True, text=True, check=False)
    assert stranger.returncode == 1
    assert stranger.stdout.count("NOT ON THE LIST") == 1
    listed.write_text("\n".join(marks))
    assert subprocess.run([*run, "--keys", str(listed)], capture_output=True, check=False).returncode == 0
    file.write_bytes(DATA.replace(b"Hill", b"Mill"))
    bad = subprocess.run(run, capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "DOES NOT HOLD" in bad.stdout


def test_the_checker_says_how_it_is_used_and_what_it_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["nowhere.json"]) == 2
    assert "usage" in capsys.readouterr().err


def test_changed_facts_are_named_and_the_moment_is_none_of_them() -> None:
    before = content()
    assert changed_facts(before, before | {"prepared_at": "later", "journal": {}, "day": "x"}) == ()
    other = content(replace(ready()[0], documents=()))
    assert changed_facts(before, other) == ("criteria", "documents")


def test_a_content_that_was_changed_in_the_project_is_refused() -> None:
    dossier = new_dossier(content(case()), "a")
    with pytest.raises(RefusedError, match="SG-RELEASE-007"):
        content_in(replace(dossier, content=dossier.content.replace("Hill", "Mill")))
