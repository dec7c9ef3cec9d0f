/*
 * diff: which lines to delete and insert. The shortest script by Myers's algorithm ("An O(ND) difference
 * algorithm and its variations", 1986), in its linear-space form: find the middle of the path, then
 * both halves. Lines are compared by numbers that stand for their texts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

static bool unified, brief, recursive, ignore_blanks, ignore_case, missing_is_empty, colours;
static long context_lines = 3;

struct side {
    const char *path;
    char **lines;
    long count;
    bool *changed; /* deleted or inserted */
    bool ends_open; /* no newline at the end */
    struct timespec modified;
};

/* ---- files ----------------------------------------------------------------------------------- */

static int read_side(struct side *side)
{
    FILE *file = strcmp(side->path, "-") ? fopen(side->path, "r") : stdin;
    struct list lines = {0};
    struct stat about;
    bool ended = true;

    if (!file && missing_is_empty && errno == ENOENT)
        file = fopen("/dev/null", "r");
    if (!file)
        return failed("%s", side->path);
    if (fstat(fileno(file), &about) == 0)
        side->modified = about.st_mtim;
    for (char *line; (line = next_line(file, NULL, &ended));)
        list_add(&lines, take_copy(line));
    if (file != stdin)
        fclose(file);
    side->lines = lines.at;
    side->count = (long)lines.count;
    side->ends_open = !ended;
    side->changed = take((size_t)side->count + 1);
    return 0;
}

static void free_side(struct side *side)
{
    for (long i = 0; i < side->count; i++)
        free(side->lines[i]);
    free(side->lines);
    free(side->changed);
}

static char next_compared(const char **at)
{
    char c = **at;

    if (ignore_blanks && (c == ' ' || c == '\t')) {
        while (**at == ' ' || **at == '\t')
            ++*at;
        return **at ? ' ' : '\0';
    }
    *at += c != '\0';
    return ignore_case && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same(const char *a, const char *b)
{
    if (!ignore_blanks && !ignore_case)
        return strcmp(a, b) == 0;
    for (;;) {
        char c = next_compared(&a), d = next_compared(&b);

        if (c != d)
            return false;
        if (c == '\0')
            return true;
    }
}

/* ---- numbers for texts ----------------------------------------------------------------------- */

static struct text {
    const char *line;
    struct text *next;
    long number;
} **texts;
static size_t text_rows;
static long text_count;

static size_t hash(const char *line)
{
    size_t value = 14695981039346656037u;

    for (char c; (c = next_compared(&line));)
        value = (value ^ (unsigned char)c) * 1099511628211u;
    return value;
}

static long number_of_line(const char *line)
{
    struct text **row = &texts[hash(line) % text_rows];

    for (struct text *text = *row; text; text = text->next)
        if (same(text->line, line))
            return text->number;
    struct text *text = take(sizeof(*text));

    *text = (struct text){line, *row, text_count++};
    *row = text;
    return text->number;
}

static long *number_side(const struct side *side)
{
    long *numbers = take(((size_t)side->count + 1) * sizeof(*numbers));

    for (long i = 0; i < side->count; i++)
        numbers[i] = number_of_line(side->lines[i]);
    return numbers;
}

static void forget_texts(void)
{
    for (size_t row = 0; row < text_rows; row++)
        for (struct text *text = texts[row], *next; text; text = next) {
            next = text->next;
            free(text);
        }
    free(texts);
    text_count = 0;
}

/* ---- the shortest script --------------------------------------------------------------------- */

static long *a, *b;              /* the numbers of both sides */
static bool *a_changed, *b_changed;
static long *forward, *backward; /* how far each diagonal is, from its middle on */

struct box {
    long left, top, right, bottom; /* a[left..right), b[top..bottom) */
};

static bool lies_in(const struct box *box, long x, long y)
{
    return x >= box->left && x <= box->right && y >= box->top && y <= box->bottom;
}

/* A point on a shortest path through the box, about in its middle. */
static void middle(const struct box *box, long *x, long *y)
{
    long width = box->right - box->left, height = box->bottom - box->top, delta = width - height;
    long most = (width + height + 1) / 2;

    forward[1] = box->left;
    backward[1] = box->right;
    for (long d = 0; d <= most; d++) {
        for (long k = -d; k <= d; k += 2) {
            bool down = k == -d || (k != d && forward[k - 1] < forward[k + 1]);
            long at = down ? forward[k + 1] : forward[k - 1] + 1, other = at - box->left + box->top - k;

            while (at < box->right && other < box->bottom && at >= box->left && other >= box->top
                   && a[at] == b[other]) {
                at++;
                other++;
            }
            forward[k] = at;
            if (delta % 2 != 0 && labs(k - delta) < d && at >= backward[delta - k]
                && lies_in(box, at, other)) {
                *x = at;
                *y = other;
                return;
            }
        }
        for (long k = -d; k <= d; k += 2) {
            bool up = k == -d || (k != d && backward[k - 1] > backward[k + 1]);
            long at = up ? backward[k + 1] : backward[k - 1] - 1;
            long other = at - box->right + box->bottom + k;

            while (at > box->left && other > box->top && at <= box->right && other <= box->bottom
                   && a[at - 1] == b[other - 1]) {
                at--;
                other--;
            }
            backward[k] = at;
            if (delta % 2 == 0 && labs(delta - k) <= d && forward[delta - k] >= at
                && lies_in(box, at, other)) {
                *x = at;
                *y = other;
                return;
            }
        }
    }
    *x = box->left;
    *y = box->bottom;
}

static void compare(struct box box)
{
    while (box.left < box.right && box.top < box.bottom && a[box.left] == b[box.top]) {
        box.left++;
        box.top++;
    }
    while (box.left < box.right && box.top < box.bottom && a[box.right - 1] == b[box.bottom - 1]) {
        box.right--;
        box.bottom--;
    }
    if (box.left == box.right || box.top == box.bottom) {
        memset(a_changed + box.left, true, (size_t)(box.right - box.left));
        memset(b_changed + box.top, true, (size_t)(box.bottom - box.top));
        return;
    }
    long x, y;

    middle(&box, &x, &y);
    if ((x == box.left && y == box.top) || (x == box.right && y == box.bottom)) {
        /* No progress can be made by halves: all of it is another. */
        memset(a_changed + box.left, true, (size_t)(box.right - box.left));
        memset(b_changed + box.top, true, (size_t)(box.bottom - box.top));
        return;
    }
    compare((struct box){box.left, box.top, x, y});
    compare((struct box){x, y, box.right, box.bottom});
}

static void find_changes(struct side *one, struct side *other)
{
    size_t diagonals = (size_t)(one->count + other->count + 4) * 2;

    text_rows = (size_t)(one->count + other->count) * 2 + 1;
    texts = take(text_rows * sizeof(struct text *));
    a = number_side(one);
    b = number_side(other);
    /* An open end is a difference of the last line. */
    if (one->count && other->count && one->ends_open != other->ends_open)
        *(one->ends_open ? &a[one->count - 1] : &b[other->count - 1]) = -1;
    a_changed = one->changed;
    b_changed = other->changed;
    long *room = take(2 * diagonals * sizeof(long));

    forward = room + diagonals / 2;
    backward = room + diagonals + diagonals / 2;
    compare((struct box){0, 0, one->count, other->count});
    free(room);
    free(a);
    free(b);
    forget_texts();
}

/* ---- printing -------------------------------------------------------------------------------- */

struct change {
    long from, to, other_from, other_to;
};

/* The next run of changes at or behind (*at, *other). */
static bool next_change(const struct side *one, const struct side *other, long *at, long *at_other,
                        struct change *change)
{
    while (*at < one->count && *at_other < other->count && !one->changed[*at]
           && !other->changed[*at_other]) {
        ++*at;
        ++*at_other;
    }
    change->from = *at;
    change->other_from = *at_other;
    while (*at < one->count && one->changed[*at])
        ++*at;
    while (*at_other < other->count && other->changed[*at_other])
        ++*at_other;
    change->to = *at;
    change->other_to = *at_other;
    return change->to > change->from || change->other_to > change->other_from;
}

static void print_line(const char *front, const struct side *side, long i)
{
    const char *colour = !colours ? "" : *front == '-' || *front == '<' ? "\033[31m"
                         : *front == '+' || *front == '>' ? "\033[32m" : "";

    printf("%s%s%s%s\n", colour, front, side->lines[i], *colour ? "\033[0m" : "");
    if (side->ends_open && i == side->count - 1)
        puts("\\ No newline at end of file");
}

static void print_range(long from, long to)
{
    if (to - from > 1)
        printf("%ld,%ld", from + 1, to);
    else
        printf("%ld", to > from ? from + 1 : from);
}

static void print_normal(const struct side *one, const struct side *other)
{
    long at = 0, at_other = 0;

    for (struct change change; next_change(one, other, &at, &at_other, &change);) {
        print_range(change.from, change.to);
        putchar_unlocked(change.to == change.from ? 'a' : change.other_to == change.other_from ? 'd' : 'c');
        print_range(change.other_from, change.other_to);
        putchar_unlocked('\n');
        for (long i = change.from; i < change.to; i++)
            print_line("< ", one, i);
        if (change.to > change.from && change.other_to > change.other_from)
            puts("---");
        for (long i = change.other_from; i < change.other_to; i++)
            print_line("> ", other, i);
    }
}

static void print_hunk_range(char mark, long from, long to)
{
    printf(" %c%ld", mark, to > from ? from + 1 : from);
    if (to - from != 1)
        printf(",%ld", to - from);
}

/* Changes [first, last) of one hunk, and lines around. */
static void print_hunk(const struct side *one, const struct side *other, const struct change *first,
                       const struct change *last)
{
    long front = first->from < context_lines ? first->from : context_lines;
    long behind = one->count - last[-1].to < context_lines ? one->count - last[-1].to : context_lines;
    long at = first->from - front;

    printf("@@");
    print_hunk_range('-', at, last[-1].to + behind);
    print_hunk_range('+', first->other_from - front, last[-1].other_to + behind);
    puts(" @@");
    for (; first < last; first++) {
        while (at < first->from)
            print_line(" ", one, at++);
        for (; at < first->to; at++)
            print_line("-", one, at);
        for (long i = first->other_from; i < first->other_to; i++)
            print_line("+", other, i);
    }
    for (long end = at + behind; at < end; at++)
        print_line(" ", one, at);
}

static void print_head(const char *mark, const struct side *side)
{
    char text[40] = "";
    struct tm *parts = localtime(&side->modified.tv_sec);

    if (parts)
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", parts);
    printf("%s %s\t%s.%09ld\n", mark, side->path, text, (long)side->modified.tv_nsec);
}

static void print_unified(const struct side *one, const struct side *other)
{
    struct change *changes = NULL;
    size_t count = 0, first = 0;
    long at = 0, at_other = 0;

    print_head("---", one);
    print_head("+++", other);
    for (struct change change; next_change(one, other, &at, &at_other, &change); count++) {
        if (count % 64 == 0)
            changes = take_more(changes, (count + 64) * sizeof(*changes));
        changes[count] = change;
    }
    for (size_t i = 1; i <= count; i++)
        if (i == count || changes[i].from - changes[i - 1].to > 2 * context_lines) {
            print_hunk(one, other, &changes[first], &changes[i]);
            first = i;
        }
    free(changes);
}

/* ---- files and directories ------------------------------------------------------------------- */

static bool differs(const struct side *one, const struct side *other)
{
    return memchr(one->changed, true, (size_t)one->count + 1)
           || memchr(other->changed, true, (size_t)other->count + 1);
}

static int diff_files(const char *from, const char *to, bool tell)
{
    struct side one = {.path = from}, other = {.path = to};
    int status = read_side(&one) || read_side(&other) ? 2 : 0;

    if (!status) {
        find_changes(&one, &other);
        status = differs(&one, &other);
    }
    if (status == 1) {
        if (tell && !brief)
            printf("diff %s%s %s\n", unified ? "-u " : "", from, to);
        if (brief)
            printf("Files %s and %s differ\n", from, to);
        else if (unified)
            print_unified(&one, &other);
        else
            print_normal(&one, &other);
    }
    free_side(&one);
    free_side(&other);
    return status;
}

static int diff_paths(const char *from, const char *to, bool tell);

static int diff_entry(const char *from, const char *to, const char *name, int order)
{
    char *one = path_join(from, name), *other = path_join(to, name);
    int status = 1;

    if (order != 0 && !missing_is_empty)
        printf("Only in %s: %s\n", order < 0 ? from : to, name);
    else
        status = diff_paths(one, other, true);
    free(one);
    free(other);
    return status;
}

static int diff_directories(const char *from, const char *to)
{
    struct list one = {0}, other = {0};
    int status = 0;

    if (read_directory(from, &one))
        return failed("%s", from) + 1;
    if (read_directory(to, &other))
        return failed("%s", to) + 1;
    for (size_t i = 0, j = 0; i < one.count || j < other.count;) {
        int order = i == one.count ? 1 : j == other.count ? -1 : strcmp(one.at[i], other.at[j]);
        int now = diff_entry(from, to, order <= 0 ? one.at[i] : other.at[j], order);

        status = now > status ? now : status;
        i += order <= 0;
        j += order >= 0;
    }
    list_free(&one);
    list_free(&other);
    return status;
}

static bool is_directory(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int diff_paths(const char *from, const char *to, bool tell)
{
    bool one = is_directory(from), other = is_directory(to);
    char *inside = NULL;
    int status;

    if (one && other) {
        if (tell && !recursive) {
            printf("Common subdirectories: %s and %s\n", from, to);
            return 0;
        }
        return diff_directories(from, to);
    }
    if ((one || other) && tell) {
        printf("File %s is a %s while file %s is a %s\n", from, one ? "directory" : "file", to,
               other ? "directory" : "file");
        return 1;
    }
    if (one)
        from = inside = path_join(from, base_name(to));
    else if (other)
        to = inside = path_join(to, base_name(from));
    status = diff_files(from, to, tell);
    free(inside);
    return status;
}

static int diff(struct words *words)
{
    colours = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    for (int c; (c = option(words, "uU:qrbiN"));) {
        unified |= c == 'u' || c == 'U';
        brief |= c == 'q';
        recursive |= c == 'r';
        ignore_blanks |= c == 'b';
        ignore_case |= c == 'i';
        missing_is_empty |= c == 'N';
        if (c == 'U')
            context_lines = (long)need_number(option_value, "-U");
    }
    need_operands(words, 2, 2);
    int status = diff_paths(words->at[0], words->at[1], false);

    return finish_output() ? 2 : status;
}

TOOL(diff, "diff", "[-uqrbiN] [-U LINES] FILE FILE", "print in which lines files differ",
     "  -u  with three lines around each change, as patch wants it; -U so many\n"
     "  -q  only whether they differ; -r all files below directories; -N missing ones are empty\n"
     "  -b  blanks, -i the case do not count\n"
     "Status 0: the same, 1: different, 2: something was wrong.\n")
