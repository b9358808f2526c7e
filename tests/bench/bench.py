#!/usr/bin/env python3
"""What the plugin costs: stock tshark against tshark with the plugin.

SSE Roaming plugin for Wireshark
SPDX-License-Identifier: GPL-2.0-or-later

    bench.py [--build FOLDER]                  all inputs in all modes; about an hour
    bench.py --inputs mixed --modes report,details --with plugin --packets 100000 --pairs 3
    bench.py --instructions                    instructions per packet, by callgrind
    bench.py --scale 10000,100000,1000000      seconds of CPU by size of the file, and the exponent

Writes its inputs itself (inputs.py says what is in each). Each measurement is a
pair: stock tshark, then tshark with what is compared, on the same file; every
other pair the other way round, so that a slow moment of the machine meets both.
Without --packets and --pairs: mixed has 400,000 packets and five pairs, answers
100,000 and one, all others 1,000,000 and one; flood-spoofed needs 5 GB of memory.

Columns: "stock CPU s" are seconds of stock tshark, user and system together, its
start of 0.2 s among them. "CPU" and "wall" are ratios to stock: the median of the
pairs, and the smallest and largest. "least CPU" is the least time of all runs over
the least of all stock runs, which other work can only lengthen. "memory MB" is the
peak with what is compared, "more bytes/packet" what that is beyond stock's peak.
With --instructions the start, reading the file and printing are left out; with
--scale what a file without packets takes. Below some 100,000 packets the start
and the steps in which Wireshark takes memory hide all else.

What is compared (--with):
    plugin   the plugin of the build folder
    lua      recognise.lua: a post-dissector that recognises by fields (one pair)
    transum  Wireshark's own TRANSUM switched on (one pair)
    nothing  stock tshark once more: what the machine alone does to a ratio

Run it on a machine that has nothing else to do; the number of instructions
alone does not depend on that.
"""

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
import inputs     # noqa: E402
import wireshark  # noqa: E402

# Arguments of tshark: with the plugin, and of what it is compared to where that
# differs. Where the plugin draws its report, stock tshark draws one of pings:
# the least that makes it look at all packets.
LEAST = ("-q", "-z", "icmp,srt")
MODES = {
    "load": (LEAST, None),
    "count": (("-q", "-z", "io,stat,0"), None),
    "list": ((), None),
    "two passes": (("-2",), None),
    "conversations": (("-q", "-z", "conv,eth"), None),
    "report": (("-q", "-z", "sseroaming"), LEAST),
    "json": (("-q", "-z", "sseroaming,json"), LEAST),
    "details": (("-V",), None),
    "sharkd": (None, None),
}
VARIANTS = ("plugin", "lua", "transum", "nothing")

# Packets and pairs where the command line says nothing; what else one could do
# is measured in one pair.
FULL = {"mixed": (400_000, 5), "answers": (100_000, 1)}
OTHERS = (1_000_000, 1)
COUNTED = 10_000                # of --instructions


class Bench:
    def __init__(self, build):
        self.tools = wireshark.Wireshark(build)
        self.files = {}

    def input(self, kind, packets):
        """@return path of the capture, number of packets."""
        key = kind, packets
        if key not in self.files:
            path = os.path.join(self.tools.stage, "%s-%d.pcap" % key)
            self.files[key] = path, inputs.write(kind, packets, path)
            os.chmod(path, 0o644)
        return self.files[key]

    def forget(self, kind, packets):
        os.remove(self.files.pop((kind, packets))[0])

    def command(self, path, mode, variant):
        """@return the command line, what it reads from standard input; None where that cannot be."""
        if mode == "sharkd":
            if variant in ("lua", "transum"):
                return None
            request = {"jsonrpc": "2.0", "id": 1, "method": "load", "params": {"file": path}}
            return ["sharkd", "-"], json.dumps(request).encode() + b"\n"
        ours, stock = MODES[mode]
        arguments = ["tshark", "-r", path, *(ours if variant == "plugin" or stock is None else stock)]
        if variant == "lua":
            script = os.path.join(self.tools.stage, "recognise.lua")
            if not os.path.exists(script):
                with open(os.path.join(HERE, "recognise.lua"), "rb") as file:
                    self.tools.file(file.read(), "recognise.lua")
            arguments += ["-X", "lua_script:" + script]
        elif variant == "transum":
            arguments += ["--enable-protocol", "transum"]
        return arguments, b""

    def run(self, path, mode, variant, before=()):
        """@return CPU seconds, seconds, peak of memory in bytes, standard error."""
        command, data = self.command(path, mode, variant)
        environment = self.tools.environment(plugin=variant == "plugin")
        # Some ports of the inputs meet bugs of Wireshark's own dissectors.
        del environment["WIRESHARK_ABORT_ON_DISSECTOR_BUG"]
        error = os.path.join(self.tools.stage, "stderr")
        with open(error, "wb") as err:
            began = time.monotonic()
            child = subprocess.Popen(self.tools.command(*before, *command), stdin=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, stderr=err, cwd=self.tools.stage,
                                     env=environment)
            child.stdin.write(data)
            child.stdin.close()
            _, status, used = os.wait4(child.pid, 0)
            wall = time.monotonic() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        with open(error, encoding="utf-8", errors="replace") as err:
            text = err.read()
        if child.returncode != 0:
            raise SystemExit("%s failed (%d): %s" % (" ".join(command), child.returncode, text.strip()[-400:]))
        return used.ru_utime + used.ru_stime, wall, used.ru_maxrss * 1024, text

    def pairs(self, path, mode, variant, count):
        """@return one (stock, other) after the other, each (CPU, wall, memory)."""
        out = []
        for number in range(count):
            order = (None, variant) if number % 2 == 0 else (variant, None)
            got = {which: self.run(path, mode, which)[:3] for which in order}
            out.append((got[None], got[variant]))
        return out

    def instructions(self, path, mode, variant):
        """Those of dissecting the packets alone: what starts the program, reads
        the file and prints is left out, so that its share seems the larger."""
        before = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no",
                  *("--toggle-collect=" + name for name in ("epan_dissect_run", "epan_dissect_run_with_taps"))]
        text = self.run(path, mode, variant, before)[3]
        found = re.search(r"Collected : (\d+)", text)
        if found is None or found.group(1) == "0":
            raise SystemExit("callgrind says no number: " + text.strip()[-400:])
        return int(found.group(1))


def row(cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def head(*cells):
    row(cells)
    row(["---"] * len(cells))


def spread(values, form):
    text = form % statistics.median(values)
    return text if len(values) == 1 else "%s (%s-%s)" % (text, form % min(values), form % max(values))


def times(bench, options):
    head("input", "packets", "mode", "with", "stock CPU s", "CPU", "least CPU", "wall", "memory MB", "more bytes/packet")
    for kind in options.inputs:
        # What else one could do is measured where the plugin has nothing to do.
        variants = options.variants or (VARIANTS if kind == "mixed" else ["plugin"])
        packets, pairs = FULL.get(kind, OTHERS)
        packets = options.packets or packets
        path, written = bench.input(kind, packets)
        for mode in options.modes:
            for variant in variants:
                if bench.command(path, mode, variant) is None:
                    continue
                got = bench.pairs(path, mode, variant,
                                  options.pairs or (1 if variant in ("lua", "transum") else pairs))
                more = [(other[2] - stock[2]) / written for stock, other in got]
                row([kind, str(written), mode, variant, "%.2f" % statistics.median(stock[0] for stock, _ in got),
                     spread([other[0] / stock[0] for stock, other in got], "%.3f"),
                     "%.3f" % (min(other[0] for _, other in got) / min(stock[0] for stock, _ in got)),
                     spread([other[1] / stock[1] for stock, other in got], "%.3f"),
                     "%.0f" % (statistics.median(other[2] for _, other in got) / 1e6),
                     "%.0f" % statistics.median(more)])
        bench.forget(kind, packets)


def per_packet(bench, options):
    head("input", "mode", "with", "stock instructions/packet", "more", "more %")
    for kind in options.inputs:
        path, written = bench.input(kind, options.packets or COUNTED)
        for mode in options.modes:
            stock = None
            for variant in (None, *options.variants):
                if bench.command(path, mode, variant) is None:
                    continue
                each = bench.instructions(path, mode, variant) / written
                if variant is None:
                    stock = each
                else:
                    row([kind, mode, variant, "%.0f" % stock, "%+.0f" % (each - stock),
                         "%+.2f" % ((each / stock - 1) * 100)])


def slope(points):
    """Least squares of log(y) over log(x)."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x0, y0 = statistics.mean(xs), statistics.mean(ys)
    return sum((x - x0) * (y - y0) for x, y in zip(xs, ys)) / sum((x - x0) ** 2 for x in xs)


def scale(bench, options):
    """Seconds of CPU by the size of the file, less those for a file without packets."""
    head("input", "with", *("%d" % size for size in options.scale), "exponent")
    for kind in options.inputs:
        for variant in (None, *options.variants):
            points = []
            empty = bench.input(kind, 0)[0]
            base = min(bench.run(empty, "report", variant)[0] for _ in range(3))
            for size in options.scale:
                path, written = bench.input(kind, size)
                points.append((written, max(bench.run(path, "report", variant)[0] - base, 1e-3)))
                if size > 1_000_000:
                    bench.forget(kind, size)
            row([kind, variant or "stock", *("%.2f" % y for _, y in points), "%.2f" % slope(points)])


def listed(known):
    def take(text):
        words = [word.strip() for word in text.split(",")]
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError("%s is none of: %s" % (word, ", ".join(known)))
        return words
    return take


def numbers(text):
    if not re.fullmatch(r"[1-9]\d*(,[1-9]\d*)+", text):
        raise argparse.ArgumentTypeError("not two numbers or more: " + text)
    sizes = [int(word) for word in text.split(",")]
    if len(set(sizes)) < 2:
        raise argparse.ArgumentTypeError("one size has no exponent: " + text)
    return sizes


def positive(text):
    if not re.fullmatch(r"[1-9]\d*", text):
        raise argparse.ArgumentTypeError("not a number: " + text)
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=wireshark.build_folder([]), help="build folder (default: build/)")
    parser.add_argument("--inputs", type=listed(list(inputs.INPUTS)), help="of: " + ", ".join(inputs.INPUTS))
    parser.add_argument("--modes", type=listed(list(MODES)), default=list(MODES), help="of: " + ", ".join(MODES))
    parser.add_argument("--with", dest="variants", type=listed(VARIANTS), help="of: " + ", ".join(VARIANTS))
    parser.add_argument("--packets", type=positive, help="packets of each input")
    parser.add_argument("--pairs", type=positive, help="pairs of each measurement")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--instructions", action="store_true", help="instructions per packet, by callgrind")
    what.add_argument("--scale", type=numbers, metavar="N,N,...", help="seconds by number of packets")
    options = parser.parse_args()
    if options.scale and (options.packets or options.pairs or options.modes != list(MODES)):
        parser.error("--scale takes neither --packets nor --pairs nor --modes")
    if options.instructions and options.pairs:
        parser.error("--instructions takes no --pairs: each number is counted once")
    for program in ("tshark", "sharkd", *(["valgrind"] if options.instructions else [])):
        if shutil.which(program) is None:
            parser.error("%s is not installed" % program)

    bench = Bench(options.build)
    if options.instructions:
        options.inputs = options.inputs or ["mixed", "mixed-module"]
        options.variants = options.variants or ["plugin"]
        per_packet(bench, options)
    elif options.scale:
        options.inputs = options.inputs or ["mixed", "probes"]
        options.variants = options.variants or ["plugin"]
        scale(bench, options)
    else:
        options.inputs = options.inputs or list(inputs.INPUTS)
        times(bench, options)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
