"""`python -m suanbei`: the command line."""

from suanbei.cli import main

main()
