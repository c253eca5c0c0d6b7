"""Run the command line with `python -m govern.cli`."""

from govern.cli import main

main()
