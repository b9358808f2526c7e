/* verdict.c
 * Draws the verdict: outcomes of all records, clients, their services, and the
 * capture's worst; and the tools that the rules share.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict_log.h"
#include "verdict_private.h"

#include <string.h>

/* What a run must show to be a dead line: see VERDICT.md, "No connectivity". */
#define SILENT_ATTEMPTS     2
#define HEARD_AFTER         (2 * SSE_SECOND)

/* So many records are read one by one faster than summed up. */
#define FEW_RECORDS         64
/* Of more, a sum is kept at every so many: the rest is added when asked. */
#define TOTALS_STEP         16

/* ---- selections ---- */

sse_selection *sse_selection_new(const char *filter)
{
    sse_selection *s = g_new0(sse_selection, 1);

    s->probes = g_byte_array_new();
    s->handshakes = g_byte_array_new();
    s->filter = g_strdup(filter);
    return s;
}

void sse_selection_free(sse_selection *s)
{
    if (s == NULL)
        return;
    g_byte_array_free(s->probes, TRUE);
    g_byte_array_free(s->handshakes, TRUE);
    g_free(s->filter);
    g_free(s);
}

void sse_selection_clear(sse_selection *s)
{
    g_byte_array_set_size(s->probes, 0);
    g_byte_array_set_size(s->handshakes, 0);
    s->to_client = s->from_client = 0;
}

void sse_selection_add(sse_selection *s, sse_mark_of of, uint32_t record, bool from_client)
{
    GByteArray *bits = of == SSE_OF_PROBE ? s->probes : of == SSE_OF_HANDSHAKE ? s->handshakes : NULL;
    guint old;

    if (from_client)
        s->from_client++;
    else
        s->to_client++;
    if (bits == NULL)
        return;
    old = bits->len;
    if (record / 8 >= old) {
        /* Doubling: records are selected in order, one by one. */
        guint size = MAX(record / 8 + 1, old * 2);

        g_byte_array_set_size(bits, size);
        memset(bits->data + old, 0, size - old);
    }
    bits->data[record / 8] |= (guint8)(1u << record % 8);
}

bool sse_is_selected(const sse_selection *s, sse_mark_of of, uint32_t record)
{
    const GByteArray *bits;

    if (s == NULL)
        return true;
    bits = of == SSE_OF_PROBE ? s->probes : s->handshakes;
    return record / 8 < bits->len && (bits->data[record / 8] >> record % 8 & 1) != 0;
}

/* ---- shared tools ---- */

void sse_frames_add(sse_frames *frames, uint32_t frame)
{
    if (frames->kept > 0 && frames->frame[frames->kept - 1] == frame)
        return;
    if (frames->kept < SSE_FRAMES_KEPT)
        frames->frame[frames->kept++] = frame;
    frames->total++;
}

void sse_run_clear(sse_run *run)
{
    g_array_set_size(run->items, 0);
}

static int by_change_time(const void *a, const void *b)
{
    const sse_change *x = (const sse_change *)a, *y = (const sse_change *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

void sse_add_change(sse_group *g, const sse_change *change)
{
    g_array_append_vals(g->report->timeline, change, 1);
}

/* The IP version of a record. */
static int version_of(const sse_group *g, const sse_control_ref *r)
{
    return sse_tracker_address(g->tracker, r->client)->addr.family;
}

/* Index of the first record at or after a time. */
static guint first_record(const sse_group *g, int64_t time)
{
    guint low = 0, high = g->records->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (sse_record_at(g, middle).time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_control(sse_control_total *sum, const sse_group *g, guint i)
{
    const sse_control_ref r = sse_record_at(g, i);
    unsigned v = version_of(g, &r) == 6;

    sum->dns_answers += r.control->dns_answers;
    sum->tcp_opened += r.control->tcp_opened;
    sum->silent_dns += r.control->silent_dns;
    sum->silent_tcp[v] += r.control->silent_tcp;
    sum->proxy_answered += r.control->proxy_answered;
    sum->captive += r.control->captive_portal;
    sum->heard[v] += r.control->heard_first != SSE_NOT_HEARD;
    sum->gateway_heard += r.control->gateway_first != SSE_NOT_HEARD;
}

void sse_total_control(sse_group *g)
{
    sse_control_total sum = { 0 };

    if (g->records->len <= FEW_RECORDS)
        return;
    g->totals = g_array_sized_new(FALSE, FALSE, sizeof(sse_control_total), g->records->len / TOTALS_STEP + 1);
    for (guint i = 0; i < g->records->len; i++) {
        if (i % TOTALS_STEP == 0)
            g_array_append_val(g->totals, sum);
        add_control(&sum, g, i);
    }
    if (g->records->len % TOTALS_STEP == 0)
        g_array_append_val(g->totals, sum);
}

/* Sums over all records before one of them. */
static sse_control_total total_at(const sse_group *g, guint i)
{
    sse_control_total sum = g_array_index(g->totals, sse_control_total, i / TOTALS_STEP);

    for (guint k = i - i % TOTALS_STEP; k < i; k++)
        add_control(&sum, g, k);
    return sum;
}

sse_control_sum sse_sum_control(const sse_group *g, int64_t first, int64_t newest, int version)
{
    sse_control_sum sum = { 0 };
    guint from = first_record(g, first);

    if (g->totals != NULL && newest >= first) {
        sse_control_total a = total_at(g, from), b = total_at(g, first_record(g, newest + 1));

        sum.dns_answers = b.dns_answers - a.dns_answers;
        sum.tcp_opened = b.tcp_opened - a.tcp_opened;
        sum.silent = b.silent_dns - a.silent_dns;
        for (unsigned v = 0; v < 2; v++)
            if (version == 0 || version == (v == 0 ? 4 : 6))
                sum.silent += b.silent_tcp[v] - a.silent_tcp[v];
        sum.proxy_answered = b.proxy_answered != a.proxy_answered;
        sum.captive = b.captive != a.captive;
        return sum;
    }
    for (guint i = from; i < g->records->len; i++) {
        const sse_control_ref r = sse_record_at(g, i);

        if (r.time > newest)
            break;
        sum.dns_answers += r.control->dns_answers;
        sum.tcp_opened += r.control->tcp_opened;
        /* DNS queries of either IP version count, connections only of its own. */
        sum.silent += r.control->silent_dns;
        if (version == 0 || version == version_of(g, &r))
            sum.silent += r.control->silent_tcp;
        sum.proxy_answered |= r.control->proxy_answered;
        sum.captive |= r.control->captive_portal;
    }
    return sum;
}

static bool within(int64_t base, uint16_t first, uint16_t last, int64_t from, int64_t to)
{
    /* Times inside a record are whole milliseconds, rounded down. */
    int64_t a = base + first * SSE_MSECOND, b = base + last * SSE_MSECOND;

    return first != SSE_NOT_HEARD && b + SSE_MSECOND > from && a <= to;
}

/* Records of which all lies between two times, that is all but those near the
 * ends: none of them has to be read. @return the first, *end the one after. */
static guint whole_records(const sse_group *g, int64_t from, int64_t to, guint *end)
{
    guint first = first_record(g, from);

    *end = g->totals != NULL ? MAX(first, first_record(g, to - SSE_CONTROL_SPAN + 1)) : first;
    return first;
}

bool sse_heard_between(const sse_group *g, int64_t from, int64_t to, int version)
{
    guint end, whole = whole_records(g, from, to, &end);

    if (end > whole && total_at(g, whole).heard[version == 6] != total_at(g, end).heard[version == 6])
        return true;
    for (guint i = first_record(g, from - SSE_CONTROL_SPAN); i < g->records->len; i++) {
        sse_control_ref r;

        if (i == whole)
            i = end;
        if (i == g->records->len)
            break;
        r = sse_record_at(g, i);
        if (r.time > to)
            break;
        if (version_of(g, &r) == version && within(r.time, r.control->heard_first, r.control->heard_last, from, to))
            return true;
    }
    return false;
}

bool sse_gateway_heard_between(const sse_group *g, int64_t from, int64_t to)
{
    guint end, whole = whole_records(g, from, to, &end);

    if (end > whole && total_at(g, whole).gateway_heard != total_at(g, end).gateway_heard)
        return true;
    for (guint i = first_record(g, from - SSE_CONTROL_SPAN); i < g->records->len; i++) {
        sse_control_ref r;

        if (i == whole)
            i = end;
        if (i == g->records->len)
            break;
        r = sse_record_at(g, i);
        if (r.time > to)
            break;
        if (within(r.time, r.control->gateway_first, r.control->gateway_last, from, to))
            return true;
    }
    return false;
}

bool sse_no_connectivity(const sse_group *g, int64_t first, int64_t newest, int version)
{
    sse_control_sum sum = sse_sum_control(g, first, newest, version);

    return sum.silent >= SILENT_ATTEMPTS && !sum.proxy_answered &&
           !sse_heard_between(g, first + (newest - first) / 2, newest + HEARD_AFTER, version);
}

void sse_add_reason(sse_service_report *s, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(s->reasons, g_strdup_vprintf(format, ap));
    va_end(ap);
}

void sse_set_confidence(sse_context *c, sse_group *g, sse_service_report *s, bool failing)
{
    if (g->one_way)
        sse_add_reason(s, "no packet towards the client is in the file: only one direction was captured");
    if (g->unheard)
        sse_add_reason(s, "nothing that the client asked is in the file: what stayed without answer does not show");
    if (c->cut)
        sse_add_reason(s, "packets are cut by the snap length");
    if (c->clock_jump)
        sse_add_reason(s, "the clock of the capture jumped back");
    if (c->timestamps_unusable)
        sse_add_reason(s, "all packets carry the same time");
    if (failing && s->has_control && s->control_dns_answers == 0 && s->control_tcp_opened == 0)
        sse_add_reason(s, "nothing else of the client was answered meanwhile: a dead link cannot be excluded");
    s->confidence = s->reasons->len > 0 ? SSE_CONFIDENCE_LIMITED : SSE_CONFIDENCE_HIGH;
}

/* ---- memory of the report ---- */

static void free_service(sse_service_report *s)
{
    g_ptr_array_unref(s->reasons);
    g_ptr_array_unref(s->advice);
    g_ptr_array_unref(s->allow);
    g_array_unref(s->examples);
}

static void init_advice(sse_service_report *s)
{
    s->advice = g_ptr_array_new_with_free_func(g_free);
    s->allow = g_ptr_array_new_with_free_func(g_free);
}

static void clear_finding(gpointer data)
{
    g_free(((sse_finding *)data)->text);
}

static void clear_gateway(gpointer data)
{
    sse_gateway_report *r = (sse_gateway_report *)data;

    g_free(r->name);
    g_ptr_array_free(r->reset_reasons, TRUE);
}

static void clear_shared_gateway(gpointer data)
{
    g_ptr_array_unref(((sse_gateway_report *)data)->reset_reasons);
}

static void clear_candidate(gpointer data)
{
    g_free(((sse_candidate_report *)data)->option);
}

static GArray *cleared_array(size_t size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);

    if (clear != NULL)
        g_array_set_clear_func(array, clear);
    return array;
}

/* Puts a sentence among those that all clients share. */
static char *shared_text(sse_report *r, char *text)
{
    char *kept = text != NULL ? g_string_chunk_insert_const(r->texts, text) : NULL;

    g_free(text);
    return kept;
}

/* Lists of shared sentences are equal where their pointers are. */
static guint list_hash(const void *key)
{
    const GPtrArray *list = (const GPtrArray *)key;
    guint hash = list->len;

    for (guint i = 0; i < list->len; i++)
        hash = hash * 31 + g_direct_hash(g_ptr_array_index(list, i));
    return hash;
}

static gboolean list_equal(const void *a, const void *b)
{
    const GPtrArray *x = (const GPtrArray *)a, *y = (const GPtrArray *)b;

    return x->len == y->len && (x->len == 0 || memcmp(x->pdata, y->pdata, x->len * sizeof x->pdata[0]) == 0);
}

static void share_texts(sse_report *r, GPtrArray **texts)
{
    GPtrArray *same;

    g_ptr_array_set_free_func(*texts, NULL);
    for (guint i = 0; i < (*texts)->len; i++)
        g_ptr_array_index(*texts, i) = shared_text(r, (char *)g_ptr_array_index(*texts, i));
    same = (GPtrArray *)g_hash_table_lookup(r->lists, *texts);
    if (same == NULL) {
        g_hash_table_add(r->lists, g_ptr_array_ref(*texts));
    } else {
        g_ptr_array_unref(*texts);
        *texts = g_ptr_array_ref(same);
    }
}

static void share_array(sse_report *r, GArray **array)
{
    if ((*array)->len == 0) {
        g_array_unref(*array);
        *array = g_array_ref(r->nothing);
    }
}

/* What is said of a client is said of many: a million of them would fill the
 * memory with copies of a few sentences and with empty arrays. So each client
 * shares what it can as soon as it is judged. */
static void share_judgement(sse_report *r, sse_client_report *client)
{
    GArray **arrays[] = { &client->resolvers, &client->gateways, &client->connects, &client->candidates,
                          &client->timeline, &client->dns.examples, &client->web.examples };

    share_texts(r, &client->dns.reasons);
    share_texts(r, &client->web.reasons);
    g_array_set_clear_func(client->gateways, clear_shared_gateway);
    for (guint i = 0; i < client->gateways->len; i++) {
        sse_gateway_report *row = &g_array_index(client->gateways, sse_gateway_report, i);

        row->name = shared_text(r, row->name);
        share_texts(r, &row->reset_reasons);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
        share_array(r, arrays[i]);
}

static void share_advice(sse_report *r, sse_client_report *client)
{
    GPtrArray **texts[] = { &client->dns.advice, &client->dns.allow, &client->web.advice, &client->web.allow };
    sse_service_report *services[] = { &client->dns, &client->web };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        share_texts(r, texts[i]);
    for (unsigned i = 0; i < G_N_ELEMENTS(services); i++) {
        services[i]->peers = shared_text(r, services[i]->peers);
        services[i]->capture_peers = shared_text(r, services[i]->capture_peers);
    }
    g_array_set_clear_func(client->findings, NULL);
    for (guint i = 0; i < client->findings->len; i++) {
        sse_finding *f = &g_array_index(client->findings, sse_finding, i);

        f->text = shared_text(r, f->text);
    }
    share_array(r, &client->findings);
}

static void init_client(sse_client_report *r)
{
    r->addresses = cleared_array(sizeof(sse_addr), NULL);
    r->dns.reasons = g_ptr_array_new_with_free_func(g_free);
    r->web.reasons = g_ptr_array_new_with_free_func(g_free);
    r->dns.examples = cleared_array(sizeof(sse_example), NULL);
    r->web.examples = cleared_array(sizeof(sse_example), NULL);
    r->resolvers = cleared_array(sizeof(sse_resolver_report), NULL);
    r->gateways = cleared_array(sizeof(sse_gateway_report), clear_gateway);
    r->connects = cleared_array(sizeof(sse_connect_report), NULL);
    r->candidates = cleared_array(sizeof(sse_candidate_report), clear_candidate);
    r->timeline = cleared_array(sizeof(sse_change), NULL);
}

static void clear_client(gpointer data)
{
    sse_client_report *r = (sse_client_report *)data;

    g_array_free(r->addresses, TRUE);
    free_service(&r->dns);
    free_service(&r->web);
    g_array_unref(r->resolvers);
    g_array_unref(r->gateways);
    g_array_unref(r->connects);
    g_array_unref(r->candidates);
    g_array_unref(r->findings);
    g_array_unref(r->timeline);
    if (r->states != NULL)
        g_array_free(r->states, TRUE);
    g_free(r->server);
    g_free(r->orgid);
    g_free(r->originid);
    g_free(r->device);
    g_free(r->source);
}

void sse_report_free(sse_report *r)
{
    if (r == NULL)
        return;
    g_free(r->filter);
    sse_log_report_free(r->log);
    if (r->by_address != NULL)
        g_hash_table_destroy(r->by_address);
    g_array_free(r->findings, TRUE);
    g_array_free(r->clients, TRUE);
    g_array_free(r->fail_open, TRUE);
    g_free(r->probes.bits);
    g_free(r->handshakes.bits);
    g_array_free(r->frame_notes, TRUE);
    if (r->texts != NULL)
        g_string_chunk_free(r->texts);
    if (r->nothing != NULL)
        g_array_unref(r->nothing);
    if (r->lists != NULL)
        g_hash_table_destroy(r->lists);
    g_free(r);
}

/* ---- putting it together ---- */

static void name_client(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;

    /* IPv4 first, each in order of sight; outside of a NAT last of its kind. */
    for (unsigned family = 4; family <= 6; family += 2) {
        for (unsigned outer = 0; outer < 2; outer++) {
            for (guint i = 0; i < g->members->len; i++) {
                uint32_t index = item(g->members, i);
                const sse_addr *addr = &address_at(c, index)->addr;

                if (addr->family == family && (index == g->outer) == (outer == 1))
                    g_array_append_vals(r->addresses, addr, 1);
            }
        }
    }
    r->client = g_array_index(r->addresses, sse_addr, 0);
    r->at_client = g->at_client;
}

static bool takes_part(const sse_group *g)
{
    for (unsigned v = 0; v < 2; v++)
        for (unsigned p = 0; p < PORTS; p++)
            if (g->probes[v][p]->len > 0)
                return true;
    return g->all_handshakes->len > 0 || g->tcp_probes->len > 0;
}

/* The worst first: an outage of either service before doubt before health. */
static unsigned badness(const sse_client_report *r)
{
    unsigned dns = sse_state_badness(r->dns.verdict), web = sse_state_badness(r->web.verdict);

    return MAX(dns, web) * 16 + dns * 4 + web;
}

static int compare_clients(const void *a, const void *b)
{
    const sse_client_report *x = (const sse_client_report *)a, *y = (const sse_client_report *)b;
    unsigned bad_x = badness(x), bad_y = badness(y);

    return bad_x != bad_y ? (bad_x > bad_y ? -1 : 1) : sse_addr_compare(&x->client, &y->client);
}

static int by_note_frame(const void *a, const void *b)
{
    const sse_frame_note *x = (const sse_frame_note *)a, *y = (const sse_frame_note *)b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return x->kind != y->kind ? (int)x->kind - (int)y->kind : (int)x->code - (int)y->code;
}

static void note_findings(sse_report *r, const GArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);

        if (f->frames.kept > 0) {
            sse_frame_note note = { .frame = f->frames.frame[0], .kind = SSE_NOTE_FINDING, .code = f->code };

            g_array_append_val(r->frame_notes, note);
        }
    }
}

static void note_frames(sse_report *r)
{
    note_findings(r, r->findings);
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *client = &g_array_index(r->clients, sse_client_report, i);

        note_findings(r, client->findings);
        for (guint k = 0; k < client->timeline->len; k++) {
            const sse_change *change = &g_array_index(client->timeline, sse_change, k);
            sse_frame_note note = {
                .frame = change->frame, .kind = SSE_NOTE_CHANGE, .to = change->to, .web = change->service[0] == 'w',
            };

            if (change->service[0] != 'n')
                g_array_append_val(r->frame_notes, note);
        }
    }
    g_array_sort(r->frame_notes, by_note_frame);
}

int sse_compare_numbers(const void *a, const void *b)
{
    guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

static void look_at_capture(sse_context *c)
{
    const sse_tracker *t = c->t;

    for (guint i = 0; i < t->epochs->len; i++)
        c->clock_jump |= g_array_index(t->epochs, sse_epoch, i).stepped_back;
    c->timestamps_unusable = t->frames > 2 && !t->times_differ;
    for (guint i = 0; i < t->facts->len; i++)
        c->cut |= g_array_index(t->facts, sse_fact, i).kind == SSE_FACT_CUT;
    c->probe_outcome = g_new0(uint8_t, t->probes->len + 1);
    for (guint i = 0; i < t->probes->len; i++)
        c->probe_outcome[i] = (uint8_t)sse_probe_outcome_of(t, sse_tracker_probe(t, i), NULL);
    c->excused = g_new0(uint8_t, t->probes->len + 1);
    c->swg_outcome = g_new0(uint8_t, t->handshakes->len + 1);
    for (guint i = 0; i < t->handshakes->len; i++)
        c->swg_outcome[i] = (uint8_t)sse_handshake_outcome_of(t, sse_tracker_handshake(t, i), NULL);
}

/* Which direction a filter left out, if the file has packets of both. Copies,
 * resets and FINs go both ways and are not asked. */
static sse_lost_direction lost_direction(const sse_tracker *t, const sse_selection *selection)
{
    const unsigned sent = 1u << SSE_MARK_QUERY | 1u << SSE_MARK_SYN | 1u << SSE_MARK_CLIENT_PAYLOAD | 1u << SSE_MARK_CONNECT;
    const unsigned got = 1u << SSE_MARK_REPLY | 1u << SSE_MARK_SYN_ACK | 1u << SSE_MARK_ICMP |
                         1u << SSE_MARK_GATEWAY_PAYLOAD | 1u << SSE_MARK_CONNECT_ANSWER;
    unsigned missing;

    if ((selection->to_client == 0) == (selection->from_client == 0))
        return SSE_LOST_NONE;
    missing = selection->to_client == 0 ? got : sent;
    for (guint i = 0; i < t->marks->len; i++) {
        const sse_mark *mark = &g_array_index(t->marks, sse_mark, i);

        if ((mark->of == SSE_OF_PROBE || mark->of == SSE_OF_HANDSHAKE) && (missing >> mark->kind & 1) != 0 &&
            (missing == sent || sse_is_selected(selection, (sse_mark_of)mark->of, mark->record)))
            return missing == got ? SSE_LOST_TO_CLIENT : SSE_LOST_FROM_CLIENT;
    }
    return SSE_LOST_NONE;
}

/* By service, then by frame. */
static int by_step(const void *a, const void *b)
{
    const sse_state_step *x = (const sse_state_step *)a, *y = (const sse_state_step *)b;

    if (x->version != y->version)
        return x->version < y->version ? -1 : 1;
    return x->frame != y->frame ? (x->frame < y->frame ? -1 : 1) : (x->change > y->change) - (x->change < y->change);
}

/* At a frame holds, of all changes of its service in frames up to it, the
 * newest in time: where frames are out of order, not that of the newest frame. */
static void make_states(sse_client_report *r)
{
    for (guint i = 0; i < r->timeline->len; i++) {
        const sse_change *change = &g_array_index(r->timeline, sse_change, i);
        sse_state_step step = {
            .frame = change->frame, .change = i, .version = (uint8_t)change->ip, .state = (uint8_t)change->to,
        };

        if (change->service[0] == 'n')
            continue;
        if (r->states == NULL)
            r->states = g_array_new(FALSE, FALSE, sizeof(sse_state_step));
        g_array_append_val(r->states, step);
    }
    if (r->states == NULL)
        return;
    g_array_sort(r->states, by_step);
    for (guint i = 1; i < r->states->len; i++) {
        const sse_state_step *before = &g_array_index(r->states, sse_state_step, i - 1);
        sse_state_step *step = &g_array_index(r->states, sse_state_step, i);

        if (before->version == step->version && before->change > step->change) {
            step->change = before->change;
            step->state = before->state;
        }
    }
}

static void add_record(sse_record_set *set, uint32_t record)
{
    set->bits[record / 8] |= (uint8_t)(1u << record % 8);
    set->count++;
}

static void set_size(sse_record_set *set, uint32_t size)
{
    set->bits = g_new0(uint8_t, size / 8 + 1);
    set->size = size;
}

/* What the rows of resolvers and gateways are made of. */
static void list_records(const sse_context *c)
{
    sse_report *r = c->report;

    set_size(&r->probes, c->t->probes->len);
    for (guint32 i = 0; i < c->t->probes->len; i++) {
        const sse_probe *p = probe_at(c, i);

        if (c->probe_counts[i] && !p->local && p->name != OBS_NAME_DNSCRYPT)
            add_record(&r->probes, i);
    }
    set_size(&r->handshakes, c->t->handshakes->len);
    for (guint32 i = 0; i < c->t->handshakes->len; i++) {
        if (c->swg_counts[i])
            add_record(&r->handshakes, i);
    }
}

sse_report *sse_verdict(sse_tracker *t, const sse_selection *selection)
{
    sse_report *r = g_new0(sse_report, 1);
    sse_context c = { .t = t, .selection = selection, .report = r };

    sse_tracker_settle(t);
    r->frames = t->frames;
    r->first_time = t->first_time;
    r->last_time = t->last_time;
    r->renumbered = t->renumbered;
    r->findings = cleared_array(sizeof(sse_finding), clear_finding);
    r->clients = cleared_array(sizeof(sse_client_report), clear_client);
    r->texts = g_string_chunk_new(4096);
    r->nothing = g_array_new(FALSE, FALSE, 1);
    r->lists = g_hash_table_new_full(list_hash, list_equal, (GDestroyNotify)g_ptr_array_unref, NULL);
    r->by_address = g_hash_table_new(sse_addr_hash, sse_addr_hash_equal);
    r->fail_open = cleared_array(sizeof(guint32), NULL);
    r->frame_notes = cleared_array(sizeof(sse_frame_note), NULL);
    if (selection != NULL) {
        r->filter = g_strdup(selection->filter);
        r->lost_direction = lost_direction(t, selection);
    }
    if (t->frames == 0) {
        sse_judge_log(&c);
        return r;
    }

    look_at_capture(&c);
    sse_collect_groups(&c);
    /* Reports keep their place while the groups point at them. */
    guint count = 0;
    for (guint i = 0; i < c.groups->len; i++)
        count += takes_part(&g_array_index(c.groups, sse_group, i)) ||
                 (selection == NULL && g_array_index(c.groups, sse_group, i).lookups->len > 0);
    g_array_set_size(r->clients, count);
    for (guint i = 0, k = 0; i < c.groups->len; i++) {
        sse_group *g = &g_array_index(c.groups, sse_group, i);

        if (!takes_part(g) && !(selection == NULL && g->lookups->len > 0))
            continue;
        g->report = &g_array_index(r->clients, sse_client_report, k++);
        init_client(g->report);
        name_client(&c, g);
        g_array_append_vals(g->report->timeline, g->changes->data, g->changes->len);
        sse_judge_dns(&c, g);
        sse_judge_web(&c, g);
        g_array_sort(g->report->timeline, by_change_time);
        sse_make_tables(&c, g);
        share_judgement(r, g->report);
    }
    sse_fill_frames(&c);
    list_records(&c);
    for (guint i = 0; i < c.groups->len; i++) {
        sse_group *g = &g_array_index(c.groups, sse_group, i);

        if (g->report == NULL)
            continue;
        g->report->findings = cleared_array(sizeof(sse_finding), clear_finding);
        init_advice(&g->report->dns);
        init_advice(&g->report->web);
        sse_find(&c, g);
        sse_advise(&c, g);
        share_advice(r, g->report);
    }
    sse_find_capture(&c);
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *client = &g_array_index(r->clients, sse_client_report, i);

        r->dns = MAX(r->dns, client->dns.verdict);
        r->web = MAX(r->web, client->web.verdict);
        r->count_dns[client->dns.verdict]++;
        r->count_web[client->web.verdict]++;
    }
    sse_free_groups(&c);
    g_array_sort(r->clients, compare_clients);
    for (guint i = 0; i < r->clients->len; i++) {
        const GArray *addresses = g_array_index(r->clients, sse_client_report, i).addresses;

        make_states(&g_array_index(r->clients, sse_client_report, i));
        for (guint k = 0; k < addresses->len; k++)
            g_hash_table_insert(r->by_address, &g_array_index(addresses, sse_addr, k), GUINT_TO_POINTER(i + 1));
    }
    g_array_sort(r->fail_open, sse_compare_numbers);
    sse_judge_log(&c);
    note_frames(r);
    g_free(c.probe_outcome);
    g_free(c.excused);
    g_free(c.swg_outcome);
    g_free(c.group_of);
    g_free(c.probe_counts);
    g_free(c.swg_counts);
    g_free(c.gateway_rows);
    if (c.outer_frames != NULL)
        g_hash_table_destroy(c.outer_frames);
    return r;
}

bool sse_report_counts(const sse_report *r, sse_mark_of of, uint32_t record)
{
    const sse_record_set *set = of == SSE_OF_PROBE ? &r->probes : of == SSE_OF_HANDSHAKE ? &r->handshakes : NULL;

    return set != NULL && record < set->size && (set->bits[record / 8] >> record % 8 & 1) != 0;
}

GArray *sse_record_list(const sse_record_set *set)
{
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(guint32), set->count);

    for (guint32 i = 0; i < set->size; i++)
        if ((set->bits[i / 8] >> i % 8 & 1) != 0)
            g_array_append_val(list, i);
    return list;
}

sse_state sse_report_state_at(const sse_report *r, const sse_addr *client, int version, uint32_t frame)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(r->by_address, client)), low = 0, high;
    const sse_state_step *step;
    const GArray *states;

    states = index != 0 ? g_array_index(r->clients, sse_client_report, index - 1).states : NULL;
    if (states == NULL)
        return SSE_NOT_OBSERVED;
    high = states->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        step = &g_array_index(states, sse_state_step, middle);
        if (step->version < version || (step->version == version && step->frame <= frame))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return SSE_NOT_OBSERVED;
    step = &g_array_index(states, sse_state_step, low - 1);
    return step->version == version ? (sse_state)step->state : SSE_NOT_OBSERVED;
}
