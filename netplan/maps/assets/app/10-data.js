// The page's data, text and numbers. Every file is a function of the one namespace `np`; what
// needs data, state or maps is given to np.onStart and runs, in order of the files, at the start.
window.netplan = {};

(function (np) {
  "use strict";

  const starters = [];
  np.onStart = (build) => starters.push(build);
  np.runStarters = () => starters.forEach((build) => build());

  // ---- errors: a page never stays blank without saying why

  np.fail = (error, doing) => {
    console.error(error);
    const words = `This map could not be ${doing || "drawn"} in full: ${error && error.message ? error.message : error}`;
    const known = document.getElementById("netplan-error");
    if (known) return;
    const box = np.el("div", { id: "netplan-error", role: "alert", class: "problem" }, [
      np.el("p", { text: words }),
      np.el("p", { text: "The numbers are also in the tables of the report. Please send this line with the run id to whoever made the page." }),
    ]);
    const main = document.getElementById("main") || document.body;
    main.insertBefore(box, main.firstChild);
  };
  // Leaflet calls us back from many places: whatever is thrown there is shown too.
  window.addEventListener("error", (event) => np.fail(event.error || event.message));

  np.load = () => {
    const island = document.getElementById("netplan-data");
    if (!island) throw new Error("the page holds no data");
    np.data = JSON.parse(island.textContent);
    if (np.data.format !== "netplan-map-1") throw new Error(`its data has an unknown format (${np.data.format})`);
    island.textContent = ""; // half the memory of a large page
    np.specs = new Map(np.data.layers.map((spec) => [spec.id, spec]));
  };

  // ---- elements: text only ever becomes text

  const SAFE = new Set(["http:", "https:", "file:", "blob:", "mailto:"]);
  const isSafe = (href) => {
    try {
      return SAFE.has(new URL(href, document.baseURI).protocol);
    } catch (error) {
      return false;
    }
  };

  const fill = (node, props, children) => {
    for (const [key, value] of Object.entries(props || {})) {
      if (value === null || value === undefined) continue;
      if (key === "text") node.textContent = value;
      else if (key === "class") node.setAttribute("class", value);
      else if (key === "style") for (const [name, is] of Object.entries(value)) node.style.setProperty(name, is);
      else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key === "href" && !isSafe(value)) continue;
      else if (typeof value === "boolean" && !key.startsWith("aria-")) node[key] = value;
      else if (key === "value") node.value = value;
      else node.setAttribute(key, String(value));
    }
    for (const child of [].concat(children === undefined || children === null ? [] : children)) {
      if (child !== null && child !== undefined && child !== false) node.append(child);
    }
    return node;
  };

  // np.el("button", {class: "x", text: words, onclick: fn, "aria-pressed": true}, [nodes or texts]):
  // `style` is an object of CSS names (a style attribute would break the page's policy).
  np.el = (tag, props, children) => fill(document.createElement(tag), props, children);
  np.svg = (tag, props, children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);

  // ---- numbers in words

  const formats = new Map();
  const digits = (decimals) => {
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
    }
    return formats.get(decimals);
  };

  np.NO_DATA = "no data";
  // The value as text, without its unit (a percent sign belongs to the number).
  np.format = (value, column) => {
    if (value === null || value === undefined) return np.NO_DATA;
    if (typeof value !== "number") return String(value);
    if (column.percent) return `${digits(column.decimals || 0).format(value * 100)} %`;
    if (column.decimals === null || column.decimals === undefined) return String(value);
    return digits(column.decimals).format(value);
  };
  np.formatUnit = (value, column) => {
    const text = np.format(value, column);
    return typeof value === "number" && column.unit ? `${text} ${column.unit}` : text;
  };

  // ---- coordinates

  // Google's polyline text to [lat, lon, lat, lon, ...] in degrees.
  np.decode = (text, precision) => {
    const found = new Float64Array(text.length);
    const count = np.decodeInto(text, 10 ** -precision, found, 0);
    return found.slice(0, count);
  };

  // The same into `target` from index `at` on; gives the index after the last number.
  np.decodeInto = (text, unit, target, at) => {
    const size = text.length;
    let lat = 0, lon = 0, i = 0, odd = false;
    while (i < size) {
      let bits = 0, shift = 1, code = 32;
      while (code >= 32 && i < size) {
        code = text.charCodeAt(i++) - 63;
        bits += (code & 31) * shift; // not <<: differences may need more than 32 bits
        shift *= 32;
      }
      const step = bits % 2 ? -(bits + 1) / 2 : bits / 2;
      if (odd) target[at++] = (lon += step) * unit;
      else target[at++] = (lat += step) * unit;
      odd = !odd;
    }
    return at;
  };
})(window.netplan);
