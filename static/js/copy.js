// A button that copies what stands in a field or a list: shown only where the browser can. `data-copy` names what.

/** Let a button copy, and say that it did. */
export function startCopying(button) {
  const source = document.getElementById(button.dataset.copy);
  const news = button.parentElement.querySelector("[data-copied]");
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.innerText.trim());
      news.textContent = "Kopierat.";
    } catch {
      // Not allowed to: it is marked, for the keyboard to copy.
      if (source.select) source.select();
      else document.getSelection().selectAllChildren(source);
      news.textContent = "Markerat. Tryck Ctrl+C för att kopiera.";
    }
  });
}
