// Mark words to be masked: with the mouse, or with the keyboard in a text that has a caret but cannot be edited.
// Without this script words are written in a field instead.
const part = document.querySelector("[data-masker]");
const form = document.querySelector("[data-masker-form]");

if (part && form) {
  const bar = part.querySelector("[data-mask-bar]");
  const news = part.querySelector("[data-mask-news]");
  const button = part.querySelector("[data-mask-button]");
  bar.hidden = false;

  for (const words of part.querySelectorAll("[data-mask-part]")) {
    words.contentEditable = "true";
    words.spellcheck = false;
    words.setAttribute("role", "textbox");
    words.setAttribute("aria-multiline", "true");
    words.setAttribute("aria-readonly", "true");
    words.setAttribute("aria-label", `Text, ${words.dataset.name}`);
    words.setAttribute("aria-describedby", "masker-hint");
    words.addEventListener("beforeinput", (event) => event.preventDefault());
    words.addEventListener("drop", (event) => event.preventDefault());
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (marked()) form.requestSubmit(button);
    });
  }

  const length = (text) => Array.from(text).length; // Characters as the server counts them.

  function marked() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const of = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[data-place]");
    const text = of(range.startContainer);
    if (!text || !part.contains(text)) return null;
    const end = of(range.endContainer);
    const inside = range.cloneRange();
    // End or a triple click may extend the selection to the start of the next text, where nothing is selected.
    if (end !== text) inside.setEndAfter(text.lastChild);
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(inside.startContainer, inside.startOffset);
    const words = inside.toString();
    if (!words.trim()) return null;
    const start = length(before.toString());
    return { text, words, start, stop: start + length(words) };
  }

  document.addEventListener("selectionchange", () => {
    const found = marked();
    news.textContent = found ? `Markerat: ”${found.words.trim()}”` : "Inget är markerat.";
  });

  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    const found = marked();
    if (!found) {
      event.preventDefault();
      news.textContent = "Markera först orden i texten.";
      return;
    }
    form.elements.place.value = found.text.dataset.place;
    form.elements.start.value = found.start;
    form.elements.stop.value = found.stop;
    form.elements.anchor.value = found.text.closest("[data-mask-part]").dataset.maskPart;
  });

  button.addEventListener("mousedown", (event) => event.preventDefault()); // The press must not clear the selection.

  // One checkbox for all occurrences of the same words.
  for (const group of document.querySelectorAll("[data-mask-group]")) {
    const boxes = [...group.querySelectorAll("input[type=checkbox]")];
    if (boxes.length < 2) continue;
    const all = document.createElement("button");
    all.type = "button";
    all.className = "button quiet";
    const say = () => { all.textContent = boxes.every((box) => box.checked) ? "Kryssa av alla" : "Kryssa alla"; };
    all.addEventListener("click", () => {
      const tick = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = tick;
      say();
    });
    group.addEventListener("change", say);
    say();
    group.append(all);
  }
}
