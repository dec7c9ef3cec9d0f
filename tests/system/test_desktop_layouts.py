"""What is typed in a window, in each layout: QEMU's keys, dead keys and AltGr among them, come to a program in the
terminal as UTF-8. The tables are of the countries' standards (UNE 139, ABNT NBR 10346, DIN 2137, BS 4822, AFNOR's old
AZERTY …) as printed on their keyboards, not of our files. The places are those of test_layouts.py: the keys by what a
US keyboard has there; ^ before one holds Shift, @ AltGr."""
import time

import pytest

from desk import Desk
from harness import PATIENCE
from test_layouts import type_places

LAYOUTS = {
    "us": [("'a^'u`o^`n^6e", "'a\"u`o~n^e"), ("^1^2^3^4^5^6^7^8^9^0", "!@#$%^&*()"), ("[]\\^[^]^\\;^;'^'", "[]\\{}|;:'\""),
           ("-=^-^=,./^,^.^/", "-=_+,./<>?"), ("zy^z^y", "zyZY")],
    "es": [("'a'e'^i'o'u", "áéÍóú"), ("^'u^'^u^'i", "üÜï"), ("[a[^e[o", "àÈò"), ("^[o^[^a", "ôÂ"), ("@;n@;^n@;a", "ñÑã"),
           (";^;\\^\\", "ñÑçÇ"), ("' ^' [ ^[ @; ", "´¨`^~"), ("'q^'q[q^[q@;q", "´q¨q`q^q~q"), ("''", "´"),
           ("@1@2@3@[@]@'@\\@e", "|@#[]{}€"), ("^2^3^7^8^9^0-^-=^=", "\"·/()='?¡¿"), ("`^`<^<]^]", "ºª<>+*")],
    "latam": [("[a[e[^i[o[u", "áéÍóú"), ("^[u^[^u^[i", "üÜï"), ("@'o@'^a", "ôÂ"), ("@\\a@\\^e", "àÈ"), (";^;", "ñÑ"),
              ("[ ^[ @' @\\ ", "´¨^`"), ("[q^[q@'q@\\q", "´q¨q^q`q"), ("@q@-@]", "@\\~"), ("'^'\\^\\", "{[}]"),
              ("`^`@`", "|°¬"), ("-^-=^=]^]", "'?¿¡+*"), ("^2^3^7<^<", "\"#/<>")],
    "uk": [("'a^'u`o^\\n^6e", "'a@u`o~n^e"), ("^2^3@4", "\"£€"), ("\\<^<`^`@`", "#\\|`¬¦"), ("@a@e@i@o@u@^a", "áéíóúÁ")],
    "de": [("`a`e`^o", "âêÔ"), ("=a=^e^=a^=^e", "áÉàÈ"), ("` = ^= ", "^´`"), ("`q=q^=q", "^q´q`q"),
           ("[;'^[^;^'-", "üöäÜÖÄß"), ("zy^z^y", "yzYZ"), ("@q@e@7@8@9@0@-@]@<@m", "@€{[]}\\~|µ"),
           ("^`^2^3^7^0^-", "°\"§/=?"), ("\\^\\<^<]^]", "#'<>+*")],
    "fr": [("[o[q[^e", "ôâÊ"), ("^[u^[i^[^e", "üïË"), ("[ ^[ ", "^¨"), ("[a^[a", "^q¨q"), ("2790'", "éèçàù"),
           ("^1^2^0-^-", "120)°"), ("qwaz;^;m^m", "azqwmM,?"), ("@3@4@5@6@8@0@-@=@e", "#{[|\\@]}€"),
           ("\\^\\]^]`^'", "*µ$£²%"), (",^,.^./^/<^<", ";.:/!§<>")],
    "it": [("'a^'u\\o^=e", "àa°uùo^e"), ("[^[;^;^\\=", "èéòç§ì"), ("@[@]@;@'@e", "[]@#€"), ("@^[@^]", "{}"),
           ("`^`-^-", "\\|'?"), ("^2^3^7^8^9^0", "\"£/()="), ("<^<]^]", "<>+*")],
    "pt": [("]a]^e]i", "áÉí"), ("^]a^]^e", "àÈ"), ("\\a\\o\\n\\^a", "ãõñÃ"), ("^\\o^\\^a", "ôÂ"), ("@[u@[^i", "üÏ"),
           ("] ^] \\ ^\\ @[ ", "´`~^¨"), ("]q^]q\\q^\\q@[q", "´q`q~q^q¨q"), (";^;'^'=^=", "çÇºª«»"),
           ("@2@3@4@7@8@9@0@e", "@£§{[]}€"), ("`^`[^[-^-<^<", "\\|+*'?<>")],
    "br": [("[a[^e[i", "áÉí"), ("^[a^[^e", "àÈ"), ("'a'o'n'^a", "ãõñÃ"), ("^'o^'^a", "ôÂ"), ("^6u^6^i", "üÏ"),
           ("[ ^[ ' ^' ^6 ", "´`~^¨"), ("[q^[q'q^'q^6q", "´q`q~q^q¨q"), (";^;]^]\\^\\", "çÇ[{]}"), ("`^`/^/\1^\1", "'\";:/?"),
           ("<^<", "\\|"), ("@1@2@3@4@5@6@=@]@\\", "¹²³£¢¬§ªº")],
}


@pytest.fixture(name="desk", scope="module")
def running_desk():
    """With a terminal in which a program keeps what is typed."""
    with Desk() as desk:
        desk.open("terminal -- sh -c 'while :; do cat >>/tmp/typed; done'")
        yield desk


def lines_until(desk, count):
    """What is in the file once it has so many lines."""
    deadline = time.monotonic() + 20 * PATIENCE
    while len(lines := desk.run("cat /tmp/typed")[0].split("\n")) < count:
        assert time.monotonic() < deadline, lines
    return lines


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_types_what_is_on_its_keys(desk, layout):
    assert desk.run(f"rm -f /tmp/typed; killall cat; desktopctl set layout={layout}")[1] == 0
    for places, _ in LAYOUTS[layout]:
        type_places(desk, places + "\n")
    assert lines_until(desk, len(LAYOUTS[layout])) == [text for _, text in LAYOUTS[layout]]


def test_super_and_space_go_through_all_of_them(desk):
    desk.run("desktopctl set layout=us")
    seen = []
    for _ in LAYOUTS:
        before = seen[-1:] or ["us"]
        desk.press("meta_l", "spc")
        deadline = time.monotonic() + 20 * PATIENCE
        while (now := desk.run("grep ^layout= ~/.config/desktop")[0].removeprefix("layout=")) in before:
            assert time.monotonic() < deadline, seen
        seen.append(now)
    assert seen == [*LAYOUTS][1:] + ["us"]
