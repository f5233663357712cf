"""Floor 2: every noun that crosses a wall; frozen, in IMAS words, without verbs.

In: plain values.  Out: records.  Geometry is a shapely geometry in EPSG:4326, longitude first, two-dimensional.
Must never: compute, read a file, know a table or a face.
"""
