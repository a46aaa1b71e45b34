"use strict";
// Everything here is added to a page that is whole without it: buttons are made by the script, so that without it
// there are no dead ones.
const data = JSON.parse(document.getElementById("page-data").textContent);
const say = data.words;
const fill = function (text, parts) {
  return text.replace(/\{(\w+)\}/g, function (place, name) { return name in parts ? parts[name] : place; });
};
const all = function (selector, inside) { return Array.from((inside || document).querySelectorAll(selector)); };
const make = function (tag, cls, text) {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text) element.textContent = text;
  if (tag === "button") element.type = "button";
  return element;
};

// ---------------------------------------------------------------------------------------------- sorting
// Rows without a value (data-v="" or a dash) stay last in both directions, totals stay at the end.
all("table.sort").forEach(function (table) {
  const heads = Array.from(table.tHead.rows[0].cells);
  const body = table.tBodies[0];
  const keyOf = function (row, place) {
    const cell = row.cells[place];
    const text = cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent.trim();
    if (text === "" || text === "—") return null;
    const number = Number(text.replace(/,/g, "").replace("−", "-").replace(/%$/, ""));
    return Number.isNaN(number) ? text : number;
  };
  const compare = function (a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
  };
  heads.forEach(function (head, place) {
    if (head.hasAttribute("data-nosort") || !head.textContent.trim()) return;
    const button = make("button");
    button.append.apply(button, Array.from(head.childNodes));
    head.append(button);
    button.addEventListener("click", function () {
      const down = head.getAttribute("aria-sort") === "ascending";
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

// ---------------------------------------------------------------------------------------------- tools
// In the contents where there are any, else after the first screen.
const tools = make("div", "tools");
tools.setAttribute("role", "group");
tools.setAttribute("aria-label", say.tools);
const offer = function (element) {
  if (!tools.isConnected) {
    const contents = document.querySelector("nav .in");
    if (contents) contents.prepend(tools);
    else document.querySelector("section.first").append(tools);
  }
  tools.append(element);
};

// ---------------------------------------------------------------------------------------------- one unit
// `#results&unit=<code>`: a place on the page and the unit the page is narrowed to, both optional.
const readAddress = function () {
  const told = { target: "", unit: "" };
  location.hash.slice(1).split("&").forEach(function (part) {
    const pair = part.split("=");
    if (pair.length === 1) told.target = told.target || decodeURIComponent(part);
    else if (pair[0] === "unit") told.unit = decodeURIComponent(pair[1]);
  });
  return told;
};
const writeAddress = function (target, unit) {
  const parts = [target, unit ? "unit=" + unit : ""].filter(Boolean);
  history.replaceState(null, "", parts.length ? "#" + parts.join("&") : location.pathname + location.search);
};
const units = new Map(data.units);
let chosen = "";
let select = null;
let notes = [];
const narrow = function (unit) {
  chosen = units.has(unit) ? unit : "";
  let hidden = 0;
  all("[data-unit]").forEach(function (element) {
    const code = element.getAttribute("data-unit");
    // rows of the city belong to no unit and stay
    element.hidden = chosen !== "" && code !== chosen && units.has(code);
    if (element.hidden && element.tagName === "TR") hidden += 1;
  });
  all(".unit-empty").forEach(function (note) { note.remove(); });
  if (chosen) {
    all("table").forEach(function (table) {
      const rows = Array.from(table.tBodies[0].rows);
      if (!rows.length || rows.some(function (row) { return !row.hidden; })) return;
      const box = table.closest("div.scroll") || table;
      box.after(make("p", "note unit-empty", fill(say.empty, { unit: units.get(chosen) })));
    });
  }
  if (select) select.value = chosen;
  document.documentElement.classList.toggle("narrowed", chosen !== "");
  notes.forEach(function (note) {
    note.hidden = chosen === "";
    note.firstChild.textContent = chosen ? fill(say.note, { unit: units.get(chosen), rows: hidden }) : "";
  });
  reach();
};
const choose = function (unit) {
  narrow(unit);
  writeAddress(readAddress().target, chosen);
};
if (units.size > 1) {
  const label = make("label", "", say.filter);
  select = make("select");
  select.append(new Option(say.all, ""));
  units.forEach(function (name, code) { select.append(new Option(name, code)); });
  select.addEventListener("change", function () { choose(select.value); });
  label.append(select);
  offer(label);
  // once in the flow, where it is printed, and once at the foot of the screen, where it is always seen
  notes = ["narrowed-note", "narrowed-bar"].map(function (cls) {
    const note = make("p", cls);
    const clear = make("button", "", say.clear);
    clear.addEventListener("click", function () {
      choose("");
      select.focus();
    });
    note.hidden = true;
    note.append(make("span"), clear);
    return note;
  });
  notes[0].setAttribute("role", "status");
  document.querySelector("main").prepend(notes[0]);
  document.querySelector("main").append(notes[1]);
}

// ---------------------------------------------------------------------------------------------- addresses
// What a link leads to is opened and shown, whatever it is folded in.
const arrive = function (ident) {
  const place = ident && document.getElementById(ident);
  if (!place) return;
  if (place.closest("[data-unit][hidden]")) choose("");
  for (let box = place; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  place.scrollIntoView();
};
const follow = function () {
  const told = readAddress();
  if (told.unit && told.unit !== chosen) narrow(told.unit);
  arrive(told.target);
  if (chosen && told.unit !== chosen) writeAddress(told.target, chosen);
};
addEventListener("hashchange", follow);
const anchor = function (ident) {
  const link = make("a", "anchor", "#");
  link.href = "#" + ident;
  link.setAttribute("aria-label", say.link);
  return link;
};
all("section > h2").forEach(function (head) { head.after(anchor(head.parentElement.id)); });
all("h3[id], h4[id]").forEach(function (head) { head.after(anchor(head.id)); });
all("figure[id] > figcaption").forEach(function (caption) { caption.after(anchor(caption.parentElement.id)); });
all(".tbl[id]").forEach(function (box) { box.prepend(anchor(box.id)); });

// The section being read is the current one of the contents.
const entries = new Map(all("nav li a").map(function (link) { return [link.hash.slice(1), link]; }));
if (entries.size) {
  const seen = new Set();
  const watch = new IntersectionObserver(function (changes) {
    changes.forEach(function (change) { seen[change.isIntersecting ? "add" : "delete"](change.target.id); });
    const current = Array.from(entries.keys()).filter(function (ident) { return seen.has(ident); }).pop();
    entries.forEach(function (link, ident) {
      if (ident === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }, { rootMargin: "-15% 0px -75% 0px" });
  entries.forEach(function (_link, ident) {
    const section = document.getElementById(ident);
    if (section) watch.observe(section);
  });
}

// ---------------------------------------------------------------------------------------------- data to take along
const wordsOf = function (cell) {
  // a number is written as spreadsheets read it, without its marks; anything they would run as a
  // formula as text
  const parts = all(".line, .part", cell).filter(function (part) { return !part.querySelector(".line, .part"); });
  const text = (parts.length ? parts : [cell]).map(function (part) { return part.textContent.trim(); })
    .filter(Boolean).join(" ").replace(/\s+/g, " ");
  const number = text.replace(/[,†‡]/g, "").replace("−", "-");
  if (/^[+-]?\d+(\.\d+)?%?$/.test(number)) return number.replace(/^\+/, "");
  return /^[=+\-@]/.test(text) ? "'" + text : text;
};
const rowsOf = function (table) {
  const rows = Array.from(table.tHead.rows).concat(Array.from(table.tBodies[0].rows));
  return rows.filter(function (row) { return !row.hidden; })
    .map(function (row) { return Array.from(row.cells).map(wordsOf); });
};
const copyText = function (text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const held = document.activeElement;
  const area = make("textarea", "vh");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  held.focus();
  return done ? Promise.resolve() : Promise.reject(new Error("copy"));
};
const saveText = function (text, name) {
  const link = make("a");
  // the mark at the beginning tells spreadsheets that it is UTF-8
  link.href = URL.createObjectURL(new Blob(["\ufeff" + text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
};
const quoted = function (text) { return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; };
const titleOf = function (box, table) {
  const number = box.querySelector(".no");
  const caption = box.querySelector("figcaption strong") || table.caption;
  return ((number ? number.textContent.trim() + " " : "") || (caption ? caption.textContent.trim() : box.id)).trim();
};
all("table").forEach(function (table) {
  const box = table.closest("figure[id], .tbl[id], details.fold[id]");
  if (!box) return;
  const line = make("p", "take");
  line.dataset.of = box.id;
  const told = make("span", "told");
  told.setAttribute("role", "status");
  [
    [say.copy, function () {
      const text = rowsOf(table).map(function (row) { return row.join("\t"); }).join("\n");
      copyText(text).then(function () {
        told.textContent = say.copied;
        setTimeout(function () { told.textContent = ""; }, 4000);
      });
    }],
    [say.save, function () {
      const text = rowsOf(table).map(function (row) { return row.map(quoted).join(","); }).join("\r\n") + "\r\n";
      saveText(text, box.id + ".csv");
    }]
  ].forEach(function (action) {
    const button = make("button", "", action[0]);
    button.setAttribute("aria-label", fill(say.of, { action: action[0], title: titleOf(box, table) }));
    button.addEventListener("click", action[1]);
    line.append(button);
  });
  line.append(told);
  // after the source line or the key of the marks, which belong to the table
  const end = table.closest("div.scroll") || table;
  const source = end.nextElementSibling;
  const key = box.nextElementSibling;
  if (key && key.matches("p.key")) key.after(line);
  else (source && source.matches(".src") ? source : end).after(line);
});

// ---------------------------------------------------------------------------------------------- sources
// A figure with a record opens it. Hundreds of figures would be hundreds of stops for the keyboard, so they become
// buttons only while the reader wants them marked, and then one per paragraph or table, the arrows leading on.
const origins = data.origins;
const figures = origins ? all("data[data-row]").filter(function (figure) {
  return figure.getAttribute("data-row") in origins.rows && !figure.closest("[hidden], summary, a, button, svg, .vh");
}) : [];
if (figures.length) {
  const panel = make("dialog", "origin");
  const title = make("p", "title");
  const body = make("div", "body");
  const close = make("button", "close", say.close);
  let opener = null;
  let from = null;
  title.id = "origin-title";
  panel.setAttribute("aria-labelledby", title.id);
  panel.append(close, title, body);
  document.body.append(panel);

  const fact = function (list, name, text) {
    list.append(make("dt", "", name), make("dd", "", text));
  };
  // strings stand once and are told by their place in a list (see `publish.origin`)
  const numbers = function (line) { return line.split(" ").map(Number); };
  const words = function (place) { return origins.strings[place]; };
  const counted = function (number) { return number.toLocaleString("en"); };
  const told = function (row) {
    const record = numbers(origins.rows[row]);
    const cited = numbers(origins.cited[record[1]]);
    const facts = make("dl");
    for (let place = 2; place < record.length; place += 2) fact(facts, words(record[place]), words(record[place + 1]));
    fact(facts, say.row, row);
    const list = make("ul");
    for (let place = 2; place < cited.length; place += 3) {
      const where = numbers(origins.places[cited[place]]).map(words);
      const cells = words(cited[place + 1]).replace(/,/g, ", ");
      const more = cited[place + 2] ? " " + fill(say.more, { count: counted(cited[place + 2]) }) : "";
      const item = make("li");
      item.append(make("b", "", where.slice(0, 2).filter(Boolean).join(" › ")), make("span", "sec", where[2]));
      if (cells) item.append(make("span", "cells", cells + more));
      list.append(item);
    }
    if (cited[0]) list.append(make("li", "", fill(say.rest, { places: counted(cited[0]), count: counted(cited[1]) })));
    const head = make("p", "head", list.children.length ? say.cells : say.none);
    return list.children.length ? [facts, head, list] : [facts, head];
  };
  const shut = function (back) {
    if (!panel.open) return;
    panel.close();
    if (opener) {
      opener.removeAttribute("data-open");
      if (back) {
        if (from === opener && !from.hasAttribute("tabindex")) from.tabIndex = -1;
        from.focus();
      }
    }
    opener = from = null;
  };
  const open = function (figure, button) {
    const row = figure.getAttribute("data-row");
    shut(false);
    opener = figure;
    from = button || figure;
    figure.setAttribute("data-open", "");
    title.textContent = "";
    title.append(make("span", "", figure.textContent.trim() + " "), words(numbers(origins.rows[row])[0]));
    body.replaceChildren.apply(body, told(row));
    panel.show();
    panel.scrollTop = 0;
    close.focus();
    // the figure stays in sight above the panel
    if (figure.getBoundingClientRect().bottom > panel.getBoundingClientRect().top && innerWidth < 760) {
      figure.scrollIntoView({ block: "center" });
      scrollBy(0, innerHeight / 4);
    }
  };
  close.addEventListener("click", function () { shut(true); });
  addEventListener("keydown", function (event) {
    if (event.key === "Escape" && panel.open) {
      event.preventDefault();
      shut(true);
    }
  });
  figures.forEach(function (figure) { figure.classList.add("traced"); });
  document.addEventListener("click", function (event) {
    const figure = event.target.closest("data.traced");
    if (figure && String(getSelection()) === "") open(figure);
    else if (panel.open && !panel.contains(event.target)) shut(false);
  });

  const groupOf = function (figure) {
    return figure.closest("table, p, li, dl, figcaption, blockquote") || figure.parentElement;
  };
  const groups = new Map();
  figures.forEach(function (figure) {
    if (figure.closest("caption")) return;
    const group = groupOf(figure);
    groups.set(group, (groups.get(group) || []).concat(figure));
  });
  // no button may stand in the caption of a table; its figures get theirs below the table
  const titled = all(".take").map(function (line) {
    const table = line.parentElement.querySelector("table");
    const members = figures.filter(function (figure) { return figure.closest("caption") && table.contains(figure); });
    const list = make("span", "titled", members.length ? say.titled : "");
    list.hidden = true;
    members.forEach(function (figure) {
      const button = make("button", "", figure.textContent);
      button.setAttribute("aria-label", say.titled + " " + figure.textContent);
      button.setAttribute("aria-haspopup", "dialog");
      button.addEventListener("click", function (event) {
        event.stopPropagation();
        open(figure, button);
      });
      list.append(button);
    });
    line.append(list);
    return list;
  });
  const hint = make("p", "hint", say.hint);
  const marked = make("button", "", say.origins);
  marked.setAttribute("aria-pressed", "false");
  hint.id = "origin-hint";
  hint.hidden = true;
  marked.addEventListener("click", function () {
    const on = marked.getAttribute("aria-pressed") !== "true";
    marked.setAttribute("aria-pressed", String(on));
    document.documentElement.classList.toggle("origins", on);
    hint.hidden = !on;
    titled.forEach(function (list) { list.hidden = !on || list.children.length === 0; });
    groups.forEach(function (members) {
      members.forEach(function (figure, place) {
        if (on) {
          figure.tabIndex = place ? -1 : 0;
          figure.setAttribute("role", "button");
          figure.setAttribute("aria-haspopup", "dialog");
        } else ["tabindex", "role", "aria-haspopup"].forEach(function (name) { figure.removeAttribute(name); });
      });
    });
  });
  offer(marked);
  offer(hint);
  document.addEventListener("keydown", function (event) {
    const figure = event.target.closest && event.target.closest("data.traced[role]");
    if (!figure) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(figure);
      return;
    }
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    // in the order the reader sees, which sorting and filtering have changed
    const members = all("data.traced[role]", groupOf(figure)).filter(function (other) { return other.getClientRects().length; });
    const place = Math.max(0, Math.min(members.length - 1, members.indexOf(figure) + step));
    members.forEach(function (other) { other.tabIndex = other === members[place] ? 0 : -1; });
    members[place].focus();
  });
}

// ---------------------------------------------------------------------------------------------- widths, paper
// A table that scrolls sideways can be reached and scrolled with the keyboard; its caption stays in sight.
function reach() {
  all("div.scroll").forEach(function (box) {
    const caption = box.querySelector("caption");
    if (caption) {
      caption.style.paddingRight = "";
      if (box.scrollWidth > box.clientWidth + 1) caption.style.paddingRight = box.scrollWidth - box.clientWidth + "px";
    }
    if (box.scrollWidth > box.clientWidth + 1) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  });
}
addEventListener("resize", reach);
addEventListener("toggle", reach, true);
reach();
// On paper nothing stays folded.
let folded = [];
addEventListener("beforeprint", function () {
  folded = all("details:not([open])");
  folded.forEach(function (box) { box.open = true; });
});
addEventListener("afterprint", function () {
  folded.forEach(function (box) { box.open = false; });
});
follow();
