/*
 * Bytes of a terminal become keys: UTF-8 characters, control keys, and the escape sequences of
 * xterm and of the Linux and VT220 consoles. Whatever comes, a byte is at most one key; what is
 * neither a character nor a known sequence is dropped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/utf8.h"

enum key_kind {
    KEY_NONE, /* more bytes are to come, or nothing that concerns us */
    KEY_CHARACTER,
    KEY_CONTROL, /* character is the letter: 'A' for Ctrl-A */
    KEY_ENTER,
    KEY_TAB,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_UP,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_WORD_LEFT, /* Ctrl-Left, Alt-B */
    KEY_WORD_RIGHT,
    KEY_HOME,
    KEY_END,
};

struct key {
    enum key_kind kind;
    uint32_t character; /* of KEY_CHARACTER and KEY_CONTROL */
};

struct key_reader { /* all zero: ready */
    enum { READ_TEXT, READ_ESCAPE, READ_CSI, READ_SS3 } state;
    uint32_t parameter; /* the first number of the sequence */
    uint32_t modifier;  /* the second */
    bool second;        /* a ';' came */
    bool after_cr;      /* a '\n' that follows belongs to it */
    struct utf8_decoder utf8;
};

struct key key_read(struct key_reader *reader, uint8_t byte);
