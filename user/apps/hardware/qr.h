/*
 * A text as QR codes (ISO/IEC 18004), for a machine without a network: a phone's photo carries it.
 *
 * Two ways: in readable pages, each a code that any phone shows as text, "2/5" at its head; or packed into
 * one code of the largest size: "FOS1:" and base 45 (RFC 9285) of the text as zlib makes it (RFC 1950),
 * which tools/hardware-report unpacks.
 */
#pragma once

#include "user/apps/system/text.h"

#define QR_PAGE_BYTES  800u  /* of a page: a code of version 20, which a phone still reads from a screen */
#define QR_PAGES_MOST  64u
#define QR_PACKED_MOST 4296u /* characters of a code of version 40, level L, alphanumeric */

struct qr_pages {
    struct text at[QR_PAGES_MOST];
    unsigned count;
};

/* Cut at line breaks where that wastes at most a third of a page, else between characters. 0, -ENOMEM, or
   -EFBIG: the rest after QR_PAGES_MOST pages is left out. */
int qr_split(struct piece text, struct qr_pages *pages);
void qr_pages_free(struct qr_pages *pages);

/* 0, -ENOMEM, or -EFBIG: more than QR_PACKED_MOST characters. */
int qr_pack(struct piece text, struct text *packed);

#define QR_CODE_BYTES 3918u /* libqrcodegen's largest */
struct qr_code {
    uint8_t modules[QR_CODE_BYTES];
    int size; /* modules of a side; 0: none */
};
/* The smallest code that holds the text. 0, -EFBIG. */
int qr_encode(const char *text, struct qr_code *code);
bool qr_is_dark(const struct qr_code *code, int x, int y); /* outside it is not */
