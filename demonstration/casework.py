"""The casework of the demonstration: services that are invented, who is on duty, and a case that is under way."""

from datetime import datetime, timedelta

from casework.actions import plan, set_duty, take_case
from casework.models import Case, Referral, Service
from casework.referral_actions import accept_referral, refer
from casework.service_actions import add_service, give_service_account
from centre.access import Role
from centre.models import Site, User

# What it is called, what it offers, people a day. Illustrative: no such service is meant.
SERVICES = (
    ("Այրվածքների կենտրոն (օրինակ)", "medical", 6),
    ("Հոգեբանական օգնություն (օրինակ)", "talk", 12),
    ("Ընտանեկան կապեր (օրինակ)", "relatives", None),
)
OFFERS = (
    ("Ձեռքերի այրվածքներ։", "ambulance"),
    ("Ոտքի այրվածք, վիրակապը պետք է փոխել։", ""),
)  # what is written, and how they go
ON_DUTY = "Գոհար Մկրտչյան", "+37428400000"  # invented, and no telephone in use


def lay_casework(site: Site, officer: User, now: datetime) -> None:
    """Services to refer people to, somebody on duty at the site, and its oldest medical cases taken and referred.

    One of the services has an account: of what is offered to it, it has answered the first, and the next one waits.
    """
    begun = now - timedelta(hours=2)
    services = [
        Service.objects.get(pk=add_service(name=name, offers=offers, places_a_day=a_day, by=officer, at=begun).service)
        for name, offers, a_day in SERVICES
    ]
    account = User.objects.get(username=Role.SERVICE.value)
    give_service_account(services[0], user=account, by=officer, at=begun)
    name, phone = ON_DUTY
    set_duty(site, name=name, phone=phone, from_at=begun, until=begun + timedelta(hours=12), by=officer, at=begun)
    medical = Case.objects.nobodys().filter(kind="medical", opened_at__lt=begun).order_by("opened_at", "pk")
    offered = []
    for case, (words, transport) in zip(list(medical[: len(OFFERS)]), OFFERS, strict=False):
        take_case(case, by=officer, at=begun)
        said = refer(case, service=services[0], words=words, transport=transport, by=officer, at=begun)
        offered.append((case, Referral.objects.get(pk=said.referral)))
    for case, referral in offered[:1]:
        accept_referral(referral, appointment_at=now + timedelta(hours=14), by=account, at=now)
        plan(case, words="Զանգահարել կենտրոն։", due_at=now + timedelta(hours=15), topic="call", by=officer, at=now)
