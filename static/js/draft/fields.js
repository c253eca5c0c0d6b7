// The fields of a §, as the server describes them (`shape` in govern/paragraphs/drafting/draft.py):
// [{name, label, per_line, strong, singular, type, words, item, fields}]. A list has `item`, the value of a new item, and
// `fields`, those of its items; null where they are those of the surrounding list.

export const fieldsOf = (form) => JSON.parse(form.querySelector("[data-draft-fields]").textContent);

// The value of a new item of each list, by the list's name.
export function freshItems(fields, found = {}) {
  for (const { name, item, fields: inner } of fields) {
    if (item !== undefined) found[name] = item;
    freshItems(inner ?? [], found);
  }
  return found;
}

// A field's value as lines of text: {text, strong} or {html}. `nameOf(id)` returns a person's name.
export function linesOf(value, field, nameOf) {
  if (!field.fields) return plainLines(value, { ...field, label: "{}" }, {}, [], nameOf);
  return (Array.isArray(value) ? value : [value]).flatMap((item) => itemLines(item, field.fields, nameOf));
}

function itemLines(item, fields, nameOf, above = "") {
  return fields.flatMap((field) => {
    const value = item[field.name];
    if (field.fields === undefined) return plainLines(value, field, item, fields, nameOf, above);
    return (value ?? []).flatMap((part, at) => itemLines(part, field.fields ?? fields, nameOf, field.fields ? "" : `${above}${at + 1} `));
  });
}

function plainLines(value, field, item, fields, nameOf, above = "") {
  const { label, type, strong, words, per_line: perLine } = field;
  if (label === undefined || value === undefined || value === null || value === "" || (value === false && !words)) return [];
  if (type === "html") return [{ html: value }];
  const others = Object.fromEntries(fields.map((other) => [other.name, wordsOf(item[other.name], other, nameOf)]));
  const line = (text) => ({ text: above + label.replace("{}", text).replace(/\{(\w+)\}/g, (_, name) => others[name]), strong });
  if (Array.isArray(value) && perLine) return value.map((part) => line(wordsOf(part, field, nameOf)));
  const text = wordsOf(value, field, nameOf);
  return text ? [line(text)] : [];
}

function wordsOf(value, { type, words }, nameOf) {
  if (Array.isArray(value)) return value.map((part) => wordsOf(part, { type, words }, nameOf)).join(", ");
  if (value === null || value === undefined) return "";
  return type === "presence" ? nameOf(value) : words?.[value] ?? String(value);
}
