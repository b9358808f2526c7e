/* path_tools.h
 * Traceroute, tcptraceroute, mtr: their packets end on the way, on purpose.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PATH_TOOLS_H
#define SSE_PATH_TOOLS_H

#include "records.h"

/** Does a path tool ask? By what the tracker knows so far. */
bool sse_handshake_is_path_tool(const sse_tracker *t, uint32_t index);
bool sse_probe_is_path_tool(const sse_tracker *t, uint32_t index);

#endif
