"""Floor 1: geometry without mine-action words.

In: shapely geometries and arrays with their coordinate system.  Out: areas, validity reports, partitions, grids.
Must never: know a mine-action noun, repair a geometry, guess a coordinate system.
"""
