/* The bytes of a program, taken apart: characters, controls, sequences (ECMA-48 §5; the states are those of
   DEC's terminals). parser_write calls what vt.c gives it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/utf8.h"

#define PARAMETERS_MAX 32
#define STRING_MAX     65536u /* of a title, the clipboard; longer ones are dropped */

struct sequence { /* CSI and ESC */
    char prefix;          /* '?', '>', '=', '<' or 0 */
    char middle;          /* the intermediate character (the last one), or 0 */
    char final;
    int parameter[PARAMETERS_MAX]; /* -1: not given; at most 65535 */
    bool is_sub[PARAMETERS_MAX];   /* came after ':' */
    int count;
};

struct parser_calls {
    void (*character)(void *context, uint32_t character);
    void (*control)(void *context, uint8_t control); /* C0 */
    void (*escape)(void *context, const struct sequence *sequence);
    void (*csi)(void *context, const struct sequence *sequence);
    void (*osc)(void *context, char *text, size_t size); /* ended by a 0 that is not counted */
};

struct parser {
    enum { GROUND, ESCAPE, CSI, CSI_IGNORE, OSC, STRING_IGNORE } state;
    struct utf8_decoder decoder;
    struct sequence sequence;
    char *string; /* of STRING_MAX + 1, made when first wanted */
    size_t string_size;
    bool string_lost; /* it was too long, or there was no memory */
    bool string_escape; /* ESC came: a backslash ends it */
};

void parser_write(struct parser *parser, const uint8_t *bytes, size_t size, const struct parser_calls *calls,
                  void *context);
void parser_reset(struct parser *parser);
void parser_free(struct parser *parser);
/* The parameter, or `other` when it is not given, or less than `least`. */
static inline int parameter(const struct sequence *sequence, int at, int least, int other)
{
    int value = at < sequence->count ? sequence->parameter[at] : -1;

    return value < least ? other : value;
}
