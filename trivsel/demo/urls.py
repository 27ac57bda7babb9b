"""Addresses that exist in the demonstration only: trivsel/urls.py includes them when TRIVSEL_DEMO is on."""

from django.urls import path

from trivsel.demo import views

app_name = "demo"
urlpatterns = [
    path("log-ind/", views.login, name="login"),
    path("indbakke/", views.inbox, name="inbox"),
    path("indbakke/<int:pk>/", views.message, name="message"),
    path("indbakke/<int:pk>/brev/", views.letter, name="letter"),
    path("videre/", views.move, name="move"),
    path("fremdrift/", views.progress, name="progress"),
]
