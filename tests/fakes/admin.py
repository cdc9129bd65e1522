"""The fake's own pages under ``/_fake/``: script, settings, clock, gates, log, accounts."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.fakes.gates import Gate
from tests.fakes.judge import Rule
from tests.fakes.wire import Request

if TYPE_CHECKING:
    from tests.fakes.routes import Router

ROOT = "/_fake/"


def answer(router: "Router", request: Request) -> Any:
    """The reply of an admin page as JSON. Raises LookupError for an unknown page."""
    page = PAGES[f"{request.method} {request.path.removeprefix(ROOT)}"]
    said = json.loads(request.body) if request.body else dict(parse_qsl(request.query))
    return page(router, said)


def script(router: "Router", said: Any) -> Any:
    """Add faults to the queue: names, or objects with the fields of Fault."""
    router.state.faults.script(said)
    return {"waiting": router.state.faults.waiting()}


def mix(router: "Router", said: Any) -> Any:
    """Let a share of requests fail: share, seed, kinds."""
    router.state.faults.mix(**said)
    return said


def judge(router: "Router", said: Any) -> Any:
    """Script a reply: the fields of Rule."""
    router.state.judge.add(Rule(**said))
    return said


def settings(router: "Router", said: Any) -> Any:
    """Change settings: the fields of Settings."""
    router.state.change(replace(router.state.settings, **said))
    return said


def clock(router: "Router", said: Any) -> Any:
    """Move time: advance (seconds), freeze."""
    if said.get("freeze"):
        router.state.clock.freeze()
    router.state.clock.advance(said.get("advance", 0))
    return {"now": router.state.clock.now()}


def hold(router: "Router", said: Any) -> Any:
    """Put up a gate: stage, match."""
    gate = Gate(said["stage"], said.get("match", ""), asyncio.get_running_loop())
    return {"id": router.state.gates.add(gate)}


def held(router: "Router", said: Any) -> Any:
    """How many stand at a gate: id."""
    return {"waiting": router.state.gates[int(said["id"])].waiting}


def release(router: "Router", said: Any) -> Any:
    """Open a gate: id."""
    router.state.gates[int(said["id"])].open()
    return said


def outcomes(router: "Router", said: Any) -> Any:
    """How batch items end, by custom id: errored, canceled, expired."""
    router.state.batches.outcomes |= said
    return router.state.batches.outcomes


def log(router: "Router", said: Any) -> Any:
    """Every exchange so far; with ``bodies=1`` what was sent as well."""
    bodies = said.get("bodies") == "1"
    return [exchange.as_json(bodies=bodies) for exchange in router.state.log.exchanges]


def accounts(router: "Router", said: Any) -> Any:
    """Sums per model, billed and told (cost in micro-dollars); hits and writes per prefix."""
    log = router.state.log
    sums = {
        of: {model: row | {"cost": str(row["cost"])} for model, row in log.totals(of).items()}
        for of in ("billed", "told")
    }
    return sums | {"prefixes": log.prefixes()}


def reset(router: "Router", said: Any) -> Any:
    """Forget everything but the settings."""
    router.reset()
    return {}


PAGES: dict[str, Callable[["Router", Any], Any]] = {
    "POST script": script,
    "POST mix": mix,
    "POST judge": judge,
    "POST settings": settings,
    "POST clock": clock,
    "POST hold": hold,
    "GET hold": held,
    "POST release": release,
    "POST outcomes": outcomes,
    "GET log": log,
    "GET accounts": accounts,
    "POST reset": reset,
}
