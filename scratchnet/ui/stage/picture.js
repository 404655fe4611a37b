// What the stage paints: the plane with the output of the network, and the curve of the cost.
// Nothing of the network is computed here; the pictures are made of the values that Python sent.

const CLASS0 = [245, 147, 34];
const MIDDLE = [232, 234, 235];
const CLASS1 = [8, 119, 189];
const STRENGTH = 0.62; // of the colours of the plane, so that the points stand out on it
const BOUNDARY = "#1d2126";
const TRAIN_LINE = "#8a63d2";
const TEST_LINE = "#d1495b";

// A canvas that counts in CSS pixels, whatever the screen has.
class Picture {
  constructor(canvas) {
    this.canvas = canvas;
  }

  // Take the size that the page gives, and the colours of its theme.
  fit() {
    const { canvas } = this;
    this.ratio = window.devicePixelRatio || 1;
    this.width = canvas.clientWidth;
    this.height = canvas.clientHeight;
    canvas.width = Math.round(this.width * this.ratio);
    canvas.height = Math.round(this.height * this.ratio);
    const style = getComputedStyle(canvas);
    this.font = `12px ${style.fontFamily}`;
    this.muted = style.getPropertyValue("--muted");
    this.rule = style.getPropertyValue("--rule");
  }

  clear(canvas = this.canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = this.font;
    return context;
  }
}

// The window of the plane: a square, with the axes to its left and below.
class Plane extends Picture {
  constructor(canvas) {
    super(canvas);
    this.surface = document.createElement("canvas");
    this.points = document.createElement("canvas");
  }

  // What stays the same in every frame of a run: points and axes, painted once.
  prepare(data) {
    this.fit();
    this.data = data;
    this.left = 22;
    this.top = 4;
    this.size = this.width - this.left - 4;
    this.surface.width = this.surface.height = data.side;
    this.points.width = this.canvas.width;
    this.points.height = this.canvas.height;
    const context = this.clear(this.points);
    const m = data.label.length;
    const scale = Math.min(1, Math.sqrt(500 / m)); // many points are drawn smaller
    for (let i = m - 1; i >= 0; i--) {
      marker(context, ...this.at(data.x1[i], data.x2[i]), data.label[i], i < data.train, scale);
    }
    this.paintAxes(context);
  }

  at(x1, x2) {
    const [x1Min, x1Max, x2Min, x2Max] = this.data.window;
    return [
      this.left + (this.size * (x1 - x1Min)) / (x1Max - x1Min),
      this.top + (this.size * (x2Max - x2)) / (x2Max - x2Min),
    ];
  }

  paintAxes(context) {
    const { left, top, size } = this;
    const [from, to] = this.data.window;
    context.fillStyle = this.muted;
    for (let tick = Math.ceil(from); tick <= to; tick++) {
      const [x, y] = this.at(tick, tick);
      const text = String(tick).replace("-", "−");
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(tick === 0 ? "x₁" : text, Math.min(x, left + size - 8), top + size + 4);
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(tick === 0 ? "x₂" : text, left - 5, Math.max(y, top + 6));
    }
  }

  paint(frame) {
    const { left, top, size } = this;
    const { side } = this.data;
    this.paintSurface(frame, side);
    const context = this.clear();
    context.save();
    context.beginPath();
    context.rect(left, top, size, size);
    context.clip();
    context.imageSmoothingQuality = "high";
    // A value stands for the middle of its pixel, and the outermost values lie on the window's edge.
    const cell = size / (side - 1);
    context.drawImage(this.surface, left - cell / 2, top - cell / 2, side * cell, side * cell);
    context.lineWidth = 2.5;
    context.strokeStyle = BOUNDARY;
    context.stroke(boundary(frame.codes, side, (i, j) => [left + i * cell, top + size - j * cell]));
    context.restore();
    context.drawImage(this.points, 0, 0, this.width, this.height);
  }

  // One pixel a value; the first row of the codes is the lowest of the picture.
  paintSurface(frame, side) {
    const image = new ImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    const colours = palette(frame.scale);
    for (let j = 0; j < side; j++) {
      const row = (side - 1 - j) * side;
      for (let i = 0; i < side; i++) pixels[row + i] = colours[frame.codes[j * side + i] + 128];
    }
    this.surface.getContext("2d").putImageData(image, 0, 0);
  }
}

// The colours of the codes -128 … 127 of a surface with this scale, as pixels of an image.
function palette(scale) {
  const colours = new Uint32Array(256); // -128 is not a number: it stays transparent
  for (let code = -127; code <= 127; code++) {
    const logit = scale * (code / 127) ** 2;
    const share = STRENGTH * Math.tanh(logit / 2); // |2a - 1| of the output a
    const end = code < 0 ? CLASS0 : CLASS1;
    const [r, g, b] = MIDDLE.map((from, i) => Math.round(from + share * (end[i] - from)));
    colours[code + 128] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return colours;
}

// The line where the output is 0.5 and the logit 0, by marching squares; `at` gives the place of a grid
// point.
function boundary(codes, side, at) {
  const path = new Path2D();
  const value = (k) => Math.sign(codes[k]) * codes[k] * codes[k];
  const unknown = (...ks) => ks.some((k) => codes[k] === -128);
  for (let j = 0; j + 1 < side; j++) {
    for (let i = 0; i + 1 < side; i++) {
      const k = j * side + i;
      const signs = (codes[k] < 0) + (codes[k + 1] < 0) + (codes[k + side] < 0) + (codes[k + side + 1] < 0);
      if (signs === 0 || signs === 4) continue;
      if (unknown(k, k + 1, k + side, k + side + 1)) continue;
      const corners = [
        [i, j, value(k)],
        [i + 1, j, value(k + 1)],
        [i + 1, j + 1, value(k + side + 1)],
        [i, j + 1, value(k + side)],
      ];
      const crossings = [];
      for (let c = 0; c < 4; c++) {
        const [i0, j0, v0] = corners[c];
        const [i1, j1, v1] = corners[(c + 1) % 4];
        if (v0 < 0 === v1 < 0) continue;
        const t = v0 / (v0 - v1);
        crossings.push(at(i0 + t * (i1 - i0), j0 + t * (j1 - j0)));
      }
      for (let c = 0; c + 1 < crossings.length; c += 2) {
        path.moveTo(...crossings[c]);
        path.lineTo(...crossings[c + 1]);
      }
    }
  }
  return path;
}

// Circles are class 0 and diamonds class 1; training points are filled, test points hollow.
function marker(context, x, y, label, filled, scale) {
  const r = scale * (label ? 5 : 4);
  context.beginPath();
  if (label) {
    for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]]) context.lineTo(x + dx, y + dy);
    context.closePath();
  } else {
    context.arc(x, y, r, 0, 7);
  }
  const colour = `rgb(${label ? CLASS1 : CLASS0})`;
  context.strokeStyle = filled ? "#fff" : colour;
  context.fillStyle = filled ? colour : "#fff";
  context.lineWidth = scale * (filled ? 0.8 : 1.7);
  context.fill();
  context.stroke();
}

// The cost by epoch, up to the epoch that is shown.
class Curve extends Picture {
  paint(costs, epoch, epochs, logarithmic) {
    const context = this.clear();
    const box = { left: 46, top: 24, right: this.width - 12, bottom: this.height - 36 };
    const end = axisEnd(epoch, epochs);
    const scale = costScale([costs.train, costs.test], epoch, logarithmic);
    const x = (value) => box.left + ((box.right - box.left) * value) / end;
    const y = (value) => box.bottom - (box.bottom - box.top) * scale.at(value);
    this.paintAxes(context, box, end, scale.ticks, x, y);
    context.save();
    context.beginPath();
    context.rect(box.left - 4, box.top - 4, box.right - box.left + 8, box.bottom - box.top + 8);
    context.clip();
    this.paintLine(context, costs.train, epoch, x, y, TRAIN_LINE, []);
    this.paintLine(context, costs.test, epoch, x, y, TEST_LINE, [7, 4]);
    context.restore();
  }

  paintAxes(context, box, end, ticks, x, y) {
    context.fillStyle = this.muted;
    context.strokeStyle = this.rule;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks) {
      context.strokeRect(box.left, y(tick), box.right - box.left, 0);
      context.fillText(shortNumber(tick), box.left - 6, y(tick));
    }
    context.textBaseline = "top";
    const parts = Math.min(4, end);
    for (let part = 0; part <= parts; part++) {
      const tick = Math.round((end * part) / parts);
      context.textAlign = part === parts ? "right" : "center";
      context.fillText(wholeNumber(tick), x(tick), box.bottom + 5);
    }
    context.textAlign = "center";
    context.fillText("epoch", (box.left + box.right) / 2, box.bottom + 20);
    context.textAlign = "left";
    context.fillText("cross-entropy, mean over the points (nats)", 2, 2);
  }

  paintLine(context, costs, epoch, x, y, colour, dashes) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.beginPath();
    // Of the epochs that fall on one pixel, the lowest and the highest cost are drawn.
    const bunch = Math.max(1, Math.floor(epoch / this.width));
    for (let first = 0; first <= epoch; first += bunch) {
      let low = Infinity;
      let high = -Infinity;
      for (let i = first; i < first + bunch && i <= epoch; i++) {
        low = Math.min(low, costs[i]);
        high = Math.max(high, costs[i]);
      }
      if (!Number.isFinite(low) || !Number.isFinite(high)) continue;
      context.lineTo(x(first), y(low));
      if (high > low) context.lineTo(x(first), y(high));
    }
    context.stroke();
    context.setLineDash([]);
    if (!Number.isFinite(costs[epoch])) return;
    context.beginPath();
    context.arc(x(epoch), y(costs[epoch]), 3.5, 0, 7);
    context.fill();
  }
}

// The end of the epoch axis: it doubles now and then as the curve grows, up to the end of the run.
function axisEnd(epoch, epochs) {
  let end = 100;
  while (end < epoch) end *= 2;
  return Math.min(end, epochs);
}

// How the costs up to an epoch are laid on the axis: `at` gives 0 … 1, `ticks` are round numbers.
function costScale(curves, epoch, logarithmic) {
  let low = Infinity;
  let high = 0;
  for (const costs of curves) {
    for (let i = 0; i <= epoch; i++) {
      if (costs[i] > high && costs[i] < Infinity) high = costs[i];
      if (costs[i] > 0 && costs[i] < low) low = costs[i];
    }
  }
  if (high === 0) high = 1;
  const ticks = [];
  if (logarithmic) {
    const bottom = Math.floor(Math.log10(Math.min(low, high)));
    const top = Math.max(Math.ceil(Math.log10(high)), bottom + 1);
    const every = Math.ceil((top - bottom) / 6);
    for (let power = bottom; power <= top; power += every) ticks.push(10 ** power);
    return { ticks, at: (cost) => (Math.log10(Math.max(cost, 1e-300)) - bottom) / (top - bottom) };
  }
  const power = 10 ** Math.floor(Math.log10(high / 4));
  const unit = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= high / 4);
  const steps = Math.ceil(high / unit);
  for (let k = 0; k <= steps; k++) ticks.push(k * unit);
  return { ticks, at: (cost) => cost / (steps * unit) };
}

function shortNumber(n) {
  if (n !== 0 && (n < 0.001 || n >= 10000)) return n.toExponential(0).replace("-", "−");
  return String(Number(n.toPrecision(3)));
}

function wholeNumber(n) {
  return n.toLocaleString("en");
}
