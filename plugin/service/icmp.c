/* icmp.c
 * What an ICMP or ICMPv6 error means.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "icmp.h"

bool sse_icmp_is_routing(const sse_addr *sender, uint8_t type, uint8_t code)
{
    if (sender->family == 4)
        return (type == 3 && code <= 1) || type == 11;
    return (type == 1 && (code == 0 || code == 3)) || type == 3;
}
