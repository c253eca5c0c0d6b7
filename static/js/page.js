// Small help on every page: errors take focus, lists that can be reordered come alive.
// The page works without any of it.
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
