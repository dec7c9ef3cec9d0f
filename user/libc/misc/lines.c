/* Lines of any length: newlib has them under other names. */
#include <stdio.h>

ssize_t getdelim(char **line, size_t *room, int end, FILE *file)
{
    return __getdelim(line, room, end, file);
}

ssize_t getline(char **line, size_t *room, FILE *file)
{
    return __getdelim(line, room, '\n', file);
}
