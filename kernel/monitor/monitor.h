/* The kernel monitor: the rescue console, on the screen's keyboard and COM1 alike. */
#pragma once

#include "lib/compiler.h"

void monitor_start(void); /* prints the prompt */
void monitor_poll(
    void); /* takes what input has come and acts on it; returns when there is no more */
/* Run one line. 0, or the command's status 1–125 (127: no such command). */
int monitor_run(const char *line) must_check;
