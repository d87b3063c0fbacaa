"""What staff use of allauth: nobody signs up, and an administrator gives a new password."""

from allauth.account import views
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.base.views import reauthenticate as prove_by_code
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, remove_webauthn
from allauth.mfa.webauthn.views import reauthenticate_webauthn as prove_by_passkey
from django.urls import path

from centre.factor_views import passkeys, where_asked_for, where_proved
from centre.session_views import where_there_is_a_password

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("login/code/", authenticate, name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", where_there_is_a_password(views.password_change), name="account_change_password"),
    path("again/", where_asked_for(views.reauthenticate), name="account_reauthenticate"),
    path("again/code/", where_asked_for(prove_by_code), name="mfa_reauthenticate"),
    path("again/passkey/", where_asked_for(prove_by_passkey), name="mfa_reauthenticate_webauthn"),
    path("factor/", where_asked_for(index), name="mfa_index"),
    path("factor/app/", where_proved(activate_totp), name="mfa_activate_totp"),
    path("factor/app/remove/", where_proved(deactivate_totp), name="mfa_deactivate_totp"),
    path("factor/codes/", where_proved(view_recovery_codes), name="mfa_view_recovery_codes"),
    path("factor/codes/new/", where_proved(generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("factor/passkeys/", passkeys, name="mfa_list_webauthn"),
    path("factor/passkeys/new/", where_proved(add_webauthn), name="mfa_add_webauthn"),
    path("factor/passkeys/<int:pk>/remove/", where_proved(remove_webauthn), name="mfa_remove_webauthn"),
]
