"""The API of services and referrals, for who follows cases; an outside service has its page alone."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from casework.api import WhyFacts, WordsFacts
from casework.fields import Due, Line, Words
from casework.forms import read_one_phone
from casework.kinds import Declining, Help, ReferralState, Transport
from casework.models import Case
from casework.referral_actions import (
    Referred,
    accept_referral,
    appoint_referral,
    decline_referral,
    end_referral,
    name_driver,
    refer,
    say_came,
    withdraw_referral,
)
from casework.referrals import STATES, Referral
from casework.service_actions import Offering, add_service, end_service
from casework.services import Service
from centre.access import Permission, allows
from centre.fields import Choice, Count, Key, Text
from centre.filters import KeyFilter, TruthFilter
from centre.viewsets import ActFacts, Acts, Rows, act_on_list, act_on_row


class ServiceRow(serializers.ModelSerializer[Service]):
    """A service to which people are referred."""

    class Meta:
        model = Service
        fields = ("id", "name", "offers", "address", "hours", "phone", "places_a_day", "ended_at")


class ServiceFacts(ActFacts):
    """A service to be set up."""

    name = Line(max_length=120)
    offers = Choice(choices=Help.choices)
    address = Line(max_length=200, required=False)
    hours = Line(max_length=120, required=False)
    phone = Text(max_length=40, required=False, clean=read_one_phone)
    places_a_day = Count(required=False, min_value=1, max_value=9999)


class Services(Rows):
    """The services to which people are referred, for who follows cases or sets up."""

    queryset = Service.objects.all()
    serializer_class = ServiceRow
    filterset_class = None

    def get_queryset(self) -> Any:
        asker = self.request.user
        seen = allows(asker, Permission.SEE_CASES) or allows(asker, Permission.SET_UP)
        return Service.objects.all() if seen else Service.objects.none()

    @act_on_list(ServiceFacts, Offering)
    def create(self, body: ServiceFacts) -> Offering:
        """Set a service up."""
        return add_service(**body.facts)

    @act_on_row(ActFacts, Offering)
    def end(self, service: Service, body: ActFacts) -> Offering:
        """Let nobody be referred to a service any more."""
        return end_service(service, **body.facts)


class ReferralRow(serializers.ModelSerializer[Referral]):
    """A person offered to a service, and what came of it."""

    state = serializers.ChoiceField(choices=ReferralState.choices, read_only=True)

    class Meta:
        model = Referral
        fields = (
            "id",
            "case",
            "service",
            "state",
            "words",
            "names_person",
            "wished_at",
            "transport",
            "driver",
            "driver_phone",
            "offered_at",
            "accepted_at",
            "appointment_at",
            "came",
            "why",
            "result",
            "closed_at",
        )


class ReferralFilterSet(filters.FilterSet):
    """How referrals are narrowed down."""

    case = KeyFilter(method="of_case")
    service = KeyFilter(field_name="service_id")
    state = filters.ChoiceFilter(choices=ReferralState.choices, method="that_stand")
    overdue = TruthFilter(method="with_overdue")

    class Meta:
        model = Referral
        fields = ()

    def of_case(self, rows: QuerySet[Referral], _name: str, key: Any) -> QuerySet[Referral]:
        return rows.filter(case=key) | rows.filter(case__counted_with=key)

    def that_stand(self, rows: QuerySet[Referral], _name: str, state: str) -> QuerySet[Referral]:
        return rows.filter(STATES[state])

    def with_overdue(self, rows: QuerySet[Referral], _name: str, overdue: bool) -> QuerySet[Referral]:
        late = Referral.objects.overdue(timezone.now()).values("pk")
        return rows.filter(pk__in=late) if overdue else rows.exclude(pk__in=late)


class ReferFacts(ActFacts):
    """What a service is told."""

    service = Key()
    words = Words()
    names_person = serializers.BooleanField(
        required=False, help_text="The given name, age, sex and telephone are told too."
    )
    transport = Choice(choices=Transport.choices, required=False)
    wished_at = Due(required=False)

    def validate_service(self, key: Any) -> Service:
        service = Service.objects.filter(pk=key).first()
        if service is None:
            raise serializers.ValidationError(_("There is no such service."))
        return service


class AcceptFacts(ActFacts):
    """A service accepts."""

    appointment_at = Due(required=False)


class AppointFacts(ActFacts):
    """When the person is expected."""

    appointment_at = Due()


class DeclineFacts(WhyFacts):
    """Why a service declines."""

    why = Choice(choices=Declining.choices)


class AppointmentCameFacts(ActFacts):
    """Whether the person came."""

    came = serializers.BooleanField()


class DriverFacts(ActFacts):
    """Who drives."""

    driver = Line(max_length=80)
    phone = Text(max_length=40, required=False, clean=read_one_phone)


class ReferralsOfCases(Acts):
    """People offered to services."""

    queryset = Case.objects.none()

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.request.user)

    @act_on_row(ReferFacts, Referred)
    def refer(self, case: Case, body: ReferFacts) -> Referred:
        """Offer the person of a case to a service."""
        return refer(case, **body.facts)


class Referrals(Rows):
    """Referrals in the cases that the asker follows; each look leaves a line in the log."""

    queryset = Referral.objects.all()
    serializer_class = ReferralRow
    filterset_class = ReferralFilterSet
    about = "case.individual_id"

    def get_queryset(self) -> Any:
        return Referral.objects.visible_to(self.request.user).select_related("case__counted_with", "service")

    @act_on_row(AcceptFacts, Referred)
    def accept(self, referral: Referral, body: AcceptFacts) -> Referred:
        """The service accepts."""
        return accept_referral(referral, **body.facts)

    @act_on_row(DeclineFacts, Referred)
    def decline(self, referral: Referral, body: DeclineFacts) -> Referred:
        """The service declines."""
        return decline_referral(referral, **body.facts)

    @act_on_row(AppointFacts, Referred)
    def appoint(self, referral: Referral, body: AppointFacts) -> Referred:
        """The person is expected then."""
        return appoint_referral(referral, **body.facts)

    @act_on_row(AppointmentCameFacts, Referred)
    def came(self, referral: Referral, body: AppointmentCameFacts) -> Referred:
        """The person came, or did not."""
        return say_came(referral, **body.facts)

    @act_on_row(WordsFacts, Referred)
    def end(self, referral: Referral, body: WordsFacts) -> Referred:
        """What came of it."""
        return end_referral(referral, **body.facts)

    @act_on_row(DriverFacts, Referred)
    def driver(self, referral: Referral, body: DriverFacts) -> Referred:
        """Somebody drives the person there."""
        return name_driver(referral, **body.facts)

    @act_on_row(ActFacts, Referred)
    def withdraw(self, referral: Referral, body: ActFacts) -> Referred:
        """The offer is taken back."""
        return withdraw_referral(referral, **body.facts)
