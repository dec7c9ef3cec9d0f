/* Colours: each line below has under it what its bytes become. And no bytes, however odd, do harm. */
/* links: user/apps/editor/lexer_c.c user/apps/editor/lexer_assembly.c user/apps/editor/lexer_shell.c */
/* links: user/apps/editor/lexer_markdown.c */
#include "user/apps/editor/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* k keyword, t type, s string, n number, c comment, x special. */
static const char letters[STYLES + 1] = " ktsncx";

/* lines: a text and its styles in turn, to NULL. */
static void expect(enum language language, const char *const *lines)
{
    uint64_t state = 0;
    for (; lines[0] != NULL; lines += 2) {
        uint8_t styles[128] = { 0 };
        char got[129] = "";
        size_t size = strlen(lines[0]);
        state = lexer_line(language, state, lines[0], size, styles);
        for (size_t i = 0; i < size; i++)
            got[i] = letters[styles[i]];
        if (strncmp(got, lines[1], size) != 0 || strlen(lines[1]) != size)
            fail_msg("\n%s\n%s| got\n%s| wanted", lines[0], got, lines[1]);
    }
}

static void test_c(void **state)
{
    static const char *const lines[] = {
        "#include <stdio.h> // x",
        "xxxxxxxx sssssssss cccc",
        "static int a = 0x1f, b = 1e+5;",
        "kkkkkk ttt     nnnn      nnnn ",
        "size_t s = \"a\\\"b\"[1] + 'c';",
        "tttttt     ssssss n    sss ",
        "/* begins",
        "ccccccccc",
        "int */ return;",
        "cccccc kkkkkk ",
        "  # define A \"x\\",
        "  xxxxxxxx   sss",
        "y\" + NULL",
        "ss   nnnn",
        "// goes on \\",
        "cccccccccccc",
        "int",
        "ccc",
        "x = \"open",
        "    sssss",
        "int_ = 3",
        "       n",
        NULL,
    };
    expect(LANGUAGE_C, lines);
}

static void test_assembly(void **state)
{
    static const char *const lines[] = {
        "; a comment", "ccccccccccc",
        "section .text", "xxxxxxx      ",
        "main:   mov eax, [rsp + 8] ; x", "tttt    kkk nnn   nnn   n  ccc",
        ".loop: lock XADD byte [r10d], 0x1F", "ttttt  kkkk kkkk xxxx  nnnn   nnnn",
        "text db 'a', \"b\", 10, `c\\``", "tttt xx sss  sss  nn  sssss",
        "%macro two 2", "xxxxxx     n",
        "%%x: jmp main", "xxx  kkk     ",
        "times 510 db 0", "xxxxx nnn xx n",
        NULL,
    };
    expect(LANGUAGE_ASSEMBLY, lines);
}

static void test_shell(void **state)
{
    static const char *const lines[] = {
        "#!/bin/sh", "ccccccccc",
        "NAME=value cd \"$HOME/a\" # go", "tttt       tt sxxxxxsss cccc",
        "if [ $# -gt 2 ]; then exit 1; fi", "kk t xx     n    kkkk tttt n  kk",
        "for i in a b; do echo 'x", "kkk   kk      kk tttt ss",
        "y' done; done", "ss       kkkk",
        "a=$(cat ${b:-c}) && echo if#no", "t xx    xxxxxxx     tttt      ",
        NULL,
    };
    static const char *const documents[] = {
        "cat <<-'END' | wc", "    xx sssss     ",
        "a $b 'c", "sssssss",
        "\tEND", "xxxx",
        "echo", "tttt",
        "cat << E", "    xx s",
        "a $b", "ssxx",
        " E", "ss",
        "E", "x",
        "cat <<< if", "          ",
        NULL,
    };
    expect(LANGUAGE_SHELL, lines);
    expect(LANGUAGE_SHELL, documents);
}

static void test_markdown(void **state)
{
    static const char *const lines[] = {
        "# Title", "kkkkkkk",
        "- one `code` **bold** a*b", "x     ssssss nnnnnnnn    ",
        "12. [text](address) [no]", "xxx ttttttsssssssss     ",
        "> > quote _so_ a_b_c", "c c       nnnn      ",
        "```c", "cccc",
        "int a; /* x", "ttt    cccc",
        "# y */ 1", "cccccc n",
        "```", "ccc",
        "<!-- a", "cccccc",
        "b --> *c*", "ccccc nnn",
        "~~~~", "cccc",
        "*plain*", "       ",
        "~~~", "   ",
        "~~~~~ ", "cccccc",
        NULL,
    };
    expect(LANGUAGE_MARKDOWN, lines);
}

static void test_which_language(void **state)
{
    assert_int_equal(language_of("/a.c/notes", "", 0), LANGUAGE_PLAIN);
    assert_int_equal(language_of("/a/x.H", "", 0), LANGUAGE_C);
    assert_int_equal(language_of("boot.asm", "", 0), LANGUAGE_ASSEMBLY);
    assert_int_equal(language_of("README.md", "", 0), LANGUAGE_MARKDOWN);
    assert_int_equal(language_of("/etc/profile", "", 0), LANGUAGE_SHELL);
    assert_int_equal(language_of("run", "#!/bin/sh -e", 12), LANGUAGE_SHELL);
    assert_int_equal(language_of("run", "#! /usr/bin/env bash", 20), LANGUAGE_SHELL);
    assert_int_equal(language_of("run", "#!/usr/bin/python3", 18), LANGUAGE_PLAIN);
    assert_int_equal(language_of("", "", 0), LANGUAGE_PLAIN);
}

static unsigned random_below(unsigned most)
{
    static uint32_t seed = 99;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % most;
}

/* Each line in memory of just its size, so that one byte beyond is found. */
static void test_any_bytes_are_borne(void **state)
{
    static const char signs[] = "\"'`$\\#/*<>-{}()[]!&|;:%.~_=@? \tabE019\r\n\0\xc3\xa9";
    for (unsigned round = 0; round < 20000; round++) {
        enum language language = round % LANGUAGES;
        uint64_t state_now = (uint64_t)random_below(1u << 24) << 24 | random_below(1u << 24);
        size_t size = random_below(40);
        char *text = malloc(size + !size);
        uint8_t *styles = calloc(size + !size, 1);
        assert_non_null(text);
        assert_non_null(styles);
        for (size_t i = 0; i < size; i++)
            text[i] = round % 3 > 0 ? signs[random_below(sizeof(signs) - 1)] : (char)random_below(256);
        uint64_t next = lexer_line(language, state_now, text, size, styles);
        for (size_t i = 0; i < size; i++)
            assert_in_range(styles[i], 0, STYLES - 1);
        assert_true(next == lexer_line(language, state_now, text, size, NULL));
        free(text);
        free(styles);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_c),
        cmocka_unit_test(test_assembly),
        cmocka_unit_test(test_shell),
        cmocka_unit_test(test_markdown),
        cmocka_unit_test(test_which_language),
        cmocka_unit_test(test_any_bytes_are_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
