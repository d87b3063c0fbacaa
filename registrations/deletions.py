"""What is left of a word when some of its letters are left out: two words that share a rest are few errors apart."""

from functools import lru_cache
from itertools import combinations


@lru_cache(maxsize=2**14)
def deletions(word: str, most: int) -> frozenset[str]:
    """The word without none, one, or up to so many of its letters; of a single letter, itself."""
    return frozenset(
        "".join(kept) for left_out in range(most + 1) for kept in combinations(word, max(len(word) - left_out, 1))
    )
