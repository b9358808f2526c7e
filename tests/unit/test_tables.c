/* test_tables.c
 * The report's tables: resolvers, gateways, identity, evidence, examples.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

#include "names.h"

static void finish(feed *f, double last)
{
    feed_control(f, last, CLIENT);
    feed_tick(f, last + 20);
}

static void start(feed *f)
{
    feed_learn(f, 0, CLIENT);
    feed_lookup(f, 0.5, CLIENT, LOCAL_DNS, 900);
    feed_answer(f, 0.51, CLIENT, LOCAL_DNS, 900, 0, GATEWAY2);
}

static const sse_resolver_report *resolver(feed *f, const char *address, uint16_t port, sse_transport transport)
{
    sse_addr addr = feed_addr(address);

    for (guint i = 0; i < feed_client(f)->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(feed_client(f)->resolvers, sse_resolver_report, i);

        if (sse_addr_equal(&r->address, &addr) && r->port == port && r->transport == transport)
            return r;
    }
    feed_row("row of %s port %u", address, port);
    expect_number(f, "row", 0, 1);
    return NULL;
}

static const sse_gateway_report *gateway(feed *f, const char *address, uint16_t port)
{
    sse_addr addr = feed_addr(address);

    for (guint i = 0; i < feed_client(f)->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(feed_client(f)->gateways, sse_gateway_report, i);

        if (sse_addr_equal(&g->address, &addr) && g->port == port)
            return g;
    }
    feed_row("row of %s port %u", address, port);
    expect_number(f, "row", 0, 1);
    return NULL;
}

/* ---- resolvers ---- */

static void a_row_per_resolver_port_and_transport(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, R1, 53, 61000);

    feed_dead_cycle(f, 0, CLIENT, ANSWERED, SILENT);
    feed_syn(f, 6, &c);
    finish(f, 7);
    expect_number(f, "rows", feed_client(f)->resolvers->len, 5);
    expect_number(f, "R1 443", resolver(f, R1, 443, SSE_UDP)->outcomes[SSE_PROBE_ANSWERED], 1);
    expect_number(f, "R2 443", resolver(f, R2, 443, SSE_UDP)->outcomes[SSE_PROBE_ANSWERED], 1);
    expect_number(f, "R1 53", resolver(f, R1, 53, SSE_UDP)->outcomes[SSE_PROBE_NO_REPLY], 1);
    expect_number(f, "R2 53", resolver(f, R2, 53, SSE_UDP)->outcomes[SSE_PROBE_NO_REPLY], 1);
    expect_number(f, "R1 TCP", resolver(f, R1, 53, SSE_TCP)->outcomes[SSE_PROBE_NO_REPLY], 1);
}

/* "they count the packets that take part" */
static void frames_of_a_resolver_are_queries_replies_and_icmp(void **state)
{
    feed *f = *state;
    const sse_resolver_report *r;
    uint32_t frame[4];

    frame[0] = feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 0.01, CLIENT, R2, 443, 2);
    frame[1] = feed_reply(f, 0.02, CLIENT, R1, 443, 1);
    frame[2] = feed_query(f, 10, CLIENT, R1, 443, 3);
    frame[3] = feed_icmp_query(f, 10.01, FIREWALL, CLIENT, R1, 443, 3, 3, 13);
    finish(f, 11);
    r = resolver(f, R1, 443, SSE_UDP);
    expect_number(f, "total", r->frames.total, 4);
    expect_number(f, "kept", r->frames.kept, 4);
    for (unsigned i = 0; i < 4; i++)
        expect_frame(f, "frame", r->frames.frame[i], frame[i]);
}

static void a_frame_counts_once_although_it_is_a_copy(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 0.5, CLIENT, R1, 443, 1);
    finish(f, 1);
    expect_number(f, "probes", resolver(f, R1, 443, SSE_UDP)->probes, 1);
    expect_number(f, "frames", resolver(f, R1, 443, SSE_UDP)->frames.total, 2);
}

static void sixteen_frames_are_kept_of_more(void **state)
{
    feed *f = *state;

    for (uint16_t i = 0; i < 20; i++)
        feed_query(f, i, CLIENT, R1, 443, i);
    finish(f, 21);
    expect_number(f, "total", resolver(f, R1, 443, SSE_UDP)->frames.total, 20);
    expect_number(f, "kept", resolver(f, R1, 443, SSE_UDP)->frames.kept, 16);
    expect_frame(f, "last kept", resolver(f, R1, 443, SSE_UDP)->frames.frame[15], 16);
}

static void the_most_frequent_icmp_error_is_named(void **state)
{
    feed *f = *state;
    char text[SSE_ADDR_TEXT];
    static const struct { const char *sender; uint8_t code; } errors[] = {
        { "10.0.0.253", 1 }, { FIREWALL, 13 }, { FIREWALL, 13 }, { FIREWALL, 10 },
    };

    for (uint16_t i = 0; i < 4; i++) {
        feed_query(f, i, CLIENT, R1, 443, i);
        feed_icmp_query(f, i + 0.01, errors[i].sender, CLIENT, R1, 443, i, 3, errors[i].code);
    }
    finish(f, 5);
    expect_number(f, "count", resolver(f, R1, 443, SSE_UDP)->icmp.count, 2);
    expect_number(f, "type", resolver(f, R1, 443, SSE_UDP)->icmp.type, 3);
    expect_number(f, "code", resolver(f, R1, 443, SSE_UDP)->icmp.code, 13);
    expect_code(f, "sender", sse_addr_text(&resolver(f, R1, 443, SSE_UDP)->icmp.sender, text), FIREWALL);
}

static void a_false_reply_is_kept_with_code_and_ttl(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_query(f, 0, CLIENT, R1, 53, 1);
    frame = feed_message(f, 0.001, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .response = true,
                                               .rcode = 3, .ttl = 63 });
    finish(f, 1);
    expect_frame(f, "frame", resolver(f, R1, 53, SSE_UDP)->fake_frame, frame);
    expect_number(f, "rcode", resolver(f, R1, 53, SSE_UDP)->fake_rcode, 3);
    expect_number(f, "ttl", resolver(f, R1, 53, SSE_UDP)->fake_ttl, 63);
}

static void before_and_since_the_change_stand_apart(void **state)
{
    feed *f = *state;

    for (int i = 0; i < 3; i++)
        feed_dead_cycle(f, 15 * i, CLIENT, ANSWERED, ANSWERED);
    for (int i = 3; i < 5; i++) {
        feed_dead_cycle(f, 15 * i, CLIENT, SILENT, SILENT);
        feed_control(f, 15 * i + 6, CLIENT);
    }
    feed_tick(f, 90);
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "53 before", resolver(f, R1, 53, SSE_UDP)->before_probes, 3);
    expect_number(f, "53 answered before", resolver(f, R1, 53, SSE_UDP)->before_answered, 3);
    expect_number(f, "53 in all", resolver(f, R1, 53, SSE_UDP)->probes, 5);
}

/* ---- identity ---- */

static void identity_is_the_newest_replys(void **state)
{
    feed *f = *state;
    static const char *const orgs[] = { "111", "222" };

    for (uint16_t i = 0; i < 2; i++) {
        obs_identity told = { .server = "m1.lon", .originid = "7", .device = "0102030405060708", .source = "192.0.2.1:4711" };

        g_strlcpy(told.orgid, orgs[i], sizeof told.orgid);
        feed_query(f, i * 10, CLIENT, R1, 443, i);
        feed_message(f, i * 10 + 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = i, .name = OBS_NAME_DEBUG, .response = true,
                                                   .answers = 5, .server_string = true, .identity = &told });
    }
    finish(f, 11);
    expect_code(f, "orgid", feed_client(f)->orgid, "222");
    expect_code(f, "originid", feed_client(f)->originid, "7");
    expect_code(f, "device", feed_client(f)->device, "0102030405060708");
    expect_code(f, "server", feed_client(f)->server, "m1.lon");
    expect_code(f, "source", feed_client(f)->source, "192.0.2.1:4711");
}

static void without_replies_it_is_the_newest_querys(void **state)
{
    feed *f = *state;
    obs_identity asked = { .orgid = "333", .device = "0102030405060708" };

    feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = &asked });
    finish(f, 1);
    expect_code(f, "orgid", feed_client(f)->orgid, "333");
    expect_code(f, "device", feed_client(f)->device, "0102030405060708");
    expect_code(f, "server", feed_client(f)->server, NULL);
}

static void redaction_gives_one_placeholder_for_one_value(void **state)
{
    feed *f = *state;
    const char *first, *again, *other;
    char *name, *generic;

    feed_redact(f);
    first = sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "0102030405060708");
    again = sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "0102030405060708");
    other = sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "1112131415161718");
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
    assert_null(strstr(first, "0102"));
    assert_string_equal(sse_redact(f->t->redactor, SSE_REDACT_ORG, ""), "");
    name = sse_redact_name(f->t->redactor, "swg-url-proxy-https-8332022.sseproxy.qq.opendns.com");
    generic = sse_redact_name(f->t->redactor, GATEWAY_NAME);
    assert_null(strstr(name, "8332022"));
    assert_non_null(strstr(name, "sseproxy.qq.opendns.com"));
    assert_string_equal(generic, GATEWAY_NAME);
    g_free(name);
    g_free(generic);
}

static void one_value_in_two_forms_has_one_placeholder(void **state)
{
    static const struct { const char *a, *b; bool same; } sources[] = {
        { "192.0.2.43:61225", "192.0.2.43:4711", true }, { "192.0.2.43:61225", "192.0.2.43", true },
        { "192.0.2.43:61225", "192.0.2.44:61225", false }, { "2001:db8::1", "2001:db8::2", false },
        { "[2001:db8::1]:53", "[2001:db8::1]:54", true },
    };
    feed *f = *state;

    feed_redact(f);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        feed_row("%s", sources[i].a);
        assert_int_equal(strcmp(sse_redact(f->t->redactor, SSE_REDACT_SOURCE, sources[i].a),
                                sse_redact(f->t->redactor, SSE_REDACT_SOURCE, sources[i].b)) == 0, sources[i].same);
    }
    assert_string_equal(sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "010182CB7CB0BE0C"),
                        sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "010182cb7cb0be0c"));
}

static void other_queries_say_who_it_is_where_no_probe_does(void **state)
{
    feed *f = *state;
    obs_identity asked = { .orgid = "333", .device = "0102030405060708" };

    feed_probe(f, 0, CLIENT, R1, 53, ANSWERED);
    feed_message(f, 1, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 7, .name = OBS_NAME_OTHER, .identity = &asked });
    finish(f, 2);
    expect_code(f, "orgid", feed_client(f)->orgid, "333");
    expect_code(f, "device", feed_client(f)->device, "0102030405060708");
    /* And that it is the module, not someone's nslookup. */
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
    expect_number(f, "probes and users' queries", f->t->probes->len, 2);
}

static void without_redaction_values_stay(void **state)
{
    feed *f = *state;
    char *name = sse_redact_name(f->t->redactor, "swg-url-proxy-https-8332022.sseproxy.qq.opendns.com");

    assert_string_equal(sse_redact(f->t->redactor, SSE_REDACT_DEVICE, "0102030405060708"), "0102030405060708");
    assert_string_equal(name, "swg-url-proxy-https-8332022.sseproxy.qq.opendns.com");
    g_free(name);
}

static void what_is_no_host_is_quoted(void **state)
{
    static const struct { const char *name, *shown; } rows[] = {
        { "www.example.com", "www.example.com" }, { "192.0.2.1", "192.0.2.1" }, { "2001:db8::1", "2001:db8::1" },
        { "", "\"\"" }, { "2001:db8::/0", "\"2001:db8::/0\"" }, { "a b", "\"a b\"" }, { "\"", "\"'\"" },
    };
    feed *f = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *shown = sse_report_name(f->t->redactor, rows[i].name);

        feed_row("%s", rows[i].name);
        expect_code(f, "shown", shown, rows[i].shown);
        g_free(shown);
    }
}

static void the_report_is_redacted(void **state)
{
    feed *f = *state;
    obs_identity told = { .server = "m1.lon", .orgid = "2353377", .originid = "472625284", .device = "010182cb7cb0be0c", .source = "192.0.2.43:61225" };

    feed_redact(f);
    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_DEBUG, .response = true,
                                      .answers = 5, .server_string = true, .identity = &told });
    finish(f, 1);
    assert_null(strstr(feed_client(f)->orgid, told.orgid));
    assert_null(strstr(feed_client(f)->originid, told.originid));
    assert_null(strstr(feed_client(f)->device, told.device));
    assert_null(strstr(feed_client(f)->source, "192.0.2.43"));
    expect_code(f, "server", feed_client(f)->server, "m1.lon");
}

/* ---- gateways ---- */

static void a_row_per_gateway_and_port(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 80, 56000);

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    feed_good_handshake(f, 11, CLIENT, GATEWAY2);
    feed_syn(f, 12, &c);
    finish(f, 13);
    expect_number(f, "rows", feed_client(f)->gateways->len, 3);
    expect_number(f, "443", gateway(f, GATEWAY, 443)->outcomes[SSE_SWG_COMPLETED], 1);
    expect_number(f, "the other", gateway(f, GATEWAY2, 443)->outcomes[SSE_SWG_COMPLETED], 1);
    expect_number(f, "80", gateway(f, GATEWAY, 80)->outcomes[SSE_SWG_NO_REPLY], 1);
}

static void gateways_without_handshakes_are_not_listed(void **state)
{
    feed *f = *state;

    start(f);
    finish(f, 1);
    expect_number(f, "rows", feed_client(f)->gateways->len, 0);
}

/* "per gateway the most frequent of the failing run" */
static void the_origin_of_a_gateway_is_the_most_frequent_of_the_run(void **state)
{
    static const struct { int near, far; const char *origin; } rows[] = { { 3, 1, "on-path-device" }, { 1, 3, "gateway" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%d near, %d far", rows[i].near, rows[i].far);
        start(f);
        feed_good_handshake(f, 5, CLIENT, GATEWAY);
        for (int k = 0; k < rows[i].near + rows[i].far; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + k));

            feed_syn(f, 10 + k, &c);
            if (k < rows[i].near)
                feed_rst(f, 10.0003 + k, &c, 64, 64240);
            else
                feed_rst(f, 10.020 + k, &c, 50, 0);
        }
        finish(f, 20);
        expect_code(f, "origin", sse_origin_code(gateway(f, GATEWAY, 443)->reset_origin), rows[i].origin);
        expect_number(f, "has reasons", gateway(f, GATEWAY, 443)->reset_reasons->len > 0, true);
        feed_free(f);
    }
}

static void a_session_resets_delay_runs_from_the_payload(void **state)
{
    static const struct { double delay; const char *origin; } rows[] = { { 0.0003, "on-path-device" }, { 0.005, "unknown" }, { 0.015, "gateway" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("delay %.4f s", rows[i].delay);
        start(f);
        feed_syn(f, 10, &c);
        feed_synack(f, 10.02, &c);
        feed_connect(f, 12, &c, "www.example.com");
        feed_rst(f, 12 + rows[i].delay, &c, 51, 64240);
        feed_tick(f, 40);
        expect_handshake(f, 0, "session-reset");
        expect_code(f, "origin", sse_origin_code(sse_handshake_reset_origin(f->t, sse_tracker_handshake(f->t, 0), NULL)), rows[i].origin);
        feed_free(f);
    }
}

static void icmp_of_a_gateway_is_summed(void **state)
{
    feed *f = *state;
    char text[SSE_ADDR_TEXT];

    start(f);
    for (uint16_t i = 0; i < 3; i++) {
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + i));

        feed_syn(f, 10 + i, &c);
        feed_icmp_syn(f, 10.003 + i, i == 0 ? "10.0.0.253" : FIREWALL, &c, 3, i == 0 ? 1 : 13);
    }
    finish(f, 14);
    expect_number(f, "count", gateway(f, GATEWAY, 443)->icmp.count, 2);
    expect_number(f, "code", gateway(f, GATEWAY, 443)->icmp.code, 13);
    expect_code(f, "sender", sse_addr_text(&gateway(f, GATEWAY, 443)->icmp.sender, text), FIREWALL);
}

static void completed_and_failed_are_counted_since_the_change(void **state)
{
    feed *f = *state;

    start(f);
    for (int i = 0; i < 4; i++)
        feed_good_handshake(f, 10 + i, CLIENT, GATEWAY);
    for (int i = 0; i < 3; i++)
        feed_reset_handshake(f, 20 + i, CLIENT, GATEWAY);
    finish(f, 24);
    expect_number(f, "tried", feed_client(f)->web_tried, 3);
    expect_number(f, "completed", feed_client(f)->web_completed, 0);
    expect_number(f, "failed", feed_client(f)->web_failed, 3);
    expect_number(f, "before", gateway(f, GATEWAY, 443)->before_handshakes, 4);
    expect_number(f, "completed before", gateway(f, GATEWAY, 443)->before_completed, 4);
}

/* ---- the newest evidence ---- */

static void evidence_of_an_unprotected_state_is_its_newest_failure(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_control(f, 6, CLIENT);
    feed_probe(f, 15, CLIENT, R1, 443, SILENT);
    frame = feed_probe(f, 20, CLIENT, R1, 53, SILENT);
    finish(f, 21);
    expect_frame(f, "evidence", feed_client(f)->dns.evidence_frame, frame);
    expect_number(f, "time", (uint64_t)feed_client(f)->dns.evidence_time, (uint64_t)feed_ns(20));
}

static void evidence_of_an_unavailable_gateway_is_its_newest_failure(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555), unused = feed_connection(CLIENT, GATEWAY, 443, 55556);
    uint32_t frame;

    start(f);
    feed_reset_handshake(f, 10, CLIENT, GATEWAY);
    feed_syn(f, 11, &c);
    frame = feed_rst(f, 11.02, &c, 0, 0);
    feed_syn(f, 12, &unused); /* opened only: confirms nothing */
    feed_synack(f, 12.02, &unused);
    finish(f, 13);
    expect_web(f, "cloud-service-unavailable", "reset");
    expect_frame(f, "evidence", feed_client(f)->web.evidence_frame, frame);
}

static void evidence_of_a_broken_session_is_what_broke_it(void **state)
{
    (void)state;
    for (int fin = 0; fin < 2; fin++) {
        feed *f = feed_new();
        uint32_t frame = 0;

        feed_row("%s", fin ? "FIN" : "RST");
        start(f);
        for (uint16_t k = 0; k < 2; k++) {
            feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + k));

            feed_syn(f, 10 + k, &c);
            feed_synack(f, 10.02 + k, &c);
            feed_connect(f, 10.03 + k, &c, "www.example.com");
            frame = fin ? feed_fin(f, 10.06 + k, &c) : feed_rst(f, 10.06 + k, &c, 0, 0);
        }
        finish(f, 13);
        expect_web(f, "cloud-service-unavailable", fin ? "session-closed" : "session-reset");
        expect_frame(f, "evidence", feed_client(f)->web.evidence_frame, frame);
        feed_free(f);
    }
}

static void evidence_of_proxy_errors_is_the_newest_answer(void **state)
{
    feed *f = *state;
    uint32_t frame = 0;

    start(f);
    for (int i = 0; i < 4; i++)
        frame = feed_connect_status(f, 10 + i, CLIENT, GATEWAY, i % 2 ? "a.example" : "b.example", 502);
    finish(f, 15);
    expect_web(f, "cloud-service-unavailable", "proxy-error");
    expect_frame(f, "evidence", feed_client(f)->web.evidence_frame, frame);
}

static void evidence_of_a_name_is_the_newest_answer(void **state)
{
    feed *f = *state;
    uint32_t frame = 0;

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    for (uint16_t i = 0; i < 2; i++) {
        feed_lookup(f, 50 + i * 10, CLIENT, LOCAL_DNS, (uint16_t)(700 + i));
        frame = feed_answer(f, 50.02 + i * 10, CLIENT, LOCAL_DNS, (uint16_t)(700 + i), 3, NULL);
    }
    finish(f, 61);
    expect_web(f, "cloud-service-unavailable", "name-not-resolved");
    expect_frame(f, "evidence", feed_client(f)->web.evidence_frame, frame);
}

/* ---- examples ---- */

static void examples_of_the_web_are_failed_handshakes(void **state)
{
    feed *f = *state;
    sse_addr to = feed_addr(GATEWAY);

    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    for (int i = 0; i < 5; i++)
        feed_reset_handshake(f, 20 + i, CLIENT, GATEWAY);
    finish(f, 26);
    expect_number(f, "examples", feed_client(f)->web.examples->len, SSE_EXAMPLES);
    for (unsigned i = 0; i < SSE_EXAMPLES; i++) {
        const sse_example *e = &g_array_index(feed_client(f)->web.examples, sse_example, i);

        assert_true(sse_addr_equal(&e->dst, &to));
        assert_true(e->time >= feed_ns(20));
        expect_number(f, "port", e->dport, 443);
        expect_number(f, "transport", e->transport, SSE_TCP);
    }
}

static void a_healthy_client_has_no_examples(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    start(f);
    feed_good_handshake(f, 10, CLIENT, GATEWAY);
    finish(f, 11);
    expect_number(f, "dns", feed_client(f)->dns.examples->len, 0);
    expect_number(f, "web", feed_client(f)->web.examples->len, 0);
}

/* Which records a report counts, as the lists of the menu have them: of path tools'
 * SYNs, local probes and numbers of no record none. */
static void which_records_count(void **state)
{
    feed *f = *state;
    const sse_report *r;
    GArray *list;

    feed_learn(f, 0, CLIENT);
    feed_burst(f, 1, CLIENT, 443, ANSWERED);
    feed_query(f, 2, CLIENT, LOCAL_DNS, 53, 77);
    feed_good_handshake(f, 3, CLIENT, GATEWAY);
    feed_host(f, CLIENT, 5, 3);
    feed_reset_handshake(f, 4, CLIENT, GATEWAY);
    feed_tick(f, 30);
    r = feed_report(f);
    assert_true(sse_report_counts(r, SSE_OF_PROBE, 0));
    assert_true(sse_report_counts(r, SSE_OF_PROBE, 1));
    assert_false(sse_report_counts(r, SSE_OF_PROBE, 3));
    assert_false(sse_report_counts(r, SSE_OF_PROBE, UINT32_MAX));
    assert_true(sse_report_counts(r, SSE_OF_HANDSHAKE, 0));
    assert_false(sse_report_counts(r, SSE_OF_HANDSHAKE, 1));
    assert_false(sse_report_counts(r, SSE_OF_LOOKUP, 0));
    list = sse_record_list(&r->handshakes);
    expect_number(f, "handshakes", list->len, 1);
    expect_number(f, "the first", g_array_index(list, guint32, 0), 0);
    g_array_free(list, TRUE);
    list = sse_record_list(&r->probes);
    expect_number(f, "probes", list->len, r->probes.count);
    g_array_free(list, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(which_records_count),
        TEST(a_row_per_resolver_port_and_transport),
        TEST(frames_of_a_resolver_are_queries_replies_and_icmp),
        TEST(a_frame_counts_once_although_it_is_a_copy),
        TEST(sixteen_frames_are_kept_of_more),
        TEST(the_most_frequent_icmp_error_is_named),
        TEST(a_false_reply_is_kept_with_code_and_ttl),
        TEST(before_and_since_the_change_stand_apart),
        TEST(identity_is_the_newest_replys),
        TEST(without_replies_it_is_the_newest_querys),
        TEST(redaction_gives_one_placeholder_for_one_value),
        TEST(one_value_in_two_forms_has_one_placeholder),
        TEST(other_queries_say_who_it_is_where_no_probe_does),
        TEST(without_redaction_values_stay),
        TEST(what_is_no_host_is_quoted),
        TEST(the_report_is_redacted),
        TEST(a_row_per_gateway_and_port),
        TEST(gateways_without_handshakes_are_not_listed),
        cmocka_unit_test(the_origin_of_a_gateway_is_the_most_frequent_of_the_run),
        cmocka_unit_test(a_session_resets_delay_runs_from_the_payload),
        TEST(icmp_of_a_gateway_is_summed),
        TEST(completed_and_failed_are_counted_since_the_change),
        TEST(evidence_of_an_unprotected_state_is_its_newest_failure),
        TEST(evidence_of_an_unavailable_gateway_is_its_newest_failure),
        cmocka_unit_test(evidence_of_a_broken_session_is_what_broke_it),
        TEST(evidence_of_proxy_errors_is_the_newest_answer),
        TEST(evidence_of_a_name_is_the_newest_answer),
        TEST(examples_of_the_web_are_failed_handshakes),
        TEST(a_healthy_client_has_no_examples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
