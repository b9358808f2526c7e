/* test_web_verdict.c
 * Web protection: the newest completed handshake, the failing run, the rules
 * in their order, names, proxy errors, fail-open, candidates, and where a
 * reset came from.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#define UNAVAILABLE "cloud-service-unavailable"

/* The gateways are known, the client has control traffic, from second 1 on. */
static void start(feed *f)
{
    feed_learn(f, 0, CLIENT);
    feed_lookup(f, 0.5, CLIENT, LOCAL_DNS, 900);
    feed_answer(f, 0.51, CLIENT, LOCAL_DNS, 900, 0, GATEWAY2);
}

static void finish(feed *f, double last)
{
    feed_control(f, last, CLIENT);
    feed_tick(f, last + 20);
}

/* A SYN and its retransmissions, none answered. */
static uint32_t silent_handshake(feed *f, double at, const char *gateway, unsigned transmissions)
{
    feed_conn c = feed_connection(CLIENT, gateway, 443, f->sport++);
    uint32_t frame = feed_syn(f, at, &c);

    for (unsigned i = 1; i < transmissions; i++)
        feed_syn(f, at + i * 0.1, &c);
    return frame;
}

/* A CONNECT that is acknowledged and never answered. */
static uint32_t silent_session(feed *f, double at, const char *gateway, const char *host)
{
    feed_conn c = feed_connection(CLIENT, gateway, 443, f->sport++);
    uint32_t frame = feed_syn(f, at, &c);

    feed_synack(f, at + 0.02, &c);
    feed_connect(f, at + 0.03, &c, host);
    feed_server_ack(f, at + 0.05, &c);
    return frame;
}

/* ---- rule 2: the failing run ---- */

static void two_failed_handshakes_are_enough(void **state)
{
    feed *f = *state;
    uint32_t frame;

    start(f);
    frame = feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 11, CLIENT, GATEWAY);
    finish(f, 12);
    expect_web(f, UNAVAILABLE, "reset");
    expect_frame(f, "since", feed_client(f)->web.since.frame, frame);
    assert_true(feed_client(f)->web.since.at_or_before);
}

static void one_failed_handshake_is_not(void **state)
{
    feed *f = *state;

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    finish(f, 12);
    expect_web(f, "inconclusive", NULL);
}

static void one_with_four_unanswered_syns_is_enough(void **state)
{
    static const struct { unsigned syns; const char *state, *cause; } rows[] = { { 3, "inconclusive", NULL }, { 4, UNAVAILABLE, "no-reply" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u SYNs", rows[i].syns);
        start(f);
        silent_handshake(f, 10, GATEWAY, rows[i].syns);
        finish(f, 14);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void one_with_four_unanswered_first_payloads_is_enough(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_payload(f, 10.03, &c, 200);
    feed_payload_again(f, 10.33, &c);
    feed_payload_again(f, 11, &c);
    feed_payload_again(f, 14, &c);
    finish(f, 15);
    expect_web(f, UNAVAILABLE, "session-stalled");
}

static void four_transmissions_acknowledged_in_the_end_are_not_enough(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_payload(f, 10.03, &c, 200);
    feed_payload_again(f, 10.33, &c);
    feed_payload_again(f, 11, &c);
    feed_payload_again(f, 14, &c);
    feed_server_ack(f, 14.02, &c);
    finish(f, 20);
    expect_handshake(f, 0, "session-silent");
    expect_web(f, "inconclusive", NULL);
}

static void gateway_payload_meanwhile_means_four_syns_are_not_enough(void **state)
{
    feed *f = *state;
    feed_conn old = feed_connection(CLIENT, GATEWAY, 443, 55000), c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 5, &old);
    feed_synack(f, 5.02, &old);
    feed_payload(f, 5.03, &old, 200);
    feed_server_payload(f, 5.05, &old, 300);
    feed_syn(f, 10, &c);
    feed_syn(f, 11, &c);
    feed_server_payload(f, 12, &old, 300);
    feed_syn(f, 13, &c);
    feed_syn(f, 17, &c);
    finish(f, 18);
    expect_web(f, "protected", NULL);
}

static void pending_handshakes_say_nothing(void **state)
{
    feed *f = *state;

    start(f);
    silent_handshake(f, 10, GATEWAY, 1);
    silent_handshake(f, 10.1, GATEWAY, 1);
    feed_tick(f, 12);
    expect_web(f, "inconclusive", NULL);
}

static void handshakes_within_1_s_of_g_are_not_in_the_run(void **state)
{
    static const struct { double fails; const char *state, *cause; } rows[] = { { 11, "protected", NULL }, { 11 + NS, UNAVAILABLE, "reset" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("failures at %.9f s", rows[i].fails);
        start(f);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        feed_reset_handshake(f, rows[i].fails, CLIENT, GATEWAY);
        feed_reset_handshake(f, rows[i].fails, CLIENT, GATEWAY);
        finish(f, 12);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void a_completed_handshake_after_the_failures_ends_the_run(void **state)
{
    feed *f = *state;

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 11, CLIENT, GATEWAY);
    feed_good_handshake(f, 12, CLIENT, GATEWAY);
    finish(f, 13);
    expect_web(f, "protected", NULL);
}

static void an_opened_handshake_clears_no_failure(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 11, CLIENT, GATEWAY);
    feed_syn(f, 13, &c);
    feed_synack(f, 13.02, &c);
    finish(f, 14);
    expect_web(f, UNAVAILABLE, "reset");
}

static void an_open_connection_is_no_proof(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 13, &c);
    feed_synack(f, 13.02, &c);
    finish(f, 14);
    expect_web(f, "inconclusive", NULL);
}

static void one_dead_gateway_needs_60_s(void **state)
{
    static const struct { const char *what, *good, *bad; double first; const char *state; } rows[] = {
        { "other gateway, until 60 s", GATEWAY2, GATEWAY, 70, "protected" },
        { "other gateway, 1 ns after", GATEWAY2, GATEWAY, 70 + NS, UNAVAILABLE },
        { "other gateway, soon", GATEWAY2, GATEWAY, 15, "protected" },
        { "same gateway, soon", GATEWAY, GATEWAY, 15, UNAVAILABLE },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        feed_good_handshake(f, 10, CLIENT, rows[i].good);
        feed_reset_handshake(f, rows[i].first, CLIENT, rows[i].bad);
        feed_reset_handshake(f, rows[i].first, CLIENT, rows[i].bad);
        finish(f, 75);
        expect_web(f, rows[i].state, strcmp(rows[i].state, "protected") == 0 ? NULL : "reset");
        feed_free(f);
    }
}

static void failures_at_two_gateways_need_no_60_s(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY2);
    feed_reset_handshake(f, 15, CLIENT, GATEWAY);
    feed_reset_handshake(f, 16, CLIENT, GATEWAY2);
    finish(f, 17);
    expect_web(f, UNAVAILABLE, "reset");
}

/* "all are `session-silent` for one CONNECT host and G served another" */
static void one_silent_site_needs_60_s(void **state)
{
    static const struct { const char *what, *served, *second; double at; const char *state; } rows[] = {
        { "one host, soon", "good.example", "slow.example", 15, "protected" },
        { "one host, 60 s", "good.example", "slow.example", 70, "protected" },
        { "one host, later", "good.example", "slow.example", 70.1, UNAVAILABLE },
        { "two hosts, soon", "good.example", "other.example", 15, UNAVAILABLE },
        { "the host that G served, soon", "slow.example", "slow.example", 15, UNAVAILABLE },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        feed_connect_status(f, 10, CLIENT, GATEWAY, rows[i].served, 200);
        silent_session(f, rows[i].at, GATEWAY, "slow.example");
        silent_session(f, rows[i].at, GATEWAY, rows[i].second);
        finish(f, 80);
        expect_web(f, rows[i].state, strcmp(rows[i].state, "protected") == 0 ? NULL : "session-silent");
        feed_free(f);
    }
}

/* The ten handshakes before the run, '+' completed, '-' reset, one every 2 s;
 * then the run, none completed. Reading: "one failed" is at least one. */
static void a_gateway_that_always_fails_in_part_needs_four(void **state)
{
    static const struct { const char *before; unsigned run; const char *state; } rows[] = {
        { "++++++++++", 2, UNAVAILABLE },
        { "+++-++++++", 2, "protected" }, { "+++-++++++", 3, "protected" }, { "+++-++++++", 4, UNAVAILABLE },
        { "-+-+-+-+-+", 3, "protected" },
        { "---+--+-++", 2, UNAVAILABLE }, /* four of ten completed */
        { "-++++++++++", 2, UNAVAILABLE }, /* the failed one is the eleventh */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        double at = 10;

        feed_row("%s, then %u failures", rows[i].before, rows[i].run);
        start(f);
        for (const char *c = rows[i].before; *c != '\0'; c++, at += 2) {
            if (*c == '+')
                feed_good_handshake(f, at, CLIENT, GATEWAY);
            else
                feed_reset_handshake(f, at, CLIENT, GATEWAY);
        }
        for (unsigned k = 0; k < rows[i].run; k++, at += 2)
            feed_reset_handshake(f, at, CLIENT, GATEWAY);
        finish(f, at);
        expect_web(f, rows[i].state, strcmp(rows[i].state, "protected") == 0 ? NULL : "reset");
        feed_free(f);
    }
}

static void partly_failing_is_a_finding(void **state)
{
    feed *f = *state;

    start(f);
    for (int i = 0; i < 8; i++) {
        if (i == 3)
            feed_reset_handshake(f, 10 + 2 * i, CLIENT, GATEWAY);
        else
            feed_good_handshake(f, 10 + 2 * i, CLIENT, GATEWAY);
    }
    finish(f, 30);
    expect_web(f, "protected", NULL);
    expect_finding(f, SSE_FIND_GATEWAY_PARTLY_FAILING);
}

/* R reset, N no reply, S session-silent, I ICMP */
static void cause_of_the_run(void **state)
{
    static const struct { const char *run, *cause; } rows[] = {
        { "RR", "reset" }, { "NN", "no-reply" }, { "NNR", "no-reply" }, { "NNNRR", "reset" }, { "II", "icmp-unreachable" },
        { "NNII", "icmp-unreachable" }, { "SS", "session-silent" }, { "RRSS", "reset" }, { "SSRR", "reset" },
        { "IIRR", "reset" }, { "IISSS", "session-silent" }, { "IISS", "icmp-unreachable" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        double at = 10;

        feed_row("%s", rows[i].run);
        start(f);
        for (const char *c = rows[i].run; *c != '\0'; c++, at += 2) {
            if (*c == 'R') {
                feed_reset_handshake(f, at, CLIENT, GATEWAY);
            } else if (*c == 'N') {
                silent_handshake(f, at, GATEWAY, 1);
            } else if (*c == 'S') {
                silent_session(f, at, GATEWAY, at < 13 ? "a.example" : "b.example");
            } else {
                feed_conn conn = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

                feed_syn(f, at, &conn);
                feed_icmp_syn(f, at + 0.003, FIREWALL, &conn, 3, 13);
            }
        }
        finish(f, at);
        expect_web(f, UNAVAILABLE, rows[i].cause);
        feed_free(f);
    }
}

static void since_is_the_runs_first_syn(void **state)
{
    feed *f = *state;
    uint32_t frame;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    frame = feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 21, CLIENT, GATEWAY);
    feed_reset_handshake(f, 22, CLIENT, GATEWAY);
    finish(f, 23);
    expect_frame(f, "since", feed_client(f)->web.since.frame, frame);
    assert_false(feed_client(f)->web.since.at_or_before);
}

/* ---- G ---- */

static void gateway_payload_on_a_connection_older_than_the_file_protects(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_server_payload(f, 10, &c, 300);
    feed_ack(f, 10.01, &c);
    finish(f, 11);
    expect_web(f, "protected", NULL);
}

/* Without a word of the client on that connection anybody may have sent it in the
 * gateway's name; what the client resets it does not know itself. */
static void what_comes_on_a_connection_that_the_client_never_used_is_nothing(void **state)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);
        uint32_t frame;

        (void)state;
        feed_row("%u", kind);
        start(f);
        frame = feed_reset_handshake(f, 10, CLIENT, GATEWAY);
        feed_reset_handshake(f, 12, CLIENT, GATEWAY);
        if (kind == 0) {
            feed_synack(f, 11, &c);
        } else if (kind == 1) {
            feed_server_payload(f, 11, &c, 300);
        } else if (kind == 2) {
            feed_status(f, 11, &c, 200);
        } else {
            feed_synack(f, 11, &c);
            feed_client_rst(f, 11.01, &c);
        }
        finish(f, 13);
        expect_web(f, UNAVAILABLE, "reset");
        expect_frame(f, "since", feed_client(f)->web.since.frame, frame);
        expect_number(f, "handshakes", g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).handshakes, 2);
        expect_number(f, "answers to CONNECT", feed_client(f)->connects->len, 0);
        feed_free(f);
    }
}

/* ... as completed at the file's start: failures later than that are a run. */
static void it_counts_as_completed_at_the_files_start(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 11, CLIENT, GATEWAY);
    feed_server_payload(f, 12, &c, 300);
    feed_ack(f, 12.01, &c);
    finish(f, 13);
    expect_web(f, UNAVAILABLE, "reset");
    assert_false(feed_client(f)->web.since.at_or_before);
}

static void port_80_decides_only_where_there_is_none_to_443(void **state)
{
    (void)state;
    for (int with_443 = 0; with_443 < 2; with_443++) {
        feed *f = feed_new();

        feed_row("443 used: %d", with_443);
        start(f);
        if (with_443)
            feed_good_handshake(f, 10, CLIENT, GATEWAY);
        for (int i = 0; i < 3; i++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 80, (uint16_t)(56000 + i));

            feed_syn(f, 20 + i, &c);
            feed_rst(f, 20.02 + i, &c, 0, 0);
        }
        finish(f, 24);
        expect_web(f, with_443 ? "protected" : UNAVAILABLE, with_443 ? NULL : "reset");
        feed_free(f);
    }
}

static void nothing_of_the_gateway_is_not_observed(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 1);
    expect_web(f, "not-observed", NULL);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->web.confidence), NULL);
}

static void last_evidence_of_protection_is_gateway_payload(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);
    uint32_t frame;

    start(f);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_payload(f, 10.03, &c, 200);
    feed_server_payload(f, 10.05, &c, 300);
    feed_payload(f, 100, &c, 200);
    frame = feed_server_payload(f, 100.02, &c, 300);
    finish(f, 200);
    expect_web(f, "protected", NULL);
    expect_frame(f, "evidence", feed_client(f)->web.evidence_frame, frame);
}

/* ---- rule 1: no connectivity ---- */

static void a_dead_link_is_inconclusive(void **state)
{
    static const struct { const char *what; int attempts; bool heard; const char *state, *cause; } rows[] = {
        { "two silent attempts", 2, false, "inconclusive", "no-connectivity" },
        { "one", 1, false, UNAVAILABLE, "no-reply" },
        { "two, but something public is heard", 2, true, UNAVAILABLE, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        silent_handshake(f, 10, GATEWAY, 1);
        for (int k = 0; k < rows[i].attempts; k++)
            feed_silent_visit(f, 11 + k, CLIENT, k ? SITE2 : SITE);
        silent_handshake(f, 14, GATEWAY, 1);
        if (rows[i].heard)
            feed_other(f, 14.5, SITE, CLIENT);
        feed_tick(f, 40);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void icmp_errors_of_routing_are_silence_and_others_are_not(void **state)
{
    static const struct { const char *what; uint8_t type, code; const char *state, *cause; } rows[] = {
        { "net unreachable", 3, 0, "inconclusive", "no-connectivity" }, { "host unreachable", 3, 1, "inconclusive", "no-connectivity" },
        { "time exceeded", 11, 0, "inconclusive", "no-connectivity" }, { "prohibited", 3, 13, UNAVAILABLE, "icmp-unreachable" },
        { "port unreachable", 3, 3, UNAVAILABLE, "icmp-unreachable" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        for (uint16_t k = 0; k < 2; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + k));

            feed_syn(f, 10 + k, &c);
            feed_icmp_syn(f, 10.003 + k, FIREWALL, &c, rows[i].type, rows[i].code);
        }
        feed_silent_visit(f, 12, CLIENT, SITE);
        feed_silent_visit(f, 12.5, CLIENT, SITE2);
        feed_tick(f, 40);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* "`session-stalled` ... are silence where no packet of a public address came between
 * its SYN-ACK and 2 s after the newest failure" */
static void data_that_stalls_on_a_line_that_dies_is_silence(void **state)
{
    static const struct { const char *what; double heard; const char *state, *cause; } rows[] = {
        { "nothing comes any more", 0, "inconclusive", "no-connectivity" },
        { "something public comes before the line dies", 9, "inconclusive", "no-connectivity" },
        { "something public comes behind the SYN-ACK", 10.5, UNAVAILABLE, "session-stalled" },
        { "something public comes at the end", 19, UNAVAILABLE, "session-stalled" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 57000);

        feed_row("%s", rows[i].what);
        start(f);
        if (rows[i].heard > 0 && rows[i].heard < 10)
            feed_other(f, rows[i].heard, SITE, CLIENT);
        feed_syn(f, 10, &c);
        feed_synack(f, 10.02, &c);
        feed_payload(f, 10.03, &c, 200);
        if (rows[i].heard > 10 && rows[i].heard < 11)
            feed_other(f, rows[i].heard, SITE, CLIENT);
        feed_silent_visit(f, 11, CLIENT, SITE);
        feed_payload_again(f, 12, &c);
        feed_silent_visit(f, 13, CLIENT, SITE2);
        feed_payload_again(f, 15, &c);
        feed_payload_again(f, 20, &c);
        if (rows[i].heard > 11)
            feed_other(f, rows[i].heard, SITE, CLIENT);
        feed_tick(f, 50);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* "such an answer in a resolver's name is an answer" */
static void an_error_to_a_lookup_is_silence_save_in_a_resolvers_name(void **state)
{
    static const struct { const char *server; const char *state, *cause; } rows[] = {
        { LOCAL_DNS, "inconclusive", "no-connectivity" }, { "8.8.8.8", "inconclusive", "no-connectivity" },
        { R1, UNAVAILABLE, "name-not-resolved" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].server);
        feed_other(f, 1, LOCAL_DNS, CLIENT);
        for (uint16_t k = 0; k < 2; k++) {
            feed_lookup(f, 10 + 4 * k, CLIENT, rows[i].server, k);
            feed_silent_visit(f, 10.5 + 4 * k, CLIENT, k ? SITE2 : SITE);
            feed_answer(f, 11 + 4 * k, CLIENT, rows[i].server, k, 2, NULL);
        }
        feed_tick(f, 50);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void resets_are_no_dead_link(void **state)
{
    feed *f = *state;

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_silent_visit(f, 11, CLIENT, SITE);
    feed_silent_visit(f, 12, CLIENT, SITE2);
    feed_reset_handshake(f, 13, CLIENT, GATEWAY);
    feed_tick(f, 40);
    expect_web(f, UNAVAILABLE, "reset");
}

/* What else the client does is kept with probes and handshakes: a lookup alone
 * carries no counts, so a probe stands beside it as with the module at work. */
static void a_dead_link_where_the_name_is_asked_for_is_inconclusive_too(void **state)
{
    feed *f = *state;

    feed_lookup(f, 10, CLIENT, LOCAL_DNS, 1);
    feed_other(f, 10.5, LOCAL_DNS, CLIENT);
    feed_lookup(f, 11, CLIENT, LOCAL_DNS, 1);
    feed_lookup(f, 13, CLIENT, LOCAL_DNS, 1);
    feed_burst(f, 13.5, CLIENT, 443, SILENT);
    feed_local_query(f, 14, CLIENT, 700);
    feed_local_query(f, 14.1, CLIENT, 701);
    feed_lookup(f, 15, CLIENT, LOCAL_DNS, 2);
    feed_lookup(f, 16, CLIENT, LOCAL_DNS, 2);
    feed_tick(f, 50);
    expect_web(f, "inconclusive", "no-connectivity");
}

/* ---- rule 3: proxy errors ---- */

typedef struct proxy_row {
    const char *what;
    struct { const char *host; uint16_t status; } answer[6];
    const char *state, *cause;
    unsigned since; /* the answer that since points to, from 1 */
} proxy_row;

static void the_newest_three_connect_answers(void **state)
{
    static const proxy_row rows[] = {
        { "three 502 for two hosts", { { "a.example", 502 }, { "b.example", 502 }, { "a.example", 502 } }, UNAVAILABLE, "proxy-error", 1 },
        { "two 502", { { "a.example", 502 }, { "b.example", 502 } }, "inconclusive", NULL, 0 },
        { "another site served shortly before", { { "a.example", 200 }, { "b.example", 502 }, { "c.example", 503 }, { "d.example", 504 } }, "protected", NULL, 0 },
        { "hosts of one site served before", { { "a.site.example", 200 }, { "b.site.example", 502 }, { "c.site.example", 503 }, { "d.site.example", 504 } }, UNAVAILABLE, "proxy-error", 2 },
        { "515 to 517 show the gateway at work", { { "a.example", 515 }, { "b.example", 516 }, { "c.example", 517 } }, "protected", NULL, 0 },
        { "a sign-in that goes well", { { "a.example", 407 }, { "a.example", 200 }, { "a.example", 407 }, { "a.example", 200 } }, "protected", NULL, 0 },
        { "a longer row", { { "a.example", 502 }, { "b.example", 502 }, { "c.example", 502 }, { "d.example", 502 } }, UNAVAILABLE, "proxy-error", 1 },
        { "a 200 among them", { { "a.example", 502 }, { "b.example", 200 }, { "c.example", 502 } }, "protected", NULL, 0 },
        { "a 403 among them", { { "a.example", 502 }, { "b.example", 403 }, { "c.example", 502 } }, "protected", NULL, 0 },
        { "a 200 after them", { { "a.example", 502 }, { "b.example", 502 }, { "c.example", 502 }, { "d.example", 200 } }, "protected", NULL, 0 },
        { "three 403", { { "a.example", 403 }, { "b.example", 403 }, { "c.example", 403 } }, "protected", NULL, 0 },
        { "three 407", { { "a.example", 407 }, { "b.example", 407 }, { "c.example", 407 } }, UNAVAILABLE, "proxy-error", 1 },
        { "a 302 counts as an error", { { "a.example", 302 }, { "b.example", 302 }, { "c.example", 302 } }, UNAVAILABLE, "proxy-error", 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        uint32_t frame[7] = { 0 };
        unsigned n = 0;

        feed_row("%s", rows[i].what);
        start(f);
        for (; n < 6 && rows[i].answer[n].host != NULL; n++)
            frame[n + 1] = feed_connect_status(f, 10 + n, CLIENT, GATEWAY, rows[i].answer[n].host, rows[i].answer[n].status);
        finish(f, 17);
        expect_web(f, rows[i].state, rows[i].cause);
        if (rows[i].since != 0)
            expect_frame(f, "since", feed_client(f)->web.since.frame, frame[rows[i].since]);
        feed_free(f);
    }
}

/* "no other site was served in the 60 s before its first (where all name one site:
 * nowhere before it in the file)" */
static void errors_of_some_sites_are_theirs_where_others_are_served(void **state)
{
    static const struct { const char *what, *other; const char *site[3]; double errors; const char *state, *cause; } rows[] = {
        { "one site, another served 50 s before", "good.example", { "bad.example", "bad.example", "bad.example" }, 60, "protected", NULL },
        { "one site, another served at any time before", "good.example", { "bad.example", "bad.example", "bad.example" }, 300, "protected", NULL },
        { "two sites, another served 60 s before", "good.example", { "bad.example", "worse.example", "bad.example" }, 70, "protected", NULL },
        { "1 ns more", "good.example", { "bad.example", "worse.example", "bad.example" }, 70.06 + 2 * NS, UNAVAILABLE, "proxy-error" },
        { "only itself served before", "bad.example", { "bad.example", "bad.example", "bad.example" }, 60, UNAVAILABLE, "proxy-error" },
        { "another host of its site served before", "www.bad.example", { "bad.example", "bad.example", "bad.example" }, 60, UNAVAILABLE, "proxy-error" },
        { "addresses of one /24", "192.0.2.1", { "192.0.2.7", "192.0.2.8", "192.0.2.9" }, 60, UNAVAILABLE, "proxy-error" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        feed_connect_status(f, 10, CLIENT, GATEWAY, rows[i].other, 200);
        for (int k = 0; k < 3; k++)
            feed_connect_status(f, rows[i].errors + k, CLIENT, GATEWAY, rows[i].site[k], 502);
        finish(f, rows[i].errors + 4);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* "or it spans 30 s and names five sites" */
static void long_errors_of_many_sites_are_the_gateways(void **state)
{
    static const char *const site[] = { "a.example", "b.example", "c.example", "d.example", "e.example" };
    static const struct { const char *what; unsigned sites; double every; const char *state, *cause; } rows[] = {
        { "five sites in 30 s", 5, 7.5, UNAVAILABLE, "proxy-error" },
        { "five sites in less", 5, 7.4, "protected", NULL },
        { "four sites", 4, 10, "protected", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        feed_connect_status(f, 10, CLIENT, GATEWAY, "good.example", 200);
        for (unsigned k = 0; k < rows[i].sites; k++)
            feed_connect_status(f, 12 + k * rows[i].every, CLIENT, GATEWAY, site[k], 502);
        finish(f, 60);
        expect_web(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void answers_to_other_requests_are_no_proxy_errors(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 5, CLIENT, GATEWAY);
    for (int i = 0; i < 4; i++) {
        feed_conn c = feed_connection(CLIENT, GATEWAY, 80, (uint16_t)(56000 + i));

        feed_syn(f, 10 + i, &c);
        feed_synack(f, 10.02 + i, &c);
        feed_http(f, 10.03 + i, &c, OBS_HTTP_ABSOLUTE);
        feed_status(f, 10.05 + i, &c, 503);
    }
    finish(f, 15);
    expect_web(f, "protected", NULL);
}

static void the_failing_run_goes_before_proxy_errors(void **state)
{
    feed *f = *state;

    start(f);
    for (int i = 0; i < 3; i++)
        feed_connect_status(f, 10 + i, CLIENT, GATEWAY, i ? "a.example" : "b.example", 502);
    feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 21, CLIENT, GATEWAY);
    finish(f, 22);
    expect_web(f, UNAVAILABLE, "reset");
}

/* ---- rule 4: the name ---- */

typedef enum { NAME_NXDOMAIN, NAME_SERVFAIL, NAME_ONE_SILENT, NAME_TWO_SILENT, NAME_TWO_SILENT_IDS, NAME_EMPTY_A, NAME_EMPTY_AAAA, NAME_BLOCK_PAGE, NAME_PRIVATE, NAME_SINKHOLE, NAME_NULL } name_kind;

static uint32_t ask(feed *f, double at, name_kind kind)
{
    feed_dns query = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 800, .name = OBS_NAME_GATEWAY,
                       .qtype = kind == NAME_EMPTY_AAAA ? 28 : 1 };
    feed_dns reply = query;
    uint32_t frame = feed_message(f, at, query);

    reply.response = true;
    switch (kind) {
    case NAME_NXDOMAIN:
        reply.rcode = 3;
        break;
    case NAME_SERVFAIL:
        reply.rcode = 2;
        break;
    case NAME_ONE_SILENT:
        return frame;
    case NAME_TWO_SILENT:
        feed_message(f, at + 1, query);
        return frame;
    case NAME_TWO_SILENT_IDS:
        query.id++;
        feed_message(f, at + 1, query);
        return frame;
    case NAME_EMPTY_A:
    case NAME_EMPTY_AAAA:
        break;
    case NAME_BLOCK_PAGE:
        reply.answers = 1;
        reply.address[0] = "146.112.61.116";
        break;
    case NAME_PRIVATE:
        reply.answers = 1;
        reply.address[0] = "10.1.2.3";
        break;
    case NAME_SINKHOLE:
        reply.answers = 1;
        reply.address[0] = "208.91.112.55";
        break;
    case NAME_NULL:
        reply.answers = 1;
        reply.address[0] = "0.0.0.0";
        break;
    }
    feed_message(f, at + 0.02, reply);
    return frame;
}

static void a_name_does_not_resolve(void **state)
{
    static const struct { const char *what; name_kind kind; bool unavailable; } rows[] = {
        { "NXDOMAIN", NAME_NXDOMAIN, true }, { "SERVFAIL", NAME_SERVFAIL, true },
        { "one query without answer", NAME_ONE_SILENT, false }, { "a repeated query without answer", NAME_TWO_SILENT, true },
        { "two queries without answer", NAME_TWO_SILENT_IDS, true },
        { "no A records", NAME_EMPTY_A, true }, { "no AAAA records", NAME_EMPTY_AAAA, false },
        { "a block page", NAME_BLOCK_PAGE, true }, { "a private address", NAME_PRIVATE, true },
        { "a sinkhole", NAME_SINKHOLE, true }, { "no address", NAME_NULL, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int after_g = 0; after_g < 2; after_g++) {
            feed *f = feed_new();
            uint32_t frame;

            feed_row("%s, %s", rows[i].what, after_g ? "after G" : "without G");
            if (after_g) {
                start(f);
                feed_good_handshake(f, 10, CLIENT, GATEWAY);
            }
            feed_control(f, 49, CLIENT);
            frame = ask(f, 50, rows[i].kind);
            finish(f, 52);
            if (rows[i].unavailable) {
                expect_web(f, UNAVAILABLE, rows[i].kind >= NAME_BLOCK_PAGE ? "name-misdirected" : "name-not-resolved");
                expect_frame(f, "since", feed_client(f)->web.since.frame, frame);
            } else if (after_g) {
                expect_web(f, "protected", NULL);
            } else {
                /* Reading: a lookup without handshakes is nothing yet. */
                expect_web(f, "not-observed", NULL);
            }
            feed_free(f);
        }
    }
}

/* Reading: the 5 s run from the lookup's first query, as all times run from
 * the first attempt. */
static void a_name_is_unanswered_only_after_5_s(void **state)
{
    static const struct { double end; const char *state; } rows[] = { { 54.9, "protected" }, { 54.9 + NS, UNAVAILABLE } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("file ends at %.1f s", rows[i].end);
        start(f);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        ask(f, 49.9, NAME_TWO_SILENT); /* the second at 50.9 s */
        feed_control(f, 52, CLIENT);
        feed_tick(f, rows[i].end);
        expect_code(f, "web", sse_state_code(feed_client(f)->web.verdict), rows[i].state);
        feed_free(f);
    }
}

/* "One good answer to this client, from any server, at most 10 s before or any
 * time after, clears it." */
static void one_good_answer_clears_it(void **state)
{
    static const struct { const char *what; double good; const char *client, *server; bool cleared; } rows[] = {
        { "9.9 s before", 40.1, CLIENT, LOCAL_DNS, true }, { "11 s before", 39, CLIENT, LOCAL_DNS, false },
        { "at once", 50.1, CLIENT, "10.0.0.2", true }, { "much later", 500, CLIENT, R1, true },
        { "to another client", 51, CLIENT2, LOCAL_DNS, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        feed_good_handshake(f, 20, CLIENT, GATEWAY);
        if (rows[i].good < 50) {
            feed_lookup(f, rows[i].good - 0.01, rows[i].client, rows[i].server, 850);
            feed_answer(f, rows[i].good, rows[i].client, rows[i].server, 850, 0, GATEWAY);
        }
        ask(f, 50, NAME_NXDOMAIN);
        if (rows[i].good > 50) {
            feed_lookup(f, rows[i].good - 0.01, rows[i].client, rows[i].server, 850);
            feed_answer(f, rows[i].good, rows[i].client, rows[i].server, 850, 0, GATEWAY);
        }
        finish(f, rows[i].good > 50 ? rows[i].good + 1 : 52);
        expect_code(f, "web", sse_state_code(feed_client_of(f, CLIENT)->web.verdict), rows[i].cleared ? "protected" : UNAVAILABLE);
        feed_free(f);
    }
}

static void ask_for(feed *f, double at, const char *name, uint16_t id, uint8_t rcode, const char *address)
{
    feed_dns query = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = id, .name = OBS_NAME_GATEWAY, .qtype = 1, .qname = name };
    feed_dns reply = query;

    feed_message(f, at, query);
    reply.response = true;
    reply.rcode = rcode;
    reply.answers = address != NULL;
    reply.address[0] = address;
    feed_message(f, at + 0.02, reply);
}

/* A name that an old setting asks for, beside one that serves. */
static void a_name_that_fails_beside_one_that_serves_is_a_finding(void **state)
{
    static const struct { const char *what; double served; bool other, unavailable; } rows[] = {
        { "another name serves 20 s before", 30, true, false }, { "another name serves 40 s later", 90, true, false },
        { "another name served long before", 2, true, false }, { "the same name served before", 30, false, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        ask_for(f, 1, rows[i].other ? "swg-url-proxy-https-1.sseproxy.qq.opendns.com" : GATEWAY_NAME, 820, 0, GATEWAY);
        if (rows[i].served < 50)
            feed_good_handshake(f, rows[i].served, CLIENT, GATEWAY);
        feed_control(f, 49, CLIENT);
        ask_for(f, 50, GATEWAY_NAME, 821, 3, NULL);
        ask_for(f, 52, GATEWAY_NAME, 822, 3, NULL);
        if (rows[i].served > 50)
            feed_good_handshake(f, rows[i].served, CLIENT, GATEWAY);
        feed_control(f, 95, CLIENT);
        feed_tick(f, 120);
        if (rows[i].unavailable) {
            expect_web(f, UNAVAILABLE, "name-not-resolved");
            expect_no_finding(f, SSE_FIND_NAME_FAILED);
        } else {
            expect_web(f, "protected", NULL);
            expect_number(f, "outages", feed_client(f)->outages->len, 0);
            expect_finding(f, SSE_FIND_NAME_FAILED);
            expect_number(f, "failed", feed_finding(f, SSE_FIND_NAME_FAILED)->number[0], 2);
        }
        feed_free(f);
    }
}

static void where_two_names_fail_neither_excuses_the_other(void **state)
{
    feed *f = *state;

    ask_for(f, 1, "swg-url-proxy-https-1.sseproxy.qq.opendns.com", 820, 0, GATEWAY);
    ask_for(f, 1.5, GATEWAY_NAME, 821, 0, GATEWAY2);
    feed_good_handshake(f, 40, CLIENT, GATEWAY);
    feed_good_handshake(f, 41, CLIENT, GATEWAY2);
    feed_control(f, 49, CLIENT);
    ask_for(f, 50, "swg-url-proxy-https-1.sseproxy.qq.opendns.com", 822, 3, NULL);
    ask_for(f, 50.1, GATEWAY_NAME, 823, 3, NULL);
    feed_tick(f, 120);
    expect_web(f, UNAVAILABLE, "name-not-resolved");
}

static void a_good_answer_clears_its_own_name_only(void **state)
{
    feed *f = *state;

    feed_control(f, 9, CLIENT);
    ask_for(f, 10, GATEWAY_NAME, 820, 3, NULL);
    ask_for(f, 11, "swg-url-proxy-https-1.sseproxy.qq.opendns.com", 821, 0, GATEWAY);
    feed_tick(f, 60);
    expect_web(f, UNAVAILABLE, "name-not-resolved");
    expect_number(f, "failed", g_array_index(feed_client(f)->outages, sse_outage, 0).failed, 1);
}

static void a_false_answer_is_named_with_its_server(void **state)
{
    feed *f = *state;
    const sse_outage *o;

    feed_control(f, 9, CLIENT);
    ask_for(f, 10, GATEWAY_NAME, 820, 0, "208.91.112.55");
    feed_tick(f, 60);
    expect_web(f, UNAVAILABLE, "name-misdirected");
    o = &g_array_index(feed_client(f)->outages, sse_outage, 0);
    expect_code(f, "server", feed_advice(f, o->advice, 0),
                "The DNS server 10.0.0.1 answers the gateway's names falsely: look there for a filter list, a sinkhole, a block page "
                "or a rewriting rule.");
    expect_code(f, "address", feed_advice(f, o->advice, 1), "It answers 208.91.112.55, which no gateway has.");
}

static void a_handshake_since_shows_that_the_name_did_not_matter(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 20, CLIENT, GATEWAY);
    ask(f, 50, NAME_NXDOMAIN);
    feed_good_handshake(f, 55, CLIENT, GATEWAY);
    finish(f, 56);
    expect_web(f, "protected", NULL);
}

static void a_name_not_resolved_before_g_does_not_count(void **state)
{
    feed *f = *state;

    ask(f, 0, NAME_NXDOMAIN);
    feed_lookup(f, 20, CLIENT, LOCAL_DNS, 801);
    feed_answer(f, 20.01, CLIENT, LOCAL_DNS, 801, 0, GATEWAY);
    feed_good_handshake(f, 21, CLIENT, GATEWAY);
    finish(f, 22);
    expect_web(f, "protected", NULL);
}

/* ---- fail open ---- */

typedef struct direct_row { const char *what, *site; uint16_t port; double at; bool opened, counts; } direct_row;

/* G at 10 s, the run from 30 s on. */
static void fail_open_counts(void **state)
{
    static const direct_row rows[] = {
        { "443 after since", SITE2, 443, 35, true, true }, { "80 after since", SITE2, 80, 35, true, true },
        { "another port", SITE2, 8443, 35, true, false }, { "before since", SITE2, 443, 29.5, true, false },
        { "never opened", SITE2, 443, 35, false, false }, { "a private address", "10.9.9.9", 443, 35, true, false },
        { "a gateway", GATEWAY2, 443, 35, true, false }, { "a resolver", R1, 443, 35, true, false },
        { "the service's own range", "146.112.63.3", 443, 35, true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const sse_client_report *c;
        uint32_t frame = 0;

        feed_row("%s", rows[i].what);
        start(f);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        if (rows[i].at < 30)
            frame = feed_visit(f, rows[i].at, CLIENT, rows[i].site, rows[i].port);
        feed_reset_handshake(f, 30, CLIENT, GATEWAY);
        feed_reset_handshake(f, 31, CLIENT, GATEWAY);
        feed_local_query(f, 32, CLIENT, 700);
        feed_local_answer(f, 32.01, CLIENT, 700, 0);
        if (rows[i].at > 30)
            frame = rows[i].opened ? feed_visit(f, rows[i].at, CLIENT, rows[i].site, rows[i].port) : feed_silent_visit(f, rows[i].at, CLIENT, rows[i].site);
        feed_tick(f, 60);
        c = feed_client(f);
        expect_web(f, UNAVAILABLE, "reset");
        expect_number(f, "fail open connections", c->fail_open, rows[i].counts ? 1 : 0);
        if (rows[i].counts)
            expect_frame(f, "first", c->fail_open_first, frame);
        expect_number(f, "frames", feed_report(f)->fail_open->len, rows[i].counts ? 1 : 0);
        feed_free(f);
    }
}

static void what_was_reached_directly_while_protected_is_no_fail_open(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    feed_visit(f, 15, CLIENT, SITE, 443);
    feed_good_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 30, CLIENT, GATEWAY);
    feed_reset_handshake(f, 31, CLIENT, GATEWAY);
    feed_visit(f, 35, CLIENT, SITE, 443);
    feed_visit(f, 36, CLIENT, SITE2, 443);
    feed_tick(f, 60);
    expect_number(f, "fail open connections", feed_client(f)->fail_open, 1);
}

/* While the module starts, all goes out directly. */
static void what_was_reached_before_the_first_gateway_says_nothing(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_visit(f, 2, CLIENT, SITE2, 443);
    feed_good_handshake(f, 5, CLIENT, GATEWAY);
    feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 24, CLIENT, GATEWAY);
    feed_visit(f, 30, CLIENT, SITE2, 443);
    feed_tick(f, 40);
    expect_web(f, UNAVAILABLE, "reset");
    expect_number(f, "fail open connections", feed_client(f)->fail_open, 1);
}

static void a_connectivity_test_is_no_fail_open(void **state)
{
    static const struct { const char *what; obs_http_kind request; unsigned counted; } rows[] = {
        { "a connectivity test", OBS_HTTP_PORTAL_TEST, 0 }, { "any other request", OBS_HTTP_NONE, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, SITE2, 80, 60001);

        feed_row("%s", rows[i].what);
        start(f);
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
        feed_reset_handshake(f, 20, CLIENT, GATEWAY);
        feed_reset_handshake(f, 24, CLIENT, GATEWAY);
        feed_syn(f, 30, &c);
        feed_synack(f, 30.02, &c);
        if (rows[i].request == OBS_HTTP_NONE)
            feed_payload(f, 30.03, &c, 200);
        else
            feed_http(f, 30.03, &c, rows[i].request);
        feed_tick(f, 40);
        expect_web(f, UNAVAILABLE, "reset");
        expect_number(f, "fail open connections", feed_client(f)->fail_open, rows[i].counted);
        feed_free(f);
    }
}

static void fail_open_goes_from_first_to_last(void **state)
{
    feed *f = *state;
    uint32_t first, last;

    start(f);
    feed_reset_handshake(f, 30, CLIENT, GATEWAY);
    feed_reset_handshake(f, 31, CLIENT, GATEWAY);
    first = feed_visit(f, 35, CLIENT, SITE, 443);
    feed_visit(f, 36, CLIENT, SITE2, 443);
    last = feed_visit(f, 37, CLIENT, SITE2, 80);
    feed_tick(f, 60);
    assert_true(feed_client(f)->has_fail_open);
    expect_number(f, "connections", feed_client(f)->fail_open, 3);
    expect_frame(f, "first", feed_client(f)->fail_open_first, first);
    expect_frame(f, "last", feed_client(f)->fail_open_last, last);
}

static void without_outage_there_is_no_fail_open(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    feed_visit(f, 15, CLIENT, SITE, 443);
    finish(f, 16);
    assert_false(feed_client(f)->has_fail_open);
}

/* ---- candidates ---- */

static void candidates_need_three_failed_syns_while_others_open(void **state)
{
    static const struct { const char *what; int failed; bool others; bool probes; uint32_t candidates; } rows[] = {
        { "three failed", 3, true, true, 1 }, { "two failed", 2, true, true, 0 },
        { "nothing else opens", 3, false, true, 0 }, { "no probes", 3, true, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        uint32_t candidates = 0;

        feed_row("%s", rows[i].what);
        if (rows[i].probes)
            feed_burst(f, 0, CLIENT, 443, ANSWERED);
        for (int k = 0; k < rows[i].failed; k++)
            feed_silent_visit(f, 1 + k, CLIENT, GATEWAY);
        if (rows[i].others)
            feed_control(f, 5, CLIENT);
        feed_tick(f, 30);
        for (guint k = 0; k < feed_report(f)->clients->len; k++)
            candidates += g_array_index(feed_report(f)->clients, sse_client_report, k).candidates->len;
        expect_number(f, "candidates", candidates, rows[i].candidates);
        feed_free(f);
    }
}

static void what_an_answer_names_otherwise_is_no_candidate(void **state)
{
    (void)state;
    for (int asked = 0; asked < 2; asked++) {
        feed *f = feed_new();
        feed_dns m = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 5, .qname = "gateway.zscaler.net" };

        feed_row("asked %d", asked);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        if (asked)
            feed_message(f, 0.5, m);
        m.response = true;
        m.answers = 1;
        m.address[0] = GATEWAY;
        feed_message(f, 0.52, m);
        for (int k = 0; k < 3; k++)
            feed_silent_visit(f, 1 + k, CLIENT, GATEWAY);
        finish(f, 5);
        expect_number(f, "candidates", feed_client(f)->candidates->len, !asked);
        feed_free(f);
    }
}

static void a_candidate_comes_with_the_option_to_run_again(void **state)
{
    feed *f = *state;
    const sse_candidate_report *candidate;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (int k = 0; k < 3; k++)
        feed_silent_visit(f, 1 + k, CLIENT, GATEWAY);
    finish(f, 5);
    expect_number(f, "candidates", feed_client(f)->candidates->len, 1);
    candidate = &g_array_index(feed_client(f)->candidates, sse_candidate_report, 0);
    expect_number(f, "failed", candidate->failed, 3);
    assert_string_equal(feed_text(f, sse_candidate_option(candidate)), "-o sseroaming.gateways:" GATEWAY);
    expect_web(f, "not-observed", NULL);
}

static void a_plain_connect_on_443_makes_a_candidate(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_syn(f, 1, &c);
    feed_synack(f, 1.02, &c);
    feed_connect(f, 1.03, &c, "www.example.com");
    finish(f, 5);
    expect_number(f, "candidates", feed_client(f)->candidates->len, 1);
}

static void a_client_with_a_known_gateway_has_no_candidates(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (int k = 0; k < 3; k++)
        feed_silent_visit(f, 1 + k, CLIENT, SITE2);
    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    finish(f, 11);
    expect_number(f, "candidates", feed_client(f)->candidates->len, 0);
}

/* ---- where a reset came from ---- */

typedef struct origin_row {
    const char *what;
    bool     known;      /* an earlier connection to the gateway opened: TTL 50, round trip 20 ms */
    double   delay;
    uint16_t window;
    uint8_t  ttl;
    uint8_t  client_ttl;
    bool     icmp;       /* ICMP errors came from the firewall with TTL 62 */
    const char *origin;
} origin_row;

static void origin_of_a_reset(void **state)
{
    static const origin_row rows[] = {
        { "delay and window", false, 0.0003, 64240, 50, 128, false, "on-path-device" },
        { "delay alone", false, 0.0003, 0, 50, 128, false, "unknown" },
        { "window alone", false, 0.030, 64240, 50, 128, false, "unknown" },
        { "neither", false, 0.030, 0, 50, 128, false, "unknown" },
        { "next-door TTL alone", false, 0.030, 0, 64, 128, false, "unknown" },
        { "delay and next-door TTL", false, 0.0003, 0, 64, 128, false, "on-path-device" },
        { "window and next-door TTL 255", false, 0.030, 64240, 255, 128, false, "on-path-device" },
        { "window and TTL 64 seen from remote", false, 0.030, 64240, 64, 125, false, "unknown" },
        { "window and the TTL of the ICMP errors' sender", false, 0.030, 64240, 62, 128, true, "on-path-device" },
        { "2 ms are no short delay", false, 0.002, 64240, 50, 128, false, "unknown" },
        { "just under 2 ms", false, 0.0019, 64240, 50, 128, false, "on-path-device" },
        { "proof: TTL differs by 3", true, 0.020, 0, 53, 128, false, "on-path-device" },
        { "TTL differs by 2, delay of the path", true, 0.020, 0, 52, 128, false, "gateway" },
        { "same TTL, half the round trip", true, 0.010, 0, 50, 128, false, "gateway" },
        { "same TTL, less than half the round trip", true, 0.009, 0, 50, 128, false, "unknown" },
        { "same TTL, but delay and window", true, 0.0003, 64240, 50, 128, false, "on-path-device" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        GArray *reasons = g_array_new(FALSE, FALSE, sizeof(sse_reason));
        sse_origin origin;

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT, 5, rows[i].client_ttl);
        start(f);
        if (rows[i].known)
            feed_good_handshake(f, 10, CLIENT, GATEWAY);
        if (rows[i].icmp) {
            feed_host(f, FIREWALL, 1, 62);
            for (int k = 0; k < 2; k++) {
                feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(56000 + k));

                feed_syn(f, 15 + k, &c);
                feed_icmp_syn(f, 15.003 + k, FIREWALL, &c, 3, 13);
            }
        }
        for (int k = 0; k < 3; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + k));

            feed_syn(f, 30 + k, &c);
            feed_rst(f, 30 + k + rows[i].delay, &c, rows[i].ttl, rows[i].window);
        }
        finish(f, 34);
        origin = sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, f->t->handshakes->len - 1), reasons);
        expect_code(f, "origin", sse_origin_code(origin), rows[i].origin);
        if (origin != SSE_ORIGIN_UNKNOWN)
            expect_number(f, "has reasons", reasons->len > 0, true);
        expect_code(f, "the gateway's", sse_origin_code(g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).reset_origin), rows[i].origin);
        g_array_free(reasons, TRUE);
        feed_free(f);
    }
}

/* The nearest other address is 4 ms away: a quarter of it is 1 ms. */
static void a_short_delay_is_under_a_quarter_of_the_round_trip(void **state)
{
    static const struct { double delay; const char *origin; } rows[] = { { 0.0009, "on-path-device" }, { 0.0015, "unknown" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("delay %.4f s", rows[i].delay);
        start(f);
        feed_syn(f, 10, &c);
        feed_synack(f, 10.004, &c);
        feed_payload(f, 10.005, &c, 200);
        feed_server_payload(f, 10.010, &c, 300);
        c = feed_connection(CLIENT, SITE2, 443, 55557);
        feed_syn(f, 11, &c);
        feed_synack(f, 11.004, &c);
        c = feed_connection(CLIENT, GATEWAY, 443, 55556);
        feed_syn(f, 30, &c);
        feed_rst(f, 30 + rows[i].delay, &c, 50, 64240);
        finish(f, 34);
        expect_code(f, "origin", sse_origin_code(sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, 1), NULL)), rows[i].origin);
        feed_free(f);
    }
}

static void a_syn_ack_too_is_proof(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 10, &c);
    feed_rst(f, 10.010, &c, 50, 0);
    feed_synack(f, 10.020, &c);
    feed_rst(f, 10.021, &c, 50, 0);
    finish(f, 11);
    expect_code(f, "origin", sse_origin_code(sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, 0), NULL)), "on-path-device");
}

static void session_resets_have_an_origin_too(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_connect(f, 10.03, &c, "www.example.com");
    feed_rst(f, 10.0303, &c, 64, 64240);
    feed_tick(f, 40);
    expect_handshake(f, 0, "session-reset");
    expect_code(f, "origin", sse_origin_code(sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, 0), NULL)), "on-path-device");
}

static void without_reset_there_is_no_origin(void **state)
{
    feed *f = *state;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    finish(f, 11);
    expect_code(f, "origin", sse_origin_code(sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, 0), NULL)), NULL);
    expect_number(f, "reasons", g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).reset_reasons->len, 0);
}

/* ---- confidence and tables ---- */

static void outage_with_control_is_certain(void **state)
{
    feed *f = *state;

    start(f);
    feed_reset_handshake(f, 30, CLIENT, GATEWAY);
    feed_control(f, 30.5, CLIENT);
    feed_reset_handshake(f, 31, CLIENT, GATEWAY);
    finish(f, 32);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->web.confidence), "high");
    assert_true(feed_client(f)->web.has_control);
    expect_number(f, "TCP opened", feed_client(f)->web.control_tcp_opened, 2);
}

static void outage_without_control_is_limited(void **state)
{
    feed *f = *state;

    start(f);
    feed_reset_handshake(f, 30, CLIENT, GATEWAY);
    feed_reset_handshake(f, 31, CLIENT, GATEWAY);
    feed_tick(f, 60);
    expect_web(f, UNAVAILABLE, "reset");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->web.confidence), "limited");
}

static void gateways_are_listed_with_counts_and_where_they_are_known_from(void **state)
{
    feed *f = *state;
    const sse_gateway_report *g;
    char text[SSE_ADDR_TEXT];

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 11.5, CLIENT, GATEWAY);
    finish(f, 12);
    expect_number(f, "gateways", feed_client(f)->gateways->len, 1);
    g = &g_array_index(feed_client(f)->gateways, sse_gateway_report, 0);
    expect_code(f, "address", sse_addr_text(&g->address, text), GATEWAY);
    expect_code(f, "name", g->name, GATEWAY_NAME);
    expect_code(f, "known from", sse_known_code(g->known_from), "dns");
    expect_frame(f, "known since", g->known_since, 2);
    expect_number(f, "handshakes", g->handshakes, 2);
    expect_number(f, "completed", g->outcomes[SSE_SWG_COMPLETED], 1);
    expect_number(f, "reset", g->outcomes[SSE_SWG_RESET], 1);
    expect_number(f, "round trips", g->rtt.count, 1);
    expect_number(f, "round trip", (uint64_t)g->rtt.min, 20 * (uint64_t)SSE_MSECOND);
}

/* ---- path tools ---- */

/* SYNs to the gateway with TTLs from `first` on, one a second, none answered. */
static void trace(feed *f, double at, const char *gateway, uint8_t first, unsigned count)
{
    feed_host(f, CLIENT, 5, first);
    for (unsigned i = 0; i < count; i++) {
        feed_conn c = feed_connection(CLIENT, gateway, 443, f->sport++);

        f->hosts[f->n_hosts - 1].ttl = (uint8_t)(first + i);
        feed_syn(f, at + i, &c);
    }
    f->n_hosts--;
}

static void syns_of_path_tools_count_nowhere(void **state)
{
    feed *f = *state;
    const sse_finding *finding;

    start(f);
    feed_good_handshake(f, 2, CLIENT, GATEWAY);
    feed_good_handshake(f, 3, CLIENT, GATEWAY);
    trace(f, 10, GATEWAY, 1, 12);
    finish(f, 30);
    expect_web(f, "protected", NULL);
    expect_no_finding(f, SSE_FIND_GATEWAY_PARTLY_FAILING);
    expect_finding(f, SSE_FIND_PATH_TOOL);
    finding = feed_finding(f, SSE_FIND_PATH_TOOL);
    expect_number(f, "frames", finding->frames.total, 12);
    expect_number(f, "handshakes", g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).handshakes, 2);
    assert_false(finding->has_advice);
}

/* Seen from afar no packet of the client has an initial TTL: then a row tells, "of
 * three or more to one address whose TTL rises by one from 10 or less". */
static void a_row_of_syns_tells_a_path_tool_from_afar(void **state)
{
    static const struct { const char *what; uint8_t first; unsigned count; const char *second; bool tool; } rows[] = {
        { "three from the third hop on", 3, 3, NULL, true },
        { "from the tenth", 10, 5, NULL, true },
        { "from the eleventh", 11, 6, NULL, false },
        { "two", 3, 2, NULL, false },
        { "two to each of two addresses", 3, 2, GATEWAY2, false },
        { "over 32", 33, 3, NULL, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT, 5, 120);
        start(f);
        feed_good_handshake(f, 2, CLIENT, GATEWAY);
        trace(f, 10, GATEWAY, rows[i].first, rows[i].count);
        if (rows[i].second != NULL)
            trace(f, 14, rows[i].second, (uint8_t)(rows[i].first + 2), rows[i].count);
        finish(f, 30);
        expect_code(f, "web", sse_state_code(feed_client(f)->web.verdict), rows[i].tool ? "protected" : UNAVAILABLE);
        if (rows[i].tool)
            expect_finding(f, SSE_FIND_PATH_TOOL);
        else
            expect_no_finding(f, SSE_FIND_PATH_TOOL);
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(syns_of_path_tools_count_nowhere),
        cmocka_unit_test(what_comes_on_a_connection_that_the_client_never_used_is_nothing),
        cmocka_unit_test(a_row_of_syns_tells_a_path_tool_from_afar),
        TEST(two_failed_handshakes_are_enough),
        TEST(one_failed_handshake_is_not),
        TEST(one_with_four_unanswered_syns_is_enough),
        TEST(one_with_four_unanswered_first_payloads_is_enough),
        TEST(four_transmissions_acknowledged_in_the_end_are_not_enough),
        TEST(gateway_payload_meanwhile_means_four_syns_are_not_enough),
        TEST(pending_handshakes_say_nothing),
        TEST(handshakes_within_1_s_of_g_are_not_in_the_run),
        TEST(a_completed_handshake_after_the_failures_ends_the_run),
        TEST(an_opened_handshake_clears_no_failure),
        TEST(an_open_connection_is_no_proof),
        TEST(one_dead_gateway_needs_60_s),
        TEST(failures_at_two_gateways_need_no_60_s),
        TEST(one_silent_site_needs_60_s),
        TEST(a_gateway_that_always_fails_in_part_needs_four),
        TEST(partly_failing_is_a_finding),
        cmocka_unit_test(cause_of_the_run),
        TEST(since_is_the_runs_first_syn),
        TEST(gateway_payload_on_a_connection_older_than_the_file_protects),
        TEST(it_counts_as_completed_at_the_files_start),
        cmocka_unit_test(port_80_decides_only_where_there_is_none_to_443),
        TEST(nothing_of_the_gateway_is_not_observed),
        TEST(last_evidence_of_protection_is_gateway_payload),
        TEST(a_dead_link_is_inconclusive),
        TEST(icmp_errors_of_routing_are_silence_and_others_are_not),
        cmocka_unit_test(data_that_stalls_on_a_line_that_dies_is_silence),
        cmocka_unit_test(an_error_to_a_lookup_is_silence_save_in_a_resolvers_name),
        TEST(resets_are_no_dead_link),
        TEST(a_dead_link_where_the_name_is_asked_for_is_inconclusive_too),
        cmocka_unit_test(the_newest_three_connect_answers),
        TEST(errors_of_some_sites_are_theirs_where_others_are_served),
        cmocka_unit_test(long_errors_of_many_sites_are_the_gateways),
        TEST(answers_to_other_requests_are_no_proxy_errors),
        TEST(the_failing_run_goes_before_proxy_errors),
        cmocka_unit_test(a_name_does_not_resolve),
        TEST(a_name_is_unanswered_only_after_5_s),
        cmocka_unit_test(one_good_answer_clears_it),
        cmocka_unit_test(a_name_that_fails_beside_one_that_serves_is_a_finding),
        TEST(where_two_names_fail_neither_excuses_the_other),
        TEST(a_good_answer_clears_its_own_name_only),
        TEST(a_false_answer_is_named_with_its_server),
        TEST(a_handshake_since_shows_that_the_name_did_not_matter),
        TEST(a_name_not_resolved_before_g_does_not_count),
        cmocka_unit_test(fail_open_counts),
        TEST(what_was_reached_directly_while_protected_is_no_fail_open),
        TEST(what_was_reached_before_the_first_gateway_says_nothing),
        cmocka_unit_test(a_connectivity_test_is_no_fail_open),
        TEST(fail_open_goes_from_first_to_last),
        TEST(without_outage_there_is_no_fail_open),
        cmocka_unit_test(candidates_need_three_failed_syns_while_others_open),
        cmocka_unit_test(what_an_answer_names_otherwise_is_no_candidate),
        TEST(a_candidate_comes_with_the_option_to_run_again),
        TEST(a_plain_connect_on_443_makes_a_candidate),
        TEST(a_client_with_a_known_gateway_has_no_candidates),
        cmocka_unit_test(origin_of_a_reset),
        cmocka_unit_test(a_short_delay_is_under_a_quarter_of_the_round_trip),
        TEST(a_syn_ack_too_is_proof),
        TEST(session_resets_have_an_origin_too),
        TEST(without_reset_there_is_no_origin),
        TEST(outage_with_control_is_certain),
        TEST(outage_without_control_is_limited),
        TEST(gateways_are_listed_with_counts_and_where_they_are_known_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
