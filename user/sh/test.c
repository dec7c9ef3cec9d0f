/* test and [: POSIX's, by recursive descent. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/sh/sh.h"

struct words {
    char **at;
    int left;
    bool wrong;
};

static bool either(struct words *words);

static const char *take(struct words *words)
{
    if (!words->left) {
        words->wrong = true;
        return "";
    }
    words->left--;
    return *words->at++;
}

static bool next_is(const struct words *words, const char *text)
{
    return words->left && strcmp(words->at[0], text) == 0;
}

static long number(struct words *words, const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || *end) {
        complain("test: %s: not a number", text);
        words->wrong = true;
    }
    return value;
}

static bool of_file(char which, const char *path)
{
    struct stat status;

    if (which == 'h' || which == 'L')
        return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    if (which == 'r' || which == 'w' || which == 'x')
        return access(path, which == 'r' ? R_OK : which == 'w' ? W_OK : X_OK) == 0;
    if (stat(path, &status))
        return false;
    switch (which) {
    case 'b':
        return S_ISBLK(status.st_mode);
    case 'c':
        return S_ISCHR(status.st_mode);
    case 'd':
        return S_ISDIR(status.st_mode);
    case 'f':
        return S_ISREG(status.st_mode);
    case 'p':
        return S_ISFIFO(status.st_mode);
    case 's':
        return status.st_size > 0;
    case 'u':
        return status.st_mode & S_ISUID;
    case 'g':
        return status.st_mode & S_ISGID;
    case 'k':
        return status.st_mode & 01000;
    case 'O':
        return status.st_uid == geteuid();
    case 'G':
        return status.st_gid == getegid();
    default:
        return true; /* -e */
    }
}

static bool is_unary(const char *word)
{
    return word[0] == '-' && word[1] && !word[2] && strchr("bcdefghkLnprstuwxzOG", word[1]);
}

static bool unary(struct words *words)
{
    char which = take(words)[1];
    const char *operand = take(words);

    switch (which) {
    case 'n':
        return *operand;
    case 'z':
        return !*operand;
    case 't':
        return isatty((int)number(words, operand));
    default:
        return of_file(which, operand);
    }
}

static bool is_binary(const char *word)
{
    static const char *const operators[] = {"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le",
                                            "-gt", "-ge", "-nt", "-ot", "-ef"};

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (strcmp(word, operators[i]) == 0)
            return true;
    return false;
}

static bool compare_files(const char *left, char how, const char *right)
{
    struct stat a, b;
    bool has_a = stat(left, &a) == 0, has_b = stat(right, &b) == 0;

    if (how == 'e')
        return has_a && has_b && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    if (!has_a || !has_b)
        return how == 'n' ? has_a && !has_b : has_b && !has_a;
    return how == 'n' ? a.st_mtime > b.st_mtime : a.st_mtime < b.st_mtime;
}

static bool binary(struct words *words)
{
    const char *left = take(words), *operator = take(words), *right = take(words);

    if (operator[0] == '=')
        return strcmp(left, right) == 0;
    if (operator[0] == '!')
        return strcmp(left, right) != 0;
    if (operator[0] == '<')
        return strcmp(left, right) < 0;
    if (operator[0] == '>')
        return strcmp(left, right) > 0;
    if (strchr("to", operator[2]) && operator[1] != 'e' && operator[1] != 'g' && operator[1] != 'l')
        return compare_files(left, operator[1], right);
    if (strcmp(operator, "-ef") == 0)
        return compare_files(left, 'e', right);
    long a = number(words, left), b = number(words, right);

    if (strcmp(operator, "-eq") == 0)
        return a == b;
    if (strcmp(operator, "-ne") == 0)
        return a != b;
    if (strcmp(operator, "-lt") == 0)
        return a < b;
    if (strcmp(operator, "-le") == 0)
        return a <= b;
    return strcmp(operator, "-gt") == 0 ? a > b : a >= b;
}

static bool primary(struct words *words)
{
    if (words->left >= 3 && is_binary(words->at[1]))
        return binary(words);
    if (words->left >= 2 && is_unary(words->at[0]))
        return unary(words);
    if (words->left >= 3 && next_is(words, "(")) {
        (void)take(words);
        bool value = either(words);

        if (strcmp(take(words), ")") != 0)
            words->wrong = true;
        return value;
    }
    return *take(words);
}

static bool negation(struct words *words)
{
    if (words->left > 1 && next_is(words, "!")) {
        (void)take(words);
        return !negation(words);
    }
    return primary(words);
}

static bool both(struct words *words)
{
    bool value = negation(words);

    while (next_is(words, "-a")) {
        (void)take(words);
        bool other = negation(words);

        value = value && other;
    }
    return value;
}

static bool either(struct words *words)
{
    bool value = both(words);

    while (next_is(words, "-o")) {
        (void)take(words);
        bool other = both(words);

        value = value || other;
    }
    return value;
}

int test_command(int count, char **words)
{
    struct words rest = {words + 1, count - 1, false};

    if (strcmp(words[0], "[") == 0) {
        if (rest.left == 0 || strcmp(words[count - 1], "]") != 0) {
            complain("[: ] is missing");
            return 2;
        }
        rest.left--;
    }
    if (rest.left == 0)
        return 1;
    bool value = either(&rest);

    if (rest.wrong)
        return 2;
    if (rest.left) {
        complain("test: %s: not expected", rest.at[0]);
        return 2;
    }
    return !value;
}
