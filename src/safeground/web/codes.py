"""Codes of the web face's messages."""

CODES = {
    "SG-WEB-001": "There is no such page.",
    "SG-WEB-002": "The request comes from another host or page than this server's own.",
    "SG-WEB-003": "The request's values are not valid.",
    "SG-WEB-004": "A fault that nobody foresaw.",
    "SG-WEB-005": "The server listens on loopback alone unless the address is named.",
    "SG-WEB-006": "The page was not built into this installation.",
    "SG-WEB-007": "The port is taken or cannot be used.",
    "SG-WEB-008": "A decision comes from no page of this server, or no person is named for it.",
}
