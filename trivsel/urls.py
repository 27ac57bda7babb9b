"""The only file that knows URL prefixes."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from trivsel import campaigns, health, hr, med, personal, retention, traces, views
from trivsel.linkage import views as linkage

app_name = "trivsel"

own: list[URLPattern] = [
    path("", views.front, name="front"),
    path("opgaver/", views.task_list, name="task_list"),
    path("mine-data/", personal.my_data, name="my_data"),
    path("mine-data/hent/", personal.my_data_download, name="my_data_download"),
    path("mine-data/melding/<uuid:report>/", personal.my_name_remove, name="my_name_remove"),
    path("trio/", views.group_list, name="group_list"),
    path("trio/<uuid:group>/", views.group_detail, name="group_detail"),
    path("trio/<uuid:group>/spor/", traces.group_audit, name="group_audit"),
    path("hr/", hr.hr_campaign, name="hr_campaign"),
    path("hr/ny-maaling/", campaigns.campaign_create, name="campaign_create"),
    path("hr/indstillinger/", campaigns.survey_settings, name="survey_settings"),
    path("hr/datoer/<slug:key>/", hr.milestone_edit, name="milestone_edit"),
    path("hr/job/", hr.job_list, name="job_list"),
    path("hr/anonymitet/", linkage.linkage_list, name="linkage_list"),
    path("hr/anonymitet/<int:pk>/", linkage.linkage_detail, name="linkage_detail"),
    path("hr/anmodninger/", personal.data_request_list, name="data_request_list"),
    path("hr/anmodninger/<uuid:uuid>/", personal.data_request_answer, name="data_request_answer"),
    path("hr/persondata/", personal.person_data, name="person_data"),
    path("hr/spor/", traces.audit_list, name="audit_list"),
    path("hr/opbevaring/", retention.retention_list, name="retention_list"),
    path("med/", med.committee_list, name="committee_list"),
    path("med/<uuid:committee>/", med.committee_status, name="committee_status"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
    path("velkommen/<str:token>/", views.welcome, name="welcome"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("surveys.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("", include((own, "trivsel"))),
    path("hr/", include("organisation.urls")),
    path("dialoger/", include("dialogs.urls")),
    path("handleplaner/", include("actionplans.urls")),
    path("konto/", include("trivsel.account_urls")),
    path("sprog/", include("django.conf.urls.i18n")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("trivsel.demo.urls")))

handler400 = "trivsel.views.bad_request"
handler403 = "trivsel.views.forbidden"
handler404 = "trivsel.views.not_found"
handler500 = "trivsel.views.server_error"
