// Text typed while one § is being replaced belongs to the next one: letters and shortcuts are buffered in their order, and
// replayed at the cursor's new place.
let held = null;

/** Buffer what is typed from now on. */
export const hold = () => { held ??= []; };

/** Return whether typing is buffered now. */
export const holds = () => held !== null;

/** Buffer a shortcut in its place among the letters. */
export const later = (id) => { held.push({ id }); };

/**
 * Insert the buffered text at the cursor, and run the shortcuts with `act`; text without a place is shown with `showNotice`, never
 * dropped. If a shortcut opens another §, the rest is buffered again.
 */
export function play(showNotice, act) {
  const keys = held ?? [];
  held = null; // From now on inserted text is not buffered.
  while (keys.length) {
    const key = keys.shift();
    if (key.id) {
      act(key.id);
      if (held) { held.push(...keys); return; }
      continue;
    }
    const field = document.activeElement;
    if (!field.isContentEditable && !field.matches("input, textarea")) {
      showNotice(`Det här hann du skriva medan sidan byttes: ${[key, ...keys].filter((each) => each.length === 1).join("")}`);
      return;
    }
    if (key.length === 1) document.execCommand("insertText", false, key);
    else if (field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))) {
      document.execCommand(key === "Enter" ? "insertParagraph" : "delete"); // Unless a handler has done something with the key.
    }
  }
}

document.addEventListener("keydown", (event) => {
  if (!held || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length > 1 && event.key !== "Enter" && event.key !== "Backspace") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push(event.key);
}, true);

// Text input without key events: speech, characters chosen from a list.
document.addEventListener("beforeinput", (event) => {
  if (!held || event.inputType !== "insertText" || !event.data || !event.cancelable) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push(...event.data);
}, true);
