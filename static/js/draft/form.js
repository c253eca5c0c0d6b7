// Convert between the draft as JSON and the form on the page. The server describes the fields: see fields.js. No network here.
import { Toolbar, mountEditor } from "../../vendor/editor.js";
import { fieldsOf, freshItems } from "./fields.js";
import { relabel } from "./rows.js";

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const whole = (text) => (/^-?\d+$/.test(text.trim()) ? Number(text) : null);

// What is written in a field for a number, also if it is none: the server says what is wrong with it.
const typed = (input) => input.value.trim() || (input.validity.badInput ? "?" : "");

const READ = {
  text: (input) => input.value,
  html: (input) => input.value,
  null: (input) => input.value.trim() || null,
  reason: (input) => input.value.trim() || null,
  lines: (input) => lines(input.value),
  int: (input) => whole(typed(input)) ?? (typed(input) || null),
  count: (input) => whole(typed(input)) ?? (typed(input) || 0),
  bool: (input) => input.checked,
  tri: (input) => ({ true: true, false: false })[input.value] ?? null,
};
const WRITE = {
  bool: (input, value) => { input.checked = Boolean(value); },
  lines: (input, value) => { input.value = (value ?? []).join("\n"); },
  reason: (input, value) => { input.value = value ?? ""; showReason(input); },
  html: (input, value) => { editors.get(input)?.set(value ?? ""); input.value = value ?? ""; },
};
const write = (input, value) => (WRITE[input.dataset.type] ?? ((to, text) => { to.value = text ?? ""; }))(input, value);

// The reason for secrecy is one text: chosen from the list, or typed beside it if the list lacks it.
export const OWN_REASON = "annat";
export function showReason(input, own = false) {
  const select = input.closest("[data-item]").querySelector("[data-reason]");
  const listed = [...select.options].some((option) => option.value === input.value && option.value !== OWN_REASON);
  select.value = own || !listed ? OWN_REASON : input.value;
  input.closest("[data-own-reason]").hidden = select.value !== OWN_REASON;
}

const editors = new WeakMap();
const parked = document.createElement("div"); // The toolbar's place until an editor needs it.

export class DraftForm {
  constructor(form) {
    this.form = form;
    this.root = form.querySelector("[data-root]");
    this.fields = fieldsOf(form);
    this.freshItems = freshItems(this.fields);
    const own = [{ icon: "pen", label: "Gör markerad text till uppdrag", keys: "Alt+U", event: "editor:assign" }];
    this.toolbar = new Toolbar(form.querySelector("[data-toolbar]") ?? parked, { own });
    this.expand = () => null; // The text of a trigger word; set when the phrases are loaded.
    this.lastEditor = null;
    form.addEventListener("focusin", ({ target }) => {
      const area = target.closest(".editor")?.previousElementSibling;
      if (editors.has(area)) this.lastEditor = area;
    });
  }

  // The last used editor, or the first.
  get editor() {
    const area = this.lastEditor?.isConnected ? this.lastEditor : this.root.querySelector('[data-type="html"]');
    return editors.get(area) ?? null;
  }

  // Replace a section's text, as if it had been typed.
  setHtml(item, html) {
    const area = this.own(item, '[data-type="html"]')[0];
    write(area, html);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- from JSON to the page ---

  fill(draft) {
    this.fillItem(this.root, draft);
    const more = this.form.querySelector("[data-more]");
    if (draft.motions.length || draft.ballots.length || draft.dissents.length) more.open = true;
  }

  fillItem(item, value) {
    for (const input of this.own(item, "[data-field]")) {
      const missing = input.tagName === "SELECT" && value[input.dataset.field] != null
        && ![...input.options].some((option) => option.value === String(value[input.dataset.field]));
      // A choice that is no longer offered is kept, not silently changed to another.
      if (missing) input.add(new Option(String(value[input.dataset.field]), String(value[input.dataset.field])));
      write(input, value[input.dataset.field]);
    }
    for (const list of this.own(item, "[data-list]")) {
      for (const old of [...list.children]) this.drop(old);
      const values = value[list.dataset.list] ?? [];
      if ("tree" in list.dataset) this.growTree(list, values, 0);
      else values.forEach((each) => this.append(list, each));
      this.number(list);
    }
    if (value.votes) this.fillVotes(item, value.votes);
    this.tally(item);
  }

  // A voter who is no longer offered keeps a row, so that no vote is lost.
  fillVotes(item, votes) {
    const rows = item.querySelector(".votes");
    const template = this.form.querySelector('template[data-template="votes"]').content.firstElementChild;
    for (const { presence } of votes) {
      if (rows.querySelector(`[data-vote="${presence}"]`)) continue;
      const row = template.cloneNode(true);
      row.querySelector("select").dataset.vote = presence;
      row.querySelector("span").textContent = `Ej närvarande (nummer ${presence})`;
      rows.append(row);
    }
    for (const vote of this.own(item, "[data-vote]")) {
      vote.value = votes.find(({ presence }) => String(presence) === vote.dataset.vote)?.choice ?? "";
    }
  }

  growTree(list, values, depth) {
    for (const { text, alternatives } of values) {
      this.append(list, text).dataset.depth = depth;
      this.growTree(list, alternatives, depth + 1);
    }
  }

  // Make an item of `value` in `list`, before `next` or last.
  append(list, value, next = null) {
    const template = this.form.querySelector(`template[data-template="${list.dataset.list}"]`);
    const item = template.content.firstElementChild.cloneNode(true);
    list.insertBefore(item, next);
    const plain = "plain" in list.dataset || "tree" in list.dataset;
    if ("tree" in list.dataset) item.dataset.depth ??= 0;
    this.fillItem(item, plain ? { value } : value);
    for (const area of this.own(item, '[data-type="html"]')) {
      editors.set(area, mountEditor(area, { toolbar: this.toolbar, expand: (word) => this.expand(word) }));
    }
    return item;
  }

  fresh(name) {
    const item = structuredClone(this.freshItems[name]);
    return name === "decisions" ? { ...item, lead: this.form.dataset.lead } : item;
  }

  addFresh(list, next = null) {
    const fresh = this.fresh(list.dataset.list);
    const item = this.append(list, "tree" in list.dataset ? fresh.text : fresh, next);
    this.number(list);
    return item;
  }

  // Make an item in a top-level list (sections, decisions, assignments, motions, ballots, dissents), empty except for `given`.
  addItem(name, given = {}) {
    const list = this.own(this.root, `[data-list="${name}"]`)[0];
    list.closest("details")?.setAttribute("open", "");
    const item = this.append(list, { ...this.fresh(name), ...given });
    this.number(list);
    return item;
  }

  // Remove an item with its editors.
  drop(item) {
    for (const area of item.querySelectorAll('[data-type="html"]')) editors.get(area)?.destroy();
    item.remove();
  }

  // --- from the page to JSON ---

  read() { return this.readItem(this.root); }

  readItem(item) {
    const value = {};
    for (const input of this.own(item, "[data-field]")) value[input.dataset.field] = READ[input.dataset.type ?? "text"](input);
    for (const list of this.own(item, "[data-list]")) value[list.dataset.list] = this.readList(list);
    const votes = this.own(item, "[data-vote]");
    if (item.dataset.item === "ballots") {
      value.votes = value.method === "secret" ? [] : votes.filter((vote) => vote.value)
        .map((vote) => ({ presence: Number(vote.dataset.vote), choice: vote.value }));
    }
    return value;
  }

  readList(list) {
    const items = [...list.children];
    if ("tree" in list.dataset) return readTree(items.map((item) => ({ depth: Number(item.dataset.depth), text: this.readItem(item).value })));
    if ("plain" in list.dataset) {
      return items.map((item) => this.readItem(item).value).filter((value) => value !== null && String(value).trim());
    }
    // A dissent belongs to a person: until one is chosen there is none, and its text cannot be typed.
    return items.map((item) => this.readItem(item)).filter((value) => list.dataset.list !== "dissents" || value.person !== null);
  }

  // --- helpers ---

  // Matches that belong to this item and not to a nested one.
  own(item, selector) {
    return [...item.querySelectorAll(selector)].filter((node) => node.parentElement.closest("[data-item]") === item);
  }

  number(list) { relabel(list); }

  // Remove an item, and return what is needed to put it back: its place, its value, its depth in a tree.
  takeOut(item) {
    const list = item.parentElement;
    const read = this.readItem(item);
    const kept = { list, place: [...list.children].indexOf(item), value: "value" in read ? read.value : read, depth: item.dataset.depth };
    this.drop(item);
    this.number(list);
    return kept;
  }

  putBack({ list, place, value, depth }) {
    const item = this.append(list, value, list.children[place] ?? null);
    if (depth !== undefined) item.dataset.depth = depth;
    this.number(list);
    return item;
  }

  // Update what depends on a choice. An open ballot is counted from its votes once one is given by name; a secret one by hand.
  tally(item) {
    if (item.dataset.item === "dissents") {
      const person = item.querySelector('[data-field="person"]');
      person.options[0].disabled = Boolean(person.value);
      item.querySelector('[data-field="text"]').disabled = !person.value;
    }
    if (item.dataset.item !== "ballots") return;
    const field = (name) => item.querySelector(`[data-field="${name}"]`);
    const open = field("method").value === "open";
    item.querySelector("[data-votes]").hidden = !open;
    const votes = this.own(item, "[data-vote]").map((vote) => vote.value).filter(Boolean);
    for (const choice of ["yes", "no", "abstain"]) {
      field(choice).readOnly = open && votes.length > 0;
      if (open && votes.length) field(choice).value = votes.filter((vote) => vote === choice).length;
    }
    this.sum(item, ["yes", "no", "abstain"].reduce((sum, choice) => sum + (whole(field(choice).value) ?? 0), 0));
  }

  // Whether the votes add up to the number taking part in this §.
  sum(item, given) {
    const line = item.querySelector("[data-sum]");
    const wanted = line?.dataset.takingPart;
    if (wanted === undefined) return;
    const right = given === Number(wanted);
    line.dataset.right = right;
    const text = right ? `Alla ${wanted} som deltar har röstat eller avstått.` : `${given} av ${wanted} som deltar i beslutet har röstat eller avstått.`;
    if (line.textContent !== text) line.textContent = text;
  }

  // The control of a path such as "assignments.0.due" or "decisions[1].clauses[0]", if found.
  at(path) {
    let item = this.root;
    const steps = path.replace(/\[(\d+)\]/g, ".$1").split(".");
    while (steps.length) {
      const name = steps.shift();
      const field = this.own(item, `[data-field="${CSS.escape(name)}"]`)[0];
      if (field) return field;
      const list = this.own(item, `[data-list="${CSS.escape(name)}"]`)[0];
      if (!list) return null;
      item = list.children[Number(steps.shift() ?? 0)] ?? null;
      if (!item) return null;
      if (!steps.length) return this.own(item, "[data-field]")[0] ?? null;
    }
    return null;
  }

  // Focus an item's field of that name, or where typing starts: the field marked for it, the text, the first field.
  focus(item, name = null) {
    const named = item.querySelector(name ? `[data-field="${name}"]` : "[data-begin]");
    if (named) return named.focus();
    const editor = this.own(item, '[data-type="html"]')[0];
    const first = this.own(item, "[data-field]:not([type=hidden])")[0] ?? item.querySelector("[data-field]");
    editor && editors.has(editor) ? editors.get(editor).focus() : first?.focus();
    return undefined;
  }
}

// Convert rows with depths to a tree; empty rows without children are dropped.
export function readTree(rows) {
  const top = [];
  const open = [{ depth: -1, alternatives: top }];
  for (const { depth, text } of rows) {
    while (open.at(-1).depth >= depth) open.pop();
    const node = { text, alternatives: [] };
    open.at(-1).alternatives.push(node);
    open.push({ depth, alternatives: node.alternatives });
  }
  const prune = (nodes) => nodes.map(({ text, alternatives }) => ({ text, alternatives: prune(alternatives) }))
    .filter(({ text, alternatives }) => text.trim() || alternatives.length);
  return prune(top);
}
