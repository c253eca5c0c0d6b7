// What comes from Word, from a web page or from a mail, made clean before the editor reads it:
// Word's lists become lists, looks that carry meaning become marks, everything else that is only looks goes.

const STYLE = "data-was-style";

const LOOKS = [
  [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
  [/font-style:\s*italic/i, "em"],
  [/text-decoration[^;]*:[^;]*underline/i, "u"],
  [/text-decoration[^;]*:[^;]*line-through/i, "s"],
  [/vertical-align:\s*sub/i, "sub"],
  [/vertical-align:\s*super/i, "sup"],
];

const TAG = /<[a-z][^\s>]*(?:\s(?:"[^"]*"|'[^']*'|[^>"'])*)?>/gi;

// The page's content security policy guards parsed documents too: styles and handlers are renamed before it sees them.
const tame = (html) => html.replace(TAG, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-was-$1="));

export function cleanPaste(given) {
  const html = tame(given);
  if (html.includes("data-pm-slice")) return html; // Our own copy is clean already.
  const doc = new DOMParser().parseFromString(html.replace(/<\/?[ovw]:[^>]*>/g, ""), "text/html");
  const body = doc.body;
  body.querySelectorAll("style, script, meta, link, title, img, svg, button, input, select, nav").forEach((node) => node.remove());
  dropComments(body);
  wordLists(body);
  for (const node of body.querySelectorAll(`[${STYLE}]`)) looksToMarks(node);
  for (const bold of body.querySelectorAll('b[id^="docs-internal"]')) bold.replaceWith(...bold.childNodes);
  for (const node of body.querySelectorAll("*")) keepOnly(node);
  for (const p of body.querySelectorAll("p")) if (!p.textContent.replace(/\u00a0/g, " ").trim() && !p.closest("td, th")) p.remove();
  return body.innerHTML;
}

function dropComments(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  found.forEach((comment) => comment.remove());
}

// Word writes <p style="mso-list:l0 level2 lfo1"> with the label in a span marked mso-list:Ignore.
function wordLists(body) {
  let open = []; // The lists we are inside, outermost first: {level, list}.
  let before = null;
  for (const p of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const level = Number(/mso-list:[^;]*level(\d)/i.exec(p.getAttribute(STYLE) ?? "")?.[1] ?? 0);
    if (!level) { open = []; continue; }
    const mark = [...p.querySelectorAll("span")].find((span) => /mso-list:\s*ignore/i.test(span.getAttribute(STYLE) ?? ""));
    const label = mark?.textContent.replace(/[\s\u00a0]+/g, "") ?? "";
    mark?.remove();
    if (before !== p.previousElementSibling) open = [];
    while (open.length && open.at(-1).level > level) open.pop();
    if (!open.length || open.at(-1).level < level) {
      const list = listFor(label, body.ownerDocument);
      const parent = open.at(-1)?.list.lastElementChild;
      parent ? parent.append(list) : p.before(list);
      open.push({ level, list });
    }
    const item = body.ownerDocument.createElement("li");
    const inner = body.ownerDocument.createElement("p");
    inner.append(...p.childNodes);
    item.append(inner);
    open.at(-1).list.append(item);
    p.remove();
    before = open[0].list;
  }
}

function listFor(label, doc) {
  const [, word] = /^\(?([0-9]+|[a-z]+)[.)]$/i.exec(label) ?? [];
  if (!word) return doc.createElement("ul");
  const list = doc.createElement("ol");
  if (/^\d+$/.test(word)) { if (Number(word) > 1) list.setAttribute("start", word); }
  else list.setAttribute("type", /^i+$/i.test(word) ? "i" : "a");
  return list;
}

function looksToMarks(node) {
  const style = node.getAttribute(STYLE);
  node.removeAttribute(STYLE);
  if (/^(p|div|h\d|li|ul|ol|table|tbody|tr|td|th|body)$/i.test(node.tagName)) return;
  if (/^(b|strong)$/i.test(node.tagName) && /font-weight:\s*(normal|400)/i.test(style)) {
    node.replaceWith(...node.childNodes);
    return;
  }
  for (const [look, tag] of LOOKS) {
    if (!look.test(style) || (tag === "u" && node.tagName === "A")) continue;
    const mark = node.ownerDocument.createElement(tag);
    mark.append(...node.childNodes);
    node.append(mark);
  }
}

const KEPT = new Set(["href", "colspan", "rowspan", "start", "type"]);

function keepOnly(node) {
  for (const { name } of [...node.attributes]) if (!KEPT.has(name)) node.removeAttribute(name);
}
