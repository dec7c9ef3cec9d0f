/* The reader of the protocol: sizes, sides, texts, files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "user/desktop/protocol.h"

static void test_sizes_are_whole(void **state)
{
    unsigned types = 0;

    (void)state;
    for (unsigned type = 0; type < 200; type++) {
        size_t size = protocol_size(type);

        types += size != 0;
        assert_true(size <= sizeof(union message));
        assert_int_equal(size % 4, 0);
        assert_int_equal(size == 0, strcmp(protocol_name(type), "?") == 0);
    }
    assert_int_equal(types, MESSAGE_CLIENT_END - 1 + MESSAGE_SERVER_END - MESSAGE_WELCOME);
}

static void test_messages_one_after_the_other(void **state)
{
    struct {
        struct message_number first;
        struct message_plain second;
    } bytes = {{{MESSAGE_ATTACH, sizeof(bytes.first), 3}, 7, 0}, {{MESSAGE_COMMIT, sizeof(bytes.second), 3}}};
    union message message;
    const char *at = (const char *)&bytes;

    (void)state;
    assert_int_equal(protocol_next(at, sizeof(bytes), 0, &message), sizeof(bytes.first));
    assert_int_equal(message.number.number, 7);
    at += sizeof(bytes.first);
    assert_int_equal(protocol_next(at, sizeof(bytes.second), 0, &message), sizeof(bytes.second));
    assert_int_equal(message.head.type, MESSAGE_COMMIT);
    assert_int_equal(protocol_next(at, 0, 0, &message), 0);
}

static void test_what_is_no_message(void **state)
{
    struct message_text text = {.head = {MESSAGE_TITLE, sizeof(text), 1}, .text = "Files"};
    union message message;

    (void)state;
    assert_int_equal(protocol_next(&text, sizeof(text), 0, &message), sizeof(text));
    assert_int_equal(protocol_next(&text, sizeof(text) - 1, 0, &message), -EBADMSG);
    assert_int_equal(protocol_next(&text, 7, 0, &message), -EBADMSG);
    assert_int_equal(protocol_next(&text, sizeof(text), 1, &message), -EBADMSG); /* the other side's */
    text.head.size -= 4;
    assert_int_equal(protocol_next(&text, sizeof(text), 0, &message), -EBADMSG);
    text.head.size += 4;
    memset(text.text, 'x', sizeof(text.text));
    assert_int_equal(protocol_next(&text, sizeof(text), 0, &message), -EBADMSG); /* without end */
    text.text[sizeof(text.text) - 1] = '\0';
    assert_int_equal(protocol_next(&text, sizeof(text), 0, &message), sizeof(text));
    for (unsigned type = 0; type < 70000; type += 131) {
        text.head.type = (uint16_t)type;
        if (protocol_size(text.head.type) != sizeof(text))
            assert_int_equal(protocol_next(&text, sizeof(text), type % 2, &message), -EBADMSG);
    }
}

static void test_each_text_must_end(void **state)
{
    static const unsigned types[] = {MESSAGE_HELLO, MESSAGE_TITLE,         MESSAGE_NOTIFY,
                                     MESSAGE_SET,   MESSAGE_CLIPBOARD_SET, MESSAGE_WELCOME,
                                     MESSAGE_KEY,   MESSAGE_ERROR,         MESSAGE_DROP};
    union message message, out;

    (void)state;
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        memset(&message, 'x', sizeof(message));
        message.head = (struct message_head){(uint16_t)types[i], (uint16_t)protocol_size(types[i]), 1};
        assert_int_equal(protocol_next(&message, sizeof(message), types[i] >= MESSAGE_WELCOME, &out),
                         -EBADMSG);
    }
}

static void test_files(void **state)
{
    union message message = {.head = {MESSAGE_BUFFER, 0, 0}};

    (void)state;
    assert_int_equal(protocol_fds(&message), 1);
    message.head.type = MESSAGE_COMMIT;
    assert_int_equal(protocol_fds(&message), 0);
    message = (union message){.data = {.head = {MESSAGE_CLIPBOARD, 0, 0}, .size = 0}};
    assert_int_equal(protocol_fds(&message), 0);
    message.data.size = 1;
    assert_int_equal(protocol_fds(&message), 1);
    message.head.type = MESSAGE_CLIPBOARD_GET; /* its size says nothing */
    assert_int_equal(protocol_fds(&message), 0);
}

/* Whole messages of each type with one thing changed, at the end of memory of just their size. */
static void test_ten_million_messages(void **state)
{
    uint64_t dice = 88172645463325252u;
    uint8_t *bytes = NULL;
    union message out;
    size_t size = 0;
    unsigned good = 0, type = 0;

    (void)state;
    for (int i = 0; i < 10000000; i++) {
        dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
        if (i % 1000 == 0) { /* another type */
            free(bytes);
            do
                type = (type + 1) % MESSAGE_SERVER_END;
            while (protocol_size(type) == 0);
            size = protocol_size(type);
            bytes = calloc(1, size);
            memcpy(bytes, &(struct message_head){(uint16_t)type, (uint16_t)size, 1},
                   sizeof(struct message_head));
        }
        uint8_t *changed = bytes + (dice >> 8) % size, before = *changed;
        int server = type >= MESSAGE_WELCOME, length;

        *changed = (uint8_t)(dice >> 40);
        length = protocol_next(bytes, size - (dice >> 50 == 0), server, &out);
        assert_true(length == -EBADMSG || (length == (int)size && memcmp(bytes, &out, size) == 0));
        good += length > 0;
        if (length < 0)
            *changed = before; /* else it stays */
    }
    free(bytes);
    assert_true(good > 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_whole),      cmocka_unit_test(test_messages_one_after_the_other),
        cmocka_unit_test(test_what_is_no_message),   cmocka_unit_test(test_each_text_must_end),
        cmocka_unit_test(test_files),                cmocka_unit_test(test_ten_million_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
