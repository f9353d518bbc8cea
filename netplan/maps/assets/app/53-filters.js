// Filters: one group of check boxes per facet; what is not ticked is neither on the map nor in the tables.
(function (np) {
  "use strict";

  // More values than this scroll in a box of their own.
  const MANY = 10;

  const withFacets = () => np.listed().filter((spec) => Object.keys(spec.facets).length > 0);

  /** Facet name to its values in order of appearance, with the count of rows of each. */
  function facets() {
    const all = new Map();
    // Of two sides of one subject the rows are counted once.
    for (const [spec] of np.subjects()) {
      if (!spec.interactive) continue;
      for (const [name, facet] of Object.entries(spec.facets)) {
        const counts = all.get(name) || new Map();
        for (const value of facet.values) counts.set(value, counts.get(value) || 0);
        for (const at of facet.rows) {
          const value = facet.values[at];
          counts.set(value, (counts.get(value) || 0) + 1);
        }
        all.set(name, counts);
      }
    }
    return all;
  }

  const emptied = (map) => Object.fromEntries(Object.keys(map).map((key) => [key, []]));

  /** Show all rows again: no filter, and no class of a legend is off. */
  np.resetFilters = () => np.set({ filter: emptied(np.state.filter), off: emptied(np.state.off) });

  const offOf = (name) => np.state.filter[name] || [];

  function box(name, value, count, at) {
    const id = `filter-${at}`;
    const input = np.el("input", { id, type: "checkbox" }, []);
    input.addEventListener("change", () => {
      const off = offOf(name).filter((other) => other !== value);
      if (!input.checked) off.push(value);
      np.set({ filter: { [name]: off } });
    });
    const label = np.el("label", { for: id }, [
      value || "(not given)",
      np.el("span", { class: "count" }, [` ${count.toLocaleString("en-US")}`]),
    ]);
    const node = np.el("div", { class: "row" }, [input, label]);
    return { node, update: () => (input.checked = !offOf(name).includes(value)) };
  }

  function filters() {
    const all = facets();
    if (all.size === 0) return;
    const part = np.part("filters", "Filters");
    const boxes = [];
    for (const [name, counts] of all) {
      const mine = Array.from(counts, ([value, count], at) =>
        box(name, value, count, boxes.length + at)
      );
      boxes.push(...mine);
      const values = np.el("div", { class: mine.length > MANY ? "values long" : "values" }, mine.map((one) => one.node));
      part.appendChild(np.el("fieldset", {}, [np.el("legend", { text: name }), values]));
    }
    const status = np.el("p", { class: "showing", role: "status" }, []);
    const reset = np.el("button", { type: "button", id: "reset" }, ["Reset filters"]);
    reset.addEventListener("click", np.resetFilters);
    part.append(status, reset);

    const update = () => {
      boxes.forEach((one) => one.update());
      const lines = withFacets()
        .filter((spec) => np.state.on[spec.id])
        .map((spec) => {
          const shown = np.shownRows(spec).length.toLocaleString("en-US");
          const total = spec.keys.length.toLocaleString("en-US");
          return `${np.titleOf(spec)}: showing ${shown} of ${total}.`;
        });
      const said = lines.join(" ");
      if (status.textContent !== said) status.textContent = said;
      const isAny = (map) => Object.values(map).some((off) => off.length > 0);
      reset.disabled = !isAny(np.state.filter) && !isAny(np.state.off);
    };
    np.onChange((state, changed) => {
      if (np.touches(changed, ["filter", "off", "on", "step"])) update();
    });
    update();
  }

  np.onStart(filters);
})(window.netplan);
