"""Addresses of the ways in: HR's pages about them, the helper's page for paper, and the switch to a shared tablet."""

from django.urls import URLPattern, path

from surveys.views import doors, mailings, paper_forms, support, tablet

ways_in: list[URLPattern] = [
    path("hr/veje/", doors.door_list, name="door_list"),
    path("hr/veje/regel/", doors.channel_rule_create, name="channel_rule_create"),
    path("hr/veje/regel/<int:pk>/fjern/", doors.channel_rule_remove, name="channel_rule_remove"),
    path("hr/veje/ikke-naaet/", doors.unreached_list, name="unreached_list"),
    path("hr/veje/ikke-naaet/igen/", doors.unsent_again, name="unsent_again"),
    path("hr/veje/digital-post/", doors.digital_post_undeliverable, name="digital_post_undeliverable"),
    path("hr/veje/bestil/<slug:kind>/", mailings.mailing_create, name="mailing_create"),
    path("hr/veje/forsendelse/<uuid:uuid>/", mailings.mailing_detail, name="mailing_detail"),
    path("hr/veje/forsendelse/<uuid:uuid>/fremdrift/", mailings.mailing_progress, name="mailing_progress"),
    path("hr/veje/forsendelse/<uuid:uuid>/slet/", mailings.mailing_remove, name="mailing_remove"),
    path("hr/veje/forsendelse/<uuid:uuid>/<int:number>/", mailings.mailing_file, name="mailing_file"),
    path("hr/veje/person/", support.person_find, name="person_find"),
    path("hr/veje/person/<int:pk>/", support.person_door, name="person_door"),
    path("tablet/", tablet.tablet_start, name="tablet_start"),
    path("papir/", paper_forms.paper_type, name="paper_type"),
]
