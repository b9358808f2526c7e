"""What the client does: the roaming module's probes, its web agent, other traffic.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Each function runs in a process of its own on the client until it is stopped,
or does one thing and ends. The rhythm of the probes is the one that can be
measured in the article's packets: both resolvers on 443, twice, 0.17 s apart;
five seconds later on 53 where no answer came; every query has a new id and a
new source port.
"""

import ctypes
import errno
import os
import random
import select
import socket
import ssl
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "captures"))

import packets as p

RESOLVERS_4 = ("208.67.222.222", "208.67.220.220")
RESOLVERS_6 = ("2620:119:35::35", "2620:119:53::53")
DEBUG, CERTIFICATE = "debug.opendns.com", "2.dnscrypt-cert.opendns.com"
ORGANISATION, DEVICE = 1234567, "0123456789abcdef"
GATEWAY_NAME = "swg-url-proxy-https-sse.sigproxy.qq.opendns.com"
TIMEOUT = 5.0


def query_socket(server, source=None):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    while True:
        try:
            s.bind((source or ("::" if family == socket.AF_INET6 else "0.0.0.0"), random.randint(49200, 65000)))
            return s
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise


def send_query(server, port, name, qtype=p.TXT, identified=False, lan="192.168.0.204", source=None):
    """@return a socket that waits for the answer."""
    edns = p.umbrella_identity(ORGANISATION, lan, DEVICE) if identified else None
    s = query_socket(server, source)
    try:
        s.sendto(p.query(random.randint(1, 65535), name, qtype, edns), (server, port))
    except OSError:
        pass    # no route just now: as good as no answer
    return s


def wait_for(sockets, until):
    """@return answers that came until then; early when one came from each."""
    answers, left = [], list(sockets)
    while left:
        ready = select.select(left, [], [], max(0, until - time.monotonic()))[0]
        if not ready:
            break
        for s in ready:
            try:
                answers.append(s.recvfrom(4096)[0])
            except OSError:
                continue    # an ICMP error: the module waits on, as for silence
            left.remove(s)
    return answers


def burst(resolvers, port, identified=False, lan="192.168.0.204", source=None, times=2):
    sockets = []
    for again in range(times):
        if again:
            time.sleep(0.17)
        for resolver in resolvers:
            sockets.append(send_query(resolver, port, DEBUG, p.TXT, identified, lan, source))
    return sockets


def is_opendns(answer):
    return b"server " in answer


def module(resolvers=RESOLVERS_4, lan="192.168.0.204", plain=True, encrypted=True, tcp=False, cycles=0, source=None,
           delay=0.0, local=(), device=DEVICE, burst_of=2, fallback_identified=True):
    """The DNS part of the module.

    plain: asks on 53 also while 443 is answered (its transparent probe);
    encrypted: asks on 443 at all; tcp: asks over TCP too where UDP fails;
    local: DNS servers of the adapter, asked as well (probes for a Virtual
    Appliance or a protected network); cycles: how many, 0 for ever; device: its
    id, sent with queries to 53; burst_of: how often it asks each time;
    fallback_identified: also with those that follow silence on 443 (in the
    article's capture they go without).
    """
    global DEVICE
    DEVICE = device     # this process is one client
    time.sleep(delay)
    done = 0
    while not cycles or done < cycles:
        begun = time.monotonic()
        for server in local:
            send_query(server, 53, DEBUG, p.TXT, True, lan, source)
        sockets = burst(resolvers, 443, False, lan, source, burst_of) if encrypted else []
        answered = any(is_opendns(a) for a in wait_for(sockets, begun + (TIMEOUT if encrypted else 0)))
        if answered:
            certificate = send_query(resolvers[0], 443, CERTIFICATE, source=source)
            if plain:
                wait_for(burst(resolvers, 53, True, lan, source, 1) + [certificate], time.monotonic() + TIMEOUT)
            cycle = 10.0
        else:
            asked = time.monotonic()
            wait_for(burst(resolvers, 53, fallback_identified, lan, source, burst_of), asked + TIMEOUT)
            if tcp:
                for port in (53, 443):
                    ask_over_tcp(resolvers[0], port)
            if encrypted:
                time.sleep(max(0, begun + 10.5 - time.monotonic()))
                certificate = send_query(resolvers[0], 443, CERTIFICATE, source=source)
            cycle = 15.0
        done += 1
        time.sleep(max(0, begun + cycle - time.monotonic()))


def ask_over_tcp(server, port, name=DEBUG):
    try:
        with socket.create_connection((server, port), 5) as s:
            message = p.query(random.randint(1, 65535), name)
            s.sendall(len(message).to_bytes(2, "big") + message)
            s.settimeout(5)
            s.recv(4096)
    except OSError:
        pass


def nslookup(server="208.67.222.222", count=1, every=3.0):
    """An administrator's own question: nslookup -type=txt debug.opendns.com."""
    for number in range(count):
        if number:
            time.sleep(every)
        wait_for([send_query(server, 53, DEBUG)], time.monotonic() + 5)


def diagnosis(ports=(443, 53, 5353)):
    """Cisco's diagnostic tool: nslookup of the same name on each port."""
    for resolver in RESOLVERS_4:
        for port in ports:
            wait_for([send_query(resolver, port, DEBUG)], time.monotonic() + 5)


def _skip_name(data, at):
    while data[at]:
        if data[at] & 0xC0:
            return at + 2
        at += data[at] + 1
    return at + 1


def addresses(answer, kind=p.A):
    """The addresses in a DNS answer."""
    found, at = [], 12
    for _ in range(int.from_bytes(answer[4:6], "big")):
        at = _skip_name(answer, at) + 4
    for _ in range(int.from_bytes(answer[6:8], "big")):
        at = _skip_name(answer, at)
        this, length = int.from_bytes(answer[at:at + 2], "big"), int.from_bytes(answer[at + 8:at + 10], "big")
        if this == kind:
            family = socket.AF_INET if kind == p.A else socket.AF_INET6
            found.append(socket.inet_ntop(family, answer[at + 10:at + 10 + length]))
        at += 10 + length
    return found


def lookup(name, server="192.168.0.1", kind=p.A, attempts=2, wait=2.0):
    for _ in range(attempts):
        for answer in wait_for([send_query(server, 53, name, kind)], time.monotonic() + wait):
            return addresses(answer, kind)
    return []


def dial(server, port, wait=5.0, on_reset=3, source=None, local=None):
    """Connects as Windows does: a SYN that is reset is sent again from the same
    port half a second later. @return a socket, or None."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    any_address = source or ("::" if family == socket.AF_INET6 else "0.0.0.0")
    local = local or random.randint(49200, 65000)
    for attempt in range(on_reset):
        s = socket.socket(family, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((any_address, local))
        s.settimeout(wait)
        try:
            s.connect((server, port))
            return s
        except OSError as error:
            s.close()
            if error.errno != errno.ECONNREFUSED:
                return None
            if attempt + 1 < on_reset:
                time.sleep(0.5)
    return None


def tls_get(s, host, upload=0, keep=0.0, download=False):
    """TLS and one request over an open connection; download: for a large file, read to
    its end. @return whether it worked."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ecdh_curve("prime256v1")
    try:
        with context.wrap_socket(s, server_hostname=host) as tls:
            tls.sendall(b"POST /%s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
                        % (b"large" if download else b"", host.encode(), upload) + b"x" * upload)
            while tls.recv(4096) and download:
                pass
            time.sleep(keep)
        return True
    except OSError:
        return False


SITES = ("www.example.com", "www.example.net")


def tunnel(gateway, host, source=None, port=443, wait=5.0, patience=7.0, tls=True, upload=0, keep=0.0,
           local=None, download=False):
    """One connection through the gateway. @return "ok", or what failed."""
    s = dial(gateway, port, wait, source=source, local=local)
    if s is None:
        return "connect"
    with s:
        s.settimeout(patience)
        try:
            s.sendall(b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (host.encode(), host.encode()))
            answer = s.recv(2048)
            if b" 200" not in answer[:14]:
                return "proxy" if answer else "closed"
            if tls and not tls_get(s, host, upload, keep, download):
                return "data"
            return "ok"
        except OSError:
            return "data"


def direct(host, server="192.168.0.1", source=None, port=443, addresses_of=None):
    """A connection past the gateway: fail-open, or a bypassed site."""
    found = addresses_of or lookup(host, server, attempts=1)
    s = dial(found[0], port, 4.0, 1, source) if found else None
    if s is None:
        return False
    with s:
        s.settimeout(5)
        if port == 443:
            return tls_get(s, host)
        try:
            s.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host.encode())
            return bool(s.recv(1024))
        except OSError:
            return False


def agent(name=GATEWAY_NAME, server="192.168.0.1", every=6.0, times=0, sites=SITES, fail_open=True, source=None,
          delay=0.5, port=443, wait=5.0, patience=7.0, upload=0, plain_too=False, keep=0.0, tls_every=3, ports=(),
          kind=p.A, also=None, address=None, download=False):
    """The web part of the module: a tunnel every few seconds; where it fails,
    the connection goes directly. plain_too: HTTP (port 80) sites as well;
    tls_every: how many tunnels carry TLS, the others end after CONNECT, to
    keep captures small; ports: source ports in turn; several addresses of the
    gateway are used in turn; also: another kind of address to ask for, too;
    address: the gateway's, known without asking."""
    time.sleep(delay)
    done = 0
    while not times or done < times:
        begun = time.monotonic()
        host = sites[done % len(sites)]
        found = [address] if address else sorted(lookup(name, server, kind))
        if also:
            lookup(name, server, also)
        tls = done % tls_every == 0
        local = ports[done % len(ports)] if ports else None
        result = (tunnel(found[done % len(found)], host, source, port, wait, patience, tls, upload, keep, local, download) if found
                  else "name")
        if result != "ok" and fail_open:
            direct(host, server, source)
            if plain_too:
                direct(host, server, source, 80)
        done += 1
        time.sleep(max(0, begun + every - time.monotonic()))


def others(server="192.168.0.1", every=5.0, mail="151.101.1.69", names=("mail.example.net",), delay=0.2, source=None,
           mail_6=None):
    """Traffic that is not the module's: lookups, and mail over TCP 993."""
    time.sleep(delay)
    number = 0
    while True:
        begun = time.monotonic()
        lookup("h%d.%s" % (number, names[number % len(names)]), server, attempts=1)
        for address in (mail, mail_6):
            s = dial(address, 993, 3.0, 1, source) if address else None
            if s is not None:
                with s:
                    s.settimeout(2)
                    try:
                        s.recv(100)
                    except OSError:
                        pass
        number += 1
        time.sleep(max(0, begun + every - time.monotonic()))


def quic(server="93.184.216.34", count=2):
    """QUIC Initial packets (long header, version 1) to a web site."""
    s = query_socket(server)
    for number in range(count):
        head = b"\xc3\x00\x00\x00\x01\x08" + os.urandom(8) + b"\x00\x00\x44\xd0"
        s.sendto(head + os.urandom(1200 - len(head)), (server, 443))
        time.sleep(0.3)


def connectivity_tests(every=5.0):
    """What Windows and the module ask to see whether there is a portal."""
    while True:
        connectivity_test()
        time.sleep(every)


def connectivity_test(server="192.168.0.1", host="www.msftconnecttest.com"):
    found = lookup(host, server)
    s = dial(found[0], 80, 4.0) if found else None
    if s is None:
        return
    with s:
        s.settimeout(4)
        try:
            s.sendall(b"GET /connecttest.txt HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host.encode())
            s.recv(2048)
        except OSError:
            pass


def explicit_proxy(server, port=3128, host="www.example.com", every=5.0):
    """A browser that knows a proxy: CONNECT to it, and TLS through it."""
    while True:
        tunnel(server, host, port=port)
        time.sleep(every)


def bypass(address, every=5.0, times=0):
    """Connections to a site on the list of those that go past the gateway."""
    done = 0
    while not times or done < times:
        direct("bypassed.example.com", addresses_of=[address], port=80)
        done += 1
        time.sleep(every)


def hold(gateway, count, ports, wait=5.0, keep=6.0, every=0.008):
    """Many connections to the gateway at once, a CONNECT on each."""
    waiting, opened = {}, []
    poll = select.poll()

    def look(milliseconds):
        for handle, event in poll.poll(milliseconds):
            poll.unregister(handle)
            s = waiting.pop(handle)
            opened.append(s)
            if event == select.POLLOUT:
                s.send(b"CONNECT 93.184.216.34:443 HTTP/1.1\r\n\r\n")

    for number in range(count):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("0.0.0.0", ports + number))
        s.setblocking(False)
        s.connect_ex((gateway, 443))
        waiting[s.fileno()] = s
        poll.register(s, select.POLLOUT)
        look(every * 1000)
        time.sleep(every)
    until = time.monotonic() + wait
    while waiting and time.monotonic() < until:
        look(200)
    time.sleep(keep)


def idle_tunnel(gateway, idle):
    """A tunnel that is used, then idle, then used again."""
    s = dial(gateway, 443)
    s.settimeout(3)
    s.sendall(b"CONNECT www.example.com:443 HTTP/1.1\r\n\r\n")
    s.recv(2048)
    time.sleep(idle)
    try:
        s.sendall(b"\x17\x03\x03\x00\x04more")
        s.recv(2048)
    except OSError:
        pass


def old_tunnel(gateway, every=2.0):
    """A tunnel that talks for ever, in the clear: HTTP through CONNECT."""
    s = dial(gateway, 443)
    s.settimeout(5)
    s.sendall(b"CONNECT www.example.com:443 HTTP/1.1\r\n\r\n")
    s.recv(2048)
    while True:
        s.sendall(b"ping")
        s.recv(2048)
        time.sleep(every)


def dnscrypt(resolver="208.67.222.222", port=443, every=3.0, names=("www.example.com", "www.example.net"), delay=0.3):
    """Encrypted queries as the module's dnscrypt-proxy sends them: a
    certificate in the clear first, then queries in boxes of libsodium
    (X25519, XSalsa20, Poly1305), padded to 256 bytes and more."""
    sodium = ctypes.CDLL("libsodium.so.23")
    sodium.sodium_init()
    time.sleep(delay)
    answers = wait_for([send_query(resolver, 443, CERTIFICATE)], time.monotonic() + TIMEOUT)
    at = answers[0].find(b"DNSC") if answers else -1
    if at < 0:
        return
    certificate = answers[0][at:at + 124]
    resolver_key, magic = certificate[72:104], certificate[104:112]
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    sodium.crypto_box_keypair(public, secret)
    number = 0
    while True:
        text = p.query(random.randint(1, 65535), names[number % len(names)], p.A) + b"\x80"
        text += bytes(max(256, -(-len(text) // 64) * 64) - len(text))
        nonce = os.urandom(12)
        box = ctypes.create_string_buffer(len(text) + 16)
        sodium.crypto_box_easy(box, text, ctypes.c_ulonglong(len(text)), nonce + bytes(12), resolver_key, secret)
        s = query_socket(resolver)
        s.sendto(magic + public.raw + nonce + box.raw, (resolver, port))
        wait_for([s], time.monotonic() + TIMEOUT)
        number += 1
        time.sleep(every)
