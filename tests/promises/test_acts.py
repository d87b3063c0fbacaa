"""Every act is done once, however often it is sent, and is never changed into another."""

import ast
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Q

from aid.actions import (
    Rule,
    add_item,
    categorise_item,
    end_distribution,
    hand_out,
    plan_distribution,
    reverse_handout,
    withdraw_distribution,
)
from aid.storing import (
    confirm_count,
    confirm_stock,
    count_stock,
    receive_stock,
    send_stock,
    settle_stock,
    void_stock,
    withdraw_count,
    write_off,
)
from cards.actions import print_card, print_cards, revoke_block, revoke_card
from casework.actions import (
    ask_to_hand_over_child,
    close_case,
    do_in_case,
    hand_over_case,
    note,
    observe,
    open_case,
    plan,
    reopen_case,
    set_case_rule,
    set_duty,
    set_urgency,
    take_case,
    void_step,
)
from casework.letter_actions import keep_letter
from casework.referral_actions import (
    accept_referral,
    appoint_referral,
    decline_referral,
    end_referral,
    name_driver,
    refer,
    say_came,
    withdraw_referral,
)
from casework.service_actions import add_service, end_service, give_service_account
from casework.tracing_actions import answer_match, ask_seeker, end_search, seek_person
from census.actions import revise_snapshot
from centre.access import NotAllowed, Role
from centre.actions import add_site, change_site, declare_operation, say_where_to_complain
from centre.factor_acts import agree_to_remove_factor, ask_to_remove_factor
from centre.models import Act, Operation, User
from centre.refusals import Changed
from centre.staff_acts import (
    add_staff,
    agree_to_role,
    allow_sign_in,
    block_sign_in,
    end_role,
    give_password,
    give_role,
    withdraw_role,
)
from desk.actions import arrive, complete, depart, open_in_emergency, pre_register, record_birth, record_death, register
from desk.belonging import change_household, join, make_head, never_was, split, undo
from desk.coming import confirm_seen, dismiss_seen, note_seen
from desk.correcting import Said, correct, settle
from desk.gate import count_gate, void_gate_count
from desk.hospital import back_from_hospital, send_to_hospital
from desk.merging import merge_individuals, unmerge
from desk.needing import change_needs
from desk.not_left import take_back_leaving
from desk.telling_deaths import take_back_family_told, tell_family_of_death
from desk.voiding import void_movement, void_movements
from houses.actions import add_contract, type_invoice, void_contract, void_invoice
from houses.telephone import note_call, report_headcount, settle_difference, take_difference, void_headcount
from plans.actions import ask_plan, search_plan, stop_plan
from registrations.facts import Birth, Group, PersonFacts
from registrations.models import Household, Movement, NeedCode
from shelter.actions import check_in, end_stays, hold_places, keep_beds, move, place_household
from shelter.apart import end_apart, keep_apart
from shelter.begun import begin_house
from shelter.dividing import divide_room, give_room
from shelter.inventory import (
    RoomFacts,
    add_bed,
    add_rooms,
    block_places,
    change_room,
    enter_rooms,
    open_places,
    set_places,
    take_beds_away,
)
from shelter.models import Stay
from shelter.no_shows import hold_again, put_back_no_show, take_off_no_show
from shelter.reach import open_to_others
from shelter.rollcalls import begin_roll_call, see_people, take_back_seen
from shelter.swapping import swap
from shelter.turns import decline_offer, move_up, void_waiting_fact
from shelter.undoing import undo_beds, void_bedding
from tests.build import child, make_site, make_user, newborn, person
from tests.promises.test_doors_to_beds import DOORS, SAME_BED
from tests.promises.world import HOUR, LETTER, SHELTER, World, check_deferred, everything
from tests.test_house_rules import own_files
from transport.actions import cancel_bus, end_bus, plan_bus, put_on_bus, send_bus, take_off_bus
from transport.closing import close_site, take_back_house
from transport.linking import make_driver_link, withdraw_driver_link
from transport.rerouting import reroute_bus
from transport.riding import board_bus, get_off_bus, void_boarding

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Sent:
    """An act as it is sent: who does what, about what, with which facts."""

    do: Callable[..., Any]
    by: User
    about: tuple[Any, ...]
    facts: dict[str, Any]

    def __call__(self, key: uuid.UUID) -> Any:
        return self.do(*self.about, by=self.by, id=key, **self.facts)

    def otherwise(self, world: World) -> Iterator["Sent"]:
        """The same by another, at another time, about another, and with each of its facts said otherwise."""
        yield replace(self, by=make_user())
        yield replace(self, facts=self.facts | {"at": world.now})
        for place in range(len(self.about)):
            yield replace(self, about=(*self.about[:place], "another", *self.about[place + 1 :]))
        for name in self.facts:
            yield replace(self, facts=self.facts | {name: "another"})


def sent(do: Callable[..., Any], by: User, *about: Any, **facts: Any) -> Sent:
    return Sent(do, by, about, facts)


def into_an_empty_database(world: World) -> Sent:
    Operation.objects.all().delete()
    return sent(declare_operation, world.admin, name="Goris", code="GORI", purpose="practice")


CENTRE: dict[str, Callable[[World], Sent]] = {
    "open_operation": into_an_empty_database,
    "say_where_to_complain": lambda w: sent(say_where_to_complain, w.admin, complaints_to="the desk at the door"),
    "add_site": lambda w: sent(add_site, w.admin, code="kapan", name_en="Kapan", kind="hotel", marz="AM-SU"),
    "change_site": lambda w: sent(change_site, w.admin, w.goris, name_en="Goris", name_hy="Գորիս"),
    "close_site": lambda w: sent(close_site, w.admin, w.sisian),
    "add_staff": lambda w: sent(
        add_staff, w.admin, username="aram", first_name="A", last_name="B", language="hy", role=Role.OFFICIAL
    ),
    "give_role": lambda w: sent(give_role, w.admin, w.volunteer, role=Role.COORDINATOR, site=w.sisian),
    "agree_to_role": lambda w: sent(agree_to_role, w.admin, w.waiting_role()),
    "ask_to_remove_factor": lambda w: sent(ask_to_remove_factor, w.admin, w.with_factor()),
    "agree_to_remove_factor": lambda w: sent(agree_to_remove_factor, w.admin, w.lost_factor()),
    "withdraw_role": lambda w: sent(withdraw_role, w.admin, w.waiting_role()),
    "end_role": lambda w: sent(end_role, w.admin, w.assignment(w.volunteer)),
    "block_sign_in": lambda w: sent(block_sign_in, w.admin, w.volunteer),
    "allow_sign_in": lambda w: sent(allow_sign_in, w.admin, w.volunteer),
    "give_password": lambda w: sent(give_password, w.admin, w.volunteer),
}


def seen(world: World) -> Household:
    """The family, after a desk elsewhere wrote down that its number was shown there."""
    note_seen(world.family, site=world.sisian, by=world.coordinator)
    return world.family


def seen_out(world: World) -> list[Movement]:
    """That the sleepers left the house, as who receives there says it."""
    gone = depart(world.sleepers, site=world.stay.site, destination="unknown", by=world.coordinator)
    return list(Movement.objects.filter(pk__in=gone.movements))


def to_hospital(world: World, **facts: Any) -> dict[str, Any]:
    """Who of the sleepers goes where."""
    hospital = make_site(kind="hospital", confidential=True)
    return {"site": world.goris, "hospital": hospital, "patient": world.head(world.sleepers).pk, **facts}


def in_hospital(world: World) -> Household:
    """The sleepers, of whom one is in hospital and has a bed that is kept."""
    facts = to_hospital(world, arrived=True, keep_bed_until=world.now + 9 * HOUR)
    send_to_hospital(world.sleepers, by=world.volunteer, at=world.before + HOUR / 2, **facts)
    return world.sleepers


DESK: dict[str, Callable[[World], Sent]] = {
    "pre_register": lambda w: sent(pre_register, w.volunteer, w.goris, groups=[Group(3, "M")], facts=SHELTER),
    "register": lambda w: sent(
        register, w.volunteer, w.goris, members=[person(), child("Davit")], facts=SHELTER, card=w.blank.number
    ),
    "complete": lambda w: sent(
        complete, w.volunteer, w.counted, site=w.goris, members=[person("Lusine")], facts=SHELTER
    ),
    "arrive": lambda w: sent(arrive, w.coordinator, w.family, site=w.sisian),
    "open_in_emergency": lambda w: sent(open_in_emergency, w.volunteer, w.family, reason="a seizure"),
    "note_seen": lambda w: sent(note_seen, w.coordinator, w.family, site=w.sisian),
    "confirm_seen": lambda w: sent(confirm_seen, w.coordinator, seen(w), site=w.sisian),
    "dismiss_seen": lambda w: sent(dismiss_seen, w.coordinator, seen(w), site=w.sisian),
    "depart": lambda w: sent(depart, w.coordinator, w.family, site=w.goris, destination="abroad"),
    "died": lambda w: sent(record_death, w.coordinator, w.head(w.family), site=w.goris),
    "send_to_hospital": lambda w: sent(
        send_to_hospital, w.volunteer, w.sleepers, **to_hospital(w, keep_bed_until=w.now + HOUR)
    ),
    "back_from_hospital": lambda w: sent(
        back_from_hospital, w.volunteer, in_hospital(w), site=w.goris, members=[w.head(w.sleepers).pk]
    ),
    "tell_family_of_death": lambda w: sent(
        tell_family_of_death, w.officer, w.one_who_died(), to_whom="Anna", how="in_person"
    ),
    "take_back_family_told": lambda w: sent(take_back_family_told, w.officer, w.one_told()),
    "born": lambda w: sent(record_birth, w.coordinator, w.family, site=w.goris, child=newborn()),
    "void": lambda w: sent(void_movement, w.coordinator, w.departure),
    "void_together": lambda w: sent(void_movements, w.officer, [w.departure, w.arrival]),
    "not_left": lambda w: sent(take_back_leaving, w.coordinator, seen_out(w)),
    "correct": lambda w: sent(correct, w.coordinator, w.family, said=[Said("vehicle", "bus")]),
    "change_needs": lambda w: sent(change_needs, w.coordinator, w.other, add=["SM-CC"]),
    "settle": lambda w: sent(settle, w.coordinator, w.conflict, take=True),
    "join": lambda w: sent(join, w.coordinator, w.family, site=w.goris, person=person("Hayk", relationship="parent")),
    "make_head": lambda w: sent(make_head, w.coordinator, w.couple, head=w.other.pk),
    "change_household": lambda w: sent(
        change_household, w.officer, w.couple, to=w.carrier, members=[PersonFacts(id=w.other.pk, relationship="cousin")]
    ),
    "split": lambda w: sent(
        split, w.officer, w.couple, site=w.goris, members=[PersonFacts(id=w.other.pk, relationship="head")]
    ),
    "never_was": lambda w: sent(never_was, w.coordinator, w.couple, members=[w.other.pk], reason="typed twice"),
    "undo": lambda w: sent(undo, w.coordinator, w.corrected.act),
    "count_gate": lambda w: sent(count_gate, w.volunteer, w.goris, people=12, vehicles=3),
    "void_gate_count": lambda w: sent(void_gate_count, w.volunteer, w.gate_count, reason="counted twice"),
    "merge": lambda w: sent(merge_individuals, w.officer, w.head(w.carrier), into=w.head(w.gone), reason="one person"),
    "unmerge": lambda w: sent(unmerge, w.officer, w.merge),
    "open_case": lambda w: sent(open_case, w.coordinator, w.child, kind="other", urgency="week", words="afraid"),
    "observe": lambda w: sent(observe, w.volunteer, w.child, sign="wounded", site=w.goris),
    "seek_person": lambda w: sent(
        seek_person, w.officer, w.child, given_name="Karen", family_name="Hakobyan", birth=Birth.in_year(1989)
    ),
    "ask_seeker": lambda w: sent(ask_seeker, w.officer, w.search, consent="yes"),
    "answer_match": lambda w: sent(answer_match, w.officer, w.match, answer="asked", words="by telephone"),
    "end_search": lambda w: sent(end_search, w.officer, w.search, outcome="found"),
    "add_service": lambda w: sent(add_service, w.admin, name="Legal clinic", offers="legal"),
    "end_service": lambda w: sent(end_service, w.admin, w.clinic),
    "give_service_account": lambda w: sent(give_service_account, w.admin, w.office, user=w.outside),
    "refer": lambda w: sent(refer, w.officer, w.case, service=w.clinic, words="burns", names_person=True),
    "accept_referral": lambda w: sent(accept_referral, w.outside, w.offered, appointment_at=w.now + HOUR),
    "decline_referral": lambda w: sent(decline_referral, w.outside, w.offered, why="full", words="all week"),
    "appoint_referral": lambda w: sent(appoint_referral, w.officer, w.accepted, appointment_at=w.now + HOUR),
    "say_came": lambda w: sent(say_came, w.officer, w.accepted, came=True),
    "end_referral": lambda w: sent(end_referral, w.officer, w.accepted, words="well"),
    "name_driver": lambda w: sent(name_driver, w.officer, w.offered, driver="Armen"),
    "withdraw_referral": lambda w: sent(withdraw_referral, w.officer, w.offered),
    "take_case": lambda w: sent(take_case, w.officer, w.case),
    "hand_over_case": lambda w: sent(hand_over_case, w.officer, w.case, to=w.officer, words="you know her"),
    "keep_letter": lambda w: sent(keep_letter, w.officer, w.case, sheet=LETTER, words="her passport"),
    "note_in_case": lambda w: sent(note, w.officer, w.case, words="an aunt in Vayk"),
    "plan_in_case": lambda w: sent(plan, w.officer, w.case, words="call Vayk", due_at=w.now + HOUR),
    "do_in_case": lambda w: sent(do_in_case, w.officer, w.case, words="called", fulfils=w.planned),
    "ask_to_hand_over_child": lambda w: sent(ask_to_hand_over_child, w.officer, w.case, words="her mother, passport"),
    "set_urgency": lambda w: sent(set_urgency, w.officer, w.case, urgency="week"),
    "close_case": lambda w: sent(close_case, w.officer, w.case, outcome="helped", happened_anyway="he is gone"),
    "reopen_case": lambda w: sent(reopen_case, w.officer, w.old_case, words="it goes on"),
    "void_step": lambda w: sent(void_step, w.officer, w.planned, words="another aunt"),
    "set_duty": lambda w: sent(
        set_duty, w.officer, w.goris, name="Ani", phone="+37491123456", from_at=w.now, until=w.now + HOUR
    ),
    "set_case_rule": lambda w: sent(
        set_case_rule, w.admin, NeedCode.objects.get(pk="DS"), kind="other", urgency="week"
    ),
    "revise_snapshot": lambda w: sent(revise_snapshot, w.coordinator, w.old_snapshot(), reason="paper lists"),
}
CARDS: dict[str, Callable[[World], Sent]] = {
    "print_cards": lambda w: sent(print_cards, w.coordinator, w.goris, count=2, language="ru"),
    "print_card": lambda w: sent(
        print_card, w.volunteer, w.carrier, site=w.goris, language="hy", instead_of=w.card, why="lost"
    ),
    "revoke_card": lambda w: sent(revoke_card, w.volunteer, w.card, site=w.goris, why="stolen"),
    "revoke_block": lambda w: sent(revoke_block, w.coordinator, w.block, site=w.goris, why="misprinted"),
}
SHELTER_ACTS: dict[str, Callable[[World], Sent]] = {
    "hold": lambda w: sent(hold_places, w.coordinator, w.family, rooms=[w.hall], until=w.now + HOUR),
    "place": lambda w: sent(place_household, w.coordinator, w.family, rooms=[w.hall]),
    "check_in": lambda w: sent(check_in, w.coordinator, [w.hold]),
    "move": lambda w: sent(move, w.coordinator, [w.stay], rooms=[w.hall]),
    "begin_roll_call": lambda w: sent(begin_roll_call, w.coordinator, w.goris),
    "end_stay": lambda w: sent(end_stays, w.coordinator, [w.stay, w.hold]),
    "undo_beds": lambda w: sent(undo_beds, w.coordinator, w.hold.act),
    "keep_beds": lambda w: sent(keep_beds, w.coordinator, [w.stay], until=w.now + HOUR, reason="in hospital"),
    "hold_again": lambda w: sent(hold_again, w.coordinator, [w.ran_out], until=w.now + HOUR),
    "take_off_no_show": lambda w: sent(take_off_no_show, w.coordinator, [w.ran_out]),
    "put_back_no_show": lambda w: sent(put_back_no_show, w.coordinator, [w.off_the_list()]),
    "void_bedding": lambda w: sent(void_bedding, w.coordinator, [w.stay.began_by], reason="a slip"),
    "add_rooms": lambda w: sent(add_rooms, w.coordinator, w.goris, names=["9a", "9b"], places=2),
    "block": lambda w: sent(block_places, w.coordinator, [w.free], reason="the roof leaks"),
    "open": lambda w: sent(open_places, w.coordinator, [w.free]),
    "swap": lambda w: sent(swap, w.coordinator, [w.stay], others=[w.stay_of(w.neighbours)]),
    "see_people": lambda w: sent(see_people, w.coordinator, w.roll_call, people=[w.stay.individual_id]),
    "take_back_seen": lambda w: sent(take_back_seen, w.coordinator, w.roll_call, people=[w.head(w.neighbours).pk]),
    "move_up": lambda w: sent(move_up, w.coordinator, w.family, reason="slept in a car"),
    "decline_offer": lambda w: sent(decline_offer, w.coordinator, w.family, site=w.goris, reason="too far"),
    "void_waiting_fact": lambda w: sent(void_waiting_fact, w.coordinator, w.moved_up, reason="a slip"),
    "open_to_others": lambda w: sent(open_to_others, w.coordinator, w.goris, places=3, until=w.now + 9 * HOUR),
    "enter_rooms": lambda w: sent(enter_rooms, w.coordinator, w.goris, rooms=[RoomFacts("9c", 2)]),
    "change_room": lambda w: sent(change_room, w.coordinator, w.hall, name="the hall", kind="hall"),
    "set_places": lambda w: sent(set_places, w.coordinator, w.hall, places=7),
    "add_bed": lambda w: sent(add_bed, w.coordinator, w.room),
    "take_beds_away": lambda w: sent(take_beds_away, w.coordinator, [w.free]),
    "divide_room": lambda w: sent(divide_room, w.coordinator, w.hall, places=list(w.hall.places.all()[:2]), name="9d"),
    "give_room": lambda w: sent(give_room, w.coordinator, [w.undivided_stay()], name="9e"),
    "begin_house": lambda w: sent(
        begin_house, w.coordinator, name="Mirhav", kind="hotel", marz="AM-SU", places=9, room="to be divided"
    ),
    "take_back_house": lambda w: sent(take_back_house, w.coordinator, w.begun_house()),
}
PLANS: dict[str, Callable[[World], Sent]] = {
    "ask_plan": lambda w: sent(ask_plan, w.coordinator, houses=[w.goris]),
    "search_plan": lambda w: sent(search_plan, w.coordinator, w.plan),
    "stop_plan": lambda w: sent(stop_plan, w.coordinator, w.searched_plan()),
    "keep_apart": lambda w: sent(keep_apart, w.coordinator, w.family, other=w.couple, reason="a feud"),
    "end_apart": lambda w: sent(end_apart, w.coordinator, w.apart),
}
BUSES: dict[str, Callable[[World], Sent]] = {
    "plan_bus": lambda w: sent(
        plan_bus,
        w.coordinator,
        w.goris,
        stops=[w.sisian, w.vayk],
        seats=40,
        departs_at=w.now + HOUR,
        arrives_at=w.now + 4 * HOUR,
    ),
    "put_on_bus": lambda w: sent(put_on_bus, w.coordinator, w.bus, household=w.hopeful),
    "take_off_bus": lambda w: sent(take_off_bus, w.coordinator, w.bus, household=w.riders),
    "make_driver_link": lambda w: sent(make_driver_link, w.coordinator, w.bus),
    "withdraw_driver_link": lambda w: sent(withdraw_driver_link, w.coordinator, w.loaded),
    "send_bus": lambda w: sent(send_bus, w.coordinator, w.bus),
    "end_bus": lambda w: sent(end_bus, w.coordinator, w.on_the_road, site=w.vayk),
    "cancel_bus": lambda w: sent(cancel_bus, w.coordinator, w.loaded),
    "board_bus": lambda w: sent(board_bus, w.coordinator, w.bus, household=w.riders, card_read=True),
    "void_boarding": lambda w: sent(void_boarding, w.coordinator, w.loaded, household=w.boarded),
    "get_off_bus": lambda w: sent(get_off_bus, w.coordinator, w.on_the_road, household=w.travellers, site=w.vayk),
    "reroute_bus": lambda w: sent(reroute_bus, w.coordinator, w.on_the_road, old=w.vayk, new=w.sisian),
}
AID: dict[str, Callable[[World], Sent]] = {
    "add_item": lambda w: sent(add_item, w.coordinator, name_en="Soap"),
    "categorise_item": lambda w: sent(categorise_item, w.coordinator, w.parcel, category="food"),
    "plan_distribution": lambda w: sent(
        plan_distribution,
        w.coordinator,
        w.goris,
        name="third",
        starts_at=w.now,
        rules=[Rule(w.parcel, "household", 2)],
    ),
    "end_distribution": lambda w: sent(end_distribution, w.coordinator, w.round),
    "withdraw_distribution": lambda w: sent(withdraw_distribution, w.coordinator, w.next_round, reason="a slip"),
    "receive_stock": lambda w: sent(receive_stock, w.coordinator, w.goris, item=w.parcel, quantity=5),
    "send_stock": lambda w: sent(send_stock, w.coordinator, w.goris, to_site=w.sisian, item=w.parcel, quantity=5),
    "confirm_stock": lambda w: sent(confirm_stock, w.coordinator, w.on_the_way, quantity=4),
    "settle_stock": lambda w: sent(settle_stock, w.coordinator, w.came_short, became="way_lost", reason="a flood"),
    "write_off": lambda w: sent(write_off, w.coordinator, w.goris, item=w.parcel, quantity=5, note="wet"),
    "void_stock": lambda w: sent(void_stock, w.coordinator, w.received, reason="one nought too many"),
    "count_stock": lambda w: sent(count_stock, w.coordinator, w.sisian, item=w.parcel, quantity=5),
    "confirm_count": lambda w: sent(confirm_count, w.colleague, w.stock_count),
    "withdraw_count": lambda w: sent(withdraw_count, w.coordinator, w.stock_count, reason="a slip"),
    "hand_out": lambda w: sent(hand_out, w.coordinator, w.round, w.family),
    "reverse_handout": lambda w: sent(reverse_handout, w.coordinator, w.handout, reason="wrong card"),
}
TERMS: dict[str, Any] = {"contact": "Aram", "phone": "+37494123456", "places": 40, "rate": Decimal(9000)}
HOUSES: dict[str, Callable[[World], Sent]] = {
    "add_contract": lambda w: sent(add_contract, w.coordinator, w.sisian, first_night=w.now.date(), **TERMS),
    "void_contract": lambda w: sent(void_contract, w.coordinator, w.contract),
    "type_invoice": lambda w: sent(
        type_invoice, w.coordinator, w.sisian, month=w.now.date(), nights=3, amount=Decimal(27000)
    ),
    "void_invoice": lambda w: sent(void_invoice, w.coordinator, w.invoice),
    "report_headcount": lambda w: sent(report_headcount, w.coordinator, w.goris, persons=31, said_by="Aram"),
    "void_headcount": lambda w: sent(void_headcount, w.coordinator, w.told),
    "take_difference": lambda w: sent(take_difference, w.coordinator, w.difference),
    "settle_difference": lambda w: sent(settle_difference, w.coordinator, w.difference, words="a slip"),
    "note_call": lambda w: sent(note_call, w.coordinator, w.goris, outcome="no_answer"),
}
ACTS = CENTRE | DESK | CARDS | SHELTER_ACTS | PLANS | BUSES | AID | HOUSES


def kinds() -> list[str]:
    """The kind of every act that the house knows, as its decorator says."""
    return [
        ast.literal_eval(decorator.args[0])
        for path in own_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "act"
    ]


def test_every_act_is_sent_here_and_has_a_kind_of_its_own():
    assert sorted(kinds()) == sorted(ACTS)


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_sent_twice_is_done_once_and_answered_the_same(kind, world):
    act, key, before = ACTS[kind](world), uuid.uuid4(), everything()
    answer = act(key)
    check_deferred()
    done = everything()
    assert done != before
    assert Act.objects.get(pk=key).kind == kind
    assert act(key) == answer
    assert everything() == done
    beds = Stay.objects.filter(Q(act=key) | Q(began_by__act=key))
    assert kind in DOORS.keys() | SAME_BED or not beds.exists(), "a door to a bed: write it into test_doors_to_beds.py"


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_sent_with_any_other_fact_changes_nothing(kind, world):
    act, key = ACTS[kind](world), uuid.uuid4()
    act(key)
    others = list(act.otherwise(world))
    done = everything()
    for other in others:
        with pytest.raises(Changed):
            other(key)
    assert everything() == done


@pytest.mark.parametrize("kind", sorted(ACTS.keys() - {"open_operation"}))
def test_an_act_by_a_role_that_has_ended_is_refused_at_an_earlier_instant_too(kind, world):
    act = ACTS[kind](world)
    act.by.assignments.update(ends_at=world.now - HOUR / 2)
    late = replace(act, by=User.objects.get(pk=act.by.pk), facts=act.facts | {"at": world.before})
    before = everything()
    with pytest.raises(NotAllowed):
        late(uuid.uuid4())
    assert everything() == before
