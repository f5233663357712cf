"""From the field's returns and survey outcomes to what they move: ground counted once, every doubt named.

In: daily returns and survey reports as records, areas with what they hold, parts counted so far, the national rules.
Out: which returns hold, the ground each of them adds, findings, and whether a survey outcome may stand.
Must never: count ground twice or count processed ground as cleared, drop or overwrite a submission, lower suspicion on
a press report or against a find, move land by itself.
"""
