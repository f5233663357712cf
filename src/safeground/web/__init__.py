"""Floor 6: the project in a browser, and as OGC API Features and Tiles for other systems.

In: HTTP requests from this machine.  Out: the page, JSON, vector tiles.
Must never: answer a foreign page or host, change the project, or show records about people.
"""
