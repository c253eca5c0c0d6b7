// The side panel: its sections as tabs, the search among those present, arrow keys from person to person.
const remembered = "govern.panel";
const sections = (panel) => [...panel.querySelectorAll("[data-tab]")];

/** Make tabs of the panel's sections, show the one last chosen, and return `show(id)`. */
export function startPanel(panel) {
  const bar = panel.querySelector("[data-tabs]");
  bar.hidden = false;
  for (const { id, dataset } of sections(panel)) {
    const tab = Object.assign(document.createElement("button"), { type: "button", textContent: dataset.tab, id: `flik-${id}` });
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => show(id));
    bar.append(tab);
  }
  bar.addEventListener("keydown", (event) => {
    const tabs = [...bar.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
  let chosen = localStorage.getItem(remembered) ?? "narvaro";

  function show(id = chosen) {
    chosen = panel.querySelector(`#${id}[data-tab]`) ? id : "narvaro";
    localStorage.setItem(remembered, chosen);
    for (const section of sections(panel)) {
      const mine = section.id === chosen;
      section.hidden = !mine;
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", `flik-${section.id}`);
      const tab = bar.querySelector(`#flik-${section.id}`);
      tab.setAttribute("aria-selected", String(mine));
      tab.setAttribute("aria-controls", section.id);
      tab.tabIndex = mine ? 0 : -1;
    }
    for (const only of panel.querySelectorAll("[data-only-script]")) only.hidden = false;
    bar.dispatchEvent(new CustomEvent("panel:shown", { bubbles: true, detail: { id: chosen } }));
  }

  panel.addEventListener("input", (event) => { if (event.target.matches("[data-find-person]")) find(panel, event.target.value); });
  panel.addEventListener("keydown", (event) => walk(panel, event));
  show();
  return show;
}

function find(panel, typed) {
  const words = typed.toLowerCase().trim();
  for (const row of panel.querySelectorAll("[data-person]")) row.hidden = !row.dataset.person.includes(words);
}

// Arrow down from the search to the first person's buttons, from person to person, and back up.
function walk(panel, event) {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.altKey || event.ctrlKey || event.target.matches("select")) return;
  const rows = [...panel.querySelectorAll("[data-person]:not([hidden])")];
  const search = panel.querySelector("[data-find-person]");
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  if (here < 0 && document.activeElement !== search) return;
  event.preventDefault();
  const next = rows[here + (event.key === "ArrowDown" ? 1 : -1)];
  (next ? next.querySelector("button") : event.key === "ArrowUp" ? search : null)?.focus();
}
