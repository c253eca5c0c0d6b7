// Three-way merge: the common ancestor, mine and theirs. Changes of one side are taken as they are; what both have changed
// differently is left for a person to choose. No DOM and no network here.
import { normal } from "../../vendor/editor.js";

// The value in a normal form, equal for equal texts: white space, the editor's HTML and empty rows normalised.
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
 * Return {merged, conflicts}: `merged` has my text where both changed it, `conflicts` each place as
 * {path: [name, index?], word, field, mine, theirs}. `fields` are those of fields.js.
 */
export function merge(base, mine, theirs, fields) {
  const merged = {};
  const conflicts = [];
  for (const field of fields) {
    const { name, label, singular = label } = field;
    const [b, m, t] = [base[name], mine[name], theirs[name]];
    if (field.fields && b.length === m.length && m.length === t.length) {
      merged[name] = m.map((each, place) => settle(b[place], each, t[place], [name, place], `${singular} ${place + 1}`, field, conflicts));
    } else merged[name] = settle(b, m, t, [name], label, field, conflicts);
  }
  return { merged, conflicts };
}

function settle(base, mine, theirs, path, word, field, conflicts) {
  const equal = sameAs(path[0]);
  if (equal(mine, theirs) || equal(theirs, base)) return mine;
  if (equal(mine, base)) return theirs;
  conflicts.push({ path, word, field, mine, theirs });
  return mine;
}

export function choose(draft, { path: [name, place] }, value) {
  if (place === undefined) draft[name] = value;
  else draft[name][place] = value;
}
