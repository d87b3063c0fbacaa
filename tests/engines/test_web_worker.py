"""A process of the web server."""

from signal import SIGTERM

from gunicorn.config import Config

from engines.web_worker import Worker


def test_a_worker_told_to_stop_while_the_app_is_loaded_stops():
    loading = Worker(0, 0, [], None, 30, Config(), None)
    loading.handle_exit(SIGTERM, None)
    assert not loading.alive
