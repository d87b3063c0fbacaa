"""The broker as a cache that may be away: then nothing is remembered, and the work at the desks goes on.

Whatever is kept here is a saving, never a fact: the board's last count, how many tries there were, who lives. The page
of what is wrong says that the broker is away.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import TimeoutError as Silent

log = logging.getLogger("reception.cache")

COUNT_APART = """
local counts = {}
for i, key in ipairs(KEYS) do
    local before = redis.call("SCARD", key)
    for number in string.gmatch(ARGV[i + 1], "%S+") do redis.call("SADD", key, number) end
    if redis.call("TTL", key) < 0 then redis.call("EXPIRE", key, ARGV[1]) end
    counts[i] = {before, redis.call("SCARD", key)}
end
return counts
"""
ASK_AGAIN = 2.0  # seconds after it did not answer: nobody waits for each question anew


def _unless_away(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What the cache answers, or this while it is away."""

    def decorate(ask: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(ask)
        def asked(cache: "Cache", *args: Any, **kwargs: Any) -> Any:
            if time.monotonic() < cache.away_until:
                return answer
            try:
                return ask(cache, *args, **kwargs)
            except (Lost, Silent, OSError) as error:
                cache.away_until = time.monotonic() + ASK_AGAIN
                log.warning("The cache is away: %s", type(error).__name__)
                return answer

        return asked

    return decorate


class Cache(RedisCache):
    """Valkey, for as long as it answers."""

    away_until = 0.0

    add = _unless_away(True)(RedisCache.add)
    set = _unless_away(None)(RedisCache.set)
    touch = _unless_away(False)(RedisCache.touch)
    delete = _unless_away(False)(RedisCache.delete)
    get_many = _unless_away({})(RedisCache.get_many)
    has_key = _unless_away(False)(RedisCache.has_key)
    set_many = _unless_away([])(RedisCache.set_many)
    delete_many = _unless_away(None)(RedisCache.delete_many)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self._get(key, version)
        return default if found is None else found

    _get = _unless_away(None)(lambda cache, key, version: RedisCache.get(cache, key, None, version))

    @_unless_away(None)
    def count_apart(self, said: Mapping[str, Iterable[int]], within: int) -> list[tuple[int, int]]:
        """How many different numbers were said under each key within so many seconds, before and with these.

        All in one question, and of two at once each counts what the other said.
        """
        keys = [self.make_and_validate_key(key) for key in said]
        client = self._cache.get_client(write=True)
        numbers = (" ".join(map(str, of_key)) for of_key in said.values())
        counts = client.eval(COUNT_APART, len(keys), *keys, within, *numbers)
        return [(int(before), int(now)) for before, now in counts]

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        found = self._incr(key, delta, version)
        return delta if found is None else found

    _incr = _unless_away(None)(RedisCache.incr)
