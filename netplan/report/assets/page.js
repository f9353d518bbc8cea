"use strict";
(function () {
  // Sort: a heading's button sorts by it, again turns it round. Unknown cells stay last.
  function key(row, column) {
    var cell = row.cells[column];
    var value = cell.getAttribute("data-sort");
    if (value === null) value = cell.textContent.trim();
    return value;
  }
  function isNumber(value) { return value !== "" && isFinite(Number(value)); }
  function unknown(value) { return value === "" || value === "\u2013"; }
  function compare(a, b) {
    if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
    return a.localeCompare(b, undefined, { numeric: true });
  }
  document.querySelectorAll("button.sort").forEach(function (button) {
    button.addEventListener("click", function () {
      var heading = button.closest("th");
      var column = heading.cellIndex;
      var body = button.closest("table").tBodies[0];
      var numeric = heading.classList.contains("num");
      var now = heading.getAttribute("aria-sort");
      var down = now ? now === "ascending" : numeric;
      heading.parentElement.querySelectorAll("th").forEach(function (other) {
        other.removeAttribute("aria-sort");
      });
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      var rows = Array.prototype.map.call(body.rows, function (row, place) {
        return { row: row, value: key(row, column), place: place };
      });
      rows.sort(function (a, b) {
        if (unknown(a.value) !== unknown(b.value)) return unknown(a.value) ? 1 : -1;
        var order = compare(a.value, b.value);
        return (down ? -order : order) || a.place - b.place;
      });
      rows.forEach(function (entry) { body.appendChild(entry.row); });
      refresh(button.closest("table"));
    });
  });
  // Show: the rows that hold every word searched for; without words the first few, or all.
  function refresh(table) {
    var input = document.querySelector('input[data-search="' + table.id + '"]');
    var shown = document.querySelector('[data-shown="' + table.id + '"]');
    var words = input ? input.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    var fold = words.length ? 0 : Number(table.getAttribute("data-fold") || 0);
    var rows = table.tBodies[0].rows;
    var left = 0;
    Array.prototype.forEach.call(rows, function (row) {
      var text = words.length ? row.textContent.toLowerCase() : "";
      var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
      row.hidden = !fits || (fold > 0 && left >= fold);
      if (!row.hidden) left += 1;
    });
    var count = left === rows.length ? left + " rows" : left + " of " + rows.length + " rows";
    if (shown) shown.textContent = count.replace(/\d{4,}/g, function (digits) { return Number(digits).toLocaleString("en-US"); });
    var all = table.parentElement.parentElement.nextElementSibling;
    if (all && all.classList.contains("all")) all.hidden = !fold || left === rows.length;
  }
  document.querySelectorAll("input[data-search]").forEach(function (input) {
    input.addEventListener("input", function () {
      refresh(document.getElementById(input.getAttribute("data-search")));
    });
  });
  document.querySelectorAll("table[data-fold]").forEach(function (table) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "all";
    button.textContent = "Show all " + table.tBodies[0].rows.length.toLocaleString("en-US") + " rows";
    button.addEventListener("click", function () {
      table.removeAttribute("data-fold");
      refresh(table);
      button.remove();
    });
    table.parentElement.parentElement.insertAdjacentElement("afterend", button);
    refresh(table);
  });
  // A table wider or higher than its frame says so, at the edge and in words.
  function edges(scroll) {
    var box = scroll.parentElement;
    var wide = scroll.scrollWidth - scroll.clientWidth > 2;
    var right = scroll.scrollWidth - scroll.clientWidth - scroll.scrollLeft > 2;
    var high = scroll.scrollHeight - scroll.clientHeight > 2;
    var below = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop > 2;
    box.classList.toggle("right", right);
    box.classList.toggle("below", below);
    var hint = box.previousElementSibling;
    if (hint && hint.classList.contains("hint")) {
      hint.hidden = !wide && !high;
      hint.textContent = wide && high ? "Scroll this table sideways \u2192 and down \u2193 for the rest" :
        wide ? "Scroll this table sideways for more columns \u2192" : "Scroll this table for more rows \u2193";
    }
  }
  document.querySelectorAll(".box > .scroll").forEach(function (scroll) {
    var hint = document.createElement("p");
    hint.className = "hint";
    hint.hidden = true;
    scroll.parentElement.insertAdjacentElement("beforebegin", hint);
    scroll.addEventListener("scroll", function () { edges(scroll); }, { passive: true });
    if (window.ResizeObserver) new ResizeObserver(function () { edges(scroll); }).observe(scroll);
    edges(scroll);
  });
  // Print: everything unfolds, and folds again.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (each) {
      each.open = true;
      each.setAttribute("data-folded", "");
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-folded]").forEach(function (each) {
      each.open = false;
      each.removeAttribute("data-folded");
    });
  });
})();
