/* diff: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy way, every
   step kept, so that the path can be walked back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

#define CONTEXT   3
#define STEPS_MAX 20000 /* beyond that all is said to differ */

struct file {
    char **lines;
    long count;
    bool no_end;
};

static bool brief, deep;
static bool *deleted, *inserted; /* by line */

static struct file read_lines(const char *path)
{
    struct file file = {0};
    struct names names = {0};
    char *line = NULL;
    size_t room = 0;
    bool ended = true;
    FILE *from = file_of(path);

    if (!from)
        exit(2);
    while (line_of(from, &line, &room, &ended) >= 0)
        names_add(&names, copy_of(line));
    file = (struct file){names.at, (long)names.count, !ended};
    free(line);
    file_done(from);
    return file;
}

static bool same(const struct file *a, long i, const struct file *b, long j)
{
    bool a_cut = a->no_end && i + 1 == a->count, b_cut = b->no_end && j + 1 == b->count;

    return strcmp(a->lines[i], b->lines[j]) == 0 && a_cut == b_cut;
}

static void walk_back(long **steps, long d, long x, long y)
{
    for (; d > 0; d--) {
        const long *v = steps[d - 1] + d; /* v[k], -d < k < d */
        long k = x - y;
        bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
        long from_k = down ? k + 1 : k - 1, from_x = v[from_k], from_y = from_x - from_k;

        if (down)
            inserted[from_y] = true;
        else
            deleted[from_x] = true;
        x = from_x;
        y = from_y;
    }
}

static void compare(const struct file *a, const struct file *b)
{
    long most = a->count + b->count < STEPS_MAX ? a->count + b->count : STEPS_MAX;
    long **steps = allocate(((size_t)most + 1) * sizeof(*steps));
    long *v = allocate(((size_t)most * 2 + 3) * sizeof(*v)), *middle = v + most + 1;

    for (long d = 0; d <= most; d++) {
        for (long k = -d; k <= d; k += 2) {
            long x = k == -d || (k != d && middle[k - 1] < middle[k + 1]) ? middle[k + 1]
                                                                          : middle[k - 1] + 1;
            long y = x - k;

            while (x < a->count && y < b->count && y >= 0 && same(a, x, b, y))
                x++, y++;
            middle[k] = x;
            if (x >= a->count && y >= b->count) {
                walk_back(steps, d, a->count, b->count);
                for (long i = 0; i < d; i++)
                    free(steps[i]);
                free(steps);
                free(v);
                return;
            }
        }
        /* steps[d] has k from -d - 1 to d + 1, at index k + d + 1. */
        steps[d] = allocate(((size_t)d * 2 + 3) * sizeof(**steps));
        memcpy(steps[d], middle - d - 1, ((size_t)d * 2 + 3) * sizeof(**steps));
    }
    memset(deleted, true, (size_t)a->count * sizeof(*deleted));
    memset(inserted, true, (size_t)b->count * sizeof(*inserted));
}

static void put_line(char mark, const struct file *file, long i)
{
    printf("%c%s\n", mark, file->lines[i]);
    if (file->no_end && i + 1 == file->count)
        puts("\\ No newline at end of file");
}

static void put_range(char mark, long from, long count)
{
    if (count == 1)
        printf("%c%ld", mark, from + 1);
    else
        printf("%c%ld,%ld", mark, count ? from + 1 : from, count);
}

static bool differs(const struct file *a, const struct file *b, long i, long j)
{
    return (i < a->count && deleted[i]) || (j < b->count && inserted[j]);
}

/* From the first difference, until more equal lines follow than the context takes. */
static void put_hunk(const struct file *a, const struct file *b, long *i, long *j)
{
    long before = *i < CONTEXT ? *i : CONTEXT, a_from = *i - before, b_from = *j - before;
    long x = *i, y = *j, equal = 0, a_to, b_to;

    while ((x < a->count || y < b->count) && equal <= CONTEXT * 2) {
        if (x < a->count && deleted[x])
            x++, equal = 0;
        else if (y < b->count && inserted[y])
            y++, equal = 0;
        else
            x++, y++, equal++;
    }
    a_to = x - (equal > CONTEXT ? equal - CONTEXT : 0);
    b_to = y - (equal > CONTEXT ? equal - CONTEXT : 0);
    printf("@@ ");
    put_range('-', a_from, a_to - a_from);
    putchar(' ');
    put_range('+', b_from, b_to - b_from);
    puts(" @@");
    for (x = a_from, y = b_from; x < a_to || y < b_to;) {
        if (x < a_to && deleted[x])
            put_line('-', a, x++);
        else if (y < b_to && inserted[y])
            put_line('+', b, y++);
        else
            put_line(' ', a, x++), y++;
    }
    *i = x;
    *j = y;
}

static void put_changes(const struct file *a, const struct file *b, const char *a_path,
                        const char *b_path)
{
    printf("--- %s\n+++ %s\n", a_path, b_path);
    for (long i = 0, j = 0; i < a->count || j < b->count;) {
        if (differs(a, b, i, j))
            put_hunk(a, b, &i, &j);
        else
            i++, j++;
    }
}

static void release(struct file *file)
{
    for (long i = 0; i < file->count; i++)
        free(file->lines[i]);
    free(file->lines);
}

static void compare_files(const char *a_path, const char *b_path)
{
    struct file a = read_lines(a_path), b = read_lines(b_path);
    bool different = false;

    deleted = allocate(((size_t)a.count + 1) * sizeof(*deleted));
    inserted = allocate(((size_t)b.count + 1) * sizeof(*inserted));
    compare(&a, &b);
    for (long i = 0; i < a.count; i++)
        different |= deleted[i];
    for (long i = 0; i < b.count; i++)
        different |= inserted[i];
    if (different) {
        tool_status = tool_status ? tool_status : 1;
        if (brief)
            printf("Files %s and %s differ\n", a_path, b_path);
        else
            put_changes(&a, &b, a_path, b_path);
    }
    free(deleted);
    free(inserted);
    release(&a);
    release(&b);
}

static bool is_folder(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static void compare_paths(const char *a, const char *b, bool top);

static void compare_folders(const char *a, const char *b)
{
    struct names first, second;
    size_t i = 0, j = 0;

    if (!folder_read(a, &first) || !folder_read(b, &second))
        exit(2);
    while (i < first.count || j < second.count) {
        int order = i == first.count    ? 1
                    : j == second.count ? -1
                                        : strcmp(first.at[i], second.at[j]);

        if (order) {
            printf("Only in %s: %s\n", order < 0 ? a : b,
                   order < 0 ? first.at[i++] : second.at[j++]);
            tool_status = 1;
            continue;
        }
        char *a_part = path_in(a, first.at[i++]), *b_part = path_in(b, second.at[j++]);

        compare_paths(a_part, b_part, false);
        free(a_part);
        free(b_part);
    }
    names_free(&first);
    names_free(&second);
}

static void compare_paths(const char *a, const char *b, bool top)
{
    if (!is_folder(a) || !is_folder(b)) {
        compare_files(a, b);
    } else if (top || deep) {
        compare_folders(a, b);
    } else {
        printf("Common subdirectories: %s and %s\n", a, b);
    }
}

TOOL(diff, "[-qur] FROM TO",
     "Show how two files, or the files of two folders, differ: lines with - went, those with + "
     "came.\n"
     "  -q  only whether they do   -r  folders in folders too\n")
{
    int letter;

    while ((letter = option(count, words, "qurN")) != -1) {
        brief |= letter == 'q';
        deep |= letter == 'r';
    }
    if (count - optind != 2)
        usage();
    if (is_folder(words[optind]) != is_folder(words[optind + 1]))
        die("a file and a folder");
    compare_paths(words[optind], words[optind + 1], true);
    return tool_status;
}
