"""``python -m lstmetrics`` is the command line."""

from lstmetrics.cli import main

main()
