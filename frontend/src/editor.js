// The rich editor over a plain <textarea> that holds a section's HTML. The textarea stays in the form, hidden and kept in
// step, so that the form works the same with and without the editor.
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { expander, putHtml } from "./expand.js";
import { docOf, htmlOf, normal } from "./html.js";
import { baseKeymap, keys, rules, tabKeys } from "./keys.js";
import { cleanPaste } from "./paste.js";
import { pastedFiles, plainSlice } from "./paste/plain.js";
import { Toolbar } from "./toolbar.js";

export { cleanPaste, normal, Toolbar };

// In the page a section's headings stand beneath the page's own: level 1 is shown as <h3>.
const headingView = (node) => {
  const dom = document.createElement(`h${node.attrs.level + 2}`);
  dom.dataset.level = node.attrs.level;
  return { dom, contentDOM: dom, update: (next) => next.type === node.type && next.attrs.level === node.attrs.level };
};

/**
 * Put the editor over `textarea` and answer {view, html, set, insertHtml, focus, destroy}.
 * `expand(word)` answers what a trigger word stands for, see expand.js. `toolbar` may be shared between editors; without one a toolbar is made above the text. The textarea sends `input`
 * (bubbling) at every change, and its aria-label or <label> names the editor.
 */
export function mountEditor(textarea, { toolbar = null, expand = null } = {}) {
  const place = document.createElement("div");
  place.className = "editor";
  textarea.after(place);
  textarea.hidden = true;
  if (!toolbar) {
    const bar = document.createElement("div");
    bar.dataset.icons = textarea.dataset.icons ?? "/static/icons.svg";
    place.before(bar);
    toolbar = new Toolbar(bar);
  }

  let leaving = false; // Esc was pressed: the next Tab leaves the text.
  const ways = new Plugin({
    props: {
      handleKeyDown(view, event) {
        if (event.key === "F10" && event.altKey) { toolbar.focus(); return true; }
        if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); toolbar.update(view); toolbar.askLink(); return true; }
        if (event.key === "Escape") { leaving = true; return false; }
        if (event.key !== "Tab" && event.key !== "Shift") leaving = false;
        return false;
      },
      handleDOMEvents: { focus: (view) => { leaving = false; toolbar.update(view); return false; } },
    },
  });
  const whenStaying = (command) => (...args) => !leaving && command(...args);
  const plugins = [
    ways, ...(expand ? [expander(expand)] : []), rules,
    keymap(Object.fromEntries(Object.entries(tabKeys).map(([key, command]) => [key, whenStaying(command)]))),
    keymap(keys), keymap(baseKeymap), history(), gapCursor(), tableEditing(),
  ];
  const start = (html) => EditorState.create({ doc: docOf(html), plugins });

  const label = textarea.labels?.[0]?.textContent.trim() || textarea.getAttribute("aria-label") || "Text";
  const view = new EditorView(place, {
    state: start(textarea.value),
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": label, spellcheck: "true", lang: "sv" },
    nodeViews: { heading: headingView },
    transformPastedHTML: cleanPaste,
    clipboardTextParser: plainSlice,
    handlePaste: (editor, event) => pastedFiles(editor, event.clipboardData),
    handleDrop: (editor, event) => pastedFiles(editor, event.dataTransfer, editor.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      if (view.hasFocus()) toolbar.update(view);
      if (!transaction.docChanged) return;
      textarea.value = htmlOf(view.state.doc);
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  for (const tag of textarea.labels ?? []) tag.addEventListener("click", () => view.focus());

  return {
    view,
    get html() { return htmlOf(view.state.doc); },
    // Show another text; what the textarea says follows, without an `input`.
    set(html) { view.updateState(start(html)); textarea.value = html; },
    insertHtml: (html) => putHtml(view, html),
    focus: () => view.focus(),
    destroy() { view.destroy(); place.remove(); textarea.hidden = false; },
  };
}
