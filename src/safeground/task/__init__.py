"""From plan to order, from order to the first work day: papers, medical plan, dates, and a sheet to print.

In: the plan's assignments, the national task rules, papers as they come in, a request to work on a day.
Out: task orders with state and history, a printable sheet, a refusal that names every missing paper and its clause.
Must never: move land, let a day begin with a paper missing, name one shortcoming and keep quiet about the others.
"""
