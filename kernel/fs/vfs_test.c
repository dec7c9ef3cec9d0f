/* links: kernel/core/memory/inject.c */
/* links: kernel/fs/names.c kernel/fs/inode.c kernel/fs/mount.c kernel/fs/walk.c */
/* links: kernel/fs/change.c kernel/fs/attributes.c kernel/fs/open.c kernel/fs/file.c */
/* links: kernel/fs/io.c kernel/fs/poll.c kernel/fs/page_file.c kernel/fs/tmpfs.c */
/* links: kernel/fs/pipe.c kernel/fs/device.c lib/rbtree.c lib/errno.c tests/host/fs_fakes.c */
/* The VFS over tmpfs and devfs: walking, every change of names and its rules, mounts, rights,
   files, pipes, and what becomes of each when there is no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/inject.h"
#include "kernel/fs/device.h"
#include "kernel/fs/names.h"
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

static struct fs_context root, user; /* user 1000 */

/* ---- short forms ----------------------------------------------------------------------------- */

static int make(struct fs_context *context, const char *path, uint32_t mode)
{
    const struct inode_seed seed = {.mode = mode};

    return vfs_make(context, NULL, path, &seed);
}

static int make_directory(const char *path)
{
    return make(&root, path, S_IFDIR | 0777);
}

static int make_link(const char *path, const char *target)
{
    const struct inode_seed seed = {.mode = S_IFLNK | 0777,
                                    .target = text_of(target, strlen(target))};

    return vfs_make(&root, NULL, path, &seed);
}

static int open_as(struct fs_context *context, const char *path, unsigned flags, struct file **file)
{
    return vfs_open(context, NULL, path, flags, 0666, file);
}

static int try_open(struct fs_context *context, const char *path, unsigned flags)
{
    struct file *file;
    int error = open_as(context, path, flags, &file);

    if (!error)
        file_put(file);
    return error;
}

static int make_file(const char *path)
{
    return try_open(&root, path, O_CREAT | O_EXCL | O_WRONLY);
}

static int stat_as(struct fs_context *context, const char *path, struct abi_stat *stat)
{
    struct path found;
    int error = vfs_lookup(context, NULL, path, LOOKUP_FOLLOW, &found);

    if (!error) {
        vfs_stat(found.dentry->inode, stat);
        path_put(found);
    }
    return error;
}

static int look(const char *path)
{
    struct abi_stat stat;

    return stat_as(&root, path, &stat);
}

static struct abi_stat stat_of(const char *path)
{
    struct abi_stat stat;

    assert_int_equal(stat_as(&root, path, &stat), 0);
    return stat;
}

static int unlink_(const char *path)
{
    return vfs_unlink(&root, NULL, path, 0);
}

static int rmdir_(const char *path)
{
    return vfs_unlink(&root, NULL, path, UNLINK_DIRECTORY);
}

static int rename_(const char *from, const char *to)
{
    return vfs_rename(&root, NULL, from, NULL, to);
}

static int link_(const char *from, const char *to)
{
    return vfs_link(&root, NULL, from, NULL, to, 0);
}

static int64_t write_text(struct file *file, const char *text)
{
    struct io io = io_of_kernel((void *)(uintptr_t)text, strlen(text));

    return file_write(file, &io, NULL);
}

static int64_t read_some(struct file *file, char *to, size_t size)
{
    struct io io = io_of_kernel(to, size);

    return file_read(file, &io, NULL);
}

static void enter_directory(struct fs_context *context, const char *path)
{
    struct path found;

    assert_int_equal(vfs_lookup(context, NULL, path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &found), 0);
    fs_context_set_current(context, found);
    path_put(found);
}

static int set(struct fs_context *context, const char *path, struct attributes attributes)
{
    struct path found;
    int error = vfs_lookup(context, NULL, path, LOOKUP_FOLLOW, &found);

    if (error)
        return error;
    error = vfs_set_attributes(context, found, &attributes);
    path_put(found);
    return error;
}

/* The names of a directory, with a blank behind each, as they come. */
static const char *list_at(const char *path, size_t room_bytes)
{
    static char names[4096];
    static _Alignas(8) char entries[4096];
    struct file *file;

    names[0] = '\0';
    assert_int_equal(open_as(&root, path, O_RDONLY | O_DIRECTORY, &file), 0);
    for (;;) {
        struct io io = io_of_kernel(entries, room_bytes);
        struct directory_room room = {.io = &io};

        assert_int_equal(file_read_directory(file, &room), 0);
        if (io.done == 0)
            break;
        for (size_t at = 0; at < io.done;) {
            const struct abi_dirent *entry = (const void *)&entries[at];

            snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s ", entry->name);
            at += entry->length;
        }
    }
    file_put(file);
    return names;
}

static const char *list(const char *path)
{
    return list_at(path, 4096);
}

/* ---- before and after each ------------------------------------------------------------------- */

static uint64_t pieces_before, frames_before;

static int set_up(void **state)
{
    (void)state;
    (void)names_reclaim(1000000);
    (void)inodes_reclaim(1000000);
    pieces_before = fake_pieces;
    frames_before = fake_frames;
    assert_int_equal(make_directory("/t"), 0);
    assert_int_equal(vfs_mount(&root, "none", "/t", "tmpfs", 0), 0);
    enter_directory(&root, "/t");
    enter_directory(&user, "/t");
    return 0;
}

/* All that the test made goes with its file system, and nothing else stays. */
static int tear_down(void **state)
{
    (void)state;
    memory_fail_in = 0;
    fake_wait = NULL;
    enter_directory(&root, "/");
    enter_directory(&user, "/");
    assert_int_equal(vfs_unmount(&root, "/t", 0), 0);
    assert_int_equal(rmdir_("/t"), 0);
    (void)names_reclaim(1000000);
    (void)inodes_reclaim(1000000);
    assert_int_equal(fake_pieces, pieces_before);
    assert_int_equal(fake_frames, frames_before);
    return 0;
}

static int set_up_all(void **state)
{
    (void)state;
    fake_now_ns = 1000000000000ull;
    assert_int_equal(vfs_init(), 0);
    assert_int_equal(pipes_init(), 0);
    assert_int_equal(tmpfs_init(), 0);
    assert_int_equal(devices_init(), 0);
    assert_int_equal(vfs_mount_root("nothing", NULL, "none", 0), -ENODEV);
    assert_int_equal(vfs_mount_root("tmpfs", NULL, "none", 0), 0);
    assert_int_equal(vfs_mount_root("tmpfs", NULL, "none", 0), -EBUSY);
    assert_int_equal(fs_context_init(&root), 0);
    assert_int_equal(fs_context_init(&user), 0);
    user.uid = user.gid = 1000;
    return 0;
}

/* ---- walking --------------------------------------------------------------------------------- */

static void paths_lead_where_they_say(void **state)
{
    (void)state;
    assert_int_equal(make_directory("a"), 0);
    assert_int_equal(make_directory("/t/a/b/"), 0);
    assert_int_equal(make_file("a/b/f"), 0);
    static const char *const good[] = {"a/b/f", "/t/a/b/f", "//t///a//b////f", "./a/./b/./f",
                                       "a/../a/b/../b/f", "../t/a/b/f", "/../../t/a/b/f", "a/b/",
                                       "a/b/.", "a/b/..", ".", "..", "/", "///", "a/b/f"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(look(good[i]), 0);
    static const struct {
        const char *path;
        int error;
    } bad[] = {{"", -ENOENT}, {"x", -ENOENT}, {"a/x/f", -ENOENT}, {"a/b/f/", -ENOTDIR},
               {"a/b/f/g", -ENOTDIR}, {"a/b/f/.", -ENOTDIR}, {"a/b/f/..", -ENOTDIR},
                {"x/", -ENOENT},
               {"x/..", -ENOENT}};
    for (unsigned twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
            assert_int_equal(look(bad[i].path), bad[i].error);
    assert_int_equal(stat_of("a/b/..").inode, stat_of("a").inode);
    assert_int_equal(stat_of("a/b/../../..").inode, stat_of("/").inode);
}

static void names_have_a_longest(void **state)
{
    char name[NAME_MAX + 2], path[PATH_MAX + 2];

    (void)state;
    memset(name, 'n', sizeof(name));
    name[NAME_MAX + 1] = '\0';
    assert_int_equal(make_file(name), -ENAMETOOLONG);
    assert_int_equal(look(name), -ENAMETOOLONG);
    name[NAME_MAX] = '\0';
    assert_int_equal(make_file(name), 0);
    assert_int_equal(look(name), 0);
    assert_int_equal(rename_(name, "short"), 0);
    assert_int_equal(rename_("short", name), 0);
    assert_int_equal(look("short"), -ENOENT);
    assert_int_equal(look(name), 0);
    memset(path, '/', sizeof(path));
    path[PATH_MAX] = '\0';
    assert_int_equal(look(path), -ENAMETOOLONG);
    path[PATH_MAX - 1] = '\0';
    assert_int_equal(look(path), 0);
}

static void links_are_followed(void **state)
{
    char name[16], target[16], text[32];

    (void)state;
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(make_file("d/f"), 0);
    assert_int_equal(make_link("l", "d"), 0);
    assert_int_equal(make_link("absolute", "/t/d/f"), 0);
    assert_int_equal(make_link("d/up", "../d/f"), 0);
    assert_int_equal(make_link("nowhere", "not/here"), 0);
    assert_int_equal(make_link("self", "self"), 0);
    assert_int_equal(make_link("root", "/"), 0);
    assert_int_equal(stat_of("l/f").inode, stat_of("d/f").inode);
    assert_int_equal(stat_of("absolute").inode, stat_of("d/f").inode);
    assert_int_equal(stat_of("l/up").inode, stat_of("d/f").inode);
    assert_int_equal(stat_of("root/t/l/../l/f").inode, stat_of("d/f").inode);
    assert_int_equal(look("nowhere"), -ENOENT);
    assert_int_equal(look("self"), -ELOOP);
    assert_int_equal(look("self/x"), -ELOOP);
    assert_int_equal(look("absolute/"), -ENOTDIR);
    assert_int_equal(vfs_read_link(&root, NULL, "nowhere", text, sizeof(text)), 0);
    assert_string_equal(text, "not/here");
    assert_int_equal(vfs_read_link(&root, NULL, "nowhere", text, 8), -ENAMETOOLONG);
    assert_int_equal(vfs_read_link(&root, NULL, "d", text, sizeof(text)), -EINVAL);
    assert_int_equal(make_file("chain0"), 0);
    for (unsigned i = 1; i <= LINKS_MAX + 1; i++) {
        snprintf(name, sizeof(name), "chain%u", i);
        snprintf(target, sizeof(target), "chain%u", i - 1);
        assert_int_equal(make_link(name, target), 0);
    }
    assert_int_equal(look("chain40"), 0);
    assert_int_equal(look("chain41"), -ELOOP);
}

static void a_link_stands_for_itself_where_it_should(void **state)
{
    struct path found;

    (void)state;
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(make_link("l", "f"), 0);
    assert_int_equal(vfs_lookup(&root, NULL, "l", 0, &found), 0);
    assert_true(is_link(found.dentry->inode));
    path_put(found);
    assert_int_equal(try_open(&root, "l", O_RDONLY | O_NOFOLLOW), -ELOOP);
    assert_int_equal(try_open(&root, "l", O_RDONLY | O_CREAT | O_EXCL), -EEXIST);
    assert_int_equal(link_("l", "m"), 0);
    assert_int_equal(vfs_lookup(&root, NULL, "m", 0, &found), 0);
    assert_true(is_link(found.dentry->inode));
    path_put(found);
    assert_int_equal(unlink_("l"), 0);
    assert_int_equal(look("f"), 0);
    assert_int_equal(make_link("new", "made"), 0);
    assert_int_equal(try_open(&root, "new", O_RDWR | O_CREAT), 0);
    assert_int_equal(look("made"), 0);
}

static void a_root_of_ones_own_is_not_left(void **state)
{
    struct fs_context jail;
    struct path found;
    char text[64];

    (void)state;
    assert_int_equal(make_directory("jail"), 0);
    assert_int_equal(make_file("jail/f"), 0);
    assert_int_equal(make_link("jail/out", "/../../f"), 0);
    assert_int_equal(fs_context_copy(&jail, &root), 0);
    assert_int_equal(vfs_lookup(&root, NULL, "jail", 0, &found), 0);
    fs_context_set_root(&jail, found);
    fs_context_set_current(&jail, found);
    path_put(found);
    assert_int_equal(try_open(&jail, "../../../f", O_RDONLY), 0);
    assert_int_equal(try_open(&jail, "/f", O_RDONLY), 0);
    assert_int_equal(try_open(&jail, "out", O_RDONLY), 0);
    assert_int_equal(try_open(&jail, "/t", O_RDONLY), -ENOENT);
    assert_int_equal(vfs_path_text(&jail, &jail.current, text, sizeof(text)), 0);
    assert_string_equal(text, "/");
    fs_context_release(&jail);
}

static void a_path_is_spelled(void **state)
{
    char text[64];

    (void)state;
    assert_int_equal(make_directory("one"), 0);
    assert_int_equal(make_directory("one/two"), 0);
    enter_directory(&root, "one/two");
    assert_int_equal(vfs_path_text(&root, &root.current, text, sizeof(text)), 0);
    assert_string_equal(text, "/t/one/two");
    assert_int_equal(vfs_path_text(&root, &root.current, text, 11), 0);
    assert_int_equal(vfs_path_text(&root, &root.current, text, 10), -ERANGE);
    assert_int_equal(rename_("/t/one", "/t/a-much-longer-name-than-would-fit-into-the-place"), 0);
    assert_int_equal(vfs_path_text(&root, &root.current, text, sizeof(text)), 0);
    assert_string_equal(text, "/t/a-much-longer-name-than-would-fit-into-the-place/two");
    assert_int_equal(look("../two"), 0);
    assert_int_equal(rmdir_("../two"), 0);
    assert_int_equal(vfs_path_text(&root, &root.current, text, sizeof(text)), -ENOENT);
    assert_int_equal(look("."), 0);
    assert_int_equal(look("x"), -ENOENT);
    assert_int_equal(make_file("x"), -ENOENT);
    assert_int_equal(make_directory("x"), -ENOENT);
    assert_int_equal(make_file("/t/f"), 0);
    assert_int_equal(rename_("/t/f", "x"), -ENOENT);
    assert_int_equal(link_("/t/f", "x"), -ENOENT);
    enter_directory(&root, "/t");
}

/* ---- names come and go ----------------------------------------------------------------------- */

static void making_says_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(make_directory("d"), -EEXIST);
    assert_int_equal(make_directory("d/"), -EEXIST);
    assert_int_equal(make_directory("."), -EEXIST);
    assert_int_equal(make_directory(".."), -EEXIST);
    assert_int_equal(make_directory("/"), -EEXIST);
    assert_int_equal(make_directory("x/y"), -ENOENT);
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(make_directory("f/y"), -ENOTDIR);
    assert_int_equal(make_link("l/", "x"), -ENOENT);
    assert_int_equal(make(&root, "fifo/", S_IFIFO | 0666), -ENOENT);
    assert_int_equal(try_open(&root, "f/", O_RDONLY), -ENOTDIR);
    assert_int_equal(try_open(&root, "new/", O_CREAT | O_WRONLY), -EISDIR);
    assert_int_equal(try_open(&root, "d", O_CREAT | O_WRONLY), -EISDIR);
    assert_int_equal(try_open(&root, "d", O_CREAT), -EISDIR);
    assert_int_equal(try_open(&root, ".", O_CREAT | O_WRONLY), -EISDIR);
    assert_int_equal(try_open(&root, "d", O_WRONLY), -EISDIR);
    assert_int_equal(try_open(&root, "d", O_RDONLY), 0);
    assert_int_equal(try_open(&root, "f", O_RDONLY | O_DIRECTORY), -ENOTDIR);
    assert_int_equal(try_open(&root, "f", O_CREAT | O_EXCL), -EEXIST);
    assert_int_equal(try_open(&root, "f", O_ACCMODE), -EINVAL);
    assert_int_equal(try_open(&root, "f", O_CREAT), 0);
    assert_int_equal(stat_of("d").mode, S_IFDIR | 0755);
    assert_int_equal(stat_of("f").mode, S_IFREG | 0644);
}

static void directories_count_their_links(void **state)
{
    (void)state;
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(stat_of("d").links, 2);
    assert_int_equal(make_directory("d/e"), 0);
    assert_int_equal(make_directory("g"), 0);
    assert_int_equal(stat_of("d").links, 3);
    assert_int_equal(rename_("d/e", "g/e"), 0);
    assert_int_equal(stat_of("d").links, 2);
    assert_int_equal(stat_of("g").links, 3);
    assert_int_equal(stat_of("g/e/..").inode, stat_of("g").inode);
    assert_int_equal(rmdir_("g/e"), 0);
    assert_int_equal(stat_of("g").links, 2);
}

static void taking_away_says_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(make_directory("d/e"), 0);
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(rmdir_("d"), -ENOTEMPTY);
    assert_int_equal(unlink_("d"), -EISDIR);
    assert_int_equal(rmdir_("f"), -ENOTDIR);
    assert_int_equal(rmdir_("f/"), -ENOTDIR);
    assert_int_equal(unlink_("f/"), -ENOTDIR);
    assert_int_equal(unlink_("x"), -ENOENT);
    assert_int_equal(rmdir_("x"), -ENOENT);
    assert_int_equal(rmdir_("."), -EINVAL);
    assert_int_equal(rmdir_("d/e/.."), -ENOTEMPTY);
    assert_int_equal(rmdir_("/"), -EBUSY);
    assert_int_equal(unlink_("."), -EISDIR);
    assert_int_equal(rmdir_("d/e/"), 0);
    assert_int_equal(rmdir_("d"), 0);
    assert_int_equal(unlink_("f"), 0);
    assert_string_equal(list("."), ". .. ");
}

static void a_file_without_a_name_lives_while_it_is_open(void **state)
{
    struct file *file;
    char text[8] = "";

    (void)state;
    assert_int_equal(open_as(&root, "f", O_CREAT | O_RDWR, &file), 0);
    assert_int_equal(write_text(file, "here"), 4);
    assert_int_equal(unlink_("f"), 0);
    assert_int_equal(look("f"), -ENOENT);
    assert_int_equal(file->inode->links, 0);
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(stat_of("f").size, 0);
    assert_int_equal(file_seek(file, 0, SEEK_SET), 0);
    assert_int_equal(read_some(file, text, 8), 4);
    assert_string_equal(text, "here");
    file_put(file);
    assert_int_equal(look("f"), 0);
}

static void two_names_are_one_file(void **state)
{
    (void)state;
    assert_int_equal(make_file("a"), 0);
    assert_int_equal(link_("a", "b"), 0);
    assert_int_equal(stat_of("b").links, 2);
    assert_int_equal(stat_of("b").inode, stat_of("a").inode);
    assert_int_equal(link_("a", "b"), -EEXIST);
    assert_int_equal(link_("a", "c/"), -ENOENT);
    assert_int_equal(link_("x", "y"), -ENOENT);
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(link_("d", "e"), -EPERM);
    assert_int_equal(link_("a", "/elsewhere"), -EXDEV);
    assert_int_equal(rename_("a", "b"), 0); /* nothing happens */
    assert_int_equal(stat_of("a").links, 2);
    assert_int_equal(unlink_("a"), 0);
    assert_int_equal(stat_of("b").links, 1);
}

static void renaming_follows_the_rules(void **state)
{
    (void)state;
    assert_int_equal(make_directory("d"), 0);
    assert_int_equal(make_directory("d/e"), 0);
    assert_int_equal(make_directory("empty"), 0);
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(make_file("g"), 0);
    uint64_t f = stat_of("f").inode, d = stat_of("d").inode;
    assert_int_equal(rename_("d", "d/e/x"), -EINVAL);
    assert_int_equal(rename_("d", "d/x"), -EINVAL);
    assert_int_equal(rename_("d/e", "d"), -ENOTEMPTY);
    assert_int_equal(rename_("d", "d"), 0);
    assert_int_equal(rename_("f", "d"), -EISDIR);
    assert_int_equal(rename_("d", "f"), -ENOTDIR);
    assert_int_equal(rename_("empty", "d"), -ENOTEMPTY);
    assert_int_equal(rename_("x", "y"), -ENOENT);
    assert_int_equal(rename_("f", "x/"), -ENOTDIR);
    assert_int_equal(rename_("f/", "x"), -ENOTDIR);
    assert_int_equal(rename_("f", "/x"), -EXDEV);
    assert_int_equal(rename_(".", "x"), -EBUSY);
    assert_int_equal(rename_("f", ".."), -EBUSY);
    assert_int_equal(rename_("f", "g"), 0);
    assert_int_equal(look("f"), -ENOENT);
    assert_int_equal(stat_of("g").inode, f);
    assert_int_equal(rename_("d", "empty"), 0);
    assert_int_equal(stat_of("empty").inode, d);
    assert_int_equal(look("empty/e"), 0);
    assert_int_equal(rename_("empty/", "new/"), 0);
    assert_int_equal(rename_("g", "new/e/g"), 0);
    assert_string_equal(list("."), ". .. new ");
    assert_string_equal(list("new/e"), ". .. g ");
}

/* What the cache of names says is what the file system says, whatever was changed. */
static void names_change_at_random(void **state)
{
    static const char *const names[] = {
        "a", "b", "a/a", "a/b", "b/a", "b/b", "a/a/a", "a/b/a", "b/a/b", "a/b/b/a",
        "a-name-that-is-too-long-to-lie-in-the-dentry-itself",
    };
    uint32_t seed = 1;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        const char *from = names[(seed >> 8) % 11], *to = names[(seed >> 16) % 11];

        switch (seed >> 24 & 7) {
        case 0: (void)make_directory(from); break;
        case 1: (void)make_file(from); break;
        case 2: (void)unlink_(from); break;
        case 3: (void)rmdir_(from); break;
        case 4:
        case 5: (void)rename_(from, to); break;
        case 6: (void)link_(from, to); break;
        default:
            for (unsigned n = 0; n < 11; n++) {
                int cached = look(names[n]);

                if (n % 3 == 0)
                    (void)names_reclaim(1 + seed % 7);
                if (n % 5 == 0)
                    (void)inodes_reclaim(2);
                assert_int_equal(look(names[n]), cached);
            }
        }
    }
}

static void a_directory_is_listed_in_pieces(void **state)
{
    char name[32];

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        snprintf(name, sizeof(name), "file%u", i);
        assert_int_equal(make_file(name), 0);
    }
    assert_int_equal(unlink_("file3"), 0);
    char whole[1024];
    strcpy(whole, list("."));
    assert_string_equal(whole, ". .. file0 file1 file2 file4 file5 file6 file7 file8 file9 file10 "
                               "file11 file12 file13 file14 file15 file16 file17 file18 file19 ");
    assert_string_equal(list_at(".", 32), whole);
    assert_string_equal(list_at(".", 100), whole);

    struct file *file;
    char little[16];
    struct io io = io_of_kernel(little, sizeof(little));
    struct directory_room room = {.io = &io};
    assert_int_equal(open_as(&root, ".", O_RDONLY, &file), 0);
    assert_int_equal(file_read_directory(file, &room), -EINVAL);
    assert_int_equal(read_some(file, little, 4), -EISDIR);
    file_put(file);
    assert_int_equal(open_as(&root, "file1", O_RDONLY, &file), 0);
    assert_int_equal(file_read_directory(file, &room), -ENOTDIR);
    file_put(file);
}

/* ---- rights ---------------------------------------------------------------------------------- */

static void rights_are_kept(void **state)
{
    (void)state;
    assert_int_equal(set(&root, "/t", (struct attributes){ATTRIBUTE_MODE, .mode = 0755}), 0);
    assert_int_equal(make(&user, "d", S_IFDIR | 0755), -EACCES);
    assert_int_equal(try_open(&user, "f", O_CREAT | O_WRONLY), -EACCES);
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(try_open(&user, "f", O_RDONLY), 0);
    assert_int_equal(try_open(&user, "f", O_WRONLY), -EACCES);
    assert_int_equal(try_open(&user, "f", O_RDONLY | O_TRUNC), -EACCES);
    assert_int_equal(vfs_unlink(&user, NULL, "f", 0), -EACCES);
    assert_int_equal(vfs_rename(&user, NULL, "f", NULL, "g"), -EACCES);
    assert_int_equal(vfs_link(&user, NULL, "f", NULL, "g", 0), -EACCES);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_MODE, .mode = 0777}), -EPERM);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_UID, .uid = 1000}), -EPERM);
    assert_int_equal(set(&user, "f", (struct attributes){.set = ATTRIBUTE_MODIFIED}), -EPERM);
    assert_int_equal(
        set(&user, "f", (struct attributes){.set = ATTRIBUTE_MODIFIED | ATTRIBUTE_NOW}), -EACCES);
    assert_int_equal(set(&root, "f", (struct attributes){ATTRIBUTE_UID | ATTRIBUTE_GID, .uid = 1000,
                                                         .gid = 5}), 0);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_MODE, .mode = 0400}), 0);
    assert_int_equal(try_open(&user, "f", O_RDWR), -EACCES);
    assert_int_equal(try_open(&root, "f", O_RDWR), 0);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_UID, .uid = 0}), -EPERM);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_GID, .gid = 7}), -EPERM);
    assert_int_equal(set(&user, "f", (struct attributes){ATTRIBUTE_GID, .gid = 1000}), 0);
    struct abi_stat stat = stat_of("f");
    assert_int_equal(stat.mode, S_IFREG | 0400);
    assert_int_equal(stat.gid, 1000);
    assert_int_equal(make_directory("closed"), 0);
    assert_int_equal(make_file("closed/f"), 0);
    assert_int_equal(set(&root, "closed", (struct attributes){ATTRIBUTE_MODE, .mode = 0700}), 0);
    assert_int_equal(stat_as(&user, "closed/f", &stat), -EACCES);
    assert_int_equal(stat_as(&user, "closed/x", &stat), -EACCES);
    assert_int_equal(stat_as(&user, "closed", &stat), 0);
}

static void a_sticky_directory_keeps_others_out(void **state)
{
    struct fs_context other;

    (void)state;
    assert_int_equal(fs_context_copy(&other, &user), 0);
    other.uid = other.gid = 2000;
    assert_int_equal(try_open(&user, "mine", O_CREAT | O_WRONLY), 0); /* /t is 1777 */
    assert_int_equal(vfs_unlink(&other, NULL, "mine", 0), -EPERM);
    assert_int_equal(vfs_rename(&other, NULL, "mine", NULL, "his"), -EPERM);
    assert_int_equal(try_open(&other, "his", O_CREAT | O_WRONLY), 0);
    assert_int_equal(vfs_rename(&other, NULL, "his", NULL, "mine"), -EPERM);
    assert_int_equal(vfs_rename(&user, NULL, "mine", NULL, "still-mine"), 0);
    assert_int_equal(vfs_unlink(&user, NULL, "still-mine", 0), 0);
    fs_context_release(&other);
}

static void set_id_bits_go_with_a_change(void **state)
{
    struct file *file;

    (void)state;
    assert_int_equal(open_as(&root, "f", O_CREAT | O_WRONLY, &file), 0);
    assert_int_equal(set(&root, "f", (struct attributes){ATTRIBUTE_MODE, .mode = 06755}), 0);
    assert_int_equal(stat_of("f").mode, S_IFREG | 06755);
    assert_int_equal(write_text(file, "x"), 1);
    assert_int_equal(stat_of("f").mode, S_IFREG | 0755);
    file_put(file);
    assert_int_equal(make(&root, "d", S_IFDIR | 02777), 0);
    assert_int_equal(set(&root, "d", (struct attributes){ATTRIBUTE_GID, .gid = 42}), 0);
    assert_int_equal(make_file("d/f"), 0);
    assert_int_equal(stat_of("d/f").gid, 42);
    assert_int_equal(make_directory("d/e"), 0);
    assert_int_equal(stat_of("d/e").mode, S_IFDIR | 02755);
}

/* ---- mounts ---------------------------------------------------------------------------------- */

static void a_mount_covers_a_directory(void **state)
{
    struct mount_info info;
    struct file *file;
    char text[64];

    (void)state;
    assert_int_equal(make_directory("m"), 0);
    assert_int_equal(make_file("m/below"), 0);
    assert_int_equal(vfs_mount(&user, "none", "m", "tmpfs", 0), -EPERM);
    assert_int_equal(vfs_mount(&root, "none", "m", "unknown", 0), -ENODEV);
    assert_int_equal(vfs_mount(&root, "none", "m/below", "tmpfs", 0), -ENOTDIR);
    assert_int_equal(vfs_mount(&root, "word", "m", "tmpfs", MS_NOSUID), 0);
    assert_int_equal(look("m/below"), -ENOENT);
    assert_int_equal(make_file("m/above"), 0);
    assert_int_equal(vfs_mount_info(2, &info), 0);
    assert_string_equal(info.target, "/t/m");
    assert_string_equal(info.source, "word");
    assert_string_equal(info.type, "tmpfs");
    assert_int_equal(info.flags, MS_NOSUID);
    assert_int_equal(vfs_mount_info(3, &info), -ENOENT);
    assert_int_not_equal(stat_of("m").device, stat_of(".").device);
    assert_int_equal(stat_of("m/..").inode, stat_of(".").inode);
    assert_int_equal(stat_of("m/..").device, stat_of(".").device);
    assert_int_equal(rename_("m/above", "above"), -EXDEV);
    assert_int_equal(rmdir_("m"), -EBUSY);
    assert_int_equal(rename_("m", "n"), -EBUSY);
    assert_int_equal(vfs_unmount(&root, "/t", 0), -EBUSY);
    assert_int_equal(vfs_unmount(&user, "m", 0), -EPERM);
    assert_int_equal(vfs_unmount(&root, ".", MNT_DETACH), -EBUSY); /* m is on it */
    assert_int_equal(open_as(&root, "m/above", O_RDWR, &file), 0);
    assert_int_equal(vfs_unmount(&root, "m", 0), -EBUSY);
    assert_int_equal(vfs_path_text(&root, &file->path, text, sizeof(text)), 0);
    assert_string_equal(text, "/t/m/above");
    assert_int_equal(vfs_mount(&root, "none", "m", "tmpfs", 0), 0); /* over it */
    assert_int_equal(look("m/above"), -ENOENT);
    assert_int_equal(vfs_unmount(&root, "m", 0), 0);
    assert_int_equal(look("m/above"), 0);
    assert_int_equal(vfs_unmount(&root, "m", MNT_DETACH), 0);
    assert_int_equal(look("m/below"), 0);
    assert_int_equal(write_text(file, "still there"), 11);
    file_put(file); /* and with it all of that file system */
    assert_int_equal(vfs_unmount(&root, "m", 0), -EINVAL);
    assert_int_equal(vfs_unmount(&root, "/", 0), -EBUSY);
}

static void a_mount_can_be_read_only(void **state)
{
    (void)state;
    assert_int_equal(make_file("f"), 0);
    assert_int_equal(vfs_mount(&root, "none", "/t", "tmpfs", MS_REMOUNT | MS_RDONLY), 0);
    assert_int_equal(make_file("g"), -EROFS);
    assert_int_equal(try_open(&root, "f", O_RDWR), -EROFS);
    assert_int_equal(try_open(&root, "f", O_RDONLY | O_TRUNC), -EROFS);
    assert_int_equal(try_open(&root, "f", O_RDONLY), 0);
    assert_int_equal(try_open(&root, "f", O_RDONLY | O_CREAT), 0);
    assert_int_equal(unlink_("f"), -EROFS);
    assert_int_equal(rename_("f", "g"), -EROFS);
    assert_int_equal(link_("f", "g"), -EROFS);
    assert_int_equal(set(&root, "f", (struct attributes){ATTRIBUTE_MODE, .mode = 0}), -EROFS);
    assert_int_equal(vfs_mount(&root, "none", "/t", "tmpfs", MS_REMOUNT), 0);
    assert_int_equal(unlink_("f"), 0);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void what_is_written_is_read(void **state)
{
    static char big[20000], back[20000];
    struct file *file, *second;
    uint64_t position = 100;

    (void)state;
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)(i * 7 % 251);
    assert_int_equal(open_as(&root, "f", O_CREAT | O_RDWR, &file), 0);
    struct io io = io_of_kernel(big, sizeof(big));
    assert_int_equal(file_write(file, &io, &position), sizeof(big));
    assert_int_equal(file->position, 0);
    assert_int_equal(stat_of("f").size, sizeof(big) + 100);
    assert_int_equal(read_some(file, back, 100), 100);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(back[i], 0);
    assert_int_equal(read_some(file, back, sizeof(back)), sizeof(big));
    assert_memory_equal(back, big, sizeof(big));
    assert_int_equal(read_some(file, back, 1), 0);
    assert_int_equal(file_seek(file, -5, SEEK_END), sizeof(big) + 95);
    assert_int_equal(read_some(file, back, 10), 5);
    assert_int_equal(file_seek(file, -1, SEEK_SET), -EINVAL);
    assert_int_equal(file_seek(file, 0, 3), -EINVAL);
    assert_int_equal(file_seek(file, INT64_MAX, SEEK_CUR), -EOVERFLOW);
    assert_int_equal(file_seek(file, 1000000, SEEK_SET), 1000000);
    assert_int_equal(read_some(file, back, 10), 0);
    assert_int_equal(write_text(file, "end"), 3);
    assert_int_equal(stat_of("f").size, 1000003);
    assert_true(stat_of("f").sectors <= 8 * 7);
    assert_int_equal(open_as(&root, "f", O_WRONLY | O_APPEND, &second), 0);
    assert_int_equal(write_text(second, "more"), 4);
    assert_int_equal(stat_of("f").size, 1000007);
    assert_int_equal(read_some(second, back, 1), -EBADF);
    file_put(second);
    assert_int_equal(file_truncate(file, 50), 0);
    assert_int_equal(file_truncate(file, 5000), 0);
    assert_int_equal(file_seek(file, 0, SEEK_SET), 0);
    assert_int_equal(read_some(file, back, sizeof(back)), 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(back[i], 0);
    file_put(file);
    assert_int_equal(open_as(&root, "f", O_RDONLY | O_TRUNC, &file), 0);
    assert_int_equal(write_text(file, "x"), -EBADF);
    assert_int_equal(file_truncate(file, 0), -EINVAL);
    assert_int_equal(stat_of("f").size, 0);
    file_put(file);
}

static void bad_addresses_move_nothing(void **state)
{
    struct file *file;
    struct io io = io_of_user((struct user){8}, 100);

    (void)state;
    assert_int_equal(open_as(&root, "f", O_CREAT | O_RDWR, &file), 0);
    assert_int_equal(file_write(file, &io, NULL), -EFAULT);
    assert_int_equal(stat_of("f").size, 0);
    assert_int_equal(file->position, 0);
    assert_int_equal(write_text(file, "text"), 4);
    assert_int_equal(file_seek(file, 0, SEEK_SET), 0);
    assert_int_equal(file_read(file, &io, NULL), -EFAULT);
    assert_int_equal(file->position, 0);
    file_put(file);
}

static void a_full_tmpfs_says_so(void **state)
{
    static char page[4096];
    struct file *file;
    unsigned written = 0;
    int64_t result;

    (void)state;
    assert_int_equal(open_as(&root, "f", O_CREAT | O_RDWR, &file), 0);
    for (;;) {
        struct io io = io_of_kernel(page, sizeof(page));

        result = file_write(file, &io, NULL);
        if (result < 0)
            break;
        written++;
    }
    assert_int_equal(result, -ENOSPC);
    assert_int_equal(written, 32); /* half of the fake memory's 64 */
    uint64_t position = 0;
    struct io again = io_of_kernel(page, sizeof(page));
    assert_int_equal(file_write(file, &again, &position), sizeof(page));
    assert_int_equal(file_truncate(file, 4096), 0);
    assert_int_equal(file_seek(file, 0, SEEK_END), 4096);
    assert_int_equal(write_text(file, "x"), 1);
    file_put(file);
    assert_int_equal(unlink_("f"), 0);
    assert_int_equal(try_open(&root, "g", O_CREAT | O_WRONLY), 0);
}

/* ---- pipes ----------------------------------------------------------------------------------- */

static void a_pipe_carries_bytes(void **state)
{
    static char big[PIPE_BYTES + 100], back[PIPE_BYTES + 100];
    struct file *ends[2];

    (void)state;
    assert_int_equal(pipe_create(O_NONBLOCK, &ends[0], &ends[1]), 0);
    assert_int_equal(read_some(ends[0], back, 1), -EAGAIN);
    assert_int_equal(write_text(ends[1], "hello"), 5);
    assert_int_equal(file_poll(ends[0], NULL), POLLIN);
    assert_int_equal(file_poll(ends[1], NULL), POLLOUT);
    assert_int_equal(read_some(ends[0], back, 3), 3);
    assert_int_equal(read_some(ends[0], back + 3, 9), 2);
    assert_memory_equal(back, "hello", 5);
    assert_int_equal(write_text(ends[0], "x"), -EBADF);
    assert_int_equal(read_some(ends[1], back, 1), -EBADF);
    assert_int_equal(file_seek(ends[0], 0, SEEK_SET), -ESPIPE);
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)(i % 253);
    struct io io = io_of_kernel(big, sizeof(big));
    assert_int_equal(file_write(ends[1], &io, NULL), PIPE_BYTES);
    assert_int_equal(file_poll(ends[1], NULL), 0);
    assert_int_equal(write_text(ends[1], "x"), -EAGAIN);
    assert_int_equal(read_some(ends[0], back, 1000), 1000);
    struct io whole = io_of_kernel(big, PIPE_BUF);
    assert_int_equal(file_write(ends[1], &whole, NULL), -EAGAIN); /* in one piece or not at all */
    assert_int_equal(read_some(ends[0], back + 1000, sizeof(back)), PIPE_BYTES - 1000);
    assert_memory_equal(back, big, PIPE_BYTES);
    assert_int_equal(write_text(ends[1], "last"), 4);
    file_put(ends[1]);
    assert_int_equal(file_poll(ends[0], NULL), POLLIN | POLLHUP);
    assert_int_equal(read_some(ends[0], back, 10), 4);
    assert_int_equal(read_some(ends[0], back, 10), 0);
    file_put(ends[0]);
    assert_int_equal(pipe_create(0, &ends[0], &ends[1]), 0);
    file_put(ends[0]);
    assert_int_equal(file_poll(ends[1], NULL), POLLOUT | POLLERR);
    assert_int_equal(write_text(ends[1], "x"), -EPIPE);
    file_put(ends[1]);
}

static int interrupt(struct wait_queue *queue)
{
    (void)queue;
    return -EINTR;
}

static struct file *other_end;
static char got[200000];
static size_t got_bytes;

static int read_other(struct wait_queue *queue)
{
    (void)queue;
    int64_t now = read_some(other_end, got + got_bytes, 3000);

    got_bytes += now > 0 ? (size_t)now : 0;
    return now > 0 ? 0 : -EINTR;
}

static void a_writer_waits_for_room(void **state)
{
    static char big[200000];
    struct file *ends[2];

    (void)state;
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)(i % 241);
    assert_int_equal(pipe_create(0, &ends[0], &ends[1]), 0);
    other_end = ends[0];
    got_bytes = 0;
    fake_wait = read_other;
    struct io io = io_of_kernel(big, sizeof(big));
    assert_int_equal(file_write(ends[1], &io, NULL), sizeof(big));
    while (got_bytes < sizeof(big))
        assert_int_equal(read_other(NULL), 0);
    assert_memory_equal(got, big, sizeof(big));
    fake_wait = interrupt;
    assert_int_equal(read_some(ends[0], got, 1), -EINTR);
    file_put(ends[0]);
    file_put(ends[1]);
}

static void a_fifo_brings_two_together(void **state)
{
    struct file *reader, *writer;
    char text[8];

    (void)state;
    assert_int_equal(make(&root, "p", S_IFIFO | 0666), 0);
    assert_int_equal(try_open(&root, "p", O_WRONLY | O_NONBLOCK), -ENXIO);
    fake_wait = interrupt;
    assert_int_equal(try_open(&root, "p", O_WRONLY), -EINTR);
    assert_int_equal(try_open(&root, "p", O_RDONLY), -EINTR);
    fake_wait = NULL;
    assert_int_equal(open_as(&root, "p", O_RDONLY | O_NONBLOCK, &reader), 0);
    assert_int_equal(read_some(reader, text, 1), 0);
    assert_int_equal(open_as(&root, "p", O_WRONLY, &writer), 0);
    assert_int_equal(read_some(reader, text, 1), -EAGAIN);
    assert_int_equal(write_text(writer, "x"), 1);
    assert_int_equal(unlink_("p"), 0);
    assert_int_equal(read_some(reader, text, 8), 1);
    file_put(reader);
    file_put(writer);
    assert_int_equal(make(&root, "p", S_IFIFO | 0666), 0);
    assert_int_equal(open_as(&root, "p", O_RDWR, &writer), 0);
    assert_int_equal(write_text(writer, "y"), 1);
    assert_int_equal(read_some(writer, text, 8), 1);
    file_put(writer);
}

/* ---- devices --------------------------------------------------------------------------------- */

static int64_t read_device(struct file *file, struct io *io, uint64_t *position)
{
    (void)position;
    int error = io_put(io, file->private, 1);

    return error ? error : 1;
}

static void devices_appear_in_dev(void **state)
{
    static const struct file_operations operations = {.read = read_device};
    struct file *file;
    char c;

    (void)state;
    assert_int_equal(make_directory("dev"), 0);
    assert_int_equal(vfs_mount(&root, "none", "dev", "devfs", 0), 0);
    assert_string_equal(list("dev"), ". .. ");
    assert_int_equal(look("dev/one"), -ENOENT);
    assert_int_equal(device_register(DEVICE(5, 1), "one", S_IFCHR | 0600, &operations, "1"), 0);
    assert_int_equal(device_register(DEVICE(5, 1), "two", S_IFCHR, &operations, "2"), -EEXIST);
    assert_int_equal(device_register(DEVICE(5, 2), "one", S_IFCHR, &operations, "2"), -EEXIST);
    assert_int_equal(device_register(DEVICE(5, 2), "pts/0", S_IFCHR | 0622, &operations, "2"), 0);
    assert_int_equal(device_register(DEVICE(5, 3), "pts/1", S_IFCHR | 0622, &operations, "3"), 0);
    assert_int_equal(device_link("link", "pts/1"), 0);
    assert_string_equal(list("dev"), ". .. one pts link ");
    assert_string_equal(list("dev/pts"), ". .. 0 1 ");
    assert_int_equal(stat_of("dev/one").mode, S_IFCHR | 0600);
    assert_int_equal(stat_of("dev/link").special_device, DEVICE(5, 3));
    assert_int_equal(try_open(&user, "dev/one", O_RDONLY), -EACCES);
    assert_int_equal(set(&root, "dev/one", (struct attributes){ATTRIBUTE_UID, .uid = 1000}), 0);
    assert_int_equal(open_as(&user, "dev/one", O_RDONLY, &file), 0);
    assert_int_equal(read_some(file, &c, 1), 1);
    assert_int_equal(c, '1');
    assert_int_equal(write_text(file, "x"), -EBADF);
    assert_int_equal(file_seek(file, 0, SEEK_SET), -ESPIPE);
    file_put(file);
    assert_int_equal(unlink_("dev/one"), -EPERM);
    assert_int_equal(make_file("dev/new"), -EPERM);
    const struct inode_seed node = {.mode = S_IFCHR | 0666, .special_device = DEVICE(5, 2)};
    assert_int_equal(vfs_make(&root, NULL, "node", &node), 0);
    assert_int_equal(open_as(&root, "node", O_RDONLY, &file), 0);
    assert_int_equal(read_some(file, &c, 1), 1);
    assert_int_equal(c, '2');
    device_unregister(DEVICE(5, 1));
    device_unregister(DEVICE(5, 2));
    device_unregister(DEVICE(5, 3));
    assert_int_equal(look("dev/one"), -ENOENT);
    assert_string_equal(list("dev/pts"), ". .. ");
    assert_int_equal(try_open(&root, "node", O_RDONLY), -ENXIO);
    file_put(file);
    assert_int_equal(vfs_unmount(&root, "dev", 0), 0);
    pieces_before += 2; /* the entries of the directory and of the link stay */
}

/* ---- polling --------------------------------------------------------------------------------- */

static void polling_is_told(void **state)
{
    struct file *ends[2];
    struct poller poller;

    (void)state;
    assert_int_equal(pipe_create(0, &ends[0], &ends[1]), 0);
    poller_init(&poller);
    assert_int_equal(file_poll(ends[0], &poller), 0);
    assert_int_equal(file_poll(ends[1], &poller), POLLOUT);
    assert_int_equal(poller_wait(&poller, 5), -ETIMEDOUT);
    assert_int_equal(write_text(ends[1], "x"), 1);
    assert_int_equal(poller_wait(&poller, 5), 0);
    assert_int_equal(file_poll(ends[0], NULL), POLLIN);
    assert_int_equal(poller_wait(&poller, 5), -ETIMEDOUT);
    poller_release(&poller);
    file_put(ends[0]);
    file_put(ends[1]);
}

/* ---- without memory -------------------------------------------------------------------------- */

/* Everything once; the first error. */
static int do_everything(void)
{
    static const char *const long_name = "a-name-that-is-too-long-to-lie-in-the-dentry-itself";
    struct file *file, *ends[2];
    int error = make_directory("d");

    if (!error)
        error = make_link("d/l", "f");
    if (!error)
        error = open_as(&root, "d/l", O_CREAT | O_RDWR, &file);
    if (!error) {
        int64_t written = write_text(file, "text");

        error = written < 0 ? (int)written : 0;
        file_put(file);
    }
    if (!error)
        error = link_("d/f", long_name);
    if (!error)
        error = rename_(long_name, "d/another-name-that-is-too-long-to-lie-in-the-dentry");
    if (!error)
        error = vfs_mount(&root, "x", "d", "tmpfs", 0);
    if (!error)
        error = vfs_unmount(&root, "d", 0);
    if (!error)
        error = pipe_create(0, &ends[0], &ends[1]);
    if (!error) {
        int64_t written = write_text(ends[1], "text");

        error = written < 0 ? (int)written : 0;
        file_put(ends[0]);
        file_put(ends[1]);
    }
    return error;
}

static void undo_everything(void)
{
    static const char *const files[] = {"d/l", "d/f",
                                        "a-name-that-is-too-long-to-lie-in-the-dentry-itself",
                                        "d/another-name-that-is-too-long-to-lie-in-the-dentry"};

    for (unsigned i = 0; i < 4; i++)
        (void)unlink_(files[i]);
    (void)rmdir_("d");
    assert_string_equal(list("."), ". .. ");
}

static void each_allocation_may_fail(void **state)
{
    unsigned k = 0, failed = 0;

    (void)state;
    for (bool done = false; !done; k++) {
        (void)names_reclaim(1000);
        (void)inodes_reclaim(1000);
        memory_fail_in = k + 1;
        int error = do_everything();
        done = memory_fail_in != 0;
        memory_fail_in = 0;
        assert_true(error == (done ? 0 : -ENOMEM));
        failed += error != 0;
        undo_everything();
    }
    assert_in_range(failed, 25, 100);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(paths_lead_where_they_say),
        TEST(names_have_a_longest),
        TEST(links_are_followed),
        TEST(a_link_stands_for_itself_where_it_should),
        TEST(a_root_of_ones_own_is_not_left),
        TEST(a_path_is_spelled),
        TEST(making_says_what_is_wrong),
        TEST(directories_count_their_links),
        TEST(taking_away_says_what_is_wrong),
        TEST(a_file_without_a_name_lives_while_it_is_open),
        TEST(two_names_are_one_file),
        TEST(renaming_follows_the_rules),
        TEST(names_change_at_random),
        TEST(a_directory_is_listed_in_pieces),
        TEST(rights_are_kept),
        TEST(a_sticky_directory_keeps_others_out),
        TEST(set_id_bits_go_with_a_change),
        TEST(a_mount_covers_a_directory),
        TEST(a_mount_can_be_read_only),
        TEST(what_is_written_is_read),
        TEST(bad_addresses_move_nothing),
        TEST(a_full_tmpfs_says_so),
        TEST(a_pipe_carries_bytes),
        TEST(a_writer_waits_for_room),
        TEST(a_fifo_brings_two_together),
        TEST(devices_appear_in_dev),
        TEST(polling_is_told),
        TEST(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, set_up_all, NULL);
}
