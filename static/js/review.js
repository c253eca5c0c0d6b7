// The text selected in a paragraph becomes the passage that a comment is about.
// Without script the passage is pasted into its field.
const marked = new Map();

function remember() {
  const selection = document.getSelection();
  const text = selection.toString().trim();
  if (!text || !selection.anchorNode) return;
  const from = selection.getRangeAt(0).commonAncestorContainer;
  const element = from.nodeType === Node.ELEMENT_NODE ? from : from.parentElement;
  const article = element.closest("[data-quotable]");
  if (!article || !element.closest("[data-text]")) return;
  const named = element.closest("[id]");
  const anchor = named && named !== article ? named.id.replace(/^p\d+-/, "") : "";
  marked.set(article, { text, anchor });
  article.querySelector("[data-quote-selection]").hidden = false;
}

function comment(article) {
  const { text, anchor } = marked.get(article);
  const box = article.querySelector("[data-send-back]");
  box.open = true;
  box.querySelector("[data-quote]").value = text;
  box.querySelector("[data-anchor]").value = anchor;
  box.querySelector("[data-comment]").focus();
}

document.addEventListener("selectionchange", remember);
for (const button of document.querySelectorAll("[data-quote-selection]")) {
  button.addEventListener("click", () => comment(button.closest("[data-quotable]")));
}
