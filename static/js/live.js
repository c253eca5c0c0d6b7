// The watched page: poll every other second for changes, and show them (204 when there are none).
import { refusalOf } from "./refusal.js";

const OFTEN = 1500;
const SELDOM = 15000;
const place = document.querySelector("[data-live-now]");
const state = document.querySelector("[data-live-state]");
const LARGE = "govern.large";
let wait = OFTEN;

async function look() {
  if (!document.hidden) {
    try {
      const url = `${location.pathname}?rev=${place.firstElementChild.dataset.rev}`;
      const answer = await fetch(url, { headers: { Accept: "text/html" }, redirect: "manual", signal: AbortSignal.timeout(10000) });
      if (answer.status === 200) show(await answer.text());
      else if (!answer.ok) throw new Error(answer.status ? await refusalOf(answer, "") : "0");
      wait = OFTEN;
      state.hidden = true;
    } catch (error) {
      wait = Math.min(SELDOM, wait * 2);
      state.textContent = error.message === "0" ? "Du är utloggad. Ladda om sidan."
        : error.constructor === Error && error.message || "Ingen förbindelse, försöker igen.";
      state.hidden = false;
    }
  }
  setTimeout(look, wait);
}

// Only new content is read out, so unchanged elements stay in place.
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-rev]");
  if (!fresh) throw new Error("0");
  const old = place.firstElementChild;
  const same = old.children.length === fresh.children.length && [...fresh.children].every((child, at) => child.tagName === old.children[at].tagName);
  if (!same) { place.replaceChildren(fresh); return; }
  [...fresh.children].forEach((child, at) => { if (!child.isEqualNode(old.children[at])) old.children[at].replaceWith(child); });
  old.dataset.rev = fresh.dataset.rev;
}

function toggle(selector, get, set) {
  const button = document.querySelector(selector);
  const say = () => button.setAttribute("aria-pressed", String(get()));
  button.hidden = false;
  button.addEventListener("click", () => { set(!get()); say(); });
  say();
  return say;
}

document.body.toggleAttribute("data-large", localStorage.getItem(LARGE) === "1");
toggle("button[data-large]", () => document.body.hasAttribute("data-large"), (on) => {
  document.body.toggleAttribute("data-large", on);
  localStorage.setItem(LARGE, on ? "1" : "");
});
const full = toggle("button[data-full]", () => Boolean(document.fullscreenElement), (on) => { on ? document.documentElement.requestFullscreen?.() : document.exitFullscreen(); });
document.addEventListener("fullscreenchange", full);
document.addEventListener("visibilitychange", () => { wait = OFTEN; });
setTimeout(look, OFTEN);
