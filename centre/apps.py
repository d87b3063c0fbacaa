from django.apps import AppConfig


class CentreConfig(AppConfig):
    """What every other app is built on."""

    name = "centre"

    def ready(self) -> None:
        from centre import accounts, checks, factors  # noqa: F401, PLC0415 - connect the sign-in log and the checks
        from centre.plain import speak_plainly  # noqa: PLC0415 - the REST framework needs the settings first

        speak_plainly()
