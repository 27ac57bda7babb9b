"""Addresses: the path, the view and the template share one name."""

from django.urls import URLPattern

app_name = "actionplans"
urlpatterns: list[URLPattern] = []
