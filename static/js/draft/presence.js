// Who else has this § open, and who holds the pen. Informative only: nothing is locked, and nothing here moves the focus.
import { refusalOf } from "../refusal.js";
import { token } from "./save.js";

const EVERY = 8000;

// `signal` ends it when another § replaces this one, and the pen is released.
export function startPresence(element, signal) {
  const line = element.querySelector("[data-writers]");
  const text = line.querySelector("[data-writers-text]");
  const button = line.querySelector("[data-take-over]");
  let mine = false;
  let held = false; // Somebody holds the pen, as far as we know.
  let timer = null;
  let next = {}; // What to send next: {typing, take_over}. It is stored until it has arrived.
  let running = null;

  const send = (body, more = {}) => fetch(element.dataset.editing, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token().content },
    body: JSON.stringify(body),
    redirect: "manual",
    ...more,
  });

  // Changes made while a request is running are sent right after it: the first word typed takes the pen.
  function beat(more = {}) {
    Object.assign(next, more);
    running ??= report().finally(() => { running = null; });
    return running;
  }

  async function report() {
    clearTimeout(timer);
    let heard = true;
    do {
      // While saving is in trouble (no network, signed out) the saver sends requests often enough for both.
      const trouble = element.querySelector("[data-state]").dataset.mode === "trouble";
      heard = !signal.aborted && !document.hidden && !trouble && await say();
    } while (heard && (next.take_over || (next.typing && !held)));
    if (!signal.aborted) timer = setTimeout(beat, EVERY);
  }

  async function say() {
    const body = { typing: false, ...next };
    next = {};
    try {
      const answer = await send(body, { signal: AbortSignal.timeout(EVERY) });
      if (answer.ok) { show(await answer.json()); return true; }
      if (body.take_over && answer.status === 422) { refuse(await refusalOf(answer, "Det gick inte att ta över.")); return false; }
    } catch { /* The saver reports it when there is something to save. */ }
    next = { ...body, ...next };
    return false;
  }

  function refuse(sentence) {
    text.textContent = sentence;
    line.hidden = false;
  }

  function show({ holder, mine: now, others }) {
    const lost = mine && !now && holder;
    const told = line.dataset.lost === holder?.since;
    mine = now;
    held = Boolean(holder);
    if (lost) line.dataset.lost = holder.since;
    let says = "";
    if (holder && !mine) says = lost || told ? `${holder.name} tog över klockan ${holder.since}.` : `${holder.name} skriver här sedan ${holder.since}.`;
    else if (others.length) says = `${listed(others)} har också paragrafen öppen.`;
    if (text.textContent !== says) text.textContent = says;
    line.hidden = !says;
    button.hidden = !holder || mine;
  }

  element.addEventListener("input", () => {
    next.typing = true;
    if (!held) beat();
  });
  button.addEventListener("click", () => {
    const inside = document.activeElement === button;
    beat({ take_over: true }).then(() => { if (inside && button.hidden) element.querySelector('[role="textbox"], [data-field]')?.focus(); });
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); }, { signal });
  const leave = () => { send({ leave: true }, { keepalive: true }).catch(() => {}); };
  addEventListener("pagehide", leave, { signal });
  signal.addEventListener("abort", () => { clearTimeout(timer); leave(); });
  beat();
}

function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} och ${names.at(-1)}`;
}
