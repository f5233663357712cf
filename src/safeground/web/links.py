"""The links from one served page to the others; a page written as a file has none, because it stands alone."""

from __future__ import annotations

#: Address and name of each page, in the order of the work; the map's own header has the same.
PAGES = (("/", "Map"), ("/claims", "Claims"), ("/hazard", "Hazard"), ("/plan", "Plan"), ("/forecast", "Forecast"),
         ("/progress", "Field work"), ("/inspection", "Inspection"), ("/release", "Release"))
_STYLE = (".pages{border-bottom:1px solid #cfd6dd;margin:-.4rem 0 .8rem}.pages ul{gap:.1rem 1.1rem;margin:0}"
          ".pages a{display:inline-block;padding:.45rem 0}.pages a[aria-current]{font-weight:700;color:inherit;"
          "text-decoration:none;border-bottom:3px solid #0b4f8a}.made{color:#4c5a68;margin:.4rem 0}")


def with_links(page: bytes, path: str) -> bytes:
    """Return a page with links to the others at its top, the one under which `path` lies marked as the current one."""
    own = "/" + path.strip("/").partition("/")[0]
    links = "".join(f'<li><a href="{address}"{_current(address, own, path)}>{name}</a></li>' for address, name in PAGES)
    nav = f'<body><nav class="pages" aria-label="Pages of the project"><ul>{links}</ul></nav>'
    style = f'{_STYLE}</style><link rel="icon" href="data:,"/>'  # no icon: a browser would ask for /favicon.ico
    return page.replace(b"</style>", style.encode(), 1).replace(b"<body>", nav.encode(), 1)


def _current(address: str, own: str, path: str) -> str:
    if address != own:
        return ""
    return ' aria-current="page"' if path == address else ' aria-current="true"'
