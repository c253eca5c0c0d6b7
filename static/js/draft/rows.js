// Rows of text under one heading: att-satser, and alternatives numbered 1, 2 a, 2 b, 3.
// Enter adds a row, Backspace at the start of one joins it to the previous, Alt+↑/↓ moves it; in a tree Tab and Shift+Tab at
// the start of a row indent and outdent it as far as possible: after that Tab leaves the row.

const DEEPEST = 2;

export const depthOf = (row) => Number(row.dataset.depth ?? 0);
const area = (row) => row.querySelector("[data-field]");

// Write each item's number, visibly and for screen readers.
export function relabel(list) {
  const items = [...list.children];
  const counts = [];
  items.forEach((item, place) => {
    let name = String(place + 1);
    if ("tree" in list.dataset) {
      const depth = depthOf(item);
      counts.length = depth + 1;
      counts[depth] = (counts[depth] ?? 0) + 1;
      name = [counts[0] ?? 1, letter(counts[1]), roman(counts[2])].slice(0, depth + 1).join(" ");
      item.querySelector(".mark").textContent = name;
    }
    const label = item.dataset.label;
    if (item.getAttribute("role") === "group") item.setAttribute("aria-label", `${label} ${name}`);
    for (const title of item.querySelectorAll(":scope > .part-head [data-number]")) {
      title.textContent = `${label} ${name}`;
      title.hidden = items.length === 1;
    }
    const field = item.querySelector("[data-name]");
    if (field) field.setAttribute("aria-label", `${field.dataset.name} ${name}`);
    const html = item.querySelector(":scope > [data-type='html']");
    if (html) {
      html.setAttribute("aria-label", `Text, avsnitt ${name}`);
      item.querySelector(":scope > .editor [role=textbox]")?.setAttribute("aria-label", `Text, avsnitt ${name}`);
    }
    for (const button of item.querySelectorAll(":scope > .tools > [data-do], :scope > .part-head > .tools > [data-do]")) {
      button.setAttribute("aria-label", `${button.dataset.says} ${label.toLowerCase()} ${name}`);
      if (["up", "down"].includes(button.dataset.do)) button.hidden = items.length === 1;
      if (button.dataset.do === "up") button.disabled = place === 0;
      if (button.dataset.do === "down") button.disabled = place === items.length - 1;
      if (button.dataset.do === "indent") button.disabled = !canIndent(item);
      if (button.dataset.do === "outdent") button.disabled = depthOf(item) === 0;
    }
  });
}

const letter = (n) => (n ? String.fromCharCode(96 + Math.min(n, 26)) : "a");
const roman = (n) => ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"][n] ?? String(n);

function canIndent(row) {
  const before = row.previousElementSibling;
  return !!before && depthOf(row) < DEEPEST && depthOf(row) <= depthOf(before);
}

export function indent(row, step) {
  if (step > 0 ? !canIndent(row) : depthOf(row) === 0) return false;
  const own = depthOf(row);
  const beneath = [];
  for (let next = row.nextElementSibling; next && depthOf(next) > own; next = next.nextElementSibling) beneath.push(next);
  for (const each of [row, ...beneath]) each.dataset.depth = Math.min(DEEPEST, depthOf(each) + step);
  relabel(row.parentElement);
  return true;
}

// A row may be at most one level deeper than the previous one.
export function settle(list) {
  let before = -1;
  for (const row of list.children) {
    row.dataset.depth = Math.min(depthOf(row), before + 1);
    before = depthOf(row);
  }
}

export function rowKeys(event, form, changed) {
  const field = event.target;
  const row = field.closest?.("[data-rows] > [data-item]");
  if (!row || field !== area(row) || event.isComposing) return;
  const list = row.parentElement;
  const { selectionStart: from, selectionEnd: to, value } = field;
  const done = (focused, caret) => {
    event.preventDefault();
    if ("tree" in list.dataset) settle(list);
    relabel(list);
    focused?.focus();
    if (caret !== undefined) focused?.setSelectionRange(caret, caret);
    changed();
  };

  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
    const next = form.addFresh(list, row.nextElementSibling);
    next.dataset.depth = row.dataset.depth ?? 0;
    area(next).value = value.slice(to).trimStart();
    field.value = value.slice(0, from).trimEnd();
    return done(area(next), 0);
  }
  if (event.key === "Backspace" && from === 0 && to === 0) {
    if ("tree" in list.dataset && indent(row, -1)) return done(field, 0);
    const before = row.previousElementSibling;
    const next = row.nextElementSibling;
    if (!before && value) return;
    if (!before && !next) return;
    row.remove();
    if (!before) return done(area(next), 0);
    const caret = area(before).value.length;
    area(before).value += value;
    return done(area(before), caret);
  }
  if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
    moveRow(row, event.key === "ArrowUp" ? -1 : 1);
    return done(field, from);
  }
  if (event.key === "Tab" && "tree" in list.dataset && from === 0 && to === 0 && !event.ctrlKey && !event.altKey) {
    if (indent(row, event.shiftKey ? -1 : 1)) done(field, 0);
    return;
  }
  if (event.key === "ArrowUp" && from === 0 && row.previousElementSibling) return done(area(row.previousElementSibling));
  if (event.key === "ArrowDown" && from === value.length && row.nextElementSibling) return done(area(row.nextElementSibling), 0);
}

export function moveRow(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  step < 0 ? other.before(row) : other.after(row);
}

// "att" precedes the field already: typed or pasted again it is removed. Several lines become several rows.
export function rowPaste(event, form, changed) {
  const row = event.target.closest?.("[data-rows] > [data-item]");
  if (!row) return;
  const given = event.clipboardData?.getData("text/plain") ?? "";
  const parts = given.split(/[\r\n\v\u2028\u2029]+/).map((line) => bare(line, row)).filter(Boolean);
  if (parts.length < 2 && parts[0] === given.trim()) return;
  event.preventDefault();
  const field = area(row);
  field.setRangeText(parts.shift() ?? "", field.selectionStart, field.selectionEnd, "end");
  let last = row;
  for (const part of parts) {
    const next = form.addFresh(row.parentElement, last.nextElementSibling);
    next.dataset.depth = row.dataset.depth ?? 0;
    area(next).value = part;
    last = next;
  }
  relabel(row.parentElement);
  area(last).focus();
  changed();
}

// As `bare_clause` in govern/swedish.py.
const BULLET = /^[-–—•·*▪●■□➢❖\uf020-\uf0ff]\s*/;
const NUMBER = /^\(?(\d{1,2}|[a-zåäö]|[ivx]{1,5})[.)]\)?\s+/; // Not A.: that is an initial.
const ATT = /^(att(\s+|$))+/i;

function bare(line, row) {
  const text = line.trim().replace(BULLET, "").replace(NUMBER, "");
  return row.dataset.item === "clauses" ? text.replace(ATT, "") : text;
}

export function dropAtt(field) {
  if (field.closest("[data-item]")?.dataset.item !== "clauses") return;
  const [before] = /^\s*(?:(?:[-–•]\s*|\(?\d{1,2}[.)]\s+))?att\s/i.exec(field.value) ?? [];
  if (!before) return;
  const caret = Math.max(0, field.selectionStart - before.length);
  field.value = field.value.slice(before.length);
  field.setSelectionRange(caret, caret);
}
