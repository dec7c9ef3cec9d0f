/* What a block says in plain words, and the names of headings in links. */
#include <string.h>

#include "user/apps/help/markdown.h"

char *md_block_text(const struct md *md, const struct md_block *block, char *to, size_t size)
{
    size_t used = 0;

    for (uint32_t i = 0; i < block->spans && used + 1 < size; i++) {
        const struct md_span *span = &md->spans[block->first + i];
        size_t fits = span->size < size - 1 - used ? span->size : size - 1 - used;

        memcpy(to + used, md->text + span->at, fits);
        used += fits;
    }
    /* No half of a character at the end of what was cut. */
    while (used + 1 >= size && used && ((unsigned char)to[used - 1] & 0x80)) {
        used--;
        if (((unsigned char)to[used] & 0xC0) == 0xC0)
            break;
    }
    if (size)
        to[used] = 0;
    return to;
}

char *md_slug(const char *text, char *to, size_t size)
{
    size_t used = 0;

    for (; *text && used + 1 < size; text++) {
        unsigned char c = (unsigned char)*text;

        if (c >= 'A' && c <= 'Z')
            c |= 32;
        if (c == ' ')
            to[used++] = '-';
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c >= 128)
            to[used++] = (char)c;
    }
    to[used] = 0;
    return to;
}

const struct md_block *md_find_heading(const struct md *md, const char *slug)
{
    char text[256], made[256];

    for (size_t i = 0; i < md->count; i++)
        if (md->blocks[i].kind == MD_HEADING
            && strcmp(md_slug(md_block_text(md, &md->blocks[i], text, sizeof(text)), made, sizeof(made)),
                      slug) == 0)
            return &md->blocks[i];
    return NULL;
}
