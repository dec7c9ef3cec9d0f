/* Fuzz the Help's reader of Markdown: any bytes are a document whose blocks, spans and texts are within its
   memory. */
/* links: user/apps/help/markdown.c user/apps/help/inline.c user/apps/help/words.c */
/* options: -max_len=4096 */
#include "tests/fuzz/fuzz.h"
#include "user/apps/help/markdown.h"

static void span_is_within(const struct md *md, const struct md_span *span)
{
    must(span->size <= md->size && span->at <= md->size - span->size);
    must(span->target_size <= md->size && span->target <= md->size - span->target_size);
    must((span->style & ~(MD_BOLD | MD_ITALIC | MD_MONO | MD_LINK)) == 0);
}

static void block_is_within(const struct md *md, const struct md_block *block)
{
    char text[16], slug[16];

    must(block->spans <= md->span_count && block->first <= md->span_count - block->spans);
    must(block->info_size <= md->size && block->info <= md->size - block->info_size);
    must(block->kind <= MD_RULE && block->indent <= 2 && block->level <= 6 && block->line > 0);
    must(block->kind != MD_CELL || (block->column < block->columns && block->columns <= MD_COLUMNS));
    md_slug(md_block_text(md, block, text, sizeof(text)), slug, sizeof(slug));
    must(strlen(text) < sizeof(text) && strlen(slug) < sizeof(slug));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *copy = exact_copy(bytes, size);
    struct md md;

    must(md_read(&md, copy, size) == 0);
    free(copy);
    must(md.text[md.size] == 0);
    for (size_t i = 0; i < md.count; i++)
        block_is_within(&md, &md.blocks[i]);
    for (size_t i = 0; i < md.span_count; i++)
        span_is_within(&md, &md.spans[i]);
    md_find_heading(&md, "two-words");
    md_end(&md);
    return 0;
}
