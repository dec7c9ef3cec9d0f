/*
 * Input: key events of the keyboard become bytes as a terminal sends them (UTF-8, ESC [ A for the
 * up key, …); a serial line brings bytes as they are. Each source's bytes go to the terminal that
 * took it (input_route), else into one queue with one reader: the monitor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"

enum input_source { INPUT_KEYBOARD, INPUT_COM1, INPUT_SOURCES };

struct input_receiver {
    /* From interrupt handlers, interrupts off. Bytes that belong together come together. */
    void (*receive)(void *context, struct span bytes);
    void *context;
};

/* From now on this source's bytes go there; NULL: to the queue. */
void input_route(enum input_source source, const struct input_receiver *receiver);

/* A program took the keyboard (events_grab): what is typed goes nowhere; modifiers and locks go
   on. */
void input_mute(bool muted);
/* The keyboard's cursor keys, Home and End send ESC O instead of ESC [ (a terminal was asked for
   it). */
void input_application_keys(bool on);
/* From interrupt handlers; set-1 code, +0x80 after E0. Returns the lock lights that should be on
   now (DDI_LIGHT_… of drivers/ddi.h); code 0 is no key and only asks. */
uint8_t input_key(uint8_t code, bool pressed);
void input_byte(enum input_source source, uint8_t byte); /* from interrupt handlers */
/* The queue. */
bool input_get(uint8_t *byte); /* false: nothing there */
bool input_pending(void);      /* true: input_get would bring something */
void input_wait(void); /* until input_pending */
/* True when that byte is in the queue: to see Ctrl-C while one is busy. */
bool input_waiting(uint8_t byte);
/* Bytes and key sequences dropped since the start because nobody read the queue in time. */
uint64_t input_lost(void);
