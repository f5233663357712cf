"""Who works where and when: schedules under precedence, crews and stocks, found by search and checked by other code.

In: scheduling problems as arrays (durations, demands, capacities, successors), a rule when to stop, a seed.
Out: schedules with a start and a mode for each activity, their makespan and a proven lower bound.
Must never: hand out a schedule that the checker has not passed, or ask the clock inside an engine.
"""
