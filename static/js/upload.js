// Upload files dropped on a form, or chosen in it, at once and one after the other, each with its progress and a button to
// cancel it. The form's other fields are sent with each file. Without script the form is sent normally.

/** Initialise one drop zone; called for every [data-upload] on the page. */
export function startUpload(zone) {
  const form = zone.querySelector("form");
  const input = form.querySelector('input[type="file"]');
  const part = (name) => zone.querySelector(`[data-${name}]`);
  const news = part("upload-news");
  const queue = [];
  let sending = false;
  let outcome = { added: [], failed: 0 };

  zone.classList.add("live");
  input.multiple = true;
  part("drop").hidden = false;
  part("plain").hidden = true;

  function take(files) {
    for (const file of files) queue.push(rowOf(file));
    if (queue.length && !sending) next();
  }

  function rowOf(file) {
    const row = zone.querySelector("template").content.firstElementChild.cloneNode(true);
    const entry = { file, row, stopped: false, bar: row.querySelector("progress"), state: row.querySelector("[data-state]") };
    row.querySelector("[data-name]").textContent = file.name;
    entry.bar.setAttribute("aria-label", `Hur mycket av ${file.name} som är uppladdat`);
    entry.state.textContent = "väntar";
    row.querySelector("[data-cancel]").setAttribute("aria-label", `Avbryt ${file.name}`);
    row.querySelector("[data-cancel]").addEventListener("click", () => stop(entry));
    part("uploads").append(row);
    return entry;
  }

  function stop(entry) {
    entry.stopped = true;
    if (entry.request) entry.request.abort();
    else { queue.splice(queue.indexOf(entry), 1); entry.row.remove(); }
    news.textContent = `${entry.file.name} laddas inte upp.`;
    input.focus();
  }

  async function next() {
    sending = true;
    while (queue.length) await send(queue.shift());
    sending = false;
    report();
  }

  function report() {
    const { added, failed } = outcome;
    const told = [];
    if (added.length) told.push(added.length === 1 ? `${added[0]} är tillagd.` : `${added.length} filer är tillagda.`);
    if (failed) told.push(failed === 1 ? "En fil kunde inte laddas upp." : `${failed} filer kunde inte laddas upp.`);
    if (told.length) news.textContent = told.join(" ");
    outcome = { added: [], failed: 0 };
  }

  function send(entry) {
    const body = new FormData(form);
    body.set(input.name, entry.file, entry.file.name);
    if (queue.length || outcome.added.length) body.set("title", ""); // One title cannot be that of several files.
    const request = new XMLHttpRequest();
    entry.request = request;
    entry.state.textContent = "laddas upp";
    if (!outcome.added.length) news.textContent = `${entry.file.name} laddas upp.`;
    return new Promise((resolve) => {
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        entry.bar.value = (100 * event.loaded) / event.total;
        entry.state.textContent = event.loaded < event.total ? `${Math.floor(entry.bar.value)} %` : "sparas";
      });
      request.addEventListener("loadend", () => { settle(entry, request); resolve(); });
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.send(body);
    });
  }

  function settle(entry, request) {
    const answer = request.response ?? {};
    if (entry.stopped) { entry.row.remove(); return; }
    if (request.status === 200 && answer.html) {
      const list = document.getElementById(zone.dataset.list);
      list.outerHTML = answer.html;
      entry.row.remove();
      outcome.added.push(answer.title);
      const title = form.querySelector('[name="title"]');
      if (title) title.value = "";
      return;
    }
    outcome.failed += 1;
    entry.bar.remove();
    entry.state.textContent = "";
    const fault = entry.row.querySelector("[data-fault]");
    fault.querySelector("span").textContent = answer.refusal ?? (request.status === 413
      ? "Filen är för stor. Välj en mindre fil eller dela upp den."
      : request.status === 0 ? "Nätet är nere. Försök igen när det är tillbaka." : "Filen kunde inte laddas upp. Försök igen.");
    fault.hidden = false;
    const close = entry.row.querySelector("[data-cancel]");
    const fresh = close.cloneNode(true);
    fresh.textContent = "Stäng";
    fresh.setAttribute("aria-label", `Stäng meddelandet om ${entry.file.name}`);
    fresh.addEventListener("click", () => { entry.row.remove(); input.focus(); });
    close.replaceWith(fresh);
  }

  input.addEventListener("change", () => {
    const chosen = [...input.files];
    input.value = "";
    take(chosen);
  });

  // Otherwise a file dropped beside the zone would replace the page, and typed text would be lost.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  }
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.dataTransfer.dropEffect = "copy";
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("over"); });
  zone.addEventListener("drop", (event) => {
    zone.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
}

for (const zone of document.querySelectorAll("[data-upload]:not(.live)")) startUpload(zone);
