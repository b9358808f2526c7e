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

#include "addresses.h"
#include "findings.h"
#include "names.h"
#include "report_memory.h"

#include <string.h>

/** What is being advised about an outage or a service. */
typedef struct advised {
    GArray *advice;          /**< sse_advice */
    GArray *allow;           /**< sse_allow */
} advised;

static void say_about(advised *s, sse_advice_code code, unsigned ip, const sse_addr *address, const sse_icmp_sum *icmp)
{
    sse_advice advice;

    /* Lists are shared where their bytes are the same. */
    memset(&advice, 0, sizeof advice);
    advice.code = (uint16_t)code;
    advice.ip = (uint8_t)ip;
    if (address != NULL)
        advice.address = *address;
    if (icmp != NULL) {
        advice.icmp_type = icmp->type;
        advice.icmp_code = icmp->code;
    }
    g_array_append_val(s->advice, advice);
}

static void say(advised *s, sse_advice_code code)
{
    say_about(s, code, 0, NULL, NULL);
}

static void allow(advised *s, sse_allow_kind kind, sse_transport transport, uint16_t port, const sse_addr *address,
                  const char *name)
{
    sse_allow row;

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

/* A resolver that the client asked and that others need no rule for: of the
 * US-only setting, or behind a NAT64. */
static bool is_own_resolver(const sse_context *c, const sse_addr *addr)
{
    return sse_addr_is_us_only_resolver(addr) || !sse_ranges_contain(c->t->config.resolvers, addr);
}

static const sse_addr *next_own_resolver(const sse_context *c, const sse_group *g, unsigned ip, guint *at)
{
    const GArray *rows = g->report->resolvers;

    for (; *at < rows->len; (*at)++) {
        const sse_addr *addr = &g_array_index(rows, sse_resolver_report, *at).address;
        bool known = addr->family != ip || !is_own_resolver(c, addr);

        for (guint k = 0; k < *at && !known; k++)
            known = sse_addr_equal(&g_array_index(rows, sse_resolver_report, k).address, addr);
        if (!known) {
            (*at)++;
            return addr;
        }
    }
    return NULL;
}

/* The resolvers of one IP version, as configured: all of them, not only those
 * that were asked, or the next probe meets the same rule. */
static void allow_port(const sse_context *c, const sse_group *g, advised *s, unsigned ip, sse_transport transport,
                       uint16_t port)
{
    const sse_addr *own;
    guint at = 0;

    for (guint i = 0; i < c->t->config.resolvers->len; i++) {
        const sse_addr *addr = &g_array_index(c->t->config.resolvers, sse_range, i).base;

        if (addr->family == ip && !sse_addr_is_us_only_resolver(addr))
            allow(s, SSE_ALLOW_ADDRESS, transport, port, addr, NULL);
    }
    while ((own = next_own_resolver(c, g, ip, &at)) != NULL)
        allow(s, SSE_ALLOW_ADDRESS, transport, port, own, NULL);
}

static void allow_resolvers(const sse_context *c, const sse_group *g, advised *s, unsigned ip)
{
    allow_port(c, g, s, ip, SSE_UDP, 443);
    allow_port(c, g, s, ip, SSE_UDP, 53);
    allow_port(c, g, s, ip, SSE_TCP, 53);
}

/* Behind the sentence that names the others. */
static void say_own_resolvers(const sse_context *c, const sse_group *g, advised *s, unsigned ip)
{
    const sse_addr *own;
    guint at = 0;

    while ((own = next_own_resolver(c, g, ip, &at)) != NULL)
        say_about(s, SSE_ADVICE_ALLOW_RESOLVER_TOO, 0, own, NULL);
}

/* Whose ICMP error it is tells whom to ask. @return whether a filter sent it:
 * only then a rule is the remedy. */
static bool say_icmp(advised *s, const sse_outage *o)
{
    const sse_icmp_sum *icmp = &o->icmp;
    bool filter = false, own = false;

    for (guint i = 0; i < o->peers->len; i++)
        own |= sse_addr_equal(&icmp->sender, &g_array_index(o->peers, sse_addr, i));
    if (own && o->service == SSE_SERVICE_DNS && o->origin == SSE_ORIGIN_ON_PATH) {
        say_about(s, SSE_ADVICE_ICMP_IN_ITS_NAME, 0, &icmp->sender, icmp);
        return false;
    }
    /* One that the destination itself sent comes from no filter. */
    for (guint i = 0; i < o->peers->len; i++)
        filter |= sse_icmp_is_filter(&icmp->sender, icmp->type, icmp->code, &g_array_index(o->peers, sse_addr, i));
    for (guint i = 0; i < o->peers->len; i++)
        filter &= icmp->code != 3 || icmp->sender.family != 4 || !sse_addr_equal(&icmp->sender, &g_array_index(o->peers, sse_addr, i));
    say_about(s, filter                                                       ? SSE_ADVICE_ICMP_FILTER
                 : sse_icmp_is_routing(&icmp->sender, icmp->type, icmp->code) ? SSE_ADVICE_ICMP_ROUTER
                                                                              : SSE_ADVICE_ICMP_OTHER,
              0, &icmp->sender, icmp);
    return filter;
}

static void say_exempt(const sse_context *c, const sse_group *g, advised *s, unsigned ip, sse_advice_code who)
{
    say(s, SSE_ADVICE_EXEMPT_RESOLVERS);
    say_about(s, SSE_ADVICE_RESOLVERS_AND_PORTS, ip, NULL, NULL);
    say_own_resolvers(c, g, s, ip);
    say(s, who);
    allow_resolvers(c, g, s, ip);
}

static void say_allow_dns(const sse_context *c, const sse_group *g, advised *s, unsigned ip)
{
    say(s, SSE_ADVICE_ALLOW_DNS);
    say_about(s, SSE_ADVICE_RESOLVERS, ip, NULL, NULL);
    say_own_resolvers(c, g, s, ip);
    allow_resolvers(c, g, s, ip);
}

static void advise_unprotected(const sse_context *c, const sse_group *g, const sse_outage *o, advised *s)
{
    switch ((sse_cause)o->cause) {
    case SSE_CAUSE_COURT_ORDER:
        say(s, SSE_ADVICE_COURT_ORDER_SUPPORT);
        say(s, SSE_ADVICE_COURT_ORDER);
        return;
    case SSE_CAUSE_INTERCEPTED:
    case SSE_CAUSE_REFUSED:
        if (o->origin == SSE_ORIGIN_RESOLVER) {
            say(s, SSE_ADVICE_RESOLVER_REFUSES);
            return;
        }
        say_exempt(c, g, s, o->ip, o->cause == SSE_CAUSE_INTERCEPTED || o->origin == SSE_ORIGIN_ON_PATH
                                   ? SSE_ADVICE_ANSWERED_BY_OTHERS : SSE_ADVICE_ANSWERED_PERHAPS);
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        if (o->icmp.count == 0 || say_icmp(s, o))
            say_allow_dns(c, g, s, o->ip);
        return;
    case SSE_CAUSE_REJECTED_BY_CLIENT:
        say(s, SSE_ADVICE_HOST_REJECTS);
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
        say_allow_dns(c, g, s, o->ip);
        say(s, SSE_ADVICE_PROBES_DROPPED);
        return;
    }
}

/* ---- the web ---- */

/* Names rather than addresses: the addresses belong to a load balancer and
 * change. */
static void allow_gateways(const sse_context *c, const sse_group *g, advised *s)
{
    const GArray *gateways = g->report->gateways;
    const GPtrArray *names = c->report->in_force.names.gateways;

    for (guint i = 0; i < gateways->len && s->allow->len < SSE_PEERS; i++) {
        const sse_gateway_report *row = &g_array_index(gateways, sse_gateway_report, i);
        bool known = false;

        /* Without a name, or with one in quotation marks. */
        if (!sse_is_host_name(row->name))
            continue;

        for (guint k = 0; k < i && !known; k++) {
            const char *other = g_array_index(gateways, sse_gateway_report, k).name;

            known = other != NULL && strcmp(other, row->name) == 0;
        }
        if (known)
            continue;
        allow(s, SSE_ALLOW_NAME, SSE_TCP, 443, NULL, row->name);
        allow(s, SSE_ALLOW_NAME, SSE_TCP, 80, NULL, row->name);
    }
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = (const char *)g_ptr_array_index(names, i);

        if (*name != '.')
            allow(s, SSE_ALLOW_NAME, SSE_TCP, 443, NULL, name);
        allow(s, SSE_ALLOW_BELOW, SSE_TCP, 443, NULL, name);
    }
    allow(s, SSE_ALLOW_INGRESS, SSE_TCP, 443, NULL, NULL);
}

static void say_allow_web(const sse_context *c, const sse_group *g, advised *s)
{
    say(s, SSE_ADVICE_ALLOW_WEB);
    say(s, SSE_ADVICE_INGRESS_RANGES);
    allow_gateways(c, g, s);
}

static void advise_unavailable(const sse_context *c, const sse_group *g, const sse_outage *o, advised *s)
{
    switch ((sse_cause)o->cause) {
    case SSE_CAUSE_RESET:
        if (o->origin == SSE_ORIGIN_GATEWAY) {
            say(s, SSE_ADVICE_RESET_BY_GATEWAY);
            return;
        }
        say_allow_web(c, g, s);
        say(s, o->origin == SSE_ORIGIN_ON_PATH ? SSE_ADVICE_RESET_ON_PATH : SSE_ADVICE_RESET_UNKNOWN);
        return;
    case SSE_CAUSE_ICMP_UNREACHABLE:
        if (o->icmp.count > 0 && say_icmp(s, o))
            say_allow_web(c, g, s);
        return;
    case SSE_CAUSE_SESSION_RESET:
    case SSE_CAUSE_SESSION_CLOSED:
    case SSE_CAUSE_SESSION_SILENT:
    case SSE_CAUSE_SESSION_STALLED:
        if (sse_client_finding(g->report, SSE_FIND_PATH_MTU) != NULL)
            say(s, SSE_ADVICE_PATH_MTU);
        say(s, SSE_ADVICE_EXEMPT_GATEWAY);
        say(s, SSE_ADVICE_OPENS_WITHOUT_ANSWER);
        say_allow_web(c, g, s);
        return;
    case SSE_CAUSE_SESSION_INTERCEPTED:
    case SSE_CAUSE_SESSION_FOREIGN:
        say(s, o->cause == SSE_CAUSE_SESSION_INTERCEPTED || o->origin == SSE_ORIGIN_ON_PATH ? SSE_ADVICE_ANSWERED_ON_PATH
                                                                                            : SSE_ADVICE_ANSWERED_FOREIGN);
        say(s, SSE_ADVICE_EXEMPT_GATEWAY);
        say_allow_web(c, g, s);
        return;
    case SSE_CAUSE_TUNNEL_RESET:
    case SSE_CAUSE_TUNNEL_CLOSED:
    case SSE_CAUSE_TUNNEL_STALLED:
    case SSE_CAUSE_TUNNEL_SILENT:
        if (o->origin == SSE_ORIGIN_GATEWAY) {
            say(s, SSE_ADVICE_RESET_BY_GATEWAY);
            return;
        }
        say(s, SSE_ADVICE_TUNNELS_DIE);
        if (sse_client_finding(g->report, SSE_FIND_PATH_MTU) != NULL)
            say(s, SSE_ADVICE_PATH_MTU);
        say(s, SSE_ADVICE_EXEMPT_GATEWAY);
        return;
    case SSE_CAUSE_PROXY_ERROR:
        /* That the gateway is reached only the gateway can show. */
        say(s, SSE_ADVICE_PROXY_ERROR_SUPPORT);
        say(s, o->origin == SSE_ORIGIN_GATEWAY ? SSE_ADVICE_PROXY_ERROR : SSE_ADVICE_PROXY_ERROR_UNKNOWN);
        return;
    case SSE_CAUSE_NAME_MISDIRECTED:
    case SSE_CAUSE_NAME_NOT_RESOLVED:
        if (o->misdirected->len > 0) {
            say_about(s, SSE_ADVICE_MISDIRECTED_BY, 0, &g_array_index(o->misdirected, sse_addr, 1), NULL);
            say_about(s, SSE_ADVICE_MISDIRECTED_TO, 0, &g_array_index(o->misdirected, sse_addr, 0), NULL);
        }
        say(s, SSE_ADVICE_RESOLVE_NAMES);
        say(s, SSE_ADVICE_GATEWAY_NAMES);
        return;
    default:
        say_allow_web(c, g, s);
        say(s, SSE_ADVICE_SYNS_DROPPED);
        return;
    }
}

/* ---- outages ---- */

/* Does all that is read of an outage here say the same of another? Of one client they
 * often follow each other by the hundred. */
static bool is_same_case(const sse_outage *a, const sse_outage *b)
{
    return a->service == b->service && a->ip == b->ip && a->verdict == b->verdict && a->cause == b->cause &&
           a->origin == b->origin && a->captive == b->captive && (a->fail_open > 0) == (b->fail_open > 0) &&
           a->peers == b->peers && (a->icmp.count > 0) == (b->icmp.count > 0) && a->icmp.type == b->icmp.type &&
           a->icmp.code == b->icmp.code && sse_addr_equal(&a->icmp.sender, &b->icmp.sender) &&
           a->misdirected == b->misdirected;
}

static void say_of_outage(const sse_context *c, const sse_group *g, const sse_outage *o, advised *s)
{
    if (o->captive) {
        /* Behind a portal, direct connections end at the portal. */
        say(s, SSE_ADVICE_SIGN_IN);
    } else if (o->cause == SSE_CAUSE_PROTECTED_NETWORK) {
        say(s, SSE_ADVICE_PROTECTED_NETWORK_DASHBOARD);
        say(s, SSE_ADVICE_PROTECTED_NETWORK);
    } else if (o->cause == SSE_CAUSE_NO_CONNECTIVITY) {
        say(s, SSE_ADVICE_CHECK_LINE);
    } else if (o->verdict == SSE_UNPROTECTED) {
        advise_unprotected(c, g, o, s);
    } else if (o->verdict == SSE_CLOUD_SERVICE_UNAVAILABLE) {
        advise_unavailable(c, g, o, s);
        if (o->fail_open > 0)
            say(s, SSE_ADVICE_FAIL_OPEN);
    }
}

static void advise_outages(const sse_context *c, const sse_group *g)
{
    const sse_outage *before[2] = { NULL, NULL }; /* of each service */
    GArray *outages = g->report->outages;

    for (guint i = 0; i < outages->len; i++) {
        sse_outage *o = &g_array_index(outages, sse_outage, i);
        const sse_outage **newest = &before[o->service == SSE_SERVICE_WEB];

        if (*newest != NULL && is_same_case(*newest, o)) {
            o->advice = (*newest)->advice;
            o->allow = (*newest)->allow;
        } else {
            advised said = { g_array_set_size(c->scratch.advice, 0), g_array_set_size(c->scratch.allow, 0) };

            say_of_outage(c, g, o, &said);
            o->advice = sse_shared_list(c->report, said.advice);
            o->allow = sse_shared_list(c->report, said.allow);
        }
        *newest = o;
    }
}

/* ---- services ---- */

static bool is_said(const GArray *advice, const sse_advice *sought)
{
    for (guint i = 0; i < advice->len; i++) {
        sse_advice one = g_array_index(advice, sse_advice, i);

        one.of_finding = sought->of_finding;
        if (memcmp(&one, sought, sizeof one) == 0)
            return true;
    }
    return false;
}

/* The outage that is told first: the newest that counts, else one that lasts. */
static const sse_outage *first_outage(const sse_client_report *r, sse_service service)
{
    const sse_outage *newest = NULL;

    for (guint i = r->outages->len; i > 0; i--) {
        const sse_outage *o = &g_array_index(r->outages, sse_outage, i - 1);

        if (o->service != service)
            continue;
        if (o->counted && !o->repeats)
            return o;
        if (newest == NULL && o->ended_by == SSE_ENDED_NONE && o->verdict == SSE_INCONCLUSIVE &&
            (service == SSE_SERVICE_WEB || r->ip[o->ip == 6].counts))
            newest = o;
    }
    return newest;
}

/* Whom a finding's advice is for: of no service alone, for the one that is seen. */
static sse_service service_of(const sse_client_report *r, const sse_finding *f)
{
    sse_service service = sse_finding_service(f->code);

    if (f->code == SSE_FIND_STATE_FLAPPED)
        return f->reason == SSE_REASON_FLAPPED_WEB ? SSE_SERVICE_WEB : SSE_SERVICE_DNS;
    if (f->code == SSE_FIND_MODULE_SILENT)
        return f->reason == SSE_REASON_SILENT_WEB ? SSE_SERVICE_WEB : SSE_SERVICE_DNS;
    if (service != SSE_SERVICE_NETWORK)
        return service;
    return r->dns.verdict != SSE_NOT_OBSERVED ? SSE_SERVICE_DNS : SSE_SERVICE_WEB;
}

static int by_length(const void *a, const void *b)
{
    const size_t x = strlen(sse_advice_sentence((sse_advice_code)((const sse_advice *)a)->code));
    const size_t y = strlen(sse_advice_sentence((sse_advice_code)((const sse_advice *)b)->code));

    return (x > y) - (x < y);
}

static void advise_findings(const sse_context *c, const sse_group *g, sse_service service, advised *s)
{
    const sse_client_report *r = g->report;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(sse_advice));
    advised mine = { found, s->allow };

    for (guint i = 0; i < r->findings->len; i++) {
        const sse_finding *f = &g_array_index(r->findings, sse_finding, i);

        if (!f->has_advice || service_of(r, f) != service)
            continue;
        say_about(&mine, sse_finding_advice(f->code), 0, f->code == SSE_FIND_RESOLVER_UNREACHABLE ? &f->address : NULL, NULL);
        g_array_index(found, sse_advice, found->len - 1).of_finding = 1;
        if (f->code == SSE_FIND_ENCRYPTED_PORT_BLOCKED && s->allow->len == 0)
            allow_port(c, g, s, f->ip, SSE_UDP, 443);
    }
    g_array_sort(found, by_length);
    for (guint i = 0; i < found->len; i++) {
        const sse_advice *advice = &g_array_index(found, sse_advice, i);

        if (!is_said(s->advice, advice) && !is_said(r->dns.advice, advice))
            g_array_append_vals(s->advice, advice, 1);
    }
    g_array_free(found, TRUE);
}

static void advise_service(const sse_context *c, sse_group *g, sse_service service)
{
    sse_service_report *report = service == SSE_SERVICE_DNS ? &g->report->dns : &g->report->web;
    const sse_outage *first = first_outage(g->report, service);
    advised s = { report->advice, report->allow };

    if (report->verdict == SSE_NOT_OBSERVED)
        return;
    if (first != NULL) {
        g_array_append_vals(s.advice, first->advice->data, first->advice->len);
        g_array_append_vals(s.allow, first->allow->data, first->allow->len);
    }
    /* What a filter took away is no fault of the capture. */
    if (report->verdict == SSE_INCONCLUSIVE && report->cause == SSE_CAUSE_NONE)
        say(&s, c->selection != NULL ? SSE_ADVICE_WITHOUT_FILTER : SSE_ADVICE_CAPTURE_AGAIN);
    advise_findings(c, g, service, &s);
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

    advise_outages(c, g);
    advise_service(c, g, SSE_SERVICE_DNS);
    advise_service(c, g, SSE_SERVICE_WEB);
    for (guint i = 0; i < r->resolvers->len && peers->len < SSE_PEERS; i++)
        add_address(peers, &g_array_index(r->resolvers, sse_resolver_report, i).address);
    for (unsigned v = 0; v < 2; v++)
        for (unsigned port = 0; port < PORTS; port++)
            for (guint i = 0; i < g->probes[v][port]->len && peers->len < SSE_PEERS; i++) {
                const sse_probe *p = probe_at(c, item(g->probes[v][port], i));

                if (sse_is_traffic(p))
                    add_address(peers, &address_at(c, p->resolver)->addr);
            }
    name_peers(&r->dns, peers);
    g_array_set_size(peers, 0);
    for (guint i = 0; i < r->gateways->len && peers->len < SSE_PEERS; i++)
        add_address(peers, &g_array_index(r->gateways, sse_gateway_report, i).address);
    for (guint i = 0; peers->len == 0 && i < g->lookups->len; i++)
        add_address(peers, &address_at(c, g_array_index(c->t->lookups, sse_lookup, item(g->lookups, i)).server)->addr);
    name_peers(&r->web, peers);
    g_array_free(peers, TRUE);
}
