"""Makes captures of very many packets, or of packets that nobody would send.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Quick rather than true: no checksums (they decide nothing), one adapter. What
real packets look like is told in ../captures/scene.py.
"""

import struct
import tempfile

from wireshark import add_captures_to_path

add_captures_to_path()

import packets as p

START = 1_724_745_600_000_000
CLIENT, RESOLVER, RESOLVER2, LOCAL, GATEWAY = "10.0.0.5", "208.67.222.222", "208.67.220.220", "10.0.0.1", "18.135.112.200"
DEBUG, SWG = "debug.opendns.com", "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"


def at(first, number):
    """The number-th address of a network of 16.7 million."""
    return "%d.%d.%d.%d" % (first, number >> 16 & 255, number >> 8 & 255, number & 255)


class Flood:
    """A capture file in the making."""

    def __init__(self):
        self.file = tempfile.TemporaryFile()
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        self.time, self.count = START, 0

    def frame(self, src, dst, protocol, payload, ttl=128, mac=b"\2\0\0\0\0\1"):
        self.count += 1
        packet = mac + mac + b"\x08\0" + struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), self.count & 0xFFFF, 0, ttl, protocol, 0) \
            + p.address(src) + p.address(dst) + payload
        self.file.write(struct.pack("<IIII", self.time // 1000000, self.time % 1000000, len(packet), len(packet)) + packet)

    def udp(self, src, dst, sport, dport, payload, **how):
        self.frame(src, dst, p.UDP, struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload, **how)

    def tcp(self, src, dst, sport, dport, flags, seq=1, ack=0, payload=b"", **how):
        self.frame(src, dst, p.TCP, struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 0x50, flags, 64240, 0, 0)
                   + payload, **how)

    def query(self, client, number, server=RESOLVER, port=443, sport=None, edns=None, **how):
        self.udp(client, server, 20000 + number % 40000 if sport is None else sport, port,
                 p.query(number & 0xFFFF, DEBUG, edns=edns), **how)

    def reply(self, client, number, server=RESOLVER, port=443, sport=None, text="server m1.lon"):
        self.udp(server, client, port, 20000 + number % 40000 if sport is None else sport,
                 p.response(number & 0xFFFF, DEBUG, answers=[p.txt(text)]), ttl=50)

    def learn(self, *addresses, number=1, name=SWG, client=CLIENT):
        self.udp(client, LOCAL, 30000 + number % 30000, 53, p.query(number & 0xFFFF, name, p.A))
        self.udp(LOCAL, client, 53, 30000 + number % 30000,
                 p.response(number & 0xFFFF, name, p.A, [p.record(p.A, p.address(a)) for a in addresses]), ttl=64)

    def bytes(self):
        self.file.seek(0)
        with self.file as file:
            return file.read()
