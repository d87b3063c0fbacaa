"""The casework of the demonstration: services that are invented, who is on duty, and a case that is under way."""

from datetime import datetime, timedelta

from casework.actions import plan, set_duty, take_case
from casework.models import Case, Referral, Service
from casework.referral_actions import accept_referral, refer
from casework.service_actions import add_service
from centre.models import Site, User

# What it is called, what it offers, people a day. Illustrative: no such service is meant.
SERVICES = (
    ("Այրվածքների կենտրոն (օրինակ)", "medical", 6),
    ("Հոգեբանական օգնություն (օրինակ)", "talk", 12),
    ("Ընտանեկան կապեր (օրինակ)", "relatives", None),
)
ON_DUTY = "Գոհար Մկրտչյան", "+37428400000"  # invented, and no telephone in use


def lay_casework(site: Site, officer: User, now: datetime) -> None:
    """Services to refer people to, somebody on duty at the site, and its oldest medical case taken and referred."""
    begun = now - timedelta(hours=2)
    services = [
        Service.objects.get(pk=add_service(name=name, offers=offers, places_a_day=a_day, by=officer, at=begun).service)
        for name, offers, a_day in SERVICES
    ]
    name, phone = ON_DUTY
    set_duty(site, name=name, phone=phone, from_at=begun, until=begun + timedelta(hours=12), by=officer, at=begun)
    case = Case.objects.nobodys().filter(kind="medical", opened_at__lt=begun).order_by("opened_at", "pk").first()
    if case is None:
        return
    take_case(case, by=officer, at=begun)
    said = refer(case, service=services[0], words="Ձեռքերի այրվածքներ։", transport="ambulance", by=officer, at=begun)
    accept_referral(
        Referral.objects.get(pk=said.referral), appointment_at=now + timedelta(hours=14), by=officer, at=now
    )
    plan(case, words="Զանգահարել կենտրոն։", due_at=now + timedelta(hours=15), topic="call", by=officer, at=now)
