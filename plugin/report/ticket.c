/* ticket.c
 * The block to paste into a ticket for a firewall team.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "filters.h"
#include "layout.h"
#include "log_words.h"
#include "names.h"
#include "phrases.h"
#include "printers.h"
#include "provider.h"

#include <stdio.h>
#include <string.h>

/* A ticket is about some clients, not about all of a company. */
#define TICKETS 10

static void endpoint(GString *text, const sse_addr *addr, uint16_t port)
{
    char address[SSE_ADDR_TEXT];

    sse_addr_text(addr, address);
    g_string_append_printf(text, addr->family == 6 ? "[%s]:%u" : "%s:%u", address, port);
}

static void example_lines(GString *out, const sse_service_report *s)
{
    GString *text = g_string_new(NULL);

    if (s->examples->len > 0)
        g_string_append(out, "For example:\n");
    for (guint i = 0; i < s->examples->len; i++) {
        const sse_example *e = &g_array_index(s->examples, sse_example, i);
        char *time = sse_time_utc(e->time);
        char *start = g_strdup_printf("  %s  %s  ", time, e->transport == SSE_TCP ? "TCP" : "UDP");

        g_string_set_size(text, 0);
        endpoint(text, &e->src, e->sport);
        g_string_append(text, " -> ");
        endpoint(text, &e->dst, e->dport);
        g_string_append_printf(text, " (frame %u)", e->frame);
        sse_wrap(out, start, text->str);
        g_free(start);
        g_free(time);
    }
    g_string_free(text, TRUE);
}

static void icmp_line(GString *out, const sse_icmp_sum *icmp)
{
    char *words;

    if (icmp->count == 0)
        return;
    words = sse_icmp_words(icmp);
    sse_wrap(out, "Rejected by: ", words);
    g_free(words);
}

/* What was tried since the state changed: what worked before is no matter of
 * the ticket. @return whether there is a line */
static bool target_line(GString *out, bool first, const char *target, const char *service, const char *good,
                        uint32_t all, uint32_t all_good, uint32_t before, uint32_t before_good)
{
    if (all == before)
        return false;
    sse_wrap_printf(out, first ? "To: " : "    ", "%s, %s: %u tried, %u %s", target, service, all - before,
                    all_good - before_good, good);
    return true;
}

static void headline(GString *out, const char *service, const sse_client_report *c, const sse_service_report *s)
{
    GString *others = g_string_new(NULL);
    char text[SSE_ADDR_TEXT];
    char *time = sse_time_utc(s->since.time);

    sse_wrap_printf(out, "", "%s protection of the Cisco Secure Client at %s is down: %s (%s).", service,
                    sse_addr_text(&c->client, text), sse_state_words(s->verdict), sse_cause_words(s->cause));
    if (s->since.frame != 0)
        sse_wrap_printf(out, "Since: ", "%s%s (frame %u)", time, s->since.at_or_before ? " or earlier" : "",
                        s->since.frame);
    sse_addresses_words(others, c->addresses);
    sse_wrap(out, "From: ", others->len > 0 ? others->str : sse_addr_text(&c->client, text));
    g_string_free(others, TRUE);
    g_free(time);
}

/* A line of a text that is freed. */
static void say(GString *out, const char *head, char *text)
{
    sse_wrap(out, head, text);
    g_free(text);
}

static bool answered_by_others(const sse_service_report *s)
{
    return s->cause == SSE_CAUSE_INTERCEPTED || s->cause == SSE_CAUSE_REFUSED;
}

static void service_tail(GString *out, const sse_report *r, const sse_client_report *c, const sse_service_report *s)
{
    if (s->has_control && s->control_dns_answers == 0 && s->control_tcp_opened == 0)
        sse_wrap(out, "Meanwhile: ", "nothing else of this client was answered");
    else if (s->has_control)
        sse_wrap_printf(out, "Meanwhile: ", "this client had %u other DNS %s and opened %u other TCP %s",
                        s->control_dns_answers, sse_plural(s->control_dns_answers, "answer", "answers"),
                        s->control_tcp_opened, sse_plural(s->control_tcp_opened, "connection", "connections"));
    sse_wrap(out, "Captured: ", c->at_client ? "at the client" : "away from the client");
    for (guint i = 0; i < s->reasons->len; i++)
        say(out, i == 0 ? "Caution: " : "         ", sse_reason_text(&g_array_index(s->reasons, sse_reason, i)));
    for (guint i = 0; i < s->advice->len; i++)
        say(out, i == 0 ? "To do: " : "       ", sse_advice_text(r, &g_array_index(s->advice, sse_advice, i)));
    for (guint i = 0; i < s->allow->len; i++)
        say(out, i > 0 ? "       " : answered_by_others(s) ? "Exempt: " : "Allow: ",
            sse_allow_text(&g_array_index(s->allow, sse_allow, i)));
    char *display = sse_service_filter(c, s), *capture = sse_service_capture_filter(c, s);

    if (display != NULL)
        sse_line(out, "Display filter: ", display);
    if (capture != NULL)
        sse_line(out, "Capture filter: ", capture);
    g_free(display);
    g_free(capture);
}

/* A test of what the preferences name: the first debug probe, the first resolver
 * of the IP version. */
static void test_line(GString *out, const sse_report *r, unsigned ip)
{
    const GPtrArray *names = r->in_force.names.probes;
    const GArray *resolvers = r->in_force.resolvers;
    const char *name = NULL;
    char text[SSE_ADDR_TEXT] = "", *command;

    for (guint i = 0; names != NULL && i < names->len && name == NULL; i++)
        if (!sse_is_provider_name((const char *)g_ptr_array_index(names, i)))
            name = (const char *)g_ptr_array_index(names, i);
    for (guint i = 0; resolvers != NULL && i < resolvers->len && text[0] == '\0'; i++)
        if (g_array_index(resolvers, sse_range, i).base.family == ip)
            sse_addr_text(&g_array_index(resolvers, sse_range, i).base, text);
    if (name == NULL || text[0] == '\0')
        return;
    command = g_strdup_printf("nslookup -type=txt %s %s", name, text);
    sse_line(out, "Test again on the client: ", command);
    g_free(command);
    sse_wrap(out, "    ", "good is an answer with a line that starts with \"server\". It tests port 53; UDP 443 shows in "
             "a new capture.");
}

static void dns_ticket(GString *out, const sse_report *report, const sse_client_report *c)
{
    sse_icmp_sum rejected = { .count = 0 };
    char *fake = NULL;
    bool first = true;

    headline(out, "DNS", c, &c->dns);
    for (guint i = 0; i < c->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(c->resolvers, sse_resolver_report, i);
        char address[SSE_ADDR_TEXT], service[16];

        snprintf(service, sizeof service, "%s %u", r->transport == SSE_TCP ? "TCP" : "UDP", r->port);
        if (target_line(out, first, sse_addr_text(&r->address, address), service,
                        answered_by_others(&c->dns) ? "answered by OpenDNS" : "answered", r->probes,
                        r->outcomes[SSE_PROBE_ANSWERED], r->before_probes, r->before_answered))
            first = false;
        /* One device rejects them all, as a rule. */
        if (rejected.count == 0)
            rejected = r->icmp;
        else if (sse_addr_equal(&rejected.sender, &r->icmp.sender) && rejected.type == r->icmp.type &&
                 rejected.code == r->icmp.code)
            rejected.count += r->icmp.count;
        if (fake == NULL)
            fake = sse_fake_words(r);
    }
    if (answered_by_others(&c->dns) && fake != NULL)
        sse_wrap_printf(out, "Answered by something else, for example: ", "%s", fake);
    g_free(fake);
    example_lines(out, &c->dns);
    icmp_line(out, &rejected);
    service_tail(out, report, c, &c->dns);
    test_line(out, report, c->named_version == 6 ? 6 : 4);
}

/* Whether a name can stand in a command that people paste into a shell: it
 * comes from a packet. A redacted name (redact.c) would test nothing. */
static bool is_plain_name(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

    return name != NULL && g_ascii_isalnum(*name) && name[strspn(name, plain)] == '\0' &&
           strstr(name, "-https-org-") == NULL && strstr(name, "-https-redacted.") == NULL;
}

/* TCP opened, what came after failed. */
static bool opens(sse_cause cause)
{
    switch (cause) {
    case SSE_CAUSE_SESSION_RESET:
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_SESSION_STALLED:
    case SSE_CAUSE_SESSION_SILENT:
    case SSE_CAUSE_PROXY_ERROR:
        return true;
    default:
        return false;
    }
}

/* A name for a test where the capture shows no gateway: the one that Cisco Secure
 * Access gives to every client, where it is among those looked for. */
static const char *any_gateway(const sse_report *r)
{
    const GPtrArray *names = r->in_force.names.gateways;

    for (guint i = 0; names != NULL && i < names->len; i++)
        if (g_str_has_suffix(SSE_ANY_GATEWAY_NAME, (const char *)g_ptr_array_index(names, i)))
            return SSE_ANY_GATEWAY_NAME;
    return names != NULL && names->len > 0 ? (const char *)g_ptr_array_index(names, 0) + 1 : NULL;
}

static void web_ticket(GString *out, const sse_report *report, const sse_client_report *c)
{
    char test[SSE_ADDR_TEXT] = "", *words;
    const char *name = NULL, *host;
    unsigned shown = 0, more = 0;

    headline(out, "Web", c, &c->web);
    if (c->web.cause == SSE_CAUSE_PROXY_ERROR)
        sse_wrap(out, "", "A matter for Cisco support, not for the firewall team: the gateway is reached.");
    for (guint i = 0; i < c->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        char address[SSE_ADDR_TEXT], service[16];
        char *target = g_strdup_printf("%s%s%s%s", sse_addr_text(&g->address, address), g->name != NULL ? " (" : "",
                                       g->name != NULL ? g->name : "", g->name != NULL ? ")" : "");

        snprintf(service, sizeof service, "TCP %u", g->port);
        if (shown >= SSE_ROWS_SHOWN) {
            more += g->handshakes != g->before_handshakes;
        } else if (target_line(out, shown == 0, target, service, "worked", g->handshakes,
                               g->outcomes[SSE_SWG_COMPLETED], g->before_handshakes, g->before_completed)) {
            if (test[0] == '\0')
                g_strlcpy(test, address, sizeof test);
            if (name == NULL && is_plain_name(g->name))
                name = g->name;
            shown++;
        }
        g_free(target);
    }
    if (more > 0)
        sse_wrap_printf(out, "    ", "and %u more; -z sseroaming,json has all of them", more);
    example_lines(out, &c->web);
    for (guint i = 0; i < MIN(c->gateways->len, SSE_ROWS_SHOWN); i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        char *origin = sse_origin_words(g), address[SSE_ADDR_TEXT];

        icmp_line(out, &g->icmp);
        if (origin != NULL)
            sse_wrap_printf(out, "Resets: ", "of connections to %s, origin %s", sse_addr_text(&g->address, address), origin);
        g_free(origin);
    }
    words = sse_connect_words(c);
    if (words != NULL)
        sse_wrap(out, "CONNECT answered with: ", words);
    g_free(words);
    service_tail(out, report, c, &c->web);
    if (name == NULL && (test[0] == '\0' || c->web.cause == SSE_CAUSE_NAME_NOT_RESOLVED))
        name = any_gateway(report);
    host = name != NULL ? name : test;
    if (*host == '\0')
        return;
    if (c->web.cause == SSE_CAUSE_NAME_NOT_RESOLVED) {
        sse_line(out, "Test again on the client: nslookup ", host);
        return;
    }
    words = g_strdup_printf("Test-NetConnection %s -Port 443", host);
    sse_line(out, "Test again on the client: ", words);
    g_free(words);
    if (opens(c->web.cause))
        sse_wrap(out, "    ", "that it opens is not enough, as it did so here: a new capture must show CONNECT answered with 200.");
}

static bool dns_failed(const sse_client_report *c)
{
    return c->dns.verdict == SSE_UNPROTECTED;
}

static bool web_failed(const sse_client_report *c)
{
    return c->web.verdict == SSE_CLOUD_SERVICE_UNAVAILABLE;
}

static void nothing(GString *out, const sse_report *report)
{
    bool candidate = false, advice = false;

    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        candidate |= c->candidates->len > 0;
        advice |= c->dns.advice->len > 0 || c->web.advice->len > 0;
    }
    if (!candidate && !advice && (report->dns == SSE_PROTECTED || report->web == SSE_PROTECTED)) {
        sse_wrap_printf(out, "", "Nothing to ask a firewall team for. DNS: %s. Web: %s.", sse_state_words(report->dns),
                        sse_state_words(report->web));
        return;
    }
    sse_wrap_printf(out, "", "No outage shows. DNS: %s. Web: %s.", sse_state_words(report->dns),
                    sse_state_words(report->web));
    if (candidate)
        sse_wrap(out, "", "But no gateway is known: -z sseroaming says how to run again with the address of what may be one.");
    else
        sse_wrap(out, "", "-z sseroaming says what was seen and what to do or check.");
}

GString *sse_report_ticket(const sse_report *report)
{
    GString *out = g_string_new(NULL);
    guint affected = 0, written = 0;

    sse_preamble(out, report);
    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        if (!dns_failed(c) && !web_failed(c))
            continue;
        if (affected++ >= TICKETS)
            continue;
        if (written > 0)
            g_string_append_c(out, '\n');
        if (dns_failed(c))
            dns_ticket(out, report, c);
        if (dns_failed(c) && web_failed(c))
            g_string_append_c(out, '\n');
        if (web_failed(c))
            web_ticket(out, report, c);
        sse_log_ticket_line(out, report, i);
        written++;
    }
    if (written == 0) {
        nothing(out, report);
        for (guint i = 0; i < report->clients->len; i++)
            sse_log_ticket_line(out, report, i);
    }
    if (affected > written) {
        g_string_append_c(out, '\n');
        sse_wrap_printf(out, "", "%u more %s affected and left out here; -z sseroaming,json has all of them.",
                        affected - written, sse_plural(affected - written, "client is", "clients are"));
    }
    return out;
}
