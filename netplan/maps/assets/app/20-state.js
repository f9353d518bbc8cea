// What the reader has chosen, and what rows look like under it.
(function (np) {
  "use strict";

  const listeners = [];
  const NESTED = ["on", "step", "filter", "off"];
  const MASKING = ["step", "filter", "off"];
  let waiting = new Set();
  let masks = new Map();

  // `off`: layer id to the color classes that were switched off in its legend.
  np.state = { on: {}, step: {}, filter: {}, off: {}, query: "", selected: null, view: null, mode: "side" };

  np.prepareState = () => {
    for (const spec of np.data.layers) np.state.on[spec.id] = spec.shown;
    for (const slider of np.data.sliders) np.state.step[slider.id] = slider.start;
  };

  // fn(state, changed): `changed` is a Set of names, such as "on"; once per animation frame.
  np.onChange = (fn) => listeners.push(fn);

  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // Merge: on, step, filter and off by their keys, the rest as a whole.
  np.set = (patch) => {
    const before = waiting.size;
    for (const [key, value] of Object.entries(patch)) {
      const next = NESTED.includes(key) ? Object.assign({}, np.state[key], value) : value;
      if (key === "on") leaveOne(next, value);
      if (same(np.state[key], next)) continue;
      np.state[key] = next;
      waiting.add(key);
    }
    if (Object.keys(patch).some((key) => MASKING.includes(key))) masks = new Map();
    if (waiting.size && !before) requestAnimationFrame(tell);
  };

  const tell = () => {
    const changed = waiting;
    waiting = new Set();
    for (const fn of listeners) {
      try {
        fn(np.state, changed);
      } catch (error) {
        np.fail(error, "updated");
      }
    }
  };

  // Layers of one exclusive name replace each other where they share a map.
  const leaveOne = (on, turned) => {
    for (const id of Object.keys(turned)) {
      const chosen = np.specs.get(id);
      if (!turned[id] || !chosen || !chosen.exclusive) continue;
      for (const other of np.data.layers) {
        const meet = other.side === chosen.side || other.side === "both" || chosen.side === "both";
        if (other !== chosen && other.exclusive === chosen.exclusive && meet) on[other.id] = false;
      }
    }
  };

  // ---- rows under the sliders' steps

  const stepped = (spec, part) => {
    for (const id of Object.keys(spec.steps)) {
      const steps = spec.steps[id][part];
      if (steps) return steps[np.state.step[id]];
    }
    return null;
  };

  np.classesOf = (spec) => stepped(spec, "color") || spec.color;
  np.widthsOf = (spec) => stepped(spec, "width") || spec.width;
  np.classOf = (spec, row) => np.classesOf(spec)[row];
  np.widthOf = (spec, row) => {
    const widths = np.widthsOf(spec);
    return widths ? widths[row] : -1;
  };
  np.presentOf = (spec, row) => {
    const present = stepped(spec, "present");
    return present ? Boolean(present[row]) : true;
  };
  np.valueOf = (spec, row, key) => {
    for (const id of Object.keys(spec.steps)) {
      const steps = (spec.steps[id].values || {})[key];
      if (steps) return steps[np.state.step[id]][row];
    }
    const column = spec.columns.findIndex((each) => each.key === key);
    return column < 0 ? null : spec.cells[column][row];
  };

  // Whether a row's own numbers are withheld: it is drawn hatched.
  np.isWithheld = (spec, row) => {
    const look = spec.legend.colors[np.classOf(spec, row)];
    return Boolean(look) && look.fill === "hatch";
  };

  // A value in words; under 0 a column may say it otherwise ("646 too many").
  np.told = (value, column, format) => {
    const isUnder = column.negative && typeof value === "number" && value < 0;
    return isUnder ? `${np.format(-value, column)} ${column.negative}` : format(value, column);
  };

  // ---- rows under the filters

  np.passesFilters = (spec, row) => {
    for (const name of Object.keys(spec.facets)) {
      const off = np.state.filter[name];
      const facet = spec.facets[name];
      if (off && off.length && off.includes(facet.values[facet.rows[row]])) return false;
    }
    return true;
  };
  np.passes = (spec, row) => {
    const off = np.state.off[spec.id];
    if (off && off.length && off.includes(np.classOf(spec, row))) return false;
    return np.passesFilters(spec, row);
  };

  // One byte a row: 1 = drawn, listed in the table and found by a click. Kept until the next change.
  np.maskOf = (spec) => {
    if (masks.has(spec.id)) return masks.get(spec.id);
    const classes = np.classesOf(spec);
    const present = stepped(spec, "present");
    const filtered = Object.keys(spec.facets).length > 0 || np.state.off[spec.id];
    const mask = new Uint8Array(spec.color.length);
    for (let row = 0; row < mask.length; row++) {
      mask[row] = classes[row] >= 0 && (!present || present[row]) && (!filtered || np.passes(spec, row)) ? 1 : 0;
    }
    masks.set(spec.id, mask);
    return mask;
  };
})(window.netplan);
