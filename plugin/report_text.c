/* report_text.c
 * The verdict in words: five lines that say it all, then the tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_common.h"

#include <string.h>

/* More clients than this in full would hide the worst. */
#define CLIENTS_IN_FULL 20
#define RULE "--------------------------------------------------------------------------------------------------"

static const char *plural(uint32_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

/* ---- the head: five lines that say it all ---- */

static const char *confidence_words(const sse_service_report *s)
{
    return s->confidence == SSE_CONFIDENCE_HIGH ? "high" : "limited";
}

static void verdict_line(GString *out, const sse_client_report *c)
{
    GString *line = g_string_new(NULL), *sure = g_string_new(NULL);
    char text[SSE_ADDR_TEXT];
    char *start = g_strdup_printf("%s: ", sse_addr_text(&c->client, text));

    g_string_append_printf(line, "DNS: %s. Web: %s.", sse_state_words(c->dns.verdict), sse_state_words(c->web.verdict));
    if (c->dns.confidence != SSE_CONFIDENCE_NONE)
        g_string_append_printf(sure, "DNS %s", confidence_words(&c->dns));
    if (c->web.confidence != SSE_CONFIDENCE_NONE)
        g_string_append_printf(sure, "%sWeb %s", sure->len > 0 ? ", " : "", confidence_words(&c->web));
    if (sure->len > 0)
        g_string_append_printf(line, " Confidence: %s.", sure->str);
    sse_wrap(out, start, line->str);
    g_string_free(sure, TRUE);
    g_string_free(line, TRUE);
    g_free(start);
}

static void cause_and_since(GString *line, const sse_service_report *s)
{
    char *time;

    if (s->cause != SSE_CAUSE_NONE)
        g_string_append_printf(line, "%s, ", sse_cause_words(s->cause));
    if (s->since.frame != 0) {
        /* To the second: the timeline has the rest. */
        time = sse_time_utc_second(s->since.time);
        g_string_append_printf(line, "since %s%s (frame %u), ", time, s->since.at_or_before ? " or earlier" : "",
                               s->since.frame);
        g_free(time);
    }
    if (line->len >= 2)
        g_string_truncate(line, line->len - 2);
}

static void control_words(GString *line, const sse_service_report *s)
{
    if (!s->has_control)
        return;
    if (s->control_dns_answers + s->control_tcp_opened == 0)
        g_string_append(line, "; nothing else worked meanwhile");
    else
        g_string_append_printf(line, "; meanwhile %u DNS %s, %u TCP opened", s->control_dns_answers,
                               plural(s->control_dns_answers, "answer", "answers"), s->control_tcp_opened);
}

static void dns_lines(GString *out, const sse_client_report *c)
{
    GString *line = g_string_new(NULL);

    if (c->dns.verdict == SSE_NOT_OBSERVED) {
        sse_wrap(out, "  DNS  ", "no probes in this capture");
        g_string_free(line, TRUE);
        return;
    }
    cause_and_since(line, &c->dns);
    sse_wrap_printf(out, "  DNS  ", "IPv%d%s%s", c->named_version, line->len > 0 ? ": " : "", line->str);
    g_string_set_size(line, 0);
    for (unsigned v = 0; v < 2; v++) {
        const sse_version_report *r = &c->ip[v];

        for (unsigned p = 0; p < r->n_ports; p++) {
            const sse_port_report *port = &r->ports[p];

            g_string_append_printf(line, "%s%s%s%u ", line->len > 0 ? ", " : "", p == 0 && v == 1 ? "IPv6 " : "",
                                   p == 0 ? "UDP " : "", port->port);
            if (port->tried == 0)
                g_string_append(line, "not tried");
            else
                g_string_append_printf(line, "%s (%u/%u answered)", sse_port_state_code(port->state), port->answered,
                                       port->tried);
        }
    }
    control_words(line, &c->dns);
    sse_wrap(out, "       ", line->str);
    g_string_free(line, TRUE);
}

static void web_line(GString *out, const sse_client_report *c)
{
    GString *line = g_string_new(NULL);

    cause_and_since(line, &c->web);
    if (line->len > 0)
        g_string_append(line, "; ");
    if (c->web_tried > 0)
        g_string_append_printf(line, "%u/%u served, %u failed", c->web_completed, c->web_tried, c->web_failed);
    else
        g_string_append(line, "no connection to a gateway in this capture");
    /* Once is enough: both services share the client's other traffic. */
    if (c->web.verdict != SSE_NOT_OBSERVED && !c->dns.has_control)
        control_words(line, &c->web);
    sse_wrap(out, "  Web  ", line->str);
    g_string_free(line, TRUE);
}

static void to_do_line(GString *out, const sse_client_report *c)
{
    const char *dns = c->dns.advice->len > 0 ? (const char *)g_ptr_array_index(c->dns.advice, 0) : NULL;
    const char *web = c->web.advice->len > 0 ? (const char *)g_ptr_array_index(c->web.advice, 0) : NULL;

    /* Both services may ask for the same thing. */
    if (dns != NULL && web != NULL && strcmp(dns, web) == 0)
        web = NULL;
    if (dns != NULL)
        sse_wrap(out, "To do: ", dns);
    if (web != NULL)
        sse_wrap(out, dns != NULL ? "       " : "To do: ", web);
    if (dns == NULL && web == NULL)
        sse_wrap(out, "To do: ", "nothing.");
}

/* What the first lines had no room for. */
static void details(GString *out, const sse_client_report *c)
{
    const sse_service_report *services[2] = { &c->dns, &c->web };
    static const char *const names[2] = { "DNS", "Web" };
    bool any = false;

    for (unsigned i = 0; i < 2; i++) {
        for (guint k = 1; k < services[i]->advice->len; k++) {
            if (!any)
                g_string_append_c(out, '\n');
            any = true;
            sse_wrap(out, i == 0 ? "  DNS: " : "  Web: ", (const char *)g_ptr_array_index(services[i]->advice, k));
        }
    }
    any = false;
    for (unsigned i = 0; i < 2; i++) {
        for (guint k = 0; k < services[i]->reasons->len; k++) {
            char *start = g_strdup_printf("  %s: ", names[i]);

            if (!any)
                sse_wrap_printf(out, "\n", "Confidence is limited (captured %s):",
                                c->at_client ? "at the client" : "away from the client");
            any = true;
            sse_wrap(out, start, (const char *)g_ptr_array_index(services[i]->reasons, k));
            g_free(start);
        }
    }
}

static void head(GString *out, const sse_client_report *c)
{
    verdict_line(out, c);
    dns_lines(out, c);
    web_line(out, c);
    to_do_line(out, c);
    details(out, c);
}

/* ---- tables ---- */

static void frames_words(GString *line, const sse_frames *frames)
{
    g_string_append(line, frames->total == 1 ? "frame" : "frames");
    for (uint32_t i = 0; i < frames->kept; i++)
        g_string_append_printf(line, "%s %u", i > 0 ? "," : "", frames->frame[i]);
    if (frames->total > frames->kept)
        g_string_append_printf(line, " and %u more", frames->total - frames->kept);
}

static void frames_line(GString *out, const char *start, const sse_frames *frames)
{
    GString *line = g_string_new(NULL);

    frames_words(line, frames);
    sse_wrap(out, start, line->str);
    g_string_free(line, TRUE);
}

static void rtt_words(char *buffer, size_t size, const sse_rtt *rtt)
{
    if (rtt->count == 0)
        g_strlcpy(buffer, "-", size);
    else
        g_snprintf(buffer, (gulong)size, "%.1f/%.1f/%.1f", (double)rtt->min / 1e6,
                   (double)rtt->sum / rtt->count / 1e6, (double)rtt->max / 1e6);
}

static void icmp_line(GString *out, const sse_icmp_sum *icmp)
{
    char sender[SSE_ADDR_TEXT];

    if (icmp->count > 0)
        sse_wrap_printf(out, "    ", "%s from %s: type %u code %u, %u times",
                        icmp->sender.family == 4 ? "ICMP" : "ICMPv6", sse_addr_text(&icmp->sender, sender), icmp->type,
                        icmp->code, icmp->count);
}

static void resolver_table(GString *out, const sse_client_report *c)
{
    if (c->resolvers->len == 0)
        return;
    g_string_append_printf(out, "\n%-24s %-8s %6s %9s  %-22s %s\n", "Resolver", "Port", "Tried", "Answered",
                           "Round trip ms (l/a/h)", "Outcomes");
    for (guint i = 0; i < c->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(c->resolvers, sse_resolver_report, i);
        GString *outcomes = g_string_new(NULL);
        char address[SSE_ADDR_TEXT], port[16], rtt[64], start[160];

        g_snprintf(port, sizeof port, "%s %u", r->transport == SSE_TCP ? "TCP" : "UDP", r->port);
        rtt_words(rtt, sizeof rtt, &r->rtt);
        for (unsigned o = 0; o < SSE_PROBE_OUTCOMES; o++)
            if (r->outcomes[o] > 0)
                g_string_append_printf(outcomes, "%s%s %u", outcomes->len > 0 ? ", " : "",
                                       sse_probe_outcome_code((sse_probe_outcome)o), r->outcomes[o]);
        g_snprintf(start, sizeof start, "%-24s %-8s %6u %9u  %-22s ", sse_addr_text(&r->address, address), port,
                   r->probes, r->outcomes[SSE_PROBE_ANSWERED], rtt);
        sse_wrap(out, start, outcomes->str);
        if (r->before_probes > 0 && r->before_probes < r->probes)
            sse_wrap_printf(out, "    ", "before the change %u of %u answered, since %u of %u", r->before_answered,
                            r->before_probes, r->outcomes[SSE_PROBE_ANSWERED] - r->before_answered,
                            r->probes - r->before_probes);
        icmp_line(out, &r->icmp);
        if (r->fake_frame != 0)
            sse_wrap_printf(out, "    ", "not OpenDNS's reply: response code %u, TTL %u, frame %u", r->fake_rcode,
                            r->fake_ttl, r->fake_frame);
        frames_line(out, "    ", &r->frames);
        g_string_free(outcomes, TRUE);
    }
}

static void gateway_table(GString *out, const sse_client_report *c)
{
    if (c->gateways->len > 0)
        g_string_append_printf(out, "\n%-24s %-8s %6s %9s  %-22s %s\n", "Gateway", "Port", "Tried", "Served",
                               "Round trip ms (l/a/h)", "Outcomes");
    for (guint i = 0; i < c->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        GString *text = g_string_new(NULL);
        char address[SSE_ADDR_TEXT], port[16], rtt[64], start[160];

        g_snprintf(port, sizeof port, "TCP %u", g->port);
        rtt_words(rtt, sizeof rtt, &g->rtt);
        for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
            if (g->outcomes[o] > 0)
                g_string_append_printf(text, "%s%s %u", text->len > 0 ? ", " : "",
                                       sse_swg_outcome_code((sse_swg_outcome)o), g->outcomes[o]);
        g_snprintf(start, sizeof start, "%-24s %-8s %6u %9u  %-22s ", sse_addr_text(&g->address, address), port,
                   g->handshakes, g->outcomes[SSE_SWG_COMPLETED], rtt);
        sse_wrap(out, start, text->str);
        g_string_set_size(text, 0);
        if (g->name != NULL) {
            char *name = sse_escape(g->name);

            g_string_append_printf(text, "%s, ", name);
            g_free(name);
        }
        g_string_append_printf(text, "known from %s", sse_known_code(g->known_from));
        if (g->known_since != 0)
            g_string_append_printf(text, " (frame %u)", g->known_since);
        sse_wrap(out, "    ", text->str);
        if (g->before_handshakes > 0 && g->before_handshakes < g->handshakes)
            sse_wrap_printf(out, "    ", "before the change %u of %u served, since %u of %u", g->before_completed,
                            g->before_handshakes, g->outcomes[SSE_SWG_COMPLETED] - g->before_completed,
                            g->handshakes - g->before_handshakes);
        icmp_line(out, &g->icmp);
        if (g->reset_origin != SSE_ORIGIN_NONE) {
            g_string_set_size(text, 0);
            for (guint k = 0; k < g->reset_reasons->len; k++)
                g_string_append_printf(text, "%s%s", k > 0 ? "; " : "",
                                       (const char *)g_ptr_array_index(g->reset_reasons, k));
            sse_wrap_printf(out, "    ", "resets likely from: %s%s%s",
                            g->reset_origin == SSE_ORIGIN_ON_PATH ? "a device on the path"
                            : g->reset_origin == SSE_ORIGIN_GATEWAY ? "the gateway" : "unknown",
                            text->len > 0 ? ": " : "", text->str);
        }
        frames_line(out, "    ", &g->frames);
        g_string_free(text, TRUE);
    }
    for (guint i = 0; i < c->candidates->len; i++) {
        const sse_candidate_report *k = &g_array_index(c->candidates, sse_candidate_report, i);
        char address[SSE_ADDR_TEXT];

        if (i == 0)
            g_string_append(out, "\nNo gateway is known from the capture. Perhaps one of these is; run again with its option:\n");
        sse_wrap_printf(out, "    ", "%s (%u failed SYNs): %s", sse_addr_text(&k->address, address), k->failed,
                        k->option);
    }
}

static void identity_lines(GString *out, const sse_client_report *c)
{
    const struct { const char *name, *value; } parts[] = {
        { "server", c->server }, { "orgid", c->orgid }, { "originid", c->originid }, { "device", c->device },
        { "source", c->source },
    };
    GString *line = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].value == NULL)
            continue;
        char *value = sse_escape(parts[i].value);
        g_string_append_printf(line, "%s%s %s", line->len > 0 ? ", " : "", parts[i].name, value);
        g_free(value);
    }
    if (c->dns.verdict != SSE_NOT_OBSERVED) {
        g_string_append_printf(line, "%sencryption %s", line->len > 0 ? "; " : "",
                               sse_encryption_code(c->encryption));
        g_string_append_c(out, '\n');
        sse_wrap(out, "Identity: ", line->str);
    }
    g_string_free(line, TRUE);
}

static void finding_lines(GString *out, const GArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);
        GString *text = g_string_new(NULL);
        char *start = g_strdup_printf("  %s: ", sse_finding_code_text(f->code));
        char *safe = sse_escape(f->text);

        if (i == 0)
            g_string_append(out, "\nFindings\n");
        g_string_append(text, safe);
        if (f->frames.total > 0) {
            g_string_append(text, " (");
            frames_words(text, &f->frames);
            g_string_append_c(text, ')');
        }
        sse_wrap(out, start, text->str);
        g_free(safe);
        g_free(start);
        g_string_free(text, TRUE);
    }
}

static void timeline_lines(GString *out, const GArray *timeline)
{
    for (guint i = 0; i < timeline->len; i++) {
        const sse_change *c = &g_array_index(timeline, sse_change, i);
        char *time = sse_time_utc(c->time), from[SSE_ADDR_TEXT], to[SSE_ADDR_TEXT];

        if (i == 0)
            g_string_append(out, "\nTimeline\n");
        if (c->service[0] == 'n')
            g_string_append_printf(out, "  %s  frame %-8u network: %s to %s\n", time, c->frame,
                                   sse_addr_text(&c->from_addr, from), sse_addr_text(&c->to_addr, to));
        else
            g_string_append_printf(out, "  %s  frame %-8u %s%s: %s%s%s\n", time, c->frame,
                                   c->service[0] == 'd' ? "DNS" : "Web", c->ip == 4 ? " IPv4" : c->ip == 6 ? " IPv6" : "",
                                   c->from == SSE_NOT_OBSERVED ? "" : sse_state_words(c->from),
                                   c->from == SSE_NOT_OBSERVED ? "" : " to ", sse_state_words(c->to));
        g_free(time);
    }
}

static void client_block(GString *out, const sse_client_report *c)
{
    head(out, c);
    if (c->addresses->len > 1) {
        GString *line = g_string_new(NULL);
        char text[SSE_ADDR_TEXT];

        for (guint i = 0; i < c->addresses->len; i++)
            g_string_append_printf(line, "%s%s", i > 0 ? ", " : "",
                                   sse_addr_text(&g_array_index(c->addresses, sse_addr, i), text));
        sse_wrap(out, "Addresses: ", line->str);
        g_string_free(line, TRUE);
    }
    resolver_table(out, c);
    gateway_table(out, c);
    identity_lines(out, c);
    if (c->has_fail_open && c->fail_open > 0)
        sse_wrap_printf(out, "Fail open: ", "%u direct connections to web sites, frames %u to %u. Bypass lists of the "
                        "module cannot be excluded.", c->fail_open, c->fail_open_first, c->fail_open_last);
    finding_lines(out, c->findings);
    timeline_lines(out, c->timeline);
    if (c->dns.filter != NULL || c->web.filter != NULL)
        g_string_append(out, "\nDisplay filters\n");
    if (c->dns.filter != NULL)
        g_string_append_printf(out, "  DNS: %s\n", c->dns.filter);
    if (c->web.filter != NULL)
        g_string_append_printf(out, "  Web: %s\n", c->web.filter);
}

/* ---- the capture ---- */

static bool is_healthy(const sse_client_report *c)
{
    return c->dns.verdict <= SSE_PROTECTED && c->web.verdict <= SSE_PROTECTED;
}

static void counts(GString *out, const sse_report *r)
{
    sse_wrap_printf(out, "", "%u clients. DNS: %u unprotected, %u inconclusive, %u protected, %u not observed. "
                    "Web: %u cloud service unavailable, %u inconclusive, %u protected, %u not observed.",
                    r->clients->len, r->count_dns[SSE_UNPROTECTED], r->count_dns[SSE_INCONCLUSIVE],
                    r->count_dns[SSE_PROTECTED], r->count_dns[SSE_NOT_OBSERVED],
                    r->count_web[SSE_CLOUD_SERVICE_UNAVAILABLE], r->count_web[SSE_INCONCLUSIVE],
                    r->count_web[SSE_PROTECTED], r->count_web[SSE_NOT_OBSERVED]);
}

static void nothing(GString *out)
{
    g_string_append(out, "DNS: Not observed. Web: Not observed.\n");
    sse_wrap(out, "Looked for: ", "TXT queries for debug.opendns.com and 2.dnscrypt-cert.opendns.com to the OpenDNS "
             "resolvers on UDP 443 and 53; lookups of names below sigproxy.qq.opendns.com and sseproxy.qq.opendns.com; "
             "connections to the addresses they give, to 146.112.255.50, and to those of the preference "
             "sseroaming.gateways.");
    sse_wrap(out, "To check: ", "Was it captured on the client's own interface (not the VPN adapter, not behind a tunnel)? "
             "Did the capture run while the module was starting or the network changed, for at least one minute? "
             "Is the gateway's name in no DNS answer here? Then give its address: -o sseroaming.gateways:ADDRESS");
}

static void preamble(GString *out, const sse_report *r)
{
    for (guint i = 0; i < r->findings->len; i++)
        if (g_array_index(r->findings, sse_finding, i).code == SSE_FIND_ONE_WAY_CAPTURE)
            sse_wrap(out, "One way: ", g_array_index(r->findings, sse_finding, i).text);
    if (r->filter != NULL) {
        char *filter = sse_escape(r->filter);

        g_string_append_printf(out, "Filter: %s\n", filter);
        g_free(filter);
    }
    if (r->one_direction)
        sse_wrap(out, "Warning: ", "the filter leaves packets of one direction only; what looks unanswered may have been "
                 "answered.");
}

GString *sse_report_text(const sse_report *report)
{
    GString *out = g_string_new(NULL);
    guint shown = 0, healthy = 0, left_out = 0;

    preamble(out, report);
    if (report->clients->len == 0)
        nothing(out);
    if (report->clients->len > 1) {
        counts(out, report);
        g_string_append(out, RULE "\n");
    }
    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        if (report->clients->len > 1 && is_healthy(c)) {
            healthy++;
            continue;
        }
        if (shown >= CLIENTS_IN_FULL) {
            left_out++;
            continue;
        }
        if (shown++ > 0)
            g_string_append(out, RULE "\n");
        client_block(out, c);
    }
    if (left_out > 0)
        sse_wrap_printf(out, "", "%u more clients that are not well are left out here: -z sseroaming,json has all of them, "
                        "a display filter such as ip.addr == ADDRESS shows one.", left_out);
    if (healthy > 0) {
        if (shown > 0)
            g_string_append(out, RULE "\n");
        sse_wrap_printf(out, "", "%u %s well: nothing failed that matters. -z sseroaming,json has the details.", healthy,
                        plural(healthy, "client is", "clients are"));
    }
    if (report->findings->len > 0)
        finding_lines(out, report->findings);
    if (report->frames > 0) {
        char *first = sse_time_utc(report->first_time), *last = sse_time_utc(report->last_time);

        g_string_append_printf(out, "\n%u packets, %s to %s. SSE Roaming %s.\n", report->frames, first, last,
                               SSE_PLUGIN_VERSION);
        g_free(first);
        g_free(last);
    } else {
        g_string_append(out, "\nThe file holds no packets. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
    }
    return out;
}
