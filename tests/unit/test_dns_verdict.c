/* test_dns_verdict.c
 * DNS protection: states of ports, failing runs, since, the exceptions in
 * their order, encryption, causes, IPv4 beside IPv6, confidence.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

static const sse_port_report *port_of(feed *f, int version, uint16_t port)
{
    const sse_version_report *v = &feed_client(f)->ip[version == 6];

    for (unsigned i = 0; i < v->n_ports; i++)
        if (v->ports[i].port == port)
            return &v->ports[i];
    expect_number(f, "ports", v->n_ports, 2);
    return NULL;
}

/* Something else of the client that works, so that silence is no dead link and
 * the capture is not one-way. */
static void alive(feed *f, double at)
{
    feed_control(f, at, CLIENT);
}

/* Deadlines pass; not long enough for "no probe in the last 120 s". */
static void finish(feed *f, double last_probe)
{
    feed_tick(f, last_probe + 20);
}

/* ---- resolvers ---- */

static void nat64_question(feed *f, double at, uint16_t id)
{
    feed_message(f, at, (feed_dns){ .client = CLIENT6, .server = "2001:db8::1", .port = 53, .id = id, .name = OBS_NAME_NAT64,
                                    .qtype = 28 });
}

static void nat64_answer(feed *f, double at, uint16_t id, const char *address)
{
    feed_message(f, at, (feed_dns){ .client = CLIENT6, .server = "2001:db8::1", .port = 53, .id = id, .name = OBS_NAME_NAT64,
                                    .qtype = 28, .response = true, .answers = 1, .address = { address } });
}

static bool knows_resolver(feed *f, const char *address)
{
    const sse_addr addr = feed_addr(address);

    return sse_tracker_is_resolver(f->t, &addr) && (sse_tracker_role(f->t, &addr) & SSE_ROLE_RESOLVER) != 0;
}

static void an_answer_for_ipv4only_arpa_teaches_a_prefix(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    nat64_question(f, 100, 1);
    nat64_answer(f, 100.02, 1, "2001:db8:122:344:c0:0:ab00:0");
    assert_true(knows_resolver(f, "2001:db8:122:344:d0:43de:de00:0"));
    feed_probe(f, 101, CLIENT6, "2001:db8:122:344:d0:43de:de00:0", 443, ANSWERED);
    finish(f, 101);
    expect_dns(f, "protected", NULL);
}

static void an_answer_that_nobody_asked_for_teaches_no_prefix(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    nat64_question(f, 100, 1);
    nat64_answer(f, 100.02, 2, "2001:db8:122:344:c0:0:ab00:0");
    assert_false(knows_resolver(f, "2001:db8:122:344:d0:43de:de00:0"));
}

static void an_answer_at_the_files_start_teaches_a_prefix(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    nat64_answer(f, 5, 2, "2001:db8:122:344:c0:0:ab00:0");
    assert_true(knows_resolver(f, "2001:db8:122:344:d0:43de:de00:0"));
}

static void prefixes_are_limited(void **state)
{
    feed *f = *state;

    for (unsigned i = 0; i < 1000; i++) {
        char text[64];

        g_snprintf(text, sizeof text, "2001:db8:%x:344:c0:0:ab00:0", i + 1);
        nat64_answer(f, 1, (uint16_t)i, text);
        g_snprintf(text, sizeof text, "2001:db8:%x::d043:dede", i + 1);
        feed_query(f, 1, CLIENT6, text, 443, (uint16_t)(2000 + i));
    }
    assert_true(f->t->nat64_resolvers <= 128);
}

static void a_prefix_that_is_told_again_takes_no_room(void **state)
{
    feed *f = *state;
    const sse_addr site = feed_addr("fd00:64:64::808:808"), inside = feed_addr("fd00:64:64::c0a8:1");

    for (uint16_t i = 0; i < 100; i++) {
        nat64_question(f, 10 + i, i);
        nat64_answer(f, 10.02 + i, i, i < 99 ? "2001:db8:122:344:c0:0:ab00:0" : "fd00:64:64::c000:aa");
    }
    assert_int_equal(f->t->nat64_prefixes, 2);
    assert_true(knows_resolver(f, "fd00:64:64::d043:dede"));
    /* Such an address is as public as what it stands for. */
    assert_true(sse_tracker_is_public(f->t, &site));
    assert_false(sse_tracker_is_public(f->t, &inside));
}

/* Whoever sends a probe there makes no other address of a gateway's. */
static void a_prefix_that_is_public_changes_no_address(void **state)
{
    feed *f = *state;
    const sse_addr gateway = feed_addr("2a04:e4c7:fffe::4");
    sse_addr same;

    feed_query(f, 0, CLIENT6, "2a04:e4c7:fffe::d043:dede", 443, 1);
    assert_int_equal(f->t->nat64_prefixes, 1);
    same = sse_tracker_unmap(f->t, &gateway);
    assert_true(sse_addr_equal(&same, &gateway));
}

static void a_probe_shows_a_resolver_behind_a_nat64(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT6, "2607:7700:0:28::d043:dede", 443, ANSWERED);
    finish(f, 0);
    expect_dns(f, "protected", NULL);
    assert_false(knows_resolver(f, "2607:7700:0:28::808:808"));
    assert_false(knows_resolver(f, "fe80::d043:dede"));
}

static void the_us_only_pair_is_resolvers_and_in_nobody_elses_rules(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, "208.67.221.76", 443, ANSWERED);
    feed_probe(f, 0.1, CLIENT, "208.67.223.76", 443, ANSWERED);
    finish(f, 1);
    expect_dns(f, "protected", NULL);
    feed_dead_cycle(f, 60, CLIENT2, SILENT, SILENT);
    feed_dead_cycle(f, 70, CLIENT2, SILENT, SILENT);
    feed_control(f, 71, CLIENT2);
    finish(f, 76);
    assert_int_equal(feed_client_of(f, CLIENT2)->dns.allow->len, 12);
}

static void rules_name_the_resolvers_that_the_client_asked(void **state)
{
    feed *f = *state;
    const sse_client_report *r;

    for (unsigned i = 0; i < 2; i++) {
        feed_probe(f, 10 * i, CLIENT, "208.67.221.76", 443, SILENT);
        feed_probe(f, 10 * i + 0.1, CLIENT, "208.67.223.76", 443, SILENT);
        feed_probe(f, 10 * i + 5, CLIENT, "208.67.221.76", 53, SILENT);
        feed_probe(f, 10 * i + 5.1, CLIENT, "208.67.223.76", 53, SILENT);
    }
    alive(f, 15);
    finish(f, 15);
    expect_dns(f, "unprotected", "no-reply");
    r = feed_client(f);
    assert_int_equal(r->dns.allow->len, 18);
    assert_string_equal(feed_allow(f, r->dns.allow, 4), "udp 443 208.67.221.76");
    assert_string_equal(feed_advice(f, r->dns.advice, 2), "Allow 208.67.221.76 on UDP 443 and UDP and TCP 53 too, as the other resolvers.");
}

/* ---- who answers ---- */

/* Answered on 443 from 50 by a resolver 20 ms away; then something comes on 53. */
static const sse_resolver_report *row_of_53(feed *f)
{
    const GArray *rows = feed_client(f)->resolvers;

    for (guint i = 0; i < rows->len; i++)
        if (g_array_index(rows, sse_resolver_report, i).port == 53)
            return &g_array_index(rows, sse_resolver_report, i);
    return NULL;
}

static void fake_replies_have_an_origin(void **state)
{
    static const struct { const char *what; double delay; uint8_t ttl; const char *origin; } rows[] = {
        { "next door", 0.0005, 64, "on-path-device" }, { "three hops nearer", 0.020, 53, "on-path-device" },
        { "as the resolver", 0.020, 50, "resolver" }, { "nothing speaks", 0.008, 51, "unknown" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns m = { .client = CLIENT, .server = R1, .port = 53, .id = 9, .name = OBS_NAME_DEBUG };

        feed_row("%s", rows[i].what);
        feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
        feed_message(f, 5, m);
        m.response = true;
        m.rcode = 3;
        m.ttl = rows[i].ttl;
        feed_message(f, 5 + rows[i].delay, m);
        finish(f, 5);
        expect_code(f, "origin", sse_origin_code(row_of_53(f)->origin), rows[i].origin);
        assert_int_equal(row_of_53(f)->origin_reasons->len > 0, strcmp(rows[i].origin, "unknown") != 0);
        feed_free(f);
    }
}

static void icmp_in_the_resolvers_own_name_is_a_redirection(void **state)
{
    feed *f = *state;
    const sse_outage *o;
    bool said = false;

    feed_host(f, R1, 1, 64);
    feed_host(f, R2, 1, 64);
    for (uint16_t i = 0; i < 4; i++) {
        const uint16_t port = i % 2 ? 53 : 443;

        feed_query(f, 5 * i, CLIENT, R1, port, i);
        feed_icmp_query(f, 5 * i + 0.0005, R1, CLIENT, R1, port, i, 3, 3);
    }
    alive(f, 16);
    finish(f, 16);
    expect_dns(f, "unprotected", "icmp-unreachable");
    o = &g_array_index(feed_client(f)->outages, sse_outage, 0);
    expect_code(f, "origin", sse_origin_code((sse_origin)o->origin), "on-path-device");
    for (guint i = 0; i < o->advice->len; i++) {
        assert_null(strstr(feed_advice(f, o->advice, i), "ask who runs"));
        said |= strstr(feed_advice(f, o->advice, i), "redirection of DNS") != NULL;
    }
    assert_true(said);
}

/* ---- ports ---- */

static void two_failed_probes_bring_a_port_down(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, SILENT);
    feed_probe(f, 0.1, CLIENT, R2, 443, SILENT);
    alive(f, 1);
    finish(f, 1);
    expect_port(f, 4, 443, "down");
}

static void one_failed_probe_leaves_a_port_untested(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, SILENT);
    alive(f, 1);
    finish(f, 1);
    expect_port(f, 4, 443, "untested");
    expect_dns(f, "inconclusive", NULL);
}

static void one_answer_brings_a_port_up(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
    finish(f, 0);
    expect_port(f, 4, 443, "up");
    expect_port(f, 4, 53, "untested");
    expect_dns(f, "protected", NULL);
}

static void pending_probes_say_nothing(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, SILENT);
    feed_probe(f, 0.1, CLIENT, R2, 443, SILENT);
    feed_tick(f, 4);
    expect_port(f, 4, 443, "untested");
}

static void every_failed_outcome_brings_a_port_down(void **state)
{
    static const struct { feed_fate fate; const char *cause; } rows[] = {
        { SILENT, "no-reply" }, { NXDOMAIN, "intercepted" }, { REFUSED, "refused" }, { COURT_ORDER, "court-order" }, { ICMP_FILTER, "icmp-unreachable" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].cause);
        feed_burst(f, 0, CLIENT, 443, rows[i].fate);
        alive(f, 1);
        finish(f, 1);
        expect_port(f, 4, 443, "down");
        expect_code(f, "cause", sse_cause_code(port_of(f, 4, 443)->cause), rows[i].cause);
        feed_free(f);
    }
}

static void late_replies_bring_a_port_down(void **state)
{
    feed *f = *state;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_query(f, 0.1, CLIENT, R2, 443, 2);
    alive(f, 1);
    feed_reply(f, 6, CLIENT, R1, 443, 1);
    feed_reply(f, 6.1, CLIENT, R2, 443, 2);
    finish(f, 6);
    expect_port(f, 4, 443, "down");
    expect_code(f, "cause", sse_cause_code(port_of(f, 4, 443)->cause), "late");
}

static void local_probes_never_count(void **state)
{
    feed *f = *state;

    for (uint16_t i = 0; i < 6; i++)
        feed_query(f, i, CLIENT, LOCAL_DNS, 53, i);
    alive(f, 6);
    finish(f, 6);
    for (guint i = 0; i < feed_report(f)->clients->len; i++)
        expect_code(f, "dns", sse_state_code(g_array_index(feed_report(f)->clients, sse_client_report, i).dns.verdict), "not-observed");
    expect_code(f, "dns", sse_state_code(feed_report(f)->dns), "not-observed");
}

/* ---- the failing run ---- */

static void a_failure_within_1_s_of_the_answered_probe_is_not_in_the_run(void **state)
{
    static const struct { double fails; const char *port; } rows[] = { { 11, "up" }, { 11 + NS, "down" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("failures at %.9f s", rows[i].fails);
        feed_probe(f, 10, CLIENT, R1, 443, ANSWERED);
        feed_query(f, rows[i].fails, CLIENT, R1, 443, 1);
        feed_query(f, rows[i].fails, CLIENT, R2, 443, 2);
        alive(f, 12);
        finish(f, 12);
        expect_port(f, 4, 443, rows[i].port);
        feed_free(f);
    }
}

/* "sent more than 1 s after its newest answered one was sent": the time of the
 * reply does not matter. */
static void the_second_runs_from_the_query_not_from_its_reply(void **state)
{
    feed *f = *state;

    feed_query(f, 10, CLIENT, R1, 443, 1);
    feed_query(f, 11.5, CLIENT, R1, 443, 2);
    feed_query(f, 11.5, CLIENT, R2, 443, 3);
    feed_reply(f, 12, CLIENT, R1, 443, 1);
    alive(f, 13);
    finish(f, 13);
    expect_port(f, 4, 443, "down");
}

static void an_answer_after_the_failures_ends_the_run(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    feed_burst(f, 15, CLIENT, 443, SILENT);
    feed_probe(f, 30, CLIENT, R1, 443, ANSWERED);
    alive(f, 31);
    finish(f, 31);
    expect_port(f, 4, 443, "up");
}

/* "where all of them went to one resolver and that answer came from another,
 * only those sent more than 60 s after it" */
static void one_dead_resolver_needs_60_s(void **state)
{
    static const struct { const char *what; const char *answers, *fails; double first, second; const char *port; } rows[] = {
        { "other resolver, until 60 s", R2, R1, 60, 70, "up" },
        { "other resolver, from 1 ns after", R2, R1, 60 + NS, 70, "down" },
        { "other resolver, soon", R2, R1, 5, 20, "up" },
        { "same resolver, soon", R1, R1, 5, 20, "down" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_probe(f, 0, CLIENT, rows[i].answers, 443, ANSWERED);
        feed_probe(f, rows[i].first, CLIENT, rows[i].fails, 443, SILENT);
        alive(f, rows[i].first + 1);
        feed_probe(f, rows[i].second, CLIENT, rows[i].fails, 443, SILENT);
        finish(f, rows[i].second);
        expect_port(f, 4, 443, rows[i].port);
        feed_free(f);
    }
}

static void failures_at_both_resolvers_need_no_60_s(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R2, 443, ANSWERED);
    feed_probe(f, 5, CLIENT, R1, 443, SILENT);
    feed_probe(f, 6, CLIENT, R2, 443, SILENT);
    alive(f, 7);
    finish(f, 7);
    expect_port(f, 4, 443, "down");
}

/* ---- the state of an IP version ---- */

static void both_ports_down_is_unprotected(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    alive(f, 6);
    finish(f, 6);
    expect_dns(f, "unprotected", "no-reply");
}

static void since_is_the_later_of_the_two_first_failures(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    frame = feed_burst(f, 5, CLIENT, 53, SILENT);
    alive(f, 6);
    feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
    finish(f, 20);
    expect_dns(f, "unprotected", "no-reply");
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
    expect_number(f, "since", (uint64_t)feed_client(f)->dns.since.time, (uint64_t)feed_ns(5));
}

static void since_is_the_first_443_probe_where_53_failed_before(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_probe(f, 0, CLIENT, R1, 53, SILENT);
    frame = feed_burst(f, 4, CLIENT, 443, SILENT);
    feed_burst(f, 9, CLIENT, 53, SILENT);
    alive(f, 10);
    finish(f, 10);
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
}

static void since_is_at_or_before_where_no_other_state_was_seen(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    alive(f, 6);
    finish(f, 6);
    assert_true(feed_client(f)->dns.since.at_or_before);
}

static void since_is_exact_after_protection_was_seen(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    frame = feed_burst(f, 25, CLIENT, 53, SILENT);
    alive(f, 26);
    finish(f, 26);
    expect_dns(f, "unprotected", "no-reply");
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
    assert_false(feed_client(f)->dns.since.at_or_before);
}

static void protected_since_the_first_answer_after_the_last_outage(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 20, CLIENT, SILENT, SILENT);
    alive(f, 26);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    frame = feed_burst(f, 60, CLIENT, 443, ANSWERED);
    feed_burst(f, 70, CLIENT, 443, ANSWERED);
    finish(f, 70);
    expect_dns(f, "protected", NULL);
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
    assert_false(feed_client(f)->dns.since.at_or_before);
}

static void protected_since_the_first_answer_where_no_outage_was_seen(void **state)
{
    feed *f = *state;
    uint32_t frame = feed_burst(f, 0, CLIENT, 443, ANSWERED);

    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    finish(f, 10);
    expect_frame(f, "since", feed_client(f)->dns.since.frame, frame);
    assert_true(feed_client(f)->dns.since.at_or_before);
}

static void since_of_a_port_is_its_own(void **state)
{
    feed *f = *state;
    uint32_t up, down;

    feed_burst(f, 0, CLIENT, 53, ANSWERED);
    up = feed_burst(f, 1, CLIENT, 443, ANSWERED);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    down = feed_burst(f, 20, CLIENT, 53, SILENT);
    feed_burst(f, 25, CLIENT, 53, SILENT);
    alive(f, 26);
    finish(f, 26);
    expect_frame(f, "443", port_of(f, 4, 443)->since.frame, up);
    expect_number(f, "443 or earlier", port_of(f, 4, 443)->since.at_or_before, true);
    expect_frame(f, "53", port_of(f, 4, 53)->since.frame, down);
    expect_number(f, "53 or earlier", port_of(f, 4, 53)->since.at_or_before, false);
}

static void an_untested_port_has_no_since(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 0);
    expect_frame(f, "53", port_of(f, 4, 53)->since.frame, 0);
}

static void a_port_that_came_back_is_up_since_then(void **state)
{
    feed *f = *state;
    uint32_t back;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, SILENT);
    feed_burst(f, 40, CLIENT, 443, SILENT);
    alive(f, 41);
    back = feed_burst(f, 60, CLIENT, 443, ANSWERED);
    feed_burst(f, 80, CLIENT, 443, ANSWERED);
    finish(f, 80);
    expect_frame(f, "443", port_of(f, 4, 443)->since.frame, back);
    expect_number(f, "or earlier", port_of(f, 4, 443)->since.at_or_before, false);
}

/* "the port that failed first has a failed probe at most 10 s before `since`,
 * or later" */
static void the_port_that_failed_first_must_still_fail_10_s_before_since(void **state)
{
    static const struct { double since; const char *state; } rows[] = { { 10, "unprotected" }, { 10 + NS, "inconclusive" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("53 fails from %.9f s on", rows[i].since);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_query(f, 0, CLIENT, R2, 443, 2);
        alive(f, 1);
        feed_query(f, rows[i].since, CLIENT, R1, 53, 3);
        feed_query(f, rows[i].since, CLIENT, R2, 53, 4);
        finish(f, 12);
        expect_port(f, 4, 443, "down");
        expect_port(f, 4, 53, "down");
        expect_dns(f, rows[i].state, strcmp(rows[i].state, "unprotected") == 0 ? "no-reply" : NULL);
        feed_free(f);
    }
}

static void a_failure_of_the_first_port_after_since_is_as_good(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 53, SILENT);
    alive(f, 1);
    feed_burst(f, 300, CLIENT, 443, SILENT);
    feed_burst(f, 305, CLIENT, 53, SILENT);
    alive(f, 306);
    finish(f, 306);
    expect_dns(f, "unprotected", "no-reply");
}

static void fifty_three_always_blocked_and_one_443_burst_lost_is_no_outage(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 53, SILENT);
    alive(f, 1);
    feed_burst(f, 300, CLIENT, 443, SILENT);
    alive(f, 301);
    finish(f, 301);
    expect_dns(f, "inconclusive", NULL);
}

static void one_port_up_is_protected(void **state)
{
    (void)state;
    for (int on53 = 0; on53 < 2; on53++) {
        feed *f = feed_new();

        feed_row("%s up", on53 ? "53" : "443");
        feed_dead_cycle(f, 0, CLIENT, on53 ? SILENT : ANSWERED, on53 ? ANSWERED : SILENT);
        finish(f, 5);
        expect_dns(f, "protected", NULL);
        feed_free(f);
    }
}

/* "An `up` turns `untested` once a probe on the other port, sent more than
 * 60 s after its newest answered one, has failed." */
static void up_grows_old_only_by_a_failure_on_the_other_port(void **state)
{
    static const struct { const char *what; double other; feed_fate fate; const char *port; } rows[] = {
        { "failed 60 s after", 60, SILENT, "up" }, { "failed 1 ns later", 60 + NS, SILENT, "untested" },
        { "answered later", 200, ANSWERED, "up" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
        feed_probe(f, rows[i].other, CLIENT, R1, 53, rows[i].fate);
        alive(f, rows[i].other + 1);
        finish(f, rows[i].other + 1);
        expect_port(f, 4, 443, rows[i].port);
        feed_free(f);
    }
}

static void up_and_untested_other_port_aged_is_inconclusive(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
    feed_probe(f, 70, CLIENT, R1, 53, SILENT);
    alive(f, 71);
    finish(f, 71);
    expect_dns(f, "inconclusive", NULL);
}

static void port_53_may_age_too(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 53, ANSWERED);
    feed_burst(f, 70, CLIENT, 443, SILENT);
    alive(f, 71);
    finish(f, 71);
    expect_port(f, 4, 53, "untested");
    expect_port(f, 4, 443, "down");
    expect_dns(f, "inconclusive", NULL);
}

static void no_probes_is_not_observed(void **state)
{
    feed *f = *state;

    feed_learn(f, 0, CLIENT);
    feed_good_handshake(f, 1, CLIENT, GATEWAY);
    finish(f, 1);
    expect_dns(f, "not-observed", NULL);
    expect_number(f, "ports", feed_client(f)->ip[0].n_ports, 0);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), NULL);
}

static void tcp_alone_does_not_protect(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, R1, 53, 61000);

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_syn(f, 6, &c);
    feed_synack(f, 6.02, &c);
    feed_message(f, 6.03, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, .name = OBS_NAME_DEBUG, .transport = SSE_TCP });
    feed_message(f, 6.05, (feed_dns){ .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = 9, .name = OBS_NAME_DEBUG, .transport = SSE_TCP,
                                      .response = true, .answers = 5, .server_string = true });
    alive(f, 7);
    finish(f, 7);
    expect_dns(f, "unprotected", "no-reply");
}

static void tcp_failures_bring_no_port_down(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
    for (uint16_t i = 0; i < 4; i++) {
        feed_conn c = feed_connection(CLIENT, R1, 53, (uint16_t)(61000 + i));

        feed_syn(f, 5 + i * 4, &c);
    }
    finish(f, 20);
    expect_port(f, 4, 53, "untested");
    expect_port(f, 4, 443, "up");
}

/* ---- one way ---- */

/* Nothing comes back in the whole file. */
static void one_way_stands_where_53_follows_four_to_seven_seconds_after_443(void **state)
{
    static const struct { double gap; const char *state; } rows[] = {
        { 4 - 0.01, "inconclusive" }, { 4, "unprotected" }, { 5, "unprotected" }, { 7, "unprotected" }, { 7.01, "inconclusive" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("53 after %.3f s", rows[i].gap);
        for (uint16_t cycle = 0; cycle < 2; cycle++) {
            double at = cycle * 15;

            feed_query(f, at, CLIENT, R1, 443, (uint16_t)(4 * cycle + 1));
            feed_query(f, at, CLIENT, R2, 443, (uint16_t)(4 * cycle + 2));
            feed_query(f, at + rows[i].gap, CLIENT, R1, 53, (uint16_t)(4 * cycle + 3));
            feed_query(f, at + rows[i].gap, CLIENT, R2, 53, (uint16_t)(4 * cycle + 4));
        }
        finish(f, 22.5);
        expect_code(f, "dns", sse_state_code(feed_client(f)->dns.verdict), rows[i].state);
        expect_finding(f, SSE_FIND_ONE_WAY_CAPTURE);
        feed_free(f);
    }
}

static void one_way_needs_every_burst_followed(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
    feed_burst(f, 30, CLIENT, 443, SILENT);
    finish(f, 40);
    expect_dns(f, "inconclusive", NULL);
}

static void one_way_forgives_a_burst_in_the_last_7_s(void **state)
{
    static const struct { double end; const char *state; } rows[] = { { 36.9, "unprotected" }, { 37.1, "inconclusive" } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("burst at 30 s, file ends at %.1f s", rows[i].end);
        feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
        feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
        feed_query(f, 30, CLIENT, R1, 443, 1);
        feed_query(f, 30, CLIENT, R2, 443, 2);
        feed_tick(f, rows[i].end);
        expect_code(f, "dns", sse_state_code(feed_client(f)->dns.verdict), rows[i].state);
        feed_free(f);
    }
}

/* A burst is what the module sends at one go: the queries a moment later are
 * not a burst of their own. */
static void a_one_way_burst_begins_with_its_first_query(void **state)
{
    feed *f = *state;

    for (uint16_t cycle = 0; cycle < 2; cycle++) {
        double at = cycle * 15;

        for (uint16_t k = 0; k < 4; k++)
            feed_query(f, at + (k / 2) * 0.17, CLIENT, k % 2 ? R2 : R1, 443, (uint16_t)(10 * cycle + k));
        for (uint16_t k = 0; k < 4; k++)
            feed_query(f, at + 4.05 + (k / 2) * 0.17, CLIENT, k % 2 ? R2 : R1, 53, (uint16_t)(10 * cycle + 4 + k));
    }
    finish(f, 20);
    expect_dns(f, "unprotected", "no-reply");
}

static void one_way_has_limited_confidence(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
    finish(f, 20);
    expect_dns(f, "unprotected", "no-reply");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
    assert_true(feed_client(f)->dns.reasons->len > 0);
}

/* ---- protected network ---- */

typedef struct local_row { const char *what; double at; const char *orgid; const char *client_org; const char *state; } local_row;

/* Failures: 443 at 100 s, 53 at 105 s (newest at 105.001 s); a local probe is
 * answered somewhere. Its query is 1 ms before the answer. */
static void a_local_probe_answered_by_opendns_around_the_run(void **state)
{
    static const local_row rows[] = {
        { "more than 30 s before", 69.9, "123456", NULL, "unprotected" },
        { "30 s before", 70.1, "123456", NULL, "inconclusive" },
        { "within", 103, "123456", NULL, "inconclusive" },
        { "10 s after", 114.9, "123456", NULL, "inconclusive" },
        { "more than 10 s after", 115.2, "123456", NULL, "unprotected" },
        { "without organisation", 103, "", NULL, "unprotected" },
        { "the client's own organisation", 103, "123456", "123456", "inconclusive" },
        { "another organisation", 103, "654321", "123456", "unprotected" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        obs_identity told = { .server = "m1.lon" }, own = { .device = "0102030405060708" };
        bool before = rows[i].at < 100, within = rows[i].at >= 100 && rows[i].at < 105;
        feed_dns query = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 500, .name = OBS_NAME_DEBUG };
        feed_dns reply = query;

        feed_row("%s", rows[i].what);
        g_strlcpy(told.orgid, rows[i].orgid, sizeof told.orgid);
        if (rows[i].client_org != NULL)
            g_strlcpy(own.orgid, rows[i].client_org, sizeof own.orgid);
        reply.response = true;
        reply.answers = 6;
        reply.server_string = true;
        reply.identity = &told;
        feed_tick(f, 0);
        if (before) {
            feed_message(f, rows[i].at - 0.001, query);
            feed_message(f, rows[i].at, reply);
        }
        for (uint16_t k = 0; k < 2; k++)
            feed_message(f, 100 + k * 0.001, (feed_dns){ .client = CLIENT, .server = k ? R2 : R1, .port = 443, .id = (uint16_t)(600 + k), .name = OBS_NAME_DEBUG,
                                                         .identity = rows[i].client_org != NULL ? &own : NULL });
        alive(f, 101);
        if (within) {
            feed_message(f, rows[i].at - 0.001, query);
            feed_message(f, rows[i].at, reply);
        }
        feed_burst(f, 105, CLIENT, 53, SILENT);
        alive(f, 106);
        if (!before && !within) {
            feed_message(f, rows[i].at - 0.001, query);
            feed_message(f, rows[i].at, reply);
        }
        finish(f, 115);
        expect_dns(f, rows[i].state, strcmp(rows[i].state, "unprotected") == 0 ? "no-reply" : "protected-network");
        feed_free(f);
    }
}

static void a_local_probe_answered_by_another_server_changes_nothing(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_query(f, 6, CLIENT, LOCAL_DNS, 53, 500);
    feed_nxdomain(f, 6.001, CLIENT, LOCAL_DNS, 53, 500);
    alive(f, 7);
    finish(f, 7);
    expect_dns(f, "unprotected", "no-reply");
}

/* ---- no connectivity ---- */

typedef enum {
    DEAD, ONE_ATTEMPT, NO_ATTEMPT, HEARD_LATE, HEARD_EARLY, HEARD_AFTER, HEARD_LONG_AFTER, PROXY, PROXY_ERROR,
    SERVFAIL, ROUTING, FILTERED, PRIVATE_ONLY, DNS_ATTEMPTS, OTHER_VERSION, TO_RESOLVERS, TOO_SHORT
} link_kind;

/* Cycles at 0 and 15 s: first failure 0, newest 20.001 s, middle about 10 s,
 * window to 30.001 s. Something private comes in, so the capture has two ways. */
static feed *dead_link(link_kind kind)
{
    feed *f = feed_new();
    feed_fate fate = kind == ROUTING ? ICMP_ROUTING : kind == FILTERED ? ICMP_FILTER : SILENT;
    feed_conn proxy = feed_connection(CLIENT, "10.0.0.80", 3128, 60000);

    feed_burst(f, 0, CLIENT, 443, fate);
    feed_other(f, 0.5, LOCAL_DNS, CLIENT);
    if (kind == HEARD_EARLY)
        feed_other(f, 2, SITE, CLIENT);
    if (kind == SERVFAIL) {
        for (uint16_t i = 0; i < 3; i++) {
            feed_local_query(f, 3 + i * 0.1, CLIENT, (uint16_t)(700 + i));
            feed_local_answer(f, 3.05 + i * 0.1, CLIENT, (uint16_t)(700 + i), i == 0 ? 2 : 5);
        }
    } else if (kind == DNS_ATTEMPTS) {
        for (uint16_t i = 0; i < 3; i++)
            feed_local_query(f, 3 + i * 0.1, CLIENT, (uint16_t)(700 + i));
    } else if (kind == TO_RESOLVERS) {
        for (uint16_t i = 0; i < 3; i++)
            feed_message(f, 3 + i * 0.1, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = (uint16_t)(700 + i) });
    } else if (kind == PRIVATE_ONLY) {
        for (uint16_t i = 0; i < 3; i++)
            feed_silent_visit(f, 3 + i * 0.1, CLIENT, "10.9.9.9");
    } else if (kind != NO_ATTEMPT && kind != TOO_SHORT) {
        feed_silent_visit(f, 3, CLIENT, SITE);
    }
    feed_burst(f, 5, CLIENT, 53, fate);
    if (kind == PROXY || kind == PROXY_ERROR) {
        feed_syn(f, 7, &proxy);
        feed_synack(f, 7.001, &proxy);
        feed_http(f, 7.002, &proxy, OBS_HTTP_CONNECT);
        feed_status(f, 7.1, &proxy, kind == PROXY ? 200 : 502);
    }
    feed_burst(f, 15, CLIENT, 443, fate);
    if (kind == DEAD || kind == ROUTING || kind == FILTERED || kind >= HEARD_LATE)
        if (kind != SERVFAIL && kind != PRIVATE_ONLY && kind != DNS_ATTEMPTS && kind != TO_RESOLVERS && kind != TOO_SHORT)
            feed_silent_visit(f, 16, CLIENT, SITE2);
    if (kind == HEARD_LATE)
        feed_other(f, 17, SITE, CLIENT);
    if (kind == OTHER_VERSION)
        feed_other(f, 17, SITE6, CLIENT);
    feed_burst(f, 20, CLIENT, 53, fate);
    if (kind == HEARD_AFTER)
        feed_other(f, 21.9, SITE, CLIENT);
    if (kind == HEARD_LONG_AFTER)
        feed_other(f, 22.2, SITE, CLIENT);
    if (kind == TOO_SHORT) {
        feed_silent_visit(f, 22, CLIENT, SITE);
        feed_silent_visit(f, 22.1, CLIENT, SITE2);
        feed_tick(f, 26.9);
    } else {
        feed_tick(f, 40);
    }
    return f;
}

static void no_connectivity_where(void **state)
{
    static const struct { const char *what; link_kind kind; const char *state, *cause; } rows[] = {
        { "all is silent", DEAD, "inconclusive", "no-connectivity" },
        { "one other attempt only", ONE_ATTEMPT, "unprotected", "no-reply" },
        { "no other attempt", NO_ATTEMPT, "unprotected", "no-reply" },
        { "a public address is heard in the second half", HEARD_LATE, "unprotected", "no-reply" },
        { "one is heard in the first half", HEARD_EARLY, "inconclusive", "no-connectivity" },
        { "one is heard within 2 s of the newest failure", HEARD_AFTER, "unprotected", "no-reply" },
        { "one is heard later", HEARD_LONG_AFTER, "inconclusive", "no-connectivity" },
        { "a proxy works", PROXY, "unprotected", "no-reply" },
        { "a proxy answers 502", PROXY_ERROR, "inconclusive", "no-connectivity" },
        { "the local resolver is cut off", SERVFAIL, "inconclusive", "no-connectivity" },
        { "local DNS is silent", DNS_ATTEMPTS, "inconclusive", "no-connectivity" },
        { "a router says no route", ROUTING, "inconclusive", "no-connectivity" },
        { "a filter says prohibited", FILTERED, "unprotected", "icmp-unreachable" },
        { "attempts to private addresses only", PRIVATE_ONLY, "unprotected", "no-reply" },
        { "attempts to resolvers only", TO_RESOLVERS, "unprotected", "no-reply" },
        { "attempts without their 5 s", TOO_SHORT, "unprotected", "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = dead_link(rows[i].kind);

        feed_row("%s", rows[i].what);
        expect_dns(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* Cycles at 1 and 16 s whose every probe meets this ICMP error; two other
 * attempts are silent. */
static void icmp_errors_of_routing_are_as_good_as_silence(void **state)
{
    static const struct { bool v6; uint8_t type, code; bool silence; } rows[] = {
        { false, 3, 0, true }, { false, 3, 1, true }, { false, 11, 0, true }, { false, 3, 2, false }, { false, 3, 3, false },
        { false, 3, 9, false }, { false, 3, 10, false }, { false, 3, 13, false },
        { true, 1, 0, true }, { true, 1, 3, true }, { true, 3, 0, true }, { true, 1, 1, false }, { true, 1, 4, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const char *client = rows[i].v6 ? CLIENT6 : CLIENT, *sender = rows[i].v6 ? "fe80::1" : FIREWALL;

        feed_row("ICMPv%d %u/%u", rows[i].v6 ? 6 : 4, rows[i].type, rows[i].code);
        for (uint16_t k = 0; k < 8; k++) {
            double at = 1 + (k / 4) * 15 + (k / 2 % 2) * 5 + (k % 2) * 0.1;
            const char *to = rows[i].v6 ? (k % 2 ? R2_6 : R1_6) : (k % 2 ? R2 : R1);

            feed_query(f, at, client, to, k / 2 % 2 ? 53 : 443, k);
            feed_icmp_query(f, at + 0.01, sender, client, to, k / 2 % 2 ? 53 : 443, k, rows[i].type, rows[i].code);
            if (k == 3 || k == 4)
                feed_silent_visit(f, at + 0.5, client, rows[i].v6 ? SITE6 : SITE);
        }
        feed_tick(f, 50);
        expect_dns(f, rows[i].silence ? "inconclusive" : "unprotected", rows[i].silence ? "no-connectivity" : "icmp-unreachable");
        feed_free(f);
    }
}

/* The same of the other attempts: an error of routing is silence, a reset or an
 * error of a filter shows that the link is alive. */
static void other_attempts_may_meet_errors_of_routing(void **state)
{
    static const struct { const char *what; uint8_t type, code; const char *cause; } rows[] = {
        { "host unreachable", 3, 1, "no-connectivity" }, { "time exceeded", 11, 0, "no-connectivity" },
        { "prohibited", 3, 13, "no-reply" }, { "reset", 0, 0, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
        feed_other(f, 5.5, LOCAL_DNS, CLIENT);
        for (uint16_t k = 0; k < 3; k++) {
            feed_conn c = feed_connection(CLIENT, "93.184.216.34", 443, (uint16_t)(60000 + k));

            feed_syn(f, 6 + k, &c);
            if (rows[i].type != 0) {
                feed_icmp_syn(f, 6.01 + k, FIREWALL, &c, rows[i].type, rows[i].code);
            } else if (k < 2) {
                c.server_ttl = 64;
                feed_rst(f, 6.01 + k, &c, 64, 0);
            }
        }
        feed_tick(f, 40);
        expect_code(f, "cause", sse_cause_code(feed_client(f)->dns.cause), rows[i].cause);
        feed_free(f);
    }
}

/* "Judged over the silence at the run's end ... It began at `since` or before": 443
 * is refused for long, and then all is silent; or it goes on being refused. */
static void a_line_that_dies_behind_refusals_is_dead(void **state)
{
    static const struct { const char *what; feed_fate on443, on53; const char *state, *cause; } rows[] = {
        { "both ports are silent at the end", SILENT, SILENT, "inconclusive", "no-connectivity" },
        { "443 goes on being refused", REFUSED, SILENT, "unprotected", "refused" },
        { "53 is answered by somebody else", SILENT, NXDOMAIN, "unprotected", "intercepted" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < 4; k++)
            feed_dead_cycle(f, 15 * k, CLIENT, REFUSED, ANSWERED);
        for (unsigned k = 0; k < 2; k++) {
            feed_burst(f, 60 + 15 * k, CLIENT, 443, rows[i].on443);
            feed_silent_visit(f, 61 + 15 * k, CLIENT, k ? SITE2 : SITE);
            feed_burst(f, 65 + 15 * k, CLIENT, 53, rows[i].on53);
        }
        feed_tick(f, 100);
        expect_dns(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* "save data in a connection older than the run to whichever public address that had
 * answered in the 60 s before it, one attempt each": a client whose web goes through
 * tunnels makes no other attempts. */
static void data_in_older_tunnels_is_an_attempt(void **state)
{
    static const struct { const char *what; unsigned tunnels; double answered, again; const char *state, *cause; } rows[] = {
        { "two tunnels", 2, 5, 0, "inconclusive", "no-connectivity" },
        { "the same, and it healed", 2, 5, 70, "inconclusive", "no-connectivity" },
        { "one tunnel", 1, 5, 0, "unprotected", "no-reply" },
        { "two that were idle for long", 2, -70, 0, "unprotected", "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c[2];

        feed_row("%s", rows[i].what);
        feed_learn(f, -100, CLIENT);
        for (unsigned k = 0; k < rows[i].tunnels; k++) {
            c[k] = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(50000 + k));
            feed_syn(f, -80.0 + k, &c[k]);
            feed_synack(f, -79.98 + k, &c[k]);
            feed_connect(f, -79.97 + k, &c[k], "site.example");
            feed_status(f, -79.95 + k, &c[k], 200);
        }
        for (unsigned k = 0; k < rows[i].tunnels; k++) {
            feed_payload(f, rows[i].answered + k - 0.1, &c[k], 100);
            feed_server_payload(f, rows[i].answered + k, &c[k], 100);
        }
        feed_dead_cycle(f, 10, CLIENT, SILENT, SILENT);
        for (unsigned k = 0; k < rows[i].tunnels; k++)
            feed_payload(f, 16 + k, &c[k], 100);
        for (unsigned k = 0; k < rows[i].tunnels; k++)
            feed_payload_again(f, 19 + k, &c[k]);
        feed_dead_cycle(f, 25, CLIENT, SILENT, SILENT);
        for (unsigned k = 0; k < rows[i].tunnels && rows[i].again > 0; k++) {
            feed_payload_again(f, rows[i].again + k, &c[k]);
            feed_server_ack(f, rows[i].again + k + 0.02, &c[k]);
        }
        feed_tick(f, 80);
        expect_dns(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

/* A server anywhere: the answer to a query of the client's. */
static void public_answer(feed *f, double at, uint16_t id, uint8_t rcode)
{
    feed_dns message = { .client = CLIENT, .server = "8.8.8.8", .port = 53, .id = id, .name = OBS_NAME_OTHER };

    feed_message(f, at, message);
    message.response = true;
    message.rcode = rcode;
    feed_message(f, at + 0.01, message);
}

/* "SERVFAIL and REFUSED of any address but a resolver's, are as good as silence
 * here": a router that redirects all DNS and is cut off. */
static void an_error_in_a_public_servers_name_shows_no_line(void **state)
{
    static const struct { const char *what; uint8_t rcode; const char *state, *cause; } rows[] = {
        { "SERVFAIL", 2, "inconclusive", "no-connectivity" }, { "REFUSED", 5, "inconclusive", "no-connectivity" },
        { "NXDOMAIN", 3, "unprotected", "no-reply" }, { "an answer", 0, "unprotected", "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_other(f, 0, LOCAL_DNS, CLIENT);
        for (uint16_t k = 0; k < 2; k++) {
            feed_dead_cycle(f, 1 + 15 * k, CLIENT, SILENT, SILENT);
            public_answer(f, 7 + 15 * k, (uint16_t)(800 + k), rows[i].rcode);
        }
        feed_tick(f, 60);
        expect_dns(f, rows[i].state, rows[i].cause);
        feed_free(f);
    }
}

static void no_connectivity_has_no_since_and_no_firewall_advice(void **state)
{
    feed *f = dead_link(DEAD);

    (void)state;
    expect_dns(f, "inconclusive", "no-connectivity");
    expect_frame(f, "since", feed_client(f)->dns.since.frame, 0);
    expect_number(f, "allow", feed_client(f)->dns.allow->len, 0);
    feed_free(f);
}

static void silence_of_the_client_limits_the_confidence(void **state)
{
    feed *f = dead_link(NO_ATTEMPT);

    (void)state;
    expect_dns(f, "unprotected", "no-reply");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
    expect_finding(f, SSE_FIND_NO_CONTROL_TRAFFIC);
    feed_free(f);
}

static void protected_network_goes_before_no_connectivity(void **state)
{
    feed *f = *state;
    obs_identity told = { .server = "m1.lon", .orgid = "123456" };

    feed_query(f, 0, CLIENT, LOCAL_DNS, 53, 500);
    feed_message(f, 0.01, (feed_dns){ .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 500, .name = OBS_NAME_DEBUG, .response = true,
                                      .answers = 6, .server_string = true, .identity = &told });
    feed_dead_cycle(f, 1, CLIENT, SILENT, SILENT);
    feed_silent_visit(f, 6.5, CLIENT, SITE);
    feed_silent_visit(f, 6.6, CLIENT, SITE2);
    finish(f, 10);
    expect_dns(f, "inconclusive", "protected-network");
}

/* "Two-way file, no reply on either port, but in three or more bursts on 443 the
 * module never falls back to 53": it asks there with an identity, in a rhythm of its
 * own. "Where it falls back and goes on with DNSCrypt the verdict stands, limited." */
static void a_module_that_acts_as_if_it_got_replies(void **state)
{
    static const struct { const char *what; unsigned bursts, fall_back; bool asks53, refused, encrypted; const char *state, *confidence; bool found; } rows[] = {
        { "three bursts without falling back", 3, 9, true, false, false, "inconclusive", "high", true },
        { "two", 2, 9, true, false, false, "unprotected", "high", false },
        { "one of three falls back", 3, 1, true, false, false, "unprotected", "high", false },
        { "all fall back", 3, 0, true, false, false, "unprotected", "high", false },
        { "all fall back, DNSCrypt goes on", 3, 0, true, false, true, "unprotected", "limited", false },
        { "53 is refused", 3, 9, true, true, false, "unprotected", "high", false },
        { "three bursts, 53 never asked", 3, 9, false, false, false, "inconclusive", "high", true },
        { "two, 53 never asked", 2, 9, false, false, false, "inconclusive", "high", false },
    };
    const obs_identity own = { .orgid = "123456" };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        uint16_t id = 900;

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < rows[i].bursts; k++) {
            const double at = 20.0 * k;

            feed_burst(f, at, CLIENT, 443, SILENT);
            for (unsigned n = 0; n < 2 && rows[i].asks53; n++, id++) {
                feed_message(f, at + 1 + n, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = id, .name = OBS_NAME_DEBUG, .identity = &own });
                if (rows[i].refused)
                    feed_rcode(f, at + 1.01 + n, CLIENT, R1, 53, id, 5);
            }
            if (k == rows[i].fall_back || rows[i].fall_back == 0)
                feed_burst(f, at + 5, CLIENT, 53, SILENT);
            if (rows[i].encrypted)
                feed_encrypted_row(f, at + 12, 2, 0.5, CLIENT, R1, 443, false);
            alive(f, at + 9);
        }
        finish(f, 80);
        expect_dns(f, rows[i].state, strcmp(rows[i].state, "inconclusive") == 0 ? NULL : rows[i].refused ? "refused" : "no-reply");
        expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), rows[i].confidence);
        expect_finding_at(f, SSE_FIND_ONE_WAY_CAPTURE, rows[i].found, __FILE__, __LINE__);
        feed_free(f);
    }
}

/* ---- causes ---- */

typedef struct cause_row { const char *what; feed_fate fates[8]; unsigned n; const char *cause; } cause_row;

static void cause_of_a_port(void **state)
{
    static const cause_row rows[] = {
        { "all silent", { SILENT, SILENT, SILENT }, 3, "no-reply" },
        { "two of five named", { SILENT, ICMP_FILTER, SILENT, ICMP_FILTER, SILENT }, 5, "icmp-unreachable" },
        { "one of five named", { SILENT, ICMP_FILTER, SILENT, SILENT, SILENT }, 5, "no-reply" },
        { "the more frequent", { NXDOMAIN, REFUSED, REFUSED, NXDOMAIN, REFUSED }, 5, "refused" },
        { "tie: court order first", { REFUSED, COURT_ORDER, REFUSED, COURT_ORDER }, 4, "court-order" },
        { "tie: intercepted before refused", { REFUSED, NXDOMAIN, REFUSED, NXDOMAIN }, 4, "intercepted" },
        { "tie: refused before ICMP", { ICMP_FILTER, REFUSED, ICMP_FILTER, REFUSED }, 4, "refused" },
        { "many silent, two intercepted", { SILENT, SILENT, SILENT, SILENT, SILENT, NXDOMAIN, NXDOMAIN }, 7, "intercepted" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < rows[i].n; k++)
            feed_probe(f, k, CLIENT, k % 2 ? R2 : R1, 443, rows[i].fates[k]);
        alive(f, rows[i].n);
        finish(f, rows[i].n);
        expect_port(f, 4, 443, "down");
        expect_code(f, "cause", sse_cause_code(port_of(f, 4, 443)->cause), rows[i].cause);
        feed_free(f);
    }
}

static void an_up_port_has_no_cause(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 0);
    expect_code(f, "443", sse_cause_code(port_of(f, 4, 443)->cause), NULL);
    expect_code(f, "53", sse_cause_code(port_of(f, 4, 53)->cause), NULL);
}

static void cause_of_the_state_is_the_stronger_of_its_ports(void **state)
{
    static const struct { feed_fate on443, on53; const char *cause; } rows[] = {
        { SILENT, NXDOMAIN, "intercepted" }, { ICMP_FILTER, SILENT, "icmp-unreachable" }, { REFUSED, NXDOMAIN, "intercepted" },
        { NXDOMAIN, COURT_ORDER, "court-order" }, { ICMP_FILTER, REFUSED, "refused" }, { SILENT, SILENT, "no-reply" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("row %zu: %s", i, rows[i].cause);
        feed_dead_cycle(f, 0, CLIENT, rows[i].on443, rows[i].on53);
        alive(f, 6);
        finish(f, 6);
        expect_dns(f, "unprotected", rows[i].cause);
        feed_free(f);
    }
}

/* ---- encryption ---- */

static void encryption(void **state)
{
    static const struct { const char *what; feed_fate on443, on53; bool dnscrypt; const char *code; } rows[] = {
        { "a reply in the clear says dnscrypt enabled", ANSWERED, ANSWERED, true, "available" },
        { "443 up", ANSWERED, ANSWERED, false, "available" },
        { "443 down, 53 up", SILENT, ANSWERED, false, "unavailable" },
        { "both down", SILENT, SILENT, false, "unknown" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        obs_identity told = { .server = "m1.lon", .dnscrypt = true };

        feed_row("%s", rows[i].what);
        feed_dead_cycle(f, 0, CLIENT, rows[i].on443, rows[i].on53);
        if (rows[i].dnscrypt) {
            feed_query(f, 6, CLIENT, R1, 443, 1);
            feed_message(f, 6.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_DEBUG, .response = true,
                                              .answers = 6, .server_string = true, .identity = &told });
        }
        alive(f, 7);
        finish(f, 7);
        expect_code(f, "encryption", sse_encryption_code(feed_client(f)->encryption), rows[i].code);
        feed_free(f);
    }
}

static void only_53_tested_and_up_leaves_encryption_unknown(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 53, ANSWERED);
    finish(f, 0);
    expect_code(f, "encryption", sse_encryption_code(feed_client(f)->encryption), "unknown");
}

static void encryption_counts_since_the_states_since(void **state)
{
    feed *f = *state;
    obs_identity told = { .server = "m1.lon", .dnscrypt = true };

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_DEBUG, .response = true,
                                      .answers = 6, .server_string = true, .identity = &told });
    feed_dead_cycle(f, 20, CLIENT, SILENT, SILENT);
    alive(f, 26);
    finish(f, 26);
    expect_dns(f, "unprotected", "no-reply");
    expect_code(f, "encryption", sse_encryption_code(feed_client(f)->encryption), "unknown");
}

/* ---- IPv4 and IPv6 ---- */

/* One host with both versions: one link-layer address. */
static feed *dual_stack(void)
{
    feed *f = feed_new();

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    return f;
}

static void ipv6_does_not_count_where_no_other_ipv6_reaches_the_client(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 1, CLIENT6, SILENT, SILENT);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    feed_control(f, 11, CLIENT);
    finish(f, 11);
    expect_dns(f, "protected", NULL);
    expect_number(f, "IPv6 counts", feed_client(f)->ip[1].counts, false);
    expect_finding(f, SSE_FIND_IPV6_NO_CONNECTIVITY);
    feed_free(f);
}

static void ipv6_counts_where_other_ipv6_reaches_the_client(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 1, CLIENT6, SILENT, SILENT);
    feed_other(f, 7, SITE6, CLIENT6);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    feed_control(f, 11, CLIENT);
    feed_other(f, 12, SITE6, CLIENT6);
    finish(f, 12);
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "named version", (uint64_t)feed_client(f)->named_version, 6);
    expect_no_finding(f, SSE_FIND_IPV6_NO_CONNECTIVITY);
    feed_free(f);
}

static void link_local_ipv6_is_no_ipv6_connectivity(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 1, CLIENT6, SILENT, SILENT);
    feed_other(f, 7, "fe80::1", CLIENT6);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    feed_control(f, 11, CLIENT);
    finish(f, 11);
    expect_dns(f, "protected", NULL);
    feed_free(f);
}

/* "since the newest change of networks a packet of a global IPv6 address reached
 * the client": at home it did. */
static void ipv6_of_the_old_network_does_not_count(void **state)
{
    static const struct { const char *what; bool here; } rows[] = { { "heard on the old network only", false }, { "heard on the new one", true } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = dual_stack();

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT2, 7, 128);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_burst(f, 1, CLIENT6, 443, ANSWERED);
        feed_burst(f, 100, CLIENT2, 443, ANSWERED);
        feed_dead_cycle(f, 101, CLIENT6, SILENT, SILENT);
        if (rows[i].here)
            feed_other(f, 107, SITE6, CLIENT6);
        feed_burst(f, 115, CLIENT2, 443, ANSWERED);
        feed_control(f, 116, CLIENT2);
        finish(f, 117);
        expect_number(f, "IPv6 counts", feed_client(f)->ip[1].counts, rows[i].here);
        expect_dns(f, rows[i].here ? "unprotected" : "protected", rows[i].here ? "no-reply" : NULL);
        expect_finding_at(f, SSE_FIND_IPV6_NO_CONNECTIVITY, !rows[i].here, __FILE__, __LINE__);
        feed_free(f);
    }
}

static void ipv6_counts_where_there_are_no_ipv4_probes(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT6, SILENT, SILENT);
    feed_other(f, 6, "fe80::1", CLIENT6);
    finish(f, 6);
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "IPv6 counts", feed_client(f)->ip[1].counts, true);
}

static void the_worst_version_names_the_client(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_burst(f, 6, CLIENT6, 443, ANSWERED);
    feed_other(f, 7, SITE6, CLIENT6);
    feed_control(f, 8, CLIENT);
    finish(f, 8);
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "named version", (uint64_t)feed_client(f)->named_version, 4);
    feed_free(f);
}

static void ties_go_to_ipv4(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_burst(f, 0, CLIENT6, 443, ANSWERED);
    feed_burst(f, 1, CLIENT, 443, ANSWERED);
    feed_other(f, 2, SITE6, CLIENT6);
    finish(f, 2);
    expect_dns(f, "protected", NULL);
    expect_number(f, "named version", (uint64_t)feed_client(f)->named_version, 4);
    feed_free(f);
}

/* "a version with `no-connectivity` does not count while the other is
 * protected" */
static void a_dead_version_does_not_count_while_the_other_protects(void **state)
{
    feed *f = dual_stack();

    (void)state;
    feed_burst(f, 0, CLIENT6, 443, ANSWERED);
    feed_other(f, 0.5, LOCAL_DNS, CLIENT);
    feed_other(f, 0.6, SITE6, CLIENT6);
    feed_dead_cycle(f, 1, CLIENT, SILENT, SILENT);
    feed_silent_visit(f, 6.5, CLIENT, SITE);
    feed_silent_visit(f, 6.6, CLIENT, SITE2);
    feed_burst(f, 16, CLIENT6, 443, ANSWERED);
    finish(f, 16);
    expect_code(f, "IPv4", sse_cause_code(feed_client(f)->ip[0].cause), "no-connectivity");
    expect_dns(f, "protected", NULL);
    expect_number(f, "named version", (uint64_t)feed_client(f)->named_version, 6);
    feed_free(f);
}

/* ---- confidence and evidence ---- */

static void protected_on_443_with_both_ways_is_certain(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    finish(f, 10);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
}

static void unprotected_with_control_is_certain(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    alive(f, 6);
    feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT);
    alive(f, 21);
    finish(f, 21);
    expect_dns(f, "unprotected", "no-reply");
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "high");
    assert_true(feed_client(f)->dns.has_control);
    expect_number(f, "DNS answers", feed_client(f)->dns.control_dns_answers, 2);
    expect_number(f, "TCP opened", feed_client(f)->dns.control_tcp_opened, 2);
}

/* "what reached the client in the window of the failing run (of DNS: from `since`
 * on), to 10 s after its newest failure whatever lies between" */
static void control_is_of_the_window_whatever_lies_between(void **state)
{
    typedef enum { NOTHING, LOOKUP, HANDSHAKE } between;
    static const struct { const char *what; between between; double at; bool control; } rows[] = {
        { "before protection was lost", NOTHING, 4.5, false }, { "in the run", NOTHING, 8, true },
        { "behind it", NOTHING, 29.9, true }, { "more than 10 s behind it", NOTHING, 30.1, false },
        { "behind a lookup", LOOKUP, 24, true }, { "behind a lookup, more than 10 s behind the run", LOOKUP, 30.1, false },
        { "behind an opened handshake", HANDSHAKE, 24, true },
        { "behind an opened handshake, more than 10 s behind the run", HANDSHAKE, 30.1, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("%s", rows[i].what);
        feed_learn(f, -20, CLIENT);
        feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
        if (rows[i].at < 15)
            feed_visit(f, rows[i].at, CLIENT, SITE, 443);
        feed_dead_cycle(f, 15, CLIENT, SILENT, SILENT); /* its newest at 20.001 s */
        if (rows[i].between == LOOKUP)
            feed_lookup(f, 23, CLIENT, LOCAL_DNS, 1);
        if (rows[i].between == HANDSHAKE) {
            feed_syn(f, 23, &c);
            feed_synack(f, 23.02, &c);
        }
        if (rows[i].at > 15)
            feed_visit(f, rows[i].at, CLIENT, SITE, 443);
        feed_tick(f, 60);
        expect_dns(f, "unprotected", "no-reply");
        expect_number(f, "TCP opened", feed_client(f)->dns.control_tcp_opened, rows[i].control);
        expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), rows[i].control ? "high" : "limited");
        feed_free(f);
    }
}

static void without_failing_run_there_is_no_control(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    alive(f, 1);
    finish(f, 1);
    assert_false(feed_client(f)->dns.has_control);
}

static void protected_by_53_alone_may_be_someones_nslookup(void **state)
{
    (void)state;
    for (int identity = 0; identity < 2; identity++) {
        feed *f = feed_new();
        obs_identity own = { .device = "0102030405060708" };

        feed_row("identity option: %d", identity);
        feed_message(f, 0, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = identity ? &own : NULL });
        feed_reply(f, 0.02, CLIENT, R1, 53, 1);
        finish(f, 0);
        expect_dns(f, "protected", NULL);
        expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), identity ? "high" : "limited");
        feed_free(f);
    }
}

static void protected_without_probes_for_60_s_may_have_stopped(void **state)
{
    static const struct { double end; bool traffic; const char *confidence; } rows[] = {
        { 59, true, "high" }, { 65, true, "limited" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("file ends at %.0f s", rows[i].end);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        for (double at = 2; at < rows[i].end; at += 6)
            alive(f, at);
        feed_tick(f, rows[i].end);
        expect_dns(f, "protected", NULL);
        expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), rows[i].confidence);
        feed_free(f);
    }
}

static void protected_seen_from_remote_is_limited(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 1, 125);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 0);
    assert_false(feed_client(f)->at_client);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
}

static void initial_ttl_is_the_client_itself(void **state)
{
    static const struct { uint8_t ttl; bool client; } rows[] = { { 64, true }, { 128, true }, { 255, true }, { 63, false }, { 127, false }, { 254, false } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("TTL %u", rows[i].ttl);
        feed_host(f, CLIENT, 5, rows[i].ttl);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        finish(f, 0);
        expect_number(f, "at the client", feed_client(f)->at_client, rows[i].client);
        feed_free(f);
    }
}

static void a_clock_jump_limits_the_confidence(void **state)
{
    feed *f = *state;

    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    feed_jump(f, 5);
    feed_burst(f, 20, CLIENT, 443, ANSWERED);
    finish(f, 20);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
}

static void last_evidence_is_the_newest_frame_that_confirms(void **state)
{
    feed *f = *state;
    uint32_t frame;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_query(f, 10, CLIENT, R1, 443, 1);
    frame = feed_reply(f, 10.02, CLIENT, R1, 443, 1);
    alive(f, 11);
    finish(f, 11);
    expect_frame(f, "evidence", feed_client(f)->dns.evidence_frame, frame);
}

static void counts_per_port_start_at_the_newest_change(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 10, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 20, CLIENT, SILENT, SILENT);
    alive(f, 26);
    feed_dead_cycle(f, 35, CLIENT, SILENT, SILENT);
    alive(f, 41);
    finish(f, 41);
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "answered since", port_of(f, 4, 443)->answered, 0);
    expect_number(f, "53 tried since", port_of(f, 4, 53)->tried, 4);
    expect_number(f, "53 failed since", port_of(f, 4, 53)->failed, 4);
}

static void round_trips_are_of_answered_probes(void **state)
{
    feed *f = *state;
    const sse_resolver_report *r;

    feed_query(f, 0, CLIENT, R1, 443, 1);
    feed_reply(f, 0.010, CLIENT, R1, 443, 1);
    feed_query(f, 10, CLIENT, R1, 443, 2);
    feed_reply(f, 10.030, CLIENT, R1, 443, 2);
    feed_query(f, 20, CLIENT, R1, 443, 3);
    feed_nxdomain(f, 20.001, CLIENT, R1, 443, 3);
    finish(f, 20);
    expect_number(f, "resolvers", feed_client(f)->resolvers->len, 1);
    r = &g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0);
    expect_number(f, "probes", r->probes, 3);
    expect_number(f, "answered", r->outcomes[SSE_PROBE_ANSWERED], 2);
    expect_number(f, "count", r->rtt.count, 2);
    expect_number(f, "min", (uint64_t)r->rtt.min, 10 * (uint64_t)SSE_MSECOND);
    expect_number(f, "max", (uint64_t)r->rtt.max, 30 * (uint64_t)SSE_MSECOND);
    expect_number(f, "sum", (uint64_t)r->rtt.sum, 40 * (uint64_t)SSE_MSECOND);
    expect_number(f, "false reply's frame", r->fake_frame != 0, true);
    expect_number(f, "false reply's code", r->fake_rcode, 3);
}

static void a_selection_leaves_out_what_no_frame_of_passed(void **state)
{
    feed *f = *state;
    sse_selection *s;
    sse_report *r;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 10, CLIENT2, 443, ANSWERED);
    finish(f, 10);
    s = sse_selection_new("ip.addr == 10.0.0.5");
    sse_selection_add(s, SSE_OF_PROBE, 0, true);
    sse_selection_add(s, SSE_OF_PROBE, 0, false);
    sse_tracker_settle(f->t);
    r = sse_verdict(f->t, s);
    expect_number(f, "clients", r->clients->len, 1);
    expect_number(f, "probes", g_array_index(g_array_index(r->clients, sse_client_report, 0).resolvers, sse_resolver_report, 0).probes, 1);
    expect_code(f, "filter", r->filter, "ip.addr == 10.0.0.5");
    sse_report_free(r);
    sse_selection_free(s);
}

static sse_lost_direction lost_by(feed *f, bool from_client)
{
    sse_selection *s = sse_selection_new("ip.src == 10.0.0.5");
    sse_lost_direction lost;
    sse_report *r;

    sse_selection_add(s, SSE_OF_PROBE, 0, from_client);
    sse_selection_add(s, SSE_OF_PROBE, 1, from_client);
    sse_tracker_settle(f->t);
    r = sse_verdict(f->t, s);
    lost = r->lost_direction;
    sse_report_free(r);
    sse_selection_free(s);
    return lost;
}

static void a_selection_of_one_direction_is_said(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    finish(f, 0);
    expect_number(f, "packets of the client", lost_by(f, true), SSE_LOST_TO_CLIENT);
    expect_number(f, "packets towards the client", lost_by(f, false), SSE_LOST_FROM_CLIENT);
    expect_number(f, "everything", feed_report(f)->lost_direction, SSE_LOST_NONE);
}

/* Nothing was answered: a filter on the client loses nothing. */
static void a_selection_of_silence_is_no_lost_direction(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, SILENT);
    finish(f, 20);
    expect_number(f, "packets of the client", lost_by(f, true), SSE_LOST_NONE);
}

/* ---- strangers ---- */

/* A packet on ports that the client does not use answers nothing. */
static void a_stranger_shows_no_line(void **state)
{
    static const struct { const char *what; bool asked, question; const char *dns, *cause; } rows[] = {
        { "a stranger's", false, false, "inconclusive", "no-connectivity" },
        { "one that was asked for", true, false, "unprotected", "no-reply" },
        { "a stranger's question, and an answer in the client's name", false, true, "inconclusive", "no-connectivity" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns question = { .client = SITE, .server = CLIENT, .port = 53, .id = 700, .name = OBS_NAME_DEBUG };

        feed_row("%s", rows[i].what);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_dead_cycle(f, 20, CLIENT, SILENT, SILENT);
        for (uint16_t k = 0; k < 3; k++) {
            feed_conn c = feed_connection(CLIENT, SITE, 443, (uint16_t)(50000 + k));

            feed_syn(f, 25.5 + k * 0.1, &c);
        }
        if (rows[i].asked)
            feed_other(f, 25.9, SITE, CLIENT);
        if (rows[i].question) {
            feed_message(f, 25.85, question);
            question.response = true;
            feed_message(f, 25.87, question);
        }
        if (!rows[i].asked)
            feed_stranger(f, 25.9, SITE, CLIENT);
        feed_tick(f, 60);
        expect_dns(f, rows[i].dns, rows[i].cause);
        feed_free(f);
    }
}

static void a_stranger_is_no_second_direction(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_stranger(f, 6, SITE, CLIENT);
    feed_tick(f, 60);
    expect_finding(f, SSE_FIND_ONE_WAY_CAPTURE);
}

/* What came before the client sent on these ports was asked for all the same. */
static void what_a_client_sends_later_tells_as_well(void **state)
{
    feed *f = *state;

    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_stranger(f, 6, SITE, CLIENT);
    feed_other(f, 7, CLIENT, SITE);
    feed_tick(f, 60);
    expect_no_finding(f, SSE_FIND_ONE_WAY_CAPTURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_shows_no_line), TEST(a_stranger_is_no_second_direction), TEST(what_a_client_sends_later_tells_as_well),
        TEST(an_answer_for_ipv4only_arpa_teaches_a_prefix),
        TEST(an_answer_that_nobody_asked_for_teaches_no_prefix),
        TEST(an_answer_at_the_files_start_teaches_a_prefix),
        TEST(prefixes_are_limited),
        TEST(a_prefix_that_is_told_again_takes_no_room),
        TEST(a_prefix_that_is_public_changes_no_address),
        TEST(a_probe_shows_a_resolver_behind_a_nat64),
        TEST(the_us_only_pair_is_resolvers_and_in_nobody_elses_rules),
        TEST(rules_name_the_resolvers_that_the_client_asked),
        cmocka_unit_test(fake_replies_have_an_origin), TEST(icmp_in_the_resolvers_own_name_is_a_redirection),
        TEST(two_failed_probes_bring_a_port_down),
        TEST(one_failed_probe_leaves_a_port_untested),
        TEST(one_answer_brings_a_port_up),
        TEST(pending_probes_say_nothing),
        cmocka_unit_test(every_failed_outcome_brings_a_port_down),
        TEST(late_replies_bring_a_port_down),
        TEST(local_probes_never_count),
        cmocka_unit_test(a_failure_within_1_s_of_the_answered_probe_is_not_in_the_run),
        TEST(the_second_runs_from_the_query_not_from_its_reply),
        TEST(an_answer_after_the_failures_ends_the_run),
        cmocka_unit_test(one_dead_resolver_needs_60_s),
        TEST(failures_at_both_resolvers_need_no_60_s),
        TEST(both_ports_down_is_unprotected),
        TEST(since_is_the_later_of_the_two_first_failures),
        TEST(since_is_the_first_443_probe_where_53_failed_before),
        TEST(since_is_at_or_before_where_no_other_state_was_seen),
        TEST(since_is_exact_after_protection_was_seen),
        TEST(protected_since_the_first_answer_after_the_last_outage),
        TEST(protected_since_the_first_answer_where_no_outage_was_seen),
        TEST(since_of_a_port_is_its_own),
        TEST(an_untested_port_has_no_since),
        TEST(a_port_that_came_back_is_up_since_then),
        TEST(the_port_that_failed_first_must_still_fail_10_s_before_since),
        TEST(a_failure_of_the_first_port_after_since_is_as_good),
        TEST(fifty_three_always_blocked_and_one_443_burst_lost_is_no_outage),
        cmocka_unit_test(one_port_up_is_protected),
        cmocka_unit_test(up_grows_old_only_by_a_failure_on_the_other_port),
        TEST(up_and_untested_other_port_aged_is_inconclusive),
        TEST(port_53_may_age_too),
        TEST(no_probes_is_not_observed),
        TEST(tcp_alone_does_not_protect),
        TEST(tcp_failures_bring_no_port_down),
        TEST(one_way_stands_where_53_follows_four_to_seven_seconds_after_443),
        TEST(one_way_needs_every_burst_followed),
        TEST(one_way_forgives_a_burst_in_the_last_7_s),
        TEST(a_one_way_burst_begins_with_its_first_query),
        TEST(one_way_has_limited_confidence),
        cmocka_unit_test(a_local_probe_answered_by_opendns_around_the_run),
        TEST(a_local_probe_answered_by_another_server_changes_nothing),
        TEST(no_connectivity_where),
        cmocka_unit_test(a_line_that_dies_behind_refusals_is_dead),
        cmocka_unit_test(an_error_in_a_public_servers_name_shows_no_line),
        cmocka_unit_test(data_in_older_tunnels_is_an_attempt),
        cmocka_unit_test(icmp_errors_of_routing_are_as_good_as_silence),
        cmocka_unit_test(other_attempts_may_meet_errors_of_routing),
        cmocka_unit_test(no_connectivity_has_no_since_and_no_firewall_advice),
        cmocka_unit_test(silence_of_the_client_limits_the_confidence),
        TEST(protected_network_goes_before_no_connectivity),
        cmocka_unit_test(a_module_that_acts_as_if_it_got_replies),
        cmocka_unit_test(cause_of_a_port),
        TEST(an_up_port_has_no_cause),
        cmocka_unit_test(cause_of_the_state_is_the_stronger_of_its_ports),
        cmocka_unit_test(encryption),
        TEST(only_53_tested_and_up_leaves_encryption_unknown),
        TEST(encryption_counts_since_the_states_since),
        cmocka_unit_test(ipv6_does_not_count_where_no_other_ipv6_reaches_the_client),
        cmocka_unit_test(ipv6_counts_where_other_ipv6_reaches_the_client),
        cmocka_unit_test(link_local_ipv6_is_no_ipv6_connectivity),
        cmocka_unit_test(ipv6_of_the_old_network_does_not_count),
        TEST(ipv6_counts_where_there_are_no_ipv4_probes),
        cmocka_unit_test(the_worst_version_names_the_client),
        cmocka_unit_test(ties_go_to_ipv4),
        cmocka_unit_test(a_dead_version_does_not_count_while_the_other_protects),
        TEST(protected_on_443_with_both_ways_is_certain),
        TEST(unprotected_with_control_is_certain),
        cmocka_unit_test(control_is_of_the_window_whatever_lies_between),
        TEST(without_failing_run_there_is_no_control),
        cmocka_unit_test(protected_by_53_alone_may_be_someones_nslookup),
        cmocka_unit_test(protected_without_probes_for_60_s_may_have_stopped),
        TEST(protected_seen_from_remote_is_limited),
        cmocka_unit_test(initial_ttl_is_the_client_itself),
        TEST(a_clock_jump_limits_the_confidence),
        TEST(last_evidence_is_the_newest_frame_that_confirms),
        TEST(counts_per_port_start_at_the_newest_change),
        TEST(round_trips_are_of_answered_probes),
        TEST(a_selection_leaves_out_what_no_frame_of_passed),
        TEST(a_selection_of_one_direction_is_said),
        TEST(a_selection_of_silence_is_no_lost_direction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
