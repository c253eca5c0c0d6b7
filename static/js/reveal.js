// A button that shows the password in a field, and hides it again. `data-reveal` names the field.

/** Initialise a button; on submit the field is a password field again, so that no browser stores its text. */
export function startRevealing(button) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };
  field.spellcheck = false; // Some browsers send text to a server for spell checking.
  field.autocapitalize = "off";
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}
