"""The questions of the anonymous part, topic by topic, with their follow-ups."""

from __future__ import annotations

from typing import Any

from surveys.master.scales import both, item

AGREE, FREQ, DEGREE = "agree5", "freq5", "degree5"


def follow(key: str, da: str, en: str, scale: str, *shown_for: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "text": both(da, en), "scale": scale, "shown_for": list(shown_for), **more}


def exposed(key: str, *, ground: bool = False) -> list[dict[str, Any]]:
    """The follow-ups of a yes to something offensive."""
    told = ["leader", "amr", "tr", "colleague", "hr", "registered"]
    about = follow(f"{key}_ground", "Hvad handlede det om?", "What was it about?", "ka_ground", "yes")
    return [
        *([about] if ground else []),
        follow(f"{key}_freq", "Hvor tit er det sket?", "How often has it happened?", "ka_freq", "yes"),
        follow(f"{key}_who", "Hvem stod bag?", "Who was behind it?", "ka_who", "yes"),
        follow(
            f"{key}_told",
            "Har du fortalt det til nogen på arbejdet?",
            "Have you told anyone at work?",
            "ka_told",
            "yes",
            follow_ups=[
                follow(
                    f"{key}_handled",
                    "Blev der gjort noget ved det?",
                    "Was something done about it?",
                    "ka_handled",
                    *told,
                ),
                follow(f"{key}_why_not", "Hvad holdt dig tilbage?", "What held you back?", "ka_why_not", "no"),
            ],
        ),
    ]


PS = [
    item(
        1,
        "ps_voice_concern",
        "Jeg kan sige højt i enheden, hvis jeg er bekymret for kvaliteten af det, vi laver.",
        "I can say openly in the unit when I am worried about the quality of what we do.",
        AGREE,
    ),
    item(
        2,
        "ps_learn_mistakes",
        "Når noget går skævt hos os, bruger vi det til at blive klogere frem for at finde en skyldig.",
        "When something goes wrong here, we use it to learn rather than to find someone to blame.",
        AGREE,
    ),
    item(
        3,
        "ps_admit_doubt",
        "Jeg kan vise, at jeg er i tvivl om noget fagligt, uden at andre ser ned på mig.",
        "I can show that I am in doubt about my work without others looking down on me.",
        AGREE,
    ),
    item(
        4,
        "ps_disagree",
        "Man kan mene noget andet end flertallet hos os og stadig blive lyttet til.",
        "You can think differently from the majority here and still be listened to.",
        AGREE,
    ),
    item(
        5,
        "ps_room_for_all",
        "I vores enhed behøver ingen skjule, hvem de er, for at høre til.",
        "In our unit nobody has to hide who they are in order to belong.",
        AGREE,
    ),
    item(
        6,
        "ps_hold_back",
        "Hvor ofte tier du om noget vigtigt på arbejdet, fordi du frygter reaktionen?",
        "How often do you keep quiet about something important at work because you fear the reaction?",
        FREQ,
        "-",
    ),
    item(
        7,
        "ps_leader_invites",
        "Min nærmeste leder vil gerne høre om problemer og indvendinger – også når de er ubelejlige.",
        "My immediate leader wants to hear about problems and objections, even when they are inconvenient.",
        AGREE,
    ),
    item(
        8,
        "ps_solve_conflict",
        "Når vi støder sammen, får vi ryddet op på en ordentlig måde.",
        "When we clash, we clear the air in a decent way.",
        AGREE,
    ),
]

KB = [
    item(
        9,
        "kb_too_much",
        "Hvor ofte har du flere opgaver, end du kan løse forsvarligt i din arbejdstid?",
        "How often do you have more tasks than you can handle responsibly in your working hours?",
        FREQ,
        "-",
    ),
    item(
        10,
        "kb_breaks",
        "Hvor ofte lykkes det dig at holde de pauser, du har brug for?",
        "How often do you manage to take the breaks you need?",
        FREQ,
    ),
    item(
        11,
        "kb_carry_home",
        "Hvor ofte sidder svære møder eller oplevelser fra arbejdet i dig, efter du har fået fri?",
        "How often do difficult meetings or experiences at work stay with you after you are off?",
        FREQ,
        "-",
    ),
    item(
        12,
        "kb_debrief",
        "Efter en svær situation er der nogen på arbejdet, jeg kan tale den igennem med.",
        "After a difficult situation there is someone at work I can talk it through with.",
        AGREE,
    ),
    item(
        13,
        "kb_clear_priority",
        "Jeg ved, hvad der skal komme først, når jeg ikke kan nå det hele.",
        "I know what must come first when I cannot do everything.",
        AGREE,
    ),
    item(
        14,
        "kb_pulled_apart",
        "Hvor ofte står du med krav fra forskellige sider, som ikke kan opfyldes på samme tid?",
        "How often do you face demands from different sides that cannot be met at the same time?",
        FREQ,
        "-",
    ),
    item(
        15,
        "kb_say_in_work",
        "I hvor høj grad er du selv med til at bestemme, hvordan dine opgaver bliver løst?",
        "To what degree do you have a say in how your tasks are carried out?",
        DEGREE,
    ),
    item(
        16,
        "kb_private_life",
        "Hvor ofte går arbejdet ud over det liv, du har ved siden af?",
        "How often does work get in the way of the life you have outside it?",
        FREQ,
        "-",
    ),
]

MT = [
    item(
        17,
        "mt_difference",
        "Det, jeg laver, gør en forskel for nogen.",
        "What I do makes a difference to someone.",
        AGREE,
    ),
    item(
        18,
        "mt_looking_forward",
        "Hvor ofte møder du ind med lyst til dagens opgaver?",
        "How often do you arrive feeling keen on the day's tasks?",
        FREQ,
    ),
    item(19, "mt_use_skills", "Jeg får brugt det, jeg er god til.", "I get to use what I am good at.", AGREE),
    item(20, "mt_grow", "Jeg bliver dygtigere i mit job.", "I am getting better at my job.", AGREE),
    item(21, "mt_seen", "Det bliver lagt mærke til, når jeg gør det godt.", "It is noticed when I do well.", AGREE),
    item(
        22,
        "mt_stand_by_quality",
        "Jeg kan stå inde for kvaliteten af det arbejde, jeg når at levere.",
        "I can stand by the quality of the work I manage to deliver.",
        AGREE,
    ),
    item(
        23,
        "mt_overall",
        "Hvor tilfreds er du alt i alt med at gå på arbejde her?",
        "All in all, how satisfied are you with working here?",
        "sat5",
    ),
    item(
        24,
        "mt_recommend",
        "Jeg ville gerne fortælle en ven, at det her er et godt sted at arbejde.",
        "I would gladly tell a friend that this is a good place to work.",
        AGREE,
    ),
]

KA = [
    item(
        25,
        "ka_bullying",
        "Er du blevet mobbet? Det vil sige gentagne gange gjort til grin, holdt udenfor eller nedgjort, så det var "
        "svært at komme ud af.",
        "Have you been bullied? That is, repeatedly ridiculed, shut out or put down in a way that was hard to get "
        "out of.",
        "yesno",
        follow_ups=exposed("ka_bullying"),
    ),
    item(
        26,
        "ka_threats",
        "Har nogen truet dig? Fx med ord, fagter eller på skrift, over for dig selv eller dine nærmeste.",
        "Has anyone threatened you? For example in words, gestures or writing, against you or those close to you.",
        "yesno",
        follow_ups=exposed("ka_threats"),
    ),
    item(
        27,
        "ka_violence",
        "Er du blevet udsat for fysisk vold? Fx slag, spark, bid, spyt, skub eller fastholdelse.",
        "Have you been subjected to physical violence? For example hitting, kicking, biting, spitting, pushing or "
        "restraint.",
        "yesno",
        follow_ups=exposed("ka_violence"),
    ),
    item(
        28,
        "ka_sexual",
        "Har du oplevet uønsket seksuel opmærksomhed eller seksuel chikane? Fx bemærkninger, beskeder, billeder "
        "eller berøring, du ikke ville have.",
        "Have you experienced unwanted sexual attention or sexual harassment? For example remarks, messages, images "
        "or touching you did not want.",
        "yesno",
        follow_ups=exposed("ka_sexual"),
    ),
    item(
        29,
        "ka_discrimination",
        "Er du blevet behandlet dårligere end andre på grund af fx køn, alder, etnisk baggrund, tro, handicap, "
        "seksuel orientering eller kønsidentitet?",
        "Have you been treated worse than others because of, for example, sex, age, ethnic background, belief, "
        "disability, sexual orientation or gender identity?",
        "yesno",
        follow_ups=exposed("ka_discrimination", ground=True),
    ),
    item(
        30,
        "ka_witness",
        "Har du set eller hørt det ske for en kollega?",
        "Have you seen or heard this happen to a colleague?",
        "yesno",
    ),
    item(
        31,
        "ka_know_where",
        "Jeg ved, hvor jeg kan gå hen, hvis jeg selv eller en kollega bliver krænket.",
        "I know where to turn if I or a colleague is treated this way.",
        AGREE,
    ),
]

SF = [
    item(
        32,
        "sf_work_contributed",
        "Tænk på det sygefravær, du har haft de seneste 12 måneder. Har forhold på arbejdet været med til at give "
        "fravær?",
        "Think of any sick leave you have had in the past 12 months. Did conditions at work contribute to it?",
        "sf_work",
        follow_ups=[
            follow("sf_conditions", "Hvilke forhold?", "Which conditions?", "sf_conditions", "little", "much"),
        ],
    ),
    item(
        34,
        "sf_prevent_talk",
        "Hos os taler vi om, hvad vi sammen kan gøre for at forebygge sygefravær.",
        "Here we talk about what we can do together to prevent sick leave.",
        AGREE,
    ),
]

A = [
    item(
        35,
        "a_dialogue_wish",
        "Hvad er det vigtigste, vi skal tale om til trivselsdialogen? Skriv ikke navne eller noget, der kan afsløre "
        "dig eller andre.",
        "What is the most important thing to talk about at the trivselsdialog? Do not write names or anything that "
        "could reveal you or others.",
        "text",
        longest=500,
    ),
]
