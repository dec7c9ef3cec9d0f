/*
 * Encodings and line ends of text files: encoding_detect → encoding_decode → encoding_encode.
 * No locks. The Unicode Standard §3.9 (UTF-8, UTF-16), §23.8 (byte order mark). Half of a surrogate pair is
 * kept as the three bytes that UTF-8's pattern gives it, so that it comes back as it was.
 */
#include "user/apps/editor/encoding.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BAD UINT32_MAX

static const char *const marks[] = { "", "\xef\xbb\xbf", "\xff\xfe", "\xfe\xff", "" };

static size_t mark_size(enum encoding encoding)
{
    return strlen(marks[encoding]);
}

static bool has_mark(enum encoding encoding, const char *bytes, size_t size)
{
    return size >= mark_size(encoding) && memcmp(bytes, marks[encoding], mark_size(encoding)) == 0;
}

/* How many bytes a sequence has that begins so; 0: none does. */
static size_t sequence_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The codepoint at *at, which goes on behind it; BAD: not UTF-8, *at stays. Surrogates pass. */
static uint32_t read_utf8(const char *text, size_t size, size_t *at)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const uint8_t *from = (const uint8_t *)text + *at;
    size_t count = sequence_size(from[0]);
    if (count == 0 || count > size - *at)
        return BAD;
    uint32_t code = count == 1 ? from[0] : from[0] & (0x7fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((from[i] & 0xc0) != 0x80)
            return BAD;
        code = code << 6 | (from[i] & 0x3f);
    }
    if (code < least[count] || code > 0x10ffff)
        return BAD;
    *at += count;
    return code;
}

static size_t write_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = count - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf00u >> count & 0xf0) | code);
    return count;
}

static bool is_surrogate(uint32_t code)
{
    return code >= 0xd800 && code < 0xe000;
}

static bool is_utf8(const char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t code = read_utf8(bytes, size, &at);
        if (code == BAD || is_surrogate(code))
            return false;
    }
    return true;
}

/* Text of Latin-1 has no control codes but the usual white space and escape; binary files do. */
static bool is_latin1(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)bytes[i];
        bool control = byte < 0x20 && !(byte >= '\t' && byte <= '\r') && byte != 0x1b;
        if (control || (byte >= 0x7f && byte < 0xa0))
            return false;
    }
    return true;
}

enum encoding encoding_detect(const char *bytes, size_t size)
{
    if (has_mark(ENCODING_UTF8_BOM, bytes, size))
        return ENCODING_UTF8_BOM;
    for (enum encoding wide = ENCODING_UTF16LE; wide <= ENCODING_UTF16BE; wide++)
        if (size % 2 == 0 && has_mark(wide, bytes, size))
            return wide;
    return !is_utf8(bytes, size) && is_latin1(bytes, size) ? ENCODING_LATIN1 : ENCODING_UTF8;
}

const char *encoding_name(enum encoding encoding)
{
    static const char *const names[] = { "UTF-8", "UTF-8 BOM", "UTF-16LE", "UTF-16BE", "Latin-1" };
    return names[encoding];
}

static uint32_t read_unit(const char *bytes, bool big)
{
    uint8_t first = (uint8_t)bytes[0], second = (uint8_t)bytes[1];
    return big ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

static size_t decode_wide(const char *bytes, size_t size, bool big, char *to)
{
    size_t used = 0;
    for (size_t at = 0; at + 2 <= size; at += 2) {
        uint32_t code = read_unit(bytes + at, big);
        uint32_t low = code >> 10 == 0x36 && at + 4 <= size ? read_unit(bytes + at + 2, big) : 0;
        if (low >> 10 == 0x37) {
            code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
            at += 2;
        }
        used += write_utf8(to + used, code);
    }
    return used;
}

static size_t decode_latin1(const char *bytes, size_t size, char *to)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++)
        used += write_utf8(to + used, (uint8_t)bytes[i]);
    return used;
}

int encoding_decode(enum encoding encoding, const char *bytes, size_t size, char **text, size_t *text_size)
{
    size_t skip = has_mark(encoding, bytes, size) ? mark_size(encoding) : 0;
    bytes += skip;
    size -= skip;
    if (size > SIZE_MAX / 2 - 1)
        return -ENOMEM;
    /* Two bytes at most for each byte: three for a unit of two, two for one of Latin-1. */
    char *to = malloc(size * 2 + 1);
    if (to == NULL)
        return -ENOMEM;
    if (encoding == ENCODING_LATIN1)
        *text_size = decode_latin1(bytes, size, to);
    else if (encoding == ENCODING_UTF16LE || encoding == ENCODING_UTF16BE)
        *text_size = decode_wide(bytes, size, encoding == ENCODING_UTF16BE, to);
    else
        memcpy(to, bytes, *text_size = size);
    *text = to;
    return 0;
}

static size_t write_unit(char *to, uint32_t unit, bool big)
{
    to[big ? 0 : 1] = (char)(unit >> 8);
    to[big ? 1 : 0] = (char)unit;
    return 2;
}

static size_t write_wide(char *to, uint32_t code, bool big)
{
    if (code < 0x10000)
        return write_unit(to, code, big);
    code -= 0x10000;
    write_unit(to, 0xd800 | code >> 10, big);
    return 2 + write_unit(to + 2, 0xdc00 | (code & 0x3ff), big);
}

/* Each codepoint in turn; `to` has room for twice the text. 0 or -EILSEQ. */
static int encode_codes(enum encoding encoding, const char *text, size_t size, char *to, size_t *used)
{
    for (size_t at = 0; at < size;) {
        uint32_t code = read_utf8(text, size, &at);
        if (code == BAD || (encoding == ENCODING_LATIN1 && code > 0xff))
            return -EILSEQ;
        if (encoding == ENCODING_LATIN1)
            to[(*used)++] = (char)code;
        else
            *used += write_wide(to + *used, code, encoding == ENCODING_UTF16BE);
    }
    return 0;
}

int encoding_encode(enum encoding encoding, const char *text, size_t size, char **bytes, size_t *byte_count)
{
    size_t used = mark_size(encoding);
    if (size > SIZE_MAX / 2 - 4)
        return -ENOMEM;
    char *to = malloc(size * 2 + 4);
    if (to == NULL)
        return -ENOMEM;
    memcpy(to, marks[encoding], used);
    int error = 0;
    if (encoding == ENCODING_UTF8 || encoding == ENCODING_UTF8_BOM) {
        memcpy(to + used, text, size);
        used += size;
    } else {
        error = encode_codes(encoding, text, size, to, &used);
    }
    if (error != 0) {
        free(to);
        return error;
    }
    *bytes = to;
    *byte_count = used;
    return 0;
}

enum line_ends line_ends_detect(const char *text, size_t size)
{
    bool plain = false, pairs = false;
    const char *end = text + size;
    for (const char *at = text; at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++) {
        if (at > text && at[-1] == '\r')
            pairs = true;
        else
            plain = true;
    }
    return plain && pairs ? LINE_ENDS_MIXED : pairs ? LINE_ENDS_CRLF : LINE_ENDS_LF;
}

const char *line_ends_name(enum line_ends ends)
{
    static const char *const names[] = { "LF", "CRLF", "LF/CRLF" };
    return names[ends];
}
