/* fuzz.h
 * What the fuzz targets share: taking numbers off the input, and the checks of
 * what was printed. A broken promise ends the program.
 *
 * SSE Roaming plugin for Wireshark
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SSE_FUZZ_H
#define SSE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** libFuzzer's entry; replay.c calls it too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What is left of the input. Reading past its end gives zeros. */
typedef struct fuzz_input {
    const uint8_t *data;
    size_t left;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static inline uint16_t fuzz_16(fuzz_input *in)
{
    uint16_t high = fuzz_byte(in);

    return (uint16_t)(high << 8 | fuzz_byte(in));
}

#define fuzz_require(condition) fuzz_require_at((condition), #condition, __FILE__, __LINE__)
void fuzz_require_at(bool holds, const char *what, const char *file, int line);

/** Reads something of so many bytes, which must be cheap: 50,000 steps for up to 8 KB
 * (at one a nanosecond, 50 us), in proportion beyond. Steps, not time: no load of the
 * computer can fail them. */
#define fuzz_cheap(size, call) \
    do { \
        fuzz_steps = 0; \
        (void)(call); \
        fuzz_require(fuzz_steps <= fuzz_limit(size)); \
    } while (0)
/** Counted by the libFuzzer programs only: what the readers load and store, and the
 * words that searches in the C library and GLib go over. */
extern uint64_t fuzz_steps;
uint64_t fuzz_limit(size_t size);

/** Strict JSON (RFC 8259): one value, nothing behind it but white space. */
bool fuzz_is_json(const char *text);
/** Valid UTF-8 without control characters (save line feeds, where allowed) and
 * without marks of direction. */
bool fuzz_is_safe_text(const char *text, bool lines);
/** HTML of ours: every tag that opens closes again, in order, and no bracket stands
 * elsewhere. */
bool fuzz_is_balanced(const char *html);
/** Printable ASCII only. */
bool fuzz_is_printable(const char *text);

#endif
