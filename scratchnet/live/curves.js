// The cost curves of several runs on one scale, each with the colour, the dashes and the letter of its run.

const LETTER = 14; // pixels from one letter to the next, where curves end close to each other

class Curves extends Curve {
  box() {
    return { ...super.box(), right: this.width - 26 };
  }

  // `part` is the set, train or test, whose costs are shown up to the epoch of each run.
  paintAll(lanes, { part, logarithmic, end, title }) {
    const context = this.clear();
    const box = this.box();
    const known = Math.max(...lanes.map(({ course }) => course.known));
    const scale = costScale(lanes.map(({ course }) => course.costs[part]), known, logarithmic);
    const x = (value) => box.left + ((box.right - box.left) * value) / end;
    const y = (value) => box.bottom - (box.bottom - box.top) * scale.at(value);
    this.paintAxes(context, box, end, scale.ticks, x, y, title);
    const bunch = bunchOf(end, box);
    const letters = [];
    for (const { course, shown, colour, dashes, letter } of lanes) {
      const costs = course.costs[part];
      context.globalAlpha = 0.25;
      this.paintLine(context, costs, shown.epoch, course.known, bunch, x, y, colour, dashes);
      context.globalAlpha = 1;
      this.paintLine(context, costs, 0, shown.epoch, bunch, x, y, colour, dashes);
      this.paintDot(context, costs, shown.epoch, x, y, colour);
      if (Number.isFinite(costs[shown.epoch])) letters.push({ letter, x: x(shown.epoch), y: y(costs[shown.epoch]) });
    }
    this.paintLetters(context, letters, box);
  }

  // From the lowest curve upwards, each letter has room of its own. (Two runs of the same settings have one curve.)
  paintLetters(context, letters, { top, bottom }) {
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = this.ink;
    let free = bottom;
    for (const { letter, x, y } of letters.sort((one, other) => other.y - one.y)) {
      free = Math.max(Math.min(free, y), top - LETTER);
      context.fillText(letter, x + 8, free);
      free -= LETTER;
    }
  }
}
