// Lines: color, width and dash by class, over a white casing. Links between the same two places
// run side by side, thick and long ones below thin and short ones, so that none hides another;
// those past a limit lie on top of all, and above marks that are drawn around places.
(function (np) {
  "use strict";

  const LINE_PX = 2;
  const BACKGROUND_PX = 1.4;
  const SAME_PLACE = 2e-7; // 8 m at the equator

  const pixelsOf = (spec, row) => {
    const at = np.widthOf(spec, row);
    if (at >= 0 && spec.legend.widths.length) return spec.legend.widths[at].pixels;
    return spec.interactive ? LINE_PX : BACKGROUND_PX;
  };

  const dashOf = (pixels) => [4 + 2 * pixels, 3 + 1.5 * pixels];

  // ---- lanes

  const lanes = new Map();
  // Per row: by how many lanes it runs beside its course, seen in the direction of its vertices.
  const lanesOf = (shape) => {
    if (lanes.has(shape)) return lanes.get(shape);
    const found = new Float64Array(shape.count);
    const courses = new Map();
    for (let row = 0; row < shape.count; row++) {
      const from = shape.parts[shape.rows[row]];
      const to = shape.parts[shape.rows[row + 1]] - 1;
      if (!(to > from)) continue;
      const ends = [from, to].map((i) => `${Math.round(shape.x[i] / SAME_PLACE)} ${Math.round(shape.y[i] / SAME_PLACE)}`);
      const isTurned = ends[0] > ends[1];
      const course = isTurned ? `${ends[1]} ${ends[0]}` : `${ends[0]} ${ends[1]}`;
      if (!courses.has(course)) courses.set(course, []);
      courses.get(course).push({ row, sign: isTurned ? -1 : 1 });
    }
    for (const rows of courses.values()) {
      rows.forEach(({ row, sign }, i) => (found[row] = sign * (i - (rows.length - 1) / 2)));
    }
    lanes.set(shape, found);
    return found;
  };

  const offsetOf = ({ spec, shape }, row) => {
    const lane = spec.interactive ? lanesOf(shape)[row] : 0;
    if (!lane) return 0;
    const widest = spec.legend.widths.reduce((most, each) => Math.max(most, each.pixels), LINE_PX);
    return lane * (widest + 2);
  };

  // Vertices of part `part` in pixels (from a corner), `offset` pixels to the right of the course.
  const beside = (shape, part, offset, scale, left, top) => {
    const [from, to] = [shape.parts[part], shape.parts[part + 1]];
    const points = [];
    for (let i = from; i < to; i++) {
      const p = [shape.x[i] * scale - left, shape.y[i] * scale - top];
      const last = points[points.length - 1];
      if (!last || i === to - 1 || Math.hypot(p[0] - last[0], p[1] - last[1]) > 0.6) points.push(p);
    }
    if (!offset) return points;
    return points.map((p, i) => {
      const a = points[Math.max(0, i - 1)];
      const b = points[Math.min(points.length - 1, i + 1)];
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      return [p[0] - ((b[1] - a[1]) / length) * offset, p[1] + ((b[0] - a[0]) / length) * offset];
    });
  };

  const pathOf = (self, view, row) => {
    const { shape } = self;
    const offset = offsetOf(self, row);
    const path = new Path2D();
    for (let part = shape.rows[row]; part < shape.rows[row + 1]; part++) {
      if (!offset) np.trace(path, view, shape, shape.parts[part], shape.parts[part + 1], false);
      else beside(shape, part, offset, view.scale, view.left, view.top).forEach((p, i) => path[i ? "lineTo" : "moveTo"](p[0], p[1]));
    }
    return path;
  };

  // ---- drawing

  const rowsInView = ({ spec, shape }, view) => {
    const mask = np.maskOf(spec);
    const rows = [];
    for (let row = 0; row < shape.count; row++) {
      if (mask[row] && np.inView(view, shape.box, row, 20 / view.scale)) rows.push(row);
    }
    return rows;
  };

  const paint = (self, view) => {
    const rows = rowsInView(self, view);
    self.drawn = rows.length;
    (self.spec.interactive ? paintEach : paintTogether)(self, view, rows, np.classesOf(self.spec));
  };

  // Lines past a limit once more, on a canvas above the marks that would hide them.
  np.paintAlarms = (view, runtimes) => {
    for (const self of runtimes) {
      const { spec, shape } = self;
      if (!self.isVisible || shape.kind !== "line" || !spec.interactive) continue;
      const rows = rowsInView(self, view).filter((row) => np.isAlarm(spec, row));
      paintEach(self, view, rows, np.classesOf(spec));
    }
  };

  const isDashed = (spec, row) => Boolean(spec.dashed && spec.dashed[row]);

  const paintEach = (self, view, rows, classes) => {
    const { spec, shape } = self;
    const { context } = view;
    const length = (row) =>
      Math.hypot(shape.box[4 * row + 2] - shape.box[4 * row], shape.box[4 * row + 3] - shape.box[4 * row + 1]);
    rows.sort(
      (a, b) =>
        np.isAlarm(spec, a) - np.isAlarm(spec, b) ||
        pixelsOf(spec, b) - pixelsOf(spec, a) ||
        isDashed(spec, a) - isDashed(spec, b) ||
        length(b) - length(a) ||
        a - b
    );
    context.lineJoin = "round";
    for (const row of rows) {
      const pixels = pixelsOf(spec, row);
      const path = pathOf(self, view, row);
      context.lineCap = "butt";
      context.setLineDash([]);
      context.strokeStyle = "#ffffff";
      context.lineWidth = pixels + 2.5;
      context.stroke(path);
      if (isDashed(spec, row)) context.setLineDash(dashOf(pixels));
      else context.lineCap = "round";
      context.strokeStyle = spec.legend.colors[classes[row]].color;
      context.lineWidth = pixels;
      context.stroke(path);
    }
    context.setLineDash([]);
  };

  // Backgrounds (roads, outlines): one path for each look.
  const paintTogether = (self, view, rows, classes) => {
    const { spec, shape } = self;
    const looks = new Map();
    for (const row of rows) {
      const look = `${classes[row]} ${pixelsOf(spec, row)} ${isDashed(spec, row)}`;
      if (!looks.has(look)) looks.set(look, { row, path: new Path2D() });
      np.traceRow(looks.get(look).path, view, shape, row);
    }
    view.context.lineJoin = "round";
    for (const { row, path } of looks.values()) {
      const pixels = pixelsOf(spec, row);
      view.context.setLineDash(isDashed(spec, row) ? dashOf(pixels) : []);
      view.context.strokeStyle = spec.legend.colors[classes[row]].color;
      view.context.lineWidth = pixels;
      view.context.stroke(path);
    }
    view.context.setLineDash([]);
  };

  // ---- finding

  const toSegment = (x, y, a, b) => {
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const along = Math.max(0, Math.min(1, ((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
  };

  const hits = (self, x, y, scale, tolerance) => {
    const { spec, shape } = self;
    const found = [];
    for (const row of np.near(shape, x, y, (40 + tolerance) / scale)) {
      let pixels = Infinity;
      for (let part = shape.rows[row]; part < shape.rows[row + 1]; part++) {
        const points = beside(shape, part, offsetOf(self, row), scale, x * scale, y * scale);
        for (let i = 1; i < points.length; i++) pixels = Math.min(pixels, toSegment(0, 0, points[i - 1], points[i]));
      }
      if (pixels <= pixelsOf(spec, row) / 2 + tolerance) found.push({ row, pixels });
    }
    return found;
  };

  const outline = (self, view, row, strong) => {
    const path = pathOf(self, view, row);
    const { context } = view;
    const pixels = pixelsOf(self.spec, row);
    np.glow(context, path, pixels + (strong ? 6 : 3));
    context.setLineDash(isDashed(self.spec, row) ? dashOf(pixels) : []);
    context.lineCap = "butt";
    context.strokeStyle = self.spec.legend.colors[Math.max(0, np.classOf(self.spec, row))].color;
    context.lineWidth = pixels;
    context.stroke(path);
    context.setLineDash([]);
  };

  // Half way along the vertices of the first part.
  const center = ({ shape }, row) => {
    const from = shape.parts[shape.rows[row]];
    const to = shape.parts[shape.rows[row + 1]];
    if (to - from === 1) return np.latLng(shape.x[from], shape.y[from]);
    const lengths = [0];
    for (let i = from + 1; i < to; i++) {
      lengths.push(lengths[lengths.length - 1] + Math.hypot(shape.x[i] - shape.x[i - 1], shape.y[i] - shape.y[i - 1]));
    }
    const half = lengths[lengths.length - 1] / 2;
    const after = Math.max(1, lengths.findIndex((each) => each >= half));
    const step = lengths[after] - lengths[after - 1] || 1;
    const part = (half - lengths[after - 1]) / step;
    const i = from + after;
    return np.latLng(
      shape.x[i - 1] + part * (shape.x[i] - shape.x[i - 1]),
      shape.y[i - 1] + part * (shape.y[i] - shape.y[i - 1])
    );
  };

  np.lines = (spec, map, zIndex) => np.runtime(spec, map, zIndex, { paint, hits, outline, center });
})(window.netplan);
