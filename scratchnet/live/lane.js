// One run of a comparison: its plane, its course, and the frames of it that are still to be shown.

const ENDED = { diverged: "diverged", cost: "target training cost reached", accuracy: "target test accuracy reached", patience: "no improvement in test cost" };

class Lane {
  // `told` is what Python says of the run: its address, its letter, what differs, and how its line is drawn.
  constructor(figure, told) {
    Object.assign(this, told);
    this.figure = figure;
    this.plane = new Plane(this.find("[role=img]"));
    this.course = new Course();
    this.queue = [];
    this.shown = null;
    setText(this.find(".letter"), told.letter);
    setText(this.find(".label"), told.label);
    this.find("figcaption").title = told.label;
    Object.assign(this.find(".line").style, { stroke: told.colour, strokeDasharray: told.dashes.join(" ") });
  }

  find(selector) {
    return this.figure.querySelector(selector);
  }

  // What was asked for of the run has come: all of it, frames to be played, or one to be shown.
  take({ header, frames, costs }) {
    this.course.take(header, frames, costs);
    if (!header.about) return frames;
    this.data = header.about;
    this.find(".of-accuracy").hidden = !this.data.classes;
    return frames;
  }

  enqueue(frames) {
    const last = (this.queue.at(-1) ?? this.shown).epoch;
    this.queue.push(...frames.filter(({ epoch }) => epoch > last));
  }

  // The frames up to an epoch have their turn: the last of them is shown.
  playTo(epoch) {
    while (this.queue.length && this.queue[0].epoch <= epoch) this.show(this.queue.shift());
  }

  show(frame) {
    this.shown = frame;
    this.data.side = frame.side;
    this.course.see(frame.epoch);
  }

  // Whether the run goes on after the frame that is shown.
  get goesOn() {
    return !this.course.endsAt(this.shown.epoch);
  }

  // The last epoch, as far as it is known.
  get end() {
    return this.course.stopped?.epoch ?? this.course.epochs;
  }

  // Whether nothing more of the run is to be got.
  get isWhole() {
    return this.course.endsAt((this.queue.at(-1) ?? this.shown).epoch);
  }

  prepare(testPoints, discrete) {
    Object.assign(this.plane, { testPoints, discrete });
    this.plane.prepare(this.data);
  }

  paint() {
    this.plane.paint(this.shown, null);
  }

  // `at` is the epoch of all; a run that has ended before says so. The exact cost stands where the picture rests.
  tell(at, playing) {
    const { shown, data } = this;
    const exact = playing ? "" : exactText(shown.trainCost, data);
    this.write(".cost", costText(shown.trainCost), data.test && costText(shown.testCost), exact);
    this.write(".accuracy", percentText(shown.trainAccuracy), data.test && percentText(shown.testAccuracy));
    setText(this.find(".fingerprint"), shown.fingerprint);
    setText(this.find(".ended"), this.endText(at));
  }

  // The fingerprint leads to the run at this epoch, in the playground.
  link(kept) {
    const { epoch, fingerprint } = this.shown;
    const shared = new URLSearchParams({ ...(epoch && { epoch }), fingerprint, version: this.data.version, ...kept });
    this.find(".fingerprint").href = `./?${this.run}&${shared}`;
  }

  write(selector, train, test, title = "") {
    const element = this.find(selector);
    setText(element, test ? `${train} · test ${test}` : train);
    if (element.title !== title) element.title = title;
  }

  endText(at) {
    const { course, shown, goesOn } = this;
    if (goesOn || (shown.epoch === at && !course.stopsAt(at))) return "";
    const why = course.stopsAt(shown.epoch) ? `: ${ENDED[course.stopped.reason]}` : "";
    return `Ended at epoch ${wholeNumber(shown.epoch)}${why}`;
  }

  // The text alternative of the plane.
  describe(at) {
    const { shown, data, letter, label } = this;
    const ended = this.endText(at);
    const texts = [`Run ${letter}, ${label}. Epoch ${shown.epoch}.`, ended && `${ended}.`];
    texts.push(sharesOf(shown, data), `Cost ${costsText(shown, data)}.`, score(shown, data));
    this.plane.canvas.setAttribute("aria-label", texts.filter(Boolean).join(" "));
  }
}
