/*
 * Each of the packages' libraries does in a program of ours what it is there for (tests/system/
 * test_packages.py): a PNG and a JPEG are made and read again, also from damaged bytes; a QR code is made and
 * printed, for others to read; deflate and inflate agree.
 *
 * usage: packages png|jpeg|zlib|qr TEXT
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>
#include <qrcodegen/qrcodegen.h>
#include <zlib.h>

#define WIDTH  61u
#define HEIGHT 37u

static unsigned char picture[HEIGHT][WIDTH * 3], found[HEIGHT][WIDTH * 3];

static void make_picture(void)
{
    for (unsigned y = 0; y < HEIGHT; y++)
        for (unsigned x = 0; x < WIDTH; x++) {
            picture[y][3 * x] = (unsigned char)(4 * x);
            picture[y][3 * x + 1] = (unsigned char)(6 * y);
            picture[y][3 * x + 2] = (unsigned char)(2 * (x + y));
        }
}

/* ---- PNG --------------------------------------------------------------------------------------- */

static size_t write_png(unsigned char *to, size_t room)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = WIDTH, .height = HEIGHT, .format = PNG_FORMAT_RGB};
    png_alloc_size_t size = room;

    return png_image_write_to_memory(&image, to, &size, 0, picture, 0, NULL) ? size : 0;
}

static int read_png(const unsigned char *from, size_t size)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    if (!png_image_begin_read_from_memory(&image, from, size))
        return -1;
    image.format = PNG_FORMAT_RGB;
    if (image.width != WIDTH || image.height != HEIGHT) {
        png_image_free(&image);
        return -1;
    }
    return png_image_finish_read(&image, NULL, found, 0, NULL) ? 0 : -1;
}

static int test_png(void)
{
    static unsigned char bytes[65536];
    size_t size = write_png(bytes, sizeof(bytes));

    if (size == 0 || read_png(bytes, size) || memcmp(picture, found, sizeof(picture)))
        return 1;
    for (size_t i = 8; i < size; i++) { /* each byte wrong: an error by longjmp, or warnings, never a crash */
        bytes[i] ^= 0x55;
        (void)read_png(bytes, size);
        bytes[i] ^= 0x55;
    }
    bytes[size / 2] ^= 0x55;
    printf("png %zu bytes, damaged: %d\n", size, read_png(bytes, size));
    return 0;
}

/* ---- JPEG -------------------------------------------------------------------------------------- */

struct jpeg_fault {
    struct jpeg_error_mgr manager;
    jmp_buf at;
};

static void leave(j_common_ptr about)
{
    longjmp(((struct jpeg_fault *)about->err)->at, 1);
}

static void say_nothing(j_common_ptr about)
{
    (void)about;
}

static unsigned long write_jpeg(unsigned char **to)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    unsigned long size = 0;

    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, to, &size);
    jpeg.image_width = WIDTH;
    jpeg.image_height = HEIGHT;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < HEIGHT) {
        JSAMPROW row = picture[jpeg.next_scanline];

        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return size;
}

static int read_jpeg(const unsigned char *from, unsigned long size)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_fault fault;

    jpeg.err = jpeg_std_error(&fault.manager);
    fault.manager.error_exit = leave;
    fault.manager.output_message = say_nothing;
    jpeg_create_decompress(&jpeg);
    if (setjmp(fault.at)) {
        jpeg_destroy_decompress(&jpeg);
        return -1;
    }
    jpeg_mem_src(&jpeg, from, size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_RGB;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height && jpeg.output_width == WIDTH) {
        JSAMPROW row = found[jpeg.output_scanline % HEIGHT];

        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_destroy_decompress(&jpeg);
    return 0;
}

static int worst_difference(void)
{
    int worst = 0;

    for (size_t i = 0; i < sizeof(picture); i++) {
        int difference = abs((&picture[0][0])[i] - (&found[0][0])[i]);

        worst = difference > worst ? difference : worst;
    }
    return worst;
}

static int test_jpeg(void)
{
    unsigned char *bytes = NULL;
    unsigned long size = write_jpeg(&bytes);
    int error = read_jpeg(bytes, size), worst = worst_difference();

    for (unsigned long i = 2; i < size; i++) {
        bytes[i] ^= 0x55;
        (void)read_jpeg(bytes, size);
        bytes[i] ^= 0x55;
    }
    printf("jpeg %lu bytes, differs by at most %d\n", size, worst);
    free(bytes);
    return error || worst > 24;
}

/* ---- zlib, QR ---------------------------------------------------------------------------------- */

static int test_zlib(void)
{
    static unsigned char from[200000], packed[250000], back[200000];
    uLongf packed_size = sizeof(packed), size = sizeof(back);

    for (size_t i = 0; i < sizeof(from); i++)
        from[i] = (unsigned char)(i * i >> 7);
    if (compress2(packed, &packed_size, from, sizeof(from), 6) != Z_OK)
        return 1;
    if (uncompress(back, &size, packed, packed_size) != Z_OK || size != sizeof(from))
        return 1;
    printf("zlib %lu bytes\n", (unsigned long)packed_size);
    return memcmp(from, back, sizeof(from)) != 0;
}

static int test_qr(const char *text)
{
    static uint8_t work[qrcodegen_BUFFER_LEN_MAX], code[qrcodegen_BUFFER_LEN_MAX];

    if (!qrcodegen_encodeText(text, work, code, qrcodegen_Ecc_MEDIUM, qrcodegen_VERSION_MIN,
                              qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true))
        return 1;
    for (int y = 0; y < qrcodegen_getSize(code); y++) {
        for (int x = 0; x < qrcodegen_getSize(code); x++)
            putchar(qrcodegen_getModule(code, x, y) ? '#' : '.');
        putchar('\n');
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *which = argc > 1 ? argv[1] : "";

    make_picture();
    if (strcmp(which, "png") == 0)
        return test_png();
    if (strcmp(which, "jpeg") == 0)
        return test_jpeg();
    if (strcmp(which, "zlib") == 0)
        return test_zlib();
    if (strcmp(which, "qr") == 0 && argc == 3)
        return test_qr(argv[2]);
    fprintf(stderr, "usage: packages png|jpeg|zlib|qr TEXT\n");
    return 2;
}
