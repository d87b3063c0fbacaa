"""Pages of centre."""

from django.urls import path

from centre import factor_views, session_views, setup_views, views

app_name = "centre"

urlpatterns = [
    path("settings/", views.settings_index, name="settings"),
    path("settings/access/", views.access, name="access"),
    path("settings/sessions/", session_views.sessions, name="sessions"),
    path("settings/sessions/<slug:mark>/end/", session_views.end, name="end_session"),
    path("settings/sessions/tokens/<int:key>/end/", session_views.end_token, name="end_token"),
    path("settings/shift/", views.shift, name="shift"),
    path("settings/sites/", setup_views.sites, name="sites"),
    path("settings/sites/<slug:code>/", setup_views.site, name="site"),
    path("settings/staff/", setup_views.staff, name="staff"),
    path("settings/staff/<uuid:key>/", setup_views.person, name="person"),
    path("settings/staff/<uuid:key>/roles/<int:role>/end/", setup_views.end, name="end_role"),
    path("settings/staff/<uuid:key>/roles/<int:role>/agree/", setup_views.agree, name="agree_to_role"),
    path("settings/staff/<uuid:key>/roles/<int:role>/withdraw/", setup_views.withdraw, name="withdraw_role"),
    path("settings/staff/<uuid:key>/sign-in/", setup_views.let_in, name="let_in"),
    path("settings/staff/<uuid:key>/factor/lost/", factor_views.lost, name="lose_factor"),
    path("settings/staff/<uuid:key>/factor/lost/<int:lost>/agree/", factor_views.agree, name="agree_to_lost_factor"),
    path("settings/staff/<uuid:key>/password/", setup_views.new_password, name="new_password"),
    path("settings/staff/<uuid:key>/slip/<uuid:act>/", setup_views.slip, name="slip"),
    path("help/", views.own_help, name="own_help"),
    path("help/<slug:role>/", views.help_page, name="help"),
    path("settings/language/", views.language, name="language"),
]
