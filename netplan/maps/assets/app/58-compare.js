// Before and after: two maps that move together, side by side or as a swipe.
(function (np) {
  "use strict";

  const KEY_STEP = 2;
  const KEY_LEAP = 10;
  const GAP_PX = 12;
  const OPENING_MS = 1500;

  const lock = { busy: false, moved: false };

  /** Change both maps without one following the other; in the end both show the same. */
  np.together = (act) => {
    const wasBusy = lock.busy;
    lock.busy = true;
    act();
    const [{ map }, ...others] = np.maps;
    for (const other of others) other.map.setView(map.getCenter(), map.getZoom(), { animate: false });
    lock.busy = wasBusy;
  };

  /** Moving one map moves the other: with it while dragged, and with the same zoom animation. */
  function follow(leader, other) {
    const guarded = (act) => (event) => {
      if (lock.busy) return;
      lock.busy = true;
      act(event);
      lock.busy = false;
    };
    const isNear = () => {
      const aim = other.latLngToContainerPoint(leader.getCenter());
      return aim.distanceTo(other.getSize().divideBy(2)) < 0.5;
    };
    leader.on("zoomanim", guarded((event) => other.setView(event.center, event.zoom, { animate: true })));
    leader.on("move", guarded(() => {
      if (leader.getZoom() !== other.getZoom() || isNear()) return;
      // The private half of panBy: without a "moveend" each time, which would draw all again.
      other._rawPanBy(other.latLngToContainerPoint(leader.getCenter()).subtract(other.getSize().divideBy(2)));
      other.fire("move");
      lock.moved = true;
    }));
    leader.on("moveend", guarded(() => {
      if (leader.getZoom() !== other.getZoom()) {
        other.setView(leader.getCenter(), leader.getZoom(), { animate: false });
      } else if (lock.moved) other.fire("moveend");
      lock.moved = false;
    }));
  }

  /** A small cross on the other map where the pointer is on this one. */
  function cross(leader, other) {
    const mark = np.el("div", { class: "cross", "aria-hidden": "true" });
    mark.hidden = true;
    other.getContainer().appendChild(mark);
    leader.on("mousemove", (event) => {
      const { x, y } = other.latLngToContainerPoint(event.latlng);
      mark.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      mark.hidden = np.state.mode === "swipe";
    });
    leader.on("mouseout", () => (mark.hidden = true));
  }

  function divider(maps, after) {
    const node = np.el("div", {
      id: "divider",
      role: "slider",
      tabindex: "0",
      "aria-label": `Divider between ${np.data.compare[0]} and ${np.data.compare[1]}`,
      "aria-orientation": "horizontal",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    });
    let at = 50;
    const place = (percent) => {
      at = Math.min(100, Math.max(0, percent));
      const isSwipe = np.state.mode === "swipe";
      node.hidden = !isSwipe;
      node.style.left = `${at}%`;
      node.setAttribute("aria-valuenow", String(Math.round(at)));
      node.setAttribute("aria-valuetext", `${Math.round(at)} % ${np.data.compare[0]}`);
      after.style.clipPath = isSwipe ? `inset(0 0 0 ${at}%)` : "";
      for (const { labels } of np.maps) labels.redraw(); // none is cut by the divider
    };
    const percentOf = (x) => {
      const { left, width } = after.getBoundingClientRect();
      return ((x - left) / width) * 100;
    };
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      node.focus();
      node.setPointerCapture(event.pointerId);
    });
    node.addEventListener("pointermove", (event) => {
      if (node.hasPointerCapture(event.pointerId)) place(percentOf(event.clientX));
    });
    const KEYS = {
      ArrowLeft: () => at - KEY_STEP,
      ArrowDown: () => at - KEY_STEP,
      ArrowRight: () => at + KEY_STEP,
      ArrowUp: () => at + KEY_STEP,
      PageDown: () => at - KEY_LEAP,
      PageUp: () => at + KEY_LEAP,
      Home: () => 0,
      End: () => 100,
    };
    node.addEventListener("keydown", (event) => {
      const next = KEYS[event.key];
      if (!next) return;
      event.preventDefault();
      place(next());
    });
    // What is opened is not cut by the divider; the map may still be on its way there.
    for (const { map, side } of np.maps) {
      let popup = null;
      let since = 0;
      const giveWay = () => {
        const element = popup && popup.getElement();
        const isNew = performance.now() - since < OPENING_MS;
        if (np.state.mode !== "swipe" || !element || !isNew) return;
        const { left, right } = element.getBoundingClientRect();
        if (side === "after") place(Math.min(at, percentOf(left - GAP_PX)));
        else place(Math.max(at, percentOf(right + GAP_PX)));
      };
      map.on("popupopen", (event) => {
        popup = event.popup;
        since = performance.now();
        if (!map._animatingZoom) giveWay();
      });
      map.on("popupclose", () => (popup = null));
      map.on("moveend", giveWay);
    }
    maps.appendChild(node);
    return { show: () => place(at) };
  }

  function modes() {
    const part = np.part("compare");
    const words = { side: "Side by side", swipe: "Swipe" };
    const inputs = Object.entries(words).map(([mode, text]) => {
      const input = np.el("input", { type: "radio", name: "mode", id: `mode-${mode}` });
      input.addEventListener("change", () => np.set({ mode }));
      return { mode, input, node: np.el("div", { class: "row" }, [input, np.el("label", { for: input.id, text })]) };
    });
    const title = np.el("legend", { text: `${np.data.compare[0]} and ${np.data.compare[1]}` });
    part.appendChild(np.el("fieldset", { class: "modes" }, [title].concat(inputs.map((one) => one.node))));
    return () => inputs.forEach((one) => (one.input.checked = one.mode === np.state.mode));
  }

  function compare() {
    if (!np.data.compare) return;
    const maps = document.getElementById("maps");
    const [before, after] = ["before", "after"].map((name) => np.maps.find(({ side }) => side === name));
    follow(before.map, after.map);
    follow(after.map, before.map);
    cross(before.map, after.map);
    cross(after.map, before.map);
    const titles = ["before", "after"].map((side, i) =>
      np.el("p", { class: `side-title ${side}`, text: np.data.compare[i] })
    );
    maps.append(...titles);
    const swipe = divider(maps, document.getElementById("map-after"));
    const check = modes();
    if (np.isNarrow()) np.set({ mode: "swipe" });
    const update = () => {
      maps.classList.toggle("swipe", np.state.mode === "swipe");
      check();
      swipe.show();
      np.resizeMaps();
    };
    np.onChange((state, changed) => {
      if (changed.has("mode")) update();
    });
    update();
  }

  np.onStart(compare);
})(window.netplan);
