"""Addresses: the path, the view and the template share one name."""

from django.urls import path

from dialogs import views

app_name = "dialogs"
urlpatterns = [
    path("", views.dialogue_list, name="dialogue_list"),
    path("<uuid:dialogue>/", views.dialogue_detail, name="dialogue_detail"),
    path("<uuid:dialogue>/dato/", views.dialogue_plan, name="dialogue_plan"),
    path("<uuid:dialogue>/referat/", views.dialogue_hold, name="dialogue_hold"),
    path("<uuid:dialogue>/guide/", views.dialogue_guide, name="dialogue_guide"),
]
