"""Pages of the desk."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from desk import (
    change_views,
    intake_views,
    list_views,
    log_views,
    merge_views,
    missing_views,
    need_views,
    paper,
    round_views,
    seen_views,
    told_views,
    views,
)

app_name = "desk"

urlpatterns = [
    path("intake/", intake_views.intake, name="intake"),
    path("intake/matches/", intake_views.matches, name="matches"),
    path("intake/arrive/", intake_views.arrive_by_card, name="arrive_by_card"),
    path("intake/seen/", intake_views.seen_here, name="seen_here"),
    path("intake/open/", intake_views.open_file, name="open_file"),
    path("intake/same-family/", intake_views.same_family, name="same_family"),
    path("intake/gate/", intake_views.gate, name="gate"),
    path("intake/count/", intake_views.count, name="count"),
    path("intake/count/<uuid:key>/void/", intake_views.void_count, name="void_count"),
    path("intake/done/<number:number>/", intake_views.done, name="done"),
    path("families/", views.families, name="families"),
    path("families/list/", list_views.families_list, name="families_list"),
    path("families/seen/", seen_views.seen, name="seen"),
    path("families/<number:number>/", views.family, name="family"),
    path("families/<number:number>/correct/", change_views.correct_family, name="correct_family"),
    path("families/<number:number>/correct/<uuid:key>/", change_views.correct_person, name="correct_person"),
    path("families/<number:number>/join/", change_views.joining, name="join"),
    path("families/<number:number>/head/", change_views.heading, name="head"),
    path("families/<number:number>/part/", change_views.parting, name="part"),
    path("families/<number:number>/never-was/", change_views.taking_out, name="never_was"),
    path("families/<number:number>/undo/", change_views.taking_back, name="undo"),
    path("families/<number:number>/settle/", change_views.settling, name="settle"),
    path("families/<number:number>/arrive/", views.arrival, name="arrive"),
    path("families/<number:number>/seen/", views.confirm_arrival, name="confirm_arrival"),
    path("families/<number:number>/not-seen/", views.not_them, name="not_them"),
    path("families/<number:number>/depart/", views.departure, name="depart"),
    path("families/<number:number>/died/", views.death, name="died"),
    path("families/<number:number>/born/", views.birth, name="born"),
    path("families/<number:number>/needs/<uuid:key>/", need_views.needs, name="needs"),
    path("families/<number:number>/missing/", missing_views.counted_by_mistake, name="counted_by_mistake"),
    path("families/<number:number>/log/", log_views.who_opened, name="who_opened"),
    path("cases/round/", round_views.round_of_visits, name="round"),
    path("families/<number:number>/told/", told_views.told, name="told"),
    path("families/<number:number>/told/<uuid:key>/", told_views.told, name="told_of_person"),
    path("settings/log/", log_views.log, name="log"),
    path("settings/log/shown/", log_views.shown, name="shown"),
    path("families/<number:number>/void/", views.void, name="void"),
    path("intake/sheet/", paper.blank_sheet, name="blank_sheet"),
    path("duplicates/", merge_views.duplicates, name="duplicates"),
    path("duplicates/<uuid:key>/undo/", merge_views.undo_merge, name="unmerge"),
]
