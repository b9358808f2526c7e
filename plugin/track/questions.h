/* questions.h
 * Which DNS questions the file holds, and what their answers call an address: an
 * answer that nobody asked for teaches nothing.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_QUESTIONS_H
#define SSE_QUESTIONS_H

#include "store.h"

/** For who frees a tracker; q may be NULL. */
void sse_questions_free(struct sse_questions *q);
/** A query, whoever sent it. */
void sse_question_seen(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** Does a reply answer one of the newest queries? */
bool sse_question_held(const sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** Has this address sent a query? May be wrong with a "yes", never with a "no". */
bool sse_has_asked(const sse_tracker *t, const sse_addr *addr);

/** What an answered question calls an address. */
typedef enum {
    SSE_NAMED_NOT,           /**< nothing, as far as is known */
    SSE_NAMED_OTHERWISE,     /**< by a name that is none of a gateway's */
    SSE_NAMED_ZTA            /**< by one of the service's Zero Trust Access */
} sse_named;
sse_named sse_named_as(const sse_tracker *t, const sse_addr *addr);
/** The end of the name, two labels, that an answered question gives an address; NULL
 * unknown. Valid until the next answer. */
const char *sse_site_named(const sse_tracker *t, const sse_addr *addr);
/** An answer to a question that is held, for a name that is none of a gateway's: its
 * addresses are no gateways by a preference's range. */
void sse_answer_names(sse_tracker *t, const obs_packet *p, const obs_dns *dns);

#endif
