/* verdict_private.h
 * What the parts of the verdict share: one client's evidence, in order of
 * time, and the report that is being made of it.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_VERDICT_PRIVATE_H
#define SSE_VERDICT_PRIVATE_H

#include "icmp.h"
#include "verdict.h"

/** A run's window goes on so long after its newest failure. */
#define RUN_WINDOW      (10 * SSE_SECOND)

/** The ports that protect, in the report's order. */
enum { PORT_443 = 0, PORT_53 = 1, PORTS = 2 };

/** A failing run of probes or handshakes: indices into their arrays. */
typedef struct sse_run {
    GArray  *items;          /**< guint32 record indices, by time */
    int64_t  first, newest;  /**< times; undefined while empty */
} sse_run;

/** A DNS outage that stands, from its first failure to its newest. */
typedef struct sse_outage {
    unsigned v;              /**< 0 IPv4, 1 IPv6 */
    int64_t  first, newest;
} sse_outage;

/** One client: all that its addresses sent and got. Append with add_to_own(). */
typedef struct sse_group {
    uint32_t number;
    GArray  *members;        /**< guint32 address indices, in order of sight */
    uint32_t outer;          /**< its address outside a NAT seen from both sides, or SSE_NONE */
    GArray  *probes[2][PORTS]; /**< guint32: UDP probes by IP version, port; by time */
    GArray  *tcp_probes;     /**< guint32 */
    GArray  *local_probes;   /**< guint32, by time */
    GArray  *local_named;    /**< guint32: of these, those whose answer names the client's organisation, once sought */
    GArray  *handshakes;     /**< guint32, those that count, by time */
    GArray  *all_handshakes; /**< guint32, to both ports */
    GArray  *lookups;        /**< guint32, by time */
    GArray  *answers;        /**< guint32: indices into connects, by time */
    const sse_tracker *tracker; /**< what its indices point into */
    GArray  *records;        /**< guint32, see sse_record_at(): every record with control, by time */
    GArray  *totals;         /**< sse_control_total, of every few records; NULL where there are few of these */
    GArray  *facts;          /**< guint32 */
    GArray  *changes;        /**< sse_change: of networks */
    int64_t  newest_change;  /**< evidence before it decides nothing */
    bool     one_way;        /**< no packet towards it in the file */
    bool     unheard;        /**< nothing that it asked is in the file, only what it got */
    bool     at_client;
    sse_run  dns_runs[2][PORTS]; /**< the final failing runs */
    sse_run  web_run;
    int      web_rule;       /**< 0 or the rule of VERDICT.md that decided */
    int64_t  outage_from[2], outage_to[2]; /**< dns, web: the window of the failing run */
    bool     has_outage[2];
    bool     encrypted_dropped; /**< DNSCrypt is lost where plain DNS passes */
    bool     captive;        /**< a portal answered within a failing run */
    GArray  *forged;         /**< guint32: frames of replies that no query asked for */
    GArray  *resets;         /**< guint32: frames of resets by a device on the path */
    GArray  *outages;        /**< sse_outage: those of DNS that stand, by version and time */
    bool     local_sought;
    bool     fall_back_sought[2], falls_back[2]; /**< by IP version: after 443 always 53 */
    uint32_t nat_lost_inside, nat_pairs;
    sse_client_report *report;
} sse_group;

/** Sums over all records before one of them, so that a span of any length
 * costs two look-ups and a few steps. Of what is read by IP version: [0] IPv4, [1] IPv6. */
typedef struct sse_control_total {
    uint32_t dns_answers, tcp_opened, silent_dns, silent_tcp[2], proxy_answered, captive;
    uint32_t heard[2], gateway_heard; /**< records in which there was something */
} sse_control_total;

/** Of a client's records, by time. */
static inline sse_control_ref sse_record_at(const sse_group *g, guint i)
{
    return sse_record_of(g->tracker, g_array_index(g->records, guint32, i));
}

typedef struct sse_context {
    sse_tracker *t;
    const sse_selection *selection;
    sse_report *report;
    GArray   *groups;        /**< sse_group */
    GArray   *nothing;       /**< the array of all that have none of their own */
    uint8_t  *probe_outcome, *swg_outcome; /**< by record */
    uint32_t *group_of;      /**< by address: group number or SSE_NONE */
    uint8_t  *excused;       /**< by probe: DNSCrypt without reply, while probes on its port are answered */
    uint8_t  *probe_counts, *swg_counts; /**< by record: belongs to a group and is selected */
    uint32_t *gateway_rows;  /**< two for each address: see verdict_tables.c; NULL until asked for */
    GHashTable *outer_frames; /**< of NATs seen from both sides; NULL until asked for */
    bool      clock_jump, timestamps_unusable, cut;
} sse_context;

#define probe_at(c, i)     sse_tracker_probe((c)->t, (i))
#define handshake_at(c, i) sse_tracker_handshake((c)->t, (i))
#define address_at(c, i)   sse_tracker_address((c)->t, (i))
#define item(array, i)     g_array_index((array), guint32, (i))

/* With a million clients most of their arrays stay empty: those are one array
 * of the context's, which is told by its elements of one byte. So nothing may
 * be appended to a client's array but with this. */
static inline GArray *sse_own_array(GArray **array, size_t size)
{
    if (g_array_get_element_size(*array) == 1) {
        g_array_unref(*array);
        *array = g_array_sized_new(FALSE, FALSE, (guint)size, 1);
    }
    return *array;
}
#define add_to_own(array, value) g_array_append_vals(sse_own_array(&(array), sizeof (value)), &(value), 1)

/** Collects clients and their evidence (verdict_clients.c). */
void sse_collect_groups(sse_context *c);
void sse_free_groups(sse_context *c);

/** States, causes, timeline of each service (verdict_dns.c, verdict_web.c). */
void sse_judge_dns(sse_context *c, sse_group *g);
void sse_judge_web(sse_context *c, sse_group *g);

/** Rows of the tables; identity; examples (verdict_tables.c). */
void sse_make_tables(sse_context *c, sse_group *g);
void sse_fill_frames(sse_context *c);
/** The row of a handshake's gateway and port, once they are sorted; NULL: none. */
sse_gateway_report *sse_gateway_row_of(const sse_context *c, const sse_client_report *r, const sse_handshake *h);

/** Findings of a client, and of the capture (verdict_findings.c). */
void sse_find(sse_context *c, sse_group *g);
void sse_find_capture(sse_context *c);
const sse_finding *sse_client_finding(const sse_client_report *r, sse_finding_code code);

/** Advice, allow lists, filters (advice.c). */
void sse_advise(sse_context *c, sse_group *g);

/** The client's own logs (verdict_log.c); the clients are in order by now. */
void sse_judge_log(sse_context *c);

/* shared tools */
/** Is this probe or handshake in? Without a selection (NULL) all are. */
bool sse_is_selected(const sse_selection *s, sse_mark_of of, uint32_t record);
void sse_frames_add(sse_frames *frames, uint32_t frame);
void sse_run_clear(sse_run *run);
void sse_add_change(sse_group *g, const sse_change *change);
/** Makes the totals of a client's records, once these are sorted. */
void sse_total_control(sse_group *g);
/** Sums over the client's records from time first to newest. */
typedef struct sse_control_sum {
    uint32_t dns_answers, tcp_opened, silent;
    bool proxy_answered, captive;
} sse_control_sum;
sse_control_sum sse_sum_control(const sse_group *g, int64_t first, int64_t newest, int version);
/** Was a packet of a public address heard between two times? */
bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version);
bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to);
static inline bool is_routing(const sse_context *c, uint32_t icmp)
{
    const sse_icmp *i = &g_array_index(c->t->icmps, sse_icmp, icmp);

    return sse_icmp_is_routing(&i->sender, i->type, i->code);
}

/** For arrays of guint32: frames, indices. */
int sse_compare_numbers(const void *a, const void *b);
/** The rule "no connectivity" of VERDICT.md over a run. */
bool sse_no_connectivity(const sse_group *g, int64_t first, int64_t newest, int version);
void sse_add_reason(sse_service_report *s, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Sets confidence and its reasons from what limits every verdict. */
void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing);

#endif
