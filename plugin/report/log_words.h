/* log_words.h
 * What the client's own log says against the packets, as text and as JSON.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_REPORT_LOG_H
#define SSE_REPORT_LOG_H

#include <wsutil/json_dumper.h>

#include "log_report.h"

/** One statement and what the packets say to it: "rejected all candidates for
 * port 53 over IPv4; the 4 probes had no reply"; g_free() it. */
char *sse_log_words(const sse_log_statement *st);

/** The block of the text report. Nothing where there is no log, or where it is
 * another client's (client: index into the report's clients, -1: a log whose
 * client is not known). */
void sse_log_lines(GString *out, const sse_report *r, int64_t client);
/** Of the first lines the one about the log; the same. */
void sse_log_head_line(GString *out, const sse_report *r, int64_t client);

/** Of the ticket the line about the log: nothing but where the packets deny it. */
void sse_log_ticket_line(GString *out, const sse_report *r, int64_t client);
/** Do the packets deny what this client's log says? */
bool sse_log_denied(const sse_report *r, int64_t client);
/** Does the log show that something on the host takes the probes? */
bool sse_log_taken(const sse_report *r);
/** The member "log", the same. */
void sse_log_json(json_dumper *d, const sse_report *r, int64_t client);

#endif
