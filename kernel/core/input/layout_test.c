/* links: lib/accents.c kernel/core/input/layout_us.c kernel/core/input/input.c */
/* links: lib/utf8.c lib/keyboard_layout.c */
/* Typing in each layout of the image, by the scan codes of the keys where each country's keyboard has the
   characters; Caps Lock, dead keys, AltGr, Ctrl; layouts that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wctype.h>

#include "lib/accents.h"
#include "kernel/core/input/input.h"
#include "kernel/core/input/input_fake.h"
#include "kernel/core/input/layout.h"
#include "lib/errno.h"
#include "lib/keyboard_layout.h"

/* ---- a keyboard ------------------------------------------------------------------------------ */

#define SHIFT 0x2a
#define CTRL  0x1d
#define ALT   0x38
#define ALTGR 0xb8
#define CAPS  0x3a
#define NUM   0x45

/* The keys' places by what a US keyboard has on them; '<' is the key right of the left Shift, '\1' the
   one left of the right Shift (ABNT2). */
static const struct {
    const char *row;
    uint8_t first;
} rows[] = {
    {"1234567890-=", 0x02}, {"qwertyuiop[]", 0x10}, {"asdfghjkl;'`", 0x1e},
    {"\\zxcvbnm,./", 0x2b}, {" ", 0x39},            {"<", 0x56},
    {"\1", 0x73},           {"\b\t", 0x0e},         {"\n", 0x1c},
};

static uint8_t code_of(char place)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *at = strchr(rows[i].row, place);

        if (at)
            return (uint8_t)(rows[i].first + (at - rows[i].row));
    }
    fail_msg("no key %c", place);
    return 0;
}

static void tap(uint8_t code)
{
    input_key(code, true);
    input_key(code, false);
}

/* The keys at these places one after the other; '^' before one holds Shift, '@' AltGr, '*' Ctrl, '!'
   the left Alt. */
static void type(const char *places)
{
    bool shift = false, altgr = false, ctrl = false, alt = false;

    for (; *places; places++) {
        bool *modifier = *places == '^' ? &shift : *places == '@' ? &altgr
                         : *places == '*' ? &ctrl : *places == '!' ? &alt : NULL;

        if (modifier) {
            *modifier = true;
            continue;
        }
        input_key(SHIFT, shift);
        input_key(ALTGR, altgr);
        input_key(CTRL, ctrl);
        input_key(ALT, alt);
        tap(code_of(*places));
        shift = altgr = ctrl = alt = false;
    }
    input_key(SHIFT, false);
    input_key(ALTGR, false);
    input_key(CTRL, false);
    input_key(ALT, false);
}

static void expect_size(const char *text, size_t size)
{
    char got[512];
    size_t count = 0;

    while (count < sizeof(got) - 1 && input_get((uint8_t *)&got[count]))
        count++;
    got[count] = '\0';
    if (count != size || memcmp(got, text, size) != 0)
        fail_msg("typed \"%s\", not \"%s\"", got, text);
}

static void types(const char *places, const char *text)
{
    type(places);
    expect_size(text, strlen(text));
}

/* ---- the files ------------------------------------------------------------------------------- */

static struct abi_layout read_layout(const char *name)
{
    struct abi_layout layout;
    struct layout_fault fault;
    char path[80], text[16384];

    snprintf(path, sizeof(path), "tools/root/usr/share/keyboard/%s.map", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s: cannot be read", path);
    size_t size = fread(text, 1, sizeof(text), file);
    assert_true(feof(file));
    fclose(file);
    if (layout_parse(text_of(text, size), &layout, &fault))
        fail_msg("%s:%u: %s", path, fault.line, fault.why);
    snprintf(layout.name, sizeof(layout.name), "%s", name);
    return layout;
}

static void use(const char *name)
{
    struct abi_layout layout = read_layout(name);

    assert_int_equal(layout_set(&layout), 0);
}

/* ---- the nine layouts ------------------------------------------------------------------------ */

static void test_us_is_the_one_built_in(void **state)
{
    struct abi_layout now, text = read_layout("us");

    (void)state;
    layout_get(&now);
    assert_memory_equal(&now, &layout_us, sizeof(now));
    assert_memory_equal(&now, &text, sizeof(now));
    assert_false(layout_has_altgr());
}

static void test_us(void **state)
{
    (void)state;
    use("us");
    types("^the quick brown fox jumps over the lazy dog", "The quick brown fox jumps over the lazy dog");
    types("`^`1^12^23^34^45^56^67^78^89^90^0-^-=^=", "`~1!2@3#4$5%6^7&8*9(0)-_=+");
    types("[^[]^]\\^\\;^;'^',^,.^./^/<^<", "[{]}\\|;:'\",<.>/?\\|");
    types("@a", "\x1b" "a"); /* the right Alt is an Alt */
    types("!^a", "\x1b" "A");
    types("\1", "");
}

static void test_es(void **state)
{
    (void)state;
    use("es");
    types("^el ping^'uino ^wenceslao hizo kil'ometros bajo exhaustiva lluvia y fr'io,"
          " a;oraba a su querido cachorro.",
          "El pingüino Wenceslao hizo kilómetros bajo exhaustiva lluvia y frío,"
          " añoraba a su querido cachorro.");
    types("=^='^e^;\\^\\^=-`^`", "¡¿É" "Ñ" "çÇ¿'ºª");
    types("@e@5@2@3@1@`@[@]@'@\\@4@6", "€€@#|\\[]{}~¬");
    types("^1^2^3^4^5^6^7^8^9^0^-^=^]^,^.^/<^<", "!\"·$%&/()=?¿*;:_<>");
    types("[a^[i@;o]/", "àîõ+-");
}

static void test_latam(void **state)
{
    (void)state;
    use("latam");
    types("^jovencillo emponzo;ado de whisky, =qu[e figurota exhibe^-",
          "Jovencillo emponzoñado de whisky, ¿qué figurota exhibe?");
    types("=^=[a^[^u^;'^'\\^\\`^`-^-", "¿¡áÜÑ{[}]|°'?");
    types("@q@]@-@`@' @\\ @'e@\\a@e", "@~\\¬^`êà€");
}

static void test_uk(void **state)
{
    (void)state;
    use("uk");
    types("^the quick brown fox jumps over the lazy dog", "The quick brown fox jumps over the lazy dog");
    types("^3@4^2^'\\^\\`^`@`<^</^/[^[]^];^;'", "£€\"@#~`¬¦\\|/?[{]}\x3b:'");
    types("@a^@e@i@o@u@w^@y", "áÉíóúŵŶ");
    types("@;e@'o@[i@]n@\\a", "éôïñà");
}

static void test_de(void **state)
{
    (void)state;
    use("de");
    types("^yw;lf ^boxk'mpfer jagen ^viktor quer [ber den gro-en ^szlter ^deich.",
          "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.");
    types("^'^;^[-^3@e@q@7@8@9@0@-@]@<@m@2@3", "ÄÖÜß§€@{[]}\\~|µ²³");
    types("@z@x^@-^`\\^\\/^/^-]^]<^<", "»«ẞ°#'-_?+*<>");
    types("=e^=a`i` ^= = ", "éàî^`´");
    tap(0x53);
    expect_size(",", 1);
}

static void test_fr(void **state)
{
    (void)state;
    use("fr");
    types("^portew ce vieux zhisky qu juge blond aui fu;e^,",
          "Portez ce vieux whisky au juge blond qui fume.");
    types("2790'`[e^[i[^o", "éèçàù²êïÔ");
    types("^@2^@7^@9^@0^@'", "ÉÈÇÀÙ");
    types("1345688-=", "&\"'(-__)=");
    types("^1^2^3^4^5^6^7^8^9^0^-^=", "1234567890°+");
    types("@2@3@4@5@6@7@8@9@0@-@=@e@]", "~#{[|`\\^@]}€¤");
    types("m^m,^,.^.^//]^]\\^\\^'<^<", ",?;.:/§!$£*µ%<>");
    types("@z@x@q@o^@o", "«»æœŒ");
}

static void test_it(void **state)
{
    (void)state;
    use("it");
    types("^pranzo d-acqua fa volti sghembi", "Pranzo d'acqua fa volti sghembi");
    types("[^[;^;'^'\\^\\=^=^3`^`^-", "èéòçà°ù§ì^£\\|?");
    types("@5@e@;@'@[@]^@[^@]@=@-", "€€@#[]{}~`");
    types("^@'^@=^@;^@\\^@,", "ÀÌÒÙÈ");
    types("@z@x", "«»");
}

static void test_pt(void **state)
{
    (void)state;
    use("pt");
    types("^]^a noite, vov^\\o ^kowalsky v^\\e o ]im\\a cair no p]e do pinguim.",
          "À noite, vovô Kowalsky vê o ímã cair no pé do pinguim.");
    types(";^;=^='^'`^`-^-[^[<^<", "çÇ«»ºª\\|'?+*<>");
    types("@2@3@4@5@e@7@8@9@0@[u\\^o\\n", "@£§€€{[]}üÕñ");
}

static void test_br(void **state)
{
    (void)state;
    use("br");
    types("^lu[is arg^6uia ^[a ^j[ulia que @zbra;'oes, f[e, ch[a, [oxido, p^'or, z^'ang'ao@x eram palavras"
          " do portugu^'es.",
          "Luís argüia à Júlia que «brações, fé, chá, óxido, pôr, zângão» eram palavras do português.");
    types("`^`^2^;]^]\\^\\<^</^/\1^\1@q@w", "'\"@Ç[{]}\\|;:/?/?");
    types("@1@2@3@4@5@6@]@\\@=@e^@e", "¹²³£¢¬ªº§°€");
    tap(0x53);
    tap(0x7e);
    expect_size(",.", 2);
}

/* Every printable ASCII character, as programs need it, can be typed in each. */
static void test_each_layout_has_ascii(void **state)
{
    static const char *const names[] = {"us", "es", "latam", "uk", "de", "fr", "it", "pt", "br"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct abi_layout layout = read_layout(names[i]);
        bool there[65536] = {false};

        for (unsigned code = 0; code < LAYOUT_KEYS; code++) {
            for (unsigned level = 0; level < LAYOUT_LEVELS; level++) {
                uint16_t c = layout.characters[code][level];

                there[c >= DEAD_FIRST && c < DEAD_FIRST + DEAD_KINDS
                          ? accent_alone((enum layout_dead)(c - DEAD_FIRST)) : c] = true;
            }
        }
        for (unsigned c = ' '; c < 0x7f; c++)
            if (!there[c])
                fail_msg("%s has no %c", names[i], c);
        assert_true(i == 0 || there[0x20ac]);
    }
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void test_dead_keys(void **state)
{
    (void)state;
    use("es");
    types("' ", "´");
    types("''", "´");
    types("'q", "´q");
    types("'[a", "´à"); /* another accent */
    types("'\n", "´\r");
    types("'\ba", "a"); /* taken back */
    types("'1", "´1");
    types("'!q", "´\x1bq");
    types("'^a", "Á");
    types("!'", "\x1b´");
    types("^'^i^'y[^e", "ÏÿÈ");
    tap(code_of('\''));
    tap(0xc8); /* the up key */
    expect_size("´\x1b[A", 5);
    type("'"); /* a layout may come between */
    use("us");
    types("e", "é");
}

static void test_caps_lock_is_for_letters(void **state)
{
    (void)state;
    tap(CAPS);
    use("es");
    types(";^;\\'a1^1^,[ ^[ ", "ÑñÇÁ1!;`^");
    use("de");
    types("[;'^[-^-/z", "ÜÖÄüß?-Y");
    use("fr");
    types("2^2790'^5q@o", "É2ÈÇÀÙ5AŒ");
    use("uk");
    types("a@a^@a", "AÁá");
    tap(CAPS);
    types("a", "a");
}

static void test_control(void **state)
{
    (void)state;
    use("fr");
    types("*c", "\x03"); /* where c is */
    types("*q*w", "\x01\x1a"); /* a and z */
    types("*@8", "\x1c"); /* backslash */
    types("*;", "\r");
    types("*[", "\x1e"); /* ^, and no accent waits */
    types("e", "e");
    use("de");
    types("*z*y", "\x19\x1a");
    types("*@8", "\x1b");
}

/* A layout whose letters are not Latin. */
static void test_control_in_greek(void **state)
{
    struct abi_layout greek = {.name = "gr"};

    (void)state;
    greek.characters[code_of('c')][LAYOUT_PLAIN] = 0x3c8;
    greek.characters[code_of('c')][LAYOUT_SHIFT] = 0x3a8;
    assert_int_equal(layout_set(&greek), 0);
    types("c^c*c*^c", "ψΨ\x03\x03");
    tap(CAPS);
    types("c^c*c", "Ψψ\x03");
    tap(CAPS);
}

static void test_altgr(void **state)
{
    (void)state;
    use("es");
    types("@e", "€");
    types("@t^@t@ ", "tT "); /* keys without these levels */
    types("@3^@3", "#"); /* one of both */
    types("!@e", "\x1b€");
    use("us");
    types("@e", "\x1b" "e");
}

static void test_what_is_no_layout(void **state)
{
    static const uint16_t bad[] = {1, 0x1f, 0x7f, 0x9f, 0xdfff, DEAD_FIRST + DEAD_KINDS};
    struct abi_layout layout = read_layout("es"), now;

    (void)state;
    use("us");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        layout.characters[LAYOUT_KEYS - 1][LAYOUT_LEVELS - 1] = bad[i];
        assert_int_equal(layout_set(&layout), -EINVAL);
    }
    layout.characters[LAYOUT_KEYS - 1][LAYOUT_LEVELS - 1] = 0xffff;
    assert_int_equal(layout_set(&layout), 0);
    use("us");
    memset(layout.name, 'x', sizeof(layout.name));
    assert_int_equal(layout_set(&layout), -EINVAL);
    layout_get(&now);
    assert_memory_equal(&now, &layout_us, sizeof(now));
}

/* ---- accents and case ------------------------------------------------------------------------ */

static void test_case_is_that_of_unicode(void **state)
{
    (void)state;
    assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
    for (uint32_t c = 0; c < 0x10000; c++) {
        uint32_t other = letter_in_other_case(c);

        if (other != c && (iswalpha((wint_t)c) || iswalpha((wint_t)other)))
            assert_true(towupper((wint_t)c) == other || towlower((wint_t)c) == other);
        assert_int_equal(letter_in_other_case(other), c);
    }
    for (uint32_t c = 0x20; c < 0x17f; c++) /* İ and ı have no one other; ß is ẞ's, not back */
        if (c != 0xb5 && c != 0x130 && c != 0x131 && towupper((wint_t)c) != towlower((wint_t)c))
            assert_int_not_equal(letter_in_other_case(c), c);
}

static void test_accents_know_both_cases(void **state)
{
    unsigned count = 0;

    (void)state;
    for (unsigned accent = 0; accent < DEAD_KINDS; accent++) {
        for (uint32_t c = 'A'; c < 0x250; c++) {
            uint32_t small = accent_on((enum layout_dead)accent, c);
            uint32_t capital = accent_on((enum layout_dead)accent, letter_in_other_case(c));

            count += small != 0;
            if (small != 0 && letter_in_other_case(small) != small && capital != 0 && accent != DEAD_STROKE)
                assert_int_equal(letter_in_other_case(small), capital);
        }
        assert_int_equal(accent_on((enum layout_dead)accent, 0), 0);
    }
    assert_true(count > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_us_is_the_one_built_in),
        cmocka_unit_test(test_us),
        cmocka_unit_test(test_es),
        cmocka_unit_test(test_latam),
        cmocka_unit_test(test_uk),
        cmocka_unit_test(test_de),
        cmocka_unit_test(test_fr),
        cmocka_unit_test(test_it),
        cmocka_unit_test(test_pt),
        cmocka_unit_test(test_br),
        cmocka_unit_test(test_each_layout_has_ascii),
        cmocka_unit_test(test_dead_keys),
        cmocka_unit_test(test_caps_lock_is_for_letters),
        cmocka_unit_test(test_control),
        cmocka_unit_test(test_control_in_greek),
        cmocka_unit_test(test_altgr),
        cmocka_unit_test(test_what_is_no_layout),
        cmocka_unit_test(test_case_is_that_of_unicode),
        cmocka_unit_test(test_accents_know_both_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
