// Geometry: decoded once into flat arrays of Mercator units (the world is 0..1, y grows south),
// shared by every layer and map that draws it, with a grid of boxes to find rows under a point.
(function (np) {
  "use strict";

  const TILE = 256;
  const EARTH_M = 40075016.686;
  const known = new Map();

  np.unitX = (lon) => (lon + 180) / 360;
  np.unitY = (lat) => {
    const sin = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  };
  np.lonOf = (x) => x * 360 - 180;
  np.latOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  np.latLng = (x, y) => L.latLng(np.latOf(y), np.lonOf(x));
  np.scaleOf = (zoom) => TILE * 2 ** zoom;
  // Mercator units of a length on the ground at height y of the map.
  np.unitsOfMeters = (meters, y) => meters / (EARTH_M * Math.cos((np.latOf(y) * Math.PI) / 180));

  const bigger = (array, needed) => {
    if (needed <= array.length) return array;
    const next = new Float64Array(Math.max(needed, array.length * 2));
    next.set(array);
    return next;
  };

  const NOWHERE = { x: np.unitX(0), y: np.unitY(0) }; // points without a place stand at 0,0

  // {kind, count, x, y, parts, rows, box}: row r has parts rows[r] .. rows[r + 1], part p has
  // vertices parts[p] .. parts[p + 1]; a row that is not drawn has none. box: west, north, east,
  // south of each row; of a row without a place, west is greater than east.
  np.shapeOf = (id) => {
    if (!known.has(id)) known.set(id, decodeShape(np.data.shapes[id]));
    return known.get(id);
  };

  const decodeShape = (source) => {
    const unit = 10 ** -source.precision;
    const isPoint = source.kind === "point";
    const count = isPoint ? NaN : source.rows.length;
    let degrees = new Float64Array(1 << 16);
    let at = 0;
    const parts = [0];
    const rows = [0];
    const read = (text) => {
      degrees = bigger(degrees, at + text.length);
      at = np.decodeInto(text, unit, degrees, at);
      parts.push(at / 2);
    };
    if (isPoint) {
      degrees = bigger(degrees, source.rows.length);
      at = np.decodeInto(source.rows, unit, degrees, 0);
      for (let row = 1; row <= at / 2; row++) parts.push(row), rows.push(row);
    } else {
      for (const row of source.rows) {
        if (row) for (const part of row) Array.isArray(part) ? part.forEach(read) : read(part);
        rows.push(parts.length - 1);
      }
    }
    const vertices = at / 2;
    const x = new Float64Array(vertices);
    const y = new Float64Array(vertices);
    for (let i = 0; i < vertices; i++) {
      y[i] = np.unitY(degrees[2 * i]);
      x[i] = np.unitX(degrees[2 * i + 1]);
    }
    const shape = {
      kind: source.kind,
      count: isPoint ? vertices : count,
      x,
      y,
      parts: Int32Array.from(parts),
      rows: Int32Array.from(rows),
      grid: null,
    };
    shape.box = boxes(shape);
    return shape;
  };

  const boxes = (shape) => {
    const { kind, x, y, parts, rows, count } = shape;
    const box = new Float64Array(4 * count);
    for (let row = 0; row < count; row++) {
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      const first = parts[rows[row]];
      const isNowhere = kind === "point" && x[first] === NOWHERE.x && y[first] === NOWHERE.y;
      for (let i = first; i < parts[rows[row + 1]] && !isNowhere; i++) {
        if (x[i] < west) west = x[i];
        if (x[i] > east) east = x[i];
        if (y[i] < north) north = y[i];
        if (y[i] > south) south = y[i];
      }
      box.set([west, north, east, south], 4 * row);
    }
    return box;
  };

  np.isPlaced = (shape, row) => shape.box[4 * row] <= shape.box[4 * row + 2];

  np.boundsOf = (shape, row) => {
    if (!np.isPlaced(shape, row)) return null;
    const [west, north, east, south] = shape.box.subarray(4 * row, 4 * row + 4);
    return L.latLngBounds(np.latLng(west, south), np.latLng(east, north));
  };

  // ---- the grid

  const makeGrid = (shape) => {
    const { box, count } = shape;
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let row = 0; row < count; row++) {
      if (!np.isPlaced(shape, row)) continue;
      west = Math.min(west, box[4 * row]);
      north = Math.min(north, box[4 * row + 1]);
      east = Math.max(east, box[4 * row + 2]);
      south = Math.max(south, box[4 * row + 3]);
    }
    const side = Math.max(1, Math.min(256, Math.ceil(Math.sqrt(count))));
    const across = side / (east - west || 1);
    const down = side / (south - north || 1);
    const cell = (value, from, per) => Math.max(0, Math.min(side - 1, Math.floor((value - from) * per)));
    const visit = (w, n, e, s, each) => {
      const first = cell(w, west, across), last = cell(e, west, across);
      const bottom = cell(s, north, down);
      for (let j = cell(n, north, down); j <= bottom; j++) {
        for (let i = first; i <= last; i++) each(j * side + i);
      }
    };
    const start = new Int32Array(side * side + 1);
    const eachRow = (each) => {
      for (let row = 0; row < count; row++) {
        if (!np.isPlaced(shape, row)) continue;
        visit(box[4 * row], box[4 * row + 1], box[4 * row + 2], box[4 * row + 3], (c) => each(row, c));
      }
    };
    eachRow((row, c) => start[c + 1]++);
    for (let c = 0; c < side * side; c++) start[c + 1] += start[c];
    const next = start.slice();
    const list = new Int32Array(start[side * side]);
    eachRow((row, c) => (list[next[c]++] = row));
    return { visit, start, list };
  };

  // Rows whose box meets the rectangle of a point (in units) and a reach around it, in order.
  np.near = (shape, x, y, reach) => {
    if (!shape.grid) shape.grid = makeGrid(shape);
    const { visit, start, list } = shape.grid;
    const { box } = shape;
    const found = new Set();
    visit(x - reach, y - reach, x + reach, y + reach, (c) => {
      for (let i = start[c]; i < start[c + 1]; i++) {
        const b = 4 * list[i];
        if (box[b] <= x + reach && box[b + 2] >= x - reach && box[b + 1] <= y + reach && box[b + 3] >= y - reach) {
          found.add(list[i]);
        }
      }
    });
    return Array.from(found).sort((a, b) => a - b);
  };

  // ---- polygons

  // Where the row's rings cross the level y, ascending: inside is between 1st and 2nd, 3rd and 4th.
  const crossings = ({ x, y, parts, rows }, row, level) => {
    const found = [];
    for (let part = rows[row]; part < rows[row + 1]; part++) {
      let j = parts[part + 1] - 1;
      for (let i = parts[part]; i < parts[part + 1]; j = i++) {
        if (y[i] > level !== y[j] > level) found.push(x[i] + ((level - y[i]) * (x[j] - x[i])) / (y[j] - y[i]));
      }
    }
    return found.sort((a, b) => a - b);
  };

  np.contains = (shape, row, x, y) => {
    const met = crossings(shape, row, y);
    return met.filter((each) => each > x).length % 2 === 1;
  };

  // A point inside: the middle of the widest stretch at half height.
  np.insideOf = (shape, row) => {
    const b = 4 * row;
    const y = (shape.box[b + 1] + shape.box[b + 3]) / 2;
    const met = crossings(shape, row, y);
    let best = [shape.box[b], shape.box[b + 2]];
    let width = -1;
    for (let i = 0; i + 1 < met.length; i += 2) {
      if (met[i + 1] - met[i] > width) {
        width = met[i + 1] - met[i];
        best = [met[i], met[i + 1]];
      }
    }
    return np.latLng((best[0] + best[1]) / 2, y);
  };
})(window.netplan);
