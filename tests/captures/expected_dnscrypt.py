"""What the plugin must say of the recordings in dnscrypt/.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

They are made by tests/lab/record_dnscrypt.sh: a small client and dnsdist, in
network namespaces. Names of expectations are those of make_synthetic.py.
"""

_ENCRYPTED = {"c.dns.encryption": "encrypted", "c.dns.confidence": "high", "c.dns.since.frame": 1, "c.client": "192.168.0.204"}

CAPTURES = {
    "dnscrypt-udp": {"dns": "protected", "web": "not-observed", "findings": (), "expect": {
        **_ENCRYPTED, "c.dns.ipv4.ports.0.state": "up", "c.dns.ipv4.ports.1.state": "untested",
        # Probes in the clear: the request for the certificate.
        "c.dns.resolvers.0.probes": 1}},
    "dnscrypt-xchacha": {"dns": "protected", "findings": (), "expect": _ENCRYPTED},
    # Only UDP protects, and only UDP encrypts what is protected.
    "dnscrypt-tcp": {"dns": "protected", "findings": (), "expect": {"c.dns.encryption": "available"}},
    "dnscrypt-port-53": {"dns": "protected", "findings": (), "expect": {
        **_ENCRYPTED, "c.dns.ipv4.ports.0.state": "untested", "c.dns.ipv4.ports.1.state": "up"}},
    "dnscrypt-ipv6": {"dns": "protected", "findings": (), "expect": {
        "c.dns.encryption": "encrypted", "c.dns.ipv6.verdict": "protected", "c.dns.ipv4.verdict": "not-observed"}},
    "dnscrypt-padded": {"dns": "protected", "findings": (), "expect": _ENCRYPTED},
    "dnscrypt-truncated": {"dns": "protected", "findings": (), "expect": _ENCRYPTED},
    "dnscrypt-expired": {"dns": "protected", "findings": ("certificate-expired",), "expect": _ENCRYPTED},
    "dnscrypt-not-yet-valid": {"dns": "protected", "findings": ("certificate-not-yet-valid",), "expect": _ENCRYPTED},
    # The certificate was answered within 30 s: no failures of the port.
    "dnscrypt-wrong-magic": {"dns": "protected", "findings": ("dnscrypt-unanswered",), "expect": {
        "c.dns.encryption": "unavailable", "c.dns.ipv4.ports.0.state": "up"}},
    "dnscrypt-dropped": {"dns": "protected", "findings": ("dnscrypt-unanswered",), "expect": {
        "c.dns.encryption": "unavailable", "c.dns.ipv4.ports.0.state": "up"}},
    "dnscrypt-other-resolver": {"dns": "not-observed", "web": "not-observed", "findings": ()},
}
