// The stage plays the frames of a run at its own pace. It keeps `shown`, the frame on the screen; and `queue`, the
// frames still to be shown. What it can ask Python for stands in playback.py.

const FRAMES_A_SECOND = 30;
const FRAMES_A_CHUNK = 24;
const REST = 300; // milliseconds without a change until the views below are drawn
const STALL = 1500; // milliseconds without a frame after which the page says that it waits

class Stage {
  // `root` is the element of the class stage, in which all the others are.
  constructor(root) {
    const find = (selector) => root.querySelector(selector);
    const say = (sentence) => this.readout.write(".said", sentence);
    this.root = root;
    this.plane = new Plane(find(".plane canvas"));
    this.curve = new Curve(find(".curve canvas"));
    this.network = new Network(find(".network canvas"));
    this.handles = new Handles(root, this.network, {
      mark: (place) => this.mark(place),
      set: (index, value) => this.set(index, value),
      layers: (hidden) => this.send("network", { hidden }),
      features: (features) => this.send("network", { features }),
    });
    const tell = (points) => this.draw(points);
    this.pencil = new Pencil(root, this.plane, { tell, say, change: () => this.layOut() });
    this.readout = new Readout(root);
    const looks = [[this.plane, planeValues], [this.curve, curveValues]];
    this.values = looks.map(([picture, look]) => new Values(picture, (x, y) => look(this, x, y)));
    this.speed = find(".speed select");
    this.rewind = find(".rewind");
    this.stepButton = find(".step");
    this.updateButton = find(".update");
    this.queue = [];
    this.shown = null;
    this.playing = false;
    this.requests = new Requests((request, ask) => this.request(request, ask));
    this.inOrder = Promise.resolve();

    // After a click the keys are free again; who came by Tab stays on the button.
    find(".buttons").onclick = (event) => event.detail && event.target.closest("button")?.blur();
    find(".play").onclick = () => this.toggle();
    find(".reset").onclick = () => this.reset();
    find(".copy").onclick = (event) => this.address.copy(event.currentTarget, this.shown, this.data.version, say);
    this.stepButton.onclick = () => this.step();
    this.updateButton.onclick = () => this.step("updates");
    this.speed.onchange = () => this.changeSpeed();
    this.rewind.oninput = () => this.goTo(Number(this.rewind.value));
    this.address = new Address(root, () => this.changeView());
    this.keyboard = new Keyboard(() => (this.shown ? this.keys : {}));
    this.intent = new Intent();
    this.resizing = new ResizeObserver(() => this.layOut());
    for (const canvas of root.querySelectorAll("canvas")) this.resizing.observe(canvas);
  }

  // ---- what Python sends ------------------------------------------------------------------------

  receive(bytes, send) {
    this.send = (name, value) => this.intent.leaves || send(name, value);
    if (bytes === this.bytes) return this.layOut(); // nothing new: the theme has changed
    this.intent.leaves = false;
    this.bytes = bytes;
    this.inOrder = this.inOrder
      .then(() => unpack(bytes))
      .then((payload) => this.take(payload))
      .catch(console.error); // the next payload is taken all the same
  }

  take({ header, body }) {
    if (this.gone) return;
    if (header.run !== this.run) return header.all ? this.begin(header, body) : this.know(header);
    this.note(header);
    if (header.revision !== this.revision) return this.revise(header);
    if (header.answers !== this.requests.waiting?.ask) return; // of the page, or of a request that was given up
    const { request } = this.requests.waiting;
    if (!header.all) this.add(header, body, request);
    else if (["all", "restart"].includes(request.do)) this.begin(header, body, request);
    else this.requests.ask(request); // a rerun of the page has overwritten the answer
  }

  note(header) {
    this.epochs = header.epochs;
    this.curve.note(header);
  }

  // A run of which nothing is known here yet.
  begin(header, body, request) {
    const goesOn = this.playing && this.intent.play; // Play was pressed while this run was on its way
    this.stop();
    const later = this.requests.heard();
    this.note(header);
    Object.assign(this, { run: header.run, revision: header.revision, data: header });
    dress(this.root, header.look);
    const { classes, train, test, features, mapSide } = header;
    this.costs = { train: [], test: [] };
    [this.shown] = this.read(header, body);
    const m = train + test;
    Object.assign(this.data, { x1: body.floats(m), x2: body.floats(m), label: body.floats(m) });
    this.data.featureMaps = body.bytes(features.length * mapSide ** 2);
    this.marked = this.wanted = null;
    this.seen = this.shown.epoch;
    this.updateButton.hidden = header.updates === 1;
    this.root.querySelector(".accuracy").hidden = !classes;
    this.root.classList.toggle("untested", !test);
    this.root.querySelector(".plane").classList.toggle("many", classes > 2);
    this.pencil.arrive(this.data);
    this.layOut();
    this.say();
    const next = this.pencil.goOn() ?? (goesOn ? "play" : null);
    const asked = header.opened && !request && this.address.place(header);
    if (asked) return this.requests.ask({ ...asked, do: "all" });
    this.address.follow(this.shown); // where another run was at rest just before, its place may stand there
    this.rest();
    if (next) this[next]();
    else if (later?.frames) this.requests.ask({ ...later, ...this.from() });
    else if (header.playing) this.settle(); // Python has not heard yet that this page does not play
  }

  // The next frames of the run that is shown.
  add(header, body, request) {
    const later = this.requests.heard();
    if (header.set) this.forget(request.epoch);
    const frames = this.read(header, body);
    this.allHere = header.ends;
    if (this.playing) this.queue.push(...frames);
    else if (frames.length) this.show(frames.at(-1));
    else {
      this.shown.rate = header.rate;
      this.say();
    }
    const { wanted } = this;
    this.wanted = null;
    if (later) this.requests.ask(later);
    else if (request.do === "show" && wanted !== null && wanted !== request.epoch) this.goTo(wanted);
    this.rest();
  }

  // From this epoch on the run is another one.
  forget(epoch) {
    for (const costs of Object.values(this.costs)) costs.length = Math.min(costs.length, epoch);
  }

  // The learning rate or the end has changed: frames not shown yet are not of this run any more.
  revise(header) {
    const { waiting } = this.requests;
    this.requests.heard();
    this.revision = header.revision;
    [this.stopsAt, this.stopped] = header.ended ?? [];
    this.queue = [];
    this.allHere = false;
    this.forget(this.shown.epoch + 1);
    const { epoch, update } = this.shown;
    if (epoch > this.epochs || (epoch === this.epochs && update)) this.know(header, this.epochs);
    else if (this.playing) this.pull();
    else if (waiting) this.requests.ask(waiting.request); // it was about the run as it was before
    else this.settle();
    this.paint();
    this.say();
  }

  read(header, body) {
    [this.stopsAt, this.stopped] = header.ended ?? [];
    return framesOf(header, body, this.data, this.costs);
  }

  // ---- what the browser asks --------------------------------------------------------------------

  // Send a request, which has this number, to Python.
  request(request, ask) {
    this.root.dataset.asked = ask;
    this.send("request", {
      run: this.run,
      revision: this.revision,
      epoch: 0,
      update: 0,
      do: "frames",
      speed: Number(this.speed.value),
      frames: 0,
      index: 0,
      value: 0,
      ...request,
      ask,
      playing: this.playing,
    });
  }

  // Tell Python when the frame has come to rest: it then draws the views below, which take a second
  // that the next Step should not have to wait for.
  rest() {
    clearTimeout(this.resting);
    if (this.playing) return;
    this.resting = setTimeout(() => {
      this.address.follow(this.shown);
      this.send("rest", { log: this.address.chosen.log });
    }, REST);
  }

  // Ask for the frames after the last one that is here.
  pull() {
    this.requests.ask({ ...this.from(this.queue.at(-1)), frames: FRAMES_A_CHUNK });
  }

  // Tell Python which epoch is shown, now that it stays: the rest of the page is then of this epoch.
  settle() {
    this.requests.ask(this.from());
  }

  from({ epoch, update } = this.shown) {
    return { epoch, update };
  }

  // Ask for all of a run, at an epoch of it.
  know({ run, revision }, epoch = 0) {
    this.stop();
    Object.assign(this, { run, revision });
    this.requests.ask({ epoch, do: "all" });
  }

  // Whether the epoch that is shown is the last one of the run.
  get over() {
    return this.shown.epoch >= this.epochs || this.shown.epoch === this.stopsAt;
  }

  // ---- what the user does -----------------------------------------------------------------------

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  play() {
    if (this.pencil.holds("play") || isStuck(this)) return;
    this.playing = this.intent.play = true;
    this.painted = performance.now();
    if (this.over) this.requests.ask({ ...this.from(), do: "more" });
    else this.pull();
    this.tick(this.painted);
    this.say();
  }

  pause() {
    this.stop();
    this.settle();
    this.say();
  }

  // One epoch more, or one update.
  step(kind = "frames") {
    if (this.over || this.pencil.holds("step")) return;
    const { waiting } = this.requests;
    this.stop();
    // A click before the answer to the last one asks for one more.
    const again = [this.requests.later, waiting?.request].find((asked) => asked?.do === kind && asked.speed === 1);
    const frames = again ? Math.min(again.frames + 1, this.data.mostFrames) : 1;
    this.requests.ask({ ...this.from(), do: kind, speed: 1, frames });
  }

  reset() {
    if (this.pencil.holds("reset")) return;
    this.stop();
    this.requests.ask({ epoch: 0, do: "restart" });
  }

  // Show another epoch that is known: back, or on again.
  goTo(epoch) {
    if (this.pencil.holds("goTo")) return;
    this.stop();
    this.wanted = Math.max(0, Math.min(epoch, this.known));
    if (this.requests.waiting?.request.do !== "show") this.requests.ask({ epoch: this.wanted, do: "show" });
  }

  // The last epoch that was seen, and is of this run still.
  get known() {
    return Math.min(this.seen, this.costs.train.length - 1);
  }

  // Set a weight or a bias of the network that is shown.
  set(index, value) {
    if (this.playing) this.pause();
    this.requests.ask({ ...this.from(), do: "set", index, value });
  }

  // Begin a run on samples that were drawn; what played goes on to play.
  draw(points) {
    if (this.playing) this.pencil.next = "play";
    this.stop();
    this.send("points", points);
  }

  mark(place) {
    this.marked = place;
    this.paint();
  }

  // What each key does.
  get keys() {
    const at = this.wanted ?? this.shown?.epoch;
    return {
      " ": () => this.toggle(),
      s: () => this.step(),
      r: () => this.reset(),
      ArrowLeft: (far) => this.goTo(at - far),
      ArrowRight: (far) => (at < this.known ? this.goTo(at + far) : this.step()),
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
    this.queue = [];
    this.pull();
  }

  stop() {
    clearTimeout(this.resting);
    this.playing = false;
    this.queue = [];
    cancelAnimationFrame(this.next);
  }

  tick(now) {
    this.next = requestAnimationFrame((later) => this.tick(later));
    if (this.queue.length && now - this.painted > 1000 / FRAMES_A_SECOND - 4) {
      this.painted = now;
      this.stalled = false;
      this.show(this.queue.shift());
      this.address.keepUp(this.shown, now);
    } else if (!this.queue.length && !this.stalled && now - this.painted > STALL) {
      this.stalled = true;
      this.say();
    }
    if (this.queue.length > FRAMES_A_CHUNK / 2 || this.requests.waiting) return;
    if (!this.allHere) this.pull();
    else if (!this.queue.length) this.pause();
  }

  leave() {
    this.gone = true;
    this.stop();
    this.requests.heard();
    this.resizing.disconnect();
    this.keyboard.leave();
    this.handles.leave();
    this.intent.leave();
  }

  // ---- what is seen -----------------------------------------------------------------------------

  show(frame) {
    this.shown = frame;
    this.seen = Math.max(this.known, frame.epoch);
    this.paint();
    this.say();
  }

  paint() {
    if (!this.laidOut) return;
    const { shown, data, marked, network } = this;
    const map = this.map(marked);
    this.plane.paint(shown, map);
    this.readout.caption(this, map);
    this.network.paint(shown, marked);
    this.handles.update(shown.theta);
    this.curve.paint(this.costs, shown.epoch, this.known, this.epochs, this.address.chosen.log, data.costTitle);
    this.rewind.max = axisEnd(this.known, this.epochs);
    this.rewind.value = this.wanted ?? shown.epoch;
    for (const values of this.values) values.update();
  }

  // The map of the neuron that is pointed at; the only output is the plane itself, and so it is for one that is edited.
  map(marked) {
    const { network, shown, data } = this;
    if (!marked || marked.i !== undefined || marked === this.handles.pinned) return null;
    if (marked.l === data.layerDims.length - 1 && data.output !== "softmax") return null;
    return { codes: network.codes(shown, marked.l, marked.j), colours: network.colours(marked.l, marked.j) };
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
    this.stepButton.disabled = this.updateButton.disabled = this.over;
  }
}
