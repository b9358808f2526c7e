"""The page that -z sseroaming,html writes, read strictly.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

Whatever a browser would forgive is a fault here: a tag that is not closed, an
attribute nobody expects, a character that must be a reference. So is all that
could load or run something.
"""

import html.parser
import re
import unicodedata

VOID = {"meta", "rect", "i"}
TAGS = set("""html head meta title style body header main footer article section div span p h1 h2 h3 h4 ul li dl dt dd
              table thead tbody tr th td code pre a svg rect i""".split())
ATTRIBUTES = {
    "html": {"lang"}, "meta": {"charset", "name", "content", "http-equiv"}, "article": {"id"}, "a": {"href"},
    "th": {"scope"}, "td": {"data-column", "colspan"}, "svg": {"viewbox", "preserveaspectratio", "role", "aria-label"},
    "rect": {"x", "y", "width", "height"}}
REFERENCES = {"lt", "gt", "amp", "quot"}
# The one place that may load something loads nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Page(html.parser.HTMLParser):
    """faults: what is wrong; clients: address -> (state of DNS, of the web), of those told in full."""

    def __init__(self, text):
        super().__init__(convert_charrefs=False)
        self.faults, self.open, self.ids, self.links, self.clients = [], [], [], [], {}
        self.policy = self.text = None
        self.columns, self.cells = None, 0
        self._client = None
        if not text.startswith("<!DOCTYPE html>\n<html lang=\"en\">\n") or not text.endswith("</body>\n</html>\n"):
            self.faults.append("it does not begin or end as a page: %r ... %r" % (text[:60], text[-40:]))
        bad = sorted({c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"))})
        if bad:
            self.faults.append("characters that must be escaped: %r" % bad)
        if re.search(r"url\(|@import|expression\(", text):
            self.faults.append("its style loads something")
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append("not closed: %s" % self.open)
        if self.policy != POLICY:
            self.faults.append("its policy is %r" % self.policy)
        if len(set(self.ids)) != len(self.ids):
            self.faults.append("an anchor is there twice: %s" % self.ids)
        lost = set(self.links) - {"#" + one for one in self.ids}
        if lost:
            self.faults.append("links that lead nowhere: %s" % sorted(lost))

    def fault(self, text):
        self.faults.append("line %d: %s" % (self.getpos()[0], text))

    def element(self, tag, attributes):
        if tag not in TAGS:
            self.fault("no tag of ours: <%s>" % tag)
        for name, value in attributes:
            if name != "class" and name not in ATTRIBUTES.get(tag, ()):
                self.fault("no attribute of ours: %s in <%s>" % (name, tag))
            if name == "class" and not re.fullmatch(r"[a-z][a-z-]*( [a-z][a-z-]*)*", value or ""):
                self.fault("class %r" % value)
        known = dict(attributes)
        if len(known) != len(attributes):
            self.fault("an attribute twice")
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "a":
            self.links.append(known.get("href", ""))
        if tag == "meta" and known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known.get("content")
        if tag == "tr":
            self.cells = 0
        if tag == "thead":
            self.columns = 0
        if tag == "th":
            self.columns += 1
        if tag == "td":
            self.cells += int(known.get("colspan", 1))
        if tag == "section" and known.get("class", "").startswith("card ") and self._client:
            self.clients[self._client].append(known["class"].split()[1])
        return known

    def handle_starttag(self, tag, attrs):
        self.element(tag, attrs)
        if tag == "meta":
            return
        self.open.append(tag)
        self.text = ""

    def handle_startendtag(self, tag, attrs):
        self.element(tag, attrs)
        if tag not in VOID or "svg" not in self.open:
            self.fault("<%s/> closes itself" % tag)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault("</%s> in %s" % (tag, self.open))
            return
        self.open.pop()
        if tag == "tr" and self.columns and self.cells not in (0, self.columns):
            self.fault("a row of %d cells below %d columns" % (self.cells, self.columns))
        if tag == "h2" and (self.text or "").startswith("Client "):
            self._client = self.text[len("Client "):]
            self.clients[self._client] = []
        if tag == "article":
            self._client = None

    def handle_data(self, data):
        if self.open[-1:] == ["style"]:
            return
        if re.search(r"[<>&\"']", data):
            self.fault("text that is not escaped: %r" % data[:80])
        if data.strip() and self.open[-1:] in ([], ["html"], ["head"], ["table"], ["tr"], ["dl"], ["ul"], ["svg"]):
            self.fault("text beside the elements: %r" % data[:80])
        self.text = (self.text or "") + data

    def handle_entityref(self, name):
        if name not in REFERENCES:
            self.fault("&%s;" % name)

    def handle_charref(self, name):
        if name != "39":
            self.fault("&#%s;" % name)

    def handle_comment(self, data):
        self.fault("a comment: %r" % data)

    def handle_pi(self, data):
        self.fault("an instruction: %r" % data)

    def unknown_decl(self, data):
        self.fault("a declaration: %r" % data)


def check(text, report=None):
    """@return what is wrong with a page, and with what it says beside the JSON of the same report."""
    page = Page(text)
    yield from page.faults
    if report is None:
        return
    states = {client["client"]: [client["dns"]["verdict"], client["web"]["verdict"]] for client in report["clients"]}
    for client, cards in page.clients.items():
        if states.get(client) != cards:
            yield "client %s is %s, in JSON %s" % (client, cards, states.get(client))
    if len(states) == 1 and len(page.clients) != 1:
        yield "the one client is not in it"
