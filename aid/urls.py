"""Pages of aid."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from aid import scan_views, views

app_name = "aid"

urlpatterns = [
    path("aid/scan/", scan_views.scan, name="scan"),
    path("aid/scan/card/", scan_views.card, name="card"),
    path("aid/scan/distribution/", scan_views.choose, name="choose"),
    path("aid/scan/undo/<uuid:key>/", scan_views.undo, name="undo"),
    path("aid/", views.overview, name="overview"),
    path("aid/distributions/new/", views.plan, name="plan"),
    path("aid/distributions/<uuid:key>/", views.distribution, name="distribution"),
    path("aid/distributions/<uuid:key>/end/", views.end, name="end"),
    path("aid/distributions/<uuid:key>/withdraw/", views.withdraw, name="withdraw"),
    path("aid/handouts/<uuid:key>/reverse/", views.reverse_one, name="reverse"),
    path("aid/stock/<slug:code>/", views.stock, name="stock"),
    path("aid/stock/<slug:code>/<slug:move>/", views.move_stock, name="move"),
    path("aid/stock-movements/<uuid:key>/confirm/", views.confirm, name="confirm"),
    path("aid/stock-movements/<uuid:key>/settle/", views.settle, name="settle"),
    path("aid/stock-movements/<uuid:key>/void/", views.void, name="void"),
    path("aid/stock-counts/<uuid:key>/confirm/", views.confirm_counted, name="confirm_count"),
    path("aid/stock-counts/<uuid:key>/withdraw/", views.withdraw_counted, name="withdraw_count"),
    path("aid/items/", views.items, name="items"),
    path("aid/items/<slug:code>/category/", views.category, name="category"),
    path("aid/family/<number:number>/", views.family, name="family"),
]
