/* strsep: newlib's forgets an empty field at the end. */
#include <string.h>

char *strsep(char **at, const char *separators)
{
    char *field = *at;

    if (!field)
        return NULL;
    char *end = field + strcspn(field, separators);

    *at = *end ? end + 1 : NULL;
    *end = '\0';
    return field;
}
