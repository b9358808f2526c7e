/* second_pass.h
 * Fields that say what comes later in the file need it to be read twice (tshark
 * -2). Who asks for one in a single pass gets half of what there is, or nothing:
 * that is said once, at the end, on standard error.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_SECOND_PASS_H
#define SSE_SECOND_PASS_H

#include "compat.h"

#include <epan/funnel.h>

/** What opens windows: Wireshark has it, tshark and sharkd have NULL. */
const funnel_ops_t *sse_windows(void);

/** Names the protocol whose fields these are; call it once for each. */
void sse_second_pass_register(int proto);
/** A file begins. */
void sse_second_pass_begin(void);
/** A packet that takes part is dissected: looks which fields are asked for, once
 * in a file, or notes that packets are dissected again.
 * @param tree NULL where nobody asks for any field */
void sse_second_pass_note(const packet_info *pinfo, proto_tree *tree);
/** The file ends: says what was missing. */
void sse_second_pass_end(void);

#endif
