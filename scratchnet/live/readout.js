// The readout: the numbers, the sentence below the figures, and the text alternatives of the canvases.

const PLAY_ICON = "M1,0 11,6 1,12Z";
const PAUSE_ICON = "M1,0H4.5V12H1ZM7.5,0H11V12H7.5Z";

class Readout {
  constructor(root) {
    this.root = root;
  }

  write(selector, text, title = "") {
    const element = this.root.querySelector(selector);
    if (element.textContent !== text) setText(element, text);
    if (element.title !== title) element.title = title;
  }

  // What stands above and below the plane; `map` is that of a neuron, if one is shown.
  caption({ data, network, marked, plane }, map) {
    const side = `${data.mapSide} × ${data.mapSide} points`;
    const contour = `The line is the contour where the output is ${inUnits(0, data.scales[2])}`;
    const title = data.classes ? "Decision boundary" : contour;
    this.write(".plane figcaption span", map ? network.name(marked) : "Network output", map ? `At ${side}` : title);
    const legend = planeLegend(data, map, plane);
    if (legend !== this.legend) this.root.querySelector(".plane .legend").innerHTML = this.legend = legend;
  }

  // Tell what a stage shows.
  tell(stage) {
    const { shown, data, course, playing, over } = stage;
    const atRest = (title) => (playing ? "" : title); // a title in every frame would cost the browser a new style
    this.write(".epoch .at", epochText(shown, data), `of ${wholeNumber(course.epochs)}`);
    setText(this.root.querySelector(".fingerprint"), shown.fingerprint);
    this.write(".rate dd", rounded(shown.rate), `exactly ${shown.rate}`);
    for (const [part, cost, accuracy] of [
      ["train", shown.trainCost, shown.trainAccuracy],
      ["test", shown.testCost, shown.testAccuracy],
    ]) {
      this.write(`.cost .${part}`, costText(cost), atRest(exactText(cost, data)));
      this.write(`.accuracy .${part}`, percentText(accuracy), atRest(rightText(accuracy, data[part])));
    }
    this.root.querySelector(".play").disabled = !playing && isStuck(stage);
    for (const name of [".step", ".update"]) this.root.querySelector(name).disabled = over;
    this.press(playing);
    this.write(".said", sentence(stage));
    this.describe(stage);
    const { epoch, update, trainCost, testCost, fingerprint } = shown;
    const { dataset } = this.root;
    Object.assign(dataset, { epoch, update, trainCost, testCost, fingerprint, playing });
  }

  // Have the button say what it does now.
  press(playing) {
    this.write(".play span", playing ? "Pause" : "Play");
    const icon = this.root.querySelector(".play path");
    const path = playing ? PAUSE_ICON : PLAY_ICON;
    if (icon.getAttribute("d") !== path) icon.setAttribute("d", path);
  }

  // The text alternatives, for screen readers: once a second while it plays.
  describe({ shown, data, playing, plane, network, curve }) {
    const now = performance.now();
    if (playing && now - (this.described ?? 0) < 1000) return;
    this.described = now;
    const label = (picture, text) => picture.canvas.setAttribute("aria-label", text);
    const at = `Epoch ${shown.epoch}.`;
    label(plane, `${at} ${sharesOf(shown, data)} ${score(shown, data)}`);
    label(network, `${at} A network with layers of ${data.layerDims.join(", ")} neurons; fingerprint ${shown.fingerprint}.`);
    label(curve, `${at} Cost ${costsText(shown, data)}.`);
  }
}

// A text that takes the place of another one costs the browser less than a new one.
function setText(element, text) {
  if (element.firstChild) element.firstChild.data = text;
  else element.textContent = text;
}
