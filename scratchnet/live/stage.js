// The stage plays the frames of a run at its own pace. A run is named by its address. The stage keeps `shown`, the
// frame on the screen; `queue`, the frames still to be shown; and `wanted`, a place to go to. What it needs next of
// the run it gets from `source`, one thing at a time; what the visitor does to the run it tells Python, see session.py.

const REST = 300; // milliseconds without a change until the views below are drawn
const STALL = 1500; // milliseconds without a frame after which the page says that it waits

class Stage {
  // `root` is the element of the class stage, in which all the others are; `sourceOf` gives where the frames come from.
  constructor(root, sourceOf) {
    const find = (selector) => root.querySelector(selector);
    const say = (sentence) => this.tellNote(sentence);
    this.root = root;
    this.plane = new Plane(find(".plane [role=img]"));
    this.curve = new Curve(find(".curve [role=img]"));
    this.network = new Network(find(".network [role=img]"));
    this.handles = new Handles(root, this.network, {
      mark: (place) => this.mark(place),
      set: (index, value) => this.alter("set", { index, value }),
      turn: ({ l, j }, state) => this.alter("switch", { layer: l, neuron: j + 1, state }),
      resize: (how) => this.act("network", how),
      features: (features) => this.act("network", { features }),
    });
    const tell = (points) => this.draw(points);
    this.pencil = new Pencil(root, this.plane, { tell, say, change: () => this.redraw() });
    this.readout = new Readout(root);
    const looks = [[this.plane, planeValues], [this.curve, curveValues]];
    this.values = looks.map(([picture, look]) => new Values(picture, (x, y) => look(this, x, y)));
    this.slider = new Slider(find(".rewind"), (epoch) => this.goTo(epoch));
    const through = (address) => this.acts.has("frames", address) || this.act("frames", { value: address });
    this.source = sourceOf(through, (progress) => this.stalled && this.readout.write(".said", progress));
    this.pace = new Pace();
    this.course = new Course();
    this.queue = [];
    this.acts = new Acts((acts) => this.tell(acts));
    this.later = []; // what to do when the new run is here
    this.shown = this.wanted = this.told = null;
    this.playing = this.isNew = false;
    this.note = ""; // a sentence that stays until something else is done

    // After a click the keys are free again; who came by Tab stays on the button.
    find(".buttons").onclick = (event) => event.detail && event.target.closest("button")?.blur();
    find(".play").onclick = () => this.toggle();
    find(".reset").onclick = () => this.reset();
    find(".copy").onclick = (event) => this.address.copy(event.currentTarget, this.shown, this.data.version, say);
    find(".save").onclick = (event) => savePicture(this, event);
    find(".step").onclick = () => this.step();
    find(".update").onclick = () => this.update();
    find(".speed select").onchange = () => this.changeSpeed();
    this.address = new Address(root, () => this.changeView());
    this.keyboard = new Keyboard(() => (this.shown ? this.keys : {}));
    this.intent = new Intent();
    this.resizing = new ResizeObserver(() => this.layOut());
    for (const canvas of root.querySelectorAll("[role=img]")) this.resizing.observe(canvas);
  }

  // ---- between the stage and Python -------------------------------------------------------------

  // Python says which run is to be shown. `visit` counts the runs that were begun; within a visit the run may become
  // another one from the shown epoch on, when a learning rate or a weight is set.
  receive(told, send) {
    this.send = (message) => this.intent.leaves || send("told", message);
    if (JSON.stringify(told) === JSON.stringify(this.told)) return this.layOut(); // the theme has changed
    this.intent.leaves = false;
    this.acts.heard(told.heard);
    this.source.hear(told.answer);
    const { visit, run } = this.told ?? {};
    const isBack = told.opened && told.run === run; // a server that was started anew
    const isLost = told.opened && !isBack && run?.length > LONG; // it cannot know the points of this run
    this.told = told;
    if (isLost) return this.bring(run);
    if (told.visit !== visit && !isBack) this.begin();
    else if (told.run !== run) this.branch();
    this.root.dataset.visit = told.visit;
    if (told.rate !== null && !this.acts.has("rate", told.rate)) this.act("rate", { value: told.rate });
    if (isBack) this.playing ? this.acts.tell() : this.rest();
    if (this.shown) this.paint();
    if (this.shown) this.say();
    this.go();
  }

  // Tell Python where the stage is, and what was done there.
  tell(acts) {
    const { visit, run } = this.told;
    const { epoch, update } = this.isNew ? this.wanted : this.shown;
    this.send({ visit, run, epoch, update, playing: this.playing, log: this.address.chosen.log, acts });
  }

  // Python has forgotten a run whose points are too many for the address of the page: it gets them from here.
  bring(run) {
    this.acts.forget();
    this.act("bring", { value: `${run}&from=${this.shown.epoch}` });
  }

  act(what, how) {
    this.countAsked();
    this.acts.add(what, how);
  }

  // How often the stage has asked for something is told to whoever looks at it from outside.
  countAsked() {
    const { dataset } = this.root;
    dataset.asked = Number(dataset.asked ?? 0) + 1;
  }

  // Tell Python when the frame has come to rest: it then draws the views below, which take a second
  // that the next Step should not have to wait for.
  rest() {
    clearTimeout(this.resting);
    if (this.playing || this.isNew) return;
    this.resting = setTimeout(() => {
      this.address.follow(this.shown);
      this.acts.add("rest");
    }, REST);
  }

  // ---- what is needed of the run ----------------------------------------------------------------

  // A run of which nothing is known here yet.
  begin() {
    const { at, opened } = this.told;
    if (this.playing && this.intent.play) this.later = [() => this.play()]; // pressed while this run was on its way
    this.stop();
    this.interrupt();
    this.acts.begin();
    this.isNew = true;
    this.wanted = { ...at, opened };
    if (this.acts.changeRun) this.acts.tell();
  }

  // From the shown epoch on the run has become another one.
  branch() {
    this.note = "";
    this.interrupt();
    if (this.isNew) return;
    const { epoch, update } = this.shown;
    this.course.cut(epoch);
    this.wanted ??= { epoch, update };
  }

  // Get what is needed next, one thing at a time.
  go() {
    const asked = this.getting || this.acts.changeRun ? null : this.need();
    if (!asked) return;
    const getting = (this.getting = new AbortController());
    this.countAsked();
    const isNow = () => this.getting === getting && !(this.getting = null);
    this.source.get(this.told.run, asked, getting.signal).then(
      (got) => isNow() && this.take(asked, got),
      (error) => isNow() && this.fail(error),
    );
  }

  // The request of what is needed next, see frames.py: all of a new run, the frame that is wanted, or the next ones.
  need() {
    const { wanted, queue } = this;
    if (this.isNew) return { from: wanted.epoch, update: wanted.update, all: 1 };
    // With a frame come the costs of the epochs before it, so that none is left out.
    if (wanted) return { from: wanted.epoch, update: wanted.update, speed: Math.max(1, wanted.epoch + 1 - this.course.costs.train.length) };
    if (!this.playing || this.ends || queue.length > FRAMES_A_CHUNK / 2) return null;
    return this.pace.chunk((queue.at(-1) ?? this.shown).epoch, Number(this.address.speed.value), this.data);
  }

  // What was asked for has come.
  take(asked, { header, frames, costs }) {
    if (this.isNew) this.course = new Course();
    this.course.take(header, frames, costs);
    this.curve.note(header);
    if (this.isNew) this.arrive(header.about, frames[0]);
    else if (asked.count) this.enqueue(asked, frames, header.ends);
    else {
      if (asked.from === this.wanted.epoch && asked.update === this.wanted.update) this.wanted = null;
      this.show(frames[0]);
    }
    this.say();
    this.go();
  }

  enqueue({ speed }, frames, ends) {
    const { queue, shown } = this;
    if (this.ends !== null) this.pace.note(!queue.length, speed * this.data.secondsAnEpoch);
    queue.push(...frames.filter(({ epoch }) => epoch > (queue.at(-1) ?? shown).epoch));
    this.ends = ends;
  }

  // All of the new run is here, with a first frame.
  arrive(about, frame) {
    const { opened } = this.wanted;
    Object.assign(this, { data: about, shown: frame, isNew: false, marked: null, wanted: null, note: "" });
    this.course.see(frame.epoch);
    const { classes, train, test, look, updates } = about;
    dress(this.root, look);
    this.root.querySelector(".update").hidden = updates === 1;
    this.root.querySelector(".accuracy").hidden = !classes;
    this.root.classList.toggle("untested", !test);
    this.root.querySelector(".plane").classList.toggle("many", classes > 2);
    this.pencil.arrive(about);
    this.layOut();
    const next = this.pencil.goOn();
    if (opened) this.wanted = this.address.place(about, this.course.epochs, frame);
    else this.address.follow(frame); // where another run was at rest just before, its place may stand there
    this.rest();
    if (next) this[next]();
    for (const act of this.later.splice(0)) act();
  }

  // What was asked for is refused, or cannot be read: the picture stays as it is, and the page says why.
  fail({ message }) {
    this.stop();
    if (!this.isNew) this.wanted = null;
    this.tellNote(message);
  }

  // What is on its way is not wanted any more.
  interrupt() {
    this.getting?.abort();
    this.getting = null;
    this.queue = [];
    this.ends = null; // whether the last frames that have come are those at the end; null before the first
  }

  // Whether the epoch that is shown is the last one of the run.
  get over() {
    return this.course.endsAt(this.shown.epoch);
  }

  // ---- what the user does -----------------------------------------------------------------------

  toggle() {
    this.note = "";
    return this.playing ? this.pause() : this.play();
  }

  play() {
    if (this.pencil.holds("play") || isStuck(this)) return;
    clearTimeout(this.resting);
    this.playing = this.intent.play = true;
    this.ends = null;
    this.painted = performance.now();
    if (this.over) this.act("more");
    else this.acts.tell();
    this.tick(this.painted);
    this.say();
  }

  pause() {
    this.stop();
    this.slide();
    this.rest();
    this.say();
    this.go();
  }

  // One epoch more. A click before the last one is answered asks for one more.
  step() {
    this.goOn(({ epoch }) => ({ epoch: epoch + this.data.every, update: 0 }));
  }

  // One update more.
  update() {
    const { updates } = this.data;
    this.goOn(({ epoch, update }) => (update + 1 < updates ? { epoch, update: update + 1 } : { epoch: epoch + 1, update: 0 }));
  }

  goOn(next) {
    this.note = "";
    if (this.isNew || this.acts.has("restart")) return this.later.push(() => this.goOn(next));
    if (this.over || this.pencil.holds("step")) return;
    this.stop();
    const { epoch, update } = next(this.wanted ?? this.shown);
    const { epochs } = this.course;
    this.wanted = epoch < epochs ? { epoch, update } : { epoch: epochs, update: 0 };
    this.go();
  }

  reset() {
    this.note = "";
    if (this.pencil.holds("reset")) return;
    this.stop();
    this.act("restart");
  }

  // Show another epoch that is known: back, or on again.
  goTo(epoch) {
    this.note = "";
    if (this.pencil.holds("goTo")) return;
    this.stop();
    this.wanted = { epoch: Math.max(0, Math.min(epoch, this.course.known)), update: 0 };
    this.go();
  }

  // Set a weight or a bias of the network that is shown, or switch a neuron of it.
  alter(what, how) {
    if (this.playing) this.pause();
    this.act(what, how);
  }

  // Begin a run on samples that were drawn; what played goes on to play.
  draw(points) {
    if (this.playing) this.pencil.next = "play";
    this.stop();
    this.act("points", { points });
  }

  mark(place) {
    this.marked = place;
    this.paint();
  }

  // What each key does.
  get keys() {
    const { every } = this.data;
    const at = this.wanted?.epoch ?? this.shown.epoch;
    return {
      " ": () => this.toggle(),
      s: () => this.step(),
      r: () => this.reset(),
      ArrowLeft: (far) => this.goTo(at - far * every),
      ArrowRight: (far) => (at < this.course.known ? this.goTo(at + far * every) : this.step()),
    };
  }

  changeView() {
    this.address.follow(this.shown);
    this.layOut();
    this.rest();
  }

  changeSpeed() {
    this.address.follow(this.shown);
    if (!this.playing) return;
    this.interrupt();
    this.go();
  }

  stop() {
    clearTimeout(this.resting);
    if (this.playing) this.interrupt();
    this.playing = false;
    cancelAnimationFrame(this.next);
  }

  tick(now) {
    this.next = requestAnimationFrame((later) => this.tick(later));
    if (this.acts.changeRun) return;
    const { queue } = this;
    if (queue.length && now - this.painted > this.pace.pause - 4) {
      this.painted = now;
      this.stalled = false;
      this.show(queue.shift());
      this.address.keepUp(this.shown, now);
    } else if (!queue.length && !this.stalled && now - this.painted > STALL) {
      this.stalled = true;
      this.say();
    }
    if (this.ends && !queue.length) this.pause();
    else this.go();
  }

  leave() {
    this.stop();
    this.interrupt();
    this.acts.forget();
    this.resizing.disconnect();
    this.keyboard.leave();
    this.handles.leave();
    this.intent.leave();
  }

  // ---- what is seen -----------------------------------------------------------------------------

  show(frame) {
    this.shown = frame;
    this.data.side = frame.side;
    this.course.see(frame.epoch);
    this.paint();
    this.say();
    this.rest();
  }

  paint() {
    if (!this.laidOut) return;
    const { shown, data, marked, network, course } = this;
    const map = this.map(marked);
    this.plane.paint(shown, map);
    this.readout.caption(this, map);
    this.network.paint(shown, marked, course);
    this.handles.update(shown.theta);
    this.curve.paint(course, shown.epoch, this.address.chosen.log, data.costTitle);
    this.slide();
    for (const values of this.values) values.update();
  }

  slide() {
    const { epoch } = this.wanted ?? this.shown;
    this.slider.move(epoch, axisEnd(this.course), this.playing);
  }

  // The map of the neuron that is pointed at; the only output is the plane itself, and so it is for one that is edited.
  map(marked) {
    const { network, shown, data } = this;
    if (!marked || marked.i !== undefined || marked === this.handles.pinned) return null;
    if (marked.l === data.layerDims.length - 1 && data.output !== "softmax") return null;
    return { codes: network.codes(shown, marked.l, marked.j), colours: network.colours(marked.l, marked.j) };
  }

  // Other samples are on the plane.
  redraw() {
    this.note = "";
    this.layOut();
  }

  // Fit the pictures to the page. Where they have no room yet, the observer of their size comes again.
  layOut() {
    this.laidOut = Boolean(this.shown && this.plane.canvas.clientWidth);
    if (!this.laidOut) return;
    this.plane.testPoints = this.address.chosen.test_points;
    this.plane.discrete = this.address.chosen.discrete;
    this.plane.prepare(this.pencil.data);
    this.root.dataset.points = this.plane.data.x1.length;
    this.network.prepare(this.data);
    this.handles.lay();
    this.curve.fit();
    this.paint();
  }

  say() {
    this.readout.tell(this);
  }

  // Say this until something else is done.
  tellNote(sentence) {
    this.note = sentence;
    if (this.shown) this.say();
    else this.readout.write(".said", sentence);
  }
}
