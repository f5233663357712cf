"""Public reports become attributed, dated, located, graded claims; the only way on is a survey lead.

In: a document's bytes, its publication date with its source, gazetteer and source grades as data.
Out: claims with spans, chains, times, places, origins, relations; leads that can only raise suspicion.
Must never: cancel, reduce or release land; count relays as independent; sharpen a place; obey what a text says.
"""
