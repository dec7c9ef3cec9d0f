/* The keys of layout files and their set-1 scan codes: for lib/keyboard_layout.c and tools/mklayout.py. The
   names are those of lib/abi/keys.h. */
#pragma once

#define KEYBOARD_KEYS(KEY) \
    KEY("grave", 0x29) KEY("1", 0x02) KEY("2", 0x03) KEY("3", 0x04) KEY("4", 0x05) KEY("5", 0x06) \
    KEY("6", 0x07) KEY("7", 0x08) KEY("8", 0x09) KEY("9", 0x0a) KEY("0", 0x0b) KEY("minus", 0x0c) \
    KEY("equal", 0x0d) KEY("q", 0x10) KEY("w", 0x11) KEY("e", 0x12) KEY("r", 0x13) KEY("t", 0x14) \
    KEY("y", 0x15) KEY("u", 0x16) KEY("i", 0x17) KEY("o", 0x18) KEY("p", 0x19) \
    KEY("leftbrace", 0x1a) KEY("rightbrace", 0x1b) KEY("a", 0x1e) KEY("s", 0x1f) KEY("d", 0x20) \
    KEY("f", 0x21) KEY("g", 0x22) KEY("h", 0x23) KEY("j", 0x24) KEY("k", 0x25) KEY("l", 0x26) \
    KEY("semicolon", 0x27) KEY("apostrophe", 0x28) KEY("backslash", 0x2b) KEY("102nd", 0x56) \
    KEY("z", 0x2c) KEY("x", 0x2d) KEY("c", 0x2e) KEY("v", 0x2f) KEY("b", 0x30) KEY("n", 0x31) \
    KEY("m", 0x32) KEY("comma", 0x33) KEY("dot", 0x34) KEY("slash", 0x35) KEY("ro", 0x73) \
    KEY("space", 0x39) KEY("kpdot", 0x53) KEY("kpcomma", 0x7e)
