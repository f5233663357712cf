"""The project's one store: a GeoPackage file that QGIS opens, or a PostGIS database.

In: records, land entries, findings, quarantined rows and settings, each write under one operation.
Out: the same records, layers for maps, and an append-only, hash-chained journal of every change.
Must never: acknowledge what is not on disk, change a journal event, or decide anything about land.
"""
