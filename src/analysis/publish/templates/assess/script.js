"use strict";
// Sorting: buttons are made here, so that without script there are no dead ones. Rows without a value
// (data-v="" or a dash) stay last in both directions, totals stay at the end.
document.querySelectorAll("table.sort").forEach(function (table) {
  var heads = Array.from(table.tHead.rows[0].cells);
  var body = table.tBodies[0];
  var keyOf = function (row, place) {
    var cell = row.cells[place];
    var text = cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent.trim();
    if (text === "" || text === "—") return null;
    var number = Number(text.replace(/,/g, "").replace("−", "-").replace(/%$/, ""));
    return Number.isNaN(number) ? text : number;
  };
  var compare = function (a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
  };
  heads.forEach(function (head, place) {
    if (head.hasAttribute("data-nosort") || !head.textContent.trim()) return;
    var button = document.createElement("button");
    button.type = "button";
    button.append.apply(button, Array.from(head.childNodes));
    head.append(button);
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.setAttribute("data-sorted", "");
      Array.from(body.rows)
        .map(function (row) { return { row: row, total: row.classList.contains("total"), key: keyOf(row, place) }; })
        .sort(function (a, b) {
          if (a.total !== b.total) return a.total ? 1 : -1;
          if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
          return a.key === null ? 0 : (down ? -1 : 1) * compare(a.key, b.key);
        })
        .forEach(function (entry) { body.append(entry.row); });
    });
  });
});
// A table that scrolls sideways can be reached and scrolled with the keyboard.
var reach = function () {
  document.querySelectorAll(".scroll").forEach(function (box) {
    if (box.scrollWidth > box.clientWidth + 1) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  });
};
addEventListener("resize", reach);
reach();
// On paper nothing stays folded.
var folded = [];
addEventListener("beforeprint", function () {
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach(function (box) { box.open = true; });
});
addEventListener("afterprint", function () {
  folded.forEach(function (box) { box.open = false; });
});
