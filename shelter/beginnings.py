"""Of each house that a coordinator began by telephone: whom to call there, and in which town it is."""

from django.db import models
from django.db.models import Q

from centre.models import Act, Site

LONGEST_CONTACT, LONGEST_PHONE, LONGEST_TOWN = 80, 20, 80


class Beginning(models.Model):
    """A fact: the site began with a telephone call, by who did the act. Never changed."""

    site = models.OneToOneField(Site, models.PROTECT, primary_key=True, related_name="beginning")
    contact = models.CharField(max_length=LONGEST_CONTACT, blank=True)  # who answers the telephone
    phone = models.CharField(max_length=LONGEST_PHONE, blank=True)
    town = models.CharField(max_length=LONGEST_TOWN, blank=True)
    act = models.ForeignKey(Act, models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(contact="") | ~Q(phone=""), name="beginning_contact_has_a_phone"),
        )

    def __str__(self) -> str:
        return f"{self.site_id} {self.phone}"
