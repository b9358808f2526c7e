/* test_clients.c
 * Which addresses are clients, and which of them are one.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"
#include "findings.h"

#define CLIENT6B "2001:db8::6"

static void finish(feed *f, double last)
{
    feed_control(f, last, CLIENT);
    feed_tick(f, last + 20);
}

/* A probe that carries a device id, answered. */
static void probe_of_device(feed *f, double at, const char *client, const char *device)
{
    obs_identity own = { 0 };
    uint16_t id = f->id++;
    const char *resolver = strchr(client, ':') != NULL ? R1_6 : R1;

    g_strlcpy(own.device, device, sizeof own.device);
    feed_message(f, at, (feed_dns){ .client = client, .server = resolver, .port = 53, .id = id, .name = OBS_NAME_DEBUG, .identity = &own });
    feed_reply(f, at + 0.02, client, resolver, 53, id);
}

static void expect_clients_at(feed *f, uint32_t count, int line)
{
    expect_number_at(f, "clients", feed_report(f)->clients->len, count, __FILE__, line);
}
#define expect_clients(f, count) expect_clients_at(f, count, __LINE__)

static const char *name_of(const sse_client_report *c)
{
    static char text[SSE_ADDR_TEXT];

    return sse_addr_text(&c->client, text);
}

static const char *address_of(const sse_client_report *c, guint i)
{
    static char text[SSE_ADDR_TEXT];

    return i < c->addresses->len ? sse_addr_text(&g_array_index(c->addresses, sse_addr, i), text) : NULL;
}

/* ---- who is a client ---- */

static void a_loopback_address_is_never_a_client(void **state)
{
    feed *f = *state;

    feed_query(f, 0, "127.0.0.1", R1, 53, 1);
    feed_query(f, 1, "::1", R1_6, 53, 2);
    feed_tick(f, 20);
    expect_clients(f, 0);
}

/* Else one forged packet would take a client out of the verdict. */
static void an_answer_that_nobody_asked_for_makes_no_forwarder(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_message(f, 1, (feed_dns){ .client = "10.0.0.99", .server = CLIENT, .port = 53, .id = 1, .name = OBS_NAME_DEBUG,
                                   .response = true, .answers = 1, .server_string = true });
    feed_message(f, 2, (feed_dns){ .client = "10.0.0.99", .server = CLIENT, .port = 53, .id = 2, .name = OBS_NAME_GATEWAY,
                                   .response = true, .answers = 1, .address = { GATEWAY } });
    finish(f, 6);
    assert_non_null(feed_client_of(f, CLIENT));
    expect_code(f, "verdict", sse_state_code(feed_client_of(f, CLIENT)->dns.verdict), "protected");
}

static void an_address_that_answers_such_questions_is_never_a_client(void **state)
{
    feed *f = *state;

    /* A forwarder: asked by the client, it asks OpenDNS itself. */
    for (uint16_t i = 0; i < 3; i++) {
        feed_query(f, i, CLIENT, "10.0.0.53", 53, i);
        feed_query(f, i + 0.001, "10.0.0.53", R1, 53, (uint16_t)(10 + i));
        feed_reply(f, i + 0.02, "10.0.0.53", R1, 53, (uint16_t)(10 + i));
        feed_reply(f, i + 0.021, CLIENT, "10.0.0.53", 53, i);
    }
    feed_burst(f, 5, CLIENT, 443, ANSWERED);
    finish(f, 6);
    expect_clients(f, 1);
    expect_code(f, "client", name_of(feed_client(f)), CLIENT);
}

static void that_is_settled_at_the_end_of_the_file(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, "10.0.0.53", 53, ANSWERED);
    feed_burst(f, 5, CLIENT, 443, ANSWERED);
    for (uint16_t i = 0; i < 3; i++) {
        feed_query(f, 10 + i, CLIENT, "10.0.0.53", 53, i);
        feed_reply(f, 10.02 + i, CLIENT, "10.0.0.53", 53, i);
    }
    finish(f, 14);
    expect_clients(f, 1);
    expect_code(f, "client", name_of(feed_client(f)), CLIENT);
}

/* "a role that needs three answered questions and a third as many as the address has
 * probes of its own": a stranger's questions and forged answers take nobody out. */
static void few_answered_questions_make_no_forwarder(void **state)
{
    static const struct { uint16_t answered, again, own; bool lookups, forwarder; } rows[] = {
        { 2, 1, 2, false, false }, { 3, 1, 4, false, true }, { 3, 1, 10, false, false }, { 4, 1, 12, false, true },
        { 1, 3, 2, false, false }, { 2, 1, 2, true, false }, { 3, 1, 2, true, true }, { 1, 3, 2, true, false },
    };

    const sse_addr client = feed_addr(CLIENT);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u answered %u times, %u of its own", rows[i].answered, rows[i].again, rows[i].own);
        for (unsigned k = 0; k < rows[i].own; k += 2)
            feed_burst(f, k, CLIENT, 443, ANSWERED);
        for (uint16_t k = 0; k < rows[i].answered; k++) {
            const double at = 20 + k;

            if (rows[i].lookups)
                feed_lookup(f, at, "10.0.0.99", CLIENT, k);
            else
                feed_query(f, at, "10.0.0.99", CLIENT, 53, k);
            for (unsigned n = 0; n < rows[i].again; n++)
                if (rows[i].lookups)
                    feed_answer(f, at + 0.02 + n * 0.01, "10.0.0.99", CLIENT, k, 0, GATEWAY);
                else
                    feed_reply(f, at + 0.02 + n * 0.01, "10.0.0.99", CLIENT, 53, k);
        }
        finish(f, 30);
        expect_number(f, "is a client", g_hash_table_contains(feed_report(f)->by_address, &client), !rows[i].forwarder);
        feed_free(f);
    }
}

static void two_hosts_are_two_clients(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 1, CLIENT2, 443, ANSWERED);
    finish(f, 2);
    expect_clients(f, 2);
}

static void worst_client_first_then_by_address(void **state)
{
    static const char *const order[] = { "10.0.0.9", "10.0.0.5", "10.0.0.20" };
    feed *f = *state;

    feed_burst(f, 0, "10.0.0.20", 443, ANSWERED);
    feed_burst(f, 1, "10.0.0.5", 443, ANSWERED);
    feed_dead_cycle(f, 2, "10.0.0.9", SILENT, SILENT);
    feed_control(f, 8, "10.0.0.9");
    feed_tick(f, 30);
    expect_clients(f, 3);
    for (guint i = 0; i < 3; i++)
        expect_code(f, "client", name_of(&g_array_index(feed_report(f)->clients, sse_client_report, i)), order[i]);
}

static void the_files_verdict_is_the_worst_clients(void **state)
{
    feed *f = *state;

    feed_burst(f, 0, CLIENT2, 443, ANSWERED);
    feed_dead_cycle(f, 2, CLIENT, SILENT, SILENT);
    finish(f, 8);
    expect_code(f, "dns", sse_state_code(feed_report(f)->dns), "unprotected");
    expect_code(f, "web", sse_state_code(feed_report(f)->web), "not-observed");
    expect_number(f, "unprotected", feed_report(f)->count_dns[SSE_UNPROTECTED], 1);
    expect_number(f, "protected", feed_report(f)->count_dns[SSE_PROTECTED], 1);
    expect_number(f, "web not observed", feed_report(f)->count_web[SSE_NOT_OBSERVED], 2);
}

/* ---- one device id ---- */

static void addresses_whose_probes_carry_one_device_id_are_one_client(void **state)
{
    feed *f = *state;

    probe_of_device(f, 0, CLIENT, "0102030405060708");
    probe_of_device(f, 1, CLIENT6, "0102030405060708");
    finish(f, 2);
    expect_clients(f, 1);
    expect_number(f, "addresses", feed_client(f)->addresses->len, 2);
}

static void two_device_ids_are_two_clients(void **state)
{
    feed *f = *state;

    probe_of_device(f, 0, CLIENT, "0102030405060708");
    probe_of_device(f, 1, CLIENT6, "1112131415161718");
    finish(f, 2);
    expect_clients(f, 2);
}

static void no_device_id_ties_nothing(void **state)
{
    feed *f = *state;

    probe_of_device(f, 0, CLIENT, "");
    probe_of_device(f, 1, CLIENT6, "");
    finish(f, 2);
    expect_clients(f, 2);
}

static void a_client_is_named_by_its_first_ipv4_address(void **state)
{
    feed *f = *state;

    probe_of_device(f, 0, CLIENT6, "0102030405060708");
    probe_of_device(f, 1, "10.0.0.9", "0102030405060708");
    probe_of_device(f, 2, CLIENT, "0102030405060708");
    finish(f, 3);
    expect_clients(f, 1);
    expect_code(f, "client", name_of(feed_client(f)), "10.0.0.9");
    expect_code(f, "first", address_of(feed_client(f), 0), "10.0.0.9");
    expect_code(f, "second", address_of(feed_client(f), 1), CLIENT);
    expect_code(f, "third", address_of(feed_client(f), 2), CLIENT6);
}

/* ---- one link-layer address ---- */

static void ipv4_and_ipv6_of_one_link_layer_address_are_one_client(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 1, CLIENT6, 443, ANSWERED);
    finish(f, 2);
    expect_clients(f, 1);
    expect_code(f, "client", name_of(feed_client(f)), CLIENT);
    expect_code(f, "second", address_of(feed_client(f), 1), CLIENT6);
}

/* Anybody may send so: what nothing ever reaches takes no client apart, whenever it comes
 * beside others; nor does it become one with them. */
static void what_nothing_ever_reaches_takes_no_client_apart(void **state)
{
    static const struct { const char *what; double at; bool reached; uint32_t clients; } rows[] = {
        { "before IPv6", 1.5, false, 2 }, { "in between", 5, false, 2 }, { "in between, and reached", 5, true, 3 },
        { "near the end", 40.5, false, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const double at = rows[i].at;
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT, 7, 128);
        feed_host(f, CLIENT6, 7, 128);
        feed_host(f, CLIENT2, 7, 128);
        feed_burst(f, 1, CLIENT, 443, ANSWERED);
        if (at < 2)
            feed_query(f, at, CLIENT2, R1, 443, 60000);
        feed_burst(f, 2, CLIENT6, 443, ANSWERED);
        feed_burst(f, 3, CLIENT, 53, ANSWERED);
        if (at > 4 && at < 6)
            feed_query(f, at, CLIENT2, R1, 443, 60000);
        if (rows[i].reached)
            feed_reply(f, at + 0.02, CLIENT2, R1, 443, 60000);
        feed_burst(f, 10, CLIENT6, 53, ANSWERED);
        feed_burst(f, 12, CLIENT, 443, ANSWERED);
        for (double k = 14; k < 42; k += 2)
            feed_control(f, k, CLIENT);
        if (at > 40)
            feed_query(f, at + 2, CLIENT2, R1, 443, 60000);
        feed_control(f, 43, CLIENT);
        feed_tick(f, 60);
        expect_clients(f, rows[i].clients);
        expect_number(f, "addresses", feed_client_of(f, CLIENT)->addresses->len, rows[i].clients == 2 ? 2 : 1);
        feed_free(f);
    }
}

static void link_layer_addresses_tie_only_packets_with_an_initial_ttl(void **state)
{
    static const struct { uint8_t ttl; uint32_t clients; } rows[] = {
        { 64, 1 }, { 128, 1 }, { 255, 1 }, { 63, 2 }, { 127, 2 }, { 254, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("TTL %u", rows[i].ttl);
        feed_host(f, CLIENT, 7, rows[i].ttl);
        feed_host(f, CLIENT6, 7, rows[i].ttl);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_burst(f, 1, CLIENT6, 443, ANSWERED);
        finish(f, 2);
        expect_clients(f, rows[i].clients);
        feed_free(f);
    }
}

/* "of exactly one IPv4 address at a time" */
static void two_ipv4_addresses_at_a_time_tie_no_ipv6(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    for (int i = 0; i < 3; i++) {
        feed_burst(f, i * 10, CLIENT, 443, ANSWERED);
        feed_burst(f, i * 10 + 1, CLIENT2, 443, ANSWERED);
        feed_burst(f, i * 10 + 2, CLIENT6, 443, ANSWERED);
    }
    finish(f, 30);
    expect_clients(f, 3);
}

/* ---- a change of networks ---- */

/* CLIENT until second 20.021, then CLIENT2 of the same link-layer address. */
static feed *moved(double at)
{
    feed *f = feed_new();

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, ANSWERED);
    feed_burst(f, at, CLIENT2, 443, ANSWERED);
    feed_burst(f, at + 10, CLIENT2, 443, ANSWERED);
    feed_control(f, at + 11, CLIENT2);
    feed_tick(f, at + 30);
    return f;
}

static void ipv4_addresses_after_each_other_are_one_client_that_changed_networks(void **state)
{
    static const struct { double at; uint32_t clients; } rows[] = { { 20, 2 }, { 21, 1 }, { 49, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = moved(rows[i].at);

        feed_row("second address from %.0f s on", rows[i].at);
        expect_clients(f, rows[i].clients);
        expect_finding_at(f, SSE_FIND_NETWORK_CHANGED, rows[i].clients == 1, __FILE__, __LINE__);
        feed_free(f);
    }
}

/* Any packet of an address is use, not only the module's. */
static void two_addresses_in_use_together_are_no_change(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 60, CLIENT2, 443, ANSWERED);
    feed_other(f, 74, CLIENT, SITE);
    finish(f, 81);
    expect_clients(f, 2);
}

static void there_and_back_is_one_client(void **state)
{
    static const struct { double back; uint32_t clients; } rows[] = { { 44.9, 2 }, { 45, 1 } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("back after %.1f s", rows[i].back - 30);
        feed_host(f, CLIENT, 7, 128);
        feed_host(f, CLIENT2, 7, 128);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_burst(f, 20, CLIENT, 443, ANSWERED);
        feed_dead_cycle(f, 30, CLIENT2, SILENT, SILENT);
        feed_control(f, 31, CLIENT2);
        feed_burst(f, rows[i].back, CLIENT, 443, ANSWERED);
        finish(f, 60);
        expect_clients(f, rows[i].clients);
        if (rows[i].clients == 1) {
            expect_dns(f, "protected", NULL);
            expect_number(f, "changes", feed_finding(f, SSE_FIND_NETWORK_CHANGED)->frames.total, 2);
        }
        feed_free(f);
    }
}

/* Whoever sends in a host's name gets no answers. */
static void who_receives_nothing_takes_over_from_nobody(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_dead_cycle(f, 60, CLIENT2, SILENT, SILENT);
    finish(f, 2);
    feed_tick(f, 90);
    expect_clients(f, 2);
}

/* Nothing is known of a network whose first probe still waits. */
static void a_new_network_does_not_inherit_the_old_verdict(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_local_query(f, 40, CLIENT2, 77);
    feed_query(f, 40, CLIENT2, R1, 443, 9);
    feed_local_answer(f, 40.01, CLIENT2, 77, 0);
    feed_tick(f, 41);
    expect_clients(f, 1);
    expect_dns(f, "inconclusive", NULL);
}

static void a_new_prefix_is_a_change_of_networks(void **state)
{
    static const struct { const char *second; bool changed; } rows[] = {
        { "2001:db8:0:1::5", true },
        { "2001:db8::7", false }, /* the same /64: another address of that network */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].second);
        feed_host(f, CLIENT6, 7, 64);
        feed_host(f, rows[i].second, 7, 64);
        feed_dead_cycle(f, 0, CLIENT6, SILENT, SILENT);
        feed_other(f, 1, SITE6, CLIENT6);
        feed_dead_cycle(f, 10, CLIENT6, SILENT, SILENT);
        feed_burst(f, 40, rows[i].second, 443, ANSWERED);
        feed_burst(f, 45, rows[i].second, 53, ANSWERED);
        feed_tick(f, 60);
        expect_clients(f, 1);
        expect_dns(f, "protected", NULL);
        expect_finding_at(f, SSE_FIND_NETWORK_CHANGED, rows[i].changed, __FILE__, __LINE__);
        feed_free(f);
    }
}

static void from_ipv4_alone_to_ipv6_alone(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT6, 7, 128);
    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_control(f, 8, CLIENT);
    feed_burst(f, 30, CLIENT6, 443, ANSWERED);
    feed_burst(f, 60, CLIENT6, 443, ANSWERED);
    feed_tick(f, 80);
    expect_clients(f, 1);
    expect_dns(f, "protected", NULL);
    expect_finding(f, SSE_FIND_NETWORK_CHANGED);
}

/* ---- one device id, several machines ---- */

static void query_of_device(feed *f, double at, const char *client, const char *device)
{
    obs_identity own = { 0 };

    g_strlcpy(own.device, device, sizeof own.device);
    feed_message(f, at, (feed_dns){ .client = client, .server = R1, .port = 443, .id = f->id++, .name = OBS_NAME_DEBUG,
                                    .identity = &own });
}

static void cloned_machines_are_two_clients(void **state)
{
    static const struct { double at[4]; uint8_t mac[2], ttl; const char *second; uint32_t clients; bool found, advice; } rows[] = {
        /* in turn, twice each, from two link-layer addresses of one subnet */
        { { 0, 2, 10, 12 }, { 7, 8 }, 128, CLIENT2, 2, true, true },
        { { 0, 30, 60, 90 }, { 7, 8 }, 128, CLIENT2, 2, true, true },
        { { 0, 30.1, 60.2, 90.3 }, { 7, 8 }, 128, CLIENT2, 1, false, false },
        /* once in turn: it may have gone there and back */
        { { 0, 2, 10, 10.1 }, { 7, 8 }, 128, NULL, 1, false, false },
        /* in two subnets: one machine on two adapters */
        { { 0, 2, 10, 12 }, { 7, 8 }, 128, "10.0.1.6", 1, true, false },
        { { 0, 2, 10, 12 }, { 7, 8 }, 127, "10.0.1.6", 2, true, true }, /* behind a router nobody knows */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *second = rows[i].second != NULL ? rows[i].second : CLIENT2;
        feed *f = feed_new();
        const sse_finding *finding;
        guint found = 0;

        feed_row("row %zu", i);
        feed_host(f, CLIENT, rows[i].mac[0], rows[i].ttl);
        feed_host(f, second, rows[i].mac[1], rows[i].ttl);
        for (unsigned k = 0; k < 4; k++)
            probe_of_device(f, rows[i].at[k], k % 2 == 0 || (k == 3 && rows[i].second == NULL) ? CLIENT : second, "0102030405060708");
        feed_tick(f, rows[i].at[3] + 20);
        expect_clients(f, rows[i].clients);
        for (guint k = 0; k < feed_report(f)->clients->len; k++) {
            const sse_client_report *c = &g_array_index(feed_report(f)->clients, sse_client_report, k);

            for (guint n = 0; n < c->findings->len; n++) {
                finding = &g_array_index(c->findings, sse_finding, n);
                if (finding->code == SSE_FIND_DEVICE_ID_SHARED) {
                    found++;
                    expect_number(f, "advice", finding->has_advice, rows[i].advice);
                }
            }
        }
        expect_number(f, "findings, said once", found, rows[i].found);
        feed_free(f);
    }
}

static void the_blocked_one_of_two_clones_is_on_top(void **state)
{
    feed *f = *state;
    const sse_client_report *first;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 8, 128);
    for (double at = 0; at < 40; at += 10) {
        probe_of_device(f, at, CLIENT, "0102030405060708");
        query_of_device(f, at + 1, CLIENT2, "0102030405060708");
        feed_burst(f, at + 1.1, CLIENT2, 443, SILENT);
        feed_burst(f, at + 6, CLIENT2, 53, SILENT);
    }
    feed_control(f, 41, CLIENT2);
    feed_tick(f, 60);
    expect_clients(f, 2);
    first = &g_array_index(feed_report(f)->clients, sse_client_report, 0);
    expect_code(f, "client", name_of(first), CLIENT2);
    expect_code(f, "verdict", sse_state_code(first->dns.verdict), "unprotected");
    expect_number(f, "its findings", sse_client_finding(first, SSE_FIND_DEVICE_ID_SHARED) != NULL, 1);
}

/* Docked and undocked: each time one has taken over from the other. */
static void two_adapters_in_turn_are_no_clones(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 8, 128);
    for (unsigned k = 0; k < 6; k++)
        for (double at = 0; at < 100; at += 10)
            probe_of_device(f, k * 110 + at, k % 2 == 0 ? CLIENT : CLIENT2, "0102030405060708");
    feed_tick(f, 680);
    expect_clients(f, 1);
    expect_no_finding(f, SSE_FIND_DEVICE_ID_SHARED);
}

static void several_device_ids_in_turn_are_a_nat_seen_from_outside(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 64);
    for (unsigned k = 0; k < 4; k++)
        probe_of_device(f, k * 5, CLIENT, k % 2 == 0 ? "0102030405060708" : "1112131415161718");
    finish(f, 20);
    expect_clients(f, 1);
    expect_finding(f, SSE_FIND_ADDRESS_SHARED);
    expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
}

/* ---- one address, several machines ---- */

static void one_address_of_two_link_layer_addresses_is_two_clients(void **state)
{
    static const struct { double at[4]; bool receive; uint32_t clients; } rows[] = {
        { { 0, 2, 10, 12 }, true, 2 },
        { { 0, 30, 60, 90 }, true, 2 },
        { { 0, 30.1, 60.2, 90.3 }, true, 1 },
        { { 0, 2, 10, 12 }, false, 1 },  /* one adapter that sends by another too */
        { { 0, 2, 2.1, 10 }, true, 1 },  /* not in turn */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("row %zu", i);
        for (unsigned k = 0; k < 4; k++) {
            const bool second = i == 4 ? k > 0 : k % 2 == 1;

            feed_host(f, CLIENT, second ? 8 : 7, 128);
            feed_query(f, rows[i].at[k], CLIENT, R1, 443, (uint16_t)(k + 1));
            feed_receiver(f, second && rows[i].receive ? 8 : 7);
            if (!second)
                feed_reply(f, rows[i].at[k] + 0.02, CLIENT, R1, 443, (uint16_t)(k + 1));
            else
                feed_other(f, rows[i].at[k] + 0.02, SITE, CLIENT);
        }
        feed_tick(f, rows[i].at[3] + 20);
        expect_clients(f, rows[i].clients);
        expect_number(f, "found", sse_client_finding(&g_array_index(feed_report(f)->clients, sse_client_report, 0),
                                                     SSE_FIND_ADDRESS_SHARED) != NULL, rows[i].clients == 2);
        feed_free(f);
    }
}

static void evidence_older_than_the_change_decides_nothing(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_control(f, 6, CLIENT);
    feed_burst(f, 100, CLIENT2, 443, ANSWERED);
    feed_burst(f, 110, CLIENT2, 443, ANSWERED);
    feed_control(f, 111, CLIENT2);
    feed_tick(f, 130);
    expect_clients(f, 1);
    expect_dns(f, "protected", NULL);
    expect_code(f, "53", sse_port_state_code(feed_client(f)->ip[0].ports[1].state), "untested");
}

static void protection_before_the_change_does_not_help_after_it(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    feed_host(f, CLIENT2, 7, 128);
    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    feed_burst(f, 20, CLIENT, 443, ANSWERED);
    feed_burst(f, 70, CLIENT2, 443, SILENT);
    feed_burst(f, 75, CLIENT2, 53, SILENT);
    feed_control(f, 76, CLIENT2);
    feed_tick(f, 100);
    expect_clients(f, 1);
    expect_dns(f, "unprotected", "no-reply");
}

static void handshakes_older_than_the_change_decide_nothing(void **state)
{
    static const struct { const char *what; bool good_before, good_after; const char *state; } rows[] = {
        { "failed before, good after", false, true, "protected" }, { "good before, failed after", true, false, "cloud-service-unavailable" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_host(f, CLIENT, 7, 128);
        feed_host(f, CLIENT2, 7, 128);
        feed_learn(f, 0, CLIENT);
        for (int k = 0; k < 4; k++) {
            const char *client = k < 2 ? CLIENT : CLIENT2;
            double at = k < 2 ? 5 + k : 100 + k;

            if (k < 2 ? rows[i].good_before : rows[i].good_after)
                feed_good_handshake(f, at, client, GATEWAY);
            else
                feed_reset_handshake(f, at, client, GATEWAY);
        }
        feed_control(f, 105, CLIENT2);
        feed_tick(f, 130);
        expect_clients(f, 1);
        expect_code(f, "web", sse_state_code(feed_client(f)->web.verdict), rows[i].state);
        feed_free(f);
    }
}

static void a_change_stands_in_the_timeline_with_both_addresses(void **state)
{
    feed *f = moved(60);
    sse_addr from = feed_addr(CLIENT), to = feed_addr(CLIENT2);
    unsigned found = 0;

    (void)state;
    for (guint i = 0; i < feed_client(f)->timeline->len; i++) {
        const sse_change *change = &g_array_index(feed_client(f)->timeline, sse_change, i);

        if (change->service == SSE_SERVICE_NETWORK) {
            found++;
            assert_true(sse_addr_equal(&change->networks[0], &from));
            assert_true(sse_addr_equal(&change->networks[1], &to));
            expect_number(f, "ip", (uint64_t)change->ip, 0);
        }
    }
    expect_number(f, "changes of network", found, 1);
    feed_free(f);
}

/* ---- NAT seen from both sides ---- */

#define OUTER "198.51.100.7"

/* One query inside (TTL 128) and outside (TTL 127), with the reply of each
 * side where asked. */
static void through_nat(feed *f, double at, uint16_t id, double gap, uint8_t outer_ttl, bool same_payload, bool reply_outer, bool reply_inner)
{
    feed_host(f, OUTER, 9, outer_ttl);
    feed_message(f, at, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = id, .sport = 30000, .name = OBS_NAME_DEBUG });
    if (same_payload)
        f->repeat_packet = true;
    feed_message(f, at + gap, (feed_dns){ .client = OUTER, .server = R1, .port = 443, .id = id, .sport = 40000, .name = OBS_NAME_DEBUG });
    if (reply_outer)
        feed_message(f, at + gap + 0.020, (feed_dns){ .client = OUTER, .server = R1, .port = 443, .id = id, .sport = 40000, .name = OBS_NAME_DEBUG,
                                                      .response = true, .answers = 5, .server_string = true });
    if (reply_inner) {
        f->repeat_packet = true;
        feed_message(f, at + gap + 0.021, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = id, .sport = 30000, .name = OBS_NAME_DEBUG,
                                                      .response = true, .answers = 5, .server_string = true });
    }
    f->n_hosts--;
}

static void nat_from_both_sides(void **state)
{
    static const struct { const char *what; unsigned times; double gap; uint8_t ttl; bool same_payload; uint32_t clients; } rows[] = {
        { "three times", 3, 0.001, 127, true, 1 }, { "twice", 2, 0.001, 127, true, 2 },
        { "100 ms apart", 3, 0.1, 127, true, 1 }, { "more", 3, 0.1 + NS, 127, true, 2 },
        { "the same TTL", 3, 0.001, 128, true, 2 }, { "another payload", 3, 0.001, 127, false, 2 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < rows[i].times; k++)
            through_nat(f, 10 * k, (uint16_t)(100 + k), rows[i].gap, rows[i].ttl, rows[i].same_payload, true, true);
        finish(f, 40);
        expect_clients(f, rows[i].clients);
        expect_finding_at(f, SSE_FIND_NAT_SEEN, rows[i].clients == 1, __FILE__, __LINE__);
        if (rows[i].clients == 1)
            expect_code(f, "client", name_of(feed_client(f)), CLIENT);
        feed_free(f);
    }
}

/* What a query is known by on the other side is not kept for ever, but longer
 * than the other side takes, whatever else passes meanwhile. */
static void nat_from_both_sides_of_a_busy_line(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 3; k++) {
        const double at = 10 * k;
        feed_dns query = { .client = CLIENT, .server = R1, .port = 443, .id = (uint16_t)(100 + k), .sport = 30000,
                           .name = OBS_NAME_DEBUG };

        feed_message(f, at, query);
        const uint16_t ip_id = f->ip_id, newest_ip_id = (uint16_t)(ip_id + 4000);
        const uint32_t payload = f->payload, newest_payload = payload + 4000;

        for (uint16_t other = 1; other <= 4000; other++)
            feed_query(f, at + other * 1e-6, CLIENT2, R2, k % 2 == 0 ? 443 : 53, other);
        f->ip_id = ip_id;
        f->payload = payload;
        f->repeat_packet = true;
        feed_host(f, OUTER, 9, 127);
        query.client = OUTER;
        query.sport = 40000;
        feed_message(f, at + 0.005, query);
        f->n_hosts--;
        f->ip_id = newest_ip_id;
        f->payload = newest_payload;
    }
    finish(f, 40);
    expect_clients(f, 2);
    expect_finding(f, SSE_FIND_NAT_SEEN);
}

/* And so does what a gateway says to a CONNECT that is seen on both sides. */
static void a_connect_answered_on_both_sides_counts_once(void **state)
{
    feed *f = *state;
    feed_conn sides[2] = { feed_connection(CLIENT, GATEWAY, 443, 50001), feed_connection(OUTER, GATEWAY, 443, 50002) };

    for (uint16_t k = 0; k < 4; k++)
        through_nat(f, 10 * k, (uint16_t)(100 + k), 0.001, 127, true, true, true);
    feed_learn(f, 41, CLIENT);
    feed_host(f, OUTER, 9, 127);
    sides[1].isn = sides[0].isn;
    sides[1].next = sides[0].next;
    sides[1].server_next = sides[0].server_next;
    for (unsigned i = 0; i < 2; i++)
        feed_syn(f, 42 + i * 0.001, &sides[i]);
    for (unsigned i = 0; i < 2; i++)
        feed_synack(f, 42.020 - i * 0.001, &sides[1 - i]);
    for (unsigned i = 0; i < 2; i++)
        feed_connect(f, 42.030 + i * 0.001, &sides[i], "www.example.com");
    for (unsigned i = 0; i < 2; i++)
        feed_status(f, 42.050 - i * 0.001, &sides[1 - i], 502);
    finish(f, 50);
    expect_clients(f, 1);
    expect_number(f, "rows", feed_client(f)->connects->len, 1);
    expect_number(f, "answers", g_array_index(feed_client(f)->connects, sse_connect_report, 0).frames.total, 1);
}

static void a_probe_seen_on_both_sides_counts_once(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 4; k++)
        through_nat(f, 10 * k, (uint16_t)(100 + k), 0.001, 127, true, true, true);
    finish(f, 40);
    expect_clients(f, 1);
    expect_number(f, "resolvers", feed_client(f)->resolvers->len, 1);
    expect_number(f, "probes", g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0).probes, 4);
}

/* The reply reaches the outer address and not the client: the client has none. */
static void a_reply_lost_inside_is_no_answer_for_the_client(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 4; k++)
        through_nat(f, 10 * k, (uint16_t)(100 + k), 0.001, 127, true, true, false);
    finish(f, 40);
    expect_clients(f, 1);
    expect_port(f, 4, 443, "down");
    expect_finding(f, SSE_FIND_NAT_SEEN);
}

static void queries_of_path_tools_count_nowhere(void **state)
{
    feed *f = *state;

    feed_probe(f, 0, CLIENT, R1, 53, ANSWERED);
    for (uint16_t ttl = 1; ttl <= 12; ttl++)
        feed_message(f, 10 + ttl, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = (uint16_t)(100 + ttl),
                                              .name = OBS_NAME_DEBUG, .ttl = (uint8_t)ttl });
    feed_tick(f, 40);
    expect_dns(f, "protected", NULL);
    expect_port(f, 4, 53, "up");
    expect_no_finding(f, SSE_FIND_PROBE_LOSS);
    expect_number(f, "probes", g_array_index(feed_client(f)->resolvers, sse_resolver_report, 0).probes, 1);
}

/* Away from the client only the row tells. */
static void a_row_of_rising_ttls_is_a_path_tools(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 3; k++)
        feed_message(f, k, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = k, .name = OBS_NAME_DEBUG, .ttl = 126 });
    for (uint16_t ttl = 2; ttl <= 20; ttl++)
        feed_message(f, 10 + ttl, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = (uint16_t)(100 + ttl),
                                              .name = OBS_NAME_DEBUG, .ttl = (uint8_t)ttl });
    feed_tick(f, 40);
    expect_port(f, 4, 53, "down");
    expect_port(f, 4, 443, "untested");
    expect_finding(f, SSE_FIND_PATH_TOOL);
    assert_false(feed_client(f)->at_client);
}

/* Neither two hops nor a row that begins far away; nor ports that also ask ordinarily. */
static void what_is_a_row_of_a_path_tool(void **state)
{
    static const struct { uint8_t first, count, again; bool tool; } rows[] = {
        { 2, 2, 0, false }, { 11, 6, 0, false }, { 2, 6, 126, false }, { 10, 6, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%u hops from %u, again with %u", rows[i].count, rows[i].first, rows[i].again);
        for (unsigned k = 0; k < rows[i].count; k++)
            for (unsigned more = 0; more < (rows[i].again != 0 ? 2 : 1); more++)
                feed_message(f, 2 * k + more, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .name = OBS_NAME_DEBUG,
                                                          .id = (uint16_t)(100 + 2 * k + more), .sport = (uint16_t)(40000 + k),
                                                          .ttl = more ? rows[i].again : (uint8_t)(rows[i].first + k) });
        feed_tick(f, 60);
        if (rows[i].tool)
            expect_clients(f, 0);
        else
            expect_port(f, 4, 443, "down");
        feed_free(f);
    }
}

static void behind_many_routers_a_query_is_no_path_tools(void **state)
{
    feed *f = *state;

    for (uint16_t i = 0; i < 2; i++)
        feed_message(f, i, (feed_dns){ .client = CLIENT, .server = R1, .port = 53, .id = i, .name = OBS_NAME_DEBUG, .ttl = 30 });
    feed_tick(f, 40);
    expect_port(f, 4, 53, "down");
}

/* A trunk that carries the same network twice: other VLANs, other machines. */
static void one_address_in_two_vlans_is_two_clients(void **state)
{
    feed *f = *state;
    const sse_client_report *first;

    feed_host(f, CLIENT, 7, 128);
    for (unsigned k = 0; k < 4; k++) {
        feed_vlan(f, k % 2 == 0 ? 10 : 20);
        if (k % 2 == 0) {
            feed_burst(f, k * 10, CLIENT, 443, ANSWERED);
        } else {
            feed_dead_cycle(f, k * 10, CLIENT, SILENT, SILENT);
            feed_control(f, k * 10 + 6, CLIENT);
        }
    }
    feed_tick(f, 60);
    expect_clients(f, 2);
    first = &g_array_index(feed_report(f)->clients, sse_client_report, 0);
    expect_code(f, "worst", sse_state_code(first->dns.verdict), "unprotected");
    expect_code(f, "confidence", sse_confidence_code(first->dns.confidence), "high");
    assert_non_null(sse_client_finding(first, SSE_FIND_ADDRESS_SHARED));
    assert_non_null(strstr(feed_finding_text(f, sse_client_finding(first, SSE_FIND_ADDRESS_SHARED)), "02:00:00:00:aa:07 in VLAN 20"));
    expect_code(f, "other", sse_state_code(g_array_index(feed_report(f)->clients, sse_client_report, 1).dns.verdict), "protected");
}

/* The same packets with and without their tag: an access port and a trunk. */
static void copies_in_another_vlan_are_no_second_machine(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    for (unsigned k = 0; k < 6; k++) {
        for (unsigned again = 0; again < 2; again++) {
            f->repeat_packet = again == 1;
            feed_vlan(f, again == k % 2 ? 0 : 20);
            feed_query(f, k * 5, CLIENT, R1, 443, (uint16_t)(k + 1));
        }
        for (unsigned again = 0; again < 2; again++) {
            f->repeat_packet = again == 1;
            feed_vlan(f, again == k % 2 ? 0 : 20);
            feed_reply(f, k * 5 + 0.02, CLIENT, R1, 443, (uint16_t)(k + 1));
        }
    }
    feed_tick(f, 40);
    expect_clients(f, 1);
    expect_no_finding(f, SSE_FIND_ADDRESS_SHARED);
}

/* Of three mirrors each shows some packets: what is a copy of copies is one machine, too. */
static void copies_in_three_vlans_are_one_machine(void **state)
{
    static const uint16_t vlans[][2] = { { 0, 0 }, { 20, 20 }, { 0, 30 }, { 20, 30 } };
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    for (unsigned k = 0; k < 10; k++) {
        const uint16_t *both = vlans[k < 2 ? k : 2 + k % 2];

        for (unsigned again = 0; again < 2; again++) {
            f->repeat_packet = again == 1;
            feed_vlan(f, both[again]);
            feed_query(f, k * 5, CLIENT, R1, 443, (uint16_t)(k + 1));
        }
        for (unsigned again = 0; again < 2; again++) {
            f->repeat_packet = again == 1;
            feed_vlan(f, both[again]);
            feed_reply(f, k * 5 + 0.02, CLIENT, R1, 443, (uint16_t)(k + 1));
        }
    }
    feed_tick(f, 60);
    expect_clients(f, 1);
    expect_no_finding(f, SSE_FIND_ADDRESS_SHARED);
}

/* A machine that stops is not silent because another one with its address goes on. */
static void of_two_machines_one_may_stop(void **state)
{
    feed *f = *state;

    feed_host(f, CLIENT, 7, 128);
    for (unsigned k = 0; k < 4; k++) {
        feed_vlan(f, k % 2 == 0 ? 10 : 20);
        feed_burst(f, k * 10, CLIENT, 443, ANSWERED);
    }
    for (double at = 40; at < 150; at += 10) {
        feed_burst(f, at, CLIENT, 443, ANSWERED);
        feed_control(f, at + 1, CLIENT);
    }
    feed_tick(f, 160);
    expect_clients(f, 2);
    for (guint i = 0; i < 2; i++) {
        const sse_client_report *c = &g_array_index(feed_report(f)->clients, sse_client_report, i);

        expect_code(f, "confidence", sse_confidence_code(c->dns.confidence), "high");
        assert_null(sse_client_finding(c, SSE_FIND_MODULE_SILENT));
    }
}

/* Nor is one behind a NAT, because others behind it go on. */
static void behind_a_nat_others_may_go_on(void **state)
{
    feed *f = *state;

    for (uint16_t k = 0; k < 4; k++)
        through_nat(f, 10 * k, (uint16_t)(100 + k), 0.001, 127, true, true, true);
    for (double at = 40; at < 150; at += 10)
        feed_control(f, at, OUTER);
    feed_tick(f, 160);
    expect_clients(f, 1);
    expect_no_finding(f, SSE_FIND_MODULE_SILENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(copies_in_three_vlans_are_one_machine), TEST(of_two_machines_one_may_stop), TEST(behind_a_nat_others_may_go_on),
        TEST(a_row_of_rising_ttls_is_a_path_tools), cmocka_unit_test(what_is_a_row_of_a_path_tool),
        TEST(queries_of_path_tools_count_nowhere), TEST(behind_many_routers_a_query_is_no_path_tools),
        TEST(a_loopback_address_is_never_a_client),
        TEST(an_answer_that_nobody_asked_for_makes_no_forwarder),
        cmocka_unit_test(few_answered_questions_make_no_forwarder),
        TEST(an_address_that_answers_such_questions_is_never_a_client),
        TEST(that_is_settled_at_the_end_of_the_file),
        TEST(two_hosts_are_two_clients),
        TEST(worst_client_first_then_by_address),
        TEST(the_files_verdict_is_the_worst_clients),
        TEST(addresses_whose_probes_carry_one_device_id_are_one_client),
        TEST(two_device_ids_are_two_clients),
        TEST(no_device_id_ties_nothing),
        TEST(a_client_is_named_by_its_first_ipv4_address),
        TEST(ipv4_and_ipv6_of_one_link_layer_address_are_one_client),
        cmocka_unit_test(what_nothing_ever_reaches_takes_no_client_apart),
        cmocka_unit_test(link_layer_addresses_tie_only_packets_with_an_initial_ttl),
        TEST(two_ipv4_addresses_at_a_time_tie_no_ipv6),
        cmocka_unit_test(ipv4_addresses_after_each_other_are_one_client_that_changed_networks),
        TEST(two_addresses_in_use_together_are_no_change),
        cmocka_unit_test(there_and_back_is_one_client),
        TEST(who_receives_nothing_takes_over_from_nobody),
        TEST(a_new_network_does_not_inherit_the_old_verdict),
        cmocka_unit_test(a_new_prefix_is_a_change_of_networks),
        TEST(from_ipv4_alone_to_ipv6_alone),
        cmocka_unit_test(cloned_machines_are_two_clients),
        TEST(the_blocked_one_of_two_clones_is_on_top),
        TEST(two_adapters_in_turn_are_no_clones),
        TEST(several_device_ids_in_turn_are_a_nat_seen_from_outside),
        cmocka_unit_test(one_address_of_two_link_layer_addresses_is_two_clients),
        TEST(one_address_in_two_vlans_is_two_clients), TEST(copies_in_another_vlan_are_no_second_machine),
        TEST(evidence_older_than_the_change_decides_nothing),
        TEST(protection_before_the_change_does_not_help_after_it),
        TEST(handshakes_older_than_the_change_decide_nothing),
        cmocka_unit_test(a_change_stands_in_the_timeline_with_both_addresses),
        cmocka_unit_test(nat_from_both_sides),
        TEST(nat_from_both_sides_of_a_busy_line),
        TEST(a_probe_seen_on_both_sides_counts_once),
        TEST(a_connect_answered_on_both_sides_counts_once),
        TEST(a_reply_lost_inside_is_no_answer_for_the_client),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
