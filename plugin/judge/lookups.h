/* lookups.h
 * Lookups of gateways' names: what became of each, which of them count against
 * the web, and the run of those that did not resolve, judged per name.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_LOOKUPS_H
#define SSE_JUDGE_LOOKUPS_H

#include "evidence.h"

/** What became of a lookup. NOTHING: no records of that type, a name without
 * addresses, or what the snap length took: it says nothing. */
typedef enum {
    SSE_LOOKUP_WAITING, SSE_LOOKUP_GOOD, SSE_LOOKUP_BAD, SSE_LOOKUP_UNANSWERED, SSE_LOOKUP_NOTHING
} sse_lookup_result;
sse_lookup_result sse_lookup_result_of(const sse_context *c, const sse_lookup *l);

/** What a lookup that failed is for: sse_context.lookup_says. */
enum {
    SSE_SAYS_NOTHING = 0,    /**< it did not fail, or a good answer or a served handshake clears it */
    SSE_SAYS_FAILED,         /**< it counts */
    SSE_SAYS_OTHER_NAME      /**< a gateway known by another name serves: the finding name-failed */
};
/** Judges all lookups of a client, once; the outcomes of its handshakes are known. */
void sse_judge_lookups(sse_context *c, const sse_group *g);
/** Does it count as a failure? l: one of the tracker's. */
bool sse_lookup_counts(const sse_context *c, const sse_lookup *l);

/** The lookups that did not resolve, by time; per name a good answer takes its
 * own out. Free with sse_unresolved_free(). */
typedef struct sse_unresolved {
    GArray     *items;       /**< guint32: lookups; some may have been taken out since */
    guint       head;        /**< the first that has not */
    guint       since;       /**< ... since the newest proof: what lies between two proofs is one run */
    GHashTable *names;       /**< name + 1 -> what is known of it */
    guint       alive;       /**< how many have not been taken out */
    guint       misdirected; /**< of these, those answered with addresses that no gateway has */
    guint       unresolved;  /**< names that do not resolve, as rule 4 wants it */
} sse_unresolved;

void sse_unresolved_init(sse_unresolved *u);
void sse_unresolved_free(sse_unresolved *u);
/** A proof came: those so far are of no run to come, but count for their names. */
void sse_unresolved_proved(sse_unresolved *u);
/** Takes all out. */
void sse_unresolved_clear(sse_unresolved *u);
void sse_unresolved_add(const sse_context *c, const sse_group *g, sse_unresolved *u, uint32_t lookup);
/** A good answer for a name came. */
void sse_unresolved_good(const sse_context *c, sse_unresolved *u, uint32_t name);
/** Would it be the last name that does not resolve? */
bool sse_unresolved_only(const sse_unresolved *u, uint32_t name);
/** The first and the newest since the proof; there must be one. */
const sse_lookup *sse_unresolved_first(const sse_context *c, const sse_unresolved *u);
const sse_lookup *sse_unresolved_newest(const sse_context *c, const sse_unresolved *u);
/** Has the one at a place of items not been taken out? */
bool sse_unresolved_holds(const sse_context *c, const sse_unresolved *u, guint at);
/** The first since the proof that was answered with addresses that no gateway has; NULL without. */
const sse_lookup *sse_unresolved_misdirected(const sse_context *c, const sse_unresolved *u);

#endif
