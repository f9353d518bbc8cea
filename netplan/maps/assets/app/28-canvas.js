// One canvas over a map: drawn with a margin, moved by CSS while the map is dragged or zoomed,
// and drawn again only when the move has ended outside of the margin.
(function (np) {
  "use strict";

  np.PANE = "netplan";

  // L.Renderer does the placing and transforming; `paint(view)` draws, again after every move
  // where what is drawn depends on what is seen.
  np.CanvasLayer = L.Renderer.extend({
    initialize(paint, zIndex, dependsOnSeen) {
      L.Renderer.prototype.initialize.call(this, { padding: 0.2, pane: np.PANE });
      this._paintOn = paint;
      this._zIndex = zIndex;
      this._dependsOnSeen = Boolean(dependsOnSeen);
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._container.style.zIndex = String(this._zIndex);
      this._context = this._container.getContext("2d");
    },

    _destroyContainer() {
      L.DomUtil.remove(this._container);
      this._container.width = this._container.height = 0; // give the memory back now
      this._container = this._context = this._bounds = null;
    },

    // moveend, which comes before viewreset, has already drawn.
    _reset() {},

    _update() {
      const map = this._map;
      const size = map.getSize();
      if (map._animatingZoom && this._bounds) return;
      if (this._bounds && this._covers(map, size)) {
        if (this._dependsOnSeen) this.redraw();
        return;
      }
      L.Renderer.prototype._update.call(this);
      this._drawnFor = { zoom: map.getZoom(), origin: map.getPixelOrigin(), size };
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this.redraw();
    },

    _covers(map, size) {
      const drawn = this._drawnFor;
      const min = map.containerPointToLayerPoint([0, 0]);
      return (
        drawn.zoom === map.getZoom() &&
        drawn.origin.equals(map.getPixelOrigin()) &&
        drawn.size.equals(size) &&
        this._bounds.contains(L.bounds(min, min.add(size)))
      );
    },

    redraw() {
      if (!this._container || !this._bounds) return;
      const size = this._bounds.getSize();
      const dots = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.x * dots), Math.round(size.y * dots)];
      const canvas = this._container;
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      const context = this._context;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
      context.setTransform(dots, 0, 0, dots, 0, 0);
      const corner = this._drawnFor.origin.add(this._bounds.min);
      const scale = np.scaleOf(this._drawnFor.zoom);
      const seen = this._map.containerPointToLayerPoint([0, 0]).subtract(this._bounds.min);
      this._paintOn({
        context,
        dots,
        scale, // pixels of a Mercator unit
        left: corner.x,
        top: corner.y,
        width: size.x,
        height: size.y,
        seen: [seen.x, seen.y, seen.x + this._drawnFor.size.x, seen.y + this._drawnFor.size.y],
        west: corner.x / scale,
        north: corner.y / scale,
        east: (corner.x + size.x) / scale,
        south: (corner.y + size.y) / scale,
        zoom: this._drawnFor.zoom,
      });
    },
  });

  // Whether a row's box meets the view, `grow` units beyond its edges.
  np.inView = (view, box, row, grow) =>
    box[4 * row] <= view.east + grow &&
    box[4 * row + 2] >= view.west - grow &&
    box[4 * row + 1] <= view.south + grow &&
    box[4 * row + 3] >= view.north - grow;

  // ---- how much a row matters

  // Legends of marks and lines go from harmless to worst; gray and white stand apart. Orange and
  // red ask to be seen (past a limit, opened by the plan): such rows lie on top, named first.
  const HUE = 30;
  const ranks = new Map();
  const rankOfColor = (color, at) => {
    const [red, green, blue] = [1, 3, 5].map((from) => parseInt(color.slice(from, from + 2), 16));
    if (Math.max(red, green, blue) - Math.min(red, green, blue) < HUE) return { rank: 0, isAlarm: false };
    return { rank: at + 1, isAlarm: red > blue + 2 * HUE && red > green + HUE };
  };
  const rankOf = (spec, row) => {
    if (!ranks.has(spec)) ranks.set(spec, spec.legend.colors.map((each, at) => rankOfColor(each.color, at)));
    return ranks.get(spec)[np.classOf(spec, row)] || { rank: 0, isAlarm: false };
  };
  np.rankOf = (spec, row) => rankOf(spec, row).rank;
  np.isAlarm = (spec, row) => spec.legend.colors.length > 1 && rankOf(spec, row).isAlarm;

  // Trace vertices from..to as pixels, leaving out those within 0.7 pixels of the last.
  np.trace = (path, view, shape, from, to, close) => {
    const { x, y } = shape;
    const { scale, left, top } = view;
    let px = x[from] * scale - left;
    let py = y[from] * scale - top;
    path.moveTo(px, py);
    for (let i = from + 1; i < to; i++) {
      const qx = x[i] * scale - left;
      const qy = y[i] * scale - top;
      const dx = qx - px;
      const dy = qy - py;
      if (dx * dx + dy * dy < 0.5 && i < to - 1) continue;
      path.lineTo(qx, qy);
      px = qx;
      py = qy;
    }
    if (close) path.closePath();
  };

  np.traceRow = (path, view, shape, row) => {
    for (let part = shape.rows[row]; part < shape.rows[row + 1]; part++) {
      np.trace(path, view, shape, shape.parts[part], shape.parts[part + 1], shape.kind === "polygon");
    }
  };

  // What every layer's runtime has; `made` brings paint, hits, outline, center.
  np.runtime = (spec, map, zIndex, made) => {
    const shape = np.shapeOf(spec.shapes);
    const self = {
      spec,
      map,
      shape,
      isVisible: false,
      drawn: 0, // rows painted last, for tests
      setVisible(isOn) {
        if (isOn === self.isVisible) return;
        self.isVisible = isOn;
        if (isOn) map.addLayer(canvas);
        else map.removeLayer(canvas);
      },
      restyle: () => canvas.redraw(),
      bounds: (row) => np.boundsOf(shape, row),
      // Rows under a point of the container, nearest first: [{row, pixels}].
      hits(containerPoint, tolerance) {
        if (!self.isVisible || !spec.interactive) return [];
        const at = map.containerPointToLatLng(containerPoint);
        const mask = np.maskOf(spec);
        return made
          .hits(self, np.unitX(at.lng), np.unitY(at.lat), np.scaleOf(map.getZoom()), tolerance)
          .filter((hit) => mask[hit.row])
          .sort((a, b) => a.pixels - b.pixels || a.row - b.row);
      },
      rowAt(latlng, containerPoint) {
        const [hit] = self.hits(containerPoint || map.latLngToContainerPoint(latlng), np.tolerance());
        return hit ? hit.row : -1;
      },
      center: (row) => (np.isPlaced(shape, row) ? made.center(self, row) : null),
      outline: (view, row, strong) => made.outline(self, view, row, strong),
    };
    const canvas = new np.CanvasLayer((view) => made.paint(self, view), zIndex);
    return self;
  };
})(window.netplan);
