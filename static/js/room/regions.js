// The page consists of regions (data-region): the whole page is fetched, and its regions replace those shown.

import { refusalOn } from "../refusal.js";

export class Gone extends Error {} // The response is not a meeting's page: signed out, or redirected. `url` is where.

const names = (root) => [...root.querySelectorAll("[data-region]")].map((region) => region.dataset.region);
const region = (root, name) => root.querySelector(`[data-region="${name}"]`);

/** Fetch an address, and return {page, url, refusal}. Throws `Gone`, or what fetch throws when the network is down. */
export async function ask(url, options = {}) {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", signal: AbortSignal.timeout(30000), ...options });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const refusal = answer.ok ? null : refusalOn(page) ?? `Det gick inte (${answer.status}).`;
  if (answer.ok && !page.querySelector("[data-room]")) throw Object.assign(new Gone(), { url: answer.url });
  return { page, url: answer.url, refusal };
}

/** Replace our regions by those of the fetched page, except those named in `keep`. Open details stay open. */
export function swap(page, keep = []) {
  for (const name of names(document)) {
    const fresh = region(page, name);
    if (!fresh || keep.includes(name)) continue;
    const here = region(document, name);
    const open = [...here.querySelectorAll("details[open][id]")].map(({ id }) => id);
    here.replaceChildren(...fresh.childNodes);
    for (const id of open) here.querySelector(`details[id="${CSS.escape(id)}"]`)?.setAttribute("open", "");
  }
  document.title = page.title;
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
}

/** Update the people offered in the § being edited to those of the fetched page, after an arrival or a departure. */
export function renewPeople(page, draft) {
  for (const fresh of page.querySelectorAll("template[data-template]")) {
    const own = draft.querySelector(`template[data-template="${fresh.dataset.template}"]`);
    own?.replaceWith(fresh);
  }
  renewBallots(draft);
  const offered = draft.querySelector('template[data-template="dissents"]')?.content.querySelector('[data-field="person"]');
  for (const select of draft.querySelectorAll('[data-field="mover"], [data-field="person"], [data-field="casting_vote_by"], [data-list="supporters"] [data-field]')) {
    for (const { value, textContent } of offered?.options ?? []) {
      if (![...select.options].some((option) => option.value === value)) select.add(new Option(textContent, value));
    }
  }
}

// Add voters who have arrived or now serve for another to open ballots; those who have left keep a row, with their vote.
function renewBallots(draft) {
  const fresh = draft.querySelector('template[data-template="ballots"]').content;
  const { takingPart } = fresh.querySelector("[data-sum]").dataset;
  for (const ballot of draft.querySelectorAll('[data-list="ballots"] > [data-item]')) {
    if (takingPart !== undefined) ballot.querySelector("[data-sum]").dataset.takingPart = takingPart;
    for (const vote of fresh.querySelectorAll("[data-vote]")) {
      const row = vote.closest(".votes > *");
      if (!ballot.querySelector(`[data-vote="${CSS.escape(vote.dataset.vote)}"]`)) ballot.querySelector(".votes").append(row.cloneNode(true));
    }
  }
  draft.draftApi?.tally();
}
