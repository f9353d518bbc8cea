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
    });
  });
  // Search: hides the rows that do not hold every word.
  document.querySelectorAll("input[data-search]").forEach(function (input) {
    var id = input.getAttribute("data-search");
    var body = document.getElementById(id).tBodies[0];
    var shown = document.querySelector('[data-shown="' + id + '"]');
    function search() {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var left = 0;
      Array.prototype.forEach.call(body.rows, function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
        if (!row.hidden) left += 1;
      });
      shown.textContent = words.length ? left + " of " + body.rows.length + " rows" : left + " rows";
    }
    input.addEventListener("input", search);
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
