// The pencil draws and erases samples. A stroke is on the plane at once; when it ends, the samples are sent
// to Python, which begins a run on them.

const SPRAY = 0.16; // how far from the pointer a point may fall, and an eraser reaches, on the plane
const SPRAY_PAUSE = 40; // milliseconds from one point to the next
const NUMBERS = [-1, -0.5, 0, 0.5, 1]; // the targets to draw with, for regression
const ANSWER = 5000; // milliseconds to wait for the run on the points, before they may be told again

class Pencil {
  // `tell(points)` tells Python the points; `say(sentence)` says why they are not learned yet.
  constructor(root, plane, { tell, say, change }) {
    Object.assign(this, { plane, tell, say, change });
    this.box = root.querySelector(".draw");
    this.legend = root.querySelector(".plane .legend");
    this.tools = root.querySelector(".tools");
    this.tool = 0; // the index of a class or a number, or "eraser"
    this.points = [];
    this.cleared = null; // the points that Clear took away, until others are told
    this.box.onchange = () => this.open(this.box.checked);
    this.tools.onclick = (event) => this.take(event.target.closest("button"));
    const { canvas } = plane;
    canvas.onpointerdown = (event) => this.begin(event);
    canvas.onpointermove = (event) => this.go(event);
    canvas.onpointerup = canvas.onpointercancel = () => this.end();
  }

  get drawing() {
    return this.box.checked;
  }

  open(on) {
    this.tools.hidden = !on;
    this.legend.hidden = on;
    this.plane.canvas.classList.toggle("drawing", on);
    this.tool = 0;
    this.told = 0;
    this.next = null;
    this.copy();
    this.offer();
    this.change();
  }

  // A run has come: on the points that were told, on earlier ones, or on what was chosen elsewhere.
  arrive(data) {
    const answered = this.told;
    this.run = data;
    this.told = 0;
    if (!this.drawing) return;
    this.ahead = answered && this.sent !== this.points; // something was drawn since
    if (!this.ahead) this.copy();
    if (!answered) this.tool = 0;
    this.offer();
  }

  // Tell what was drawn while the answer was awaited, or give what was asked for in the meantime.
  goOn() {
    const { ahead, next } = this;
    this.ahead = false;
    if (ahead && !this.stroke) this.send();
    if (ahead) return null;
    this.next = null;
    return next;
  }

  // Whether there are points that no run has yet: Play, Step and the like (`act`) then wait for the run on
  // them, or for enough of them.
  holds(act) {
    if (!this.drawing || !this.changed) return false;
    this.next = act === "play" || act === "step" ? act : null;
    this.send();
    return true;
  }

  // The points of the run that is shown, to go on from.
  copy() {
    const { x1, x2, label, train } = this.run;
    this.points = Array.from(x1, (_, i) => ({ x1: x1[i], x2: x2[i], label: label[i], train: i < train }));
    this.changed = false;
    this.cleared = null;
  }

  // The data to paint: that of the run, or what was drawn since.
  get data() {
    if (!this.drawing || !this.changed) return this.run;
    const train = this.points.filter((point) => point.train);
    const points = [...train, ...this.points.filter((point) => !point.train)];
    const [x1, x2, label] = ["x1", "x2", "label"].map((name) => points.map((point) => point[name]));
    return { ...this.run, train: train.length, x1, x2, label };
  }

  // A button for each class or target; then one to add a class, the eraser, and one to erase all or have all back.
  offer() {
    const { classes, mostClasses } = this.run;
    const drawn = this.points.reduce((most, { label }) => Math.max(most, label + 1), 0);
    const many = Math.max(classes, drawn, Number.isInteger(this.tool) ? this.tool + 1 : 0);
    const { classNames, fullNames, scales } = this.run;
    const labels = classes ? Array.from({ length: many }, (_, k) => k) : NUMBERS;
    const buttons = labels.map((label, k) => {
      const name = classes ? (classes === 2 ? fullNames : classNames)[k] : inUnits(label, scales[2]);
      const colour = labelColour({ classes }, label);
      const mark = `<svg viewBox="-8 -8 16 16"><path d="${LOOK.markers[classes ? k : 0]}" style="fill:${colour}"/></svg>`;
      return this.button(k, `${mark}${escaped(name)}`, `Draw samples: ${name}`);
    });
    if (classes && many < mostClasses) buttons.push(this.button("more", "+", "Add a class"));
    buttons.push(this.button("eraser", "Erase", "Erase samples"));
    if (this.cleared) buttons.push(this.button("undo", "Undo", "Bring the erased samples back"));
    else buttons.push(this.button("clear", "Clear", "Erase all samples"));
    this.tools.innerHTML = buttons.join("");
  }

  button(tool, content, title) {
    const pressed = tool === this.tool;
    const name = escaped(title);
    return `<button type="button" data-tool="${tool}" aria-pressed="${pressed}" title="${name}" aria-label="${name}">${content}</button>`;
  }

  take(button) {
    if (!button) return;
    const { tool } = button.dataset;
    if (tool === "clear") {
      this.cleared = { points: this.points, changed: this.changed };
      this.touch([]);
      this.tool = 0;
    } else if (tool === "undo") this.undo();
    else if (tool === "more") this.tool = this.tools.querySelectorAll("[data-tool]").length - 3;
    else this.tool = tool === "eraser" ? tool : Number(tool);
    this.offer();
    this.tools.querySelector("[aria-pressed=true]")?.focus();
    if (tool === "clear") this.send();
  }

  // Have the samples back that Clear took away; those drawn since are too few for a run, and go.
  undo() {
    Object.assign(this, this.cleared, { cleared: null, tool: 0 });
    this.change();
    this.say("The erased samples are back.");
    if (this.changed) this.send();
  }

  begin(event) {
    if (!this.drawing || event.button) return;
    this.plane.canvas.setPointerCapture(event.pointerId);
    this.stroke = { at: event.timeStamp };
    this.act(event, 0);
  }

  go(event) {
    if (!this.stroke) return;
    if (this.tool !== "eraser" && event.timeStamp - this.stroke.at < SPRAY_PAUSE) return;
    this.stroke.at = event.timeStamp;
    if (this.tool !== "eraser") return this.act(event, SPRAY);
    // A busy browser tells of several places at once: a quick eraser leaves nothing on its way.
    const places = event.getCoalescedEvents?.() ?? [];
    for (const place of places.length ? places : [event]) this.act(place, SPRAY);
  }

  end() {
    if (!this.stroke) return;
    this.stroke = null;
    if (this.changed) this.send();
  }

  // Draw one point near the pointer, or take those under it away.
  act(event, spray) {
    const [x1, x2] = this.plane.place(event.offsetX, event.offsetY);
    const { room, mostPoints } = this.run;
    const beyond = Math.max(Math.abs(x1), Math.abs(x2)) - this.run.window[1];
    if (beyond > SPRAY) return; // beside the plane
    if (this.tool === "eraser") {
      const seen = ({ train }) => train || this.plane.testPoints;
      const left = this.points.filter((point) => !seen(point) || Math.hypot(point.x1 - x1, point.x2 - x2) > SPRAY);
      if (left.length < this.points.length) this.touch(left);
    } else if (this.points.length >= mostPoints) {
      this.say(`The limit of ${mostPoints} samples is reached.`);
    } else {
      const near = (x) => Math.max(-room, Math.min(room, Number((x + (Math.random() * 2 - 1) * spray).toFixed(3))));
      const label = this.run.classes ? this.tool : NUMBERS[this.tool];
      this.touch([{ x1: near(x1), x2: near(x2), label, train: true }, ...this.points]);
    }
  }

  touch(points = this.points) {
    this.points = points;
    this.changed = true;
    this.change();
  }

  // Tell Python, but not before it has answered the last time: a newer message may replace one unheard.
  send() {
    const labels = new Set(this.points.map((point) => point.label));
    const { fewestPoints } = this.run;
    if (this.points.length < fewestPoints || (this.run.classes && labels.size < 2)) {
      const kinds = this.run.classes ? " from at least two classes" : "";
      const before = this.cleared ? " Until then the numbers are of the run before; Undo brings its samples back." : "";
      return this.say(`Draw at least ${fewestPoints} samples${kinds}, then press Play.${before}`);
    }
    const now = performance.now();
    if (this.told && now - this.told < ANSWER) return;
    this.told = now;
    this.sent = this.points;
    if (this.cleared) {
      this.cleared = null; // from here on the browser's Back brings them back
      this.offer();
    }
    this.tell(this.points.map(({ x1, x2, label }) => [x1, x2, label]));
  }
}

// Text from outside, to stand in HTML.
function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
