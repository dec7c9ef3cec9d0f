#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/init/init.h"

static void reads_a_line(void **state)
{
    struct job job;

    (void)state;
    assert_null(job_read("console /bin/sh -l # a shell\n", &job));
    assert_int_equal(job.kind, JOB_TERMINAL);
    assert_string_equal(job.terminal, "console");
    assert_string_equal(job.words[0], "/bin/sh");
    assert_string_equal(job.words[1], "-l");
    assert_null(job.words[2]);
}

static void knows_its_kinds(void **state)
{
    struct job job;

    (void)state;
    assert_null(job_read("mount tmpfs /tmp", &job));
    assert_int_equal(job.kind, JOB_MOUNT);
    assert_null(job_read("wait /bin/sh -c \"a b  c\"\n", &job));
    assert_int_equal(job.kind, JOB_WAIT);
    assert_string_equal(job.words[2], "a b  c");
    assert_null(job_read("once x", &job));
    assert_int_equal(job.kind, JOB_ONCE);
    assert_null(job_read("respawn x", &job));
    assert_int_equal(job.kind, JOB_RESPAWN);
}

static void passes_over_nothing(void **state)
{
    static const char *const lines[] = {"", "\n", "  \t\n", "# console x\n"};
    struct job job;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        assert_null(job_read(lines[i], &job));
        assert_int_equal(job.kind, JOB_NONE);
    }
}

static void refuses(void **state)
{
    char words[64] = "once";
    struct job job;

    (void)state;
    for (unsigned i = 0; i < WORDS_MAX + 1; i++)
        strcat(words, " a");
    const char *const lines[] = {"console", "mount proc", "mount proc /a b", "once \"a", "../x y", words};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        assert_non_null(job_read(lines[i], &job));
    char line[600];

    memset(line, 'a', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    assert_non_null(job_read(line, &job));
}

static void a_changed_file_keeps_what_runs(void **state)
{
    static struct job jobs[JOBS_MAX], fresh[2];
    size_t count = 0;

    (void)state;
    assert_null(job_read("console /bin/sh -l", &jobs[0]));
    assert_null(job_read("once /bin/old", &jobs[1]));
    jobs[0].pid = 7;
    assert_null(job_read("respawn /bin/new", &fresh[0]));
    assert_null(job_read("console   /bin/sh  -l", &fresh[1]));
    count = jobs_replace(jobs, 2, fresh, 2);
    assert_int_equal(count, 2);
    assert_int_equal(jobs[0].kind, JOB_RESPAWN);
    assert_int_equal(jobs[0].pid, 0);
    assert_string_equal(jobs[0].words[0], "/bin/new");
    assert_int_equal(jobs[1].pid, 7);
    assert_string_equal(jobs[1].words[1], "-l");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_line), cmocka_unit_test(knows_its_kinds),
        cmocka_unit_test(passes_over_nothing), cmocka_unit_test(refuses),
        cmocka_unit_test(a_changed_file_keeps_what_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
