"""Decodes JSON of which nothing is certain, such as a file that a crash or another program has damaged."""

from __future__ import annotations

from typing import TypeVar

import msgspec

Kind = TypeVar("Kind")


def decoded(content: bytes | str, kind: type[Kind]) -> Kind:
    """The value of type ``kind`` in a JSON text.

    Raises msgspec.DecodeError for everything that is wrong with it: msgspec itself raises UnicodeDecodeError
    for a string that is no UTF-8, which its callers would not expect.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(str(error)) from error
