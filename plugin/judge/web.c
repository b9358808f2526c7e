/* web.c
 * Web protection: the rules of docs/verdict.md, "Web protection", in their order,
 * replayed over the file so that outages that ended are known too; fail-open.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "web.h"

#include "background.h"
#include "confidence.h"
#include "lookups.h"
#include "lower_bound.h"
#include "origin.h"
#include "outages.h"
#include "rcodes.h"
#include "report_memory.h"
#include "sites.h"
#include "tunnels.h"

#include <string.h>

/* Failures so soon after the newest completed handshake are its company. */
#define RUN_AFTER_GOOD      (1 * SSE_SECOND)
/* Where another address, or another site, is served: one alone is no outage before. */
#define RUN_OTHER           (60 * SSE_SECOND)
#define RUN_LENGTH          2
#define RUN_LENGTH_PARTLY   4
/* A gateway's acknowledgement comes so soon, or within two round trips. */
#define ACKNOWLEDGED_WITHIN (200 * SSE_MSECOND)
/* One handshake alone is an outage after so many unanswered transmissions. */
#define TRANSMISSIONS       4
#define HISTORY             10
#define PROXY_ERRORS        3
#define SERVED_BEFORE       (60 * SSE_SECOND)
/* So long, and for so many sites, errors are the gateway's whatever else is served. */
#define ERRORS_LONG         (30 * SSE_SECOND)
#define ERRORS_SITES        5
/* A 407 whose host is served so soon was a step of the sign-in; so many answers on
 * are looked at. */
#define SIGN_IN             (5 * SSE_SECOND)
#define SIGN_IN_ANSWERS     64
/* Sites that were served, the newest. */
#define SERVED_SITES        64
/* Of DNS's outages that began before, so many of the newest are looked at. */
#define NEAR_OUTAGES        16

/** The web service as far as its evidence has been read. */
typedef struct web_scan {
    uint32_t completed;      /**< newest served handshake, SSE_NONE */
    GArray  *failures;       /**< guint32: failed handshakes begun more than 1 s after completed */
    uint32_t causes[SSE_CAUSES]; /**< theirs */
    guint    late;           /**< index of the first of them more than 60 s after it */
    uint32_t late_causes[SSE_CAUSES]; /**< of those before */
    uint32_t gateway;        /**< of all failures, SSE_NONE if several */
    uint32_t silent_host;    /**< all are session-silent for this CONNECT host, SSE_NONE if not */
    uint32_t newest_handshake;
    uint8_t  history[HISTORY]; /**< outcomes of the newest handshakes before the failures */
    unsigned histories;
    GArray  *bad_answers;    /**< guint32: unbroken row of CONNECT answers that show no work of the gateway */
    sse_sites bad_sites;     /**< what they were for */
    struct { uint64_t site; int64_t time; } served[SERVED_SITES]; /**< sites that were served, and when newest */
    unsigned n_served;
    sse_unresolved unresolved; /**< lookups that failed, not cleared */
    uint32_t tried_alone;    /**< the failure that one_is_enough() judged last */
    bool     alone_is_enough;
} web_scan;

static void scan_start(web_scan *s)
{
    *s = (web_scan){ .completed = SSE_NONE, .gateway = SSE_NONE, .silent_host = SSE_NONE,
                     .newest_handshake = SSE_NONE, .tried_alone = SSE_NONE };
    s->failures = g_array_new(FALSE, FALSE, sizeof(guint32));
    s->bad_answers = g_array_new(FALSE, FALSE, sizeof(guint32));
    sse_unresolved_init(&s->unresolved);
}

static void scan_free(web_scan *s)
{
    g_array_free(s->failures, TRUE);
    g_array_free(s->bad_answers, TRUE);
    sse_unresolved_free(&s->unresolved);
}

static sse_swg_outcome outcome_at(const sse_context *c, uint32_t index)
{
    return (sse_swg_outcome)c->swg_outcome[index];
}

static void forget_failures(web_scan *s)
{
    g_array_set_size(s->failures, 0);
    memset(s->causes, 0, sizeof s->causes);
    memset(s->late_causes, 0, sizeof s->late_causes);
    s->late = 0;
}

/* What came before the failing run tells a gateway that always fails in part;
 * a run itself is no history until a completed handshake ends it. */
static void remember(web_scan *s, sse_swg_outcome o)
{
    s->history[s->histories++ % HISTORY] = (uint8_t)o;
}

static void scan_handshake(const sse_context *c, web_scan *s, uint32_t index)
{
    const sse_handshake *h = handshake_at(c, index);
    sse_swg_outcome o = outcome_at(c, index);

    s->newest_handshake = index;
    sse_unresolved_clear(&s->unresolved);
    if (sse_is_served(c, index)) {
        for (guint i = s->failures->len > HISTORY ? s->failures->len - HISTORY : 0; i < s->failures->len; i++)
            remember(s, outcome_at(c, item(s->failures, i)));
        remember(s, o);
        s->completed = index;
        forget_failures(s);
    } else if (o == SSE_SWG_OPENED) {
        if (s->failures->len == 0)
            remember(s, o);
    } else if (sse_swg_failed(o)) {
        const sse_handshake *good = s->completed != SSE_NONE ? handshake_at(c, s->completed) : NULL;
        uint32_t host = o == SSE_SWG_SESSION_SILENT && h->session != NULL ? h->session->connect_host : SSE_NONE;

        if (good == NULL || h->time - good->time > RUN_AFTER_GOOD) {
            if (s->failures->len == 0) {
                s->gateway = h->gateway;
                s->silent_host = host;
            } else {
                if (s->gateway != h->gateway)
                    s->gateway = SSE_NONE;
                if (s->silent_host != host)
                    s->silent_host = SSE_NONE;
            }
            g_array_append_val(s->failures, index);
            s->causes[sse_swg_cause(o)]++;
            if (good != NULL && h->time - good->time <= RUN_OTHER) {
                s->late = s->failures->len;
                s->late_causes[sse_swg_cause(o)]++;
            }
        } else {
            remember(s, o);
        }
    }
}

static const sse_connect_answer *answer_at(const sse_context *c, uint32_t index)
{
    return &g_array_index(c->t->connects, sse_connect_answer, index);
}

static bool is_served_answer(const sse_context *c, uint32_t index)
{
    const sse_connect_answer *a = answer_at(c, index);

    /* Who grants tunnels in the gateway's place serves; with a denial he does not. */
    return sse_connect_served(a->status) &&
           (a->status / 100 == 2 || sse_answer_origin(c->t, a, NULL) != SSE_ORIGIN_ON_PATH) &&
           !sse_swg_tunnel_died((sse_swg_outcome)c->swg_outcome[a->handshake]);
}

/* A site was served, by its 2xx or by data in its tunnel since. */
static void note_served(const sse_context *c, web_scan *s, const sse_connect_answer *a)
{
    const sse_session *session = handshake_at(c, a->handshake)->session;
    const uint64_t site = sse_site_of(c->t, a->host);
    const int64_t time = session != NULL && session->tunnel_data_time != 0 ? MAX(a->time, session->last_gateway_time)
                                                                           : a->time;
    unsigned at = 0;

    for (unsigned i = 0; i < s->n_served; i++) {
        if (s->served[i].site == site) {
            s->served[i].time = MAX(s->served[i].time, time);
            return;
        }
        if (s->served[i].time < s->served[at].time)
            at = i;
    }
    if (s->n_served < SERVED_SITES)
        at = s->n_served++;
    s->served[at].site = site;
    s->served[at].time = time;
}

/* Is a 407 a step of a sign-in that went well? at: its place among the answers. */
static bool signs_in(const sse_context *c, const sse_group *g, guint at)
{
    const sse_connect_answer *asks = answer_at(c, item(g->answers, at));

    for (guint i = at + 1; i < g->answers->len && i <= at + SIGN_IN_ANSWERS; i++) {
        const sse_connect_answer *a = answer_at(c, item(g->answers, i));

        if (a->time - asks->time > SIGN_IN)
            break;
        if (a->host == asks->host && a->status / 100 == 2)
            return true;
    }
    return false;
}

/* at: the answer's place among the client's. */
static void scan_answer(const sse_context *c, const sse_group *g, web_scan *s, guint at)
{
    const uint32_t index = item(g->answers, at);
    const sse_connect_answer *a = answer_at(c, index);

    if (a->status / 100 != 2 && sse_answer_origin(c->t, a, NULL) == SSE_ORIGIN_ON_PATH)
        return;
    if (sse_connect_served(a->status)) {
        if (!is_served_answer(c, index))
            return;
        if (a->status / 100 == 2)
            note_served(c, s, a);
        g_array_set_size(s->bad_answers, 0);
        s->bad_sites.count = 0;
    } else if (a->status != 407 || !signs_in(c, g, at)) {
        g_array_append_val(s->bad_answers, index);
        sse_sites_add(&s->bad_sites, sse_site_of(c->t, a->host));
    }
}

/* Where the failing run begins among the failures. */
static guint run_start(const sse_context *c, const web_scan *s)
{
    const sse_handshake *good;

    if (s->completed == SSE_NONE || s->failures->len == 0)
        return 0;
    good = handshake_at(c, s->completed);
    if (s->gateway != SSE_NONE && s->gateway != good->gateway)
        return s->late;
    if (s->silent_host != SSE_NONE && good->session != NULL && good->session->connect_host != s->silent_host)
        return s->late;
    return 0;
}

/* Four transmissions of one SYN, or of the first data, into silence. */
static bool one_is_enough(const sse_context *c, const sse_group *g, uint32_t index)
{
    const sse_handshake *h = handshake_at(c, index);
    const sse_session *s = h->session;

    if (s == NULL)
        return h->attempts >= TRANSMISSIONS && h->met == SSE_MET_NOTHING &&
               !sse_gateway_heard_between(g, h->second_syn, h->last_syn);
    return s->payload_seen && !s->payload_acked && s->first_payload_txs >= TRANSMISSIONS &&
           !sse_gateway_heard_between(g, s->second_payload_tx, s->last_payload_tx);
}

static bool fails_in_part(const web_scan *s)
{
    unsigned known = MIN(s->histories, HISTORY), failed = 0, completed = 0;

    for (unsigned i = 0; i < known; i++) {
        failed += sse_swg_failed((sse_swg_outcome)s->history[i]);
        completed += s->history[i] == SSE_SWG_COMPLETED;
    }
    return failed >= 1 && completed >= 5;
}

/* Asked after each event while the run is one handshake long: judged once. */
static bool alone_is_enough(const sse_context *c, const sse_group *g, web_scan *s, uint32_t index)
{
    if (s->tried_alone != index) {
        s->tried_alone = index;
        s->alone_is_enough = one_is_enough(c, g, index);
    }
    return s->alone_is_enough;
}

static bool run_long_enough(const sse_context *c, const sse_group *g, web_scan *s)
{
    guint start = run_start(c, s), length = s->failures->len - start;

    if (length == 0)
        return false;
    if (fails_in_part(s))
        return length >= RUN_LENGTH_PARTLY;
    return length >= RUN_LENGTH || alone_is_enough(c, g, s, item(s->failures, start));
}

static bool proxy_errs(const sse_context *c, const web_scan *s)
{
    const guint count = s->bad_answers->len;
    int64_t first, from;

    if (count < PROXY_ERRORS)
        return false;
    /* Who must sign in to a proxy is not let through, whatever others get. */
    for (guint i = count - PROXY_ERRORS; i < count; i++)
        if (answer_at(c, item(s->bad_answers, i))->status == 407)
            return true;
    first = answer_at(c, item(s->bad_answers, 0))->time;
    if (answer_at(c, item(s->bad_answers, count - 1))->time - first >= ERRORS_LONG && s->bad_sites.count >= ERRORS_SITES)
        return true;
    /* Is another site served? Then it is these sites, or the way to them. */
    from = s->bad_sites.count == 1 ? INT64_MIN : first - SERVED_BEFORE;
    for (unsigned i = 0; i < s->n_served; i++)
        if (s->served[i].time >= from && !sse_sites_have(&s->bad_sites, s->served[i].site))
            return false;
    return true;
}

/* ---- lookups ---- */

static const sse_lookup *lookup_at(const sse_context *c, uint32_t index)
{
    return sse_tracker_lookup(c->t, index);
}

static bool name_unresolved(const web_scan *s)
{
    return s->unresolved.unresolved > 0;
}

/* SERVFAIL and REFUSED are what a server says that is itself cut off; in the name
 * of a resolver of OpenDNS they are an answer. */
static bool lookups_are_silence(const sse_context *c, const web_scan *s)
{
    for (guint i = s->unresolved.since; i < s->unresolved.items->len; i++) {
        const sse_lookup *l = lookup_at(c, item(s->unresolved.items, i));

        if (sse_unresolved_holds(c, &s->unresolved, i) && l->answered && (!sse_rcode_is_cut_off(l->rcode) ||
                            sse_tracker_is_resolver(c->t, &address_at(c, l->server)->addr)))
            return false;
    }
    return true;
}

/* ---- judging ---- */

/** What the evidence read so far says: the rule that fits, 0 for none. */
static int rule_of(const sse_context *c, const sse_group *g, web_scan *s)
{
    if (run_long_enough(c, g, s))
        return 2;
    if (proxy_errs(c, s))
        return 3;
    if (name_unresolved(s))
        return 4;
    return 0;
}

static sse_cause cause_of_run(const sse_context *c, const web_scan *s)
{
    uint32_t count[SSE_CAUSES];

    /* Asked at each failure: counted as they came, not over again. */
    for (unsigned k = 0; k < SSE_CAUSES; k++)
        count[k] = s->causes[k] - (run_start(c, s) > 0 ? s->late_causes[k] : 0);
    return sse_strongest_cause(count, sse_cause_rank_web);
}

/* An outcome that is silence where the line died while the connection was open: when
 * its data was last sent, and *heard gets when the gateway's last packet came.
 * @return INT64_MIN for any other outcome */
static int64_t silent_data(const sse_context *c, uint32_t index, int64_t *heard)
{
    const sse_handshake *h = handshake_at(c, index);
    const sse_session *s = h->session;

    if (s == NULL)
        return INT64_MIN;
    switch (outcome_at(c, index)) {
    case SSE_SWG_SESSION_STALLED:
        *heard = s->open_time;
        return s->last_payload_tx;
    case SSE_SWG_TUNNEL_STALLED:
        *heard = MAX(s->last_gateway_time, s->open_time);
        return s->tunnel_last_tx;
    case SSE_SWG_TUNNEL_SILENT:
        /* Its acknowledgement came last, of which the time is not kept. */
        *heard = s->tunnel_last_tx + MAX(2 * (int64_t)h->rtt * 1000, ACKNOWLEDGED_WITHIN);
        return s->tunnel_last_tx;
    default:
        return INT64_MIN;
    }
}

/* until: when the outage ended by a proof, or INT64_MAX. *newest gets later where
 * what was sent on an open connection shows that the line is dead */
static bool run_is_silence(const sse_context *c, const sse_group *g, const web_scan *s, int64_t until, int64_t *newest)
{
    int64_t heard = 0;

    for (guint i = run_start(c, s); i < s->failures->len; i++) {
        const uint32_t index = item(s->failures, i);
        const int64_t sent = silent_data(c, index, &heard);

        /* What is heard later than this is not in its record. */
        *newest = MAX(*newest, MIN(sent, handshake_at(c, index)->time + SSE_CONTROL_SPAN - SSE_HEARD_AFTER));
    }
    for (guint i = run_start(c, s); i < s->failures->len; i++) {
        const uint32_t index = item(s->failures, i);
        const sse_handshake *h = handshake_at(c, index);

        if (outcome_at(c, index) == SSE_SWG_NO_REPLY ||
            (outcome_at(c, index) == SSE_SWG_ICMP && h->icmp != SSE_NONE && is_routing(c, h->icmp)))
            continue;
        /* That last packet lies in the millisecond before. */
        if (silent_data(c, index, &heard) == INT64_MIN ||
            sse_heard_between(g, heard + SSE_MSECOND, sse_window_end(*newest, SSE_HEARD_AFTER, until),
                              address_at(c, h->client)->addr.family))
            return false;
    }
    return true;
}

/* The evidence of a rule: when it began and when it was newest, and the frame
 * where it began. */
static void find_rule_stretch(const sse_context *c, const web_scan *s, int rule, sse_outage_judgement *j)
{
    if (rule == 2) {
        const sse_handshake *h = handshake_at(c, item(s->failures, run_start(c, s)));

        j->cause = cause_of_run(c, s);
        j->since.frame = h->frame != 0 ? h->frame : h->session != NULL ? h->session->open_frame : h->met_frame;
        j->first = h->time;
        j->newest = handshake_at(c, item(s->failures, s->failures->len - 1))->time;
    } else if (rule == 3) {
        const sse_connect_answer *a = answer_at(c, item(s->bad_answers, 0));

        j->cause = SSE_CAUSE_PROXY_ERROR;
        j->since.frame = a->frame;
        j->first = a->time;
        j->newest = answer_at(c, item(s->bad_answers, s->bad_answers->len - 1))->time;
    } else {
        const sse_lookup *l = sse_unresolved_first(c, &s->unresolved);

        j->cause = s->unresolved.misdirected > 0 ? SSE_CAUSE_NAME_MISDIRECTED : SSE_CAUSE_NAME_NOT_RESOLVED;
        j->since.frame = l->frame != 0 ? l->frame : l->answer_frame;
        j->first = l->time;
        j->newest = sse_unresolved_newest(c, &s->unresolved)->last_time;
    }
    j->since.time = j->first;
}

static int version_of_rule(const sse_context *c, const web_scan *s, int rule)
{
    uint32_t client;

    if (rule == 2)
        client = handshake_at(c, item(s->failures, run_start(c, s)))->client;
    else
        client = sse_unresolved_first(c, &s->unresolved)->client;
    return address_at(c, client)->addr.family;
}

/** A stretch of time, of one IP version. */
typedef struct version_time {
    int     version;
    int64_t first;
} version_time;

static bool began_by_then(const void *outages, guint index, const void *sought)
{
    const sse_outage *o = &g_array_index((const GArray *)outages, sse_draft, index).outage;
    const version_time *s = (const version_time *)sought;

    return o->service == SSE_SERVICE_DNS &&
           (o->ip < s->version || (o->ip == s->version && o->since.time - RUN_WINDOW <= s->first));
}

/* For the same time DNS was already judged to have met a dead line: both services have
 * one line. Its outages follow each other, IPv4's before IPv6's, before all of the web. */
static bool dns_line_is_dead(const sse_context *c, int64_t first, int64_t newest, int version)
{
    const GArray *outages = c->outages;
    const version_time sought = { version, first };
    guint at = sse_lower_bound(outages, outages->len, began_by_then, &sought);

    for (unsigned steps = 0; at > 0 && steps < NEAR_OUTAGES; at--, steps++) {
        const sse_outage *o = &g_array_index(outages, sse_draft, at - 1).outage;

        if (o->ip != version || o->evidence_time + RUN_WINDOW < newest)
            return false;
        if (o->cause == SSE_CAUSE_NO_CONNECTIVITY)
            return true;
    }
    return false;
}

/* Was the line dead all the while? */
static bool line_is_dead(const sse_context *c, const sse_group *g, const web_scan *s, int rule, const sse_outage_judgement *j,
                         const sse_outage_end *end)
{
    const int64_t until = end->by == SSE_ENDED_PROOF ? end->time : INT64_MAX;
    int64_t first = j->first, newest = j->newest;

    if (rule == 3 || g->one_way || (rule == 2 && !run_is_silence(c, g, s, until, &newest)) || !lookups_are_silence(c, s))
        return false;
    /* Lookups without answer belong to the run. */
    for (guint i = s->unresolved.since; i < s->unresolved.items->len; i++) {
        const sse_lookup *l = lookup_at(c, item(s->unresolved.items, i));

        if (!sse_unresolved_holds(c, &s->unresolved, i))
            continue;
        newest = MAX(newest, l->last_time);
        first = MIN(first, l->time);
    }
    return sse_no_connectivity(g, first, newest, until, version_of_rule(c, s, rule)) ||
           dns_line_is_dead(c, first, newest, version_of_rule(c, s, rule));
}

/* ---- through time ---- */

/** Which kind of evidence comes next. */
typedef enum { NEXT_HANDSHAKE, NEXT_ANSWER, NEXT_LOOKUP, NEXT_END } next_kind;

static next_kind next_event(const sse_context *c, const sse_group *g, guint at[3], uint32_t *index, int64_t *time)
{
    next_kind kind = NEXT_END;
    const GArray *arrays[3] = { g->handshakes, g->answers, g->lookups };

    *time = INT64_MAX;
    for (unsigned k = 0; k < 3; k++) {
        int64_t own;
        uint32_t i;

        if (at[k] >= arrays[k]->len)
            continue;
        i = item(arrays[k], at[k]);
        own = k == NEXT_HANDSHAKE ? handshake_at(c, i)->time
            : k == NEXT_ANSWER ? g_array_index(c->t->connects, sse_connect_answer, i).time
                               : g_array_index(c->t->lookups, sse_lookup, i).time;
        if (own < *time) {
            *time = own;
            *index = i;
            kind = (next_kind)k;
        }
    }
    if (kind != NEXT_END)
        at[kind]++;
    return kind;
}

/** The web through time. */
typedef struct web_time {
    web_scan scan;
    int      rule;           /**< that fits by now, 0 none */
    bool     open;           /**< an outage is going on */
    unsigned rules;          /**< bits of the rules that made it */
    sse_outage_judgement j;  /**< of the outage that is going on */
    sse_cause causes[3];     /**< by rule, 2 to 4 */
    sse_state state;         /**< as the timeline has it */
    sse_since since;         /**< of the state */
} web_time;

static void enter(sse_group *g, web_time *w, sse_state to, const sse_since *since)
{
    sse_change change = {
        .frame = since->frame, .time = since->time, .service = SSE_SERVICE_WEB, .from = w->state, .to = to,
    };

    sse_add_change(g, &change);
    w->state = to;
    w->since = *since;
}

/* What the rule that fits says of the outage that is going on: one that goes on
 * by another rule keeps its beginning, and has the cause of the newest failure. */
static void follow_outage(const sse_context *c, web_time *w)
{
    sse_outage_judgement j = { .verdict = SSE_CLOUD_SERVICE_UNAVAILABLE };

    if (w->rule == 0)
        return;
    find_rule_stretch(c, &w->scan, w->rule, &j);
    w->causes[w->rule - 2] = j.cause;
    w->rules |= 1u << w->rule;
    if (!w->open) {
        w->j = j;
        w->open = true;
        return;
    }
    if (j.first < w->j.first && w->rules == 1u << w->rule)
        w->j = j;
    if (j.newest >= w->j.newest) {
        w->j.newest = j.newest;
        w->j.cause = j.cause;
    }
}

/* Was the run long enough by what was known when it ended? */
static bool was_long_enough(const sse_context *c, const sse_group *g, web_scan *s, int64_t known)
{
    GArray *all = s->failures;
    const guint late = s->late;
    bool enough;

    s->failures = g_array_set_size(c->scratch.held[0], 0);
    s->late = 0;
    for (guint i = 0; i < all->len; i++) {
        if (sse_handshake_failure_known(c, item(all, i)) > known)
            continue;
        g_array_append_val(s->failures, item(all, i));
        s->late += i < late;
    }
    enough = run_long_enough(c, g, s);
    s->failures = all;
    s->late = late;
    return enough;
}

static void add_lookups(sse_context *c, sse_group *g, const web_time *w, sse_draft *d)
{
    const sse_lookup *l = sse_unresolved_misdirected(c, &w->scan.unresolved);

    sse_add_lookups(c, g, d, &w->j, sse_lookup_counts);
    if (l == NULL || l->false_answer == SSE_NONE)
        return;
    d->outage.misdirected = sse_shared_addresses(c->report, &sse_tracker_fact(c->t, l->false_answer)->address,
                                                 &address_at(c, l->server)->addr);
}

/* An outage ended, or the file did. @return whether there was one */
static bool close_outage(sse_context *c, sse_group *g, web_time *w, const sse_outage_end *end)
{
    sse_draft *d;

    w->open = false;
    if (w->rules == 1u << 2 && end->by == SSE_ENDED_PROOF && !was_long_enough(c, g, &w->scan, end->known))
        return false;
    if ((w->rules & (w->rules - 1)) == 0 && w->rule != 0 && line_is_dead(c, g, &w->scan, w->rule, &w->j, end)) {
        w->j.verdict = SSE_INCONCLUSIVE;
        w->j.cause = SSE_CAUSE_NO_CONNECTIVITY;
    }
    w->j.since.at_or_before = w->state == SSE_NOT_OBSERVED;
    if (w->j.verdict == SSE_CLOUD_SERVICE_UNAVAILABLE)
        enter(g, w, SSE_CLOUD_SERVICE_UNAVAILABLE, &w->j.since);
    d = sse_open_outage(c, SSE_SERVICE_WEB, 0, &w->j, end);
    if ((w->rules & 1u << 2) != 0)
        sse_add_handshakes(c, g, d, &w->j, end);
    if ((w->rules & 1u << 3) != 0)
        sse_add_answers(c, g, d, &w->j);
    if ((w->rules & 1u << 4) != 0)
        add_lookups(c, g, w, d);
    for (unsigned rule = 2; rule <= 4; rule++)
        if ((w->rules & 1u << rule) != 0 && w->causes[rule - 2] != w->j.cause && w->j.verdict != SSE_INCONCLUSIVE)
            sse_add_reason(d->outage.reasons, SSE_REASON_OTHER_CAUSE, w->causes[rule - 2]);
    sse_close_outage(c, g, d, &w->j);
    return true;
}

static sse_since since_handshake(const sse_handshake *h, bool at_or_before)
{
    sse_since since = { .time = h->time, .at_or_before = at_or_before, .frame = h->frame };

    if (since.frame == 0 && h->session != NULL)
        since.frame = h->session->gateway_payload_frame != 0 ? h->session->gateway_payload_frame
                                                             : h->session->open_frame;
    return since;
}

static void web_evidence(const sse_context *c, const sse_group *g, sse_service_report *s)
{
    for (guint i = 0; i < g->handshakes->len; i++) {
        uint32_t index = item(g->handshakes, i);
        const sse_handshake *h = handshake_at(c, index);
        sse_swg_outcome o = outcome_at(c, index);
        uint32_t frame = h->last_frame;
        int64_t time = h->last_syn;

        if ((s->verdict == SSE_PROTECTED && o != SSE_SWG_COMPLETED && o != SSE_SWG_OPENED) ||
            (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE && g->web_rule == 2 && !sse_swg_failed(o)))
            continue;
        if (h->session != NULL && o == SSE_SWG_COMPLETED) {
            frame = h->session->last_gateway_frame != 0 ? h->session->last_gateway_frame : h->session->acked_frame;
            time = h->session->last_gateway_frame != 0 ? h->session->last_gateway_time : h->session->acked_time;
        } else if (h->session != NULL && o == SSE_SWG_OPENED) {
            frame = h->session->open_frame;
            time = h->session->open_time;
        } else if (h->session != NULL && h->session->gateway_close_frame != 0) {
            frame = h->session->gateway_close_frame;
            time = h->session->gateway_close_time;
        } else if (h->met_frame != 0 && h->met_time >= time) {
            frame = h->met_frame;
            time = h->met_time;
        }
        if (frame != 0 && (s->evidence_frame == 0 || time >= s->evidence_time)) {
            s->evidence_frame = frame;
            s->evidence_time = time;
        }
    }
    for (guint i = 0; g->web_rule == 3 && i < g->answers->len; i++) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(g->answers, i));

        s->evidence_frame = a->frame;
        s->evidence_time = a->time;
    }
    for (guint i = 0; g->web_rule == 4 && i < g->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i));

        s->evidence_frame = l->answered ? l->answer_frame : l->frame;
        s->evidence_time = l->answered ? l->answer_time : l->last_time;
    }
}

/* ---- the verdict ---- */

static void count_handshakes(sse_context *c, sse_group *g, int64_t from)
{
    for (guint i = 0; i < g->handshakes->len; i++) {
        uint32_t index = item(g->handshakes, i);

        if (handshake_at(c, index)->time < from)
            continue;
        g->report->web_tried++;
        g->report->web_completed += outcome_at(c, index) == SSE_SWG_COMPLETED;
        g->report->web_failed += sse_swg_failed(outcome_at(c, index));
    }
}

/* Would no rule fit any more once this has been read? It is what ends an outage. */
static bool is_proof(const sse_context *c, const sse_group *g, web_time *w, next_kind kind, uint32_t index)
{
    const bool name_alone = w->rules == 1u << 4;
    web_scan *s = &w->scan;

    switch (kind) {
    case NEXT_HANDSHAKE:
        /* An open connection shows that the name was resolved. */
        return (sse_is_served(c, index) || (name_alone && outcome_at(c, index) == SSE_SWG_OPENED)) &&
               !proxy_errs(c, s);
    case NEXT_ANSWER:
        return is_served_answer(c, index) && !run_long_enough(c, g, s) && !name_unresolved(s);
    case NEXT_LOOKUP:
        return sse_lookup_result_of(c, lookup_at(c, index)) == SSE_LOOKUP_GOOD &&
               sse_unresolved_only(&s->unresolved, lookup_at(c, index)->name) && !run_long_enough(c, g, s) && !proxy_errs(c, s);
    default:
        return false;
    }
}

static sse_outage_end end_by(const sse_context *c, next_kind kind, uint32_t index)
{
    sse_outage_end end = { .by = SSE_ENDED_PROOF };

    if (kind == NEXT_HANDSHAKE) {
        const sse_handshake *h = handshake_at(c, index);
        const sse_since since = since_handshake(h, false);

        end.frame = since.frame;
        end.time = h->time;
        end.known = h->session != NULL ? h->session->open_time : h->time;
    } else if (kind == NEXT_ANSWER) {
        end.frame = answer_at(c, index)->frame;
        end.time = end.known = answer_at(c, index)->time;
    } else {
        const sse_lookup *l = lookup_at(c, index);

        end.frame = l->frame != 0 ? l->frame : l->answer_frame;
        end.time = l->time;
        end.known = l->answer_time;
    }
    return end;
}

/* The change of networks that came first by a time, if there is one. @return it,
 * and *change gets the place behind all that came by then */
static const sse_change *change_by(const sse_group *g, guint *change, int64_t time)
{
    const sse_change *first = NULL;

    for (; *change < g->changes->len && g_array_index(g->changes, sse_change, *change).time <= time; (*change)++)
        if (first == NULL)
            first = &g_array_index(g->changes, sse_change, *change);
    return first;
}

static void start_network(sse_context *c, sse_group *g, web_time *w, const sse_change *change)
{
    const sse_outage_end end = { .by = SSE_ENDED_NETWORK_CHANGED, .frame = change->frame, .time = change->time,
                                 .known = INT64_MAX };

    if (w->open)
        close_outage(c, g, w, &end);
    w->rule = 0;
    w->rules = 0;
    scan_free(&w->scan);
    scan_start(&w->scan);
}

static void read_event(sse_context *c, sse_group *g, web_time *w, next_kind kind, guint place, uint32_t index)
{
    if (kind == NEXT_HANDSHAKE) {
        scan_handshake(c, &w->scan, index);
    } else if (kind == NEXT_ANSWER) {
        scan_answer(c, g, &w->scan, place);
    } else {
        const sse_lookup *l = lookup_at(c, index);

        if (sse_lookup_counts(c, l))
            sse_unresolved_add(c, g, &w->scan.unresolved, index);
        else if (sse_lookup_result_of(c, l) == SSE_LOOKUP_GOOD)
            sse_unresolved_good(c, &w->scan.unresolved, l->name);
    }
}

static void end_of_protection(sse_group *g, web_time *w, sse_service_report *s, bool any)
{
    if (w->scan.completed != SSE_NONE) {
        s->verdict = SSE_PROTECTED;
        s->since = w->since;
    } else if (any || g->handshakes->len > 0 || (g->one_way && w->scan.unresolved.alive > 0)) {
        s->verdict = SSE_INCONCLUSIVE;
    }
}

void sse_judge_web(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->web;
    web_time w = { .state = SSE_NOT_OBSERVED };
    const sse_outage_end last = { .by = SSE_ENDED_NONE, .known = INT64_MAX };
    guint at[NEXT_END] = { 0, 0, 0 }, change = 0;
    uint32_t index = 0;
    int64_t time;
    next_kind kind;
    bool any = false, lasts = false;
    uint32_t served;
    const sse_change *moved;

    sse_settle_sessions(c, g);
    sse_judge_lookups(c, g);
    scan_start(&w.scan);
    while ((kind = next_event(c, g, at, &index, &time)) != NEXT_END) {
        bool works = kind == NEXT_HANDSHAKE ? sse_is_served(c, index)
                     : kind == NEXT_ANSWER && is_served_answer(c, index);

        moved = change_by(g, &change, time);
        if (moved != NULL) {
            start_network(c, g, &w, moved);
            any = false;
        }
        if (w.open && is_proof(c, g, &w, kind, index)) {
            const sse_outage_end end = end_by(c, kind, index);

            close_outage(c, g, &w, &end);
            sse_unresolved_proved(&w.scan.unresolved);
            w.rules = 0;
        }
        any |= kind == NEXT_HANDSHAKE;
        read_event(c, g, &w, kind, at[kind] - 1, index);
        w.rule = rule_of(c, g, &w.scan);
        follow_outage(c, &w);
        if (w.rule == 0 && !w.open && w.state != SSE_PROTECTED && works) {
            /* Of an answer its handshake may be of another network, or come later
             * by a clock that jumped. */
            sse_since since = { .at_or_before = w.state == SSE_NOT_OBSERVED };

            if (kind == NEXT_HANDSHAKE) {
                since = since_handshake(handshake_at(c, index), since.at_or_before);
            } else {
                since.frame = answer_at(c, index)->frame;
                since.time = answer_at(c, index)->time;
            }
            enter(g, &w, SSE_PROTECTED, &since);
        }
    }
    moved = change_by(g, &change, INT64_MAX);
    if (moved != NULL) {
        start_network(c, g, &w, moved);
        any = false;
    }
    if (w.open)
        lasts = close_outage(c, g, &w, &last);
    if (lasts) {
        s->verdict = w.j.verdict;
        s->cause = w.j.cause;
        if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE) {
            s->since = w.since;
            g->web_rule = w.rule;
        }
    } else {
        end_of_protection(g, &w, s, any);
    }
    for (guint i = run_start(c, &w.scan); i < w.scan.failures->len; i++) {
        guint32 failed = item(w.scan.failures, i);

        add_to_own(g->web_run.items, failed);
    }
    if (g->web_run.items->len > 0) {
        g->web_run.first = handshake_at(c, item(g->web_run.items, 0))->time;
        g->web_run.newest = handshake_at(c, item(g->web_run.items, g->web_run.items->len - 1))->time;
    }
    served = w.scan.completed;
    scan_free(&w.scan);
    if (s->verdict == SSE_NOT_OBSERVED)
        return;

    web_evidence(c, g, s);
    count_handshakes(c, g, MAX(s->since.frame != 0 && !s->since.at_or_before ? s->since.time : INT64_MIN,
                               g->newest_change));
    if (g->web_run.items->len > 0) {
        sse_control_sum sum = sse_sum_control(g, g->web_run.first, g->web_run.newest + RUN_WINDOW, 0);

        s->has_control = true;
        s->control_dns_answers = sum.dns_answers;
        s->control_tcp_opened = sum.tcp_opened;
    }
    if (!sse_take_lasting(c, g, SSE_SERVICE_WEB, 0))
        s->confidence = sse_find_confidence(c, g, s->reasons);
    if (s->verdict == SSE_PROTECTED && served != SSE_NONE &&
        sse_status_origin(c->t, handshake_at(c, served), NULL) == SSE_ORIGIN_ON_PATH) {
        sse_add_reason(s->reasons, SSE_REASON_OTHER_PROXY, 0);
        s->confidence = SSE_CONFIDENCE_LIMITED;
    }
}
