"""Room: reports, maps and exports in which every figure can be traced to its records.

In: records, the land book's balance sheet and the accounting of rows, all as values.
Out: HTML, PDF, PNG, GeoJSON and CSV as bytes or text.
Must never: compute what the land book counts, ask the clock, reach the network, show a position that must not be
recorded, or say of any land that it holds no hazard.
"""
