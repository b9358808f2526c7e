"""The tables of outages and clients, as they are to follow from the JSON.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

A row is a list of texts, None where a cell is empty. What the JSON does not
say, filters, is left out: the last cell of a row.
"""

import re

OUTAGES = ["Client", "Service", "Cause", "Since (UTC)", "Seconds", "Failed", "Attempts", "Until (UTC)", "Origin", "Counts", "No.",
           "Filter"]
CLIENTS = ["Client", "DNS", "Web", "Outages", "DNS cause", "Web cause", "Confidence", "DNS since (UTC)", "Web since (UTC)", "Filter"]


def _time(moment):
    """"2024-08-27T03:07:43.572681000Z", in the microseconds of a table."""
    return moment and moment["time"].replace("T", " ")[:-len("000Z")]


def outages(report):
    """The rows of the outages that a report lists, by frame."""
    listed = [(one["since"]["frame"], number, index, client, one) for number, client in enumerate(report["clients"])
              for index, one in enumerate(client["outages"])]
    return [[client["client"], "web" if one["service"] == "web" else "dns ipv%d" % one["ip"], one["cause"], _time(one["since"]),
             "%.3f" % (int(one["duration_ms"]) / 1000), str(one["failed"]), str(one["attempts"]), _time(one["until"]), one["origin"],
             "yes" if one["counted"] else "no", str(one["since"]["frame"])]
            for _, _, _, client, one in sorted(listed, key=lambda row: row[:3])]


def clients(report):
    """The rows of a report's clients, without the number of outages, of which the JSON has the sum alone."""
    rows = []
    for client in report["clients"]:
        services = [client["dns"], client["web"]]
        confidences = [service["confidence"] for service in services]
        rows.append([client["client"], *[service["verdict"] for service in services],
                     *[service["cause"] for service in services],
                     "limited" if "limited" in confidences else confidences[0] or confidences[1], *[_time(service["since"]) for service in services]])
    return rows


def read(text):
    """The rows of a table as tshark prints it, with that of the columns' names before them; none where it is empty."""
    lines = text.splitlines()
    head = [number for number, line in enumerate(lines) if line == ""]
    return [[None if cell == "-" else cell for cell in re.split(r"  +", line.strip())] for line in lines[head[0] + 1:]] if head else []


def faults(report, outage_rows, client_rows):
    """What is wrong with the rows of the two tables beside their JSON."""
    found = ["outages: %s in place of %s" % (got, wanted) for got, wanted in _unequal([row[:-1] for row in outage_rows], outages(report))]
    at = CLIENTS.index("Outages")
    found += ["clients: %s in place of %s" % (got, wanted)
              for got, wanted in _unequal([row[:at] + row[at + 1:-1] for row in client_rows], clients(report))]
    total = sum(int(row[at]) for row in client_rows)
    if not found and total != report["outages"]["dns"] + report["outages"]["web"]:
        found.append("clients: %d outages, the report has %s" % (total, report["outages"]))
    return found


def _unequal(got, wanted):
    longest = max(len(got), len(wanted))
    return [pair for pair in zip(got + [None] * (longest - len(got)), wanted + [None] * (longest - len(wanted))) if pair[0] != pair[1]]
