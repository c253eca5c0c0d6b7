// House styles: update the sample's pages while the form is edited. Without script the button Visa does so.
import { refusalOf } from "./refusal.js";

const WAIT = 450;

class Refused extends Error {} // The server's sentence.

/** Initialise the preview beside a form: it follows the input, and the latest change wins. */
function startPreview(form) {
  const pages = document.querySelector("[data-preview-pages]");
  const news = document.querySelector("[data-preview-news]");
  let timer = 0;
  let asked = null;

  async function draw() {
    asked?.abort();
    const mine = new AbortController();
    asked = mine;
    pages.setAttribute("aria-busy", "true");
    news.textContent = "Sidorna ritas …";
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, signal: mine.signal,
      });
      if (!answer.ok) throw new Refused(await refusalOf(answer, "Sidorna kunde inte ritas. Tryck på Visa för att försöka igen."));
      pages.innerHTML = await answer.text();
      news.textContent = pages.querySelector("img")
        ? "De första sidorna i ett provprotokoll."
        : "Det går inte att visa. Rätta det som står här.";
    } catch (error) {
      if (error.name === "AbortError") return;
      news.textContent = error instanceof Refused ? error.message : "Sidorna kunde inte ritas. Tryck på Visa för att försöka igen.";
    }
    pages.removeAttribute("aria-busy");
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, WAIT);
  });
  form.querySelector("[data-show]").addEventListener("click", (event) => {
    event.preventDefault();
    draw();
  });
  draw();
}

/** Show the Word sample's pages on the page itself; LibreOffice takes some seconds. */
function startOffice(link) {
  const pages = document.querySelector("[data-office-pages]");
  const news = document.querySelector("[data-office-news]");
  let busy = false;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    news.textContent = "Sidorna ritas. Det tar några sekunder.";
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Refused(await refusalOf(answer, "Sidorna kunde inte ritas. Försök igen."));
      pages.innerHTML = await answer.text();
      news.textContent = "De första sidorna, som LibreOffice visar dem. Word kan bryta raderna annorlunda.";
    } catch (error) {
      news.textContent = error instanceof Refused ? error.message : "Sidorna kunde inte ritas. Försök igen.";
    }
    busy = false;
  });
}

const form = document.querySelector("[data-preview]");
if (form) startPreview(form);
const office = document.querySelector("[data-office]");
if (office) startOffice(office);
