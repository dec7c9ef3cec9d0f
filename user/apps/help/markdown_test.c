/* Markdown as our documents have it, and what nobody would write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "user/apps/help/markdown.h"

/* links: user/apps/help/inline.c user/apps/help/words.c */

/* All of a document in a line: "h1(Title) p(one *b:two*) …". */
static char shown[4096];

static void show_block(const struct md *md, const struct md_block *block)
{
    static const char *const styles[] = {"", "b", "i", "bi", "m", "bm", "im", "bim"};
    static const char *const names[] = {"h", "p", "li", "code", "td", "hr"};
    char *to = shown + strlen(shown);

    to += sprintf(to, "%s%s%s", *shown ? " " : "", block->quote ? ">" : "", names[block->kind]);
    if (block->kind == MD_HEADING)
        to += sprintf(to, "%u", block->level);
    else if (block->kind == MD_CELL)
        to += sprintf(to, "%u/%u%s", block->column, block->columns, block->level ? "!" : "");
    else if (block->indent)
        to += sprintf(to, "%u", block->indent);
    if (block->number)
        to += sprintf(to, "#%u", block->number);
    to += sprintf(to, "%.*s(", (int)block->info_size, md->text + block->info);
    for (uint32_t i = 0; i < block->spans; i++) {
        const struct md_span *span = &md->spans[block->first + i];
        const char *style = styles[span->style & 7];

        to += sprintf(to, *style ? "{%s:%.*s}" : "%s%.*s", style, (int)span->size, md->text + span->at);
        if (span->style & MD_LINK)
            to += sprintf(to, "<%.*s>", (int)span->target_size, md->text + span->target);
    }
    strcpy(to, ")");
}

static void reads(const char *text, const char *as)
{
    size_t size = strlen(text);
    char *exact = malloc(size ? size : 1);
    struct md md;

    memcpy(exact, text, size);
    assert_int_equal(md_read(&md, exact, size), 0);
    *shown = 0;
    for (size_t i = 0; i < md.count; i++)
        show_block(&md, &md.blocks[i]);
    assert_string_equal(shown, as);
    md_end(&md);
    free(exact);
}

static void headings_and_paragraphs(void **state)
{
    reads("", "");
    reads("\n\n \n", "");
    reads("# One #\ntext\r\nmore\n\n###### Six\n####### no", "h1(One) p(text more) h6(Six) p(####### no)");
    reads("#no\n", "p(#no)");
    reads("Title\n=====\nSub\n---\nx\n", "h1(Title) h2(Sub) p(x)");
    reads("a\n\n---\n___\n", "p(a) hr() hr()");
}

static void lists(void **state)
{
    reads("- a\n  more\n- b\n  - c\n    d\n- e\n\nend\n", "li1(a more) li1(b) li2(c d) li1(e) p(end)");
    reads("1. a\n2) b\n\n   also\n\n3. c\n", "li1#1(a) li1#2(b) p1(also) li1#3(c)");
    reads("in\n1985. a year\n", "p(in 1985. a year)");
    reads("* a\n+ b\n-c\n", "li1(a) li1(b -c)");
    reads("- a\n\n  ```sh\n  ls\n  ```\n", "li1(a) code1sh({m:ls\n})");
}

static void code(void **state)
{
    reads("```c\nint *a;\n\n  # b\n```\nx", "code" "c({m:int *a;\n\n  # b\n}) p(x)");
    reads("~~~\n```\n~~~~\n", "code({m:```\n})");
    reads("```\nopen", "code({m:open\n})");
    reads("a\n\n    one\n      two\n", "p(a) code({m:one\n  two\n})");
    reads("```\n```\n", "code({m:})");
    reads("- a\n\n```\nb\n```\n", "li1(a) code({m:b\n})");
}

static void tables(void **state)
{
    reads("|a|b|\n|-|-:|\n|1|`x\\|y`|\n| 2 |\nend", "td0/2!(a) td1/2!(b) td0/2(1) td1/2({m:x|y}) "
          "td0/2(2) td1/2() p(end)");
    reads("a | b\n--|--\n1 | 2 | 3\n", "td0/2!(a) td1/2!(b) td0/2(1) td1/2(2 | 3)");
    reads("a | b\nno\n", "p(a | b no)");
}

static void spans(void **state)
{
    reads("a **b *c* d** _e_ f_g_h", "p(a {b:b }{bi:c}{b: d} {i:e} f_g_h)");
    reads("2 * 3 * 4, **open, `tick", "p(2 * 3 * 4, **open, `tick)");
    reads("``a`b`` `*no*`", "p({m:a`b} {m:*no*})");
    reads("[a `b`](x.md#y \"t\") ![pic](p.png) <https://a.b/c>", "p(a <x.md#y>{m:b}<x.md#y> pic "
          "https://a.b/c<https://a.b/c>)");
    reads("[no] [no](x \\*a\\* \\x", "p([no] [no](x *a* \\x)");
    reads("a  \nb\\\nc", "p(a\nb\nc)");
}

static void quotes(void **state)
{
    reads("> a\n> b\n>\n> - c\nd\n", ">p(a b) >li1(c) p(d)");
    reads("> ```\n> x\n> ```\n", ">code({m:x\n})");
}

static void names_of_headings(void **state)
{
    char to[32];
    struct md md;
    const char text[] = "# Two `words`, all!\n";

    assert_string_equal(md_slug("Two words, All!", to, sizeof(to)), "two-words-all");
    assert_string_equal(md_slug("abc", to, 3), "ab");
    assert_int_equal(md_read(&md, text, strlen(text)), 0);
    assert_ptr_equal(md_find_heading(&md, "two-words-all"), &md.blocks[0]);
    assert_null(md_find_heading(&md, "two"));
    assert_string_equal(md_block_text(&md, &md.blocks[0], to, 6), "Two w");
    md_end(&md);
    assert_int_equal(md_read(&md, text, MD_MOST + 1), -EFBIG);
}

/* Each bracket could begin a link; with a search for each to the end it would take minutes. */
static void a_million_marks(void **state)
{
    char *text = malloc(MD_MOST);
    struct md md;

    memset(text, '[', MD_MOST);
    assert_int_equal(md_read(&md, text, MD_MOST), 0);
    assert_int_equal(md.count, 1);
    assert_int_equal(md.spans[0].size, MD_MOST);
    assert_true(md.in_vain < 2 * MD_MOST);
    md_end(&md);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_and_paragraphs), cmocka_unit_test(lists), cmocka_unit_test(code),
        cmocka_unit_test(tables), cmocka_unit_test(spans), cmocka_unit_test(quotes),
        cmocka_unit_test(names_of_headings), cmocka_unit_test(a_million_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
