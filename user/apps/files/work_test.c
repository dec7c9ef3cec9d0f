/* links: user/apps/files/tree.c user/apps/files/transfer.c user/apps/files/trash.c user/apps/files/undo.c */
/* links: user/apps/files/path.c */
/* On real folders: one of the build's and one of another file system. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/files/trash.h"
#include "user/apps/files/work.h"

static char base[64], other[64];
static enum answer conflict_answer, failed_answer;
static int conflicts, failures, last_error;
static uint64_t cancel_after;
static struct work *running;

static enum answer on_conflict(void *context, const char *from, const char *to, bool *always)
{
    (void)context;
    assert_true(from[0] == '/' && to[0] == '/');
    *always = false;
    conflicts++;
    return conflict_answer;
}

static enum answer on_failed(void *context, const char *path, int error)
{
    (void)context;
    assert_non_null(path);
    failures++;
    last_error = error;
    return failed_answer;
}

static void on_progress(void *context, const struct progress *progress)
{
    (void)context;
    if (cancel_after && progress->bytes >= cancel_after)
        __atomic_store_n(&running->cancelled, true, __ATOMIC_RELAXED);
}

static const struct work_hooks hooks = {on_conflict, on_failed, on_progress};

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about, (void)kind, (void)where;
    return remove(path);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(base, "/tmp/files-test-XXXXXX");
    strcpy(other, "/dev/shm/files-test-XXXXXX");
    if (!mkdtemp(base) || !mkdtemp(other))
        return -1;
    setenv("HOME", base, 1);
    unsetenv("XDG_DATA_HOME");
    conflicts = failures = last_error = 0;
    conflict_answer = failed_answer = ANSWER_CANCEL;
    cancel_after = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nftw(other, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static const char *at(const char *path)
{
    static char room[8][512];
    static unsigned turn;
    char *made = room[turn++ % 8];

    if (path[0] == '+')
        snprintf(made, 512, "%s/%s", other, path + 1);
    else
        snprintf(made, 512, "%s/%s", base, path);
    return made;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(at(path), "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void is(const char *path, const char *text)
{
    char found[256] = "";
    FILE *file = fopen(at(path), "r");

    if (!text) {
        assert_null(file);
        return;
    }
    assert_non_null(file);
    found[fread(found, 1, sizeof(found) - 1, file)] = 0;
    fclose(file);
    assert_string_equal(found, text);
}

static void folder(const char *path)
{
    assert_int_equal(mkdir(at(path), 0755), 0);
}

/* No unfinished copies lie about. */
static void is_tidy(const char *path, size_t count)
{
    struct names names;

    assert_int_equal(names_of_folder(&names, at(path)), 0);
    for (size_t i = 0; i < names.count; i++)
        assert_null(strstr(names.items[i], ".part-"));
    assert_int_equal(names.count, count);
    names_free(&names);
}

typedef int (*list_work)(struct work *work, const struct names *names, const char *folder);

static int no_folder_trash(struct work *work, const struct names *names, const char *folder)
{
    (void)folder;
    return work_trash(work, names);
}

static int no_folder_delete(struct work *work, const struct names *names, const char *folder)
{
    (void)folder;
    return work_delete(work, names);
}

/* `paths`: with blanks between them. */
static int run(list_work what, const char *paths, const char *into, struct undo **undo)
{
    struct names names = {0};
    struct work work;
    char *list = strdup(paths), *rest = list;

    for (char *path; (path = strsep(&rest, " "));)
        assert_int_equal(names_add(&names, at(path)), 0);
    running = &work;
    work_start(&work, &hooks, NULL);
    int error = what(&work, &names, into ? at(into) : NULL);
    struct undo *made = work_end(&work);

    if (undo)
        *undo = made;
    else
        undo_free(made);
    names_free(&names);
    free(list);
    return error;
}

/* Returns the error; `undo` is freed and becomes what undoes this. */
static int take_back(struct undo **undo)
{
    struct work work;

    running = &work;
    work_start(&work, &hooks, NULL);
    int error = work_undo(&work, *undo);

    undo_free(*undo);
    *undo = work_end(&work);
    return error;
}

static void test_copy_and_undo_and_redo(void **state)
{
    struct undo *undo;

    (void)state;
    folder("a");
    folder("a/b");
    put("a/b/x.txt", "hello");
    put("y", "there");
    assert_int_equal(symlink("b/x.txt", at("a/link")), 0);
    assert_int_equal(chmod(at("y"), 0751), 0);
    folder("to");
    assert_int_equal(run(work_copy, "a y", "to", &undo), 0);
    is("to/a/b/x.txt", "hello");
    is("to/a/link", "hello");
    is("to/y", "there");
    is("y", "there");
    is_tidy("to", 2);
    struct stat about, copy;

    assert_int_equal(stat(at("y"), &about) | stat(at("to/y"), &copy), 0);
    assert_int_equal(copy.st_mode, about.st_mode);
    assert_int_equal(copy.st_mtim.tv_nsec, about.st_mtim.tv_nsec);
    assert_int_equal(take_back(&undo), 0);
    is_tidy("to", 0);
    assert_int_equal(take_back(&undo), 0);
    is("to/a/b/x.txt", "hello");
    is("to/y", "there");
    undo_free(undo);
}

static void test_a_copy_where_it_is_gets_a_number(void **state)
{
    (void)state;
    put("a.txt", "1");
    assert_int_equal(run(work_copy, "a.txt", "", NULL), 0);
    assert_int_equal(run(work_copy, "a.txt", "", NULL), 0);
    is("a (2).txt", "1");
    is("a (3).txt", "1");
    assert_int_equal(conflicts, 0);
    assert_int_equal(run(work_move, "a.txt", "", NULL), 0); /* where it is: nothing to do */
    is("a.txt", "1");
}

static void test_answers_to_a_taken_name(void **state)
{
    struct undo *undo;

    (void)state;
    folder("to");
    put("a", "new");
    put("to/a", "old");
    conflict_answer = ANSWER_SKIP;
    assert_int_equal(run(work_copy, "a", "to", NULL), 0);
    is("to/a", "old");
    conflict_answer = ANSWER_CANCEL;
    assert_int_equal(run(work_copy, "a", "to", NULL), -ECANCELED);
    is("to/a", "old");
    conflict_answer = ANSWER_KEEP_BOTH;
    assert_int_equal(run(work_copy, "a", "to", NULL), 0);
    is("to/a", "old");
    is("to/a (2)", "new");
    conflict_answer = ANSWER_REPLACE;
    assert_int_equal(run(work_move, "a", "to", &undo), 0);
    is("a", NULL);
    is("to/a", "new");
    assert_int_equal(conflicts, 4);
    assert_int_equal(take_back(&undo), 0); /* also what was replaced */
    is("a", "new");
    is("to/a", "old");
    undo_free(undo);
}

static void test_folders_are_merged(void **state)
{
    struct undo *undo;

    (void)state;
    folder("a");
    folder("a/in");
    put("a/in/1", "one");
    put("a/2", "two");
    folder("to");
    folder("to/a");
    folder("to/a/in");
    put("to/a/in/0", "zero");
    put("to/a/2", "old two");
    conflict_answer = ANSWER_REPLACE;
    assert_int_equal(run(work_move, "a", "to", &undo), 0);
    is("to/a/in/0", "zero");
    is("to/a/in/1", "one");
    is("to/a/2", "two");
    assert_int_not_equal(access(at("a"), F_OK), 0);
    assert_int_equal(take_back(&undo), 0);
    is("to/a/2", "old two");
    is("a/in/1", "one");
    is("a/2", "two");
    is_tidy("to/a/in", 1);
    undo_free(undo);
}

static void test_not_into_itself(void **state)
{
    (void)state;
    folder("a");
    folder("a/b");
    assert_int_equal(symlink("a/b", at("way")), 0);
    failed_answer = ANSWER_SKIP;
    assert_int_equal(run(work_move, "a", "a/b", NULL), 0);
    assert_int_equal(last_error, -EINVAL);
    assert_int_equal(run(work_copy, "a", "way", NULL), 0);
    assert_int_equal(failures, 2);
    is_tidy("a/b", 0);
    put("a/b/a", "child");
    conflict_answer = ANSWER_REPLACE; /* a/b/a over a, in which it lies */
    assert_int_equal(run(work_move, "a/b/a", "", NULL), 0);
    assert_int_equal(failures, 3);
    is("a/b/a", "child");
}

static void test_moving_to_another_file_system(void **state)
{
    struct stat here, there;
    struct undo *undo;

    (void)state;
    if (stat(base, &here) || stat(other, &there) || here.st_dev == there.st_dev)
        skip();
    folder("a");
    put("a/x", "content");
    assert_int_equal(chmod(at("a/x"), 04755), 0);
    assert_int_equal(run(work_move, "a", "+", &undo), 0);
    is("+a/x", "content");
    assert_int_not_equal(access(at("a"), F_OK), 0);
    assert_int_equal(stat(at("+a/x"), &there), 0);
    assert_int_equal(there.st_mode & 07777, 04755);
    assert_int_equal(take_back(&undo), 0);
    is("a/x", "content");
    is_tidy("+", 0);
    undo_free(undo);
    assert_int_equal(run(no_folder_trash, "a", NULL, &undo), 0);
    put("+y", "far"); /* to the home trash, across */
    assert_int_equal(take_back(&undo), 0);
    undo_free(undo);
    assert_int_equal(run(no_folder_trash, "+y", NULL, &undo), 0);
    is("+y", NULL);
    is(".local/share/Trash/files/y", "far");
    assert_int_equal(take_back(&undo), 0);
    is("+y", "far");
    undo_free(undo);
}

/* What cannot be copied stays, and with it all of the original. */
static void test_a_move_that_cannot_copy_all_deletes_nothing(void **state)
{
    struct stat here, there;

    (void)state;
    if (stat(base, &here) || stat(other, &there) || here.st_dev == there.st_dev)
        skip();
    folder("a");
    put("a/good", "1");
    assert_int_equal(mknod(at("a/s"), S_IFSOCK | 0600, 0), 0);
    failed_answer = ANSWER_SKIP;
    assert_int_equal(run(work_move, "a", "+", NULL), 0);
    assert_int_equal(last_error, -EOPNOTSUPP);
    is("a/good", "1");
    is("+a/good", "1");
    is_tidy("a", 2);
}

static void test_a_socket_is_reported_and_the_rest_copied(void **state)
{
    (void)state;
    folder("a");
    put("a/x", "1");
    assert_int_equal(mknod(at("a/s"), S_IFSOCK | 0600, 0), 0);
    assert_int_equal(mkfifo(at("a/f"), 0600), 0);
    folder("to");
    assert_int_equal(run(work_copy, "a", "to", NULL), -ECANCELED);
    is_tidy("to", 0);
    failed_answer = ANSWER_SKIP;
    assert_int_equal(run(work_copy, "a", "to", NULL), 0);
    assert_int_equal(last_error, -EOPNOTSUPP);
    is_tidy("to/a", 2);
}

static void test_cancel_leaves_no_halves(void **state)
{
    char *big = malloc(1 << 20);

    (void)state;
    memset(big, 'x', (1 << 20) - 1);
    big[(1 << 20) - 1] = 0;
    folder("a");
    put("a/1", big);
    put("a/2", big);
    free(big);
    put("first", "small");
    folder("to");
    cancel_after = 1200000;
    assert_int_equal(run(work_copy, "first a", "to", NULL), -ECANCELED);
    is("to/first", "small");
    is_tidy("to", 1);
}

static void test_trash_follows_the_specification(void **state)
{
    char *path, note[512], *want;
    struct tm when;

    (void)state;
    put("ñ a.txt", "1");
    assert_int_equal(rename(at("ñ a.txt"), at("n")), 0);
    put("n2", "2");
    assert_int_equal(rename(at("n"), at("ñ_a%.txt")), 0);
    assert_int_equal(run(no_folder_trash, "ñ_a%.txt n2", NULL, NULL), 0);
    is(".local/share/Trash/files/ñ_a%.txt", "1");
    FILE *file = fopen(at(".local/share/Trash/info/ñ_a%.txt.trashinfo"), "r");

    assert_non_null(file);
    note[fread(note, 1, sizeof(note) - 1, file)] = 0;
    fclose(file);
    assert_true(asprintf(&want, "[Trash Info]\nPath=%s/%%C3%%B1_a%%25.txt\nDeletionDate=2", base) > 0);
    assert_memory_equal(note, want, strlen(want));
    free(want);
    assert_int_equal(trash_note("ñ_a%.txt", &path, &when), 0);
    assert_string_equal(path, at("ñ_a%.txt"));
    assert_true(when.tm_year > 120 && when.tm_mon < 12);
    free(path);
    struct names names = {0};
    struct work work;

    put("ñ_a%.txt", "in the way");
    assert_int_equal(names_add(&names, "ñ_a%.txt"), 0);
    work_start(&work, &hooks, NULL);
    assert_int_equal(work_restore(&work, &names), 0);
    is("ñ_a%.txt", "in the way");
    is("ñ_a% (2).txt", "1");
    is(".local/share/Trash/info/ñ_a%.txt.trashinfo", NULL);
    assert_int_equal(work_empty_trash(&work), 0);
    is_tidy(".local/share/Trash/files", 0);
    is_tidy(".local/share/Trash/info", 0);
    undo_free(work_end(&work));
    names_free(&names);
}

static void test_what_the_trash_refuses(void **state)
{
    char *path;
    struct tm when;

    (void)state;
    put("x", "1");
    put("y", "1");
    assert_int_equal(run(no_folder_trash, "x", NULL, NULL), 0);
    put("x", "2");
    assert_int_equal(run(no_folder_trash, "x", NULL, NULL), 0); /* the same name again */
    is(".local/share/Trash/files/x (2)", "2");
    assert_int_equal(run(no_folder_trash, ".local", NULL, NULL), -ECANCELED);
    assert_int_equal(last_error, -EBUSY);
    assert_int_equal(run(no_folder_trash, ".local/share/Trash/files/x", NULL, NULL), -ECANCELED);
    assert_int_equal(run(no_folder_trash, "nothing", NULL, NULL), -ECANCELED);
    assert_int_equal(last_error, -ENOENT);
    put(".local/share/Trash/info/bad.trashinfo", "[Trash Info]\nPath=relative\n");
    assert_int_equal(trash_note("bad", &path, &when), -EINVAL);
    put(".local/share/Trash/info/bad.trashinfo", "[Trash Info]\nPath=/a%0");
    assert_int_equal(trash_note("bad", &path, &when), -EINVAL);
    put(".local/share/Trash/info/bad.trashinfo", "nonsense");
    assert_int_equal(trash_note("bad", &path, &when), -EINVAL);
    assert_int_equal(trash_note("none", &path, &when), -ENOENT);
}

static void test_rename_new_mode_delete(void **state)
{
    struct stat about;
    struct work work;

    (void)state;
    put("a", "1");
    put("b", "2");
    work_start(&work, &hooks, NULL);
    assert_int_equal(work_rename(&work, at("a"), "b"), -EEXIST);
    assert_string_equal(work.failed, at("a"));
    assert_int_equal(work_rename(&work, at("a"), "x/y"), -EINVAL);
    assert_int_equal(work_rename(&work, at("a"), "a"), 0);
    assert_int_equal(work_rename(&work, at("a"), "c"), 0);
    assert_int_equal(work_new_folder(&work, at("d")), 0);
    assert_int_equal(work_new_folder(&work, at("d")), -EEXIST);
    assert_int_equal(work_new_file(&work, at("d/e")), 0);
    assert_int_equal(work_new_file(&work, at("d/e")), -EEXIST);
    assert_int_equal(work_set_mode(&work, at("b"), 0600), 0);
    struct undo *undo = work_end(&work);

    is("c", "1");
    is("b", "2");
    assert_int_equal(take_back(&undo), 0);
    is("a", "1");
    assert_int_not_equal(access(at("d"), F_OK), 0);
    assert_int_equal(stat(at("b"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0644);
    undo_free(undo);
    folder("f");
    put("f/g", "");
    assert_int_equal(run(no_folder_delete, "f a", NULL, NULL), 0);
    assert_int_not_equal(access(at("f"), F_OK), 0);
    is("b", "2");
}

static void test_too_deep_is_an_error(void **state)
{
    char name[600] = "deep";

    (void)state;
    folder(name);
    for (int i = 0; i < 205; i++) {
        strcat(name, "/d");
        char path[700];

        snprintf(path, sizeof(path), "%s/%s", base, name);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    folder("to");
    assert_int_equal(run(work_copy, "deep", "to", NULL), -ECANCELED);
    assert_int_equal(last_error, -ELOOP);
    assert_int_equal(run(no_folder_trash, "deep", NULL, NULL), 0); /* one rename */
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_copy_and_undo_and_redo),
        CASE(test_a_copy_where_it_is_gets_a_number),
        CASE(test_answers_to_a_taken_name),
        CASE(test_folders_are_merged),
        CASE(test_not_into_itself),
        CASE(test_moving_to_another_file_system),
        CASE(test_a_move_that_cannot_copy_all_deletes_nothing),
        CASE(test_a_socket_is_reported_and_the_rest_copied),
        CASE(test_cancel_leaves_no_halves),
        CASE(test_trash_follows_the_specification),
        CASE(test_what_the_trash_refuses),
        CASE(test_rename_new_mode_delete),
        CASE(test_too_deep_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
