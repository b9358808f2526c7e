/* log_lines.h
 * The two logs of a DART bundle as a stream of entries: which file it is, in
 * which encoding, where an entry begins and ends, and its time. What an entry
 * says is log_text.h's. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_LINES_H
#define SSE_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/** The files, by their contents: docs/domain.md, "Log formats". */
typedef enum {
    SSE_LOG_NONE = 0,
    SSE_LOG_MODULE,          /**< cscumbrellaplugin.txt: "2024-08-27 03:07:43 [8880] [DEBUG] < 12> Component: text" */
    SSE_LOG_AGENT,           /**< Umbrella.txt: "Date : 08/27/2024", "Time : 06:41:22", ..., "Description : ..." */
    SSE_LOG_TABLE            /**< Get-EventLog: "16450606 Aug 27 03:06  Warning     acswgagent             1140916480 text" */
} sse_log_file;

/** The dissector that the reader of files names in its frames. */
#define SSE_LOG_DISSECTOR "sseroaming.log"

/** An entry that is longer is handed out in pieces. */
#define SSE_LOG_TEXT_MAX 65536
/** So many bytes at the start of a file decide whether it is one of the logs. */
#define SSE_LOG_HEAD     16384

/** Does this line, without its end, start an entry? Of cscumbrellaplugin.txt it
 * does with a date that there is, of Umbrella.txt with "Date : ", whatever its
 * date looks like, of Get-EventLog's table with number, month, day and time. */
sse_log_file sse_log_starts(const char *line, size_t length);

/** The time of an entry, in ns since 1970. Logs are in local time and do not
 * say which: it is taken as if it were UTC.
 * @return false where the entry has none. */
bool sse_log_time(const char *text, size_t length, int64_t *time);

/** A row of Get-EventLog's table; spans in the line. */
typedef struct sse_log_row {
    uint64_t index;          /**< the event log's own number of it */
    unsigned month, day, minute; /**< from 1; from 1; of the day */
    size_t   when, when_length, type, type_length, source, source_length, message;
} sse_log_row;

/** Is it one? Times in another language than English are none. */
bool sse_log_row_of(const char *line, size_t length, sse_log_row *row);
/** Its time, in seconds since 1970. @return false where the year has no such day. */
bool sse_log_row_time(const sse_log_row *row, unsigned year, int64_t *seconds);
/** Is it the module's? */
bool sse_log_row_is_ours(const char *line, const sse_log_row *row);

/** One line of a text. @return the place behind its end; next == NULL: no more. */
const char *sse_log_line(const char *at, const char *end, size_t *length);
/** The value of "Name : value", where the line has this name; NULL else. */
const char *sse_log_value(const char *line, size_t length, const char *name, size_t *value_length);

/** Where the bytes come from. @return bytes read, 0 at the end, negative on an
 * error, which ends the reading. */
typedef int (*sse_log_source)(void *from, void *buffer, unsigned count);

typedef enum { SSE_LOG_BYTES = 0, SSE_LOG_UTF16_LE, SSE_LOG_UTF16_BE } sse_log_encoding;

/** An entry, or lines that belong to none. */
typedef struct sse_log_entry {
    int64_t offset;          /**< of its first byte in the file: where to begin to read it again */
    int64_t time;            /**< as sse_log_time() */
    bool    has_time;        /**< else its time is its neighbour's */
} sse_log_entry;

typedef struct sse_log_reader sse_log_reader;

/** A reader from a place in the file on; free with sse_log_reader_free().
 * @param offset of the place; 0: a byte order mark there is passed over, and
 *        the encoding is found out; else it is as given */
sse_log_reader *sse_log_reader_new(sse_log_source source, void *from, int64_t offset, sse_log_encoding encoding);
void sse_log_reader_free(sse_log_reader *reader);

/** At the start of a file: is it one of the logs? Looks at the first
 * SSE_LOG_HEAD bytes, and takes nothing: the entries follow all the same.
 * @param time gets that of the first entry; 0 where its rows have no year */
sse_log_file sse_log_recognise(sse_log_reader *reader, int64_t *time);
sse_log_encoding sse_log_reader_encoding(const sse_log_reader *reader);
/** The file's first bytes, before anything else is read. */
const uint8_t *sse_log_reader_head(const sse_log_reader *reader, size_t *length);

/** The next entry: its text in UTF-8 (as far as the file's is), lines ended by
 * a line feed, none at the end; never empty, at most SSE_LOG_TEXT_MAX bytes.
 * @return false at the end of the file, and after an error. */
bool sse_log_next(sse_log_reader *reader, GString *text, sse_log_entry *entry);
bool sse_log_reader_failed(const sse_log_reader *reader);

#endif
