// Suggestions for a search box, as an editable combobox with a list (WAI-ARIA's pattern). Without script it is a plain box.
const PAUSE = 160;
const LEAST = 2;
let serial = 0;

/** Suggest the answers of the box's `data-suggest` address to the typed text. */
export function startSuggesting(box) {
  const list = document.createElement("ul");
  const news = document.createElement("span");
  list.className = "suggestions";
  list.id = `forslag-${serial += 1}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Förslag");
  news.className = "unseen";
  news.setAttribute("role", "status");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) box.setAttribute(name, value);
  box.parentElement.classList.add("suggests");
  box.after(list, news);

  let choices = [];
  let at = -1;
  let timer = 0;
  let asking = null;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    choices = found;
    at = -1;
    list.replaceChildren(...found.map(({ kind, text, more }, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      for (const [name, words] of [["kind", kind], ["text", text], ["more", more]]) {
        const part = document.createElement("span");
        part.className = name;
        part.textContent = words;
        if (words) option.append(part, " ");
      }
      return option;
    }));
    box.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(found.length > 0));
    news.textContent = found.length === 1 ? "1 förslag" : found.length ? `${found.length} förslag, välj med pilarna` : "";
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const asked = box.value;
    if (asked.trim().length < LEAST) { show([]); return; }
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(asked)}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok && !answer.redirected && asked === box.value && document.activeElement === box) show(await answer.json());
    } catch { /* More was typed, or the network is down: the box works without suggestions. */ }
  }

  function move(step) {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = at + step < -1 ? choices.length - 1 : at + step >= choices.length ? -1 : at + step;
    const option = list.children[at];
    if (!option) { box.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", option.id);
  }

  function choose(number) {
    const { url, words } = choices[number];
    close();
    if (url) { location.assign(url); return; }
    box.value = words;
    box.form.requestSubmit();
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask(); else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // The first press closes the list; the second clears the box, as in browsers.
      close();
    }
  });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // Keep the focus in the box.
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });
}
