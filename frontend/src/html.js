// HTML to a document of the schema and back. Nothing here touches the page.
import { DOMParser as Reader, DOMSerializer } from "prosemirror-model";
import { schema } from "./schema.js";

const detached = (html) => new DOMParser().parseFromString(`<body>${html}</body>`, "text/html").body;

export function docOf(html) {
  return Reader.fromSchema(schema).parse(detached(html));
}

export function htmlOf(doc) {
  if (doc.childCount === 1 && doc.firstChild.type === schema.nodes.paragraph && !doc.firstChild.content.size) return "";
  const body = detached("");
  body.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: body.ownerDocument }));
  for (const table of body.querySelectorAll("table")) liftHead(table);
  return body.innerHTML;
}

// Two texts are the same when their normal forms are.
export const normal = (html) => htmlOf(docOf(html));

// Leading rows made of head cells alone stand in <thead>, so that they repeat on every page.
function liftHead(table) {
  const body = table.querySelector("tbody");
  const rows = [...body.rows];
  const count = rows.findIndex((row) => [...row.cells].some((cell) => cell.tagName !== "TH"));
  const heads = rows.slice(0, count < 0 ? rows.length : count);
  if (!heads.length) return;
  const head = table.ownerDocument.createElement("thead");
  head.append(...heads);
  table.prepend(head);
  if (!body.rows.length) body.remove();
}
