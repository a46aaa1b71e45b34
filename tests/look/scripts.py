"""What the pages are asked, in the browser's language."""

#: open everything that is folded
UNFOLD = "document.querySelectorAll('details').forEach(d => { d.open = true; })"

#: controls and contents: made for the screen, said nowhere else
_CONTROLS = "nav, .skip, .tools, .take, .anchor, button, dialog, [role=status]"

#: the texts a reader can see or hear outside drawings, without white space, in the order of the page;
#: `seen` leaves out what is only to be heard
TEXTS = f"""(seen) => {{
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {{
    const node = walker.currentNode, parent = node.parentElement;
    const text = node.data.replace(/[\\s\\u200b]+/g, '');
    if (!text || parent.closest('svg, script, style, noscript') || seen && parent.closest('.vh')) continue;
    const control = parent.closest('{_CONTROLS}');
    if (control && !(control.tagName === 'BUTTON' && parent.closest('thead'))) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (range.getClientRects().length && getComputedStyle(parent).visibility === 'visible') found.push(text);
  }}
  return found;
}}"""

#: how far the page is wider than the window
OVERHANG = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

#: texts outside the window, cut off by their box or too small in a drawing; what scrolls can be reached
CUT = """(least) => {
  const wide = document.documentElement.clientWidth, found = [];
  const say = (what, node) => found.push(what + ': ' + node.textContent.trim().slice(0, 50));
  const scrolls = e => {
    for (; e && e !== document.body; e = e.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  const walker = document.createTreeWalker(document.querySelector('.page'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (!node.data.trim() || parent.closest('script, style, .vh, .skip')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const drawing = parent.closest('svg');
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      const head = parent.closest('table.stack thead');
      if (head && getComputedStyle(head).clipPath !== 'none') continue;
      if ((box.left < -1 || box.right > wide + 1) && !scrolls(parent)) { say('outside the window', node); break; }
      if (drawing) {
        const frame = drawing.getBoundingClientRect();
        if (box.left < frame.left - 1 || box.right > frame.right + 1) { say('outside its drawing', node); break; }
        const scale = frame.width / drawing.viewBox.baseVal.width;
        if (parseFloat(getComputedStyle(parent).fontSize) * scale < least) {
          say('under ' + least + ' px in a drawing', node); break;
        }
      }
    }
  }
  for (const e of document.querySelectorAll('.page *')) {
    const style = getComputedStyle(e);
    if (e.closest('.vh, svg, thead') || !['hidden', 'clip'].includes(style.overflowX)) continue;
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1) say('cut off by its box', e);
  }
  return found;
}"""

#: what Tab has to reach, numbered in the order of the page; parts still folded are not reachable
REACHABLE = """() => {
  const can = 'a[href], button, select, input, textarea, summary, [tabindex]';
  const said = e => e.textContent || e.getAttribute('aria-label') || '';
  const what = e => e.tagName.toLowerCase() + ' ' + said(e).trim().slice(0, 40);
  let number = 0;
  return Array.from(document.querySelectorAll(can)).flatMap(e => {
    if (e.tabIndex < 0 || e.disabled || !e.getClientRects().length) return [];
    if (e.closest('dialog:not([open])') || getComputedStyle(e).visibility !== 'visible') return [];
    const folded = e.parentElement.closest('details:not([open])');
    if (folded && !(e.tagName === 'SUMMARY' && e.parentElement === folded)) return [];
    e.dataset.look = ++number;
    return [{ number, what: what(e), cls: e.className || '' }];
  });
}"""

#: the element with the focus: its number, whether the focus can be seen, whether it is in the window
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  return {
    number: Number(e.dataset.look || 0),
    what: e.tagName.toLowerCase() + ' ' + e.textContent.trim().slice(0, 40),
    marked: outlined || style.boxShadow !== 'none',
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""

#: whether the focus went on from a target: it is in it or behind it
FOCUS_IS_WITHIN_OR_AFTER = """target => {
  const e = document.activeElement, place = document.querySelector(target);
  if (!place || e === document.body) return true;
  return place.contains(e) || Boolean(place.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING);
}"""

#: the head cell of every row of a table
ROW_HEADS = "t => Array.from(t.tBodies[0].rows).map(r => r.textContent)"

#: whether the rows stand in the order of the sorted column: missing last, totals at the end
IS_SORTED = """(table, [up]) => {
  const heads = Array.from(table.tHead.rows[0].cells), place = heads.findIndex(h => h.hasAttribute('aria-sort'));
  const value = row => {
    const cell = row.cells[place], text = cell.dataset.v ?? cell.textContent.trim();
    const number = Number(text.replace(/[,%]/g, '').replace('−', '-'));
    return text === '' || text === '—' ? null : Number.isNaN(number) ? text : number;
  };
  const keys = Array.from(table.tBodies[0].rows).filter(r => !r.classList.contains('total')).map(value);
  const known = keys.filter(k => k !== null);
  const last = keys.slice(0, known.length).every(k => k !== null);
  return last && known.every((k, i) => {
    if (!i) return true;
    const before = known[i - 1];
    const language = document.documentElement.lang;
    const step = typeof k === 'number' && typeof before === 'number'
      ? before - k : String(before).localeCompare(String(k), language, { numeric: true });
    return (up ? 1 : -1) * step <= 0;
  });
}"""

#: the top of a target in the window and the window's height
TOP_OF = "target => [document.querySelector(target).getBoundingClientRect().top, innerHeight]"

#: rows of the table whose data the first visible button saves, its head included
ROWS_OF_FIRST_SAVED = """() => {
  const line = Array.from(document.querySelectorAll('.take')).find(p => p.getClientRects().length);
  return document.getElementById(line.dataset.of).querySelector('table').rows.length;
}"""

#: how high the window must be for all of a notebook in JupyterLab
NOTEBOOK_HEIGHT = "Math.min(document.querySelector('.jp-WindowedPanel-outer').scrollHeight + 200, 15000)"

#: what is wrong with the blocks of a notebook: too wide, or words that run into each other
BLOCK_FAULTS = """() => {
  const faults = [];
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  all('.assess').forEach((block) => {
    const wide = all('.tbl, figure', block).filter((part) => part.scrollWidth > part.clientWidth + 1);
    wide.forEach((part) => faults.push(`wider than its cell: ${part.id}`));
    const ground = all('tbody tr', block).map((row) => getComputedStyle(row).backgroundColor);
    if (new Set(ground).size > 1) faults.push('rows have grounds that the report does not have');
    all('.line, .sub', block).forEach((line) => {
      const before = line.previousElementSibling || line.previousSibling;
      if (!before) return;
      const range = document.createRange();
      range.selectNode(before);
      if (range.getBoundingClientRect().bottom > line.getBoundingClientRect().top + 3) {
        faults.push(`runs into what is before it: ${line.textContent.slice(0, 40)}`);
      }
    });
  });
  return faults;
}"""
