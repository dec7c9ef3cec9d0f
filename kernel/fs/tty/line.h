/*
 * The line discipline: what a terminal makes of the bytes that are typed, and of those that
 * programs print. Bytes in, bytes out; it knows no device, no process and no lock: its owner
 * (tty.c) has those.
 *
 *     line_init(&line);
 *     line_input(&line, typed);       typed: edit, echo, note signals in line.events
 *     line_read(&line, to, &ended);   a program reads
 *     line_output(&line, printed);    a program prints; how much of it found room
 *     line_outgoing(&line) → line_sent(&line, size)    what the device is to take, and has taken
 *
 * Both ways are bounded: what is typed and finds no room is dropped and counted (with IMAXBEL the
 * bell rings), what is printed waits at its caller, an echo without room is left out.
 *
 * POSIX.1-2017 chapter 11 is followed; what it leaves open is done as Linux does. Not done: parity
 * (INPCK, PARMRK, IGNPAR), breaks, IXOFF; those bits are kept and mean nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/abi/terminal.h"
#include "lib/span.h"

#define LINE_INPUT_BYTES  4096u /* with the line's end; both powers of two */
#define LINE_OUTPUT_BYTES 4096u

/* What happened since the owner last cleared `events`. */
#define LINE_INTERRUPT 1u /* signals to the foreground group: SIGINT, … */
#define LINE_QUIT      2u
#define LINE_SUSPEND   4u
#define LINE_READABLE  8u
#define LINE_FLUSHED  16u /* input or output was thrown away: who waits for room has it */
#define LINE_SENT     32u /* the device has taken some */

struct line {
    struct abi_termios termios; /* changed by line_set alone */
    unsigned events;

    /* Typed: a ring of `ready` bytes that can be read, then `editing` of the line under way. */
    uint8_t input[LINE_INPUT_BYTES];
    uint8_t kinds[LINE_INPUT_BYTES];
    unsigned first, ready, editing;
    bool literal;         /* VLNEXT was typed: the next byte means itself */
    unsigned edit_column; /* where the line under way begins on the screen */
    uint64_t dropped;     /* bytes that found no room, ever */

    /* On its way to the device. */
    uint8_t output[LINE_OUTPUT_BYTES];
    unsigned output_first, output_count;
    unsigned column;      /* of the screen, as far as one can tell from what was printed */
    bool stopped;         /* by VSTOP or TCXONC: the device is to take nothing */
};

void line_init(struct line *line);
/* As new, but for what is on its way to the device. */
void line_renew(struct line *line);
/* 0 at once, even for characters and modes that make no sense. Input that waits is kept. */
void line_set(struct line *line, const struct abi_termios *termios);

/* How many bytes line_input takes now without dropping one. While a line is being edited and
   nothing can be read it takes (and drops) any number: nobody could make room. */
size_t line_room(const struct line *line);
void line_input(struct line *line, struct span typed);

bool line_is_canonical(const struct line *line);
/* Bytes or marks of end that wait; 0: line_read has nothing. */
unsigned line_ready(const struct line *line);
/* FIONREAD: bytes that can be read. */
unsigned line_readable(const struct line *line);
/* At most as many as there is room; canonical: at most one line. *ended: this was the end of a
   line or of what there is; with 0 bytes, of the file. Else there may be more of the same line. */
size_t line_read(struct line *line, struct room to, bool *ended);
void line_flush_input(struct line *line);

/* How many of them were taken. */
size_t line_output(struct line *line, struct span printed);
size_t line_output_room(const struct line *line); /* so many are taken whatever they are */
/* What goes to the device next, in one piece; more may follow behind it. */
struct span line_outgoing(const struct line *line);
void line_sent(struct line *line, size_t size);
void line_flush_output(struct line *line);
