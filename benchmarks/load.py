"""Many visitors of one server: a class on one link, and a class where each has a run of their own.

``python -m benchmarks.load`` measures each bar and says whether it holds; with a number it prints a row
for so many visitors, both ways in turn. One process plays all of them, so that the server has the other
core; what that process takes, and what is left of the machine, stands beside each figure.
"""

import argparse
import asyncio
import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import wide_vectors
from benchmarks.page import cpu_seconds
from benchmarks.visitors import Sweeper, Visitor
from tests.browser.server import serve
from tests.proxy import found as haproxy
from tests.proxy import proxy

SECONDS = 15.0
WARM = 5.0  # seconds from the first Play on, before the count begins
AT_A_TIME = 8  # visitors for whom the page is made at the same time
ROUNDS = 2

DEFAULT = "dataset=moons"  # the settings at the start, 1,000 epochs
LONG = f"{DEFAULT}&epochs=100000"  # the same run, of which nobody sees the end
HEAVY = f"{LONG}&points=2000&layer_dims=2-32-32-32-32-32-32-1&batch_size=1"
SWEEP = "dataset=moons&layer_dims=2-16-16-1&batch_size=10&seeds=100"


class Figures(NamedTuple):
    """What was measured of some visitors, and of their server; nan where its process is unknown."""

    rates: list[float]  # painted frames a second, of each visitor
    waits: list[float]  # ms for a chunk, sorted
    thin: float  # share of the chunks that were asked for with fewer frames
    stalls: int
    errors: int
    server: float  # share of one core
    ms: float  # of the server's processor for a painted frame
    rest: float  # MB, before
    peak: float
    rate: float  # kB a second and visitor
    size: float  # bytes a frame
    clients: float  # share of one core
    others: float  # share of one core: other work on this machine, of which a figure may tell more
    idle: float  # share of one core; all of them together are the machine

    @property
    def p95(self) -> float:
        """Return what 95 of 100 chunks did not take longer than, in ms."""
        return self.waits[int(0.95 * len(self.waits))] if self.waits else math.inf

    def __str__(self) -> str:
        median = statistics.median(self.waits or [math.inf])
        return (
            f"{statistics.mean(self.rates):5.1f}{min(self.rates):6.1f}{100 * self.thin:5.0f} %"
            f"{median:8.0f}{self.p95:7.0f}{self.stalls:6}{self.errors:6}"
            f"{100 * self.server:6.0f} %{self.ms:7.3f}{self.rest:6.0f}{self.peak:5.0f}"
            f"{self.rate:6.0f}{self.size:6.0f}{100 * self.clients:5.0f} %"
            f"{100 * self.others:5.0f} %{100 * self.idle:4.0f} %"
        )


HEAD = (
    "\n          frames/s each      ms for a chunk             server  ms a    MB at   kB/s bytes"
    "  clients others idle\n           mean least thin     p50    p95 stalls errors   CPU  frame"
    "  rest peak each frame  of a core each"
)


def measure(visitors: Sequence[Visitor], pids: Sequence[int], seconds: float = SECONDS) -> Figures:
    """Have the visitors open the page and play; count when all of them do."""
    return asyncio.run(_measure(visitors, pids, seconds))


async def _measure(visitors: Sequence[Visitor], pids: Sequence[int], seconds: float) -> Figures:
    rest = megabytes(pids, "VmRSS")
    await enter(visitors)
    playing = [
        asyncio.create_task(press_play(visitor, WARM / 2 * k / len(visitors)))
        for k, visitor in enumerate(visitors)
    ]
    await asyncio.sleep(WARM)
    for visitor in visitors:
        visitor.begin_count()
    before = clocks(pids)
    await asyncio.sleep(seconds)
    for visitor in visitors:
        visitor.paint()
    took, server, clients, busy, idle = (b - a for a, b in zip(before, clocks(pids), strict=True))
    peak = megabytes(pids, "VmHWM")
    for task in playing:
        if task.done():
            task.result()  # raises what went wrong
        task.cancel()
    await asyncio.gather(*playing, *(visitor.close() for visitor in visitors), return_exceptions=True)
    painted = sum(visitor.painted for visitor in visitors)
    size, came = sum(visitor.bytes for visitor in visitors), sum(visitor.came for visitor in visitors)
    strides = [stride for visitor in visitors for stride in visitor.strides]
    return Figures(
        rates=[visitor.painted / took for visitor in visitors],
        waits=sorted(1000 * wait for visitor in visitors for wait in visitor.waits),
        thin=sum(stride > 1 for stride in strides) / max(len(strides), 1),
        stalls=sum(visitor.stalls + visitor.is_stalled for visitor in visitors),
        errors=sum(visitor.errors for visitor in visitors),
        server=server / took,
        ms=1000 * server / max(painted, 1),
        rest=rest,
        peak=peak,
        rate=size / took / len(visitors) / 1000,
        size=size / max(came, 1),
        clients=clients / took,
        others=(busy - server - clients) / took,
        idle=idle / took,
    )


async def enter(visitors: Sequence[Visitor]) -> None:
    """Have the visitors open the page, a few at a time."""
    doors = asyncio.Semaphore(AT_A_TIME)

    async def open_page(visitor: Visitor) -> None:
        async with doors:
            await visitor.open()

    await asyncio.gather(*map(open_page, visitors))


async def press_play(visitor: Visitor, later: float) -> None:
    """Play after some seconds: nobody presses the button when all do."""
    await asyncio.sleep(later)
    await visitor.play()


def clocks(pids: Sequence[int]) -> list[float]:
    """Return seconds: of the clock; of work of the server, of this process, of all cores; idle ones."""
    server = sum(map(cpu_seconds, pids)) if pids else math.nan
    ticks = [int(tick) for tick in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = (ticks[3] + ticks[4]) / os.sysconf("SC_CLK_TCK")
    busy = sum(ticks) / os.sysconf("SC_CLK_TCK") - idle
    return [time.monotonic(), server, cpu_seconds(os.getpid()), busy, idle]


def megabytes(pids: Sequence[int], what: str) -> float:
    """Return the memory of processes: "VmRSS" is that of now, and "VmHWM" the most that there was."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    found = [re.findall(rf"{what}:\s+(\d+)", text)[0] for text in texts]
    return sum(map(int, found)) / 1000 if pids else math.nan


@contextmanager
def visited(environment: dict[str, str], runs: Sequence[str]) -> Iterator[tuple[list[Visitor], int]]:
    """Start a server; yield a visitor of each run, and the server's process."""
    with serve(environment) as server:
        yield [Visitor(server.address, run) for run in runs], server.process.pid


def class_bars(environment: dict[str, str]) -> None:
    """Bars of a class, on one link and with runs of their own."""
    print(f"{LONG}, and where all have their own run also init_seed=4, 5, …\n{HEAD}")
    found = []
    for name, runs in (("link", one_link(200)), *(("own", own_runs(n)) for n in (10, 20, 40))):
        with visited(environment, runs) as (visitors, pid):
            found.append(measure(visitors, [pid]))
        print(f"{name:5}{len(runs):4} {found[-1]}", flush=True)
    link, ten, twenty, forty = found
    print()
    say("200 on one link: ms of the server a frame", link.ms, most=0.1)
    say("200 on one link: frames a second, least", min(link.rates), least=29)
    say("200 on one link: ms for 95 % of the chunks", link.p95, most=150)
    say("10 own runs: ms of the server a frame", ten.ms, most=2.5)
    say("10 own runs: frames a second, least", min(ten.rates), least=29)
    say("20 own runs: frames a second, least", min(twenty.rates), least=15)
    say("10 and 20 own runs: stalls", ten.stalls + twenty.stalls, most=0)
    say("40 own runs: MB", forty.peak, most=400)
    say("all of these: errors", sum(each.errors for each in found), most=0)


def frame_bar(environment: dict[str, str]) -> None:
    """Bar of the bytes of a frame: the default run to its end, at speed 5."""
    with visited(environment, [DEFAULT]) as ([visitor], _):
        asyncio.run(visitor.play())
    say(f"{DEFAULT}, all 1,000 epochs: bytes a frame", visitor.bytes / visitor.came, most=5000)


def closed_tab_bar(environment: dict[str, str]) -> None:
    """Bar of a closed tab: what the server takes more 5 s later than before the first was open."""
    with visited(environment, [LONG]) as (visitors, pid):
        before = idle_share(pid)
        measure(visitors, [pid], seconds=1)
        time.sleep(5)
        after = idle_share(pid)
    say("5 s after a tab was closed: % of a core more", 100 * (after - before), most=0.5)


def heavy_bar(environment: dict[str, str]) -> None:
    """Bar of fairness: a visitor of a small network beside one of the longest of epochs."""
    with visited(environment, [LONG, HEAVY]) as ((small, heavy), pid):
        figures = measure([small, heavy], [pid])
    say("2-8-8-1 beside a heavy run: frames a second", figures.rates[0], least=20)
    say("2-8-8-1 beside a heavy run: stalls", small.stalls, most=0)
    say("the heavy run meanwhile: epoch", heavy.epoch, least=1)


def sweep_bar(environment: dict[str, str]) -> None:
    """Bar of ten visitors with runs of their own, while two others have sweeps run."""
    runs = own_runs(10)
    with visited(environment, runs) as (visitors, pid):
        address = visitors[0].address
        sweepers = [Sweeper(address, f"{SWEEP}&init_seed={seed}") for seed in (1, 2)]
        figures = measure([*visitors, *sweepers], [pid])
    say("10 own runs beside two sweeps: frames a second", min(figures.rates[:10]), least=10)
    say("10 own runs beside two sweeps: stalls", sum(each.stalls for each in visitors), most=0)


def replicas_bars(environment: dict[str, str]) -> None:
    """Bars of two servers behind HAProxy."""
    if not haproxy():
        print("two servers behind HAProxy are not measured: it is not installed")
        return
    for n, least in ((20, 25), (40, 12)):
        with serve(environment) as first, serve(environment) as second:
            ports = [int(server.address.rsplit(":", 1)[1]) for server in (first, second)]
            with proxy(*ports) as address:
                visitors = [Visitor(address, run) for run in own_runs(n)]
                figures = measure(visitors, [first.process.pid, second.process.pid])
        print(f"two  {n:4} {figures}", flush=True)
        say(f"two replicas, {n} own runs: frames a second, least", min(figures.rates), least=least)


def idle_share(pid: int, seconds: float = 5.0) -> float:
    """Return what a server takes of a core that nobody asks for anything."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / seconds


def say(what: str, value: float, most: float = math.inf, least: float = -math.inf) -> None:
    """Print a figure, its bar, and whether that holds."""
    bar = f"at least {least:g}" if most == math.inf else f"at most {most:g}"
    print(
        f"{'holds' if least <= value <= most else 'SHORT'}   {what:45}{value:9.3f}   {bar}", flush=True
    )


def one_link(visitors: int) -> list[str]:
    """Return the run of each visitor of a class on one link."""
    return [LONG] * visitors


def own_runs(visitors: int) -> list[str]:
    """Return the run of each visitor, where all have others."""
    return [f"{LONG}&init_seed={4 + k}" for k in range(visitors)]


def main() -> None:
    """Print the machine, and rows or all bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("visitors", type=int, nargs="?", help="print rows for so many")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of a row")
    parser.add_argument("--at", nargs="+", metavar="ADDRESS", help="servers that are there already")
    parser.add_argument("--pid", nargs="+", type=int, default=[], help="and their processes")
    parser.add_argument("--without-avx512", action="store_true", help="as on most laptops")
    asked = parser.parse_args()
    environment = dict(os.environ)
    if asked.without_avx512:
        wide = [name for name in wide_vectors() if name == "X86_V4" or name.startswith("AVX512")]
        environment |= {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": " ".join(wide)}
    tell = "from benchmarks.machine import print_machine; print_machine()"
    subprocess.run([sys.executable, "-c", tell], env=environment, check=True)
    if not asked.visitors:
        for bar in (class_bars, frame_bar, closed_tab_bar, heavy_bar, sweep_bar, replicas_bars):
            bar(environment)
        return
    print(f"{LONG}, and where all have their own run also init_seed=4, 5, …\n{HEAD}")
    for name, runs_of in (("link", one_link), ("own", own_runs)) * ROUNDS:
        runs = runs_of(asked.visitors)
        if asked.at:
            visitors = [Visitor(asked.at[k % len(asked.at)], run) for k, run in enumerate(runs)]
            figures = measure(visitors, asked.pid, asked.seconds)
        else:
            with visited(environment, runs) as (visitors, pid):
                figures = measure(visitors, [pid], asked.seconds)
        print(f"{name:5}{asked.visitors:4} {figures}", flush=True)


if __name__ == "__main__":
    main()
