/* test_limits.c
 * Limits on what a sender controls: each is reached, what was known before
 * goes on, and the report says what was left out.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include <stdio.h>

static const char *numbered(char *text, unsigned a, unsigned n)
{
    snprintf(text, 32, "%u.%u.%u.%u", a, n >> 16 & 255, n >> 8 & 255, n & 255);
    return text;
}

/* The finding is there, once for each limit, and names what was left out. */
static void expect_left_out(feed *f, const char *what)
{
    const sse_finding *finding;

    expect_finding(f, SSE_FIND_LIMIT_REACHED);
    finding = feed_finding(f, SSE_FIND_LIMIT_REACHED);
    const char *text = feed_finding_text(f, finding);

    if (strstr(text, what) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, what);
}

static void clients_beyond_the_limit_are_left_out(void **state)
{
    feed *f = *state;
    char text[32];

    f->t->limits.addresses = f->t->addresses->len + 50;
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (unsigned i = 0; i < 1000; i++)
        feed_query(f, 1 + i * 0.001, numbered(text, 10, i + 1000), R1, 443, (uint16_t)i);
    /* The clients known before go on. */
    feed_dead_cycle(f, 100, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 115, CLIENT, SILENT, SILENT);
    feed_control(f, 126, CLIENT);
    feed_tick(f, 140);
    assert_true(f->t->addresses->len <= f->t->limits.addresses);
    expect_code(f, "verdict", sse_state_code(feed_client_of(f, CLIENT)->dns.verdict), "unprotected");
    expect_left_out(f, "clients");
}

static void servers_of_local_probes_count_as_addresses(void **state)
{
    feed *f = *state;
    char text[32];

    f->t->limits.addresses = f->t->addresses->len + 20;
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (unsigned i = 0; i < 500; i++) {
        feed_query(f, 1 + i * 0.01, CLIENT, numbered(text, 10, 70000 + i), 53, (uint16_t)i);
        feed_reply(f, 1 + i * 0.01, CLIENT, text, 53, (uint16_t)(i + 7));
        feed_lookup(f, 1.005 + i * 0.01, CLIENT, text, (uint16_t)i);
        feed_encrypted(f, 1.006 + i * 0.01, numbered(text, 11, i), R1, 443, (uint16_t)i);
    }
    assert_true(f->t->addresses->len <= f->t->limits.addresses);
    expect_code(f, "verdict", sse_state_code(feed_client_of(f, CLIENT)->dns.verdict), "protected");
    expect_left_out(f, "servers");
}

static void gateways_beyond_the_limit_are_left_out(void **state)
{
    feed *f = *state;
    char text[32];

    feed_learn(f, 0, CLIENT);
    f->t->limits.gateways = f->t->gateways + 10;
    for (unsigned i = 0; i < 500; i++) {
        feed_lookup(f, 1 + i * 0.01, CLIENT, LOCAL_DNS, (uint16_t)(100 + i));
        feed_answer(f, 1.005 + i * 0.01, CLIENT, LOCAL_DNS, (uint16_t)(100 + i), 0, numbered(text, 18, 70000 + i));
    }
    feed_reset_handshake(f, 20, CLIENT, GATEWAY);
    feed_reset_handshake(f, 25, CLIENT, GATEWAY);
    feed_tick(f, 40);
    assert_true(f->t->gateways <= f->t->limits.gateways);
    expect_web(f, "cloud-service-unavailable", "reset");
    expect_left_out(f, "gateway addresses");
    expect_no_finding(f, SSE_FIND_GATEWAY_SUSPICIOUS);
}

static void gateways_count_as_addresses(void **state)
{
    feed *f = *state;
    char text[32];

    feed_learn(f, 0, CLIENT);
    f->t->limits.addresses = f->t->addresses->len + 5;
    for (unsigned i = 0; i < 50; i++) {
        feed_lookup(f, 1 + i * 0.01, CLIENT, LOCAL_DNS, (uint16_t)(100 + i));
        feed_answer(f, 1.005 + i * 0.01, CLIENT, LOCAL_DNS, (uint16_t)(100 + i), 0, numbered(text, 18, 70000 + i));
    }
    assert_true(f->t->addresses->len <= f->t->limits.addresses);
    expect_left_out(f, "gateway addresses");
}

static void records_beyond_the_limit_are_left_out(void **state)
{
    feed *f = *state;

    f->t->limits.records = 40;
    feed_learn(f, 0, CLIENT);
    feed_reset_handshake(f, 1, CLIENT, GATEWAY);
    feed_reset_handshake(f, 5, CLIENT, GATEWAY);
    for (unsigned i = 0; i < 20; i++)
        feed_dead_cycle(f, 10 + i * 15, CLIENT, SILENT, SILENT);
    for (unsigned i = 0; i < 60; i++) {
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(1000 + i));

        feed_reset_handshake(f, 400 + i * 5, CLIENT, GATEWAY);
        feed_lookup(f, 401 + i * 5, CLIENT, LOCAL_DNS, (uint16_t)(100 + i));
        feed_answer(f, 401.1 + i * 5, CLIENT, LOCAL_DNS, (uint16_t)(100 + i), 0, GATEWAY2);
        /* Replies, SYN-ACKs and data without a beginning make records too. */
        feed_reply(f, 402 + i * 5, CLIENT2, R1, 443, (uint16_t)(500 + i));
        feed_synack(f, 402.1 + i * 5, &c);
        c.sport += 2000;
        feed_server_payload(f, 402.2 + i * 5, &c, 100);
        feed_query(f, 402.3 + i * 5, CLIENT, R1, 53, (uint16_t)i);
        c = feed_connection(CLIENT, R1, 443, (uint16_t)(7000 + i));
        feed_syn(f, 402.4 + i * 5, &c);
    }
    feed_control(f, 800, CLIENT);
    feed_tick(f, 820);
    assert_int_equal(f->t->probes->len, 40);
    assert_int_equal(f->t->handshakes->len, 40);
    assert_int_equal(f->t->lookups->len, 40);
    expect_left_out(f, "further probes, further handshakes, further lookups");
    expect_code(f, "verdict", sse_state_code(feed_client_of(f, CLIENT)->web.verdict), "cloud-service-unavailable");
}

static void names_and_identities_and_facts_are_bounded(void **state)
{
    feed *f = *state;
    char text[64];

    f->t->limits.findings = 20;
    feed_learn(f, 0, CLIENT);
    for (unsigned i = 0; i < 100; i++) {
        obs_identity identity = { .dnscrypt = false };
        uint16_t id = (uint16_t)(100 + i);

        snprintf(identity.device, sizeof identity.device, "%016x", i);
        snprintf(text, sizeof text, "h%u.example", i);
        feed_connect_status(f, 1 + i, CLIENT, GATEWAY, text, 200);
        feed_message(f, 1.5 + i, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = id,
                                             .name = OBS_NAME_DEBUG, .identity = &identity });
        /* Another question with the waiting probe's ports and id: a fact. */
        feed_message(f, 1.6 + i, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = id, .response = true,
                                             .name = OBS_NAME_OTHER, .qname = text });
        feed_reply(f, 1.7 + i, CLIENT, R1, 443, id);
    }
    feed_tick(f, 130);
    assert_int_equal(f->t->names->len, 20);
    assert_int_equal(f->t->identities->len, 20);
    assert_true(f->t->facts->len <= 20 + SSE_LIMITS);
    expect_dns(f, "protected", NULL);
    expect_web(f, "protected", NULL);
    expect_left_out(f, "further findings, further names, further identities");
}

static void direct_connections_are_bounded(void **state)
{
    feed *f = *state;
    char text[32];

    f->t->limits.direct = 10;
    feed_learn(f, 0, CLIENT);
    for (unsigned i = 0; i < 30; i++)
        feed_visit(f, 1 + i * 0.1, CLIENT, numbered(text, 93, i), 443);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_reset_handshake(f, 15, CLIENT, GATEWAY);
    for (unsigned i = 0; i < 30; i++)
        feed_visit(f, 20 + i * 0.1, CLIENT, numbered(text, 93, 1000 + i), 443);
    feed_tick(f, 40);
    expect_web(f, "cloud-service-unavailable", "reset");
    assert_true(feed_client(f)->has_fail_open);
    expect_left_out(f, "direct connections");
}

/* Every frame of a list is counted, the first 16 are kept. */
static void lists_of_frames_are_bounded(void **state)
{
    feed *f = *state;
    const sse_resolver_report *r;

    for (unsigned i = 0; i < 100; i++)
        feed_probe(f, i * 10, CLIENT, R1, 443, ANSWERED);
    r = &g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0);
    assert_int_equal(r->frames.kept, SSE_FRAMES_KEPT);
    assert_int_equal(r->frames.total, 200);
    assert_int_equal(r->probes, 100);
    expect_no_finding(f, SSE_FIND_LIMIT_REACHED);
}

/* One packet each: no client says anything. How long it takes: test_floods.py. */
static void many_clients_with_one_packet_each(void **state)
{
    feed *f = *state;
    char text[32];

    for (unsigned i = 0; i < 30000; i++)
        feed_query(f, i * 0.0001, numbered(text, 10, i), R1, 443, (uint16_t)i);
    assert_int_equal(feed_report(f)->clients->len, 30000);
    assert_int_equal(feed_report(f)->count_dns[SSE_INCONCLUSIVE], 30000);
}

/* One error that came first in the file is about one query: else it would be
 * marked again for every further query of that port. */
static void an_error_before_its_query_is_taken_once(void **state)
{
    feed *f = *state;
    unsigned count;
    uint32_t error;

    feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
    /* It quotes too little to say which id it is about. */
    feed_tick(f, 10.5);
    obs_packet p = { .frame = error = f->frame, .time = feed_ns(10.5), .src = feed_addr("192.0.2.9"), .dst = feed_addr(CLIENT) };
    obs_icmp icmp = { .type = 3, .code = 13, .protocol = 17, .src = feed_addr(CLIENT), .dst = feed_addr(R1),
                      .sport = 40000, .dport = 443, .quoted_len = 63 };
    sse_tracker_icmp(f->t, &p, &icmp);
    for (uint16_t i = 0; i < 100; i++)
        feed_message(f, 10 + i * 0.001, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .sport = 40000, .id = i,
                                                    .name = OBS_NAME_DEBUG });
    assert_non_null(sse_tracker_marks(f->t, error, &count));
    assert_int_equal(count, 1);
    /* Two sequence numbers in turn, each with a reset that came first. */
    feed_learn(f, 20, CLIENT);
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 50000);
    uint32_t resets = f->t->resets->len, isn = c.isn;
    uint32_t first = feed_rst(f, 30.5, &c, 50, 0);
    c.next += 5000;
    (void)feed_rst(f, 30.5, &c, 50, 0);
    for (unsigned i = 0; i < 100; i++) {
        c.isn = isn + i % 2 * 5000;
        feed_syn(f, 30 + i * 0.001, &c);
    }
    assert_int_equal(f->t->resets->len - resets, 2);
    assert_non_null(sse_tracker_marks(f->t, first, &count));
    assert_int_equal(count, 1);
}

/* A report lists the newest changes of a client and its first addresses
 * (test_report.c); all of them were judged. */
static void more_than_a_report_lists_is_said(void **state)
{
    feed *f = *state;
    obs_identity identity = { .dnscrypt = false, .device = "0123456789abcdef" };
    const unsigned outages = 2200, addresses = 4200;
    char ip[32];

    for (unsigned i = 0; i < outages; i++) {
        double at = i * 100.0;

        feed_burst(f, at, CLIENT, 443, ANSWERED);
        feed_dead_cycle(f, at + 20, CLIENT, SILENT, SILENT);
        feed_dead_cycle(f, at + 35, CLIENT, SILENT, SILENT);
        feed_control(f, at + 40, CLIENT);
    }
    for (unsigned i = 0; i < addresses; i++)
        feed_message(f, outages * 100.0 + i, (feed_dns){ .client = numbered(ip, 10, 70000 + i), .server = R1, .port = 443,
                                                         .id = (uint16_t)i, .ttl = 60, .name = OBS_NAME_DEBUG,
                                                         .identity = &identity });
    const sse_client_report *roaming = feed_client_of(f, numbered(ip, 10, 70000));
    const sse_client_report *flapping = feed_client_of(f, CLIENT);
    expect_number(f, "changes", flapping->timeline->len, 2 * outages);
    expect_number(f, "addresses", roaming->addresses->len, addresses);
    expect_left_out(f, "older entries of a timeline or further addresses of one client");
}

/* Outages that an exception explains are in no timeline, but in the list. */
static void more_outages_than_a_report_lists_are_said(void **state)
{
    feed *f = *state;
    const unsigned outages = 4097;

    for (unsigned i = 0; i < outages; i++) {
        double at = i * 100.0;

        feed_burst(f, at, CLIENT, 443, ANSWERED);
        feed_dead_cycle(f, at + 20, CLIENT, SILENT, SILENT);
        feed_silent_visit(f, at + 26, CLIENT, SITE);
        feed_silent_visit(f, at + 27, CLIENT, SITE2);
        feed_dead_cycle(f, at + 35, CLIENT, SILENT, SILENT);
    }
    feed_burst(f, outages * 100.0, CLIENT, 443, ANSWERED);
    expect_number(f, "outages", feed_client(f)->outages->len, outages);
    expect_number(f, "changes", feed_client(f)->timeline->len, 1);
    expect_left_out(f, "older outages, older entries of a timeline");
}

/* The clock's jumps are remembered up to a number; later ones still count. */
static void clock_jumps_are_bounded(void **state)
{
    feed *f = *state;

    for (unsigned i = 0; i < 6000; i++)
        feed_jump(f, i % 2 == 0 ? 1000 : 0);
    feed_burst(f, 2000, CLIENT, 443, ANSWERED);
    assert_int_equal(f->t->epochs->len, 4096);
    expect_dns(f, "protected", NULL);
    expect_finding(f, SSE_FIND_CLOCK_JUMP);
}

/* What waits ends there too: an outage does not hide behind the last break. */
static void time_goes_on_after_the_last_break_of_the_clock(void **state)
{
    feed *f = *state;

    for (unsigned i = 0; i < 5000; i++)
        feed_tick(f, i * 700.0);
    feed_burst(f, 4500000, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 4500100, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 4500115, CLIENT, SILENT, SILENT);
    feed_control(f, 4500126, CLIENT);
    feed_tick(f, 4500140);
    assert_int_equal(f->t->epochs->len, 4096);
    expect_dns(f, "unprotected", "no-reply");
    expect_left_out(f, "clock");
}

/* More probes of one port than are looked at for the one that is meant: a
 * reply that fits none of them is nobody's. */
static void a_reply_beyond_the_probes_of_a_port_is_forged(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (uint16_t i = 0; i < 300; i++)
        feed_message(f, 20 + i * 0.001, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = i, .sport = 30000,
                                                    .name = OBS_NAME_DEBUG });
    uint32_t frame = feed_message(f, 20.5, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 9999, .sport = 30000,
                                                       .name = OBS_NAME_DEBUG, .response = true, .answers = 1,
                                                       .server_string = true });
    feed_tick(f, 40);
    expect_number(f, "answered", g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0).outcomes[SSE_PROBE_ANSWERED] +
                                 g_array_index(feed_client(f)->resolvers, sse_resolver_report, 1).outcomes[SSE_PROBE_ANSWERED], 2);
    expect_finding(f, SSE_FIND_FORGED_REPLY);
    expect_number(f, "frame", feed_finding(f, SSE_FIND_FORGED_REPLY)->frames.frame[0], frame);
}

/* At the limit of gateways those that nobody asked for give way to those that an
 * answer to a question teaches; a server that answers questions keeps its own. */
static void unasked_gateways_give_way(void **state)
{
    for (unsigned confirmed = 0; confirmed < 2; confirmed++) {
        feed *f = feed_new();
        sse_addr addr;
        char text[32];

        (void)state;
        feed_row(confirmed != 0 ? "their server answers a question later" : "nobody asked their server");
        f->t->limits.gateways = f->t->gateways + 10;
        for (unsigned i = 0; i < 10; i++)
            feed_answer(f, 0.1 + i * 0.01, CLIENT, "203.0.113.53", (uint16_t)i, 0, numbered(text, 18, 1000 + i));
        expect_number(f, "gateways", f->t->gateways, f->t->limits.gateways);
        if (confirmed != 0) {
            feed_lookup(f, 1, CLIENT, "203.0.113.53", 77);
            feed_answer(f, 1.02, CLIENT, "203.0.113.53", 77, 0, numbered(text, 18, 1000));
        }
        feed_learn(f, 2, CLIENT);
        addr = feed_addr(GATEWAY);
        expect_number(f, "role of what was asked for", (sse_tracker_role(f->t, &addr) & SSE_ROLE_GATEWAY) != 0, confirmed == 0);
        expect_number(f, "gateways", f->t->gateways, f->t->limits.gateways);
        feed_free(f);
    }
}

/* "64 per address; those that opened give way": of a client whose gateway nobody
 * names, the destinations that fail stay told. */
static void candidates_that_opened_give_way(void **state)
{
    feed *f = *state;
    char text[SSE_ADDR_TEXT];

    feed_burst(f, 0, CLIENT, 443, SILENT);
    for (unsigned i = 0; i < 64; i++)
        feed_visit(f, 1 + i, CLIENT, numbered(text, 151, 70000 + i), 443);
    for (unsigned k = 0; k < 3; k++)
        feed_silent_visit(f, 70 + 5 * k, CLIENT, "18.170.1.1");
    /* One more that is full of what failed: nothing to give way, nothing breaks. */
    for (unsigned i = 0; i < 70; i++)
        feed_silent_visit(f, 90 + i, CLIENT, numbered(text, 152, 70000 + i));
    feed_tick(f, 200);
    expect_number(f, "candidates", feed_client(f)->candidates->len, 1);
    assert_string_equal(sse_addr_text(&g_array_index(feed_client(f)->candidates, sse_candidate_report, 0).address, text), "18.170.1.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unasked_gateways_give_way),
        TEST(candidates_that_opened_give_way),
        TEST(clients_beyond_the_limit_are_left_out),
        TEST(servers_of_local_probes_count_as_addresses),
        TEST(gateways_beyond_the_limit_are_left_out),
        TEST(gateways_count_as_addresses),
        TEST(records_beyond_the_limit_are_left_out),
        TEST(names_and_identities_and_facts_are_bounded),
        TEST(direct_connections_are_bounded),
        TEST(lists_of_frames_are_bounded),
        TEST(an_error_before_its_query_is_taken_once),
        TEST(more_than_a_report_lists_is_said),
        TEST(more_outages_than_a_report_lists_are_said),
        TEST(many_clients_with_one_packet_each),
        TEST(clock_jumps_are_bounded),
        TEST(time_goes_on_after_the_last_break_of_the_clock),
        TEST(a_reply_beyond_the_probes_of_a_port_is_forged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
