/* find: the words behind the paths become a tree; each file walks through it. */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

struct file {
    const char *path;
    const char *name;
    const struct stat *about;
};

struct node {
    bool (*test)(const struct node *node, const struct file *file);
    const struct node *left, *right;
    const char *word;
    char **command;
    int command_size, sign;
    long long number;
    bool together; /* -exec … + */
    struct names *paths;
};

static char **at; /* the next word */
static bool acts;
static long long deepest = 1 << 30, least_deep;
static struct node *together[16];
static size_t together_count;

/* ---- what can be asked ----------------------------------------------------------------------- */

static bool both(const struct node *node, const struct file *file)
{
    return node->left->test(node->left, file) && node->right->test(node->right, file);
}

static bool either(const struct node *node, const struct file *file)
{
    return node->left->test(node->left, file) || node->right->test(node->right, file);
}

static bool not_so(const struct node *node, const struct file *file)
{
    return !node->left->test(node->left, file);
}

static bool always(const struct node *node unused, const struct file *file unused)
{
    return true;
}

static bool is_named(const struct node *node, const struct file *file)
{
    return fnmatch(node->word, file->name, 0) == 0;
}

/* FNM_CASEFOLD is not POSIX's. */
static bool is_named_any_case(const struct node *node, const struct file *file)
{
    char *pattern = copy_of(node->word), *name = copy_of(file->name);
    bool fits;

    for (char *c = pattern; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    for (char *c = name; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    fits = fnmatch(pattern, name, 0) == 0;
    free(pattern);
    free(name);
    return fits;
}

static bool has_path(const struct node *node, const struct file *file)
{
    return fnmatch(node->word, file->path, 0) == 0;
}

static bool has_type(const struct node *node, const struct file *file)
{
    static const mode_t kinds[] = {S_IFREG, S_IFDIR, S_IFLNK, S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK};
    const char *letter = strchr("fdlpcbs", *node->word);

    return letter && (file->about->st_mode & S_IFMT) == kinds[letter - "fdlpcbs"];
}

static bool fits_number(const struct node *node, long long value)
{
    return node->sign < 0   ? value < node->number
           : node->sign > 0 ? value > node->number
                            : value == node->number;
}

static bool has_size(const struct node *node, const struct file *file)
{
    size_t size = strlen(node->word);
    long long unit = 512;

    if (size && strchr("ckMG", node->word[size - 1]))
        unit = node->word[size - 1] == 'c'   ? 1
               : node->word[size - 1] == 'k' ? 1024
               : node->word[size - 1] == 'M' ? 1 << 20
                                             : 1 << 30;
    return fits_number(node, (file->about->st_size + unit - 1) / unit);
}

static bool has_age(const struct node *node, const struct file *file)
{
    return fits_number(node, (time(NULL) - file->about->st_mtime) / 86400);
}

static bool is_newer(const struct node *node, const struct file *file)
{
    return file->about->st_mtime > node->number;
}

static bool has_mode(const struct node *node, const struct file *file)
{
    mode_t mode = (mode_t)strtoul(node->word + (*node->word == '-'), NULL, 8);

    return *node->word == '-' ? (file->about->st_mode & mode) == mode
                              : (file->about->st_mode & 07777) == mode;
}

static bool is_empty(const struct node *node unused, const struct file *file)
{
    struct names names;
    bool empty;

    if (!S_ISDIR(file->about->st_mode))
        return S_ISREG(file->about->st_mode) && file->about->st_size == 0;
    if (!folder_read(file->path, &names))
        return false;
    empty = names.count == 0;
    names_free(&names);
    return empty;
}

/* ---- what can be done ------------------------------------------------------------------------ */

static bool print(const struct node *node, const struct file *file)
{
    fputs(file->path, stdout);
    putchar(node->number ? 0 : '\n');
    return true;
}

static bool delete (const struct node *node unused, const struct file *file)
{
    if (S_ISDIR(file->about->st_mode) ? rmdir(file->path) : unlink(file->path)) {
        complain_of(file->path);
        return false;
    }
    return true;
}

static char *put_in(const char *word, const char *path)
{
    const char *braces = strstr(word, "{}");
    char *head, *tail, *whole;

    if (!braces)
        return copy_of(word);
    tail = put_in(braces + 2, path);
    head = text_made("%.*s%s", (int)(braces - word), word, path);
    whole = text_made("%s%s", head, tail);
    free(head);
    free(tail);
    return whole;
}

static bool execute(const struct node *node, const struct file *file)
{
    struct names words = {0};
    bool good;

    if (node->together) {
        names_add(node->paths, copy_of(file->path));
        return true;
    }
    for (int i = 0; i < node->command_size; i++)
        names_add(&words, put_in(node->command[i], file->path));
    names_add(&words, NULL);
    good = run_words(words.at) == 0;
    names_free(&words);
    return good;
}

static void execute_together(const struct node *node)
{
    struct names words = {0};

    if (node->paths->count == 0)
        return;
    for (int i = 0; i < node->command_size; i++) {
        if (strcmp(node->command[i], "{}") != 0) {
            names_add(&words, copy_of(node->command[i]));
            continue;
        }
        for (size_t k = 0; k < node->paths->count; k++)
            names_add(&words, copy_of(node->paths->at[k]));
    }
    names_add(&words, NULL);
    if (run_words(words.at))
        tool_status = 1;
    names_free(&words);
}

/* ---- the words ------------------------------------------------------------------------------- */

static struct node *either_node(void);

static struct node *node_of(bool (*test)(const struct node *, const struct file *))
{
    struct node *node = allocate(sizeof(*node));

    node->test = test;
    return node;
}

static const char *argument(const char *name)
{
    if (!*at)
        die("%s: a word is missing behind it", name);
    return *at++;
}

static struct node *with_word(bool (*test)(const struct node *, const struct file *),
                              const char *name)
{
    struct node *node = node_of(test);

    node->word = argument(name);
    return node;
}

static struct node *with_number(bool (*test)(const struct node *, const struct file *),
                                const char *name)
{
    struct node *node = with_word(test, name);

    node->sign = *node->word == '+' ? 1 : *node->word == '-' ? -1 : 0;
    node->number = strtoll(node->word + (node->sign != 0), NULL, 10);
    return node;
}

static struct node *exec_node(void)
{
    struct node *node = node_of(execute);

    acts = true;
    node->command = at;
    while (*at && strcmp(*at, ";") != 0 &&
           !(strcmp(*at, "+") == 0 && at > node->command && strcmp(at[-1], "{}") == 0)) {
        at++;
        node->command_size++;
    }
    if (!*at || node->command_size == 0)
        die("-exec: ; or {} + is missing at its end");
    node->together = **at == '+';
    if (node->together) {
        if (together_count == countof(together))
            die("more than %zu times -exec … +", countof(together));
        node->paths = allocate(sizeof(*node->paths));
        together[together_count++] = node;
    }
    at++;
    return node;
}

static struct node *action_node(const char *word)
{
    struct node *node;

    acts = true;
    if (strcmp(word, "-delete") == 0)
        return node_of(delete);
    node = node_of(print);
    node->number = strcmp(word, "-print0") == 0;
    return node;
}

static struct node *newer_node(void)
{
    struct node *node = with_word(is_newer, "-newer");
    struct stat about;

    if (stat(node->word, &about))
        die("%s: %s", node->word, strerror(errno));
    node->number = about.st_mtime;
    return node;
}

static struct node *simple_node(void)
{
    static const struct {
        const char *name;
        bool (*test)(const struct node *, const struct file *);
        bool number;
    } tests[] = {{"-name", is_named, false}, {"-iname", is_named_any_case, false},
                 {"-path", has_path, false}, {"-type", has_type, false},
                 {"-perm", has_mode, false}, {"-size", has_size, true},
                 {"-mtime", has_age, true}};
    const char *word = *at++;

    for (size_t i = 0; i < countof(tests); i++)
        if (strcmp(word, tests[i].name) == 0)
            return tests[i].number ? with_number(tests[i].test, word)
                                   : with_word(tests[i].test, word);
    if (strcmp(word, "-newer") == 0)
        return newer_node();
    if (strcmp(word, "-empty") == 0)
        return node_of(is_empty);
    if (strcmp(word, "-exec") == 0)
        return exec_node();
    if (strcmp(word, "-print") == 0 || strcmp(word, "-print0") == 0 || strcmp(word, "-delete") == 0)
        return action_node(word);
    if (strcmp(word, "-maxdepth") == 0 || strcmp(word, "-mindepth") == 0) {
        *(word[2] == 'a' ? &deepest : &least_deep) = number_of(argument(word), 0, 1 << 30);
        return node_of(always);
    }
    die("%s: not known; find --help lists what is", word);
}

static struct node *not_node(void)
{
    struct node *node;

    if (!*at)
        die("something is missing at the end");
    if (strcmp(*at, "!") == 0 || strcmp(*at, "-not") == 0) {
        at++;
        node = node_of(not_so);
        node->left = not_node();
        return node;
    }
    if (strcmp(*at, "(") == 0) {
        at++;
        node = either_node();
        if (!*at || strcmp(*at, ")") != 0)
            die("a ) is missing");
        at++;
        return node;
    }
    return simple_node();
}

static struct node *both_node(void)
{
    struct node *left = not_node();

    while (*at && strcmp(*at, ")") != 0 && strcmp(*at, "-o") != 0 && strcmp(*at, "-or") != 0) {
        struct node *node = node_of(both);

        if (strcmp(*at, "-a") == 0 || strcmp(*at, "-and") == 0)
            at++;
        node->left = left;
        node->right = not_node();
        left = node;
    }
    return left;
}

static struct node *either_node(void)
{
    struct node *left = both_node();

    while (*at && (strcmp(*at, "-o") == 0 || strcmp(*at, "-or") == 0)) {
        struct node *node = node_of(either);

        at++;
        node->left = left;
        node->right = both_node();
        left = node;
    }
    return left;
}

static bool deletes(char **words)
{
    for (; *words; words++)
        if (strcmp(*words, "-delete") == 0)
            return true;
    return false;
}

static void walk(const char *path, const struct node *tree, long long depth, bool inner_first)
{
    struct stat about;
    struct file file = {path, last_part(path), &about};
    struct names names;

    if (lstat(path, &about)) {
        complain_of(path);
        return;
    }
    if (!inner_first && depth >= least_deep)
        (void)tree->test(tree, &file);
    if (S_ISDIR(about.st_mode) && depth < deepest && folder_read(path, &names)) {
        for (size_t i = 0; i < names.count; i++) {
            char *part = path_in(path, names.at[i]);

            walk(part, tree, depth + 1, inner_first);
            free(part);
        }
        names_free(&names);
    }
    if (inner_first && depth >= least_deep)
        (void)tree->test(tree, &file);
}

TOOL(find, "[PATH …] [TEST …] [ACTION]",
     "Find files below folders.\n"
     "  -name, -iname, -path PATTERN   -type fdlpcb     -size [+-]N[ckMG]   -mtime [+-]DAYS\n"
     "  -newer FILE   -perm [-]MODE    -empty           -maxdepth N         -mindepth N\n"
     "  ! TEST   TEST -o TEST   ( … )\n"
     "  -print   -print0   -delete     -exec COMMAND {} ;   -exec COMMAND {} +\n")
{
    int first = 1;
    struct node *tree, *node;
    bool inner_first;

    while (first < count && words[first][0] != '-' && strcmp(words[first], "!") != 0 &&
           strcmp(words[first], "(") != 0)
        first++;
    at = words + first;
    inner_first = deletes(at);
    tree = *at ? either_node() : node_of(always);
    if (*at)
        die("%s: not expected here", *at);
    if (!acts) {
        node = node_of(both);
        node->left = tree;
        node->right = node_of(print);
        tree = node;
    }
    if (first == 1)
        walk(".", tree, 0, inner_first);
    for (int i = 1; i < first; i++)
        walk(words[i], tree, 0, inner_first);
    for (size_t i = 0; i < together_count; i++)
        execute_together(together[i]);
    return 0;
}
