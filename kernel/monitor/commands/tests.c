/* ktest, kbench, bench-…: what they run is read from the disk first (kernel/tests.h). */
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "kernel/tests.h"

static int load_and_run(const struct words *words, int (*run)(const struct words *))
{
    const char *why;

    if (tests_load(&why))
        return command_fail(words, TESTS_PATH ": %s", why);
    return run(words);
}

static int run_ktest(const struct words *words)
{
    return load_and_run(words, ktest);
}

static int run_kbench(const struct words *words)
{
    return load_and_run(words, kbench);
}

static int run_bench_disk(const struct words *words)
{
    return load_and_run(words, bench_disk);
}

static int run_bench_interrupts(const struct words *words)
{
    return load_and_run(words, bench_interrupts);
}

static int run_bench_keys(const struct words *words)
{
    return load_and_run(words, bench_keys);
}

static int run_bench_memory(const struct words *words)
{
    return load_and_run(words, bench_memory);
}

static int run_file_work(const struct words *words)
{
    return load_and_run(words, file_work);
}

MONITOR_COMMAND("ktest", "ktest [NAME ...] | -p [NAME]", "run the kernel's own tests", run_ktest);
MONITOR_COMMAND("kbench", "kbench [NAME ...]", "ticks that operations of the kernel take",
                run_kbench);
MONITOR_COMMAND("bench-disk", "bench-disk [DISK]", "read a disk and say how fast its driver is",
                run_bench_disk);
MONITOR_COMMAND("bench-interrupts", "bench-interrupts",
                "time the way into an interrupt handler and back", run_bench_interrupts);
MONITOR_COMMAND("bench-keys", "bench-keys", "time the way from a key to its event", run_bench_keys);
MONITOR_COMMAND("bench-memory", "bench-memory", "count the instructions of frames and heap",
                run_bench_memory);
MONITOR_COMMAND("file-work", "file-work SEED STEPS", "random changes to files, for tests/crash",
                run_file_work);
