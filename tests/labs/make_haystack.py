#!/usr/bin/env python3
"""Makes the haystack of lab 12: a recording of one laptop's fault among 20,000
packets of other hosts. It is too large to be kept.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_haystack.py FILE

The needle is captures/lab/web-tls-reset.pcapng as it is, on a mirror port: forty
hosts open web sites, ask local names, and some of them are refused, as hosts
are. None of them has the module. The same bytes on every run.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "captures"))

import capturefile
import pcapng
import scene as s

NEEDLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "captures", "lab", "web-tls-reset.pcapng")
PACKETS, HOSTS = 20000, 40
SITES = ("93.184.216.34", "151.101.1.69", "151.101.65.69", "198.51.100.80", "203.0.113.10", "203.0.113.44")
PAGE = b"\x17\x03\x03\x04\x00" + bytes(1024)


def others(seconds):
    """Frames of forty hosts over so many seconds: (time in us from the start, bytes)."""
    scene = s.Scene("haystack", "Others.")
    hosts = [s.Laptop(scene, "192.168.0.%d" % (10 + number), mac="00:00:5e:00:53:%02x" % (0x60 + number)) for number in range(HOSTS)]
    number = 0
    while len(scene.frames) < PACKETS:
        host, time = hosts[number % HOSTS], scene.number(0, seconds * 1_000_000) / 1_000_000
        site = SITES[scene.number(0, len(SITES))]
        if number % 5 == 0:
            host.local_lookup(time)
        connection = s.Connection(scene, host, site, 443, rtt=0.005 + scene.number(0, 40000) / 1_000_000)
        if number % 29 == 0:
            # Somebody's closed port: a reset that is nobody's fault.
            connection.syn(time)
            connection.reset_syn(time + connection.rtt)
        else:
            after = connection.talk(connection.open(time), s.HELLO, s.SERVER_HELLO)
            for _ in range(scene.number(1, 8)):
                after = connection.talk(after + 0.02, s.HELLO, PAGE)
            connection.close(after + 0.1)
        number += 1
    return [(time - s.START, data) for time, data, _ in sorted(scene.frames, key=lambda frame: frame[0])[:PACKETS]]


def make():
    with open(NEEDLE, "rb") as file:
        needle = capturefile.read(file.read())
    start, end = needle[0].time // 1000, needle[-1].time // 1000
    frames = [(record.time // 1000, record.data) for record in needle]
    frames += [(start + time, data) for time, data in others((end - start) // 1_000_000 + 1)]
    out = pcapng.Writer("")
    for time, data in sorted(frames, key=lambda frame: frame[0]):
        out.packet(time, data)
    return out.bytes()


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: make_haystack.py FILE")
    with open(sys.argv[1], "wb") as file:
        file.write(make())


if __name__ == "__main__":
    main()
