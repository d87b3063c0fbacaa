"""Pages of houses."""

from django.urls import path

from houses import door_views, night_views, views

app_name = "houses"

urlpatterns = [
    path("shelter/house/", door_views.own_door, name="own_door"),
    path("shelter/house/<slug:code>/", door_views.house, name="door"),
    path("shelter/house/<slug:code>/scan/", door_views.scan, name="door_scan"),
    path("shelter/house/<slug:code>/check-in/", door_views.check_in_here, name="door_check_in"),
    path("shelter/house/<slug:code>/room/", door_views.give_room_here, name="give_room"),
    path("shelter/house/<slug:code>/undo/", door_views.undo_here, name="undo"),
    path("shelter/house/<slug:code>/again/", door_views.again_here, name="hold_again"),
    path("shelter/house/<slug:code>/off/", door_views.off_here, name="take_off_no_show"),
    path("shelter/house/<slug:code>/back/", door_views.back_here, name="put_back_no_show"),
    path("shelter/house/<slug:code>/roll-call/", door_views.roll_call, name="roll_call"),
    path("shelter/house/<slug:code>/roll-call/begin/", door_views.begin_roll, name="begin_roll_call"),
    path("shelter/house/<slug:code>/sleeping/", door_views.sleeping, name="sleeping"),
    path("houses/", views.calls, name="calls"),
    path("houses/tonight/", views.tonight, name="tonight"),
    path("houses/overflow/", views.overflow, name="overflow"),
    path("houses/nights/", night_views.nights, name="nights"),
    path("houses/nights/file/", night_views.nights_file, name="nights_file"),
    path("houses/sites/<slug:code>/", views.house, name="house"),
    path("houses/sites/<slug:code>/called/", views.called, name="called"),
    path("houses/sites/<slug:code>/call/", views.call, name="call"),
    path("houses/sites/<slug:code>/headcount/", views.headcount, name="headcount"),
    path("houses/sites/<slug:code>/contracts/", views.contracts, name="contracts"),
    path("houses/sites/<slug:code>/nights/", night_views.house_nights, name="house_nights"),
    path("houses/headcounts/<uuid:key>/void/", views.headcount_void, name="headcount_void"),
    path("houses/differences/<uuid:key>/take/", views.difference_take, name="difference_take"),
    path("houses/differences/<uuid:key>/settle/", views.difference_settle, name="difference_settle"),
    path("houses/contracts/<uuid:key>/void/", views.contract_void, name="contract_void"),
    path("houses/invoices/<uuid:key>/void/", night_views.invoice_void, name="invoice_void"),
]
