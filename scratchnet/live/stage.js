// The stage plays the frames of a run: it shows what playback.py sends, at its own pace.
//
// It keeps `shown`, the frame on the screen; `queue`, the frames still to be shown; and `waiting`, the
// request that is not answered yet. A request names the epoch it goes on from, so it may be asked again at
// any time; what it can ask for stands in playback.py.

const FRAMES_A_SECOND = 30;
const FRAMES_A_CHUNK = 24;
const PATIENCE = 2500; // milliseconds until a request is asked again: a cut connection loses it
const REST = 300; // milliseconds without a change until the views below are drawn
const STALL = 1500; // milliseconds without a frame after which the page says that it waits
const PLAY_ICON = "M1,0 11,6 1,12Z";
const PAUSE_ICON = "M1,0H4.5V12H1ZM7.5,0H11V12H7.5Z";

// What the page says when a run has stopped by itself, by the reason, see Reason in trainer.py.
const STOPPED = {
  diverged: "Training diverged: the cost or a weight is no longer finite. Lower the learning rate and press Reset.",
  cost: "Stopped early: target training cost reached.",
  accuracy: "Stopped early: target test accuracy reached.",
  patience: "Early stopping: no improvement in test cost within the patience.",
};

// What is displayed is chosen here alone, and stands in the address; it never touches the run.
const BOXES = {
  test_points: { selector: ".test-points", off: "0" },
  discrete: { selector: ".discrete", off: "" },
  log: { selector: ".log input", off: "" },
};

// Where a key already means something, it does nothing here.
const WRITTEN = "input:not([type=range], [type=checkbox]), select, textarea, [role=combobox], [contenteditable]";
const PRESSED = "button, a, [type=checkbox], [role=radio]";
const MOVED = "[type=range], [role=slider], [role=radio], [role=menuitem]";

const DIALOG = "[data-testid=stDialog]"; // of the page, over the stage

// For Streamlit, R is to run the page again: a dialog would close for a while, and the next key be for the stage.
function keepFromStreamlit(event) {
  const letter = /^[a-z]$/i.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (letter && document.querySelector(DIALOG) && !event.composedPath()[0].closest?.(WRITTEN)) event.stopPropagation();
}

const AWAITED = ["set", "restart", "again"];

class Stage {
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.plane = new Plane(find(".plane canvas"));
    this.curve = new Curve(find(".curve canvas"));
    this.network = new Network(find(".network canvas"));
    this.handles = new Handles(root, this.network, {
      mark: (place) => this.mark(place),
      set: (index, value) => this.set(index, value),
      layers: (hidden) => this.send("layers", hidden),
    });
    this.pencil = new Pencil(root, this.plane, {
      tell: (points) => this.draw(points),
      say: (sentence) => this.write(".said", sentence),
      change: () => this.layOut(),
    });
    this.speed = find(".speed select");
    this.rewind = find(".rewind");
    this.stepButton = find(".step");
    this.updateButton = find(".update");
    this.queue = [];
    this.shown = null;
    this.waiting = null;
    this.playing = false;
    this.painted = 0;
    this.asked = 0;
    this.inOrder = Promise.resolve();

    // After a click the keys are free again; who came by Tab stays on the button.
    find(".buttons").onclick = (event) => event.detail && event.target.closest("button")?.blur();
    find(".play").onclick = () => this.toggle();
    find(".reset").onclick = () => this.reset();
    find(".copy").onclick = (event) => this.copy(event.currentTarget);
    this.stepButton.onclick = () => this.step();
    this.updateButton.onclick = () => this.step("updates");
    this.speed.onchange = () => this.changeSpeed();
    this.rewind.oninput = () => this.goTo(Number(this.rewind.value));
    for (const [name, { selector }] of Object.entries(BOXES)) {
      const box = find(selector);
      const text = new URLSearchParams(location.search).get(name);
      if (text === "0" || text === "1") box.checked = text === "1";
      box.onchange = () => this.changeView();
    }
    this.log = find(BOXES.log.selector);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("keydown", keepFromStreamlit, true);
    this.resizing = new ResizeObserver(() => this.layOut());
    for (const canvas of root.querySelectorAll("canvas")) this.resizing.observe(canvas);
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
    if (!header.all) this.add(header, body, request);
    else if (["all", "restart", "again"].includes(request.do)) this.begin(header, body, request);
    else this.ask(request); // a rerun of the page has overwritten the answer
  }

  // A run of which nothing is known here yet.
  begin(header, body, request) {
    this.stop();
    const later = this.heard();
    this.run = header.run;
    this.revision = header.revision;
    this.epochs = header.epochs;
    this.data = header;
    this.dress(header.look);
    const { classes, train, test, features, mapSide } = header;
    this.costs = { train: [], test: [] };
    [this.shown] = this.read(header, body);
    const m = train + test;
    Object.assign(this.data, { x1: body.floats(m), x2: body.floats(m), label: body.floats(m) });
    this.data.featureMaps = body.bytes(features.length * mapSide ** 2);
    this.marked = this.wanted = null;
    this.seen = this.shown.epoch;
    this.updateButton.hidden = header.updates === 1;
    this.root.querySelector(".accuracy").hidden = !classes;
    this.pencil.arrive(this.data);
    this.layOut();
    this.say();
    const next = this.pencil.goOn();
    this.rest();
    if (next) this[next]();
    else if (later?.frames) this.ask({ ...later, ...this.from() });
    else if (request?.do === "again") this.play();
    else if (header.playing) this.settle(); // Python has not heard yet that this page does not play
  }

  // The colours of the legends are those of the pictures.
  dress(look) {
    Object.assign(LOOK, look);
    const { style } = this.root.querySelector(".stage");
    const [class0, class1] = look.classes.map((colour) => `rgb(${colour})`);
    const colours = { class0, class1, middle: `rgb(${look.middle})`, "train-line": look.trainLine, "test-line": look.testLine };
    for (const [name, colour] of Object.entries(colours)) style.setProperty(`--${name}`, colour);
    style.setProperty("--strength", `${100 * STRENGTH}%`);
  }

  // The next frames of the run that is shown.
  add(header, body, request) {
    const later = this.heard();
    if (header.set) this.forget(request.epoch);
    const frames = this.read(header, body);
    this.allHere = header.ends;
    if (this.playing) this.queue.push(...frames);
    else if (frames.length) this.show(frames.at(-1));
    else {
      this.shown.rate = header.rate;
      this.say();
    }
    const { wanted } = this;
    this.wanted = null;
    if (later) this.ask(later);
    else if (request.do === "show" && wanted !== null && wanted !== request.epoch) this.goTo(wanted);
    this.rest();
  }

  // From this epoch on the run is another one.
  forget(epoch) {
    for (const costs of Object.values(this.costs)) costs.length = Math.min(costs.length, epoch);
  }

  // The learning rate or the end has changed: frames not shown yet are not of this run any more.
  revise(header) {
    const { waiting } = this;
    this.heard();
    this.revision = header.revision;
    [this.stopsAt, this.stopped] = header.ended ?? [];
    this.queue = [];
    this.allHere = false;
    this.forget(this.shown.epoch + 1);
    const { epoch, update } = this.shown;
    if (epoch > this.epochs || (epoch === this.epochs && update)) this.know(header, this.epochs);
    else if (this.playing) this.pull();
    else if (waiting) this.ask(waiting.request); // it was about the run as it was before
    else this.settle();
    this.paint();
    this.say();
  }

  read(header, body) {
    [this.stopsAt, this.stopped] = header.ended ?? [];
    const { side, mapSide, output, layerDims } = this.data;
    const places = new Places(layerDims);
    const pictures = header.frames.map(() => ({
      winners: output === "softmax" ? body.bytes(side ** 2) : null,
      codes: body.bytes(side ** 2),
      maps: body.bytes((places.biases.at(-1) - places.biases[0]) * mapSide ** 2),
    }));
    const thetas = header.frames.map(() => body.doubles(places.biases.at(-1)));
    const last = header.frames.length ? header.frames.at(-1)[0] : header.first - 1;
    for (const part of ["train", "test"]) {
      const costs = body.doubles(last + 1 - header.first);
      for (let i = 0; i < costs.length; i++) this.costs[part][header.first + i] = costs[i];
    }
    return header.frames.map((numbers, i) => {
      const [epoch, update, trainCost, testCost, trainAccuracy, testAccuracy, ...others] = numbers;
      const [rate, scale, fingerprint] = others;
      const costs = { trainCost, testCost, trainAccuracy, testAccuracy };
      return { epoch, update, ...costs, rate, scale, fingerprint, theta: thetas[i], ...pictures[i] };
    });
  }

  // ---- what the browser asks --------------------------------------------------------------------

  // What changes the run is waited for: another request would take its place before it is heard.
  ask(request, patience = PATIENCE) {
    if (AWAITED.includes(this.waiting?.request.do) && this.waiting.request !== request) {
      this.later = request;
      return;
    }
    clearTimeout(this.retry);
    this.waiting = { ask: ++this.asked, request };
    this.root.querySelector(".stage").dataset.asked = this.asked;
    this.retry = setTimeout(() => this.ask(request, 2 * patience), patience);
    this.send("request", {
      run: this.run,
      revision: this.revision,
      epoch: 0,
      update: 0,
      do: "frames",
      speed: Number(this.speed.value),
      frames: 0,
      index: 0,
      value: 0,
      ...request,
      ask: this.waiting.ask,
      playing: this.playing,
    });
  }

  heard() {
    clearTimeout(this.retry);
    this.waiting = null;
    const { later } = this;
    this.later = null;
    return later;
  }

  // Tell Python when the frame has come to rest: it then draws the views below, which take a second
  // that the next Step should not have to wait for.
  rest() {
    clearTimeout(this.resting);
    if (this.playing) return;
    this.resting = setTimeout(() => {
      this.addressEpoch();
      this.send("rest", true);
    }, REST);
  }

  // The epoch in the address is that of the frame. It is replaced, so that the browser's Back button
  // goes from run to run and not from step to step.
  addressEpoch(place = this.shown) {
    const address = this.addressAt(place);
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }

  addressAt({ epoch, update }) {
    const address = new URL(location);
    const texts = { epoch, update };
    for (const [name, { selector, off }] of Object.entries(BOXES)) {
      const { checked } = this.root.querySelector(selector);
      texts[name] = checked === (off === "0") ? "" : checked ? "1" : off;
    }
    for (const [name, text] of Object.entries(texts)) {
      if (text) address.searchParams.set(name, text);
      else address.searchParams.delete(name);
    }
    return address;
  }

  // Ask for the frames after the last one that is here.
  pull() {
    this.ask({ ...this.from(this.queue.at(-1)), frames: FRAMES_A_CHUNK });
  }

  // Tell Python which epoch is shown, now that it stays: the rest of the page is then of this epoch.
  settle() {
    this.ask(this.from());
  }

  // Where a request goes on from.
  from({ epoch, update } = this.shown) {
    return { epoch, update };
  }

  // Ask for all of a run, at an epoch of it.
  know({ run, revision }, epoch = 0) {
    this.stop();
    Object.assign(this, { run, revision });
    this.ask({ epoch, do: "all" });
  }

  // Whether the epoch that is shown is the last one of the run.
  get over() {
    return this.shown.epoch >= this.epochs || this.shown.epoch === this.stopsAt;
  }

  // ---- what the user does -----------------------------------------------------------------------

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.pencil.holds("play")) return;
    if (this.over) return this.ask({ epoch: 0, do: "again" });
    this.playing = true;
    this.painted = performance.now();
    this.pull();
    this.addressEpoch({});
    this.tick(this.painted);
    this.say();
  }

  pause() {
    this.stop();
    this.settle();
    this.say();
  }

  // One epoch more, or one update.
  step(kind = "frames") {
    if (this.over || this.pencil.holds("step")) return;
    const { waiting } = this;
    this.stop();
    // A click before the answer to the last one asks for one more.
    const again = [this.later, waiting?.request].find((asked) => asked?.do === kind && asked.speed === 1);
    const frames = again ? Math.min(again.frames + 1, this.data.mostFrames) : 1;
    this.ask({ ...this.from(), do: kind, speed: 1, frames });
  }

  reset() {
    if (this.pencil.holds("reset")) return;
    this.stop();
    this.ask({ epoch: 0, do: "restart" });
  }

  // Show another epoch that is known: back, or on again.
  goTo(epoch) {
    if (this.pencil.holds("goTo")) return;
    this.stop();
    this.wanted = Math.max(0, Math.min(epoch, this.known));
    if (this.waiting?.request.do !== "show") this.ask({ epoch: this.wanted, do: "show" });
  }

  // The last epoch that can be gone to: it was seen, and is of this run still.
  get known() {
    return Math.min(this.seen, this.costs.train.length - 1);
  }

  // Set a weight or a bias of the network that is shown.
  set(index, value) {
    if (this.playing) this.pause();
    this.ask({ ...this.from(), do: "set", index, value });
  }

  // Begin a run on samples that were drawn; what played goes on to play.
  draw(points) {
    if (this.playing) this.pencil.next = "play";
    this.stop();
    this.send("points", points);
  }

  mark(place) {
    this.marked = place;
    this.paint();
  }

  key(event) {
    const on = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || !this.shown || !on.closest) return;
    if (on.closest(WRITTEN) || document.querySelector(DIALOG)) return;
    if (event.key === " " && on.closest(PRESSED)) return;
    if (event.key.startsWith("Arrow") && on.closest(MOVED)) return;
    const { epoch } = this.shown;
    const far = event.shiftKey ? 10 : 1;
    const acts = {
      " ": () => this.toggle(),
      s: () => this.step(),
      r: () => this.reset(),
      ArrowLeft: () => this.goTo((this.wanted ?? epoch) - far),
      ArrowRight: () => ((this.wanted ?? epoch) < this.known ? this.goTo((this.wanted ?? epoch) + far) : this.step()),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  changeView() {
    this.addressEpoch(this.playing ? {} : this.shown);
    this.layOut();
  }

  // The address of this run at this epoch, for the clipboard. Whoever opens it is told by the fingerprint
  // whether it is the same run, see shared.py.
  async copy(button) {
    const address = this.addressAt(this.shown);
    address.searchParams.set("fingerprint", this.shown.fingerprint);
    address.searchParams.set("version", this.data.version);
    const { href } = address;
    await navigator.clipboard.writeText(href).catch(() => prompt("The address of this run:", href));
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 1500);
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
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("keydown", keepFromStreamlit, true);
  }

  // ---- what is seen -----------------------------------------------------------------------------

  show(frame) {
    this.shown = frame;
    this.seen = Math.max(this.known, frame.epoch);
    this.paint();
    this.say();
  }

  paint() {
    if (!this.laidOut) return;
    const { shown, data, marked, network } = this;
    const map = this.map(marked);
    this.plane.paint(shown, map);
    const side = `${data.mapSide} × ${data.mapSide} points`;
    const title = data.classes ? "Decision boundary" : "The line is where the output is in the middle";
    this.write(".plane figcaption span", map ? network.name(marked) : "Network output", map ? `At ${side}` : title);
    const legend = planeLegend(data, map, this.plane);
    if (legend !== this.legend) this.root.querySelector(".plane .legend").innerHTML = this.legend = legend;
    this.network.paint(shown, marked);
    this.handles.update(shown.theta);
    this.curve.paint(this.costs, shown.epoch, this.known, this.epochs, this.log.checked, data.costTitle);
    this.rewind.max = axisEnd(this.known, this.epochs);
    this.rewind.value = this.wanted ?? shown.epoch;
  }

  // The map of the neuron that is marked; the only output is the plane itself.
  map(marked) {
    const { network, shown, data } = this;
    if (!marked || marked.i !== undefined) return null;
    if (marked.l === data.layerDims.length - 1 && data.output !== "softmax") return null;
    return { codes: network.codes(shown, marked.l, marked.j), colours: network.colours(marked.l, marked.j) };
  }

  // Fit the pictures to the page. Where they have no room yet, the observer of their size comes again.
  layOut() {
    this.laidOut = Boolean(this.shown && this.plane.canvas.clientWidth);
    if (!this.laidOut) return;
    this.plane.testPoints = this.root.querySelector(BOXES.test_points.selector).checked;
    this.plane.discrete = this.root.querySelector(BOXES.discrete.selector).checked;
    const data = this.pencil.data;
    this.plane.prepare(data);
    this.root.querySelector(".stage").dataset.points = data.x1.length;
    this.network.prepare(this.data);
    this.handles.lay();
    this.curve.fit();
    this.paint();
  }

  write(selector, text, title = "") {
    const element = this.root.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
    element.title = title;
  }

  say() {
    const { shown, data, playing } = this;
    const updates = shown.update ? ` + ${shown.update}/${data.updates}` : "";
    this.write(".epoch .at", wholeNumber(shown.epoch) + updates, `of ${wholeNumber(this.epochs)}`);
    this.root.querySelector(".fingerprint").textContent = shown.fingerprint;
    this.write(".rate dd", rounded(shown.rate), `exactly ${shown.rate}`);
    for (const [part, cost, accuracy] of [
      ["train", shown.trainCost, shown.trainAccuracy],
      ["test", shown.testCost, shown.testAccuracy],
    ]) {
      this.write(`.cost .${part}`, costText(cost), cost === null ? "" : `exactly ${cost}${costInUnits(cost, data)}`);
      this.write(`.accuracy .${part}`, `${(100 * accuracy).toFixed(1)} %`, rightText(accuracy, data[part]));
    }
    this.write(".play span", playing ? "Pause" : "Play");
    this.root.querySelector(".play path").setAttribute("d", playing ? PAUSE_ICON : PLAY_ICON);
    this.stepButton.disabled = this.updateButton.disabled = this.over;
    this.write(".said", this.sentence());
    this.describe();
    const { epoch, update, trainCost, testCost, fingerprint } = shown;
    const { dataset } = this.root.querySelector(".stage");
    Object.assign(dataset, { epoch, update, trainCost, testCost, fingerprint, playing });
  }

  // Text alternatives of the canvases, for screen readers: once a second while it plays.
  describe() {
    const now = performance.now();
    if (this.playing && now - (this.described ?? 0) < 1000) return;
    this.described = now;
    const { shown, data, plane, network, curve } = this;
    const label = (picture, text) => picture.canvas.setAttribute("aria-label", text);
    const at = `Epoch ${shown.epoch}.`;
    label(plane, `${at} ${sharesOf(shown, data)} ${this.score()}`);
    label(network, `${at} A network with layers of ${data.layerDims.join(", ")}; fingerprint ${shown.fingerprint}.`);
    label(curve, `${at} Cost ${costText(shown.trainCost)} on the training set, ${costText(shown.testCost)} on the test set.`);
  }

  // How good the network of the epoch is.
  score() {
    const { shown, data } = this;
    if (!data.classes) {
      const error = (cost) => (cost === null ? "not finite" : rounded(rmse(cost, data)));
      const name = data.scales[2][1] === 1 ? "RMSE" : `RMSE of ${data.names[2]}:`;
      return (
        `${name} ${error(shown.trainCost)} on the training set ` +
        `and ${error(shown.testCost)} on the test set.`
      );
    }
    return (
      `${rightText(shown.trainAccuracy, data.train)} training samples and ` +
      `${rightText(shown.testAccuracy, data.test)} test samples classified correctly.`
    );
  }

  sentence() {
    const { shown, epochs } = this;
    const score = this.score();
    if (this.playing && this.stalled) return "Waiting for the next epochs from Python.";
    if (this.playing) return "Training. Each frame shows the network at the displayed epoch.";
    if (shown.epoch === this.stopsAt) {
      return this.stopped === "diverged" ? STOPPED.diverged : `${STOPPED[this.stopped]} ${score}`;
    }
    const done = epochs === 1 ? "The epoch is" : `All ${wholeNumber(epochs)} epochs are`;
    if (this.over) return `${done} done: ${score} Increase Epochs to continue; Play restarts.`;
    if (shown.epoch === 0 && !shown.update) return `Untrained: ${score} Press Play.`;
    return `Paused: ${score}`;
  }
}

// The share of the plane that each class has; for regression, the share above the middle.
function sharesOf(frame, { classes, classNames, fullNames, scales, side }) {
  const counts = Array(Math.max(classes, 2)).fill(0);
  for (let k = 0; k < side ** 2; k++) if (frame.codes[k] !== -128) counts[winner(frame, k)]++;
  const percent = (n) => `${Math.round((100 * n) / side ** 2)} %`;
  if (!classes) return `The output is above ${inUnits(0, scales[2])} on ${percent(counts[1])} of the plane.`;
  const name = (label) => (fullNames[label] === classNames[label] ? classNames[label] : `Class ${classNames[label]}`);
  return `${counts.map((n, label) => `${name(label)} has ${percent(n)}`).join(", ")} of the plane.`;
}

function costText(cost) {
  if (cost === null) return "not finite";
  return cost !== 0 && (cost < 0.0001 || cost >= 10000) ? cost.toExponential(1) : cost.toFixed(4);
}

// The root of the mean squared error, in the units of the target.
function rmse(cost, { scales }) {
  return Math.sqrt(2 * cost) * scales[2][1];
}

// The cost of a regression in the units of its data, where those were scaled to be learned.
function costInUnits(cost, { classes, names, scales }) {
  const unit = scales[2][1];
  return classes || unit === 1 ? "" : ` for the scaled target; ${rounded(cost * unit ** 2)} in the square of ${names[2]}`;
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
  clearTimeout(parentElement.leaving);
  parentElement.stage ??= new Stage(parentElement);
  parentElement.stage.receive(data, setTriggerValue);
  // Streamlit now and then takes a component away and has it back at once: what plays goes on.
  return () => {
    parentElement.leaving = setTimeout(() => {
      parentElement.stage?.leave();
      delete parentElement.stage;
    });
  };
}
