// The decision boundary, found between the values that Python sent.

// The lines where one class gives way to another, by marching squares; `at` gives the place of a grid
// point. The value at a place is by how much its class leads; on an edge between two classes it falls
// to 0 from both sides.
function boundary(frame, side, at) {
  const path = new Path2D();
  for (let j = 0; j + 1 < side; j++) {
    for (let i = 0; i + 1 < side; i++) {
      const k = j * side + i;
      const first = winner(frame, k);
      // (An array here would be one for each of ten thousand squares.)
      if (winner(frame, k + 1) === first && winner(frame, k + side) === first && winner(frame, k + side + 1) === first) continue;
      const others = [k + 1, k + side + 1, k + side];
      const crossings = crossingsOf(frame, [k, ...others], [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]]);
      const places = crossings.map(([x, y]) => at(x, y));
      if (places.length === 2) {
        path.moveTo(...places[0]);
        path.lineTo(...places[1]);
        continue;
      }
      // Where more than two classes meet, or two cross, the lines meet in the middle.
      const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length);
      for (const place of places) {
        path.moveTo(...place);
        path.lineTo(...middle);
      }
    }
  }
  return path;
}

// Where the classes change on the edges of a square, given the indices and places of its corners.
function crossingsOf(frame, indices, corners) {
  if (indices.some((k) => frame.codes[k] === -128)) return [];
  const crossings = [];
  for (let c = 0; c < 4; c++) {
    const [from, to] = [c, (c + 1) % 4];
    if (winner(frame, indices[from]) === winner(frame, indices[to])) continue;
    const lead = frame.codes[indices[from]] ** 2;
    const t = lead / (lead + frame.codes[indices[to]] ** 2 || 1);
    crossings.push(corners[from].map((x, axis) => x + t * (corners[to][axis] - x)));
  }
  return crossings;
}
