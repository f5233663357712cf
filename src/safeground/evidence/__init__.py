"""From records to observations with search effort, for presence and for absence.

In: hazardous areas, activities, finds, accidents, graded evidence, the rule pack's presence and detection figures,
cells of a region.  Out: sites on a grid for the hazard engine, each with the account of how its figures came about.
Must never: let a press or model-proposed lead lower a probability, take unknown for absent, or drop a find.
"""
