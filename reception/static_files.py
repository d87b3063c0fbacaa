"""Static files under names that change with what is in them."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("aid", "census", "centre", "desk", "shelter")  # the folders whose scripts import one another
IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]  # not in the stubs


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also where a script of ours imports another: each is loaded once, and kept by the browser for good."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, *((f"{folder}/*.js", IMPORTS) for folder in OURS))
