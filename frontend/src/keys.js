// What the keys do: lists, marks, headings, tables, and typing rules such as "- " for a list.
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { AllSelection } from "prosemirror-state";
import { goToNextCell, isInTable } from "prosemirror-tables";
import { schema } from "./schema.js";

const { nodes, marks } = schema;

// The list that the selection is in, innermost first.
export function listAround(state) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type === nodes.bullet_list || node.type === nodes.ordered_list) return { node, pos: $from.before(depth) };
  }
  return null;
}

// Make a list, turn one kind into another, or leave the list when it is of this kind already.
export function toggleList(type, attrs = null) {
  return (state, dispatch) => {
    const around = listAround(state);
    if (!around) return wrapInList(type, attrs)(state, dispatch);
    if (around.node.type === type && (!attrs || attrs.style === around.node.attrs.style)) {
      return liftListItem(nodes.list_item)(state, dispatch);
    }
    dispatch?.(state.tr.setNodeMarkup(around.pos, type, attrs));
    return true;
  };
}

const hardBreak = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

// Mark all, and say so to the browser too, also when the editor thinks that all is marked already: of a click just before it
// is told only after the keys, and would otherwise take the browser's cursor for newer than what is marked.
const markAll = (state, dispatch, view) => {
  dispatch?.(state.tr.setSelection(new AllSelection(state.doc)));
  view?.focus();
  return true;
};

export const indent = sinkListItem(nodes.list_item);
export const outdent = liftListItem(nodes.list_item);

export function insertTable(state, dispatch) {
  if (isInTable(state)) return false;
  const row = (cell) => nodes.table_row.create(null, [0, 1, 2].map(() => cell.createAndFill()));
  const table = nodes.table.create(null, [row(nodes.table_header), row(nodes.table_cell), row(nodes.table_cell)]);
  dispatch?.(state.tr.replaceSelectionWith(table).scrollIntoView());
  return true;
}

export const keys = {
  "Mod-a": markAll,
  "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo,
  "Mod-b": toggleMark(marks.bold), "Mod-i": toggleMark(marks.italic), "Mod-u": toggleMark(marks.underline),
  "Mod-Shift-x": toggleMark(marks.strike), "Mod-,": toggleMark(marks.sub), "Mod-.": toggleMark(marks.sup),
  "Mod-Alt-0": setBlockType(nodes.paragraph),
  "Mod-Alt-1": setBlockType(nodes.heading, { level: 1 }),
  "Mod-Alt-2": setBlockType(nodes.heading, { level: 2 }),
  "Mod-Alt-3": setBlockType(nodes.heading, { level: 3 }),
  "Mod-Shift-7": toggleList(nodes.ordered_list, { style: "decimal", start: 1 }),
  "Mod-Shift-8": toggleList(nodes.bullet_list),
  "Mod-Shift-9": toggleList(nodes.ordered_list, { style: "lower-alpha", start: 1 }),
  "Alt-Shift-i": insertTable,
  "Shift-Enter": hardBreak,
  Enter: splitListItem(nodes.list_item),
  Backspace: undoInputRule,
};

// Tab belongs to lists and tables; elsewhere, and after Esc, it leaves the editor as on any page.
export const tabKeys = {
  Tab: chainCommands(indent, goToNextCell(1)),
  "Shift-Tab": chainCommands(outdent, goToNextCell(-1)),
};

export { baseKeymap };

export const rules = inputRules({
  rules: [
    wrappingInputRule(/^\s*([-*•])\s$/, nodes.bullet_list),
    wrappingInputRule(/^(\d+)[.)]\s$/, nodes.ordered_list, (match) => ({ style: "decimal", start: Number(match[1]) }),
      (match, node) => node.childCount + node.attrs.start === Number(match[1])),
    wrappingInputRule(/^a[.)]\s$/, nodes.ordered_list, () => ({ style: "lower-alpha", start: 1 })),
    textblockTypeInputRule(/^(#{1,3})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
  ],
});
