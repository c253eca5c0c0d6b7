// A button that copies what stands in a field: shown only where the browser can. `data-copy` names the field.

/** Let a button copy its field, and say that it did. */
export function startCopying(button) {
  const source = document.getElementById(button.dataset.copy);
  const news = button.parentElement.querySelector("[data-copied]");
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
      news.textContent = "Kopierat.";
    } catch {
      source.select(); // Not allowed to: it is marked, for the keyboard to copy.
      news.textContent = "Markerat. Tryck Ctrl+C för att kopiera.";
    }
  });
}
