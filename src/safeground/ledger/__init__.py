"""The land book: double-entry bookkeeping of area, in whole square centimetres.

In: parcels with their booked area, entries written so far, published figures.
Out: new entries that sum to zero, balance sheets, overlaps, gaps, and an audit by an independent path.
Must never: lose or count ground twice, lower suspicion by a claim alone, edit an entry, absorb a gap.
"""
