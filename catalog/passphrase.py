"""Valid SRT passphrases."""

from __future__ import annotations

# Of SRT itself (SRTO_PASSPHRASE in its API), as the MediaLive user guide says too
# ("downstream-system-srt"). MediaConnect's advises up to 80, which SRT would not take.
SHORTEST, LONGEST = 10, 79


def is_possible(text: str) -> bool:
    """Return whether *text* is a valid passphrase; spaces are allowed, line ends are not."""
    return SHORTEST <= len(text.encode()) <= LONGEST and text.isprintable()
