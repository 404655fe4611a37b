"""``python -m scratchnet``: a run in the terminal, see cli/main.py."""

import sys

from scratchnet.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
