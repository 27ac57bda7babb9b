"""Addresses: the path, the view and the template share one name."""

from django.urls import URLPattern

app_name = "surveys"
urlpatterns: list[URLPattern] = []
