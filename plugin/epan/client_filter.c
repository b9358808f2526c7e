/* client_filter.c
 * The conversation filter "SSE Roaming client": all that one client's module
 * did, under each of its addresses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include <epan/conversation_filter.h>

#include "client_filter.h"
#include "frame_fields.h"

/* The client that a packet is about, by its address in it. */
static bool client_of_packet(const packet_info *pinfo, sse_addr *addr)
{
    const sse_tracker *t = sse_session_tracker();
    const sse_mark *marks;
    unsigned count = 0;

    if (t == NULL || !sse_session_is_enabled())
        return false;
    marks = sse_tracker_marks(t, pinfo->num, &count);
    for (unsigned i = 0; i < count; i++) {
        uint32_t client = sse_mark_client(t, &marks[i]);

        if (client != SSE_NONE) {
            *addr = sse_tracker_address(t, client)->addr;
            return true;
        }
    }
    /* A packet of the client that is no part of a probe or handshake, such as a
     * direct connection. */
    for (unsigned i = 0; i < 2; i++) {
        if (sse_address_of(i == 0 ? &pinfo->net_src : &pinfo->net_dst, addr) &&
            (sse_tracker_role(t, addr) & SSE_ROLE_CLIENT) != 0)
            return true;
    }
    return false;
}

static sse_bool has_client_filter(packet_info *pinfo SSE_CONVERSATION_DATA)
{
    sse_addr addr;

    return client_of_packet(pinfo, &addr);
}

/* Wireshark makes it anew for each packet that is clicked, and reads it by a
 * function that calls itself for each part. */
#define CLIENT_FILTER_ADDRESSES 64

static void append_address(GString *filter, const sse_addr *addr)
{
    char text[SSE_ADDR_TEXT];

    g_string_append_printf(filter, "%s%s == %s", filter->len == 0 ? "" : " || ",
                           addr->family == 4 ? "sseroaming.client" : "sseroaming.client_ipv6",
                           sse_addr_text(addr, text));
}

/* All that the module of this client did, under each of its addresses. */
static char *client_filter(packet_info *pinfo SSE_CONVERSATION_DATA)
{
    const sse_report *report = sse_session_report();
    const GArray *addresses;
    GString *filter;
    sse_addr addr;
    unsigned at;

    if (report == NULL || !client_of_packet(pinfo, &addr))
        return NULL;
    filter = g_string_new(NULL);
    at = GPOINTER_TO_UINT(g_hash_table_lookup(report->by_address, &addr));
    if (at == 0) {
        append_address(filter, &addr);
        return g_string_free(filter, FALSE);
    }
    addresses = g_array_index(report->clients, sse_client_report, at - 1).addresses;
    for (guint i = 0; i < MIN(addresses->len, CLIENT_FILTER_ADDRESSES); i++)
        append_address(filter, &g_array_index(addresses, sse_addr, i));
    return g_string_free(filter, FALSE);
}

void sse_client_filter_register(void)
{
    SSE_REGISTER_CONVERSATION_FILTER("sseroaming", "SSE Roaming client", has_client_filter, client_filter);
}
