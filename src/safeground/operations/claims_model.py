"""Ask a model that the user names for proposals; off unless asked for, and text leaves the machine then."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from safeground.claims.proposer import PROMPT
from safeground.foundation.errors import RequestError, SurroundingsError

#: Bytes of an answer at most, and letters of a text that are sent at most.
ANSWER_MAX, TEXT_MAX = 2_000_000, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEndpoint:
    """An endpoint of chat completions that the user set.

    Attributes
    ----------
    url : address of ``…/chat/completions``; https, or http on this machine.
    key_variable : environment variable that holds the key, "" = none.
    seconds : time allowed.  tokens_max : cap on what the answer may cost.
    """

    url: str
    model: str
    key_variable: str = ""
    seconds: float = 60.0
    tokens_max: int = 4000

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not (parts.scheme == "https" or (parts.scheme == "http" and local)) or not self.model:
            raise RequestError("SG-OPS-141", self.url or "--model-url", "is no address that a text may be sent to.",
                               "Give https://… (or http on this machine) and --model NAME.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, and the hash of prompt, model and answer for the log."""

    text: str
    sha256: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A text goes where the user said and nowhere else."""

    def redirect_request(self, *arguments: object, **more: object) -> None:
        """Follow no redirect."""


def ask(endpoint: ModelEndpoint, text: str) -> Answer:
    """Return the model's answer about a text.

    Raises
    ------
    SurroundingsError : no answer in time, or none of the expected form (``SG-OPS-142``); nothing is changed then.
    """
    body = json.dumps({"model": endpoint.model, "temperature": 0, "max_tokens": endpoint.tokens_max, "messages": [
        {"role": "system", "content": PROMPT}, {"role": "user", "content": text[:TEXT_MAX]}]}).encode()
    headers = {"Content-Type": "application/json"}
    key = os.environ.get(endpoint.key_variable, "") if endpoint.key_variable else ""
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(endpoint.url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=endpoint.seconds) as reply:
            raw = reply.read(ANSWER_MAX + 1)
        if len(raw) > ANSWER_MAX:
            raise ValueError("the answer is too long")
        said = json.loads(raw)["choices"][0]["message"]["content"]
        if not isinstance(said, str):
            raise ValueError("the answer holds no text")
    except (urllib.error.URLError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise SurroundingsError("SG-OPS-142", urlsplit(endpoint.url).netloc, f"gave no usable answer: {error}.",
                                "Read the document without --model-url, or try again later.") from error
    digest = hashlib.sha256(body + b"\x00" + said.encode()).hexdigest()
    return Answer(said, digest)
