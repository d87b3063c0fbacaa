"""What was told of a family, kind by kind: each reader yields the lines of its own tables, in no order."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aid.models import Handout
from cards.models import Card
from casework.models import Case
from centre.access import Permission
from centre.models import Act, Site, User
from desk.histories import FIELDS, VERBS, FieldSaid, in_words, person_of, read_changes
from desk.selectors import family_told_in_words, movement_in_words, movements_told_of, told_together
from desk.told_book import Book, Line, Voided
from registrations.corrections import Conflict
from registrations.journal import last_word, voiding
from registrations.living import told_deaths
from registrations.models import Merge, Movement, Sighting, SpecificNeed
from shelter.models import Bedding, Stay

ENTERED = ("register", "pre_register")  # the acts that write a family; others say so themselves


def entered(book: Book) -> Iterator[Line]:
    """Who was counted at the gate, and who registered."""
    acts: dict[Act, list[uuid.UUID]] = {book.household.act: []}
    for row in book.rows:
        for act in {row.individual.pre_registered_in, row.individual.registered_in} - {None}:
            acts.setdefault(act, []).append(row.individual_id)
    for act, records in acts.items():
        if act.kind not in ENTERED:
            continue
        words = _("Registered") if act.kind == "register" else _("Counted at the gate")
        more: dict[str, Any] = {"more": _written(act)}
        if act == book.household.act:
            words = f"{words} · {book.place(book.household.site)}"
            if not book.eyes.sight.is_told(book.household.site):
                more["by"] = None
            if book.shows_needs and book.household.urgent_need:
                more["more"] = [*more["more"], f"{_('Urgent need')} – {book.household.urgent_need.name}"]
        yield book.line(act.kind, words, act, records, said=book.first_said(act), **more)


def movements(book: Book) -> Iterator[Line]:
    """Arrivals, departures, births and deaths."""
    told = movements_told_of(list(set(book.person_of.values())))
    known = (
        (fact, last, stands) for fact, last, stands in told if book.about.knew(fact.individual_id, fact.recorded_at)
    )
    for facts, lasts, stands in told_together(known, book.eyes):
        first = facts[0]
        yield book.line(
            first.kind,
            movement_in_words(first, book.eyes),
            first.act,
            [fact.individual_id for fact in facts],
            happened_at=first.happened_at,
            said=book.first_said(first.act) if first.kind == Movement.Kind.BORN else (),
            more=[*_card(first.card_read), *_written(first.act)],
            voided=None if stands else book.voided(lasts[0].act),
        )


def deaths_told(book: Book) -> Iterator[Line]:
    """How the family was told of a death, for who may know of it."""
    for one in told_deaths(set(book.person_of.values())):
        record = one.death.individual_id
        if book.eyes.shows(one.death) and book.about.knew(record, one.act.recorded_at):
            undone = book.voided(one.undone_act) if one.undone_act else None
            said = family_told_in_words(one)
            yield book.line("death_told", said, one.act, [record], happened_at=one.happened_at, voided=undone)


def changes(book: Book) -> Iterator[Line]:
    """What was said anew, and who belongs together."""
    for one in read_changes(book.about):
        said = [*book.first_said(one.act), *one.lines]
        voided = book.voided(one.undone)
        yield book.line(one.act.kind, one.words, one.act, one.people, said=said, reason=one.reason, voided=voided)


def conflicts(book: Book) -> Iterator[Line]:
    """What two desks said otherwise, and how it was decided where nothing changed by it."""
    changed = {one.act_id for one in book.about.everything}
    rows = book.about.filter(Conflict).select_related("act__by", "settled_in__by", "membership")
    for one in rows:
        record = person_of(one)
        if not book.about.knew(record, one.recorded_at):
            continue
        was, now = (in_words(one.field, value, book.about.people) for value in (one.was, one.now))
        said = [FieldSaid(one.field, str(FIELDS[one.field]), was, now, record)]
        yield book.line(
            "conflict", _("Two desks wrote different things"), one.act, _one(record), said=said, reason=one.reason
        )
        if one.settled_in and one.settled_in_id not in changed:
            yield book.line("settle", str(VERBS["settle"]), one.settled_in, _one(record))


def needs(book: Book) -> Iterator[Line]:
    """Needs that began and ended, for who may see them; on paper for the person alone."""
    if not book.shows_needs:
        return
    rows = SpecificNeed.objects.filter(individual__in=book.records).select_related("code", "act__by", "ended_by")
    for one in book.told(rows):
        began = f"{_('Need')} · {one.code.name}"
        line = book.line("need", began, one.act, [one.individual_id], on_paper=book.alone)
        yield line
        if one.ended_at and one.ended_by and book.about.knew(one.individual_id, one.ended_at):
            ended = f"{_('Need ended')} · {one.code.name}"
            by = book.by(one.ended_by, one.ended_at)
            yield Line("need_ended", ended, one.ended_at, one.ended_at, by, line.people, on_paper=book.alone)


def cards(book: Book) -> Iterator[Line]:
    """Cards that were printed for the family, or given to it, and revoked."""
    rows = Card.objects.filter(number=book.household.number).select_related("site", "act__by", "revoked_by")
    for one in rows:
        given = one.recorded_at < book.household.act.recorded_at  # printed before there was the family
        words = f"{_('Card printed')} · {book.place(one.site)}"
        yield book.line("card", _("Card given") if given else words, book.household.act if given else one.act)
        if one.revoked_at and one.revoked_by:
            by, reason = book.by(one.revoked_by, one.revoked_at), one.get_revoked_as_display()
            yield Line("card_revoked", _("Card revoked"), one.revoked_at, one.revoked_at, by, {}, reason=reason)


def beds(book: Book) -> Iterator[Line]:
    """Who slept in which room from when, as it was told."""
    rows = list(
        Bedding.objects.filter(individual__in=book.records).select_related("room__site", "act__by").order_by("id")
    )
    voided_by = voiding(rows)
    theirs = set(beds_taken_back_by(book.user).filter(individual__in=book.records).values_list("pk", flat=True))
    together: dict[Any, list[tuple[Bedding, Bedding]]] = defaultdict(list)
    for fact in book.told(rows):
        last, stands = last_word(fact, voided_by)
        if fact.kind != Bedding.Kind.VOIDED and (fact.room is None or book.eyes.sight.is_told(fact.room.site)):
            together[fact.act_id, fact.kind, fact.room_id, None if stands else last.act].append((fact, last))
    for (_act, kind, _room, undone), facts in together.items():
        first, last = facts[0]
        yield book.line(
            kind,
            _in_room(first.get_kind_display().capitalize(), first.room),
            first.act,
            [fact.individual_id for fact, _last in facts],
            happened_at=first.happened_at,
            reason=first.reason,
            voided=book.voided(undone, last.reason),
            entries={last.pk: fact.individual_id for fact, last in facts if last.pk in theirs},
        )


def beds_taken_back_by(user: User) -> "QuerySet[Bedding]":
    """What the user may take back of it, or let count again: the last word of each entry."""
    return beds_told_where_taken_back_by(user).filter(voided_by=None).select_related("room__site")


def beds_told_where_taken_back_by(user: User) -> "QuerySet[Bedding]":
    """What was told of beds at the sites where the user takes back what was wrong."""
    return Bedding.objects.filter(room__site__in=Site.objects.where(user, Permission.MERGE, timezone.now()))


def holds(book: Book) -> Iterator[Line]:
    """Places that were held, until when, and given back before anybody slept there."""
    rows = Stay.objects.holds().filter(individual__in=book.records)
    rows = rows.select_related("room__site", "act__by", "given_up_in__by").order_by("during", "id")
    held: dict[Any, list[Stay]] = defaultdict(list)
    for one in book.told(rows):
        if book.eyes.sight.is_told(one.room.site):
            held[one.act, one.room, one.during.upper, one.given_up_in].append(one)
    for (act, room, until, given_up_in), kept in held.items():
        records, words = [one.individual_id for one in kept], _("Place held")
        more = [_("until %(at)s") % {"at": _instant(until)}]
        reason = kept[0].why_held
        yield book.line("hold", _in_room(words, room), act, records, more=more, reason=reason)
        if given_up_in and given_up_in.kind == "end_stay":  # otherwise the line of that act says why
            yield book.line("hold_released", _in_room(_("Place released"), room), given_up_in, records)


def aid(book: Book) -> Iterator[Line]:
    """What was handed out to the family, and what of it was taken back."""
    rows = Handout.objects.filter(Q(household=book.household) | Q(counted_as=book.household)).select_related(
        "distribution__site", "act", "by", "reversed_by"
    )
    for one in rows.prefetch_related("stock_movements__item"):
        told = book.eyes.sight.is_told(one.distribution.site)
        where = f"{one.distribution}, {one.distribution.site}" if told else _("another site")
        goods = [f"{move.quantity} {move.item}" for move in one.stock_movements.all() if move.kind == "handed_out"]
        collected = [_("Collected by: %(name)s") % {"name": one.collected_by}] if one.collected_by else []
        voided = None
        if one.reversed_at and one.reversed_by:
            voided = Voided(one.reversed_at, book.by(one.reversed_by, one.reversed_at), one.why_reversed)
        yield book.line(
            "handout",
            f"{_('Aid received')} · {where}",
            one.act,
            happened_at=one.happened_at,
            by=book.by(one.by, one.happened_at) if told else None,
            more=[*goods, *collected, *_card(one.card_read)],
            reason=one.why_anyway,
            voided=voided,
        )


def merges(book: Book) -> Iterator[Line]:
    """Records that were found to be one person, and parted again."""
    rows = Merge.objects.filter(Q(merged__in=book.records) | Q(into__in=book.records))
    for one in rows.select_related("act__by", "undone_act__by"):
        records = [key for key in (one.merged_id, one.into_id) if book.about.knew(key, one.recorded_at)]
        if records:
            voided = book.voided(one.undone_act)
            words = _("Two records found to be one person")
            yield book.line("merge", words, one.act, records, reason=one.reason, voided=voided)


def sightings(book: Book) -> Iterator[Line]:
    """Where the family's number was shown without a card."""
    rows = Sighting.objects.filter(household=book.household).select_related("site", "act__by", "dismissed_in__by")
    for one in rows:
        if book.eyes.sight.is_told(one.site):
            words = f"{_('Number shown without a card')} · {one.site}"
            voided = book.voided(one.dismissed_in, _("It was not them."))
            yield book.line("seen", words, one.act, happened_at=one.happened_at, voided=voided)


def cases(book: Book) -> Iterator[Line]:
    """That there is a case, for who may see it: not why; never on paper, which others in the family may read."""
    rows = Case.objects.visible_to(book.user).filter(individual__in=book.records)
    for one in book.told(rows.select_related("act", "opened_by", "closed_by")):
        line = book.line("case", _("A case was opened"), one.act, [one.individual_id], on_paper=False)
        yield line
        if one.closed_at and one.closed_by:
            by = book.by(one.closed_by, one.closed_at)
            words = _("The case was closed")
            yield Line("case_closed", words, one.closed_at, one.closed_at, by, line.people, on_paper=False)


READERS: tuple[Callable[[Book], Iterable[Line]], ...] = (
    entered, movements, deaths_told, changes, conflicts, needs, cards, beds, holds, aid, merges, sightings, cases,
)  # fmt: skip


def _one(record: uuid.UUID | None) -> list[uuid.UUID]:
    return [record] if record else []


def _in_room(words: str, room: Any) -> str:
    return f"{words} · {room.site}, {room}" if room else words


def _card(read: bool | None) -> list[str]:
    return [] if read is None else [_("card seen") if read else _("card not seen")]


def _written(act: Act) -> list[str]:
    return [_("on paper, by %(name)s") % {"name": act.written_by}] if act.written_by else []


def _instant(at: Any) -> str:
    return date_format(timezone.localtime(at), "DAY_HOUR_FORMAT")
