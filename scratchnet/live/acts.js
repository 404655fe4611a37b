// What was done on the stage and Python has not heard yet. Each act has a number, and is told again until Python has
// heard it: a cut connection loses what it was told.

const HARMLESS = ["frames", "rest"]; // what leaves the run as it is
// Milliseconds until it is told again, then twice as many, and so on. Whatever is told has Python draw the views below
// anew, so what changes nothing has time: a slow machine may be drawing them still.
const HEARING = 2500;
const HEARING_HARMLESS = 15000;
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

  tell(times = 1) {
    clearTimeout(this.again);
    this.send(this.list);
    const wait = times * (this.changeRun ? HEARING : HEARING_HARMLESS);
    if (this.list.length) this.again = setTimeout(() => this.tell(2 * times), wait);
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
