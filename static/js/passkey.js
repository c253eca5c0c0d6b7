// A form with [data-passkey] asks the browser for a passkey before it is sent, and sends the passkey's answer.
// Without the script, or in a browser without passkeys, the form stays hidden and the sentence beside it shows.
import { refusalOf } from "./refusal.js";

const OTHERWISE = "Ingen passkey användes. Försök igen, eller gör det på det andra sättet.";

class Refused extends Error {} // The server's sentence.

const known = typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

const asked = async (form) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(form.dataset.passkey, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" } });
  if (!answer.ok) throw new Refused(await refusalOf(answer, OTHERWISE));
  return answer.json();
};

const answered = async (form) => {
  const options = await asked(form);
  const credential =
    form.dataset.passkeyAction === "make"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential.toJSON());
};

const send = async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const news = form.querySelector("[data-passkey-news]");
  const button = event.submitter ?? form.querySelector("button");
  if (!form.reportValidity()) return;
  button.disabled = true;
  news.textContent = "Följ anvisningarna i webbläsaren …";
  try {
    form.elements.credential.value = await answered(form);
    form.submit();
  } catch (error) {
    // Cancelled, timed out, or no such passkey here: the browser does not say which.
    news.textContent =
      error.name === "InvalidStateError"
        ? "Den här enheten har redan en passkey för ditt konto."
        : error instanceof Refused ? error.message : OTHERWISE;
    button.disabled = false;
  }
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !known;
  form.addEventListener("submit", send);
}
for (const sentence of document.querySelectorAll("[data-passkey-missing]")) sentence.hidden = known;
