// Downloads of what is shown: CSV and GeoJSON per layer, made here; and files beside the page.
(function (np) {
  "use strict";

  // What makes a spreadsheet read text as a formula, also in full width.
  const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
  const QUOTED = /[",\r\n]/;
  const REVOKE_MS = 30000;

  function cell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(value);
    const text = FORMULA.test(value) ? `'${value}` : String(value);
    return QUOTED.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  const heading = (column) => (column.unit ? `${column.title} (${column.unit})` : column.title);

  const NOTHING = "–";

  // Digits beyond those that the column shows: enough to reckon with, and no false precision.
  const MORE_DIGITS = 2;

  /** A number with the digits that its column may show; other values as they are. */
  function rounded(value, column, digits) {
    if (typeof value !== "number" || (!column.percent && column.decimals === null)) return value;
    return Number(value.toFixed((column.decimals || 0) + digits));
  }

  /** A value as the table's heading says it: shares become percent, a dash becomes nothing. */
  function numeric({ column, isNumber }, value) {
    if (isNumber && value === NOTHING) return null;
    if (!column || typeof value !== "number") return value;
    return rounded(column.percent ? value * 100 : value, column, MORE_DIGITS);
  }

  /** The shown rows of a layer as CSV text, with the byte-order mark that spreadsheets need. */
  np.csv = (spec) => {
    const columns = np.columnsOf(spec);
    const lines = [columns.map((column) => cell(heading(column))).join(",")];
    for (const row of np.shownRows(spec)) {
      lines.push(columns.map((column) => cell(numeric(column, column.value(row)))).join(","));
    }
    return `\ufeff${lines.join("\r\n")}\r\n`;
  };

  function places(text, precision) {
    const numbers = np.decode(text, precision);
    const found = [];
    for (let i = 0; i < numbers.length; i += 2) {
      found.push([Number(numbers[i + 1].toFixed(precision)), Number(numbers[i].toFixed(precision))]);
    }
    return found;
  }

  function isClockwise(ring) {
    let twice = 0;
    for (let i = 0; i < ring.length; i += 1) {
      const [x, y] = ring[i];
      const [nextX, nextY] = ring[(i + 1) % ring.length];
      twice += x * nextY - nextX * y;
    }
    return twice < 0;
  }

  /** A closed ring: the outer one runs counterclockwise, holes clockwise (RFC 7946). */
  function closed(text, precision, at) {
    const ring = places(text, precision);
    if (isClockwise(ring) === (at === 0)) ring.reverse();
    return ring.concat([ring[0]]);
  }

  const single = (kind, parts) =>
    parts.length === 1
      ? { type: kind, coordinates: parts[0] }
      : { type: `Multi${kind}`, coordinates: parts };

  /** Give a function from row to GeoJSON geometry, or null where the row has no place. */
  function geometryOf(spec) {
    const { kind, precision, rows } = np.data.shapes[spec.shapes];
    if (kind === "point") {
      const points = places(rows, precision);
      return (row) => (np.hasPlace(spec, row) ? { type: "Point", coordinates: points[row] } : null);
    }
    if (kind === "line") {
      return (row) => rows[row] && single("LineString", rows[row].map((line) => places(line, precision)));
    }
    return (row) =>
      rows[row] &&
      single("Polygon", rows[row].map((rings) => rings.map((ring, at) => closed(ring, precision, at))));
  }

  function properties(spec, row) {
    const found = { id: spec.keys[row], name: spec.names[row], map_class: np.classLabel(spec, row) };
    for (const column of spec.columns) {
      const digits = column.percent ? MORE_DIGITS + 2 : MORE_DIGITS; // a share of 1 here
      found[column.key] = rounded(np.valueOf(spec, row, column.key), column, digits);
    }
    if (spec.radius_m) found.radius_m = spec.radius_m[row];
    for (const [name, facet] of Object.entries(spec.facets)) {
      if (!(name in found)) found[name] = facet.values[facet.rows[row]];
    }
    for (const [name, lines] of Object.entries(spec.lists)) {
      if (!(name in found)) found[name] = lines[row] || [];
    }
    return found;
  }

  /** The shown rows of a layer as GeoJSON text. */
  np.geojson = (spec) => {
    const geometry = geometryOf(spec);
    const features = np.shownRows(spec).map((row) => ({
      type: "Feature",
      geometry: geometry(row) || null,
      properties: properties(spec, row),
    }));
    return JSON.stringify({ type: "FeatureCollection", name: spec.title, run: np.data.run, features });
  };

  function save(name, type, text) {
    const address = URL.createObjectURL(new Blob([text], { type }));
    const link = np.el("a", { href: address, download: name });
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(address), REVOKE_MS);
  }

  const fileName = (spec, end) => `${np.data.page}-${spec.id}.${end}`.replace(/[^\w.-]+/g, "-");

  /** Two buttons that save the shown rows of a layer. */
  np.downloadButtons = (spec) => {
    const title = np.titleOf(spec);
    const one = (words, act) => {
      const button = np.el("button", { type: "button", "aria-label": `${title}: save the rows shown as ${words}`, text: words });
      button.addEventListener("click", act);
      return button;
    };
    return np.el("div", { class: "buttons download" }, [
      one("CSV", () => save(fileName(spec, "csv"), "text/csv;charset=utf-8", np.csv(spec))),
      one("GeoJSON", () => save(fileName(spec, "geojson"), "application/geo+json", np.geojson(spec))),
    ]);
  };

  function downloads() {
    const specs = np.listed();
    if (specs.length === 0 && np.data.downloads.length === 0) return;
    const part = np.part("download", "Download what is shown");
    const lines = specs.map((spec) => {
      const node = np.el("div", { class: "row" }, [np.el("span", { text: np.titleOf(spec) }), np.downloadButtons(spec)]);
      return { node, update: () => (node.hidden = !np.state.on[spec.id]) };
    });
    part.append(...lines.map((line) => line.node));
    if (np.data.downloads.length > 0) {
      const files = np.data.downloads.map(([href, words]) => np.el("li", {}, [np.el("a", { href, text: words })]));
      part.append(np.el("p", { class: "about", text: "All rows, beside this page:" }), np.el("ul", { class: "files" }, files));
    }
    const update = () => lines.forEach((line) => line.update());
    np.onChange((state, changed) => {
      if (changed.has("on")) update();
    });
    update();
  }

  np.onStart(downloads);
})(window.netplan);
