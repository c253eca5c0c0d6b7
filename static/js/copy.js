// A button that copies the text of a field or a list, shown only where the browser can copy. `data-copy` names the source.

/** Initialise a button that copies, and confirms it. */
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
      // Without permission it selects the text, to be copied with the keyboard.
      if (source.select) source.select();
      else document.getSelection().selectAllChildren(source);
      news.textContent = "Markerat. Tryck Ctrl+C för att kopiera.";
    }
  });
}
