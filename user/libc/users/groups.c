/* Groups, from /etc/group. */
#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "user/libc/users/records.h"

#define LINE 2048

/* The members' addresses go to the end of `to`, which gets shorter: false when they do not fit. */
static bool put_members(char *names, char *to, size_t size, char ***members)
{
    size_t count = 1;

    for (const char *at = names; *at; at++)
        count += *at == ',';
    char *end = names + strlen(names) + 1;
    uintptr_t place = ((uintptr_t)end + 7) & ~7ul;

    if (place + (count + 1) * sizeof(char *) > (uintptr_t)to + size)
        return false;
    *members = (char **)place;
    size_t used = 0;

    for (char *name; (name = strsep(&names, ","));)
        if (*name)
            (*members)[used++] = name;
    (*members)[used] = NULL;
    return true;
}

static bool next_group(FILE *file, struct group *group, char *to, size_t size, int *error)
{
    char *fields[FIELDS];

    if (!next_record(file, to, size, 4, fields, error))
        return false;
    *group = (struct group){
        .gr_name = fields[0],
        .gr_passwd = fields[1],
        .gr_gid = (gid_t)strtoul(fields[2], NULL, 10),
    };
    if (put_members(fields[3], to, size, &group->gr_mem))
        return true;
    *error = ERANGE;
    return false;
}

static int find(const char *name, gid_t gid, struct group *group, char *to, size_t size,
                struct group **result)
{
    FILE *file = fopen(_PATH_GROUP, "re");
    int error = 0;

    *result = NULL;
    if (!file)
        return errno;
    while (!*result && next_group(file, group, to, size, &error))
        if (name ? strcmp(group->gr_name, name) == 0 : group->gr_gid == gid)
            *result = group;
    fclose(file);
    return error;
}

int getgrnam_r(const char *name, struct group *group, char *to, size_t size, struct group **result)
{
    return find(name, 0, group, to, size, result);
}

int getgrgid_r(gid_t gid, struct group *group, char *to, size_t size, struct group **result)
{
    return find(NULL, gid, group, to, size, result);
}

/* ---- with memory of the library's ------------------------------------------------------------ */

static struct group found;
static char line[LINE];
static FILE *all;

static struct group *find_shared(const char *name, gid_t gid)
{
    struct group *result;
    int error = find(name, gid, &found, line, sizeof(line), &result);

    if (error)
        errno = error;
    return result;
}

struct group *getgrnam(const char *name)
{
    return find_shared(name, 0);
}

struct group *getgrgid(gid_t gid)
{
    return find_shared(NULL, gid);
}

void endgrent(void)
{
    if (all)
        fclose(all);
    all = NULL;
}

void setgrent(void)
{
    endgrent();
}

struct group *getgrent(void)
{
    int error = 0;

    if (!all)
        all = fopen(_PATH_GROUP, "re");
    return all && next_group(all, &found, line, sizeof(line), &error) ? &found : NULL;
}

/* A process has one group. */
int initgroups(const char *name, gid_t gid)
{
    (void)name;
    (void)gid;
    return 0;
}
