// What every picture of the stage shares: its canvas and its colours. Nothing of the network is computed in
// the browser; the pictures are made of the values that Python sent.

// The colours, and the shape of each class as an SVG path around 0; they come with the first payload, see
// charts/look.py. Of one output, what is low has the colour of class 0, and what is high that of class 1.
const LOOK = {};

const STRENGTH = 0.62; // of the colours of the plane, so that the points stand out on it

// A canvas that counts in sixteenths of a rem: CSS pixels, unless the type of the page is large.
class Picture {
  static sharpness = 0; // pixels of the canvas to a CSS pixel, where they are not to be those of the screen

  constructor(canvas) {
    this.canvas = canvas;
  }

  // Take the size that the page gives, and the colours of its theme.
  fit() {
    const { canvas } = this;
    const pixels = Picture.sharpness || window.devicePixelRatio || 1;
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    this.ratio = pixels * unit;
    this.width = canvas.clientWidth / unit;
    this.height = canvas.clientHeight / unit;
    this.unit = unit;
    canvas.width = Math.round(canvas.clientWidth * pixels);
    canvas.height = Math.round(canvas.clientHeight * pixels);
    const style = getComputedStyle(canvas);
    this.font = `12px ${style.fontFamily}`;
    this.ink = style.color;
    this.muted = style.getPropertyValue("--muted");
    this.rule = style.getPropertyValue("--rule");
    this.letter(canvas);
  }

  // Choose the type of a canvas, which keeps it until its size is set again: in every frame it would take long.
  letter(canvas) {
    const context = canvas.getContext("2d");
    context.font = this.font;
    context.textRendering = "geometricPrecision";
  }

  // Give another canvas the same size, for what stays the same in most frames.
  match(canvas) {
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    this.letter(canvas);
  }

  // Paint it on another canvas, at a place in its pixels.
  onto(context, x, y) {
    context.drawImage(this.canvas, x, y);
  }

  clear(canvas = this.canvas, from = 0, to = this.width) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(from, 0, to - from, this.height);
    return context;
  }
}

function mixed(colour, way) {
  return LOOK.middle.map((from, i) => Math.round(from + way * (colour[i] - from)));
}

// The colours of the codes -128 … 127, as pixels of an image; `way` gives how far a code of this size, from 0 to 1, is
// from the middle. The code -128 is not a number, and transparent.
function shades([low, high], way) {
  const pixels = new Uint32Array(256);
  for (let code = -127; code <= 127; code++) {
    const [r, g, b] = mixed(code > 0 ? high : low, way(Math.abs(code) / 127));
    pixels[128 + code] = (255 << 24) | (b << 16) | (g << 8) | r;
  }
  return pixels;
}

// One pixel a code, from `start` on; the first row of the codes is the lowest of the picture.
function mapPixels(codes, side, shades, pixels, start) {
  for (let j = 0; j < side; j++) {
    const row = start + (side - 1 - j) * side;
    for (let i = 0; i < side; i++) pixels[row + i] = shades[128 + codes[j * side + i]];
  }
}

// The colour of a label: that of its class, or for regression, between -1 and 1.
function labelColour({ classes }, label) {
  if (classes) return `rgb(${LOOK.classes[label]})`;
  return `rgb(${mixed(LOOK.classes[Number(label >= 0)], Math.min(Math.abs(label), 1))})`;
}

// Take the look that Python sends; the colours of the legends in the page are those of the pictures.
function dress({ style }, look) {
  Object.assign(LOOK, look);
  const [class0, class1] = look.classes.map((colour) => `rgb(${colour})`);
  const middle = `rgb(${look.middle})`;
  const colours = { class0, class1, middle, "train-line": look.trainLine, "test-line": look.testLine };
  for (const [name, colour] of Object.entries(colours)) style.setProperty(`--${name}`, colour);
  style.setProperty("--strength", `${100 * STRENGTH}%`);
}
