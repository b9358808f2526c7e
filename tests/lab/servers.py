"""The servers of the lab: Debian's own where they can do it, a few small ones.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

dnsdist answers as OpenDNS, dnsmasq as the resolver of the office and of the
provider, tinyproxy as the gateway, nginx as web sites. What none of them can
do wrong on order (a legal notice beside an answer, a gateway that closes or
keeps silent) small servers here do.
"""

import os
import select
import socket
import struct
import threading
import time

import client
import packets as p

ISP_RESOLVER = "198.51.100.53"
GATEWAY, GATEWAY_2 = "18.135.112.200", "18.135.113.9"
CHAIN = (client.GATEWAY_NAME, "swg-proxy_eu-west-2_1_1n.sigproxy.aws.umbrella.com",
         "k8s-sigproxy-sigproxy-c8f482b42a-ddf1929ae349b3e5.elb.eu-west-2.amazonaws.com")
SITES = {"www.example.com": "93.184.216.34", "www.example.net": "93.184.216.35", "blocked.example.org": "93.184.216.36",
         "nothing-there.example.org": "93.184.216.37"}
SITE_6 = "2606:2800:220:1:248:1893:25c8:1946"
MAIL, MAIL_6 = "151.101.1.69", "2606:2800:220:1:248:1893:25c8:1999"
TEST_SITE = "13.107.4.52"

LEGAL_NOTICE = ("Due to a court order in France issued under Article L.333-10 of the French Sport code the OpenDNS "
                "service is not currently available to users in France and certain French territories.")

# One string per record, as OpenDNS answers. Numbers are for documentation.


def identity(device=client.DEVICE, lan="192.168.0.204", organisation=client.ORGANISATION):
    return ["server r5.lon", "device " + device, "remoteip " + lan,
            "flags 40034 0 186040 1E10000074060000060039F0400FE2080081681", "originid 472625284",
            "orgid %d" % organisation, "orgflags 100A6", "actype 0", "bundle 6892016", "source 198.51.100.7:61225"]


NO_IDENTITY = ["server r5.lon", "flags 20 0 70 7950800000000000000", "originid 0", "actype 0", "source 198.51.100.7:58427"]


def lua(data):
    return '"%s"' % "".join("\\%03d" % b for b in data)


def spoof(strings):
    values = ", ".join(lua(bytes([len(s)]) + s.encode()) for s in strings)
    return "SpoofRawAction({%s}, {ttl=0, ra=true})" % values


def dnsdist(host, folder, addresses, rules, name, ports=(53, 443)):
    """dnsdist on 53 and 443 of these addresses, with rules that answer all."""
    path = os.path.join(folder, name + ".conf")
    with open(path, "w", encoding="ascii") as out:
        out.write('setACL({"0.0.0.0/0", "::/0"})\nsetSecurityPollSuffix("")\nsetMaxTCPClientThreads(1)\n')
        for address in addresses:
            for port in ports:
                out.write('addLocal("%s:%d")\n' % ("[%s]" % address if ":" in address else address, port))
        out.write(rules)
    host.start("dnsdist", "-C", path, "--supervised", "--disable-syslog", "--uid", "root", "--gid", "root")


def opendns(host, folder, addresses, identified=True, devices=(), certificate_days=(-1, 300), dnscrypt=False,
            organisation=client.ORGANISATION, ports=(53, 443)):
    """OpenDNS as the module sees it: debug strings, a certificate, names.
    devices: (device id, LAN address) of further clients that it knows;
    dnscrypt: answers encrypted queries too; organisation: whose answers name."""
    rules = ""
    for device, lan in devices:
        rules += """addAction(AndRule({QNameRule("%s"), LuaRule(function(dq)
  for code, view in pairs(dq:getEDNSOptions()) do
    if code == 20292 then for _, value in pairs(view:getValues()) do if string.find(value, %s, 1, true) then return true end end end
  end
  return false end)}), %s)
""" % (client.DEBUG, lua(bytes.fromhex(device)), spoof(identity(device, lan)))
    if identified:
        rules += 'addAction(AndRule({QNameRule("%s"), EDNSOptionRule(20292)}), %s)\n' % (client.DEBUG, spoof(identity(organisation=organisation)))
    rules += 'addAction(QNameRule("%s"), %s)\n' % (client.DEBUG, spoof(NO_IDENTITY))
    # A certificate that dnsdist itself makes, with a key that is thrown away.
    rules += """
local base = "%s/provider"
generateDNSCryptProviderKeys(base .. ".pub", base .. ".key")
generateDNSCryptCertificate(base .. ".key", base .. ".cert", base .. ".private", 1, os.time() + %d, os.time() + %d)
local file = io.open(base .. ".cert", "rb")
local certificate = file:read("*a")
file:close()
addAction(QNameRule("%s"), SpoofRawAction(string.char(#certificate) .. certificate, {ttl=0, ra=true}))
addAction(AllRule(), RCodeAction(DNSRCode.NXDOMAIN))
""" % (folder, *(86400 * days for days in certificate_days), client.CERTIFICATE)
    if dnscrypt:
        # On a port of its own: dnsdist answers nothing in the clear there. What
        # begins with the client magic of the certificate is sent to it.
        rules += "".join('addDNSCryptBind("%s:5443", "%s", base .. ".cert", base .. ".private")\n' % (a, client.CERTIFICATE)
                         for a in addresses if ":" not in a)
        rules += """
local magic = {string.byte(certificate, 105, 112)}
local hex = ""
for _, value in ipairs(magic) do hex = hex .. string.format("%02X", value) end
local out = io.open(base .. ".magic", "w")
out:write(hex)
out:close()
"""
    dnsdist(host, folder, addresses, rules, "opendns", ports)
    if dnscrypt:
        path = os.path.join(folder, "provider.magic")
        until = time.monotonic() + 20
        while not os.path.exists(path) or os.path.getsize(path) < 16:
            if time.monotonic() > until:
                raise RuntimeError("no certificate")
            time.sleep(0.05)
        with open(path, encoding="ascii") as file:
            magic = file.read()
        host.run("nft", "-f", "-", text="table ip crypt {\nchain arriving {\ntype nat hook prerouting priority dstnat;\n"
                 "udp dport { 53, 443 } @th,64,64 0x%s dnat to :5443\n}\n}\n" % magic)


def dnsmasq(host, listen, *options):
    """dnsmasq with nothing but these options."""
    return host.start("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root",
                      "--pid-file=", "--bind-interfaces", "--except-interface=lo" if listen != "lo" else "--interface=lo",
                      *("--listen-address=" + a for a in (listen if isinstance(listen, (list, tuple)) else [listen])),
                      "--log-facility=-", *options)


def gateway_records(addresses):
    """dnsmasq's options for the gateway's CNAME chain."""
    names = ["--cname=%s,%s" % pair for pair in zip(CHAIN, CHAIN[1:])]
    return names + ["--host-record=%s,%s" % (CHAIN[-1], address) for address in addresses]


def provider_resolver(host, addresses):
    """The provider's resolver: every name of the lab."""
    records = ["--host-record=%s,%s" % site for site in SITES.items()]
    dnsmasq(host, [ISP_RESOLVER], "--local-ttl=60", "--local=//", "--cache-size=0",
            "--host-record=www.msftconnecttest.com,%s" % TEST_SITE,
            "--address=/mail.example.net/%s" % MAIL, *records, *gateway_records(addresses))


def web_sites(host, folder, addresses_4, address_6):
    """nginx: web sites with TLS, and the connectivity test."""
    key, cert = os.path.join(folder, "site.key"), os.path.join(folder, "site.crt")
    host.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=www.example.com", "-keyout", key, "-out", cert)
    listen = ["%s" % a for a in addresses_4] + ["[%s]" % address_6]
    nginx(host, folder, "sites", """
  server { %s
    ssl_certificate %s; ssl_certificate_key %s; ssl_session_tickets off; ssl_session_cache off; ssl_protocols TLSv1.3;
    location /large { return 200 "%s"; }
    location / { return 200 "hello"; } }
  server { listen %s:80; location /connecttest.txt { default_type text/plain; return 200 "Microsoft Connect Test"; } }
""" % (" ".join("listen %s:443 ssl; listen %s:80;" % (a, a) for a in listen), cert, key, "0123456789abcde\n" * 250, TEST_SITE))


def nginx(host, folder, name, servers):
    path = os.path.join(folder, name + ".conf")
    with open(path, "w", encoding="ascii") as out:
        out.write("""user root; daemon off; worker_processes 1; pid %s/%s.pid; error_log stderr;
events { worker_connections 256; }
http { access_log off; server_tokens off; client_max_body_size 1m;
  client_body_temp_path %s/b; proxy_temp_path %s/p; fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;
%s}
""" % (folder, name, folder, folder, folder, folder, folder, servers))
    host.start("nginx", "-c", path, "-e", "stderr")


def tinyproxy(host, folder, address, port=443, options=""):
    """A gateway: plain CONNECT, as the roaming module uses it."""
    path = os.path.join(folder, "tinyproxy-%s-%d.conf" % (address, port))
    with open(os.path.join(folder, "denied"), "w", encoding="ascii") as out:
        out.write("^blocked\\.example\\.org$\n")
    with open(path, "w", encoding="ascii") as out:
        out.write('User root\nGroup root\nListen %s\nPort %d\nTimeout 600\nMaxClients 50\nConnectPort 443\n'
                  'Filter "%s/denied"\nFilterExtended On\nDisableViaHeader Yes\nLogLevel Error\n%s\n'
                  % (address, port, folder, options))
    host.start("tinyproxy", "-d", "-c", path)


def squid(host, folder, listen, access):
    """A company's proxy, which asks nobody else. access: "allow" or "deny"."""
    path = os.path.join(folder, "squid.conf")
    with open(path, "w", encoding="ascii") as out:
        out.write("http_port %s\nhttp_access %s all\ncache deny all\nvisible_hostname proxy.example.net\n"
                  "pid_filename none\naccess_log none\ncache_log /dev/null\ncache_store_log none\ncoredump_dir /\n"
                  "pinger_enable off\nshutdown_lifetime 0 seconds\nworkers 1\n" % (listen, access))
    host.start("squid", "-N", "-f", path)


def mail(addresses):
    """A mail server as far as its greeting."""
    listeners = []
    for address in addresses:
        s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, 993))
        s.listen(50)
        listeners.append(s)
    while True:
        for listener in select.select(listeners, [], [])[0]:
            s = listener.accept()[0]
            try:
                s.sendall(b"* OK ready\r\n")
            except OSError:
                pass
            s.close()


def odd_gateway(address, way, port=443, delay=0):
    """A gateway that does one thing to every connection after its first data:
    "fin" and "reset" end it, "silent" never answers; "SSH" is answered with the
    words of an SSH server, other words as the first line of an HTTP answer, and
    what comes then is sent back. delay: seconds before the answer."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(400)

    def serve(s):
        try:
            s.recv(4096)
            if way == "silent":
                s.recv(4096)
            elif way == "reset":
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif way == "SSH":
                s.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
            elif way != "fin":
                time.sleep(delay)
                s.sendall(b"HTTP/1.1 %s\r\n%s\r\n" % (way.encode(), b"" if way.startswith("200") else b"Content-Length: 0\r\n"))
                while data := s.recv(4096):
                    s.sendall(data)
        except OSError:
            pass
        s.close()

    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def legal_notice(addresses, ports=(53, 443)):
    """OpenDNS where a court forbids it to serve: REFUSED, and the reason as a
    TXT record in the additional section."""
    sockets = []
    for address in addresses:
        for port in ports:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((address, port))
            sockets.append(s)
    while True:
        for s in select.select(sockets, [], [])[0]:
            query, peer = s.recvfrom(4096)
            end = client._skip_name(query, 12) + 4
            head = query[:2] + struct.pack("!HHHHH", 0x8180 | p.REFUSED, 1, 0, 0, 1)
            s.sendto(head + query[12:end] + p.txt(LEGAL_NOTICE, owner=b"\0"), peer)


def reset_injector(device, gateway):
    """A device beside the path: it sees SYNs to the gateway and sends resets in
    the gateway's name, with the SYN's window; the SYN itself goes on."""
    seen = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    seen.bind((device, 0))
    out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    wanted = socket.inet_aton(gateway)
    while True:
        frame = seen.recv(2048)[14:]
        at = (frame[0] & 15) * 4
        if frame[9] != p.TCP or frame[16:20] != wanted or frame[at + 13] != p.SYN:
            continue
        source, port, target, number, window = (socket.inet_ntoa(frame[12:16]), *struct.unpack_from("!HHI", frame, at),
                                                struct.unpack_from("!H", frame, at + 14)[0])
        segment = p.tcp(gateway, source, target, port, p.RST | p.ACK, 0, number + 1, window)
        out.sendto(p.ipv4(gateway, source, p.TCP, segment, 64, 0), (source, 0))
