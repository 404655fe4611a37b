// The controls on the drawing: buttons to add and remove neurons and layers, and a card for each neuron,
// where its weights and bias are read and set, and for the inputs, where the features are chosen. The neurons are
// buttons, so the keyboard reaches them too.

const HINTS = [
  ["Click to choose the features.", "Click to edit it, freeze it or switch it off.", "Click to edit it."],
  ["What the network is given of each sample.", "Click to see its weights and bias.", "Click to see it with the others."],
];
// What may be chosen for a neuron from the epoch that is shown.
const STATES = [
  ["on", "learns", "Every update changes its weights and its bias"],
  ["frozen", "frozen", "Its weights and its bias stay as they are"],
  ["off", "off", "Nothing leads out of it: see the network, and train it, without this neuron"],
];

class Handles {
  // `tell` has mark(place), set(index, value), turn(place, state), resize(how) and features(names), which are called
  // when the user does that. What is told of a size is how much more it is to be: when the second of two quick clicks
  // comes, the first is not seen here yet.
  constructor(root, network, tell) {
    this.network = network;
    this.tell = tell;
    this.drawing = root.querySelector(".drawing");
    this.heads = root.querySelector(".heads");
    this.buttons = root.querySelector(".neurons");
    this.card = root.querySelector(".card");
    this.fewer = root.querySelector(".fewer");
    this.more = root.querySelector(".more");
    this.counter = root.querySelector(".layers span");
    this.fewer.onclick = () => tell.resize({ layers: -1 });
    this.more.onclick = () => tell.resize({ layers: 1 });
    // Only a pointer that moves points at something: what comes to lie under one at rest is not meant.
    this.onMove = ({ clientX, clientY }) => {
      this.moved = clientX !== this.x || clientY !== this.y;
      Object.assign(this, { x: clientX, y: clientY });
    };
    document.addEventListener("mousemove", this.onMove, true);
    const edgeAt = ({ offsetX, offsetY }) => network.edgeAt(offsetX / network.unit, offsetY / network.unit);
    network.canvas.onmousemove = (event) => this.point(edgeAt(event));
    network.canvas.onmouseleave = () => this.hover(null);
    network.canvas.onclick = (event) => {
      const edge = edgeAt(event);
      if (edge) this.pin(edge);
      else this.unpin();
    };
    // (With a value, these would forbid every other key.)
    this.drawing.onkeydown = (event) => {
      if (event.key === "Escape") this.unpin();
    };
  }

  get hidden() {
    return this.network.data.layerDims.slice(1, -1);
  }

  // A button for every neuron, and above every hidden layer two for its size.
  lay() {
    const { at, tile, data } = this.network;
    const { hidden } = this;
    this.counter.textContent = `${hidden.length} hidden layer${hidden.length === 1 ? "" : "s"}`;
    this.fewer.disabled = !hidden.length;
    this.more.disabled = hidden.length >= data.mostLayers;
    this.heads.replaceChildren(
      ...hidden.map((n, l) => this.head(n, l, at[l + 1][0][0] + tile / 2)),
    );
    this.buttons.replaceChildren(
      ...data.layerDims.flatMap((n, l) => at[l].map(([x, y], j) => this.button({ l, j }, x, y, tile))),
    );
    const step = hidden.length ? at[1][0][0] - at[0][0][0] : 100;
    this.heads.classList.toggle("narrow", step < 62); // one button above the other
    this.marked = null;
    if (this.pinned?.l !== 0) return this.unpin();
    if (this.chosen && this.chosen !== `${[...data.features].sort()}`) return; // more were chosen since
    this.chosen = null;
    this.pin({ l: 0, j: 0 }); // one more may be chosen
  }

  head(n, l, x) {
    const head = document.createElement("span");
    head.style.left = rem(x);
    const button = (sign, neurons, text) => {
      const made = document.createElement("button");
      Object.assign(made, { type: "button", textContent: sign, title: `${text} layer ${l + 1}` });
      made.setAttribute("aria-label", made.title);
      made.setAttribute("part", "layer_dims");
      made.disabled = n + neurons < 1 || n + neurons > this.network.data.mostNeurons;
      made.onclick = () => this.tell.resize({ layer: l, neurons });
      return made;
    };
    head.append(button("−", -1, "Remove a neuron from"), String(n), button("+", 1, "Add a neuron to"));
    return head;
  }

  button(place, x, y, tile) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", place });
    Object.assign(made.style, { left: rem(x), top: rem(y), width: rem(tile), height: rem(tile) });
    made.setAttribute("aria-label", this.network.name(place));
    made.setAttribute("part", `neuron-${place.l}-${place.j + 1}`); // for the page, which marks some
    made.onmousemove = () => this.point(place);
    made.onfocus = () => this.hover(place);
    made.onmouseleave = made.onblur = () => this.hover(null);
    made.onclick = () => this.pin(place);
    return made;
  }

  point(place) {
    if (this.moved) this.hover(place);
  }

  // What the pointer or the focus is on: a neuron {l, j}, an edge {l, j, i}, or nothing.
  hover(place) {
    if (isSamePlace(place, this.marked)) return;
    this.marked = place;
    if (!this.pinned) this.fill();
    this.tell.mark(place ?? this.pinned);
  }

  // Hold the card of a neuron open, with its numbers to be set; of an edge, that of its neuron; of an input, that of
  // the features.
  pin({ l, j, i }) {
    if (l === 0 && this.network.data.fixed) return this.unpin(); // there is nothing to choose
    this.pinned = { l, j };
    this.fill();
    this.tell.mark(this.pinned);
    const fields = [...this.card.querySelectorAll(".fields input")];
    const name = this.switched ?? this.network.data.features[j];
    const field = l === 0 ? fields.find(({ value }) => value === name) : fields[i === undefined ? 0 : i + 1];
    field.focus();
    field.select();
  }

  unpin() {
    this.pinned = this.chosen = null;
    this.fill();
    this.tell.mark(this.marked ?? null);
  }

  // Show the network of this frame.
  update(theta) {
    this.theta = theta;
    this.describe();
    if (!this.pinned && !this.marked) return; // the card is hidden
    if (!this.pinned) return this.fill();
    if (this.pinned.l === 0) return;
    this.card.querySelector("strong").textContent = this.title(this.pinned);
    this.card.querySelector("p").textContent = this.network.formula(theta, this.pinned);
    const now = this.network.state(this.pinned);
    for (const state of this.card.querySelectorAll(".states input")) state.checked = state.value === now;
    for (const field of this.card.querySelectorAll(".fields input")) {
      field.readOnly = this.isHeld(field.dataset.index);
      if (field.readOnly || field !== field.getRootNode().activeElement) this.fillIn(field, field.dataset.index);
    }
  }

  // Tell a screen reader, too, which neurons are frozen or off.
  describe() {
    for (const button of this.buttons.children) {
      const state = this.network.state(button.place);
      const text = state === "on" ? "" : state;
      if ((button.ariaDescription ?? "") !== text) button.ariaDescription = text;
    }
  }

  fill() {
    const { card, network, theta } = this;
    const place = this.pinned ?? this.marked;
    card.hidden = !place || !theta;
    if (card.hidden) return;
    const { l, j, i } = place;
    const title = document.createElement("strong");
    card.setAttribute("aria-label", l === 0 ? "Features" : this.title(place));
    const text = document.createElement("p");
    if (l === 0) {
      title.textContent = this.pinned ? "Features" : network.name(place);
      card.replaceChildren(title, this.pinned ? text : this.hint(0));
      text.textContent = "What the network is given of each sample.";
      if (this.pinned) card.append(this.closer(), this.choices());
      return this.settle(place);
    }
    title.textContent = this.title(place);
    text.textContent =
      i === undefined ? network.formula(theta, place) : this.text(network.places.weight(l, j, i));
    card.replaceChildren(title, text);
    if (!this.pinned) card.append(this.hint(i === undefined ? 1 : 2));
    else card.append(this.closer(), ...(network.data.fixed ? [] : [this.states(place)]), this.fields(l, j));
    this.settle(place);
  }

  // The name of a neuron or an edge, and whether it is frozen or off.
  title({ l, j, i }) {
    const state = i === undefined ? this.network.state({ l, j }) : "on";
    return this.network.name({ l, j, i }) + (state === "on" ? "" : `, ${state}`);
  }

  // What a click does, on a feature, a neuron or an edge.
  hint(kind) {
    const hint = document.createElement("small");
    hint.textContent = HINTS[Number(this.network.data.fixed)][kind];
    return hint;
  }

  closer() {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "close", textContent: "×", title: "Close (Esc)" });
    button.setAttribute("aria-label", "Close");
    button.onclick = () => this.unpin();
    return button;
  }

  // A box for each feature; one stays.
  choices() {
    const { features, allFeatures } = this.network.data;
    const all = document.createElement("div");
    all.className = "fields";
    all.setAttribute("part", "features");
    for (const [name, text] of Object.entries(allFeatures)) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const checked = features.includes(name);
      Object.assign(input, { type: "checkbox", value: name, checked, disabled: checked && features.length === 1 });
      input.onchange = () => {
        const names = [...all.querySelectorAll("input:checked")].map(({ value }) => value);
        this.switched = name;
        this.chosen = `${[...names].sort()}`;
        this.tell.features(names);
      };
      label.append(input, text);
      all.append(label);
    }
    return all;
  }

  // What the neuron is from this epoch on. (No weight leads out of an output, to be switched off.)
  states({ l, j }) {
    const { data } = this.network;
    const all = document.createElement("div");
    all.className = "states";
    all.setAttribute("role", "radiogroup");
    all.setAttribute("aria-label", "In training");
    for (const [state, text, title] of STATES.slice(0, l === data.layerDims.length - 1 ? 2 : 3)) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      const checked = state === this.network.state({ l, j });
      Object.assign(input, { type: "radio", name: "state", value: state, checked });
      input.onchange = () => this.tell.turn({ l, j }, state);
      label.title = title;
      label.append(input, text);
      all.append(label);
    }
    return all;
  }

  fields(l, j) {
    const { places, data } = this.network;
    const all = document.createElement("div");
    all.className = "fields";
    all.append(this.field("bias", places.bias(l, j)));
    for (let i = 0; i < data.layerDims[l - 1]; i++) {
      all.append(this.field(`× ${this.network.short(l - 1, i)}`, places.weight(l, j, i)));
    }
    return all;
  }

  // Whether a parameter cannot be set: nothing leads out of a neuron that is off.
  isHeld(index) {
    const { places, data } = this.network;
    const { l, i } = places.place(index);
    return data.fixed || (i !== undefined && this.network.state({ l: l - 1, j: i }) === "off");
  }

  field(name, index) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const [min, max] = this.network.data.parameters;
    Object.assign(input, { type: "number", step: "any", min, max, readOnly: this.isHeld(index) });
    input.dataset.index = index;
    this.fillIn(input, index);
    input.onchange = () => this.commit(input, index);
    input.onkeydown = (event) => {
      if (event.key === "Enter") this.commit(input, index);
    };
    label.append(name, input);
    return label;
  }

  // A parameter as text.
  text(index) {
    return shortest(this.theta[index], this.network.data.precision);
  }

  // Have the field say what the parameter is; a field for numbers takes none that is not finite.
  fillIn(input, index) {
    input.placeholder = this.text(index);
    input.value = Number.isFinite(this.theta[index]) ? this.text(index) : "";
  }

  // Set what the field says, if that is new and a number that is allowed.
  commit(input, index) {
    const { precision } = this.network.data;
    const value = Number(input.value);
    if (!input.reportValidity()) return; // the browser says what is allowed
    if (input.value === "") this.fillIn(input, index);
    else if ((precision === "single" ? Math.fround(value) : value) !== this.theta[index]) this.tell.set(index, value);
  }

  leave() {
    document.removeEventListener("mousemove", this.onMove, true);
  }

  // Put the card beside its neuron; where it has no room there without covering the neuron, below it.
  settle({ l, j }) {
    const { card, network } = this;
    const { tile } = network;
    const [x, y] = network.at[l][j];
    const [width, height] = [card.offsetWidth / network.unit, card.offsetHeight / network.unit];
    const beside = x > network.width / 2 ? x - width - 10 : x + tile + 10;
    const left = Math.max(0, Math.min(beside, network.width - width));
    const covers = left < x + tile && left + width > x;
    card.style.left = rem(left);
    card.style.top = rem(covers ? y + tile + 8 : Math.max(0, Math.min(y, network.height - height)));
  }
}

// Whether two places are the same neuron or edge, or both none.
function isSamePlace(a, b) {
  return a?.l === b?.l && a?.j === b?.j && a?.i === b?.i;
}

function rem(x) {
  return `${x / 16}rem`;
}
