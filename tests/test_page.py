#!/usr/bin/env python3
"""The page that -z sseroaming,html writes, in a real browser.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Usage: test_page.py [--build FOLDER] [--pictures FOLDER]

Light, dark, on a narrow screen and on paper: the browser has nothing to say
about it and asks for nothing else; nothing is wider than the screen or cut; light
and dark differ, and text stands out of its background in both. --pictures keeps what
the browser drew, to be looked at. Ends with status 77 where there is no browser.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

import browser
import page
from wireshark import Wireshark, build_folder

CAPTURES = ("article-dns", "article-logs", "both-failing", "capture-several-clients", "capture-hostile-strings", "capture-empty",
            "outages-both-versions", "web-fail-open", "dns-flapping")
SIZES = (("light", 1200, 900, False), ("dark", 1200, 900, True), ("phone", 390, 844, False))

# What is wider than its place, or than the screen: text that nobody can read.
CUT = """[...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
  && getComputedStyle(e).display != 'inline' || e.getBoundingClientRect().right > innerWidth + 1)).map(e => e.outerHTML.slice(0, 120))"""
# Contrast (WCAG 2.2, 1.4.3) of each text with what is behind it: the least, and of what.
CONTRAST = """(() => {
  const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
    return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
  let least = [99, ''];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
    const a = light(getComputedStyle(e).color), b = light(behind(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < least[0]) least = [ratio, e.outerHTML.slice(0, 80)];
  }
  return least; })()"""
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def faults_of(shown, path, name, keep):
    backgrounds = set()
    for what, width, height, dark in SIZES:
        for said in shown.show(path, width, height, dark):
            yield "%s: %s" % (what, said)
        if shown.value("document.compatMode") != "CSS1Compat":
            yield "%s: the browser reads it as an old page" % what
        wide = shown.value("document.documentElement.scrollWidth")
        if wide > width:
            yield "%s: it is %s pixels wide on %d" % (what, wide, width)
        for one in shown.value(CUT):
            yield "%s: cut: %s" % (what, one)
        least, of = shown.value(CONTRAST)
        if least < 4.5:
            yield "%s: contrast %.1f of %s" % (what, least, of)
        if width >= 640:
            backgrounds.add(shown.value(BACKGROUND))
        picture = shown.picture(whole=True)
        if not picture.startswith(b"\x89PNG") or len(picture) < 5000:
            yield "%s: no picture (%d bytes)" % (what, len(picture))
        keep("%s.%s.png" % (name, what), picture)
    if len(backgrounds) != 2:
        yield "light and dark look the same: %s" % backgrounds
    pdf = shown.pdf()
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    if not pdf.startswith(b"%PDF") or not 1 <= pages <= 40:
        yield "print: %d pages, %r" % (pages, pdf[:8])
    keep("%s.pdf" % name, pdf)


# Each must be found: the checks themselves.
BROKEN = (
    ("script", "</main>", "<script>console.log(1)</script></main>", "Content Security Policy"),
    ("load", "</main>", '<img src="http://192.0.2.1/a.png"></main>', "Content Security Policy"),
    ("wide", "</main>", '<p style="width: 2000px">wide</p></main>', "cut"),
    ("pale", "</main>", '<p style="color: #cccccc; background: #ffffff">pale</p></main>', "contrast"),
)


def main():
    pictures = None
    build = build_folder(sys.argv)
    if "--pictures" in sys.argv:
        pictures = os.path.abspath(sys.argv[sys.argv.index("--pictures") + 1])
        os.makedirs(pictures, exist_ok=True)
    if browser.find() is None:
        print("skipped: no browser here: %s" % ", ".join(browser.NAMES))
        return 77

    def keep(name, data):
        if pictures:
            with open(os.path.join(pictures, name), "wb") as out:
                out.write(data)

    wireshark = Wireshark(build, expected=120)
    failed = 0
    with browser.Browser() as shown:
        text = None
        for capture in CAPTURES:
            done = wireshark.tshark(capture, "-q", "-z", "sseroaming,html")
            name, text = os.path.basename(capture), done.out
            path = wireshark.file(text.encode("utf-8", "surrogateescape"), name + ".html")
            faults = list(page.check(text)) + list(faults_of(shown, path, name, keep))
            if done.status or done.err:
                faults.append("tshark: status %d: %s" % (done.status, done.err))
            failed += bool(faults)
            for fault in faults:
                print("FAILED %s: %s" % (name, fault))
        for name, place, more, wanted in BROKEN:
            path = wireshark.file(text.replace(place, more).encode(), "broken-%s.html" % name)
            if not any(wanted in fault for fault in faults_of(shown, path, name, lambda *_: None)):
                failed += 1
                print("FAILED: a page that is broken on purpose (%s) passes" % name)
    print("page: %d in a browser, %d broken on purpose, %d failed" % (len(CAPTURES), len(BROKEN), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
