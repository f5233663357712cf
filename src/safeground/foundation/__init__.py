"""Floor 0: what every other floor stands on; the standard library and numpy only.

In: nothing.  Out: errors, findings, invariants, units, clock, seeds, canonical bytes.
Must never: know a mine-action word, read a file, ask the clock by itself.
"""
