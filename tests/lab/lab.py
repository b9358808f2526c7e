#!/usr/bin/env python3
"""Records captures of every cause in a small Internet of network namespaces.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: lab.py list
       lab.py table
       lab.py check
       lab.py record [--all] [--out FOLDER] [--jobs N] [--keep-logs] [SCENARIO...]

list prints the scenarios (scenarios.py), table prints the list that stands in
captures/lab/MANIFEST.md, check says whether this computer can
record, record does it; FOLDER is tests/captures/lab unless said otherwise.
Nothing leaves the namespaces, and nothing outlives them: all processes are in
one process namespace per scenario, which ends with this program, however that
ends. Exit code 77: this computer cannot record.
"""

import argparse
import concurrent.futures
import ctypes
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "captures")]

import client
import network
import pcapng
import servers
from client import RESOLVERS_4, RESOLVERS_6

VERSION = 1
CANNOT = 77
PROGRAMS = ("nft", "ip", "sysctl", "unshare", "nsenter", "tcpdump", "dnsdist", "dnsmasq", "tinyproxy", "nginx", "openssl",
            "tayga", "traceroute", "tcptraceroute", "squid")
_UNSHARE = ("unshare", "--net", "--pid", "--mount", "--mount-proc", "--fork", "--kill-child")
_PR_SET_PDEATHSIG = 1

CLIENT, CLIENT_6, CLIENT_MAC = "192.168.0.204", "2001:db8:0:1::cc", "00:00:5e:00:53:cc"
ROUTER, ROUTER_6, ROUTER_MAC = "192.168.0.1", "2001:db8:0:1::1", "00:00:5e:00:53:01"
PUBLIC = "198.51.100.7"
# Words for rules.
SETS = {"R4": "{ %s }" % ", ".join(RESOLVERS_4), "R6": "{ %s }" % ", ".join(RESOLVERS_6),
        "GW": "{ %s, %s }" % (servers.GATEWAY, servers.GATEWAY_2)}

RULES = """
table inet lab {
  chain redirecting { type nat hook prerouting priority dstnat; }
  chain early { type filter hook prerouting priority raw; }
  chain forwarding { type filter hook forward priority filter; }
  chain leaving { type nat hook postrouting priority srcnat; oifname "wan" meta nfproto ipv4 masquerade; }
}
"""


class Capture:
    """tcpdump on one device."""

    def __init__(self, host, device, path, options=(), late=0.0, vlan=0):
        self.path, self.device, self.late, self.vlan = path, device, late, vlan
        self.process = subprocess.Popen(
            host.command("tcpdump", "-i", device, "-s", "0", *options, "-Z", "root", "-U", "--immediate-mode", "-w", path),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        # It says so when it listens.
        while b"listening on" not in (line := self.process.stderr.readline()):
            if not line:
                raise RuntimeError("tcpdump does not start on " + device)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()

    def packets(self):
        """@return (link type, [(time in us, bytes, original length)])."""
        with open(self.path, "rb") as file:
            data = file.read()
        magic, _, _, _, _, _, linktype = struct.unpack_from("<IHHiIII", data)
        assert magic == 0xA1B2C3D4
        found, at = [], 24
        while at < len(data):
            seconds, micro, kept, length = struct.unpack_from("<IIII", data, at)
            found.append((seconds * 1_000_000 + micro, data[at + 16:at + 16 + kept], length))
            at += 16 + kept
        if self.late:
            found = [(when + round(self.late * 1_000_000), *rest) for when, *rest in found]
        if self.vlan:
            tag = struct.pack("!HH", 0x8100, self.vlan)
            found = [(when, data[:12] + tag + data[12:], length + 4) for when, data, length in found]
        return linktype, found


class Lab:
    """The network of one scenario. A scenario is a function of it."""

    def __init__(self, folder):
        self.folder, self.log = folder, open(os.path.join(folder, "log"), "ab")
        self.captures, self._ports, self._resolver = [], 0, None
        self.cloud_addresses = [*RESOLVERS_4, *RESOLVERS_6, servers.GATEWAY, servers.GATEWAY_2, servers.ISP_RESOLVER,
                                *servers.SITES.values(), servers.SITE_6, servers.MAIL, servers.MAIL_6, servers.TEST_SITE,
                                "203.0.113.9"]
        self._hosts_file()
        self._routers()
        self.client = self.add_client("client", CLIENT, CLIENT_6, CLIENT_MAC)

    def _hosts_file(self):
        """The proxy resolves names by this file alone; it is mounted over
        /etc/hosts in the scenario's own mount namespace."""
        path = os.path.join(self.folder, "hosts")
        with open(path, "w", encoding="ascii") as out:
            out.write("127.0.0.1 localhost\n" + "".join("%s %s\n" % (a, n) for n, a in servers.SITES.items()))
        network.run(["mount", "--bind", path, "/etc/hosts"])
        empty = os.path.join(self.folder, "resolv.conf")
        with open(empty, "w", encoding="ascii") as out:
            out.write("nameserver 127.0.0.1\n")
        target = os.path.realpath("/etc/resolv.conf")
        if os.path.exists(target):
            network.run(["mount", "--bind", empty, target])

    def _routers(self):
        self.firewall = network.Host("firewall", self.log)
        self.cloud = network.Host("cloud", self.log)
        self.line = network.Line(self.firewall, "wan", self.cloud, "line")
        self.firewall.sysctl(**{"net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1,
                                "net.ipv4.conf.all.send_redirects": 0, "net.ipv4.icmp_ratelimit": 0,
                                "net.ipv4.icmp_ratemask": 0, "net.ipv6.icmp.ratelimit": 0,
                                "net.netfilter.nf_conntrack_tcp_loose": 1})
        self.firewall.ip("""link add lan type bridge mcast_snooping 0
link set lan address %s up
addr add %s/24 dev lan
addr add %s/64 dev lan nodad
addr add fe80::1/64 dev lan nodad
link set wan up
addr add %s/32 dev wan
route add default dev wan
route add ::/0 dev wan
""" % (ROUTER_MAC, ROUTER, ROUTER_6, PUBLIC))
        # Where bridges hand packets to the firewall's rules, a reset that a rule
        # makes leaves past the bridge's device, where a mirror port is recorded.
        for name in ("ip", "ip6", "arp"):
            try:
                self.firewall.sysctl(**{"net.bridge.bridge-nf-call-%stables" % name: 0})
            except RuntimeError:
                break    # the kernel's bridges do not
        self.cloud.ip("link set line up\nroute add default dev line\nroute add ::/0 dev line\n" + "".join(
            "addr add %s/%d dev lo%s\n" % ((a, 128, " nodad") if ":" in a else (a, 32, "")) for a in self.cloud_addresses))
        self.firewall.run("nft", "-f", "-", text=RULES)

    # Computers

    def add_client(self, name, address, address_6=None, mac=None, device="eth0", host=None):
        """A computer in the office, with the TTL of Windows; or another device
        of one that is there. Without an address the device has none yet."""
        new = host is None
        host = host or network.Host(name, self.log)
        self._ports += 1
        port = "port%d" % self._ports
        network.cable(host, device, self.firewall, port, mac)
        self.firewall.ip("link set %s master lan up\n" % port)
        lines = "link set %s up\n" % device
        if address:
            lines += "addr add %s/24 dev %s\nroute add default via %s dev %s\n" % (address, device, ROUTER, device)
        if address_6:
            lines += "addr add %s/64 dev %s nodad\nroute add ::/0 via %s dev %s\n" % (address_6, device, ROUTER_6, device)
        host.ip(lines)
        if new:
            host.sysctl(**{"net.ipv4.ip_default_ttl": 128, "net.ipv4.tcp_timestamps": 0, "net.ipv6.conf.all.hop_limit": 128,
                           "net.ipv6.conf.%s.hop_limit" % device: 128})
            try:
                # Waits double from the second SYN on, as Windows has it.
                host.sysctl(**{"net.ipv4.tcp_syn_linear_timeouts": 0})
            except RuntimeError:
                pass    # an older kernel always does so
        return host

    def second_office(self, name, address, mac, between=("10.9.9.1", "10.9.9.2")):
        """A computer of another office with the same addresses, behind a router of its own."""
        router, host = network.Host(name + "-router", self.log), network.Host(name, self.log)
        network.cable(self.firewall, "office2", router, "uplink")
        network.cable(host, "eth0", router, "lan", mac, "00:00:5e:00:53:02")
        self.firewall.ip("addr add %s/30 dev office2\nlink set office2 up\n" % between[0])
        router.ip("link set uplink up\nlink set lan up\naddr add %s/30 dev uplink\naddr add %s/24 dev lan\n"
                  "route add default via %s\n" % (between[1], ROUTER, between[0]))
        router.sysctl(**{"net.ipv4.ip_forward": 1})
        router.run("nft", "-f", "-", text="table ip lab {\n chain leaving { type nat hook postrouting priority srcnat; "
                   "oifname \"uplink\" masquerade; }\n chain arriving { type nat hook prerouting priority dstnat; "
                   "iifname \"lan\" ip daddr %s udp dport 53 dnat to %s; }\n}\n" % (ROUTER, servers.ISP_RESOLVER))
        host.ip("link set eth0 up\naddr add %s/24 dev eth0\nroute add default via %s\n" % (address, ROUTER))
        host.sysctl(**{"net.ipv4.ip_default_ttl": 128, "net.ipv4.tcp_timestamps": 0})
        return host

    def bridged_guest(self, name, address):
        """A virtual machine on the client, bridged to its Wi-Fi: no access point takes frames of a second
        link-layer address, so that the host puts its own in the guest's place, as hypervisors do."""
        guest, mac = network.Host(name, self.log), "00:00:5e:00:53:d1"
        network.cable(guest, "eth0", self.client, "tap0", mac)
        self.client.ip("link add br0 type bridge mcast_snooping 0\nlink set br0 address %s\nlink set tap0 up\n"
                       "link set tap0 master br0\naddr flush dev eth0\nlink set eth0 master br0\nlink set br0 up\n"
                       "addr add %s/24 dev br0\nroute add default via %s dev br0\n" % (CLIENT_MAC, CLIENT, ROUTER))
        for bridge in ("ip", "ip6", "arp"):
            try:
                self.client.sysctl(**{"net.bridge.bridge-nf-call-%stables" % bridge: 0})
            except RuntimeError:
                break    # the kernel's bridges do not
        self.client.run("nft", "-f", "-", text="table bridge guest {\n chain arriving { type filter hook prerouting priority -300; "
                        "iifname \"eth0\" ip daddr %s ether daddr set %s; }\n chain leaving { type filter hook postrouting "
                        "priority 300; oifname \"eth0\" ether saddr set %s; }\n}\n" % (address, mac, CLIENT_MAC))
        guest.ip("link set eth0 up\naddr add %s/24 dev eth0\nroute add default via %s\n"
                 "neigh replace %s lladdr %s dev eth0\n" % (address, ROUTER, ROUTER, ROUTER_MAC))
        self.firewall.ip("neigh replace %s lladdr %s dev lan\n" % (address, CLIENT_MAC))
        guest.sysctl(**{"net.ipv4.ip_default_ttl": 128, "net.ipv4.tcp_timestamps": 0})
        return guest

    # Servers

    def opendns(self, **how):
        servers.opendns(self.cloud, self.folder, RESOLVERS_4 + RESOLVERS_6, **how)

    def internet(self, opendns=True, gateways=(servers.GATEWAY,), named=None, gateway="tinyproxy", options="",
                 **how):
        """Everything as it should be: OpenDNS, the provider's resolver, the
        office's resolver, sites, mail, the gateway. gateway: "tinyproxy", a way
        of servers.odd_gateway(), what starts one at an address, or None; named: what the name resolves to; how:
        for servers.opendns()."""
        if opendns:
            self.opendns(**how)
        servers.provider_resolver(self.cloud, gateways if named is None else named)
        self.office_resolver()
        servers.web_sites(self.cloud, self.folder, ["93.184.216.34", "93.184.216.35"], servers.SITE_6)
        self.cloud.call(servers.mail, [servers.MAIL, servers.MAIL_6])
        for address in gateways:
            if gateway == "tinyproxy":
                servers.tinyproxy(self.cloud, self.folder, address, 443, options)
            elif callable(gateway):
                gateway(address)
            elif gateway:
                self.cloud.call(servers.odd_gateway, address, gateway)
        self.ready(self.cloud, "udp", 53, 1 + (len(RESOLVERS_4) if opendns else 0))
        self.ready(self.cloud, "tcp", 993)
        self.ready(self.cloud, "tcp", 80)
        if gateway:
            self.ready(self.cloud, "tcp", 443, len(gateways) + 2 + (len(RESOLVERS_4) if opendns else 0))
        self.ready(self.firewall, "udp", 53)

    def office_resolver(self, *options, upstream=True):
        """(Re)starts the office's resolver on the router, with more options."""
        if self._resolver:
            self._resolver.kill()
            self._resolver.wait()
        self._resolver = servers.dnsmasq(self.firewall, [ROUTER, ROUTER_6], "--interface=lan",
                                         *(["--server=" + servers.ISP_RESOLVER] if upstream else []), *options)
        self.ready(self.firewall, "udp", 53)

    def ready(self, host, protocol, port, sockets=1, wait=30):
        """Waits until so many IPv4 sockets are bound to the port."""
        until = time.monotonic() + wait
        while True:
            count = 0
            with open("/proc/%d/net/%s" % (host.pid, protocol), encoding="ascii") as table:
                for line in table.readlines()[1:]:
                    fields = line.split()
                    if int(fields[1].split(":")[1], 16) == port and (protocol == "udp" or fields[3] == "0A"):
                        count += 1
            if count >= sockets:
                return
            if time.monotonic() > until:
                raise RuntimeError("no server on %s %s %d" % (host.name, protocol, port))
            time.sleep(0.05)

    # Damage

    def rule(self, *rules, chain="forwarding"):
        """Adds rules to the firewall; R4, R6 and GW stand for addresses."""
        for rule in rules:
            words = " ".join(SETS.get(word, word) for word in rule.split())
            self.firewall.run("nft", "-f", "-", text="add rule inet lab %s %s\n" % (chain, words))

    def far_rule(self, *rules):
        """Damage far out, in front of the cloud's servers."""
        self.cloud.run("nft", "-f", "-", text="add table inet far\nadd chain inet far arriving "
                       "{ type filter hook input priority 0; }\n" + "".join(
                           "add rule inet far arriving %s\n" % " ".join(SETS.get(word, word) for word in rule.split())
                           for rule in rules))

    def heal(self):
        """Takes all damage away."""
        self.firewall.run("nft", "-f", "-", text="flush chain inet lab forwarding\n"
                          "flush chain inet lab redirecting\nflush chain inet lab early\n")

    def impostor(self, rules):
        """Another resolver on the router, for queries that are redirected."""
        servers.dnsdist(self.firewall, self.folder, [ROUTER], rules, "impostor", (5353,))
        self.ready(self.firewall, "udp", 5353)

    def take_over(self, port):
        """The firewall hands connections to the gateway to a server of its own."""
        self.rule("ip daddr GW tcp dport 443 dnat ip to %s:%d" % (ROUTER, port), chain="redirecting")
        self.ready(self.firewall, "tcp", port)

    def syn_proxy(self):
        """The firewall completes handshakes with the gateway itself."""
        self.firewall.sysctl(**{"net.netfilter.nf_conntrack_tcp_loose": 0, "net.ipv4.tcp_syncookies": 1,
                                "net.ipv4.tcp_timestamps": 1})
        self.rule("ip daddr GW tcp dport 443 tcp flags syn notrack", chain="early")
        self.rule("ip daddr GW tcp dport 443 ct state invalid,untracked synproxy mss 1460 wscale 7 sack-perm")

    def nat64(self, prefix="64:ff9b::/96"):
        """tayga on the router translates."""
        path = os.path.join(self.folder, "tayga.conf")
        with open(path, "w", encoding="ascii") as out:
            out.write("tun-device nat64\nipv4-addr 192.168.255.1\nipv6-addr 2001:db8:0:64::1\nprefix %s\n"
                      "dynamic-pool 192.168.255.0/24\ndata-dir %s\n" % (prefix, self.folder))
        self.firewall.run("tayga", "--config", path, "--mktun")
        self.firewall.ip("link set nat64 up\nroute add 192.168.255.0/24 dev nat64\nroute add %s dev nat64\n" % prefix)
        self.firewall.start("tayga", "--config", path, "--nodetach")

    def move(self, host, address, router):
        """A computer's device gets another address, from another network's
        router; here both networks are behind the same firewall."""
        try:
            self.firewall.ip("addr add %s/24 dev lan\n" % router)
        except RuntimeError:
            pass    # it has that address already
        host.run("ip", "-4", "addr", "flush", "dev", "eth0")
        host.ip("addr add %s/24 dev eth0\nroute add default via %s dev eth0\n" % (address, router))

    # What happens

    def record(self, *places, options=(), late=0.0, vlan=0):
        """Starts capturing on (host, device) pairs; the client's without any.
        options: tcpdump's; late: seconds by which this recorder's clock is ahead;
        vlan: tags every frame, as a trunk does: not every kernel has 802.1Q."""
        for host, device in places or [(self.client, "eth0")]:
            path = os.path.join(self.folder, "capture%d" % len(self.captures))
            self.captures.append(Capture(host, device, path, options, late, vlan))

    def module(self, host=None, **how):
        return (host or self.client).call(client.module, **how)

    def agent(self, host=None, **how):
        return (host or self.client).call(client.agent, **how)

    def others(self, host=None, **how):
        return (host or self.client).call(client.others, **how)

    def laptop(self, host=None, agent=True, others=True, **module):
        """A whole laptop: module, agent, mail. @return its processes."""
        started = [self.module(host, **module)]
        if agent:
            started.append(self.agent(host))
        if others:
            started.append(self.others(host))
        return started

    def wait(self, seconds):
        time.sleep(seconds)

    def finish(self):
        for capture in self.captures:
            capture.stop()
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            said = log.read()
        # A client or server of ours that ended early recorded something else.
        if "Traceback" in said:
            raise RuntimeError(said[said.index("Traceback"):])

    def pcapng(self, comment):
        """All captures as one file, in order of time."""
        interfaces, frames = [], []
        for number, capture in enumerate(self.captures):
            linktype, packets = capture.packets()
            interfaces.append((capture.device, linktype))
            frames += [(when, data, length, number) for when, data, length in packets]
        frames.sort(key=lambda frame: frame[0])
        out = pcapng.Writer(comment, interfaces)
        for when, data, length, number in frames:
            out.packet(when, data, interface=number)
        return out.bytes()


# Recording

def inside(name, folder):
    """Runs in the scenario's namespaces: builds the lab and records."""
    import scenarios
    network.run(["mount", "--make-rprivate", "/"])
    scenario = scenarios.SCENARIOS[name]
    lab = Lab(folder)
    scenario.play(lab)
    if not lab.captures:
        raise RuntimeError("the scenario recorded nothing")
    lab.finish()
    comment = "%s: %s Recorded by tests/lab/lab.py, version %d." % (name, scenario.shows, VERSION)
    with open(os.path.join(folder, "result"), "wb") as out:
        out.write(lab.pcapng(comment))


class Recorder:
    """Runs scenarios, each in namespaces of its own, several at a time."""

    def __init__(self, out, keep_logs=False):
        self.out, self.keep_logs = out, keep_logs
        self.folder = tempfile.mkdtemp(prefix="sselab.")
        os.chmod(self.folder, 0o755)
        self.running = set()
        self.stopped = False

    def stop(self):
        self.stopped = True
        for process in list(self.running):
            process.kill()      # unshare takes its child, and with it the namespace, along
        for process in list(self.running):
            process.wait()
        if not self.keep_logs:
            shutil.rmtree(self.folder, True)

    def one(self, name):
        """@return None, or what went wrong."""
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        if self.stopped:
            return "interrupted"
        process = subprocess.Popen([*_UNSHARE, sys.executable, "-B", os.path.abspath(__file__), "inside", name, folder],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   preexec_fn=_die_with_parent)
        self.running.add(process)
        said = process.communicate()[1].decode(errors="replace")
        self.running.discard(process)
        result = os.path.join(folder, "result")
        if process.returncode or not os.path.exists(result):
            return "interrupted" if self.stopped else said.strip() or "status %d" % process.returncode
        os.makedirs(self.out, exist_ok=True)
        target = os.path.join(self.out, name + ".pcapng")
        shutil.copyfile(result, target)
        os.chmod(target, 0o644)
        return None

    def record(self, names, jobs, say=print):
        """@return the names that could not be recorded."""
        failed = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            # Long ones first, so that the last one does not run alone.
            import scenarios
            order = sorted(names, key=lambda name: -scenarios.SCENARIOS[name].seconds)
            waiting = {pool.submit(self.one, name): name for name in order}
            for done in concurrent.futures.as_completed(waiting):
                name, fault = waiting[done], done.result()
                say("%s: %s" % (name, fault or "recorded"))
                if fault:
                    failed.append(name)
        return failed


def _die_with_parent():
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def obstacles():
    """@return why this computer cannot record; empty where it can."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    found = []
    if os.geteuid() != 0:
        found.append("root is needed, for network namespaces and packet capture: run it with sudo")
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        found.append("missing programs: %s. SSE_LAB_PACKAGES in packaging/lib.sh names their packages" % ", ".join(missing))
    if found:
        return found
    done = subprocess.run([*_UNSHARE, "sh", "-c", "ip link add one0 type veth peer name two0 && ip link add lan0 type bridge && "
                           "nft add table inet t && test -c /dev/net/tun"], capture_output=True, text=True, check=False)
    if done.returncode:
        found.append("the kernel does not allow what is needed (namespaces, veth, bridge, nftables, /dev/net/tun): "
                     + (done.stderr.strip() or "no /dev/net/tun"))
    return found


def install():
    """Installs what is missing as the project's other scripts do."""
    subprocess.run(["bash", "-c", 'set -eu; . "$1"; sse_install "${SSE_LAB_PACKAGES[@]}"', "bash",
                    os.path.join(TOP, "packaging", "lib.sh")], check=False)


def main():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if sys.argv[1:2] == ["inside"]:
        inside(*sys.argv[2:4])
        return 0
    import scenarios
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the scenarios, and what each shows")
    commands.add_parser("table", help="the scenarios, and the causes that they cover, as Markdown")
    commands.add_parser("check", help="can this computer record?")
    record = commands.add_parser("record", help="record scenarios")
    record.add_argument("names", nargs="*", metavar="SCENARIO")
    record.add_argument("--all", action="store_true", help="all of them")
    record.add_argument("--out", default=os.path.join(HERE, "..", "captures", "lab"), help="folder (tests/captures/lab)")
    record.add_argument("--jobs", type=int, default=16, help="how many at a time (16): they mostly wait")
    record.add_argument("--keep-logs", action="store_true", help="keep the folder with the servers' logs, and say where")
    how = parser.parse_args()
    if how.command == "list":
        for scenario in scenarios.SCENARIOS.values():
            print("%-34s %s" % (scenario.name, scenario.shows))
        return 0
    if how.command == "table":
        print(scenarios.table(), end="")
        return 0
    if how.command == "record":
        names = list(scenarios.SCENARIOS) if how.all else how.names
        unknown = [name for name in names if name not in scenarios.SCENARIOS]
        if unknown or not names:
            parser.error("unknown: %s" % ", ".join(unknown) if unknown else "name scenarios, or --all")
        if os.geteuid() == 0 and any(shutil.which(program) is None for program in PROGRAMS):
            install()
    found = obstacles()
    for obstacle in found:
        print("cannot record: " + obstacle, file=sys.stderr)
    if found:
        return CANNOT
    if how.command == "check":
        print("This computer can record.")
        return 0
    recorder = Recorder(os.path.abspath(how.out), how.keep_logs)

    def interrupted(*_):
        recorder.stop()
        os._exit(130)

    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGTERM, interrupted)
    try:
        failed = recorder.record(names, how.jobs, lambda line: print(line, flush=True))
    finally:
        if how.keep_logs:
            print("logs: " + recorder.folder)
        recorder.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
