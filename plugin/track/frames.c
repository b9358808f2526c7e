/* frames.c
 * What is kept of single frames: marks, facts, ICMP errors; and copies of packets.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frames.h"

#include "room.h"
#include "store.h"

/* Same addresses, ports, IP id and payload within this time is a copy. */
#define COPY_WINDOW         (50 * SSE_MSECOND)
#define COPY_WINDOW_NO_ID   (2 * SSE_MSECOND)

/* Where copies are looked for: sets of four, by hash. A packet leaves when
 * four newer ones fall into its set, so memory does not grow with the file. */
#define COPY_SETS 1024
#define COPY_WAYS 4
typedef struct copy_set {
    uint64_t hash[COPY_WAYS];
    int64_t  time[COPY_WAYS];
    unsigned next;
} copy_set;
struct sse_copies {
    uint16_t  taken[COPY_SETS]; /* by hash: number + 1 of a set, 0 none so far */
    copy_set *sets;             /* those that anything fell into */
    unsigned  used, room;       /* of sets */
};

static copy_set *set_of(struct sse_copies *c, uint64_t hash)
{
    uint16_t *number = &c->taken[hash % COPY_SETS];

    if (*number == 0) {
        if (c->used == c->room) {
            c->room = c->room == 0 ? 16 : c->room * 2;
            c->sets = g_renew(copy_set, c->sets, c->room);
        }
        c->sets[c->used++] = (copy_set){ .next = 0 };
        *number = (uint16_t)c->used;
    }
    return &c->sets[*number - 1];
}

void sse_copies_free(struct sse_copies *c)
{
    if (c != NULL)
        g_free(c->sets);
    g_free(c);
}

void sse_add_mark(sse_tracker *t, uint32_t frame, sse_mark_kind kind, sse_mark_of of, uint32_t record, unsigned attempt)
{
    sse_mark mark = {
        .frame = frame, .record = record, .attempt = (uint16_t)MIN(attempt, UINT16_MAX),
        .kind = (uint8_t)kind, .of = (uint8_t)of,
    };

    /* Found by frame, so kept in their order: an early answer's frame is an older one. */
    guint at = t->marks->len;
    while (at > 0 && g_array_index(t->marks, sse_mark, at - 1).frame > frame)
        at--;
    g_array_insert_val(t->marks, at, mark);
    t->generation++;
}

void sse_drop_marks(sse_tracker *t, uint32_t frame)
{
    while (t->marks->len > 0 && g_array_index(t->marks, sse_mark, t->marks->len - 1).frame >= frame)
        g_array_set_size(t->marks, t->marks->len - 1);
}

void sse_add_fact(sse_tracker *t, sse_fact_kind kind, uint32_t client, const obs_packet *p, const sse_addr *about)
{
    sse_fact fact = { .kind = kind, .client = client, .frame = p->frame, .time = p->time };

    if (t->facts->len >= t->limits.findings) {
        sse_note_limit(t, SSE_LIMIT_FACTS, client, p->frame, p->time);
        return;
    }
    if (about != NULL)
        fact.address = *about;
    g_array_append_val(t->facts, fact);
    sse_add_mark(t, p->frame, SSE_MARK_REPLY, SSE_OF_FACT, t->facts->len - 1, 0);
}

uint32_t sse_add_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    sse_icmp kept = {
        .sender = p->src, .type = icmp->type, .code = icmp->code, .ttl = p->ttl, .frame = p->frame, .time = p->time,
    };

    g_array_append_val(t->icmps, kept);
    return t->icmps->len - 1;
}

uint64_t sse_packet_hash(const obs_packet *p, uint64_t more)
{
    uint64_t hash = sse_mix_addr(sse_mix_addr(more, &p->src), &p->dst);

    hash = sse_mix(hash, (uint64_t)p->sport << 48 | (uint64_t)p->dport << 32 | (uint64_t)p->ip_id << 16);
    return sse_mix(hash, (uint64_t)p->payload_hash << 32 | p->payload_len);
}

bool sse_is_copy_of(const obs_packet *p, int64_t time)
{
    const int64_t window = p->ip_id != 0 ? COPY_WINDOW : COPY_WINDOW_NO_ID;

    return p->time - time <= window && p->time - time >= -window;
}

bool sse_was_seen(sse_tracker *t, const obs_packet *p, uint64_t hash)
{
    copy_set *set;

    if (t->index->copies == NULL)
        t->index->copies = g_new0(struct sse_copies, 1);
    set = set_of(t->index->copies, hash);
    for (unsigned i = 0; i < COPY_WAYS; i++) {
        if (set->hash[i] == hash) {
            const int64_t before = set->time[i];

            set->time[i] = p->time;
            return sse_is_copy_of(p, before);
        }
    }
    set->hash[set->next] = hash;
    set->time[set->next] = p->time;
    set->next = (set->next + 1) % COPY_WAYS;
    return false;
}
