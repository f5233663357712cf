"""Where ordnance may be, how many, how sure, and what each sweep leaves: a thinned log-Gaussian Cox process.

In: search evidence on a grid (area, exposure, finds, polygons), priors, detection with its own uncertainty, a seed.
Out: a posterior with joint samples, answers for any polygon, maps, and an account of what reduced the hazard.
Must never: count searches as independent when they share a detector, lower unsearched ground below its evidence by
smoothing alone, or give a figure to ground about which nothing is known.
"""
