"""A body too large is refused in words behind the proxy as without it: what the app throws away has to reach it."""

import re
from pathlib import Path

from django.conf import settings

from engines.web_worker import MOST_LOST


def test_the_proxy_lets_through_what_the_app_reads_to_its_end_and_throws_away():
    said = (Path(settings.BASE_DIR) / "deploy/Caddyfile").read_text()
    (mebibytes,) = re.findall(r"max_size (\d+)MiB\n", said)
    assert int(mebibytes) * 1024 * 1024 == MOST_LOST
