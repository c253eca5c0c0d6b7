// What is typed while one § gives way to another belongs to the next one: letters and shortcuts are held in their order, and
// done where the cursor comes to stand.
let held = null;

/** Hold what is typed from now on. */
export const hold = () => { held ??= []; };

/** Say whether what is typed is held now. */
export const holds = () => held !== null;

/** Hold a shortcut among the letters. */
export const later = (id) => { held.push({ id }); };

/**
 * Write what was held where the cursor stands, and do the shortcuts by `act`; what has nowhere to go is shown by `tell`, never
 * dropped. A shortcut that leads to another § holds what came after it again.
 */
export function play(tell, act) {
  const keys = held ?? [];
  held = null; // From now on what is inserted is meant.
  while (keys.length) {
    const key = keys.shift();
    if (key.id) {
      act(key.id);
      if (held) { held.push(...keys); return; }
      continue;
    }
    const field = document.activeElement;
    if (!field.isContentEditable && !field.matches("input, textarea")) {
      tell(`Det här hann du skriva medan sidan byttes: ${[key, ...keys].filter((each) => each.length === 1).join("")}`);
      return;
    }
    if (key.length === 1) document.execCommand("insertText", false, key);
    else if (field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }))) {
      document.execCommand(key === "Enter" ? "insertParagraph" : "delete"); // Where nobody else has done something of it.
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

// What comes without a key of its own: speech, signs chosen from a list.
document.addEventListener("beforeinput", (event) => {
  if (!held || event.inputType !== "insertText" || !event.data || !event.cancelable) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push(...event.data);
}, true);
