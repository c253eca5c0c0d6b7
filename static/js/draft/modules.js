// Phrases: a trigger word and Tab, or a choice from the menu, inserts the forum's own wording.
// The server has filled in the names; the time of day, and the person a phrase is about, are filled in here.
import { refusalOf } from "../refusal.js";

const BLANK = "…";

/** Initialise the menu and return insertPhrase(trigger), which returns whether there is such a phrase. */
export function startPhrases(element, form, changed) {
  const menu = element.querySelector("[data-phrase-menu]");
  const list = menu.querySelector("[data-phrase-list]");
  const asks = menu.querySelector("[data-phrase-person]");
  const person = asks.querySelector("select");
  let modules = [];
  let disqualified = "";
  let shown = []; // Those in the menu now.
  let known = ""; // The last answer, so that the menu is not rebuilt while in use.

  async function fetchPhrases() {
    try {
      const answer = await fetch(element.dataset.phrases, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (!answer.ok) { refuse(await refusalOf(answer, "Fraserna gick inte att hämta. Ladda om sidan.")); return; }
      const text = await answer.text();
      if (text === known) return;
      known = text;
      const told = JSON.parse(text);
      ({ modules, disqualified } = told);
      const chosen = person.value;
      person.replaceChildren(new Option("Fyll i själv", ""), ...told.people.map((name) => new Option(name, name)));
      if (told.people.includes(chosen)) person.value = chosen;
    } catch { return; }
    show();
  }

  function refuse(sentence) {
    known = "";
    if (shown.length) return; // Those that were fetched before still work.
    list.replaceChildren(Object.assign(document.createElement("li"), { textContent: sentence }));
  }

  const code = () => element.querySelector('[data-root] [data-field="kind"]')?.value ?? "";
  const allowed = ({ not_for: not }) => !not.includes(code());

  function show() {
    const fitting = modules.filter((module) => allowed(module) && (!module.kinds.length || module.kinds.includes(code())));
    if (fitting.length === shown.length && fitting.every((module, at) => module === shown[at])) return;
    shown = fitting;
    list.replaceChildren(...fitting.map((module) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      const word = document.createElement("span");
      button.type = "button";
      button.className = "button bare";
      button.append(module.name, " ", word);
      word.className = "soft";
      word.textContent = module.trigger;
      button.addEventListener("click", () => { menu.open = false; put(module, person.value); });
      item.append(button);
      return item;
    }));
    asks.hidden = !fitting.some((module) => module.asks);
  }

  const ready = (text, who) => text.replaceAll("{tid}", clock()).replaceAll("{person}", escaped(who || disqualified || BLANK));
  const named = (word, target) => modules.find((module) => module.trigger === word && (!target || module.target === target) && allowed(module));

  function put(module, who = "") {
    if (module.target === "text") {
      form.editor?.focus();
      form.editor?.insertHtml(ready(module.html, who));
    } else if (module.target === "heading") {
      const field = form.own(form.root, '[data-field="heading"]')[0];
      field.value = plain(module, who);
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    } else putClause(module, plain(module, who));
    changed();
  }

  const plain = (module, who) => module.text.replaceAll("{tid}", clock()).replaceAll("{person}", who || disqualified || BLANK).trim();

  // An att-sats goes to the first decision's first empty row, or a new one.
  function putClause(module, text) {
    const decisions = form.own(form.root, '[data-list="decisions"]')[0];
    const decision = decisions.firstElementChild ?? form.addFresh(decisions);
    const clauses = form.own(decision, '[data-list="clauses"]')[0];
    const empty = [...clauses.children].find((row) => !row.querySelector("[data-field]").value.trim());
    const field = (empty ?? form.addFresh(clauses)).querySelector("[data-field]");
    field.value = text;
    putOutcome(module, field);
    field.focus();
    selectBlank(field, 0, text.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The decision gets the outcome that the phrase says, unless it also holds other clauses; a matter that comes back does so anyway.
  function putOutcome({ outcome, comes_back: always }, field) {
    const decision = field.closest('[data-item="decisions"]');
    const others = form.own(decision, '[data-list="clauses"]')[0].querySelectorAll("[data-field]");
    const alone = [...others].every((other) => other === field || !other.value.trim());
    if (outcome && (alone || always)) form.own(decision, '[data-field="outcome"]')[0].value = outcome;
  }

  form.expand = (word) => {
    const module = named(word);
    if (!module) return null;
    if (module.target === "text") return ready(module.html, "");
    queueMicrotask(() => put(module)); // After the editor has removed the word.
    return "";
  };

  // In an att-sats and in the heading, which are plain fields.
  element.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Tab" || event.shiftKey || event.ctrlKey || event.altKey || field.selectionStart !== field.selectionEnd) return;
    const target = field.closest?.("[data-item]")?.dataset.item === "clauses" ? "decision" : field.dataset?.field === "heading" && "line" in field.dataset ? "heading" : null;
    const word = target && /(?:^|\s)(\/?)([^\s/]+)$/.exec(field.value.slice(0, field.selectionStart));
    const module = word && named(word[2].toLowerCase(), target);
    if (!module) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const from = field.selectionStart - word[1].length - word[2].length;
    const text = plain(module, "");
    field.setRangeText(text, from, field.selectionStart, "end");
    if (target === "decision") putOutcome(module, field);
    selectBlank(field, from, from + text.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, { capture: true });

  menu.addEventListener("toggle", () => { if (menu.open) { show(); fetchPhrases(); } });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  fetchPhrases();

  return (trigger) => {
    const module = named(trigger);
    if (module) put(module);
    return Boolean(module);
  };
}

function selectBlank(field, from, to) {
  const at = field.value.slice(0, to).indexOf(BLANK, from);
  if (at >= 0) field.setSelectionRange(at, at + BLANK.length);
}

const clock = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Stockholm", hour: "2-digit", minute: "2-digit" }).format(new Date()).replace(":", ".");

function escaped(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span.innerHTML;
}
