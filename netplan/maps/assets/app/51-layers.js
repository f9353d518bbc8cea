// The panel's frame, and the list of layers with each one's legend beneath it while it is on.
(function (np) {
  "use strict";

  const PARTS = ["compare", "search", "sliders", "layers", "filters", "tools", "download"];
  const narrow = window.matchMedia("screen and (max-width: 52rem)");
  const made = {};

  np.isNarrow = () => narrow.matches;
  np.prefersStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /** Say something once to people who listen, and show it under the tools. */
  np.say = (text) => {
    made.said.textContent = text;
  };

  /** The panel's section of that name, with a heading; an empty one is not seen. */
  np.part = (name, title) => {
    const section = made[name];
    if (title) {
      const id = `part-${name}-title`;
      section.appendChild(np.el("h2", { id }, [title]));
      section.setAttribute("aria-labelledby", id);
    }
    return section;
  };

  /** Whether a change concerns one of these keys of the state. */
  np.touches = (changed, keys) => keys.some((key) => changed.has(key));

  /** Layers with rows to find, filter and read. */
  np.interactive = () => np.data.layers.filter((spec) => spec.interactive);

  /** The same as people read them: what is drawn on top first, before stands before after. */
  np.listed = () => [].concat(...np.subjects().reverse()).filter((spec) => spec.interactive);

  /** The layer's title, with its side on a page that compares. */
  np.titleOf = (spec) => {
    if (!np.data.compare || spec.side === "both") return spec.title;
    return `${spec.title} (${np.data.compare[spec.side === "before" ? 0 : 1]})`;
  };

  /**
   * Layers as the reader thinks of them: the two sides of one subject, with one legend, are one
   * entry `[before, after]`; every other layer stands alone.
   */
  np.subjects = () => {
    const looks = ({ colors, marks, widths }) => [colors, marks, widths];
    const subjects = [];
    const known = new Map();
    for (const spec of np.data.layers) {
      const subject = spec.side === "both" ? spec.id : JSON.stringify([spec.title, spec.group, spec.exclusive, looks(spec.legend)]);
      const partner = known.get(subject);
      if (partner && partner.length === 1 && partner[0].side !== spec.side) partner.push(spec);
      else {
        const alone = [spec];
        known.set(subject, alone);
        subjects.push(alone);
      }
    }
    return subjects;
  };

  function sheet(panel, body) {
    const button = np.el(
      "button",
      { type: "button", class: "sheet", "aria-controls": "panel-body", "aria-expanded": "true" },
      [""]
    );
    const show = (isOpen) => {
      panel.classList.toggle("closed", !isOpen);
      button.setAttribute("aria-expanded", String(isOpen));
      button.textContent = isOpen ? "Hide legend and controls" : "Show legend and controls";
    };
    button.addEventListener("click", () => show(panel.classList.contains("closed")));
    show(true);
    panel.append(button, body);
  }

  function frame() {
    const panel = document.getElementById("panel");
    const body = np.el("div", { id: "panel-body" }, []);
    for (const name of PARTS) {
      made[name] = np.el("section", { class: `part part-${name}` }, []);
      body.appendChild(made[name]);
    }
    made.said = np.el("p", { class: "said", role: "status" }, []);
    sheet(panel, body);
  }

  /** What layers that replace each other share; empty for a layer that has no rival. */
  const rivalsKey = (specs) => {
    const [spec] = specs;
    const isRival = (other) => other.exclusive === spec.exclusive && !specs.includes(other);
    if (!spec.exclusive || !np.data.layers.some(isRival)) return "";
    return `${spec.exclusive}-${specs.length > 1 ? "both" : spec.side}`;
  };
  const nameOf = (specs) => (specs.length > 1 ? specs[0].title : np.titleOf(specs[0]));
  const switched = (specs, isOn) => Object.fromEntries(specs.map((spec) => [spec.id, isOn]));

  function inputRow(id, type, words, name, act) {
    const input = np.el("input", { id, type, name });
    input.addEventListener("change", () => act(input.checked));
    return { input, row: np.el("div", { class: "row" }, [input, np.el("label", { for: id, text: words })]) };
  }

  /** A button that unfolds what a layer shows; folded, so that legends stand close together. */
  function aboutButton(title, id, legend, text) {
    const about = np.el("p", { class: "about folded", id, text });
    const button = np.el("button", { type: "button", class: "more", "aria-expanded": "false", "aria-controls": id, "aria-label": `About: ${title}`, text: "About" });
    button.addEventListener("click", () => {
      const isFolded = about.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!isFolded));
    });
    legend.prepend(about);
    return button;
  }

  /** One row of the list: a check box or radio button, what it shows, and its legend. */
  function entry(specs) {
    const [spec] = specs;
    const key = rivalsKey(specs);
    const { input, row } = inputRow(
      `layer-${spec.id}`,
      key ? "radio" : "checkbox",
      nameOf(specs),
      key ? `exclusive-${key}` : null,
      (isOn) => np.set({ on: switched(specs, isOn) })
    );
    const legend = np.legendOf(specs);
    if (spec.about) row.append(aboutButton(nameOf(specs), `about-layer-${spec.id}`, legend.node, spec.about));
    const below = np.el("div", { class: "below" }, [legend.node]);
    const node = np.el("div", { class: "layer" }, [row, below]);
    const update = () => {
      const isOn = specs.some(({ id }) => np.state.on[id]);
      input.checked = isOn;
      node.classList.toggle("on", isOn);
      below.hidden = !isOn;
      if (isOn) legend.update();
    };
    return { node, update };
  }

  /** "None of these" of a group of which at most one is on. */
  function none(rivals) {
    const key = rivalsKey(rivals[0]);
    const all = [].concat(...rivals);
    const act = () => np.set({ on: switched(all, false) });
    const { input, row } = inputRow(`layer-none-${key}`, "radio", "None of these", `exclusive-${key}`, act);
    const update = () => {
      input.checked = all.every(({ id }) => !np.state.on[id]);
    };
    return { node: np.el("div", { class: "layer none" }, [row]), update };
  }

  /** Entries of one group. Rivals color the whole map: they come first, in their own order. */
  function entriesOf(subjects) {
    const keys = new Set(subjects.map(rivalsKey).filter(Boolean));
    const first = [];
    for (const key of keys) {
      const rivals = subjects.filter((specs) => rivalsKey(specs) === key).reverse();
      first.push(...rivals.map(entry), none(rivals));
    }
    return first.concat(subjects.filter((specs) => !rivalsKey(specs)).map(entry));
  }

  function layers() {
    const part = np.part("layers", "Layers and legend");
    const groups = new Map();
    // The layer drawn on top is the first that people look for.
    for (const specs of np.subjects().reverse()) {
      groups.set(specs[0].group, (groups.get(specs[0].group) || []).concat([specs]));
    }
    const entries = [];
    for (const [group, subjects] of groups) {
      const mine = entriesOf(subjects);
      entries.push(...mine);
      const title = np.el("legend", {}, [group]);
      part.appendChild(np.el("fieldset", {}, [title].concat(mine.map((one) => one.node))));
    }
    const update = () => entries.forEach((one) => one.update());
    np.onChange((state, changed) => {
      if (np.touches(changed, ["on", "step", "filter", "off"])) update();
    });
    update();
  }

  np.onStart(() => {
    frame();
    layers();
    np.part("tools").appendChild(made.said);
  });
})(window.netplan);
