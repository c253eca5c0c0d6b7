// Scripts for every page: focus on errors, and lists that can be reordered.
// The page works without them.
import { startCopying } from "./copy.js";
import { startKeeping } from "./keep.js";
import { startReorder } from "./reorder.js";
import { startRevealing } from "./reveal.js";
import { startSuggesting } from "./suggest.js";

startKeeping();
document.querySelector("[data-take-focus]")?.focus();
for (const list of document.querySelectorAll("[data-reorder]")) startReorder(list);
for (const box of document.querySelectorAll("[data-suggest]")) startSuggesting(box);
for (const button of document.querySelectorAll("[data-copy]")) startCopying(button);
for (const button of document.querySelectorAll("[data-reveal]")) startRevealing(button);
