// The stage plays the frames of a run. It computes nothing of the network: what it paints and prints
// is what playback.py sent, in the form that payload.py describes.
//
// It knows three things: `shown`, the frame on the screen; `queue`, the frames still to be shown; and
// `waiting`, the request that is not answered yet. Everything it says to Python is one kind of request:
// from this epoch, give me so many frames.

const FRAMES_A_SECOND = 30;
const FRAMES_A_CHUNK = 24;
const PATIENCE = 2500; // milliseconds until a request is asked again: a cut connection loses it
const STRENGTH = 0.8; // of the colours of the plane, so that points of the same class stand out
const CLASS0 = [245, 147, 34];
const MIDDLE = [232, 234, 235];
const CLASS1 = [8, 119, 189];
const TEST_LINE = "#d1495b";

class Stage {
  constructor(root) {
    this.root = root;
    this.queue = [];
    this.shown = null;
    this.waiting = null;
    this.playing = false;
    this.painted = 0;
    this.asked = 0;
    this.inOrder = Promise.resolve();
    const find = (selector) => root.querySelector(selector);
    this.playButton = find(".play");
    this.stepButton = find(".step");
    this.resetButton = find(".reset");
    this.speed = find(".speed select");
    this.log = find(".log input");
    this.map = find(".map canvas");
    this.curve = find(".curve canvas");
    this.surface = document.createElement("canvas");
    this.points = document.createElement("canvas");

    this.playButton.onclick = () => (this.playing ? this.pause() : this.play());
    this.stepButton.onclick = () => this.step();
    this.resetButton.onclick = () => this.reset();
    this.speed.onchange = () => this.changeSpeed();
    this.log.onchange = () => this.paint();
    this.resizing = new ResizeObserver(() => this.layOut());
    this.resizing.observe(this.map);
    this.resizing.observe(this.curve);
  }

  // ---- what Python sends ----------------------------------------------------------------------

  receive(bytes, send) {
    this.send = send;
    if (bytes === this.bytes) return this.layOut(); // nothing new: the theme has changed
    this.bytes = bytes;
    this.inOrder = this.inOrder.then(() => unpack(bytes)).then((payload) => this.take(payload));
  }

  take({ header, body }) {
    if (header.run !== this.run) return header.all ? this.begin(header, body) : this.goTo(header);
    this.epochs = header.epochs;
    if (header.revision !== this.revision) return this.revise(header);
    if (header.answers !== this.waiting?.ask) return; // of the page, or of a request that was given up
    const { request } = this.waiting;
    if (!header.all) this.add(header, body, request);
    else if (request.goto || request.restart) this.begin(header, body);
    else this.ask(request); // a rerun of the page has overwritten the answer
  }

  // A run from its beginning, or all of a run of which nothing is known here.
  begin(header, body) {
    this.stop();
    this.heard();
    this.run = header.run;
    this.revision = header.revision;
    this.epochs = header.epochs;
    this.window = header.window;
    this.side = header.side;
    this.costs = { train: [], test: [] };
    const frames = this.read(header, body);
    const m = header.train + header.test;
    const [x1, x2, label] = [body.floats(m), body.floats(m), body.bytes(m)];
    this.data = { train: header.train, test: header.test, x1, x2, label };
    this.ended = header.ends;
    this.shown = frames[0];
    this.layOut();
    this.say();
    if (header.playing) this.settle(); // Python has not heard yet that this page does not play
  }

  // The next frames of the run that is shown.
  add(header, body, request) {
    this.heard();
    const frames = this.read(header, body);
    this.ended = header.ends;
    if (this.playing) this.queue.push(...frames);
    else if (frames.length) this.show(frames.at(-1));
    else this.say();
  }

  // The learning rate or the end has changed: frames not shown yet are not of this run any more.
  revise(header) {
    this.heard();
    this.revision = header.revision;
    this.queue = [];
    this.ended = header.ends;
    if (this.shown.epoch > this.epochs) this.goTo(header, this.epochs);
    else if (this.playing) this.pull();
    else this.paint();
    this.say();
  }

  read(header, body) {
    const n = this.side * this.side;
    const codes = header.frames.map(() => body.bytes(n));
    const last = header.frames.length ? header.frames.at(-1)[0] : header.first - 1;
    for (const part of ["train", "test"]) {
      const costs = body.floats(last + 1 - header.first);
      for (let i = 0; i < costs.length; i++) this.costs[part][header.first + i] = costs[i];
    }
    this.diverged = header.diverged;
    return header.frames.map(([epoch, trainCost, testCost, trainAccuracy, testAccuracy, scale], i) => ({
      epoch,
      trainCost,
      testCost,
      trainAccuracy,
      testAccuracy,
      scale,
      codes: codes[i],
    }));
  }

  // ---- what the browser asks --------------------------------------------------------------------

  ask(request, patience = PATIENCE) {
    clearTimeout(this.retry);
    const ask = ++this.asked;
    this.waiting = { ask, request };
    this.retry = setTimeout(() => this.ask(request, 2 * patience), patience);
    this.send("request", {
      run: this.run,
      revision: this.revision,
      epoch: this.shown?.epoch ?? 0,
      speed: Number(this.speed.value),
      frames: 0,
      goto: false,
      restart: false,
      ...request,
      ask,
      playing: this.playing,
    });
  }

  heard() {
    clearTimeout(this.retry);
    this.waiting = null;
  }

  // Ask for the frames after the last one that is here.
  pull(epoch = (this.queue.at(-1) ?? this.shown).epoch) {
    this.ask({ epoch, frames: FRAMES_A_CHUNK });
  }

  // Tell Python which epoch is shown, now that it stays: the rest of the page is then of this epoch.
  settle() {
    this.ask({ epoch: this.shown.epoch });
  }

  goTo({ run, revision }, epoch = 0) {
    this.stop();
    this.ask({ run, revision, epoch, goto: true });
  }

  // ---- what the user does -----------------------------------------------------------------------

  play() {
    const again = this.shown.epoch >= this.epochs || this.diverged;
    this.playing = true;
    this.ended = false;
    this.pull(again ? 0 : this.shown.epoch);
    this.tick(0);
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
    const frames = waiting?.request.speed === 1 ? waiting.request.frames + 1 : 1;
    this.ask({ epoch: this.shown.epoch, speed: 1, frames });
  }

  reset() {
    this.stop();
    this.ask({ epoch: 0, restart: true });
  }

  changeSpeed() {
    if (!this.playing) return;
    this.queue = [];
    this.ended = false;
    this.pull();
  }

  stop() {
    this.playing = false;
    this.queue = [];
    cancelAnimationFrame(this.next);
  }

  tick(now) {
    this.next = requestAnimationFrame((later) => this.tick(later));
    if (this.queue.length && now - this.painted > 1000 / FRAMES_A_SECOND - 4) {
      this.painted = now;
      this.show(this.queue.shift());
    }
    if (this.queue.length > FRAMES_A_CHUNK / 2 || this.waiting) return;
    if (!this.ended) this.pull();
    else if (!this.queue.length) this.pause();
  }

  leave() {
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

  say() {
    const { shown, root, playing } = this;
    const { train, test } = this.data;
    const set = (selector, text, title = "") => {
      const element = root.querySelector(selector);
      if (element.textContent !== text) element.textContent = text;
      element.title = title;
    };
    set(".epoch dd", whole(shown.epoch), `of ${whole(this.epochs)}`);
    set(".cost .train", cost(shown.trainCost), exact(shown.trainCost));
    set(".cost .test", cost(shown.testCost), exact(shown.testCost));
    set(".accuracy .train", percent(shown.trainAccuracy), right(shown.trainAccuracy, train));
    set(".accuracy .test", percent(shown.testAccuracy), right(shown.testAccuracy, test));
    set(".play .icon", playing ? "❚❚" : "▶");
    set(".play .word", playing ? "Pause" : "Play");
    set(".said", this.sentence());
    this.stepButton.disabled = !playing && this.ended;
    const { epoch, trainCost, testCost } = shown;
    Object.assign(root.querySelector(".stage").dataset, { epoch, trainCost, testCost, playing });
  }

  sentence() {
    const { shown, data, epochs } = this;
    const score =
      `${right(shown.trainAccuracy, data.train)} training points and ` +
      `${right(shown.testAccuracy, data.test)} test points lie on the right side of the line.`;
    if (this.playing) return "Learning. Every picture is the network of the epoch that is shown.";
    if (this.ended && this.diverged)
      return (
        `The run diverged: in epoch ${whole(this.diverged)} a parameter stopped being finite. ` +
        `This is the epoch before it. Try a lower learning rate.`
      );
    if (this.ended) return `All ${whole(epochs)} epochs are done: ${score}`;
    if (shown.epoch === 0) return `Nothing is learned yet: ${score} Press Play.`;
    return `Paused: ${score}`;
  }

  // Give the canvases as many pixels as the screen has, and paint anew.
  layOut() {
    if (!this.shown) return;
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.map, this.curve, this.points]) {
      const { clientWidth, clientHeight } = canvas === this.points ? this.map : canvas;
      canvas.width = Math.round(clientWidth * this.ratio);
      canvas.height = Math.round(clientHeight * this.ratio);
    }
    this.surface.width = this.surface.height = this.side;
    this.style = getComputedStyle(this.root.querySelector(".stage"));
    this.paintPoints();
    this.paint();
  }

  paint() {
    this.paintMap();
    this.paintCurve();
  }

  // A context that is cleared and counts in CSS pixels.
  clear(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.font = `12px ${this.style.fontFamily}`;
    return context;
  }

  colour(name) {
    return this.style.getPropertyValue(name);
  }

  // ---- the map ----------------------------------------------------------------------------------

  // Where the window lies on the map canvas: a square, with the axes to its left and below.
  square() {
    const left = 22;
    return { left, top: 4, size: this.map.clientWidth - left - 4 };
  }

  toMap(x1, x2) {
    const { left, top, size } = this.square();
    const [x1Min, x1Max, x2Min, x2Max] = this.window;
    return [
      left + (size * (x1 - x1Min)) / (x1Max - x1Min),
      top + (size * (x2Max - x2)) / (x2Max - x2Min),
    ];
  }

  paintMap() {
    const { side, shown } = this;
    const { left, top, size } = this.square();
    const image = new ImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = palette(shown.scale);
    for (let j = 0; j < side; j++) {
      const row = (side - 1 - j) * side; // the first row of the surface is the lowest
      for (let i = 0; i < side; i++) pixels[row + i] = colours[shown.codes[j * side + i] + 128];
    }
    this.surface.getContext("2d").putImageData(image, 0, 0);

    const canvas = this.clear(this.map);
    canvas.save();
    canvas.beginPath();
    canvas.rect(left, top, size, size);
    canvas.clip();
    canvas.imageSmoothingQuality = "high";
    // A value stands for the middle of its pixel, and the outermost values lie on the window's edge.
    const cell = size / (side - 1);
    canvas.drawImage(this.surface, left - cell / 2, top - cell / 2, side * cell, side * cell);
    canvas.lineWidth = 2.5;
    canvas.strokeStyle = "#1d2126";
    canvas.stroke(boundary(shown.codes, side, (i, j) => [left + i * cell, top + size - j * cell]));
    canvas.restore();
    canvas.drawImage(this.points, 0, 0, this.map.clientWidth, this.map.clientHeight);
  }

  // Points and axes stay as they are from frame to frame, so they are painted once.
  paintPoints() {
    const canvas = this.clear(this.points);
    const { data } = this;
    for (let i = data.label.length - 1; i >= 0; i--) {
      const [x, y] = this.toMap(data.x1[i], data.x2[i]);
      marker(canvas, x, y, data.label[i], i < data.train);
    }
    const { left, top, size } = this.square();
    canvas.fillStyle = this.colour("--muted");
    for (let tick = Math.ceil(this.window[0]); tick <= this.window[1]; tick++) {
      const [x, y] = this.toMap(tick, tick);
      const text = String(tick).replace("-", "−");
      canvas.textAlign = "center";
      canvas.textBaseline = "top";
      canvas.fillText(tick === 0 ? "x₁" : text, Math.min(x, left + size - 8), top + size + 4);
      canvas.textAlign = "right";
      canvas.textBaseline = "middle";
      canvas.fillText(tick === 0 ? "x₂" : text, left - 5, Math.max(y, top + 6));
    }
  }

  // ---- the cost curve ---------------------------------------------------------------------------

  paintCurve() {
    const canvas = this.clear(this.curve);
    const width = this.curve.clientWidth;
    const height = this.curve.clientHeight;
    const box = { left: 46, top: 24, right: width - 10, bottom: height - 36 };
    const { train, test } = this.costs;
    const last = this.shown.epoch;
    const xEnd = axisEnd(last, this.epochs);
    const scale = costScale([train, test], last, this.log.checked);
    const x = (epoch) => box.left + ((box.right - box.left) * epoch) / xEnd;
    const y = (value) => box.bottom - (box.bottom - box.top) * scale.at(value);

    canvas.fillStyle = this.colour("--muted");
    canvas.strokeStyle = this.colour("--rule");
    canvas.lineWidth = 1;
    canvas.textAlign = "right";
    canvas.textBaseline = "middle";
    for (const tick of scale.ticks) {
      canvas.strokeRect(box.left, y(tick), box.right - box.left, 0);
      canvas.fillText(tickText(tick), box.left - 6, y(tick));
    }
    canvas.textAlign = "center";
    canvas.textBaseline = "top";
    for (let tick = 0; tick <= 4; tick++) {
      const epoch = (xEnd * tick) / 4;
      canvas.fillText(whole(epoch), Math.min(x(epoch), box.right - 12), box.bottom + 5);
    }
    canvas.fillText("epoch", (box.left + box.right) / 2, box.bottom + 20);
    canvas.textAlign = "left";
    canvas.fillText("cross-entropy, mean over the points (nats)", 2, 2);

    canvas.save();
    canvas.beginPath();
    canvas.rect(box.left, box.top - 2, box.right - box.left + 6, box.bottom - box.top + 4);
    canvas.clip();
    this.paintLine(canvas, train, last, x, y, this.colour("--st-text-color"), []);
    this.paintLine(canvas, test, last, x, y, TEST_LINE, [7, 4]);
    canvas.restore();
  }

  paintLine(canvas, costs, last, x, y, colour, dashes) {
    canvas.strokeStyle = canvas.fillStyle = colour;
    canvas.lineWidth = 2;
    canvas.setLineDash(dashes);
    canvas.beginPath();
    // Of the epochs that fall on one pixel, the lowest and the highest cost are drawn.
    const bunch = Math.max(1, Math.floor(last / this.curve.clientWidth));
    for (let first = 0; first <= last; first += bunch) {
      const group = costs.slice(first, Math.min(first + bunch, last + 1)).filter(Number.isFinite);
      if (!group.length) continue;
      canvas.lineTo(x(first), y(Math.min(...group)));
      if (bunch > 1) canvas.lineTo(x(first), y(Math.max(...group)));
    }
    canvas.stroke();
    canvas.setLineDash([]);
    if (!Number.isFinite(costs[last])) return;
    canvas.beginPath();
    canvas.arc(x(last), y(costs[last]), 3.5, 0, 7);
    canvas.fill();
  }
}

// ---- drawing ------------------------------------------------------------------------------------

// The colours of the codes -128 … 127 for a surface of this scale, as the pixels of an image.
function palette(scale) {
  const colours = new Uint32Array(256);
  for (let code = -127; code <= 127; code++) {
    const share = scale * (code / 127) ** 2; // |2p - 1|
    const end = code < 0 ? CLASS0 : CLASS1;
    const [r, g, b] = MIDDLE.map((from, i) => Math.round(from + share * STRENGTH * (end[i] - from)));
    colours[code + 128] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return colours; // -128, not a number, stays transparent
}

// The line where the output is 0.5, by marching squares; `at` gives the place of a grid point.
function boundary(codes, side, at) {
  const path = new Path2D();
  const value = (k) => Math.sign(codes[k]) * codes[k] * codes[k];
  for (let j = 0; j + 1 < side; j++) {
    for (let i = 0; i + 1 < side; i++) {
      const k = j * side + i;
      // The corners around the cell, and the sides that the line crosses.
      const corners = [
        [i, j, value(k)],
        [i + 1, j, value(k + 1)],
        [i + 1, j + 1, value(k + side + 1)],
        [i, j + 1, value(k + side)],
      ];
      const crossed = [];
      for (let c = 0; c < 4; c++) {
        const [i0, j0, v0] = corners[c];
        const [i1, j1, v1] = corners[(c + 1) % 4];
        if (v0 < 0 === v1 < 0) continue;
        const t = v0 / (v0 - v1);
        crossed.push(at(i0 + t * (i1 - i0), j0 + t * (j1 - j0)));
      }
      for (let c = 0; c + 1 < crossed.length; c += 2) {
        path.moveTo(...crossed[c]);
        path.lineTo(...crossed[c + 1]);
      }
    }
  }
  return path;
}

// Circles are class 0 and diamonds class 1; training points are filled, test points hollow.
function marker(canvas, x, y, label, filled) {
  const r = label ? 4.6 : 3.7;
  canvas.beginPath();
  if (label) {
    for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) canvas.lineTo(x + dx, y + dy);
    canvas.closePath();
  } else {
    canvas.arc(x, y, r, 0, 7);
  }
  const colour = `rgb(${label ? CLASS1 : CLASS0})`;
  canvas.strokeStyle = filled ? "#fff" : colour;
  canvas.fillStyle = filled ? colour : "#fff";
  canvas.lineWidth = filled ? 1 : 1.6;
  canvas.fill();
  canvas.stroke();
}

// The end of the epoch axis: it doubles now and then as the curve grows, up to the end of the run.
function axisEnd(epoch, epochs) {
  let end = 100;
  while (end < epoch) end *= 2;
  return Math.min(end, epochs);
}

// How costs up to epoch `last` are laid on the axis: `at` gives 0 … 1, `ticks` are round numbers.
function costScale(curves, last, logarithmic) {
  let low = Infinity;
  let high = 0;
  for (const costs of curves) {
    for (let epoch = 0; epoch <= last; epoch++) {
      if (costs[epoch] > high && costs[epoch] < Infinity) high = costs[epoch];
      if (costs[epoch] > 0 && costs[epoch] < low) low = costs[epoch];
    }
  }
  if (!(high > 0)) high = 1;
  if (!(low < high)) low = high / 10;
  const ticks = [];
  if (logarithmic) {
    const bottom = Math.floor(Math.log10(low));
    const top = Math.max(Math.ceil(Math.log10(high)), bottom + 1);
    const every = Math.ceil((top - bottom) / 6);
    for (let power = bottom; power <= top; power += every) ticks.push(10 ** power);
    return { ticks, at: (cost) => (Math.log10(Math.max(cost, 1e-300)) - bottom) / (top - bottom) };
  }
  const rough = high / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= rough);
  const top = Math.ceil(high / unit) * unit;
  for (let k = 0; k * unit <= top * 1.0001; k++) ticks.push(k * unit);
  return { ticks, at: (cost) => cost / top };
}

// ---- numbers ------------------------------------------------------------------------------------

const whole = (n) => n.toLocaleString("en");
const tickText = (n) => (n === 0 ? "0" : n < 0.001 || n >= 10000 ? n.toExponential(0) : String(+n.toPrecision(3)));
const exact = (n) => (n === null ? "not finite" : `exactly ${n}`);
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const right = (share, count) => `${Math.round(share * count)} of ${count}`;

function cost(n) {
  if (n === null) return "not finite";
  return n !== 0 && (n < 0.0001 || n >= 10000) ? n.toExponential(1) : n.toFixed(4);
}

// ---- bytes --------------------------------------------------------------------------------------

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
  };
  return { header, body };
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  parentElement.stage ??= new Stage(parentElement);
  parentElement.stage.receive(data, setTriggerValue);
  return () => {
    parentElement.stage.leave();
    delete parentElement.stage;
  };
}
