/* Pages, packing and encoding; qr.h. libqrcodegen makes the codes, zlib makes the text small. */
#include "user/apps/hardware/qr.h"

#include <errno.h>
#include <qrcodegen/qrcodegen.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

_Static_assert(QR_CODE_BYTES == qrcodegen_BUFFER_LEN_MAX, "the encoder writes so much");

#define HEAD_BYTES 32u /* for "FastOS report 64/64\n" */

/* ---- pages ------------------------------------------------------------------------------------------ */
static bool is_inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* How many bytes of the text the next page takes. */
static size_t page_size(struct piece text)
{
    size_t most = QR_PAGE_BYTES - HEAD_BYTES, size = most;

    if (text.size <= most)
        return text.size;
    while (size > most * 2 / 3 && text.at[size - 1] != '\n')
        size--;
    if (text.at[size - 1] == '\n')
        return size;
    size = most;
    while (size > most - 4 && is_inside_character(text.at[size]))
        size--;
    return size;
}

static unsigned count_pages(struct piece text)
{
    unsigned count = 0;

    for (; text.size > 0 && count < QR_PAGES_MOST; count++) {
        size_t size = page_size(text);

        text = (struct piece){text.at + size, text.size - size};
    }
    return count;
}

int qr_split(struct piece text, struct qr_pages *pages)
{
    unsigned count = count_pages(text);
    bool broken = false;

    qr_pages_free(pages);
    for (; pages->count < count; pages->count++) {
        struct text *page = &pages->at[pages->count];
        size_t size = page_size(text);

        text_print(page, "FastOS report %u/%u\n", pages->count + 1, count);
        text_add(page, text.at, size);
        broken |= page->broken;
        text = (struct piece){text.at + size, text.size - size};
    }
    return broken ? -ENOMEM : text.size ? -EFBIG : 0;
}

void qr_pages_free(struct qr_pages *pages)
{
    for (unsigned i = 0; i < pages->count; i++)
        text_free(&pages->at[i]);
    pages->count = 0;
}

/* ---- packing ---------------------------------------------------------------------------------------- */
/* RFC 9285, section 4: two bytes are three digits of base 45, the lowest first; one byte is two. */
static void add_base45(struct text *to, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

    for (size_t i = 0; i < size; i += 2) {
        bool pair = i + 1 < size;
        unsigned value = pair ? bytes[i] * 256u + bytes[i + 1] : bytes[i];
        const char three[3] = {digits[value % 45], digits[value / 45 % 45], digits[value / (45 * 45)]};

        text_add(to, three, pair ? 3 : 2);
    }
}

int qr_pack(struct piece text, struct text *packed)
{
    uLongf size = compressBound(text.size);
    uint8_t *bytes = malloc(size);
    int status = bytes ? compress2(bytes, &size, (const Bytef *)text.at, text.size, 9) : Z_MEM_ERROR;

    text_free(packed);
    if (status == Z_OK) {
        text_print(packed, "FOS1:");
        add_base45(packed, bytes, size);
    }
    free(bytes);
    if (status != Z_OK || packed->broken)
        return -ENOMEM;
    return packed->size > QR_PACKED_MOST ? -EFBIG : 0;
}

/* ---- codes ------------------------------------------------------------------------------------------ */
int qr_encode(const char *text, struct qr_code *code)
{
    uint8_t memory[qrcodegen_BUFFER_LEN_MAX];

    code->size = 0;
    if (!qrcodegen_encodeText(text, memory, code->modules, qrcodegen_Ecc_LOW, qrcodegen_VERSION_MIN,
                              qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true))
        return -EFBIG;
    code->size = qrcodegen_getSize(code->modules);
    return 0;
}

bool qr_is_dark(const struct qr_code *code, int x, int y)
{
    return code->size > 0 && qrcodegen_getModule(code->modules, x, y);
}
