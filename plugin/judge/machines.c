/* machines.c
 * Which addresses are one machine, and which are several: link-layer addresses,
 * device ids, and who sends at the same time as whom: docs/verdict.md, "Terms".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "machines.h"

#include "hash.h"

#include <string.h>

/* Two that send within this time of each other take turns. */
#define TURN_GAP        (30 * SSE_SECOND)
/* So many turns of one after the other are no coincidence. */
#define TURNS           2
/* Of those that send one device id so many are held against the one that sends now. */
#define LATELY          8
/* A device id that comes and goes so many times at one address is not its own. */
#define DEVICE_CHANGES  3

/* GLib hashes the low half of such a key: all behind one NAT, or of one maker,
 * would fall into one place. */
static guint mixed_hash(const void *key)
{
    uint64_t value;

    memcpy(&value, key, sizeof value);
    return (guint)sse_mix(1, value);
}

GHashTable *sse_pairs_new(GDestroyNotify free_value)
{
    return g_hash_table_new_full(mixed_hash, g_int64_equal, g_free, free_value);
}

bool sse_is_pair(GHashTable *pairs, uint32_t inner, uint32_t outer)
{
    gint64 pair = (gint64)((uint64_t)inner << 32 | outer);

    return g_hash_table_contains(pairs, &pair);
}

bool sse_is_final_client(const sse_address *a)
{
    return (a->role & SSE_ROLE_CLIENT) != 0 && !sse_address_forwards(a) &&
           (a->role & (SSE_ROLE_GATEWAY | SSE_ROLE_RESOLVER)) == 0;
}

/* ---- a forest of sets ---- */

uint32_t sse_machine_of(const sse_machines *m, uint32_t i)
{
    while (m->parent[i] != i) {
        m->parent[i] = m->parent[m->parent[i]];
        i = m->parent[i];
    }
    return i;
}

void sse_join_machines(sse_machines *m, uint32_t a, uint32_t b)
{
    a = sse_machine_of(m, a);
    b = sse_machine_of(m, b);
    /* The older address stays the root: a client is named by it. */
    if (a < b)
        m->parent[b] = a;
    else
        m->parent[a] = b;
}

/* ---- moments at which an address sent something of the module ---- */

typedef struct use {
    int64_t  time;
    uint32_t address, frame;
    uint8_t  adapter;
} use;

static int compare_use(const void *a, const void *b)
{
    const use *x = (const use *)a, *y = (const use *)b;

    return x->time != y->time ? (x->time < y->time ? -1 : 1) : (x->frame > y->frame) - (x->frame < y->frame);
}

static void add_use(GArray *uses, const bool *wanted, uint32_t address, int64_t time, uint32_t frame, uint8_t adapter)
{
    const use u = { .time = time, .address = address, .frame = frame, .adapter = adapter };

    if (frame != 0 && wanted[address])
        g_array_append_val(uses, u);
}

/* The uses of some addresses, by time. Few rules ask, and of few addresses:
 * all uses would be as many as there are packets. */
static GArray *uses_of(const sse_tracker *t, const bool *wanted)
{
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(use));

    for (guint i = 0; i < t->probes->len; i++) {
        const sse_probe *p = sse_tracker_probe(t, i);

        if (p->local)
            continue;
        add_use(uses, wanted, p->client, p->time, p->frame, p->adapter);
        if (p->attempts > 1)
            add_use(uses, wanted, p->client, p->last_time, p->last_frame, p->adapter);
    }
    for (guint i = 0; i < t->handshakes->len; i++) {
        const sse_handshake *h = sse_tracker_handshake(t, i);

        add_use(uses, wanted, h->client, h->time, h->frame, h->adapter);
        if (h->attempts > 1)
            add_use(uses, wanted, h->client, h->last_syn, h->last_frame, h->adapter);
    }
    for (guint i = 0; i < t->lookups->len; i++) {
        const sse_lookup *l = sse_tracker_lookup(t, i);

        if (l->client != SSE_NONE)
            add_use(uses, wanted, l->client, l->time, l->frame, l->adapter);
    }
    g_array_sort(uses, compare_use);
    return uses;
}

/* ---- turns ---- */

/** Two that send in turn. */
typedef struct turns {
    int64_t  switched;       /**< the newest turn; SSE_NEVER none */
    uint8_t  count[2];       /**< by who came after the other */
} turns;

/* One sends, at `now`, that the other has sent since, last at `before`. Where the
 * other was alone for long meanwhile, it had taken over. @return true where each has
 * had its turns */
static bool take_turn(turns *pair, int64_t before, int64_t now, unsigned who)
{
    const bool taken_over = pair->switched != SSE_NEVER && before - pair->switched > TURN_GAP;

    pair->switched = now;
    if (taken_over)
        pair->count[0] = pair->count[1] = 0;
    if (now - before > TURN_GAP)
        return false;
    if (pair->count[who] < TURNS)
        pair->count[who]++;
    return pair->count[who] >= TURNS;
}

/* ---- one address, two machines ---- */

/** What is known of an address that sends from several link-layer addresses. */
typedef struct sharing {
    int64_t  last[SSE_MAX_ADAPTERS]; /**< by class, from 1 */
    turns    pair[SSE_MAX_ADAPTERS][SSE_MAX_ADAPTERS]; /**< the smaller first */
} sharing;

static bool receives(const sse_address *a, uint8_t class)
{
    for (guint i = 0; i < a->adapters->len; i++)
        if (g_array_index(a->adapters, sse_adapter, i).received && sse_adapter_class(a, (uint8_t)(i + 1)) == class)
            return true;
    return false;
}

/* Do packets for this address go to two that are not one? Else it is no two machines'. */
static bool receives_twice(const sse_address *a)
{
    unsigned classes = 0;

    for (guint i = 1; i <= a->adapters->len; i++) {
        const uint8_t class = (uint8_t)i;

        classes += sse_adapter_class(a, class) == class && receives(a, class);
    }
    return classes > 1;
}

/* @return true where it shows two machines */
static bool share(const sse_address *a, sharing *s, const use *u)
{
    const uint8_t class = sse_adapter_class(a, u->adapter);
    bool two = false;

    if (class == 0)
        return false;
    for (guint i = 1; i <= a->adapters->len; i++) {
        const uint8_t other = (uint8_t)i;
        const uint8_t low = MIN(class, other), high = MAX(class, other);

        if (other == class || s->last[other - 1] == SSE_NEVER || s->last[other - 1] < s->last[class - 1])
            continue;
        two |= take_turn(&s->pair[low - 1][high - 1], s->last[other - 1], u->time, class == high) &&
               receives(a, class) && receives(a, other);
    }
    s->last[class - 1] = u->time;
    return two;
}

static sharing *new_sharing(void)
{
    sharing *s = g_new0(sharing, 1);

    for (unsigned i = 0; i < SSE_MAX_ADAPTERS; i++) {
        s->last[i] = SSE_NEVER;
        for (unsigned k = 0; k < SSE_MAX_ADAPTERS; k++)
            s->pair[i][k].switched = SSE_NEVER;
    }
    return s;
}

static void find_shared_addresses(const sse_tracker *t, sse_machines *m)
{
    bool *wanted = g_new0(bool, t->addresses->len), any = false;

    for (guint i = 0; i < t->addresses->len; i++) {
        const sse_address *a = sse_tracker_address(t, i);

        wanted[i] = a->many_adapters && a->addr.family == 4 && sse_is_final_client(a) && receives_twice(a);
        any |= wanted[i];
    }
    if (any) {
        GArray *uses = uses_of(t, wanted);
        GHashTable *sharings = g_hash_table_new_full(NULL, NULL, NULL, g_free);

        for (guint i = 0; i < uses->len; i++) {
            const use *u = &g_array_index(uses, use, i);
            sharing *s = (sharing *)g_hash_table_lookup(sharings, GUINT_TO_POINTER(u->address + 1));

            if (s == NULL) {
                s = new_sharing();
                g_hash_table_insert(sharings, GUINT_TO_POINTER(u->address + 1), s);
            }
            if (share(sse_tracker_address(t, u->address), s, u))
                m->use[u->address] = SSE_ADDRESS_OF_TWO;
        }
        g_hash_table_destroy(sharings);
        g_array_free(uses, TRUE);
    }
    g_free(wanted);
}

/* ---- device ids ---- */

/** A device id, and who sends it. */
typedef struct device {
    GArray  *addresses;      /**< guint32, each once */
    uint32_t lately[LATELY]; /**< of them those that sent last, newest first */
    unsigned n_lately;
    uint32_t shared;         /**< its number among shared_devices, 0 none */
} device;

/** Of one address. */
typedef struct carried {
    uint32_t first, newest;  /**< numbers of devices, from 1 */
    uint8_t  changes;        /**< how often another one came */
} carried;

static void clear_device(void *data)
{
    g_array_free(((device *)data)->addresses, TRUE);
}

static void carry(carried *c, GArray *devices, uint32_t number, uint32_t address)
{
    if (c->newest == number)
        return;
    if (c->first == 0) {
        c->first = number;
        g_array_append_val(g_array_index(devices, device, number - 1).addresses, address);
    } else if (c->changes < DEVICE_CHANGES) {
        c->changes++;
    }
    c->newest = number;
}

/* Who carries which. */
static GArray *find_devices(const sse_tracker *t, carried *of)
{
    GHashTable *numbers = g_hash_table_new(sse_hash_string, g_str_equal);
    GArray *devices = g_array_new(FALSE, TRUE, sizeof(device));

    g_array_set_clear_func(devices, clear_device);
    for (guint i = 0; t->identities->len > 0 && i < t->probes->len; i++) {
        const sse_probe *p = sse_tracker_probe(t, i);
        const obs_identity *identity = sse_identity(t, p->query_identity);
        uint32_t number;

        if (p->local || identity == NULL || identity->device[0] == '\0' ||
            !sse_is_final_client(sse_tracker_address(t, p->client)))
            continue;
        number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, identity->device));
        if (number == 0) {
            const device fresh = { .addresses = g_array_new(FALSE, FALSE, sizeof(guint32)) };

            g_array_append_val(devices, fresh);
            number = devices->len;
            g_hash_table_insert(numbers, (gpointer)identity->device, GUINT_TO_POINTER(number));
        }
        carry(&of[p->client], devices, number, p->client);
    }
    g_hash_table_destroy(numbers);
    return devices;
}

static bool common_mac(const sse_address *a, const sse_address *b)
{
    for (guint i = 0; i < a->adapters->len; i++)
        for (guint k = 0; k < b->adapters->len; k++)
            if (sse_adapter_mac(g_array_index(a->adapters, sse_adapter, i).key) ==
                sse_adapter_mac(g_array_index(b->adapters, sse_adapter, k).key))
                return true;
    return false;
}

static bool common_vlan(const sse_address *a, const sse_address *b)
{
    for (guint i = 0; i < a->adapters->len; i++)
        for (guint k = 0; k < b->adapters->len; k++)
            if (sse_adapter_vlan(g_array_index(a->adapters, sse_adapter, i).key) ==
                sse_adapter_vlan(g_array_index(b->adapters, sse_adapter, k).key))
                return true;
    return false;
}

static bool same_subnet(const sse_addr *a, const sse_addr *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 3 : 8) == 0;
}

/* Two that send one device id at the same time: are they two machines? One machine on
 * two adapters has addresses of two networks; that of a tunnel has no link-layer address. */
static bool are_clones(const sse_address *a, const sse_address *b)
{
    if (sse_is_behind_router(a) || sse_is_behind_router(b) || same_subnet(&a->addr, &b->addr))
        return true;
    return a->adapters != NULL && b->adapters != NULL && (common_mac(a, b) || !common_vlan(a, b));
}

static void note_shared(const sse_tracker *t, sse_machines *m, device *d, uint32_t a, uint32_t b, uint32_t frame)
{
    const sse_address *one = sse_tracker_address(t, a), *two = sse_tracker_address(t, b);
    const bool clones = are_clones(one, two);
    sse_shared_device *s;

    /* A tunnel is recorded on its own machine. */
    if (!clones && (one->adapters == NULL || two->adapters == NULL))
        return;
    if (d->shared == 0) {
        const sse_shared_device fresh = { .first = MIN(a, b), .other = MAX(a, b), .addresses = d->addresses->len };

        g_array_append_val(m->shared_devices, fresh);
        d->shared = m->shared_devices->len;
    }
    s = &g_array_index(m->shared_devices, sse_shared_device, d->shared - 1);
    if (clones && !s->clones) {
        s->clones = true;
        s->first = MIN(a, b);
        s->other = MAX(a, b);
        memset(s->frames, 0, sizeof s->frames);
    }
    for (unsigned i = 0; i < SSE_SHARED_FRAMES && clones == s->clones; i++) {
        if (s->frames[i] == frame)
            break;
        if (s->frames[i] == 0) {
            s->frames[i] = frame;
            break;
        }
    }
}

/* An address sends: which of those that sent since its last time sent just before? */
static void take_turns(const sse_tracker *t, sse_machines *m, GHashTable *nat_pairs, GHashTable *pairs, device *d,
                       const int64_t *last, const use *u)
{
    unsigned at = 0;

    for (; at < d->n_lately && d->lately[at] != u->address; at++) {
        const uint32_t other = d->lately[at], low = MIN(other, u->address), high = MAX(other, u->address);
        const gint64 key = (gint64)((uint64_t)low << 32 | high);
        turns *pair;

        if (sse_machine_of(m, low) == sse_machine_of(m, high) || sse_is_pair(nat_pairs, low, high) ||
            sse_is_pair(nat_pairs, high, low))
            continue;
        pair = (turns *)g_hash_table_lookup(pairs, &key);
        if (pair == NULL) {
            pair = g_new0(turns, 1);
            pair->switched = SSE_NEVER;
            g_hash_table_insert(pairs, g_memdup2(&key, sizeof key), pair);
        }
        if (take_turn(pair, last[other], u->time, u->address == high))
            note_shared(t, m, d, low, high, u->frame);
    }
    if (at == d->n_lately && d->n_lately < LATELY)
        d->n_lately++;
    at = MIN(at, LATELY - 1);
    memmove(&d->lately[1], &d->lately[0], at * sizeof d->lately[0]);
    d->lately[0] = u->address;
}

static void find_shared_devices(const sse_tracker *t, sse_machines *m, GHashTable *nat_pairs, GArray *devices,
                                const carried *of)
{
    bool *wanted = g_new0(bool, t->addresses->len), any = false;

    for (guint i = 0; i < devices->len; i++) {
        const GArray *addresses = g_array_index(devices, device, i).addresses;

        for (guint k = 0; addresses->len > 1 && k < addresses->len; k++) {
            const uint32_t address = g_array_index(addresses, guint32, k);

            wanted[address] = m->use[address] == SSE_ADDRESS_OF_ONE && of[address].changes == 0;
            any |= wanted[address];
        }
    }
    if (any) {
        GArray *uses = uses_of(t, wanted);
        GHashTable *pairs = sse_pairs_new(g_free);
        int64_t *last = g_new0(int64_t, t->addresses->len);

        for (guint i = 0; i < uses->len; i++) {
            const use *u = &g_array_index(uses, use, i);

            take_turns(t, m, nat_pairs, pairs, &g_array_index(devices, device, of[u->address].first - 1), last, u);
            last[u->address] = u->time;
        }
        g_free(last);
        g_hash_table_destroy(pairs);
        g_array_free(uses, TRUE);
    }
    g_free(wanted);
}

/* One device id is one machine, unless it is cloned; what came by with several ids is
 * nobody's own. */
static void join_by_device(const sse_tracker *t, sse_machines *m, GHashTable *nat_pairs, GArray *devices,
                           const carried *of)
{
    find_shared_devices(t, m, nat_pairs, devices, of);
    for (guint i = 0; i < devices->len; i++) {
        const device *d = &g_array_index(devices, device, i);
        const bool clones = d->shared != 0 &&
                            g_array_index(m->shared_devices, sse_shared_device, d->shared - 1).clones;
        uint32_t first = SSE_NONE;

        for (guint k = 0; k < d->addresses->len; k++) {
            const uint32_t address = g_array_index(d->addresses, guint32, k);

            if (m->use[address] != SSE_ADDRESS_OF_ONE || of[address].changes > 0)
                continue;
            m->shared[address] = d->shared;
            if (first == SSE_NONE)
                first = address;
            else if (!clones)
                sse_join_machines(m, first, address);
        }
    }
}

/* ---- link-layer addresses ---- */

/** What one link-layer address was used for. */
typedef struct adapter {
    GArray  *v4, *v6;        /**< guint32 address indices */
} adapter;

static void free_adapter(gpointer data)
{
    adapter *a = (adapter *)data;

    g_array_free(a->v4, TRUE);
    g_array_free(a->v6, TRUE);
    g_free(a);
}

static GHashTable *find_adapters(const sse_tracker *t, const sse_machines *m)
{
    GHashTable *adapters = sse_pairs_new(free_adapter);

    for (guint i = 0; i < t->addresses->len; i++) {
        const sse_address *a = sse_tracker_address(t, i);

        for (guint k = 0; a->adapters != NULL && m->use[i] != SSE_ADDRESS_OF_TWO && k < a->adapters->len; k++) {
            const guint64 mac = sse_adapter_mac(g_array_index(a->adapters, sse_adapter, k).key);
            adapter *ad = (adapter *)g_hash_table_lookup(adapters, &mac);
            GArray *list;

            if (ad == NULL) {
                ad = g_new0(adapter, 1);
                ad->v4 = g_array_new(FALSE, FALSE, sizeof(guint32));
                ad->v6 = g_array_new(FALSE, FALSE, sizeof(guint32));
                g_hash_table_insert(adapters, g_memdup2(&mac, sizeof mac), ad);
            }
            list = a->addr.family == 4 ? ad->v4 : ad->v6;
            /* In two VLANs it is the same one. */
            if (list->len == 0 || g_array_index(list, guint32, list->len - 1) != i)
                g_array_append_val(list, i);
        }
    }
    return adapters;
}

/** A stretch of time in which an address sent. */
typedef struct stretch {
    int64_t  start, end;
    uint32_t address;
} stretch;

static int compare_stretch(const void *a, const void *b)
{
    const stretch *x = (const stretch *)a, *y = (const stretch *)b;

    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

/* Do addresses take over from each other for good? Of two that are in use together one
 * sends again within the pause that makes a stretch. left: SSE_NEVER for all. */
static bool in_use_together(const sse_tracker *t, const GArray *addresses, int64_t *left)
{
    GArray *stretches = g_array_new(FALSE, FALSE, sizeof(stretch));
    const stretch *before = NULL;
    bool together = false;

    for (guint i = 0; i < addresses->len; i++) {
        const uint32_t address = g_array_index(addresses, guint32, i);
        const sse_address *a = sse_tracker_address(t, address);

        for (guint k = 0; k < sse_presences(a); k++) {
            const sse_presence p = sse_presence_at(a, k);
            const stretch s = { .start = p.start, .end = p.end, .address = address };

            g_array_append_val(stretches, s);
        }
    }
    g_array_sort(stretches, compare_stretch);
    for (guint i = 0; i < stretches->len && !together; i++) {
        const stretch *s = &g_array_index(stretches, stretch, i);

        if (before != NULL && before->address != s->address) {
            together |= s->start < before->end;
            left[before->address] = s->start;
        }
        together |= left[s->address] != SSE_NEVER && s->start - left[s->address] < SSE_PAUSE;
        left[s->address] = SSE_NEVER;
        before = s;
    }
    for (guint i = 0; i < addresses->len; i++)
        left[g_array_index(addresses, guint32, i)] = SSE_NEVER;
    g_array_free(stretches, TRUE);
    return together;
}

/* The clients among addresses that are one machine with the first of them, *root. An
 * IPv4 address to which nothing ever came has not taken over from another: anybody may
 * have sent in its name. Nor is one that carries another device id this machine's. */
static void join_list(const sse_tracker *t, sse_machines *m, const GArray *addresses, const carried *of, uint32_t *root,
                      uint32_t *id)
{
    for (guint i = 0; i < addresses->len; i++) {
        const uint32_t address = g_array_index(addresses, guint32, i);
        const sse_address *a = sse_tracker_address(t, address);

        if (!sse_is_final_client(a) || (a->addr.family == 4 && *root != SSE_NONE && a->towards == 0) ||
            (of[address].first != 0 && *id != 0 && of[address].first != *id))
            continue;
        if (of[address].first != 0)
            *id = of[address].first;
        if (*root == SSE_NONE)
            *root = address;
        else
            sse_join_machines(m, *root, address);
    }
}

/* Of addresses those to which something came. */
static GArray *reached_of(const sse_tracker *t, const GArray *addresses)
{
    GArray *reached = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint i = 0; i < addresses->len; i++)
        if (sse_tracker_address(t, g_array_index(addresses, guint32, i))->towards > 0)
            g_array_append_val(reached, g_array_index(addresses, guint32, i));
    return reached;
}

/* The IPv4 addresses of a link-layer address that can be one machine's. Nothing unasked
 * decides: one that sends beside another, and that nothing ever reached, may be of
 * anybody who sends in this machine's name, and stays alone.
 * @return NULL: a router's, a repeater's, or that of a host with machines of its own */
static GArray *one_machines(const sse_tracker *t, GArray *addresses, int64_t *left)
{
    GArray *reached;

    if (addresses->len < 2 || !in_use_together(t, addresses, left))
        return g_array_ref(addresses);
    reached = reached_of(t, addresses);
    if (reached->len > 0 && reached->len < addresses->len && (reached->len == 1 || !in_use_together(t, reached, left)))
        return reached;
    g_array_unref(reached);
    return NULL;
}

static void join_by_adapter(const sse_tracker *t, sse_machines *m, const carried *of)
{
    GHashTable *adapters = find_adapters(t, m);
    int64_t *left = g_new(int64_t, t->addresses->len);
    GHashTableIter iter;
    gpointer value;

    for (guint i = 0; i < t->addresses->len; i++)
        left[i] = SSE_NEVER;
    g_hash_table_iter_init(&iter, adapters);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const adapter *ad = (const adapter *)value;
        GArray *v4 = one_machines(t, ad->v4, left);
        uint32_t root = SSE_NONE, id = 0;

        if (v4 == NULL)
            continue;
        join_list(t, m, v4, of, &root, &id);
        join_list(t, m, ad->v6, of, &root, &id);
        g_array_unref(v4);
    }
    g_free(left);
    g_hash_table_destroy(adapters);
}

/* ---- all of it ---- */

void sse_find_machines(const sse_tracker *t, GHashTable *nat_pairs, sse_machines *m)
{
    const guint count = t->addresses->len;
    carried *of = g_new0(carried, count);
    GArray *devices = find_devices(t, of);

    m->parent = g_new(uint32_t, count);
    m->use = g_new0(uint8_t, count);
    m->shared = g_new0(uint32_t, count);
    m->shared_devices = g_array_new(FALSE, TRUE, sizeof(sse_shared_device));
    for (guint i = 0; i < count; i++) {
        m->parent[i] = i;
        if (of[i].changes >= DEVICE_CHANGES)
            m->use[i] = SSE_ADDRESS_OF_A_SITE;
    }
    find_shared_addresses(t, m);
    join_by_adapter(t, m, of);
    join_by_device(t, m, nat_pairs, devices, of);
    g_array_free(devices, TRUE);
    g_free(of);
}

void sse_machines_clear(sse_machines *m)
{
    g_free(m->parent);
    g_free(m->use);
    g_free(m->shared);
    g_array_unref(m->shared_devices);
}
