/* test_advice.c
 * Advice: every sentence and every line to allow that a report can give,
 * against the list of what is never advised; and what must be advised.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "feed.h"
#include "filters.h"

#define LATE_REPLY (-1)

/* ---- what is never advised ---- */

/* In no sentence at all. */
static const char *const never[] = {
    "0.0.0.0", "::/0", "any any", "allow all", "allow any", "permit any", "open all", "open the firewall", "everything", "everywhere",
    "to any", "any destination", "any address", "to the internet on udp 443", "udp 443 to the internet", "amazonaws", "aws", "amazon",
    "switch inspection off", "switch off", "turn off", "turn inspection off", "disable", "deactivate", "uninstall", "stop the module",
    "without inspection", "8.8.8.8", "1.1.1.1", "another resolver", "public resolver", "circumvent", "evade", "work around",
    "use a vpn", "another country", "try any", "any hotspot", "another hotspot",
};

/* Only together with the other word. */
static const struct { const char *said, *also; } only_with[] = {
    { "fail clos", "cut" }, { "failing clos", "cut" }, { "fail-clos", "cut" }, { "hotspot", "fail open" },
};

static void check_sentence(const char *sentence)
{
    char *lower = g_ascii_strdown(sentence, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
        if (strstr(lower, never[i]) != NULL)
            fail_msg("advice says \"%s\": %s", never[i], sentence);
    for (size_t i = 0; i < G_N_ELEMENTS(only_with); i++)
        if (strstr(lower, only_with[i].said) != NULL && strstr(lower, only_with[i].also) == NULL)
            fail_msg("advice says \"%s\" without \"%s\": %s", only_with[i].said, only_with[i].also, sentence);
    /* UDP 443 is for the resolvers, and says so. */
    if (strstr(lower, "allow udp 443") != NULL && strstr(lower, "resolver") == NULL)
        fail_msg("UDP 443 without the resolvers: %s", sentence);
    /* No rule for one load balancer's address. */
    if (strstr(lower, "allow") != NULL && (strstr(sentence, GATEWAY) != NULL || strstr(sentence, GATEWAY2) != NULL))
        fail_msg("advice allows one address of a gateway: %s", sentence);
    /* A court order is not to be evaded. */
    if (strstr(lower, "court order") != NULL && (strstr(lower, "bypass") != NULL || strstr(lower, "vpn") != NULL || strstr(lower, "exempt") != NULL))
        fail_msg("advice about a court order: %s", sentence);
    if (strlen(sentence) < 20 || sentence[strlen(sentence) - 1] != '.')
        fail_msg("no sentence: %s", sentence);
    g_free(lower);
}

/* "udp 443 208.67.222.222": DNS to resolvers only; the web to names and
 * published ranges, never to an address. */
static void check_allow(feed *f, const char *line, bool web)
{
    char **part = g_strsplit(line, " ", 3);
    sse_addr addr;

    if (g_strv_length(part) != 3)
        fail_msg("not protocol, port, destination: %s", line);
    if (strcmp(part[0], "udp") != 0 && strcmp(part[0], "tcp") != 0)
        fail_msg("protocol: %s", line);
    if (web) {
        if (strcmp(part[0], "tcp") != 0 || (strcmp(part[1], "443") != 0 && strcmp(part[1], "80") != 0))
            fail_msg("the web needs TCP 443 and 80: %s", line);
        if (sse_addr_parse(part[2], &addr))
            fail_msg("a single address for the web: %s", line);
        if (g_ascii_isdigit(part[2][0]) && strchr(part[2], '/') != NULL)
            fail_msg("a range that nobody published for the gateway: %s", line);
    } else {
        if (!sse_addr_parse(part[2], &addr) || !sse_tracker_is_resolver(f->t, &addr))
            fail_msg("DNS to something that is no resolver: %s", line);
        if (strcmp(part[1], "53") != 0 && strcmp(part[1], "443") != 0)
            fail_msg("a port that DNS does not need: %s", line);
    }
    if (strcmp(part[2], "*") == 0 || strcmp(part[2], "any") == 0 || strstr(part[2], "/0") != NULL || strstr(part[2], "aws") != NULL)
        fail_msg("everything is allowed: %s", line);
    g_strfreev(part);
}

static bool allows(feed *f, const sse_service_report *s, const char *line)
{
    for (guint i = 0; i < s->allow->len; i++)
        if (strcmp(feed_allow(f, s->allow, i), line) == 0)
            return true;
    return false;
}

static bool says(feed *f, const sse_service_report *s, const char *words)
{
    bool found = false;
    char *lower_words = g_ascii_strdown(words, -1);

    for (guint i = 0; i < s->advice->len && !found; i++) {
        char *lower = g_ascii_strdown(feed_advice(f, s->advice, i), -1);

        found = strstr(lower, lower_words) != NULL;
        g_free(lower);
    }
    g_free(lower_words);
    return found;
}

/* Checks all that a report advises. @return how many sentences there were. */
static unsigned check_report(feed *f)
{
    unsigned sentences = 0;

    for (guint i = 0; i < feed_report(f)->clients->len; i++) {
        const sse_client_report *c = &g_array_index(feed_report(f)->clients, sse_client_report, i);
        const sse_service_report *services[2] = { &c->dns, &c->web };

        for (int web = 0; web < 2; web++) {
            for (guint k = 0; k < services[web]->advice->len; k++, sentences++)
                check_sentence(feed_advice(f, services[web]->advice, k));
            for (guint k = 0; k < services[web]->allow->len; k++)
                check_allow(f, feed_allow(f, services[web]->allow, k), web);
            /* Reasons and findings are read as advice too. */
            for (guint k = 0; k < services[web]->reasons->len; k++) {
                const char *reason = feed_reason(f, services[web]->reasons, k);

                if (strstr(reason, "0.0.0.0/0") != NULL || strstr(reason, "any hotspot") != NULL)
                    fail_msg("reason: %s", reason);
            }
        }
    }
    return sentences;
}

/* ---- the files ---- */

static const char *const fate_names[] = { "silent", "answered", "NXDOMAIN", "refused", "court order", "ICMP of a filter", "ICMP of routing", "ICMP of the port" };

static void control(feed *f, double at, bool with)
{
    if (with)
        feed_control(f, at, CLIENT);
}

static feed *dns_file(int on443, int on53, bool v6, bool with_control)
{
    feed *f = feed_new();
    const char *client = v6 ? CLIENT6 : CLIENT;

    if (v6)
        feed_other(f, 0, SITE6, CLIENT6);
    for (int i = 0; i < 2; i++) {
        feed_dead_cycle(f, 1 + 15 * i, client, (feed_fate)on443, (feed_fate)on53);
        control(f, 7 + 15 * i, with_control && !v6);
        if (v6)
            feed_other(f, 8 + 15 * i, with_control ? SITE6 : "fe80::1", CLIENT6);
    }
    feed_tick(f, 60);
    return f;
}

static feed *late_file(void)
{
    feed *f = feed_new();

    for (uint16_t i = 0; i < 2; i++)
        feed_query(f, i * 0.1, CLIENT, i ? R2 : R1, 443, (uint16_t)(1 + i));
    feed_control(f, 1, CLIENT);
    for (uint16_t i = 0; i < 2; i++)
        feed_query(f, 5 + i * 0.1, CLIENT, i ? R2 : R1, 53, (uint16_t)(11 + i));
    for (uint16_t i = 0; i < 2; i++)
        feed_reply(f, 6 + i * 0.1, CLIENT, i ? R2 : R1, 443, (uint16_t)(1 + i));
    for (uint16_t i = 0; i < 2; i++)
        feed_reply(f, 11 + i * 0.1, CLIENT, i ? R2 : R1, 53, (uint16_t)(11 + i));
    feed_control(f, 12, CLIENT);
    feed_tick(f, 40);
    return f;
}

typedef enum {
    WEB_RESET_ON_PATH, WEB_RESET_UNKNOWN, WEB_RESET_GATEWAY, WEB_SILENT, WEB_ICMP_FILTER, WEB_ICMP_ROUTING, WEB_ICMP_PORT,
    WEB_SESSION_RESET, WEB_SESSION_CLOSED, WEB_SESSION_STALLED, WEB_SESSION_STALLED_BIG, WEB_SESSION_SILENT,
    WEB_PROXY_502, WEB_PROXY_407, WEB_NAME, WEB_DEAD_LINK, WEB_ONE_FAILURE, WEB_GOOD, WEB_DENIED, WEB_PARTLY,
    WEB_KINDS
} web_kind;

static const char *const web_names[WEB_KINDS] = {
    "reset on the path", "reset of unknown origin", "reset of the gateway", "silent", "ICMP of a filter", "ICMP of routing", "ICMP of the port",
    "session reset", "session closed", "session stalled", "session stalled, big segments", "session silent",
    "proxy 502", "proxy 407", "name not resolved", "dead link", "one failure", "good", "denied", "partly failing",
};

static void failed_handshake(feed *f, double at, web_kind kind)
{
    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, f->sport++);

    feed_syn(f, at, &c);
    switch (kind) {
    case WEB_RESET_ON_PATH:
        feed_rst(f, at + 0.0003, &c, 64, 64240);
        return;
    case WEB_RESET_UNKNOWN:
        feed_rst(f, at + 0.030, &c, 50, 64240);
        return;
    case WEB_RESET_GATEWAY:
        feed_rst(f, at + 0.020, &c, 50, 0);
        return;
    case WEB_ICMP_FILTER:
        feed_icmp_syn(f, at + 0.003, FIREWALL, &c, 3, 13);
        return;
    case WEB_ICMP_ROUTING:
        feed_icmp_syn(f, at + 0.003, FIREWALL, &c, 3, 1);
        return;
    case WEB_ICMP_PORT:
        feed_icmp_syn(f, at + 0.003, GATEWAY, &c, 3, 3);
        return;
    case WEB_SESSION_RESET:
    case WEB_SESSION_CLOSED:
    case WEB_SESSION_SILENT:
        feed_synack(f, at + 0.02, &c);
        feed_connect(f, at + 0.03, &c, kind == WEB_SESSION_SILENT ? (f->sport % 2 ? "a.example" : "b.example") : "www.example.com");
        if (kind == WEB_SESSION_RESET)
            feed_rst(f, at + 0.05, &c, 0, 0);
        else if (kind == WEB_SESSION_CLOSED)
            feed_fin(f, at + 0.05, &c);
        else
            feed_server_ack(f, at + 0.05, &c);
        return;
    case WEB_SESSION_STALLED:
    case WEB_SESSION_STALLED_BIG:
        feed_synack(f, at + 0.02, &c);
        feed_payload(f, at + 0.03, &c, kind == WEB_SESSION_STALLED ? 200 : 1400);
        feed_payload_again(f, at + 0.3, &c);
        feed_payload_again(f, at + 0.9, &c);
        feed_payload_again(f, at + 3.1, &c);
        return;
    default:
        return;
    }
}

static feed *web_file(web_kind kind, bool with_good)
{
    feed *f = feed_new();
    uint16_t id = 600;

    feed_learn(f, 0, CLIENT);
    if (with_good || kind == WEB_RESET_GATEWAY)
        feed_good_handshake(f, 10, CLIENT, GATEWAY);
    switch (kind) {
    case WEB_PROXY_502:
    case WEB_PROXY_407:
        for (int i = 0; i < 3; i++)
            feed_connect_status(f, 20 + i, CLIENT, GATEWAY, i ? "a.example" : "b.example", kind == WEB_PROXY_502 ? 502 : 407);
        break;
    case WEB_DENIED:
        feed_connect_status(f, 20, CLIENT, GATEWAY, "a.example", 403);
        break;
    case WEB_NAME:
        feed_lookup(f, 30, CLIENT, LOCAL_DNS, id);
        feed_answer(f, 30.01, CLIENT, LOCAL_DNS, id, 3, NULL);
        break;
    case WEB_GOOD:
        feed_good_handshake(f, 20, CLIENT, GATEWAY);
        break;
    case WEB_PARTLY:
        feed_good_handshake(f, 20, CLIENT, GATEWAY);
        failed_handshake(f, 22, WEB_RESET_UNKNOWN);
        feed_good_handshake(f, 24, CLIENT, GATEWAY);
        break;
    case WEB_ONE_FAILURE:
        failed_handshake(f, 20, WEB_RESET_UNKNOWN);
        break;
    case WEB_DEAD_LINK:
        failed_handshake(f, 20, WEB_SILENT);
        feed_silent_visit(f, 21, CLIENT, SITE);
        feed_silent_visit(f, 22, CLIENT, SITE2);
        failed_handshake(f, 24, WEB_SILENT);
        feed_tick(f, 60);
        return f;
    default:
        for (int i = 0; i < 3; i++)
            failed_handshake(f, 20 + 4 * i, kind);
    }
    feed_control(f, 34, CLIENT);
    feed_visit(f, 35, CLIENT, SITE2, 443);
    feed_tick(f, 60);
    return f;
}

static feed *captive_file(bool web)
{
    feed *f = feed_new();
    feed_conn c = feed_connection(CLIENT, SITE2, 80, 60000);

    if (web) {
        feed_learn(f, 0, CLIENT);
        failed_handshake(f, 1, WEB_SILENT);
        failed_handshake(f, 2, WEB_SILENT);
    } else {
        feed_dead_cycle(f, 0, CLIENT, SILENT, SILENT);
    }
    feed_syn(f, 6, &c);
    feed_synack(f, 6.01, &c);
    feed_http(f, 6.02, &c, OBS_HTTP_PORTAL_TEST);
    feed_portal_answer(f, 6.03, &c, 302, false, false);
    feed_tick(f, 40);
    return f;
}

/* ---- never ---- */

static void dns_advice_for_every_cause_on_every_port(void **state)
{
    (void)state;
    for (int on443 = SILENT; on443 <= ICMP_PORT; on443++) {
        for (int on53 = SILENT; on53 <= ICMP_PORT; on53++) {
            for (int variant = 0; variant < 4; variant++) {
                feed *f = dns_file(on443, on53, variant & 1, variant & 2);

                feed_row("443 %s, 53 %s, IPv%d, control %d", fate_names[on443], fate_names[on53], variant & 1 ? 6 : 4, variant >> 1);
                check_report(f);
                if (feed_client(f)->dns.verdict == SSE_UNPROTECTED)
                    expect_number(f, "has advice", feed_client(f)->dns.advice->len > 0, true);
                feed_free(f);
            }
        }
    }
}

static void dns_advice_for_late_answers(void **state)
{
    feed *f = late_file();

    (void)state;
    expect_dns(f, "unprotected", "late");
    expect_number(f, "has advice", check_report(f) > 0, true);
    feed_free(f);
}

static void web_advice_for_every_cause(void **state)
{
    (void)state;
    for (int kind = 0; kind < WEB_KINDS; kind++) {
        for (int with_good = 0; with_good < 2; with_good++) {
            feed *f = web_file((web_kind)kind, with_good);

            feed_row("%s, %s", web_names[kind], with_good ? "after a good handshake" : "from the start");
            check_report(f);
            if (feed_client(f)->web.verdict == SSE_CLOUD_SERVICE_UNAVAILABLE)
                expect_number(f, "has advice", feed_client(f)->web.advice->len > 0, true);
            feed_free(f);
        }
    }
}

static void advice_where_a_portal_or_a_dead_link_is_the_reason(void **state)
{
    (void)state;
    for (int web = 0; web < 2; web++) {
        feed *f = captive_file(web);

        feed_row("captive portal, web %d", web);
        expect_number(f, "has advice", check_report(f) > 0, true);
        feed_free(f);
    }
}

/* ---- each cause is produced, so that the walk above walks them all ---- */

static void the_files_cover_every_cause_of_the_web(void **state)
{
    static const char *const expected[WEB_KINDS] = {
        "reset", "reset", "reset", "no-reply", "icmp-unreachable", "icmp-unreachable", "icmp-unreachable",
        "session-reset", "session-closed", "session-stalled", "session-stalled", "session-silent",
        "proxy-error", "proxy-error", "name-not-resolved", "no-connectivity", NULL, NULL, NULL, NULL,
    };

    (void)state;
    for (int kind = 0; kind < WEB_KINDS; kind++) {
        feed *f = web_file((web_kind)kind, false);

        feed_row("%s", web_names[kind]);
        expect_code(f, "cause", sse_cause_code(feed_client(f)->web.cause), expected[kind]);
        feed_free(f);
    }
}

/* ---- what is advised ---- */

static void dropped_dns_asks_for_443_and_53_to_all_resolvers(void **state)
{
    static const char *const lines[] = {
        "udp 443 208.67.222.222", "udp 443 208.67.220.220", "udp 443 208.67.222.220", "udp 443 208.67.220.222",
        "udp 53 208.67.222.222", "udp 53 208.67.220.220", "udp 53 208.67.222.220", "udp 53 208.67.220.222",
        "tcp 53 208.67.222.222", "tcp 53 208.67.220.220", "tcp 53 208.67.222.220", "tcp 53 208.67.220.222",
    };
    feed *f = dns_file(SILENT, SILENT, false, true);

    (void)state;
    expect_dns(f, "unprotected", "no-reply");
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        feed_row("%s", lines[i]);
        expect_number(f, "allowed", allows(f, &feed_client(f)->dns, lines[i]), true);
    }
    expect_number(f, "says that it goes above QUIC rules", says(f, &feed_client(f)->dns, "QUIC"), true);
    feed_free(f);
}

static void dropped_ipv6_dns_asks_for_the_ipv6_resolvers(void **state)
{
    feed *f = dns_file(SILENT, SILENT, true, true);

    (void)state;
    expect_dns(f, "unprotected", "no-reply");
    expect_number(f, "UDP 443", allows(f, &feed_client(f)->dns, "udp 443 2620:119:35::35"), true);
    expect_number(f, "UDP 53", allows(f, &feed_client(f)->dns, "udp 53 2620:119:53::53"), true);
    expect_number(f, "TCP 53", allows(f, &feed_client(f)->dns, "tcp 53 2620:119:53::53"), true);
    feed_free(f);
}

static void dropped_web_asks_for_names_and_published_ranges(void **state)
{
    feed *f = web_file(WEB_SILENT, false);

    (void)state;
    expect_web(f, "cloud-service-unavailable", "no-reply");
    expect_number(f, "the name, 443", allows(f, &feed_client(f)->web, "tcp 443 " GATEWAY_NAME), true);
    expect_number(f, "the name, 80", allows(f, &feed_client(f)->web, "tcp 80 " GATEWAY_NAME), true);
    expect_number(f, "published ranges", says(f, &feed_client(f)->web, "ingress ranges"), true);
    feed_free(f);
}

static void a_filters_icmp_names_the_device(void **state)
{
    feed *dns = dns_file(ICMP_FILTER, ICMP_FILTER, false, true), *web = web_file(WEB_ICMP_FILTER, false);

    (void)state;
    expect_number(dns, "DNS names " FIREWALL, says(dns, &feed_client(dns)->dns, FIREWALL), true);
    expect_number(web, "web names " FIREWALL, says(web, &feed_client(web)->web, FIREWALL), true);
    feed_free(dns);
    feed_free(web);
}

/* "a filter's ICMP (9, 10, 13, and 3 from another address than the destination)
 * names the device; routing (0, 1)" */
static void icmp_codes_tell_a_rule_from_a_route(void **state)
{
    static const struct { const char *sender; uint8_t code; bool rule, route; } rows[] = {
        { FIREWALL, 9, true, false }, { FIREWALL, 10, true, false }, { FIREWALL, 13, true, false }, { FIREWALL, 3, true, false },
        { FIREWALL, 0, false, true }, { FIREWALL, 1, false, true },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int web = 0; web < 2; web++) {
            feed *f = feed_new();
            const sse_service_report *s;

            feed_row("%s, code %u, web %d", rows[i].sender, rows[i].code, web);
            feed_learn(f, 0, CLIENT);
            for (uint16_t k = 0; k < 4; k++) {
                double at = 10 + k * 4;
                uint16_t port = k < 2 ? 443 : 53;

                if (web) {
                    feed_conn c = feed_connection(CLIENT, GATEWAY, 443, (uint16_t)(57000 + k));

                    feed_syn(f, at, &c);
                    feed_icmp_syn(f, at + 0.003, rows[i].sender, &c, 3, rows[i].code);
                } else {
                    feed_query(f, at, CLIENT, k % 2 ? R2 : R1, port, k);
                    feed_icmp_query(f, at + 0.003, rows[i].sender, CLIENT, k % 2 ? R2 : R1, port, k, 3, rows[i].code);
                }
            }
            feed_control(f, 23, CLIENT);
            feed_tick(f, 50);
            s = web ? &feed_client(f)->web : &feed_client(f)->dns;
            expect_code(f, "cause", sse_cause_code(s->cause), "icmp-unreachable");
            expect_number(f, "a rule on the device", says(f, s, "access rule"), rows[i].rule);
            expect_number(f, "a route", says(f, s, "route"), rows[i].route);
            expect_number(f, "names " FIREWALL, says(f, s, FIREWALL), true);
            expect_number(f, "something to allow", s->allow->len > 0, !rows[i].route);
            feed_free(f);
        }
    }
}

static void a_port_unreachable_of_another_address_names_the_device(void **state)
{
    feed *f = feed_new();

    (void)state;
    for (uint16_t i = 0; i < 4; i++) {
        feed_query(f, i * 5, CLIENT, i % 2 ? R2 : R1, i < 2 ? 443 : 53, i);
        feed_icmp_query(f, i * 5 + 0.003, FIREWALL, CLIENT, i % 2 ? R2 : R1, i < 2 ? 443 : 53, i, 3, 3);
    }
    feed_control(f, 16, CLIENT);
    feed_tick(f, 40);
    expect_dns(f, "unprotected", "icmp-unreachable");
    expect_number(f, "names " FIREWALL, says(f, &feed_client(f)->dns, FIREWALL), true);
    expect_number(f, "says rule", says(f, &feed_client(f)->dns, "rule"), true);
    feed_free(f);
}

static void interception_asks_to_exempt_the_resolvers(void **state)
{
    static const feed_fate fates[] = { NXDOMAIN, REFUSED };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(fates); i++) {
        feed *f = dns_file(fates[i], fates[i], false, true);

        feed_row("%s", fate_names[fates[i]]);
        expect_number(f, "exempt", says(f, &feed_client(f)->dns, "exempt"), true);
        feed_free(f);
    }
}

/* "No firewall advice where the cause is not a filter's." */
static void no_firewall_advice_for_dns_where_no_filter_is_the_cause(void **state)
{
    static const struct { const char *what; int on443, on53; } rows[] = {
        { "court order", COURT_ORDER, COURT_ORDER }, { "routing", ICMP_ROUTING, ICMP_ROUTING }, { "protected", ANSWERED, ANSWERED },
        { "late", LATE_REPLY, LATE_REPLY },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = rows[i].on443 == LATE_REPLY ? late_file() : dns_file(rows[i].on443, rows[i].on53, false, true);

        feed_row("%s", rows[i].what);
        expect_number(f, "allow", feed_client(f)->dns.allow->len, 0);
        expect_number(f, "says allow", says(f, &feed_client(f)->dns, "allow "), false);
        feed_free(f);
    }
}

static void no_firewall_advice_for_the_web_where_no_filter_is_the_cause(void **state)
{
    static const web_kind kinds[] = {
        WEB_RESET_GATEWAY, WEB_ICMP_ROUTING, WEB_PROXY_502, WEB_PROXY_407, WEB_NAME, WEB_DEAD_LINK, WEB_GOOD, WEB_DENIED, WEB_PARTLY,
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        feed *f = web_file(kinds[i], false);

        feed_row("%s", web_names[kinds[i]]);
        expect_number(f, "allow", feed_client(f)->web.allow->len, 0);
        expect_number(f, "says allow", says(f, &feed_client(f)->web, "allow "), false);
        feed_free(f);
    }
}

static void with_a_captive_portal_the_advice_is_to_sign_in_first(void **state)
{
    (void)state;
    for (int web = 0; web < 2; web++) {
        feed *f = captive_file(web);
        const sse_service_report *s = web ? &feed_client(f)->web : &feed_client(f)->dns;

        feed_row("web %d", web);
        expect_number(f, "has advice", s->advice->len > 0, true);
        expect_number(f, "signs in", strstr(feed_advice(f, s->advice, 0), "ign in") != NULL, true);
        expect_number(f, "allow", s->allow->len, 0);
        feed_free(f);
    }
}

static void fail_open_is_said_and_failing_closed_only_with_its_price(void **state)
{
    feed *f = web_file(WEB_SILENT, false);

    (void)state;
    expect_number(f, "has fail open", feed_client(f)->fail_open > 0, true);
    expect_number(f, "says so", says(f, &feed_client(f)->web, "unprotected"), true);
    feed_free(f);
}

/* A gateway that is known does not answer, a local server does. */
static void silent_gateway(feed *f)
{
    failed_handshake(f, 20, WEB_SILENT);
    failed_handshake(f, 21, WEB_SILENT);
    feed_local_query(f, 22, CLIENT, 700);
    feed_local_answer(f, 22.01, CLIENT, 700, 0);
    feed_tick(f, 60);
    expect_web(f, "cloud-service-unavailable", "no-reply");
}

static void without_direct_connections_nothing_is_said_of_fail_open(void **state)
{
    feed *f = feed_new();

    (void)state;
    feed_learn(f, 0, CLIENT);
    silent_gateway(f);
    expect_number(f, "says fail open", says(f, &feed_client(f)->web, "fail open"), false);
    feed_free(f);
}

/* What a stranger calls his gateway stands in no rule: nobody reads before pasting. */
static void only_a_hosts_name_is_to_be_allowed(void **state)
{
    static const struct { const char *name, *shown; } rows[] = {
        { "swg-url-proxy-https-7.sigproxy.qq.opendns.com", "swg-url-proxy-https-7.sigproxy.qq.opendns.com" },
        { "0.0.0.0/0,::/0,any.sigproxy.qq.opendns.com", "\"0.0.0.0/0,::/0,any.sigproxy.qq.opendns.com\"" },
        { "$(id).sigproxy.qq.opendns.com", "\"$(id).sigproxy.qq.opendns.com\"" },
        { "a b.sigproxy.qq.opendns.com", "\"a b.sigproxy.qq.opendns.com\"" },
        { "\"; id; \".sigproxy.qq.opendns.com", "\"'; id; '.sigproxy.qq.opendns.com\"" },
        { "-a.sigproxy.qq.opendns.com", "\"-a.sigproxy.qq.opendns.com\"" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        feed *f = feed_new();
        char *line = g_strdup_printf("tcp 443 %s", rows[i].name);
        feed_dns asks = { .client = CLIENT, .server = LOCAL_DNS, .port = 53, .id = 1, .name = OBS_NAME_GATEWAY, .qname = rows[i].name };

        feed_row("%s", rows[i].name);
        feed_message(f, 0, asks);
        asks.response = true;
        asks.answers = 1;
        asks.address[0] = GATEWAY;
        feed_message(f, 0.02, asks);
        silent_gateway(f);
        expect_code(f, "name", g_array_index(feed_client(f)->gateways, sse_gateway_report, 0).name, rows[i].shown);
        expect_number(f, "is to be allowed", allows(f, &feed_client(f)->web, line), *rows[i].shown != '"');
        expect_number(f, "something is", feed_client(f)->web.allow->len > 0, true);
        check_report(f);
        g_free(line);
        feed_free(f);
    }
}

/* ---- filters and examples ---- */

static void filters_name_the_client_and_the_resolvers(void **state)
{
    feed *f = dns_file(SILENT, SILENT, false, true);
    const sse_client_report *r = feed_client(f);
    char *display = sse_service_filter(r, &r->dns), *capture = sse_service_capture_filter(r, &r->dns);

    (void)state;
    expect_code(f, "display filter", display,
                "(ip.addr == " CLIENT ") && (ip.addr == " R2 " || ip.addr == " R1 ")");
    expect_code(f, "capture filter", capture,
                "(host " CLIENT ") and (icmp or icmp6 or (host " R2 " or host " R1 ") and (port 53 or port 443))");
    g_free(display);
    g_free(capture);
    assert_null(sse_service_filter(r, &r->web));
    feed_free(f);
}

static void examples_are_failed_attempts(void **state)
{
    feed *f = dns_file(SILENT, SILENT, false, true);
    const sse_service_report *s = &feed_client(f)->dns;
    sse_addr client = feed_addr(CLIENT);

    (void)state;
    expect_number(f, "examples", s->examples->len, SSE_EXAMPLES);
    for (guint i = 0; i < s->examples->len; i++) {
        const sse_example *e = &g_array_index(s->examples, sse_example, i);

        assert_true(sse_addr_equal(&e->src, &client));
        assert_true(sse_tracker_is_resolver(f->t, &e->dst));
        assert_true(e->dport == 443 || e->dport == 53);
        assert_true(e->sport != 0);
        assert_true(e->frame != 0);
    }
    feed_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_advice_for_every_cause_on_every_port),
        cmocka_unit_test(dns_advice_for_late_answers),
        cmocka_unit_test(web_advice_for_every_cause),
        cmocka_unit_test(advice_where_a_portal_or_a_dead_link_is_the_reason),
        cmocka_unit_test(the_files_cover_every_cause_of_the_web),
        cmocka_unit_test(dropped_dns_asks_for_443_and_53_to_all_resolvers),
        cmocka_unit_test(dropped_ipv6_dns_asks_for_the_ipv6_resolvers),
        cmocka_unit_test(dropped_web_asks_for_names_and_published_ranges),
        cmocka_unit_test(a_filters_icmp_names_the_device),
        cmocka_unit_test(icmp_codes_tell_a_rule_from_a_route),
        cmocka_unit_test(a_port_unreachable_of_another_address_names_the_device),
        cmocka_unit_test(interception_asks_to_exempt_the_resolvers),
        cmocka_unit_test(no_firewall_advice_for_dns_where_no_filter_is_the_cause),
        cmocka_unit_test(no_firewall_advice_for_the_web_where_no_filter_is_the_cause),
        cmocka_unit_test(with_a_captive_portal_the_advice_is_to_sign_in_first),
        cmocka_unit_test(fail_open_is_said_and_failing_closed_only_with_its_price),
        cmocka_unit_test(without_direct_connections_nothing_is_said_of_fail_open),
        cmocka_unit_test(only_a_hosts_name_is_to_be_allowed),
        cmocka_unit_test(filters_name_the_client_and_the_resolvers),
        cmocka_unit_test(examples_are_failed_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
