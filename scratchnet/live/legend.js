// The markers of the samples, and the legend of the plane.

// Markers of the training set are filled, those of the test set hollow. The target of a regression may
// have the colour of the plane, so its marker gets a dark outline.
function marker(context, x, y, data, i, scale) {
  const { label, train, classes } = data;
  const colour = labelColour(data, label[i]);
  const filled = i < train;
  const path = new Path2D(LOOK.markers[classes ? label[i] : 0]);
  const stroke = (style, width) => {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke(path);
  };
  context.save();
  context.translate(x, y);
  context.scale(scale, scale);
  context.fillStyle = filled ? colour : "#fff";
  context.fill(path);
  if (!classes) stroke(LOOK.outline, filled ? 1 : 2.8);
  if (!filled) stroke(colour, 1.7);
  else if (classes) stroke("#fff", 0.8);
  context.restore();
}

// What the colours, the shapes and the line of the plane mean; `map` is that of a neuron, if one is shown.
function planeLegend({ classes, classNames, fullNames, output, names, scales, test }, map, { discrete, testPoints }) {
  const sign = (path, style) => `<svg viewBox="-8 -8 16 16"><path d="${path}" style="${style}"/></svg>`;
  const outline = "fill:none;stroke:currentColor";
  const items = [];
  const scale = (low, high, text) => items.push(["scale", `<span>${low}</span><i></i><span>${high}</span> ${text}`]);
  if (map && output === "softmax" && map.colours[0] === map.colours[1]) {
    items.push(["", "pale 0, full colour 1: probability"]);
  } else if (map) scale("≤ −1", "≥ 1", "activation");
  else if (!discrete && output === "softmax") items.push(["", "pale: low confidence"]);
  else if (!discrete && classes) scale(output === "sigmoid" ? "0" : "−1", "1", "output");
  else if (!discrete) scale(inUnits(-1, scales[2]), inUnits(1, scales[2]), `output, ${escaped(names[2])}`);
  for (let label = 0; label < classes; label++) {
    const text = escaped((classes === 2 ? fullNames : classNames)[label]);
    items.push(["", sign(LOOK.markers[label], `fill:rgb(${LOOK.classes[label]})`) + text]);
  }
  if (test && testPoints) items.push(["", `${sign(LOOK.markers[0], outline)}test`]);
  const middle = { sigmoid: "0.5", softmax: "equal probability" }[output] ?? (classes ? "0" : inUnits(0, scales[2]));
  if (!map) items.push(["", sign("M-8,3 C-3,-6 3,6 8,-3", outline) + middle]);
  return items.map(([name, content]) => `<li class="${name}">${content}</li>`).join("");
}
