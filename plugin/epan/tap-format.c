/* tap-format.c
 * The formats of what -z sseroaming and the windows show: their names, their
 * titles, and who prints them.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-format.h"

#include <string.h>

#include "layout.h"
#include "phrases.h"
#include "print.h"
#include "tap-text.h"

/* ROW(NAME, "name", "window", "what it has") */
#define SHOW_ROWS(ROW) \
    ROW(REPORT, "text", "Report", "the report: the verdict in a few lines, then outages, tables, findings, timeline") \
    ROW(TICKET, "ticket", "Ticket", "what a firewall team needs of each outage, to paste into a ticket") \
    ROW(HTML, "html", "Page", "the report and the ticket as one HTML page, to attach to a case") \
    ROW(JSON, "json", "JSON", "the report for programs, in one line") \
    ROW(OUTAGES, "outages", "Outages", "a row for each outage, with a filter") \
    ROW(CLIENTS, "clients", "Clients", "a row for each client, with a filter") \
    ROW(PROBES, "probes", "Probes", "a row for each DNS probe, with a filter") \
    ROW(HANDSHAKES, "handshakes", "Handshakes", "a row for each handshake with a gateway, with a filter") \
    ROW(COUNTS, "tree", "Counts", "probes and handshakes by outcome, resolver or gateway, and client")

#define SHOW(NAME, code, window, text) [SSE_SHOW_##NAME] = { code, "SSE Roaming " window, text },
static const struct {
    const char *name, *title, *what;
} shows[SSE_SHOWS] = { SHOW_ROWS(SHOW) };

const char *sse_show_name(sse_show what)
{
    return shows[what].name;
}

const char *sse_show_title(sse_show what)
{
    return shows[what].title;
}

const char *sse_show_names(void)
{
#define FIRST_NAME(NAME, code, window, text) code ", "
    return SHOW_ROWS(FIRST_NAME) "help";
}

sse_show sse_show_of(const char *text, size_t length)
{
    unsigned what = 0;

    while (what < SSE_SHOWS &&
           (strlen(shows[what].name) != length || g_ascii_strncasecmp(text, shows[what].name, length) != 0))
        what++;
    return (sse_show)what;
}

bool sse_show_is_bytes(sse_show what)
{
    return what == SSE_SHOW_JSON || what == SSE_SHOW_HTML;
}

GString *sse_show_text(sse_show what, const sse_tracker *t, const sse_report *report)
{
    switch (what) {
    case SSE_SHOW_TICKET:
        return sse_report_print(report, SSE_FORMAT_TICKET);
    case SSE_SHOW_HTML:
        return sse_report_print(report, SSE_FORMAT_HTML);
    case SSE_SHOW_JSON:
        return sse_report_print(report, SSE_FORMAT_JSON);
    case SSE_SHOW_OUTAGES:
        return sse_table_text(t, report, SSE_TABLE_OUTAGES);
    case SSE_SHOW_CLIENTS:
        return sse_table_text(t, report, SSE_TABLE_CLIENTS);
    case SSE_SHOW_PROBES:
        return sse_table_text(t, report, SSE_TABLE_PROBES);
    case SSE_SHOW_HANDSHAKES:
        return sse_table_text(t, report, SSE_TABLE_HANDSHAKES);
    case SSE_SHOW_COUNTS:
        return sse_counts_text(t, report);
    default:
        return sse_report_print(report, SSE_FORMAT_TEXT);
    }
}

GString *sse_show_window(sse_show what, const sse_tracker *t, const sse_report *report, int64_t client)
{
    GString *text;

    if (what == SSE_SHOW_REPORT || what == SSE_SHOW_TICKET)
        return sse_report_print_window(report, what == SSE_SHOW_TICKET ? SSE_FORMAT_TICKET : SSE_FORMAT_TEXT, client);
    if (sse_show_is_bytes(what))
        return sse_show_text(what, t, report);
    sse_layout_for(SSE_IN_WINDOW);
    text = sse_show_text(what, t, report);
    sse_layout_for(SSE_IN_TERMINAL);
    return text;
}

GString *sse_show_help(void)
{
    GString *out = g_string_new("-z sseroaming[,FORMAT][,FILTER]\n\nFormats (without one: text)\n");

    for (unsigned i = 0; i < SSE_SHOWS; i++) {
        char *head = g_strdup_printf("  %-11s ", shows[i].name);

        sse_wrap(out, head, shows[i].what);
        g_free(head);
    }
    g_string_append(out, "  help        this text\n");
    g_string_append(out, "\nThe filter is a display filter: it chooses whose probes and handshakes are told.\n"
                    "  tshark -r FILE -q -z sseroaming\n"
                    "  tshark -r FILE -q -z sseroaming,ticket\n"
                    "  tshark -r FILE -q -z \"sseroaming,json,ip.addr == 192.168.0.204\"\n"
                    "A filter on an outcome or a state (sseroaming.probe.outcome) needs -2.\n"
                    "\nPreferences, as -o sseroaming.NAME:VALUE: tshark -G defaultprefs lists and explains them.\n");
    return out;
}

GString *sse_show_help_window(void)
{
    static const struct { const char *head, *text; } lines[] = {
        { "Report: ", "the verdict on each client, what to do, then the outages, tables, findings. It follows the file: while "
                      "capturing, after Reload and after a change of preferences." },
        { "Ticket: ", "what a firewall team needs of each outage, to paste into a ticket." },
        { "Outages, Clients: ", "all of them, each with a filter to copy. Sortable tables of them, of probes and of handshakes are in "
                                "the Statistics menu (SSE Roaming ...); these show what was so when they were opened." },
        { "First Failure: ", "goes to the first packet of the first outage." },
        { "Failed Packets, State Changes, Findings: ", "set the display filter." },
        { "Packets for Flow Graph: ", "sets the display filter sseroaming. Then open Statistics, Flow Graph, and tick Limit to display "
                                      "filter: it draws an outage between client, resolvers and gateways." },
    };
    GString *out = g_string_new("SSE Roaming\n\n");

    sse_layout_for(SSE_IN_WINDOW);
    sse_wrap(out, "", "The menu Tools, SSE Roaming has:");
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        sse_wrap(out, lines[i].head, lines[i].text);
    g_string_append_c(out, '\n');
    sse_wrap(out, "Profile: ", "Edit, Configuration Profiles, SSE Roaming has colours, columns and filter buttons for this traffic.");
    sse_wrap(out, "Preferences: ", SSE_PREFERENCES_MENU ": addresses and names of your own, timeouts, placeholders for customer data.");
    sse_wrap(out, "Fields: ", "all begin with sseroaming; type that into the display filter to see them.");
    sse_layout_for(SSE_IN_TERMINAL);
    return out;
}
