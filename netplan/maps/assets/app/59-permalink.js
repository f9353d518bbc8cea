// The link: the part after # holds view, layers, steps, filters and the selected row, such as
// #map=12/39.2904/-76.6122&on=schools,areas&at.time=3&hide.Level=high&selected=schools:ash
// Whatever in it is unknown or out of range is left out: links live longer than pages.
(function (np) {
  "use strict";

  const WAIT_MS = 200;
  const MOST_CHARACTERS = 8000;
  const VIEW = /^(\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

  const list = (values) => values.map((value) => encodeURIComponent(value)).join(",");
  const first = () => np.maps[0].map;
  const defaults = () => ({
    on: Object.fromEntries(np.data.layers.map((spec) => [spec.id, spec.shown])),
    step: Object.fromEntries(np.data.sliders.map((slider) => [slider.id, slider.start])),
  });

  // ---- state to text

  function write() {
    const { on, step, filter, off, selected, mode } = np.state;
    const usual = defaults();
    const { lat, lng } = first().getCenter();
    const zoom = Number(first().getZoom().toFixed(2));
    const parts = [`map=${zoom}/${lat.toFixed(5)}/${lng.toFixed(5)}`];
    const ids = np.data.layers.map((spec) => spec.id);
    if (ids.some((id) => Boolean(on[id]) !== usual.on[id])) {
      parts.push(`on=${list(ids.filter((id) => on[id]))}`);
    }
    for (const { id } of np.data.sliders) {
      if (step[id] !== usual.step[id]) parts.push(`at.${encodeURIComponent(id)}=${step[id]}`);
    }
    for (const [name, values] of Object.entries(filter)) {
      if (values.length > 0) parts.push(`hide.${encodeURIComponent(name)}=${list(values)}`);
    }
    for (const [id, classes] of Object.entries(off)) {
      if (classes.length > 0) parts.push(`class.${encodeURIComponent(id)}=${list(classes)}`);
    }
    if (selected) {
      const key = np.specs.get(selected.layer).keys[selected.row];
      parts.push(`selected=${encodeURIComponent(selected.layer)}:${encodeURIComponent(key)}`);
    }
    if (np.data.compare) parts.push(`mode=${mode}`);
    return parts.join("&");
  }

  np.permalink = () => `${window.location.href.split("#")[0]}#${write()}`;

  // ---- text to state

  /** Pairs of decoded name and raw text; null when it is no text of ours. */
  function parse(hash) {
    if (hash.length > MOST_CHARACTERS) return null;
    const found = new Map();
    try {
      for (const part of hash.replace(/^#/, "").split("&")) {
        const at = part.indexOf("=");
        if (at > 0) found.set(decodeURIComponent(part.slice(0, at)), part.slice(at + 1));
      }
      for (const raw of found.values()) decodeURIComponent(raw);
    } catch (error) {
      return null; // broken percent signs: not written by us
    }
    return found.has("map") ? found : null;
  }

  const items = (raw) => (raw ? raw.split(",").map(decodeURIComponent) : []);

  function readOn(raw, on) {
    const known = items(raw).filter((id) => np.specs.has(id));
    if (raw && known.length === 0) return on;
    return Object.fromEntries(np.data.layers.map((spec) => [spec.id, known.includes(spec.id)]));
  }

  function readSteps(found, step) {
    for (const { id, steps } of np.data.sliders) {
      const at = Number(found.get(`at.${id}`));
      if (found.has(`at.${id}`) && Number.isInteger(at) && at >= 0 && at < steps.length) step[id] = at;
    }
    return step;
  }

  function readFilters(found) {
    const filter = Object.fromEntries(Object.keys(np.state.filter).map((name) => [name, []]));
    for (const spec of np.interactive()) {
      for (const [name, facet] of Object.entries(spec.facets)) {
        const wanted = items(found.get(`hide.${name}`));
        const known = wanted.filter((value) => facet.values.includes(value));
        if (known.length > 0) filter[name] = Array.from(new Set((filter[name] || []).concat(known)));
      }
    }
    return filter;
  }

  function readClasses(found) {
    const off = Object.fromEntries(Object.keys(np.state.off).map((id) => [id, []]));
    for (const spec of np.interactive()) {
      const last = spec.legend.colors.length;
      const known = items(found.get(`class.${spec.id}`)).map(Number);
      const valid = known.filter((at) => Number.isInteger(at) && at >= 0 && at < last);
      if (valid.length > 0) off[spec.id] = valid;
    }
    return off;
  }

  function readSelected(raw) {
    const at = (raw || "").indexOf(":");
    if (at < 0) return null;
    const spec = np.specs.get(decodeURIComponent(raw.slice(0, at)));
    if (!spec || !spec.interactive) return null;
    const row = spec.keys.indexOf(decodeURIComponent(raw.slice(at + 1)));
    return row < 0 ? null : { layer: spec.id, row };
  }

  function readView(raw) {
    const [, zoom, lat, lon] = (VIEW.exec(raw) || []).map(Number);
    const map = first();
    const isSane = zoom >= map.getMinZoom() && zoom <= map.getMaxZoom();
    if (isSane && Math.abs(lat) <= 85 && Math.abs(lon) <= 180) {
      map.setView([lat, lon], zoom, { animate: false });
    }
  }

  function restore() {
    const found = parse(window.location.hash);
    if (!found) return;
    const usual = defaults();
    const mode = found.get("mode");
    readView(found.get("map"));
    np.set({
      on: found.has("on") ? readOn(found.get("on"), usual.on) : usual.on,
      step: readSteps(found, usual.step),
      filter: readFilters(found),
      off: readClasses(found),
      selected: readSelected(found.get("selected")),
    });
    if (np.data.compare && (mode === "side" || mode === "swipe")) np.set({ mode });
  }

  function permalink() {
    let timer = 0;
    const save = () => {
      try {
        window.history.replaceState(window.history.state, "", `#${write()}`);
      } catch (error) {
        // Some browsers allow few changes a minute; the next one is saved.
      }
    };
    const later = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(save, WAIT_MS);
    };
    restore();
    window.addEventListener("hashchange", restore);
    np.onChange(later);
    first().on("moveend", later);
  }

  np.onStart(permalink);
})(window.netplan);
