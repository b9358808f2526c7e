/* dns.c
 * DNS protection: ports, states, causes, outages and their exceptions, as the
 * section "DNS protection" of docs/verdict.md has them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dns.h"

#include "background.h"
#include "confidence.h"
#include "lower_bound.h"
#include "outages.h"
#include "timeline.h"

#include <string.h>

/* Failures so soon after the newest answered probe was sent are its company,
 * not an outage. */
#define RUN_AFTER_ANSWER    (1 * SSE_SECOND)
/* Where another resolver answered: a resolver alone is no outage before. */
#define RUN_OTHER_RESOLVER  (60 * SSE_SECOND)
#define RUN_LENGTH          2
/* DNSCrypt alone: other resolvers and keys may be at fault as well. */
#define DNSCRYPT_LENGTH     4
#define DNSCRYPT_SPAN       (10 * SSE_SECOND)
/* A probe answered so near says that the port is open. */
#define DNSCRYPT_EXCUSED    (30 * SSE_SECOND)
/* An answer proves its port so long, once the other port fails. */
#define UP_LASTS            (60 * SSE_SECOND)
/* The port that failed first must still fail so shortly before the other. */
#define BOTH_DOWN           (10 * SSE_SECOND)
/* The module asks on 53 so long after it asked on 443 in vain. */
#define FALL_BACK_MIN       (4 * SSE_SECOND)
#define FALL_BACK_MAX       (7 * SSE_SECOND)
#define BURST_GAP           (3 * SSE_SECOND)
/* So many DNSCrypt queries without any answer are no accident. */
#define ENCRYPTED_LOST      2
/* So many bursts without it: the module got answers by another way. */
#define RHYTHM_BURSTS       3
/* DNSCrypt queries so long after protection was lost, and so many of them. */
#define GOES_ON_AFTER       (2 * SSE_SECOND)
#define GOES_ON             2
/* A protected network's probe may come so long before the failing run. */
#define LOCAL_BEFORE        (30 * SSE_SECOND)

/** One port as far as its probes have been read. */
typedef struct port_scan {
    bool     answered;       /**< any probe was */
    int64_t  newest_answered;
    uint32_t answered_by;    /**< resolver of that one */
    sse_since up_since;      /**< the first answer behind the newest run of failures, else of all */
    bool     down;           /**< is_down(), as it was at the newest failure: it stays so until an answer */
    int64_t  newest_failed;  /**< INT64_MIN: none */
    GArray  *failures;       /**< guint32: failed probes sent more than 1 s after it */
    guint    late;           /**< index of the first of them sent more than 60 s after it */
    guint    probes, late_probes; /**< how many of them are probes, not DNSCrypt; and how many before late */
    uint32_t failures_to;    /**< their resolver, SSE_NONE if several */
} port_scan;

static void scan_start(port_scan *s, const GArray *probes)
{
    *s = (port_scan){ .newest_failed = INT64_MIN, .failures = g_array_sized_new(FALSE, FALSE, sizeof(guint32), probes->len),
                      .failures_to = SSE_NONE };
}

static void scan_reset(port_scan *s)
{
    GArray *failures = s->failures;

    g_array_set_size(failures, 0);
    *s = (port_scan){ .newest_failed = INT64_MIN, .failures = failures, .failures_to = SSE_NONE };
}

static sse_since since_probe(const sse_context *c, uint32_t index, bool at_or_before)
{
    const sse_probe *p = probe_at(c, index);
    sse_since since = {
        .frame = p->frame != 0 ? p->frame : p->reply_frame, .time = p->time, .at_or_before = at_or_before,
    };
    return since;
}

/* Where the failing run begins in the failures: all of them, or only those
 * after 60 s where one resolver fails and another answered. */
static guint run_start(const port_scan *s)
{
    bool other = s->answered && s->failures_to != SSE_NONE && s->failures_to != s->answered_by;

    return other ? s->late : 0;
}

static void take_run(const sse_context *c, const port_scan *s, sse_run *run)
{
    const guint start = run_start(s), length = s->failures->len - start;

    sse_run_clear(run);
    if (length > 0) {
        g_array_append_vals(sse_own_array(&run->items, sizeof(guint32)), &item(s->failures, start), length);
        run->first = probe_at(c, item(run->items, 0))->time;
        run->newest = probe_at(c, item(run->items, run->items->len - 1))->time;
    }
}

static int64_t failure_time(const sse_context *c, const port_scan *s, guint i)
{
    return probe_at(c, item(s->failures, i))->time;
}

/* Is there no probe in the failing run, DNSCrypt alone? */
static bool is_encrypted_only(const port_scan *s)
{
    return s->probes == (run_start(s) == 0 ? 0 : s->late_probes);
}

/* Is the failing run long enough to bring the port down? */
static inline bool is_down(const sse_context *c, const port_scan *s)
{
    guint start = run_start(s), length = s->failures->len - start;

    if (length < RUN_LENGTH)
        return false;
    if (!is_encrypted_only(s))
        return true;
    return length >= DNSCRYPT_LENGTH &&
           failure_time(c, s, s->failures->len - 1) - failure_time(c, s, start) >= DNSCRYPT_SPAN;
}

static void scan_probe(const sse_context *c, port_scan *s, uint32_t index)
{
    const sse_probe *p = probe_at(c, index);
    sse_probe_outcome outcome = (sse_probe_outcome)c->probe[index].outcome;

    if (outcome == SSE_PROBE_ANSWERED) {
        s->answered = true;
        s->newest_answered = p->time;
        s->answered_by = p->resolver;
        if (s->up_since.frame == 0 || s->down)
            s->up_since = since_probe(c, index, !s->down);
        s->down = false;
        g_array_set_size(s->failures, 0);
        s->late = s->probes = s->late_probes = 0;
    } else if (sse_probe_failed(outcome) && !c->probe[index].excused) {
        bool encrypted = sse_is_traffic(p);

        if (!encrypted)
            s->newest_failed = p->time;
        if (s->answered && p->time - s->newest_answered <= RUN_AFTER_ANSWER)
            return;
        if (s->failures->len == 0)
            s->failures_to = p->resolver;
        else if (s->failures_to != p->resolver)
            s->failures_to = SSE_NONE;
        sse_put_number(s->failures, index);
        s->probes += !encrypted;
        if (s->answered && p->time - s->newest_answered <= RUN_OTHER_RESOLVER) {
            s->late = s->failures->len;
            s->late_probes = s->probes;
        }
        s->down = s->down || is_down(c, s);
    }
}

static sse_port_state port_state(const sse_context *c, const port_scan *s, const port_scan *other)
{
    if (is_down(c, s))
        return SSE_PORT_DOWN;
    if (!s->answered)
        return SSE_PORT_UNTESTED;
    return other->newest_failed != INT64_MIN && other->newest_failed - s->newest_answered > UP_LASTS
               ? SSE_PORT_UNTESTED : SSE_PORT_UP;
}

/* Both ports are down; are they so at the same time? The one that failed first
 * must still fail when the other begins to. */
static bool down_together(const sse_context *c, const port_scan scan[PORTS])
{
    int64_t first[PORTS];
    const port_scan *early;

    for (unsigned port = 0; port < PORTS; port++)
        first[port] = failure_time(c, &scan[port], run_start(&scan[port]));
    early = first[PORT_443] <= first[PORT_53] ? &scan[PORT_443] : &scan[PORT_53];
    return failure_time(c, early, early->failures->len - 1) >= MAX(first[PORT_443], first[PORT_53]) - BOTH_DOWN;
}

static sse_state raw_state(const sse_context *c, const port_scan scan[PORTS])
{
    sse_port_state a = port_state(c, &scan[PORT_443], &scan[PORT_53]);
    sse_port_state b = port_state(c, &scan[PORT_53], &scan[PORT_443]);

    if (a == SSE_PORT_UP || b == SSE_PORT_UP)
        return SSE_PROTECTED;
    if (a != SSE_PORT_DOWN || b != SSE_PORT_DOWN)
        return SSE_INCONCLUSIVE;
    return down_together(c, scan) ? SSE_UNPROTECTED : SSE_INCONCLUSIVE;
}

/* ---- the exceptions ---- */

/* Only one direction was captured. The module falls back to 53 only where 443
 * gave no answer: if it always did, it got none. Probes with an identity are no
 * fallback: the module sends them in a rhythm of their own, healthy or not. */
static bool find_fall_back(const sse_context *c, const sse_group *g, unsigned v)
{
    const GArray *on443 = g->probes[v][PORT_443], *on53 = g->probes[v][PORT_53];
    int64_t previous = INT64_MIN;
    guint k = 0;
    bool any = false;

    for (guint i = 0; i < on443->len; i++) {
        const sse_probe *p = probe_at(c, item(on443, i));
        bool starts = previous == INT64_MIN || p->time - previous >= BURST_GAP;

        if (p->name != OBS_NAME_DEBUG)
            continue;
        previous = p->time;
        if (!starts || p->time > c->t->last_time - FALL_BACK_MAX)
            continue;
        while (k < on53->len && (probe_at(c, item(on53, k))->time < p->time + FALL_BACK_MIN ||
                                 probe_at(c, item(on53, k))->query_identity != 0 ||
                                 sse_is_traffic(probe_at(c, item(on53, k)))))
            k++;
        if (k == on53->len || probe_at(c, item(on53, k))->time > p->time + FALL_BACK_MAX)
            return false;
        any = true;
    }
    return any;
}

/* Asked for each outage of a file; the answer is the same. */
static bool falls_back_always(const sse_context *c, sse_group *g, unsigned v)
{
    if (!g->fall_back_sought[v]) {
        g->falls_back[v] = find_fall_back(c, g, v);
        g->fall_back_sought[v] = true;
    }
    return g->falls_back[v];
}

/* Bursts of debug probes on 443 in a stretch of time, and behind how many of them
 * the module asked on 53, as it does where 443 gave no answer. Who knows its identity
 * may give it: what it sends in a rhythm of its own comes sooner. */
static void count_bursts(const sse_context *c, const sse_group *g, unsigned v, int64_t first, int64_t newest,
                         const guint read[PORTS], guint *bursts, guint *fallen_back)
{
    const GArray *on443 = g->probes[v][PORT_443], *on53 = g->probes[v][PORT_53];
    guint next = sse_first_probe_back(c, on53, read[PORT_53], first + FALL_BACK_MIN);
    guint i = sse_first_probe_back(c, on443, read[PORT_443], first);
    int64_t previous = INT64_MIN;

    *bursts = *fallen_back = 0;
    for (; i < on443->len && probe_at(c, item(on443, i))->time <= newest; i++) {
        const sse_probe *p = probe_at(c, item(on443, i));
        bool starts = previous == INT64_MIN || p->time - previous >= BURST_GAP;

        if (p->name != OBS_NAME_DEBUG)
            continue;
        previous = p->time;
        if (!starts || p->time > c->t->last_time - FALL_BACK_MAX)
            continue;
        (*bursts)++;
        while (next < on53->len && probe_at(c, item(on53, next))->time < p->time + FALL_BACK_MIN)
            next++;
        for (guint k = next; k < on53->len; k++) {
            const sse_probe *q = probe_at(c, item(on53, k));

            if (q->time > p->time + FALL_BACK_MAX)
                break;
            if (q->name == OBS_NAME_DEBUG) {
                (*fallen_back)++;
                break;
            }
        }
    }
}

/* DNSCrypt of the module after it must know that it has no resolver. */
static bool goes_on_encrypted(const sse_context *c, const sse_group *g, unsigned v, const sse_outage_judgement *j)
{
    const int64_t from = j->since.time + c->t->config.probe_timeout + GOES_ON_AFTER;
    guint queries = 0;

    if (!g->has_traffic || from > j->newest)
        return false;
    for (unsigned port = 0; port < PORTS; port++) {
        const GArray *probes = g->probes[v][port];

        for (guint i = sse_first_probe_back(c, probes, j->read[port], from);
             i < probes->len && probe_at(c, item(probes, i))->time <= j->newest; i++)
            queries += probe_at(c, item(probes, i))->name == OBS_NAME_DNSCRYPT;
    }
    return queries >= GOES_ON;
}

static const char *known_org(const sse_context *c, const sse_group *g)
{
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = g->probes[v][port]->len; i > 0; i--) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i - 1));
                const obs_identity *said[2] = { sse_identity(c->t, p->reply_identity), sse_identity(c->t, p->query_identity) };

                for (unsigned k = 0; k < 2; k++)
                    if (said[k] != NULL && said[k]->orgid[0] != '\0')
                        return said[k]->orgid;
            }
        }
    }
    return NULL;
}

/* Local probes that OpenDNS's strings answered, with an organisation, and the
 * client's own where that is known. Sought once for all outages. */
static void find_local_named(const sse_context *c, sse_group *g)
{
    const char *own = g->local_probes->len > 0 ? known_org(c, g) : NULL;

    g->local_sought = true;
    for (guint i = 0; i < g->local_probes->len; i++) {
        guint32 index = item(g->local_probes, i);
        const sse_probe *p = probe_at(c, index);
        const char *org;

        if (p->reply != SSE_REPLY_OPENDNS || p->reply_identity == 0)
            continue;
        org = sse_identity(c->t, p->reply_identity)->orgid;
        if (org[0] != '\0' && strcmp(org, "0") != 0 && (own == NULL || strcmp(own, org) == 0))
            add_to_own(g->local_named, index);
    }
}

/* A Virtual Appliance or protected network: was a local probe answered so? */
static bool on_protected_network(const sse_context *c, sse_group *g, int64_t first, int64_t newest)
{
    guint low;

    if (!g->local_sought)
        find_local_named(c, g);
    low = sse_first_probe(c, g->local_named, first - LOCAL_BEFORE);
    return low < g->local_named->len && probe_at(c, item(g->local_named, low))->time <= newest + RUN_WINDOW;
}

static bool is_silence(const sse_context *c, uint32_t index)
{
    return c->probe[index].outcome == SSE_PROBE_NO_REPLY ||
           (c->probe[index].outcome == SSE_PROBE_ICMP && is_routing(c, probe_at(c, index)->icmp));
}

static sse_cause strongest_cause(const uint32_t count[SSE_CAUSES])
{
    return sse_strongest_cause(count, sse_cause_rank_dns);
}

/* Of the causes of both ports the one that the state is named by. */
static sse_cause stronger_cause(sse_cause a, sse_cause b)
{
    return sse_cause_rank_dns(b) < sse_cause_rank_dns(a) ? b : a;
}

static sse_cause cause_of_run(const sse_context *c, const sse_run *run)
{
    uint32_t count[SSE_CAUSES] = { 0 };

    for (guint i = 0; i < run->items->len; i++)
        count[sse_probe_cause((sse_probe_outcome)c->probe[item(run->items, i)].outcome)]++;
    return strongest_cause(count);
}

/** A failing run summed up. One port may fail through many outages that the
 * other one ends: what was summed for the outage before is not read again. */
typedef struct run_sum {
    uint32_t first_probe;    /**< SSE_NONE before the first use */
    int64_t  first, newest;  /**< times */
    guint    summed;         /**< so many failures of the scan are in */
    uint32_t heard;          /**< of them so many that were not met by silence */
    uint32_t count[SSE_CAUSES];
} run_sum;

/* A reply that came late, and behind the end, was none then. */
static void sum_failure(const sse_context *c, run_sum *sum, uint32_t index, int64_t known)
{
    const bool unheard = c->probe[index].outcome == SSE_PROBE_LATE && probe_at(c, index)->reply_time > known;
    const sse_cause cause = unheard ? SSE_CAUSE_NO_REPLY : sse_probe_cause((sse_probe_outcome)c->probe[index].outcome);

    sum->count[cause]++;
    sum->heard += cause != SSE_CAUSE_NO_REPLY;
}

static sse_cause cause_of_sum(const run_sum *sum)
{
    return sum->heard == 0 ? SSE_CAUSE_NO_REPLY : strongest_cause(sum->count);
}

/* @param settled so many failures stay what they are; those behind them are
 *        summed this time only
 * @return the sum of all of them */
static run_sum sum_run(const sse_context *c, const port_scan *s, guint settled, int64_t known, run_sum *sum)
{
    const guint start = run_start(s);
    run_sum all;

    if (sum->first_probe != item(s->failures, start))
        *sum = (run_sum){ .first_probe = item(s->failures, start), .summed = start };
    for (; sum->summed < settled; sum->summed++)
        sum_failure(c, sum, item(s->failures, sum->summed), known);
    all = *sum;
    for (guint i = MAX(all.summed, start); i < s->failures->len; i++)
        sum_failure(c, &all, item(s->failures, i), known);
    all.first = probe_at(c, all.first_probe)->time;
    all.newest = probe_at(c, item(s->failures, s->failures->len - 1))->time;
    return all;
}

/* The silence at the end of an outage: the failures of both ports sent after the
 * newest that was answered, or failed by anything but silence.
 * @return whether there is any */
static bool find_silence(const sse_context *c, const port_scan scan[PORTS], int64_t proof, int64_t *first, int64_t *newest)
{
    int64_t heard = proof;

    *first = INT64_MAX;
    *newest = INT64_MIN;
    for (unsigned port = 0; port < PORTS; port++) {
        for (guint i = scan[port].failures->len; i > 0 && failure_time(c, &scan[port], i - 1) > heard; i--)
            if (!is_silence(c, item(scan[port].failures, i - 1)))
                heard = failure_time(c, &scan[port], i - 1);
    }
    for (unsigned port = 0; port < PORTS; port++) {
        for (guint i = scan[port].failures->len; i > 0 && failure_time(c, &scan[port], i - 1) > heard; i--) {
            *first = MIN(*first, failure_time(c, &scan[port], i - 1));
            *newest = MAX(*newest, failure_time(c, &scan[port], i - 1));
        }
    }
    return *newest >= *first;
}

/* Was the line dead since protection was lost? */
static bool line_is_dead(const sse_context *c, const sse_group *g, unsigned v, const port_scan scan[PORTS], int64_t proof,
                         const sse_outage_judgement *j, int64_t until)
{
    int64_t first, newest;

    return sse_may_lack_connectivity(g) && find_silence(c, scan, proof, &first, &newest) && first <= j->since.time &&
           sse_no_connectivity(g, first, newest, until, v == 0 ? 4 : 6);
}

/* Does the module go on, in a stretch of time in which nothing came, as if it got
 * replies? Then it must have got them by another way. */
static bool acts_as_answered(const sse_context *c, const sse_group *g, unsigned v, int64_t first, int64_t newest,
                             const guint read[PORTS], guint *fallen_back)
{
    guint bursts;

    count_bursts(c, g, v, first, newest, read, &bursts, fallen_back);
    return bursts >= RHYTHM_BURSTS && *fallen_back == 0;
}

static void note_unseen_replies(sse_group *g, uint32_t frame)
{
    if (g->unseen_replies == 0)
        g->unseen_replies = frame;
}

/* Where 53 is not even asked there is no outage to judge; that nothing came on 443 and
 * the module is content is a fact all the same. */
static void find_unseen_replies(const sse_context *c, sse_group *g, unsigned v, const port_scan scan[PORTS])
{
    const port_scan *on443 = &scan[PORT_443];
    const guint read[PORTS] = { g->probes[v][PORT_443]->len, g->probes[v][PORT_53]->len };
    int64_t first, newest;
    guint fallen_back;

    if (g->one_way || on443->answered || scan[PORT_53].answered || !is_down(c, on443) || is_down(c, &scan[PORT_53]))
        return;
    for (unsigned port = 0; port < PORTS; port++)
        for (guint i = 0; i < scan[port].failures->len; i++)
            if (c->probe[item(scan[port].failures, i)].outcome != SSE_PROBE_NO_REPLY)
                return;
    first = failure_time(c, on443, 0);
    newest = failure_time(c, on443, on443->failures->len - 1);
    if (acts_as_answered(c, g, v, first, newest, read, &fallen_back) &&
        !sse_no_connectivity(g, first, newest, INT64_MAX, v == 0 ? 4 : 6))
        note_unseen_replies(g, probe_at(c, item(on443->failures, 0))->frame);
}

/* Judges with all exceptions the stretch from j->first to j->newest. */
static void judge_outage(const sse_context *c, sse_group *g, unsigned v, const port_scan scan[PORTS], int64_t proof,
                         const run_sum runs[PORTS], int64_t until, sse_outage_judgement *j)
{
    const int64_t first = j->first, newest = j->newest;

    j->verdict = SSE_UNPROTECTED;

    if (g->one_way && !falls_back_always(c, g, v)) {
        j->verdict = SSE_INCONCLUSIVE;
        return;
    }
    /* The other exceptions need what reached the client: in a capture of one
     * direction everything looks silent. */
    if (!g->one_way && on_protected_network(c, g, first, newest)) {
        j->verdict = SSE_INCONCLUSIVE;
        j->cause = SSE_CAUSE_PROTECTED_NETWORK;
        return;
    }
    if (!g->one_way && line_is_dead(c, g, v, scan, proof, j, until)) {
        j->verdict = SSE_INCONCLUSIVE;
        j->cause = SSE_CAUSE_NO_CONNECTIVITY;
        return;
    }
    if (!g->one_way && runs[PORT_443].heard + runs[PORT_53].heard == 0) {
        guint fallen_back;

        if (acts_as_answered(c, g, v, first, newest, j->read, &fallen_back)) {
            j->verdict = SSE_INCONCLUSIVE;
            note_unseen_replies(g, j->since.frame);
            return;
        }
        j->goes_on = fallen_back > 0 && goes_on_encrypted(c, g, v, j);
    }
    j->cause = stronger_cause(cause_of_sum(&runs[PORT_443]), cause_of_sum(&runs[PORT_53]));
}

/* ---- what users ask ---- */

/* Whoever answers probes in the resolver's place answers users' queries too: their
 * answers prove nothing behind such an answer, or so shortly before one. */
static void doubt_users(sse_context *c, const GArray *probes, bool forward)
{
    bool doubted = false;
    int64_t since = 0;

    for (guint i = 0; i < probes->len; i++) {
        const uint32_t index = item(probes, forward ? i : probes->len - 1 - i);
        const sse_probe *p = probe_at(c, index);
        const sse_probe_outcome o = (sse_probe_outcome)c->probe[index].outcome;

        if (!sse_is_traffic(p)) {
            if (o == SSE_PROBE_ANSWERED || o == SSE_PROBE_INTERCEPTED || o == SSE_PROBE_REFUSED || o == SSE_PROBE_COURT_ORDER) {
                doubted = o != SSE_PROBE_ANSWERED;
                since = p->time;
            }
        } else if (doubted && p->name == OBS_NAME_USER && o == SSE_PROBE_ANSWERED &&
                   (forward || since - p->time <= UP_LASTS)) {
            c->probe[index].outcome = SSE_PROBE_PENDING;
        }
    }
}

/* ---- DNSCrypt ---- */

/* A DNSCrypt query without reply is no failure near to an answer to a probe on
 * its port: looks from each answer one way, on in time or back. */
static void excuse_near(sse_context *c, const GArray *probes, bool forward)
{
    bool any = false;
    int64_t answered = 0;

    for (guint i = 0; i < probes->len; i++) {
        uint32_t index = item(probes, forward ? i : probes->len - 1 - i);
        const sse_probe *p = probe_at(c, index);
        sse_probe_outcome outcome = (sse_probe_outcome)c->probe[index].outcome;

        if (!sse_is_traffic(p) && outcome == SSE_PROBE_ANSWERED) {
            /* Answers may come in another order than the probes. */
            answered = any && forward ? MAX(answered, p->reply_time) : p->reply_time;
            any = true;
        } else if (sse_is_traffic(p) && sse_probe_failed(outcome) && any &&
                   ABS(p->time - answered) <= DNSCRYPT_EXCUSED) {
            c->probe[index].excused = true;
        }
    }
}

static int by_pair_and_time(const void *a, const void *b)
{
    const sse_plain *x = (const sse_plain *)a, *y = (const sse_plain *)b;

    if (x->client != y->client)
        return x->client < y->client ? -1 : 1;
    if (x->resolver != y->resolver)
        return x->resolver < y->resolver ? -1 : 1;
    if (x->port != y->port)
        return (int)x->port - (int)y->port;
    return (x->first > y->first) - (x->first < y->first);
}

static bool plain_not_behind(const void *plain, guint index, const void *sought)
{
    return by_pair_and_time(&g_array_index((const GArray *)plain, sse_plain, index), sought) <= 0;
}

/* Did that resolver answer plain queries of that address on that port so near? */
static bool plain_near(sse_context *c, const sse_probe *p)
{
    const sse_plain sought = { .client = p->client, .resolver = p->resolver, .port = p->port, .first = p->time + DNSCRYPT_EXCUSED };
    const sse_plain *before;
    guint behind;

    if (c->plain == NULL) {
        c->plain = g_array_copy(c->t->plain);
        g_array_sort(c->plain, by_pair_and_time);
    }
    behind = sse_lower_bound(c->plain, c->plain->len, plain_not_behind, &sought);
    if (behind == 0)
        return false;
    before = &g_array_index(c->plain, sse_plain, behind - 1);
    return before->client == p->client && before->resolver == p->resolver && before->port == p->port &&
           before->last >= p->time - DNSCRYPT_EXCUSED;
}

/* The same by answers to plain queries that are no probes. */
static void excuse_by_plain(sse_context *c, const GArray *probes)
{
    for (guint i = 0; i < probes->len && c->t->plain->len > 0; i++) {
        const uint32_t index = item(probes, i);
        const sse_probe *p = probe_at(c, index);

        if (sse_is_traffic(p) && sse_probe_failed((sse_probe_outcome)c->probe[index].outcome) && plain_near(c, p))
            c->probe[index].excused = true;
    }
}

/* ---- one IP version through time ---- */

static void enter(sse_group *g, unsigned v, sse_state *state, sse_state to, const sse_since *since)
{
    sse_change change = {
        .frame = since->frame, .time = since->time, .service = SSE_SERVICE_DNS, .ip = v == 0 ? 4 : 6,
        .from = *state, .to = to,
    };

    sse_add_change(g, &change);
    *state = to;
}

/* The later of the two ports' first failures. */
static sse_since outage_since(const sse_context *c, const run_sum runs[PORTS], bool at_or_before)
{
    const run_sum *later = runs[PORT_443].first >= runs[PORT_53].first ? &runs[PORT_443] : &runs[PORT_53];

    return since_probe(c, later->first_probe, at_or_before);
}

static void count_port(const sse_context *c, const sse_group *g, unsigned v, unsigned port, int64_t from,
                       sse_port_report *r)
{
    for (guint i = sse_first_probe(c, g->probes[v][port], from); i < g->probes[v][port]->len; i++) {
        uint32_t index = item(g->probes[v][port], i);

        if (probe_at(c, index)->name == OBS_NAME_DNSCRYPT) {
            r->encrypted_tried++;
            r->encrypted_answered += c->probe[index].outcome == SSE_PROBE_ANSWERED;
            continue;
        }
        if (probe_at(c, index)->name == OBS_NAME_USER) {
            r->users_tried++;
            r->users_answered += c->probe[index].outcome == SSE_PROBE_ANSWERED;
            continue;
        }
        r->tried++;
        r->answered += c->probe[index].outcome == SSE_PROBE_ANSWERED;
        r->failed += sse_probe_failed((sse_probe_outcome)c->probe[index].outcome);
    }
}

/* Since when a port is what it is: its own first failure, or first answer
 * after its own last run of failures. */
static sse_since port_since(const sse_context *c, const port_scan *s, sse_port_state state)
{
    return state == SSE_PORT_DOWN ? since_probe(c, item(s->failures, run_start(s)), !s->answered) : s->up_since;
}

/* Keeps the outages apart and in order of time. Where one port failed all the
 * while, each outage reaches back to its first failure: they are one. */
static void keep_outage(sse_group *g, unsigned v, int64_t first, int64_t newest)
{
    sse_stretch outage = { .v = v, .first = first, .newest = newest };

    while (g->stretches->len > 0) {
        const sse_stretch *before = &g_array_index(g->stretches, sse_stretch, g->stretches->len - 1);

        if (before->v != v || before->newest < outage.first)
            break;
        outage.first = MIN(outage.first, before->first);
        outage.newest = MAX(outage.newest, before->newest);
        g_array_set_size(g->stretches, g->stretches->len - 1);
    }
    add_to_own(g->stretches, outage);
}

/* The failures of a port that are not known yet when an outage ends: none of
 * them is older than the longest wait. */
typedef struct unknown {
    guint   from;            /**< index of the first of the tail */
    GArray *tail;            /**< guint32: the failures from there on, as they were; NULL where all are known */
    port_scan before;        /**< the scan, as it was */
} unknown;

static void hold_back(const sse_context *c, port_scan *s, int64_t known, GArray *tail, unknown *u)
{
    /* Nothing waits longer for its answer, or for what excuses it. */
    const int64_t longest = MAX(c->t->config.probe_timeout, DNSCRYPT_EXCUSED);
    bool all_known = true;
    guint near = 0;

    u->tail = NULL;
    for (u->from = s->failures->len; u->from > 0; u->from--) {
        if (failure_time(c, s, u->from - 1) + longest <= known)
            break;
        all_known &= sse_probe_failure_known(c, item(s->failures, u->from - 1)) <= known;
    }
    if (all_known)
        return;
    u->before = *s;
    u->tail = g_array_set_size(tail, 0);
    g_array_append_vals(u->tail, &item(s->failures, u->from), s->failures->len - u->from);
    g_array_set_size(s->failures, u->from);
    for (guint i = 0; i < u->tail->len; i++) {
        const guint32 index = item(u->tail, i);

        if (sse_probe_failure_known(c, index) <= known) {
            sse_put_number(s->failures, index);
            near += u->from + i < u->before.late;
        } else if (!sse_is_traffic(probe_at(c, index))) {
            s->probes--;
            s->late_probes -= u->from + i < u->before.late;
        }
    }
    s->late = MIN(u->before.late, u->from) + near;
}

static void give_back(port_scan *s, unknown *u)
{
    if (u->tail == NULL)
        return;
    g_array_set_size(s->failures, u->from);
    g_array_append_vals(s->failures, u->tail->data, u->tail->len);
    *s = u->before;
}

/* The failures of its stretch: those after the newest proof of either port. */
static void find_stretch(const sse_context *c, const port_scan scan[PORTS], int64_t proof, sse_outage_judgement *j)
{
    j->first = INT64_MAX;
    j->newest = INT64_MIN;
    for (unsigned port = 0; port < PORTS; port++) {
        const GArray *failures = scan[port].failures;
        guint first = run_start(&scan[port]);

        /* Mostly the proof was this port's, and all are behind it. */
        if (proof != INT64_MIN && first < failures->len && failure_time(c, &scan[port], first) <= proof + RUN_AFTER_ANSWER)
            first = sse_first_probe(c, failures, proof + RUN_AFTER_ANSWER + 1);
        if (first < failures->len) {
            j->first = MIN(j->first, failure_time(c, &scan[port], first));
            j->newest = MAX(j->newest, failure_time(c, &scan[port], failures->len - 1));
        }
    }
}

/** One IP version as far as its probes have been read. */
typedef struct version_scan {
    port_scan port[PORTS];
    guint     read[PORTS];   /**< so many of each port's */
    run_sum   sums[PORTS];
    int64_t   proof;         /**< when the newest answered probe of either port was sent, INT64_MIN none */
    sse_state state;         /**< as the timeline has it */
    sse_since since;         /**< of the state */
} version_scan;

/* An outage ended, or the file did: judged by what was known then. It enters the
 * timeline only if it stands. @return whether there was one */
static bool close_outage(sse_context *c, sse_group *g, unsigned v, version_scan *s, const sse_outage_end *end,
                         sse_outage_judgement *j)
{
    unknown held[PORTS];
    run_sum runs[PORTS];
    bool stood;

    *j = (sse_outage_judgement){ .cause = SSE_CAUSE_NONE, .read = { s->read[PORT_443], s->read[PORT_53] } };
    for (unsigned port = 0; port < PORTS; port++)
        hold_back(c, &s->port[port], end->known, c->scratch.held[port], &held[port]);
    stood = is_down(c, &s->port[PORT_443]) && is_down(c, &s->port[PORT_53]) && down_together(c, s->port);
    if (stood) {
        sse_draft *d;

        for (unsigned port = 0; port < PORTS; port++)
            runs[port] = sum_run(c, &s->port[port], held[port].from, end->known, &s->sums[port]);
        find_stretch(c, s->port, s->proof, j);
        j->since = outage_since(c, runs, s->state == SSE_NOT_OBSERVED);
        j->first = MIN(j->first, j->since.time);
        judge_outage(c, g, v, s->port, s->proof, runs, end->by == SSE_ENDED_PROOF ? end->time : INT64_MAX, j);
        if (j->verdict == SSE_UNPROTECTED && s->state != SSE_UNPROTECTED) {
            s->since = j->since;
            enter(g, v, &s->state, SSE_UNPROTECTED, &s->since);
        }
        keep_outage(g, v, MIN(runs[PORT_443].first, runs[PORT_53].first),
                    MAX(MAX(runs[PORT_443].newest, runs[PORT_53].newest), end->by == SSE_ENDED_PROOF ? end->time - 1 : 0));
        d = sse_open_outage(c, SSE_SERVICE_DNS, v == 0 ? 4 : 6, j, end);
        for (unsigned port = 0; port < PORTS; port++) {
            d->outage.port_cause[port] = (uint8_t)cause_of_sum(&runs[port]);
            if (is_encrypted_only(&s->port[port]))
                sse_add_reason(d->outage.reasons, SSE_REASON_DNSCRYPT_ALONE, port == PORT_443 ? 443 : 53);
        }
        sse_add_probes(c, g, d, j, end);
        if (j->goes_on)
            sse_add_reason(d->outage.reasons, SSE_REASON_GOES_ON, 0);
        sse_close_outage(c, g, d, j);
    }
    for (unsigned port = 0; port < PORTS; port++)
        give_back(&s->port[port], &held[port]);
    return stood;
}

/* The next probe of both ports, by time. */
static bool next_probe(const sse_context *c, const sse_group *g, unsigned v, guint at[PORTS], unsigned *port,
                       uint32_t *index)
{
    const GArray *a = g->probes[v][PORT_443], *b = g->probes[v][PORT_53];

    if (at[PORT_443] == a->len && at[PORT_53] == b->len)
        return false;
    if (at[PORT_443] == a->len)
        *port = PORT_53;
    else if (at[PORT_53] == b->len)
        *port = PORT_443;
    else
        *port = probe_at(c, item(b, at[PORT_53]))->time < probe_at(c, item(a, at[PORT_443]))->time ? PORT_53
                                                                                                   : PORT_443;
    *index = item(g->probes[v][*port], at[*port]);
    at[*port]++;
    return true;
}

static void report_ports(sse_context *c, sse_group *g, unsigned v, const port_scan scan[PORTS])
{
    sse_version_report *r = &g->report->ip[v];
    int64_t from = INT64_MIN;

    /* A change of state within the file divides the counts: what is said now
     * is about the time since. */
    if (r->since.frame != 0 && !r->since.at_or_before) {
        from = r->since.time;
        for (unsigned port = 0; port < PORTS && r->verdict == SSE_UNPROTECTED; port++)
            from = MIN(from, g->dns_runs[v][port].first);
    }
    for (unsigned port = 0; port < PORTS; port++) {
        sse_port_report *pr = &r->ports[port];

        pr->port = port == PORT_443 ? 443 : 53;
        pr->state = port_state(c, &scan[port], &scan[1 - port]);
        if (pr->state == SSE_PORT_DOWN)
            pr->cause = cause_of_run(c, &g->dns_runs[v][port]);
        if (pr->state != SSE_PORT_UNTESTED)
            pr->since = port_since(c, &scan[port], pr->state);
        count_port(c, g, v, port, MAX(from, g->newest_change), pr);
    }
}

static void start_network(version_scan *s)
{
    scan_reset(&s->port[PORT_443]);
    scan_reset(&s->port[PORT_53]);
    s->proof = INT64_MIN;
}

static sse_outage_end network_change(const sse_change *change)
{
    return (sse_outage_end){ .by = SSE_ENDED_NETWORK_CHANGED, .frame = change->frame, .time = change->time,
                             .known = INT64_MAX };
}

static sse_outage_end end_by_probe(const sse_context *c, uint32_t index)
{
    const sse_probe *p = probe_at(c, index);

    return (sse_outage_end){ .by = SSE_ENDED_PROOF, .frame = p->frame != 0 ? p->frame : p->reply_frame, .time = p->time,
                             .known = p->reply_time };
}

static void judge_version(sse_context *c, sse_group *g, unsigned v)
{
    sse_version_report *r = &g->report->ip[v];
    version_scan s = { .sums = { { .first_probe = SSE_NONE }, { .first_probe = SSE_NONE } }, .proof = INT64_MIN,
                       .state = SSE_NOT_OBSERVED };
    const sse_outage_end last = { .by = SSE_ENDED_NONE, .known = INT64_MAX };
    guint change = 0;
    sse_state raw;
    sse_outage_judgement j;
    sse_outage_end end;
    bool in_outage = false;
    unsigned port;
    uint32_t index;

    if (g->probes[v][PORT_443]->len == 0 && g->probes[v][PORT_53]->len == 0)
        return;
    for (port = 0; port < PORTS; port++)
        scan_start(&s.port[port], g->probes[v][port]);
    while (next_probe(c, g, v, s.read, &port, &index)) {
        const int64_t time = probe_at(c, index)->time;
        bool answered = c->probe[index].outcome == SSE_PROBE_ANSWERED;

        if (change < g->changes->len && g_array_index(g->changes, sse_change, change).time <= time) {
            end = network_change(&g_array_index(g->changes, sse_change, change));
            if (in_outage)
                close_outage(c, g, v, &s, &end, &j);
            in_outage = false;
            /* Another network: what failed or worked before says nothing. */
            start_network(&s);
            while (change < g->changes->len && g_array_index(g->changes, sse_change, change).time <= time)
                change++;
        }
        if (in_outage && answered) {
            end = end_by_probe(c, index);
            close_outage(c, g, v, &s, &end, &j);
        }
        scan_probe(c, &s.port[port], index);
        if (answered)
            s.proof = time;
        in_outage = s.port[PORT_443].down && s.port[PORT_53].down && down_together(c, s.port);
        if (answered && s.state != SSE_PROTECTED && raw_state(c, s.port) == SSE_PROTECTED) {
            s.since = since_probe(c, index, s.state == SSE_NOT_OBSERVED);
            enter(g, v, &s.state, SSE_PROTECTED, &s.since);
        }
    }
    raw = raw_state(c, s.port);
    if (change < g->changes->len) {
        /* Nothing was seen on the newest network. */
        end = network_change(&g_array_index(g->changes, sse_change, change));
        if (in_outage)
            close_outage(c, g, v, &s, &end, &j);
        start_network(&s);
        in_outage = false;
        raw = SSE_INCONCLUSIVE;
    }
    r->n_ports = PORTS;
    r->verdict = raw;
    if (in_outage && close_outage(c, g, v, &s, &last, &j)) {
        r->verdict = j.verdict;
        r->cause = j.cause;
    }
    if (raw == SSE_INCONCLUSIVE)
        find_unseen_replies(c, g, v, s.port);
    for (port = 0; port < PORTS; port++)
        take_run(c, &s.port[port], &g->dns_runs[v][port]);
    if (r->verdict == SSE_UNPROTECTED || r->verdict == SSE_PROTECTED)
        r->since = s.since;
    report_ports(c, g, v, s.port);
    for (port = 0; port < PORTS; port++)
        g_array_free(s.port[port].failures, TRUE);
}

/* ---- the client's verdict over both versions ---- */

static sse_encryption encryption(const sse_context *c, const sse_group *g)
{
    bool up443 = false, down443_up53 = false;
    uint32_t encrypted = 0;

    for (unsigned v = 0; v < 2; v++) {
        const sse_version_report *r = &g->report->ip[v];

        if (!r->counts)
            continue;
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; g->has_traffic && i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);

                if (p->name != OBS_NAME_DNSCRYPT || p->time < g->newest_change ||
                    (r->since.frame != 0 && p->time < r->since.time))
                    continue;
                if (c->probe[index].outcome == SSE_PROBE_ANSWERED)
                    return SSE_ENC_ENCRYPTED;
                encrypted += sse_probe_failed((sse_probe_outcome)c->probe[index].outcome);
            }
        }
        up443 |= r->ports[PORT_443].state == SSE_PORT_UP;
        down443_up53 |= r->ports[PORT_443].state == SSE_PORT_DOWN && r->ports[PORT_53].state == SSE_PORT_UP;
    }
    if (encrypted >= ENCRYPTED_LOST || down443_up53)
        return SSE_ENC_UNAVAILABLE;
    return up443 ? SSE_ENC_AVAILABLE : SSE_ENC_UNKNOWN;
}

/* The newest frame that confirms the verdict: an answer while protected, a
 * failed attempt while not; of anything else the newest probe. */
static void find_evidence(const sse_context *c, const sse_group *g, sse_service_report *s)
{
    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                uint32_t index = item(g->probes[v][port], i);
                const sse_probe *p = probe_at(c, index);
                sse_probe_outcome o = (sse_probe_outcome)c->probe[index].outcome;
                bool answered = o == SSE_PROBE_ANSWERED;
                int64_t time = answered ? p->reply_time : p->last_time;
                uint32_t frame = answered ? p->reply_frame : p->last_frame != 0 ? p->last_frame : p->reply_frame;

                if ((s->verdict == SSE_PROTECTED && !answered) ||
                    (s->verdict == SSE_UNPROTECTED && (!sse_probe_failed(o) || c->probe[index].excused)))
                    continue;
                if (frame != 0 && (s->evidence_frame == 0 || time >= s->evidence_time)) {
                    s->evidence_frame = frame;
                    s->evidence_time = time;
                }
            }
        }
    }
}

static void dns_reasons(sse_context *c, sse_group *g, sse_service_report *s)
{
    bool on443 = false, identity = false, asked = false;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; port < PORTS; port++) {
            for (guint i = 0; i < g->probes[v][port]->len; i++) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i));

                on443 |= port == PORT_443;
                asked |= p->frame != 0 && c->probe[item(g->probes[v][port], i)].outcome == SSE_PROBE_ANSWERED;
                /* Nobody's nslookup speaks DNSCrypt. */
                identity |= p->query_identity != 0 || p->name == OBS_NAME_DNSCRYPT;
            }
        }
    }
    for (guint i = 0; i < g->members->len; i++)
        identity |= address_at(c, item(g->members, i))->other_identity != 0;
    if (s->verdict != SSE_PROTECTED)
        return;
    if (!asked && !g->unheard)
        sse_add_reason(s->reasons, SSE_REASON_UNASKED_ONLY, 0);
    if (!on443 && !identity)
        sse_add_reason(s->reasons, SSE_REASON_NSLOOKUP, 0);
    if (!g->at_client)
        sse_add_reason(s->reasons, SSE_REASON_REMOTE, 0);
}

/* Was anything asked since the newest change of networks? */
static bool asked_lately(const sse_context *c, const sse_group *g, unsigned v)
{
    for (unsigned port = 0; port < PORTS; port++) {
        const GArray *probes = g->probes[v][port];

        if (probes->len > 0 && probe_at(c, item(probes, probes->len - 1))->time >= g->newest_change)
            return true;
    }
    return false;
}

void sse_judge_dns(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->dns;
    bool left_v4 = false;

    for (unsigned v = 0; v < 2; v++) {
        for (unsigned port = 0; g->has_traffic && port < PORTS; port++) {
            doubt_users(c, g->probes[v][port], true);
            doubt_users(c, g->probes[v][port], false);
            excuse_near(c, g->probes[v][port], true);
            excuse_near(c, g->probes[v][port], false);
            excuse_by_plain(c, g->probes[v][port]);
        }
        judge_version(c, g, v);
    }
    for (unsigned v = 0; v < 2; v++)
        r->ip[v].counts = r->ip[v].n_ports > 0;
    if (r->ip[1].counts && r->ip[0].counts) {
        bool heard_v6 = false;

        for (guint i = 0; i < g->members->len; i++) {
            const sse_address *a = address_at(c, item(g->members, i));

            heard_v6 |= a->addr.family == 6 && a->heard_public != INT64_MIN && a->heard_public >= g->newest_change;
        }
        r->ip[1].counts = heard_v6;
        /* In the network where the client is now it has no IPv4, as it seems: what was
         * before stays an outage, and decides nothing. */
        left_v4 = heard_v6 && !asked_lately(c, g, 0) && asked_lately(c, g, 1);
        for (unsigned v = 0; v < 2; v++)
            if (r->ip[v].cause == SSE_CAUSE_NO_CONNECTIVITY && r->ip[1 - v].verdict == SSE_PROTECTED)
                r->ip[v].counts = false;
    }
    for (unsigned v = 0; v < 2; v++) {
        if (r->ip[v].counts && !(v == 0 && left_v4) && r->ip[v].verdict > s->verdict) {
            s->verdict = r->ip[v].verdict;
            s->cause = r->ip[v].cause;
            s->since = r->ip[v].since;
            r->named_version = v == 0 ? 4 : 6;
        }
    }
    if (s->verdict == SSE_NOT_OBSERVED)
        return;
    r->encryption = encryption(c, g);
    find_evidence(c, g, s);

    /* The failing run of the verdict's IP version: of both ports together. */
    unsigned v = r->named_version == 6;
    int64_t first = INT64_MAX, newest = INT64_MIN;
    for (unsigned port = 0; port < PORTS; port++) {
        const sse_run *run = &g->dns_runs[v][port];

        if (run->items->len == 0)
            continue;
        first = MIN(first, run->first);
        newest = MAX(newest, run->newest);
    }
    if (first != INT64_MAX) {
        sse_control_sum sum = sse_sum_control(g, first, newest + RUN_WINDOW, 0);

        s->has_control = true;
        s->control_dns_answers = sum.dns_answers;
        s->control_tcp_opened = sum.tcp_opened;
    }
    if (sse_take_lasting(c, g, SSE_SERVICE_DNS, (unsigned)r->named_version))
        return;
    dns_reasons(c, g, s);
    s->confidence = sse_find_confidence(c, g, s->reasons);
    if (s->verdict == SSE_INCONCLUSIVE && s->cause == SSE_CAUSE_NONE && !(g->one_way && g->dns_runs[v][0].items->len)) {
        for (unsigned port = 0; port < PORTS; port++)
            if (r->ip[v].ports[port].state == SSE_PORT_UNTESTED)
                sse_add_reason(s->reasons, SSE_REASON_PORT_UNTESTED, r->ip[v].ports[port].port);
    }
}
