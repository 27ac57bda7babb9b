"""Plain words for each question: what it is about, for somebody who reads it twice. (Danish, English)"""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "ps_voice_concern": (
        "Fx hvis noget går for hurtigt, eller nogen kan få en dårligere hjælp, end de skal have.",
        "For example if things go too fast, or somebody may get poorer help than they should.",
    ),
    "ps_learn_mistakes": (
        "Tænk på, hvad der sker hos jer, når nogen laver en fejl.",
        "Think of what happens where you work when somebody makes a mistake.",
    ),
    "ps_admit_doubt": (
        "Fx når du spørger om noget, som andre måske synes, du burde vide.",
        "For example when you ask about something others may think you should know.",
    ),
    "ps_disagree": (
        "Man behøver ikke få ret. Det handler om, hvorvidt de andre hører efter.",
        "You need not get your way. The question is whether others listen.",
    ),
    "ps_room_for_all": (
        "Fx din baggrund, din tro, din krop, hvem du elsker, eller hvordan du taler.",
        "For example your background, your belief, your body, who you love or how you speak.",
    ),
    "ps_hold_back": (
        "Det kan være reaktionen fra en leder, kolleger, borgere eller pårørende.",
        "It may be the reaction of a leader, colleagues, citizens or relatives.",
    ),
    "ps_leader_invites": (
        "Nærmeste leder er den, du taler med om din hverdag på arbejdet.",
        "Your immediate leader is the one you talk to about your daily work.",
    ),
    "ps_solve_conflict": (
        "At støde sammen er at være uenige, så det kan mærkes.",
        "To clash is to disagree so that it can be felt.",
    ),
    "kb_too_much": (
        "Forsvarligt betyder godt nok og sikkert nok, for dig selv og for dem, du arbejder for.",
        "Responsibly means well enough and safely enough, for yourself and for those you work for.",
    ),
    "kb_breaks": (
        "Både spisepauser og de små pauser, man trækker vejret i.",
        "Both meal breaks and the short ones in which you catch your breath.",
    ),
    "kb_carry_home": (
        "Fx at du tænker på det, når du skal sove, eller bliver ved med at være trist eller vred.",
        "For example that you think of it when you should sleep, or stay sad or angry.",
    ),
    "kb_debrief": (
        "En kollega, en leder eller en anden, som har tid og hører efter.",
        "A colleague, a leader or somebody else who has time and listens.",
    ),
    "kb_clear_priority": (
        "Fx fordi I har aftalt, hvad der er vigtigst på en travl dag.",
        "For example because you have agreed what matters most on a busy day.",
    ),
    "kb_pulled_apart": (
        "Fx når en leder, en kollega og en borger hver vil have noget forskelligt nu.",
        "For example when a leader, a colleague and a citizen each want something different now.",
    ),
    "kb_say_in_work": (
        "Fx rækkefølgen, måden eller redskaberne.",
        "For example the order, the way or the tools.",
    ),
    "kb_private_life": (
        "Fx tid, kræfter eller humør til familie, venner og det, du ellers holder af.",
        "For example time, energy or mood for family, friends and other things you care about.",
    ),
    "mt_difference": (
        "Nogen kan være borgere, børn, kolleger eller andre.",
        "Someone may be citizens, children, colleagues or others.",
    ),
    "mt_looking_forward": (
        "Tænk på de seneste uger, ikke kun på i dag.",
        "Think of the past weeks, not only of today.",
    ),
    "mt_use_skills": (
        "Både det, du har lært i en uddannelse, og det, du ellers kan.",
        "Both what you learned in training and what else you can do.",
    ),
    "mt_grow": (
        "På kurser, af kolleger eller af selve arbejdet.",
        "On courses, from colleagues or from the work itself.",
    ),
    "mt_seen": (
        "Af en leder, kolleger eller dem, du arbejder for.",
        "By a leader, colleagues or those you work for.",
    ),
    "mt_stand_by_quality": (
        "At stå inde for noget er at synes, at det er godt nok.",
        "To stand by something is to find that it is good enough.",
    ),
    "mt_overall": (
        "Tænk på det hele under ét: opgaverne, kollegerne, ledelsen og vilkårene.",
        "Think of everything together: tasks, colleagues, management and conditions.",
    ),
    "mt_recommend": (
        "En, du holder af, og som spørger dig til råds.",
        "Somebody you care about who asks for your advice.",
    ),
    "ka_bullying": (
        "Det tæller, uanset hvem der gjorde det, også hvis det var ment som sjov.",
        "It counts whoever did it, also if it was meant as fun.",
    ),
    "ka_threats": (
        "Det tæller også, hvis den, der truede, var syg eller ikke mente det.",
        "It counts also if the one who threatened was ill or did not mean it.",
    ),
    "ka_violence": (
        "Det tæller også, hvis det ikke gjorde ondt, og hvis den anden ikke kunne gøre for det.",
        "It counts also if it did not hurt, and if the other person could not help it.",
    ),
    "ka_sexual": (
        "Det er dig, der afgør, om det var uønsket.",
        "You are the one who decides whether it was unwanted.",
    ),
    "ka_discrimination": (
        "Fx opgaver, løn, tone eller at blive holdt uden for på grund af, hvem man er.",
        "For example tasks, pay, tone or being left out because of who you are.",
    ),
    "ka_witness": (
        "Det gælder alt det, der er spurgt om ovenfor.",
        "It covers everything asked about above.",
    ),
    "ka_know_where": (
        "Fx en leder, AMR, TR, HR eller kommunens whistleblowerordning.",
        "For example a leader, AMR, TR, HR or the municipality's whistleblower scheme.",
    ),
    "sf_work_contributed": (
        "Forhold på arbejdet kan være fx travlhed, tunge løft, konflikter, støj eller smitte.",
        "Conditions at work may be for example pressure, heavy lifting, conflicts, noise or infection.",
    ),
    "sf_prevent_talk": (
        "Det handler om at undgå, at nogen bliver syge af arbejdet, ikke om den enkeltes sygdom.",
        "It is about keeping people from falling ill because of work, not about anybody's illness.",
    ),
    "a_dialogue_wish": (
        "Trivselsdialogen er mødet, hvor I taler om jeres resultat.",
        "The trivselsdialog is the meeting where you talk about your result.",
    ),
    "fa_climate": (
        "Fx for varmt, for koldt, træk fra vinduer, tung luft eller dårlig lugt.",
        "For example too hot, too cold, draughty windows, stuffy air or a bad smell.",
    ),
    "fa_light": (
        "Fx for lidt lys, lys i øjnene eller genskin i skærmen.",
        "For example too little light, light in your eyes or reflections in the screen.",
    ),
    "fa_noise": (
        "Fx larm fra maskiner, stemmer eller rum, der runger.",
        "For example noise from machines or voices, or rooms that echo.",
    ),
    "fa_space_hygiene": (
        "Fx for lidt plads, rod i gangene, snavs eller dårlige toiletter.",
        "For example too little room, clutter in the corridors, dirt or poor toilets.",
    ),
    "fa_lifting_posture": (
        "Fx løft af mennesker eller ting, at bukke sig, stå længe eller gøre det samme hele dagen.",
        "For example lifting people or things, bending, long standing or doing the same all day.",
    ),
    "fa_desk_equipment": (
        "Fx stol, bord, skærm, lift, værktøj eller bil, som mangler eller ikke virker.",
        "For example a chair, desk, screen, hoist, tool or car that is missing or does not work.",
    ),
    "fa_substances_infection": (
        "Fx rengøringsmidler, støv, skimmel på væggen, smittefare eller affald.",
        "For example cleaning agents, dust, mould on the wall, risk of infection or waste.",
    ),
    "fa_accidents": (
        "Noget, man kan komme til skade på, fx glatte gulve, løse ledninger eller spærrede udgange.",
        "Something that can hurt people, for example slippery floors, loose wires or blocked exits.",
    ),
    "fa_out_of_house": (
        "Fx røg, hunde, glatte veje, trange badeværelser eller ingen at kalde på.",
        "For example smoke, dogs, icy roads, narrow bathrooms or nobody to call.",
    ),
}
