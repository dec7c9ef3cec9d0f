/* This machine as the report's source: the kernel's name, CPUID, /dev/drivers. */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "user/apps/hardware/report.h"

static void print_system(struct text *to)
{
    struct utsname name;
    struct timespec up;
    char when[32] = "?";
    time_t now = time(NULL);
    struct tm parts;

    if (uname(&name) == 0)
        text_print(to, "%-12s %s %s, %s, %s\n", "Kernel", name.sysname, name.release, name.version,
                   name.machine);
    if (gmtime_r(&now, &parts))
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &parts);
    text_print(to, "%-12s %s\n", "Written", when);
    if (clock_gettime(CLOCK_MONOTONIC, &up) == 0)
        text_print(to, "%-12s %lld s\n", "Running for", (long long)up.tv_sec);
}

/* ---- the CPU: Intel's manual, volume 2, CPUID -------------------------------------------------------- */
enum { EAX, EBX, ECX, EDX };

static const struct feature {
    const char *name;
    uint32_t leaf;
    uint8_t reg, bit;
} features[] = {
    {"fpu", 1, EDX, 0}, {"tsc", 1, EDX, 4}, {"msr", 1, EDX, 5}, {"pae", 1, EDX, 6}, {"mce", 1, EDX, 7},
    {"cx8", 1, EDX, 8}, {"apic", 1, EDX, 9}, {"sep", 1, EDX, 11}, {"mtrr", 1, EDX, 12},
    {"pge", 1, EDX, 13}, {"cmov", 1, EDX, 15}, {"pat", 1, EDX, 16}, {"mmx", 1, EDX, 23},
    {"fxsr", 1, EDX, 24}, {"sse", 1, EDX, 25}, {"sse2", 1, EDX, 26}, {"htt", 1, EDX, 28},
    {"sse3", 1, ECX, 0}, {"ssse3", 1, ECX, 9}, {"fma", 1, ECX, 12}, {"cx16", 1, ECX, 13},
    {"pcid", 1, ECX, 17}, {"sse4.1", 1, ECX, 19}, {"sse4.2", 1, ECX, 20}, {"x2apic", 1, ECX, 21},
    {"popcnt", 1, ECX, 23}, {"tsc-deadline", 1, ECX, 24}, {"aes", 1, ECX, 25}, {"xsave", 1, ECX, 26},
    {"avx", 1, ECX, 28}, {"rdrand", 1, ECX, 30}, {"hypervisor", 1, ECX, 31}, {"fsgsbase", 7, EBX, 0},
    {"bmi1", 7, EBX, 3}, {"avx2", 7, EBX, 5}, {"smep", 7, EBX, 7}, {"bmi2", 7, EBX, 8},
    {"erms", 7, EBX, 9}, {"invpcid", 7, EBX, 10}, {"rdseed", 7, EBX, 18}, {"smap", 7, EBX, 20},
    {"umip", 7, ECX, 2}, {"pku", 7, ECX, 3}, {"la57", 7, ECX, 16}, {"syscall", 0x80000001, EDX, 11},
    {"nx", 0x80000001, EDX, 20}, {"1g-pages", 0x80000001, EDX, 26}, {"rdtscp", 0x80000001, EDX, 27},
    {"long-mode", 0x80000001, EDX, 29}, {"lahf", 0x80000001, ECX, 0}, {"svm", 0x80000001, ECX, 2},
    {"invariant-tsc", 0x80000007, EDX, 8},
};

static bool has_feature(const struct feature *feature)
{
    uint32_t regs[4] = {0};

    return __get_cpuid_count(feature->leaf, 0, &regs[EAX], &regs[EBX], &regs[ECX], &regs[EDX])
        && regs[feature->reg] >> feature->bit & 1;
}

static void print_signature(struct text *to)
{
    uint32_t a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d))
        return;
    unsigned family = a >> 8 & 15, model = a >> 4 & 15;

    if (family == 6 || family == 15)
        model |= a >> 12 & 0xf0;
    if (family == 15)
        family += a >> 20 & 0xff;
    text_print(to, "%-12s family %u, model %u, stepping %u\n", "Signature", family, model, a & 15);
}

static void print_features(struct text *to)
{
    size_t column = 13;

    print_signature(to);
    text_print(to, "%-12s", "Features");
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        if (!has_feature(&features[i]))
            continue;
        if (column + strlen(features[i].name) > 76) {
            text_print(to, "\n%12s", "");
            column = 13;
        }
        text_print(to, " %s", features[i].name);
        column += strlen(features[i].name) + 1;
    }
    text_print(to, "\n");
}

/* ---- disks ------------------------------------------------------------------------------------------ */
/* Request 1 of the drivers of disks is SMART's verdict (docs/drivers.md). */
static long ask_smart(const char *driver, unsigned number)
{
    char order[64], answer[32] = "";
    int fd = open("/dev/drivers", O_RDWR | O_CLOEXEC);
    int size = snprintf(order, sizeof(order), "%s request 1 %u", driver, number);

    if (fd < 0)
        return -errno;
    bool good = write(fd, order, (size_t)size) >= 0 && read(fd, answer, sizeof(answer) - 1) > 0;

    close(fd);
    return good ? strtol(answer, NULL, 10) : -EIO;
}

const struct report_source report_machine = {
    .proc = "/proc", .system = print_system, .features = print_features, .smart = ask_smart,
};
