/* Reads font files (font.h has the format) and keeps them mapped. A file's head and tables are checked as a
   whole when it is opened, each glyph when it is looked up: nothing that the file says is believed. Its pages
   come from the disk as they are needed, once for all programs. A lock guards the list of faces: font_get
   from any thread. */
#include "user/draw/font.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/font.h"

#define DIRECT 0x250u /* code points below it are found without a search */

struct font {
    const struct font_file *file; /* NULL: the console's */
    int height, ascent;
    const struct font_size *size;
    const struct font_glyph *glyphs;
    const uint8_t *pictures;
};

struct font_file {
    const uint8_t *bytes;
    uint64_t size;
    const uint32_t *points;
    uint32_t point_count, font_count;
    struct font fonts[FONT_SIZES_MAX];
    uint16_t direct[DIRECT]; /* the glyph's number; 0: it is not there */
};

static const struct font console = {.height = FONT_HEIGHT, .ascent = 12};

/* ---- checking ------------------------------------------------------------------------------------- */

/* `count` of `size` bytes at `at`, or NULL: not all of it is in the file, or it does not lie on 4 bytes. */
static const void *part_of(const struct font_file *file, uint32_t at, uint64_t count, uint64_t size)
{
    if (at % 4 != 0 || at > file->size || count * size > file->size - at)
        return NULL;
    return file->bytes + at;
}

static bool head_is_right(const struct font_file *file, const struct font_head *head)
{
    return memcmp(head->magic, FONT_MAGIC, sizeof(head->magic)) == 0 && head->version == FONT_VERSION &&
           head->bytes == file->size && head->points >= 1 && head->points <= FONT_POINTS_MAX &&
           head->sizes >= 1 && head->sizes <= FONT_SIZES_MAX;
}

static bool read_points(struct font_file *file, const struct font_head *head)
{
    file->points = part_of(file, head->points_at, head->points, sizeof(*file->points));
    file->point_count = head->points;
    if (file->points == NULL || file->points[0] != 0)
        return false;
    for (uint32_t i = 1; i < file->point_count; i++) {
        if (file->points[i] <= file->points[i - 1])
            return false;
        if (file->points[i] < DIRECT)
            file->direct[file->points[i]] = (uint16_t)i;
    }
    return true;
}

static bool read_size(struct font_file *file, const struct font_size *size, struct font *font)
{
    font->file = file;
    font->size = size;
    font->height = size->height;
    font->ascent = size->ascent;
    font->glyphs = part_of(file, size->glyphs_at, file->point_count, sizeof(*font->glyphs));
    if (size->pictures_at > file->size || size->picture_bytes > file->size - size->pictures_at)
        return false;
    font->pictures = file->bytes + size->pictures_at;
    return font->glyphs != NULL && size->height >= 1 && size->height <= 255 && size->ascent <= size->height;
}

static bool read_sizes(struct font_file *file, const struct font_head *head)
{
    const struct font_size *sizes = part_of(file, head->sizes_at, head->sizes, sizeof(*sizes));

    file->font_count = head->sizes;
    if (sizes == NULL)
        return false;
    for (uint32_t i = 0; i < head->sizes; i++)
        if ((i > 0 && sizes[i].size <= sizes[i - 1].size) || !read_size(file, &sizes[i], &file->fonts[i]))
            return false;
    return true;
}

struct font_file *font_file_read(const void *bytes, size_t size)
{
    const struct font_head *head = bytes;

    if (size < sizeof(*head) || (uintptr_t)bytes % 4 != 0)
        return NULL;
    struct font_file *file = calloc(1, sizeof(*file));

    if (file == NULL)
        return NULL;
    file->bytes = bytes;
    file->size = size;
    if (head_is_right(file, head) && read_points(file, head) && read_sizes(file, head))
        return file;
    free(file);
    return NULL;
}

void font_file_end(struct font_file *file)
{
    free(file);
}

/* The greatest that is not greater, else the first. */
const struct font *font_file_get(const struct font_file *file, int size)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < file->font_count; i++)
        if (file->fonts[i].size->size <= size)
            best = i;
    return &file->fonts[best];
}

/* ---- the faces there are -------------------------------------------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[200] = "/usr/share/fonts/fastos";
static struct font_file *faces[FONT_FACES];
static bool looked[FONT_FACES];

void font_folder(const char *path)
{
    pthread_mutex_lock(&lock);
    if (strlen(path) < sizeof(folder))
        strcpy(folder, path);
    pthread_mutex_unlock(&lock);
}

static struct font_file *map_file(int fd)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return NULL;
    size_t size = (size_t)status.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

    if (bytes == MAP_FAILED)
        return NULL;
    struct font_file *file = font_file_read(bytes, size);

    if (file == NULL)
        munmap(bytes, size);
    return file;
}

static struct font_file *open_face(enum font_face face)
{
    static const char *const names[FONT_FACES] = {"ui", "ui-bold", "mono", "mono-bold"};
    char path[sizeof(folder) + 32];

    snprintf(path, sizeof(path), "%s/%s.font", folder, names[face]);
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        return NULL;
    struct font_file *file = map_file(fd);

    close(fd);
    return file;
}

const struct font *font_get(enum font_face face, int size)
{
    if ((unsigned)face >= FONT_FACES)
        face = FONT_UI;
    pthread_mutex_lock(&lock);
    if (!looked[face])
        faces[face] = open_face(face);
    looked[face] = true;
    pthread_mutex_unlock(&lock);
    return faces[face] != NULL ? font_file_get(faces[face], size) : &console;
}

/* ---- glyphs --------------------------------------------------------------------------------------- */

/* Its number, 0: it is not there. */
static uint32_t number_of(const struct font_file *file, uint32_t codepoint)
{
    uint32_t low = 0, end = file->point_count;

    if (codepoint < DIRECT)
        return file->direct[codepoint];
    while (end - low > 1) {
        uint32_t middle = low + (end - low) / 2;

        if (file->points[middle] <= codepoint)
            low = middle;
        else
            end = middle;
    }
    return file->points[low] == codepoint ? low : 0;
}

/* One bit a pixel becomes four. */
static void find_console(uint32_t codepoint, struct glyph *glyph)
{
    const uint8_t *rows = font_glyph(codepoint < 0x10000 ? (uint16_t)codepoint : 0xfffd);

    for (int i = 0; i < FONT_HEIGHT * FONT_WIDTH / 2; i++) {
        unsigned two = rows[i / 4] >> (6 - i % 4 * 2) & 3u;

        glyph->room[i] = (uint8_t)((two & 2 ? 0x0f : 0) | (two & 1 ? 0xf0 : 0));
    }
    glyph->picture = glyph->room;
    glyph->advance = glyph->width = FONT_WIDTH;
    glyph->height = FONT_HEIGHT;
    glyph->left = 0;
    glyph->top = console.ascent;
}

void font_find(const struct font *font, uint32_t codepoint, struct glyph *glyph)
{
    if (font->file == NULL) {
        find_console(codepoint, glyph);
        return;
    }
    const struct font_glyph *found = &font->glyphs[number_of(font->file, codepoint)];
    uint32_t room = font->size->picture_bytes, bytes = (found->width + 1u) / 2 * found->height;
    bool whole = found->picture <= room && bytes <= room - found->picture;

    glyph->picture = whole ? font->pictures + found->picture : NULL;
    glyph->width = whole ? found->width : 0;
    glyph->height = whole ? found->height : 0;
    glyph->advance = found->advance;
    glyph->left = found->left;
    glyph->top = found->top;
}

int font_height(const struct font *font)
{
    return font->height;
}

int font_ascent(const struct font *font)
{
    return font->ascent;
}

int font_advance(const struct font *font, uint32_t codepoint)
{
    return font->file == NULL ? FONT_WIDTH : font->glyphs[number_of(font->file, codepoint)].advance;
}

bool font_has(const struct font *font, uint32_t codepoint)
{
    if (font->file == NULL)
        return codepoint == 0xfffd ||
               (codepoint < 0x10000 && font_glyph((uint16_t)codepoint) != font_glyph(0xfffd));
    return number_of(font->file, codepoint) != 0;
}
