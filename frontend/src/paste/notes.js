// Footnotes and endnotes: the mark in the text stays as a raised number, and the note itself is written last.
// Word, LibreOffice and Google Docs link the two to each other; the links lead nowhere here.
import { styled } from "./styles.js";

const TO_NOTE = /#(?:_?(?:ftn|edn|ftnt)\d+|sd(?:foot|end)note\d+sym)$/i;
const TO_TEXT = /#(?:_?(?:ftn|edn|ftnt_?)ref_?\d+|ftnt_ref\d+|sd(?:foot|end)note\d+anc)$/i;

const idOf = (href) => /#_?(ftn|edn|ftnt|sdfootnote|sdendnote)(?:_?ref)?_?(\d+)/i.exec(href)?.slice(1).join("").toLowerCase();
const labelOf = (link) => link.textContent.replace(/[[\]\s\u00a0]/g, "");

/** Take the notes out of `body` and return them as paragraphs, to be put last. */
export function notes(body) {
  const links = [...body.querySelectorAll('a[href*="#"]')];
  const texts = links.filter((link) => TO_TEXT.test(link.getAttribute("href")));
  const known = new Set(texts.map((link) => idOf(link.getAttribute("href"))));
  for (const link of links.filter((each) => TO_NOTE.test(each.getAttribute("href")))) {
    const mark = raised(link);
    // Without its note the mark says nothing.
    known.has(idOf(link.getAttribute("href"))) ? outermost(link).replaceWith(mark) : outermost(link).remove();
  }
  const written = texts.flatMap(takeOut);
  for (const list of styled(body, /mso-element:\s*(foot|end)note-list/i)) list.remove();
  return written;
}

function raised(link) {
  const mark = link.ownerDocument.createElement("sup");
  mark.textContent = labelOf(link);
  return mark;
}

// The link with what only raises it.
function outermost(link) {
  const around = link.parentElement.closest("sup");
  return around && around.textContent === link.textContent ? around : link;
}

function takeOut(link) {
  const around = link.closest('div[id^="ftn"], div[id^="edn"], div[id^="sdfootnote"], div[id^="sdendnote"]') ?? link.closest("p");
  const mark = raised(link);
  outermost(link).replaceWith(mark);
  const after = mark.ownerDocument.createTreeWalker(around ?? mark, NodeFilter.SHOW_TEXT);
  after.currentNode = mark.firstChild ?? mark;
  const text = after.nextNode();
  if (text) text.data = ` ${text.data.trimStart()}`;
  around?.remove();
  return !around ? [] : around.tagName === "P" ? [around] : [...around.childNodes];
}
