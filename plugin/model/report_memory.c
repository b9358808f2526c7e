/* report_memory.c
 * The memory of a report: made, shared among many clients, freed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_memory.h"

#include "hash.h"
#include "log_report.h"

#include <string.h>

static void free_service(sse_service_report *s)
{
    g_array_unref(s->reasons);
    g_array_unref(s->advice);
    g_array_unref(s->allow);
    g_array_unref(s->peers);
    g_array_unref(s->examples);
}

static void init_advice(sse_service_report *s)
{
    s->advice = g_array_new(FALSE, FALSE, sizeof(sse_advice));
    s->allow = g_array_new(FALSE, FALSE, sizeof(sse_allow));
    s->peers = g_array_new(FALSE, FALSE, sizeof(sse_addr));
}

static void clear_gateway(gpointer data)
{
    sse_gateway_report *r = (sse_gateway_report *)data;

    g_free(r->name);
    g_array_unref(r->reset_reasons);
}

static void clear_shared_gateway(gpointer data)
{
    g_array_unref(((sse_gateway_report *)data)->reset_reasons);
}

static void clear_resolver(gpointer data)
{
    sse_resolver_report *r = (sse_resolver_report *)data;

    if (r->origin_reasons != NULL)
        g_array_unref(r->origin_reasons);
}

static void clear_connect(gpointer data)
{
    g_array_unref(((sse_connect_report *)data)->origin_reasons);
}

static GArray *cleared_array(size_t size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, (guint)size);

    if (clear != NULL)
        g_array_set_clear_func(array, clear);
    return array;
}

/* Puts a name among those that all clients share. */
static char *shared_text(sse_report *r, char *text)
{
    char *kept = text != NULL ? sse_string_set_keep(r->texts, text) : NULL;

    g_free(text);
    return kept;
}

/* Shared lists are equal where their bytes are. */
static guint list_hash(const void *key)
{
    const GArray *list = (const GArray *)key;
    const gsize size = (gsize)list->len * g_array_get_element_size((GArray *)list);
    uint64_t hash = size, word;
    gsize i = 0;

    for (; i + sizeof word <= size; i += sizeof word) {
        memcpy(&word, list->data + i, sizeof word);
        hash = sse_mix(hash, word);
    }
    word = 0;
    if (i < size) {
        memcpy(&word, list->data + i, size - i);
        hash = sse_mix(hash, word);
    }
    return (guint)hash;
}

static gboolean list_equal(const void *a, const void *b)
{
    const GArray *x = (const GArray *)a, *y = (const GArray *)b;
    const guint size = g_array_get_element_size((GArray *)x);

    return x->len == y->len && size == g_array_get_element_size((GArray *)y) &&
           memcmp(x->data, y->data, (gsize)x->len * size) == 0;
}

GArray *sse_shared_list(sse_report *r, const GArray *list)
{
    GArray *same;

    if (list->len == 0)
        return r->nothing;
    same = (GArray *)g_hash_table_lookup(r->lists, list);
    if (same == NULL) {
        same = g_array_sized_new(FALSE, FALSE, g_array_get_element_size((GArray *)list), list->len);
        g_array_append_vals(same, list->data, list->len);
        g_hash_table_add(r->lists, same);
    }
    return same;
}

GArray *sse_shared_addresses(sse_report *r, const sse_addr *first, const sse_addr *second)
{
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(sse_addr), 2), *shared;

    g_array_append_vals(list, first, 1);
    g_array_append_vals(list, second, 1);
    shared = sse_shared_list(r, list);
    g_array_free(list, TRUE);
    return shared;
}

static void share_list(sse_report *r, GArray **list)
{
    GArray *shared = g_array_ref(sse_shared_list(r, *list));

    g_array_unref(*list);
    *list = shared;
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
void sse_share_judgement(sse_report *r, sse_client_report *client)
{
    GArray **arrays[] = { &client->resolvers, &client->gateways, &client->connects, &client->candidates,
                          &client->timeline, &client->outages, &client->dns.examples, &client->web.examples };

    share_list(r, &client->dns.reasons);
    share_list(r, &client->web.reasons);
    g_array_set_clear_func(client->gateways, clear_shared_gateway);
    for (guint i = 0; i < client->gateways->len; i++) {
        sse_gateway_report *row = &g_array_index(client->gateways, sse_gateway_report, i);

        row->name = shared_text(r, row->name);
        share_list(r, &row->reset_reasons);
    }
    for (guint i = 0; i < client->resolvers->len; i++)
        if (g_array_index(client->resolvers, sse_resolver_report, i).origin_reasons != NULL)
            share_list(r, &g_array_index(client->resolvers, sse_resolver_report, i).origin_reasons);
    for (guint i = 0; i < client->connects->len; i++)
        share_list(r, &g_array_index(client->connects, sse_connect_report, i).origin_reasons);
    for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
        share_array(r, arrays[i]);
}

void sse_share_advice(sse_report *r, sse_client_report *client)
{
    GArray **lists[] = { &client->dns.advice, &client->dns.allow, &client->dns.peers,
                         &client->web.advice, &client->web.allow, &client->web.peers };

    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        share_list(r, lists[i]);
    share_array(r, &client->findings);
}

void sse_init_client(sse_client_report *r)
{
    r->addresses = cleared_array(sizeof(sse_addr), NULL);
    r->dns.reasons = cleared_array(sizeof(sse_reason), NULL);
    r->web.reasons = cleared_array(sizeof(sse_reason), NULL);
    r->dns.examples = cleared_array(sizeof(sse_example), NULL);
    r->web.examples = cleared_array(sizeof(sse_example), NULL);
    r->resolvers = cleared_array(sizeof(sse_resolver_report), clear_resolver);
    r->gateways = cleared_array(sizeof(sse_gateway_report), clear_gateway);
    r->connects = cleared_array(sizeof(sse_connect_report), clear_connect);
    r->candidates = cleared_array(sizeof(sse_candidate_report), NULL);
    r->timeline = cleared_array(sizeof(sse_change), NULL);
    r->outages = g_array_new(FALSE, FALSE, sizeof(sse_outage));
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
    g_array_unref(r->outages);
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
    sse_config_clear(&r->in_force);
    sse_log_report_free(r->log);
    if (r->by_address != NULL)
        g_hash_table_destroy(r->by_address);
    g_array_free(r->findings, TRUE);
    g_array_free(r->clients, TRUE);
    g_array_free(r->fail_open, TRUE);
    g_free(r->probes.bits);
    g_free(r->handshakes.bits);
    g_array_free(r->frame_notes, TRUE);
    sse_string_set_free(r->texts);
    if (r->nothing != NULL)
        g_array_unref(r->nothing);
    if (r->lists != NULL)
        g_hash_table_destroy(r->lists);
    g_free(r);
}

void sse_record_set_size(sse_record_set *set, uint32_t size)
{
    set->bits = g_new0(uint8_t, size / 8 + 1);
    set->size = size;
}

void sse_init_findings(sse_client_report *r)
{
    r->findings = cleared_array(sizeof(sse_finding), NULL);
    init_advice(&r->dns);
    init_advice(&r->web);
}

sse_report *sse_report_new(void)
{
    sse_report *r = g_new0(sse_report, 1);

    r->findings = cleared_array(sizeof(sse_finding), NULL);
    r->clients = cleared_array(sizeof(sse_client_report), clear_client);
    r->texts = sse_string_set_new();
    r->nothing = g_array_new(FALSE, FALSE, 1);
    r->lists = g_hash_table_new_full(list_hash, list_equal, (GDestroyNotify)g_array_unref, NULL);
    r->by_address = g_hash_table_new(sse_addr_hash, sse_addr_hash_equal);
    r->fail_open = cleared_array(sizeof(guint32), NULL);
    r->frame_notes = cleared_array(sizeof(sse_frame_note), NULL);
    return r;
}
