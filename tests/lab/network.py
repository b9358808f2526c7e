"""Computers, cables and the line to the Internet, made of network namespaces.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Everything here runs inside the namespaces that lab.py opens with unshare: its
processes are in a process namespace of their own, so that nothing outlives it.
A namespace of the network has no name; it is there as long as its Host is.
"""

import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time
import traceback

_CLONE_NEWNET = 0x40000000
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_LIBC = ctypes.CDLL(None, use_errno=True)


def run(command, text=None):
    """Runs a command that must succeed. @return what it printed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip() or done.returncode))
    return done.stdout


class Host:
    """A computer: a network namespace, and the processes in it."""

    def __init__(self, name, log):
        self.name, self.log = name, log
        ready, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _LIBC.unshare(_CLONE_NEWNET)
            os.write(tell, b".")
            signal.pause()
            os._exit(0)
        os.read(ready, 1)
        os.close(ready)
        os.close(tell)
        self.run("ip", "link", "set", "lo", "up")
        # No router solicitations, no waiting for duplicate addresses.
        self.sysctl(**{"net.ipv6.conf.all.accept_dad": 0, "net.ipv6.conf.default.accept_dad": 0,
                       "net.ipv6.conf.default.accept_ra": 0, "net.ipv6.conf.default.router_solicitations": 0,
                       "net.ipv6.conf.default.addr_gen_mode": 1, "net.ipv4.conf.all.rp_filter": 0})

    def command(self, *words):
        return ["nsenter", "-t", str(self.pid), "-n", *words]

    def run(self, *words, text=None):
        return run(self.command(*words), text)

    def ip(self, lines):
        """Many ip commands at once, one a line."""
        self.run("ip", "-batch", "-", text=lines)

    def sysctl(self, **values):
        self.run("sysctl", "-q", *("%s=%s" % pair for pair in values.items()))

    def start(self, *words):
        """Starts a program that stays. @return its Popen."""
        return subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def enter(self):
        """The calling process moves into this host's network."""
        handle = os.open("/proc/%d/ns/net" % self.pid, os.O_RDONLY)
        if _LIBC.setns(handle, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(handle)

    def call(self, function, *arguments, **how):
        """Runs a function in a process of this host. @return its Process."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.dup2(self.log.fileno(), 2)
                self.enter()
                function(*arguments, **how)
                status = 0
            except BaseException:
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)
        return Process(pid)


class Process:
    def __init__(self, pid):
        self.pid, self.ended = pid, False

    def wait(self):
        if not self.ended:
            os.waitpid(self.pid, 0)
            self.ended = True

    def stop(self):
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


def cable(host, device, other, other_device, mac=None, other_mac=None):
    """A network cable (veth) between two hosts."""
    words = ["ip", "link", "add", device, *(["address", mac] if mac else []), "type", "veth", "peer", "name",
             other_device, *(["address", other_mac] if other_mac else []), "netns", str(other.pid)]
    host.run(*words)


def _open_tun(name):
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return handle


def _travelled(packet, hops):
    """The packet after so many routers; None where its TTL ran out."""
    if packet[0] >> 4 == 6:
        left = packet[7] - hops
        return packet[:7] + bytes([left]) + packet[8:] if left > 0 else None
    left = packet[8] - hops
    if left <= 0:
        return None
    length = (packet[0] & 15) * 4
    head = packet[:8] + bytes([left]) + packet[9:10] + b"\0\0" + packet[12:length]
    total = sum(struct.unpack("!%dH" % (length // 2), head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return head[:10] + struct.pack("!H", ~total & 0xFFFF) + head[12:] + packet[length:]


class Line:
    """The line from the firewall to the cloud: two tun devices, and a process
    that carries packets between them. The kernel's netem is not everywhere.

    what it does, changed by set() at any time:
      delay      seconds each way
      hops       routers on the way, each takes one from the TTL
      loss       share of packets that are lost, each way
      slow_dns   seconds more for UDP from OpenDNS (208.67.0.0/16)
      largest    longer packets are lost without a word; 0: none
      largest_in longer packets from the cloud are lost
      dead       nothing is carried
    """

    def __init__(self, near, near_device, far, far_device):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._control = ours
        near.call(self._carry, near_device, far, far_device, theirs)
        theirs.close()
        ours.recv(1)

    def set(self, **values):
        self._control.send(json.dumps(values).encode())

    @staticmethod
    def _carry(near_device, far, far_device, control):
        handles = [_open_tun(near_device)]
        far.enter()
        handles.append(_open_tun(far_device))
        control.send(b".")
        how = {"delay": 0.009, "hops": 11, "loss": 0.0, "slow_dns": 0.0, "largest": 0, "largest_in": 0, "dead": False}
        waiting, count, chance = [], 0, random.Random(1)
        while True:
            wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            for handle in select.select([control, *handles], [], [], wait)[0]:
                if handle is control:
                    how.update(json.loads(control.recv(4096)))
                    continue
                packet = os.read(handle, 65536)
                at = handles.index(handle)
                if how["dead"] or (how["loss"] and chance.random() < how["loss"]) or len(packet) > (how["largest"] or 65536):
                    continue
                if at == 1 and len(packet) > (how["largest_in"] or 65536):
                    continue
                packet = _travelled(packet, how["hops"])
                if packet is None:
                    continue
                when = time.monotonic() + how["delay"]
                if at == 1 and how["slow_dns"] and _from_opendns(packet):
                    when += how["slow_dns"]
                count += 1
                heapq.heappush(waiting, (when, count, handles[1 - at], packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, handle, packet = heapq.heappop(waiting)
                try:
                    os.write(handle, packet)
                except OSError:
                    pass    # the device is down: so is the line


def _from_opendns(packet):
    return packet[0] >> 4 == 4 and packet[9] == 17 and packet[12:14] == b"\xd0\x43"


class Tunnel:
    """A VPN: a tun device on each side, and packets in UDP between them."""

    def __init__(self, near, near_device, far, far_device, server, port=4500):
        far.call(self._carry, far_device, None, server, port)
        near.call(self._carry, near_device, server, None, port)
        for host, device in ((near, near_device), (far, far_device)):
            for _ in range(200):
                if device in host.run("ip", "-o", "link"):
                    break
                time.sleep(0.02)

    @staticmethod
    def _carry(device, server, own, port):
        handle = _open_tun(device)
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        peer = (server, port) if server else None
        if own:
            s.bind((own, port))
        while True:
            for ready in select.select([handle, s], [], [])[0]:
                if ready is handle:
                    packet = os.read(handle, 65536)
                    if peer:
                        s.sendto(bytes(b ^ 0x5A for b in packet), peer)
                else:
                    packet, peer = s.recvfrom(65536)
                    try:
                        os.write(handle, bytes(b ^ 0x5A for b in packet))
                    except OSError:
                        pass    # the device is not up yet
