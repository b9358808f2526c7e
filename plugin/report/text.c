/* text.c
 * The verdict in words: a few lines that say it all, then the outages and the tables.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "addresses.h"
#include "filters.h"
#include "hash.h"
#include "head_words.h"
#include "layout.h"
#include "log_words.h"
#include "outage_words.h"
#include "phrases.h"
#include "printers.h"

#include <stdio.h>
#include <string.h>

/* The address column of the tables. */
#define ADDRESS_WIDTH 20

/* So many earlier outages of a service, and so many advices of findings, stand in
 * the head. */
#define OUTAGES_IN_HEAD 3
#define FINDINGS_IN_HEAD 3

/* ---- the head: a few lines that say it all ---- */

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

static void verdict_line(GString *out, const sse_client_report *c, const GArray *told)
{
    char text[SSE_ADDR_TEXT];
    char *start = g_strdup_printf("%s: ", sse_addr_text(&c->client, text));
    GString *line = g_string_new("DNS: ");

    sse_service_verdict_words(line, &c->dns, sse_outage_now(told, SSE_SERVICE_DNS));
    g_string_append(line, ". Web: ");
    sse_service_verdict_words(line, &c->web, sse_outage_now(told, SSE_SERVICE_WEB));
    g_string_append_printf(line, "%s.%s", c->candidates->len > 0 ? " (no gateway is known)" : "", confidence_words(c));
    sse_wrap(out, start, line->str);
    g_string_free(line, TRUE);
    g_free(start);
}

/* What was before: the newest few of a service. */
static void earlier_lines(GString *out, const sse_client_report *c, const GArray *told, sse_service service)
{
    const sse_told *now = sse_outage_now(told, service);
    const int version = service == SSE_SERVICE_DNS ? c->named_version : 0;
    GString *line = g_string_new(NULL);
    guint shown = 0, more = 0;

    for (guint i = told->len; i > 0; i--) {
        const sse_told *t = &g_array_index(told, sse_told, i - 1);

        if (!t->counted || t == now || t->outage->service != service)
            continue;
        if (shown >= OUTAGES_IN_HEAD) {
            more++;
            continue;
        }
        shown++;
        g_string_assign(line, "Outage ");
        sse_told_time_words(line, t);
        g_string_append(line, ": ");
        sse_told_short_cause(line, c, t, t->both || t->outage->ip != version);
        g_string_append_printf(line, " (frame %u)", t->outage->since.frame);
        sse_wrap(out, "       ", line->str);
    }
    if (more > 0)
        sse_wrap_printf(out, "       ", "and %u earlier %s", more, sse_plural(more, "outage", "outages"));
    g_string_free(line, TRUE);
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
    sse_port_words(ports, &c->ip[v]);
    if (other->n_ports > 0) {
        g_string_append_printf(ports, "; %s %s%s: ", v == 0 ? "IPv6" : "IPv4", sse_state_code(other->verdict),
                               other->counts ? "" : ", which does not count");
        sse_port_words(ports, other);
    }
    if (c->dns.has_control) {
        g_string_append(ports, "; meanwhile ");
        sse_control_words(ports, c->dns.control_dns_answers, c->dns.control_tcp_opened);
    }
    if (c->dns.cause == SSE_CAUSE_NONE && c->dns.since.frame == 0) {
        g_string_append_printf(line, ": %s", ports->str);
        sse_wrap(out, "  DNS  ", line->str);
    } else {
        g_string_append(line, ": ");
        sse_cause_since_words(line, &c->dns);
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
    sse_cause_since_words(line, &c->web);
    if (line->len > 0)
        g_string_append(line, "; ");
    sse_web_words(line, c);
    /* Next to DNS's own there is no room: see details(). */
    if (c->web.has_control && !c->dns.has_control) {
        g_string_append(line, "; meanwhile ");
        sse_control_words(line, c->web.control_dns_answers, c->web.control_tcp_opened);
    }
    sse_wrap(out, "  Web  ", line->str);
    g_string_free(line, TRUE);
}

/* What to do, service by service; what is said is put into said. */
static void to_do_lines(GString *out, const sse_report *r, guint index, GHashTable *said)
{
    static const struct { unsigned of; const char *head; } services[] = {
        { 3, "To do (DNS, Web): " }, { 1, "To do (DNS): " }, { 2, "To do (Web): " }, { 0, "To do: " },
    };
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);
    GArray *tasks = sse_client_tasks(r, c);
    guint shown = 0, of_findings = 0, more = 0;

    while (shown < tasks->len && (!g_array_index(tasks, sse_task, shown).of_finding || of_findings++ < FINDINGS_IN_HEAD))
        shown++;
    more = tasks->len - shown;
    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        char *blanks = g_strnfill(strlen(services[i].head), ' ');
        const char *head = services[i].head;

        for (guint k = 0; k < shown; k++) {
            const sse_task *t = &g_array_index(tasks, sse_task, k);

            if (t->of != services[i].of)
                continue;
            sse_wrap(out, head, t->text);
            sse_say_once(said, g_strdup(t->text));
            head = blanks;
        }
        g_free(blanks);
    }
    if (more > 0)
        sse_wrap_printf(out, "To do: ", "what %u more %s for, see below.", more, sse_plural(more, "finding asks", "findings ask"));
    if (shown == 0 && sse_no_task_words(r, index) != NULL)
        sse_wrap(out, "To do: ", sse_no_task_words(r, index));
    g_array_free(tasks, TRUE);
}

/* ---- what the first lines had no room for ---- */

/* The outage that the state at the end comes from, and the newest that counts: what
 * they say, the section on outages says. */
static bool outage_advises(const sse_client_report *c, const sse_service_report *s, const sse_advice *advice)
{
    const uint8_t service = s == &c->dns ? SSE_SERVICE_DNS : SSE_SERVICE_WEB;

    for (guint i = c->outages->len; i > 0; i--) {
        const sse_outage *o = &g_array_index(c->outages, sse_outage, i - 1);

        if (o->service != service || (!o->counted && o->ended_by != SSE_ENDED_NONE))
            continue;
        for (guint k = 0; k < o->advice->len; k++)
            if (memcmp(&g_array_index(o->advice, sse_advice, k), advice, sizeof *advice) == 0)
                return true;
        if (o->counted && !o->repeats)
            return false;
    }
    return false;
}

static bool outage_reasons(const sse_client_report *c, const sse_service_report *s, const sse_reason *reason)
{
    const uint8_t service = s == &c->dns ? SSE_SERVICE_DNS : SSE_SERVICE_WEB;

    for (guint i = 0; i < c->outages->len; i++) {
        const sse_outage *o = &g_array_index(c->outages, sse_outage, i);

        for (guint k = 0; o->service == service && o->ended_by == SSE_ENDED_NONE && k < o->reasons->len; k++)
            if (memcmp(&g_array_index(o->reasons, sse_reason, k), reason, sizeof *reason) == 0)
                return true;
    }
    return false;
}

static void details(GString *out, const sse_report *r, const sse_client_report *c, const GArray *told, GHashTable *said)
{
    const sse_service_report *services[2] = { &c->dns, &c->web };
    static const char *const names[2] = { "DNS", "Web" };
    const sse_told *now[2] = { sse_outage_now(told, SSE_SERVICE_DNS), sse_outage_now(told, SSE_SERVICE_WEB) };
    GString *line = g_string_new(NULL);

    for (unsigned i = 0; i < 2; i++) {
        for (guint k = 0; k < services[i]->advice->len; k++) {
            const sse_advice *advice = &g_array_index(services[i]->advice, sse_advice, k);
            char *text;

            /* That of findings stands with them. */
            if (advice->of_finding || outage_advises(c, services[i], advice))
                continue;
            text = sse_advice_text(r, advice);
            if (sse_say_once(said, g_strdup(text))) {
                if (line->len == 0)
                    g_string_append_c(out, '\n');
                g_string_assign(line, "said");
                sse_wrap(out, i == 0 ? "  DNS: " : "  Web: ", text);
            }
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
    if (c->dns.has_control && c->web.has_control && now[1] == NULL) {
        g_string_set_size(line, 0);
        sse_control_words(line, c->web.control_dns_answers, c->web.control_tcp_opened);
        sse_wrap(out, "While Web failed: ", line->str);
    }
    g_string_set_size(line, 0);
    for (unsigned i = 0; i < 2; i++) {
        if (services[i]->evidence_frame != 0 && now[i] == NULL) {
            char *time = sse_time_utc_second(services[i]->evidence_time);

            g_string_append_printf(line, "%s%s %s (frame %u)", line->len > 0 ? ", " : "", names[i], time,
                                   services[i]->evidence_frame);
            g_free(time);
        }
    }
    if (line->len > 0)
        sse_wrap(out, "Last evidence: ", line->str);
    for (unsigned i = 0; i < 2; i++) {
        bool first = true;

        for (guint k = 0; k < services[i]->reasons->len; k++) {
            const sse_reason *reason = &g_array_index(services[i]->reasons, sse_reason, k);
            char *text;

            if (outage_reasons(c, services[i], reason))
                continue;
            if (first && services[i]->confidence == SSE_CONFIDENCE_LIMITED)
                sse_wrap_printf(out, "", "Confidence in the verdict on %s is limited:", names[i]);
            else if (first)
                sse_wrap_printf(out, "", "Reasons for the verdict on %s:", names[i]);
            first = false;
            text = sse_reason_text(reason);
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
        sse_wrap_printf(out, "  ", "%u %s are left out here; %s them.", all - SSE_ROWS_SHOWN, what, sse_json_has());
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
    g_string_append_printf(out, "\n%-20s  %-7s %6s %9s  %s\n", what, "Port", "Tried", good,
                           sse_in_window() ? "Min/avg/max ms" : "Min/avg/max ms      Outcomes");
}

/* A longer address has a line of its own, so that the columns stay. */
static void table_row(GString *out, const sse_addr *addr, sse_transport transport, uint16_t port, uint32_t tried,
                      uint32_t good, const sse_rtt *rtt, const char *outcomes)
{
    char address[SSE_ADDR_TEXT], service[16], times[SSE_RTT_TEXT], start[200];

    sse_addr_text(addr, address);
    if (strlen(address) > ADDRESS_WIDTH) {
        g_string_append_printf(out, "%s\n", address);
        address[0] = '\0';
    }
    snprintf(service, sizeof service, "%s %u", transport == SSE_TCP ? "TCP" : "UDP", port);
    snprintf(start, sizeof start, "%-20s  %-7s %6u %9u  %-18s", address, service, tried, good, sse_rtt_text(rtt, times));
    g_strchomp(start);
    /* A window has no room for what became of them in the same line. */
    if (sse_in_window()) {
        g_string_append_printf(out, "%s\n", start);
        sse_wrap(out, "    ", outcomes);
    } else {
        char *head = g_strdup_printf("%-66s  ", start);

        sse_wrap(out, head, outcomes);
        g_free(head);
    }
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

/* Who sent what came in place of an answer. Takes the words; NULL is none. */
static void sender_line(GString *out, const char *what, char *words, GHashTable *said)
{
    if (words != NULL && !g_hash_table_contains(said, words))
        sse_wrap_printf(out, "    ", "%s%s", what, words);
    g_free(words);
}

static void icmp_line(GString *out, const sse_icmp_sum *icmp, GHashTable *said)
{
    sender_line(out, "rejected by ", icmp->count > 0 ? sse_icmp_words(icmp) : NULL, said);
}

static void resolver_table(GString *out, const sse_client_report *c, GHashTable *said)
{
    GString *outcomes = g_string_new(NULL);

    if (c->resolvers->len > 0)
        table_head(out, "Resolver", "Answered");
    for (guint i = 0; i < c->resolvers->len; i++) {
        const sse_resolver_report *r = &g_array_index(c->resolvers, sse_resolver_report, i);
        char *fake = r->fake_frame != 0 ? sse_fake_words(r->fake_frame, r->fake_rcode, r->fake_ttl) : NULL;

        g_string_set_size(outcomes, 0);
        sse_probe_outcomes_words(outcomes, r->outcomes);
        table_row(out, &r->address, r->transport, r->port, r->probes, r->outcomes[SSE_PROBE_ANSWERED], &r->rtt,
                  outcomes->str);
        change_line(out, "answered", r->before_answered, r->before_probes, r->outcomes[SSE_PROBE_ANSWERED], r->probes);
        icmp_line(out, &r->icmp, said);
        sender_line(out, "the reply that came: ", fake, said);
        sender_line(out, r->fake_frame != 0 ? "origin of such replies: " : "origin of the ICMP errors: ",
                    r->origin != SSE_ORIGIN_NONE ? sse_origin_words(r->origin, r->origin_reasons) : NULL, said);
        frames_line(out, &r->frames);
    }
    g_string_free(outcomes, TRUE);
}

static void known_line(GString *out, const sse_gateway_report *g)
{
    GString *text = g_string_new(NULL);

    sse_gateway_known_words(text, g);
    sse_wrap(out, "    ", text->str);
    g_string_free(text, TRUE);
}

static void gateway_table(GString *out, const sse_client_report *c, GHashTable *said)
{
    GString *outcomes = g_string_new(NULL);
    char *words;

    if (c->gateways->len > 0)
        table_head(out, "Gateway", "Completed");
    for (guint i = 0; i < MIN(c->gateways->len, SSE_ROWS_SHOWN); i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);
        char *origin = g->reset_origin != SSE_ORIGIN_NONE ? sse_origin_words(g->reset_origin, g->reset_reasons) : NULL;

        g_string_set_size(outcomes, 0);
        sse_swg_outcomes_words(outcomes, g->outcomes);
        table_row(out, &g->address, SSE_TCP, g->port, g->handshakes, g->outcomes[SSE_SWG_COMPLETED], &g->rtt,
                  outcomes->str);
        known_line(out, g);
        change_line(out, "completed", g->before_completed, g->before_handshakes, g->outcomes[SSE_SWG_COMPLETED],
                    g->handshakes);
        icmp_line(out, &g->icmp, said);
        sender_line(out, "origin of the resets: ", origin, said);
        frames_line(out, &g->frames);
    }
    more_line(out, c->gateways->len, "more gateways");
    g_string_free(outcomes, TRUE);
    words = c->web.cause != SSE_CAUSE_PROXY_ERROR ? sse_connect_words(c) : NULL;
    if (words != NULL)
        sse_wrap_printf(out, "    ", "CONNECT answered with %s", words);
    g_free(words);
    for (guint i = 0; i < c->connects->len; i++) {
        const sse_connect_report *row = &g_array_index(c->connects, sse_connect_report, i);

        /* Whose answers they are is worth a line where they are not the gateway's. */
        if (row->origin != SSE_ORIGIN_ON_PATH)
            continue;
        words = sse_origin_words(row->origin, row->origin_reasons);
        sse_wrap_printf(out, "    ", "origin of the answers %u: %s", row->status, words);
        g_free(words);
    }
}

static void candidate_lines(GString *out, const sse_client_report *c)
{
    for (guint i = 0; i < MIN(c->candidates->len, SSE_ROWS_SHOWN); i++) {
        const sse_candidate_report *k = &g_array_index(c->candidates, sse_candidate_report, i);
        char *option = sse_candidate_option(k), address[SSE_ADDR_TEXT];

        if (i == 0)
            g_string_append(out, sse_in_window() ? "\nGateway candidates: no gateway is known; set the preference of one\n"
                            : "\nGateway candidates: no gateway is known; run again with the option of one to judge it\n");
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

/* With an outage that lasts it stands there. */
static void fail_open_line(GString *out, const sse_client_report *c, const GArray *told)
{
    const sse_told *now = sse_outage_now(told, SSE_SERVICE_WEB);
    char *words;

    if (!c->has_fail_open || c->fail_open == 0 || (now != NULL && now->outage->has_fail_open))
        return;
    words = sse_fail_open_words(c->fail_open, c->fail_open_first, c->fail_open_last);
    g_string_append_c(out, '\n');
    sse_wrap_printf(out, "Fail open: ", "%s. " SSE_FAIL_OPEN_CAVEAT, words);
    g_free(words);
}

/* What a finding asks for stands with it, unless it was said. */
static void finding_lines(GString *out, const sse_report *r, const char *title, const GArray *findings, GHashTable *said)
{
    for (guint i = 0; i < MIN(findings->len, SSE_ROWS_SHOWN); i++) {
        const sse_finding *f = &g_array_index(findings, sse_finding, i);
        char *sentence = sse_finding_text(r, f), *advice = sse_finding_advice_text(r, f);
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
        if (advice != NULL && sse_say_once(said, g_strdup(advice)))
            sse_wrap(out, "    to do: ", advice);
        g_free(advice);
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
            sse_wrap_printf(out, start, "Network: %s to %s", sse_addr_text(&c->networks[0], from),
                            sse_addr_text(&c->networks[1], to));
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

    GHashTable *said = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
    GArray *told = sse_outages_told(c);

    verdict_line(out, c, told);
    dns_lines(out, c);
    earlier_lines(out, c, told, SSE_SERVICE_DNS);
    web_line(out, c);
    earlier_lines(out, c, told, SSE_SERVICE_WEB);
    sse_log_head_line(out, r, index);
    to_do_lines(out, r, index, said);
    if (r->clients->len == 1)
        sse_preferences_line(out, r);
    details(out, r, c, told, said);
    sse_outage_section(out, r, c, told, said);
    resolver_table(out, c, said);
    gateway_table(out, c, said);
    candidate_lines(out, c);
    identity_lines(out, c);
    fail_open_line(out, c, told);
    sse_log_lines(out, r, index);
    finding_lines(out, r, "Findings", c->findings, said);
    timeline_lines(out, c->timeline);
    g_hash_table_destroy(said);
    g_array_free(told, TRUE);
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

static void counts(GString *out, const sse_report *r)
{
    sse_wrap_printf(out, "", "%u clients. DNS: %u unprotected, %u inconclusive, %u protected, %u not observed. "
                    "Web: %u cloud service unavailable, %u inconclusive, %u protected, %u not observed.",
                    r->clients->len, r->count_dns[SSE_UNPROTECTED], r->count_dns[SSE_INCONCLUSIVE],
                    r->count_dns[SSE_PROTECTED], r->count_dns[SSE_NOT_OBSERVED],
                    r->count_web[SSE_CLOUD_SERVICE_UNAVAILABLE], r->count_web[SSE_INCONCLUSIVE],
                    r->count_web[SSE_PROTECTED], r->count_web[SSE_NOT_OBSERVED]);
    if (r->outage_clients == 0)
        sse_wrap(out, "", "No outages.");
    else
        sse_wrap_printf(out, "", "Outages: %u of DNS, %u of Web, at %u %s.", r->outages_dns, r->outages_web, r->outage_clients,
                        sse_plural(r->outage_clients, "client", "clients"));
}

static void clients(GString *out, const sse_report *r)
{
    sse_summary rest = SSE_SUMMARY_EMPTY;
    guint shown = 0, not_shown;

    if (r->clients->len > 1) {
        counts(out, r);
        sse_preferences_line(out, r);
        sse_rule(out);
    }
    for (guint i = 0; i < r->clients->len; i++) {
        if (!sse_client_in_full(r, i, shown)) {
            sse_summary_add(&rest, &g_array_index(r->clients, sse_client_report, i));
        } else {
            if (shown++ > 0)
                sse_rule(out);
            client_block(out, r, i);
        }
    }
    if (shown == r->clients->len)
        return;
    if (shown > 0)
        sse_rule(out);
    not_shown = rest.of[SSE_SUMMED_FAILING].count + rest.of[SSE_SUMMED_ASKING].count;
    if (not_shown > 0)
        sse_wrap_printf(out, "", "Only the %u worst clients are shown in full.", shown);
    for (unsigned i = 0; i < SSE_SUMMED; i++) {
        char *words = sse_summary_take(&rest, (sse_summed)i);

        if (words != NULL)
            sse_wrap(out, "", words);
        g_free(words);
    }
    sse_wrap_printf(out, "", "%s all of them; %s.", sse_json_has(),
                    sse_in_window() ? "the button Next Client shows each in full"
                                    : "-z \"sseroaming,ip.addr == ADDRESS\" shows one in full");
}

/* One of several: which of them it is stands above. */
static void one_client(GString *out, const sse_report *r, guint index)
{
    g_string_append_printf(out, "Client %u of %u\n", index + 1, r->clients->len);
    sse_preferences_line(out, r);
    sse_rule(out);
    client_block(out, r, index);
}

GString *sse_report_text(const sse_report *report, int64_t client)
{
    GString *out = g_string_new(NULL);
    GHashTable *said;

    sse_preamble(out, report);
    if (report->clients->len == 0)
        sse_nothing_lines(out, report);
    else if (client >= 0 && client < report->clients->len && report->clients->len > 1)
        one_client(out, report, (guint)client);
    else
        clients(out, report);
    sse_log_lines(out, report, -1);
    said = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
    finding_lines(out, report, "Findings about the capture", report->findings, said);
    g_hash_table_destroy(said);
    if (report->frames > 0) {
        char *first = sse_time_utc(report->first_time), *last = sse_time_utc(report->last_time);

        g_string_append_c(out, '\n');
        static const char version[] = "SSE Roaming " SSE_PLUGIN_VERSION ".";
        char *covers = g_strdup_printf("%u %s, %s to %s.", report->frames, sse_plural(report->frames, "packet", "packets"), first,
                                       last);

        /* The name of the version is not torn. */
        if (strlen(covers) + sizeof version <= (size_t)sse_width()) {
            g_string_append_printf(out, "%s %s\n", covers, version);
        } else {
            sse_wrap(out, "", covers);
            g_string_append_printf(out, "%s\n", version);
        }
        g_free(covers);
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
