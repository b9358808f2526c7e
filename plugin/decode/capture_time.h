/* capture_time.h
 * When a capture file begins: the time of its first packet, from the first bytes of
 * a pcap or pcapng file. A log whose entries have no year gets that of the capture
 * that it is merged with. Knows no Wireshark type.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_CAPTURE_TIME_H
#define SSE_CAPTURE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** @param bytes the file's first ones, length many
 * @param seconds since 1970, cut off
 * @return false where it is no such file, or its first packet lies behind them */
bool sse_capture_time(const uint8_t *bytes, size_t length, int64_t *seconds);

#endif
