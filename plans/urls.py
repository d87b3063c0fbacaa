"""Pages of plans."""

from django.urls import path

from plans import views

app_name = "plans"

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/<uuid:key>/", views.plan, name="plan"),
    path("plans/<uuid:key>/search/", views.search, name="search"),
    path("plans/<uuid:key>/stop/", views.stop, name="stop"),
    path("plans/<uuid:key>/confirm/", views.confirm, name="confirm"),
    path("plans/apart/", views.apart, name="apart"),
    path("plans/apart/<uuid:key>/end/", views.together, name="end_apart"),
]
