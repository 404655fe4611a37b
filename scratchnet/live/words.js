// The sentences and the numbers of the stage as text.

// What the page says when a run has stopped by itself, by the reason, see Reason in history.py, and what can be done.
const STOPPED = {
  diverged: ["Training diverged: the cost or a weight is no longer finite.", "Lower the learning rate and press Reset."],
  cost: ["Stopped early: target training cost reached.", "To go on, lower Stop at training cost (under More)."],
  accuracy: ["Stopped early: target test accuracy reached.", "To go on, raise Stop at test accuracy (under More)."],
  patience: ["Early stopping: no improvement in test cost within the patience.", "To go on, raise the patience (under More)."],
};
const PLAYS_AGAIN = "The recording ends here; Play starts it again."; // of a run that cannot be changed

// Whether a run is over for good: at its end Play adds epochs, but not where the run stopped by itself or has the
// most that are allowed. A recording plays again, if it has more than one frame.
function isStuck({ over, shown, course, data }) {
  return over && (data.fixed ? shown.epoch === 0 : course.stopsAt(shown.epoch) || course.epochs >= data.mostEpochs);
}

// What is going on, in a sentence or two.
function sentence(stage) {
  const { shown, data, course, playing, stalled, over, pace, told, note } = stage;
  const { epochs, stopped } = course;
  const how = score(shown, data);
  if (playing && stalled) return "Waiting for the next epochs from Python.";
  if (note) return note;
  if (playing && data.fixed) return "Playing. Each frame shows the network at the displayed epoch.";
  if (playing) return `Training. Each frame shows the network at the displayed epoch.${pace.now.said}`;
  if (course.stopsAt(shown.epoch)) {
    const [what, remedy] = STOPPED[stopped.reason] ?? [];
    const next = data.fixed ? !isStuck(stage) && PLAYS_AGAIN : remedy;
    return [what, next, stopped.reason === "diverged" ? "" : how].filter(Boolean).join(" ");
  }
  const done = epochs === 1 ? "The epoch is" : `All ${wholeNumber(epochs)} epochs are`;
  const more = Math.min(told.more, data.mostEpochs - epochs);
  if (isStuck(stage)) return `${done} done, the most that a run can have: ${how} Reset starts over.`;
  if (over) return `${done} done: ${how} Play trains ${wholeNumber(more)} more; Reset starts over.`;
  if (shown.epoch === 0 && !shown.update) return `Untrained: ${how} Press Play.`;
  return `Paused: ${how}`;
}

// How good the network of a frame is.
function score(shown, data) {
  if (!data.classes) {
    const error = (cost) => (cost === null ? "not finite" : rounded(rmse(cost, data)));
    const name = data.scales[2][1] === 1 ? "RMSE" : `RMSE of ${data.names[2]}:`;
    const tested = data.test ? ` and ${error(shown.testCost)} on the test set` : "";
    return `${name} ${error(shown.trainCost)} on the training set${tested}.`;
  }
  const tested = data.test ? ` and ${rightText(shown.testAccuracy, data.test)} test samples` : "";
  return `${rightText(shown.trainAccuracy, data.train)} training samples${tested} classified correctly.`;
}

// The share of the plane that each class has; for regression, the share above the middle.
function sharesOf(frame, { classes, classNames, fullNames, scales, side }) {
  const counts = Array(Math.max(classes, 2)).fill(0);
  for (let k = 0; k < side ** 2; k++) if (frame.codes[k] !== -128) counts[winner(frame, k)]++;
  const percent = (n) => `${Math.round((100 * n) / side ** 2)} %`;
  if (!classes) return `The output is above ${inUnits(0, scales[2])} on ${percent(counts[1])} of the plane.`;
  const name = (label) => (fullNames[label] === classNames[label] ? classNames[label] : `Class ${classNames[label]}`);
  return `${counts.map((n, label) => `${name(label)} has ${percent(n)}`).join(", ")} of the plane.`;
}

function costText(cost) {
  if (cost === null) return "not finite";
  return cost !== 0 && (cost < 0.0001 || cost >= 10000) ? cost.toExponential(1) : cost.toFixed(4);
}

function percentText(accuracy) {
  return `${(100 * accuracy).toFixed(1)} %`;
}

// The root of the mean squared error, in the units of the target.
function rmse(cost, { scales }) {
  return Math.sqrt(2 * cost) * scales[2][1];
}

// The cost of a regression in the units of its data, where those were scaled to be learned.
function costInUnits(cost, { classes, names, scales }) {
  const unit = scales[2][1];
  return classes || unit === 1 ? "" : ` for the scaled target; ${rounded(cost * unit ** 2)} in the square of ${names[2]}`;
}

// All digits of a cost, for the title of what shows it rounded.
function exactText(cost, data) {
  return cost === null ? "" : `exactly ${cost}${costInUnits(cost, data)}`;
}

// The epoch, and the updates of the next one that are done.
function epochText({ epoch, update }, { updates }) {
  return wholeNumber(epoch) + (update ? ` + ${update}/${updates}` : "");
}

function costsText({ trainCost, testCost }, { test }) {
  return `${costText(trainCost)} on the training set${test ? `, ${costText(testCost)} on the test set` : ""}`;
}

function rounded(n) {
  return String(Number(n.toPrecision(3)));
}

function rightText(accuracy, count) {
  return `${Math.round(accuracy * count)} of ${count}`;
}
