/* tracker.c
 * The tracker's frame: clock, addresses, marks, copies, and the way in for
 * each kind of observation.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker_private.h"
#include "redact.h"
#include "tracker_log.h"

#include <string.h>

/* A gap of this length breaks the clock: nobody waits through it. */
#define CLOCK_GAP   (600 * SSE_SECOND)
#define CLOCK_STEP  (1 * SSE_SECOND)
#define MAX_EPOCHS  4096
G_STATIC_ASSERT(MAX_EPOCHS <= UINT16_MAX); /* sse_probe.epoch */

/* Same addresses, ports, IP id and payload within this time is a copy. */
#define COPY_WINDOW         (50 * SSE_MSECOND)
#define COPY_WINDOW_NO_ID   (2 * SSE_MSECOND)

/* Where copies are looked for: sets of four, by hash. A packet leaves when
 * four newer ones fall into its set, so memory does not grow with the file. */
#define COPY_SETS 4096
#define COPY_WAYS 4
struct copy_slot {
    uint64_t hash[COPY_WAYS];
    int64_t  time[COPY_WAYS];
    unsigned next;
};

static guint identity_hash(const void *key)
{
    const obs_identity *i = (const obs_identity *)key;

    return sse_hash_string(i->server) ^ (sse_hash_string(i->device) << 1) ^ (sse_hash_string(i->originid) << 2) ^
           (sse_hash_string(i->orgid) << 3);
}

static gboolean identity_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(obs_identity)) == 0;
}

uint32_t sse_recent_exchange(sse_recent *recent, uint64_t key, uint32_t index)
{
    uint32_t before = SSE_NONE;

    if (recent->newer != NULL)
        before = sse_index_get(recent->newer, key);
    if (before == SSE_NONE && recent->older != NULL)
        before = sse_index_get(recent->older, key);
    if (recent->newer != NULL && g_hash_table_size(recent->newer) >= RECENT_KEPT) {
        if (recent->older != NULL)
            g_hash_table_destroy(recent->older);
        recent->older = recent->newer;
        recent->newer = NULL;
    }
    if (recent->newer == NULL)
        recent->newer = g_hash_table_new(NULL, NULL);
    sse_index_put(recent->newer, key, index);
    return before;
}

static void free_recent(sse_recent *recent)
{
    if (recent->newer != NULL)
        g_hash_table_destroy(recent->newer);
    if (recent->older != NULL)
        g_hash_table_destroy(recent->older);
}

sse_tracker *sse_tracker_new(const sse_config *config)
{
    /* swgAnycast of the module's SWGConfig.json */
    static const uint8_t builtin[4] = { 146, 112, 255, 50 };
    sse_tracker *t = g_new0(sse_tracker, 1);
    sse_addr addr = sse_addr_v4(builtin);

    t->config = *config;
    t->limits = (sse_limits){ .addresses = SSE_MAX_ADDRESSES, .records = SSE_MAX_RECORDS, .gateways = SSE_MAX_GATEWAYS,
                              .direct = SSE_MAX_DIRECT, .findings = SSE_MAX_FINDINGS };
    t->config.resolvers = g_array_copy(config->resolvers);
    t->config.gateways = g_array_copy(config->gateways);
    t->epochs = g_array_new(FALSE, TRUE, sizeof(sse_epoch));
    t->addresses = g_array_new(FALSE, TRUE, sizeof(sse_address));
    t->probes = g_array_new(FALSE, TRUE, sizeof(sse_probe));
    t->handshakes = g_array_new(FALSE, TRUE, sizeof(sse_handshake));
    t->lookups = g_array_new(FALSE, TRUE, sizeof(sse_lookup));
    t->connects = g_array_new(FALSE, TRUE, sizeof(sse_connect_answer));
    t->resets = g_array_new(FALSE, TRUE, sizeof(sse_reset));
    t->icmps = g_array_new(FALSE, TRUE, sizeof(sse_icmp));
    t->identities = g_array_new(FALSE, TRUE, sizeof(obs_identity));
    t->facts = g_array_new(FALSE, TRUE, sizeof(sse_fact));
    t->marks = g_array_new(FALSE, TRUE, sizeof(sse_mark));
    t->names = g_ptr_array_new_with_free_func(g_free);
    t->index = g_new0(struct sse_tracker_index, 1);
    t->index->addresses = g_hash_table_new_full(sse_addr_hash, sse_addr_hash_equal, g_free, NULL);
    t->index->probes = g_hash_table_new(NULL, NULL);
    t->index->handshakes = g_hash_table_new(NULL, NULL);
    t->index->lookups = g_hash_table_new(NULL, NULL);
    t->index->identities = g_hash_table_new_full(identity_hash, identity_equal, g_free, NULL);
    t->index->names = g_hash_table_new(sse_hash_string, g_str_equal);

    for (guint i = 0; i < t->config.resolvers->len; i++) {
        const sse_range *range = &g_array_index(t->config.resolvers, sse_range, i);

        sse_make_address(t, &range->base);
    }
    sse_tracker_learn_gateway(t, &addr, NULL, SSE_KNOWN_BUILTIN, 0, 0);
    return t;
}

void sse_free_address(sse_address *a)
{
    if (a->macs != NULL)
        g_array_free(a->macs, TRUE);
    if (a->direct != NULL)
        g_array_free(a->direct, TRUE);
    if (a->candidates != NULL)
        g_array_free(a->candidates, TRUE);
    if (a->bypassed != NULL)
        g_hash_table_destroy(a->bypassed);
    g_free(a->waiting);
    g_free(a->quic_frames);
    g_free(a->source);
}

void sse_tracker_free(sse_tracker *t)
{
    if (t == NULL)
        return;
    for (guint i = 0; i < t->addresses->len; i++)
        sse_free_address(sse_tracker_address(t, i));
    for (guint i = 0; i < t->handshakes->len; i++)
        g_free(sse_tracker_handshake(t, i)->session);
    g_array_free(t->config.resolvers, TRUE);
    g_array_free(t->config.gateways, TRUE);
    g_array_free(t->epochs, TRUE);
    g_array_free(t->addresses, TRUE);
    g_array_free(t->probes, TRUE);
    g_array_free(t->handshakes, TRUE);
    g_array_free(t->lookups, TRUE);
    g_array_free(t->connects, TRUE);
    g_array_free(t->resets, TRUE);
    g_array_free(t->icmps, TRUE);
    g_array_free(t->identities, TRUE);
    g_array_free(t->facts, TRUE);
    g_array_free(t->marks, TRUE);
    g_ptr_array_free(t->names, TRUE);
    for (unsigned i = 0; i < G_N_ELEMENTS(t->redacted); i++)
        if (t->redacted[i] != NULL)
            g_hash_table_destroy(t->redacted[i]);
    g_hash_table_destroy(t->index->addresses);
    g_hash_table_destroy(t->index->probes);
    g_hash_table_destroy(t->index->handshakes);
    g_hash_table_destroy(t->index->lookups);
    free_recent(&t->index->queries);
    free_recent(&t->index->syns);
    g_hash_table_destroy(t->index->identities);
    g_hash_table_destroy(t->index->names);
    sse_log_book_free(t->log);
    g_free(t->index->copies);
    g_free(t->index->orphans);
    g_free(t->index);
    g_free(t);
}

/* ---- the clock ---- */

/* A read filter drops packets that were dissected already and gives their
 * numbers to the next: what stood on this number is not in the list. */
static void renumber(sse_tracker *t, uint32_t frame)
{
    t->renumbered = true;
    while (t->marks->len > 0 && g_array_index(t->marks, sse_mark, t->marks->len - 1).frame >= frame)
        g_array_set_size(t->marks, t->marks->len - 1);
}

void sse_tracker_tick(sse_tracker *t, uint32_t frame, int64_t time)
{
    sse_epoch *now = t->epochs->len > 0 ? &g_array_index(t->epochs, sse_epoch, t->epochs->len - 1) : NULL;

    if (frame > t->newest_frame && now != NULL && now->end == t->last_time && time >= now->end &&
        time <= now->end + CLOCK_GAP) {
        /* What nearly every packet does: time goes on. */
        t->newest_frame = frame;
        t->frames++;
        t->last_time = now->end = time;
        t->times_differ = t->first_time != time;
        return;
    }
    if (frame <= t->newest_frame)
        renumber(t, frame);
    t->newest_frame = frame;
    if (t->frames++ == 0) {
        t->first_time = t->last_time = time;
    } else {
        if (time < t->first_time)
            t->first_time = time;
        if (time > t->last_time)
            t->last_time = time;
        if (t->first_time != t->last_time)
            t->times_differ = true;
    }
    if (now != NULL) {
        bool back = time < now->end - CLOCK_STEP;

        if (!back && time <= now->end + CLOCK_GAP) {
            if (time > now->end)
                now->end = time;
            return;
        }
        if (t->epochs->len >= MAX_EPOCHS) {
            /* A clock that jumps thousands of times says little any more: from
             * here on time only goes on, so that what waits does end. */
            now->stepped_back |= back;
            if (time > now->end)
                now->end = time;
            sse_note_limit(t, SSE_LIMIT_CLOCK, SSE_NONE, frame, time);
            return;
        }
        sse_epoch next = { .start = time, .end = time, .stepped_back = back, .frame = frame };
        g_array_append_val(t->epochs, next);
        return;
    }
    sse_epoch first = { .start = time, .end = time, .frame = frame };
    g_array_append_val(t->epochs, first);
}

uint32_t sse_epoch_now(const sse_tracker *t)
{
    return t->epochs->len - 1;
}

int64_t sse_clock(const sse_tracker *t)
{
    return g_array_index(t->epochs, sse_epoch, t->epochs->len - 1).end;
}

/* ---- addresses ---- */

uint32_t sse_find_address(const sse_tracker *t, const sse_addr *addr)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(t->index->addresses, addr)) - 1;
}

uint32_t sse_make_address(sse_tracker *t, const sse_addr *addr)
{
    uint32_t index = sse_find_address(t, addr);
    sse_address *a;

    if (index != SSE_NONE)
        return index;
    index = t->addresses->len;
    g_array_set_size(t->addresses, index + 1);
    a = sse_tracker_address(t, index);
    a->addr = *addr;
    a->known = SSE_KNOWN_NOT;
    a->name = SSE_NONE;
    a->newest = SSE_NONE;
    g_hash_table_insert(t->index->addresses, g_memdup2(addr, sizeof *addr), GUINT_TO_POINTER(index + 1));
    if (sse_ranges_contain(t->config.resolvers, addr))
        a->role |= SSE_ROLE_RESOLVER;
    return index;
}

bool sse_tracker_is_resolver(const sse_tracker *t, const sse_addr *addr)
{
    sse_addr inner = sse_addr_unmap(addr);

    return sse_ranges_contain(t->config.resolvers, &inner);
}

unsigned sse_role_at(const sse_tracker *t, uint32_t index, const sse_addr *addr)
{
    unsigned role = 0;

    if (index != SSE_NONE)
        role = sse_tracker_address(t, index)->role;
    if (addr->family == 6 && role == 0 && sse_tracker_is_resolver(t, addr))
        role = SSE_ROLE_RESOLVER;
    if ((role & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0 && t->config.gateways->len > 0 &&
        sse_ranges_contain(t->config.gateways, addr))
        role |= SSE_ROLE_GATEWAY;
    return role;
}

unsigned sse_tracker_role(const sse_tracker *t, const sse_addr *addr)
{
    return sse_role_at(t, sse_find_address(t, addr), addr);
}

/* Every packet of a client asks for it: a place in a table of our own is found
 * sooner than in GLib's. */
static uint32_t look_up(const sse_tracker *t, const sse_addr *addr)
{
    uint32_t *place, found;

    if (addr == NULL)
        return SSE_NONE;
    place = &t->index->lately[sse_addr_hash(addr) % LATELY];
    if (*place != 0 && sse_addr_equal(&sse_tracker_address(t, *place - 1)->addr, addr))
        return *place - 1;
    found = sse_find_address(t, addr);
    if (found != SSE_NONE)
        *place = found + 1;
    return found;
}

unsigned sse_tracker_look_up(const sse_tracker *t, const sse_addr *src, const sse_addr *dst, obs_places *places)
{
    uint32_t from = look_up(t, src), to = look_up(t, dst);

    *places = (obs_places){
        .src = from + 1, .dst = to + 1, .looked = t->addresses->len + 1,
        .roles = (src != NULL ? sse_role_at(t, from, src) : 0) | (dst != NULL ? sse_role_at(t, to, dst) : 0),
    };
    return places->roles;
}

bool sse_is_resolver_at(const sse_tracker *t, uint32_t index, const sse_addr *addr)
{
    /* All that are configured are known from the start, save those behind NAT64. */
    if (addr->family == 4)
        return index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_RESOLVER) != 0;
    return sse_tracker_is_resolver(t, addr);
}

uint32_t sse_tracker_learn_gateway(sse_tracker *t, const sse_addr *addr, const char *name, sse_known known,
                                   uint32_t frame, int64_t time)
{
    uint32_t index = sse_find_address(t, addr);
    /* A translator makes addresses of private ones and of block pages, too. */
    const sse_addr inner = sse_addr_unmap(addr);
    sse_address *a;

    if (index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_GATEWAY) != 0) {
        a = sse_tracker_address(t, index);
        /* A name that an answer gives says more than a preference's number. */
        if (a->name == SSE_NONE && name != NULL)
            a->name = sse_intern_name(t, name);
        if (known == SSE_KNOWN_DNS && a->known != SSE_KNOWN_DNS) {
            a->known = SSE_KNOWN_DNS;
            a->known_since = frame;
        }
        return index;
    }
    if (sse_tracker_is_resolver(t, addr))
        return SSE_NONE;
    /* Else an answer that names the client's own address would take it, and
     * all that it did, out of the verdict. */
    if (index != SSE_NONE && (sse_tracker_address(t, index)->role & SSE_ROLE_CLIENT) != 0)
        return SSE_NONE;
    /* Whoever answers a lookup could otherwise turn the client's own traffic
     * with its printer, or a block page, into traffic with a gateway. */
    if (known != SSE_KNOWN_PREFERENCE && known != SSE_KNOWN_BUILTIN &&
        (!sse_addr_is_public(&inner) || sse_addr_is_block_page(&inner)))
        return SSE_NONE;
    if (t->gateways >= t->limits.gateways || (index == SSE_NONE && t->addresses->len >= t->limits.addresses)) {
        sse_note_limit(t, SSE_LIMIT_GATEWAYS, SSE_NONE, frame, time);
        return SSE_NONE;
    }
    index = sse_make_address(t, addr);
    a = sse_tracker_address(t, index);
    a->role |= SSE_ROLE_GATEWAY;
    a->known = (uint8_t)known;
    a->known_since = known == SSE_KNOWN_DNS || known == SSE_KNOWN_LOG ? frame : 0;
    if (name != NULL)
        a->name = sse_intern_name(t, name);
    t->gateways++;
    t->generation++;
    return index;
}

bool sse_is_initial_ttl(uint8_t ttl)
{
    return ttl == 64 || ttl == 128 || ttl == 255;
}

uint32_t sse_make_client(sse_tracker *t, const obs_packet *p, const sse_addr *addr)
{
    uint32_t index;
    sse_address *a;

    if (sse_addr_is_loopback(addr) || !sse_has_room_for_addresses(t, p))
        return SSE_NONE;
    index = sse_make_address(t, addr);
    a = sse_tracker_address(t, index);
    if ((a->role & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) != 0)
        return SSE_NONE;
    if ((a->role & SSE_ROLE_CLIENT) == 0) {
        a->role |= SSE_ROLE_CLIENT;
        a->first_frame = p->frame;
        a->first_time = p->time;
        t->clients++;
    }
    return index;
}

void sse_client_sent(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    sse_address *a = sse_tracker_address(t, client);
    guint64 mac = 0;

    if (!sse_is_initial_ttl(p->ttl)) {
        a->packets_other_ttl++;
        return;
    }
    a->packets_initial_ttl++;
    if (!p->has_mac)
        return;
    for (unsigned i = 0; i < 6; i++)
        mac = mac << 8 | p->mac[i];
    if (a->macs == NULL)
        a->macs = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint i = 0; i < a->macs->len; i++)
        if (g_array_index(a->macs, guint64, i) == mac)
            return;
    /* A host has a few adapters; a table of more is not about a host. */
    if (a->macs->len < 8)
        g_array_append_val(a->macs, mac);
}

uint32_t sse_intern_name(sse_tracker *t, const char *name)
{
    uint32_t index = GPOINTER_TO_UINT(g_hash_table_lookup(t->index->names, name)) - 1;

    if (index != SSE_NONE)
        return index;
    if (t->names->len >= t->limits.findings) {
        sse_note_limit(t, SSE_LIMIT_NAMES, SSE_NONE, t->newest_frame, t->last_time);
        return SSE_NONE;
    }
    char *copy = g_strdup(name);
    g_ptr_array_add(t->names, copy);
    g_hash_table_insert(t->index->names, copy, GUINT_TO_POINTER(t->names->len));
    return t->names->len - 1;
}

/* ---- marks and facts ---- */

void sse_add_mark(sse_tracker *t, uint32_t frame, sse_mark_kind kind, sse_mark_of of, uint32_t record, unsigned attempt)
{
    sse_mark mark = {
        .frame = frame, .record = record, .attempt = (uint16_t)MIN(attempt, UINT16_MAX),
        .kind = (uint8_t)kind, .of = (uint8_t)of,
    };

    /* Found by frame, so kept in their order: an orphan's frame is an older one. */
    guint at = t->marks->len;
    while (at > 0 && g_array_index(t->marks, sse_mark, at - 1).frame > frame)
        at--;
    g_array_insert_val(t->marks, at, mark);
    t->generation++;
}

const sse_mark *sse_tracker_marks(const sse_tracker *t, uint32_t frame, unsigned *count)
{
    guint low = 0, high = t->marks->len, first;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(t->marks, sse_mark, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    first = low;
    while (low < t->marks->len && g_array_index(t->marks, sse_mark, low).frame == frame)
        low++;
    *count = low - first;
    return *count > 0 ? &g_array_index(t->marks, sse_mark, first) : NULL;
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

/* Once for each limit: the fact is where it began. */
void sse_note_limit(sse_tracker *t, sse_limit limit, uint32_t client, uint32_t frame, int64_t time)
{
    sse_fact fact = { .kind = SSE_FACT_LIMIT, .client = client, .frame = frame, .time = time };

    if ((t->left_out >> limit & 1) != 0)
        return;
    t->left_out |= 1u << limit;
    g_array_append_val(t->facts, fact);
}

bool sse_has_room(sse_tracker *t, const GArray *records, sse_limit limit, const obs_packet *p)
{
    if (records->len < t->limits.records)
        return true;
    sse_note_limit(t, limit, SSE_NONE, p->frame, p->time);
    return false;
}

bool sse_has_room_for_addresses(sse_tracker *t, const obs_packet *p)
{
    if (t->addresses->len + 1 < t->limits.addresses ||
        (sse_find_address(t, &p->src) != SSE_NONE && sse_find_address(t, &p->dst) != SSE_NONE))
        return true;
    sse_note_limit(t, SSE_LIMIT_ADDRESSES, SSE_NONE, p->frame, p->time);
    return false;
}

bool sse_is_copy(sse_tracker *t, const obs_packet *p, uint64_t more)
{
    int64_t window = p->ip_id != 0 ? COPY_WINDOW : COPY_WINDOW_NO_ID;
    uint64_t hash = sse_mix_addr(sse_mix_addr(more, &p->src), &p->dst);
    struct copy_slot *set;
    bool copy = false;

    hash = sse_mix(hash, (uint64_t)p->sport << 48 | (uint64_t)p->dport << 32 | (uint64_t)p->ip_id << 16);
    hash = sse_mix(hash, (uint64_t)p->payload_hash << 32 | p->payload_len);
    if (t->index->copies == NULL)
        t->index->copies = g_new0(struct copy_slot, COPY_SETS);
    set = &t->index->copies[hash % COPY_SETS];
    for (unsigned i = 0; i < COPY_WAYS; i++) {
        if (set->hash[i] == hash) {
            int64_t apart = p->time - set->time[i];

            copy = apart <= window && apart >= -window;
            set->time[i] = p->time;
            return copy;
        }
    }
    set->hash[set->next] = hash;
    set->time[set->next] = p->time;
    set->next = (set->next + 1) % COPY_WAYS;
    return false;
}

/* ---- what came before its question in the file ---- */

void sse_keep_orphan(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_icmp *icmp)
{
    struct sse_tracker_index *x = t->index;
    sse_orphan *o;

    if (x->orphans == NULL)
        x->orphans = g_new0(sse_orphan, ORPHANS);
    o = &x->orphans[x->next_orphan];
    x->next_orphan = (x->next_orphan + 1) % ORPHANS;
    memset(o, 0, sizeof *o);
    o->packet = *p;
    if (tcp != NULL)
        o->tcp = *tcp;
    if (icmp != NULL)
        o->icmp = *icmp;
}

sse_orphan *sse_next_orphan(const sse_tracker *t, const obs_packet *p, unsigned *at)
{
    while (t->index->orphans != NULL && *at < ORPHANS) {
        sse_orphan *o = &t->index->orphans[(*at)++];

        if (o->packet.frame != 0 && o->packet.time >= p->time && o->packet.time - p->time <= ORPHAN_WAIT &&
            sse_addr_equal(&o->packet.dst, &p->src))
            return o;
    }
    return NULL;
}

/* ---- what else a client does ---- */

void sse_init_control(sse_control *control)
{
    memset(control, 0, sizeof *control);
    control->heard_first = control->heard_last = SSE_NOT_HEARD;
    control->gateway_first = control->gateway_last = SSE_NOT_HEARD;
}

sse_control_ref sse_record_of(const sse_tracker *t, uint32_t number)
{
    const uint32_t index = number / 4;

    switch ((sse_mark_of)(number % 4)) {
    case SSE_OF_PROBE: {
        sse_probe *p = sse_tracker_probe(t, index);

        return (sse_control_ref){ p->time, p->client, &p->control };
    }
    case SSE_OF_HANDSHAKE: {
        sse_handshake *h = sse_tracker_handshake(t, index);

        return (sse_control_ref){ h->time, h->client, &h->control };
    }
    default: {
        sse_lookup *l = &g_array_index(t->lookups, sse_lookup, index);

        return (sse_control_ref){ l->time, l->client, &l->control };
    }
    }
}

sse_control *sse_control_at(sse_tracker *t, sse_address *a, int64_t time, int64_t *base)
{
    sse_control_ref r;

    if (a->newest == SSE_NONE)
        return NULL;
    r = sse_record_of(t, a->newest);
    *base = r.time;
    return time >= r.time && time - r.time <= SSE_CONTROL_SPAN ? r.control : NULL;
}

void sse_heard(sse_tracker *t, uint32_t address, const obs_packet *p, bool gateway_payload)
{
    sse_address *a = sse_tracker_address(t, address);
    sse_control *control;
    int64_t base;

    if (!gateway_payload) {
        a->towards++;
        if (!sse_addr_is_public(&p->src))
            return;
        a->heard_public = true;
    }
    control = sse_control_at(t, a, p->time, &base);
    if (control == NULL)
        return;
    uint16_t ms = (uint16_t)((p->time - base) / SSE_MSECOND);
    if (gateway_payload) {
        if (control->gateway_first == SSE_NOT_HEARD)
            control->gateway_first = ms;
        control->gateway_last = ms;
    } else {
        if (control->heard_first == SSE_NOT_HEARD)
            control->heard_first = ms;
        control->heard_last = ms;
    }
}

/* Silence is charged to the record that was newest when the attempt was made. */
static void charge_silence(sse_tracker *t, const waiting_slot *slot)
{
    sse_control *control = sse_record_of(t, slot->record).control;
    uint8_t *silent = slot->dns ? &control->silent_dns : &control->silent_tcp;

    if (*silent < UINT8_MAX)
        (*silent)++;
}

static bool had_its_time(const sse_tracker *t, const waiting_slot *slot)
{
    return g_array_index(t->epochs, sse_epoch, slot->epoch).end > slot->time + ATTEMPT_WAIT;
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
                                         .epoch = sse_epoch_now(t), .dns = dns };
}

static void attempt_answered(sse_tracker *t, sse_address *a, uint64_t key, int64_t time, bool opened)
{
    struct sse_waiting *w = waiting_of(a);

    for (unsigned i = 0; i < w->used; i++) {
        if (w->slot[i].key == key) {
            /* It had its time, whether or not a verdict was drawn meanwhile. */
            if (time - w->slot[i].time > ATTEMPT_WAIT)
                charge_silence(t, &w->slot[i]);
            drop_slot(w, i);
            return;
        }
    }
    w->early[w->next_early] = (early_slot){ .time = time, .key = key, .opened = opened };
    w->next_early = (w->next_early + 1) % EARLY_SLOTS;
}

/* The answer to an attempt where it came first in the file, or NULL. */
static const early_slot *early_answer(const sse_address *a, uint64_t key, int64_t time)
{
    for (unsigned i = 0; a->waiting != NULL && i < EARLY_SLOTS; i++) {
        const early_slot *early = &a->waiting->early[i];

        if (early->key == key && early->time >= time && early->time - time <= ORPHAN_WAIT)
            return early;
    }
    return NULL;
}

void sse_tracker_settle(sse_tracker *t)
{
    for (guint i = 0; i < t->addresses->len; i++) {
        struct sse_waiting *w = sse_tracker_address(t, i)->waiting;
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

/* Names a conversation, seen from one of its two sides. */
static uint64_t conversation_key(const sse_addr *peer, uint16_t peer_port, uint16_t own_port, unsigned what)
{
    return sse_mix(sse_mix_addr(what, peer), (uint64_t)peer_port << 16 | own_port);
}

static void expect_http(sse_address *a, uint64_t key, uint32_t frame, obs_http_kind kind)
{
    struct sse_waiting *w = waiting_of(a);

    w->http[w->next_http] = (http_slot){ .key = key, .frame = frame, .kind = (uint8_t)kind };
    w->next_http = (w->next_http + 1) % HTTP_SLOTS;
}

static void http_answer(sse_tracker *t, uint32_t client, uint64_t key, const obs_packet *p, const obs_http *http)
{
    sse_address *a = sse_tracker_address(t, client);
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
        bool redirected = http->status >= 300;

        if (redirected || (http->has_body && !http->portal_body)) {
            if (control != NULL)
                control->captive_portal = true;
            sse_add_fact(t, SSE_FACT_CAPTIVE, client, p, &p->src);
        }
    } else if (http->status < 400 && control != NULL) {
        control->proxy_answered = true;
    }
    slot->kind = OBS_HTTP_NONE;
}

/* Connections to 443 of a client whose gateway nobody named: one of these
 * addresses may be it. */
static sse_candidate *candidate_of(sse_address *a, const sse_addr *addr, bool make)
{
    sse_candidate *candidate = NULL;

    if (a->candidates == NULL) {
        if (!make)
            return NULL;
        a->candidates = g_array_new(FALSE, TRUE, sizeof(sse_candidate));
    }
    for (guint i = 0; i < a->candidates->len; i++) {
        candidate = &g_array_index(a->candidates, sse_candidate, i);
        if (sse_addr_equal(&candidate->address, addr))
            return candidate;
    }
    /* Of many destinations those that open matter least. */
    if (!make)
        return NULL;
    if (a->candidates->len >= 64) {
        for (guint i = 0; i < a->candidates->len; i++) {
            candidate = &g_array_index(a->candidates, sse_candidate, i);
            if (candidate->opened && !candidate->connect) {
                memset(candidate, 0, sizeof *candidate);
                candidate->address = *addr;
                return candidate;
            }
        }
        return NULL;
    }
    g_array_set_size(a->candidates, a->candidates->len + 1);
    candidate = &g_array_index(a->candidates, sse_candidate, a->candidates->len - 1);
    candidate->address = *addr;
    return candidate;
}

static sse_direct *direct_of(sse_address *a, const sse_addr *addr, uint16_t port, uint16_t sport)
{
    /* Its SYN is among the newest: an old one would have been answered. */
    for (guint i = a->direct != NULL ? a->direct->len : 0, steps = 0; i > 0 && steps < 256; i--, steps++) {
        sse_direct *d = &g_array_index(a->direct, sse_direct, i - 1);

        if (d->sport == sport && d->port == port && sse_addr_equal(&d->address, addr))
            return d;
    }
    return NULL;
}

static void direct_syn(sse_tracker *t, uint32_t client, const obs_packet *p, bool opened)
{
    sse_address *a = sse_tracker_address(t, client);
    sse_direct *known;

    if (!a->uses_web || sse_addr_is_service(&p->dst) || sse_tracker_is_resolver(t, &p->dst))
        return;
    if (a->direct == NULL)
        a->direct = g_array_new(FALSE, TRUE, sizeof(sse_direct));
    known = direct_of(a, &p->dst, p->dport, p->sport);
    if (known != NULL && p->time - known->time < 60 * SSE_SECOND)
        return;
    if (a->direct->len >= t->limits.direct) {
        if (a->first_failed_hint != 0) {
            sse_note_limit(t, SSE_LIMIT_DIRECT, client, p->frame, p->time);
            return;
        }
        g_array_remove_range(a->direct, 0, t->limits.direct / 2);
    }
    sse_direct direct = {
        .time = p->time, .frame = p->frame, .address = p->dst, .port = p->dport, .sport = p->sport,
        .opened = opened,
    };
    g_array_append_val(a->direct, direct);
}

void sse_fold_direct(sse_tracker *t, sse_address *a, int64_t completed)
{
    guint kept = 0;

    if (a->first_failed_hint != 0 || a->direct == NULL)
        return;
    for (guint i = 0; i < a->direct->len; i++) {
        sse_direct *d = &g_array_index(a->direct, sse_direct, i);

        if (d->time >= completed) {
            g_array_index(a->direct, sse_direct, kept++) = *d;
            continue;
        }
        if (!d->opened)
            continue;
        if (a->bypassed == NULL)
            a->bypassed = g_hash_table_new_full(sse_addr_hash, sse_addr_hash_equal, g_free, NULL);
        if (g_hash_table_size(a->bypassed) >= t->limits.direct)
            sse_note_limit(t, SSE_LIMIT_DIRECT, sse_find_address(t, &a->addr), d->frame, d->time);
        else
            g_hash_table_add(a->bypassed, g_memdup2(&d->address, sizeof d->address));
    }
    g_array_set_size(a->direct, kept);
}

void sse_control_segment(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp)
{
    uint32_t src, dst;
    bool syn = (tcp->flags & OBS_TCP_SYN) != 0, ack = (tcp->flags & OBS_TCP_ACK) != 0;

    /* What most segments are: of a connection that goes on. */
    if (!syn && (tcp->flags & OBS_TCP_RST) == 0 && tcp->http.kind == OBS_HTTP_NONE)
        return;
    src = sse_source_of(t, p);
    dst = sse_destination_of(t, p);
    if (src != SSE_NONE && (sse_tracker_address(t, src)->role & SSE_ROLE_CLIENT) != 0) {
        sse_address *a = sse_tracker_address(t, src);
        uint64_t key = conversation_key(&p->dst, p->dport, p->sport, SSE_TCP);

        /* A resolver's or gateway's other ports tell nothing about the line. */
        if (syn && !ack && sse_addr_is_public(&p->dst) &&
            (sse_role_at(t, dst, &p->dst) & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) == 0) {
            if (sse_is_copy(t, p, tcp->seq))
                return;
            const early_slot *early = early_answer(a, key, p->time);
            bool opened = early != NULL && early->opened;
            if (early == NULL)
                attempt(t, a, key, p->time, false);
            if (p->dport == 443 && !a->uses_web && a->last_udp_probe != 0) {
                sse_candidate *candidate = candidate_of(a, &p->dst, true);

                if (candidate != NULL) {
                    if (candidate->n_frames < G_N_ELEMENTS(candidate->frames))
                        candidate->frames[candidate->n_frames++] = p->frame;
                    candidate->failed++;
                    candidate->opened |= opened;
                }
            }
            if (p->dport == 443 || p->dport == 80)
                direct_syn(t, src, p, opened);
        }
        if (tcp->http.kind == OBS_HTTP_CONNECT || tcp->http.kind == OBS_HTTP_ABSOLUTE ||
            tcp->http.kind == OBS_HTTP_PORTAL_TEST)
            expect_http(a, key, p->frame, tcp->http.kind);
        if (tcp->http.kind == OBS_HTTP_CONNECT && p->dport == 443 && !a->uses_web && a->last_udp_probe != 0 &&
            sse_addr_is_public(&p->dst)) {
            sse_candidate *candidate = candidate_of(a, &p->dst, true);

            if (candidate != NULL) {
                if (candidate->n_frames < G_N_ELEMENTS(candidate->frames))
                    candidate->frames[candidate->n_frames++] = p->frame;
                candidate->connect = true;
            }
        }
    }
    if (dst != SSE_NONE && (sse_tracker_address(t, dst)->role & SSE_ROLE_CLIENT) != 0) {
        sse_address *a = sse_tracker_address(t, dst);
        uint64_t key = conversation_key(&p->src, p->sport, p->dport, SSE_TCP);
        int64_t base;

        if (syn && ack && (sse_role_at(t, src, &p->src) & (SSE_ROLE_RESOLVER | SSE_ROLE_GATEWAY)) == 0) {
            sse_control *control = sse_control_at(t, a, p->time, &base);
            sse_candidate *candidate;
            sse_direct *direct;

            if (sse_is_copy(t, p, tcp->seq))
                return;
            if (control != NULL && control->tcp_opened < UINT16_MAX)
                control->tcp_opened++;
            candidate = p->sport == 443 ? candidate_of(a, &p->src, false) : NULL;
            if (candidate != NULL)
                candidate->opened = true;
            direct = p->sport == 443 || p->sport == 80 ? direct_of(a, &p->src, p->sport, p->dport) : NULL;
            if (direct != NULL)
                direct->opened = true;
        }
        if ((syn && ack) || (tcp->flags & OBS_TCP_RST) != 0)
            attempt_answered(t, a, key, p->time, syn);
        if (tcp->http.kind == OBS_HTTP_RESPONSE)
            http_answer(t, dst, key, p, &tcp->http);
    }
}

/* A client's DNS with other servers: an attempt, or its answer. SERVFAIL and
 * REFUSED are what a local resolver says that is itself cut off. */
void sse_control_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    uint32_t client = dns->response ? sse_destination_of(t, p) : sse_source_of(t, p);
    sse_address *a;
    int64_t base;
    uint64_t key;

    if (client == SSE_NONE || (sse_tracker_address(t, client)->role & SSE_ROLE_CLIENT) == 0)
        return;
    /* A copy of the query may come after the answer, and would wait forever. */
    if (sse_is_copy(t, p, 6))
        return;
    a = sse_tracker_address(t, client);
    if (!dns->response) {
        key = sse_mix(conversation_key(&p->dst, p->dport, p->sport, 2), dns->id);
        if (early_answer(a, key, p->time) == NULL)
            attempt(t, a, key, p->time, true);
    } else if (dns->rcode != 2 && dns->rcode != 5) {
        sse_control *control = sse_control_at(t, a, p->time, &base);

        key = sse_mix(conversation_key(&p->src, p->sport, p->dport, 2), dns->id);
        if (control != NULL && control->dns_answers < UINT16_MAX)
            control->dns_answers++;
        attempt_answered(t, a, key, p->time, false);
    }
}

/* ---- the ways in ---- */

void sse_towards(sse_tracker *t, const obs_packet *p)
{
    uint32_t dst = sse_destination_of(t, p);

    if (dst != SSE_NONE && (sse_tracker_address(t, dst)->role & SSE_ROLE_CLIENT) != 0)
        sse_heard(t, dst, p, false);
}

void sse_tracker_tcp(sse_tracker *t, const obs_packet *p, const obs_tcp *tcp, const obs_dns *dns)
{
    /* Nearly all that a client does is with others. An IPv6 resolver may be
     * known by its IPv4 address only. */
    bool others = p->places.looked != 0 && p->src.family == 4 &&
                  (p->places.roles & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0;

    if (others && dns == NULL && tcp->http.kind == OBS_HTTP_NONE &&
        (tcp->flags & (OBS_TCP_SYN | OBS_TCP_RST)) == 0) {
        sse_towards(t, p);
        return;
    }
    if (!sse_handshake_segment(t, p, tcp) && !sse_probe_segment(t, p, tcp, dns)) {
        sse_control_segment(t, p, tcp);
        if (dns != NULL)
            sse_dns_message(t, p, dns);
    }
    sse_towards(t, p);
}

void sse_tracker_dns(sse_tracker *t, const obs_packet *p, const obs_dns *dns)
{
    sse_dns_message(t, p, dns);
    sse_towards(t, p);
}

bool sse_icmp_is_routing(const sse_addr *sender, uint8_t type, uint8_t code)
{
    if (sender->family == 4)
        return (type == 3 && code <= 1) || type == 11;
    return (type == 1 && (code == 0 || code == 3)) || type == 3;
}

uint32_t sse_add_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    sse_icmp kept = {
        .sender = p->src, .type = icmp->type, .code = icmp->code, .ttl = p->ttl, .frame = p->frame, .time = p->time,
    };

    g_array_append_val(t->icmps, kept);
    return t->icmps->len - 1;
}

void sse_tracker_icmp(sse_tracker *t, const obs_packet *p, const obs_icmp *icmp)
{
    uint32_t client = sse_find_address(t, &p->dst);
    bool routing = sse_icmp_is_routing(&p->src, icmp->type, icmp->code);

    if (client == SSE_NONE)
        return;
    /* An error about somebody else's packet is not this client's. */
    if (sse_addr_equal(&icmp->src, &p->dst) && !sse_probe_icmp(t, p, icmp) && !sse_handshake_icmp(t, p, icmp) &&
        !routing) {
        sse_address *a = sse_tracker_address(t, client);

        attempt_answered(t, a, conversation_key(&icmp->dst, icmp->dport, icmp->sport, SSE_TCP), p->time, false);
        if (icmp->has_dns_id)
            attempt_answered(t, a, sse_mix(conversation_key(&icmp->dst, icmp->dport, icmp->sport, 2), icmp->dns_id),
                             p->time, false);
    }
    if (routing)
        sse_tracker_address(t, client)->towards++;
    else
        sse_towards(t, p);
}

void sse_tracker_udp(sse_tracker *t, const obs_packet *p, const obs_udp *udp)
{
    uint32_t src = udp->quic_long ? sse_source_of(t, p) : SSE_NONE;

    sse_towards(t, p);
    if (udp->quic_long && p->dport == 443 && src != SSE_NONE &&
        (sse_tracker_address(t, src)->role & SSE_ROLE_CLIENT) != 0 && sse_addr_is_public(&p->dst) &&
        !sse_tracker_is_resolver(t, &p->dst)) {
        sse_address *a = sse_tracker_address(t, src);

        if (a->quic_frames == NULL)
            a->quic_frames = g_new(uint32_t, SSE_QUIC_FRAMES);
        if (a->quic_count < SSE_QUIC_FRAMES)
            a->quic_frames[a->quic_count] = p->frame;
        a->quic_count++;
    }
}

void sse_tracker_other(sse_tracker *t, const obs_packet *p)
{
    sse_towards(t, p);
}

void sse_tracker_reached_before(sse_tracker *t, uint32_t address)
{
    sse_tracker_address(t, address)->towards++;
}
