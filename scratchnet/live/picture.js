// What the stage paints: the plane with the output of the network, and the curve of the cost.
// Nothing of the network is computed here; the pictures are made of the values that Python sent.

// The colours, and the shape of each class as an SVG path around 0; they come with the first payload, see
// charts/look.py. Of one output, what is low has the colour of class 0, and what is high that of class 1.
const LOOK = {};

// How far a colour has gone from the middle to that of its class, by the logit.
const SHARES = {
  sigmoid: (logit) => Math.tanh(logit / 2), // |2a - 1| of the output a
  softmax: (lead) => Math.tanh(lead / 2), // (a - b) / (a + b) of the two largest outputs
  tanh: (logit) => Math.tanh(logit),
  linear: (logit) => Math.min(logit, 1),
};
const STRENGTH = 0.62; // of the colours of the plane, so that the points stand out on it

// A canvas that counts in sixteenths of a rem: CSS pixels, unless the type of the page is large.
class Picture {
  constructor(canvas) {
    this.canvas = canvas;
  }

  // Take the size that the page gives, and the colours of its theme.
  fit() {
    const { canvas } = this;
    const pixels = window.devicePixelRatio || 1;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    this.ratio = pixels * unit;
    this.width = canvas.clientWidth / unit;
    this.height = canvas.clientHeight / unit;
    this.unit = unit;
    canvas.width = Math.round(canvas.clientWidth * pixels);
    canvas.height = Math.round(canvas.clientHeight * pixels);
    const style = getComputedStyle(canvas);
    this.font = `12px ${style.fontFamily}`;
    this.ink = style.color;
    this.muted = style.getPropertyValue("--muted");
    this.rule = style.getPropertyValue("--rule");
  }

  clear(canvas = this.canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.font = this.font;
    context.textRendering = "geometricPrecision";
    return context;
  }
}

// The window of the plane: a square, with the axes to its left and below.
class Plane extends Picture {
  constructor(canvas) {
    super(canvas);
    this.surface = document.createElement("canvas");
    this.points = document.createElement("canvas");
    this.testPoints = true;
    this.discrete = false;
  }

  // What stays the same in every frame of a run: points and axes, painted once.
  prepare(data) {
    this.fit();
    this.data = data;
    this.points.width = this.canvas.width;
    this.points.height = this.canvas.height;
    this.top = 4;
    const context = this.clear(this.points);
    const ticks = unitTicks(data.window[2], data.window[3], data.scales[1]);
    this.left = Math.max(22, ...ticks.map(([, text]) => context.measureText(text).width + 8));
    this.size = this.width - this.left - 6;
    const m = data.label.length;
    const scale = Math.min(1, Math.sqrt(500 / m)); // many points are drawn smaller
    const last = this.testPoints ? m : data.train;
    for (let i = last - 1; i >= 0; i--) {
      marker(context, ...this.at(data.x1[i], data.x2[i]), data, i, scale);
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

  // The place on the plane that is at a place of the canvas, in CSS pixels.
  place(x, y) {
    const [x1Min, x1Max, x2Min, x2Max] = this.data.window;
    const along = (x / this.unit - this.left) / this.size;
    const up = 1 - (y / this.unit - this.top) / this.size;
    return [x1Min + along * (x1Max - x1Min), x2Min + up * (x2Max - x2Min)];
  }

  // The axes are in the units that the data came in.
  paintAxes(context) {
    const { left, top, size } = this;
    const { names, scales, window } = this.data;
    context.fillStyle = this.muted;
    context.textAlign = "center";
    context.textBaseline = "top";
    let free = 0; // where the next text has room
    for (const [place, text] of unitTicks(window[0], window[1], scales[0])) {
      const half = context.measureText(text).width / 2;
      const x = Math.min(this.at(place, 0)[0], this.width - half);
      if (x - half < free) continue;
      context.fillText(text, x, top + size + 4);
      free = x + half + 6;
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const [place, text] of unitTicks(window[2], window[3], scales[1])) {
      const [, y] = this.at(0, place);
      context.fillText(text, left - 5, Math.min(Math.max(y, top + 6), top + size - 4));
    }
    // A symbol has room between two numbers, a longer name on the plane.
    const short = scales.every(([centre, unit]) => centre === 0 && unit === 1);
    const [x, y] = this.at(window[1] - 0.5, window[3] - 0.5);
    if (short) {
      context.fillText(names[1], left - 5, y);
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(names[0], x, top + size + 4);
      return;
    }
    context.textBaseline = "alphabetic";
    context.lineWidth = 3;
    context.strokeStyle = "rgb(255 255 255 / 75%)";
    context.fillStyle = LOOK.ink;
    for (const [align, text, at] of [
      ["left", `↑ ${names[1]}`, [left + 6, top + 15]],
      ["right", `${names[0]} →`, [left + size - 6, top + size - 7]],
    ]) {
      context.textAlign = align;
      context.strokeText(text, ...at);
      context.fillText(text, ...at);
    }
  }

  // The output of the whole network, or the map of one neuron: its codes and its two colours.
  paint(frame, map) {
    const { left, top, size } = this;
    const side = map ? this.data.mapSide : this.data.side;
    if (map) this.paintMap(map, side);
    else this.paintSurface(frame, side);
    const context = this.clear();
    context.save();
    context.beginPath();
    context.rect(left, top, size, size);
    context.clip();
    context.imageSmoothingEnabled = !this.discrete;
    context.imageSmoothingQuality = "high";
    // A value stands for the middle of its pixel, and the outermost values lie on the window's edge.
    const cell = size / (side - 1);
    context.drawImage(this.surface, left - cell / 2, top - cell / 2, side * cell, side * cell);
    if (!map) {
      context.lineWidth = 2.5;
      context.strokeStyle = LOOK.ink;
      context.stroke(boundary(frame, side, (i, j) => [left + i * cell, top + size - j * cell]));
    }
    context.restore();
    context.drawImage(this.points, 0, 0, this.width, this.height);
    if (!map && frame.codes.every((code) => code === -128)) {
      context.textAlign = "center";
      context.fillStyle = this.ink;
      context.fillText("The output is not finite", left + size / 2, top + size / 2);
    }
  }

  paintMap({ codes, colours }, side) {
    this.surface.width = this.surface.height = side;
    const image = new ImageData(side, side);
    mapPixels(codes, side, colours, STRENGTH, new Uint32Array(image.data.buffer), 0);
    this.surface.getContext("2d").putImageData(image, 0, 0);
  }

  // One pixel a value; the first row of the codes is the lowest of the picture.
  paintSurface(frame, side) {
    this.surface.width = this.surface.height = side;
    const image = new ImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    const share = this.discrete ? () => 1 : SHARES[this.data.output];
    const palettes = LOOK.classes.map((colour) => palette(colour, frame.scale, share));
    for (let j = 0; j < side; j++) {
      const row = (side - 1 - j) * side;
      for (let i = 0; i < side; i++) {
        const k = j * side + i;
        pixels[row + i] = palettes[winner(frame, k)][Math.abs(frame.codes[k])];
      }
    }
    this.surface.getContext("2d").putImageData(image, 0, 0);
  }
}

// The class predicted at place k: that of the largest output, or the sign of the only one.
function winner({ winners, codes }, k) {
  return winners ? winners[k] : Number(codes[k] >= 0);
}

// A value of the plane, in the units of the data, as text.
function inUnits(value, [centre, unit]) {
  return String(Number((value * unit + centre).toPrecision(6))).replace("-", "−");
}

// Round numbers on an axis of the plane, in the units of the data: where they lie, and as text.
function unitTicks(from, to, [centre, unit]) {
  const rough = ((to - from) * unit) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const ticks = [];
  const first = Math.ceil((from * unit + centre) / step);
  for (let k = first; k < first + 12 && k * step <= to * unit + centre; k++) {
    const value = Number((k * step).toPrecision(12));
    const text = Math.abs(value) >= 1e6 ? value.toExponential() : String(value);
    ticks.push([(value - centre) / unit, text.replace("-", "−")]);
  }
  return ticks;
}

// The colours of the codes 0 … 127 of one class, as pixels of an image.
function palette(colour, scale, share) {
  const pixels = new Uint32Array(129); // 128 is not a number: it stays transparent
  for (let code = 0; code <= 127; code++) {
    const way = STRENGTH * share(scale * (code / 127) ** 2);
    const [r, g, b] = mixed(colour, way);
    pixels[code] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return pixels;
}

function mixed(colour, way) {
  return LOOK.middle.map((from, i) => Math.round(from + way * (colour[i] - from)));
}

// The colour of a label: that of its class, or for regression, between -1 and 1.
function labelColour({ classes }, label) {
  if (classes) return `rgb(${LOOK.classes[label]})`;
  return `rgb(${mixed(LOOK.classes[Number(label >= 0)], Math.min(Math.abs(label), 1))})`;
}

// The lines where one class gives way to another, by marching squares; `at` gives the place of a grid
// point. The value at a place is by how much its class leads; on an edge between two classes it falls
// to 0 from both sides.
function boundary(frame, side, at) {
  const path = new Path2D();
  for (let j = 0; j + 1 < side; j++) {
    for (let i = 0; i + 1 < side; i++) {
      const k = j * side + i;
      const first = winner(frame, k);
      const others = [k + 1, k + side + 1, k + side];
      if (others.every((other) => winner(frame, other) === first)) continue;
      const crossings = crossingsOf(frame, [k, ...others], [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]]);
      const places = crossings.map(([x, y]) => at(x, y));
      if (places.length === 2) {
        path.moveTo(...places[0]);
        path.lineTo(...places[1]);
        continue;
      }
      // Where more than two classes meet, or two cross, the lines meet in the middle.
      const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
      for (const place of places) {
        path.moveTo(...place);
        path.lineTo(...middle);
      }
    }
  }
  return path;
}

// Where the classes change on the edges of a square, given the indices and places of its corners.
function crossingsOf(frame, indices, corners) {
  if (indices.some((k) => frame.codes[k] === -128)) return [];
  const crossings = [];
  for (let c = 0; c < 4; c++) {
    const [from, to] = [c, (c + 1) % 4];
    if (winner(frame, indices[from]) === winner(frame, indices[to])) continue;
    const lead = frame.codes[indices[from]] ** 2;
    const t = lead / (lead + frame.codes[indices[to]] ** 2 || 1);
    crossings.push(corners[from].map((x, axis) => x + t * (corners[to][axis] - x)));
  }
  return crossings;
}

// Markers of the training set are filled, those of the test set hollow. The target of a regression may
// have the colour of the plane, so its marker gets a dark outline.
function marker(context, x, y, data, i, scale) {
  const { label, train, classes } = data;
  const colour = labelColour(data, label[i]);
  const filled = i < train;
  const path = new Path2D(LOOK.markers[classes ? label[i] : 0]);
  const stroke = (style, width) => {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke(path);
  };
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  context.fillStyle = filled ? colour : "#fff";
  context.fill(path);
  if (!classes) stroke(LOOK.outline, filled ? 1 : 2.8);
  if (!filled) stroke(colour, 1.7);
  else if (classes) stroke("#fff", 0.8);
  context.restore();
}

// What the colours, the shapes and the line of the plane mean; `map` is that of a neuron, if one is shown.
function planeLegend({ classes, classNames, fullNames, output, names, scales }, map, { discrete, testPoints }) {
  const sign = (path, style) => `<svg viewBox="-8 -8 16 16"><path d="${path}" style="${style}"/></svg>`;
  const outline = "fill:none;stroke:currentColor";
  const items = [];
  const scale = (low, high, text) => items.push(["scale", `<span>${low}</span><i></i><span>${high}</span> ${text}`]);
  if (map && output === "softmax" && map.colours[0] === map.colours[1]) {
    items.push(["", "pale 0, full colour 1: probability"]);
  } else if (map) scale("≤ −1", "≥ 1", "activation");
  else if (!discrete && output === "softmax") items.push(["", "pale: low confidence"]);
  else if (!discrete && classes) scale(output === "sigmoid" ? "0" : "−1", "1", "output");
  else if (!discrete) scale(inUnits(-1, scales[2]), inUnits(1, scales[2]), `output, ${escaped(names[2])}`);
  for (let label = 0; label < classes; label++) {
    const text = escaped((classes === 2 ? fullNames : classNames)[label]);
    items.push(["", sign(LOOK.markers[label], `fill:rgb(${LOOK.classes[label]})`) + text]);
  }
  if (testPoints) items.push(["", `${sign(LOOK.markers[0], outline)}test set`]);
  const middle = { sigmoid: "0.5", softmax: "equal probability" }[output] ?? (classes ? "0" : inUnits(0, scales[2]));
  if (!map) items.push(["", sign("M-8,3 C-3,-6 3,6 8,-3", outline) + middle]);
  return items.map(([name, content]) => `<li class="${name}">${content}</li>`).join("");
}

// The cost by epoch, up to the epoch that is shown.
class Curve extends Picture {
  // `epoch` is that of the frame; up to `known`, the last that was seen, the curve goes on in a pale line.
  paint(costs, epoch, known, epochs, logarithmic, title) {
    const context = this.clear();
    const box = this.box();
    const end = axisEnd(known, epochs);
    const scale = costScale([costs.train, costs.test], known, logarithmic);
    const x = (value) => box.left + ((box.right - box.left) * value) / end;
    const y = (value) => box.bottom - (box.bottom - box.top) * scale.at(value);
    this.paintAxes(context, box, end, scale.ticks, x, y, title);
    context.save();
    context.beginPath();
    context.rect(box.left - 4, box.top - 4, box.right - box.left + 8, box.bottom - box.top + 8);
    context.clip();
    for (const [line, colour, dashes] of [[costs.train, LOOK.trainLine, []], [costs.test, LOOK.testLine, [7, 4]]]) {
      context.globalAlpha = 0.25;
      this.paintLine(context, line, epoch, known, x, y, colour, dashes);
      context.globalAlpha = 1;
      this.paintLine(context, line, 0, epoch, x, y, colour, dashes);
      this.paintDot(context, line, epoch, x, y, colour);
    }
    context.restore();
  }

  box() {
    return { left: 46, top: 24, right: this.width - 12, bottom: this.height - 20 };
  }

  paintAxes(context, box, end, ticks, x, y, title) {
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
    context.textAlign = "left";
    context.fillText(title, 2, 2);
  }

  paintLine(context, costs, from, to, x, y, colour, dashes) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.beginPath();
    // Of the epochs that fall on one pixel, the lowest and the highest cost are drawn.
    const bunch = Math.max(1, Math.floor((to - from) / this.width));
    for (let first = from; first <= to; first += bunch) {
      let low = Infinity;
      let high = -Infinity;
      for (let i = first; i < first + bunch && i <= to; i++) {
        if (!Number.isFinite(costs[i])) continue;
        low = Math.min(low, costs[i]);
        high = Math.max(high, costs[i]);
      }
      if (low > high) continue;
      context.lineTo(x(first), y(low));
      if (high > low) context.lineTo(x(first), y(high));
    }
    context.stroke();
    context.setLineDash([]);
  }

  paintDot(context, costs, epoch, x, y, colour) {
    if (!Number.isFinite(costs[epoch])) return;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x(epoch), y(costs[epoch]), 3.5, 0, 7);
    context.fill();
  }
}

// The end of the epoch axis: it doubles now and then as the curve grows, up to the end of the run.
function axisEnd(epoch, epochs) {
  let end = 100;
  while (end < epoch) end *= 2;
  return Math.max(Math.min(end, epochs), 1);
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
