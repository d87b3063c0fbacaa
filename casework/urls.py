"""Pages of casework."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from casework import views

app_name = "casework"

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/<uuid:key>/close/", views.close, name="close"),
    path("cases/family/<number:number>/", views.family, name="family"),
]
