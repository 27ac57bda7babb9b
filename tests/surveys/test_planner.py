"""The planner: the worked examples of the specification, thresholds, unanimity, follow-ups, themes, bad input."""

from __future__ import annotations

import json

import pytest

from surveys.auditor import audit
from surveys.planner import Item, Theme, Town, TownError, Unit, facts_to_json, plan, town_from_json
from tests.surveys.towns import YES_NO, random_town, spread, town


def shown(facts, item="j"):
    """Group -> n of what is shown for an item."""
    return {group: fact.n for (group, of), fact in facts.facts.items() if of == item}


# --- the worked examples of the specification, section 4 -----------------------------------------


def test_example_1_a_small_unit_hides_a_sibling():
    planned = plan(town({"R": (None, 0), "Q": ("R", 40), "P": ("R", 0), "A": ("P", 12), "B": ("P", 9), "C": ("P", 3)}))

    assert shown(planned) == {"R": 64, "Q": 40, "P": 24, "A": 12}


def test_example_1_with_leaving_out_unlimited_shows_all_but_the_small_unit():
    planned = plan(
        town({"R": (None, 0), "Q": ("R", 40), "P": ("R", 0), "A": ("P", 12), "B": ("P", 9), "C": ("P", 3)}, cap=0.99)
    )

    assert shown(planned) == {"R": 61, "Q": 40, "P": 21, "A": 12, "B": 9}
    assert planned.facts["R", "j"].minus == planned.facts["P", "j"].minus == ("C",)


@pytest.mark.parametrize(
    ("cap", "expected"),
    [(0, {"R": 60, "Q": 40, "P": 20, "A": 11}), (0.1, {"R": 59, "Q": 40, "P": 19, "A": 11, "B": 8})],
)
def test_example_2_a_leader_alone_on_the_workplace(cap, expected):
    planned = plan(town({"R": (None, 0), "Q": ("R", 40), "P": ("R", 1), "A": ("P", 11), "B": ("P", 8)}, cap=cap))

    assert shown(planned) == expected
    if cap:
        assert planned.facts["P", "j"].minus == ("P#",)


@pytest.mark.parametrize(
    ("cap", "expected"),
    [
        (0, {"R": 58, "Q": 40, "X": 18, "A": 7, "D": 6}),
        (0.99, {"R": 58, "Q": 40, "X": 18, "A": 7, "D": 6, "P1": 7, "P2": 6}),
    ],
)
def test_example_3_two_small_units_meet_in_the_afdeling(cap, expected):
    planned = plan(
        town(
            {
                "R": (None, 0), "Q": ("R", 40), "X": ("R", 0), "P1": ("X", 0), "P2": ("X", 0),
                "A": ("P1", 7), "C": ("P1", 3), "D": ("P2", 6), "E": ("P2", 2),
            },
            cap=cap,
        )
    )  # fmt: skip

    assert shown(planned) == expected


def test_example_4_three_units_of_four_roll_up():
    planned = plan(town({"R": (None, 0), "Q": ("R", 40), "P": ("R", 0), "A": ("P", 4), "B": ("P", 4), "C": ("P", 4)}))

    assert shown(planned) == {"R": 52, "Q": 40, "P": 12}


@pytest.mark.parametrize(("cap", "b_is_shown"), [(0, False), (0.1, True)])
def test_example_5_leaving_out_three_of_58_keeps_a_report_of_25(cap, b_is_shown):
    planned = plan(
        town({"R": (None, 0), "Q": ("R", 40), "P": ("R", 1), "A": ("P", 30), "B": ("P", 25), "C": ("P", 2)}, cap=cap)
    )

    assert ("B" in shown(planned)) is b_is_shown
    assert shown(planned)["P"] == (55 if cap else 58)


def test_example_6_an_item_is_planned_on_its_own_counts():
    planned = plan(
        town(
            {"R": (None, 0), "Q": ("R", 40), "P": ("R", 0), "A": ("P", 6), "B": ("P", 9)},
            items=[Item("j"), Item("l")],
            more={"l": {"Q": [20, 20, 0, 0, 0], "A": [2, 2, 0, 0, 0], "B": [4, 5, 0, 0, 0]}},
            cap=0,
        )
    )

    assert shown(planned, "j") == {"R": 55, "Q": 40, "P": 15, "A": 6, "B": 9}
    # A's four answers are P's block together with B's nine.
    assert shown(planned, "l") == {"R": 53, "Q": 40, "P": 13}


# --- thresholds, weights, scope -------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{"k": 4}, {"item": Item("j", threshold=4)}])
def test_a_threshold_below_five_is_refused(settings):
    with pytest.raises(ValueError, match="never below 5"):
        town({"R": (None, 40)}, **settings)


def test_a_topic_may_ask_for_more_answers():
    planned = plan(
        town({"R": (None, 0), "A": ("R", 9), "B": ("R", 12)}, items=[Item("j"), Item("ka", threshold=10)],
             more={"ka": {"A": [4, 5, 0, 0, 0], "B": [6, 6, 0, 0, 0]}})
    )  # fmt: skip

    assert shown(planned, "j") == {"R": 21, "A": 9, "B": 12}
    assert shown(planned, "ka") == {"R": 21}


@pytest.mark.parametrize(("weight", "expected"), [(1, {"R", "A"}), (3, {"R", "P"})])
def test_a_weight_lets_the_workplace_win_over_a_unit(weight, expected):
    # P is A and one person more, so only one of the two can have a figure: A is worth 60 points, P 31 × its weight.
    units = [
        Unit("R", None, 9, 9, {"j": spread(9)}),
        Unit("P", "R", 0, 0, {}, weight=weight),
        Unit("A", "P", 30, 30, {"j": spread(30)}),
        Unit("B", "P", 1, 1, {"j": spread(1)}),
    ]

    assert set(shown(plan(Town(units, [Item("j")], cap=0)))) == expected


def test_an_item_for_the_whole_town_is_shown_nowhere_below():
    planned = plan(town({"R": (None, 0), "A": ("R", 9), "B": ("R", 12)}, item=Item("j", whole_only=True)))

    assert shown(planned) == {"R": 21}


def test_where_not_even_the_whole_town_has_five_answers_nothing_is_shown():
    planned = plan(town({"R": (None, 1), "A": ("R", 3)}))

    assert planned.facts == {}
    assert facts_to_json(planned)["groups"][0]["items"]["j"] == {"suppressed": True}


def test_the_section_count_of_each_report_is_given_with_its_structure():
    planned = plan(town({"R": (None, 0), "A": ("R", 9), "B": ("R", 40), "C": ("R", 3)}))

    assert {group: fact.n for group, fact in planned.structure.items()} == {"R": 49, "A": 9, "B": 40}
    assert planned.structure["R"].minus == ("C",)


# --- unanimity --------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", [0, 2, 4])
def test_a_unit_of_one_answer_is_hidden_whatever_the_answer(category):
    same = [0] * 5
    same[category] = 6

    planned = plan(town({"R": (None, 0), "A": ("R", same), "B": ("R", 20), "C": ("R", 7)}))

    # C goes with it: otherwise the whole town without B and C would be A.
    assert shown(planned) == {"R": 33, "B": 20}


def test_without_the_rule_a_unit_of_one_answer_is_shown():
    planned = plan(town({"R": (None, 0), "A": ("R", [6, 0, 0, 0, 0]), "B": ("R", 20)}, unanimity=False))

    assert shown(planned) == {"R": 26, "A": 6, "B": 20}


def test_a_remainder_of_one_answer_is_mixed_with_others():
    # A, B and the leader's group are fine alone; the remainder of P would be five times «3».
    planned = plan(
        town({"R": (None, 0), "Q": ("R", 90), "P": ("R", [0, 0, 0, 5, 0]), "A": ("P", 11), "B": ("P", 30)}, cap=0.1)
    )

    assert "unanimous" not in {violation.kind for violation in audit([facts_to_json(planned)])}
    assert shown(planned) == {"R": 136, "Q": 90, "P": 46, "B": 30}


def test_all_no_of_an_event_is_shown_and_all_yes_is_not():
    event = Item("ka", values=YES_NO, kind="event")

    planned = plan(
        town(
            {"R": (None, 0), "A": ("R", [0, 6]), "B": ("R", [6, 0]), "C": ("R", [3, 20]), "D": ("R", [1, 4])},
            item=event,
        )
    )

    assert shown(planned, "ka") == {"R": 40, "A": 6, "C": 23}


# --- follow-ups -------------------------------------------------------------------------------------


ASKED = Item("ka", values=YES_NO, kind="event")
WHO = Item("ka_who.leader", values=YES_NO, kind="event", of="ka")


def test_a_follow_up_needs_five_who_said_yes():
    planned = plan(
        town({"R": (None, 0), "A": ("R", [3, 20]), "B": ("R", [9, 20])}, items=[ASKED, WHO],
             more={"ka_who.leader": {"A": [1, 2], "B": [2, 7]}}, cap=0)
    )  # fmt: skip

    assert shown(planned, "ka") == {"R": 52, "A": 23, "B": 29}
    assert shown(planned, "ka_who.leader") == {"R": 12}


def test_a_follow_up_is_shown_only_where_its_item_is():
    # A's answers to the item are all yes and hidden; its follow-up would tell that at least six said yes.
    planned = plan(
        town({"R": (None, 0), "A": ("R", [6, 0]), "B": ("R", [9, 20])}, items=[ASKED, WHO],
             more={"ka_who.leader": {"A": [2, 4], "B": [2, 7]}})
    )  # fmt: skip

    assert "A" not in shown(planned, "ka")
    assert "A" not in shown(planned, "ka_who.leader")


@pytest.mark.parametrize("seed", range(60))
def test_a_follow_up_is_about_unions_of_its_items_blocks(seed):
    planned = plan(random_town(seed, units=14, items=[ASKED, WHO]))
    exported = facts_to_json(planned)

    for group in exported["groups"]:
        of, follow_up = group["items"]["ka"], group["items"]["ka_who.leader"]
        if "n" in follow_up:
            assert "n" in of
            assert follow_up["n"] <= of["dist"][0]
    # Beside its own audit: the follow-up's n, read as a count of yes-sayers, adds no cut to the parent item.
    assert audit([exported]) == []


def test_a_follow_up_of_an_item_for_the_whole_town_is_shown_below_on_its_own_counts():
    ill = Item("ill", values=YES_NO, kind="event", whole_only=True)
    work = Item("work", values=(2, 1, 0), kind="event", of="ill")

    planned = plan(
        town({"R": (None, 0), "A": ("R", [8, 20]), "B": ("R", [9, 20]), "C": ("R", [0, 3])}, items=[ill, work],
             more={"work": {"A": [1, 2, 5], "B": [2, 2, 5]}})
    )  # fmt: skip

    # C is left out of the follow-up too: nobody reads there that none of its three was ill.
    assert shown(planned, "ill") == {"R": 57}
    assert planned.facts["R", "ill"].minus == planned.facts["R", "work"].minus == ("C",)
    assert shown(planned, "work") == {"R": 17, "A": 8, "B": 9}


# --- themes -----------------------------------------------------------------------------------------


def themed(hidden_items, **settings):
    items = [Item(f"i{i}", theme="kb") for i in range(4)]
    more = {f"i{i}": {"A": [3, 3, 0, 0, 0] if i not in hidden_items else [6, 0, 0, 0, 0], "B": [8, 8, 0, 0, 9]}
            for i in range(4)}  # fmt: skip
    return plan(town({"R": (None, 0), "A": ("R", more["i0"]["A"]), "B": ("R", more["i0"]["B"])}, items=items,
                     more={key: rows for key, rows in more.items() if key != "i0"}, **settings))  # fmt: skip


def test_a_theme_score_is_the_mean_of_the_shown_means():
    score = themed({1}).themes["A", "kb"]

    assert score.items == ("i0", "i2", "i3")
    assert score.mean == 13  # 12.5, half up


def test_a_theme_score_is_hidden_when_fewer_than_half_of_its_items_are_shown():
    assert ("A", "kb") in themed({1, 2}).themes
    assert ("A", "kb") not in themed({1, 2, 3}).themes


def test_a_theme_without_score_has_none():
    assert themed(set(), themes=[Theme("kb", scored=False)]).themes == {}


def test_follow_ups_and_events_are_in_no_theme_score():
    planned = plan(
        town({"R": (None, [3, 20])}, items=[Item("ka", "ka", YES_NO, "event"), Item("f", "ka", of="ka")],
             more={"f": {"R": [3, 0, 0, 0, 0]}})
    )  # fmt: skip

    assert planned.themes == {}


# --- input and output ---------------------------------------------------------------------------------


GOOD = {
    "k": 5,
    "cap": 0.1,
    "items": [{"id": "j", "theme": "t", "values": [0, 50, 100], "kind": "scale"}],
    "units": [
        {"id": "R", "parent": None, "employees": 3, "respondents": 3, "answers": {"j": [1, 1, 1]}},
        {"id": "A", "parent": "R", "employees": 7, "respondents": 6, "answers": {"j": [2, 2, 2]}},
    ],
}


def test_the_export_format():
    exported = facts_to_json(plan(town_from_json({**GOOD, "wave": "2026", "release": 2})))

    assert exported == {
        "wave": "2026",
        "release": 2,
        "k": 5,
        "items": [{"id": "j", "theme": "t", "values": [0, 50, 100], "threshold": 5, "kind": "scale"}],
        "groups": [
            {"id": "R", "name": "R", "parent": None, "employees": 10, "items": {"j": {"n": 9, "dist": [3, 3, 3]}},
             "themes": {"t": {"mean": 50, "decimals": 0, "items": ["j"]}}},
            {"id": "A", "name": "A", "parent": "R", "employees": 7, "items": {"j": {"suppressed": True}}, "themes": {}},
        ],
    }  # fmt: skip


def test_the_result_does_not_depend_on_anything_but_the_input():
    one = plan(random_town(7, units=30, items=[Item("a"), Item("b")]))
    two = plan(random_town(7, units=30, items=[Item("a"), Item("b")]))

    assert facts_to_json(one) == facts_to_json(two)


def edited(path, value):
    raw = json.loads(json.dumps(GOOD))
    at = raw
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["k"], 3, "never below 5"),
        (["cap"], 1.5, "cap is 1.5"),
        (["items", 0, "kind"], "mood", "item 'j': kind is 'mood'"),
        (["items", 0, "of"], "x", "follows 'x'"),
        (["items", 0, "values"], "0-4", r"items\[0\] \(j\): 'values' is missing or not a list"),
        (["units"], None, "'units' is missing"),
        (["units", 1, "parent"], "X", "unit 'A': parent 'X' is not a unit"),
        (["units", 1, "parent"], None, "2 have none"),
        (["units", 1, "id"], "R", "unit 'R' is there twice"),
        (["units", 0, "parent"], "A", "0 have none"),
        (["units", 1, "employees"], -1, "counts, 0 or more"),
        (["units", 1, "respondents"], "six", r"units\[1\] \(A\): 'respondents' is missing or not a whole number"),
        (["units", 1, "answers", "j"], [1, 2], "unit 'A', item 'j': 2 counts for 3 values"),
        (["units", 1, "answers", "j"], [1, 2, 2.5], r"units\[1\] \(A\).answers.j: a list of whole numbers"),
        (["units", 1, "answers", "j"], [9, 2, 2], "13 answers from 6 respondents"),
        (["units", 1, "answers", "x"], [1, 2, 2], "answers to 'x', which is not an item"),
    ],
)
def test_bad_input_is_refused_with_what_and_where(path, value, message):
    with pytest.raises(TownError, match=message):
        town_from_json(edited(path, value))


def test_parents_in_a_circle_are_refused():
    raw = json.loads(json.dumps(GOOD))
    raw["units"] += [
        {"id": "B", "parent": "C", "employees": 1, "respondents": 1, "answers": {}},
        {"id": "C", "parent": "B", "employees": 1, "respondents": 1, "answers": {}},
    ]
    with pytest.raises(TownError, match="circle"):
        town_from_json(raw)
