/* records.c
 * Reads what is kept of one file.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "records.h"

#include <string.h>

#include "lower_bound.h"

uint32_t sse_find_address(const sse_tracker *t, const sse_addr *addr)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(t->by_address, addr)) - 1;
}

bool sse_tracker_is_configured(const sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner = sse_addr_unmap(addr);

    return sse_ranges_contain(t->config.resolvers, &inner);
}

sse_addr sse_tracker_unmap(const sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner;

    /* A prefix can be told by anybody. What is public without it needs none, and a
     * gateway is not made another address by one. */
    if (addr->family != 6 || sse_addr_is_public(addr))
        return sse_addr_unmap(addr);
    for (uint32_t i = 0; i < t->nat64_prefixes; i++)
        if (sse_nat64_extract(&t->nat64[i].prefix, t->nat64[i].bits, addr, &inner))
            return inner;
    return *addr;
}

bool sse_tracker_is_public(const sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner;

    if (sse_addr_is_public(addr))
        return true;
    if (t->nat64_prefixes == 0)
        return false;
    inner = sse_tracker_unmap(t, addr);
    return sse_addr_is_public(&inner);
}

bool sse_lookup_stands(const sse_tracker *t, const sse_lookup *l)
{
    return l->queries > 0 || l->confirmed ||
           (l->alone && (l->client == SSE_NONE || !sse_tracker_address(t, l->client)->asked));
}

bool sse_gateway_stands(const sse_tracker *t, uint32_t gateway, uint32_t *only)
{
    const sse_address *a = sse_tracker_address(t, gateway);
    const sse_lookup *l;

    *only = SSE_NONE;
    if ((a->role & SSE_ROLE_GATEWAY) == 0)
        return false;
    if (a->unasked == 0)
        return true;
    l = sse_tracker_lookup(t, a->unasked - 1);
    if (l->queries == 0 && !l->confirmed)
        *only = l->client;
    return sse_lookup_stands(t, l);
}

bool sse_tracker_is_resolver(const sse_tracker *t, const sse_addr *addr)
{
    uint32_t index;

    if (sse_tracker_is_configured(t, addr))
        return true;
    if (addr->family != 6 || t->nat64_resolvers == 0)
        return false;
    index = sse_find_address(t, addr);
    return index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_RESOLVER) != 0;
}

unsigned sse_tracker_role(const sse_tracker *t, const sse_addr *addr)
{
    return sse_role_at(t, sse_find_address(t, addr), addr);
}

sse_control_ref sse_record_of(const sse_tracker *t, uint32_t number)
{
    const uint32_t index = number / 4;

    if (number % 4 == SSE_OF_HANDSHAKE) {
        const sse_handshake *h = sse_tracker_handshake(t, index);

        return (sse_control_ref){ h->time, h->client, &h->control };
    }
    const sse_lookup *l = sse_tracker_lookup(t, index);

    return (sse_control_ref){ l->time, l->client, &l->control };
}

static int by_number(const void *a, const void *b)
{
    const guint32 x = *(const guint32 *)a, y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

uint32_t sse_clocks_difference(const sse_tracker *t)
{
    GArray *sorted = g_array_copy(t->early);
    uint32_t median;

    g_array_sort(sorted, by_number);
    median = sorted->len > 0 ? g_array_index(sorted, guint32, (sorted->len - 1) / 2) : 0;
    g_array_free(sorted, TRUE);
    return median;
}

static bool is_before_frame(const void *sorted, guint index, const void *key)
{
    return g_array_index((const GArray *)sorted, sse_mark, index).frame < *(const uint32_t *)key;
}

const sse_mark *sse_tracker_marks(const sse_tracker *t, uint32_t frame, unsigned *count)
{
    guint first = 0, end;

    /* On the first pass they are the newest. */
    if (t->marks->len > 0 && g_array_index(t->marks, sse_mark, t->marks->len - 1).frame == frame)
        for (first = t->marks->len - 1; first > 0 && g_array_index(t->marks, sse_mark, first - 1).frame == frame; first--)
            ;
    else
        first = sse_lower_bound(t->marks, t->marks->len, is_before_frame, &frame);
    end = first;
    while (end < t->marks->len && g_array_index(t->marks, sse_mark, end).frame == frame)
        end++;
    *count = end - first;
    return *count > 0 ? &g_array_index(t->marks, sse_mark, first) : NULL;
}

static void clear_setting(gpointer data)
{
    sse_setting *s = (sse_setting *)data;

    g_free(s->name);
    g_free(s->value);
}

GArray *sse_settings_new(void)
{
    GArray *settings = g_array_new(FALSE, FALSE, sizeof(sse_setting));

    g_array_set_clear_func(settings, clear_setting);
    return settings;
}

void sse_settings_add(GArray *settings, const char *name, const char *value)
{
    sse_setting s = { g_strdup(name), g_strdup(value) };

    g_array_append_val(settings, s);
}

void sse_config_copy(sse_config *to, const sse_config *from)
{
    *to = *from;
    to->resolvers = g_array_copy(from->resolvers);
    to->gateways = g_array_copy(from->gateways);
    to->names = sse_names_copy(&from->names);
    to->changed = sse_settings_new();
    for (guint i = 0; from->changed != NULL && i < from->changed->len; i++) {
        const sse_setting *s = &g_array_index(from->changed, sse_setting, i);

        sse_settings_add(to->changed, s->name, s->value);
    }
}

void sse_config_clear(sse_config *config)
{
    if (config->resolvers != NULL)
        g_array_free(config->resolvers, TRUE);
    if (config->gateways != NULL)
        g_array_free(config->gateways, TRUE);
    sse_names_clear(&config->names);
    if (config->changed != NULL)
        g_array_free(config->changed, TRUE);
    memset(config, 0, sizeof *config);
}

sse_presence sse_presence_at(const sse_address *a, guint i)
{
    if (a->presences != NULL && i < a->presences->len)
        return g_array_index(a->presences, sse_presence, i);
    return (sse_presence){ .start = a->present_since, .end = a->last_sent, .frame = a->present_frame };
}

static bool is_before_presence(const void *presences, guint index, const void *time)
{
    return g_array_index((const GArray *)presences, sse_presence, index).start < *(const int64_t *)time;
}

bool sse_slept_through(const sse_tracker *t, const sse_address *a, int64_t deadline)
{
    const guint count = sse_presences(a);
    guint next = a->presences != NULL ? sse_lower_bound(a->presences, a->presences->len, is_before_presence, &deadline) : 0;

    if (next + 1 == count && a->present_frame != 0 && a->present_since < deadline)
        next = count;
    return next > 0 && sse_presence_at(a, next - 1).end < deadline &&
           (next < count ? sse_presence_at(a, next).start : t->last_time) > deadline + SSE_ASLEEP;
}
