#!/bin/sh
# Rebuild static/vendor/editor.js from exact versions. Needs node 20 or later; the app itself does not.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund
node build.mjs
cd ../static/vendor && sha256sum -c SHA256SUMS
