// Two people have edited the same place: both texts side by side, one choice per place, nothing decided automatically.
import { normal } from "../../vendor/editor.js";
import { linesOf } from "./fields.js";
import { choose } from "./merge.js";

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

/**
 * Fill `place` with the choices and resolve, when all are made, to the merged draft.
 * `nameOf(id)` returns a person's name.
 */
export function askBetween(place, merged, conflicts, nameOf) {
  return new Promise((resolve) => {
    const form = make("div", { className: "conflict", role: "group" });
    form.setAttribute("aria-labelledby", "draft-conflict-title");
    const title = make("h2", { id: "draft-conflict-title", textContent: "Någon annan har skrivit på samma ställe", tabIndex: -1 });
    const lead = make("p", { textContent: "Välj vilken text som ska gälla. Det som bara en av er har ändrat är redan sammanfört." });
    const picks = conflicts.map((conflict, number) => pick(conflict, number, nameOf));
    const missing = make("p", { className: "field-error", hidden: true, textContent: "Välj en text på varje ställe." });
    const done = make("button", { type: "button", className: "button primary", textContent: "Spara mitt val" });
    done.addEventListener("click", () => {
      const chosen = picks.map((group) => group.querySelector("input:checked")?.value);
      missing.hidden = !chosen.includes(undefined);
      if (!missing.hidden) return picks[chosen.indexOf(undefined)].querySelector("input").focus();
      chosen.forEach((side, at) => choose(merged, conflicts[at], conflicts[at][side]));
      place.replaceChildren();
      place.hidden = true;
      return resolve(merged);
    });
    form.append(title, lead, ...picks, missing, make("p", { className: "buttons" }, done));
    place.replaceChildren(form);
    place.hidden = false;
    title.focus();
  });
}

function pick({ word, mine, theirs, field }, number, nameOf) {
  const side = (value, text, key) => make("div", { className: "side" },
    make("label", { className: "tick" }, make("input", { type: "radio", name: `draft-conflict-${number}`, value: key }), make("span", { textContent: text })),
    make("div", { className: "side-text" }, ...shown(value, field, nameOf)));
  return make("fieldset", {}, make("legend", { textContent: word }),
    make("div", { className: "sides" }, side(mine, "Min text", "mine"), side(theirs, "Den andras text", "theirs")));
}

// A value as readable paragraphs.
function shown(value, field, nameOf) {
  const out = linesOf(value, field, nameOf).map(({ text, strong, html }) => {
    if (html === undefined) return make("p", { textContent: text, className: strong ? "strong" : "" });
    const shownHtml = make("div");
    shownHtml.innerHTML = normal(html); // Through the schema: only the editor's own elements remain.
    return shownHtml;
  });
  return out.length ? out : [make("p", { className: "soft", textContent: "(tomt)" })];
}
