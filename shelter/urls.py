"""Pages of shelter."""

from django.urls import path

from shelter import inventory_views, turn_views, views

app_name = "shelter"

urlpatterns = [
    path("shelter/", views.board, name="board"),
    path("shelter/changed/", views.changed, name="changed"),
    path("shelter/map/", views.map_of_houses, name="map"),
    path("shelter/check-in/", views.check_in_holds, name="check_in"),
    path("shelter/end/", views.end, name="end"),
    path("shelter/undo/", views.undo, name="undo"),
    path("shelter/keep/", views.keep, name="keep"),
    path("shelter/again/", views.again, name="hold_again"),
    path("shelter/off/", views.off, name="take_off_no_show"),
    path("shelter/back/", views.back, name="put_back_no_show"),
    path("shelter/move/", views.move_stays, name="move"),
    path("shelter/swap/", views.swap_stays, name="swap"),
    path("shelter/open/<slug:code>/", turn_views.opening, name="opening"),
    path("shelter/rooms/", inventory_views.rooms, name="rooms"),
    path("shelter/rooms/<uuid:key>/", inventory_views.room, name="room"),
    path("shelter/rooms/enter/", inventory_views.enter, name="enter_rooms"),
    path("shelter/rooms/<uuid:key>/change/", inventory_views.change, name="change_room"),
    path("shelter/rooms/<uuid:key>/places/", inventory_views.places, name="set_places"),
    path("shelter/rooms/<uuid:key>/bed/", inventory_views.bed, name="add_bed"),
    path("shelter/rooms/<uuid:key>/divide/", inventory_views.divide, name="divide_room"),
    path("shelter/blocked/", inventory_views.blocked, name="blocked"),
    path("shelter/begin/", inventory_views.begin, name="begin_house"),
    path("shelter/family/<str:number>/", views.family, name="family"),
    path("shelter/family/<str:number>/place/", views.place, name="place"),
    path("shelter/family/<str:number>/hold/", views.hold, name="hold"),
    path("shelter/family/<str:number>/first/", turn_views.first, name="move_up"),
    path("shelter/family/<str:number>/declined/", turn_views.declined, name="declined"),
    path("shelter/family/<str:number>/turn/taken-back/", turn_views.taken_back, name="void_waiting_fact"),
]
