// The course of a run as far as it is known here: the costs of its epochs, and where it ends.
class Course {
  constructor() {
    this.costs = { train: [], test: [] };
    this.seen = 0; // the last epoch that was shown
    this.stopped = null; // where the run stopped by itself, and why
  }

  // Take what has come with some frames: the costs are those of the epochs from `first` on.
  take({ epochs, first, ended, switches }, frames, costs) {
    Object.assign(this, { epochs, switches });
    for (const part of ["train", "test"]) costs[part].forEach((cost, i) => (this.costs[part][first + i] = cost));
    if (ended) this.stopped = { epoch: frames.at(-1).epoch, reason: ended };
  }

  // After this epoch the run has become another one.
  cut(epoch) {
    this.stopped = null;
    for (const costs of Object.values(this.costs)) costs.length = Math.min(costs.length, epoch + 1);
  }

  see(epoch) {
    this.seen = Math.max(this.known, epoch);
  }

  // The last epoch that was seen, and is of this run still.
  get known() {
    return Math.min(this.seen, this.costs.train.length - 1);
  }

  // Whether neuron j of layer l is "on", "frozen" or "off" at an epoch: its last switch decides.
  state({ l, j }, epoch) {
    const last = this.switches.findLast(([at, layer, neuron]) => at <= epoch && layer === l && neuron === j + 1);
    return last ? last[3] : "on";
  }

  stopsAt(epoch) {
    return epoch === this.stopped?.epoch;
  }

  // Whether this is the last epoch of the run.
  endsAt(epoch) {
    return epoch >= this.epochs || this.stopsAt(epoch);
  }
}
