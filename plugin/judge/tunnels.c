/* tunnels.c
 * Tunnels that die after the gateway granted them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tunnels.h"

#include "lower_bound.h"
#include "sites.h"

/* So many deaths, to so many sites, make a run. */
#define RUN_DEATHS      3
#define RUN_SITES       2
#define SERVED_BEFORE   (60 * SSE_SECOND)
/* So long, and to so many sites, they are no single site's fault whatever else is served. */
#define RUN_LONG        (30 * SSE_SECOND)
#define RUN_LONG_SITES  5
/* Of the tunnels before a run so many are looked at: the newest. */
#define LOOKED_AT       256
/* A connection whose first data comes so late was kept for later. */
#define UNUSED          (60 * SSE_SECOND)

/** A tunnel that carried data of the gateway. */
typedef struct served {
    int64_t  first, last;
    int64_t  newest;         /**< of all that began by then */
    uint64_t site;
} served;

static int by_first(const void *a, const void *b)
{
    const served *x = (const served *)a, *y = (const served *)b;

    return (x->first > y->first) - (x->first < y->first);
}

static bool began_before(const void *all, guint index, const void *key)
{
    return g_array_index((const GArray *)all, served, index).first < *(const int64_t *)key;
}

static GArray *served_tunnels(const sse_context *c, const sse_group *g)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(served));
    int64_t newest = INT64_MIN;

    for (guint i = 0; i < g->all_handshakes->len; i++) {
        const sse_session *s = handshake_at(c, item(g->all_handshakes, i))->session;

        if (s != NULL && s->tunnel_data_time != 0) {
            const served one = { .first = s->tunnel_data_time, .last = MAX(s->last_gateway_time, s->tunnel_data_time),
                                 .site = sse_site_of(c->t, s->connect_host) };

            g_array_append_val(all, one);
        }
    }
    g_array_sort(all, by_first);
    for (guint i = 0; i < all->len; i++) {
        served *one = &g_array_index(all, served, i);

        newest = one->newest = MAX(newest, one->last);
    }
    return all;
}

/* Did any tunnel carry data between two times? Of an older one only its first and
 * newest data are known: what lies between is taken for data. */
static bool served_between(const GArray *all, int64_t from, int64_t to)
{
    const guint before = sse_lower_bound(all, all->len, began_before, &to);

    return before > 0 && g_array_index(all, served, before - 1).newest > from;
}

static bool other_served_before(const GArray *all, int64_t first, const sse_sites *sites)
{
    const int64_t from = first - SERVED_BEFORE;

    for (guint i = sse_lower_bound(all, all->len, began_before, &first), looked = 0; i > 0 && looked < LOOKED_AT;
         i--, looked++) {
        const served *one = &g_array_index(all, served, i - 1);

        if (one->last >= from && !sse_sites_have(sites, one->site))
            return true;
    }
    return false;
}

static int64_t death_of(const sse_context *c, uint32_t index)
{
    return handshake_at(c, index)->session->tunnel_first_tx;
}

/* A row of deaths with no tunnel served between them, from `from` to before `to`. */
static bool makes_run(const sse_context *c, const GArray *deaths, guint from, guint to, const GArray *all)
{
    const int64_t first = death_of(c, item(deaths, from)), newest = death_of(c, item(deaths, to - 1));
    sse_sites sites = { .count = 0 };

    if (to - from < RUN_DEATHS)
        return false;
    for (guint i = from; i < to; i++)
        sse_sites_add(&sites, sse_site_of(c->t, handshake_at(c, item(deaths, i))->session->connect_host));
    return sites.count >= RUN_SITES &&
           ((newest - first >= RUN_LONG && sites.count >= RUN_LONG_SITES) || !other_served_before(all, first, &sites));
}

static void settle_tunnels(sse_context *c, sse_group *g, const GArray *deaths)
{
    GArray *all = served_tunnels(c, g);

    for (guint from = 0, to; from < deaths->len; from = to) {
        for (to = from + 1; to < deaths->len; to++)
            if (served_between(all, death_of(c, item(deaths, to - 1)), death_of(c, item(deaths, to))))
                break;
        if (makes_run(c, deaths, from, to, all))
            continue;
        for (guint i = from; i < to; i++) {
            const guint32 index = item(deaths, i);

            add_to_own(g->broken, index);
            c->swg_outcome[index] = SSE_SWG_COMPLETED;
        }
    }
    g_array_free(all, TRUE);
}

static bool is_of_session(sse_swg_outcome o)
{
    return o == SSE_SWG_SESSION_RESET || o == SSE_SWG_SESSION_CLOSED || o == SSE_SWG_SESSION_STALLED ||
           o == SSE_SWG_SESSION_SILENT;
}

void sse_settle_sessions(sse_context *c, sse_group *g)
{
    GArray *deaths = g_array_new(FALSE, FALSE, sizeof(guint32));
    bool speaks_http = false;

    for (guint i = 0; i < g->all_handshakes->len && !speaks_http; i++) {
        const sse_session *s = handshake_at(c, item(g->all_handshakes, i))->session;

        speaks_http = s != NULL && s->client_said == OBS_START_REQUEST && s->gateway_said == OBS_START_STATUS;
    }
    for (guint i = 0; i < g->all_handshakes->len; i++) {
        const guint32 index = item(g->all_handshakes, i);
        const sse_session *s = handshake_at(c, index)->session;
        const sse_swg_outcome o = (sse_swg_outcome)c->swg_outcome[index];

        if (sse_swg_tunnel_died(o))
            g_array_append_val(deaths, index);
        else if (is_of_session(o) && s->payload_seen &&
                 ((speaks_http && s->client_said == OBS_START_OTHER) || s->first_payload_time - s->open_time > UNUSED))
            c->swg_outcome[index] = SSE_SWG_OPENED;
    }
    if (deaths->len > 0)
        settle_tunnels(c, g, deaths);
    g_array_free(deaths, TRUE);
}

bool sse_is_served(const sse_context *c, uint32_t index)
{
    const sse_session *s = handshake_at(c, index)->session;

    return c->swg_outcome[index] == SSE_SWG_COMPLETED && (s == NULL || !s->answered || s->served);
}
