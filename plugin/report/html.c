/* html.c
 * The report as one page that needs nothing else: no script, nothing from a network.
 * To attach to a case, to print, to read on any screen.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "printers.h"

#include "head_words.h"
#include "html_client.h"
#include "html_style.h"
#include "html_timeline.h"
#include "html_write.h"
#include "layout.h"
#include "log_words.h"
#include "phrases.h"

/* Rows of the table of clients. Behind them the others are summed up. */
#define CLIENTS_LISTED 100

/* A browser keeps to it: no script, nothing loaded. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

static void begin(GString *out, const sse_report *r)
{
    g_string_append(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta name=\"color-scheme\" content=\"light dark\">\n"
                    "<meta name=\"generator\" content=\"SSE Roaming " SSE_PLUGIN_VERSION "\">\n");
    sse_html_printf(out, "title", NULL, "SSE Roaming: DNS %s, Web %s", sse_state_words(r->dns), sse_state_words(r->web));
    g_string_append_printf(out, "<style>\n%s</style>\n</head>\n<body>\n", sse_html_style);
}

static void file_facts(GString *out, const sse_report *r)
{
    if (r->frames > 0) {
        char *first = sse_time_utc(r->first_time), *last = sse_time_utc(r->last_time);
        GString *length = g_string_new(NULL);

        sse_duration_words(length, MAX(r->last_time - r->first_time, 0));
        sse_html_printf(out, "p", "soft", "%u %s, %s to %s (%s)", r->frames, sse_plural(r->frames, "packet", "packets"), first, last,
                        length->str);
        g_string_free(length, TRUE);
        g_free(first);
        g_free(last);
    } else if (r->log != NULL) {
        sse_html_printf(out, "p", "soft", "The file holds no packets, and %u %s of logs.", r->log->entries,
                        sse_plural(r->log->entries, "entry", "entries"));
    } else {
        sse_html_element(out, "p", "soft", "The file holds no packets.");
    }
}

static void header(GString *out, const sse_report *r)
{
    GString *lines = g_string_new(NULL);

    g_string_append(out, "<header>\n<h1>SSE Roaming report</h1>\n");
    file_facts(out, r);
    sse_preamble(lines, r);
    sse_preferences_line(lines, r);
    sse_html_paragraphs(out, lines->str);
    g_string_append(out, "</header>\n<main>\n");
    g_string_free(lines, TRUE);
}

/* ---- several clients ---- */

static void counts(GString *out, const sse_report *r)
{
    static const char *const columns[] = { "State", "#DNS", "#Web" };
    static const sse_state states[] = { SSE_UNPROTECTED, SSE_CLOUD_SERVICE_UNAVAILABLE, SSE_INCONCLUSIVE, SSE_PROTECTED, SSE_NOT_OBSERVED };
    sse_html_table t;

    sse_html_printf(out, "h2", NULL, "%u clients", r->clients->len);
    if (r->outage_clients == 0)
        sse_html_element(out, "p", NULL, "No outages.");
    else
        sse_html_printf(out, "p", NULL, "Outages: %u of DNS, %u of Web, at %u %s.", r->outages_dns, r->outages_web,
                        r->outage_clients, sse_plural(r->outage_clients, "client", "clients"));
    sse_html_table_begin(&t, out, "counts", columns, G_N_ELEMENTS(columns));
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        /* Each service has a word of its own for an outage. */
        const char *dns = states[i] == SSE_CLOUD_SERVICE_UNAVAILABLE ? "-" : NULL;
        const char *web = states[i] == SSE_UNPROTECTED ? "-" : NULL;

        sse_html_cell(&t, sse_state_code(states[i]), sse_state_words(states[i]));
        if (dns != NULL)
            sse_html_cell(&t, NULL, dns);
        else
            sse_html_cell_printf(&t, NULL, "%u", r->count_dns[states[i]]);
        if (web != NULL)
            sse_html_cell(&t, NULL, web);
        else
            sse_html_cell_printf(&t, NULL, "%u", r->count_web[states[i]]);
    }
    sse_html_table_end(&t);
}

static void client_row(sse_html_table *t, const sse_report *r, guint index, bool in_full)
{
    const sse_client_report *c = &g_array_index(r->clients, sse_client_report, index);
    char address[SSE_ADDR_TEXT];

    sse_addr_text(&c->client, address);
    sse_html_cell_open(t, NULL);
    if (in_full)
        g_string_append_printf(t->out, "<a href=\"#client-%u\">%s</a></td>", index + 1, address);
    else
        g_string_append_printf(t->out, "%s</td>", address);
    sse_html_cell(t, sse_state_code(c->dns.verdict), sse_state_words(c->dns.verdict));
    sse_html_cell(t, sse_state_code(c->web.verdict), sse_state_words(c->web.verdict));
    sse_html_cell_printf(t, NULL, "%u", c->dns.outages + c->web.outages);
    sse_html_cell_open(t, NULL);
    sse_html_timeline_small(t->out, r, c);
    g_string_append(t->out, "</td>");
}

/* The worst first, as the report has them; those that are well in a sentence. */
static void client_list(GString *out, const sse_report *r)
{
    static const char *const columns[] = { "Client", "DNS", "Web", "#Outages", "Timeline" };
    sse_summary rest = SSE_SUMMARY_EMPTY;
    guint in_full = 0, listed = 0;
    sse_html_table t;

    counts(out, r);
    for (guint i = 0; i < r->clients->len; i++) {
        const sse_client_report *c = &g_array_index(r->clients, sse_client_report, i);
        const bool full = sse_client_in_full(r, i, in_full);

        in_full += full;
        if (full || (listed < CLIENTS_LISTED && !sse_client_is_well(c))) {
            if (listed++ == 0)
                sse_html_table_begin(&t, out, NULL, columns, G_N_ELEMENTS(columns));
            client_row(&t, r, i, full);
        } else {
            sse_summary_add(&rest, c);
        }
    }
    if (listed > 0)
        sse_html_table_end(&t);
    for (unsigned i = 0; i < SSE_SUMMED; i++)
        sse_html_take(out, "p", NULL, sse_summary_take(&rest, (sse_summed)i));
    if (in_full < r->clients->len)
        sse_html_element(out, "p", "soft", "Those without a link are not told in full: -z sseroaming,json has all of them; "
                         "-z \"sseroaming,html,ip.addr == ADDRESS\" shows one in full.");
}

static void clients(GString *out, const sse_report *r)
{
    guint shown = 0;

    if (r->clients->len > 1)
        client_list(out, r);
    for (guint i = 0; i < r->clients->len; i++)
        if (sse_client_in_full(r, i, shown)) {
            shown++;
            sse_html_client(out, r, i);
        }
}

static void lines_of(GString *out, const char *title, GString *lines)
{
    if (lines->len > 0) {
        sse_html_element(out, "h2", NULL, title);
        g_string_append(out, "<pre>");
        sse_html_lines(out, lines->str);
        g_string_append(out, "</pre>\n");
    }
    g_string_free(lines, TRUE);
}

GString *sse_report_html(const sse_report *report)
{
    GString *out = g_string_new(NULL), *nothing = g_string_new(NULL), *log = g_string_new(NULL);

    begin(out, report);
    header(out, report);
    if (report->clients->len == 0)
        sse_nothing_lines(nothing, report);
    else
        clients(out, report);
    lines_of(out, "Verdict", nothing);
    sse_log_lines(log, report, -1);
    lines_of(out, "Log", log);
    sse_html_findings(out, report, "Findings about the capture", report->findings);
    lines_of(out, "Ticket", sse_report_ticket(report));
    g_string_append(out, "</main>\n");
    sse_html_element(out, "footer", NULL, "All times are UTC. Frames are numbers of packets in the capture: paste what stands in a box "
                     "into Wireshark's display filter. SSE Roaming " SSE_PLUGIN_VERSION ".");
    g_string_append(out, "</body>\n</html>\n");
    return out;
}
