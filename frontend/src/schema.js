// The shape of a section's text: the same tree as govern/richtext.py, so that nothing can be typed that cannot be stored.
// In HTML: p, h1–h3 (Head level 1–3), ul, ol[type=a|i][start], li, table with thead for head rows, a, br and the six marks.
import { Schema } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

const STYLES = { a: "lower-alpha", i: "lower-roman" };
const TYPES = { "lower-alpha": "a", "lower-roman": "i" };
const SAFE = /^(https?:\/\/|mailto:|tel:)/i;
const ENCODED = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;

// An address that may be linked to, encoded (å in a path, IDN in a domain), or null: as `safe_href` in govern/richtext.py.
export function safeHref(given) {
  const href = /^tel:/i.test(given.trim()) ? given.replace(/\s/g, "") : given.trim();
  if (!SAFE.test(href) || !URL.canParse(href)) return null;
  return ENCODED.test(href) ? href : new URL(href).href;
}

const mark = (name, ...more) => ({ parseDOM: [{ tag: name }, ...more], toDOM: () => [name, 0] });

const nodes = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    attrs: { level: { default: 1 } },
    content: "inline*",
    group: "block",
    defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((n) => ({ tag: `h${n}`, attrs: { level: Math.min(n, 3) } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0],
  },
  bullet_list: { content: "list_item+", group: "block", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
  ordered_list: {
    attrs: { style: { default: "decimal" }, start: { default: 1 } },
    content: "list_item+",
    group: "block",
    parseDOM: [{
      tag: "ol",
      getAttrs: (dom) => ({ style: STYLES[dom.getAttribute("type")] ?? "decimal", start: Number(dom.getAttribute("start")) || 1 }),
    }],
    toDOM: ({ attrs: { style, start } }) => ["ol", {
      ...(TYPES[style] && { type: TYPES[style] }), ...(start !== 1 && { start }),
    }, 0],
  },
  list_item: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  ...tableNodes({ tableGroup: "block", cellContent: "block+", cellAttributes: {} }),
  text: { group: "inline" },
  hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
};

const marks = {
  link: {
    attrs: { href: {} },
    inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: (dom) => { const href = safeHref(dom.getAttribute("href")); return href ? { href } : false; } }],
    toDOM: ({ attrs: { href } }) => ["a", { href }, 0],
  },
  bold: mark("strong", { tag: "b" }),
  italic: mark("em", { tag: "i" }),
  underline: mark("u"),
  strike: mark("s", { tag: "del" }, { tag: "strike" }),
  sub: { ...mark("sub"), excludes: "sup" },
  sup: { ...mark("sup"), excludes: "sub" },
};

export const schema = new Schema({ nodes, marks });
