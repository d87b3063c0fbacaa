"""Settings of a server that tests start: static files keep their names, so that none need be collected first."""

from reception.settings import *  # noqa: F403  # all of them but one
from reception.settings import STORAGES

STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
