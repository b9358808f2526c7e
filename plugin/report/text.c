/* text.c
 * The verdict in words: five lines that say it all, then the tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "addresses.h"
#include "filters.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"
#include "printers.h"

#include <stdio.h>
#include <string.h>

/* More clients than this in full would hide the worst. */
#define CLIENTS_IN_FULL 20
/* The address column of the tables. */
#define ADDRESS_WIDTH 20
#define RULE "--------------------------------------------------------------------------------------------------"

/* ---- the head: five lines that say it all ---- */

/* High is the rule: where the services differ, the limited one is named. */
static const char *confidence_words(const sse_client_report *c)
{
    if (c->dns.confidence == SSE_CONFIDENCE_NONE && c->web.confidence == SSE_CONFIDENCE_NONE)
        return "";
    if (c->dns.confidence == SSE_CONFIDENCE_LIMITED && c->web.confidence == SSE_CONFIDENCE_HIGH)
        return " Confidence: DNS limited.";
    if (c->web.confidence == SSE_CONFIDENCE_LIMITED && c->dns.confidence == SSE_CONFIDENCE_HIGH)
        return " Confidence: Web limited.";
    if (c->dns.confidence == SSE_CONFIDENCE_LIMITED || c->web.confidence == SSE_CONFIDENCE_LIMITED)
        return " Confidence: limited.";
    return " Confidence: high.";
}

static void verdict_line(GString *out, const sse_client_report *c)
{
    char text[SSE_ADDR_TEXT];
    char *start = g_strdup_printf("%s: ", sse_addr_text(&c->client, text));

    sse_wrap_printf(out, start, "DNS: %s. Web: %s%s.%s", sse_state_words(c->dns.verdict),
                    sse_state_words(c->web.verdict), c->candidates->len > 0 ? " (no gateway is known)" : "",
                    confidence_words(c));
    g_free(start);
}

/* "no reply, since 2024-08-27 03:07:43 UTC or earlier (frame 3)" */
static void cause_and_since(GString *line, const sse_service_report *s)
{
    g_string_append(line, sse_cause_words(s->cause));
    if (s->since.frame != 0) {
        /* To the second: the timeline has the rest. */
        char *time = sse_time_utc_second(s->since.time);

        g_string_append_printf(line, "%ssince %s%s (frame %u)", s->cause != SSE_CAUSE_NONE ? ", " : "", time,
                               s->since.at_or_before ? " or earlier" : "", s->since.frame);
        g_free(time);
    }
}

static void control_words(GString *line, const sse_service_report *s)
{
    if (s->control_dns_answers == 0 && s->control_tcp_opened == 0)
        g_string_append(line, "nothing else was answered");
    else
        g_string_append_printf(line, "%u DNS %s, %u TCP opened", s->control_dns_answers,
                               sse_plural(s->control_dns_answers, "answer", "answers"), s->control_tcp_opened);
}

/* "UDP 443 down (0/9 answered), 53 not tried" */
static void port_words(GString *line, const sse_version_report *r)
{
    bool said = false, by_others = r->cause == SSE_CAUSE_INTERCEPTED || r->cause == SSE_CAUSE_REFUSED;

    for (unsigned p = 0; p < r->n_ports; p++) {
        const sse_port_report *port = &r->ports[p];

        g_string_append_printf(line, "%s%u ", p == 0 ? "UDP " : ", ", port->port);
        if (port->tried == 0 && port->encrypted_tried == 0) {
            g_string_append(line, "not tried");
        } else if (port->encrypted_tried > 0) {
            g_string_append_printf(line, "%s (", sse_port_state_code(port->state));
            if (port->tried > 0)
                g_string_append_printf(line, "%u/%u%s, ", port->answered, port->tried, said ? "" : " answered");
            g_string_append_printf(line, "DNSCrypt %u/%u%s)", port->encrypted_answered, port->encrypted_tried,
                                   said || port->tried > 0 ? "" : " answered");
            said = true;
        } else {
            g_string_append_printf(line, "%s (%u/%u%s)", sse_port_state_code(port->state), port->answered, port->tried,
                                   said ? "" : by_others ? " answered by OpenDNS" : " answered");
            said = true;
        }
    }
}

static void dns_lines(GString *out, const sse_client_report *c)
{
    unsigned v = c->named_version == 6;
    const sse_version_report *other = &c->ip[1 - v];
    GString *line, *ports;

    /* The verdict line said that there is nothing. */
    if (c->dns.verdict == SSE_NOT_OBSERVED)
        return;
    line = g_string_new(v == 0 ? "IPv4" : "IPv6");
    ports = g_string_new(NULL);
    port_words(ports, &c->ip[v]);
    if (other->n_ports > 0) {
        g_string_append_printf(ports, "; %s %s%s: ", v == 0 ? "IPv6" : "IPv4", sse_state_code(other->verdict),
                               other->counts ? "" : ", which does not count");
        port_words(ports, other);
    }
    if (c->dns.has_control) {
        g_string_append(ports, "; meanwhile ");
        control_words(ports, &c->dns);
    }
    if (c->dns.cause == SSE_CAUSE_NONE && c->dns.since.frame == 0) {
        g_string_append_printf(line, ": %s", ports->str);
        sse_wrap(out, "  DNS  ", line->str);
    } else {
        g_string_append(line, ": ");
        cause_and_since(line, &c->dns);
        sse_wrap(out, "  DNS  ", line->str);
        sse_wrap(out, "       ", ports->str);
    }
    g_string_free(ports, TRUE);
    g_string_free(line, TRUE);
}

static void web_line(GString *out, const sse_client_report *c)
{
    GString *line;

    if (c->web.verdict == SSE_NOT_OBSERVED)
        return;
    line = g_string_new(NULL);
    cause_and_since(line, &c->web);
    if (line->len > 0)
        g_string_append(line, "; ");
    if (c->web_tried == 0)
        g_string_append(line, "no connection to a gateway");
    else
        g_string_append_printf(line, "%u/%u completed", c->web_completed, c->web_tried);
    /* What was not completed need not have failed. */
    if (c->web_failed > 0 && c->web_failed + c->web_completed != c->web_tried)
        g_string_append_printf(line, ", %u failed", c->web_failed);
    if (c->web.cause == SSE_CAUSE_PROXY_ERROR) {
        char *words = sse_connect_words(c);

        g_string_append_printf(line, "; CONNECT answered with %s", words != NULL ? words : "errors");
        g_free(words);
    }
    /* Next to DNS's own there is no room: see details(). */
    if (c->web.has_control && !c->dns.has_control) {
        g_string_append(line, "; meanwhile ");
        control_words(line, &c->web);
    }
    sse_wrap(out, "  Web  ", line->str);
    g_string_free(line, TRUE);
}

static unsigned severity(const sse_service_report *s)
{
    return sse_state_badness(s->verdict);
}

/* What to do first about the worse service; DNS before the web, which needs it.
 * @return whose advice was said, NULL for none */
static const sse_service_report *to_do_line(GString *out, const sse_report *r, guint index)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);
    const sse_service_report *first = severity(&c->dns) >= severity(&c->web) ? &c->dns : &c->web;

    if (first->advice->len == 0)
        first = first == &c->dns ? &c->web : &c->dns;
    if (first->advice->len > 0) {
        char *text = sse_advice_text(r, &g_array_index(first->advice, sse_advice, 0));

        sse_wrap(out, "To do: ", text);
        g_free(text);
        return first;
    }
    if (c->candidates->len > 0) {
        char *option = sse_candidate_option(&g_array_index(c->candidates, sse_candidate_report, 0));

        sse_wrap_printf(out, "To do: ", "run again with %s to judge what may be the gateway.", option);
        g_free(option);
    } else if (severity(&c->dns) <= sse_state_badness(SSE_PROTECTED) && severity(&c->web) <= sse_state_badness(SSE_PROTECTED)) {
        sse_wrap(out, "To do: ", sse_log_denied(r, index) ? "nothing on the network; look at the host (see the client's log below)."
                 : "nothing.");
    }
    return NULL;
}

/* What the first lines had no room for. */
static void details(GString *out, const sse_report *r, const sse_client_report *c, const sse_service_report *said)
{
    const sse_service_report *services[2] = { &c->dns, &c->web };
    static const char *const names[2] = { "DNS", "Web" };
    GString *line = g_string_new(NULL);

    for (unsigned i = 0; i < 2; i++) {
        for (guint k = 0; k < services[i]->advice->len; k++) {
            const sse_advice *advice = &g_array_index(services[i]->advice, sse_advice, k);
            char *text;

            /* Both services may ask for the same thing. */
            if (said != NULL && memcmp(advice, said->advice->data, sizeof *advice) == 0)
                continue;

            if (line->len == 0)
                g_string_append_c(out, '\n');
            g_string_assign(line, "said");
            text = sse_advice_text(r, advice);
            sse_wrap(out, i == 0 ? "  DNS: " : "  Web: ", text);
            g_free(text);
        }
    }

    g_string_append_c(out, '\n');
    sse_wrap(out, "Captured: ", c->at_client ? "at the client" : "away from the client");
    if (c->addresses->len > 1) {
        g_string_set_size(line, 0);
        sse_addresses_words(line, c->addresses);
        sse_wrap(out, "Addresses: ", line->str);
    }
    if (c->dns.has_control && c->web.has_control) {
        g_string_set_size(line, 0);
        control_words(line, &c->web);
        sse_wrap(out, "While Web failed: ", line->str);
    }
    g_string_set_size(line, 0);
    for (unsigned i = 0; i < 2; i++) {
        if (services[i]->evidence_frame != 0) {
            char *time = sse_time_utc_second(services[i]->evidence_time);

            g_string_append_printf(line, "%s%s %s (frame %u)", line->len > 0 ? ", " : "", names[i], time,
                                   services[i]->evidence_frame);
            g_free(time);
        }
    }
    if (line->len > 0)
        sse_wrap(out, "Last evidence: ", line->str);
    for (unsigned i = 0; i < 2; i++) {
        for (guint k = 0; k < services[i]->reasons->len; k++) {
            char *text = sse_reason_text(&g_array_index(services[i]->reasons, sse_reason, k));

            if (k == 0 && services[i]->confidence == SSE_CONFIDENCE_LIMITED)
                sse_wrap_printf(out, "", "Confidence in the verdict on %s is limited:", names[i]);
            else if (k == 0)
                sse_wrap_printf(out, "", "Reasons for the verdict on %s:", names[i]);
            sse_wrap(out, "  - ", text);
            g_free(text);
        }
    }
    g_string_free(line, TRUE);
}

/* ---- tables ---- */

/* What a table or a timeline has no room for. */
static void more_line(GString *out, guint all, const char *what)
{
    if (all > SSE_ROWS_SHOWN)
        sse_wrap_printf(out, "  ", "%u %s are left out here; -z sseroaming,json has them.", all - SSE_ROWS_SHOWN, what);
}

static void frames_line(GString *out, const sse_frames *frames)
{
    GString *line;

    if (frames->total == 0)
        return;
    line = g_string_new(NULL);
    sse_frames_words(line, frames);
    sse_wrap(out, "    ", line->str);
    g_string_free(line, TRUE);
}

static void table_head(GString *out, const char *what, const char *good)
{
    g_string_append_printf(out, "\n%-20s  %-7s %6s %9s  %-18s  %s\n", what, "Port", "Tried", good, "Min/avg/max ms",
                           "Outcomes");
}

/* A longer address has a line of its own, so that the columns stay. */
static void table_row(GString *out, const sse_addr *addr, sse_transport transport, uint16_t port, uint32_t tried,
                      uint32_t good, const sse_rtt *rtt, const char *outcomes)
{
    char address[SSE_ADDR_TEXT], service[16], times[80] = "-", start[200];

    sse_addr_text(addr, address);
    if (strlen(address) > ADDRESS_WIDTH) {
        g_string_append_printf(out, "%s\n", address);
        address[0] = '\0';
    }
    snprintf(service, sizeof service, "%s %u", transport == SSE_TCP ? "TCP" : "UDP", port);
    if (rtt->count > 0)
        snprintf(times, sizeof times, "%.1f/%.1f/%.1f", (double)rtt->min / 1e6, (double)rtt->sum / rtt->count / 1e6,
                   (double)rtt->max / 1e6);
    snprintf(start, sizeof start, "%-20s  %-7s %6u %9u  %-18s  ", address, service, tried, good, times);
    sse_wrap(out, start, outcomes);
}

static void change_line(GString *out, const char *good, uint32_t before_good, uint32_t before, uint32_t all_good,
                        uint32_t all)
{
    if (before > 0 && before < all)
        sse_wrap_printf(out, "    ", "before the change %u of %u %s, since then %u of %u", before_good, before, good,
                        all_good - before_good, all - before);
    else if (before > 0)
        sse_wrap(out, "    ", "all of these before the change");
}

static void icmp_line(GString *out, const sse_icmp_sum *icmp)
{
    if (icmp->count > 0) {
        char *words = sse_icmp_words(icmp);

        sse_wrap_printf(out, "    ", "rejected by %s", words);
        g_free(words);
    }
}

static void resolver_table(GString *out, const sse_client_report *c)
{
    GString *outcomes = g_string_new(NULL);

    if (c->resolvers->len > 0)
        table_head(out, "Resolver", "Answered");
    for (guint i = 0; i < c->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(c->resolvers, sse_resolver_report, i);
        char *fake = sse_fake_words(r);

        g_string_set_size(outcomes, 0);
        for (unsigned o = 0; o < SSE_PROBE_OUTCOMES; o++)
            if (r->outcomes[o] > 0)
                g_string_append_printf(outcomes, "%s%s %u", outcomes->len > 0 ? ", " : "",
                                       sse_probe_outcome_code((sse_probe_outcome)o), r->outcomes[o]);
        table_row(out, &r->address, r->transport, r->port, r->probes, r->outcomes[SSE_PROBE_ANSWERED], &r->rtt,
                  outcomes->str);
        change_line(out, "answered", r->before_answered, r->before_probes, r->outcomes[SSE_PROBE_ANSWERED], r->probes);
        icmp_line(out, &r->icmp);
        if (fake != NULL)
            sse_wrap_printf(out, "    ", "the reply that came: %s", fake);
        g_free(fake);
        frames_line(out, &r->frames);
    }
    g_string_free(outcomes, TRUE);
}

static void known_line(GString *out, const sse_gateway_report *g)
{
    GString *text = g_string_new(NULL);

    if (g->name != NULL)
        g_string_append_printf(text, "%s, ", g->name);
    g_string_append(text, sse_known_words(g->known_from));
    if (g->known_since != 0)
        g_string_append_printf(text, " in frame %u", g->known_since);
    sse_wrap(out, "    ", text->str);
    g_string_free(text, TRUE);
}

static void gateway_table(GString *out, const sse_client_report *c)
{
    GString *outcomes = g_string_new(NULL);
    char *words;

    if (c->gateways->len > 0)
        table_head(out, "Gateway", "Completed");
    for (guint i = 0; i < MIN(c->gateways->len, SSE_ROWS_SHOWN); i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        char *origin = sse_origin_words(g);

        g_string_set_size(outcomes, 0);
        for (unsigned o = 0; o < SSE_SWG_OUTCOMES; o++)
            if (g->outcomes[o] > 0)
                g_string_append_printf(outcomes, "%s%s %u", outcomes->len > 0 ? ", " : "",
                                       sse_swg_outcome_code((sse_swg_outcome)o), g->outcomes[o]);
        table_row(out, &g->address, SSE_TCP, g->port, g->handshakes, g->outcomes[SSE_SWG_COMPLETED], &g->rtt,
                  outcomes->str);
        known_line(out, g);
        change_line(out, "completed", g->before_completed, g->before_handshakes, g->outcomes[SSE_SWG_COMPLETED],
                    g->handshakes);
        icmp_line(out, &g->icmp);
        if (origin != NULL)
            sse_wrap_printf(out, "    ", "origin of the resets: %s", origin);
        frames_line(out, &g->frames);
        g_free(origin);
    }
    more_line(out, c->gateways->len, "more gateways");
    g_string_free(outcomes, TRUE);
    words = c->web.cause != SSE_CAUSE_PROXY_ERROR ? sse_connect_words(c) : NULL;
    if (words != NULL)
        sse_wrap_printf(out, "    ", "CONNECT answered with %s", words);
    g_free(words);
}

static void candidate_lines(GString *out, const sse_client_report *c)
{
    for (guint i = 0; i < MIN(c->candidates->len, SSE_ROWS_SHOWN); i++) {
        const sse_candidate_report *k = &g_array_index(c->candidates, sse_candidate_report, i);
        char *option = sse_candidate_option(k), address[SSE_ADDR_TEXT];

        if (i == 0)
            g_string_append(out, "\nGateway candidates: no gateway is known; run again with the option of one to judge it\n");
        if (k->failed > 0)
            sse_wrap_printf(out, "  ", "%s: %u %s on 443 without success", sse_addr_text(&k->address, address), k->failed,
                            sse_plural(k->failed, "SYN", "SYNs"));
        else
            sse_wrap_printf(out, "  ", "%s: received a CONNECT on 443", sse_addr_text(&k->address, address));
        sse_wrap(out, "    ", option);
        g_free(option);
        frames_line(out, &k->frames);
    }
    more_line(out, c->candidates->len, "more candidates");
}

static void identity_lines(GString *out, const sse_client_report *c)
{
    const struct { const char *name, *value; } parts[] = {
        { "server", c->server }, { "orgid", c->orgid }, { "originid", c->originid }, { "device", c->device },
        { "source", c->source },
    };
    GString *line = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].value != NULL)
            g_string_append_printf(line, "%s%s %s", line->len > 0 ? ", " : "", parts[i].name, parts[i].value);
    if (line->len > 0 || c->dns.verdict != SSE_NOT_OBSERVED)
        g_string_append_c(out, '\n');
    if (line->len > 0)
        sse_wrap(out, "Identity: ", line->str);
    if (c->dns.verdict != SSE_NOT_OBSERVED)
        sse_wrap(out, "Encryption: ", sse_encryption_words(c->encryption));
    g_string_free(line, TRUE);
}

static void fail_open_line(GString *out, const sse_client_report *c)
{
    GString *frames;

    if (!c->has_fail_open || c->fail_open == 0)
        return;
    frames = g_string_new(NULL);
    g_string_append_printf(frames, "%s %u", sse_plural(c->fail_open, "frame", "frames"), c->fail_open_first);
    if (c->fail_open > 1)
        g_string_append_printf(frames, " to %u", c->fail_open_last);
    g_string_append_c(out, '\n');
    sse_wrap_printf(out, "Fail open: ", "%u %s to web sites, %s. Bypass lists of the module cannot be excluded.",
                    c->fail_open, sse_plural(c->fail_open, "direct connection", "direct connections"), frames->str);
    g_string_free(frames, TRUE);
}

static void finding_lines(GString *out, const sse_report *r, const char *title, const GArray *findings)
{
    for (guint i = 0; i < MIN(findings->len, SSE_ROWS_SHOWN); i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);
        char *sentence = sse_finding_text(r, f);
        GString *text = g_string_new(sentence);
        char *start = g_strdup_printf("  %s: ", sse_finding_code_text(f->code));

        if (i == 0)
            g_string_append_printf(out, "\n%s\n", title);
        if (f->frames.total > 0) {
            g_string_append(text, " (");
            sse_frames_words(text, &f->frames);
            g_string_append_c(text, ')');
        }
        sse_wrap(out, start, text->str);
        g_free(start);
        g_free(sentence);
        g_string_free(text, TRUE);
    }
    more_line(out, findings->len, "more findings");
}

static void timeline_lines(GString *out, const GArray *timeline)
{
    guint first = timeline->len - MIN(timeline->len, SSE_ROWS_SHOWN);

    for (guint i = first; i < timeline->len; i++) {
        const sse_change *c = &g_array_index(timeline, sse_change, i);
        char *time = sse_time_utc(c->time), from[SSE_ADDR_TEXT], to[SSE_ADDR_TEXT];
        char *start = g_strdup_printf("  %s  frame %-8u ", time, c->frame);

        if (i == first) {
            g_string_append(out, "\nTimeline\n");
            more_line(out, timeline->len, "older changes");
        }
        if (c->service == SSE_SERVICE_NETWORK)
            sse_wrap_printf(out, start, "Network: %s to %s", sse_addr_text(&c->from_addr, from),
                            sse_addr_text(&c->to_addr, to));
        else
            sse_wrap_printf(out, start, "%s%s: %s%s%s", sse_service_words(c->service),
                            c->ip == 4 ? " IPv4" : c->ip == 6 ? " IPv6" : "",
                            c->from == SSE_NOT_OBSERVED ? "" : sse_state_words(c->from),
                            c->from == SSE_NOT_OBSERVED ? "" : " to ", sse_state_words(c->to));
        g_free(start);
        g_free(time);
    }
}

static void client_block(GString *out, const sse_report *r, guint index)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);

    verdict_line(out, c);
    dns_lines(out, c);
    web_line(out, c);
    sse_log_head_line(out, r, index);
    details(out, r, c, to_do_line(out, r, index));
    resolver_table(out, c);
    gateway_table(out, c);
    candidate_lines(out, c);
    identity_lines(out, c);
    fail_open_line(out, c);
    sse_log_lines(out, r, index);
    finding_lines(out, r, "Findings", c->findings);
    timeline_lines(out, c->timeline);
    char *dns = sse_service_filter(c, &c->dns), *web = sse_service_filter(c, &c->web);

    if (dns != NULL || web != NULL)
        g_string_append(out, "\nDisplay filters\n");
    if (dns != NULL)
        sse_line(out, "  DNS: ", dns);
    if (web != NULL)
        sse_line(out, "  Web: ", web);
    g_free(dns);
    g_free(web);
}

/* ---- the capture ---- */

/* Clients that are summed up in one line. */
typedef struct summary {
    GString *addresses;
    uint32_t count;
} summary;

static void summary_add(summary *s, const sse_client_report *c)
{
    char text[SSE_ADDR_TEXT];

    if (s->addresses == NULL)
        s->addresses = g_string_new(NULL);
    if (s->count++ < SSE_ADDRESSES_NAMED)
        g_string_append_printf(s->addresses, "%s%s", s->addresses->len > 0 ? ", " : "",
                               sse_addr_text(&c->client, text));
}

/* Says the sentence with the addresses after it, and frees the summary. */
static void summary_line(GString *out, summary *s, const char *one, const char *many)
{
    if (s->count == 0)
        return;
    if (s->count > SSE_ADDRESSES_NAMED)
        g_string_append_printf(s->addresses, " and %u more", s->count - SSE_ADDRESSES_NAMED);
    sse_wrap_printf(out, "", "%u %s: %s.", s->count, sse_plural(s->count, one, many), s->addresses->str);
    g_string_free(s->addresses, TRUE);
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

static void clients(GString *out, const sse_report *r)
{
    summary left_out = { NULL, 0 }, well = { NULL, 0 }, silent = { NULL, 0 };
    guint shown = 0;

    if (r->clients->len > 1) {
        counts(out, r);
        g_string_append(out, RULE "\n");
    }
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *c = &g_array_index(r->clients, sse_client_report, i);
        unsigned worst = MAX(severity(&c->dns), severity(&c->web));

        /* Whose log was read is shown, well or not. */
        if (r->clients->len > 1 && worst <= sse_state_badness(SSE_PROTECTED) && (r->log == NULL || r->log->client != (int64_t)i)) {
            summary_add(worst == sse_state_badness(SSE_PROTECTED) ? &well : &silent, c);
        } else if (shown >= CLIENTS_IN_FULL) {
            summary_add(&left_out, c);
        } else {
            if (shown++ > 0)
                g_string_append(out, RULE "\n");
            client_block(out, r, i);
        }
    }
    if (left_out.count + well.count + silent.count == 0)
        return;
    if (shown > 0)
        g_string_append(out, RULE "\n");
    if (left_out.count > 0)
        sse_wrap_printf(out, "", "Only the %u worst clients are shown in full.", shown);
    summary_line(out, &left_out, "more client is not protected", "more clients are not protected");
    summary_line(out, &well, "client is protected", "clients are protected");
    summary_line(out, &silent, "client shows nothing to judge", "clients show nothing to judge");
    sse_wrap(out, "", "-z sseroaming,json has all of them; -z \"sseroaming,ip.addr == ADDRESS\" shows one in full.");
}

/* What the preferences name. */
static void looked_for(GString *out, const sse_report *r)
{
    GString *text = g_string_new("TXT queries for ");

    sse_names_words(text, r->in_force.names.probes);
    g_string_append(text, " to the OpenDNS resolvers (");
    sse_resolvers_words(text, r->in_force.resolvers);
    g_string_append(text, ") on ports 443 and 53; lookups of names below ");
    sse_names_words(text, r->in_force.names.gateways);
    g_string_append(text, "; connections on ports 443 and 80 to the addresses that these give, to " SSE_BUILTIN_GATEWAY
                    " (the gateway's fixed address), and to those of the preference sseroaming.gateways.");
    sse_wrap(out, "Looked for: ", text->str);
    g_string_free(text, TRUE);
}

static void nothing(GString *out, const sse_report *r)
{
    g_string_append(out, "DNS: Not observed. Web: Not observed.\n");
    if (r->filter != NULL) {
        sse_wrap(out, "", "No probe and no connection to a gateway has a packet that passes the filter. Run again without "
                 "it to judge the whole file.");
        /* Such a filter asks for what is known only at the end. */
        if (strstr(r->filter, "sseroaming.") != NULL)
            sse_wrap(out, "", "A filter on an outcome or a state needs two passes: tshark -2.");
        return;
    }
    looked_for(out, r);
    if (r->frames == 0)
        return;
    sse_wrap(out, "To check: ", "Interface: was it the one that the client's packets really leave by? With a VPN up, that "
             "may be its adapter; elsewhere on the path tunnelled traffic does not show.");
    sse_wrap(out, "          ", "Time: did the capture run for at least a minute while the module was active? Started too "
             "late, it lacks the lookup of the gateway's name.");
    sse_wrap(out, "          ", "Gateway: is its name in no DNS answer here? Then give its address:");
    sse_line(out, "          ", "-o sseroaming.gateways:ADDRESS");
}

GString *sse_report_text(const sse_report *report)
{
    GString *out = g_string_new(NULL);

    sse_preamble(out, report);
    if (report->clients->len == 0)
        nothing(out, report);
    else
        clients(out, report);
    sse_log_lines(out, report, -1);
    finding_lines(out, report, "Findings about the capture", report->findings);
    if (report->frames > 0) {
        char *first = sse_time_utc(report->first_time), *last = sse_time_utc(report->last_time);

        g_string_append_printf(out, "\n%u %s, %s to %s. SSE Roaming %s.\n", report->frames,
                               sse_plural(report->frames, "packet", "packets"), first, last, SSE_PLUGIN_VERSION);
        g_free(first);
        g_free(last);
    } else if (report->log != NULL) {
        g_string_append_printf(out, "\nThe file holds no packets, and %u %s of logs. SSE Roaming %s.\n", report->log->entries,
                               sse_plural(report->log->entries, "entry", "entries"), SSE_PLUGIN_VERSION);
    } else {
        g_string_append(out, "\nThe file holds no packets. SSE Roaming " SSE_PLUGIN_VERSION ".\n");
    }
    return out;
}
