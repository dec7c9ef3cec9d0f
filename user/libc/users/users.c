/* Users, from /etc/passwd. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/libc/users/records.h"

#define LINE 1024

static bool next_user(FILE *file, struct passwd *user, char *to, size_t size, int *error)
{
    char *fields[FIELDS];

    if (!next_record(file, to, size, FIELDS, fields, error))
        return false;
    *user = (struct passwd){
        .pw_name = fields[0],
        .pw_passwd = fields[1],
        .pw_uid = (uid_t)strtoul(fields[2], NULL, 10),
        .pw_gid = (gid_t)strtoul(fields[3], NULL, 10),
        .pw_comment = "",
        .pw_gecos = fields[4],
        .pw_dir = fields[5],
        .pw_shell = fields[6],
    };
    return true;
}

static int find(const char *name, uid_t uid, struct passwd *user, char *to, size_t size,
                struct passwd **result)
{
    FILE *file = fopen(_PATH_PASSWD, "re");
    int error = 0;

    *result = NULL;
    if (!file)
        return errno;
    while (!*result && next_user(file, user, to, size, &error))
        if (name ? strcmp(user->pw_name, name) == 0 : user->pw_uid == uid)
            *result = user;
    fclose(file);
    return error;
}

int getpwnam_r(const char *name, struct passwd *user, char *to, size_t size, struct passwd **result)
{
    return find(name, 0, user, to, size, result);
}

int getpwuid_r(uid_t uid, struct passwd *user, char *to, size_t size, struct passwd **result)
{
    return find(NULL, uid, user, to, size, result);
}

/* ---- with memory of the library's ------------------------------------------------------------ */

static struct passwd found;
static char line[LINE];
static FILE *all;

static struct passwd *find_shared(const char *name, uid_t uid)
{
    struct passwd *result;
    int error = find(name, uid, &found, line, sizeof(line), &result);

    if (error)
        errno = error;
    return result;
}

struct passwd *getpwnam(const char *name)
{
    return find_shared(name, 0);
}

struct passwd *getpwuid(uid_t uid)
{
    return find_shared(NULL, uid);
}

void endpwent(void)
{
    if (all)
        fclose(all);
    all = NULL;
}

void setpwent(void)
{
    endpwent();
}

struct passwd *getpwent(void)
{
    int error = 0;

    if (!all)
        all = fopen(_PATH_PASSWD, "re");
    return all && next_user(all, &found, line, sizeof(line), &error) ? &found : NULL;
}

/* ---- who am I -------------------------------------------------------------------------------- */

int getlogin_r(char *to, size_t size)
{
    struct passwd user, *result;
    char text[LINE];
    int error = getpwuid_r(getuid(), &user, text, sizeof(text), &result);

    if (!result)
        return error ? error : ENXIO;
    return strlcpy(to, user.pw_name, size) < size ? 0 : ERANGE;
}

char *getlogin(void)
{
    static char name[256];
    int error = getlogin_r(name, sizeof(name));

    if (!error)
        return name;
    errno = error;
    return NULL;
}
