"""Places where a test makes replies wait, so that an order of events is certain, not likely."""

import asyncio
import threading

FIRST_BYTE = "first_byte"  # the request is accepted and its cache looked up; nothing is sent
AFTER_START = "after_start"  # message_start is sent; the rest is not
STAGES = {FIRST_BYTE, AFTER_START}


class Gate:
    """Holds the requests whose body contains ``match`` at a stage until it is opened."""

    def __init__(self, stage: str, match: str, loop: asyncio.AbstractEventLoop) -> None:
        if stage not in STAGES:
            raise ValueError(f"unknown stage {stage!r}; known: {sorted(STAGES)}")
        self.stage = stage
        self.match = match
        self._loop = loop
        self._open = asyncio.Event()
        self._arrivals = threading.Semaphore(0)
        self.waiting = 0

    def wait(self, requests: int = 1, timeout: float = 30.0) -> None:
        """Return when so many more requests stand at the gate. Raises TimeoutError."""
        for _ in range(requests):
            if not self._arrivals.acquire(timeout=timeout):
                raise TimeoutError(f"no request came to the gate at {self.stage}")

    def open(self) -> None:
        """Let everything through, from now on."""
        self._loop.call_soon_threadsafe(self._open.set)

    async def pass_through(self) -> None:
        """The server's side: stand here until it is open."""
        if self._open.is_set():
            return
        self.waiting += 1
        self._arrivals.release()
        await self._open.wait()
        self.waiting -= 1


class Gates:
    """All gates of one server."""

    def __init__(self) -> None:
        self._gates: list[Gate] = []

    def add(self, gate: Gate) -> int:
        """Put a gate up; the number is its id for the admin pages."""
        self._gates.append(gate)
        return len(self._gates) - 1

    def __getitem__(self, number: int) -> Gate:
        return self._gates[number]

    def open_all(self) -> None:
        """Let everything through."""
        for gate in self._gates:
            gate.open()

    async def pass_through(self, stage: str, raw: bytes) -> None:
        """Stand at each gate of this stage that the request matches."""
        for gate in self._gates:
            if gate.stage == stage and gate.match.encode() in raw:
                await gate.pass_through()
