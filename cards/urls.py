"""Pages of cards."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from cards import views

app_name = "cards"

urlpatterns = [
    path("cards/", views.cards, name="cards"),
    path("cards/complaints/", views.complaints, name="complaints"),
    path("cards/blocks/<uuid:block>/revoke/", views.revoke_cards, name="revoke_cards"),
    path("cards/sheets/<uuid:act>/", views.sheet, name="sheet"),
    path("cards/family/<number:number>/", views.family_card, name="family_card"),
    path("cards/family/<number:number>/revoke/", views.revoke_family_card, name="revoke_card"),
]
