// Characters of the fonts Symbol and Wingdings, as the characters they look like.
// Such a font draws its own picture for an ordinary letter, or for U+F000 plus the letter.
import { styled, styleOf } from "./styles.js";

const GREEK = Object.fromEntries([..."abgdezhqiklmnxoprstufcywDGLPSWFXY"].map((letter, at) => [letter.charCodeAt(0), [..."αβγδεζηθικλμνξοπρστυφχψωΔΓΛΠΣΩΦΞΨ"][at]]));
const SYMBOL = {
  ...GREEK,
  0xa3: "≤", 0xa5: "∞", 0xac: "←", 0xad: "↑", 0xae: "→", 0xaf: "↓", 0xb0: "°", 0xb1: "±", 0xb3: "≥", 0xb4: "×", 0xb7: "•",
  0xb8: "÷", 0xb9: "≠", 0xbb: "≈", 0xd6: "√", 0xde: "⇒", 0xe5: "∑",
};
const WINGDINGS = {
  0x28: "☎", 0x2a: "✉", 0x4a: "☺", 0x4c: "☹", 0x6c: "●", 0x6e: "■", 0x6f: "□", 0x71: "❑", 0x76: "❖", 0x78: "☒", 0x9f: "•",
  0xa7: "▪", 0xa8: "◻", 0xd8: "➢", 0xdf: "←", 0xe0: "→", 0xe1: "↑", 0xe2: "↓", 0xe8: "➔", 0xf0: "⇨", 0xfb: "✗", 0xfc: "✓",
  0xfd: "☒", 0xfe: "☑",
};
// Of a character whose font is not known. The same are in govern/bounds.py.
const EITHER = { ...WINGDINGS, 0xa3: "≤", 0xae: "→", 0xb0: "°", 0xb1: "±", 0xb3: "≥", 0xb4: "×", 0xb7: "•", 0x2d: "–" };

const MOST_SIGNS = 3;
const FONT = /(?:font-family|mso-symbol-font-family|mso-ascii-font-family)\s*:\s*["']?(symbol|wingdings)\b/i;

const read = (text, table, least) => text.replace(/[\u0020-\u00ff\uf020-\uf0ff]/g, (sign) => {
  const code = sign.charCodeAt(0);
  return code < least ? sign : table[code & 0xff] ?? sign;
});

export const plainText = (text) => read(text, EITHER, 0xf000);

function texts(root) {
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

/** Read signs in a symbol font. */
export function symbolFonts(body) {
  for (const node of styled(body, FONT)) {
    // A whole word in such a font is a mistake: nobody reads it so.
    if (node.textContent.trim().length > MOST_SIGNS) continue;
    const table = FONT.exec(styleOf(node))[1].toLowerCase() === "symbol" ? SYMBOL : WINGDINGS;
    for (const text of texts(node)) text.data = read(text.data, table, 0x20);
  }
}

/** Read what is left of such characters, whatever their font. */
export function plainSymbols(body) {
  for (const text of texts(body)) text.data = plainText(text.data);
}
