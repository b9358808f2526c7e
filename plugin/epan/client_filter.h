/* client_filter.h
 * The conversation filter "SSE Roaming client": all that one client's module
 * did, under each of its addresses.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_CLIENT_FILTER_H
#define SSE_CLIENT_FILTER_H

/** Registers it. Call it once, while protocols register. */
void sse_client_filter_register(void);

#endif
