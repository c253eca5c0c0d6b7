"""`python -m govern.cli` is `govern`."""

from govern.cli import main

main()
