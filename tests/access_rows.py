"""The rows of the matrix, app by app."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.access_matrix import TRIO, WORKPLACE_MED, Row, everybody, only, public
from tests.world import World

MED = (*WORKPLACE_MED, "med_department", "med_other_department", "med_other_workplace", "med_municipality")
OUTSIDERS = ("employee", "colleague", "property", "dpo", "key_holder", "facilitator", "former_leader")
SEES_NORD = (*TRIO, *WORKPLACE_MED, "hr")
SEES_WORKPLACE = (*SEES_NORD, "neighbour", "med_department", "med_municipality")
NOT_HR = ("employee", "colleague", "neighbour", *TRIO, *WORKPLACE_MED)
WORKS_AT_BIRKEHOEJ = ("employee", "colleague", "neighbour", *SEES_NORD)


def nord(world: World) -> list[object]:
    return [world.unit["nord"].uuid]


def plan(world: World) -> list[object]:
    return [world.plan.uuid]


def activity(world: World) -> list[object]:
    return [world.activity.uuid]


def dialogue(world: World) -> list[object]:
    return [world.dialogue.uuid]


def trio(world: World) -> list[object]:
    return [world.town.group["nord"].uuid]


def finding(world: World) -> list[object]:
    return [world.finding.pk]


def committee(key: str):  # type: ignore[no-untyped-def]
    return lambda world: [world.town.committee[key].uuid]


def report(key: str):  # type: ignore[no-untyped-def]
    return lambda world: [world.unit[key].uuid]


ROWS = [
    # --- for all ------------------------------------------------------------------------------------------------
    public("trivsel:front"),
    public("trivsel:accessibility"),
    public("surveys:anonymity"),
    public("surveys:faq"),
    public("surveys:questionnaire_detail"),
    # --- answering: a code is the key, who is logged in does not matter -----------------------------------------
    public("surveys:answer_start"),
    public("surveys:answer_start", about="no code", method="post"),
    public("surveys:answer_done"),
    public("surveys:answer_follow"),
    Row("surveys:answer_follow", "no code", method="post", rest=404, visitor=404),
    Row("surveys:answer", "after the survey, any code", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
    Row("surveys:answer", "the same", method="post", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
    Row("surveys:answer_physical", "the same", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
    Row("surveys:answer_physical", "the same", method="post", args=lambda w: ["ACDEFGHJ"], rest=410, visitor=410),
    Row("surveys:answer_envelope", rest=405, visitor=405),
    Row("surveys:answer_envelope", "without admission", method="post", rest=403, visitor=403),
    # --- front pages --------------------------------------------------------------------------------------------
    everybody("trivsel:task_list"),
    Row("trivsel:group_list", "one trio: straight to its room", named={302: (*TRIO, "neighbour")}),
    only("trivsel:group_detail", *TRIO, "hr", args=trio),
    Row("trivsel:welcome", "a button, whatever the token", args=lambda w: ["x"], rest=200, visitor=200),
    Row("trivsel:welcome", "a token that is not one", args=lambda w: ["x"], method="post", rest=404, visitor=404),
    # --- reports ------------------------------------------------------------------------------------------------
    everybody("surveys:report_list"),
    only("surveys:report_detail", *SEES_NORD, "facilitator", about="Afsnit Nord", args=nord),
    only("surveys:report_detail", *SEES_WORKPLACE, about="the workplace", args=report("birkehoej")),
    only("surveys:report_detail", *SEES_WORKPLACE, about="the afdeling", args=report("sundhed")),
    only(
        "surveys:report_detail",
        *SEES_WORKPLACE,
        "med_other_department",
        "med_other_workplace",
        about="the municipality",
        args=report("kommune"),
    ),
    Row("surveys:report_share", rest=405, args=nord),
    Row(
        "surveys:report_share",
        method="post",
        args=nord,
        named={302: TRIO, 403: (*WORKPLACE_MED, "hr", "facilitator")},
    ),
    only("surveys:report_compare", *SEES_WORKPLACE, args=report("birkehoej")),
    Row("surveys:response_rates", rest=200, named={404: OUTSIDERS}),
    only("surveys:release_list", "hr", "dpo"),
    only("surveys:release_detail", "hr", "dpo", args=lambda w: [w.release.uuid]),
    Row("surveys:release_detail", method="post", args=lambda w: [w.release.uuid], named={302: ("hr", "dpo")}),
    only("surveys:release_audit", "hr", "dpo", args=lambda w: [w.release.uuid]),
    # --- the board ----------------------------------------------------------------------------------------------
    only("surveys:board", *SEES_NORD, args=trio),
    only("surveys:finding_detail", *SEES_NORD, args=finding),
    Row(
        "surveys:finding_detail",
        "move it",
        method="post",
        args=finding,
        data=lambda w: {"to": "assessed", "state": "assessed"},
        named={302: TRIO, 403: (*WORKPLACE_MED, "hr")},
    ),
    only("surveys:finding_photo", *SEES_NORD, args=lambda w: [w.report.pk]),
    only("surveys:property_queue", "property"),
    Row("surveys:property_queue", "nothing", method="post", named={302: ("property",)}),
    # --- dialogues ----------------------------------------------------------------------------------------------
    everybody("dialogs:dialogue_list"),
    only("dialogs:dialogue_detail", "employee", "facilitator", *SEES_NORD, args=dialogue),
    Row(
        "dialogs:dialogue_plan",
        "held already: back to its page",
        args=dialogue,
        named={302: TRIO, 403: ("employee", "facilitator", *WORKPLACE_MED, "hr")},
    ),
    Row(
        "dialogs:dialogue_plan",
        "the same",
        method="post",
        args=dialogue,
        named={302: TRIO, 403: ("employee", "facilitator", *WORKPLACE_MED, "hr")},
    ),
    Row(
        "dialogs:dialogue_hold",
        args=dialogue,
        named={200: TRIO, 403: ("employee", "facilitator", *WORKPLACE_MED, "hr")},
    ),
    Row(
        "dialogs:dialogue_hold",
        method="post",
        args=dialogue,
        named={200: TRIO, 403: ("employee", "facilitator", *WORKPLACE_MED, "hr")},
    ),
    only("dialogs:dialogue_guide", *TRIO, "hr", "facilitator", args=dialogue),
    # --- handleplaner -------------------------------------------------------------------------------------------
    everybody("actionplans:plan_list"),
    Row("actionplans:plan_create", rest=403, named={200: (*TRIO, "neighbour")}),
    Row("actionplans:plan_create", "empty", method="post", rest=403, named={200: (*TRIO, "neighbour")}),
    # A draft: HR gives a reason first.
    Row("actionplans:plan_detail", args=plan, named={200: NOT_HR, 302: ("hr",)}),
    Row("actionplans:plan_poster", args=plan, named={200: NOT_HR, 302: ("hr",)}),
    only("actionplans:plan_draft", "hr", args=plan),
    only("actionplans:plan_draft", "hr", about="empty", status=422, method="post", args=plan),
]


def _writes(name: str, args: object, method: str, status: int) -> Row:
    """What only the plan's own trio does; those who may read the plan get 403."""
    readers = tuple(who for who in WORKS_AT_BIRKEHOEJ if who not in TRIO)
    return Row(name, args=args, method=method, named={status: TRIO, 403: readers})  # type: ignore[arg-type]


ROWS += [
    _writes("actionplans:plan_edit", plan, "get", 200),
    _writes("actionplans:plan_edit", plan, "post", 200),
    Row("actionplans:plan_sign", args=plan, rest=405, visitor=405),
    _writes("actionplans:plan_sign", plan, "post", 302),
    _writes("actionplans:activity_create", plan, "get", 200),
    _writes("actionplans:activity_create", plan, "post", 200),
    _writes("actionplans:activity_edit", activity, "get", 200),
    _writes("actionplans:activity_edit", activity, "post", 200),
    Row("actionplans:activity_move", args=activity, rest=405, visitor=405),
    _writes("actionplans:activity_move", activity, "post", 302),
    only("actionplans:evaluation_list", "hr"),
    only("actionplans:evaluation_edit", *WORKPLACE_MED, "hr", args=committee("birkehoej")),
    Row(
        "actionplans:evaluation_edit",
        "before August",
        method="post",
        args=committee("birkehoej"),
        named={403: (*WORKPLACE_MED, "hr")},
    ),
    # --- MED ----------------------------------------------------------------------------------------------------
    Row("trivsel:committee_list", "one committee: straight to it", named={200: ("hr",), 302: MED}),
    only("trivsel:committee_status", *WORKPLACE_MED, "hr", about="ArbejdspladsMED", args=committee("birkehoej")),
    only("trivsel:committee_status", "med_department", "hr", about="AfdelingsMED", args=committee("sundhed")),
    only("trivsel:committee_status", "med_municipality", "hr", about="KommuneMED", args=committee("kommune")),
    # --- HR -----------------------------------------------------------------------------------------------------
    only("trivsel:hr_campaign", "hr"),
    only("trivsel:milestone_edit", "hr", args=lambda w: ["reports"]),
    only("trivsel:milestone_edit", "hr", about="empty", method="post", args=lambda w: ["reports"]),
    only("trivsel:job_list", "hr"),
    # --- the demonstration ----------------------------------------------------------------------------------------
    public("demo:login"),
    Row("demo:login", "somebody who is not of the twelve", method="post", rest=404, visitor=404),
    public("demo:inbox"),
    Row("demo:message", "one that does not exist", args=lambda w: [0], rest=404, visitor=404),
    Row("demo:move", rest=405, visitor=405),
    Row("demo:move", "to no stage", method="post", rest=404, visitor=404),
    public("demo:progress"),
]

# Each area keeps its rows in a file of its own beside this one; this one has those of the first issues.
AREAS = {"ground": ROWS} | {
    path.stem.removeprefix("access_rows_"): import_module(f"tests.{path.stem}").ROWS
    for path in sorted(Path(__file__).parent.glob("access_rows_*.py"))
}
