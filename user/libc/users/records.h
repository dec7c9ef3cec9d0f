/* Lines of /etc/passwd and /etc/group. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FIELDS 7

/* Cuts the line at its colons: the number of fields, at most FIELDS. */
__attribute__((visibility("hidden"))) size_t fields_of(char *line, char *fields[FIELDS]);

/* The next line with at least `least` fields, cut; false at the end. *error: ERANGE, size is too
   small. */
__attribute__((visibility("hidden"))) bool
next_record(FILE *file, char *to, size_t size, size_t least, char *fields[FIELDS], int *error);
