// Points: markers, or circles of a radius on the ground. A marker's size is its width class.
(function (np) {
  "use strict";

  const POINT_PX = 10;
  const DOT_PX = 6;
  const SPREAD_ZOOM = 13; // from here on, points of one place are drawn around it
  const SAME_PLACE = 1e-7; // 4 m at the equator

  // The outline of a marker about 0,0 as SVG path text; all of about one area.
  np.markerPath = (marker, radius) => {
    const r = radius;
    if (marker === "square") return `M${-r * 0.89} ${-r * 0.89}h${r * 1.78}v${r * 1.78}h${-r * 1.78}z`;
    if (marker === "diamond") return `M0 ${-r * 1.25}L${r * 1.25} 0L0 ${r * 1.25}L${-r * 1.25} 0z`;
    if (marker === "triangle") return `M0 ${-r * 1.25}L${r * 1.25} ${r * 0.95}L${-r * 1.25} ${r * 0.95}z`;
    if (marker === "cross") {
      const [a, b] = [r * 0.42, r * 1.15];
      return `M${-a} ${-b}H${a}V${-a}H${b}V${a}H${a}V${b}H${-a}V${a}H${-b}V${-a}H${-a}z`;
    }
    return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0z`;
  };

  const pixelsOf = (spec, row) => {
    const at = np.widthOf(spec, row);
    return at >= 0 && spec.legend.widths.length ? spec.legend.widths[at].pixels : POINT_PX;
  };

  // Of a circle on the ground, the mark in its middle is small.
  const dotOf = (spec, row) => (spec.radius_m && !spec.mark ? DOT_PX : pixelsOf(spec, row));

  // ---- places that several rows share

  const spreads = new Map();
  // Per row: direction (x, y) in which it is drawn beside its place; 0, 0 for most.
  const spreadOf = (shape) => {
    if (spreads.has(shape)) return spreads.get(shape);
    const places = new Map();
    for (let row = 0; row < shape.count; row++) {
      const place = `${Math.round(shape.x[row] / SAME_PLACE)} ${Math.round(shape.y[row] / SAME_PLACE)}`;
      if (!places.has(place)) places.set(place, []);
      places.get(place).push(row);
    }
    const spread = new Float64Array(2 * shape.count);
    for (const rows of places.values()) {
      if (rows.length < 2) continue;
      const radius = Math.max(0.6, rows.length / 7); // so that neighbors on the ring still touch only
      rows.forEach((row, i) => {
        const turn = (2 * Math.PI * i) / rows.length + Math.PI;
        spread.set([radius * Math.cos(turn), radius * Math.sin(turn)], 2 * row);
      });
    }
    spreads.set(shape, spread);
    return spread;
  };

  // Pixel offset of a row from its place.
  const shiftOf = (shape, row, pixels, scale) => {
    const zoom = Math.log2(scale / 256);
    if (zoom < SPREAD_ZOOM) return [0, 0];
    const spread = spreadOf(shape);
    return [spread[2 * row] * pixels, spread[2 * row + 1] * pixels];
  };

  const radiusOf = ({ spec, shape }, row, scale) =>
    spec.radius_m ? np.unitsOfMeters(spec.radius_m[row], shape.y[row]) * scale : 0;

  // Where a row's mark is drawn, in pixels of the view, and how wide it is.
  np.markAt = ({ spec, shape }, view, row) => {
    const pixels = dotOf(spec, row);
    const [dx, dy] = shiftOf(shape, row, pixels, view.scale);
    return {
      x: shape.x[row] * view.scale - view.left + dx,
      y: shape.y[row] * view.scale - view.top + dy,
      pixels,
    };
  };

  // ---- drawing

  const sprites = new Map();
  // A marker drawn once: white halo, fill, dark outline.
  const spriteOf = (marker, { color, fill }, pixels, dots) => {
    const key = `${marker} ${color} ${fill} ${pixels} ${dots}`;
    if (sprites.has(key)) return sprites.get(key);
    const side = Math.ceil((pixels * 1.3 + 8) / 2) * 2;
    const sprite = document.createElement("canvas");
    sprite.width = sprite.height = Math.round(side * dots);
    const pen = sprite.getContext("2d");
    pen.setTransform(dots, 0, 0, dots, (side / 2) * dots, (side / 2) * dots);
    const path = new Path2D(np.markerPath(marker, pixels / 2));
    pen.lineJoin = "round";
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = 4;
    pen.stroke(path);
    pen.fillStyle = fill === "solid" ? color : "#ffffff";
    pen.fill(path);
    pen.strokeStyle = fill === "solid" ? np.INK : color;
    pen.lineWidth = fill === "solid" ? 1.2 : 2;
    pen.stroke(path);
    const made = { sprite, side };
    sprites.set(key, made);
    return made;
  };

  const markerOf = (spec, row) =>
    spec.mark && spec.mark[row] >= 0 ? spec.legend.marks[spec.mark[row]].marker : "circle";

  const paint = (self, view) => {
    const { spec, shape } = self;
    const mask = np.maskOf(spec);
    const classes = np.classesOf(spec);
    const rows = [];
    for (let row = 0; row < shape.count; row++) {
      const reach = 30 / view.scale + (spec.radius_m ? np.unitsOfMeters(spec.radius_m[row], shape.y[row]) : 0);
      if (mask[row] && np.inView(view, shape.box, row, reach)) rows.push(row);
    }
    self.drawn = rows.length;
    if (spec.radius_m) paintCircles(self, view, rows, classes);
    // Large ones first, so that small ones stay seen; then the worst on top: by class, and from the
    // last row to the first, as rows are worst first.
    if (!spec.radius_m) {
      rows.sort(
        (a, b) => pixelsOf(spec, b) - pixelsOf(spec, a) || np.rankOf(spec, a) - np.rankOf(spec, b) || b - a
      );
    }
    for (const row of rows) {
      const { x, y, pixels } = np.markAt(self, view, row);
      const { sprite, side } = spriteOf(markerOf(spec, row), spec.legend.colors[classes[row]], pixels, view.dots);
      view.context.drawImage(sprite, x - side / 2, y - side / 2, side, side);
    }
  };

  // Circles are filled solid on a sheet of their own, which is then laid on lightly: where they
  // overlap it is not darker.
  const BATCH = 20; // circles of one path: long paths draw slower
  const paintCircles = (self, view, rows, classes) => {
    const { shape, spec } = self;
    const { context, dots } = view;
    const sheet = document.createElement("canvas");
    sheet.width = context.canvas.width;
    sheet.height = context.canvas.height;
    const pen = sheet.getContext("2d");
    pen.setTransform(dots, 0, 0, dots, 0, 0);
    const rims = [];
    spec.legend.colors.forEach(({ color }, at) => {
      // A circle that its own mark covers is left out.
      const isSeen = (row) => radiusOf(self, row, view.scale) > dotOf(spec, row) / 2 + 1;
      const mine = rows.filter((row) => classes[row] === at && isSeen(row));
      pen.fillStyle = color;
      for (let from = 0; from < mine.length; from += BATCH) {
        const path = new Path2D();
        for (const row of mine.slice(from, from + BATCH)) {
          const radius = radiusOf(self, row, view.scale);
          const x = shape.x[row] * view.scale - view.left;
          const y = shape.y[row] * view.scale - view.top;
          path.moveTo(x + radius, y);
          path.arc(x, y, radius, 0, 2 * Math.PI);
        }
        pen.fill(path, "nonzero");
        rims.push([path, color]);
      }
    });
    context.globalAlpha = 0.18;
    context.drawImage(sheet, 0, 0, view.width, view.height);
    sheet.width = sheet.height = 0;
    context.globalAlpha = 0.9;
    for (const [path, color] of rims) {
      context.strokeStyle = "#ffffff";
      context.lineWidth = 3;
      context.stroke(path);
      context.strokeStyle = color;
      context.lineWidth = 1.3;
      context.stroke(path);
    }
    context.globalAlpha = 1;
  };

  // ---- finding

  const hits = (self, x, y, scale, tolerance) => {
    const { spec, shape } = self;
    const found = [];
    const farthest = spec.radius_m
      ? np.unitsOfMeters(spec.radius_m.reduce((a, b) => Math.max(a, b), 0), y)
      : 0;
    for (const row of np.near(shape, x, y, farthest + (40 + tolerance) / scale)) {
      const size = pixelsOf(spec, row);
      const [dx, dy] = shiftOf(shape, row, size, scale);
      const pixels = Math.hypot((x - shape.x[row]) * scale - dx, (y - shape.y[row]) * scale - dy);
      const reach = Math.max(radiusOf(self, row, scale), size / 2 + tolerance);
      if (pixels <= reach) found.push({ row, pixels });
    }
    return found;
  };

  const outline = (self, view, row, strong) => {
    const { spec, shape } = self;
    const pixels = pixelsOf(spec, row);
    const [dx, dy] = shiftOf(shape, row, pixels, view.scale);
    const x = shape.x[row] * view.scale - view.left + dx;
    const y = shape.y[row] * view.scale - view.top + dy;
    const path = new Path2D();
    path.arc(x, y, Math.max(radiusOf(self, row, view.scale), pixels * 0.65 + 3), 0, 2 * Math.PI);
    np.glow(view.context, path, strong ? 3 : 2);
  };

  const center = ({ shape }, row) => np.latLng(shape.x[row], shape.y[row]);

  // A layer of large marks around places, which other layers must not vanish beneath.
  const AROUND_PX = 20;
  np.isAround = (spec) =>
    np.data.shapes[spec.shapes].kind === "point" && spec.legend.widths.some(({ pixels }) => pixels > AROUND_PX);

  np.marks = (spec, map, zIndex) => np.runtime(spec, map, zIndex, { paint, hits, outline, center });
})(window.netplan);
