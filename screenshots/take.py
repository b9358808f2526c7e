#!/usr/bin/env python3
"""Takes the pictures of README from the real Wireshark, on a screen of its own.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: take.py [--build FOLDER] [FOLDER [PART...]]

Writes the PNGs into FOLDER (default: where this script is), of the PARTs that are
named or of all. Fails with a line that names the window if one does not come up or
its text is torn; with status 77 where this computer lacks a program for it.
"""

import os
import subprocess
import sys
import time

from desktop import Desktop, NoWindow, missing

import browser
from wireshark import build_folder

# Where the menu of Wireshark 4.0 has them; found by trying where they are not.
HANDSHAKES, OUTAGES, PROBES, FLOW_GRAPH = 11, 12, 13, 19
# In the menu Tools, SSE Roaming.
REPORT, TICKET = 0, 1
# The frame with which an outage begins.
FLAPPING = 325
# No picture may be larger: they are in git.
LIMIT = 150000


PARTS = ("dns", "web", "fail_open", "flapping", "flow", "logs", "outage", "preferences", "page")


class Pictures:
    def __init__(self, desktop, folder):
        self.d, self.folder, self.taken = desktop, folder, []

    def save(self, name, number=None, crop=None):
        path = os.path.join(self.folder, name + ".png")
        self.d.picture(path, number, crop)
        self.check(name)

    def check(self, name):
        path = os.path.join(self.folder, name + ".png")
        if os.path.getsize(path) > LIMIT:
            raise NoWindow("%s.png has %d bytes, more than %d" % (name, os.path.getsize(path), LIMIT))
        self.taken.append(name)
        print("%s.png" % name)

    def go_to(self, main, frame):
        """Selects a frame; the packet list has the focus after it."""
        self.d.focus(main)
        self.d.keys("ctrl+g", pause=0.5)
        self.d.type(str(frame))
        self.d.keys("Return")
        self.d.settle(main)

    def expand(self, main):
        """Opens the last subtree of the packet details, ours. A click into the
        empty place below it gives the details the focus."""
        self.d.click(main, 0.2, 0.92)
        self.d.keys("End", "End", "shift+Right", "End", pause=0.4)
        self.d.settle(main)

    def statistics(self, main, title, place, name, width, height):
        """A table. Its last column, a filter, goes on as far as the window does."""
        number = self.d.statistics(main, title, place)
        self.d.size(number, width, height)
        self.save(name, number)
        self.d.close_window(number)

    def tools(self, main, title, place, name, height):
        """A text window: as wide as Wireshark opens it, so that what it shows must fit."""
        number = self.d.tools(main, title, place)
        self.d.size(number, self.d.geometry(number)[0], height)
        self.d.check_torn(number, title)
        self.save(name, number)
        self.d.close_window(number)

    def by_menu(self, main, menu, keys, title, name, width, height):
        self.d.focus(main)
        self.d.keys(menu, pause=0.5)
        self.d.keys(*keys)
        number = self.d.window(title)
        self.d.size(number, width, height)
        self.save(name, number)
        self.d.close_window(number)

    def dns(self):
        main = self.d.open("article-dns", height=560)
        self.go_to(main, 11)
        self.save("packet-list-dns", main)
        self.statistics(main, "SSE Roaming Probes", PROBES, "probes", 1060, 420)
        self.by_menu(main, "alt+s", ["Up", "Return"], "SSE Roaming Counts", "counts", 820, 480)
        self.by_menu(main, "alt+a", ["Up", "Return"], "Expert Information", "expert-information", 900, 330)

    def web(self):
        main = self.d.open("article-swg", height=900)
        self.go_to(main, 10)
        self.expand(main)
        self.save("packet-details-swg", main)
        self.statistics(main, "SSE Roaming Handshakes", HANDSHAKES, "handshakes", 960, 260)

    def fail_open(self):
        main = self.d.open("lab/web-fail-open", height=620)
        self.d.filter(main, "sseroaming")
        self.go_to(main, 68)
        self.save("packet-list-fail-open", main)

    def logs(self):
        """The client's own logs among its packets; the entry that rejects port 53."""
        main = self.d.open("article-logs", width=1100, height=860)
        self.go_to(main, 16)
        self.expand(main)
        self.save("packet-list-logs", main)

    def flapping(self):
        """Some 1,350 packets: a gateway that comes and goes."""
        main = self.d.open("lab/web-flapping-gaps", height=620)
        self.d.filter(main, "sseroaming")
        self.go_to(main, FLAPPING)
        self.save("packet-list-flapping", main)
        self.tools(main, "SSE Roaming Report", REPORT, "report-flapping", 700)
        self.tools(main, "SSE Roaming Ticket", TICKET, "ticket", 560)
        self.statistics(main, "SSE Roaming Outages", OUTAGES, "outages", 1300, 330)
        self.d.focus(main)
        self.d.size(main, 1000, 700)
        self.d.keys("alt+t", "Up", "Right", pause=0.6)
        left, top = self.d.place(main)
        # The title is above it.
        self.save("menu-tools", crop="960x420+%d+%d" % (left, max(top - 20, 0)))
        self.d.keys("Escape", "Escape", "Escape")

    def flow(self):
        """A Flow Graph of the handshakes alone: of the client and the gateway."""
        main = self.d.open("lab/web-healed")
        self.d.filter(main, "sseroaming.swg.id")
        number = self.d.statistics(main, "Flow", FLOW_GRAPH)
        self.d.size(number, 900, 640)
        self.d.tick("Flow · web-healed.pcapng", "Limit to display filter")
        self.d.await_inside("Flow · web-healed.pcapng", lambda found: any("2 node(s)" in (one["name"] or "") for one in found),
                            "a Flow Graph of two hosts")
        self.save("flow-graph", number)
        self.d.close_window(number)

    def outage(self):
        main = self.d.open("lab/dns-flapping")
        self.by_menu(main, "alt+s", ["i"], "I/O Graphs", "io-graph", 960, 640)

    def preferences(self):
        main = self.d.open("article-dns")
        self.d.focus(main)
        self.d.keys("ctrl+shift+p")
        number = self.d.window("Preferences")
        self.d.size(number, 760, 420)
        self.d.type("Prot")
        self.d.keys("Right", pause=1)
        self.d.type("SSE Roaming")
        time.sleep(1)
        self.save("preferences", number)
        self.d.close_window(number)

    def page(self):
        """The evidence page, in a browser: what of it is in sight first."""
        if browser.find() is None:
            print("skipped: page: no browser here: %s" % ", ".join(browser.NAMES))
            return
        done = self.d.wireshark.tshark("web-flapping-gaps", "-q", "-z", "sseroaming,html")
        if done.status:
            raise NoWindow("no evidence page: %s" % done.err)
        path = self.d.wireshark.file(done.out.encode(), "page.html")
        with browser.Browser() as shown:
            said = shown.show(path, 1000, 840)
            if said:
                raise NoWindow("evidence page: %s" % said)
            drawn = shown.picture()
        target = os.path.join(self.folder, "evidence-page.png")
        subprocess.run(["convert", "png:-", "+dither", "-colors", "64", "-strip", "-define", "png:compression-level=9",
                        "png8:" + target], input=drawn, check=True)
        self.check("evidence-page")


def main():
    build = build_folder(sys.argv)
    folder = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(__file__))
    parts = sys.argv[2:] or PARTS
    if set(parts) - set(PARTS):
        sys.exit("no such part: %s; there are %s" % (", ".join(sorted(set(parts) - set(PARTS))), ", ".join(PARTS)))
    lacking = missing(hands=True)
    if lacking:
        print("skipped: not here: %s" % ", ".join(lacking))
        return 77
    os.makedirs(folder, exist_ok=True)
    with Desktop(build, hands=True) as desktop:
        pictures = Pictures(desktop, folder)
        try:
            for part in parts:
                getattr(pictures, part)()
        except NoWindow as fault:
            print("FAILED: %s" % fault, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
