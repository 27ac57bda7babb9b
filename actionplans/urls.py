"""Addresses: the path, the view and the template share one name."""

from django.urls import path

from actionplans import drafts, evaluation_views, list_views, views

app_name = "actionplans"
urlpatterns = [
    path("", list_views.plan_list, name="plan_list"),
    path("ny/", views.plan_create, name="plan_create"),
    path("<uuid:plan>/", views.plan_detail, name="plan_detail"),
    path("<uuid:plan>/udkast/", drafts.plan_draft, name="plan_draft"),
    path("<uuid:plan>/ret/", views.plan_edit, name="plan_edit"),
    path("<uuid:plan>/underskriv/", views.plan_sign, name="plan_sign"),
    path("<uuid:plan>/plakat/", views.plan_poster, name="plan_poster"),
    path("<uuid:plan>/aktivitet/", views.activity_create, name="activity_create"),
    path("aktivitet/<uuid:activity>/", views.activity_edit, name="activity_edit"),
    path("aktivitet/<uuid:activity>/pil/", views.activity_move, name="activity_move"),
    path("evaluering/", evaluation_views.evaluation_list, name="evaluation_list"),
    path("evaluering/<uuid:committee>/", evaluation_views.evaluation_edit, name="evaluation_edit"),
]
