// One line of text at the pointer, and a card for the selected row: its numbers, lists and page.
(function (np) {
  "use strict";

  const TIP_PX = 14; // from the pointer
  const OTHERS_MAX = 5;
  const CONTROLS_PX = 54; // the zoom buttons are not covered

  const titled = (spec) => {
    const side = np.data.compare && spec.side !== "both" ? ` (${np.data.compare[spec.side === "after" ? 1 : 0]})` : "";
    return `${spec.title}${side}`;
  };
  np.nameOf = (spec, row) => spec.names[row] || spec.keys[row];

  // A cell as text; what is not there in a row that is withheld is called so.
  np.cellText = (spec, row, column) => {
    const value = np.valueOf(spec, row, column.key);
    if (value === null && np.isWithheld(spec, row)) return "withheld";
    // "Students: 310", not "Students: 310 students".
    const isSaid = column.title.toLowerCase().includes(column.unit.toLowerCase());
    return np.told(value, column, isSaid ? np.format : np.formatUnit);
  };

  // ---- the line at the pointer

  const lineOf = ([hit, ...others]) => {
    const spec = np.specs.get(hit.layer);
    const parts = spec.columns
      .filter((column) => column.tooltip)
      .map((column) => `${column.title}: ${np.cellText(spec, hit.row, column)}`);
    if (others.length) parts.push(`and ${others.length} more here`);
    return [np.nameOf(spec, hit.row), parts.join(" · ")];
  };

  const makeTip = (container) => {
    const tip = np.el("div", { class: "map-tip", "aria-hidden": "true", hidden: true });
    container.appendChild(tip);
    return {
      hide: () => (tip.hidden = true),
      show(hits, point) {
        const [name, rest] = lineOf(hits);
        tip.replaceChildren(np.el("strong", { text: name }), rest ? ` · ${rest}` : "");
        tip.hidden = false;
        const { clientWidth: width, clientHeight: height } = container;
        const isLeft = point.x + TIP_PX + tip.offsetWidth > width;
        const isAbove = point.y + TIP_PX + tip.offsetHeight > height;
        const x = isLeft ? Math.max(4, point.x - TIP_PX - tip.offsetWidth) : point.x + TIP_PX;
        const y = isAbove ? Math.max(4, point.y - TIP_PX - tip.offsetHeight) : point.y + TIP_PX;
        tip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      },
    };
  };

  // ---- the card

  let open = null; // {popup, entry, subject, back, update}
  let clicked = null; // {entry, latlng, hits} of the click that leads to a selection

  const card = (subject, hits) => {
    const spec = np.specs.get(subject.layer);
    const { row } = subject;
    const name = np.nameOf(spec, row);
    const title = np.el("h2", { text: name, tabindex: "-1" });
    const body = np.el("tbody");
    const columns = spec.columns.filter((column) => column.popup);
    const line = (title, text) => np.el("tr", {}, [np.el("th", { scope: "row", text: title }), np.el("td", { text })]);
    // Several numbers that are withheld are one line.
    const lines = () => {
      const told = columns.map((column) => [column.title, np.cellText(spec, row, column)]);
      const hidden = told.filter(([, text]) => text === "withheld").map(([title]) => title);
      if (hidden.length < 2) return told.map(([title, text]) => line(title, text));
      const known = told.filter(([, text]) => text !== "withheld");
      return [line("Withheld", hidden.join(", ")), ...known.map(([title, text]) => line(title, text))];
    };
    const kind = np.el("p", { class: "kind" });
    const update = () => {
      body.replaceChildren(...lines());
      const isShown = np.maskOf(spec)[row] === 1;
      kind.textContent = isShown ? titled(spec) : `${titled(spec)}: not drawn with what is chosen now`;
    };
    update();
    const headings = Object.keys(spec.lists).filter((heading) => spec.lists[heading][row].length);
    // Of a withheld row, what is told instead of it comes first.
    const isInstead = (heading) => np.isWithheld(spec, row) && spec.lists[heading][row].length === 1;
    const instead = headings.filter(isInstead).map((heading) => np.el("p", { text: spec.lists[heading][row][0] }));
    const lists = headings
      .filter((heading) => !isInstead(heading))
      .map((heading) =>
        np.el("details", {}, [
          np.el("summary", { text: `${heading} (${spec.lists[heading][row].length})` }),
          np.el("ul", {}, spec.lists[heading][row].map((text) => np.el("li", { text }))),
        ])
      );
    const href = spec.hrefs[row];
    const link = href ? np.el("p", {}, np.el("a", { href, text: `Open the page of ${name}` })) : null;
    const table = columns.length ? np.el("table", {}, body) : null;
    const node = np.el("div", { class: "map-card" }, [title, kind, ...instead, table, ...lists, link, others(subject, hits)]);
    return { node, title, update };
  };

  // Everything else under the same point.
  const others = (subject, hits) => {
    const rest = hits.filter((hit) => hit.layer !== subject.layer || hit.row !== subject.row);
    if (!rest.length) return null;
    // Rows of a layer stand with the worst first, so the first of them are named.
    const layers = [...new Set(rest.map((hit) => hit.layer))];
    rest.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer) || a.row - b.row);
    const items = rest.slice(0, OTHERS_MAX).map((hit) => {
      const spec = np.specs.get(hit.layer);
      const choose = () => {
        clicked = open && { entry: open.entry, latlng: open.popup.getLatLng(), hits };
        np.set({ selected: hit });
      };
      const words = [np.nameOf(spec, hit.row), np.el("span", { class: "kind", text: titled(spec) })];
      return np.el("li", {}, np.el("button", { type: "button", onclick: choose }, words));
    });
    const more = rest.length - items.length;
    return np.el("div", { class: "others" }, [
      np.el("h3", { text: "Also here" }),
      np.el("ul", {}, items),
      more > 0 ? np.el("p", { text: `and ${more.toLocaleString("en-US")} more` }) : null,
    ]);
  };

  const close = (isReplaced) => {
    if (!open) return;
    const { popup, entry, back } = open;
    const hadFocus = popup.getElement() && popup.getElement().contains(document.activeElement);
    open = null;
    entry.map.closePopup(popup);
    if (hadFocus && !isReplaced) (back && back.isConnected ? back : entry.map.getContainer()).focus({ preventScroll: true });
  };

  const show = (subject) => {
    const place = placeOf(subject);
    clicked = null;
    if (!place) return close(false);
    const { entry, latlng, hits, isPointed } = place;
    const focused = document.activeElement;
    const back = open && open.popup.getElement().contains(focused) ? open.back : focused;
    // A page that opens with a selection in its address leaves the focus at its start.
    const takesFocus = isPointed || (focused && focused !== document.body);
    close(true);
    const { node, title, update } = card(subject, hits);
    const size = entry.map.getSize();
    const popup = L.popup({
      className: "map-popup",
      maxWidth: Math.max(160, Math.min(340, size.x - CONTROLS_PX - 40)),
      minWidth: Math.min(200, size.x - CONTROLS_PX - 40),
      maxHeight: Math.max(120, size.y - 90),
      autoPanPaddingTopLeft: [CONTROLS_PX, 12],
      autoPanPaddingBottomRight: [12, 12],
    });
    popup.setLatLng(latlng).setContent(node);
    popup.on("remove", () => {
      if (open && open.popup === popup) {
        close(false);
        np.set({ selected: null });
      }
    });
    open = { popup, entry, subject, back, update };
    popup.openOn(entry.map);
    popup.getElement().setAttribute("role", "dialog");
    popup.getElement().setAttribute("aria-label", title.textContent);
    popup.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      np.set({ selected: null });
      close(false);
    });
    if (takesFocus) title.focus({ preventScroll: true });
    return undefined;
  };

  const placeOf = (subject) => {
    const isPointed = clicked && clicked.hits.some((hit) => hit.layer === subject.layer && hit.row === subject.row);
    if (isPointed) return { ...clicked, isPointed };
    const entry = np.maps.find(({ layers }) => layers[subject.layer]);
    const latlng = entry && entry.layers[subject.layer].center(subject.row);
    return latlng ? { entry, latlng, hits: [], isPointed: false } : null;
  };

  // ---- pointer and keys

  const isMeasuring = () => document.documentElement.classList.contains("measuring-on");

  const openAt = (entry, containerPoint) => {
    const hits = entry.hitsAt(containerPoint);
    if (!hits.length) return np.set({ selected: null });
    clicked = { entry, latlng: entry.map.containerPointToLatLng(containerPoint), hits };
    const [first] = hits;
    // The same row again: nothing changes in the state, so it is opened here.
    if (JSON.stringify(np.state.selected) === JSON.stringify(first)) show(first);
    else np.set({ selected: first });
    return undefined;
  };

  const listen = (entry) => {
    const { map } = entry;
    const container = map.getContainer();
    const tip = makeTip(container);
    let waiting = null;
    const hover = () => {
      const point = waiting;
      waiting = null;
      if (!point || isMeasuring()) return;
      const hits = entry.hitsAt(point);
      np.hover(hits[0] || null);
      container.style.cursor = hits.length ? "pointer" : "";
      if (hits.length) tip.show(hits, point);
      else tip.hide();
    };
    const leave = () => {
      waiting = null;
      np.hover(null);
      tip.hide();
      container.style.cursor = "";
    };
    map.on("mousemove", (event) => {
      const isOver = event.originalEvent.target.closest(".leaflet-control, .leaflet-popup");
      if (isOver || np.tolerance() > 10 || (map.dragging && map.dragging.moving())) return leave();
      if (!waiting) requestAnimationFrame(hover);
      waiting = event.containerPoint;
      return undefined;
    });
    map.on("mouseout movestart zoomstart", leave);
    map.on("click", (event) => {
      if (isMeasuring()) return;
      leave();
      openAt(entry, event.containerPoint);
    });

    // Keys: a cross in the middle while the map has the focus; Enter opens what is under it.
    const cross = np.el("div", { class: "map-middle", "aria-hidden": "true", hidden: true });
    const heard = np.el("p", { class: "map-heard", role: "status" });
    container.append(cross, heard);
    const middle = () => map.getSize().divideBy(2);
    const tell = () => {
      if (cross.hidden) return;
      const hits = entry.hitsAt(middle());
      heard.textContent = hits.length ? lineOf(hits).join(" · ") : "Nothing here";
      np.hover(hits[0] || null);
    };
    container.addEventListener("focus", () => {
      cross.hidden = !container.matches(":focus-visible");
      tell();
    });
    container.addEventListener("blur", () => {
      cross.hidden = true;
      np.hover(null);
    });
    map.on("moveend", tell);
    container.addEventListener("keydown", (event) => {
      if (event.target !== container || event.key !== "Enter" || isMeasuring()) return;
      event.preventDefault();
      openAt(entry, middle());
    });
  };

  np.onStart(() => {
    np.maps.forEach(listen);
    // A card that a link opened does not hold the focus: nothing does.
    document.addEventListener("keydown", (event) => {
      const isFree = event.key === "Escape" && document.activeElement === document.body;
      if (isFree && open && !event.defaultPrevented) np.set({ selected: null });
    });
    np.onChange((state, changed) => {
      const { selected } = state;
      if (changed.has("selected")) {
        if (selected && !state.on[selected.layer]) np.set({ on: { [selected.layer]: true } });
        if (selected) show(selected);
        else close(false);
      } else if (open && !state.on[open.subject.layer]) {
        np.set({ selected: null });
      } else if (open && ["step", "filter", "off"].some((name) => changed.has(name))) {
        open.update();
      }
    });
  });
})(window.netplan);
