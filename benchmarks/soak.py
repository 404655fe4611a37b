"""A soak: many runs, one after another, on a server whose memory must not grow: ``make soak``.

Ends with 1 if it grew by 10 MB or more after it was warm, or if there is an error in its log.
"""

import argparse
import asyncio
import re
import statistics
import sys
import time
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import megabytes
from benchmarks.visitors import Visitor
from scratchnet.data.datasets import DATASETS
from scratchnet.run.settings import Settings
from scratchnet.validation import MAX_EPOCHS
from tests.browser.server import Server, serve

VISITORS, MINUTES = 20, 15.0
A_RUN = 20.0  # seconds
WARM = 1 / 3  # of the time: until then the caches fill
EVERY = 2.0  # seconds from one look at the memory to the next
MOST = 10.0  # MB of growth
HIDDEN = ((3,), (4,), (8, 8), (16, 16), (8, 8, 8))
TROUBLE = re.compile(r"traceback|error|exception|warning", re.IGNORECASE)


def some_run(draw: Random) -> str:
    """Return a run that nobody has seen; half of them are of another dataset or of other layers."""
    run: dict[str, Any] = {"init_seed": draw.randrange(1_000_000), "epochs": MAX_EPOCHS}
    if draw.random() < 0.5:
        run["dataset"] = draw.choice([name for name in DATASETS if name != "own"])
        first, *_, last = Settings.of(**run).network.layer_dims
        run["layer_dims"] = (first, *draw.choice(HIDDEN), last)
    return urlencode(Settings.of(**run).to_address())


async def play_one_after_another(visitor: Visitor, draw: Random) -> None:
    """Play for ever: runs of twenty seconds, every third in a tab that is opened anew."""
    await asyncio.sleep(A_RUN * draw.random())
    while True:
        visitor.run = some_run(draw)
        await visitor.open()
        try:
            async with asyncio.timeout(A_RUN):
                await visitor.play()
        except TimeoutError:
            pass
        if draw.random() < 1 / 3:
            await visitor.close()


async def soak(server: Server, minutes: float) -> tuple[list[float], list[Visitor]]:
    """Have them play, and return the memory of the server, MB, at equal distances of time."""
    visitors = [Visitor(server.address, "") for _ in range(VISITORS)]
    playing = [
        asyncio.create_task(play_one_after_another(visitor, Random(k)))
        for k, visitor in enumerate(visitors)
    ]
    memory: list[float] = []
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        await asyncio.wait(playing, timeout=EVERY)
        for task in playing:
            if task.done():
                task.result()  # raises what went wrong
        memory.append(megabytes([server.process.pid], "VmRSS"))
        if len(memory) % round(30 / EVERY) == 0:
            print(f"{len(memory) * EVERY / 60:6.1f} min {memory[-1]:6.0f} MB", flush=True)
    for task in playing:
        task.cancel()
    await asyncio.gather(*playing, *(visitor.close() for visitor in visitors), return_exceptions=True)
    return memory, visitors


def main() -> int:
    """Soak, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=MINUTES)
    minutes = parser.parse_args().minutes
    with serve() as server:
        memory, visitors = asyncio.run(soak(server, minutes))
        log = server.log()
    warm = memory[round(WARM * len(memory)) :]
    tenth = max(1, len(warm) // 10)
    growth = statistics.median(warm[-tenth:]) - statistics.median(warm[:tenth])
    failed = sum(visitor.errors for visitor in visitors)
    troubles = [line for line in log.splitlines() if TROUBLE.search(line)]
    print(f"{sum(visitor.painted for visitor in visitors)} frames painted, {failed} requests failed")
    print(f"growth from {60 * WARM * minutes:.0f} s on: {growth:.1f} MB, to be less than {MOST:g}")
    print(f"lines of trouble in the log: {len(troubles)}", *troubles, sep="\n")
    return int(growth >= MOST or bool(troubles) or failed > 0)


if __name__ == "__main__":
    sys.exit(main())
