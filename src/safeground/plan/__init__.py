"""Room of the plan: where lanes run in an area, how many, and the points that mark it on the ground.

In: outlines in metres of a projected coordinate system, lane widths, start lines.
Out: lanes that cover an area once, their order, figures and survey points, as records and as texts for other programs.
Must never: widen a lane, leave ground between lanes, repair an outline, say that ground is fit to walk on.
"""
