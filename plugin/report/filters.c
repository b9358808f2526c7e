/* filters.c
 * The filters that show a service's packets: Wireshark's display filters, and those
 * of libpcap (pcap-filter(7)) to record them again.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "filters.h"

#include "layout.h"
#include "records.h"

/* A filter with more addresses than this is for nobody to read. */
#define MAX_IN_FILTER 8

typedef enum { DISPLAY, CAPTURE } language;

static void join_addresses(GString *out, language l, const GArray *addresses)
{
    char text[SSE_ADDR_TEXT];
    guint count = MIN(addresses->len, MAX_IN_FILTER);

    g_string_append_c(out, '(');
    for (guint i = 0; i < count; i++) {
        const sse_addr *addr = &g_array_index(addresses, sse_addr, i);

        if (i > 0)
            g_string_append(out, l == DISPLAY ? " || " : " or ");
        g_string_append(out, l == CAPTURE ? "host " : addr->family == 4 ? "ip.addr == " : "ipv6.addr == ");
        g_string_append(out, sse_addr_text(addr, text));
    }
    g_string_append_c(out, ')');
}

static void append_mac(GString *out, const char *field, const sse_client_report *client)
{
    if (sse_adapter_mac(client->adapter) == 0)
        return;
    g_string_append(out, field);
    sse_append_link_layer(out, sse_adapter_mac(client->adapter));
}

void sse_append_adapter_filter(GString *out, const sse_client_report *client)
{
    append_mac(out, " && eth.addr == ", client);
    if (sse_adapter_vlan(client->adapter) != 0)
        g_string_append_printf(out, " && vlan.id == %u", sse_adapter_vlan(client->adapter));
}

/* The client with the service's addresses: ICMP errors match too, for they
 * quote the packet. */
static char *make_filter(const sse_client_report *client, const GArray *peers, bool dns, language l)
{
    GString *out;

    if (peers->len == 0)
        return NULL;
    out = g_string_new(NULL);
    join_addresses(out, l, client->addresses);
    if (l == DISPLAY) {
        sse_append_adapter_filter(out, client);
        g_string_append(out, " && ");
        join_addresses(out, l, peers);
    } else {
        /* To libpcap a VLAN is a matter of what comes before it. */
        append_mac(out, " and ether host ", client);
        g_string_append(out, " and (icmp or icmp6 or ");
        join_addresses(out, l, peers);
        g_string_append(out, dns ? " and (port 53 or port 443))" : " and (port 53 or port 80 or port 443))");
    }
    return g_string_free(out, FALSE);
}

char *sse_service_filter(const sse_client_report *client, const sse_service_report *service)
{
    return make_filter(client, service->peers, service == &client->dns, DISPLAY);
}

char *sse_service_capture_filter(const sse_client_report *client, const sse_service_report *service)
{
    return make_filter(client, service->peers, service == &client->dns, CAPTURE);
}

char *sse_peers_filter(const sse_client_report *client, sse_service service, const GArray *peers)
{
    return make_filter(client, peers, service == SSE_SERVICE_DNS, DISPLAY);
}

char *sse_peers_capture_filter(const sse_client_report *client, sse_service service, const GArray *peers)
{
    return make_filter(client, peers, service == SSE_SERVICE_DNS, CAPTURE);
}

char *sse_frames_filter(const sse_frames *frames)
{
    GString *out;

    if (frames->kept == 0)
        return NULL;
    out = g_string_new("frame.number in {");
    for (uint32_t i = 0; i < frames->kept; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? ", " : "", frames->frame[i]);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}
