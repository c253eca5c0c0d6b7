// Change the order of a list: by dragging the grip, with the buttons Flytta upp / Flytta ned, or with Alt+↑ and Alt+↓.
// Without script the buttons are plain submit buttons. With it, the whole order is posted to `data-url` as
// {"order": [id, …]}; a refused or failed post restores the list and says so. The last move can be undone.
import { refusalOf } from "./refusal.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export function startReorder(list) {
  const group = list.closest("[data-reorder-group]") ?? list.parentElement;
  const news = group.querySelector("[data-reorder-news]");
  const undo = group.querySelector("[data-reorder-undo]");
  const rows = () => [...list.children];
  const order = () => rows().map((row) => row.dataset.id);
  let saved = order();
  let posting = Promise.resolve();

  const say = (text) => { if (news) news.textContent = text; };
  const lay = (ids) => ids.forEach((id) => list.append(rows().find((row) => row.dataset.id === id)));
  const edges = () => rows().forEach((row, place, all) => {
    const up = row.querySelector('[data-move="up"]');
    const down = row.querySelector('[data-move="down"]');
    if (up) up.disabled = place === 0;
    if (down) down.disabled = place === all.length - 1;
  });

  async function post(ids) {
    const answer = await fetch(list.dataset.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ order: ids.map((id) => (/^\d+$/.test(id) ? Number(id) : id)) }),
    });
    if (answer.ok) return;
    throw new Error(await refusalOf(answer, "Ordningen kunde inte sparas."));
  }

  // One post at a time, so that the last order is also the last to arrive.
  function save(told, before) {
    edges();
    const ids = order();
    if (ids.join() === before.join()) return;
    say(told);
    posting = posting.then(() => post(ids)).then(
      () => { saved = ids; offer(before); },
      (error) => {
        lay(saved); edges(); offer(null);
        say(error instanceof TypeError ? "Nätet är nere. Ordningen är som förut." : `${error.message} Ordningen är som förut.`);
      },
    );
  }

  function offer(before) {
    if (!undo) return;
    undo.hidden = !before;
    undo.onclick = () => {
      const now = order();
      lay(before);
      save("Flytten är ångrad.", now);
      rows()[0]?.querySelector("button, a")?.focus();
    };
  }

  function move(row, step, focused) {
    const all = rows();
    const place = all.indexOf(row) + step;
    if (place < 0 || place >= all.length) return say(step < 0 ? "Redan först." : "Redan sist.");
    const before = order();
    step < 0 ? all[place].before(row) : all[place].after(row);
    save(`${row.dataset.title} är nu nummer ${place + 1} av ${all.length}.`, before);
    if (focused?.disabled) focused = row.querySelector("[data-move]:not(:disabled)");
    focused?.focus();
  }

  list.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-move]");
    if (!pressed) return;
    event.preventDefault();
    move(pressed.closest("li"), pressed.dataset.move === "up" ? -1 : 1, pressed);
  });

  list.addEventListener("keydown", (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const row = event.target.closest("li");
    if (!row || row.parentElement !== list) return;
    event.preventDefault();
    move(row, event.key === "ArrowUp" ? -1 : 1, document.activeElement);
  });

  // Pointer events cover mouse, pen and finger.
  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    if (!grip || event.button !== 0) return;
    const row = grip.closest("li");
    const before = order();
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    row.classList.add("dragged");

    const drag = (at) => {
      const over = rows().find((other) => other !== row && at.clientY >= other.getBoundingClientRect().top
        && at.clientY <= other.getBoundingClientRect().bottom);
      if (!over) return;
      const box = over.getBoundingClientRect();
      at.clientY < box.top + box.height / 2 ? over.before(row) : over.after(row);
    };
    const drop = (at) => {
      grip.removeEventListener("pointermove", drag);
      grip.removeEventListener("pointerup", drop);
      grip.removeEventListener("pointercancel", drop);
      row.classList.remove("dragged");
      if (at.type === "pointercancel") { lay(before); return; }
      save(`${row.dataset.title} är nu nummer ${rows().indexOf(row) + 1} av ${rows().length}.`, before);
    };
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", drop);
  });

  list.classList.add("live");
  edges();
}
