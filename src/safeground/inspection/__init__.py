"""Quality control of cleared ground: sampling plans, lots, sealed draws, verdicts, non-conformities.

In: pending land parts, the national plan, a sealed seed, visits and finds.  Out: lots, samples that anyone can draw
again, what is missing, verdicts, cases and what they reach.  Must never: move area, know a store, or accept ground in
which an item was found.
"""
