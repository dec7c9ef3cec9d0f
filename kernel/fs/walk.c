/*
 * Path walking. Through what is cached it runs under names_lock and counts nothing; for a name that
 * is not, and for a symbolic link, it takes references, gives the lock back, asks the file system,
 * and goes on. Locks: names_lock, and a directory's inode->lock while its file system is asked.
 */
#include "kernel/core/memory/heap.h"
#include "kernel/fs/names.h"
#include "lib/errno.h"
#include "lib/string.h"

/* Why `run` stopped, beside 0 and errors. */
#define STOP_MISSING 1 /* walk->name is not in the cache */
#define STOP_LINK    2 /* it is a symbolic link */

static const struct path nowhere;

/* ---- names ----------------------------------------------------------------------------------- */

/* The next name with its hash, and what is behind it. Empty: there is none. */
static void next_name(struct walk *walk)
{
    struct text rest = walk->rest;
    uint32_t hash = 0;
    size_t end = 0;

    while (rest.size > 0 && text_at(rest, 0) == '/')
        rest = text_from(rest, 1);
    for (; end < rest.size; end++) {
        char c = text_at(rest, end);

        if (c == '/')
            break;
        hash = name_hash_on(hash, c);
    }
    walk->name = text_part(rest, 0, end);
    walk->hash = hash;
    walk->rest = text_from(rest, end);
}

static bool only_slashes(struct text rest)
{
    for (size_t i = 0; i < rest.size; i++)
        if (text_at(rest, i) != '/')
            return false;
    return true;
}

static enum walk_last kind_of(struct text name)
{
    if (name.size == 0)
        return WALK_ROOT;
    if (text_at(name, 0) != '.' || name.size > 2)
        return WALK_NAME;
    if (name.size == 1)
        return WALK_DOT;
    return text_at(name, 1) == '.' ? WALK_DOT_DOT : WALK_NAME;
}

/* ---- one name from the file system ----------------------------------------------------------- */

static struct dentry *find_and_get(struct dentry *parent, struct text name, uint32_t hash)
{
    spin_lock(&names_lock);
    struct dentry *dentry = name_find(parent, name, hash);
    if (dentry)
        dentry_get(dentry);
    spin_unlock(&names_lock);
    return dentry;
}

int name_look_up(struct dentry *parent, struct text name, uint32_t hash, struct dentry **found)
{
    struct inode *directory = parent->inode, *inode = NULL;
    struct dentry *dentry = find_and_get(parent, name, hash);
    int error;

    if (!dentry) {
        if (directory->links == 0)
            return -ENOENT; /* it was taken away: what is not there is not worth a dentry */
        error = name_new(name, &dentry);
        if (error)
            return error;
        error = -ENOENT;
        if (directory->operations->lookup)
            error = directory->operations->lookup(directory, name, &inode);
        if (error && error != -ENOENT) {
            name_free(dentry);
            return error;
        }
        spin_lock(&names_lock);
        name_attach(parent, dentry, hash, error ? NULL : inode);
        spin_unlock(&names_lock);
    }
    *found = dentry;
    return 0;
}

/* ---- under names_lock ------------------------------------------------------------------------ */

static bool is_root(const struct walk *walk)
{
    return walk->at.dentry == walk->context->root.dentry
        && walk->at.mount == walk->context->root.mount;
}

static struct path cross(struct path path)
{
    return unlikely(path.dentry->mounts) ? mount_cross(path) : path;
}

static void go_up(struct walk *walk)
{
    struct path *at = &walk->at;

    while (!is_root(walk) && at->dentry == at->mount->root && at->mount->on.dentry)
        *at = at->mount->on;
    if (!is_root(walk)) {
        at->dentry = at->dentry->parent;
        *at = cross(*at);
    }
}

/* What is found is the last one: nothing but slashes behind it. */
static bool must_follow(const struct walk *walk, bool last)
{
    return !last || walk->rest.size > 0 || walk->flags & (LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
}

/* Into the child `name`. */
static int go_down(struct walk *walk, bool last)
{
    struct dentry *child;

    if (walk->name.size > NAME_MAX)
        return -ENAMETOOLONG;
    child = name_find(walk->at.dentry, walk->name, walk->hash);
    if (!child)
        return STOP_MISSING;
    if (!child->inode)
        return -ENOENT;
    if (is_link(child->inode) && must_follow(walk, last))
        return STOP_LINK;
    child->flags |= DENTRY_USED;
    walk->at.dentry = child;
    walk->at = cross(walk->at);
    return 0;
}

/* Names may be looked up here. */
static int check_directory(const struct walk *walk)
{
    const struct inode *inode = walk->at.dentry->inode;

    if (!is_directory(inode))
        return -ENOTDIR;
    return walk->context->uid ? vfs_access(walk->context, inode, X_OK) : 0;
}

/* The end of the path: what is at hand must be what was asked for. */
static int finish(const struct walk *walk)
{
    bool directory = walk->slash || walk->flags & LOOKUP_DIRECTORY;

    return directory && !is_directory(walk->at.dentry->inode) ? -ENOTDIR : 0;
}

static int run(struct walk *walk)
{
    for (;;) {
        int error;
        bool last;

        next_name(walk);
        walk->last = kind_of(walk->name);
        if (walk->last == WALK_ROOT)
            return finish(walk);
        error = check_directory(walk);
        if (error)
            return error;
        last = only_slashes(walk->rest);
        walk->slash = last && walk->rest.size > 0;
        if (last && walk->flags & WALK_PARENT)
            return walk->name.size > NAME_MAX ? -ENAMETOOLONG : 0;
        if (walk->last == WALK_DOT_DOT)
            go_up(walk);
        else if (walk->last == WALK_NAME)
            error = go_down(walk, last);
        if (error)
            return error;
    }
}

/* ---- between, without it --------------------------------------------------------------------- */

/* Gives the lock back; what was borrowed has references now. */
static void keep(struct walk *walk)
{
    struct path before = walk->held;

    walk->held = path_get(walk->at);
    spin_unlock(&names_lock);
    path_put(before);
}

static int ask(struct walk *walk, struct dentry **child)
{
    struct dentry *parent = walk->held.dentry;
    int error;

    mutex_lock(&parent->inode->lock);
    error = name_look_up(parent, walk->name, walk->hash, child);
    mutex_unlock(&parent->inode->lock);
    if (!error && !(*child)->inode) {
        dentry_put(*child);
        error = -ENOENT;
    }
    return error;
}

/* The target, '/', and what was still to go. */
static int read_target(struct inode *link, struct text rest, char *buffer, size_t *size)
{
    struct room room = room_of(buffer, PATH_MAX);
    int error = link->operations->read_link ? link->operations->read_link(link, buffer, PATH_MAX)
                                            : -EINVAL;

    if (error)
        return error;
    *size = strnlen(buffer, PATH_MAX);
    if (*size == 0)
        return -ENOENT;
    if (rest.size > PATH_MAX - *size)
        return -ENAMETOOLONG;
    room_put(room, *size, rest); /* it begins with a slash, or is empty */
    *size += rest.size;
    return 0;
}

/* Go on at the target; names_lock is not held. */
static int follow(struct walk *walk, struct inode *link)
{
    char *buffer;
    size_t size;
    int error;

    if (++walk->links > LINKS_MAX)
        return -ELOOP;
    buffer = alloc(PATH_MAX, 1);
    if (!buffer)
        return -ENOMEM;
    error = read_target(link, walk->rest, buffer, &size);
    if (error) {
        dealloc(buffer, PATH_MAX, 1);
        return error;
    }
    dealloc(walk->buffer, PATH_MAX, 1);
    walk->buffer = buffer;
    walk->rest = text_of(buffer, size);
    return 0;
}

/* names_lock again: where the rest begins. */
static void resume(struct walk *walk)
{
    spin_lock(&names_lock);
    if (walk->rest.size > 0 && text_at(walk->rest, 0) == '/' && walk->last == WALK_ROOT)
        walk->at = walk->context->root;
    else
        walk->at = walk->held;
}

/* A link that leads somewhere by itself: `held` is that place, and the rest begins there. */
static int jump(struct walk *walk, struct inode *link)
{
    struct path to;
    int error = ++walk->links > LINKS_MAX ? -ELOOP : link->operations->follow(link, &to);

    if (error)
        return error;
    path_put(walk->held);
    walk->held = to;
    walk->last = WALK_NAME;
    return 0;
}

int walk_follow(struct walk *walk, struct dentry *link)
{
    int error = link->inode->operations->follow ? jump(walk, link->inode) : -ENOTSUP;

    if (error != -ENOTSUP)
        return error;
    error = follow(walk, link->inode);
    walk->last = WALK_ROOT; /* an absolute one begins there */
    return error;
}

/* Into the child that the file system named: it takes the place of its parent in `held`. */
static void enter(struct walk *walk, struct dentry *child)
{
    dentry_put(walk->held.dentry);
    walk->held.dentry = child;
    spin_lock(&names_lock);
    walk->at = cross(walk->held);
}

/* `name` is not in the cache. names_lock is held, and again afterwards, but when it fails. */
static int step_missing(struct walk *walk)
{
    bool last = only_slashes(walk->rest);
    struct dentry *child;
    int error;

    keep(walk);
    error = ask(walk, &child);
    if (error)
        return error;
    if (!is_link(child->inode) || !must_follow(walk, last)) {
        enter(walk, child);
        return 0;
    }
    error = walk_follow(walk, child);
    dentry_put(child);
    if (!error)
        resume(walk);
    return error;
}

static int step_link(struct walk *walk)
{
    struct dentry *link = dentry_get(name_find(walk->at.dentry, walk->name, walk->hash));
    int error;

    keep(walk);
    error = walk_follow(walk, link);
    dentry_put(link);
    if (!error)
        resume(walk);
    return error;
}

/* ---- the whole ------------------------------------------------------------------------------- */

void walk_begin(struct walk *walk, struct fs_context *context, const struct path *at,
                struct text path, unsigned flags)
{
    walk->context = context;
    walk->flags = flags;
    walk->links = 0;
    walk->held = nowhere;
    walk->at = at ? *at : nowhere;
    walk->rest = path;
    walk->buffer = NULL;
    walk->last = WALK_ROOT;
    walk->slash = false;
}

static void start(struct walk *walk)
{
    spin_lock(&names_lock);
    if (walk->held.dentry)
        walk->at = walk->held;
    if (text_at(walk->rest, 0) == '/')
        walk->at = walk->context->root;
    else if (!walk->at.dentry)
        walk->at = walk->context->current;
}

int walk_run(struct walk *walk)
{
    int stop;

    if (walk->rest.size == 0)
        return -ENOENT;
    if (walk->rest.size >= PATH_MAX && !walk->buffer)
        return -ENAMETOOLONG;
    start(walk);
    if (!walk->at.dentry) { /* there is no root */
        spin_unlock(&names_lock);
        return -ENOENT;
    }
    while ((stop = run(walk)) > 0) {
        int error = stop == STOP_LINK ? step_link(walk) : step_missing(walk);

        if (error)
            return error;
    }
    if (stop == 0)
        keep(walk);
    else
        spin_unlock(&names_lock);
    return stop;
}

void walk_end(struct walk *walk)
{
    path_put(walk->held);
    if (unlikely(walk->buffer))
        dealloc(walk->buffer, PATH_MAX, 1);
}

int vfs_lookup_text(struct fs_context *context, const struct path *at, struct text path,
                    unsigned flags, struct path *found)
{
    filled_later struct walk walk;
    int error;

    walk_begin(&walk, context, at, path, flags);
    error = walk_run(&walk);
    if (!error) {
        *found = walk.held;
        walk.held = nowhere;
    }
    walk_end(&walk);
    return error;
}

/* ---- paths ----------------------------------------------------------------------------------- */

struct path path_get(struct path path)
{
    __atomic_add_fetch(&path.mount->references, 1, __ATOMIC_RELAXED);
    dentry_get(path.dentry);
    return path;
}

void path_put(struct path path)
{
    if (!path.dentry)
        return;
    dentry_put(path.dentry);
    if (!reference_drop(&path.mount->references))
        mount_put(path.mount);
}
