// "Skriv beslutsgången": the server writes it from the current motions and ballots; the text can then be edited.
import { refusalOf } from "../refusal.js";
import { token } from "./save.js";

export function startProcedure(element, form, changed) {
  const button = element.querySelector("[data-write-procedure]");
  const news = element.querySelector("[data-procedure-news]");
  let last = null; // The text written here, as the editor returns it.

  const section = () => form.own(form.root, '[data-list="sections"] > [data-item]')
    .find((item) => form.own(item, '[data-field="kind"]')[0].value === "procedure");
  const textOf = (item) => form.own(item, '[data-type="html"]')[0].value;

  button.addEventListener("click", async () => {
    news.replaceChildren();
    let told;
    try {
      const answer = await fetch(element.dataset.procedure, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token().content },
        body: JSON.stringify(form.read()),
        redirect: "manual",
        signal: AbortSignal.timeout(15000),
      });
      if (!answer.ok) return say(await refusalOf(answer, "Servern kunde inte skriva beslutsgången."));
      told = await answer.json();
    } catch { return say("Servern svarar inte. Försök igen om en stund."); }
    if (!told.html) return say("Det finns inget att skriva av än. Lägg till ett yrkande, en omröstning eller ett beslut.");
    const item = section();
    if (item && textOf(item) && told.edited && textOf(item) !== last) return ask(item, told);
    return write(item, told);
  });

  function write(item, { html, faults }) {
    const list = form.own(form.root, '[data-list="sections"]')[0];
    const target = item ?? form.append(list, { kind: "procedure", heading: "Beslutsgång", html: "" });
    form.number(list);
    form.setHtml(target, html);
    last = textOf(target);
    target.scrollIntoView({ block: "nearest" });
    say("Beslutsgången är skriven.", ...faults);
    changed();
  }

  function ask(item, told) {
    const yes = document.createElement("button");
    yes.type = "button";
    yes.className = "button secondary";
    yes.textContent = "Ersätt texten";
    yes.addEventListener("click", () => write(item, told));
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button quiet";
    no.textContent = "Behåll texten";
    no.addEventListener("click", () => { news.replaceChildren(); button.focus(); });
    say("Beslutsgången är ändrad för hand.");
    news.append(yes, " ", no);
    yes.focus();
  }

  function say(...sentences) {
    news.replaceChildren(...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }));
  }
}
