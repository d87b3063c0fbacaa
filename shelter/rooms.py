"""Rooms, what each has, and what it was called and had before.

Imported by shelter.models, where Django looks for tables.
"""

import uuid
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from centre.models import Act, Site
from shelter.room_names import called

ROOM_NAME_ONCE = models.UniqueConstraint(fields=["site", "name"], name="room_name_once")


class Room(models.Model):
    """A hotel room, tent, hall or container."""

    class Kind(models.TextChoices):
        ROOM = "room", _("room")
        TENT = "tent", _("tent")
        HALL = "hall", _("hall")
        CONTAINER = "container", _("container")
        UNDIVIDED = "undivided", _("to be divided")  # the places of a house whose rooms are not known yet

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ROOM)
    floor = models.SmallIntegerField(null=True, blank=True)
    area = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True, help_text="m²")
    step_free = models.BooleanField(default=False)
    women_only = models.BooleanField(default=False)  # hard: a plan puts no man there
    families_only = models.BooleanField(default=False)
    heating = models.BooleanField(default=False)
    cot = models.BooleanField(default=False)
    near_hospital = models.BooleanField(default=False)

    class Meta:
        ordering = ("site", "name")
        constraints = (
            ROOM_NAME_ONCE,
            models.UniqueConstraint(fields=["id", "site"], name="room_of_site"),
        )

    def __str__(self) -> str:
        return called(self.name)

    def get_absolute_url(self) -> str:
        return reverse("shelter:room", args=[self.pk])

    @property
    def features(self) -> list[str]:
        """What the room has, in words; the ground floor is floor 0."""
        return features_in_words(self)


FEATURES = {
    "step_free": _("step-free"),
    "women_only": _("women only"),
    "families_only": _("families only"),
    "heating": _("heating"),
    "cot": _("cot"),
    "near_hospital": _("near a hospital"),
}
"""What a room may have beside its floor: the columns, in words."""


def features_in_words(room: Any) -> list[str]:
    """What a room, or a row that reads like one, has, in words."""
    ground = [_("ground floor")] if room.floor == 0 else []
    return [str(word) for word in (*ground, *(label for name, label in FEATURES.items() if getattr(room, name)))]


class RoomChange(models.Model):
    """A fact: until this act the room was called so and had this. Never changed."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="changes")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")
    until = models.DateTimeField()
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Room.Kind)
    floor = models.SmallIntegerField(null=True, blank=True)
    area = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True, help_text="m²")
    step_free = models.BooleanField()
    women_only = models.BooleanField()
    families_only = models.BooleanField()
    heating = models.BooleanField()
    cot = models.BooleanField()
    near_hospital = models.BooleanField()

    class Meta:
        ordering = ("-until", "-pk")
        constraints = (models.UniqueConstraint(fields=["room", "act"], name="room_changed_once_in_an_act"),)

    def __str__(self) -> str:
        return f"{self.name} until {self.until:%Y-%m-%d %H:%M}"

    @property
    def features(self) -> list[str]:
        """What the room had, in words."""
        return features_in_words(self)
