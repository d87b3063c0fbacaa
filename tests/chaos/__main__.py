"""Kill so many processes while so many desks work, and tell what was lost, doubled or does not add up."""

import argparse
import random
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from centre.public_logins import PASSWORD
from demonstration.replaying import take_census
from demonstration.wire import Refused, Wire
from engines.addresses import database_url
from tests.chaos.counting import count_people, find_wrong
from tests.chaos.desks import Desk
from tests.chaos.killing import WEIGHTS, Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--desks", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reception-chaos-") as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder, "var"), free_port())
        try:
            return run(server, options.kills, options.desks, options.seed)
        finally:
            server.stop()


def run(server: Server, kills: int, number: int, seed: int) -> int:
    """How it ended: 0 when nothing is wrong."""
    database = database_url(server.var)
    before = count_people(database)
    stop = threading.Event()
    desks = open_desks(server, number, seed, stop)
    for desk in desks:
        desk.start()
    killed = kill(server, kills, random.Random(seed))
    stop.set()
    for desk in desks:
        desk.join()
    coordinator = Wire.sign_in(server.address, "coordinator", PASSWORD, "chaos, the census")
    wrong = find_wrong(database, desks, before, take_census(coordinator, datetime.now(UTC)))
    say(report(killed, desks))
    say("\n".join(wrong) if wrong else "0 lost, 0 doubled, every balance holds.")
    return 1 if wrong else 0


def open_desks(server: Server, number: int, seed: int, stop: threading.Event) -> list[Desk]:
    """Desks with a line each, which give out the same rooms and goods."""
    coordinator = Wire.sign_in(server.address, "coordinator", PASSWORD, "chaos, the rooms")
    by_site: dict[str, list[str]] = defaultdict(list)
    for row in coordinator.pages("rooms/"):
        by_site[row["site"]].append(row["id"])
    site, rooms = max(by_site.items(), key=lambda one: len(one[1]))
    handouts = plan_handouts(coordinator, site)
    coordinator.close()
    lines = [Wire.sign_in(server.address, "coordinator", PASSWORD, f"chaos, desk {desk}") for desk in range(number)]
    return [Desk(desk, seed, line, site, rooms, handouts, stop) for desk, line in enumerate(lines)]


def plan_handouts(coordinator: Wire, site: str) -> str:
    """A round of aid where the families arrive: an item of the list for each person."""
    item = next(iter(coordinator.pages("items/")))["code"]
    rules = [{"item": item, "per": "person", "quantity": 1}]
    now = datetime.now(UTC).isoformat()
    body = {"id": str(uuid.uuid4()), "at": now, "site": site, "name": "Chaos", "starts_at": now, "rules": rules}
    answer = coordinator.post("distributions/", body)
    if not answer.done:
        raise Refused(f"no round was planned: {answer.status} {answer.body}")
    planned: str = answer.body["distribution"]
    return planned


def kill(server: Server, kills: int, rng: random.Random) -> Counter[str]:
    """Kill one after the other; how often what was killed."""
    killed: Counter[str] = Counter()
    while killed.total() < kills:
        what = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        if server.kill(what, rng):
            killed[what] += 1
            if killed.total() % 10 == 0:
                say(f"{killed.total()} of {kills} killed")
        time.sleep(rng.uniform(0.1, 1.5))
    return killed


def report(killed: Counter[str], desks: list[Desk]) -> str:
    """What was done, a line each."""
    sent = [one for desk in desks for one in desk.sender.sent]
    done = sum(one.answer.done for one in sent)
    refused = sum((desk.refused for desk in desks), Counter[str]())
    return "\n".join(
        [
            f"killed: {', '.join(f'{what} {times}' for what, times in killed.most_common())}",
            f"acts: {done} done, {len(sent) - done} refused, in {sum(desk.sender.tries for desk in desks)} requests",
            f"answers of 500: {sum(desk.sender.faults for desk in desks)}",
            f"people registered: {sum(desk.registered for desk in desks)}",
            *(f"refused: {times} x {why}" for why, times in refused.most_common()),
        ]
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as error:
        say(str(error))
        sys.exit(1)
