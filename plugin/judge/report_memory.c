/* report_memory.c
 * The memory of a report: made, shared among many clients, freed.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_memory.h"

#include "log_report.h"

#include <string.h>

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
void sse_share_judgement(sse_report *r, sse_client_report *client)
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

void sse_share_advice(sse_report *r, sse_client_report *client)
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

void sse_init_client(sse_client_report *r)
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

void sse_init_findings(sse_client_report *r)
{
    r->findings = cleared_array(sizeof(sse_finding), clear_finding);
    init_advice(&r->dns);
    init_advice(&r->web);
}

sse_report *sse_report_new(void)
{
    sse_report *r = g_new0(sse_report, 1);

    r->findings = cleared_array(sizeof(sse_finding), clear_finding);
    r->clients = cleared_array(sizeof(sse_client_report), clear_client);
    r->texts = g_string_chunk_new(4096);
    r->nothing = g_array_new(FALSE, FALSE, 1);
    r->lists = g_hash_table_new_full(list_hash, list_equal, (GDestroyNotify)g_ptr_array_unref, NULL);
    r->by_address = g_hash_table_new(sse_addr_hash, sse_addr_hash_equal);
    r->fail_open = cleared_array(sizeof(guint32), NULL);
    r->frame_notes = cleared_array(sizeof(sse_frame_note), NULL);
    return r;
}
