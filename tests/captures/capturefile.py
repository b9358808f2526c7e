"""Reads pcap and pcapng files, and writes both as programs other than ours do.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Times are nanoseconds since 1970 UTC. Formats: draft-ietf-opsawg-pcap and
draft-ietf-opsawg-pcapng. Of pcapng: sections of either byte order, interfaces
with any resolution and offset of time, enhanced and simple packet blocks.
"""

import struct

_MAGIC = {b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
          b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1)}
_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6
_OPT_TSRESOL, _OPT_TSOFFSET = 9, 14


class Record:
    """One frame as the file has it."""

    def __init__(self, time, linktype, data, length=None, interface=0):
        self.time, self.linktype, self.data, self.interface = time, linktype, data, interface
        self.length = len(data) if length is None else length    # on the wire


def _pcap(data):
    order, unit = _MAGIC[data[:4]]
    linktype = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at, out = 24, []
    while at + 16 <= len(data):
        seconds, part, held, length = struct.unpack_from(order + "IIII", data, at)
        out.append(Record(seconds * 1_000_000_000 + part * unit, linktype, data[at + 16:at + 16 + held], length))
        at += 16 + held
    return out


def _interface(order, body):
    """@return link type, snap length, units of time per second, offset in seconds."""
    linktype, _, snaplen = struct.unpack_from(order + "HHI", body)
    units, offset, at = 1_000_000, 0, 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4:at + 4 + size]
        if code == 0:
            break
        if code == _OPT_TSRESOL:
            units = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == _OPT_TSOFFSET:
            offset = struct.unpack(order + "q", value)[0]
        at += 4 + size + -size % 4
    return linktype, snaplen, units, offset


def _pcapng(data):
    at, out, order, interfaces = 0, [], "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order, interfaces = ("<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"), []
        kind, size = struct.unpack_from(order + "II", data, at)
        body = data[at + 8:at + size - 4]
        if kind == _INTERFACE:
            interfaces.append(_interface(order, body))
        elif kind == _ENHANCED:
            number, high, low, held, length = struct.unpack_from(order + "IIIII", body)
            linktype, _, units, offset = interfaces[number]
            time = offset * 1_000_000_000 + (high << 32 | low) * 1_000_000_000 // units
            out.append(Record(time, linktype, body[20:20 + held], length, number))
        elif kind == _SIMPLE:
            length, = struct.unpack_from(order + "I", body)
            linktype, snaplen = interfaces[0][:2]
            out.append(Record(0, linktype, body[4:4 + min(length, snaplen or length)], length))
        at += size
    return out


def read(data):
    """@return the frames of a file's bytes, in its order."""
    return _pcap(data) if data[:4] in _MAGIC else _pcapng(data)


def pcap(linktype, records, order="<", nanoseconds=False, snaplen=262144):
    """A pcap file's bytes."""
    magic, unit = (0xA1B23C4D, 1) if nanoseconds else (0xA1B2C3D4, 1000)
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, linktype)]
    for r in records:
        seconds, part = divmod(r.time, 1_000_000_000)
        out.append(struct.pack(order + "IIII", seconds, part // unit, len(r.data), r.length) + r.data)
    return b"".join(out)


def _block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(interfaces, records):
    """A pcapng file's bytes. interfaces: (link type, snap length, power of ten
    of the resolution of time)."""
    out = [_block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]
    for linktype, snaplen, power in interfaces:
        options = struct.pack("<HHB3xHH", _OPT_TSRESOL, 1, power, 0, 0)
        out.append(_block(_INTERFACE, struct.pack("<HHI", linktype, 0, snaplen) + options))
    for r in records:
        time = r.time // 10 ** (9 - interfaces[r.interface][2])
        head = struct.pack("<IIIII", r.interface, time >> 32, time & 0xFFFFFFFF, len(r.data), r.length)
        out.append(_block(_ENHANCED, head + r.data))
    return b"".join(out)
