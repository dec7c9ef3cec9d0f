/*
 * How a text file is written: its encoding and its line ends, found out when it is read and kept when it is
 * saved. Inside the editor text is UTF-8; what is not valid stays as the bytes it was. Any thread; nothing is
 * kept between calls.
 *
 *     enum encoding encoding = encoding_detect(bytes, size);
 *     encoding_decode(encoding, bytes, size, &text, &text_size);      … edit …
 *     encoding_encode(encoding, text, text_size, &bytes, &size);
 */
#pragma once

#include <stddef.h>

enum encoding { ENCODING_UTF8, ENCODING_UTF8_BOM, ENCODING_UTF16LE, ENCODING_UTF16BE, ENCODING_LATIN1 };
enum line_ends { LINE_ENDS_LF, LINE_ENDS_CRLF, LINE_ENDS_MIXED };

/* From the mark at the beginning, else from the bytes. UTF-16 is known by its mark alone. */
enum encoding encoding_detect(const char *bytes, size_t size);
const char *encoding_name(enum encoding encoding); /* for the status line: "UTF-8" */
/* *text: new memory (never NULL, for free()), without the mark. 0 or -ENOMEM. */
int encoding_decode(enum encoding encoding, const char *bytes, size_t size, char **text, size_t *text_size);
/* The other way, with the mark. 0, -ENOMEM, or -EILSEQ: the text has what this encoding cannot say. */
int encoding_encode(enum encoding encoding, const char *text, size_t size, char **bytes, size_t *byte_count);

enum line_ends line_ends_detect(const char *text, size_t size); /* no line end at all: LF */
const char *line_ends_name(enum line_ends ends);                /* "LF" */
