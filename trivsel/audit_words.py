"""The traces in plain words, for those who read them."""

from __future__ import annotations

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.models import AuditEntry, Milestone, Role

VERBS: dict[str, Promise | str] = {
    "activity_added": _("tilføjede en aktivitet"),
    "activity_edited": _("rettede en aktivitet"),
    "activity_moved": _("flyttede en pil"),
    "campaign_begun": _("oprettede målingen"),
    "channel_chosen": _("valgte en vej ind for en person"),
    "channel_fault_cleared": _("rettede en adresse, der ikke virkede"),
    "channel_faults_noted": _("skrev ned, at adresser ikke virker"),
    "channel_rule_removed": _("fjernede en regel for veje ind"),
    "channel_rule_set": _("gav en regel for veje ind"),
    "code_said": _("sagde en ny kode i telefonen"),
    "digital_post_undeliverable": _("indlæste dem, Digital Post ikke kunne leveres til"),
    "invitations_tried_again": _("sendte beskeder igen, der ikke kom af sted"),
    "letter_printed": _("trykte et brev til en person"),
    "mailing_fetched": _("hentede en forsendelse med koder"),
    "mailing_ordered": _("bestilte en forsendelse med koder"),
    "mailing_removed": _("slettede en forsendelse med koder"),
    "mailing_tried_again": _("lavede en forsendelse igen"),
    "paper_form_typed": _("tastede et papirskema for en enhed"),
    "tablet_started": _("gjorde en skærm til fælles tablet"),
    "ticket_to_paper": _("satte en person til papir"),
    "campaign_frozen": _("frøs organisationen"),
    "committee_changed": _("ændrede et udvalg"),
    "correction_recorded": _("rettede i hånden"),
    "demo_stage_reached": _("demonstrationen nåede et stadie"),
    "comparison_approved": _("godkendte en sammenligning"),
    "comparison_changed": _("rettede en sammenligning"),
    "comparison_unapproved": _("trak godkendelsen af en sammenligning tilbage"),
    "correction_dropped": _("slettede en rettelse"),
    "demo_first_stage_reached": _("demonstrationen blev klar"),
    "demo_seeded": _("demonstrationen blev lagt ind"),
    "dialogue_held": _("skrev referat af en dialog"),
    "dialogue_planned": _("satte dato for en dialog"),
    "dialogues_opened": _("åbnede dialogerne"),
    "evaluation_rewritten": _("rettede en evaluering"),
    "evaluation_written": _("skrev en evaluering"),
    "finding_moved": _("flyttede et fysisk forhold"),
    "first_hr_link_made": _("lavede linket til den første HR-bruger"),
    "first_hr_link_used": _("loggede ind første gang"),
    "guideline_written": _("rettede retningslinjen om krænkende adfærd"),
    "import_applied": _("indlæste en import"),
    "import_columns_chosen": _("valgte kolonner til en import"),
    "import_discarded": _("kasserede en import"),
    "import_queued": _("satte en import i gang"),
    "import_received": _("hentede en fil ind"),
    "import_undone": _("fortrød en import"),
    "indicator_deleted": _("slettede en strategisk indikator"),
    "indicator_saved": _("gemte en strategisk indikator"),
    "invitation_rules_changed": _("ændrede, hvem der inviteres"),
    "language_approved": _("godkendte et sprog"),
    "language_withdrawn": _("trak et sprog tilbage"),
    "key_holders_named": _("valgte, hvem der gemmer nøglen"),
    "key_made": _("gemte den offentlige nøgle fra nøgleholdernes møde"),
    "key_part_handed_in": _("gav sin del af nøglen"),
    "key_parts_asked_for": _("bad nøgleholderne om deres dele"),
    "key_parts_used": _("to dele af nøglen blev brugt"),
    "late_joiner_added": _("inviterede en, der kom sent"),
    "level_named": _("navngav et niveau"),
    "milestone_changed": _("ændrede en dato"),
    "named_reports_read": _("læste fysiske meldinger med navn"),
    "organisation_exported": _("hentede organisationen ud"),
    "placement_kept": _("beholdt en placering"),
    "placement_moved": _("flyttede en placering"),
    "data_request_answered": _("svarede på en anmodning om egne data"),
    "data_request_made": _("bad HR om at rette egne data"),
    "own_data_changed": _("rettede sine egne oplysninger"),
    "own_data_read": _("hentede sine egne data"),
    "own_name_removed": _("fjernede sit navn fra en fysisk melding"),
    "person_data_read": _("hentede en medarbejders data"),
    "plan_created": _("lavede en handleplan"),
    "plan_draft_read": _("læste et udkast til handleplan"),
    "plan_edited": _("rettede en handleplan"),
    "plan_seen": _("markerede en handleplan som set"),
    "plan_signatures_removed": _("underskrifter faldt bort, fordi planen blev ændret"),
    "plan_signed": _("handleplanen blev gyldig"),
    "plan_signed_off": _("skrev under på en handleplan"),
    "property_replied": _("svarede på en sag"),
    "pulse_cancelled": _("aflyste en kort måling"),
    "pulse_planned": _("planlagde en kort måling"),
    "questionnaire_approved": _("skrev KommuneMEDs godkendelse ind"),
    "questionnaire_chosen": _("valgte spørgeskemaet til målingen"),
    "questionnaire_copied": _("lavede en ny version af spørgeskemaet"),
    "questionnaire_deleted": _("slettede en kladde af spørgeskemaet"),
    "questionnaire_exported": _("hentede spørgeskemaet ud"),
    "questionnaire_imported": _("hentede et spørgeskema ind fra en fil"),
    "questionnaire_item_added": _("tilføjede et spørgsmål"),
    "questionnaire_item_removed": _("fjernede et spørgsmål"),
    "questionnaire_language_added": _("tilføjede et sprog"),
    "questionnaire_ordered": _("flyttede om på spørgeskemaet"),
    "questionnaire_answers_replaced": _("satte andre svarmuligheder i stedet i spørgeskemaet"),
    "questionnaire_answers_reworded": _("ændrede ordlyden af svarmuligheder i spørgeskemaet"),
    "questionnaire_replaced": _("satte et nyt spørgsmål i stedet for et andet"),
    "questionnaire_reworded": _("ændrede ordlyden af et spørgsmål"),
    "questionnaire_topic_changed": _("rettede et emne i spørgeskemaet"),
    "questionnaire_translated": _("rettede oversættelser"),
    "release_approved": _("godkendte en frigivelse"),
    "release_unapproved": _("trak sin godkendelse tilbage"),
    "release_withdrawn": _("trak rapporterne tilbage"),
    "release_made_again": _("lavede en ny udgave af rapporterne"),
    "earlier_imported": _("hentede en tidligere måling ind"),
    "earlier_withdrawn": _("tog en tidligere måling ud af brug"),
    "release_rules_changed": _("ændrede reglerne for frigivelsen"),
    "released": _("rapporterne blev frigivet"),
    "report_group_dissolved": _("opløste en samlerapport"),
    "report_group_made": _("lavede en samlerapport"),
    "report_read": _("læste en rapport"),
    "report_shared": _("viste en rapport for medarbejderne"),
    "role_ended": _("afsluttede en rolle"),
    "role_given": _("gav en rolle"),
    "role_given_by_log_in": _("fik en rolle for i dag af kommunens log-in"),
    "second_factor_added": _("tilføjede et andet trin til sit log-in"),
    "second_factor_removed": _("fjernede et andet trin fra sit log-in"),
    "survey_settings_changed": _("ændrede målingens indstillinger"),
    "ticket_resent": _("sendte en ny kode"),
    "unit_change_undone": _("fortrød en ændring i organisationen"),
    "unit_close": _("lukkede en enhed"),
    "unit_create": _("oprettede en enhed"),
    "unit_edit": _("rettede en enhed"),
    "unit_merge": _("lagde enheder sammen"),
    "unit_move": _("flyttede en enhed"),
    "unit_split": _("delte en enhed"),
    "unit_succession_set": _("satte forbindelsen til den tidligere måling"),
    "wave_closed": _("målingen lukkede"),
    "edition_discarded": _("kasserede en ny udgave af rapporterne"),
    "wave_count_again": _("bad om at få målingen talt op igen"),
    "wave_counted": _("kuverterne blev åbnet og talt"),
    "wave_not_counted": _("målingen kunne ikke tælles op"),
    "linkage_tried": _("efterprøvede anonymiteten"),
    "wave_opened": _("målingen åbnede"),
    "wave_opened_and_destroyed": _("kuverter og nøgler blev slettet"),
    "wave_planned": _("planlagde målingen"),
    "wrong_unit_reported": _("skrev, at enheden ikke er rigtig"),
}


def verb_words(verb: str) -> str:
    return str(VERBS.get(verb, verb))


def subject_words(subject_type: str) -> str:
    """«organisation.Unit» as people call it."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


FORMS: dict[str, Promise | str] = {
    "pdf": _("som PDF"),
    "compare": _("på tværs"),
    "sheet": _("som regneark"),
    "slides": _("som lysbilleder"),
    "poster": _("som opslag"),
}


def detail_words(entry: AuditEntry) -> str:
    """What the trace's detail adds, where it has a word: in which form a report was read, which role was given."""
    detail = entry.detail
    if detail.get("form") in FORMS:
        return str(FORMS[detail["form"]])
    if entry.verb in ("role_given", "role_ended") and detail.get("kind") in Role.Kind.values:
        return str(Role.Kind(detail["kind"]).label)
    if entry.verb == "milestone_changed":
        return str(dict(Milestone.Key.choices).get(detail.get("key", ""), ""))
    if entry.verb in ("person_data_read", "plan_draft_read"):
        return str(detail.get("reason", ""))
    return ""
