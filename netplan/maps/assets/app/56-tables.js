// Tables: one per interactive layer, with the rows that the map shows. Built only when opened.
(function (np) {
  "use strict";

  const FIRST_ROWS = 50;
  const MORE_ROWS = 200;
  const NEAR_END_PX = 600;

  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const count = (n) => n.toLocaleString("en-US");

  /** The legend's word for how a row is drawn: "withheld" says why a number is missing. */
  np.classLabel = (spec, row) => {
    if (!np.hasPlace(spec, row)) return "no place on the map";
    const entry = spec.legend.colors[np.classOf(spec, row)];
    return entry ? entry.label || spec.legend.title : "not drawn";
  };

  /** The column's unit, unless its title says it already ("Students"). */
  function unitOf(column) {
    if (column.percent) return "%";
    return column.title.toLowerCase().includes(column.unit.toLowerCase()) ? "" : column.unit;
  }

  /** Columns of a layer's table and CSV: `{title, unit, isNumber, value(row), text(row)}`. */
  np.columnsOf = (spec) => {
    const plain = (title, value) => ({ title, unit: "", isNumber: false, value, text: value });
    const columns = [
      plain("Name", (row) => spec.names[row] || spec.keys[row]),
      plain("Id", (row) => spec.keys[row]),
    ];
    spec.columns.forEach((column, at) => {
      if (spec.cells[at].every((cell, row) => cell === spec.keys[row])) return; // the id again
      const value = (row) => np.valueOf(spec, row, column.key);
      const isNumber = column.percent || column.decimals !== null;
      columns.push({
        title: column.title,
        unit: unitOf(column),
        isNumber,
        column,
        value,
        text: (row) => {
          const found = value(row);
          return found === null && np.isWithheld(spec, row) ? "withheld" : np.told(found, column, np.format);
        },
      });
    });
    if (spec.legend.colors.length > 1) {
      columns.push(plain("On the map as", (row) => np.classLabel(spec, row)));
    }
    if (spec.mark) {
      const title = spec.legend.mark_title || "Marker";
      const isKnown = spec.columns.some((column) => column.title === title);
      const label = (row) => (spec.legend.marks[spec.mark[row]] || { label: "" }).label;
      if (!isKnown) columns.push(plain(title, label));
    }
    for (const [heading, lines] of Object.entries(spec.lists)) {
      columns.push({ ...plain(heading, (row) => (lines[row] || []).join("; ")), isLong: true });
    }
    return columns;
  };

  function compare(column, sign) {
    // In a column of numbers a word ("withheld") is a number that is missing.
    const isMissing = (value) =>
      value === null || value === undefined || value === "" || (column.isNumber && typeof value !== "number");
    return (a, b) => {
      const left = column.value(a);
      const right = column.value(b);
      if (isMissing(left) || isMissing(right)) return isMissing(left) - isMissing(right);
      if (typeof left === "number" && typeof right === "number") return sign * (left - right);
      return sign * collator.compare(String(left), String(right));
    };
  }

  function bodyRow(spec, columns, row) {
    const cells = columns.map((column, at) => {
      const text = column.text(row);
      const look = column.isNumber ? "num" : column.isLong ? "long" : null;
      if (at > 0) return np.el("td", { class: at === 1 ? "id" : look, text });
      const button = np.el("button", { type: "button", class: "go", text });
      const inside = [button];
      if (spec.hrefs.length > 0 && spec.hrefs[row]) {
        inside.push(" ", np.el("a", { href: spec.hrefs[row], "aria-label": `Page of ${text}`, text: "page" }));
      }
      return np.el("th", { scope: "row" }, inside);
    });
    return np.el("tr", { "data-row": row }, cells);
  }

  /** The open table of one layer. */
  function makeTable(spec, holder) {
    const columns = np.columnsOf(spec);
    const state = { rows: [], drawn: 0, isAll: false, sort: -1, sign: 1 };
    const heads = columns.map((column, at) => {
      const words = [column.title];
      // Percent signs stand at the numbers.
      if (column.unit && column.unit !== "%") words.push(np.el("span", { class: "unit", text: ` (${column.unit})` }));
      const button = np.el("button", { type: "button", class: "sort" }, words);
      button.addEventListener("click", () => sortBy(at));
      return np.el("th", { scope: "col", class: column.isNumber ? "num" : null }, [button]);
    });
    const pinned = np.el("tbody", { class: "pinned" });
    const body = np.el("tbody");
    const caption = np.el("p", { id: `about-${spec.id}`, class: "note" });
    const head = np.el("thead", {}, [np.el("tr", {}, heads)]);
    const table = np.el("table", { "aria-labelledby": caption.id }, [head, pinned, body]);
    const title = np.titleOf(spec);
    const scroll = np.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${title}` }, [table]);
    const all = np.el("button", { type: "button", class: "all" });
    holder.append(caption, np.downloadButtons(spec), scroll, all);

    function grow(until) {
      const end = Math.min(until, state.rows.length);
      const made = document.createDocumentFragment();
      for (; state.drawn < end; state.drawn += 1) made.appendChild(bodyRow(spec, columns, state.rows[state.drawn]));
      body.appendChild(made);
    }

    function fill() {
      if (state.sort >= 0) state.rows.sort(compare(columns[state.sort], state.sign));
      body.replaceChildren();
      state.drawn = 0;
      grow(state.isAll ? MORE_ROWS : FIRST_ROWS);
      table.setAttribute("aria-rowcount", String(state.rows.length + 1));
      all.hidden = state.isAll || state.rows.length <= FIRST_ROWS;
      all.textContent = `Show all ${count(state.rows.length)} rows`;
      const part = state.rows.length < spec.keys.length ? ` of ${count(spec.keys.length)}` : "";
      caption.textContent = `${title}: ${count(state.rows.length)}${part} rows. ${spec.about}`;
      markSelected(false);
    }

    function sortBy(at) {
      state.sign = state.sort === at ? -state.sign : 1;
      state.sort = at;
      heads.forEach((head, i) => {
        if (i !== at) head.removeAttribute("aria-sort");
        else head.setAttribute("aria-sort", state.sign > 0 ? "ascending" : "descending");
      });
      fill();
      scroll.scrollTop = 0;
    }

    /** Mark the selected row; one that is not drawn yet is shown first. */
    function markSelected(mayScroll) {
      const selected = np.state.selected;
      const row = selected && selected.layer === spec.id ? selected.row : -1;
      pinned.replaceChildren();
      table.querySelectorAll("tr.selected").forEach((old) => {
        old.classList.remove("selected");
        old.removeAttribute("aria-current");
      });
      if (row < 0 || !state.rows.includes(row)) return;
      let found = body.querySelector(`tr[data-row="${row}"]`);
      if (!found) found = pinned.appendChild(bodyRow(spec, columns, row));
      found.classList.add("selected");
      found.setAttribute("aria-current", "true");
      // Only the table's own box moves, never the page: the reader may look at the map.
      if (!mayScroll) return;
      const top = found.offsetTop - table.tHead.offsetHeight;
      const isSeen = top >= scroll.scrollTop && top + found.offsetHeight * 2 <= scroll.scrollTop + scroll.clientHeight;
      if (!isSeen) scroll.scrollTop = found.parentNode === pinned ? 0 : top;
    }

    scroll.addEventListener("scroll", () => {
      const left = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
      if (state.isAll && left < NEAR_END_PX && state.drawn < state.rows.length) {
        grow(state.drawn + MORE_ROWS);
        markSelected(false);
      }
    }, { passive: true });
    all.addEventListener("click", () => {
      state.isAll = true;
      fill();
      scroll.focus();
    });
    table.addEventListener("click", (event) => {
      const line = event.target.closest("tr[data-row]");
      if (!line || event.target.closest("a")) return;
      np.goTo(spec, Number(line.dataset.row));
      np.showMap();
    });
    const update = () => {
      state.rows = np.shownRows(spec);
      fill();
    };
    update();
    return { update, markSelected };
  }

  /** Bring the map into the window when a table's row was chosen. */
  np.showMap = () => {
    const box = document.getElementById("maps") || document.getElementById("map");
    const { top, bottom } = box.getBoundingClientRect();
    const seen = Math.min(bottom, window.innerHeight) - Math.max(top, 0);
    if (seen > (bottom - top) * 0.6) return;
    box.scrollIntoView({ block: "start", behavior: np.prefersStill() ? "auto" : "smooth" });
  };

  function entry(spec) {
    const rows = np.el("span", { class: "count" });
    const holder = np.el("div", { class: "holder" });
    const summary = np.el("summary", {}, [`${np.titleOf(spec)} `, rows]);
    const node = np.el("details", { class: "table", "data-layer": spec.id }, [summary, holder]);
    let table = null;
    const update = () => {
      const shown = np.shownRows(spec).length;
      const total = spec.keys.length;
      const words = shown === total ? `${count(total)} rows` : `${count(shown)} of ${count(total)} rows`;
      rows.textContent = np.state.on[spec.id] ? words : `${words}, not on the map now`;
      if (node.open && table) table.update();
    };
    node.addEventListener("toggle", () => {
      if (!node.open) return;
      if (table) table.update();
      else table = makeTable(spec, holder);
      table.markSelected(true);
    });
    const mark = () => {
      if (node.open && table) table.markSelected(true);
    };
    return { node, update, mark };
  }

  function tables() {
    const holder = document.getElementById("tables");
    const specs = np.listed();
    if (specs.length === 0) return;
    const entries = specs.map(entry);
    holder.append(
      np.el("h2", { id: "tables-title", text: "The same in tables" }),
      np.el("p", { class: "note", text: "Rows that the map shows now. Choose a row to see it on the map." }),
      ...entries.map((one) => one.node)
    );
    const update = () => entries.forEach((one) => one.update());
    np.onChange((state, changed) => {
      if (np.touches(changed, ["on", "step", "filter", "off"])) update();
      if (changed.has("selected")) entries.forEach((one) => one.mark());
    });
    update();
  }

  np.onStart(tables);
})(window.netplan);
