/* head_words.h
 * What says first how a client is, in words: its services, and what to do.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_HEAD_WORDS_H
#define SSE_HEAD_WORDS_H

#include "outage_words.h"
#include "report.h"

/** So many clients are told in full, the worst; the others are summed up. */
#define SSE_CLIENTS_IN_FULL 20

/** Appends "Protected after 2 outages", "Unprotected, 2 outages before".
 * @param now the outage that the service is in, or NULL */
void sse_service_verdict_words(GString *line, const sse_service_report *s, const sse_told *now);
/** Appends "no reply, since 2024-08-27 03:07:43 UTC or earlier (frame 3)"; nothing
 * where there is neither. */
void sse_cause_since_words(GString *line, const sse_service_report *s);
/** Appends "UDP 443 down (0/9 answered), 53 not tried". */
void sse_port_words(GString *line, const sse_version_report *r);
/** Appends "0/3 completed, 2 failed", and the answers to CONNECT where these are the
 * cause. */
void sse_web_words(GString *line, const sse_client_report *c);

/** How bad a service's verdict is; see SSE_STATE_ROWS. */
unsigned sse_service_badness(const sse_service_report *s);
/** Nothing failed in it and nothing asks for anything: one of many in a line. */
bool sse_client_is_well(const sse_client_report *c);

/** Is a client told in full, after so many that were? The well ones of many are not,
 * save the one whose log was read. */
bool sse_client_in_full(const sse_report *r, guint client, guint shown);

/** Those that are not, in a sentence each kind. */
typedef enum { SSE_SUMMED_FAILING, SSE_SUMMED_ASKING, SSE_SUMMED_WELL, SSE_SUMMED_SILENT, SSE_SUMMED } sse_summed;
typedef struct sse_summary {
    struct { GString *addresses; uint32_t count; } of[SSE_SUMMED];
} sse_summary;
#define SSE_SUMMARY_EMPTY { { { NULL, 0 } } }
void sse_summary_add(sse_summary *s, const sse_client_report *c);
/** "3 clients are protected: ADDRESSES."; g_free() it. NULL where there is none. Call
 * it once of each kind: it frees what was added. */
char *sse_summary_take(sse_summary *s, sse_summed kind);

/** One line under "To do". */
typedef struct sse_task {
    char    *text;
    unsigned of;             /**< bits: 1 DNS, 2 the web; 0: of neither alone */
    bool     of_finding;
} sse_task;

/** Of each service the first advice of its newest outage or its state; of findings
 * all, the shortest first. g_array_free() it. */
GArray *sse_client_tasks(const sse_report *r, const sse_client_report *c);
/** What to say where there is nothing to do; NULL where something is. */
const char *sse_no_task_words(const sse_report *r, guint client);

/** Where no client is in the file: what was looked for, and what to check. */
void sse_nothing_lines(GString *out, const sse_report *r);

#endif
