// Names beside marks, where there is room: what is past a limit first, then what is drawn on top.
(function (np) {
  "use strict";

  const LABEL_PX = 12;
  const LABEL_MAX = 28; // characters
  const LABELS_MAX = 120; // of a layer with more marks in view only those past a limit are named
  const FORCED_MAX = 5; // so many of those are named farther off, or over other marks, if need be
  const NEAR_PX = 4;
  const FAR_PX = 14;

  const shorten = (text) => {
    const letters = Array.from(text);
    return letters.length > LABEL_MAX ? `${letters.slice(0, LABEL_MAX - 1).join("").trimEnd()}…` : text;
  };
  const meets = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
  const isWithin = (a, b) => a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && a[3] <= b[3];
  const shared = (a, b) =>
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));

  // ---- what must not be written on

  // Buttons, scale and divider as boxes of the canvas, and the part of it that is not cut: with a
  // divider each map shows one side of it.
  const frameOf = (view, { map, side }) => {
    const [left, top] = view.seen;
    const box = map.getContainer().getBoundingClientRect();
    const onCanvas = (element) => {
      const at = element.getBoundingClientRect();
      return [at.left - box.left + left - 3, at.top - box.top + top - 3, at.right - box.left + left + 3, at.bottom - box.top + top + 3];
    };
    const isShown = (element) => element.getClientRects().length > 0;
    const controls = document.querySelectorAll(".leaflet-control");
    const free = view.seen.slice();
    const divider = document.getElementById("divider");
    const isCut = Boolean(divider && isShown(divider));
    if (isCut) {
      const [from, , to] = onCanvas(divider);
      if (side === "before") free[2] = Math.min(free[2], from);
      else free[0] = Math.max(free[0], to);
    }
    return { free, isCut, covered: Array.from(controls).filter(isShown).map(onCanvas) };
  };

  // ---- which names, and where

  // Marks in view as boxes, and those to be named in the order of what matters.
  const gather = (view, runtimes) => {
    const boxes = [];
    const wanted = [];
    const widest = new Map(); // of the marks of one place: its names stand beside all of them
    runtimes.slice().reverse().forEach((self, order) => {
      const { spec, shape } = self;
      if (!self.isVisible || shape.kind !== "point" || !spec.interactive) return;
      const mask = np.maskOf(spec);
      const mine = [];
      for (let row = 0; row < shape.count; row++) {
        if (!mask[row] || !np.inView(view, shape.box, row, 0)) continue;
        const { x, y, pixels } = np.markAt(self, view, row);
        const place = `${Math.round(x)} ${Math.round(y)}`;
        boxes.push([x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2]);
        widest.set(place, Math.max(pixels, widest.get(place) || 0));
        mine.push({ x, y, place, order, row, text: np.nameOf(spec, row), rank: np.rankOf(spec, row), isAlarm: np.isAlarm(spec, row) });
      }
      const named = mine.length > LABELS_MAX ? mine.filter((each) => each.isAlarm) : mine;
      if (!spec.radius_m && named.length <= LABELS_MAX) wanted.push(...named);
    });
    wanted.sort((a, b) => b.isAlarm - a.isAlarm || a.order - b.order || b.rank - a.rank || a.row - b.row);
    for (const each of wanted) each.pixels = widest.get(each.place);
    // Several layers may show one thing: it is named once.
    const known = new Set();
    const isNew = ({ place, text }) => !known.has(`${place} ${text}`) && known.add(`${place} ${text}`);
    return { boxes, wanted: wanted.filter(isNew) };
  };

  // Right, left, below, above, the corners; then sides farther off.
  const placesOf = ({ x, y, pixels }, width, mayBeFar) => {
    const height = LABEL_PX * 1.3;
    const boxAt = (left, top) => [left, top, left + width, top + height];
    const sides = (gap) => [
      boxAt(x + gap, y - height / 2),
      boxAt(x - gap - width, y - height / 2),
      boxAt(x - width / 2, y + gap),
      boxAt(x - width / 2, y - gap - height),
    ];
    const half = pixels / 2;
    const corners = [x + half, x - half - width].flatMap((left) => [boxAt(left, y + half), boxAt(left, y - half - height)]);
    return [...sides(half + NEAR_PX), ...corners, ...(mayBeFar ? sides(half + FAR_PX) : [])];
  };

  const leastCovered = (places, boxes) => {
    const costs = places.map((place) => boxes.reduce((sum, other) => sum + shared(place, other), 0));
    return places[costs.indexOf(Math.min(...costs))];
  };

  const write = (context, words, [left, top, , bottom]) => {
    context.strokeStyle = "rgba(255, 255, 255, 0.92)";
    context.lineWidth = 4;
    context.strokeText(words, left, (top + bottom) / 2);
    context.fillStyle = np.INK;
    context.fillText(words, left, (top + bottom) / 2);
  };

  // A name covers neither a mark nor another name nor what lies on the map; where there is no such
  // place, it is left out, but for the worst rows. Gives the names drawn, with their boxes.
  np.paintLabels = (view, entry, runtimes) => {
    const { context } = view;
    const { free, isCut, covered } = frameOf(view, entry);
    const { boxes, wanted } = gather(view, runtimes);
    const written = [];
    let forced = 0;
    context.font = `600 ${LABEL_PX}px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const each of wanted) {
      const words = shorten(each.text);
      // What stands beyond the map's edge is named for when the map is dragged.
      const isSeen = isWithin([each.x, each.y, each.x, each.y], free);
      if (isCut && !isSeen) continue;
      const hidden = covered.concat(written.map(({ box }) => box));
      const mayForce = isSeen && each.isAlarm && forced < FORCED_MAX;
      const places = placesOf(each, context.measureText(words).width, mayForce).filter(
        (box) => (!isSeen || isWithin(box, free)) && !hidden.some((other) => meets(box, other))
      );
      if (mayForce) forced += 1;
      const isFree = (place) => !boxes.some((other) => meets(place, other));
      const box = places.find(isFree) || (mayForce ? leastCovered(places, boxes) : null);
      if (!box) continue;
      written.push({ text: each.text, box });
      write(context, words, box);
    }
    return written;
  };
})(window.netplan);
