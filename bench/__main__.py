"""Run all benchmarks, or those named: `python -m bench save`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import bench

BENEATH = {"__main__", "archive", "floor", "years"}  # Helpers of the other modules.
names = sys.argv[1:] or [m.name for m in pkgutil.iter_modules(bench.__path__) if m.name not in BENEATH]
for name in names:
    importlib.import_module(f"bench.{name}").main()
