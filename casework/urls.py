"""Pages of casework."""

from django.urls import path

import registrations.addresses  # noqa: F401 - makes <number:…> known
from casework import duty_views, letter_views, referral_views, tracing_views, views

app_name = "casework"

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/duty/", duty_views.duty, name="duty"),
    path("cases/tracing/", tracing_views.searches, name="searches"),
    path("cases/tracing/<uuid:key>/consent/", tracing_views.consent, name="search_consent"),
    path("cases/tracing/<uuid:key>/end/", tracing_views.end, name="search_end"),
    path("cases/tracing/matches/<uuid:key>/answer/", tracing_views.answer, name="match_answer"),
    path("cases/<uuid:key>/", views.case, name="case"),
    path("cases/<uuid:key>/trace/", tracing_views.trace, name="trace"),
    path("cases/<uuid:key>/found/", tracing_views.found, name="found"),
    path("cases/services/", referral_views.services, name="services"),
    path("cases/services/<uuid:key>/account/", referral_views.service_account, name="service_account"),
    path("cases/services/<uuid:key>/end/", referral_views.service_end, name="service_end"),
    path("cases/<uuid:key>/referrals/", referral_views.referrals, name="referrals"),
    path("cases/<uuid:key>/refer/", referral_views.offer, name="refer"),
    path("referrals/", referral_views.offers, name="offers"),
    *(
        path(f"referrals/<uuid:key>/{how}/", referral_views.answer, {"how": how}, name=f"referral_{how}")
        for how in referral_views.ANSWERS
    ),
    path("cases/<uuid:key>/print/", views.printed, name="printed"),
    path("cases/<uuid:key>/take/", views.take, name="take"),
    path("cases/<uuid:key>/write/", views.write, name="write"),
    path("cases/<uuid:key>/letter/", letter_views.keep, name="letter"),
    path("cases/letters/<uuid:key>/", letter_views.take_out, name="letter_file"),
    path("cases/<uuid:key>/check/", views.check, name="check"),
    path("cases/<uuid:key>/handing/", views.handing, name="handing"),
    path("cases/<uuid:key>/hand-over/", views.hand_over, name="hand_over"),
    path("cases/<uuid:key>/give-back/", views.give_back, name="give_back"),
    path("cases/<uuid:key>/urgency/", views.urgency, name="urgency"),
    path("cases/<uuid:key>/close/", views.close, name="close"),
    path("cases/<uuid:key>/reopen/", views.reopen, name="reopen"),
    path("cases/steps/<uuid:key>/done/", views.step_done, name="step_done"),
    path("cases/steps/<uuid:key>/void/", views.step_void, name="step_void"),
    path("cases/family/<number:number>/", views.family, name="family"),
    path("cases/family/<number:number>/tell/", views.tell, name="tell"),
    path("cases/family/<number:number>/open/", views.open_one, name="open"),
    path("settings/cases/", duty_views.rules, name="rules"),
]
