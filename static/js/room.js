// The meeting's page: moving between §§ without reloading, actions without leaving the text, and all shortcuts.
// Without this script every link and button leads to a separate page.
import { start as startDraft } from "./draft.js";
import { unsent } from "./draft/journal.js";
import * as ahead from "./room/ahead.js";
import { KEYS, listenForKeys, nameKeys, writeHelp } from "./room/keys.js";
import { startPanel } from "./room/panel.js";
import { Gone, ask, renewPeople, swap } from "./room/regions.js";
import { startUpload } from "./upload.js";

const room = document.querySelector("[data-room]");
const rail = document.getElementById("listan");
const panel = document.getElementById("panelen");
const help = document.querySelector("[data-shortcuts]");
const draft = () => room.querySelector("[data-draft]");
const show = startPanel(panel);
const narrow = matchMedia("(max-width: 62rem)");
let busy = null; // The id of the running action, one at a time: an allocated number cannot be returned.
let queued = null; // One other action may wait behind it: Alt+R, Alt+N in quick succession.
let saved = false; // Something has been saved since the panel was rendered.

const announce = (text) => { room.querySelector("[data-announce]").textContent = text; };

function showNotice(text) {
  const news = room.querySelector('[data-region="news"]');
  const box = Object.assign(document.createElement("div"), { className: "flash warning" });
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  news.replaceChildren(box);
  news.scrollIntoView({ block: "nearest" });
}

// Initialise swapped-in regions.
function enliven() {
  for (const only of room.querySelectorAll("[data-only-script]")) only.hidden = false;
  show();
  nameKeys(room);
  markUnsent();
  for (const zone of room.querySelectorAll("[data-upload]:not(.live)")) startUpload(zone);
  const current = rail.querySelector('[aria-current="page"]');
  current?.scrollIntoView({ block: "nearest" });
}

// Mark a § in the rail whose text is still only in this browser.
async function markUnsent() {
  const here = draft()?.dataset.url;
  const kept = (await unsent()).filter((key) => key.startsWith(`${room.dataset.mine} `)).map((key) => key.split(" ")[1]);
  for (const link of rail.querySelectorAll("[data-go]")) {
    const waits = kept.some((url) => url !== here && url.startsWith(`${new URL(link.href).pathname}/`));
    if (waits && !link.querySelector(".unsent")) link.querySelector(".what").append(Object.assign(document.createElement("span"), { className: "unsent", textContent: " ej skickat: öppna för att skicka" }));
  }
}

// Save the text. If that fails, the text stays on the screen and in the journal.
async function settle() {
  const api = draft()?.draftApi;
  if (!api || await api.save()) return true;
  room.querySelector("[data-state]")?.scrollIntoView({ block: "center" });
  announce("Texten är inte sparad än.");
  return false;
}

async function alone(id, work) {
  if (busy) return;
  busy = id;
  room.setAttribute("aria-busy", "true");
  try { await work(); } catch (error) {
    if (error instanceof Gone) location.assign(error.url);
    else showNotice("Det gick inte: nätet är nere eller servern svarar inte. Det du skrivit finns kvar. Försök igen.");
  } finally { busy = null; room.removeAttribute("aria-busy"); }
  const next = queued;
  queued = null;
  if (ahead.holds()) ahead.play(showNotice, act);
  else if (next) act(next);
}

/** Show another address of this meeting. */
const go = (url, { push = true, focus = "text", id = "go" } = {}) => alone(id, async () => {
  ahead.hold();
  if (!await settle()) {
    if (draft().draftApi.refused) location.assign(url); // The server refuses it; the journal has it.
    return;
  }
  const { page, url: arrived, refusal } = await ask(url);
  if (refusal) { showNotice(refusal); return; }
  await arrive(page, arrived, push, focus);
});

async function arrive(page, url, push, focus) {
  await settle();
  draft()?.draftApi?.leave();
  swap(page);
  if (push && url !== location.href) history.pushState(null, "", url);
  for (const sheet of [rail, panel]) if (narrow.matches && sheet.matches(":popover-open")) sheet.hidePopover();
  scrollTo(0, 0);
  enliven();
  announce(document.querySelector("h1").textContent.replace(/\s+/g, " ").trim());
  if (!draft()) { document.getElementById("innehall").focus({ preventScroll: true }); return; }
  await startDraft(draft());
  if (focus === "text") draft().draftApi.text();
}

// Show a form's errors at its fields, as on the answering page.
function correct(form, page) {
  const fresh = [...page.querySelectorAll("form")].find((one) => one.getAttribute("action") === form.getAttribute("action"));
  if (!form.isConnected || !fresh?.querySelector(".form-errors")) return false;
  form.replaceChildren(...fresh.childNodes);
  enliven();
  const wrong = form.querySelector('[aria-invalid="true"]') ?? form.querySelector(".form-errors");
  wrong.focus();
  announce(form.querySelector(".form-errors").textContent.replace(/\s+/g, " ").trim());
  return true;
}

/** Send a form without leaving the page. With "all" go where it leads; otherwise leave the text being edited alone. */
const send = (form, submitter) => alone(submitter?.dataset.shortcut ?? (submitter && "next" in submitter.dataset ? "next-item" : "send"), async () => {
  const all = form.dataset.quick === "all";
  if (all) ahead.hold();
  if (!await settle()) return;
  const body = new FormData(form, submitter);
  body.set("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  const who = form.querySelector('[name="presence"]')?.value;
  const { page, url, refusal } = await ask(submitter?.getAttribute("formaction") ?? form.action, { method: "POST", body });
  if (refusal) { if (!correct(form, page)) showNotice(refusal); return; }
  if (all) { await arrive(page, url, true, "text"); return; }
  const writing = Boolean(draft());
  swap(page, writing ? ["text", "news"] : ["news"]);
  if (writing) renewPeople(page, draft());
  enliven();
  const again = panel.querySelector(`[name="presence"][value="${CSS.escape(who ?? "")}"]`)?.closest("form");
  again?.querySelector("button")?.focus();
  announce(`${page.querySelector(".flash p")?.textContent ?? ""} ${panel.querySelector(".quorum-line")?.textContent.trim() ?? ""}`);
});

// --- actions that do more than press a button ---

function beside(step) {
  const links = [...rail.querySelectorAll("ol [data-go]")];
  const here = links.findIndex((link) => link.getAttribute("aria-current"));
  const next = here < 0 ? (step > 0 ? links[0] : links.at(-1)) : links[here + step];
  if (next) go(next.href, { id: step > 0 ? "next" : "previous" });
  return true;
}

function toggle(name) {
  const hidden = room.toggleAttribute(`data-no-${name}`);
  localStorage.setItem(`govern.no-${name}`, hidden ? "1" : "");
  told();
  return true;
}

function told() {
  for (const name of ["rail", "panel"]) room.querySelector(`[data-shortcut="${name}"]`).setAttribute("aria-pressed", String(!room.hasAttribute(`data-no-${name}`)));
  room.querySelector('[data-shortcut="full"]').setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
}

const write = (work) => () => {
  const api = draft()?.draftApi;
  if (api) work(api);
  return Boolean(api);
};

function open(element) {
  const sheet = element.closest("[popover]");
  if (sheet && narrow.matches && !sheet.matches(":popover-open")) sheet.showPopover();
  if (sheet && !narrow.matches) room.removeAttribute(sheet === rail ? "data-no-rail" : "data-no-panel");
  told();
  const tab = element.closest("[data-tab]");
  if (tab) show(tab.id);
}

function openPhrases(menu) {
  if (!menu) return false;
  menu.open = true;
  (menu.querySelector("button") ?? menu.querySelector("summary")).focus();
  return true;
}

const ACTIONS = {
  next: () => beside(1),
  previous: () => beside(-1),
  save: write((api) => api.save()),
  text: write((api) => api.text()),
  clause: write((api) => api.clause()),
  assign: write((api) => api.assign()),
  motion: write((api) => api.addItem("motions")),
  ballot: write((api) => api.addItem("ballots")),
  dissent: write((api) => api.addItem("dissents")),
  phrases() { return openPhrases(room.querySelector("[data-phrase-menu]")); },
  async close() {
    if (!room.querySelector('[data-shortcut="close"]')) await go(rail.querySelector("[data-go]").href, { focus: null });
    room.querySelector('[data-shortcut="close"]')?.focus();
  },
  rail: () => toggle("rail"),
  panel: () => toggle("panel"),
  full() { document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.(); return true; },
  help() { help.showModal(); help.querySelector("h2").focus(); return true; },
  list() { const link = rail.querySelector('[aria-current="page"]') ?? rail.querySelector("a"); open(link); link.focus(); return true; },
  outcomes() { open(panel.querySelector("#beslut")); panel.querySelector("#flik-beslut").focus(); return true; },
  papers() { open(panel.querySelector("#bilagor")); (panel.querySelector('#bilagor [data-shortcut="papers"]') ?? panel.querySelector("#flik-bilagor")).focus(); return true; },
  presence() { open(panel.querySelector("#narvaro")); (panel.querySelector("[data-find-person]") ?? panel.querySelector("#flik-narvaro")).focus(); return true; },
  async unannounced() {
    if (!room.querySelector('[data-shortcut="unannounced"]')) await go(rail.querySelector("[data-go]").href, { focus: null });
    room.querySelector('[data-shortcut="unannounced"]')?.focus();
  },
};

function act(id) {
  if (busy && ahead.holds()) {
    if (busy !== id) ahead.later(id);
    return true;
  }
  if (ACTIONS[id] && !(busy && ["next", "previous"].includes(id))) return Boolean(ACTIONS[id]());
  if (busy) {
    if (busy !== id) queued = id;
    return true;
  }
  const control = room.querySelector(`[data-shortcut="${id}"]`) ?? (id === "next-item" ? rail.querySelector("[data-next]") : null);
  if (!control?.closest("[hidden]")) control?.click();
  return Boolean(KEYS.find((key) => key.id === id));
}

// --- event handlers ---

room.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) { event.preventDefault(); go(link.href); return; }
  const button = event.target.closest("button[data-shortcut]");
  if (button && !("add" in button.dataset) && ACTIONS[button.dataset.shortcut]) ACTIONS[button.dataset.shortcut]();
});
room.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-quick]")) return;
  event.preventDefault();
  send(form, event.submitter);
});
rail.addEventListener("keydown", (event) => {
  const stops = [...rail.querySelectorAll("a[data-go], button[formaction]")];
  const here = stops.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || here < 0 || event.altKey) return;
  event.preventDefault();
  stops[here + step]?.focus();
});
// The heading in the rail follows typing.
room.addEventListener("input", (event) => {
  if (!event.target.matches('[data-root] > .draft-heading [data-field="heading"]')) return;
  const there = rail.querySelector("[data-current-heading]");
  if (there) there.textContent = event.target.value || "Utan rubrik";
});
room.addEventListener("draft:saved", () => { saved = true; });
// The overview of decisions is updated when it is opened.
panel.addEventListener("panel:shown", async ({ detail }) => {
  if (detail.id !== "beslut" || !saved || busy) return;
  saved = false;
  try {
    const { page, refusal } = await ask(location.href);
    if (!refusal) panel.querySelector("#beslut").replaceChildren(...page.querySelector("#beslut").childNodes);
  } catch { saved = true; } // It is updated the next time.
});
addEventListener("popstate", () => go(location.href, { push: false }));
document.addEventListener("fullscreenchange", told);

for (const name of ["rail", "panel"]) room.toggleAttribute(`data-no-${name}`, localStorage.getItem(`govern.no-${name}`) === "1");
writeHelp(help.querySelector("[data-shortcut-list]"));
listenForKeys(act);
told();
enliven();
