"""The media plane: real video through the flows and channels that the emulator holds.

Everything stays on loopback. It runs only when asked for (`python -m localaws serve --media`).
"""
