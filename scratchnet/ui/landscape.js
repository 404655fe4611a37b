// The predictions of the network at the pointer on the map, or at an epoch of the path, which plays here.
// The pictures and the costs come from Python; between the points of a picture the colours are blended.

const FINE = 8; // pixels from one point of a picture to the next
const STRENGTH = 0.62; // of the colours, so that the samples stand out
const SECONDS = 10; // that a whole path plays
const WATCH = 300; // milliseconds: Streamlit makes the map anew when its data change
// How far a colour goes from the middle to that of its class, by the logit, as on the stage.
const SHARES = {
  sigmoid: (logit) => Math.tanh(logit / 2),
  softmax: (lead) => Math.tanh(lead / 2),
  tanh: (logit) => Math.tanh(logit),
  linear: (logit) => Math.min(logit, 1),
};
const SVG = "http://www.w3.org/2000/svg";

const number = (value, digits) =>
  value === null ? "not finite" : Number(value.toPrecision(digits)).toString().replace("-", "−");
const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const mixed = (from, to, way) => from.map((value, k) => value + way * (to[k] - value));
const nearest = (places, at) =>
  places.reduce((best, place, k) => (Math.abs(place - at) < Math.abs(places[best] - at) ? k : best), 0);

// The pictures, from text: each but the first is what has changed in it.
async function unpacked({ pictures, side, planes }) {
  const size = planes * side * side;
  const bytes = Uint8Array.from(atob(pictures), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const codes = new Int8Array(await new Response(stream).arrayBuffer());
  for (let k = size; k < codes.length; k++) codes[k] += codes[k - size];
  return codes;
}

class Pointer {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.canvas = this.find("canvas");
    this.slider = this.find("input");
    this.button = this.find("button");
    this.canvas.onkeydown = (event) => this.step(event);
    this.slider.oninput = () => this.stop().showEpoch(Number(this.slider.value));
    this.button.onclick = () => (this.playing ? this.stop() : this.play());
    this.watch = setInterval(() => this.attach(), WATCH);
    this.hover = (event) => this.point(event.points[0]);
    this.redraw = () => this.drawHeads();
  }

  // Take what Python tells; the same again changes nothing.
  async receive(data) {
    const told = JSON.stringify(data);
    if (told === this.told) return;
    this.told = told;
    this.stop();
    const codes = await unpacked(data);
    if (told !== this.told) return;
    Object.assign(this, { data, codes });
    this.middle = channels(data.look.middle);
    this.colours = data.look.classes.map(channels);
    this.slider.max = data.paths[0].epochs.length - 1;
    this.find("ul").replaceChildren(...data.paths.map(({ name, colour }) => this.entry(name, colour)));
    this.cell = [nearest(data.x, data.paths[0].x.at(-1)), nearest(data.y, data.paths[0].y.at(-1))];
    this.attach();
    this.showEpoch(data.shown);
  }

  entry(name, colour) {
    const item = document.createElement("li");
    const dot = document.createElement("i");
    dot.style.background = colour;
    item.append(dot, name, document.createElement("b"));
    return item;
  }

  // Listen to the map, which is a chart of Plotly's beside this, and draw on it.
  attach() {
    const chart = this.data && document.querySelector(`${this.data.chart} .js-plotly-plot`);
    if (!chart?.on || !chart._fullLayout?.xaxis) return;
    if (chart === this.chart && chart._ev === this.events && this.heads.isConnected) return;
    this.detach();
    [this.chart, this.events] = [chart, chart._ev];
    chart.on("plotly_hover", this.hover);
    chart.on("plotly_afterplot", this.redraw);
    this.heads = document.createElementNS(SVG, "svg");
    this.heads.setAttribute("class", "landscape-heads");
    this.heads.setAttribute("aria-hidden", "true");
    this.heads.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none";
    (chart.querySelector(".svg-container") ?? chart).append(this.heads);
    this.drawHeads();
  }

  detach() {
    this.chart?.removeListener?.("plotly_hover", this.hover);
    this.chart?.removeListener?.("plotly_afterplot", this.redraw);
    this.heads?.remove();
    this.chart = null;
  }

  leave() {
    this.stop();
    clearInterval(this.watch);
    this.detach();
  }

  // The pointer is at a cell of the map, or at a point of a path.
  point(at) {
    if (this.playing || !this.data) return;
    const own = at.data.name && this.data.paths[0].epochs.indexOf(at.customdata?.[0]);
    if (own >= 0 && this.data.paths[0].x[own] === at.x) return this.showEpoch(own);
    this.showCell(nearest(this.data.x, at.x), this.data.line ? 0 : nearest(this.data.y, at.y));
  }

  step(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !this.data) return;
    event.preventDefault();
    this.stop();
    const { x, y } = this.data;
    const [column, row] = this.cell.map((at, axis) => at + way[axis]);
    this.showCell(Math.min(Math.max(column, 0), x.length - 1), Math.min(Math.max(row, 0), y.length - 1));
  }

  showCell(column, row) {
    const { x, y, costs, line } = this.data;
    this.cell = [column, row];
    this.place = [x[column], line ? costs[0][column] : y[row]];
    const where = line ? `${number(x[column], 3)} of the way` : `(${number(x[column], 3)}, ${number(y[row], 3)})`;
    const kind = line ? "On the line" : "On the plane";
    this.show(row * x.length + column, `${kind} at ${where}: cost ${number(costs[row][column], 4)}`);
  }

  showEpoch(k) {
    const { x, y, paths } = this.data;
    const [own] = paths;
    this.epoch = k;
    this.place = null;
    this.cell = [nearest(x, own.x[k]), nearest(y, own.y[k])];
    this.slider.value = k;
    this.slider.setAttribute("aria-valuetext", `epoch ${own.epochs[k]}, cost ${number(own.costs[k], 4)}`);
    [...this.find("ul").children].forEach((item, which) => {
      const { costs } = paths[which];
      item.lastChild.textContent = `cost ${number(costs[Math.min(k, costs.length - 1)], 4)}`;
    });
    const epoch = own.epochs[k].toLocaleString("en-US");
    this.show(x.length * y.length + k, `The run at epoch ${epoch}: cost ${number(own.costs[k], 4)}`);
  }

  show(picture, told) {
    const values = this.values(picture);
    this.find("figcaption").textContent = this.place ? "Predictions at the pointer" : "Predictions along the path";
    this.find(".told").textContent = told;
    this.canvas.setAttribute("aria-label", `${told}. ${this.shares(values)} Arrow keys move over the plane.`);
    this.paint(values);
    this.drawHeads();
  }

  // For each point of a picture the class that leads there, and its logit, or its lead over the next class.
  values(picture) {
    const { side, planes, scales } = this.data;
    const size = side * side;
    const codes = this.codes.subarray(planes * size * picture, planes * size * (picture + 1));
    const last = codes.subarray(size * (planes - 1));
    const leads = Float32Array.from(last, (code) => (code === -128 ? NaN : scales[picture] * (code / 127) ** 2));
    return { leads, winners: planes === 2 ? codes.subarray(0, size) : last.map((code) => Number(code > 0)) };
  }

  // How much of the picture each class has, in words.
  shares({ winners }) {
    const share = (label) => Math.round((100 * winners.filter((each) => each === label).length) / winners.length);
    const labels = [...Array(this.data.classes).keys()];
    return labels.map((label) => `Class ${label} has ${share(label)} % of the picture.`).join(" ");
  }

  paint(values) {
    const { canvas } = this;
    const { side, output, look, classes } = this.data;
    const size = (side - 1) * FINE + 1;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    const image = context.createImageData(size, size);
    const [none, ink] = [channels(look.none), [29, 33, 38]];
    const won = new Int8Array(size * size);
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++) {
        const at = (size - 1 - j) * size + i;
        const [label, lead] = between(values, side, i, j);
        won[at] = label;
        const way = STRENGTH * SHARES[output](lead);
        const [r, g, b] = label < 0 ? none : mixed(this.middle, this.colours[label], way);
        image.data.set([r, g, b, 255], 4 * at);
      }
    }
    for (let at = size; classes && at < won.length; at++) {
      const meets = won[at] !== won[at - size] || (at % size && won[at] !== won[at - 1]);
      if (meets) image.data.set([...ink, 255], 4 * at);
    }
    context.putImageData(image, 0, 0);
    this.paintSamples(context, size);
  }

  paintSamples(context, size) {
    const { points, labels, window: [left, right, low, high], look, classes } = this.data;
    const shapes = look.markers.map((shape) => new Path2D(shape));
    labels.forEach((label, k) => {
      const x = ((points[0][k] - left) / (right - left)) * size;
      const y = ((high - points[1][k]) / (high - low)) * size;
      const colour = classes
        ? look.classes[label]
        : `rgb(${mixed(this.middle, this.colours[Number(label > 0)], Math.min(Math.abs(label), 1))})`;
      context.setTransform(0.6, 0, 0, 0.6, x, y);
      context.fillStyle = colour;
      context.strokeStyle = "#fff";
      context.lineWidth = 1.5;
      context.stroke(shapes[classes ? label : 0]);
      context.fill(shapes[classes ? label : 0]);
    });
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  // Where each path is at the epoch, and the cell at the pointer, drawn on the map.
  drawHeads() {
    if (!this.chart || !this.data) return;
    const { xaxis, yaxis } = this.chart._fullLayout;
    const { paths, line, floor } = this.data;
    const height = (cost) => (cost === null ? null : Math.max(cost, floor ?? cost));
    const at = (x, y) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
    const marks = paths.map(({ x, y, costs, colour, name }) => {
      const k = Math.min(this.epoch, x.length - 1);
      return mark(...at(x[k], line ? height(costs[k]) : y[k]), 6.5, colour, name);
    });
    if (this.place) marks.push(mark(...at(this.place[0], line ? height(this.place[1]) : this.place[1]), 4, "none"));
    this.heads.replaceChildren(...marks.filter(Boolean));
  }

  play() {
    const last = Number(this.slider.max);
    if (!last) return;
    const from = this.epoch >= last ? 0 : this.epoch;
    const start = performance.now() - (from / last) * 1000 * SECONDS;
    this.button.textContent = "Pause";
    this.button.setAttribute("aria-pressed", "true");
    this.find(".told").setAttribute("aria-live", "off"); // not to be read in every frame
    const frame = (now) => {
      const k = Math.min(Math.floor(((now - start) / 1000 / SECONDS) * last), last);
      if (k !== this.epoch) this.showEpoch(Math.max(k, 0));
      if (k >= last) return this.stop();
      this.playing = requestAnimationFrame(frame);
    };
    this.playing = requestAnimationFrame(frame);
  }

  stop() {
    if (this.playing) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.button.textContent = "Play the path";
    this.button.setAttribute("aria-pressed", "false");
    this.find(".told").removeAttribute("aria-live");
    return this;
  }
}

// Which class leads between the points of a picture, and by how much; class -1 where that is not known.
function between({ leads, winners }, side, i, j) {
  const [column, row] = [Math.min(Math.floor(i / FINE), side - 2), Math.min(Math.floor(j / FINE), side - 2)];
  const [s, t] = [i / FINE - column, j / FINE - row];
  const k = row * side + column;
  const parts = [(1 - t) * (1 - s), (1 - t) * s, t * (1 - s), t * s];
  const of = [0, 0, 0, 0, 0];
  let total = 0;
  [k, k + 1, k + side, k + side + 1].forEach((corner, c) => {
    of[winners[corner]] += parts[c] * leads[corner];
    total += parts[c] * leads[corner];
  });
  if (Number.isNaN(total)) return [-1, 0];
  const label = of.indexOf(Math.max(...of));
  return [label, 2 * of[label] - total];
}

function mark(x, y, radius, colour) {
  if (!Number.isFinite(x + y)) return null;
  const circles = ["#fff", "#1d2126"].map((stroke, k) => {
    const circle = document.createElementNS(SVG, "circle");
    const of = { cx: x, cy: y, r: radius - k * 1.5 + 1.5, fill: k ? colour : "none", stroke, "stroke-width": k ? 1 : 2 };
    for (const [name, value] of Object.entries(of)) circle.setAttribute(name, value);
    return circle;
  });
  const both = document.createElementNS(SVG, "g");
  both.append(...circles);
  return both;
}

export default function ({ data, parentElement }) {
  parentElement.pointer ??= new Pointer(parentElement);
  const { pointer } = parentElement;
  clearTimeout(pointer.leaving);
  pointer.receive(data);
  return () => {
    pointer.leaving = setTimeout(() => {
      pointer.leave();
      delete parentElement.pointer;
    }, 500);
  };
}
