/* test_dnscrypt_verdict.c
 * What DNSCrypt says about a port and its encryption: docs/verdict.md, "DNS
 * protection" and the findings dnscrypt-unanswered and certificate-expired.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

static const sse_port_report *port_of(feed *f, uint16_t port)
{
    return &feed_client(f)->ip[0].ports[port == 443 ? 0 : 1];
}

static const char *encryption_of(feed *f)
{
    return sse_encryption_code(feed_client(f)->encryption);
}

/* Lets every deadline of what was sent until now pass. */
static void finish(feed *f, double at)
{
    feed_tick(f, at + 5 + NS);
}

/* ---- an answer ---- */

static void a_paired_reply_proves_its_port(void **state)
{
    feed *f = *state;
    uint32_t frame = feed_encrypted_row(f, 0, 1, 1, CLIENT, R1, 443, true);

    finish(f, 1);
    expect_probe(f, 0, "answered");
    expect_dns(f, "protected", NULL);
    expect_port(f, 4, 443, "up");
    expect_port(f, 4, 53, "untested");
    expect_code(f, "encryption", encryption_of(f), "encrypted");
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
    expect_number(f, "probes tried", port_of(f, 443)->tried, 0);
    expect_number(f, "queries", port_of(f, 443)->encrypted_tried, 1);
    expect_number(f, "answered", port_of(f, 443)->encrypted_answered, 1);
    /* The tables are about probes in the clear. */
    expect_number(f, "resolvers", feed_client(f)->resolvers->len, 0);
    sse_addr r1 = feed_addr(R1);
    assert_int_equal(feed_client(f)->dns.peers->len, 1);
    assert_true(sse_addr_equal(&g_array_index(feed_client(f)->dns.peers, sse_addr, 0), &r1));
    expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
}

static void on_53_it_is_nobodys_nslookup(void **state)
{
    feed *f = *state;

    feed_encrypted_row(f, 0, 3, 1, CLIENT, R1, 53, true);
    finish(f, 3);
    expect_dns(f, "protected", NULL);
    expect_port(f, 4, 53, "up");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
}

static void over_ipv6_it_is_ipv6(void **state)
{
    feed *f = *state;

    feed_encrypted_row(f, 0, 3, 1, CLIENT6, R1_6, 443, true);
    finish(f, 3);
    expect_dns(f, "protected", NULL);
    expect_number(f, "named version", (uint64_t)feed_client(f)->named_version, 6);
}

static void a_reply_with_another_nonce_is_none(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    feed_encrypted(f, 10, CLIENT, R1, 443, 1);
    /* The same ports, another nonce. */
    {
        sse_addr client = feed_addr(CLIENT);

        feed_encrypted_reply(f, 10.02, CLIENT, R1, 443, 2);
        assert_true((sse_tracker_role(f->t, &client) & SSE_ROLE_CLIENT) != 0);
    }
    finish(f, 20);
    expect_probe(f, 2, "no-reply");
    expect_port(f, 4, 443, "down");
    /* It may answer a query whose magic nobody announced. */
    expect_no_finding(f, SSE_FIND_FORGED_REPLY);
}

static void a_reply_that_comes_first_in_the_file_waits_for_its_query(void **state)
{
    feed *f = *state;

    feed_tick(f, -60);
    feed_encrypted_reply(f, 0.02, CLIENT, R1, 443, 1);
    feed_encrypted(f, 0, CLIENT, R1, 443, 1);
    finish(f, 1);
    expect_number(f, "probes", f->t->probes->len, 1);
    expect_probe(f, 0, "answered");
}

static void replies_alone_count_where_no_query_is_in_the_file(void **state)
{
    feed *f = *state;

    feed_tick(f, -60);
    feed_encrypted_reply(f, 0, CLIENT, R1, 443, 1);
    feed_encrypted_reply(f, 1, CLIENT, R1, 443, 2);
    finish(f, 1);
    expect_dns(f, "protected", NULL);
    expect_code(f, "encryption", encryption_of(f), "encrypted");
    expect_finding(f, SSE_FIND_LATE_START);
}

static void a_copy_counts_once(void **state)
{
    feed *f = *state;

    feed_encrypted(f, 0, CLIENT, R1, 443, 1);
    f->repeat_packet = true;
    feed_encrypted(f, 0.001, CLIENT, R1, 443, 1);
    feed_encrypted_reply(f, 0.02, CLIENT, R1, 443, 1);
    f->repeat_packet = true;
    feed_encrypted_reply(f, 0.021, CLIENT, R1, 443, 1);
    finish(f, 1);
    expect_number(f, "queries", port_of(f, 443)->encrypted_tried, 1);
    expect_number(f, "probes", f->t->probes->len, 1);
}

static void times_are_those_of_probes(void **state)
{
    static const struct { double reply; const char *outcome; } rows[] = {
        { 5, "answered" }, { 5 + NS, "late" }, { 9, "late" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("reply after %.9f s", rows[i].reply);
        feed_encrypted(f, 0, CLIENT, R1, 443, 1);
        feed_encrypted_reply(f, rows[i].reply, CLIENT, R1, 443, 1);
        finish(f, 9);
        expect_probe(f, 0, rows[i].outcome);
        feed_free(f);
    }
}

static void without_the_time_to_answer_it_is_pending(void **state)
{
    feed *f = *state;

    feed_encrypted(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 5);
    expect_probe(f, 0, "pending");
    expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
    feed_tick(f, 5 + NS);
    expect_probe(f, 0, "no-reply");
    expect_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
}

static void an_icmp_error_belongs_to_it_by_its_ports(void **state)
{
    feed *f = *state;

    feed_encrypted(f, 0, CLIENT, R1, 443, 1001);
    /* The ports of query 1001; what stands in place of a DNS id is the magic. */
    feed_icmp_query(f, 0.01, FIREWALL, CLIENT, R1, 443, 11001, 3, 13);
    finish(f, 1);
    expect_probe(f, 0, "icmp-unreachable");
}

/* ---- no answer ---- */

static void alone_it_takes_four_over_ten_seconds(void **state)
{
    static const struct { unsigned count; double every; const char *port; } rows[] = {
        { 3, 10, "untested" }, { 4, 3.3, "untested" }, { 4, 10.0 / 3, "down" }, { 5, 2.5, "down" }, { 5, 2.4, "untested" },
        { 40, 0.25, "untested" }, { 41, 0.25, "down" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u every %.2f s", rows[i].count, rows[i].every);
        feed_encrypted_row(f, 0, rows[i].count, rows[i].every, CLIENT, R1, 443, false);
        finish(f, rows[i].count * rows[i].every);
        expect_port(f, 4, 443, rows[i].port);
        expect_dns(f, "inconclusive", NULL);
        if (strcmp(rows[i].port, "down") == 0)
            expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
        else
            expect_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
        expect_no_finding(f, SSE_FIND_PROBE_LOSS);
        feed_free(f);
    }
}

static void with_a_failed_probe_two_are_enough(void **state)
{
    feed *f = *state;

    feed_encrypted_row(f, 0, 1, 1, CLIENT, R1, 443, false);
    feed_probe(f, 1, CLIENT, R1, 443, SILENT);
    finish(f, 1);
    expect_port(f, 4, 443, "down");
    expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
}

static void both_ports_failing_it_is_unprotected(void **state)
{
    feed *f = *state;
    uint32_t on443, on53;

    feed_encrypted_row(f, 0, 4, 2, CLIENT, R1, 443, true);
    on443 = feed_encrypted_row(f, 20, 6, 2, CLIENT, R1, 443, false);
    on53 = feed_burst(f, 32, CLIENT, 53, SILENT);
    feed_control(f, 33, CLIENT);
    finish(f, 33);
    expect_dns(f, "unprotected", "no-reply");
    expect_frame(f, "since", feed_client(f)->dns.since.frame, on53);
    expect_frame(f, "since of 443", port_of(f, 443)->since.frame, on443);
    expect_code(f, "encryption", encryption_of(f), "unknown");
    expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
}

static void near_an_answered_probe_it_is_no_failure(void **state)
{
    /* A probe on 443 is answered 20 ms after `answer`; a burst of five failed
     * queries over 12 s begins at 100. */
    static const struct { const char *what; double answer; bool excused; } rows[] = {
        { "30 s before the newest", 82 - 0.02, true },
        { "in between", 106, true },
        { "30 s after the first", 130 - 0.02, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        bool asked = false;

        feed_row("%s", rows[i].what);
        if (rows[i].answer < 100)
            feed_probe(f, rows[i].answer, CLIENT, R1, 443, ANSWERED), asked = true;
        for (unsigned k = 0; k < 5; k++) {
            if (!asked && rows[i].answer < 100 + 3 * k)
                feed_probe(f, rows[i].answer, CLIENT, R1, 443, ANSWERED), asked = true;
            feed_encrypted(f, 100 + 3 * k, CLIENT, R1, 443, (uint16_t)k);
        }
        if (!asked)
            feed_probe(f, rows[i].answer, CLIENT, R1, 443, ANSWERED);
        finish(f, 150);
        expect_port(f, 4, 443, "up");
        /* Protected is since that answer. */
        expect_code(f, "encryption", encryption_of(f), rows[i].answer < 110 ? "unavailable" : "available");
        expect_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
        assert_non_null(strstr(feed_finding_text(f, feed_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED)), "drop"));
        expect_number(f, "frames", feed_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED)->frames.total, 5);
        feed_free(f);
    }
}

static void further_from_an_answered_probe_it_is_a_failure(void **state)
{
    static const struct { double answer; const char *port; } rows[] = {
        { 70 - 0.02, "up" }, { 70 - 0.02 - 0.001, "down" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        /* Exactly 30 s before the first query, or just longer: three failures
         * are left, or four over 12 s. */
        feed_row("answered at %.3f", rows[i].answer + 0.02);
        feed_probe(f, rows[i].answer, CLIENT, R1, 443, ANSWERED);
        feed_encrypted(f, 100, CLIENT, R1, 443, 1);
        feed_encrypted(f, 104, CLIENT, R1, 443, 2);
        feed_encrypted(f, 108, CLIENT, R1, 443, 3);
        feed_encrypted(f, 112, CLIENT, R1, 443, 4);
        finish(f, 112);
        expect_port(f, 4, 443, rows[i].port);
        if (strcmp(rows[i].port, "down") == 0)
            expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
        else
            expect_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
        feed_free(f);
    }
}

static void an_answer_on_the_other_port_excuses_nothing(void **state)
{
    feed *f = *state;

    feed_encrypted_row(f, 0, 5, 3, CLIENT, R1, 443, false);
    feed_burst(f, 13, CLIENT, 53, ANSWERED);
    finish(f, 13);
    expect_port(f, 4, 443, "down");
    expect_port(f, 4, 53, "up");
    expect_dns(f, "protected", NULL);
    expect_code(f, "encryption", encryption_of(f), "unavailable");
    expect_finding(f, SSE_FIND_ENCRYPTED_PORT_BLOCKED);
    expect_no_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
}

static void a_lost_query_among_answered_ones_is_a_finding_only(void **state)
{
    feed *f = *state;
    uint32_t lost;

    feed_encrypted_row(f, 0, 10, 2, CLIENT, R1, 443, true);
    lost = feed_encrypted_row(f, 21.5, 1, 1, CLIENT, R1, 443, false);
    feed_encrypted_row(f, 24, 10, 2, CLIENT, R1, 443, true);
    finish(f, 44);
    expect_dns(f, "protected", NULL);
    expect_code(f, "encryption", encryption_of(f), "encrypted");
    expect_frame(f, "frame", feed_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED)->frames.frame[0], lost);
    expect_code(f, "text", feed_finding_text(f, feed_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED)), "1 of 21 DNSCrypt queries were not answered in time.");
    expect_no_finding(f, SSE_FIND_PROBE_LOSS);
    expect_number(f, "timeline", feed_client(f)->timeline->len, 1);
}

static void a_lost_query_makes_no_other_port_untested(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 53, ANSWERED);
    feed_encrypted_row(f, 100, 1, 1, CLIENT, R1, 443, false);
    finish(f, 101);
    expect_port(f, 4, 53, "up");
    expect_dns(f, "protected", NULL);
}

static void plain_works_and_encrypted_does_not(void **state)
{
    feed *f = *state;
    bool exempt = false;

    for (unsigned i = 0; i < 6; i++) {
        feed_burst(f, i * 10, CLIENT, 443, ANSWERED);
        feed_encrypted(f, i * 10 + 1, CLIENT, R1, 443, (uint16_t)i);
    }
    finish(f, 60);
    expect_dns(f, "protected", NULL);
    expect_code(f, "encryption", encryption_of(f), "unavailable");
    expect_finding(f, SSE_FIND_DNSCRYPT_UNANSWERED);
    for (guint i = 0; i < feed_client(f)->dns.advice->len; i++)
        exempt |= strstr(feed_advice(f, feed_client(f)->dns.advice, i), "Exempt") != NULL;
    assert_true(exempt);
}

static void plain_dns(feed *f, double at, const char *resolver, uint16_t id, bool asked)
{
    feed_dns m = { .client = CLIENT, .server = resolver, .port = 443, .id = id, .qname = "www.example.com", .qtype = 1 };

    if (asked)
        feed_message(f, at, m);
    m.response = true;
    m.answers = 1;
    feed_message(f, at + 0.02, m);
}

static void plain_answers_of_that_resolver_excuse_it(void **state)
{
    static const struct { const char *what, *resolver; double first; bool asked; const char *port; } rows[] = {
        { "before", R1, 10, true, "up" }, { "30 s after the fourth", R1, 112 + 30 - 0.02, true, "up" },
        { "longer after it", R1, 112 + 30 - 0.01, true, "down" },
        { "of another resolver", R2, 10, true, "down" }, { "that nobody asked for", R1, 10, false, "down" },
        { "long before", R1, -400, true, "down" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_encrypted_row(f, -500, 1, 1, CLIENT, R1, 443, true);
        for (unsigned k = 0; k < 3 && rows[i].first < 100; k++)
            plain_dns(f, rows[i].first + 45 * k, rows[i].resolver, (uint16_t)k, rows[i].asked);
        for (uint16_t k = 0; k < 6; k++)
            feed_encrypted(f, 100 + 4 * k, CLIENT, R1, 443, k);
        if (rows[i].first >= 100)
            plain_dns(f, rows[i].first, rows[i].resolver, 7, rows[i].asked);
        finish(f, 200);
        expect_port(f, 4, 443, rows[i].port);
        feed_free(f);
    }
}

static void an_outage_by_it_alone_is_of_limited_confidence(void **state)
{
    feed *f = *state;
    bool said = false;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_encrypted_row(f, 70, 5, 3, CLIENT, R1, 443, false);
    feed_burst(f, 83, CLIENT, 53, SILENT);
    feed_control(f, 85, CLIENT);
    finish(f, 120);
    expect_dns(f, "unprotected", "no-reply");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
    for (guint i = 0; i < feed_client(f)->dns.reasons->len; i++)
        said |= strcmp(feed_reason(f, feed_client(f)->dns.reasons, i),
                       "port 443 is down by lost DNSCrypt queries alone, no probe: they may be at fault themselves") == 0;
    assert_true(said);
}

static void healed_it_is_protected_since_the_first_reply(void **state)
{
    feed *f = *state;
    uint32_t back;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_control(f, 6, CLIENT);
    feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
    feed_control(f, 21, CLIENT);
    back = feed_encrypted_row(f, 40, 3, 1, CLIENT, R1, 443, true);
    finish(f, 43);
    expect_dns(f, "protected", NULL);
    expect_frame(f, "since", feed_client(f)->dns.since.frame, back);
    expect_code(f, "encryption", encryption_of(f), "encrypted");
    expect_number(f, "timeline", feed_client(f)->timeline->len, 2);
}

static void the_newest_query_shows_that_the_module_runs(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_encrypted_row(f, 100, 1, 1, CLIENT, R1, 443, true);
    feed_other(f, 160, CLIENT, SITE);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
    feed_other(f, 160.1, CLIENT, SITE);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
}

static void cut_before_its_nonce_it_is_no_query(void **state)
{
    feed *f = *state;
    obs_packet p = { .frame = 1, .time = feed_ns(0), .src = feed_addr(CLIENT), .dst = feed_addr(R1), .sport = 30001,
                     .dport = 443, .ttl = 128, .cut = true };
    obs_dnscrypt cut = { .kind = OBS_DNSCRYPT_QUERY };

    feed_burst(f, -10, CLIENT, 443, ANSWERED);
    feed_tick(f, 0);
    p.frame = f->frame;
    sse_tracker_dnscrypt(f->t, &p, &cut);
    finish(f, 0);
    expect_number(f, "probes", f->t->probes->len, 2);
    expect_finding(f, SSE_FIND_CUT_PACKETS);
}

/* ---- users' queries with an identity ---- */

static void user_query(feed *f, double at, uint16_t id, bool answered, uint8_t rcode)
{
    obs_identity asked = { .device = "0102030405060708" };
    feed_dns m = { .client = CLIENT, .server = R1, .port = 53, .id = id, .qname = "www.example.com", .qtype = 1, .identity = &asked };

    feed_message(f, at, m);
    if (!answered)
        return;
    m.response = true;
    m.identity = NULL;
    m.rcode = rcode;
    feed_message(f, at + 0.02, m);
}

static void answered_queries_with_identity_prove_their_port(void **state)
{
    static const struct { uint8_t rcode; const char *port; } rows[] = { { 0, "up" }, { 3, "up" }, { 2, "up" }, { 5, "untested" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("rcode %u", rows[i].rcode);
        user_query(f, 0, 1, true, rows[i].rcode);
        finish(f, 1);
        expect_port(f, 4, 53, rows[i].port);
        expect_code(f, "encryption", encryption_of(f), "unknown");
        expect_number(f, "rows", feed_client(f)->resolvers->len, 0);
        expect_number(f, "tried", port_of(f, 53)->users_tried, 1);
        feed_free(f);
    }
}

static void lost_queries_with_identity_are_as_dnscrypt(void **state)
{
    static const struct { unsigned lost; bool plain; const char *port; } rows[] = {
        { 3, false, "untested" }, { 4, false, "down" }, { 4, true, "up" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u lost", rows[i].lost);
        for (uint16_t k = 0; k < rows[i].lost; k++)
            user_query(f, 4 * k, k, false, 0);
        if (rows[i].plain)
            feed_probe(f, 20, CLIENT, R1, 53, ANSWERED);
        finish(f, 60);
        expect_port(f, 4, 53, rows[i].port);
        feed_free(f);
    }
}

static void users_answers_prove_nothing_beside_fake_ones(void **state)
{
    static const struct { const char *what; double fake, real; const char *port; } rows[] = {
        { "fake before", 0, -1, "untested" }, { "fake after", 70, -1, "untested" }, { "fake long after", 71.5, -1, "up" },
        { "real since", 0, 5, "up" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        if (rows[i].fake < 10)
            feed_probe(f, rows[i].fake, CLIENT, R1, 53, NXDOMAIN);
        if (rows[i].real >= 0)
            feed_probe(f, rows[i].real, CLIENT, R1, 53, ANSWERED);
        user_query(f, 10.5, 1, true, 0);
        if (rows[i].fake > 10)
            feed_probe(f, rows[i].fake, CLIENT, R1, 53, NXDOMAIN);
        finish(f, 75);
        expect_port(f, 4, 53, rows[i].port);
        feed_free(f);
    }
}

/* ---- over TCP ---- */

static void over_tcp_it_is_never_part_of_a_port(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, R1, 443, 40000);
    obs_tcp tcp = { .flags = OBS_TCP_ACK | OBS_TCP_PSH, .window = 1024,
                    .dnscrypt = { .kind = OBS_DNSCRYPT_QUERY, .has_nonce = true, .nonce = 7 } };
    obs_packet p = { .time = feed_ns(10.1), .src = feed_addr(CLIENT), .dst = feed_addr(R1), .sport = 40000, .dport = 443,
                     .ttl = 128, .ip_id = 9000, .payload_len = 326 };

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_tick(f, 10.1);
    p.frame = f->frame;
    sse_tracker_tcp(f->t, &p, &tcp, NULL);
    feed_tick(f, 10.2);
    p = (obs_packet){ .frame = f->frame, .time = feed_ns(10.2), .src = feed_addr(R1), .dst = feed_addr(CLIENT), .sport = 443,
                      .dport = 40000, .ttl = 50, .ip_id = 9001, .payload_len = 242 };
    tcp.dnscrypt.kind = OBS_DNSCRYPT_REPLY;
    sse_tracker_tcp(f->t, &p, &tcp, NULL);
    feed_control(f, 11, CLIENT);
    finish(f, 12);
    expect_probe(f, 4, "answered");
    expect_dns(f, "unprotected", "no-reply");
    expect_finding(f, SSE_FIND_TCP_ONLY);
    expect_code(f, "encryption", encryption_of(f), "unknown");
}

/* ---- certificates ---- */

static void a_certificate_outside_its_dates_is_a_finding(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_CERT });
    frame = feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_CERT,
                                              .response = true, .answers = 1, .certificate = true, .certificate_expired = true });
    finish(f, 1);
    expect_dns(f, "protected", NULL);
    expect_finding(f, SSE_FIND_CERTIFICATE_EXPIRED);
    expect_frame(f, "frame", feed_finding(f, SSE_FIND_CERTIFICATE_EXPIRED)->frames.frame[0], frame);
}

static void a_certificate_in_its_dates_is_none(void **state)
{
    feed *f = *state;

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_CERT });
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_CERT,
                                      .response = true, .answers = 1, .certificate = true });
    finish(f, 1);
    expect_no_finding(f, SSE_FIND_CERTIFICATE_EXPIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_paired_reply_proves_its_port), TEST(on_53_it_is_nobodys_nslookup), TEST(over_ipv6_it_is_ipv6),
        TEST(a_reply_with_another_nonce_is_none), TEST(a_reply_that_comes_first_in_the_file_waits_for_its_query),
        TEST(replies_alone_count_where_no_query_is_in_the_file), TEST(a_copy_counts_once), TEST(times_are_those_of_probes),
        TEST(without_the_time_to_answer_it_is_pending), TEST(an_icmp_error_belongs_to_it_by_its_ports),
        TEST(alone_it_takes_four_over_ten_seconds), TEST(with_a_failed_probe_two_are_enough),
        TEST(both_ports_failing_it_is_unprotected), TEST(near_an_answered_probe_it_is_no_failure),
        TEST(further_from_an_answered_probe_it_is_a_failure), TEST(an_answer_on_the_other_port_excuses_nothing),
        TEST(a_lost_query_among_answered_ones_is_a_finding_only), TEST(a_lost_query_makes_no_other_port_untested),
        TEST(plain_works_and_encrypted_does_not),
        cmocka_unit_test(answered_queries_with_identity_prove_their_port),
        cmocka_unit_test(lost_queries_with_identity_are_as_dnscrypt),
        cmocka_unit_test(users_answers_prove_nothing_beside_fake_ones),
        cmocka_unit_test(plain_answers_of_that_resolver_excuse_it), TEST(an_outage_by_it_alone_is_of_limited_confidence),
        TEST(healed_it_is_protected_since_the_first_reply),
        TEST(the_newest_query_shows_that_the_module_runs), TEST(cut_before_its_nonce_it_is_no_query),
        TEST(over_tcp_it_is_never_part_of_a_port), TEST(a_certificate_outside_its_dates_is_a_finding),
        TEST(a_certificate_in_its_dates_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
