// The page where a § is edited: fills the form, handles events, saves. See draft/form.js for the structure of a draft.
import { askBetween } from "./draft/conflict.js";
import { DraftForm, OWN_REASON, showReason } from "./draft/form.js";
import { forget, recall } from "./draft/journal.js";
import { merge, same } from "./draft/merge.js";
import { startPhrases } from "./draft/modules.js";
import { startPresence } from "./draft/presence.js";
import { startProcedure } from "./draft/procedure.js";
import { dropAtt, indent, moveRow, rowKeys, rowPaste, settle } from "./draft/rows.js";
import { Saver } from "./draft/save.js";

function bodyOf(given) {
  const draft = { ...given };
  delete draft.version;
  return draft;
}

/**
 * Initialise one draft form; called for every [data-draft] on the page when it opens.
 * The form element then has `draftApi`: {save, read, addItem, leave}, for the code of the surrounding page.
 * The event `draft:leave` on the element stops its listeners and timers, when another § replaces it.
 */
export async function start(element) {
  const given = JSON.parse(element.querySelector("[data-draft-value]").textContent);
  const base = bodyOf(given);
  const key = `${element.dataset.owner} ${element.dataset.url}`;
  const form = new DraftForm(element);
  const part = (name) => element.querySelector(`[data-${name}]`);
  const nameOf = (id) => element.querySelector('template[data-template="dissents"]').content
    .querySelector(`[data-field="person"] option[value="${CSS.escape(String(id))}"]`)?.textContent ?? String(id);

  const page = {
    read: () => form.read(),
    // Routine states are shown but not read out; problems, and their solutions, are.
    say(mode, text, { signIn = false } = {}) {
      const state = part("state");
      state.setAttribute("aria-live", mode === "trouble" || (mode === "saved" && page.troubled) ? "polite" : "off");
      if (mode === "trouble" || mode === "saved") page.troubled = mode === "trouble";
      state.dataset.mode = mode;
      part("state-text").textContent = text;
      const link = part("state-link");
      link.href = element.dataset.signIn;
      link.hidden = !signIn;
    },
    refused(path) {
      element.querySelectorAll('[aria-invalid="true"]').forEach((field) => { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); });
      const field = path && form.at(path);
      if (!field) return;
      part("state-text").id ||= "draft-state-text";
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", part("state-text").id);
    },
    // Remarks on how the text will look on paper, if not as written; announced again only when they change.
    remarked(remarks) {
      const place = document.querySelector("[data-remarks]");
      const shown = place && [...place.querySelectorAll("p")].map((p) => p.textContent);
      if (!place || JSON.stringify(shown) === JSON.stringify(remarks)) return;
      place.replaceChildren(...remarks.map((remark) => {
        const box = document.createElement("div");
        box.className = "flash warning";
        box.append(Object.assign(document.createElement("p"), { textContent: remark }));
        return box;
      }));
    },
    saved: (detail) => element.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true, detail })),
    conflict: (theirs, version) => join(saver.base, form.read(), bodyOf(theirs), version),
  };

  const saver = new Saver({ url: element.dataset.url, key, owner: element.dataset.owner, version: given.version, base, page });
  const changed = () => { grow(element); saver.changed(); };
  const life = new AbortController();
  element.addEventListener("draft:leave", () => { life.abort(); saver.stop(); }, { once: true });
  element.draftApi = {
    save: () => saver.saveAll(),
    read: () => form.read(),
    insertPhrase: () => false, // Until the phrases are loaded.
    get refused() { return Boolean(saver.refused); },
    // Add an item to a list such as "assignments", empty except for `given`, and put the cursor where typing starts.
    addItem(name, value = {}, field = null) {
      const item = form.addItem(name, value);
      form.focus(item, field);
      changed();
      return item;
    },
    // A new assignment; the text selected at the cursor becomes its text.
    assign() {
      const field = document.activeElement;
      const inText = element.contains(field) && field.closest(".editor");
      const inField = element.contains(field) && field.tagName === "TEXTAREA";
      const marked = inField ? field.value.slice(field.selectionStart, field.selectionEnd).trim() : "";
      element.draftApi.addItem("assignments", { text: inText ? form.toolbar.marked : marked }, "assignee");
    },
    // A new att-sats after the last one, creating a decision if there is none.
    clause() {
      const last = [...element.querySelectorAll('[data-list="clauses"]')].at(-1);
      if (!last) { element.draftApi.addItem("decisions"); return; }
      const empty = [...last.children].find((item) => !item.querySelector("[data-field]").value.trim());
      form.focus(empty ?? form.addFresh(last));
      changed();
    },
    tally: () => element.querySelectorAll('[data-list="ballots"] > [data-item]').forEach((item) => form.tally(item)),
    // Move to the text, where most is written.
    text: () => (element.querySelector(".editor [role=textbox]") ?? element.querySelector("[data-field]")).focus(),
    leave: () => element.dispatchEvent(new CustomEvent("draft:leave")),
  };

  async function join(from, mine, theirs, version) {
    saver.held = true;
    let { merged, conflicts } = merge(from, mine, theirs, form.fields);
    if (conflicts.length) {
      page.say("trouble", "ej sparat: någon annan har ändrat. Välj text nedan.");
      form.root.inert = true;
      merged = await askBetween(part("conflict"), merged, conflicts, nameOf);
      form.root.inert = false;
    }
    if (!same(merged, form.read())) refill(form, merged);
    if (same(merged, theirs)) {
      Object.assign(saver, { base: theirs, version, held: false, dirty: false, wait: 0, sent: [] });
      await forget(key);
      page.say("saved", "sparat");
    } else await saver.adopt(theirs, version);
  }

  const kept = await Promise.race([recall(key), new Promise((resolve) => { setTimeout(resolve, 1500, null); })]);
  form.fill(base);
  grow(element);
  page.say("saved", "allt är sparat");
  listen(element, form, saver, changed, part, life.signal);
  if (element.dataset.editing) startPresence(element, life.signal);
  if (element.dataset.phrases) element.draftApi.insertPhrase = startPhrases(element, form, changed);
  if (element.dataset.procedure) startProcedure(element, form, changed);
  if (kept && !same(kept.draft, base)) {
    refill(form, kept.draft);
    saver.dirty = true;
    if (kept.version === given.version || kept.sent.some((draft) => same(draft, base))) {
      page.say("trouble", "Text som inte hann sparas är återställd");
      await saver.save();
    } else await join(kept.base, kept.draft, base, given.version);
  } else if (kept) await forget(key);
}

// Fill the form again, and restore the cursor as well as possible.
function refill(form, draft) {
  const fields = () => [...form.root.querySelectorAll("[data-field]:not([hidden], [type=hidden]), [role=textbox]")];
  const place = fields().indexOf(document.activeElement);
  form.fill(draft);
  grow(form.form);
  if (place >= 0) fields()[place]?.focus();
}

function listen(element, form, saver, changed, part, signal) {
  let taken = null;

  element.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("[data-field], [data-vote]")) return;
    if ("line" in field.dataset && field.value.includes("\n")) field.value = field.value.replace(/\s*\n\s*/g, " ");
    dropAtt(field);
    form.tally(field.closest("[data-item]"));
    changed();
  });

  element.addEventListener("change", (event) => {
    if (!event.target.matches("[data-reason]")) return;
    const reason = form.own(form.root, '[data-field="confidential"]')[0];
    reason.value = event.target.value === OWN_REASON ? "" : event.target.value;
    showReason(reason, event.target.value === OWN_REASON);
    if (event.target.value === OWN_REASON) reason.focus();
    changed();
  });

  element.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add]");
    if (add) {
      const list = form.own(add.closest("[data-item]"), `[data-list="${add.dataset.add}"]`)[0];
      form.focus(form.addFresh(list));
      return changed();
    }
    const tool = event.target.closest("[data-do]");
    return tool && act(tool);
  });

  function act(tool) {
    const item = tool.closest("[data-item]");
    const list = item.parentElement;
    const action = tool.dataset.do;
    if (action === "remove") {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      const name = `Borttaget: ${item.dataset.label.toLowerCase()}.`;
      taken = form.takeOut(item);
      part("undo-text").textContent = name;
      part("undo").hidden = false;
      if (next) form.focus(next);
      else list.parentElement.querySelector(`[data-add="${list.dataset.list}"]`)?.focus();
    } else if (action === "indent" || action === "outdent") indent(item, action === "indent" ? 1 : -1);
    else moveRow(item, action === "up" ? -1 : 1);
    if ("tree" in list.dataset) settle(list);
    form.number(list);
    if (item.isConnected) (tool.disabled ? item.querySelector("[data-do]:not(:disabled)") : tool)?.focus();
    changed();
  }

  part("undo-button").addEventListener("click", () => {
    part("undo").hidden = true;
    if (!taken?.list.isConnected) return;
    form.focus(form.putBack(taken));
    taken = null;
    changed();
  });

  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && "line" in (event.target.dataset ?? {})) event.preventDefault();
    // Enter in a one-line field would submit the form, which has no submission.
    if (event.key === "Enter" && event.target.tagName === "INPUT") event.preventDefault();
    rowKeys(event, form, changed);
  });
  // Text selected in the editor becomes an assignment with that text; the user fills in who does it.
  element.addEventListener("editor:assign", (event) => {
    element.draftApi.addItem("assignments", { text: event.detail.text }, "assignee");
  });
  element.addEventListener("paste", (event) => rowPaste(event, form, changed));
  element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget)) saver.save(); });
  element.addEventListener("submit", (event) => { event.preventDefault(); saver.save(); });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); saver.save(); }
  }, { signal });
  // Any other action of the page (Klarmarkera, bilagor, närvaro) waits until the text is saved, except signing out.
  document.addEventListener("submit", async (event) => {
    const sent = event.target;
    if (event.defaultPrevented || element.contains(sent) || sent.getAttribute("method") !== "post" || !saver.dirty || "passed" in sent.dataset) return;
    event.preventDefault();
    const { submitter } = event;
    if (await saver.saveAll() || "anyway" in sent.dataset) {
      sent.dataset.passed = "";
      sent.requestSubmit(submitter);
      delete sent.dataset.passed;
    } else part("state").scrollIntoView({ block: "center" });
  }, { signal });
}

// Grow text areas with their text, in browsers whose CSS cannot.
function grow(element) {
  if (CSS.supports("field-sizing", "content")) return;
  for (const area of element.querySelectorAll("textarea.input")) {
    area.style.blockSize = "auto";
    area.style.blockSize = `${area.scrollHeight + 2}px`;
  }
}

for (const element of document.querySelectorAll("[data-draft]")) start(element);
