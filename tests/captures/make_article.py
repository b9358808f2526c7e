#!/usr/bin/env python3
"""Makes the two captures of the article from its tables in article/.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: make_article.py [FOLDER]     (default: the folder of this script)

Frame lengths, addresses, ports, ids, flags, windows and times are the tables'.
What the tables do not tell is chosen here: source ports of the probes, TTLs
(128 of the client, 57 of the gateway: no sign of a sender by itself), IP ids,
sequence numbers, and the values of the identity option, which are made up.
"""

import csv
import datetime
import os
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


def dns_capture():
    out = pcapng.Writer("DNS probes of the roaming module that get no answer. Made by make_article.py from the "
                        "packet table of " + ARTICLE + ".")
    for number, row in enumerate(table("dns-probes.tsv")):
        edns = p.umbrella_identity(ORGANISATION, CLIENT, DEVICE) if row["edns"] == "OPT" else None
        message = p.query(int(row["id"], 16), row["qname"], edns=edns)
        datagram = p.udp(row["src"], row["dst"], 52000 + number, int(row["dst_port"]), message)
        packet = p.ipv4(row["src"], row["dst"], p.UDP, datagram, 128, 0x1000 + number)
        out.packet(microseconds(row["time_utc"]), frame_of(row, p.ethernet(ROUTER_MAC, CLIENT_MAC, packet)),
                   "Frame %s of the article" % row["frame"])
    return out.bytes()


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


def swg_capture():
    out = pcapng.Writer("TCP handshakes to the Secure Web Gateway that are reset, after the lookup of its name. Made by "
                        "make_article.py from the packet table and the nslookup output of " + ARTICLE + ".")
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
    return out.bytes()


def captures():
    """File name -> contents."""
    return {"article-dns.pcapng": dns_capture(), "article-swg.pcapng": swg_capture()}


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    for file, data in captures().items():
        with open(os.path.join(folder, file), "wb") as out:
            out.write(data)


if __name__ == "__main__":
    main()
