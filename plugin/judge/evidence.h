/* evidence.h
 * One client's evidence in order of time, and the context in which all clients are
 * judged: what the parts of the verdict share.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_JUDGE_EVIDENCE_H
#define SSE_JUDGE_EVIDENCE_H

#include "icmp.h"
#include "selection.h"

/** A run's window goes on so long after its newest failure. */
#define RUN_WINDOW      (10 * SSE_SECOND)

/** The ports that protect, in the report's order. */
enum { PORT_443 = 0, PORT_53 = 1, PORTS = 2 };

/** A failing run of probes or handshakes: indices into their arrays. */
typedef struct sse_run {
    GArray  *items;          /**< guint32 record indices, by time */
    int64_t  first, newest;  /**< times; undefined while empty */
} sse_run;

/** From the first failure of a DNS outage to its newest. */
typedef struct sse_stretch {
    unsigned v;              /**< 0 IPv4, 1 IPv6 */
    int64_t  first, newest;
} sse_stretch;

/** How long nothing of the module was heard at the end while its client went on. */
typedef struct sse_silence {
    int64_t  dns, web;       /**< ns; 0: it was */
    uint32_t probe_frame;    /**< of the newest probe */
    uint32_t direct;         /**< connections that went past the gateway meanwhile */
    sse_frames direct_frames;
} sse_silence;

/** What the judge finds out about one probe. */
typedef struct sse_judged_probe {
    uint8_t  outcome;        /**< sse_probe_outcome */
    bool     excused;        /**< DNSCrypt without reply, while probes on its port are answered */
} sse_judged_probe;

/** One client: all that its addresses sent and got. Append with add_to_own(). */
typedef struct sse_group {
    uint32_t number;
    GArray  *members;        /**< guint32 address indices, in order of sight */
    uint32_t outer;          /**< its address outside a NAT seen from both sides, or SSE_NONE */
    uint32_t n_probes;       /**< all of its probes, whether they count or not */
    const sse_probe *probe_record; /**< these, in order of sight, while it is judged: its lists name them by their places here */
    sse_probe *probe_copy;   /**< where they are copies: the file's lie scattered among other clients'; else NULL */
    sse_judged_probe *probe; /**< what is found out about each */
    GArray  *probes[2][PORTS]; /**< guint32: UDP probes by IP version, port; by time */
    GArray  *tcp_probes;     /**< guint32 */
    GArray  *diagnostics;    /**< guint32: probes to a port that the module does not use */
    GArray  *local_probes;   /**< guint32, by time */
    GArray  *local_named;    /**< guint32: of these, those whose answer names the client's organisation, once sought */
    GArray  *handshakes;     /**< guint32, those that count, by time */
    GArray  *all_handshakes; /**< guint32, to both ports */
    GArray  *lookups;        /**< guint32, by time */
    GArray  *answers;        /**< guint32: indices into connects, by time */
    GArray  *records;        /**< guint32, see sse_record_of(): its handshakes and lookups, whether they count or not */
    const struct sse_background *background; /**< what they say, while this client is judged: see background.h */
    GArray  *facts;          /**< guint32 */
    GArray  *changes;        /**< sse_change: of networks */
    int64_t  newest_change;  /**< evidence before it decides nothing */
    bool     one_way;        /**< no packet towards it in the file */
    bool     unheard;        /**< nothing that it asked is in the file, only what it got */
    bool     at_client;
    bool     has_probes;     /**< to resolvers, whatever the port */
    bool     local_answered; /**< some of its local probes were */
    bool     has_traffic;    /**< some of its probes are users' queries: see sse_is_traffic() */
    int64_t  unread_from, unread_to; /**< of this time a part of the file before all that it sent may hold what reached it */
    sse_run  dns_runs[2][PORTS]; /**< the final failing runs */
    sse_run  web_run;
    int      web_rule;       /**< 0 or the rule of docs/verdict.md that decided */
    GArray  *forged;         /**< guint32: frames of replies that no query asked for */
    GArray  *resets;         /**< guint32: frames of resets by a device on the path */
    GArray  *path_tools;     /**< guint32: frames of path tools, which count nowhere */
    GArray  *broken;         /**< guint32: handshakes whose tunnel died, too few to decide */
    GArray  *stretches;      /**< sse_stretch: the outages of DNS, by version and time */
    GArray  *portals;        /**< guint32: of its facts, those about captive portals, by time; NULL until sought */
    bool     local_sought;
    bool     fall_back_sought[2], falls_back[2]; /**< by IP version: after 443 always 53 */
    uint32_t nat_lost_inside, nat_pairs;
    uint64_t adapter;        /**< the link-layer address that tells it from others with its address, see sse_adapter */
    bool     is_split;       /**< there are such others */
    bool     is_site;        /**< a NAT seen from outside: several machines */
    uint32_t shared_device;  /**< number from 1 of its device id among shared_devices; 0: it is its own */
    uint32_t unseen_replies; /**< frame of the first probe whose reply it acts as if it got, though none is in the file; 0 none */
    sse_silence silence;
    uint32_t first_resolver, first_gateway; /**< numbers of its rows' frames among row_frames */
    sse_client_report *report;
} sse_group;

/** What is collected of one thing after the other, so that not each allocates. */
typedef struct sse_scratch {
    GArray  *reasons, *origin_reasons; /**< sse_reason: of the outage that is being made */
    GArray  *peers;          /**< sse_addr: of it */
    GArray  *examples;       /**< sse_example */
    GArray  *advice;         /**< sse_advice */
    GArray  *allow;          /**< sse_allow */
    GArray  *held[PORTS];    /**< guint32: failures of each port */
    GArray  *timeline;       /**< sse_change: of the client that is judged */
} sse_scratch;

typedef struct sse_context {
    const sse_tracker *t;
    const sse_selection *selection;
    sse_report *report;
    GArray   *groups;        /**< sse_group */
    GArray   *nothing;       /**< the array of all that have none of their own */
    const sse_probe *probe_record; /**< those of the client that is judged; ask probe_at() */
    sse_judged_probe *probe; /**< the same client's: what is found out about each */
    uint8_t  *probe_list;    /**< by record: in which of its client's lists it is, see clients.c */
    uint32_t *probe_row;     /**< by record: its number among row_frames, or SSE_NONE */
    uint8_t  *swg_outcome;   /**< by record */
    uint32_t *group_of;      /**< by address: group number or SSE_NONE; ask sse_group_of() */
    GHashTable *split;       /**< of addresses that two machines use: see sse_group_of(); NULL until there are any */
    GArray   *shared_devices; /**< sse_shared_device, see machines.h */
    uint8_t  *lookup_says;   /**< by lookup: see lookups.h */
    GArray   *plain;         /**< sse_plain of the file, by addresses, port and time; NULL until asked for */
    uint8_t  *swg_counts;    /**< by record: belongs to a group and is selected */
    GArray   *late_frames, *local_frames; /**< guint32: of replies that count without their query; of local probes */
    uint32_t *gateway_rows;  /**< two for each address: see tables.c; NULL until asked for */
    GArray   *row_frames;    /**< sse_frames: of all rows of resolvers and gateways, see tables.h */
    uint32_t *swg_row;       /**< by record: of these, or SSE_NONE */
    GHashTable *outer_frames; /**< of NATs seen from both sides; NULL until asked for */
    GArray   *outages;       /**< sse_draft: those of the client that is being judged, see outages.h */
    struct sse_background *background; /**< its records, see background.h */
    sse_scratch scratch;
    uint32_t *probes_of, *first_probe_of; /**< probes by client; by client, where its first is: the next client's is behind its last */
    bool      clock_jump, timestamps_unusable, cut;
    uint32_t  clocks_difference; /**< us, where the file has two capture clocks; else 0 */
} sse_context;

#define probe_at(c, i)     (&(c)->probe_record[i])
#define handshake_at(c, i) sse_tracker_handshake((c)->t, (i))
#define address_at(c, i)   sse_tracker_address((c)->t, (i))
#define item(array, i)     g_array_index((array), guint32, (i))

/** Is a probe among the records that say what else its client did? */
static inline bool has_control(const sse_probe *p)
{
    return !p->local && p->transport == SSE_UDP;
}

/* With a million clients most of their arrays stay empty: those are one array
 * of the context's, which is told by its elements of one byte. So nothing may
 * be appended to a client's array but with this. */
static inline GArray *sse_own_array(GArray **array, size_t size)
{
    if ((*array)->len == 0 && g_array_get_element_size(*array) == 1) {
        g_array_unref(*array);
        *array = g_array_sized_new(FALSE, FALSE, (guint)size, 1);
    }
    return *array;
}
/** Appends to an array of guint32 that was made with room for it, see g_array_sized_new(). */
static inline void sse_put_number(GArray *array, guint32 number)
{
    item(array, array->len++) = number;
}
#define add_to_own(array, value) g_array_append_vals(sse_own_array(&(array), sizeof (value)), &(value), 1)

/* shared tools */
/** The client that a record of an address, with its number of a link-layer address,
 * belongs to; NULL: none. */
sse_group *sse_group_of(const sse_context *c, uint32_t address, uint8_t adapter);
void sse_frames_add(sse_frames *frames, uint32_t frame);
void sse_run_clear(sse_run *run);
void sse_add_change(sse_group *g, const sse_change *change);
/** The most frequent cause but no-reply, if it occurs at least twice or nothing else
 * does: ICMP errors are rate-limited, silence beside them is their echo. Ties go to
 * the stronger cause: rank is smaller. */
sse_cause sse_strongest_cause(const uint32_t count[SSE_CAUSES], unsigned (*rank)(sse_cause));
static inline bool is_routing(const sse_context *c, uint32_t icmp)
{
    const sse_icmp *i = &g_array_index(c->t->icmps, sse_icmp, icmp);

    return sse_icmp_is_routing(&i->sender, i->type, i->code);
}

/** The first of a client's records at or after a time, or how many there are. Each
 * list is sorted by its records' time. */
guint sse_first_probe(const sse_context *c, const GArray *probes, int64_t from);
/** The same for a time before that of the probe at a place, and near to it. */
guint sse_first_probe_back(const sse_context *c, const GArray *probes, guint place, int64_t from);
guint sse_first_handshake(const sse_context *c, const GArray *handshakes, int64_t from);
guint sse_first_answer(const sse_context *c, const GArray *answers, int64_t from);
guint sse_first_lookup(const sse_context *c, const GArray *lookups, int64_t from);
guint sse_first_fact(const sse_context *c, const GArray *facts, int64_t from);

/** Sorts guint32: frames, indices. */
void sse_sort_numbers(GArray *numbers);

#endif
