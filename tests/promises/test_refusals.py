"""Every refusal, provoked through its act or its page: it is the one it says, and leaves every row as it was."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from aid import errors as aid
from aid.actions import (
    Rule,
    add_item,
    end_distribution,
    hand_out,
    plan_distribution,
    reverse_handout,
    withdraw_distribution,
)
from aid.scanning import find_card
from aid.selectors import Line
from aid.storing import (
    confirm_count,
    confirm_stock,
    count_stock,
    send_stock,
    settle_stock,
    void_stock,
    withdraw_count,
)
from cards import errors as cards
from cards.actions import print_card, print_cards, revoke_card
from cards.selectors import look_at
from cards.sheets import read_sheet
from casework import errors as casework
from casework.actions import (
    close_case,
    do_in_case,
    hand_over_case,
    note,
    open_case,
    plan,
    reopen_case,
    take_case,
    void_step,
)
from casework.letter_views import letter_file
from casework.models import Case, Letter
from casework.referral_actions import accept_referral, end_referral, name_driver, refer, withdraw_referral
from casework.service_actions import end_service, give_service_account
from casework.tracing_actions import answer_match, end_search
from census import errors as census
from census.actions import revise_snapshot, take_snapshots
from census.files import census_file
from census.profiles import Profile
from centre import errors as centre
from centre import refusals
from centre.access import Role
from centre.actions import add_site, declare_operation, open_operation
from centre.factor_acts import agree_to_remove_factor, ask_to_remove_factor
from centre.factors import SealedFactors
from centre.limits import SEARCHES, bound
from centre.models import Act, Operation, User
from centre.sealing import SealBroken, unseal
from centre.setup import read_slip
from centre.staff_acts import add_staff, agree_to_role, block_sign_in, end_role, give_password, give_role
from desk import errors as desk
from desk.actions import arrive, complete, depart, open_in_emergency, record_birth, record_death, register
from desk.belonging import make_head, never_was, split, undo
from desk.coming import confirm_seen
from desk.correcting import Said, correct, settle
from desk.gate import count_gate
from desk.hospital import back_from_hospital, send_to_hospital
from desk.merging import merge_individuals, unmerge
from desk.needing import change_needs
from desk.proof import require_proof
from desk.telling_deaths import take_back_family_told, tell_family_of_death
from desk.voiding import void_movement
from houses import errors as houses
from houses.actions import add_contract, type_invoice, void_contract
from houses.telephone import note_call, report_headcount, settle_difference, void_headcount
from plans import errors as plans
from plans.actions import ask_plan, search_plan, stop_plan
from registrations import errors as registrations
from registrations.card_texts import CardText
from registrations.facts import PersonFacts
from registrations.models import Household
from shelter import errors as shelter
from shelter.actions import check_in, end_stays, hold_places, place_household
from shelter.apart import end_apart, keep_apart
from shelter.begun import begin_house
from shelter.dividing import divide_room, give_room
from shelter.inventory import add_bed, add_rooms, block_places, change_room, set_places, take_beds_away
from shelter.models import MOST_PLACES, Bedding, Place, Room, Stay
from shelter.no_shows import take_off_no_show
from shelter.rollcalls import begin_roll_call, see_people, take_back_seen
from shelter.rolls import RollCall
from shelter.swapping import swap
from shelter.turns import move_up
from shelter.undoing import undo_beds
from tests.build import child, make_room, make_site, make_user, newborn, person, register_family
from tests.desk.test_intake_page import intake, row
from tests.promises.world import HOUR, SHELTER, World, change, check_deferred, everything, kept_letter
from tests.test_house_rules import APPS
from tools.languages.catalogues import LANGUAGES
from transport import errors as transport
from transport.actions import cancel_bus, end_bus, plan_bus, put_on_bus
from transport.closing import close_site, take_back_house
from transport.linking import withdraw_driver_link
from transport.links import read_address
from transport.rerouting import reroute_bus
from transport.riding import board_bus, void_boarding

pytestmark = pytest.mark.django_db

Refused = Callable[[], Any]  # what is refused when it is called


def twice(do: Callable[..., Any], *about: Any, **facts: Any) -> Refused:
    """Done once, it is refused the second time."""
    do(*about, **facts)
    return lambda: do(*about, **facts)


def died_and_came_later(world: World) -> Refused:
    dead = world.one_who_died()
    later = register_family(world.goris, world.coordinator, person("Karen")).memberships.get().individual
    return lambda: merge_individuals(dead, into=later, reason="one person", by=world.officer)


def contact_before_who_seeks_agrees(world: World) -> Refused:
    for answer in ("asked", "agrees"):
        answer_match(world.match, answer=answer, by=world.officer)
    return lambda: answer_match(world.match, answer="contacted", by=world.officer)


def full_service(world: World) -> Refused:
    change(world.clinic, places_a_day=1)
    change(world.accepted, service=world.clinic, appointment_at=world.now, case=world.case)
    return lambda: accept_referral(world.offered, appointment_at=world.now, by=world.officer)


def letter_gone(world: World) -> Refused:
    letter = kept_letter(world)
    void_step(letter.step, by=world.officer)
    return lambda: letter_file(Letter.objects.get(pk=letter.pk), world.officer)


def without_transport(world: World) -> Refused:
    change(world.offered, transport="")
    return lambda: name_driver(world.offered, driver="Armen", by=world.officer)


def registered(world: World, *members: PersonFacts, **facts: Any) -> Refused:
    return lambda: register(world.goris, members=members, facts=SHELTER, by=world.volunteer, **facts)


def opening(world: World) -> Refused:
    Operation.objects.all().delete()
    return lambda: open_operation(name="Kapan", code="KAPA", purpose="real", username="armine", password="reception-1")


def given(world: World, user: User, role: str, **facts: Any) -> Refused:
    return lambda: give_role(user, role=role, by=world.admin, **facts)


def proposed_and_agreed(world: World) -> Refused:
    role = world.waiting_role(by=world.admin)
    return lambda: agree_to_role(role, by=world.admin)


def added_staff(world: World) -> Refused:
    names = {"username": world.volunteer.username, "first_name": "A", "last_name": "B", "language": "hy"}
    return lambda: add_staff(**names, role=Role.OFFICIAL, by=world.admin)


def scattered(world: World) -> Refused:
    arrive(world.couple, site=world.sisian, members=[world.other.pk], by=world.coordinator)
    return lambda: arrive(world.couple, site=world.vayk, by=world.coordinator)


def told_on_a_page(world: World, address: str, data: dict[str, Any], **headers: str) -> Refused:
    """What the page says, or what stands beside the card that was typed."""
    client = Client(headers=headers)
    client.force_login(world.volunteer)

    def ask() -> None:
        change(world.volunteer, language=translation.get_language())
        told = client.post(address, data).context
        if "refusal" in told:
            raise told["refusal"]
        raise next(one for one in (cards.CardNotSeen, desk.NotProven) if told["card"].error == str(one.message))

    return ask


def in_a_safe_house(world: World) -> Refused:
    arrive(world.family, site=make_site(confidential=True), by=make_user(Role.PROTECTION))
    return lambda: arrive(world.family, site=world.goris, by=world.volunteer)


def corrected_by_a_stranger(world: World) -> Refused:
    stranger = make_user(Role.VOLUNTEER, world.sisian)
    return lambda: correct(world.couple, said=[Said("sex", "M", person=world.other.pk)], by=stranger)


def headed_without_a_name(world: World) -> Refused:
    complete(world.counted, site=world.goris, members=[person("Lusine")], facts=SHELTER, by=world.volunteer)
    nameless = world.counted.memberships.nameless().get().individual_id
    return lambda: make_head(world.counted, head=nameless, by=world.coordinator)


def removed_altogether(world: World) -> Refused:
    people = list(world.couple.memberships.today().values_list("individual", flat=True))
    never_was(world.couple, members=people, reason="typed twice", by=world.coordinator)
    return lambda: arrive(world.couple, site=world.goris, by=world.coordinator)


def said_anew(world: World) -> Refused:
    done = Act(pk=uuid.uuid4())
    correct(world.family, said=[Said("vehicle", "bus")], by=world.coordinator, id=done.pk)
    done.refresh_from_db()
    correct(world.family, said=[Said("vehicle", "car")], by=world.coordinator)
    return lambda: undo(done, by=world.coordinator)


def taken_out(world: World, then: Refused) -> Refused:
    """What comes after the other of the couple was removed as a mistake."""
    never_was(world.couple, members=[world.other.pk], reason="typed twice", by=world.coordinator)
    return then


def written_yesterday(world: World, said: Said) -> Refused:
    """What is said of a family whose desk wrote it a day ago, by its act."""
    check_deferred()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE centre_act DISABLE TRIGGER USER")
        Act.objects.filter(pk=world.couple.act_id).update(at=world.now - 24 * HOUR, recorded_at=world.now - 24 * HOUR)
        check_deferred()
        cursor.execute("ALTER TABLE centre_act ENABLE TRIGGER USER")
    return lambda: correct(world.couple, said=[said], by=world.coordinator)


OTHERS = {"member_name": "Gayane", "member_birth": "1950"}


def born(world: World, child: PersonFacts, **facts: Any) -> Refused:
    return lambda: record_birth(world.family, site=world.goris, child=child, by=world.volunteer, **facts)


def elsewhere(world: World) -> Household:
    """A family that the volunteer does not see."""
    return register_family(world.sisian, world.officer)


def tried_too_often(world: World, address: str, data: dict[str, Any]) -> Refused:
    ask = told_on_a_page(world, address, data)
    for _ in range(3):
        with pytest.raises(desk.CardNeeded):
            ask()
    return ask


def read_in_emergency(world: World) -> Refused:
    family = elsewhere(world)
    open_in_emergency(family, reason="a child has a seizure", by=world.volunteer)
    shown = look_at(CardText(family.number))
    return lambda: require_proof(shown, person(), by=world.volunteer)


def agreed_by_the_same_hands(world: World) -> Refused:
    role, second = world.waiting_role(by=world.admin), make_user(Role.ADMINISTRATOR)
    give_password(second, by=world.admin)
    return lambda: agree_to_role(role, by=second)


def asked_too_often(by: User) -> Refused:
    cache.set(f"limit:{SEARCHES.name}:{by.pk}", SEARCHES.most, SEARCHES.within)
    return lambda: bound(by, SEARCHES)


def taken_before(world: World) -> Refused:
    take_case(world.case, by=world.officer)
    second = make_user(Role.PROTECTION)
    return lambda: take_case(world.case, by=second)


def goes_on_elsewhere(world: World) -> Refused:
    """The case of a record that was merged since into one with a case of the same kind."""
    opened = open_case(world.child, kind="child_protection", urgency="now", by=world.officer)
    later = Case.objects.get(pk=opened.case)
    merge_individuals(world.child, into=world.case.individual, reason="one girl", by=world.officer)
    return lambda: note(later, words="seen", by=world.officer)


def done_as_something_else(w: World) -> Refused:
    """What was planned about health is done as a visit."""
    plan(w.case, words="see a doctor", topic="health", due_at=w.now + HOUR, by=w.officer)
    planned = w.case.steps.get(kind="planned", topic="health")
    return lambda: do_in_case(w.case, topic="visit", fulfils=planned, words="done", by=w.officer)


CENTRE: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    refusals.Changed: lambda w: lambda: count_gate(w.goris, people=8, by=w.volunteer, id=w.gate_count.act_id),
    refusals.TooMany: lambda w: asked_too_often(w.volunteer),
    refusals.NotThen: lambda w: lambda: count_gate(w.goris, people=8, by=w.volunteer, at=w.now - timedelta(days=8)),
    refusals.SomebodyElse: lambda w: told_on_a_page(
        w, "/intake/", intake(row()), **{"X-Page-Of": str(w.coordinator.pk)}
    ),
    centre.AlreadyOpen: lambda w: lambda: declare_operation(name="K", code="KAPA", purpose="real", by=w.admin),
    centre.NotEmpty: opening,
    centre.SiteCodeTaken: lambda w: (
        lambda: add_site(code="goris", name_en="Goris", kind="hotel", marz="AM-SU", by=w.admin)
    ),
    centre.UsernameTaken: added_staff,
    centre.EndNeeded: lambda w: given(w, w.officer, Role.VOLUNTEER),
    centre.EndsBeforeStart: lambda w: given(w, w.officer, Role.VOLUNTEER, ends_at=w.before),
    centre.RoleHeld: lambda w: given(w, w.officer, Role.PROTECTION),
    centre.NotTheSecond: proposed_and_agreed,
    centre.PasswordFromTheFirst: agreed_by_the_same_hands,
    centre.NoFactor: lambda w: lambda: ask_to_remove_factor(w.volunteer, by=w.admin),
    centre.AskedAlready: lambda w: twice(ask_to_remove_factor, w.with_factor(), by=w.admin),
    centre.RequestGone: lambda w: twice(agree_to_remove_factor, w.lost_factor(), by=w.admin),
    centre.FactorUnreadable: lambda w: lambda: SealedFactors().decrypt("sealed under another key"),
    SealBroken: lambda w: lambda: unseal("sealed under another key"),
    centre.RoleDecided: lambda w: twice(agree_to_role, w.waiting_role(), by=w.admin),
    centre.RoleEnded: lambda w: twice(end_role, w.assignment(w.officer), by=w.admin),
    centre.LastAdministrator: lambda w: lambda: end_role(w.assignment(w.admin), by=w.admin),
    centre.NotOneself: lambda w: lambda: block_sign_in(w.admin, by=w.admin),
    centre.SiteClosed: lambda w: twice(close_site, w.sisian, by=w.admin),
    centre.SiteInUse: lambda w: lambda: close_site(w.goris, by=w.admin),
    centre.SlipGone: lambda w: lambda: read_slip(w.volunteer, w.card.act_id, w.admin),
}
REGISTRATIONS: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    registrations.NotHere: lambda w: lambda: depart(w.gone, site=w.goris, destination="abroad", by=w.coordinator),
    registrations.AlreadyHere: lambda w: lambda: arrive(w.family, site=w.goris, by=w.coordinator),
    registrations.NobodyBelongs: lambda w: removed_altogether(w),
    registrations.AlreadyRegistered: lambda w: (
        lambda: complete(w.family, site=w.goris, members=[person()], facts=SHELTER, by=w.coordinator)
    ),
    registrations.AlreadyVoided: lambda w: twice(void_movement, w.departure, by=w.coordinator),
    registrations.LivedOn: died_and_came_later,
    registrations.CameLater: lambda w: (
        lambda: record_death(w.other, site=w.goris, by=w.coordinator, at=w.now - 9 * HOUR)
    ),
    registrations.RecordClosed: lambda w: twice(record_death, w.head(w.family), site=w.goris, by=w.coordinator),
    registrations.AlreadyWritten: lambda w: registered(w, person(), child("Davit", id=w.head(w.family).pk)),
    registrations.OneHead: lambda w: registered(w, person(), person()),
    registrations.NotSeenThere: lambda w: lambda: confirm_seen(w.family, site=w.sisian, by=w.coordinator),
    registrations.NotTold: in_a_safe_house,
    registrations.AlreadyMerged: lambda w: (
        lambda: merge_individuals(w.merge.merged, into=w.head(w.family), reason="one person", by=w.officer)
    ),
    registrations.NotMerged: lambda w: twice(unmerge, w.merge, by=w.officer),
    registrations.CardTaken: lambda w: registered(w, person(), card=w.card.number),
    desk.NoDeath: lambda w: lambda: tell_family_of_death(w.head(w.family), to_whom="Anna", how="letter", by=w.officer),
    desk.FamilyNotTold: lambda w: partial(take_back_family_told, w.one_who_died(), by=w.officer),
    desk.FamilyToldAlready: lambda w: twice(
        tell_family_of_death, w.one_who_died(), to_whom="Anna", how="letter", by=w.officer
    ),
    desk.NotAHospital: lambda w: (
        lambda: send_to_hospital(
            w.family, site=w.goris, hospital=w.sisian, patient=w.head(w.family).pk, by=w.coordinator
        )
    ),
    desk.NotInHospital: lambda w: (
        lambda: back_from_hospital(w.family, site=w.goris, members=[w.head(w.family).pk], by=w.coordinator)
    ),
    desk.NotNewborn: lambda w: born(w, child("Davit")),
    desk.NotTheMother: lambda w: born(w, newborn(), mother=w.head(w.gone).pk),
    desk.CarerMissing: lambda w: registered(w, person(), child("Davit", relationship="other")),
    desk.NotPlanned: lambda w: (
        lambda: depart(w.family, site=w.goris, destination="abroad", members=[w.child.pk], by=w.coordinator)
    ),
    desk.BedsBecomeFree: lambda w: lambda: arrive(w.sleepers, site=w.sisian, by=w.coordinator),
    desk.CardNeeded: lambda w: told_on_a_page(w, "/intake/same-family/", intake(row(), same=str(w.family.pk))),
    desk.NotProven: lambda w: told_on_a_page(w, "/intake/arrive/", intake({}, card=str(elsewhere(w)), **OTHERS)),
    desk.ReadInEmergency: read_in_emergency,
    desk.TooManyTries: lambda w: tried_too_often(w, "/intake/same-family/", intake(row(fathers_name="Petros"))),
    desk.AskCoordinator: lambda w: corrected_by_a_stranger(w),
    desk.AlreadySettled: lambda w: twice(settle, w.conflict, take=True, by=w.coordinator),
    desk.ReasonMissing: lambda w: written_yesterday(w, Said("sex", "M", person=w.head(w.couple).pk)),
    desk.HeadMissing: lambda w: lambda: make_head(w.couple, head=w.head(w.family).pk, by=w.coordinator),
    desk.HeadNameless: lambda w: headed_without_a_name(w),
    desk.NothingToUndo: lambda w: twice(undo, w.corrected.act, by=w.coordinator),
    registrations.SaidOtherwise: lambda w: said_anew(w),
    desk.NeedsHidden: lambda w: lambda: change_needs(w.head(w.family), end=["SM-CC"], by=w.volunteer),
    registrations.NeverWas: lambda w: taken_out(w, lambda: record_death(w.other, site=w.goris, by=w.coordinator)),
    registrations.NoLongerMember: lambda w: taken_out(
        w, lambda: correct(w.couple, said=[Said("sex", "M", person=w.other.pk)], reason="seen", by=w.coordinator)
    ),
    registrations.ToldElsewhere: scattered,
    casework.ChildApart: lambda w: lambda: arrive(w.family, site=w.sisian, members=[w.child.pk], by=w.coordinator),
    casework.ChildAmongStrangers: lambda w: (
        lambda: place_household(w.family, rooms=[w.room], members=[w.child.pk], by=w.coordinator)
    ),
    casework.OfficerFirst: lambda w: lambda: place_household(w.alone, rooms=[w.hall], by=w.coordinator),
    casework.ChildAlone: lambda w: (
        lambda: merge_individuals(w.case.individual, into=w.child, reason="one girl", by=w.coordinator)
    ),
    casework.AlreadyClosed: lambda w: twice(close_case, w.wounded, outcome="helped", by=w.officer),
    casework.StillOpen: lambda w: lambda: close_case(w.case, outcome="helped", by=w.officer),
    casework.NoDeathRecorded: lambda w: lambda: close_case(w.case, outcome="died", by=w.officer),
    casework.AboutSomethingElse: done_as_something_else,
    casework.PlaceNotNamed: lambda w: lambda: do_in_case(w.case, topic="safe_place", by=w.officer),
    casework.NobodyCares: lambda w: lambda: close_case(w.case, outcome="reunited", by=w.officer),
    casework.NotClosed: lambda w: lambda: reopen_case(w.case, by=w.officer),
    casework.AlreadyOpen: lambda w: (
        lambda: open_case(w.case.individual, kind="child_protection", urgency="now", by=w.officer)
    ),
    casework.AlreadyTaken: lambda w: taken_before(w),
    casework.FollowsNoCases: lambda w: lambda: hand_over_case(w.case, to=w.coordinator, by=w.officer),
    casework.LetterGone: lambda w: letter_gone(w),
    casework.StepTakenBack: lambda w: twice(void_step, w.planned, by=w.officer),
    casework.NotAskedByAnother: lambda w: lambda: close_case(w.case, outcome="handed_over", by=w.officer),
    casework.StepStays: lambda w: lambda: void_step(w.case.steps.first(), by=w.officer),
    casework.SearchEnded: lambda w: twice(end_search, w.search, outcome="found", by=w.officer),
    casework.AnsweredOtherwise: lambda w: twice(answer_match, w.match, answer="asked", by=w.officer),
    casework.NotAgreed: lambda w: contact_before_who_seeks_agrees(w),
    casework.GoesOnElsewhere: goes_on_elsewhere,
    casework.AlreadyOffered: lambda w: lambda: refer(w.wounded, service=w.clinic, words="burns", by=w.officer),
    casework.ServiceEnded: lambda w: twice(end_service, w.clinic, by=w.admin),
    casework.ServiceFull: lambda w: full_service(w),
    casework.ReferralEnded: lambda w: twice(withdraw_referral, w.offered, by=w.officer),
    casework.AlreadyAccepted: lambda w: lambda: accept_referral(w.accepted, by=w.officer),
    casework.NotAccepted: lambda w: lambda: end_referral(w.offered, words="well", by=w.officer),
    casework.NoTransport: lambda w: without_transport(w),
    casework.NotOutside: lambda w: lambda: give_service_account(w.clinic, user=w.officer, by=w.admin),
}
CARDS: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    cards.UnknownCard: lambda w: registered(w, person(), card=10**9),
    cards.CardOfAnotherOperation: lambda w: lambda: look_at(CardText(w.card.number, "KAPA", secret="0" * 30)),
    cards.CardNotGenuine: lambda w: lambda: look_at(CardText(w.card.number, "GORI", secret="0" * 30)),
    cards.WrongCode: lambda w: lambda: look_at(CardText(w.card.number, code="000000000")),
    cards.CardNotSeen: lambda w: told_on_a_page(w, "/intake/arrive/", intake({}, card=str(elsewhere(w)))),
    cards.SheetGone: lambda w: lambda: read_sheet(w.block, w.officer),
}


def without_complaints(world: World) -> Refused:
    change(world.operation, complaints_to="")
    return lambda: print_cards(world.goris, count=2, language="hy", by=world.coordinator)


def revoked(world: World) -> Refused:
    revoke_card(world.blank, site=world.goris, why="lost", by=world.coordinator)
    return registered(world, person(), card=world.blank.number)


CARDS |= {
    cards.NowhereToComplain: without_complaints,
    cards.CardRevoked: revoked,
    cards.CardReplaced: lambda w: lambda: print_card(w.carrier, site=w.goris, language="hy", by=w.volunteer),
}


def placed(world: World, household: Any, *rooms: Any, **facts: Any) -> Refused:
    return lambda: place_household(household, rooms=rooms, by=world.coordinator, **facts)


def held(world: World, household: Any, until: timedelta = HOUR) -> Refused:
    return lambda: hold_places(household, rooms=[world.hall], until=world.now + until, by=world.coordinator)


def hold_whose_place_is_blocked(world: World) -> Refused:
    change(world.hold.place, blocked_at=world.now, blocked_by=world.admin)
    return lambda: check_in([world.hold], by=world.coordinator)


def held_where_it_is_not_open(world: World) -> Refused:
    guest = make_user(site=world.sisian)
    return lambda: hold_places(world.family, rooms=[world.hall], until=world.now + HOUR, by=guest)


def baby_without_its_mother(world: World) -> Refused:
    family = world.make_family(person("Nune"), newborn("Levon"))
    baby = family.memberships.get(position=1).counted_as_id
    return placed(world, family, world.hall, members=[baby], sharing=[baby])


def seen_in_roll_call(world: World, who: uuid.UUID, *, later: bool = False) -> Refused:
    begun = begin_roll_call(world.goris, by=world.coordinator, at=world.before)
    roll = RollCall.objects.get(pk=begun.roll_call)
    if later:
        begin_roll_call(world.goris, by=world.coordinator, at=world.now)
    return lambda: see_people(roll, people=[who], by=world.coordinator)


def near_a_family_kept_apart(w: World) -> Refused:
    keep_apart(w.family, other=w.sleepers, reason="a feud", by=w.coordinator, at=w.before)
    return placed(w, w.family, w.hall)


def received_near_a_family_kept_apart(w: World) -> Refused:
    held_for = Household.objects.get(memberships__individual=w.hold.individual)
    keep_apart(held_for, other=w.sleepers, reason="a feud", by=w.coordinator, at=w.before)
    reception = make_user(Role.RECEPTIONIST, w.goris)
    return lambda: check_in([w.hold], happened_anyway="they stand here", by=reception)


def man_in_a_room_of_women(w: World) -> Refused:
    w.hall.name, w.hall.women_only = "173", True
    w.hall.save()
    return placed(w, w.couple, w.hall)


def man_among_women_of_others(w: World) -> Refused:
    room = make_room(w.sisian, 2)
    Room.objects.filter(pk=room.pk).update(women_only=True)
    guest = make_user(site=w.goris)
    return lambda: hold_places(w.couple, rooms=[room], until=w.now + HOUR, by=guest)


def room_of_a_man_for_women(w: World) -> Refused:
    place_household(w.couple, rooms=[w.hall], by=w.coordinator, at=w.before)
    return lambda: change_room(w.hall, name="W", women_only=True, by=w.coordinator)


def two_who_would_swap_with_one(w: World) -> Refused:
    place_household(w.couple, rooms=[make_room(w.goris, 2)], by=w.coordinator, at=w.before)
    stays = Stay.objects.stays().filter(individual__memberships__household=w.couple)
    return lambda: swap(list(stays), others=[w.stay_of(w.neighbours)], by=w.coordinator)


def a_bed_too_many(w: World) -> Refused:
    Place.objects.bulk_create(Place(room=w.room, number=number) for number in range(3, MOST_PLACES + 1))
    return lambda: add_bed(w.room, by=w.coordinator)


def begun_twice(w: World) -> Refused:
    return twice(begin_house, name="12", kind="hotel", marz="AM-SU", places=9, room="1", by=w.coordinator)


def begun_and_slept_in(w: World) -> Refused:
    house = w.begun_house()
    hold_places(w.make_family(), rooms=[house.rooms.get()], until=w.now + HOUR, by=w.coordinator)
    return lambda: take_back_house(house, by=w.coordinator)


def begun_and_on_the_way_of_a_bus(w: World) -> Refused:
    house = w.begun_house()
    bus(w, stops=[house])()
    return lambda: take_back_house(house, by=w.coordinator)


def sent_to_a_site_to_be_closed(w: World) -> Refused:
    depart(w.make_family(), site=w.goris, destination="site", destination_site=w.sisian, by=w.coordinator)
    return lambda: close_site(w.sisian, by=w.admin)


def roll_call_of_the_day_before(world: World) -> Refused:
    begun = begin_roll_call(world.goris, by=world.coordinator, at=world.now - 25 * HOUR)
    roll = RollCall.objects.get(pk=begun.roll_call)
    return lambda: take_back_seen(roll, people=[world.stay.individual_id], by=world.coordinator)


def beds_used_since(world: World) -> Refused:
    early = {"by": world.coordinator, "at": world.now, "recorded_at": world.now - timedelta(minutes=1)}
    done, who = Act.objects.create(kind="move", **early), world.stay.individual
    facts = {"kind": "moved", "room": world.hall, "happened_at": world.now, "act": done}
    Bedding.objects.create(individual=who, counted_as=who, **facts)
    return lambda: undo_beds(done, by=world.coordinator)


def room_of_two_families(world: World) -> Refused:
    place_household(world.family, rooms=[world.hall], by=world.coordinator)
    Room.objects.update(kind=Room.Kind.UNDIVIDED)
    stays = [world.stay, world.stay_of(world.family)]
    return lambda: give_room(stays, name="9e", by=world.coordinator)


SHELTER_REFUSALS: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    shelter.NotInThisHouse: near_a_family_kept_apart,
    shelter.CallWhoPlaces: received_near_a_family_kept_apart,
    shelter.NoRoomSuits: man_among_women_of_others,
    shelter.WomenOnly: man_in_a_room_of_women,
    shelter.MenSleepHere: room_of_a_man_for_women,
    shelter.SwapDoesNotFit: two_who_would_swap_with_one,
    shelter.TooManyPlaces: a_bed_too_many,
    shelter.HouseOfThatName: begun_twice,
    shelter.HouseWasUsed: begun_and_slept_in,
    shelter.PlaceTaken: lambda w: lambda: block_places([w.free, w.stay.place], reason="leaks", by=w.coordinator),
    shelter.UndoTooLate: lambda w: lambda: undo_beds(w.hold.act, by=w.officer),
    shelter.UndoneBefore: lambda w: twice(undo_beds, w.hold.act, by=w.coordinator),
    shelter.UsedSince: beds_used_since,
    shelter.PlaceBlocked: lambda w: twice(block_places, [w.free], reason="leaks", by=w.coordinator),
    shelter.NotEnoughPlaces: lambda w: placed(w, w.family, w.room),
    shelter.AlreadyHoused: lambda w: placed(w, w.sleepers, w.hall),
    shelter.AlreadyHeld: lambda w: held(w, w.expected),
    shelter.HoldEndsFirst: lambda w: held(w, w.family, -HOUR),
    shelter.HoldTooLong: lambda w: held(w, w.family, 73 * HOUR),
    shelter.HoldGone: hold_whose_place_is_blocked,
    shelter.NotHeldThen: lambda w: lambda: check_in([w.hold], by=w.coordinator, at=w.hold.during.lower - HOUR),
    shelter.RoomNameTaken: lambda w: lambda: add_rooms(w.goris, names=["new", w.room.name], places=2, by=w.coordinator),
    shelter.TooFewPlaces: lambda w: lambda: set_places(w.room, places=0, by=w.coordinator),
    shelter.StillUndivided: lambda w: (
        lambda: divide_room(w.room, places=[w.free], name="A", kind=Room.Kind.UNDIVIDED, by=w.coordinator)
    ),
    shelter.PlaceGone: lambda w: twice(take_beds_away, [w.free], by=w.coordinator),
    shelter.BlockEndsFirst: lambda w: lambda: block_places([w.free], reason="wet", until=w.before, by=w.coordinator),
    shelter.NothingChanged: lambda w: lambda: set_places(w.hall, places=5, by=w.coordinator),
    shelter.RoomGiven: lambda w: lambda: give_room([w.stay], name="9e", by=w.coordinator),
    shelter.SeveralFamilies: room_of_two_families,
    shelter.StayEnded: lambda w: twice(end_stays, [w.stay, w.hold], by=w.coordinator),
    shelter.NotANoShow: lambda w: lambda: take_off_no_show([w.hold], by=w.coordinator),
    shelter.SiteDiffers: lambda w: placed(w, w.family),
    shelter.NotWaiting: lambda w: lambda: move_up(w.sleepers, reason="ill", by=w.coordinator),
    shelter.OpeningSpent: held_where_it_is_not_open,
    shelter.NobodyToPlace: lambda w: placed(w, w.family, w.hall, members=[w.head(w.gone).pk]),
    shelter.NoBaby: lambda w: placed(w, w.family, w.hall, sharing=[w.child.pk]),
    shelter.BabyAlone: baby_without_its_mother,
    shelter.SwapWithThemselves: lambda w: lambda: swap([w.stay], others=[w.stay], by=w.coordinator),
    shelter.NotAsleepHere: lambda w: seen_in_roll_call(w, w.child.pk),
    shelter.NotTicked: lambda w: lambda: take_back_seen(w.roll_call, people=[w.child.pk], by=w.coordinator),
    shelter.RollCallKept: roll_call_of_the_day_before,
    shelter.RollCallOver: lambda w: seen_in_roll_call(w, w.stay.individual_id, later=True),
}


def bus(world: World, **facts: Any) -> Refused:
    hours = {"departs_at": world.now + HOUR, "arrives_at": world.now + 4 * HOUR}
    said = {"stops": [world.vayk], "seats": 40} | hours | facts
    return lambda: plan_bus(world.goris, by=world.coordinator, **said)


def filled(world: World, run: Any, household: Any, **facts: Any) -> Refused:
    return lambda: put_on_bus(run, household=household, by=world.coordinator, **facts)


def left_long_before(world: World) -> Refused:
    change(world.on_the_road, went_at=world.now - HOUR)
    return lambda: board_bus(world.on_the_road, household=world.riders, by=world.coordinator)


def full_bus(world: World) -> Refused:
    change(world.bus, seats=3)
    return filled(world, world.bus, world.hopeful)


def without_a_free_place(world: World) -> Refused:
    empty = make_site("empty")
    return lambda: ask_plan([empty], by=world.coordinator)


def where_nobody_waits(world: World) -> Refused:
    Household.objects.update(going="stays")
    return lambda: ask_plan([world.goris], by=world.coordinator)


def searched_twice(world: World) -> Refused:
    plan = world.searched_plan()
    return lambda: search_plan(plan, by=world.coordinator)


PLANS: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    plans.NobodyWaits: where_nobody_waits,
    plans.NoFreePlace: without_a_free_place,
    plans.AlreadySearching: searched_twice,
    plans.NotSearching: lambda w: lambda: stop_plan(w.plan, by=w.coordinator),
    shelter.SameFamily: lambda w: lambda: keep_apart(w.family, other=w.family, reason="a feud", by=w.coordinator),
    shelter.AlreadyApart: lambda w: lambda: keep_apart(w.carrier, other=w.original, reason="a feud", by=w.coordinator),
    shelter.NotApart: lambda w: twice(end_apart, w.apart, by=w.coordinator),
}
BUSES: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    transport.BusStopsThere: begun_and_on_the_way_of_a_bus,
    transport.PeopleOnTheWay: sent_to_a_site_to_be_closed,
    transport.NoSeats: full_bus,
    transport.NothingHeld: lambda w: filled(w, w.bus, w.family),
    transport.OnABus: lambda w: filled(w, w.loaded, w.riders),
    transport.NotOnThisBus: lambda w: lambda: board_bus(w.bus, household=w.hopeful, by=w.coordinator),
    transport.AlreadyBoarded: lambda w: lambda: board_bus(w.loaded, household=w.boarded, by=w.coordinator),
    transport.NotBoarded: lambda w: lambda: void_boarding(w.bus, household=w.riders, by=w.coordinator),
    transport.BusLeft: lambda w: filled(w, w.on_the_road, w.hopeful),
    transport.LeftLongBefore: lambda w: left_long_before(w),
    transport.BusNotLeft: lambda w: lambda: end_bus(w.loaded, site=w.vayk, by=w.coordinator),
    transport.BusArrived: lambda w: twice(end_bus, w.on_the_road, site=w.vayk, by=w.coordinator),
    transport.BusCancelled: lambda w: twice(cancel_bus, w.bus, by=w.coordinator),
    transport.NoDriverLink: lambda w: lambda: withdraw_driver_link(w.bus, by=w.coordinator),
    transport.LinkNotShown: lambda w: lambda: read_address(w.loaded.driver_links.get(), w.officer, w.now),
    transport.SameSite: lambda w: bus(w, stops=[w.goris]),
    transport.BusGoesByItself: lambda w: bus(w, stops=[w.vayk, make_site("secret", confidential=True)]),
    transport.ArrivesFirst: lambda w: bus(w, arrives_at=w.now),
    transport.NotAStop: lambda w: lambda: reroute_bus(w.bus, old=w.sisian, new=w.vayk, by=w.coordinator),
    transport.TravelsApart: lambda w: filled(w, w.bus, w.hopeful, members=[w.head(w.hopeful).pk]),
}


def planned(world: World, *rules: Rule, **facts: Any) -> Refused:
    said = {"name": "third", "starts_at": world.now} | facts
    return lambda: plan_distribution(world.goris, rules=rules, by=world.coordinator, **said)


def handed_out(world: World, *given_to: Any) -> Refused:
    return lambda: hand_out(*given_to, by=world.coordinator)


def handed_out_when_it_is_over(world: World) -> Refused:
    end_distribution(world.round, by=world.coordinator)
    return handed_out(world, type(world.round).objects.get(pk=world.round.pk), world.family)


def handed_out_to_the_dead(world: World) -> Refused:
    record_death(world.head(world.carrier), site=world.goris, by=world.coordinator)
    return handed_out(world, world.round, world.carrier)


def handed_out_after_a_split(world: World) -> Refused:
    hand_out(world.round, world.couple, by=world.coordinator)
    alone = PersonFacts(id=world.other.pk, relationship="head")
    answer = split(world.couple, site=world.goris, members=[alone], by=world.coordinator)
    return handed_out(world, world.round, Household.objects.get(pk=answer.households[1]))


def handed_out_on_an_empty_card(world: World) -> Refused:
    world.carrier.memberships.update(left_at=world.now)
    return handed_out(world, world.round, world.carrier)


def undone_after_the_minute(world: World) -> Refused:
    table = make_user(Role.AID_VOLUNTEER, world.goris)
    answer = hand_out(world.round, world.family, by=table, at=world.now - timedelta(minutes=2))
    handout = type(world.handout).objects.get(pk=answer.handout)
    return lambda: reverse_handout(handout, reason="wrong card", by=table)


AID: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    aid.NotGivenYet: lambda w: lambda: find_card(CardText(w.blank.number)),
    aid.NotRunning: handed_out_when_it_is_over,
    aid.AlreadyHandedOut: lambda w: handed_out(w, w.round, w.sleepers),
    aid.ReceivedWith: handed_out_after_a_split,
    aid.MoreThanDue: lambda w: lambda: hand_out(w.round, w.family, given=[Line(w.parcel, 1_000)], by=w.coordinator),
    aid.ReceivedLately: lambda w: handed_out(w, w.next_round, w.sleepers),
    aid.NobodyLeft: handed_out_on_an_empty_card,
    aid.NobodyThere: handed_out_to_the_dead,
    aid.AlreadyReversed: lambda w: twice(reverse_handout, w.handout, reason="wrong card", by=w.coordinator),
    aid.TooLateToUndo: undone_after_the_minute,
    aid.NothingToGive: lambda w: planned(w),
    aid.ItemTwice: lambda w: planned(w, Rule(w.parcel, "person", 1), Rule(w.parcel, "household", 1)),
    aid.EndsBeforeStart: lambda w: planned(w, Rule(w.parcel, "person", 1), ends_at=w.before),
    aid.AlreadyEnded: lambda w: twice(end_distribution, w.round, by=w.coordinator),
    aid.AlreadyWithdrawn: lambda w: twice(withdraw_distribution, w.next_round, reason="a slip", by=w.coordinator),
    aid.GaveSomething: lambda w: lambda: withdraw_distribution(w.round, reason="a slip", by=w.coordinator),
    aid.SameSite: lambda w: lambda: send_stock(w.goris, to_site=w.goris, item=w.parcel, quantity=1, by=w.coordinator),
    aid.NotOnTheWay: lambda w: lambda: confirm_stock(w.received, quantity=5, by=w.coordinator),
    aid.AlreadyConfirmed: lambda w: twice(confirm_stock, w.on_the_way, quantity=5, by=w.coordinator),
    aid.NoDifference: lambda w: (
        lambda: settle_stock(w.on_the_way, became="found", reason="it stood there", by=w.coordinator)
    ),
    aid.AlreadySettled: lambda w: twice(
        settle_stock, w.came_short, became="found", reason="it stood there", by=w.coordinator
    ),
    aid.AnsweredSince: lambda w: lambda: void_stock(w.came_short, reason="a slip", by=w.coordinator),
    aid.AlreadyTakenBack: lambda w: twice(void_stock, w.received, reason="a slip", by=w.coordinator),
    aid.NotTakenBackAlone: lambda w: (
        lambda: void_stock(w.handout.stock_movements.get(), reason="a slip", by=w.coordinator)
    ),
    aid.AlreadyCounted: lambda w: lambda: count_stock(w.goris, item=w.parcel, quantity=5, by=w.colleague),
    aid.CountedByYou: lambda w: lambda: confirm_count(w.stock_count, by=w.coordinator),
    aid.CountConfirmed: lambda w: twice(confirm_count, w.stock_count, by=w.colleague),
    aid.CountWithdrawn: lambda w: twice(withdraw_count, w.stock_count, reason="a slip", by=w.coordinator),
    aid.ItemExists: lambda w: lambda: add_item(name_en="Another", code="parcel", by=w.coordinator),
}


def taken_between(world: World) -> Refused:
    take_snapshots(world.now - HOUR, by=world.coordinator)
    return lambda: take_snapshots(world.now - HOUR * 1.5, by=world.coordinator)


def published_today(world: World) -> Refused:
    facts = {"suffix": "csv", "profile": Profile.PUBLIC, "language": "hy", "why": "for the press"}
    return lambda: census_file(timezone.localdate() - timedelta(days=9), by=world.coordinator, **facts)


CENSUS: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    census.NotSettled: lambda w: lambda: take_snapshots(timezone.now(), by=w.coordinator),
    census.LaterTaken: taken_between,
    census.NotFrozen: published_today,
    census.NothingLearnt: lambda w: lambda: revise_snapshot(w.snapshot, reason="a slip", by=w.coordinator),
    census.AlreadyRevised: lambda w: twice(revise_snapshot, w.old_snapshot(), reason="a slip", by=w.coordinator),
}
TERMS: dict[str, Any] = {"contact": "Aram", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}


def reported(world: World, **facts: Any) -> Refused:
    return lambda: report_headcount(
        **{"site": world.goris, "persons": 3, "said_by": "Aram", "by": world.coordinator} | facts
    )


HOUSES: dict[type[refusals.Refusal], Callable[[World], Refused]] = {
    houses.ContractsOverlap: lambda w: (
        lambda: add_contract(w.goris, first_night=w.contract.first_night, by=w.coordinator, **TERMS)
    ),
    houses.VeryMany: lambda w: reported(w, persons=99_999),
    houses.NightsBackwards: lambda w: (
        lambda: add_contract(
            w.sisian,
            first_night=w.contract.first_night,
            last_night=w.contract.first_night - timedelta(days=1),
            by=w.coordinator,
            **TERMS,
        )
    ),
    houses.TakenBackBefore: lambda w: twice(void_contract, w.contract, by=w.coordinator),
    houses.InvoiceThere: lambda w: (
        lambda: type_invoice(w.goris, month=w.invoice.month, nights=1, amount=Decimal(1), by=w.coordinator)
    ),
    houses.BeforeItOpened: lambda w: reported(w, site=w.begun_house(), hour=w.now - 5 * HOUR),
    houses.HourAhead: lambda w: reported(w, hour=w.now + 5 * HOUR),
    houses.HeadcountReplaced: lambda w: twice(void_headcount, w.told, by=w.coordinator),
    houses.OfAnotherHouse: lambda w: reported(w, site=w.sisian, corrects=w.told),
    houses.AlreadySettled: lambda w: twice(settle_difference, w.difference, words="a slip", by=w.coordinator),
    houses.SaysNothing: lambda w: lambda: note_call(w.goris, outcome="no_answer", words="three more", by=w.coordinator),
}
PROVOKED = HOUSES | CENTRE | REGISTRATIONS | CARDS | SHELTER_REFUSALS | PLANS | BUSES | AID | CENSUS


def all_refusals(of: type[refusals.Refusal] = refusals.Refusal) -> set[type[refusals.Refusal]]:
    """Every refusal of the house."""
    ours = {one for one in of.__subclasses__() if one.__module__.split(".")[0] in APPS}
    return ours.union(*map(all_refusals, ours))


ELSEWHERE = {
    census.WorkerAway,  # tests/races/test_engines_away.py: in a server that has no broker
    plans.SearchAway,  # tests/races/test_engines_away.py, as the census's
    refusals.TooLarge,  # tests/races/test_half_sent.py: before anything of it is read
}


def test_every_refusal_is_provoked_here():
    assert set(PROVOKED) == all_refusals() - ELSEWHERE


NAMES = {"Goris", "Parcel", "KAPA", "user", "QR"}  # as somebody typed them, or as they are called everywhere
LATIN = re.compile(r"[A-Za-z]{2,}")
GAP = re.compile(r"%\(|%[sd]|\{\w*\}")  # a placeholder that was not filled


def not_in(language: str, said: str) -> list[str]:
    """What a reader of the language cannot read in what is said."""
    return [word for word in LATIN.findall(said) if word not in NAMES] + GAP.findall(said)


@pytest.mark.parametrize("refusal", PROVOKED, ids=lambda refusal: f"{refusal.__module__}.{refusal.__name__}")
def test_a_refusal_speaks_to_the_reader_and_leaves_everything_as_it_was(refusal, world):
    refused = PROVOKED[refusal](world)
    before = everything()
    for language in (*LANGUAGES, "en"):
        with translation.override(language), pytest.raises(refusals.Refusal) as why:
            refused()
        with translation.override(language):
            said = str(why.value)
        assert (type(why.value), bool(said)) == (refusal, True)
        assert language == "en" or not not_in(language, said), said
    assert everything() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_that_is_provoked_elsewhere_speaks_to_the_reader(language):
    with translation.override(language):
        assert [said for said in map(str, (one.message for one in ELSEWHERE)) if not_in(language, said)] == []
