// The payloads with the frames of a run, see payload.py.

// The header of a payload, and its body, to be read from the front.
async function unpack(bytes) {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (size) => buffer.slice(at, (at += size));
  const floats = (n) => new Float32Array(take(4 * n));
  const body = {
    bytes: (n) => new Int8Array(take(n)),
    floats,
    reals: header.double ? (n) => new Float64Array(take(8 * n)) : floats,
  };
  return { header, body };
}

// The frames of a payload, with the costs from epoch `first` on, and all of the run if it tells that.
function framesOf({ header, body }) {
  const { frames, side, mapSide, planes, neurons, parameters, first, about } = header;
  const whole = (size) => {
    const pictures = frames.map(() => body.bytes(size));
    // Each but the first has come as its difference to the one before; a sum wraps as the difference did.
    for (let k = 1; k < pictures.length; k++) for (let i = 0; i < size; i++) pictures[k][i] += pictures[k - 1][i];
    return pictures;
  };
  const surfaces = whole(planes * side ** 2);
  const maps = whole(neurons * mapSide ** 2);
  const thetas = frames.map(() => body.reals(parameters));
  const known = frames.at(-1)[0] + 1 - first;
  const costs = { train: body.reals(known), test: body.reals(known) };
  if (about) {
    const m = about.train + about.test;
    Object.assign(about, { side, mapSide, x1: body.floats(m), x2: body.floats(m), label: body.floats(m) });
    about.featureMaps = body.bytes(about.features.length * mapSide ** 2);
  }
  const read = (numbers, k) => {
    const [epoch, update, trainCost, testCost, trainAccuracy, testAccuracy, rate, scale, fingerprint] = numbers;
    const winners = planes === 2 ? surfaces[k].subarray(0, side ** 2) : null;
    const codes = planes === 2 ? surfaces[k].subarray(side ** 2) : surfaces[k];
    const measured = { trainCost, testCost, trainAccuracy, testAccuracy };
    return { epoch, update, ...measured, rate, scale, fingerprint, theta: thetas[k], side, winners, codes, maps: maps[k] };
  };
  return { header, frames: frames.map(read), costs };
}

// The bytes of a text in base64.
function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
