/* test_log_verdict.c
 * What the client's log says against the packets: whose log it is, which clock
 * it has, agreeing and denying, and gateways that it teaches.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "log_report.h"

/* An entry of the log; the feed's next frame. */
static uint32_t entry(feed *f, double at, const obs_log *said)
{
    f->frame++;
    sse_tracker_log(f->t, f->frame, feed_ns(at), said, NULL);
    return f->frame;
}

static uint32_t dns_entry(feed *f, double at, obs_log_event event, uint8_t version, uint16_t port)
{
    const obs_log said = { .event = event, .version = version, .port = port };

    return entry(f, at, &said);
}

static uint32_t handshake_entry(feed *f, double at, bool bypass)
{
    const obs_log said = { .event = OBS_LOG_HANDSHAKE_FAILED, .fail_open = bypass, .bypass = bypass };

    return entry(f, at, &said);
}

static uint32_t state_entry(feed *f, double at, bool is_protected)
{
    const obs_log said = { .event = OBS_LOG_STATE, .is_protected = is_protected };

    return entry(f, at, &said);
}

static const sse_log_report *log_of(feed *f)
{
    const sse_report *r = feed_report(f);

    assert_non_null(r->log);
    return r->log;
}

static const sse_log_statement *statement(feed *f, uint32_t frame)
{
    const sse_report *r = feed_report(f);
    const sse_log_statement *st = sse_log_statement_at(r, frame);

    assert_non_null(st);
    return st;
}

#define expect_result(f, frame, wanted) expect_code(f, "result", sse_log_result_code(statement(f, frame)->result), wanted)

/* The module's cycle with its log: 443, then 53. @return the first entry */
static uint32_t cycle(feed *f, double at, double shift, const char *client, feed_fate fate)
{
    uint32_t first = dns_entry(f, at + shift, OBS_LOG_PROBING, 4, 443);

    feed_burst(f, at + 0.5, client, 443, fate);
    dns_entry(f, at + shift + 5, OBS_LOG_REJECTED, 4, 443);
    dns_entry(f, at + shift + 5, OBS_LOG_PROBING, 4, 53);
    feed_burst(f, at + 5.5, client, 53, fate);
    dns_entry(f, at + shift + 10, OBS_LOG_REJECTED, 4, 53);
    return first;
}

static void finish(feed *f, double at)
{
    feed_control(f, at, CLIENT);
    feed_tick(f, at + 20);
}

static void no_log_no_report(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 1);
    assert_null(feed_report(f)->log);
    assert_null(sse_log_statement_at(feed_report(f), 1));
}

static void silence_agrees(void **state)
{
    feed *f = *state;
    uint32_t first = cycle(f, 0, 0, CLIENT, SILENT), rejected;
    const sse_log_statement *st;

    rejected = f->frame;
    finish(f, 12);
    expect_number(f, "client", (uint64_t)log_of(f)->client, 0);
    expect_number(f, "entries", log_of(f)->entries, 4);
    expect_number(f, "lined up", log_of(f)->lined_up, 2);
    expect_number(f, "agrees", log_of(f)->counts[SSE_LOG_AGREES], 4);
    expect_result(f, first, "agrees");
    st = statement(f, rejected);
    expect_result(f, rejected, "agrees");
    expect_number(f, "failed", st->failed, 2);
    expect_number(f, "answered", st->answered, 0);
    expect_number(f, "frames", st->frames.total, 2);
    expect_number(f, "frame", st->frames.frame[0], rejected - 2);
    assert_true(st->one_outcome && st->outcome == SSE_PROBE_NO_REPLY);
    assert_false(log_of(f)->has_suggestion);
    expect_number(f, "advice", log_of(f)->advice->len, 0);
}

static void answers_deny(void **state)
{
    feed *f = *state;
    uint32_t rejected;

    cycle(f, 0, 0, CLIENT, ANSWERED);
    rejected = f->frame;
    finish(f, 12);
    expect_result(f, rejected, "differs");
    expect_number(f, "answered", statement(f, rejected)->answered, 2);
    expect_number(f, "denied", log_of(f)->counts[SSE_LOG_DIFFERS], 2);
    expect_number(f, "advice", log_of(f)->advice->len, 1);
    assert_non_null(strstr(feed_advice(f, log_of(f)->advice, 0), "filter driver"));
}

static void ipv6_without_packets_is_not_seen(void **state)
{
    feed *f = *state;
    uint32_t rejected;

    cycle(f, 0, 0, CLIENT, SILENT);
    rejected = dns_entry(f, 10, OBS_LOG_REJECTED, 6, 443);
    finish(f, 12);
    expect_result(f, rejected, "not-seen");
    expect_number(f, "advice", log_of(f)->advice->len, 0);
}

static void probes_that_are_not_there(void **state)
{
    feed *f = *state;
    uint32_t probing;

    cycle(f, 0, 0, CLIENT, SILENT);
    probing = dns_entry(f, 30, OBS_LOG_PROBING, 4, 443);
    finish(f, 40);
    expect_result(f, probing, "not-seen");
    expect_number(f, "advice", log_of(f)->advice->len, 1);
}

/* A round begins with its "probing" line: what was answered before does not deny. */
static void a_round_is_its_own(void **state)
{
    feed *f = *state;
    uint32_t rejected;

    feed_burst(f, 0, CLIENT, 53, ANSWERED);
    dns_entry(f, 4, OBS_LOG_PROBING, 4, 53);
    feed_burst(f, 4.2, CLIENT, 53, SILENT);
    rejected = dns_entry(f, 9, OBS_LOG_REJECTED, 4, 53);
    finish(f, 12);
    expect_result(f, rejected, "agrees");
}

static void outside_the_capture(void **state)
{
    feed *f = *state;
    uint32_t before = dns_entry(f, -3600, OBS_LOG_REJECTED, 4, 53), after;

    cycle(f, 0, 0, CLIENT, SILENT);
    finish(f, 12);
    after = dns_entry(f, 7200, OBS_LOG_PROBING, 4, 53);
    expect_result(f, before, "not-compared");
    expect_result(f, after, "not-compared");
    expect_number(f, "outside", log_of(f)->reasons[SSE_LOG_OUTSIDE], 2);
}

static void handshakes(void **state)
{
    feed *f = *state;
    uint32_t failed, early, between, fine;

    feed_learn(f, 0, CLIENT);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    failed = handshake_entry(f, 12, true);
    early = handshake_entry(f, 5, true);
    between = handshake_entry(f, 40, true);
    feed_good_handshake(f, 60, CLIENT, GATEWAY);
    fine = handshake_entry(f, 62, false);
    finish(f, 70);
    expect_result(f, failed, "agrees");
    assert_true(statement(f, failed)->outcome == SSE_SWG_RESET);
    /* What it is about may have been before the capture began. */
    expect_result(f, early, "not-compared");
    expect_result(f, between, "not-seen");
    expect_result(f, fine, "differs");
    expect_number(f, "bypass", log_of(f)->bypass, 3);
    expect_number(f, "first", log_of(f)->bypass_first, failed);
    expect_number(f, "advice", log_of(f)->advice->len, 1);
}

static void fail_open_of_both(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 13, CLIENT, GATEWAY);
    handshake_entry(f, 14, true);
    feed_visit(f, 15, CLIENT, SITE, 443);
    finish(f, 20);
    assert_true(log_of(f)->has_connections);
    expect_number(f, "connections", log_of(f)->connections, 2);
}

static void protection_state(void **state)
{
    feed *f = *state;
    uint32_t before, early, good, bad, other, after;

    before = state_entry(f, -10, true);
    feed_learn(f, 0, CLIENT);
    early = state_entry(f, -0.5, true);
    feed_good_handshake(f, 1, CLIENT, GATEWAY);
    good = state_entry(f, 5, true);
    feed_reset_handshake(f, 30, CLIENT, GATEWAY);
    feed_reset_handshake(f, 33, CLIENT, GATEWAY);
    bad = state_entry(f, 40, true);
    other = state_entry(f, 41, false);
    finish(f, 45);
    /* Whatever the capture ended with: a day later is another matter. */
    after = state_entry(f, 86400, true);
    expect_result(f, before, "not-compared");
    expect_result(f, early, "not-compared");
    expect_result(f, good, "agrees");
    expect_result(f, bad, "differs");
    expect_result(f, other, "not-compared");
    expect_result(f, after, "not-compared");
    expect_number(f, "outside", log_of(f)->reasons[SSE_LOG_OUTSIDE], 2);
    expect_number(f, "no gateway yet", log_of(f)->reasons[SSE_LOG_NO_GATEWAY], 1);
    expect_number(f, "other state", log_of(f)->reasons[SSE_LOG_OTHER_STATE], 1);
}

static void the_clock_of_a_time_zone(void **state)
{
    static const double zones[] = { 7200, -18000, 20700, 3600 };
    feed *f = *state;
    double shift = zones[0];

    for (unsigned i = 0; i < G_N_ELEMENTS(zones); i++) {
        if (i > 0) {
            feed_teardown(state);
            feed_setup(state);
            f = *state;
            shift = zones[i];
        }
        cycle(f, 0, shift, CLIENT, SILENT);
        finish(f, 12);
        assert_true(log_of(f)->has_suggestion);
        expect_number(f, "suggestion", (uint64_t)(log_of(f)->suggestion / SSE_SECOND), (uint64_t)(int64_t)-shift);
        expect_number(f, "lined up", log_of(f)->lined_up, 0);
        expect_number(f, "would line up", log_of(f)->would_line_up, 2);
        expect_number(f, "not compared", log_of(f)->reasons[SSE_LOG_CLOCKS], 4);
    }
}

static void the_preference_shifts(void **state)
{
    feed *f = *state;

    f->t->config.log_shift = -7200 * SSE_SECOND;
    cycle(f, 0, 7200, CLIENT, SILENT);
    finish(f, 12);
    assert_false(log_of(f)->has_suggestion);
    expect_number(f, "agrees", log_of(f)->counts[SSE_LOG_AGREES], 4);
    expect_number(f, "time", (uint64_t)log_of(f)->first_time, (uint64_t)feed_ns(0));
}

/* Cycles repeat: of many shifts that do as well only a time zone's is believed,
 * and of none where no zone is among them. */
static void cycles_repeat(void **state)
{
    feed *f = *state;

    for (unsigned i = 0; i < 6; i++)
        feed_dead_cycle(f, i * 15, CLIENT, SILENT, SILENT);
    dns_entry(f, 3600 + 30, OBS_LOG_PROBING, 4, 443);
    dns_entry(f, 3600 + 35, OBS_LOG_PROBING, 4, 53);
    finish(f, 100);
    expect_number(f, "suggestion", (uint64_t)(log_of(f)->suggestion / SSE_SECOND), (uint64_t)INT64_C(-3600));

    feed_teardown(state);
    feed_setup(state);
    f = *state;
    for (unsigned i = 0; i < 6; i++)
        feed_dead_cycle(f, i * 15, CLIENT, SILENT, SILENT);
    dns_entry(f, 500, OBS_LOG_PROBING, 4, 443);
    dns_entry(f, 505, OBS_LOG_PROBING, 4, 53);
    finish(f, 100);
    assert_false(log_of(f)->has_suggestion);
}

/* Where lines stand beside probes as it is, no other clock is looked for. */
static void a_clock_that_fits_is_believed(void **state)
{
    static const double lines[] = { 0, 15, 40 }, bursts[] = { 0.5, 15.5, 900.5, 915.5, 940.5 };
    feed *f = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++)
        dns_entry(f, lines[i], OBS_LOG_PROBING, 4, 443);
    for (unsigned i = 0; i < G_N_ELEMENTS(bursts); i++)
        feed_burst(f, bursts[i], CLIENT, 443, SILENT);
    finish(f, 950);
    expect_number(f, "lined up", log_of(f)->lined_up, 2);
    assert_false(log_of(f)->has_suggestion);
}

/* Probes every 10 s, and a log that begins long before the capture: the next
 * quarter of an hour would bring more lines beside probes, and is wrong. */
static void a_long_log_keeps_its_clock(void **state)
{
    feed *f = *state;
    uint32_t inside = 0;

    for (int i = -120; i < 60; i++) {
        if (i < 6) {
            uint32_t frame = dns_entry(f, 10 * i, OBS_LOG_PROBING, 4, 443);

            if (i == 3)
                inside = frame;
        }
        if (i >= 0)
            feed_burst(f, 10 * i + 0.5, CLIENT, 443, ANSWERED);
    }
    finish(f, 610);
    assert_false(log_of(f)->has_suggestion);
    expect_number(f, "lined up", log_of(f)->lined_up, 6);
    expect_result(f, inside, "agrees");
}

/* The capture began behind a line's probes: nothing is said of them. */
static void the_capture_began_later(void **state)
{
    feed *f = *state;
    uint32_t probing;

    feed_control(f, 2, CLIENT);
    probing = dns_entry(f, 0, OBS_LOG_PROBING, 4, 443);
    feed_burst(f, 10.5, CLIENT, 443, ANSWERED);
    finish(f, 20);
    expect_result(f, probing, "not-compared");
    expect_number(f, "outside", log_of(f)->reasons[SSE_LOG_OUTSIDE], 1);
}

/* Sixteen frames are kept; what lies behind them counts for the words, too. */
static void more_than_the_kept_frames(void **state)
{
    feed *f = *state;
    uint32_t failed;

    feed_learn(f, 0, CLIENT);
    for (unsigned i = 0; i < 17; i++)
        feed_reset_handshake(f, 30 + 0.1 * i, CLIENT, GATEWAY);
    failed = handshake_entry(f, 33, true);
    finish(f, 60);
    expect_number(f, "failed", statement(f, failed)->failed, 17);
    expect_number(f, "frames", statement(f, failed)->frames.total, 17);
    assert_false(statement(f, failed)->one_outcome);
}

/* Logs that are merged out of order: a round that begins later is not this one's. */
static void a_round_that_begins_later(void **state)
{
    feed *f = *state;
    uint32_t rejected;

    feed_burst(f, 0.5, CLIENT, 53, SILENT);
    feed_control(f, 12, CLIENT);
    dns_entry(f, 9, OBS_LOG_PROBING, 4, 53);
    rejected = dns_entry(f, 5, OBS_LOG_REJECTED, 4, 53);
    feed_tick(f, 40);
    expect_result(f, rejected, "agrees");
}

static void a_clock_that_is_wrong(void **state)
{
    feed *f = *state;

    cycle(f, 0, 137, CLIENT, SILENT);
    cycle(f, 17, 137, CLIENT, SILENT);
    finish(f, 30);
    assert_true(log_of(f)->has_suggestion);
    expect_number(f, "suggestion", (uint64_t)(log_of(f)->suggestion / SSE_SECOND), (uint64_t)INT64_C(-137));
}

/* Two lines do not tell a shift that no time zone has: the advice is about the
 * clock then, and not that the probes are missing. */
static void a_clock_that_cannot_be_told(void **state)
{
    feed *f = *state;

    cycle(f, 0, 37, CLIENT, SILENT);
    finish(f, 40);
    assert_false(log_of(f)->has_suggestion);
    expect_number(f, "lined up", log_of(f)->lined_up, 0);
    expect_number(f, "advice", log_of(f)->advice->len, 1);
    assert_non_null(strstr(feed_advice(f, log_of(f)->advice, 0), "first compare the clocks"));
}

static void a_log_of_another_day(void **state)
{
    static const double shifts[] = { -200000, 200000 };

    for (unsigned i = 0; i < G_N_ELEMENTS(shifts); i++) {
        feed *f;

        feed_teardown(state);
        feed_setup(state);
        f = *state;
        cycle(f, 0, shifts[i], CLIENT, SILENT);
        finish(f, 12);
        expect_number(f, "outside", log_of(f)->reasons[SSE_LOG_OUTSIDE], 4);
        expect_number(f, "advice", log_of(f)->advice->len, 1);
        assert_non_null(strstr(feed_advice(f, log_of(f)->advice, 0), "of different days"));
    }
}

static void of_two_clients_the_one_beside_the_lines(void **state)
{
    feed *f = *state;
    const sse_report *r;

    cycle(f, 0, 0, CLIENT2, SILENT);
    feed_dead_cycle(f, 27, CLIENT, SILENT, SILENT);
    finish(f, 40);
    r = feed_report(f);
    assert_true(r->clients->len == 2 && r->log->client >= 0);
    sse_addr wanted = feed_addr(CLIENT2);
    assert_true(sse_addr_equal(&g_array_index(r->clients, sse_client_report, r->log->client).client, &wanted));
}

static void of_two_clients_alike_none(void **state)
{
    feed *f = *state;
    uint32_t first = dns_entry(f, 0, OBS_LOG_PROBING, 4, 443);

    feed_burst(f, 0.5, CLIENT, 443, SILENT);
    feed_burst(f, 0.6, CLIENT2, 443, SILENT);
    dns_entry(f, 5, OBS_LOG_PROBING, 4, 53);
    feed_burst(f, 5.5, CLIENT, 53, SILENT);
    feed_burst(f, 5.6, CLIENT2, 53, SILENT);
    finish(f, 12);
    expect_number(f, "client", (uint64_t)log_of(f)->client, (uint64_t)-1);
    expect_number(f, "lined up", log_of(f)->lined_up, 2);
    expect_result(f, first, "not-compared");
}

/* The verdict of what a filter on CLIENT2 leaves, where CLIENT's cycle and log
 * begin at 0, and CLIENT2 is answered at the times that are given. */
static sse_report *filtered(void **state, double on_443, double on_53)
{
    feed *f;
    sse_selection *s = sse_selection_new("ip.addr == " CLIENT2);
    const sse_addr wanted = feed_addr(CLIENT2);
    sse_report *r;

    feed_teardown(state);
    feed_setup(state);
    f = *state;
    cycle(f, 0, 0, CLIENT, SILENT);
    feed_burst(f, on_443, CLIENT2, 443, ANSWERED);
    feed_burst(f, on_53, CLIENT2, 53, ANSWERED);
    finish(f, MAX(on_53 + 5, 12));
    for (uint32_t i = 0; i < f->t->probes->len; i++)
        if (sse_addr_equal(&sse_tracker_address(f->t, sse_tracker_probe(f->t, i)->client)->addr, &wanted))
            sse_selection_add(s, SSE_OF_PROBE, i, true);
    sse_tracker_settle(f->t);
    r = sse_verdict(f->t, s);
    sse_selection_free(s);
    expect_number(f, "clients", r->clients->len, 1);
    return r;
}

/* A filter leaves a client out, and its log with it: that is not the log of the
 * client that is left, whose packets would deny it, now or with another clock. */
static void of_a_client_that_the_filter_leaves_out(void **state)
{
    static const double times[][2] = { { 0.7, 8.5 }, { 8.5, 5.7 }, { 900.5, 905.5 } };
    const sse_addr left_out = feed_addr(CLIENT);

    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
        sse_report *r = filtered(state, times[i][0], times[i][1]);

        feed_row("%u", i);
        assert_true(r->log->left_out && sse_addr_equal(&r->log->left_out_addr, &left_out));
        assert_true(r->log->client == -1 && !r->log->has_suggestion);
        assert_int_equal(r->log->reasons[SSE_LOG_NO_CLIENT], 4);
        sse_report_free(r);
    }
}

/* Where the lines fit no client better than the other, the filter says whose log
 * it is. */
static void of_two_clients_alike_the_filters(void **state)
{
    sse_report *r = filtered(state, 0.7, 5.7);

    assert_true(!r->log->left_out && r->log->client == 0);
    assert_int_equal(r->log->counts[SSE_LOG_DIFFERS], 2);
    sse_report_free(r);
}

static void a_log_alone(void **state)
{
    feed *f = *state;
    uint32_t rejected = dns_entry(f, 0, OBS_LOG_REJECTED, 4, 53);

    expect_number(f, "client", (uint64_t)log_of(f)->client, (uint64_t)-1);
    expect_result(f, rejected, "not-compared");
    expect_number(f, "frames", feed_report(f)->frames, 0);
}

/* A name that is no gateway's teaches nothing (the caller says so by NULL), nor
 * does an address that no gateway has. */
static void gateways_are_learnt(void **state)
{
    static const struct { const char *address, *name; obs_log_event event; bool learnt; } rows[] = {
        { GATEWAY, GATEWAY_NAME, OBS_LOG_RESOLVED, true },
        { GATEWAY, NULL, OBS_LOG_RESOLVED, false },
        { "192.168.1.1", GATEWAY_NAME, OBS_LOG_RESOLVED, false },
        { R1, GATEWAY_NAME, OBS_LOG_RESOLVED, false },
        { "146.112.61.106", GATEWAY_NAME, OBS_LOG_RESOLVED, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f;
        sse_addr address = feed_addr(rows[i].address);
        obs_log said = { .event = rows[i].event, .address = address };

        feed_row("%u", i);
        feed_teardown(state);
        feed_setup(state);
        f = *state;
        f->frame++;
        sse_tracker_log(f->t, f->frame, feed_ns(0), &said, rows[i].name);
        assert_int_equal((sse_tracker_role(f->t, &address) & SSE_ROLE_GATEWAY) != 0, rows[i].learnt);
        if (!rows[i].learnt)
            continue;
        feed_reset_handshake(f, 1, CLIENT, rows[i].address);
        finish(f, 5);
        const sse_gateway_report *g = &g_array_index(feed_client(f)->gateways, sse_gateway_report, 0);
        expect_code(f, "known from", sse_known_code(g->known_from), "log");
        expect_number(f, "known since", g->known_since, 1);
        expect_code(f, "name", g->name, GATEWAY_NAME);
    }
}

static void limits(void **state)
{
    feed *f = *state;

    cycle(f, 0, 0, CLIENT, SILENT);
    for (unsigned i = 0; i < SSE_MAX_LOG_NOTES + 10; i++)
        dns_entry(f, 11, OBS_LOG_REJECTED, 4, 53);
    finish(f, 12);
    expect_number(f, "statements", log_of(f)->statements->len, SSE_MAX_LOG_NOTES);
    expect_number(f, "entries", log_of(f)->entries, SSE_MAX_LOG_NOTES + 14);
    expect_finding(f, SSE_FIND_LIMIT_REACHED);
}

/* "Connecting to" teaches, save where the agent connects to web sites. */
static void where_the_agent_connects_is_a_gateway(void **state)
{
    static const struct { const char *what; obs_log before; const char *address; uint16_t port; bool named, learnt; } rows[] = {
        { "nothing before", { .event = OBS_LOG_TEXT }, GATEWAY, 443, false, true },
        { "another port", { .event = OBS_LOG_TEXT }, GATEWAY, 8443, false, false },
        { "a private address", { .event = OBS_LOG_TEXT }, "192.168.1.1", 443, false, false },
        { "modes by the gateway", { .event = OBS_LOG_MODES }, GATEWAY, 443, false, true },
        { "modes of the bypass", { .event = OBS_LOG_MODES, .bypass = true }, SITE, 443, false, false },
        { "failed, now bypassed", { .event = OBS_LOG_HANDSHAKE_FAILED, .fail_open = true, .bypass = true }, SITE, 443, false, false },
        { "failed, no bypass", { .event = OBS_LOG_HANDSHAKE_FAILED }, GATEWAY, 443, false, true },
        { "resolved another name", { .event = OBS_LOG_RESOLVED }, SITE, 443, false, false },
        { "an answer calls it otherwise", { .event = OBS_LOG_TEXT }, SITE, 443, true, false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const sse_addr address = feed_addr(rows[i].address);
        const obs_log said = { .event = OBS_LOG_CONNECTING, .address = address, .port = rows[i].port };
        feed *f;

        feed_row("%s", rows[i].what);
        feed_teardown(state);
        feed_setup(state);
        f = *state;
        if (rows[i].named) {
            feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .qname = "www.example.com" });
            feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .qname = "www.example.com",
                                              .response = true, .answers = 1, .address = { rows[i].address } });
        }
        f->frame++;
        sse_tracker_log(f->t, f->frame, feed_ns(1), &rows[i].before, NULL);
        f->frame++;
        sse_tracker_log(f->t, f->frame, feed_ns(1), &said, NULL);
        assert_int_equal((sse_tracker_role(f->t, &address) & SSE_ROLE_GATEWAY) != 0, rows[i].learnt);
    }
}

/* What a host sends and gets besides: n packets each way. */
static void traffic(feed *f, double at, const char *host, unsigned n)
{
    const sse_addr own = feed_addr(host), site = feed_addr(SITE);

    for (unsigned i = 0; i < n; i++) {
        feed_tick(f, at + i * 0.001);
        sse_tracker_beside_log(f->t, &own, &site);
        sse_tracker_beside_log(f->t, &site, &own);
    }
}

/* "A log that rejects both ports while the capture covers the time, holds one busy
 * host and no probe: something on the host takes the probes" */
static void probes_that_never_leave_the_host(void **state)
{
    static const struct { const char *what; uint16_t ports[2]; unsigned own, other; double ends; bool probe, taken; } rows[] = {
        { "both ports, one host", { 443, 53 }, 50, 0, 60, false, true },
        { "one port", { 443, 443 }, 50, 0, 60, false, false },
        { "the capture ends before", { 443, 53 }, 50, 0, 15, false, false },
        { "two busy hosts", { 443, 53 }, 50, 50, 60, false, false },
        { "a few packets of another", { 443, 53 }, 50, 5, 60, false, true },
        { "a host that does nothing", { 443, 53 }, 3, 0, 60, false, false },
        { "a probe", { 443, 53 }, 50, 0, 60, true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        dns_entry(f, 0, OBS_LOG_PROBING, 4, 443);
        traffic(f, 1, CLIENT, rows[i].own);
        traffic(f, 2, CLIENT2, rows[i].other);
        if (rows[i].probe)
            feed_query(f, 3, CLIENT, R1, 443, 1);
        dns_entry(f, 15, OBS_LOG_REJECTED, 4, rows[i].ports[0]);
        dns_entry(f, 20, OBS_LOG_REJECTED, 4, rows[i].ports[1]);
        feed_tick(f, rows[i].ends);
        expect_number(f, "taken", log_of(f)->taken, rows[i].taken);
        if (rows[i].taken) {
            const sse_advice *advice = &g_array_index(log_of(f)->advice, sse_advice, 0);
            const sse_addr own = feed_addr(CLIENT);

            assert_true(sse_addr_equal(&log_of(f)->host, &own));
            expect_number(f, "advice", advice->code, SSE_ADVICE_LOG_TAKEN);
        }
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probes_that_never_leave_the_host),
        TEST(no_log_no_report), TEST(silence_agrees), TEST(answers_deny), TEST(ipv6_without_packets_is_not_seen),
        TEST(probes_that_are_not_there), TEST(a_round_is_its_own), TEST(outside_the_capture), TEST(handshakes),
        TEST(fail_open_of_both), TEST(protection_state), TEST(the_clock_of_a_time_zone), TEST(the_preference_shifts),
        TEST(cycles_repeat), TEST(a_clock_that_fits_is_believed), TEST(a_clock_that_is_wrong),
        TEST(a_long_log_keeps_its_clock), TEST(the_capture_began_later), TEST(more_than_the_kept_frames),
        TEST(a_round_that_begins_later),
        TEST(a_clock_that_cannot_be_told), TEST(a_log_of_another_day),
        TEST(of_two_clients_the_one_beside_the_lines),
        TEST(of_two_clients_alike_none), TEST(of_a_client_that_the_filter_leaves_out),
        TEST(of_two_clients_alike_the_filters), TEST(a_log_alone), TEST(gateways_are_learnt), TEST(where_the_agent_connects_is_a_gateway), TEST(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
