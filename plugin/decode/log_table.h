/* log_table.h
 * The table that Get-EventLog prints of the agent's events: newest first, times
 * without year and seconds. Here its rows come in order of time, and get the year of
 * a capture or of the file. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LOG_TABLE_H
#define SSE_LOG_TABLE_H

#include "log_lines.h"

/** What year is meant: in seconds since 1970. */
typedef struct sse_log_years {
    const int64_t *captures; /**< when captures begin that the log may be merged with; a row within two days of one is of that year */
    size_t  n_captures;
    int64_t file;            /**< else: no row is more than a day later than this */
} sse_log_years;

typedef struct sse_log_table sse_log_table;

/** A reader of a file that sse_log_recognise() takes for such a table, which goes
 * on being the caller's; free with sse_log_table_free(). */
sse_log_table *sse_log_table_new(sse_log_reader *reader, const sse_log_years *years);
void sse_log_table_free(sse_log_table *table);

/** As sse_log_next(), in order of time; what has none has its neighbour's. Of a file
 * of more than SSE_LOG_TABLE_HELD bytes each such part is in order. */
bool sse_log_table_next(sse_log_table *table, GString *text, sse_log_entry *entry);

#define SSE_LOG_TABLE_HELD (32u << 20)

#endif
