/* tap-format.h
 * The formats of what -z sseroaming and the windows show: their names, their
 * titles, and who prints them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_FORMAT_H
#define SSE_TAP_FORMAT_H

#include "tap-rows.h"

/** In the order in which they are listed. */
typedef enum {
    SSE_SHOW_REPORT, SSE_SHOW_TICKET, SSE_SHOW_HTML, SSE_SHOW_JSON, SSE_SHOW_OUTAGES, SSE_SHOW_CLIENTS, SSE_SHOW_PROBES,
    SSE_SHOW_HANDSHAKES, SSE_SHOW_COUNTS, SSE_SHOWS
} sse_show;

/** "ticket": the word behind -z sseroaming. */
const char *sse_show_name(sse_show what);
/** "SSE Roaming Ticket": the title of its window. */
const char *sse_show_title(sse_show what);
/** "text, ticket, ...": all of the names. */
const char *sse_show_names(void);
/** The format that the first length characters of a text name, whatever the case.
 * @return SSE_SHOWS where they name none */
sse_show sse_show_of(const char *text, size_t length);

/** Is it for programs: the same bytes on every system, no CR before a line's end? */
bool sse_show_is_bytes(sse_show what);

/** As tshark prints it; g_string_free() it. */
GString *sse_show_text(sse_show what, const sse_tracker *t, const sse_report *report);
/** As a window shows it.
 * @param client index of the one client that the report is about; all below 0 */
GString *sse_show_window(sse_show what, const sse_tracker *t, const sse_report *report, int64_t client);

/** What -z sseroaming can be followed by, one format a line, with examples; and
 * what the windows and menus are for. */
GString *sse_show_help(void);
GString *sse_show_help_window(void);

#endif
