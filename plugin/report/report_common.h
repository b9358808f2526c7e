/* report_common.h
 * Words that the text report and the ticket share: times, names of states,
 * lines that wrap, strings made safe to print.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REPORT_COMMON_H
#define SSE_REPORT_COMMON_H

#include "print.h"

/** More addresses than this in a row are for nobody to read. */
#define SSE_ADDRESSES_NAMED 16
/** Nor are more rows of a table, or entries of a timeline; JSON has them. */
#define SSE_ROWS_SHOWN 64

/** Columns of text, save filters. */
#define SSE_WIDTH 98

/** A string from a packet made safe to print: valid UTF-8, with control
 * characters and marks of direction as \\xNN and \\u{NNNN}. g_free() it. */
char *sse_escape(const char *text);

/** "2024-08-27 03:07:43.572681 UTC"; g_free() it. */
char *sse_time_utc(int64_t time);
/** The same to the second. */
char *sse_time_utc_second(int64_t time);

/** "frame" or "frames", ...: the word that goes with a number. */
const char *sse_plural(uint32_t n, const char *one, const char *many);

/** Appends text, escaped, in lines of at most SSE_WIDTH columns: the first
 * begins with head, the others with as many blanks. Ends with a newline. Words
 * too long for a line are cut. */
void sse_wrap(GString *out, const char *head, const char *text);
void sse_wrap_printf(GString *out, const char *head, const char *format, ...) G_GNUC_PRINTF(3, 4);
/** The same in one line however long it gets: what a reader copies. */
void sse_line(GString *out, const char *head, const char *text);

/** "192.168.0.1, ICMP type 3 code 13 (administratively prohibited), 6 times";
 * g_free() it. */
char *sse_icmp_words(const sse_icmp_sum *icmp);
/** Where resets came from, with the reasons: "likely a device on the path: it
 * came ...; its window ..."; g_free() it. NULL where there were none. */
char *sse_origin_words(const sse_gateway_report *gateway);
/** The reply that came in place of OpenDNS's: "response code 3 (NXDOMAIN), IP TTL
 * 63, frame 9"; g_free() it. NULL where there was none. */
char *sse_fake_words(const sse_resolver_report *r);
/** Appends "frames 3, 4, 5 and 7 more". */
void sse_frames_words(GString *line, const sse_frames *frames);
/** Appends "192.0.2.1, 192.0.2.2 and 5 more": of a client's addresses the first. */
void sse_addresses_words(GString *line, const GArray *addresses);

/** The answers to CONNECT that are not 2xx: "502 (3 times: frames 44, 56, 66)";
 * g_free() it. NULL where there were none. */
char *sse_connect_words(const sse_client_report *c);
/** What the reader must know before the first verdict: one direction only, in
 * the file or because of the filter; the filter itself. */
void sse_preamble(GString *out, const sse_report *report);

#endif
