// A trigger word becomes a phrase: the word and Tab, or a slash, the word and a space.
// `expand(word)` answers the HTML to put in its place ("" to take the word away), or null when the word triggers nothing.
import { DOMParser as Reader } from "prosemirror-model";
import { Plugin, TextSelection } from "prosemirror-state";
import { schema } from "./schema.js";

const WORD = /(?:^|[\s\ufffc])(\/?)([^\s/\ufffc]+)$/;
const BLANK = "…";

// Put HTML between two places; a single paragraph flows into the text. The first blank in it is selected, to be typed over.
export function putHtml(view, html, from = view.state.selection.from, to = view.state.selection.to) {
  const body = new DOMParser().parseFromString(`<body>${html}</body>`, "text/html").body;
  const slice = Reader.fromSchema(schema).parseSlice(body);
  const tr = view.state.tr.setSelection(TextSelection.create(view.state.doc, from, to));
  html ? tr.replaceSelection(slice) : tr.deleteSelection();
  let blank = null;
  tr.doc.nodesBetween(from, Math.min(tr.selection.to, tr.doc.content.size), (node, pos) => {
    const at = node.isText && blank === null ? node.text.indexOf(BLANK, Math.max(0, from - pos)) : -1;
    if (at >= 0) blank = pos + at;
  });
  if (blank !== null) tr.setSelection(TextSelection.create(tr.doc, blank, blank + BLANK.length));
  view.dispatch(tr.scrollIntoView());
}

export function expander(expand) {
  const replace = (view, needsSlash) => {
    const { $from, empty } = view.state.selection;
    if (!empty || !$from.parent.isTextblock) return false;
    const text = $from.parent.textBetween(Math.max(0, $from.parentOffset - 60), $from.parentOffset, "\n", "\ufffc");
    const [, slash, word] = WORD.exec(text) ?? [];
    if (!word || (needsSlash && !slash)) return false;
    const html = expand(word.toLowerCase());
    if (html === null) return false;
    putHtml(view, html, $from.pos - slash.length - word.length, $from.pos);
    return true;
  };
  return new Plugin({
    props: {
      handleKeyDown: (view, event) => event.key === "Tab" && !event.shiftKey && !event.ctrlKey && !event.altKey && replace(view, false)
        && (event.preventDefault(), true),
      handleTextInput: (view, from, to, text) => text === " " && from === to && replace(view, true),
    },
  });
}
