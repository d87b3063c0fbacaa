"""Static files under names that change with what is in them."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]  # not in the stubs


def our_folders() -> list[str]:
    """The folders of static files that the apps of this house have: their scripts import one another."""
    ours = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    return sorted(folder.name for path in ours for folder in path.glob("static/*") if folder.is_dir())


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also where a script of ours imports another: each is loaded once, and kept by the browser for good."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((f"{folder}/*.js", IMPORTS) for folder in our_folders()),
    )
