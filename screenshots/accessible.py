#!/usr/bin/env python3
"""What is in a window, as a screen reader learns it: a line of JSON.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: accessible.py TITLE

Run by desktop.py with the bus of the virtual screen, as the user to whom the window
belongs. TITLE is what the window's title ends with. Prints null where there is no
such window, or a part of it went away while it was read: to be asked again. Else a
list: role, name, text, place on the screen, and whether it is ticked, of whatever is
in it. Of a tree only the first rows are told: the list of packets is long.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")

from gi.repository import Atspi, GLib

TREES = ("tree", "tree table", "table", "list")
ROWS = 3


def described(node):
    place = node.get_extents(Atspi.CoordType.SCREEN)
    text = node.get_text_iface()
    return {"role": node.get_role_name(), "name": node.get_name(),
            "text": text and Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text)),
            "place": [place.x, place.y, place.width, place.height],
            "ticked": node.get_state_set().contains(Atspi.StateType.CHECKED)}


def walk(node, found):
    count = node.get_child_count()
    for at in range(min(count, ROWS) if node.get_role_name() in TREES else count):
        child = node.get_child_at_index(at)
        if child is not None:
            found.append(described(child))
            walk(child, found)


def read(title):
    """@return what is in the window, None where there is none. @raise GLib.GError where a part of it went away meanwhile"""
    found = None
    screen = Atspi.get_desktop(0)
    for at in range(screen.get_child_count()):
        program = screen.get_child_at_index(at)
        for number in range(program.get_child_count()) if program is not None else ():
            window = program.get_child_at_index(number)
            if window is not None and window.get_name().endswith(title):
                # One that was closed may still be named: the last of a name is the one that was opened last.
                found = [described(window)]
                walk(window, found)
    return found


def main():
    try:
        found = read(sys.argv[1])
    except GLib.GError:
        found = None
    print(json.dumps(found))


if __name__ == "__main__":
    main()
