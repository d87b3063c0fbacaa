"""How far a start has come: in a terminal a bar with the time left, elsewhere a line for each step."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.file_proxy import FileProxy
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from engines.journal import Journal

COUNT = re.compile(r"(\d+) of (\d+)")


class Left(ProgressColumn):
    """How many are done, and the time that the rest takes at the pace of the last ones; empty where nothing counts."""

    def render(self, task: Task) -> Text:
        if task.total is None:
            return Text("")
        left = "" if task.time_remaining is None else f", {timedelta(seconds=task.time_remaining)} left"
        return Text(f"{task.completed:.0f} of {task.total:.0f}{left}")


class Steps:
    """The steps of a start, told one after the other. The time left is that of the step, by what it counts."""

    def __init__(self, journal: Journal, number: int, bar: Progress | None) -> None:
        self.journal = journal
        self.number = number
        self.bar = bar
        self.begun = 0

    def begin(self, what: str) -> Callable[[str], str]:
        """The next step begins; what is returned reads the step's own lines and leaves those that are no count."""
        self.begun += 1
        said = f"Step {self.begun} of {self.number}: {what}"
        if self.bar is None:
            self.journal.say("serve", f"{said}.")
            return lambda line: "" if COUNT.fullmatch(line) else line
        bar = self.bar
        for earlier in bar.task_ids:
            bar.update(earlier, visible=False)
        task = bar.add_task(said, total=None)

        def read(line: str) -> str:
            if not (count := COUNT.fullmatch(line)):
                return line
            bar.update(task, completed=int(count[1]), total=int(count[2]), refresh=True)
            return ""

        return read


@contextmanager
def steps(journal: Journal, number: int) -> Iterator[Steps]:
    """So many steps are told in the journal; while there is a bar, its lines go above it."""
    stream = journal.stream
    console = Console(file=stream, force_terminal=stream.isatty(), soft_wrap=True)
    if not console.is_interactive:
        yield Steps(journal, number, None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), Left())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        journal.stream = FileProxy(console, stream)
        try:
            yield Steps(journal, number, bar)
        finally:
            journal.stream = stream
