// The payloads that Python sends, and the frames in them, see payload.py.

// The header of a payload, and its body, to be read from the front; see payload.py.
async function unpack(bytes) {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const take = (size) => buffer.slice(at, (at += size));
  const body = {
    bytes: (n) => new Int8Array(take(n)),
    floats: (n) => new Float32Array(take(4 * n)),
    doubles: (n) => new Float64Array(take(8 * n)),
  };
  return { header, body };
}

// The frames of a payload; the costs of its epochs are put among those that are known.
function framesOf(header, body, { side, mapSide, output, layerDims }, known) {
  const places = new Places(layerDims);
  const pictures = header.frames.map(() => ({
    winners: output === "softmax" ? body.bytes(side ** 2) : null,
    codes: body.bytes(side ** 2),
    maps: body.bytes((places.biases.at(-1) - places.biases[0]) * mapSide ** 2),
  }));
  const thetas = header.frames.map(() => body.doubles(places.biases.at(-1)));
  const last = header.frames.length ? header.frames.at(-1)[0] : header.first - 1;
  for (const part of ["train", "test"]) {
    const costs = body.doubles(last + 1 - header.first);
    for (let i = 0; i < costs.length; i++) known[part][header.first + i] = costs[i];
  }
  return header.frames.map((numbers, i) => {
    const [epoch, update, trainCost, testCost, trainAccuracy, testAccuracy, ...others] = numbers;
    const [rate, scale, fingerprint] = others;
    const costs = { trainCost, testCost, trainAccuracy, testAccuracy };
    return { epoch, update, ...costs, rate, scale, fingerprint, theta: thetas[i], ...pictures[i] };
  });
}
