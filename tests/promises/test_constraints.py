"""What the database makes impossible: each of its promises broken round the acts, and refused by its own name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from aid.models import Distribution, EntitlementRule, Item
from casework.models import Duty
from centre.models import Act, LogLine, LogSeal, Token
from desk.actions import open_in_emergency, record_death
from desk.models import EmergencyOpening
from desk.telling_deaths import take_back_family_told, tell_family_of_death
from plans.models import PlannedPlace
from registrations.deaths import DeathTold
from registrations.models import Individual, Membership, Name, Presence, Sighting, SpecificNeed
from shelter.beginnings import Beginning
from shelter.inventory import change_room
from shelter.models import Bedding, RoomChange
from shelter.rollcalls import take_back_seen
from shelter.rolls import RollCallUnseen
from tests.build import make_room
from tests.promises.world import HOUR, World, again, change, check_deferred, delete, empty, kept_letter
from tests.test_house_rules import OWN_MODELS

pytestmark = pytest.mark.django_db

Break = Callable[[World], Any]

COUNTS = (models.PositiveIntegerField, models.PositiveSmallIntegerField, models.PositiveBigIntegerField)

# What a foreign key of several columns refers to: the table's own key alone makes it unique.
# What lays out a column instead of guarding one: tests/casework/test_where_cases_are.py walks it.
FOLLOWS = {"case_follows_who_came", "case_follows_who_is_gone"}
REFERRED_TO = {"presence_of_individual_at_site", "room_of_site", "place_of_room", "headcount_of_site"}


def emergency(world: World) -> EmergencyOpening:
    open_in_emergency(world.family, reason="a child has a seizure", by=world.volunteer)
    return EmergencyOpening.objects.get()


def death_told(world: World) -> DeathTold:
    record_death(world.head(world.gone), site=world.goris, by=world.coordinator)
    tell_family_of_death(world.head(world.gone), to_whom="Anna", how="letter", by=world.officer)
    return DeathTold.objects.get()


def death_untold(world: World) -> DeathTold:
    told = death_told(world)
    take_back_family_told(world.head(world.gone), by=world.officer)
    return DeathTold.objects.get(pk=told.pk)


def member(world: World, position: int = 1) -> Membership:
    return Membership.objects.get(household=world.family, position=position)


def person(world: World) -> Individual:
    return world.head(world.family)


def presence(world: World) -> Presence:
    return Presence.objects.get(individual=person(world))


def room_change(world: World) -> RoomChange:
    change_room(world.hall, name="the hall", kind="hall", by=world.coordinator)
    return RoomChange.objects.get()


def bedding(world: World) -> Bedding:
    return world.stay.began_by


def act(world: World) -> Act:
    """An act that nothing refers to yet."""
    return again(world.arrival.act)


def nothing(world: World) -> DateTimeTZRange:
    return DateTimeTZRange(world.now, world.now)


def need() -> SpecificNeed:
    return SpecificNeed.objects.get()


def departed(world: World, **columns: Any) -> None:
    again(world.arrival, kind="departed", **columns)


def void_twice(fact: Any, **columns: Any) -> None:
    for _ in range(2):
        again(fact, voids=fact, **columns)


def duty(world: World, **columns: Any) -> Duty:
    facts = {"name": "Ani", "phone": "+37491123456", "from_at": world.now, "until": world.now + HOUR}
    return Duty.objects.create(**{"site": world.goris, "act": act(world)} | facts | columns)


def sighting(world: World, **columns: Any) -> Sighting:
    facts = {"household": world.family, "site": world.sisian, "happened_at": world.now, "act": act(world)}
    return Sighting.objects.create(**facts | columns)


def taken_back(world: World) -> RollCallUnseen:
    """The neighbour's tick of the roll call was wrong."""
    seen = world.seen_in_roll_call
    if not hasattr(seen, "taken_back"):
        take_back_seen(world.roll_call, people=[seen.individual_id], by=world.coordinator)
        seen.refresh_from_db()
    return RollCallUnseen.objects.get()


def ticked_anew_twice(world: World) -> None:
    back = taken_back(world)
    for _ in range(2):
        again(world.seen_in_roll_call, after=back)


def see_twice(world: World) -> None:
    for _ in range(2):
        sighting(world)


def undo_twice(world: World) -> None:
    one = act(world)
    for _ in range(2):
        again(world.merge, act=act(world), undone_act=one, undone_recorded_at=world.now)


def continue_twice(world: World) -> None:
    for hours in (1, 2):
        again(world.snapshot, at=world.now - hours * HOUR / 2, opening=world.snapshot)


def sleep_again(world: World, **columns: Any) -> None:
    again(world.stay, **{"began_by": again(bedding(world)), "place": world.free} | columns)


def hidden_twice(w: World) -> None:
    room = make_room(w.goris, 2)
    for place in room.places.all():  # the first stands beside one that is open
        again(w.hold, room=room, place=place, hidden=True)


CENTRE: dict[str, Break] = {
    "password_given_by_someone": lambda w: change(w.volunteer, password_given_at=w.now),
    "centre_user_username_key": lambda w: change(w.volunteer, username=w.admin.username),
    "one_operation": lambda w: again(w.operation, id=2),
    "operation_code_of_four_letters": lambda w: change(w.operation, code="GO1"),
    "site_closes_after_opening": lambda w: change(w.goris, closed_at=w.goris.opened_at),
    "site_presumes_after_hours": lambda w: change(w.goris, presumed_left_after=0),
    "site_has_a_name": lambda w: change(w.goris, name_en=""),
    "site_lies_on_earth": lambda w: change(w.goris, latitude=39.5, longitude=None),
    "centre_site_code_key": lambda w: change(w.sisian, code=w.goris.code),
    "assignment_ends_after_start": lambda w: change(w.assignment(w.volunteer), ends_at=models.F("starts_at")),
    "volunteers_expire": lambda w: change(w.assignment(w.volunteer), ends_at=None),
    "role_counts_when_agreed_or_told": lambda w: change(w.waiting_role(), starts_at=w.now),
    "role_agreed_by_someone": lambda w: change(w.waiting_role(), agreed_at=w.now),
    "role_agreed_by_another": lambda w: change(w.waiting_role(), agreed_at=w.now, agreed_by=w.coordinator),
    "role_withdrawn_by_someone_never_starts": lambda w: change(w.assignment(w.officer), withdrawn_at=w.now),
    "factor_lost_by_word_of_another": lambda w: change(w.lost_factor(), asked_by=w.volunteer),
    "factor_removed_by_two": lambda w: change(w.lost_factor(), agreed_at=w.now),
    "token_opens_something": lambda w: change(Token.objects.get(), reads=[], writes=[]),
    "token_expires_after_made": lambda w: change(Token.objects.get(), expires_at=models.F("made_at")),
    "centre_token_digest_key": lambda w: again(Token.objects.get()),
    "one_seal_follows_another": lambda w: again(LogSeal.objects.first()),
    "exported_with_a_reason": lambda w: LogLine.objects.create(verb="exported", why=" so "),
}
REGISTRATIONS: dict[str, Break] = {
    "household_came_by_a_desk": lambda w: change(w.family, registered_at=None, registered_by=None, registered_in=None),
    "household_pre_registered_by_someone": lambda w: change(w.family, pre_registered_at=w.now),
    "household_registered_by_someone": lambda w: change(w.family, registered_in=None),
    "registrations_household_number_key": lambda w: again(w.family),
    "individual_came_by_a_desk": lambda w: change(
        person(w), registered_at=None, registered_by=None, registered_in=None
    ),
    "individual_pre_registered_by_someone": lambda w: change(
        person(w), pre_registered_at=w.now, pre_registered_by=w.admin
    ),
    "individual_registered_by_someone": lambda w: change(person(w), registered_in=None),
    "birth_as_precise_as_said": lambda w: change(person(w), birth_precision="age_group"),
    "name_once": lambda w: again(Name.objects.first()),
    "membership_once": lambda w: again(member(w), household=w.gone),
    "one_head": lambda w: change(member(w), relationship="head"),
    "membership_ends_after_start": lambda w: change(member(w), left_at=models.F("joined_at")),
    "carer_member_is_named": lambda w: change(member(w), carer_kind="member"),
    "movement_at_a_site": lambda w: again(w.arrival, site=None),
    "voided_names_what_it_voids": lambda w: again(w.arrival, kind="voided"),
    "departed_has_destination": lambda w: departed(w),
    "destination_site_is_named": lambda w: departed(w, destination="site"),
    "destination_is_elsewhere": lambda w: departed(w, destination="site", destination_site=w.arrival.site),
    "marz_of_own_address_only": lambda w: departed(w, destination="abroad", destination_marz="AM-SU"),
    "registrations_movement_voids_id_key": lambda w: void_twice(w.arrival, kind="voided"),
    "present_once": lambda w: again(presence(w), movement=w.departure, site=w.sisian),
    "presence_lasts": lambda w: change(presence(w), during=nothing(w), ended_by=w.departure),
    "presence_ended_by_a_fact": lambda w: change(presence(w), ended_by=w.departure),
    "absent_once": lambda w: again(w.departure.absence, movement=w.arrival),
    "absence_lasts": lambda w: change(w.departure.absence, during=nothing(w)),
    "registrations_gatecount_voids_id_key": lambda w: void_twice(w.gate_count),
    "only_a_count_taken_back_has_a_reason": lambda w: again(w.gate_count, reason="twice"),
    "correction_of_one_row": lambda w: again(w.corrected, household=w.family),
    "correction_corrects": lambda w: again(w.corrected, now=w.corrected.was),
    "taken_back_names_what": lambda w: again(w.corrected, cause="taken_back"),
    "registrations_correction_voids_id_key": lambda w: void_twice(w.corrected, cause="taken_back"),
    "conflict_of_one_row": lambda w: again(w.conflict, household=w.family),
    "what_never_was_has_ended": lambda w: change(member(w), never_was=True),
    "need_once": lambda w: again(need()),
    "need_ended_by_someone": lambda w: change(need(), ended_at=w.now),
    "seen_once": see_twice,
    "sighting_answered_one_way": lambda w: sighting(w, confirmed_in=act(w), dismissed_in=act(w)),
    "death_told_to_somebody": lambda w: change(death_told(w), to_whom=""),
    "registrations_deathtold_act_id_key": lambda w: again(death_told(w), death=w.arrival),
    "registrations_deathtold_undone_act_id_key": lambda w: again(death_untold(w), act=act(w)),
    "death_told_once": lambda w: again(death_told(w), act=act(w)),
    "emergency_has_a_reason": lambda w: change(emergency(w), reason=" x "),
    "desk_emergencyopening_act_id_key": lambda w: again(emergency(w)),
    "merged_once": lambda w: again(w.merge, act=act(w)),
    "merged_into_another": lambda w: change(w.merge, into=w.merge.merged),
    "unmerged_in_an_act": lambda w: change(w.merge, undone_recorded_at=w.now),
    "registrations_merge_act_id_key": lambda w: again(w.merge, merged=person(w)),
    "registrations_merge_undone_act_id_key": undo_twice,
}
CARDS_AND_CASES: dict[str, Break] = {
    "one_live_card": lambda w: again(w.card, secret_digest="another"),
    "cards_card_secret_digest_key": lambda w: again(w.card, number=0),
    "card_revoked_by_someone": lambda w: change(w.card, revoked_at=w.now, revoked_by=w.admin),
    "case_open_once": lambda w: again(w.case),
    "case_closed_by_someone": lambda w: change(w.case, closed_at=w.now, outcome="helped"),
    "case_closed_with_an_outcome": lambda w: change(w.case, closed_at=w.now, closed_by=w.admin),
    "case_goes_on_in_another": lambda w: change(w.case, counted_with=w.case),
    "step_planned_for_a_time": lambda w: again(w.planned, due_at=None),
    "step_closed_with_an_outcome": lambda w: again(w.planned, kind="closed", due_at=None),
    "step_voids_a_step": lambda w: again(w.planned, kind="voided", due_at=None),
    "step_done_fulfils_what_was_planned": lambda w: again(w.planned, fulfils=w.planned),
    "step_says_how_urgent": lambda w: again(w.planned, kind="urgency", due_at=None),
    "casework_step_voids_id_key": lambda w: void_twice(w.planned, kind="voided", due_at=None),
    "sought_has_a_name": lambda w: change(w.search, given_name="", family_name=""),
    "search_ended_by_someone": lambda w: change(w.search, closed_at=w.now, outcome="found"),
    "seeker_was_asked_by_someone": lambda w: change(w.search, consent="yes"),
    "sought_born_as_precise_as_said": lambda w: change(w.search, birth_precision="year"),
    "match_told_once": lambda w: again(w.match),
    "match_answered_by_someone": lambda w: change(w.match, answer="asked"),
    "service_has_a_name": lambda w: change(w.clinic, name=""),
    "service_takes_somebody": lambda w: change(w.clinic, places_a_day=0),
    "service_ended_by_someone": lambda w: change(w.clinic, ended_at=w.now),
    "referral_open_once": lambda w: again(w.offered),
    "referral_accepted_by_someone": lambda w: change(w.offered, accepted_at=w.now),
    "referral_came_by_someones_word": lambda w: change(w.accepted, came=True),
    "referral_ended_by_someone": lambda w: change(w.offered, end="helped"),
    "referral_declined_for_a_reason": lambda w: change(w.offered, why="full"),
    "appointment_of_what_was_accepted": lambda w: change(w.offered, appointment_at=w.now),
    "driver_of_a_transport": lambda w: change(w.offered, transport="", driver="Armen"),
    "letter_is_here_or_gone": lambda w: change(kept_letter(w), gone_at=w.now),
    "duty_ends_after_start": lambda w: duty(w, until=w.now),
    "duty_ended_by_someone": lambda w: duty(w, ended_at=w.now),
}
SHELTER: dict[str, Break] = {
    "room_name_once": lambda w: again(w.room),
    "place_number_once": lambda w: again(w.free),
    "place_blocked_by_someone": lambda w: change(w.free, blocked_at=w.now),
    "place_opens_after_it_was_blocked": lambda w: change(w.free, blocked_until=w.now),
    "place_added_by_someone": lambda w: change(w.free, added_at=w.now),
    "place_retired_by_someone": lambda w: change(w.free, retired_at=w.now),
    "room_changed_once_in_an_act": lambda w: again(room_change(w)),
    "beginning_contact_has_a_phone": lambda w: Beginning.objects.create(
        site=w.goris, contact="Aram", act=w.arrival.act
    ),
    "bedding_in_a_room": lambda w: again(bedding(w), room=None, place=None),
    "voided_bedding_names_what": lambda w: again(bedding(w), kind="voided"),
    "shelter_bedding_voids_id_key": lambda w: void_twice(bedding(w), kind="voided"),
    "place_taken_once": lambda w: again(w.hold, individual=person(w), room=w.room, place=w.stay.place),
    "one_bed": sleep_again,
    "one_hold": lambda w: again(w.hold, room=w.room, place=w.free),
    "one_hidden_hold": hidden_twice,
    "stay_is_not_hidden": lambda w: change(w.stay, hidden=True),
    "stay_lasts": lambda w: change(w.hold, during=nothing(w)),
    "hold_ends_and_stay_began": lambda w: change(w.hold, during=DateTimeTZRange(w.now, None)),
    "overflow_is_flagged": lambda w: change(w.stay, place=None),
    "overflow_by_someone": lambda w: change(w.stay, happened_anyway_at=w.now),
    "shelter_stay_began_by_id_key": lambda w: again(w.stay, individual=person(w), place=w.free),
    "baby_shares_without_a_place": lambda w: change(w.stay, shares=True),
    "baby_told_without_a_place": lambda w: again(bedding(w), shares=True),
    "seen_once_in_a_roll_call": lambda w: again(w.seen_in_roll_call),
    "shelter_rollcallunseen_seen_id_key": lambda w: again(taken_back(w)),
    "shelter_rollcallseen_after_id_key": ticked_anew_twice,
    "taken_off_after_it_ran_out": lambda w: change(w.stay, taken_off_in=w.hold.act),
    "stay_of_no_opening": lambda w: change(w.stay, opening=w.opening),
    "one_opening": lambda w: again(w.opening),
    "opening_lasts_and_ends": lambda w: change(w.opening, during=DateTimeTZRange(w.now, None)),
    "opening_has_places": lambda w: change(w.opening, places=0),
    "waiting_fact_has_a_reason": lambda w: again(w.moved_up, reason=""),
    "offer_names_its_site": lambda w: again(w.moved_up, kind="declined"),
    "voided_waiting_names_what": lambda w: again(w.moved_up, kind="voided"),
    "shelter_waitingfact_voids_id_key": lambda w: void_twice(w.moved_up, kind="voided"),
    "stay_at_the_rooms_site": lambda w: change(w.hold, site=w.sisian),
    "stay_place_in_the_room": lambda w: change(w.stay, place=w.hall.places.first()),
    "stay_within_presence": lambda w: change(w.stay, during=DateTimeTZRange(w.before - HOUR, None)),
}


PLANS: dict[str, Break] = {
    "search_by_someone": lambda w: change(w.plan, search_asked_at=w.now),
    "search_begins_once_asked": lambda w: change(w.plan, search_began_at=w.now),
    "search_ends_once_begun": lambda w: change(w.searched_plan(), search_ended_at=w.now),
    "search_part_of_its_time": lambda w: change(w.plan, percent=101),
    "plans_plan_act_id_key": lambda w: again(w.plan),
    "planned_over_once": lambda w: again(w.plan.houses.get()),
    "family_planned_once": lambda w: again(w.plan.families.first()),
    "planned_family_has_people": lambda w: change(w.plan.families.first(), size=0),
    "person_planned_once": lambda w: again(PlannedPlace.objects.first()),
    "kept_apart_once": lambda w: again(w.apart),
    "kept_apart_in_order": lambda w: change(w.apart, first=w.apart.second, second=w.apart.first),
    "kept_apart_for_a_reason": lambda w: change(w.apart, reason=""),
    "kept_apart_ended_by_someone": lambda w: change(w.apart, ended_at=w.now),
}
BUSES: dict[str, Break] = {
    "vehicle_has_seats": lambda w: change(w.bus, seats=0),
    "run_arrives_after_it_leaves": lambda w: change(w.bus, arrives_at=w.bus.departs_at),
    "run_changed_by_someone": lambda w: change(w.bus, went_at=w.now),
    "run_arrives_once_it_left": lambda w: change(w.bus, arrived_at=w.now, arrived_by=w.admin),
    "run_that_left_is_not_cancelled": lambda w: change(w.on_the_road, cancelled_at=w.now, cancelled_by=w.admin),
    "transport_driverlink_digest_key": lambda w: again(
        w.loaded.driver_links.get(), withdrawn_at=w.now, withdrawn_by=w.admin, act=Act.objects.first()
    ),
    "transport_driverlink_act_id_key": lambda w: again(
        w.loaded.driver_links.get(), withdrawn_at=w.now, withdrawn_by=w.admin, digest="other"
    ),
    "one_driver_link_a_run": lambda w: again(w.loaded.driver_links.get(), digest="other", act=Act.objects.first()),
    "driver_link_ends_within_a_day": lambda w: change(
        w.loaded.driver_links.get(), expires_at=w.now + timedelta(days=2)
    ),
    "driver_link_withdrawn_by_someone": lambda w: change(w.loaded.driver_links.get(), withdrawn_at=w.now),
    "stops_there_once": lambda w: again(w.bus.stops.get()),
    "on_one_bus": lambda w: again(w.passenger, run=w.loaded, by_hand=True),
    "family_on_one_bus": lambda w: again(w.passenger, run=w.loaded, individual=person(w)),
    "passenger_got_on_by_a_fact": lambda w: change(w.passenger, boarded_at=w.now, boarded_by=w.admin),
    "seat_ended_by_someone": lambda w: change(w.passenger, ended_at=w.now),
    "who_gets_off_got_on": lambda w: change(w.passenger, ended_at=w.now, ended_by=w.admin, ended_as="got_off"),
}


def void_stock_by_hand(world: World, **columns: Any) -> None:
    mirror = {"kind": "voided", "voids": world.received, "from_site": world.goris, "to_site": None, "note": "a slip"}
    again(world.received, **mirror | columns)


def withdraw_by_hand(world: World, distribution: Distribution) -> None:
    change(distribution, withdrawn_at=world.now, withdrawn_by=world.admin, withdrawn_reason="a slip")


def came_by_hand(world: World, **columns: Any) -> None:
    again(world.received, **{"kind": "came", "to_site": world.sisian, "answers": world.on_the_way} | columns)


def close_by_hand(world: World, way: str, **columns: Any) -> None:
    change(world.stock_count, **{f"{way}_at": world.now, f"{way}_by": world.colleague} | columns)


def corrected_by_hand(world: World, *, confirmed: bool = True, **columns: Any) -> None:
    if confirmed:
        close_by_hand(world, "confirmed")
    facts = {"kind": "count_more", "count": world.stock_count, "happened_at": world.stock_count.happened_at}
    again(world.received, **facts | columns)


AID_AND_CENSUS: dict[str, Break] = {
    "item_once": lambda w: again(w.parcel),
    "distribution_ends_after_start": lambda w: change(w.round, ends_at=w.round.starts_at),
    "round_withdrawn_by_someone": lambda w: change(w.next_round, withdrawn_at=w.now, withdrawn_reason="a slip"),
    "round_withdrawn_for_a_reason": lambda w: change(w.next_round, withdrawn_at=w.now, withdrawn_by=w.admin),
    "aid_distribution_act_id_key": lambda w: again(w.round),
    "rule_once": lambda w: again(EntitlementRule.objects.first()),
    "rule_gives_something": lambda w: EntitlementRule.objects.update(quantity=0),
    "rule_waits_for_days": lambda w: EntitlementRule.objects.update(every_days=0),
    "handout_once": lambda w: again(w.handout, act=act(w)),
    "aid_handout_act_id_key": lambda w: again(w.handout, counted_as=w.family),
    "handout_reversed_by_someone": lambda w: change(w.handout, reversed_at=w.now, reversed_reason="wrong"),
    "handout_reversed_for_a_reason": lambda w: change(w.handout, reversed_at=w.now, reversed_by=w.admin),
    "handout_anyway_by_someone": lambda w: change(
        w.handout, happened_anyway_at=w.now, happened_anyway_reason="no power"
    ),
    "handout_anyway_for_a_reason": lambda w: change(w.handout, happened_anyway_at=w.now, happened_anyway_by=w.admin),
    "handed_to_a_person_once": lambda w: again(w.handout.reached.get()),
    "stock_moves_something": lambda w: again(w.received, quantity=0),
    "loss_has_a_reason": lambda w: again(w.received, kind="lost", from_site=w.goris, to_site=None),
    "stock_goes_where_its_kind_says": lambda w: again(w.received, from_site=w.sisian),
    "stock_taken_back_for_a_reason": lambda w: void_stock_by_hand(w, note=""),
    "stock_taken_back_names_what": lambda w: again(w.received, kind="voided", note="a slip"),
    "aid_stockmovement_voids_id_key": lambda w: [void_stock_by_hand(w), void_stock_by_hand(w)],
    "only_sent_is_on_the_way": lambda w: again(w.received, bound_for=w.sisian),
    "a_receipt_alone_names_its_donor": lambda w: again(w.on_the_way, donor="Red Cross"),
    "what_came_was_sent": lambda w: again(w.received, kind="came"),
    "stock_of_a_handout": lambda w: again(w.received, handout=w.handout),
    "stock_of_a_count": lambda w: corrected_by_hand(w, kind="received"),
    "aid_stockmovement_count_id_key": lambda w: [corrected_by_hand(w), corrected_by_hand(w, confirmed=False)],
    "aid_stockcount_act_id_key": lambda w: again(w.stock_count, site=w.sisian),
    "stock_count_open_once": lambda w: again(w.stock_count, act=act(w)),
    "stock_count_confirmed_by_someone": lambda w: change(w.stock_count, confirmed_at=w.now),
    "stock_count_confirmed_by_another": lambda w: close_by_hand(w, "confirmed", confirmed_by=w.coordinator),
    "stock_count_withdrawn_by_someone": lambda w: change(w.stock_count, withdrawn_at=w.now, withdrawn_reason="a slip"),
    "stock_count_withdrawn_for_a_reason": lambda w: close_by_hand(w, "withdrawn"),
    "stock_count_confirmed_or_withdrawn": lambda w: close_by_hand(
        w, "confirmed", withdrawn_at=w.now, withdrawn_by=w.admin, withdrawn_reason="a slip"
    ),
    "snapshot_once": lambda w: again(w.snapshot, opening=None),
    "snapshot_continued_once": continue_twice,
    "snapshot_revised_for_a_reason": lambda w: again(w.snapshot, revision=2),
}


def another_told(w: Any, site: Any = None) -> Any:
    return again(w.told, site=site or w.told.site)


def another_difference(w: Any) -> Any:
    return again(w.difference, headcount=another_told(w))


HOUSES: dict[str, Break] = {
    "contract_days_apart": lambda w: again(w.contract),
    "contract_has_a_first_night": lambda w: again(w.contract, site=w.sisian, days=DateRange(None, w.now.date())),
    "contract_has_places": lambda w: again(w.contract, site=w.sisian, places=0),
    "contract_rate_is_no_debt": lambda w: again(w.contract, site=w.sisian, rate=-1),
    "contract_says_whom_to_call": lambda w: again(w.contract, site=w.sisian, contact=""),
    "contract_voided_by_someone": lambda w: change(w.contract, voided_at=w.now),
    "invoice_of_month_once": lambda w: again(w.invoice),
    "invoice_is_of_a_month": lambda w: again(w.invoice, site=w.sisian, month=w.invoice.month.replace(day=2)),
    "invoice_amount_is_no_debt": lambda w: again(w.invoice, site=w.sisian, amount=-1),
    "invoice_voided_by_someone": lambda w: change(w.invoice, voided_at=w.now),
    "headcount_counts_or_voids": lambda w: again(w.told, persons=None),
    "headcount_was_said_by_someone": lambda w: again(w.told, said_by=""),
    "headcount_voids_one_of_its_house": lambda w: again(w.told, voids=w.told, site=w.sisian),
    "houses_reportedheadcount_voids_id_key": lambda w: [again(w.told, voids=w.told) for _ in range(2)],
    "houses_difference_headcount_id_key": lambda w: again(w.difference),
    "difference_open_once_a_house": another_difference,
    "difference_of_headcount_at_its_house": lambda w: again(w.difference, headcount=another_told(w), site=w.sisian),
    "difference_overtaken_at_its_house": lambda w: change(w.difference, overtaken_by=another_told(w, w.sisian)),
    "difference_taken_by_someone": lambda w: change(w.difference, taken_at=w.now),
    "difference_settled_by_someone": lambda w: change(w.difference, settled_at=w.now, words="a slip"),
    "difference_settled_with_a_word": lambda w: change(w.difference, settled_at=w.now, settled_by=w.admin),
    "call_unanswered_says_nothing": lambda w: again(w.call, outcome="no_answer"),
    "call_ended_somehow": lambda w: again(w.call, outcome="perhaps"),
    "call_keeps_its_sentence": lambda w: again(w.call, words=""),
}


def below_zero(model: Any, field: Any) -> Break:
    return lambda _world: again(model.objects.filter(**{f"{field.name}__isnull": False}).first(), **{field.name: -1})


NO_LESS_THAN_NOTHING: dict[str, Break] = {
    f"{model._meta.db_table}_{field.column}_check": below_zero(model, field)
    for model in OWN_MODELS
    for field in model._meta.concrete_fields
    if isinstance(field, COUNTS) and field.name not in {"id", "presumed_left_after"}
} | {
    "centre_operation_id_check": lambda w: again(w.operation, id=-1),
    "centre_site_presumed_left_after_check": lambda w: change(w.goris, presumed_left_after=-1),
}

BROKEN = (
    CENTRE | REGISTRATIONS | CARDS_AND_CASES | SHELTER | PLANS | BUSES | AID_AND_CENSUS | HOUSES | NO_LESS_THAN_NOTHING
)

# The triggers that keep the past, and every way to rewrite it.
REWRITTEN: dict[str, tuple[Break, ...]] = {
    "act_is_answered_once": (
        lambda w: change(w.arrival.act, answer={}),
        lambda w: change(w.arrival.act, by=w.admin),
    ),
    "act_is_kept": (lambda w: delete(w.arrival.act),),
    "log_is_insert_only": (
        lambda w: change(LogLine.objects.first(), by=w.officer),
        lambda w: delete(LogLine.objects.first()),
    ),
    "log_is_never_emptied": (lambda w: empty(LogLine),),
    "seal_is_insert_only": (
        lambda w: change(LogSeal.objects.first(), marks=[]),
        lambda w: delete(LogSeal.objects.first()),
    ),
    "seal_is_never_emptied": (lambda w: empty(LogSeal),),
    "letter_stays_or_goes": (lambda w: change(kept_letter(w), size=1),),
    "letter_is_kept": (lambda w: delete(kept_letter(w)),),
    "step_is_append_only": (lambda w: change(w.planned, due_at=w.now), lambda w: change(w.planned, words="another")),
    "step_is_kept": (lambda w: delete(w.planned),),
    "movement_is_append_only": (lambda w: change(w.arrival, happened_at=w.now),),
    "movement_is_kept": (lambda w: delete(w.arrival),),
    "gate_count_is_append_only": (lambda w: change(w.gate_count, people=8), lambda w: delete(w.gate_count)),
    "correction_is_append_only": (lambda w: change(w.corrected, was="Ani"), lambda w: delete(w.corrected)),
    "conflict_is_append_only": (lambda w: change(w.conflict, now="Ani"),),
    "conflict_is_kept": (lambda w: delete(w.conflict),),
    "sighting_is_answered_once": (
        lambda w: change(sighting(w), happened_at=w.before),
        lambda w: change(sighting(w), site=w.goris),
        lambda w: change(sighting(w, confirmed_in=act(w)), confirmed_in=None),
        lambda w: change(sighting(w, dismissed_in=act(w)), dismissed_in=None, confirmed_in=act(w)),
    ),
    "sighting_is_kept": (lambda w: delete(sighting(w)),),
    "roll_call_is_append_only": (lambda w: change(w.roll_call, happened_at=w.now), lambda w: delete(w.roll_call)),
    "roll_call_seen_is_append_only": (
        lambda w: change(w.seen_in_roll_call, card_read=False),
        lambda w: delete(w.seen_in_roll_call),
    ),
    "roll_call_unseen_is_append_only": (
        lambda w: change(taken_back(w), happened_at=w.now),
        lambda w: delete(taken_back(w)),
    ),
    "beginning_is_append_only": (
        lambda w: change(w.begun_house().beginning, town="Goris"),
        lambda w: delete(w.begun_house().beginning),
    ),
    "waiting_fact_is_append_only": (lambda w: change(w.moved_up, reason="well"), lambda w: delete(w.moved_up)),
    "bedding_is_append_only": (lambda w: change(bedding(w), place=w.free),),
    "room_change_is_append_only": (
        lambda w: change(room_change(w), name="another"),
        lambda w: delete(room_change(w)),
    ),
    "retired_place_is_empty": (lambda w: change(w.stay.place, retired_at=w.now, retired_by=w.admin),),
    "bedding_is_kept": (lambda w: delete(bedding(w)),),
    "stock_is_append_only": (lambda w: change(w.received, quantity=1), lambda w: delete(w.received)),
    "stock_void_mirrors": (
        lambda w: void_stock_by_hand(w, quantity=1),
        lambda w: void_stock_by_hand(w, item=Item.objects.create(code="other", name_en="Other")),
        lambda w: void_stock_by_hand(w, from_site=w.sisian),
        lambda w: void_stock_by_hand(w, happened_at=w.now),
        lambda w: void_stock_by_hand(w, voids=w.handout.stock_movements.get(), quantity=1),
        lambda w: void_stock_by_hand(
            w, voids=w.came_short, quantity=5, from_site=None, to_site=w.goris, happened_at=w.came_short.happened_at
        ),
    ),
    "stock_is_answered_as_sent": (
        lambda w: came_by_hand(w, to_site=w.goris),
        lambda w: came_by_hand(w, item=Item.objects.create(code="other", name_en="Other")),
        lambda w: came_by_hand(w, answers=w.came_short),
        lambda w: came_by_hand(w, answers=w.received),
        lambda w: came_by_hand(w, kind="found", note="it stood there"),
    ),
    "stock_is_corrected_as_counted": (
        lambda w: corrected_by_hand(w, confirmed=False),
        lambda w: corrected_by_hand(w, item=Item.objects.create(code="other", name_en="Other")),
        lambda w: corrected_by_hand(w, to_site=w.sisian),
        lambda w: corrected_by_hand(w, happened_at=w.now),
    ),
    "stock_count_is_never_edited": (
        lambda w: change(w.stock_count, quantity=1),
        lambda w: change(w.stock_count, item=Item.objects.create(code="other", name_en="Other")),
        lambda w: change(w.stock_count, site=w.sisian),
        lambda w: change(w.stock_count, happened_at=w.now),
        lambda w: change(w.stock_count, counted_by=w.admin),
    ),
    "stock_count_is_closed_once": (
        lambda w: [close_by_hand(w, "confirmed"), change(w.stock_count, confirmed_at=None, confirmed_by=None)],
        lambda w: [
            close_by_hand(w, "withdrawn", withdrawn_reason="a slip"),
            change(w.stock_count, withdrawn_reason="rain"),
        ],
    ),
    "stock_count_is_kept": (lambda w: delete(w.stock_count),),
    "withdrawn_round_gave_nothing": (lambda w: withdraw_by_hand(w, w.round),),
    "handout_of_a_standing_round": (
        lambda w: [withdraw_by_hand(w, w.next_round), again(w.handout, distribution=w.next_round, act=act(w))],
    ),
    "handout_is_never_edited": (
        lambda w: change(w.handout, people=2),
        lambda w: change(w.handout, household=w.family),
        lambda w: change(w.handout, happened_at=w.now),
        lambda w: change(w.handout, by=w.admin),
        lambda w: change(w.handout, card_read=True),
        lambda w: change(w.handout, part=2),
        lambda w: change(w.handout, collected_by="a neighbour"),
    ),
    "handout_is_kept": (lambda w: delete(w.handout),),
    "people_of_a_handout_are_kept": (
        lambda w: change(w.handout.reached.get(), membership=member(w)),
        lambda w: delete(w.handout.reached.get()),
    ),
    "headcount_is_append_only": (lambda w: change(w.told, persons=1), lambda w: delete(w.told)),
    "call_is_append_only": (lambda w: change(w.call, words="none"), lambda w: delete(w.call)),
    "contract_is_never_edited": (lambda w: change(w.contract, places=1), lambda w: change(w.contract, rate=1)),
    "contract_is_voided_once": (
        lambda w: [
            change(w.contract, voided_at=w.now, voided_by=w.admin),
            change(w.contract, voided_at=None, voided_by=None),
        ],
    ),
    "contract_is_kept": (lambda w: delete(w.contract),),
    "invoice_is_never_edited": (lambda w: change(w.invoice, nights=1), lambda w: change(w.invoice, amount=1)),
    "invoice_is_voided_once": (
        lambda w: [
            change(w.invoice, voided_at=w.now, voided_by=w.admin),
            change(w.invoice, voided_at=None, voided_by=None),
        ],
    ),
    "invoice_is_kept": (lambda w: delete(w.invoice),),
    "difference_is_never_edited": (lambda w: change(w.difference, counted=99),),
    "difference_is_settled_once": (
        lambda w: [
            change(w.difference, settled_at=w.now, settled_by=w.admin, words="a slip"),
            change(w.difference, settled_at=None, settled_by=None, words=""),
        ],
    ),
    "difference_is_kept": (lambda w: delete(w.difference),),
    "snapshot_never_changes": (lambda w: change(w.snapshot, tally={}), lambda w: delete(w.snapshot)),
}

PROMISES = """
SELECT conname, 'constraint' FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE relname = ANY (%(tables)s) AND (contype IN ('c', 'x') OR contype = 'f' AND cardinality(conkey) > 1)
UNION
SELECT indexes.relname, 'constraint' FROM pg_index
JOIN pg_class indexes ON indexes.oid = indexrelid JOIN pg_class tables ON tables.oid = indrelid
WHERE tables.relname = ANY (%(tables)s) AND indisunique AND NOT indisprimary
UNION
SELECT tgname, 'trigger' FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relname = ANY (%(tables)s) AND NOT tgisinternal
"""


def break_at_once(name: str, world: World) -> None:
    BROKEN[name](world)
    check_deferred()


def promised(kind: str) -> set[str]:
    """The names of what PostgreSQL itself holds over our tables."""
    with connection.cursor() as cursor:
        cursor.execute(PROMISES, {"tables": [model._meta.db_table for model in OWN_MODELS]})
        return {name for name, found in cursor.fetchall() if found == kind}


def test_every_constraint_is_broken_here(world):
    assert set(BROKEN) | REFERRED_TO == promised("constraint")


def test_every_trigger_is_tried_here(world):
    assert set(REWRITTEN) | FOLLOWS == promised("trigger")


def test_every_constraint_of_a_model_is_in_the_database(world):
    named = {constraint.name for model in OWN_MODELS for constraint in model._meta.constraints}
    assert named <= set(BROKEN) | REFERRED_TO


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_breaks(name, world):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        break_at_once(name, world)
    assert refused.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, ways in REWRITTEN.items() for way in range(len(ways))])
def test_the_past_is_not_rewritten(name, way, world):
    with pytest.raises(IntegrityError, match=r"append-only|never changed|somebody sleeps"), transaction.atomic():
        REWRITTEN[name][way](world)
