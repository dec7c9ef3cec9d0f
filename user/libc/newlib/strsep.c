#include <string.h>

/* newlib's own forgets an empty part at the end. */
char *strsep(char **rest, const char *separators)
{
    char *part = *rest, *end;

    if (!part)
        return NULL;
    end = part + strcspn(part, separators);
    *rest = *end ? end + 1 : NULL;
    *end = '\0';
    return part;
}
