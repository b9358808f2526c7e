/* advice.c
 * What to do about a verdict: sentences that a firewall team can act on, what
 * to allow, and the filters that show the packets. What must never be advised
 * is listed in VERDICT.md, "Advice", and tested.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "advice.h"

#include "findings.h"
#include "icmp.h"

#include <string.h>

/* A filter with more addresses than this is for nobody to read. */
#define MAX_IN_FILTER   8

static void say(sse_service_report *s, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(sse_service_report *s, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(s->advice, g_strdup_vprintf(format, ap));
    va_end(ap);
}

static void allow(sse_service_report *s, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void allow(sse_service_report *s, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    g_ptr_array_add(s->allow, g_strdup_vprintf(format, ap));
    va_end(ap);
}

/* ---- DNS ---- */

/* The resolvers of one IP version, as configured: all of them, not only those
 * that were asked, or the next probe meets the same rule. */
static char *resolver_list(const sse_context *c, unsigned v)
{
    GString *list = g_string_new(NULL);
    char text[SSE_ADDR_TEXT];

    for (guint i = 0; i < c->t->config.resolvers->len; i++) {
        const sse_addr *addr = &g_array_index(c->t->config.resolvers, sse_range, i).base;

        if (addr->family == (v == 0 ? 4 : 6))
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", sse_addr_text(addr, text));
    }
    return g_string_free(list, FALSE);
}

static void allow_resolvers(const sse_context *c, sse_service_report *s, unsigned v)
{
    static const char *const ports[] = { "udp 443", "udp 53", "tcp 53" };
    char text[SSE_ADDR_TEXT];

    for (unsigned k = 0; k < G_N_ELEMENTS(ports); k++) {
        for (guint i = 0; i < c->t->config.resolvers->len; i++) {
            const sse_addr *addr = &g_array_index(c->t->config.resolvers, sse_range, i).base;

            if (addr->family == (v == 0 ? 4 : 6))
                allow(s, "%s %s", ports[k], sse_addr_text(addr, text));
        }
    }
}

/* Whose ICMP error it is tells whom to ask. @return whether a filter sent it: only
 * then a rule is the remedy. */
static bool say_icmp(sse_service_report *s, const sse_icmp_sum *icmp, const sse_addr *destination)
{
    char text[SSE_ADDR_TEXT];
    bool v4 = icmp->sender.family == 4;
    bool filter = sse_icmp_is_filter(&icmp->sender, icmp->type, icmp->code, destination);

    sse_addr_text(&icmp->sender, text);
    if (filter)
        say(s, "The device %s rejects the packets (%s type %u code %u): change the access rule on that device.", text,
            v4 ? "ICMP" : "ICMPv6", icmp->type, icmp->code);
    else if (sse_icmp_is_routing(&icmp->sender, icmp->type, icmp->code))
        say(s, "The router %s says that there is no way to the destination (%s type %u code %u): check its routes and "
               "the line behind it.", text, v4 ? "ICMP" : "ICMPv6", icmp->type, icmp->code);
    else
        say(s, "%s answers with %s type %u code %u: ask who runs it.", text, v4 ? "ICMP" : "ICMPv6", icmp->type,
            icmp->code);
    return filter;
}

static const sse_resolver_report *row_with_icmp(const sse_client_report *r, unsigned v)
{
    for (guint i = 0; i < r->resolvers->len; i++) {
        const sse_resolver_report *row = &g_array_index(r->resolvers, sse_resolver_report, i);

        if (row->icmp.count > 0 && row->address.family == (v == 0 ? 4 : 6))
            return row;
    }
    return NULL;
}

static void say_exempt(const sse_context *c, sse_service_report *s, unsigned v)
{
    char *list = resolver_list(c, v);

    say(s, "Exempt the OpenDNS resolvers from DNS redirection and DNS inspection.");
    say(s, "The resolvers: %s, on UDP and TCP 53 and on UDP 443.", list);
    g_free(list);
}

static void say_allow_dns(const sse_context *c, sse_service_report *s, unsigned v)
{
    char *list = resolver_list(c, v);

    say(s, "Allow UDP 443 and UDP and TCP 53 to the OpenDNS resolvers, above any rule that blocks QUIC.");
    say(s, "The resolvers: %s.", list);
    allow_resolvers(c, s, v);
    g_free(list);
}

static void advise_unprotected(const sse_context *c, const sse_group *g, sse_service_report *s, unsigned v)
{
    const sse_client_report *r = g->report;
    const sse_resolver_report *icmp = row_with_icmp(r, v);

    switch (s->cause) {
    case SSE_CAUSE_COURT_ORDER:
        say(s, "Ask Cisco support how registered networks and devices are served in this place.");
        say(s, "OpenDNS itself refuses to answer here because of a court order: no rule of your firewall is the cause.");
        return;
    case SSE_CAUSE_INTERCEPTED:
    case SSE_CAUSE_REFUSED:
        say_exempt(c, s, v);
        say(s, "Something on the path answers in place of OpenDNS: look for a DNS redirect, a transparent DNS proxy or a "
               "filtering forwarder between the client and the Internet.");
        allow_resolvers(c, s, v);
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        if (icmp == NULL || say_icmp(s, &icmp->icmp, &icmp->address))
            say_allow_dns(c, s, v);
        return;
    case SSE_CAUSE_LATE:
        say(s, "Look for an overloaded line or NAT: answers come, but later than the module waits.");
        say(s, "UDP mappings that live 10 to 15 s and enough ports help a NAT; a slow resolver site is rarer.");
        return;
    default:
        if (g->nat_lost_inside > 0) {
            say(s, "Look at the device that does the NAT, and at what is behind it: replies reach its outer side and not the "
                   "client.");
            return;
        }
        say_allow_dns(c, s, v);
        say(s, "The probes are dropped silently (no reset, no ICMP error): look for them in the log of the perimeter "
               "firewall, at the times and ports that the ticket lists.");
        return;
    }
}

/* What a filter took away is no fault of the capture. */
static void say_more_is_needed(const sse_context *c, sse_service_report *s)
{
    if (c->selection != NULL)
        say(s, "Run again without the display filter: what it leaves is too little for a verdict.");
    else
        say(s, "Capture again on the client's own interface, both directions, whole packets, from before the module "
               "connects, for at least one minute.");
}

static void advise_dns(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->dns;
    unsigned v = r->named_version == 6;

    if (s->verdict == SSE_NOT_OBSERVED)
        return;
    if (g->captive && s->verdict != SSE_PROTECTED && sse_client_finding(r, SSE_FIND_CAPTIVE_PORTAL) != NULL) {
        say(s, "Sign in to the captive portal first; the module recovers by itself.");
        return;
    }
    if (s->verdict == SSE_UNPROTECTED) {
        advise_unprotected(c, g, s, v);
        return;
    }
    if (s->cause == SSE_CAUSE_PROTECTED_NETWORK) {
        say(s, "Check in the dashboard that the module is meant to step back on this network.");
        say(s, "A local resolver answers the probes for an organisation of Umbrella: a Virtual Appliance or protected "
               "network, where direct probes may be blocked by design.");
        return;
    }
    if (s->cause == SSE_CAUSE_NO_CONNECTIVITY) {
        say(s, "Nothing of the Internet reached the client in that time: check the link and the line first.");
        return;
    }
    if (s->verdict == SSE_INCONCLUSIVE) {
        say_more_is_needed(c, s);
        return;
    }
    if (sse_client_finding(r, SSE_FIND_ENCRYPTED_PORT_BLOCKED) != NULL) {
        char *list = resolver_list(c, v);

        say(s, "For encrypted DNS allow UDP 443 to the OpenDNS resolvers, above any rule that blocks QUIC.");
        say(s, "The resolvers: %s.", list);
        for (guint i = 0; i < c->t->config.resolvers->len; i++) {
            const sse_addr *addr = &g_array_index(c->t->config.resolvers, sse_range, i).base;
            char text[SSE_ADDR_TEXT];

            if (addr->family == (v == 0 ? 4 : 6))
                allow(s, "udp 443 %s", sse_addr_text(addr, text));
        }
        g_free(list);
    } else if (sse_client_finding(r, SSE_FIND_PORT_53_INTERCEPTED) != NULL) {
        say(s, "DNS is protected on UDP 443; port 53 is answered by something else.");
        say_exempt(c, s, v);
    } else if (g->encrypted_dropped && r->encryption != SSE_ENC_ENCRYPTED) {
        say(s, "Plain DNS passes and encrypted DNS does not: look for DNS inspection that drops what it cannot read.");
        say_exempt(c, s, v);
    }
}

/* ---- the web ---- */

/* Names rather than addresses: the addresses belong to a load balancer and
 * change. */
static void allow_gateways(const sse_group *g, sse_service_report *s)
{
    const GArray *gateways = g->report->gateways;

    for (guint i = 0; i < gateways->len && s->allow->len < MAX_IN_FILTER; i++) {
        const sse_gateway_report *row = &g_array_index(gateways, sse_gateway_report, i);
        bool known = row->name == NULL;

        for (guint k = 0; k < i && !known; k++) {
            const char *other = g_array_index(gateways, sse_gateway_report, k).name;

            known = other != NULL && strcmp(other, row->name) == 0;
        }
        if (known)
            continue;
        allow(s, "tcp 443 %s", row->name);
        allow(s, "tcp 80 %s", row->name);
    }
    allow(s, "tcp 443 *.sigproxy.qq.opendns.com");
    allow(s, "tcp 443 *.sseproxy.qq.opendns.com");
    allow(s, "tcp 443 Cisco's published ingress ranges of the Secure Web Gateway");
}

static void say_allow_web(const sse_group *g, sse_service_report *s)
{
    say(s, "Allow TCP 443 (and 80) to the gateway's names and Cisco's published ingress ranges.");
    say(s, "The ranges are listed by Cisco under Network Requirements for Secure Access (docs.sse.cisco.com). A rule for a "
           "single address does not last: the names belong to load balancers.");
    allow_gateways(g, s);
}

static sse_origin reset_origin(const sse_client_report *r)
{
    sse_origin origin = SSE_ORIGIN_NONE;

    for (guint i = 0; i < r->gateways->len; i++) {
        const sse_gateway_report *row = &g_array_index(r->gateways, sse_gateway_report, i);

        if (row->reset_origin == SSE_ORIGIN_ON_PATH)
            return SSE_ORIGIN_ON_PATH;
        if (row->reset_origin != SSE_ORIGIN_NONE)
            origin = row->reset_origin;
    }
    return origin;
}

static void say_path_mtu(sse_service_report *s)
{
    say(s, "Large packets are lost on the way: let ICMP \"fragmentation needed\" (IPv6: \"packet too big\") through, or clamp "
           "the MSS on the tunnel or line that has the smaller MTU.");
}

static void advise_unavailable(const sse_group *g, sse_service_report *s)
{
    const sse_client_report *r = g->report;

    switch (s->cause) {
    case SSE_CAUSE_RESET:
        if (reset_origin(r) == SSE_ORIGIN_GATEWAY) {
            say(s, "Look at Cisco's status page and ask Cisco support: the gateway itself seems to reset.");
            return;
        }
        say_allow_web(g, s);
        if (reset_origin(r) == SSE_ORIGIN_ON_PATH)
            say(s, "A device on the path resets the connections: look for the firewall, IPS or web filter that does, in its "
                   "log at the times that the ticket lists.");
        else
            say(s, "The connections are reset; whether by a device on the path or by the gateway does not show. Look in the "
                   "perimeter's log at the times that the ticket lists.");
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        for (guint i = 0; i < r->gateways->len; i++) {
            const sse_gateway_report *row = &g_array_index(r->gateways, sse_gateway_report, i);

            if (row->icmp.count > 0) {
                if (say_icmp(s, &row->icmp, &row->address))
                    say_allow_web(g, s);
                return;
            }
        }
        return;
    case SSE_CAUSE_SESSION_RESET:
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_SESSION_SILENT:
    case SSE_CAUSE_SESSION_STALLED:
        if (sse_client_finding(r, SSE_FIND_PATH_MTU) != NULL)
            say_path_mtu(s);
        say(s, "Exempt the gateway's names from web inspection, TLS decryption and application filters.");
        say(s, "Connections open but carry no answer; the module speaks HTTP CONNECT on TCP 443.");
        say_allow_web(g, s);
        return;
    case SSE_CAUSE_PROXY_ERROR:
        say(s, "Look at Cisco's status page, the policy and the licence, and ask Cisco support.");
        say(s, "The gateway is reached and answers CONNECT with errors: no rule of the firewall is the cause. A 407 hints at "
               "another proxy that wants a sign-in.");
        return;
    case SSE_CAUSE_NAME_NOT_RESOLVED:
        say(s, "Let the client's DNS server resolve the gateway's names without rewriting the answers.");
        say(s, "They lie below sigproxy.qq.opendns.com and sseproxy.qq.opendns.com. Where DNS protection is down too, repair it "
               "first.");
        return;
    default:
        say_allow_web(g, s);
        say(s, "The SYNs are dropped silently (no reset, no ICMP error): look for them in the log of the perimeter "
               "firewall, at the times and ports that the ticket lists.");
        return;
    }
}

static void advise_web(const sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->web;

    if (g->captive && s->verdict != SSE_PROTECTED && sse_client_finding(r, SSE_FIND_CAPTIVE_PORTAL) != NULL)
        say(s, "Sign in to the captive portal first; the module recovers by itself.");
    else if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE)
        advise_unavailable(g, s);
    else if (s->cause == SSE_CAUSE_NO_CONNECTIVITY)
        say(s, "Nothing of the Internet reached the client in that time: check the link and the line first.");
    else if (s->verdict == SSE_INCONCLUSIVE)
        say_more_is_needed(c, s);
    else if (sse_client_finding(r, SSE_FIND_PATH_MTU) != NULL)
        say_path_mtu(s);
    /* Behind a portal, direct connections end at the portal. */
    if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE && r->has_fail_open && r->fail_open > 0 && !g->captive)
        say(s, "Meanwhile web traffic goes out directly, unprotected (fail open). Failing closed instead would cut the users "
               "off from the web as long as the gateway is out of reach.");
}

/* ---- filters ---- */

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

static void add_address(GArray *addresses, const sse_addr *addr)
{
    for (guint i = 0; i < addresses->len; i++)
        if (sse_addr_equal(&g_array_index(addresses, sse_addr, i), addr))
            return;
    g_array_append_vals(addresses, addr, 1);
}

/* The client with the service's addresses: ICMP errors match too, for they
 * quote the packet. */
static char *make_filter(const sse_client_report *client, const char *peers, language l)
{
    GString *out;

    if (peers == NULL)
        return NULL;
    out = g_string_new(NULL);
    join_addresses(out, l, client->addresses);
    g_string_append(out, l == DISPLAY ? " && " : " and ");
    g_string_append(out, peers);
    return g_string_free(out, FALSE);
}

char *sse_service_filter(const sse_client_report *client, const sse_service_report *service)
{
    return make_filter(client, service->peers, DISPLAY);
}

char *sse_service_capture_filter(const sse_client_report *client, const sse_service_report *service)
{
    return make_filter(client, service->capture_peers, CAPTURE);
}

static void name_peers(sse_service_report *s, const GArray *peers, const char *ports)
{
    GString *display, *capture;

    if (s->verdict == SSE_NOT_OBSERVED || peers->len == 0)
        return;
    display = g_string_new(NULL);
    join_addresses(display, DISPLAY, peers);
    s->peers = g_string_free(display, FALSE);
    capture = g_string_new("(icmp or icmp6 or ");
    join_addresses(capture, CAPTURE, peers);
    g_string_append_printf(capture, "%s)", ports);
    s->capture_peers = g_string_free(capture, FALSE);
}

void sse_advise(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    GArray *peers = g_array_new(FALSE, FALSE, sizeof(sse_addr));

    advise_dns(c, g);
    advise_web(c, g);
    for (guint i = 0; i < r->resolvers->len && peers->len < MAX_IN_FILTER; i++)
        add_address(peers, &g_array_index(r->resolvers, sse_resolver_report, i).address);
    for (unsigned v = 0; v < 2; v++)
        for (unsigned port = 0; port < PORTS; port++)
            for (guint i = 0; i < g->probes[v][port]->len && peers->len < MAX_IN_FILTER; i++) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i));

                if (p->name == OBS_NAME_DNSCRYPT)
                    add_address(peers, &address_at(c, p->resolver)->addr);
            }
    name_peers(&r->dns, peers, " and (port 53 or port 443)");
    g_array_set_size(peers, 0);
    for (guint i = 0; i < r->gateways->len && peers->len < MAX_IN_FILTER; i++)
        add_address(peers, &g_array_index(r->gateways, sse_gateway_report, i).address);
    for (guint i = 0; peers->len == 0 && i < g->lookups->len; i++)
        add_address(peers, &address_at(c, g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i)).server)->addr);
    name_peers(&r->web, peers, " and (port 53 or port 80 or port 443)");
    g_array_free(peers, TRUE);
}
