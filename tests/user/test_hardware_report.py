"""tools/hardware-report: what a phone read from the packed QR code, as text again."""
import subprocess
import zlib
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "hardware-report"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def base45(data):
    text = ""
    for i in range(0, len(data), 2):
        part = data[i:i + 2]
        value = int.from_bytes(part, "big")
        text += "".join(DIGITS[value // 45 ** n % 45] for n in range(len(part) + 1))
    return text


def unpack(text):
    return subprocess.run([TOOL], input=text.encode(), capture_output=True, timeout=20)


def test_what_rfc_9285_shows():
    assert base45(b"AB") == "BB8" and base45(b"Hello!!") == "%69 VD92EX0"


def test_a_report_comes_back():
    for size in [*range(4), 100, 399]:
        report = ("== Disks ==\nata0: ñ 24 MiB\n" * 20)[:size].encode()
        said = unpack(f"FOS1:{base45(zlib.compress(report, 9))}\n")
        assert (said.returncode, said.stdout) == (0, report)


def test_what_is_around_it_is_passed_over():
    said = unpack(f"Sent from my phone:\r\nFOS1:{base45(zlib.compress(b'hello'))}\r\nbye\n")
    assert said.stdout == b"hello"


def test_what_is_torn_is_said():
    whole = "FOS1:" + base45(zlib.compress(b"hello" * 50))
    for torn in ["", "FOS2:ABC", whole[:-1], whole[:-3], whole[:20], "FOS1:abc", "FOS1::::", "FOS1:A"]:
        said = unpack(torn)
        assert said.returncode == 1 and said.stderr.startswith(b"hardware-report: "), (torn, said)
        assert b"Traceback" not in said.stderr
