"""Pages of the desk."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from desk import card_views, list_views, merge_views, views

app_name = "desk"

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("intake/matches/", views.matches, name="matches"),
    path("intake/arrive/", views.arrive_by_card, name="arrive_by_card"),
    path("intake/same-family/", views.same_family, name="same_family"),
    path("intake/gate/", views.gate, name="gate"),
    path("intake/count/", views.count, name="count"),
    path("intake/done/<number:number>/", views.done, name="done"),
    path("families/", views.families, name="families"),
    path("families/list/", list_views.families_list, name="families_list"),
    path("families/<number:number>/", views.family, name="family"),
    path("families/<number:number>/arrive/", views.arrival, name="arrive"),
    path("families/<number:number>/depart/", views.departure, name="depart"),
    path("families/<number:number>/died/", views.death, name="died"),
    path("families/<number:number>/born/", views.birth, name="born"),
    path("families/<number:number>/void/", views.void, name="void"),
    path("cards/", card_views.cards, name="cards"),
    path("cards/complaints/", card_views.complaints, name="complaints"),
    path("cards/blocks/<uuid:block>/revoke/", card_views.revoke_cards, name="revoke_cards"),
    path("cards/sheets/<uuid:act>/", card_views.sheet, name="sheet"),
    path("cards/family/<number:number>/", card_views.family_card, name="family_card"),
    path("cards/family/<number:number>/revoke/", card_views.revoke_family_card, name="revoke_card"),
    path("intake/sheet/", card_views.blank_sheet, name="blank_sheet"),
    path("duplicates/", merge_views.duplicates, name="duplicates"),
    path("duplicates/<uuid:key>/undo/", merge_views.undo_merge, name="unmerge"),
]
