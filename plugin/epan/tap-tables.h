/* tap-tables.h
 * The tables of outages, clients, probes and handshakes in Wireshark's Statistics
 * menu and in sharkd ("nstat:sseroaming,outages", "nstat:sseroaming,clients",
 * "nstat:sseroaming,probes", "nstat:sseroaming,handshakes").
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_TAP_TABLES_H
#define SSE_TAP_TABLES_H

/** Registers them. Call it once, while protocols register. */
void sse_tables_register(void);

#endif
