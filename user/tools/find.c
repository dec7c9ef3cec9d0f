/*
 * find: the expression becomes a tree of tests; each file that walk_tree shows is put to it. A directory that
 * -depth or -delete wants last is tested when all its entries have been.
 */
#include <errno.h>
#include <fnmatch.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

struct test {
    bool (*holds)(const struct test *test, struct visit *visit);
    const struct test *one, *other; /* of and, or, not */
    const char *text;
    char **words;                   /* of -exec; words[count] was ; or + */
    int count;
    char sign;                      /* '+': more than value, '-': less */
    uint64_t value, unit;
    struct timespec time;
    struct list *collected;         /* of -exec … + */
    bool confirms;
};

static long most_depth = -1, least_depth;
static bool from_below, has_action;
static int status;

/* ---- tests ----------------------------------------------------------------------------------- */

static bool both(const struct test *test, struct visit *visit)
{
    return test->one->holds(test->one, visit) && test->other->holds(test->other, visit);
}

static bool either(const struct test *test, struct visit *visit)
{
    return test->one->holds(test->one, visit) || test->other->holds(test->other, visit);
}

static bool not(const struct test *test, struct visit *visit)
{
    return !test->one->holds(test->one, visit);
}

static bool always(const struct test *test, struct visit *visit)
{
    (void)visit;
    return test->value;
}

static bool name_fits(const struct test *test, struct visit *visit)
{
    const char *base = base_name(visit->path);
    size_t length = strlen(base);

    /* "a/" is called a. */
    while (length > 1 && base[length - 1] == '/')
        length--;
    char *name = take_text("%.*s", (int)length, base);
    bool fits = fnmatch(test->text, name, test->value ? FNM_CASEFOLD : 0) == 0;

    free(name);
    return fits;
}

static bool path_fits(const struct test *test, struct visit *visit)
{
    return fnmatch(test->text, visit->path, test->value ? FNM_CASEFOLD : 0) == 0;
}

static bool type_fits(const struct test *test, struct visit *visit)
{
    static const struct {
        char letter;
        mode_t type;
    } types[] = {{'f', S_IFREG}, {'d', S_IFDIR}, {'l', S_IFLNK}, {'p', S_IFIFO},
                 {'c', S_IFCHR}, {'b', S_IFBLK}, {'s', S_IFSOCK}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if ((visit->about->st_mode & S_IFMT) == types[i].type && strchr(test->text, types[i].letter))
            return true;
    return false;
}

static bool compare(const struct test *test, uint64_t value)
{
    return test->sign == '+' ? value > test->value
           : test->sign == '-' ? value < test->value : value == test->value;
}

static bool size_fits(const struct test *test, struct visit *visit)
{
    return compare(test, ((uint64_t)visit->about->st_size + test->unit - 1) / test->unit);
}

static bool links_fit(const struct test *test, struct visit *visit)
{
    return compare(test, visit->about->st_nlink);
}

static bool inode_fits(const struct test *test, struct visit *visit)
{
    return compare(test, visit->about->st_ino);
}

static bool age_fits(const struct test *test, struct visit *visit)
{
    time_t age = test->time.tv_sec - visit->about->st_mtime;

    return compare(test, age < 0 ? 0 : (uint64_t)age / test->unit);
}

static bool is_newer(const struct test *test, struct visit *visit)
{
    const struct timespec *time_ = &visit->about->st_mtim;

    return time_->tv_sec > test->time.tv_sec
           || (time_->tv_sec == test->time.tv_sec && time_->tv_nsec > test->time.tv_nsec);
}

static bool mode_fits(const struct test *test, struct visit *visit)
{
    unsigned mode = visit->about->st_mode & 07777;

    return test->sign == '-' ? (mode & test->value) == test->value
           : test->sign == '/' ? test->value == 0 || (mode & test->value) : mode == test->value;
}

static bool owner_fits(const struct test *test, struct visit *visit)
{
    return visit->about->st_uid == test->value;
}

static bool is_empty(const struct test *test, struct visit *visit)
{
    (void)test;
    if (S_ISREG(visit->about->st_mode))
        return visit->about->st_size == 0;
    struct list names = {0};
    bool empty = S_ISDIR(visit->about->st_mode) && read_directory(visit->path, &names) == 0
                 && names.count == 0;

    list_free(&names);
    return empty;
}

/* ---- actions --------------------------------------------------------------------------------- */

static bool print(const struct test *test, struct visit *visit)
{
    printf("%s%c", visit->path, test->value ? '\0' : '\n');
    return true;
}

static bool prune(const struct test *test, struct visit *visit)
{
    (void)test;
    visit->skip = true;
    return true;
}

static bool quit(const struct test *test, struct visit *visit)
{
    (void)test;
    (void)visit;
    exit(finish_output() | status);
}

static bool delete(const struct test *test, struct visit *visit)
{
    (void)test;
    if (strcmp(visit->path, ".") == 0)
        return true;
    if (S_ISDIR(visit->about->st_mode) ? rmdir(visit->path) : unlink(visit->path)) {
        status = failed("%s", visit->path);
        return false;
    }
    return true;
}

static bool run(char **words)
{
    int how = 0;

    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0)
        _exit(run_program(words));
    if (pid < 0) {
        status = failed("fork");
        return false;
    }
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

/* {} anywhere in a word is the path. */
static char *fill_in(const char *word, const char *path)
{
    char *text = take_copy("");

    for (const char *at; (at = strstr(word, "{}")); word = at + 2) {
        char *more = take_text("%s%.*s%s", text, (int)(at - word), word, path);

        free(text);
        text = more;
    }
    char *all = take_text("%s%s", text, word);

    free(text);
    return all;
}

static bool execute(const struct test *test, struct visit *visit)
{
    struct list words = {0};

    for (int i = 0; i < test->count; i++)
        list_add(&words, fill_in(test->words[i], visit->path));
    bool good = (!test->confirms || confirmed("%s … %s", words.at[0], visit->path)) && run(words.at);

    list_free(&words);
    return good;
}

#define COLLECT_MAX 500u

static void execute_collected(const struct test *test)
{
    struct list words = {0};

    if (test->collected->count == 0)
        return;
    for (int i = 0; i < test->count - 1; i++)
        list_add(&words, test->words[i]);
    for (size_t i = 0; i < test->collected->count; i++)
        list_add(&words, test->collected->at[i]);
    if (!run(words.at))
        status = 1;
    free(words.at);
    list_free(test->collected);
}

static bool collect(const struct test *test, struct visit *visit)
{
    list_add(test->collected, take_copy(visit->path));
    if (test->collected->count == COLLECT_MAX)
        execute_collected(test);
    return true;
}

/* ---- the expression -------------------------------------------------------------------------- */

static char **word; /* what is read next */
static struct test *made[256];
static size_t made_count;

static struct test *new_test(bool (*holds)(const struct test *test, struct visit *visit))
{
    struct test *test = take(sizeof(*test));

    if (made_count == sizeof(made) / sizeof(made[0]))
        wrong_use("the expression is too long");
    test->holds = holds;
    made[made_count++] = test;
    return test;
}

static char *argument(void)
{
    if (!word[0] || !word[1])
        wrong_use("%s wants a word behind it", word[0]);
    return *++word;
}

static struct test *with_text(struct test *test)
{
    test->text = argument();
    return test;
}

static struct test *with_number(struct test *test, uint64_t unit)
{
    const char *text = argument(), *name = word[-1];
    char *copy;

    test->unit = unit;
    if (*text == '+' || *text == '-')
        test->sign = *text++;
    copy = take_copy(text);
    size_t length = strlen(copy);
    static const struct {
        char letter;
        uint64_t unit;
    } units[] = {{'c', 1}, {'w', 2}, {'b', 512}, {'k', 1024}, {'M', 1 << 20}, {'G', 1 << 30}};

    for (size_t i = 0; unit == 512 && length && i < sizeof(units) / sizeof(units[0]); i++)
        if (copy[length - 1] == units[i].letter) {
            test->unit = units[i].unit;
            copy[length - 1] = '\0';
            break;
        }
    test->value = need_number(copy, name);
    free(copy);
    return test;
}

static struct test *with_age(struct test *test, uint64_t unit)
{
    test->time.tv_sec = time(NULL);
    return with_number(test, unit);
}

static struct test *with_file_time(struct test *test)
{
    struct stat about;
    const char *path = argument();

    if (stat(path, &about)) {
        failed("%s", path);
        exit(1);
    }
    test->time = about.st_mtim;
    return test;
}

static struct test *with_mode(struct test *test)
{
    const char *text = argument();
    unsigned mode;

    if (*text == '-' || *text == '/')
        test->sign = *text++;
    if (!mode_change(text, 0, false, &mode))
        wrong_use("%s: no mode", text);
    test->value = mode;
    return test;
}

static struct test *with_user(struct test *test)
{
    const char *text = argument();
    struct passwd *entry = getpwnam(text);

    test->value = entry ? entry->pw_uid : need_number(text, "-user");
    return test;
}

static struct test *with_program(struct test *test)
{
    test->confirms = strcmp(*word, "-ok") == 0;
    test->words = word + 1;
    (void)argument();
    for (test->count = 0; *word; test->count++, word++) {
        if (strcmp(*word, ";") == 0)
            break;
        if (strcmp(*word, "+") == 0 && test->count > 0 && strcmp(word[-1], "{}") == 0) {
            test->holds = collect;
            test->collected = take(sizeof(*test->collected));
            break;
        }
    }
    if (!*word || test->count == 0)
        wrong_use("-exec ends with ; (or with {} +)");
    return test;
}

static struct test *with_value(struct test *test, uint64_t value)
{
    test->value = value;
    return test;
}

static struct test *option_test(const char *name)
{
    if (strcmp(name, "-maxdepth") == 0)
        most_depth = (long)need_number(argument(), name);
    else if (strcmp(name, "-mindepth") == 0)
        least_depth = (long)need_number(argument(), name);
    else if (strcmp(name, "-depth") == 0)
        from_below = true;
    else if (strcmp(name, "-xdev") != 0 && strcmp(name, "-follow") != 0)
        wrong_use("there is no test %s", name);
    return with_value(new_test(always), 1);
}

static struct test *action(const char *name)
{
    bool had_action = has_action;

    has_action = true;
    if (strcmp(name, "-print") == 0)
        return new_test(print);
    if (strcmp(name, "-print0") == 0)
        return with_value(new_test(print), 1);
    if (strcmp(name, "-exec") == 0 || strcmp(name, "-ok") == 0)
        return with_program(new_test(execute));
    if (strcmp(name, "-delete") == 0) {
        from_below = true;
        return new_test(delete);
    }
    if (strcmp(name, "-quit") == 0)
        return new_test(quit);
    has_action = had_action;
    return NULL;
}

static struct test *name_test(const char *name)
{
    if (strcmp(name, "-name") == 0)
        return with_text(new_test(name_fits));
    if (strcmp(name, "-iname") == 0)
        return with_value(with_text(new_test(name_fits)), 1);
    if (strcmp(name, "-path") == 0)
        return with_text(new_test(path_fits));
    if (strcmp(name, "-ipath") == 0)
        return with_value(with_text(new_test(path_fits)), 1);
    if (strcmp(name, "-type") == 0)
        return with_text(new_test(type_fits));
    return NULL;
}

static struct test *primary(void)
{
    const char *name = *word;
    struct test *test = name_test(name);

    if (test || (test = action(name)))
        return test;
    if (strcmp(name, "-size") == 0)
        return with_number(new_test(size_fits), 512);
    if (strcmp(name, "-links") == 0)
        return with_number(new_test(links_fit), 1);
    if (strcmp(name, "-inum") == 0)
        return with_number(new_test(inode_fits), 1);
    if (strcmp(name, "-mtime") == 0)
        return with_age(new_test(age_fits), 86400);
    if (strcmp(name, "-mmin") == 0)
        return with_age(new_test(age_fits), 60);
    if (strcmp(name, "-newer") == 0)
        return with_file_time(new_test(is_newer));
    if (strcmp(name, "-perm") == 0)
        return with_mode(new_test(mode_fits));
    if (strcmp(name, "-user") == 0)
        return with_user(new_test(owner_fits));
    if (strcmp(name, "-empty") == 0)
        return new_test(is_empty);
    if (strcmp(name, "-prune") == 0)
        return new_test(prune);
    if (strcmp(name, "-true") == 0 || strcmp(name, "-false") == 0)
        return with_value(new_test(always), name[1] == 't');
    return option_test(name);
}

static bool is(const char *text)
{
    return *word && strcmp(*word, text) == 0;
}

static const struct test *any_of(void);

static const struct test *one_test(void)
{
    const struct test *test;

    if (!*word)
        wrong_use("a test is missing");
    if (is("!") || is("-not")) {
        struct test *other;

        word++;
        test = one_test();
        other = new_test(not);
        other->one = test;
        return other;
    }
    if (is("(")) {
        word++;
        test = any_of();
        if (!is(")"))
            wrong_use("a ( without a )");
    } else {
        test = primary();
    }
    word++;
    return test;
}

static const struct test *pair(bool (*holds)(const struct test *test, struct visit *visit),
                               const struct test *one, const struct test *other)
{
    struct test *test = new_test(holds);

    test->one = one;
    test->other = other;
    return test;
}

static const struct test *all_of(void)
{
    const struct test *test = one_test();

    while (*word && !is("-o") && !is("-or") && !is(")")) {
        if (is("-a") || is("-and"))
            word++;
        test = pair(both, test, one_test());
    }
    return test;
}

static const struct test *any_of(void)
{
    const struct test *test = all_of();

    while (is("-o") || is("-or")) {
        word++;
        test = pair(either, test, all_of());
    }
    return test;
}

/* ---- the walk -------------------------------------------------------------------------------- */

static int visit_one(struct visit *visit, void *data)
{
    const struct test *expression = data;
    bool directory = S_ISDIR(visit->about->st_mode);

    if (!visit->after && most_depth >= 0 && visit->depth >= most_depth)
        visit->skip = true;
    if (directory && visit->after != from_below)
        return 0;
    if (visit->depth >= least_depth && (most_depth < 0 || visit->depth <= most_depth))
        (void)expression->holds(expression, visit);
    return 0;
}

static int find(struct words *words)
{
    static char here[] = ".";
    const struct test *expression;
    unsigned how = 0;
    int first = 0, count = 0;

    for (; first < words->count && (strcmp(words->at[first], "-L") == 0
                                    || strcmp(words->at[first], "-P") == 0); first++)
        how |= words->at[first][1] == 'L' ? WALK_FOLLOW : 0;
    for (; first + count < words->count && !strchr("-(!)", words->at[first + count][0]); count++)
        ;
    word = words->at + first + count;
    for (char **at = word; *at; at++)
        how |= strcmp(*at, "-xdev") == 0 ? WALK_ONE_DEVICE
               : strcmp(*at, "-follow") == 0 ? WALK_FOLLOW : 0;
    expression = *word ? any_of() : with_value(new_test(always), 1);
    if (*word)
        wrong_use("a ) without a (");
    if (!has_action)
        expression = pair(both, expression, new_test(print));
    if (count == 0)
        status |= walk_tree(here, how, visit_one, (void *)(uintptr_t)expression);
    for (int i = 0; i < count; i++)
        status |= walk_tree(words->at[first + i], how, visit_one, (void *)(uintptr_t)expression);
    for (size_t i = 0; i < made_count; i++)
        if (made[i]->collected)
            execute_collected(made[i]);
    return status | finish_output();
}

TOOL(find, "find", "[-L] [FILE…] [TEST…]", "find files below directories",
     "  -name GLOB, -path GLOB (-iname, -ipath: whatever the case), -type fdlpcbs, -empty\n"
     "  -size N[ckMG], -links N, -inum N, -mtime DAYS, -mmin MINUTES: +N more, -N less\n"
     "  -newer FILE, -perm [-/]MODE, -user NAME\n"
     "  -maxdepth N, -mindepth N, -depth (directories last), -xdev, -prune\n"
     "  -print, -print0, -delete, -quit, -exec PROGRAM … {} … ; or {} +, -ok asks first\n"
     "  ! TEST, ( TESTS ), TEST -o TEST; -a stands between tests by itself\n")
