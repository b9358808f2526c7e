/* verdict.c
 * The conductor: outcomes of all records, clients, their services, findings, and the
 * capture's worst, in the order in which each needs the one before.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "verdict.h"

#include "advice.h"
#include "background.h"
#include "clients.h"
#include "dns.h"
#include "evidence.h"
#include "fail_open.h"
#include "findings.h"
#include "log.h"
#include "machines.h"
#include "names.h"
#include "outages.h"
#include "outcome.h"
#include "report_memory.h"
#include "silence.h"
#include "tables.h"
#include "timeline.h"
#include "web.h"

#include <string.h>

static void look_at_capture(sse_context *c)
{
    const sse_tracker *t = c->t;

    for (guint i = 0; i < t->epochs->len; i++)
        c->clock_jump |= g_array_index(t->epochs, sse_epoch, i).stepped_back;
    c->clocks_difference = sse_clocks_differ(t) ? sse_clocks_difference(t) : 0;
    c->timestamps_unusable = t->frames > 2 && !t->times_differ;
    for (guint i = 0; i < t->facts->len; i++)
        c->cut |= g_array_index(t->facts, sse_fact, i).kind == SSE_FACT_CUT;
    c->lookup_says = g_new0(uint8_t, t->lookups->len + 1);
    c->swg_outcome = g_new0(uint8_t, t->handshakes->len + 1);
    for (guint i = 0; i < t->handshakes->len; i++)
        c->swg_outcome[i] = (uint8_t)sse_handshake_outcome_of(t, sse_tracker_handshake(t, i), NULL);
}

static void make_scratch(sse_context *c)
{
    c->outages = g_array_new(FALSE, TRUE, sizeof(sse_draft));
    c->background = sse_background_new();
    c->scratch = (sse_scratch){
        .reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason)),
        .origin_reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason)), .peers = g_array_new(FALSE, FALSE, sizeof(sse_addr)),
        .examples = g_array_new(FALSE, FALSE, sizeof(sse_example)), .advice = g_array_new(FALSE, FALSE, sizeof(sse_advice)),
        .allow = g_array_new(FALSE, FALSE, sizeof(sse_allow)), .timeline = g_array_new(FALSE, FALSE, sizeof(sse_change)),
    };
    for (unsigned port = 0; port < PORTS; port++)
        c->scratch.held[port] = g_array_new(FALSE, FALSE, sizeof(guint32));
}

static void free_scratch(sse_context *c)
{
    GArray *scratch[] = { c->scratch.reasons, c->scratch.origin_reasons, c->scratch.peers,
                          c->scratch.examples, c->scratch.advice, c->scratch.allow, c->scratch.timeline };

    g_array_free(c->outages, TRUE);
    sse_background_free(c->background);
    for (unsigned i = 0; i < G_N_ELEMENTS(scratch); i++)
        g_array_free(scratch[i], TRUE);
    for (unsigned port = 0; port < PORTS; port++)
        g_array_free(c->scratch.held[port], TRUE);
}

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
    r->adapter = g->adapter;
}

/* The timeline grows where the one of the client before did. */
static void judge_client(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    GArray *timeline = r->timeline;

    r->timeline = g_array_set_size(c->scratch.timeline, 0);
    g_array_append_vals(r->timeline, g->changes->data, g->changes->len);
    sse_list_records(c, g);
    sse_read_background(c, g);
    sse_judge_dns(c, g);
    sse_judge_web(c, g);
    sse_settle_outages(c, g);
    sse_find_fail_open(c, g);
    sse_find_silence(c, g);
    sse_sort_timeline(r);
    r->timeline = g_array_append_vals(timeline, r->timeline->data, r->timeline->len);
    sse_make_tables(c, g);
    sse_share_judgement(c->report, r);
    /* From here on it is the next client's. */
    g->background = NULL;
}

static bool takes_part(const sse_group *g)
{
    return g->has_probes || g->all_handshakes->len > 0;
}

/* The worst first: an outage of either service before doubt before health; of
 * those that are well now, whoever had an outage, or whose findings ask for
 * something. */
static unsigned badness(const sse_client_report *r)
{
    const unsigned dns = sse_state_badness(r->dns.verdict), web = sse_state_badness(r->web.verdict);
    bool asks = false;

    /* Before they are sought there are none. */
    for (guint i = 0; r->findings != NULL && i < r->findings->len; i++)
        asks |= g_array_index(r->findings, sse_finding, i).has_advice;
    return ((MAX(dns, web) * 4 + dns) * 4 + web) * 4 + (r->dns.outages + r->web.outages > 0 ? 2 : 0) + asks;
}

static int compare_clients(const void *a, const void *b)
{
    const sse_client_report *x = (const sse_client_report *)a, *y = (const sse_client_report *)b;
    unsigned bad_x = badness(x), bad_y = badness(y);

    return bad_x != bad_y ? (bad_x > bad_y ? -1 : 1) : sse_addr_compare(&x->client, &y->client);
}

/* Of clients with one device id the worst tells of it. */
static void choose_tellers(sse_context *c)
{
    for (guint i = 0; i < c->groups->len; i++) {
        const sse_group *g = &g_array_index(c->groups, sse_group, i);
        sse_shared_device *s;

        if (g->report == NULL || g->shared_device == 0)
            continue;
        s = &g_array_index(c->shared_devices, sse_shared_device, g->shared_device - 1);
        if (s->teller == 0 ||
            badness(g->report) > badness(g_array_index(c->groups, sse_group, s->teller - 1).report))
            s->teller = g->number + 1;
    }
}

static void say_of_client(sse_context *c, sse_group *g)
{
    sse_use_probes(c, g);
    sse_init_findings(g->report);
    sse_find(c, g);
    sse_advise(c, g);
    sse_share_advice(c->report, g->report);
    sse_drop_records(c, g);
}

/* A list of names, as the preferences have it: "*.a.example, b.example". */
#define BEHIND_NAME ",; \t\r\n"
#define BEFORE_NAME BEHIND_NAME "*."

/* A gateway's name may carry the organisation's number, in a preference too. */
static char *redacted_names(sse_redactor *redactor, const char *names)
{
    GString *shown = g_string_new(NULL);
    const char *at = names;

    while (*at != '\0') {
        const size_t between = strspn(at, BEFORE_NAME), length = strcspn(at + between, BEHIND_NAME);
        char *name = g_strndup(at + between, length);
        char *redacted = sse_redact_name(redactor, name);

        g_string_append_len(shown, at, between);
        g_string_append(shown, redacted);
        at += between + length;
        g_free(redacted);
        g_free(name);
    }
    return g_string_free(shown, FALSE);
}

static void redact_preferences(sse_config *in_force, sse_redactor *redactor)
{
    GPtrArray *gateways = in_force->names.gateways;

    for (guint i = 0; in_force->changed != NULL && i < in_force->changed->len; i++) {
        sse_setting *s = &g_array_index(in_force->changed, sse_setting, i);

        if (strcmp(s->name, "gateway_names") == 0) {
            char *clear = s->value;

            s->value = redacted_names(redactor, clear);
            g_free(clear);
        }
    }
    for (guint i = 0; gateways != NULL && i < gateways->len; i++) {
        gpointer clear = g_ptr_array_index(gateways, i);

        g_ptr_array_index(gateways, i) = redacted_names(redactor, (const char *)clear);
        g_free(clear);
    }
}

sse_report *sse_verdict(const sse_tracker *t, const sse_selection *selection)
{
    sse_report *r = sse_report_new();
    sse_context c = { .t = t, .selection = selection, .report = r };

    r->frames = t->frames;
    r->first_time = t->first_time;
    r->last_time = t->last_time;
    r->renumbered = t->renumbered;
    sse_config_copy(&r->in_force, &t->config);
    if (t->config.redact)
        redact_preferences(&r->in_force, t->redactor);
    if (selection != NULL) {
        r->filter = g_strdup(selection->filter);
        r->lost_direction = sse_selection_lost(selection, t);
    }
    if (t->frames == 0) {
        sse_judge_log(&c);
        return r;
    }

    make_scratch(&c);
    look_at_capture(&c);
    sse_collect_groups(&c);
    sse_note_resets(&c);
    sse_start_rows(&c);
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
        sse_init_client(g->report);
        name_client(&c, g);
        judge_client(&c, g);
        if (g->shared_device == 0)
            say_of_client(&c, g);
    }
    choose_tellers(&c);
    for (guint i = 0; i < c.groups->len; i++) {
        sse_group *g = &g_array_index(c.groups, sse_group, i);

        if (g->report != NULL && g->shared_device != 0)
            say_of_client(&c, g);
    }
    sse_fill_frames(&c);
    sse_find_capture(&c);
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *client = &g_array_index(r->clients, sse_client_report, i);

        r->dns = MAX(r->dns, client->dns.verdict);
        r->web = MAX(r->web, client->web.verdict);
        if (sse_state_badness(client->dns.worst) > sse_state_badness(r->worst_dns))
            r->worst_dns = client->dns.worst;
        if (sse_state_badness(client->web.worst) > sse_state_badness(r->worst_web))
            r->worst_web = client->web.worst;
        r->outages_dns += client->dns.outages;
        r->outages_web += client->web.outages;
        r->outage_clients += client->dns.outages + client->web.outages > 0;
        r->count_dns[client->dns.verdict]++;
        r->count_web[client->web.verdict]++;
    }
    sse_free_groups(&c);
    g_array_sort(r->clients, compare_clients);
    for (guint i = 0; i < r->clients->len; i++) {
        const GArray *addresses = g_array_index(r->clients, sse_client_report, i).addresses;

        /* Of two machines with one address the worse is asked for. */
        for (guint k = 0; k < addresses->len; k++)
            if (!g_hash_table_contains(r->by_address, &g_array_index(addresses, sse_addr, k)))
                g_hash_table_insert(r->by_address, &g_array_index(addresses, sse_addr, k), GUINT_TO_POINTER(i + 1));
    }
    sse_judge_log(&c);
    g_free(c.lookup_says);
    g_free(c.swg_outcome);
    g_free(c.group_of);
    g_free(c.swg_counts);
    g_free(c.gateway_rows);
    free_scratch(&c);
    if (c.plain != NULL)
        g_array_free(c.plain, TRUE);
    if (c.outer_frames != NULL)
        g_hash_table_destroy(c.outer_frames);
    return r;
}
