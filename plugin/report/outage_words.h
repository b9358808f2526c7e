/* outage_words.h
 * Outages in words: the same line and the same block wherever one is told.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_OUTAGE_WORDS_H
#define SSE_OUTAGE_WORDS_H

#include "report.h"

/** An outage as it is told: one that counts, with those of the other IP version
 * that overlap it and only repeat it; or one that does not count, alone. */
typedef struct sse_told {
    const sse_outage *outage; /**< the first of them: it gives since, cause, proof */
    const sse_outage *last;  /**< the one that ends last */
    guint    first, end;     /**< indices into the client's outages; between them stand those that repeat it */
    bool     counted;
    bool     lasts;          /**< to the end of the file */
    bool     both;           /**< one of the other IP version is in it */
} sse_told;

/** What is to be told of a client, by since. g_array_free() it. */
GArray *sse_outages_told(const sse_client_report *c);
/** Of these the one of a service that counts and lasts, that is, what the service
 * is in now. NULL where there is none. */
const sse_told *sse_outage_now(const GArray *told, sse_service service);
/** The members of one: itself first, then those that repeat it. *at: 0 at the
 * start. @return NULL behind the last */
const sse_outage *sse_told_member(const sse_client_report *c, const sse_told *t, guint *at);

/** Adds the peers of an outage that are not among these yet (sse_addr); so many that a
 * filter takes them. */
void sse_told_add_peers(GArray *peers, const sse_outage *o);

/** How long it lasted, in ns: to its end, else to what confirmed it last. */
int64_t sse_told_duration(const sse_told *t);
/** Appends "2 h 5 min"; "25 s or more" where its beginning or end is not known. */
void sse_told_duration_words(GString *out, const sse_told *t);
/** Appends "2024-08-27 03:07:43 to 03:08:08 UTC (25 s)"; of one that lasts "since
 * 2024-08-27 03:07:43 UTC (25 s or more)". */
void sse_told_time_words(GString *out, const sse_told *t);
/** Appends the cause; of two causes of two IP versions both.
 * @param name_version with the IP version in any case */
void sse_told_short_cause(GString *out, const sse_client_report *c, const sse_told *t, bool name_version);
/** The same, of DNS with the ports where their causes differ. */
void sse_told_cause_words(GString *out, const sse_client_report *c, const sse_told *t);
/** Appends where it begins and ends in the file: "from frame 3 to frame 9, where it
 * works again". */
void sse_told_border_words(GString *line, const sse_told *t);
/** "DNS", "DNS IPv6", "DNS IPv4 and IPv6", "Web". */
const char *sse_told_service_words(const sse_told *t);
/** Appends all of it in one sentence: a row of a list. */
void sse_told_row(GString *out, const sse_client_report *c, const sse_told *t);
/** Why one that does not count does not. */
const char *sse_not_counted_words(const sse_outage *o);

/** Appends ", at 192.0.2.1, 192.0.2.2": whom the attempts that failed were sent to.
 * Nothing where nobody is known. */
void sse_outage_peers_words(GString *line, const sse_outage *o);

/** The section of the text report. Adds the advice that it says to said (of char *,
 * which it owns), and leaves out what is there already. */
void sse_outage_section(GString *out, const sse_report *r, const sse_client_report *c, const GArray *told,
                        GHashTable *said);

/** Adds a text to those said, which owns it from now on. @return whether it is new */
bool sse_say_once(GHashTable *said, char *text);

#endif
