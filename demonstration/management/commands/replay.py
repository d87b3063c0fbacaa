"""Replay the days of September 2023 through the HTTP API of a running demonstration."""

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from demonstration.comparing import compare, table
from demonstration.parties import PlanImpossible
from demonstration.plan import make_plan
from demonstration.replaying import Outcome, carry_out
from demonstration.second_days import with_second_days
from demonstration.targets import YEREVAN
from demonstration.wire import Refused

SHOWN = 20  # problems


class Command(BaseCommand):
    """`manage.py replay`."""

    help = (
        "Drive a running demonstration through its HTTP API along the arrivals of 24 September to 4 October 2023, "
        "and compare what it counted with what was announced. Load the ground first: demonstrate --ground-only."
    )
    requires_system_checks: list[str] = []  # it needs a server, not a database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demonstration answers")
        parser.add_argument("--from", dest="start", type=_day, help="first day, such as 2023-09-24")
        parser.add_argument("--to", dest="end", type=_day, help="last day; the replay ends with its census")
        parser.add_argument("--desks", type=int, default=8, help="desks that work at once")
        parser.add_argument("--scale", type=float, default=0.1, help="1 is everybody: 100,632 people")
        parser.add_argument("--seed", type=int, default=1, help="another seed invents other families")
        parser.add_argument("--messy", action="store_true", default=True, help="as it was; the default")
        parser.add_argument("--tidy", dest="messy", action="store_false", help="everybody tells, once and in time")
        parser.add_argument("--progress", action=BooleanOptionalAction, default=sys.stdout.isatty())

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each act otherwise
        out: Any = self.stdout  # the stubs take the stream inside it for a method
        console = Console(file=out._out, width=None if sys.stdout.isatty() else 160, highlight=False)
        try:
            plan = make_plan(
                options["scale"],
                seed=options["seed"],
                desks=options["desks"],
                messy=options["messy"],
                second_days=with_second_days if options["messy"] else None,
                start=options["start"],
                end=options["end"],
            )
            with _progress(console, len(plan.steps), shown=options["progress"]) as told:
                outcome = carry_out(plan, options["url"], told=told, say=console.print)
        except (PlanImpossible, Refused, ValueError) as error:
            raise CommandError(str(error)) from error
        except httpx.TransportError as error:
            raise CommandError(f"Nobody answers at {options['url']}: {error}. Start it: manage.py serve") from error
        console.print(table(plan, outcome))
        console.print(_summary(outcome))
        wrong = [one for one in compare(plan, outcome) if one.difference]
        problems = outcome.problems + [
            f"{one.figure} on {one.at:%d.%m. %H:%M}: announced {one.announced}, counted {one.counted}" for one in wrong
        ]
        for problem in problems[:SHOWN]:
            console.print(problem, style="bold red")
        if problems:
            raise CommandError(f"{len(problems)} things were not as they should be.")


@contextmanager
def _progress(console: Console, acts: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    """A bar with the rate and the time left; without a terminal nothing but what is said."""
    columns = (
        TextColumn("{task.fields[rate]:>7}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not shown) as progress:
        task = progress.add_task("acts", total=acts, rate="")

        def told() -> None:
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.0f}/s" if speed else "")

        yield told


def _summary(outcome: Outcome) -> str:
    tally = outcome.tally
    kinds = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in tally.acts.most_common())
    census = sum(night.seconds for night in outcome.nights)
    return (
        f"{outcome.acts} acts in {outcome.seconds:.0f} s, {outcome.acts / outcome.seconds:.0f}/s, of which the census "
        f"took {census:.0f} s: {kinds}.\n{tally.late} were sent late, {tally.twice} twice, {tally.cut} over a "
        f"line that was cut; {outcome.broken} times a line broke by itself. "
        f"{len(tally.errors)} errors, {tally.skipped} skipped."
    )


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=YEREVAN)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write it as 2023-09-24") from error
