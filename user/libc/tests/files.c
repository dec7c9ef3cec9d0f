/* Files, directories and paths, in a folder of its own under /tmp. */
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <regex.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>

#include "user/libc/tests/test.h"

static void test_stdio(void)
{
    char line[100], *whole = NULL;
    size_t room = 0;
    FILE *file = fopen("text", "w+");

    EXPECT(file != NULL);
    for (int i = 0; i < 2000; i++)
        fprintf(file, "line %d\n", i);
    EXPECT_IS(ftell(file), 18890);
    rewind(file);
    EXPECT(fgets(line, sizeof(line), file) && strcmp(line, "line 0\n") == 0);
    EXPECT_IS(fseek(file, -10, SEEK_END), 0);
    EXPECT_IS(getline(&whole, &room, file), 10);
    EXPECT_TEXT(whole, "line 1999\n");
    EXPECT(fgetc(file) == EOF && feof(file));
    EXPECT_IS(fclose(file), 0);
    free(whole);
    file = fopen("text", "a");
    EXPECT(fputs("end\n", file) >= 0 && fclose(file) == 0);
    file = fopen("text", "rb");
    EXPECT(ungetc('x', file) == 'x' && getc(file) == 'x' && getc(file) == 'l');
    fclose(file);
    EXPECT(!fopen("missing", "r") && errno == ENOENT);
    EXPECT(!fopen("text", "wx") && errno == EEXIST);
    file = fmemopen(line, sizeof(line), "w");
    fprintf(file, "in memory");
    fclose(file);
    EXPECT_TEXT(line, "in memory");
    file = tmpfile();
    EXPECT(file && fputs("gone", file) >= 0 && fclose(file) == 0);
}

static void test_handles(void)
{
    struct iovec parts[2] = {{"ab", 2}, {"cd", 2}};
    char text[16] = "";
    int fd = open("handles", O_RDWR | O_CREAT | O_TRUNC, 0640), other, fds[2];
    struct stat about;

    EXPECT(fd > 2);
    EXPECT_IS(writev(fd, parts, 2), 4);
    EXPECT_IS(pwrite(fd, "X", 1, 1), 1);
    EXPECT_IS(pread(fd, text, sizeof(text), 0), 4);
    EXPECT_TEXT(text, "aXcd");
    EXPECT_IS(lseek(fd, 0, SEEK_CUR), 4);
    EXPECT(fstat(fd, &about) == 0 && about.st_size == 4 && S_ISREG(about.st_mode));
    EXPECT_IS(about.st_mode & 0777, 0640);
    EXPECT(ftruncate(fd, 1000) == 0 && lseek(fd, 0, SEEK_END) == 1000);
    EXPECT(posix_fallocate(fd, 0, 2000) == 0 && lseek(fd, 0, SEEK_END) == 2000);
    other = dup(fd);
    EXPECT(other > fd && dup2(fd, other) == other && close(other) == 0);
    EXPECT_ERROR(close(other), EBADF);
    EXPECT_IS(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
    EXPECT(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    EXPECT_IS(fsync(fd), 0);
    close(fd);
    EXPECT(pipe(fds) == 0 && write(fds[1], "pipe", 4) == 4 && read(fds[0], text, 16) == 4);
    struct pollfd waits = {.fd = fds[0], .events = POLLIN};

    EXPECT_IS(poll(&waits, 1, 0), 0);
    EXPECT(write(fds[1], "x", 1) == 1 && poll(&waits, 1, 1000) == 1 && waits.revents == POLLIN);
    fd_set set;

    FD_ZERO(&set);
    FD_SET(fds[0], &set);
    struct timeval soon = {1, 0};

    EXPECT(select(fds[0] + 1, &set, NULL, NULL, &soon) == 1 && FD_ISSET(fds[0], &set));
    close(fds[0]);
    close(fds[1]);
    EXPECT_ERROR(open("no/such", O_RDONLY), ENOENT);
    EXPECT_ERROR(open("/", O_RDWR), EISDIR);
}

static void test_names(void)
{
    char path[PATH_MAX], text[PATH_MAX];
    struct stat about;
    struct utimbuf times = {1000000000, 1100000000};

    EXPECT(mkdir("dir", 0755) == 0 && chdir("dir") == 0);
    EXPECT(getcwd(path, sizeof(path)) && strcmp(path + strlen(path) - 4, "/dir") == 0);
    EXPECT(close(creat("one", 0600)) == 0 && link("one", "two") == 0);
    EXPECT(stat("two", &about) == 0 && about.st_nlink == 2);
    EXPECT(symlink("one", "three") == 0 && readlink("three", text, sizeof(text)) == 3);
    EXPECT(lstat("three", &about) == 0 && S_ISLNK(about.st_mode));
    EXPECT(realpath("three", text) && strcmp(text + strlen(text) - 8, "/dir/one") == 0);
    EXPECT(realpath("../dir//./two", text) && strcmp(text + strlen(text) - 8, "/dir/two") == 0);
    EXPECT(!realpath("three/x", text) && errno == ENOTDIR);
    EXPECT(rename("two", "four") == 0 && access("two", F_OK) < 0 && access("four", R_OK) == 0);
    EXPECT(chmod("one", 0444) == 0 && stat("one", &about) == 0 && (about.st_mode & 0777) == 0444);
    EXPECT(utime("one", &times) == 0 && stat("one", &about) == 0 && about.st_mtime == 1100000000);
    EXPECT(mkfifo("fifo", 0600) == 0 && stat("fifo", &about) == 0 && S_ISFIFO(about.st_mode));
    EXPECT(mkdir("sub", 0700) == 0);
    EXPECT_ERROR(rmdir("."), EINVAL);
    EXPECT_ERROR(unlink("sub"), EISDIR);
    EXPECT(remove("sub") == 0 && unlink("fifo") == 0);
    EXPECT_TEXT(basename(strcpy(text, "/usr/lib/")), "lib");
    EXPECT_TEXT(dirname(strcpy(text, "/usr/lib")), "/usr");
    strcpy(text, "tempXXXXXX");
    int fd = mkstemp(text);

    EXPECT(fd >= 0 && strcmp(text, "tempXXXXXX") != 0 && unlink(text) == 0);
    close(fd);
    strcpy(text, "foldXXXXXX");
    EXPECT(mkdtemp(text) == text && rmdir(text) == 0);
}

static int visited;

static int count(const char *path, const struct stat *about, int type, struct FTW *where)
{
    EXPECT(*path && about && where->level <= 2);
    visited += type == FTW_F || type == FTW_SL;
    return 0;
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Of the four names that test_names left: one, three, four, and 300 more. */
static void test_directories(void)
{
    struct dirent *entry, **names;
    char name[20];
    int found = 0;
    glob_t matches;

    for (int i = 0; i < 300; i++) {
        sprintf(name, "many%03d", i);
        close(creat(name, 0600));
    }
    DIR *directory = opendir(".");

    EXPECT(directory != NULL);
    while ((entry = readdir(directory)))
        found++;
    EXPECT_IS(found, 305);
    rewinddir(directory);
    EXPECT((entry = readdir(directory)) != NULL);
    EXPECT_IS(closedir(directory), 0);
    found = scandir(".", &names, no_dots, alphasort);
    EXPECT_IS(found, 303);
    EXPECT(found > 2 && strcmp(names[0]->d_name, "four") == 0);
    while (found > 0)
        free(names[--found]);
    free(names);
    EXPECT_IS(glob("many00*", 0, NULL, &matches), 0);
    EXPECT_IS(matches.gl_pathc, 10);
    EXPECT_TEXT(matches.gl_pathv[9], "many009");
    globfree(&matches);
    EXPECT_IS(nftw(".", count, 10, FTW_PHYS), 0);
    EXPECT_IS(visited, 303);
    EXPECT(!opendir("one") && errno == ENOTDIR);
}

static void test_patterns(void)
{
    regex_t expression;
    regmatch_t match[2];

    EXPECT(fnmatch("*.c", "a.c", 0) == 0 && fnmatch("[a-c]?", "bx", 0) == 0
           && fnmatch("*.c", "a.h", 0) == FNM_NOMATCH);
    EXPECT_IS(regcomp(&expression, "b([0-9]+)", REG_EXTENDED), 0);
    EXPECT_IS(regexec(&expression, "aab123c", 2, match, 0), 0);
    EXPECT(match[1].rm_so == 3 && match[1].rm_eo == 6);
    regfree(&expression);
}

static void test_mappings(void)
{
    int fd = open("mapped", O_RDWR | O_CREAT, 0600);
    char text[6] = "";

    EXPECT(ftruncate(fd, 8192) == 0);
    char *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    EXPECT(shared != MAP_FAILED);
    if (shared != MAP_FAILED) {
        memcpy(shared + 5000, "hello", 5);
        EXPECT(msync(shared, 8192, MS_SYNC) == 0 && pread(fd, text, 5, 5000) == 5);
        EXPECT_TEXT(text, "hello");
        EXPECT_IS(munmap(shared, 8192), 0);
    }
    close(fd);
    char *fresh = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    EXPECT(fresh != MAP_FAILED && fresh[0] == 0 && mprotect(fresh, 4096, PROT_READ) == 0);
    munmap(fresh, 4096);
    EXPECT(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
           && errno == EINVAL);
}

static void test_volume(void)
{
    struct statvfs about;

    EXPECT(statvfs(".", &about) == 0 && about.f_bsize >= 512 && about.f_blocks > 0);
    EXPECT_IS(pathconf(".", _PC_NAME_MAX), 255);
    EXPECT_IS(sysconf(_SC_PAGESIZE), 4096);
}

int main(void)
{
    char folder[] = "/tmp/libc.XXXXXX", command[64];

    EXPECT(mkdtemp(folder) && chdir(folder) == 0);
    test_stdio();
    test_handles();
    test_names();
    test_directories();
    test_patterns();
    test_mappings();
    test_volume();
    snprintf(command, sizeof(command), "%s", folder);
    EXPECT_IS(chdir("/"), 0);
    return done("files");
}
