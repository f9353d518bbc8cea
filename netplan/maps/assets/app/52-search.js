// One search box over the rows of all interactive layers: by name or id.
(function (np) {
  "use strict";

  const MOST = 12;
  const CLOSE_ZOOM = 14;
  const FIT_ZOOM = 16;
  const MARKS = /[\u0300-\u036f]/g;

  const plain = (text) => text.normalize("NFKD").replace(MARKS, "").toLowerCase().trim();

  /** All rows once; of layers that share shapes and ids a row stands once. */
  function buildIndex() {
    const byRow = new Map();
    const entries = [];
    for (const spec of np.listed()) {
      for (let row = 0; row < spec.keys.length; row += 1) {
        const same = `${spec.shapes}\n${spec.side}\n${spec.keys[row]}`;
        const known = byRow.get(same);
        if (known) {
          known.places.push({ spec, row });
          continue;
        }
        const name = plain(spec.names[row]);
        const entry = { name, key: plain(spec.keys[row]), places: [{ spec, row }] };
        byRow.set(same, entry);
        entries.push(entry);
      }
    }
    return entries;
  }

  /** 0 = starts with it, 1 = a word starts with it, 2 = holds it, 3 = not found. */
  function rank(text, wanted) {
    const at = text.indexOf(wanted);
    if (at < 0) return 3;
    if (at === 0) return 0;
    return text.includes(` ${wanted}`) ? 1 : 2;
  }

  function find(entries, text) {
    const wanted = plain(text);
    if (!wanted) return [];
    const ranks = [[], [], []];
    for (const entry of entries) {
      const best = Math.min(rank(entry.name, wanted), rank(entry.key, wanted));
      if (best < 3) ranks[best].push(entry);
    }
    // Of equally good finds, those on the map stand first.
    const isOn = (entry) => entry.places.some(({ spec }) => np.state.on[spec.id]);
    const split = ranks.map((found) => [found.filter(isOn), found.filter((entry) => !isOn(entry))]);
    return [].concat(...split.map(([on, off]) => on.concat(off)));
  }

  /** Prefer a layer that is on; else the first that has the row. */
  const placeOf = (entry) => entry.places.find(({ spec }) => np.state.on[spec.id]) || entry.places[0];

  function runtimeOf(id) {
    for (const side of np.maps) {
      if (side.layers[id]) return { map: side.map, runtime: side.layers[id] };
    }
    return null;
  }

  /** Whether the row has a place on the map. */
  np.hasPlace = (spec, row) => {
    const found = runtimeOf(spec.id);
    return Boolean(found && found.runtime.center(row));
  };

  function move(spec, row) {
    const found = runtimeOf(spec.id);
    const middle = found && found.runtime.center(row);
    if (!middle) return false;
    const { map, runtime } = found;
    const bounds = L.latLngBounds(runtime.bounds(row) || [middle, middle]);
    const options = { animate: !np.prefersStill() };
    const isPlace = bounds.getNorthEast().equals(bounds.getSouthWest());
    if (isPlace) map.setView(middle, Math.max(map.getZoom(), CLOSE_ZOOM), options);
    else map.fitBounds(bounds, { ...options, maxZoom: FIT_ZOOM, padding: [40, 40] });
    return true;
  }

  /** Move the slider to the first step at which the row is on the map. */
  function slideTo(spec, row) {
    for (const [id, { present }] of Object.entries(spec.steps)) {
      const at = present ? present.findIndex((rows) => rows[row]) : -1;
      if (at < 0) continue;
      np.set({ step: { [id]: at } });
      np.say("The slider was moved to a step that has this row.");
    }
  }

  /** Show a row: switch its layer on, take away what hides it, go there and open it. */
  np.goTo = (spec, row) => {
    if (!np.state.on[spec.id]) np.set({ on: { [spec.id]: true } });
    if (!np.passes(spec, row)) {
      np.resetFilters();
      np.say("Filters were reset to show this row.");
    }
    if (!np.presentOf(spec, row)) slideTo(spec, row);
    if (!move(spec, row)) np.say("It has no place on the map.");
    np.set({ selected: { layer: spec.id, row } });
  };

  function option(entry, at) {
    const { spec, row } = placeOf(entry);
    return np.el("li", { id: `found-${at}`, role: "option", "aria-selected": "false" }, [
      np.el("span", { class: "name" }, [spec.names[row] || spec.keys[row]]),
      np.el("span", { class: "what" }, [`${np.titleOf(spec)} · ${spec.keys[row]}`]),
    ]);
  }

  function search() {
    if (np.interactive().length === 0) return;
    const part = np.part("search");
    const input = np.el("input", {
      id: "search",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "Name or id",
      "aria-expanded": "false",
      "aria-controls": "found",
      "aria-autocomplete": "list",
    }, []);
    const list = np.el("ul", { id: "found", role: "listbox", "aria-label": "Found" }, []);
    const status = np.el("p", { class: "said", role: "status" }, []);
    const label = np.el("label", { for: "search" }, ["Find on the map"]);
    part.append(label, np.el("div", { class: "combo" }, [input, list]), status);
    list.hidden = true;
    let entries = null;
    let shown = [];
    let at = -1;

    const close = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      const options = list.children;
      if (at >= 0) options[at].setAttribute("aria-selected", "false");
      at = next;
      if (at < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      options[at].setAttribute("aria-selected", "true");
      options[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[at].id);
    };
    const choose = (entry) => {
      const { spec, row } = placeOf(entry);
      close();
      input.value = spec.names[row] || spec.keys[row];
      status.textContent = "";
      np.goTo(spec, row);
    };
    const update = () => {
      entries = entries || buildIndex();
      const found = find(entries, input.value);
      shown = found.slice(0, MOST);
      at = -1;
      list.replaceChildren(...shown.map(option));
      const isOpen = shown.length > 0;
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      input.removeAttribute("aria-activedescendant");
      if (!input.value.trim()) status.textContent = "";
      else if (!isOpen) status.textContent = "Nothing found.";
      else if (found.length > MOST) status.textContent = `${MOST} of ${found.length} found`;
      else status.textContent = `${found.length} found`;
    };

    input.addEventListener("input", update);
    input.addEventListener("focus", () => {
      if (input.value.trim()) input.select();
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const isStep = event.key === "ArrowDown" || event.key === "ArrowUp";
      if (isStep) {
        event.preventDefault();
        if (list.hidden) update();
        if (shown.length === 0) return;
        const by = event.key === "ArrowDown" ? 1 : -1;
        mark(at < 0 && by < 0 ? shown.length - 1 : (at + by + shown.length) % shown.length);
      } else if (event.key === "Enter" && !list.hidden && shown.length > 0) {
        event.preventDefault();
        choose(shown[Math.max(at, 0)]);
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (list.hidden) input.value = "";
        close();
      }
    });
    // A press must not take the focus away before the click is known.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const chosen = Array.from(list.children).findIndex((one) => one.contains(event.target));
      if (chosen >= 0) choose(shown[chosen]);
    });
  }

  np.onStart(search);
})(window.netplan);
