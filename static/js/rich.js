// A plain form with rich texts: every <textarea data-rich> gets the editor. Without script it is a plain textarea.
// A user who leaves with unsaved text is asked first.
import { mountEditor } from "../vendor/editor.js";

for (const textarea of document.querySelectorAll("textarea[data-rich]")) {
  textarea.dataset.icons = document.body.dataset.icons;
  const editor = mountEditor(textarea);
  // A link to a refused field leads to the editor that replaces it.
  textarea.addEventListener("focus", () => editor.focus());
}

for (const form of document.querySelectorAll("[data-rich-form]")) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
}
