/* test_timeline.c
 * The timeline: what enters it, when, with which frame; and the state at a
 * frame that follows from it.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

typedef struct entry { const char *service; int ip; const char *from, *to; uint32_t frame; } entry;

/* Compares the only client's timeline. */
static void expect_timeline_at(feed *f, const entry *expected, guint count, int line)
{
    const GArray *timeline = feed_client_at(f, __FILE__, line)->timeline;

    for (guint i = 0; i < timeline->len && i < count; i++) {
        const sse_change *change = &g_array_index(timeline, sse_change, i);

        expect_code_at(f, "service", sse_service_code(change->service), expected[i].service, __FILE__, line);
        expect_number_at(f, "ip", (uint64_t)change->ip, (uint64_t)expected[i].ip, __FILE__, line);
        expect_code_at(f, "from", sse_state_code(change->from), expected[i].from, __FILE__, line);
        expect_code_at(f, "to", sse_state_code(change->to), expected[i].to, __FILE__, line);
        expect_number_at(f, "frame", change->frame, expected[i].frame, __FILE__, line);
    }
    expect_number_at(f, "entries", timeline->len, count, __FILE__, line);
}
#define expect_timeline(f, expected) expect_timeline_at(f, expected, G_N_ELEMENTS(expected), __LINE__)

static void finish(feed *f, double last)
{
    feed_control(f, last, CLIENT);
    feed_tick(f, last + 20);
}

static void the_first_state_enters(void **state)
{
    feed *f = *state;
    uint32_t frame = feed_burst(f, 0, CLIENT, 443, ANSWERED);

    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    finish(f, 11);
    const entry expected[] = { { "dns", 4, "not-observed", "protected", frame } };
    expect_timeline(f, expected);
}

static void an_outage_enters_at_its_since_frame(void **state)
{
    feed *f = *state;
    uint32_t first = feed_burst(f, 0, CLIENT, 443, ANSWERED), since;

    feed_burst(f, 20, CLIENT, 443, SILENT);
    since = feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_control(f, 26, CLIENT);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    finish(f, 41);
    const entry expected[] = {
        { "dns", 4, "not-observed", "protected", first }, { "dns", 4, "protected", "unprotected", since },
    };
    expect_timeline(f, expected);
}

static void an_outage_that_ended_stays_in_the_timeline(void **state)
{
    feed *f = *state;
    uint32_t first = feed_burst(f, 0, CLIENT, 443, ANSWERED), since, back;

    feed_burst(f, 20, CLIENT, 443, SILENT);
    since = feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_control(f, 26, CLIENT);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    feed_control(f, 41, CLIENT);
    back = feed_burst(f, 60, CLIENT, 443, ANSWERED);
    finish(f, 61);
    const entry expected[] = {
        { "dns", 4, "not-observed", "protected", first }, { "dns", 4, "protected", "unprotected", since },
        { "dns", 4, "unprotected", "protected", back },
    };
    expect_timeline(f, expected);
}

static void the_first_state_may_be_the_outage(void **state)
{
    feed *f = *state;
    uint32_t since;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    since = feed_burst(f, 5, CLIENT, 53, SILENT);
    finish(f, 6);
    const entry expected[] = { { "dns", 4, "not-observed", "unprotected", since } };
    expect_timeline(f, expected);
}

static void inconclusive_never_enters(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, SILENT);
    finish(f, 1);
    expect_dns(f, "inconclusive", NULL);
    expect_number(f, "entries", feed_client(f)->timeline->len, 0);
}

/* "An outage is judged once, [...] with all exceptions above; only if it
 * stands does it enter": a laptop that slept has no outage. */
static void an_outage_without_connectivity_does_not_enter(void **state)
{
    feed *f = *state;
    uint32_t first = feed_burst(f, 0, CLIENT, 443, ANSWERED);

    feed_burst(f, 20, CLIENT, 443, SILENT);
    feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_silent_visit(f, 26, CLIENT, SITE);
    feed_silent_visit(f, 27, CLIENT, SITE2);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    feed_tick(f, 50);
    feed_burst(f, 60, CLIENT, 443, ANSWERED);
    finish(f, 61);
    const entry expected[] = { { "dns", 4, "not-observed", "protected", first } };
    expect_timeline(f, expected);
    expect_dns(f, "protected", NULL);
}

static void one_port_down_is_no_entry(void **state)
{
    feed *f = *state;
    uint32_t first = feed_burst(f, 0, CLIENT, 443, ANSWERED);

    feed_burst(f, 5, CLIENT, 53, ANSWERED);
    for (int i = 0; i < 4; i++)
        feed_dead_cycle(f, 20 + 15 * i, CLIENT, SILENT, ANSWERED);
    finish(f, 81);
    const entry expected[] = { { "dns", 4, "not-observed", "protected", first } };
    expect_timeline(f, expected);
}

static void versions_have_entries_of_their_own(void **state)
{
    feed *f = feed_new();
    uint32_t v6, v4;

    (void)state;
    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    v6 = feed_burst(f, 0, CLIENT6, 443, ANSWERED);
    v4 = feed_burst(f, 1, CLIENT, 443, ANSWERED);
    finish(f, 2);
    const entry expected[] = { { "dns", 6, "not-observed", "protected", v6 }, { "dns", 4, "not-observed", "protected", v4 } };
    expect_timeline(f, expected);
    feed_free(f);
}

static void web_outage_and_recovery(void **state)
{
    feed *f = *state;
    uint32_t good, since, back;

    feed_learn(f, 0, CLIENT);
    good = feed_good_handshake(f, 10, CLIENT, GATEWAY);
    since = feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 21, CLIENT, GATEWAY);
    feed_control(f, 22, CLIENT);
    back = feed_good_handshake(f, 30, CLIENT, GATEWAY);
    finish(f, 31);
    const entry expected[] = {
        { "web", 0, "not-observed", "protected", good }, { "web", 0, "protected", "cloud-service-unavailable", since },
        { "web", 0, "cloud-service-unavailable", "protected", back },
    };
    expect_timeline(f, expected);
}

static void one_failed_handshake_is_no_outage(void **state)
{
    feed *f = *state;
    uint32_t good;

    feed_learn(f, 0, CLIENT);
    good = feed_good_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_good_handshake(f, 30, CLIENT, GATEWAY);
    finish(f, 31);
    const entry expected[] = { { "web", 0, "not-observed", "protected", good } };
    expect_timeline(f, expected);
}

static void the_timeline_is_sorted_by_time(void **state)
{
    feed *f = *state;
    const GArray *timeline;

    feed_learn(f, 0, CLIENT);
    for (int i = 0; i < 4; i++) {
        double at = 1 + 60 * i;

        feed_burst(f, at, CLIENT, 443, i % 2 ? SILENT : ANSWERED);
        feed_burst(f, at + 5, CLIENT, 53, i % 2 ? SILENT : ANSWERED);
        feed_control(f, at + 6, CLIENT);
        if (i % 2) {
            feed_reset_handshake(f, at + 7, CLIENT, GATEWAY);
            feed_reset_handshake(f, at + 8, CLIENT, GATEWAY);
            feed_control(f, at + 9, CLIENT);
        } else {
            feed_good_handshake(f, at + 7, CLIENT, GATEWAY);
        }
        feed_dead_cycle(f, at + 15, CLIENT, i % 2 ? SILENT : ANSWERED, i % 2 ? SILENT : ANSWERED);
    }
    finish(f, 250);
    timeline = feed_client(f)->timeline;
    expect_number(f, "entries", timeline->len, 8);
    for (guint i = 0; i + 1 < timeline->len; i++)
        assert_true(g_array_index(timeline, sse_change, i).time <= g_array_index(timeline, sse_change, i + 1).time);
}

static void times_are_those_of_the_frames(void **state)
{
    feed *f = *state;

    feed_burst(f, 3, CLIENT, 443, ANSWERED);
    finish(f, 4);
    expect_number(f, "time", (uint64_t)g_array_index(feed_client(f)->timeline, sse_change, 0).time, (uint64_t)feed_ns(3));
}

/* ---- the state at a frame ---- */

static void the_state_at_a_frame_is_the_newest_entrys(void **state)
{
    feed *f = *state;
    sse_addr client = feed_addr(CLIENT);
    uint32_t first, since, back;

    feed_tick(f, 0);
    first = feed_burst(f, 1, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    since = feed_burst(f, 25, CLIENT, 53, SILENT);
    feed_control(f, 26, CLIENT);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    back = feed_burst(f, 60, CLIENT, 443, ANSWERED);
    finish(f, 61);
    const struct { uint32_t frame; const char *state; } rows[] = {
        { first - 1, "not-observed" }, { first, "protected" }, { since - 1, "protected" }, { since, "unprotected" },
        { back - 1, "unprotected" }, { back, "protected" }, { f->frame, "protected" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_row("frame %u", rows[i].frame);
        expect_code(f, "dns", sse_state_code(sse_report_state_at(feed_report(f), &client, 4, rows[i].frame)), rows[i].state);
    }
    expect_code(f, "IPv6", sse_state_code(sse_report_state_at(feed_report(f), &client, 6, f->frame)), "not-observed");
    expect_code(f, "web", sse_state_code(sse_report_state_at(feed_report(f), &client, 0, f->frame)), "not-observed");
}

static void the_state_of_the_web_has_version_0(void **state)
{
    feed *f = *state;
    sse_addr client = feed_addr(CLIENT);
    uint32_t since;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    since = feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 21, CLIENT, GATEWAY);
    finish(f, 22);
    expect_code(f, "before", sse_state_code(sse_report_state_at(feed_report(f), &client, 0, since - 1)), "protected");
    expect_code(f, "at", sse_state_code(sse_report_state_at(feed_report(f), &client, 0, since)), "cloud-service-unavailable");
}

static void an_unknown_client_has_no_state(void **state)
{
    feed *f = *state;
    sse_addr other = feed_addr("192.0.2.77");

    feed_burst(f, 1, CLIENT, 443, ANSWERED);
    finish(f, 2);
    expect_code(f, "state", sse_state_code(sse_report_state_at(feed_report(f), &other, 4, f->frame)), "not-observed");
}

static void changes_are_noted_on_their_frames(void **state)
{
    feed *f = *state;
    uint32_t since;
    bool lost = false;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    since = feed_burst(f, 25, CLIENT, 53, SILENT);
    finish(f, 26);
    for (guint i = 0; i < feed_report(f)->frame_notes->len; i++) {
        const sse_frame_note *note = &g_array_index(feed_report(f)->frame_notes, sse_frame_note, i);

        lost = lost || (note->kind == SSE_NOTE_CHANGE && note->frame == since && note->to == SSE_UNPROTECTED && !note->web);
    }
    assert_true(lost);
}

/* The timeline ends where the verdict stands. */
static void the_newest_entry_agrees_with_the_verdict(void **state)
{
    static const struct { feed_fate last; const char *verdict; } rows[] = { { ANSWERED, "protected" }, { SILENT, "unprotected" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const sse_client_report *c;

        feed_row("%s", rows[i].verdict);
        feed_dead_cycle(f, 0, CLIENT, ANSWERED, ANSWERED);
        feed_dead_cycle(f, 20, CLIENT, SILENT, SILENT);
        feed_control(f, 26, CLIENT);
        feed_dead_cycle(f, 35, CLIENT, rows[i].last, rows[i].last);
        finish(f, 41);
        c = feed_client(f);
        expect_dns(f, rows[i].verdict, rows[i].last == ANSWERED ? NULL : "no-reply");
        expect_code(f, "newest entry", sse_state_code(g_array_index(c->timeline, sse_change, c->timeline->len - 1).to), rows[i].verdict);
        expect_frame(f, "since", c->dns.since.frame, g_array_index(c->timeline, sse_change, c->timeline->len - 1).frame);
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_state_enters),
        TEST(an_outage_enters_at_its_since_frame),
        TEST(an_outage_that_ended_stays_in_the_timeline),
        TEST(the_first_state_may_be_the_outage),
        TEST(inconclusive_never_enters),
        TEST(an_outage_without_connectivity_does_not_enter),
        TEST(one_port_down_is_no_entry),
        cmocka_unit_test(versions_have_entries_of_their_own),
        TEST(web_outage_and_recovery),
        TEST(one_failed_handshake_is_no_outage),
        TEST(the_timeline_is_sorted_by_time),
        TEST(times_are_those_of_the_frames),
        TEST(the_state_at_a_frame_is_the_newest_entrys),
        TEST(the_state_of_the_web_has_version_0),
        TEST(an_unknown_client_has_no_state),
        TEST(changes_are_noted_on_their_frames),
        cmocka_unit_test(the_newest_entry_agrees_with_the_verdict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
