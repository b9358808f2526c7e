/* test_findings.c
 * Findings: for each code what brings it, and what just does not.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"

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

static void expect_finding_if(feed *f, sse_finding_code code, bool there, int line)
{
    expect_finding_at(f, code, there, __FILE__, line);
}
#define expect_if(f, code, there) expect_finding_if(f, code, there, __LINE__)

/* ---- ports ---- */

static void blocked_ports(void **state)
{
    static const struct { const char *what; feed_fate on443, on53; bool encrypted, blocked53, intercepted53; } rows[] = {
        { "443 down, 53 up", SILENT, ANSWERED, true, false, false },
        { "443 up, 53 silent", ANSWERED, SILENT, false, true, false },
        { "443 up, 53 refused", ANSWERED, REFUSED, false, true, false },
        { "443 up, 53 intercepted", ANSWERED, NXDOMAIN, false, false, true },
        { "both up", ANSWERED, ANSWERED, false, false, false },
        { "both down", SILENT, SILENT, false, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_dead_cycle(f, 0, CLIENT, rows[i].on443, rows[i].on53);
        feed_dead_cycle(f, 15, CLIENT, rows[i].on443, rows[i].on53);
        finish(f, 21);
        expect_if(f, SSE_FIND_ENCRYPTED_PORT_BLOCKED, rows[i].encrypted);
        expect_if(f, SSE_FIND_PORT_53_BLOCKED, rows[i].blocked53);
        expect_if(f, SSE_FIND_PORT_53_INTERCEPTED, rows[i].intercepted53);
        /* One of them says it: the lost probes need no finding of their own. */
        expect_if(f, SSE_FIND_PROBE_LOSS, false);
        feed_free(f);
    }
}

static void probe_loss(void **state)
{
    static const struct { const char *what; feed_fate fates[6]; bool there; } rows[] = {
        { "one lost in between", { ANSWERED, SILENT, ANSWERED, ANSWERED, ANSWERED, ANSWERED }, true },
        { "none lost", { ANSWERED, ANSWERED, ANSWERED, ANSWERED, ANSWERED, ANSWERED }, false },
        { "all lost is a failing run", { SILENT, SILENT, SILENT, SILENT, SILENT, SILENT }, false },
        { "the newest lost while protected", { ANSWERED, ANSWERED, ANSWERED, ANSWERED, ANSWERED, SILENT }, true },
        { "lost before", { SILENT, SILENT, SILENT, SILENT, ANSWERED, ANSWERED }, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < 6; k++)
            feed_probe(f, 10 * k, CLIENT, k % 2 ? R2 : R1, 443, rows[i].fates[k]);
        finish(f, 52);
        expect_if(f, SSE_FIND_PROBE_LOSS, rows[i].there);
        feed_free(f);
    }
}

static void resolver_unreachable(void **state)
{
    static const struct { const char *what; feed_fate first[4], second; bool there; } rows[] = {
        { "newest three lost", { ANSWERED, SILENT, SILENT, SILENT }, ANSWERED, true },
        { "all lost", { SILENT, SILENT, SILENT, SILENT }, ANSWERED, true },
        { "one of the newest three answered", { SILENT, ANSWERED, SILENT, SILENT }, ANSWERED, false },
        { "no other answers", { SILENT, SILENT, SILENT, SILENT }, SILENT, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (unsigned k = 0; k < 4; k++) {
            feed_probe(f, 10 * k, CLIENT, R1, 443, rows[i].first[k]);
            feed_probe(f, 10 * k + 0.1, CLIENT, R2, 443, rows[i].second);
        }
        finish(f, 32);
        expect_if(f, SSE_FIND_RESOLVER_UNREACHABLE, rows[i].there);
        feed_free(f);
    }
}

static void two_lost_probes_make_no_resolver_unreachable(void **state)
{
    feed *f = *state;

    for (unsigned k = 0; k < 4; k++) {
        if (k < 2)
            feed_probe(f, 10 * k, CLIENT, R1, 443, SILENT);
        feed_probe(f, 10 * k + 0.1, CLIENT, R2, 443, ANSWERED);
    }
    finish(f, 32);
    expect_no_finding(f, SSE_FIND_RESOLVER_UNREACHABLE);
}

/* Its newest three probes are of both ports, and lie before all that others were asked since. */
static void a_resolver_that_died_long_ago_is_unreachable(void **state)
{
    feed *f = *state;
    uint32_t lost[3];
    const sse_finding *found;

    feed_probe(f, 0, CLIENT, R1, 443, ANSWERED);
    feed_probe(f, 5, CLIENT, R1, 443, SILENT);
    lost[0] = feed_probe(f, 10, CLIENT, R1, 443, SILENT);
    lost[1] = feed_probe(f, 15, CLIENT, R1, 53, SILENT);
    lost[2] = feed_probe(f, 20, CLIENT, R1, 443, SILENT);
    for (unsigned k = 0; k < 10; k++)
        feed_probe(f, 21 + k, CLIENT, R2, k % 2 == 0 ? 443 : 53, ANSWERED);
    finish(f, 40);
    found = feed_finding(f, SSE_FIND_RESOLVER_UNREACHABLE);
    expect_number(f, "said", found != NULL, 1);
    expect_number(f, "frames", found->frames.total, 3);
    for (unsigned k = 0; k < 3; k++)
        expect_frame(f, "lost", found->frames.frame[k], lost[k]);
}

static void where_the_other_was_not_asked_since_no_resolver_is_unreachable(void **state)
{
    feed *f = *state;

    for (unsigned k = 0; k < 4; k++)
        feed_probe(f, k, CLIENT, R2, 443, ANSWERED);
    for (unsigned k = 0; k < 3; k++)
        feed_probe(f, 10 + 10 * k, CLIENT, R1, 443, SILENT);
    finish(f, 42);
    expect_no_finding(f, SSE_FIND_RESOLVER_UNREACHABLE);
}

static void tcp_answered(feed *f, double at, uint16_t sport)
{
    feed_conn c = feed_connection(CLIENT, R1, 53, sport);
    feed_dns m = { .conn = &c, .client = CLIENT, .server = R1, .port = 53, .id = sport, .name = OBS_NAME_DEBUG, .transport = SSE_TCP };

    feed_syn(f, at, &c);
    feed_synack(f, at + 0.02, &c);
    feed_message(f, at + 0.03, m);
    m.response = true;
    m.answers = 5;
    m.server_string = true;
    feed_message(f, at + 0.05, m);
}

static void tcp_only(void **state)
{
    (void)state;
    for (int udp = 0; udp < 2; udp++) {
        feed *f = feed_new();

        feed_row("UDP answered: %d", udp);
        feed_dead_cycle(f, 0, CLIENT, udp ? ANSWERED : SILENT, SILENT);
        tcp_answered(f, 6, 61000);
        finish(f, 7);
        expect_if(f, SSE_FIND_TCP_ONLY, !udp);
        feed_free(f);
    }
}

/* ---- replies ---- */

static void not_identified(void **state)
{
    static const struct { const char *what, *asked_device, *asked_org, *told_device, *told_org; bool there; } rows[] = {
        { "device asked, nothing told", "0102030405060708", "", "", "", true },
        { "organisation asked, nothing told", "", "123456", "", "", true },
        { "device asked, organisation told", "0102030405060708", "", "", "123456", false },
        { "device asked and told", "0102030405060708", "", "0102030405060708", "", false },
        { "nothing asked", "", "", "", "", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        obs_identity asked = { 0 }, told = { .server = "m1.lon" };
        feed_dns m = { .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = &asked };

        feed_row("%s", rows[i].what);
        g_strlcpy(asked.device, rows[i].asked_device, sizeof asked.device);
        g_strlcpy(asked.orgid, rows[i].asked_org, sizeof asked.orgid);
        g_strlcpy(told.device, rows[i].told_device, sizeof told.device);
        g_strlcpy(told.orgid, rows[i].told_org, sizeof told.orgid);
        feed_message(f, 0, m);
        m.response = true;
        m.answers = 5;
        m.server_string = true;
        m.identity = &told;
        feed_message(f, 0.02, m);
        finish(f, 1);
        expect_if(f, SSE_FIND_NOT_IDENTIFIED, rows[i].there);
        feed_free(f);
    }
}

static void one_intercepted_probe_where_the_resolver_answers_elsewhere(void **state)
{
    static const struct { const char *what, *resolver; uint16_t port; feed_fate fate; bool there; } rows[] = {
        { "on 5353", R1, 5353, ANSWERED, true }, { "on 443", R1, 443, ANSWERED, true }, { "another resolver", R2, 5353, ANSWERED, false },
        { "by nobody", R1, 5353, SILENT, false }, { "by the same hand", R1, 5353, NXDOMAIN, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_probe(f, 0, CLIENT, R1, 53, NXDOMAIN);
        feed_probe(f, 4, CLIENT, rows[i].resolver, rows[i].port, rows[i].fate);
        feed_control(f, 5, CLIENT);
        finish(f, 5);
        expect_if(f, SSE_FIND_PORT_53_INTERCEPTED, rows[i].there);
        expect_dns(f, rows[i].port == 443 ? "protected" : "inconclusive", NULL);
        feed_free(f);
    }
}

static void other_resolver(void **state)
{
    static const struct { const char *server; uint16_t port; bool there; } rows[] = {
        { "208.67.217.1", 53, true }, { "9.9.9.9", 443, true }, { "9.9.9.9", 53, false }, { LOCAL_DNS, 53, false }, { R1, 443, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s %u", rows[i].server, rows[i].port);
        feed_probe(f, 0, CLIENT, rows[i].server, rows[i].port, ANSWERED);
        finish(f, 1);
        expect_if(f, SSE_FIND_OTHER_RESOLVER, rows[i].there);
        expect_if(f, SSE_FIND_LOCAL_PROBE, !rows[i].there && strcmp(rows[i].server, R1) != 0);
        feed_free(f);
    }
}

static void other_organisation(void **state)
{
    static const struct { const char *what, *asked, *told; bool there; } rows[] = {
        { "another one", "123456", "7777777", true }, { "its own", "123456", "123456", false }, { "none asked", "", "7777777", false },
        { "none told", "123456", "", false }, { "0 is none", "123456", "0", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        obs_identity asked = { 0 }, told = { .server = "m1.lon" };
        feed_dns m = { .client = CLIENT, .server = R1, .port = 53, .id = 1, .name = OBS_NAME_DEBUG, .identity = &asked };

        feed_row("%s", rows[i].what);
        g_strlcpy(asked.orgid, rows[i].asked, sizeof asked.orgid);
        g_strlcpy(told.orgid, rows[i].told, sizeof told.orgid);
        feed_message(f, 0, m);
        m.response = true;
        m.answers = 5;
        m.server_string = true;
        m.identity = &told;
        feed_message(f, 0.02, m);
        finish(f, 1);
        expect_if(f, SSE_FIND_OTHER_ORGANISATION, rows[i].there);
        feed_free(f);
    }
}

static void edns_dropped(void **state)
{
    static const struct { const char *what; unsigned lost, answered, plain; bool there; } rows[] = {
        { "three lost, plain ones answered", 3, 0, 2, true }, { "two lost", 2, 0, 2, false }, { "one answered", 3, 1, 2, false },
        { "no plain ones", 3, 0, 0, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        const unsigned all = rows[i].lost + rows[i].answered;

        feed_row("%s", rows[i].what);
        for (uint16_t k = 0; k < all; k++) {
            obs_identity asked = { .device = "01" }, told = { .server = "m1.lon", .device = "01" };
            feed_dns m = { .client = CLIENT, .server = R1, .port = 53, .id = k, .name = OBS_NAME_DEBUG, .identity = &asked };

            feed_message(f, 3 * k, m);
            if (k < rows[i].lost)
                continue;
            m.response = true;
            m.answers = 5;
            m.server_string = true;
            m.identity = &told;
            feed_message(f, 3 * k + 0.02, m);
        }
        for (unsigned k = 0; k < rows[i].plain; k++)
            feed_probe(f, 20 + k, CLIENT, R1, 53, ANSWERED);
        finish(f, 30);
        expect_if(f, SSE_FIND_EDNS_DROPPED, rows[i].there);
        feed_free(f);
    }
}

typedef struct forwarder_row { const char *what; double delay443, delay53; uint8_t ttl443, ttl53; const char *device443, *device53; bool there; } forwarder_row;

static void answered_via_forwarder(void **state)
{
    static const forwarder_row rows[] = {
        { "the same", 0.020, 0.020, 50, 50, "01", "01", false },
        { "from much nearer", 0.020, 0.020, 50, 63, "01", "01", true },
        { "from three hops nearer", 0.020, 0.020, 50, 53, "01", "01", true },
        { "from two hops nearer", 0.020, 0.020, 50, 52, "01", "01", false },
        { "from further on", 0.020, 0.020, 50, 40, "01", "01", false },
        { "from nearer, with another initial TTL", 0.020, 0.020, 50, 127, "01", "01", true },
        { "as far, with another initial TTL", 0.020, 0.020, 50, 114, "01", "01", false },
        { "a quarter of the time", 0.040, 0.008, 50, 50, "01", "01", true },
        { "half of the time", 0.040, 0.020, 50, 50, "01", "01", false },
        { "without the device", 0.020, 0.020, 50, 50, "01", "", true },
        { "neither with the device", 0.020, 0.020, 50, 50, "", "", false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (uint16_t k = 0; k < 6; k++) {
            bool on53 = k % 2;
            obs_identity asked = { .device = "01" }, told = { .server = "m1.lon", .orgid = "123456" };
            feed_dns m = { .client = CLIENT, .server = R1, .port = on53 ? 53 : 443, .id = k, .name = OBS_NAME_DEBUG, .identity = &asked };

            g_strlcpy(told.device, on53 ? rows[i].device53 : rows[i].device443, sizeof told.device);
            feed_message(f, 10 * k, m);
            m.response = true;
            m.answers = 6;
            m.server_string = true;
            m.identity = &told;
            m.ttl = on53 ? rows[i].ttl53 : rows[i].ttl443;
            feed_message(f, 10 * k + (on53 ? rows[i].delay53 : rows[i].delay443), m);
        }
        finish(f, 52);
        expect_if(f, SSE_FIND_ANSWERED_VIA_FORWARDER, rows[i].there);
        feed_free(f);
    }
}

static void conflicting_replies(void **state)
{
    (void)state;
    for (int different = 0; different < 2; different++) {
        feed *f = feed_new();

        feed_row("different: %d", different);
        feed_query(f, 0, CLIENT, R1, 53, 1);
        feed_reply(f, 0.02, CLIENT, R1, 53, 1);
        if (different)
            feed_nxdomain(f, 0.03, CLIENT, R1, 53, 1);
        else
            feed_reply(f, 0.3, CLIENT, R1, 53, 1);
        finish(f, 1);
        expect_if(f, SSE_FIND_CONFLICTING_REPLIES, different);
        feed_free(f);
    }
}

static void forged_reply(void **state)
{
    static const struct { const char *what; feed_dns reply; bool there; } rows[] = {
        { "right", { .id = 1, .sport = 20001, .name = OBS_NAME_DEBUG }, false },
        { "wrong id", { .id = 2, .sport = 20001, .name = OBS_NAME_DEBUG }, true },
        { "wrong port", { .id = 1, .sport = 20002, .name = OBS_NAME_DEBUG }, true },
        { "wrong question", { .id = 1, .sport = 20001, .name = OBS_NAME_CERT }, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns reply = rows[i].reply;

        feed_row("%s", rows[i].what);
        reply.client = CLIENT;
        reply.server = R1;
        reply.port = 443;
        reply.response = true;
        reply.answers = 5;
        reply.server_string = true;
        reply.certificate = true;
        feed_tick(f, 0);
        feed_query(f, 20, CLIENT, R1, 443, 1);
        feed_message(f, 20.02, reply);
        finish(f, 21);
        expect_if(f, SSE_FIND_FORGED_REPLY, rows[i].there);
        feed_free(f);
    }
}

static void a_repeated_reply_is_not_forged(void **state)
{
    feed *f = *state;

    feed_tick(f, 0);
    feed_query(f, 20, CLIENT, R1, 443, 1);
    feed_reply(f, 20.02, CLIENT, R1, 443, 1);
    feed_reply(f, 20.5, CLIENT, R1, 443, 1);
    finish(f, 21);
    expect_no_finding(f, SSE_FIND_FORGED_REPLY);
}

/* ---- gateways ---- */

static void reset_on_path(void **state)
{
    (void)state;
    for (int near = 0; near < 2; near++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("two signs: %d", near);
        start(f);
        feed_syn(f, 10, &c);
        feed_rst(f, near ? 10.0003 : 10.030, &c, 50, 64240);
        finish(f, 11);
        expect_if(f, SSE_FIND_RESET_ON_PATH, near);
        feed_free(f);
    }
}

static void gateway_unreachable(void **state)
{
    static const struct { const char *what; int failed; bool opened, other; bool there; } rows[] = {
        { "two failed, another completed", 2, false, true, true },
        { "one failed", 1, false, true, false },
        { "it opened once", 2, true, true, false },
        { "no other completed", 2, false, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        start(f);
        if (rows[i].opened)
            feed_good_handshake(f, 5, CLIENT, GATEWAY);
        for (int k = 0; k < rows[i].failed; k++)
            feed_reset_handshake(f, 10 + k, CLIENT, GATEWAY);
        if (rows[i].other)
            feed_good_handshake(f, 15, CLIENT, GATEWAY2);
        finish(f, 16);
        expect_if(f, SSE_FIND_GATEWAY_UNREACHABLE, rows[i].there);
        feed_free(f);
    }
}

static void gateway_partly_failing_only_while_protected(void **state)
{
    (void)state;
    /* Two failures in a row are an outage, which the timeline says; one between
     * good ones is none. */
    static const struct { bool twice, healed, there; } rows[] = {
        { false, true, true }, { true, true, false }, { true, false, false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("an outage: %d, protected at the end: %d", rows[i].twice, rows[i].healed);
        start(f);
        feed_good_handshake(f, 5, CLIENT, GATEWAY);
        feed_reset_handshake(f, 10, CLIENT, GATEWAY);
        if (rows[i].twice)
            feed_reset_handshake(f, 12, CLIENT, GATEWAY);
        if (rows[i].healed)
            feed_good_handshake(f, 15, CLIENT, GATEWAY);
        finish(f, 16);
        expect_if(f, SSE_FIND_GATEWAY_PARTLY_FAILING, rows[i].there);
        feed_free(f);
    }
}

static void slow_handshake(void **state)
{
    static const struct { double delay; bool there; } rows[] = { { 3, false }, { 3 + NS, true }, { 0.02, false } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("opened after %.9f s", rows[i].delay);
        start(f);
        feed_syn(f, 10, &c);
        if (rows[i].delay > 2)
            feed_syn(f, 11, &c);
        feed_synack(f, 10 + rows[i].delay, &c);
        feed_payload(f, 14, &c, 200);
        feed_server_payload(f, 14.02, &c, 300);
        finish(f, 15);
        expect_if(f, SSE_FIND_SLOW_HANDSHAKE, rows[i].there);
        feed_free(f);
    }
}

/* A small payload is acknowledged, then one of this length is sent so often. */
static void path_mtu_by_silence(void **state)
{
    static const struct { const char *what; uint32_t length; unsigned sent; bool small_acknowledged, there; } rows[] = {
        { "1,201 bytes, 4 times", 1201, 4, true, true }, { "1,201 bytes, 3 times", 1201, 3, true, false },
        { "1,200 bytes, 4 times", 1200, 4, true, false },
        { "nothing smaller acknowledged", 1400, 4, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("%s", rows[i].what);
        start(f);
        feed_syn(f, 10, &c);
        feed_synack(f, 10.02, &c);
        feed_payload(f, 10.03, &c, 200);
        if (rows[i].small_acknowledged) {
            feed_server_ack(f, 10.05, &c);
            feed_server_payload(f, 10.06, &c, 300);
        }
        feed_payload(f, 10.1, &c, rows[i].length);
        for (unsigned k = 1; k < rows[i].sent; k++)
            feed_payload_again(f, 10.1 + k * 0.6, &c);
        finish(f, 14);
        expect_if(f, SSE_FIND_PATH_MTU, rows[i].there);
        feed_free(f);
    }
}

static void a_big_segment_acknowledged_in_the_end_is_no_path_mtu(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_syn(f, 10, &c);
    feed_synack(f, 10.02, &c);
    feed_payload(f, 10.03, &c, 200);
    feed_server_payload(f, 10.06, &c, 300);
    feed_payload(f, 10.1, &c, 1400);
    feed_payload_again(f, 10.4, &c);
    feed_payload_again(f, 11, &c);
    feed_server_ack(f, 11.02, &c);
    feed_payload(f, 12, &c, 1400);
    feed_payload_again(f, 12.3, &c);
    feed_server_ack(f, 12.4, &c);
    finish(f, 14);
    expect_no_finding(f, SSE_FIND_PATH_MTU);
}

static void path_mtu_by_icmp(void **state)
{
    static const struct { const char *what; uint8_t type, code; uint32_t length; bool there; } rows[] = {
        { "fragmentation needed about a big segment", 3, 4, 1440, true },
        { "about a small one", 3, 4, 600, false },
        { "another ICMP error", 3, 13, 1440, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);
        obs_icmp icmp = {
            .type = rows[i].type, .code = rows[i].code, .protocol = 6, .src = feed_addr(CLIENT), .dst = feed_addr(GATEWAY),
            .sport = 55555, .dport = 443, .quoted_len = rows[i].length,
        };
        obs_packet p = { .src = feed_addr(FIREWALL), .dst = feed_addr(CLIENT), .ttl = 64, .ip_id = 4711 };

        feed_row("%s", rows[i].what);
        start(f);
        feed_syn(f, 10, &c);
        feed_synack(f, 10.02, &c);
        feed_payload(f, 10.03, &c, 200);
        feed_server_payload(f, 10.05, &c, 300);
        icmp.seq = c.next;
        feed_payload(f, 10.1, &c, rows[i].length - 40);
        feed_tick(f, 10.101);
        p.frame = f->frame;
        p.time = feed_ns(10.101);
        sse_tracker_icmp(f->t, &p, &icmp);
        finish(f, 14);
        expect_if(f, SSE_FIND_PATH_MTU, rows[i].there);
        feed_free(f);
    }
}

static void answers_to_connect(void **state)
{
    static const struct { uint16_t status; bool denied, error; } rows[] = {
        { 200, false, false }, { 403, true, false }, { 407, false, true }, { 502, false, true }, { 503, false, true }, { 500, false, true },
        { 404, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("status %u", rows[i].status);
        start(f);
        feed_good_handshake(f, 5, CLIENT, GATEWAY);
        feed_connect_status(f, 10, CLIENT, GATEWAY, "www.example.com", rows[i].status);
        finish(f, 12);
        expect_if(f, SSE_FIND_PROXY_DENIED, rows[i].denied);
        expect_if(f, SSE_FIND_PROXY_ERROR, rows[i].error);
        feed_free(f);
    }
}

static void proxy_errors_that_decide_are_no_finding(void **state)
{
    feed *f = *state;

    start(f);
    for (int k = 0; k < 3; k++)
        feed_connect_status(f, 10 + k, CLIENT, GATEWAY, k ? "a.example" : "b.example", 502);
    finish(f, 14);
    expect_web(f, "cloud-service-unavailable", "proxy-error");
    expect_no_finding(f, SSE_FIND_PROXY_ERROR);
}

/* ---- the network ---- */

static void captive_portal(void **state)
{
    static const struct { const char *what; obs_http_kind kind; uint16_t status; bool body, known, there; } rows[] = {
        { "redirect", OBS_HTTP_PORTAL_TEST, 302, false, false, true },
        { "foreign body", OBS_HTTP_PORTAL_TEST, 200, true, false, true },
        { "known body", OBS_HTTP_PORTAL_TEST, 200, true, true, false },
        { "head only, the body is in a later segment", OBS_HTTP_PORTAL_TEST, 200, false, false, false },
        { "another request is redirected", OBS_HTTP_NONE, 302, false, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, SITE2, 80, 60000);

        feed_row("%s", rows[i].what);
        feed_burst(f, 0, CLIENT, 443, SILENT);
        feed_syn(f, 1, &c);
        feed_synack(f, 1.02, &c);
        feed_http(f, 1.03, &c, rows[i].kind);
        feed_portal_answer(f, 1.05, &c, rows[i].status, rows[i].body, rows[i].known);
        finish(f, 6);
        expect_if(f, SSE_FIND_CAPTIVE_PORTAL, rows[i].there);
        feed_free(f);
    }
}

static void who_signed_in_meanwhile_has_nothing_to_do(void **state)
{
    feed *f = *state;
    feed_conn a = feed_connection(CLIENT, SITE2, 80, 60000), b = feed_connection(CLIENT, SITE2, 80, 60001);

    feed_burst(f, 0, CLIENT, 443, SILENT);
    feed_syn(f, 1, &a);
    feed_synack(f, 1.02, &a);
    feed_http(f, 1.03, &a, OBS_HTTP_PORTAL_TEST);
    feed_portal_answer(f, 1.05, &a, 302, false, false);
    assert_true(feed_finding(f, SSE_FIND_CAPTIVE_PORTAL)->has_advice);
    feed_syn(f, 30, &b);
    feed_synack(f, 30.02, &b);
    feed_http(f, 30.03, &b, OBS_HTTP_PORTAL_TEST);
    feed_portal_answer(f, 30.05, &b, 200, true, true);
    feed_tick(f, 31);
    assert_false(feed_finding(f, SSE_FIND_CAPTIVE_PORTAL)->has_advice);
}

/* What an address was answered in the minute before its first probe is its own. */
static void a_portal_before_the_first_probe_counts(void **state)
{
    static const struct { double at; bool there; } rows[] = { { 61, true }, { 59, false } };
    const obs_http request = { .kind = OBS_HTTP_PORTAL_TEST, .test = 1 }, answer = { .kind = OBS_HTTP_RESPONSE, .status = 302 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        obs_packet p = { .frame = 1, .time = feed_ns(rows[i].at), .src = feed_addr(CLIENT), .dst = feed_addr("10.10.0.1"),
                         .sport = 60000, .dport = 80 };
        obs_packet back = { .frame = 2, .time = feed_ns(rows[i].at) + SSE_MSECOND, .src = p.dst, .dst = p.src, .sport = 80,
                            .dport = 60000 };

        feed_tick(f, rows[i].at);
        assert_false(sse_tracker_portal_waits(f->t, p.time));
        sse_tracker_portal(f->t, &p, &request);
        assert_true(sse_tracker_portal_waits(f->t, back.time));
        feed_tick(f, rows[i].at + 0.001);
        sse_tracker_portal(f->t, &back, &answer);
        feed_dead_cycle(f, 120.5, CLIENT, SILENT, SILENT);
        feed_dead_cycle(f, 130, CLIENT, SILENT, SILENT);
        finish(f, 140);
        expect_if(f, SSE_FIND_CAPTIVE_PORTAL, rows[i].there);
        if (rows[i].there)
            assert_true(g_array_index(feed_client(f)->outages, sse_outage, 0).captive);
        feed_free(f);
    }
}

/* The vendor's own tunnels. */
static void zta_is_no_direct_quic(void **state)
{
    static const struct { const char *name; bool asked, there; } rows[] = {
        { "g1a2b3.zpc.sse.cisco.com", true, false }, { "x.ztna.sse.cisco.com", true, false }, { "y.tia.sse.cisco.com", true, false },
        { "www.example.com", true, true }, { "zpc.sse.cisco.com.evil.example", true, true },
        { "g1a2b3.zpc.sse.cisco.com", false, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_dns m = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 5, .qname = rows[i].name };

        feed_row("%s, asked %d", rows[i].name, rows[i].asked);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        if (rows[i].asked)
            feed_message(f, 1, m);
        m.response = true;
        m.answers = 1;
        m.address[0] = "163.129.48.10";
        feed_message(f, 1.02, m);
        feed_quic(f, 2, CLIENT, "163.129.48.10", 443, true);
        finish(f, 6);
        expect_if(f, SSE_FIND_QUIC_DIRECT, rows[i].there);
        feed_free(f);
    }
}

static void quic_direct(void **state)
{
    static const struct { const char *what, *to; bool long_header, there; } rows[] = {
        { "long header to a public address", SITE, true, true }, { "short header", SITE, false, false },
        { "to a private address", "10.9.9.9", true, false }, { "to a resolver", R1, true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_quic(f, 1, CLIENT, rows[i].to, 443, rows[i].long_header);
        finish(f, 2);
        expect_if(f, SSE_FIND_QUIC_DIRECT, rows[i].there);
        feed_free(f);
    }
}

static void no_control_traffic_only_where_a_state_fails(void **state)
{
    static const struct { const char *what; feed_fate fate; bool control, there; } rows[] = {
        { "failing, nothing else", SILENT, false, true }, { "failing with control", SILENT, true, false },
        { "protected, nothing else", ANSWERED, false, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_dead_cycle(f, 0, CLIENT, rows[i].fate, rows[i].fate);
        feed_other(f, 5.5, LOCAL_DNS, CLIENT);
        if (rows[i].control)
            feed_control(f, 6, CLIENT);
        feed_tick(f, 30);
        expect_if(f, SSE_FIND_NO_CONTROL_TRAFFIC, rows[i].there);
        feed_free(f);
    }
}

/* Protected, unprotected, protected, ... 40 s each. Reading: the first state
 * seen is an entry of the timeline but no change. */
static void state_flapped(void **state)
{
    static const struct { int changes; bool there; } rows[] = { { 3, false }, { 4, true }, { 6, true } };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%d changes", rows[i].changes);
        for (int k = 0; k <= rows[i].changes; k++) {
            feed_fate fate = k % 2 ? SILENT : ANSWERED;

            feed_dead_cycle(f, 40 * k, CLIENT, fate, fate);
            feed_control(f, 40 * k + 6, CLIENT);
            feed_dead_cycle(f, 40 * k + 15, CLIENT, fate, fate);
            feed_control(f, 40 * k + 21, CLIENT);
        }
        feed_tick(f, 40 * rows[i].changes + 40);
        expect_if(f, SSE_FIND_STATE_FLAPPED, rows[i].there);
        feed_free(f);
    }
}

/* ---- the capture ---- */

static void one_way_capture_is_a_finding_of_the_capture(void **state)
{
    (void)state;
    for (int back = 0; back < 2; back++) {
        feed *f = feed_new();
        bool there = false;

        feed_row("a packet comes back: %d", back);
        feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
        if (back)
            feed_other(f, 6, LOCAL_DNS, CLIENT);
        feed_tick(f, 30);
        for (guint i = 0; i < feed_report(f)->findings->len; i++)
            there = there || g_array_index(feed_report(f)->findings, sse_finding, i).code == SSE_FIND_ONE_WAY_CAPTURE;
        expect_number(f, "one-way-capture", there, !back);
        feed_free(f);
    }
}

/* Of several clients it says how many it is about. */
static void one_way_capture_counts_clients(void **state)
{
    feed *f = feed_new();
    const char *text = NULL;

    (void)state;
    feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    feed_dead_cycle(f, 1, "192.168.0.205", SILENT, SILENT);
    feed_dead_cycle(f, 2, "192.168.0.206", ANSWERED, ANSWERED);
    feed_tick(f, 30);
    for (guint i = 0; i < feed_report(f)->findings->len; i++) {
        const sse_finding *found = &g_array_index(feed_report(f)->findings, sse_finding, i);

        if (found->code == SSE_FIND_ONE_WAY_CAPTURE)
            text = feed_finding_text(f, found);
    }
    assert_non_null(text);
    assert_string_equal(text, "No packet towards 2 of the 3 clients is in the file: only one direction was captured, or "
                              "nothing ever reached them.");
    feed_free(f);
}

static void late_start(void **state)
{
    static const struct { const char *what; int first; bool there; } rows[] = {
        { "a reply before any query", 0, true }, { "gateway payload before any SYN", 1, true }, { "queries first", 2, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

        feed_row("%s", rows[i].what);
        if (rows[i].first == 0) {
            feed_reply(f, 0, CLIENT, R1, 443, 1);
        } else if (rows[i].first == 1) {
            start(f);
            feed_server_payload(f, 1, &c, 300);
        }
        feed_burst(f, 2, CLIENT, 443, ANSWERED);
        finish(f, 3);
        expect_if(f, SSE_FIND_LATE_START, rows[i].there);
        feed_free(f);
    }
}

static void cut_packets(void **state)
{
    (void)state;
    for (int cut = 0; cut < 2; cut++) {
        feed *f = feed_new();

        feed_row("cut: %d", cut);
        feed_query(f, 0, CLIENT, R1, 443, 1);
        feed_message(f, 0.02, (feed_dns){ .client = CLIENT, .server = R1, .port = 443, .id = 1, .name = OBS_NAME_DEBUG, .response = true,
                                          .answers = 5, .server_string = true, .cut = cut });
        finish(f, 1);
        expect_if(f, SSE_FIND_CUT_PACKETS, cut);
        if (cut)
            expect_code(f, "confidence", sse_confidence_code(feed_client(f)->dns.confidence), "limited");
        feed_free(f);
    }
}

/* Reading: the step backwards is the jump; a long pause is sleep. */
static void clock_jump(void **state)
{
    static const struct { const char *what; double second; bool there; } rows[] = {
        { "a second back", 9, false }, { "1 ns more", 9 - NS, true }, { "a long pause", 1000, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        feed_burst(f, 5, CLIENT, 443, ANSWERED);
        feed_tick(f, 10);
        feed_jump(f, rows[i].second);
        feed_tick(f, rows[i].second + 20);
        expect_if(f, SSE_FIND_CLOCK_JUMP, rows[i].there);
        feed_free(f);
    }
}

static void timestamps_unusable(void **state)
{
    static const struct { const char *what; int frames; double last; bool there; } rows[] = {
        { "three frames, all equal", 3, 0, true }, { "two frames, equal", 2, 0, false }, { "three, one later", 3, NS, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();

        feed_row("%s", rows[i].what);
        for (int k = 0; k < rows[i].frames; k++)
            feed_query(f, k == rows[i].frames - 1 ? rows[i].last : 0, CLIENT, R1, 443, (uint16_t)k);
        expect_if(f, SSE_FIND_TIMESTAMPS_UNUSABLE, rows[i].there);
        feed_free(f);
    }
}

static void local_probe(void **state)
{
    (void)state;
    for (int local = 0; local < 2; local++) {
        feed *f = feed_new();

        feed_row("local: %d", local);
        feed_burst(f, 0, CLIENT, 443, ANSWERED);
        feed_query(f, 1, CLIENT, local ? LOCAL_DNS : R1, 53, 1);
        finish(f, 2);
        expect_if(f, SSE_FIND_LOCAL_PROBE, local);
        feed_free(f);
    }
}

static void a_gateway_answer_that_teaches_is_not_suspicious(void **state)
{
    feed *f = *state;

    start(f);
    finish(f, 1);
    expect_no_finding(f, SSE_FIND_GATEWAY_SUSPICIOUS);
}

/* ---- what every finding has ---- */

static void every_finding_has_a_frame_of_the_file_and_one_sentence(void **state)
{
    feed *f = *state;
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, 55555);

    start(f);
    feed_dead_cycle(f, 1, CLIENT, SILENT, ANSWERED);
    feed_dead_cycle(f, 15, CLIENT, SILENT, ANSWERED);
    feed_query(f, 22, CLIENT, LOCAL_DNS, 53, 1);
    feed_quic(f, 23, CLIENT, SITE, 443, true);
    feed_syn(f, 24, &c);
    feed_rst(f, 24.0003, &c, 64, 64240);
    feed_connect_status(f, 30, CLIENT, GATEWAY, "www.example.com", 403);
    finish(f, 31);
    assert_true(feed_client(f)->findings->len >= 4);
    for (int whose = 0; whose < 2; whose++) {
        const GArray *findings = whose ? feed_report(f)->findings : feed_client(f)->findings;

        for (guint i = 0; i < findings->len; i++) {
            const sse_finding *finding = &g_array_index(findings, sse_finding, i);
            const char *code = sse_finding_code_text(finding->code);
            const char *sentence = feed_finding_text(f, finding);
            size_t length = strlen(sentence);

            if (finding->frames.total == 0 || finding->frames.frame[0] == 0 || finding->frames.frame[0] > f->frame)
                fail_msg("%s has no frame of the file", code);
            if (finding->frames.kept != MIN(finding->frames.total, SSE_FRAMES_KEPT))
                fail_msg("%s keeps %u frames of %u", code, finding->frames.kept, finding->frames.total);
            if (length < 10 || sentence[length - 1] != '.')
                fail_msg("%s is no sentence: %s", code, sentence);
            if (i > 0 && finding->code <= g_array_index(findings, sse_finding, i - 1).code)
                fail_msg("%s is not in the order of the codes", code);
        }
    }
}

static void frames_keep_the_first_16_in_order(void **state)
{
    feed *f = *state;
    const sse_finding *finding;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    for (int i = 0; i < 30; i++)
        feed_quic(f, 1 + i * 0.1, CLIENT, SITE, 443, true);
    finish(f, 5);
    finding = feed_finding(f, SSE_FIND_QUIC_DIRECT);
    assert_non_null(finding);
    expect_number(f, "total", finding->frames.total, 30);
    expect_number(f, "kept", finding->frames.kept, 16);
    for (uint32_t i = 0; i < 16; i++)
        expect_frame(f, "frame", finding->frames.frame[i], 5 + i);
}

static void findings_are_noted_on_their_first_frame(void **state)
{
    feed *f = *state;
    uint32_t frame;
    bool found = false;

    feed_burst(f, 0, CLIENT, 443, ANSWERED);
    frame = feed_quic(f, 1, CLIENT, SITE, 443, true);
    feed_quic(f, 2, CLIENT, SITE, 443, true);
    finish(f, 5);
    for (guint i = 0; i < feed_report(f)->frame_notes->len; i++) {
        const sse_frame_note *note = &g_array_index(feed_report(f)->frame_notes, sse_frame_note, i);

        if (note->kind == SSE_NOTE_FINDING && note->code == SSE_FIND_QUIC_DIRECT) {
            expect_frame(f, "note", note->frame, frame);
            found = true;
        }
        if (i > 0)
            assert_true(g_array_index(feed_report(f)->frame_notes, sse_frame_note, i - 1).frame <= note->frame);
    }
    assert_true(found);
}

static void codes_are_those_of_the_contract(void **state)
{
    static const char *const codes[SSE_FINDINGS] = {
        "encrypted-port-blocked", "port-53-blocked", "port-53-intercepted", "resolver-unreachable", "probe-loss", "tcp-only",
        "not-identified", "answered-via-forwarder", "conflicting-replies", "forged-reply", "reset-on-path", "gateway-unreachable",
        "gateway-partly-failing", "slow-handshake", "path-mtu", "proxy-denied", "proxy-error", "captive-portal", "certificate-expired",
        "dnscrypt-unanswered", "ipv6-no-connectivity", "quic-direct", "nat-seen", "network-changed", "no-control-traffic", "state-flapped",
        "one-way-capture", "late-start", "cut-packets", "clock-jump", "timestamps-unusable", "local-probe", "gateway-suspicious", "limit-reached",
        "other-organisation", "edns-dropped", "certificate-not-yet-valid",
        "answered-nearby", "tunnel-broken", "slow-answer", "path-tool",
        "name-failed",
        "other-resolver",
        "clocks-differ",
        "module-silent", "device-id-shared", "address-shared", "rejected-by-client",
    };

    (void)state;
    for (int i = 0; i < SSE_FINDINGS; i++)
        assert_string_equal(sse_finding_code_text((sse_finding_code)i), codes[i]);
}

static void the_other_codes_are_those_of_the_contract(void **state)
{
    static const char *const probe[SSE_PROBE_OUTCOMES] = {
        "pending", "answered", "no-reply", "late", "intercepted", "refused", "court-order", "icmp-unreachable", "reset",
        "rejected-by-client",
    };
    static const char *const swg[SSE_SWG_OUTCOMES] = {
        "pending", "completed", "opened", "no-reply", "reset", "icmp-unreachable", "session-reset", "session-closed", "session-stalled", "session-silent",
        "session-foreign", "session-intercepted", "tunnel-reset", "tunnel-closed", "tunnel-stalled", "tunnel-silent",
    };
    static const char *const states[SSE_STATES] = { "not-observed", "protected", "inconclusive", "unprotected", "cloud-service-unavailable" };
    static const char *const causes[SSE_CAUSES] = {
        NULL, "court-order", "intercepted", "refused", "icmp-unreachable", "late", "no-reply", "reset", "session-reset", "session-closed",
        "session-stalled", "session-silent", "proxy-error", "name-not-resolved", "protected-network", "no-connectivity",
        "session-intercepted", "session-foreign", "tunnel-reset", "tunnel-closed", "tunnel-stalled", "tunnel-silent", "name-misdirected",
        "rejected-by-client",
    };

    (void)state;
    for (int i = 0; i < SSE_PROBE_OUTCOMES; i++)
        assert_string_equal(sse_probe_outcome_code((sse_probe_outcome)i), probe[i]);
    for (int i = 0; i < SSE_SWG_OUTCOMES; i++)
        assert_string_equal(sse_swg_outcome_code((sse_swg_outcome)i), swg[i]);
    for (int i = 0; i < SSE_STATES; i++)
        assert_string_equal(sse_state_code((sse_state)i), states[i]);
    assert_null(sse_cause_code(SSE_CAUSE_NONE));
    for (int i = 1; i < SSE_CAUSES; i++)
        assert_string_equal(sse_cause_code((sse_cause)i), causes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocked_ports),
        cmocka_unit_test(probe_loss),
        cmocka_unit_test(resolver_unreachable),
        TEST(two_lost_probes_make_no_resolver_unreachable),
        TEST(a_resolver_that_died_long_ago_is_unreachable),
        TEST(where_the_other_was_not_asked_since_no_resolver_is_unreachable),
        cmocka_unit_test(tcp_only),
        cmocka_unit_test(not_identified),
        cmocka_unit_test(other_organisation),
        cmocka_unit_test(one_intercepted_probe_where_the_resolver_answers_elsewhere),
        cmocka_unit_test(other_resolver),
        cmocka_unit_test(edns_dropped),
        cmocka_unit_test(answered_via_forwarder),
        cmocka_unit_test(conflicting_replies),
        cmocka_unit_test(forged_reply),
        TEST(a_repeated_reply_is_not_forged),
        cmocka_unit_test(reset_on_path),
        cmocka_unit_test(gateway_unreachable),
        cmocka_unit_test(gateway_partly_failing_only_while_protected),
        cmocka_unit_test(slow_handshake),
        cmocka_unit_test(path_mtu_by_silence),
        TEST(a_big_segment_acknowledged_in_the_end_is_no_path_mtu),
        cmocka_unit_test(path_mtu_by_icmp),
        cmocka_unit_test(answers_to_connect),
        TEST(proxy_errors_that_decide_are_no_finding),
        cmocka_unit_test(captive_portal),
        TEST(who_signed_in_meanwhile_has_nothing_to_do), cmocka_unit_test(a_portal_before_the_first_probe_counts),
        cmocka_unit_test(zta_is_no_direct_quic),
        cmocka_unit_test(quic_direct),
        cmocka_unit_test(no_control_traffic_only_where_a_state_fails),
        cmocka_unit_test(state_flapped),
        cmocka_unit_test(one_way_capture_is_a_finding_of_the_capture),
        cmocka_unit_test(one_way_capture_counts_clients),
        cmocka_unit_test(late_start),
        cmocka_unit_test(cut_packets),
        cmocka_unit_test(clock_jump),
        cmocka_unit_test(timestamps_unusable),
        cmocka_unit_test(local_probe),
        TEST(a_gateway_answer_that_teaches_is_not_suspicious),
        TEST(every_finding_has_a_frame_of_the_file_and_one_sentence),
        TEST(frames_keep_the_first_16_in_order),
        TEST(findings_are_noted_on_their_first_frame),
        cmocka_unit_test(codes_are_those_of_the_contract),
        cmocka_unit_test(the_other_codes_are_those_of_the_contract),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
