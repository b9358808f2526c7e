/* waiting.c
 * A client's other attempts that wait for their answer, and silence.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waiting.h"

#include <string.h>

#include "clock.h"
#include "control.h"
#include "early.h"
#include "portal_tests.h"

/* Other traffic that waits for its answer, per client address. When the table
 * is full the oldest gives way: two silent attempts are all a verdict asks for. */
#define WAITING_SLOTS 16
typedef struct waiting_slot {
    int64_t  time;
    uint64_t key;
    uint32_t record;         /**< sse_address.newest when it was sent */
    uint32_t epoch;
    bool     dns;
} waiting_slot;

/* Answers that came first in the file: their attempts never wait. */
#define EARLY_SLOTS 8
typedef struct early_slot {
    int64_t  time;
    uint64_t key;
    bool     opened;         /**< a SYN-ACK */
} early_slot;

/* A conversation with a proxy or connectivity test whose answer is awaited. */
#define HTTP_SLOTS 4
typedef struct http_slot {
    uint64_t key;
    uint8_t  kind;           /**< obs_http_kind */
    uint8_t  test;           /**< which connectivity test */
} http_slot;

struct sse_waiting {
    waiting_slot slot[WAITING_SLOTS];
    unsigned     used;
    http_slot    http[HTTP_SLOTS];
    unsigned     next_http;
    early_slot   early[EARLY_SLOTS];
    unsigned     next_early;
};

/* Silence is charged to the record that was newest when the attempt was made. */
void sse_charge_silence(sse_tracker *t, uint32_t record, bool dns)
{
    int64_t time;
    sse_control *control = sse_control_of(t, record, &time);
    uint8_t *silent = dns ? &control->silent_dns : &control->silent_tcp;

    if (*silent < UINT8_MAX)
        (*silent)++;
}

static void charge_silence(sse_tracker *t, const waiting_slot *slot)
{
    sse_charge_silence(t, slot->record, slot->dns);
}

static bool had_its_time(const sse_tracker *t, const waiting_slot *slot)
{
    return sse_tracker_epoch(t, MIN(slot->epoch, sse_epoch_now(t)))->end > slot->time + SSE_ATTEMPT_WAIT;
}

static void drop_slot(struct sse_waiting *w, unsigned i)
{
    w->used--;
    memmove(&w->slot[i], &w->slot[i + 1], (w->used - i) * sizeof w->slot[0]);
}

static struct sse_waiting *waiting_of(sse_address *a)
{
    if (a->waiting == NULL)
        a->waiting = g_new0(struct sse_waiting, 1);
    return a->waiting;
}

static void attempt(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool dns)
{
    int64_t base;
    struct sse_waiting *w;

    if (sse_control_at(t, a, time, &base) == NULL)
        return;
    w = waiting_of(a);
    for (unsigned i = 0; i < w->used; i++)
        if (w->slot[i].key == key)
            return;
    if (w->used == WAITING_SLOTS) {
        if (had_its_time(t, &w->slot[0]))
            charge_silence(t, &w->slot[0]);
        drop_slot(w, 0);
    }
    w->slot[w->used++] = (waiting_slot){ .time = time, .key = key, .record = a->newest,
                                         .epoch = sse_epoch_next(t), .dns = dns };
}

int64_t sse_attempt_answered(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool opened)
{
    struct sse_waiting *w = waiting_of(a);

    for (unsigned i = 0; i < w->used; i++) {
        if (w->slot[i].key == key) {
            /* It had its time, whether or not a verdict was drawn meanwhile. */
            const int64_t waited = time - w->slot[i].time;

            if (waited > SSE_ATTEMPT_WAIT)
                charge_silence(t, &w->slot[i]);
            drop_slot(w, i);
            return waited;
        }
    }
    w->early[w->next_early] = (early_slot){ .time = time, .key = key, .opened = opened };
    w->next_early = (w->next_early + 1) % EARLY_SLOTS;
    return 0;
}

/* The answer to an attempt where it came first in the file, or NULL. */
static const early_slot *early_answer(const sse_address *a, uint64_t key, int64_t time)
{
    for (unsigned i = 0; a->waiting != NULL && i < EARLY_SLOTS; i++) {
        const early_slot *early = &a->waiting->early[i];

        if (early->key == key && early->time - time <= SSE_EARLY_WAIT && sse_may_answer(time, early->time))
            return early;
    }
    return NULL;
}

sse_attempt sse_wait_for(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool dns)
{
    const early_slot *early = early_answer(a, key, time);

    if (early != NULL)
        return early->opened ? SSE_ATTEMPT_OPENED : SSE_ATTEMPT_ANSWERED;
    attempt(t, a, key, time, dns);
    return SSE_ATTEMPT_WAITS;
}

void sse_settle(sse_tracker *t)
{
    for (guint i = 0; i < t->addresses->len; i++) {
        struct sse_waiting *w = sse_address_at(t, i)->waiting;
        unsigned kept = 0;

        for (unsigned k = 0; w != NULL && k < w->used; k++) {
            if (had_its_time(t, &w->slot[k]))
                charge_silence(t, &w->slot[k]);
            else
                w->slot[kept++] = w->slot[k];
        }
        if (w != NULL)
            w->used = kept;
    }
}

uint64_t sse_conversation_key(const sse_addr *peer, uint16_t peer_port, uint16_t own_port, unsigned what)
{
    return sse_mix(sse_mix_addr(what, peer), (uint64_t)peer_port << 16 | own_port);
}

void sse_expect_http(sse_address *a, uint64_t key, const obs_http *http)
{
    struct sse_waiting *w = waiting_of(a);

    w->http[w->next_http] = (http_slot){ .key = key, .kind = (uint8_t)http->kind, .test = http->test };
    w->next_http = (w->next_http + 1) % HTTP_SLOTS;
}

void sse_http_answer(sse_tracker *t, uint32_t client, uint64_t key, const obs_packet *p, const obs_http *http)
{
    sse_address *a = sse_address_at(t, client);
    sse_control *control;
    int64_t base;
    http_slot *slot = NULL;

    for (unsigned i = 0; a->waiting != NULL && i < HTTP_SLOTS; i++)
        if (a->waiting->http[i].kind != OBS_HTTP_NONE && a->waiting->http[i].key == key)
            slot = &a->waiting->http[i];
    if (slot == NULL || http->status < 200)
        return;
    control = sse_control_at(t, a, p->time, &base);
    if (slot->kind == OBS_HTTP_PORTAL_TEST) {
        sse_portal_answered(t, client, slot->test, p, http);
    } else if (http->status < 400 && control != NULL) {
        control->proxy_answered = true;
    }
    slot->kind = OBS_HTTP_NONE;
}
