/* A terminal for full-screen tools, and keys from it. */
#pragma once

#include <stdbool.h>

/* Columns and rows of standard output's terminal; 80 and 24 when there is none. */
void terminal_size(int *columns, int *rows);

/* Keys come one by one, unseen, from /dev/tty or standard input; 1 after a message when neither is a
   terminal. Modes come back at terminal_end, at exit, and at the usual signals. */
int terminal_begin(void);
void terminal_end(void);
bool terminal_resized(void); /* since the last call */

enum key {
    KEY_NONE = -1, /* nothing in time, or a signal */
    KEY_END_OF_INPUT = -2,
    /* Characters are themselves; Ctrl-A is 1. */
    KEY_UP = 0x200000, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN,
    KEY_DELETE, KEY_INSERT, KEY_WORD_LEFT, KEY_WORD_RIGHT, KEY_FILE_HOME, KEY_FILE_END,
    KEY_F1, KEY_F2, KEY_F3, KEY_F4, KEY_F5, KEY_F6, KEY_F7, KEY_F8, KEY_F9, KEY_F10, KEY_UNKNOWN,
};

#define CONTROL(letter) ((letter) & 0x1f)
#define KEY_ESCAPE 27
#define KEY_BACKSPACE 127

/* The next key; timeout_ms -1: waits. A character outside of ASCII is decoded from UTF-8. */
int read_key(int timeout_ms);

/* Columns that a text in UTF-8 takes. */
int text_width(const char *text);
