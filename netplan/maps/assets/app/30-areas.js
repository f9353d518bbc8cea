// Polygons: filled by class, with thin dark borders, all of a layer on one canvas.
(function (np) {
  "use strict";

  np.INK = "#1b1f24";
  const HATCH_PX = 7;
  const PALER = 0.4; // the share of white in a hatched fill
  const BATCH = 20; // rows of one path: measured, both longer and shorter paths draw slower

  // Diagonal lines that stay where they are on the ground while the map is panned.
  const hatch = (view, { ink, pixels }) => {
    const side = Math.round(HATCH_PX * view.dots);
    const tile = document.createElement("canvas");
    tile.width = tile.height = side;
    const pen = tile.getContext("2d");
    pen.strokeStyle = ink;
    pen.lineWidth = pixels * view.dots;
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift - 1, side + 1);
      pen.lineTo(shift + side + 1, -1);
    }
    pen.stroke();
    const pattern = view.context.createPattern(tile, "repeat");
    const period = side / view.dots;
    pattern.setTransform(
      new DOMMatrix([1 / view.dots, 0, 0, 1 / view.dots, -(view.left % period), -(view.top % period)])
    );
    return pattern;
  };

  // How a class fills, on the map as in the legend: {color, ink, pixels}. A hatched one is paler
  // than the plain class of its color, and its lines are thin: what is known stands out.
  np.fillOf = ({ color, fill }) => {
    if (fill === "none") return { color: "none", ink: "", pixels: 0 };
    if (fill === "solid") return { color, ink: "", pixels: 0 };
    const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    const pale = parts.map((part) => Math.round(part + (255 - part) * PALER));
    const [red, green, blue] = pale;
    const isLight = 0.3 * red + 0.59 * green + 0.11 * blue > 110;
    const ink = isLight ? "rgba(27, 31, 36, 0.5)" : "rgba(255, 255, 255, 0.75)";
    return { color: `rgb(${pale.join(", ")})`, ink, pixels: 0.9 };
  };

  const rowsInView = (shape, view, mask) => {
    const rows = [];
    let width = 0;
    for (let row = 0; row < shape.count; row++) {
      if (!mask[row] || !np.inView(view, shape.box, row, 0)) continue;
      rows.push(row);
      width += shape.box[4 * row + 2] - shape.box[4 * row];
    }
    return { rows, meanPixels: rows.length ? (width / rows.length) * view.scale : 0 };
  };

  // Borders fade out as polygons shrink: at 4 pixels there would be nothing else to see.
  const borderOf = (meanPixels) => ({
    alpha: Math.max(0, Math.min(0.75, (meanPixels - 5) / 30)),
    pixels: meanPixels > 40 ? 1 : 0.6,
  });

  const onTiles = (map) => {
    let found = false;
    map.eachLayer((layer) => (found = found || layer instanceof L.GridLayer));
    return found;
  };

  const paint = (self, view) => {
    const { spec, shape } = self;
    const { context } = view;
    const { rows, meanPixels } = rowsInView(shape, view, np.maskOf(spec));
    const classes = np.classesOf(spec);
    const colors = spec.legend.colors;
    const groups = colors.map(() => []);
    for (const row of rows) groups[classes[row]].push(row);
    const border = borderOf(meanPixels);
    const alpha = onTiles(self.map) ? 0.72 : 1;
    context.lineJoin = "round";
    const strokes = [];
    groups.forEach((group, at) => {
      const { color, fill } = colors[at];
      const look = np.fillOf(colors[at]);
      const lines = look.ink && group.length ? hatch(view, look) : null;
      for (let from = 0; from < group.length; from += BATCH) {
        const path = new Path2D();
        for (const row of group.slice(from, from + BATCH)) np.traceRow(path, view, shape, row);
        if (fill !== "none") {
          context.globalAlpha = alpha;
          context.fillStyle = look.color;
          context.fill(path, "evenodd");
          if (lines) {
            context.fillStyle = lines;
            context.fill(path, "evenodd");
          }
        }
        strokes.push([path, fill === "none" ? color : np.INK, fill === "none"]);
      }
    });
    for (const [path, color, isOutline] of strokes) {
      if (!isOutline && (!spec.interactive || border.alpha < 0.05)) continue;
      context.globalAlpha = isOutline ? 0.9 : border.alpha;
      context.lineWidth = isOutline ? 1.6 : border.pixels;
      context.strokeStyle = color;
      context.stroke(path);
    }
    context.globalAlpha = 1;
    self.drawn = rows.length;
  };

  const hits = ({ shape }, x, y) =>
    np
      .near(shape, x, y, 0)
      .filter((row) => np.contains(shape, row, x, y))
      .map((row) => ({ row, pixels: 0 }));

  const outline = ({ shape }, view, row, strong) => {
    const path = new Path2D();
    np.traceRow(path, view, shape, row);
    np.glow(view.context, path, strong ? 3 : 2);
  };

  // A dark line in a light one: seen on every color.
  np.glow = (context, path, pixels) => {
    context.lineJoin = context.lineCap = "round";
    context.strokeStyle = "#ffffff";
    context.lineWidth = pixels + 3;
    context.stroke(path);
    context.strokeStyle = np.INK;
    context.lineWidth = pixels;
    context.stroke(path);
  };

  const center = ({ shape }, row) => np.insideOf(shape, row);

  np.areas = (spec, map, zIndex) => np.runtime(spec, map, zIndex, { paint, hits, outline, center });
})(window.netplan);
