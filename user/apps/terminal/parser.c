/* See parser.h. Text, by far the most of it, takes a path of its own through parser_write. */
#include "user/apps/terminal/parser.h"

#include <stdlib.h>
#include <string.h>

#define ESC 0x1B
#define CAN 0x18
#define SUB 0x1A
#define BEL 0x07
#define PARAMETER_MOST 65535

static void start_sequence(struct parser *parser, int state)
{
    memset(&parser->sequence, 0, sizeof(parser->sequence));
    parser->state = state;
}

static void start_string(struct parser *parser, int state)
{
    if (!parser->string && state == OSC)
        parser->string = malloc(STRING_MAX + 1);
    parser->string_size = 0;
    parser->string_lost = !parser->string;
    parser->string_escape = false;
    parser->state = state;
}

void parser_reset(struct parser *parser)
{
    parser->state = GROUND;
    parser->decoder = (struct utf8_decoder){0};
}

void parser_free(struct parser *parser)
{
    free(parser->string);
    parser->string = NULL;
}

/* ---- ESC ----------------------------------------------------------------------------------------------- */

static void escape_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    if (byte >= 0x20 && byte <= 0x2F) {
        parser->sequence.middle = (char)byte;
    } else if (parser->sequence.middle == 0 && byte == '[') {
        start_sequence(parser, CSI);
    } else if (parser->sequence.middle == 0 && byte == ']') {
        start_string(parser, OSC);
    } else if (parser->sequence.middle == 0 && strchr("PX^_", byte) && byte) {
        start_string(parser, STRING_IGNORE);
    } else {
        parser->state = GROUND;
        parser->sequence.final = (char)byte;
        if (byte >= 0x30 && byte <= 0x7E)
            calls->escape(context, &parser->sequence);
    }
}

/* ---- CSI ----------------------------------------------------------------------------------------------- */

static bool next_parameter(struct sequence *sequence, bool is_sub)
{
    if (sequence->count == 0)
        sequence->parameter[sequence->count++] = -1;
    if (sequence->count == PARAMETERS_MAX)
        return false;
    sequence->parameter[sequence->count] = -1;
    sequence->is_sub[sequence->count++] = is_sub;
    return true;
}

static void add_digit(struct sequence *sequence, int digit)
{
    if (sequence->count == 0)
        sequence->parameter[sequence->count++] = -1;
    int *value = &sequence->parameter[sequence->count - 1];

    *value = (*value < 0 ? 0 : *value) * 10 + digit;
    if (*value > PARAMETER_MOST)
        *value = PARAMETER_MOST;
}

static void csi_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    struct sequence *sequence = &parser->sequence;

    if (byte >= '0' && byte <= '9' && sequence->middle == 0) {
        add_digit(sequence, byte - '0');
    } else if ((byte == ';' || byte == ':') && sequence->middle == 0) {
        if (!next_parameter(sequence, byte == ':'))
            parser->state = CSI_IGNORE;
    } else if (byte >= 0x3C && byte <= 0x3F && sequence->count == 0 && sequence->prefix == 0) {
        sequence->prefix = (char)byte;
    } else if (byte >= 0x20 && byte <= 0x2F) {
        sequence->middle = (char)byte;
    } else if (byte >= 0x40 && byte <= 0x7E) {
        parser->state = GROUND;
        sequence->final = (char)byte;
        calls->csi(context, sequence);
    } else {
        parser->state = CSI_IGNORE;
    }
}

/* ---- strings ------------------------------------------------------------------------------------------- */

static void end_string(struct parser *parser, const struct parser_calls *calls, void *context)
{
    bool whole = parser->state == OSC && !parser->string_lost;

    parser->state = GROUND;
    if (!whole)
        return;
    parser->string[parser->string_size] = 0;
    calls->osc(context, parser->string, parser->string_size);
}

static void string_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    if (parser->string_escape) { /* ESC \ ends it; ESC and something else breaks it off */
        parser->string_escape = false;
        if (byte == '\\') {
            end_string(parser, calls, context);
        } else {
            start_sequence(parser, ESCAPE);
            escape_byte(parser, byte, calls, context);
        }
    } else if (byte == ESC) {
        parser->string_escape = true;
    } else if (byte == BEL) {
        end_string(parser, calls, context);
    } else if (parser->state == OSC && !parser->string_lost) {
        if (parser->string_size < STRING_MAX)
            parser->string[parser->string_size++] = (char)byte;
        else
            parser->string_lost = true;
    }
}

/* ---- all bytes ----------------------------------------------------------------------------------------- */

static void ground_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    uint32_t characters[2];
    unsigned count = utf8_decode(&parser->decoder, byte, characters);

    for (unsigned i = 0; i < count; i++)
        if (characters[i] >= 0xA0 || (characters[i] >= 0x20 && characters[i] < 0x7F))
            calls->character(context, characters[i]);
}

static void control_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    if (parser->decoder.missing) { /* the character was cut short */
        parser->decoder = (struct utf8_decoder){0};
        calls->character(context, UTF8_REPLACEMENT);
    }
    if (byte == ESC)
        start_sequence(parser, ESCAPE);
    else if (byte == CAN || byte == SUB)
        parser->state = GROUND;
    else
        calls->control(context, byte);
}

static void one_byte(struct parser *parser, uint8_t byte, const struct parser_calls *calls, void *context)
{
    bool is_string = parser->state == OSC || parser->state == STRING_IGNORE;

    if (byte < 0x20 && !(is_string && byte != CAN && byte != SUB)) {
        control_byte(parser, byte, calls, context);
        return;
    }
    switch (parser->state) {
    case GROUND:
        ground_byte(parser, byte, calls, context);
        break;
    case ESCAPE:
        escape_byte(parser, byte, calls, context);
        break;
    case CSI:
        csi_byte(parser, byte, calls, context);
        break;
    case CSI_IGNORE:
        parser->state = byte >= 0x40 && byte <= 0x7E ? GROUND : CSI_IGNORE;
        break;
    case OSC:
    case STRING_IGNORE:
        string_byte(parser, byte, calls, context);
        break;
    }
}

void parser_write(struct parser *parser, const uint8_t *bytes, size_t size, const struct parser_calls *calls,
                  void *context)
{
    for (const uint8_t *end = bytes + size; bytes < end; bytes++) {
        if (parser->state == GROUND && parser->decoder.missing == 0 && *bytes >= 0x20 && *bytes < 0x7F)
            calls->character(context, *bytes);
        else
            one_byte(parser, *bytes, calls, context);
    }
}
