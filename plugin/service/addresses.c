/* addresses.c
 * The addresses of Cisco's service.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "addresses.h"

/* Cisco Umbrella and Secure Access block pages: malware, phishing and category
 * answers, and the older Umbrella set (docs.umbrella.com, "Block Page IP
 * Addresses"; securitydocs.cisco.com csa/olh/120445). */
static const sse_range4 block4[] = {
    { SSE_IP4(146, 112, 61, 104), 29 }, { SSE_IP4(146, 112, 61, 112), 29 },
    { SSE_IP4(146, 112, 199, 0), 24 },
};
static const sse_range6 block6[] = {
    { { 0x26, 0x20, 0x01, 0x19, 0x00, 0x18, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x10 }, 124 },
    { { 0x26, 0x20, 0x01, 0x19, 0x00, 0x19 }, 48 },
};

/* Address space of OpenDNS, Umbrella and Secure Access as the coexistence
 * guides of Cisco and Microsoft list it. */
static const sse_range4 service4[] = {
    { SSE_IP4(67, 215, 64, 0), 19 },  { SSE_IP4(146, 112, 0, 0), 16 },  { SSE_IP4(151, 186, 0, 0), 16 },
    { SSE_IP4(155, 190, 0, 0), 16 },  { SSE_IP4(163, 129, 0, 0), 16 },  { SSE_IP4(185, 60, 84, 0), 22 },
    { SSE_IP4(204, 194, 232, 0), 21 },{ SSE_IP4(208, 67, 216, 0), 21 }, { SSE_IP4(208, 69, 32, 0), 21 },
};
static const sse_range6 service6[] = {
    { { 0x26, 0x20, 0x01, 0x19 }, 32 }, /* 2620:119::/32 holds the resolvers, DoH and the block pages */
};

/* FortiGate's default answer for a name that it blocks. */
static const sse_range4 sinkhole4[] = { { SSE_IP4(208, 91, 112, 55), 32 } };
static const sse_range6 sinkhole6[] = {
    { { 0x20, 0x01, 0xcd, 0xba, 0, 0, 0, 0, 0, 0, 0, 0, 0x32, 0x57, 0x96, 0x52 }, 128 },
};

bool sse_addr_is_block_page(const sse_addr *addr)
{
    if (addr->family == 4)
        return sse_addr_in_ranges4(block4, G_N_ELEMENTS(block4), addr);
    return addr->family == 6 && sse_addr_in_ranges6(block6, G_N_ELEMENTS(block6), addr);
}

static const sse_range4 us_only4[] = { { SSE_IP4(208, 67, 221, 76), 32 }, { SSE_IP4(208, 67, 223, 76), 32 } };

bool sse_addr_is_us_only_resolver(const sse_addr *addr)
{
    return addr->family == 4 && sse_addr_in_ranges4(us_only4, G_N_ELEMENTS(us_only4), addr);
}

bool sse_addr_is_sinkhole(const sse_addr *addr)
{
    if (addr->family == 4)
        return sse_addr_in_ranges4(sinkhole4, G_N_ELEMENTS(sinkhole4), addr);
    return addr->family == 6 && sse_addr_in_ranges6(sinkhole6, G_N_ELEMENTS(sinkhole6), addr);
}

static const sse_range4 near4[] = { { SSE_IP4(208, 67, 216, 0), 21 } };

bool sse_addr_is_near_resolvers(const sse_addr *addr)
{
    const sse_addr inner = sse_addr_unmap(addr);

    return inner.family == 4 && sse_addr_in_ranges4(near4, G_N_ELEMENTS(near4), &inner);
}

bool sse_addr_is_service(const sse_addr *addr)
{
    sse_addr inner = sse_addr_unmap(addr);

    if (inner.family == 4)
        return sse_addr_in_ranges4(service4, G_N_ELEMENTS(service4), &inner);
    return inner.family == 6 && sse_addr_in_ranges6(service6, G_N_ELEMENTS(service6), &inner);
}
