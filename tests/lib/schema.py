"""The contract of the JSON output, "sseroaming/1": keys, types, null rules.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

check(report) returns a list of faults, each with the path to it. Keys may be
added to the output within the schema, so unknown ones are no fault.
"""

import re

DNS_VERDICTS = ("unprotected", "inconclusive", "protected", "not-observed")
WEB_VERDICTS = ("cloud-service-unavailable", "inconclusive", "protected", "not-observed")
PROBE_OUTCOMES = ("answered", "no-reply", "late", "intercepted", "refused", "court-order", "icmp-unreachable", "reset",
                  "rejected-by-client", "pending")
SWG_OUTCOMES = ("completed", "opened", "no-reply", "reset", "icmp-unreachable", "session-reset", "session-closed",
                "session-stalled", "session-silent", "session-foreign", "session-intercepted", "tunnel-reset",
                "tunnel-closed", "tunnel-stalled", "tunnel-silent", "pending")
DNS_CAUSES = ("court-order", "intercepted", "refused", "icmp-unreachable", "rejected-by-client", "late", "no-reply",
              "protected-network", "no-connectivity")
WEB_CAUSES = SWG_OUTCOMES[2:-1] + ("proxy-error", "name-not-resolved", "no-connectivity", "name-misdirected")
CAPTURE_FINDINGS = ("one-way-capture", "late-start", "cut-packets", "clock-jump", "timestamps-unusable", "local-probe",
                    "gateway-suspicious", "limit-reached", "other-resolver")
CLIENT_FINDINGS = (
    "encrypted-port-blocked", "port-53-blocked", "port-53-intercepted", "resolver-unreachable", "probe-loss", "tcp-only",
    "not-identified", "answered-via-forwarder", "conflicting-replies", "forged-reply", "reset-on-path",
    "gateway-unreachable", "gateway-partly-failing", "slow-handshake", "path-mtu", "proxy-denied", "proxy-error",
    "captive-portal", "certificate-expired", "dnscrypt-unanswered", "ipv6-no-connectivity", "quic-direct", "nat-seen",
    "network-changed", "no-control-traffic", "state-flapped",
    "other-organisation", "edns-dropped", "certificate-not-yet-valid",
    "answered-nearby", "tunnel-broken", "slow-answer", "path-tool", "name-failed",
    "clocks-differ", "module-silent", "device-id-shared", "address-shared", "rejected-by-client")
SEVERITIES = ("note", "warning")
ENDS = ("proof", "network-changed")
EXCEPTIONS = ("protected-network", "no-connectivity")
PREFERENCES = ("resolvers", "gateways", "gateway_names", "probe_names", "probe_timeout", "syn_timeout", "log_shift", "redact")
# So many outages and entries of a timeline are listed, the newest.
LISTED = 4096
PORT_STATES = ("up", "down", "untested")
ENCRYPTIONS = ("encrypted", "available", "unavailable", "unknown")
CONFIDENCES = ("high", "limited")
ORIGINS = ("on-path-device", "gateway", "unknown", "resolver")
KNOWN_FROM = ("dns", "hosts", "preference", "builtin", "log")

# Patterns: a type; a tuple of allowed values; [pattern] for a list; a dict of
# key -> pattern; Or(...) for one of several.
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z\Z")


class Or:
    def __init__(self, *patterns):
        self.patterns = patterns


class Counts:
    """An object of numbers above zero, its keys from a list; all: every key,
    zeros too."""

    def __init__(self, keys, all_keys=False):
        self.keys, self.all_keys = keys, all_keys


class Texts:
    """An object of strings, its keys from a list."""

    def __init__(self, keys):
        self.keys = keys


def null(pattern):
    return Or(None, pattern)


FRAME_TIME = {"frame": int, "time": TIME}
SINCE = {"frame": int, "time": TIME, "at_or_before": bool}
CONTROL = {"dns_answers": int, "tcp_opened": int}
RTT = {"min": null(float), "avg": null(float), "max": null(float)}
ICMP = {"sender": str, "type": int, "code": int, "count": int}
FAKE = {"rcode": int, "ttl": int, "frame": int}
FAIL_OPEN = {"connections": int, "first_frame": null(int), "last_frame": null(int)}
FINDING = {"severity": SEVERITIES, "frames": [int], "frames_total": int, "text": str, "advice": null(str)}
PORT = {"port": (443, 53), "state": PORT_STATES, "cause": null(DNS_CAUSES), "since": null(SINCE)}
VERSION = {"verdict": DNS_VERDICTS, "cause": null(DNS_CAUSES), "since": null(SINCE), "ports": [PORT]}
SERVICE = {"confidence": null(CONFIDENCES), "reasons": [str], "control": null(CONTROL), "since": null(SINCE),
           "last_evidence": null(FRAME_TIME), "advice": [str], "allow": [str], "filter": null(str)}
RESOLVER = {"address": str, "port": (443, 53, 5353), "transport": ("udp", "tcp"), "probes": int,
            "outcomes": Counts(PROBE_OUTCOMES), "rtt_ms": RTT, "icmp": null(ICMP),
            "fake_reply": null(FAKE), "origin": null(ORIGINS), "origin_reasons": [str], "frames": [int], "frames_total": int}
IDENTITY = dict.fromkeys(("server", "orgid", "originid", "device", "source"), null(str))
GATEWAY = {"address": str, "port": (443, 80), "name": null(str), "known_from": KNOWN_FROM,
           "known_since_frame": null(int), "handshakes": int, "outcomes": Counts(SWG_OUTCOMES), "rtt_ms": RTT,
           "reset_origin": null(ORIGINS), "reset_reasons": [str], "icmp": null(ICMP),
           "frames": [int], "frames_total": int}
CONNECT = {"status": int, "origin": ORIGINS, "origin_reasons": [str], "server": null(str), "via": null(str), "frames": [int], "frames_total": int}
CANDIDATE = {"address": str, "failed": int, "frames": [int], "option": str}
CHANGE = {"frame": int, "time": TIME, "service": ("dns", "web", "network"), "ip": null((4, 6)), "from": str, "to": str}
OUTAGE = {
    "service": ("dns", "web"), "ip": null((4, 6)), "since": SINCE, "until": null(FRAME_TIME), "ended_by": null(ENDS),
    "counted": bool, "repeats": bool, "duration_ms": float, "verdict": ("unprotected", "cloud-service-unavailable", "inconclusive"),
    "cause": null(tuple(dict.fromkeys(DNS_CAUSES + WEB_CAUSES))), "confidence": CONFIDENCES, "reasons": [str], "attempts": int,
    "failed": int, "ports": null([{"port": (443, 53), "cause": null(DNS_CAUSES)}]), "peers": [str], "control": CONTROL,
    "origin": null(ORIGINS), "origin_reasons": [str], "icmp": null(ICMP), "fake_reply": null(FAKE),
    "fail_open": null(FAIL_OPEN), "captive_portal": bool, "advice": [str], "allow": [str], "frames": [int], "frames_total": int,
}
# Of the client's own logs; the key is there only where there is a log.
STATEMENT = {"frame": int, "time": TIME, "says": ("probing", "rejected", "handshake-failed", "protection-state"),
             "ip": null((4, 6)), "port": null((443, 53)), "result": ("agrees", "differs", "not-seen", "not-compared"),
             "frames": [int], "frames_total": int, "text": str}
LOG = {
    "entries": int, "first_time": TIME, "last_time": TIME, "shift_ms": float, "suggested_shift_ms": null(float),
    "probing": int, "lined_up": int, "counts": Counts(("not-compared", "agrees", "differs", "not-seen"), True),
    "statements": [STATEMENT], "statements_total": int,
    "fail_open": null({"entries": int, "first_frame": int, "last_frame": int, "web_down": null(bool), "connections": null(int)}),
    "advice": [str],
}
CLIENT = {
    "client": str, "addresses": [str], "capture_point": ("client", "remote"),
    "dns": dict(SERVICE, verdict=DNS_VERDICTS, worst=DNS_VERDICTS, cause=null(DNS_CAUSES),
                encryption=ENCRYPTIONS, ipv4=VERSION, ipv6=VERSION,
                resolvers=[RESOLVER], identity=IDENTITY),
    "web": dict(SERVICE, verdict=WEB_VERDICTS, worst=WEB_VERDICTS, cause=null(WEB_CAUSES), gateways=[GATEWAY],
                connect_answers=[CONNECT], gateway_candidates=[CANDIDATE], fail_open=null(FAIL_OPEN)),
    "outages": [OUTAGE],
    "findings": [dict(FINDING, code=CLIENT_FINDINGS)], "timeline": [CHANGE],
}
REPORT = {
    "schema": ("sseroaming/1",), "plugin": str, "frames": int, "first_time": null(TIME), "last_time": null(TIME),
    "filter_applied": null(str), "dns": DNS_VERDICTS, "web": WEB_VERDICTS,
    "counts": {"clients": int, "dns": Counts(DNS_VERDICTS, True), "web": Counts(WEB_VERDICTS, True)},
    "worst": {"dns": DNS_VERDICTS, "web": WEB_VERDICTS}, "outages": {"dns": int, "web": int, "clients": int},
    "preferences": Texts(PREFERENCES),
    "findings": [dict(FINDING, code=CAPTURE_FINDINGS)], "clients": [CLIENT],
}


def _is(kind, value):
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def _match(pattern, value, path, faults):
    if isinstance(pattern, Or):
        rest = [p for p in pattern.patterns if p is not None]
        if value is None and len(rest) < len(pattern.patterns):
            return
        _match(rest[0], value, path, faults)
    elif isinstance(pattern, Counts):
        if not isinstance(value, dict):
            faults.append("%s: not an object" % path)
            return
        for key, number in value.items():
            if key not in pattern.keys:
                faults.append("%s.%s: no such key" % (path, key))
            if not _is(int, number) or number < 0 or (number == 0 and not pattern.all_keys):
                faults.append("%s.%s: %r" % (path, key, number))
        if pattern.all_keys:
            faults.extend("%s.%s: missing" % (path, key) for key in pattern.keys if key not in value)
    elif isinstance(pattern, Texts):
        if not isinstance(value, dict):
            faults.append("%s: not an object: %r" % (path, value))
            return
        for key, text in value.items():
            if key not in pattern.keys or not isinstance(text, str):
                faults.append("%s.%s: %r" % (path, key, text))
        if list(value) != [key for key in pattern.keys if key in value]:
            faults.append("%s: not in order: %s" % (path, ", ".join(value)))
    elif isinstance(pattern, dict):
        if not isinstance(value, dict):
            faults.append("%s: not an object: %r" % (path, value))
            return
        for key, inner in pattern.items():
            if key not in value:
                faults.append("%s.%s: missing" % (path, key))
            else:
                _match(inner, value[key], "%s.%s" % (path, key), faults)
    elif isinstance(pattern, list):
        if not isinstance(value, list):
            faults.append("%s: not a list: %r" % (path, value))
            return
        for number, item in enumerate(value):
            _match(pattern[0], item, "%s.%d" % (path, number), faults)
    elif isinstance(pattern, tuple):
        if value not in pattern or isinstance(value, bool):
            faults.append("%s: %r is none of %s" % (path, value, ", ".join(map(str, pattern))))
    elif isinstance(pattern, re.Pattern):
        if not isinstance(value, str) or not pattern.match(value):
            faults.append("%s: not a time: %r" % (path, value))
    elif not _is(pattern, value):
        faults.append("%s: not %s: %r" % (path, pattern.__name__, value))


def _frames(item, path, faults, highest):
    frames, total = item["frames"], item.get("frames_total", len(item["frames"]))
    if frames != sorted(set(frames)):
        faults.append("%s.frames: not in order, or twice" % path)
    if len(frames) != min(16, total) and "frames_total" in item:
        faults.append("%s: %d frames listed of %d" % (path, len(frames), total))
    if frames and (frames[0] < 1 or frames[-1] > highest):
        faults.append("%s.frames: not in the file" % path)


def _service(service, path, faults):
    """Null rules that hold for both services."""
    verdict = service["verdict"]
    failing = verdict in ("unprotected", "cloud-service-unavailable")
    settled = failing or verdict == "protected"
    if failing and service["cause"] is None:
        faults.append("%s.cause: null for %s" % (path, verdict))
    if not failing and service["cause"] not in (None, "protected-network", "no-connectivity"):
        faults.append("%s.cause: %s for %s" % (path, service["cause"], verdict))
    if service["cause"] in ("protected-network", "no-connectivity") and verdict != "inconclusive":
        faults.append("%s.cause: %s for %s" % (path, service["cause"], verdict))
    if settled != (service["since"] is not None):
        faults.append("%s.since: %s for %s" % (path, service["since"], verdict))
    if "confidence" in service:
        if (verdict == "not-observed") != (service["confidence"] is None):
            faults.append("%s.confidence: %s for %s" % (path, service["confidence"], verdict))
        if failing and service["control"] is None:
            faults.append("%s.control: null for %s" % (path, verdict))
        if service["confidence"] == "limited" and not service["reasons"]:
            faults.append("%s.reasons: none for a limited confidence" % path)


def _outage(one, path, faults, highest):
    """Null rules of an outage."""
    dns, failing = one["service"] == "dns", one["verdict"] != "inconclusive"
    if failing and one["verdict"] != ("unprotected" if dns else "cloud-service-unavailable"):
        faults.append("%s: %s of %s" % (path, one["verdict"], one["service"]))
    if dns != (one["ip"] is not None) or dns != (one["ports"] is not None):
        faults.append("%s: ip %s, ports %s of %s" % (path, one["ip"], one["ports"], one["service"]))
    if dns and [port["port"] for port in one["ports"]] != [443, 53]:
        faults.append("%s.ports: %s" % (path, one["ports"]))
    if (one["until"] is not None) != (one["ended_by"] == "proof"):
        faults.append("%s: until %s, ended by %s" % (path, one["until"], one["ended_by"]))
    if one["until"] is not None and one["until"]["time"] < one["since"]["time"] or one["duration_ms"] < 0:
        faults.append("%s: since %s, until %s, %s ms" % (path, one["since"], one["until"], one["duration_ms"]))
    if one["repeats"] and not (one["counted"] and dns):
        faults.append("%s: repeats, %s of %s" % (path, one["counted"], one["service"]))
    if one["counted"] and not failing:
        faults.append("%s: %s is counted" % (path, one["verdict"]))
    if one["cause"] not in (DNS_CAUSES if dns else WEB_CAUSES) if failing else one["cause"] not in (None, *EXCEPTIONS):
        faults.append("%s: cause %s of %s, %s" % (path, one["cause"], one["service"], one["verdict"]))
    if failing and one["cause"] in EXCEPTIONS:
        faults.append("%s: cause %s for %s" % (path, one["cause"], one["verdict"]))
    if one["confidence"] == "limited" and not one["reasons"]:
        faults.append("%s.reasons: none for a limited confidence" % path)
    if one["failed"] > one["attempts"]:
        faults.append("%s: %d of %d failed" % (path, one["failed"], one["attempts"]))
    if one["origin"] is None and one["origin_reasons"]:
        faults.append("%s.origin_reasons: %s of none" % (path, one["origin_reasons"]))
    if one["fail_open"] is not None and (dns or not failing):
        faults.append("%s.fail_open: %s of %s, %s" % (path, one["fail_open"], one["service"], one["verdict"]))
    _frames(one, path, faults, highest)


def _outages(client, path, faults):
    """What a client's outages and its services say of each other.
    @return how many count, for each service"""
    counts = {}
    times = [one["since"]["time"] for one in client["outages"]]
    if times != sorted(times):
        faults.append("%s.outages: not by since" % path)
    for service, verdicts in (("dns", DNS_VERDICTS), ("web", WEB_VERDICTS)):
        verdict, worst = client[service]["verdict"], client[service]["worst"]
        counted = [one for one in client["outages"] if one["service"] == service and one["counted"]]
        # Both IP versions at a time are one.
        counts[service] = sum(not one["repeats"] for one in counted)
        if verdicts.index(worst) > verdicts.index(verdict):
            faults.append("%s.%s: %s, at worst %s" % (path, service, verdict, worst))
        if (worst == verdicts[0]) != bool(counted) and len(client["outages"]) < LISTED:
            faults.append("%s.%s: at worst %s with %d outages" % (path, service, worst, len(counted)))
        lasting = [one for one in counted if one["ended_by"] is None]
        if (verdict == verdicts[0]) != bool(lasting):
            faults.append("%s.%s: %s with %d outages that last" % (path, service, verdict, len(lasting)))
    return counts


def _log(log, path, faults, highest):
    _match(LOG, log, path, faults)
    if faults:
        return
    if sum(log["counts"].values()) != log["statements_total"]:
        faults.append("%s.counts: %s do not add up to %d" % (path, log["counts"], log["statements_total"]))
    for number, one in enumerate(log["statements"]):
        where = "%s.statements.%d" % (path, number)
        _frames(one, where, faults, highest)
        if (one["port"] is not None) != (one["says"] in ("probing", "rejected")) or (one["ip"] is None) != (one["port"] is None):
            faults.append("%s: ip %s, port %s for %s" % (where, one["ip"], one["port"], one["says"]))
        if (one["result"] in ("agrees", "differs")) and not one["frames"]:
            faults.append("%s: %s without frames" % (where, one["result"]))


_LIKE = re.compile(r"are those of the (gateway|resolver)$")


def _origins(value, path, faults):
    """No reason for an origin contradicts the origin, or another reason."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            _origins(one, "%s.%d" % (path, number), faults)
    if not isinstance(value, dict):
        return
    for what, why in (("origin", "origin_reasons"), ("reset_origin", "reset_reasons")):
        if what not in value:
            continue
        reasons = value[why]
        like = any(_LIKE.search(reason) for reason in reasons)
        if like != (value[what] in ("gateway", "resolver")) or (like and len(reasons) > 1):
            faults.append("%s.%s: %s, with the reasons %s" % (path, what, value[what], reasons))
        kinds = [re.sub(r"[\d.]+", "N", reason).split(" ms after")[0] for reason in reasons]
        if len(set(kinds)) < len(kinds):
            faults.append("%s.%s: a reason twice: %s" % (path, what, reasons))
    for key, one in value.items():
        _origins(one, "%s.%s" % (path, key), faults)


def check(report):
    """@return a list of faults; empty where the report keeps the contract."""
    faults = []
    _match(REPORT, report, "", faults)
    if faults:
        return faults
    if list(report)[:len(REPORT)] != list(REPORT):
        faults.append("the order of the keys differs: %s" % ", ".join(report))
    logs = [(report, ".log")] + [(client, "clients.%d.log" % number) for number, client in enumerate(report["clients"])]
    logs = [(holder["log"], path) for holder, path in logs if "log" in holder]
    if len(logs) > 1:
        faults.append("log: %d times" % len(logs))
    # Entries of logs are frames of the file, and no packets.
    highest = report["frames"] + sum(log.get("entries", 0) for log, _ in logs)
    for log, path in logs:
        _log(log, path, faults, highest)
    if faults:
        return faults
    _origins(report["clients"], ".clients", faults)
    if report["counts"]["clients"] != len(report["clients"]):
        faults.append("counts.clients: %d, listed %d" % (report["counts"]["clients"], len(report["clients"])))
    for service, verdicts in (("dns", DNS_VERDICTS), ("web", WEB_VERDICTS)):
        of = [client[service]["verdict"] for client in report["clients"]]
        for verdict in verdicts:
            if report["counts"][service][verdict] != of.count(verdict):
                faults.append("counts.%s.%s: %d, listed %d"
                              % (service, verdict, report["counts"][service][verdict], of.count(verdict)))
        for what, got, values in (("", report[service], of), ("worst.", report["worst"][service],
                                                              [client[service]["worst"] for client in report["clients"]])):
            worst = min(values, key=verdicts.index, default="not-observed")
            if got != worst:
                faults.append("%s%s: %s, the worst client is %s" % (what, service, got, worst))
    for number, finding in enumerate(report["findings"]):
        _frames(finding, "findings.%d" % number, faults, highest)
    outages = []
    for number, client in enumerate(report["clients"]):
        path = "clients.%d" % number
        for index, one in enumerate(client["outages"]):
            _outage(one, "%s.outages.%d" % (path, index), faults, highest)
        outages.append(_outages(client, path, faults))
        dns, web = client["dns"], client["web"]
        _service(dns, path + ".dns", faults)
        _service(web, path + ".web", faults)
        if client["addresses"][:1] != [client["client"]]:
            faults.append("%s: named %s, its first address is %s" % (path, client["client"], client["addresses"][:1]))
        for version in ("ipv4", "ipv6"):
            where, one = "%s.dns.%s" % (path, version), dns[version]
            _service(one, where, faults)
            if [p["port"] for p in one["ports"]] != ([] if one["verdict"] == "not-observed" else [443, 53]):
                faults.append("%s.ports: %s" % (where, [p["port"] for p in one["ports"]]))
            for port in one["ports"]:
                if (port["cause"] is not None) != (port["state"] == "down"):
                    faults.append("%s: port %d is %s, cause %s" % (where, port["port"], port["state"], port["cause"]))
                if (port["since"] is None) != (port["state"] == "untested"):
                    faults.append("%s: port %d is %s, since %s" % (where, port["port"], port["state"], port["since"]))
        for index, one in enumerate(dns["resolvers"] + web["gateways"]):
            where = "%s.peers.%d" % (path, index)
            _frames(one, where, faults, highest)
            if sum(one["outcomes"].values()) != one.get("probes", one.get("handshakes")):
                faults.append("%s: %s do not add up to %s" % (where, one["outcomes"], one.get("probes", one.get("handshakes"))))
        for index, one in enumerate(web["gateways"]):
            where = "%s.web.gateways.%d" % (path, index)
            if (one["known_since_frame"] is not None) != (one["known_from"] in ("dns", "log")):
                faults.append("%s: known from %s, since %s" % (where, one["known_from"], one["known_since_frame"]))
            if (one["reset_origin"] is None) != (not {"reset", "session-reset", "tunnel-reset"} & set(one["outcomes"])):
                faults.append("%s: reset_origin %s with %s" % (where, one["reset_origin"], one["outcomes"]))
        if (web["fail_open"] is not None) != (web["verdict"] == "cloud-service-unavailable"):
            faults.append("%s.web.fail_open: %s for %s" % (path, web["fail_open"], web["verdict"]))
        for index, finding in enumerate(client["findings"]):
            _frames(finding, "%s.findings.%d" % (path, index), faults, highest)
            if (finding["severity"] == "warning") != (finding["advice"] is not None):
                faults.append("%s.findings.%d: %s, advice %s" % (path, index, finding["severity"], finding["advice"]))
        for index, change in enumerate(client["timeline"]):
            if change["service"] != "network" and "inconclusive" in (change["from"], change["to"]):
                faults.append("%s.timeline.%d: inconclusive is no entry" % (path, index))
            if (change["ip"] is None) != (change["service"] != "dns"):
                faults.append("%s.timeline.%d: ip %s for %s" % (path, index, change["ip"], change["service"]))
    if all(len(client["outages"]) < LISTED for client in report["clients"]):
        for service in ("dns", "web"):
            listed = sum(of[service] for of in outages)
            if report["outages"][service] != listed:
                faults.append("outages.%s: %d, listed %d" % (service, report["outages"][service], listed))
        listed = sum(of["dns"] + of["web"] > 0 for of in outages)
        if report["outages"]["clients"] != listed:
            faults.append("outages.clients: %d, listed %d" % (report["outages"]["clients"], listed))
    return faults
