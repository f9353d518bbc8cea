// Legends: what colors, markers, widths and dashes mean, with the count of rows of each class.
(function (np) {
  "use strict";

  const INK = "#1b1f24";
  const HALF = 0.5;

  function picture(width, height, children) {
    return np.svg(
      "svg",
      { width, height, viewBox: `0 0 ${width} ${height}`, class: "swatch", "aria-hidden": "true" },
      children
    );
  }

  const MARKERS = {
    circle: (x, y, r) =>
      `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    diamond: (x, y, r) => `M${x} ${y - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`,
    triangle: (x, y, r) => `M${x} ${y - r}l${r} ${2 * r}h${-2 * r}z`,
    cross: (x, y, r) => {
      const a = r / 3;
      const b = r - a;
      return (
        `M${x - a} ${y - r}h${2 * a}v${b}h${b}v${2 * a}h${-b}v${b}h${-2 * a}v${-b}h${-b}` +
        `v${-2 * a}h${b}z`
      );
    },
  };

  function marker(kind, fill, diameter) {
    const size = Math.max(16, Math.ceil(diameter) + 2);
    const d = (MARKERS[kind] || MARKERS.circle)(size / 2, size / 2, diameter / 2);
    return picture(size, size, [np.svg("path", { d, fill, stroke: INK, "stroke-width": 1.2 })]);
  }

  function stroke(color, pixels, dash) {
    const line = { x1: 1, y1: 8, x2: 31, y2: 8, stroke: color, "stroke-width": pixels };
    if (dash) line["stroke-dasharray"] = dash;
    return picture(32, 16, [np.svg("line", line)]);
  }

  function area(entry) {
    const edge = { stroke: INK, "stroke-width": 1, x: HALF, y: HALF, width: 23, height: 15 };
    const { color, ink, pixels } = np.fillOf(entry);
    const parts = [np.svg("rect", { ...edge, fill: color })];
    if (ink) {
      const lines = "M1 9L9 1M2 15L16 1M9 15L23 1M16 15L23 8";
      parts.push(np.svg("path", { d: lines, stroke: ink, "stroke-width": pixels }));
    }
    return picture(24, 16, parts);
  }

  /** A circle on the ground: a light area with an edge. */
  function circle(color) {
    const ring = { cx: 12, cy: 8, r: 7, fill: color, "fill-opacity": 0.25, stroke: color, "stroke-width": 1.5 };
    return picture(24, 16, [np.svg("circle", ring)]);
  }

  /** The picture of one color class, as rows of the layer look on the map. */
  function swatch(spec, entry) {
    const kind = np.data.shapes[spec.shapes].kind;
    if (kind === "polygon") return area(entry);
    if (kind === "line") return stroke(entry.color, 4, "");
    if (spec.radius_m) return circle(entry.color);
    const [only, ...others] = spec.legend.marks;
    const shape = only && others.length === 0 ? only.marker : "circle";
    return marker(shape, entry.fill === "none" ? "none" : entry.color, 12);
  }

  const isHidden = (id, at) => (np.state.off[id] || []).includes(at);

  /** Rows that the filters and the sliders' steps leave, whether or not their class is off. */
  function eachLeft(spec, visit) {
    const total = spec.keys.length;
    for (let row = 0; row < total; row += 1) {
      if (np.presentOf(spec, row) && np.passesFilters(spec, row)) visit(row);
    }
  }

  /** Row numbers that are shown now: the table, the downloads and the map agree on these. */
  np.shownRows = (spec) => {
    const rows = [];
    eachLeft(spec, (row) => {
      if (!isHidden(spec.id, np.classOf(spec, row))) rows.push(row);
    });
    return rows;
  };

  /** A class off or on again; of a before / after pair on both maps. */
  function toggle(specs, at) {
    const now = np.state.off[specs[0].id] || [];
    const next = now.includes(at) ? now.filter((other) => other !== at) : now.concat([at]);
    np.set({ off: Object.fromEntries(specs.map((spec) => [spec.id, next])) });
  }

  function heading(title, unit) {
    const said = unit ? [title, np.el("span", { class: "unit", text: ` (${unit})` })] : [title];
    return np.el("p", { class: "legend-title" }, said);
  }

  /** One class: its picture, label and count; `act` makes it a button. */
  function line(image, label, act) {
    const count = np.el("span", { class: "count" });
    const inside = [image, np.el("span", { class: "label", text: label }), count];
    const node = act
      ? np.el("button", { type: "button", class: "class", "aria-pressed": "true", onclick: act }, inside)
      : np.el("span", { class: "class" }, inside);
    return { node, count, item: np.el("li", {}, [node]) };
  }

  const listOf = (lines, kind) =>
    np.el("ul", { class: `classes ${kind}` }, lines.map(({ item }) => item));

  /** How many rows each class has: by color, marker and width. */
  function tally(spec) {
    const { colors, marks, widths } = spec.legend;
    const found = [colors, marks, widths].map((list) => new Array(list.length).fill(0));
    eachLeft(spec, (row) => {
      const color = np.classOf(spec, row);
      found[0][color] += 1;
      if (color < 0 || isHidden(spec.id, color)) return;
      if (spec.mark) found[1][spec.mark[row]] += 1;
      found[2][np.widthOf(spec, row)] += 1;
    });
    return found;
  }

  /**
   * Build the legend of a layer, or of the two sides of one: `{node, update}`; update counts the
   * rows again ("3 → 5" before and after).
   */
  np.legendOf = (specs) => {
    const [spec] = specs;
    const { legend } = spec;
    // One marker or width for all says nothing; the colors have its shape.
    const several = (entries) => (entries.length > 1 ? entries : []);
    const isPoint = np.data.shapes[spec.shapes].kind === "point";
    const isSwitch = spec.interactive && legend.colors.length > 1;
    const colors = legend.colors.map((entry, at) =>
      line(swatch(spec, entry), entry.label || legend.title, isSwitch ? () => toggle(specs, at) : null)
    );
    const marks = several(legend.marks).map((entry) => line(marker(entry.marker, "#ffffff", 12), entry.label));
    const widths = several(legend.widths).map((entry) =>
      line(isPoint ? marker("circle", "#ffffff", entry.pixels) : stroke(INK, entry.pixels, ""), entry.label)
    );
    const node = np.el("div", { class: "legend" });
    const unit = legend.title.toLowerCase().includes(legend.unit.toLowerCase()) ? "" : legend.unit;
    const isTitled = unit || (isSwitch && legend.title !== spec.title);
    if (colors.length > 0 && isTitled) node.append(heading(legend.title, unit));
    if (colors.length > 0) node.append(listOf(colors, "colors"));
    if (marks.length > 0) node.append(heading(legend.mark_title, ""), listOf(marks, "short"));
    if (widths.length > 0) node.append(heading(legend.width_title, ""), listOf(widths, "short"));
    if (legend.dash_label) node.append(listOf([line(stroke(INK, 3, "7 5"), legend.dash_label)], "short"));
    if (legend.note) node.append(np.el("p", { class: "note", text: legend.note }));

    const update = () => {
      if (!spec.interactive) return;
      const tallies = specs.map(tally);
      [colors, marks, widths].forEach((lines, part) =>
        lines.forEach(({ count }, at) => {
          count.textContent = tallies.map((found) => found[part][at].toLocaleString("en-US")).join(" → ");
        })
      );
      if (!isSwitch) return;
      colors.forEach((one, at) => one.node.setAttribute("aria-pressed", String(!isHidden(spec.id, at))));
    };
    return { node, update };
  };
})(window.netplan);
