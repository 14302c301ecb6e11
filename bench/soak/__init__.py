"""A month in the life of a stack, on the emulator and its virtual clock.

`virtual_clock` is the clock, `files` and `edits` change the files, `fault_plan` has the faults of
AWS, `world` runs all of it with the real engine, `recorder` reads the history of the emulator,
`availability` counts it by stream, and `simulation` compares files, state and AWS at the end.
"""
