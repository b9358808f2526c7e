/* tracker_private.h
 * What the parts of the tracker share: addresses, marks, control, copies.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TRACKER_PRIVATE_H
#define SSE_TRACKER_PRIVATE_H

#include "hash.h"
#include "tracker.h"

/** How long another attempt waits before it counts as silence. */
#define ATTEMPT_WAIT  (5 * SSE_SECOND)

/** How long an answer that came first in the file waits for its question. */
#define ORPHAN_WAIT   (1 * SSE_SECOND)

/* Resets and ICMP errors whose SYN or query was not in the file yet. */
#define ORPHANS 16
typedef struct sse_orphan {
    obs_packet packet;
    obs_tcp    tcp;          /**< flags 0: an ICMP error */
    obs_icmp   icmp;
} sse_orphan;

/* What only packets of the same moment ask for: a table that forgets. */
#define RECENT_KEPT 4096
typedef struct sse_recent {
    GHashTable *newer;       /**< up to RECENT_KEPT keys -> index + 1 */
    GHashTable *older;       /**< those before them; NULL until there are any */
} sse_recent;

/* Small enough to stay in the processor's cache. */
#define LATELY 1024

struct sse_tracker_index {
    GHashTable *addresses;   /**< sse_addr -> index + 1 */
    GHashTable *probes;      /**< hash of addresses, ports, transport -> newest probe + 1 */
    GHashTable *handshakes;  /**< hash of addresses, ports -> newest handshake + 1 */
    GHashTable *lookups;     /**< hash of addresses, port, id, question -> newest lookup + 1 */
    sse_recent  queries;     /**< hash of a query without its source -> newest probe */
    sse_recent  syns;        /**< hash of a SYN without its source -> newest handshake */
    GHashTable *identities;  /**< obs_identity -> index + 1 */
    GHashTable *names;       /**< char * -> index + 1 */
    struct copy_slot *copies;
    uint32_t lately[LATELY]; /**< index + 1 of addresses that were looked up, by their hash */
    sse_orphan *orphans;     /**< ORPHANS, a ring; NULL where there was none */
    unsigned next_orphan;
};

/* Other traffic that waits for its answer, per client address. When the table
 * is full the oldest gives way: two silent attempts are all a verdict asks for. */
#define WAITING_SLOTS 16
typedef struct waiting_slot {
    int64_t  time;
    uint64_t key;
    uint32_t record;         /**< sse_address.newest when it was sent */
    uint32_t epoch;
    bool     dns;
} waiting_slot;

/* Answers that came first in the file: their attempts never wait. */
#define EARLY_SLOTS 8
typedef struct early_slot {
    int64_t  time;
    uint64_t key;
    bool     opened;         /**< a SYN-ACK */
} early_slot;

/* A conversation with a proxy or connectivity test whose answer is awaited. */
#define HTTP_SLOTS 4
typedef struct http_slot {
    uint64_t key;
    uint32_t frame;
    uint8_t  kind;           /**< obs_http_kind */
} http_slot;

struct sse_waiting {
    waiting_slot slot[WAITING_SLOTS];
    unsigned     used;
    http_slot    http[HTTP_SLOTS];
    unsigned     next_http;
    early_slot   early[EARLY_SLOTS];
    unsigned     next_early;
};

static inline uint32_t sse_index_get(GHashTable *table, uint64_t key)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(table, GSIZE_TO_POINTER((gsize)key))) - 1;
}
static inline void sse_index_put(GHashTable *table, uint64_t key, uint32_t index)
{
    g_hash_table_insert(table, GSIZE_TO_POINTER((gsize)key), GUINT_TO_POINTER(index + 1));
}

/** @return what stood there before, SSE_NONE if nothing or forgotten. */
uint32_t sse_recent_exchange(sse_recent *recent, uint64_t key, uint32_t index);

uint32_t sse_find_address(const sse_tracker *t, const sse_addr *addr);
/** The same of a packet's source or destination, which may be known already.
 * An index stays what it is; that there is none, until an address is made. */
static inline uint32_t sse_source_of(const sse_tracker *t, const obs_packet *p)
{
    return p->places.src != 0 || p->places.looked == t->addresses->len + 1 ? p->places.src - 1
                                                                           : sse_find_address(t, &p->src);
}
static inline uint32_t sse_destination_of(const sse_tracker *t, const obs_packet *p)
{
    return p->places.dst != 0 || p->places.looked == t->addresses->len + 1 ? p->places.dst - 1
                                                                           : sse_find_address(t, &p->dst);
}
/** What an address is known to be, its index being known. */
unsigned sse_role_at(const sse_tracker *t, uint32_t index, const sse_addr *addr);
/** Is it a resolver's? As sse_tracker_is_resolver(), the index being known. */
bool sse_is_resolver_at(const sse_tracker *t, uint32_t index, const sse_addr *addr);
uint32_t sse_make_address(sse_tracker *t, const sse_addr *addr);
/** Makes the address a client. @return its index, or SSE_NONE where it can
 * never be one (loopback, resolver, gateway). */
uint32_t sse_make_client(sse_tracker *t, const obs_packet *p, const sse_addr *addr);
/** Notes TTL and link-layer address of a packet that the client sent. */
void sse_client_sent(sse_tracker *t, uint32_t client, const obs_packet *p);
uint32_t sse_intern_name(sse_tracker *t, const char *name);
uint32_t sse_epoch_now(const sse_tracker *t);
int64_t  sse_clock(const sse_tracker *t);
void sse_add_mark(sse_tracker *t, uint32_t frame, sse_mark_kind kind, sse_mark_of of, uint32_t record, unsigned attempt);
void sse_add_fact(sse_tracker *t, sse_fact_kind kind, uint32_t client, const obs_packet *p, const sse_addr *about);
void sse_note_limit(sse_tracker *t, sse_limit limit, uint32_t client, uint32_t frame, int64_t time);
/** Is there room for one more probe, handshake or lookup? If not, notes it. */
bool sse_has_room(sse_tracker *t, const GArray *records, sse_limit limit, const obs_packet *p);
/** Is there room for the addresses of a packet? If not, notes it. */
bool sse_has_room_for_addresses(sse_tracker *t, const obs_packet *p);
/** Keeps a reset or an ICMP error for the SYN or query that may follow; the
 * other one is NULL. */
void sse_keep_orphan(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_icmp *icmp);
/** The first orphan from *at on that came within a second after p was sent and
 * is addressed to its sender; *at gets the place behind it. NULL: no more. */
sse_orphan *sse_next_orphan(const sse_tracker *t, const obs_packet *p, unsigned *at);
/** It found its SYN or query: it answers one. Else a single error would be
 * marked again for every query of its port. */
static inline void sse_take_orphan(sse_orphan *o)
{
    o->packet.frame = 0;
}
/** Is it the same packet once more (mirror port, several interfaces)? Remembers it. */
bool sse_is_copy(sse_tracker *t, const obs_packet *p, uint64_t more);
void sse_init_control(sse_control *control);
/** The control record that other traffic at this time belongs to, or NULL.
 * *base gets the record's time. */
sse_control *sse_control_at(sse_tracker *t, sse_address *a, int64_t time, int64_t *base);
void sse_heard(sse_tracker *t, uint32_t address, const obs_packet *p, bool gateway_payload);
/** A packet towards a client, if it is one: it heard of somebody. */
void sse_towards(sse_tracker *t, const obs_packet *p);
bool sse_is_initial_ttl(uint8_t ttl);

/** Segments of a gateway's connection; false where it is none. */
bool sse_handshake_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp);
/** An ICMP error that quotes a SYN or a segment to a gateway. */
bool sse_handshake_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);
/** TCP to or from a resolver; false where it is none. */
bool sse_probe_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns);
/** A client's other TCP segments. */
void sse_control_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp);
/** A client's DNS with servers that are no resolvers of ours. */
void sse_control_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** A DNS message: probes, lookups, control. Without sse_heard(). */
void sse_dns_message(sse_tracker *t, const obs_packet *p, const obs_dns *dns);
/** An ICMP error that quotes a probe; false where it is none. */
bool sse_probe_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);
uint32_t sse_add_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp);
/** A handshake with a gateway completed: what the client reached directly
 * before it was reached while web protection was up. */
void sse_fold_direct(sse_tracker *t, sse_address *a, int64_t completed);
void sse_free_address(sse_address *a);

#endif
