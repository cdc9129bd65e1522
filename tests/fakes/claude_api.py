"""The Claude API on loopback: in a thread for tests, or by hand.

``python -m tests.fakes.claude_api --port 8100`` and, beside it, Viva with
``ANTHROPIC_BASE_URL=http://127.0.0.1:8100`` and any ``ANTHROPIC_API_KEY``.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import anthropic

from tests.fakes import admin, wire
from tests.fakes.clock import Clock
from tests.fakes.faults import Fault, Faults
from tests.fakes.gates import Gate
from tests.fakes.judge import Rule
from tests.fakes.log import Exchange, Log
from tests.fakes.routes import Router
from tests.fakes.state import Settings, State


class ClaudeApi:
    """A running fake. Scripting takes effect for requests that come in afterwards."""

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        self._router = Router(State(settings))
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._wanted_port = port
        self._thread = threading.Thread(target=self._run, name="fake-claude-api", daemon=True)
        self.port = 0

    def __enter__(self) -> "ClaudeApi":
        self._thread.start()
        self._ready.wait()
        if not self.port:
            self._thread.join()
            raise RuntimeError(f"cannot listen on port {self._wanted_port}: is it taken?")
        return self

    def __exit__(self, *exception: object) -> None:
        self._router.state.gates.open_all()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        with contextlib.closing(self._loop), contextlib.suppress(OSError):
            self._loop.run_until_complete(self._serve())
        self._ready.set()  # also when there was no port to listen on

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await wire.listen(self._router, self._wanted_port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    @property
    def url(self) -> str:
        """What ``ANTHROPIC_BASE_URL`` is to be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> State:
        """Everything inside, for looking at."""
        return self._router.state

    @property
    def clock(self) -> Clock:
        """The fake's time: ``advance(seconds)``, ``freeze()``."""
        return self.state.clock

    @property
    def faults(self) -> Faults:
        """What goes wrong: ``script(rows)``, ``mix(share, seed=…)``."""
        return self.state.faults

    @property
    def log(self) -> Log:
        """What was asked and billed: ``exchanges``, ``totals()``, ``prefixes()``."""
        return self.state.log

    def client(self, key: str = "sk-ant-test", **options: Any) -> anthropic.Anthropic:
        """The real SDK, pointed here, without retries of its own."""
        return anthropic.Anthropic(
            api_key=key, base_url=self.url, **{"max_retries": 0, "timeout": 30} | options
        )

    def script(self, *faults: str | Mapping[str, Any] | Fault) -> None:
        """What goes wrong with the next requests, one each: a name or a Fault."""
        self.faults.script(faults)

    def answer(self, contains: str = "", **rule: Any) -> None:
        """Script the judge: ``answer("words in it", verdicts={"c1": "met"})``; see Rule."""
        self.state.judge.add(Rule(contains, **rule))

    def set(self, **settings: Any) -> None:
        """Change settings, by the fields of Settings."""
        admin.settings(self._router, settings)

    def requests(self) -> list[Exchange]:
        """Requests to ``POST /v1/messages`` in order, refused ones too."""
        return [row for row in list(self.log.exchanges) if row.path == "/v1/messages"]

    @contextlib.contextmanager
    def hold(self, stage: str, match: str = "") -> Iterator[Gate]:
        """Make replies wait at a stage of ``gates``; all go on when the block is left."""
        gate = Gate(stage, match, self._loop)
        self.state.gates.add(gate)
        try:
            yield gate
        finally:
            gate.open()


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--latency", type=float, default=2.0, help="seconds per reply")
    parser.add_argument("--first-token", type=float, help="seconds until a reply begins")
    parser.add_argument("--rpm", type=int, default=1000, help="requests per minute")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that fail")
    parser.add_argument("--seed", type=int, default=0, help="of the failures")
    said = parser.parse_args(arguments)
    settings = Settings(latency=said.latency, first_token=said.first_token, rpm=said.rpm)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ClaudeApi(settings, port=said.port) as api:
        api.faults.mix(said.faults, seed=said.seed)
        sys.stdout.write(f"The fake Claude API answers at {api.url}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
