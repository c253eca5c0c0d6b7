// Store a sent form in this tab until the server has accepted it: if the session had ended, the text is restored after the
// sign-in. Passwords and files are never stored, and nothing outlives the tab.
const KEY = "kept-form";
const KEPT = "input:not([type=hidden], [type=password], [type=file], [type=submit]), textarea, select";

const fieldsOf = (form) => [...form.querySelectorAll(KEPT)].filter((field) => field.name);
const valueOf = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : field.value);

function keep(form) {
  if (form.method !== "post" || form.querySelector("input[type=password]")) return;
  const fields = fieldsOf(form).map((field) => [field.name, field.type, field.value, valueOf(field)]);
  if (!fields.some(([, , , value]) => typeof value === "string" && value.trim())) return;
  const kept = { page: location.pathname, action: new URL(form.action).pathname, fields };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch { /* No space: the form is sent all the same. */ }
}

function restore(kept) {
  const form = [...document.querySelectorAll("form")].find((each) => new URL(each.action).pathname === kept.action);
  if (!form) return;
  for (const [name, type, value, chosen] of kept.fields) {
    const field = fieldsOf(form).find((each) => each.name === name && (typeof chosen === "string" || each.value === value));
    if (!field) continue;
    if (typeof chosen === "string") field.value = chosen;
    else field.checked = chosen;
  }
  const said = document.createElement("p");
  said.className = "note";
  said.setAttribute("role", "status");
  said.textContent = "Du hade loggats ut. Det du skrev står kvar här: kontrollera det och spara igen.";
  form.prepend(said);
  said.scrollIntoView({ block: "center" });
}

/** Store forms when sent, and restore one that was not accepted. */
export function startKeeping() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  if (document.querySelector("[data-signed-out]")) {
    if (kept) sessionStorage.setItem(KEY, JSON.stringify({ ...kept, lost: true }));
  } else if (kept?.lost ? kept.page === location.pathname : kept) {
    sessionStorage.removeItem(KEY);
    if (kept.lost) restore(kept);
  }
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) keep(event.target); });
}
