"""Mutate the code of legal rules one small step at a time, and see whether a test fails: `python -m tests.mutants`.

A mutant is one change to a module of rules, states, checks, access or deadlines, or to a `refuse_` rule anywhere: `<`
becomes `<=`, a condition is negated or dropped, a number is one off, an entry is removed from a tuple, a refusal
becomes None. The tests that belong to the module run against it. A mutant that passes them (it survives) is a rule
that no test guards, or a change without effect. The survivors are listed at the end with file, line and change; fewer
than 90 % killed is a failure.

    python -m tests.mutants                               a sample of today's
    python -m tests.mutants --seed 7 --size 150           another sample, the same every time
    python -m tests.mutants --only govern/forums --all    every mutant of some files
    python -m tests.mutants --list                        name the mutants; run nothing

The sample depends on the day, so that daily runs cover all mutants in time. No file is changed: the mutated syntax
tree is compiled in a forked process. Tests that need a browser, another database or an office program are left out,
as are most of other slices. The tests run in this order until one fails: those named after the module, those that
import it, and the slice's own (`--near` leaves these out). Those that fail are run once more without a mutant, and
have to pass.

Why no library: mutmut (BSD-3-Clause) mutates function bodies only, and none that is decorated, so that properties,
enums and tables of rules would be left out; it runs the whole suite first to map tests to functions. cosmic-ray (MIT)
starts a process with one fixed test command for each mutant: seconds of imports, and every test. Neither removes
refusals.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tests.mutants.making import ROOT, all_mutants, read
from tests.mutants.running import Run, Runner, ours, third_party

PASS_RATE = 90


def report(done: list[Run]) -> int:
    """Print the survivors and the numbers killed; return the share killed."""
    for one in sorted((one for one in done if not one.by), key=lambda one: str(one.mutant)):
        print(f"survived {one.mutant}")  # noqa: T201
    by_file: dict[Path, list[bool]] = defaultdict(list)
    for one in done:
        by_file[one.mutant.path].append(bool(one.by))
    for path, killed in sorted(by_file.items()):
        print(f"{sum(killed):4} of {len(killed):3} killed in {path.relative_to(ROOT)}")  # noqa: T201
    killed_in_all = sum(bool(one.by) for one in done)
    share = 100 * killed_in_all // len(done) if done else 100
    print(f"{killed_in_all} of {len(done)} killed: {share} %")  # noqa: T201
    return share


def main() -> int:
    """Draw a sample, run it and report."""
    parser = argparse.ArgumentParser(description="See whether the tests notice small changes to the law's code.")
    parser.add_argument("--seed", default=f"{datetime.now(UTC):%Y-%m-%d}", help="what the sample is drawn by: today")
    parser.add_argument("--size", type=int, default=60, help="how many mutants")
    parser.add_argument("--all", action="store_true", help="every mutant, no sample")
    parser.add_argument("--only", default="", help="of files whose path begins so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--near", action="store_true", help="run only the tests that are named after it or import it")
    parser.add_argument("--list", action="store_true", help="name the mutants and run nothing")
    asked = parser.parse_args()
    sources = read()
    found = [mutant for mutant in all_mutants(sources) if str(mutant.path.relative_to(ROOT)).startswith(asked.only)]
    if not asked.all:
        found = random.Random(asked.seed).sample(found, min(asked.size, len(found)))
    if asked.list:
        print("\n".join(map(str, found)))  # noqa: T201
        return 0
    print(f"{len(found)} mutants, seed {asked.seed}", flush=True)  # noqa: T201
    third_party()
    with tempfile.TemporaryDirectory(prefix="govern-mutants-") as folder:
        runner = Runner(sources, asked.jobs, Path(folder), near=asked.near)
        for mutant in (one for one in found if not one.inside):
            runner.start(mutant)
        runner.wait()
        ours()
        for mutant in (one for one in found if one.inside):
            runner.start(mutant)
        runner.wait()
        broken = runner.unmutated()
    share = report(runner.done)
    if broken:
        print("\n".join(("These tests fail without any mutant:", *broken)))  # noqa: T201
    return 1 if broken or share < PASS_RATE else 0


if __name__ == "__main__":
    sys.exit(main())
