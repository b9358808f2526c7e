/* tap-text.h
 * The tables and the counts as text, for tshark.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_TEXT_H
#define SSE_TAP_TEXT_H

#include "tap-rows.h"

/** The rows of a table, in columns that line up: records and outages by frame,
 * clients as the report has them. */
GString *sse_table_text(const sse_tracker *t, const sse_report *report, sse_table table);

/** How many probes and handshakes had which outcome: in all, by resolver or
 * gateway, and by client; and how long their replies took. */
GString *sse_counts_text(const sse_tracker *t, const sse_report *report);

/** A branch of the counts. */
typedef struct sse_branch {
    const char *title;
    sse_table   table;
    /** What the branch divides its records by before their outcome; NULL:
     * nothing. g_free() it. */
    char *(*key)(const sse_tracker *t, sse_table table, uint32_t record);
    /** Title of a branch of the tree beside one with a key, with the least, average and greatest
     * reply time by the same key; NULL: none. */
    const char *reply_title;
} sse_branch;

/** The branches, in order. */
const sse_branch *sse_branches(unsigned *count);

#endif
