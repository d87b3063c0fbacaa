"""The bench beside that of another commit, in turns on the same machine, so that a ratio means something."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROUNDS = 2
ROW = re.compile(r"^\| ([^|]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE)  # what, clients, median, p95
ALLOWED = 1.1  # times as slow as before

Figures = dict[tuple[str, str], tuple[float, float]]


def beside(base: str, here: Path, run: Callable[[Path], str]) -> str:
    """Run the bench of both trees in turns; a table of what both measure, by the quickest run of each."""
    with _checked_out(base, here) as there:
        before, now = {}, {}
        for number in range(1, ROUNDS + 1):
            for name, tree, best in ((base, there, before), ("this tree", here, now)):
                sys.stderr.write(f"Round {number} of {ROUNDS}: {name}\n")
                _keep_quicker(best, _read(run(tree)))
    return "\n".join(_table(base, before, now))


@contextmanager
def _checked_out(base: str, here: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reception-base-") as folder:
        tree = Path(folder, "tree")
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, base], cwd=here, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=here, check=True)


def _read(said: str) -> Figures:
    return {(what, clients): (float(median), float(p95)) for what, clients, median, p95 in ROW.findall(said)}


def _keep_quicker(best: Figures, seen: Figures) -> None:
    for key, figures in seen.items():
        best[key] = min(figures, best.get(key, figures))


def _table(base: str, before: Figures, now: Figures) -> Iterator[str]:
    yield f"| what | clients | median ms at {base} | now | ratio | p95 ms at {base} | now | ratio | |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for key, (median_now, p95_now) in now.items():
        if key not in before:
            yield f"| {key[0]} | {key[1]} | – | {median_now} | – | – | {p95_now} | – | new |"
            continue
        median, p95 = before[key]
        slower = "slower" if median_now > ALLOWED * median else ""
        yield (
            f"| {key[0]} | {key[1]} | {median} | {median_now} | {median_now / median:.2f} "
            f"| {p95} | {p95_now} | {p95_now / p95:.2f} | {slower} |"
        )
