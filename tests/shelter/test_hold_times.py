"""A hold is offered until what people say: in hours, tonight, tomorrow at noon, in days; the nearest first."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from shelter.hold_times import hold_times
from shelter.keeping import LONGEST_HOLD
from shelter.models import Stay
from shelter.templatetags.holding import until_field
from tests.build import make_room
from tests.shelter.test_pages import placing


def local(text):
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            "2026-11-28 14:42",
            [
                "in 2 hours, 16:30", "in 4 hours, 18:30", "tonight 22:00", "tomorrow 12:00",
                "in 24 hours, 29.11, 14:30", "in 3 days, 01.12, 14:30",
            ],
        ),
        (
            "2026-11-28 18:00",
            ["in 2 hours, 20:00", "tonight 22:00", "tomorrow 12:00", "in 24 hours, 29.11, 18:00",
             "in 3 days, 01.12, 18:00"],
        ),
        (
            "2026-11-28 12:05",
            ["in 2 hours, 14:00", "in 4 hours, 16:00", "tonight 22:00", "tomorrow 12:00", "in 3 days, 01.12, 12:00"],
        ),
        (
            "2026-11-28 22:00",
            ["in 2 hours, 00:00", "in 4 hours, 02:00", "tomorrow 12:00", "in 24 hours, 29.11, 22:00",
             "in 3 days, 01.12, 22:00"],
        ),
        (
            "2026-11-28 02:10",
            ["in 2 hours, 04:00", "in 4 hours, 06:00", "today 12:00", "today 22:00", "in 24 hours, 29.11, 02:00",
             "in 3 days, 01.12, 02:00"],
        ),
    ],
)  # fmt: skip
def test_what_people_say_is_offered_the_nearest_first_and_nothing_twice(now, said):
    assert [str(until) for until in hold_times(local(now))] == said


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 7))
def test_every_end_is_to_come_within_the_longest_hold_and_four_hours_are_usual(minutes):
    now = local("2026-11-28 00:01") + timedelta(minutes=minutes)
    offered = hold_times(now)
    assert all(now < until.at <= now + LONGEST_HOLD for until in offered)
    assert [until.at for until in offered] == sorted({until.at for until in offered})
    (usual,) = [until for until in offered if until.usual]
    assert timedelta(hours=3.75) < usual.at - now <= timedelta(hours=4)


def test_the_usual_end_or_the_longest_is_meant_where_nothing_is_typed():
    offered = hold_times(timezone.now())
    assert [until.usual for until in offered if until == until_field(offered, "")["usual"]] == [True]
    assert until_field(offered, "", longest=True)["usual"] == offered[-1]


def test_the_board_offers_them(client, goris, coordinator, family):
    make_room(goris, 3)
    client.force_login(coordinator)
    shown = client.get(f"/shelter/?family={family}".replace(" ", "")).text
    usual = next(until for until in hold_times(timezone.now()) if until.usual)
    assert f'<option value="{timezone.localtime(usual.at):%d.%m.%Y %H:%M}">{usual}</option>' in shown
    assert f'<input type="hidden" name="until" value="{usual.at.isoformat()}">' in shown
    assert f'placeholder="{usual}" value=""' in shown


@pytest.mark.parametrize("typed", ["", "23.45", "{:%d.%m.%Y %H:%M}", "{:%d.%m %H:%M}"])
def test_an_hour_is_typed_beside_what_is_offered(client, goris, coordinator, family, typed):
    room, now = make_room(goris, 3), timezone.localtime()
    usual = (now + timedelta(hours=4)).replace(microsecond=0)
    said = (now + timedelta(hours=30)).replace(second=0, microsecond=0)
    client.force_login(coordinator)
    facts = placing(family, room) | {"until": [usual.isoformat(), typed.format(said)]}
    assert client.post(f"/shelter/family/{family}/hold/".replace(" ", ""), facts).status_code == 303
    ends = {timezone.localtime(hold.during.upper) for hold in Stay.objects.holds()}
    if typed == "23.45":
        assert {(end.hour, end.minute, end > now) for end in ends} == {(23, 45, True)}
    else:
        assert ends == {said if typed else usual}


def test_an_hour_that_cannot_be_read_is_asked_again_and_stays(client, goris, coordinator, family):
    room, until = make_room(goris, 3), timezone.now().isoformat()
    client.force_login(coordinator)
    address = f"/shelter/family/{family}/hold/?family={family}".replace(" ", "")
    answer = client.post(address, placing(family, room) | {"until": [until, "soon"]})
    assert answer.status_code == 422
    assert 'value="soon" aria-invalid="true"' in answer.text
    assert not Stay.objects.exists()
