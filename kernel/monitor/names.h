/* A list of names, printed sorted and in columns: for ls and for completion. */
#pragma once

#include <stdbool.h>

void names_clear(void);
/* kind: '/' directory, '@' link, 0 anything else; drawn behind the name. False: full; print and
   clear first. */
bool names_add(const char *name, char kind);
void names_print(void);
