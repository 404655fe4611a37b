"""What a visitor waits for, measured in a real browser: ``make bench``.

The server is started anew, so the first figure has the imports in it. Frames are counted where they are
painted, and the pause is timed inside the browser, from the press of the button to the last change.
"""

import os
import statistics
import time
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.machine import print_machine
from tests.browser.server import launch, serve

ADDRESS = "/?dataset=moons&points=300&layer_dims=2-8-8-1&epochs=100000"
SECONDS = 8
PAUSES = 10

COUNT_FRAMES = """
window.paints = [];
const put = CanvasRenderingContext2D.prototype.putImageData;
CanvasRenderingContext2D.prototype.putImageData = function (...image) {
  const [{ width, height }] = image;
  if (width === height) window.paints.push(performance.now()); // the plane, not the small maps
  return put.apply(this, image);
};
addEventListener("pointerdown", () => (window.pressed = performance.now()), true);
"""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far; nan where there is no /proc."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return float("nan")
    user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the machine, measure, and print one line a figure."""
    print_machine()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        started = time.monotonic()
        with serve() as server:
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.add_init_script(COUNT_FRAMES)
            page.goto(server.address + ADDRESS)
            page.wait_for_selector(".stage[data-epoch]")
            print(f"start of the server to a usable page  {time.monotonic() - started:6.2f} s")
            page.wait_for_timeout(3000)
            measure_playing(page, server.process.pid)
            measure_pauses(page)
            measure_rewinding(page)
            measure_a_closed_tab(page, server.process.pid)
        browser.close()
    measure_learning()


def main_thread_seconds(devtools) -> float:
    """How long the browser's main thread has worked on the page so far."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(each["value"] for each in metrics if each["name"] == "TaskDuration")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def measure_playing(page, pid: int) -> None:
    press(page, "Play")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.wait_for_timeout(1000)
    page.evaluate("window.paints.length = 0")
    before, worked = cpu_seconds(pid), main_thread_seconds(devtools)
    page.wait_for_timeout(1000 * SECONDS)
    used, worked = cpu_seconds(pid) - before, main_thread_seconds(devtools) - worked
    paints = page.evaluate("window.paints")
    gaps = [b - a for a, b in pairwise(paints)]
    rate = (len(paints) - 1) / (paints[-1] - paints[0]) * 1000
    print(f"painted frames while training         {rate:6.1f} a second")
    print(f"longest time between two of them      {max(gaps):6.0f} ms")
    print(f"the browser's main thread, a frame    {1000 * worked / len(paints):6.2f} ms")
    print(f"server, of one core                   {100 * used / SECONDS:6.1f} %")
    press(page, "Pause")


def measure_pauses(page) -> None:
    delays = []
    for _ in range(PAUSES):
        page.wait_for_timeout(1500)
        press(page, "Play")
        page.wait_for_timeout(700)
        press(page, "Pause")
        page.wait_for_timeout(300)
        delays.append(page.evaluate("Math.max(0, window.paints.at(-1) - window.pressed)"))
    median, most = statistics.median(delays), max(delays)
    print(f"press of Pause to the last change     {median:6.0f} ms, at most {most:.0f} ms")


REWIND = """([slider, stage], epoch) => new Promise((resolve) => {
    const started = performance.now();
    slider.value = epoch;
    slider.dispatchEvent(new Event("input"));
    (function look() {
        if (Number(stage.dataset.epoch) === epoch) resolve(performance.now() - started);
        else requestAnimationFrame(look);
    })();
})"""


def measure_rewinding(page) -> None:
    """From a move of the slider to the picture of that epoch."""
    known = int(page.eval_on_selector(".stage", "stage => stage.dataset.epoch"))
    delays = []
    for k in range(PAUSES):
        page.wait_for_timeout(1000)
        epoch = known * (k + 1) // (PAUSES + 2)
        look = f"(stage, k) => ({REWIND})([stage.querySelector('.rewind'), stage], k)"
        delays.append(page.eval_on_selector(".stage", look, epoch))
    print(
        f"slider to the picture                 {statistics.median(delays):6.0f} ms, at most", end=" "
    )
    print(f"{max(delays):.0f} ms, anywhere in {known} epochs")


def measure_a_closed_tab(page, pid: int) -> None:
    press(page, "Play")
    page.wait_for_timeout(2000)
    page.close()
    time.sleep(5)
    before = cpu_seconds(pid)
    time.sleep(SECONDS)
    used = cpu_seconds(pid) - before
    print(f"server, 5 s after the tab was closed  {100 * used / SECONDS:6.1f} % of one core")


def measure_learning() -> None:
    """How long the defaults have to be watched until 95 % of the test points are right."""
    from scratchnet import Settings, Trainer

    trainer = Trainer(Settings())
    epochs = trainer.settings.training.epochs
    trainer.advance(epochs)
    reached = int((trainer.history.test_accuracy >= 0.95).argmax())
    final = trainer.snapshot().test_accuracy
    print(
        f"defaults: 95 % of the test points right from epoch {reached}, {100 * final:.1f} % at epoch "
        f"{epochs}; at 5 epochs a frame and 30 frames a second that is watched in "
        f"{reached / 150:.1f} s and {epochs / 150:.1f} s"
    )


if __name__ == "__main__":
    main()
