"""Floor 4, the hall: one file per stage word; load, compute, check, commit, in one transaction.

In: a project and typed parameters.  Out: a frozen result, the one that the JSON of the command shows.
Must never: hold a rule (it belongs in a room), print, or answer before the bytes are on disk.
"""
