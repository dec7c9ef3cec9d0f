/* ktest: runs the tests that the linker gathered (kernel.ld), or those whose names begin with a
   word; -p the one that must panic. */
#include <stdbool.h>
#include <stddef.h>

#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

extern const struct ktest ktests_start[], ktests_end[];

static struct {
    const char *failed_at;
    const char *skipped;
    unsigned passed, failed, skipped_count;
} state;

void ktest_fail(const char *file, int line, const char *what, uint64_t is, uint64_t wanted)
{
    state.failed_at = what;
    output_print("  %s:%d: %s: is 0x%llx, should be 0x%llx\n", file, line, what,
                 (unsigned long long)is, (unsigned long long)wanted);
}

void ktest_skip(const char *why)
{
    state.skipped = why;
}

static void run(const struct ktest *test)
{
    state.failed_at = state.skipped = NULL;
    test->run();
    if (state.failed_at)
        state.failed++;
    else if (state.skipped)
        state.skipped_count++;
    else
        state.passed++;
    output_print("%s %s%s%s\n", state.failed_at ? "FAIL" : state.skipped ? "skip" : "ok  ",
                 test->name, state.skipped ? ": " : "", state.skipped ? state.skipped : "");
    output_flush();
}

static bool chosen(const struct ktest *test, const struct words *words)
{
    if (test->panics)
        return false;
    for (int i = 1; i < words->count; i++)
        if (strncmp(test->name, words->at[i], strlen(words->at[i])) == 0)
            return true;
    return words->count == 1;
}

/* -p NAME: it does not come back. -p: their names. */
static int run_panicking(const struct words *words)
{
    for (const struct ktest *test = ktests_start; test < ktests_end; test++) {
        if (!test->panics)
            continue;
        if (words->count == 2)
            output_print("%s\n", test->name);
        if (words->count != 3 || strcmp(test->name, words->at[2]) != 0)
            continue;
        output_flush();
        test->run();
        return command_fail(words, "%s: no panic came", test->name);
    }
    return words->count == 2 ? COMMAND_OK
                             : command_misused(words, "-p: the name of one test that panics");
}

int ktest(const struct words *words)
{
    if (words->count > 1 && strcmp(words->at[1], "-p") == 0)
        return run_panicking(words);
    state.passed = state.failed = state.skipped_count = 0;
    for (const struct ktest *test = ktests_start; test < ktests_end; test++) {
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
        if (chosen(test, words))
            run(test);
    }
    if (state.passed + state.failed + state.skipped_count == 0)
        return command_fail(words, "no test's name begins so");
    if (state.skipped_count)
        output_print("%u passed, %u failed, %u skipped\n", state.passed, state.failed,
                     state.skipped_count);
    else
        output_print("%u passed, %u failed\n", state.passed, state.failed);
    return state.failed ? COMMAND_FAILED : COMMAND_OK;
}
