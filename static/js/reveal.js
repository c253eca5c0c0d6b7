// A button that shows the password in a field, and hides it again. `data-reveal` names the field.

/** Let a button show its field's password; what is sent is a password field again, so that no browser keeps it as text. */
export function startRevealing(button) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  field.spellcheck = false; // Some browsers check spelling far away.
  field.autocapitalize = "off";
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}
