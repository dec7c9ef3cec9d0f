/* See types.h. Names of types: IANA's, and freedesktop.org's shared-mime-info for what has none there. */
#include "user/apps/files/types.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOOKED_AT 512 /* bytes at a file's beginning */

static const struct file_type by_ending[] = {
    {".txt", "text/plain", ICON_TEXT, "Text", "Texto"},
    {".md", "text/markdown", ICON_TEXT, "Markdown text", "Texto Markdown"},
    {".log", "text/plain", ICON_TEXT, "Log", "Registro"},
    {".c", "text/x-csrc", ICON_TEXT, "C source", "Código C"},
    {".h", "text/x-chdr", ICON_TEXT, "C header", "Cabecera de C"},
    {".asm", "text/x-asm", ICON_TEXT, "Assembly source", "Código ensamblador"},
    {".s", "text/x-asm", ICON_TEXT, "Assembly source", "Código ensamblador"},
    {".inc", "text/x-asm", ICON_TEXT, "Assembly include", "Código ensamblador"},
    {".sh", "text/x-shellscript", ICON_TEXT, "Shell script", "Guion de shell"},
    {".py", "text/x-python", ICON_TEXT, "Python source", "Código Python"},
    {".mk", "text/x-makefile", ICON_TEXT, "Makefile", "Makefile"},
    {".cfg", "text/plain", ICON_TEXT, "Settings", "Configuración"},
    {".conf", "text/plain", ICON_TEXT, "Settings", "Configuración"},
    {".map", "text/plain", ICON_TEXT, "Keyboard layout", "Distribución de teclado"},
    {".theme", "text/plain", ICON_TEXT, "Theme", "Tema"},
    {".app", "text/plain", ICON_TEXT, "Entry of the launcher", "Entrada del lanzador"},
    {".csv", "text/csv", ICON_TEXT, "Table of values", "Tabla de valores"},
    {".json", "application/json", ICON_TEXT, "JSON data", "Datos JSON"},
    {".xml", "application/xml", ICON_TEXT, "XML data", "Datos XML"},
    {".html", "text/html", ICON_TEXT, "Web page", "Página web"},
    {".css", "text/css", ICON_TEXT, "Style sheet", "Hoja de estilo"},
    {".png", "image/png", ICON_PICTURE, "PNG picture", "Imagen PNG"},
    {".jpg", "image/jpeg", ICON_PICTURE, "JPEG picture", "Imagen JPEG"},
    {".jpeg", "image/jpeg", ICON_PICTURE, "JPEG picture", "Imagen JPEG"},
    {".bmp", "image/bmp", ICON_PICTURE, "BMP picture", "Imagen BMP"},
    {".tar", "application/x-tar", ICON_ARCHIVE, "Archive", "Archivador"},
    {".gz", "application/gzip", ICON_ARCHIVE, "Compressed file", "Archivo comprimido"},
    {".xz", "application/x-xz", ICON_ARCHIVE, "Compressed file", "Archivo comprimido"},
    {".zip", "application/zip", ICON_ARCHIVE, "Archive", "Archivador"},
    {".img", "application/x-raw-disk-image", ICON_DISK, "Disk image", "Imagen de disco"},
    {".iso", "application/x-cd-image", ICON_DISK, "Disk image", "Imagen de disco"},
    {".o", "application/x-object", ICON_FILE, "Object code", "Código objeto"},
    {".a", "application/x-archive", ICON_ARCHIVE, "Library", "Biblioteca"},
    {".elf", "application/x-executable", ICON_PROGRAM, "Program", "Programa"},
};

static const struct file_type
    folder = {NULL, "inode/directory", ICON_FOLDER, "Folder", "Carpeta"},
    device = {NULL, "inode/chardevice", ICON_DISK, "Device", "Dispositivo"},
    disk = {NULL, "inode/blockdevice", ICON_DISK, "Disk", "Disco"},
    fifo = {NULL, "inode/fifo", ICON_FILE, "Pipe", "Tubería"},
    socket_type = {NULL, "inode/socket", ICON_FILE, "Socket", "Conector"},
    link_type = {NULL, "inode/symlink", ICON_FILE, "Broken link", "Enlace roto"},
    program = {NULL, "application/x-executable", ICON_PROGRAM, "Program", "Programa"},
    text = {NULL, "text/plain", ICON_TEXT, "Text", "Texto"},
    empty = {NULL, "inode/x-empty", ICON_TEXT, "Empty file", "Archivo vacío"},
    unknown = {NULL, "application/octet-stream", ICON_FILE, "Data", "Datos"};

static const struct file_type *type_of_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && dot != name && i < sizeof(by_ending) / sizeof(by_ending[0]); i++)
        if (!strcasecmp(dot, by_ending[i].ending))
            return &by_ending[i];
    return !strcasecmp(name, "makefile") || !strcasecmp(name, "readme") || !strcasecmp(name, "license")
               ? &text
               : NULL;
}

static const struct file_type *type_of_kind(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return &folder;
    case S_IFCHR:
        return &device;
    case S_IFBLK:
        return &disk;
    case S_IFIFO:
        return &fifo;
    case S_IFSOCK:
        return &socket_type;
    case S_IFLNK:
        return &link_type;
    default:
        return NULL;
    }
}

const struct file_type *type_of(const char *name, mode_t mode)
{
    const struct file_type *type = type_of_kind(mode);

    if (!type)
        type = type_of_name(name);
    if (!type && mode & 0111)
        type = &program;
    return type ? type : &unknown;
}

static const struct file_type *with_mime(const char *mime)
{
    for (size_t i = 0; i < sizeof(by_ending) / sizeof(by_ending[0]); i++)
        if (!strcmp(by_ending[i].mime, mime))
            return &by_ending[i];
    return &unknown;
}

/* No control characters beside those that text has. */
static bool looks_like_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == 127 || (bytes[i] < 32 && !(bytes[i] && strchr("\t\n\r\f\033", bytes[i]))))
            return false;
    return true;
}

static const struct file_type *type_of_bytes(const unsigned char *bytes, size_t size)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *mime;
    } magic[] = {
        {"\x89PNG\r\n\x1a\n", 8, "image/png"}, {"\xff\xd8\xff", 3, "image/jpeg"}, {"BM", 2, "image/bmp"},
        {"\x7f" "ELF", 4, "application/x-executable"}, {"\x1f\x8b", 2, "application/gzip"},
        {"PK\3\4", 4, "application/zip"}, {"#!/bin/sh", 9, "text/x-shellscript"},
    };

    if (size == 0)
        return &empty;
    for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
        if (size >= magic[i].size && !memcmp(bytes, magic[i].bytes, magic[i].size))
            return with_mime(magic[i].mime);
    return looks_like_text(bytes, size) ? &text : &unknown;
}

const struct file_type *type_of_file(const char *path)
{
    unsigned char bytes[LOOKED_AT];
    struct stat about;
    const char *slash = strrchr(path, '/');

    if (stat(path, &about))
        return lstat(path, &about) == 0 ? type_of_kind(about.st_mode) : &unknown;
    const struct file_type *type = type_of(slash ? slash + 1 : path, about.st_mode);

    if (type != &unknown && type != &program)
        return type;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, bytes, sizeof(bytes)) : -1;

    if (fd >= 0)
        close(fd);
    return size < 0 || type == &program ? type : type_of_bytes(bytes, (size_t)size);
}

/* ---- who opens it -------------------------------------------------------------------------------------- */

static const struct opener editor = {"/bin/editor", "editor", "Editor", "Editor"},
                           viewer = {"/bin/viewer", "viewer", "Image viewer", "Visor de imágenes"};

const struct opener *type_opener(const struct file_type *type, size_t which)
{
    const struct opener *order[2] = {&editor, &viewer};

    if (!strncmp(type->mime, "inode/", 6) && type != &empty)
        return NULL;
    if (!strncmp(type->mime, "image/", 6)) {
        order[0] = &viewer;
        order[1] = &editor;
    }
    return which < 2 ? order[which] : NULL;
}

bool type_is_program(const struct file_type *type)
{
    return !strcmp(type->mime, program.mime);
}
