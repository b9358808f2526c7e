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

#include <string.h>

#define DNS_TYPE_A          1

/* Failures so soon after the newest completed handshake are its company. */
#define RUN_AFTER_GOOD      (1 * SSE_SECOND)
/* Where another address, or another site, is served: one alone is no outage before. */
#define RUN_OTHER           (60 * SSE_SECOND)
#define RUN_LENGTH          2
#define RUN_LENGTH_PARTLY   4
/* One handshake alone is an outage after so many unanswered transmissions. */
#define TRANSMISSIONS       4
#define HISTORY             10
#define PROXY_ERRORS        3
#define SERVED_BEFORE       (60 * SSE_SECOND)
#define LOOKUP_WAIT         (5 * SSE_SECOND)
#define LOOKUP_GOOD_BEFORE  (10 * SSE_SECOND)

/** The web service as far as its evidence has been read. */
typedef struct web_scan {
    uint32_t completed;      /**< newest completed handshake, SSE_NONE */
    uint32_t opened;         /**< newest opened one */
    bool     any_failed;
    GArray  *failures;       /**< guint32: failed handshakes begun more than 1 s after completed */
    guint    late;           /**< index of the first of them more than 60 s after it */
    uint32_t gateway;        /**< of all failures, SSE_NONE if several */
    uint32_t silent_host;    /**< all are session-silent for this CONNECT host, SSE_NONE if not */
    uint32_t newest_handshake;
    uint8_t  history[HISTORY]; /**< outcomes of the newest handshakes before the failures */
    unsigned histories;
    GArray  *bad_answers;    /**< guint32: unbroken row of CONNECT answers neither 2xx nor 403 */
    uint32_t served;         /**< newest answer 2xx, SSE_NONE */
    uint32_t served_other;   /**< newest one for another host than that */
    GArray  *unresolved;     /**< guint32: lookups that failed, not cleared */
    bool     any_bad;        /**< one of them was answered badly */
    uint64_t unanswered;     /**< queries of the others */
    uint32_t tried_alone;    /**< the failure that one_is_enough() judged last */
    bool     alone_is_enough;
} web_scan;

static void scan_start(web_scan *s)
{
    *s = (web_scan){ .completed = SSE_NONE, .opened = SSE_NONE, .gateway = SSE_NONE, .silent_host = SSE_NONE,
                     .newest_handshake = SSE_NONE, .served = SSE_NONE, .served_other = SSE_NONE,
                     .tried_alone = SSE_NONE };
    s->failures = g_array_new(FALSE, FALSE, sizeof(guint32));
    s->bad_answers = g_array_new(FALSE, FALSE, sizeof(guint32));
    s->unresolved = g_array_new(FALSE, FALSE, sizeof(guint32));
}

static void scan_free(web_scan *s)
{
    g_array_free(s->failures, TRUE);
    g_array_free(s->bad_answers, TRUE);
    g_array_free(s->unresolved, TRUE);
}

static sse_swg_outcome outcome_at(const sse_context *c, uint32_t index)
{
    return (sse_swg_outcome)c->swg_outcome[index];
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
    g_array_set_size(s->unresolved, 0);
    s->any_bad = false;
    s->unanswered = 0;
    if (o == SSE_SWG_COMPLETED) {
        for (guint i = s->failures->len > HISTORY ? s->failures->len - HISTORY : 0; i < s->failures->len; i++)
            remember(s, outcome_at(c, item(s->failures, i)));
        remember(s, o);
        s->completed = index;
        g_array_set_size(s->failures, 0);
        s->late = 0;
    } else if (o == SSE_SWG_OPENED) {
        s->opened = index;
        if (s->failures->len == 0)
            remember(s, o);
    } else if (sse_swg_failed(o)) {
        const sse_handshake *good = s->completed != SSE_NONE ? handshake_at(c, s->completed) : NULL;
        uint32_t host = o == SSE_SWG_SESSION_SILENT && h->session != NULL ? h->session->connect_host : SSE_NONE;

        s->any_failed = true;
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
            if (good != NULL && h->time - good->time <= RUN_OTHER)
                s->late = s->failures->len;
        } else {
            remember(s, o);
        }
    }
}

static const sse_connect_answer *answer_at(const sse_context *c, uint32_t index)
{
    return &g_array_index(c->t->connects, sse_connect_answer, index);
}

static void scan_answer(const sse_context *c, web_scan *s, uint32_t index)
{
    const sse_connect_answer *a = answer_at(c, index);

    if (a->status >= 200 && a->status < 300) {
        if (s->served != SSE_NONE && answer_at(c, s->served)->host != a->host)
            s->served_other = s->served;
        s->served = index;
        g_array_set_size(s->bad_answers, 0);
    } else if (a->status == 403) {
        g_array_set_size(s->bad_answers, 0);
    } else {
        g_array_append_val(s->bad_answers, index);
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
    uint32_t host = SSE_NONE;
    bool one_host = true, any = false;
    const sse_connect_answer *first;
    uint32_t other;

    if (s->bad_answers->len < PROXY_ERRORS)
        return false;
    for (guint i = s->bad_answers->len - PROXY_ERRORS; i < s->bad_answers->len; i++) {
        const sse_connect_answer *a = answer_at(c, item(s->bad_answers, i));

        if (a->status == 407)
            continue;
        one_host &= !any || a->host == host;
        host = a->host;
        any = true;
    }
    if (!any || !one_host)
        return true;
    /* One site fails: is another served? Then it is the site. */
    first = answer_at(c, item(s->bad_answers, s->bad_answers->len - PROXY_ERRORS));
    other = s->served != SSE_NONE && answer_at(c, s->served)->host == host ? s->served_other : s->served;
    return other == SSE_NONE || first->time - answer_at(c, other)->time > SERVED_BEFORE;
}

/* ---- lookups ---- */

typedef enum { LOOKUP_WAITING, LOOKUP_GOOD, LOOKUP_BAD, LOOKUP_UNANSWERED, LOOKUP_NOTHING } lookup_result;

static lookup_result result_of(const sse_context *c, const sse_lookup *l)
{
    if (!l->answered)
        return g_array_index(c->t->epochs, sse_epoch, l->epoch).end > l->time + LOOKUP_WAIT ? LOOKUP_UNANSWERED
                                                                                             : LOOKUP_WAITING;
    if (l->taught)
        return LOOKUP_GOOD;
    /* A name without IPv6 addresses or service bindings is no fault; what the
     * snap length cut or did not fit says nothing. */
    if (l->rcode == 0 && !l->any_address && (l->incomplete || l->qtype != DNS_TYPE_A))
        return LOOKUP_NOTHING;
    return LOOKUP_BAD;
}

/* One good answer from any server, at most 10 s before or any time after,
 * clears a lookup: so the newest of all decides. */
static bool is_cleared(const sse_lookup *l, int64_t newest_good)
{
    return newest_good != INT64_MIN && newest_good >= l->time - LOOKUP_GOOD_BEFORE;
}

static int64_t newest_good_answer(const sse_context *c, const sse_group *g)
{
    int64_t newest = INT64_MIN;

    for (guint i = 0; i < g->lookups->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i));

        if (result_of(c, l) == LOOKUP_GOOD)
            newest = MAX(newest, l->answer_time);
    }
    return newest;
}

static void scan_unresolved(const sse_context *c, const sse_group *g, web_scan *s, uint32_t index)
{
    const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, index);

    g_array_append_val(s->unresolved, index);
    if (result_of(c, l) == LOOKUP_BAD)
        s->any_bad = true;
    /* In a capture of one direction only the client can show that it got no
     * answer: it asks the same again. */
    else if (!g->one_way || l->queries >= 2)
        s->unanswered += l->queries;
}

static bool name_unresolved(const web_scan *s)
{
    return s->any_bad || s->unanswered >= 2;
}

/* SERVFAIL and REFUSED are what a resolver says that is itself cut off. */
static bool lookups_are_silence(const sse_context *c, const web_scan *s)
{
    for (guint i = 0; i < s->unresolved->len; i++) {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(s->unresolved, i));

        if (l->answered && l->rcode != 2 && l->rcode != 5)
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
    uint32_t count[SSE_CAUSES] = { 0 };
    sse_cause best = SSE_CAUSE_NO_REPLY;

    for (guint i = run_start(c, s); i < s->failures->len; i++)
        count[sse_swg_cause(outcome_at(c, item(s->failures, i)))]++;
    for (unsigned k = 0; k < SSE_CAUSES; k++) {
        if (k == SSE_CAUSE_NO_REPLY || count[k] == 0)
            continue;
        if (best == SSE_CAUSE_NO_REPLY || count[k] > count[best] ||
            (count[k] == count[best] && sse_cause_rank_web((sse_cause)k) < sse_cause_rank_web(best)))
            best = (sse_cause)k;
    }
    if (best != SSE_CAUSE_NO_REPLY && count[best] < 2 && count[SSE_CAUSE_NO_REPLY] > 0)
        best = SSE_CAUSE_NO_REPLY;
    return best;
}

typedef struct judgement {
    sse_state state;
    sse_cause cause;
    sse_since since;
    int64_t   first, newest; /**< the failing run's */
} judgement;

static bool run_is_silence(const sse_context *c, const web_scan *s)
{
    for (guint i = run_start(c, s); i < s->failures->len; i++) {
        uint32_t index = item(s->failures, i);
        const sse_handshake *h = handshake_at(c, index);

        if (outcome_at(c, index) == SSE_SWG_ICMP && h->icmp != SSE_NONE &&
            is_routing(c, h->icmp))
            continue;
        if (outcome_at(c, index) != SSE_SWG_NO_REPLY)
            return false;
    }
    return true;
}

static judgement judge_outage(const sse_context *c, const sse_group *g, const web_scan *s, int rule,
                              bool at_or_before)
{
    judgement j = { .state = SSE_CLOUD_SERVICE_UNAVAILABLE };
    int version = 4;

    if (rule == 2) {
        const sse_handshake *h = handshake_at(c, item(s->failures, run_start(c, s)));

        j.cause = cause_of_run(c, s);
        j.since.frame = h->frame != 0 ? h->frame : h->session != NULL ? h->session->open_frame : h->met_frame;
        j.first = h->time;
        j.newest = handshake_at(c, item(s->failures, s->failures->len - 1))->time;
        version = address_at(c, h->client)->addr.family;
    } else if (rule == 3) {
        const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, item(s->bad_answers, 0));

        j.cause = SSE_CAUSE_PROXY_ERROR;
        j.since.frame = a->frame;
        j.first = a->time;
        j.newest = g_array_index(c->t->connects, sse_connect_answer,
                                 item(s->bad_answers, s->bad_answers->len - 1)).time;
    } else {
        const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(s->unresolved, 0));

        j.cause = SSE_CAUSE_NAME_NOT_RESOLVED;
        j.since.frame = l->frame != 0 ? l->frame : l->answer_frame;
        j.first = l->time;
        j.newest = g_array_index(c->t->lookups, sse_lookup, item(s->unresolved, s->unresolved->len - 1)).last_time;
        version = address_at(c, l->client)->addr.family;
    }
    j.since.time = j.first;
    j.since.at_or_before = at_or_before;
    if (rule != 3 && !g->one_way && (rule == 4 || run_is_silence(c, s)) && lookups_are_silence(c, s)) {
        int64_t newest = j.newest, first = j.first;

        /* Lookups without answer belong to the run. */
        for (guint i = 0; i < s->unresolved->len; i++) {
            const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, item(s->unresolved, i));

            newest = MAX(newest, l->last_time);
            first = MIN(first, l->time);
        }
        if (sse_no_connectivity(g, first, newest, version)) {
            j.state = SSE_INCONCLUSIVE;
            j.cause = SSE_CAUSE_NO_CONNECTIVITY;
        }
    }
    return j;
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

static void enter(sse_group *g, sse_state *state, sse_state to, const sse_since *since)
{
    sse_change change = {
        .frame = since->frame, .time = since->time, .service = SSE_SERVICE_WEB, .from = *state, .to = to,
    };

    sse_add_change(g, &change);
    *state = to;
}

static void close_outage(sse_context *c, sse_group *g, const web_scan *s, int rule, sse_state *state,
                         sse_since *since, judgement *j)
{
    *j = judge_outage(c, g, s, rule, *state == SSE_NOT_OBSERVED);
    if (j->state == SSE_CLOUD_SERVICE_UNAVAILABLE && *state != SSE_CLOUD_SERVICE_UNAVAILABLE) {
        *since = j->since;
        enter(g, state, SSE_CLOUD_SERVICE_UNAVAILABLE, since);
    } else if (j->state == SSE_CLOUD_SERVICE_UNAVAILABLE) {
        j->since = *since;
    }
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

/* ---- fail-open ---- */

/** From this time on the web's state is that of its change number so-and-so. */
typedef struct up_step {
    int64_t  time;
    guint    change;
    bool     up;
} up_step;

static int by_step_time(const void *a, const void *b)
{
    const up_step *x = (const up_step *)a, *y = (const up_step *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->change > y->change) - (x->change < y->change);
}

/* The timeline as was_up() reads it. A change that entered later stands, also
 * where its time is an earlier one: an outage begins with its first failure. */
static GArray *up_steps(const sse_group *g)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(up_step));

    for (guint i = 0; i < g->report->timeline->len; i++) {
        const sse_change *change = &g_array_index(g->report->timeline, sse_change, i);
        up_step step = { .time = change->time, .change = i, .up = change->to == SSE_PROTECTED };

        if (change->service == SSE_SERVICE_WEB)
            g_array_append_val(steps, step);
    }
    g_array_sort(steps, by_step_time);
    for (guint i = 1; i < steps->len; i++) {
        const up_step *before = &g_array_index(steps, up_step, i - 1);
        up_step *step = &g_array_index(steps, up_step, i);

        if (before->change > step->change) {
            step->change = before->change;
            step->up = before->up;
        }
    }
    return steps;
}

/* Was web protection up at this time, as the timeline has it? */
static bool was_up(const GArray *steps, int64_t time)
{
    guint low = 0, high = steps->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(steps, up_step, middle).time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && g_array_index(steps, up_step, low - 1).up;
}

static void find_fail_open(sse_context *c, sse_group *g, int64_t since)
{
    GHashTable *bypassed = g_hash_table_new(sse_addr_hash, sse_addr_hash_equal);
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(guint32)), *steps = up_steps(g);
    sse_client_report *r = g->report;

    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));
        GHashTableIter iter;
        gpointer key;

        if (a->bypassed != NULL) {
            g_hash_table_iter_init(&iter, a->bypassed);
            while (g_hash_table_iter_next(&iter, &key, NULL))
                g_hash_table_add(bypassed, key);
        }
        for (guint i = 0; a->direct != NULL && i < a->direct->len; i++) {
            sse_direct *d = &g_array_index(a->direct, sse_direct, i);

            if (d->opened && d->time < since && was_up(steps, d->time))
                g_hash_table_add(bypassed, &d->address);
        }
    }
    for (guint m = 0; m < g->members->len; m++) {
        const sse_address *a = address_at(c, item(g->members, m));

        for (guint i = 0; a->direct != NULL && i < a->direct->len; i++) {
            const sse_direct *d = &g_array_index(a->direct, sse_direct, i);

            /* What was taught to be a gateway later on is none of these. */
            if (d->opened && d->time >= since && !g_hash_table_contains(bypassed, &d->address) &&
                (sse_tracker_role(c->t, &d->address) & SSE_ROLE_GATEWAY) == 0)
                g_array_append_val(frames, d->frame);
        }
    }
    g_array_sort(frames, sse_compare_numbers);
    r->has_fail_open = true;
    r->fail_open = frames->len;
    if (frames->len > 0) {
        r->fail_open_first = item(frames, 0);
        r->fail_open_last = item(frames, frames->len - 1);
        g_array_append_vals(c->report->fail_open, frames->data, frames->len);
    }
    g_hash_table_destroy(bypassed);
    g_array_free(frames, TRUE);
    g_array_free(steps, TRUE);
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

void sse_judge_web(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->web;
    web_scan scan;
    guint at[3] = { 0, 0, 0 }, change = 0;
    uint32_t index = 0;
    int64_t time, newest_good = newest_good_answer(c, g);
    next_kind kind;
    int rule = 0;
    bool any = false;
    sse_state state = SSE_NOT_OBSERVED;
    sse_since since = { .frame = 0 };
    judgement j = { .state = SSE_NOT_OBSERVED };

    scan_start(&scan);
    while ((kind = next_event(c, g, at, &index, &time)) != NEXT_END) {
        bool moved = change < g->changes->len && g_array_index(g->changes, sse_change, change).time <= time;
        bool good = false;

        if (kind == NEXT_HANDSHAKE)
            good = outcome_at(c, index) == SSE_SWG_COMPLETED;
        else if (kind == NEXT_ANSWER)
            good = g_array_index(c->t->connects, sse_connect_answer, index).status < 300 ||
                   g_array_index(c->t->connects, sse_connect_answer, index).status == 403;
        if (rule != 0 && (moved || (good && (kind == NEXT_ANSWER) == (rule == 3))))
            close_outage(c, g, &scan, rule, &state, &since, &j);
        while (change < g->changes->len && g_array_index(g->changes, sse_change, change).time <= time) {
            scan_free(&scan);
            scan_start(&scan);
            any = false;
            change++;
        }
        if (kind == NEXT_HANDSHAKE) {
            any = true;
            scan_handshake(c, &scan, index);
        } else if (kind == NEXT_ANSWER) {
            scan_answer(c, &scan, index);
        } else {
            const sse_lookup *l = &g_array_index(c->t->lookups, sse_lookup, index);
            lookup_result result = result_of(c, l);

            if ((result == LOOKUP_BAD || result == LOOKUP_UNANSWERED) && !is_cleared(l, newest_good))
                scan_unresolved(c, g, &scan, index);
        }
        rule = rule_of(c, g, &scan);
        if (rule == 0 && state != SSE_PROTECTED && good) {
            if (kind == NEXT_HANDSHAKE) {
                since = since_handshake(handshake_at(c, index), state == SSE_NOT_OBSERVED);
            } else {
                /* Its handshake may be of another network, or come later by a
                 * clock that jumped. */
                const sse_connect_answer *a = &g_array_index(c->t->connects, sse_connect_answer, index);

                since = (sse_since){ .frame = a->frame, .time = a->time, .at_or_before = state == SSE_NOT_OBSERVED };
            }
            enter(g, &state, SSE_PROTECTED, &since);
        }
    }
    if (change < g->changes->len) {
        if (rule != 0)
            close_outage(c, g, &scan, rule, &state, &since, &j);
        rule = 0;
        any = false;
        scan_free(&scan);
        scan_start(&scan);
    }

    if (rule != 0) {
        close_outage(c, g, &scan, rule, &state, &since, &j);
        s->verdict = j.state;
        s->cause = j.cause;
        if (j.state == SSE_CLOUD_SERVICE_UNAVAILABLE) {
            s->since = since;
            g->web_rule = rule;
        }
        g->has_outage[1] = true;
        g->outage_from[1] = j.first;
        g->outage_to[1] = j.newest + RUN_WINDOW;
    } else if (scan.completed != SSE_NONE) {
        s->verdict = SSE_PROTECTED;
        s->since = since;
    } else if (scan.opened != SSE_NONE && !scan.any_failed && !g->unheard) {
        /* Of a SYN-ACK alone nobody knows whether the client's data got through. */
        s->verdict = SSE_PROTECTED;
        s->since = since_handshake(handshake_at(c, scan.opened), state == SSE_NOT_OBSERVED);
        for (guint i = 0; state != SSE_PROTECTED && i < g->handshakes->len; i++) {
            uint32_t first = item(g->handshakes, i);

            if (outcome_at(c, first) != SSE_SWG_OPENED || handshake_at(c, first)->time < g->newest_change)
                continue;
            s->since = since_handshake(handshake_at(c, first), state == SSE_NOT_OBSERVED);
            enter(g, &state, SSE_PROTECTED, &s->since);
        }
    } else if (any || g->handshakes->len > 0 || (g->one_way && scan.unresolved->len > 0)) {
        s->verdict = SSE_INCONCLUSIVE;
    }
    for (guint i = run_start(c, &scan); i < scan.failures->len; i++) {
        guint32 failed = item(scan.failures, i);

        add_to_own(g->web_run.items, failed);
    }
    if (g->web_run.items->len > 0) {
        g->web_run.first = handshake_at(c, item(g->web_run.items, 0))->time;
        g->web_run.newest = handshake_at(c, item(g->web_run.items, g->web_run.items->len - 1))->time;
    }
    scan_free(&scan);
    if (s->verdict == SSE_NOT_OBSERVED)
        return;

    web_evidence(c, g, s);
    count_handshakes(c, g, MAX(s->since.frame != 0 && !s->since.at_or_before ? s->since.time : INT64_MIN,
                               g->newest_change));
    if (g->has_outage[1] || g->web_run.items->len > 0) {
        int64_t first = g->has_outage[1] ? j.first : g->web_run.first;
        int64_t newest = g->has_outage[1] ? j.newest : g->web_run.newest;
        sse_control_sum sum = sse_sum_control(g, first, newest, 0);

        s->has_control = true;
        s->control_dns_answers = sum.dns_answers;
        s->control_tcp_opened = sum.tcp_opened;
        g->captive |= sum.captive && g->has_outage[1];
    }
    sse_set_confidence(c, g, s, s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE);
    if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE)
        find_fail_open(c, g, s->since.time);
}
