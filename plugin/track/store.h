/* store.h
 * The records to be written, and the tables that find one by its key. Private to
 * track/: all others read records with model/records.h.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_STORE_H
#define SSE_STORE_H

#include "hash.h"
#include "key_table.h"
#include "records.h"

/* What a record's index stands for, to be written. */
static inline sse_address *sse_address_at(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->addresses, sse_address, index);
}
static inline sse_probe *sse_probe_at(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->probes, sse_probe, index);
}
static inline sse_handshake *sse_handshake_at(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->handshakes, sse_handshake, index);
}
static inline sse_lookup *sse_lookup_at(const sse_tracker *t, uint32_t index)
{
    return &g_array_index(t->lookups, sse_lookup, index);
}

/* What only packets of the same moment ask for: a table that forgets. */
#define SSE_RECENT_KEPT 4096
typedef struct sse_recent {
    sse_key_table newer;     /**< up to SSE_RECENT_KEPT keys */
    sse_key_table older;     /**< those before them */
} sse_recent;

/* Questions for ipv4only.arpa that wait; a host asks a few when it connects. */
#define SSE_NAT64_QUESTIONS 16
typedef struct sse_nat64_question {
    sse_addr client, server;
    uint16_t sport, id;
} sse_nat64_question;

/* Plain queries to resolvers that wait: hashes of addresses, ports and id, in a
 * table that forgets. */
#define SSE_PLAIN_WAITING 1024
typedef struct sse_plain_query {
    uint64_t key;            /**< 0: none */
    int64_t  time;
} sse_plain_query;

/* Small enough to stay in the processor's cache. */
#define SSE_LATELY 1024

struct sse_tracker_index {
    sse_key_table probes;    /**< hash of addresses, ports, transport -> newest probe */
    sse_key_table alone;     /**< the same with the id -> newest probe of which only the reply is there */
    sse_key_table handshakes; /**< hash of addresses, ports -> newest handshake */
    sse_key_table lookups;   /**< hash of addresses, port, id, question -> newest lookup */
    sse_recent  queries;     /**< hash of a query without its source -> newest probe */
    sse_recent  syns;        /**< hash of a SYN without its source -> newest handshake */
    struct sse_copies *copies; /**< of frames.c; NULL until there are any */
    GHashTable *identities;  /**< obs_identity -> index + 1 */
    obs_identity identity;   /**< the one that was asked for last */
    uint16_t    newest_identity; /**< its number; 0: there is none */
    GHashTable *names;       /**< char * -> index + 1 */
    struct sse_untaught *untaught; /**< of untaught.c; NULL until there are any */
    struct sse_early_answers *early; /**< of early.c; NULL until there are any */
    GHashTable *aliases;     /**< char * -> index + 1 of the gateway's name that it stands for; NULL until there are any */
    struct sse_unasked *unasked; /**< of lookups.c; NULL until there are any */
    struct sse_questions *questions; /**< of questions.c; NULL until there are any */
    sse_nat64_question nat64[SSE_NAT64_QUESTIONS]; /**< the newest, in a ring */
    sse_plain_query *plain_waiting; /**< SSE_PLAIN_WAITING; NULL until there are any */
    sse_key_table plain;     /**< hash of client, resolver, port -> newest of plain */
    unsigned nat64_asked;    /**< so many there were */
    struct sse_flows *flows; /**< of flows.c; NULL until there are any */
    struct sse_portals *portals; /**< of portal_tests.c; NULL until there are any */
    uint32_t lately[SSE_LATELY]; /**< index + 1 of addresses that were looked up, by their hash */
};

struct sse_tracker_index *sse_index_new(void);
void sse_index_free(struct sse_tracker_index *x);

/** @return what stood there before, SSE_NONE if nothing or forgotten. */
uint32_t sse_recent_exchange(sse_recent *recent, uint64_t key, uint32_t index);

#endif
