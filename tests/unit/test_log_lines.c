/* test_log_lines.c
 * The reader of the logs: which file it is, encodings, where entries begin and
 * end, times, bounds; and that an entry reads the same from its own place on.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "capture_time.h"
#include "log_lines.h"
#include "log_table.h"

#define LINE1 "2024-08-27 03:07:43 [8880] [DEBUG] < 12> Dns Protection IPv4 State Machine: one"
#define LINE2 "2024-08-27 03:07:48 [8880] [DEBUG] <123> Dns Protection IPv4 State Machine: two"
#define EVENT "Date : 08/27/2024\nTime : 06:41:22\nType : Warning\nSource : csc_swgagent\n\nDescription : WARN | Thread 27cc | x."
#define T1 (INT64_C(1724728063) * SSE_SECOND) /* 2024-08-27 03:07:43 */
#define T2 (T1 + 5 * SSE_SECOND)
#define T3 (INT64_C(1724740882) * SSE_SECOND) /* 2024-08-27 06:41:22 */

/* A file in memory, read so many bytes at a time. */
typedef struct file {
    const char *bytes;
    size_t length, at;
    unsigned step;
    size_t fails_at;         /* an error instead of the byte at this place; 0: none */
} file;

static int read_bytes(void *from, void *buffer, unsigned count)
{
    file *f = from;
    size_t n = MIN(MIN((size_t)count, (size_t)f->step), f->length - f->at);

    if (f->fails_at != 0 && f->at + n >= f->fails_at)
        return -1;
    memcpy(buffer, f->bytes + f->at, n);
    f->at += n;
    return (int)n;
}

typedef struct read_entry { char *text; size_t length; sse_log_entry entry; } read_entry;

static void clear_entry(gpointer data)
{
    g_free(((read_entry *)data)->text);
}

static GArray *read_all(file *f, sse_log_file *found, sse_log_encoding *encoding)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(read_entry));
    sse_log_reader *reader = sse_log_reader_new(read_bytes, f, 0, SSE_LOG_BYTES);
    GString *text = g_string_new(NULL);
    read_entry one;
    int64_t time;

    g_array_set_clear_func(entries, clear_entry);
    *found = sse_log_recognise(reader, &time);
    *encoding = sse_log_reader_encoding(reader);
    while (sse_log_next(reader, text, &one.entry)) {
        assert_true(text->len > 0 && text->len <= SSE_LOG_TEXT_MAX);
        one.text = g_memdup2(text->str, text->len + 1);
        one.length = text->len;
        g_array_append_val(entries, one);
    }
    g_string_free(text, TRUE);
    sse_log_reader_free(reader);
    return entries;
}

/* Each entry once more from its own place on, in another order. */
static void read_again(const GArray *entries, file *f, sse_log_encoding encoding)
{
    GString *text = g_string_new(NULL);

    for (guint i = entries->len; i-- > 0;) {
        const read_entry *wanted = &g_array_index(entries, read_entry, i);
        sse_log_reader *reader;
        sse_log_entry entry;

        f->at = (size_t)wanted->entry.offset;
        reader = sse_log_reader_new(read_bytes, f, wanted->entry.offset, encoding);
        assert_true(sse_log_next(reader, text, &entry));
        assert_int_equal(entry.offset, wanted->entry.offset);
        assert_int_equal(text->len, wanted->length);
        assert_memory_equal(text->str, wanted->text, text->len);
        assert_int_equal(entry.has_time, wanted->entry.has_time);
        sse_log_reader_free(reader);
    }
    g_string_free(text, TRUE);
}

typedef struct wanted { const char *text; int64_t time; } wanted;

/* time 0: the entry has none. */
static void expect_entries(const char *bytes, size_t length, sse_log_file file_wanted, const wanted *rows, guint count, int line)
{
    static const unsigned steps[] = { 1, 3, 4096 };

    for (size_t s = 0; s < G_N_ELEMENTS(steps); s++) {
        file f = { .bytes = bytes, .length = length, .step = steps[s] };
        sse_log_encoding encoding;
        sse_log_file found;
        GArray *entries = read_all(&f, &found, &encoding);

        if (found != file_wanted || entries->len != count)
            fail_msg("line %d: file %d, %u entries", line, found, entries->len);
        for (guint i = 0; i < count; i++) {
            const read_entry *e = &g_array_index(entries, read_entry, i);

            if (strcmp(e->text, rows[i].text) != 0 || e->entry.has_time != (rows[i].time != 0) ||
                (rows[i].time != 0 && e->entry.time != rows[i].time))
                fail_msg("line %d, entry %u: \"%s\", time %d %" G_GINT64_FORMAT, line, i, e->text, e->entry.has_time,
                         (gint64)e->entry.time);
        }
        read_again(entries, &f, encoding);
        g_array_free(entries, TRUE);
    }
}
#define EXPECT(bytes, file, rows) expect_entries(bytes, sizeof bytes - 1, file, rows, G_N_ELEMENTS(rows), __LINE__)

static void both_forms(void **state)
{
    static const wanted module[] = { { LINE1, T1 }, { LINE2, T2 } }, agent[] = { { EVENT, T3 }, { EVENT, T3 } };

    (void)state;
    EXPECT(LINE1 "\n" LINE2 "\n", SSE_LOG_MODULE, module);
    EXPECT(LINE1 "\n" LINE2, SSE_LOG_MODULE, module);
    EXPECT(LINE1 "\r\n" LINE2 "\r\n", SSE_LOG_MODULE, module);
    EXPECT("\xef\xbb\xbf" LINE1 "\n\n\n" LINE2 "\n\n", SSE_LOG_MODULE, module);
    EXPECT(EVENT "\n\n" EVENT "\n", SSE_LOG_AGENT, agent);
    EXPECT("\n\n" EVENT "\r\n \r\n" EVENT, SSE_LOG_AGENT, agent);
}

static void lines_that_are_no_entry(void **state)
{
    static const wanted start[] = { { "the rest of\nan entry", 0 }, { LINE1, T1 } },
        middle[] = { { LINE1 "\n  more\n\n  and more", T1 }, { LINE2, T2 } },
        no_time[] = { { EVENT, T3 }, { "Date : 08/27/2024", 0 }, { "Date : 08/28/2024\nTime : 1:2", 0 } },
        form[] = { { EVENT, T3 }, { "Date : 27.08.2024\nTime : 06:41:23", 0 }, { EVENT, T3 } },
        cut[] = { { LINE1 "\n2024-08-27 03:07:4", T1 } };

    (void)state;
    EXPECT("the rest of\nan entry\n" LINE1 "\n", SSE_LOG_MODULE, start);
    EXPECT(LINE1 "\n  more\n\n  and more\n" LINE2 "\n", SSE_LOG_MODULE, middle);
    EXPECT(EVENT "\nDate : 08/27/2024\nDate : 08/28/2024\nTime : 1:2\n", SSE_LOG_AGENT, no_time);
    EXPECT(EVENT "\n\nDate : 27.08.2024\nTime : 06:41:23\n\n" EVENT "\n", SSE_LOG_AGENT, form);
    EXPECT(LINE1 "\n2024-08-27 03:07:4", SSE_LOG_MODULE, cut);
}

#define TITLE "   Index Time          EntryType   Source                 InstanceID Message\r\n   ----- ----          ---------   ------                 ---------- -------\r\n"
#define ROW1  "16450604 Aug 27 03:06  Information acswgagent             1140916480 BRIDGE | Thread 1ef0 | one"
#define ROW2  "16450605 Aug 27 03:06  Warning     acswgagent             1140916480 WARN | Thread 1ef0 | two"
#define ROW3  "   16450606 Dec 31 23:59  Error       csc_swgagent           1140916480 WARN | Thread 1ef0 | three"
#define OTHER "16450607 Jan 01 00:01  Information Outlook                    1073741869 other"

/* Rows have no year: who knows it gives it. */
static void a_table_of_events(void **state)
{
    static const wanted two[] = { { ROW2, 0 }, { ROW1, 0 } }, wrapped[] = { { ROW2 " which goes on", 0 }, { ROW1, 0 } },
        after[] = { { "PS C:\\> Get-EventLog x\n\n   Index Time          EntryType   Source                 InstanceID Message", 0 }, { ROW1, 0 } },
        others[] = { { OTHER, 0 }, { ROW3, 0 } };

    (void)state;
    EXPECT(TITLE ROW2 "\r\n" ROW1 "\r\n", SSE_LOG_TABLE, two);
    EXPECT("\r\n\r\n" TITLE "\r\n" ROW2 "\r\n" TITLE ROW1 "\r\n\r\n", SSE_LOG_TABLE, two);
    EXPECT(TITLE ROW2 "\n                                             which\n       goes on\n" ROW1 "\n", SSE_LOG_TABLE, wrapped);
    EXPECT("PS C:\\> Get-EventLog x\n\n   Index Time          EntryType   Source                 InstanceID Message\n" ROW1 "\n", SSE_LOG_TABLE, after);
    EXPECT(TITLE OTHER "\n" ROW3 "\n", SSE_LOG_TABLE, others);
}

/* "2024-08-27 03:06" */
#define AUG_2024 INT64_C(1724727960)
#define AUG_2026 INT64_C(1787799960)
#define DEC_2023 INT64_C(1704067140)
#define JAN_2024 INT64_C(1704067260)

/* The rows of a file in order of time, with the year that is meant. */
static void rows_in_order(void **state)
{
    static const struct { const char *what, *text; int64_t capture, file; unsigned n; const char *row[3]; int64_t time[3]; } rows[] = {
        { "newest first", TITLE ROW2 "\n" ROW1 "\n", AUG_2024 + 40, AUG_2026, 2, { ROW1, ROW2 }, { AUG_2024, AUG_2024 } },
        { "oldest first", TITLE ROW1 "\n" ROW2 "\n", AUG_2024 + 40, AUG_2026, 2, { ROW1, ROW2 }, { AUG_2024, AUG_2024 } },
        { "no capture", TITLE ROW2 "\n" ROW1 "\n", 0, AUG_2026 + 86400, 2, { ROW1, ROW2 }, { AUG_2026, AUG_2026 } },
        { "a capture of another day", TITLE ROW2 "\n" ROW1 "\n", AUG_2024 + 5 * 86400, AUG_2026, 2, { ROW1, ROW2 }, { AUG_2026, AUG_2026 } },
        { "a file older than the day in its year", TITLE ROW1 "\n", 0, AUG_2026 - 3 * 86400, 1, { ROW1 }, { AUG_2026 - 365 * 86400 } },
        { "over the new year, by a capture", TITLE OTHER "\n" ROW3 "\n", JAN_2024 + 60, AUG_2026, 2, { ROW3, OTHER }, { DEC_2023, JAN_2024 } },
        { "over the new year, by the file", TITLE OTHER "\n" ROW3 "\n", 0, JAN_2024 + 60, 2, { ROW3, OTHER }, { DEC_2023, JAN_2024 } },
        { "what is no row, at the start", "title\n" ROW2 "\n" ROW1 "\n", AUG_2024, AUG_2026, 3, { ROW1, "title", ROW2 }, { AUG_2024, AUG_2024, AUG_2024 } },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        file f = { .bytes = rows[i].text, .length = strlen(rows[i].text), .step = 4096 };
        const sse_log_years years = { .captures = &rows[i].capture, .n_captures = rows[i].capture != 0, .file = rows[i].file };
        sse_log_reader *reader = sse_log_reader_new(read_bytes, &f, 0, SSE_LOG_BYTES);
        GString *text = g_string_new(NULL);
        sse_log_table *table;
        sse_log_entry entry;
        int64_t time;

        assert_int_equal(sse_log_recognise(reader, &time), SSE_LOG_TABLE);
        table = sse_log_table_new(reader, &years);
        for (unsigned k = 0; k < rows[i].n; k++) {
            assert_true(sse_log_table_next(table, text, &entry));
            if (strcmp(text->str, rows[i].row[k]) != 0 || !entry.has_time || entry.time != rows[i].time[k] * SSE_SECOND)
                fail_msg("%s, %u: \"%s\", time %" G_GINT64_FORMAT, rows[i].what, k, text->str, (gint64)(entry.time / SSE_SECOND));
        }
        assert_false(sse_log_table_next(table, text, &entry));
        sse_log_table_free(table);
        sse_log_reader_free(reader);
        g_string_free(text, TRUE);
    }
}

static void when_captures_begin(void **state)
{
    static const uint8_t pcap[] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
                                    0x90, 0x42, 0xcd, 0x66, 0, 0, 0, 0 },
        big_pcap[] = { 0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 1, 0x66, 0xcd, 0x42, 0x90, 0, 0, 0, 0 },
        /* A section; an interface with nanoseconds; a packet. */
        pcapng[] = { 0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 28, 0, 0, 0,
                     1, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 4, 0, 9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0,
                     6, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0x0e, 0x72, 0xef, 0x17, 0x00, 0x20, 0x4e, 0x73, 0, 0, 0, 0, 0, 0, 0, 0, 32, 0, 0, 0 },
        text[] = "2024-08-27 03:07:43 [8880] [DEBUG]";
    int64_t seconds = 0;

    (void)state;
    assert_true(sse_capture_time(pcap, sizeof pcap, &seconds));
    assert_int_equal(seconds, 0x66cd4290);
    seconds = 0;
    assert_true(sse_capture_time(big_pcap, sizeof big_pcap, &seconds));
    assert_int_equal(seconds, 0x66cd4290);
    assert_true(sse_capture_time(pcapng, sizeof pcapng, &seconds));
    assert_int_equal(seconds, (INT64_C(0x17ef720e) << 32 | 0x734e2000) / 1000000000);
    for (size_t n = 0; n < sizeof pcapng - 4; n++)
        sse_capture_time(pcapng, n, &seconds);
    assert_false(sse_capture_time(pcap, 27, &seconds));
    assert_false(sse_capture_time(text, sizeof text, &seconds));
}

/* pcapng: a section, one interface (its option if_tsresol, or none), then what is
 * asked: a packet or another block. */
static GByteArray *pcapng_file(bool big, const char *option, unsigned option_length, uint32_t type, uint32_t interface,
                               uint32_t length)
{
    GByteArray *capture = g_byte_array_new();
    const uint32_t head = 20 + option_length;

#define PUT32(value) do { const uint32_t v_ = big ? GUINT32_TO_BE((uint32_t)(value)) : GUINT32_TO_LE((uint32_t)(value)); \
                          g_byte_array_append(capture, (const guint8 *)&v_, 4); } while (0)
    PUT32(0x0A0D0D0A); PUT32(28); PUT32(0x1A2B3C4D); PUT32(big ? 0x00010000 : 1); PUT32(-1); PUT32(-1); PUT32(28);
    PUT32(1); PUT32(head); PUT32(big ? 0x00010000 : 1); PUT32(0x40000);
    g_byte_array_append(capture, (const guint8 *)option, option_length);
    PUT32(head);
    PUT32(type); PUT32(length); PUT32(interface); PUT32(1); PUT32(0); PUT32(0); PUT32(0); PUT32(length);
#undef PUT32
    return capture;
}

/* The unit of a packet's time is its interface's, a power of ten or of two; what
 * is damaged has no time. */
static void when_captures_begin_by_their_interfaces(void **state)
{
    static const struct {
        const char *what;
        bool big;
        char option[13];
        unsigned option_length;
        uint32_t type, interface, length;
        int64_t seconds;         /* -1: none */
    } rows[] = {
        { "microseconds without an option", false, "", 0, 6, 0, 32, (INT64_C(1) << 32) / 1000000 },
        { "the other byte order", true, "", 0, 6, 0, 32, (INT64_C(1) << 32) / 1000000 },
        { "the end of options", false, "\0\0\0\0", 4, 6, 0, 32, (INT64_C(1) << 32) / 1000000 },
        { "seconds", false, "\x9\0\x1\0\0\0\0\0", 8, 6, 0, 32, INT64_C(1) << 32 },
        { "halves to the power of 16", false, "\x9\0\x1\0\x90\0\0\0", 8, 6, 0, 32, INT64_C(1) << 16 },
        { "another option first", false, "\x2\0\x1\0x\0\0\0\x9\0\x1\0", 12, 6, 0, 32, (INT64_C(1) << 32) / 1000000 },
        { "a power of ten that no number holds", false, "\x9\0\x1\0\x7f\0\0\0", 8, 6, 0, 32, -1 },
        { "a power of two that no number holds", false, "\x9\0\x1\0\xff\0\0\0", 8, 6, 0, 32, -1 },
        { "a packet of no interface", false, "", 0, 6, 1, 32, -1 },
        { "no packet", false, "", 0, 5, 0, 32, -1 },
        { "another section", false, "", 0, 0x0A0D0D0A, 0, 32, -1 },
        { "a block shorter than its head", false, "", 0, 5, 0, 8, -1 },
        { "a length that is no multiple of four", false, "", 0, 5, 0, 33, -1 },
        { "a block past the end", false, "", 0, 5, 0, 64, -1 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        GByteArray *capture = pcapng_file(rows[i].big, rows[i].option, rows[i].option_length, rows[i].type, rows[i].interface,
                                       rows[i].length);
        int64_t seconds = -1;
        const bool found = sse_capture_time(capture->data, capture->len, &seconds);

        if (found != (rows[i].seconds >= 0) || seconds != rows[i].seconds)
            fail_msg("%s: %d, %" G_GINT64_FORMAT " s", rows[i].what, found, (gint64)seconds);
        g_byte_array_free(capture, TRUE);
    }
}

static void starts(void **state)
{
    static const struct { const char *line; sse_log_file file; } rows[] = {
        { LINE1, SSE_LOG_MODULE },
        { "2024-02-29 23:59:60 [1] [I] <1>", SSE_LOG_MODULE },
        { "2023-02-29 03:07:43 [1] [I] <1>", SSE_LOG_NONE },
        { "2024-13-01 03:07:43 [1] [I] <1>", SSE_LOG_NONE },
        { "2024-08-27 24:07:43 [1] [I] <1>", SSE_LOG_NONE },
        { "1969-08-27 03:07:43 [1] [I] <1>", SSE_LOG_NONE },
        { "2200-08-27 03:07:43 [1] [I] <1>", SSE_LOG_NONE },
        { "2024-08-27 03:07:43 [x] [I] <1>", SSE_LOG_NONE },
        { "2024-08-27 03:07:43 [1] [1] <1>", SSE_LOG_NONE },
        { "2024-08-27 03:07:43 [1] [I] <x>", SSE_LOG_NONE },
        { "2024-08-27 03:07:43 [1] [I] <   ", SSE_LOG_NONE },
        { "2024-08-27 03:07:43 [111111111111111111", SSE_LOG_NONE },
        { " 2024-08-27 03:07:43 [1] [I] <1> x", SSE_LOG_NONE },
        { "Date : 08/27/2024", SSE_LOG_AGENT },
        { "Date        : 08/27/2024 ", SSE_LOG_AGENT },
        { "Date: 08/27/2024", SSE_LOG_AGENT },
        { "Date : 27/08/2024", SSE_LOG_AGENT },
        { "Date : 27.08.2024", SSE_LOG_AGENT },
        { "Date\t: 08/27/2024 x", SSE_LOG_AGENT },
        { "Date: Tue, 27 Aug 2024 06:41:22 GMT", SSE_LOG_NONE },
        { "Date : ", SSE_LOG_NONE },
        { "Date", SSE_LOG_NONE },
        { "Description : x", SSE_LOG_NONE },
        { ROW1, SSE_LOG_TABLE },
        { ROW3, SSE_LOG_TABLE },
        { "1 Aug 7 03:06 0 acswgagent", SSE_LOG_TABLE },
        { "1 Mai 27 03:06 Warning acswgagent 1 x", SSE_LOG_NONE },
        { "1 Aug 32 03:06 Warning acswgagent 1 x", SSE_LOG_NONE },
        { "1 Aug 27 24:06 Warning acswgagent 1 x", SSE_LOG_NONE },
        { "1 Aug 27 03:06 Warning", SSE_LOG_NONE },
        { "1 Aug 27", SSE_LOG_NONE },
        { "16450604", SSE_LOG_NONE },
        { "", SSE_LOG_NONE },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t n = strlen(rows[i].line);
        char *copy = g_malloc(MAX(n, 1));

        memcpy(copy, rows[i].line, n);
        if (sse_log_starts(copy, n) != rows[i].file)
            fail_msg("%s", rows[i].line);
        g_free(copy);
    }
}

static void times(void **state)
{
    static const struct { const char *text; int64_t seconds; } rows[] = {
        { "1970-01-01 00:00:00 [1] [I] <1>", 0 },          { "1970-12-31 23:59:59 [1] [I] <1>", 31535999 },
        { "1972-02-29 00:00:00 [1] [I] <1>", 68169600 },   { "1972-03-01 00:00:00 [1] [I] <1>", 68256000 },
        { "2000-02-29 12:00:00 [1] [I] <1>", 951825600 },  { "2000-12-31 00:00:00 [1] [I] <1>", 978220800 },
        { "2100-03-01 00:00:00 [1] [I] <1>", 4107542400 }, { "2199-12-31 23:59:59 [1] [I] <1>", 7258118399 },
        { "Date : 01/01/2001\nTime : 00:00:01", 978307201 },
    };
    int64_t time;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (!sse_log_time(rows[i].text, strlen(rows[i].text), &time) || time != rows[i].seconds * SSE_SECOND)
            fail_msg("%s", rows[i].text);
}

static void not_ours(void **state)
{
    static const char *const rows[] = {
        "", "\n", "\xef\xbb\xbf", "\xff\xfe", "plain text\n",
        /* too far down */
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n" LINE1 "\n",
        /* binary before it */
        "\x01\x02\x03\n" LINE1 "\n",
        /* another log of the bundle, of the same form */
        "Date : 08/27/2024\nTime : 06:41:22\nType : Information\nSource : csc_vpnagent\n\nDescription : x\n",
        "Date : 08/27/2024\nTime : 06:41:22\nType : Information\nDescription : x\n",
        "Date : 08/27/2024\nSource : csc_swgagent\n",
        "08-27 03:07:43.123  8880  8880 D tag: an Android log\n",
        "{\"time\":\"2024-08-27 03:07:43\"}\n",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        file f = { .bytes = rows[i], .length = strlen(rows[i]), .step = 4096 };
        sse_log_encoding encoding;
        sse_log_file found;
        GArray *entries = read_all(&f, &found, &encoding);

        if (found != SSE_LOG_NONE)
            fail_msg("taken: %s", rows[i]);
        g_array_free(entries, TRUE);
    }
}

/* ASCII as UTF-16, with a mark or none. */
static GString *utf16(const char *text, bool little, bool mark)
{
    GString *out = g_string_new(NULL);

    if (mark)
        g_string_append_len(out, little ? "\xff\xfe" : "\xfe\xff", 2);
    for (; *text != '\0'; text++) {
        g_string_append_c(out, little ? *text : '\0');
        g_string_append_c(out, little ? '\0' : *text);
    }
    return out;
}

static void utf_16(void **state)
{
    static const wanted rows[] = { { LINE1, T1 }, { LINE2, T2 } };

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        GString *text = utf16(LINE1 "\r\n" LINE2 "\r\n", i % 2 == 0, i < 2);

        expect_entries(text->str, text->len, SSE_LOG_MODULE, rows, 2, __LINE__);
        /* Cut in the middle of the last line feed, then of the carriage return. */
        g_string_truncate(text, text->len - 1);
        expect_entries(text->str, text->len, SSE_LOG_MODULE, rows, 2, __LINE__);
        g_string_free(text, TRUE);
    }
}

static void characters_of_utf_16(void **state)
{
    GString *text = utf16(LINE1, true, true);
    /* e acute, a smile, two first surrogates, a second one alone, a first one before the end of the line */
    static const char more[] = "\xe9\x00\x3d\xd8\x0a\xde\x3d\xd8\x3d\xd8\x0a\xde\x3d\xd8\x0a\x00y\x00";
    static const wanted rows[] = { { LINE1 "\xc3\xa9\xf0\x9f\x98\x8a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\ny", T1 } };

    (void)state;
    g_string_append_len(text, more, sizeof more - 1);
    expect_entries(text->str, text->len, SSE_LOG_MODULE, rows, 1, __LINE__);
    g_string_free(text, TRUE);
}

/* Of a line without end, and of an entry of many lines, nothing is lost and no
 * piece is longer than allowed. */
static void long_entries(void **state)
{
    static const size_t lengths[] = { 16383, 16384, 16385, 65535, 65536, 65537, 400000 };

    (void)state;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(lengths); i++) {
        GString *text = g_string_new(LINE1), *again = g_string_new(NULL);
        bool lines = i >= G_N_ELEMENTS(lengths);
        file f = { .step = 4096 };
        sse_log_encoding encoding;
        sse_log_file found;
        GArray *entries;

        while (text->len < lengths[i % G_N_ELEMENTS(lengths)])
            g_string_append(text, lines && text->len % 100 == 0 ? "\n" : "x");
        f.bytes = text->str;
        f.length = text->len;
        entries = read_all(&f, &found, &encoding);
        assert_int_equal(found, SSE_LOG_MODULE);
        for (guint k = 0; k < entries->len; k++) {
            const read_entry *e = &g_array_index(entries, read_entry, k);

            assert_int_equal(e->entry.has_time, k == 0);
            if (k > 0 && text->str[again->len] == '\n')
                g_string_append_c(again, '\n');
            g_string_append(again, e->text);
        }
        assert_string_equal(again->str, text->str);
        read_again(entries, &f, encoding);
        g_array_free(entries, TRUE);
        g_string_free(again, TRUE);
        g_string_free(text, TRUE);
    }
}

static void a_failed_read_ends_it(void **state)
{
    file f = { .bytes = LINE1 "\n" LINE2 "\n", .length = strlen(LINE1) + strlen(LINE2) + 2, .step = 16, .fails_at = 120 };
    sse_log_reader *reader = sse_log_reader_new(read_bytes, &f, 0, SSE_LOG_BYTES);
    GString *text = g_string_new(NULL);
    sse_log_entry entry;

    (void)state;
    assert_true(sse_log_next(reader, text, &entry));
    while (sse_log_next(reader, text, &entry))
        ;
    assert_true(sse_log_reader_failed(reader));
    g_string_free(text, TRUE);
    sse_log_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_forms), cmocka_unit_test(lines_that_are_no_entry), cmocka_unit_test(starts),
        cmocka_unit_test(a_table_of_events), cmocka_unit_test(rows_in_order), cmocka_unit_test(when_captures_begin),
        cmocka_unit_test(when_captures_begin_by_their_interfaces),
        cmocka_unit_test(times), cmocka_unit_test(not_ours), cmocka_unit_test(utf_16),
        cmocka_unit_test(characters_of_utf_16), cmocka_unit_test(long_entries), cmocka_unit_test(a_failed_read_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
