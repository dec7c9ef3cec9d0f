/* newlib's getline, under its own name. */
#include <stdio.h>

ssize_t getdelim(char **restrict line, size_t *restrict room, int end, FILE *restrict file)
{
    return __getdelim(line, room, end, file);
}

ssize_t getline(char **restrict line, size_t *restrict room, FILE *restrict file)
{
    return __getdelim(line, room, '\n', file);
}
