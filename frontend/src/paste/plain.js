// Pasted plain text and pasted files.
import { Fragment, Slice } from "prosemirror-model";
import { schema } from "../schema.js";
import { withoutBullet } from "./lists.js";
import { leftOut } from "./pictures.js";
import { plainText } from "./symbols.js";

const { nodes } = schema;

// A paragraph of one line, in which a vertical tab or a line separator is a line break.
function paragraph(line, marks) {
  const parts = line.split(/[\v\u2028]/).flatMap((part) => [nodes.hard_break.create(), ...(part ? [schema.text(part, marks)] : [])]);
  return nodes.paragraph.create(null, parts.slice(1));
}

/** Each line is a paragraph; lines that begin with a bullet are a list. */
export function plainSlice(text, $context) {
  const blocks = [];
  for (const line of plainText(text).split(/(?:\r\n?|[\n\u2029])+/)) {
    const item = withoutBullet(line);
    const block = paragraph(item ?? line, $context.marks());
    const last = blocks.at(-1);
    if (item === null) blocks.push(block);
    else if (last?.type === nodes.bullet_list) blocks[blocks.length - 1] = last.copy(last.content.addToEnd(nodes.list_item.create(null, block)));
    else blocks.push(nodes.bullet_list.create(null, nodes.list_item.create(null, block)));
  }
  return Slice.maxOpen(Fragment.from(blocks));
}

/** A picture or another file has no place in the text: its place says so. */
export function pastedFiles(view, data, at = null) {
  if (!data?.files.length || data.types.includes("text/html") || data.types.includes("text/plain")) return false;
  const { from, to } = at === null ? view.state.selection : { from: at, to: at };
  view.dispatch(view.state.tr.insertText(leftOut(), from, to).scrollIntoView());
  return true;
}
