#!/usr/bin/env python3
"""Every button of the report's window, every entry of the menu Tools, SSE Roaming, and
a table of the Statistics menu, in the real Wireshark on a virtual screen: pressed, and
what came of it.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_window.py [--build FOLDER]

Ends with 77 where this computer lacks a program for it.
"""

import json
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "screenshots"))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))

from desktop import Desktop, NoWindow, missing

from wireshark import build_folder

# Three clients, of whom two have an outage each.
CAPTURE = "lab/mirror-three-clients"
REPORT, TICKET = "SSE Roaming Report", "SSE Roaming Ticket"
# What stands in the menu, in its order, and what each entry is to do.
WINDOWS = [("Report", REPORT), ("Ticket", TICKET), ("Outages", "SSE Roaming Outages"), ("Clients", "SSE Roaming Clients")]
FIRST_FAILURE, FILTERS, HELP = 4, 5, 9
# About where the table is in the menu Statistics.
TABLE, OUTAGES = "SSE Roaming Outages (as of opening or Apply)", 12
# The filters, in the menu's order: what is in them.
FAILED, CHANGES, FINDINGS, FLOW = r"^sseroaming\.probe\.outcome >= \d+ \|\| sseroaming\.swg\.outcome >= \d+$", \
    r"^sseroaming\.expert\.\w+\.\w+( \|\| sseroaming\.expert\.\w+\.\w+)+$", r"sseroaming", r"^sseroaming$"


def one_line(text):
    """Without what differs between a window and a terminal: where lines end."""
    return " ".join(text.split())


class Window:
    def __init__(self, desktop):
        self.d, self.tried, self.failed = desktop, 0, []
        self.main = desktop.open(CAPTURE, width=1100, height=640)
        self.title = os.path.basename(CAPTURE) + ".pcapng"
        self.told = json.loads(self.tshark("-q", "-z", "sseroaming,json"))

    def tshark(self, *arguments):
        done = self.d.wireshark.tshark(os.path.basename(CAPTURE), *arguments)
        if done.status:
            raise NoWindow("tshark: %s" % done.err)
        return done.out

    # --- what the main window shows ---

    def shown(self, wanted, what):
        return self.d.await_inside(self.title, wanted, what)

    @staticmethod
    def filter_in(found):
        """The display filter's text: what stands in its bar."""
        at = next((number for number, one in enumerate(found)
                   if one["role"] == "tool bar" and one["name"] == "Display Filter Toolbar"), None)
        if at is None:
            # In 4.4 it has no name; other bars, out of sight, have such an entry too.
            entries = [one["text"] for one in found if one["name"] == "Display filter entry" and one["place"][2] > 0]
            return entries[-1] if entries else None
        return next((one["text"] for one in found[at:] if one["text"] is not None), None)

    @staticmethod
    def displayed(found):
        """How many packets the status bar says that there are to see."""
        said = [re.search(r"Packets: (\d+)(?: · Displayed: (\d+))?", one["name"] or "") for one in found]
        return next((int(one[2] or one[1]) for one in said if one), None)

    @staticmethod
    def frame(found):
        """The frame whose details are shown."""
        said = [re.match(r"Frame (\d+):", one["name"] or "") for one in found]
        return next((int(one[1]) for one in said if one), None)

    def begin(self):
        """No filter, the first frame, nothing copied."""
        self.d.apply_filter(self.main, "")
        self.d.keys("ctrl+Home")
        self.d.forget_copied()
        self.shown(lambda found: self.filter_in(found) == "" and self.displayed(found) == self.frames, "no filter")

    @property
    def frames(self):
        return self.told["frames"]

    # --- tries ---

    def attempt(self, what, do):
        """A try: begins anew, and goes on with the next where this one fails."""
        self.tried += 1
        try:
            self.begin()
            do()
        except NoWindow as fault:
            self.failed.append(what)
            print("FAILED: %s: %s" % (what, fault), flush=True)

    def want(self, is_so, what):
        if not is_so:
            raise NoWindow(what)

    def becomes_filter(self, pattern):
        """A filter like this is applied: its text stands there, and so many packets are shown as tshark finds with it."""
        text = self.shown(lambda found: re.search(pattern, self.filter_in(found) or "") and self.filter_in(found),
                          "a filter like %s" % pattern)
        frames = self.tshark("-2", "-Y", text, "-T", "fields", "-e", "frame.number").split()
        self.want(0 < len(frames) < self.frames, "%d packets of %d have %s" % (len(frames), self.frames, text))
        self.shown(lambda found: self.displayed(found) == len(frames), "%d packets with %s" % (len(frames), text))
        return text

    def becomes_first_failure(self):
        first = min(one["since"]["frame"] for client in self.told["clients"] for one in client["outages"] if one["counted"])
        self.want(first > 1, "the first frame is the first failure: it shows nothing")
        self.shown(lambda found: self.frame(found) == first, "frame %d selected" % first)

    def text_in(self, title, wanted=lambda text: text):
        """What a text window shows: the longest text in it."""
        return self.d.await_inside(title, lambda found: wanted(max((one["text"] or "" for one in found), key=len)),
                                   "the text of %r" % title)

    def press(self, button):
        self.d.press(REPORT, button)

    def await_copied(self, wanted, what):
        for _ in range(20):
            text = self.d.copied()
            if wanted(text):
                return
        raise NoWindow("%s is not what was copied, but %r" % (what, text[:200]))

    # --- the buttons ---

    def copy(self):
        shown = self.text_in(REPORT)
        self.press("Copy")
        self.await_copied(lambda text: text == shown, "what the window shows")

    def copy_json(self):
        self.press("Copy JSON")
        self.await_copied(lambda text: text.startswith("{") and json.loads(text)["clients"] == self.told["clients"], "tshark's JSON")

    def ticket(self):
        self.press("Ticket")
        number = self.d.window(TICKET)
        self.want(self.text_in(TICKET) != self.text_in(REPORT), "the ticket is the report")
        self.d.close_window(number)

    def only_its_packets(self, client):
        """The filter is of the client alone that is shown."""
        self.press("Failed Packets")
        self.becomes_filter(r"^sseroaming\.client == %s && \(sseroaming\.probe" % re.escape(client))

    def next_client(self):
        """Each of the clients alone, the worst first, then all again."""
        everybody, seen = self.text_in(REPORT), []
        before = everybody
        for _ in self.told["clients"]:
            self.press("Next Client")
            before = self.text_in(REPORT, lambda text, old=before: text != old and text)
            told = [client["client"] for client in self.told["clients"] if re.search("(?m)^%s: DNS" % re.escape(client["client"]), before)]
            self.want(len(told) == 1, "one client is shown: %s" % told)
            if not seen:
                self.only_its_packets(told[0])
            seen += told
        self.want(sorted(seen) == sorted(client["client"] for client in self.told["clients"]), "shown one after the other: %s" % seen)
        self.press("Next Client")
        self.text_in(REPORT, lambda text: text == everybody)

    def save_as(self):
        """Writes what is proposed: the page."""
        path = os.path.join(self.d.home, "sse-roaming-report.html")
        self.want(not os.path.exists(path), "%s is there already" % path)
        self.press("Save As")
        self.d.focus(self.d.window("SSE Roaming: Save As"))
        self.d.keys("Return")
        for _ in range(50):
            if os.path.exists(path):
                break
            self.d.keys("shift", pause=0.2)
        self.want(os.path.exists(path), "no %s was written" % os.path.basename(path))
        with open(path, encoding="utf-8") as file:
            page = file.read()
        self.want(page.startswith("<!DOCTYPE html>") and page.rstrip().endswith("</html>"), "what was written is no page")

    def buttons(self):
        number = self.d.tools(self.main, REPORT, 0)
        there = {one["name"] for one in self.d.await_inside(REPORT, lambda found: found, "the report") if one["role"] in ("push button", "button")}
        tries = {"First Failure": lambda: (self.press("First Failure"), self.becomes_first_failure()),
                 "Failed Packets": lambda: (self.press("Failed Packets"), self.becomes_filter(FAILED)),
                 "State Changes": lambda: (self.press("State Changes"), self.becomes_filter(CHANGES)),
                 "Next Client": self.next_client, "Ticket": self.ticket, "Copy": self.copy, "Copy JSON": self.copy_json,
                 "Save As": self.save_as}
        # A new button is to be tried, too.
        self.attempt("the buttons", lambda: self.want(there - {"Close", "&Close", ""} == set(tries), "there are %s" % sorted(there)))
        for name, do in tries.items():
            self.attempt("button " + name, do)
        self.d.close_window(number)

    # --- the menu ---

    def opens(self, place, title):
        number = self.d.tools(self.main, title, place)
        text = self.text_in(title)
        if title == REPORT:
            wanted = one_line(self.tshark("-q", "-z", "sseroaming"))[:200]
            self.want(one_line(text).startswith(wanted), "it does not begin with %r" % wanted)
        else:
            self.want(len(text) > 100, "there is only: %r" % text)
        self.d.close_window(number)

    def menu(self):
        for place, (name, title) in enumerate(WINDOWS):
            self.attempt("menu " + name, lambda place=place, title=title: self.opens(place, title))
        self.attempt("menu First Failure", lambda: (self.d.choose_tool(self.main, FIRST_FAILURE), self.becomes_first_failure()))
        for place, (name, pattern) in enumerate([("Failed Packets", FAILED), ("State Changes", CHANGES), ("Findings", FINDINGS),
                                                 ("Packets for Flow Graph", FLOW)], FILTERS):
            self.attempt("menu " + name, lambda place=place, pattern=pattern: (self.d.choose_tool(self.main, place), self.becomes_filter(pattern)))
        self.attempt("menu Help", lambda: self.opens(HELP, "SSE Roaming Help"))

    # --- a table ---

    def table(self):
        """Wireshark fills a table when it opens, and not again after Reload or a change of preferences: its title says so."""
        number = self.d.statistics(self.main, "SSE Roaming Outages", OUTAGES)
        self.d.window(re.escape("%s · %s" % (TABLE, self.title)))
        self.d.focus(self.main)
        self.d.keys("ctrl+r")
        self.d.window(re.escape(TABLE + " · [no capture file]"))
        self.shown(lambda found: self.displayed(found) == self.frames, "all packets read again")
        self.d.close_window(number)


def main():
    build = build_folder(sys.argv)
    lacking = missing(hands=True)
    if lacking:
        print("skipped: not here: %s" % ", ".join(lacking))
        return 77
    with Desktop(build, hands=True) as desktop:
        try:
            window = Window(desktop)
            window.buttons()
            window.menu()
            window.attempt("the table Outages", window.table)
        except NoWindow as fault:
            print("FAILED: %s" % fault)
            return 1
    print("%d tried, %d failed%s" % (window.tried, len(window.failed), ": " + ", ".join(window.failed) if window.failed else ""))
    return 1 if window.failed else 0


if __name__ == "__main__":
    sys.exit(main())
