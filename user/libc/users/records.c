#include "user/libc/users/records.h"

#include <errno.h>
#include <string.h>

size_t fields_of(char *line, char *fields[FIELDS])
{
    size_t count = 0;

    line[strcspn(line, "\n")] = '\0';
    while (line && count < FIELDS)
        fields[count++] = strsep(&line, ":");
    return count;
}

bool next_record(FILE *file, char *to, size_t size, size_t least, char *fields[FIELDS], int *error)
{
    while (fgets(to, (int)size, file)) {
        if (strlen(to) + 1 == size && to[size - 2] != '\n' && !feof(file)) {
            *error = ERANGE;
            return false;
        }
        if (fields_of(to, fields) >= least)
            return true;
    }
    return false;
}
