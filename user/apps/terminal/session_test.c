/* Real programs of this machine on real pseudo-terminals. */
/* links: user/apps/terminal/vt.c user/apps/terminal/vt_modes.c user/apps/terminal/vt_keys.c lib/utf8.c */
/* links: user/apps/terminal/grid.c user/apps/terminal/line.c user/apps/terminal/parser.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "user/apps/terminal/session.h"

static void start(struct session *session, const char *command)
{
    char *words[] = {"sh", "-c", (char *)command, NULL};

    assert_int_equal(session_start(session, words, "/", 40, 10, 8, 16), 0);
}

static void let_run(struct session *session)
{
    do {
        struct pollfd wait = {session->fd, (short)(POLLIN | (session_wants_to_write(session) ? POLLOUT : 0)),
                              0};

        assert_true(poll(&wait, 1, 20000) == 1);
        if (wait.revents & POLLOUT)
            session_flush(session);
    } while (session_read(session, 65536));
}

static void expect_row(struct session *session, int row, const char *wanted)
{
    struct cell room[VT_COLUMNS_MAX];
    const struct cell *cells = vt_row(session->vt, row, room);

    for (size_t i = 0; i < strlen(wanted); i++)
        assert_int_equal(cells[i].character, wanted[i]);
}

static void test_a_program_is_shown(void **state)
{
    struct session session;

    (void)state;
    start(&session, "pwd; stty size; echo $TERM; printf '\\033]0;name\\a\\a'; exit 3");
    let_run(&session);
    expect_row(&session, 0, "/ ");
    expect_row(&session, 1, "10 40");
    expect_row(&session, 2, "xterm-256color");
    assert_true(session.has_title && session.bell);
    assert_string_equal(session.title, "name");
    session_end(&session);
    assert_int_equal(session.fd, -1);
}

static void test_its_answers_reach_it(void **state)
{
    struct session session;

    (void)state;
    start(&session, "stty raw -echo; printf '\\033[6n'; dd bs=1 count=6 2>/dev/null | od -An -c");
    let_run(&session);
    expect_row(&session, 0, " 033   [   1   ;   1   R");
    session_end(&session);
}

static void test_a_lot_is_written_to_it(void **state)
{
    struct session session;
    static char bytes[300000];

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    start(&session, "stty -icanon -echo; echo ready; head -c 300000 | wc -c");
    session_read(&session, 100);
    struct pollfd wait = {session.fd, POLLIN, 0};

    assert_int_equal(poll(&wait, 1, 20000), 1);
    session_write(&session, bytes, sizeof(bytes));
    let_run(&session);
    expect_row(&session, 1, "300000");
    session_end(&session);
}

static void test_it_is_ended(void **state)
{
    struct session session;

    (void)state;
    start(&session, "trap '' HUP; sleep 1000 & wait; wait");
    pid_t child = session.child;

    session_end(&session);
    assert_int_equal(waitpid(child, NULL, WNOHANG), -1);
}

static void test_what_cannot_be_started(void **state)
{
    struct session session;
    char *words[] = {"/no/such/program", NULL};

    (void)state;
    assert_int_equal(session_start(&session, words, NULL, 60, 5, 8, 16), 0);
    let_run(&session);
    expect_row(&session, 0, "terminal: /no/such/program: No such file");
    session_end(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_program_is_shown),
        cmocka_unit_test(test_its_answers_reach_it),
        cmocka_unit_test(test_a_lot_is_written_to_it),
        cmocka_unit_test(test_it_is_ended),
        cmocka_unit_test(test_what_cannot_be_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
