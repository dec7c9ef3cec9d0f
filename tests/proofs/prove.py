#!/usr/bin/env python3
"""make prove: the proved tier, tests/proofs/modules.txt, with Frama-C's WP, Z3 and CVC4.

usage: prove.py [--jobs N] [--work FOLDER] [--flags CPP_FLAGS] [--force] [--record] [--show] [SOURCE …]

For each source every goal must be proved: its functions' contracts, and the absence of run-time errors
(invalid access, overflow of signed and unsigned numbers, shifts, division). Smoke tests must fail: one
that is proved shows a contract that nothing can fulfil. What is assumed of functions outside a source
is their contract; one without a contract fails the run.

Incremental: a source whose preprocessed text (contracts included), options and tools are those of the last
time it was proved is not proved again, and of one that changed only the goals that changed are. What was
proved elsewhere with the same text stands in proved.txt, which --record writes: so a clean clone proves what
has changed since. --force believes none of this.
"""
import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).with_name("modules.txt")
RECORD = Path(__file__).with_name("proved.txt")
HEADER = "tests/proofs/proof.h"
PROVERS = "z3,cvc4"
# Seconds of a prover for a goal, by the clock on the wall: on a busy machine a goal may get a part of
# them only, so what timed out is tried once more, for longer: FASTOS_PATIENCE times as long.
TIMEOUT, LAST_TIMEOUT, SMOKE_TIMEOUT = 10, round(40 * float(os.environ.get("FASTOS_PATIENCE", "1"))), 1

PROVERS_AT_A_TIME = 4  # of a module: Frama-C itself needs about as long for a goal as they do

WP = ["-wp", "-wp-rte", "-warn-unsigned-overflow", "-warn-unsigned-downcast", "-wp-smoke-tests",
      "-wp-smoke-timeout", str(SMOKE_TIMEOUT), "-wp-prover", PROVERS, "-wp-par", str(PROVERS_AT_A_TIME),
      "-kernel-warn-key", "annot:missing-spec=error,annot-error=abort", "-machdep", "gcc_x86_64"]
# What must not pass silently: it would make the proof mean less than it says.
UNSOUND = re.compile(r"Warning: |User Error", re.M)
# Said of every source, and taken care of: the hypotheses that WP makes of callers stand in the contracts.
HARMLESS = re.compile(r"Memory model hypotheses|Missing RTE guards")


def modules():
    """{source: its words}"""
    table = {}
    for line in MODULES.read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            table[words[0]] = words[1:]
    return table


def recorded():
    """{source: (fingerprint, goals)} of proved.txt."""
    lines = RECORD.read_text().splitlines() if RECORD.exists() else []
    entries = [line.split() for line in lines if line and line[0] != "#"]
    return {source: (fingerprint, int(goals)) for source, fingerprint, goals in entries}


def record(proofs):
    text = "# What make prove has proved: source, fingerprint, goals. Written by make prove RECORD=1.\n"
    for proof in sorted(proofs, key=lambda proof: proof.source):
        fingerprint, goals = proof.known()
        text += f"{proof.source} {fingerprint} {goals}\n"
    RECORD.write_text(text)


def run(command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=TOP,
                          **options)


def configure_why3(work):
    """The provers that Why3 finds here, in a file of ours and not the user's."""
    config = work / "why3.conf"
    if not config.exists():
        found = run(["why3", "config", "detect", "-C", config])
        if found.returncode or not config.exists():
            sys.exit(f"prove: why3 config detect failed:\n{found.stdout}{found.stderr}")
    os.environ["WHY3CONFIG"] = str(config)


class Proof:
    def __init__(self, source, words, arguments):
        self.source, self.words, self.arguments = source, words, arguments
        self.skipped = [word[1:] for word in words if word[0] == "-"]
        self.options = [word[1:] for word in words if word[0] == "+"]
        if any("-wp-model" in option for option in self.options):
            sys.exit(f"{MODULES.name}: {source}: another memory model would mean less than it says")
        self.stamp = arguments.work / (source.replace("/", "_") + ".proved")
        self.log = self.stamp.with_suffix(".log")

    def cpp(self):
        types = [word.split("=") for word in self.words if word[0] not in "+-"]
        defines = "".join(f" -DPROOF_{name.upper()}=proof_{name}_{kind}" for name, kind in types)
        return f"{self.arguments.flags} -include {HEADER}{defines}"

    def fingerprint(self):
        """Of all that the proof depends on, contracts (comments) included."""
        text = run(["gcc", "-E", "-C", "-P", *self.cpp().split(), self.source])
        if text.returncode:
            sys.exit(f"{self.source}: {text.stderr}")
        what = [text.stdout, *WP, str(TIMEOUT), *self.words, self.arguments.version]
        return hashlib.sha256("\0".join(what).encode()).hexdigest()

    def frama_c(self, timeout):
        """What Frama-C says. With the cache, what was proved is not proved again."""
        skip = ["-wp-skip-fct", ",".join(self.skipped)] if self.skipped else []
        result = run(["frama-c", f"-cpp-extra-args={self.cpp()}", *WP, *skip, *self.options,
                      "-wp-timeout", timeout, "-wp-cache", "update",
                      "-wp-cache-dir", self.arguments.work / "cache", self.source])
        said = result.stdout + result.stderr
        if result.returncode:
            said += f"\n[wp] [Failed] frama-c ended with {result.returncode}\n"
        self.log.open("a").write(said)
        if self.arguments.show:
            print(said)
        return said

    def complaints(self, said):
        """What is wrong, as lines; none: all is proved."""
        blocks = re.split(r"\n(?=\[)", said)
        found = [block for block in blocks if UNSOUND.search(block) and not HARMLESS.search(block)]
        found += [line for line in said.splitlines()
                  if re.match(r"\[wp\] \[(?:Timeout|Unknown|Failed|Stepout|Failure)", line)
                  or "(Doomed)" in line]
        if not re.search(r"Proved goals: +(\d+) / \1\b", said):
            found.append("not every goal was proved")
        return found

    def known(self):
        """(fingerprint, goals) of the last time that it was proved here; (None, 0): never."""
        if not self.stamp.exists():
            return None, 0
        fingerprint, goals = self.stamp.read_text().split("\n")[:2]
        return fingerprint, int(goals.split()[0])

    def prove(self):
        """How many goals, with a line, when everything is proved; else None and the complaints."""
        fingerprint = self.fingerprint()
        for where, (known, goals) in (("unchanged", self.known()),
                                      (RECORD.name, self.arguments.recorded.get(self.source, (None, 0)))):
            if known == fingerprint and not self.arguments.force:
                print(f"proved  {self.source}: {goals} goals ({where})")
                return goals
        start = time.monotonic()
        self.log.write_text("")
        for timeout in TIMEOUT, LAST_TIMEOUT:
            said = self.frama_c(timeout)
            wrong = self.complaints(said)
            if not wrong:
                break
        if wrong:
            self.stamp.unlink(missing_ok=True)
            lines = "\n".join(wrong).splitlines()
            print("\n        ".join([f"FAILED  {self.source} (all of it in {self.log})", *lines]), flush=True)
            return None
        goals = int(re.search(r"Proved goals: +(\d+)", said)[1])
        self.stamp.write_text(f"{fingerprint}\n{goals} goals\n")
        print(f"proved  {self.source}: {goals} goals in {time.monotonic() - start:.0f} s", flush=True)
        return goals


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="modules at a time")
    parser.add_argument("--work", type=Path, default=TOP / "build" / "proofs")
    parser.add_argument("--flags", default="-I. -Ibuild/gen", help="for the preprocessor")
    parser.add_argument("--force", action="store_true", help="also what was proved before")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}, when all is proved")
    parser.add_argument("--show", action="store_true", help="print all that Frama-C says")
    parser.add_argument("sources", nargs="*", help="sources of the table; all of them without")
    arguments = parser.parse_args()
    arguments.work = arguments.work.resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)
    (arguments.work / "cache").mkdir(exist_ok=True)
    arguments.version = run(["frama-c", "-version"]).stdout.strip()
    arguments.recorded = {} if arguments.record else recorded()
    table = modules()
    unknown = [source for source in arguments.sources if source not in table]
    if unknown:
        sys.exit(f"prove: {unknown[0]}: not in {MODULES.relative_to(TOP)}")
    configure_why3(arguments.work)
    # The longest first, so that none is left over for the end.
    proofs = sorted((Proof(source, table[source], arguments) for source in arguments.sources or table),
                    key=lambda proof: -Path(TOP, proof.source).stat().st_size)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(Proof.prove, proofs))
    failed = results.count(None)
    print(f"{sum(goals for goals in results if goals)} goals proved in {len(results) - failed} modules")
    print(f"{len(results) - failed} passed, {failed} failed")
    if arguments.record and not failed and not arguments.sources:
        record(proofs)
    sys.exit(1 if failed else 0)


main()
