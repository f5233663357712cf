"""Floor 5: seeded worlds with a hidden truth, and scenarios that carry them through every stage.

In: a seed, a scenario file.  Out: files as a programme would send them, the list of what was planted in them, and the
result of a run.  Must never: be asked by an operation for the truth, or place anything near a real hazard.
"""
