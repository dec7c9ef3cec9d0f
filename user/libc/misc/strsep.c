/* newlib's forgets an empty piece at the end. */
#include <string.h>

char *strsep(char **text, const char *ends)
{
    char *piece = *text;

    if (!piece)
        return NULL;
    *text = piece + strcspn(piece, ends);
    if (**text)
        *(*text)++ = '\0';
    else
        *text = NULL;
    return piece;
}
