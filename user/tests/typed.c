/* Says what is typed at its terminal, line by line, until the end of the file. `screen`: draws the
   whole screen first, as an editor does, and asks where the cursor is. */
#include "user/tests/lib/test.h"

#include "lib/abi/terminal.h"

static void say(const char *text, const char *end)
{
    print(text);
    fastos_write(1, end, length(end));
}

/* What the screen answers comes as if it were typed. */
static void ask_where(void)
{
    struct abi_termios termios = {0}, raw;
    char answer[32];
    long size = 0;

    expect_is(fastos_ioctl(0, TCGETS, &termios), 0);
    raw = termios;
    raw.local &= ~(ICANON | ECHO);
    raw.characters[VMIN] = 1;
    expect_is(fastos_ioctl(0, TCSETS, &raw), 0);
    print("\x1b[?1049h\x1b[5;7H\x1b[6n");
    do {
        long now = fastos_read(0, answer + size, 1);
        if (!expect_is(now, 1))
            break;
        size++;
    } while (answer[size - 1] != 'R' && size < 31);
    answer[size] = '\0';
    print("\x1b[?1049l");
    expect_is(fastos_ioctl(0, TCSETS, &termios), 0);
    say("the cursor: ", answer + 1);
    print("\n");
}

int main_test(void)
{
    struct abi_winsize window = {0};
    char typed[256];
    long size;

    expect_is(fastos_ioctl(0, TIOCGWINSZ, &window), 0);
    line("columns", window.columns);
    if (argument_count > 1 && equal(arguments[1], "screen"))
        ask_where();
    print("ready\n");
    while ((size = fastos_read(0, typed, sizeof(typed) - 1)) > 0) {
        typed[size] = '\0';
        print("typed: ");
        print(typed);
    }
    line("end", size);
    return 0;
}
