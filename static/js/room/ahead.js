// What is typed while one § gives way to another belongs to the next one: held, and written where the cursor comes to stand.
let held = null;

/** Hold what is typed from now on. */
export const hold = () => { held ??= []; };

/** Write what was held where the cursor stands; what has nowhere to go is shown by `tell`, never dropped. */
export function play(tell) {
  const keys = held ?? [];
  held = null; // From now on what is inserted is meant.
  if (!keys.length) return;
  const field = document.activeElement;
  if (!field.isContentEditable && !field.matches("input, textarea")) {
    tell(`Det här hann du skriva medan sidan byttes: ${keys.filter((key) => key.length === 1).join("")}`);
    return;
  }
  for (const key of keys) {
    if (key === "Enter") document.execCommand("insertParagraph");
    else if (key === "Backspace") document.execCommand("delete");
    else document.execCommand("insertText", false, key);
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
