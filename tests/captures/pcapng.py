"""Writes pcapng files, byte for byte the same on every run.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Only what the test captures need: one section with a comment, interfaces with
microsecond time stamps, packets with comments, and a name resolution block.
Block and option formats: draft-ietf-opsawg-pcapng.
"""

import struct

LINKTYPE_NULL = 0
LINKTYPE_ETHERNET = 1
LINKTYPE_RAW = 101
LINKTYPE_LINUX_SLL = 113
LINKTYPE_WIRESHARK_UPPER_PDU = 252

_OPT_END = 0
_OPT_COMMENT = 1
_OPT_IF_NAME = 2
_OPT_IF_TSRESOL = 9


def _pad(data):
    return data + b"\0" * (-len(data) % 4)


def _option(code, value):
    return struct.pack("<HH", code, len(value)) + _pad(value)


def _options(pairs):
    pairs = [(code, value) for code, value in pairs if value]
    if not pairs:
        return b""
    return b"".join(_option(*pair) for pair in pairs) + _option(_OPT_END, b"")


def _block(kind, body):
    body = _pad(body)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


class Writer:
    """A capture file. Times are microseconds since 1970 UTC."""

    def __init__(self, comment, interfaces=(("eth0", LINKTYPE_ETHERNET),), snaplen=0):
        options = _options([(_OPT_COMMENT, comment.encode())])
        self._blocks = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options)]
        for name, linktype in interfaces:
            options = _options([(_OPT_IF_NAME, name.encode()), (_OPT_IF_TSRESOL, b"\x06")])
            self._blocks.append(_block(1, struct.pack("<HHI", linktype, 0, snaplen) + options))

    def names(self, entries):
        """A name resolution block; entries: (IPv4 address as bytes, name)."""
        body = b""
        for address, name in entries:
            value = address + name.encode() + b"\0"
            body += struct.pack("<HH", 1, len(value)) + _pad(value)
        self._blocks.append(_block(4, body + struct.pack("<HH", 0, 0)))

    def packet(self, time_us, data, comment="", interface=0, captured=None):
        """One frame; captured: how many of its bytes are in the file."""
        kept = data if captured is None else data[:captured]
        head = struct.pack("<IIIII", interface, time_us >> 32, time_us & 0xFFFFFFFF, len(kept), len(data))
        self._blocks.append(_block(6, head + _pad(kept) + _options([(_OPT_COMMENT, comment.encode())])))

    def bytes(self):
        return b"".join(self._blocks)
