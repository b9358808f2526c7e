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
#define END 60

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
        { "censored, by whomever", { DEBUG, .rcode = 5, .censored = true }, 0.02, "refused" },
        { "censored, with OpenDNS's strings", { DEBUG, .answers = 5, .server_string = true, .censored = true }, 0.02, "court-order" },
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

static void censored_with_the_resolvers_own_ttl(void **state)
{
    static const struct { uint8_t genuine, ttl; const char *outcome; } rows[] = {
        { 57, 57, "court-order" }, { 57, 59, "court-order" }, { 57, 55, "court-order" }, { 57, 63, "refused" }, { 57, 54, "refused" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns m = { .client = CLIENT, .server = R1, .port = 443, .id = 7, .name = OBS_NAME_DEBUG };

        feed_row("TTL %u beside %u", rows[i].ttl, rows[i].genuine);
        feed_message(f, 0, m);
        m.response = true;
        m.rcode = 5;
        m.censored = true;
        m.ttl = rows[i].ttl;
        feed_message(f, 0.02, m);
        /* A certificate stays valid there. */
        m = (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 8, .name = OBS_NAME_CERT };
        feed_message(f, 1, m);
        m.response = m.certificate = true;
        m.answers = 1;
        m.ttl = rows[i].genuine;
        feed_message(f, 1.02, m);
        feed_tick(f, END);
        expect_probe(f, 0, rows[i].outcome);
        expect_probe(f, 1, "answered");
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
    feed_other(f, 5, CLIENT, SITE);
    feed_tick(f, 605);
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
    feed_other(f, 5 + NS, CLIENT, SITE);
    feed_tick(f, 1000);
    expect_probe(f, 0, "no-reply");
}

/* A client that sent nothing, of whatever kind, from before the deadline until more
 * than 60 s after it slept through it, or was gone. */
static void a_sleeping_client_waits_for_nothing(void **state)
{
    static const struct { double other, end; const char *outcome; } rows[] = {
        { 4, 65, "no-reply" }, { 4, 65 + NS, "pending" },      /* gone */
        { 65, 70, "no-reply" }, { 65 + NS, 70, "pending" },    /* asleep */
        { 5, 200, "no-reply" },                                /* there at the deadline */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("sends again after %.9f s, the file ends after %.9f s", rows[i].other, rows[i].end);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_other(f, rows[i].other, CLIENT, SITE);
        feed_tick(f, rows[i].end);
        expect_probe(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void a_sleeping_client_s_handshake_is_pending(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 50000);

    feed_learn(f, 0, CLIENT);
    feed_syn(f, 1, &c);
    feed_tick(f, 64);
    expect_handshake(f, 0, "no-reply");
    feed_tick(f, 64 + NS);
    expect_handshake(f, 0, "pending");
}

/* ---- two capture clocks ---- */

/* What a client sends and what it gets, each by its own clock and in one of the three
 * orders that merging gives: by time, sent first, got first. */
typedef enum { BY_TIME, SENT_FIRST, GOT_FIRST } merged;
typedef struct piece {
    double at;               /* by the client's clock */
    bool   from_client;
    void (*feed)(feed *f, double at, feed_conn *c);
} piece;

static void do_syn(feed *f, double at, feed_conn *c) { feed_syn(f, at, c); }
static void do_synack(feed *f, double at, feed_conn *c) { feed_synack(f, at, c); }
static void do_rst(feed *f, double at, feed_conn *c) { feed_rst(f, at, c, 0, 0); }
static void do_icmp(feed *f, double at, feed_conn *c) { feed_icmp_syn(f, at, FIREWALL, c, 3, 13); }

static void feed_merged(feed *f, feed_conn *c, const piece *pieces, size_t n, double later, merged order)
{
    bool done[8] = { false };

    for (size_t round = 0; round < n; round++) {
        size_t best = n;
        double best_at = 0;

        for (size_t i = 0; i < n; i++) {
            double at = pieces[i].at + (pieces[i].from_client ? 0 : later);
            double key = order == BY_TIME ? at : pieces[i].from_client == (order == SENT_FIRST) ? at : at + 1e6;

            if (!done[i] && (best == n || key < best_at)) {
                best = i;
                best_at = key;
            }
        }
        done[best] = true;
        pieces[best].feed(f, pieces[best].at + (pieces[best].from_client ? 0 : later), c);
    }
}

static void what_answers_a_syn_may_be_stamped_before_it(void **state)
{
    static const struct { void (*answer)(feed *, double, feed_conn *); const char *outcome; } rows[] = {
        { do_synack, "opened" }, { do_rst, "reset" }, { do_icmp, "icmp-unreachable" },
    };
    static const double laters[] = { -0.0003 - 0.02, -0.4, -0.9, 0.4 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(laters); k++) {
            for (merged order = BY_TIME; order <= GOT_FIRST; order++) {
                feed *f = feed_new();

                feed_row("%s, %.4f s later, order %u", rows[i].outcome, laters[k], order);
                feed_learn(f, 0, CLIENT);
                for (uint16_t n = 0; n < 3; n++) {
                    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(40000 + n));
                    const piece pieces[] = { { 10 + n, true, do_syn }, { 10.02 + n, false, rows[i].answer } };

                    feed_merged(f, &c, pieces, 2, laters[k], order);
                }
                feed_tick(f, 30);
                expect_number(f, "handshakes", f->t->handshakes->len, 3);
                for (uint32_t n = 0; n < 3; n++) {
                    const sse_handshake *h = &g_array_index(f->t->handshakes, sse_handshake, n);

                    expect_handshake(f, n, rows[i].outcome);
                    expect_number(f, "early", h->early, laters[k] < 0);
                    expect_number(f, "a round trip", h->rtt != 0, laters[k] > 0 && rows[i].answer == do_synack);
                }
                /* A lookup was answered too. */
                expect_number(f, "clocks-differ", feed_finding(f, SSE_FIND_CLOCKS_DIFFER) != NULL, laters[k] < 0);
                feed_free(f);
            }
        }
    }
}

static void do_connect(feed *f, double at, feed_conn *c) { feed_connect(f, at, c, "www.example.com"); }
static void do_200(feed *f, double at, feed_conn *c) { feed_status(f, at, c, 200); }

/* A CONNECT and its answer: "where a SYN-ACK was early, all packets of that sender on
 * that connection are read as much later". */
static void a_status_may_be_stamped_before_its_connect(void **state)
{
    static const piece pieces[] = {
        { 10, true, do_syn }, { 10.02, false, do_synack }, { 10.021, true, do_connect }, { 10.05, false, do_200 },
    };
    static const double laters[] = { -0.025, -0.4, 0, 0.4 };

    (void)state;
    for (size_t k = 0; k < G_N_ELEMENTS(laters); k++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 40000), ahead;

        feed_row("%.3f s later", laters[k]);
        feed_learn(f, 0, CLIENT);
        if (laters[k] > -0.1) {
            feed_merged(f, &c, pieces, 4, laters[k], BY_TIME);
        } else {
            /* What acknowledges the CONNECT is made before it: by a connection that is ahead. */
            ahead = c;
            feed_synack(f, 10.02 + laters[k], &ahead);
            ahead.next += 400;
            feed_status(f, 10.05 + laters[k], &ahead, 200);
            feed_syn(f, 10, &c);
            feed_connect(f, 10.021, &c, "www.example.com");
        }
        feed_tick(f, 30);
        expect_number(f, "handshakes", f->t->handshakes->len, 1);
        expect_handshake(f, 0, "completed");
        expect_number(f, "answers to CONNECT", f->t->connects->len, 1);
        expect_number(f, "status", g_array_index(f->t->connects, sse_connect_answer, 0).status, 200);
        feed_free(f);
    }
}

/* The next connection with the ports of one that is over: a SYN-ACK that acknowledges no
 * SYN of the old one is the new one's. */
static void an_early_syn_ack_with_used_ports_opens_the_next(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 40000);

    feed_learn(f, 0, CLIENT);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_payload(f, 10.03, &c, 100);
    feed_server_payload(f, 10.05, &c, 100);
    feed_client_fin(f, 10.06, &c);
    feed_conn next = c;
    next.isn = c.isn + 100000;
    next.next = next.isn + 1;
    feed_synack(f, 19.98, &next);
    feed_syn(f, 20, &next);
    feed_tick(f, 40);
    expect_number(f, "handshakes", f->t->handshakes->len, 2);
    expect_handshake(f, 0, "completed");
    expect_handshake(f, 1, "opened");
}

/* "a segment that acknowledges data stamped up to 1 s later" counts as replies do. */
static void an_early_acknowledgement_counts(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 40000), ahead = c;

    feed_learn(f, 0, CLIENT);
    feed_synack(f, 9.6, &ahead);
    ahead.next += 100;
    feed_server_ack(f, 9.63, &ahead);
    feed_syn(f, 10, &c);
    feed_payload(f, 10.02, &c, 100);
    feed_tick(f, 30);
    expect_handshake(f, 0, "session-silent");
}

/* Two files, what was sent and then what was got: the lookup's answer, which teaches the
 * gateway, stands behind all that was sent to it. */
static void what_was_sent_by_the_time_of_the_lesson_counts(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 40000), before = feed_connection(CLIENT, GATEWAY, 443, 40001);

    feed_lookup(f, 10, CLIENT, LOCAL_DNS, 1);
    feed_syn(f, 9, &before);
    feed_syn(f, 11, &c);
    feed_connect(f, 11.03, &c, "www.example.com");
    feed_tick(f, 30);
    feed_answer(f, 10.02, CLIENT, LOCAL_DNS, 1, 0, GATEWAY);
    feed_synack(f, 11.02, &c);
    feed_status(f, 11.05, &c, 200);
    feed_tick(f, 30);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_handshake(f, 0, "completed");
    expect_number(f, "SYN", g_array_index(f->t->handshakes, sse_handshake, 0).frame, 3);
    expect_number(f, "answers to CONNECT", f->t->connects->len, 1);
    expect_web(f, "protected", NULL);
}

/* From three on, a tenth of all, and a median over 0.2 ms. */
static void clocks_differ_by_number_share_and_median(void **state)
{
    static const struct { unsigned early, all; double by; bool there; } rows[] = {
        { 3, 3, 0.0003, true }, { 2, 2, 0.005, false }, { 3, 30, 0.005, true }, { 3, 31, 0.005, false },
        { 10, 10, 0.0002, false }, { 10, 10, 0.000202, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const sse_finding *finding;

        feed_row("%u of %u by %.6f s", rows[i].early, rows[i].all, rows[i].by);
        for (uint16_t k = 0; k < rows[i].all; k++) {
            double at = 10 + k * 3;

            if (k < rows[i].early)
                feed_reply(f, at - rows[i].by, CLIENT, R1, 443, k);
            feed_query(f, at, CLIENT, R1, 443, k);
            if (k >= rows[i].early)
                feed_reply(f, at + 0.02, CLIENT, R1, 443, k);
        }
        feed_tick(f, 20 + rows[i].all * 3);
        finding = feed_finding(f, SSE_FIND_CLOCKS_DIFFER);
        expect_number(f, "clocks-differ", finding != NULL, rows[i].there);
        if (finding != NULL) {
            expect_number(f, "early", finding->number[0], rows[i].early);
            expect_number(f, "answered", finding->number[1], rows[i].all);
            expect_number(f, "median", (finding->number[2] + 50) / 100, (uint32_t)(rows[i].by * 1e4 + 0.5));
        }
        expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
        feed_free(f);
    }
}

/* A lookup whose answer is stamped before it is one lookup, answered. */
static void an_early_answer_to_a_lookup_is_its_answer(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 3; k++) {
        feed_answer(f, 10 + k * 3 - 0.1, CLIENT, LOCAL_DNS, k, 0, GATEWAY);
        feed_lookup(f, 10 + k * 3, CLIENT, LOCAL_DNS, k);
    }
    feed_good_handshake(f, 20, CLIENT, GATEWAY);
    feed_tick(f, 40);
    expect_number(f, "lookups", f->t->lookups->len, 3);
    expect_web(f, "protected", NULL);
    expect_finding(f, SSE_FIND_CLOCKS_DIFFER);
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

static void a_probe_over_tcp_may_be_answered_before_its_syn(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, R1, 53, 50000);
    const feed_dns query = { .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, DEBUG, .transport = SSE_TCP };
    feed_dns reply = query;

    reply.response = reply.server_string = true;
    reply.answers = 5;
    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_synack(f, 0.62, &c);
    feed_message(f, 0.65, reply);
    feed_syn(f, 1, &c);
    feed_message(f, 1.03, query);
    feed_tick(f, END);
    expect_number(f, "probes", f->t->probes->len, 2);
    expect_probe(f, 1, "answered");
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

/* ---- what answers, and tunnels ---- */

static feed_conn asked(feed *f, double at)
{
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

    feed_syn(f, at, &c);
    feed_synack(f, at + 0.02, &c);
    feed_connect(f, at + 0.021, &c, "www.example.com");
    return c;
}

/* "opened; CONNECT or an absolute-URI request was answered with something that is no
 * HTTP status line"; without CONNECT any payload completes. */
static void what_is_no_status_line_is_foreign(void **state)
{
    feed *f = *state;
    feed_conn c;

    feed_learn(f, 0, CLIENT);
    c = asked(f, 1);
    feed_page(f, 1.05, &c);
    c = asked(f, 2);
    feed_status(f, 2.05, &c, 502);
    c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);
    feed_syn(f, 3, &c);
    feed_synack(f, 3.02, &c);
    feed_payload(f, 3.03, &c, 200);
    feed_page(f, 3.06, &c);
    feed_tick(f, 60);
    expect_handshake(f, 0, "session-foreign");
    expect_handshake(f, 1, "completed");
    expect_handshake(f, 2, "completed");
}

/* "a status other than 2xx, origin on-path-device": three hops fewer than the SYN-ACK. */
static void a_status_from_nearby_is_intercepted(void **state)
{
    static const struct { uint16_t status; uint8_t ttl; const char *outcome; } rows[] = {
        { 503, 64, "session-intercepted" }, { 403, 64, "session-intercepted" }, { 407, 53, "session-intercepted" },
        { 503, 52, "completed" }, { 503, 50, "completed" }, { 200, 64, "completed" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c;

        feed_row("%u with TTL %u", rows[i].status, rows[i].ttl);
        feed_learn(f, 0, CLIENT);
        c = asked(f, 1);
        c.server_ttl = rows[i].ttl;
        feed_status(f, 1.05, &c, rows[i].status);
        feed_tick(f, 60);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

typedef enum { RESET_NOW, RESET_LATE, CLOSED, UNACKNOWLEDGED, ACKNOWLEDGED, DATA, CLIENT_CLOSES, KEEP_QUIET } tunnel_fate;

static void what_becomes_of_tunnels(void **state)
{
    static const struct { const char *what; tunnel_fate fate; const char *outcome; } rows[] = {
        { "reset within 10 s", RESET_NOW, "tunnel-reset" },
        { "reset later, unacknowledged", RESET_LATE, "completed" },
        { "FIN", CLOSED, "tunnel-closed" },
        { "four times over 3 s", UNACKNOWLEDGED, "tunnel-stalled" },
        { "acknowledged and silence", ACKNOWLEDGED, "tunnel-silent" },
        { "data in it", DATA, "completed" },
        { "the client closes first", CLIENT_CLOSES, "completed" },
        { "never used", KEEP_QUIET, "completed" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c;

        feed_row("%s", rows[i].what);
        feed_learn(f, 0, CLIENT);
        c = asked(f, 1);
        feed_status(f, 1.05, &c, 200);
        if (rows[i].fate != KEEP_QUIET)
            feed_payload(f, 1.06, &c, 300);
        switch (rows[i].fate) {
        case RESET_NOW:
            feed_rst(f, 11.06, &c, 0, 0);
            break;
        case RESET_LATE:
            feed_rst(f, 11.07, &c, 0, 0);
            break;
        case CLOSED:
            feed_fin(f, 1.08, &c);
            break;
        case UNACKNOWLEDGED:
            feed_payload_again(f, 2, &c);
            feed_payload_again(f, 3, &c);
            feed_payload_again(f, 4.06, &c);
            break;
        case ACKNOWLEDGED:
            feed_server_ack(f, 1.08, &c);
            break;
        case DATA:
            feed_server_payload(f, 1.08, &c, 500);
            feed_rst(f, 1.09, &c, 64, 0);
            break;
        case CLIENT_CLOSES:
            feed_client_fin(f, 1.07, &c);
            feed_rst(f, 1.08, &c, 64, 0);
            break;
        default:
            break;
        }
        feed_tick(f, 60);
        expect_handshake(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

/* "from three on, to two or more sites, with no tunnel served between them" */
static void dead_tunnels_make_a_run(void **state)
{
    static const struct { const char *what; const char *host[4]; unsigned served; const char *web, *cause; } rows[] = {
        { "three, three sites", { "a.example", "b.example", "c.example" }, 9, "cloud-service-unavailable", "tunnel-reset" },
        { "three, one site", { "www.a.example", "a.example", "b.a.example" }, 9, "protected", NULL },
        { "two", { "a.example", "b.example" }, 9, "protected", NULL },
        { "one served between", { "a.example", "b.example", "c.example", "d.example" }, 2, "protected", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_learn(f, 0, CLIENT);
        for (unsigned k = 0; k < 4 && rows[i].host[k] != NULL; k++) {
            const double at = 10 + 2 * k;
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

            feed_syn(f, at, &c);
            feed_synack(f, at + 0.02, &c);
            feed_connect(f, at + 0.021, &c, rows[i].host[k]);
            feed_status(f, at + 0.05, &c, 200);
            feed_payload(f, at + 0.06, &c, 300);
            if (k == rows[i].served)
                feed_server_payload(f, at + 0.08, &c, 500);
            else
                feed_rst(f, at + 0.0605, &c, 64, 0);
        }
        feed_tick(f, 60);
        expect_web(f, rows[i].web, rows[i].cause);
        if (rows[i].cause == NULL)
            expect_finding(f, SSE_FIND_TUNNEL_BROKEN);
        feed_free(f);
    }
}

/* A tunnel to a host at a time, which dies on its first data or carries some. */
static void tunnel(feed *f, double at, const char *host, bool served)
{
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

    feed_syn(f, at, &c);
    feed_synack(f, at + 0.02, &c);
    feed_connect(f, at + 0.021, &c, host);
    feed_status(f, at + 0.05, &c, 200);
    feed_payload(f, at + 0.06, &c, 300);
    if (served)
        feed_server_payload(f, at + 0.08, &c, 500);
    else
        feed_rst(f, at + 0.0605, &c, 64, 0);
}

/* "no other site served in the 60 s before the first, or 30 s and five sites" */
static void dead_tunnels_beside_other_sites(void **state)
{
    static const struct { const char *what, *served; double before; unsigned deaths; double every; const char *web, *cause; } rows[] = {
        { "another site served just before", "x.example", 1, 3, 1, "protected", NULL },
        { "another site served 62 s before", "x.example", 62, 3, 1, "cloud-service-unavailable", "tunnel-reset" },
        { "one of them served just before", "www.a.example", 1, 3, 1, "cloud-service-unavailable", "tunnel-reset" },
        { "five sites in 30 s", "x.example", 1, 5, 7.5, "cloud-service-unavailable", "tunnel-reset" },
        { "five sites in 28 s", "x.example", 1, 5, 7, "protected", NULL },
        { "four sites in 30 s", "x.example", 1, 4, 10, "protected", NULL },
    };
    static const char *const hosts[] = { "a.example", "b.example", "c.example", "d.example", "e.example" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_learn(f, 0, CLIENT);
        tunnel(f, 100 - rows[i].before, rows[i].served, true);
        for (unsigned k = 0; k < rows[i].deaths; k++)
            tunnel(f, 100 + k * rows[i].every, hosts[k], false);
        feed_tick(f, 200);
        expect_web(f, rows[i].web, rows[i].cause);
        if (rows[i].cause == NULL)
            expect_finding(f, SSE_FIND_TUNNEL_BROKEN);
        feed_free(f);
    }
}

/* "A connection whose first payload is seen and is no HTTP request fails nothing where
 * another of that client's to a gateway was answered to an HTTP request"; "Unused
 * connections (... the first more than 60 s after the SYN-ACK) ... decide nothing". */
static void connections_that_fail_nothing(void **state)
{
    static const struct { const char *what; bool speaks_http, closes; double first; const char *web; } rows[] = {
        { "no HTTP, and nothing else known", false, false, 0.03, "cloud-service-unavailable" },
        { "no HTTP beside a session with HTTP", true, false, 0.03, "protected" },
        { "closed, beside a session with HTTP", true, true, 0.03, "protected" },
        { "kept for 61 s", false, false, 61, "inconclusive" },
        { "kept for 61 s, then closed", false, true, 61, "inconclusive" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_learn(f, 0, CLIENT);
        if (rows[i].speaks_http)
            feed_connect_status(f, 1, CLIENT, GATEWAY, "www.example.com", 200);
        for (unsigned k = 0; k < 3; k++) {
            const double at = 10 + 100 * k;
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);
            const obs_http other = { .kind = OBS_HTTP_NONE };

            feed_syn(f, at, &c);
            feed_synack(f, at + 0.02, &c);
            feed_first_bytes(f, at + rows[i].first, &c, &other);
            if (rows[i].closes)
                feed_fin(f, at + rows[i].first + 0.1, &c);
            else
                feed_rst(f, at + rows[i].first + 0.1, &c, 0, 0);
        }
        feed_tick(f, 400);
        expect_code(f, "web", sse_state_code(feed_client(f)->web.verdict), rows[i].web);
        feed_free(f);
    }
}

/* "of a status line: Server or Via that names a product which is not the gateway's":
 * one sign alone; with one more a device on the path answered. The values are told. */
static void who_signs_the_answer_to_connect(void **state)
{
    static const struct { const char *server, *via; uint8_t ttl; const char *origin; } rows[] = {
        { "squid/5.7", NULL, 50, "gateway" },
        { "squid/5.7", "1.1 proxy\x1b[2J", 64, "on-path-device" },
        { NULL, "1.1 umbrella", 50, "gateway" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const sse_connect_report *row;
        feed_conn c;

        feed_row("%u", (unsigned)i);
        feed_learn(f, 0, CLIENT);
        c = asked(f, 1);
        c.server_ttl = rows[i].ttl;
        feed_status_by(f, 1.05, &c, 503, rows[i].server, rows[i].via);
        feed_tick(f, 60);
        expect_number(f, "rows", feed_client(f)->connects->len, 1);
        row = &g_array_index(feed_client(f)->connects, sse_connect_report, 0);
        expect_code(f, "Server", row->server, rows[i].server);
        expect_code(f, "Via", row->via, i == 1 ? "1.1 proxy?[2J" : rows[i].via);
        expect_code(f, "origin", sse_origin_code(row->origin), rows[i].origin);
        feed_free(f);
    }
}

/* ---- answers that the client itself rejects ---- */

static void a_rejected_burst(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, HOST_REJECTS, HOST_REJECTS);
    for (uint32_t i = 0; i < 4; i++)
        expect_probe(f, i, "rejected-by-client");
    feed_tick(f, END);
    expect_dns(f, "unprotected", "rejected-by-client");
    expect_finding(f, SSE_FIND_REJECTED_BY_CLIENT);
    expect_no_finding(f, SSE_FIND_PROBE_LOSS);
}

/* Two clients ask in turn: each one's report is of its own probes. */
static void one_of_two_rejects(void **state)
{
    static const struct { const char *client; sse_probe_outcome outcome; const char *verdict; } rows[] = {
        { CLIENT, SSE_PROBE_REJECTED, "unprotected" }, { CLIENT2, SSE_PROBE_ANSWERED, "protected" },
    };
    feed *f = *state;

    for (unsigned k = 0; k < 2; k++) {
        feed_burst(f, 5 * k, CLIENT, k == 0 ? 443 : 53, HOST_REJECTS);
        feed_burst(f, 5 * k + 0.1, CLIENT2, k == 0 ? 443 : 53, ANSWERED);
    }
    feed_tick(f, END);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const sse_client_report *c = feed_client_of(f, rows[i].client);

        feed_row("%s", rows[i].client);
        expect_code(f, "verdict", sse_state_code(c->dns.verdict), rows[i].verdict);
        expect_number(f, "resolvers", c->resolvers->len, 4);
        for (guint k = 0; k < c->resolvers->len; k++)
            expect_number(f, "probes", g_array_index(c->resolvers, sse_resolver_report, k).outcomes[rows[i].outcome], 1);
    }
    feed_row("%s", "");
}

static void a_burst_is_rejected_only_where_the_module_goes_on_without(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, HOST_REJECTS);
    feed_burst(f, 7.1, CLIENT, 53, ANSWERED);
    feed_tick(f, END);
    expect_probe(f, 0, "answered");
    expect_dns(f, "protected", NULL);
}

static void a_socket_closed_after_its_first_reply_rejects_no_burst(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_icmp_reply(f, 0.0215, CLIENT, R2, 443, (uint16_t)(f->id - 1));
    feed_burst(f, 5, CLIENT, 53, ANSWERED);
    feed_tick(f, END);
    for (uint32_t i = 0; i < 4; i++)
        expect_probe(f, i, "answered");
}

static void a_single_probe_is_rejected_as_the_burst_of_its_cycle(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 53, HOST_REJECTS);
    feed_tick(f, 60);
    expect_probe(f, 0, "answered");
    feed_burst(f, 70, CLIENT, 53, HOST_REJECTS);
    feed_probe(f, 75.5, CLIENT, R1, 53, HOST_REJECTS);
    feed_tick(f, 75.5 + END);
    expect_probe(f, 0, "answered");
    expect_probe(f, 3, "rejected-by-client");
}

/* Whoever says it must be the client's own host. */
static void nobody_else_rejects_in_the_clients_name(void **state)
{
    static const struct { const char *what; uint8_t mac, ttl; double after; bool rejected; } rows[] = {
        { "the client", 7, 128, 0.01, true }, { "another link-layer address", 8, 128, 0.01, false },
        { "behind a router", 7, 127, 0.01, false }, { "more than 1 s later", 7, 128, 1.01, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT, 7, 128);
        f->id = 100;
        feed_burst(f, 0, CLIENT, 53, ANSWERED);
        feed_host(f, CLIENT, rows[i].mac, rows[i].ttl);
        feed_icmp_reply(f, 0.021 + rows[i].after, CLIENT, R1, 53, 100);
        feed_icmp_reply(f, 0.022 + rows[i].after, CLIENT, R2, 53, 101);
        feed_tick(f, END);
        expect_probe(f, 0, rows[i].rejected ? "rejected-by-client" : "answered");
        feed_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dead_tunnels_beside_other_sites),
        cmocka_unit_test(connections_that_fail_nothing),
        cmocka_unit_test(who_signs_the_answer_to_connect),
        cmocka_unit_test(censored_with_the_resolvers_own_ttl),
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
        cmocka_unit_test(what_answers_a_syn_may_be_stamped_before_it),
        cmocka_unit_test(a_status_may_be_stamped_before_its_connect),
        TEST(a_rejected_burst),
        TEST(one_of_two_rejects),
        TEST(a_burst_is_rejected_only_where_the_module_goes_on_without),
        TEST(a_socket_closed_after_its_first_reply_rejects_no_burst),
        TEST(a_single_probe_is_rejected_as_the_burst_of_its_cycle),
        cmocka_unit_test(nobody_else_rejects_in_the_clients_name),
        TEST(an_early_syn_ack_with_used_ports_opens_the_next),
        TEST(an_early_acknowledgement_counts),
        TEST(what_was_sent_by_the_time_of_the_lesson_counts),
        cmocka_unit_test(clocks_differ_by_number_share_and_median),
        TEST(an_early_answer_to_a_lookup_is_its_answer),
        TEST(a_verdict_in_a_step_changes_nothing),
        TEST(what_is_sent_behind_a_jump_waits_by_its_time),
        TEST(one_second_back_exactly_is_no_step),
        TEST(what_the_clock_passed_before_it_broke_is_decided),
        cmocka_unit_test(a_sleeping_client_waits_for_nothing), TEST(a_sleeping_client_s_handshake_is_pending),
        TEST(tcp_never_opened_is_no_reply),
        TEST(tcp_opened_without_reply_is_no_reply),
        TEST(tcp_answered),
        TEST(tcp_reset_before_the_reply),
        TEST(tcp_reset_after_the_reply_changes_nothing),
        TEST(a_probe_over_tcp_may_be_answered_before_its_syn),
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
        TEST(what_is_no_status_line_is_foreign),
        cmocka_unit_test(a_status_from_nearby_is_intercepted),
        cmocka_unit_test(what_becomes_of_tunnels),
        cmocka_unit_test(dead_tunnels_make_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
