"""Entry point of `python -m lunora`."""

from __future__ import annotations

from lunora.cli import main

main()
