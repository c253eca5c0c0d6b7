// What comes from Word, LibreOffice, Google Docs, a web page or a mail, made clean before the editor reads it: what is text
// stays, in the forms that can be stored, what is only looks goes, and what cannot follow is said to be left out.
import { writtenLists, wordLists, bulletLists } from "./paste/lists.js";
import { notes } from "./paste/notes.js";
import { pictures } from "./paste/pictures.js";
import { removeWhatIsNoText } from "./paste/removing.js";
import { plainSymbols, symbolFonts } from "./paste/symbols.js";
import { STYLE, styleOf } from "./paste/styles.js";
import { safeHref } from "./schema.js";

const LOOKS = [
  [/font-weight:\s*(bold|[6-9]00)/i, "strong"],
  [/font-style:\s*italic/i, "em"],
  [/text-decoration[^;]*:[^;]*underline/i, "u"],
  [/text-decoration[^;]*:[^;]*line-through/i, "s"],
  [/vertical-align:\s*sub/i, "sub"],
  [/vertical-align:\s*super/i, "sup"],
];

const TAG = /<[a-z][^\s>]*(?:\s(?:"[^"]*"|'[^']*'|[^>"'])*)?>/gi;
const SHEET = /<style\b[^>]*>([\s\S]*?)<\/style>/gi;

// The page's content security policy guards parsed documents too: styles and handlers are renamed before it sees them.
const tame = (html) => html.replace(TAG, (tag) => tag.replace(/[\v\u2028\u2029]/g, " ").replace(/\s(style|on\w+)\s*=/gi, " data-was-$1="));

// A line separator breaks the line and a paragraph separator ends the paragraph, as in the program they come from.
const separated = (html) => html.replace(/[\v\u2028]/g, "<br>").replace(/\u2029/g, "</p><p>");

export function cleanPaste(given) {
  const sheets = [...given.matchAll(SHEET)].map(([, sheet]) => sheet).join("\n");
  const html = tame(given.replace(SHEET, ""));
  if (html.includes("data-pm-slice")) return html; // Our own copy is clean already.
  const doc = new DOMParser().parseFromString(separated(html).replace(/<\/?[ovwm]:[^>]*>/g, ""), "text/html");
  const body = doc.body;
  removeWhatIsNoText(body);
  const written = notes(body);
  symbolFonts(body);
  wordLists(body, sheets);
  pictures(body);
  for (const node of body.querySelectorAll(`[${STYLE}]`)) looksToMarks(node);
  for (const bold of body.querySelectorAll('b[id^="docs-internal"]')) bold.replaceWith(...bold.childNodes);
  plainSymbols(body);
  writtenLists(body);
  bulletLists(body);
  if (/name="?generator"? content="LibreOffice/i.test(given)) spaceLabels(body);
  body.append(...written);
  for (const node of body.querySelectorAll("*")) keepOnly(node);
  for (const p of body.querySelectorAll("p")) if (!p.textContent.trim() && !p.closest("td, th")) p.remove();
  return body.innerHTML;
}

// LibreOffice writes a heading's number without the space after it.
function spaceLabels(body) {
  for (const heading of body.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const first = heading.ownerDocument.createTreeWalker(heading, NodeFilter.SHOW_TEXT).nextNode();
    if (first) first.data = first.data.replace(/^(\s*(?:\d{1,2}\.)*\d{0,2}\.?)(?=\p{Lu}\p{Ll})/u, (label) => (label.trim() ? `${label} ` : label));
  }
}

function looksToMarks(node) {
  const style = styleOf(node);
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

const KEPT = new Set(["colspan", "rowspan", "start", "type"]);

function keepOnly(node) {
  const href = node.tagName === "A" ? safeHref(node.getAttribute("href") ?? "") : null;
  for (const { name } of [...node.attributes]) if (!KEPT.has(name)) node.removeAttribute(name);
  if (href) node.setAttribute("href", href);
}
