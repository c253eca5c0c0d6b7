// The labels of list items: how they may be read, and how a number is written.
export const DEFAULT = { a: "lower-alpha", A: "upper-alpha", i: "lower-roman", I: "upper-roman" };

const LABEL = /^\(?(\d{1,3}|[a-z]{1,7})[.):]?$/;
const ROMAN = /^(?=.)c{0,3}(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$/;
const VALUES = { i: 1, v: 5, x: 10, l: 50, c: 100 };

const romanValue = (word) => [...word].reduce((sum, letter, at) => {
  const value = VALUES[letter];
  return sum + (value < (VALUES[word[at + 1]] ?? 0) ? -value : value);
}, 0);

// Every way to count that gives this label: [{style, number}].
export function readings(label) {
  if (!/[\p{L}\p{N}]/u.test(label) && !/§/.test(label)) return [{ style: "bullet", number: 0 }];
  const [, word] = LABEL.exec(label) ?? [];
  if (!word) return [];
  if (/^\d/.test(word)) return Number(word) ? [{ style: "decimal", number: Number(word) }] : [];
  const found = [];
  if (word.length === 1) found.push({ style: "lower-alpha", number: word.charCodeAt(0) - 96 });
  if (ROMAN.test(word)) found.push({ style: "lower-roman", number: romanValue(word) });
  return found;
}

export const sameList = (last, next) => last.style === next.style && (next.style === "bullet" || next.number === last.number + 1);

// How an item is counted, or null for a label that stays in words. `last` is the item before it in the same list, `next` the
// one after it, from which it shows whether i is a letter or a number.
export function labelled(item, last, next) {
  if (item.format === "bullet") return { style: "bullet", number: 0 };
  const ways = readings(item.label);
  const after = next?.level === item.level ? readings(next.label) : [];
  return ways.find((way) => way.style === item.format)
    ?? ways.find((way) => last && sameList(last, way))
    ?? ways.find((way) => after.some((each) => sameList(way, each)))
    ?? ways.find((way) => way.style === "lower-roman" && (way.number === 1 || item.label.replace(/[^a-z]/g, "").length > 1))
    ?? ways[0] ?? null;
}

function roman(number) {
  let left = number;
  return [[100, "c"], [90, "xc"], [50, "l"], [40, "xl"], [10, "x"], [9, "ix"], [5, "v"], [4, "iv"], [1, "i"]]
    .map(([value, sign]) => { const times = Math.floor(left / value); left -= times * value; return sign.repeat(times); }).join("");
}

// The label of a number in a style, as words: A., IV., 3.
export function written(style, number) {
  const word = /roman/.test(style) ? roman(number)
    : /alpha/.test(style) && number <= 26 ? String.fromCharCode(96 + number) : String(number);
  return `${style.startsWith("upper") ? word.toUpperCase() : word}.`;
}
