/*
 * Test programs for ring 3, without a C library, so that a mistake in one is not taken for the
 * kernel's. A program is main_test: it expects, and ends with how often it was disappointed.
 *
 *     int main_test(void) { expect_is(fastos_close(77), -EBADF); … return 0; }
 *
 * A disappointment is a line FILE:LINE: …; the program goes on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fastos/syscalls.h"
#include "lib/abi/files.h"
#include "lib/abi/memory.h"
#include "lib/abi/process.h"
#include "lib/abi/signals.h"
#include "lib/abi/time.h"
#include "lib/errno.h"

int main_test(void);

extern int argument_count;
extern char **arguments, **environment;

/* As the program found them: all but RSP. */
#define ENTRY_REGISTERS 15
extern uint64_t entry_registers[ENTRY_REGISTERS] __attribute__((visibility("hidden")));

void print(const char *text);
void print_number(int64_t number);
void print_hex(uint64_t number);
void line(const char *what, int64_t number); /* "what: number" */
bool equal(const char *a, const char *b);
size_t length(const char *text);

/* True when it was so. */
bool expect_at(const char *where, const char *what, bool is);
bool expect_is_at(const char *where, const char *what, int64_t is, int64_t wanted);

#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)
#define WHERE __FILE__ ":" TEXT(__LINE__)
#define expect(what) expect_at(WHERE, #what, (what))
#define expect_is(what, wanted)                                                                    \
    expect_is_at(WHERE, #what " is " #wanted, (int64_t)(what), (int64_t)(wanted))

extern int disappointments;

/* A child that runs work(argument) and exits with its result. Its pid. */
long start(int (*work)(void *), void *argument);
/* Its status: 0–255, or 128 and the signal. */
long end_of(long pid);
/* The status of a child that did that. */
long status_of(int (*work)(void *), void *argument);

#define PAGE 4096ul
void *fresh_pages(size_t pages); /* writable zeros */

void *memset(void *at, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);

uint64_t random_next(uint64_t *state);

/* Any call with any arguments. */
long call_by_number(uint64_t number, const uint64_t words[6]);
bool is_failure(long result); /* no count and no address */

/* A thread with a stack of its own, which `work` ends by fastos_thread_exit. Its number. */
long begin_thread(void (*work)(void *), void *argument);

/* The restorer of signal handlers. */
void restorer(void);
void handle(int signal, void (*handler)(int), uint64_t flags);

uint64_t number_in(const char *text); /* the first, in decimal digits */
/* Of the kernel's objects, those that live no longer than their process. */
uint64_t objects_in_use(void);
const char *objects_text(void); /* all kinds, as it saw them */
