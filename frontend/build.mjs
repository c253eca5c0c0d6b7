// Bundle the editor into static/vendor/, with the licences of all that is in it and the finger-prints of both files.
// The same input gives the same bytes: no clock, no paths of this machine.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const out = "../static/vendor";
const { metafile } = await build({
  entryPoints: ["src/editor.js"],
  outfile: `${out}/editor.js`,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "inline",
  banner: { js: "/*! Govern's editor, built from frontend/ by frontend/build.sh. Holds ProseMirror (MIT), see editor.LICENSES.txt. */" },
  metafile: true,
});

const packages = [...new Set(Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].sort();
const licences = packages.map((name) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n`;
});
writeFileSync(`${out}/editor.LICENSES.txt`, licences.join(`\n${"-".repeat(72)}\n\n`));

const sums = ["editor.LICENSES.txt", "editor.js"].map((name) => {
  const sum = createHash("sha256").update(readFileSync(`${out}/${name}`)).digest("hex");
  return `${sum}  ${name}\n`;
});
writeFileSync(`${out}/SHA256SUMS`, sums.join(""));
