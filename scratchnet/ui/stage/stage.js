// The stage plays the frames of a run: it shows what playback.py sends, at its own pace.
//
// It keeps `shown`, the frame on the screen; `queue`, the frames still to be shown; and `waiting`, the
// request that is not answered yet. All it says to Python is one kind of request: from this epoch, give
// me so many frames. A request names the epoch it goes on from, so it may be asked again at any time.

const FRAMES_A_SECOND = 30;
const FRAMES_A_CHUNK = 24;
const MOST_FRAMES = 60; // that Python gives at once
const PATIENCE = 2500; // milliseconds until a request is asked again: a cut connection loses it
const REST = 300; // milliseconds without a change after which the picture is at rest
const STALL = 1500; // milliseconds without a frame after which the page says that it waits
const PLAY_ICON = "M1,0 11,6 1,12Z";
const PAUSE_ICON = "M1,0H4.5V12H1ZM7.5,0H11V12H7.5Z";

// Why a run has stopped by itself.
const STOPPED = {
  diverged:
    "The run diverged: in the next epoch a parameter would not be finite. Take a lower rate and Reset.",
  cost: "The training cost is down to what was asked:",
  accuracy: "The test accuracy is up to what was asked:",
  patience: "The test cost has not improved for as long as was allowed:",
};

// What the axis of the curve says of a cost.
const COST_TITLES = {
  cross_entropy: "cross-entropy, mean over the points (nats)",
  squared_error: "½ (output − target)², mean over the points",
};

class Stage {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.plane = new Plane(find(".plane canvas"));
    this.curve = new Curve(find(".curve canvas"));
    this.speed = find(".speed select");
    this.log = find(".log input");
    this.stepButton = find(".step");
    this.queue = [];
    this.shown = null;
    this.waiting = null;
    this.playing = false;
    this.painted = 0;
    this.asked = 0;
    this.inOrder = Promise.resolve();

    find(".play").onclick = () => (this.playing ? this.pause() : this.play());
    find(".reset").onclick = () => this.reset();
    this.stepButton.onclick = () => this.step();
    this.speed.onchange = () => this.changeSpeed();
    this.log.onchange = () => this.paint();
    this.resizing = new ResizeObserver(() => this.layOut());
    this.resizing.observe(this.plane.canvas);
    this.resizing.observe(this.curve.canvas);
  }

  // ---- what Python sends ------------------------------------------------------------------------

  receive(bytes, send) {
    this.send = send;
    if (bytes === this.bytes) return this.layOut(); // nothing new: the theme has changed
    this.bytes = bytes;
    this.inOrder = this.inOrder
      .then(() => unpack(bytes))
      .then((payload) => this.take(payload))
      .catch(console.error); // the next payload is taken all the same
  }

  take({ header, body }) {
    if (this.gone) return;
    if (header.run !== this.run) return header.all ? this.begin(header, body) : this.know(header);
    this.epochs = header.epochs;
    if (header.revision !== this.revision) return this.revise(header);
    if (header.answers !== this.waiting?.ask) return; // of the page, or of a request that was given up
    const { request } = this.waiting;
    if (!header.all) this.add(header, body);
    else if (request.goto || request.restart) this.begin(header, body);
    else this.ask(request); // a rerun of the page has overwritten the answer
  }

  // A run of which nothing is known here yet.
  begin(header, body) {
    this.stop();
    this.heard();
    this.run = header.run;
    this.revision = header.revision;
    this.epochs = header.epochs;
    const { window, side, classes, output, cost, train, test } = header;
    this.data = { window, side, classes, output, cost, train, test };
    this.costs = { train: [], test: [] };
    [this.shown] = this.read(header, body);
    const m = train + test;
    Object.assign(this.data, { x1: body.floats(m), x2: body.floats(m), label: body.floats(m) });
    this.root.querySelector(".plane .legend").innerHTML = planeLegend(this.data);
    this.root.querySelector(".accuracy").hidden = !classes;
    this.layOut();
    this.say();
    this.rest();
    if (header.playing) this.settle(); // Python has not heard yet that this page does not play
  }

  // The next frames of the run that is shown.
  add(header, body) {
    this.heard();
    const frames = this.read(header, body);
    this.allHere = header.ends;
    if (this.playing) this.queue.push(...frames);
    else if (frames.length) this.show(frames.at(-1));
    else this.say();
    this.rest();
  }

  // The learning rate or the end has changed: frames not shown yet are not of this run any more.
  revise(header) {
    const { waiting } = this;
    this.heard();
    this.revision = header.revision;
    [this.stopsAt, this.stopped] = header.ended ?? [];
    this.queue = [];
    this.allHere = false;
    if (this.shown.epoch > this.epochs) this.know(header, this.epochs);
    else if (this.playing) this.pull();
    else if (waiting) this.ask(waiting.request); // it was about the run as it was before
    else this.settle();
    this.paint();
    this.say();
  }

  read(header, body) {
    [this.stopsAt, this.stopped] = header.ended ?? [];
    const { side, output } = this.data;
    const pictures = header.frames.map(() => ({
      winners: output === "softmax" ? body.bytes(side ** 2) : null,
      codes: body.bytes(side ** 2),
    }));
    const last = header.frames.length ? header.frames.at(-1)[0] : header.first - 1;
    for (const part of ["train", "test"]) {
      const costs = body.doubles(last + 1 - header.first);
      for (let i = 0; i < costs.length; i++) this.costs[part][header.first + i] = costs[i];
    }
    return header.frames.map((numbers, i) => {
      const [epoch, trainCost, testCost, trainAccuracy, testAccuracy, rate, scale] = numbers;
      return { epoch, trainCost, testCost, trainAccuracy, testAccuracy, rate, scale, ...pictures[i] };
    });
  }

  // ---- what the browser asks --------------------------------------------------------------------

  ask(request, patience = PATIENCE) {
    clearTimeout(this.retry);
    this.waiting = { ask: ++this.asked, request };
    this.retry = setTimeout(() => this.ask(request, 2 * patience), patience);
    this.send("request", {
      run: this.run,
      revision: this.revision,
      epoch: 0,
      speed: Number(this.speed.value),
      frames: 0,
      goto: false,
      again: false,
      restart: false,
      ...request,
      ask: this.waiting.ask,
      playing: this.playing,
    });
  }

  heard() {
    clearTimeout(this.retry);
    this.waiting = null;
  }

  // Tell Python when the picture has come to rest: it then draws the views below, which take a second
  // that the next Step should not have to wait for.
  rest() {
    clearTimeout(this.resting);
    if (this.playing) return;
    this.resting = setTimeout(() => {
      this.addressEpoch();
      this.send("rest", true);
    }, REST);
  }

  // The epoch in the address is that of the picture. It is replaced, so that the browser's Back button
  // goes from run to run and not from step to step.
  addressEpoch(epoch = this.shown.epoch) {
    const address = new URL(location);
    if (epoch) address.searchParams.set("epoch", epoch);
    else address.searchParams.delete("epoch");
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  // Ask for the frames after the last one that is here.
  pull() {
    const { epoch } = this.queue.at(-1) ?? this.shown;
    this.ask({ epoch, frames: FRAMES_A_CHUNK });
  }

  // Tell Python which epoch is shown, now that it stays: the rest of the page is then of this epoch.
  settle() {
    this.ask({ epoch: this.shown.epoch });
  }

  // Ask for all of a run, at an epoch of it.
  know({ run, revision }, epoch = 0) {
    this.stop();
    Object.assign(this, { run, revision });
    this.ask({ epoch, goto: true });
  }

  // Whether the epoch that is shown is the last one of the run.
  get over() {
    return this.shown.epoch >= this.epochs || this.shown.epoch === this.stopsAt;
  }

  // ---- what the user does -----------------------------------------------------------------------

  play() {
    this.playing = true;
    this.painted = performance.now();
    if (this.over) this.ask({ epoch: 0, frames: FRAMES_A_CHUNK, again: true });
    else this.pull();
    this.addressEpoch(0);
    this.tick(this.painted);
    this.say();
  }

  pause() {
    this.stop();
    this.settle();
    this.say();
  }

  step() {
    const { waiting } = this;
    this.stop();
    // A click before the answer to the last one asks for one epoch more.
    const frames = waiting?.request.speed === 1 ? Math.min(waiting.request.frames + 1, MOST_FRAMES) : 1;
    this.ask({ epoch: this.shown.epoch, speed: 1, frames });
  }

  reset() {
    this.stop();
    this.ask({ epoch: 0, restart: true });
  }

  changeSpeed() {
    if (!this.playing) return;
    this.queue = [];
    this.pull();
  }

  stop() {
    clearTimeout(this.resting);
    this.playing = false;
    this.queue = [];
    cancelAnimationFrame(this.next);
  }

  tick(now) {
    this.next = requestAnimationFrame((later) => this.tick(later));
    if (this.queue.length && now - this.painted > 1000 / FRAMES_A_SECOND - 4) {
      this.painted = now;
      this.stalled = false;
      this.show(this.queue.shift());
    } else if (!this.queue.length && !this.stalled && now - this.painted > STALL) {
      this.stalled = true;
      this.say();
    }
    if (this.queue.length > FRAMES_A_CHUNK / 2 || this.waiting) return;
    if (!this.allHere) this.pull();
    else if (!this.queue.length) this.pause();
  }

  leave() {
    this.gone = true;
    this.stop();
    this.heard();
    this.resizing.disconnect();
  }

  // ---- what is seen -----------------------------------------------------------------------------

  show(frame) {
    this.shown = frame;
    this.paint();
    this.say();
  }

  paint() {
    if (!this.laidOut) return;
    this.plane.paint(this.shown);
    const title = COST_TITLES[this.data.cost];
    this.curve.paint(this.costs, this.shown.epoch, this.epochs, this.log.checked, title);
  }

  // Fit the pictures to the page. Where they have no room yet, the observer of their size comes again.
  layOut() {
    this.laidOut = Boolean(this.shown && this.plane.canvas.clientWidth);
    if (!this.laidOut) return;
    this.plane.prepare(this.data);
    this.curve.fit();
    this.paint();
  }

  say() {
    const { shown, data, playing } = this;
    const set = (selector, text, title = "") => {
      const element = this.root.querySelector(selector);
      if (element.textContent !== text) element.textContent = text;
      element.title = title;
    };
    set(".epoch dd", wholeNumber(shown.epoch), `of ${wholeNumber(this.epochs)}`);
    set(".rate dd", rounded(shown.rate), `exactly ${shown.rate}`);
    for (const [part, cost, accuracy] of [
      ["train", shown.trainCost, shown.trainAccuracy],
      ["test", shown.testCost, shown.testAccuracy],
    ]) {
      set(`.cost .${part}`, costText(cost), cost === null ? "" : `exactly ${cost}`);
      set(`.accuracy .${part}`, `${(100 * accuracy).toFixed(1)} %`, rightText(accuracy, data[part]));
    }
    set(".play span", playing ? "Pause" : "Play");
    this.root.querySelector(".play path").setAttribute("d", playing ? PAUSE_ICON : PLAY_ICON);
    this.stepButton.disabled = this.over;
    set(".said", this.sentence());
    const { epoch, trainCost, testCost } = shown;
    Object.assign(this.root.querySelector(".stage").dataset, { epoch, trainCost, testCost, playing });
  }

  // How good the network of the epoch is.
  score() {
    const { shown, data } = this;
    if (!data.classes) {
      const error = (cost) => (cost === null ? "not finite" : rounded(Math.sqrt(2 * cost)));
      return (
        `RMS error (the root of twice the cost) ${error(shown.trainCost)} on the training points ` +
        `and ${error(shown.testCost)} on the test points.`
      );
    }
    const where = data.classes > 2 ? "in the region of their class" : "on the right side of the line";
    return (
      `${rightText(shown.trainAccuracy, data.train)} training points and ` +
      `${rightText(shown.testAccuracy, data.test)} test points lie ${where}.`
    );
  }

  sentence() {
    const { shown, epochs } = this;
    const score = this.score();
    if (this.playing && this.stalled) return "Waiting for the next epochs from Python.";
    if (this.playing) return "Learning. Every picture is the network of the epoch that is shown.";
    if (shown.epoch === this.stopsAt) return `${STOPPED[this.stopped]} ${score}`;
    if (this.over) return `${epochs === 1 ? "The epoch is" : `All ${wholeNumber(epochs)} epochs are`} done: ${score}`;
    if (shown.epoch === 0) return `Nothing is learned yet: ${score} Press Play.`;
    return `Paused: ${score}`;
  }
}

function costText(cost) {
  if (cost === null) return "not finite";
  return cost !== 0 && (cost < 0.0001 || cost >= 10000) ? cost.toExponential(1) : cost.toFixed(4);
}

function rounded(n) {
  return String(Number(n.toPrecision(3)));
}

function rightText(accuracy, count) {
  return `${Math.round(accuracy * count)} of ${count}`;
}

// The header of a payload, and its body, to be read from the front; see payload.py.
async function unpack(bytes) {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (size) => buffer.slice(at, (at += size));
  const body = {
    bytes: (n) => new Int8Array(take(n)),
    floats: (n) => new Float32Array(take(4 * n)),
    doubles: (n) => new Float64Array(take(8 * n)),
  };
  return { header, body };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.stage ??= new Stage(parentElement);
  parentElement.stage.receive(data, setTriggerValue);
  return () => {
    parentElement.stage?.leave();
    delete parentElement.stage;
  };
}
