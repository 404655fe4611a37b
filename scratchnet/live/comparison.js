// Two to four runs beside each other, in lock-step: an epoch is shown as soon as every run has it. A run that ends
// before holds its last frame. Each run is named by its address, as on the stage, and nothing is done to it here.

class Comparison {
  constructor(root, sourceOf) {
    const find = (selector) => root.querySelector(selector);
    this.root = root;
    this.readout = new Readout(root);
    this.curves = new Curves(find(".curve [role=img]"));
    this.slider = new Slider(find(".rewind"), (epoch) => this.goTo(epoch));
    this.asks = new Set(); // addresses that only Python can answer
    const say = (progress) => (this.isNew || this.stalled) && this.readout.write(".said", progress);
    this.source = sourceOf((address) => this.ask(address), say);
    this.pace = new Pace();
    this.lanes = [];
    this.told = this.wanted = null;
    this.playing = false;
    this.part = find(".part select");
    this.address = new Address(root, () => this.changeView());
    this.part.onchange = () => this.layOut();
    find(".buttons").onclick = (event) => event.detail && event.target.closest("button")?.blur();
    find(".play").onclick = () => this.toggle();
    find(".step").onclick = () => this.step();
    find(".reset").onclick = () => this.goTo(0);
    find(".speed select").onchange = () => this.changeSpeed();
    this.keyboard = new Keyboard(() => (this.isNew ? {} : this.keys));
    this.intent = new Intent();
    this.resizing = new ResizeObserver(() => this.layOut());
  }

  // Python says which runs are to be compared, and answers what the route cannot.
  receive(told, send) {
    this.send = (message) => this.intent.leaves || send("told", message);
    this.intent.leaves = false;
    for (const answer of told.answers) {
      this.asks.delete(answer.address);
      this.source.hear(answer);
    }
    const isOther = JSON.stringify(told.runs) !== JSON.stringify(this.told?.runs);
    this.told = told;
    if (isOther) return this.begin();
    this.layOut(); // perhaps in another theme
    this.link();
  }

  // Tell Python which epoch is shown, and what it is to answer.
  tell() {
    this.send({ at: this.isNew ? this.wanted : this.epoch, asks: [...this.asks] });
  }

  // One more for Python to answer: all of them are told, as what is told later takes the place of what was not heard.
  ask(address) {
    this.asks.add(address);
    this.tell();
  }

  // Other runs: nothing is known of them yet.
  begin() {
    this.stop();
    this.interrupt();
    const { runs, at } = this.told;
    const { content } = this.root.querySelector("template");
    for (const { figure } of this.lanes) figure.remove();
    this.lanes = runs.map((told) => new Lane(content.firstElementChild.cloneNode(true), told));
    this.root.querySelector(".lanes").prepend(...this.lanes.map(({ figure }) => figure));
    this.root.style.setProperty("--runs", runs.length);
    this.wanted = at;
    this.isNew = true;
    this.go();
  }

  // The epoch of all; a run that has ended before is at its own.
  get epoch() {
    return Math.max(...this.lanes.map(({ shown }) => shown.epoch));
  }

  get end() {
    return Math.max(...this.lanes.map(({ end }) => end));
  }

  get known() {
    return Math.max(...this.lanes.map(({ course }) => course.known));
  }

  get over() {
    return !this.lanes.some(({ goesOn }) => goesOn);
  }

  // ---- what is needed of the runs ---------------------------------------------------------------

  // Get what is needed next, of all runs at once.
  go() {
    const asked = this.getting ? null : this.need();
    if (!asked) return;
    const getting = (this.getting = new AbortController());
    const isNow = () => this.getting === getting && !(this.getting = null);
    const got = asked.map(([lane, what]) => this.source.get(lane.run, what, getting.signal));
    Promise.all(got).then(
      (all) => isNow() && this.take(asked, all),
      (error) => isNow() && this.fail(error),
    );
  }

  // Which lanes need what: all of new runs, the frames of a wanted epoch, or the next ones of those that go on.
  need() {
    const { lanes, wanted, isNew } = this;
    if (isNew) return lanes.map((lane) => [lane, { from: wanted, all: 1 }]);
    // With a frame come the costs of the epochs before it, so that none is left out.
    const sofar = ({ course }) => Math.max(1, wanted + 1 - course.costs.train.length);
    if (wanted !== null) return lanes.map((lane) => [lane, { from: wanted, speed: sofar(lane) }]);
    const going = lanes.filter(({ isWhole }) => !isWhole);
    if (!this.playing || !going.length || going.some(({ queue }) => queue.length > FRAMES_A_CHUNK / 2)) return null;
    const last = Math.max(...going.map(({ queue, shown }) => (queue.at(-1) ?? shown).epoch));
    const what = this.pace.chunk(last, this.speed, { secondsAnEpoch: this.secondsAnEpoch });
    return going.map((lane) => [lane, what]);
  }

  get speed() {
    return Number(this.address.speed.value);
  }

  // Of all runs together: the server trains them one after another.
  get secondsAnEpoch() {
    return this.lanes.reduce((sum, { data }) => sum + data.secondsAnEpoch, 0);
  }

  // What was asked for has come, of each lane.
  take(asked, got) {
    const frames = asked.map(([lane], i) => [lane, lane.take(got[i])]);
    if (this.wanted === null) this.enqueue(frames);
    else {
      for (const [lane, [frame]] of frames) lane.show(frame);
      if (this.isNew) this.arrive();
      // Meanwhile another epoch may be wanted.
      if (asked[0][1].from === this.wanted) this.wanted = null;
      this.show();
    }
    this.go();
  }

  enqueue(frames) {
    const isLate = frames.some(([{ queue }]) => !queue.length);
    if (this.isWarm) this.pace.note(isLate, this.speed * this.secondsAnEpoch);
    this.isWarm = true;
    for (const [lane, each] of frames) lane.enqueue(each);
  }

  // All of the new runs is here.
  arrive() {
    this.isNew = false;
    dress(this.root, this.lanes[0].data.look);
    this.root.querySelector(".boxes label").hidden = !this.lanes.some(({ data }) => data.test);
    this.resizing.disconnect();
    for (const canvas of this.root.querySelectorAll("[role=img]")) this.resizing.observe(canvas);
    this.layOut();
  }

  // What was asked for is refused, or cannot be read: the pictures stay as they are, and the page says why.
  fail({ message }) {
    this.stop();
    if (!this.isNew) {
      this.wanted = null;
      this.say();
    }
    this.readout.write(".said", message);
  }

  // What is on its way is not wanted any more.
  interrupt() {
    this.getting?.abort();
    this.getting = null;
    this.asks.clear();
    this.isWarm = false;
    for (const { queue } of this.lanes) queue.length = 0;
  }

  // ---- what the visitor does --------------------------------------------------------------------

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  // At the end of all runs, Play begins them again.
  play() {
    if (this.isNew) return;
    clearTimeout(this.resting);
    if (this.over) this.wanted = 0;
    this.playing = true;
    this.painted = performance.now();
    this.tick(this.painted);
    this.say();
  }

  pause() {
    this.stop();
    this.rest();
    this.say();
    this.go();
  }

  step() {
    this.goTo((this.wanted ?? this.epoch) + 1, this.end);
  }

  // Show another epoch of all runs, up to the last that is known.
  goTo(epoch, most = this.known) {
    if (this.isNew) return;
    this.stop();
    this.wanted = Math.max(0, Math.min(epoch, most));
    this.go();
  }

  // What each key does.
  get keys() {
    const at = this.wanted ?? this.epoch;
    return {
      " ": () => this.toggle(),
      s: () => this.step(),
      r: () => this.goTo(0),
      ArrowLeft: (far) => this.goTo(at - far),
      ArrowRight: (far) => (at < this.known ? this.goTo(at + far) : this.step()),
    };
  }

  changeView() {
    this.address.follow();
    this.layOut();
  }

  changeSpeed() {
    this.address.follow();
    if (this.playing) this.interrupt();
  }

  stop() {
    clearTimeout(this.resting);
    if (this.playing) this.interrupt();
    this.playing = false;
    cancelAnimationFrame(this.next);
  }

  tick(now) {
    this.next = requestAnimationFrame((later) => this.tick(later));
    const to = this.wanted === null ? this.nextEpoch() : null;
    if (to !== null && now - this.painted > this.pace.pause - 4) {
      this.painted = now;
      this.stalled = false;
      for (const lane of this.lanes) lane.playTo(to);
      this.show();
    } else if (to === null && !this.stalled && now - this.painted > STALL) {
      this.stalled = true;
      this.say();
    }
    if (this.wanted === null && this.over) this.pause();
    else this.go();
  }

  // The next epoch that every run has that goes on. (The last epoch of one may lie between those that are shown of the
  // others: it is then shown with the next of these.)
  nextEpoch() {
    const going = this.lanes.filter(({ goesOn }) => goesOn);
    if (!going.length || going.some(({ queue }) => !queue.length)) return null;
    const heads = going.map(({ queue }) => queue[0].epoch);
    const common = heads.filter((epoch, i) => !going[i].course.endsAt(epoch));
    return common.length ? Math.min(...common) : Math.max(...heads);
  }

  // Tell Python when the frames have come to rest, for the table below.
  rest() {
    clearTimeout(this.resting);
    if (!this.playing && !this.isNew) this.resting = setTimeout(() => this.tell(), REST);
  }

  leave() {
    this.stop();
    this.interrupt();
    this.resizing.disconnect();
    this.keyboard.leave();
    this.intent.leave();
  }

  // ---- what is seen -----------------------------------------------------------------------------

  show() {
    this.paint();
    this.say();
    this.rest();
  }

  layOut() {
    this.laidOut = Boolean(!this.isNew && this.curves.canvas.clientWidth);
    if (!this.laidOut) return;
    const { test_points, discrete } = this.address.chosen;
    for (const lane of this.lanes) lane.prepare(test_points, discrete);
    this.curves.fit();
    this.tellLegends();
    this.paint();
  }

  paint() {
    if (!this.laidOut) return;
    const { lanes, epoch, end, known } = this;
    for (const lane of lanes) lane.paint();
    const axis = axisEnd({ known, epochs: end });
    const titles = new Set(lanes.map(({ data }) => data.costTitle));
    const title = titles.size > 1 ? "different cost functions: not to be compared" : [...titles][0];
    this.curves.paintAll(lanes, { part: this.part.value, logarithmic: this.address.chosen.log, end: axis, title });
    this.slider.move(this.wanted ?? epoch, axis, this.playing);
  }

  // One legend for planes that have the same.
  tellLegends() {
    const legends = new Map();
    for (const { data, plane, letter } of this.lanes) {
      const legend = planeLegend(data, null, plane);
      legends.set(legend, [...(legends.get(legend) ?? []), letter]);
    }
    const whose = (letters) => (legends.size > 1 ? `<li>${letters.join(", ")}:</li>` : "");
    const lists = [...legends].map(([legend, letters]) => `<ul class="legend">${whose(letters)}${legend}</ul>`);
    this.root.querySelector(".legends").innerHTML = lists.join("");
  }

  say() {
    const { epoch, end, playing, lanes, over, root } = this;
    this.readout.write(".at", wholeNumber(epoch), `of ${wholeNumber(end)}`);
    this.readout.press(playing);
    root.querySelector(".step").disabled = over;
    this.readout.write(".said", this.sentence());
    for (const lane of lanes) lane.tell(epoch, playing);
    const now = performance.now();
    if (!playing || now - (this.described ?? 0) > 1000) this.describe((this.described = now));
    const shown = lanes.map((lane) => lane.shown);
    const epochs = JSON.stringify(shown.map((frame) => frame.epoch));
    const fingerprints = shown.map((frame) => frame.fingerprint).join(" ");
    const costs = JSON.stringify(shown.map((frame) => [frame.trainCost, frame.testCost]));
    Object.assign(root.dataset, { epoch, epochs, fingerprints, costs, playing });
  }

  link() {
    if (!this.isNew) for (const lane of this.lanes) lane.link(this.told.kept);
  }

  // The text alternatives, for screen readers, and where the fingerprints lead: once a second while it plays.
  describe() {
    const { lanes, epoch, curves, part } = this;
    this.link();
    for (const lane of lanes) lane.describe(epoch);
    const costs = lanes.map(({ letter, shown }) => `${letter} ${costText(shown[`${part.value}Cost`])}`);
    const whose = part.selectedOptions[0].textContent;
    curves.canvas.setAttribute("aria-label", `Epoch ${epoch}. Cost on the ${whose}: ${costs.join(", ")}.`);
  }

  sentence() {
    const { playing, stalled, over, epoch, pace } = this;
    if (playing && stalled) return "Waiting for the next epochs from Python.";
    if (playing) return `Training. All planes show the displayed epoch.${pace.now.said}`;
    if (over) return "All runs are at their end. Play starts them again.";
    return epoch === 0 ? "Untrained. Press Play." : "Paused: all planes show the same epoch.";
  }
}
