/* log.c
 * What the client said in its own logs, against what the packets show: docs/verdict.md,
 * "The module's own logs". A log decides nothing: it is heard beside the verdict.
 *
 * A log tells seconds, cut off: what it says of 03:07:43 happened before
 * 03:07:44. It names no address: it is the log of the capture's only client, or
 * of the one whose probes stand beside its lines. A filter does not make it the
 * log of another.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "log.h"

#include "lower_bound.h"
#include "outcome.h"

#include <string.h>


/* A log's second, and the clocks of two computers. */
#define SLACK            (1 * SSE_SECOND)
/* After "probing" the first probe leaves within two seconds. */
#define PROBING_TO       (3 * SSE_SECOND)
/* A round: from "probing" to "rejected" of one port. */
#define ROUND_MAX        (30 * SSE_SECOND)
/* The agent gives a connection up so long after its last packet at most. */
#define HANDSHAKE_BACK   (15 * SSE_SECOND)
/* Probes that are closer are one burst. */
#define BURST_GAP        (2 * SSE_SECOND)

/* The search for the shift: time zones and clocks that are set by hand. */
#define SHIFT_MAX        (26 * 3600)
#define QUARTER          900
#define SHIFT_LINES      1024
#define SHIFT_BURSTS     512
#define SHIFT_CLIENTS    64
/* So many lines must stand beside probes: at a shift that a time zone may have,
 * and at any other. */
#define LINES_OF_ZONE    2
#define LINES_OF_ANY     4
/* A busy host sends so many packets, and has such a part of all. */
#define BUSY_PACKETS     20
#define BUSY_PERCENT     80

/* A probe or handshake, and how many before it ended how. */
typedef struct evidence {
    int64_t  time;
    uint32_t frame;
    uint8_t  outcome;
    uint32_t answered_before, failed_before;
    bool     answered, failed;
} evidence;

/* One client's evidence. */
typedef struct side {
    sse_addr addr;           /* of a client that the filter leaves out: one of its addresses */
    GArray *probes[2][PORTS]; /* by IP version and port, by time */
    GArray *handshakes;      /* by the time of their last packet */
} side;

/* --- evidence ----------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const evidence *x = (const evidence *)a, *y = (const evidence *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

/* In order, and with the sums before each; one more at the end has the total. */
static void settle_evidence(GArray *array)
{
    evidence sum = { .time = INT64_MAX };

    g_array_sort(array, by_time);
    for (guint i = 0; i < array->len; i++) {
        evidence *e = &g_array_index(array, evidence, i);

        e->answered_before = sum.answered_before;
        e->failed_before = sum.failed_before;
        sum.answered_before += e->answered;
        sum.failed_before += e->failed;
    }
    g_array_append_val(array, sum);
}

static bool evidence_before(const void *array, guint index, const void *time)
{
    return g_array_index((const GArray *)array, evidence, index).time < *(const int64_t *)time;
}

/* The first that is not before a time; the last is the sum of all. */
static guint from_time(const GArray *array, int64_t time)
{
    return sse_lower_bound(array, array->len - 1, evidence_before, &time);
}

static int port_index(uint16_t port)
{
    return port == 443 ? PORT_443 : port == 53 ? PORT_53 : -1;
}

/* The sides: first the report's clients, then those that the filter leaves out. */
typedef struct sides {
    side    *of;
    guint    shown, all;
    GHashTable *groups;      /* group number + 1 -> index + 1; 0: one of the report's. NULL without a filter */
} sides;

static void open_side(side *s)
{
    for (unsigned k = 0; k < 2 * PORTS; k++)
        s->probes[k / PORTS][k % PORTS] = g_array_new(FALSE, FALSE, sizeof(evidence));
    s->handshakes = g_array_new(FALSE, FALSE, sizeof(evidence));
}

/* Whose it is; NULL where it is nobody's, or one of too many. */
static side *side_of(const sse_context *c, uint32_t address, sides *s)
{
    const sse_addr *addr = &address_at(c, address)->addr;
    guint client = GPOINTER_TO_UINT(g_hash_table_lookup(c->report->by_address, addr));
    gpointer group, index;

    if (client != 0)
        return client > s->shown ? NULL : &s->of[client - 1];
    if (s->groups == NULL || c->group_of[address] == SSE_NONE)
        return NULL;
    group = GUINT_TO_POINTER(c->group_of[address] + 1);
    if (!g_hash_table_lookup_extended(s->groups, group, NULL, &index)) {
        if (s->all == s->shown + SHIFT_CLIENTS)
            return NULL;
        s->of[s->all].addr = *addr;
        open_side(&s->of[s->all++]);
        index = GUINT_TO_POINTER(s->all);
        g_hash_table_insert(s->groups, group, index);
    }
    return index == NULL ? NULL : &s->of[GPOINTER_TO_UINT(index) - 1];
}

static void add_probe(const sse_context *c, guint index, sides *s)
{
    const sse_probe *p = sse_tracker_probe(c->t, index);
    int port = port_index(p->port);
    evidence e = { .time = p->time, .frame = p->frame };
    side *of;

    if (p->local || sse_is_traffic(p) || p->transport != SSE_UDP || p->is_nat_copy || p->frame == 0 || port < 0)
        return;
    of = side_of(c, p->client, s);
    if (of == NULL)
        return;
    e.outcome = (uint8_t)sse_probe_outcome_of(c->t, p, NULL);
    e.answered = e.outcome == SSE_PROBE_ANSWERED;
    e.failed = sse_probe_failed((sse_probe_outcome)e.outcome);
    g_array_append_val(of->probes[address_at(c, p->client)->addr.family == 6][port], e);
}

static void add_handshake(const sse_context *c, guint index, sides *s)
{
    const sse_handshake *h = handshake_at(c, index);
    evidence e = { .time = MAX(h->last_syn, h->met_time), .frame = h->frame, .outcome = c->swg_outcome[index] };
    side *of;

    if (h->is_nat_copy || h->frame == 0)
        return;
    of = side_of(c, h->client, s);
    if (of == NULL)
        return;
    if (h->session != NULL)
        e.time = MAX(e.time, h->session->gateway_close_time);
    e.answered = e.outcome == SSE_SWG_COMPLETED || e.outcome == SSE_SWG_OPENED;
    e.failed = sse_swg_failed((sse_swg_outcome)e.outcome);
    g_array_append_val(of->handshakes, e);
}

/* The evidence of the report's first clients and of those that a filter leaves
 * out: all that the file has, as a filter does not change what a client did. */
static sides collect_sides(const sse_context *c)
{
    sides s = { .shown = MIN(c->report->clients->len, SHIFT_CLIENTS) };

    s.all = s.shown;
    s.of = g_new0(side, s.shown + SHIFT_CLIENTS);
    for (guint i = 0; i < s.all; i++)
        open_side(&s.of[i]);
    if (c->t->frames == 0)
        return s;
    if (c->selection != NULL) {
        s.groups = g_hash_table_new(NULL, NULL);
        /* A client may have addresses that the report does not name. */
        for (guint i = 0; i < c->t->addresses->len; i++)
            if (c->group_of[i] != SSE_NONE && g_hash_table_contains(c->report->by_address, &address_at(c, i)->addr))
                g_hash_table_insert(s.groups, GUINT_TO_POINTER(c->group_of[i] + 1), NULL);
    }
    for (guint i = 0; i < c->t->probes->len; i++)
        add_probe(c, i, &s);
    for (guint i = 0; i < c->t->handshakes->len; i++)
        add_handshake(c, i, &s);
    for (guint i = 0; i < s.all; i++) {
        for (unsigned k = 0; k < 2 * PORTS; k++)
            settle_evidence(s.of[i].probes[k / PORTS][k % PORTS]);
        settle_evidence(s.of[i].handshakes);
    }
    return s;
}

static void free_sides(sides *s)
{
    for (guint i = 0; i < s->all; i++) {
        for (unsigned k = 0; k < 2 * PORTS; k++)
            g_array_free(s->of[i].probes[k / PORTS][k % PORTS], TRUE);
        g_array_free(s->of[i].handshakes, TRUE);
    }
    if (s->groups != NULL)
        g_hash_table_destroy(s->groups);
    g_free(s->of);
}

static const GArray *probes_of(const side *s, const sse_log_note *n)
{
    int port = port_index(n->port);

    return port < 0 ? NULL : s->probes[n->version == 6][port];
}

/* --- the clock ------------------------------------------------------------------ */

/* Do probes stand beside this "probing" line? */
static bool lines_up(const side *s, const sse_log_note *n, int64_t shift)
{
    const GArray *probes = probes_of(s, n);
    int64_t time = n->time + shift;

    return g_array_index(probes, evidence, from_time(probes, time - SLACK)).time < time + PROBING_TO;
}

static uint32_t count_lined_up(const sse_log_book *book, const side *s, int64_t shift)
{
    uint32_t count = 0;

    for (guint i = 0; i < book->notes->len; i++) {
        const sse_log_note *n = &g_array_index(book->notes, sse_log_note, i);

        count += n->event == OBS_LOG_PROBING && lines_up(s, n, shift);
    }
    return count;
}

static int64_t floor_seconds(int64_t ns)
{
    return ns >= 0 ? ns / SSE_SECOND : -((-ns + SSE_SECOND - 1) / SSE_SECOND);
}

/* The whole seconds in which bursts of probes begin, the first SHIFT_BURSTS. */
static GArray *bursts_of(const GArray *probes)
{
    GArray *bursts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t before = 0;

    for (guint k = 0; k + 1 < probes->len && bursts->len < SHIFT_BURSTS; k++) {
        int64_t time = g_array_index(probes, evidence, k).time, second = floor_seconds(time);

        if (k == 0 || time > before + BURST_GAP)
            g_array_append_val(bursts, second);
        before = time;
    }
    return bursts;
}

/* How often each distance, in whole seconds, lies between a "probing" line and a
 * burst of probes of its port. first and end: between which counts there are any. */
static void count_distances(const sse_log_book *book, const side *s, int64_t shift, uint16_t *count, int *first, int *end)
{
    GArray *bursts[2][PORTS];
    guint lines = 0;

    for (unsigned k = 0; k < 2 * PORTS; k++)
        bursts[k / PORTS][k % PORTS] = bursts_of(s->probes[k / PORTS][k % PORTS]);
    for (guint i = 0; i < book->notes->len && lines < SHIFT_LINES; i++) {
        const sse_log_note *n = &g_array_index(book->notes, sse_log_note, i);
        int port = port_index(n->port);
        const GArray *of;

        if (n->event != OBS_LOG_PROBING || port < 0)
            continue;
        lines++;
        of = bursts[n->version == 6][port];
        for (guint k = 0; k < of->len; k++) {
            int64_t distance = g_array_index(of, int64_t, k) - floor_seconds(n->time + shift);

            if (distance < -SHIFT_MAX || distance >= SHIFT_MAX || count[distance + SHIFT_MAX] == UINT16_MAX)
                continue;
            count[distance + SHIFT_MAX]++;
            *first = MIN(*first, (int)distance + SHIFT_MAX);
            *end = MAX(*end, (int)distance + SHIFT_MAX + 1);
        }
    }
    for (unsigned k = 0; k < 2 * PORTS; k++)
        g_array_free(bursts[k / PORTS][k % PORTS], TRUE);
}

/* The nearest quarter of an hour, where that is not more than a second away:
 * time zones differ by such. */
static bool is_zone(int seconds, int *zone)
{
    *zone = (seconds >= 0 ? seconds + QUARTER / 2 : seconds - QUARTER / 2) / QUARTER * QUARTER;
    return ABS(seconds - *zone) <= 1;
}

/* The shift at which the most "probing" lines stand at one distance before
 * bursts. Cycles repeat, so several may do as well: then only one that a time
 * zone may have, if there is but one.
 * @return lines that it brings beside probes, 0: there is none */
static uint32_t find_shift(const sse_log_book *book, const side *s, int64_t shift, int *seconds)
{
    enum { BINS = 2 * SHIFT_MAX };
    uint16_t *count = g_new0(uint16_t, BINS + 2);
    uint32_t best = 0, places = 0, zones = 0;
    int place = 0, zone_place = 0, last = INT_MIN, zone, first = BINS, end = 0;

    count_distances(book, s, shift, count, &first, &end);
    for (int i = first; i < end; i++)
        best = MAX(best, (uint32_t)count[i] + count[i + 1]);
    for (int i = first; i < end; i++) {
        /* What lies in one second is found at the one before, too. */
        if ((uint32_t)count[i] + count[i + 1] != best || count[i] == 0)
            continue;
        if (i > last + 2) {
            places++;
            place = i - SHIFT_MAX;
            if (is_zone(place, &zone)) {
                zones++;
                zone_place = zone;
            }
        }
        last = i;
    }
    g_free(count);
    if (best >= LINES_OF_ZONE && zones == 1) {
        *seconds = zone_place;
        return best;
    }
    if (best >= LINES_OF_ANY && places == 1) {
        *seconds = place;
        return best;
    }
    return 0;
}

/* --- statements ------------------------------------------------------------------- */

/* Counts the evidence from one time to before another. */
static void weigh(sse_log_statement *st, const GArray *array, int64_t from, int64_t to)
{
    guint first = from_time(array, from), end = from_time(array, to);
    const evidence *a = &g_array_index(array, evidence, first), *z = &g_array_index(array, evidence, end);

    uint32_t failed = 0;

    if (end <= first)
        return;
    st->answered = z->answered_before - a->answered_before;
    st->failed = z->failed_before - a->failed_before;
    st->pending = end - first - st->answered - st->failed;
    st->one_outcome = true;
    for (guint i = first; i < end; i++) {
        const evidence *e = &g_array_index(array, evidence, i);

        if (st->frames.kept == SSE_FRAMES_KEPT) {
            st->frames.total = end - first;
            /* What was not looked at may have failed in another way. */
            st->one_outcome = st->one_outcome && failed == st->failed;
            break;
        }
        failed += e->failed;
        if (e->failed && st->outcome == 0)
            st->outcome = e->outcome;
        else if (e->failed && st->outcome != e->outcome)
            st->one_outcome = false;
        sse_frames_add(&st->frames, e->frame);
    }
}

static bool covered(const sse_context *c, int64_t from, int64_t to)
{
    return c->t->frames > 0 && to >= c->t->first_time && from <= c->t->last_time;
}

static void not_compared(sse_log_statement *st, sse_log_reason reason)
{
    st->result = SSE_LOG_NOT_COMPARED;
    st->reason = reason;
}

/* Nothing was found: that says something only where the capture has all of the
 * time in which it would have been. */
static void not_seen(const sse_context *c, sse_log_statement *st, int64_t from, int64_t to)
{
    if (from >= c->t->first_time && to <= c->t->last_time)
        st->result = SSE_LOG_NOT_SEEN;
    else
        not_compared(st, SSE_LOG_OUTSIDE);
}

/* An entry may be so much later than its time says. */
static int64_t within_minute(const sse_log_note *n)
{
    return n->to_the_minute ? 60 * SSE_SECOND : 0;
}

static void judge_probing(const sse_context *c, const side *s, sse_log_statement *st)
{
    int64_t from = st->time - SLACK, to = st->time + PROBING_TO;

    if (!covered(c, from, to)) {
        not_compared(st, SSE_LOG_OUTSIDE);
        return;
    }
    weigh(st, probes_of(s, &st->note), from, to);
    if (st->frames.total > 0)
        st->result = SSE_LOG_AGREES;
    else
        not_seen(c, st, from, to);
}

/* since: the "probing" line of this round, or none. */
static void judge_rejected(const sse_context *c, const side *s, sse_log_statement *st, int64_t since)
{
    bool of_round = since <= st->time && since >= st->time - ROUND_MAX;
    int64_t from = of_round ? since : st->time - c->t->config.probe_timeout;
    int64_t to = st->time + SLACK;

    from -= SLACK;
    if (!covered(c, from, to)) {
        not_compared(st, SSE_LOG_OUTSIDE);
        return;
    }
    weigh(st, probes_of(s, &st->note), from, to);
    if (st->answered + st->failed == 0 && st->pending > 0)
        not_compared(st, SSE_LOG_OPEN);
    else if (st->answered + st->failed > 0)
        st->result = st->answered > 0 ? SSE_LOG_DIFFERS : SSE_LOG_AGREES;
    else
        not_seen(c, st, from, to);
}

static void judge_handshake(const sse_context *c, const side *s, sse_log_statement *st)
{
    int64_t from = st->time - HANDSHAKE_BACK, to = st->time + 2 * SLACK + within_minute(&st->note);

    if (!covered(c, from, to)) {
        not_compared(st, SSE_LOG_OUTSIDE);
        return;
    }
    weigh(st, s->handshakes, from, to);
    if (st->answered + st->failed == 0 && st->pending > 0)
        not_compared(st, SSE_LOG_OPEN);
    else if (st->answered + st->failed > 0)
        st->result = st->failed > 0 ? SSE_LOG_AGREES : SSE_LOG_DIFFERS;
    else
        not_seen(c, st, from, to);
}

/* The changes of the web in a client's timeline, in its order; to free. */
static GPtrArray *web_changes(const sse_client_report *client)
{
    GPtrArray *changes = g_ptr_array_new();

    for (guint i = 0; client != NULL && i < client->timeline->len; i++) {
        sse_change *change = &g_array_index(client->timeline, sse_change, i);

        if (change->service == SSE_SERVICE_WEB)
            g_ptr_array_add(changes, change);
    }
    return changes;
}

static bool change_not_behind(const void *changes, guint index, const void *time)
{
    return ((const sse_change *)g_ptr_array_index((const GPtrArray *)changes, index))->time <= *(const int64_t *)time;
}

/* The newest change that is not after a time, or NULL. */
static const sse_change *change_before(const GPtrArray *changes, int64_t time)
{
    const guint behind = sse_lower_bound(changes, changes->len, change_not_behind, &time);

    return behind > 0 ? (const sse_change *)g_ptr_array_index(changes, behind - 1) : NULL;
}

/* The web's state by the timeline; only "protected" is known of what the agent
 * may say. */
static void judge_state(const sse_context *c, const GPtrArray *changes, sse_log_statement *st)
{
    const int64_t newest = st->time + SLACK + within_minute(&st->note);
    const sse_change *change = change_before(changes, newest), *before = change_before(changes, st->time);

    if (!st->note.is_protected) {
        not_compared(st, SSE_LOG_OTHER_STATE);
    } else if (!covered(c, st->time - SLACK, newest)) {
        not_compared(st, SSE_LOG_OUTSIDE);
    } else if (before != change && st->note.to_the_minute) {
        /* It changed within that minute: before the entry, or after it? */
        not_compared(st, SSE_LOG_CLOCKS);
    } else if (change == NULL || change->to == SSE_NOT_OBSERVED) {
        not_compared(st, SSE_LOG_NO_GATEWAY);
    } else {
        st->state = change->to;
        sse_frames_add(&st->frames, change->frame);
        st->result = st->state == SSE_PROTECTED ? SSE_LOG_AGREES : SSE_LOG_DIFFERS;
    }
}

static void judge_statements(const sse_context *c, sse_log_report *log, const side *s, const sse_client_report *client)
{
    const sse_log_book *book = c->t->log;
    GPtrArray *changes = web_changes(client);
    int64_t probing[2][PORTS] = { { INT64_MIN, INT64_MIN }, { INT64_MIN, INT64_MIN } };

    for (guint i = 0; i < book->notes->len; i++) {
        sse_log_statement st = { .note = g_array_index(book->notes, sse_log_note, i) };
        int port = port_index(st.note.port);
        unsigned v = st.note.version == 6;

        st.time = st.note.time + log->shift;
        if (client == NULL) {
            not_compared(&st, SSE_LOG_NO_CLIENT);
        } else if (log->has_suggestion) {
            not_compared(&st, SSE_LOG_CLOCKS);
        } else {
            switch (st.note.event) {
            case OBS_LOG_PROBING:
                /* Others are not kept: sse_tracker_log(). */
                if (port < 0)
                    break;
                judge_probing(c, s, &st);
                probing[v][port] = st.time;
                break;
            case OBS_LOG_REJECTED:
                if (port < 0)
                    break;
                judge_rejected(c, s, &st, probing[v][port]);
                /* One round, one answer. */
                probing[v][port] = INT64_MIN;
                break;
            case OBS_LOG_HANDSHAKE_FAILED:
                judge_handshake(c, s, &st);
                break;
            default:
                judge_state(c, changes, &st);
                break;
            }
        }
        log->counts[st.result]++;
        log->reasons[st.reason]++;
        if (st.note.bypass) {
            if (log->bypass++ == 0)
                log->bypass_first = st.note.frame;
            log->bypass_last = st.note.frame;
            log->bypass_compared += st.result != SSE_LOG_NOT_COMPARED;
        }
        g_array_append_val(log->statements, st);
    }
    g_ptr_array_free(changes, TRUE);
}

/* --- whose log, and what follows --------------------------------------------------- */

/* The "probing" lines whose probes the capture would have. */
static uint32_t count_inside(const sse_context *c, int64_t shift)
{
    const sse_log_book *book = c->t->log;
    uint32_t count = 0;

    for (guint i = 0; i < book->notes->len; i++) {
        const sse_log_note *n = &g_array_index(book->notes, sse_log_note, i);

        count += n->event == OBS_LOG_PROBING && covered(c, n->time + shift, n->time + shift);
    }
    return count;
}

/* The only client; else the one whose probes stand beside the lines, now or at
 * some shift, better than any other's. */
static void find_client(const sse_context *c, sse_log_report *log, const sides *s)
{
    const sse_log_book *book = c->t->log;
    guint clients = c->report->clients->len;
    uint32_t best = 0, best_shifted = 0, inside = count_inside(c, log->shift);
    int64_t shifted = -1;
    bool tie = false, tie_shifted = false;

    if (clients == 1)
        log->client = 0;
    for (guint i = 0; i < s->shown; i++) {
        uint32_t lined = count_lined_up(book, &s->of[i], log->shift), would = 0;
        int seconds = 0;

        /* A log that reaches far beyond the capture has few lines in it: where
         * most of those stand beside probes, the clock is right. */
        if (lined < log->probing && (lined < LINES_OF_ZONE || 2 * lined <= inside))
            would = find_shift(book, &s->of[i], log->shift, &seconds);
        if (lined == best)
            tie = true;
        if (lined > best) {
            best = lined;
            tie = false;
            if (clients > 1)
                log->client = i;
        }
        if (would == best_shifted)
            tie_shifted = true;
        if (would > best_shifted && seconds != 0) {
            best_shifted = would;
            tie_shifted = false;
            shifted = i;
            log->suggestion = log->shift + seconds * SSE_SECOND;
        }
    }
    log->lined_up = best;
    if (clients > 1 && (tie || best < LINES_OF_ZONE || clients > s->shown))
        log->client = -1;
    /* Cycles are alike: a clock that fits half as well is believed. */
    if (shifted >= 0 && best_shifted > 2 * best && (clients == 1 || !tie_shifted) && clients <= s->shown) {
        log->has_suggestion = true;
        log->would_line_up = MIN(best_shifted, log->probing);
        log->client = shifted;
    }
    if (log->client >= 0)
        log->lined_up = count_lined_up(book, &s->of[log->client], log->shift);
}

/* Is it the log of a client that the filter leaves out? It is where the lines
 * fit that one's probes better than those of any client that passes. */
static void find_left_out(const sse_context *c, sse_log_report *log, const sides *s)
{
    uint32_t best = log->lined_up, lines_left_out = 0;

    for (guint i = s->shown; i < s->all; i++)
        lines_left_out = MAX(lines_left_out, count_lined_up(c->t->log, &s->of[i], log->shift));
    if (log->has_suggestion && log->would_line_up > 2 * lines_left_out)
        best = MAX(best, log->would_line_up);
    for (guint i = s->shown; i < s->all; i++) {
        int seconds = 0;
        uint32_t lined = count_lined_up(c->t->log, &s->of[i], log->shift);
        uint32_t fits = lined < log->probing ? MAX(lined, find_shift(c->t->log, &s->of[i], log->shift, &seconds)) : lined;

        /* What fits as it is is believed: find_client(). */
        if (fits < LINES_OF_ZONE || (lined < fits && log->lined_up * 2 >= fits))
            continue;
        if (fits > best)
            log->left_out_addr = s->of[i].addr;
        else if (log->left_out && fits == best)
            log->left_out_addr.family = 0;
        log->left_out |= fits > best;
        best = MAX(best, fits);
    }
    if (log->left_out) {
        log->client = -1;
        log->has_suggestion = false;
    }
}

/* Has the client probes of the kind that "probing" lines speak of? */
static bool has_probes(const sse_log_report *log, const side *s)
{
    for (guint i = 0; i < log->statements->len; i++) {
        const sse_log_note *n = &g_array_index(log->statements, sse_log_statement, i).note;

        if (n->event == OBS_LOG_PROBING && probes_of(s, n) != NULL && probes_of(s, n)->len > 1)
            return true;
    }
    return false;
}

/* Of the addresses of one IP version the one that has the most packets, a server of
 * the Internet only where there is none but such. */
static const sse_log_host *busiest(const sse_log_book *book, int family)
{
    const sse_log_host *best = NULL;

    for (uint32_t i = 0; i < book->n_hosts; i++) {
        const sse_log_host *h = &book->hosts[i];
        const bool public_host = sse_addr_is_public(&h->addr);

        if (h->addr.family != family || h->sent == 0 || h->received == 0)
            continue;
        if (best == NULL || (!public_host && sse_addr_is_public(&best->addr)) ||
            (public_host == sse_addr_is_public(&best->addr) && h->sent + h->received > best->sent + best->received))
            best = h;
    }
    return best;
}

/* Nearly all packets are of one host, over one IP version or both. @return its
 * address of this version, NULL where there is no such host */
static const sse_addr *busy_host(const sse_log_book *book, uint8_t version)
{
    const sse_log_host *own = busiest(book, version), *other = busiest(book, version == 4 ? 6 : 4);
    uint64_t all;

    if (own == NULL || own->sent < BUSY_PACKETS)
        return NULL;
    all = (uint64_t)own->sent + own->received + (other != NULL ? (uint64_t)other->sent + other->received : 0);
    return all * 100 >= (uint64_t)book->packets * BUSY_PERCENT ? &own->addr : NULL;
}

/* Does the log reject a port in the capture's time? The time is what judge_rejected()
 * looks at, where no "probing" line stands before it. */
static bool rejects_inside(const sse_context *c, const sse_log_report *log, uint8_t version, uint16_t port)
{
    const sse_log_book *book = c->t->log;

    for (guint i = 0; i < book->notes->len; i++) {
        const sse_log_note *n = &g_array_index(book->notes, sse_log_note, i);
        const int64_t time = n->time + log->shift;

        if (n->event == OBS_LOG_REJECTED && n->version == version && n->port == port &&
            time - c->t->config.probe_timeout - SLACK >= c->t->first_time && time + SLACK <= c->t->last_time)
            return true;
    }
    return false;
}

/* Both ports are rejected while the capture covers the time, holds one busy host and
 * no probe: they never leave that host. */
static void find_taken(const sse_context *c, sse_log_report *log)
{
    if (c->t->frames == 0)
        return;
    for (guint i = 0; i < c->t->probes->len; i++)
        if (!sse_tracker_probe(c->t, i)->local)
            return;
    for (uint8_t version = 4; version <= 6 && !log->taken; version += 2) {
        const sse_addr *host = busy_host(c->t->log, version);

        if (host == NULL || !rejects_inside(c, log, version, 443) || !rejects_inside(c, log, version, 53))
            continue;
        log->taken = true;
        log->host = *host;
    }
}

static void say(sse_log_report *log, sse_advice_code code)
{
    sse_advice advice = { .code = code };

    g_array_append_val(log->advice, advice);
}

/* s: of the client whose log it is, NULL without one. */
static void advise(const sse_context *c, sse_log_report *log, const side *s)
{
    /* Further apart than clocks are. */
    bool other_days = s != NULL && (log->last_time < c->t->first_time - SHIFT_MAX * SSE_SECOND ||
                                    log->first_time > c->t->last_time + SHIFT_MAX * SSE_SECOND);
    bool answered = false, opened = false, unseen = false, state = false;
    /* No line fits, and too few are there to find the shift that does. */
    bool clock_open = s != NULL && log->probing > 0 && log->lined_up == 0 && !log->has_suggestion && has_probes(log, s);

    for (guint i = 0; i < log->statements->len; i++) {
        const sse_log_statement *st = &g_array_index(log->statements, sse_log_statement, i);

        answered |= st->result == SSE_LOG_DIFFERS && st->note.event == OBS_LOG_REJECTED;
        opened |= st->result == SSE_LOG_DIFFERS && st->note.event == OBS_LOG_HANDSHAKE_FAILED;
        state |= st->result == SSE_LOG_DIFFERS && st->note.event == OBS_LOG_STATE;
        unseen |= st->result == SSE_LOG_NOT_SEEN && st->note.event == OBS_LOG_PROBING && st->note.version != 6;
    }
    if (answered)
        say(log, SSE_ADVICE_LOG_ANSWERED);
    if (opened)
        say(log, SSE_ADVICE_LOG_OPENED);
    if (state)
        say(log, SSE_ADVICE_LOG_PROTECTED);
    if (log->taken)
        say(log, SSE_ADVICE_LOG_TAKEN);
    else if (other_days)
        say(log, SSE_ADVICE_LOG_OTHER_DAYS);
    else if (clock_open)
        say(log, SSE_ADVICE_LOG_CLOCKS);
    else if (unseen)
        say(log, SSE_ADVICE_LOG_UNSEEN);
}

void sse_judge_log(sse_context *c)
{
    const sse_log_book *book = c->t->log;
    sse_log_report *log;
    const sse_client_report *client = NULL;
    sides s;

    if (book == NULL)
        return;
    log = c->report->log = g_new0(sse_log_report, 1);
    log->entries = book->entries;
    log->shift = c->t->config.log_shift;
    log->first_time = book->first_time + log->shift;
    log->last_time = book->last_time + log->shift;
    log->client = -1;
    log->statements = g_array_new(FALSE, TRUE, sizeof(sse_log_statement));
    log->advice = g_array_new(FALSE, FALSE, sizeof(sse_advice));
    for (guint i = 0; i < book->notes->len; i++)
        log->probing += g_array_index(book->notes, sse_log_note, i).event == OBS_LOG_PROBING;
    s = collect_sides(c);
    find_client(c, log, &s);
    find_left_out(c, log, &s);
    if (log->client >= 0) {
        client = &g_array_index(c->report->clients, sse_client_report, log->client);
        log->web = client->web.verdict;
        log->has_connections = client->has_fail_open;
        log->connections = client->fail_open;
    }
    judge_statements(c, log, client != NULL ? &s.of[log->client] : NULL, client);
    find_taken(c, log);
    advise(c, log, client != NULL ? &s.of[log->client] : NULL);
    free_sides(&s);
}
