"""Every address of the house."""

from django.urls import include, path

handler400 = "centre.views.not_understood"
handler500 = "centre.views.broken"

urlpatterns = [
    path("accounts/", include("centre.account_urls")),
    path("api/", include("reception.api_urls")),
    path("", include("census.urls")),
    path("", include("desk.urls")),
    path("", include("aid.urls")),
    path("", include("transport.urls")),
    path("", include("plans.urls")),
    path("", include("cards.urls")),
    path("", include("houses.urls")),
    path("", include("shelter.urls")),
    path("", include("casework.urls")),
    path("", include("centre.urls")),
    path("", include("upkeep.watch.urls")),
]
