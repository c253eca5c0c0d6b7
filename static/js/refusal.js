// Why the server refused something, in its own sentence: as JSON {refusal}, or on the page of an error or of a form.
const tidy = (element) => element?.textContent.replace(/\s+/g, " ").trim();

/** Return the sentence on a fetched page, or undefined. */
export function refusalOn(page) {
  return tidy(page.querySelector(".form-errors, .flash.error") ?? page.querySelector("[data-refusal]")) || undefined;
}

/** Return the sentence of an answer that was not OK, or `otherwise` if it has none. */
export async function refusalOf(answer, otherwise) {
  const text = await answer.text().catch(() => "");
  try { return JSON.parse(text).refusal ?? otherwise; } catch { /* It is a page. */ }
  return refusalOn(new DOMParser().parseFromString(text, "text/html")) ?? otherwise;
}
