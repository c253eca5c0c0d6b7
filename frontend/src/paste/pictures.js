// A picture cannot stand in the text. Its place says so, with the picture's own description, so that nobody misses it.
// The words are those that govern/documents/remarks.py looks for.
const SEEN = "img, canvas, object, embed, video, audio, iframe, svg";
const LEAST = 3; // A picture of a pixel or two is no picture: mail counts its readers with them.

export const leftOut = (description = "") => `[Bild som inte följde med${description ? `: ${description}` : ""}]`;

export function pictures(body) {
  for (const box of body.querySelectorAll('[role="checkbox"] > img')) {
    const sign = box.parentElement.getAttribute("aria-checked") === "true" ? "☑ " : "☐ ";
    (box.parentElement.querySelector("p") ?? box.parentElement).prepend(sign);
    box.remove();
  }
  for (const picture of body.querySelectorAll(SEEN)) {
    const sizes = ["width", "height"].map((name) => picture.getAttribute(name)).filter((size) => /^\d+(px)?$/.test(size ?? ""));
    const ornament = sizes.some((size) => parseInt(size, 10) < LEAST) || (picture.tagName === "svg" && !picture.getAttribute("aria-label"));
    ornament ? picture.remove() : picture.replaceWith(leftOut(described(picture)));
  }
}

// Programs also write a file's name, or that a machine wrote the description, where the description belongs.
function described(picture) {
  const given = picture.getAttribute("alt") || picture.getAttribute("aria-label") || picture.getAttribute("title") || "";
  const [first] = given.split(/\r?\n\s*\r?\n/);
  return /\.(png|jpe?g|gif|bmp|emf|wmf)$/i.test(first) ? "" : first.replace(/\s+/g, " ").replace(/[[\]]/g, "").trim();
}
