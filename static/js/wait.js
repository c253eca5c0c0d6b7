// A part of the page that waits for background work: it is fetched again until it is done.
// Only that part changes; text typed elsewhere on the page stays.
const PAUSE = 1500;
const LONGEST = 15000;

async function look(part, pause) {
  await new Promise((resolve) => { setTimeout(resolve, pause); });
  let fresh = null;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok) fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.dataset.waitFor);
  } catch { /* The network is down: try again later. */ }
  if (fresh && fresh.innerHTML !== part.innerHTML) {
    part.replaceWith(fresh);
    part = fresh;
  }
  if (part.dataset.waitFor && part.isConnected) look(part, Math.min(pause * 1.4, LONGEST));
}

for (const part of document.querySelectorAll("[data-wait-for]")) look(part, PAUSE);
