"""When the plan will be done, what it will release and find, and whom it may hurt: distributions, never a point alone.

In: the plan, weekly returns, planned rates, counts of past release, posterior draws of items, the programme's events.
Out: dates, released m² by stream, items and casualties as quantiles; which team and method the end waits for.
Must never: rank teams by accidents, state a figure without its interval, or move land.
"""
