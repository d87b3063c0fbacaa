"""The compose file is one by the Compose specification's own schema."""

import subprocess
import sys

from django.conf import settings


def test_the_compose_file_keeps_to_its_schema():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(check, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
