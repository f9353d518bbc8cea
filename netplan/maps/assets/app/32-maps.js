// The maps: Leaflet's, made by folium's script and attached here, with the layers on them.
(function (np) {
  "use strict";

  const MAX_ZOOM = 19;
  const ZOOM_SNAP = 0.1; // what is fitted fills at least 93 % of the map's width or height
  const FIT_PX = 18;
  const SAFE_PX = 54; // the zoom buttons at the left edge, the scale at the lower one
  const MOVED_PX = 3; // resizing a map moves its middle by parts of a pixel
  const TOUCH_PX = 14;
  const MOUSE_PX = 4;
  const RUNTIMES = { polygon: "areas", line: "lines", point: "marks" };
  let isTouch = false;

  // [{map, side, layers: {id: runtime}, labeled: [{text, box}], named: their texts, hitsAt}]
  np.maps = [];
  np.attach = (map, side) => np.maps.push({ map, side, layers: {}, named: [] });
  // How far beside a mark a click still finds it: a finger is wider than a mouse's point.
  np.tolerance = () => (isTouch ? TOUCH_PX : MOUSE_PX);

  np.buildMaps = () => {
    if (!np.maps.length) throw new Error("no map was attached");
    for (const entry of np.maps) build(entry);
    np.onChange(update);
  };

  // The panel, built later, changes the maps' size: they are fitted again then, and once more
  // when the first changes of state are told, unless the address holds a view of its own.
  np.settleMaps = () => {
    settle();
    requestAnimationFrame(() => requestAnimationFrame(settle));
  };
  const settle = () => {
    for (const entry of np.maps) {
      entry.map.invalidateSize({ pan: false, animate: false });
      const isSame = entry.fitted.size.equals(entry.map.getSize());
      if (!isSame && !/[#&]map=/.test(window.location.hash)) fit(entry);
    }
  };

  const fit = (entry) => {
    const { map } = entry;
    map.setMinZoom(0);
    map.fitBounds(np.data.bounds, {
      animate: false,
      paddingTopLeft: [SAFE_PX, FIT_PX],
      paddingBottomRight: [FIT_PX, SAFE_PX],
      maxZoom: MAX_ZOOM - 3,
    });
    map.setMinZoom(Math.max(0, Math.floor(map.getZoom()) - 3));
    entry.fitted = { size: map.getSize(), center: map.getCenter(), zoom: map.getZoom() };
  };
  np.fitAll = () => np.maps.forEach(fit);

  // Whether all maps still show what they opened on.
  np.isUnmoved = () =>
    np.maps.every(({ map, fitted: { center, zoom } }) => {
      const isSame = Math.abs(map.getZoom() - zoom) < ZOOM_SNAP / 2;
      return isSame && map.project(map.getCenter(), zoom).distanceTo(map.project(center, zoom)) <= MOVED_PX;
    });
  // Fill the maps' new sizes.
  np.refit = () => np.maps.filter(({ map, fitted }) => !fitted.size.equals(map.getSize())).forEach(fit);

  const build = (entry) => {
    const { map, side } = entry;
    const container = map.getContainer();
    map.options.zoomSnap = ZOOM_SNAP;
    map.setMaxZoom(MAX_ZOOM);
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) keepStill(map);
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    L.control.scale({ position: "bottomleft", maxWidth: 130, metric: true, imperial: true }).addTo(map);
    const half = np.data.compare ? `, ${np.data.compare[side === "after" ? 1 : 0]}` : "";
    container.setAttribute("role", "application");
    container.setAttribute(
      "aria-label",
      `Map: ${np.data.title}${half}. Arrow keys move it, plus and minus zoom, Enter opens what is in its middle. The same rows are in the tables.`
    );
    fit(entry);
    const pane = map.createPane(np.PANE);
    pane.style.zIndex = "410";
    pane.style.pointerEvents = "none";
    const specs = np.data.layers.filter((spec) => spec.side === "both" || side === "both" || spec.side === side);
    specs.forEach((spec, i) => {
      const make = np[RUNTIMES[np.data.shapes[spec.shapes].kind]];
      entry.layers[spec.id] = make(spec, map, 10 * (i + 1));
    });
    const runtimes = Object.values(entry.layers);
    entry.labels = new np.CanvasLayer(
      (view) => {
        entry.labeled = np.paintLabels(view, entry, runtimes);
        entry.named = entry.labeled.map(({ text }) => text);
      },
      10 * specs.length + 11,
      true
    );
    // Above marks around places, below what stands on them.
    const around = specs.map(np.isAround).lastIndexOf(true);
    entry.alarms = new np.CanvasLayer((view) => np.paintAlarms(view, runtimes), 10 * (around + 1) + 5);
    entry.marks = new np.CanvasLayer((view) => paintMarked(entry, view), 10 * specs.length + 12);
    entry.hitsAt = (containerPoint) => hitsAt(runtimes, containerPoint);
    entry.keys = new Map();
    for (const runtime of runtimes) {
      entry.keys.set(runtime, keyOf(runtime.spec));
      runtime.setVisible(np.state.on[runtime.spec.id]);
    }
    map.addLayer(entry.alarms).addLayer(entry.labels).addLayer(entry.marks);
    const keep = () => {
      const { lat, lng } = map.getCenter();
      np.state.view = { lat, lon: lng, zoom: map.getZoom() };
    };
    if (entry === np.maps[0]) map.on("moveend", keep) && keep();
    container.addEventListener("pointerdown", (event) => (isTouch = event.pointerType === "touch"), true);
    container.addEventListener("pointermove", (event) => (isTouch = event.pointerType === "touch"), true);
  };

  // Leaflet takes these options only when a map is made, which folium has done.
  const keepStill = (map) => {
    map._zoomAnimated = map._fadeAnimated = map.options.inertia = false;
    const { panBy } = map;
    map.panBy = (offset, options) => panBy.call(map, offset, { ...options, animate: false });
  };

  // ---- what lies under a point: marks, then lines, then circles on the ground, then areas

  const rankOf = ({ spec, shape }, hit) => {
    if (shape.kind === "polygon") return 3;
    if (shape.kind === "line") return 1;
    return spec.radius_m && hit.pixels > 12 ? 2 : 0;
  };
  const hitsAt = (runtimes, containerPoint) => {
    const found = [];
    runtimes.forEach((runtime, i) => {
      for (const hit of runtime.hits(containerPoint, np.tolerance())) {
        found.push({ layer: runtime.spec.id, row: hit.row, rank: rankOf(runtime, hit), order: -i, pixels: hit.pixels });
      }
    });
    found.sort((a, b) => a.rank - b.rank || a.order - b.order || a.pixels - b.pixels || a.row - b.row);
    return found.map(({ layer, row }) => ({ layer, row }));
  };

  // ---- hovered and selected rows, on a canvas of their own

  let hovered = null;
  np.hover = (subject) => {
    if (JSON.stringify(subject) === JSON.stringify(hovered)) return;
    hovered = subject;
    np.maps.forEach((entry) => entry.marks.redraw());
  };

  // On a page that compares, the same row of the same shapes is marked on the other map too.
  const drawnAs = (entry, subject) => {
    const spec = np.specs.get(subject.layer);
    const own = entry.layers[subject.layer];
    if (own) return own.isVisible ? own : null;
    return Object.values(entry.layers).find(
      (other) => other.isVisible && other.spec.shapes === spec.shapes && other.spec.keys[subject.row] === spec.keys[subject.row]
    );
  };
  const paintMarked = (entry, view) => {
    for (const [subject, strong] of [[hovered, false], [np.state.selected, true]]) {
      const runtime = subject && drawnAs(entry, subject);
      if (runtime) runtime.outline(view, subject.row, strong);
    }
  };

  // ---- changes

  // What a layer's look depends on.
  const keyOf = (spec) =>
    JSON.stringify([
      Object.keys(spec.steps).map((id) => np.state.step[id]),
      Object.keys(spec.facets).map((name) => np.state.filter[name]),
      np.state.off[spec.id],
    ]);

  const update = (state, changed) => {
    const isRestyled = ["step", "filter", "off"].some((name) => changed.has(name));
    if (!isRestyled && !changed.has("on") && !changed.has("selected")) return;
    for (const entry of np.maps) {
      for (const runtime of Object.values(entry.layers)) {
        const key = keyOf(runtime.spec);
        const isStale = key !== entry.keys.get(runtime);
        entry.keys.set(runtime, key);
        const wasVisible = runtime.isVisible;
        runtime.setVisible(state.on[runtime.spec.id]);
        if (isStale && wasVisible && runtime.isVisible) runtime.restyle();
      }
      if (isRestyled || changed.has("on")) {
        entry.alarms.redraw();
        entry.labels.redraw();
      }
      entry.marks.redraw();
    }
  };
})(window.netplan);
