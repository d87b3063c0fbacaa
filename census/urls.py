"""Pages of the census."""

from django.urls import path, register_converter

from census import case_views, views
from census.converters import DayConverter

register_converter(DayConverter, "day")

app_name = "census"

urlpatterns = [
    path("", views.board, name="board"),
    path("board/now/", views.board_now, name="board_now"),
    path("sites/<slug:code>/", views.site_now, name="site"),
    path("census/", views.days, name="days"),
    path("census/cases/", case_views.numbers, name="case_numbers"),
    path("census/cases/file/", case_views.numbers_file, name="case_numbers_file"),
    path("census/take/", views.take, name="take"),
    path("census/snapshots/<uuid:snapshot>/revise/", views.revise, name="revise"),
    path("census/<day:on>/", views.day, name="day"),
    path("census/<day:on>/file/", views.day_file, name="day_file"),
]
