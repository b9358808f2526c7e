#!/usr/bin/env python3
"""Makes the captures of the article from its tables and logs in article/.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_article.py [FOLDER]     (default: the folder of this script)

Frame lengths, addresses, ports, ids, flags, windows and times are the tables'.
What the tables do not tell is chosen here: source ports of the probes, TTLs
(128 of the client, 57 of the gateway: no sign of a sender by itself), IP ids,
sequence numbers, and the values of the identity option, which are made up.

The third capture is the other two and the article's two logs, as the plugin opens
them and mergecap puts them together. The logs' local time is that of the tables.
"""

import csv
import datetime
import os
import struct
import sys

import packets as p
import pcapng

HERE = os.path.dirname(os.path.abspath(__file__))

CLIENT, CLIENT_MAC = "192.168.0.204", "00:00:5e:00:53:cc"
LOCAL_RESOLVER, LOCAL_RESOLVER_MAC = "192.168.0.65", "00:00:5e:00:53:41"
ROUTER_MAC = "00:00:5e:00:53:01"
ARTICLE = "Cisco document 222351, \"Troubleshoot Secure Access Roaming Module\""

# Values of the identity option: for documentation only.
ORGANISATION, DEVICE = 1234567, "0123456789abcdef"

FLAGS = {"SYN": p.SYN, "RST": p.RST, "ACK": p.ACK}


def microseconds(text):
    when = datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=datetime.timezone.utc)
    return (when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)


def table(file):
    with open(os.path.join(HERE, "article", file), newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def frame_of(row, data):
    """The frame, padded as Ethernet does; its length must be the table's."""
    wanted = int(row["length"])
    if row["src"] != CLIENT:
        data = data.ljust(60, b"\0")
    if len(data) != wanted:
        raise ValueError("frame %s has %d bytes, the table says %d" % (row["frame"], len(data), wanted))
    return data


class Frames(list):
    """Packets in order, to be written more than once: (time in microseconds, bytes, comment)."""

    def packet(self, time_us, data, comment=""):
        self.append((time_us, data, comment))

    def write(self, out):
        for frame in self:
            out.packet(*frame)
        return out.bytes()


def dns_frames():
    out = Frames()
    for number, row in enumerate(table("dns-probes.tsv")):
        edns = p.umbrella_identity(ORGANISATION, CLIENT, DEVICE) if row["edns"] == "OPT" else None
        message = p.query(int(row["id"], 16), row["qname"], edns=edns)
        datagram = p.udp(row["src"], row["dst"], 52000 + number, int(row["dst_port"]), message)
        packet = p.ipv4(row["src"], row["dst"], p.UDP, datagram, 128, 0x1000 + number)
        out.packet(microseconds(row["time_utc"]), frame_of(row, p.ethernet(ROUTER_MAC, CLIENT_MAC, packet)),
                   "Frame %s of the article" % row["frame"])
    return out


def dns_capture():
    return dns_frames().write(pcapng.Writer(
        "DNS probes of the roaming module that get no answer. Made by make_article.py from the packet table of " + ARTICLE + "."))


def nslookup(out, time):
    """The exchange of nslookup.txt, which teaches the gateway's address."""
    asked = chain = address = None
    owners, answers = [], []
    with open(os.path.join(HERE, "article", "nslookup.txt"), encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            value = rest.split()[-1] if rest else ""
            if word == "query":
                asked = chain = value
            elif word == "CNAME":
                owners.append(chain)
                answers.append((p.CNAME, p.name(value)))
                chain = value
            elif word == "A":
                owners.append(chain)
                address = value
                answers.append((p.A, p.address(value)))
    records = [p.record(kind, data, p.name(owner), 60) for owner, (kind, data) in zip(owners, answers)]
    query = p.query(0x0002, asked, p.A)
    reply = p.response(0x0002, asked, p.A, records)
    comment = "The article's nslookup, which has no frame number"
    packet = p.ipv4(CLIENT, LOCAL_RESOLVER, p.UDP, p.udp(CLIENT, LOCAL_RESOLVER, 52999, 53, query), 128, 0x2000)
    out.packet(time, p.ethernet(LOCAL_RESOLVER_MAC, CLIENT_MAC, packet), comment)
    packet = p.ipv4(LOCAL_RESOLVER, CLIENT, p.UDP, p.udp(LOCAL_RESOLVER, CLIENT, 53, 52999, reply), 128, 0x3000)
    out.packet(time + 21480, p.ethernet(CLIENT_MAC, LOCAL_RESOLVER_MAC, packet), comment)
    return address


def swg_frames():
    out = Frames()
    rows = table("swg-handshakes.tsv")
    gateway = nslookup(out, microseconds(rows[0]["time_utc"]) - 9_000_000)
    newest = {}
    for number, row in enumerate(rows):
        flags = sum(FLAGS[word] for word in row["flags"].split(","))
        ports = int(row["sport"]), int(row["dport"])
        if row["src"] == CLIENT:
            assert row["dst"] == gateway
            # Each repeated SYN has a number of its own: the article's Wireshark
            # calls it "Port numbers reused", not a retransmission.
            seq, ack, options = 0x5A000000 + number * 0x10001, 0, p.SYN_OPTIONS
            newest[ports] = seq
            macs, ttl = (ROUTER_MAC, CLIENT_MAC), 128
        else:
            seq, ack, options = 0, newest[ports[1], ports[0]] + 1, b""
            macs, ttl = (CLIENT_MAC, ROUTER_MAC), 57
        segment = p.tcp(row["src"], row["dst"], *ports, flags, seq, ack, int(row["win"]), options)
        packet = p.ipv4(row["src"], row["dst"], p.TCP, segment, ttl, 0x4000 + number)
        out.packet(microseconds(row["time_utc"]), frame_of(row, p.ethernet(*macs, packet)),
                   "Frame %s of the article" % row["frame"])
    return out


def swg_capture():
    return swg_frames().write(pcapng.Writer(
        "TCP handshakes to the Secure Web Gateway that are reset, after the lookup of its name. Made by make_article.py from "
        "the packet table and the nslookup output of " + ARTICLE + "."))


def read_log(file):
    with open(os.path.join(HERE, "article", file), encoding="ascii") as text:
        return text.read()


def log_frame(text):
    """An exported PDU: the tag that names the dissector (12), the end of tags (0), the entry."""
    name = b"sseroaming.log".ljust(16, b"\0")
    return struct.pack("!HH", 12, len(name)) + name + struct.pack("!HH", 0, 0) + text.encode()


def log_frames():
    """One frame per entry: a line of cscumbrellaplugin.txt, an event of Umbrella.txt."""
    out = Frames()
    for line in read_log("cscumbrellaplugin.txt").splitlines():
        out.packet(microseconds(line[:19] + ".0"), log_frame(line))
    event = read_log("Umbrella.txt").rstrip("\n")
    date, time = (line.split(" : ")[1] for line in event.splitlines()[:2])
    when = datetime.datetime.strptime(date, "%m/%d/%Y").strftime("%Y-%m-%d")
    out.packet(microseconds("%s %s.0" % (when, time)), log_frame(event))
    return out


def logs_capture():
    out = pcapng.Writer("The article's two captures and its two logs on one timeline, as mergecap makes it. Made by "
                        "make_article.py from the tables and logs of " + ARTICLE + ".",
                        interfaces=(("eth0", pcapng.LINKTYPE_ETHERNET), ("logs", pcapng.LINKTYPE_WIRESHARK_UPPER_PDU)))
    files = [[(frame, 0) for frame in frames] for frames in (dns_frames(), swg_frames())]
    files.append([(frame, 1) for frame in log_frames()])
    # As mergecap does it: the file whose next frame is the earliest, in the file's own order.
    while any(files):
        (frame, interface), file = min(((file[0], file) for file in files if file), key=lambda pair: pair[0][0][0])
        file.pop(0)
        out.packet(*frame, interface=interface)
    return out.bytes()


def captures():
    """File name -> contents."""
    return {"article-dns.pcapng": dns_capture(), "article-swg.pcapng": swg_capture(), "article-logs.pcapng": logs_capture()}


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    for file, data in captures().items():
        with open(os.path.join(folder, file), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
