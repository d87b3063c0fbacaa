"""Addresses of the watch."""

from django.urls import path

from upkeep.watch import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("settings/operation/", views.operation, name="operation"),
]
