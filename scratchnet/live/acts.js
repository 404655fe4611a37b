// What was done on the stage and Python has not heard yet. Each act has a number, and is told again until Python has
// heard it: a cut connection loses what it was told.

const HEARING = 2500; // milliseconds until it is told again
const HARMLESS = ["frames", "rest"]; // what leaves the run as it is
const BEGINNINGS = ["network", "points"]; // what begins one, whichever was there

class Acts {
  // `tell(acts)` tells Python these, and where the stage is.
  constructor(tell) {
    this.send = tell;
    this.number = 0;
    this.forget();
  }

  add(what, how = {}) {
    this.number = Math.max(Date.now(), this.number + 1); // also beyond those of an earlier stage
    const others = this.list.filter((act) => act.do !== "rest"); // it rests no more, or again
    this.list = [...others, { n: this.number, do: what, ...how }];
    this.tell();
  }

  tell() {
    clearTimeout(this.again);
    this.send(this.list);
    if (this.list.length) this.again = setTimeout(() => this.tell(), HEARING);
  }

  has(what, value) {
    return this.list.some((act) => act.do === what && act.value === value);
  }

  // Whether Python is about to change the run: until it has, no frame of the run as it was may follow.
  get changeRun() {
    return this.list.some((act) => !HARMLESS.includes(act.do));
  }

  // Another run has come: what was done to the one before is void, but not what begins one.
  begin() {
    this.list = this.list.filter((act) => BEGINNINGS.includes(act.do));
  }

  // Python has heard all up to this number.
  heard(number) {
    this.list = this.list.filter(({ n }) => n > number);
  }

  forget() {
    clearTimeout(this.again);
    this.list = [];
  }
}
