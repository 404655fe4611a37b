// The plane: the output of the network as colours, the decision boundary, the samples and the axes.

// How far a colour has gone from the middle to that of its class, by the logit.
const SHARES = {
  sigmoid: (logit) => Math.tanh(logit / 2), // |2a - 1| of the output a
  softmax: (lead) => Math.tanh(lead / 2), // (a - b) / (a + b) of the two largest outputs
  tanh: (logit) => Math.tanh(logit),
  linear: (logit) => Math.min(logit, 1),
};

// The window of the plane: a square, with the axes to its left and below. The surface has a canvas of its own below all
// else, with one pixel a value, which the browser enlarges: to draw it enlarged would take half of the time of a frame.
class Plane extends Picture {
  constructor(canvas) {
    super(canvas);
    this.surface = canvas.parentElement.querySelector(".surface canvas");
    this.points = document.createElement("canvas");
    this.testPoints = true;
    this.discrete = false;
  }

  // What stays the same in every frame of a run: points and axes, painted once.
  prepare(data) {
    this.fit();
    this.data = data;
    this.match(this.points);
    this.top = 4;
    const context = this.clear(this.points);
    const ticks = unitTicks(data.window[2], data.window[3], data.scales[1]);
    this.left = Math.max(22, ...ticks.map(([, text]) => context.measureText(text).width + 8));
    this.size = this.width - this.left - 6;
    this.placeSurface();
    const m = data.label.length;
    // Many points are drawn smaller, and all somewhat larger on a large plane.
    const scale = Math.min(1, Math.sqrt(500 / m)) * Math.max(1, Math.sqrt(this.size / 400));
    const last = this.testPoints ? m : data.train;
    for (let i = last - 1; i >= 0; i--) {
      marker(context, ...this.at(data.x1[i], data.x2[i]), data, i, scale);
    }
    this.paintAxes(context);
  }

  placeSurface() {
    const [left, top, size] = [this.left, this.top, this.size].map(rem);
    Object.assign(this.surface.parentElement.style, { left, top, width: size, height: size });
    this.surface.style.imageRendering = this.discrete ? "pixelated" : "auto";
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

  // The index of the sample at a place of the canvas, in its own units, or null.
  sampleAt(x, y) {
    const { x1, x2, label, train } = this.data;
    let [best, least] = [null, NEAR];
    for (let i = 0; i < (this.testPoints ? label.length : train); i++) {
      const [atX, atY] = this.at(x1[i], x2[i]);
      const off = Math.hypot(atX - x, atY - y);
      if (off < least) [best, least] = [i, off];
    }
    return best;
  }

  // The axes are in the units that the data came in.
  paintAxes(context) {
    const { left, top, size } = this;
    const { names, scales, window } = this.data;
    // A symbol has room between two numbers, a longer name on the plane.
    const short = scales.every(([centre, unit]) => centre === 0 && unit === 1);
    const [nameX, nameY] = this.at(window[1] - 0.5, window[3] - 0.5);
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
      if (short && Math.abs(y - nameY) < 10) continue; // on a small plane
      context.fillText(text, left - 5, Math.min(Math.max(y, top + 6), top + size - 4));
    }
    if (short) {
      context.fillText(names[1], left - 5, nameY);
      context.textAlign = "center";
      context.textBaseline = "top";
      context.fillText(names[0], nameX, top + size + 4);
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
    const { side, mapSide } = this.data;
    if (map) mapPixels(map.codes, mapSide, shades(map.colours, (size) => STRENGTH * size), this.pixels(mapSide), 0);
    else this.paintOutput(frame, this.pixels(side));
    this.surface.getContext("2d").putImageData(this.image, 0, 0);
    const context = this.clear();
    if (!map) this.paintBoundary(context, frame);
    context.drawImage(this.points, 0, 0, this.width, this.height);
    if (!map && frame.codes.every((code) => code === -128)) {
      context.textAlign = "center";
      context.fillStyle = this.ink;
      context.fillText("The output is not finite", this.left + this.size / 2, this.top + this.size / 2);
    }
  }

  // The pixels of the surface. A value stands for the middle of its pixel, and the outermost values lie on the window's
  // edge.
  pixels(side) {
    if (this.image?.width !== side) {
      this.image = new ImageData(side, side);
      this.surface.width = this.surface.height = side;
      this.surface.style.width = `${(100 * side) / (side - 1)}%`;
      this.surface.style.margin = `${-50 / (side - 1)}%`;
    }
    return new Uint32Array(this.image.data.buffer);
  }

  // Of several outputs, the codes say by how much the largest one leads, and the winners which it is.
  paintOutput({ codes, winners, scale }, pixels) {
    const { side, output } = this.data;
    const way = (size) => STRENGTH * (this.discrete ? 1 : SHARES[output](scale * size ** 2));
    if (!winners) return mapPixels(codes, side, shades(LOOK.classes, way), pixels, 0);
    const ofClass = LOOK.classes.map((colour) => shades([colour, colour], way));
    for (let j = 0; j < side; j++) {
      const row = (side - 1 - j) * side;
      for (let i = 0; i < side; i++) {
        const k = j * side + i;
        pixels[row + i] = ofClass[winners[k]][128 + codes[k]];
      }
    }
  }

  paintBoundary(context, frame) {
    const cell = this.size / (this.data.side - 1);
    context.save();
    this.clip(context);
    context.lineWidth = 2.5;
    context.strokeStyle = LOOK.ink;
    context.stroke(boundary(frame, this.data.side, (i, j) => [this.left + i * cell, this.top + this.size - j * cell]));
    context.restore();
  }

  clip(context) {
    context.beginPath();
    context.rect(this.left, this.top, this.size, this.size);
    context.clip();
  }

  onto(context, x, y) {
    const { surface, size, ratio } = this;
    const half = size / (surface.width - 1) / 2;
    context.save();
    context.setTransform(ratio, 0, 0, ratio, x, y);
    this.clip(context);
    context.imageSmoothingEnabled = !this.discrete;
    context.drawImage(surface, this.left - half, this.top - half, size + 2 * half, size + 2 * half);
    context.restore();
    super.onto(context, x, y);
  }
}

// The class predicted at place k: that of the largest output, or the sign of the only one; a tie goes to
// the lowest class, see predicted_classes in costs.py.
function winner({ winners, codes }, k) {
  return winners ? winners[k] : Number(codes[k] > 0);
}

// A value of the plane, in the units of the data, as text.
function inUnits(value, [centre, unit]) {
  const step = 10 ** (Math.floor(Math.log10(unit)) - 2); // three digits of the spread, not of the value
  const rounded = Math.round((value * unit + centre) / step) * step;
  return String(Number(rounded.toPrecision(12))).replace("-", "−");
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
