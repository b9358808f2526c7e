"""Chromium without a window, driven over a pipe (Chrome DevTools Protocol).

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

No port is opened, and the browser is told to reach no network. As root it is
run as another user, as all of Wireshark's programs are (wireshark.py).
"""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from wireshark import PATIENCE, Wireshark

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars", "--force-color-profile=srgb"]


def find():
    """The browser's program, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """With one page open. messages: what it said on its console, and what it asked for."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix="sseroaming.")
        if os.geteuid() == 0:
            os.chown(self.home, 65534, 65534)
        ours, self.writing = os.pipe()
        self.reading, theirs = os.pipe()
        environment = {"HOME": self.home, "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        # It reads from 3 and writes to 4.
        script = 'exec 3<&%d 4>&%d; exec "$@"' % (ours, theirs)
        self.process = subprocess.Popen(
            Wireshark.command("bash", "-c", script, "bash", find(), *ARGUMENTS, "--user-data-dir=" + os.path.join(self.home, "data")),
            env=environment, pass_fds=[ours, theirs], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        os.close(ours)
        os.close(theirs)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(domain + ".enable")

    def close(self):
        # Its own group: what it started goes with it.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.writing)
        os.close(self.reading)
        shutil.rmtree(self.home, True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- the pipe ---

    def message(self, end):
        """The next message."""
        while b"\0" not in self.buffer:
            if not select.select([self.reading], [], [], max(end - time.monotonic(), 0))[0]:
                raise AssertionError("the browser does not answer")
            data = os.read(self.reading, 1 << 20)
            if not data:
                raise AssertionError("the browser ended")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def ask(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.writing, json.dumps(request).encode() + b"\0")
        end = time.monotonic() + 60 * PATIENCE
        while True:
            got = self.message(end)
            if got.get("id") == self.number:
                if "error" in got:
                    raise AssertionError("%s: %s" % (method, got["error"]))
                return got["result"]
            self.events.append(got)

    def wait(self, method):
        end = time.monotonic() + 60 * PATIENCE
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message(end))

    # --- a page ---

    def show(self, path, width, height, dark=False):
        """Loads a file. @return what the browser complained of, and what it asked for beside the file."""
        self.events = []
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 640)
        self.ask("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        address = "file://" + path
        failed = self.ask("Page.navigate", url=address).get("errorText")
        self.wait("Page.loadEventFired")
        said = ["it does not load: %s" % failed] if failed else []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded":
                said.append("log: %s" % parameters["entry"]["text"])
            elif method == "Runtime.consoleAPICalled":
                said.append("console: %s" % parameters["args"])
            elif method == "Runtime.exceptionThrown":
                said.append("exception: %s" % parameters["exceptionDetails"]["text"])
            elif method == "Network.requestWillBeSent" and parameters["request"]["url"] != address:
                said.append("it asks for %s" % parameters["request"]["url"])
        return said

    def value(self, expression):
        """What an expression of JavaScript, the browser's own and not the page's, is there."""
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def picture(self, whole=False):
        """PNG of what is in sight; or of the whole page."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"])

    def pdf(self):
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"])
