/* outages.h
 * The facts of an outage: what was tried and failed, whom it was about, who
 * answered in their place, what else worked meanwhile, how sure that is. dns.c
 * and web.c find where an outage begins and ends and why; all that is said of it
 * comes from here.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_OUTAGES_H
#define SSE_JUDGE_OUTAGES_H

#include "evidence.h"

/** What ended an outage inside the file; all 0: it lasts to the file's end. */
typedef struct sse_outage_end {
    sse_ended by;
    uint32_t  frame;         /**< of the proof, or of the change of network */
    int64_t   time;
    int64_t   known;         /**< when the proof's answer came: what failed later was not known then */
} sse_outage_end;

/** How an outage was judged. */
typedef struct sse_outage_judgement {
    sse_state verdict;
    sse_cause cause;
    sse_since since;
    int64_t   first, newest; /**< its stretch: the first failure since the proof before it, and its newest */
    guint     read[PORTS];   /**< of DNS: so many probes of each port were read by then */
    bool      goes_on;       /**< of DNS: the module goes on with DNSCrypt all the same */
} sse_outage_judgement;

/** An outage while its client is judged. */
typedef struct sse_draft {
    sse_outage outage;
    uint32_t examples[SSE_EXAMPLES]; /**< probes of DNS, handshakes of the web: by time */
    unsigned n_examples;
    uint32_t peers[SSE_PEERS]; /**< addresses that failed, the first few */
    unsigned n_peers;
} sse_draft;

/** Begins an outage of the client that is judged: times, verdict, cause; the caller
 * adds its records and reasons, then calls sse_close_outage(). The pointer holds
 * until the next one is begun. */
sse_draft *sse_open_outage(sse_context *c, sse_service service, unsigned ip, const sse_outage_judgement *j,
                           const sse_outage_end *end);
/** What the probes of one IP version, the handshakes, the answers to CONNECT and
 * the lookups say that began in its stretch. Failures that were not known at its
 * end are left out. */
void sse_add_probes(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j, const sse_outage_end *end);
void sse_add_handshakes(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j, const sse_outage_end *end);
void sse_add_answers(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j);
void sse_add_lookups(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j, bool (*failed)(const sse_context *, const sse_lookup *));
/** Control, captive portal, confidence; frames in order; lists as the report keeps them. */
void sse_close_outage(sse_context *c, sse_group *g, sse_draft *d, const sse_outage_judgement *j);

/** Was the newest connectivity test between these times answered by somebody else?
 * A later one that got its known answer ends a portal. */
bool sse_behind_portal(const sse_context *c, sse_group *g, int64_t from, int64_t to);

/** What the outage that lasts to the file's end says of its service: control,
 * confidence, examples. @return whether there is one */
bool sse_take_lasting(sse_context *c, sse_group *g, sse_service service, unsigned ip);

/** When both services are judged: order, which of them count and which repeat
 * another, numbers, the worst states. From then on they are in the client's report. */
void sse_settle_outages(sse_context *c, sse_group *g);

/** When a failure of a probe or handshake shows: its wrong answer or ICMP error
 * is there, or its time is over. */
int64_t sse_probe_failure_known(const sse_context *c, uint32_t index);
int64_t sse_handshake_failure_known(const sse_context *c, uint32_t index);

#endif
