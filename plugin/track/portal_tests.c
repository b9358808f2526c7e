/* portal_tests.c
 * Connectivity tests and their answers, by which a captive portal is told.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "portal_tests.h"

#include "frames.h"
#include "portals.h"

/* A portal is seen before the module first tries: so long it counts. */
#define BEFORE_CLIENT   (60 * SSE_SECOND)
#define ANSWER_WAIT     (10 * SSE_SECOND)
/* Of addresses that are no clients (yet) the newest ones are kept. */
#define TESTS_KEPT      64
#define ANSWERS_KEPT    128

typedef struct kept_test {
    uint64_t key;
    int64_t  time;
    uint8_t  test;           /**< 0: answered, or none */
} kept_test;

typedef struct kept_answer {
    sse_addr address, peer;
    int64_t  time;
    uint32_t frame;
    bool     known;          /**< the answer of an open network */
} kept_answer;

struct sse_portals {
    kept_test   tests[TESTS_KEPT];
    kept_answer answers[ANSWERS_KEPT];
    unsigned    next_test, next_answer;
    int64_t     newest;      /**< the newest test's time */
};

/* That the known answer came is worth a word only after a false one. */
static void note(sse_tracker *t, uint32_t client, bool known, const obs_packet *p)
{
    sse_address *a = sse_address_at(t, client);

    if (known && !a->behind_portal)
        return;
    a->behind_portal = !known;
    sse_add_fact(t, known ? SSE_FACT_PORTAL_PASSED : SSE_FACT_CAPTIVE, client, p, &p->src);
}

void sse_portal_answered(sse_tracker *t, uint32_t client, uint8_t test, const obs_packet *p, const obs_http *http)
{
    const sse_portal_answer answer = sse_portal_judge(test, http->status, http->has_body, http->bodies);

    if (answer != SSE_PORTAL_SAYS_NOTHING)
        note(t, client, answer == SSE_PORTAL_KNOWN, p);
}

static uint64_t bystander_key(const sse_addr *address, const sse_addr *peer, uint16_t own_port)
{
    return sse_mix(sse_mix_addr(sse_mix_addr(11, address), peer), own_port);
}

bool sse_portal_waits(const sse_tracker *t, int64_t time)
{
    const struct sse_portals *kept = t->index->portals;

    return kept != NULL && time - kept->newest <= ANSWER_WAIT && kept->newest - time <= ANSWER_WAIT;
}

void sse_portal_bystander(sse_tracker *t, const obs_packet *p, const obs_http *http)
{
    struct sse_portals *kept = t->index->portals;

    if (http->kind == OBS_HTTP_PORTAL_TEST) {
        if (kept == NULL)
            kept = t->index->portals = g_new0(struct sse_portals, 1);
        kept->tests[kept->next_test] = (kept_test){ .key = bystander_key(&p->src, &p->dst, p->sport), .time = p->time,
                                                    .test = http->test };
        kept->next_test = (kept->next_test + 1) % TESTS_KEPT;
        kept->newest = p->time;
        return;
    }
    if (http->kind != OBS_HTTP_RESPONSE || kept == NULL)
        return;
    const uint64_t key = bystander_key(&p->dst, &p->src, p->dport);

    for (unsigned i = 0; i < TESTS_KEPT; i++) {
        kept_test *test = &kept->tests[i];
        sse_portal_answer answer;

        if (test->test == 0 || test->key != key || http->status < 200)
            continue;
        answer = sse_portal_judge(test->test, http->status, http->has_body, http->bodies);
        test->test = 0;
        if (answer == SSE_PORTAL_SAYS_NOTHING)
            return;
        kept->answers[kept->next_answer] = (kept_answer){ .address = p->dst, .peer = p->src, .time = p->time, .frame = p->frame,
                                                          .known = answer == SSE_PORTAL_KNOWN };
        kept->next_answer = (kept->next_answer + 1) % ANSWERS_KEPT;
        return;
    }
}

void sse_portal_adopt(sse_tracker *t, uint32_t client, const obs_packet *p)
{
    const struct sse_portals *kept = t->index->portals;

    for (unsigned i = 0; kept != NULL && i < ANSWERS_KEPT; i++) {
        const kept_answer *answer = &kept->answers[(kept->next_answer + i) % ANSWERS_KEPT];
        const obs_packet then = { .frame = answer->frame, .time = answer->time, .src = answer->peer, .dst = answer->address };

        if (answer->frame != 0 && sse_addr_equal(&answer->address, &sse_address_at(t, client)->addr) &&
            answer->time <= p->time && p->time - answer->time <= BEFORE_CLIENT)
            note(t, client, answer->known, &then);
    }
}
