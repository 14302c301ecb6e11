"""The command `lunora`: thin commands over small functions, for people and CI."""

import gc

# What a command or a function makes while it starts stays as long as the process. To look through
# it for garbage again and again was a tenth of the time to start.
gc.set_threshold(250_000, 50, 100)
