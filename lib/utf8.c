/* UTF-8 decoder: Unicode 15, table 3-7 (well-formed byte sequences). */
#include "lib/utf8.h"

#include "lib/span.h"

static void expect(struct utf8_decoder *decoder, uint32_t bits, uint8_t missing, uint8_t low,
                   uint8_t high)
{
    decoder->character = bits;
    decoder->missing = missing;
    decoder->low = low;
    decoder->high = high;
}

/* A byte that begins a character: returns 1 when it is complete (or wrong) at once. */
static unsigned decode_first(struct utf8_decoder *decoder, uint8_t byte, uint32_t *character)
{
    if (byte >= 0xc2 && byte <= 0xdf) {
        expect(decoder, byte & 0x1fu, 1, 0x80, 0xbf);
        return 0;
    }
    if (byte >= 0xe0 && byte <= 0xef) { /* not overlong, not a surrogate */
        expect(decoder, byte & 0x0fu, 2, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf);
        return 0;
    }
    if (byte >= 0xf0 && byte <= 0xf4) { /* not overlong, not beyond U+10FFFF */
        expect(decoder, byte & 0x07u, 3, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf);
        return 0;
    }
    *character = byte < 0x80 ? byte : UTF8_REPLACEMENT;
    return 1;
}

unsigned utf8_decode(struct utf8_decoder *decoder, uint8_t byte, uint32_t characters[2])
{
    if (decoder->missing == 0)
        return decode_first(decoder, byte, &characters[0]);

    if (byte < decoder->low || byte > decoder->high) {
        decoder->missing = 0;
        characters[0] = UTF8_REPLACEMENT;
        return 1 + decode_first(decoder, byte, &characters[1]);
    }
    expect(decoder, decoder->character << 6 | (byte & 0x3fu), decoder->missing - 1, 0x80, 0xbf);
    characters[0] = decoder->character;
    return decoder->missing == 0;
}

static char continuation(uint32_t bits)
{
    return (char)(0x80 | (bits & 0x3f));
}

unsigned utf8_encode(uint32_t c, char to[4])
{
    const struct room room = room_of(to, 4);

    if (c < 0x80) {
        room_set(room, 0, (char)c);
        return 1;
    }
    if (c < 0x800) {
        room_set(room, 0, (char)(0xc0 | c >> 6));
        room_set(room, 1, continuation(c));
        return 2;
    }
    if (c < 0x10000) {
        room_set(room, 0, (char)(0xe0 | c >> 12));
        room_set(room, 1, continuation(c >> 6));
        room_set(room, 2, continuation(c));
        return 3;
    }
    room_set(room, 0, (char)(0xf0 | c >> 18));
    room_set(room, 1, continuation(c >> 12));
    room_set(room, 2, continuation(c >> 6));
    room_set(room, 3, continuation(c));
    return 4;
}
