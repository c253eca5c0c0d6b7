// The row of buttons above the text. One row may serve several editors: it acts on the one last written in.
// One stop for Tab; the arrow keys move within; Alt+F10 goes here from the text and Esc goes back.
import { setBlockType, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { addColumnAfter, addRowAfter, deleteColumn, deleteRow, deleteTable, isInTable, toggleHeaderRow } from "prosemirror-tables";
import { indent, insertTable, listAround, outdent, toggleList } from "./keys.js";
import { safeHref, schema } from "./schema.js";

const { nodes, marks } = schema;
const SVG = "http://www.w3.org/2000/svg";

const markActive = (type) => ({ selection: { from, $from, to, empty }, storedMarks, doc }) =>
  (empty ? !!type.isInSet(storedMarks ?? $from.marks()) : doc.rangeHasMark(from, to, type));
const listActive = (type, style) => (state) => {
  const around = listAround(state)?.node;
  return around?.type === type && (!style || around.attrs.style === style);
};
const list = (type, style) => ({
  run: toggleList(type, style ? { style, start: 1 } : null), active: listActive(type, style),
});

const BUTTONS = [
  { icon: "bold", label: "Fet", keys: "Ctrl+B", run: toggleMark(marks.bold), active: markActive(marks.bold) },
  { icon: "italic", label: "Kursiv", keys: "Ctrl+I", run: toggleMark(marks.italic), active: markActive(marks.italic) },
  { icon: "underline", label: "Understruken", keys: "Ctrl+U", run: toggleMark(marks.underline), active: markActive(marks.underline), last: true },
  { icon: "bullets", label: "Punktlista", keys: "Ctrl+Skift+8", ...list(nodes.bullet_list) },
  { icon: "numbers", label: "Numrerad lista", keys: "Ctrl+Skift+7", ...list(nodes.ordered_list, "decimal") },
  { icon: "letters", label: "Bokstavslista", keys: "Ctrl+Skift+9", ...list(nodes.ordered_list, "lower-alpha") },
  { icon: "outdent", label: "Minska indrag", keys: "Skift+Tabb", run: outdent },
  { icon: "indent", label: "Öka indrag", keys: "Tabb", run: indent, last: true },
  { icon: "link", label: "Länk", keys: "Ctrl+K", asks: true, active: markActive(marks.link) },
  { icon: "table", label: "Infoga tabell", keys: "Alt+Skift+I", run: insertTable, last: true },
  { icon: "undo", label: "Ångra", keys: "Ctrl+Z", run: undo },
  { icon: "redo", label: "Gör om", keys: "Ctrl+Y", run: redo },
];

// Seldom needed: behind the button Fler.
const EXTRA = [
  { icon: "strike", label: "Genomstruken", run: toggleMark(marks.strike), active: markActive(marks.strike) },
  { icon: "sub", label: "Nedsänkt", run: toggleMark(marks.sub), active: markActive(marks.sub) },
  { icon: "sup", label: "Upphöjd", run: toggleMark(marks.sup), active: markActive(marks.sup) },
];

const IN_TABLE = [
  { label: "Ny rad", run: addRowAfter },
  { label: "Ny kolumn", run: addColumnAfter },
  { label: "Rubrikrad", run: toggleHeaderRow },
  { label: "Ta bort rad", run: deleteRow },
  { label: "Ta bort kolumn", run: deleteColumn },
  { label: "Ta bort tabell", run: deleteTable },
];

const STYLES = [["0", "Brödtext"], ["1", "Rubrik 1"], ["2", "Rubrik 2"], ["3", "Rubrik 3"]];

const make = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

export class Toolbar {
  // `place` is an empty element; data-icons on it names the sprite. `own` are the page's buttons: {icon, label, keys, event}
  // sends a bubbling event of that name from the textarea last written in, with {text}: the words that are marked.
  constructor(place, { own = [] } = {}) {
    this.place = place;
    this.view = null;
    place.classList.add("toolbar");
    this.bar = make("div", { className: "toolbar-row" });
    this.bar.setAttribute("role", "toolbar");
    this.bar.setAttribute("aria-label", "Formatering");
    this.style = make("select", { className: "toolbar-style" }, ...STYLES.map(([value, text]) => make("option", { value, textContent: text })));
    this.style.setAttribute("aria-label", "Stil");
    this.style.addEventListener("change", () => {
      const level = Number(this.style.value);
      this.run(level ? setBlockType(nodes.heading, { level }) : setBlockType(nodes.paragraph));
    });
    this.bar.append(this.style);
    this.entries = BUTTONS.map((entry) => ({ ...entry, button: this.button(entry, this.bar) }));
    own.forEach((entry) => this.button(entry, this.bar).addEventListener("click", () => this.tell(entry.event)));
    const more = this.button({ icon: "more", label: "Fler" }, this.bar);
    const extra = make("span", { className: "toolbar-extra", hidden: true });
    more.setAttribute("aria-expanded", "false");
    more.addEventListener("click", () => {
      extra.hidden = !extra.hidden;
      more.setAttribute("aria-expanded", String(!extra.hidden));
    });
    this.bar.append(extra);
    this.entries.push(...EXTRA.map((entry) => ({ ...entry, button: this.button(entry, extra) })));
    this.tableRow = make("div", { className: "toolbar-more", hidden: true });
    this.tableRow.setAttribute("role", "group");
    this.tableRow.setAttribute("aria-label", "Tabell");
    IN_TABLE.forEach((entry) => this.button(entry, this.tableRow));
    this.linkRow = this.linkForm();
    place.replaceChildren(this.bar, this.tableRow, this.linkRow);
    this.bar.querySelectorAll("select, button").forEach((stop, at) => { stop.tabIndex = at ? -1 : 0; });
    this.bar.addEventListener("keydown", (event) => this.arrows(event));
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.linkRow.hidden = true;
      this.view?.focus();
    });
  }

  stops() { return [...this.bar.querySelectorAll("select, button")].filter((stop) => !stop.closest("[hidden]")); }

  button({ icon, label, keys, run, asks, last }, parent) {
    const button = make("button", { type: "button", className: icon ? "tool" : "button quiet", title: keys ? `${label} (${keys})` : label });
    if (last) button.classList.add("last");
    if (icon) {
      const svg = document.createElementNS(SVG, "svg");
      const use = document.createElementNS(SVG, "use");
      svg.setAttribute("class", "icon");
      svg.setAttribute("aria-hidden", "true");
      use.setAttribute("href", `${this.place.dataset.icons ?? "/static/icons.svg"}#${icon}`);
      svg.append(use);
      button.append(svg);
      button.setAttribute("aria-label", label);
    } else button.textContent = label;
    button.addEventListener("mousedown", (event) => event.preventDefault()); // The text keeps its selection.
    if (run) button.addEventListener("click", () => this.run(run));
    if (asks) button.addEventListener("click", () => this.askLink());
    parent.append(button);
    return button;
  }

  run(command) {
    if (!this.view) return;
    command(this.view.state, this.view.dispatch, this.view);
    this.view.focus();
  }

  // The words that are marked in the text last written in, as the browser has them: the editor hears of it a moment later.
  get marked() {
    const { view } = this;
    if (!view) return "";
    const { anchorNode, anchorOffset, focusNode, focusOffset } = document.getSelection();
    const seen = view.hasFocus() && view.dom.contains(anchorNode) && view.dom.contains(focusNode);
    const ends = seen ? [view.posAtDOM(anchorNode, anchorOffset), view.posAtDOM(focusNode, focusOffset)] : [view.state.selection.from, view.state.selection.to];
    return view.state.doc.textBetween(Math.min(...ends), Math.max(...ends), "\n", "\n").trim();
  }

  tell(name) {
    const textarea = this.view?.dom.closest(".editor").previousElementSibling;
    textarea?.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: { text: this.marked } }));
  }

  arrows(event) {
    const stops = this.stops();
    const here = stops.indexOf(document.activeElement);
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (next === undefined || here < 0) return;
    event.preventDefault();
    const stop = stops[(next + stops.length) % stops.length];
    stops.forEach((other) => { other.tabIndex = other === stop ? 0 : -1; });
    stop.focus();
  }

  focus() { this.stops().find((stop) => stop.tabIndex === 0)?.focus(); }

  linkForm() {
    const input = make("input", { type: "url", className: "input", placeholder: "https://" });
    const label = make("label", {}, make("span", { textContent: "Länkadress" }), input);
    const set = make("button", { type: "button", className: "button", textContent: "Infoga länk" });
    const drop = make("button", { type: "button", className: "button quiet", textContent: "Ta bort länk" });
    const row = make("div", { className: "toolbar-more", hidden: true }, label, set, drop);
    const insert = () => {
      const typed = input.value.trim();
      const href = safeHref(/^[a-z]+:|^[/#]/i.test(typed) ? typed : /^[^\s/@]+@[^\s/@]+$/.test(typed) ? `mailto:${typed}` : `https://${typed}`);
      input.setAttribute("aria-invalid", String(!typed || !href));
      if (!typed || !href) return input.focus();
      row.hidden = true;
      this.run(setLink(href));
    };
    set.addEventListener("click", insert);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); insert(); } });
    drop.addEventListener("click", () => { row.hidden = true; this.run(setLink(null)); });
    this.linkInput = input;
    return row;
  }

  askLink() {
    if (!this.view) return;
    const { $from } = this.view.state.selection;
    this.linkInput.value = marks.link.isInSet($from.marks())?.attrs.href ?? "";
    this.linkRow.hidden = false;
    this.linkInput.focus();
  }

  // Show what holds at the cursor of `view`, which the buttons now act on.
  update(view) {
    this.view = view;
    const { state } = view;
    const block = state.selection.$from.parent;
    this.style.value = block.type === nodes.heading ? String(block.attrs.level) : "0";
    for (const { button, run, active } of this.entries) {
      if (active) button.setAttribute("aria-pressed", String(active(state)));
      if (run) button.setAttribute("aria-disabled", String(!run(state)));
    }
    this.tableRow.hidden = !isInTable(state);
  }
}

// A link on the selection; on the whole link around the cursor; or, with nothing selected, the address as its own text.
function setLink(href) {
  return (state, dispatch) => {
    let { from, to, $from, empty } = state.selection;
    const { tr } = state;
    if (empty) {
      const here = marks.link.isInSet($from.marks());
      if (here) {
        $from.parent.forEach((node, offset) => {
          const start = $from.start() + offset;
          if (here.isInSet(node.marks) && start <= $from.pos && start + node.nodeSize >= $from.pos) { from = start; to = start + node.nodeSize; }
        });
      } else if (href) { tr.insertText(href); to = from + href.length; }
    }
    tr.removeMark(from, to, marks.link);
    if (href) tr.addMark(from, to, marks.link.create({ href }));
    dispatch?.(tr);
    return true;
  };
}
