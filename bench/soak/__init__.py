"""A month in the life of a stack, on the emulator and its virtual clock.

`virtual_clock` is the clock, `files` draws and edits the files, `world` runs the engine, the people
and the faults of AWS, `recorder` reads the history of the emulator, `availability` counts it by
stream, and `month` compares files, state and AWS at the end.
"""
