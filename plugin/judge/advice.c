/* advice.c
 * What to do about a verdict (docs/verdict.md, "Advice"): which advice, which
 * addresses and names to let through, and whom the filters name. What must never
 * be advised is listed in service/advice_codes.h, and tested.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "advice.h"

#include "findings.h"

#include <string.h>

/* A filter with more addresses than this is for nobody to read. */
#define MAX_IN_FILTER   8

static void say(sse_service_report *s, sse_advice_code code)
{
    sse_advice advice = { .code = code };

    g_array_append_val(s->advice, advice);
}

/* An advice that names the resolvers of one IP version. */
static void say_of_version(sse_service_report *s, sse_advice_code code, unsigned v)
{
    sse_advice advice = { .code = code, .ip = v == 0 ? 4 : 6 };

    g_array_append_val(s->advice, advice);
}

static void allow(sse_service_report *s, sse_allow_kind kind, sse_transport transport, uint16_t port,
                  const sse_addr *address, const char *name)
{
    sse_allow row;

    /* Lists are shared where their bytes are the same. */
    memset(&row, 0, sizeof row);
    row.kind = (uint8_t)kind;
    row.transport = (uint8_t)transport;
    row.port = port;
    if (address != NULL)
        row.address = *address;
    row.name = name;
    g_array_append_val(s->allow, row);
}

/* ---- DNS ---- */

/* The resolvers of one IP version, as configured: all of them, not only those
 * that were asked, or the next probe meets the same rule. */
static void allow_port(const sse_context *c, sse_service_report *s, unsigned v, sse_transport transport, uint16_t port)
{
    for (guint i = 0; i < c->t->config.resolvers->len; i++) {
        const sse_addr *addr = &g_array_index(c->t->config.resolvers, sse_range, i).base;

        if (addr->family == (v == 0 ? 4 : 6))
            allow(s, SSE_ALLOW_ADDRESS, transport, port, addr, NULL);
    }
}

static void allow_resolvers(const sse_context *c, sse_service_report *s, unsigned v)
{
    allow_port(c, s, v, SSE_UDP, 443);
    allow_port(c, s, v, SSE_UDP, 53);
    allow_port(c, s, v, SSE_TCP, 53);
}

/* Whose ICMP error it is tells whom to ask. @return whether a filter sent it:
 * only then a rule is the remedy. */
static bool say_icmp(sse_service_report *s, const sse_icmp_sum *icmp, const sse_addr *destination)
{
    bool filter = sse_icmp_is_filter(&icmp->sender, icmp->type, icmp->code, destination);
    sse_advice advice = {
        .code = filter                                                            ? SSE_ADVICE_ICMP_FILTER
                : sse_icmp_is_routing(&icmp->sender, icmp->type, icmp->code) ? SSE_ADVICE_ICMP_ROUTER
                                                                              : SSE_ADVICE_ICMP_OTHER,
        .icmp_type = icmp->type, .icmp_code = icmp->code, .address = icmp->sender,
    };

    g_array_append_val(s->advice, advice);
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

static void say_exempt(sse_service_report *s, unsigned v)
{
    say(s, SSE_ADVICE_EXEMPT_RESOLVERS);
    say_of_version(s, SSE_ADVICE_RESOLVERS_AND_PORTS, v);
}

static void say_allow_dns(const sse_context *c, sse_service_report *s, unsigned v)
{
    say(s, SSE_ADVICE_ALLOW_DNS);
    say_of_version(s, SSE_ADVICE_RESOLVERS, v);
    allow_resolvers(c, s, v);
}

static void advise_unprotected(const sse_context *c, const sse_group *g, sse_service_report *s, unsigned v)
{
    const sse_client_report *r = g->report;
    const sse_resolver_report *icmp = row_with_icmp(r, v);

    switch (s->cause) {
    case SSE_CAUSE_COURT_ORDER:
        say(s, SSE_ADVICE_COURT_ORDER_SUPPORT);
        say(s, SSE_ADVICE_COURT_ORDER);
        return;
    case SSE_CAUSE_INTERCEPTED:
    case SSE_CAUSE_REFUSED:
        say_exempt(s, v);
        say(s, SSE_ADVICE_ANSWERED_BY_OTHERS);
        allow_resolvers(c, s, v);
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        if (icmp == NULL || say_icmp(s, &icmp->icmp, &icmp->address))
            say_allow_dns(c, s, v);
        return;
    case SSE_CAUSE_LATE:
        say(s, SSE_ADVICE_LATE);
        say(s, SSE_ADVICE_LATE_NAT);
        return;
    default:
        if (g->nat_lost_inside > 0) {
            say(s, SSE_ADVICE_NAT_INSIDE);
            return;
        }
        say_allow_dns(c, s, v);
        say(s, SSE_ADVICE_PROBES_DROPPED);
        return;
    }
}

/* What a filter took away is no fault of the capture. */
static void say_more_is_needed(const sse_context *c, sse_service_report *s)
{
    if (c->selection != NULL)
        say(s, SSE_ADVICE_WITHOUT_FILTER);
    else
        say(s, SSE_ADVICE_CAPTURE_AGAIN);
}

static void advise_dns(sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->dns;
    unsigned v = r->named_version == 6;

    if (s->verdict == SSE_NOT_OBSERVED)
        return;
    if (g->captive && s->verdict != SSE_PROTECTED && sse_client_finding(r, SSE_FIND_CAPTIVE_PORTAL) != NULL) {
        say(s, SSE_ADVICE_SIGN_IN);
        return;
    }
    if (s->verdict == SSE_UNPROTECTED) {
        advise_unprotected(c, g, s, v);
        return;
    }
    if (s->cause == SSE_CAUSE_PROTECTED_NETWORK) {
        say(s, SSE_ADVICE_PROTECTED_NETWORK_DASHBOARD);
        say(s, SSE_ADVICE_PROTECTED_NETWORK);
        return;
    }
    if (s->cause == SSE_CAUSE_NO_CONNECTIVITY) {
        say(s, SSE_ADVICE_CHECK_LINE);
        return;
    }
    if (s->verdict == SSE_INCONCLUSIVE) {
        say_more_is_needed(c, s);
        return;
    }
    if (sse_client_finding(r, SSE_FIND_ENCRYPTED_PORT_BLOCKED) != NULL) {
        say(s, SSE_ADVICE_ALLOW_UDP_443);
        say_of_version(s, SSE_ADVICE_RESOLVERS, v);
        allow_port(c, s, v, SSE_UDP, 443);
    } else if (sse_client_finding(r, SSE_FIND_PORT_53_INTERCEPTED) != NULL) {
        say(s, SSE_ADVICE_PORT_53_ANSWERED_BY_OTHERS);
        say_exempt(s, v);
    } else if (g->encrypted_dropped && r->encryption != SSE_ENC_ENCRYPTED) {
        say(s, SSE_ADVICE_DNSCRYPT_INSPECTED);
        say_exempt(s, v);
    }
}

/* ---- the web ---- */

/* Names rather than addresses: the addresses belong to a load balancer and
 * change. */
static void allow_gateways(const sse_context *c, const sse_group *g, sse_service_report *s)
{
    const GArray *gateways = g->report->gateways;
    const GPtrArray *names = c->report->in_force.names.gateways;

    for (guint i = 0; i < gateways->len && s->allow->len < MAX_IN_FILTER; i++) {
        const sse_gateway_report *row = &g_array_index(gateways, sse_gateway_report, i);
        bool known = row->name == NULL;

        for (guint k = 0; k < i && !known; k++) {
            const char *other = g_array_index(gateways, sse_gateway_report, k).name;

            known = other != NULL && strcmp(other, row->name) == 0;
        }
        if (known)
            continue;
        allow(s, SSE_ALLOW_NAME, SSE_TCP, 443, NULL, row->name);
        allow(s, SSE_ALLOW_NAME, SSE_TCP, 80, NULL, row->name);
    }
    for (guint i = 0; names != NULL && i < names->len; i++)
        allow(s, SSE_ALLOW_BELOW, SSE_TCP, 443, NULL, (const char *)g_ptr_array_index(names, i));
    allow(s, SSE_ALLOW_INGRESS, SSE_TCP, 443, NULL, NULL);
}

static void say_allow_web(const sse_context *c, const sse_group *g, sse_service_report *s)
{
    say(s, SSE_ADVICE_ALLOW_WEB);
    say(s, SSE_ADVICE_INGRESS_RANGES);
    allow_gateways(c, g, s);
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

static void advise_unavailable(const sse_context *c, const sse_group *g, sse_service_report *s)
{
    const sse_client_report *r = g->report;

    switch (s->cause) {
    case SSE_CAUSE_RESET:
        if (reset_origin(r) == SSE_ORIGIN_GATEWAY) {
            say(s, SSE_ADVICE_RESET_BY_GATEWAY);
            return;
        }
        say_allow_web(c, g, s);
        if (reset_origin(r) == SSE_ORIGIN_ON_PATH)
            say(s, SSE_ADVICE_RESET_ON_PATH);
        else
            say(s, SSE_ADVICE_RESET_UNKNOWN);
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        for (guint i = 0; i < r->gateways->len; i++) {
            const sse_gateway_report *row = &g_array_index(r->gateways, sse_gateway_report, i);

            if (row->icmp.count > 0) {
                if (say_icmp(s, &row->icmp, &row->address))
                    say_allow_web(c, g, s);
                return;
            }
        }
        return;
    case SSE_CAUSE_SESSION_RESET:
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_SESSION_SILENT:
    case SSE_CAUSE_SESSION_STALLED:
        if (sse_client_finding(r, SSE_FIND_PATH_MTU) != NULL)
            say(s, SSE_ADVICE_PATH_MTU);
        say(s, SSE_ADVICE_EXEMPT_GATEWAY);
        say(s, SSE_ADVICE_OPENS_WITHOUT_ANSWER);
        say_allow_web(c, g, s);
        return;
    case SSE_CAUSE_PROXY_ERROR:
        say(s, SSE_ADVICE_PROXY_ERROR_SUPPORT);
        say(s, SSE_ADVICE_PROXY_ERROR);
        return;
    case SSE_CAUSE_NAME_NOT_RESOLVED:
        say(s, SSE_ADVICE_RESOLVE_NAMES);
            say(s, SSE_ADVICE_GATEWAY_NAMES);
        return;
    default:
        say_allow_web(c, g, s);
        say(s, SSE_ADVICE_SYNS_DROPPED);
        return;
    }
}

static void advise_web(const sse_context *c, sse_group *g)
{
    sse_client_report *r = g->report;
    sse_service_report *s = &r->web;

    if (g->captive && s->verdict != SSE_PROTECTED && sse_client_finding(r, SSE_FIND_CAPTIVE_PORTAL) != NULL)
        say(s, SSE_ADVICE_SIGN_IN);
    else if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE)
        advise_unavailable(c, g, s);
    else if (s->cause == SSE_CAUSE_NO_CONNECTIVITY)
        say(s, SSE_ADVICE_CHECK_LINE);
    else if (s->verdict == SSE_INCONCLUSIVE)
        say_more_is_needed(c, s);
    else if (sse_client_finding(r, SSE_FIND_PATH_MTU) != NULL)
        say(s, SSE_ADVICE_PATH_MTU);
    /* Behind a portal, direct connections end at the portal. */
    if (s->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE && r->has_fail_open && r->fail_open > 0 && !g->captive)
        say(s, SSE_ADVICE_FAIL_OPEN);
}

/* ---- whom the filters name ---- */

static void add_address(GArray *addresses, const sse_addr *addr)
{
    for (guint i = 0; i < addresses->len; i++)
        if (sse_addr_equal(&g_array_index(addresses, sse_addr, i), addr))
            return;
    g_array_append_vals(addresses, addr, 1);
}

static void name_peers(sse_service_report *s, const GArray *peers)
{
    if (s->verdict != SSE_NOT_OBSERVED)
        g_array_append_vals(s->peers, peers->data, peers->len);
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
    name_peers(&r->dns, peers);
    g_array_set_size(peers, 0);
    for (guint i = 0; i < r->gateways->len && peers->len < MAX_IN_FILTER; i++)
        add_address(peers, &g_array_index(r->gateways, sse_gateway_report, i).address);
    for (guint i = 0; peers->len == 0 && i < g->lookups->len; i++)
        add_address(peers, &address_at(c, g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i)).server)->addr);
    name_peers(&r->web, peers);
    g_array_free(peers, TRUE);
}
