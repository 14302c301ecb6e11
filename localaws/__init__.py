"""The emulator: MediaLive and MediaConnect of our own, moto behind them for the rest.

It listens on loopback only and speaks the real wire protocol, validated against the service
models that botocore ships.
"""

import gc

# The service models of botocore and moto stay as long as the process. To look through them for
# garbage again and again was a quarter of the time to start.
gc.set_threshold(100_000, 50, 100)
