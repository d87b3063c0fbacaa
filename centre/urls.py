"""Pages of centre."""

from django.urls import path

from centre import views

app_name = "centre"

urlpatterns = [
    path("settings/", views.settings_index, name="settings"),
    path("settings/access/", views.access, name="access"),
    path("settings/shift/", views.shift, name="shift"),
    path("help/", views.own_help, name="own_help"),
    path("help/<slug:role>/", views.help_page, name="help"),
    path("settings/language/", views.language, name="language"),
]
