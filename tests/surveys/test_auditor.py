"""The auditor: each kind of derivation is found and told, clean releases are green, broken planners are not."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import surveys.planner.facts
import surveys.planner.options
from surveys.auditor import ExportError, audit
from surveys.planner import Item, ThemeFact, facts_to_json, plan
from tests.surveys.towns import YES_NO, random_town

ITEMS = (
    Item("a", theme="kb"),
    Item("b", theme="kb"),
    Item("ka", theme="ka", values=YES_NO, kind="event"),
    Item("who", theme="ka", values=YES_NO, kind="event", of="ka"),
)


def export(groups, *, kind="scale", values=(0, 50, 100), wave="2026", release=1, themes=None, trends=None, **more):
    """An export of one item «j»: group -> (parent, entry)."""
    return {
        "wave": wave,
        "release": release,
        "k": 5,
        "items": [{"id": "j", "theme": "t", "values": list(values), "threshold": 5, "kind": kind}],
        "groups": [
            {
                "id": group,
                "name": group,
                "parent": parent,
                "employees": 50,
                "items": {"j": entry or {"suppressed": True}},
                "themes": (themes or {}).get(group, {}),
                "trends": (trends or {}).get(group, {}),
            }
            for group, (parent, entry) in groups.items()
        ],
        **more,
    }


def dist(*counts, minus=()):
    return {"n": sum(counts), "dist": list(counts), **({"minus": list(minus)} if minus else {})}


def only(violations):
    assert len(violations) == 1, violations
    return violations[0]


# --- one item ----------------------------------------------------------------------------------------


def test_a_clean_release_is_green():
    assert audit([export({"R": (None, dist(5, 5, 10)), "A": ("R", dist(3, 2, 1)), "B": ("R", None)})]) == []


def test_direct():
    found = only(audit([export({"R": (None, dist(1, 2, 1))})]))

    assert (found.kind, found.answers, found.people) == ("direct", 4, ("R",))


def test_subtraction_tells_whom_and_how():
    groups = {"P": (None, dist(10, 8, 6)), "A": ("P", dist(5, 4, 3)), "B": ("P", dist(3, 3, 3)), "C": ("P", None)}

    found = only(audit([export(groups)]))

    assert (found.kind, found.answers, set(found.people)) == ("subtraction", 3, {"P#", "C"})
    assert "P (24) − A (12) − B (9) leaves 3 answers" in found.derivation
    assert "2/1/0" in found.derivation


def test_subtraction_through_two_levels():
    groups = {
        "R": (None, dist(20, 20, 1)),
        "P": ("R", None),
        "A": ("P", dist(10, 9, 0)),
        "B": ("R", dist(9, 10, 1)),
    }

    found = only(audit([export(groups)]))

    assert (found.kind, found.answers) == ("subtraction", 2)
    assert "P#" in found.people


def test_what_a_figure_leaves_out_is_a_set_of_its_own():
    groups = {"R": (None, dist(8, 8, 8)), "P": ("R", dist(6, 6, 0, minus=["C"])), "C": ("P", None), "A": ("P", None)}
    assert audit([export(groups)]) == []

    groups["R"] = (None, dist(8, 7, 0))
    found = only(audit([export(groups)]))
    assert found.answers == 3
    assert set(found.people) == {"R#", "C"}


def test_weighted_combinations_of_crossing_sets():
    # (AB + AC − BC) / 2 is A: no subtraction of two figures gets there.
    a, b, c = (2, 1, 0), (4, 4, 2), (3, 3, 3)
    groups = {
        "R": (None, None),
        "X": ("R", None), "A": ("X", None), "B": ("X", None), "C": ("X", None),
    }  # fmt: skip
    one = export(groups | {"X": ("R", dist(*(p + q for p, q in zip(a, b, strict=True)), minus=["C", "X#"]))}, release=1)
    two = export(groups | {"X": ("R", dist(*(p + q for p, q in zip(a, c, strict=True)), minus=["B", "X#"]))}, release=2)
    three = export(
        groups | {"X": ("R", dist(*(p + q for p, q in zip(b, c, strict=True)), minus=["A", "X#"]))}, release=3
    )

    assert audit([one]) == audit([one, two]) == []
    found = only(audit([one, two, three]))
    assert (found.kind, found.answers, found.people) == ("re-release", 3, ("A",))
    assert "1/2 × X" in found.derivation


def test_crossing_sets_within_one_release():
    groups = {
        "R": (None, dist(7, 6, 5, minus=["B"])), "A": ("R", dist(5, 5, 2)), "B": ("A", None),
        "C": ("A", None), "D": ("R", None),
    }  # fmt: skip
    # R without B is D + C + direct; A is B + C + direct: they cross, and nothing small comes out.
    assert audit([export(groups)]) == []

    groups["C"] = ("A", dist(4, 3, 2, minus=[]))
    groups["B"] = ("A", None)
    found = audit([export(groups)])
    assert [violation.answers for violation in found] == [3]
    assert "A (12) − C (9)" in found[0].derivation


def test_rounded_means_count_all_the_same():
    groups = {"P": (None, {"n": 24, "mean": 50, "decimals": 0}), "A": ("P", {"n": 21, "mean": 52, "decimals": 0})}

    found = only(audit([export(groups)]))

    assert (found.kind, found.answers) == ("subtraction", 3)
    assert "sum of points from" in found.derivation


def test_a_topics_own_threshold_counts():
    raw = export({"R": (None, dist(3, 3, 3))})
    raw["items"][0]["threshold"] = 10

    assert only(audit([raw])).kind == "direct"


def test_a_k_below_five_is_not_believed():
    assert only(audit([export({"R": (None, dist(1, 2, 1))}, k=3)])).answers == 4


@pytest.mark.parametrize(
    "entry", [dist(0, 6, 0), dist(6, 0, 0), {"n": 6, "mean": 100, "decimals": 0}, {"n": 6, "mean": 0, "decimals": 0}]
)
def test_unanimous(entry):
    raw = export({"R": (None, entry)})

    assert only(audit([raw])).kind == "unanimous"
    assert audit([raw], unanimity=False) == []


def test_all_no_of_an_event_is_good_news_and_all_yes_is_not():
    assert audit([export({"R": (None, dist(0, 9))}, kind="event", values=YES_NO)]) == []
    assert only(audit([export({"R": (None, dist(9, 0))}, kind="event", values=YES_NO)])).kind == "unanimous"


def test_a_remainder_may_be_unanimous():
    groups = {"P": (None, dist(5, 9, 3)), "A": ("P", dist(5, 3, 3))}

    assert only(audit([export(groups)])).people == ("P#",)


def test_figures_that_cannot_be_true_are_told():
    found = audit([export({"P": (None, dist(5, 5, 0)), "A": ("P", dist(6, 2, 0))})])

    assert "inconsistent" in {violation.kind for violation in found}


# --- themes, trends, follow-ups ------------------------------------------------------------------------


def two_items(hidden, mean, named):
    raw = export({"R": (None, dist(4, 4, 4))})
    raw["items"].append({"id": "l", "theme": "t", "values": [0, 50, 100], "threshold": 5, "kind": "scale"})
    raw["groups"][0]["items"]["l"] = {"suppressed": True} if hidden else dist(8, 2, 2)
    raw["groups"][0]["themes"] = {"t": {"mean": mean, "decimals": 0, "items": named}}
    return raw


def test_a_theme_of_shown_items_is_fine():
    assert audit([two_items(False, 38, ["j", "l"])]) == []  # 50 and 25
    assert audit([two_items(True, 50, ["j"])]) == []


def test_a_theme_that_names_a_hidden_item():
    found = only(audit([two_items(True, 38, ["j", "l"])]))

    assert (found.kind, found.item, found.people) == ("theme", "l", ("R",))
    assert "from 25 to 27" in found.derivation  # 2 × 37.5 − 50 to 2 × 38.5 − 50


def test_a_theme_that_holds_a_hidden_item_without_naming_it():
    assert only(audit([two_items(True, 38, ["j"])])).kind == "theme"


TREND = {"R": {"j": {"wave": "2023", "change": 5, "decimals": 0}}}


def test_a_trend_between_two_shown_figures_is_fine():
    old = export({"R": (None, {"n": 12, "mean": 45, "decimals": 0})}, wave="2023", imported=True)
    new = export({"R": (None, dist(4, 4, 4))}, trends=TREND)

    assert audit([old, new]) == []


@pytest.mark.parametrize("earlier", [None, dist(9, 4, 4)])
def test_a_trend_against_a_hidden_or_another_figure(earlier):
    old = export({"R": (None, earlier)}, wave="2023", imported=True)
    new = export({"R": (None, dist(4, 4, 4))}, trends=TREND)

    found = only(audit([old, new]))
    assert (found.kind, found.known) == ("trend", False)


def test_a_trend_against_a_wave_that_is_not_there():
    assert only(audit([export({"R": (None, dist(4, 4, 4))}, trends=TREND)])).kind == "trend"


def test_a_trend_of_a_figure_hidden_now():
    old = export({"R": (None, dist(4, 4, 4))}, wave="2023")
    new = export({"R": (None, None)}, trends=TREND)

    assert "R, which is hidden" in only(audit([old, new])).derivation


def test_imported_reports_alone_are_known():
    old = export({"P": (None, dist(9, 9, 9)), "A": ("P", dist(8, 8, 8))}, wave="2023", imported=True)

    found = only(audit([old, export({"R": (None, dist(4, 4, 4))})]))
    assert (found.kind, found.known) == ("subtraction", True)


def test_a_follow_up_that_finds_every_yes_in_a_part():
    raw = export({"R": (None, dist(7, 20)), "A": ("R", None)}, kind="event", values=YES_NO)
    raw["items"].append({"id": "f", "theme": "t", "values": [1, 0], "threshold": 5, "kind": "event", "of": "j"})
    raw["groups"][0]["items"]["f"] = {"suppressed": True}
    raw["groups"][1]["items"]["f"] = dist(3, 4)
    raw["groups"][0]["employees"], raw["groups"][1]["employees"] = 33, 30

    found = only(audit([raw]))
    assert (found.kind, found.people) == ("follow-up", ("R#",))
    assert "the other 3 employees said no" in found.derivation


# --- releases of one wave ------------------------------------------------------------------------------


def test_example_7_one_person_moved_between_two_releases():
    old = export({"R": (None, dist(10, 10, 10)), "A": ("R", dist(4, 4, 2)), "B": ("R", dist(3, 3, 3))})
    new = export({"R": (None, dist(10, 10, 10)), "A": ("R", dist(3, 4, 2)), "B": ("R", dist(4, 3, 3))}, release=2)

    found = audit([old, new])

    assert {violation.kind for violation in found} == {"re-release"}
    assert ("A",) in {violation.people for violation in found}
    assert all(violation.answers == 1 for violation in found)


def test_a_group_shown_only_later_is_subtracted_from_the_earlier_release():
    base = {"R": (None, dist(10, 10, 10)), "A": ("R", None), "B": ("R", None)}
    old = export(base | {"A": ("R", dist(5, 5, 4))})
    new = export(base | {"B": ("R", dist(5, 5, 4))}, release=2)

    assert audit([old]) == audit([new]) == []
    assert only(audit([old, new])).kind == "re-release"


def test_the_same_figures_twice_are_fine():
    old = export({"R": (None, dist(10, 10, 10)), "A": ("R", dist(4, 4, 2))})

    assert audit([old, {**copy.deepcopy(old), "release": 2}]) == []


# --- what cannot be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda raw: raw.pop("groups"), "'groups' and 'items' are lists"),
        (lambda raw: raw["groups"][0]["items"].update(x=dist(5, 5)), "'x' is not among the items"),
        (lambda raw: raw["groups"][0]["items"]["j"].update(n=11), "n is 11 and the distribution holds 12"),
        (lambda raw: raw["groups"][0]["items"]["j"].update(minus=["Z"]), "minus names 'Z'"),
        (lambda raw: raw["groups"][0]["items"]["j"].update(median=3), "median: a figure of a kind that is not audited"),
        (lambda raw: raw["groups"][0]["items"].update(j={"mean": 3}), "a mean without its n"),
        (lambda raw: raw["groups"][0].update(parent="Z"), "parent 'Z' is not a group"),
        (lambda raw: raw["groups"].append(raw["groups"][0]), "is there twice"),
    ],
)
def test_an_export_that_cannot_be_understood_is_refused(spoil, message):
    raw = export({"R": (None, dist(4, 4, 4))})
    spoil(raw)

    with pytest.raises(ExportError, match=message):
        audit([raw])


def test_response_rates_of_ten_invited_in_every_group_that_can_be_told_apart():
    raw = export({"R": (None, dist(20, 20, 20)), "A": ("R", dist(5, 5, 5)), "B": ("R", dist(5, 5, 5))})
    for group, invited in zip(raw["groups"], (60, 30, 20), strict=True):
        group["rate"] = {"percent": 80, "invited": invited}
    assert audit([raw]) == []
    raw["groups"][2]["rate"]["invited"] = 24
    found = only(audit([raw]))
    assert (found.kind, found.people, found.answers) == ("rate", ("R",), 6)


def test_ved_ikke_tells_the_n_of_its_question():
    """R is shown without B; «ved ikke» for everybody tells the n of all: B has 62 − 2 − 57 answers."""
    raw = export({"R": (None, dist(19, 19, 19, minus=["B"])), "B": ("R", None)})
    raw["items"].append({"id": "j.dk", "values": [1, 0], "kind": "event", "beside": "j"})
    raw["groups"][0]["items"]["j.dk"] = dist(2, 60)
    found = only(audit([raw]))
    assert (found.kind, found.people, found.answers) == ("subtraction", ("B",), 3)
    raw["groups"][0]["items"]["j.dk"] = dist(2, 57, minus=["B"])
    assert audit([raw]) == []


# --- planner and auditor together ----------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40), st.sampled_from([0, 0.1, 0.3]))
def test_every_plan_is_green(seed, units, cap):
    assert audit([facts_to_json(plan(random_town(seed, units=units, items=ITEMS, cap=cap, biggest=20)))]) == []


def mutants(monkeypatch, **broken):
    """Violations on ten towns planned with a broken part, each green before."""
    towns = [random_town(seed, units=60, items=ITEMS, biggest=20) for seed in range(10)]
    assert [audit([facts_to_json(plan(town))]) for town in towns] == [[]] * 10
    for name, part in broken.items():
        for module in (surveys.planner, surveys.planner.options, surveys.planner.facts):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, part)
    return [audit([facts_to_json(plan(town))]) for town in towns]


def test_a_planner_without_the_block_check_turns_the_audit_red(monkeypatch):
    def naive(tree, n, pattern, allowed, max_out, *, k, mixed, mu=1):
        shown = [may and total >= k for may, total in zip(allowed, tree.sums(n), strict=True)]
        above = tree.report_above(shown)
        return surveys.planner.Plan(shown, [v if shown[v] else above[v] for v in range(len(n))])

    for found in mutants(monkeypatch, solve=naive):
        assert {"subtraction"} <= {violation.kind for violation in found}


def test_respondents_instead_of_item_counts_turn_the_audit_red(monkeypatch):
    def on_respondents(town, item, tree, counts, allowed):
        return surveys.planner._structure(town, tree, surveys.planner._from_the_top(town))

    found = mutants(monkeypatch, _item=on_respondents)
    assert all(found)
    assert {"direct", "subtraction"} <= {violation.kind for town in found for violation in town}


def test_a_theme_of_every_answer_whether_shown_or_not_turns_the_audit_red(monkeypatch):
    def of_all(town, units, facts):
        under = {unit.id: [0] * 10 for unit in units}
        for unit in reversed(units):
            for place, item in enumerate(ITEMS[:2]):
                for category, count in enumerate(unit.answers[item.id]):
                    under[unit.id][5 * place + category] += count
            if unit.parent is not None:
                under[unit.parent] = [a + b for a, b in zip(under[unit.parent], under[unit.id], strict=True)]
        themes = {}
        for unit in units:
            rows = [row for row in (under[unit.id][:5], under[unit.id][5:]) if sum(row)]
            if rows and {(unit.id, "a"), (unit.id, "b")} & facts.keys():
                means = [sum(25 * i * count for i, count in enumerate(row)) / sum(row) for row in rows]
                shown = tuple(item for item in ("a", "b") if (unit.id, item) in facts)
                themes[unit.id, "kb"] = ThemeFact(unit.id, "kb", round(sum(means) / len(means)), 0, shown)
        return themes

    found = mutants(monkeypatch, _themes=of_all)
    assert {violation.kind for town in found for violation in town} == {"theme"}


def test_options_planned_one_by_one_turn_the_audit_red(monkeypatch):
    items = [ITEMS[2], *(Item(f"how.{option}", values=YES_NO, kind="event", of="ka") for option in "abc")]
    towns = [random_town(seed, units=60, items=items, biggest=20) for seed in range(20)]
    assert not any(audit([facts_to_json(plan(town))]) for town in towns)
    monkeypatch.setattr(surveys.planner, "questions", lambda town: [[item] for item in town.items])
    found = [violation for town in towns for violation in audit([facts_to_json(plan(town))])]
    assert {violation.kind for violation in found} == {"subtraction"}


def test_an_answer_counted_beside_a_question_about_other_people_turns_the_audit_red(monkeypatch):
    items = [Item("a"), Item("a.dk", values=YES_NO, kind="event", whole_only=True, beside="a")]
    towns = [random_town(seed, units=60, items=items, biggest=20) for seed in range(20)]
    assert not any(audit([facts_to_json(plan(town))]) for town in towns)

    def everybody(town, item, tree, counts, other):
        return surveys.planner.Plan([True] + [False] * (len(counts) - 1), [0] * len(counts))

    monkeypatch.setattr(surveys.planner, "beside", everybody)
    found = [violation for town in towns for violation in audit([facts_to_json(plan(town))])]
    assert {violation.kind for violation in found} == {"subtraction"}


def test_a_hidden_item_in_a_theme_turns_the_audit_red():
    found = []
    for seed in range(10):
        raw = facts_to_json(plan(random_town(seed, units=60, items=ITEMS, biggest=20)))
        for group in raw["groups"]:
            if "kb" in group["themes"]:
                group["themes"]["kb"]["items"] = ["a", "b"]
        found += audit([raw])
    assert {violation.kind for violation in found} == {"theme"}


def test_a_trend_against_a_hidden_figure_turns_the_audit_red():
    old, new = (
        facts_to_json(plan(random_town(seed, units=60, items=ITEMS[:1], biggest=20, wave=str(seed)))) for seed in (1, 2)
    )
    before = {group["id"]: group for group in old["groups"]}

    def mean(entry):
        return sum(v * c for v, c in zip((0, 25, 50, 75, 100), entry["dist"], strict=True)) / entry["n"]

    hidden = 0
    for group in new["groups"]:
        now, then = group["items"]["a"], before[group["id"]]["items"]["a"]
        if "n" in now and "n" in then:
            group["trends"] = {"a": {"wave": "1", "change": round(mean(now) - mean(then)), "decimals": 0}}
    assert audit([old, new]) == []
    for group in new["groups"]:
        if "n" in group["items"]["a"] and "n" not in before[group["id"]]["items"]["a"]:
            group["trends"] = {"a": {"wave": "1", "change": 3, "decimals": 0}}
            hidden += 1
    assert hidden
    assert [violation.kind for violation in audit([old, new])] == ["trend"] * hidden
