/* icmp.c
 * What an ICMP or ICMPv6 error means.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "icmp.h"

enum { UNREACHABLE4 = 3, TIME_EXCEEDED4 = 11 };                    /* RFC 792 */
enum { UNREACHABLE6 = 1, PACKET_TOO_BIG6 = 2, TIME_EXCEEDED6 = 3 }; /* RFC 4443 */
/* Code of "destination unreachable": fragmentation needed and DF set. */
#define FRAGMENTATION_NEEDED 4

bool sse_icmp_is_routing(const sse_addr *sender, uint8_t type, uint8_t code)
{
    if (sender->family == 4)
        return (type == UNREACHABLE4 && code <= 1) || type == TIME_EXCEEDED4;
    return (type == UNREACHABLE6 && (code == 0 || code == 3)) || type == TIME_EXCEEDED6;
}

bool sse_icmp_is_rejection(const sse_addr *sender, uint8_t type, uint8_t code)
{
    if (sender->family == 4)
        return (type == UNREACHABLE4 && code != FRAGMENTATION_NEEDED) || type == TIME_EXCEEDED4;
    return type == UNREACHABLE6 || type == TIME_EXCEEDED6;
}

bool sse_icmp_is_too_big(const sse_addr *sender, uint8_t type, uint8_t code)
{
    return sender->family == 4 ? type == UNREACHABLE4 && code == FRAGMENTATION_NEEDED : type == PACKET_TOO_BIG6;
}

bool sse_icmp_is_filter(const sse_addr *sender, uint8_t type, uint8_t code, const sse_addr *destination)
{
    if (sender->family == 4)
        return type == UNREACHABLE4 && (code == 9 || code == 10 || code == 13 ||
                                        (code == 3 && !sse_addr_equal(sender, destination)));
    return type == UNREACHABLE6 && (code == 1 || code == 5 || code == 6 ||
                                    (code == 4 && !sse_addr_equal(sender, destination)));
}

bool sse_icmp_is_port_unreachable(const sse_addr *sender, uint8_t type, uint8_t code)
{
    return sender->family == 4 ? type == UNREACHABLE4 && code == 3 : type == UNREACHABLE6 && code == 4;
}

const char *sse_icmp_meaning(uint8_t family, uint8_t type, uint8_t code)
{
    static const struct {
        uint8_t family, type, code;
        const char *meaning;
    } meanings[] = {
        { 4, 3, 0, "network unreachable" },
        { 4, 3, 1, "host unreachable" },
        { 4, 3, 3, "port unreachable" },
        { 4, 3, 9, "network administratively prohibited" },
        { 4, 3, 10, "host administratively prohibited" },
        { 4, 3, 13, "administratively prohibited" },
        { 4, 11, 0, "time to live exceeded" },
        { 6, 1, 0, "no route to destination" },
        { 6, 1, 1, "administratively prohibited" },
        { 6, 1, 3, "address unreachable" },
        { 6, 1, 4, "port unreachable" },
        { 6, 1, 5, "source address failed policy" },
        { 6, 1, 6, "route rejected" },
        { 6, 3, 0, "hop limit exceeded" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(meanings); i++)
        if (meanings[i].family == family && meanings[i].type == type && meanings[i].code == code)
            return meanings[i].meaning;
    return NULL;
}
