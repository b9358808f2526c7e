/* test_tracker.c
 * What the tracker makes of packets: probes and their attempts, replies out of
 * order, copies, the clock, gateways taught and refused, handshakes, marks,
 * and what else a client does.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#define END 60

static const sse_probe *probe(feed *f, uint32_t i)
{
    if (i >= f->t->probes->len)
        expect_number(f, "probes at least", f->t->probes->len, i + 1);
    return sse_tracker_probe(f->t, i);
}

static const sse_handshake *handshake(feed *f, uint32_t i)
{
    if (i >= f->t->handshakes->len)
        expect_number(f, "handshakes at least", f->t->handshakes->len, i + 1);
    return sse_tracker_handshake(f->t, i);
}

static unsigned role(feed *f, const char *address)
{
    sse_addr addr = feed_addr(address);

    return sse_tracker_role(f->t, &addr);
}

/* ---- probes ---- */

static void a_query_to_a_resolver_is_a_probe_and_makes_a_client(void **state)
{
    feed *f = *state;
    uint32_t frame = feed_query(f, 0, CLIENT, R1, 443, 1);

    expect_number(f, "probes", f->t->probes->len, 1);
    expect_frame(f, "frame", probe(f, 0)->frame, frame);
    assert_false(probe(f, 0)->local);
    assert_true((role(f, CLIENT) & SSE_ROLE_CLIENT) != 0);
    assert_true((role(f, R1) & SSE_ROLE_RESOLVER) != 0);
}

static void both_probe_names_count_and_no_other(void **state)
{
    feed *f = *state;

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_DEBUG });
    feed_message(f, 1, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 2, .name = OBS_NAME_CERT });
    feed_message(f, 2, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 3, .name = OBS_NAME_OTHER });
    feed_message(f, 3, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 4, .name = OBS_NAME_DEBUG, .qtype = 1 });
    expect_number(f, "probes", f->t->probes->len, 2);
}

static void a_resolver_inside_nat64_is_a_resolver(void **state)
{
    feed *f = *state;
    sse_addr addr = feed_addr("64:ff9b::208.67.222.222");

    assert_true(sse_tracker_is_resolver(f->t, &addr));
    feed_query(f, 0, CLIENT6, "64:ff9b::208.67.222.222", 443, 1);
    assert_false(probe(f, 0)->local);
}

static void resolvers_come_from_the_configuration(void **state)
{
    feed *f = feed_new_with("9.9.9.9", "");
    sse_addr stock = feed_addr(R1), own = feed_addr("9.9.9.9");

    (void)state;
    assert_false(sse_tracker_is_resolver(f->t, &stock));
    assert_true(sse_tracker_is_resolver(f->t, &own));
    feed_query(f, 0, CLIENT, "9.9.9.9", 443, 1);
    feed_tick(f, END);
    assert_false(probe(f, 0)->local);
    expect_probe(f, 0, "no-reply");
    feed_free(f);
}

static void the_probe_timeout_comes_from_the_configuration(void **state)
{
    char *error = NULL;
    feed *f = feed_new();
    sse_config config = {
        .resolvers = sse_ranges_parse(R1, false, &error), .gateways = sse_ranges_parse("", true, &error),
        .probe_timeout = 2 * SSE_SECOND, .syn_timeout = 3 * SSE_SECOND,
    };

    (void)state;
    sse_tracker_free(f->t);
    f->t = sse_tracker_new(&config);
    g_array_free(config.resolvers, TRUE);
    g_array_free(config.gateways, TRUE);
    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_tick(f, 2);
    expect_probe(f, 0, "pending");
    feed_tick(f, 2 + NS);
    expect_probe(f, 0, "no-reply");
    feed_free(f);
}

static void a_probe_to_another_address_is_local(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, LOCAL_DNS, 53, 1);
    expect_number(f, "probes", f->t->probes->len, 1);
    assert_true(probe(f, 0)->local);
}

static void the_same_query_again_is_an_attempt(void **state)
{
    static const struct { double again; uint32_t probes, attempts; } rows[] = {
        { 0.5, 1, 2 }, { 5, 1, 2 }, { 5 + NS, 2, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("again after %.9f s", rows[i].again);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_query(f, rows[i].again, CLIENT, R1, 443, 1);
        expect_number(f, "probes", f->t->probes->len, rows[i].probes);
        expect_number(f, "attempts", probe(f, 0)->attempts, rows[i].attempts);
        feed_free(f);
    }
}

static void other_ids_ports_questions_and_servers_are_other_probes(void **state)
{
    static const feed_dns others[] = {
        { .client = CLIENT, .server = R1, .port = 443, .id = 2, .sport = 20001, .name = OBS_NAME_DEBUG },
        { .client = CLIENT, .server = R1, .port = 443, .id = 1, .sport = 20002, .name = OBS_NAME_DEBUG },
        { .client = CLIENT, .server = R1, .port = 443, .id = 1, .sport = 20001, .name = OBS_NAME_CERT },
        { .client = CLIENT, .server = R1, .port = 53, .id = 1, .sport = 20001, .name = OBS_NAME_DEBUG },
        { .client = CLIENT, .server = R2, .port = 443, .id = 1, .sport = 20001, .name = OBS_NAME_DEBUG },
        { .client = CLIENT2, .server = R1, .port = 443, .id = 1, .sport = 20001, .name = OBS_NAME_DEBUG },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        feed *f = feed_new();

        feed_row("difference %zu", i);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_message(f, 0.5, others[i]);
        expect_number(f, "probes", f->t->probes->len, 2);
        feed_free(f);
    }
}

static void a_reply_belongs_to_the_newest_query(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 6, CLIENT, R1, 443, 1);
    feed_reply(f, 6.02, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "no-reply");
    expect_probe(f, 1, "answered");
}

static void a_reply_with_another_port_id_or_question_is_not_its_reply(void **state)
{
    static const feed_dns replies[] = {
        { .client = CLIENT, .server = R1, .port = 443, .id = 2, .sport = 20001, .name = OBS_NAME_DEBUG },
        { .client = CLIENT, .server = R1, .port = 443, .id = 1, .sport = 20002, .name = OBS_NAME_DEBUG },
        { .client = CLIENT, .server = R1, .port = 443, .id = 1, .sport = 20001, .name = OBS_NAME_CERT, .certificate = true },
        { .client = CLIENT, .server = R2, .port = 443, .id = 1, .sport = 20001, .name = OBS_NAME_DEBUG },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        feed *f = feed_new();
        feed_dns reply = replies[i];

        feed_row("difference %zu", i);
        reply.response = true;
        reply.answers = 5;
        reply.server_string = reply.name == OBS_NAME_DEBUG;
        feed_tick(f, 0);
        feed_query(f, 20, CLIENT, R1, 443, 1);
        feed_message(f, 20.02, reply);
        feed_tick(f, END);
        expect_probe(f, 0, "no-reply");
        feed_free(f);
    }
}

static void a_reply_before_its_query_in_the_file_is_its_reply(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 19, CLIENT, R1, 443, 9); /* the pair has a query: the reply alone would be forged */
    feed_reply(f, 20.02, CLIENT, R1, 443, 1);
    feed_query(f, 20, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 1, "answered");
    expect_no_finding(f, SSE_FIND_FORGED_REPLY);
}

static void a_reply_out_of_order_waits_one_second_for_its_query(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 19, CLIENT, R1, 443, 9);
    feed_reply(f, 20.5, CLIENT, R1, 443, 1);
    feed_tick(f, 21.4);
    feed_query(f, 20.45, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 1, "answered");
}

/* "A reply [...] stamped up to 1 s before the query [...] that it fits, where nothing
 * earlier fits, answers it, in 0 ms: two capture clocks." Whichever comes first in the file. */
static void a_reply_stamped_before_its_query_is_its_reply(void **state)
{
    static const struct { double before; bool query_first; const char *outcome; } rows[] = {
        { 0.005, false, "answered" }, { 1, false, "answered" }, { 1 + NS, false, "no-reply" },
        { 0.005, true, "answered" }, { 1, true, "answered" }, { 1 + NS, true, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        bool fits = strcmp(rows[i].outcome, "answered") == 0;
        uint32_t at;

        feed_row("%.9f s before, the query is first: %d", rows[i].before, rows[i].query_first);
        feed_tick(f, 0);
        feed_burst(f, 10, CLIENT, 443, SILENT); /* the client asks: a reply alone would be forged */
        if (rows[i].query_first)
            feed_query(f, 20, CLIENT, R1, 443, 1);
        feed_reply(f, 20 - rows[i].before, CLIENT, R1, 443, 1);
        if (!rows[i].query_first)
            feed_query(f, 20, CLIENT, R1, 443, 1);
        feed_tick(f, END);
        at = f->t->probes->len - 1 - (rows[i].query_first && !fits);
        expect_probe(f, at, rows[i].outcome);
        expect_number(f, "forged", feed_finding(f, SSE_FIND_FORGED_REPLY) != NULL, !fits);
        if (fits) {
            const sse_resolver_report *row = &g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0);

            expect_number(f, "0 ms", probe(f, at)->reply_time, probe(f, at)->time);
            expect_number(f, "round trips", row->rtt.count, 0);
        }
        feed_free(f);
    }
}

/* What fits an earlier query is that one's reply. */
static void an_early_reply_is_the_earlier_query_s_where_it_fits(void **state)
{
    feed *f = *state;

    feed_query(f, 10, CLIENT, R1, 443, 1);
    feed_query(f, 15.5, CLIENT, R1, 443, 1);
    feed_reply(f, 15.4, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_probe(f, 0, "late");
    expect_probe(f, 1, "no-reply");
}

/* "a reply without a query is kept to the file's end for one: a step backwards ends no
 * pairing": two files, one appended to the other. */
static void replies_appended_or_in_front_answer(void **state)
{
    static const double skews[] = { 0.02, 0, -0.02, -0.4 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(skews); i++) {
        for (unsigned replies_first = 0; replies_first < 2; replies_first++) {
            feed *f = feed_new();

            feed_row("replies %.2f s later, first: %u", skews[i], replies_first);
            for (unsigned half = 0; half < 2; half++) {
                for (uint16_t k = 0; k < 40; k++) {
                    if (half == replies_first)
                        feed_query(f, 10 + k * 3, CLIENT, R1, 443, k);
                    else
                        feed_reply(f, 10 + k * 3 + skews[i], CLIENT, R1, 443, k);
                }
            }
            expect_number(f, "probes", f->t->probes->len, 40);
            for (uint32_t k = 0; k < 40; k++)
                expect_probe(f, k, "answered");
            expect_dns(f, "protected", NULL);
            expect_no_finding(f, SSE_FIND_FORGED_REPLY);
            expect_number(f, "clocks-differ", feed_finding(f, SSE_FIND_CLOCKS_DIFFER) != NULL, skews[i] < 0);
            feed_free(f);
        }
    }
}

/* "A reply whose query is not in the file counts [...] where the file holds no
 * query of that client to that resolver and port at all, or in the first
 * PROBE_TIMEOUT of the file; else it is the finding forged-reply." */
static void a_reply_without_query_counts_where_the_file_holds_none(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_reply(f, 50, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_port(f, 4, 443, "up");
    expect_no_finding(f, SSE_FIND_FORGED_REPLY);
}

static void a_reply_without_query_counts_in_the_first_5_s(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_reply(f, 5, CLIENT, R1, 443, 1);
    feed_query(f, 20, CLIENT, R1, 443, 2);
    feed_tick(f, END);
    expect_port(f, 4, 443, "up");
    expect_no_finding(f, SSE_FIND_FORGED_REPLY);
}

static void a_reply_without_query_later_is_forged(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 1, CLIENT, R1, 443, 2);
    feed_reply(f, 5 + NS, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_port(f, 4, 443, "untested");
    expect_finding(f, SSE_FIND_FORGED_REPLY);
}

static void whoever_sends_anything_would_have_asked(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 1, CLIENT, R1, 443, 2);
    feed_reply(f, 50, CLIENT, R1, 53, 1);
    feed_tick(f, END);
    expect_port(f, 4, 53, "untested");
    expect_finding(f, SSE_FIND_FORGED_REPLY);
}

static void a_reply_alone_counts_for_whoever_sends_nothing(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 1, CLIENT2, R1, 443, 2);
    feed_reply(f, 50, CLIENT, R1, 53, 1);
    feed_tick(f, END);
    assert_int_equal(feed_client_of(f, CLIENT)->dns.verdict, SSE_PROTECTED);
    assert_int_equal(feed_client_of(f, CLIENT)->dns.confidence, SSE_CONFIDENCE_LIMITED);
}

static void only_replies_alone_protect_with_limited_confidence(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_reply(f, 1, CLIENT, R1, 443, 1);
    feed_control(f, 2, CLIENT);
    feed_probe(f, 3, CLIENT, R1, 443, SILENT);
    feed_tick(f, END);
    expect_dns(f, "protected", NULL);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
}

static void a_query_cut_before_its_name_ends_is_no_probe(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_message(f, 1, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 2, .cut_name = true, .cut = true });
    expect_number(f, "probes", f->t->probes->len, 1);
    expect_finding(f, SSE_FIND_CUT_PACKETS);
}

static void tcp_to_a_resolver_is_a_probe_within_60_s_of_a_udp_probe(void **state)
{
    static const struct { double at; uint16_t port; uint32_t probes; } rows[] = {
        { 1, 53, 2 }, { 1, 443, 2 }, { 60, 53, 2 }, { 60 + NS, 53, 1 }, { 1, 853, 1 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, R2, rows[i].port, 61000);

        feed_row("SYN to port %u after %.9f s", rows[i].port, rows[i].at);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_syn(f, rows[i].at, &c);
        expect_number(f, "probes", f->t->probes->len, rows[i].probes);
        feed_free(f);
    }
}

static void tcp_to_a_resolver_by_a_host_without_probes_is_none(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT2, R1, 53, 61000);

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_syn(f, 1, &c);
    expect_number(f, "probes", f->t->probes->len, 1);
}

/* After a probe over UDP a question over TCP, answered, with an address or none. */
static void answered_over_tcp(feed *f, feed_dns m, const char *address)
{
    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_syn(f, 1, m.conn);
    feed_synack(f, 1.02, m.conn);
    feed_message(f, 1.03, m);
    m.response = true;
    m.answers = 1;
    m.address[0] = address;
    feed_message(f, 1.05, m);
}

/* What the users ask over TCP any resolver may answer: no interception, and no proof
 * that the module could ask so. */
static void a_users_query_over_tcp_is_no_probe(void **state)
{
    static const struct { obs_name name; const char *qname; bool counts; } rows[] = {
        { OBS_NAME_OTHER, "www.example.com", false }, { OBS_NAME_DEBUG, NULL, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, R1, 53, 61000);
        feed_dns m = { .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 7, .name = rows[i].name,
                       .qname = rows[i].qname, .transport = SSE_TCP };

        feed_row("%s", rows[i].counts ? "a probe" : "a user's query");
        answered_over_tcp(f, m, NULL);
        feed_tick(f, 20);
        expect_number(f, "records", f->t->probes->len, 2);
        expect_number(f, "intercepted", sse_probe_outcome_of(f->t, probe(f, 1), NULL) == SSE_PROBE_INTERCEPTED, rows[i].counts);
        expect_number(f, "rows over TCP and UDP", feed_client(f)->resolvers->len, rows[i].counts ? 2 : 1);
        expect_no_finding(f, SSE_FIND_TCP_ONLY);
        feed_free(f);
    }
}

static void a_resolver_teaches_gateways_over_tcp(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, R1, 53, 61000);
    feed_dns m = { .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 7, .name = OBS_NAME_GATEWAY, .transport = SSE_TCP };
    const sse_addr gateway = feed_addr(GATEWAY);

    answered_over_tcp(f, m, GATEWAY);
    expect_number(f, "is a gateway", (sse_tracker_role(f->t, &gateway) & SSE_ROLE_GATEWAY) != 0, 1);
}

/* Of what was sent to addresses that nobody knew, many lie in one bucket or were pushed
 * out: what an answer teaches later finds its own, in order. */
static void what_was_sent_before_the_answer_is_found_among_many(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 61000);

    feed_query(f, 0, CLIENT, R1, 443, 1);
    for (unsigned i = 0; i < 6000; i++) {
        char site[32];

        g_snprintf(site, sizeof site, "93.184.%u.%u", i / 250, i % 250 + 1);
        feed_silent_visit(f, 100 + i * 0.001, CLIENT, site);
        if (i == 3000)
            feed_syn(f, 103, &c);
    }
    feed_lookup(f, 90, CLIENT, LOCAL_DNS, 900);
    feed_answer(f, 90.02, CLIENT, LOCAL_DNS, 900, 0, GATEWAY);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_number(f, "time", (uint32_t)((handshake(f, 0)->time - START * SSE_SECOND) / SSE_SECOND), 103);
    feed_lookup(f, 91, CLIENT, LOCAL_DNS, 901);
    feed_answer(f, 91.02, CLIENT, LOCAL_DNS, 901, 0, GATEWAY);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
}

static void identities_are_kept_with_the_query_and_with_the_reply(void **state)
{
    feed *f = *state;
    obs_identity asked = { .device = "0102030405060708" }, told = { .server = "m1.lon", .orgid = "123456" };

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = &asked });
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = &told,
                                      .response = true, .answers = 5, .server_string = true });
    assert_string_equal(sse_identity(f->t, probe(f, 0)->query_identity)->device, asked.device);
    assert_string_equal(sse_identity(f->t, probe(f, 0)->reply_identity)->orgid, told.orgid);
}

/* ---- copies ---- */

static void the_same_packet_again_counts_once(void **state)
{
    static const struct { double gap; bool no_id; uint16_t attempts; } rows[] = {
        { 0.05, false, 1 }, { 0.05 + NS, false, 2 }, { 0.002, true, 1 }, { 0.002 + NS, true, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("IP id %s, %.9f s apart", rows[i].no_id ? "0" : "set", rows[i].gap);
        f->no_ip_id = rows[i].no_id;
        feed_query(f, 0, CLIENT, R1, 443, 1);
        f->repeat_packet = true;
        feed_query(f, rows[i].gap, CLIENT, R1, 443, 1);
        expect_number(f, "attempts", probe(f, 0)->attempts, rows[i].attempts);
        feed_free(f);
    }
}

static void ipv6_copies_have_2_ms(void **state)
{
    static const struct { double gap; uint16_t attempts; } rows[] = { { 0.002, 1 }, { 0.002 + NS, 2 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%.9f s apart", rows[i].gap);
        feed_query(f, 0, CLIENT6, R1_6, 443, 1);
        f->repeat_packet = true;
        feed_query(f, rows[i].gap, CLIENT6, R1_6, 443, 1);
        expect_number(f, "attempts", probe(f, 0)->attempts, rows[i].attempts);
        feed_free(f);
    }
}

static void a_copy_may_have_another_ttl_and_mac(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    f->repeat_packet = true;
    feed_host(f, CLIENT, 9, 127);
    feed_query(f, 0.001, CLIENT, R1, 443, 1);
    expect_number(f, "probes", f->t->probes->len, 1);
    expect_number(f, "attempts", probe(f, 0)->attempts, 1);
}

static void a_packet_with_another_ip_id_is_no_copy(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 0.01, CLIENT, R1, 443, 1);
    expect_number(f, "attempts", probe(f, 0)->attempts, 2);
}

static void a_copied_syn_counts_once(void **state)
{
    feed *f = *state;
    feed_conn c;

    feed_learn(f, 0, CLIENT);
    c = feed_connection(CLIENT, GATEWAY, 443, 55555);
    feed_syn(f, 1, &c);
    f->repeat_packet = true;
    feed_syn(f, 1.03, &c);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_number(f, "attempts", handshake(f, 0)->attempts, 1);
}

static void a_copied_reply_is_no_conflict(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    f->repeat_packet = true;
    feed_reply(f, 0.021, CLIENT, R1, 443, 1);
    expect_number(f, "conflict", probe(f, 0)->conflict_frame, 0);
}

/* Each packet is seen twice, by a mirror port: a query, its repeat, two replies of which
 * one is forged. The first of each kind is told by the record, the others are remembered. */
static void copies_of_later_packets_count_once(void **state)
{
    feed *f = *state;
    uint32_t forged = 0;
    unsigned copies = 0;

    for (unsigned k = 0; k < 4; k++) {
        for (unsigned seen = 0; seen < 2; seen++) {
            const double at = k + seen * 0.004;

            f->repeat_packet = seen == 1;
            if (k < 2)
                feed_query(f, at, CLIENT, R1, 443, 1);
            else if (k == 2)
                feed_reply(f, 1.02 + seen * 0.004, CLIENT, R1, 443, 1);
            else if (seen == 0)
                forged = feed_nxdomain(f, 1.03, CLIENT, R1, 443, 1);
            else
                feed_nxdomain(f, 1.034, CLIENT, R1, 443, 1);
        }
    }
    expect_number(f, "probes", f->t->probes->len, 1);
    expect_number(f, "attempts", probe(f, 0)->attempts, 2);
    expect_number(f, "conflict", probe(f, 0)->conflict_frame, forged);
    for (guint i = 0; i < f->t->marks->len; i++)
        copies += g_array_index(f->t->marks, sse_mark, i).kind == SSE_MARK_COPY;
    expect_number(f, "copies", copies, 4);
}

/* ---- the clock ---- */

static void the_clock_breaks(void **state)
{
    static const struct { const char *what; double first, second; uint32_t epochs; bool back; } rows[] = {
        { "forward", 0, 599, 1, false }, { "ten minutes", 0, 600, 1, false }, { "1 ns more", 0, 600 + NS, 2, false },
        { "a second back", 10, 9, 1, false }, { "1 ns more back", 10, 9 - NS, 2, true }, { "the same time", 5, 5, 1, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_tick(f, rows[i].first);
        feed_jump(f, rows[i].second);
        expect_number(f, "epochs", f->t->epochs->len, rows[i].epochs);
        expect_number(f, "stepped back", g_array_index(f->t->epochs, sse_epoch, rows[i].epochs - 1).stepped_back, rows[i].back);
        feed_free(f);
    }
}

static void the_tracker_counts_frames_and_keeps_earliest_and_latest_time(void **state)
{
    feed *f = *state;

    feed_tick(f, 10);
    feed_tick(f, 9.5);
    feed_tick(f, 12);
    expect_number(f, "frames", f->t->frames, 3);
    expect_number(f, "first", (uint64_t)f->t->first_time, (uint64_t)feed_ns(9.5));
    expect_number(f, "last", (uint64_t)f->t->last_time, (uint64_t)feed_ns(12));
}

/* ---- gateways ---- */

static void an_answer_teaches_a_gateway_from_its_frame_on(void **state)
{
    feed *f = *state;
    sse_addr addr = feed_addr(GATEWAY);
    uint32_t frame;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    expect_number(f, "role before", role(f, GATEWAY), 0);
    frame = feed_answer(f, 0.02, CLIENT, LOCAL_DNS, 1, 0, GATEWAY);
    expect_number(f, "role", role(f, GATEWAY), SSE_ROLE_GATEWAY);
    for (guint i = 0; i < f->t->addresses->len; i++) {
        const sse_address *a = sse_tracker_address(f->t, i);

        if (sse_addr_equal(&a->addr, &addr)) {
            expect_code(f, "known from", sse_known_code((sse_known)a->known), "dns");
            expect_frame(f, "known since", a->known_since, frame);
            expect_code(f, "name", g_ptr_array_index(f->t->names, a->name), GATEWAY_NAME);
        }
    }
}

static void every_address_of_the_chain_is_taught(void **state)
{
    feed *f = *state;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .name = OBS_NAME_GATEWAY,
                                      .response = true, .answers = 4, .address = { GATEWAY, GATEWAY2, "2a05:d01c::10" } });
    expect_number(f, "first", role(f, GATEWAY), SSE_ROLE_GATEWAY);
    expect_number(f, "second", role(f, GATEWAY2), SSE_ROLE_GATEWAY);
    expect_number(f, "IPv6", role(f, "2a05:d01c::10"), SSE_ROLE_GATEWAY);
}

static void loopback_answers_teach_but_make_no_client(void **state)
{
    feed *f = *state;

    feed_lookup(f, 0, "127.0.0.1", "127.0.0.1", 1);
    feed_answer(f, 0.02, "127.0.0.1", "127.0.0.1", 1, 0, GATEWAY);
    expect_number(f, "gateway", role(f, GATEWAY), SSE_ROLE_GATEWAY);
    expect_number(f, "client", role(f, "127.0.0.1") & SSE_ROLE_CLIENT, 0);
}

static void answers_never_teach(void **state)
{
    static const char *const never[] = {
        "10.1.2.3", "192.168.1.1", "127.0.0.1", "169.254.3.4", "224.0.0.5", R1, "208.67.222.220",
        "146.112.61.106", "146.112.61.117", "146.112.199.10", "fe80::1", "::1", "ff02::1", "fd00::1", R1_6, "2620:119:18::113", "2620:119:19::5",
        /* What a translator makes of a block page, and of a private address. */
        "64:ff9b::146.112.61.106", "64:ff9b::10.0.0.7",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(never); i++) {
        feed *f = feed_new();

        feed_row("%s", never[i]);
        feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
        feed_answer(f, 0.02, CLIENT, LOCAL_DNS, 1, 0, never[i]);
        expect_number(f, "gateway", role(f, never[i]) & SSE_ROLE_GATEWAY, 0);
        expect_finding(f, SSE_FIND_GATEWAY_SUSPICIOUS);
        feed_free(f);
    }
}

static void an_answer_never_teaches_a_clients_own_address(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, "93.184.216.99", 443, SILENT);
    feed_lookup(f, 1, CLIENT, LOCAL_DNS, 1);
    feed_answer(f, 1.02, CLIENT, LOCAL_DNS, 1, 0, "93.184.216.99");
    feed_dead_cycle(f, 5, "93.184.216.99", SILENT, SILENT);
    feed_tick(f, 20);
    expect_number(f, "role", role(f, "93.184.216.99"), SSE_ROLE_CLIENT);
    expect_finding(f, SSE_FIND_GATEWAY_SUSPICIOUS);
    assert_non_null(feed_client_of(f, "93.184.216.99"));
}

/* "Nothing unasked decides." */
static void an_answer_that_nobody_asked_for_teaches_nobody(void **state)
{
    feed *f = *state;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    feed_answer(f, 0.02, CLIENT, LOCAL_DNS, 1, 0, GATEWAY);
    feed_answer(f, 20, CLIENT, LOCAL_DNS, 2, 0, GATEWAY2);
    feed_answer(f, 21, CLIENT, LOCAL_DNS, 3, 3, NULL);
    expect_number(f, "gateway", role(f, GATEWAY), SSE_ROLE_GATEWAY);
    expect_number(f, "not asked for", role(f, GATEWAY2), 0);
    feed_control(f, 22, CLIENT);
    feed_tick(f, 60);
    expect_number(f, "lookups", f->t->lookups->len, 1);
    expect_web(f, "not-observed", NULL);
}

static void an_answer_stamped_before_its_question_teaches(void **state)
{
    feed *f = *state;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    feed_answer(f, 0.02, CLIENT, LOCAL_DNS, 1, 0, GATEWAY);
    feed_answer(f, 20, CLIENT, LOCAL_DNS, 2, 0, GATEWAY2);
    expect_number(f, "before", role(f, GATEWAY2), 0);
    feed_lookup(f, 20.5, CLIENT, LOCAL_DNS, 2);
    expect_number(f, "after", role(f, GATEWAY2), SSE_ROLE_GATEWAY);
}

/* One direction: the file holds no question of the receiver. */
static void without_any_question_an_answer_teaches_its_receiver_alone(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT2, 443, ANSWERED);
    feed_answer(f, 20, CLIENT, LOCAL_DNS, 2, 0, GATEWAY);
    for (int i = 0; i < 3; i++) {
        feed_reset_handshake(f, 21 + i, CLIENT, GATEWAY);
        feed_reset_handshake(f, 21.5 + i, CLIENT2, GATEWAY);
    }
    feed_tick(f, 40);
    expect_code(f, "receiver", sse_state_code(feed_client_of(f, CLIENT)->web.verdict), "cloud-service-unavailable");
    expect_code(f, "another", sse_state_code(feed_client_of(f, CLIENT2)->web.verdict), "not-observed");
    /* A question shows that answers without one are nobody's. */
    feed_query(f, 41, CLIENT, R1, 443, 77);
    feed_tick(f, 60);
    expect_code(f, "receiver that asks", sse_state_code(feed_client_of(f, CLIENT)->web.verdict), "not-observed");
}

static void in_the_first_seconds_an_answer_teaches_until_its_server_is_known(void **state)
{
    (void)state;
    for (int confirmed = 0; confirmed < 2; confirmed++) {
        feed *f = feed_new();

        feed_row("confirmed %d", confirmed);
        feed_tick(f, 0);
        feed_answer(f, 1, CLIENT, LOCAL_DNS, 2, 0, GATEWAY);
        for (int i = 0; i < 3; i++)
            feed_reset_handshake(f, 2 + i, CLIENT, GATEWAY);
        feed_local_query(f, 20, CLIENT, 40);
        if (confirmed)
            feed_local_answer(f, 20.02, CLIENT, 40, 0);
        feed_tick(f, 40);
        /* Forgotten with its handshakes nothing of the module's is left. */
        expect_number(f, "clients", feed_report(f)->clients->len, confirmed);
        if (confirmed)
            expect_web(f, "cloud-service-unavailable", "reset");
        feed_free(f);
    }
}

static void name_answer(feed *f, double at, const char *name, uint16_t id, const char *address)
{
    feed_message(f, at, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = id, .qname = name });
    feed_message(f, at + 0.02, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = id, .qname = name,
                                           .response = true, .answers = 1, .address = { address } });
}

/* A preference's range makes no gateway of what an answer gives to another name. */
static void a_range_gives_way_to_a_name(void **state)
{
    (void)state;
    for (int later = 0; later < 2; later++) {
        feed *f = feed_new_with("208.67.222.222, 208.67.220.220", "146.112.0.0/16");

        feed_row("named %s", later ? "later" : "before");
        if (!later)
            name_answer(f, 0, "sync.hydra.opendns.com", 1, "146.112.63.9");
        for (int i = 0; i < 3; i++)
            feed_reset_handshake(f, 1 + i, CLIENT, "146.112.63.9");
        if (later)
            name_answer(f, 5, "sync.hydra.opendns.com", 1, "146.112.63.9");
        feed_burst(f, 10, CLIENT, 443, ANSWERED);
        feed_tick(f, 30);
        expect_number(f, "named otherwise", role(f, "146.112.63.9"), 0);
        expect_number(f, "not named", role(f, "146.112.8.10"), SSE_ROLE_GATEWAY);
        expect_code(f, "web", sse_state_code(feed_client(f)->web.verdict), "not-observed");
        /* A gateway's own name says more than either. */
        feed_lookup(f, 31, CLIENT, LOCAL_DNS, 9);
        feed_answer(f, 31.02, CLIENT, LOCAL_DNS, 9, 0, "146.112.63.9");
        expect_number(f, "a gateway's name", role(f, "146.112.63.9"), SSE_ROLE_GATEWAY);
        feed_free(f);
    }
}

static void an_alias_is_a_gateways_name_from_there_on(void **state)
{
    (void)state;
    for (int sinkhole = 0; sinkhole < 2; sinkhole++) {
        feed *f = feed_new();

        feed_row("sinkhole %d", sinkhole);
        feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
        assert_false(sse_tracker_is_alias(f->t, "lb.example.net"));
        feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .name = OBS_NAME_GATEWAY,
                                          .response = true, .answers = 1, .alias = "lb.example.net", .sinkhole = sinkhole });
        assert_int_equal(sse_tracker_is_alias(f->t, "lb.example.net"), !sinkhole);
        if (!sinkhole) {
            /* Whoever asks for it. */
            feed_dns m = { .client = CLIENT2, .server = LOCAL_DNS, .port = 53, .id = 2, .name = OBS_NAME_GATEWAY, .qname = "lb.example.net" };

            feed_message(f, 1, m);
            m.response = true;
            m.answers = 1;
            m.address[0] = GATEWAY;
            feed_message(f, 1.02, m);
            expect_number(f, "role", role(f, GATEWAY), SSE_ROLE_GATEWAY);
            expect_code(f, "name", sse_tracker_name(f->t, sse_tracker_lookup(f->t, 1)->name), GATEWAY_NAME);
            feed_tick(f, 30);
            expect_code(f, "web", sse_state_code(feed_client_of(f, CLIENT)->web.verdict), "not-observed");
        } else {
            feed_tick(f, 30);
            expect_web(f, "cloud-service-unavailable", "name-not-resolved");
        }
        feed_free(f);
    }
}

static void answers_for_other_names_teach_nothing(void **state)
{
    feed *f = *state;

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1 });
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .response = true, .answers = 1,
                                      .address = { GATEWAY } });
    expect_number(f, "gateway", role(f, GATEWAY), 0);
}

static void a_learnt_name_keeps_where_it_is_known_from(void **state)
{
    static const struct { sse_known known; const char *code; } rows[] = { { SSE_KNOWN_HOSTS, "hosts" }, { SSE_KNOWN_DNS, "dns" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        sse_addr addr = feed_addr(GATEWAY);
        uint32_t index;

        feed_row("%s", rows[i].code);
        feed_tick(f, 0);
        index = sse_tracker_learn_gateway(f->t, &addr, GATEWAY_NAME, rows[i].known, 1, feed_ns(0));
        assert_int_not_equal(index, SSE_NONE);
        expect_code(f, "known from", sse_known_code((sse_known)sse_tracker_address(f->t, index)->known), rows[i].code);
        feed_free(f);
    }
}

static void a_private_address_is_not_learnt(void **state)
{
    feed *f = *state;
    sse_addr addr = feed_addr("10.9.9.9");

    feed_tick(f, 0);
    expect_number(f, "index", sse_tracker_learn_gateway(f->t, &addr, GATEWAY_NAME, SSE_KNOWN_DNS, 1, feed_ns(0)), SSE_NONE);
}

static void gateways_by_preference_and_the_builtin_one(void **state)
{
    static const struct { const char *address, *known; } rows[] = {
        { "203.0.113.80", "preference" }, { "52.56.1.2", "preference" }, { "146.112.255.50", "builtin" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new_with(R1, "203.0.113.80, 52.56.0.0/16");

        feed_row("%s", rows[i].address);
        assert_true((role(f, rows[i].address) & SSE_ROLE_GATEWAY) != 0);
        feed_good_handshake(f, 0, CLIENT, rows[i].address);
        expect_number(f, "handshakes", f->t->handshakes->len, 1);
        expect_number(f, "gateways", feed_client(f)->gateways->len, 1);
        expect_code(f, "known from", sse_known_code(g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).known_from), rows[i].known);
        expect_frame(f, "known since", g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).known_since, 0);
        feed_free(f);
    }
}

static void an_address_outside_a_preferred_range_is_no_gateway(void **state)
{
    feed *f = feed_new_with(R1, "52.56.0.0/16");

    (void)state;
    expect_number(f, "role", role(f, "52.57.0.1"), 0);
    feed_free(f);
}

/* ---- handshakes ---- */

static feed_conn known_gateway(feed *f)
{
    feed_learn(f, 0, CLIENT);
    return feed_connection(CLIENT, GATEWAY, 443, 55555);
}

static void retransmissions_belong_to_the_handshake_at_any_gap(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, 1, &c);
    feed_syn(f, 2, &c);
    feed_syn(f, 64, &c);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_number(f, "attempts", handshake(f, 0)->attempts, 3);
}

static void a_new_syn_of_the_port_pair_belongs_to_it_within_3_s(void **state)
{
    static const struct { double gap; uint32_t handshakes; } rows[] = { { 0.5, 1 }, { 3, 1 }, { 3 + NS, 2 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = known_gateway(f);

        feed_row("new SYN after %.9f s", rows[i].gap);
        feed_syn(f, 1, &c);
        feed_rst(f, 1.0003, &c, 0, 64240);
        feed_new_syn(f, 1 + rows[i].gap, &c);
        expect_number(f, "handshakes", f->t->handshakes->len, rows[i].handshakes);
        feed_free(f);
    }
}

static void the_3_s_run_from_the_syn_before(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, 1, &c);
    feed_new_syn(f, 3.9, &c);
    feed_new_syn(f, 6.8, &c);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_number(f, "attempts", handshake(f, 0)->attempts, 3);
}

static void another_port_pair_is_another_handshake(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f), d = feed_connection(CLIENT, GATEWAY, 443, 55556), e = feed_connection(CLIENT, GATEWAY, 80, 55555);

    feed_syn(f, 1, &c);
    feed_syn(f, 1.1, &d);
    feed_syn(f, 1.2, &e);
    expect_number(f, "handshakes", f->t->handshakes->len, 3);
}

static void only_443_and_80_of_a_gateway_are_handshakes(void **state)
{
    feed *f = *state;
    feed_conn c;

    known_gateway(f);
    c = feed_connection(CLIENT, GATEWAY, 8443, 55555);
    feed_syn(f, 1, &c);
    expect_number(f, "handshakes", f->t->handshakes->len, 0);
}

static void a_syn_before_the_gateway_was_taught_is_none(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55554);

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    feed_syn(f, 0.01, &c);
    feed_answer(f, 0.02, CLIENT, LOCAL_DNS, 1, 0, GATEWAY);
    expect_number(f, "handshakes", f->t->handshakes->len, 0);
}

static void a_syn_ack_without_its_syn_starts_a_handshake(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_synack(f, 1, &c);
    expect_number(f, "handshakes", f->t->handshakes->len, 1);
    expect_number(f, "SYN frame", handshake(f, 0)->frame, 0);
    expect_handshake(f, 0, "opened");
}

static void opening_a_connection_to_a_gateway_makes_a_client(void **state)
{
    feed *f = *state;
    feed_conn c;

    known_gateway(f);
    c = feed_connection(CLIENT2, GATEWAY, 443, 55555);
    feed_syn(f, 1, &c);
    assert_true((role(f, CLIENT2) & SSE_ROLE_CLIENT) != 0);
}

static void the_first_payload_and_its_retransmissions_are_counted(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, 1, &c);
    feed_synack(f, 1.02, &c);
    feed_payload(f, 1.1, &c, 200);
    feed_payload_again(f, 1.4, &c);
    feed_payload_again(f, 2, &c);
    assert_non_null(handshake(f, 0)->session);
    expect_number(f, "transmissions", handshake(f, 0)->session->first_payload_txs, 3);
    expect_number(f, "newest", (uint64_t)handshake(f, 0)->session->last_payload_tx, (uint64_t)feed_ns(2));
}

static void sequence_numbers_may_wrap(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    c.isn = UINT32_MAX;
    c.next = 0;
    feed_syn(f, 1, &c);
    feed_synack(f, 1.02, &c);
    feed_payload(f, 1.03, &c, 200);
    feed_server_ack(f, 1.05, &c);
    feed_server_payload(f, 1.06, &c, 100);
    expect_handshake(f, 0, "completed");
}

static void connect_answers_keep_host_and_status(void **state)
{
    feed *f = *state;
    const sse_connect_answer *answer;
    uint32_t frame;

    known_gateway(f);
    frame = feed_connect_status(f, 1, CLIENT, GATEWAY, "www.example.com", 502);
    expect_number(f, "answers", f->t->connects->len, 1);
    answer = &g_array_index(f->t->connects, sse_connect_answer, 0);
    expect_number(f, "status", answer->status, 502);
    expect_frame(f, "frame", answer->frame, frame);
    expect_code(f, "host", g_ptr_array_index(f->t->names, answer->host), "www.example.com");
}

static void a_response_without_connect_is_no_connect_answer(void **state)
{
    feed *f = *state;
    feed_conn c = known_gateway(f);

    feed_syn(f, 1, &c);
    feed_synack(f, 1.02, &c);
    feed_http(f, 1.03, &c, OBS_HTTP_ABSOLUTE);
    feed_status(f, 1.05, &c, 503);
    expect_number(f, "answers", f->t->connects->len, 0);
}

/* ---- lookups ---- */

static void repeats_of_a_lookup_count_as_queries(void **state)
{
    feed *f = *state;
    const sse_lookup *lookup;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    feed_lookup(f, 1, CLIENT, LOCAL_DNS, 1);
    expect_number(f, "lookups", f->t->lookups->len, 1);
    lookup = &g_array_index(f->t->lookups, sse_lookup, 0);
    expect_number(f, "queries", lookup->queries, 2);
    assert_false(lookup->answered);
}

static void asking_for_a_gateways_name_makes_a_client(void **state)
{
    feed *f = *state;

    feed_lookup(f, 0, CLIENT, LOCAL_DNS, 1);
    assert_true((role(f, CLIENT) & SSE_ROLE_CLIENT) != 0);
    expect_number(f, "server", role(f, LOCAL_DNS) & SSE_ROLE_CLIENT, 0);
}

/* ---- marks ---- */

static void marks_are_sorted_by_frame(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_burst(f, 1, CLIENT, 443, ANSWERED);
    feed_reply(f, 6.02, CLIENT, R1, 443, 1); /* before its query in the file */
    feed_query(f, 6, CLIENT, R1, 443, 1);
    feed_good_handshake(f, 7, CLIENT, GATEWAY);
    feed_reset_handshake(f, 8, CLIENT, GATEWAY);
    sse_tracker_settle(f->t);
    for (guint i = 0; i + 1 < f->t->marks->len; i++)
        if (g_array_index(f->t->marks, sse_mark, i).frame > g_array_index(f->t->marks, sse_mark, i + 1).frame)
            fail_msg("mark %u of frame %u is before one of frame %u", i, g_array_index(f->t->marks, sse_mark, i).frame,
                     g_array_index(f->t->marks, sse_mark, i + 1).frame);
}

/* Is there a mark of this kind on the frame? */
static bool marked(feed *f, uint32_t frame, sse_mark_kind kind, sse_mark_of of)
{
    unsigned count = 0;
    const sse_mark *marks = sse_tracker_marks(f->t, frame, &count);

    for (unsigned i = 0; i < count; i++)
        if (marks[i].kind == kind && marks[i].of == of)
            return marks[i].frame == frame;
    return false;
}

static void every_packet_that_takes_part_is_marked(void **state)
{
    feed *f = *state;
    feed_conn c;
    uint32_t frame;

    frame = feed_query(f, 0, CLIENT, R1, 443, 1);
    assert_true(marked(f, frame, SSE_MARK_QUERY, SSE_OF_PROBE));
    frame = feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    assert_true(marked(f, frame, SSE_MARK_REPLY, SSE_OF_PROBE));
    feed_query(f, 1, CLIENT, R1, 443, 2);
    frame = feed_icmp_query(f, 1.01, FIREWALL, CLIENT, R1, 443, 2, 3, 13);
    assert_true(marked(f, frame, SSE_MARK_ICMP, SSE_OF_PROBE));
    frame = feed_lookup(f, 2, CLIENT, LOCAL_DNS, 3);
    assert_true(marked(f, frame, SSE_MARK_QUERY, SSE_OF_LOOKUP));
    frame = feed_answer(f, 2.01, CLIENT, LOCAL_DNS, 3, 0, GATEWAY);
    assert_true(marked(f, frame, SSE_MARK_REPLY, SSE_OF_LOOKUP));
    c = feed_connection(CLIENT, GATEWAY, 443, 55555);
    frame = feed_syn(f, 3, &c);
    assert_true(marked(f, frame, SSE_MARK_SYN, SSE_OF_HANDSHAKE));
    frame = feed_icmp_syn(f, 3.001, FIREWALL, &c, 3, 13);
    assert_true(marked(f, frame, SSE_MARK_ICMP, SSE_OF_HANDSHAKE));
    frame = feed_synack(f, 3.02, &c);
    assert_true(marked(f, frame, SSE_MARK_SYN_ACK, SSE_OF_HANDSHAKE));
    frame = feed_connect(f, 3.03, &c, "www.example.com");
    assert_true(marked(f, frame, SSE_MARK_CONNECT, SSE_OF_HANDSHAKE));
    frame = feed_payload_again(f, 3.5, &c);
    assert_true(marked(f, frame, SSE_MARK_CLIENT_PAYLOAD, SSE_OF_HANDSHAKE) || marked(f, frame, SSE_MARK_CONNECT, SSE_OF_HANDSHAKE));
    frame = feed_status(f, 3.55, &c, 200);
    assert_true(marked(f, frame, SSE_MARK_CONNECT_ANSWER, SSE_OF_HANDSHAKE));
    frame = feed_fin(f, 4, &c);
    assert_true(marked(f, frame, SSE_MARK_FIN, SSE_OF_HANDSHAKE));
    c = feed_connection(CLIENT, GATEWAY, 443, 55557);
    feed_syn(f, 5, &c);
    frame = feed_rst(f, 5.001, &c, 0, 0);
    assert_true(marked(f, frame, SSE_MARK_RESET, SSE_OF_HANDSHAKE));
}

static void attempts_are_numbered_from_1(void **state)
{
    feed *f = *state;
    unsigned count;

    for (uint16_t i = 1; i <= 3; i++) {
        uint32_t frame = feed_query(f, i, CLIENT, R1, 443, 1);
        const sse_mark *mark = sse_tracker_marks(f->t, frame, &count);

        expect_number(f, "marks", count, 1);
        expect_number(f, "attempt", mark->attempt, i);
    }
}

static void packets_of_others_are_not_marked(void **state)
{
    feed *f = *state;
    unsigned count = 9;
    uint32_t frame;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    frame = feed_visit(f, 1, CLIENT, SITE, 443);
    assert_null(sse_tracker_marks(f->t, frame, &count));
    expect_number(f, "marks", count, 0);
    assert_null(sse_tracker_marks(f->t, 9999, &count));
}

/* ---- what else a client does ---- */

static const sse_control *control(feed *f)
{
    sse_tracker_settle(f->t);
    return &probe(f, 0)->control;
}

static void control_counts_dns_answers_and_opened_connections(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_control(f, 1, CLIENT);
    feed_control(f, 2, CLIENT);
    expect_number(f, "DNS answers", control(f)->dns_answers, 2);
    expect_number(f, "TCP opened", control(f)->tcp_opened, 2);
}

static void control_ends_10_s_after_the_record(void **state)
{
    static const struct { double at; uint32_t opened; } rows[] = { { 9.9, 1 }, { 10.1, 0 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("visit at %.1f s", rows[i].at);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_visit(f, rows[i].at, CLIENT, SITE, 443);
        expect_number(f, "TCP opened", control(f)->tcp_opened, rows[i].opened);
        feed_free(f);
    }
}

static void control_goes_to_the_newest_record(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 1, CLIENT, R2, 443, 2);
    feed_control(f, 2, CLIENT);
    expect_number(f, "first", control(f)->tcp_opened, 0);
    expect_number(f, "second", probe(f, 1)->control.tcp_opened, 1);
}

static void servfail_and_refused_are_no_answers(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_local_query(f, 1, CLIENT, 10);
    feed_local_answer(f, 1.01, CLIENT, 10, 2);
    feed_local_query(f, 2, CLIENT, 11);
    feed_local_answer(f, 2.01, CLIENT, 11, 5);
    feed_tick(f, END);
    expect_number(f, "DNS answers", control(f)->dns_answers, 0);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 2);
}

static void nxdomain_of_another_server_is_an_answer(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_local_query(f, 1, CLIENT, 10);
    feed_local_answer(f, 1.01, CLIENT, 10, 3);
    expect_number(f, "DNS answers", control(f)->dns_answers, 1);
}

static void silence_needs_5_s(void **state)
{
    static const struct { double end; uint32_t silent; } rows[] = { { 6 - 0.001, 0 }, { 6.001, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("file ends at %.3f s", rows[i].end);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_silent_visit(f, 1, CLIENT, SITE);
        feed_tick(f, rows[i].end);
        expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, rows[i].silent);
        feed_free(f);
    }
}

static void an_answered_attempt_is_not_silent(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_control(f, 1, CLIENT);
    feed_tick(f, END);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 0);
}

static void a_retransmitted_attempt_counts_once(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, SITE, 443, 60000);

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_syn(f, 1, &c);
    feed_syn(f, 2, &c);
    feed_syn(f, 4, &c);
    feed_tick(f, END);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 1);
}

static void other_queries_to_resolvers_prove_no_silence(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_query(f, 1, CLIENT, R1, 443, 1);
    feed_message(f, 1.5, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 20 });
    feed_tick(f, END);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 0);
}

static void connections_to_other_ports_of_gateways_prove_no_silence(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 8443, 55555);

    feed_learn(f, 0, CLIENT);
    feed_query(f, 1, CLIENT, R1, 443, 1);
    feed_syn(f, 2, &c);
    feed_tick(f, END);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 0);
}

static void connections_to_private_addresses_prove_no_silence(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_silent_visit(f, 1, CLIENT, "10.9.9.9");
    feed_tick(f, END);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 0);
}

static void heard_is_the_first_and_last_packet_of_a_public_address(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    expect_number(f, "nothing yet", control(f)->heard_first, SSE_NOT_HEARD);
    feed_other(f, 1, LOCAL_DNS, CLIENT);
    expect_number(f, "a private one", control(f)->heard_first, SSE_NOT_HEARD);
    feed_other(f, 2, SITE, CLIENT);
    feed_other(f, 3.5, SITE2, CLIENT);
    expect_number(f, "first", control(f)->heard_first, 2000);
    expect_number(f, "last", control(f)->heard_last, 3500);
}

static void nothing_counts_before_the_first_packet_of_the_module(void **state)
{
    feed *f = *state;

    feed_control(f, 0, CLIENT);
    feed_query(f, 1, CLIENT, R1, 443, 1);
    feed_tick(f, END);
    expect_number(f, "TCP opened", control(f)->tcp_opened, 0);
    expect_number(f, "DNS answers", control(f)->dns_answers, 0);
}

static void a_proxys_answer_is_kept(void **state)
{
    static const struct { obs_http_kind kind; uint16_t status; bool answered; } rows[] = {
        { OBS_HTTP_CONNECT, 200, true }, { OBS_HTTP_ABSOLUTE, 302, true }, { OBS_HTTP_ABSOLUTE, 204, true },
        { OBS_HTTP_CONNECT, 403, false }, { OBS_HTTP_CONNECT, 502, false }, { OBS_HTTP_NONE, 200, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, "10.0.0.80", 3128, 60000);

        feed_row("kind %d, status %u", rows[i].kind, rows[i].status);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_syn(f, 1, &c);
        feed_synack(f, 1.001, &c);
        feed_http(f, 1.002, &c, rows[i].kind);
        feed_status(f, 1.1, &c, rows[i].status);
        expect_number(f, "proxy answered", control(f)->proxy_answered, rows[i].answered);
        feed_free(f);
    }
}

/* ---- memory and limits ---- */

static void many_queries_to_many_places_stay_sound(void **state)
{
    feed *f = *state;
    char client[SSE_ADDR_TEXT];

    for (unsigned i = 0; i < 20000; i++) {
        g_snprintf(client, sizeof client, "10.%u.%u.%u", 1 + i % 200, (i / 200) % 200, 1 + i % 250);
        feed_query(f, i * 0.01, client, i % 2 ? R1 : R2, i % 3 ? 443 : 53, (uint16_t)(i % 40000));
        if (i % 4 == 0)
            feed_reply(f, i * 0.01, client, i % 2 ? R1 : R2, i % 3 ? 443 : 53, (uint16_t)(i % 40000));
    }
    expect_number(f, "probes", f->t->probes->len, 20000);
    assert_non_null(feed_report(f));
}

static void learning_stops_at_the_limit_and_says_so(void **state)
{
    feed *f = *state;
    char address[SSE_ADDR_TEXT];

    feed_query(f, 0, CLIENT, R1, 443, 60);
    for (unsigned i = 0; i < SSE_MAX_GATEWAYS + 10; i++) {
        g_snprintf(address, sizeof address, "18.%u.%u.1", i / 250, i % 250);
        feed_lookup(f, 1 + i * 0.001, CLIENT, LOCAL_DNS, (uint16_t)i);
        feed_answer(f, 1 + i * 0.001, CLIENT, LOCAL_DNS, (uint16_t)i, 0, address);
    }
    expect_number(f, "the last one's role", role(f, address), 0);
    expect_finding(f, SSE_FIND_LIMIT_REACHED);
}

static void settling_twice_changes_nothing(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_silent_visit(f, 1, CLIENT, SITE);
    feed_tick(f, END);
    sse_tracker_settle(f->t);
    sse_tracker_settle(f->t);
    expect_number(f, "silent", control(f)->silent_tcp + control(f)->silent_dns, 1);
}

static void an_empty_tracker_gives_an_empty_report(void **state)
{
    feed *f = *state;
    const sse_report *r = feed_report(f);

    assert_non_null(r);
    expect_number(f, "clients", r->clients->len, 0);
    expect_number(f, "frames", r->frames, 0);
    expect_code(f, "dns", sse_state_code(r->dns), "not-observed");
    expect_code(f, "web", sse_state_code(r->web), "not-observed");
}

/* A read filter gives a dropped packet's number to the next one: what stood on the
 * number is forgotten, and the file's first time stays. */
static void numbers_given_twice_drop_the_older_marks(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 1, CLIENT, R1, 443, 2);
    feed_reply(f, 1.02, CLIENT, R1, 443, 2);
    expect_number(f, "marks", f->t->marks->len, 3);
    f->frame = 1;
    feed_query(f, 2, CLIENT, R2, 443, 3);
    feed_reply(f, 2.02, CLIENT, R2, 443, 3);
    assert_true(f->t->renumbered);
    expect_number(f, "marks", f->t->marks->len, 3);
    expect_number(f, "frame of the second", g_array_index(f->t->marks, sse_mark, 1).frame, 2);
    expect_number(f, "record of the second", g_array_index(f->t->marks, sse_mark, 1).record, 2);
    expect_number(f, "frame of the third", g_array_index(f->t->marks, sse_mark, 2).frame, 3);
}

/* docs/verdict.md, "NAT seen from both sides": the same resolver, port, id and payload
 * from another source within 100 ms with a lower TTL, and nothing less. */
static void what_is_no_nat_s_other_side(void **state)
{
    static const struct { const char *what; const char *client, *resolver; uint16_t port, id; double after; uint8_t ttl; bool payload, is; } rows[] = {
        { "the other side", CLIENT2, R1, 443, 7, 0.001, 127, true, true },
        { "100 ms later", CLIENT2, R1, 443, 7, 0.1, 127, true, true },
        { "101 ms later", CLIENT2, R1, 443, 7, 0.101, 127, true, false },
        { "stamped before", CLIENT2, R1, 443, 7, -0.1, 127, true, true },
        { "stamped 101 ms before", CLIENT2, R1, 443, 7, -0.101, 127, true, false },
        { "the same TTL", CLIENT2, R1, 443, 7, 0.001, 128, true, false },
        { "another resolver", CLIENT2, R2, 443, 7, 0.001, 127, true, false },
        { "another port", CLIENT2, R1, 53, 7, 0.001, 127, true, false },
        { "another id", CLIENT2, R1, 443, 8, 0.001, 127, true, false },
        { "another payload", CLIENT2, R1, 443, 7, 0.001, 127, false, false },
        { "its own source, another port", CLIENT, R1, 443, 7, 0.001, 127, true, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_message(f, 1, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 7, .name = OBS_NAME_DEBUG, .ttl = 128 });
        f->ip_id++;
        f->repeat_packet = rows[i].payload;
        feed_message(f, 1 + rows[i].after, (feed_dns){ .client = rows[i].client, .server = rows[i].resolver, .port = rows[i].port,
                                                       .id = rows[i].id, .sport = 40000, .name = OBS_NAME_DEBUG, .ttl = rows[i].ttl });
        expect_number(f, "other side", probe(f, 1)->nat_peer == 0, rows[i].is);
        expect_number(f, "other side's", probe(f, 0)->nat_peer == 1, rows[i].is);
        if (rows[i].is)
            assert_true(probe(f, 1)->is_nat_copy && !probe(f, 0)->is_nat_copy);
        feed_free(f);
    }
}

/* The same of SYNs: gateway, port and sequence number. */
static void what_is_no_other_side_of_a_syn(void **state)
{
    static const struct { const char *what; const char *client, *gateway; uint16_t port; uint32_t isn; double after; uint8_t ttl; bool is; } rows[] = {
        { "the other side", CLIENT2, GATEWAY, 443, 0, 0.001, 127, true },
        { "stamped before", CLIENT2, GATEWAY, 443, 0, -0.1, 127, true },
        { "101 ms later", CLIENT2, GATEWAY, 443, 0, 0.101, 127, false },
        { "stamped 101 ms before", CLIENT2, GATEWAY, 443, 0, -0.101, 127, false },
        { "the same TTL", CLIENT2, GATEWAY, 443, 0, 0.001, 128, false },
        { "another gateway", CLIENT2, GATEWAY2, 443, 0, 0.001, 127, false },
        { "another port", CLIENT2, GATEWAY, 80, 0, 0.001, 127, false },
        { "another sequence number", CLIENT2, GATEWAY, 443, 1, 0.001, 127, false },
        { "its own source, another port", CLIENT, GATEWAY, 443, 0, 0.001, 127, false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 50000), o = feed_connection(rows[i].client, rows[i].gateway, rows[i].port, 60000);

        feed_row("%s", rows[i].what);
        feed_learn(f, 0, CLIENT);
        feed_lookup(f, 0.1, CLIENT, LOCAL_DNS, 9);
        feed_answer(f, 0.12, CLIENT, LOCAL_DNS, 9, 0, GATEWAY2);
        o.isn = c.isn + rows[i].isn;
        feed_syn(f, 1, &c);
        feed_host(f, rows[i].client, 1, rows[i].ttl);
        feed_syn(f, 1 + rows[i].after, &o);
        expect_number(f, "other side", handshake(f, 1)->nat_peer == 0, rows[i].is);
        feed_free(f);
    }
}

/* RFC 7050: only an answer to a question that the file holds, or in its first 5 s,
 * teaches a translator's prefix; and it takes nobody's role. */
static void who_teaches_a_nat64_prefix(void **state)
{
#define PREFIX(rest) "2001:db8:64::" rest
    static const struct { const char *what; double at; bool asked; const char *server; uint16_t id; uint8_t rcode; const char *answer; bool taught; } rows[] = {
        { "asked", 10, true, LOCAL_DNS, 5, 0, PREFIX("c000:aa"), true },
        { "the other well-known address", 10, true, LOCAL_DNS, 5, 0, PREFIX("c000:ab"), true },
        { "in the first 5 s", 4, false, LOCAL_DNS, 5, 0, PREFIX("c000:aa"), true },
        { "later, unasked", 10, false, LOCAL_DNS, 5, 0, PREFIX("c000:aa"), false },
        { "another id", 10, true, LOCAL_DNS, 6, 0, PREFIX("c000:aa"), false },
        { "another server", 10, true, "10.0.0.2", 5, 0, PREFIX("c000:aa"), false },
        { "an error", 10, true, LOCAL_DNS, 5, 3, PREFIX("c000:aa"), false },
        { "no such address in it", 10, true, LOCAL_DNS, 5, 0, PREFIX("1"), false },
    };
    /* 208.67.222.222 in it */
    const sse_addr resolver = feed_addr(PREFIX("d043:dede"));

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns m = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 5, .sport = 5353, .name = OBS_NAME_NAT64, .qtype = 28 };

        feed_row("%s", rows[i].what);
        feed_tick(f, 0);
        if (rows[i].asked)
            feed_message(f, rows[i].at - 0.1, m);
        m.response = true;
        m.server = rows[i].server;
        m.id = rows[i].id;
        m.rcode = rows[i].rcode;
        m.answers = 1;
        m.address[0] = rows[i].answer;
        feed_message(f, rows[i].at, m);
        expect_number(f, "a resolver in it", (sse_tracker_role(f->t, &resolver) & SSE_ROLE_RESOLVER) != 0, rows[i].taught);
        feed_free(f);
    }
#undef PREFIX
}

/* An address that ends like a resolver is one where a probe went; no group, no
 * neighbour's address, no client. */
static void what_a_probe_makes_a_resolver(void **state)
{
    static const struct { const char *address; bool is; } rows[] = {
        { "2001:db8:1::d043:dede", true }, { "fe80::d043:dede", false }, { "ff02::d043:dede", false }, { "2001:db8:1::1", false },
        { "fd00:64::d043:dede", true },
    };
    feed *f = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed_row("%s", rows[i].address);
        feed_query(f, i, CLIENT6, rows[i].address, 53, (uint16_t)i);
        expect_number(f, "a resolver", (role(f, rows[i].address) & SSE_ROLE_RESOLVER) != 0, rows[i].is);
    }
    feed_query(f, 10, "2001:db8:2::d043:dede", R1_6, 53, 50);
    feed_query(f, 11, CLIENT6, "2001:db8:2::d043:dede", 53, 51);
    expect_number(f, "role of a client", role(f, "2001:db8:2::d043:dede"), SSE_ROLE_CLIENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_given_twice_drop_the_older_marks),
        cmocka_unit_test(what_is_no_nat_s_other_side),
        cmocka_unit_test(what_is_no_other_side_of_a_syn),
        cmocka_unit_test(who_teaches_a_nat64_prefix),
        TEST(what_a_probe_makes_a_resolver),
        TEST(a_query_to_a_resolver_is_a_probe_and_makes_a_client),
        TEST(both_probe_names_count_and_no_other),
        TEST(a_resolver_inside_nat64_is_a_resolver),
        cmocka_unit_test(resolvers_come_from_the_configuration),
        cmocka_unit_test(the_probe_timeout_comes_from_the_configuration),
        TEST(a_probe_to_another_address_is_local),
        cmocka_unit_test(the_same_query_again_is_an_attempt),
        cmocka_unit_test(other_ids_ports_questions_and_servers_are_other_probes),
        TEST(a_reply_belongs_to_the_newest_query),
        cmocka_unit_test(a_reply_with_another_port_id_or_question_is_not_its_reply),
        TEST(a_reply_before_its_query_in_the_file_is_its_reply),
        TEST(a_reply_out_of_order_waits_one_second_for_its_query),
        TEST(a_reply_stamped_before_its_query_is_its_reply),
        TEST(an_early_reply_is_the_earlier_query_s_where_it_fits),
        TEST(replies_appended_or_in_front_answer),
        TEST(a_reply_without_query_counts_where_the_file_holds_none),
        TEST(a_reply_without_query_counts_in_the_first_5_s),
        TEST(a_reply_without_query_later_is_forged),
        TEST(whoever_sends_anything_would_have_asked), TEST(a_reply_alone_counts_for_whoever_sends_nothing),
        TEST(only_replies_alone_protect_with_limited_confidence),
        TEST(a_query_cut_before_its_name_ends_is_no_probe),
        cmocka_unit_test(tcp_to_a_resolver_is_a_probe_within_60_s_of_a_udp_probe),
        TEST(tcp_to_a_resolver_by_a_host_without_probes_is_none),
        cmocka_unit_test(a_users_query_over_tcp_is_no_probe),
        TEST(a_resolver_teaches_gateways_over_tcp),
        TEST(what_was_sent_before_the_answer_is_found_among_many),
        TEST(identities_are_kept_with_the_query_and_with_the_reply),
        cmocka_unit_test(the_same_packet_again_counts_once),
        cmocka_unit_test(ipv6_copies_have_2_ms),
        TEST(a_copy_may_have_another_ttl_and_mac),
        TEST(a_packet_with_another_ip_id_is_no_copy),
        TEST(copies_of_later_packets_count_once),
        TEST(a_copied_syn_counts_once),
        TEST(a_copied_reply_is_no_conflict),
        cmocka_unit_test(the_clock_breaks),
        TEST(the_tracker_counts_frames_and_keeps_earliest_and_latest_time),
        TEST(an_answer_teaches_a_gateway_from_its_frame_on),
        TEST(every_address_of_the_chain_is_taught),
        TEST(loopback_answers_teach_but_make_no_client),
        cmocka_unit_test(answers_never_teach),
        TEST(an_answer_never_teaches_a_clients_own_address),
        TEST(an_answer_that_nobody_asked_for_teaches_nobody), TEST(an_answer_stamped_before_its_question_teaches),
        TEST(without_any_question_an_answer_teaches_its_receiver_alone),
        cmocka_unit_test(in_the_first_seconds_an_answer_teaches_until_its_server_is_known), cmocka_unit_test(a_range_gives_way_to_a_name),
        cmocka_unit_test(an_alias_is_a_gateways_name_from_there_on),
        TEST(answers_for_other_names_teach_nothing),
        cmocka_unit_test(a_learnt_name_keeps_where_it_is_known_from),
        TEST(a_private_address_is_not_learnt),
        cmocka_unit_test(gateways_by_preference_and_the_builtin_one),
        cmocka_unit_test(an_address_outside_a_preferred_range_is_no_gateway),
        TEST(retransmissions_belong_to_the_handshake_at_any_gap),
        cmocka_unit_test(a_new_syn_of_the_port_pair_belongs_to_it_within_3_s),
        TEST(the_3_s_run_from_the_syn_before),
        TEST(another_port_pair_is_another_handshake),
        TEST(only_443_and_80_of_a_gateway_are_handshakes),
        TEST(a_syn_before_the_gateway_was_taught_is_none),
        TEST(a_syn_ack_without_its_syn_starts_a_handshake),
        TEST(opening_a_connection_to_a_gateway_makes_a_client),
        TEST(the_first_payload_and_its_retransmissions_are_counted),
        TEST(sequence_numbers_may_wrap),
        TEST(connect_answers_keep_host_and_status),
        TEST(a_response_without_connect_is_no_connect_answer),
        TEST(repeats_of_a_lookup_count_as_queries),
        TEST(asking_for_a_gateways_name_makes_a_client),
        TEST(marks_are_sorted_by_frame),
        TEST(every_packet_that_takes_part_is_marked),
        TEST(attempts_are_numbered_from_1),
        TEST(packets_of_others_are_not_marked),
        TEST(control_counts_dns_answers_and_opened_connections),
        cmocka_unit_test(control_ends_10_s_after_the_record),
        TEST(control_goes_to_the_newest_record),
        TEST(servfail_and_refused_are_no_answers),
        TEST(nxdomain_of_another_server_is_an_answer),
        cmocka_unit_test(silence_needs_5_s),
        TEST(an_answered_attempt_is_not_silent),
        TEST(a_retransmitted_attempt_counts_once),
        TEST(other_queries_to_resolvers_prove_no_silence),
        TEST(connections_to_other_ports_of_gateways_prove_no_silence),
        TEST(connections_to_private_addresses_prove_no_silence),
        TEST(heard_is_the_first_and_last_packet_of_a_public_address),
        TEST(nothing_counts_before_the_first_packet_of_the_module),
        cmocka_unit_test(a_proxys_answer_is_kept),
        TEST(many_queries_to_many_places_stay_sound),
        TEST(learning_stops_at_the_limit_and_says_so),
        TEST(settling_twice_changes_nothing),
        TEST(an_empty_tracker_gives_an_empty_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
