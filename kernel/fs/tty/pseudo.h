/*
 * Pseudo terminals: a terminal whose device is a program. Opening /dev/ptmx makes a pair: the file
 * is its master, where what the terminal prints is read and what is typed is written; the terminal
 * itself is /dev/pts/N (TIOCGPTN tells N), locked until TIOCSPTLCK with 0.
 *
 * A pair lives as long as its master: when that is closed the terminal is hung up and its name
 * goes. When nobody has the terminal open any more, and somebody had, the master reads what is
 * left and then -EIO, until it is opened again. Both ways hold LINE_…_BYTES; a writer waits for
 * room.
 */
#pragma once

#include "lib/compiler.h"

#define PSEUDO_MAX 64u

/* Beside terminals_register. -ENOMEM, -EEXIST. */
int pseudo_register(void) must_check;
