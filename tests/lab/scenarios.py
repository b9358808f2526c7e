"""The scenarios: what happens, and what the plugin must say of it.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Each function below plays one scenario in a Lab (lab.py): it starts servers,
starts to record, does damage, lets the client work, waits. Its decorator says
what is expected, from the rules and not from what the plugin prints:
  dns, web     the verdicts of the whole capture
  findings     all codes of findings, of the capture and of its clients
  expect       JSON path -> value; "c." stands for the first client; a function
               is asked whether it likes the value
  rows         the rows of the table of causes (README.md) that it covers
  seconds      how long it takes, about
"""

import functools

import client
import network
import servers
from client import GATEWAY_NAME, RESOLVERS_4, RESOLVERS_6
from servers import GATEWAY, GATEWAY_2

SCENARIOS = {}

# What the firewall is told. R4, R6, GW: see SETS in lab.py.
DROP_DNS = ("ip daddr R4 udp dport { 53, 443 } drop", "ip daddr R4 tcp dport { 53, 443 } drop")
DROP_WEB = "ip daddr GW tcp dport { 80, 443 } drop"
RESET_WEB = "ip daddr GW tcp dport 443 reject with tcp reset"

SECOND_MAC, SECOND, SECOND_DEVICE = "00:00:5e:00:53:cd", "192.168.0.205", "0123456789abcd05"
THIRD_MAC, THIRD, THIRD_DEVICE = "00:00:5e:00:53:ce", "192.168.0.206", "0123456789abcd06"
HOTSPOT, HOTSPOT_ROUTER = "172.20.10.5", "172.20.10.1"

PORT_443, PORT_53 = "c.dns.ipv4.ports.0.state", "c.dns.ipv4.ports.1.state"
BOTH_UP = {PORT_443: "up", PORT_53: "up"}
BOTH_DOWN = {PORT_443: "down", PORT_53: "down"}
FAIL_OPEN = {"c.web.fail_open": lambda v: v is not None and v["connections"] >= 2}


def outages(*wanted):
    """Likes a list of outages that is this one: of each its service, cause, what ended it, whether it counts."""
    return lambda v: [(o["service"], o["cause"], o["ended_by"], o["counted"]) for o in v] == list(wanted)


DROPPED = ("dns", "no-reply", "proof", True)


def number(dns, web):
    """So many outages in the whole file."""
    return {"outages.dns": dns, "outages.web": web, "worst.dns": "unprotected" if dns else "protected",
            "worst.web": "cloud-service-unavailable" if web else "protected"}


class Scenario:
    def __init__(self, play, name, shows, rows, seconds, expected):
        self.play, self.name, self.shows, self.rows, self.seconds = play, name, shows, rows, seconds
        self.expected = expected


def scenario(name, shows, rows=(), seconds=30, **expected):
    def register(play):
        SCENARIOS[name] = Scenario(play, name, shows, rows, seconds, expected)
        return play
    return register


def at_work(lab, seconds, *rules, **internet):
    """The whole laptop at work for so long, behind these rules of the firewall. internet: see Lab.internet()"""
    lab.internet(**internet)
    if rules:
        lab.rule(*rules)
    lab.record()
    lab.laptop()
    lab.wait(seconds)


# Everything fine

@scenario("fine", "Everything works: probes are answered on 443 and 53, tunnels open.", dns="protected", web="protected",
          findings=[], expect={**BOTH_UP, "c.dns.confidence": "high", "c.dns.encryption": "available",
                               "c.dns.identity.orgid": "1234567", "c.web.confidence": "high", "c.capture_point": "client"})
def fine(lab):
    at_work(lab, 22)


@scenario("fine-encrypted-port", "Only 443 is asked, and answered.", dns="protected", web="protected", findings=[],
          expect={PORT_443: "up", PORT_53: "untested", "c.dns.encryption": "available"})
def fine_encrypted_port(lab):
    lab.internet()
    lab.record()
    lab.laptop(plain=False)
    lab.wait(22)


@scenario("fine-plain-port",
          "Only 53 is asked, with the identity, and answered.", dns="protected", web="protected", findings=[],
          expect={PORT_443: "untested", PORT_53: "up", "c.dns.confidence": "high", "c.dns.encryption": "unknown"})
def fine_plain_port(lab):
    lab.internet()
    lab.record()
    lab.laptop(encrypted=False)
    lab.wait(22)


@scenario("fine-ipv6", "The probes go over IPv6 alone, the rest over IPv4.", rows=(21,), dns="protected", web="protected",
          findings=[], expect={"c.client": "192.168.0.204", "c.dns.ipv4.verdict": "not-observed",
                               "c.dns.ipv6.verdict": "protected", "c.dns.ipv6.ports.0.state": "up"})
def fine_ipv6(lab):
    lab.internet()
    lab.record()
    lab.laptop(resolvers=RESOLVERS_6, others=False)
    lab.others(mail_6=servers.MAIL_6)
    lab.wait(22)


@scenario("fine-both-versions", "Probes over IPv4 and IPv6, both answered.", dns="protected", web="protected", findings=[],
          expect={"c.dns.ipv4.verdict": "protected", "c.dns.ipv6.verdict": "protected", "counts.clients": 1})
def fine_both_versions(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.module(resolvers=RESOLVERS_6, delay=0.05)
    lab.wait(22)


@scenario("nat64", "A network with IPv6 only: resolvers and gateway are reached through NAT64.", rows=(21,), dns="protected",
          web="protected", findings=[], expect={"c.dns.ipv6.verdict": "protected", "c.dns.ipv4.verdict": "not-observed"})
def nat64(lab):
    ipv6_only(lab, "64:ff9b::", "64:ff9b::/96")
    lab.wait(22)


def ipv6_only(lab, network_prefix, length, *rules):
    through = lambda address: network_prefix + "%02x%02x:%02x%02x" % tuple(map(int, address.split(".")))
    lab.internet()
    lab.nat64(length)
    lab.office_resolver("--address=/%s/%s" % (GATEWAY_NAME, through(GATEWAY)),
                        *("--host-record=ipv4only.arpa,%s" % through(a) for a in ("192.0.0.170", "192.0.0.171")))
    lab.client.ip("addr del 192.168.0.204/24 dev eth0\n")
    lab.rule(*rules)
    lab.record()
    lab.client.call(client.lookup, "ipv4only.arpa", "2001:db8:0:1::1", 28)
    lab.wait(0.5)
    lab.module(resolvers=tuple(map(through, RESOLVERS_4)))
    lab.agent(server="2001:db8:0:1::1", kind=28)
    lab.others(server="2001:db8:0:1::1", mail=None, mail_6=servers.MAIL_6)


NAT64_OWN = "fd00:0:0:6464::"


@scenario("nat64-own-prefix", "IPv6 only, NAT64 with the network's own prefix, which ipv4only.arpa tells.", rows=(21,), dns="protected",
          web="protected", findings=[], expect={"c.dns.ipv6.verdict": "protected", "c.dns.ipv4.verdict": "not-observed"})
def nat64_own_prefix(lab):
    ipv6_only(lab, NAT64_OWN, NAT64_OWN + "/96")
    lab.wait(22)


@scenario("nat64-own-prefix-dropped", "The same; the firewall drops DNS to OpenDNS behind the NAT64.", rows=(1, 21), dns="unprotected",
          web="protected", findings=[], expect={"c.dns.ipv6.cause": "no-reply", "c.dns.ipv4.verdict": "not-observed"})
def nat64_own_prefix_dropped(lab):
    ipv6_only(lab, NAT64_OWN, NAT64_OWN + "/96", *DROP_DNS)
    lab.wait(26)


@scenario("fine-dnscrypt", "Everything works, and queries are encrypted: DNSCrypt on 443.", dns="protected", web="protected",
          findings=[], expect={**BOTH_UP, "c.dns.encryption": "encrypted"})
def fine_dnscrypt(lab):
    lab.internet(dnscrypt=True)
    lab.record()
    lab.laptop()
    lab.client.call(client.dnscrypt)
    lab.wait(17)


@scenario("dnscrypt-inspected", "An inspecting firewall drops encrypted queries on 443; certificates and probes pass.",
          rows=(10,), dns="protected", web="protected", findings=["dnscrypt-unanswered"], expect=BOTH_UP)
def dnscrypt_inspected(lab):
    lab.internet(dnscrypt=True)
    lab.rule("ip daddr R4 udp dport { 53, 443 } udp length > 200 drop")
    lab.record()
    lab.laptop()
    lab.client.call(client.dnscrypt)
    lab.wait(22)


@scenario("dns-slow-start", "The first answers take a second (a radio wakes up), all others 18 ms.", dns="protected",
          web="protected", findings=[], expect=BOTH_UP)
def dns_slow_start(lab):
    lab.internet()
    lab.line.set(delay=0.5)
    lab.record()
    lab.laptop()
    lab.wait(0.6)
    lab.line.set(delay=0.009)
    lab.wait(16)


# DNS: dropped

@scenario("dns-dropped", "The firewall drops DNS to OpenDNS on all ports.", rows=(1,), dns="unprotected", web="protected",
          findings=[], expect={**BOTH_DOWN, "c.dns.cause": "no-reply", "c.dns.confidence": "high",
                               "c.dns.since.at_or_before": True,
                               "c.dns.control": lambda v: v["dns_answers"] >= 2 and v["tcp_opened"] >= 2})
def dns_dropped(lab):
    at_work(lab, 26, *DROP_DNS)


@scenario("dns-443-dropped", "The firewall drops UDP 443 to OpenDNS (a rule against QUIC, say); 53 works.", rows=(2,),
          dns="protected", web="protected", findings=["encrypted-port-blocked"],
          expect={PORT_443: "down", PORT_53: "up", "c.dns.encryption": "unavailable"})
def dns_443_dropped(lab):
    at_work(lab, 26, "udp dport 443 drop")


@scenario("dns-53-dropped", "The firewall drops port 53 to OpenDNS; 443 works.", rows=(3,), dns="protected", web="protected",
          findings=["port-53-blocked"], expect={PORT_443: "up", PORT_53: "down", "c.dns.encryption": "available"})
def dns_53_dropped(lab):
    at_work(lab, 27, "ip daddr R4 udp dport 53 drop", "ip daddr R4 tcp dport 53 drop")


# By the rules the lost probes are a finding too: only a blocked port says it already.
@scenario("dns-one-resolver", "The firewall drops one of the two resolvers.", rows=(4,), dns="protected", web="protected",
          findings=["probe-loss", "resolver-unreachable"], expect=BOTH_UP)
def dns_one_resolver(lab):
    at_work(lab, 36, "ip daddr 208.67.220.220 drop")


# DNS: rejected

@scenario("dns-icmp", "The firewall rejects DNS to OpenDNS with ICMP 3/13 (administratively prohibited).", rows=(5,),
          dns="unprotected", web="protected", findings=[],
          expect={**BOTH_DOWN, "c.dns.cause": "icmp-unreachable",
                  "c.dns.resolvers.0.icmp": lambda v: (v["sender"], v["type"], v["code"]) == ("192.168.0.1", 3, 13)})
def dns_icmp(lab):
    at_work(lab, 26, "ip daddr R4 udp dport { 53, 443 } reject with icmp admin-prohibited")


@scenario("dns-icmp-rate-limited",
          "The firewall rejects DNS to OpenDNS with ICMP 3/10, at most once in two seconds; the rest is silence.",
          rows=(5,), dns="unprotected", web="protected", findings=[], expect={**BOTH_DOWN, "c.dns.cause": "icmp-unreachable"})
def dns_icmp_rate_limited(lab):
    lab.internet()
    lab.rule("ip daddr R4 udp dport { 53, 443 } limit rate 30/minute burst 1 packets reject with icmp host-prohibited", *DROP_DNS)
    lab.record()
    lab.laptop()
    lab.wait(40)


@scenario("dns-icmp-host", "The firewall rejects DNS to OpenDNS with ICMP 3/1, as if there were no route; all else works.",
          rows=(5,), dns="unprotected", web="protected", findings=[],
          expect={**BOTH_DOWN, "c.dns.cause": "icmp-unreachable",
                  "c.dns.resolvers.0.icmp": lambda v: (v["sender"], v["type"], v["code"]) == ("192.168.0.1", 3, 1)})
def dns_icmp_host(lab):
    at_work(lab, 26, "ip daddr R4 udp dport { 53, 443 } reject with icmp host-unreachable")


@scenario("dns-icmpv6", "IPv4 is answered; the firewall rejects the IPv6 probes with ICMPv6 1/1, other IPv6 traffic works.",
          rows=(5,), dns="unprotected", web="protected", findings=[],
          expect={"c.dns.cause": "icmp-unreachable", "c.dns.ipv4.verdict": "protected", "c.dns.ipv6.verdict": "unprotected",
                  "c.dns.ipv6.cause": "icmp-unreachable"})
def dns_icmpv6(lab):
    lab.internet()
    lab.rule("ip6 daddr R6 udp dport { 53, 443 } reject with icmpv6 admin-prohibited")
    lab.record()
    lab.laptop(others=False)
    lab.module(resolvers=RESOLVERS_6, delay=0.05)
    lab.others(mail_6=servers.MAIL_6)
    lab.wait(26)


@scenario("dns-ipv6-dead", "IPv4 is answered; IPv6 probes get nothing, nor does any other IPv6 traffic.", rows=(21,),
          dns="protected", web="protected", findings=["ipv6-no-connectivity"],
          expect={"c.dns.ipv4.verdict": "protected", "c.dns.ipv6.verdict": lambda v: v != "protected"})
def dns_ipv6_dead(lab):
    lab.internet()
    lab.rule("meta nfproto ipv6 drop")
    lab.record()
    lab.laptop(others=False)
    lab.module(resolvers=RESOLVERS_6, delay=0.05)
    lab.others(mail_6=servers.MAIL_6)
    lab.wait(26)


# DNS: answered by somebody else

def redirected(lab, rules, ports="{ 53, 443 }"):
    """The firewall answers for OpenDNS itself."""
    lab.internet()
    lab.impostor(rules)
    lab.rule("ip daddr R4 udp dport %s dnat ip to 192.168.0.1:5353" % ports, chain="redirecting")
    lab.record()
    lab.laptop()
    lab.wait(26)


def redirect(name, shows, cause, rcode, rules, rows=(6,)):
    expect = {**BOTH_DOWN, "c.dns.cause": cause, "c.dns.resolvers.0.fake_reply": lambda v: v is not None and v["rcode"] == rcode}
    if cause == "refused":
        expect.pop("c.dns.resolvers.0.fake_reply")
    scenario(name, shows, rows, dns="unprotected", web="protected", findings=[], expect=expect)(
        functools.partial(redirected, rules=rules))


redirect("dns-redirect-nxdomain", "The firewall redirects DNS to a resolver that says NXDOMAIN.", "intercepted", 3,
         "addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))")
redirect("dns-redirect-refused", "The firewall redirects DNS to a resolver that says REFUSED.", "refused", 5,
         "addAction(AllRule(), RCodeAction(DNSRCode.REFUSED))", (7,))
redirect("dns-redirect-servfail", "The firewall redirects DNS to a resolver that says SERVFAIL.", "refused", 2,
         "addAction(AllRule(), RCodeAction(DNSRCode.SERVFAIL))", (7,))
redirect("dns-redirect-empty", "The firewall redirects DNS to a resolver that says NOERROR without records.", "intercepted", 0,
         "addAction(AllRule(), RCodeAction(DNSRCode.NOERROR, {ra=true}))")
redirect("dns-redirect-text", "The firewall redirects DNS to a resolver that gives another TXT record.", "intercepted", 0,
         "addAction(AllRule(), %s)" % servers.spoof(["v=spf1 -all"]))


@scenario("dns-redirect-closed", "The firewall redirects DNS to a port of its own on which nothing listens: ICMP 3/3 in the resolvers' names.",
          rows=(5, 6), dns="unprotected", web="protected", findings=[],
          expect={**BOTH_DOWN, "c.dns.cause": "icmp-unreachable", "c.outages.0.origin": "on-path-device", "c.dns.allow": []})
def dns_redirect_closed(lab):
    lab.internet()
    lab.rule("ip daddr R4 udp dport { 53, 443 } redirect to :5399", chain="redirecting")
    lab.record()
    lab.laptop()
    lab.wait(26)


@scenario("dns-client-rejects", "OpenDNS answers, and the client's own firewall rejects what comes from its addresses (ICMP 3/3).",
          rows=(25,), dns="unprotected", web="protected", has=["rejected-by-client"],
          expect={**BOTH_DOWN, "c.dns.cause": "rejected-by-client", "c.dns.allow": []})
def dns_client_rejects(lab):
    lab.internet()
    lab.client.run("nft", "-f", "-", text="add table inet own\nadd chain inet own arriving { type filter hook input priority 0; }\n"
                   "add rule inet own arriving ip saddr { %s } udp sport { 53, 443 } reject with icmp port-unreachable\n"
                   % ", ".join(RESOLVERS_4))
    lab.record()
    lab.laptop()
    lab.wait(26)


@scenario("path-tools", "All is well; somebody runs tcptraceroute to the gateway and traceroute to a resolver's UDP 53 and 443.",
          dns="protected", web="protected", has=["path-tool"], lacks=["probe-loss", "gateway-partly-failing"],
          expect={**BOTH_UP, "c.outages": [], "c.capture_point": "client"})
def path_tools(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(6)
    for words in (("tcptraceroute", "-n", "-q", "1", "-w", "1", "-m", "15", servers.GATEWAY, "443"),
                  ("traceroute", "-n", "-q", "1", "-w", "1", "-m", "15", "-U", "-p", "53", RESOLVERS_4[0]),
                  ("traceroute", "-n", "-q", "1", "-w", "1", "-m", "15", "-U", "-p", "443", RESOLVERS_4[1])):
        lab.client.start(*words)
    lab.wait(20)


@scenario("dns-53-redirected", "The firewall redirects port 53 to its own resolver (NXDOMAIN); 443 works.", rows=(6,),
          dns="protected", web="protected", findings=["port-53-intercepted"], expect={PORT_443: "up", PORT_53: "down"})
def dns_53_redirected(lab):
    redirected(lab, "addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))", "53")


@scenario("dns-court-order", "OpenDNS itself refuses the place: its legal notice beside REFUSED.", rows=(8,),
          dns="unprotected", web="protected", findings=[], expect={**BOTH_DOWN, "c.dns.cause": "court-order"})
def dns_court_order(lab):
    lab.internet(opendns=False)
    lab.cloud.call(servers.legal_notice, RESOLVERS_4)
    lab.wait(0.3)
    lab.record()
    lab.laptop()
    lab.wait(26)


@scenario("dns-late", "Answers of OpenDNS come 6 s late.", rows=(25, 24), dns="unprotected", web="protected", findings=[],
          expect={**BOTH_DOWN, "c.dns.cause": "late"})
def dns_late(lab):
    lab.internet()
    lab.line.set(slow_dns=6.0)
    lab.record()
    lab.laptop()
    lab.wait(28)


@scenario("dns-lossy", "Half of the queries to OpenDNS are lost, at random.", rows=(24,), seconds=70, dns="protected",
          web="protected", has=["probe-loss"], expect={PORT_443: "up"})
def dns_lossy(lab):
    at_work(lab, 62, "ip daddr R4 udp dport { 53, 443 } numgen random mod 2 0 drop")


@scenario("dns-no-identity", "OpenDNS answers, but does not know the device: no organisation in its reply.", rows=(9,),
          dns="protected", web="protected", findings=["not-identified"], expect=BOTH_UP)
def dns_no_identity(lab):
    at_work(lab, 22, identified=False)


@scenario("dns-other-organisation", "OpenDNS knows the device as another organisation's.", rows=(9,), dns="protected", web="protected",
          findings=["other-organisation"])
def dns_other_organisation(lab):
    at_work(lab, 24, organisation=client.ORGANISATION + 1)


@scenario("dns-edns-dropped", "A firewall drops DNS queries with EDNS to OpenDNS; 443 asks without, and is answered.", rows=(10,),
          dns="protected", web="protected", findings=["edns-dropped"])
def dns_edns_dropped(lab):
    lab.internet()
    # The 11th byte of the header: so many additional records.
    lab.rule("ip daddr R4 udp dport { 53, 443 } @th,144,16 1 drop")
    lab.record()
    lab.laptop(agent=False, burst_of=1)
    lab.client.call(client.nslookup, count=6, every=4.0)
    lab.agent()
    lab.wait(34)


@scenario("dns-port-5353", "Cisco's diagnostic tool asks OpenDNS on 443, 53 and 5353; a firewall redirects 53 to its own resolver.",
          rows=(6,), dns="protected", web="not-observed", findings=["port-53-intercepted"])
def dns_port_5353(lab):
    lab.internet(ports=(53, 443, 5353))
    lab.impostor('addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))\n')
    lab.rule("ip daddr R4 udp dport 53 dnat ip to 192.168.0.1:5353", chain="redirecting")
    lab.record()
    lab.module(plain=False)
    lab.client.call(client.diagnosis)
    lab.others()
    lab.wait(22)


@scenario("dns-tcp-fallback", "UDP to OpenDNS is dropped; the client asks over TCP, which is answered.", rows=(20,),
          dns="unprotected", web="protected", findings=["tcp-only"], expect={**BOTH_DOWN, "c.dns.cause": "no-reply"})
def dns_tcp_fallback(lab):
    lab.internet()
    lab.rule("ip daddr R4 udp dport { 53, 443 } drop")
    lab.record()
    lab.laptop(tcp=True)
    lab.wait(27)


@scenario("dns-certificate-expired", "The DNSCrypt certificate that OpenDNS's address gives ended a month ago.", rows=(26,),
          dns="protected", web="protected", findings=["certificate-expired"], expect=BOTH_UP)
def dns_certificate_expired(lab):
    at_work(lab, 16, certificate_days=(-400, -30))


# DNS: changes

@scenario("dns-healed", "DNS to OpenDNS is dropped, and after 17 s no longer.", seconds=45, dns="protected", web="protected",
          findings=[], expect={**BOTH_UP, **number(1, 0), "c.outages": outages(DROPPED), "c.dns.since.at_or_before": False,
                               "c.timeline": lambda v: [(e["from"], e["to"]) for e in v if e["service"] == "dns"]
                               == [("not-observed", "unprotected"), ("unprotected", "protected")]})
def dns_healed(lab):
    lab.internet()
    lab.rule(*DROP_DNS)
    lab.record()
    lab.laptop()
    lab.wait(27)
    lab.heal()
    lab.wait(14)


@scenario("dns-broken-later", "DNS works, then the firewall drops it.", seconds=45, dns="unprotected", web="protected",
          findings=[], expect={**BOTH_DOWN, "c.dns.cause": "no-reply", "c.dns.since.at_or_before": False,
                               "c.timeline": lambda v: [(e["from"], e["to"]) for e in v if e["service"] == "dns"]
                               == [("not-observed", "protected"), ("protected", "unprotected")]})
def dns_broken_later(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(13)
    lab.rule(*DROP_DNS)
    lab.wait(28)


@scenario("dns-short-outage", "DNS to OpenDNS is dropped for four seconds: one burst on 443 is lost, no outage.", seconds=40,
          dns="protected", web="protected", findings=["probe-loss"],
          expect={**BOTH_UP, "c.outages": [], "c.timeline": lambda v: len([e for e in v if e["service"] == "dns"]) == 1})
def dns_short_outage(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(8)
    lab.rule(*DROP_DNS)
    lab.wait(4)
    lab.heal()
    lab.wait(26)


@scenario("dns-flapping", "DNS works, is dropped, works, is dropped, works: the network is unstable.", seconds=140,
          dns="protected", web="protected", findings=["state-flapped"],
          expect={**BOTH_UP, **number(2, 0), "c.outages": outages(DROPPED, DROPPED)})
def dns_flapping(lab):
    lab.internet()
    lab.record()
    lab.module()
    lab.agent(every=20)
    lab.others(every=9)
    for _ in range(2):
        lab.wait(14)
        lab.rule(*DROP_DNS)
        lab.wait(36)
        lab.heal()
    lab.wait(22)


@scenario("network-hotspot", "The hotspot test: in the office DNS is dropped, on a phone's network it works.", seconds=90,
          dns="protected", web="protected", findings=["network-changed"],
          expect={**BOTH_UP, **number(1, 0), "counts.clients": 1, "c.client": "192.168.0.204",
                  "c.addresses": ["192.168.0.204", HOTSPOT], "c.outages.0.until": None,
                  "c.outages": outages(("dns", "no-reply", "network-changed", True))})
def network_hotspot(lab):
    lab.internet()
    lab.rule("ip saddr 192.168.0.204 udp dport { 53, 443 } drop")
    lab.record()
    laptop = lab.laptop()
    lab.wait(22)
    for process in laptop:
        process.stop()
    lab.wait(32)
    lab.move(lab.client, HOTSPOT, HOTSPOT_ROUTER)
    lab.laptop(lan=HOTSPOT)
    lab.wait(16)


@scenario("network-there-and-back", "Office (DNS dropped), a phone's network (works), and the office again (dropped).",
          seconds=140, dns="unprotected", web="protected", findings=["network-changed"],
          expect={**BOTH_DOWN, **number(2, 0), "counts.clients": 1, "c.addresses": ["192.168.0.204", HOTSPOT],
                  "c.outages": outages(("dns", "no-reply", "network-changed", True), ("dns", "no-reply", None, True))})
def network_there_and_back(lab):
    lab.internet()
    lab.rule("ip saddr 192.168.0.204 udp dport { 53, 443 } drop")
    lab.record()
    for address, router in (("192.168.0.204", None), (HOTSPOT, HOTSPOT_ROUTER), ("192.168.0.204", "192.168.0.1")):
        if router:
            lab.wait(32)
            lab.move(lab.client, address, router)
        laptop = lab.laptop(lan=address)
        lab.wait(22)
        for process in laptop:
            process.stop()


@scenario("network-dock-to-wifi", "At the dock DNS is dropped; unplugged, on Wi-Fi, it works: two devices in one file.",
          seconds=60, dns="protected", web="protected", findings=["network-changed"],
          expect={**BOTH_UP, "counts.clients": 1})
def network_dock_to_wifi(lab):
    lab.internet()
    lab.rule("ip saddr 192.168.0.204 udp dport { 53, 443 } drop")
    lab.add_client("client", None, None, "00:00:5e:00:53:d0", "wlan0", lab.client)
    lab.record((lab.client, "eth0"), (lab.client, "wlan0"))
    laptop = lab.laptop()
    lab.wait(22)
    for process in laptop:
        process.stop()
    lab.client.ip("link set eth0 down\naddr add 192.168.0.230/24 dev wlan0\nroute add default via 192.168.0.1 dev wlan0\n")
    lab.wait(3)
    lab.laptop(lan="192.168.0.230")
    lab.wait(16)


@scenario("vpn-up", "A VPN comes up and takes all traffic; behind it DNS to OpenDNS is dropped. Both devices in one file.",
          rows=(22, 29), seconds=60, dns="unprotected", web="protected", findings=[],
          expect={**BOTH_DOWN, "counts.clients": 1})
def vpn_up(lab):
    lab.internet()
    lab.far_rule("iifname vpn ip daddr R4 udp dport { 53, 443 } drop")
    network.Tunnel(lab.client, "tun0", lab.cloud, "vpn", "203.0.113.9")
    lab.cloud.ip("link set vpn up\nroute add 10.99.0.0/24 dev vpn\n")
    lab.client.ip("link set tun0 up\naddr add 10.99.0.5/32 dev tun0\n")
    lab.record((lab.client, "eth0"), (lab.client, "tun0"))
    laptop = lab.laptop()
    lab.wait(16)
    for process in laptop:
        process.stop()
    lab.client.ip("route add 203.0.113.9/32 via 192.168.0.1\nroute replace default dev tun0 src 10.99.0.5\n")
    lab.wait(2)
    lab.laptop(lan="10.99.0.5")
    lab.wait(26)


# DNS: local resolvers

@scenario("dns-local-probes", "Probes to the adapter's DNS server (NXDOMAIN) beside those to OpenDNS, which are answered.",
          rows=(23,), dns="protected", web="protected", findings=["local-probe"], expect=BOTH_UP)
def dns_local_probes(lab):
    lab.internet()
    lab.record()
    lab.laptop(local=("192.168.0.1",))
    lab.wait(22)


@scenario("dns-backed-off", "The module backs off: only the local resolver is asked, which is by design.", rows=(23,),
          dns="not-observed", web="not-observed", findings=["local-probe"], expect={"counts.clients": 0})
def dns_backed_off(lab):
    lab.internet()
    lab.record()
    for _ in range(3):
        lab.client.call(client.nslookup, "192.168.0.1")
        lab.wait(4)


@scenario("dns-protected-network",
          "A Virtual Appliance answers the local probes for the organisation, direct ones are dropped.",
          rows=(23,), dns="inconclusive", web="protected", findings=["local-probe"],
          expect={"c.dns.cause": "protected-network"})
def dns_protected_network(lab):
    lab.internet()
    appliance = lab.add_client("appliance", "192.168.0.53", None, "00:00:5e:00:53:35")
    servers.dnsdist(appliance, lab.folder, ["192.168.0.53"], "addAction(AllRule(), %s)\n" % servers.spoof(
        [s for s in servers.identity() if not s.startswith("device")] + ["appliance VA-1"]), "appliance")
    lab.ready(appliance, "udp", 53)
    lab.rule(*DROP_DNS)
    lab.record()
    lab.laptop(local=("192.168.0.53",))
    lab.wait(26)


@scenario("dns-only-own-resolver", "Only the office's resolver may ask outside: it forwards the local probes to OpenDNS, which knows "
          "no organisation; direct probes are dropped.", rows=(1, 23), dns="unprotected", web="protected",
          findings=["local-probe"], expect={**BOTH_DOWN, "c.dns.cause": "no-reply"})
def dns_only_own_resolver(lab):
    lab.internet(identified=False)
    lab.office_resolver("--server=/debug.opendns.com/208.67.222.222")
    lab.rule(*DROP_DNS)
    lab.record()
    lab.laptop(local=("192.168.0.1",))
    lab.wait(26)


@scenario("dns-own-resolver-identifies", "The same, and the resolver's answers name the client's organisation.", rows=(23,),
          dns="inconclusive", web="protected", findings=["local-probe"], expect={"c.dns.cause": "protected-network"})
def dns_own_resolver_identifies(lab):
    lab.internet()
    lab.office_resolver("--server=/debug.opendns.com/208.67.222.222")
    lab.rule(*DROP_DNS)
    lab.record()
    lab.laptop(local=("192.168.0.1",))
    lab.wait(26)


@scenario("far-forwarder",
          "Outside of the NAT: the office's resolver forwards local probes to OpenDNS beside the client's own.",
          rows=(23,), dns="protected", web="protected", expect={"c.client": "198.51.100.7", "c.capture_point": "remote"},
          has=[], lacks=["conflicting-replies", "forged-reply"])
def far_forwarder(lab):
    lab.internet()
    lab.office_resolver("--server=/debug.opendns.com/208.67.222.222")
    lab.record((lab.firewall, "wan"))
    lab.laptop(local=("192.168.0.1",))
    lab.wait(22)


@scenario("dns-nslookup", "No module: an administrator's nslookup of debug.opendns.com, answered.", dns="protected",
          web="not-observed", findings=[], expect={PORT_53: "up", PORT_443: "untested", "c.dns.confidence": "limited"})
def dns_nslookup(lab):
    lab.internet()
    lab.record()
    lab.others()
    lab.client.call(client.nslookup, "208.67.222.222", 2)
    lab.wait(9)


@scenario("dns-nslookup-dropped", "No module: an administrator's nslookup of debug.opendns.com, dropped.", dns="inconclusive",
          web="not-observed", findings=[],
          expect={PORT_53: "down", PORT_443: "untested"})
def dns_nslookup_dropped(lab):
    lab.internet()
    lab.rule(*DROP_DNS)
    lab.record()
    lab.others()
    lab.client.call(client.nslookup, "208.67.222.222", 3, 2.0)
    lab.wait(22)


# No line

@scenario("line-dead", "All is well, then the provider's line is dead: nothing comes back, from nobody.", seconds=60,
          dns="inconclusive", web="inconclusive", findings=[],
          expect={"c.dns.cause": "no-connectivity", "c.web.cause": "no-connectivity"})
def line_dead(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(16)
    lab.line.set(dead=True)
    lab.wait(40)


@scenario("link-dead", "All is well, then the client's own link is dead: the office's resolver is silent too.", seconds=60,
          dns="inconclusive", web="inconclusive", findings=[],
          expect={"c.dns.cause": "no-connectivity", "c.web.cause": "no-connectivity"})
def link_dead(lab):
    lab.internet()
    lab.client.ip("neigh replace 192.168.0.1 lladdr 00:00:5e:00:53:01 nud permanent dev eth0\n")
    lab.record()
    lab.laptop()
    lab.wait(16)
    lab.firewall.ip("link set port1 nomaster\n")
    lab.wait(40)


@scenario("router-answers",
          "The line behind the router is down; the router says so (ICMP 3/0, REFUSED).", rows=(5,), seconds=60,
          dns="inconclusive", web="inconclusive", findings=[],
          expect={"c.dns.cause": "no-connectivity", "c.web.cause": "no-connectivity"})
def router_answers(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(16)
    lab.firewall.ip("route del default dev wan\n")
    lab.wait(40)


# Where it is recorded

@scenario("nat-both-sides", "Recorded inside and outside of the NAT, in one file.", dns="protected", web="protected",
          findings=["nat-seen"], expect={"counts.clients": 1, "c.client": "192.168.0.204"})
def nat_both_sides(lab):
    lab.internet()
    lab.record((lab.client, "eth0"), (lab.firewall, "wan"))
    lab.laptop()
    lab.wait(22)


@scenario("nat-replies-lost", "Both sides of the NAT in one file: OpenDNS's replies arrive outside and get no further.",
          dns="unprotected", web="protected", findings=["nat-seen"],
          expect={"counts.clients": 1, "c.client": "192.168.0.204", "c.dns.cause": "no-reply"})
def nat_replies_lost(lab):
    lab.internet()
    lab.rule("ip saddr R4 udp sport { 53, 443 } drop")
    lab.record((lab.client, "eth0"), (lab.firewall, "wan"))
    lab.laptop()
    lab.wait(26)


@scenario("far-fine", "All is well, recorded on the firewall's outer side: the verdict is the site's.", dns="protected",
          web="protected", findings=[],
          expect={"c.client": "198.51.100.7", "c.capture_point": "remote", "c.dns.confidence": "limited"})
def far_fine(lab):
    lab.internet()
    lab.record((lab.firewall, "wan"))
    lab.laptop()
    lab.wait(22)


@scenario("far-dns-dropped", "DNS is dropped by the provider, recorded on the firewall's outer side.", rows=(1,),
          dns="unprotected", web="protected", findings=[],
          expect={"c.client": "198.51.100.7", "c.capture_point": "remote", "c.dns.cause": "no-reply"})
def far_dns_dropped(lab):
    lab.internet()
    lab.far_rule(*DROP_DNS)
    lab.record((lab.firewall, "wan"))
    lab.laptop()
    lab.wait(26)


@scenario("far-dns-dropped-inside", "DNS is dropped by the firewall on whose outer side it is recorded: no probe shows there.",
          rows=(1,), dns="not-observed", web="protected", findings=[],
          expect={"c.client": "198.51.100.7", "c.capture_point": "remote"})
def far_dns_dropped_inside(lab):
    lab.internet()
    lab.rule(*DROP_DNS)
    lab.record((lab.firewall, "wan"))
    lab.laptop()
    lab.wait(20)


@scenario("far-web-reset", "The gateway resets all connections, recorded on the firewall's outer side.", rows=(14,),
          dns="protected", web="cloud-service-unavailable", findings=[],
          expect={"c.capture_point": "remote", "c.web.cause": "reset"})
def far_web_reset(lab):
    lab.internet()
    lab.far_rule("ip daddr GW tcp dport 443 reject with tcp reset")
    lab.record((lab.firewall, "wan"))
    lab.laptop()
    lab.wait(22)


@scenario("mirror-three-clients", "A mirror port with three computers: one well, one without DNS, one without the gateway.",
          dns="unprotected", web="cloud-service-unavailable", seconds=40,
          findings=["reset-on-path"],
          expect={"counts.clients": 3, "counts.dns.unprotected": 1, "counts.dns.protected": 2,
                  "counts.web.cloud-service-unavailable": 1, "counts.web.protected": 2})
def mirror_three_clients(lab):
    lab.internet(devices=((SECOND_DEVICE, SECOND), (THIRD_DEVICE, THIRD)))
    second = lab.add_client("second", SECOND, None, SECOND_MAC)
    third = lab.add_client("third", THIRD, None, THIRD_MAC)
    lab.rule("ip saddr 192.168.0.205 ip daddr R4 udp dport { 53, 443 } drop", "ip saddr 192.168.0.206 " + RESET_WEB)
    lab.record((lab.firewall, "lan"))
    lab.laptop()
    lab.laptop(second, device=SECOND_DEVICE, lan=SECOND)
    lab.laptop(third, device=THIRD_DEVICE, lan=THIRD)
    lab.wait(26)


@scenario("mirror-fifty-clients", "A mirror port with fifty computers, of which DNS is dropped for three.", seconds=60,
          dns="unprotected", web="not-observed",
          findings=[],
          expect={"counts.clients": 50, "counts.dns.unprotected": 3, "counts.dns.protected": 47})
def mirror_fifty_clients(lab):
    computers = [("192.168.0.%d" % (100 + n), "0123456789abce%02x" % n) for n in range(50)]
    lab.internet(devices=[(device, address) for address, device in computers])
    hosts = [lab.add_client("c%d" % n, address, None, "00:00:5e:00:53:%02x" % (100 + n))
             for n, (address, _) in enumerate(computers)]
    bad = (7, 20, 33)
    lab.rule("ip saddr { %s } ip daddr R4 udp dport { 53, 443 } drop" % ", ".join(computers[n][0] for n in bad))
    lab.record((lab.firewall, "lan"))
    for n, (host, (address, device)) in enumerate(zip(hosts, computers)):
        lab.module(host, device=device, lan=address, burst_of=2 if n in bad else 1, cycles=2 if n in bad else 1, delay=n * 0.1)
        if n in bad:
            lab.others(host)
    lab.wait(36)


@scenario("nothing", "Mail and web, and nothing of the module.", dns="not-observed", web="not-observed", findings=[],
          expect={"counts.clients": 0})
def nothing(lab):
    lab.internet()
    lab.record()
    lab.others()
    lab.client.call(client.direct, "www.example.com")
    lab.wait(8)


# The gateway

WEB_DOWN = {"dns": "protected", "web": "cloud-service-unavailable"}


@scenario("web-dropped", "The firewall drops SYNs to the gateway; the client goes directly instead.", rows=(12, 30), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "no-reply", "c.web.confidence": "high", **FAIL_OPEN})
def web_dropped(lab):
    at_work(lab, 24, DROP_WEB)


@scenario("web-reset-near", "The firewall, next to the client, resets connections to the gateway.", rows=(13, 30), **WEB_DOWN,
          findings=["reset-on-path"], expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "on-path-device",
                                              **FAIL_OPEN})
def web_reset_near(lab):
    at_work(lab, 22, RESET_WEB)


@scenario("web-reset-injected",
          "A device beside the path sends resets with the SYN's window; the gateway's SYN-ACKs come as well.",
          rows=(13, 30), **WEB_DOWN, findings=["reset-on-path"],
          expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "on-path-device", **FAIL_OPEN})
def web_reset_injected(lab):
    lab.internet()
    lab.firewall.call(servers.reset_injector, "lan", GATEWAY)
    lab.wait(0.3)
    lab.record()
    lab.laptop()
    lab.wait(22)


@scenario("web-reset-far", "Tunnels work, then the gateway's own computer resets connections.", rows=(14,), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": "gateway",
                               "c.web.since.at_or_before": False, **FAIL_OPEN})
def web_reset_far(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(10)
    lab.far_rule("ip daddr GW tcp dport 443 reject with tcp reset")
    lab.wait(16)


@scenario("web-reset-far-only", "The gateway's own computer resets all connections, from the first on.", rows=(14,), **WEB_DOWN,
          findings=[],
          expect={"c.web.cause": "reset", "c.web.gateways.0.reset_origin": lambda v: v != "on-path-device", **FAIL_OPEN})
def web_reset_far_only(lab):
    lab.internet()
    lab.far_rule("ip daddr GW tcp dport 443 reject with tcp reset")
    lab.record()
    lab.laptop()
    lab.wait(22)


@scenario("web-icmp", "The firewall rejects connections to the gateway with ICMP 3/13.", rows=(5, 12), **WEB_DOWN, findings=[],
          expect={"c.web.cause": "icmp-unreachable",
                  "c.web.gateways.0.icmp": lambda v: (v["sender"], v["type"], v["code"]) == ("192.168.0.1", 3, 13)})
def web_icmp(lab):
    at_work(lab, 22, "ip daddr GW tcp dport 443 reject with icmp admin-prohibited")


@scenario("web-session-reset", "Connections open; the firewall resets them on the first data.", rows=(13, 16), **WEB_DOWN,
          findings=["reset-on-path"], expect={"c.web.cause": "session-reset",
                                              "c.web.gateways.0.reset_origin": "on-path-device", **FAIL_OPEN})
def web_session_reset(lab):
    at_work(lab, 22, "ip daddr GW tcp dport 443 ct original packets > 2 reject with tcp reset")


@scenario("web-session-stalled", "Connections open; the firewall drops all data.", rows=(12,), **WEB_DOWN, findings=[],
          expect={"c.web.cause": "session-stalled", **FAIL_OPEN})
def web_session_stalled(lab):
    at_work(lab, 26, "ip daddr GW tcp dport 443 ct original packets > 2 drop")


@scenario("web-session-silent", "Connections open and CONNECT is acknowledged, but the gateway never answers.", **WEB_DOWN,
          findings=[], expect={"c.web.cause": "session-silent", **FAIL_OPEN})
def web_session_silent(lab):
    at_work(lab, 30, gateway="silent")


@scenario("web-session-closed", "Connections open; the gateway ends them with FIN after CONNECT.", rows=(14,), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "session-closed", **FAIL_OPEN})
def web_session_closed(lab):
    at_work(lab, 22, gateway="fin")


@scenario("web-syn-proxy", "The firewall's SYN proxy completes every handshake; the gateway behind it is unreachable.",
          rows=(12,), **WEB_DOWN, findings=["answered-nearby"],
          # The proxy's window stays 0: the client may send nothing. The newest
          # may still wait.
          expect={"c.web.cause": "session-stalled",
                  "c.web.gateways.0.outcomes": lambda v: set(v) <= {"session-stalled", "opened", "pending"}})
def web_syn_proxy(lab):
    lab.internet()
    lab.syn_proxy()
    lab.far_rule("ip daddr GW tcp dport 443 drop")
    lab.record()
    lab.laptop()
    lab.wait(30)


@scenario("web-tcp-proxy", "A transparent proxy on the firewall accepts every connection, and cannot reach the gateway.",
          rows=(12, 16), **WEB_DOWN, findings=["answered-nearby"], expect={"c.web.cause": "session-silent", **FAIL_OPEN})
def web_tcp_proxy(lab):
    lab.internet()
    lab.firewall.call(servers.odd_gateway, "192.168.0.1", "silent", 8443)
    lab.rule("ip daddr GW tcp dport 443 dnat ip to 192.168.0.1:8443", chain="redirecting")
    lab.wait(0.3)
    lab.record()
    lab.laptop()
    lab.wait(30)


def status_of(status, server, via=None):
    """Likes the answer to CONNECT: who gave it, and as what it calls itself."""
    return lambda v: (v["status"], v["origin"]) == (status, "on-path-device") and server in (v["server"] or "") and (
        via is None or via in (v["via"] or ""))


@scenario("web-squid-denies", "The firewall hands connections to the gateway to the company's proxy (Squid), which denies CONNECT.",
          rows=(16,), **WEB_DOWN, findings=["answered-nearby"],
          expect={"c.web.cause": "session-intercepted", **FAIL_OPEN,
                  "c.web.connect_answers.0": status_of(403, "squid", "proxy.example.net")})
def web_squid_denies(lab):
    squid(lab, "deny")


def squid(lab, access):
    lab.internet()
    servers.squid(lab.firewall, lab.folder, "192.168.0.1:3128", access)
    lab.take_over(3128)
    lab.record()
    lab.laptop()
    lab.wait(24)


@scenario("web-squid-opens", "The same, but Squid opens the tunnels itself: no word of them reaches the gateway.",
          rows=(16,), dns="protected", web="protected", findings=["answered-nearby"])
def web_squid_opens(lab):
    squid(lab, "allow")


@scenario("web-nginx-nearby", "The firewall hands connections to the gateway to a web server (nginx), which understands no CONNECT.",
          rows=(11, 16), **WEB_DOWN, findings=["answered-nearby"],
          expect={"c.web.cause": "session-intercepted", "c.web.connect_answers.0": status_of(400, "nginx"), **FAIL_OPEN})
def web_nginx_nearby(lab):
    lab.internet()
    servers.nginx(lab.firewall, lab.folder, "block", "server { listen 192.168.0.1:8080; return 200 \"blocked\"; }\n")
    lab.take_over(8080)
    lab.record()
    lab.laptop()
    lab.wait(24)


@scenario("web-nginx-at-gateway", "In front of the gateway's own computers a web server (nginx) refuses CONNECT.", rows=(14, 16),
          **WEB_DOWN, findings=[], expect={"c.web.cause": "proxy-error", **FAIL_OPEN})
def web_nginx_at_gateway(lab):
    at_work(lab, 24, gateway=lambda address: servers.nginx(
        lab.cloud, lab.folder, "front", "server { listen %s:443; return 200 \"no\"; }\n" % address))


@scenario("web-ips-hello", "An inspecting firewall resets each tunnel in which it sees a ClientHello (an nftables rule on its first bytes).",
          rows=(16,), **WEB_DOWN, findings=["reset-on-path"],
          expect={"c.web.cause": "tunnel-reset", "c.web.gateways.0.reset_origin": "on-path-device", **FAIL_OPEN})
def web_ips_hello(lab):
    lab.internet()
    # Behind a TCP header of 20 bytes: a handshake record (22) of TLS, and in it a ClientHello (1).
    lab.rule("ip daddr GW tcp dport 443 @th,96,4 5 @th,160,16 0x1603 @th,200,8 1 reject with tcp reset")
    lab.record()
    lab.laptop(agent=False)
    lab.agent(tls_every=1)
    lab.wait(24)


@scenario("web-download-stalls", "Packets over 1,300 bytes from outside vanish on the way: pages that are small load, a large one stalls.",
          rows=(20,), dns="protected", web="protected", findings=["path-mtu"])
def web_download_stalls(lab):
    lab.internet()
    lab.line.set(largest_in=1300)
    lab.record()
    lab.module()
    lab.others()
    lab.agent(download=True, tls_every=1, every=9)
    lab.wait(32)


@scenario("web-tls-reset", "The tunnel opens (200); the firewall resets it on the first TLS data in it.", rows=(16,),
          # By the rules protected, as the gateway did answer; the finding says the rest.
          dns="protected", web="cloud-service-unavailable", findings=["reset-on-path"])
def web_tls_reset(lab):
    lab.internet()
    lab.rule("ip daddr GW tcp dport 443 ct original packets > 4 reject with tcp reset")
    lab.record()
    lab.laptop(agent=False)
    lab.agent(tls_every=1)
    lab.wait(22)


@scenario("web-short-outage",
          "The gateway is dropped for five seconds: one handshake fails, no outage.", rows=(12,), seconds=40,
          dns="protected", web="protected", findings=["gateway-partly-failing"],
          expect={"c.timeline": lambda v: len([e for e in v if e["service"] == "web"]) == 1})
def web_short_outage(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(11)
    lab.rule(DROP_WEB)
    lab.wait(7)    # the attempt at 12.5 s is given up at 17.5 s
    lab.heal()
    lab.wait(12)


@scenario("web-path-mtu", "Packets over 1,300 bytes vanish on the way: a path MTU black hole. Small ones pass.", rows=(20,),
          dns="protected", web="protected", findings=["path-mtu"])
def web_path_mtu(lab):
    lab.internet()
    lab.line.set(largest=1300)
    lab.record()
    lab.module()
    lab.others()
    lab.agent(upload=2800, tls_every=1, every=8)
    lab.wait(24)


@scenario("web-path-mtu-icmp", "The router says ICMP 3/4 for large segments, and the client sends smaller ones.", rows=(20,),
          dns="protected", web="protected", findings=["path-mtu"])
def web_path_mtu_icmp(lab):
    lab.internet()
    lab.firewall.ip("link set wan mtu 1300\n")
    lab.record()
    lab.module()
    lab.others()
    lab.agent(upload=2800, tls_every=1, every=8)
    lab.wait(20)


@scenario("web-denied", "The gateway answers CONNECT to one site with 403, which is policy.", rows=(16,), dns="protected",
          web="protected", findings=["proxy-denied"])
def web_denied(lab):
    lab.internet()
    lab.record()
    lab.module()
    lab.others()
    lab.agent(sites=("www.example.com", "blocked.example.org"), fail_open=False)
    lab.wait(22)


@scenario("web-407", "The gateway wants a password: 407 to every CONNECT.", rows=(16,), **WEB_DOWN, findings=[],
          expect={"c.web.cause": "proxy-error", **FAIL_OPEN})
def web_407(lab):
    at_work(lab, 22, options="BasicAuth user secret")


@scenario("web-denied-all", "The gateway answers every CONNECT with 403: a policy that denies all, or no policy for this device.",
          rows=(16,), seconds=40, dns="protected", web="protected", findings=["proxy-denied"],
          expect={"c.findings.0.advice": lambda v: bool(v)})
def web_denied_all(lab):
    lab.internet(gateway="403 Forbidden")
    lab.record()
    lab.laptop(agent=False)
    # Nothing goes out directly: the gateway was reached.
    lab.agent(every=2.0, fail_open=False)
    lab.wait(26)


@scenario("web-session-foreign", "What listens at the gateway's address says the words of an SSH server.", rows=(16,), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "session-foreign", **FAIL_OPEN})
def web_session_foreign(lab):
    at_work(lab, 24, gateway="SSH")


@scenario("web-slow-answers", "The gateway takes six seconds to answer each CONNECT with 200.", rows=(25,), dns="protected",
          web="protected", findings=["slow-answer"])
def web_slow_answers(lab):
    lab.internet(gateway=lambda address: lab.cloud.call(servers.odd_gateway, address, "200 Connection established", delay=6.0))
    lab.record()
    lab.laptop(agent=False)
    lab.agent(patience=9.0, tls_every=1000, every=7.0)
    lab.wait(36)


@scenario("web-502", "The gateway answers every CONNECT with 502.", rows=(16,), **WEB_DOWN, findings=[],
          expect={"c.web.cause": "proxy-error", **FAIL_OPEN})
def web_502(lab):
    at_work(lab, 22, gateway="502 Bad Gateway")


@scenario("web-one-site-down", "The gateway cannot reach one site (500), others are served.", rows=(16,), dns="protected",
          web="protected", findings=["proxy-error"])
def web_one_site_down(lab):
    lab.internet()
    lab.record()
    lab.module()
    lab.others()
    lab.agent(sites=("www.example.com", "nothing-there.example.org"), fail_open=False)
    lab.wait(28)


def wrong_name(lab, option):
    lab.internet()
    lab.office_resolver(option)
    lab.record()
    lab.laptop()
    lab.wait(24)


@scenario("web-name-nxdomain", "The office's resolver says that the gateway's name does not exist.", rows=(15,), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "name-not-resolved", **FAIL_OPEN})
def web_name_nxdomain(lab):
    wrong_name(lab, "--local=/opendns.com/")


@scenario("web-name-private",
          "The office's resolver gives a private address for the gateway's name.", rows=(15, 11), **WEB_DOWN,
          findings=["gateway-suspicious"], expect={"c.web.cause": "name-misdirected", **FAIL_OPEN})
def web_name_private(lab):
    wrong_name(lab, "--address=/%s/10.1.2.3" % GATEWAY_NAME)


@scenario("web-name-block-page", "The gateway's name resolves to a block page of Umbrella.", rows=(15,), **WEB_DOWN,
          findings=["gateway-suspicious"], expect={"c.web.cause": "name-misdirected", **FAIL_OPEN})
def web_name_block_page(lab):
    wrong_name(lab, "--address=/%s/146.112.61.106" % GATEWAY_NAME)


@scenario("web-name-silent", "The office's resolver does not answer for the gateway's name.", rows=(15,), **WEB_DOWN,
          findings=[], expect={"c.web.cause": "name-not-resolved", **FAIL_OPEN})
def web_name_silent(lab):
    # Nobody is there; queries for other names go where they should.
    wrong_name(lab, "--server=/qq.opendns.com/203.0.113.77")


@scenario("web-name-no-ipv6", "The gateway's name has an IPv4 address and no IPv6 one; both are asked for.", rows=(15,),
          dns="protected", web="protected", findings=[])
def web_name_no_ipv6(lab):
    lab.internet()
    lab.record()
    lab.laptop(agent=False)
    lab.agent(also=28)
    lab.wait(14)


@scenario("web-gateway-unknown", "The gateway's name was resolved unseen; SYNs to its address are dropped.", rows=(12,),
          dns="protected", web="not-observed", findings=[],
          expect={"c.web.gateway_candidates": lambda v: [c["address"] for c in v] == [GATEWAY]})
def web_gateway_unknown(lab):
    lab.internet()
    lab.rule(DROP_WEB)
    lab.record()
    lab.laptop(agent=False)
    lab.agent(address=GATEWAY)
    lab.wait(24)


@scenario("web-gateway-unknown-fine",
          "The gateway's name was resolved unseen; tunnels work.", dns="protected", web="not-observed",
          findings=[], expect={"c.web.gateway_candidates": lambda v: [c["address"] for c in v] == [GATEWAY]})
def web_gateway_unknown_fine(lab):
    lab.internet()
    lab.record()
    lab.laptop(agent=False)
    lab.agent(address=GATEWAY)
    lab.wait(14)


@scenario("web-fail-open", "The gateway is dropped; TLS, HTTP and QUIC go directly instead.", rows=(30,), **WEB_DOWN,
          findings=["quic-direct"], expect={"c.web.cause": "no-reply", "c.web.fail_open": lambda v: v["connections"] >= 4})
def web_fail_open(lab):
    lab.internet()
    lab.rule(DROP_WEB)
    lab.record()
    lab.module()
    lab.others()
    lab.agent(plain_too=True)
    lab.wait(8)
    lab.client.call(client.quic)
    lab.wait(16)


@scenario("captive-portal", "A hotel's portal: the connectivity test is redirected, the gateway reset, all else dropped.",
          rows=(11,), dns="unprotected", web="cloud-service-unavailable", findings=["captive-portal", "reset-on-path"],
          expect={**BOTH_DOWN, "c.dns.cause": "no-reply", "c.web.cause": "reset"})
def captive_portal(lab):
    lab.internet()
    servers.nginx(lab.firewall, lab.folder, "portal",
                  "server { listen 192.168.0.1:80; return 302 http://login.hotel.example/; }\n")
    lab.ready(lab.firewall, "tcp", 80)
    lab.rule("tcp dport 80 dnat ip to 192.168.0.1:80", chain="redirecting")
    lab.rule("tcp dport 443 reject with tcp reset", "iifname lan drop")
    lab.record()
    lab.laptop()
    lab.client.call(client.connectivity_tests)
    lab.wait(28)


@scenario("web-healed", "The gateway is dropped, and after 18 s no longer.", rows=(12,), dns="protected", web="protected",
          findings=[], expect={**number(0, 1), "c.outages": outages(("web", "no-reply", "proof", True)),
                               "c.web.since.at_or_before": False,
                               "c.timeline": lambda v: [(e["from"], e["to"]) for e in v if e["service"] == "web"]
                               == [("not-observed", "cloud-service-unavailable"), ("cloud-service-unavailable", "protected")]})
def web_healed(lab):
    lab.internet()
    lab.rule(DROP_WEB)
    lab.record()
    lab.laptop()
    lab.wait(18.2)    # the third attempt is given up after 17.5 s
    lab.heal()
    lab.wait(12)


@scenario("web-one-gateway-bad", "The name has two addresses; the firewall drops one of them.", rows=(12,), dns="protected",
          web="protected", findings=["gateway-unreachable"])
def web_one_gateway_bad(lab):
    at_work(lab, 34, "ip daddr %s tcp dport 443 drop" % GATEWAY_2, gateways=(GATEWAY, GATEWAY_2))


@scenario("web-region-changes", "The gateway's name leads to another address half-way; both work.", rows=(28,), dns="protected",
          web="protected", findings=[], expect={"c.web.gateways": lambda v: len(v) == 2})
def web_region_changes(lab):
    lab.internet(gateways=(GATEWAY, GATEWAY_2), named=(GATEWAY,))
    lab.record()
    lab.laptop()
    lab.wait(12)
    lab.office_resolver("--address=/%s/%s" % (GATEWAY_NAME, GATEWAY_2))
    lab.wait(12)


@scenario("web-partly-failing", "The gateway fails for two of ten connections, and then twice in a row.", seconds=60,
          dns="protected", web="protected", findings=["gateway-partly-failing"])
def web_partly_failing(lab):
    good, bad = list(range(50001, 50012)), iter(range(60001, 60006))
    ports = [next(bad) if n in (2, 6, 10, 11) else good[n] if n < len(good) else 0 for n in range(12)]
    lab.internet()
    lab.rule("ip daddr GW tcp sport 60000-60100 drop")
    lab.record()
    lab.module(cycles=3)
    lab.others(every=8)
    lab.agent(every=2, ports=ports, times=12, tls_every=100, wait=4.0)
    lab.wait(42)


@scenario("web-300-connections", "300 connections to the gateway at once, of which two get no answer.", dns="protected",
          web="protected", findings=["gateway-partly-failing"],
          expect={"c.web.gateways.0.outcomes": {"no-reply": 2, "completed": 299}})
def web_300_connections(lab):
    lab.internet(gateway="200 OK")
    lab.rule("ip daddr GW tcp sport { 40100, 40222 } drop")
    lab.record()
    lab.laptop(agent=False)
    lab.agent(times=1, tls_every=100)
    lab.wait(2)
    lab.client.call(client.hold, GATEWAY, 300, 40000)
    lab.wait(12)


@scenario("web-reset-after-idle", "A tunnel is idle; the firewall has forgotten it and resets it when it is used again.",
          seconds=90, dns="protected", web="protected", findings=["reset-on-path", "tunnel-broken"])
def web_reset_after_idle(lab):
    lab.internet(gateway="200 OK")
    lab.record()
    lab.module()
    lab.others(every=15)
    lab.client.call(client.lookup, GATEWAY_NAME)
    lab.wait(1)
    lab.client.call(client.idle_tunnel, GATEWAY, 65)
    lab.wait(60)
    lab.rule(RESET_WEB)
    lab.wait(12)


@scenario("web-old-tunnels", "The tunnels are older than the capture: data of the gateway, no handshake.", dns="protected",
          web="protected", findings=["late-start"])
def web_old_tunnels(lab):
    lab.internet(gateway="200 OK")
    lab.client.call(client.old_tunnel, GATEWAY)
    lab.wait(1)
    lab.record()
    lab.client.call(client.lookup, GATEWAY_NAME)
    lab.module()
    lab.others()
    lab.wait(16)


@scenario("bypass-while-well", "Bypassed sites are reached directly while all is well.", dns="protected", web="protected",
          findings=[], expect={"c.web.fail_open": None})
def bypass_while_well(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.client.call(client.bypass, servers.SITES["www.example.net"])
    lab.wait(20)


@scenario("bypass-in-outage", "A bypassed site is reached directly before and during an outage; two others only during it.",
          seconds=45, **WEB_DOWN, findings=[],
          expect={"c.web.cause": "no-reply", "c.web.fail_open": lambda v: 1 <= v["connections"] <= 4})
def bypass_in_outage(lab):
    lab.internet()
    lab.record()
    lab.module()
    lab.others()
    lab.agent(sites=("www.example.com",))
    lab.client.call(client.bypass, servers.SITES["www.example.net"], 2.0)
    lab.wait(10)
    lab.rule(DROP_WEB)
    lab.wait(24)


@scenario("quic-while-well", "A browser's QUIC goes directly while all is well.", dns="protected", web="protected",
          findings=["quic-direct"])
def quic_while_well(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(4)
    lab.client.call(client.quic)
    lab.wait(8)


@scenario("explicit-proxy", "Only the company's own proxy leads out; DNS and the gateway are dropped.", rows=(17,),
          dns="unprotected", web="cloud-service-unavailable",
          findings=[],
          expect={**BOTH_DOWN, "c.dns.cause": "no-reply", "c.web.cause": "no-reply"})
def explicit_proxy(lab):
    lab.internet()
    servers.tinyproxy(lab.firewall, lab.folder, "192.168.0.1", 3128)
    lab.ready(lab.firewall, "tcp", 3128)
    lab.rule("iifname lan drop")
    lab.record()
    lab.laptop()
    lab.client.call(client.explicit_proxy, "192.168.0.1", every=7.0)
    lab.wait(28)


# That nobody answers the lookups of the gateway's name is the capture's doing,
# in both: no verdict on the web may come of it.
@scenario("capture-one-way", "DNS is dropped, and the capture holds only what the client sends.", rows=(27,), seconds=45,
          dns="unprotected", web="inconclusive", has=["one-way-capture"],
          expect={"c.dns.confidence": "limited", "c.dns.cause": "no-reply"})
def capture_one_way(lab):
    lab.internet()
    lab.rule(*DROP_DNS)
    lab.record(options=("-Q", "out"))
    lab.laptop(fallback_identified=False)
    lab.wait(38)


@scenario("capture-one-way-fine", "All is well, but the capture holds only what the client sends.", rows=(27,), seconds=45,
          dns="inconclusive", web="inconclusive", has=["one-way-capture"], expect={"c.dns.confidence": "limited"})
def capture_one_way_fine(lab):
    lab.internet()
    lab.record(options=("-Q", "out"))
    lab.laptop(plain=False)
    lab.wait(22)


@scenario("sync-blocked", "Synchronisation and certificate revocation are dropped; DNS and the gateway work.", rows=(18, 19),
          dns="protected", web="protected", findings=[])
def sync_blocked(lab):
    lab.internet()
    lab.rule("ip daddr { 146.112.63.0/24, 192.229.221.95 } drop")
    lab.record()
    lab.laptop()
    lab.client.call(client.direct, "sync.hydra.opendns.com", addresses_of=["146.112.63.4"])
    lab.client.call(client.direct, "ocsp.digicert.com", port=80, addresses_of=["192.229.221.95"])
    lab.wait(20)


# Both

@scenario("both-dropped", "DNS and the gateway are dropped.", rows=(1, 12), dns="unprotected", web="cloud-service-unavailable",
          findings=[], expect={**BOTH_DOWN, "c.dns.cause": "no-reply", "c.web.cause": "no-reply", **FAIL_OPEN})
def both_dropped(lab):
    at_work(lab, 27, *DROP_DNS, DROP_WEB)


@scenario("both-icmp-and-reset", "DNS is rejected with ICMP, the gateway with resets.", rows=(5, 13), dns="unprotected",
          web="cloud-service-unavailable", findings=["reset-on-path"],
          expect={**BOTH_DOWN, "c.dns.cause": "icmp-unreachable", "c.web.cause": "reset", **FAIL_OPEN})
def both_icmp_and_reset(lab):
    at_work(lab, 27, "ip daddr R4 udp dport { 53, 443 } reject with icmp admin-prohibited", RESET_WEB)


# Outages: several in one file, of different causes, one inside another

@scenario("outages-dns-three", "DNS is dropped, answered by somebody else, rejected with ICMP; well before, between and after.",
          rows=(1, 6, 5), seconds=150, dns="protected", web="protected", findings=["state-flapped"],
          expect={**BOTH_UP, **number(3, 0), "outages.clients": 1, "c.dns.worst": "unprotected", "c.dns.cause": None,
                  "c.outages": outages(DROPPED, ("dns", "intercepted", "proof", True), ("dns", "icmp-unreachable", "proof", True)),
                  "c.outages.1.fake_reply": lambda v: v["rcode"] == 3,
                  "c.outages.2.icmp": lambda v: (v["sender"], v["type"], v["code"]) == ("192.168.0.1", 3, 13)})
def outages_dns_three(lab):
    lab.internet()
    lab.impostor("addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))")
    lab.record()
    lab.module()
    lab.agent(every=15)
    lab.others()
    # Its bursts are at 0, 5, 10 or 15 s: damage is never done in one's midst.
    lab.wait(13)
    for damage in (lambda: lab.rule(*DROP_DNS),
                   lambda: lab.rule("ip daddr R4 udp dport { 53, 443 } dnat ip to 192.168.0.1:5353", chain="redirecting"),
                   lambda: lab.rule("ip daddr R4 udp dport { 53, 443 } reject with icmp admin-prohibited")):
        damage()
        lab.wait(26)
        lab.heal()
        lab.wait(18)


@scenario("outages-web-three", "The gateway is dropped, reset by the firewall, and closes what it opened; well before, between and after.",
          rows=(12, 13), seconds=160, dns="protected", web="protected", has=["reset-on-path", "state-flapped"],
          expect={**number(0, 3), "c.web.worst": "cloud-service-unavailable", "c.web.cause": None, "c.web.fail_open": None,
                  "c.outages": outages(("web", "no-reply", "proof", True), ("web", "reset", "proof", True),
                                       ("web", "session-closed", "proof", True)),
                  "c.outages.0.fail_open": lambda v: v["connections"] >= 1, "c.outages.1.origin": "on-path-device",
                  "c.outages.2.origin": "gateway"})
def outages_web_three(lab):
    lab.internet()
    lab.cloud.call(servers.odd_gateway, "203.0.113.9", "fin")
    lab.wait(0.3)
    lab.record()
    lab.module()
    lab.agent()
    lab.others(every=9)
    lab.wait(10)
    for damage in (lambda: lab.rule(DROP_WEB), lambda: lab.rule(RESET_WEB),
                   lambda: lab.rule("ip daddr GW tcp dport 443 dnat ip to 203.0.113.9:443", chain="redirecting")):
        damage()
        # Of a gateway that failed not long ago four handshakes are asked for.
        lab.wait(29)
        lab.heal()
        lab.wait(16)


@scenario("outages-block-line-reset", "DNS and the gateway are dropped; well; the line is dead; well; the gateway is reset to the end.",
          rows=(1, 12, 13), seconds=170, dns="protected", web="cloud-service-unavailable", has=["reset-on-path"],
          lacks=["probe-loss", "gateway-partly-failing"],
          expect={**BOTH_UP, **number(1, 2), "c.web.cause": "reset",
                  "c.outages": lambda v: sorted((o["service"], o["cause"], o["ended_by"] or "", o["counted"]) for o in v)
                  == [("dns", "no-connectivity", "proof", False), DROPPED, ("web", "no-connectivity", "proof", False),
                      ("web", "no-reply", "proof", True), ("web", "reset", "", True)],
                  "c.timeline": lambda v: [(e["service"], e["to"]) for e in v if e["service"] == "dns"]
                  == [("dns", "protected"), ("dns", "unprotected"), ("dns", "protected")]})
def outages_block_line_reset(lab):
    # The gateway's address is kept: a name that is asked for every few seconds and
    # then not answered is no outage yet, SYNs are.
    def laptop():
        lab.client.call(client.lookup, GATEWAY_NAME)
        return [lab.module(), lab.agent(address=GATEWAY), lab.others()]

    lab.internet()
    lab.record()
    started = laptop()
    lab.wait(12)
    lab.rule(*DROP_DNS, DROP_WEB)
    lab.wait(26)
    lab.heal()
    lab.wait(18)
    lab.line.set(dead=True)
    lab.wait(38)
    # What is still waiting when the line is back would be answered within 2 s of
    # the newest failure: not every line dies so kindly, but this one is to.
    for process in started:
        process.stop()
    lab.wait(4)
    lab.line.set(dead=False)
    laptop()
    lab.wait(20)
    lab.rule(RESET_WEB)
    lab.wait(32)


@scenario("outages-web-in-dns", "While DNS is dropped the gateway is reset for a while: an outage inside an outage.", rows=(1, 13),
          seconds=90, dns="protected", web="protected", findings=["reset-on-path"],
          expect={**BOTH_UP, **number(1, 1), "outages.clients": 1,
                  "c.outages": outages(DROPPED, ("web", "reset", "proof", True)),
                  "clients.0": lambda c: c["outages"][0]["since"]["time"] < c["outages"][1]["since"]["time"]
                  < c["outages"][1]["until"]["time"] < c["outages"][0]["until"]["time"]})
def outages_web_in_dns(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(12)
    lab.rule(*DROP_DNS)
    lab.wait(20)
    lab.rule(RESET_WEB)
    lab.wait(14)
    lab.heal()
    lab.rule(*DROP_DNS)
    lab.wait(16)
    lab.heal()
    lab.wait(18)


@scenario("outages-dns-in-web", "While the gateway is dropped DNS is rejected for a while, and the gateway's name still resolves.",
          rows=(5, 12), seconds=100, dns="protected", web="protected", has=[], lacks=["probe-loss", "gateway-partly-failing"],
          expect={**BOTH_UP, **number(1, 1),
                  "c.outages": outages(("web", "no-reply", "proof", True), ("dns", "icmp-unreachable", "proof", True)),
                  "clients.0": lambda c: c["outages"][1]["until"]["time"] < c["outages"][0]["until"]["time"]})
def outages_dns_in_web(lab):
    lab.internet()
    lab.record()
    lab.laptop()
    lab.wait(12)
    lab.rule(DROP_WEB)
    lab.wait(12)
    lab.rule("ip daddr R4 udp dport { 53, 443 } reject with icmp admin-prohibited")
    lab.wait(26)
    lab.heal()
    lab.rule(DROP_WEB)
    lab.wait(18)
    lab.heal()
    lab.wait(14)


# In each gap a SYN opens, if only the one that is sent again half a second later.
@scenario("web-flapping-gaps", "The gateway is reset for eight seconds at a time, with gaps of 1, 3, 8, 15 and 30 s.", rows=(13,),
          seconds=120, dns="protected", web="protected", has=["reset-on-path", "state-flapped"],
          expect={**number(0, 5), "c.outages": outages(*[("web", "reset", "proof", True)] * 5),
                  "c.timeline": lambda v: len([e for e in v if e["service"] == "web"]) == 11})
def web_flapping_gaps(lab):
    lab.internet()
    lab.record()
    lab.module(burst_of=1)
    lab.others(every=9)
    lab.agent(every=1, tls_every=1000, fail_open=False)
    lab.wait(5)
    for gap in (1, 3, 8, 15, 30):
        lab.rule(RESET_WEB)
        lab.wait(8)
        lab.heal()
        lab.wait(gap)


@scenario("dns-gaps-unseen", "DNS is dropped; twice it works for 1 s and 3 s, when nobody asks: one outage.", rows=(1,), seconds=60,
          dns="protected", web="protected", findings=[],
          expect={**BOTH_UP, **number(1, 0), "c.outages": outages(DROPPED), "c.outages.0.since.at_or_before": True,
                  "c.outages.0.duration_ms": lambda v: 39_000 < v < 46_000})
def dns_gaps_unseen(lab):
    lab.internet()
    lab.rule(*DROP_DNS)
    lab.record()
    lab.laptop()
    # It asks 0, 5 and 10.5 s after the start of a cycle of 15 s.
    lab.wait(12)
    lab.heal()
    lab.wait(1)
    lab.rule(*DROP_DNS)
    lab.wait(8.5)
    lab.heal()
    lab.wait(3)
    lab.rule(*DROP_DNS)
    lab.wait(17)
    lab.heal()
    lab.wait(12)


# Which machine, which clock

@scenario("machine-clones", "A mirror port with two computers from one image, one device id: DNS of one is dropped.",
          dns="unprotected", web="protected", has=["device-id-shared"], seconds=40,
          expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": SECOND, "c.dns.cause": "no-reply"})
def machine_clones(lab):
    lab.internet()
    second = lab.add_client("second", SECOND, None, SECOND_MAC)
    lab.rule("ip saddr %s udp dport { 53, 443 } drop" % SECOND)
    lab.record((lab.firewall, "lan"))
    lab.laptop()
    lab.laptop(second, lan=SECOND)
    lab.wait(32)


@scenario("machine-trunk", "A trunk to two offices with the same addresses, in VLAN 10 and 20 (tagged by the lab): DNS of one is dropped.",
          dns="unprotected", web="protected", has=["address-shared"], seconds=40,
          expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": "192.168.0.204", "c.dns.cause": "no-reply"})
def machine_trunk(lab):
    lab.internet()
    second = lab.second_office("second", "192.168.0.204", SECOND_MAC)
    lab.rule("iifname \"office2\" udp dport { 53, 443 } ip daddr R4 drop")
    lab.record((lab.client, "eth0"), vlan=10)
    lab.record((second, "eth0"), vlan=20)
    lab.laptop()
    lab.laptop(second, device=SECOND_DEVICE)
    lab.wait(40)


@scenario("machine-bridged-guest", "A virtual machine bridged to the laptop's Wi-Fi, one link-layer address: DNS of the guest is dropped.",
          dns="unprotected", web="protected", findings=[], seconds=40,
          expect={"counts.clients": 2, "counts.dns.protected": 1, "c.client": "192.168.0.209", "c.dns.cause": "no-reply"})
def machine_bridged_guest(lab):
    lab.internet(devices=((SECOND_DEVICE, "192.168.0.209"),))
    guest = lab.bridged_guest("guest", "192.168.0.209")
    lab.rule("ip saddr 192.168.0.209 udp dport { 53, 443 } drop")
    lab.record()
    lab.laptop()
    lab.laptop(guest, device=SECOND_DEVICE, lan="192.168.0.209")
    lab.wait(32)


@scenario("network-there-and-back-soon", "The office (works), 18 s of a phone's network (DNS dropped), and the office again.", seconds=70,
          dns="protected", web="protected", has=["network-changed"],
          expect={**BOTH_UP, "counts.clients": 1, "c.addresses": ["192.168.0.204", HOTSPOT]})
def network_there_and_back_soon(lab):
    lab.internet()
    lab.rule("ip saddr %s udp dport { 53, 443 } drop" % HOTSPOT)
    lab.record()
    for address, router, seconds in (("192.168.0.204", None, 12), (HOTSPOT, HOTSPOT_ROUTER, 18), ("192.168.0.204", "192.168.0.1", 14)):
        if router:
            lab.move(lab.client, address, router)
        laptop = lab.laptop(lan=address)
        lab.wait(seconds)
        for process in laptop:
            process.stop()


@scenario("network-ipv6-to-ipv6", "An office with IPv6 alone drops DNS; on a phone's network with IPv6 alone it works.", seconds=60,
          dns="protected", web="not-observed", has=["network-changed"],
          expect={"counts.clients": 1, "c.client": "2001:db8:0:1::cc", "c.dns.ipv6.verdict": "protected",
                  "c.outages": outages(("dns", "no-reply", "network-changed", True))})
def network_ipv6_to_ipv6(lab):
    lab.internet()
    lab.rule("ip6 saddr 2001:db8:0:1::cc udp dport { 53, 443 } drop")
    lab.client.ip("addr del 192.168.0.204/24 dev eth0\n")
    lab.record()
    for address in ("2001:db8:0:1::cc", "2001:db8:0:9::c3d4"):
        if address.endswith("c3d4"):
            lab.firewall.ip("addr add 2001:db8:0:9::1/64 dev lan nodad\n")
            lab.client.run("ip", "-6", "addr", "del", "2001:db8:0:1::cc/64", "dev", "eth0")
            lab.client.ip("addr add %s/64 dev eth0 nodad\nroute replace ::/0 via 2001:db8:0:9::1 dev eth0\n" % address)
        started = lab.module(resolvers=RESOLVERS_6), lab.others(server="2001:db8:0:1::1", mail=None, mail_6=servers.MAIL_6)
        lab.wait(22)
        for process in started:
            process.stop()


@scenario("capture-two-clocks", "What the client sends and what it gets, by two recorders whose clocks are 50 ms apart.",
          dns="protected", web="protected", findings=["clocks-differ"], expect=BOTH_UP)
def capture_two_clocks(lab):
    lab.internet()
    lab.record(options=("-Q", "out"))
    lab.record(options=("-Q", "in"), late=-0.05)
    lab.laptop()
    lab.wait(22)


@scenario("capture-one-uplink", "A mirror of one of two uplinks: OpenDNS's replies come by the other one.", seconds=50,
          dns="inconclusive", web="protected", findings=["one-way-capture"], expect={"counts.clients": 1})
def capture_one_uplink(lab):
    lab.internet()
    lab.record(options=("not (udp and src net 208.67.0.0/16)",))
    lab.laptop()
    lab.wait(42)


# The causes that are known from the field, and which scenarios show them: number
# -> (cause, why it is not or not wholly recorded).
CAUSES = {
    1: ("The perimeter drops DNS to OpenDNS on 443 and 53", ""),
    2: ("Only UDP 443 is blocked", ""),
    3: ("Only port 53 is blocked", ""),
    4: ("One resolver is blocked", ""),
    5: ("ICMP unreachable from the firewall", ""),
    6: ("Transparent DNS proxy, redirection of port 53", ""),
    7: ("The resolver says REFUSED or SERVFAIL", ""),
    8: ("Court order in France or Portugal", ""),
    9: ("Answers without identity", ""),
    10: ("DNS inspection kills DNSCrypt or EDNS", ""),
    11: ("Captive portal", ""),
    12: ("The perimeter drops the gateway", ""),
    13: ("The perimeter resets connections to the gateway", ""),
    14: ("The real server resets", ""),
    15: ("The gateway's name is not resolved", ""),
    16: ("TLS interception, another proxy in the path", "The inner certificate's issuer is not judged: it is in the tunnel, "
         "encrypted since TLS 1.3."),
    17: ("Only the company's explicit proxy", ""),
    18: ("Synchronisation and API blocked", "No verdict depends on it."),
    19: ("Certificate revocation blocked", "No verdict depends on it."),
    20: ("MTU, fragmentation", "A debug answer of OpenDNS has at most 434 bytes and is never truncated: "
         "`synthetic/dns-truncated` has TC=1."),
    21: ("IPv6 not enabled, or IPv6 only", "The log line without IPv6 packets is in no capture."),
    22: ("A VPN takes DNS, split tunnel", "The module suspending itself is in the log, not in packets."),
    23: ("Backed off: trusted or protected network", ""),
    24: ("NAT exhaustion, long UDP timeouts", "Shown by what it does: random loss, late answers. A real exhaustion needs "
         "thousands of flows."),
    25: ("Late answers", ""),
    26: ("Wrong clock, expired certificate", "A wrong clock of the capturing computer: every time stamp is shifted alike."),
    27: ("Artefact of the capture", "One direction here; cut, incomplete and shifted captures are variants made from these."),
    28: ("The gateway's region changes", ""),
    29: ("Another security client wraps the traffic", "Like a VPN: outside the tunnel nothing of the module shows."),
    30: ("Fail open is visible", ""),
}


def table():
    """Scenarios, and causes with their scenarios, as Markdown."""
    lines = ["# Recorded captures", "",
             "Recorded by `tests/lab/lab.py` in network namespaces: real servers, a real firewall, made-up computers. No packet of",
             "a real network is in them. `lab.py table` makes this list; `test_lab.py` compares the plugin with what is expected.",
             "", "| capture | shows | dns | web | findings |", "|---|---|---|---|---|"]
    for one in SCENARIOS.values():
        codes = one.expected.get("findings")
        codes = ", ".join(codes) if codes is not None else ", ".join(["any"] if not one.expected["has"] else
                                                                    ["at least " + ", ".join(one.expected["has"])])
        lines.append("| %s | %s | %s | %s | %s |" % (one.name, one.shows, one.expected["dns"], one.expected["web"], codes or "-"))
    lines += ["", "## Causes", "", "| | cause | captures | not recorded |", "|---|---|---|---|"]
    for number, (cause, reason) in CAUSES.items():
        names = [one.name for one in SCENARIOS.values() if number in one.rows]
        lines.append("| %d | %s | %s | %s |" % (number, cause, ", ".join(names), reason))
    return "\n".join(lines) + "\n"
