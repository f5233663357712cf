"""Which team clears what, when: the best plan for a window, a bound on how much better any plan can be, and reasons.

In: tasks in stages, teams in leave waves, calendars, seasons, resources, worth of release by day, a seed.
Out: a plan of crews and days with its bound, prices of a team-day, a reason for each task left out; lanes in a polygon.
Must never: call its own plan feasible (the checker shares no code with it), move land, or hide the authority's score.
"""
