"""The only file that knows URL prefixes."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from trivsel import health, hr, med, views

app_name = "trivsel"

own: list[URLPattern] = [
    path("", views.front, name="front"),
    path("opgaver/", views.task_list, name="task_list"),
    path("trio/", views.group_list, name="group_list"),
    path("trio/<uuid:group>/", views.group_detail, name="group_detail"),
    path("hr/", hr.hr_campaign, name="hr_campaign"),
    path("hr/datoer/<slug:key>/", hr.milestone_edit, name="milestone_edit"),
    path("hr/job/", hr.job_list, name="job_list"),
    path("hr/spor/", hr.audit_list, name="audit_list"),
    path("med/", med.committee_list, name="committee_list"),
    path("med/<uuid:committee>/", med.committee_status, name="committee_status"),
    path("tilgaengelighed/", views.accessibility, name="accessibility"),
    path("velkommen/<str:token>/", views.welcome, name="welcome"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("", include((own, "trivsel"))),
    path("hr/", include("organisation.urls")),
    path("", include("surveys.urls")),
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
