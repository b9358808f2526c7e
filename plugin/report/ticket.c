/* ticket.c
 * The blocks to paste into a ticket for a firewall team, one for each outage that
 * counts; where another team must act the block says which.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "filters.h"
#include "hash.h"
#include "layout.h"
#include "log_words.h"
#include "names.h"
#include "outage_words.h"
#include "phrases.h"
#include "printers.h"
#include "provider.h"

#include <stdio.h>
#include <string.h>

/* A ticket is about some clients, not about all of a company. */
#define TICKETS 10
/* Nor does it list all findings of them. */
#define FINDINGS 16

/* An outage that is told, with all of its members together: of both IP versions
 * where they overlap. */
typedef struct block {
    const sse_report *report;
    const sse_client_report *client;
    const sse_told *told;
    const sse_outage *outage; /* the first member */
    bool    web;
    GArray *peers;           /* sse_addr */
} block;

static void endpoint(GString *text, const sse_addr *addr, uint16_t port)
{
    char address[SSE_ADDR_TEXT];

    sse_addr_text(addr, address);
    g_string_append_printf(text, addr->family == 6 ? "[%s]:%u" : "%s:%u", address, port);
}

/* ---- who must act ---- */

/* Whose matter it is, where it is not the firewall team's: as the advice has it. */
static const char *other_team(const sse_outage *o)
{
    switch (o->advice->len > 0 ? (sse_advice_code)g_array_index(o->advice, sse_advice, 0).code : SSE_ADVICE_NONE) {
    case SSE_ADVICE_SIGN_IN:
        return "For the user, not for the firewall team: a captive portal waits for a sign-in.";
    case SSE_ADVICE_CHECK_LINE:
        return "For whoever runs the line, not for the firewall team: nothing of the Internet reached the client.";
    case SSE_ADVICE_ICMP_ROUTER:
        return "For whoever runs the router, not for the firewall team: it has no way to the destination.";
    case SSE_ADVICE_ICMP_OTHER:
        return "For whoever runs the device that rejects, not for the firewall team: its error is none of a filter.";
    case SSE_ADVICE_RESET_BY_GATEWAY:
        return "For Cisco support, not for the firewall team: the gateway itself seems to reset.";
    case SSE_ADVICE_COURT_ORDER_SUPPORT:
    case SSE_ADVICE_COURT_ORDER:
        return "For Cisco support, not for the firewall team: OpenDNS itself refuses because of a court order.";
    case SSE_ADVICE_PROXY_ERROR_SUPPORT:
    case SSE_ADVICE_PROXY_ERROR:
        return o->origin == SSE_ORIGIN_ON_PATH ? NULL
               : "For Cisco support, not for the firewall team: CONNECT is answered, with errors.";
    case SSE_ADVICE_MISDIRECTED_BY:
        return "For the DNS team, not for the firewall team: the gateway's name is answered with a false address.";
    case SSE_ADVICE_RESOLVE_NAMES:
    case SSE_ADVICE_GATEWAY_NAMES:
        return "For the DNS team, not for the firewall team: the gateway's name does not resolve.";
    case SSE_ADVICE_LATE:
    case SSE_ADVICE_LATE_NAT:
        return "For whoever runs the line, not for the firewall team: answers come, but too late.";
    case SSE_ADVICE_RESOLVER_REFUSES:
        return "For Cisco support, not for the firewall team: the resolver itself seems to answer so.";
    case SSE_ADVICE_HOST_REJECTS:
        return "For whoever runs the host, not for the firewall team: the client itself rejects OpenDNS's answers.";
    case SSE_ADVICE_NAT_INSIDE:
        return "For whoever runs the NAT: replies reach its outer side, and not the client.";
    default:
        return NULL;
    }
}

/* ---- what happened ---- */

static void headline(GString *out, const block *b)
{
    const char *team = other_team(b->outage), *version = b->told->both ? " (IPv4 and IPv6)" : b->outage->ip == 6 ? " (IPv6)" : "";
    GString *text = g_string_new(NULL);
    char address[SSE_ADDR_TEXT], *time;

    if (team != NULL)
        sse_wrap(out, "", team);
    g_string_append_printf(text, "%s protection%s of the Cisco Secure Client at %s ", b->web ? "Web" : "DNS", version,
                           sse_addr_text(&b->client->client, address));
    if (b->told->lasts) {
        g_string_append(text, "is down");
    } else {
        g_string_append(text, "was down for ");
        sse_told_duration_words(text, b->told);
    }
    g_string_append_printf(text, ": %s (", sse_state_words((sse_state)b->outage->verdict));
    sse_told_cause_words(text, b->client, b->told);
    g_string_append(text, ").");
    sse_wrap(out, "", text->str);

    time = sse_time_utc(b->outage->since.time);
    sse_wrap_printf(out, "Since: ", "%s%s (frame %u)", time, b->outage->since.at_or_before ? " or earlier" : "",
                    b->outage->since.frame);
    g_free(time);
    const sse_outage *last = b->told->last;
    time = sse_time_utc(last->until_frame != 0 ? last->until_time : last->evidence_time);
    if (last->until_frame != 0)
        sse_wrap_printf(out, "Until: ", "%s (frame %u): %s", time, last->until_frame, sse_ended_words((sse_ended)last->ended_by));
    else
        sse_wrap_printf(out, "Until: ", "%s; last confirmed %s (frame %u)", last->ended_by == SSE_ENDED_NONE
                        ? "the end of the file" : sse_ended_words((sse_ended)last->ended_by), time, last->evidence_frame);
    g_free(time);
    g_string_set_size(text, 0);
    sse_addresses_words(text, b->client->addresses);
    sse_wrap(out, "From: ", text->len > 0 ? text->str : sse_addr_text(&b->client->client, address));
    g_string_free(text, TRUE);
}

static const sse_gateway_report *gateway_of(const sse_client_report *c, const sse_addr *addr)
{
    const sse_gateway_report *found = NULL;

    for (guint i = 0; i < c->gateways->len; i++) {
        const sse_gateway_report *g = &g_array_index(c->gateways, sse_gateway_report, i);

        if (sse_addr_equal(&g->address, addr) && (found == NULL || g->port == 443))
            found = g;
    }
    return found;
}

/* Whom it was about, and how much of what was tried there failed. */
static void target_lines(GString *out, const block *b)
{
    const bool lookups = b->outage->cause == SSE_CAUSE_NAME_NOT_RESOLVED || b->outage->cause == SSE_CAUSE_NAME_MISDIRECTED;
    uint32_t attempts = 0, failed = 0;
    const sse_outage *o;

    for (guint i = 0; i < b->peers->len; i++) {
        const sse_addr *peer = &g_array_index(b->peers, sse_addr, i);
        const sse_gateway_report *g = b->web && !lookups ? gateway_of(b->client, peer) : NULL;
        char address[SSE_ADDR_TEXT];

        sse_addr_text(peer, address);
        if (lookups)
            sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s, the client's DNS server", address);
        else if (!b->web)
            sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s, UDP 443 and UDP 53", address);
        else if (g != NULL && g->name != NULL)
            sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s (%s), TCP %u", address, g->name, g->port);
        else
            sse_wrap_printf(out, i == 0 ? "To: " : "    ", "%s, TCP %u", address, g != NULL ? g->port : 443);
    }
    for (guint at = 0; (o = sse_told_member(b->client, b->told, &at)) != NULL;) {
        attempts += o->attempts;
        failed += o->failed;
    }
    sse_wrap_printf(out, "Failed: ", "%u of %u %s in that time", failed, attempts,
                    lookups ? "lookups" : !b->web ? "probes" : b->outage->cause == SSE_CAUSE_PROXY_ERROR
                    ? "answers to CONNECT" : "connections");
}

static void example_lines(GString *out, const block *b)
{
    GString *text = g_string_new(NULL);
    const sse_outage *o;
    guint shown = 0;

    /* Of both IP versions; one may flap while the other lasts. */
    for (guint at = 0; (o = sse_told_member(b->client, b->told, &at)) != NULL;) {
        for (guint i = 0; i < o->examples->len && shown < 2 * SSE_EXAMPLES; i++) {
            const sse_example *e = &g_array_index(o->examples, sse_example, i);
            char *time = sse_time_utc(e->time);
            char *start = g_strdup_printf("  %s  %s  ", time, e->transport == SSE_TCP ? "TCP" : "UDP");

            if (shown++ == 0)
                g_string_append(out, "For example:\n");
            g_string_set_size(text, 0);
            endpoint(text, &e->src, e->sport);
            g_string_append(text, " -> ");
            endpoint(text, &e->dst, e->dport);
            g_string_append_printf(text, " (frame %u)", e->frame);
            sse_wrap(out, start, text->str);
            g_free(start);
            g_free(time);
        }
    }
    g_string_free(text, TRUE);
}

/* Takes the words; what was said is not said again. */
static void sender_line(GString *out, GHashTable *said, const char *head, char *words)
{
    if (!g_hash_table_contains(said, words) && g_hash_table_size(said) < SSE_OUTAGES_IN_FULL * 2)
        sse_wrap(out, head, words);
    sse_say_once(said, words);
}

/* Who sent what came in place of answers. */
static void sender_lines(GString *out, const block *b)
{
    GHashTable *said = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
    const sse_outage *o;

    for (guint at = 0; (o = sse_told_member(b->client, b->told, &at)) != NULL;) {
        if (o->fake_frame != 0)
            sender_line(out, said, "Answered by something else, for example: ",
                        sse_fake_words(o->fake_frame, o->fake_rcode, o->fake_ttl));
        if (o->icmp.count > 0)
            sender_line(out, said, "Rejected by: ", sse_icmp_words(&o->icmp));
        if (o->origin != SSE_ORIGIN_NONE) {
            char *words = sse_origin_words((sse_origin)o->origin, o->origin_reasons);
            char *head = g_strdup_printf("%s: ", sse_origin_subject(o));

            head[0] = g_ascii_toupper(head[0]);
            sender_line(out, said, head, g_strdup_printf("origin %s", words));
            g_free(head);
            g_free(words);
        }
    }
    g_hash_table_destroy(said);
    if (b->outage->cause == SSE_CAUSE_PROXY_ERROR) {
        char *words = sse_connect_words(b->client);

        if (words != NULL)
            sse_wrap(out, b->client->web.outages > 1 ? "CONNECT answered in the whole file with: " : "CONNECT answered with: ",
                     words);
        g_free(words);
    }
}

/* ---- how sure, and what to do ---- */

static void control_line(GString *out, const block *b)
{
    const sse_outage *o = b->outage;

    if (o->control_dns_answers == 0 && o->control_tcp_opened == 0)
        sse_wrap(out, "Meanwhile: ", "nothing else of this client was answered");
    else
        sse_wrap_printf(out, "Meanwhile: ", "this client had %u other DNS %s and opened %u other TCP %s",
                        o->control_dns_answers, sse_plural(o->control_dns_answers, "answer", "answers"),
                        o->control_tcp_opened, sse_plural(o->control_tcp_opened, "connection", "connections"));
    if (o->has_fail_open && o->fail_open > 0) {
        char *words = sse_fail_open_words(o->fail_open, o->fail_open_first, o->fail_open_last);

        sse_wrap_printf(out, "Fail open: ", "%s. " SSE_FAIL_OPEN_CAVEAT, words);
        g_free(words);
    }
    sse_wrap(out, "Captured: ", b->client->at_client ? "at the client" : "away from the client");
    if (o->captive)
        sse_wrap(out, "Caution: ", "a captive portal answered in that time or shortly before");
}

/* Lists of both IP versions are one: each of their lines once. */
static void lists(GString *out, const block *b)
{
    static const char *const heads[] = { "Caution: ", "To do: ", "Allow: ", "Exempt: " };
    const bool by_others = b->outage->cause == SSE_CAUSE_INTERCEPTED || b->outage->cause == SSE_CAUSE_REFUSED;

    for (unsigned list = 0; list < 3; list++) {
        GHashTable *said = g_hash_table_new_full(sse_hash_string, g_str_equal, g_free, NULL);
        const char *head = heads[list == 2 && by_others ? 3 : list];
        char *blanks = g_strnfill(list == 2 ? strlen("Allow: ") : strlen(head), ' ');
        const sse_outage *o;

        for (guint at = 0; (o = sse_told_member(b->client, b->told, &at)) != NULL;) {
            const GArray *rows = list == 0 ? o->reasons : list == 1 ? o->advice : o->allow;

            for (guint i = 0; i < rows->len; i++) {
                char *text = list == 0   ? sse_reason_text(&g_array_index(rows, sse_reason, i))
                             : list == 1 ? sse_advice_text(b->report, &g_array_index(rows, sse_advice, i))
                                         : sse_allow_text(&g_array_index(rows, sse_allow, i));

                if (sse_say_once(said, g_strdup(text))) {
                    sse_wrap(out, head, text);
                    head = blanks;
                }
                g_free(text);
            }
        }
        g_free(blanks);
        g_hash_table_destroy(said);
    }
}

static void filter_lines(GString *out, const block *b)
{
    const sse_service service = b->web ? SSE_SERVICE_WEB : SSE_SERVICE_DNS;
    char *display = sse_peers_filter(b->client, service, b->peers);
    char *capture = sse_peers_capture_filter(b->client, service, b->peers);

    if (display != NULL)
        sse_line(out, "Display filter: ", display);
    if (capture != NULL)
        sse_line(out, "Capture filter: ", capture);
    g_free(display);
    g_free(capture);
}

/* A test of what the preferences name: the first debug probe, the first resolver
 * of the IP version. */
static void dns_test_line(GString *out, const sse_report *r, unsigned ip)
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

/* Whether a name can stand in a command that people paste into a shell: it
 * comes from a packet. A redacted name (redact.c) would test nothing. */
static bool is_testable(const char *name)
{
    return sse_is_host_name(name) && strstr(name, "-https-org-") == NULL && strstr(name, "-https-redacted.") == NULL;
}

/* TCP opened, what came after failed. */
static bool opens(sse_cause cause)
{
    switch (cause) {
    case SSE_CAUSE_SESSION_RESET:
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_SESSION_STALLED:
    case SSE_CAUSE_SESSION_SILENT:
    case SSE_CAUSE_SESSION_FOREIGN:
    case SSE_CAUSE_SESSION_INTERCEPTED:
    case SSE_CAUSE_TUNNEL_RESET:
    case SSE_CAUSE_TUNNEL_CLOSED:
    case SSE_CAUSE_TUNNEL_STALLED:
    case SSE_CAUSE_TUNNEL_SILENT:
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
    if (names == NULL || names->len == 0)
        return NULL;
    return (const char *)g_ptr_array_index(names, 0) + (*(const char *)g_ptr_array_index(names, 0) == '.');
}

static void web_test_line(GString *out, const block *b)
{
    const bool lookups = b->outage->cause == SSE_CAUSE_NAME_NOT_RESOLVED || b->outage->cause == SSE_CAUSE_NAME_MISDIRECTED;
    char address[SSE_ADDR_TEXT] = "", *words;
    const char *name = NULL, *host;

    for (guint i = 0; i < b->peers->len && !lookups; i++) {
        const sse_addr *peer = &g_array_index(b->peers, sse_addr, i);
        const sse_gateway_report *g = gateway_of(b->client, peer);

        if (address[0] == '\0')
            sse_addr_text(peer, address);
        if (name == NULL && g != NULL && is_testable(g->name))
            name = g->name;
    }
    if (name == NULL && address[0] == '\0')
        name = any_gateway(b->report);
    host = name != NULL ? name : address;
    if (*host == '\0')
        return;
    if (lookups) {
        sse_line(out, "Test again on the client: nslookup ", host);
        return;
    }
    words = g_strdup_printf("Test-NetConnection %s -Port 443", host);
    sse_line(out, "Test again on the client: ", words);
    g_free(words);
    if (opens((sse_cause)b->outage->cause))
        sse_wrap(out, "    ", "that it opens is not enough, as it did so here: a new capture must show CONNECT answered with 200.");
}

/* ---- the blocks ---- */

static void outage_block(GString *out, const sse_report *report, const sse_client_report *c, const sse_told *t)
{
    const block b = { .report = report, .client = c, .told = t, .outage = t->outage,
                      .web = t->outage->service == SSE_SERVICE_WEB,
                      .peers = g_array_new(FALSE, FALSE, sizeof(sse_addr)) };
    const sse_outage *o;

    for (guint at = 0; (o = sse_told_member(c, t, &at)) != NULL;)
        sse_told_add_peers(b.peers, o);
    headline(out, &b);
    target_lines(out, &b);
    example_lines(out, &b);
    sender_lines(out, &b);
    control_line(out, &b);
    lists(out, &b);
    filter_lines(out, &b);
    if (b.web)
        web_test_line(out, &b);
    else
        dns_test_line(out, report, t->outage->ip == 6 ? 6 : 4);
    g_array_free(b.peers, TRUE);
}

/* Newest first: the newest few of each service in full, the others a row each. */
static void client_blocks(GString *out, const sse_report *report, const sse_client_report *c)
{
    GArray *told = sse_outages_told(c);
    GString *earlier = g_string_new(NULL), *line = g_string_new(NULL);
    unsigned in_full[2] = { 0, 0 };
    guint written = 0, rows = 0, left_out = 0;
    char address[SSE_ADDR_TEXT];

    for (guint i = told->len; i > 0; i--) {
        const sse_told *t = &g_array_index(told, sse_told, i - 1);

        if (!t->counted)
            continue;
        if (in_full[t->outage->service == SSE_SERVICE_WEB]++ < SSE_OUTAGES_IN_FULL) {
            if (written++ > 0)
                g_string_append_c(out, '\n');
            outage_block(out, report, c, t);
        } else if (rows < SSE_ROWS_SHOWN) {
            rows++;
            g_string_set_size(line, 0);
            sse_told_row(line, c, t);
            sse_wrap(earlier, "  ", line->str);
        } else {
            left_out++;
        }
    }
    if (rows > 0)
        g_string_append_printf(out, "\nEarlier outages of %s:\n%s", sse_addr_text(&c->client, address), earlier->str);
    if (left_out > 0)
        sse_wrap_printf(out, "  ", "%u older %s left out here; %s them.", left_out,
                        sse_plural(left_out, "outage is", "outages are"), sse_json_has());
    g_string_free(earlier, TRUE);
    g_string_free(line, TRUE);
    g_array_free(told, TRUE);
}

/* Without an outage: what findings ask for. */
static void asking_findings(GString *out, const sse_report *report)
{
    guint shown = 0, more = 0;

    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        for (guint k = 0; k < c->findings->len; k++) {
            const sse_finding *f = &g_array_index(c->findings, sse_finding, k);
            char address[SSE_ADDR_TEXT], *advice = sse_finding_advice_text(report, f), *sentence;

            if (advice == NULL)
                continue;
            if (shown >= FINDINGS) {
                more++;
                g_free(advice);
                continue;
            }
            if (shown++ == 0)
                sse_wrap(out, "", "But there are findings that ask for something:");
            sentence = sse_finding_text(report, f);
            sse_wrap_printf(out, "  ", "%s, %s: %s", sse_addr_text(&c->client, address), sse_finding_code_text(f->code),
                            sentence);
            sse_wrap(out, "    To do: ", advice);
            g_free(sentence);
            g_free(advice);
        }
    }
    if (more > 0)
        sse_wrap_printf(out, "  ", "and %u more; %s all of them", more, sse_json_has());
}

static void nothing(GString *out, const sse_report *report)
{
    bool candidate = false, advice = false, asks = false, not_counted = false;

    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        candidate |= c->candidates->len > 0;
        advice |= c->dns.advice->len > 0 || c->web.advice->len > 0;
        not_counted |= c->outages->len > 0;
        for (guint k = 0; k < c->findings->len && !asks; k++)
            asks = g_array_index(c->findings, sse_finding, k).has_advice;
    }
    if (!candidate && !advice && !asks && (report->dns == SSE_PROTECTED || report->web == SSE_PROTECTED)) {
        sse_wrap_printf(out, "", "Nothing to ask a firewall team for. DNS: %s. Web: %s.", sse_state_words(report->dns),
                        sse_state_words(report->web));
        return;
    }
    sse_wrap_printf(out, "", "%s DNS: %s. Web: %s.", not_counted ? "No outage that a firewall team could end shows."
                    : "No outage shows.", sse_state_words(report->dns), sse_state_words(report->web));
    asking_findings(out, report);
    if (candidate)
        sse_wrap_printf(out, "", "But no gateway is known: %s.", sse_in_window()
                        ? "the report says which preference to set to the address of what may be one"
                        : "-z sseroaming says how to run again with the address of what may be one");
    else if (!asks)
        sse_wrap_printf(out, "", "%s what was seen and what to do or check.", sse_in_window() ? "The report says" : "-z sseroaming says");
}

GString *sse_report_ticket(const sse_report *report)
{
    GString *out = g_string_new(NULL);
    guint affected = 0, written = 0;

    sse_preamble(out, report);
    sse_preferences_line(out, report);
    for (guint i = 0; i < report->clients->len; i++) {
        const sse_client_report *c = &g_array_index(report->clients, sse_client_report, i);

        if (c->dns.outages + c->web.outages == 0)
            continue;
        if (affected++ >= TICKETS)
            continue;
        if (written++ > 0)
            g_string_append_c(out, '\n');
        client_blocks(out, report, c);
        sse_log_ticket_line(out, report, i);
    }
    if (written == 0) {
        nothing(out, report);
        for (guint i = 0; i < report->clients->len; i++)
            sse_log_ticket_line(out, report, i);
    }
    if (affected > written) {
        g_string_append_c(out, '\n');
        sse_wrap_printf(out, "", "%u more %s affected and left out here; %s all of them.",
                        affected - written, sse_plural(affected - written, "client is", "clients are"), sse_json_has());
    }
    return out;
}
