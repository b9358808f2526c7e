"""The real Wireshark on a screen of its own, driven by keyboard.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Whatever can be waited for is waited for: a window that does not come up is an
error that names it.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))

from wireshark import CAPTURES, Wireshark

PROFILE = "SSE Roaming"
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = ("Xvfb", "openbox", "xdotool", "import", "convert", "wireshark")
WIDTH, HEIGHT = 1400, 1000
# The system's own: it has the system's gi, one from elsewhere does not.
PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable
# With which buttons are found and what was copied is read.
HANDS = ("dbus-daemon", "xclip")
# How long a window may take: the machine may be busy.
PATIENCE = 60
# Pixels: of a scroll bar at the right; of a row of buttons at the foot; so much ink is no letter.
SCROLLBAR, FOOT, INK = 30, 70, 40


class NoWindow(Exception):
    pass


def missing(hands=False):
    """The programs that are not here. With hands also those with which buttons are found and pressed."""
    lacking = [name for name in PROGRAMS + (HANDS if hands else ()) if not shutil.which(name)]
    if hands and subprocess.run([PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"], capture_output=True,
                                check=False).returncode != 0:
        lacking.append("python3-gi with Atspi 2.0")
    return lacking


class Desktop:
    """A virtual screen with a window manager, and one Wireshark at a time. With hands it
    knows what is in its windows (accessible.py), and presses buttons."""

    def __init__(self, build, hands=False):
        self.wireshark = Wireshark(build, expected=420)
        self.running, self.program = [], None
        self.home = os.path.join(self.wireshark.stage, "home")
        config = os.path.join(self.home, "wireshark")
        os.makedirs(os.path.join(self.home, "xdg"), 0o700)
        shutil.copytree(os.path.join(TOP, "packaging", "profile", PROFILE), os.path.join(config, "profiles", PROFILE))
        if os.geteuid() == 0:
            for folder, _, files in os.walk(self.home):
                for path in [folder] + [os.path.join(folder, file) for file in files]:
                    os.chown(path, 65534, 65534)
        reading, writing = os.pipe()
        self.running.append(subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "%dx%dx24" % (WIDTH, HEIGHT), "-nolisten", "tcp"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        os.close(writing)
        with os.fdopen(reading) as number:
            display = number.readline().strip()
        self.environment = self.wireshark.environment(config=config)
        self.environment.update(DISPLAY=":" + display, HOME=self.home, XDG_CONFIG_HOME=self.home,
                                XDG_RUNTIME_DIR=os.path.join(self.home, "xdg"), QT_QPA_PLATFORM="xcb")
        self.start_manager()
        if hands:
            self.start_bus()

    def start_manager(self):
        """The window manager: without one no window gets the keys. The screen may not be there yet for it."""
        end = time.monotonic() + PATIENCE
        while True:
            manager = self.start("openbox")
            time.sleep(1)
            if manager.poll() is None:
                break
            if time.monotonic() > end:
                raise NoWindow("no window manager: %s" % self.said())
        self.running.append(manager)

    def start_bus(self):
        """What tells a screen reader of windows."""
        bus = subprocess.Popen(self.wireshark.command("dbus-daemon", "--session", "--nofork", "--print-address=1"),
                               env=self.environment, cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        self.running.append(bus)
        self.environment.update(DBUS_SESSION_BUS_ADDRESS=bus.stdout.readline().strip(), QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1")

    def start(self, *command):
        with open(os.path.join(self.home, "said"), "ab") as said:
            return subprocess.Popen(self.wireshark.command(*command), env=self.environment, cwd=self.home,
                                    stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def said(self):
        with open(os.path.join(self.home, "said"), encoding="utf-8", errors="replace") as said:
            return said.read()[-2000:]

    def close(self):
        self.quit()
        for process in reversed(self.running):
            process.terminate()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- windows ---

    def x(self, *command):
        """A program of X. It is its business whether a window is still there."""
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False).stdout

    def windows(self):
        """Titles of the windows in sight -> their ids."""
        found = {}
        for number in self.x("xdotool", "search", "--onlyvisible", "--name", ".").split():
            name = self.x("xdotool", "getwindowname", number).strip()
            if name and name != "Openbox":
                found[name] = number
        return found

    def window(self, pattern, wait=PATIENCE):
        """Waits for a window whose title matches. @return its id."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            for name, number in self.windows().items():
                if re.search(pattern, name):
                    return number
            if self.program is not None and self.program.poll() is not None:
                raise NoWindow("Wireshark ended with status %d before a window %r came up; it said: %s"
                               % (self.program.returncode, pattern, self.said()))
            time.sleep(0.2)
        raise NoWindow("no window %r within %d s; there are %s; Wireshark said: %s"
                       % (pattern, wait, sorted(self.windows()), self.said()))

    def settle(self, number, wait=20):
        """Waits until what a window shows stays the same for a moment."""
        before, same, end = None, 0, time.monotonic() + wait
        while same < 2 and time.monotonic() < end:
            time.sleep(0.3)
            now = subprocess.run(["import", "-silent", "-window", number, "rgb:-"], env=self.environment,
                                 capture_output=True, check=False).stdout
            same = same + 1 if now and now == before else 0
            before = now

    def size(self, number, width, height):
        self.x("xdotool", "windowmove", number, "20", "30")
        self.x("xdotool", "windowsize", number, str(width), str(height))
        self.settle(number)

    def place(self, number):
        """Where a window's upper left corner is on the screen, without its frame:
        a window manager may count that in or not."""
        shown = self.x("xdotool", "getwindowgeometry", "--shell", number)
        return tuple(int(re.search(r"(?m)^%s=(-?\d+)$" % name, shown).group(1)) for name in "XY")

    def focus(self, number):
        self.x("xdotool", "windowactivate", "--sync", number)

    def keys(self, *names, pause=0.15):
        for name in names:
            self.x("xdotool", "key", "--clearmodifiers", name)
            time.sleep(pause)

    def click(self, number, across, down):
        """Clicks into a window, at parts of its width and height."""
        place = dict(line.split("=") for line in self.x("xdotool", "getwindowgeometry", "--shell", number).splitlines())
        self.x("xdotool", "mousemove", "--window", number, str(int(int(place["WIDTH"]) * across)),
               str(int(int(place["HEIGHT"]) * down)), "click", "1")
        time.sleep(0.3)

    def type(self, text):
        self.x("xdotool", "type", "--delay", "25", text)

    def close_window(self, number):
        self.x("xdotool", "windowclose", number)
        end = time.monotonic() + 10
        while number in self.windows().values() and time.monotonic() < end:
            time.sleep(0.1)

    # --- Wireshark ---

    def open(self, capture, *arguments, width=1000, height=640):
        """Starts Wireshark with a capture (below tests/captures, without the
        suffix). @return its main window."""
        self.quit()
        with open(os.path.join(CAPTURES, capture + ".pcapng"), "rb") as file:
            path = self.wireshark.file(file.read(), os.path.basename(capture) + ".pcapng")
        self.program = self.start("wireshark", "-C", PROFILE, "-r", path, *arguments)
        main = self.window("^" + re.escape(os.path.basename(path)))
        self.size(main, width, height)
        self.focus(main)
        return main

    def quit(self):
        if self.program is not None and self.program.poll() is None:
            self.program.terminate()
            try:
                self.program.wait(10)
            except subprocess.TimeoutExpired:
                self.program.kill()
                self.program.wait()
        self.program = None

    def statistics(self, main, title, first):
        """Opens an entry of the Statistics menu by its place: where that is
        depends on what else is in the menu, so that the places around are
        tried, too. @return its window."""
        for steps in sorted(range(5, 30), key=lambda place: abs(place - first)):
            before = set(self.windows().values())
            self.focus(main)
            self.keys("alt+s", pause=0.4)
            self.keys(*["Down"] * steps, pause=0.05)
            self.keys("Return")
            try:
                return self.window(re.escape(title), wait=4)
            except NoWindow:
                if self.program.poll() is not None:
                    raise
                self.keys("Escape", "Escape")
                for number in set(self.windows().values()) - before:
                    self.close_window(number)
        raise NoWindow("no entry %r in the menu Statistics" % title)

    def choose_tool(self, main, steps):
        """Chooses an entry of the menu Tools, SSE Roaming, by its place from 0; that menu is the last there."""
        self.focus(main)
        self.keys("alt+t", "Up", "Right", pause=0.4)
        self.keys(*["Down"] * steps, pause=0.1)
        self.keys("Return")

    def tools(self, main, title, steps):
        """Opens an entry of the menu Tools, SSE Roaming. @return its window."""
        self.choose_tool(main, steps)
        try:
            return self.window(re.escape(title), PATIENCE // 2)
        except NoWindow:
            # On a busy machine a key may come before the menu is there.
            self.keys("Escape", "Escape")
            self.choose_tool(main, steps)
            return self.window(re.escape(title))

    def apply_filter(self, main, text):
        """Types a display filter; "" is none."""
        self.focus(main)
        self.keys("ctrl+slash", pause=0.4)
        self.keys("ctrl+a", "Delete")
        self.type(text)
        self.keys("Return")

    def filter(self, main, text):
        self.apply_filter(main, text)
        self.settle(main)

    # --- what is in a window, and hands ---

    def inside(self, title):
        """What is in a window whose title ends so: see accessible.py. None where there is no such window now."""
        with open(os.path.join(HERE, "accessible.py"), encoding="utf-8") as script:
            source = script.read()
        done = subprocess.run(self.wireshark.command(PYTHON, "-c", source, title), env=self.environment, cwd=self.home,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            raise NoWindow("what is in %r is not to be had: %s" % (title, done.stderr[-500:]))
        return json.loads(done.stdout)

    def await_inside(self, title, wanted, what, wait=20):
        """Waits until what is in a window is as wanted: a function of inside()'s list that returns something true.
        @return that"""
        end, found = time.monotonic() + wait, None
        while time.monotonic() < end:
            found = self.inside(title)
            result = wanted(found) if found is not None else None
            if result:
                return result
            time.sleep(0.2)
        raise NoWindow("%s: not so within %d s%s" % (what, wait, "" if found is not None else ": there is no window %r, or it changes all the time" % title))

    def find(self, title, name, roles):
        """Waits for a button or box in a window, whose title ends so, and gives it the focus. @return see inside()"""
        self.focus(self.window(re.escape(title) + "$"))
        return self.await_inside(title, lambda found: [one for one in found if one["role"] in roles and one["name"] == name],
                                 "a %s %r in %r" % (roles[0], name, title))[0]

    def click_on(self, found):
        left, top, width, height = found["place"]
        self.x("xdotool", "mousemove", str(left + width // 2), str(top + height // 2), "click", "1")

    def press(self, title, button):
        """Presses a button of a window with the mouse."""
        self.click_on(self.find(title, button, ("push button", "button")))

    def tick(self, title, box):
        """Ticks a box of a window, if it is not ticked."""
        found = self.find(title, box, ("check box",))
        if not found["ticked"]:
            self.click_on(found)

    def copied(self):
        """The text that was copied last."""
        return self.x("timeout", "10", "xclip", "-selection", "clipboard", "-out")

    def forget_copied(self):
        subprocess.run(["xclip", "-selection", "clipboard"], env=self.environment, input=b"", stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)

    # --- torn text ---

    def geometry(self, number):
        """Width and height of a window, without its frame."""
        shown = dict(line.split("=") for line in self.x("xdotool", "getwindowgeometry", "--shell", number).splitlines())
        return int(shown["WIDTH"]), int(shown["HEIGHT"])

    def check_torn(self, number, what):
        """A line that does not fit a window is torn, or goes on behind its edge: in a wider window it then reaches beyond the
        old edge. What is at the foot, buttons, moves with the edge and does not count. Leaves the size as it was."""
        width, height = self.geometry(number)
        more = min(width + 400, WIDTH - 40)
        self.size(number, more, height)
        picture = subprocess.run(["import", "-silent", "-window", number, "png:-"], env=self.environment, capture_output=True,
                                 check=True).stdout
        self.size(number, width, height)
        dark = subprocess.run(["convert", "png:-", "-crop", "%dx%d+%d+0" % (more - width - SCROLLBAR, height - FOOT, width), "+repage",
                               "-colorspace", "Gray", "-threshold", "55%", "-negate", "-format", "%[fx:mean*w*h]", "info:"],
                              input=picture, env=self.environment, capture_output=True, check=True).stdout
        if float(dark) > INK:
            raise NoWindow("text of %s is torn: it does not fit the window of %d pixels" % (what, width))

    # --- pictures ---

    def picture(self, path, number=None, crop=None):
        """A picture of a window with its frame, or of a part of the screen."""
        # The mouse's arrow belongs into no picture.
        self.x("xdotool", "mousemove", str(WIDTH - 1), str(HEIGHT - 1))
        if number is not None:
            self.settle(number)
        source = ["-window", "root", "-crop", crop, "+repage"] if crop else ["-frame", "-window", number]
        subprocess.run(["import", "-silent", *source, "+dither", "-colors", "64", "-strip", "-define", "png:compression-level=9",
                        "png8:" + path], env=self.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
