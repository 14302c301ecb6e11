"""The emulator: MediaLive and MediaConnect of our own, moto behind them for the rest.

It listens on loopback only and speaks the real wire protocol, validated against the service
models that botocore ships.
"""
