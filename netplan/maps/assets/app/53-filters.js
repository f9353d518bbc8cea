// Filters: one group of check boxes per facet; what is not ticked is neither on the map nor in the tables.
(function (np) {
  "use strict";

  // More values than this scroll in a box of their own.
  const MANY = 10;

  const withFacets = () => np.listed().filter((spec) => Object.keys(spec.facets).length > 0);

  /**
   * Facet name to its values in order of appearance, with the count of rows of each in the layers
   * that `isCounted`. Of two sides of one subject the rows are counted once.
   */
  function facets(isCounted) {
    const all = new Map();
    for (const sides of np.subjects()) {
      const spec = sides.find(isCounted);
      if (!spec || !spec.interactive) continue;
      for (const [name, facet] of Object.entries(spec.facets)) {
        const counts = all.get(name) || new Map();
        for (const value of facet.values) counts.set(value, counts.get(value) || 0);
        for (const at of facet.rows) {
          const value = facet.values[at];
          counts.set(value, counts.get(value) + 1);
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

  function box(name, value, at) {
    const id = `filter-${at}`;
    const input = np.el("input", { id, type: "checkbox" }, []);
    input.addEventListener("change", () => {
      const off = offOf(name).filter((other) => other !== value);
      if (!input.checked) off.push(value);
      np.set({ filter: { [name]: off } });
    });
    const count = np.el("span", { class: "count" });
    const label = np.el("label", { for: id }, [value || "(not given)", count]);
    const node = np.el("div", { class: "row" }, [input, label]);
    const update = (counts) => {
      input.checked = !offOf(name).includes(value);
      node.hidden = !counts || !counts.has(value);
      if (!node.hidden) count.textContent = ` ${counts.get(value).toLocaleString("en-US")}`;
    };
    return { name, node, update };
  }

  function filters() {
    const all = facets(() => true);
    if (all.size === 0) return;
    const part = np.part("filters", "Filters");
    const boxes = [];
    const groups = new Map();
    for (const [name, counts] of all) {
      const mine = Array.from(counts.keys(), (value, at) => box(name, value, boxes.length + at));
      boxes.push(...mine);
      const values = np.el("div", { class: mine.length > MANY ? "values long" : "values" }, mine.map((one) => one.node));
      groups.set(name, np.el("fieldset", {}, [np.el("legend", { text: name }), values]));
    }
    part.append(...groups.values());
    const status = np.el("p", { class: "showing", role: "status" }, []);
    const reset = np.el("button", { type: "button", id: "reset" }, ["Reset filters"]);
    reset.addEventListener("click", np.resetFilters);
    part.append(status, reset);

    const update = () => {
      // Layers that are off do not count: their filters would change nothing that is seen.
      const counts = facets((spec) => np.state.on[spec.id]);
      part.hidden = counts.size === 0;
      for (const [name, node] of groups) node.hidden = !counts.has(name);
      boxes.forEach((one) => one.update(counts.get(one.name)));
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
