"""Floor 6, the command line: parse, call one operation, show.

In: words typed by a person.  Out: tables or one JSON object on standard output, progress on standard error, an exit
code.  Must never: hold a rule, speak SQL, or load a heavy library before a command needs it.
"""
