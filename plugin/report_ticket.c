/* report_ticket.c
 * The block to paste into a ticket for a firewall team.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_common.h"

/* A ticket is about some clients, not about all of a company. */
#define TICKETS 10

static void examples(GString *out, const sse_service_report *s)
{
    for (unsigned i = 0; i < s->n_examples; i++) {
        const sse_example *e = &s->examples[i];
        char *time = sse_time_utc(e->time), src[SSE_ADDR_TEXT], dst[SSE_ADDR_TEXT];

        g_string_append_printf(out, "  %s  %s  %s port %u -> %s port %u  (frame %u)\n", time,
                               e->transport == SSE_TCP ? "TCP" : "UDP", sse_addr_text(&e->src, src), e->sport,
                               sse_addr_text(&e->dst, dst), e->dport, e->frame);
        g_free(time);
    }
}

static void icmp(GString *out, const sse_icmp_sum *sum)
{
    char sender[SSE_ADDR_TEXT];

    if (sum->count > 0)
        sse_wrap_printf(out, "Rejected by: ", "%s, %s type %u code %u, %u times", sse_addr_text(&sum->sender, sender),
                        sum->sender.family == 4 ? "ICMP" : "ICMPv6", sum->type, sum->code, sum->count);
}

static void control(GString *out, const sse_service_report *s)
{
    if (s->has_control)
        sse_wrap_printf(out, "Meanwhile: ", "%u other DNS answers and %u other TCP connections of this client worked",
                        s->control_dns_answers, s->control_tcp_opened);
}

static void service_tail(GString *out, const sse_client_report *c, const sse_service_report *s)
{
    control(out, s);
    sse_wrap(out, "Captured: ", c->at_client ? "at the client" : "away from the client");
    for (guint i = 0; i < s->reasons->len; i++)
        sse_wrap(out, i == 0 ? "Caution: " : "         ", (const char *)g_ptr_array_index(s->reasons, i));
    for (guint i = 0; i < s->advice->len; i++)
        sse_wrap(out, i == 0 ? "To do: " : "       ", (const char *)g_ptr_array_index(s->advice, i));
    for (guint i = 0; i < s->allow->len; i++)
        g_string_append_printf(out, "%s%s\n", i == 0 ? "Allow: " : "       ",
                               (const char *)g_ptr_array_index(s->allow, i));
    if (s->filter != NULL)
        g_string_append_printf(out, "Display filter: %s\n", s->filter);
    if (s->capture_filter != NULL)
        g_string_append_printf(out, "Capture filter: %s\n", s->capture_filter);
}

static void headline(GString *out, const char *service, const sse_client_report *c, const sse_service_report *s)
{
    char client[SSE_ADDR_TEXT];
    char *time = sse_time_utc(s->since.time);

    sse_wrap_printf(out, "", "%s protection of the Cisco Secure Client at %s is down: %s (%s).", service,
                    sse_addr_text(&c->client, client), sse_state_words(s->verdict), sse_cause_words(s->cause));
    g_string_append_printf(out, "Since: %s%s\n", time, s->since.at_or_before ? " or earlier" : "");
    g_free(time);
}

static void dns_ticket(GString *out, const sse_client_report *c)
{
    const sse_resolver_report *rejected = NULL;

    headline(out, "DNS", c, &c->dns);
    for (guint i = 0; i < c->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(c->resolvers, sse_resolver_report, i);
        char address[SSE_ADDR_TEXT];

        sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s, %s %u: %u tried, %u answered",
                        sse_addr_text(&r->address, address), r->transport == SSE_TCP ? "TCP" : "UDP", r->port,
                        r->probes, r->outcomes[SSE_PROBE_ANSWERED]);
        if (r->icmp.count > 0 && (rejected == NULL || r->icmp.count > rejected->icmp.count))
            rejected = r;
    }
    g_string_append(out, "For example:\n");
    examples(out, &c->dns);
    if (rejected != NULL)
        icmp(out, &rejected->icmp);
    service_tail(out, c, &c->dns);
    g_string_append_printf(out, "Test again on the client: nslookup -type=txt debug.opendns.com %s\n",
                           c->named_version == 6 ? "2620:119:53::53" : "208.67.222.222");
}

static void web_ticket(GString *out, const sse_client_report *c)
{
    const char *target = NULL;
    char address[SSE_ADDR_TEXT] = "";

    headline(out, "Web", c, &c->web);
    for (guint i = 0; i < c->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        char *name = g->name != NULL ? sse_escape(g->name) : NULL;

        sse_addr_text(&g->address, address);
        sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s%s%s%s, TCP %u: %u tried, %u served", address,
                        name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "", g->port,
                        g->handshakes, g->outcomes[SSE_SWG_COMPLETED]);
        g_free(name);
        if (target == NULL)
            target = g->name;
    }
    if (c->web.n_examples > 0)
        g_string_append(out, "For example:\n");
    examples(out, &c->web);
    for (guint i = 0; i < c->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);

        icmp(out, &g->icmp);
        for (guint k = 0; k < g->reset_reasons->len; k++)
            sse_wrap(out, k == 0 ? (g->reset_origin == SSE_ORIGIN_ON_PATH ? "A device on the path resets it: "
                                    : g->reset_origin == SSE_ORIGIN_GATEWAY ? "The gateway resets it: "
                                                                            : "It is reset: ")
                                 : "    ", (const char *)g_ptr_array_index(g->reset_reasons, k));
    }
    service_tail(out, c, &c->web);
    char *safe = sse_escape(target != NULL ? target : address[0] != '\0' ? address
                            : "swg-url-proxy-https-sse.sigproxy.qq.opendns.com");
    g_string_append_printf(out, "Test again on the client: Test-NetConnection %s -Port 443\n", safe);
    g_free(safe);
}

GString *sse_report_ticket(const sse_report *report)
{
    GString *out = g_string_new(NULL);
    guint written = 0, left_out = 0;

    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);
        bool dns = c->dns.verdict == SSE_UNPROTECTED, web = c->web.verdict == SSE_CLOUD_SERVICE_UNAVAILABLE;

        if (!dns && !web)
            continue;
        if (written >= TICKETS) {
            left_out++;
            continue;
        }
        if (written++ > 0)
            g_string_append_c(out, '\n');
        if (dns)
            dns_ticket(out, c);
        if (dns && web)
            g_string_append_c(out, '\n');
        if (web)
            web_ticket(out, c);
    }
    if (written == 0)
        sse_wrap_printf(out, "", "Nothing to ask a firewall team for: DNS %s, Web %s in this capture.",
                        sse_state_code(report->dns), sse_state_code(report->web));
    if (left_out > 0)
        sse_wrap_printf(out, "", "%u more clients are affected and left out here; -z sseroaming,json has all of them.",
                        left_out);
    return out;
}
