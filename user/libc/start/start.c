/*
 * From exec to main: the auxiliary vector, the first thread's variables and canary, relocated
 * constants made read-only, constructors. Runs before there is a canary: compiled without the
 * protector.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fastos/abi/memory.h>
#include <fastos/abi/process.h>

#include "user/libc/libc.h"

char **environ;
const struct abi_clock *clock_page;
const char *program_path = "", *program_name = "";
struct tls_image tls_image = {.align = 1};

/* Room for the first thread: most programs need no more, and no system call. */
static _Alignas(64) char first_area[sizeof(struct __fastos_thread) + 1024];

struct auxiliary {
    uint64_t headers, header_count, slide, random, path, clock;
};

static void read_auxiliary(const uint64_t *at, struct auxiliary *found)
{
    for (; at[0] != AT_NULL; at += 2) {
        uint64_t value = at[1];

        switch (at[0]) {
        case AT_PHDR: found->headers = value; break;
        case AT_PHNUM: found->header_count = value; break;
        case AT_BASE: found->slide = value; break;
        case AT_RANDOM: found->random = value; break;
        case AT_EXECFN: found->path = value; break;
        case AT_FASTOS_CLOCK: found->clock = value; break;
        default: break;
        }
    }
}

/* AT_BASE is how far the program lies from where it was linked. */
static void read_headers(const struct auxiliary *auxiliary)
{
    const Elf64_Phdr *header = (const Elf64_Phdr *)auxiliary->headers;
    uint64_t slide = auxiliary->slide;

    for (uint64_t i = 0; i < auxiliary->header_count; i++) {
        if (header[i].p_type == PT_TLS) {
            tls_image.from = (const void *)(header[i].p_vaddr + slide);
            tls_image.file_bytes = header[i].p_filesz;
            tls_image.bytes = header[i].p_memsz;
            tls_image.align = header[i].p_align ? header[i].p_align : 1;
        } else if (header[i].p_type == PT_GNU_RELRO) {
            uint64_t from = (header[i].p_vaddr + slide) & ~(PAGE - 1);
            uint64_t to = (header[i].p_vaddr + slide + header[i].p_memsz) & ~(PAGE - 1);

            if (to > from)
                (void)fastos_mprotect((void *)from, to - from, PROT_READ);
        }
    }
}

static void start_first_thread(const uint64_t *random)
{
    void *area = first_area;

    if (thread_area_bytes() > sizeof(first_area)) {
        long at = fastos_mmap(NULL, thread_area_bytes(), PROT_READ | PROT_WRITE);

        if (at < 0 && at > -4096)
            fastos_exit(127);
        area = (void *)at;
    }
    struct __fastos_thread *thread = thread_area_fill(area);

    thread->reent = _global_impure_ptr;
    thread->tid = (unsigned)fastos_gettid();
    thread->canary = random ? random[0] & ~0xfful : (uintptr_t)thread << 8;
    fastos_set_tls(thread);
}

extern void __libc_init_array(void);

hidden void libc_start(uint64_t *stack, int (*main)(int, char **, char **))
    __attribute__((noreturn));

void libc_start(uint64_t *stack, int (*main)(int, char **, char **))
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1), **after = argv + argc + 1;
    struct auxiliary auxiliary = {0};

    environ = after;
    while (*after)
        after++;
    read_auxiliary((uint64_t *)(after + 1), &auxiliary);
    read_headers(&auxiliary);
    start_first_thread((const uint64_t *)auxiliary.random);
    clock_page = (const struct abi_clock *)auxiliary.clock;
    if (auxiliary.path)
        program_path = (const char *)auxiliary.path;
    if (argc > 0) {
        const char *slash = strrchr(argv[0], '/');

        program_name = slash ? slash + 1 : argv[0];
    }
    __libc_init_array();
    exit(main(argc, argv, environ));
}

void _exit(int status)
{
    fastos_exit(status);
    __builtin_trap();
}
