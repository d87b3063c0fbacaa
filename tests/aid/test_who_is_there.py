"""Aid is for those of a family who are there; why nobody is there is told in its own colour, with the word."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aid.actions import hand_out
from aid.errors import NobodyLeft, NobodyThere
from aid.models import Handout
from aid.selectors import entitlement
from cards.actions import print_card, revoke_card
from cards.models import Card
from centre.access import Role
from centre.models import Act, Operation
from desk.actions import depart, record_death
from desk.telling_deaths import tell_family_of_death
from desk.voiding import void_movement
from registrations.models import Individual, Movement
from registrations.parts import record_people
from tests.aid.conftest import make_family
from tests.aid.test_hand_out import due_in, given
from tests.build import make_user, person

pytestmark = pytest.mark.django_db


def leave(family, site, destination="abroad", **facts):
    return depart(family, site=site, destination=destination, by=make_user(), **facts)


def members(family):
    return list(Individual.objects.members_of(family))


def test_of_three_two_gone_one_share_is_due(goris, round_one, family, volunteer):
    leave(family, goris, members=[one.pk for one in members(family)[1:]])
    assert due_in(round_one, family).people == 1
    assert given(hand_out(round_one, family, by=volunteer).handout) == {"food-parcel": 1, "soap-set": 2}


@pytest.mark.parametrize(
    ("destination", "words"),
    [
        ("abroad", "left the country on"),
        ("own_address", "went to their own address on"),
        ("unknown", "left on .* not known where to"),
        ("site", "left for another site on"),
    ],
)
def test_a_family_that_is_gone_is_refused_with_the_word_why(
    goris, sisian, round_one, family, volunteer, destination, words
):
    leave(family, goris, destination, **({"destination_site": sisian} if destination == "site" else {}))
    with pytest.raises(NobodyThere, match=words) as refused:
        hand_out(round_one, family, by=volunteer)
    assert timezone.localtime().strftime("%d.%m.%Y") in str(refused.value)
    assert not Handout.objects.exists()


def test_who_is_at_another_site_or_on_the_way_here_is_there(goris, sisian, round_one, volunteer):
    there = make_family(sisian, 2)
    assert due_in(round_one, there).people == 2
    leave(there, sisian, "site", destination_site=goris)
    assert hand_out(round_one, there, by=volunteer).people == 2


def test_who_was_there_then_received_then(goris, round_one, volunteer):
    before = timezone.now() - timedelta(minutes=50)
    family = make_family(goris, 2, at=before - timedelta(minutes=5))
    leave(family, goris, at=before + timedelta(minutes=20))
    assert hand_out(round_one, family, by=volunteer, at=before).flagged == ""


def test_whose_arrival_was_taken_back_never_was(goris, round_one, family, volunteer):
    for movement in Movement.objects.all():
        void_movement(movement, by=make_user())
    with pytest.raises(NobodyThere, match="never arrived"):
        hand_out(round_one, family, by=volunteer)


def test_who_arrives_later_is_there(round_one, family):
    before = timezone.now() - timedelta(minutes=30)
    assert entitlement(round_one, family, make_user(), before).people == 3


def test_of_whom_there_is_no_fact_is_there(round_one, family):
    by = make_user()
    act = Act.objects.create(kind="by hand", at=timezone.now(), by=by, digest="-")
    stranger, *_ = record_people(family, [person("Lilit", relationship="daughter")], act, by)
    assert not Movement.objects.filter(individual=stranger).exists()
    assert due_in(round_one, family).people == 4


def test_a_death_kept_from_who_gives_takes_no_share_until_the_family_is_told(goris, round_one, family, volunteer):
    officer = make_user(Role.PROTECTION)
    dead, *_others = members(family)
    record_death(dead, site=goris, by=officer)
    shares = [entitlement(round_one, family, by, timezone.now()).people for by in (officer, make_user(), volunteer)]
    assert shares == [2, 3, 3]
    tell_family_of_death(dead, to_whom="Anna", how="telephone", by=officer)
    assert entitlement(round_one, family, volunteer, timezone.now()).people == 2


def test_a_family_of_which_all_died_is_refused_in_words_for_the_reader(goris, round_one, family, volunteer):
    officer = make_user(Role.PROTECTION)
    for one in members(family):
        record_death(one, site=goris, by=officer)
    assert entitlement(round_one, family, volunteer, timezone.now()).refusal is None
    for one in members(family):
        tell_family_of_death(one, to_whom="a brother", how="telephone", by=officer)
    with pytest.raises(NobodyThere, match="have died"):
        hand_out(round_one, family, by=make_user())
    with pytest.raises(NobodyLeft, match="Ask a coordinator"):  # whose role is told of no death
        hand_out(round_one, family, by=volunteer)


def test_what_a_family_that_is_gone_was_given_anyway_is_for_all_of_them(goris, round_one, family, volunteer):
    leave(family, goris)
    answer = hand_out(round_one, family, happened_anyway="they are here", by=volunteer)
    assert (answer.flagged, answer.people) == ("nobody_there", 3)
    assert given(answer.handout) == {"food-parcel": 3, "soap-set": 2}


def test_already_not_read_revoked_and_gone_look_different(client, goris, round_one, family, volunteer):
    client.force_login(volunteer)
    seen = {}
    seen["unread"] = client.get("/aid/scan/", {"number": "12ZZ"})
    hand_out(round_one, family, by=volunteer)
    seen["already"] = client.get("/aid/scan/", {"number": str(family)})
    Handout.objects.update(reversed_at=timezone.now(), reversed_by=volunteer, reversed_reason="wrong")
    leave(family, goris)
    seen["gone"] = client.get("/aid/scan/", {"number": str(family)})
    Operation.objects.create(
        name="Goris 2026",
        code="GORI",
        purpose="real",
        complaints_to="0-800-01-234",
        opened_at=timezone.now(),
        opened_by=volunteer,
    )
    print_card(family, site=goris, language="hy", by=make_user())
    revoke_card(Card.objects.get(), site=goris, why="lost", by=make_user())
    seen["revoked"] = client.get("/aid/scan/", {"number": str(family)})
    words = {"revoked": "CARD REVOKED", "unread": "SCAN AGAIN", "already": "ALREADY GIVEN", "gone": "NOT HERE"}
    for kind, page in seen.items():
        body = page.content.decode()
        assert f'class="scan {kind}" data-sound="{kind}"' in body
        assert [word for word in words.values() if word in body] == [words[kind]]
    assert "It was given anyway" in seen["gone"].content.decode()
