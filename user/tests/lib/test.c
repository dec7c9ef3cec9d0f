#include "user/tests/lib/test.h"

int argument_count;
char **arguments, **environment;
int disappointments;
uint64_t entry_registers[ENTRY_REGISTERS];

void test_start(long *stack);
void _start(void);

/* The stack as exec left it: argc, argv, 0, envp, 0, auxiliary vector. */
__asm__(".globl _start\n"
        "_start:\n"
        "    mov %rax, entry_registers(%rip)\n"
        "    mov %rbx, entry_registers+8(%rip)\n"
        "    mov %rcx, entry_registers+16(%rip)\n"
        "    mov %rdx, entry_registers+24(%rip)\n"
        "    mov %rsi, entry_registers+32(%rip)\n"
        "    mov %rdi, entry_registers+40(%rip)\n"
        "    mov %rbp, entry_registers+48(%rip)\n"
        "    mov %r8, entry_registers+56(%rip)\n"
        "    mov %r9, entry_registers+64(%rip)\n"
        "    mov %r10, entry_registers+72(%rip)\n"
        "    mov %r11, entry_registers+80(%rip)\n"
        "    mov %r12, entry_registers+88(%rip)\n"
        "    mov %r13, entry_registers+96(%rip)\n"
        "    mov %r14, entry_registers+104(%rip)\n"
        "    mov %r15, entry_registers+112(%rip)\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    call test_start\n"
        ".globl restorer\n"
        "restorer:\n"
        "    mov $" TEXT(44) ", %eax\n"
        "    syscall\n");
_Static_assert(SYS_sigreturn == 44, "restorer");

__attribute__((used)) void test_start(long *stack)
{
    argument_count = (int)stack[0];
    arguments = (char **)(stack + 1);
    environment = arguments + argument_count + 1;
    int result = main_test();

    fastos_exit(disappointments ? 1 : result);
}

/* ---- text ------------------------------------------------------------------------------------ */

size_t length(const char *text)
{
    size_t size = 0;

    while (text[size])
        size++;
    return size;
}

bool equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

void print(const char *text)
{
    fastos_write(1, text, length(text));
}

void print_number(int64_t number)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    digits[--at] = 0;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        digits[--at] = '-';
    print(digits + at);
}

void print_hex(uint64_t number)
{
    char digits[20];
    size_t at = sizeof(digits);

    digits[--at] = 0;
    do {
        digits[--at] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number);
    print("0x");
    print(digits + at);
}

void line(const char *what, int64_t number)
{
    print(what);
    print(": ");
    print_number(number);
    print("\n");
}

/* ---- expecting ------------------------------------------------------------------------------- */

bool expect_at(const char *where, const char *what, bool is)
{
    if (is)
        return true;
    __atomic_add_fetch(&disappointments, 1, __ATOMIC_RELAXED);
    print(where);
    print(": not so: ");
    print(what);
    print("\n");
    return false;
}

bool expect_is_at(const char *where, const char *what, int64_t is, int64_t wanted)
{
    if (is == wanted)
        return true;
    __atomic_add_fetch(&disappointments, 1, __ATOMIC_RELAXED);
    print(where);
    print(": not so: ");
    print(what);
    print(": ");
    print_number(is);
    print(", wanted ");
    print_number(wanted);
    print("\n");
    return false;
}

/* ---- children -------------------------------------------------------------------------------- */

long start(int (*work)(void *), void *argument)
{
    long pid = fastos_fork();

    if (pid == 0) {
        disappointments = 0;
        int result = work(argument);

        fastos_exit(disappointments ? 99 : result);
    }
    return pid;
}

long end_of(long pid)
{
    return fastos_wait(pid);
}

long status_of(int (*work)(void *), void *argument)
{
    long pid = start(work, argument);

    return pid < 0 ? pid : end_of(pid);
}

/* ---- memory ---------------------------------------------------------------------------------- */

void *fresh_pages(size_t pages)
{
    long at = fastos_mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE);

    if (at < 0 && at > -4096)
        expect_is(at, 0);
    return (void *)at;
}

void *memset(void *at, int byte, size_t size)
{
    uint8_t *bytes = at;

    while (size--)
        *(volatile uint8_t *)bytes++ = (uint8_t)byte;
    return at;
}

void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *bytes = to;
    const uint8_t *source = from;

    while (size--)
        *(volatile uint8_t *)bytes++ = *source++;
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *left = a, *right = b;

    for (; size; size--, left++, right++)
        if (*left != *right)
            return *left - *right;
    return 0;
}

/* xorshift64 */
uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* ---- the kernel ------------------------------------------------------------------------------ */

long call_by_number(uint64_t number, const uint64_t words[6])
{
    register uint64_t r10 __asm__("r10") = words[3];
    register uint64_t r8 __asm__("r8") = words[4];
    register uint64_t r9 __asm__("r9") = words[5];
    long result;

    __asm__ volatile("syscall" : "=a"(result)
                     : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

bool is_failure(long result)
{
    return result < 0 && result > -4096;
}

long begin_thread(void (*work)(void *), void *argument)
{
    char *stack = fresh_pages(4);

    return fastos_thread_create((void *)(uintptr_t)work, stack + 4 * PAGE, argument, NULL);
}

void handle(int signal, void (*handler)(int), uint64_t flags)
{
    struct abi_sigaction action = {
        .handler = (uintptr_t)handler,
        .flags = flags,
        .restorer = (uintptr_t)restorer,
    };

    expect_is(fastos_sigaction(signal, &action, NULL), 0);
}

uint64_t number_in(const char *text)
{
    uint64_t number = 0;

    while (*text && (*text < '0' || *text > '9'))
        text++;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

static char slabs[4096];

const char *objects_text(void)
{
    return slabs;
}

uint64_t objects_in_use(void)
{
    static const char *const kinds[] = {"path ", "region ", "memory map ", "user thread ",
                                        "process ", "pipe ", "descriptor", "file "};
    int fd = (int)fastos_open("/proc/slabinfo", O_RDONLY);
    long size = fastos_read(fd, slabs, sizeof(slabs) - 1);
    uint64_t all = 0;

    if (fd < 0 || size <= 0)
        expect_is(fd < 0 ? fd : size, 1); /* says which error */
    fastos_close(fd);
    for (long i = 0; i < size; i++)
        for (unsigned k = 0; (i == 0 || slabs[i - 1] == '\n') && k < 8; k++)
            if (memcmp(slabs + i, kinds[k], length(kinds[k])) == 0)
                all += number_in(slabs + i);
    return all;
}
