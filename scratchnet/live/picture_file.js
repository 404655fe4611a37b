// The picture on the stage as a file: the network beside the plane at twice their size, and below what they show.

const SHARPNESS = 2; // pixels to a CSS pixel
const MARGIN = 16; // CSS pixels
const LINE = 24;

function savePicture(stage, { detail, currentTarget }) {
  if (detail) currentTarget.blur(); // the keys are free again, see stage.js
  const { epoch, update } = stage.shown;
  const dataset = new URLSearchParams(stage.told.run).get("dataset");
  const name = ["scratchnet", dataset, epoch, ...(update ? [update] : [])].join("-");
  paintAgain(stage, SHARPNESS);
  const canvas = sideBySide(stage);
  paintAgain(stage, 0);
  canvas.toBlob((blob) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${name}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}

// Paint all with so many pixels to a CSS pixel; with 0, as the screen has.
function paintAgain(stage, sharpness) {
  Picture.sharpness = sharpness;
  stage.plane.prepare(stage.pencil.data);
  stage.network.prepare(stage.data);
  stage.paint();
}

function sideBySide({ root, network, plane, shown, data }) {
  const canvas = document.createElement("canvas");
  const pictures = [network, plane];
  const [margin, line] = [SHARPNESS * MARGIN, SHARPNESS * LINE];
  const high = Math.max(...pictures.map((picture) => picture.canvas.height));
  canvas.width = pictures.reduce((sum, picture) => sum + picture.canvas.width + margin, margin);
  canvas.height = high + 2 * margin + line;
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color");
  context.fillRect(0, 0, canvas.width, canvas.height);
  let left = margin;
  for (const picture of pictures) {
    picture.onto(context, left, margin + (high - picture.canvas.height) / 2);
    left += picture.canvas.width + margin;
  }
  const said = [`Epoch ${epochText(shown, data)}`, `cost ${costsText(shown, data)}`, `fingerprint ${shown.fingerprint}`];
  context.font = `${SHARPNESS * 13}px ${network.font.slice(network.font.indexOf(" "))}`;
  context.fillStyle = plane.ink;
  context.fillText(said.join(" · "), margin, canvas.height - margin);
  return canvas;
}
