// The values at the pointer: of the plane, of a sample, or of the curve. They are read from what Python sent. The
// surface has a code of one byte at each point of its grid, so what is read from it is that of the nearest point, and
// said to be about so much; the costs are exact.

const NEAR = 8; // how far from a sample, or a mark of the curve, the pointer may be

// A card and a mark, which follow the pointer over a picture.
class Values {
  // `look(x, y)` gives what is at a place of the picture: { x, y, lines }, or nothing.
  constructor(picture, look) {
    const { canvas } = picture;
    const figure = canvas.closest("figure");
    this.picture = picture;
    this.look = look;
    this.card = figure.querySelector(".values");
    this.spot = figure.querySelector(".spot");
    for (const name of ["pointermove", "pointerdown"]) canvas.addEventListener(name, (event) => this.go(event));
    canvas.addEventListener("pointercancel", () => this.leave());
    canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.leave());
  }

  go({ offsetX, offsetY }) {
    this.at = [offsetX / this.picture.unit, offsetY / this.picture.unit];
    this.update();
  }

  leave() {
    this.at = null;
    this.update();
  }

  // Show what is there now. Nothing is measured here, for it is done in every frame.
  update() {
    if (!this.at && this.card.hidden) return;
    const found = this.at && this.look(...this.at);
    this.card.hidden = this.spot.hidden = !found;
    if (!found) return;
    const { width, height } = this.picture;
    const { x, y, lines } = found;
    for (const { style } of [this.card, this.spot]) [style.left, style.top] = [rem(x), rem(y + 26)]; // below the caption
    const [across, down] = [x > width / 2 ? "calc(-100% - 0.75rem)" : "0.75rem", y > height / 2 ? "-100%" : "0"];
    this.card.style.transform = `translate(${across}, ${down})`;
    this.card.textContent = lines.join("\n");
  }
}

// What is at a place of the plane: a sample, or the nearest point of the grid; nothing while samples are drawn.
function planeValues(stage, x, y) {
  const { plane, shown, pencil } = stage;
  const { data, left, top, size } = plane;
  const [along, up] = [(x - left) / size, 1 - (y - top) / size];
  if (pencil.drawing || Math.min(along, up) < 0 || Math.max(along, up) > 1) return null;
  const place = (x1, x2) => {
    const [atX, atY] = plane.at(x1, x2);
    const text = [x1, x2].map((value, k) => `${data.names[k]} = ${inUnits(value, data.scales[k])}`);
    return { x: atX, y: atY, text: text.join(", ") };
  };
  const i = plane.sampleAt(x, y);
  if (i !== null) {
    const { text, ...at } = place(data.x1[i], data.x2[i]);
    const target = `${data.names[2]} = ${inUnits(data.label[i], data.scales[2])}`;
    const label = data.classes ? `label: ${data.fullNames[data.label[i]]}` : target;
    return { ...at, lines: [`Sample of the ${i < data.train ? "training" : "test"} set`, label, text] };
  }
  const map = stage.map(stage.marked); // of a neuron, if one is shown
  const side = map ? data.mapSide : data.side;
  const [column, row] = [along, up].map((share) => Math.round(share * (side - 1)));
  const [x1Min, x1Max, x2Min, x2Max] = data.window;
  const share = (k) => k / (side - 1);
  const { text, ...at } = place(x1Min + share(column) * (x1Max - x1Min), x2Min + share(row) * (x2Max - x2Min));
  const k = row * side + column;
  return { ...at, lines: ["Grid point", text, ...(map ? [activationText(map.codes[k])] : outputTexts(shown, data, k))] };
}

// The output at grid point k, and the class predicted there.
function outputTexts(frame, { classes, classNames, names, output, scales, surfaceEnd }, k) {
  const code = frame.codes[k];
  if (code === -128) return ["output: not finite"];
  const logit = Math.sign(code) * frame.scale * (code / 127) ** 2;
  const sigmoid = 1 / (1 + Math.exp(-logit));
  const predicted = `predicted class: ${classNames[winner(frame, k)]}`;
  if (output === "softmax") return [predicted, `odds over the next class ≈ ${sigmoid.toFixed(2)} : ${(1 - sigmoid).toFixed(2)}`];
  if (output === "linear" && !classes) {
    const beyond = Math.abs(code) === 127 && frame.scale >= surfaceEnd; // the surface ends there
    const sign = beyond ? (code > 0 ? "≥" : "≤") : "≈";
    return [`output (${names[2]}) ${sign} ${inUnits(logit, scales[2])}`];
  }
  const value = { sigmoid, tanh: Math.tanh(logit), linear: logit }[output];
  return [`output ≈ ${value.toFixed(2).replace("-", "−")}`, predicted];
}

function activationText(code) {
  if (code === -128) return "activation: not finite";
  const sign = code === 127 ? "≥" : code === -127 ? "≤" : "≈";
  return `activation ${sign} ${(code / 127).toFixed(2).replace("-", "−")}`;
}

// What is at a place of the curve: an epoch with its costs, and what was changed there.
function curveValues({ curve, course, data, network }, x) {
  const { costs, known } = course;
  const { left, right } = curve.box();
  const place = (epoch) => left + ((right - left) * epoch) / curve.end;
  const changes = curve.changes.filter(({ epoch }) => epoch <= known);
  const nearest = changes.find(({ epoch }) => Math.abs(place(epoch) - x) < NEAR / 2);
  const epoch = nearest?.epoch ?? Math.round(((x - left) / (right - left)) * curve.end);
  if (x < left - NEAR || epoch < 0 || epoch > known) return null;
  const lines = [`Epoch ${wholeNumber(epoch)}`];
  for (const [part, name] of [["train", "training"], ["test", "test"]]) {
    if (!data[part]) continue;
    const cost = costs[part][epoch];
    lines.push(`${name} cost ${Number.isFinite(cost) ? shortest(cost, data.precision) : "not finite"}`);
  }
  const here = changes.filter((change) => change.epoch === epoch);
  return { x: place(epoch), y: curve.box().top, lines: [...lines, ...here.map((change) => changeText(change, network))] };
}

function changeText({ rate, index, value, state, ...neuron }, network) {
  if (rate !== undefined) return `learning rate ${rounded(rate)} from here on`;
  if (state) return `${network.name(neuron)} ${{ on: "learns again", frozen: "frozen", off: "switched off" }[state]}`;
  const place = network.places.place(index);
  const name = place.i === undefined ? `Bias of ${network.short(place.l, place.j)}` : network.name(place);
  return `${name} set to ${shortest(value, network.data.precision)}`;
}
