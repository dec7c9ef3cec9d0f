/* A tree of files, names in order, without a limit to its depth but memory. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/tool.h"

struct walk {
    unsigned how;
    dev_t device;
    int (*visitor)(struct visit *visit, void *data);
    void *data;
};

static int go(const struct walk *walk, const char *path, int depth);

static int go_below(const struct walk *walk, const char *path, int depth)
{
    struct list names = {0};
    int status = read_directory(path, &names) ? failed("%s", path) : 0;

    for (size_t i = 0; i < names.count; i++) {
        char *below = path_join(path, names.at[i]);

        status |= go(walk, below, depth + 1);
        free(below);
    }
    list_free(&names);
    return status;
}

static int look(const struct walk *walk, const char *path, int depth, struct stat *about)
{
    bool follow = walk->how & WALK_FOLLOW || (walk->how & WALK_FOLLOW_NAMED && depth == 0);

    if (follow && stat(path, about) == 0)
        return 0;
    return lstat(path, about);
}

static int go(const struct walk *walk, const char *path, int depth)
{
    struct stat about;
    struct visit visit = {.path = path, .about = &about, .depth = depth};

    if (look(walk, path, depth, &about))
        return failed("%s", path);
    int status = walk->visitor(&visit, walk->data) != 0;

    if (!S_ISDIR(about.st_mode))
        return status;
    if (!visit.skip && !(walk->how & WALK_ONE_DEVICE && about.st_dev != walk->device))
        status |= go_below(walk, path, depth);
    visit.after = true;
    return (walk->visitor(&visit, walk->data) != 0) | status;
}

int walk_tree(const char *path, unsigned how, int (*visitor)(struct visit *visit, void *data), void *data)
{
    struct walk walk = {.how = how, .visitor = visitor, .data = data};
    struct stat about;

    if (look(&walk, path, 0, &about))
        return failed("%s", path);
    walk.device = about.st_dev;
    return go(&walk, path, 0);
}
