/* tap-menu.c
 * The menu Tools, SSE Roaming: what to open first comes first.
 *
 * Entries that Lua and tables add to a menu are sorted by their text; those of a
 * plugin's own menu stay as they were added, in all versions.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap-menu.h"

#include "compat.h"

#include <epan/plugin_if.h>

#include "packet-sseroaming.h"
#include "second_pass.h"
#include "session.h"
#include "tap-report.h"
#include "tap-window.h"

static void open_format(ext_menubar_gui_type gui _U_, gpointer gui_data _U_, gpointer which)
{
    sse_show_open((sse_show)GPOINTER_TO_UINT(which));
}

static void set_filter(ext_menubar_gui_type gui _U_, gpointer gui_data _U_, gpointer filter)
{
    sse_window_filter((const char *)filter);
}

static void go_to_first_failure(ext_menubar_gui_type gui _U_, gpointer gui_data _U_, gpointer user_data _U_)
{
    sse_window_go_to_first_failure(sse_session_report(), -1);
}

static void open_help(ext_menubar_gui_type gui _U_, gpointer gui_data _U_, gpointer user_data _U_)
{
    sse_show_open_help();
}

void sse_menu_register(void)
{
    static const struct { sse_show what; const char *label, *tip; } windows[] = {
        { SSE_SHOW_REPORT, "Report", "The verdict on each client, and what to do" },
        { SSE_SHOW_TICKET, "Ticket", "What a firewall team needs, to paste into a ticket" },
        { SSE_SHOW_OUTAGES, "Outages", "Each outage: since when, until when, why" },
        { SSE_SHOW_CLIENTS, "Clients", "Each client and its state" },
    };
    ext_menu_t *menu = ext_menubar_set_parentmenu(ext_menubar_register_menu(proto_get_id_by_filter_name(SSEROAMING_TAP),
                                                                                "SSE Roaming", TRUE), "Tools");

    for (unsigned i = 0; i < G_N_ELEMENTS(windows); i++)
        ext_menubar_add_entry(menu, windows[i].label, windows[i].tip, open_format, GUINT_TO_POINTER(windows[i].what));
    ext_menubar_add_separator(menu);
    ext_menubar_add_entry(menu, "First Failure", "Go to the first packet of the first outage", go_to_first_failure, NULL);
    ext_menubar_add_entry(menu, "Failed Packets", "Show the packets of probes and handshakes that failed", set_filter,
                          (gpointer)sse_window_failed_filter());
    ext_menubar_add_entry(menu, "State Changes", "Show where protection was lost or came back", set_filter,
                          (gpointer)sse_window_changes_filter());
    ext_menubar_add_entry(menu, "Findings", "Show the first packet of each finding", set_filter, (gpointer)SSE_FINDINGS_FILTER);
    ext_menubar_add_entry(menu, "Packets for Flow Graph",
                          "Show all packets that take part; then open Statistics, Flow Graph, limited to the display filter",
                          set_filter, (gpointer)SSEROAMING_TAP);
    ext_menubar_add_separator(menu);
    ext_menubar_add_entry(menu, "Help", "What is where", open_help, NULL);
}
