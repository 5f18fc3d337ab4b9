"""`python -m memory_state`: the same program as `memory-state`."""

from __future__ import annotations

import sys

from memory_state.cli import main

sys.exit(main())
