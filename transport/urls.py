"""Pages of buses."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from transport import driver_views, views

app_name = "transport"

urlpatterns = [
    path("settings/sites/<slug:code>/close/", views.close, name="close_site"),
    path("shelter/houses/<slug:code>/take-back/", views.take_back, name="take_back_house"),
    path("buses/", views.buses, name="buses"),
    path("buses/<uuid:key>/", views.run, name="run"),
    path("buses/<uuid:key>/list/", views.manifest, name="manifest"),
    path("buses/<uuid:key>/link/", driver_views.make_link, name="make_link"),
    path("buses/<uuid:key>/link/withdraw/", driver_views.withdraw_link, name="withdraw_link"),
    path("buses/driver-links/<uuid:key>/", driver_views.show_link, name="driver_link"),
    path("d/", driver_views.driver, name="driver"),
    path("buses/<uuid:key>/reroute/", views.reroute, name="reroute"),
    *(path(f"buses/<uuid:key>/scan/{how}/", views.scan, {"how": how}, name=f"scan_{how}") for how in ("on", "off")),
    *(path(f"buses/<uuid:key>/{how}/", views.change, {"how": how}, name=how) for how in views.RUNS),
    *(
        path(f"buses/<uuid:key>/<number:number>/{how}/", views.family, {"how": how}, name=how.replace("-", "_"))
        for how in views.FAMILIES
    ),
]
