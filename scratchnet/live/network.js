// The network, drawn from left to right: features, hidden neurons, outputs. Each neuron is a heatmap
// of its activation over the plane, each edge is as wide as its weight is large, in the colour of its sign.

const MAP_STRENGTH = 0.85; // of the colours of the maps
const WIDTHS = [0.3, 0.8, 1.5, 2.5, 3.8, 5.5]; // of the edges, in pixels: weights are sorted into these
const WIDTH_OF_ONE = 2.2; // a weight of 1 or -1
const ZERO = 2 * WIDTHS.length; // the kind of an edge whose weight is 0, of neither sign
const UNKNOWN = ZERO + 1; // that of one whose weight is not a number

// Where the weights and biases of a network stand in theta: all weights, then all biases.
class Places {
  constructor(layerDims) {
    this.layerDims = layerDims;
    this.weights = [0];
    for (let l = 1; l < layerDims.length; l++) {
      this.weights.push(this.weights.at(-1) + layerDims[l - 1] * layerDims[l]);
    }
    this.biases = [this.weights.at(-1)];
    for (let l = 1; l < layerDims.length; l++) this.biases.push(this.biases.at(-1) + layerDims[l]);
  }

  // The index in theta of the weight to neuron j of layer l (from 1) from neuron i of the layer before.
  weight(l, j, i) {
    return this.weights[l - 1] + j * this.layerDims[l - 1] + i;
  }

  bias(l, j) {
    return this.biases[l - 1] + j;
  }

  // The place of the parameter at an index of theta: {l, j, i} of a weight, {l, j} of a bias.
  place(index) {
    const isBias = index >= this.biases[0];
    const starts = isBias ? this.biases : this.weights;
    const l = starts.findIndex((start) => index < start);
    const k = index - starts[l - 1];
    if (isBias) return { l, j: k };
    const n = this.layerDims[l - 1];
    return { l, j: Math.floor(k / n), i: k % n };
  }

  // The row of neuron j of layer l among the maps of all neurons.
  row(l, j) {
    return this.biases[l - 1] - this.biases[0] + j;
  }
}

class Network extends Picture {
  constructor(canvas) {
    super(canvas);
    this.atlas = document.createElement("canvas");
    this.edges = document.createElement("canvas");
  }

  // Find a place for every neuron; the features' maps stay the same in every frame of a run.
  prepare(data) {
    this.fit();
    this.data = data;
    this.places = new Places(data.layerDims);
    const columns = data.layerDims.length;
    const most = Math.max(...data.layerDims);
    const left = 40; // the names of the features stand there
    const widest = Math.max(56, this.height / 9); // from one neuron to the next
    const pitch = Math.min(widest, (this.height - 8) / most);
    const step = (this.width - left - 4) / columns;
    this.tile = Math.max(6, Math.min(widest * 0.75, pitch * 0.82, step * 0.5));
    this.at = data.layerDims.map((n, l) => {
      const x = left + (l * (this.width - left - this.tile - 4)) / (columns - 1);
      const top = (this.height - n * pitch) / 2;
      return Array.from({ length: n }, (_, j) => [x, top + j * pitch + (pitch - this.tile) / 2]);
    });
    this.count = data.layerDims.reduce((sum, n) => sum + n, 0);
    this.atlas.width = data.mapSide;
    this.atlas.height = data.mapSide * this.count;
    this.image = new ImageData(data.mapSide, data.mapSide * this.count);
    this.match(this.edges);
    this.kinds = []; // of the edges to each layer, as they are painted
  }

  // The codes of the map of neuron j of layer l, or of feature j for layer 0.
  codes(frame, l, j) {
    const size = this.data.mapSide ** 2;
    const [codes, row] = l === 0 ? [this.data.featureMaps, j] : [frame.maps, this.places.row(l, j)];
    return codes.subarray(row * size, (row + 1) * size);
  }

  // The two colours of a map: from -1 to 1, but of a class's output from 0 to 1 in that of the class.
  colours(l, j) {
    const { layerDims, output } = this.data;
    const last = l === layerDims.length - 1 && output === "softmax";
    return last ? [LOOK.classes[j], LOOK.classes[j]] : LOOK.classes;
  }

  paint(frame, marked, course) {
    Object.assign(this, { course, epoch: frame.epoch });
    if (!this.width || !this.height) return; // it is hidden, as on a slide
    const context = this.clear();
    this.paintEdges(frame.theta);
    context.drawImage(this.edges, 0, 0, this.width, this.height);
    if (marked?.i !== undefined) this.paintMarked(context, marked);
    this.paintMaps(frame);
    this.data.layerDims.forEach((n, l) => {
      for (let j = 0; j < n; j++) this.paintNeuron(context, frame.theta, l, j, marked);
    });
  }

  // From most frames to the next no edge gets another colour or width: then all stay as they are painted.
  paintEdges(theta) {
    const { weights } = this.places;
    for (let l = 1; l < weights.length; l++) {
      const kinds = theta.subarray(weights[l - 1], weights[l]).map(kindOf);
      if (this.kinds[l]?.every((kind, k) => kind === kinds[k])) continue;
      this.kinds[l] = kinds;
      this.paintEdgesTo(l, kinds);
    }
  }

  // All edges to a layer of one sign and width are one path; a weight of 0 is a thin grey line, and one that is not a
  // number a dotted line.
  paintEdgesTo(l, kinds) {
    const [[from], [to]] = [this.at[l - 1][0], this.at[l][0]];
    const context = this.clear(this.edges, from + this.tile / 2, to + this.tile / 2);
    const paths = Array.from({ length: UNKNOWN + 1 }, () => new Path2D());
    const n = this.data.layerDims[l - 1];
    kinds.forEach((kind, k) => trace(paths[kind], ...this.edge(l, Math.floor(k / n), k % n)));
    context.globalAlpha = 0.75;
    WIDTHS.forEach((width, k) => {
      context.lineWidth = width;
      for (const sign of k % 2 ? [0, 1] : [1, 0]) { // neither sign lies always above the other
        context.strokeStyle = `rgb(${LOOK.classes[sign]})`;
        context.stroke(paths[2 * k + sign]);
      }
    });
    context.globalAlpha = 1;
    context.strokeStyle = this.muted;
    context.lineWidth = WIDTHS[0];
    context.stroke(paths[ZERO]);
    context.lineWidth = 1;
    context.setLineDash([1, 4]);
    context.stroke(paths[UNKNOWN]);
    context.setLineDash([]);
  }

  paintMarked(context, { l, j, i }) {
    const path = new Path2D();
    trace(path, ...this.edge(l, j, i));
    context.lineWidth = 3;
    context.strokeStyle = this.ink;
    context.stroke(path);
  }

  eachEdge(visit) {
    const { layerDims } = this.data;
    for (let l = 1; l < layerDims.length; l++) {
      for (let j = 0; j < layerDims[l]; j++) {
        for (let i = 0; i < layerDims[l - 1]; i++) visit(l, j, i, ...this.edge(l, j, i));
      }
    }
  }

  edge(l, j, i) {
    const [fromX, fromY] = this.at[l - 1][i];
    const [toX, toY] = this.at[l][j];
    const half = this.tile / 2;
    return [[fromX + this.tile, fromY + half], [toX, toY + half]];
  }

  // All maps, one below the other, as one image.
  paintMaps(frame) {
    const { mapSide, layerDims } = this.data;
    const pixels = new Uint32Array(this.image.data.buffer);
    const way = (size) => MAP_STRENGTH * size;
    const usual = shades(LOOK.classes, way);
    let row = 0;
    layerDims.forEach((n, l) => {
      for (let j = 0; j < n; j++, row++) {
        const colours = this.colours(l, j);
        const own = colours === LOOK.classes ? usual : shades(colours, way);
        mapPixels(this.codes(frame, l, j), mapSide, own, pixels, row * mapSide ** 2);
      }
    });
    this.atlas.getContext("2d").putImageData(this.image, 0, 0);
  }

  paintNeuron(context, theta, l, j, marked) {
    const { tile, places } = this;
    const { mapSide, layerDims, featureNames } = this.data;
    const [x, y] = this.at[l][j];
    const row = (l === 0 ? j : layerDims[0] + places.row(l, j)) * mapSide;
    const state = this.state({ l, j });
    context.globalAlpha = state === "off" ? 0.2 : 1;
    context.drawImage(this.atlas, 0, row, mapSide, mapSide, x, y, tile, tile);
    context.globalAlpha = 1;
    const here = marked && marked.i === undefined && marked.l === l && marked.j === j;
    context.strokeStyle = here ? this.ink : this.rule;
    context.lineWidth = here ? 2.5 : 1;
    context.strokeRect(x, y, tile, tile);
    context.fillStyle = this.ink;
    context.textBaseline = "middle";
    context.textAlign = "right";
    if (l === 0) return context.fillText(featureNames[j], x - 5, y + tile / 2);
    const size = Math.min(7, tile / 3); // the bias: a square in the corner
    const b = theta[places.bias(l, j)];
    const colour = `rgb(${mixed(LOOK.classes[Number(b >= 0)], Math.min(1, Math.abs(b)))})`;
    context.fillStyle = Number.isNaN(b) ? this.muted : colour;
    context.fillRect(x - size / 2, y + tile - size / 2, size, size);
    context.strokeStyle = this.muted;
    context.lineWidth = 0.7;
    context.strokeRect(x - size / 2, y + tile - size / 2, size, size);
    if (state === "off") this.paintCross(context, x, y);
    if (state === "frozen") this.paintStar(context, x + tile, y, Math.min(6.5, Math.max(3, tile / 4)));
  }

  // On a neuron that is off.
  paintCross(context, x, y) {
    const { tile } = this;
    context.strokeStyle = this.ink;
    context.lineWidth = 1.5;
    context.stroke(new Path2D(`M${x},${y}l${tile},${tile}m0,${-tile}l${-tile},${tile}`));
  }

  // On the corner of a neuron that is frozen: an ice crystal.
  paintStar(context, x, y, size) {
    context.fillStyle = "#fff";
    context.strokeStyle = LOOK.outline;
    context.lineWidth = 1;
    context.beginPath();
    context.arc(x, y, size, 0, 7);
    context.fill();
    for (const angle of [0, 1, 2].map((k) => ((2 * k + 1) * Math.PI) / 6)) {
      const [dx, dy] = [0.7 * size * Math.cos(angle), 0.7 * size * Math.sin(angle)];
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }

  // The edge under a place, or nothing.
  edgeAt(x, y) {
    let best = null;
    let least = 6; // pixels
    this.eachEdge((l, j, i, from, to) => {
      if (x < from[0] || x > to[0]) return;
      const t = (x - from[0]) / (to[0] - from[0]);
      const off = Math.abs(y - (from[1] + (to[1] - from[1]) * bend(t)));
      if (off < least) [best, least] = [{ l, j, i }, off];
    });
    return best;
  }

  // Whether a neuron is on, frozen or off.
  state(place) {
    return this.course.state(place, this.epoch);
  }

  name({ l, j, i }) {
    const { layerDims, featureNames } = this.data;
    if (i !== undefined) return `Weight from ${this.short(l - 1, i)} to ${this.short(l, j)}`;
    if (l === 0) return `Feature ${featureNames[j]}`;
    if (l === layerDims.length - 1) return layerDims[l] > 1 ? `Output for ${this.data.fullNames[j]}` : "Output";
    return `Neuron ${j + 1} of layer ${l}`;
  }

  // A neuron as formulas name it.
  short(l, j) {
    const { layerDims, featureNames } = this.data;
    if (l === 0) return featureNames[j];
    const n = l === layerDims.length - 1 && layerDims[l] === 1 ? "" : subscript(j + 1);
    return `a${n}⁽${superscript(l)}⁾`;
  }

  // What a neuron computes, with its numbers: at most so many of its inputs.
  formula(theta, { l, j }, most = 8) {
    const { layerDims, activations, output } = this.data;
    const n = layerDims[l - 1];
    const terms = [];
    for (let i = 0; i < Math.min(n, most); i++) {
      terms.push(signed(theta[this.places.weight(l, j, i)], !i) + `·${this.short(l - 1, i)}`);
    }
    if (n > most) terms.push(` + … (${n - most} more)`);
    terms.push(signed(theta[this.places.bias(l, j)], false));
    const last = l === layerDims.length - 1;
    const g = (last ? output : activations[l - 1]).replace("_", " ");
    const z = terms.join("");
    if (last && output === "softmax") return `${this.short(l, j)} = exp(z${subscript(j + 1)}) / Σ exp(z), z${subscript(j + 1)} = ${z}`;
    return `${this.short(l, j)} = ${g === "linear" ? z : `${g}(${z})`}`;
  }
}

// The sign and the width of an edge as a number.
function kindOf(w) {
  if (w === 0) return ZERO;
  if (Number.isNaN(w)) return UNKNOWN;
  const wide = Math.abs(w) * WIDTH_OF_ONE;
  let k = 0;
  while (k + 1 < WIDTHS.length && wide >= (WIDTHS[k] + WIDTHS[k + 1]) / 2) k++;
  return 2 * k + Number(w >= 0);
}

// From the right side of one neuron to the left side of the next, in a gentle bend.
function trace(path, [x0, y0], [x1, y1]) {
  const middle = (x0 + x1) / 2;
  path.moveTo(x0, y0);
  path.bezierCurveTo(middle, y0, middle, y1, x1, y1);
}

// How far down that bend is, at a share t of the way across.
function bend(t) {
  let low = 0;
  let high = 1;
  for (let k = 0; k < 12; k++) {
    const s = (low + high) / 2;
    const across = 1.5 * s * (1 - s) ** 2 + 1.5 * s * s * (1 - s) + s ** 3;
    if (across < t) low = s;
    else high = s;
  }
  return low * low * (3 - 2 * low);
}

// A parameter in as few digits as give it again: in single precision, 0.1 is kept as 0.10000000149011612.
function shortest(value, precision) {
  for (let digits = 1; precision === "single" && digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function signed(value, first) {
  const size = String(Number(Math.abs(value).toPrecision(3)));
  if (first) return value < 0 ? `−${size}` : size;
  return value < 0 ? ` − ${size}` : ` + ${size}`;
}

function subscript(n) {
  return String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);
}

function superscript(n) {
  return String(n).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);
}
