"""Files in, typed records out: nothing silently repaired, nothing lost.

In: a sender's file, a mapping that a person confirmed, the programme's rule pack and region.
Out: records, rows kept aside and rows refused that together are the rows of the file, with a finding for each fault.
Must never: guess a coordinate system, a unit or a date order, repair an outline, or run a risky driver in-process.
"""
