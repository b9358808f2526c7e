/* products.h
 * How products name themselves in HTTP answers: who answers CONNECT in the gateway's
 * place often says so. Source: plugin/docs/domain.md, "status to CONNECT".
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_PRODUCTS_H
#define SSE_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Does the value of a Server or Via header name a product that is not the
 * gateway's? An empty one names none. */
bool sse_is_other_product(const uint8_t *value, size_t length);
/** Does the body of an answer name a firewall, proxy or filter of somebody else? */
bool sse_names_other_device(const uint8_t *body, size_t length);

#endif
