// Lists as Word, LibreOffice, Google Docs and plain text write them. A label that a list can count becomes the list's own;
// any other (1.1, § 1, A) stays in the text as words.
import { DEFAULT, labelled, sameList, written } from "./labels.js";
import { styleOf } from "./styles.js";

const TYPES = { "lower-alpha": "a", "lower-roman": "i" };
const BULLET = /^[\s\u00a0]*[•●▪■➢❖‣◦·][\s\u00a0]+/;

/** Word writes <p style="mso-list:l0 level2 lfo1"> with the label in a span marked mso-list:Ignore. */
export function wordLists(body, sheets) {
  const formats = formatsOf(sheets);
  const items = [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")].map((p) => itemOf(p, formats));
  let open = []; // The lists we are inside, outermost first: {level, list, style, number}.
  let before = null;
  items.forEach((item, at) => {
    const { p, level, heading } = item;
    if (!level) { open = []; return; }
    if (before !== p.previousElementSibling || heading) open = [];
    while (open.length && open.at(-1).level > level) open.pop();
    const last = open.at(-1)?.level === level ? open.at(-1) : null;
    const reading = heading ? null : labelled(item, last, following(items, at));
    if (!reading) {
      if (last) open.pop();
      if (item.label) p.prepend(`${item.label} `);
      const parent = heading ? null : open.at(-1)?.list.lastElementChild;
      parent?.append(p);
      before = parent ? open[0].list : p;
      return;
    }
    if (!last || !sameList(last, reading)) {
      if (last) open.pop();
      const list = listOf(reading, body.ownerDocument);
      const parent = open.at(-1)?.list.lastElementChild;
      parent ? parent.append(list) : p.before(list);
      open.push({ level, list });
    }
    Object.assign(open.at(-1), reading);
    open.at(-1).list.append(inItem(p));
    p.remove();
    before = open[0].list;
  });
}

// The next item that is not beneath this one.
function following(items, at) {
  let next = at + 1;
  while (items[next]?.level > items[at].level) next += 1;
  return items[next];
}

// What the style sheet says of each list's levels: {"l0:1": "lower-roman"}.
function formatsOf(sheets) {
  const found = sheets.matchAll(/@list\s+(l\d+):level(\d)[^{]*\{([^}]*)\}/g);
  return Object.fromEntries([...found].map(([, list, level, rules]) => {
    const format = /mso-level-number-format:\s*([\w-]+)/.exec(rules)?.[1];
    return [`${list}:${level}`, { "alpha-lower": "lower-alpha", "roman-lower": "lower-roman", bullet: "bullet", image: "bullet" }[format]];
  }));
}

function itemOf(p, formats) {
  const [, list, level] = /mso-list:\s*(l\d+)\s+level(\d)/i.exec(styleOf(p)) ?? [];
  if (!level) return { p, level: 0 };
  const mark = [...p.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(styleOf(span)));
  // A picture or a letter in a font of its own is a bullet.
  const drawn = mark?.querySelector("img") || /courier/i.test(`${styleOf(mark?.parentElement ?? p)} ${mark ? styleOf(mark) : ""}`);
  const label = drawn ? "" : (mark?.textContent ?? "").replace(/[\s\u00a0]+/g, " ").trim();
  mark?.remove();
  return { p, label, level: Number(level), format: formats[`${list}:${level}`], heading: /^H\d$/.test(p.tagName) };
}

function listOf({ style, number }, doc) {
  const list = doc.createElement(style === "bullet" ? "ul" : "ol");
  if (TYPES[style]) list.setAttribute("type", TYPES[style]);
  if (style !== "bullet" && number !== 1) list.setAttribute("start", number);
  return list;
}

function inItem(p) {
  const item = p.ownerDocument.createElement("li");
  const inner = p.ownerDocument.createElement("p");
  inner.append(...p.childNodes);
  item.append(inner);
  return item;
}

/** Lists that are lists already: the way they are counted is in a style, or cannot be counted here. */
export function writtenLists(body) {
  // A list directly in a list belongs to the item before it.
  for (const inner of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) inner.previousElementSibling?.append(inner);
  for (const list of body.querySelectorAll("ol")) {
    const styles = [list, list.querySelector(":scope > li")].map((node) => /list-style-type:\s*([\w-]+)/i.exec(node ? styleOf(node) : "")?.[1]);
    const style = styles.find(Boolean)?.replace("latin", "alpha") ?? DEFAULT[list.getAttribute("type")] ?? "decimal";
    if (TYPES[style]) list.setAttribute("type", TYPES[style]);
    if (/^upper-|^none$/.test(style) || list.querySelector(":scope > li > :is(h1, h2, h3, h4, h5, h6)")) asWords(list, style);
  }
}

// Each item's label in words before its text, in paragraphs instead of a list.
function asWords(list, style) {
  let number = Number(list.getAttribute("start")) || 1;
  for (const item of [...list.children]) {
    if (item.tagName !== "LI") continue;
    const first = item.querySelector(":scope > :is(p, h1, h2, h3, h4, h5, h6)") ?? item;
    const label = style === "none" ? "" : `${written(style, number)} `;
    first.prepend(label);
    number += 1;
    if (first === item) {
      const inner = item.ownerDocument.createElement("p");
      while (item.firstChild && !/^(UL|OL|TABLE)$/.test(item.firstChild.nodeName)) inner.append(item.firstChild);
      item.prepend(inner);
    }
    item.replaceWith(...item.childNodes);
  }
  list.replaceWith(...list.childNodes);
}

/** Paragraphs in a row that begin with a bullet become a list. */
export function bulletLists(body) {
  for (const p of [...body.querySelectorAll("p")]) {
    if (!BULLET.test(p.textContent) || p.closest("li")) continue;
    dropBullet(p);
    const before = p.previousElementSibling;
    const list = before?.dataset.bullets ? before : body.ownerDocument.createElement("ul");
    if (list !== before) { list.dataset.bullets = "1"; p.before(list); }
    list.append(inItem(p));
    p.remove();
  }
}

function dropBullet(p) {
  const walker = p.ownerDocument.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  let left = BULLET.exec(p.textContent)[0].length;
  while (left && walker.nextNode()) {
    const text = walker.currentNode;
    const taken = Math.min(left, text.data.length);
    text.data = text.data.slice(taken);
    left -= taken;
  }
}

/** The text without its bullet, or null if it has none. */
export const withoutBullet = (line) => (BULLET.test(line) ? line.replace(BULLET, "") : null);
