// What a program puts beside the text: comments, what is hidden, what is deleted but tracked, controls.
import { styled } from "./styles.js";

const CONTROLS = "script, meta, link, base, title, xml, button, input, select, nav, template, noscript";
const COMMENTS = ".MsoCommentReference, .msocomanchor, .msocomoff, .msocomtxt";
const DELETED = "del[cite], del[datetime], .msoDel";
const UNSEEN = /mso-hide:\s*all|display:\s*none|visibility:\s*hidden/i;
const COMMENT = /mso-element:\s*comment|mso-special-character:\s*comment/i;

export function removeWhatIsNoText(body) {
  for (const node of body.querySelectorAll(`${CONTROLS}, ${COMMENTS}, ${DELETED}, [hidden]`)) node.remove();
  for (const node of [...styled(body, UNSEEN), ...styled(body, COMMENT)]) node.remove();
  // Google Docs links a comment's letter to the comment, which stands last.
  for (const back of body.querySelectorAll('a[href*="#cmnt_ref"]')) (back.closest("div") ?? back.closest("p") ?? back).remove();
  for (const letter of body.querySelectorAll('a[href*="#cmnt"]')) (letter.closest("sup") ?? letter).remove();
  for (const tab of styled(body, /mso-tab-count/i)) tab.textContent = " ";
  for (const page of styled(body, /page-break-before:\s*always/i)) if (page.tagName === "BR") page.remove();
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  found.forEach((comment) => comment.remove());
}
