// Tools: all in view, full screen, measure, copy the link. Also what printing needs.
(function (np) {
  "use strict";

  const MILE_M = 1609.344;
  const FOOT_M = 0.3048;
  const root = document.documentElement;

  function distance(meters) {
    const miles = meters / MILE_M;
    if (miles < 0.1) return `${Math.round(meters / FOOT_M)} ft (${Math.round(meters)} m)`;
    return `${miles.toFixed(2)} miles (${(meters / 1000).toFixed(2)} km)`;
  }

  function tool(words, act) {
    const button = np.el("button", { type: "button" }, [words]);
    button.addEventListener("click", act);
    return button;
  }

  /** Tell the maps that their boxes have another size; a map that was moved keeps its middle. */
  np.resizeMaps = () =>
    np.together(() => {
      const isUnmoved = np.isUnmoved();
      np.maps.forEach(({ map }) => map.invalidateSize({ pan: true, animate: false }));
      if (isUnmoved) np.refit();
    });

  // --- full screen: map and panel fill the window, and the screen where the browser can

  function fullButton() {
    const button = np.el("button", { type: "button", "aria-pressed": "false" }, ["Full screen"]);
    const show = (isFull) => {
      root.classList.toggle("full", isFull);
      button.setAttribute("aria-pressed", String(isFull));
      np.resizeMaps();
    };
    button.addEventListener("click", () => {
      const isFull = !root.classList.contains("full");
      show(isFull);
      if (isFull && root.requestFullscreen) root.requestFullscreen().catch(() => {});
      if (!isFull && document.fullscreenElement) document.exitFullscreen().catch(() => {});
    });
    document.addEventListener("fullscreenchange", () => {
      if (!document.fullscreenElement) show(false);
    });
    document.addEventListener("keydown", (event) => {
      const isFree = event.key === "Escape" && !event.defaultPrevented;
      if (isFree && root.classList.contains("full") && !document.fullscreenElement) show(false);
    });
    return button;
  }

  // --- measure: points on a map, joined by a line

  function ruler(map) {
    const pane = map.getPane("measure") || map.createPane("measure");
    pane.classList.add("measure-pane");
    const renderer = L.svg({ pane: "measure", padding: 0.5 });
    const style = { renderer, pane: "measure", interactive: false, color: "#1b1f24" };
    const halo = L.polyline([], { ...style, color: "#ffffff", weight: 6 });
    const line = L.polyline([], { ...style, weight: 3, dashArray: "8 5" });
    const dots = L.layerGroup([]);
    const all = L.layerGroup([halo, line, dots]).addTo(map);
    return {
      draw: (points) => {
        halo.setLatLngs(points);
        line.setLatLngs(points);
        dots.clearLayers();
        for (const point of points) {
          const dot = { ...style, radius: 5, weight: 2, fillColor: "#ffffff", fillOpacity: 1 };
          dots.addLayer(L.circleMarker(point, dot));
        }
      },
      remove: () => all.remove(),
    };
  }

  function measure() {
    let points = [];
    let rulers = [];
    const output = np.el("output", { class: "measured" }, []);
    const say = () => {
      if (points.length === 0) output.textContent = "Click points on the map. Escape ends.";
      else {
        const parts = points.slice(1).map((point, i) => np.maps[0].map.distance(points[i], point));
        output.textContent = `${distance(parts.reduce((sum, part) => sum + part, 0))}, ${
          points.length
        } ${points.length === 1 ? "point" : "points"}`;
      }
    };
    const draw = () => {
      rulers.forEach((one) => one.draw(points));
      say();
    };
    const add = (point) => {
      points.push(point);
      draw();
    };
    const isOn = () => rulers.length > 0;
    const button = np.el("button", { type: "button", "aria-pressed": "false" }, ["Measure"]);
    const middle = tool("Add the map's middle", () => add(np.maps[0].map.getCenter()));
    const undo = tool("Undo", () => {
      points.pop();
      draw();
    });
    const box = np.el("div", { class: "measuring" }, [output, middle, undo]);
    box.hidden = true;
    const turn = (on) => {
      if (on === isOn()) return;
      points = [];
      rulers.forEach((one) => one.remove());
      rulers = on ? np.maps.map(({ map }) => ruler(map)) : [];
      box.hidden = !on;
      button.setAttribute("aria-pressed", String(on));
      root.classList.toggle("measuring-on", on);
      say();
    };
    button.addEventListener("click", () => turn(!isOn()));
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !isOn()) return;
        event.preventDefault();
        event.stopPropagation();
        turn(false);
        button.focus();
      },
      true
    );
    // Before the map's own listeners: while one measures, a click opens nothing.
    for (const { map } of np.maps) {
      map.getContainer().addEventListener(
        "click",
        (event) => {
          if (!isOn() || event.target.closest(".leaflet-control, .leaflet-popup, button, a")) return;
          event.stopPropagation();
          if (map.dragging && map.dragging.enabled() && map.dragging.moved()) return;
          add(map.mouseEventToLatLng(event));
        },
        true
      );
    }
    return { button, box };
  }

  // --- copy the link

  function copyByHand(text) {
    const field = np.el("input", { type: "text", class: "link", "aria-label": "Link" }, []);
    field.value = text;
    np.part("tools").appendChild(field);
    field.select();
    const isCopied = document.execCommand("copy");
    if (isCopied) field.remove();
    return isCopied;
  }

  function copyLink() {
    const text = np.permalink();
    const limit = window.location.protocol === "file:" ? " It works for those who have this folder." : "";
    const done = (isCopied) =>
      np.say(`${isCopied ? "Link copied." : "Copy the link from the field below."}${limit}`);
    document.querySelectorAll("#panel input.link").forEach((old) => old.remove());
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text).then(
        () => done(true),
        () => done(copyByHand(text))
      );
    } else done(copyByHand(text));
  }

  // --- printing: the map gets the paper's width first, so that all of it is drawn

  // Chromium prints a canvas that was on the screen as nothing: what prints is a copy.
  function copyForPaper(canvas) {
    const copy = canvas.cloneNode();
    copy.getContext("2d").drawImage(canvas, 0, 0);
    canvas.hidden = true;
    canvas.after(copy);
    return () => {
      copy.remove();
      canvas.hidden = false;
    };
  }

  function printing() {
    const paper = window.matchMedia("print");
    let restore = null;
    const toPaper = () => {
      if (restore) return;
      const isUnmoved = np.isUnmoved();
      const views = np.maps.map(({ map }) => ({ map, bounds: map.getBounds(), center: map.getCenter(), zoom: map.getZoom() }));
      root.classList.add("printing");
      np.resizeMaps();
      if (!isUnmoved) views.forEach(({ map, bounds }) => map.fitBounds(bounds, { animate: false }));
      const canvases = Array.from(document.querySelectorAll(".leaflet-container canvas"));
      const copies = canvases.filter(({ width, height }) => width && height).map(copyForPaper);
      restore = () => {
        copies.forEach((remove) => remove());
        root.classList.remove("printing");
        np.resizeMaps();
        views.forEach(({ map, center, zoom }) => map.setView(center, zoom, { animate: false }));
      };
    };
    const toScreen = () => {
      if (!restore) return;
      restore();
      restore = null;
    };
    window.addEventListener("beforeprint", toPaper);
    window.addEventListener("afterprint", toScreen);
    paper.addEventListener("change", () => (paper.matches ? toPaper : toScreen)());
  }

  function tools() {
    const part = np.part("tools", "Tools");
    const measuring = measure();
    part.append(
      np.el("div", { class: "buttons" }, [
        tool("Zoom to all", () => np.together(np.fitAll)),
        measuring.button,
        fullButton(),
        tool("Copy link", copyLink),
      ]),
      measuring.box
    );
    printing();
    const watcher = new ResizeObserver(() => np.resizeMaps());
    np.maps.forEach(({ map }) => watcher.observe(map.getContainer()));
  }

  np.onStart(tools);
})(window.netplan);
