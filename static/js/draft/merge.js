// Three texts: the one both began from, mine, theirs. What only one of us changed is taken as it stands; what both changed
// differently is left for a person to choose. No page and no network here.
import { normal } from "../../vendor/editor.js";

const LISTS = ["sections", "decisions", "assignments", "motions", "ballots", "dissents"];
export const WORDS = {
  heading: "Rubrik", kind: "Kod", reference: "Diarienummer", confidential: "Sekretess", sections: "Text", decisions: "Beslut",
  assignments: "Uppdrag", motions: "Yrkanden", ballots: "Omröstning", dissents: "Reservationer och yttranden",
};
const ONE = { sections: "Avsnitt", decisions: "Beslut", assignments: "Uppdrag", motions: "Yrkande", ballots: "Omröstning", dissents: "Reservation eller yttrande" };

// The value in a form that is equal for equal texts: white space, the editor's HTML and empty rows smoothed.
export function canon(value, name = "") {
  if (name === "html") return normal(value ?? "");
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim() || null;
  if (Array.isArray(value)) return value.map((part) => canon(part)).filter((part) => part !== null);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.keys(value).filter((key) => key !== "version").sort().map((key) => [key, canon(value[key], key)]));
  }
  return value ?? null;
}

export const same = (one, other) => JSON.stringify(canon(one)) === JSON.stringify(canon(other));
const sameAs = (name) => (one, other) => JSON.stringify(canon(one, name)) === JSON.stringify(canon(other, name));

/**
 * Answer {merged, conflicts}: `merged` holds my text where both changed it, `conflicts` each place as
 * {path: [name, index?], word, mine, theirs}.
 */
export function merge(base, mine, theirs) {
  const merged = {};
  const conflicts = [];
  for (const name of Object.keys(WORDS)) {
    const [b, m, t] = [base[name], mine[name], theirs[name]];
    if (LISTS.includes(name) && b.length === m.length && m.length === t.length) {
      merged[name] = m.map((each, place) => settle(b[place], each, t[place], [name, place], `${ONE[name]} ${place + 1}`, conflicts));
    } else merged[name] = settle(b, m, t, [name], WORDS[name], conflicts);
  }
  return { merged, conflicts };
}

function settle(base, mine, theirs, path, word, conflicts) {
  const equal = sameAs(path[0]);
  if (equal(mine, theirs) || equal(theirs, base)) return mine;
  if (equal(mine, base)) return theirs;
  conflicts.push({ path, word, mine, theirs });
  return mine;
}

export function choose(draft, { path: [name, place] }, value) {
  if (place === undefined) draft[name] = value;
  else draft[name][place] = value;
}
