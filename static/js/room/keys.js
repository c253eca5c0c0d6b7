// Every shortcut of the meeting's page, in one table, used to handle keys, to inform screen readers, and for the help ("?").
// None is Chromium's own. `id` names an action of room.js, or the control with that data-shortcut; `elsewhere`: the key is
// handled where the user types (the editor, rows of text), and only documented here.
export const KEYS = [
  { id: "next", keys: ["Alt+ArrowDown", "Alt+PageDown"], says: "Nästa paragraf", group: "Paragrafer" },
  { id: "previous", keys: ["Alt+ArrowUp", "Alt+PageUp"], says: "Föregående paragraf", group: "Paragrafer" },
  { id: "next-item", keys: ["Alt+N"], says: "Öppna nästa ärende", group: "Paragrafer" },
  { id: "unannounced", keys: ["Alt+O"], says: "Öppna § för ett ärende som inte stod på listan", group: "Paragrafer" },
  { id: "versions", keys: ["Alt+H"], says: "Tidigare versioner", group: "Paragrafer" },
  { id: "undo-opening", keys: ["Alt+Shift+Z"], says: "Ångra att paragrafen öppnades", group: "Paragrafer" },
  { id: "strike", keys: ["Alt+Shift+U"], says: "Låt paragrafen utgå", group: "Paragrafer" },
  { id: "immediate", keys: ["Alt+J"], says: "Justera paragrafen omedelbart", group: "Paragrafer" },
  { id: "close", keys: ["Alt+Shift+A"], says: "Till att avsluta mötet", group: "Paragrafer" },
  { id: "ready", keys: ["Alt+R"], says: "Klarmarkera", group: "Paragrafer" },
  { id: "save", keys: ["Ctrl+S"], says: "Spara nu (det sker också av sig självt)", group: "Paragrafer" },
  { id: "text", keys: ["Alt+T"], says: "Till texten", group: "Skriva" },
  { id: "section", keys: ["Alt+A"], says: "Nytt avsnitt", group: "Skriva" },
  { id: "phrases", keys: ["Alt+M"], says: "Välj en fras", group: "Skriva" },
  { id: "clause", keys: ["Alt+B"], says: "Ny att-sats i beslutet", group: "Skriva" },
  { id: "decision", keys: ["Alt+Shift+B"], says: "Nytt beslut", group: "Skriva" },
  { id: "assign", keys: ["Alt+U"], says: "Nytt uppdrag, av den markerade texten om någon är markerad", group: "Skriva" },
  { id: "motion", keys: ["Alt+Y"], says: "Nytt yrkande", group: "Skriva" },
  { id: "ballot", keys: ["Alt+V"], says: "Ny omröstning", group: "Skriva" },
  { id: "dissent", keys: ["Alt+X"], says: "Ny reservation eller yttrande", group: "Skriva" },
  { id: "procedure", keys: ["Alt+W"], says: "Skriv beslutsgången", group: "Skriva" },
  { id: "undo-removal", keys: ["Alt+Z"], says: "Ångra borttagningen", group: "Skriva" },
  { id: "take-over", keys: ["Alt+Shift+O"], says: "Ta över, när någon annan skriver", group: "Skriva" },
  ...[
    ["Tab", "Frasen i stället för ordet före (eller / före ordet och mellanslag efter)"],
    ["#", "Rubrik, med mellanslag efter i början av en rad; ## och ### en mindre"],
    ["Ctrl+Shift+8", "Punktlista (eller - och mellanslag)"],
    ["Ctrl+Shift+7", "Numrerad lista (eller 1. och mellanslag)"],
    ["Ctrl+Shift+9", "Bokstavslista (eller a. och mellanslag)"],
    ["Ctrl+K", "Länk"],
    ["Alt+Shift+I", "Infoga tabell"],
    ["Alt+F10", "Till knapparna för formatering"],
    ["Escape", "Lämna listan eller tabellen med nästa Tabb"],
  ].map(([key, says]) => ({ keys: [key], says, group: "I texten", elsewhere: true })),
  ...[
    ["Enter", "Nästa rad"],
    ["Backspace", "I början av en rad: slå ihop den med raden före"],
    ["Alt+ArrowUp", "Flytta raden uppåt (Alt+↓ nedåt)"],
    ["Tab", "I början av ett alternativ: dra in det (Skift+Tabb drar ut)"],
  ].map(([key, says]) => ({ keys: [key], says, group: "I att-satser och alternativ", elsewhere: true })),
  { id: "presence", keys: ["Alt+P"], says: "Närvaro: sök en deltagare", group: "Vid sidan av" },
  { id: "outcomes", keys: ["Alt+Q"], says: "Beslut och uppdrag hittills", group: "Vid sidan av" },
  { id: "papers", keys: ["Alt+G"], says: "Handlingar", group: "Vid sidan av" },
  { id: "list", keys: ["Alt+L"], says: "Till listan med paragrafer", group: "Vid sidan av" },
  { id: "live", keys: ["Alt+Shift+V"], says: "Visa för alla, i en egen flik", group: "Utseende" },
  { id: "rail", keys: ["Alt+Shift+L"], says: "Visa eller dölj listan", group: "Utseende" },
  { id: "panel", keys: ["Alt+Shift+P"], says: "Visa eller dölj sidopanelen", group: "Utseende" },
  { id: "full", keys: ["Alt+Shift+F"], says: "Helskärm", group: "Utseende" },
  { id: "help", keys: ["?", "Alt+?"], says: "Den här hjälpen (Alt när du skriver)", group: "Utseende" },
];

const WORDS = {
  ArrowDown: "↓", ArrowUp: "↑", PageDown: "Page Down", PageUp: "Page Up", Shift: "Skift", Tab: "Tabb", Enter: "Retur", Backspace: "Backsteg", Escape: "Esc",
};
const said = (keys) => keys.split("+").map((key) => WORDS[key] ?? key).join("+");

function presses(event, keys) {
  const parts = keys.split("+");
  const key = parts.pop();
  if (event.altKey !== parts.includes("Alt") || (event.ctrlKey || event.metaKey) !== parts.includes("Ctrl")) return false;
  if (key === "?") return event.key === "?" || (event.altKey && event.shiftKey && ["Minus", "Slash"].includes(event.code));
  if (event.shiftKey !== parts.includes("Shift")) return false;
  return key.length === 1 ? event.code === `Key${key}` : event.key === key; // By position: Alt changes the characters of letters.
}

const writing = (target) => target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select");

/** Handle every key of the table; `act(id)` runs the action and returns whether there was one. */
export function listenForKeys(act) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat && !event.key.startsWith("Arrow")) return;
    if (document.querySelector("dialog[open]")) return;
    for (const { id, keys, elsewhere } of KEYS) {
      const pressed = keys.find((each) => presses(event, each));
      if (!pressed || elsewhere) continue;
      if (pressed === "?" && writing(event.target)) return;
      if (event.target.tagName === "SELECT" && pressed.startsWith("Alt+Arrow")) return; // It opens the list of choices.
      if (act(id)) event.preventDefault();
      return;
    }
  });
}

/** Add the key to each control's accessibility attributes, and to its tooltip. */
export function nameKeys(root) {
  for (const { id, keys } of KEYS) {
    for (const control of root.querySelectorAll(`[data-shortcut="${id}"]`)) {
      control.setAttribute("aria-keyshortcuts", keys.map((key) => key.replace("Ctrl", "Control")).join(" "));
      control.title = [control.title.replace(/ ?\([^)]*\)$/, ""), `(${said(keys[0])})`].filter(Boolean).join(" ");
    }
  }
}

/** Write the table into the help. */
export function writeHelp(place) {
  const groups = Map.groupBy ? Map.groupBy(KEYS, ({ group }) => group) : KEYS.reduce((all, key) => all.set(key.group, [...(all.get(key.group) ?? []), key]), new Map());
  for (const [group, entries] of groups) {
    const list = document.createElement("dl");
    for (const { keys, says } of entries) {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      keys.forEach((key, at) => {
        if (at) term.append(" eller ");
        term.append(Object.assign(document.createElement("kbd"), { textContent: said(key) }));
      });
      row.append(term, Object.assign(document.createElement("dd"), { textContent: says }));
      list.append(row);
    }
    place.append(Object.assign(document.createElement("h3"), { textContent: group }), list);
  }
}
