/* test_outcomes.c
 * Every row of the two outcome tables of docs/verdict.md, and every boundary of
 * time in them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

/* Long after every deadline. */
#define END 100

/* ---- probes ---- */

typedef struct reply_row {
    const char *what;
    feed_dns reply;
    double   at;
    const char *outcome;
} reply_row;

#define DEBUG .name = OBS_NAME_DEBUG
#define CERT  .name = OBS_NAME_CERT

static void a_reply_alone_says(void **state)
{
    static const reply_row rows[] = {
        { "debug with a server string", { DEBUG, .answers = 5, .server_string = true }, 0.02, "answered" },
        { "certificate name with a certificate", { CERT, .answers = 1, .certificate = true }, 0.02, "answered" },
        { "exactly at the timeout", { DEBUG, .answers = 5, .server_string = true }, 5, "answered" },
        { "1 ns after it", { DEBUG, .answers = 5, .server_string = true }, 5 + NS, "late" },
        { "certificate 1 ns after it", { CERT, .answers = 1, .certificate = true }, 5 + NS, "late" },
        { "cut, NOERROR with answers", { DEBUG, .answers = 5, .cut = true }, 0.02, "answered" },
        { "cut, NOERROR without answers", { DEBUG, .answers = 0, .cut = true }, 0.02, "intercepted" },
        { "cut and late", { DEBUG, .answers = 5, .cut = true }, 5 + NS, "late" },
        { "NXDOMAIN", { DEBUG, .rcode = 3 }, 0.02, "intercepted" },
        { "NXDOMAIN at any time", { DEBUG, .rcode = 3 }, 20, "intercepted" },
        { "no answer records", { DEBUG, .rcode = 0 }, 0.02, "intercepted" },
        { "other records", { DEBUG, .answers = 1 }, 0.02, "intercepted" },
        { "debug with a certificate only", { DEBUG, .answers = 1, .certificate = true }, 0.02, "intercepted" },
        { "certificate name with a server string only", { CERT, .answers = 1, .server_string = true }, 0.02, "intercepted" },
        { "certificate name, other records", { CERT, .answers = 1 }, 0.02, "intercepted" },
        { "FORMERR", { DEBUG, .rcode = 1 }, 0.02, "refused" },
        { "SERVFAIL", { DEBUG, .rcode = 2 }, 0.02, "refused" },
        { "NOTIMP", { DEBUG, .rcode = 4 }, 0.02, "refused" },
        { "REFUSED", { DEBUG, .rcode = 5 }, 0.02, "refused" },
        { "REFUSED for the certificate", { CERT, .rcode = 5 }, 0.02, "refused" },
        { "legal notice, REFUSED", { DEBUG, .rcode = 5, .court_order = true }, 0.02, "court-order" },
        { "legal notice, NOERROR", { DEBUG, .rcode = 0, .court_order = true }, 0.02, "court-order" },
        { "legal notice, NXDOMAIN", { DEBUG, .rcode = 3, .court_order = true }, 0.02, "court-order" },
        { "legal notice beside other records", { DEBUG, .answers = 1, .court_order = true }, 0.02, "court-order" },
        { "TC=1 without records and nothing more", { DEBUG, .truncated = true }, 0.02, "pending" },
        { "TC=1 with the server string", { DEBUG, .truncated = true, .answers = 5, .server_string = true }, 0.02, "answered" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns query = { .client = CLIENT, .server = R1, .port = 443, .id = 7, .name = rows[i].reply.name };
        feed_dns reply = rows[i].reply;

        feed_row("%s", rows[i].what);
        reply.client = CLIENT;
        reply.server = R1;
        reply.port = 443;
        reply.id = 7;
        reply.response = true;
        feed_message(f, 0, query);
        feed_message(f, rows[i].at, reply);
        feed_tick(f, END);
        expect_probe(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void probe_is_pending_until_1_ns_after_the_timeout(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 5);
    expect_probe(f, 0, "pending");
}

static void probe_is_no_reply_1_ns_after_the_timeout(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 5 + NS);
    expect_probe(f, 0, "no-reply");
}

static void pending_is_not_final_but_answered_is(void **state)
{
    feed *f = *state;
    bool final = true;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    sse_probe_outcome_of(f->t, sse_tracker_probe(f->t, 0), &final);
    assert_false(final);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    sse_probe_outcome_of(f->t, sse_tracker_probe(f->t, 0), &final);
    assert_true(final);
}

static void times_run_from_the_first_attempt(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 4, CLIENT, R1, 443, 1);
    feed_reply(f, 5 + NS, CLIENT, R1, 443, 1);
    expect_probe(f, 0, "late");
}

static void the_first_reply_decides(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_nxdomain(f, 0.01, CLIENT, R1, 443, 1);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "intercepted");
}

static void a_right_reply_first_stays_answered(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_reply(f, 0.01, CLIENT, R1, 443, 1);
    feed_nxdomain(f, 0.02, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "answered");
}

static void after_tc_the_next_reply_decides(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 53, 1);
    feed_message(f, 0.01, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, DEBUG, .response = true, .truncated = true });
    feed_reply(f, 0.02, CLIENT, R1, 53, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "answered");
}

typedef struct icmp_row { const char *what, *client, *resolver, *sender; uint8_t type, code; const char *outcome; } icmp_row;

static void icmp_types(void **state)
{
    static const icmp_row rows[] = {
        { "net unreachable", CLIENT, R1, FIREWALL, 3, 0, "icmp-unreachable" },
        { "host unreachable", CLIENT, R1, FIREWALL, 3, 1, "icmp-unreachable" },
        { "port unreachable", CLIENT, R1, R1, 3, 3, "icmp-unreachable" },
        { "fragmentation needed", CLIENT, R1, FIREWALL, 3, 4, "no-reply" },
        { "net prohibited", CLIENT, R1, FIREWALL, 3, 9, "icmp-unreachable" },
        { "host prohibited", CLIENT, R1, FIREWALL, 3, 10, "icmp-unreachable" },
        { "prohibited", CLIENT, R1, FIREWALL, 3, 13, "icmp-unreachable" },
        { "time exceeded", CLIENT, R1, FIREWALL, 11, 0, "icmp-unreachable" },
        { "source quench", CLIENT, R1, FIREWALL, 4, 0, "no-reply" },
        { "redirect", CLIENT, R1, FIREWALL, 5, 1, "no-reply" },
        { "parameter problem", CLIENT, R1, FIREWALL, 12, 0, "no-reply" },
        { "v6 no route", CLIENT6, R1_6, "2001:db8::fe", 1, 0, "icmp-unreachable" },
        { "v6 prohibited", CLIENT6, R1_6, "2001:db8::fe", 1, 1, "icmp-unreachable" },
        { "v6 port", CLIENT6, R1_6, R1_6, 1, 4, "icmp-unreachable" },
        { "v6 packet too big", CLIENT6, R1_6, "2001:db8::fe", 2, 0, "no-reply" },
        { "v6 time exceeded", CLIENT6, R1_6, "2001:db8::fe", 3, 0, "icmp-unreachable" },
        { "v6 parameter problem", CLIENT6, R1_6, "2001:db8::fe", 4, 0, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_query(f, 0, rows[i].client, rows[i].resolver, 443, 1);
        feed_icmp_query(f, 0.003, rows[i].sender, rows[i].client, rows[i].resolver, 443, 1, rows[i].type, rows[i].code);
        feed_tick(f, END);
        expect_probe(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void icmp_keeps_sender_type_and_code(void **state)
{
    feed *f = *state;
    sse_addr sender = feed_addr(FIREWALL);
    const sse_icmp *icmp;
    uint32_t frame;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    frame = feed_icmp_query(f, 0.003, FIREWALL, CLIENT, R1, 443, 1, 3, 13);
    assert_int_not_equal(sse_tracker_probe(f->t, 0)->icmp, SSE_NONE);
    icmp = &g_array_index(f->t->icmps, sse_icmp, sse_tracker_probe(f->t, 0)->icmp);
    assert_true(sse_addr_equal(&icmp->sender, &sender));
    expect_number(f, "type", icmp->type, 3);
    expect_number(f, "code", icmp->code, 13);
    expect_frame(f, "frame", icmp->frame, frame);
}

static void icmp_then_reply_is_answered(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_icmp_query(f, 0.003, FIREWALL, CLIENT, R1, 443, 1, 3, 13);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "answered");
}

static void icmp_then_late_reply_is_late(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_icmp_query(f, 0.003, FIREWALL, CLIENT, R1, 443, 1, 3, 13);
    feed_reply(f, 6, CLIENT, R1, 443, 1);
    expect_probe(f, 0, "late");
}

static void icmp_after_the_reply_changes_nothing(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    feed_icmp_query(f, 0.03, FIREWALL, CLIENT, R1, 443, 1, 3, 3);
    feed_tick(f, END);
    expect_probe(f, 0, "answered");
}

static void icmp_that_quotes_another_query_is_not_ours(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_icmp_query(f, 0.003, FIREWALL, CLIENT, R1, 443, 2, 3, 13);
    feed_tick(f, END);
    expect_probe(f, 0, "no-reply");
}

static void pending_where_the_clock_broke_by_a_gap(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 600 + NS);
    feed_tick(f, 700);
    expect_probe(f, 0, "pending");
}

static void ten_minutes_exactly_are_no_gap(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 600);
    expect_probe(f, 0, "no-reply");
}

static void pending_where_the_clock_stepped_back(void **state)
{
    feed *f = *state;

    feed_query(f, 10, CLIENT, R1, 443, 1);
    feed_tick(f, 12);
    feed_jump(f, 11 - NS);
    feed_tick(f, 30);
    expect_probe(f, 0, "pending");
}

/* "A step that the next 16 packets make up for is disorder of the file: no finding,
 * nothing ends by it." Reading: from the 17th on, or at the file's end, it is a jump. */
static void a_step_that_is_made_up_for_is_disorder(void **state)
{
    static const struct { unsigned behind; bool goes_on, jumps; } rows[] = {
        { 0, true, false }, { 15, true, false }, { 16, true, true }, { 0, false, true }, { 15, false, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u packets behind it, then the file goes on: %d", rows[i].behind, rows[i].goes_on);
        feed_query(f, 10, CLIENT, R1, 443, 1);
        feed_tick(f, 12);
        feed_tick(f, 7);
        for (unsigned k = 0; k < rows[i].behind; k++)
            feed_tick(f, 7.1);
        if (rows[i].goes_on)
            feed_tick(f, 12.1);
        feed_tick(f, rows[i].goes_on ? 15.1 : 7.2);
        expect_probe(f, 0, rows[i].jumps ? "pending" : "no-reply");
        expect_number(f, "clock-jump", feed_finding(f, SSE_FIND_CLOCK_JUMP) != NULL, rows[i].jumps);
        feed_free(f);
    }
}

/* What a live capture's first verdict took for a jump is none once it is made up for. */
static void a_verdict_in_a_step_changes_nothing(void **state)
{
    feed *f = *state;

    feed_query(f, 10, CLIENT, R1, 443, 1);
    feed_tick(f, 12);
    feed_query(f, 7, CLIENT, R2, 443, 2);
    expect_probe(f, 1, "pending");
    expect_finding(f, SSE_FIND_CLOCK_JUMP);
    feed_tick(f, 12.1);
    expect_probe(f, 1, "no-reply");
    expect_no_finding(f, SSE_FIND_CLOCK_JUMP);
    feed_tick(f, 15.1);
    expect_probe(f, 0, "no-reply");
}

/* What is sent in the packets that could have made up for a jump waits by the new time. */
static void what_is_sent_behind_a_jump_waits_by_its_time(void **state)
{
    feed *f = *state;

    feed_tick(f, 60);
    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 1, CLIENT, R2, 443, 2);
    feed_jump(f, 5);
    expect_probe(f, 0, "pending");
    feed_tick(f, 5.5);
    expect_probe(f, 0, "no-reply");
    expect_probe(f, 1, "pending");
}

static void one_second_back_exactly_is_no_step(void **state)
{
    feed *f = *state;

    feed_query(f, 10, CLIENT, R1, 443, 1);
    feed_tick(f, 12);
    feed_tick(f, 11);
    feed_tick(f, 30);
    expect_probe(f, 0, "no-reply");
}

static void what_the_clock_passed_before_it_broke_is_decided(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 5 + NS);
    feed_tick(f, 1000);
    expect_probe(f, 0, "no-reply");
}

/* ---- probes over TCP ---- */

static feed_conn tcp_probe(feed *f, double at)
{
    feed_conn c = feed_connection(CLIENT, R1, 53, 61000);

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    feed_syn(f, at, &c);
    return c;
}

static void tcp_never_opened_is_no_reply(void **state)
{
    feed *f = *state;

    tcp_probe(f, 1);
    feed_tick(f, END);
    expect_probe(f, 1, "no-reply");
}

static void tcp_opened_without_reply_is_no_reply(void **state)
{
    feed *f = *state;
    feed_conn c = tcp_probe(f, 1);

    feed_synack(f, 1.02, &c);
    feed_message(f, 1.03, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP });
    feed_tick(f, END);
    expect_probe(f, 1, "no-reply");
}

static void tcp_answered(void **state)
{
    feed *f = *state;
    feed_conn c = tcp_probe(f, 1);

    feed_synack(f, 1.02, &c);
    feed_message(f, 1.03, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP });
    feed_message(f, 1.05, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP,
                                      .response = true, .answers = 5, .server_string = true });
    feed_tick(f, END);
    expect_probe(f, 1, "answered");
}

static void tcp_reset_before_the_reply(void **state)
{
    feed *f = *state;
    feed_conn c = tcp_probe(f, 1);

    feed_rst(f, 1.02, &c, 0, 0);
    feed_tick(f, END);
    expect_probe(f, 1, "reset");
}

static void tcp_reset_after_the_reply_changes_nothing(void **state)
{
    feed *f = *state;
    feed_conn c = tcp_probe(f, 1);

    feed_synack(f, 1.02, &c);
    feed_message(f, 1.03, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP });
    feed_message(f, 1.05, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP,
                                      .response = true, .answers = 5, .server_string = true });
    feed_rst(f, 1.1, &c, 0, 0);
    feed_tick(f, END);
    expect_probe(f, 1, "answered");
}

/* ---- handshakes ---- */

/* A client that knows GATEWAY, and its connection there. Times of the tests
 * count from second 10. */
#define T 10

static feed_conn known_gateway(feed *f)
{
    feed_learn(f, T - 1, CLIENT);
    return feed_connection(CLIENT, GATEWAY, 443, 55555);
}

/* SYN at T, SYN-ACK at T + 0.02. */
static feed_conn opened(feed *f)
{
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_synack(f, T + 0.02, &c);
    return c;
}

/* ... and the client's first payload at T + 1, acknowledged where asked. */
static feed_conn used(feed *f, bool acknowledged)
{
    feed_conn c = opened(f);

    feed_ack(f, T + 0.021, &c);
    feed_payload(f, T + 1, &c, 200);
    if (acknowledged)
        feed_server_ack(f, T + 1.02, &c);
    return c;
}

static void completed(void **state)
{
    feed *f = *state;
    feed_conn c = used(f, true);

    feed_server_payload(f, T + 1.03, &c, 100);
    feed_tick(f, END);
    expect_handshake(f, 0, "completed");
}

static void completed_although_the_gateway_speaks_first(void **state)
{
    feed *f = *state;
    feed_conn c = opened(f);

    feed_server_payload(f, T + 0.5, &c, 100);
    feed_tick(f, END);
    expect_handshake(f, 0, "completed");
}

static void opened_by_syn_ack(void **state)
{
    feed *f = *state;

    opened(f);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

static void opened_by_the_clients_own_ack_and_payload(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_ack(f, T + 0.02, &c);
    feed_payload(f, T + 0.03, &c, 200);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

static void syn_is_pending_until_1_ns_after_the_timeout(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_tick(f, T + 3);
    expect_handshake(f, 0, "pending");
}

static void syn_is_no_reply_1_ns_after_the_timeout(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_tick(f, T + 3 + NS);
    expect_handshake(f, 0, "no-reply");
}

static void silence_runs_from_the_first_syn(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_syn(f, T + 1, &c);
    feed_syn(f, T + 3, &c);
    feed_tick(f, T + 3 + NS);
    expect_handshake(f, 0, "no-reply");
}

static void a_later_syn_ack_revises_silence(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_syn(f, T + 3.5, &c);
    expect_handshake(f, 0, "no-reply");
    feed_synack(f, T + 3.6, &c);
    expect_handshake(f, 0, "opened");
}

static void syn_is_pending_where_the_clock_broke(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_tick(f, T + 1000);
    expect_handshake(f, 0, "pending");
}

static void reset_before_the_syn_ack(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_rst(f, T + 0.0003, &c, 0, 64240);
    feed_tick(f, END);
    expect_handshake(f, 0, "reset");
}

static void a_reset_whose_ack_fits_no_syn_is_none(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    c.next += 5;
    feed_rst(f, T + 0.0003, &c, 0, 64240);
    feed_tick(f, END);
    expect_handshake(f, 0, "no-reply");
}

static void reset_one_second_after_the_syn_ack(void **state)
{
    feed *f = *state;
    feed_conn c = opened(f);

    feed_rst(f, T + 1.02, &c, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "reset");
}

static void an_unused_connection_reset_later_decides_nothing(void **state)
{
    feed *f = *state;
    feed_conn c = opened(f);

    feed_rst(f, T + 1.02 + NS, &c, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

static void an_unused_connection_closed_decides_nothing(void **state)
{
    feed *f = *state;
    feed_conn c = opened(f);

    feed_fin(f, T + 0.5, &c);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

static void reset_within_a_second_but_after_payload_is_session_reset(void **state)
{
    feed *f = *state;
    feed_conn c = opened(f);

    feed_payload(f, T + 0.03, &c, 200);
    feed_rst(f, T + 0.05, &c, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "session-reset");
}

static void swg_icmp_types(void **state)
{
    static const struct { uint8_t type, code; const char *outcome; } rows[] = {
        { 3, 1, "icmp-unreachable" }, { 3, 3, "icmp-unreachable" }, { 3, 4, "no-reply" }, { 3, 13, "icmp-unreachable" },
        { 11, 0, "icmp-unreachable" }, { 5, 0, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = known_gateway(f);

        feed_row("ICMP %u/%u", rows[i].type, rows[i].code);
        feed_syn(f, T, &c);
        feed_icmp_syn(f, T + 0.003, FIREWALL, &c, rows[i].type, rows[i].code);
        feed_tick(f, END);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void icmp_that_quotes_no_syn_of_ours_is_none(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f), other;

    feed_syn(f, T, &c);
    other = c;
    other.sport++;
    feed_icmp_syn(f, T + 0.003, FIREWALL, &other, 3, 13);
    feed_tick(f, END);
    expect_handshake(f, 0, "no-reply");
}

static void icmp_then_syn_ack_is_opened(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_icmp_syn(f, T + 0.003, FIREWALL, &c, 3, 13);
    feed_synack(f, T + 0.02, &c);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

typedef struct close_row { const char *what; double after; bool fin; const char *outcome; } close_row;

/* The client's newest payload is at T + 1, never acknowledged. */
static void closed_within_10_s_after_the_newest_client_payload(void **state)
{
    static const close_row rows[] = {
        { "RST at once", 0.001, false, "session-reset" }, { "RST after 10 s", 10, false, "session-reset" },
        { "RST 1 ns later", 10 + NS, false, "opened" },
        { "FIN at once", 0.001, true, "session-closed" }, { "FIN after 10 s", 10, true, "session-closed" },
        /* The FIN acknowledges the payload: answered by nothing for over 5 s. */
        { "FIN 1 ns later", 10 + NS, true, "session-silent" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = used(f, false);

        feed_row("%s", rows[i].what);
        if (rows[i].fin)
            feed_fin(f, T + 1 + rows[i].after, &c);
        else
            feed_rst(f, T + 1 + rows[i].after, &c, 0, 0);
        feed_tick(f, END);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void the_newest_payload_counts_for_session_reset(void **state)
{
    feed *f = *state;
    feed_conn c = used(f, false);

    feed_payload(f, T + 4, &c, 100);
    feed_rst(f, T + 14, &c, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "session-reset");
}

static void resets_after_gateway_payload_decide_nothing(void **state)
{
    feed *f = *state;
    feed_conn c = used(f, true);

    feed_server_payload(f, T + 1.03, &c, 100);
    feed_payload(f, T + 1.05, &c, 100);
    feed_rst(f, T + 1.06, &c, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "completed");
}

static void no_session_reset_where_the_opening_is_not_in_the_capture(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_payload(f, T, &c, 200);
    feed_rst(f, T + 0.02, &c, 0, 0);
    feed_tick(f, END);
    for (guint i = 0; i < f->t->handshakes->len; i++)
        assert_string_not_equal(sse_swg_outcome_code(sse_handshake_outcome_of(f->t, sse_tracker_handshake(f->t, i), NULL)), "session-reset");
    expect_number(f, "failed", feed_report(f)->clients->len > 0 ? feed_client(f)->web_failed : 0, 0);
}

static void after_the_clients_own_fin_or_rst_no_session_outcome(void **state)
{
    (void)state;
    for (int rst = 0; rst < 2; rst++) {
        for (int gateway_rst = 0; gateway_rst < 2; gateway_rst++) {
            feed *f = feed_new();
            feed_conn c = used(f, true);

            feed_row("client %s, gateway %s", rst ? "RST" : "FIN", gateway_rst ? "RST" : "FIN");
            if (rst)
                feed_client_rst(f, T + 1.5, &c);
            else
                feed_client_fin(f, T + 1.5, &c);
            if (gateway_rst)
                feed_rst(f, T + 1.6, &c, 0, 0);
            else
                feed_fin(f, T + 1.6, &c);
            feed_tick(f, END);
            expect_handshake(f, 0, "opened");
            feed_free(f);
        }
    }
}

/* First payload at T + 1, then again at these offsets from it. */
typedef struct stall_row { const char *what; double again[4]; unsigned n; bool acknowledged; const char *outcome; } stall_row;

static void session_stalled_needs_four_transmissions_over_three_seconds(void **state)
{
    static const stall_row rows[] = {
        { "four over 3 s", { 0.3, 0.9, 3 }, 3, false, "session-stalled" },
        { "four over 1 ns less", { 0.3, 0.9, 3 - NS }, 3, false, "opened" },
        { "three over 9 s", { 3, 9 }, 2, false, "opened" },
        { "five over 4 s", { 0.3, 0.9, 2, 4 }, 4, false, "session-stalled" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = used(f, false);

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < rows[i].n; k++)
            feed_payload_again(f, T + 1 + rows[i].again[k], &c);
        feed_tick(f, END);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void acknowledged_in_the_end_is_not_stalled(void **state)
{
    feed *f = *state;
    feed_conn c = used(f, false);

    feed_payload_again(f, T + 1.3, &c);
    feed_payload_again(f, T + 1.9, &c);
    feed_payload_again(f, T + 4.1, &c);
    feed_server_ack(f, T + 4.2, &c);
    feed_server_payload(f, T + 4.3, &c, 100);
    feed_tick(f, END);
    expect_handshake(f, 0, "completed");
}

static void session_silent_only_after_5_s(void **state)
{
    feed *f = *state;

    used(f, true);
    feed_tick(f, T + 6);
    expect_handshake(f, 0, "opened");
    feed_tick(f, T + 6 + NS);
    expect_handshake(f, 0, "session-silent");
}

static void session_silent_is_revised_by_later_payload(void **state)
{
    feed *f = *state;
    feed_conn c = used(f, true);

    feed_tick(f, T + 8);
    expect_handshake(f, 0, "session-silent");
    feed_server_payload(f, T + 9, &c, 100);
    expect_handshake(f, 0, "completed");
}

static void unacknowledged_payload_is_not_session_silent(void **state)
{
    feed *f = *state;

    used(f, false);
    feed_tick(f, END);
    expect_handshake(f, 0, "opened");
}

static void a_clock_break_leaves_an_open_session_open(void **state)
{
    feed *f = *state;

    used(f, true);
    feed_tick(f, T + 1000);
    expect_handshake(f, 0, "opened");
}

/* "If any of them opened, that decides; else the newest that has an outcome;
 * else silence from the first SYN on." */
static void an_opened_repeat_decides_over_an_earlier_reset(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_rst(f, T + 0.0003, &c, 0, 0);
    feed_new_syn(f, T + 0.5, &c);
    feed_synack(f, T + 0.52, &c);
    feed_tick(f, END);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_handshake(f, 0, "opened");
}

static void a_silent_repeat_leaves_the_reset_before_it(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_rst(f, T + 0.0003, &c, 0, 0);
    feed_new_syn(f, T + 0.5, &c);
    feed_tick(f, END);
    expect_handshake(f, 0, "reset");
}

static void the_newest_outcome_of_a_group_decides(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, T, &c);
    feed_rst(f, T + 0.0003, &c, 0, 0);
    feed_new_syn(f, T + 0.5, &c);
    feed_icmp_syn(f, T + 0.503, FIREWALL, &c, 3, 13);
    feed_tick(f, END);
    expect_handshake(f, 0, "icmp-unreachable");
}

static void a_reset_of_the_older_syn_of_a_group_counts(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f), older;

    feed_syn(f, T, &c);
    older = c;
    feed_new_syn(f, T + 0.01, &c);
    feed_rst(f, T + 0.02, &older, 0, 0);
    feed_tick(f, END);
    expect_handshake(f, 0, "reset");
}

static void swg_icmpv6_types(void **state)
{
    static const struct { uint8_t type, code; const char *outcome; } rows[] = {
        { 1, 0, "icmp-unreachable" }, { 1, 1, "icmp-unreachable" }, { 1, 4, "icmp-unreachable" }, { 2, 0, "no-reply" },
        { 3, 0, "icmp-unreachable" }, { 4, 0, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c;

        feed_row("ICMPv6 %u/%u", rows[i].type, rows[i].code);
        feed_lookup(f, T - 1, CLIENT6, "2001:db8::1", 77);
        feed_answer(f, T - 0.9, CLIENT6, "2001:db8::1", 77, 0, "2a05:d01c::10");
        c = feed_connection(CLIENT6, "2a05:d01c::10", 443, 55555);
        feed_syn(f, T, &c);
        feed_icmp_syn(f, T + 0.003, "2001:db8::fe", &c, rows[i].type, rows[i].code);
        feed_tick(f, END);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_alone_says),
        TEST(probe_is_pending_until_1_ns_after_the_timeout),
        TEST(probe_is_no_reply_1_ns_after_the_timeout),
        TEST(pending_is_not_final_but_answered_is),
        TEST(times_run_from_the_first_attempt),
        TEST(the_first_reply_decides),
        TEST(a_right_reply_first_stays_answered),
        TEST(after_tc_the_next_reply_decides),
        cmocka_unit_test(icmp_types),
        TEST(icmp_keeps_sender_type_and_code),
        TEST(icmp_then_reply_is_answered),
        TEST(icmp_then_late_reply_is_late),
        TEST(icmp_after_the_reply_changes_nothing),
        TEST(icmp_that_quotes_another_query_is_not_ours),
        TEST(pending_where_the_clock_broke_by_a_gap),
        TEST(ten_minutes_exactly_are_no_gap),
        TEST(pending_where_the_clock_stepped_back),
        TEST(a_step_that_is_made_up_for_is_disorder),
        TEST(a_verdict_in_a_step_changes_nothing),
        TEST(what_is_sent_behind_a_jump_waits_by_its_time),
        TEST(one_second_back_exactly_is_no_step),
        TEST(what_the_clock_passed_before_it_broke_is_decided),
        TEST(tcp_never_opened_is_no_reply),
        TEST(tcp_opened_without_reply_is_no_reply),
        TEST(tcp_answered),
        TEST(tcp_reset_before_the_reply),
        TEST(tcp_reset_after_the_reply_changes_nothing),
        TEST(completed),
        TEST(completed_although_the_gateway_speaks_first),
        TEST(opened_by_syn_ack),
        TEST(opened_by_the_clients_own_ack_and_payload),
        TEST(syn_is_pending_until_1_ns_after_the_timeout),
        TEST(syn_is_no_reply_1_ns_after_the_timeout),
        TEST(silence_runs_from_the_first_syn),
        TEST(a_later_syn_ack_revises_silence),
        TEST(syn_is_pending_where_the_clock_broke),
        TEST(reset_before_the_syn_ack),
        TEST(a_reset_whose_ack_fits_no_syn_is_none),
        TEST(reset_one_second_after_the_syn_ack),
        TEST(an_unused_connection_reset_later_decides_nothing),
        TEST(an_unused_connection_closed_decides_nothing),
        TEST(reset_within_a_second_but_after_payload_is_session_reset),
        cmocka_unit_test(swg_icmp_types),
        TEST(icmp_that_quotes_no_syn_of_ours_is_none),
        TEST(icmp_then_syn_ack_is_opened),
        cmocka_unit_test(closed_within_10_s_after_the_newest_client_payload),
        TEST(the_newest_payload_counts_for_session_reset),
        TEST(resets_after_gateway_payload_decide_nothing),
        TEST(no_session_reset_where_the_opening_is_not_in_the_capture),
        cmocka_unit_test(after_the_clients_own_fin_or_rst_no_session_outcome),
        cmocka_unit_test(session_stalled_needs_four_transmissions_over_three_seconds),
        TEST(acknowledged_in_the_end_is_not_stalled),
        TEST(session_silent_only_after_5_s),
        TEST(session_silent_is_revised_by_later_payload),
        TEST(unacknowledged_payload_is_not_session_silent),
        TEST(a_clock_break_leaves_an_open_session_open),
        TEST(an_opened_repeat_decides_over_an_earlier_reset),
        TEST(a_silent_repeat_leaves_the_reset_before_it),
        TEST(the_newest_outcome_of_a_group_decides),
        TEST(a_reset_of_the_older_syn_of_a_group_counts),
        cmocka_unit_test(swg_icmpv6_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
