/* layout.h
 * How text is laid out: strings made safe to print, times, lines that wrap.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_LAYOUT_H
#define SSE_LAYOUT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/** Where a text is read. It decides how wide its lines are, and whether it names
 * tshark's options or Wireshark's menus and preferences. */
typedef enum { SSE_IN_TERMINAL, SSE_IN_WINDOW } sse_medium;

/** Columns of text, save filters: what a terminal shows, and what fits a text
 * window of Wireshark as it first opens. */
#define SSE_WIDTH        98
#define SSE_WIDTH_WINDOW 72

/** For whom all that follows is laid out, until it is called again: a terminal
 * to begin with. Who prints for a window sets it back (print.c). */
void sse_layout_for(sse_medium medium);
bool sse_in_window(void);
/** Columns of a line there. */
int sse_width(void);

/** A string from a packet made safe to print: valid UTF-8, with control
 * characters and marks of direction as \\xNN and \\u{NNNN}. g_free() it. */
char *sse_escape(const char *text);

/** "2024-08-27 03:07:43.572681 UTC"; g_free() it. */
char *sse_time_utc(int64_t time);
/** The same to the second. */
char *sse_time_utc_second(int64_t time);
/** Appends how long something took, ns: "under 1 s", "25 s", "1 min 12 s", "2 h 5 min",
 * "3 d 4 h". */
void sse_duration_words(GString *out, int64_t duration);

/** Room for the text of any time in milliseconds. */
#define SSE_MILLISECONDS_TEXT 24
/** ns as "18.3": milliseconds with one digit behind the point, halves up. From
 * integers, as the libraries of systems round halves of a double differently.
 * @return out */
const char *sse_milliseconds(int64_t ns, char out[SSE_MILLISECONDS_TEXT]);

/** Appends a link-layer address of 48 bits: "00:00:5e:00:53:cd". */
void sse_append_link_layer(GString *out, uint64_t mac);

/** "frame" or "frames", ...: the word that goes with a number. */
const char *sse_plural(uint32_t n, const char *one, const char *many);

/** Appends a line across the whole width. */
void sse_rule(GString *out);

/** Appends text, escaped, in lines of at most sse_width() columns: the first
 * begins with head, the others with as many blanks. Ends with a newline. Words
 * too long for a line are cut. */
void sse_wrap(GString *out, const char *head, const char *text);
void sse_wrap_printf(GString *out, const char *head, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** The same in one line however long it gets: what a reader copies. */
void sse_line(GString *out, const char *head, const char *text);

/** A time as ISO 8601 UTC with nanoseconds: "2024-08-27T03:07:43.572681000Z". */
char *sse_time_iso(int64_t time_ns);

#endif
