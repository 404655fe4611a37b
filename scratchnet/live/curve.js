// The curve of the cost.

const WHOLE = new Intl.NumberFormat("en");

// The cost by epoch, up to the epoch that is shown.
class Curve extends Picture {
  // Take what was changed on the way: learning rates, parameters, and neurons that were frozen or switched off.
  note({ rateChanges, edits, switches }) {
    const rates = rateChanges.map(([epoch, rate]) => ({ epoch, rate }));
    const set = edits.map(([epoch, index, value]) => ({ epoch, index, value }));
    const switched = switches.map(([epoch, l, neuron, state]) => ({ epoch, l, j: neuron - 1, state }));
    this.changes = [...rates, ...set, ...switched];
  }

  // `epoch` is that of the frame; up to the last that was seen, the curve goes on in a pale line.
  paint(course, epoch, logarithmic, title) {
    const { costs, known } = course;
    const context = this.clear();
    const box = this.box();
    const end = (this.end = axisEnd(course));
    const scale = costScale([costs.train, costs.test], known, logarithmic);
    const x = (value) => box.left + ((box.right - box.left) * value) / end;
    const y = (value) => box.bottom - (box.bottom - box.top) * scale.at(value);
    this.paintAxes(context, box, end, scale.ticks, x, y, title);
    for (const change of this.changes) if (change.epoch <= known) this.paintChange(context, box, x(change.epoch), change);
    context.save();
    context.beginPath();
    context.rect(box.left - 4, box.top - 4, box.right - box.left + 8, box.bottom - box.top + 8);
    context.clip();
    const bunch = bunchOf(end, box);
    for (const [line, colour, dashes] of [[costs.train, LOOK.trainLine, []], [costs.test, LOOK.testLine, [7, 4]]]) {
      context.globalAlpha = 0.25;
      this.paintLine(context, line, epoch, known, bunch, x, y, colour, dashes);
      context.globalAlpha = 1;
      this.paintLine(context, line, 0, epoch, bunch, x, y, colour, dashes);
      this.paintDot(context, line, epoch, x, y, colour);
    }
    context.restore();
  }

  box() {
    return { left: 46, top: 24, right: this.width - 12, bottom: this.height - 20 };
  }

  paintAxes(context, box, end, ticks, x, y, title) {
    context.fillStyle = this.muted;
    context.strokeStyle = this.rule;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks) {
      context.strokeRect(box.left, y(tick), box.right - box.left, 0);
      context.fillText(shortNumber(tick), box.left - 6, y(tick));
    }
    context.textBaseline = "top";
    const parts = Math.min(4, end);
    for (let part = 0; part <= parts; part++) {
      const tick = Math.round((end * part) / parts);
      context.textAlign = part === parts ? "right" : "center";
      context.fillText(wholeNumber(tick), x(tick), box.bottom + 5);
    }
    context.textAlign = "left";
    context.fillText(title, 2, 2);
  }

  // A line through the epoch, with a triangle for a learning rate at its top, or a square for what was set by hand.
  paintChange(context, { top, bottom }, x, { rate }) {
    context.fillStyle = context.strokeStyle = this.muted;
    context.lineWidth = 1;
    context.setLineDash([2, 3]);
    context.strokeRect(x, top, 0, bottom - top);
    context.setLineDash([]);
    const mark = rate === undefined ? "M-4,-8H4V0H-4Z" : "M-5,-9H5L0,0Z";
    context.translate(x, top);
    context.fill(new Path2D(mark));
    context.translate(-x, -top);
  }

  // Of the epochs of a bunch, the lowest and the highest cost are drawn.
  paintLine(context, costs, from, to, bunch, x, y, colour, dashes) {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.beginPath();
    for (let first = from; first <= to; first += bunch) {
      let low = Infinity;
      let high = -Infinity;
      for (let i = first; i < first + bunch && i <= to; i++) {
        if (!Number.isFinite(costs[i])) continue;
        low = Math.min(low, costs[i]);
        high = Math.max(high, costs[i]);
      }
      if (low > high) continue;
      context.lineTo(x(first), y(low));
      if (high > low) context.lineTo(x(first), y(high));
    }
    context.stroke();
    context.setLineDash([]);
  }

  paintDot(context, costs, epoch, x, y, colour) {
    if (!Number.isFinite(costs[epoch])) return;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x(epoch), y(costs[epoch]), 3.5, 0, 7);
    context.fill();
  }
}

// The epochs that fall on one pixel; where the curve is hidden, no pixel is there.
function bunchOf(end, { left, right }) {
  return Math.max(1, Math.ceil(end / (right - left)));
}

// The end of the epoch axis: it doubles now and then as the curve grows, up to the end of the run.
function axisEnd({ known, epochs }) {
  let end = 100;
  while (end < known) end *= 2;
  return Math.max(Math.min(end, epochs), 1);
}

// How the costs up to an epoch are laid on the axis: `at` gives 0 … 1, `ticks` are round numbers.
function costScale(curves, epoch, logarithmic) {
  let low = Infinity;
  let high = 0;
  for (const costs of curves) {
    for (let i = 0; i <= epoch; i++) {
      if (costs[i] > high && costs[i] < Infinity) high = costs[i];
      if (costs[i] > 0 && costs[i] < low) low = costs[i];
    }
  }
  if (high === 0) high = 1;
  const ticks = [];
  if (logarithmic) {
    const bottom = Math.floor(Math.log10(Math.min(low, high)));
    const top = Math.max(Math.ceil(Math.log10(high)), bottom + 1);
    const every = Math.ceil((top - bottom) / 6);
    for (let power = bottom; power <= top; power += every) ticks.push(10 ** power);
    return { ticks, at: (cost) => (Math.log10(Math.max(cost, 1e-300)) - bottom) / (top - bottom) };
  }
  const power = 10 ** Math.floor(Math.log10(high / 4));
  const unit = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= high / 4);
  const steps = Math.ceil(high / unit);
  for (let k = 0; k <= steps; k++) ticks.push(k * unit);
  return { ticks, at: (cost) => cost / (steps * unit) };
}

function shortNumber(n) {
  if (n !== 0 && (n < 0.001 || n >= 10000)) return n.toExponential(0).replace("-", "−");
  return String(Number(n.toPrecision(3)));
}

function wholeNumber(n) {
  return WHOLE.format(n);
}
