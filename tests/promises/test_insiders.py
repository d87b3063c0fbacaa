"""Who works only in a hidden house is named to nobody who may not know who is there: a name would tell of the house."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cards.actions import revoke_card
from centre.access import Role
from centre.models import Assignment, User
from centre.shift import CHOSEN
from desk.actions import open_in_emergency
from desk.merging import merge_individuals
from shelter.turns import move_up
from tests.build import make_site, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(world):
    """The pages on which Nazeli did something, who works in a hidden house alone since, and gets another role there."""
    hidden, nazeli = make_site("refuge", confidential=True), world.coordinator
    User.objects.filter(pk__in=[nazeli.pk, world.volunteer.pk]).update(first_name="Nazeli")
    twins = [world.head(family) for family in (world.sleepers, world.carrier)]
    merge_individuals(twins[0], into=twins[1], reason="one person", by=nazeli)
    move_up(world.family, reason="ill", by=nazeli)
    revoke_card(world.card, site=world.goris, why="lost", by=nazeli)
    open_in_emergency(world.family, reason="a child is ill", by=nazeli)
    Assignment.objects.filter(user__first_name="Nazeli").update(site=hidden)
    Assignment.objects.create(
        user=nazeli,
        role=Role.PROTECTION,
        site=hidden,
        given_by=world.admin,
        starts_at=timezone.now() + timedelta(hours=1),
    )
    return {
        "gets a role, and opened a family in an emergency": "/",
        "revoked a card": reverse("cards:family_card", args=[world.carrier]),
        "planned": reverse("plans:plans"),
        "keeps families apart": reverse("plans:apart"),
        "moved a family up": f"/shelter/?family={world.family.number}",
        "merged": reverse("desk:duplicates"),
        "registered": world.family.get_absolute_url(),
    }


def test_staff_of_a_hidden_house_are_named_on_no_page_of_who_may_not_know_who_is_there(world, client, addresses):
    shown = {}
    for reader in (world.officer, world.colleague):
        client.force_login(reader)
        session = client.session
        session[CHOSEN] = str(world.goris.pk)
        session.save()
        answers = {what: client.get(address) for what, address in addresses.items()}
        shown[reader] = {what for what, answer in answers.items() if "Nazeli" in answer.text}
        read = {what for what, answer in answers.items() if answer.status_code == 200}
    assert read == addresses.keys()
    assert shown[world.colleague] == set()
    assert {"gets a role, and opened a family in an emergency", "merged", "registered"} <= shown[world.officer]


def test_who_checks_the_work_reads_nothing_of_a_hidden_house_in_a_notice(world, client, addresses):
    client.force_login(make_user(Role.AUDITOR))
    page = client.get(addresses["gets a role, and opened a family in an emergency"]).text
    assert "Nazeli" not in page
    assert "a child is ill" not in page
